//! Tests between groups on counts: Fisher's exact test and chi-square.

use super::Proportion;
use super::special::chi_square_tail;
use serde::{Deserialize, Serialize};
use statrs::function::factorial::ln_factorial;

/// Pearson's chi-square test of a table.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ChiSquare {
    /// The statistic.
    pub chi2: f64,
    /// Degrees of freedom.
    pub degrees: u32,
    /// The p value.
    pub p: f64,
    /// The p value with Yates's correction, of a table of two by two.
    pub p_corrected: Option<f64>,
    /// The smallest expected count: below 5 the test is not to be relied on.
    pub smallest_expected: f64,
}

/// Fisher's exact test of two proportions, two-sided: the probability of all tables with the same margins that are no
/// more likely than this one, as R and SAS have it. None where a count exceeds its total.
#[must_use]
pub fn fisher(one: Proportion, other: Proportion) -> Option<f64> {
    if one.n > one.of || other.n > other.of {
        return None;
    }
    let (first, total) = (u64::from(one.of), u64::from(one.of) + u64::from(other.of));
    let successes = u64::from(one.n) + u64::from(other.n);
    let choose = |n: u64, k: u64| ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k);
    let whole = choose(total, successes);
    let log_probability = |x: u64| choose(first, x) + choose(total - first, successes - x) - whole;
    let own = log_probability(u64::from(one.n));
    // What is as likely but for rounding counts as well: R's relative error of 1e-7.
    let limit = own + (1.0_f64 + 1e-7).ln();
    let from = successes.saturating_sub(total - first);
    let to = successes.min(first);
    let sum: f64 = (from..=to).map(log_probability).filter(|log| *log <= limit).map(f64::exp).sum();
    Some(sum.min(1.0))
}

/// Pearson's chi-square test of proportions in two or more groups. None with fewer than two groups with somebody in
/// them, or where all or none are successes.
#[must_use]
pub fn chi_square(groups: &[Proportion]) -> Option<ChiSquare> {
    let groups: Vec<Proportion> = groups.iter().copied().filter(|group| group.of > 0).collect();
    let total: f64 = groups.iter().map(|group| f64::from(group.of)).sum();
    let successes: f64 = groups.iter().map(|group| f64::from(group.n)).sum();
    if groups.len() < 2 || successes <= 0.0 || successes >= total || groups.iter().any(|group| group.n > group.of) {
        return None;
    }
    let cells = || {
        groups.iter().flat_map(|group| {
            let (n, of) = (f64::from(group.n), f64::from(group.of));
            [(n, of * successes / total), (of - n, of * (total - successes) / total)]
        })
    };
    let chi2: f64 = cells().map(|(seen, expected)| (seen - expected).powi(2) / expected).sum();
    let degrees = super::spell::count(groups.len() - 1);
    let p_corrected = (groups.len() == 2)
        .then(|| {
            let correction = cells().map(|(seen, expected)| (seen - expected).abs()).fold(0.5, f64::min);
            let chi2: f64 =
                cells().map(|(seen, expected)| ((seen - expected).abs() - correction).powi(2) / expected).sum();
            chi_square_tail(chi2, 1)
        })
        .flatten();
    let smallest_expected = cells().map(|(_, expected)| expected).fold(f64::INFINITY, f64::min);
    Some(ChiSquare { chi2, degrees, p: chi_square_tail(chi2, degrees)?, p_corrected, smallest_expected })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(n: u32, of: u32) -> Proportion {
        Proportion { n, of }
    }

    #[test]
    fn the_papers_that_recompute() {
        // Shady 2018: 79/85 and 58/60, printed p = 0.47.
        assert!((fisher(of(79, 85), of(58, 60)).unwrap() - 0.470).abs() < 5e-4);
        // Wang 2015: 0/32 and 4/29, printed p = 0.046.
        assert!((fisher(of(0, 32), of(4, 29)).unwrap() - 0.0455).abs() < 5e-5);
        let wang = chi_square(&[of(0, 32), of(4, 29)]).unwrap();
        assert!((wang.p - 0.030).abs() < 5e-4);
        assert!((wang.p_corrected.unwrap() - 0.098).abs() < 5e-4);
        assert!(wang.smallest_expected < 5.0);
    }

    #[test]
    fn edges() {
        assert_eq!(fisher(of(0, 0), of(3, 7)), Some(1.0));
        assert_eq!(fisher(of(2, 1), of(3, 7)), None);
        assert!((fisher(of(3, 3), of(0, 3)).unwrap() - 0.1).abs() < 1e-12, "2 of 20 tables");
        assert_eq!(fisher(of(5, 10), of(5, 10)), Some(1.0));
        assert_eq!(chi_square(&[of(1, 2)]), None);
        assert_eq!(chi_square(&[of(0, 2), of(0, 5)]), None);
        assert_eq!(chi_square(&[of(1, 2), of(0, 0)]), None);
        let wide = chi_square(&[of(1, 4), of(2, 5), of(3, 6)]).unwrap();
        assert_eq!((wide.degrees, wide.p_corrected), (2, None));
    }
}
