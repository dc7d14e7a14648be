//! Files built here byte by byte, so that no writer stands between a test and what the reader sees.

pub mod archive;
pub(super) mod base64;
pub mod build;
mod containers;
pub(super) mod damage;
mod frames;
mod hostile;
mod irregular;
mod limits;
mod mutation;
mod nested;
mod pixels;
mod stacks;
mod traps;
mod values;
mod windows;
