//! Sample cases made once and kept in the user's cache: on the shelf a case is there whole, or it is not there.
//!
//! A folder is named by the case and its truth, which holds the recipe and which model makes the images: another
//! recipe or version has another folder. A case is made beside its place and moved there when it is whole; what it
//! holds is written last and compared each time it is taken. What is deleted from the shelf is made again.

use crate::phantom::{self, PhantomError};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a whole case holds, beside its images.
const WHOLE: &str = "whole.json";
/// How long another program is given that makes the same case, before it is asked again whether to stop.
const PATIENCE: Duration = Duration::from_millis(100);

/// What was made, to be compared with what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Whole {
    images: usize,
    bytes: u64,
}

impl Whole {
    /// What lies in a folder of a case: images and their bytes, with the truth's.
    fn of(folder: &Path) -> Option<Self> {
        let mut whole = Self { images: 0, bytes: fs::metadata(folder.join("truth.json")).ok()?.len() };
        let mut folders = vec![folder.to_owned()];
        while let Some(next) = folders.pop() {
            for entry in fs::read_dir(next).ok()? {
                let entry = entry.ok()?;
                let (kind, path) = (entry.file_type().ok()?, entry.path());
                if kind.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending == "dcm") {
                    whole.images += 1;
                    whole.bytes += entry.metadata().ok()?.len();
                }
            }
        }
        Some(whole)
    }
}

/// The name of a case on the shelf.
fn name(case: &str) -> Result<String, PhantomError> {
    let truth = serde_json::to_vec(&phantom::truth(case)?);
    let truth = truth.map_err(|error| PhantomError::Encode { reason: error.to_string() })?;
    let mut hash = Sha256::new();
    hash.update(env!("CARGO_PKG_VERSION"));
    hash.update([0]);
    hash.update(truth);
    let stamp: String = hash.finalize().iter().take(5).map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{case}-{stamp}"))
}

/// Whether a case lies whole in a folder.
fn is_whole(case: &str, folder: &Path) -> bool {
    let list = fs::read(folder.join(WHOLE)).ok();
    let whole: Option<Whole> = list.and_then(|list| serde_json::from_slice(&list).ok());
    whole.is_some() && Whole::of(folder) == whole && phantom::is_written(case, folder)
}

/// Whether a case need not be made.
pub(super) fn is_there(case: &str, shelf: &Path) -> bool {
    name(case).is_ok_and(|name| is_whole(case, &shelf.join(name)))
}

/// Takes a case from the shelf, and makes it first when it is not there whole.
///
/// `progress` hears (images made, images in all); `cancelled` is asked between images. Two programs may ask for one
/// case at a time: the second waits for the first.
///
/// # Errors
/// When there is no such case, when the disk refuses, or when cancelled; nothing half made is left then.
pub(super) fn take(
    case: &str,
    shelf: &Path,
    progress: &(dyn Fn(usize, usize) + Sync),
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Result<PathBuf, PhantomError> {
    let name = name(case)?;
    let refused = |path: &Path| {
        let path = path.to_owned();
        move |source| PhantomError::Write { path, source }
    };
    fs::create_dir_all(shelf).map_err(refused(shelf))?;
    let _alone = alone(&shelf.join(format!(".{name}.lock")), cancelled)?;
    let (folder, making) = (shelf.join(&name), shelf.join(format!(".{name}.making")));
    if is_whole(case, &folder) {
        return Ok(folder);
    }
    remove(&making).map_err(refused(&making))?; // whoever made it is gone: the lock is ours
    let made = phantom::write(case, &making, progress, cancelled).and_then(|made| {
        let list = serde_json::to_vec(&Whole { images: made.images, bytes: made.bytes });
        let list = list.map_err(|error| PhantomError::Encode { reason: error.to_string() })?;
        fs::write(making.join(WHOLE), list).map_err(refused(&making))?;
        remove(&folder).map_err(refused(&folder))?;
        fs::rename(&making, &folder).map_err(refused(&folder))
    });
    if made.is_err() {
        remove(&making).ok();
    }
    made.map(|()| folder)
}

/// Removes a folder that may not be there.
fn remove(folder: &Path) -> std::io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Holds a lock for as long as what it returns lives; waits for whoever has it.
fn alone(path: &Path, cancelled: &(dyn Fn() -> bool + Sync)) -> Result<File, PhantomError> {
    let refused = |source| PhantomError::Write { path: path.to_owned(), source };
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(refused)?;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if cancelled() => return Err(PhantomError::Cancelled),
            Err(TryLockError::WouldBlock) => std::thread::sleep(PATIENCE),
            Err(TryLockError::Error(source)) => return Err(refused(source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phantom::FIRST_CASE;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn taken(shelf: &Path) -> PathBuf {
        take(FIRST_CASE, shelf, &|_, _| {}, &|| false).unwrap()
    }

    #[test]
    fn a_case_is_made_once_and_a_broken_one_is_made_again() {
        let shelf = tempfile::tempdir().unwrap();
        assert!(!is_there(FIRST_CASE, shelf.path()));
        let folder = taken(shelf.path());
        let image = folder.join("pre/portal-venous/020.dcm");
        let bytes = fs::read(&image).unwrap();
        let asked = AtomicUsize::new(0);
        let count = |_, _| {
            asked.fetch_add(1, Ordering::Relaxed);
        };
        let again = take(FIRST_CASE, shelf.path(), &count, &|| true).unwrap();
        assert_eq!(again, folder, "it is there: nothing to stop");
        assert_eq!(asked.load(Ordering::Relaxed), 0, "nothing was made");
        // A file that is gone, one that was cut short, another truth, and a case that never came to its end.
        type Harm = fn(&Path, &Path);
        let harms: [Harm; 4] = [
            |_, image| fs::remove_file(image).unwrap(),
            |_, image| fs::write(image, []).unwrap(),
            |folder, _| fs::write(folder.join("truth.json"), "{}").unwrap(),
            |folder, _| fs::remove_file(folder.join(WHOLE)).unwrap(),
        ];
        for harm in harms {
            harm(&folder, &image);
            assert!(!is_there(FIRST_CASE, shelf.path()));
        }
        assert_eq!(taken(shelf.path()), folder);
        assert_eq!(fs::read(&image).unwrap(), bytes);
    }

    #[test]
    fn what_is_cancelled_leaves_nothing_that_looks_whole() {
        let shelf = tempfile::tempdir().unwrap();
        let made = AtomicUsize::new(0);
        let progress = |done, _| made.store(done, Ordering::Relaxed);
        let stopped = take(FIRST_CASE, shelf.path(), &progress, &|| made.load(Ordering::Relaxed) >= 5);
        assert!(matches!(stopped, Err(PhantomError::Cancelled)), "{stopped:?}");
        let left: Vec<_> = fs::read_dir(shelf.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert!(left.iter().all(|name| name.to_string_lossy().ends_with(".lock")), "{left:?}");
        // A program that died on the way left a folder behind: it is not taken for a case.
        let half = shelf.path().join(format!(".{}.making", name(FIRST_CASE).unwrap()));
        phantom::write(FIRST_CASE, &half, &|_, _| {}, &|| false).unwrap();
        assert!(!is_there(FIRST_CASE, shelf.path()));
        fs::remove_file(half.join("pre/portal-venous/020.dcm")).unwrap();
        let folder = taken(shelf.path());
        assert!(folder.join("pre/portal-venous/020.dcm").is_file() && !half.exists());
    }

    #[test]
    fn unknown_cases_are_refused() {
        let refused = take("liver-99", Path::new("/nowhere"), &|_, _| {}, &|| false);
        assert!(matches!(refused, Err(PhantomError::UnknownCase { .. })));
    }
}
