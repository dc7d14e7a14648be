//! A lesion's sessions as a time line: where on it a date lies, and the words for that.

use super::{LesionHistory, TimePoint, TreatedSession};
use crate::clinical::{Date, Event, EventKind, Organ, StudySettings, days_between};

/// The sessions done so far, in time order, and how many of them are the primary course.
pub(super) struct Timeline<'a> {
    done: Vec<&'a TreatedSession>,
    other_therapy: Vec<&'a Event>,
    primary: usize,
    early_before_days: i64,
    late_from_days: Option<i64>,
}

/// What a scan can be, by where it lies between sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// No session is recorded.
    Untreated,
    /// Before the first session.
    Baseline,
    /// Too early after the last session to say "complete" (R07).
    Early,
    /// Between two sessions of one primary course (R23).
    DuringCourse,
    /// Late enough to be judged.
    FollowUp,
}

/// Where a date lies on the time line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub date: Date,
    pub phase: Phase,
    /// Days after the first session; negative before it.
    pub after_first: Option<i64>,
    /// Days after the last session at that date; before any, the (negative) days to the first.
    pub after_last: Option<i64>,
    /// How many sessions lie at or before the date.
    pub sessions_before: usize,
}

/// Last day of the nominal time points, and their target days after the last session (R05).
const NOMINAL: [(TimePoint, i64, i64); 3] =
    [(TimePoint::FourToSixWeeks, 56, 35), (TimePoint::ThreeMonths, 135, 91), (TimePoint::SixMonths, 273, 183)];

impl<'a> Timeline<'a> {
    /// Sessions after `today` have not happened and are left out. On one day a session comes before a scan:
    /// a scan of that day is taken as made after it.
    pub fn new(history: &'a LesionHistory, settings: &StudySettings, today: Date) -> Self {
        let mut done: Vec<&TreatedSession> = history.sessions.iter().filter(|session| session.date <= today).collect();
        done.sort_by_key(|session| (session.date, session.id));
        let mut other_therapy: Vec<&Event> = history
            .events
            .iter()
            .filter(|event| {
                event.kind == EventKind::OtherTherapy && event.lesion == Some(history.lesion) && event.date <= today
            })
            .collect();
        other_therapy.sort_by_key(|event| (event.date, event.id));
        let primary = primary_course_length(&done, settings);
        Self {
            done,
            other_therapy,
            primary,
            early_before_days: settings.early_before_days,
            late_from_days: settings.window_default.late_from_days,
        }
    }

    pub fn first(&self) -> Option<Date> {
        self.done.first().map(|session| session.date)
    }

    pub fn last(&self) -> Option<Date> {
        self.done.last().map(|session| session.date)
    }

    pub fn sessions_done(&self) -> usize {
        self.done.len()
    }

    pub fn primary_course_sessions(&self) -> usize {
        self.primary
    }

    /// Date of the last session of the primary course.
    pub fn course_end(&self) -> Option<Date> {
        self.done.get(self.primary.checked_sub(1)?).map(|session| session.date)
    }

    /// Treatments of this lesion after its primary course, in time order: re-ablations and other local therapy.
    pub fn later_treatments(&self) -> Vec<LaterTreatment> {
        let reablations =
            self.done.iter().skip(self.primary).map(|session| LaterTreatment { date: session.date, ablation: true });
        let end = self.course_end();
        let others = self
            .other_therapy
            .iter()
            .filter(|event| end.is_some_and(|end| event.date > end))
            .map(|event| LaterTreatment { date: event.date, ablation: false });
        let mut all: Vec<LaterTreatment> = reablations.chain(others).collect();
        all.sort_by_key(|treatment| (treatment.date, !treatment.ablation));
        all
    }

    pub fn at(&self, date: Date) -> Moment {
        let sessions_before = self.done.iter().filter(|session| session.date <= date).count();
        let after_first = self.first().map(|first| days_between(first, date));
        let last = sessions_before.checked_sub(1).and_then(|at| self.done.get(at));
        let after_last = last.map(|session| days_between(session.date, date)).or(after_first);
        let phase = match (after_first, sessions_before) {
            (None, _) => Phase::Untreated,
            (Some(_), 0) => Phase::Baseline,
            _ if after_last.is_some_and(|days| days < self.early_before_days) => Phase::Early,
            (Some(_), before) if before < self.primary => Phase::DuringCourse,
            _ => Phase::FollowUp,
        };
        Moment { date, phase, after_first, after_last, sessions_before }
    }

    pub fn time_point(&self, moment: &Moment) -> TimePoint {
        let days = moment.after_last.unwrap_or(0);
        match moment.phase {
            Phase::Untreated => TimePoint::Untreated,
            Phase::Baseline => TimePoint::Baseline,
            Phase::Early => TimePoint::EarlyPostProcedure,
            Phase::DuringCourse | Phase::FollowUp => NOMINAL
                .iter()
                .find(|(_, last_day, _)| days <= *last_day)
                .map_or(TimePoint::Later, |(time_point, _, _)| *time_point),
        }
    }

    /// In the 4-6 week time point, but late in it: it counts and is called late (reading.md 2).
    pub fn late(&self, moment: &Moment) -> bool {
        self.time_point(moment) == TimePoint::FourToSixWeeks
            && self.late_from_days.zip(moment.after_last).is_some_and(|(late, days)| days >= late)
    }

    /// "+54 d (7.7 wk), late for 4-6 weeks".
    pub fn time_words(&self, moment: &Moment) -> String {
        let Some(days) = moment.after_last else { return "no session yet".to_owned() };
        let after = days_words(days);
        match self.time_point(moment) {
            TimePoint::Untreated => "no session yet".to_owned(),
            TimePoint::Baseline => format!("{after}, baseline"),
            TimePoint::EarlyPostProcedure => format!("{after}, early post-procedure"),
            TimePoint::FourToSixWeeks if self.late(moment) => {
                format!("{after} ({}), late for 4-6 weeks", weeks_words(days))
            }
            TimePoint::FourToSixWeeks => format!("{after} ({}), 4-6 weeks", weeks_words(days)),
            TimePoint::ThreeMonths => format!("{after}, 3 months"),
            TimePoint::SixMonths => format!("{after}, 6 months"),
            TimePoint::Later => after,
        }
    }

    /// "2026-03-04 (+35 d)", and after a second session "2026-06-13 (+35 d after session 2)".
    pub fn when(&self, moment: &Moment) -> String {
        let Some(days) = moment.after_last else { return moment.date.to_string() };
        let after = days_words(days);
        if moment.sessions_before > 1 {
            format!("{} ({after} after session {})", moment.date, moment.sessions_before)
        } else {
            format!("{} ({after})", moment.date)
        }
    }
}

/// A treatment after the primary course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LaterTreatment {
    pub date: Date,
    /// A re-ablation, as against other local therapy of the same tumour.
    pub ablation: bool,
}

impl LaterTreatment {
    pub fn words(self) -> String {
        if self.ablation {
            format!("re-ablation on {}", self.date)
        } else {
            format!("other local therapy on {}", self.date)
        }
    }
}

/// R23: the first session, and those that follow without a gap that were planned before the first
/// follow-up scan, up to the number the study allows.
pub(super) fn primary_course_length(done: &[&TreatedSession], settings: &StudySettings) -> usize {
    let allowed = usize::try_from(settings.max_sessions_primary_course.max(1)).unwrap_or(usize::MAX);
    let planned = done.iter().skip(1).take_while(|session| session.planned_before_first_follow_up).count();
    done.len().min(allowed).min(1 + planned)
}

/// The day after the last session that a time point aims at (R05), where it has one.
pub(super) fn target_days(time_point: TimePoint) -> Option<i64> {
    NOMINAL.iter().find(|(point, _, _)| *point == time_point).map(|(_, _, target)| *target)
}

/// The days after the last session in which a scan of a nominal time point lies, and the day it aims at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NominalWindow {
    pub time_point: TimePoint,
    pub from_days: i64,
    pub to_days: i64,
    pub target_days: i64,
}

/// The windows of the nominal time points of an organ, in time order. The first is where the organ's efficacy window
/// begins: a kidney is not scanned at 4-6 weeks.
pub(super) fn nominal_windows(organ: Organ, settings: &StudySettings) -> Vec<NominalWindow> {
    let first = settings.efficacy_window(organ).from_days;
    let mut from_days = settings.early_before_days;
    let mut windows = Vec::new();
    for (time_point, to_days, target_days) in NOMINAL {
        if to_days >= first {
            let from_days = if windows.is_empty() { from_days.max(first) } else { from_days };
            windows.push(NominalWindow { time_point, from_days, to_days, target_days });
        }
        from_days = to_days + 1;
    }
    windows
}

/// The target days of all nominal time points, in time order.
pub(super) fn nominal_targets() -> impl Iterator<Item = i64> {
    NOMINAL.iter().map(|(_, _, target)| *target)
}

/// "+92 d".
pub(super) fn days_words(days: i64) -> String {
    format!("{days:+} d")
}

/// "7.7 wk", half away from zero.
fn weeks_words(days: i64) -> String {
    let tenths = (days.abs() * 20 + 7) / 14;
    format!("{}{}.{} wk", if days < 0 { "-" } else { "" }, tenths / 10, tenths % 10)
}
