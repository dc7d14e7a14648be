//! Which visit a study belongs to.

use super::Proposal;
use crate::clinical::{Date, StudySettings, Visit, VisitId, days_between};
use serde::{Deserialize, Serialize};

/// Where a study goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitChoice {
    /// To a visit that is there.
    Existing {
        /// The visit.
        visit: VisitId,
        /// The visit's date once the study is in it (the date of its first study).
        date: Date,
    },
    /// To a new visit; studies with the same date here share one.
    New {
        /// The visit's date.
        date: Date,
    },
    /// The study carries no date: the reader has to say.
    Ask,
}

/// Proposes the visit of each study (Study Instance UID and date), in the order given.
///
/// Studies within `visit_span_days` of a visit's first study are one visit, unless a session lies between
/// them: a scan before an ablation and one after it are two visits however close they are. A scan on the
/// day of a session counts as after it.
#[must_use]
pub fn propose_visits(
    existing: &[Visit],
    studies: &[(String, Option<Date>)],
    sessions: &[Date],
    settings: &StudySettings,
) -> Vec<Proposal<VisitChoice>> {
    let span = settings.visit_span_days;
    let parted = |a: Date, b: Date| {
        let (early, late) = (a.min(b), a.max(b));
        sessions.iter().any(|session| early < *session && *session <= late)
    };
    let near = |a: Date, b: Date| days_between(a, b).abs() <= span && !parted(a, b);

    // New visits open at the earliest date that no visit takes yet.
    let mut dates: Vec<Date> = studies.iter().filter_map(|(_, date)| *date).collect();
    dates.sort_unstable();
    dates.dedup();
    let mut opened: Vec<Date> = Vec::new();
    for date in &dates {
        if nearest(existing, *date, &near).is_none() && !opened.iter().any(|first| near(*first, *date)) {
            opened.push(*date);
        }
    }

    let propose = |date: Option<Date>| {
        let Some(date) = date else {
            return Proposal::new(VisitChoice::Ask, "the images carry no study date");
        };
        if let Some(visit) = nearest(existing, date, &near) {
            let choice = VisitChoice::Existing { visit: visit.id, date: visit.date.min(date) };
            return Proposal::new(choice, apart_words(visit.date, date));
        }
        let first = opened.iter().copied().find(|first| near(*first, date)).unwrap_or(date);
        let because = if first == date {
            "no visit lies within the span of days that makes one visit".to_owned()
        } else {
            apart_words(first, date)
        };
        Proposal::new(VisitChoice::New { date: first }, because)
    };
    studies.iter().map(|(_, date)| propose(*date)).collect()
}

fn nearest<'a>(existing: &'a [Visit], date: Date, near: &dyn Fn(Date, Date) -> bool) -> Option<&'a Visit> {
    existing
        .iter()
        .filter(|visit| near(visit.date, date))
        .min_by_key(|visit| (days_between(visit.date, date).abs(), visit.date, visit.id))
}

fn apart_words(visit: Date, study: Date) -> String {
    match days_between(visit, study).abs() {
        0 => "same date as the visit".to_owned(),
        1 => "1 day from the visit".to_owned(),
        days => format!("{days} days from the visit"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clinical::{PatientId, VisitSource};

    fn day(n: i64) -> Date {
        Date::from_ymd_opt(2026, 1, 1).unwrap() + chrono::TimeDelta::days(n)
    }

    fn visit(id: u32, n: i64) -> Visit {
        Visit { id: VisitId(id), patient: PatientId(1), date: day(n), source: VisitSource::Images, note: String::new() }
    }

    fn study(n: i64) -> (String, Option<Date>) {
        (format!("1.2.{n}"), Some(day(n)))
    }

    fn choices(existing: &[Visit], studies: &[(String, Option<Date>)], sessions: &[Date]) -> Vec<VisitChoice> {
        let found = propose_visits(existing, studies, sessions, &StudySettings::default());
        found.into_iter().map(|proposal| proposal.value).collect()
    }

    #[test]
    fn studies_within_three_days_of_the_first_are_one_visit() {
        let found = choices(&[], &[study(3), study(0), study(4), study(35)], &[]);
        let new = |n| VisitChoice::New { date: day(n) };
        // Day 4 is within three days of day 3, but the visit's date is day 0: no chains.
        assert_eq!(found, [new(0), new(0), new(4), new(35)]);
    }

    #[test]
    fn a_study_joins_the_nearest_visit_and_an_earlier_one_moves_its_date() {
        let existing = [visit(1, 10), visit(2, 14)];
        let found = choices(&existing, &[study(12), study(13), study(8)], &[]);
        let into = |id, n| VisitChoice::Existing { visit: VisitId(id), date: day(n) };
        assert_eq!(found, [into(1, 10), into(2, 13), into(1, 8)]);
    }

    #[test]
    fn a_session_between_two_scans_parts_them() {
        let new = |n| VisitChoice::New { date: day(n) };
        assert_eq!(choices(&[], &[study(0), study(2)], &[day(1)]), [new(0), new(2)]);
        assert_eq!(choices(&[], &[study(0), study(1)], &[day(1)]), [new(0), new(1)]);
        assert_eq!(choices(&[], &[study(1), study(2)], &[day(1)]), [new(1), new(1)]);
    }

    #[test]
    fn without_a_date_the_reader_is_asked() {
        let found = propose_visits(&[visit(1, 0)], &[("1.2".into(), None)], &[], &StudySettings::default());
        assert_eq!(found[0].value, VisitChoice::Ask);
        assert_eq!(found[0].because, "the images carry no study date");
    }
}
