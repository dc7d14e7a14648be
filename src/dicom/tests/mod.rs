//! Files built here byte by byte, so that no writer stands between a test and what the reader sees.

pub mod archive;
mod build;
mod containers;
pub(super) mod damage;
mod hostile;
mod mutation;
mod pixels;
mod stacks;
