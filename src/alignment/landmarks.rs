//! The rigid movement that lays pairs of landmarks on each other best.
//!
//! Least squares over rotation and shift, closed form: Kabsch 1976 (Acta Cryst. A32:922) by singular values, with the
//! sign that keeps right and left apart (Umeyama 1991, IEEE PAMI 13:376). Three pairs that do not lie on a line are
//! the least. What is left over says how well the pairs agree, and not how well the anatomy between them does.

use crate::geometry::{PatientPoint, PatientVector, Rigid};
use nalgebra::{Matrix3, Vector3};
use serde::{Deserialize, Serialize};

/// The same place in two stacks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LandmarkPair {
    /// Where it is in the stack whose places are moved.
    pub from: PatientPoint,
    /// Where it is in the other.
    pub to: PatientPoint,
}

/// The least number of pairs.
pub const LEAST_PAIRS: usize = 3;
/// Pairs this close to a line leave the turn about it open: the second largest spread about their middle, mm.
const LEAST_SPREAD_MM: f64 = 2.0;

/// A movement found from landmarks.
#[derive(Debug, Clone, PartialEq)]
pub struct LandmarkFit {
    /// Takes a place of the first stack to the second, LPS mm.
    pub rigid_mm: Rigid,
    /// What is left of each pair, mm, in their order.
    pub residuals_mm: Vec<f64>,
    /// Root mean square of what is left, mm.
    pub rms_mm: f64,
}

/// Why pairs give no movement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LandmarkError {
    /// Fewer than three.
    #[error("three pairs of landmarks are needed; place {} more", LEAST_PAIRS.saturating_sub(*there))]
    TooFew {
        /// How many there are.
        there: usize,
    },
    /// They lie on a line.
    #[error("the landmarks lie on a line, which leaves the turn about it open; place one beside it")]
    OnALine,
    /// A place is no number.
    #[error("a landmark has no place; remove it and place it again")]
    NoPlace,
}

/// The movement with the smallest sum of squares of what is left.
///
/// # Errors
/// When there are too few pairs, or they lie on a line.
pub fn fit_landmarks(pairs: &[LandmarkPair]) -> Result<LandmarkFit, LandmarkError> {
    if pairs.len() < LEAST_PAIRS {
        return Err(LandmarkError::TooFew { there: pairs.len() });
    }
    let vector = |p: PatientPoint| Vector3::new(p.x, p.y, p.z);
    if pairs.iter().any(|pair| !(vector(pair.from) + vector(pair.to)).iter().all(|v| v.is_finite())) {
        return Err(LandmarkError::NoPlace);
    }
    let count = pairs.len() as f64;
    let middle =
        |of: fn(&LandmarkPair) -> PatientPoint| pairs.iter().map(|pair| vector(of(pair))).sum::<Vector3<f64>>() / count;
    let (from, to) = (middle(|pair| pair.from), middle(|pair| pair.to));
    for of in [|pair: &LandmarkPair| pair.from, |pair: &LandmarkPair| pair.to] {
        let about = middle(of);
        let spread: Matrix3<f64> = pairs.iter().map(|p| vector(of(p)) - about).map(|v| v * v.transpose()).sum();
        let mut spreads = (spread / count).symmetric_eigenvalues().map(|v| v.max(0.0).sqrt());
        spreads.as_mut_slice().sort_by(f64::total_cmp);
        if spreads[1] < LEAST_SPREAD_MM {
            return Err(LandmarkError::OnALine);
        }
    }
    let covariance: Matrix3<f64> =
        pairs.iter().map(|pair| (vector(pair.to) - to) * (vector(pair.from) - from).transpose()).sum();
    let svd = covariance.svd(true, true);
    let (Some(u), Some(v_t)) = (svd.u, svd.v_t) else { return Err(LandmarkError::OnALine) };
    let handed = (u * v_t).determinant().signum(); // never a mirror
    // The least singular value is the one to turn; nalgebra sorts them.
    let rotation = u * Matrix3::from_diagonal(&Vector3::new(1.0, 1.0, handed)) * v_t;
    let shift = to - rotation * from;
    let rows = [0, 1, 2].map(|row| [0, 1, 2].map(|column| rotation[(row, column)]));
    let rigid_mm = Rigid::from_matrix(rows, PatientVector::new(shift.x, shift.y, shift.z));
    let residuals_mm: Vec<f64> = pairs.iter().map(|pair| rigid_mm.apply(pair.from).distance_mm(pair.to)).collect();
    let rms_mm = (residuals_mm.iter().map(|mm| mm * mm).sum::<f64>() / count).sqrt();
    Ok(LandmarkFit { rigid_mm, residuals_mm, rms_mm })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::PatientDirection;
    use proptest::prelude::*;

    fn pairs(moved: &Rigid, places: &[[f64; 3]]) -> Vec<LandmarkPair> {
        let place = |p: &[f64; 3]| PatientPoint::new(p[0], p[1], p[2]);
        places.iter().map(|p| LandmarkPair { from: place(p), to: moved.apply(place(p)) }).collect()
    }

    const PLACES: [[f64; 3]; 4] =
        [[-34.0, -8.0, -71.0], [8.0, -46.0, -62.0], [-21.0, 10.0, -29.0], [-58.0, 52.0, -138.0]];

    #[test]
    fn three_pairs_give_the_shift_and_the_turn() {
        let turn = Rigid::rotation_about(PatientPoint::new(3.0, 4.0, 5.0), PatientDirection::SUPERIOR, 0.06);
        let moved = turn.then(&Rigid::shift(PatientVector::new(4.0, -3.0, 12.0)));
        let fit = fit_landmarks(&pairs(&moved, &PLACES[..3])).unwrap();
        assert!(fit.rms_mm < 1e-9, "{}", fit.rms_mm);
        let elsewhere = PatientPoint::new(-90.0, 30.0, -100.0);
        assert!(fit.rigid_mm.apply(elsewhere).distance_mm(moved.apply(elsewhere)) < 1e-8);
    }

    #[test]
    fn what_is_left_is_told() {
        // Two points a millimetre too far out each way and two too near: no movement helps, a millimetre is left of each.
        let corners = [[10.0, 0.0, 0.0], [-10.0, 0.0, 0.0], [0.0, 10.0, 0.0], [0.0, -10.0, 0.0]];
        let mut placed = pairs(&Rigid::IDENTITY, &corners);
        placed[0].to.x += 1.0;
        placed[1].to.x -= 1.0;
        placed[2].to.y -= 1.0;
        placed[3].to.y += 1.0;
        let fit = fit_landmarks(&placed).unwrap();
        assert!((fit.rms_mm - 1.0).abs() < 1e-12);
        assert!(fit.residuals_mm.iter().all(|mm| (mm - 1.0).abs() < 1e-12));
        assert!(
            fit.rigid_mm.apply(PatientPoint::new(5.0, 5.0, 5.0)).distance_mm(PatientPoint::new(5.0, 5.0, 5.0)) < 1e-9
        );
    }

    #[test]
    fn left_stays_left_even_where_a_mirror_would_fit_better() {
        let mut placed = pairs(&Rigid::IDENTITY, &PLACES);
        for pair in &mut placed {
            pair.to.x = -pair.to.x;
        }
        let fit = fit_landmarks(&placed).unwrap();
        let axis = |d: PatientDirection| fit.rigid_mm.apply_direction(d).vector();
        let (x, y, z) =
            (axis(PatientDirection::LEFT), axis(PatientDirection::POSTERIOR), axis(PatientDirection::SUPERIOR));
        let handed = x.x * (y.y * z.z - y.z * z.y) - x.y * (y.x * z.z - y.z * z.x) + x.z * (y.x * z.y - y.y * z.x);
        assert!((handed - 1.0).abs() < 1e-9, "{handed}");
        assert!(fit.rms_mm > 5.0, "and what is left says that it does not fit");
    }

    #[test]
    fn too_few_and_on_a_line_are_refused() {
        let line = [[0.0, 0.0, 0.0], [10.0, 10.0, 0.0], [20.0, 20.0, 0.0], [30.0, 30.1, 0.0]];
        assert_eq!(fit_landmarks(&pairs(&Rigid::IDENTITY, &line)), Err(LandmarkError::OnALine));
        let two = fit_landmarks(&pairs(&Rigid::IDENTITY, &PLACES[..2]));
        assert_eq!(two, Err(LandmarkError::TooFew { there: 2 }));
        assert_eq!(two.unwrap_err().to_string(), "three pairs of landmarks are needed; place 1 more");
        let mut lost = pairs(&Rigid::IDENTITY, &PLACES);
        lost[1].to.z = f64::NAN;
        assert_eq!(fit_landmarks(&lost), Err(LandmarkError::NoPlace));
    }

    proptest! {
        #[test]
        fn any_movement_is_found_again(
            angle in -3.0..3.0f64, axis in 0usize..3, shift in prop::array::uniform3(-200.0..200.0f64),
        ) {
            let axes = [PatientDirection::LEFT, PatientDirection::POSTERIOR, PatientDirection::SUPERIOR];
            let turn = Rigid::rotation_about(PatientPoint::new(1.0, 2.0, 3.0), axes[axis], angle);
            let moved = turn.then(&Rigid::shift(PatientVector::new(shift[0], shift[1], shift[2])));
            let fit = fit_landmarks(&pairs(&moved, &PLACES)).unwrap();
            prop_assert!(fit.rms_mm < 1e-6);
        }

        #[test]
        fn no_other_movement_leaves_less(
            noise in prop::collection::vec(prop::array::uniform3(-3.0..3.0f64), 4), angle in -0.05..0.05f64, by in -2.0..2.0f64,
        ) {
            let mut placed = pairs(&Rigid::shift(PatientVector::new(5.0, 0.0, 9.0)), &PLACES);
            for (pair, off) in placed.iter_mut().zip(&noise) {
                pair.to = PatientPoint::new(pair.to.x + off[0], pair.to.y + off[1], pair.to.z + off[2]);
            }
            let fit = fit_landmarks(&placed).unwrap();
            let turn = Rigid::rotation_about(placed[0].to, PatientDirection::LEFT, angle);
            let other = fit.rigid_mm.then(&turn).then(&Rigid::shift(PatientVector::new(by, 0.0, 0.0)));
            let left: f64 = placed.iter().map(|p| other.apply(p.from).distance_mm(p.to).powi(2)).sum();
            prop_assert!(left + 1e-9 >= fit.rms_mm.powi(2) * 4.0);
        }
    }
}
