//! Rules that check what was entered.

use crate::clinical::{
    Answer, LesionId, MarkId, MarkInfo, MarkRole, MarkSummary, NotEvaluableReason, Organ, Override, OverrideReason,
    PatientId, PrimaryCancer, ReaderId, Shape, StackKey, StackRole, VisitSource, YesNoUnknown,
};
use crate::outcome::testing::{Step::*, call_adequate, day, draft, finding, id, lesion, outcome, visit_on, words};
use crate::outcome::{
    AdequacyCall, LesionHistory, MissingField, Objection, ObjectionClass, RuleId, StudyContent, Word, derive, missing,
    propose_adequacy, viable_ld,
};

fn objections(history: &LesionHistory, days: i64) -> Vec<(RuleId, ObjectionClass)> {
    let outcome = outcome(history);
    let at = outcome.at(id(days)).unwrap();
    at.objections.iter().map(|objection| (objection.rule, objection.class)).collect()
}

fn set_aside(history: &mut LesionHistory, days: i64, rule: &str) {
    let set_aside = Override { rule: rule.to_owned(), reason: OverrideReason::Multidisciplinary, text: String::new() };
    finding(history, days).overrides.push(set_aside);
}

#[test]
fn r07_a_visit_lies_before_today_and_after_a_session() {
    let history = lesion(1, 1, &[(35, N)]);
    let early_today = derive(&history, &Default::default(), day(34));
    let objection: &Objection = &early_today.visits[0].objections[0];
    assert_eq!((objection.rule, objection.class, objection.overridable), (RuleId::R07, ObjectionClass::Hard, false));
    assert!(objection.sentence.contains("2026-03-04, after today (2026-03-03)"), "{}", objection.sentence);
    assert_eq!(early_today.standing.word.value, Word::None, "it establishes nothing");
    assert!(derive(&history, &Default::default(), day(35)).visits[0].objections.is_empty());

    let before = lesion(1, 1, &[(-21, N)]);
    assert_eq!(objections(&before, -21), [(RuleId::R07, ObjectionClass::Hard)]);
    assert!(
        outcome(&before).visits[0].objections[0].sentence.starts_with("This scan is 21 d before the first session")
    );
    assert!(objections(&lesion(1, 1, &[(-21, Unread)]), -21).is_empty());

    let mut untreated = lesion(1, 1, &[(35, N)]);
    untreated.sessions.clear();
    assert_eq!(objections(&untreated, 35), [(RuleId::R07, ObjectionClass::Hard)]);
    assert_eq!(words(&outcome(&untreated)), [Word::None]);
}

#[test]
fn r07_a_scan_of_the_day_of_a_reablation_is_asked_about() {
    let history = lesion(1, 1, &[(35, N), (92, V), (92, S)]);
    assert_eq!(objections(&history, 92), [(RuleId::R07, ObjectionClass::Ask)]);
    assert_eq!(words(&outcome(&history)), [Word::Complete, Word::Early]);
}

#[test]
fn r10_nodular_contradicts_no_viable_tumour_and_can_be_set_aside() {
    let mut history = lesion(1, 1, &[(35, N)]);
    finding(&mut history, 35).shape = Some(Shape::Nodular);
    assert_eq!(objections(&history, 35), [(RuleId::R10, ObjectionClass::Hard)]);
    let blocked = outcome(&history);
    assert_eq!(words(&blocked), [Word::None], "a contradiction establishes nothing");
    assert!(blocked.standing.first_complete.is_none());
    assert!(!blocked.visits[0].ready_to_sign());

    set_aside(&mut history, 35, "R10");
    let allowed = outcome(&history);
    assert!(allowed.visits[0].objections.is_empty());
    assert!(allowed.visits[0].ready_to_sign());
    assert_eq!(words(&allowed), [Word::Complete]);
    let because = &allowed.visits[0].word.because;
    assert!(because.ends_with("R10 set aside: multidisciplinary decision."), "{because}");
}

#[test]
fn r10_a_mark_of_viable_tumour_contradicts_no_viable_tumour() {
    let mut history = lesion(1, 1, &[(92, N)]);
    visit_on(&mut history, 92).marks = vec![viable_mark(1, true, Some(18.0))];
    assert_eq!(objections(&history, 92), [(RuleId::R10, ObjectionClass::Hard)]);
    assert_eq!(words(&outcome(&history)), [Word::None]);
    set_aside(&mut history, 92, "R10");
    assert_eq!(words(&outcome(&history)), [Word::Complete]);

    let mut viable = lesion(1, 1, &[(92, V)]);
    visit_on(&mut viable, 92).marks = vec![viable_mark(1, true, Some(18.0))];
    assert_eq!(objections(&viable, 92), []);
    let mut erased = lesion(1, 1, &[(92, N)]);
    visit_on(&mut erased, 92).marks = vec![viable_mark(1, true, None)];
    assert_eq!(objections(&erased, 92), [], "nothing of it is left");
}

#[test]
fn r10_is_hard_for_nodular_and_masslike_only() {
    let class = |shape, second| {
        let mut history = lesion(1, 1, &[(35, N)]);
        finding(&mut history, 35).shape = Some(shape);
        finding(&mut history, 35).second_shape = second;
        objections(&history, 35).first().map(|(_, class)| *class)
    };
    assert_eq!(class(Shape::Masslike, None), Some(ObjectionClass::Hard));
    for shape in [Shape::Eccentric, Shape::FocallyThickRim, Shape::ThickRim, Shape::HypoattenuatingNodule] {
        assert_eq!(class(shape, None), Some(ObjectionClass::Ask), "{shape}");
    }
    for shape in [Shape::None, Shape::ThinSmoothRim, Shape::PerfusionWedge, Shape::VesselAtZone] {
        assert_eq!(class(shape, None), None, "{shape}");
    }
    assert_eq!(class(Shape::Eccentric, Some(Shape::Nodular)), Some(ObjectionClass::Hard), "the harder one, once");
    let mut asks = lesion(1, 1, &[(35, N)]);
    finding(&mut asks, 35).shape = Some(Shape::Eccentric);
    assert_eq!(words(&outcome(&asks)), [Word::Complete], "asking does not block");
    assert!(outcome(&asks).visits[0].ready_to_sign());
    assert!(objections(&lesion(1, 1, &[(35, V)]), 35).is_empty(), "viable tumour may be nodular");
}

#[test]
fn r15_not_evaluable_and_not_done_need_a_reason() {
    for (step, field) in [(X, MissingField::NotEvaluableReason), (D, MissingField::NotDoneReason)] {
        let mut history = lesion(1, 1, &[(35, step)]);
        assert!(objections(&history, 35).is_empty());
        finding(&mut history, 35).not_evaluable_reason = None;
        finding(&mut history, 35).not_done_reason = None;
        assert_eq!(objections(&history, 35), [(RuleId::R15, ObjectionClass::Hard)]);
        assert_eq!(outcome(&history).visits[0].missing, [field]);
    }
}

#[test]
fn r16_without_contrast_a_liver_study_cannot_establish_complete() {
    let mut history = lesion(1, 1, &[(35, N), (92, V)]);
    visit_on(&mut history, 35).study = StudyContent::from_roles(&[StackRole::CtUnenhanced]);
    assert_eq!(objections(&history, 35), [(RuleId::R16, ObjectionClass::Hard)]);
    let blocked = outcome(&history);
    assert_eq!(words(&blocked), [Word::NotEvaluable, Word::Incomplete], "not progression: never complete before");
    assert!(!blocked.visits[0].may_establish_complete.value);
    assert!(blocked.visits[0].objections[0].sentence.contains("CT without contrast cannot exclude viable tumour"));

    set_aside(&mut history, 35, "R16");
    assert_eq!(words(&outcome(&history))[0], Word::NotEvaluable, "R16 is settled by adequacy, not set aside");

    call_adequate(&mut history, 35, true, "subtraction MRI read elsewhere");
    let called = outcome(&history);
    assert_eq!(words(&called), [Word::Complete, Word::LocalTumourProgression]);
    assert!(called.visits[0].adequacy_by_reader);
    assert!(called.visits[0].word.because.contains("called adequate, subtraction MRI read elsewhere"));
}

#[test]
fn r16_the_reader_can_call_an_enhanced_study_not_adequate() {
    let mut history = lesion(1, 1, &[(35, N)]);
    call_adequate(&mut history, 35, false, "severe motion");
    assert_eq!(words(&outcome(&history)), [Word::NotEvaluable]);
    assert_eq!(objections(&history, 35), [(RuleId::R16, ObjectionClass::Hard)]);
}

#[test]
fn r16_unknown_contrast_has_to_be_settled() {
    let mut history = lesion(1, 1, &[(35, V)]);
    visit_on(&mut history, 35).study = StudyContent::from_roles(&[StackRole::CtUnknown]);
    let outcome = outcome(&history);
    assert_eq!(outcome.visits[0].adequacy.value, AdequacyCall::Undecided);
    assert_eq!(objections(&history, 35), [(RuleId::R16, ObjectionClass::Hard)]);
    assert_eq!(words(&outcome), [Word::NotEvaluable]);
    assert!(outcome.visits[0].objections[0].sentence.contains("\"Viable tumour\" does not count until then"));
}

#[test]
fn r16_by_organ_and_tumour() {
    use AdequacyCall::{Adequate, NotAdequate, Undecided};
    use StackRole as R;
    let call = |organ, primary, roles: &[StackRole]| {
        let mut history = lesion(1, 1, &[(35, Unread)]);
        history.organ = organ;
        history.primary_cancer = primary;
        history.visits[0].study = StudyContent::from_roles(roles);
        propose_adequacy(&history, &history.visits[0])
    };
    let crc = PrimaryCancer::Colorectal;
    let hcc = PrimaryCancer::Hcc;
    assert_eq!(call(Organ::Liver, crc, &[R::CtPortalVenous]).value, Adequate);
    assert_eq!(call(Organ::Liver, crc, &[R::CtEnhanced]).value, Adequate);
    assert_eq!(call(Organ::Liver, crc, &[R::CtArterial]).value, NotAdequate);
    assert_eq!(call(Organ::Liver, crc, &[R::CtUnenhanced]).value, NotAdequate);
    assert_eq!(call(Organ::Liver, crc, &[R::MrT1, R::MrT1Enhanced]).value, Adequate);
    assert_eq!(call(Organ::Liver, crc, &[R::MrT2, R::MrDwi]).value, NotAdequate);
    assert_eq!(call(Organ::Liver, hcc, &[R::CtArterial, R::CtPortalVenous, R::CtDelayed]).value, Adequate);
    let two = call(Organ::Liver, hcc, &[R::CtArterial, R::CtPortalVenous]);
    assert_eq!(two.value, NotAdequate);
    assert_eq!(two.because, "not adequate for hepatocellular carcinoma: the delayed phase was not found");
    assert_eq!(call(Organ::Liver, hcc, &[R::CtEnhanced]).value, Adequate, "phases not told apart are not missing");
    assert_eq!(call(Organ::Lung, crc, &[R::CtUnenhanced]).value, Adequate);
    assert_eq!(call(Organ::Lung, crc, &[R::CtUnknown]).value, Adequate);
    for organ in [Organ::Kidney, Organ::Adrenal, Organ::LymphNode] {
        assert_eq!(call(organ, crc, &[R::CtUnenhanced]).value, NotAdequate, "{organ}");
        assert_eq!(call(organ, crc, &[R::CtArterial]).value, Adequate, "{organ}");
        assert_eq!(call(organ, crc, &[R::CtUnknown]).value, Undecided, "{organ}");
    }
    let bone = call(Organ::Bone, crc, &[R::MrT1, R::MrT2]);
    assert_eq!((bone.value, bone.because.as_str()), (Adequate, "adequate: bone, judged on MR without contrast"));
    assert_eq!(call(Organ::Liver, crc, &[R::Pet]).value, Undecided);
    assert_eq!(call(Organ::Liver, crc, &[]).value, Undecided);

    let mut report = lesion(1, 1, &[(35, N)]);
    visit_on(&mut report, 35).source = VisitSource::ReportOnly;
    visit_on(&mut report, 35).study = StudyContent::unknown();
    assert_eq!(outcome(&report).visits[0].adequacy.value, Undecided);
    let contrast_only = StudyContent { modality: None, contrast: YesNoUnknown::Yes, roles: Vec::new() };
    visit_on(&mut report, 35).study = contrast_only;
    assert_eq!(outcome(&report).visits[0].adequacy.value, Adequate);
}

#[test]
fn r27_dates_are_in_order_and_can_be_set_aside() {
    let mut history = lesion(1, 1, &[(35, N)]);
    history.baseline_dates = vec![day(3)];
    history.death_date = Some(day(30));
    let out_of_order = outcome(&history);
    assert_eq!(objections(&history, 35), [(RuleId::R27, ObjectionClass::Hard)]);
    assert_eq!(words(&out_of_order), [Word::None]);
    assert_eq!(out_of_order.objections.len(), 1);
    assert!(
        out_of_order.objections[0].sentence.contains("(2026-01-31) are dated after the first session (2026-01-28)")
    );
    assert!(out_of_order.objections[0].overridable);

    set_aside(&mut history, 35, "R27");
    let allowed = outcome(&history);
    assert!(allowed.objections.is_empty() && allowed.visits[0].objections.is_empty());
    assert_eq!(words(&allowed), [Word::Complete]);
    assert!(allowed.visits[0].word.because.contains("R27 set aside: multidisciplinary decision."));
}

#[test]
fn r27_sessions_after_today_or_death_are_refused() {
    let mut history = lesion(1, 1, &[(35, N), (60, S)]);
    let today = derive(&history, &Default::default(), day(40));
    assert!(today.objections[0].sentence.contains("after today"), "{:?}", today.objections);
    assert_eq!(today.last_session, Some(day(0)), "it has not happened");
    history.death_date = Some(day(50));
    assert!(outcome(&history).objections[0].sentence.contains("after the date of death"));
}

#[test]
fn r27_an_old_pre_scan_is_pointed_out() {
    let mut history = lesion(1, 1, &[]);
    history.baseline_dates = vec![day(-90), day(-58)];
    let outcome = outcome(&history);
    let objection = &outcome.objections[0];
    assert_eq!(
        (objection.class, objection.sentence.as_str()),
        (ObjectionClass::Warn, "Pre-scan 58 d before ablation.")
    );
    history.baseline_dates = vec![day(-42)];
    assert!(crate::outcome::testing::outcome(&history).objections.is_empty());
}

fn viable_mark(id: u32, primary: bool, longest_axial_mm: Option<f64>) -> MarkSummary {
    MarkSummary {
        info: MarkInfo {
            id: MarkId(id),
            role: MarkRole::ViableTumour,
            lesions: vec![LesionId(1)],
            patient: PatientId(1),
            visit: crate::outcome::testing::id(92),
            reader: ReaderId(1),
            stack: StackKey([0; 16]),
            ordinal: id,
            primary,
        },
        volume_ml: None,
        longest_axial_mm,
        perpendicular_mm: None,
        longest_px: None,
        mean: None,
        sd: None,
        unit: String::new(),
    }
}

#[test]
fn a_finding_is_ready_when_its_fields_are_there() {
    let mut history = lesion(1, 1, &[(92, V)]);
    draft(&mut history, 92);
    let finding = finding(&mut history, 92);
    finding.answer = None;
    finding.shape = None;
    finding.viable_ld_mm = None;
    assert_eq!(missing(finding, &[]), [MissingField::Answer]);
    finding.answer = Some(Answer::Viable);
    assert_eq!(missing(finding, &[]), [MissingField::Shape, MissingField::ViableLd]);
    finding.shape = Some(Shape::Nodular);
    assert!(missing(finding, &[viable_mark(1, true, Some(11.0))]).is_empty());
    assert_eq!(
        missing(finding, &[viable_mark(1, true, None)]),
        [MissingField::ViableLd],
        "no mm on an uncalibrated mark"
    );
    finding.viable_ld_mm = Some(f64::NAN);
    assert_eq!(missing(finding, &[]), [MissingField::ViableLd]);
    finding.viable_ld_mm = Some(9.0);
    assert!(missing(finding, &[]).is_empty());
    finding.answer = Some(Answer::Equivocal);
    finding.shape = None;
    assert_eq!(missing(finding, &[]), [MissingField::Shape]);
    finding.answer = Some(Answer::NotEvaluable);
    finding.not_evaluable_reason = Some(NotEvaluableReason::NoContrast);
    assert!(missing(finding, &[]).is_empty());
    finding.overrides.push(Override { rule: "R10".into(), reason: OverrideReason::Other, text: " ".into() });
    assert_eq!(missing(finding, &[]), [MissingField::OverrideText]);
}

#[test]
fn the_primary_viable_mark_gives_the_diameter_before_the_entered_value() {
    let mut history = lesion(1, 1, &[(92, V)]);
    let finding = finding(&mut history, 92);
    let marks = [viable_mark(1, false, Some(20.0)), viable_mark(2, true, Some(12.5))];
    let ld = viable_ld(finding, &marks).unwrap();
    assert_eq!((ld.mm, ld.from_mark), (12.5, Some(MarkId(2))));
    let only = viable_ld(finding, &marks[..1]).unwrap();
    assert_eq!((only.mm, only.from_mark), (20.0, Some(MarkId(1))), "the only one speaks for itself");
    let entered = viable_ld(finding, &[]).unwrap();
    assert_eq!((entered.mm, entered.from_mark), (11.0, None));
    let zone =
        MarkSummary { info: MarkInfo { role: MarkRole::AblationZone, ..marks[1].info.clone() }, ..marks[1].clone() };
    assert_eq!(viable_ld(finding, &[zone]).unwrap().from_mark, None);
}
