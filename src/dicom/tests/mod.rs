//! Files built here byte by byte, so that no writer stands between a test and what the reader sees.

pub mod archive;
pub mod build;
mod containers;
mod damage;
mod hostile;
mod mutation;
mod nested;
mod pixels;
mod stacks;
