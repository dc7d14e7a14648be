//! Whether slices lie on a regular grid, and what keeps them from it.

use super::instance::Instance;
use crate::clinical::Oddity;
use crate::geometry::{PatientDirection, PatientPoint, PatientVector};

/// Slices this close to their place on a grid are on it, mm.
pub(super) const ON_GRID_MM: f64 = 0.1;
/// A step this many times the usual one is a gap.
const GAP_STEPS: f64 = 1.5;

/// A tilt beyond this is none of a gantry, degrees.
const STEEPEST_DEGREES: f64 = 45.0;
/// Fewest slices from which a tilt or a change of step is told: two lie on any line.
const FEWEST: usize = 3;

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
    /// In even steps that drift sideways.
    Tilted {
        normal: PatientDirection,
        /// Distance between the planes of slices, mm.
        step_mm: f64,
        /// Movement within the plane from one slice to the next, mm.
        drift: PatientVector,
        degrees: f64,
    },
    /// At right angles, in even steps but for one slice that is not there.
    OneMissing {
        normal: PatientDirection,
        step_mm: f64,
        /// The slice before the gap, from 0.
        before: usize,
        gap_mm: f64,
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
    if let Some(missing) = one_missing(slices, &positions, normal) {
        return missing;
    }
    let mut why = gaps(&positions, normal);
    if why.is_empty() {
        // A steady drift sideways is tilt; what is off a tilted grid as well is uneven.
        let sideways = total - normal.times_mm(along);
        let degrees = sideways.length_mm().atan2(along).to_degrees();
        let tilted = worst(slices, &positions, |k| *first + total * (k as f64 / steps as f64));
        if tilted.1 <= ON_GRID_MM && degrees <= STEEPEST_DEGREES && slices.len() >= FEWEST {
            return Stacking::Tilted { normal, step_mm, drift: sideways * (1.0 / steps as f64), degrees };
        }
        if sideways.length_mm() > ON_GRID_MM && tilted.1 < straight.1 {
            why.push(Oddity::Tilted { degrees, sheared: false });
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

/// Whether exactly one slice is missing from an even stack. From three slices nobody can tell.
fn one_missing(slices: &[&Instance], positions: &[PatientPoint], normal: PatientDirection) -> Option<Stacking> {
    let (first, last) = (*positions.first()?, *positions.last()?);
    if positions.len() <= FEWEST {
        return None;
    }
    let steps = steps(positions, normal);
    let (before, gap_mm) = steps.iter().copied().enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    let step_mm = (last - first).dot(normal.vector()) / positions.len() as f64;
    let place = |k: usize| first + normal.times_mm(step_mm * (k + usize::from(k > before)) as f64);
    let (_, off_mm) = worst(slices, positions, place);
    (off_mm <= ON_GRID_MM).then_some(Stacking::OneMissing { normal, step_mm, before, gap_mm })
}

/// Where the step of these slices, sorted along their normal, changes from one even step to another, once:
/// how many slices come before. The slice at the border stays with those before it where both parts can be
/// told from it.
pub(super) fn step_change(slices: &[&Instance]) -> Option<usize> {
    let normal = slices.first()?.normal()?;
    let positions: Vec<PatientPoint> = slices.iter().filter_map(|slice| slice.position).collect();
    if positions.len() != slices.len() {
        return None;
    }
    let steps = steps(&positions, normal);
    let first_mm = *steps.first()?;
    let same = steps.iter().take_while(|step| (**step - first_mm).abs() <= ON_GRID_MM).count();
    [same + 1, same].into_iter().find(|border| {
        let parts = slices.split_at_checked(*border);
        parts.is_some_and(|(before, after)| {
            let even = |part: &[&Instance]| match stacking(part) {
                Stacking::Even { step_mm, .. } if part.len() >= FEWEST => Some(step_mm),
                _ => None,
            };
            even(before).zip(even(after)).is_some_and(|(a, b)| (a - b).abs() > ON_GRID_MM)
        })
    })
}

/// The steps between neighbours along a normal, mm.
fn steps(positions: &[PatientPoint], normal: PatientDirection) -> Vec<f64> {
    positions.iter().zip(positions.iter().skip(1)).map(|(a, b)| (*b - *a).dot(normal.vector())).collect()
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The slice that is farthest from where it should be, and how far, mm.
fn worst(slices: &[&Instance], positions: &[PatientPoint], place: impl Fn(usize) -> PatientPoint) -> (usize, f64) {
    let axes = |slice: &Instance| {
        let [along, down] = slice.pixel_spacing_mm.unwrap_or([1.0, 1.0]);
        let [row, column] = slice.orientation?;
        let (wide, high) = (f64::from(slice.file.format.columns) * along, f64::from(slice.file.format.rows) * down);
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
    let steps = steps(positions, normal);
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

/// Frames in the order of their places along their normal. Stable: frames without a position, or at the same
/// one, stay in the order in which they came.
pub(super) fn sort_along(slices: &mut [&Instance]) {
    let Some(normal) = slices.first().and_then(|slice| slice.normal()) else { return };
    slices.sort_by(|a, b| {
        let along = |i: &Instance| i.along_mm(normal).unwrap_or(f64::INFINITY);
        along(a).total_cmp(&along(b))
    });
}

/// Whether these frames, in any order, make a volume.
pub(super) fn is_regular(slices: &[&Instance]) -> bool {
    let mut sorted = slices.to_vec();
    sort_along(&mut sorted);
    matches!(stacking(&sorted), Stacking::Even { .. })
}
