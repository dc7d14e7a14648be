//! The tables, one file each: their rows and their columns.

pub(super) mod cohort;
pub(super) mod efficacy;
pub(super) mod events;
pub(super) mod lesion_session;
pub(super) mod lesion_visit;
pub(super) mod lesions;
pub(super) mod patients;
pub(super) mod sessions;
pub(super) mod statistics;
pub(super) mod visits;
