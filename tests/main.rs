//! One integration binary: every binary links the window again.

mod golden;
mod project;
mod ranks;
mod support;
