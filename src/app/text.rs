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
