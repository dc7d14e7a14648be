//! The voxels of a mark in memory, one by one, in the box around it: what whole-shape work is done on.

use super::{Dims, Mask, MaskError, RleSlice, Run};
use crate::geometry::Grid;

/// A box of voxels, columns first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// The first voxel in the grid.
    pub low: [u32; 3],
    pub size: Dims,
    pub marked: Vec<bool>,
}

impl Block {
    /// The box around a mark with a margin in voxels, as far as the grid goes; `None` for an empty mark.
    pub fn around(mask: &Mask, margin: [u32; 3]) -> Option<Self> {
        let bounds = mask.bounds()?;
        let low = [0, 1, 2].map(|axis| bounds[axis].0.saturating_sub(margin[axis]));
        let dims = mask.grid().dims;
        let size = [0, 1, 2].map(|axis| {
            let last = bounds[axis].1.saturating_add(margin[axis]).min(dims[axis] - 1);
            (last - low[axis]) as usize + 1
        });
        let mut block = Self { low, size, marked: vec![false; size.iter().product()] };
        let columns = dims[0];
        for (k, runs) in mask.slices() {
            for (j, first, end) in runs.rows(columns) {
                let row = block.offset(0, (j - low[1]) as usize, (k - low[2]) as usize);
                let (first, end) = ((first - low[0]) as usize, (end - low[0]) as usize);
                block.marked[row + first..row + end].fill(true);
            }
        }
        Some(block)
    }

    pub fn offset(&self, i: usize, j: usize, k: usize) -> usize {
        (k * self.size[1] + j) * self.size[0] + i
    }

    /// The mask of what is marked.
    pub fn mask(&self, grid: &Grid) -> Result<Mask, MaskError> {
        let columns = grid.dims[0];
        let [width, height, _] = self.size;
        let slices = self.marked.chunks_exact(width * height).enumerate().map(|(k, slice)| {
            let mut runs = Vec::new();
            for (j, row) in slice.chunks_exact(width).enumerate() {
                let start = (self.low[1] + j as u32) * columns + self.low[0];
                let mut i = 0;
                while i < width {
                    let len = row[i..].iter().take_while(|marked| **marked).count();
                    if len > 0 {
                        runs.push(Run { start: start + i as u32, len: len as u32 });
                    }
                    i += len.max(1);
                }
            }
            (self.low[2] + k as u32, RleSlice::from_runs(runs))
        });
        Mask::from_slices(grid.clone(), slices)
    }

    /// The voxels of the same state that hang together by their faces with `start`; they are marked in `seen`.
    pub fn piece(&self, start: usize, seen: &mut [bool]) -> Vec<usize> {
        let [width, height, depth] = self.size;
        let plane = width * height;
        let state = self.marked[start];
        let mut piece = vec![start];
        seen[start] = true;
        let mut next = 0;
        while let Some(at) = piece.get(next).copied() {
            next += 1;
            let (i, j, k) = (at % width, at / width % height, at / plane);
            let sides = [
                (i > 0, at.wrapping_sub(1)),
                (i + 1 < width, at + 1),
                (j > 0, at.wrapping_sub(width)),
                (j + 1 < height, at + width),
                (k > 0, at.wrapping_sub(plane)),
                (k + 1 < depth, at + plane),
            ];
            for (there, side) in sides {
                if there && !seen[side] && self.marked[side] == state {
                    seen[side] = true;
                    piece.push(side);
                }
            }
        }
        piece
    }
}
