//! The project file: edits and their inverses, undo across restarts, the lock, kill -9, hostile files.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // helpers of tests, not only tests

mod edits;
mod file;
mod fixture;
mod hostile;
mod kill;
mod lock;
pub(crate) mod scene;
