//! Which file a path leads to, so that a change never goes into one that was taken away or replaced.
//!
//! A file is looked at and never opened here: closing it again would take away the locks that SQLite holds on it
//! elsewhere in this process.

use super::errors::SaveError;
use std::io::ErrorKind;
use std::path::Path;

/// What tells one file from another under the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileId(Option<(u64, u64)>);

impl FileId {
    /// The file at a path, as it is now.
    pub(super) fn of(path: &Path) -> std::io::Result<Self> {
        std::fs::metadata(path).map(|about| Self(number(&about)))
    }

    /// Whether this is still the file at the path.
    pub(super) fn check(self, path: &Path) -> Result<(), SaveError> {
        match Self::of(path) {
            Ok(now) if now == self => Ok(()),
            Ok(_) => Err(SaveError::Replaced),
            Err(why) if matches!(why.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                Err(SaveError::Vanished)
            }
            Err(why) => Err(SaveError::Disk(why.to_string())),
        }
    }
}

/// Device and number on it.
#[cfg(unix)]
fn number(about: &std::fs::Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((about.dev(), about.ino()))
}

/// Elsewhere an open file can neither be removed nor replaced.
#[cfg(not(unix))]
fn number(_: &std::fs::Metadata) -> Option<(u64, u64)> {
    None
}
