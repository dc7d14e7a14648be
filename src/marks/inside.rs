//! The values of an image inside a mark.

use super::{Mask, grids_coincide};
use crate::geometry::{Rigid, VoxelIndex};
use crate::volume::{Accumulator, Statistics, Volume};

/// The values of `volume` at the voxel centres of a mark, in the volume's unit; padding, colour and slices not
/// yet read are left out. `None` when no value is left.
///
/// `link` takes places of the mark's space to the volume's. On the same grid without a movement the voxels
/// themselves are taken, elsewhere the volume is interpolated trilinearly.
#[must_use]
pub fn statistics_inside(mask: &Mask, volume: &Volume, link: &Rigid) -> Option<Statistics> {
    let columns = mask.grid().dims[0];
    let same = *link == Rigid::IDENTITY && grids_coincide(mask.grid(), &volume.grid);
    let mut values = Accumulator::default();
    for (slice, runs) in mask.slices() {
        for (row, first, end) in runs.rows(columns) {
            for column in first..end {
                let value = if same {
                    volume.value(column, row, *slice)
                } else {
                    let at = VoxelIndex::new(f64::from(column), f64::from(row), f64::from(*slice));
                    volume.sample(link.apply(mask.grid().to_patient(at)))
                };
                if let Some(value) = value {
                    values.add(value);
                }
            }
        }
    }
    values.finish()
}
