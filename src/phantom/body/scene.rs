//! Painting: shapes to values on a plane, with partial volume.
//!
//! A plane is cut into small squares. Each square asks every shape near it once how far away it is; most squares lie
//! wholly inside one tissue; where there are borders it is cut again, and only the shapes that have a border in the
//! smallest squares are asked for each pixel. Each pixel carries its values in all phases at once, so that phases share
//! the whole geometry.

use super::item::{Item, SHARP_MM, Space};
use super::shape::{bumps, coverage};
use super::tissue::Tissue;
use crate::geometry::{PatientPoint, PatientVector};

/// What a scanner makes of a tissue, in each of its phases or sequences.
#[derive(Debug, Clone, Copy)]
pub(in crate::phantom) struct Look<const N: usize> {
    pub value: [f32; N],
    /// The largest departure from it, and the size of the grains, mm.
    pub grain: Option<([f32; N], f64)>,
}

/// A kind of scanner.
pub(in crate::phantom) trait Meter<const N: usize> {
    /// What it makes of a tissue.
    fn look(tissue: Tissue) -> Look<N>;
}

/// Side of a square, pixels.
const SQUARE: usize = 8;
/// Sides of the squares it is cut into where there are borders.
const SMALLER: [usize; 2] = [4, 2];

/// A plane of pixels to paint.
#[derive(Debug, Clone, Copy)]
pub(in crate::phantom) struct PlaneOfPixels {
    /// Middle of the first pixel.
    pub origin: PatientPoint,
    /// From one column to the next.
    pub column: PatientVector,
    /// From one row to the next.
    pub row: PatientVector,
    pub columns: usize,
    pub rows: usize,
}

impl PlaneOfPixels {
    fn place(&self, column: f64, row: f64) -> PatientPoint {
        self.origin + self.column * column + self.row * row
    }
}

/// Where each place of a visit was in the body's own space.
pub(in crate::phantom) trait ToBody: Sync {
    /// The place in the body.
    fn to_body(&self, at: PatientPoint) -> PatientPoint;

    /// Which place of the visit is seen there: another one where the image is distorted.
    fn seen_at(&self, at: PatientPoint) -> PatientPoint {
        at
    }
}

/// Paints a slice as the mean of some planes that lie close together: the values of each pixel, row by row.
pub(in crate::phantom) fn paint<const N: usize, M: Meter<N>>(
    items: &[Item],
    moved: &dyn ToBody,
    planes: &[PlaneOfPixels],
) -> Vec<[f32; N]> {
    let Some(middle) = planes.get(planes.len() / 2) else { return Vec::new() };
    let mut out = vec![[0.0; N]; middle.columns * middle.rows];
    let (wide, high) = (middle.columns.div_ceil(SQUARE), middle.rows.div_ceil(SQUARE));
    // Places of the squares' corners in the body; pixels lie between them.
    let corners: Vec<Vec<PatientPoint>> = planes
        .iter()
        .map(|plane| {
            let corner = |n: usize| plane.place((n % (wide + 1) * SQUARE) as f64, (n / (wide + 1) * SQUARE) as f64);
            (0..(wide + 1) * (high + 1)).map(|n| moved.to_body(corner(n))).collect()
        })
        .collect();
    let visit: Vec<PatientPoint> = (0..(wide + 1) * (high + 1))
        .map(|n| moved.seen_at(middle.place((n % (wide + 1) * SQUARE) as f64, (n / (wide + 1) * SQUARE) as f64)))
        .collect();
    let apart = planes.first().zip(planes.last()).map_or(0.0, |(a, b)| a.origin.distance_mm(b.origin) / 2.0);
    let half = middle.column.length_mm().max(middle.row.length_mm()) * SQUARE as f64 * 0.72;
    let radius_mm = (half * half + apart * apart).sqrt();

    let body_box = Range::of(corners.iter().flatten(), 0.0);
    let visit_box = Range::of(visit.iter(), apart);
    let here: Vec<&Item> = items
        .iter()
        .filter(|item| if item.space == Space::Body { body_box.meets(item) } else { visit_box.meets(item) })
        .collect();
    let mut near: Vec<(&Item, bool)> = Vec::new();
    let mut smaller: [Vec<(&Item, bool)>; SMALLER.len()] = Default::default();
    let row_of =
        |all: &[PatientPoint], j: usize| Range::of(all.iter().skip(j * (wide + 1)).take(2 * (wide + 1)), apart);
    for j in 0..high {
        // Shapes that reach this row of squares.
        let rows: Vec<Range> = corners.iter().map(|all| row_of(all, j)).collect();
        let visit_row = row_of(&visit, j);
        let of_row: Vec<(f64, f64, &Item)> = here
            .iter()
            .filter(|item| match item.space {
                Space::Body => rows.iter().any(|row| row.meets(item)),
                Space::Visit => visit_row.meets(item),
            })
            .map(|item| (item.extent.low.x - radius_mm * 1.1, item.extent.high.x + radius_mm * 1.1, *item))
            .collect();
        for i in 0..wide {
            let square_of = |all: &[PatientPoint]| {
                let at = |n: usize| all.get(n).copied().unwrap_or(middle.origin);
                let first = j * (wide + 1) + i;
                [at(first), at(first + 1), at(first + wide + 1), at(first + wide + 2)]
            };
            let squares: Vec<[PatientPoint; 4]> = corners.iter().map(|all| square_of(all)).collect();
            let Some(square) = squares.get(squares.len() / 2) else { continue };
            let in_body = between(square, 0.5, 0.5);
            let at_visit = between(&square_of(&visit), 0.5, 0.5);
            near.clear();
            for (low, high, item) in &of_row {
                let at = if item.space == Space::Body { in_body } else { at_visit };
                if at.x < *low || at.x > *high {
                    continue;
                }
                let far = item.shape.distance_mm(at);
                if far > radius_mm * 1.5 + item.edge_mm {
                    continue;
                }
                let full = far < -(radius_mm * 3.0 + item.edge_mm) && item.only_in.is_none();
                if full && item.strength >= 1.0 {
                    near.clear(); // nothing below shows
                }
                near.push((item, full));
            }
            let place = Place { squares: &squares, planes, square: [i, j], apart_mm: apart, moved };
            place.paint::<N, M>(&near, Patch { from: [0, 0], side: SQUARE }, &mut smaller, &mut out);
        }
    }
    out
}

/// What a set of places spans.
struct Range {
    low: PatientPoint,
    high: PatientPoint,
}

impl Range {
    fn of<'a>(places: impl Iterator<Item = &'a PatientPoint>, more_mm: f64) -> Self {
        let (mut low, mut high) = (PatientPoint::new(1e9, 1e9, 1e9), PatientPoint::new(-1e9, -1e9, -1e9));
        for at in places {
            low = PatientPoint::new(low.x.min(at.x), low.y.min(at.y), low.z.min(at.z));
            high = PatientPoint::new(high.x.max(at.x), high.y.max(at.y), high.z.max(at.z));
        }
        let more = PatientVector::new(more_mm, more_mm, more_mm);
        Self { low: low - more, high: high + more }
    }

    /// Whether a shape's box reaches the rows and planes spanned.
    fn meets(&self, item: &Item) -> bool {
        let (low, high) = (item.extent.low, item.extent.high);
        low.z <= self.high.z && self.low.z <= high.z && low.y <= self.high.y && self.low.y <= high.y
    }
}

fn between(square: &[PatientPoint; 4], u: f64, v: f64) -> PatientPoint {
    let along = |a: PatientPoint, b: PatientPoint, t: f64| a + (b - a) * t;
    along(along(square[0], square[1], u), along(square[2], square[3], u), v)
}

/// How much a plane counts.
#[derive(Clone, Copy)]
struct Share {
    /// Of the slice.
    of_plane: f32,
    /// How strong grain is in this plane.
    of_grain: f32,
}

/// Part of a square: pixels from its first one.
#[derive(Clone, Copy)]
struct Patch {
    from: [usize; 2],
    side: usize,
}

/// A square of a slice in all its planes.
struct Place<'a> {
    /// Its corners in the body, for each plane.
    squares: &'a [[PatientPoint; 4]],
    planes: &'a [PlaneOfPixels],
    square: [usize; 2],
    /// From the middle plane to the outer ones.
    apart_mm: f64,
    moved: &'a dyn ToBody,
}

impl Place<'_> {
    /// Paints a patch: at once where nothing has a border, else cut into smaller ones, each with the shapes near it.
    fn paint<'i, const N: usize, M: Meter<N>>(
        &self,
        near: &[(&'i Item, bool)],
        patch: Patch,
        smaller: &mut [Vec<(&'i Item, bool)>],
        out: &mut [[f32; N]],
    ) {
        let count = self.planes.len();
        let (Some(corners), Some(plane)) = (self.squares.get(count / 2), self.planes.get(count / 2)) else { return };
        if near.iter().all(|(_, full)| *full) {
            return self.fill::<N, M>(near, corners, plane, patch, Share { of_plane: 1.0, of_grain: 1.0 }, out);
        }
        let (Some((list, smaller)), Some(side)) =
            (smaller.split_first_mut(), SMALLER.iter().find(|side| **side < patch.side))
        else {
            // Grain is finer than it matters: it is asked for in the middle plane and stands for all.
            for (n, (corners, plane)) in self.squares.iter().zip(self.planes).enumerate() {
                let of_grain = if n == count / 2 { count as f32 } else { 0.0 };
                let share = Share { of_plane: 1.0 / count as f32, of_grain };
                self.fill::<N, M>(near, corners, plane, patch, share, out);
            }
            return;
        };
        let half = (*side as f64 - 1.0) / 2.0;
        let in_plane = plane.column.length_mm().max(plane.row.length_mm()) * half * 1.4143;
        let radius_mm = (in_plane * in_plane + self.apart_mm * self.apart_mm).sqrt();
        for part in 0..4 {
            let from = [patch.from[0] + part % 2 * side, patch.from[1] + part / 2 * side];
            let [x, y] = from.map(|first| first as f64 + half);
            let in_body = between(corners, x / SQUARE as f64, y / SQUARE as f64);
            let [column, row] = [self.square[0] * SQUARE, self.square[1] * SQUARE].map(|first| first as f64);
            let at_visit = self.moved.seen_at(plane.place(column + x, row + y));
            list.clear();
            for (item, full) in near {
                if *full {
                    list.push((item, true));
                    continue;
                }
                let far = item.shape.distance_mm(if item.space == Space::Body { in_body } else { at_visit });
                if far > radius_mm * 1.5 + item.edge_mm {
                    continue;
                }
                let full = far < -(radius_mm * 3.0 + item.edge_mm) && item.only_in.is_none();
                if full && item.strength >= 1.0 {
                    list.clear(); // nothing below shows
                }
                list.push((item, full));
            }
            let near = std::mem::take(list);
            self.paint::<N, M>(&near, Patch { from, side: *side }, smaller, out);
            *list = near;
        }
    }

    /// Paints each pixel of a patch in one plane.
    fn fill<const N: usize, M: Meter<N>>(
        &self,
        near: &[(&Item, bool)],
        corners: &[PatientPoint; 4],
        plane: &PlaneOfPixels,
        patch: Patch,
        share: Share,
        out: &mut [[f32; N]],
    ) {
        let side = SQUARE as f64;
        let [left, top] = self.square.map(|n| n * SQUARE);
        for row in patch.from[1]..patch.from[1] + patch.side {
            let v = row as f64 / side;
            let (start, end) = (between(corners, 0.0, v), between(corners, 1.0, v));
            let across = (end - start) * (1.0 / side);
            for column in patch.from[0]..patch.from[0] + patch.side {
                let (i, j) = (left + column, top + row);
                if i >= plane.columns || j >= plane.rows {
                    continue;
                }
                let at = start + across * column as f64;
                let at_visit = || self.moved.seen_at(plane.place(i as f64, j as f64));
                let values = pixel::<N, M>(near, at, &at_visit, share.of_grain);
                if let Some(to) = out.get_mut(j * plane.columns + i) {
                    for (to, value) in to.iter_mut().zip(values) {
                        *to += value * share.of_plane;
                    }
                }
            }
        }
    }
}

/// The values at a place: each item over those below.
fn pixel<const N: usize, M: Meter<N>>(
    near: &[(&Item, bool)],
    at: PatientPoint,
    at_visit: &dyn Fn() -> PatientPoint,
    of_grain: f32,
) -> [f32; N] {
    let mut values = [0.0f32; N];
    for (item, full) in near {
        let here = if item.space == Space::Body { at } else { at_visit() };
        let part = if *full { 1.0 } else { coverage(item.shape.distance_mm(here), item.edge_mm) };
        let only = item.only_in.as_ref().filter(|_| part > 0.0);
        let part = item.strength * part * only.map_or(1.0, |shape| coverage(shape.distance_mm(at), SHARP_MM));
        if part <= 0.0 {
            continue;
        }
        let part = part as f32;
        let look = M::look(item.tissue);
        match look.grain.filter(|_| of_grain > 0.0) {
            Some((grain, wide_mm)) => {
                let uneven = grainy(item.tissue as u64, here, wide_mm) * of_grain;
                for ((value, mean), grain) in values.iter_mut().zip(look.value).zip(grain) {
                    *value += (mean + grain * uneven - *value) * part;
                }
            }
            None => {
                for (value, mean) in values.iter_mut().zip(look.value) {
                    *value += (mean - *value) * part;
                }
            }
        }
    }
    values
}

/// Two sizes of grain, -1 to 1.
fn grainy(seed: u64, at: PatientPoint, wide_mm: f64) -> f32 {
    (0.65 * bumps(seed, at, wide_mm) + 0.35 * bumps(seed + 99, at, wide_mm * 2.7)) as f32
}
