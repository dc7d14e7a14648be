//! The headers of objects with many frames, kept between the reading of one frame and the next.

use super::container::source::{self, Source};
use super::error::ReadError;
use super::instance::{Opened, open_file};
use super::limits::Limits;
use super::wanted::WANTED_WITH_PIXELS;
use dicom_dictionary_std::tags;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Headers that are kept, the latest first: both panes of a comparison, and one to spare.
const KEPT: usize = 3;

struct Kept {
    path: PathBuf,
    limits: Limits,
    opened: Arc<Opened>,
}

static LATEST: Mutex<Vec<Kept>> = Mutex::new(Vec::new());

/// The header of a file whose pixels are to be read, and the file. The header of a file with many frames is kept, for it may hold
/// megabytes; it is read again when the file has another size or time.
pub(super) fn opened(path: &Path, limits: &Limits) -> Result<(Arc<Opened>, Source), ReadError> {
    let latest = || LATEST.lock().unwrap_or_else(PoisonError::into_inner);
    let is_kept = latest().iter().any(|kept| kept.path == path);
    if is_kept {
        let now = source::open(path, limits)?;
        let fits = |kept: &Kept| {
            kept.path == path
                && kept.limits == *limits
                && (kept.opened.size, kept.opened.mtime) == (now.size, now.mtime)
        };
        let mut latest = latest();
        if let Some(at) = latest.iter().position(fits) {
            let kept = latest.remove(at);
            let opened = Arc::clone(&kept.opened);
            latest.insert(0, kept);
            return Ok((opened, now.source));
        }
        latest.retain(|kept| kept.path != path);
    }
    let (opened, file) = open_file(path, &WANTED_WITH_PIXELS, limits)?;
    let opened = Arc::new(opened);
    if opened.header.count(tags::NUMBER_OF_FRAMES).is_some_and(|frames| frames > 1) {
        let mut latest = latest();
        latest.retain(|kept| kept.path != path);
        latest.insert(0, Kept { path: path.to_owned(), limits: *limits, opened: Arc::clone(&opened) });
        latest.truncate(KEPT);
    }
    Ok((opened, file))
}
