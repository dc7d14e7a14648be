//! The project file: rows, edits, journal, undo, lock, backup.
//!
//! A [`Document`] is the project in memory. It changes by an [`Edit`] alone: a list of operations that is
//! checked against the document and has an inverse. A [`Change`] is an edit that was made, with who, when and
//! words: a row of the journal. The [`History`] knows every change and what undo and redo would do.
//!
//! Images are no part of a project, and names of patients and file paths never enter the document or the
//! journal: they have tables of their own in the file.

#![deny(clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::indexing_slicing))]

mod change;
mod document;
mod edit;
mod history;
mod lesion_history;
mod refusal;
mod row;

pub use change::{By, Change, ChangeKind, Entry, NamedEdit};
pub use document::Document;
pub use edit::{Edit, Op, Prepared};
pub use history::{History, Step};
pub use lesion_history::lesion_history;
pub use refusal::Refusal;
pub use row::{MarkRecord, Measured, Park, PlacementKey, Row, RowKey, RowKind, StackRecord};
