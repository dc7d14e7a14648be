//! Masks, brush, outlines, deltas and measurements.
//!
//! A [`Mask`] is the voxels of one mark: sparse, run by run, on its own grid, never a label map, because
//! roles overlap. What a mark belongs to is `clinical::MarkInfo`; how it looks is `render`; how it is kept
//! is `project`. Nothing here changes an image.

mod block;
mod brush;
mod click;
mod distance;
mod extent;
mod gap;
mod hand;
mod inside;
mod interpolated;
mod mask;
mod measure;
mod morphology;
mod outline;
mod relaid;
mod runs;
mod shown;
mod summary;
mod uptake;
mod values;

pub use brush::{capsule, disc};
pub use click::{Click, ClickError, Hint, Leak, leaks, outline_at};
pub use distance::{Dims, distances_mm, squared_distances_mm2};
pub use extent::{AxesAlong, Span, axes_along, longest_in_space};
pub use gap::gap_mm;
pub use hand::{area, ball, gated};
pub use inside::statistics_inside;
pub use interpolated::interpolated;
pub use mask::{Mask, MaskDelta, MaskError, grids_coincide};
pub use measure::{Diameter, Measurements, measure};
pub use morphology::{
    difference, filled, filled_in_slices, grown, intersection, largest_piece, parted, pieces, shrunk, smoothed, union,
};
pub use outline::{Outline, SlicePoint, slice_outlines};
pub use relaid::relaid;
pub use runs::{RleSlice, Run, RunError};
pub use shown::outline_on;
pub use summary::summary;
pub use uptake::{PEAK_RADIUS_MM, Uptake, uptake};
pub use values::ValuesInside;

#[cfg(test)]
mod scipy_tests;
