//! Proportions of lesions, where lesions of one patient are alike.

use super::special::Z_95;
use super::{Interval, Proportion};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A proportion of lesions with an interval that knows which lesions share a patient.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Clustered {
    /// n/N of lesions.
    pub proportion: Proportion,
    /// Patients.
    pub patients: u32,
    /// Cluster-robust standard error; none with fewer than two patients.
    pub standard_error: Option<f64>,
    /// How much more the patients vary than lesions of their own would; never below 1. None where it cannot be told.
    pub design_effect: Option<f64>,
    /// The 95 % interval.
    pub interval: Option<Interval>,
}

/// A proportion over lesions, each with its patient and whether it counts as a success.
///
/// The standard error is that of the ratio estimator: sum x / sum m over patients, with K / (K - 1) for few patients.
/// The interval is Wilson's with N divided by the design effect, so that it stays within 0 and 1; where nobody or
/// everybody succeeds the design effect cannot be told, and the interval is that of one lesion per patient.
#[must_use]
pub fn clustered<P: Ord>(lesions: impl IntoIterator<Item = (P, bool)>) -> Clustered {
    let mut by_patient: BTreeMap<P, (u32, u32)> = BTreeMap::new();
    for (patient, success) in lesions {
        let (x, m) = by_patient.entry(patient).or_default();
        *x += u32::from(success);
        *m += 1;
    }
    let patients = super::spell::count(by_patient.len());
    let (n, of) = by_patient.values().fold((0, 0), |(n, of), (x, m)| (n + x, of + m));
    let proportion = Proportion { n, of };
    let (total, k) = (f64::from(of), f64::from(patients));
    let p = if of > 0 { f64::from(n) / total } else { 0.0 };
    let standard_error = (patients > 1).then(|| {
        let squares: f64 = by_patient.values().map(|(x, m)| (f64::from(*x) - p * f64::from(*m)).powi(2)).sum();
        (k / (k - 1.0) * squares).sqrt() / total
    });
    let one_of_each = p * (1.0 - p) / total;
    let design_effect = standard_error.filter(|_| n > 0 && n < of).map(|se| (se * se / one_of_each).max(1.0));
    let effective = match design_effect {
        Some(effect) => total / effect,
        None => k,
    };
    Clustered { proportion, patients, standard_error, design_effect, interval: wilson(p, effective) }
}

/// Wilson's interval for a proportion of a number that need not be whole.
fn wilson(p: f64, n: f64) -> Option<Interval> {
    if n <= 0.0 {
        return None;
    }
    let z2 = Z_95 * Z_95;
    let centre = 2.0 * n * p + z2;
    let spread = Z_95 * (z2 + 4.0 * n * p * (1.0 - p)).sqrt();
    let whole = 2.0 * (n + z2);
    let low = if p <= 0.0 { 0.0 } else { (centre - spread) / whole };
    let high = if p >= 1.0 { 1.0 } else { (centre + spread) / whole };
    Some(Interval { low, high })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn meijerinks_thirteen_lesions() {
        // Patient 5 has three lesions; recurrence in lesions 10 to 13, of patients 8 to 11.
        let patients = [1, 2, 3, 4, 5, 5, 5, 6, 7, 8, 9, 10, 11];
        let result = clustered(patients.iter().enumerate().map(|(at, patient)| (*patient, at >= 9)));
        assert_eq!((result.proportion, result.patients), (Proportion { n: 4, of: 13 }, 11));
        let naive = (4.0_f64 / 13.0 * 9.0 / 13.0 / 13.0).sqrt();
        assert!((naive - 0.1280).abs() < 5e-5);
        assert!((result.standard_error.unwrap() - 0.1474).abs() < 5e-5, "{result:?}");
        assert!((result.design_effect.unwrap() - (0.1474_f64 / 0.1280).powi(2)).abs() < 2e-3);
        let (interval, plain) = (result.interval.unwrap(), result.proportion.wilson_95().unwrap());
        assert!(interval.low < plain.low && interval.high > plain.high, "wider than without clusters");
    }

    #[test]
    fn edges() {
        let nothing = clustered(Vec::<(u32, bool)>::new());
        assert_eq!(
            (nothing.proportion, nothing.interval, nothing.standard_error),
            (Proportion { n: 0, of: 0 }, None, None)
        );
        let all = clustered([(1, true), (1, true), (2, true)]);
        assert_eq!(all.interval, Proportion { n: 2, of: 2 }.wilson_95(), "as if each patient had one lesion");
        let one = clustered([(1, true), (1, false)]);
        assert_eq!((one.standard_error, one.interval), (None, wilson(0.5, 1.0)));
    }

    proptest! {
        #[test]
        fn lesions_of_their_own_have_the_plain_interval(successes in prop::collection::vec(any::<bool>(), 2..60)) {
            let result = clustered(successes.iter().enumerate().map(|(at, success)| (at, *success)));
            let plain = result.proportion.wilson_95().unwrap();
            let interval = result.interval.unwrap();
            // The small-sample factor alone makes a difference.
            prop_assert!(interval.low <= plain.low + 1e-12 && interval.high >= plain.high - 1e-12);
            let mut reversed: Vec<(usize, bool)> = successes.iter().copied().enumerate().collect();
            reversed.reverse();
            prop_assert_eq!(clustered(reversed), result);
        }
    }
}
