//! A date with a time of day.

use crate::clinical::Date;
use chrono::{Duration, NaiveDate};

/// A date with a time of day, in the clock of the scanner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::dicom) struct Moment {
    pub date: Date,
    /// Seconds since midnight.
    pub time_s: f64,
}

impl Moment {
    /// From a date and a time of day, when both are there.
    pub fn of(date: Option<Date>, time_s: Option<f64>) -> Option<Self> {
        Some(Self { date: date?, time_s: time_s? })
    }

    /// Seconds from the other to this one, over midnight where needed.
    pub fn seconds_after(self, other: Self) -> f64 {
        self.date.signed_duration_since(other.date).num_days() as f64 * 86_400.0 + self.time_s - other.time_s
    }

    /// Which of two comes first.
    pub fn in_time(a: &Self, b: &Self) -> std::cmp::Ordering {
        a.seconds_after(*b).total_cmp(&0.0)
    }

    /// Later by so many seconds (earlier when negative).
    pub fn plus(self, seconds: f64) -> Self {
        let total = self.time_s + seconds;
        let days = (total / 86_400.0).floor();
        let shift = Duration::try_days(days as i64).unwrap_or_default();
        let date: NaiveDate = self.date.checked_add_signed(shift).unwrap_or(self.date);
        Self { date, time_s: total - days * 86_400.0 }
    }

    /// The time of day as HH:MM:SS, whole seconds.
    pub fn time(self) -> String {
        // A leap second, or rounding up at the end of a day, stays within the day.
        let s = (self.time_s.round() as u32).min(86_399);
        format!("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.date, self.time())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(day: u32, time_s: f64) -> Moment {
        Moment { date: Date::from_ymd_opt(2024, 2, day).unwrap(), time_s }
    }

    #[test]
    fn over_midnight() {
        assert_eq!(moment(29, 600.0).seconds_after(moment(28, 85_800.0)), 1_200.0);
        assert_eq!(moment(28, 85_800.0).plus(1_200.0), moment(29, 600.0));
        assert_eq!(moment(29, 600.0).plus(-1_200.0), moment(28, 85_800.0));
        assert_eq!(moment(29, 86_400.0).time(), "23:59:59");
        assert_eq!(moment(1, 36_900.4).to_string(), "2024-02-01 10:15:00");
    }
}
