//! One integration binary: every binary links the window again.

mod command_line;
mod ranks;
mod sample_study;
mod support;
