//! What the project keeps about how two stacks line up.

use super::LandmarkPair;
use crate::clinical::{LesionId, ReaderId, StackKey, Stamp};
use crate::geometry::{PatientPoint, Plane, Rigid};
use serde::{Deserialize, Serialize};

/// How a placement came about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum How {
    /// The reader said "these two are the same place".
    Matched {
        /// Who.
        reader: ReaderId,
        /// When; the latest match of a pair counts.
        at: Stamp,
    },
    /// The reader placed landmarks in both.
    Landmarks {
        /// Who.
        reader: ReaderId,
        /// When.
        at: Stamp,
        /// The landmarks, so that more can be placed later.
        pairs: Vec<LandmarkPair>,
        /// Root mean square of what is left of them, mm.
        rms_mm: f64,
    },
}

impl How {
    /// When it was made.
    #[must_use]
    pub fn at(&self) -> Stamp {
        match self {
            Self::Matched { at, .. } | Self::Landmarks { at, .. } => *at,
        }
    }

    /// Who made it.
    #[must_use]
    pub fn reader(&self) -> ReaderId {
        match self {
            Self::Matched { reader, .. } | Self::Landmarks { reader, .. } => *reader,
        }
    }
}

/// How the space of one stack lies on another's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Placement {
    /// The stack whose places are moved.
    pub from: StackKey,
    /// The stack they are moved onto.
    pub to: StackKey,
    /// The lesion it was made at; none when it is meant for the whole stack. One offset for a whole pair can
    /// be right at the dome and 5-15 mm off lower down (reading.md 1.7).
    pub lesion: Option<LesionId>,
    /// Takes a place of `from` to the same anatomy in `to`, LPS mm.
    pub rigid_mm: Rigid,
    /// How it came about.
    pub how: How,
}

/// The movement that takes place `a` of one stack to place `b` of another: a shift.
#[must_use]
pub fn match_points(a: PatientPoint, b: PatientPoint) -> Rigid {
    Rigid::shift(b - a)
}

/// The movement that lays slice `a` of one stack on slice `b` of another: a shift along the normal of `b`
/// only, so that it says nothing about left, right, front and back within the slice.
#[must_use]
pub fn match_slices(a: &Plane, b: &Plane) -> Rigid {
    let apart_mm = (b.point - a.point).dot(b.normal.vector());
    Rigid::shift(b.normal.times_mm(apart_mm))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{PatientDirection, PatientVector};

    #[test]
    fn points_give_the_whole_shift() {
        let (a, b) = (PatientPoint::new(1.0, 2.0, 3.0), PatientPoint::new(4.0, 0.0, 12.0));
        assert_eq!(match_points(a, b).apply(a), b);
    }

    #[test]
    fn slices_give_the_shift_along_the_normal_only() {
        let plane = |x, y, z, normal| Plane { point: PatientPoint::new(x, y, z), normal };
        let up = PatientDirection::SUPERIOR;
        let axial = match_slices(&plane(-200.0, -180.0, 30.0, up), &plane(-190.0, -200.0, 39.0, up));
        assert_eq!(axial.shift_mm(), PatientVector::new(0.0, 0.0, 9.0));
        // A stack whose normal points to the feet says the same.
        let down = match_slices(&plane(0.0, 0.0, 30.0, up), &plane(5.0, 5.0, 39.0, -up));
        assert_eq!(down.shift_mm(), PatientVector::new(0.0, 0.0, 9.0));
        // Tilted: only the part along the normal.
        let tilted = PatientVector::new(0.0, 0.6, 0.8).direction().unwrap();
        let link = match_slices(&plane(0.0, 0.0, 0.0, tilted), &plane(0.0, 0.0, 10.0, tilted));
        assert!((link.shift_mm() - PatientVector::new(0.0, 4.8, 6.4)).length_mm() < 1e-12);
    }

    #[test]
    fn a_placement_survives_json() {
        let placement = Placement {
            from: StackKey([1; 16]),
            to: StackKey([2; 16]),
            lesion: Some(LesionId(3)),
            rigid_mm: Rigid::shift(PatientVector::new(0.0, 0.0, -4.0)),
            how: How::Matched { reader: ReaderId(1), at: Stamp::UNIX_EPOCH },
        };
        let json = serde_json::to_value(&placement).unwrap();
        assert_eq!(json["how"], serde_json::json!({"kind": "matched", "reader": 1, "at": "1970-01-01T00:00:00Z"}));
        assert_eq!(serde_json::from_value::<Placement>(json).unwrap(), placement);
    }
}
