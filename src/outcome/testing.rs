//! Lesion histories for tests, written as days and letters.

use super::{
    CourseLesion, LesionFacts, LesionHistory, LesionOutcome, LesionVisit, NewTumourSeen, PatientCourse, StudyContent,
    TreatedSession, Word, derive,
};
use crate::clinical::{
    AblationModality, Adequacy, Answer, Date, DeathCause, Event, EventId, EventKind, Finding, FindingKey,
    FindingStatus, LesionId, NewTumour, NotDoneReason, NotEvaluableReason, PatientId, PrimaryCancer, ReaderId,
    SessionId, Shape, StackRole, Stamp, StudySettings, TechnicalSuccess, Track, VisitId, VisitSource, YesNoUnknown,
};

/// Day 0 of every history here.
pub(crate) fn day(days: i64) -> Date {
    Date::from_ymd_opt(2026, 1, 28).unwrap() + chrono::Duration::days(days)
}

/// Late enough for every window to have closed.
pub(crate) fn long_after() -> Date {
    day(2000)
}

/// What happens on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// A session.
    S,
    /// A session planned before the first follow-up scan.
    Planned,
    /// No viable tumour.
    N,
    /// Viable tumour.
    V,
    /// Equivocal.
    E,
    /// Not evaluable (motion).
    X,
    /// Not done (missed).
    D,
    /// A visit nobody has read.
    Unread,
}

/// A liver lesion with a session on day 0 and these steps; studies are portal venous CT, findings signed.
/// Visits are numbered by their day.
pub(crate) fn lesion(patient: u32, number: u32, steps: &[(i64, Step)]) -> LesionHistory {
    let mut history = LesionHistory::new(PatientId(patient), LesionId(number), format!("L{number}"));
    history.sessions.push(session(1, 0, false));
    for (days, step) in steps {
        match step {
            Step::S | Step::Planned => {
                let id = u32::try_from(history.sessions.len() + 1).unwrap();
                history.sessions.push(session(id, *days, *step == Step::Planned));
            }
            _ => history.visits.push(visit(number, *days, *step)),
        }
    }
    history
}

fn session(id: u32, days: i64, planned: bool) -> TreatedSession {
    TreatedSession {
        id: SessionId(id),
        date: day(days),
        modality: AblationModality::Microwave,
        technical_success: TechnicalSuccess::Yes,
        planned_before_first_follow_up: planned,
    }
}

/// The number of the visit on this day; days before the first session are numbered from 10,000.
pub(crate) fn id(days: i64) -> VisitId {
    VisitId(u32::try_from(if days < 0 { 10_000 - days } else { days }).unwrap())
}

fn visit(lesion: u32, days: i64, step: Step) -> LesionVisit {
    let key = FindingKey { lesion: LesionId(lesion), visit: id(days), reader: ReaderId(1), track: Track::Main };
    let mut finding = Finding::draft(key, Stamp::UNIX_EPOCH);
    finding.status = FindingStatus::Signed;
    match step {
        Step::N => {
            finding.answer = Some(Answer::NoViable);
            finding.shape = Some(Shape::None);
        }
        Step::V => {
            finding.answer = Some(Answer::Viable);
            finding.shape = Some(Shape::Nodular);
            finding.viable_ld_mm = Some(11.0);
        }
        Step::E => {
            finding.answer = Some(Answer::Equivocal);
            finding.shape = Some(Shape::FocallyThickRim);
        }
        Step::X => {
            finding.answer = Some(Answer::NotEvaluable);
            finding.not_evaluable_reason = Some(NotEvaluableReason::Motion);
        }
        Step::D => {
            finding.answer = Some(Answer::NotDone);
            finding.not_done_reason = Some(NotDoneReason::Missed);
        }
        Step::S | Step::Planned | Step::Unread => {}
    }
    LesionVisit {
        id: id(days),
        date: day(days),
        source: VisitSource::Images,
        study: StudyContent::from_roles(&[StackRole::CtPortalVenous]),
        finding: (step != Step::Unread).then_some(finding),
        marks: Vec::new(),
    }
}

/// The finding of a visit that has one.
pub(crate) fn finding(history: &mut LesionHistory, days: i64) -> &mut Finding {
    visit_on(history, days).finding.as_mut().unwrap()
}

/// The visit of a day.
pub(crate) fn visit_on(history: &mut LesionHistory, days: i64) -> &mut LesionVisit {
    history.visits.iter_mut().find(|visit| visit.id == id(days)).unwrap()
}

/// Makes the answer of a day a draft.
pub(crate) fn draft(history: &mut LesionHistory, days: i64) {
    finding(history, days).status = FindingStatus::Draft;
}

/// Settles the adequacy as the reader.
pub(crate) fn call_adequate(history: &mut LesionHistory, days: i64, adequate: bool, reason: &str) {
    finding(history, days).adequacy = Some(Adequacy { adequate, reason: reason.to_owned(), by_reader: true });
}

/// Derives with the default settings, long after everything.
pub(crate) fn outcome(history: &LesionHistory) -> LesionOutcome {
    derive(history, &StudySettings::default(), long_after())
}

/// The words of all visits in time order.
pub(crate) fn words(outcome: &LesionOutcome) -> Vec<Word> {
    outcome.visits.iter().map(|visit| visit.word.value).collect()
}

/// A patient with these lesions, derived long after everything; death and transplant are those of the first lesion.
pub(crate) fn course(histories: Vec<LesionHistory>) -> PatientCourse {
    let mut visits: Vec<Date> = histories.iter().flat_map(|history| &history.visits).map(|visit| visit.date).collect();
    visits.sort_unstable();
    visits.dedup();
    let first = histories.first().cloned().unwrap_or_else(|| LesionHistory::new(PatientId(0), LesionId(0), "L0"));
    let lesions = histories
        .into_iter()
        .map(|history| CourseLesion {
            outcome: outcome(&history),
            facts: LesionFacts {
                technique: AblationModality::Microwave,
                size_mm: None,
                subcapsular: YesNoUnknown::Unknown,
                perivascular: YesNoUnknown::Unknown,
            },
            history,
        })
        .collect();
    PatientCourse {
        patient: first.patient,
        code: format!("P{}", first.patient.0),
        primary: PrimaryCancer::Unknown,
        death_date: first.death_date,
        death_cause: DeathCause::Other,
        last_known_alive: None,
        transplant_date: first.transplant_date,
        events: Vec::new(),
        rest: Vec::new(),
        visits,
        lesions,
    }
}

/// Something that happens to a patient, or to a lesion of the patient.
pub(crate) fn happens(course: &mut PatientCourse, days: i64, kind: EventKind, lesion: Option<u32>) {
    let id = EventId(u32::try_from(course.events.len() + 1).unwrap());
    let lesion = lesion.map(LesionId);
    let event = Event { id, patient: course.patient, lesion, kind, date: day(days), visit: None, note: String::new() };
    course.events.push(event.clone());
    for own in course.lesions.iter_mut().filter(|own| lesion.is_none_or(|about| about == own.history.lesion)) {
        own.history.events.push(event.clone());
        own.outcome = outcome(&own.history);
    }
}

/// What a look at the rest of the scan shows.
pub(crate) fn rest(course: &mut PatientCourse, days: i64, seen: NewTumour) {
    course.rest.push(NewTumourSeen { date: day(days), seen });
}
