//! The full check of a project file: every page, every row, and the journal done again from nothing.

use super::backup;
use super::document::Document;
use super::errors::{OpenError, ReadError, file_name, plain};
use super::history::{Dropped, History};
use super::open;
use super::options::{OpenAs, OpenOptions};
use super::replay::{Replayed, replay};
use rusqlite::{Connection, ErrorCode};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long the check waits where somebody writes without a pause: nobody waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the check of a project found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What is wrong, as sentences; empty when the project is sound.
    pub problems: Vec<String>,
    /// Changes in the journal.
    pub changes: usize,
    /// Changes whose voxels were dropped to keep the project small: these cannot be undone any more.
    pub voxels_dropped: usize,
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
    let options = OpenOptions::new(OpenAs::ReadOnly, "", chrono::DateTime::UNIX_EPOCH);
    let opened = open::open(path, &options)?;
    let mut problems = integrity(&opened.store.connection, None).unwrap_or_default();
    problems.extend(trail(&opened.store.connection, &opened.history, &opened.document, &|| false).unwrap_or_default());
    Ok(report(problems, path, &opened.document, &opened.history))
}

/// The same check on a connection of its own, for another thread while the project is written to. SQLite's lock is
/// held for one table or one row of the journal at a time, so that a writer never waits for the whole of it.
/// `cancelled` is asked often; `None` when it said so, or when a writer never let it in.
///
/// # Errors
/// When the file cannot be opened at all: then a backup is to be offered, see
/// [`last_good_backup`](super::last_good_backup).
pub fn full_check(path: &Path, cancelled: Arc<AtomicBool>) -> Result<Option<Report>, OpenError> {
    let stopped = || cancelled.load(Ordering::Relaxed);
    let read = || {
        let connection = open::connect(path, false)?;
        connection.busy_timeout(PATIENCE)?;
        let format = open::believe(&connection, &file_name(path))?;
        open::prepare(&connection, false)?;
        let (document, history) = open::read(&connection, format)?;
        Ok::<_, open::Stop>((connection, document, history))
    };
    let (mut connection, document, history) = read().map_err(|stop| stop.explain(path))?;
    let tables = tables(&connection).map_err(|why| open::explain(path, why.into()))?;
    let flag = Arc::clone(&cancelled);
    // Asked every few thousand steps of SQLite: some milliseconds.
    connection
        .progress_handler(5_000, Some(move || flag.load(Ordering::Relaxed)))
        .map_err(|why| open::explain(path, why.into()))?;
    let mut problems = Vec::new();
    for table in &tables {
        match integrity(&connection, Some(table)) {
            Some(found) if !stopped() => problems.extend(found),
            _ => return Ok(None),
        }
    }
    let Some(found) = trail(&connection, &history, &document, &stopped) else { return Ok(None) };
    problems.extend(found);
    Ok(Some(report(problems, path, &document, &history)))
}

fn report(problems: Vec<String>, path: &Path, document: &Document, history: &History) -> Report {
    let marked_voxels =
        document.marks().filter_map(|mark| document.mask(mark.info.id)).map(|mask| mask.voxel_count()).sum();
    let dropped = |seq: u64| history.dropped(seq) == Some(Dropped::Voxels);
    Report {
        problems: problems.iter().map(|what| plain(what)).collect(),
        changes: history.entries().len(),
        voxels_dropped: history.entries().iter().filter(|entry| dropped(entry.seq)).count(),
        rows: document.counts(),
        marked_voxels,
        backups: backup::backups(path).len(),
    }
}

fn tables(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")?;
    statement.query_map([], |row| row.get(0))?.collect()
}

/// SQLite's check of one table, or of the whole file; `None` when it was interrupted.
fn integrity(connection: &Connection, table: Option<&str>) -> Option<Vec<String>> {
    let sql = match table {
        // The schema was compared with this program's own, so that the name is one of its tables.
        Some(table) => format!("PRAGMA integrity_check(\"{table}\")"),
        None => "PRAGMA integrity_check(10)".to_owned(),
    };
    let found: Result<Vec<String>, rusqlite::Error> =
        connection.prepare(&sql).and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect());
    match found {
        Ok(lines) => {
            let bad = lines.into_iter().filter(|line| line != "ok").take(10);
            Some(bad.map(|line| format!("The check of its structure says: {line}.")).collect())
        }
        Err(why) if stopped(&why) => None,
        Err(why) => Some(vec![format!("The check of its structure could not run: {why}.")]),
    }
}

/// What is wrong with the journal; `None` when nobody wanted to know any more.
fn trail(
    connection: &Connection,
    history: &History,
    document: &Document,
    cancelled: &dyn Fn() -> bool,
) -> Option<Vec<String>> {
    Some(match replay(connection, history, document, cancelled) {
        Ok(Replayed::Same) => Vec::new(),
        Ok(Replayed::Cancelled) => return None,
        Ok(Replayed::Different) => {
            vec!["The audit trail, done again from nothing, does not give the rows of the project.".into()]
        }
        Err(ReadError::Sqlite(why)) if stopped(&why) => return None,
        Err(ReadError::Content(what)) => vec![format!("The audit trail is damaged: {what}.")],
        Err(ReadError::Sqlite(why)) => vec![format!("The audit trail could not be read: {why}.")],
    })
}

/// Whether SQLite was stopped from outside: that says nothing of the file.
fn stopped(why: &rusqlite::Error) -> bool {
    matches!(why.sqlite_error_code(), Some(ErrorCode::OperationInterrupted | ErrorCode::DatabaseBusy))
}
