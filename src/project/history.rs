//! What was done, undone and done again: the journal's entries in memory, and where undo and redo stand.

use super::change::{By, Change, ChangeKind, Entry, NamedEdit};
use super::edit::Edit;
use super::{Document, Refusal};
use std::collections::BTreeMap;
use std::sync::Arc;

/// So much of the newest inverses is kept in memory; older ones are read from the project file when needed.
const MEMORY_BYTES: usize = 64 << 20;

/// The changes of a project, and which of them are next to be undone or done again.
///
/// Undo only ever adds rows: a row that undoes row N, and a redo is a row that undoes an undo. So both work
/// after a restart, and everything that was ever done stays in the journal.
#[derive(Debug, Clone, Default)]
pub struct History {
    entries: Vec<Entry>,
    /// Numbers of the changes in force, oldest first; the last one is undone next.
    in_force: Vec<u64>,
    /// Numbers of the undos that can be undone, oldest first; emptied by a new edit.
    undone: Vec<u64>,
    inverses: BTreeMap<u64, (Arc<Edit>, usize)>,
    inverse_bytes: usize,
    dropped: BTreeMap<u64, Dropped>,
    /// For each change that is not in force, the row that undid it.
    undone_by: BTreeMap<u64, u64>,
}

/// What is not in the journal of a change that it tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dropped {
    /// The voxels, to keep the project small.
    Voxels,
    /// All but its words: the project was put together from what was in memory.
    All,
}

impl Dropped {
    /// The code in the project file.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Voxels => "voxels",
            Self::All => "all",
        }
    }

    /// What a code means.
    pub(super) fn from_code(code: &str) -> Option<Self> {
        [Self::Voxels, Self::All].into_iter().find(|what| what.code() == code)
    }
}

/// Why entries do not make a history.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Broken {
    #[error("entry {0} of the audit trail is missing or out of order")]
    Order(u64),
    #[error("entry {0} of the audit trail takes back a change that was not the last one")]
    Undoes(u64),
}

/// A change that can be undone or done again.
#[derive(Debug, Clone)]
pub struct Step {
    /// The row of the journal to take back.
    pub seq: u64,
    /// What the new row will say.
    pub label: String,
    /// What to do; `None` when it has to be read from the project file (`Store::inverse_of`).
    pub inverse: Option<Arc<Edit>>,
    of: Entry,
}

impl Step {
    /// The change that is taken back: whose it was, about which patient and visit.
    #[must_use]
    pub const fn of(&self) -> &Entry {
        &self.of
    }

    /// The edit that takes the change back, from its inverse.
    #[must_use]
    pub fn named(self, inverse: &Edit) -> NamedEdit {
        NamedEdit {
            edit: inverse.clone(),
            kind: self.of.kind,
            label: self.label,
            patient: self.of.patient,
            visit: self.of.visit,
            undoes: Some(self.seq),
        }
    }
}

impl History {
    /// Every change, oldest first: the audit trail.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The number of the next change.
    #[must_use]
    pub fn next_seq(&self) -> u64 {
        self.entries.last().map_or(1, |last| last.seq.saturating_add(1))
    }

    /// One change.
    #[must_use]
    pub fn entry(&self, seq: u64) -> Option<&Entry> {
        self.entries.get(usize::try_from(seq.checked_sub(1)?).ok()?)
    }

    /// What is not in the journal of a change; `None` when all of it is.
    #[must_use]
    pub fn dropped(&self, seq: u64) -> Option<Dropped> {
        self.dropped.get(&seq).copied()
    }

    /// The last change whose content is not all in the journal: voxels are not known before it.
    pub(super) fn last_dropped(&self) -> Option<u64> {
        self.dropped.last_key_value().map(|(seq, _)| *seq)
    }

    pub(super) fn set_dropped(&mut self, dropped: BTreeMap<u64, Dropped>) {
        self.dropped = dropped;
    }

    /// The rows in force from a change on, oldest first: what taking back everything from there takes back. Empty
    /// when the change itself is not in force.
    #[must_use]
    pub fn in_force_from(&self, seq: u64) -> &[u64] {
        let at = self.in_force.iter().position(|one| self.origin(*one) == seq);
        at.and_then(|at| self.in_force.get(at..)).unwrap_or_default()
    }

    /// The change that a row of the journal made or made again.
    fn origin(&self, seq: u64) -> u64 {
        self.entry(seq).and_then(|entry| self.first(entry)).map_or(seq, |first| first.seq)
    }

    /// The row that undid a change, when it is not in force.
    #[must_use]
    pub fn undone_by(&self, seq: u64) -> Option<u64> {
        self.undone_by.get(&seq).copied()
    }

    /// What undo would take back: the latest change still in force, whoever made it.
    #[must_use]
    pub fn next_undo(&self) -> Option<Step> {
        self.step(*self.in_force.last()?, "Undo")
    }

    /// What redo would do again; nothing after a new edit.
    #[must_use]
    pub fn next_redo(&self) -> Option<Step> {
        self.step(*self.undone.last()?, "Redo")
    }

    /// What taking back a row in force takes.
    pub(super) fn step_of(&self, seq: u64) -> Option<Step> {
        self.step(seq, "Undo")
    }

    fn step(&self, seq: u64, word: &str) -> Option<Step> {
        let of = self.entry(seq)?.clone();
        let label = format!("{word}: {}", self.first(&of)?.label);
        Some(Step { seq, label, inverse: self.inverses.get(&seq).map(|(edit, _)| Arc::clone(edit)), of })
    }

    /// The edit that an undo or redo goes back to.
    fn first<'a>(&'a self, entry: &'a Entry) -> Option<&'a Entry> {
        let mut at = entry;
        while let Some(seq) = at.undoes {
            at = self.entry(seq).filter(|earlier| earlier.seq < at.seq)?;
        }
        Some(at)
    }

    /// Checks an edit against a document and makes it the next change, with the document after it. Neither
    /// the history nor the document is changed: first write the change, then [`Self::push`] it and show the
    /// document.
    ///
    /// # Errors
    /// The document's refusal.
    pub fn change(&self, document: &Document, named: NamedEdit, by: By) -> Result<(Change, Document), Refusal> {
        Self::change_numbered(self.next_seq(), document, named, by)
    }

    /// The same for a change that follows others which are not written yet.
    pub(super) fn change_numbered(
        seq: u64,
        document: &Document,
        named: NamedEdit,
        by: By,
    ) -> Result<(Change, Document), Refusal> {
        let NamedEdit { edit, kind, label, patient, visit, undoes } = named;
        let prepared = document.prepare(edit)?;
        let entry = Entry { seq, at: by.at, reader: by.reader, patient, visit, kind, label, undoes };
        let inverse = Arc::new(prepared.inverse);
        Ok((Change { entry, forward: prepared.forward, inverse, marks: prepared.marks }, prepared.after))
    }

    /// Adds a change that is on disk.
    pub fn push(&mut self, change: &Change) {
        // A change made by `change` always fits; one of another history is left out.
        if self.add(change.entry.clone()).is_ok() {
            self.keep_inverse(change.entry.seq, Arc::clone(&change.inverse));
        }
    }

    /// Adds an entry and moves what is in force.
    pub(super) fn add(&mut self, entry: Entry) -> Result<(), Broken> {
        if entry.seq != self.next_seq() {
            return Err(Broken::Order(entry.seq));
        }
        match entry.undoes {
            // What came before is not in this file.
            None if entry.kind == ChangeKind::Copy => {
                self.in_force.clear();
                self.undone.clear();
            }
            None => {
                self.in_force.push(entry.seq);
                self.undone.clear();
            }
            Some(seq) if self.in_force.last() == Some(&seq) => {
                self.in_force.pop();
                self.undone.push(entry.seq);
            }
            Some(seq) if self.undone.last() == Some(&seq) => {
                self.undone.pop();
                self.in_force.push(entry.seq);
            }
            Some(_) => return Err(Broken::Undoes(entry.seq)),
        }
        if let Some(first) = entry.undoes.and_then(|seq| self.first(self.entry(seq)?)).map(|first| first.seq) {
            // An undo of the change, or a redo, which is an undo of its undo.
            if self.undone_by.remove(&first).is_none() {
                self.undone_by.insert(first, entry.seq);
            }
        }
        self.entries.push(entry);
        Ok(())
    }

    /// Keeps an inverse in memory; the oldest ones go when there are too many.
    pub(super) fn keep_inverse(&mut self, seq: u64, inverse: Arc<Edit>) {
        let bytes = inverse.about_bytes();
        self.inverse_bytes += bytes;
        self.inverses.insert(seq, (inverse, bytes));
        while self.inverse_bytes > MEMORY_BYTES
            && let Some((_, (_, bytes))) = self.inverses.pop_first()
        {
            self.inverse_bytes -= bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(seq: u64, undoes: Option<u64>) -> Entry {
        Entry {
            seq,
            at: "2026-03-04T09:00:00Z".parse().unwrap(),
            reader: None,
            patient: None,
            visit: None,
            kind: ChangeKind::Lesion,
            label: format!("edit {seq}"),
            undoes,
        }
    }

    fn history(rows: &[Option<u64>]) -> History {
        let mut history = History::default();
        for (seq, undoes) in (1..).zip(rows) {
            history.add(entry(seq, *undoes)).unwrap();
        }
        history
    }

    fn next(history: &History) -> (Option<u64>, Option<u64>) {
        (history.next_undo().map(|s| s.seq), history.next_redo().map(|s| s.seq))
    }

    #[test]
    fn undo_and_redo_walk_by_hand() {
        assert_eq!(next(&history(&[])), (None, None));
        assert_eq!(next(&history(&[None, None])), (Some(2), None));
        // 3 undoes 2, 4 undoes 1: nothing left to undo, 4 is redone first.
        assert_eq!(next(&history(&[None, None, Some(2), Some(1)])), (None, Some(4)));
        // 5 redoes 1 (undoes 4): it is undone next; 3 can still be redone.
        assert_eq!(next(&history(&[None, None, Some(2), Some(1), Some(4)])), (Some(5), Some(3)));
        // A new edit clears redo.
        assert_eq!(next(&history(&[None, None, Some(2), None])), (Some(4), None));
    }

    #[test]
    fn labels_go_back_to_the_edit() {
        let history = history(&[None, Some(1), Some(2)]);
        assert_eq!(history.next_undo().unwrap().label, "Undo: edit 1");
    }

    #[test]
    fn entries_that_make_no_history_are_refused() {
        let mut history = history(&[None, None]);
        assert_eq!(history.add(entry(4, None)), Err(Broken::Order(4)));
        assert_eq!(history.add(entry(3, Some(1))), Err(Broken::Undoes(3)), "2 is undone before 1");
        assert_eq!(history.add(entry(3, Some(9))), Err(Broken::Undoes(3)));
    }
}
