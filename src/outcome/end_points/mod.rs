//! Time-to-event end points of lesions and patients, from what the rules derived (R22, R24, R26, R27).
//!
//! Each says when it began, when it ended and how, by a matrix of what counts as what ([`matrix`]), or why a lesion or
//! patient is not in it. Curves over many of them are `cohort`'s work.

mod course;
mod follow;
mod lesion;
pub mod matrix;
mod patient;

pub use course::{CourseLesion, LesionFacts, NewTumourSeen, PatientCourse};
pub use follow::{Followed, TimeToEvent};
pub use lesion::lesion_end_points;
pub use patient::{disease_free_interval, patient_end_points};

#[cfg(test)]
mod tests;
