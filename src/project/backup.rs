//! Verified copies of a project: backups beside it, and copies where one likes.
//!
//! A copy is made by SQLite's backup API into a temporary file in the target's folder, checked, synced and
//! only then given its name, so that a copy of that name is always whole.

use super::errors::{SaveError, file_name};
use super::lock;
use rusqlite::{Connection, OpenFlags};
use std::fs::File;
use std::path::{Path, PathBuf};

/// So many backups are kept; number 1 is the newest.
const BACKUPS: u32 = 3;

/// Where backup number `n` of a project is.
fn backup_path(project: &Path, n: u32) -> PathBuf {
    let mut name = project.as_os_str().to_owned();
    name.push(format!(".backup-{n}"));
    PathBuf::from(name)
}

/// The backups that are there, newest first.
pub(super) fn backups(project: &Path) -> Vec<PathBuf> {
    (1..=BACKUPS).map(|n| backup_path(project, n)).filter(|path| path.is_file()).collect()
}

/// The newest backup that SQLite finds sound.
pub(super) fn last_good(project: &Path) -> Option<PathBuf> {
    backups(project).into_iter().find(|path| {
        open_copy(path).and_then(|copy| Ok((sound(&copy)?, last_change(&copy)?))).is_ok_and(|(sound, _)| sound)
    })
}

fn open_copy(path: &Path) -> rusqlite::Result<Connection> {
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)
}

/// SQLite's quick check.
pub(super) fn sound(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("PRAGMA quick_check(1)", [], |row| Ok(row.get::<_, String>(0)? == "ok"))
}

fn last_change(connection: &Connection) -> rusqlite::Result<Option<i64>> {
    connection.query_row("SELECT max(seq) FROM journal", [], |row| row.get(0))
}

/// Makes a backup when the project changed since the newest one; returns whether it did.
pub(super) fn at_opening(connection: &Connection, project: &Path) -> Result<bool, SaveError> {
    let Some(last) = last_change(connection)? else { return Ok(false) }; // nothing in it yet
    let newest = open_copy(&backup_path(project, 1)).and_then(|copy| Ok(sound(&copy)?.then(|| last_change(&copy))));
    if let Ok(Some(Ok(Some(saved)))) = newest
        && saved == last
    {
        return Ok(false);
    }
    let mut name = project.as_os_str().to_owned();
    name.push(".backup-new");
    let temporary = PathBuf::from(name);
    verified_copy(connection, &temporary)?;
    for n in (1..BACKUPS).rev() {
        let from = backup_path(project, n);
        if from.exists() {
            std::fs::rename(&from, backup_path(project, n + 1))?;
        }
    }
    std::fs::rename(&temporary, backup_path(project, 1))?;
    sync_folder(project);
    Ok(true)
}

/// Makes a copy at a path where nothing is yet.
pub(super) fn copy_to(connection: &Connection, target: &Path) -> Result<(), SaveError> {
    if target.exists() {
        return Err(SaveError::Exists(file_name(target)));
    }
    let mut name = target.as_os_str().to_owned();
    name.push(format!(".new-{}", uuid::Uuid::new_v4().simple()));
    let temporary = PathBuf::from(name);
    let made = verified_copy(connection, &temporary).and_then(|()| Ok(std::fs::rename(&temporary, target)?));
    if made.is_err() {
        std::fs::remove_file(&temporary).ok();
    }
    made?;
    sync_folder(target);
    Ok(())
}

fn verified_copy(connection: &Connection, temporary: &Path) -> Result<(), SaveError> {
    if temporary.exists() {
        std::fs::remove_file(temporary)?; // left behind when a copy was cut short
    }
    let mut copy = Connection::open(temporary)?;
    let backup = rusqlite::backup::Backup::new(connection, &mut copy)?;
    backup.run_to_completion(4096, std::time::Duration::ZERO, None)?;
    drop(backup);
    lock::release(&copy)?; // nobody holds the copy
    if !sound(&copy)? {
        return Err(SaveError::Disk("the copy did not come out as the project is".into()));
    }
    copy.close().map_err(|(_, error)| error)?;
    File::options().write(true).open(temporary)?.sync_all()?;
    Ok(())
}

/// Makes a rename last, where the system lets a folder be synced.
fn sync_folder(file: &Path) {
    if let Some(folder) = file.parent() {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        File::open(folder).and_then(|folder| folder.sync_all()).ok();
    }
}
