//! Rules that check what was entered, each a function, and what a finding still needs.

use super::timeline::{Moment, Phase, Timeline, days_words};
use super::word::inline;
use super::{
    AdequacyCall, Derived, LesionHistory, LesionVisit, MissingField, Objection, ObjectionClass, RuleId, ViableLd,
};
use crate::clinical::{
    Answer, Date, Finding, MarkRole, MarkSummary, OverrideReason, Shape, StudySettings, days_between,
};

/// Every objection to the finding of one visit that was not set aside.
pub(super) fn visit_objections(
    history: &LesionHistory,
    visit: &LesionVisit,
    moment: &Moment,
    adequacy: &Derived<AdequacyCall>,
    today: Date,
) -> Vec<Objection> {
    let finding = visit.finding.as_ref().filter(|finding| finding.answer.is_some());
    let mut all = vec![date_of_visit(visit, moment, today), visit_after_death(history, visit)];
    if let Some(finding) = finding {
        all.push(reason_needed(finding));
        // One warning for one cause: where the date already rules the answer out, nothing else is asked.
        if moment.phase == Phase::FollowUp {
            all.push(adequacy_needed(finding, adequacy));
            all.push(contradiction(finding, &visit.marks));
        }
    }
    let overridden = |objection: &Objection| {
        objection.overridable && visit.finding.as_ref().is_some_and(|finding| sets_aside(finding, objection.rule))
    };
    all.into_iter().flatten().filter(|objection| !overridden(objection)).collect()
}

/// Whether a finding sets a rule aside.
pub(super) fn sets_aside(finding: &Finding, rule: RuleId) -> bool {
    finding.overrides.iter().any(|set_aside| set_aside.rule == rule.to_string())
}

/// R07: a scan lies before today; there is something to judge only after a session.
pub(super) fn date_of_visit(visit: &LesionVisit, moment: &Moment, today: Date) -> Option<Objection> {
    let answered = visit.finding.as_ref().and_then(|finding| finding.answer).is_some();
    let hard =
        |sentence| Some(Objection { rule: RuleId::R07, class: ObjectionClass::Hard, sentence, overridable: false });
    if visit.date > today {
        return hard(format!("This visit is dated {}, after today ({today}). Correct the date.", visit.date));
    }
    if !answered {
        return None;
    }
    match moment.phase {
        Phase::Untreated => hard(
            "No session is recorded for this lesion, so there is nothing to judge. Enter its session first.".into(),
        ),
        Phase::Baseline => hard(format!(
            "This scan is {} before the first session of this lesion, so there is nothing to judge yet. Correct the \
             date of the visit or of the session, or clear the answer.",
            days_words(-moment.after_last.unwrap_or(0)).trim_start_matches('+')
        )),
        Phase::Early if moment.after_last == Some(0) && moment.sessions_before > 1 => Some(Objection {
            rule: RuleId::R07,
            class: ObjectionClass::Ask,
            sentence: format!(
                "This scan is of the same day as session {} and is taken as made after it. If it led to that session, \
                 date the visit one day earlier.",
                moment.sessions_before
            ),
            overridable: false,
        }),
        Phase::Early | Phase::DuringCourse | Phase::FollowUp => None,
    }
}

/// R10: "no viable tumour" does not go with a nodular or masslike finding, nor with a mark of viable tumour; with other
/// suspicious shapes it asks.
pub(super) fn contradiction(finding: &Finding, marks: &[MarkSummary]) -> Option<Objection> {
    if finding.answer != Some(Answer::NoViable) {
        return None;
    }
    let objection = |class, sentence| Some(Objection { rule: RuleId::R10, class, sentence, overridable: true });
    if marks.iter().any(is_viable_tumour) {
        let sentence = "\"No viable tumour\" contradicts the viable tumour that is marked at this visit. Change the \
                        answer, delete the mark, or set R10 aside with a reason.";
        return objection(ObjectionClass::Hard, sentence.to_owned());
    }
    let class_of = |shape: Shape| match shape {
        Shape::Nodular | Shape::Masslike => Some(ObjectionClass::Hard),
        Shape::Eccentric | Shape::FocallyThickRim | Shape::ThickRim | Shape::HypoattenuatingNodule => {
            Some(ObjectionClass::Ask)
        }
        Shape::None | Shape::ThinSmoothRim | Shape::PerfusionWedge | Shape::VesselAtZone => None,
    };
    let shapes = [finding.shape, finding.second_shape];
    let (class, shape) =
        shapes.into_iter().flatten().filter_map(|shape| class_of(shape).map(|class| (class, shape))).min()?;
    let sentence = if class == ObjectionClass::Hard {
        format!(
            "\"No viable tumour\" contradicts the shape \"{}\". Change one of them, or set R10 aside with a reason.",
            inline(shape)
        )
    } else {
        format!("The shape \"{}\" is suspicious: is there really no viable tumour?", inline(shape))
    };
    objection(class, sentence)
}

/// Whether something is drawn as viable tumour: a mark that was erased to nothing is none.
fn is_viable_tumour(mark: &MarkSummary) -> bool {
    let drawn = [mark.volume_ml, mark.longest_axial_mm, mark.longest_px];
    mark.info.role == MarkRole::ViableTumour && drawn.into_iter().flatten().any(|size| size > 0.0)
}

/// R15: "not evaluable" and "not done" need a reason.
pub(super) fn reason_needed(finding: &Finding) -> Option<Objection> {
    let sentence = match finding.answer {
        Some(Answer::NotEvaluable) if finding.not_evaluable_reason.is_none() => {
            "Say why it cannot be evaluated: phase missing, motion, artefact, not covered or no contrast."
        }
        Some(Answer::NotDone) if finding.not_done_reason.is_none() => {
            "Say why it was not done: missed, died, imaged elsewhere or other."
        }
        _ => return None,
    };
    Some(Objection {
        rule: RuleId::R15,
        class: ObjectionClass::Hard,
        sentence: sentence.to_owned(),
        overridable: false,
    })
}

/// R16: an answer counts only from a study that is adequate for organ and tumour.
pub(super) fn adequacy_needed(finding: &Finding, adequacy: &Derived<AdequacyCall>) -> Option<Objection> {
    let answer = finding.answer.filter(|answer| judges(*answer))?;
    let because = &adequacy.because;
    let sentence = match (adequacy.value, answer) {
        (AdequacyCall::Adequate, _) => return None,
        (AdequacyCall::NotAdequate, Answer::NoViable) => format!(
            "The study is {because}. It cannot establish \"complete\": answer \"not evaluable\", or call the study \
             adequate and say why."
        ),
        (AdequacyCall::NotAdequate, _) => format!(
            "The study is {because}. \"{}\" does not count until the study is called adequate, with a reason; otherwise \
             answer \"not evaluable\".",
            answer
        ),
        (AdequacyCall::Undecided, _) => format!("The study is {because}. \"{answer}\" does not count until then."),
    };
    Some(Objection { rule: RuleId::R16, class: ObjectionClass::Hard, sentence, overridable: false })
}

/// R27, at a visit: no scan after the death of the patient.
pub(super) fn visit_after_death(history: &LesionHistory, visit: &LesionVisit) -> Option<Objection> {
    let death = history.death_date.filter(|death| visit.date > *death)?;
    Some(order(format!(
        "This visit ({}) lies after the date of death ({death}). Correct one of them, or set R27 aside with a reason.",
        visit.date
    )))
}

/// R27, of the lesion: baseline images, then the first session, then the rest; nothing after death or today.
/// A finding of this lesion that sets R27 aside removes these as well.
pub(super) fn lesion_objections(
    history: &LesionHistory,
    timeline: &Timeline<'_>,
    settings: &StudySettings,
    today: Date,
) -> Vec<Objection> {
    let mut all = Vec::new();
    if let Some(first) = timeline.first() {
        for late in history.baseline_dates.iter().filter(|baseline| **baseline > first) {
            all.push(order(format!(
                "The pre-procedure images ({late}) are dated after the first session ({first}). Correct one of them, or \
                 set R27 aside with a reason."
            )));
        }
        let latest = history.baseline_dates.iter().filter(|baseline| **baseline <= first).max();
        if let Some(latest) = latest {
            let days = days_between(*latest, first);
            if days > settings.pre_scan_old_after_days {
                all.push(Objection {
                    rule: RuleId::R27,
                    class: ObjectionClass::Warn,
                    sentence: format!("Pre-scan {days} d before ablation."),
                    overridable: true,
                });
            }
        }
    }
    for session in &history.sessions {
        if session.date > today {
            all.push(order(format!(
                "The session of {} is dated after today ({today}) and is not counted. Correct the date.",
                session.date
            )));
        }
        if let Some(death) = history.death_date.filter(|death| session.date > *death) {
            all.push(order(format!(
                "The session of {} lies after the date of death ({death}). Correct one of them, or set R27 aside with a \
                 reason.",
                session.date
            )));
        }
    }
    let findings = history.visits.iter().filter_map(|visit| visit.finding.as_ref());
    if findings.into_iter().any(|finding| sets_aside(finding, RuleId::R27)) {
        all.clear();
    }
    all
}

fn order(sentence: String) -> Objection {
    Objection { rule: RuleId::R27, class: ObjectionClass::Hard, sentence, overridable: true }
}

/// Answers that judge the site, as against "not evaluable" and "not done".
fn judges(answer: Answer) -> bool {
    matches!(answer, Answer::NoViable | Answer::Viable | Answer::Equivocal)
}

/// What a finding still needs before it can be signed (reading.md 6). `marks` are those of the finding's
/// lesion at its visit.
#[must_use]
pub fn missing(finding: &Finding, marks: &[MarkSummary]) -> Vec<MissingField> {
    let mut fields = Vec::new();
    match finding.answer {
        None => fields.push(MissingField::Answer),
        Some(Answer::NotEvaluable) if finding.not_evaluable_reason.is_none() => {
            fields.push(MissingField::NotEvaluableReason);
        }
        Some(Answer::NotDone) if finding.not_done_reason.is_none() => fields.push(MissingField::NotDoneReason),
        Some(Answer::NotEvaluable | Answer::NotDone) => {}
        Some(answer @ (Answer::NoViable | Answer::Viable | Answer::Equivocal)) => {
            if finding.shape.is_none() {
                fields.push(MissingField::Shape);
            }
            if answer == Answer::Viable && viable_ld(finding, marks).is_none() {
                fields.push(MissingField::ViableLd);
            }
        }
    }
    if finding.adequacy.as_ref().is_some_and(|adequacy| adequacy.by_reader && adequacy.reason.trim().is_empty()) {
        fields.push(MissingField::AdequacyReason);
    }
    let silent = |set_aside: &crate::clinical::Override| {
        set_aside.reason == OverrideReason::Other && set_aside.text.trim().is_empty()
    };
    if finding.overrides.iter().any(silent) {
        fields.push(MissingField::OverrideText);
    }
    fields
}

/// The longest diameter of the viable tumour: that of the primary viable mark (of the only one, where none
/// is flagged), else the value entered by hand.
#[must_use]
pub fn viable_ld(finding: &Finding, marks: &[MarkSummary]) -> Option<ViableLd> {
    let viable: Vec<&MarkSummary> = marks.iter().filter(|mark| mark.info.role == MarkRole::ViableTumour).collect();
    let flagged = viable.iter().find(|mark| mark.info.primary).copied();
    let only = if let [one] = viable.as_slice() { Some(*one) } else { None };
    let from_mark = flagged.or(only).and_then(|mark| {
        mark.longest_axial_mm.filter(|mm| *mm > 0.0).map(|mm| ViableLd { mm, from_mark: Some(mark.info.id) })
    });
    from_mark.or_else(|| {
        finding.viable_ld_mm.filter(|mm| mm.is_finite() && *mm > 0.0).map(|mm| ViableLd { mm, from_mark: None })
    })
}
