//! Rules that point something out and decide nothing: they look at sizes, shapes and dates, and stop nobody.

use super::checks::sets_aside;
use super::timeline::{Moment, Phase, Timeline, days_words};
use super::{LesionHistory, LesionVisit, Objection, ObjectionClass, RuleId};
use crate::clinical::{Answer, MarkRole, MarkSummary, Organ, Shape, StudySettings, VisitId};

/// What is pointed out at one visit, as far as it was not set aside.
pub(super) fn hints(
    history: &LesionHistory,
    visit: &LesionVisit,
    moment: &Moment,
    timeline: &Timeline<'_>,
    size_baseline: Option<VisitId>,
    settings: &StudySettings,
) -> Vec<Objection> {
    let Some(finding) = visit.finding.as_ref().filter(|finding| finding.answer.is_some()) else { return Vec::new() };
    if moment.phase != Phase::FollowUp {
        return Vec::new();
    }
    let all = [
        late_rim(history, visit, moment, settings),
        growth(history, visit, size_baseline, settings),
        zone_smaller_than_tumour(history, visit, moment, timeline),
        after_transplant(history, visit),
    ];
    all.into_iter().flatten().filter(|objection| !sets_aside(finding, objection.rule)).collect()
}

fn answer(visit: &LesionVisit) -> Option<Answer> {
    visit.finding.as_ref().and_then(|finding| finding.answer)
}

fn said(rule: RuleId, class: ObjectionClass, sentence: String) -> Option<Objection> {
    Some(Objection { rule, class, sentence, overridable: true })
}

/// R08: a thin smooth rim is benign early and becomes suspicious late; the limit depends on the organ.
pub(super) fn late_rim(
    history: &LesionHistory,
    visit: &LesionVisit,
    moment: &Moment,
    settings: &StudySettings,
) -> Option<Objection> {
    let finding = visit.finding.as_ref().filter(|finding| finding.answer == Some(Answer::NoViable))?;
    let rim = [finding.shape, finding.second_shape].contains(&Some(Shape::ThinSmoothRim));
    let days = moment.after_last.filter(|_| rim)?;
    let limit = settings.rim_until_days(history.organ);
    if days <= limit {
        return None;
    }
    said(
        RuleId::R08,
        ObjectionClass::Warn,
        format!(
            "A thin smooth rim at {} is later than day {limit}, up to which it is taken as benign: is \"equivocal\" the better \
             answer?",
            days_words(days)
        ),
    )
}

/// The mark that speaks for a role: the flagged one, else the only one.
fn mark(visit: &LesionVisit, role: MarkRole) -> Option<&MarkSummary> {
    let own: Vec<&MarkSummary> = visit.marks.iter().filter(|mark| mark.info.role == role).collect();
    own.iter().find(|mark| mark.info.primary).copied().or(if let [one] = own.as_slice() { Some(*one) } else { None })
}

/// R18: the zone grew since its first scan late enough after the same last session. It shrinks as a rule.
pub(super) fn growth(
    history: &LesionHistory,
    visit: &LesionVisit,
    size_baseline: Option<VisitId>,
    settings: &StudySettings,
) -> Option<Objection> {
    if answer(visit) == Some(Answer::Viable) {
        return None;
    }
    let before = history.visits.iter().find(|other| Some(other.id) == size_baseline)?;
    let (then, now) = (mark(before, MarkRole::AblationZone)?, mark(visit, MarkRole::AblationZone)?);
    let (was_ml, is_ml) = (then.volume_ml.filter(|ml| *ml > 0.0)?, now.volume_ml?);
    let longer = |of: fn(&MarkSummary) -> Option<f64>| of(now).zip(of(then)).map(|(now, then)| now - then);
    let axes = [longer(|mark| mark.longest_axial_mm), longer(|mark| mark.perpendicular_mm)];
    let most_mm = axes.into_iter().flatten().fold(f64::NEG_INFINITY, f64::max);
    let percent = (is_ml - was_ml) / was_ml * 100.0;
    if percent < f64::from(settings.growth_percent) || most_mm < f64::from(settings.growth_mm) {
        return None;
    }
    said(
        RuleId::R18,
        ObjectionClass::Warn,
        format!(
            "The zone has grown since {}: {was_ml:.1} to {is_ml:.1} ml (+{percent:.0} %), an axis by {most_mm:.0} mm. Growth is \
             a sign of progression; look at its edge again.",
            before.date
        ),
    )
}

/// R19: the first zone after a session should exceed the tumour in every axis.
pub(super) fn zone_smaller_than_tumour(
    history: &LesionHistory,
    visit: &LesionVisit,
    moment: &Moment,
    timeline: &Timeline<'_>,
) -> Option<Objection> {
    if answer(visit) != Some(Answer::NoViable) || timeline.time_point(moment) != super::TimePoint::FourToSixWeeks {
        return None;
    }
    let first = timeline.first()?;
    let before = history.visits.iter().filter(|other| other.date <= first && other.id != visit.id);
    let tumour = before.max_by_key(|other| (mark(other, MarkRole::Tumour).is_some(), other.date, other.id));
    let (tumour, zone) = (mark(tumour?, MarkRole::Tumour)?, mark(visit, MarkRole::AblationZone)?);
    let axes = [
        ("longest", zone.longest_axial_mm.zip(tumour.longest_axial_mm)),
        ("perpendicular", zone.perpendicular_mm.zip(tumour.perpendicular_mm)),
    ];
    let short =
        axes.into_iter().find_map(|(name, sizes)| sizes.filter(|(zone, tumour)| zone < tumour).map(|of| (name, of)));
    let (name, (zone, tumour)) = short?;
    said(
        RuleId::R19,
        ObjectionClass::Ask,
        format!(
            "The zone's {name} diameter ({zone:.1} mm) is smaller than the tumour's before treatment ({tumour:.1} mm): is it \
             really complete?"
        ),
    )
}

/// R26: after a liver transplant a liver lesion cannot be judged any more; end points stop there.
pub(super) fn after_transplant(history: &LesionHistory, visit: &LesionVisit) -> Option<Objection> {
    let transplant = history.transplant_date.filter(|_| history.organ == Organ::Liver)?;
    let judged = matches!(answer(visit)?, Answer::NoViable | Answer::Viable | Answer::Equivocal);
    if !judged || visit.date <= transplant {
        return None;
    }
    said(
        RuleId::R26,
        ObjectionClass::Ask,
        format!(
            "This visit ({}) lies after the liver transplant of {transplant}. The end points of a liver lesion stop there; is \
             one of the dates wrong?",
            visit.date
        ),
    )
}
