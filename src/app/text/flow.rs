//! The reading flow: where digits go, signing, putting aside, the context of a patient, tools.

use crate::clinical::Date;

pub const DIGITS_ANSWER: &str = "Digits answer here";
pub const DIGITS_TOOLTIP: &str =
    "What a digit does just now; S asks the next question, Esc gives digits back to windows";
pub const ASKS_SEEN: &str = "what is seen";
pub const ASKS_SHAPE: &str = "shape";
pub const ASKS_NOT_EVALUABLE: &str = "why not evaluable";
pub const ASKS_NOT_DONE: &str = "why not done";
pub const ASKS_DIAMETER: &str = "viable diameter, mm";
pub const ASKS_NEW_TUMOUR: &str = "new tumour elsewhere";
pub const ASKS_COMPLICATIONS: &str = "complications";
pub const DIGITS_WINDOW: &str = "windows";

/// "shape of L2".
pub fn asked_of(what: &str, lesion: &str) -> String {
    if lesion.is_empty() { what.to_owned() } else { format!("{what} of {lesion}") }
}

/// "1-9, 0" and the like: which digits answer.
pub const fn digits_of(answers: usize) -> &'static str {
    match answers {
        3 => "1-3",
        4 => "1-4",
        5 => "1-5",
        _ => "1-9 0",
    }
}

// Signing.

pub const SIGN_TITLE: &str = "Sign this visit?";
pub const NOT_YET_TITLE: &str = "Not ready to be signed";
pub const SIGN_LEAD: &str = "This is what is signed. Later changes need an amendment, which keeps both.";
pub const NOT_YET_LEAD: &str = "This is still open. Choose a line to go there.";
pub const NOT_ANSWERED: &str = "not answered";
pub const NOT_ASSESSED_YET: &str = "not answered yet";
pub const GO_TO_FIRST: &str = "Go to the first";
pub const BACK: &str = "Back";
pub const REST: &str = "Rest of the scan";
pub const COMMENT: &str = "Comment";

/// "Sign 2024-04-16".
pub fn visit_of(date: &str) -> String {
    format!("Visit {date}")
}

// Putting aside.

pub const PARK_LEAD: &str = "Put aside";
pub const PARK_FIELD: &str = "What is to be asked";
pub const PARK_HINT: &str = "What is to be asked? Enter puts it aside";
pub const PARKED_LEAD: &str = "Put aside: ";
pub const PARKED_NO_WORDS: &str = "no question noted";
pub const TAKE_UP: &str = "Take up again";
pub const TAKE_UP_TOOLTIP: &str = "It is offered to be read again";

/// "2 put aside".
pub fn parked(count: usize) -> String {
    format!("{count} put aside")
}

// In retrospect.

pub const IN_RETROSPECT: &str = "In retrospect first visible";
pub const NOT_IN_RETROSPECT: &str = "not before";
pub const IN_RETROSPECT_TOOLTIP: &str =
    "At which earlier visit it can be seen, now that it is known. Answers given there stay as they are";

// The context of a patient.

pub const CONTEXT: &str = "Context";
pub const CONTEXT_HIDDEN: &str = "Context hidden";
pub const SHOW_CONTEXT: &str = "Show the context";
pub const HIDE_CONTEXT: &str = "Hide the context";
pub const CONTEXT_TOOLTIP: &str = "Primary, sessions and therapy of the patient; hidden for a blinded read";
pub const NO_CONTEXT: &str = "nothing entered under Patient";

/// "MWA 2024-03-12 (device)".
pub fn session(modality: &str, date: Date, device: &str) -> String {
    let short = modality.rsplit('(').next().map_or(modality, |short| short.trim_end_matches(')'));
    if device.is_empty() { format!("{short} {date}") } else { format!("{short} {date}, {device}") }
}

// Visits.

pub const ADD_REPORT: &str = "Visit from a report";
pub const ADD_REPORT_TOOLTIP: &str = "A visit without images: what is known of it stands in a report";
pub const REPORT_DATE: &str = "Date of the report's scan";
pub const DATE_HINT: &str = "YYYY-MM-DD";
pub const NOT_A_DATE: &str = "This is not a date. Write it as 2024-03-18.";
pub const ADD: &str = "Add";
pub const REPORT_ONLY: &str = "report only";
pub const NO_IMAGES_HERE: &str = "no images: known from a report";

// Tools.

pub const TOOLS: &str = "Tools";
pub const SCROLL_TOOL: &str = "Scroll";
pub const DONE: &str = "Done";

/// "Brush 6 mm".
pub fn brush(mm: f64) -> String {
    format!("{mm:.0} mm across")
}
