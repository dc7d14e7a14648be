//! Whose images these are, patients put away, stacks of a series, and what is odd about them.

use crate::clinical::Date;
use crate::workbench::PatientQuestion;

pub const WHOSE: &str = "Whose images are these?";
pub const ANOTHER: &str = "Another patient";
pub const ANOTHER_TOOLTIP: &str = "Keeps them apart, and is not asked again. Undo takes it back";
pub const LATER: &str = "Later";
pub const ALL_LATER: &str = "All later";
pub const LATER_TOOLTIP: &str = "Ask again after the next start; until then under Images";
pub const SAME_AS_ONE_OF: &str = "Same as one of these";
/// So many candidates have a button each.
pub const MOST_BUTTONS: usize = 2;

/// "These images of 2025-01-06 (P002, 3 series) carry another Patient ID, but the name and birth date of P001."
pub fn question(question: &PatientQuestion) -> String {
    let series = format!("{} series", question.series);
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for candidate in &question.candidates {
        match reasons.iter_mut().find(|(because, _)| *because == candidate.because) {
            Some((_, codes)) => codes.push(&candidate.code),
            None => reasons.push((candidate.because, vec![&candidate.code])),
        }
    }
    let reasons: Vec<String> =
        reasons.iter().map(|(because, codes)| format!("{because} of {}", any_of(codes))).collect();
    format!("These images{} ({}, {series}) carry {}.", of_dates(&question.dates), question.code, reasons.join("; or "))
}

fn any_of(codes: &[&str]) -> String {
    match codes {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [a, b] => format!("{a} or {b}"),
        [first, .., last] => format!("{first} or others up to {last}"),
    }
}

/// "3 visits from 2025-01-06".
pub fn visits(dates: &[Date]) -> String {
    match dates {
        [] => "no visit".to_owned(),
        [one] => format!("1 visit, {one}"),
        [first, ..] => format!("{} visits from {first}", dates.len()),
    }
}

fn of_dates(dates: &[Date]) -> String {
    match dates {
        [] => String::new(),
        [one] => format!(" of {one}"),
        [a, b] => format!(" of {a} and {b}"),
        [first, .., last] => format!(" of {first} to {last}"),
    }
}

/// The name of a patient's picture.
pub fn picture_of(code: &str) -> String {
    format!("Images of {code}")
}

/// "2025-01-06, 2025-03-04 +2".
pub fn dates_short(dates: &[String]) -> String {
    match dates {
        [] => "no scan".to_owned(),
        [one] => one.clone(),
        [one, two] => format!("{one}, {two}"),
        [one, two, rest @ ..] => format!("{one}, {two} +{}", rest.len()),
    }
}

/// "Same as P001".
pub fn same_as(code: &str) -> String {
    format!("Same as {code}")
}

/// "What makes one patient of P002 and P001".
pub fn same_tooltip(from: &str, into: &str) -> String {
    format!("Everything of {from} becomes {into}'s, as one change. Undo takes it back")
}

/// "2 more questions".
pub fn more_questions(count: usize) -> String {
    if count == 1 { "1 more question".to_owned() } else { format!("{count} more questions") }
}

pub const THIS_PATIENT: &str = "Merge or put away";
pub const MERGE_INTO: &str = "Merge into";
pub const MERGE: &str = "Merge";
pub const CHOOSE_PATIENT: &str = "Choose a patient";
pub const MERGE_TOOLTIP: &str =
    "When two patients turn out to be one. Everything moves, as one change; undo takes it back";
pub const ARCHIVE: &str = "Archive";
pub const ARCHIVE_TOOLTIP: &str = "Puts the patient away: kept with all that was read, but not in lists, unread readings, \
    cohort and tables. Bring back at any time";
pub const BRING_BACK: &str = "Bring back";
pub const BRING_BACK_TOOLTIP: &str = "Into lists, unread readings, cohort and tables again";
pub const ARCHIVED: &str = "archived";
pub const ARCHIVED_WORDS: &str = "This patient is archived: in no list, cohort or table.";
pub const SHOW_ARCHIVED: &str = "Show archived patients";
pub const SHOW_ARCHIVED_TOOLTIP: &str = "List, read and count patients that were put away";

/// "1 archived patient is not counted."
pub fn not_counted(archived: usize) -> String {
    match archived {
        1 => "1 archived patient is not counted.".to_owned(),
        n => format!("{n} archived patients are not counted."),
    }
}

/// "Show archived patients (2)".
pub fn show_archived(count: usize) -> String {
    format!("{SHOW_ARCHIVED} ({count})")
}

pub const NEEDS_PATIENT: &str = "Choose a patient first";
pub const NEEDS_ARCHIVED: &str = "No patient is archived";
pub const NEEDS_TWO_PATIENTS: &str = "The project has one patient";
pub const NEEDS_QUESTION: &str = "It is sure whose all images are";
pub const ALREADY_ARCHIVED: &str = "This patient is archived already";
pub const NOT_ARCHIVED: &str = "This patient is not archived";

pub const THIS_SERIES_TO: &str = "This series to";
pub const THE_STUDY_TO: &str = "The whole study to";
pub const NEW_PATIENT: &str = "A new patient";
pub const MORE: &str = "More";
pub const MORE_TOOLTIP: &str = "Give it to another patient, or take it apart";
pub const SPLIT: &str = "Split by";
pub const MERGE_STACKS: &str = "Merge into one stack";
pub const MERGE_STACKS_TOOLTIP: &str =
    "Chosen stacks of one series become one; kept at the next import. Undo takes it back";
pub const CHOOSE_TWO: &str = "Choose two or more stacks of one series";
pub const UNCHOOSE: &str = "Choose none";
pub const ONLY_ODD: &str = "Only what needs a look";
pub const ONLY_ODD_TOOLTIP: &str = "Hide series with nothing unusual";
pub const NOTHING_UNUSUAL_HERE: &str = "Nothing unusual about any of these series.";
pub const GO_THERE: &str = "Show them";

/// "Choose series 4 to merge".
pub fn choose_stack(series: &str) -> String {
    format!("Choose {series}")
}

/// "More for series 4".
pub fn more_for(series: &str) -> String {
    format!("{MORE} for {series}")
}

/// "2 chosen".
pub fn chosen(count: usize) -> String {
    format!("{count} chosen")
}

/// "9 as they should be, 2 worth knowing, 1 needs a look": the parts of all that are listed.
pub fn how_they_are(plain: usize, odd: usize, look: usize) -> String {
    let mut parts = Vec::new();
    if plain > 0 {
        parts.push(format!("nothing unusual about {plain}"));
    }
    if odd > 0 {
        parts.push(format!("something worth knowing about {odd}"));
    }
    if look > 0 {
        parts.push(look_short(look));
    }
    parts.join(", ")
}

/// "3 of 12 series need a look before they are trusted. The table of images says why."
pub fn need_a_look(odd: usize, of: usize) -> String {
    let need = if odd == 1 { "needs a look before it is trusted" } else { "need a look before they are trusted" };
    format!("{odd} of {of} series {need}. The table of images says why.")
}

/// "3 need a look".
pub fn look_short(odd: usize) -> String {
    if odd == 1 { "1 needs a look".to_owned() } else { format!("{odd} need a look") }
}

pub const PREVIOUS_MEMBER: &str = "Previous of this 4-D series";
pub const NEXT_MEMBER: &str = "Next of this 4-D series";

/// "Shown: phase 3 of 5, +35 s".
pub fn shown_member(words: &str) -> String {
    format!("Shown: {words}")
}
