//! The part of an image around a click, smoothed against noise, ready to be asked along rays.

use crate::geometry::{Grid, PatientPoint, PatientVector, VoxelIndex};
use crate::volume::Volume;
use rayon::prelude::*;

/// Voxels around a click, smoothed.
pub(super) struct Field {
    values: Vec<f32>,
    size: [usize; 3],
    /// The first voxel in the image.
    low: [u32; 3],
    /// Voxels per mm of patient space, along the image's columns, rows and slices.
    per_mm: [[f64; 3]; 3],
    /// Where the click lies in the box, voxels.
    middle: [f64; 3],
    /// What is left of the noise: SD of the smoothed values in even tissue.
    pub noise: f32,
}

impl Field {
    /// Takes the voxels within `reach_mm` of a place. `None` when the place has no value.
    pub fn around(volume: &Volume, at: PatientPoint, reach_mm: f64, smooth_mm: f64) -> Option<Self> {
        let grid = &volume.grid;
        let centre = grid.to_index(at);
        let centre = [centre.i, centre.j, centre.k];
        let mut low = [0u32; 3];
        let mut size = [0usize; 3];
        for axis in 0..3 {
            let reach = reach_mm / grid.spacing_mm[axis] + 2.0;
            let first = (centre[axis] - reach).floor().max(0.0);
            let last = (centre[axis] + reach).ceil().min(f64::from(grid.dims[axis]) - 1.0);
            if first.is_nan() || last.is_nan() || first > last {
                return None;
            }
            low[axis] = first as u32;
            size[axis] = (last - first) as usize + 1;
        }
        let [columns, rows, _] = size;
        let mut values = vec![f32::NAN; size.iter().product()];
        values.par_chunks_mut(columns * rows).enumerate().for_each(|(k, slice)| {
            for (j, row) in slice.chunks_exact_mut(columns).enumerate() {
                for (i, to) in row.iter_mut().enumerate() {
                    let (i, j, k) = (low[0] + i as u32, low[1] + j as u32, low[2] + k as u32);
                    *to = volume.value(i, j, k).map_or(f32::NAN, |v| v as f32);
                }
            }
        });
        fill_holes_in_values(&mut values)?;
        let before = values.clone();
        for axis in 0..3 {
            blur(&mut values, size, axis, smooth_mm / grid.spacing_mm[axis]);
        }
        let noise = noise_left(&before, &values, size, [0, 1, 2].map(|a| smooth_mm / grid.spacing_mm[a]));
        let per_mm = voxels_per_mm(grid);
        let middle = [0, 1, 2].map(|axis| centre[axis] - f64::from(low[axis]));
        Some(Self { values, size, low, per_mm, middle, noise })
    }

    /// The step in voxels of a step in mm.
    pub fn step(&self, mm: [f64; 3]) -> [f64; 3] {
        self.per_mm.map(|row| row[0] * mm[0] + row[1] * mm[1] + row[2] * mm[2])
    }

    /// The value at a place relative to the click, mm; `None` outside the image.
    pub fn at(&self, mm: [f64; 3]) -> Option<f32> {
        let step = self.step(mm);
        self.at_voxel([0, 1, 2].map(|a| self.middle[a] + step[a]))
    }

    fn at_voxel(&self, at: [f64; 3]) -> Option<f32> {
        let mut base = [0usize; 3];
        let mut part = [0f32; 3];
        for axis in 0..3 {
            let last = self.size[axis] - 1;
            if !(at[axis] >= -0.5 && at[axis] <= last as f64 + 0.5) {
                return None;
            }
            let v = at[axis].clamp(0.0, last as f64);
            base[axis] = (v as usize).min(last.saturating_sub(1));
            part[axis] = (v - base[axis] as f64) as f32;
        }
        let [columns, rows, _] = self.size;
        let step = |axis: usize| usize::from(self.size[axis] > 1);
        let n = (base[2] * rows + base[1]) * columns + base[0];
        let (dx, dy, dz) = (step(0), step(1) * columns, step(2) * columns * rows);
        let v = |o: usize| self.values[n + o];
        let along = |o: usize| v(o) + (v(o + dx) - v(o)) * part[0];
        let flat = |o: usize| along(o) + (along(o + dy) - along(o)) * part[1];
        Some(flat(0) + (flat(dz) - flat(0)) * part[2])
    }

    /// The box of the image's voxels that lie within `reach_mm` around a place relative to the click.
    pub fn voxels_near(&self, mm: [f64; 3], reach_mm: f64) -> [(u32, u32); 3] {
        let step = self.step(mm);
        [0, 1, 2].map(|axis| {
            let row = self.per_mm[axis];
            let reach = reach_mm * (row[0] * row[0] + row[1] * row[1] + row[2] * row[2]).sqrt();
            let at = self.middle[axis] + step[axis];
            let first = (at - reach).floor().max(0.0) as u32;
            let last = ((at + reach).ceil().max(0.0) as u32).min(self.size[axis] as u32 - 1);
            (self.low[axis] + first.min(last), self.low[axis] + last)
        })
    }
}

/// The inverse of the image's steps: voxels along each axis for a step of one mm.
fn voxels_per_mm(grid: &Grid) -> [[f64; 3]; 3] {
    let zero = grid.to_index(grid.origin);
    let ways =
        [PatientVector::new(1.0, 0.0, 0.0), PatientVector::new(0.0, 1.0, 0.0), PatientVector::new(0.0, 0.0, 1.0)];
    let [x, y, z] = ways.map(|way| {
        let at: VoxelIndex = grid.to_index(grid.origin + way);
        [at.i - zero.i, at.j - zero.j, at.k - zero.k]
    });
    [0, 1, 2].map(|axis| [x[axis], y[axis], z[axis]])
}

/// Voxels without a value take the lowest one there is; `None` when there is none.
fn fill_holes_in_values(values: &mut [f32]) -> Option<()> {
    let least = values.iter().copied().filter(|v| v.is_finite()).fold(f32::INFINITY, f32::min);
    if !least.is_finite() {
        return None;
    }
    values.iter_mut().filter(|v| !v.is_finite()).for_each(|v| *v = least);
    Some(())
}

/// The taps of a bell of `sigma` voxels; one tap where it is narrower than the voxels.
fn taps(sigma: f64) -> Vec<f32> {
    if sigma < 0.25 {
        return vec![1.0];
    }
    let reach = (2.5 * sigma).ceil() as i32;
    let all: Vec<f64> = (-reach..=reach).map(|n| (-0.5 * (f64::from(n) / sigma).powi(2)).exp()).collect();
    let sum: f64 = all.iter().sum();
    all.into_iter().map(|t| (t / sum) as f32).collect()
}

/// Smooths along one axis; the edge is continued outwards.
fn blur(values: &mut [f32], [columns, rows, slices]: [usize; 3], axis: usize, sigma: f64) {
    let taps = taps(sigma);
    if taps.len() == 1 {
        return;
    }
    let reach = taps.len() / 2;
    let plane = columns * rows;
    let (length, stride) = [(columns, 1), (rows, columns), (slices, plane)][axis];
    let lines = |values: &mut [f32], starts: &[usize]| {
        let mut line = vec![0.0f32; length + 2 * reach];
        for start in starts {
            for (n, to) in line.iter_mut().enumerate() {
                *to = values[start + n.saturating_sub(reach).min(length - 1) * stride];
            }
            for n in 0..length {
                values[start + n * stride] = line[n..].iter().zip(&taps).map(|(v, t)| v * t).sum();
            }
        }
    };
    match axis {
        0 | 1 => values.par_chunks_mut(plane).for_each(|slice| {
            let starts: Vec<usize> =
                if axis == 0 { (0..rows).map(|j| j * columns).collect() } else { (0..columns).collect() };
            lines(slice, &starts);
        }),
        _ => lines(values, &(0..plane).collect::<Vec<_>>()),
    }
}

/// SD of the noise after smoothing, from the median step between neighbours before it.
fn noise_left(before: &[f32], _after: &[f32], [columns, _, _]: [usize; 3], sigmas: [f64; 3]) -> f32 {
    let mut steps: Vec<f32> = before
        .chunks_exact(columns.max(1))
        .step_by(3)
        .flat_map(|row| row.windows(3).step_by(2).map(|w| (w[0] - w[2]).abs()))
        .collect();
    if steps.is_empty() {
        return 1.0;
    }
    let half = steps.len() / 2;
    let (_, median, _) = steps.select_nth_unstable_by(half, f32::total_cmp);
    // |difference of two| has its median at 0.6745 sqrt(2) SD.
    let single = *median / 0.954;
    let kept: f64 = sigmas.iter().map(|s| taps(*s).iter().map(|t| f64::from(t * t)).sum::<f64>().sqrt()).product();
    // Noise of scanners is grainy: neighbours are alike, and smoothing takes less than it would of even noise.
    (f64::from(single) * (1.6 * kept).min(1.0)).max(1e-3) as f32
}
