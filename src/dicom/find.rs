//! The search: paths to stacks.

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
    let total = walked.files.len();
    let done = AtomicUsize::new(0);
    let read: Vec<Option<Result<Vec<Instance>, Skipped>>> = walked
        .files
        .into_par_iter()
        .map(|path| {
            if cancelled() {
                return None;
            }
            let read = read_instance(&path, limits);
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, total);
            Some(read.map_err(|error| Skipped { file: path, reason: error.to_string() }))
        })
        .collect();
    let mut found = Found {
        cancelled: walked.cancelled || read.iter().any(Option::is_none),
        skipped: walked.skipped,
        stacks: Vec::new(),
    };
    let mut instances = Vec::with_capacity(total);
    for result in read.into_iter().flatten() {
        match result {
            Ok(mut frames) => instances.append(&mut frames),
            Err(skipped) => found.skipped.push(skipped),
        }
    }
    found.stacks = stacks(instances, limits, &mut found.skipped);
    found.skipped.sort_by(|a, b| a.file.cmp(&b.file));
    found
}

/// A fault of the reader costs one file.
fn read_instance(path: &Path, limits: &Limits) -> Result<Vec<Instance>, ReadError> {
    catch_unwind(|| Instance::read(path, limits)).unwrap_or(Err(ReadError::Fault))
}
