//! Taking back an earlier change: everything from there on, or only that one where nothing later touches the same.
//!
//! "From there on" is what undo would do step by step, in one transaction: each change gets its own row that undoes
//! it, so that redo can go forward again. "Only that one" cannot be an undo, for undo goes from the last change
//! backwards; it is a new change that does the opposite, and can itself be undone.

use super::change::{By, Entry, NamedEdit};
use super::edit::{Edit, Op};
use super::errors::{CommitError, SaveError};
use super::facade::Project;
use super::history::Step;
use super::row::RowKey;
use super::store::Sidecar;
use super::{ChangeKind, Refusal};
use std::collections::BTreeSet;

/// What taking back a change would do.
#[derive(Debug, Clone, PartialEq)]
pub struct UndoPlan {
    /// The changes that go when everything from there on is taken back, newest first, as words of the journal.
    pub from_there: Vec<String>,
    /// Why everything from there on cannot be taken back; `None` when it can.
    pub from_there_refused: Option<Refusal>,
    /// Why the change alone cannot be taken back; `None` when it can.
    pub only_refused: Option<Refusal>,
}

impl Project {
    /// Says what taking back a change would do, without doing it.
    ///
    /// # Errors
    /// When there is no such change, or it is not in force.
    pub fn undo_plan(&self, seq: u64) -> Result<UndoPlan, CommitError> {
        let from = self.in_force(seq)?;
        let words = |seq: &u64| self.history.entry(*seq).map(|entry| entry.label.clone());
        let refused = |result: Result<(), CommitError>| match result {
            Ok(()) => Ok(None),
            Err(CommitError::Refused(why)) => Ok(Some(why)),
            Err(other) => Err(other),
        };
        Ok(UndoPlan {
            from_there: from.iter().rev().filter_map(words).collect(),
            from_there_refused: refused(self.steps_back(seq).and_then(|steps| self.rehearse(steps)))?,
            only_refused: refused(self.only(seq).and_then(|edit| self.rehearse(vec![edit])))?,
        })
    }

    /// Takes back a change and every one after it that is in force, newest first, all or none. Returns the last new
    /// entry of the journal.
    ///
    /// # Errors
    /// When the change is not in force, when a signature stands among them (amend the visit), when the content of one
    /// was dropped, or when it cannot be written. Nothing is changed then.
    pub fn undo_to(&mut self, seq: u64, by: By) -> Result<&Entry, CommitError> {
        let steps = self.steps_back(seq)?;
        self.commit_steps(steps, by, &Sidecar::default())
    }

    /// Takes back one change alone, as a new change.
    ///
    /// # Errors
    /// When a later change touches the same rows, and as [`Self::undo_to`].
    pub fn undo_only(&mut self, seq: u64, by: By) -> Result<&Entry, CommitError> {
        let edit = self.only(seq)?;
        self.commit_steps(vec![edit], by, &Sidecar::default())
    }

    fn in_force(&self, seq: u64) -> Result<&[u64], CommitError> {
        let entry = self.history.entry(seq).ok_or(Refusal::Missing { what: "change" })?;
        let from = self.history.in_force_from(seq);
        if from.is_empty() { Err(Refusal::NotInForce { label: entry.label.clone() }.into()) } else { Ok(from) }
    }

    /// The undos of everything from a change on, newest first.
    fn steps_back(&self, seq: u64) -> Result<Vec<NamedEdit>, CommitError> {
        let mut steps = Vec::new();
        for row in self.in_force(seq)?.iter().rev() {
            let step = self.history.step_of(*row).ok_or(Refusal::Missing { what: "change" })?;
            refuse_signature(step.of())?;
            steps.push(self.step_edit(step)?);
        }
        Ok(steps)
    }

    /// A new change that takes one back.
    fn only(&self, seq: u64) -> Result<NamedEdit, CommitError> {
        let (row, later) = self.in_force(seq)?.split_first().ok_or(Refusal::Nothing)?;
        let step: Step = self.history.step_of(*row).ok_or(Refusal::Missing { what: "change" })?;
        refuse_signature(step.of())?;
        let back = self.step_edit(step)?;
        let touched = keys(&back.edit);
        for later in later {
            let inverse = match self.history.step_of(*later).and_then(|step| step.inverse) {
                Some(inverse) => inverse.as_ref().clone(),
                None => self.store.inverse_of(*later).map_err(|why| SaveError::Disk(why.to_string()))?,
            };
            if !touched.is_disjoint(&keys(&inverse)) {
                let label = self.history.entry(*later).map_or_else(String::new, |entry| entry.label.clone());
                return Err(Refusal::ChangedSince { label }.into());
            }
        }
        let label = self.history.entry(seq).map_or_else(String::new, |entry| entry.label.clone());
        Ok(NamedEdit { label: format!("Taken back: {label}"), undoes: None, ..back })
    }

    /// Whether edits fit one after the other.
    fn rehearse(&self, edits: Vec<NamedEdit>) -> Result<(), CommitError> {
        let mut document = self.document.clone();
        for named in edits {
            document = document.prepare(named.edit)?.after;
        }
        Ok(())
    }
}

fn refuse_signature(entry: &Entry) -> Result<(), Refusal> {
    if entry.kind == ChangeKind::Sign { Err(Refusal::SignedSince { label: entry.label.clone() }) } else { Ok(()) }
}

/// The rows that an edit touches.
fn keys(edit: &Edit) -> BTreeSet<RowKey> {
    let key = |op: &Op| match op {
        Op::Put(row) => row.key(),
        Op::Remove(key) => key.clone(),
        Op::Mask { mark, .. } => RowKey::Mark(*mark),
    };
    edit.ops.iter().map(key).collect()
}
