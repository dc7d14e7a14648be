//! Statistics over many lesions: counts, proportions, intervals, curves and tests.
//!
//! Takes what `outcome` derived and counts it; decides nothing about a single lesion. Counts and percentages
//! are computed here and nowhere else, so that the window, the tables and the page show the same numbers.

mod clustered;
mod contingency;
mod curves;
mod efficacy;
pub mod file;
mod flow;
mod gray;
mod incidence;
mod kaplan_meier;
mod log_rank;
mod proportion;
mod recurrence;
mod special;
mod spell;
mod statistics;
mod strata;

pub use clustered::{Clustered, clustered};
pub use contingency::{ChiSquare, chi_square, fisher};
pub use curves::{EVENT, EndPointCurve, IncidenceRow, Level, Member, Missing, OnDay, SurvivalRow, Who};
pub use efficacy::{Counts, EfficacyTable, LeftOut, PATIENT_RULE, Rate, efficacy};
pub use flow::{FlowBox, FlowStep};
pub use gray::gray;
pub use incidence::{Incidence, IncidencePoint, causes};
pub use kaplan_meier::{KaplanMeier, Median, Scale, SurvivalPoint};
pub use log_rank::{GroupTest, log_rank};
pub use proportion::{Interval, Proportion};
pub use recurrence::{Recurrence, recurrences};
pub use spell::{Cause, Spell};
pub use statistics::{Choices, CohortCounts, CohortStatistics, FullRate, statistics};
pub use strata::{Factor, Group, Strata};

#[cfg(test)]
mod against_r;
#[cfg(test)]
mod mini_cohort;
