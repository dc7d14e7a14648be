//! The project file: edits and their inverses, undo across restarts, the lock, kill -9, hostile files.

mod edits;
mod file;
mod fixture;
mod hostile;
mod kill;
mod lock;
mod scene;
