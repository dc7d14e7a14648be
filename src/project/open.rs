//! Making and opening project files: the checks before a file is believed.

use super::errors::{OpenError, ReadError, file_name, sqlite_code};
use super::lock::{self, Holder, ReadOnly};
use super::{Document, History, Store, backup, load, schema};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// How a project is to be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenAs {
    /// To read and write; for reading only when somebody else has it.
    Writer,
    /// To read.
    ReadOnly,
}

/// What opening gives: the file, what it holds, and what to tell.
pub(super) struct OpenedStore {
    pub(super) store: Store,
    pub(super) document: Document,
    pub(super) history: History,
    pub(super) notes: Vec<String>,
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
pub(super) fn open(path: &Path, open_as: OpenAs, holder: &Holder) -> Result<OpenedStore, OpenError> {
    let file = file_name(path);
    let path = &look(path, &file)?;
    let fail = |why: ReadError| explain(path, why);
    let connection = connect(path).map_err(|why| fail(why.into()))?;
    let format = believe(&connection, &file).map_err(|why| why.unwrap_or_else(fail))?;
    let (lock, mut read_only) = match open_as {
        OpenAs::ReadOnly => (None, Some(ReadOnly::Asked)),
        OpenAs::Writer => match lock::take(path) {
            Ok(lock) => (Some(lock), None),
            Err(None) => (None, Some(ReadOnly::Held(None))),
            Err(Some(why)) => (None, Some(ReadOnly::WriteProtected(why))),
        },
    };
    if format > schema::FORMAT {
        read_only = Some(ReadOnly::Newer(format));
    } else if read_only.is_none() && connection.is_readonly("main").map_err(|why| fail(why.into()))? {
        read_only = Some(ReadOnly::WriteProtected("the file may not be written".into()));
    }
    prepare(&connection, read_only.is_none()).map_err(|why| fail(why.into()))?;
    if !backup::sound(&connection).map_err(|why| fail(why.into()))? {
        return Err(fail(ReadError::Content("its structure fails SQLite's check".into())));
    }
    // One transaction, so that what is read belongs together while somebody else writes.
    let (document, history) = read(&connection).map_err(|why| match (format > schema::FORMAT, why) {
        (true, ReadError::Content(what)) => OpenError::TooNew { file: file.clone(), format, what },
        (true, ReadError::Sqlite(why)) => OpenError::TooNew { file: file.clone(), format, what: why.to_string() },
        (false, why) => fail(why),
    })?;
    if matches!(read_only, Some(ReadOnly::Held(None))) {
        read_only = Some(ReadOnly::Held(lock::holder(&connection).map_err(fail)?));
    }
    let mut notes = Vec::new();
    if read_only.is_none() {
        match backup::at_opening(&connection, path) {
            Ok(_) => {}
            Err(why) => notes.push(format!("No backup was made at opening. {why}")),
        }
        if let Err(why) = lock::hold(&connection, holder) {
            notes.push(format!("Others will not see who has this project open ({why})."));
        }
    }
    let store = Store { connection, path: path.clone(), read_only, lock };
    Ok(OpenedStore { store, document, history, notes })
}

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
fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
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
fn believe(connection: &Connection, file: &str) -> Result<i32, Result<OpenError, ReadError>> {
    let sql = |why: rusqlite::Error| match sqlite_code(&why) {
        Some(ErrorCode::NotADatabase) => Ok(OpenError::NotAProject { file: file.to_owned() }),
        _ => Err(ReadError::Sqlite(why)),
    };
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0)).map_err(sql);
    if pragma("application_id")? != schema::APPLICATION_ID {
        return Err(Ok(OpenError::OtherApplication { file: file.to_owned() }));
    }
    let format = pragma("user_version")?;
    if format < 1 {
        return Err(Err(ReadError::Content("it does not say which format it is in".into())));
    }
    match schema::stranger(connection, format > schema::FORMAT).map_err(sql)? {
        Some(what) => Err(Ok(OpenError::Foreign { file: file.to_owned(), what })),
        None => Ok(format),
    }
}

fn prepare(connection: &Connection, writer: bool) -> rusqlite::Result<()> {
    if writer {
        connection.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
        connection.pragma_update(None, "synchronous", "EXTRA")
    } else {
        connection.pragma_update(None, "query_only", true)
    }
}

fn read(connection: &Connection) -> Result<(Document, History), ReadError> {
    let transaction = connection.unchecked_transaction()?;
    let both = (load::document(&transaction)?, load::history(&transaction)?);
    transaction.commit()?;
    Ok(both)
}

/// What a reading error means for the person who opens the file.
pub(super) fn explain(path: &Path, why: ReadError) -> OpenError {
    let file = file_name(path);
    match why {
        ReadError::Content(what) => OpenError::Damaged { file, what, backup: backup::last_good(path) },
        ReadError::Sqlite(error) => match sqlite_code(&error) {
            Some(ErrorCode::NotADatabase) => OpenError::NotAProject { file },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::Busy { file },
            Some(
                ErrorCode::CannotOpen
                | ErrorCode::PermissionDenied
                | ErrorCode::ReadOnly
                | ErrorCode::SystemIoFailure
                | ErrorCode::DiskFull,
            ) => OpenError::Disk { file, why: error.to_string() },
            _ => OpenError::Damaged { file, what: error.to_string(), backup: backup::last_good(path) },
        },
    }
}
