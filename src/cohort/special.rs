//! Points and tails of distributions, from `statrs`.

use statrs::function::beta::checked_beta_reg;
use statrs::function::gamma::checked_gamma_ur;

/// The 97.5 % point of the standard normal distribution.
pub(super) const Z_95: f64 = 1.959_963_984_540_054;

/// The upper tail of the chi-square distribution: the p value of a test. None without degrees of freedom.
pub(super) fn chi_square_tail(chi2: f64, degrees: u32) -> Option<f64> {
    if degrees == 0 || !chi2.is_finite() {
        return None;
    }
    if chi2 <= 0.0 {
        return Some(1.0);
    }
    checked_gamma_ur(f64::from(degrees) / 2.0, chi2 / 2.0).ok()
}

/// The point below which a beta distribution holds `share`, by halving: it cannot fail to end.
pub(super) fn beta_point(a: f64, b: f64, share: f64) -> Option<f64> {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if checked_beta_reg(a, b, middle).ok()? < share {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(f64::midpoint(low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_of_tables() {
        assert!((chi_square_tail(3.841_458_820_694_124, 1).unwrap() - 0.05).abs() < 1e-13);
        assert!((chi_square_tail(5.991_464_547_107_979, 2).unwrap() - 0.05).abs() < 1e-13);
        assert_eq!(chi_square_tail(0.0, 3), Some(1.0));
        assert_eq!(chi_square_tail(1.0, 0), None);
        assert!((beta_point(1.0, 1.0, 0.3).unwrap() - 0.3).abs() < 1e-15);
        // Beta(2, 1) has the distribution function x squared.
        assert!((beta_point(2.0, 1.0, 0.25).unwrap() - 0.5).abs() < 1e-14);
    }
}
