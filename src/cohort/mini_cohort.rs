//! The mini-cohort of clinical.md 6.7, from histories through the rules to the rates.

use super::{EfficacyTable, Proportion, efficacy};
use crate::clinical::{PatientId, StudySettings};
use crate::outcome::testing::{Step::*, call_adequate, day, draft, lesion, long_after, outcome, words};
use crate::outcome::{Efficacy, LesionHistory, LesionOutcome, Word, derive};

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
