//! Reads every image below a folder to its last slice.

#[path = "others.rs"]
mod others;
#[path = "scratch.rs"]
mod scratch;

use ablation_review::dicom::{FoundStack, Limits, find, inspect_json, read_grid_slice, read_overlays};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// A name that no file had before: the reader keeps headers by name, size and second.
pub fn fresh(ending: &str) -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    scratch::folder().join(format!("{}{ending}", COUNT.fetch_add(1, Ordering::Relaxed)))
}

/// Reads these bytes as a file.
#[allow(dead_code)]
pub fn read_one(bytes: &[u8]) {
    let file = fresh(".dcm");
    std::fs::write(&file, bytes).expect("the file");
    read_all(&file);
    std::fs::remove_file(file).expect("the file");
}

/// Reads a file or a folder.
pub fn read_all(path: &Path) {
    others::let_pass();
    // Smaller than in the program, so that a run takes no gigabyte; the checks are the same.
    let limits = Limits { frame_pixels: 1 << 20, stack_pixels: 1 << 23, inflated_bytes: 1 << 24, ..Limits::default() };
    let found = find(&[path.to_owned()], &limits, &|_, _| {}, &|| false);
    inspect_json(&found, &|_| None).to_string();
    for FoundStack { info, sources, .. } in &found.stacks {
        let size = info.slice_size();
        for k in 0..info.slices() {
            if let Ok(data) = read_grid_slice(info, k, sources, &limits) {
                assert_eq!(data.len() as u64, u64::from(size[0]) * u64::from(size[1]));
            }
        }
        for (k, source) in (0..).zip(sources) {
            read_overlays(info, k, source, &limits).ok();
        }
    }
}
