//! Sections through a volume in any plane, thin or as a slab.
//!
//! A [`Section`] is a rectangle of pixels anywhere in patient space; [`reslice`] asks the volume for the value at
//! each of them, interpolated linearly between the eight voxel centres around it. A [`Slab`] takes the mean, the
//! largest or the smallest value through a thickness. Where a section leaves the volume, meets padding or a slice
//! that has not been read, there is no value (NaN): nothing is made up, and nothing is stretched.

mod plane;
mod rows;
#[cfg(test)]
mod tests;

pub use plane::{Section, crossing, reformat_grid};

use super::Volume;
use rayon::prelude::*;
use rows::{Rows, Sheet, UNREAD};
use serde::{Deserialize, Serialize};

/// What a slab shows of the values through its thickness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Projection {
    /// Their mean: less noise, as a thicker slice has.
    Mean,
    /// The largest: vessels, calcification.
    Maximum,
    /// The smallest: air, bile ducts.
    Minimum,
}

/// A thickness to look through, centred on the section.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Slab {
    /// How thick, mm.
    pub thickness_mm: f64,
    /// What is shown of it.
    pub projection: Projection,
}

/// The values of a section.
#[derive(Debug, Clone, PartialEq)]
pub struct Resliced {
    /// Row by row, in the volume's unit; NaN where there is no value.
    pub values: Box<[f32]>,
    /// Whether every slice that was asked for had been read; else it is worth asking again later.
    pub complete: bool,
}

/// The values of a volume in a section; through a slab where one is given, else at the section itself.
///
/// A slab's mean is taken at the middles of equal parts, none of which crosses more than one voxel along any axis
/// of the volume; its largest and smallest value in its middle, at such steps from there, and at its two faces: where
/// it lies on a slice of the volume, all slices within it are met as they are. What lies outside the volume or is padding does not count; a pixel that needs a slice not yet read has no value. In a
/// stack that is no volume, and in colour, there are no values. The same on one core or many.
#[must_use]
pub fn reslice(volume: &Volume, section: &Section, slab: Option<Slab>) -> Resliced {
    let [width, height] = section.size.map(|n| n as usize);
    let mut values = vec![f32::NAN; width * height];
    if !volume.is_volume || width == 0 || volume.grid.check().is_err() {
        return Resliced { values: values.into(), complete: true };
    }
    let rows = Rows::new(volume, section);
    let offsets = slab.map_or_else(|| vec![0.0], |slab| offsets_mm(slab, section.step_through_mm(&volume.grid)));
    let projection = slab.map_or(Projection::Maximum, |slab| slab.projection);
    let complete = values
        .par_chunks_mut(width)
        .enumerate()
        .with_min_len(8)
        .map_init(Scratch::default, |scratch, (y, out)| {
            match offsets.as_slice() {
                [offset] => rows.fill(out, y, *offset, None),
                many => scratch.project(&rows, out, y, many, projection),
            }
            let mut complete = true;
            for value in out.iter_mut().filter(|value| !value.is_finite()) {
                complete &= *value != UNREAD;
                *value = f32::NAN;
            }
            complete
        })
        .reduce(|| true, |a, b| a && b);
    Resliced { values: values.into(), complete }
}

/// Where a slab is sampled along its normal, mm from its middle.
fn offsets_mm(slab: Slab, step_mm: f64) -> Vec<f64> {
    /// A slab is thinner than any patient; beyond this it is sampled more coarsely rather than for ever.
    const MOST: f64 = 1000.0;
    let parts = (slab.thickness_mm / step_mm - 1e-6).ceil().clamp(1.0, MOST);
    if !(slab.thickness_mm > 0.0 && slab.thickness_mm.is_finite()) {
        return vec![0.0];
    }
    let at = |share: f64| (share - 0.5) * slab.thickness_mm;
    match slab.projection {
        Projection::Mean => (0..parts as u32).map(|n| at((f64::from(n) + 0.5) / parts)).collect(),
        Projection::Maximum | Projection::Minimum => {
            let half = slab.thickness_mm / 2.0;
            let step = step_mm.max(slab.thickness_mm / MOST);
            let inner = ((half / step - 1e-6).floor().max(0.0)) as i32;
            let inner = (-inner..=inner).map(|n| f64::from(n) * step);
            std::iter::once(-half).chain(inner).chain([half]).collect()
        }
    }
}

/// What one thread needs for a row of a slab.
#[derive(Default)]
struct Scratch {
    row: Vec<f32>,
    sum: Vec<f64>,
    count: Vec<f64>,
    sheet: Sheet,
}

impl Scratch {
    fn project(&mut self, rows: &Rows<'_>, out: &mut [f32], y: usize, offsets_mm: &[f64], projection: Projection) {
        self.row.resize(out.len(), 0.0);
        let sheet = rows.make_sheet(&mut self.sheet, y, out.len(), offsets_mm).then_some(&self.sheet);
        match projection {
            Projection::Mean => {
                self.sum.clear();
                self.sum.resize(out.len(), 0.0);
                self.count.clear();
                self.count.resize(out.len(), 0.0);
                for offset in offsets_mm {
                    rows.fill(&mut self.row, y, *offset, sheet);
                    for ((value, sum), count) in self.row.iter().zip(&mut self.sum).zip(&mut self.count) {
                        let counts = !value.is_nan();
                        *sum += if counts { f64::from(*value) } else { 0.0 };
                        *count += if counts { 1.0 } else { 0.0 };
                    }
                }
                for ((out, sum), count) in out.iter_mut().zip(&self.sum).zip(&self.count) {
                    *out = (sum / count) as f32; // none: 0 / 0
                }
            }
            Projection::Maximum => {
                out.fill(f32::NEG_INFINITY);
                for offset in offsets_mm {
                    rows.fill(&mut self.row, y, *offset, sheet);
                    for (out, value) in out.iter_mut().zip(&self.row) {
                        *out = if *value > *out { *value } else { *out };
                    }
                }
            }
            Projection::Minimum => {
                // What was not read must win here too: smaller than all, and set right at the end.
                out.fill(f32::INFINITY);
                for offset in offsets_mm {
                    rows.fill(&mut self.row, y, *offset, sheet);
                    for (out, value) in out.iter_mut().zip(&self.row) {
                        let value = if *value == UNREAD { f32::NEG_INFINITY } else { *value };
                        *out = if value < *out { value } else { *out };
                    }
                }
                for out in out.iter_mut() {
                    *out = match *out {
                        f32::NEG_INFINITY => UNREAD,
                        f32::INFINITY => f32::NAN,
                        value => value,
                    };
                }
            }
        }
    }
}
