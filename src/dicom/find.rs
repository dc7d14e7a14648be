//! The search: paths to stacks.

use super::container::{archive, directory};
use super::error::ReadError;
use super::found::{Found, Skipped};
use super::guard::guarded;
use super::instance::Instance;
use super::limits::Limits;
use super::stack::stacks;
use super::walk::walk;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Finds the stacks below some paths, reading headers only.
///
/// A zip archive stands for what is in it, a DICOMDIR for what it lists. Headers are read in parallel on the
/// current rayon pool; the result does not depend on how many threads there are. `progress` gets the files
/// done and the files found so far. Each file ends up in a stack or in `skipped` with a reason, except that a
/// search that is cancelled leaves out what it did not come to.
pub fn find(
    paths: &[PathBuf],
    limits: &Limits,
    progress: &(dyn Fn(usize, usize) + Sync),
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Found {
    let walked = walk(paths, limits, &mut |total| progress(0, total), cancelled);
    let mut found = Found { cancelled: walked.cancelled, skipped: walked.skipped, stacks: Vec::new() };
    let first = walked.files.len();
    let mut read = read_all(walked.files, limits, &|done| progress(done, first), cancelled);
    // What turns out to hold or to list other files gives a second round; what that finds is not opened further.
    let second = second_round(&mut read, limits, &mut found.skipped);
    let total = first + second.files.len();
    read.extend(read_all(second.files, limits, &|done| progress(first + done, total), cancelled));

    let mut instances = Vec::with_capacity(read.len());
    for Read { path, header } in read {
        match header {
            Some(Ok(mut frames)) => instances.append(&mut frames),
            Some(Err(ReadError::NotDicom)) if archive::is_archive(&path, limits) => {
                found.skipped.push(Skipped { file: path, reason: archive::NESTED.to_owned() });
            }
            Some(Err(error)) => found.skipped.push(Skipped { file: path, reason: error.to_string() }),
            None => found.cancelled = true,
        }
    }
    for archive in second.archives {
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

/// A file and its header; no header where a cancelled search left it out.
struct Read {
    path: PathBuf,
    header: Option<Result<Vec<Instance>, ReadError>>,
}

/// Reads headers in parallel, in the order of the files.
fn read_all(
    files: Vec<PathBuf>,
    limits: &Limits,
    progress: &(dyn Fn(usize) + Sync),
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Vec<Read> {
    let done = AtomicUsize::new(0);
    let read = |path: PathBuf| {
        if cancelled() {
            return Read { path, header: None };
        }
        let header = Some(read_instance(&path, limits));
        progress(done.fetch_add(1, Ordering::Relaxed) + 1);
        Read { path, header }
    };
    files.into_par_iter().map(read).collect()
}

/// A fault of the reader costs one file.
fn read_instance(path: &Path, limits: &Limits) -> Result<Vec<Instance>, ReadError> {
    guarded(|| Instance::read(path, limits))
}

/// What the files of the first round lead to.
#[derive(Default)]
struct Second {
    files: Vec<PathBuf>,
    archives: Vec<PathBuf>,
}

/// Takes archives and DICOMDIRs out of what was read and gives the files that they hold or list, each once.
fn second_round(read: &mut Vec<Read>, limits: &Limits, skipped: &mut Vec<Skipped>) -> Second {
    let mut second = Second::default();
    let mut listed = Vec::new();
    read.retain(|Read { path, header }| match header {
        Some(Err(ReadError::NotDicom)) if archive::is_archive(path, limits) => {
            match archive::list(path, limits) {
                Ok((files, passed_over)) => {
                    second.files.extend(files);
                    skipped.extend(passed_over);
                    second.archives.push(path.clone());
                }
                Err(reason) if archive::is_named_so(path) => skipped.push(Skipped { file: path.clone(), reason }),
                Err(_) => skipped.push(not_dicom(path)),
            }
            false
        }
        Some(Err(ReadError::NoImage { .. })) => match directory::read(path, limits) {
            Some(directory) => {
                if directory.missing.is_empty() && directory.files.is_empty() {
                    skipped.push(Skipped { file: path.clone(), reason: "The DICOMDIR lists no images.".into() });
                }
                skipped.extend(directory.missing.iter().map(|name| directory::not_there(path, name)));
                listed.extend(directory.files);
                false
            }
            None => true,
        },
        _ => true,
    });
    if !listed.is_empty() {
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let mut known: BTreeSet<PathBuf> = read.iter().map(|read| real(&read.path)).collect();
        second.files.extend(listed.into_iter().filter(|path| known.insert(real(path))));
    }
    second
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
