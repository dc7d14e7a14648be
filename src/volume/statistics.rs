//! Mean, spread and range of values.

use serde::{Deserialize, Serialize};

/// Count, mean, standard deviation (n - 1) and range of some values, in their unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Statistics {
    /// How many values.
    pub n: u64,
    /// Arithmetic mean.
    pub mean: f64,
    /// Sample standard deviation (n - 1); `None` for a single value.
    pub sd: Option<f64>,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
}

impl Statistics {
    /// Statistics of the finite values; `None` when there is none.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut all = Accumulator::default();
        values.into_iter().for_each(|value| all.add(value));
        all.finish()
    }
}

/// Collects statistics one value at a time without keeping the values (Welford 1962, Technometrics 4:419).
#[derive(Debug, Clone, Copy, Default)]
pub struct Accumulator {
    n: u64,
    mean: f64,
    squares: f64,
    min: f64,
    max: f64,
}

impl Accumulator {
    /// Takes in one value; what is not finite is left out.
    pub fn add(&mut self, value: f64) {
        if !value.is_finite() {
            return;
        }
        if self.n == 0 {
            (self.min, self.max) = (value, value);
        }
        self.n += 1;
        let before = value - self.mean;
        self.mean += before / self.n as f64;
        self.squares += before * (value - self.mean);
        self.min = self.min.min(value);
        self.max = self.max.max(value);
    }

    /// The statistics so far; `None` before the first value.
    #[must_use]
    pub fn finish(&self) -> Option<Statistics> {
        let sd = (self.n > 1).then(|| (self.squares / (self.n - 1) as f64).sqrt());
        (self.n > 0).then_some(Statistics { n: self.n, mean: self.mean, sd, min: self.min, max: self.max })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // 2 4 4 4 5 5 7 9: mean 5, squares 32, sd sqrt(32 / 7).
        let s = Statistics::of([2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]).unwrap();
        assert_eq!((s.n, s.mean, s.min, s.max), (8, 5.0, 2.0, 9.0));
        assert!((s.sd.unwrap() - (32.0f64 / 7.0).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn few_and_odd_values() {
        assert_eq!(Statistics::of([]), None);
        assert_eq!(Statistics::of([f64::NAN, f64::INFINITY]), None);
        let one = Statistics::of([-3.0]).unwrap();
        assert_eq!((one.n, one.mean, one.sd, one.min, one.max), (1, -3.0, None, -3.0, -3.0));
    }

    #[test]
    fn a_large_offset_loses_no_spread() {
        let s = Statistics::of([1e9 + 4.0, 1e9 + 7.0, 1e9 + 13.0, 1e9 + 16.0]).unwrap();
        assert!((s.sd.unwrap() - 30.0f64.sqrt()).abs() < 1e-6);
    }
}
