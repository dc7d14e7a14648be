//! Every row of reading.md section 8, by its letters.

use crate::clinical::Date;
use crate::outcome::testing::{Step, Step::*, day, draft, finding, id, lesion, outcome, words};
use crate::outcome::{Efficacy, LesionOutcome, ObjectionClass, RuleId, Word};

fn of(steps: &[(i64, Step)]) -> LesionOutcome {
    outcome(&lesion(1, 1, steps))
}

fn last(outcome: &LesionOutcome) -> Word {
    words(outcome).pop().unwrap()
}

fn first_complete(outcome: &LesionOutcome) -> Option<Date> {
    outcome.standing.first_complete.as_ref().map(|complete| complete.value.date)
}

fn progression(outcome: &LesionOutcome) -> Option<Date> {
    outcome.standing.progression.as_ref().map(|event| event.value.date)
}

fn residual(outcome: &LesionOutcome) -> Option<Date> {
    outcome.standing.residual.as_ref().map(|residual| residual.value.date)
}

fn because(outcome: &LesionOutcome) -> &str {
    &outcome.visits.last().unwrap().word.because
}

#[test]
fn row_n() {
    let outcome = of(&[(35, N)]);
    assert_eq!(last(&outcome), Word::Complete);
    assert_eq!(first_complete(&outcome), Some(day(35)));
    assert_eq!(residual(&outcome), None);
    assert_eq!(progression(&outcome), None);
    assert_eq!(
        because(&outcome),
        "No viable tumour on 2026-03-04 (+35 d). The study is adequate: CT with contrast, portal venous phase."
    );
}

#[test]
fn row_n_n() {
    let outcome = of(&[(35, N), (92, N)]);
    assert_eq!(words(&outcome), [Word::Complete, Word::Complete]);
    assert_eq!(first_complete(&outcome), Some(day(35)));
    assert_eq!(outcome.standing.last_adequate.unwrap().date, day(92));
    assert!(because(&outcome).contains("complete since 2026-03-04 (+35 d)"), "{}", because(&outcome));
}

#[test]
fn row_v() {
    let outcome = of(&[(35, V)]);
    assert_eq!(last(&outcome), Word::Incomplete);
    assert_eq!(residual(&outcome), Some(day(35)));
    assert_eq!(first_complete(&outcome), None);
    assert_eq!(progression(&outcome), None);
    assert_eq!(outcome.standing.under_treatment.as_ref().unwrap().value, day(35));
    assert!(
        because(&outcome).starts_with("Viable tumour on 2026-03-04 (+35 d); never complete before: residual tumour.")
    );
}

#[test]
fn row_v_v() {
    let outcome = of(&[(35, V), (92, V)]);
    assert_eq!(words(&outcome), [Word::Incomplete, Word::Incomplete]);
    assert_eq!(residual(&outcome), Some(day(35)));
    assert!(
        because(&outcome)
            .starts_with("Still viable on 2026-04-30 (+92 d), first on 2026-03-04 (+35 d); never complete.")
    );
}

#[test]
fn row_v_n_without_session() {
    let outcome = of(&[(35, V), (92, N), (183, N)]);
    assert_eq!(words(&outcome), [Word::Incomplete, Word::CompleteAfterViable, Word::CompleteAfterViable]);
    assert_eq!(first_complete(&outcome), Some(day(92)));
    assert_eq!(residual(&outcome), Some(day(35)), "both stay");
    let asks = |at: usize| {
        outcome.visits[at].objections.iter().filter(|o| o.class == ObjectionClass::Ask && o.rule == RuleId::R02).count()
    };
    assert_eq!((asks(0), asks(1), asks(2)), (0, 1, 0), "asked once");
    assert!(outcome.visits[1].word.because.contains("viable on 2026-03-04 (+35 d) and not treated since: check both"));
}

#[test]
fn row_v_s_n() {
    let outcome = of(&[(35, V), (49, S), (84, N)]);
    assert_eq!(last(&outcome), Word::CompleteAssisted);
    assert_eq!(first_complete(&outcome), Some(day(84)));
    assert_eq!(residual(&outcome), Some(day(35)));
    assert!(
        because(&outcome).starts_with(
            "No viable tumour on 2026-04-22 (+35 d after session 2), after re-ablation on 2026-03-18 for viable tumour \
             seen on 2026-03-04 (+35 d)."
        ),
        "{}",
        because(&outcome)
    );
}

#[test]
fn row_v_s_v() {
    let outcome = of(&[(35, V), (49, S), (84, V)]);
    assert_eq!(last(&outcome), Word::IncompleteAfterReablation);
    assert_eq!(residual(&outcome), Some(day(35)));
    assert_eq!(first_complete(&outcome), None);
    assert_eq!(progression(&outcome), None);
}

#[test]
fn row_n_v() {
    let outcome = of(&[(35, N), (92, V)]);
    assert_eq!(last(&outcome), Word::LocalTumourProgression);
    assert_eq!(outcome.visits[1].word.rule, RuleId::R01);
    let event = outcome.standing.progression.as_ref().unwrap();
    assert_eq!((event.value.date, event.value.visit), (day(92), id(92)));
    assert_eq!((event.value.days_after_first, event.value.days_after_last), (92, 92));
    assert_eq!(event.value.equivocal_before, None);
    assert!(because(&outcome).starts_with("Complete on 2026-03-04 (+35 d), viable on 2026-04-30 (+92 d)."));
}

#[test]
fn row_n_v_v() {
    let outcome = of(&[(35, N), (92, V), (183, V)]);
    assert_eq!(words(&outcome)[1..], [Word::LocalTumourProgression, Word::LocalTumourProgression]);
    assert_eq!(progression(&outcome), Some(day(92)), "same event, first date");
    assert!(
        because(&outcome)
            .starts_with("Still viable on 2026-07-30 (+183 d); the date of progression stays 2026-04-30 (+92 d).")
    );
}

#[test]
fn row_n_v_s_n() {
    let outcome = of(&[(35, N), (92, V), (100, S), (135, N), (190, N)]);
    assert_eq!(words(&outcome)[2..], [Word::ProgressionRetreatedComplete, Word::ProgressionRetreatedComplete]);
    assert_eq!(progression(&outcome), Some(day(92)), "the event stays");
    assert_eq!(first_complete(&outcome), Some(day(35)));
    assert!(because(&outcome).contains("The progression of 2026-04-30 (+92 d) stays recorded."));
}

#[test]
fn row_n_v_s_v() {
    let outcome = of(&[(35, N), (92, V), (100, S), (135, V)]);
    assert_eq!(last(&outcome), Word::ProgressionRetreatmentFailed);
    assert_eq!(progression(&outcome), Some(day(92)));
}

#[test]
fn row_n_e() {
    let outcome = of(&[(35, N), (92, E)]);
    assert_eq!(last(&outcome), Word::Equivocal);
    assert_eq!(progression(&outcome), None, "not an event");
    assert!(because(&outcome).contains("not an event; complete since 2026-03-04 (+35 d)"));
}

#[test]
fn row_n_e_v() {
    let outcome = of(&[(35, N), (92, E), (183, V)]);
    assert_eq!(last(&outcome), Word::LocalTumourProgression);
    let event = outcome.standing.progression.as_ref().unwrap();
    assert_eq!(event.value.date, day(183), "dated at the V");
    assert_eq!(event.value.equivocal_before, Some(day(92)));
    assert!(because(&outcome).contains("Equivocal before, on 2026-04-30 (+92 d)."), "{}", because(&outcome));
}

#[test]
fn row_n_e_n() {
    let outcome = of(&[(35, N), (92, E), (183, N)]);
    assert_eq!(words(&outcome), [Word::Complete, Word::Equivocal, Word::Complete]);
    assert_eq!(first_complete(&outcome), Some(day(35)));
}

#[test]
fn row_e_then_n() {
    let outcome = of(&[(35, E), (92, N)]);
    assert_eq!(words(&outcome), [Word::Equivocal, Word::Complete]);
    assert_eq!(first_complete(&outcome), Some(day(92)), "the first complete date is the N");
}

#[test]
fn row_e_v() {
    let outcome = of(&[(35, E), (92, V)]);
    assert_eq!(words(&outcome), [Word::Equivocal, Word::Incomplete]);
    assert_eq!(progression(&outcome), None);
    assert_eq!(residual(&outcome), Some(day(92)));
}

#[test]
fn row_x() {
    let outcome = of(&[(35, N), (92, X), (183, V)]);
    assert_eq!(words(&outcome), [Word::Complete, Word::NotEvaluable, Word::LocalTumourProgression]);
    let only = of(&[(35, X)]);
    assert_eq!(only.standing.word.value, Word::NotEvaluable);
    assert_eq!(because(&only), "Not evaluable on 2026-03-04 (+35 d): motion. Nothing changes.");
    let after = of(&[(35, N), (92, X)]);
    assert_eq!(after.standing.word.value, Word::Complete, "nothing changes");
    assert_eq!(after.standing.word_at, Some(id(35)));
    assert_eq!(after.standing.last_adequate.unwrap().date, day(35));
    assert_eq!(last(&of(&[(35, D)])), Word::NotDone);
}

#[test]
fn row_x_v_outside_the_window() {
    let outcome = of(&[(35, X), (92, V)]);
    assert_eq!(last(&outcome), Word::Incomplete);
    let primary = &outcome.standing.primary;
    assert_eq!(primary.value.efficacy, Efficacy::Incomplete);
    assert!(primary.value.outside_window);
    assert!(primary.because.starts_with("First assessed +92 d: viable tumour"), "{}", primary.because);
}

#[test]
fn row_x_n_outside_the_window() {
    let outcome = of(&[(35, X), (92, N)]);
    assert_eq!(last(&outcome), Word::Complete);
    let primary = &outcome.standing.primary;
    assert_eq!(primary.value.efficacy, Efficacy::NotEvaluable);
    assert!(primary.value.outside_window);
    assert!(primary.because.starts_with("First assessed +92 d, no viable tumour then"), "{}", primary.because);
    assert!(primary.because.contains("motion"), "{}", primary.because);
}

#[test]
fn row_early_n_then_v() {
    let outcome = of(&[(7, N), (35, V)]);
    assert_eq!(words(&outcome), [Word::Early, Word::Incomplete]);
    assert_eq!(first_complete(&outcome), None, "an early scan establishes nothing");
    assert_eq!(progression(&outcome), None);
}

#[test]
fn row_early_v_then_n() {
    let outcome = of(&[(7, V), (35, N)]);
    assert_eq!(words(&outcome), [Word::Early, Word::Complete]);
    assert_eq!(residual(&outcome), None);
    assert_eq!(
        outcome.visits[0].word.because,
        "Early post-procedure (+7 d): a scan can establish complete or incomplete from day 21 on (2026-02-18). The \
         answer \"viable tumour\" is kept; it speaks for technical success only."
    );
    assert_eq!(outcome.standing.primary.value.efficacy, Efficacy::Complete);
}

#[test]
fn complete_after_residual_was_treated_can_progress() {
    let outcome = of(&[(35, V), (49, S), (84, N), (175, V)]);
    assert_eq!(last(&outcome), Word::LocalTumourProgression);
    assert_eq!(progression(&outcome), Some(day(175)));
    assert_eq!(first_complete(&outcome), Some(day(84)), "delayed entry at the first complete");
}

#[test]
fn a_second_progression_keeps_the_first_date() {
    let outcome = of(&[(35, N), (92, V), (100, S), (135, N), (190, V)]);
    assert_eq!(last(&outcome), Word::LocalTumourProgression);
    assert_eq!(progression(&outcome), Some(day(92)));
    assert!(because(&outcome).contains("again, after no viable tumour on 2026-06-12"), "{}", because(&outcome));
}

#[test]
fn progression_that_vanishes_untreated_is_asked_about_and_stays() {
    let outcome = of(&[(35, N), (92, V), (183, N), (270, V)]);
    assert_eq!(words(&outcome)[2], Word::CompleteAfterViable);
    assert_eq!(outcome.visits[2].objections.len(), 1);
    assert_eq!(progression(&outcome), Some(day(92)));
    assert_eq!(last(&outcome), Word::LocalTumourProgression);
}

#[test]
fn other_local_therapy_is_a_treatment_between() {
    use crate::clinical::{Event, EventId, EventKind, LesionId, PatientId};
    let mut history = lesion(1, 1, &[(35, V), (92, N)]);
    history.events.push(Event {
        id: EventId(1),
        patient: PatientId(1),
        lesion: Some(LesionId(1)),
        kind: EventKind::OtherTherapy,
        date: day(60),
        visit: None,
        note: String::new(),
    });
    let with = outcome(&history);
    assert_eq!(last(&with), Word::CompleteAssisted);
    assert!(because(&with).contains("after other local therapy on 2026-03-29"), "{}", because(&with));
    assert_eq!(with.standing.assisted.value.efficacy, Efficacy::Incomplete, "assisted efficacy is about re-ablation");
}

#[test]
fn a_session_not_judged_yet_is_said() {
    let outcome = of(&[(35, N), (92, V), (100, S)]);
    assert_eq!(outcome.standing.word.value, Word::LocalTumourProgression);
    assert!(outcome.standing.word.because.ends_with("Since then re-ablation on 2026-05-08, not judged yet."));
}

#[test]
fn a_planned_second_session_belongs_to_the_course_only_when_the_study_allows_two() {
    use crate::clinical::StudySettings;
    use crate::outcome::derive;
    let steps = [(25, V), (30, Planned), (65, N)];
    let history = lesion(1, 1, &steps);
    let two = StudySettings { max_sessions_primary_course: 2, ..StudySettings::default() };
    let allowed = derive(&history, &two, day(2000));
    assert_eq!(words(&allowed), [Word::DuringCourse, Word::Complete]);
    assert_eq!(allowed.standing.primary.value.efficacy, Efficacy::Complete);
    assert_eq!(allowed.standing.primary.value.days_after_last, Some(35));
    assert_eq!(allowed.primary_course_sessions.value, 2);
    let refused = outcome(&history);
    assert_eq!(words(&refused), [Word::Incomplete, Word::CompleteAssisted]);
    assert_eq!(refused.standing.primary.value.efficacy, Efficacy::Incomplete);
    let unplanned = derive(&lesion(1, 1, &[(25, V), (30, S), (65, N)]), &two, day(2000));
    assert_eq!(words(&unplanned), [Word::Incomplete, Word::CompleteAssisted]);
}

#[test]
fn a_draft_is_named_and_not_counted() {
    let mut history = lesion(1, 1, &[(35, N), (92, V)]);
    draft(&mut history, 35);
    let both = outcome(&history);
    assert_eq!(words(&both), [Word::Complete, Word::LocalTumourProgression]);
    assert!(both.visits.iter().all(|visit| visit.draft), "the second word rests on a draft");
    assert!(because(&both).ends_with("Rests on the draft of 2026-03-04 (+35 d)."), "{}", because(&both));
    assert!(both.standing.draft);
    assert_eq!(both.counted.word.value, Word::Incomplete, "by the signed answer alone");
    assert!(!both.counted.draft);
    assert_eq!(both.drafts_left_out, [id(35)]);
    let all = crate::clinical::StudySettings { rates_from_signed_only: false, ..Default::default() };
    let counted = crate::outcome::derive(&history, &all, day(2000));
    assert_eq!(counted.counted, counted.standing);
    assert!(counted.drafts_left_out.is_empty());
}

#[test]
fn order_of_input_does_not_matter() {
    let history = lesion(1, 1, &[(35, N), (92, V), (100, S), (135, N), (190, E), (270, V)]);
    let mut shuffled = history.clone();
    shuffled.visits.reverse();
    shuffled.sessions.reverse();
    assert_eq!(outcome(&history), outcome(&shuffled));
}

#[test]
fn an_unanswered_finding_is_no_word() {
    let mut history = lesion(1, 1, &[(35, N)]);
    finding(&mut history, 35).answer = None;
    assert_eq!(outcome(&history).standing.word.value, Word::None);
    assert_eq!(last(&outcome(&history)), Word::None);
}

#[test]
fn a_viable_mark_is_named_by_what_was_derived() {
    assert_eq!(last(&of(&[(35, V)])).viable_part(), "residual tumour");
    assert_eq!(last(&of(&[(35, N), (92, V)])).viable_part(), "progression");
    assert_eq!(last(&of(&[(7, V)])).viable_part(), "viable tumour");
}

#[test]
fn histories_and_outcomes_survive_json() {
    let history = lesion(1, 1, &[(35, N), (92, V), (100, S), (135, E)]);
    let json = serde_json::to_string(&history).unwrap();
    assert_eq!(serde_json::from_str::<crate::outcome::LesionHistory>(&json).unwrap(), history);
    let outcome = outcome(&history);
    let json = serde_json::to_string(&outcome).unwrap();
    assert_eq!(serde_json::from_str::<LesionOutcome>(&json).unwrap(), outcome);
}
