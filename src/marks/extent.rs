//! How far a mark reaches in space: its longest diameter in 3-D, and its axes along a line.
//!
//! Lengths are of the 0.5 isosurface through voxel centres (design 5): half a voxel beyond the outermost centres, along
//! the axes of the image. The corners of its hull are marked voxels at the end of their row, column and line of slices.

use super::Mask;
use crate::geometry::{PatientPoint, PatientVector, VoxelIndex};
use std::collections::BTreeMap;

/// A straight measurement in space.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// One end.
    pub a: PatientPoint,
    /// The other end.
    pub b: PatientPoint,
    /// Its length, mm.
    pub length_mm: f64,
}

impl Span {
    fn between(a: PatientPoint, b: PatientPoint) -> Self {
        Self { a, b, length_mm: a.distance_mm(b) }
    }
}

/// A zone's axes along a line, such as that of the applicator (Ahmed 2014: long axis along the applicator, two short axes
/// at right angles).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AxesAlong {
    /// From end to end along the line, mm.
    pub long_mm: f64,
    /// The longest extent at right angles to the line, mm.
    pub short_mm: f64,
    /// The extent at right angles to both, mm.
    pub shortest_mm: f64,
}

/// The longest diameter in 3-D; `None` for an empty mark. Meaningless on pictures that make no volume.
#[must_use]
pub fn longest_in_space(mask: &Mask) -> Option<Span> {
    let points = corners(mask);
    let halves = half_steps(mask);
    let mut best: Option<(f64, usize, usize, usize)> = None;
    for (n, a) in points.iter().enumerate() {
        for (m, b) in points.iter().enumerate().skip(n) {
            let d = *b - *a;
            let middle = d.dot(d);
            for (axis, half) in halves.iter().enumerate() {
                // Both ends half a voxel further along the axis, away from each other.
                let far = middle + 4.0 * d.dot(*half).abs() + 4.0 * half.dot(*half);
                if best.is_none_or(|(most, ..)| far > most + 1e-9) {
                    best = Some((far, n, m, axis));
                }
            }
        }
    }
    let (_, n, m, axis) = best?;
    let (a, b, half) = (*points.get(n)?, *points.get(m)?, halves[axis]);
    let out = if (b - a).dot(half) >= 0.0 { half } else { half * -1.0 };
    Some(Span::between(a - out, b + out))
}

/// The axes of a mark along the line from `from` to `to`; `None` for an empty mark and a line without length.
#[must_use]
pub fn axes_along(mask: &Mask, from: PatientPoint, to: PatientPoint) -> Option<AxesAlong> {
    let points = corners(mask);
    let halves = half_steps(mask);
    let first = *points.first()?;
    let along = (to - from).direction()?.vector();
    let extent = |way: PatientVector| {
        let beyond = halves.iter().map(|half| half.dot(way).abs()).fold(0.0, f64::max);
        let (low, high) = points
            .iter()
            .map(|p| (*p - first).dot(way))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| (low.min(at), high.max(at)));
        high - low + 2.0 * beyond
    };
    // Two ways at right angles to the line, and the longest extent among those between them: the caliper turned by half
    // a degree at a time.
    let least = if along.x.abs() < 0.6 { PatientVector::new(1.0, 0.0, 0.0) } else { PatientVector::new(0.0, 1.0, 0.0) };
    let u = along.cross(least).direction()?.vector();
    let v = along.cross(u);
    let turned = |n: u32| {
        let (sin, cos) = (f64::from(n) * std::f64::consts::PI / 360.0).sin_cos();
        u * cos + v * sin
    };
    let (short_mm, at) = (0..360)
        .map(|n| (extent(turned(n)), n))
        .fold((0.0, 0), |best, next| if next.0 > best.0 + 1e-9 { next } else { best });
    Some(AxesAlong { long_mm: extent(along), short_mm, shortest_mm: extent(turned(at + 180)) })
}

/// Half a voxel along each axis.
fn half_steps(mask: &Mask) -> [PatientVector; 3] {
    let grid = mask.grid();
    [0, 1, 2].map(|axis| grid.axes[axis].times_mm(grid.spacing_mm[axis] / 2.0))
}

/// Voxel centres among which are all corners of the hull: those at an end of their row, column and line of slices.
fn corners(mask: &Mask) -> Vec<PatientPoint> {
    let grid = mask.grid();
    let columns = grid.dims[0];
    let mut lines: BTreeMap<(u32, u32), (u32, u32)> = BTreeMap::new();
    let mut ends: Vec<[u32; 3]> = Vec::new();
    for (k, runs) in mask.slices() {
        let mut rows: BTreeMap<u32, (u32, u32)> = BTreeMap::new();
        let mut heights: BTreeMap<u32, (u32, u32)> = BTreeMap::new();
        for (j, first, end) in runs.rows(columns) {
            let row = rows.entry(j).or_insert((first, end - 1));
            *row = (row.0.min(first), row.1.max(end - 1));
            for i in first..end {
                let height = heights.entry(i).or_insert((j, j));
                *height = (height.0.min(j), height.1.max(j));
                let line = lines.entry((i, j)).or_insert((*k, *k));
                *line = (line.0.min(*k), line.1.max(*k));
            }
        }
        for (j, (first, last)) in rows {
            let both = if first == last { vec![first] } else { vec![first, last] };
            let at_end = |i: &u32| heights.get(i).is_some_and(|(top, bottom)| j == *top || j == *bottom);
            ends.extend(both.into_iter().filter(at_end).map(|i| [i, j, *k]));
        }
    }
    ends.into_iter()
        .filter(|[i, j, k]| lines.get(&(*i, *j)).is_some_and(|(low, high)| k == low || k == high))
        .map(|[i, j, k]| grid.to_patient(VoxelIndex::new(f64::from(i), f64::from(j), f64::from(k))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::marks::mask::tests::{fill, grid};
    use proptest::prelude::*;

    #[test]
    fn one_voxel_and_none() {
        let empty = Mask::new(grid([1.0; 3], [4, 4, 4])).unwrap();
        assert_eq!(longest_in_space(&empty), None);
        let one = fill(grid([0.8, 0.7, 3.0], [5, 5, 5]), |p| p.x < 0.5 && p.y < 0.5 && p.z == 6.0);
        assert!((longest_in_space(&one).unwrap().length_mm - 3.0).abs() < 1e-9);
    }

    #[test]
    fn a_ball_has_its_diameter_in_all_directions() {
        for (spacing, tolerance) in [([0.5; 3], 0.5), ([1.0, 1.0, 3.0], 3.0), ([2.5, 2.5, 5.0], 5.0)] {
            let dims = [0, 1, 2].map(|a: usize| (50.0 / spacing[a]) as u32);
            let centre = PatientPoint::new(24.3, 24.9, 24.6);
            let ball = fill(grid(spacing, dims), |p| p.distance_mm(centre) <= 18.0);
            let longest = longest_in_space(&ball).unwrap();
            assert!((longest.length_mm - 36.0).abs() < tolerance, "{spacing:?}: {}", longest.length_mm);
            assert!((longest.a.distance_mm(longest.b) - longest.length_mm).abs() < 1e-9);
        }
    }

    #[test]
    fn a_slanted_ellipsoid_has_its_axes() {
        // 42 x 30 x 24 mm, its long axis slanted out of the slices.
        let long = PatientVector::new(0.6, 0.0, 0.8);
        let (side, up) = (PatientVector::new(0.0, 1.0, 0.0), PatientVector::new(-0.8, 0.0, 0.6));
        let centre = PatientPoint::new(30.0, 30.0, 30.0);
        let mask = fill(grid([0.8, 0.8, 1.0], [75, 75, 61]), |p| {
            let d = p - centre;
            (d.dot(long) / 21.0).powi(2) + (d.dot(side) / 15.0).powi(2) + (d.dot(up) / 12.0).powi(2) <= 1.0
        });
        let longest = longest_in_space(&mask).unwrap();
        assert!((longest.length_mm - 42.0).abs() < 1.0, "{}", longest.length_mm);
        let axes = axes_along(&mask, centre, centre + long * 5.0).unwrap();
        assert!((axes.long_mm - 42.0).abs() < 1.0, "{axes:?}");
        assert!((axes.short_mm - 30.0).abs() < 1.0 && (axes.shortest_mm - 24.0).abs() < 1.0, "{axes:?}");
        assert_eq!(axes_along(&mask, centre, centre), None);
    }

    proptest! {
        #[test]
        fn no_two_voxels_lie_further_apart(bits in prop::collection::vec(any::<bool>(), 125), sz in 0.5..5.0f64) {
            let mask = fill(grid([1.0, 0.8, sz], [5, 5, 5]), |p| {
                let at = [p.x.round(), (p.y / 0.8).round(), (p.z / sz).round()].map(|v| v as usize);
                bits[at[2] * 25 + at[1] * 5 + at[0]]
            });
            let all: Vec<PatientPoint> = (0..125u32)
                .filter(|n| mask.contains(n % 5, n / 5 % 5, n / 25))
                .map(|n| PatientPoint::new(f64::from(n % 5), f64::from(n / 5 % 5) * 0.8, f64::from(n / 25) * sz))
                .collect();
            let Some(found) = longest_in_space(&mask) else { return Ok(()) };
            // By hand: six points half a voxel around each centre.
            let halves = [PatientVector::new(0.5, 0.0, 0.0), PatientVector::new(0.0, 0.4, 0.0), PatientVector::new(0.0, 0.0, sz / 2.0)];
            let surface: Vec<PatientPoint> =
                all.iter().flat_map(|p| halves.iter().flat_map(move |h| [*p + *h, *p - *h])).collect();
            let mut most = 0.0f64;
            for a in &surface {
                for b in &surface {
                    most = most.max(a.distance_mm(*b));
                }
            }
            prop_assert!((found.length_mm - most).abs() < 1e-9, "{} {most}", found.length_mm);
        }
    }
}
