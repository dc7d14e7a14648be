//! The audit trail as a table.

use super::cell::Cell;
use super::dates::Dates;
use super::table::{Column, Table, Values, column, number};
use super::{ExportError, write};
use crate::clinical::Date;
use crate::project::{Document, Dropped, HistoryRow};
use std::path::Path;

struct Line<'a> {
    document: &'a Document,
    row: &'a HistoryRow,
}

const KINDS: &[(&str, &str)] = &[
    ("import", "Images came in"),
    ("stack", "What a stack shows, or whose it is"),
    ("patient", "A patient's data"),
    ("reader", "A reader"),
    ("visit", "A visit or its studies"),
    ("lesion", "A lesion"),
    ("session", "An ablation session"),
    ("event", "An event"),
    ("finding", "An answer"),
    ("rest_of_scan", "The rest of the scan"),
    ("park", "A lesion put aside"),
    ("mark", "A mark"),
    ("placement", "A match of two stacks"),
    ("sign", "A signature"),
    ("amend", "The reopening of a signed visit"),
    ("settings", "The study's choices"),
    ("grouping", "Stacks grouped anew"),
    ("copy", "Made from another project"),
];
const DROPPED: &[(&str, &str)] = &[
    ("voxels", "The voxels, to keep the project small"),
    ("all", "All but the words: the project was put together from what was in memory"),
];

#[rustfmt::skip]
fn columns<'a>() -> Vec<Column<Line<'a>>> {
    vec![
        number("change", "number of the change, from 1", "", |l| Cell::Whole(i64::try_from(l.row.seq).unwrap_or(i64::MAX))),
        column("changed", "day of the change", Values::Day, |l| Cell::Day(l.row.at.date_naive())),
        column("time_utc", "time of the change, UTC", Values::Any, |l| Cell::Code(l.row.at.format("%H:%M:%S").to_string())),
        column("reader", "initials of the reader", Values::Any, |l| {
            let reader = l.row.reader.and_then(|reader| l.document.reader(reader));
            reader.map_or(Cell::Blank, |reader| Cell::Code(reader.initials.clone()))
        }),
        column("patient", "the study's own code of the patient", Values::Any, |l| {
            let patient = l.row.patient.and_then(|patient| l.document.patient(patient));
            patient.map_or(Cell::Blank, |patient| Cell::Code(patient.code.clone()))
        }),
        column("lesions", "labels of the lesions it is about", Values::Any, |l| {
            Cell::list(l.row.lesions.iter().filter_map(|lesion| l.document.lesion(*lesion)).map(|lesion| lesion.label.clone()))
        }),
        column("kind", "what kind of change", Values::of("change_kind", KINDS), |l| Cell::Code(l.row.kind.code().to_owned())),
        column("label", "what was done", Values::Typed, |l| Cell::reason(&l.row.label)),
        column("before", "what stood before", Values::Typed, |l| Cell::reason(&l.row.before)),
        column("after", "what stood after", Values::Typed, |l| Cell::reason(&l.row.after)),
        number("undoes", "the change that this one takes back", "", |l| Cell::whole(l.row.undoes.and_then(|seq| i64::try_from(seq).ok()))),
        number("undone_by", "the change that took this one back", "", |l| Cell::whole(l.row.undone_by.and_then(|seq| i64::try_from(seq).ok()))),
        column("dropped", "what of it is no longer kept, so that it cannot be undone", Values::of("dropped", DROPPED), |l| match l.row.dropped {
            None => Cell::Blank,
            Some(Dropped::Voxels) => Cell::Code("voxels".into()),
            Some(Dropped::All) => Cell::Code("all".into()),
        }),
    ]
}

/// The audit trail as a table, in the order of the rows. Days are counted from the patient's first ablation.
#[must_use]
pub fn history_table(document: &Document, rows: &[HistoryRow], dates: Dates) -> Table {
    let lines: Vec<Line<'_>> = rows.iter().map(|row| Line { document, row }).collect();
    let first_ablation = |line: &Line<'_>| -> Option<Date> {
        let sessions = line.document.sessions_of(line.row.patient?);
        sessions.first().map(|session| session.date)
    };
    Table::build("history", "one row a change", &columns(), &lines, dates, first_ablation)
}

/// The audit trail as CSV: UTF-8, comma, quotes where needed, cells that a spreadsheet would run defused.
///
/// # Errors
/// When it cannot be put into CSV.
pub fn history_csv(document: &Document, rows: &[HistoryRow], dates: Dates) -> Result<Vec<u8>, ExportError> {
    write::csv_of(&history_table(document, rows, dates))
}

/// Writes the audit trail to a CSV file, whole or not at all.
///
/// # Errors
/// When it cannot be written; what was there before stays.
pub fn write_history(document: &Document, rows: &[HistoryRow], dates: Dates, to: &Path) -> Result<(), ExportError> {
    write::write_all(&[(to.to_owned(), history_csv(document, rows, dates)?)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::ChangeKind;

    #[test]
    fn every_kind_of_change_is_in_the_dictionary() {
        let codes: Vec<_> = ChangeKind::ALL.iter().map(|kind| kind.code()).collect();
        assert_eq!(KINDS.iter().map(|(code, _)| *code).collect::<Vec<_>>(), codes);
    }
}
