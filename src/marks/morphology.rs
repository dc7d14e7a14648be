//! Work on whole marks: grow, shrink, smooth, fill, keep or part pieces, and one mark with another.
//!
//! All of it is by distance in mm, so that it does the same on thick slices as on thin ones. What lies beyond the image is
//! not known and is no border. Pieces hang together by the faces of voxels.

use super::block::Block;
use super::{Mask, MaskError, RleSlice, distances_mm, grids_coincide};
use crate::geometry::{PatientDirection, PatientPoint, VoxelIndex};

/// Every voxel whose centre lies within `by_mm` of a marked one.
///
/// # Errors
/// When the mark cannot be held by its grid.
pub fn grown(mask: &Mask, by_mm: f64) -> Result<Mask, MaskError> {
    let spacing = mask.grid().spacing_mm;
    let margin = spacing.map(|mm| (by_mm.clamp(0.0, 500.0) / mm).ceil() as u32 + 1);
    let Some(mut block) = Block::around(mask, margin) else { return Ok(mask.clone()) };
    let far = distances_mm(&block.marked, block.size, spacing);
    block.marked.iter_mut().zip(far).for_each(|(marked, mm)| *marked = f64::from(mm) <= by_mm + 1e-4);
    block.mask(mask.grid())
}

/// Every marked voxel whose centre lies further than `by_mm` from each one that is not.
///
/// # Errors
/// When the mark cannot be held by its grid.
pub fn shrunk(mask: &Mask, by_mm: f64) -> Result<Mask, MaskError> {
    let Some(mut block) = Block::around(mask, [1; 3]) else { return Ok(mask.clone()) };
    let beyond: Vec<bool> = block.marked.iter().map(|marked| !marked).collect();
    let far = distances_mm(&beyond, block.size, mask.grid().spacing_mm);
    block.marked.iter_mut().zip(far).for_each(|(marked, mm)| *marked &= f64::from(mm) > by_mm + 1e-4);
    block.mask(mask.grid())
}

/// Smoothed: what the mark is, on the mean over a bell of `sigma_mm` around each voxel, at least half.
///
/// # Errors
/// When the mark cannot be held by its grid.
pub fn smoothed(mask: &Mask, sigma_mm: f64) -> Result<Mask, MaskError> {
    let sigmas = mask.grid().spacing_mm.map(|mm| (sigma_mm / mm).clamp(0.0, 100.0));
    let margin = sigmas.map(|sigma| (4.0 * sigma).ceil() as u32 + 1);
    let Some(mut block) = Block::around(mask, margin) else { return Ok(mask.clone()) };
    let mut field: Vec<f32> = block.marked.iter().map(|marked| f32::from(u8::from(*marked))).collect();
    let [width, height, depth] = block.size;
    for (axis, (length, stride)) in [(width, 1), (height, width), (depth, width * height)].into_iter().enumerate() {
        blur(&mut field, length, stride, sigmas[axis]);
    }
    block.marked.iter_mut().zip(field).for_each(|(marked, part)| *marked = part >= 0.5);
    block.mask(mask.grid())
}

/// A bell along one axis, cut at four sigma; the edge of the box is continued outwards.
fn blur(field: &mut [f32], length: usize, stride: usize, sigma: f64) {
    if sigma < 1e-3 {
        return;
    }
    let reach = (4.0 * sigma + 0.5) as usize;
    let bell: Vec<f64> = (0..=2 * reach).map(|n| (-0.5 * ((n as f64 - reach as f64) / sigma).powi(2)).exp()).collect();
    let sum: f64 = bell.iter().sum();
    let mut line = vec![0.0f64; length + 2 * reach];
    let starts = (0..field.len()).filter(|at| (at / stride).is_multiple_of(length));
    for start in starts {
        for (n, to) in line.iter_mut().enumerate() {
            *to = f64::from(field[start + n.saturating_sub(reach).min(length - 1) * stride]);
        }
        for n in 0..length {
            let mean: f64 = line[n..].iter().zip(&bell).map(|(v, b)| v * b).sum();
            field[start + n * stride] = (mean / sum) as f32;
        }
    }
}

/// With every hole filled from which no way leads out, in space.
///
/// # Errors
/// When the mark cannot be held by its grid.
pub fn filled(mask: &Mask) -> Result<Mask, MaskError> {
    let Some(mut block) = Block::around(mask, [1; 3]) else { return Ok(mask.clone()) };
    let [width, height, depth] = block.size;
    let mut seen = vec![false; block.marked.len()];
    for at in 0..block.marked.len() {
        let (i, j, k) = (at % width, at / width % height, at / (width * height));
        let on_side = i == 0 || j == 0 || k == 0 || i + 1 == width || j + 1 == height || k + 1 == depth;
        if on_side && !block.marked[at] && !seen[at] {
            block.piece(at, &mut seen);
        }
    }
    block.marked.iter_mut().zip(seen).for_each(|(marked, outside)| *marked |= !outside);
    block.mask(mask.grid())
}

/// With every hole filled that is closed within its slice.
///
/// # Errors
/// When the mark cannot be held by its grid.
pub fn filled_in_slices(mask: &Mask) -> Result<Mask, MaskError> {
    let mut all = Mask::new(mask.grid().clone())?;
    for (k, runs) in mask.slices() {
        let one = Mask::from_slices(mask.grid().clone(), [(*k, runs.clone())])?;
        let Some(mut block) = Block::around(&one, [1, 1, 0]) else { continue };
        let [width, height, _] = block.size;
        let mut seen = vec![false; block.marked.len()];
        for at in 0..block.marked.len() {
            let (i, j) = (at % width, at / width);
            let on_side = i == 0 || j == 0 || i + 1 == width || j + 1 == height;
            if on_side && !block.marked[at] && !seen[at] {
                block.piece(at, &mut seen);
            }
        }
        block.marked.iter_mut().zip(seen).for_each(|(marked, outside)| *marked |= !outside);
        if let Some(runs) = block.mask(mask.grid())?.slice(*k) {
            all.set_slice(*k, runs.clone())?;
        }
    }
    Ok(all)
}

/// The pieces of a mark, the largest first; of equals the one that begins first.
///
/// # Errors
/// When a piece cannot be held by the grid.
pub fn pieces(mask: &Mask) -> Result<Vec<Mask>, MaskError> {
    let Some(block) = Block::around(mask, [0; 3]) else { return Ok(Vec::new()) };
    let mut seen = vec![false; block.marked.len()];
    let mut found: Vec<Vec<usize>> = Vec::new();
    for at in 0..block.marked.len() {
        if block.marked[at] && !seen[at] {
            found.push(block.piece(at, &mut seen));
        }
    }
    found.sort_by_key(|piece| std::cmp::Reverse(piece.len()));
    let one = |piece: Vec<usize>| {
        let mut marked = vec![false; block.marked.len()];
        piece.into_iter().for_each(|at| marked[at] = true);
        Block { marked, ..block.clone() }.mask(mask.grid())
    };
    found.into_iter().map(one).collect()
}

/// The largest piece alone.
///
/// # Errors
/// When it cannot be held by the grid.
pub fn largest_piece(mask: &Mask) -> Result<Mask, MaskError> {
    Ok(pieces(mask)?.into_iter().next().unwrap_or_else(|| mask.clone()))
}

/// The two parts of a mark on both sides of a plane; what lies on the plane goes with the side that `normal` points to.
///
/// # Errors
/// When a part cannot be held by the grid.
pub fn parted(mask: &Mask, through: PatientPoint, normal: PatientDirection) -> Result<[Mask; 2], MaskError> {
    let grid = mask.grid();
    let mut ahead = Mask::new(grid.clone())?;
    for (k, runs) in mask.slices() {
        let of_plane = |i: u32, j: u32| {
            let at = grid.to_patient(VoxelIndex::new(f64::from(i), f64::from(j), f64::from(*k)));
            (at - through).dot(normal.vector()) >= 0.0
        };
        ahead.set_slice(*k, runs.filtered(grid.dims[0], of_plane))?;
    }
    let behind = difference(mask, &ahead)?;
    Ok([ahead, behind])
}

/// Both marks together.
///
/// # Errors
/// When they do not lie on the same grid.
pub fn union(a: &Mask, b: &Mask) -> Result<Mask, MaskError> {
    combined(a, b, RleSlice::union)
}

/// What is in the first mark and not in the second.
///
/// # Errors
/// When they do not lie on the same grid.
pub fn difference(a: &Mask, b: &Mask) -> Result<Mask, MaskError> {
    combined(a, b, RleSlice::subtract)
}

/// What is in both marks.
///
/// # Errors
/// When they do not lie on the same grid.
pub fn intersection(a: &Mask, b: &Mask) -> Result<Mask, MaskError> {
    combined(a, b, |ours, theirs| ours.subtract(&ours.subtract(theirs)))
}

fn combined(a: &Mask, b: &Mask, with: impl Fn(&RleSlice, &RleSlice) -> RleSlice) -> Result<Mask, MaskError> {
    if a.grid().space != b.grid().space || !grids_coincide(a.grid(), b.grid()) {
        return Err(MaskError::OtherGrid);
    }
    let none = RleSlice::new();
    let mut all = Mask::new(a.grid().clone())?;
    for k in a.slices().keys().chain(b.slices().keys()) {
        all.set_slice(*k, with(a.slice(*k).unwrap_or(&none), b.slice(*k).unwrap_or(&none)))?;
    }
    Ok(all)
}
