//! Verified copies of a project: backups beside it, and copies where one likes.
//!
//! A copy is made by SQLite's backup API into a temporary file in the target's folder, checked, synced and only then
//! given its name, so that a copy of that name is always whole.
//!
//! Backups are numbered, 1 is the newest. A new one is whole under a name of its own before the others move up, each
//! by one rename into the place that is free, or that holds a damaged one, or else the oldest. So at every moment,
//! whatever fails or is killed, there are as many good ones as before; a move that was cut short is finished at the
//! next opening.

use super::cached::journal_path;
use super::errors::{SaveError, file_name};
use super::{lock, schema};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags, ffi};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// So many backups are kept; number 1 is the newest.
const BACKUPS: u32 = 3;
/// So many pages are copied in one step.
const PAGES_AT_ONCE: std::ffi::c_int = 4096;
/// So long a copy waits for another program that holds the file.
const PATIENCE: Duration = Duration::from_secs(2);

fn beside(project: &Path, ending: &str) -> PathBuf {
    let mut name = project.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Where backup number `n` of a project is.
fn backup_path(project: &Path, n: u32) -> PathBuf {
    beside(project, &format!(".backup-{n}"))
}

/// A whole new backup that has no number yet.
fn newest_path(project: &Path) -> PathBuf {
    beside(project, ".backup-new")
}

/// The backups that are there, newest first.
pub(super) fn backups(project: &Path) -> Vec<PathBuf> {
    let numbered = (1..=BACKUPS).map(|n| backup_path(project, n));
    std::iter::once(newest_path(project)).chain(numbered).filter(|path| path.is_file()).collect()
}

/// The newest backup that SQLite finds sound.
pub(super) fn last_good(project: &Path) -> Option<PathBuf> {
    backups(project).into_iter().find(|path| state(path).is_some())
}

/// How far a sound backup goes: its format and its last change. `None` when it is damaged or no project.
fn state(path: &Path) -> Option<(i32, Option<i64>)> {
    let copy =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX).ok()?;
    let number = |name: &str| copy.pragma_query_value(None, name, |row| row.get::<_, i32>(0)).ok();
    (number("application_id")? == schema::APPLICATION_ID && sound(&copy).ok()?).then_some(())?;
    Some((number("user_version")?, last_change(&copy).ok()?))
}

/// SQLite's quick check.
///
/// # Errors
/// Also when the disk did not give a page: that says nothing of the file.
pub(super) fn sound(connection: &Connection) -> rusqlite::Result<bool> {
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if unread_page(&verdict) {
        return Err(rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_IOERR), None));
    }
    Ok(verdict == "ok")
}

/// Whether the check stopped at a page that could not be read. It tells this in words alone (`checkTreePage` and
/// `checkList` of SQLite's btree.c); a page that does not exist is told otherwise.
fn unread_page(verdict: &str) -> bool {
    let code = verdict.split_once("unable to get the page. error code=").map(|(_, code)| code);
    let code = code.and_then(|code| code.split(|c: char| !c.is_ascii_digit()).next()?.parse::<i32>().ok());
    code.is_some_and(|code| code & 0xFF == ffi::SQLITE_IOERR) || verdict.contains("failed to get page")
}

fn last_change(connection: &Connection) -> rusqlite::Result<Option<i64>> {
    connection.query_row("SELECT max(seq) FROM journal", [], |row| row.get(0))
}

/// Makes a backup when the project changed since the newest one, or is of another format; returns whether it did.
/// With `must` a project without a change gets one too.
pub(super) fn at_opening(connection: &Connection, project: &Path, must: bool) -> Result<bool, SaveError> {
    finish(project)?;
    let last = last_change(connection)?;
    if last.is_none() && !must {
        return Ok(false); // nothing in it yet
    }
    let format = connection.pragma_query_value(None, "user_version", |row| row.get::<_, i32>(0))?;
    if state(&backup_path(project, 1)) == Some((format, last)) {
        return Ok(false);
    }
    let part = beside(project, ".backup-part");
    let made = verified_copy(connection, &part)
        .and_then(|()| Ok(std::fs::rename(&part, newest_path(project))?))
        .and_then(|()| rotate(project));
    if made.is_err() {
        discard(&part);
    }
    made.map(|()| true)
}

/// Gives a new backup its number when that was cut short.
fn finish(project: &Path) -> Result<(), SaveError> {
    if newest_path(project).exists() {
        if state(&newest_path(project)).is_some() {
            rotate(project)?;
        } else {
            discard(&newest_path(project));
        }
    }
    Ok(())
}

/// Moves the backups up by one, as far as a place is free or its backup is no good, and makes the new one number 1.
fn rotate(project: &Path) -> Result<(), SaveError> {
    let worst = (1..=BACKUPS)
        .find(|n| !backup_path(project, *n).exists())
        .or_else(|| (1..=BACKUPS).find(|n| state(&backup_path(project, *n)).is_none()))
        .unwrap_or(BACKUPS);
    for n in (1..worst).rev() {
        std::fs::rename(backup_path(project, n), backup_path(project, n + 1))?;
    }
    std::fs::rename(newest_path(project), backup_path(project, 1))?;
    sync_folder(project).ok(); // where the system lets a folder be synced
    Ok(())
}

/// Makes a copy at a path where nothing is yet.
pub(super) fn copy_to(connection: &Connection, target: &Path) -> Result<(), SaveError> {
    make_at(target, |temporary| verified_copy(connection, temporary))
}

/// Makes a file whole under a temporary name and then gives it its own, where nothing is yet.
pub(super) fn make_at<E: From<SaveError>>(target: &Path, make: impl FnOnce(&Path) -> Result<(), E>) -> Result<(), E> {
    if target.exists() {
        return Err(SaveError::Exists(file_name(target)).into());
    }
    let temporary = beside(target, &format!(".new-{}", uuid::Uuid::new_v4().simple()));
    let made =
        make(&temporary).and_then(|()| std::fs::rename(&temporary, target).map_err(|why| SaveError::from(why).into()));
    if made.is_err() {
        discard(&temporary);
    }
    made?;
    sync_folder(target).ok();
    Ok(())
}

/// Removes a temporary project with all that SQLite may have left beside it: a journal of a file that was cut short
/// would be played into the next file of that name.
fn discard(path: &Path) {
    std::fs::remove_file(journal_path(path)).ok();
    std::fs::remove_file(path).ok();
}

/// A whole copy of a project at a temporary path, on the disk, held by nobody.
pub(super) fn verified_copy(connection: &Connection, temporary: &Path) -> Result<(), SaveError> {
    discard(temporary);
    let mut copy = Connection::open(temporary)?;
    copy.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    let backup = Backup::new(connection, &mut copy)?;
    copy_pages(&backup)?;
    drop(backup);
    lock::release(&copy)?; // nobody holds the copy
    let same = last_change(&copy)? == last_change(connection)?;
    if !same || !sound(&copy)? {
        return Err(SaveError::Disk("the copy did not come out as the project is".into()));
    }
    copy.close().map_err(|(_, error)| error)?;
    File::options().write(true).open(temporary)?.sync_all()?;
    Ok(())
}

/// Copies all pages. While another program holds the file it waits a little, not for ever.
fn copy_pages(backup: &Backup<'_, '_>) -> Result<(), SaveError> {
    let mut since = Instant::now();
    loop {
        match backup.step(PAGES_AT_ONCE)? {
            StepResult::Done => return Ok(()),
            StepResult::More => since = Instant::now(),
            _ if since.elapsed() > PATIENCE => return Err(SaveError::Busy),
            _ => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

/// Makes a rename last.
pub(super) fn sync_folder(file: &Path) -> std::io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all())
}
