//! One integration binary: every binary links the window again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)] // helpers of tests are tests too

mod command_line;
mod dicom_real;
mod faults;
#[cfg(target_os = "linux")]
mod fire;
mod golden;
mod house;
#[cfg(target_os = "linux")]
mod memory;
mod mini_cohort;
mod project;
mod ranks;
mod sample_study;
mod support;
mod values;
mod window;
mod window_real;
