//! The log-rank test between groups.

use super::special::chi_square_tail;
use super::spell::{RiskSet, Spell, leavings, to_f64};
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

/// A test between groups.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupTest {
    /// The test statistic.
    pub chi2: f64,
    /// Degrees of freedom.
    pub degrees: u32,
    /// The p value.
    pub p: f64,
    /// Events of each group.
    pub observed: Vec<u32>,
    /// Events that each group would have if there was no difference; none where the test does not say.
    pub expected: Option<Vec<f64>>,
}

/// The log-rank test (Mantel 1966) over two or more groups; every event counts, delayed entry is respected. None
/// with fewer than two groups that were ever at risk of an event, or where they were never at risk together.
#[must_use]
pub fn log_rank(groups: &[Vec<Spell>]) -> Option<GroupTest> {
    let sets: Vec<RiskSet> = groups.iter().map(|group| RiskSet::new(group)).collect();
    let all: Vec<Spell> = groups.iter().flatten().copied().collect();
    let mut observed = vec![0_u32; groups.len()];
    let mut expected = DVector::zeros(groups.len());
    let mut variance: DMatrix<f64> = DMatrix::zeros(groups.len(), groups.len());
    for (group, count) in groups.iter().zip(&mut observed) {
        *count = leavings(group).iter().map(super::spell::Leaving::all_events).sum();
    }
    for leaving in leavings(&all) {
        let (d, n) = (f64::from(leaving.all_events()), f64::from(leaving.at_risk));
        if d == 0.0 {
            continue;
        }
        let share =
            DVector::from_iterator(sets.len(), sets.iter().map(|set| f64::from(set.on(to_f64(leaving.day))) / n));
        expected += &share * d;
        if n > 1.0 {
            let factor = d * (n - d) / (n - 1.0);
            variance += (DMatrix::from_diagonal(&share) - &share * share.transpose()) * factor;
        }
    }
    let counted: Vec<usize> = (0..groups.len()).filter(|group| expected[*group] > 0.0).collect();
    let (_, tested) = counted.split_first()?;
    if tested.is_empty() {
        return None;
    }
    let score =
        DVector::from_iterator(tested.len(), tested.iter().map(|group| f64::from(observed[*group]) - expected[*group]));
    let within = DMatrix::from_fn(tested.len(), tested.len(), |row, column| variance[(tested[row], tested[column])]);
    let chi2 = quadratic(&score, within)?;
    let degrees = super::spell::count(tested.len());
    let p = chi_square_tail(chi2, degrees)?;
    Some(GroupTest { chi2, degrees, p, observed, expected: Some(expected.iter().copied().collect()) })
}

/// s' V^-1 s; none where V cannot be inverted.
pub(super) fn quadratic(score: &DVector<f64>, variance: DMatrix<f64>) -> Option<f64> {
    let scale = variance.diagonal().amax();
    let cholesky = variance.cholesky()?;
    let smallest = cholesky.l_dirty().diagonal().amin().powi(2);
    (smallest > scale * 1e-12).then(|| score.dot(&cholesky.solve(score)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cohort::spell::Cause;

    fn spells(events: &[i64], censored: &[i64]) -> Vec<Spell> {
        let event = events.iter().map(|day| Spell::new(*day, Some(Cause(1))));
        event.chain(censored.iter().map(|day| Spell::new(*day, None))).collect()
    }

    #[test]
    fn freireichs_trial() {
        let mercaptopurine = spells(&[6, 6, 6, 7, 10, 13, 16, 22, 23], &[6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]);
        let placebo = spells(&[1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], &[]);
        let test = log_rank(&[mercaptopurine.clone(), placebo.clone()]).unwrap();
        assert!((test.chi2 - 16.793).abs() < 5e-4, "{}", test.chi2);
        assert!((test.p - 4.17e-5).abs() < 5e-8, "{}", test.p);
        assert_eq!((test.degrees, test.observed.clone()), (1, vec![9, 21]));
        // A group without anybody changes nothing but is shown.
        let with_empty = log_rank(&[mercaptopurine.clone(), Vec::new(), placebo]).unwrap();
        assert!((with_empty.chi2 - test.chi2).abs() < 1e-12);
        assert_eq!(with_empty.degrees, 1);
        assert_eq!(log_rank(std::slice::from_ref(&mercaptopurine)), None);
        assert_eq!(log_rank(&[mercaptopurine, spells(&[], &[3])]), None, "gone before the first event");
    }
}
