//! A proportion with its interval (R29).

use serde::{Deserialize, Serialize};

/// The 97.5 % point of the standard normal distribution.
const Z_95: f64 = 1.959_963_984_540_054;

/// n of N. Always shown with both numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proportion {
    /// How many.
    pub n: u32,
    /// Of how many.
    pub of: u32,
}

/// A confidence interval of a proportion, as fractions from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Proportion {
    /// Tenths of a percent, rounded half away from zero in whole numbers; none of nothing.
    fn per_mille(self) -> Option<u64> {
        let (n, of) = (u64::from(self.n), u64::from(self.of));
        (of > 0).then(|| (2000 * n + of) / (2 * of))
    }

    /// Percent with one decimal, half away from zero. None when `of` is 0.
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // at most 1000 * u32::MAX: exact in f64
    pub fn percent(self) -> Option<f64> {
        self.per_mille().map(|tenths| tenths as f64 / 10.0)
    }

    /// "6/8 = 75.0 %", or "0/0" alone when there is nothing to divide by.
    #[must_use]
    pub fn words(self) -> String {
        match self.per_mille() {
            Some(tenths) => format!("{}/{} = {}.{} %", self.n, self.of, tenths / 10, tenths % 10),
            None => format!("{}/{}", self.n, self.of),
        }
    }

    /// Wilson score interval, 95 %, without continuity correction (Wilson 1927; Newcombe 1998, method 3).
    /// None when `of` is 0 or `n` exceeds it.
    #[must_use]
    pub fn wilson_95(self) -> Option<Interval> {
        if self.of == 0 || self.n > self.of {
            return None;
        }
        let (x, n) = (f64::from(self.n), f64::from(self.of));
        let z2 = Z_95 * Z_95;
        let centre = 2.0 * x + z2;
        let spread = Z_95 * (z2 + 4.0 * x * (n - x) / n).sqrt();
        let whole = 2.0 * (n + z2);
        // At 0 and n the ends are exactly 0 and 1; the formula leaves a rounding error there.
        let low = if self.n == 0 { 0.0 } else { (centre - spread) / whole };
        let high = if self.n == self.of { 1.0 } else { (centre + spread) / whole };
        Some(Interval { low, high })
    }
}

impl Interval {
    /// Both ends in percent with one decimal, half away from zero.
    #[must_use]
    pub fn percent(self) -> (f64, f64) {
        let tenth = |fraction: f64| (fraction * 1000.0).round() / 10.0;
        (tenth(self.low), tenth(self.high))
    }

    /// "40.9-92.9 %".
    #[must_use]
    pub fn words(self) -> String {
        let (low, high) = self.percent();
        format!("{low:.1}-{high:.1} %")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn percent(n: u32, of: u32) -> f64 {
        Proportion { n, of }.percent().unwrap()
    }

    #[test]
    fn r29_percentages_round_half_away_from_zero() {
        assert_eq!(percent(48, 58), 82.8);
        assert_eq!(percent(100, 114), 87.7);
        assert_eq!(percent(100, 120), 83.3);
        assert_eq!(percent(14, 58), 24.1);
        assert_eq!(percent(12, 58), 20.7);
        assert_eq!(percent(10, 173), 5.8, "never truncated");
        assert_eq!(percent(1, 16), 6.3, "6.25 goes up");
        assert_eq!(percent(3, 16), 18.8, "18.75 goes up");
        assert_eq!(percent(1, 2000), 0.1, "0.05 goes up");
        assert_eq!(percent(83, 105), 79.0);
        assert_eq!(percent(95, 105), 90.5);
        assert_eq!(Proportion { n: 6, of: 9 }.words(), "6/9 = 66.7 %");
        assert_eq!(Proportion { n: 0, of: 0 }.words(), "0/0");
        assert_eq!(Proportion { n: 0, of: 0 }.percent(), None);
    }

    #[test]
    fn wilson_intervals_equal_the_published_ones() {
        // Percent by 40-digit decimal arithmetic. All agree with the printed examples of Abdallah 2025, the renal
        // series PMC2700242, Newcombe 1998 and CAMIS, two of them (100/120 low, 95/105 low) up to a last printed
        // digit that is cut off, not rounded.
        let exact = [
            (48, 58, 71.091_743, 90.355_707),
            (100, 114, 80.437_529, 92.541_879),
            (100, 120, 75.654_718, 88.944_003),
            (14, 58, 14.958_874, 36.529_980),
            (12, 58, 12.251_483, 32.769_217),
            (83, 105, 70.308_373, 85.736_447),
            (95, 105, 83.350_872, 94.744_369),
            (81, 263, 25.528_851, 36.620_957),
            (15, 148, 6.238_639, 16.048_724),
            (0, 20, 0.0, 16.112_515),
            (1, 29, 0.611_321, 17.175_521),
            (36, 154, 17.390_341, 30.658_795),
        ];
        for (n, of, low, high) in exact {
            let interval = Proportion { n, of }.wilson_95().unwrap();
            assert!((interval.low * 100.0 - low).abs() < 2e-6, "{n}/{of}: {interval:?}");
            assert!((interval.high * 100.0 - high).abs() < 2e-6, "{n}/{of}: {interval:?}");
        }
        let printed = [
            (48, 58, 71.1, 90.4),
            (100, 114, 80.4, 92.5),
            (14, 58, 15.0, 36.5),
            (12, 58, 12.3, 32.8),
            (83, 105, 70.3, 85.7),
            (0, 20, 0.0, 16.1),
        ];
        for (n, of, low, high) in printed {
            assert_eq!(Proportion { n, of }.wilson_95().unwrap().percent(), (low, high), "{n}/{of}");
        }
        assert_eq!(Proportion { n: 6, of: 8 }.wilson_95().unwrap().words(), "40.9-92.9 %");
        assert_eq!(Proportion { n: 0, of: 0 }.wilson_95(), None);
        assert_eq!(Proportion { n: 2, of: 1 }.wilson_95(), None);
    }

    proptest! {
        #[test]
        fn an_interval_holds_its_proportion_and_mirrors(of in 1u32..5000, share in 0.0f64..=1.0) {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let n = (f64::from(of) * share) as u32;
            let interval = Proportion { n, of }.wilson_95().unwrap();
            let p = f64::from(n) / f64::from(of);
            prop_assert!(0.0 <= interval.low && interval.low <= p && p <= interval.high && interval.high <= 1.0);
            let mirror = Proportion { n: of - n, of }.wilson_95().unwrap();
            prop_assert!((mirror.low - (1.0 - interval.high)).abs() < 1e-12);
            let rounded = percent(n, of);
            prop_assert!((rounded - p * 100.0).abs() <= 0.05 + 1e-9);
        }
    }
}
