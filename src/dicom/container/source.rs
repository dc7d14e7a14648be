//! Opening a file, or a file in an archive, by one kind of path.

use super::super::limits::Limits;
use super::archive;
use super::inside::Inside;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::UNIX_EPOCH;

/// Bytes of a file, wherever they are.
#[derive(Debug)]
pub(in super::super) enum Source {
    /// A file of its own.
    Plain(File),
    /// A file in an archive.
    Inside(Inside),
}

/// A file that was opened.
#[derive(Debug)]
pub(in super::super) struct OpenedFile {
    pub source: Source,
    /// Bytes, unfolded.
    pub size: u64,
    /// Modification time of the file or of its archive, seconds since 1970.
    pub mtime: i64,
}

/// Opens a file or a file in an archive.
pub(in super::super) fn open(path: &Path, limits: &Limits) -> io::Result<OpenedFile> {
    match File::open(path) {
        Ok(file) => {
            let about = file.metadata()?;
            if !about.is_file() {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no plain file"));
            }
            Ok(OpenedFile { source: Source::Plain(file), size: about.len(), mtime: seconds(&about) })
        }
        Err(why) => match archive::around(path) {
            Some((archive, name)) => archive::open(archive, &name, limits),
            None => Err(why),
        },
    }
}

/// Whether a file is there, on its own or in an archive.
#[must_use]
pub fn is_there(path: &Path) -> bool {
    path.is_file() || archive::around(path).is_some_and(|(archive, name)| archive::holds(archive, &name))
}

/// Modification time, seconds since 1970.
pub(super) fn seconds(about: &std::fs::Metadata) -> i64 {
    about.modified().ok().map_or(0, |at| match at.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_secs()).map_or(i64::MIN, |s| -s),
    })
}

impl Read for Source {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.read(bytes),
            Self::Inside(inside) => inside.read(bytes),
        }
    }
}

impl Seek for Source {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::Plain(file) => file.seek(to),
            Self::Inside(inside) => inside.seek(to),
        }
    }
}
