//! Statistics over many lesions: counts, proportions, intervals.
//!
//! Takes what `outcome` derived and counts it; decides nothing about a single lesion. Counts and percentages
//! are computed here and nowhere else, so that the window, the tables and the page show the same numbers.

mod efficacy;
mod proportion;

pub use efficacy::{Counts, EfficacyTable, LeftOut, PATIENT_RULE, Rate, efficacy};
pub use proportion::{Interval, Proportion};

#[cfg(test)]
mod mini_cohort;
