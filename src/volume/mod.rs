//! A 3-D image: voxels, sampling, sections in any plane, windowing, statistics.
//!
//! A [`Volume`] is filled slice by slice while it is already on screen; a slice is written once and then
//! only read. It knows its grid and the unit of its values, but nothing of files or marks.

mod automatic;
mod bitmap;
mod disc;
mod reslice;
mod sample;
mod statistics;
mod voxels;
mod window;

pub use automatic::auto_window;
pub use bitmap::Bitmap;
pub use reslice::{Projection, Resliced, Section, Slab, crossing, reformat_grid, reslice};
pub use statistics::{Accumulator, Statistics};
pub use voxels::{Padding, Rescale, SliceData, Unit, Volume};
pub use window::{PRESETS, Preset, VoiFunction, VoiTable, Window, preset, presets};
