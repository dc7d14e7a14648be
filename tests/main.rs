//! One integration binary: every binary links the window again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)] // helpers of tests are tests too

mod dicom_real;
mod golden;
mod ranks;
mod sample_study;
mod support;
