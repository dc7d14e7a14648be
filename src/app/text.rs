//! Every sentence of the window. Errors, reasons and oddities keep their wording beside their enum.

pub const APP_NAME: &str = "Ablation Review";
pub const INTENDED_USE: &str = "Research and teaching; not for primary diagnosis.";

pub const PROJECT_FILES: &str = "Ablation Review projects";
pub const NEW_PROJECT_NAME: &str = "study.ablation";
pub const OPEN_FOLDER_TITLE: &str = "Open a folder of images";
pub const OPEN_PROJECT_TITLE: &str = "Open a project";
pub const NEW_PROJECT_TITLE: &str = "New project";
pub const SAVE_AS_TITLE: &str = "Save the project as";
pub const EXPORT_TITLE: &str = "Folder for the tables";

pub const NO_DISPLAY: &str = "No window can be opened here: there is no display. Set DISPLAY, or use the commands \
    that need no window: inspect, volume, new, import, check, table, sample (ablation-review --help).";
pub const NO_OPENGL: &str = "No window can be opened here: OpenGL 2 does not start. Install a graphics driver or \
    Mesa's software OpenGL (libgl1-mesa-dri), or use the commands that need no window: inspect, volume, new, import, \
    check, table, sample (ablation-review --help).";

pub const DROP_HERE: &str = "Drop to open";
pub const START_LEAD: &str = "Drop a folder of DICOM images or a project anywhere on this window.";
pub const RECENT: &str = "Recent";
pub const NO_RECENT: &str = "Projects you open are listed here.";
pub const PATH_HINT: &str = "or type a path and press Enter";
pub const PATH_LABEL: &str = "Path of a folder or project";

pub const READER_HINT: &str = "Initials";
pub const READER_LABEL: &str = "Reader's initials";
pub const READER_TOOLTIP: &str = "Who reads? Answers and marks carry these initials. Asked once per start";
pub const CHANGE_READER: &str = "Change the reader";

pub const VISITS: &str = "Visits";
pub const PATIENT: &str = "Patient";
pub const HIDDEN_VISIT: &str = "Hidden until the visit before is signed";
pub const HIDDEN_SHORT: &str = "hidden for now";
pub const TIME_ORDER: &str = "Read in time order";
pub const TIME_ORDER_TOOLTIP: &str = "Later visits stay hidden until the one before is signed";
pub const BASELINE: &str = "Before ablation";
pub const SIGNED: &str = "signed";
pub const NOTHING_DUE: &str = "no answer due";
pub const DROP_THUMBNAIL: &str = "Click to show this series in the active pane";

pub const NO_LESION_LEAD: &str = "No lesion yet";
pub const NO_LESION: &str = "Scroll to a treated tumour, bring it to the middle of a pane, and add it. Then enter the \
    session that treated it under Patient.";
pub const NO_SESSION_LEAD: &str = "Not treated before this visit";
pub const NO_SESSION: &str = "Enter the session that treated this lesion; then its visits can be answered.";
pub const ENTER_SESSION: &str = "Enter session";
pub const READINGS_SO_FAR: &str = "Readings so far";
pub const WHAT_IS_SEEN: &str = "What is seen";
pub const SHAPE: &str = "Shape";
pub const SECOND_SHAPE: &str = "and";
pub const WHY_NOT_EVALUABLE: &str = "Why not evaluable";
pub const WHY_NOT_DONE: &str = "Why not done";
pub const FROM_THE_MARKS: &str = "From the marks";
pub const NO_MARKS: &str = "Nothing marked at this visit.";
pub const VIABLE_LD_MM: &str = "Viable longest diameter, mm";
pub const ADEQUATE: &str = "Adequate study";
pub const ADEQUATE_YES: &str = "Adequate";
pub const ADEQUATE_NO: &str = "Not adequate";
pub const COMMENT: &str = "Comment";
pub const COMMENT_HINT: &str = "Comment";
pub const REST_OF_SCAN: &str = "Rest of the scan";
pub const NEW_TUMOUR: &str = "New tumour elsewhere";
pub const COMPLICATIONS: &str = "Complications";
pub const WHERE: &str = "Where";
pub const WHICH: &str = "Which";
pub const SET_ASIDE: &str = "Keep it, because";
pub const SAY_MORE: &str = "In words";
pub const AMEND_BECAUSE: &str = "Amend because";
pub const VISIT_SIGNED: &str = "This visit is signed";
pub const WHY: &str = "Why?";
pub const DRAFT: &str = "draft";

pub const NOTHING_TO_SHOW: &str = "Nothing to show here";
pub const READING_PIXELS: &str = "Reading";
pub const BEYOND: &str = "beyond the end of this series";
pub const PICTURES_ONLY: &str = "pictures, no volume";
pub const MARKS_HIDDEN: &str = "marks hidden";
pub const LINK_OFF: &str = "not linked";

pub const SAVED: &str = "saved";
pub const SAVING: &str = "saving";
pub const NOT_SAVED: &str = "not saved";
pub const READ_ONLY: &str = "read only";
pub const CANCEL: &str = "Cancel";
pub const UNDO: &str = "Undo";
pub const CLOSE: &str = "Close";
pub const TRY_AGAIN: &str = "Try again";

pub const PALETTE_HINT: &str = "Search commands";
pub const KEYS_TITLE: &str = "Keys";
pub const MOUSE_TITLE: &str = "Mouse";
pub const MOUSE: &[(&str, &str)] = &[
    ("Wheel", "scroll the pane under the pointer; linked panes follow"),
    ("Ctrl + wheel", "zoom about the pointer"),
    ("Right drag", "window: across for width, down for centre"),
    ("Middle drag", "move the picture"),
    ("Left drag", "scroll, or paint with a brush"),
    ("Shift + move", "show the place under the pointer in all panes"),
    ("Digits", "window presets; answers while the score strip is on"),
];

pub const NEEDS_PROJECT: &str = "Open a folder or a project first";
pub const NEEDS_PANE: &str = "No image is shown";
pub const NEEDS_LESION: &str = "Add or choose a lesion first";
pub const NEEDS_MARK: &str = "No mark of this lesion is drawn on the active pane's series";
pub const NEEDS_SIGNATURE: &str = "This visit is not signed";
pub const NEEDS_READER: &str = "Enter your initials at the top right first";
pub const NOTHING_TO_UNDO: &str = "There is nothing to undo";
pub const NOTHING_TO_REDO: &str = "There is nothing to redo";
pub const READER_ASK: &str = "Who reads?";
pub const HINT_SCROLL: &str = "Wheel scrolls, right drag sets the window";
pub const FILES_UNKNOWN: &str = "The files of this series are not where they were. Drop their folder on the window to find them again.";
pub const NOTHING_DUE_HERE: &str = "No lesion was treated before this visit, so there is nothing to sign";
pub const ADEQUACY_REASON: &str = "Why adequate or not";
pub const ADEQUACY_BY_EYE: &str = "judged by eye";

/// The patient screen. Labels are also the names that screen readers say.
pub mod patient {
    pub const NEEDS_DATE: &str = "This is not a date. Write it as 2024-03-18.";
    pub const NEEDS_MM: &str = "This is not a size. Write millimetres, such as 18.5.";
    pub const NEEDS_AGE: &str = "This is not an age. Write whole years, such as 64.";
    pub const NEEDS_CODE: &str = "A patient needs a code, such as P001.";
    pub const NEEDS_LABEL: &str = "A lesion needs a label, such as L1.";
    pub const NEEDS_SESSION_DATE: &str = "A session needs its date.";
    pub const DATE_HINT: &str = "2024-03-18";
    pub const NOT_CHOSEN: &str = "Not chosen";
    pub const NO_VALUE: &str = "None";

    pub const PATIENTS: &str = "Patients";
    pub const PATIENT: &str = "Patient";
    pub const ADD_PATIENT: &str = "Add patient";
    pub const ADD_PATIENT_TOOLTIP: &str = "A patient without images; images bring their patients along";
    pub const NO_PATIENT_LEAD: &str = "No patient yet";
    pub const NO_PATIENT: &str = "Drop a folder of images on this window: they bring their patients along. Or add one by hand.";
    pub const CODE: &str = "Code";
    pub const SEX: &str = "Sex";
    pub const AGE: &str = "Age at first ablation";
    pub const YEARS: &str = "years";
    pub const PRIMARY: &str = "Primary cancer";
    pub const CIRRHOSIS: &str = "Cirrhosis";
    pub const LIVER_SURGERY: &str = "Prior liver surgery";
    pub const SYSTEMIC: &str = "Systemic therapy";
    pub const EXTRAHEPATIC: &str = "Extrahepatic disease";
    pub const EXTRAHEPATIC_TOOLTIP: &str = "Disease outside the treated organ at the first ablation";
    pub const LAST_ALIVE: &str = "Last known alive";
    pub const VITAL: &str = "Vital status";
    pub const DEATH_DATE: &str = "Death date";
    pub const DEATH_CAUSE: &str = "Death cause";
    pub const TRANSPLANT: &str = "Transplant date";
    pub const NOTE: &str = "Note";
    pub const PATIENT_NOTE: &str = "Patient note";

    pub const LESIONS: &str = "Lesions";
    pub const ADD_LESION: &str = "Add lesion";
    pub const ADD_LESION_TOOLTIP: &str = "In the reading room the same is done at the middle of the active pane";
    pub const REMOVE_LESION: &str = "Remove lesion";
    pub const REMOVE_LESION_TOOLTIP: &str = "Goes only when no session, mark or answer names it; undo brings it back";
    pub const NO_LESION: &str = "No lesion yet. Add one here, or in the reading room where it is seen.";
    pub const NO_CHOSEN_LESION: &str = "Choose a lesion to see and change what is known of it.";
    pub const LABEL: &str = "Label";
    pub const ORGAN: &str = "Organ";
    pub const SEGMENTS: &str = "Segments";
    pub const SEGMENT: &str = "Segment";
    pub const SITE: &str = "Site";
    pub const SITE_HINT: &str = "in words, when more is to be said";
    pub const SIDE: &str = "Side";
    pub const TUMOUR_TYPE: &str = "Tumour type";
    pub const LONG_AXIS: &str = "Long axis";
    pub const SHORT_AXIS: &str = "Short axis";
    pub const AXIS_TOOLTIP: &str = "Before treatment, when measured elsewhere. A tumour mark before treatment gives it by itself";
    pub const MM: &str = "mm";
    pub const STATUS: &str = "Status";
    pub const INDEX_OR_NEW: &str = "Index or new";
    pub const INDEX: &str = "Index tumour";
    pub const INDEX_TOOLTIP: &str = "Aimed at in the first treatment";
    pub const NEW: &str = "New later";
    pub const NEW_TOOLTIP: &str = "Appeared after the first treatment";
    pub const LESION_NOTE: &str = "Lesion note";

    pub const SESSIONS: &str = "Sessions";
    pub const NEW_SESSION: &str = "New session";
    pub const NEW_SESSION_TOOLTIP: &str = "Enter another session";
    pub const NO_SESSION: &str = "No session yet. Enter the one that treated the lesions; then its follow-up can be read.";
    pub const SESSION_NEEDS_LESION: &str = "Add a lesion first; a session treats at least one.";
    pub const SESSION_DATE: &str = "Session date";
    pub const MODALITY: &str = "Modality";
    pub const COMBINED_OF: &str = "Combined of";
    pub const DEVICE: &str = "Device";
    pub const DEVICE_HINT: &str = "device and applicator";
    pub const TREATED: &str = "Treated";
    pub const SUCCESS: &str = "Technical success";
    pub const SUCCESS_TOOLTIP: &str =
        "Treated as planned and covered by the ablation zone, judged at the end of the session";
    pub const REASON: &str = "Reason";
    pub const REASON_HINT: &str = "why not";
    pub const LAST_TREATED: &str = "A session treats at least one lesion. Remove the session instead.";
    pub const PLANNED: &str = "Planned before the first follow-up scan";
    pub const PLANNED_TOOLTIP: &str = "A second session that was planned before anyone saw the follow-up scan still \
        belongs to the first course of treatment. One decided on because of that scan does not.";
    pub const SESSION_NOTE: &str = "Session note";
    pub const ADD_SESSION: &str = "Add session";
    pub const REMOVE_SESSION: &str = "Remove session";
    pub const REMOVE_SESSION_TOOLTIP: &str = "Undo brings it back";
    pub const ADD_NEEDS_DATE: &str = "Enter the session date first.";
    pub const ADD_NEEDS_TREATED: &str = "Tick the lesions that were treated first.";

    pub const EVENTS: &str = "Events";
    pub const EVENTS_TOOLTIP: &str =
        "What the images do not show. Progression and repeat ablation follow from answers and sessions.";
    pub const NO_EVENT: &str = "No event. Enter other treatments, loss to follow-up, or new tumour known from elsewhere.";
    pub const EVENT: &str = "Event";
    pub const EVENT_DATE: &str = "Event date";
    pub const EVENT_LESION: &str = "Event lesion";
    pub const EVENT_VISIT: &str = "Event visit";
    pub const EVENT_NOTE: &str = "Event note";
    pub const LESION: &str = "Lesion";
    pub const VISIT: &str = "Seen at visit";
    pub const ADD_EVENT: &str = "Add event";
    pub const EVENT_NEEDS_KIND: &str = "Choose what happened first.";
    pub const EVENT_NEEDS_DATE: &str = "Enter the event date first.";
    pub const REMOVE: &str = "Remove";

    /// "marked 20 x 18 mm".
    pub fn marked(long_mm: f64, short_mm: Option<f64>) -> String {
        match short_mm {
            Some(short) => format!("marked: {long_mm:.0} × {short:.0} mm"),
            None => format!("marked: {long_mm:.0} mm"),
        }
    }

    /// "Session of 2024-03-18".
    pub fn session_of(date: impl std::fmt::Display) -> String {
        format!("Session of {date}")
    }
}
