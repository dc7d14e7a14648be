//! Patients merged, put away, and images that are another's; stacks grouped anew.

use super::scene::*;
use ablation_review::alignment::{How, Placement};
use ablation_review::clinical::*;
use ablation_review::dicom::stack_key;
use ablation_review::geometry::{PatientVector, Rigid};
use ablation_review::project::*;
use std::path::Path;

struct Scene {
    project: Project,
    reader: ReaderId,
    a: PatientId,
    b: PatientId,
}

/// Two patients, each with a visit, L1, an answer, the rest of the scan, and a mark.
fn two(path: &Path) -> Scene {
    let mut project = Project::create(path, "NU", at(0)).unwrap();
    let (reader, add) = edits::reader(project.document(), "NU");
    project.commit(add.unwrap(), by(None, 1)).unwrap();
    let mut patients = Vec::new();
    for n in 0..2 {
        let (edit, mut sidecar) = import(project.document(), None, date("2026-03-04"), 2, 6);
        sidecar.identities[0].1.dicom_patient_id = format!("ID-{n}");
        let (patient, visit) = (edit.patient.unwrap(), edit.visit.unwrap());
        project.commit_with(edit, by(Some(reader), 2), &sidecar).unwrap();
        patients.push(patient);
        let stacks: Vec<StackKey> = project.document().stacks_of(visit).iter().map(|stack| stack.info.key).collect();
        let mut lesion = Lesion::new(project.document().next_lesion(), patient, "L1");
        lesion.place = Some(LesionPlace { stack: stacks[0], left_mm: 1.0, posterior_mm: 2.0, superior_mm: 3.0 });
        let lesion_id = lesion.id;
        project.commit(edits::lesion(project.document(), lesion), by(Some(reader), 3)).unwrap();
        let key = FindingKey { lesion: lesion_id, visit, reader, track: Track::Main };
        let finding = Finding { answer: Some(Answer::NoViable), ..Finding::draft(key, at(4)) };
        project.commit(edits::finding(project.document(), finding), by(Some(reader), 4)).unwrap();
        let rest = RestOfScan { patient, visit, new_tumour: Some(NewTumour::None), complications: None };
        project.commit(edits::rest_of_scan(project.document(), rest), by(Some(reader), 5)).unwrap();
        let info = MarkInfo {
            id: project.document().next_mark(),
            role: MarkRole::AblationZone,
            lesions: vec![lesion_id],
            patient,
            visit,
            reader,
            stack: stacks[0],
            ordinal: 1,
            primary: true,
        };
        let voxels = delta(&[(1, runs(&[(100, 10)]))]);
        let mark = edits::new_mark(project.document(), info, grid(6), voxels, Some(measured(0.5)));
        project.commit(mark, by(Some(reader), 6)).unwrap();
        let how = How::Matched { reader, at: at(7) };
        let rigid_mm = Rigid::shift(PatientVector::new(0.0, 0.0, 1.0));
        let placement = Placement { from: stacks[0], to: stacks[1], lesion: Some(lesion_id), rigid_mm, how };
        project.commit(edits::placement(project.document(), placement), by(Some(reader), 7)).unwrap();
    }
    Scene { project, reader, a: patients[0], b: patients[1] }
}

/// Commits an edit, takes it back, does it again, and checks the file at the end.
fn there_and_back(project: &mut Project, edit: NamedEdit, sidecar: &Sidecar, reader: ReaderId) {
    let before = project.document().clone();
    project.commit_with(edit, by(Some(reader), 50), sidecar).unwrap();
    let after = project.document().clone();
    assert!(!after.same_content(&before));
    project.undo(by(Some(reader), 51)).unwrap();
    assert!(project.document().same_content(&before));
    project.redo(by(Some(reader), 52)).unwrap();
    assert!(project.document().same_content(&after));
    assert_eq!(check(project.store().path()).unwrap().problems, Vec::<String>::new());
}

#[test]
fn two_patients_become_one_with_everything() {
    let folder = tempfile::tempdir().unwrap();
    let Scene { mut project, reader, a, b } = two(&folder.path().join("two.ablation"));
    let known = Patient { sex: Sex::Female, note: "from b".into(), ..project.document().patient(b).unwrap().clone() };
    project.commit(edits::patient(project.document(), known), by(Some(reader), 9)).unwrap();
    let counts = project.document().counts();
    let edit = edits::merge_patients(project.document(), b, a).unwrap();
    assert_eq!(edit.label, "P002 merged into P001; L1 is now L2");
    let ids_of = |project: &Project, who| {
        let ids = edits::identities_now(project.document(), &project.store().identities().unwrap()).into_iter();
        ids.filter(|(of, _)| *of == who).map(|(_, identity)| identity.dicom_patient_id).collect::<Vec<_>>()
    };
    assert_eq!(ids_of(&project, a), ["ID-0"]);
    there_and_back(&mut project, edit, &Sidecar::default(), reader);
    let document = project.document();
    assert!(document.patient(b).is_none());
    let kept = document.patient(a).unwrap();
    assert_eq!((kept.code.as_str(), kept.sex, kept.note.as_str()), ("P001", Sex::Female, "from b"));
    let after = document.counts();
    for (table, n) in counts {
        assert_eq!(after[table], if table == "patient" { n - 1 } else { n }, "{table}");
    }
    assert_eq!(document.lesions_of(a).map(|lesion| lesion.label.as_str()).collect::<Vec<_>>(), ["L1", "L2"]);
    assert_eq!(document.visits_of(a).len(), 2);
    for visit in document.visits_of(a) {
        assert!(document.rest_of_scan(visit.id).is_some());
    }
    assert_eq!(ids_of(&project, a), ["ID-0", "ID-1"], "images of either come to the one from now on");
    project.undo(by(Some(reader), 53)).unwrap();
    assert_eq!((ids_of(&project, a), ids_of(&project, b)), (vec!["ID-0".into()], vec!["ID-1".into()]), "each its own");
    project.redo(by(Some(reader), 54)).unwrap();
    assert_eq!(ids_of(&project, a).len(), 2);
    let document = project.document();
    // Numbers are not given again.
    assert_eq!(document.next_patient(), PatientId(3));
}

#[test]
fn what_is_signed_stays_with_its_patient() {
    let folder = tempfile::tempdir().unwrap();
    let Scene { mut project, reader, a, b } = two(&folder.path().join("two.ablation"));
    let visit = project.document().visits_of(b)[0].id;
    let sign = edits::sign_visit(project.document(), visit, Track::Main, reader, at(10)).unwrap();
    project.commit(sign, by(Some(reader), 10)).unwrap();
    let refused = edits::merge_patients(project.document(), b, a).unwrap_err();
    assert_eq!(refused, Refusal::SignedPatient { code: "P002".into() });
    assert!(refused.to_string().contains("merge the other way round"), "{refused}");
    assert_eq!(edits::merge_patients(project.document(), a, a).unwrap_err(), Refusal::SamePatient);
    let edit = edits::merge_patients(project.document(), a, b).unwrap();
    there_and_back(&mut project, edit, &Sidecar::default(), reader);
    assert!(project.document().signature(visit, Track::Main).is_some());
    // Amended is not as if it had never been signed.
    let amend =
        edits::amend_visit(project.document(), visit, Track::Main, reader, at(12), AmendmentReason::Slip, "x").unwrap();
    project.commit(amend, by(Some(reader), 12)).unwrap();
    let (edit, sidecar) = import(project.document(), None, date("2026-03-04"), 1, 3);
    let new = edit.patient.unwrap();
    project.commit_with(edit, by(Some(reader), 13), &sidecar).unwrap();
    assert!(matches!(edits::merge_patients(project.document(), b, new), Err(Refusal::SignedPatient { .. })));
}

#[test]
fn a_patient_is_put_away_and_taken_up_again() {
    let folder = tempfile::tempdir().unwrap();
    let Scene { mut project, reader, a, .. } = two(&folder.path().join("two.ablation"));
    let edit = edits::archive_patient(project.document(), a, true).unwrap();
    assert_eq!(edit.label, "P001 archived");
    there_and_back(&mut project, edit, &Sidecar::default(), reader);
    assert!(project.document().patient(a).unwrap().archived);
    assert!(edits::archive_patient(project.document(), PatientId(99), true).is_err());
}

#[test]
fn a_study_or_a_stack_moves_to_the_patient_it_is_of() {
    let folder = tempfile::tempdir().unwrap();
    let Scene { mut project, reader, a, b } = two(&folder.path().join("two.ablation"));
    let (edit, sidecar) = import(project.document(), Some(a), date("2026-06-01"), 2, 6);
    let visit = edit.visit.unwrap();
    project.commit_with(edit, by(Some(reader), 8), &sidecar).unwrap();
    let stacks: Vec<StackKey> = project.document().stacks_of(visit).iter().map(|stack| stack.info.key).collect();
    let uid = project.document().studies_of(visit).next().unwrap().uid.clone();

    let edit = edits::move_stack_to_patient(project.document(), stacks[0], b).unwrap();
    there_and_back(&mut project, edit, &Sidecar::default(), reader);
    let moved = project.document().stack(stacks[0]).unwrap();
    assert_eq!((moved.patient, moved.info.study_uid.clone()), (b, format!("{uid}#P002")));
    assert_eq!(project.document().visits_of(b).len(), 2, "a visit on that date was made");
    // The last of the study takes it along, to the visit that is there now, and its visit goes.
    let edit = edits::move_stack_to_patient(project.document(), stacks[1], b).unwrap();
    there_and_back(&mut project, edit, &Sidecar::default(), reader);
    assert_eq!(project.document().study(&uid).unwrap().patient, b);
    assert!(project.document().visit(visit).is_none());
    assert_eq!(project.document().visits_of(b).len(), 2);
    assert_eq!(project.document().stacks().filter(|stack| stack.patient == b).count(), 4);

    // Where something was marked, it belongs to a lesion of the first patient.
    let first = project.document().visits_of(a)[0].id;
    let uid = project.document().studies_of(first).next().unwrap().uid.clone();
    let refused = edits::move_study_to_patient(project.document(), &uid, b).unwrap_err();
    assert_eq!(refused, Refusal::InUse { what: "stack", by: "mark" });
    assert!(edits::move_study_to_patient(project.document(), &uid, a).is_err());
}

#[test]
fn what_was_recorded_moves_to_the_stack_that_shares_most() {
    let folder = tempfile::tempdir().unwrap();
    let Scene { mut project, reader, a, .. } = two(&folder.path().join("two.ablation"));
    let visit = project.document().visits_of(a)[0].id;
    let old = project.document().stacks_of(visit)[0].clone();
    let role = edits::role(project.document(), old.info.key, StackRole::CtArterial).unwrap();
    project.commit(role, by(Some(reader), 8)).unwrap();
    let sign = edits::sign_visit(project.document(), visit, Track::Main, reader, at(9)).unwrap();
    project.commit(sign, by(Some(reader), 9)).unwrap();
    let mark = project.document().marks_of_patient(a).next().unwrap().clone();

    // Split by hand in 4 and 2 slices, although the visit is signed: nothing that was read changes.
    let (large, small) = (part(&old, 0, 4), part(&old, 4, 6));
    let grouping = split(project.document(), project.document().stack(old.info.key).unwrap());
    let edit = edits::group_by_hand(project.document(), grouping, &[large.clone(), small.clone()]).unwrap();
    assert!(edit.label.ends_with("grouped anew: 1 into 2, split apart"), "{}", edit.label);
    there_and_back(&mut project, edit, &Sidecar::default(), reader);
    let document = project.document();
    assert!(document.stack(old.info.key).is_none());
    assert_eq!(document.groupings().count(), 1);
    for key in [large.key, small.key] {
        let record = document.stack(key).unwrap();
        assert_eq!((record.role, record.role_by_reader, record.patient), (StackRole::CtArterial, true, a));
    }
    let now = document.mark(mark.info.id).unwrap();
    assert_eq!(now.info.stack, large.key);
    assert_eq!((&now.grid, &now.measured), (&mark.grid, &mark.measured), "a mark keeps its grid");
    assert_eq!(document.lesions_of(a).next().unwrap().place.unwrap().stack, large.key);
    assert!(document.placements().any(|placement| placement.from == large.key));
    assert!(document.signature(visit, Track::Main).is_some());

    // A slice that came later: both parts go into the whole again.
    let edit = edits::regroup(document, &[(*old.info).clone()]).unwrap();
    there_and_back(&mut project, edit, &Sidecar::default(), reader);
    assert_eq!(project.document().mark(mark.info.id).unwrap().info.stack, old.info.key);
    assert!(project.document().stack(large.key).is_none() && project.document().stack(small.key).is_none());

    // Stacks that share nothing are none of its business.
    let mut other = part(&old, 0, 2);
    other.frames.iter_mut().for_each(|frame| frame.sop_uid.push_str(".9"));
    other.key = stack_key(other.frames.iter().map(|frame| (frame.sop_uid.as_str(), frame.frame)));
    assert_eq!(edits::regroup(project.document(), &[other]).unwrap_err(), Refusal::NothingShared);
}

#[test]
fn two_stacks_that_become_one_lose_only_the_match_between_them() {
    let folder = tempfile::tempdir().unwrap();
    let Scene { mut project, reader, a, .. } = two(&folder.path().join("two.ablation"));
    let visit = project.document().visits_of(a)[0].id;
    let stacks: Vec<StackRecord> = project.document().stacks_of(visit).into_iter().cloned().collect();
    let whole = joined(&stacks[0], &stacks[1]);
    let before = project.document().placements().count();
    let edit = edits::regroup(project.document(), std::slice::from_ref(&whole)).unwrap();
    there_and_back(&mut project, edit, &Sidecar::default(), reader);
    assert_eq!(project.document().placements().count(), before - 1);
    assert_eq!(project.document().stacks_of(visit).len(), 1);
    assert_eq!(project.document().marks_of_patient(a).next().unwrap().info.stack, whole.key);
}
