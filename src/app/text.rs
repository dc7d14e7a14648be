//! Every sentence of the window. Errors, reasons and oddities keep their wording beside their enum.

pub mod flow;
pub mod hanging;
pub mod history;
pub mod looking;
pub mod memory;
pub mod outlining;
pub mod safety;
pub mod samples;
pub mod screens;
pub mod statistics;
pub mod whose;

pub const APP_NAME: &str = "Ablation Review";
pub const INTENDED_USE: &str = "Research and teaching; not for primary diagnosis.";

pub const PROJECT_FILES: &str = "Ablation Review projects";
pub const NEW_PROJECT_NAME: &str = "study.ablation";
pub const OPEN_FOLDER_TITLE: &str = "Open a folder of images";
pub const OPEN_PROJECT_TITLE: &str = "Open a project";
pub const NEW_PROJECT_TITLE: &str = "New project";
pub const SAVE_AS_TITLE: &str = "Save the project as";
pub const HISTORY_TITLE: &str = "The history as CSV";
pub const HISTORY_NAME: &str = "history.csv";
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
pub const PATH_FIELD: &str = "Path";
pub const PATH_GO: &str = "Go on";
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
pub const DROP_THUMBNAIL: &str = "Click to show this series in the active pane, or drag it onto a pane";

pub const NO_LESION_LEAD: &str = "No lesion yet";
pub const NO_LESION: &str = "Scroll to a treated tumour, bring it to the middle of a pane, and add it. Then enter the \
    session that treated it under Patient.";
pub const NO_LESION_CHOSEN_LEAD: &str = "No lesion is chosen";
pub const NO_LESION_CHOSEN: &str = "Choose one above, or add another at the middle of a pane.";
pub const CARD_NO_PLACE: &str = "no place";
pub const CARD_NO_IMAGE: &str = "no image";
pub const NO_SESSION_LEAD: &str = "Not treated before this visit";
pub const NO_SESSION: &str = "Enter the session that treated this lesion; then its visits can be answered.";
pub const ENTER_SESSION: &str = "Enter session";
pub const READINGS_SO_FAR: &str = "Readings so far";
pub const WHAT_IS_SEEN: &str = "What is seen";
pub const SHAPE: &str = "Shape";
pub const SECOND_SHAPE: &str = "Second shape";
pub const NO_SECOND_SHAPE: &str = "no second shape";
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
pub const NO_VOLUME: &str = "No volume, the images are pictures one by one";
pub const BQ_ML: &str = "Bq/ml";
pub const PICTURES_ONLY: &str = "pictures, no volume";
pub const MARKS_HIDDEN: &str = "marks hidden";
pub const LINK_OFF: &str = "not linked";

pub const SAVED: &str = "saved";
pub const SAVING: &str = "saving";
pub const NOT_SAVED: &str = "not saved";
pub const READ_ONLY: &str = "read only";
pub const PROJECT: &str = "Project";
pub const PROJECT_HIDDEN: &str = "Its name and place are hidden; Shift+H shows them";
pub const CANCEL: &str = "Cancel";
pub const UNDO: &str = "Undo";
pub const CLOSE: &str = "Close";
pub const TRY_AGAIN: &str = "Try again";

// The images and the lesion table.

pub const ALL_PATIENTS: &str = "All patients";
pub const NO_IMAGES_LEAD: &str = "No images yet";
pub const NO_IMAGES: &str = "Drop a folder of DICOM images on the window. Every series found is listed here.";
pub const NO_IMAGES_HERE: &str = "This patient has no images. All patients shows the series of the others.";
pub const IMAGE_HEADS: &[(&str, &str)] = &[
    ("", "Shows the series in the active pane"),
    ("Patient", "The study's own code of the patient"),
    ("Visit", "The date of the visit that the study belongs to; choosing another moves the whole study"),
    ("Study", "Date of the study as written in the images"),
    ("Series", "Series number"),
    ("Description", "Series description as written in the images"),
    ("Kind", "Modality"),
    ("Role", "What the series shows; choosing another is remembered and can be undone"),
    ("Because", "Why this role"),
    ("Slices", "How many"),
    ("mm", "Slice thickness as stated / step between slices from their positions, mm"),
    ("Kernel", "Reconstruction kernel, by what it is for"),
    ("Matrix", "Columns x rows"),
    ("Worth knowing", "What a reader should know before trusting the series"),
];
pub const SHOW: &str = "Show";
pub const SHOW_TOOLTIP: &str = "Show this series in the active pane";
pub const NEW_VISIT: &str = "New visit";
pub const NO_DATE: &str = "no date";
pub const NO_NUMBER: &str = "no number";
pub const PICTURES_ONLY_BECAUSE: &str = "Pictures only, no measurement in 3-D";
pub const LAST_IMPORT: &str = "Last import";
pub const TO_SETTLE: &str = "To settle";
pub const STOPPED_EARLY: &str = "stopped early";

pub const TABLES: &[(&str, &str)] = &[
    ("lesion_visit", "Lesion x visit"),
    ("lesions", "Lesions"),
    ("patients", "Patients"),
    ("sessions", "Sessions"),
    ("visits", "Visits"),
    ("lesion_session", "Lesion x session"),
    ("events", "Events"),
];
pub const ALL_COLUMNS: &str = "All columns";
pub const ALL_COLUMNS_TOOLTIP: &str = "Show every column that is written, as against those read most";
pub const NO_ROWS: &[(&str, &str)] = &[
    (
        "lesion_visit",
        "No lesion yet. Bring a treated tumour to the middle of a pane in the reading room and press A; \
        its visits are listed here.",
    ),
    ("lesions", "No lesion yet. Bring a treated tumour to the middle of a pane in the reading room and press A."),
    ("patients", "No patient yet. Drop a folder of DICOM images on the window."),
    ("sessions", "No session yet. Enter the ablation under Patient."),
    ("visits", "No visit yet. Drop a folder of DICOM images on the window."),
    ("lesion_session", "No lesion was treated yet. Enter the ablation under Patient and tick its lesions."),
    ("events", "No event yet. Other treatment, new tumour elsewhere and loss to follow-up are entered under Patient."),
];
pub const OPEN_IN_ROOM: &str = "Show in the reading room";

pub const EFFICACY: &str = "Technique efficacy (technical effectiveness)";
pub const PER_TUMOUR: (&str, &str) = ("per tumour", "evaluable lesions");
pub const PER_PATIENT: (&str, &str) = ("per patient", "all index lesions");
pub const WILSON: &str = "Wilson score interval";
pub const RATE_WORDS: &[(&str, &str)] = &[
    ("primary_equivocal_fails", "Equivocal counted as failure"),
    ("primary_all_treated", "All treated lesions"),
    ("assisted", "Assisted, residual re-treated"),
    ("assisted_with_later_complete", "Assisted, with complete seen later"),
];
pub const NOTHING_READ: &str = "nothing read yet";
pub const NOT_YET: &str = "not yet";
pub const WHERE_LESIONS_WENT: &str = "Where the lesions went";
pub const NOT_IN_DENOMINATOR: &str = "Not in the denominator, and why";
pub const EVERY_LESION_IN: &str = "Every lesion is in the denominator.";
pub const TREATED: &str = "Treated index lesions";
pub const WINDOW_OPEN: &str = "window still open";
pub const NOT_ASSESSED: &str = "not assessed";
pub const NOT_EVALUABLE: &str = "not evaluable";
pub const EQUIVOCAL: &str = "equivocal";
pub const EVALUABLE: &str = "Evaluable";
pub const COMPLETE: &str = "complete";
pub const INCOMPLETE: &str = "incomplete";
pub const FIRST_OUTSIDE: &str = "of these first assessed outside the window";
pub const PATIENTS_OPEN: &str = "Patients with a window still open";
pub const DRAFTS_COUNT: &str = "Drafts count too, as set for this study.";
pub const NOTHING_TREATED: &str = "No treated lesion yet. Add a lesion, then enter its session under Patient.";
pub const NOTHING_DEFINITE: &str = "No treated lesion has a definite answer in its window yet.";

pub const WRITE_TABLES: &str = "Write the tables";
pub const EXPORT_TO: &str = "Export to";
pub const EXPORT_HINT: &str = "folder, FILE.xlsx or FILE.csv";
pub const EXPORT: &str = "Export";
pub const EXPORT_TOOLTIP: &str = "Write the tables with their data dictionary";
pub const CHOOSE_FOLDER: &str = "Choose folder";
pub const EXPORT_NEEDS_LESION: &str =
    "There is nothing to export: the project has no lesion yet. Add a lesion in the reading room first.";
pub const EXPORT_NEEDS_PATH: &str =
    "A folder or a name ending in .xlsx for all tables, or one ending in .csv for the lesion table.";
pub const ISO_DATES: &str = "ISO dates";
pub const ISO_DATES_TOOLTIP: &str = "Calendar dates, such as 2024-03-18";
pub const DAYS_SINCE: &str = "Days since first ablation";
pub const DAYS_SINCE_TOOLTIP: &str = "No calendar date remains in the tables, also not in comments";

/// "series 4", or by its description where it has no number.
pub fn series_name(number: Option<i64>, description: &str) -> String {
    match number {
        Some(number) => format!("series {number}"),
        None if description.is_empty() => format!("series with {NO_NUMBER}"),
        None => format!("series {description}"),
    }
}

/// "Role of series 4".
pub fn role_of(series: &str) -> String {
    format!("Role of {series}")
}

/// "Visit of series 4".
pub fn visit_of(series: &str) -> String {
    format!("Visit of {series}")
}

/// "Show series 4".
pub fn show_series(series: &str) -> String {
    format!("{SHOW} {series}")
}

/// "split by echo time".
pub fn split_by(rule: &str) -> String {
    if rule == "hand" { "grouped by hand".to_owned() } else { format!("split by {rule}") }
}

/// "8 series"; "4 series in 9 stacks" where some are several.
pub fn series_count(series: usize, stacks: usize) -> String {
    if series == stacks { format!("{series} series") } else { format!("{series} series in {stacks} stacks") }
}

/// "8 series", and of how many stacks in the project when one patient's are listed.
pub fn series_here(series: usize, stacks: usize, of_one_patient: bool, in_project: usize) -> String {
    let here = series_count(series, stacks);
    if of_one_patient && in_project > stacks { format!("{here} of {in_project} in the project") } else { here }
}

/// "1 file", "12 files".
pub fn files(count: usize) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}

/// "8 series, 2 new, 12 files skipped".
pub fn import_summary(series: usize, stacks: usize, new: usize, skipped: usize) -> String {
    let skipped = if skipped == 0 { "nothing skipped".to_owned() } else { format!("{} skipped", files(skipped)) };
    let new = match new {
        0 => "all there already".to_owned(),
        new if new == stacks => "all new".to_owned(),
        new => format!("{new} new, {} there already", stacks.saturating_sub(new)),
    };
    format!("{}, {new}, {skipped}", series_count(series, stacks))
}

/// "proposed: adequate".
pub fn proposed(words: &str) -> String {
    format!("proposed: {}", crate::workbench::words::small(words))
}

/// Why rows of later visits and sessions are not shown; empty when all are.
pub fn rows_hidden(rows: usize) -> String {
    match rows {
        0 => String::new(),
        1 => "1 later row is hidden while reading in time order.".to_owned(),
        n => format!("{n} later rows are hidden while reading in time order."),
    }
}

/// "one row a lesion and visit · 12 rows".
pub fn table_summary(meaning: &str, rows: usize) -> String {
    let rows = if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") };
    format!("{} · {rows}", crate::workbench::words::capital(meaning))
}

/// "Open L1 of P001".
pub fn open_lesion(label: &str, patient: &str) -> String {
    format!("Open {label} of {patient}")
}

/// "95 % CI 40.9-92.9", of the ends in percent.
pub fn confidence((low, high): (f64, f64)) -> String {
    format!("95 % CI {low:.1}-{high:.1}")
}

/// "Wilson 95 % 40.9-92.9 %".
pub fn wilson(interval: &str) -> String {
    format!("Wilson 95 % {interval}")
}

/// "Liver, day 21-56 after the last session, late from day 43".
pub fn window(organ: &str, from_days: i64, to_days: i64, late_from_days: Option<i64>) -> String {
    let late = late_from_days.map(|day| format!(", late from day {day}")).unwrap_or_default();
    format!("{organ}, day {from_days}-{to_days} after the last session{late}")
}

/// "Signed answers only. 2 drafts are left out."
pub fn signed_only(drafts_left_out: u32) -> String {
    match drafts_left_out {
        0 => "Signed answers only. No draft is left out.".to_owned(),
        1 => "Signed answers only. 1 draft is left out.".to_owned(),
        more => format!("Signed answers only. {more} drafts are left out."),
    }
}

/// Why a rate cannot be told while answers are drafts.
pub fn drafts_to_sign(drafts: u32) -> String {
    let answers = if drafts == 1 { "1 answer is a draft" } else { "Answers are drafts" };
    format!("{answers} and not counted. Sign the visit, then the rate is computed.")
}

/// Why a rate cannot be told while windows are open.
pub fn windows_open(lesions: u32) -> String {
    let lesions = if lesions == 1 { "1 lesion".to_owned() } else { format!("{lesions} lesions") };
    format!("The window is still open for {lesions}.")
}

/// "Rules R version 3".
pub fn rule_set(name: &str, version: u32) -> String {
    format!("Rule set {name}, version {version}")
}

/// "Writes to /study/tables".
pub fn writes_to(path: &std::path::Path) -> String {
    format!("Writes to {}", path.display())
}

pub const PALETTE_HINT: &str = "Search commands";
pub const KEYS_TITLE: &str = "Keys";
pub const MOUSE_TITLE: &str = "Mouse";
pub const MOUSE: &[(&str, &str)] = &[
    ("Wheel", "scroll the pane under the pointer; linked panes follow"),
    ("Ctrl + wheel", "zoom about the pointer"),
    ("Right drag", "window: across for width, down for centre"),
    ("Right click", "named windows and those of the file"),
    ("Middle drag", "move the picture"),
    ("Left drag", "scroll, or paint with a brush"),
    ("Shift + move", "show the place under the pointer in all panes"),
    ("Digits", "window presets; answers while a question shows its digits"),
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
/// "102 ± 9 HU": with the digits that the unit asks for.
pub fn mean_inside(mean: f64, sd: Option<f64>, unit: &str) -> String {
    let (scale, digits, unit) = match unit {
        "SUVbw" => (1.0, 2, unit),
        // As it is read and written everywhere: liver 1.2, not 0.0012.
        "mm2/s" => (1e3, 2, ADC_UNIT),
        _ => (1.0, 0, unit),
    };
    let sd = sd.map(|sd| format!(" ± {:.digits$}", sd * scale)).unwrap_or_default();
    format!("{:.digits$}{sd} {unit}", mean * scale)
}

/// The unit that apparent diffusion coefficients are shown in.
pub const ADC_UNIT: &str = "10\u{207b}\u{b3} mm\u{b2}/s";

/// Beside the first window of a file in the menu of windows.
pub const FILE_WINDOW_KEY: &str = "Shift+1";
pub const FILE_WINDOW: &str = "A window that the file brings";
pub const AUTO_WINDOW: &str = "From the values";
pub const NO_OVERLAYS: &str = "No image shown here has overlays";
pub const NO_FILE_WINDOW: &str = "No image shown here brings a window of its own";

/// A window of a file by its name, or by its place in the list.
pub fn file_window(n: usize, name: &str) -> String {
    if name.is_empty() { format!("Window {} of the file", n + 1) } else { name.to_owned() }
}

pub const HINT_SCROLL: &str = "Wheel scrolls, right drag sets the window";
pub const FILES_TO_ASK: &str =
    "Not looked for yet: the question at the top names the place where the project says the images are.";
pub const FILES_UNKNOWN: &str =
    "Images not found. The files of this series are not where they were; Find them, at the top, looks below a folder.";
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
    pub const DATE_HINT: &str = "YYYY-MM-DD";
    pub const NOT_CHOSEN: &str = "Not chosen";
    pub const NO_VALUE: &str = "None";

    pub const PATIENTS: &str = "Patients";
    pub const PATIENT: &str = "Patient";
    pub const ADD_PATIENT: &str = "Add patient";
    pub const ADD_PATIENT_TOOLTIP: &str = "A patient without images; images bring their patients along";
    pub const NO_PATIENT_LEAD: &str = "No patient yet";
    pub const NO_PATIENT: &str =
        "Drop a folder of images on this window: they bring their patients along. Or add one by hand.";
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
    pub const AXIS_TOOLTIP: &str =
        "Before treatment, when measured elsewhere. A tumour mark before treatment gives it by itself";
    pub const MM: &str = "mm";
    pub const STATUS: &str = "Status";
    pub const INDEX_OR_NEW: &str = "Index or new";
    pub const SUBCAPSULAR: &str = "Subcapsular";
    pub const SUBCAPSULAR_TOOLTIP: &str = "Within 5 mm of the capsule";
    pub const PERIVASCULAR: &str = "Perivascular";
    pub const PERIVASCULAR_TOOLTIP: &str = "Within 5 mm of a vessel of 3 mm or more";
    pub const INDEX: &str = "Index tumour";
    pub const INDEX_TOOLTIP: &str = "Aimed at in the first treatment";
    pub const NEW: &str = "New later";
    pub const NEW_TOOLTIP: &str = "Appeared after the first treatment";
    pub const LESION_NOTE: &str = "Lesion note";

    pub const SESSIONS: &str = "Sessions";
    pub const NEW_SESSION: &str = "New session";
    pub const NEW_SESSION_TOOLTIP: &str = "Enter another session";
    pub const NO_SESSION: &str =
        "No session yet. Enter the one that treated the lesions; then its follow-up can be read.";
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
    pub const NO_EVENT: &str =
        "No event. Enter other treatments, loss to follow-up, or new tumour known from elsewhere.";
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

/// Shorter words for a coded value where room is tight; the tooltip has the whole.
pub fn short(code: &str) -> Option<&'static str> {
    match code {
        "hypoattenuating_nodule" => Some("Hypodense nodule"),
        "focally_thick_rim" => Some("Focally thick rim"),
        "thick_rim" => Some("Thick, irregular rim"),
        _ => None,
    }
}

pub const REST_FIRST: &str = "Before signing, the rest of the scan: new tumour elsewhere, then complications";
pub const PICK_AMENDMENT: &str = "Pick why the visit is amended, above the button";
pub const PICK_REASON: &str = "pick a reason";
pub const NO_READING: &str = "none yet";
pub const EXPECTED: &str = "expected here";
