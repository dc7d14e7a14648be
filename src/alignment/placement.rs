//! What the project keeps about how two stacks line up.

use crate::clinical::{LesionId, ReaderId, StackKey, Stamp};
use crate::geometry::{PatientPoint, Plane, Rigid};
use serde::{Deserialize, Serialize};

/// How a placement came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum How {
    /// The reader said "these two are the same place".
    Matched {
        /// Who.
        reader: ReaderId,
        /// When; the latest match of a pair counts.
        at: Stamp,
    },
}

impl How {
    /// When it was made.
    #[must_use]
    pub fn at(&self) -> Stamp {
        match self {
            Self::Matched { at, .. } => *at,
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
