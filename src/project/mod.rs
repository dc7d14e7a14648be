//! The project file: rows, edits, journal, undo, lock, backup.
//!
//! A [`Document`] is the project in memory. It changes by an [`Edit`] alone: a list of operations that is
//! checked against the document and has an inverse. A [`Change`] is an edit that was made, with who, when and
//! words: a row of the journal. The [`History`] knows every change and what undo and redo would do. The
//! [`Store`] is the SQLite file: one change, one transaction. A [`Project`] is the three together.
//!
//! Images are no part of a project, and names of patients and file paths never enter the document or the
//! journal: they have tables of their own in the file. This module decides nothing medical.

#![deny(clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::indexing_slicing))]

mod backup;
mod cached;
mod change;
mod check;
mod counted;
mod document;
mod edit;
pub mod edits;
mod errors;
mod facade;
#[cfg(test)]
mod faults;
mod follow;
mod fresh;
mod history;
mod identity;
mod journal;
mod lesion_history;
mod limits;
mod load;
mod lock;
mod migrate;
pub mod moved;
mod narrate;
mod open;
mod options;
mod patient_course;
mod place;
mod refusal;
mod replay;
mod rescue;
mod row;
mod schema;
mod store;
mod take_back;
mod trim;

pub use change::{By, Change, ChangeKind, Entry, NamedEdit};
pub use check::{Report, check, full_check};
pub use document::Document;
pub use edit::{Edit, Op, Prepared};
pub use errors::{CommitError, OpenError, SaveError};
pub use facade::{Opened, Parts, Project};
pub use follow::TakeOverError;
pub use history::{Dropped, History, Step};
pub use identity::{CopyCounts, CopyError, CopyOptions, copy_without_identity};
pub use lesion_history::lesion_history;
pub use lock::{Holder, ReadOnly, is_held};
pub use narrate::{HistoryFilter, HistoryRow};
pub use options::{MASK_BUDGET_BYTES, OpenAs, OpenOptions};
pub use patient_course::{patient_course, patient_courses};
pub use refusal::Refusal;
pub use rescue::{BackupInfo, CopyReport, Pending, RestoreError, backups, last_good_backup, restore};
pub use row::{MarkRecord, Measured, Park, PlacementKey, Row, RowKey, RowKind, StackRecord};
pub use store::{InstancePath, Sidecar, Store};
pub use take_back::UndoPlan;
