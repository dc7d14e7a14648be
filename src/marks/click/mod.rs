//! One click: the outline of what was clicked on, in 3-D.
//!
//! From the click rays go out in all directions. What lies inside and outside is learnt first from the value at the click
//! and the tissue around, then from the last surface; the surface itself is the cheapest one around the click that does
//! not tear (a minimum cut). It is star-shaped, which holds it back where a vessel or another dark organ touches. This
//! module knows no lesion and no visit, and its answer hangs on nothing but image, click and settings.

mod cut;
mod field;
mod leak;
mod model;
mod sphere;
mod surface;

pub use leak::{Leak, leaks};

use super::{Mask, MaskError, RleSlice, Run};
use crate::clinical::MarkRole;
use crate::geometry::{PatientPoint, VoxelIndex};
use crate::volume::{Unit, Volume};
use field::Field;
use model::{Counts, Model};
use rayon::prelude::*;
use sphere::Sphere;
use surface::{Columns, Stiffness, Surface};

/// A click that corrects: what lies here belongs, or does not.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Hint {
    /// Where.
    pub at: PatientPoint,
    /// Whether it belongs.
    pub inside: bool,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Click {
    /// Where.
    pub at: PatientPoint,
    /// What is looked for there: a zone (dark or mixed inside), a tumour, or viable tumour.
    pub role: MarkRole,
    /// 1 is usual; less keeps closer to what looks like the click, more reaches further. From 0 to 2.
    pub strength: f64,
    /// Corrections, in the order they were made.
    pub hints: Vec<Hint>,
    /// The two ends of the long axis, when it was dragged.
    pub long_axis: Option<[PatientPoint; 2]>,
}

impl Click {
    /// A plain click.
    #[must_use]
    pub fn new(at: PatientPoint, role: MarkRole) -> Self {
        Self { at, role, strength: 1.0, hints: Vec::new(), long_axis: None }
    }
}

/// Why nothing was outlined.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ClickError {
    /// A picture stack.
    #[error("these pictures make no volume, so nothing can be outlined in 3-D; use the brush")]
    NoVolume,
    /// Outside, or where nothing was read.
    #[error("there is no value where you clicked; click inside the picture, and wait until it is read")]
    NoValue,
    /// The grid cannot hold a mark.
    #[error(transparent)]
    Mask(#[from] MaskError),
}

/// How a role is looked for.
struct Tuning {
    /// No surface lies further than this from the click, mm.
    reach_mm: f64,
    /// Smoothing against noise (sigma), mm.
    smooth_mm: f64,
    /// The border lies this far from the value at the click towards that of the tissue around, at first.
    border: f32,
    /// The same on the side away from the tissue around: as a part of that difference; none when all there belongs.
    other_side: Option<f32>,
    /// How much more tissue far from the click tells of what lies around: weight by this power of the distance.
    afar: f64,
    stiff: f32,
    /// How firmly the surface keeps to its own even shape.
    shape: f32,
    /// How many kinds of tissue around are tried.
    guesses: usize,
    /// How much of what is learnt from the first surface replaces the first guess.
    learn: f32,
}

fn tuning(role: MarkRole) -> Tuning {
    match role {
        MarkRole::ViableTumour => Tuning {
            reach_mm: 18.0,
            smooth_mm: 0.9,
            border: 0.5,
            afar: 0.0,
            other_side: Some(0.5),
            stiff: 0.8,
            shape: 3.0,
            guesses: 1,
            learn: 0.5,
        },
        MarkRole::Tumour => Tuning {
            reach_mm: 34.0,
            smooth_mm: 1.0,
            border: 0.7,
            afar: 1.0,
            other_side: Some(1.0),
            stiff: 0.8,
            shape: 4.0,
            guesses: 4,
            learn: 0.5,
        },
        MarkRole::AblationZone | MarkRole::Organ | MarkRole::Other => Tuning {
            reach_mm: 48.0,
            smooth_mm: 1.2,
            border: 0.5,
            afar: 1.5,
            other_side: Some(1.2),
            stiff: 0.8,
            shape: 4.0,
            guesses: 4,
            learn: 0.5,
        },
    }
}

/// Outlines what was clicked on, on the grid of the image.
///
/// # Errors
/// When the image is no volume or has no value at the click.
pub fn outline_at(volume: &Volume, click: &Click) -> Result<Mask, ClickError> {
    if !volume.is_volume {
        return Err(ClickError::NoVolume);
    }
    let tuning = tuning(click.role);
    let field = Field::around(volume, click.at, tuning.reach_mm + 12.0, tuning.smooth_mm).ok_or(ClickError::NoValue)?;
    let surface =
        Search { field: &field, click, tuning: &tuning, unit: volume.unit }.run().ok_or(ClickError::NoValue)?;
    Ok(voxels(volume, &field, click, &surface)?)
}

/// A first guess of what inside looks like.
struct Guess {
    model: Model,
    /// The value at the click, and how far from it values are told apart.
    seed: f32,
    reach: f32,
}

/// Another guess wins when its border is clearer by this factor.
const CLEARER: f64 = 1.08;

struct Search<'a> {
    field: &'a Field,
    click: &'a Click,
    tuning: &'a Tuning,
    unit: Unit,
}

impl Search<'_> {
    /// One surface for each guess of what lies around; the one with the clearest border wins, the first among equals. The
    /// strength does not take part in the choice, so that more of it never jumps to something else.
    fn run(&self) -> Option<Surface> {
        let seed = self.seed_value()?;
        let usual = Click { strength: 1.0, ..self.click.clone() };
        let search = Search { click: &usual, ..*self };
        let tried: Vec<(f64, Guess, Surface)> = self
            .guesses(seed)
            .into_par_iter()
            .map(|guess| {
                let surface = search.refined(&guess);
                (search.clearness(&surface), guess, surface)
            })
            .collect();
        let mut best: Option<(f64, Guess, Surface)> = None;
        for next in tried {
            if best.as_ref().is_none_or(|(most, ..)| next.0 > most * CLEARER) {
                best = Some(next);
            }
        }
        let (_, guess, surface) = best?;
        Some(if self.click.strength == 1.0 { surface } else { self.refined(&guess) })
    }

    fn refined(&self, guess: &Guess) -> Surface {
        let mut surface = match self.click.long_axis {
            Some(ends) => along_axis(ends.map(|end| self.relative(end))),
            None => {
                let columns = Columns {
                    scale: vec![1.0; Sphere::get().directions.len()],
                    first: 1.0,
                    step: 1.0,
                    count: self.tuning.reach_mm as usize,
                };
                self.fit([0.0; 3], &columns, &guess.model, 0.0)
            }
        };
        for _ in 0..3 {
            let even = Surface { radii: surface.evened(6), ..surface.clone() };
            let centre = even.centroid();
            let even = even.seen_from(centre);
            let learnt = self.learn(&even, guess);
            let model = guess.model.mixed(&learnt, self.tuning.learn);
            let columns = Columns { scale: even.radii.clone(), first: 0.36, step: 0.03, count: 44 };
            surface = self.fit(centre, &columns, &model, self.tuning.shape);
        }
        surface.smoothed(1)
    }

    /// The part of a surface across which values change by more than noise does, from 0 to 1.
    fn clearness(&self, surface: &Surface) -> f64 {
        let sphere = Sphere::get();
        let sure = 5.0 * self.field.noise;
        let change = sphere.directions.iter().zip(&surface.radii).map(|(d, r)| {
            let at = |by: f64| self.field.at([0, 1, 2].map(|a| surface.centre[a] + d[a] * (r + by).max(0.0)));
            let (inner, outer) = (at(-2.0)?, at(1.5)?);
            Some(f64::from(((outer - inner).abs() / sure).min(1.0)))
        });
        change.map(Option::unwrap_or_default).sum::<f64>() / sphere.directions.len() as f64
    }

    /// A place relative to the click, mm.
    fn relative(&self, at: PatientPoint) -> [f64; 3] {
        let d = at - self.click.at;
        [d.x, d.y, d.z]
    }

    /// Corrections relative to the click, and those that a dragged axis stands for.
    fn hints(&self) -> Vec<([f64; 3], bool)> {
        let mut hints: Vec<_> = self.click.hints.iter().map(|hint| (self.relative(hint.at), hint.inside)).collect();
        if let Some(ends) = self.click.long_axis {
            let [a, b] = ends.map(|end| self.relative(end));
            let middle = [0, 1, 2].map(|axis| (a[axis] + b[axis]) / 2.0);
            for end in [a, b] {
                let part = |t: f64| [0, 1, 2].map(|axis| middle[axis] + t * (end[axis] - middle[axis]));
                hints.push((part(0.88), true));
                hints.push((part(1.14), false));
            }
        }
        hints
    }

    /// The median value close to the click.
    fn seed_value(&self) -> Option<f32> {
        let mut values: Vec<f32> = Sphere::get()
            .directions
            .iter()
            .step_by(9)
            .flat_map(|d| [0.7, 1.5, 2.2].map(|r| self.field.at(d.map(|c| c * r))))
            .flatten()
            .collect();
        self.field.at([0.0; 3])?;
        let half = values.len() / 2;
        (!values.is_empty()).then(|| *values.select_nth_unstable_by(half, f32::total_cmp).1)
    }

    /// First guesses: bands of values around that of the click, one for each kind of tissue that may lie around.
    fn guesses(&self, seed: f32) -> Vec<Guess> {
        let reach = match self.unit {
            Unit::Hu => 400.0,
            _ => (seed.abs() * 3.0).max(self.field.noise * 40.0),
        };
        let apart = (3.0 * self.field.noise).max(reach * 0.04);
        let sigma = self.field.noise.max(reach / 100.0);
        let mut around: Vec<f32> = Vec::new();
        for (power, most) in [(self.tuning.afar, 1), (self.tuning.afar, 3), (-1.0, 2)] {
            for value in self.tissues(seed, reach, power, sigma, apart).into_iter().take(most) {
                if around.iter().all(|known| (known - value).abs() > apart) {
                    around.push(value);
                }
            }
        }
        if around.is_empty() {
            around.push(seed + 4.0 * apart);
        }
        around.truncate(self.tuning.guesses);
        let guess = |background: f32| {
            let between = background - seed;
            let border = seed + self.tuning.border * between;
            let other = self.tuning.other_side.map_or(-between.signum() * 1e6, |part| -part * between) + seed;
            let soft = (0.35 * between.abs()).max(self.field.noise * 0.5);
            Guess { model: Model::band(border.min(other), border.max(other), soft, seed, reach), seed, reach }
        };
        around.into_iter().map(guess).collect()
    }

    /// The values that are commonest around the click and unlike it, the commonest first.
    fn tissues(&self, seed: f32, reach: f32, power: f64, sigma: f32, apart: f32) -> Vec<f32> {
        let mut around = Counts::new(seed, reach);
        for d in &Sphere::get().directions {
            let mut r = 5.0;
            while r < self.tuning.reach_mm.min(36.0) + 6.0 {
                if let Some(v) = self.field.at(d.map(|c| c * r)) {
                    around.add(v, r.powf(power) as f32);
                }
                r += 1.0;
            }
        }
        let shares = around.shares(sigma);
        let unlike = |bin: usize| (around.value(bin) - seed).abs() > apart;
        let most = (0..shares.len()).filter(|bin| unlike(*bin)).map(|bin| shares[bin]).fold(0.0f32, f32::max);
        let mut peaks: Vec<usize> = (0..shares.len())
            .filter(|bin| {
                let share = shares[*bin];
                let beside = |n: Option<&f32>| n.copied().unwrap_or_default();
                let top = share >= beside(bin.checked_sub(1).and_then(|n| shares.get(n)))
                    && share > beside(shares.get(bin + 1));
                // The flank of what is like the click counts where nothing else is commoner.
                unlike(*bin) && share > 0.15 * most && (top || share == most)
            })
            .collect();
        peaks.sort_by(|a, b| shares[*b].total_cmp(&shares[*a]));
        peaks.into_iter().map(|bin| around.value(bin)).collect()
    }

    fn learn(&self, even: &Surface, guess: &Guess) -> Model {
        let Guess { seed, reach, .. } = guess;
        let (mut inside, mut outside) = (Counts::new(*seed, *reach), Counts::new(*seed, *reach));
        for (d, r) in Sphere::get().directions.iter().zip(&even.radii) {
            for n in 1..=17 {
                let t = f64::from(n) * 0.1;
                let at = [0, 1, 2].map(|a| even.centre[a] + d[a] * r * t);
                let Some(v) = self.field.at(at) else { continue };
                let weight = (r * r * r * t * t) as f32;
                if t < 0.91 {
                    inside.add(v, weight);
                } else if t > 1.15 {
                    outside.add(v, weight / (t * t) as f32);
                }
            }
        }
        for (at, belongs) in self.hints() {
            let counts = if belongs { &mut inside } else { &mut outside };
            let share = HINT_SHARE * counts.sum() / Sphere::get().directions.len() as f32;
            for d in &Sphere::get().directions {
                if let Some(v) = self.field.at([0, 1, 2].map(|a| at[a] + 1.5 * d[a])) {
                    counts.add(v, share);
                }
            }
        }
        Model::learnt(&inside, &outside, self.field.noise.max(reach / 120.0))
    }

    fn fit(&self, centre: [f64; 3], columns: &Columns, model: &Model, shape: f32) -> Surface {
        let sphere = Sphere::get();
        let n = columns.count;
        let mut gain = vec![0.0f32; sphere.directions.len() * n];
        let bias = (self.click.strength.clamp(0.0, 2.0) - 1.0) as f32 * 1.5;
        let hints = self.hints();
        for (d, column) in gain.chunks_exact_mut(n).enumerate() {
            let mut against = 0.0f32;
            for (k, to) in column.iter_mut().enumerate() {
                let r = columns.radius(d, k);
                let at = [0, 1, 2].map(|a| centre[a] + sphere.directions[d][a] * r);
                let mut odds = self.field.at(at).map_or(-2.0, |v| model.odds(v)) + bias;
                for (hint, belongs) in &hints {
                    let near = (-0.5 * apart2(at, *hint) / (HINT_REACH_MM * HINT_REACH_MM)).exp() as f32;
                    odds += if *belongs { HINT_ODDS * near } else { -HINT_ODDS * near };
                }
                // What lies beyond a border says little: it may be anything.
                against += (-odds).max(0.0) * (columns.scale[d] * columns.step) as f32;
                if odds > 0.0 {
                    odds *= (-against / BEYOND).exp();
                }
                let t = columns.first + k as f64 * columns.step;
                let pull = if shape > 0.0 { shape * (t - 1.0) as f32 } else { 0.0 };
                *to = odds - pull;
            }
        }
        for (hint, belongs) in hints {
            hold(centre, columns, &mut gain, hint, belongs);
        }
        let stiffness = Stiffness { step: self.tuning.stiff, most: 4 };
        surface::best(centre, columns, &gain, &stiffness)
    }
}

/// How much must speak against a ray before what follows counts less, in odds times mm.
const BEYOND: f32 = 2.5;

/// A correction speaks for what lies this close to it (sigma), mm.
const HINT_REACH_MM: f64 = 3.0;
/// How loudly it speaks there.
const HINT_ODDS: f32 = 3.0;
/// The part that values at a correction have in what is learnt.
const HINT_SHARE: f32 = 0.1;

/// Square of the distance of two places, mm2.
fn apart2(a: [f64; 3], b: [f64; 3]) -> f64 {
    (0..3).map(|axis| (a[axis] - b[axis]).powi(2)).sum()
}

/// Holds the surface beyond a place that belongs, and before one that does not.
fn hold(centre: [f64; 3], columns: &Columns, gain: &mut [f32], hint: [f64; 3], belongs: bool) {
    let way = [0, 1, 2].map(|a| hint[a] - centre[a]);
    let far = apart2(hint, centre).sqrt();
    if far < 1.5 {
        return; // the middle itself
    }
    // The directions that pass within 2.5 mm or 8 degrees, and the nearest one in any case: evening out the surface must
    // not take it back.
    let cosines: Vec<f64> =
        Sphere::get().directions.iter().map(|d| (0..3).map(|a| d[a] * way[a]).sum::<f64>() / far).collect();
    let nearest = cosines.iter().fold(-1.0f64, |a, b| a.max(*b));
    let close = (2.5f64).atan2(far).max(8f64.to_radians()).cos().min(nearest);
    for (d, column) in gain.chunks_exact_mut(columns.count).enumerate().filter(|(d, _)| cosines[*d] >= close) {
        for (k, to) in column.iter_mut().enumerate() {
            let r = columns.radius(d, k);
            if belongs && r <= far + 1.0 {
                *to = cut::FIRM;
            } else if !belongs && r >= far - 1.0 {
                *to = -cut::FIRM;
            }
        }
    }
}

/// The surface that a dragged axis suggests: as thick as four fifths of its length.
fn along_axis([a, b]: [[f64; 3]; 2]) -> Surface {
    let centre = [0, 1, 2].map(|axis| (a[axis] + b[axis]) / 2.0);
    let half = (apart2(a, b).sqrt() / 2.0).max(2.0);
    let axis = [0, 1, 2].map(|n| (b[n] - a[n]) / (2.0 * half));
    let radii = Sphere::get().directions.iter().map(|d| {
        let along = (0..3).map(|n| d[n] * axis[n]).sum::<f64>().powi(2);
        half / (along + (1.0 - along) / (0.8 * 0.8)).sqrt()
    });
    Surface { centre, radii: radii.collect() }
}

/// The voxels whose centres lie inside a surface.
fn voxels(volume: &Volume, field: &Field, click: &Click, surface: &Surface) -> Result<Mask, MaskError> {
    let mut mask = Mask::new(volume.grid.clone())?;
    let most = surface.radii.iter().fold(0.0f64, |a, b| a.max(*b));
    let [(i0, i1), (j0, j1), (k0, k1)] = field.voxels_near(surface.centre, most + 1.0);
    let columns = volume.grid.dims[0];
    let place = |i: u32, j: u32, k: u32| {
        let p = volume.grid.to_patient(VoxelIndex::new(f64::from(i), f64::from(j), f64::from(k))) - click.at;
        [p.x, p.y, p.z]
    };
    for k in k0..=k1 {
        let mut runs = Vec::new();
        for j in j0..=j1 {
            let inside = |i: &u32| surface.contains(place(*i, j, k));
            runs.extend((i0..=i1).filter(inside).map(|i| Run { start: j * columns + i, len: 1 }));
        }
        mask.set_slice(k, RleSlice::from_runs(runs))?;
    }
    Ok(mask)
}

#[cfg(test)]
mod tests;
