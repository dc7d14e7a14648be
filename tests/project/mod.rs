//! The project file: edits and their inverses, undo across restarts, the lock, kill -9, hostile files.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // helpers of tests, not only tests

mod budget;
mod edits;
mod file;
mod fixture;
mod history;
mod hostile;
mod identity;
mod kill;
mod lock;
mod media;
mod moved;
mod patients;
mod safety;
pub(crate) mod scene;
mod second;
