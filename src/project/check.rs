//! The full check of a project file: every page, every row, and the journal done again from nothing.

use super::errors::{OpenError, ReadError};
use super::lock::Holder;
use super::open::{self, OpenAs};
use super::{backup, load};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// What the check of a project found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What is wrong, as sentences; empty when the project is sound.
    pub problems: Vec<String>,
    /// Changes in the journal.
    pub changes: usize,
    /// Rows, by table.
    pub rows: BTreeMap<&'static str, usize>,
    /// Marked voxels of all marks.
    pub marked_voxels: u64,
    /// Sound backups beside the project.
    pub backups: usize,
}

/// Checks a project without changing it: SQLite's full check, every row, and whether the journal done from
/// nothing gives just these rows.
///
/// # Errors
/// When the file cannot be opened at all.
pub fn check(path: &Path) -> Result<Report, OpenError> {
    let nobody = Holder { who: String::new(), since: chrono::DateTime::UNIX_EPOCH };
    let opened = open::open(path, OpenAs::ReadOnly, &nobody)?;
    let (store, document) = (opened.store, opened.document);
    let mut problems = Vec::new();
    let found: Result<Vec<String>, rusqlite::Error> = store
        .connection
        .prepare("PRAGMA integrity_check(10)")
        .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect());
    match found {
        Ok(lines) => {
            let bad = lines.into_iter().filter(|line| line != "ok");
            problems.extend(bad.map(|line| format!("SQLite's check says: {line}.")));
        }
        Err(why) => problems.push(format!("SQLite's check could not run: {why}.")),
    }
    match load::replay(&store.connection, &opened.history) {
        Ok(replayed) if replayed == document => {}
        Ok(_) => {
            problems.push("The audit trail, done again from nothing, does not give the rows of the project.".into())
        }
        Err(ReadError::Content(what)) => problems.push(format!("The audit trail is damaged: {what}.")),
        Err(ReadError::Sqlite(why)) => problems.push(format!("The audit trail could not be read: {why}.")),
    }
    let marked_voxels =
        document.marks().filter_map(|mark| document.mask(mark.info.id)).map(|mask| mask.voxel_count()).sum();
    Ok(Report {
        problems,
        changes: opened.history.entries().len(),
        rows: document.counts(),
        marked_voxels,
        backups: backup::backups(store.path()).len(),
    })
}
