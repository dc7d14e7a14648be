//! When the next scan of a lesion is due: its last session plus the target day of the next nominal time point (R05),
//! shown from the opening of that time point's window to its end.

use super::timeline::nominal_windows;
use super::word::TimePoint;
use crate::clinical::{Date, Organ, StudySettings};
use chrono::TimeDelta;

/// How a scan that belongs to a time point stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScanState {
    /// Its window is open and nothing was scanned in it yet.
    Due,
    /// Its window is still to come.
    NotYet,
    /// Its window is over and nothing was scanned in it.
    Missed,
}

/// A scan that is due, to come, or missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueScan {
    /// The nominal time point.
    pub time_point: TimePoint,
    /// First day of its window.
    pub opens: Date,
    /// The last session plus the target day.
    pub target: Date,
    /// Last day of its window.
    pub ends: Date,
    /// How it stands.
    pub state: ScanState,
}

/// The scans after a last session that were missed, are due or come next; at most one that is not missed. Empty once
/// every nominal time point was scanned. `scans` are the dates of the patient's visits.
#[must_use]
pub fn due_scans(
    last_session: Date,
    organ: Organ,
    settings: &StudySettings,
    scans: &[Date],
    today: Date,
) -> Vec<DueScan> {
    let mut due = Vec::new();
    let day = |days: i64| last_session.checked_add_signed(TimeDelta::days(days)).unwrap_or(last_session);
    for window in nominal_windows(organ, settings) {
        let (opens, ends) = (day(window.from_days), day(window.to_days));
        if scans.iter().any(|scan| (opens..=ends).contains(scan)) {
            continue;
        }
        let state = match today {
            today if today < opens => ScanState::NotYet,
            today if today <= ends => ScanState::Due,
            _ => ScanState::Missed,
        };
        let target = day(window.target_days);
        due.push(DueScan { time_point: window.time_point, opens, target, ends, state });
        if state != ScanState::Missed {
            break;
        }
    }
    due
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn states(organ: Organ, scans: &[&str], today: &str) -> Vec<(TimePoint, ScanState, String)> {
        let scans: Vec<Date> = scans.iter().map(|scan| date(scan)).collect();
        let due = due_scans(date("2026-01-01"), organ, &StudySettings::default(), &scans, date(today));
        due.into_iter().map(|due| (due.time_point, due.state, due.target.to_string())).collect()
    }

    #[test]
    fn a_scan_is_due_from_the_opening_of_its_window_to_its_end() {
        use ScanState::{Due, Missed, NotYet};
        use TimePoint::{FourToSixWeeks, SixMonths, ThreeMonths};
        let target = "2026-02-05".to_owned(); // day 35
        // Days 21 to 56 after the first of January are 22 January to 26 February.
        assert_eq!(states(Organ::Liver, &[], "2026-01-21"), [(FourToSixWeeks, NotYet, target.clone())]);
        assert_eq!(states(Organ::Liver, &[], "2026-01-22"), [(FourToSixWeeks, Due, target.clone())]);
        assert_eq!(states(Organ::Liver, &[], "2026-02-26"), [(FourToSixWeeks, Due, target.clone())]);
        let three = (ThreeMonths, Due, "2026-04-02".to_owned()); // day 91
        assert_eq!(states(Organ::Liver, &[], "2026-02-27"), [(FourToSixWeeks, Missed, target), three.clone()]);
        assert_eq!(states(Organ::Liver, &["2026-02-05"], "2026-02-27"), [three]);
        let six = (SixMonths, NotYet, "2026-07-03".to_owned()); // day 183
        assert_eq!(states(Organ::Liver, &["2026-02-05", "2026-04-02"], "2026-04-03"), [six]);
        assert_eq!(states(Organ::Liver, &["2026-02-05", "2026-04-02", "2026-07-01"], "2027-01-01"), []);
    }

    #[test]
    fn a_scan_before_or_too_early_is_none_of_them() {
        let early = states(Organ::Liver, &["2025-12-20", "2026-01-05"], "2026-01-25");
        assert_eq!(early.len(), 1);
        assert_eq!(early[0].1, ScanState::Due);
    }

    #[test]
    fn the_first_scan_of_a_kidney_is_that_of_its_own_window() {
        let first = states(Organ::Kidney, &[], "2026-01-25");
        assert_eq!(first, [(TimePoint::ThreeMonths, ScanState::NotYet, "2026-04-02".to_owned())]);
    }
}
