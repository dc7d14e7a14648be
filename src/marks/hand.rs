//! Tools of the hand beyond the disc: a ball, an area with corners, and what holds a brush back.

use super::{RleSlice, Run, SlicePoint, disc};
use crate::geometry::{Grid, PatientPoint};
use crate::volume::Volume;

/// The voxels whose centres lie within a ball, slice by slice; those of the slice through its middle include the voxel
/// under it, however small the ball.
#[must_use]
pub fn ball(grid: &Grid, centre: PatientPoint, radius_mm: f64) -> Vec<(u32, RleSlice)> {
    let at = grid.to_index(centre);
    // Slices may not be stacked at right angles: their distance counts along the normal.
    let lean = grid.axes[2].cosine(grid.normal()).abs();
    let step_mm = grid.spacing_mm[2] * lean;
    if ![at.i, at.j, at.k, radius_mm].iter().all(|v| v.is_finite()) || step_mm <= 0.0 {
        return Vec::new();
    }
    let radius_mm = radius_mm.max(0.0);
    let reach = radius_mm / step_mm;
    let first = (at.k - reach).ceil().min(at.k.round()).max(0.0);
    let last = (at.k + reach).floor().max(at.k.round()).min(f64::from(grid.dims[2]) - 1.0);
    if first > last {
        return Vec::new();
    }
    let slices = (first as u32..=last as u32).filter_map(|k| {
        let off_mm = (f64::from(k) - at.k) * step_mm;
        let left = radius_mm * radius_mm - off_mm * off_mm;
        let through = f64::from(k) == at.k.round();
        if left < 0.0 && !through {
            return None;
        }
        // Where slices are stacked askew, the middle moves along them.
        let foot = centre
            + grid.normal().times_mm((f64::from(k) - at.k) * grid.spacing_mm[2] * grid.axes[2].cosine(grid.normal()));
        let on = grid.to_index(foot);
        let runs = disc(grid, SlicePoint::new(on.i, on.j), left.max(0.0).sqrt());
        let runs = if through || left >= 0.0 { runs } else { RleSlice::new() };
        (!runs.is_empty()).then_some((k, runs))
    });
    slices.collect()
}

/// The voxels whose centres lie inside a closed line (even-odd), such as a polygon or what was drawn freehand.
#[must_use]
pub fn area(grid: &Grid, corners: &[SlicePoint]) -> RleSlice {
    let [columns, rows, _] = grid.dims;
    if corners.len() < 3 || u32::try_from(grid.slice_len()).is_err() {
        return RleSlice::new();
    }
    if !corners.iter().all(|p| p.i.is_finite() && p.j.is_finite()) {
        return RleSlice::new();
    }
    let low = corners.iter().fold(f64::INFINITY, |low, p| low.min(p.j)).ceil().max(0.0);
    let high = corners.iter().fold(f64::NEG_INFINITY, |high, p| high.max(p.j)).floor().min(f64::from(rows) - 1.0);
    let mut runs = Vec::new();
    if low > high {
        return RleSlice::new();
    }
    for row in low as u32..=high as u32 {
        let y = f64::from(row);
        let mut crossings: Vec<f64> = corners
            .iter()
            .zip(corners.iter().cycle().skip(1))
            .filter(|(a, b)| (a.j <= y) != (b.j <= y))
            .map(|(a, b)| a.i + (b.i - a.i) * (y - a.j) / (b.j - a.j))
            .collect();
        crossings.sort_by(f64::total_cmp);
        for pair in crossings.chunks_exact(2) {
            let first = pair[0].ceil().max(0.0);
            let last = pair[1].floor().min(f64::from(columns) - 1.0);
            if first <= last {
                runs.push(Run { start: row * columns + first as u32, len: (last - first) as u32 + 1 });
            }
        }
    }
    RleSlice::from_runs(runs)
}

/// Of some voxels of a slice those whose value lies in a range, both ends included; one without a value is left out.
#[must_use]
pub fn gated(runs: &RleSlice, volume: &Volume, slice: u32, (low, high): (f64, f64)) -> RleSlice {
    let columns = volume.grid.dims[0];
    runs.filtered(columns, |i, j| volume.value(i, j, slice).is_some_and(|v| (low..=high).contains(&v)))
}
