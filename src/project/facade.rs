//! A project that is open: the file, what it holds, and what was done to it.

use super::change::{By, Entry, NamedEdit};
use super::errors::{CommitError, OpenError, SaveError};
use super::history::Step;
use super::lock::{Holder, ReadOnly};
use super::open::{self, OpenAs};
use super::store::{Sidecar, Store};
use super::{Document, History, Refusal};
use crate::clinical::Stamp;
use std::path::Path;

/// An open project. Every change is on disk before the document shows it.
#[derive(Debug)]
pub struct Project {
    pub(super) store: Store,
    document: Document,
    history: History,
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
        let holder = Holder { who: who.to_owned(), since: at };
        let open::OpenedStore { store, document, history, notes } = open::open(path, open_as, &holder)?;
        let read_only = store.read_only().cloned();
        Ok(Opened { project: Self { store, document, history }, read_only, notes })
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
        let (change, after) = self.history.change(&self.document, edit, by)?;
        self.store.commit(&change, sidecar)?;
        self.document = after;
        self.history.push(&change);
        self.history.entries().last().ok_or_else(|| Refusal::Nothing.into())
    }

    /// Writes down who has the project, for those who find it taken.
    ///
    /// # Errors
    /// When the project is open for reading only, or cannot be written.
    pub fn hold_as(&mut self, who: &str, since: Stamp) -> Result<(), SaveError> {
        self.store.hold_as(who, since)
    }

    /// Writes names and paths alone: nothing of the document changes, so it is no change of the journal.
    ///
    /// # Errors
    /// When the project is open for reading only, or cannot be written.
    pub fn write_sidecar(&mut self, sidecar: &Sidecar) -> Result<(), SaveError> {
        self.store.write_sidecar(sidecar)
    }

    /// Takes back the latest change still in force, whoever made it.
    ///
    /// # Errors
    /// When there is none, when it is a signature (amend the visit), or when it cannot be written.
    pub fn undo(&mut self, by: By) -> Result<&Entry, CommitError> {
        let step = self.history.next_undo().ok_or(Refusal::NothingLeft("undo"))?;
        self.take(step, by)
    }

    /// Makes the change again that was undone last.
    ///
    /// # Errors
    /// When there is none, or when it cannot be written.
    pub fn redo(&mut self, by: By) -> Result<&Entry, CommitError> {
        let step = self.history.next_redo().ok_or(Refusal::NothingLeft("redo"))?;
        self.take(step, by)
    }

    fn take(&mut self, step: Step, by: By) -> Result<&Entry, CommitError> {
        let inverse = match &step.inverse {
            Some(inverse) => std::sync::Arc::clone(inverse),
            None => {
                let read = self.store.inverse_of(step.seq).map_err(|why| SaveError::Disk(why.to_string()))?;
                std::sync::Arc::new(read)
            }
        };
        self.commit(step.named(&inverse), by)
    }

    /// Makes a whole, checked copy of the project at a path where nothing is yet.
    ///
    /// # Errors
    /// When something is there already, or the copy cannot be written.
    pub fn save_a_copy(&self, target: &Path) -> Result<(), SaveError> {
        self.store.save_a_copy(target)
    }
}
