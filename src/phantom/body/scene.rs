//! Painting: shapes to values on a plane, with partial volume.
//!
//! A plane is cut into small squares. Each square asks every shape near it once how far away it is; most squares lie
//! wholly inside one tissue, and only the shapes that have a border there are asked again for each pixel. Each pixel
//! carries its values in all phases at once, so that phases share the whole geometry.

use super::item::{Item, Space};
use super::shape::{bumps, coverage};
use super::tissue::CT_PHASES;
use crate::geometry::{PatientPoint, PatientVector};

/// Values of one place in each phase.
pub(in crate::phantom) type Values = [f32; CT_PHASES];

/// Side of a square, pixels.
const SQUARE: usize = 8;

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
}

/// Nothing moved.
#[derive(Debug, Clone, Copy)]
pub(in crate::phantom) struct Still;

impl ToBody for Still {
    fn to_body(&self, at: PatientPoint) -> PatientPoint {
        at
    }
}

/// Paints a plane: adds `share` of its values to `out`, row by row.
pub(in crate::phantom) fn paint(items: &[Item], moved: &dyn ToBody, plane: &PlaneOfPixels, share: f32, out: &mut [Values]) {
    let pixel_mm = plane.column.length_mm().max(plane.row.length_mm());
    let radius_mm = pixel_mm * SQUARE as f64 * 0.72;
    // Places of the squares' corners in the body; pixels lie between them.
    let (wide, high) = (plane.columns.div_ceil(SQUARE), plane.rows.div_ceil(SQUARE));
    let mut corners = Vec::with_capacity((wide + 1) * (high + 1));
    for j in 0..=high {
        for i in 0..=wide {
            corners.push(moved.to_body(plane.place((i * SQUARE) as f64, (j * SQUARE) as f64)));
        }
    }
    let lows = |pick: fn(&PatientPoint) -> f64| corners.iter().map(pick).fold(f64::MAX, f64::min);
    let highs = |pick: fn(&PatientPoint) -> f64| corners.iter().map(pick).fold(f64::MIN, f64::max);
    let (z_low, z_high) = (lows(|p| p.z), highs(|p| p.z));
    let (visit_low, visit_high) = {
        let ends = [plane.place(0.0, 0.0).z, plane.place(0.0, plane.rows as f64).z, plane.place(plane.columns as f64, 0.0).z];
        (ends.iter().copied().fold(f64::MAX, f64::min), ends.iter().copied().fold(f64::MIN, f64::max))
    };
    let here: Vec<&Item> = items
        .iter()
        .filter(|item| match item.space {
            Space::Body => item.extent.low.z <= z_high && z_low <= item.extent.high.z,
            Space::Visit => item.extent.low.z <= visit_high && visit_low <= item.extent.high.z,
        })
        .collect();
    let mut near: Vec<(&Item, bool)> = Vec::new();
    for j in 0..high {
        // Shapes that reach this row of squares.
        let row_corners = corners.get(j * (wide + 1)..(j + 2) * (wide + 1)).unwrap_or(&[]);
        let y_low = row_corners.iter().map(|p| p.y).fold(f64::MAX, f64::min);
        let y_high = row_corners.iter().map(|p| p.y).fold(f64::MIN, f64::max);
        let of_row: Vec<&Item> = here
            .iter()
            .filter(|item| item.space == Space::Visit || (item.extent.low.y <= y_high && y_low <= item.extent.high.y))
            .copied()
            .collect();
        for i in 0..wide {
            let square = [
                corners[j * (wide + 1) + i],
                corners[j * (wide + 1) + i + 1],
                corners[(j + 1) * (wide + 1) + i],
                corners[(j + 1) * (wide + 1) + i + 1],
            ];
            let middle = between(&square, 0.5, 0.5);
            let at_visit = plane.place((i * SQUARE) as f64 + 0.5 * SQUARE as f64, (j * SQUARE) as f64 + 0.5 * SQUARE as f64);
            near.clear();
            for item in &of_row {
                let at = if item.space == Space::Body { middle } else { at_visit };
                let (low, high) = (item.extent.low, item.extent.high);
                let reach = radius_mm * 1.05;
                if at.x < low.x - reach || at.x > high.x + reach || at.y < low.y - reach || at.y > high.y + reach {
                    continue;
                }
                let far = item.shape.distance_mm(at);
                if far > radius_mm * 1.5 + item.edge_mm {
                    continue;
                }
                let full = far < -(radius_mm * 3.0 + item.edge_mm);
                if full && item.strength >= 1.0 {
                    near.clear(); // nothing below shows
                }
                near.push((item, full));
            }
            paint_square(&near, &square, plane, [i, j], share, out);
        }
    }
}

fn between(square: &[PatientPoint; 4], u: f64, v: f64) -> PatientPoint {
    let along = |a: PatientPoint, b: PatientPoint, t: f64| a + (b - a) * t;
    along(along(square[0], square[1], u), along(square[2], square[3], u), v)
}

fn paint_square(
    near: &[(&Item, bool)],
    square: &[PatientPoint; 4],
    plane: &PlaneOfPixels,
    [i, j]: [usize; 2],
    share: f32,
    out: &mut [Values],
) {
    let side = SQUARE as f64;
    for row in (j * SQUARE)..((j + 1) * SQUARE).min(plane.rows) {
        for column in (i * SQUARE)..((i + 1) * SQUARE).min(plane.columns) {
            let (u, v) = ((column - i * SQUARE) as f64 / side, (row - j * SQUARE) as f64 / side);
            let at = between(square, u, v);
            let at_visit = plane.place(column as f64, row as f64);
            let mut values: Values = [0.0; CT_PHASES];
            for (item, full) in near {
                let here = if item.space == Space::Body { at } else { at_visit };
                let part = if *full { item.strength } else { item.strength * coverage(item.shape.distance_mm(here), item.edge_mm) };
                if part <= 0.0 {
                    continue;
                }
                let part = part as f32;
                let hu = item.tissue.ct_hu();
                match item.tissue.ct_grain() {
                    Some(grain) => {
                        let uneven = grainy(item.tissue as u64, here, grain.wide_mm);
                        for ((value, hu), grain) in values.iter_mut().zip(hu).zip(grain.hu) {
                            *value += (hu + grain * uneven - *value) * part;
                        }
                    }
                    None => {
                        for (value, hu) in values.iter_mut().zip(hu) {
                            *value += (hu - *value) * part;
                        }
                    }
                }
            }
            if let Some(to) = out.get_mut(row * plane.columns + column) {
                for (to, value) in to.iter_mut().zip(values) {
                    *to += value * share;
                }
            }
        }
    }
}

/// Two sizes of grain, -1 to 1.
fn grainy(seed: u64, at: PatientPoint, wide_mm: f64) -> f32 {
    (0.65 * bumps(seed, at, wide_mm) + 0.35 * bumps(seed + 99, at, wide_mm * 2.7)) as f32
}
