//! The sheet: lines, columns by name, and what one cell may say.

use super::{BadCell, COLUMNS, Clock, FileError, MOST_ROWS, day_zero};
use crate::clinical::{Coded, Date};
use std::collections::BTreeMap;

/// One line: where it stands and its cells by column.
pub(super) struct Line {
    pub number: u64,
    cells: BTreeMap<&'static str, String>,
}

/// A table as it was read.
pub(super) struct Sheet {
    pub lines: Vec<Line>,
    pub ignored_columns: Vec<String>,
    pub clock: Clock,
}

/// Reads the sheet: UTF-8, comma, a head with known names.
pub(super) fn sheet(bytes: &[u8]) -> Result<Sheet, FileError> {
    let refuse = |reason: &str| Err(FileError::Table(reason.to_owned()));
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else {
        return refuse("The file is not UTF-8 text. Save it as \"CSV UTF-8 (comma delimited)\".");
    };
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let head = reader.headers().map_err(|why| FileError::Table(format!("The head cannot be read: {why}.")))?.clone();
    if head.len() <= 1 && text.lines().next().is_some_and(|line| line.contains(';') || line.contains('\t')) {
        return refuse("The cells are not parted by commas. Save the table as CSV with commas.");
    }
    let mut columns: Vec<Option<&'static str>> = Vec::new();
    let mut ignored_columns = Vec::new();
    for name in &head {
        let known = COLUMNS.iter().find(|column| column.name.eq_ignore_ascii_case(name)).map(|column| column.name);
        if let Some(known) = known.filter(|known| columns.contains(&Some(*known))) {
            return refuse(&format!("The column \"{known}\" stands there twice."));
        }
        if known.is_none() && !name.is_empty() {
            ignored_columns.push(name.to_owned());
        }
        columns.push(known);
    }
    let missing: Vec<&str> = COLUMNS
        .iter()
        .filter(|column| column.required && !columns.contains(&Some(column.name)))
        .map(|column| column.name)
        .collect();
    if !missing.is_empty() {
        return refuse(&format!("These columns are missing: {}. The guide lists all of them.", missing.join(", ")));
    }
    let mut lines = Vec::new();
    let mut bad = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|why| FileError::Table(format!("The table cannot be read: {why}.")))?;
        let number = record.position().map_or(0, csv::Position::line);
        if record.iter().all(str::is_empty) {
            continue;
        }
        if lines.len() >= MOST_ROWS {
            return refuse(&format!("The table has more than {MOST_ROWS} rows."));
        }
        if record.len() > columns.len() {
            bad.push(BadCell {
                line: number,
                column: String::new(),
                value: String::new(),
                reason: format!(
                    "{} cells, but the head has {}: is a comma inside a cell without quotes?",
                    record.len(),
                    columns.len()
                ),
            });
            continue;
        }
        let cells =
            columns.iter().zip(&record).filter_map(|(column, cell)| Some(((*column)?, cell.to_owned()))).collect();
        lines.push(Line { number, cells });
    }
    if !bad.is_empty() {
        return Err(FileError::Cells(bad));
    }
    if lines.is_empty() {
        return refuse("The table has a head and no rows.");
    }
    let clock = clock(&lines);
    Ok(Sheet { lines, ignored_columns, clock })
}

/// Columns with a date in them.
const DATES: [&str; 11] = [
    "visit",
    "sessions",
    "other_therapy",
    "resection",
    "idr",
    "extrahepatic",
    "second_primary",
    "death",
    "last_known_alive",
    "transplant",
    "lost",
];

/// The first cell with a time decides how the file gives it.
fn clock(lines: &[Line]) -> Clock {
    let times = lines.iter().flat_map(|line| DATES.iter().filter_map(|column| line.cells.get(column)));
    let first = times.flat_map(|cell| cell.split(';')).map(str::trim).find(|time| !time.is_empty());
    match first {
        Some(time) if time.parse::<Date>().is_err() => Clock::Days,
        _ => Clock::Dates,
    }
}

impl Line {
    /// A cell; empty where the column is missing or the line ends before it.
    pub fn text(&self, column: &'static str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    pub fn bad(&self, column: &'static str, reason: impl Into<String>) -> BadCell {
        let value: String = self.text(column).chars().filter(|c| !c.is_control()).take(80).collect();
        BadCell { line: self.number, column: column.to_owned(), value, reason: reason.into() }
    }

    /// A coded value; none where blank.
    pub fn code<T: Coded>(&self, column: &'static str) -> Result<Option<T>, BadCell> {
        let text = self.text(column);
        if text.is_empty() {
            return Ok(None);
        }
        T::from_code(&text.to_ascii_lowercase()).map(Some).ok_or_else(|| self.not_one_of::<T>(column))
    }

    fn not_one_of<T: Coded>(&self, column: &'static str) -> BadCell {
        let codes: Vec<&str> = T::ALL.iter().map(|value| value.code()).collect();
        self.bad(column, format!("Not one of: {}.", codes.join(", ")))
    }

    /// "yes" or "no"; none where blank.
    pub fn yes_no(&self, column: &'static str) -> Result<Option<bool>, BadCell> {
        match self.text(column).to_ascii_lowercase().as_str() {
            "" => Ok(None),
            "yes" => Ok(Some(true)),
            "no" => Ok(Some(false)),
            _ => Err(self.bad(column, "Not yes or no.")),
        }
    }

    /// A number above 0; none where blank.
    pub fn size(&self, column: &'static str) -> Result<Option<f64>, BadCell> {
        let text = self.text(column);
        if text.is_empty() {
            return Ok(None);
        }
        match text.parse::<f64>() {
            Ok(mm) if mm.is_finite() && mm > 0.0 && mm < 10_000.0 => Ok(Some(mm)),
            _ => Err(self.bad(column, "Not a number above 0 (with a point for decimals).")),
        }
    }

    /// A date; none where blank.
    pub fn day(&self, column: &'static str, clock: Clock) -> Result<Option<Date>, BadCell> {
        let text = self.text(column);
        if text.is_empty() { Ok(None) } else { self.one_day(column, text, clock).map(Some) }
    }

    /// Dates parted by semicolons.
    pub fn days(&self, column: &'static str, clock: Clock) -> Result<Vec<Date>, BadCell> {
        self.list(column).map(|time| self.one_day(column, time, clock)).collect()
    }

    /// The parts of a cell.
    pub fn list(&self, column: &'static str) -> impl Iterator<Item = &str> {
        self.text(column).split(';').map(str::trim).filter(|part| !part.is_empty())
    }

    fn one_day(&self, column: &'static str, time: &str, clock: Clock) -> Result<Date, BadCell> {
        match clock {
            Clock::Dates => time.parse::<Date>().map_err(|_| {
                self.bad(column, format!("\"{time}\" is not a date such as 2026-03-04, as the file has elsewhere."))
            }),
            Clock::Days => {
                let days = time.parse::<i64>().ok().filter(|days| days.abs() <= 73_000);
                days.and_then(|days| day_zero().checked_add_signed(chrono::Duration::days(days))).ok_or_else(|| {
                    self.bad(column, format!("\"{time}\" is not a whole number of days, as the file has elsewhere."))
                })
            }
        }
    }
}
