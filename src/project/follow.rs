//! Reading along while somebody else writes, and taking over when they are gone.

use super::errors::{OpenError, ReadError};
use super::facade::Project;
use super::lock::{self, ReadOnly};
use super::open::{self, Stop};
use super::options::{OpenAs, OpenOptions};
use super::{Document, History, load};
use std::sync::Arc;

/// Why a project that is open for reading could not be taken over. It is shown as before.
#[derive(Debug, thiserror::Error)]
pub enum TakeOverError {
    /// It still cannot be written.
    #[error("The project stays open for reading only: {0}")]
    StillReadOnly(ReadOnly),
    /// It cannot be opened any more.
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl Project {
    /// Takes in what somebody else has written since: one question to SQLite when nothing was, the new changes alone
    /// when something was. Returns whether the document is a new one.
    ///
    /// # Errors
    /// When the file is gone, was replaced, or is damaged; what is shown stays.
    pub fn refresh(&mut self) -> Result<bool, OpenError> {
        if self.store.copy.is_some() {
            return Ok(false); // a copy that nobody else knows
        }
        let gone = |why: super::SaveError| OpenError::Disk {
            file: super::errors::file_name(&self.store.path),
            why: why.reason(),
        };
        self.store.id.check(&self.store.path).map_err(gone)?;
        self.read_on().map_err(|stop| stop.explain(&self.store.path))
    }

    fn read_on(&mut self) -> Result<bool, Stop> {
        let version = self.store.connection.pragma_query_value(None, "data_version", |row| row.get::<_, i64>(0))?;
        if self.store.seen_version == Some(version) {
            return Ok(false);
        }
        if matches!(self.store.read_only, Some(ReadOnly::Held(_))) {
            self.store.read_only = Some(ReadOnly::Held(lock::holder(&self.store.connection)?));
        }
        let format = self.store.connection.pragma_query_value(None, "user_version", |row| row.get::<_, i32>(0))?;
        let read = if format == self.store.format { self.new_changes()? } else { None };
        let (document, history) = match read {
            Some(both) => both,
            // Something else than changes were added: brought to another format, put back from a backup.
            None => {
                self.store.format = open::believe(&self.store.connection, &super::errors::file_name(&self.store.path))?;
                open::read(&self.store.connection, self.store.format)?
            }
        };
        let new = history.next_seq() != self.history.next_seq() || document != self.document;
        (self.document, self.history) = (document, history);
        self.identities = self.store.identities().map_err(Stop::Said)?;
        self.store.seen_version = Some(version);
        Ok(new)
    }

    /// The project after the changes that were added; `None` when these do not follow what is shown.
    fn new_changes(&self) -> Result<Option<(Document, History)>, ReadError> {
        let transaction = self.store.connection.unchecked_transaction()?;
        let (mut document, mut history) = (self.document.clone(), self.history.clone());
        let last = history.entries().last().map_or(0, |last| last.seq);
        let before = load::entries_after(&transaction, last.saturating_sub(1))?;
        let mut entries = before.into_iter();
        if last > 0 && entries.next().as_ref() != history.entries().last() {
            return Ok(None);
        }
        if super::schema::has_dropped(self.store.format) {
            history.set_dropped(load::dropped(&transaction)?);
        }
        for entry in entries {
            let seq = entry.seq;
            let (forward, inverse) = load::edits(&transaction, seq, None)?;
            if document.apply(&forward).is_err() || history.add(entry).is_err() {
                return Ok(None);
            }
            history.keep_inverse(seq, Arc::new(inverse));
        }
        transaction.commit()?;
        Ok(Some((document, history)))
    }

    /// Becomes the writer when the one before is gone: opens the project anew, with every check, and takes over when
    /// it may be written. Returns what else to tell the reader, as sentences.
    ///
    /// # Errors
    /// When somebody still has it, or it cannot be written; it stays open for reading.
    pub fn take_over(&mut self, options: &OpenOptions<'_>) -> Result<Vec<String>, TakeOverError> {
        let options = OpenOptions { open_as: OpenAs::Writer, ..*options };
        let opened = Self::open_with(&self.store.path, &options)?;
        match opened.read_only {
            None => {
                *self = opened.project;
                Ok(opened.notes)
            }
            Some(why) => Err(TakeOverError::StillReadOnly(why)),
        }
    }
}
