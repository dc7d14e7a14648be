//! One integration binary: every binary links the window again.

mod mini_cohort;
mod ranks;
mod support;
