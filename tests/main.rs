//! One integration binary: every binary links the window again.

mod ranks;
mod support;
