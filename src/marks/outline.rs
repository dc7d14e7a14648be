//! Outlines: the 0.5 isosurface through voxel centres, as closed lines in a slice (marching squares).

use super::RleSlice;

/// A place in a slice, in voxels: `i` along columns, `j` along rows, voxel centres at whole numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SlicePoint {
    /// Column, voxels.
    pub i: f64,
    /// Row, voxels.
    pub j: f64,
}

impl SlicePoint {
    /// A point from column and row.
    #[must_use]
    pub const fn new(i: f64, j: f64) -> Self {
        Self { i, j }
    }
}

/// A closed line in a slice; the last point joins the first, which is not repeated. Outer borders and the
/// borders of holes are separate lines that run in opposite senses.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline(pub Vec<SlicePoint>);

/// Values at and above this are inside. A hair below one half, so that a slice exactly between a marked and
/// an unmarked one shows the mark whatever the last bit of the arithmetic is.
const ISO: f32 = 0.5 - 1e-6;

/// The outlines of the marked voxels of one slice, on a grid with this many columns.
#[must_use]
pub fn slice_outlines(slice: &RleSlice, columns: u32) -> Vec<Outline> {
    let Some(bitmap) = Bitmap::around(slice, columns) else { return Vec::new() };
    let value = |x: usize, y: usize| f32::from(bitmap.bits[y * bitmap.width + x]);
    trace(bitmap.width, bitmap.height, value)
        .into_iter()
        .map(|line| {
            // The bitmap starts one voxel before the first marked column and row.
            let shift = |p: SlicePoint| SlicePoint::new(p.i + bitmap.left - 1.0, p.j + bitmap.top - 1.0);
            Outline(line.into_iter().map(shift).collect())
        })
        .collect()
}

/// The marked voxels of a slice as bytes 0 and 1, with an empty margin of one voxel.
struct Bitmap {
    left: f64,
    top: f64,
    width: usize,
    height: usize,
    bits: Vec<u8>,
}

impl Bitmap {
    fn around(slice: &RleSlice, columns: u32) -> Option<Self> {
        let (mut left, mut right, mut top, mut bottom) = (u32::MAX, 0, u32::MAX, 0);
        for (row, first, end) in slice.rows(columns) {
            (left, right) = (left.min(first), right.max(end));
            (top, bottom) = (top.min(row), bottom.max(row + 1));
        }
        if left >= right {
            return None;
        }
        let (width, height) = ((right - left) as usize + 2, (bottom - top) as usize + 2);
        let mut bits = vec![0; width * height];
        for (row, first, end) in slice.rows(columns) {
            let start = ((row - top) as usize + 1) * width + (first - left) as usize + 1;
            bits[start..start + (end - first) as usize].fill(1);
        }
        Some(Self { left: left.into(), top: top.into(), width, height, bits })
    }
}

/// A directed piece of outline inside one cell, from one grid edge to another, the inside on its right in a
/// picture whose rows grow downwards. An edge is crossed at most once, so it names its crossing: edge
/// `2 n` goes right from sample `n`, edge `2 n + 1` goes down from it.
type Piece = (usize, usize);

/// Lines where `value` crosses one half, over samples at whole numbers `0..width` x `0..height`; the outermost
/// samples must be outside, so that every line is closed.
///
/// Lines come in the order of their first crossing (row by row) and start there: same input, same output.
pub(super) fn trace(width: usize, height: usize, value: impl Fn(usize, usize) -> f32) -> Vec<Vec<SlicePoint>> {
    let mut pieces = pieces(width, height, &value);
    pieces.sort_unstable();
    let mut used = vec![false; pieces.len()];
    let mut lines = Vec::new();
    for start in 0..pieces.len() {
        let mut line: Vec<SlicePoint> = Vec::new();
        let mut at = start;
        while !used[at] {
            used[at] = true;
            push_straight(&mut line, crossing(width, pieces[at].0, &value));
            let Ok(next) = pieces.binary_search_by_key(&pieces[at].1, |piece| piece.0) else { break };
            at = next;
        }
        close(&mut line);
        if line.len() >= 3 {
            lines.push(line);
        }
    }
    lines
}

fn pieces(width: usize, height: usize, value: &impl Fn(usize, usize) -> f32) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for y in 0..height.saturating_sub(1) {
        let (mut tl, mut bl) = (value(0, y), value(0, y + 1));
        for x in 0..width.saturating_sub(1) {
            let (tr, br) = (value(x + 1, y), value(x + 1, y + 1));
            let corners = [tl, tr, br, bl].map(|v| v >= ISO);
            if corners.iter().any(|inside| *inside != corners[0]) {
                let n = y * width + x;
                let [top, right, bottom, left] = [2 * n, 2 * (n + 1) + 1, 2 * (n + width), 2 * n + 1];
                // Where two opposite corners are inside, the mean of the four decides whether they join.
                let joined = (tl + tr + br + bl) / 4.0 >= ISO;
                match corners {
                    [true, false, false, false] => pieces.push((top, left)),
                    [false, true, false, false] => pieces.push((right, top)),
                    [false, false, true, false] => pieces.push((bottom, right)),
                    [false, false, false, true] => pieces.push((left, bottom)),
                    [false, true, true, true] => pieces.push((left, top)),
                    [true, false, true, true] => pieces.push((top, right)),
                    [true, true, false, true] => pieces.push((right, bottom)),
                    [true, true, true, false] => pieces.push((bottom, left)),
                    [true, true, false, false] => pieces.push((right, left)),
                    [false, true, true, false] => pieces.push((bottom, top)),
                    [false, false, true, true] => pieces.push((left, right)),
                    [true, false, false, true] => pieces.push((top, bottom)),
                    [true, false, true, false] if joined => pieces.extend([(top, right), (bottom, left)]),
                    [true, false, true, false] => pieces.extend([(top, left), (bottom, right)]),
                    [false, true, false, true] if joined => pieces.extend([(left, top), (right, bottom)]),
                    [false, true, false, true] => pieces.extend([(right, top), (left, bottom)]),
                    [true, true, true, true] | [false, false, false, false] => {}
                }
            }
            (tl, bl) = (tr, br);
        }
    }
    pieces
}

/// Where the value crosses one half on an edge.
fn crossing(width: usize, edge: usize, value: &impl Fn(usize, usize) -> f32) -> SlicePoint {
    let (x, y) = (edge / 2 % width, edge / 2 / width);
    let down = edge % 2 == 1;
    let here = f64::from(value(x, y));
    let there = f64::from(if down { value(x, y + 1) } else { value(x + 1, y) });
    let t = ((0.5 - here) / (there - here)).clamp(0.0, 1.0);
    let (x, y) = (x as f64, y as f64);
    if down { SlicePoint::new(x, y + t) } else { SlicePoint::new(x + t, y) }
}

/// Adds a point; a point that lies straight between its neighbours is left out (fewer lines to draw).
fn push_straight(line: &mut Vec<SlicePoint>, point: SlicePoint) {
    if line.last() == Some(&point) {
        return;
    }
    if let [.., a, b] = line.as_slice()
        && is_between(*a, *b, point)
    {
        line.pop();
    }
    line.push(point);
}

/// The same where the end of the line meets its start.
fn close(line: &mut Vec<SlicePoint>) {
    while line.len() > 1 && line.first() == line.last() {
        line.pop();
    }
    while let [a, .., y, z] = line.as_slice()
        && is_between(*y, *z, *a)
    {
        line.pop();
    }
    while let [a, b, .., z] = line.as_slice()
        && is_between(*z, *a, *b)
    {
        line.remove(0);
    }
}

fn is_between(a: SlicePoint, b: SlicePoint, c: SlicePoint) -> bool {
    let (ux, uy, vx, vy) = (b.i - a.i, b.j - a.j, c.i - b.i, c.j - b.j);
    (ux * vy - uy * vx).abs() < 1e-9 && ux * vx + uy * vy >= 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::marks::Run;
    use proptest::prelude::*;

    fn voxels(columns: u32, at: &[(u32, u32)]) -> RleSlice {
        RleSlice::from_runs(at.iter().map(|(i, j)| Run { start: j * columns + i, len: 1 }))
    }

    /// Signed area in voxels (shoelace); its sign tells outer borders from holes.
    fn area(outline: &Outline) -> f64 {
        let points = &outline.0;
        points.iter().zip(points.iter().cycle().skip(1)).map(|(a, b)| a.i * b.j - b.i * a.j).sum::<f64>() / 2.0
    }

    /// Even-odd rule over all lines.
    fn inside(outlines: &[Outline], i: f64, j: f64) -> bool {
        let mut crossings = 0;
        for outline in outlines {
            for (a, b) in outline.0.iter().zip(outline.0.iter().cycle().skip(1)) {
                if (a.j > j) != (b.j > j) && i < a.i + (j - a.j) * (b.i - a.i) / (b.j - a.j) {
                    crossings += 1;
                }
            }
        }
        crossings % 2 == 1
    }

    #[test]
    fn one_voxel_is_a_diamond() {
        let lines = slice_outlines(&voxels(9, &[(4, 3)]), 9);
        assert_eq!(lines.len(), 1);
        let mut corners: Vec<(f64, f64)> = lines[0].0.iter().map(|p| (p.i, p.j)).collect();
        corners.sort_by(|a, b| a.partial_cmp(b).unwrap());
        assert_eq!(corners, [(3.5, 3.0), (4.0, 2.5), (4.0, 3.5), (4.5, 3.0)]);
    }

    #[test]
    fn a_block_at_the_border_is_an_octagon_around_it() {
        let lines = slice_outlines(&voxels(9, &[(0, 0), (1, 0), (0, 1), (1, 1)]), 9);
        assert_eq!(lines[0].0.len(), 8, "points on straight stretches are left out");
        assert!((area(&lines[0]).abs() - 3.5).abs() < 1e-12, "four voxels less four corners of 1/8");
        assert!(lines[0].0.iter().all(|p| p.i >= -0.5 && p.j >= -0.5));
    }

    #[test]
    fn a_hole_is_a_line_of_its_own_the_other_way_round() {
        let ring: Vec<(u32, u32)> =
            (0..5).flat_map(|j| (0..5).map(move |i| (i, j))).filter(|at| *at != (2, 2)).collect();
        let lines = slice_outlines(&voxels(5, &ring), 5);
        assert_eq!(lines.len(), 2);
        assert!((area(&lines[0]) + area(&lines[1])).abs() - (24.5 - 0.5) < 1e-12);
        assert!(area(&lines[0]) * area(&lines[1]) < 0.0);
    }

    #[test]
    fn voxels_that_meet_at_a_corner_are_joined() {
        assert_eq!(slice_outlines(&voxels(9, &[(2, 2), (3, 3)]), 9).len(), 1);
        assert_eq!(slice_outlines(&voxels(9, &[(3, 2), (2, 3)]), 9).len(), 1);
        assert_eq!(slice_outlines(&voxels(9, &[(2, 2), (4, 4)]), 9).len(), 2);
        assert!(slice_outlines(&RleSlice::new(), 9).is_empty());
    }

    #[test]
    fn values_between_are_cut_in_proportion() {
        // 0.25 and 1.0: one half lies a third of the way.
        let values = [[0.0, 0.0, 0.0, 0.0], [0.0, 0.25, 1.0, 0.0], [0.0, 0.0, 0.0, 0.0]];
        let lines = trace(4, 3, |x, y| values[y][x]);
        let left = lines[0].iter().map(|p| p.i).fold(f64::INFINITY, f64::min);
        assert!((left - (1.0 + 1.0 / 3.0)).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn a_voxel_is_marked_where_its_centre_is_inside(bits in prop::collection::vec(any::<bool>(), 99)) {
            let marked: Vec<(u32, u32)> =
                (0..99u32).filter(|n| bits[*n as usize]).map(|n| (n % 11, n / 11)).collect();
            let lines = slice_outlines(&voxels(11, &marked), 11);
            for n in 0..99u32 {
                // A hair off the centre: corners of the outlines lie on rows and columns.
                let (i, j) = (f64::from(n % 11) + 1e-6, f64::from(n / 11) + 2e-6);
                prop_assert_eq!(inside(&lines, i, j), bits[n as usize], "voxel {}", n);
            }
            for line in &lines {
                prop_assert!(line.0.len() >= 4);
            }
        }
    }
}
