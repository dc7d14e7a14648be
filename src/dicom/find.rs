//! The search: paths to stacks.

use super::container::archive;
use super::error::ReadError;
use super::found::{Found, Skipped};
use super::instance::Instance;
use super::limits::Limits;
use super::stack::stacks;
use super::walk::walk;
use rayon::prelude::*;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Finds the stacks below some paths, reading headers only.
///
/// Headers are read in parallel on the current rayon pool; the result does not depend on how many threads
/// there are. `progress` gets the files done and the files found so far. Each file ends up in a stack or in
/// `skipped` with a reason, except that a search that is cancelled leaves out what it did not come to.
pub fn find(
    paths: &[PathBuf],
    limits: &Limits,
    progress: &(dyn Fn(usize, usize) + Sync),
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Found {
    let walked = walk(paths, limits, &mut |total| progress(0, total), cancelled);
    let mut found = Found { cancelled: walked.cancelled, skipped: walked.skipped, stacks: Vec::new() };
    let mut instances = Vec::with_capacity(walked.files.len());
    let (mut done, mut files) = (0, walked.files);
    // What turns out to hold other files gives a second round; what is held there is not opened further.
    for round in [Round::Folders, Round::Inside] {
        let read = read_all(&files, limits, &|here| progress(done + here, done + files.len()), cancelled);
        found.cancelled |= read.iter().any(Option::is_none);
        let mut inside = Vec::new();
        for (path, result) in files.iter().zip(read) {
            match result {
                Some(Ok(mut frames)) => instances.append(&mut frames),
                Some(Err(ReadError::NotDicom)) if archive::is_archive(path) && round == Round::Folders => {
                    match archive::list(path, limits) {
                        Ok((files, skipped)) => {
                            inside.extend(files);
                            found.skipped.extend(skipped);
                        }
                        Err(reason) => found.skipped.push(Skipped { file: path.clone(), reason }),
                    }
                }
                Some(Err(error)) => found.skipped.push(Skipped { file: path.clone(), reason: error.to_string() }),
                None => {}
            }
        }
        done += files.len();
        files = inside;
    }
    found.stacks = stacks(instances, limits, &mut found.skipped);
    in_order(found)
}

/// Sorted as promised.
pub(super) fn in_order(mut found: Found) -> Found {
    found.skipped.sort_by(|a, b| a.file.cmp(&b.file));
    found
}

/// Which files are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Round {
    /// Those that were given or found in folders.
    Folders,
    /// Those in archives.
    Inside,
}

/// Reads headers in parallel, in the order of the files; none for those that a cancelled search left out.
fn read_all(
    files: &[PathBuf],
    limits: &Limits,
    progress: &(dyn Fn(usize) + Sync),
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Vec<Option<Result<Vec<Instance>, ReadError>>> {
    let done = AtomicUsize::new(0);
    let read = |path: &PathBuf| {
        if cancelled() {
            return None;
        }
        let read = read_instance(path, limits);
        progress(done.fetch_add(1, Ordering::Relaxed) + 1);
        Some(read)
    };
    files.par_iter().map(read).collect()
}

/// A fault of the reader costs one file.
fn read_instance(path: &Path, limits: &Limits) -> Result<Vec<Instance>, ReadError> {
    catch_unwind(|| Instance::read(path, limits)).unwrap_or(Err(ReadError::Fault))
}
