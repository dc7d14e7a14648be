//! End points by hand: days, how they end, and why.

use super::*;
use crate::clinical::{
    Cell, ChosenCell, DeathCause, DiseaseFreeFrom, EndPoint, EventKind, Happening, NewTumour, StudySettings,
};
use crate::outcome::testing::{Step::*, course, day, happens, lesion, outcome, rest};
use proptest::prelude::*;

fn settings() -> StudySettings {
    StudySettings::default()
}

/// Days and how it ended; none where excluded.
fn at(followed: &Followed) -> Option<(i64, Cell)> {
    followed.time().map(|time| (time.days(), time.cell))
}

fn of_patient(course: &PatientCourse, end_point: EndPoint) -> Option<(i64, Cell)> {
    at(&patient_end_points(course, &settings())[&end_point])
}

fn of_lesion(course: &PatientCourse, lesion: usize, end_point: EndPoint) -> Option<(i64, Cell)> {
    at(&lesion_end_points(course, &course.lesions[lesion], &settings())[&end_point])
}

#[test]
fn a_progression_counts_where_the_matrix_says() {
    let mut patient = course(vec![lesion(1, 1, &[(35, N), (92, V)]), lesion(1, 2, &[(35, N), (92, N), (183, N)])]);
    patient.last_known_alive = Some(day(400));
    use EndPoint as E;
    let event = Some((92, Cell::Event));
    for end_point in [
        E::DiseaseFreeSurvival,
        E::ProgressionFreeSurvival,
        E::TimeToProgression,
        E::LtpFreeSurvival,
        E::TimeToLtp,
        E::LocalControl,
    ] {
        assert_eq!(of_patient(&patient, end_point), event, "{end_point}");
    }
    for end_point in [E::OverallSurvival, E::CancerSpecificSurvival] {
        assert_eq!(of_patient(&patient, end_point), Some((400, Cell::Censor)), "{end_point}");
    }
    for end_point in [E::DistantProgressionFreeSurvival, E::OrganDistant, E::Extrahepatic] {
        assert_eq!(of_patient(&patient, end_point), None, "{end_point}: the rest of the scan was never assessed");
    }
    assert_eq!(of_lesion(&patient, 1, E::LtpFreeSurvival), Some((183, Cell::Censor)));
    let times = lesion_end_points(&patient, &patient.lesions[0], &settings());
    let time = times[&E::TimeToLtp].time().unwrap();
    assert_eq!(time.because, "Local tumour progression of an index tumour on 2026-04-30.");
}

#[test]
fn deaths_by_cause() {
    use EndPoint as E;
    let mut patient = course(vec![lesion(1, 1, &[(35, N)])]);
    patient.death_date = Some(day(120));
    let causes = [
        (DeathCause::Cancer, Cell::Event),
        (DeathCause::Treatment, Cell::Event),
        (DeathCause::Other, Cell::Competing),
        (DeathCause::Unknown, Cell::Competing),
    ];
    for (cause, css) in causes {
        patient.death_cause = cause;
        assert_eq!(of_patient(&patient, E::OverallSurvival), Some((120, Cell::Event)));
        assert_eq!(of_patient(&patient, E::CancerSpecificSurvival), Some((120, css)), "{cause}");
        assert_eq!(of_patient(&patient, E::ProgressionFreeSurvival), Some((120, Cell::Event)));
        assert_eq!(of_patient(&patient, E::TimeToProgression), Some((120, Cell::Competing)));
        assert_eq!(of_lesion(&patient, 0, E::LtpFreeSurvival), Some((120, Cell::Event)));
        assert_eq!(of_lesion(&patient, 0, E::TimeToLtp), Some((120, Cell::Competing)));
        assert_eq!(of_lesion(&patient, 0, E::LocalControl), Some((120, Cell::Event)));
    }
}

#[test]
fn loss_ends_at_the_last_look_before_it() {
    let mut patient = course(vec![lesion(1, 1, &[(35, N), (92, N)])]);
    happens(&mut patient, 200, EventKind::Lost, None);
    patient.death_date = Some(day(900));
    use EndPoint as E;
    assert_eq!(
        of_lesion(&patient, 0, E::LtpFreeSurvival),
        Some((92, Cell::Censor)),
        "death after loss is not of imaging"
    );
    assert_eq!(of_patient(&patient, E::ProgressionFreeSurvival), Some((92, Cell::Censor)));
    assert_eq!(of_patient(&patient, E::OverallSurvival), Some((900, Cell::Event)));
    let times = lesion_end_points(&patient, &patient.lesions[0], &settings());
    let because = &times[&E::TimeToLtp].time().unwrap().because;
    assert_eq!(because, "Free of it until the last adequate study of 2026-04-30. Lost to follow-up on 2026-08-16.");
}

#[test]
fn the_rest_of_the_scan_and_events_give_distant_progression() {
    use EndPoint as E;
    let mut patient = course(vec![lesion(1, 1, &[(35, N), (92, N), (183, N)])]);
    rest(&mut patient, 35, NewTumour::None);
    rest(&mut patient, 92, NewTumour::InOrgan("segment II".into()));
    rest(&mut patient, 183, NewTumour::NotAssessed);
    assert_eq!(of_patient(&patient, E::OrganDistant), Some((92, Cell::Event)));
    assert_eq!(of_patient(&patient, E::DistantProgressionFreeSurvival), Some((92, Cell::Event)));
    assert_eq!(of_patient(&patient, E::TimeToProgression), Some((92, Cell::Event)));
    assert_eq!(of_patient(&patient, E::Extrahepatic), Some((92, Cell::Censor)), "not assessed at 183");
    assert_eq!(of_patient(&patient, E::LtpFreeSurvival), Some((183, Cell::Censor)));
    happens(&mut patient, 60, EventKind::Extrahepatic, None);
    assert_eq!(of_patient(&patient, E::Extrahepatic), Some((60, Cell::Event)));
    happens(&mut patient, 50, EventKind::SecondPrimary, None);
    assert_eq!(of_patient(&patient, E::DiseaseFreeSurvival), Some((50, Cell::Event)));
    assert_eq!(of_patient(&patient, E::ProgressionFreeSurvival), Some((60, Cell::Event)));
}

#[test]
fn transplant_resection_and_other_therapy() {
    use EndPoint as E;
    let both =
        || course(vec![lesion(1, 1, &[(35, N), (92, N), (183, N)]), lesion(1, 2, &[(35, N), (92, N), (183, N)])]);
    let mut patient = both();
    happens(&mut patient, 110, EventKind::OtherTherapy, Some(1));
    assert_eq!(of_lesion(&patient, 0, E::LtpFreeSurvival), Some((110, Cell::Censor)));
    assert_eq!(of_lesion(&patient, 0, E::TimeToLtp), Some((110, Cell::Competing)));
    assert_eq!(of_lesion(&patient, 1, E::TimeToLtp), Some((183, Cell::Censor)), "the other lesion was not treated");
    assert_eq!(of_patient(&patient, E::TimeToProgression), Some((110, Cell::Censor)));
    let mut patient = both();
    happens(&mut patient, 150, EventKind::Resection, Some(2));
    assert_eq!(of_lesion(&patient, 1, E::TimeToLtp), Some((150, Cell::Competing)));
    assert_eq!(of_lesion(&patient, 0, E::TimeToLtp), Some((183, Cell::Censor)));
    let mut patient = both();
    patient.transplant_date = Some(day(150));
    assert_eq!(of_lesion(&patient, 0, E::LtpFreeSurvival), Some((150, Cell::Censor)));
    assert_eq!(of_lesion(&patient, 0, E::TimeToLtp), Some((150, Cell::Competing)));
    assert_eq!(of_patient(&patient, E::OverallSurvival), Some((183, Cell::Censor)));
    let chosen =
        ChosenCell { end_point: E::LtpFreeSurvival, happening: Happening::TransplantOrResection, cell: Cell::Event };
    let counted = StudySettings { event_cells: vec![chosen], ..settings() };
    let times = lesion_end_points(&patient, &patient.lesions[0], &counted);
    assert_eq!(at(&times[&E::LtpFreeSurvival]), Some((150, Cell::Event)));
}

#[test]
fn residual_tumour_is_not_at_risk_of_progression() {
    use EndPoint as E;
    let patient = course(vec![lesion(1, 1, &[(35, V), (92, V)])]);
    assert_eq!(of_lesion(&patient, 0, E::LtpFreeSurvival), None);
    assert_eq!(of_patient(&patient, E::LtpFreeSurvival), None);
    assert_eq!(of_patient(&patient, E::DiseaseFreeSurvival), Some((35, Cell::Event)));
    assert_eq!(of_patient(&patient, E::ProgressionFreeSurvival), Some((92, Cell::Censor)));
    assert_eq!(of_lesion(&patient, 0, E::LocalControl), Some((92, Cell::Censor)), "still under treatment");
    let chosen = ChosenCell { end_point: E::LtpFreeSurvival, happening: Happening::Residual, cell: Cell::Event };
    let failed = StudySettings { event_cells: vec![chosen], ..settings() };
    let times = lesion_end_points(&patient, &patient.lesions[0], &failed);
    assert_eq!(at(&times[&E::LtpFreeSurvival]), Some((35, Cell::Event)));
    assert_eq!(at(&patient_end_points(&patient, &failed)[&E::LtpFreeSurvival]), Some((35, Cell::Event)));
    let mut given_up = patient;
    happens(&mut given_up, 300, EventKind::Lost, None);
    assert_eq!(of_lesion(&given_up, 0, E::LocalControl), Some((35, Cell::Event)));
}

#[test]
fn local_control_is_lost_where_treatment_fails() {
    use EndPoint as E;
    let patient = course(vec![
        lesion(1, 1, &[(35, N), (92, V), (100, S), (135, N), (190, N)]),
        lesion(1, 2, &[(35, N), (92, V), (100, S), (135, V), (190, V)]),
        lesion(1, 3, &[(35, N), (92, V), (100, S)]),
    ]);
    assert_eq!(of_lesion(&patient, 0, E::LocalControl), Some((190, Cell::Censor)));
    assert_eq!(of_lesion(&patient, 1, E::LocalControl), Some((135, Cell::Event)));
    assert_eq!(of_lesion(&patient, 2, E::LocalControl), Some((92, Cell::Censor)), "the re-treatment is not judged yet");
    assert_eq!(of_patient(&patient, E::LocalControl), Some((135, Cell::Event)));
    for lesion in 0..3 {
        assert_eq!(
            of_lesion(&patient, lesion, E::TimeToLtp),
            Some((92, Cell::Event)),
            "re-treatment takes nothing back"
        );
    }
}

#[test]
fn delayed_entry_starts_at_the_first_complete_study() {
    let patient = course(vec![lesion(1, 1, &[(35, V), (49, S), (84, N), (175, N)])]);
    let delayed = StudySettings { delayed_entry: true, ..settings() };
    let times = lesion_end_points(&patient, &patient.lesions[0], &delayed);
    assert_eq!(times[&EndPoint::TimeToLtp].time().unwrap().entry_days(), Some(84));
    let times = lesion_end_points(&patient, &patient.lesions[0], &settings());
    assert_eq!(times[&EndPoint::TimeToLtp].time().unwrap().entry_days(), None);
}

#[test]
fn the_disease_free_interval() {
    let free = |course: &PatientCourse, settings: &StudySettings| at(&disease_free_interval(course, settings));
    let mut patient =
        course(vec![lesion(1, 1, &[(35, N), (92, N), (183, V)]), lesion(1, 2, &[(35, V), (49, S), (84, N), (183, N)])]);
    assert_eq!(free(&patient, &settings()), Some((183 - 84, Cell::Event)));
    let from_ablation = StudySettings { disease_free_from: DiseaseFreeFrom::Ablation, ..settings() };
    assert_eq!(free(&patient, &from_ablation), Some((183 - 49, Cell::Event)));
    rest(&mut patient, 92, NewTumour::Outside("lung".into()));
    assert_eq!(free(&patient, &settings()), Some((92 - 84, Cell::Event)));
    rest(&mut patient, 60, NewTumour::Outside("lung".into()));
    assert_eq!(free(&patient, &settings()), None, "progressed before it was disease-free");
    assert_eq!(free(&course(vec![lesion(1, 1, &[(35, V)])]), &settings()), None);
    assert_eq!(free(&course(vec![lesion(1, 1, &[(35, N), (92, N)])]), &settings()), Some((57, Cell::Censor)));
}

#[test]
fn a_death_before_the_first_session_is_refused_with_both_dates() {
    let mut patient = course(vec![lesion(1, 1, &[(35, N)])]);
    patient.death_date = Some(day(-3));
    let followed = &patient_end_points(&patient, &settings())[&EndPoint::OverallSurvival];
    let Followed::Excluded(because) = followed else { panic!("{followed:?}") };
    assert!(because.contains("2026-01-25") && because.contains("2026-01-28"), "{because}");
}

fn any_steps() -> impl Strategy<Value = Vec<(i64, crate::outcome::testing::Step)>> {
    let step = prop::sample::select(vec![N, N, V, E, X, S]);
    prop::collection::btree_map(1i64..400, step, 0..8).prop_map(|steps| steps.into_iter().collect())
}

proptest! {
    #[test]
    fn what_happens_to_one_lesion_changes_no_other(own in any_steps(), one in any_steps(), other in any_steps()) {
        let first = course(vec![lesion(1, 1, &own), lesion(1, 2, &one)]);
        let second = course(vec![lesion(1, 1, &own), lesion(1, 2, &other)]);
        prop_assert_eq!(&first.lesions[0].outcome, &second.lesions[0].outcome);
        prop_assert_eq!(
            lesion_end_points(&first, &first.lesions[0], &settings()),
            lesion_end_points(&second, &second.lesions[0], &settings())
        );
    }

    #[test]
    fn times_are_never_negative_and_events_agree_with_the_words(steps in any_steps(), death in prop::option::of(1i64..500)) {
        let mut history = lesion(1, 1, &steps);
        history.visits.retain(|visit| death.is_none_or(|death| visit.date <= day(death)));
        history.sessions.retain(|session| death.is_none_or(|death| session.date <= day(death)));
        history.death_date = death.map(day);
        let patient = course(vec![history.clone()]);
        for followed in lesion_end_points(&patient, &patient.lesions[0], &settings()).values().chain(patient_end_points(&patient, &settings()).values()) {
            if let Some(time) = followed.time() {
                prop_assert!(time.days() >= 0);
                prop_assert!(time.because.ends_with('.'));
            }
        }
        let progressed = outcome(&history).counted.progression.map(|event| event.value.days_after_first);
        let time = &lesion_end_points(&patient, &patient.lesions[0], &settings())[&EndPoint::TimeToLtp];
        let event = time.time().filter(|time| time.cell == Cell::Event).map(TimeToEvent::days);
        prop_assert_eq!(event, progressed);
    }

    #[test]
    fn the_same_cause_never_warns_twice(steps in any_steps(), death in prop::option::of(-20i64..400)) {
        let mut history = lesion(1, 1, &steps);
        history.death_date = death.map(day);
        let outcome = outcome(&history);
        for visit in &outcome.visits {
            let mut said: Vec<_> = visit.objections.iter().map(|objection| (objection.rule, &objection.sentence)).collect();
            let all = said.len();
            said.sort();
            said.dedup();
            prop_assert_eq!(said.len(), all);
            let rules: std::collections::BTreeSet<_> = visit.objections.iter().map(|objection| objection.rule).collect();
            prop_assert_eq!(rules.len(), visit.objections.len(), "one objection a rule");
        }
    }
}
