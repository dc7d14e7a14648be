//! Technique efficacy of one lesion: which answer decides it, and why a lesion is not in the denominator.

use super::fold::{Folded, Reading, Seen};
use super::timeline::{LaterTreatment, Timeline, days_words, nominal_targets};
use super::{Derived, Efficacy, EfficacyCall, LesionHistory, RuleId, Word};
use crate::clinical::{Date, EfficacyWindow, EventKind, LesionStatus, Organ, StudySettings, days_between};

/// R04, R06, R25: primary technique efficacy, at the organ's window after the primary course.
///
/// Only answers before the next treatment of the lesion count. In the window a definite answer decides, with
/// several the one nearest the target day. Without one, viable tumour in a lesion never complete is a failure
/// whenever it is first seen; "no viable tumour" first seen outside the window is not evaluable for it.
pub(super) fn primary(
    readings: &[Reading],
    timeline: &Timeline<'_>,
    history: &LesionHistory,
    settings: &StudySettings,
    today: Date,
) -> Derived<EfficacyCall> {
    let Some(course_end) = timeline.course_end() else {
        let because = match history.status {
            LesionStatus::Ablated => "No session is recorded.",
            LesionStatus::Untreated => "Not ablated: recorded as untreated.",
            LesionStatus::Resected => "Not ablated: recorded as resected.",
            LesionStatus::Benign => "Not ablated: recorded as benign.",
        };
        return Derived::new(without_visit(Efficacy::NotApplicable), RuleId::R25, because);
    };
    if history.status == LesionStatus::Benign {
        let because = "Recorded as benign: technique efficacy is about tumours.";
        return Derived::new(without_visit(Efficacy::NotApplicable), RuleId::R25, because);
    }
    let span = Span::new(readings, timeline, settings.efficacy_window(history.organ), course_end);
    span.in_window_answer()
        .or_else(|| span.pending_draft())
        .or_else(|| span.late_failure())
        .or_else(|| span.undecided_answers(today))
        .unwrap_or_else(|| span.not_assessed(history, today))
}

/// R23: assisted technique efficacy. A lesion that was not complete after its primary course and is complete
/// after re-ablation counts as complete; for all others it is the primary result.
pub(super) fn assisted(primary: &Derived<EfficacyCall>, folded: &Folded) -> Derived<EfficacyCall> {
    match &folded.first_complete {
        Some(complete) if folded.completed_by_reablation && primary.value.efficacy != Efficacy::Complete => {
            let call = EfficacyCall {
                efficacy: Efficacy::Complete,
                visit: Some(complete.value.visit),
                days_after_last: Some(complete.value.days_after_last),
                late: false,
                outside_window: false,
            };
            let because = format!(
                "Complete on {} ({} after the last session), after re-ablation.",
                complete.value.date,
                days_words(complete.value.days_after_last)
            );
            Derived::new(call, RuleId::R23, because)
        }
        _ => primary.clone(),
    }
}

/// "day 21-56 after the last session".
pub(super) fn window_words(window: EfficacyWindow) -> String {
    format!("day {}-{} after the last session", window.from_days, window.to_days)
}

fn without_visit(efficacy: Efficacy) -> EfficacyCall {
    EfficacyCall { efficacy, visit: None, days_after_last: None, late: false, outside_window: false }
}

/// Answers that decide.
const DEFINITE: &[Seen] = &[Seen::NoViable, Seen::Viable];

/// The readings between the end of the primary course and the next treatment.
struct Span<'a> {
    readings: Vec<&'a Reading>,
    window: EfficacyWindow,
    course_end: Date,
    next_treatment: Option<LaterTreatment>,
}

impl<'a> Span<'a> {
    fn new(readings: &'a [Reading], timeline: &Timeline<'_>, window: EfficacyWindow, course_end: Date) -> Self {
        let next_treatment = timeline.later_treatments().into_iter().next();
        let readings = readings
            .iter()
            .filter(|reading| reading.moment.sessions_before == timeline.primary_course_sessions())
            .filter(|reading| next_treatment.is_none_or(|next| reading.moment.date < next.date))
            .collect();
        Self { readings, window, course_end, next_treatment }
    }

    fn days(&self, reading: &Reading) -> i64 {
        days_between(self.course_end, reading.moment.date)
    }

    fn in_window(&self, reading: &Reading) -> bool {
        (self.window.from_days..=self.window.to_days).contains(&self.days(reading))
    }

    fn window_end(&self) -> Date {
        self.course_end + chrono::Duration::days(self.window.to_days)
    }

    fn call(&self, efficacy: Efficacy, reading: &Reading) -> EfficacyCall {
        let days = self.days(reading);
        EfficacyCall {
            efficacy,
            visit: Some(reading.visit),
            days_after_last: Some(days),
            late: self.in_window(reading) && self.window.late_from_days.is_some_and(|late| days >= late),
            outside_window: !self.in_window(reading),
        }
    }

    /// The target day of the window: that of the first nominal time point in it, else its middle.
    fn target_days(&self) -> i64 {
        nominal_targets()
            .find(|target| (self.window.from_days..=self.window.to_days).contains(target))
            .unwrap_or((self.window.from_days + self.window.to_days) / 2)
    }

    fn seen(&self, wanted: &'a [Seen]) -> impl Iterator<Item = &'a Reading> + '_ {
        self.readings.iter().copied().filter(move |reading| matches!(&reading.seen, Ok(seen) if wanted.contains(seen)))
    }

    /// The definite answer in the window that lies nearest the target day.
    fn in_window_answer(&self) -> Option<Derived<EfficacyCall>> {
        let target = self.target_days();
        let reading = self
            .seen(DEFINITE)
            .filter(|reading| self.in_window(reading))
            .min_by_key(|reading| ((self.days(reading) - target).abs(), self.days(reading), reading.visit))?;
        let viable = reading.seen == Ok(Seen::Viable);
        let call = self.call(if viable { Efficacy::Incomplete } else { Efficacy::Complete }, reading);
        let what = if viable { "Viable tumour" } else { "No viable tumour" };
        let late = if call.late { " Late in the window." } else { "" };
        let window = window_words(self.window);
        Some(Derived::new(call, RuleId::R04, format!("{what} on {}; window {window}.{late}", reading.when)))
    }

    /// A draft in the window that does not count (yet): nothing is concluded from what lies outside.
    fn pending_draft(&self) -> Option<Derived<EfficacyCall>> {
        self.readings.iter().filter(|reading| reading.draft && self.in_window(reading)).find_map(|reading| {
            let word = reading.seen.as_ref().err().filter(|word| word.value == Word::None)?;
            Some(Derived::new(without_visit(Efficacy::NotAssessed), RuleId::R25, word.because.clone()))
        })
    }

    /// Viable tumour in a lesion never complete, first seen outside the window.
    fn late_failure(&self) -> Option<Derived<EfficacyCall>> {
        let window = window_words(self.window);
        let first = self.seen(DEFINITE).next().filter(|reading| reading.seen == Ok(Seen::Viable))?;
        let equivocal = self
            .seen(&[Seen::Equivocal])
            .find(|reading| self.in_window(reading))
            .map(|reading| format!(" Equivocal on {}.", reading.when))
            .unwrap_or_default();
        let because = format!(
            "First assessed {}: viable tumour on {}, never complete before, so a failure; window {window}.{equivocal}",
            days_words(self.days(first)),
            first.when
        );
        Some(Derived::new(self.call(Efficacy::Incomplete, first), RuleId::R04, because))
    }

    /// Equivocal or not evaluable, where there are answers but none decides.
    fn undecided_answers(&self, today: Date) -> Option<Derived<EfficacyCall>> {
        let window = window_words(self.window);
        if let Some(reading) = self.seen(&[Seen::Equivocal]).find(|reading| self.in_window(reading)) {
            let because = format!("Equivocal on {}; window {window}.", reading.when);
            return Some(Derived::new(self.call(Efficacy::Equivocal, reading), RuleId::R04, because));
        }
        let not_evaluable = self.readings.iter().find_map(|reading| match &reading.seen {
            Err(word) if word.value == Word::NotEvaluable && self.in_window(reading) => Some((*reading, word)),
            _ => None,
        });
        let first = self.seen(&[Seen::NoViable, Seen::Equivocal]).next().filter(|_| today > self.window_end());
        if let Some(first) = first {
            let what = if first.seen == Ok(Seen::Equivocal) { "equivocal" } else { "no viable tumour" };
            let before = not_evaluable.map(|(_, word)| format!(" {}", word.because)).unwrap_or_default();
            let because = format!(
                "First assessed {}, {what} then: outside the window ({window}), so not evaluable for it.{before}",
                days_words(self.days(first))
            );
            return Some(Derived::new(self.call(Efficacy::NotEvaluable, first), RuleId::R04, because));
        }
        let (reading, word) = not_evaluable?;
        Some(Derived::new(self.call(Efficacy::NotEvaluable, reading), RuleId::R25, word.because.clone()))
    }

    /// Not assessed, or not due yet, with the most telling reason.
    fn not_assessed(&self, history: &LesionHistory, today: Date) -> Derived<EfficacyCall> {
        let ended = self.ended(history);
        if today <= self.window_end() && self.next_treatment.is_none() && ended.is_none() {
            let because = format!("The window ({}) is open until {}.", window_words(self.window), self.window_end());
            return Derived::new(without_visit(Efficacy::NotDue), RuleId::R25, because);
        }
        let blocked = |wanted: Word| {
            self.readings.iter().find_map(|reading| match &reading.seen {
                Err(word) if word.value == wanted && self.in_window(reading) => Some(word.because.clone()),
                _ => None,
            })
        };
        let retreated = || {
            self.next_treatment.map(|next| {
                let after = days_words(days_between(self.course_end, next.date));
                format!("Treated again before an adequate assessment: {} ({after}).", next.words())
            })
        };
        let outside = || {
            self.readings.iter().rev().find_map(|reading| {
                reading.seen.as_ref().err().map(|word| match word.value {
                    Word::Early => format!("Imaged only early, on {}.", reading.when),
                    _ => format!("No scan in the window ({}). {}", window_words(self.window), word.because),
                })
            })
        };
        let because = blocked(Word::None)
            .or_else(|| blocked(Word::NotDone))
            .or_else(retreated)
            .or(ended)
            .or_else(outside)
            .unwrap_or_else(|| format!("Never imaged after the session of {}.", self.course_end));
        Derived::new(without_visit(Efficacy::NotAssessed), RuleId::R25, because)
    }

    /// What ended the follow-up of this lesion before its window closed.
    fn ended(&self, history: &LesionHistory) -> Option<String> {
        let death = history.death_date.map(|date| (date, "Died"));
        let transplant =
            history.transplant_date.filter(|_| history.organ == Organ::Liver).map(|date| (date, "Liver transplant"));
        let events = history.events.iter().filter_map(|event| match event.kind {
            EventKind::Lost => Some((event.date, "Lost to follow-up")),
            EventKind::Resection if event.lesion == Some(history.lesion) => Some((event.date, "Resected")),
            _ => None,
        });
        let (date, what) = death
            .into_iter()
            .chain(transplant)
            .chain(events)
            .filter(|(date, _)| *date >= self.course_end && *date <= self.window_end())
            .min_by_key(|(date, _)| *date)?;
        let after = days_words(days_between(self.course_end, date));
        Some(format!("{what} on {date} ({after}), before an adequate assessment."))
    }
}
