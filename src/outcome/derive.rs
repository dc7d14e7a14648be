//! From a lesion's history to its outcome: each visit by itself, then history over all of them.

use super::fold::{Folded, NamedVisit, Reading, Seen, fold};
use super::timeline::{Moment, Phase, Timeline, days_words, target_days};
use super::word::inline;
use super::{
    AdequacyCall, Derived, LesionHistory, LesionOutcome, LesionVisit, Objection, ObjectionClass, RuleId, Standing,
    VisitOutcome, Word, adequacy, checks, efficacy, hints,
};
use crate::clinical::{
    Answer, Date, EventKind, Finding, FindingStatus, LesionStatus, Organ, OverrideReason, StudySettings, VisitId,
};

/// Derives everything the rules say about one lesion. `today` is passed in; sessions and visits may come in
/// any order. Same input, same output.
#[must_use]
pub fn derive(history: &LesionHistory, settings: &StudySettings, today: Date) -> LesionOutcome {
    let timeline = Timeline::new(history, settings, today);
    let mut visits: Vec<&LesionVisit> = history.visits.iter().collect();
    visits.sort_by_key(|visit| (visit.date, visit.id));
    let judged: Vec<Judged<'_>> =
        visits.iter().map(|visit| Judged::new(history, visit, &timeline, settings, today)).collect();

    let readings: Vec<Reading> = judged.iter().map(|visit| visit.reading.clone()).collect();
    let folded = fold(&readings, &timeline);
    let standing = standing(&folded, &readings, &timeline, history, settings, today);
    let counted = if settings.rates_from_signed_only {
        let signed: Vec<Reading> = readings.iter().cloned().map(without_draft).collect();
        self::standing(&fold(&signed, &timeline), &signed, &timeline, history, settings, today)
    } else {
        standing.clone()
    };
    let drafts_left_out = readings
        .iter()
        .zip(&visits)
        .filter(|(reading, visit)| settings.rates_from_signed_only && reading.draft && answer_of(visit).is_some())
        .map(|(reading, _)| reading.visit)
        .collect();

    let interim = interim_visits(&judged, &timeline);
    let baselines = size_baselines(&judged);
    let outcomes = judged
        .iter()
        .zip(folded.words)
        .zip(interim)
        .zip(baselines)
        .map(|(((judged, named), interim), size_baseline)| {
            judged.outcome(history, &timeline, settings, named, interim, size_baseline)
        })
        .collect();
    LesionOutcome {
        lesion: history.lesion,
        label: history.label.clone(),
        patient: history.patient,
        organ: history.organ,
        index: history.index,
        first_session: timeline.first(),
        last_session: timeline.last(),
        primary_course_sessions: primary_course(&timeline, settings),
        visits: outcomes,
        standing,
        counted,
        drafts_left_out,
        objections: checks::lesion_objections(history, &timeline, settings, today),
    }
}

/// One visit judged by itself.
struct Judged<'a> {
    visit: &'a LesionVisit,
    reading: Reading,
    adequacy: Derived<AdequacyCall>,
    adequacy_by_reader: bool,
    objections: Vec<Objection>,
}

impl<'a> Judged<'a> {
    fn new(
        history: &LesionHistory,
        visit: &'a LesionVisit,
        timeline: &Timeline<'_>,
        settings: &StudySettings,
        today: Date,
    ) -> Self {
        let moment = timeline.at(visit.date);
        let when = timeline.when(&moment);
        let (adequacy, adequacy_by_reader) = adequacy::in_force(history, visit);
        let objections = checks::visit_objections(history, visit, &moment, &adequacy, today);
        let seen = what_counts(visit, &moment, &when, settings, &objections);
        let late = if timeline.late(&moment) { " Late for 4-6 weeks." } else { "" };
        let set_aside = visit.finding.as_ref().map(set_aside_words).unwrap_or_default();
        let remark = format!(" The study is {}.{late}{set_aside}", adequacy.because);
        let draft = visit
            .finding
            .as_ref()
            .is_some_and(|finding| finding.answer.is_some() && finding.status == FindingStatus::Draft);
        let reading = Reading { visit: visit.id, moment, when, draft, seen, remark };
        Self { visit, reading, adequacy, adequacy_by_reader, objections }
    }

    fn outcome(
        &self,
        history: &LesionHistory,
        timeline: &Timeline<'_>,
        settings: &StudySettings,
        named: NamedVisit,
        interim: bool,
        size_baseline: Option<VisitId>,
    ) -> VisitOutcome {
        let moment = &self.reading.moment;
        let time_words = timeline.time_words(moment);
        let time_point = Derived::new(timeline.time_point(moment), RuleId::R05, format!("{time_words}."));
        let mut objections = self.objections.clone();
        if named.ask {
            objections.push(Objection {
                rule: RuleId::R02,
                class: ObjectionClass::Ask,
                sentence:
                    "No viable tumour here, though viable before and not treated since: is one of the two answers \
                           wrong? Both stay as they are."
                        .to_owned(),
                overridable: false,
            });
        }
        objections.extend(hints::hints(history, self.visit, moment, timeline, size_baseline, settings));
        let finding = self.visit.finding.as_ref();
        VisitOutcome {
            visit: self.visit.id,
            date: self.visit.date,
            days_after_first: moment.after_first,
            days_after_last: moment.after_last,
            time_point,
            time_words,
            interim,
            may_establish_complete: self.may_establish_complete(settings),
            adequacy: self.adequacy.clone(),
            adequacy_by_reader: self.adequacy_by_reader,
            answer: finding.and_then(|finding| finding.answer),
            word: named.word,
            draft: named.draft,
            objections,
            missing: finding.map(|finding| checks::missing(finding, &self.visit.marks)).unwrap_or_default(),
            viable_ld: finding.and_then(|finding| checks::viable_ld(finding, &self.visit.marks)),
            size_baseline,
        }
    }

    /// R07 and R16: whether "no viable tumour" here could establish "complete".
    fn may_establish_complete(&self, settings: &StudySettings) -> Derived<bool> {
        let moment = &self.reading.moment;
        match moment.phase {
            Phase::Untreated => Derived::new(false, RuleId::R07, "No session is recorded for this lesion."),
            Phase::Baseline => Derived::new(false, RuleId::R07, "Before the first session of this lesion."),
            Phase::Early => Derived::new(false, RuleId::R07, early_words(moment, settings)),
            Phase::DuringCourse => Derived::new(false, RuleId::R23, "The primary course was not finished."),
            Phase::FollowUp => {
                let because = format!("{}; the study is {}.", self.reading.when, self.adequacy.because);
                Derived::new(self.adequacy.value == AdequacyCall::Adequate, RuleId::R16, because)
            }
        }
    }
}

/// What of a visit enters history: an answer that counts, else the word it has all the same.
fn what_counts(
    visit: &LesionVisit,
    moment: &Moment,
    when: &str,
    settings: &StudySettings,
    objections: &[Objection],
) -> Result<Seen, Derived<Word>> {
    let none = |rule, because: String| Err(Derived::new(Word::None, rule, because));
    match moment.phase {
        Phase::Untreated => return none(RuleId::R07, "No session is recorded for this lesion.".to_owned()),
        Phase::Baseline => return none(RuleId::R05, format!("Baseline: {when}, before the first session.")),
        Phase::Early | Phase::DuringCourse | Phase::FollowUp => {}
    }
    let answered = visit.finding.as_ref().and_then(|finding| finding.answer.map(|answer| (finding, answer)));
    let Some((finding, answer)) = answered else {
        return none(RuleId::R03, format!("The scan of {when} is not read yet."));
    };
    let seen = match answer {
        Answer::NotEvaluable => {
            let reason = finding.not_evaluable_reason.map_or_else(|| "no reason given".to_owned(), inline);
            let because = format!("Not evaluable on {when}: {reason}. Nothing changes.");
            return Err(Derived::new(Word::NotEvaluable, RuleId::R15, because));
        }
        Answer::NotDone => {
            let reason = finding.not_done_reason.map_or_else(|| "no reason given".to_owned(), inline);
            let because = format!("Not done on {when}: {reason}. Nothing changes.");
            return Err(Derived::new(Word::NotDone, RuleId::R15, because));
        }
        Answer::NoViable => Seen::NoViable,
        Answer::Viable => Seen::Viable,
        Answer::Equivocal => Seen::Equivocal,
    };
    if moment.phase == Phase::Early {
        let because = format!(
            "{} The answer \"{}\" is kept; it speaks for technical success only.",
            early_words(moment, settings),
            inline(answer)
        );
        return Err(Derived::new(Word::Early, RuleId::R07, because));
    }
    if moment.phase == Phase::DuringCourse {
        let because =
            format!("{when} lies between two sessions of the primary course: efficacy is judged after the last one.");
        return Err(Derived::new(Word::DuringCourse, RuleId::R23, because));
    }
    let blocking = objections.iter().find(|objection| objection.class == ObjectionClass::Hard);
    match blocking {
        Some(objection) if objection.rule == RuleId::R16 => {
            Err(Derived::new(Word::NotEvaluable, RuleId::R16, objection.sentence.clone()))
        }
        Some(objection) => none(objection.rule, objection.sentence.clone()),
        None => Ok(seen),
    }
}

fn early_words(moment: &Moment, settings: &StudySettings) -> String {
    let days = moment.after_last.unwrap_or(0);
    let from = moment.date + chrono::Duration::days(settings.early_before_days - days);
    format!(
        "Early post-procedure ({}): a scan can establish complete or incomplete from day {} on ({from}).",
        days_words(days),
        settings.early_before_days
    )
}

fn set_aside_words(finding: &Finding) -> String {
    let one = |set_aside: &crate::clinical::Override| {
        let text = set_aside.text.trim();
        match (set_aside.reason, text.is_empty()) {
            (OverrideReason::Other, false) => format!(" {} set aside: {text}.", set_aside.rule),
            (reason, true) => format!(" {} set aside: {}.", set_aside.rule, inline(reason)),
            (reason, false) => format!(" {} set aside: {} ({text}).", set_aside.rule, inline(reason)),
        }
    };
    finding.overrides.iter().map(one).collect()
}

fn answer_of(visit: &LesionVisit) -> Option<Answer> {
    visit.finding.as_ref().and_then(|finding| finding.answer)
}

/// A draft, as rates see it: not there, and saying so.
fn without_draft(reading: Reading) -> Reading {
    if !reading.draft {
        return reading;
    }
    let because = format!("The answer of {} is a draft, not signed yet.", reading.when);
    Reading { seen: Err(Derived::new(Word::None, RuleId::R03, because)), ..reading }
}

fn standing(
    folded: &Folded,
    readings: &[Reading],
    timeline: &Timeline<'_>,
    history: &LesionHistory,
    settings: &StudySettings,
    today: Date,
) -> Standing {
    let named = folded.last_counted.or_else(|| folded.words.iter().rposition(|named| named.word.value != Word::None));
    let last = named.and_then(|at| folded.words.get(at).zip(readings.get(at)));
    let (mut word, word_at, draft) = match last {
        Some((named, reading)) => (named.word.clone(), Some(reading.visit), named.draft),
        None => (Derived::new(Word::None, RuleId::R03, "No answer yet."), None, false),
    };
    if let Some(treatment) = folded.unjudged_treatment {
        word.because.push_str(&format!(" Since then {}, not judged yet.", treatment.words()));
    }
    let given_up = history.status == LesionStatus::Resected
        || history.death_date.is_some()
        || (history.transplant_date.is_some() && history.organ == Organ::Liver)
        || history.events.iter().any(|event| {
            event.kind == EventKind::Lost
                || (event.kind == EventKind::Resection && event.lesion == Some(history.lesion))
        });
    let under_treatment = folded.open_since.filter(|_| !given_up).map(|since| {
        let because = format!("Not complete on {since}, and not complete since: open until complete or given up.");
        Derived::new(since, RuleId::R03, because)
    });
    let primary = efficacy::primary(readings, timeline, history, settings, today);
    let assisted = efficacy::assisted(&primary, folded);
    Standing {
        word,
        word_at,
        draft,
        first_complete: folded.first_complete.clone(),
        residual: folded.residual.clone(),
        progression: folded.progression.clone(),
        uncontrolled: folded.uncontrolled,
        last_adequate: folded.last_adequate,
        under_treatment,
        primary,
        assisted,
    }
}

/// R23 in words.
fn primary_course(timeline: &Timeline<'_>, settings: &StudySettings) -> Derived<u32> {
    let sessions = u32::try_from(timeline.primary_course_sessions()).unwrap_or(u32::MAX);
    let done = timeline.sessions_done();
    let allowed = settings.max_sessions_primary_course.max(1);
    let because = match (sessions, done) {
        (0, _) => "No session is recorded.".to_owned(),
        (1, 1) => "One session.".to_owned(),
        (n, d) if usize::try_from(n).is_ok_and(|n| n == d) => {
            format!("All {d} sessions: the later ones were planned before the first follow-up scan.")
        }
        (n, d) => format!(
            "{n} of {d} sessions: a later one belongs only if it was planned before the first follow-up scan, and the \
             study allows {allowed}."
        ),
    };
    Derived::new(sessions, RuleId::R23, because)
}

/// R06: of several visits of one time point after the same session, the one nearest the target day is the
/// visit, the others are interim. A visit answered "not done" is neither.
fn interim_visits(judged: &[Judged<'_>], timeline: &Timeline<'_>) -> Vec<bool> {
    let slot = |visit: &Judged<'_>| {
        let moment = &visit.reading.moment;
        let done = answer_of(visit.visit) != Some(Answer::NotDone);
        let target = target_days(timeline.time_point(moment)).filter(|_| done)?;
        let away = (moment.after_last.unwrap_or(0) - target).abs();
        Some(((moment.sessions_before, target), (away, moment.date, visit.visit.id)))
    };
    let slots: Vec<_> = judged.iter().map(slot).collect();
    let beaten = |own: &Option<_>| {
        own.is_some_and(|(place, nearness)| {
            slots.iter().flatten().any(|(other_place, other)| *other_place == place && *other < nearness)
        })
    };
    slots.iter().map(beaten).collect()
}

/// R24: sizes are compared with the first scan late enough after the same last session.
fn size_baselines(judged: &[Judged<'_>]) -> Vec<Option<VisitId>> {
    let late_enough = |visit: &&Judged<'_>| {
        matches!(visit.reading.moment.phase, Phase::FollowUp | Phase::DuringCourse)
            && answer_of(visit.visit) != Some(Answer::NotDone)
    };
    let baseline_of = |own: &Judged<'_>| {
        let first = judged
            .iter()
            .filter(late_enough)
            .find(|other| other.reading.moment.sessions_before == own.reading.moment.sessions_before)?;
        ((first.visit.date, first.visit.id) < (own.visit.date, own.visit.id)).then_some(first.visit.id)
    };
    judged.iter().map(baseline_of).collect()
}
