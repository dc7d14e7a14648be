//! Whether slices lie on a regular grid, and what keeps them from it.

use super::instance::Instance;
use crate::clinical::Oddity;
use crate::geometry::{PatientDirection, PatientPoint};

/// Slices this close to their place on a grid are on it, mm.
pub(super) const ON_GRID_MM: f64 = 0.1;
/// A step this many times the usual one is a gap.
const GAP_STEPS: f64 = 1.5;

/// How slices are stacked.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Stacking {
    /// At right angles, in even steps.
    Even {
        /// Direction of growing slices.
        normal: PatientDirection,
        /// Distance between slices, mm.
        step_mm: f64,
    },
    /// Otherwise, and why.
    Odd(Vec<Oddity>),
}

/// How these slices, sorted along their normal, are stacked. Frames are compared by the place of their first
/// pixel and of the far ends of their first row and column, so that turned slices count as off the grid.
pub(super) fn stacking(slices: &[&Instance]) -> Stacking {
    let Some(normal) = slices.first().and_then(|slice| slice.normal()) else {
        return Stacking::Odd(vec![Oddity::NoPosition]);
    };
    let positions: Vec<PatientPoint> = slices.iter().filter_map(|slice| slice.position).collect();
    let ([first, .., last], true) = (positions.as_slice(), positions.len() == slices.len()) else {
        return Stacking::Odd(vec![if positions.len() == 1 { Oddity::SingleSlice } else { Oddity::NoPosition }]);
    };
    let shared = excess_frames(slices);
    if shared > 0 {
        return Stacking::Odd(vec![Oddity::DuplicatePositions { count: count(shared) }]);
    }
    let steps = positions.len() - 1;
    let total = *last - *first;
    let along = total.dot(normal.vector());
    let step_mm = along / steps as f64;
    let straight = worst(slices, &positions, |k| *first + normal.times_mm(step_mm * k as f64));
    if straight.1 <= ON_GRID_MM {
        return Stacking::Even { normal, step_mm };
    }
    let mut why = gaps(&positions, normal);
    if why.is_empty() {
        // A steady drift sideways is tilt; what is off a tilted grid as well is uneven.
        let sideways = total - normal.times_mm(along);
        let degrees = sideways.length_mm().atan2(along).to_degrees();
        let tilted = worst(slices, &positions, |k| *first + total * (k as f64 / steps as f64));
        if sideways.length_mm() > ON_GRID_MM && tilted.1 < straight.1 {
            why.push(Oddity::Tilted { degrees });
        }
        if tilted.1 > ON_GRID_MM {
            why.push(Oddity::Uneven { slice: count(tilted.0 + 1), off_mm: tilted.1 });
        }
        if why.is_empty() {
            why.push(Oddity::Uneven { slice: count(straight.0 + 1), off_mm: straight.1 });
        }
    }
    Stacking::Odd(why)
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The slice that is farthest from where it should be, and how far, mm.
fn worst(slices: &[&Instance], positions: &[PatientPoint], place: impl Fn(usize) -> PatientPoint) -> (usize, f64) {
    let axes = |slice: &Instance| {
        let [along, down] = slice.pixel_spacing_mm.unwrap_or([1.0, 1.0]);
        let [row, column] = slice.orientation?;
        let (wide, high) = (f64::from(slice.format.columns) * along, f64::from(slice.format.rows) * down);
        Some((row.times_mm(wide), column.times_mm(high)))
    };
    let first_axes = slices.first().and_then(|slice| axes(slice));
    let mut worst = (0, 0.0);
    for (k, (slice, position)) in slices.iter().zip(positions).enumerate() {
        let off = *position - place(k);
        let mut off_mm = off.length_mm();
        if let (Some((row, column)), Some((own_row, own_column))) = (first_axes, axes(slice)) {
            off_mm = off_mm.max((off + (own_row + row * -1.0)).length_mm());
            off_mm = off_mm.max((off + (own_column + column * -1.0)).length_mm());
        }
        if off_mm > worst.1 {
            worst = (k, off_mm);
        }
    }
    worst
}

/// Steps much wider than the usual (median) one, at most three named.
fn gaps(positions: &[PatientPoint], normal: PatientDirection) -> Vec<Oddity> {
    let steps: Vec<f64> =
        positions.iter().zip(positions.iter().skip(1)).map(|(a, b)| (*b - *a).dot(normal.vector())).collect();
    let mut sorted = steps.clone();
    sorted.sort_unstable_by(f64::total_cmp);
    let Some(usual) = sorted.get(sorted.len().saturating_sub(1) / 2).copied() else { return Vec::new() };
    let wide = steps.iter().enumerate().filter(|(_, step)| **step > usual * GAP_STEPS);
    wide.take(3).map(|(k, step)| Oddity::Gap { slice: count(k + 1), gap_mm: *step, step_mm: usual }).collect()
}

/// How many frames share their position with an earlier one.
pub(super) fn excess_frames(slices: &[&Instance]) -> usize {
    let Some(normal) = slices.first().and_then(|slice| slice.normal()) else { return 0 };
    let mut along: Vec<f64> = slices.iter().filter_map(|slice| slice.along_mm(normal)).collect();
    along.sort_unstable_by(f64::total_cmp);
    along.iter().zip(along.iter().skip(1)).filter(|(a, b)| *b - *a < ON_GRID_MM).count()
}

/// Whether these frames, in any order, make a volume.
pub(super) fn is_regular(slices: &[&Instance]) -> bool {
    let Some(normal) = slices.first().and_then(|slice| slice.normal()) else { return false };
    let mut sorted = slices.to_vec();
    sorted.sort_by(|a, b| {
        let along = |i: &Instance| i.along_mm(normal).unwrap_or(f64::INFINITY);
        along(a).total_cmp(&along(b))
    });
    matches!(stacking(&sorted), Stacking::Even { .. })
}
