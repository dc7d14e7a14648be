//! One integration binary: every binary links the window again.

mod project;
mod ranks;
mod support;
