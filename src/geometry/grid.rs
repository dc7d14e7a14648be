//! A regular grid of voxels in patient space.

use super::{PatientDirection, PatientPoint, PatientVector};
use serde::{Deserialize, Serialize};

/// Names a patient coordinate system: the Frame of Reference UID, or a stack's own when it has none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SpaceId(pub String);

/// A place in a grid, in voxels: `i` along columns (to the right in the stored picture), `j` along rows
/// (down), `k` along slices. Voxel centres are at whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct VoxelIndex {
    /// Column, voxels.
    pub i: f64,
    /// Row, voxels.
    pub j: f64,
    /// Slice, voxels.
    pub k: f64,
}

impl VoxelIndex {
    /// An index from column, row and slice.
    #[must_use]
    pub const fn new(i: f64, j: f64, k: f64) -> Self {
        Self { i, j, k }
    }
}

/// A plane through `point` with the unit `normal`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plane {
    /// A point of the plane.
    pub point: PatientPoint,
    /// Its normal.
    pub normal: PatientDirection,
}

impl Plane {
    /// Signed distance of a point from the plane, mm, positive on the side of the normal.
    #[must_use]
    pub fn distance_mm(&self, point: PatientPoint) -> f64 {
        (point - self.point).dot(self.normal.vector())
    }
}

/// A regular grid: where its first voxel's centre is, where its axes point, its steps and its size.
///
/// `axes[0]` runs along a row (growing column), `axes[1]` down a column (growing row), `axes[2]` along
/// growing slices. They are unit length and need not be right-handed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    /// Centre of voxel (0, 0, 0).
    pub origin: PatientPoint,
    /// Directions of growing column, row and slice.
    pub axes: [PatientDirection; 3],
    /// Distance between voxel centres along each axis, mm.
    pub spacing_mm: [f64; 3],
    /// Columns, rows, slices.
    pub dims: [u32; 3],
    /// The coordinate system that `origin` and `axes` live in.
    pub space: SpaceId,
}

/// Why a grid cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GridError {
    /// A spacing is zero, negative or not a number.
    #[error("the voxel spacing {0:?} mm is not usable; it must be above zero on each axis")]
    Spacing([f64; 3]),
    /// The axes do not span space.
    #[error("the image axes lie in one plane, so positions cannot be computed")]
    Axes,
    /// A size is zero or too large to count.
    #[error("the image size {0:?} is not usable")]
    Dims([u32; 3]),
    /// The position of the first voxel is not a number.
    #[error("the position of the first voxel is not a number")]
    Origin,
}

impl Grid {
    /// Checks that indices and positions can be turned into each other.
    ///
    /// # Errors
    /// Says which part of the grid is not usable.
    pub fn check(&self) -> Result<(), GridError> {
        if !self.spacing_mm.iter().all(|s| s.is_finite() && *s > 0.0) {
            return Err(GridError::Spacing(self.spacing_mm));
        }
        if !self.origin.is_finite() {
            return Err(GridError::Origin);
        }
        let voxels = self.dims.iter().try_fold(1u64, |n, d| n.checked_mul(u64::from(*d)));
        if !matches!(voxels, Some(1..=0x00ff_ffff_ffff)) {
            return Err(GridError::Dims(self.dims));
        }
        if self.determinant().abs() < 1e-3 { Err(GridError::Axes) } else { Ok(()) }
    }

    fn determinant(&self) -> f64 {
        let [a, b, c] = self.axes;
        a.vector().dot(b.vector().cross(c.vector()))
    }

    /// The displacement of one voxel step along an axis, mm.
    fn step(&self, axis: usize) -> PatientVector {
        self.axes[axis].times_mm(self.spacing_mm[axis])
    }

    /// Where a voxel is.
    #[must_use]
    pub fn to_patient(&self, at: VoxelIndex) -> PatientPoint {
        self.origin + self.step(0) * at.i + self.step(1) * at.j + self.step(2) * at.k
    }

    /// Which voxel is at a place (fractions between voxel centres; may lie outside).
    #[must_use]
    pub fn to_index(&self, point: PatientPoint) -> VoxelIndex {
        let d = point - self.origin;
        let (a, b, c) = (self.step(0), self.step(1), self.step(2));
        let det = a.dot(b.cross(c));
        VoxelIndex::new(d.dot(b.cross(c)) / det, d.dot(c.cross(a)) / det, d.dot(a.cross(b)) / det)
    }

    /// Whether an index lies within half a voxel of the grid.
    #[must_use]
    pub fn contains(&self, at: VoxelIndex) -> bool {
        [at.i, at.j, at.k].iter().zip(self.dims).all(|(v, n)| *v >= -0.5 && *v < f64::from(n) - 0.5)
    }

    /// The slice whose centre plane is closest to a place, clamped to the stack; `None` for an empty grid.
    #[must_use]
    pub fn nearest_slice(&self, point: PatientPoint) -> Option<u32> {
        let last = self.dims[2].checked_sub(1)?;
        let k = self.to_index(point).k.round();
        Some(if k.is_nan() || k < 0.0 { 0 } else { (k as u32).min(last) })
    }

    /// The normal of the slices (right-handed from the in-plane axes).
    #[must_use]
    pub fn normal(&self) -> PatientDirection {
        self.axes[0].normal_with(self.axes[1]).unwrap_or(self.axes[2])
    }

    /// The plane of a slice.
    #[must_use]
    pub fn slice_plane(&self, slice: u32) -> Plane {
        Plane { point: self.to_patient(VoxelIndex::new(0.0, 0.0, f64::from(slice))), normal: self.normal() }
    }

    /// The middle of the grid.
    #[must_use]
    pub fn centre(&self) -> PatientPoint {
        let half = |n: u32| (f64::from(n) - 1.0) / 2.0;
        self.to_patient(VoxelIndex::new(half(self.dims[0]), half(self.dims[1]), half(self.dims[2])))
    }

    /// Volume of one voxel, ml.
    #[must_use]
    pub fn voxel_volume_ml(&self) -> f64 {
        self.spacing_mm.iter().product::<f64>() * self.determinant().abs() / 1000.0
    }

    /// Number of voxels of one slice.
    #[must_use]
    pub fn slice_len(&self) -> usize {
        self.dims[0] as usize * self.dims[1] as usize
    }

    /// The 3 x 4 matrix from (i, j, k, 1) to LPS mm, row by row.
    #[must_use]
    pub fn affine_lps(&self) -> [[f64; 4]; 3] {
        let (a, b, c) = (self.step(0), self.step(1), self.step(2));
        let o = self.origin;
        [[a.x, b.x, c.x, o.x], [a.y, b.y, c.y, o.y], [a.z, b.z, c.z, o.z]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(super) fn axial() -> Grid {
        Grid {
            origin: PatientPoint::new(-100.0, -120.0, 30.0),
            axes: [PatientDirection::LEFT, PatientDirection::POSTERIOR, PatientDirection::SUPERIOR],
            spacing_mm: [0.8, 0.8, 3.0],
            dims: [10, 20, 5],
            space: SpaceId("1.2.3".into()),
        }
    }

    #[test]
    fn index_to_patient_by_hand() {
        let p = axial().to_patient(VoxelIndex::new(10.0, 5.0, 2.0));
        assert!(p.distance_mm(PatientPoint::new(-92.0, -116.0, 36.0)) < 1e-12);
        assert!((axial().voxel_volume_ml() - 0.00192).abs() < 1e-15);
    }

    #[test]
    fn nearest_slice_is_clamped() {
        let grid = axial();
        assert_eq!(grid.nearest_slice(PatientPoint::new(0.0, 0.0, 37.6)), Some(3));
        assert_eq!(grid.nearest_slice(PatientPoint::new(0.0, 0.0, -900.0)), Some(0));
        assert_eq!(grid.nearest_slice(PatientPoint::new(0.0, 0.0, 900.0)), Some(4));
    }

    #[test]
    fn unusable_grids_are_named() {
        assert!(axial().check().is_ok());
        let flat =
            Grid { axes: [PatientDirection::LEFT, PatientDirection::LEFT, PatientDirection::SUPERIOR], ..axial() };
        assert_eq!(flat.check(), Err(GridError::Axes));
        let zero = Grid { spacing_mm: [1.0, 0.0, 1.0], ..axial() };
        assert!(matches!(zero.check(), Err(GridError::Spacing(_))));
        let huge = Grid { dims: [u32::MAX; 3], ..axial() };
        assert!(matches!(huge.check(), Err(GridError::Dims(_))));
    }

    proptest! {
        #[test]
        fn index_and_place_undo_each_other(i in -50.0..50.0f64, j in -50.0..50.0f64, k in -50.0..50.0f64) {
            let tilted = Grid {
                axes: [
                    PatientVector::new(1.0, 0.2, 0.0).direction().unwrap(),
                    PatientVector::new(-0.1, 1.0, 0.3).direction().unwrap(),
                    PatientVector::new(0.0, -0.2, 1.0).direction().unwrap(),
                ],
                ..axial()
            };
            let back = tilted.to_index(tilted.to_patient(VoxelIndex::new(i, j, k)));
            prop_assert!((back.i - i).abs() < 1e-8 && (back.j - j).abs() < 1e-8 && (back.k - k).abs() < 1e-8);
        }
    }
}
