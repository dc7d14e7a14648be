//! A project on a disk that cannot be written, whose last change was cut short: both its files copied to the user's
//! cache, where SQLite can put them right.
//!
//! The other way, telling SQLite that the file never changes (`immutable=1`), would show half a change as good.

use super::errors::{OpenError, file_name};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// The beginning of the names of these copies. They name no project.
const NAME: &str = "recovered-";
/// A copy that nobody removed is removed after so many days.
const KEPT_DAYS: u64 = 7;

/// A copy in the cache. It goes with the project that shows it.
#[derive(Debug)]
pub(super) struct Copy {
    path: PathBuf,
}

impl Copy {
    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        for path in [self.path.clone(), journal_path(&self.path)] {
            std::fs::remove_file(path).ok();
        }
    }
}

/// Where SQLite keeps what takes an unfinished change back.
pub(super) fn journal_path(project: &Path) -> PathBuf {
    let mut name = project.as_os_str().to_owned();
    name.push("-journal");
    PathBuf::from(name)
}

/// Whether an unfinished change may stand beside a project.
pub(super) fn has_journal(project: &Path) -> bool {
    std::fs::metadata(journal_path(project)).is_ok_and(|about| about.is_file() && about.len() > 0)
}

/// Copies a project and its journal into the cache, for this user alone. No connection to the project may be open in
/// this process, for closing the file would take its locks away.
pub(super) fn copy(project: &Path, cache: &Path) -> Result<Copy, OpenError> {
    let failed = |why: io::Error| OpenError::Disk {
        file: file_name(project),
        why: format!("its last change was cut short, and it could not be copied to be put right: {why}"),
    };
    folder(cache).map_err(failed)?;
    clear_old(cache);
    let copy = Copy { path: cache.join(format!("{NAME}{}.ablation", uuid::Uuid::new_v4().simple())) };
    // The journal last: without the project beside it, it means nothing.
    for (from, to) in [(project.to_owned(), copy.path.clone()), (journal_path(project), journal_path(&copy.path))] {
        let mut source = File::open(from).map_err(failed)?;
        let mut target = private(&to).map_err(failed)?;
        io::copy(&mut source, &mut target).map_err(failed)?;
        target.sync_all().map_err(failed)?;
    }
    Ok(copy)
}

fn folder(cache: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(cache)
}

fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Removes copies that a program left behind when it was killed.
fn clear_old(cache: &Path) {
    let Ok(entries) = std::fs::read_dir(cache) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(NAME)) {
        let old = entry
            .metadata()
            .and_then(|about| about.modified())
            .is_ok_and(|at| at.elapsed().is_ok_and(|age| age.as_secs() > KEPT_DAYS * 24 * 3600));
        if old {
            std::fs::remove_file(entry.path()).ok();
        }
    }
}
