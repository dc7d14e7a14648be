//! A project that is open: the file, what it holds, and what was done to it.

use super::change::Change;
use super::change::{By, Entry, NamedEdit};
use super::errors::{CommitError, OpenError, SaveError};
use super::history::Step;
use super::lock::ReadOnly;
use super::open;
use super::options::{OpenAs, OpenOptions};
use super::store::{Sidecar, Store};
use super::{Document, History, Refusal};
use crate::clinical::{Identity, PatientId, Stamp};
use std::path::Path;

/// An open project. Every change is on disk before the document shows it.
#[derive(Debug)]
pub struct Project {
    pub(super) store: Store,
    pub(super) document: Document,
    pub(super) history: History,
    /// Names and identifiers as they were read last: few, and needed when the file cannot be read any more.
    pub(super) identities: Vec<(PatientId, Identity)>,
    /// Changes whose writing ended with an error and of which it cannot be told whether they are in the file.
    unsure: Option<Unsure>,
    /// Edits that were reported as not saved and turned out to be in the file: writing them again writes nothing.
    settled: Vec<NamedEdit>,
}

/// Changes that may be in the file, and what they would make of the project.
#[derive(Debug)]
struct Unsure {
    edits: Vec<NamedEdit>,
    changes: Vec<Change>,
    after: Document,
    /// Why writing them failed.
    why: SaveError,
}

/// What opening a project gives.
#[derive(Debug)]
pub struct Opened {
    /// The project.
    pub project: Project,
    /// Why it is open for reading only; `None` when it can be changed.
    pub read_only: Option<ReadOnly>,
    /// What else to tell the reader, as sentences.
    pub notes: Vec<String>,
}

/// A project in parts, so that the file can live on a thread of its own.
#[derive(Debug)]
pub struct Parts {
    /// The file.
    pub store: Store,
    /// What it holds.
    pub document: Document,
    /// What was done to it.
    pub history: History,
}

impl Project {
    /// Makes an empty project at a path where nothing is yet, and opens it for writing.
    ///
    /// # Errors
    /// When a file is there, or the folder cannot be written.
    pub fn create(path: &Path, who: &str, at: Stamp) -> Result<Self, OpenError> {
        open::create(path)?;
        Self::open(path, OpenAs::Writer, who, at).map(|opened| opened.project)
    }

    /// Opens a project. When somebody else has it, it opens for reading only and says who. `who` are the
    /// reader's initials (empty when not known yet), told to those who find it taken.
    ///
    /// # Errors
    /// When the file is no project, is damaged, or cannot be read; the sentence says what to do.
    pub fn open(path: &Path, open_as: OpenAs, who: &str, at: Stamp) -> Result<Opened, OpenError> {
        Self::open_with(path, &OpenOptions::new(open_as, who, at))
    }

    /// Opens a project, told everything: see [`OpenOptions`].
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_with(path: &Path, options: &OpenOptions<'_>) -> Result<Opened, OpenError> {
        let open::OpenedStore { store, document, history, notes } = open::open(path, options)?;
        let read_only = store.read_only().cloned();
        let identities = store.identities()?;
        let project = Self { store, document, history, identities, unsure: None, settled: Vec::new() };
        Ok(Opened { project, read_only, notes })
    }

    /// What the project holds.
    #[must_use]
    pub const fn document(&self) -> &Document {
        &self.document
    }

    /// What was done to it.
    #[must_use]
    pub const fn history(&self) -> &History {
        &self.history
    }

    /// The file, for names and paths.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// The parts, for a thread that writes while another shows.
    #[must_use]
    pub fn into_parts(self) -> Parts {
        Parts { store: self.store, document: self.document, history: self.history }
    }

    /// Makes a change: checked, written, then shown. Returns its journal entry.
    ///
    /// # Errors
    /// When the edit does not fit or cannot be written; nothing is changed then.
    pub fn commit(&mut self, edit: NamedEdit, by: By) -> Result<&Entry, CommitError> {
        self.commit_with(edit, by, &Sidecar::default())
    }

    /// Makes a change and writes names and paths in the same transaction.
    ///
    /// # Errors
    /// When the edit does not fit or cannot be written; nothing is changed then.
    pub fn commit_with(&mut self, edit: NamedEdit, by: By, sidecar: &Sidecar) -> Result<&Entry, CommitError> {
        self.settle()?;
        if let Some(known) = self.settled.iter().position(|settled| *settled == edit) {
            self.settled.swap_remove(known);
            return self.last_entry();
        }
        self.commit_steps(vec![edit], by, sidecar)
    }

    /// Makes several changes in one transaction, each on top of the one before, each with its own journal entry.
    pub(super) fn commit_steps(
        &mut self,
        edits: Vec<NamedEdit>,
        by: By,
        sidecar: &Sidecar,
    ) -> Result<&Entry, CommitError> {
        let mut after = self.document.clone();
        let mut changes = Vec::with_capacity(edits.len());
        for (seq, edit) in (self.history.next_seq()..).zip(&edits) {
            let (change, then) = History::change_numbered(seq, &after, edit.clone(), by)?;
            after = then;
            changes.push(change);
        }
        let written = self.store.commit_all(&changes, sidecar);
        if let (Err(why), Some(last)) = (&written, changes.last()) {
            match self.store.holds(last) {
                Some(true) => {} // in the file all the same
                Some(false) => return Err(why.clone().into()),
                None => {
                    let why = why.clone();
                    self.unsure = Some(Unsure { edits, changes, after, why: why.clone() });
                    return Err(why.into());
                }
            }
        }
        if !sidecar.identities.is_empty() {
            self.note_identities(sidecar);
        }
        changes.iter().for_each(|change| self.history.push(change));
        self.document = after;
        self.last_entry()
    }

    fn last_entry(&self) -> Result<&Entry, CommitError> {
        self.history.entries().last().ok_or_else(|| Refusal::Nothing.into())
    }

    fn note_identities(&mut self, sidecar: &Sidecar) {
        for known in &sidecar.identities {
            if !self.identities.contains(known) {
                self.identities.push(known.clone());
            }
        }
        self.identities.sort();
    }

    /// Finds out about changes of which it could not be told whether they are in the file. Returns whether they are.
    fn settle(&mut self) -> Result<bool, SaveError> {
        let Some(unsure) = self.unsure.take() else { return Ok(false) };
        match unsure.changes.last().and_then(|last| self.store.holds(last)) {
            Some(true) => {
                unsure.changes.iter().for_each(|change| self.history.push(change));
                self.document = unsure.after;
                self.settled.extend(unsure.edits);
                Ok(true)
            }
            Some(false) => Ok(false),
            None => {
                let why = self.store.id.check(&self.store.path).err().unwrap_or_else(|| unsure.why.clone());
                self.unsure = Some(unsure);
                Err(why)
            }
        }
    }

    /// Writes down who has the project, for those who find it taken.
    ///
    /// # Errors
    /// When the project is open for reading only, or cannot be written.
    pub fn hold_as(&mut self, who: &str, since: Stamp) -> Result<(), SaveError> {
        self.store.hold_as(who, since)
    }

    /// Names and identifiers, as they were written down; whose they are now says
    /// [`edits::identities_now`](super::edits::identities_now).
    #[must_use]
    pub fn identities(&self) -> &[(PatientId, Identity)] {
        &self.identities
    }

    /// Writes names and paths alone: nothing of the document changes, so it is no change of the journal.
    ///
    /// # Errors
    /// When the project is open for reading only, or cannot be written.
    pub fn write_sidecar(&mut self, sidecar: &Sidecar) -> Result<(), SaveError> {
        self.store.write_sidecar(sidecar)?;
        self.note_identities(sidecar);
        Ok(())
    }

    /// Takes back the latest change still in force, whoever made it.
    ///
    /// # Errors
    /// When there is none, when it is a signature (amend the visit), or when it cannot be written.
    pub fn undo(&mut self, by: By) -> Result<&Entry, CommitError> {
        self.step(by, "undo", History::next_undo)
    }

    /// Makes the change again that was undone last.
    ///
    /// # Errors
    /// When there is none, or when it cannot be written.
    pub fn redo(&mut self, by: By) -> Result<&Entry, CommitError> {
        self.step(by, "redo", History::next_redo)
    }

    fn step(&mut self, by: By, word: &'static str, next: fn(&History) -> Option<Step>) -> Result<&Entry, CommitError> {
        if self.settle()? && self.settled.iter().any(|edit| edit.undoes.is_some()) {
            // A step that was reported as not saved is in the file: this was asking for it again.
            self.settled.retain(|edit| edit.undoes.is_none());
            return self.last_entry();
        }
        let step = next(&self.history).ok_or(Refusal::NothingLeft(word))?;
        let edit = self.step_edit(step)?;
        self.commit_steps(vec![edit], by, &Sidecar::default())
    }

    /// The edit that takes a row of the journal back.
    pub(super) fn step_edit(&self, step: Step) -> Result<NamedEdit, CommitError> {
        if self.history.dropped(step.seq).is_some() {
            return Err(Refusal::Dropped { label: step.of().label.clone() }.into());
        }
        let inverse = match &step.inverse {
            Some(inverse) => std::sync::Arc::clone(inverse),
            None => {
                let read = self.store.inverse_of(step.seq).map_err(|why| SaveError::Disk(why.to_string()))?;
                std::sync::Arc::new(read)
            }
        };
        Ok(step.named(&inverse))
    }

    /// Makes a whole, checked copy of the project at a path where nothing is yet.
    ///
    /// # Errors
    /// When something is there already, or the copy cannot be written.
    pub fn save_a_copy(&self, target: &Path) -> Result<(), SaveError> {
        self.store.save_a_copy(target)
    }
}
