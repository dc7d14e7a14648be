//! A cohort from a table made elsewhere: one row a lesion and visit, read without images.
//!
//! The columns are the project's own reference ([`COLUMNS`], printed in the guide) and stay stable. What cannot be read is
//! refused with row, column and reason; nothing is guessed.

mod build;
mod cells;
mod columns;

pub use columns::{COLUMNS, ColumnOfFile, Level as ColumnLevel, columns_markdown};

use crate::clinical::{Date, StudySettings};
use crate::outcome::PatientCourse;
use serde::Serialize;

/// A cell that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct BadCell {
    /// Line of the file; the head is line 1.
    pub line: u64,
    /// Column; empty where the whole line is meant.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// What is wrong and what may stand there.
    pub reason: String,
}

/// Why a file was refused.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It is no table.
    #[error("{0}")]
    Table(String),
    /// Cells that cannot be read, in the order of lines and columns.
    #[error("{} cells cannot be used; nothing was computed.", .0.len())]
    Cells(Vec<BadCell>),
}

/// How the file gives time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// ISO 8601 dates.
    Dates,
    /// Days since the patient's first ablation.
    Days,
}

/// Day 0 of a file that gives days.
#[must_use]
pub fn day_zero() -> Date {
    Date::from_ymd_opt(2000, 1, 1).unwrap_or_default()
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct CohortFile {
    /// The patients, in the order of their codes.
    pub courses: Vec<PatientCourse>,
    /// How it gives time.
    pub clock: Clock,
    /// Rows below the head.
    pub rows: u64,
    /// Columns that are not known and were not read.
    pub ignored_columns: Vec<String>,
}

/// Most rows that are read.
pub(super) const MOST_ROWS: usize = 1_000_000;

/// Reads a table. `today` decides which windows are still open; none takes every window as closed.
///
/// # Errors
/// What is no table of this kind, and every cell that cannot be used.
pub fn read(bytes: &[u8], settings: &StudySettings, today: Option<Date>) -> Result<CohortFile, FileError> {
    let sheet = cells::sheet(bytes)?;
    build::cohort(&sheet, settings, today)
}

#[cfg(test)]
mod tests;
