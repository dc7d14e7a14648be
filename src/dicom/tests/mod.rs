//! Files built here byte by byte, so that no writer stands between a test and what the reader sees.

pub mod archive;
mod build;
mod damage;
mod hostile;
mod mutation;
mod nested;
mod pixels;
mod stacks;
mod values;
mod windows;
