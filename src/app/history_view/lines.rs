//! A change as a line of the list, and what is searched in it.

use crate::app::text::history as text;
use crate::project::{Document, HistoryRow};

/// When, who, patient, lesions, what, before, after.
pub(super) fn cells(row: &HistoryRow, document: &Document) -> [String; 7] {
    [
        row.at.format("%Y-%m-%d %H:%M:%S").to_string(),
        who(row, document),
        patient(row, document),
        lesions(row, document),
        row.label.clone(),
        one_line(&row.before),
        one_line(&row.after),
    ]
}

pub(super) fn who(row: &HistoryRow, document: &Document) -> String {
    row.reader.and_then(|id| document.reader(id)).map(|reader| reader.initials.clone()).unwrap_or_default()
}

pub(super) fn patient(row: &HistoryRow, document: &Document) -> String {
    row.patient.and_then(|id| document.patient(id)).map(|patient| patient.code.clone()).unwrap_or_default()
}

pub(super) fn lesions(row: &HistoryRow, document: &Document) -> String {
    let labels: Vec<&str> =
        row.lesions.iter().filter_map(|id| document.lesion(*id)).map(|lesion| lesion.label.as_str()).collect();
    match labels.as_slice() {
        [] | [_] | [_, _] => labels.join(", "),
        [first, rest @ ..] => text::and_more(first, rest.len()),
    }
}

fn one_line(words: &str) -> String {
    words.replace('\n', "; ")
}

/// Words that are searched, in lower case.
pub(super) struct Wanted(Vec<String>);

impl Wanted {
    pub(super) fn new(words: &str) -> Self {
        Self(words.to_lowercase().split_whitespace().map(str::to_owned).collect())
    }

    /// Whether every word stands somewhere in a line.
    pub(super) fn finds(&self, row: &HistoryRow, document: &Document) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let all = cells(row, document).join("\n").to_lowercase();
        self.0.iter().all(|word| all.contains(word.as_str()))
    }
}
