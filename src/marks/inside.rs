//! The values of an image inside a mark.

use super::{Mask, grids_coincide};
use crate::geometry::{PatientPoint, Rigid, VoxelIndex};
use crate::volume::Volume;

/// Number, mean, spread and range of values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statistics {
    /// How many values.
    pub n: u64,
    /// Mean.
    pub mean: f64,
    /// Standard deviation (n - 1); `None` below two values.
    pub sd: Option<f64>,
    /// Smallest.
    pub min: f64,
    /// Largest.
    pub max: f64,
}

/// The values of `volume` at the voxel centres of a mark, in the volume's unit; padding, colour and slices not
/// yet read are left out. `None` when no value is left.
///
/// `link` takes places of the mark's space to the volume's. On the same grid without a movement the voxels
/// themselves are taken, elsewhere the volume is interpolated trilinearly.
#[must_use]
pub fn statistics_inside(mask: &Mask, volume: &Volume, link: &Rigid) -> Option<Statistics> {
    let columns = mask.grid().dims[0];
    let same = *link == Rigid::IDENTITY && grids_coincide(mask.grid(), &volume.grid);
    let mut sums = Running::default();
    for (slice, runs) in mask.slices() {
        for (row, first, end) in runs.rows(columns) {
            for column in first..end {
                let value = if same {
                    volume.value(column, row, *slice)
                } else {
                    let at = VoxelIndex::new(f64::from(column), f64::from(row), f64::from(*slice));
                    sample(volume, link.apply(mask.grid().to_patient(at)))
                };
                if let Some(value) = value.filter(|value| value.is_finite()) {
                    sums.add(value);
                }
            }
        }
    }
    sums.finish()
}

/// Mean and sum of squared differences from it, kept up value by value (Welford 1962), so that large means
/// cost no digits.
#[derive(Default)]
struct Running {
    n: u64,
    mean: f64,
    squares: f64,
    range: Option<(f64, f64)>,
}

impl Running {
    fn add(&mut self, value: f64) {
        self.n += 1;
        let before = value - self.mean;
        self.mean += before / self.n as f64;
        self.squares += before * (value - self.mean);
        let (min, max) = self.range.unwrap_or((value, value));
        self.range = Some((min.min(value), max.max(value)));
    }

    fn finish(self) -> Option<Statistics> {
        let (min, max) = self.range?;
        let sd = (self.n > 1).then(|| (self.squares / (self.n - 1) as f64).sqrt());
        Some(Statistics { n: self.n, mean: self.mean, sd, min, max })
    }
}

/// The value at a place, interpolated between the voxels around it; `None` where one of them has none.
fn sample(volume: &Volume, at: PatientPoint) -> Option<f64> {
    let at = volume.grid.to_index(at);
    let place = [at.i, at.j, at.k];
    let low = place.map(f64::floor);
    let mut sum = 0.0;
    for corner in 0..8 {
        let mut weight = 1.0;
        let mut index = [0; 3];
        for axis in 0..3 {
            let part = place[axis] - low[axis];
            let up = corner >> axis & 1 == 1;
            weight *= if up { part } else { 1.0 - part };
            let v = low[axis] + f64::from(u8::from(up));
            index[axis] = if v >= 0.0 { v as u32 } else { u32::MAX };
        }
        if weight > 0.0 {
            sum += weight * volume.value(index[0], index[1], index[2])?;
        }
    }
    Some(sum)
}
