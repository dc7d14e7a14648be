//! The disc brush: which voxels a touch or a drag covers on one slice.
//!
//! A voxel belongs when its centre lies within the radius, measured in mm, so that non-square pixels do not
//! squeeze the disc. The voxel under the cursor always belongs, however small the brush.

use super::{RleSlice, Run, SlicePoint};
use crate::geometry::Grid;

/// Slack for rounding, mm, so that a centre exactly on the rim belongs.
const ON_RIM_MM: f64 = 1e-9;

/// The voxels of a disc around `centre`.
#[must_use]
pub fn disc(grid: &Grid, centre: SlicePoint, radius_mm: f64) -> RleSlice {
    capsule(grid, centre, centre, radius_mm)
}

/// The voxels that a disc covers on its way from one point to the next, so that a fast drag leaves no gaps.
/// Empty when a number is not finite.
#[must_use]
pub fn capsule(grid: &Grid, from: SlicePoint, to: SlicePoint, radius_mm: f64) -> RleSlice {
    if ![from.i, from.j, to.i, to.j, radius_mm].iter().all(|v| v.is_finite()) {
        return RleSlice::new();
    }
    let [columns, rows, _] = grid.dims;
    let [step_x, step_y, _] = grid.spacing_mm;
    let radius = radius_mm.max(0.0) + ON_RIM_MM;
    let shape = Capsule { a: (from.i * step_x, from.j * step_y), b: (to.i * step_x, to.j * step_y), radius };
    let mut runs = Vec::new();
    let first_row = ((shape.a.1.min(shape.b.1) - radius) / step_y).ceil().max(0.0);
    let last_row = ((shape.a.1.max(shape.b.1) + radius) / step_y).floor().min(f64::from(rows) - 1.0);
    if first_row <= last_row {
        for row in first_row as u32..=last_row as u32 {
            let Some((left, right)) = shape.on_row(f64::from(row) * step_y) else { continue };
            let first = (left / step_x).ceil().max(0.0);
            let last = (right / step_x).floor().min(f64::from(columns) - 1.0);
            if first <= last {
                runs.push(Run { start: row * columns + first as u32, len: (last - first) as u32 + 1 });
            }
        }
    }
    // A brush thinner than the voxels could pass between their centres.
    if radius_mm < step_x.max(step_y) {
        thin_path(grid, from, to, &mut runs);
    }
    RleSlice::from_runs(runs)
}

/// The voxels under the cursor on its way, stepped at half a voxel.
fn thin_path(grid: &Grid, from: SlicePoint, to: SlicePoint, runs: &mut Vec<Run>) {
    let [columns, rows, _] = grid.dims;
    let (di, dj) = (to.i - from.i, to.j - from.j);
    // Beyond twice the picture the cursor is far outside; the path inside stays without gaps up to there.
    let most = 4.0 * (f64::from(columns) + f64::from(rows));
    let steps = (2.0 * di.abs().max(dj.abs())).ceil().clamp(1.0, most);
    for step in 0..=steps as u32 {
        let t = f64::from(step) / steps;
        let (i, j) = ((from.i + t * di).round(), (from.j + t * dj).round());
        if i >= 0.0 && j >= 0.0 && i < f64::from(columns) && j < f64::from(rows) {
            runs.push(Run { start: j as u32 * columns + i as u32, len: 1 });
        }
    }
}

/// All points within `radius` of the segment from `a` to `b`; mm.
struct Capsule {
    a: (f64, f64),
    b: (f64, f64),
    radius: f64,
}

impl Capsule {
    /// Where the row at `y` enters and leaves. A capsule is convex, so each of its parts (two discs and the
    /// strip between) gives an interval, and their hull is the capsule's.
    fn on_row(&self, y: f64) -> Option<(f64, f64)> {
        let parts = [disc_on_row(self.a, self.radius, y), disc_on_row(self.b, self.radius, y), self.strip_on_row(y)];
        parts.into_iter().flatten().reduce(|(l, r), (left, right)| (l.min(left), r.max(right)))
    }

    fn strip_on_row(&self, y: f64) -> Option<(f64, f64)> {
        let (dx, dy) = (self.b.0 - self.a.0, self.b.1 - self.a.1);
        let length = dx.hypot(dy);
        if length < 1e-12 {
            return None;
        }
        let (ux, uy) = (dx / length, dy / length);
        let rise = y - self.a.1;
        // Along the segment: 0 <= x ux + rise uy <= length. Across: -r <= rise ux - x uy <= r.
        let along = between(ux, rise * uy, 0.0, length)?;
        let across = between(-uy, rise * ux, -self.radius, self.radius)?;
        let (left, right) = (along.0.max(across.0), along.1.min(across.1));
        (left <= right).then_some((self.a.0 + left, self.a.0 + right))
    }
}

fn disc_on_row(centre: (f64, f64), radius: f64, y: f64) -> Option<(f64, f64)> {
    let rise = y - centre.1;
    let half = radius * radius - rise * rise;
    (half >= 0.0).then(|| (centre.0 - half.sqrt(), centre.0 + half.sqrt()))
}

/// The `x` with `low <= x * slope + offset <= high`.
fn between(slope: f64, offset: f64, low: f64, high: f64) -> Option<(f64, f64)> {
    if slope.abs() < 1e-12 {
        return (offset >= low && offset <= high).then_some((f64::NEG_INFINITY, f64::INFINITY));
    }
    let (p, q) = ((low - offset) / slope, (high - offset) / slope);
    Some((p.min(q), p.max(q)))
}
