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
/// Empty when a number is not finite or the slice too large for a mask.
#[must_use]
pub fn capsule(grid: &Grid, from: SlicePoint, to: SlicePoint, radius_mm: f64) -> RleSlice {
    if ![from.i, from.j, to.i, to.j, radius_mm].iter().all(|v| v.is_finite()) {
        return RleSlice::new();
    }
    if u32::try_from(grid.slice_len()).is_err() {
        return RleSlice::new(); // no mask can be made on it
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::marks::mask::tests::grid;
    use proptest::prelude::*;

    fn offsets(slice: &RleSlice) -> Vec<u32> {
        slice.runs().iter().flat_map(|run| run.start..run.end()).collect()
    }

    /// Every voxel whose centre lies within the radius of the path, one by one.
    fn by_distance(grid: &Grid, a: SlicePoint, b: SlicePoint, radius_mm: f64) -> Vec<u32> {
        let [columns, rows, _] = grid.dims;
        let [sx, sy, _] = grid.spacing_mm;
        let (dx, dy) = ((b.i - a.i) * sx, (b.j - a.j) * sy);
        let within = |offset: &u32| {
            let (x, y) = ((f64::from(offset % columns) - a.i) * sx, (f64::from(offset / columns) - a.j) * sy);
            let squared = dx * dx + dy * dy;
            let t = if squared > 0.0 { ((x * dx + y * dy) / squared).clamp(0.0, 1.0) } else { 0.0 };
            (x - t * dx).hypot(y - t * dy) <= radius_mm
        };
        (0..columns * rows).filter(within).collect()
    }

    #[test]
    fn a_disc_of_two_mm_on_one_mm_pixels_has_thirteen() {
        let disc = disc(&grid([1.0; 3], [9, 9, 1]), SlicePoint::new(4.0, 4.0), 2.0);
        // Rows of 1, 3, 5, 3, 1 voxels: lattice points with x^2 + y^2 <= 4.
        let rows: Vec<_> = disc.rows(9).collect();
        assert_eq!(rows, [(2, 4, 5), (3, 3, 6), (4, 2, 7), (5, 3, 6), (6, 4, 5)]);
    }

    #[test]
    fn non_square_pixels_do_not_squeeze_the_disc() {
        let disc = disc(&grid([1.0, 2.0, 1.0], [21, 21, 1]), SlicePoint::new(10.0, 10.0), 4.0);
        let rows: Vec<_> = disc.rows(21).collect();
        assert_eq!((rows[0].0, rows[rows.len() - 1].0), (8, 12), "4 mm are two rows");
        assert_eq!(rows[2], (10, 6, 15), "and four columns");
    }

    #[test]
    fn the_smallest_brush_marks_the_voxel_under_the_cursor() {
        let grid = grid([0.8, 0.8, 3.0], [20, 20, 1]);
        assert_eq!(offsets(&disc(&grid, SlicePoint::new(3.4, 5.4), 0.1)), [5 * 20 + 3]);
        assert_eq!(offsets(&disc(&grid, SlicePoint::new(3.4, 5.4), -1.0)), [5 * 20 + 3]);
        assert!(disc(&grid, SlicePoint::new(-3.0, 5.0), 0.1).is_empty());
        assert!(disc(&grid, SlicePoint::new(f64::NAN, 5.0), 3.0).is_empty());
        assert!(disc(&grid, SlicePoint::new(3.0, 5.0), f64::INFINITY).is_empty());
        assert_eq!(disc(&grid, SlicePoint::new(3.0, 5.0), 1e9).count(), 400, "clipped to the picture");
    }

    #[test]
    fn a_fast_thin_drag_leaves_no_gap() {
        let path = capsule(&grid([1.0; 3], [60, 60, 1]), SlicePoint::new(2.2, 3.1), SlicePoint::new(55.7, 31.9), 0.2);
        let voxels: Vec<(u32, u32)> = offsets(&path).into_iter().map(|o| (o % 60, o / 60)).collect();
        for column in 2..=56 {
            assert!(voxels.iter().any(|(i, _)| *i == column), "column {column} is missing");
        }
        let mut by_column = voxels.clone();
        by_column.sort_unstable();
        assert!(by_column.windows(2).all(|w| w[1].0 - w[0].0 <= 1 && w[1].1.abs_diff(w[0].1) <= 1));
    }

    proptest! {
        #[test]
        fn a_drag_covers_what_lies_within_the_radius(
            i in -3.0..25.0f64, j in -3.0..25.0f64, di in -20.0..20.0f64, dj in -20.0..20.0f64,
            radius in 1.7..9.0f64, sx in 0.4..1.6f64, sy in 0.4..1.6f64,
        ) {
            let grid = grid([sx, sy, 3.0], [23, 22, 1]);
            let (a, b) = (SlicePoint::new(i, j), SlicePoint::new(i + di, j + dj));
            prop_assert_eq!(offsets(&capsule(&grid, a, b, radius)), by_distance(&grid, a, b, radius));
            prop_assert_eq!(offsets(&disc(&grid, a, radius)), by_distance(&grid, a, a, radius));
        }
    }
}
