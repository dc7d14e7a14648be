//! The gap between two marks.

use super::block::Block;
use super::{Mask, distances_mm, grids_coincide};

/// How far two marks on one grid lie apart, mm: from the centre of a voxel of the one to that of the nearest of the other,
/// less the least side of a voxel, so that neighbours touch. 0 where they touch or overlap; `None` where one is empty or
/// they lie on different grids.
#[must_use]
pub fn gap_mm(a: &Mask, b: &Mask) -> Option<f64> {
    if !grids_coincide(a.grid(), b.grid()) {
        return None;
    }
    let (ours, theirs) = (a.bounds()?, b.bounds()?);
    let margin = [0, 1, 2].map(|axis| {
        let before = theirs[axis].0.saturating_sub(ours[axis].0).max(ours[axis].0.saturating_sub(theirs[axis].0));
        let behind = theirs[axis].1.saturating_sub(ours[axis].1).max(ours[axis].1.saturating_sub(theirs[axis].1));
        before.max(behind)
    });
    let block = Block::around(a, margin)?;
    let far = distances_mm(&block.marked, block.size, a.grid().spacing_mm);
    let columns = a.grid().dims[0];
    let nearest = b
        .slices()
        .iter()
        .flat_map(|(k, runs)| runs.rows(columns).map(move |row| (*k, row)))
        .flat_map(|(k, (j, first, end))| (first..end).map(move |i| [i, j, k]))
        .filter_map(|at| {
            let [i, j, k] = [0, 1, 2].map(|axis| (at[axis] - block.low[axis]) as usize);
            far.get(block.offset(i, j, k)).copied()
        })
        .fold(f32::INFINITY, f32::min);
    let least = a.grid().spacing_mm.iter().copied().fold(f64::INFINITY, f64::min);
    nearest.is_finite().then(|| (f64::from(nearest) - least).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::marks::mask::tests::{fill, grid};

    #[test]
    fn between_two_blocks_lie_the_voxels_between() {
        let g = grid([0.8, 0.7, 3.0], [40, 30, 8]);
        let block =
            |from: f64, to: f64| fill(g.clone(), move |p| (from..to).contains(&(p.x + 0.01)) && p.y < 5.0 && p.z < 9.0);
        let left = block(0.0, 8.0); // columns 0 to 9
        // Column 15 is 6 columns on: 5 voxels of 0.8 mm between; the least side of a voxel is 0.7.
        assert!((gap_mm(&left, &block(12.0, 16.0)).unwrap() - (6.0 * 0.8 - 0.7)).abs() < 1e-5);
        assert!(gap_mm(&left, &block(8.0, 12.0)).unwrap() < 0.11, "neighbours touch");
        assert_eq!(gap_mm(&left, &left), Some(0.0));
        assert_eq!(gap_mm(&block(12.0, 16.0), &left), gap_mm(&left, &block(12.0, 16.0)));
        let empty = Mask::new(g.clone()).unwrap();
        assert_eq!(gap_mm(&left, &empty), None);
        assert_eq!(gap_mm(&left, &fill(grid([1.0; 3], [4, 4, 4]), |_| true)), None);
    }
}
