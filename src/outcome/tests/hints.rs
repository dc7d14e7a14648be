//! What is pointed out: late rims, growth, small zones, visits after a transplant.

use crate::clinical::{
    LesionId, MarkId, MarkInfo, MarkRole, MarkSummary, Organ, PatientId, ReaderId, Shape, StackKey, StackRole,
};
use crate::outcome::testing::{Step::*, day, finding, id, lesion, outcome, visit_on, words};
use crate::outcome::{LesionHistory, ObjectionClass, RuleId, StudyContent, Word};

fn said(history: &LesionHistory, days: i64) -> Vec<(RuleId, ObjectionClass)> {
    let outcome = outcome(history);
    let at = outcome.at(id(days)).unwrap();
    at.objections.iter().map(|objection| (objection.rule, objection.class)).collect()
}

fn size(role: MarkRole, volume_ml: f64, longest: f64, perpendicular: f64) -> MarkSummary {
    let info = MarkInfo {
        id: MarkId(1),
        role,
        lesions: vec![LesionId(1)],
        patient: PatientId(1),
        visit: id(35),
        reader: ReaderId(1),
        stack: StackKey([1; 16]),
        ordinal: 1,
        primary: true,
    };
    MarkSummary {
        info,
        volume_ml: Some(volume_ml),
        longest_axial_mm: Some(longest),
        perpendicular_mm: Some(perpendicular),
        longest_px: None,
        mean: None,
        sd: None,
        unit: String::new(),
    }
}

#[test]
fn r08_a_thin_smooth_rim_is_pointed_out_late() {
    let rim = |organ: Organ, days: i64| {
        let mut history = lesion(1, 1, &[(35, N), (days, N)]);
        history.organ = organ;
        visit_on(&mut history, days).study = StudyContent::from_roles(&[StackRole::CtPortalVenous]);
        finding(&mut history, days).shape = Some(Shape::ThinSmoothRim);
        said(&history, days)
    };
    assert_eq!(rim(Organ::Liver, 183), []);
    assert_eq!(rim(Organ::Liver, 184), [(RuleId::R08, ObjectionClass::Warn)]);
    assert_eq!(rim(Organ::Kidney, 92), [(RuleId::R08, ObjectionClass::Warn)]);
    let mut history = lesion(1, 1, &[(35, N), (300, N)]);
    finding(&mut history, 300).shape = Some(Shape::ThinSmoothRim);
    assert_eq!(words(&outcome(&history)), [Word::Complete, Word::Complete], "it decides nothing");
}

#[test]
fn r18_growth_needs_volume_and_an_axis() {
    let grown = |volume: f64, longest: f64| {
        let mut history = lesion(1, 1, &[(35, N), (92, N)]);
        visit_on(&mut history, 35).marks = vec![size(MarkRole::AblationZone, 20.0, 36.0, 30.0)];
        visit_on(&mut history, 92).marks = vec![size(MarkRole::AblationZone, volume, longest, 30.0)];
        history
    };
    assert_eq!(said(&grown(25.0, 39.0), 92), [(RuleId::R18, ObjectionClass::Warn)], "25 % and 3 mm");
    assert_eq!(said(&grown(24.9, 39.0), 92), []);
    assert_eq!(said(&grown(30.0, 38.9), 92), []);
    let sentence = &outcome(&grown(26.0, 40.0)).visits[1].objections[0].sentence;
    assert!(
        sentence.starts_with("The zone has grown since 2026-03-04: 20.0 to 26.0 ml (+30 %), an axis by 4 mm."),
        "{sentence}"
    );
    let mut treated_between = grown(26.0, 40.0);
    treated_between.sessions.push(lesion(1, 1, &[(60, S)]).sessions[1].clone());
    assert_eq!(said(&treated_between, 92), [], "after a new session sizes start anew (R24)");
    let mut viable = lesion(1, 1, &[(35, N), (92, V)]);
    visit_on(&mut viable, 35).marks = vec![size(MarkRole::AblationZone, 20.0, 36.0, 30.0)];
    visit_on(&mut viable, 92).marks = vec![size(MarkRole::AblationZone, 40.0, 46.0, 30.0)];
    assert_eq!(said(&viable, 92), [], "viable tumour is said already");
}

#[test]
fn r19_a_zone_smaller_than_the_tumour_is_asked_about() {
    let sized = |longest: f64, perpendicular: f64, days: i64| {
        let mut history = lesion(1, 1, &[(-21, Unread), (days, N)]);
        visit_on(&mut history, -21).marks = vec![size(MarkRole::Tumour, 3.0, 20.0, 18.0)];
        visit_on(&mut history, days).marks = vec![size(MarkRole::AblationZone, 20.0, longest, perpendicular)];
        said(&history, days)
    };
    assert_eq!(sized(36.0, 30.0, 35), []);
    assert_eq!(sized(36.0, 17.0, 35), [(RuleId::R19, ObjectionClass::Ask)]);
    assert_eq!(sized(19.0, 17.0, 92), [], "later the zone shrinks as it should");
}

#[test]
fn r26_an_answer_after_a_transplant_is_asked_about() {
    let mut history = lesion(1, 1, &[(35, N), (183, N)]);
    history.transplant_date = Some(day(150));
    assert_eq!((said(&history, 35), said(&history, 183)), (vec![], vec![(RuleId::R26, ObjectionClass::Ask)]));
    history.organ = Organ::Kidney;
    assert_eq!(said(&history, 183), []);
}
