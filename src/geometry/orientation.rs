//! Words for directions: the letters at the edges of a picture.

use super::PatientDirection;

/// The three planes of the body that a stack can lie closest to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Anatomical {
    /// Normal closest to head-foot.
    Axial,
    /// Normal closest to front-back.
    Coronal,
    /// Normal closest to left-right.
    Sagittal,
}

/// Letters for a direction, strongest first, at most `most`; a second letter only when the direction is
/// oblique by more than about 15 degrees (PS3.3 C.7.6.1.1.1: R L A P, here S and I for head and foot).
#[must_use]
pub fn letters(direction: PatientDirection, most: usize) -> String {
    const WORTH_A_LETTER: f64 = 0.26; // sine of 15 degrees
    let v = direction.vector();
    let mut parts = [
        (v.x.abs(), if v.x > 0.0 { 'L' } else { 'R' }),
        (v.y.abs(), if v.y > 0.0 { 'P' } else { 'A' }),
        (v.z.abs(), if v.z > 0.0 { 'S' } else { 'I' }),
    ];
    parts.sort_by(|a, b| b.0.total_cmp(&a.0));
    parts.iter().take(most).filter(|(size, _)| *size > WORTH_A_LETTER).map(|(_, letter)| *letter).collect()
}

/// The one strongest letter of a direction.
#[must_use]
pub fn short_letter(direction: PatientDirection) -> String {
    letters(direction, 1)
}

/// The body plane closest to a slice with this normal.
#[must_use]
pub fn main_plane(normal: PatientDirection) -> Anatomical {
    let v = normal.vector();
    if v.z.abs() >= v.y.abs() && v.z.abs() >= v.x.abs() {
        Anatomical::Axial
    } else if v.y.abs() >= v.x.abs() {
        Anatomical::Coronal
    } else {
        Anatomical::Sagittal
    }
}

#[cfg(test)]
mod tests {
    use super::super::PatientVector;
    use super::*;

    #[test]
    fn letters_follow_the_cosines() {
        assert_eq!(letters(PatientDirection::LEFT, 2), "L");
        assert_eq!(letters(-PatientDirection::POSTERIOR, 2), "A");
        let oblique = PatientVector::new(-0.8, -0.6, 0.0).direction().unwrap();
        assert_eq!(letters(oblique, 2), "RA");
        assert_eq!(short_letter(oblique), "R");
        let barely = PatientVector::new(-0.99, -0.1, 0.0).direction().unwrap();
        assert_eq!(letters(barely, 2), "R");
    }

    #[test]
    fn planes_by_their_normal() {
        assert_eq!(main_plane(PatientDirection::SUPERIOR), Anatomical::Axial);
        assert_eq!(main_plane(-PatientDirection::POSTERIOR), Anatomical::Coronal);
        assert_eq!(main_plane(PatientDirection::LEFT), Anatomical::Sagittal);
    }
}
