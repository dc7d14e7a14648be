//! Proposals with reasons: what a stack shows, which visit a study belongs to, whose it is, whether it can
//! answer the question. Every proposal can be overruled; none is a gate, and none decides an outcome.
//!
//! A reason never repeats more of a file than the words that matched, so that no name leaks through it.

mod adequacy;
mod patient;
mod phrases;
mod role;
#[cfg(test)]
mod role_tests;
mod visit;
mod words;

pub use adequacy::propose_adequacy;
pub use patient::{Doubt, PatientMatch, doubts, propose_patient, study_vouches};
pub use role::{propose_role, propose_roles};
pub use visit::{VisitChoice, propose_visits};

use serde::{Deserialize, Serialize};

/// A value the program suggests, and why, in plain words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal<T> {
    /// What is suggested.
    pub value: T,
    /// Why, as a clause a person can read: "series description says 'portal venous'".
    pub because: String,
}

impl<T> Proposal<T> {
    /// A value with its reason.
    pub fn new(value: T, because: impl Into<String>) -> Self {
        Self { value, because: because.into() }
    }
}
