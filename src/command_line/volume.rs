//! `volume`: one stack as NIfTI.

use super::Refused;
use super::console::Console;
use super::inspect::{find, nothing};
use crate::clinical::StackKey;
use crate::dicom::{self, Found, FoundStack, Limits, Shape};
use crate::export::nifti::{self, VoxelType};
use crate::volume::Volume;
use clap::Args;
use rayon::prelude::*;
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct VolumeOut {
    /// Folder or file with the images.
    path: PathBuf,
    /// Which stack: an `id` or a `stack_key` that `inspect` lists.
    #[arg(long, value_name = "ID")]
    series: String,
    /// Where to write: NAME.nii or NAME.nii.gz.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl VolumeOut {
    pub fn run(&self, console: &Console<'_>) -> Result<u8, Refused> {
        let paths = std::slice::from_ref(&self.path);
        let found = find(paths, console);
        if found.stacks.is_empty() {
            return Err(nothing(paths, &found.skipped));
        }
        let stack = pick(&found, &self.series)?;
        if let Shape::PictureStack { why } = &stack.info.shape {
            let why: Vec<_> = why.iter().map(ToString::to_string).collect();
            return Err(Refused(format!(
                "The series {} has no regular grid, so it cannot be written as a volume: {}.",
                stack.info.id,
                why.join("; ")
            )));
        }
        let volume = read(stack)?;
        let voxels = nifti::write_volume(&volume, &self.out).map_err(Refused::because)?;
        let data_type = match voxels {
            VoxelType::Uint8 => "uint8",
            VoxelType::Int16 => "int16",
            VoxelType::Float32 => "float32",
        };
        Ok(console.json(&json!({
            "file": self.out.to_string_lossy(),
            "id": stack.info.id,
            "stack_key": stack.info.key,
            "dims": volume.grid.dims,
            "spacing_mm": volume.grid.spacing_mm,
            "unit": volume.unit.code(),
            "data_type": data_type,
        })))
    }
}

/// The stack with this id, else with this key.
pub(super) fn pick<'a>(found: &'a Found, asked: &str) -> Result<&'a FoundStack, Refused> {
    let key = asked.parse::<StackKey>().ok();
    let by_id = found.stacks.iter().find(|stack| stack.info.id == asked);
    by_id.or_else(|| found.stacks.iter().find(|stack| Some(stack.info.key) == key)).ok_or_else(|| {
        let known: Vec<_> = found.stacks.iter().map(|stack| stack.info.id.as_str()).collect();
        Refused(format!("There is no series {asked} here. The series are: {}.", known.join(", ")))
    })
}

/// Reads every slice; one that cannot be read refuses the whole, for a hole in a volume is not seen.
pub(super) fn read(stack: &FoundStack) -> Result<Volume, Refused> {
    let volume = stack.info.empty_volume();
    let limits = Limits::default();
    let slices = volume.slices.par_iter().enumerate().map(|(k, slice)| {
        let k = u32::try_from(k).map_err(Refused::because)?;
        let data = dicom::read_grid_slice(&stack.info, k, &stack.sources, &limits).map_err(|error| {
            let source = stack.info.frame_of(k).and_then(|frame| stack.sources.get(frame as usize));
            let file = source.map(|source| source.path.display().to_string()).unwrap_or_default();
            Refused(format!("{file} was not read. {error}"))
        })?;
        slice.set(data).map_err(|_| Refused("A slice was read twice.".into()))
    });
    // All first, so that always the same slice is named.
    let slices: Vec<Result<(), Refused>> = slices.collect();
    slices.into_iter().collect::<Result<(), Refused>>()?;
    Ok(volume)
}
