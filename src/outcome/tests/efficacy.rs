//! Technique efficacy of one lesion, and why it is not in the denominator.

use crate::clinical::{
    Event, EventId, EventKind, LesionId, LesionStatus, NotDoneReason, Organ, PatientId, StudySettings,
};
use crate::outcome::testing::{Step, Step::*, day, draft, finding, id, lesion, outcome};
use crate::outcome::{Derived, Efficacy, EfficacyCall, LesionHistory, RuleId, derive};

fn primary(history: &LesionHistory) -> Derived<EfficacyCall> {
    outcome(history).standing.primary
}

fn of(steps: &[(i64, Step)]) -> Derived<EfficacyCall> {
    primary(&lesion(1, 1, steps))
}

fn in_organ(organ: Organ, steps: &[(i64, Step)]) -> Derived<EfficacyCall> {
    let mut history = lesion(1, 1, steps);
    history.organ = organ;
    primary(&history)
}

#[test]
fn r04_the_window_decides() {
    assert_eq!(of(&[(35, N)]).value.efficacy, Efficacy::Complete);
    assert_eq!(of(&[(35, V)]).value.efficacy, Efficacy::Incomplete);
    assert_eq!(of(&[(35, E)]).value.efficacy, Efficacy::Equivocal);
    assert_eq!(of(&[(35, X)]).value.efficacy, Efficacy::NotEvaluable);
    assert_eq!(
        of(&[(35, N)]).because,
        "No viable tumour on 2026-03-04 (+35 d); window day 21-56 after the last session."
    );
}

#[test]
fn r04_the_window_has_both_ends() {
    assert_eq!(of(&[(21, N)]).value.efficacy, Efficacy::Complete);
    assert_eq!(of(&[(56, N)]).value.efficacy, Efficacy::Complete);
    assert_eq!(of(&[(57, N)]).value.efficacy, Efficacy::NotEvaluable);
    assert!(!of(&[(42, N)]).value.late);
    let late = of(&[(43, N)]);
    assert!(late.value.late && !late.value.outside_window);
    assert!(late.because.ends_with("Late in the window."));
}

#[test]
fn r04_first_viable_outside_the_window_is_a_failure_and_first_complete_is_not_evaluable() {
    let failure = of(&[(92, V)]);
    assert_eq!((failure.value.efficacy, failure.value.outside_window), (Efficacy::Incomplete, true));
    assert!(failure.because.starts_with("First assessed +92 d"));
    let complete = of(&[(92, N)]);
    assert_eq!((complete.value.efficacy, complete.value.outside_window), (Efficacy::NotEvaluable, true));
    assert_eq!(complete.value.days_after_last, Some(92));
    let equivocal = of(&[(92, E)]);
    assert_eq!((equivocal.value.efficacy, equivocal.value.outside_window), (Efficacy::NotEvaluable, true));
    let later_progression = of(&[(92, N), (183, V)]);
    assert_eq!(later_progression.value.efficacy, Efficacy::NotEvaluable, "it was complete first");
}

#[test]
fn r04_equivocal_in_the_window_then_viable_was_never_complete() {
    let primary = of(&[(35, E), (92, V)]);
    assert_eq!(primary.value.efficacy, Efficacy::Incomplete);
    assert!(primary.because.ends_with("Equivocal on 2026-03-04 (+35 d)."), "{}", primary.because);
    assert_eq!(of(&[(35, E), (92, N)]).value.efficacy, Efficacy::Equivocal, "later complete does not change it");
}

#[test]
fn r04_by_organ() {
    assert_eq!(in_organ(Organ::Kidney, &[(91, N)]).value.efficacy, Efficacy::Complete);
    assert_eq!(in_organ(Organ::Kidney, &[(35, N)]).value.efficacy, Efficacy::NotEvaluable);
    assert_eq!(in_organ(Organ::Kidney, &[(35, V)]).value.efficacy, Efficacy::Incomplete);
    assert_eq!(in_organ(Organ::Kidney, &[(35, V), (50, S), (90, N)]).value.efficacy, Efficacy::Incomplete);
    let lung = in_organ(Organ::Lung, &[(35, N), (92, N), (183, V)]);
    assert_eq!((lung.value.efficacy, lung.value.visit), (Efficacy::Complete, Some(id(92))));
    assert_eq!(in_organ(Organ::Lung, &[(35, N), (250, V)]).value.efficacy, Efficacy::Incomplete);
    for organ in [Organ::Adrenal, Organ::LymphNode, Organ::Bone, Organ::Other] {
        assert_eq!(in_organ(organ, &[(35, N)]).value.efficacy, Efficacy::Complete);
    }
}

#[test]
fn r06_the_definite_answer_nearest_the_target_decides() {
    assert_eq!(of(&[(34, N), (50, V)]).value.visit, Some(id(34)));
    assert_eq!(of(&[(22, N), (36, V)]).value.efficacy, Efficacy::Incomplete);
    let resolved = of(&[(35, E), (50, N)]);
    assert_eq!((resolved.value.efficacy, resolved.value.visit), (Efficacy::Complete, Some(id(50))));
}

#[test]
fn r23_assisted_counts_residual_that_was_treated_and_is_complete() {
    let assisted = |steps: &[(i64, Step)]| outcome(&lesion(1, 1, steps)).standing.assisted.value.efficacy;
    assert_eq!(assisted(&[(35, V), (49, S), (84, N)]), Efficacy::Complete);
    assert_eq!(assisted(&[(35, V), (49, S), (84, V)]), Efficacy::Incomplete);
    assert_eq!(assisted(&[(35, V), (49, S), (84, V), (90, S), (125, N)]), Efficacy::Complete);
    assert_eq!(assisted(&[(35, V), (92, N)]), Efficacy::Incomplete, "nobody treated it");
    assert_eq!(assisted(&[(35, N)]), Efficacy::Complete);
    assert_eq!(assisted(&[(35, E), (92, N)]), Efficacy::Equivocal);
    assert_eq!(of(&[(35, V), (49, S), (84, N)]).value.efficacy, Efficacy::Incomplete, "the primary result stays");
}

#[test]
fn r23_treated_again_before_any_assessment() {
    let outcome = outcome(&lesion(1, 1, &[(10, S), (45, N)]));
    assert_eq!(outcome.standing.primary.value.efficacy, Efficacy::NotAssessed);
    assert_eq!(
        outcome.standing.primary.because,
        "Treated again before an adequate assessment: re-ablation on 2026-02-07 (+10 d)."
    );
    assert_eq!(outcome.standing.assisted.value.efficacy, Efficacy::Complete);
}

fn event(kind: EventKind, days: i64) -> Event {
    Event {
        id: EventId(1),
        patient: PatientId(1),
        lesion: Some(LesionId(1)),
        kind,
        date: day(days),
        visit: None,
        note: String::new(),
    }
}

#[test]
fn r25_every_lesion_without_assessment_says_why() {
    let why = |history: &LesionHistory| {
        let primary = primary(history);
        assert_eq!(primary.value.efficacy, Efficacy::NotAssessed);
        assert_eq!(primary.rule, RuleId::R25);
        primary.because
    };
    assert_eq!(why(&lesion(1, 1, &[])), "Never imaged after the session of 2026-01-28.");
    assert_eq!(why(&lesion(1, 1, &[(7, N)])), "Imaged only early, on 2026-02-04 (+7 d).");
    assert_eq!(why(&lesion(1, 1, &[(35, Unread)])), "The scan of 2026-03-04 (+35 d) is not read yet.");
    assert_eq!(why(&lesion(1, 1, &[(35, D)])), "Not done on 2026-03-04 (+35 d): missed. Nothing changes.");
    let mut died = lesion(1, 1, &[(92, D)]);
    died.death_date = Some(day(20));
    finding(&mut died, 92).not_done_reason = Some(NotDoneReason::Died);
    assert_eq!(why(&died), "Died on 2026-02-17 (+20 d), before an adequate assessment.");
    let mut transplanted = lesion(1, 1, &[]);
    transplanted.transplant_date = Some(day(40));
    assert!(why(&transplanted).starts_with("Liver transplant on 2026-03-09 (+40 d)"));
    for (kind, words) in [(EventKind::Lost, "Lost to follow-up on"), (EventKind::Resection, "Resected on")] {
        let mut history = lesion(1, 1, &[]);
        history.events.push(event(kind, 30));
        assert!(why(&history).starts_with(words));
    }
}

#[test]
fn r25_while_the_window_is_open_nothing_is_due() {
    let history = lesion(1, 1, &[]);
    let at = |days| derive(&history, &StudySettings::default(), day(days)).standing.primary;
    assert_eq!(at(56).value.efficacy, Efficacy::NotDue);
    assert_eq!(at(56).because, "The window (day 21-56 after the last session) is open until 2026-03-25.");
    assert_eq!(at(57).value.efficacy, Efficacy::NotAssessed);
    let mut kidney = lesion(1, 1, &[(40, N)]);
    kidney.organ = Organ::Kidney;
    let open = derive(&kidney, &StudySettings::default(), day(60)).standing.primary;
    assert_eq!(open.value.efficacy, Efficacy::NotDue, "complete before the window, which is still open");
}

#[test]
fn lesions_that_were_not_ablated_have_no_efficacy() {
    let mut untreated = lesion(1, 1, &[(35, Unread)]);
    untreated.sessions.clear();
    untreated.status = LesionStatus::Untreated;
    let call = primary(&untreated);
    assert_eq!(
        (call.value.efficacy, call.because.as_str()),
        (Efficacy::NotApplicable, "Not ablated: recorded as untreated.")
    );
    let mut benign = lesion(1, 1, &[(35, N)]);
    benign.status = LesionStatus::Benign;
    assert_eq!(primary(&benign).value.efficacy, Efficacy::NotApplicable);
}

#[test]
fn a_draft_in_the_window_counts_on_screen_and_not_in_rates() {
    let mut history = lesion(1, 1, &[(35, N)]);
    draft(&mut history, 35);
    let outcome = outcome(&history);
    assert_eq!(outcome.standing.primary.value.efficacy, Efficacy::Complete);
    assert_eq!(outcome.counted.primary.value.efficacy, Efficacy::NotAssessed);
    assert_eq!(outcome.counted.primary.because, "The answer of 2026-03-04 (+35 d) is a draft, not signed yet.");
}

#[test]
fn a_draft_in_the_window_keeps_a_later_answer_from_deciding_a_rate() {
    for later in [N, V] {
        let mut history = lesion(1, 1, &[(35, N), (92, later)]);
        draft(&mut history, 35);
        let counted = outcome(&history).counted.primary;
        assert_eq!(counted.value.efficacy, Efficacy::NotAssessed);
        assert_eq!(counted.because, "The answer of 2026-03-04 (+35 d) is a draft, not signed yet.");
    }
}
