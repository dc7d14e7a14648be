//! Why a project file is not opened, and why a change is not saved.

use super::Refusal;
use std::path::{Path, PathBuf};

/// Why a project is not opened or made. The file was not changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// No such file.
    #[error("There is no file {file}. Check the path, or make a new project there.")]
    NotThere {
        /// Its name.
        file: String,
    },
    /// A folder.
    #[error("{file} is a folder, not a project. To work on the images in it, import it into a project.")]
    Folder {
        /// Its name.
        file: String,
    },
    /// A file without content.
    #[error(
        "{file} is empty, so there is no project in it. Open another file, or delete this one and make a new project."
    )]
    Empty {
        /// Its name.
        file: String,
    },
    /// Not a database at all.
    #[error(
        "{file} is not a project of Ablation Review: its content is something else. Open a file that ends in .ablation, or import the file if it is an image."
    )]
    NotAProject {
        /// Its name.
        file: String,
    },
    /// A database of another program.
    #[error(
        "{file} is a database of another program, not a project of Ablation Review. Open a file that ends in .ablation."
    )]
    OtherApplication {
        /// Its name.
        file: String,
    },
    /// Tables, triggers or views that no project has.
    #[error(
        "{file} was not opened, because it has {what}. Somebody changed it with another program; open a backup or ask where the file comes from."
    )]
    Foreign {
        /// Its name.
        file: String,
        /// What it has or lacks.
        what: String,
    },
    /// A newer format that this program cannot read.
    #[error(
        "{file} was made by a newer version of Ablation Review (format {format}; this one reads {}), and {what}. Open it with the newer version.",
        super::schema::FORMAT
    )]
    TooNew {
        /// Its name.
        file: String,
        /// Its format.
        format: i32,
        /// What could not be read.
        what: String,
    },
    /// Content that cannot be trusted.
    #[error("{file} is damaged: {what}. {}", advice(backup.as_deref()))]
    Damaged {
        /// Its name.
        file: String,
        /// What is wrong.
        what: String,
        /// The newest backup that is sound.
        backup: Option<PathBuf>,
    },
    /// A project is to be made where a file is.
    #[error("There is already a file {file}. Choose another name, or open that file.")]
    Exists {
        /// Its name.
        file: String,
    },
    /// Somebody is writing for longer than one waits.
    #[error("{file} is being written by another program right now. Try again in a moment.")]
    Busy {
        /// Its name.
        file: String,
    },
    /// The disk or its rights.
    #[error("{file} could not be opened: {why}. Check that the folder is there and that you may read and write in it.")]
    Disk {
        /// Its name.
        file: String,
        /// What the system said.
        why: String,
    },
}

fn advice(backup: Option<&Path>) -> String {
    match backup {
        Some(path) => format!("The last good backup is {}: open that instead.", file_name(path)),
        None => "There is no backup beside it; ask for a copy from your computer's own backup.".to_owned(),
    }
}

/// Why a change is not on disk. The project file holds everything up to the change before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SaveError {
    /// Opened for reading only.
    #[error("This project is open for reading only: {0}")]
    ReadOnly(String),
    /// No space left.
    #[error("The change is not saved: the disk is full. Free some space and try again, or save a copy elsewhere.")]
    Full,
    /// The file is gone.
    #[error(
        "The change is not saved: the project file is no longer where it was. Connect the disk again or put the file back, then try again; or save a copy elsewhere."
    )]
    Vanished,
    /// Another file has its name.
    #[error(
        "The change is not saved: another file has taken the place of the project file. Save a copy elsewhere, then open the project again."
    )]
    Replaced,
    /// The disk has become read-only.
    #[error(
        "The change is not saved: the disk does not let anything be written. Make it writable and try again, or save a copy elsewhere."
    )]
    WriteProtected,
    /// Another program holds the file.
    #[error("The change is not saved: another program is using the project file. Close it and try again.")]
    Busy,
    /// Something else changed the file.
    #[error(
        "The change is not saved: the project file was changed from elsewhere. Save a copy elsewhere, then open the project again."
    )]
    ChangedElsewhere,
    /// A file is already there.
    #[error("There is already a file {0}. Choose another name.")]
    Exists(String),
    /// The disk, its rights, or the file.
    #[error("The change is not saved: {0}. Check the disk and try again, or save a copy elsewhere.")]
    Disk(String),
}

impl SaveError {
    /// Cause and advice where it is clear already that something is not saved: "The disk is full. Free some space ..."
    #[must_use]
    pub fn cause(&self) -> String {
        let words = self.to_string();
        let cause = words.strip_prefix("The change is not saved: ").unwrap_or(&words);
        let mut letters = cause.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    }

    /// The cause alone, as the end of another sentence: "the disk is full".
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::ReadOnly(why) | Self::Disk(why) => why.trim_end_matches('.').to_owned(),
            Self::Full => "the disk is full".into(),
            Self::Vanished => "the project file is no longer where it was".into(),
            Self::Replaced => "another file has taken the place of the project file".into(),
            Self::WriteProtected => "the disk does not let anything be written".into(),
            Self::Busy => "another program is using the project file".into(),
            Self::ChangedElsewhere => "the project file was changed from elsewhere".into(),
            Self::Exists(file) => format!("there is already a file {file}"),
        }
    }
}

/// Why a change was not made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CommitError {
    /// The edit does not fit the project.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The edit fits, but could not be written.
    #[error(transparent)]
    NotSaved(#[from] SaveError),
}

/// A path as messages show it: its last part.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().chars().filter(|c| !c.is_control()).collect()
}

/// Words that quote a file, without the control characters that the file may hold.
pub(super) fn plain(words: &str) -> String {
    words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Why reading a file stopped, before it is known which file and what to advise.
#[derive(Debug)]
pub(super) enum ReadError {
    /// SQLite's words.
    Sqlite(rusqlite::Error),
    /// Something in the content, in words that end a sentence.
    Content(String),
}

impl From<rusqlite::Error> for ReadError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

pub(super) fn sqlite_code(error: &rusqlite::Error) -> Option<rusqlite::ErrorCode> {
    error.sqlite_error_code()
}

impl From<rusqlite::Error> for SaveError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match sqlite_code(&error) {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::WriteProtected,
            Some(ErrorCode::ConstraintViolation) => Self::ChangedElsewhere,
            Some(ErrorCode::CannotOpen) => Self::Disk("the file can be neither opened nor made there".into()),
            _ => Self::Disk(plain(&error.to_string())),
        }
    }
}

impl From<std::io::Error> for SaveError {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => Self::Full,
            ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => Self::WriteProtected,
            _ => Self::Disk(error.to_string()),
        }
    }
}
