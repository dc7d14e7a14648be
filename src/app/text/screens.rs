//! Settings, guide, cohort, pixel inspector, header.

// Settings.

pub const SETTINGS: &str = "Settings";
pub const OF_THE_USER: &str = "Yours, for every project";
pub const OF_THE_PROJECT: &str = "This project";
pub const THEME: &str = "Theme";
pub const DARK: &str = "Dark";
pub const LIGHT: &str = "Light";
pub const LIGHT_TOOLTIP: &str = "For a bright room; images stay on black";
pub const SCALE: &str = "Size of text and controls";
pub const SMALLER: &str = "Smaller";
pub const LARGER: &str = "Larger";
pub const READER: &str = "Reader";
pub const READER_ASK: &str = "Enter your initials at the top right; answers and marks carry them.";
pub const CHANGE_READER: &str = "Change the reader";
pub const MEMORY: &str = "Memory for images";
pub const CHANGE: &str = "Change";
pub const PRIVACY: &str = "Privacy";
pub const NAMES_HIDDEN: &str = "Hide names, identifiers and places of files";
pub const NAMES_HIDDEN_TOOLTIP: &str = "In the header of a slice, and the project's name and place";
pub const CONTEXT_HIDDEN: &str = "Hide the patient's context: a blinded read";
pub const PRIVACY_WORDS: &str = "Names and identifiers stay in one table of the project, never in its history, its \
    tables or the log. The program has no network code: nothing leaves this computer.";
pub const KEYS: &str = "Keys";
pub const KEYS_WORDS: &str =
    "Click a key and press another one. A key that is taken is refused; Esc leaves it as it is.";
pub const PRESS_A_KEY: &str = "press a key";
pub const NO_KEY: &str = "no key";
pub const RESET_KEY: &str = "Reset";
pub const RESET_KEY_TOOLTIP: &str = "The key that it had at first";
pub const RESET_ALL_KEYS: &str = "Reset all keys";
pub const SEARCH_KEYS: &str = "Search keys";
pub const WINDOWS: &str = "Windows";
pub const WINDOWS_WORDS: &str =
    "The named windows and their digits, width and centre. A right click on a picture lists them too.";
pub const THRESHOLDS_WORDS: &str = "Kept in the project and printed with every rate. A change is one undo.";
pub const NEEDS_PROJECT: &str = "Open a project to set what belongs to it.";
pub const TIME_ORDER: &str = "Read in time order: later visits stay hidden until the one before is signed";
pub const SIGNED_ONLY: &str = "Rates count signed answers only";
pub const WINDOW_DEFAULT: &str = "Efficacy window of liver, adrenal gland, node, bone and other";
pub const WINDOW_KIDNEY: &str = "Efficacy window of the kidney";
pub const WINDOW_LUNG: &str = "Efficacy window of the lung";
pub const FROM_DAY: &str = "from day";
pub const TO_DAY: &str = "to day";
pub const LATE_FROM: &str = "called late from day";
pub const EARLY_BEFORE: &str = "A scan before this day after the last session cannot establish complete";
pub const PRE_SCAN_OLD: &str = "A pre-scan older than this at ablation is pointed out, days";
pub const VISIT_SPAN: &str = "Studies within so many days are one visit";
pub const SESSIONS_PRIMARY: &str = "Sessions that belong to the primary course";
pub const WINDOW_ORDER: &str = "A window ends after it begins.";

/// "120 %".
pub fn percent(scale: u16) -> String {
    format!("{scale} %")
}

/// Why a key cannot be taken.
pub fn taken(key: &str, by: &str) -> String {
    format!("{key} is the key of \"{by}\". Give that one another key first, or choose another here.")
}

/// Why a key cannot be a command's.
pub fn not_usable(key: &str) -> String {
    format!("{key} cannot be bound: digits answer questions and choose windows, and Esc always goes back.")
}

/// The name of the button that rebinds a command.
pub fn key_of(label: &str) -> String {
    format!("Key of {label}")
}

/// The name of the button that resets a key.
pub fn reset_of(label: &str) -> String {
    format!("{RESET_KEY} key of {label}")
}

// Guide.

pub const GUIDE: &str = "Guide";
pub const GUIDE_SEARCH: &str = "Search the guide";
pub const GUIDE_NONE: &str = "Nothing in the guide says this. Try fewer or other words.";
pub const GUIDE_PAGES: &[(&str, &str)] = &[
    ("How to read", include_str!("../../../assets/guide/reading.md")),
    ("Rules", include_str!("../../../assets/guide/rules.md")),
    ("Files and tables", include_str!("../../../assets/guide/formats.md")),
];

// Cohort.

pub const COHORT: &str = "Cohort";
pub const COHORT_EMPTY_LEAD: &str = "No patient yet";
pub const COHORT_EMPTY: &str = "Drop a folder of DICOM images on the window: they bring their patients along.";
pub const COHORT_NONE: &str = "No patient fits this filter.";
pub const COHORT_SEARCH: &str = "Search patients";
pub const COHORT_HEADS: [&str; 5] = ["Patient", "Lesions", "Visits", "Next scan", "Needs attention"];
pub const OPEN_PATIENT: &str = "Read this patient";

/// "12 of 340 patients".
pub fn patients(shown: usize, all: usize) -> String {
    match (shown, all) {
        (_, 1) if shown == all => "1 patient".to_owned(),
        _ if shown == all => format!("{all} patients"),
        _ => format!("{shown} of {all} patients"),
    }
}

/// "Open P001".
pub fn open_patient(code: &str) -> String {
    format!("Open {code}")
}

/// "+3 more visits".
pub fn more_visits(count: usize) -> String {
    format!("+{count}")
}

// Pixel inspector and header.

pub const INSPECTOR: &str = "Pixel inspector";
pub const INSPECTOR_EMPTY: &str = "Point at a picture.";
pub const STORED: &str = "Stored value";
pub const RESCALE: &str = "Slope, intercept";
pub const VALUE: &str = "Value";
pub const DISPLAYED: &str = "Grey on screen";
pub const VOXEL: &str = "Column, row, slice";
pub const PLACE: &str = "Place L, P, S";
pub const OUTSIDE: &str = "outside the picture, or padding";
pub const HEADER: &str = "Header of the shown slice";
pub const HEADER_SEARCH: &str = "Search the header";
pub const HEADER_READING: &str = "Reading the header";
pub const HEADER_NOTHING: &str = "No element says this.";
pub const HEADER_HIDDEN: &str = "hidden";

/// "214 elements", or how many fit.
pub fn elements(shown: usize, all: usize) -> String {
    if shown == all { format!("{all} elements") } else { format!("{shown} of {all} elements") }
}

/// What hides names, by its key.
pub fn names_hidden(key: &str) -> String {
    format!("Names and identifiers are hidden; {key} shows them.")
}
