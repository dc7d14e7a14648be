//! What a mark measures: volume, diameters, centroid (design 5).
//!
//! The volume is the voxel count times the voxel volume. Diameters are of the 0.5 isosurface through voxel
//! centres, within one slice: a run of n voxels is n voxels long, corners are cut by half a voxel.

use super::{Mask, RleSlice, SlicePoint, slice_outlines};
use crate::geometry::{Grid, PatientPoint, VoxelIndex};

/// Lengths that differ by less are the same, so that the choice between equals does not hang on rounding.
const SAME_LENGTH: f64 = 1e-9;

/// A straight measurement across a mark in one slice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Diameter {
    /// Slice of the mark's grid.
    pub slice: u32,
    /// One end, voxels.
    pub a: SlicePoint,
    /// The other end, voxels.
    pub b: SlicePoint,
    /// Length in the unit of the grid's spacing: mm, or pixels where the pixels are not calibrated.
    pub length: f64,
}

/// What a mark measures.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurements {
    /// Number of marked voxels.
    pub voxels: u64,
    /// Voxel count times voxel volume, ml; meaningless on a picture stack.
    pub volume_ml: f64,
    /// The longest diameter within one slice, over all slices; the lowest slice of equals. Where a slice
    /// shows several parts it spans them.
    pub longest: Diameter,
    /// The longest extent at right angles to it, in the same slice, from outline to outline.
    pub perpendicular: Diameter,
    /// Mean place of the marked voxels.
    pub centroid: PatientPoint,
    /// First and last slice.
    pub slices: (u32, u32),
}

/// Measures a mark; `None` when nothing is marked.
#[must_use]
pub fn measure(mask: &Mask) -> Option<Measurements> {
    let grid = mask.grid();
    let plane = InPlane::of(grid);
    let (first, last) = (*mask.slices().first_key_value()?.0, *mask.slices().last_key_value()?.0);
    let mut longest: Option<Diameter> = None;
    for (slice, runs) in mask.slices() {
        if let Some(found) = longest_in_slice(*slice, runs, grid.dims[0], &plane)
            && longest.is_none_or(|best| found.length > best.length + SAME_LENGTH)
        {
            longest = Some(found);
        }
    }
    let longest = longest?;
    let perpendicular = perpendicular(&longest, mask.slice(longest.slice)?, grid.dims[0], &plane)?;
    let voxels = mask.voxel_count();
    Some(Measurements {
        voxels,
        volume_ml: voxels as f64 * grid.voxel_volume_ml(),
        longest,
        perpendicular,
        centroid: centroid(mask),
        slices: (first, last),
    })
}

/// A place in a slice in the unit of the grid's spacing; `x` along rows, `y` at right angles to it.
type Flat = (f64, f64);

/// Lengths within a slice. Pixels need not be square, nor quite at right angles.
struct InPlane {
    column_step: f64,
    row_step_along: f64,
    row_step_across: f64,
}

impl InPlane {
    fn of(grid: &Grid) -> Self {
        let cosine = grid.axes[0].cosine(grid.axes[1]).clamp(-1.0, 1.0);
        let [column_step, row_step, _] = grid.spacing_mm;
        Self {
            column_step,
            row_step_along: row_step * cosine,
            row_step_across: row_step * (1.0 - cosine * cosine).sqrt(),
        }
    }

    fn flat(&self, p: SlicePoint) -> Flat {
        (p.i * self.column_step + p.j * self.row_step_along, p.j * self.row_step_across)
    }

    fn point(&self, (x, y): Flat) -> SlicePoint {
        let j = y / self.row_step_across;
        SlicePoint::new((x - j * self.row_step_along) / self.column_step, j)
    }
}

/// The longest diameter of a slice: between two corners of the convex hull of its outline.
fn longest_in_slice(slice: u32, runs: &RleSlice, columns: u32, plane: &InPlane) -> Option<Diameter> {
    let hull = hull(extreme_points(runs, columns).into_iter().map(|p| plane.flat(p)).collect());
    let mut best: Option<(Flat, Flat, f64)> = None;
    for (n, a) in hull.iter().enumerate() {
        for b in &hull[n + 1..] {
            let length = (b.0 - a.0).hypot(b.1 - a.1);
            if best.is_none_or(|(_, _, longest)| length > longest + SAME_LENGTH) {
                best = Some((*a, *b, length));
            }
        }
    }
    best.map(|(a, b, length)| Diameter { slice, a: plane.point(a), b: plane.point(b), length })
}

/// Outline points among which are all corners of the outline's hull. The isosurface cuts the four edges
/// from a voxel to its neighbours halfway, and only the first and last voxel of a row can lie on the hull.
fn extreme_points(runs: &RleSlice, columns: u32) -> Vec<SlicePoint> {
    let mut rows: Vec<(u32, u32, u32)> = Vec::new();
    for (row, first, end) in runs.rows(columns) {
        match rows.last_mut() {
            Some(last) if last.0 == row => last.2 = end - 1,
            _ => rows.push((row, first, end - 1)),
        }
    }
    rows.iter()
        .flat_map(|(row, first, last)| {
            let (row, first, last) = (f64::from(*row), f64::from(*first), f64::from(*last));
            [
                (first - 0.5, row),
                (last + 0.5, row),
                (first, row - 0.5),
                (first, row + 0.5),
                (last, row - 0.5),
                (last, row + 0.5),
            ]
        })
        .map(|(i, j)| SlicePoint::new(i, j))
        .collect()
}

/// Corners of the convex hull (Andrew's monotone chain).
fn hull(mut points: Vec<Flat>) -> Vec<Flat> {
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    points.dedup();
    let turn = |o: Flat, a: Flat, b: Flat| (a.0 - o.0) * (b.1 - o.1) - (a.1 - o.1) * (b.0 - o.0);
    let half = |points: &mut dyn Iterator<Item = Flat>| {
        let mut chain: Vec<Flat> = Vec::new();
        for p in points {
            while let [.., o, a] = chain.as_slice()
                && turn(*o, *a, p) <= 0.0
            {
                chain.pop();
            }
            chain.push(p);
        }
        chain.pop();
        chain
    };
    let mut all = half(&mut points.iter().copied());
    all.extend(half(&mut points.iter().rev().copied()));
    all
}

/// The longest extent of the outline at right angles to the longest diameter.
///
/// Between two neighbouring corners of the outline (along the diameter) the extent changes linearly, so its
/// greatest value is at a corner: one sweep over the corners, with the edges that reach each.
fn perpendicular(longest: &Diameter, runs: &RleSlice, columns: u32, plane: &InPlane) -> Option<Diameter> {
    let (a, b) = (plane.flat(longest.a), plane.flat(longest.b));
    let (ux, uy) = ((b.0 - a.0) / longest.length, (b.1 - a.1) / longest.length);
    let turned = |p: SlicePoint| {
        let (x, y) = plane.flat(p);
        let (dx, dy) = (x - a.0, y - a.1);
        (dx * ux + dy * uy, dy * ux - dx * uy) // along, across
    };
    let mut edges: Vec<(Flat, Flat)> = Vec::new();
    for outline in slice_outlines(runs, columns) {
        let line: Vec<Flat> = outline.0.iter().map(|p| turned(*p)).collect();
        for (p, q) in line.iter().zip(line.iter().cycle().skip(1)) {
            edges.push(if p.0 <= q.0 { (*p, *q) } else { (*q, *p) });
        }
    }
    edges.sort_by(|p, q| p.0.0.total_cmp(&q.0.0));
    let mut corners: Vec<f64> = edges.iter().map(|(p, _)| p.0).chain(edges.iter().map(|(_, q)| q.0)).collect();
    corners.sort_by(f64::total_cmp);
    corners.dedup();
    let mut ahead = edges.iter().peekable();
    let mut reached: Vec<&(Flat, Flat)> = Vec::new();
    let mut best: Option<(f64, f64, f64)> = None;
    for t in corners {
        while let Some(edge) = ahead.next_if(|edge| edge.0.0 <= t) {
            reached.push(edge);
        }
        reached.retain(|edge| edge.1.0 >= t);
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for (p, q) in &reached {
            let run = q.0 - p.0;
            let across = |s: f64| p.1 + (q.1 - p.1) * s;
            let ends = if run > 1e-12 { [across((t - p.0) / run); 2] } else { [p.1, q.1] };
            (low, high) = (low.min(ends[0]).min(ends[1]), high.max(ends[0]).max(ends[1]));
        }
        if best.is_none_or(|(_, l, h)| high - low > h - l + SAME_LENGTH) {
            best = Some((t, low, high));
        }
    }
    let (t, low, high) = best?;
    let back = |across: f64| plane.point((a.0 + t * ux - across * uy, a.1 + t * uy + across * ux));
    Some(Diameter { slice: longest.slice, a: back(low), b: back(high), length: high - low })
}

/// Mean place of the marked voxels. The mask must not be empty.
fn centroid(mask: &Mask) -> PatientPoint {
    let columns = mask.grid().dims[0];
    let (mut n, mut i, mut j, mut k) = (0.0, 0.0, 0.0, 0.0);
    for (slice, runs) in mask.slices() {
        for (row, first, end) in runs.rows(columns) {
            let len = f64::from(end - first);
            n += len;
            i += len * (f64::from(first) + f64::from(end - 1)) / 2.0;
            j += len * f64::from(row);
            k += len * f64::from(*slice);
        }
    }
    mask.grid().to_patient(VoxelIndex::new(i / n, j / n, k / n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::marks::Run;
    use crate::marks::mask::tests::{fill, grid};
    use proptest::prelude::*;

    fn near(value: f64, expected: f64, tolerance: f64) -> bool {
        (value - expected).abs() <= tolerance
    }

    fn length_mm(d: &Diameter, grid: &Grid) -> f64 {
        ((d.b.i - d.a.i) * grid.spacing_mm[0]).hypot((d.b.j - d.a.j) * grid.spacing_mm[1])
    }

    #[test]
    fn nothing_marked_measures_nothing() {
        assert_eq!(measure(&Mask::new(grid([1.0; 3], [4, 4, 4])).unwrap()), None);
    }

    #[test]
    fn one_voxel_is_as_long_as_its_longer_side() {
        let m = measure(&fill(grid([2.0, 3.0, 5.0], [5, 5, 5]), |p| (p.x, p.y, p.z) == (4.0, 6.0, 10.0))).unwrap();
        assert!(near(m.longest.length, 3.0, 1e-12) && near(m.perpendicular.length, 2.0, 1e-12));
        assert_eq!((m.voxels, m.slices, m.longest.slice), (1, (2, 2), 2));
        assert!(near(m.volume_ml, 0.030, 1e-12));
        assert!(m.centroid.distance_mm(PatientPoint::new(4.0, 6.0, 10.0)) < 1e-12);
    }

    #[test]
    fn a_run_of_n_voxels_is_n_voxels_long() {
        let m = measure(&fill(grid([0.8, 0.7, 3.0], [20, 9, 1]), |p| p.y == 0.7 * 4.0 && p.x < 0.8 * 10.5)).unwrap();
        assert_eq!(m.voxels, 11);
        assert!(near(m.longest.length, 8.8, 1e-9) && near(m.perpendicular.length, 0.7, 1e-9));
    }

    #[test]
    fn a_box_by_hand() {
        // 10 x 5 x 2 voxels of 2 x 3 x 4 mm. Corners are cut by half a voxel, so the longest diagonal is
        // either (10, 4) or (9, 5) voxels: 20 x 12 mm or 18 x 15 mm; the second is longer.
        let m = measure(&fill(grid([2.0, 3.0, 4.0], [14, 9, 6]), |p| {
            (4.0..=22.0).contains(&p.x) && (6.0..=18.0).contains(&p.y) && (8.0..=12.0).contains(&p.z)
        }))
        .unwrap();
        assert!(near(m.longest.length, 549f64.sqrt(), 1e-9), "{}", m.longest.length);
        assert!(near(m.volume_ml, 2.4, 1e-12));
        assert_eq!((m.slices, m.longest.slice), ((2, 3), 2), "the lower of two equal slices");
        assert!(m.centroid.distance_mm(PatientPoint::new(13.0, 12.0, 10.0)) < 1e-9);
    }

    #[test]
    fn a_disc_has_its_diameter_within_one_voxel() {
        for (spacing, x, y) in [(0.75, 30.0, 30.0), (0.6, 30.3, 29.8), (1.1, 29.77, 30.41)] {
            let g = grid([spacing, spacing, 3.0], [110, 110, 1]);
            let m = measure(&fill(g, |p| (p.x - x).hypot(p.y - y) <= 20.0)).unwrap();
            assert!(near(m.longest.length, 40.0, spacing), "{}", m.longest.length);
            assert!(near(m.perpendicular.length, 40.0, spacing), "{}", m.perpendicular.length);
        }
    }

    #[test]
    fn an_ellipse_has_both_axes_within_one_voxel_diagonal() {
        // The zone of reading.md 7 at +35 d: 42 x 34 mm, turned by 30 degrees, pixels not square.
        let (sin, cos) = 30f64.to_radians().sin_cos();
        let g = grid([0.7, 0.9, 3.0], [100, 80, 3]);
        let m = measure(&fill(g.clone(), |p| {
            let (x, y) = (p.x - 35.0, p.y - 36.0);
            p.z == 3.0 && ((x * cos + y * sin) / 21.0).powi(2) + ((y * cos - x * sin) / 17.0).powi(2) <= 1.0
        }))
        .unwrap();
        let diagonal = 0.7f64.hypot(0.9);
        assert!(near(m.longest.length, 42.0, diagonal), "{}", m.longest.length);
        assert!(near(m.perpendicular.length, 34.0, diagonal), "{}", m.perpendicular.length);
        assert!(near(length_mm(&m.longest, &g), m.longest.length, 1e-9));
        assert!(near(length_mm(&m.perpendicular, &g), m.perpendicular.length, 1e-9));
        assert!(m.centroid.distance_mm(PatientPoint::new(35.0, 36.0, 3.0)) < 0.1);
    }

    #[test]
    fn a_ball_has_its_volume_within_two_percent() {
        let centre = PatientPoint::new(25.3, 24.9, 26.0);
        let m = measure(&fill(grid([0.8, 0.8, 3.0], [64, 64, 18]), |p| p.distance_mm(centre) <= 18.0)).unwrap();
        let ball_ml = 4.0 / 3.0 * std::f64::consts::PI * 18f64.powi(3) / 1000.0;
        assert!(near(m.volume_ml / ball_ml, 1.0, 0.02), "{} of {ball_ml}", m.volume_ml);
        assert!(near(m.longest.length, 36.0, 0.8), "{}", m.longest.length);
        assert!(m.centroid.distance_mm(centre) < 0.2);
    }

    #[test]
    fn a_crescent_is_as_wide_as_it_is_thick() {
        // A disc of 20 mm less the same disc 8 mm to the left of the patient: 40 mm long, 8 mm thick. Its
        // hull would be 20 mm wide. At the horns its sides run nearly along the rows, where the steps
        // between two rows widen it by up to 2 mm.
        let m = measure(&fill(grid([0.5, 0.5, 3.0], [120, 120, 1]), |p| {
            (p.x - 30.0).hypot(p.y - 30.0) <= 20.0 && (p.x - 38.0).hypot(p.y - 30.0) > 20.0
        }))
        .unwrap();
        assert!(near(m.longest.length, 40.0, 0.5), "{}", m.longest.length);
        assert!((7.5..=10.0).contains(&m.perpendicular.length), "{}", m.perpendicular.length);
    }

    #[test]
    fn slanted_axes_measure_true_lengths() {
        let mut slanted = grid([1.0, 1.0, 1.0], [30, 30, 1]);
        slanted.axes[1] = crate::geometry::PatientVector::new(0.6, 0.8, 0.0).direction().unwrap();
        let m = measure(&Mask::from_slices(slanted, [(0, RleSlice::from_runs([Run { start: 5, len: 9 }]))]).unwrap());
        assert!(near(m.unwrap().longest.length, 9.0, 1e-9));
    }

    proptest! {
        #[test]
        fn no_two_outline_points_are_further_apart(
            bits in prop::collection::vec(any::<bool>(), 81), sx in 0.5..2.0f64, sy in 0.5..2.0f64,
        ) {
            let runs = (0..81u32).filter(|n| bits[*n as usize]).map(|n| Run { start: n, len: 1 });
            let g = grid([sx, sy, 1.0], [9, 9, 1]);
            let mask = Mask::from_slices(g.clone(), [(0, RleSlice::from_runs(runs))]).unwrap();
            let Some(m) = measure(&mask) else { return Ok(()) };
            let points: Vec<SlicePoint> =
                slice_outlines(mask.slice(0).unwrap(), 9).into_iter().flat_map(|line| line.0).collect();
            let mut longest = 0.0f64;
            for a in &points {
                for b in &points {
                    longest = longest.max(((b.i - a.i) * sx).hypot((b.j - a.j) * sy));
                }
            }
            prop_assert!(near(m.longest.length, longest, 1e-7), "{} {}", m.longest.length, longest);
            prop_assert!(near(length_mm(&m.longest, &g), longest, 1e-7));

            // The perpendicular is at right angles, no longer than the longest, and no outline pair at right
            // angles beats it.
            let (l, p) = (m.longest, m.perpendicular);
            let dot = (l.b.i - l.a.i) * (p.b.i - p.a.i) * sx * sx + (l.b.j - l.a.j) * (p.b.j - p.a.j) * sy * sy;
            prop_assert!(dot.abs() < 1e-6);
            prop_assert!(p.length <= longest + 1e-7 && p.length > 0.0);
            for a in &points {
                for b in &points {
                    let (x, y) = ((b.i - a.i) * sx, (b.j - a.j) * sy);
                    let along = (x * (l.b.i - l.a.i) * sx + y * (l.b.j - l.a.j) * sy) / l.length;
                    prop_assert!(along.abs() > 1e-9 || x.hypot(y) <= p.length + 1e-6);
                }
            }
        }
    }
}
