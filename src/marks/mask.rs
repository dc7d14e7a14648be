//! The voxels of one mark, and the difference between two states of it.

use super::{RleSlice, RunError};
use crate::geometry::{Grid, GridError, PatientPoint, VoxelIndex};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A slice of a mark has at most this many voxels (the largest X-ray detectors have 2^25). It bounds what a
/// hostile project file can make an outline cost.
const MOST_VOXELS_IN_SLICE: usize = 1 << 25;

/// Grids whose corners lie closer than this are the same grid, mm: written as text a number may lose its
/// last bits, and a real difference in position is never this small.
const SAME_PLACE_MM: f64 = 1e-3;

/// Why a mask or a change of one cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MaskError {
    /// The grid is not usable.
    #[error("the image of a mark is not usable: {0}")]
    Grid(#[from] GridError),
    /// A slice is too large.
    #[error("a mark on slices of {columns} x {rows} voxels is too large to draw on")]
    SliceTooLarge {
        /// Columns of the grid.
        columns: u32,
        /// Rows of the grid.
        rows: u32,
    },
    /// The slice is not in the grid.
    #[error("the mark names slice {slice}, but its image has {slices} slices; restore the project from a backup")]
    NoSuchSlice {
        /// Slice, counted from 0.
        slice: u32,
        /// Number of slices of the grid.
        slices: u32,
    },
    /// Runs that the slice cannot hold.
    #[error("slice {slice} of a mark: {why}")]
    Runs {
        /// Slice, counted from 0.
        slice: u32,
        /// What is wrong with its runs.
        why: RunError,
    },
    /// The slices of a change are not in order, or one is there twice.
    #[error("the slices of a change to a mark are out of order; restore the project from a backup")]
    Order,
    /// Two masks live on different grids.
    #[error("the two marks lie on different images and cannot be compared voxel by voxel")]
    OtherGrid,
}

/// Whether two grids have their voxels at the same places (to 0.001 mm at every corner). The names of their
/// spaces are not compared: what links two spaces is for `alignment` to say.
#[must_use]
pub fn grids_coincide(a: &Grid, b: &Grid) -> bool {
    a.dims == b.dims && corners(a).iter().zip(corners(b)).all(|(p, q)| p.distance_mm(q) < SAME_PLACE_MM)
}

/// Four corners of a grid that fix it.
fn corners(grid: &Grid) -> [PatientPoint; 4] {
    let [i, j, k] = grid.dims.map(f64::from);
    [(0.0, 0.0, 0.0), (i, 0.0, 0.0), (0.0, j, 0.0), (0.0, 0.0, k)]
        .map(|(i, j, k)| grid.to_patient(VoxelIndex::new(i, j, k)))
}

/// The voxels of one mark on its own grid: slice by slice, only those that have any.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "MaskParts", into = "MaskParts")]
pub struct Mask {
    grid: Grid,
    slices: BTreeMap<u32, RleSlice>,
}

/// A mask as it is written: the change from an empty mask, checked when it is read.
#[derive(Serialize, Deserialize)]
struct MaskParts {
    grid: Grid,
    slices: MaskDelta,
}

impl From<Mask> for MaskParts {
    fn from(mask: Mask) -> Self {
        Self { grid: mask.grid, slices: MaskDelta(mask.slices.into_iter().collect()) }
    }
}

impl TryFrom<MaskParts> for Mask {
    type Error = MaskError;

    fn try_from(parts: MaskParts) -> Result<Self, MaskError> {
        let mut mask = Self::new(parts.grid)?;
        mask.apply(&parts.slices)?;
        Ok(mask)
    }
}

impl Mask {
    /// An empty mask.
    ///
    /// # Errors
    /// When voxels of the grid cannot be placed or counted.
    pub fn new(grid: Grid) -> Result<Self, MaskError> {
        grid.check()?;
        if grid.slice_len() > MOST_VOXELS_IN_SLICE {
            return Err(MaskError::SliceTooLarge { columns: grid.dims[0], rows: grid.dims[1] });
        }
        Ok(Self { grid, slices: BTreeMap::new() })
    }

    /// A mask from its slices; empty ones are left out.
    ///
    /// # Errors
    /// When the grid is not usable or a slice does not fit it.
    pub fn from_slices(grid: Grid, slices: impl IntoIterator<Item = (u32, RleSlice)>) -> Result<Self, MaskError> {
        let mut mask = Self::new(grid)?;
        for (slice, runs) in slices {
            mask.set_slice(slice, runs)?;
        }
        Ok(mask)
    }

    /// Where its voxels are.
    #[must_use]
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// The slices that have voxels, by number; none of them is empty.
    #[must_use]
    pub fn slices(&self) -> &BTreeMap<u32, RleSlice> {
        &self.slices
    }

    /// The voxels of one slice, when it has any.
    #[must_use]
    pub fn slice(&self, slice: u32) -> Option<&RleSlice> {
        self.slices.get(&slice)
    }

    /// Whether no voxel is marked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slices.is_empty()
    }

    /// Number of marked voxels.
    #[must_use]
    pub fn voxel_count(&self) -> u64 {
        self.slices.values().map(RleSlice::count).sum()
    }

    /// Whether a voxel is marked; false outside the grid.
    #[must_use]
    pub fn contains(&self, i: u32, j: u32, k: u32) -> bool {
        let [columns, rows, _] = self.grid.dims;
        i < columns && j < rows && self.slice(k).is_some_and(|slice| slice.contains(j * columns + i))
    }

    fn check_slice(&self, slice: u32, runs: &RleSlice) -> Result<(), MaskError> {
        let slices = self.grid.dims[2];
        if slice >= slices {
            return Err(MaskError::NoSuchSlice { slice, slices });
        }
        if runs.end() as usize > self.grid.slice_len() {
            return Err(MaskError::Runs { slice, why: RunError::BeyondSlice });
        }
        Ok(())
    }

    /// Replaces the voxels of one slice.
    ///
    /// # Errors
    /// When the slice or a voxel is not in the grid; nothing is changed then.
    pub fn set_slice(&mut self, slice: u32, runs: RleSlice) -> Result<(), MaskError> {
        self.check_slice(slice, &runs)?;
        if runs.is_empty() {
            self.slices.remove(&slice);
        } else {
            self.slices.insert(slice, runs);
        }
        Ok(())
    }

    /// Marks voxels of one slice (the brush).
    ///
    /// # Errors
    /// When the slice or a voxel is not in the grid; nothing is changed then.
    pub fn add(&mut self, slice: u32, runs: &RleSlice) -> Result<(), MaskError> {
        let all = self.slice(slice).map_or_else(|| runs.clone(), |before| before.union(runs));
        self.set_slice(slice, all)
    }

    /// Unmarks voxels of one slice (the eraser).
    ///
    /// # Errors
    /// When the slice or a voxel is not in the grid; nothing is changed then.
    pub fn remove(&mut self, slice: u32, runs: &RleSlice) -> Result<(), MaskError> {
        self.check_slice(slice, runs)?;
        let left = self.slice(slice).map(|before| before.subtract(runs)).unwrap_or_default();
        self.set_slice(slice, left)
    }

    /// What has to change to turn this mask into `other`.
    ///
    /// # Errors
    /// When the two do not lie on the same grid.
    pub fn delta_to(&self, other: &Self) -> Result<MaskDelta, MaskError> {
        if self.grid.space != other.grid.space || !grids_coincide(&self.grid, &other.grid) {
            return Err(MaskError::OtherGrid);
        }
        let mut delta: BTreeMap<u32, RleSlice> = BTreeMap::new();
        let none = RleSlice::new();
        for slice in self.slices.keys().chain(other.slices.keys()) {
            let change = self.slice(*slice).unwrap_or(&none).xor(other.slice(*slice).unwrap_or(&none));
            if !change.is_empty() {
                delta.insert(*slice, change);
            }
        }
        Ok(MaskDelta(delta.into_iter().collect()))
    }

    /// Applies a change. Applied twice, a change undoes itself.
    ///
    /// # Errors
    /// When the change does not fit the grid; nothing is changed then.
    pub fn apply(&mut self, delta: &MaskDelta) -> Result<(), MaskError> {
        for (slice, change) in &delta.0 {
            self.check_slice(*slice, change)?;
        }
        for (slice, change) in &delta.0 {
            let after = self.slice(*slice).map_or_else(|| change.clone(), |before| before.xor(change));
            self.set_slice(*slice, after)?;
        }
        Ok(())
    }

    /// The box of voxels around all that is marked: first and last column, row and slice; none when empty.
    #[must_use]
    pub fn bounds(&self) -> Option<[(u32, u32); 3]> {
        let columns = self.grid.dims[0];
        let (first, last) = (*self.slices.first_key_value()?.0, *self.slices.last_key_value()?.0);
        let mut bounds = [(u32::MAX, 0), (u32::MAX, 0), (first, last)];
        for (row, from, end) in self.slices.values().flat_map(|slice| slice.rows(columns)) {
            bounds[0] = (bounds[0].0.min(from), bounds[0].1.max(end - 1));
            bounds[1] = (bounds[1].0.min(row), bounds[1].1.max(row));
        }
        Some(bounds)
    }
}

/// The voxels that differ between two states of a mask, slice by slice, in order. XOR is its own inverse, so
/// the same delta goes forward and back.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<(u32, RleSlice)>")]
pub struct MaskDelta(Vec<(u32, RleSlice)>);

impl MaskDelta {
    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The slices that change, in order.
    #[must_use]
    pub fn slices(&self) -> &[(u32, RleSlice)] {
        &self.0
    }
}

impl TryFrom<Vec<(u32, RleSlice)>> for MaskDelta {
    type Error = MaskError;

    fn try_from(slices: Vec<(u32, RleSlice)>) -> Result<Self, MaskError> {
        if slices.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
            return Err(MaskError::Order);
        }
        if let Some((slice, _)) = slices.iter().find(|(_, runs)| runs.is_empty()) {
            return Err(MaskError::Runs { slice: *slice, why: RunError::Empty });
        }
        Ok(Self(slices))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::geometry::{PatientDirection, SpaceId};
    use crate::marks::Run;
    use proptest::prelude::*;

    /// An axial grid whose first voxel's centre is at the origin of patient space.
    pub fn grid(spacing_mm: [f64; 3], dims: [u32; 3]) -> Grid {
        Grid {
            origin: PatientPoint::new(0.0, 0.0, 0.0),
            axes: [PatientDirection::LEFT, PatientDirection::POSTERIOR, PatientDirection::SUPERIOR],
            spacing_mm,
            dims,
            space: SpaceId("1.2.3".into()),
        }
    }

    /// The voxels of a grid whose centres a shape contains.
    pub fn fill(grid: Grid, shape: impl Fn(PatientPoint) -> bool) -> Mask {
        let [columns, rows, slices] = grid.dims;
        let mut mask = Mask::new(grid).unwrap();
        for k in 0..slices {
            let marked = (0..rows).flat_map(|j| (0..columns).map(move |i| (i, j))).filter(|(i, j)| {
                let at = VoxelIndex::new(f64::from(*i), f64::from(*j), f64::from(k));
                shape(mask.grid().to_patient(at))
            });
            let runs: Vec<Run> = marked.map(|(i, j)| Run { start: j * columns + i, len: 1 }).collect();
            mask.set_slice(k, RleSlice::from_runs(runs)).unwrap();
        }
        mask
    }

    fn small() -> Mask {
        Mask::new(grid([1.0; 3], [10, 8, 4])).unwrap()
    }

    fn runs(start: u32, len: u32) -> RleSlice {
        RleSlice::from_runs([Run { start, len }])
    }

    #[test]
    fn brush_and_eraser_leave_no_empty_slices() {
        let mut mask = small();
        mask.add(1, &runs(20, 5)).unwrap();
        mask.add(1, &runs(23, 5)).unwrap();
        assert_eq!(mask.voxel_count(), 8);
        assert!(mask.contains(0, 2, 1) && mask.contains(7, 2, 1) && !mask.contains(8, 2, 1));
        assert!(!mask.contains(10, 1, 1), "a column beyond the row is not the next row's first voxel");
        mask.remove(1, &runs(0, 80)).unwrap();
        mask.remove(3, &runs(0, 80)).unwrap();
        assert!(mask.is_empty() && mask.slices().is_empty());
    }

    #[test]
    fn what_does_not_fit_is_refused_and_changes_nothing() {
        let mut mask = small();
        mask.add(0, &runs(79, 1)).unwrap();
        let before = mask.clone();
        assert_eq!(mask.add(4, &runs(0, 1)), Err(MaskError::NoSuchSlice { slice: 4, slices: 4 }));
        assert_eq!(mask.add(0, &runs(79, 2)), Err(MaskError::Runs { slice: 0, why: RunError::BeyondSlice }));
        assert_eq!(mask.remove(0, &runs(79, 2)), Err(MaskError::Runs { slice: 0, why: RunError::BeyondSlice }));
        let half_good = MaskDelta(vec![(0, runs(0, 1)), (9, runs(0, 1))]);
        assert!(mask.apply(&half_good).is_err());
        assert_eq!(mask, before);
        let huge = grid([1.0; 3], [65_535, 65_535, 1]);
        assert!(matches!(Mask::new(huge), Err(MaskError::SliceTooLarge { .. })));
        assert!(matches!(Mask::new(grid([0.0; 3], [4, 4, 4])), Err(MaskError::Grid(GridError::Spacing(_)))));
    }

    #[test]
    fn hostile_json_is_refused() {
        let mut mask = small();
        mask.add(2, &runs(75, 5)).unwrap();
        let good = serde_json::to_value(&mask).unwrap();
        assert_eq!(serde_json::from_value::<Mask>(good.clone()).unwrap(), mask);
        for (slices, words) in [
            (serde_json::json!([[2, "4b06"]]), "beyond its image"),
            (serde_json::json!([[4, "4b05"]]), "names slice 4"),
            (serde_json::json!([[2, ""]]), "has no voxels"),
            (serde_json::json!([[2, "4b05"], [2, "0001"]]), "out of order"),
            (serde_json::json!([[2, "4b01"], [1, "0001"]]), "out of order"),
            (serde_json::json!([[2, "4b"]]), "cut off"),
        ] {
            let mut bad = good.clone();
            bad["slices"] = slices;
            let error = serde_json::from_value::<Mask>(bad).unwrap_err().to_string();
            assert!(error.contains(words), "{error} should say {words}");
        }
    }

    #[test]
    fn grids_coincide_by_place_not_by_name() {
        let a = grid([0.7, 0.7, 3.0], [512, 512, 40]);
        let renamed = Grid { space: SpaceId("other".into()), ..a.clone() };
        assert!(grids_coincide(&a, &renamed));
        let last_bit = Grid { spacing_mm: [0.7 + 1e-15, 0.7, 3.0], ..a.clone() };
        assert!(grids_coincide(&a, &last_bit));
        let hair = Grid { spacing_mm: [0.7001, 0.7, 3.0], ..a.clone() };
        assert!(!grids_coincide(&a, &hair), "0.05 mm at the far side");
        let moved = Grid { origin: PatientPoint::new(0.0, 0.0, 0.01), ..a.clone() };
        assert!(!grids_coincide(&a, &moved));
        let one = Mask::new(a).unwrap();
        assert_eq!(one.delta_to(&Mask::new(renamed).unwrap()), Err(MaskError::OtherGrid));
    }

    #[test]
    fn bounds_by_hand() {
        let mut mask = small();
        assert_eq!(mask.bounds(), None);
        mask.add(1, &runs(23, 4)).unwrap();
        mask.add(3, &runs(58, 4)).unwrap(); // over a row end
        assert_eq!(mask.bounds(), Some([(0, 9), (2, 6), (1, 3)]));
    }

    fn any_mask() -> impl Strategy<Value = Mask> {
        let slice = prop::collection::vec((0u32..70, 1u32..10), 0..6);
        prop::collection::vec(slice, 4).prop_map(|slices| {
            let runs = slices
                .into_iter()
                .map(|runs| RleSlice::from_runs(runs.into_iter().map(|(start, len)| Run { start, len })));
            Mask::from_slices(grid([1.0; 3], [10, 8, 4]), (0..).zip(runs)).unwrap()
        })
    }

    proptest! {
        #[test]
        fn a_delta_goes_forward_and_back(a in any_mask(), b in any_mask()) {
            let delta = a.delta_to(&b).unwrap();
            let text = serde_json::to_string(&delta).unwrap();
            let delta: MaskDelta = serde_json::from_str(&text).unwrap();
            let mut mask = a.clone();
            mask.apply(&delta).unwrap();
            prop_assert_eq!(&mask, &b);
            mask.apply(&delta).unwrap();
            prop_assert_eq!(&mask, &a);
            prop_assert_eq!(delta.is_empty(), a == b);
        }
    }
}
