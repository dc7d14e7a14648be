//! Reads every image below a folder to its last slice.

use ablation_review::dicom::{Limits, find, inspect_json, read_slice};
use std::path::Path;

pub fn read_all(folder: &Path) {
    // Smaller than in the program, so that a run takes no gigabyte; the checks are the same.
    let limits = Limits { frame_pixels: 1 << 20, stack_pixels: 1 << 23, inflated_bytes: 1 << 24, ..Limits::default() };
    let found = find(&[folder.to_owned()], &limits, &|_, _| {}, &|| false);
    inspect_json(&found, &|_| None).to_string();
    for stack in &found.stacks {
        for (slice, source) in (0..).zip(&stack.sources) {
            if let Ok(data) = read_slice(&stack.info, slice, source, &limits) {
                assert_eq!(data.len() as u64, u64::from(stack.info.rows) * u64::from(stack.info.columns));
            }
        }
    }
}
