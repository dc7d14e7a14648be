//! One integration binary: every binary links the window again.

// Helpers outside `#[test]` functions may fail a test too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod command_line;
mod ranks;
mod sample_study;
mod support;
