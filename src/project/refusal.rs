//! Why an edit is not made.

use crate::clinical::Date;

/// Why an edit is not made. Nothing was changed and nothing was written.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// The edit touches what a reader has signed.
    #[error("This visit was signed by {initials} on {on}. Amend it to change it.")]
    Signed {
        /// Who signed.
        initials: String,
        /// When.
        on: Date,
    },
    /// Some answers of a visit would be signed and others not.
    #[error("The answers of a visit are signed together. Sign the visit, or amend it, as a whole.")]
    HalfSigned,
    /// An amendment that does not keep what was signed, or a change of one that was made before.
    #[error(
        "An amendment keeps the answers as they were signed and reopens the visit; this one does not. Amend the visit again from its present state."
    )]
    Amendment,
    /// A row names another that is not there.
    #[error("The {what} names a {needs} that is not in the project. Add the {needs} first.")]
    Dangling {
        /// The row that names.
        what: &'static str,
        /// The row that is missing.
        needs: &'static str,
    },
    /// A row that others name would be removed.
    #[error("The {what} is still needed by a {by}. Remove the {by} first.")]
    InUse {
        /// The row to be removed.
        what: &'static str,
        /// The row that needs it.
        by: &'static str,
    },
    /// The row to be changed or removed is not there.
    #[error("The {what} is no longer in the project.")]
    Missing {
        /// The row.
        what: &'static str,
    },
    /// Rows of two patients would be tied together.
    #[error("The {what} ties two patients together. Choose parts of one patient.")]
    TwoPatients {
        /// The row.
        what: &'static str,
    },
    /// A code, label or initials that must be unique is taken.
    #[error("There is already a {what} {name}. Choose another name.")]
    Taken {
        /// The kind of row.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A row that could not be kept or read again.
    #[error("The {what} cannot be kept: {why}.")]
    Unusable {
        /// The kind of row.
        what: &'static str,
        /// Why.
        why: String,
    },
    /// An edit without an operation.
    #[error("There is nothing to change.")]
    Nothing,
    /// No undone change to make again, or no change to undo.
    #[error("There is nothing to {0}.")]
    NothingLeft(&'static str),
    /// A patient whose visits are signed or amended would become another's.
    #[error(
        "{code} has visits that were signed, and what is signed stays with its patient. Amend them first, or merge the other way round."
    )]
    SignedPatient {
        /// The patient's code.
        code: String,
    },
    /// A patient would be merged into itself.
    #[error("This is one patient already. Choose two.")]
    SamePatient,
    /// The voxels, or all, of a change are no longer in the journal.
    #[error(
        "\"{label}\" cannot be taken back: its content was dropped to keep the project small. The change itself stays."
    )]
    Dropped {
        /// What the change was.
        label: String,
    },
    /// The change is not in force: it was undone, or it is an undo.
    #[error("\"{label}\" is not in force, so there is nothing to take back.")]
    NotInForce {
        /// What the change was.
        label: String,
    },
    /// Later changes touch the same rows.
    #[error("\"{label}\" changed the same later. Take back both, newest first.")]
    ChangedSince {
        /// The first of the later changes.
        label: String,
    },
    /// A signature stands among the changes to be taken back.
    #[error(
        "\"{label}\" came later, and what is signed changes only by an amendment: go there, press Amend, and correct the answer."
    )]
    SignedSince {
        /// The signature's words.
        label: String,
    },
    /// Not one of the stacks can take over what was recorded.
    #[error("None of the new series shares an image with the old one, so nothing can be moved.")]
    NothingShared,
}
