//! The value of a volume at a place in the patient.

use super::Volume;
use crate::geometry::PatientPoint;

impl Volume {
    /// The value at a place, interpolated between the eight voxel centres around it.
    ///
    /// Within half a voxel of the outermost centres the edge value is used. `None` outside, where a voxel
    /// that counts is padding or has not been read, in colour, and in a stack that is no volume.
    #[must_use]
    pub fn sample(&self, at: PatientPoint) -> Option<f64> {
        if !self.is_volume {
            return None;
        }
        let index = self.grid.to_index(at);
        if !self.grid.contains(index) {
            return None;
        }
        let axis = |v: f64, n: u32| {
            let v = v.clamp(0.0, f64::from(n - 1));
            // A place on a voxel centre asks no neighbour, whatever rounding says.
            let v = if (v - v.round()).abs() < 1e-6 { v.round() } else { v };
            let low = v.floor();
            (low as u32, v - low)
        };
        let [columns, rows, slices] = self.grid.dims;
        let (i, fi) = axis(index.i, columns);
        let (j, fj) = axis(index.j, rows);
        let (k, fk) = axis(index.k, slices);
        let mut sum = 0.0;
        for (dk, wk) in [(0, 1.0 - fk), (1, fk)] {
            for (dj, wj) in [(0, 1.0 - fj), (1, fj)] {
                for (di, wi) in [(0, 1.0 - fi), (1, fi)] {
                    let weight = wi * wj * wk;
                    if weight > 0.0 {
                        sum += weight * self.value(i + di, j + dj, k + dk)?;
                    }
                }
            }
        }
        Some(sum)
    }
}

#[cfg(test)]
mod tests {
    use crate::geometry::{PatientPoint, VoxelIndex};
    use crate::volume::Padding;
    use crate::volume::voxels::tests::volume;
    use proptest::prelude::*;

    #[test]
    fn between_two_voxels_lies_their_mean() {
        let v = volume([2, 1, 1], |i, _, _| if i == 0 { 10 } else { 30 });
        let at = |i: f64| v.sample(v.grid.to_patient(VoxelIndex::new(i, 0.0, 0.0)));
        assert!((at(0.5).unwrap() - 20.0).abs() < 1e-9);
        assert!((at(0.25).unwrap() - 15.0).abs() < 1e-9);
        assert_eq!(at(-0.4), Some(10.0)); // inside the first voxel, before its centre
        assert_eq!(at(-0.6), None);
        assert_eq!(at(1.6), None);
    }

    #[test]
    fn padding_and_unread_slices_give_nothing() {
        let mut v = volume([2, 2, 2], |i, j, k| (i + j + k) as i16);
        v.padding = Some(Padding { low: 3.0, high: 3.0 });
        assert_eq!(v.sample(v.grid.to_patient(VoxelIndex::new(0.9, 0.9, 0.9))), None);
        let half = v.sample(v.grid.to_patient(VoxelIndex::new(0.0, 0.0, 0.5))).unwrap();
        assert!((half - 0.5).abs() < 1e-9);
        v.slices[1] = std::sync::OnceLock::new();
        assert_eq!(v.sample(v.grid.to_patient(VoxelIndex::new(0.0, 0.0, 0.5))), None);
        assert_eq!(v.sample(v.grid.to_patient(VoxelIndex::new(0.0, 0.0, 0.0))), Some(0.0));
        v.is_volume = false;
        assert_eq!(v.sample(v.grid.to_patient(VoxelIndex::new(0.0, 0.0, 0.0))), None);
    }

    #[test]
    fn a_place_that_is_no_number_gives_nothing() {
        let v = volume([2, 2, 2], |_, _, _| 1);
        assert_eq!(v.sample(PatientPoint::new(f64::NAN, 0.0, 0.0)), None);
    }

    proptest! {
        #[test]
        fn a_linear_field_is_met_exactly(i in 0.0..4.0f64, j in 0.0..5.0f64, k in 0.0..3.0f64) {
            let v = volume([5, 6, 4], |i, j, k| (3 * i + 7 * j) as i16 - 11 * k as i16);
            let got = v.sample(v.grid.to_patient(VoxelIndex::new(i, j, k))).unwrap();
            prop_assert!((got - (3.0 * i + 7.0 * j - 11.0 * k)).abs() < 1e-4);
        }
    }
}
