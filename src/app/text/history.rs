//! The history screen.

pub const TITLE: &str = "History";
pub const HEADS: &[&str] = &["When (UTC)", "Who", "Patient", "Lesion", "What", "Before", "After"];
pub const PATIENT: &str = "Patient of the history";
pub const LESION: &str = "Lesion of the history";
pub const READER: &str = "Reader of the history";
pub const ANY_PATIENT: &str = "All patients";
pub const ANY_LESION: &str = "All lesions";
pub const ANY_READER: &str = "All readers";
pub const SEARCH: &str = "Search the history";
pub const SEARCH_HINT: &str = "Search";
pub const PATH: &str = "Path of the history as CSV";
pub const PATH_HINT: &str = "FILE.csv";
pub const EXPORT: &str = "Export CSV";
pub const EXPORT_TOOLTIP: &str =
    "Write what is listed, oldest first, as CSV; without a path beside it a dialog asks where";
pub const NOTHING_LEAD: &str = "Nothing was changed yet";
pub const NOTHING: &str =
    "Every change of this project will be listed here: when, by whom, what stood before and after.";
pub const NONE_LEAD: &str = "No such change";
pub const NONE: &str = "Choose another patient, lesion or reader, or search for other words.";
pub const READING: &str = "Reading the history";
pub const CHOOSE: &str = "Choose a change to see what stood before and after it, to go there, or to take it back. \
    Arrow keys walk the list, Enter goes there.";
pub const BEFORE: &str = "Before";
pub const AFTER: &str = "After";
pub const NOTHING_STOOD: &str = "nothing";
pub const GO_THERE: &str = "Go there";
pub const GO_TOOLTIP: &str = "Show the patient, visit and lesion in the reading room (Enter)";
pub const NO_PLACE: &str = "This change is about no patient in particular.";
pub const PLACE_GONE: &str = "What it was about is no longer in the project.";
pub const TAKE_BACK: &str = "Take back";
pub const TAKE_BACK_TOOLTIP: &str = "Take this change back and keep those after it; the history keeps both";

/// "number 12".
pub fn number(seq: u64) -> String {
    format!("number {seq}")
}

/// "L1 and 3 more".
pub fn and_more(first: &str, more: usize) -> String {
    format!("{first} +{more}")
}

/// The name of a row for screen readers.
pub fn row_name(seq: u64, label: &str) -> String {
    format!("Change {seq}: {label}")
}

/// "12 of 340 changes".
pub fn count(listed: usize, all: u64, complete: bool) -> String {
    let reading = if complete { "" } else { ", reading on" };
    let changes = if all == 1 { "change" } else { "changes" };
    if listed as u64 == all {
        format!("{all} {changes}{reading}")
    } else {
        format!("{listed} of {all} {changes}{reading}")
    }
}

/// "Taken back by number 14".
pub fn taken_back_by(seq: u64) -> String {
    format!("Taken back by number {seq}.")
}

/// "Take back this and 4 after it".
pub fn from_there(changes: usize) -> String {
    format!("Take back this and {} after it", changes - 1)
}

/// What would go.
pub fn from_there_tooltip(list: &str, changes: usize) -> String {
    let more = if changes > 12 { format!("\nand {} more", changes - 12) } else { String::new() };
    format!("The project as it was before this change. What goes, newest first:\n{list}{more}")
}
