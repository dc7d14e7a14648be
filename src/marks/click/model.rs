//! What values inside and outside look like, learnt from the click and from the last surface.

/// Values beyond this many bins are not told apart.
const BINS: usize = 256;
/// The share of values that belong nowhere: keeps a single odd value from deciding.
const FLOOR: f32 = 0.02;

/// How much likelier a value is inside than outside, as a logarithm.
pub(super) struct Model {
    low: f32,
    wide: f32,
    odds: Vec<f32>,
}

/// Counts of values, with weights.
pub(super) struct Counts {
    low: f32,
    wide: f32,
    bins: Vec<f32>,
}

impl Counts {
    /// Empty counts for values around `middle`, `reach` to both sides.
    pub fn new(middle: f32, reach: f32) -> Self {
        Self { low: middle - reach, wide: 2.0 * reach / BINS as f32, bins: vec![0.0; BINS] }
    }

    pub fn add(&mut self, value: f32, weight: f32) {
        let bin = ((value - self.low) / self.wide).clamp(0.0, BINS as f32 - 1.0) as usize;
        self.bins[bin] += weight;
    }

    /// The sum of all weights.
    pub fn sum(&self) -> f32 {
        self.bins.iter().sum()
    }

    /// Smoothed by `sigma` (in the unit of values), as shares of one.
    pub fn shares(&self, sigma: f32) -> Vec<f32> {
        let sigma = (sigma / self.wide).max(0.5);
        let reach = (3.0 * sigma).ceil() as usize;
        let bell: Vec<f32> = (0..=reach).map(|n| (-0.5 * (n as f32 / sigma).powi(2)).exp()).collect();
        let mut out = vec![0.0f32; BINS];
        for (n, count) in self.bins.iter().enumerate().filter(|(_, count)| **count > 0.0) {
            for (away, height) in bell.iter().enumerate() {
                for at in if away == 0 { [Some(n), None] } else { [n.checked_sub(away), Some(n + away)] } {
                    if let Some(to) = at.and_then(|at| out.get_mut(at)) {
                        *to += count * height;
                    }
                }
            }
        }
        let sum: f32 = out.iter().sum();
        if sum > 0.0 {
            out.iter_mut().for_each(|v| *v /= sum);
        }
        out
    }

    /// The value of a bin.
    pub fn value(&self, bin: usize) -> f32 {
        self.low + (bin as f32 + 0.5) * self.wide
    }
}

impl Model {
    /// From a band of values that belong inside: `low` and `high` are where inside and outside are equally likely,
    /// `soft` how far from there one is sure.
    pub fn band(low: f32, high: f32, soft: f32, middle: f32, reach: f32) -> Self {
        let counts = Counts::new(middle, reach);
        let odds = (0..BINS).map(|bin| {
            let v = counts.value(bin);
            ((v - low).min(high - v) / soft).clamp(-1.0, 1.0) * 2.0
        });
        Self { low: counts.low, wide: counts.wide, odds: odds.collect() }
    }

    /// From what was counted inside and outside of a surface.
    pub fn learnt(inside: &Counts, outside: &Counts, sigma: f32) -> Self {
        let (a, b) = (inside.shares(sigma), outside.shares(sigma));
        let least = FLOOR / BINS as f32;
        let odds = a.iter().zip(&b).map(|(a, b)| ((a + least) / (b + least)).ln().clamp(-2.5, 2.5));
        Self { low: inside.low, wide: inside.wide, odds: odds.collect() }
    }

    /// Both, in parts.
    pub fn mixed(&self, other: &Self, part: f32) -> Self {
        let odds = self.odds.iter().zip(&other.odds).map(|(a, b)| a * (1.0 - part) + b * part);
        Self { low: self.low, wide: self.wide, odds: odds.collect() }
    }

    /// Above zero: likelier inside.
    pub fn odds(&self, value: f32) -> f32 {
        let at = ((value - self.low) / self.wide - 0.5).clamp(0.0, BINS as f32 - 1.001);
        let n = at as usize;
        let part = at - n as f32;
        self.odds[n] * (1.0 - part) + self.odds[n + 1] * part
    }
}
