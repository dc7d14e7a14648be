//! Real DICOM against independent readers (`tests/fixtures/volume/make.py`), and against the files of others.

mod containers;
mod damage;
mod decoders;
mod everything;
mod geometry;
mod stacks;
mod syntaxes;
mod volumes;
mod written;

use ablation_review::dicom::{Found, FoundStack, Limits, ReadError, find, read_slice};
use ablation_review::volume::{SliceData, Volume};
use std::path::Path;

fn found(path: &Path) -> Found {
    find(&[path.to_owned()], &Limits::default(), &|_, _| {}, &|| false)
}

fn slice(stack: &FoundStack, k: usize) -> Result<SliceData, ReadError> {
    read_slice(&stack.info, k as u32, &stack.sources[k], &Limits::default())
}

/// Reads all slices of a stack.
fn volume(stack: &FoundStack) -> Volume {
    let volume = stack.info.empty_volume();
    for (k, cell) in volume.slices.iter().enumerate() {
        cell.set(slice(stack, k).unwrap()).unwrap();
    }
    volume
}
