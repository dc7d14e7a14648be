//! One writer at a time: a lock file beside the project, and a note in the project of who has it.
//!
//! The lock is the operating system's and ends with the process, however it ends. The file stays: deleting
//! it would let two programs lock two files of one name.

use super::errors::ReadError;
use crate::clinical::Stamp;
use rusqlite::{Connection, OptionalExtension};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Who has a project open for writing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The reader's initials; empty until they are given.
    pub who: String,
    /// Since when.
    pub since: Stamp,
}

/// Why a project is open for reading only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadOnly {
    /// Somebody else has it open; who, when that is known.
    Held(Option<Holder>),
    /// The file or its folder cannot be written, or cannot be locked.
    WriteProtected(String),
    /// It is of a newer format.
    Newer(i32),
    /// It is of an older format and could not be brought to this one; why.
    NotMigrated(String),
    /// Its disk cannot be written and its last change was cut short: this is a copy in which that was put right.
    Recovered,
    /// That was asked for.
    Asked,
}

impl std::fmt::Display for ReadOnly {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Held(Some(holder)) => {
                let who = if holder.who.is_empty() { "somebody" } else { &holder.who };
                let since = holder.since.format("%Y-%m-%d %H:%M");
                write!(f, "{who} has it open since {since} UTC. You see it as it was last saved; to change it, ask them to close it and open it again.")
            }
            Self::Held(None) => f.write_str(
                "another program has it open. You see it as it was last saved; to change it, close it there and open it again.",
            ),
            Self::WriteProtected(why) => {
                write!(f, "its file or folder cannot be written ({why}). Save a copy where you may write, and open that.")
            }
            Self::Newer(format) => {
                write!(f, "it was made by a newer version of Ablation Review (format {format}). Change it there.")
            }
            Self::NotMigrated(why) => {
                write!(f, "it was made by an older version, and bringing it to this one did not work ({why}). It is as it was; free some space or save a copy elsewhere, and open it again.")
            }
            Self::Recovered => f.write_str(
                "it lies on a disk that cannot be written, and its last change was cut short. You see a copy in which that was put right; to change it, save a copy where you may write, and open that.",
            ),
            Self::Asked => f.write_str("it was opened that way. Open it for writing to change it."),
        }
    }
}

/// The lock, for as long as it is held.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

/// Where the lock of a project is.
pub(super) fn lock_path(project: &Path) -> PathBuf {
    let mut name = project.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

/// So often a lock that is held is tried, and with so much time between.
const LOOKS: u32 = 8;
const BETWEEN_LOOKS: Duration = Duration::from_millis(15);

/// Takes the lock, or says why it cannot be had: `None` when somebody has it.
pub(super) fn take(project: &Path) -> Result<Lock, Option<String>> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(lock_path(project));
    let file = file.map_err(|why| Some(why.to_string()))?;
    for look in 1.. {
        match file.try_lock() {
            Ok(()) => return Ok(Lock { _file: file }),
            // Who only looks whether it is held has it for a moment, and so has a process that is being started.
            Err(TryLockError::WouldBlock) if look < LOOKS => std::thread::sleep(BETWEEN_LOOKS),
            Err(TryLockError::WouldBlock) => break,
            Err(TryLockError::Error(why)) => return Err(Some(why.to_string())),
        }
    }
    Err(None)
}

/// Whether somebody has a project open for writing just now.
#[must_use]
pub fn is_held(project: &Path) -> bool {
    let file = OpenOptions::new().read(true).open(lock_path(project));
    file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Who has the project, as the project says.
pub(super) fn holder(connection: &Connection) -> Result<Option<Holder>, ReadError> {
    let row = connection
        .query_row("SELECT who, since FROM holder", [], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
        .optional()?;
    Ok(row.and_then(|(who, since)| {
        let who = who.chars().filter(|c| !c.is_control()).take(20).collect();
        Some(Holder { who, since: since.parse().ok()? })
    }))
}

/// Writes down who has the project.
pub(super) fn hold(connection: &Connection, holder: &Holder) -> rusqlite::Result<()> {
    connection
        .execute(
            "INSERT INTO holder (one, who, since) VALUES (1, ?1, ?2)
             ON CONFLICT (one) DO UPDATE SET who = excluded.who, since = excluded.since",
            (&holder.who, holder.since.to_rfc3339()),
        )
        .map(|_| ())
}

/// Takes the note away.
pub(super) fn release(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM holder", []).map(|_| ())
}
