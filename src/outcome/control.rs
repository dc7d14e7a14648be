//! The state of local tumour control, and how a session or an adequate answer changes it.
//!
//! This is the table of reading.md section 8, written out. Only what counts arrives here: answers on
//! adequate studies late enough after the last session, and treatments after the primary course. An
//! equivocal answer, and one that is not evaluable, changes nothing.

use super::Word;

/// Local tumour control of one lesion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Control {
    // Never complete.
    /// The primary course is done; no definite answer yet.
    Open,
    /// Viable tumour, never complete.
    Residual,
    /// Treated again, never complete; not judged since.
    Retreated,
    /// Viable tumour after it was treated again; never complete.
    ResidualAgain,
    // Complete, never progressed.
    /// Complete after the primary course.
    Complete,
    /// Complete after viable tumour that nobody treated.
    CompleteUntreated,
    /// Complete after more than the primary course.
    CompleteAssisted,
    /// Treated again though complete; not judged since.
    CompleteRetreated,
    // Progressed at least once; the event stays in all of these.
    /// Viable tumour after complete ablation.
    Progressed,
    /// Progression that was treated again; not judged since.
    ProgressionRetreated,
    /// Viable tumour after progression was treated again.
    ProgressionAgain,
    /// Progression treated again, no viable tumour since.
    ProgressionControlled,
    /// No viable tumour after progression that nobody treated.
    ProgressionUntreated,
}

impl Control {
    /// The lesion is treated again (a re-ablation beyond the primary course, or other local therapy).
    pub fn treated(self) -> Self {
        match self {
            Self::Open | Self::Residual | Self::Retreated | Self::ResidualAgain => Self::Retreated,
            Self::Complete | Self::CompleteUntreated | Self::CompleteAssisted | Self::CompleteRetreated => {
                Self::CompleteRetreated
            }
            Self::Progressed
            | Self::ProgressionRetreated
            | Self::ProgressionAgain
            | Self::ProgressionControlled
            | Self::ProgressionUntreated => Self::ProgressionRetreated,
        }
    }

    /// No viable tumour on an adequate study.
    pub fn no_viable(self) -> (Self, Word) {
        match self {
            Self::Open | Self::Complete => (Self::Complete, Word::Complete),
            Self::Residual | Self::ResidualAgain | Self::CompleteUntreated => {
                (Self::CompleteUntreated, Word::CompleteAfterViable)
            }
            Self::Retreated | Self::CompleteAssisted | Self::CompleteRetreated => {
                (Self::CompleteAssisted, Word::CompleteAssisted)
            }
            Self::ProgressionRetreated | Self::ProgressionControlled => {
                (Self::ProgressionControlled, Word::ProgressionRetreatedComplete)
            }
            Self::Progressed | Self::ProgressionAgain | Self::ProgressionUntreated => {
                (Self::ProgressionUntreated, Word::CompleteAfterViable)
            }
        }
    }

    /// Viable tumour on an adequate study.
    pub fn viable(self) -> (Self, Word) {
        match self {
            Self::Open | Self::Residual => (Self::Residual, Word::Incomplete),
            Self::Retreated | Self::ResidualAgain => (Self::ResidualAgain, Word::IncompleteAfterReablation),
            Self::Complete
            | Self::CompleteUntreated
            | Self::CompleteAssisted
            | Self::CompleteRetreated
            | Self::Progressed
            | Self::ProgressionControlled
            | Self::ProgressionUntreated => (Self::Progressed, Word::LocalTumourProgression),
            Self::ProgressionRetreated | Self::ProgressionAgain => {
                (Self::ProgressionAgain, Word::ProgressionRetreatmentFailed)
            }
        }
    }
}
