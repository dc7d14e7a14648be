//! Making and opening project files: the checks before a file is believed.

use super::errors::{OpenError, ReadError, file_name, plain, sqlite_code};
use super::lock::{self, Holder, ReadOnly};
use super::options::{OpenAs, OpenOptions};
use super::place::FileId;
use super::{Document, History, Store, backup, cached, limits, load, migrate, schema, trim};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// What opening gives: the file, what it holds, and what to tell.
pub(super) struct OpenedStore {
    pub(super) store: Store,
    pub(super) document: Document,
    pub(super) history: History,
    pub(super) notes: Vec<String>,
}

/// Why opening stopped: said already, or still to be put into words.
pub(super) enum Stop {
    Said(OpenError),
    Read(ReadError),
}

impl From<ReadError> for Stop {
    fn from(why: ReadError) -> Self {
        Self::Read(why)
    }
}

impl From<rusqlite::Error> for Stop {
    fn from(why: rusqlite::Error) -> Self {
        Self::Read(why.into())
    }
}

impl Stop {
    /// Whether SQLite would have had to write to show the file as it was before an unfinished change.
    fn wants_to_write(&self) -> bool {
        let Self::Read(ReadError::Sqlite(why)) = self else { return false };
        matches!(
            sqlite_code(why),
            Some(
                ErrorCode::ReadOnly
                    | ErrorCode::CannotOpen
                    | ErrorCode::PermissionDenied
                    | ErrorCode::SystemIoFailure
                    | ErrorCode::DiskFull
            )
        )
    }

    /// Whether SQLite met a page that it could not use. It says the same of one that the disk did not give
    /// (`SQLITE_IOERR_CORRUPTFS` becomes `SQLITE_CORRUPT`).
    fn may_be_the_disk(&self) -> bool {
        matches!(self, Self::Read(ReadError::Sqlite(why)) if sqlite_code(why) == Some(ErrorCode::DatabaseCorrupt))
    }

    pub(super) fn explain(self, path: &Path) -> OpenError {
        match self {
            Self::Said(why) => why,
            Self::Read(why) => explain(path, why),
        }
    }
}

/// How long to wait for another program that is writing.
const PATIENCE: Duration = Duration::from_secs(2);

/// The smallest page of a database; SQLite takes a shorter file for an empty database.
const SMALLEST: u64 = 512;

/// Makes an empty project file where nothing is yet.
pub(super) fn create(path: &Path) -> Result<(), OpenError> {
    let file = file_name(path);
    if path.exists() {
        return Err(OpenError::Exists { file });
    }
    let failed = |why: String| OpenError::Disk { file: file.clone(), why };
    // Under another name until it is whole, so that a name never stands for half a project.
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".new-{}", uuid::Uuid::new_v4().simple()));
    let temporary = std::path::PathBuf::from(name);
    let made = Connection::open(&temporary)
        .and_then(|mut connection| {
            connection.pragma_update(None, "synchronous", "EXTRA")?;
            schema::create(&mut connection)?;
            connection.close().map_err(|(_, error)| error)
        })
        .map_err(|why| failed(why.to_string()))
        .and_then(|()| std::fs::rename(&temporary, path).map_err(|why| failed(why.to_string())));
    if made.is_err() {
        std::fs::remove_file(&temporary).ok();
    }
    made
}

/// Opens a project file, with every check on the way.
pub(super) fn open(path: &Path, options: &OpenOptions<'_>) -> Result<OpenedStore, OpenError> {
    let path = &look(path, &file_name(path))?;
    let opened = match open_file(path, path, options) {
        // What was a passing fault of the disk does not come again.
        Err(stop) if stop.may_be_the_disk() => open_file(path, path, options),
        opened => opened,
    };
    match (opened, options.cache) {
        (Ok(opened), _) => Ok(opened),
        (Err(stop), Some(cache)) if stop.wants_to_write() && cached::has_journal(path) => {
            let copy = cached::copy(path, cache)?;
            let only_read = OpenOptions { open_as: OpenAs::ReadOnly, never_write: false, ..*options };
            let mut opened = open_file(copy.path(), path, &only_read).map_err(|stop| stop.explain(path))?;
            opened.store.read_only = Some(ReadOnly::Recovered);
            opened.store.copy = Some(copy);
            Ok(opened)
        }
        (Err(stop), _) => Err(stop.explain(path)),
    }
}

/// Opens the file at `place`, which is the project itself or a copy of it.
fn open_file(place: &Path, path: &Path, options: &OpenOptions<'_>) -> Result<OpenedStore, Stop> {
    let file = file_name(path);
    let id =
        FileId::of(place).map_err(|why| Stop::Said(OpenError::Disk { file: file.clone(), why: why.to_string() }))?;
    let mut connection = connect(place, options.never_write)?;
    let mut format = believe(&connection, &file)?;
    let (lock, mut read_only) = match options.open_as {
        OpenAs::ReadOnly => (None, Some(ReadOnly::Asked)),
        OpenAs::Writer if options.never_write => {
            (None, Some(ReadOnly::WriteProtected("the file may not be written".into())))
        }
        OpenAs::Writer => match lock::take(path) {
            Ok(lock) => (Some(lock), None),
            Err(None) => (None, Some(ReadOnly::Held(None))),
            Err(Some(why)) => (None, Some(ReadOnly::WriteProtected(why))),
        },
    };
    if format > schema::FORMAT {
        read_only = Some(ReadOnly::Newer(format));
    } else if read_only.is_none() && connection.is_readonly("main")? {
        read_only = Some(ReadOnly::WriteProtected("the file may not be written".into()));
    }
    prepare(&connection, read_only.is_none())?;
    if !backup::sound(&connection)? {
        return Err(ReadError::Content("its structure does not pass the check".into()).into());
    }
    let (document, mut history) = read(&connection, format).map_err(|why| match (format > schema::FORMAT, why) {
        (true, ReadError::Content(what)) => {
            Stop::Said(OpenError::TooNew { file: file.clone(), format, what: plain(&what) })
        }
        (true, ReadError::Sqlite(why)) => {
            Stop::Said(OpenError::TooNew { file: file.clone(), format, what: plain(&why.to_string()) })
        }
        (false, why) => why.into(),
    })?;
    if matches!(read_only, Some(ReadOnly::Held(None))) {
        read_only = Some(ReadOnly::Held(lock::holder(&connection)?));
    }
    let mut notes = Vec::new();
    if read_only.is_none() {
        let old = format < schema::FORMAT;
        match (backup::at_opening(&connection, path, old), old) {
            (Ok(_), false) => {}
            (Err(why), false) => notes.push(format!("No backup was made at opening: {}.", why.reason())),
            (Err(why), true) => {
                read_only = Some(ReadOnly::NotMigrated(format!("no backup could be made before: {}", why.reason())));
            }
            (Ok(_), true) => match migrate::migrate(&mut connection, format, &document) {
                Ok(()) => {
                    format = schema::FORMAT;
                    notes.push(MIGRATED.into());
                }
                Err(why) => read_only = Some(ReadOnly::NotMigrated(why)),
            },
        }
        if read_only.is_some() {
            prepare(&connection, false)?;
        }
    }
    if read_only.is_none() {
        match trim::trim(&mut connection, options.mask_budget_bytes) {
            Ok(0) => {}
            Ok(bytes) => {
                history = load::history(&connection, format)?;
                notes.push(format!(
                    "The voxels of the oldest changes were dropped from the audit trail ({} MB), so these can no longer be undone. Marks and answers are as they were.",
                    bytes.div_ceil(1_000_000)
                ));
            }
            // It was read well and can go on growing a little.
            Err(_) => notes.push("The audit trail could not be made smaller.".into()),
        }
        let holder = Holder { who: options.who.to_owned(), since: options.at };
        if let Err(why) = lock::hold(&connection, &holder) {
            notes.push(format!("Others will not see who has this project open ({why})."));
        }
    }
    let lock = lock.filter(|_| read_only.is_none());
    let store =
        Store { connection, path: path.to_owned(), id, format, read_only, lock, copy: None, seen_version: None };
    Ok(OpenedStore { store, document, history, notes })
}

/// Said once, when an older project was brought to this format.
const MIGRATED: &str =
    "This project was made by an older version and was brought up to date. A backup of it as it was lies beside it.";

/// What can be told without opening the file. It is not opened by hand: closing it again would take away the
/// locks that SQLite holds on it elsewhere in this process.
fn look(path: &Path, file: &str) -> Result<std::path::PathBuf, OpenError> {
    let file = || file.to_owned();
    let about = match std::fs::metadata(path) {
        Ok(about) => about,
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Err(OpenError::NotThere { file: file() }),
        Err(why) => return Err(OpenError::Disk { file: file(), why: why.to_string() }),
    };
    if about.is_dir() {
        return Err(OpenError::Folder { file: file() });
    }
    if about.is_file() && about.len() == 0 {
        return Err(OpenError::Empty { file: file() });
    }
    if !about.is_file() || about.len() < SMALLEST {
        return Err(OpenError::NotAProject { file: file() });
    }
    // One file, one lock, whatever links lead to it.
    std::fs::canonicalize(path).map_err(|why| OpenError::Disk { file: file(), why: why.to_string() })
}

/// A connection that obeys nothing the file says.
pub(super) fn connect(path: &Path, never_write: bool) -> rusqlite::Result<Connection> {
    let way = if never_write { OpenFlags::SQLITE_OPEN_READ_ONLY } else { OpenFlags::SQLITE_OPEN_READ_WRITE };
    let connection = Connection::open_with_flags(path, way | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    limits::set(&connection)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Whether the file is a project, and of which format.
pub(super) fn believe(connection: &Connection, file: &str) -> Result<i32, Stop> {
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    if pragma("application_id")? != schema::APPLICATION_ID {
        return Err(Stop::Said(OpenError::OtherApplication { file: file.to_owned() }));
    }
    let format = pragma("user_version")?;
    if format < 1 {
        return Err(ReadError::Content("it does not say which format it is in".into()).into());
    }
    match schema::stranger(connection, format)? {
        Some(what) => Err(Stop::Said(OpenError::Foreign { file: file.to_owned(), what })),
        None => Ok(format),
    }
}

pub(super) fn prepare(connection: &Connection, writer: bool) -> rusqlite::Result<()> {
    if writer {
        connection.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
        connection.pragma_update(None, "synchronous", "EXTRA")
    } else {
        connection.pragma_update(None, "query_only", true)
    }
}

/// What a file holds, read in one transaction, so that it belongs together while somebody else writes.
pub(super) fn read(connection: &Connection, format: i32) -> Result<(Document, History), ReadError> {
    let transaction = connection.unchecked_transaction()?;
    limits::check(&transaction, format)?;
    let both = (load::document(&transaction, format)?, load::history(&transaction, format)?);
    transaction.commit()?;
    Ok(both)
}

/// What a reading error means for the person who opens the file.
pub(super) fn explain(path: &Path, why: ReadError) -> OpenError {
    let file = file_name(path);
    match why {
        ReadError::Content(what) => OpenError::Damaged { file, what: plain(&what), backup: backup::last_good(path) },
        ReadError::Sqlite(error) => match sqlite_code(&error) {
            Some(ErrorCode::NotADatabase) => OpenError::NotAProject { file },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::Busy { file },
            Some(
                ErrorCode::CannotOpen
                | ErrorCode::PermissionDenied
                | ErrorCode::ReadOnly
                | ErrorCode::SystemIoFailure
                | ErrorCode::DiskFull,
            ) => OpenError::Disk { file, why: plain(&error.to_string()) },
            Some(ErrorCode::DatabaseCorrupt) if disk_fails(path) => {
                OpenError::Disk { file, why: "the disk does not give all of it".to_owned() }
            }
            _ => OpenError::Damaged { file, what: plain(&error.to_string()), backup: backup::last_good(path) },
        },
    }
}

/// Whether a page of the file cannot be read, as SQLite's check tells it in words.
fn disk_fails(path: &Path) -> bool {
    let checked = connect(path, true).and_then(|connection| backup::sound(&connection));
    checked.is_err_and(|why| sqlite_code(&why) == Some(ErrorCode::SystemIoFailure))
}
