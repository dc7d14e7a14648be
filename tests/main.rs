//! One integration binary: every binary links the window again.

mod golden;
mod mini_cohort;
mod ranks;
mod sample_study;
mod support;
