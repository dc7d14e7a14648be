//! The mini-cohort of clinical.md 6.7, from histories through the rules to the rates.

use super::{
    Choices, CohortStatistics, EfficacyTable, EndPointCurve, FlowStep, Level, Proportion, efficacy, statistics,
};
use crate::clinical::{Cell, ChosenCell, EndPoint, Happening, PatientId, StudySettings};
use crate::outcome::testing::{Step::*, call_adequate, course, day, draft, lesion, long_after, outcome, words};
use crate::outcome::{Efficacy, LesionHistory, LesionOutcome, PatientCourse, TimePoint, Word, derive};

/// L1 to L10 of six patients; days are from the first ablation.
fn histories() -> Vec<LesionHistory> {
    let mut all = vec![
        lesion(1, 1, &[(35, N), (92, N), (183, N)]),
        lesion(1, 2, &[(35, N), (92, V), (100, S), (135, N), (190, N)]),
        lesion(2, 3, &[(35, V), (49, S), (84, N), (175, N)]),
        lesion(2, 4, &[(35, N), (92, N), (183, V)]),
        lesion(3, 5, &[(35, N)]),
        lesion(4, 6, &[(35, V), (92, V)]),
        lesion(5, 7, &[(35, N), (92, N)]),
        lesion(6, 8, &[(35, N), (92, N)]),
        lesion(6, 9, &[(35, E), (92, N)]),
        lesion(6, 10, &[]),
    ];
    all[4].death_date = Some(day(120));
    all[6].transplant_date = Some(day(150));
    all
}

fn outcomes() -> Vec<LesionOutcome> {
    histories().iter().map(outcome).collect()
}

fn table(outcomes: &[LesionOutcome]) -> EfficacyTable {
    efficacy(outcomes, &StudySettings::default())
}

fn of(n: u32, of: u32) -> Proportion {
    Proportion { n, of }
}

#[test]
fn every_visit_has_its_word() {
    use Word::{
        Complete, CompleteAssisted, Equivocal, Incomplete, LocalTumourProgression, ProgressionRetreatedComplete,
    };
    let expected: [&[Word]; 10] = [
        &[Complete, Complete, Complete],
        &[Complete, LocalTumourProgression, ProgressionRetreatedComplete, ProgressionRetreatedComplete],
        &[Incomplete, CompleteAssisted, CompleteAssisted],
        &[Complete, Complete, LocalTumourProgression],
        &[Complete],
        &[Incomplete, Incomplete],
        &[Complete, Complete],
        &[Complete, Complete],
        &[Equivocal, Complete],
        &[],
    ];
    for (outcome, expected) in outcomes().iter().zip(expected) {
        assert_eq!(words(outcome), expected, "{}", outcome.label);
        assert!(outcome.visits.iter().all(|visit| visit.ready_to_sign()), "{}", outcome.label);
    }
}

#[test]
fn technique_efficacy_is_six_of_eight_nine_and_ten() {
    let table = table(&outcomes());
    assert_eq!(table.primary(), of(6, 8));
    assert_eq!(table.primary_equivocal_fails(), of(6, 9));
    assert_eq!(table.primary_all_treated(), of(6, 10));
    assert_eq!(table.assisted, of(7, 8));
    assert_eq!(table.assisted_with_later_complete, of(8, 9));
    assert_eq!(table.patients, of(3, 6));
    assert!(table.counts.add_up());
    let counts = table.counts;
    assert_eq!(
        (counts.treated, counts.complete, counts.incomplete, counts.equivocal, counts.not_assessed),
        (10, 6, 2, 1, 1)
    );
    let printed: Vec<String> = table.rates().iter().map(|rate| rate.proportion.words()).collect();
    assert_eq!(
        printed,
        ["6/8 = 75.0 %", "6/9 = 66.7 %", "6/10 = 60.0 %", "7/8 = 87.5 %", "8/9 = 88.9 %", "3/6 = 50.0 %"]
    );
}

#[test]
fn the_patients_that_succeed_are_p1_p3_p5() {
    let outcomes = outcomes();
    let success: Vec<u32> = (1..=6)
        .filter(|patient| {
            let own: Vec<LesionOutcome> =
                outcomes.iter().filter(|outcome| outcome.patient == PatientId(*patient)).cloned().collect();
            table(&own).patients == of(1, 1)
        })
        .collect();
    assert_eq!(success, [1, 3, 5]);
}

#[test]
fn who_is_not_in_the_denominator_is_listed_with_the_reason() {
    let table = table(&outcomes());
    let left_out: Vec<(&str, Efficacy, &str)> =
        table.left_out.iter().map(|left| (left.label.as_str(), left.efficacy, left.because.as_str())).collect();
    assert_eq!(
        left_out,
        [
            ("L9", Efficacy::Equivocal, "Equivocal on 2026-03-04 (+35 d); window day 21-56 after the last session."),
            ("L10", Efficacy::NotAssessed, "Never imaged after the session of 2026-01-28."),
        ]
    );
    assert_eq!(table.windows.len(), 1);
    assert_eq!((table.rule_set.as_str(), table.rule_set_version), ("ablation-review-core", 1));
}

#[test]
fn dates_for_the_progression_end_points() {
    // Label, entry at the first complete, event, last adequate study: days after the first session.
    let expected = [
        ("L1", Some(35), None, Some(183)),
        ("L2", Some(35), Some(92), Some(190)),
        ("L3", Some(84), None, Some(175)),
        ("L4", Some(35), Some(183), Some(183)),
        ("L5", Some(35), None, Some(35)),
        ("L6", None, None, Some(92)),
        ("L7", Some(35), None, Some(92)),
        ("L8", Some(35), None, Some(92)),
        ("L9", Some(92), None, Some(92)),
        ("L10", None, None, None),
    ];
    for (outcome, (label, entry, event, last)) in outcomes().iter().zip(expected) {
        let standing = &outcome.counted;
        let days = |milestone: &Option<crate::outcome::Derived<crate::outcome::Milestone>>| {
            milestone.as_ref().map(|milestone| milestone.value.days_after_first)
        };
        assert_eq!(outcome.label, label);
        assert_eq!(days(&standing.first_complete), entry, "{label}");
        assert_eq!(days(&standing.progression), event, "{label}");
        assert_eq!(standing.last_adequate.map(|last| last.days_after_first), last, "{label}");
    }
}

fn courses() -> Vec<PatientCourse> {
    let histories = histories();
    (1..=6)
        .map(|patient| {
            course(histories.iter().filter(|history| history.patient == PatientId(patient)).cloned().collect())
        })
        .collect()
}

fn all(settings: &StudySettings) -> CohortStatistics {
    statistics(&courses(), settings, Choices::default())
}

fn curve(of: &CohortStatistics, level: Level, end_point: EndPoint) -> &EndPointCurve {
    of.end_points.iter().find(|curve| curve.level == level && curve.end_point == end_point).unwrap()
}

/// Survival and cumulative incidence on a day.
fn on(curve: &EndPointCurve, day: i64) -> (f64, f64) {
    let survival = curve.kaplan_meier.iter().rfind(|row| row.day <= day).map_or(1.0, |row| row.survival);
    let incidence = curve.cumulative_incidence.iter().rfind(|row| row.day <= day).map_or(0.0, |row| row.incidence);
    (survival, incidence)
}

fn near(value: f64, expected: f64, half_digit: f64) {
    assert!((value - expected).abs() <= half_digit, "{value}, expected {expected}");
}

#[test]
fn three_curves_of_local_progression_by_lesion() {
    let all = all(&StudySettings::default());
    let ltp = curve(&all, Level::Lesion, EndPoint::TimeToLtp);
    assert_eq!((ltp.n, ltp.events, ltp.competing, ltp.censored), (8, 2, 2, 4));
    let excluded: Vec<&str> = ltp.excluded.iter().map(|missing| missing.who.lesion.as_deref().unwrap()).collect();
    assert_eq!(excluded, ["L6", "L10"]);
    let ends: Vec<(i64, Cell)> = ltp.members.iter().map(|member| (member.days, member.cell)).collect();
    use Cell::{Censor, Competing, Event};
    assert_eq!(
        ends,
        [
            (183, Censor),
            (92, Event),
            (175, Censor),
            (183, Event),
            (120, Competing),
            (150, Competing),
            (92, Censor),
            (92, Censor)
        ]
    );
    near(on(ltp, 92).1, 0.125, 1e-12);
    near(on(ltp, 183).1, 0.3875, 1e-12);
    near(1.0 - on(ltp, 183).0, 0.5625, 1e-12);
    let free = curve(&all, Level::Lesion, EndPoint::LtpFreeSurvival);
    near(on(free, 183).0, 0.35, 1e-12);
    let chosen =
        ChosenCell { end_point: EndPoint::LtpFreeSurvival, happening: Happening::TransplantOrResection, cell: Event };
    let transplant_counts = StudySettings { event_cells: vec![chosen], ..StudySettings::default() };
    let other = statistics(&courses(), &transplant_counts, Choices::default());
    near(on(curve(&other, Level::Lesion, EndPoint::LtpFreeSurvival), 183).0, 0.2625, 1e-12);
}

#[test]
fn local_progression_by_patient() {
    let all = all(&StudySettings::default());
    let ltp = curve(&all, Level::Patient, EndPoint::TimeToLtp);
    let excluded: Vec<&str> = ltp.excluded.iter().map(|missing| missing.who.patient.as_str()).collect();
    assert_eq!(excluded, ["P4"]);
    near(on(ltp, 92).1, 0.20, 1e-12);
    near(on(ltp, 183).1, 0.4667, 5e-5);
    let free = curve(&all, Level::Patient, EndPoint::LtpFreeSurvival);
    near(on(free, 92).0, 0.80, 1e-12);
    near(on(free, 120).0, 0.533, 5e-4);
    assert_eq!(on(free, 183).0, 0.0);
}

#[test]
fn delayed_entry_into_the_risk_set() {
    let all = all(&StudySettings { delayed_entry: true, ..StudySettings::default() });
    let ltp = curve(&all, Level::Lesion, EndPoint::TimeToLtp);
    assert_eq!((ltp.n, ltp.without_time), (7, 1), "L9 contributes no time");
    near(on(ltp, 92).1, 1.0 / 7.0, 1e-12);
    near(on(ltp, 183).1, 0.4, 1e-12);
}

#[test]
fn assisted_control_and_the_rates() {
    let all = all(&StudySettings::default());
    let control = curve(&all, Level::Lesion, EndPoint::LocalControl);
    let second = control.members.iter().find(|member| member.who.lesion.as_deref() == Some("L2")).unwrap();
    assert_eq!((second.days, second.cell), (190, Cell::Censor));
    let rate = |code: &str| all.rates.iter().find(|rate| rate.code == code).unwrap();
    assert_eq!((rate("assisted").n, rate("assisted").of), (7, 8));
    assert_eq!((rate("assisted_with_later_complete").n, rate("assisted_with_later_complete").of), (8, 9));
    assert_eq!((rate("patients").n, rate("patients").of), (3, 6));
    assert_eq!((rate("technical_success").n, rate("technical_success").of), (12, 12));
    for printed in all.efficacy.rates() {
        assert_eq!(rate(printed.code).proportion(), printed.proportion, "{}", printed.code);
        assert_eq!(rate(printed.code).wilson, printed.interval);
    }
    assert!(rate("primary_evaluable").clustered.is_some() && rate("patients").clustered.is_none());
}

#[test]
fn the_flow_and_the_recurrences() {
    let all = all(&StudySettings::default());
    let n = |step: FlowStep| all.flow.iter().find(|flow_box| flow_box.step == step).unwrap().n;
    use FlowStep as F;
    let expected = [
        (F::Treated, 10),
        (F::NotDue, 0),
        (F::ImagedInWindow, 9),
        (F::AdequateInWindow, 9),
        (F::Complete, 6),
        (F::Equivocal, 1),
        (F::Residual, 2),
        (F::ResidualReablated, 1),
        (F::CompleteAssisted, 1),
        (F::EverComplete, 8),
        (F::Progression, 2),
        (F::ProgressionReablated, 1),
        (F::Controlled, 1),
        (F::NeverImaged, 1),
        (F::Lost, 0),
        (F::Died, 1),
        (F::Transplanted, 1),
    ];
    for (step, of) in expected {
        assert_eq!(n(step), of, "{step}");
    }
    let at = |time_point: TimePoint| {
        let found = all.recurrences.iter().find(|row| row.level == Level::Lesion && row.time_point == time_point);
        let row = found.unwrap();
        (row.new_in_interval, row.cumulative)
    };
    // Looked at day 57 to 135, at risk and free before: L1 to L4, L7 to L9; L2 is new. Later: L1, L3, L4 (L2 had it).
    assert_eq!(at(TimePoint::FourToSixWeeks), (of(0, 8), of(0, 8)));
    assert_eq!(at(TimePoint::ThreeMonths), (of(1, 7), of(1, 8)));
    assert_eq!(at(TimePoint::SixMonths), (of(1, 3), of(2, 8)));
    assert_eq!(all.counts.lesions, 10);
    assert_eq!((all.counts.patients, all.counts.sessions, all.counts.lesion_sessions), (6, 8, 12));
}

#[test]
fn order_of_patients_and_lesions_does_not_matter() {
    let mut backwards = courses();
    backwards.reverse();
    backwards.iter_mut().for_each(|course| course.lesions.reverse());
    let settings = StudySettings::default();
    assert_eq!(statistics(&backwards, &settings, Choices::default()), all(&settings));
}

#[test]
fn drafts_are_left_out_and_counted() {
    let mut histories = histories();
    draft(&mut histories[0], 35);
    draft(&mut histories[5], 92);
    let settings = StudySettings::default();
    let outcomes: Vec<LesionOutcome> = histories.iter().map(outcome).collect();
    let table = efficacy(&outcomes, &settings);
    assert_eq!(table.drafts_left_out, 2);
    assert_eq!(table.primary(), of(5, 7), "L1 waits for its signature; L6 failed on a signed answer");
    assert_eq!(table.patients, of(2, 6));
    assert_eq!(table.left_out[0].label, "L1");
    assert_eq!(table.left_out[0].efficacy, Efficacy::NotAssessed);
    assert_eq!(table.left_out[0].because, "The answer of 2026-03-04 (+35 d) is a draft, not signed yet.");
    assert!(table.counts.add_up());

    let with_drafts = StudySettings { rates_from_signed_only: false, ..settings };
    let outcomes: Vec<LesionOutcome> =
        histories.iter().map(|history| derive(history, &with_drafts, long_after())).collect();
    let table = efficacy(&outcomes, &with_drafts);
    assert_eq!((table.drafts_left_out, table.primary()), (0, of(6, 8)));
}

#[test]
fn what_is_not_due_and_not_index_is_in_no_denominator() {
    let mut histories = [lesion(1, 1, &[(35, N)]), lesion(1, 2, &[]), lesion(2, 3, &[(35, V)]), lesion(2, 4, &[])];
    histories[1].sessions[0].date = day(30);
    histories[3].index = false;
    let settings = StudySettings::default();
    let outcomes: Vec<LesionOutcome> = histories.iter().map(|history| derive(history, &settings, day(60))).collect();
    let table = efficacy(&outcomes, &settings);
    assert_eq!(table.counts.not_due, 1);
    assert_eq!(table.primary_all_treated(), of(1, 2));
    assert_eq!((table.patients, table.patients_not_due), (of(0, 1), 1), "P1 cannot be told yet, P2 has failed");
    let reasons: Vec<&str> = table.left_out.iter().map(|left| left.because.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "The window (day 21-56 after the last session) is open until 2026-04-24.",
            "Not an index lesion: it came after the first treatment."
        ]
    );
}

#[test]
fn both_counts_of_first_assessed_outside_the_window_are_kept() {
    let histories = [lesion(1, 1, &[(92, V)]), lesion(2, 2, &[(92, N)]), lesion(3, 3, &[(35, X)])];
    let outcomes: Vec<LesionOutcome> = histories.iter().map(outcome).collect();
    let counts = table(&outcomes).counts;
    assert_eq!((counts.incomplete, counts.incomplete_outside_window), (1, 1));
    assert_eq!((counts.not_evaluable, counts.not_evaluable_outside_window), (2, 1));
}

#[test]
fn a_study_called_not_adequate_leaves_the_denominator() {
    let mut history = lesion(1, 1, &[(35, N)]);
    call_adequate(&mut history, 35, false, "portal venous phase spoilt by motion");
    let table = table(&[outcome(&history)]);
    assert_eq!(table.primary(), of(0, 0));
    assert_eq!(table.counts.not_evaluable, 1);
    assert!(table.left_out[0].because.contains("portal venous phase spoilt by motion"));
    assert_eq!(table.rates()[0].interval, None);
}

mod any_history {
    use super::*;
    use crate::outcome::testing::Step;
    use proptest::prelude::*;

    fn steps() -> impl Strategy<Value = Vec<(i64, Step)>> {
        let step = prop::sample::select(vec![N, N, V, E, X, D, Unread, S, Planned]);
        prop::collection::btree_map(1i64..400, step, 0..8).prop_map(|steps| steps.into_iter().collect())
    }

    proptest! {
        #[test]
        fn counts_add_up_and_rates_are_proper(cohort in prop::collection::vec(steps(), 1..6), today in 1i64..500) {
            let settings = StudySettings { max_sessions_primary_course: 2, ..StudySettings::default() };
            let outcomes: Vec<LesionOutcome> = cohort
                .iter()
                .enumerate()
                .map(|(at, steps)| {
                    let number = u32::try_from(at).unwrap();
                    derive(&lesion(number / 2, number, steps), &settings, day(today))
                })
                .collect();
            let table = efficacy(&outcomes, &settings);
            prop_assert!(table.counts.add_up());
            prop_assert_eq!(table.counts.treated as usize, outcomes.len());
            prop_assert!(table.rates().iter().all(|rate| rate.proportion.n <= rate.proportion.of));
            let evaluable = table.primary().of as usize;
            prop_assert_eq!(table.left_out.len() + evaluable, outcomes.len(), "everybody is counted or listed");
            let mut reversed = outcomes.clone();
            reversed.reverse();
            prop_assert_eq!(efficacy(&reversed, &settings), table);

            for outcome in &outcomes {
                let standing = &outcome.standing;
                // Progression needs an earlier complete study, on which an adequate answer said so.
                if let Some(event) = &standing.progression {
                    let complete = standing.first_complete.as_ref().unwrap().value;
                    prop_assert!(complete.date < event.value.date);
                }
                // A residual tumour was seen before any complete ablation.
                if let (Some(residual), Some(complete)) = (&standing.residual, &standing.first_complete) {
                    prop_assert!(residual.value.date < complete.value.date);
                }
                if let Some(complete) = &standing.first_complete {
                    prop_assert!(complete.value.days_after_last >= settings.early_before_days);
                }
                prop_assert!(outcome.visits.iter().all(|visit| !visit.word.because.is_empty()));
                prop_assert!(outcome.visits.iter().all(|visit| !visit.word.because.contains("  ")));
            }
        }
    }
}
