//! All values of an image inside a mark, in order: percentiles.

use super::{Mask, grids_coincide};
use crate::geometry::{Rigid, VoxelIndex};
use crate::volume::Volume;

/// The values of an image inside a mark, from the lowest to the highest.
#[derive(Debug, Clone, PartialEq)]
pub struct ValuesInside(Vec<f64>);

impl ValuesInside {
    /// The values at the voxel centres of a mark, as `statistics_inside` takes them; `None` when there is none.
    #[must_use]
    pub fn of(mask: &Mask, volume: &Volume, link: &Rigid) -> Option<Self> {
        let columns = mask.grid().dims[0];
        let same = *link == Rigid::IDENTITY && grids_coincide(mask.grid(), &volume.grid);
        let mut values = Vec::new();
        for (slice, runs) in mask.slices() {
            for (row, first, end) in runs.rows(columns) {
                values.extend((first..end).filter_map(|column| {
                    if same {
                        return volume.value(column, row, *slice);
                    }
                    let at = VoxelIndex::new(f64::from(column), f64::from(row), f64::from(*slice));
                    volume.sample(link.apply(mask.grid().to_patient(at)))
                }));
            }
        }
        values.retain(|v| v.is_finite());
        values.sort_by(f64::total_cmp);
        (!values.is_empty()).then_some(Self(values))
    }

    /// The value below which a share of the values lies, linear between two (Hyndman, Fan 1996, type 7, as R and NumPy
    /// have it). `percent` from 0 to 100.
    #[must_use]
    pub fn percentile(&self, percent: f64) -> f64 {
        let at = (percent.clamp(0.0, 100.0) / 100.0) * (self.0.len() as f64 - 1.0);
        let low = at.floor() as usize;
        let (a, b) = (self.0.get(low), self.0.get(low + 1).or(self.0.get(low)));
        a.zip(b).map_or(f64::NAN, |(a, b)| a + (b - a) * (at - low as f64))
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::marks::inside::tests::ramp;
    use crate::marks::mask::tests::{fill, grid};

    #[test]
    fn percentiles_by_hand() {
        let volume = ramp(grid([1.0; 3], [6, 6, 3]));
        let mask = fill(volume.grid.clone(), |p| p.z == 1.0 && p.y == 2.0 && p.x <= 3.0);
        // 120, 121, 122, 123
        let values = ValuesInside::of(&mask, &volume, &Rigid::IDENTITY).unwrap();
        assert_eq!(values.count(), 4);
        assert_eq!((values.percentile(0.0), values.percentile(100.0)), (120.0, 123.0));
        assert!((values.percentile(50.0) - 121.5).abs() < 1e-12);
        assert!((values.percentile(5.0) - 120.15).abs() < 1e-9);
        let empty = Mask::new(volume.grid.clone()).unwrap();
        assert_eq!(ValuesInside::of(&empty, &volume, &Rigid::IDENTITY), None);
    }
}
