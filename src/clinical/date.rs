//! Calendar dates and moments.

/// A calendar date (no time of day, no zone), ISO 8601 in files.
pub type Date = chrono::NaiveDate;

/// A moment in UTC, ISO 8601 in files.
pub type Stamp = chrono::DateTime<chrono::Utc>;

/// Days from one date to another; negative when `to` lies before `from`.
#[must_use]
pub fn days_between(from: Date, to: Date) -> i64 {
    (to - from).num_days()
}
