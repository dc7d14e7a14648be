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

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::clinical::StackKey;
    use crate::geometry::{Grid, PatientVector};
    use crate::marks::mask::tests::{fill, grid};
    use crate::volume::{Padding, Rescale, SliceData, Unit};
    use std::sync::OnceLock;

    /// A CT whose stored values are `1000 + i + 10 j + 100 k`, less 1000 in HU.
    pub fn ramp(grid: Grid) -> Volume {
        let [columns, rows, slices] = grid.dims;
        let slice = |k: u32| {
            let values = (0..rows).flat_map(|j| (0..columns).map(move |i| (1000 + i + 10 * j + 100 * k) as i16));
            OnceLock::from(SliceData::I16(values.collect()))
        };
        Volume {
            key: StackKey([3; 16]),
            slices: (0..slices).map(slice).collect(),
            rescale: vec![Rescale { slope: 1.0, intercept: -1000.0 }; slices as usize],
            unit: Unit::Hu,
            padding: None,
            small_is_bright: false,
            calibrated: true,
            is_volume: true,
            voi_tables: Vec::new(),
            overlays: Vec::new(),
            grid,
        }
    }

    #[test]
    fn three_voxels_by_hand() {
        let volume = ramp(grid([1.0; 3], [6, 6, 3]));
        let mask = fill(volume.grid.clone(), |p| p.z == 1.0 && p.y == 2.0 && (1.0..=3.0).contains(&p.x));
        // 121, 122, 123
        let s = statistics_inside(&mask, &volume, &Rigid::IDENTITY).unwrap();
        assert_eq!((s.n, s.mean, s.sd, s.min, s.max), (3, 122.0, Some(1.0), 121.0, 123.0));
    }

    #[test]
    fn padding_and_unread_slices_are_left_out() {
        let mut volume = ramp(grid([1.0; 3], [6, 6, 3]));
        let mask = fill(volume.grid.clone(), |p| p.y == 2.0 && (1.0..=3.0).contains(&p.x));
        volume.padding = Some(Padding { low: 1122.0, high: 1122.0 });
        volume.slices[2] = OnceLock::new();
        let s = statistics_inside(&mask, &volume, &Rigid::IDENTITY).unwrap();
        assert_eq!((s.n, s.mean, s.min, s.max), (5, (21.0 + 22.0 + 23.0 + 121.0 + 123.0) / 5.0, 21.0, 123.0));
        volume.slices.iter_mut().for_each(|slice| *slice = OnceLock::new());
        assert_eq!(statistics_inside(&mask, &volume, &Rigid::IDENTITY), None);
    }

    #[test]
    fn a_link_takes_values_from_where_it_points() {
        let volume = ramp(grid([1.0; 3], [20, 20, 4]));
        let mask = fill(volume.grid.clone(), |p| p.z == 1.0 && p.y == 2.0 && (1.0..=3.0).contains(&p.x));
        // Half a voxel to the left, 3 to the back, 1 slice up: + 0.5 + 30 + 100.
        let link = Rigid::shift(PatientVector::new(0.5, 3.0, 1.0));
        let s = statistics_inside(&mask, &volume, &link).unwrap();
        assert_eq!(s.n, 3);
        assert!((s.mean - 252.5).abs() < 1e-9 && (s.sd.unwrap() - 1.0).abs() < 1e-9);
    }
}
