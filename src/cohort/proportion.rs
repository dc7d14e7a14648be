//! A proportion with its interval (R29).

use super::special::{Z_95, beta_point};
use serde::{Deserialize, Serialize};

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

    /// Clopper-Pearson interval, 95 %: the exact one (Clopper and Pearson 1934). None when `of` is 0 or `n` exceeds it.
    #[must_use]
    pub fn clopper_pearson_95(self) -> Option<Interval> {
        if self.of == 0 || self.n > self.of {
            return None;
        }
        let (x, n) = (f64::from(self.n), f64::from(self.of));
        let low = if self.n == 0 { 0.0 } else { beta_point(x, n - x + 1.0, 0.025)? };
        let high = if self.n == self.of { 1.0 } else { beta_point(x + 1.0, n - x, 0.975)? };
        Some(Interval { low, high })
    }

    /// Wilson score interval with continuity correction, 95 % (Newcombe 1998, method 4), to check older papers with.
    /// None when `of` is 0 or `n` exceeds it.
    #[must_use]
    pub fn wilson_corrected_95(self) -> Option<Interval> {
        if self.of == 0 || self.n > self.of {
            return None;
        }
        let (x, n) = (f64::from(self.n), f64::from(self.of));
        let (p, z2) = (x / n, Z_95 * Z_95);
        let whole = 2.0 * (n + z2);
        let spread = |sign: f64| {
            let under_root = z2 - sign * 2.0 - 1.0 / n + 4.0 * p * (n * (1.0 - p) + sign);
            1.0 + Z_95 * under_root.max(0.0).sqrt()
        };
        let low = if self.n == 0 { 0.0 } else { ((2.0 * x + z2 - spread(1.0)) / whole).max(0.0) };
        let high = if self.n == self.of { 1.0 } else { ((2.0 * x + z2 + spread(-1.0)) / whole).min(1.0) };
        Some(Interval { low, high })
    }

    /// Wald interval, 95 %, to check older papers with; it is too narrow near 0 and 1. None when `of` is 0 or `n`
    /// exceeds it.
    #[must_use]
    pub fn wald_95(self) -> Option<Interval> {
        if self.of == 0 || self.n > self.of {
            return None;
        }
        let n = f64::from(self.of);
        let p = f64::from(self.n) / n;
        let spread = Z_95 * (p * (1.0 - p) / n).sqrt();
        Some(Interval { low: (p - spread).max(0.0), high: (p + spread).min(1.0) })
    }

    /// Which whole numbers of `of` give this printed percentage (one decimal, half away from zero): none means that it
    /// cannot be right.
    #[must_use]
    pub fn giving(percent: f64, of: u32) -> Vec<Self> {
        let tenths = (percent * 10.0).round();
        (0..=of)
            .map(|n| Self { n, of })
            .filter(|proportion| proportion.percent().is_some_and(|own| (own * 10.0).round() == tenths))
            .collect()
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

    #[test]
    fn clopper_pearson_and_the_others_equal_the_published_ones() {
        // Abdallah 2025. R gives 80.254 for 100/114 low, whose last printed digit (80.2) is cut off, not rounded.
        let exact = [
            (48, 58, 70.6, 91.4),
            (100, 114, 80.3, 93.1),
            (100, 120, 75.4, 89.5),
            (14, 58, 13.9, 37.2),
            (12, 58, 11.2, 33.4),
        ];
        for (n, of, low, high) in exact {
            assert_eq!(Proportion { n, of }.clopper_pearson_95().unwrap().percent(), (low, high), "{n}/{of}");
        }
        let two_decimals = |interval: Interval| {
            let hundredth = |fraction: f64| (fraction * 10_000.0).round() / 100.0;
            (hundredth(interval.low), hundredth(interval.high))
        };
        let newcombe = [
            (81, 263, (25.27, 36.76), (25.35, 36.82)),
            (15, 148, (5.78, 16.17), (5.98, 16.44)),
            (0, 20, (0.0, 16.84), (0.0, 20.05)),
            (1, 29, (0.09, 17.76), (0.18, 19.63)),
        ];
        for (n, of, exact, corrected) in newcombe {
            let proportion = Proportion { n, of };
            assert_eq!(two_decimals(proportion.clopper_pearson_95().unwrap()), exact, "{n}/{of}");
            assert_eq!(two_decimals(proportion.wilson_corrected_95().unwrap()), corrected, "{n}/{of}");
        }
        let camis = Proportion { n: 36, of: 154 };
        let near = |value: f64, percent: f64| assert!((value * 100.0 - percent).abs() < 5e-4, "{value} {percent}");
        let (exact, wald) = (camis.clopper_pearson_95().unwrap(), camis.wald_95().unwrap());
        near(exact.low, 16.942);
        near(exact.high, 30.865);
        near(wald.low, 16.692);
        near(wald.high, 30.061);
        for nothing in [Proportion { n: 0, of: 0 }, Proportion { n: 2, of: 1 }] {
            assert_eq!(nothing.clopper_pearson_95(), None);
            assert_eq!(nothing.wilson_corrected_95(), None);
            assert_eq!(nothing.wald_95(), None);
        }
    }

    #[test]
    fn the_papers_that_recompute() {
        // Technique efficacy, accuracy and recurrence as printed by the papers.
        let printed = [
            (49, 51, 96.1),
            (33, 46, 71.7),
            (35, 46, 76.1),
            (79, 85, 92.9),
            (58, 60, 96.7),
            (46, 60, 76.7),
            (10, 53, 18.9),
            (106, 112, 94.6),
            (10, 16, 62.5),
            (106, 149, 71.1),
            (116, 165, 70.3),
            (14, 46, 30.4),
            (71, 72, 98.6),
            (14, 15, 93.3),
            (71, 103, 68.9),
            (16, 17, 94.1),
            (13, 16, 81.3),
            (8, 12, 66.7),
            (7, 8, 87.5),
            (4, 6, 66.7),
            (5, 8, 62.5),
            (29, 33, 87.9),
            (15, 20, 75.0),
            (9, 14, 64.3),
            (4, 13, 30.8),
            (4, 11, 36.4),
            (15, 19, 78.9),
            (11, 15, 73.3),
            (5, 12, 41.7),
            (2, 8, 25.0),
            (10, 173, 5.8),
            (53, 58, 91.4),
            (31, 32, 96.9),
            (3, 25, 12.0),
            (3, 23, 13.0),
        ];
        for (n, of, of_hundred) in printed {
            assert_eq!(percent(n, of), of_hundred, "{n}/{of}");
        }
        let exact = [(10, 53, 9.4, 32.0), (106, 112, 88.7, 98.0), (116, 165, 62.7, 77.2)];
        for (n, of, low, high) in exact {
            assert_eq!(Proportion { n, of }.clopper_pearson_95().unwrap().percent(), (low, high), "{n}/{of}");
        }
    }

    #[test]
    fn a_printed_percentage_is_checked() {
        assert_eq!(Proportion::giving(82.5, 58), [], "no count of 58 gives 82.5 %");
        assert_eq!(Proportion::giving(82.8, 58), [Proportion { n: 48, of: 58 }]);
        assert_eq!(Proportion::giving(81.0, 58), [Proportion { n: 47, of: 58 }]);
        assert_eq!(Proportion::giving(50.0, 0), []);
    }

    proptest! {
        #[test]
        fn clopper_pearson_holds_its_proportion_and_mirrors(of in 1u32..3000, share in 0.0f64..=1.0) {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let n = (f64::from(of) * share) as u32;
            let exact = Proportion { n, of }.clopper_pearson_95().unwrap();
            let p = f64::from(n) / f64::from(of);
            prop_assert!(0.0 <= exact.low && exact.low <= p && p <= exact.high && exact.high <= 1.0);
            let mirror = Proportion { n: of - n, of }.clopper_pearson_95().unwrap();
            prop_assert!((mirror.low - (1.0 - exact.high)).abs() < 1e-10);
        }

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
