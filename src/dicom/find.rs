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
    let mut archives = Vec::new();
    // What turns out to hold other files gives a second round; what is held there is not opened further.
    for round in [Round::Folders, Round::Inside] {
        let read = read_all(&files, limits, &|here| progress(done + here, done + files.len()), cancelled);
        found.cancelled |= read.iter().any(Option::is_none);
        let mut inside = Vec::new();
        for (path, result) in files.iter().zip(read) {
            match result {
                Some(Ok(mut frames)) => instances.append(&mut frames),
                Some(Err(ReadError::NotDicom)) if archive::is_archive(path, limits) && round == Round::Folders => {
                    match archive::list(path, limits) {
                        Ok((files, skipped)) => {
                            inside.extend(files);
                            found.skipped.extend(skipped);
                            archives.push(path.clone());
                        }
                        Err(reason) if archive::is_named_so(path) => {
                            found.skipped.push(Skipped { file: path.clone(), reason });
                        }
                        Err(_) => found.skipped.push(not_dicom(path)),
                    }
                }
                Some(Err(ReadError::NotDicom)) if round == Round::Inside && archive::is_archive(path, limits) => {
                    found.skipped.push(Skipped { file: path.clone(), reason: archive::NESTED.to_owned() });
                }
                Some(Err(error)) => found.skipped.push(Skipped { file: path.clone(), reason: error.to_string() }),
                None => {}
            }
        }
        done += files.len();
        files = inside;
    }
    for archive in archives {
        in_one_line_without_images(&archive, &instances, &mut found.skipped);
    }
    found.stacks = stacks(instances, limits, &mut found.skipped);
    in_order(found)
}

/// Sorted as promised.
pub(super) fn in_order(mut found: Found) -> Found {
    found.skipped.sort_by(|a, b| a.file.cmp(&b.file));
    found
}

fn not_dicom(path: &Path) -> Skipped {
    Skipped { file: path.to_owned(), reason: ReadError::NotDicom.to_string() }
}

/// Many documents are archives of other things: one line says so, not one for each thing in them.
fn in_one_line_without_images(archive: &Path, instances: &[Instance], skipped: &mut Vec<Skipped>) {
    let inside = |file: &Path| file.starts_with(archive) && file != archive;
    let other = |s: &Skipped| inside(&s.file) && s.reason != ReadError::NotDicom.to_string();
    if instances.iter().any(|instance| inside(&instance.file.path)) || skipped.iter().any(other) {
        return;
    }
    skipped.retain(|skipped| !inside(&skipped.file));
    skipped.push(not_dicom(archive));
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
