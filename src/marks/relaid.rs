//! A mark on another grid whose voxels lie at the same places: nothing is sampled, no voxel is lost.

use super::{Mask, RleSlice, Run};
use crate::geometry::{Grid, VoxelIndex};

/// Voxels of two grids this close are one, mm: as for grids that coincide.
const SAME_PLACE_MM: f64 = 1e-3;

/// The same voxels on another grid, which lies on the same lattice: longer by slices, or wider. `None` where voxels
/// lie between those of the other grid, or beyond its ends.
#[must_use]
pub fn relaid(mask: &Mask, target: &Grid) -> Option<Mask> {
    let own = mask.grid();
    let off = whole_steps(own, target)?;
    let columns = own.dims[0];
    let place = |at: u32, axis: usize| u32::try_from(i64::from(at) + off[axis]).ok().filter(|v| *v < target.dims[axis]);
    let mut slices = Vec::new();
    for (k, runs) in mask.slices() {
        let mut moved = Vec::new();
        for (row, first, end) in runs.rows(columns) {
            let (first, last) = (place(first, 0)?, place(end - 1, 0)?);
            let start = place(row, 1)?.checked_mul(target.dims[0])?.checked_add(first)?;
            moved.push(Run { start, len: last + 1 - first });
        }
        slices.push((place(*k, 2)?, RleSlice::from_runs(moved)));
    }
    Mask::from_slices(target.clone(), slices).ok()
}

/// By how many voxels along each axis the first grid lies off the second, when all of its voxels lie on voxels of it
/// or where more of them would.
fn whole_steps(own: &Grid, target: &Grid) -> Option<[i64; 3]> {
    let at = target.to_index(own.origin);
    let off = [at.i, at.j, at.k].map(f64::round);
    if off.iter().any(|steps| !steps.is_finite() || steps.abs() > 1e6) {
        return None;
    }
    let [i, j, k] = own.dims.map(f64::from);
    let same = [(0.0, 0.0, 0.0), (i, 0.0, 0.0), (0.0, j, 0.0), (0.0, 0.0, k)].into_iter().all(|(i, j, k)| {
        let here = own.to_patient(VoxelIndex::new(i, j, k));
        let there = target.to_patient(VoxelIndex::new(i + off[0], j + off[1], k + off[2]));
        here.distance_mm(there) < SAME_PLACE_MM
    });
    same.then_some(off.map(|steps| steps as i64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::PatientPoint;
    use crate::marks::mask::tests::{fill, grid};

    #[test]
    fn voxels_keep_their_places_on_a_longer_and_wider_grid() {
        let own = grid([0.8, 0.7, 5.0], [20, 16, 5]);
        let mask = fill(own.clone(), |p| p.distance_mm(own.to_patient(VoxelIndex::new(9.0, 8.0, 2.0))) < 6.0);
        assert!(mask.voxel_count() > 50);
        // Two more slices below, three columns and one row more before the first.
        let origin = own.to_patient(VoxelIndex::new(-3.0, -1.0, -2.0));
        let target = Grid { origin, dims: [30, 18, 8], ..own.clone() };
        let moved = relaid(&mask, &target).unwrap();
        assert_eq!(moved.voxel_count(), mask.voxel_count());
        for k in 0..5 {
            for j in 0..16 {
                for i in 0..20 {
                    assert_eq!(mask.contains(i, j, k), moved.contains(i + 3, j + 1, k + 2), "{i} {j} {k}");
                }
            }
        }
        assert_eq!(relaid(&moved, &own), Some(mask), "and back");
    }

    #[test]
    fn what_would_have_to_be_sampled_or_cut_is_refused() {
        let own = grid([1.0, 1.0, 5.0], [20, 20, 5]);
        let mask = fill(own.clone(), |_| true);
        let halfway = Grid { origin: own.to_patient(VoxelIndex::new(0.0, 0.0, 0.5)), ..own.clone() };
        assert_eq!(relaid(&mask, &halfway), None);
        let thinner = Grid { spacing_mm: [1.0, 1.0, 2.5], dims: [20, 20, 10], ..own.clone() };
        assert_eq!(relaid(&mask, &thinner), None);
        let shorter = Grid { dims: [20, 20, 4], ..own.clone() };
        assert_eq!(relaid(&mask, &shorter), None);
        let elsewhere = Grid { origin: PatientPoint::new(1e9, 0.0, 0.0), ..own };
        assert_eq!(relaid(&mask, &elsewhere), None);
    }
}
