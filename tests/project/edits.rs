//! Edits, their inverses, the guard of what is signed, and undo across restarts.

use super::scene::*;
use ablation_review::clinical::*;
use ablation_review::project::*;
use proptest::prelude::*;
use std::path::Path;

fn project(folder: &Path) -> Project {
    Project::create(&folder.join("study.ablation"), "NU", at(0)).unwrap()
}

fn reopen(project: Project) -> Project {
    let path = project.store().path().to_owned();
    drop(project);
    let opened = Project::open(&path, OpenAs::Writer, "NU", at(0)).unwrap();
    assert_eq!(opened.read_only, None);
    assert_eq!(opened.notes, Vec::<String>::new());
    opened.project
}

/// A project with one patient, one visit with two stacks, L1 ablated, and one draft answer.
fn read_once(folder: &Path) -> (Project, VisitId, ReaderId, FindingKey) {
    let mut project = project(folder);
    let (reader, add) = edits::reader(project.document(), "NU");
    project.commit(add.unwrap(), by(None, 1)).unwrap();
    let (edit, sidecar) = import(project.document(), None, date("2026-03-04"), 2, 4);
    let (patient, visit) = (edit.patient.unwrap(), edit.visit.unwrap());
    project.commit_with(edit, by(Some(reader), 2), &sidecar).unwrap();
    let lesion = Lesion::new(project.document().next_lesion(), patient, "L1");
    let key = FindingKey { lesion: lesion.id, visit, reader, track: Track::Main };
    project.commit(edits::lesion(project.document(), lesion), by(Some(reader), 3)).unwrap();
    let finding = Finding { answer: Some(Answer::NoViable), ..Finding::draft(key, at(4)) };
    project.commit(edits::finding(project.document(), finding), by(Some(reader), 4)).unwrap();
    (project, visit, reader, key)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_inverse_of_any_edit_gives_the_document_back(seed: u64) {
        let mut walker = Walker::new(seed);
        let mut document = Document::default();
        let (mut done, mut tries) = (0, 0);
        while done < 40 && tries < 400 {
            tries += 1;
            let (named, _) = walker.propose(&document);
            let signs = named.kind == ChangeKind::Sign;
            let Ok(prepared) = document.prepare(named.edit) else { continue };
            done += 1;
            match prepared.after.prepare(prepared.inverse.clone()) {
                Ok(back) => {
                    prop_assert!(back.after.same_content(&document), "not given back by {:?}", prepared.forward);
                    prop_assert!(!signs);
                    // And forward again, by the inverse of the inverse.
                    let again = back.after.prepare(back.inverse).unwrap();
                    prop_assert!(again.after.same_content(&prepared.after));
                }
                Err(refusal) => prop_assert!(signs && matches!(refusal, Refusal::Signed { .. }), "{refusal}"),
            }
            document = prepared.after;
        }
        prop_assert!(done > 20, "the walker found only {done} edits");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 40, ..ProptestConfig::default() })]

    /// The model is a stack of documents: undo and redo move along it, a new edit cuts it.
    #[test]
    fn undo_and_redo_walk_the_states_across_restarts(seed: u64) {
        let folder = tempfile::tempdir().unwrap();
        let mut project = project(folder.path());
        let mut walker = Walker::new(seed);
        let mut states = vec![project.document().clone()];
        let mut here = 0;
        for _ in 0..60 {
            let by = walker.by(project.document());
            match walker.random.below(10) {
                0 => project = reopen(project),
                1..=3 => match project.undo(by) {
                    Ok(_) => here -= 1,
                    Err(CommitError::Refused(Refusal::NothingLeft("undo"))) => prop_assert_eq!(here, 0),
                    Err(CommitError::Refused(Refusal::Signed { .. })) => {
                        let last = project.history().next_undo().unwrap();
                        prop_assert_eq!(last.of().kind, ChangeKind::Sign);
                    }
                    Err(other) => prop_assert!(false, "{}", other),
                },
                4..=5 => match project.redo(by) {
                    Ok(_) => here += 1,
                    Err(CommitError::Refused(Refusal::NothingLeft("redo"))) => prop_assert_eq!(here + 1, states.len()),
                    Err(other) => prop_assert!(false, "{}", other),
                },
                _ => {
                    let (named, sidecar) = walker.propose(project.document());
                    if project.commit_with(named, by, &sidecar).is_ok() {
                        states.truncate(here + 1);
                        states.push(project.document().clone());
                        here += 1;
                    }
                }
            }
            prop_assert!(project.document().same_content(&states[here]));
        }
        let shown = project.document().clone();
        let path = project.store().path().to_owned();
        let entries = project.history().entries().to_vec();
        drop(project);
        let report = check(&path).unwrap();
        prop_assert_eq!(report.problems, Vec::<String>::new());
        let read = Project::open(&path, OpenAs::ReadOnly, "", at(0)).unwrap().project;
        prop_assert!(*read.document() == shown, "the file differs from what was shown");
        prop_assert_eq!(read.history().entries(), entries.as_slice());
    }
}

#[test]
fn a_signed_visit_is_closed_until_amended() {
    let folder = tempfile::tempdir().unwrap();
    let (mut project, visit, reader, key) = read_once(folder.path());
    let rest = RestOfScan { patient: PatientId(1), visit, new_tumour: Some(NewTumour::None), complications: None };
    project.commit(edits::rest_of_scan(project.document(), rest.clone()), by(Some(reader), 5)).unwrap();
    let stack = project.document().stacks_of(visit)[0].clone();
    let info = MarkInfo {
        id: project.document().next_mark(),
        role: MarkRole::AblationZone,
        lesions: vec![key.lesion],
        patient: PatientId(1),
        visit,
        reader,
        stack: stack.info.key,
        ordinal: 1,
        primary: true,
    };
    let voxels = delta(&[(1, runs(&[(70, 5)]))]);
    let mark = edits::new_mark(project.document(), info.clone(), grid(4), voxels.clone(), None);
    project.commit(mark, by(Some(reader), 6)).unwrap();

    let sign = edits::sign_visit(project.document(), visit, Track::Main, reader, at(7)).unwrap();
    project.commit(sign, by(Some(reader), 7)).unwrap();
    let signed = project.document().clone();
    assert_eq!(signed.finding(key).unwrap().status, FindingStatus::Signed);

    let document = project.document().clone();
    let finding = Finding { answer: Some(Answer::Viable), ..document.finding(key).unwrap().clone() };
    let second = MarkInfo { id: document.next_mark(), ordinal: 2, ..info.clone() };
    let refused = [
        edits::finding(&document, finding.clone()),
        edits::rest_of_scan(&document, RestOfScan { new_tumour: None, ..rest.clone() }),
        edits::mark_stroke(&document, info.id, voxels.clone(), None).unwrap(),
        edits::remove_mark(&document, info.id).unwrap(),
        edits::measure_mark(&document, info.id, measured(1.0)).unwrap(),
        edits::new_mark(&document, second, grid(4), voxels, None),
        NamedEdit::new(ChangeKind::Finding, "x", vec![Op::Remove(RowKey::Finding(key))]),
        NamedEdit::new(ChangeKind::Sign, "x", vec![Op::Remove(RowKey::Signature((PatientId(1), visit, Track::Main)))]),
    ];
    for edit in refused {
        let label = edit.label.clone();
        let error = project.commit(edit, by(Some(reader), 8)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "This visit was signed by NU on 2026-03-04. Amend it to change it.",
            "after {label:?}"
        );
    }
    let error = project.undo(by(Some(reader), 8)).unwrap_err();
    assert!(error.to_string().starts_with("This visit was signed by NU"), "{error}");
    assert_eq!(*project.document(), signed);
    assert_eq!(check(project.store().path()).unwrap().problems, Vec::<String>::new());

    // An amendment that does not keep what was signed is none.
    let reason = AmendmentReason::NewInformation;
    let amend = edits::amend_visit(project.document(), visit, Track::Main, reader, at(9), reason, "PET").unwrap();
    let mut forged = amend.clone();
    for op in &mut forged.edit.ops {
        if let Op::Put(Row::Amendment(amendment)) = op {
            amendment.before[0].answer = Some(Answer::Viable);
        }
    }
    assert_eq!(project.commit(forged, by(None, 9)).unwrap_err(), Refusal::Amendment.into());

    // A true one opens the visit and keeps both values.
    project.commit(amend, by(Some(reader), 9)).unwrap();
    let finding = Finding { status: FindingStatus::Draft, ..finding };
    project.commit(edits::finding(project.document(), finding), by(Some(reader), 10)).unwrap();
    let document = project.document();
    assert_eq!(document.finding(key).unwrap().answer, Some(Answer::Viable));
    let kept: Vec<_> = document.amendments_of(visit).collect();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].before[0].answer, Some(Answer::NoViable));
    assert_eq!(kept[0].before_rest, Some(rest));

    // An amendment is never changed or taken out by itself.
    let id = kept[0].id;
    let changed = Amendment { text: "other".into(), ..kept[0].clone() };
    for op in [Op::Remove(RowKey::Amendment(id)), Op::Put(Row::Amendment(changed))] {
        let edit = NamedEdit::new(ChangeKind::Amend, "x", vec![op]);
        assert_eq!(project.commit(edit, by(None, 11)).unwrap_err(), Refusal::Amendment.into());
    }

    // Undone twice, the visit is signed as it was, and there undo ends.
    project.undo(by(Some(reader), 12)).unwrap();
    project.undo(by(Some(reader), 12)).unwrap();
    assert!(project.document().same_content(&signed));
    assert!(matches!(project.undo(by(None, 13)), Err(CommitError::Refused(Refusal::Signed { .. }))));
    let entry = project.redo(by(Some(reader), 14)).unwrap();
    assert_eq!(entry.label, "Redo: P001, 2026-03-04: amended, new information");
}

#[test]
fn answers_are_signed_together() {
    let folder = tempfile::tempdir().unwrap();
    let (mut project, visit, reader, key) = read_once(folder.path());
    let half = Finding { status: FindingStatus::Signed, ..project.document().finding(key).unwrap().clone() };
    let edit = edits::finding(project.document(), half);
    assert_eq!(project.commit(edit, by(None, 5)).unwrap_err(), Refusal::HalfSigned.into());
    let row = Signature { patient: PatientId(1), visit, reader, track: Track::Main, at: at(5) };
    let bare = NamedEdit::new(ChangeKind::Sign, "x", vec![Op::Put(Row::Signature(row))]);
    assert_eq!(project.commit(bare, by(None, 5)).unwrap_err(), Refusal::HalfSigned.into());
}

#[test]
fn edits_that_make_no_sense_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let (mut project, visit, reader, key) = read_once(folder.path());
    let (edit, sidecar) = import(project.document(), None, date("2026-04-01"), 1, 3);
    let other = edit.visit.unwrap();
    project.commit_with(edit, by(None, 5), &sidecar).unwrap();
    let before = project.document().clone();
    let stack = before.stacks_of(visit)[0].info.key;
    let lesion = |id, label: &str| Lesion::new(LesionId(id), PatientId(1), label);
    let wrong_key = FindingKey { visit: other, ..key };
    let mark = MarkInfo {
        id: MarkId(1),
        role: MarkRole::Tumour,
        lesions: vec![key.lesion],
        patient: PatientId(1),
        visit,
        reader,
        stack,
        ordinal: 1,
        primary: true,
    };
    let outside = delta(&[(9, runs(&[(0, 1)]))]);
    let place = LesionPlace { stack: StackKey([9; 16]), left_mm: 0.0, posterior_mm: 0.0, superior_mm: 0.0 };
    let cases: Vec<(Vec<Op>, Refusal)> = vec![
        (vec![], Refusal::Nothing),
        (vec![Op::Remove(RowKey::Patient(PatientId(1)))], Refusal::InUse { what: "patient", by: "visit" }),
        (vec![Op::Remove(RowKey::Event(EventId(5)))], Refusal::Missing { what: "event" }),
        (
            vec![Op::Put(Row::Lesion(Lesion::new(LesionId(7), PatientId(99), "L1")))],
            Refusal::Dangling { what: "lesion", needs: "patient" },
        ),
        (
            vec![Op::Put(Row::Lesion(Lesion { place: Some(place), ..lesion(7, "L7") }))],
            Refusal::Dangling { what: "lesion", needs: "stack" },
        ),
        (vec![Op::Put(Row::Lesion(lesion(7, "L1")))], Refusal::Taken { what: "lesion", name: "L1".into() }),
        (
            vec![Op::Put(Row::Patient(Patient::new(PatientId(7), "P001")))],
            Refusal::Taken { what: "patient", name: "P001".into() },
        ),
        (vec![Op::Put(Row::Finding(Finding::draft(wrong_key, at(6))))], Refusal::TwoPatients { what: "finding" }),
        (
            vec![Op::Put(Row::Lesion(Lesion { long_axis_mm: Some(f64::NAN), ..lesion(7, "L7") }))],
            Refusal::Unusable { what: "lesion", why: "it holds a number that is not finite".into() },
        ),
        (
            vec![Op::Put(Row::Lesion(lesion(0, "L7")))],
            Refusal::Unusable { what: "lesion", why: "its number is out of range".into() },
        ),
        (
            edits::new_mark(&before, mark, grid(4), outside, None).edit.ops,
            Refusal::Unusable {
                what: "mark",
                why: "the mark names slice 9, but its image has 4 slices; restore the project from a backup".into(),
            },
        ),
    ];
    for (ops, expected) in cases {
        let error = project.commit(NamedEdit::new(ChangeKind::Lesion, "x", ops), by(None, 7)).unwrap_err();
        assert_eq!(error, expected.into());
        assert_eq!(*project.document(), before);
    }
}

#[test]
fn numbers_are_given_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut project = project(folder.path());
    let (edit, sidecar) = import(project.document(), None, date("2026-03-04"), 1, 3);
    project.commit_with(edit, by(None, 1), &sidecar).unwrap();
    project.undo(by(None, 2)).unwrap();
    let project = reopen(project);
    // The name of the undone patient stays in the file under number 1: nobody else may get it.
    assert_eq!(project.store().identities().unwrap(), vec![(PatientId(1), identity())]);
    assert_eq!(project.document().patients().count(), 0);
    assert_eq!(project.document().next_patient(), PatientId(2));
    assert_eq!(project.document().next_visit(), VisitId(2));
    assert_eq!(project.document().next_patient_code(), "P001");
}

#[test]
fn labels_name_lesion_time_and_answer() {
    let folder = tempfile::tempdir().unwrap();
    let (mut project, _, reader, key) = read_once(folder.path());
    let treated = SessionLesion { lesion: key.lesion, technical_success: TechnicalSuccess::Yes, reason: String::new() };
    let session = |id, on| Session {
        id: SessionId(id),
        patient: PatientId(1),
        date: date(on),
        modality: AblationModality::Radiofrequency,
        combined_of: Vec::new(),
        device: String::new(),
        lesions: vec![treated.clone()],
        planned_before_first_follow_up: false,
        note: String::new(),
    };
    project.commit(edits::session(project.document(), session(1, "2025-12-02")), by(None, 5)).unwrap();
    let later = edits::session(project.document(), session(2, "2026-05-01"));
    assert_eq!(later.label, "Ablation of L1 on 2026-05-01 added");
    project.commit(later, by(None, 6)).unwrap();
    // 2025-12-02 to 2026-03-04 are 29 + 31 + 28 + 4 = 92 days; the session after the visit does not count.
    let finding = Finding { answer: Some(Answer::Viable), ..project.document().finding(key).unwrap().clone() };
    let edit = edits::finding(project.document(), finding);
    assert_eq!(edit.label, "L1, +92 d: viable tumour");
    assert_eq!(project.commit(edit, by(Some(reader), 7)).unwrap().label, "L1, +92 d: viable tumour");
    assert_eq!(project.history().next_undo().unwrap().label, "Undo: L1, +92 d: viable tumour");
}
