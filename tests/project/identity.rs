//! Copies without identity: nothing of a person is left, and the study is.

use super::scene::*;
use ablation_review::clinical::*;
use ablation_review::project::*;
use std::path::Path;

const STRINGS: &[&str] = &[
    "quenneville",
    "ottoline",
    "zx-4471-q",
    "hosp-17",
    "1951-07-09",
    "19510709",
    "9.7.1951",
    "/scans",
    "of-quenneville",
];

/// A study in which the patient is named wherever a text can be.
fn named(path: &Path) -> Project {
    let mut project = Project::create(path, "NU", at(0)).unwrap();
    let (reader, add) = edits::reader(project.document(), "NU");
    project.commit(add.unwrap(), by(None, 1)).unwrap();
    let mut sidecars = Vec::new();
    for day in ["2025-11-20", "2026-03-04"] {
        let known = project.document().patients().next().map(|patient| patient.id);
        let (edit, mut sidecar) = import(project.document(), known, date(day), 2, 4);
        sidecar.identities[0].1.issuer = "HOSP-17".into();
        sidecars.push(sidecar.clone());
        project.commit_with(edit, by(Some(reader), 2), &sidecar).unwrap();
    }
    let patient = project.document().patients().next().unwrap().clone();
    let note =
        Patient { note: "Mrs QUENNEVILLE, born 9.7.1951 (ZX-4471-Q)".into(), code: "zx-4471-q".into(), ..patient };
    project.commit(edits::patient(project.document(), note), by(Some(reader), 3)).unwrap();
    let mut lesion = Lesion::new(project.document().next_lesion(), PatientId(1), "Ottoline 1");
    lesion.note = "seen by Dr Example; images in /scans/of-quenneville/CT".into();
    let id = lesion.id;
    project.commit(edits::lesion(project.document(), lesion), by(Some(reader), 4)).unwrap();
    let session = Session {
        id: project.document().next_session(),
        patient: PatientId(1),
        date: date("2025-12-02"),
        modality: AblationModality::Microwave,
        combined_of: Vec::new(),
        device: "14 G".into(),
        lesions: vec![SessionLesion {
            lesion: id,
            technical_success: TechnicalSuccess::Yes,
            reason: "hosp-17 rules".into(),
        }],
        planned_before_first_follow_up: false,
        note: "done on 2 December 2025".into(),
    };
    project.commit(edits::session(project.document(), session), by(Some(reader), 5)).unwrap();
    let visit = project.document().visits_of(PatientId(1))[1].id;
    let key = FindingKey { lesion: id, visit, reader, track: Track::Main };
    let finding = Finding {
        answer: Some(Answer::Viable),
        comment: "told Ottoline Quenneville by telephone".into(),
        ..Finding::draft(key, at(9))
    };
    project.commit(edits::finding(project.document(), finding), by(Some(reader), 6)).unwrap();
    let stack = project.document().stacks_of(visit)[0].clone();
    let mut info = (*stack.info).clone();
    info.description = "ABD QUENNEVILLE".into();
    info.frame_of_reference_uid = Some("1.2.840.19510709.5".into());
    let row = StackRecord { info: std::sync::Arc::new(info), ..stack.clone() };
    let edit = NamedEdit::new(ChangeKind::Stack, "Series 100 of Quenneville", vec![Op::Put(Row::Stack(row))]);
    project.commit(edit, by(Some(reader), 7)).unwrap();
    let info = MarkInfo {
        id: project.document().next_mark(),
        role: MarkRole::ViableTumour,
        lesions: vec![id],
        patient: PatientId(1),
        visit,
        reader,
        stack: stack.info.key,
        ordinal: 1,
        primary: true,
    };
    let voxels = delta(&[(1, runs(&[(100, 10)]))]);
    let mark = edits::new_mark(project.document(), info, grid(4), voxels, Some(measured(0.04)));
    project.commit(mark, by(Some(reader), 8)).unwrap();
    project.undo(by(Some(reader), 9)).unwrap();
    project.redo(by(Some(reader), 10)).unwrap();
    project
}

fn bytes(path: &Path) -> String {
    String::from_utf8_lossy(&std::fs::read(path).unwrap()).to_lowercase()
}

fn copy(path: &Path, target: &Path, dates_as_offsets: bool) -> CopyCounts {
    copy_without_identity(path, target, &CopyOptions { dates_as_offsets, at: at(70) }).unwrap()
}

#[test]
fn no_string_of_the_identity_is_left_and_the_study_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (path, target) = (folder.path().join("named.ablation"), folder.path().join("plain.ablation"));
    let project = named(&path);
    let there = bytes(&path);
    assert!(STRINGS.iter().all(|text| there.contains(text)), "the test shows too little");
    let counts = copy(&path, &target, false);
    let left = bytes(&target);
    for text in STRINGS {
        assert!(!left.contains(text), "{text} is left");
    }
    assert_eq!((counts.identities, counts.paths, counts.uids_replaced, counts.codes_replaced), (1, 16, 1, 2));
    assert!(counts.text_hits >= 7, "{counts:?}");
    assert_eq!(counts.journal_entries, project.history().entries().len());

    assert_eq!(check(&target).unwrap().problems, Vec::<String>::new());
    let copied = Project::open(&target, OpenAs::Writer, "AB", at(71)).unwrap().project;
    let (from, to) = (project.document(), copied.document());
    assert_eq!(to.counts(), from.counts());
    let lesion = to.lesions().next().unwrap();
    assert_eq!(lesion.note, "seen by Dr Example; images in [removed]/CT");
    let finding = to.findings().next().unwrap();
    assert_eq!(
        (finding.answer, finding.comment.as_str()),
        (Some(Answer::Viable), "told [removed] [removed] by telephone")
    );
    assert_eq!(to.patients().next().unwrap().note, "Mrs [removed], born [removed] ([removed])");
    let mark = to.marks().next().unwrap();
    assert_eq!(mark.measured, from.marks().next().unwrap().measured);
    assert!(to.mask(mark.info.id) == from.mask(mark.info.id));
    // Keys stay, so that the images can be found again by who has them; no path leads to them.
    assert!(to.stacks().map(|s| s.info.key).eq(from.stacks().map(|s| s.info.key)));
    assert!(copied.store().paths().unwrap().is_empty() && copied.store().identities().unwrap().is_empty());
    assert_eq!(to.visits_of(PatientId(1))[1].date, date("2026-03-04"));
    assert_eq!(copied.history().entries().len(), 1);
    assert_eq!(copied.history().entries()[0].label, "Copied without identity");
    // Only the copy can be worked on from here; taking it back would empty it.
    assert!(copied.history().next_undo().is_none());
    assert!(matches!(
        copy_without_identity(&path, &target, &CopyOptions { dates_as_offsets: false, at: at(70) }),
        Err(CopyError::Save(SaveError::Exists(_)))
    ));
}

#[test]
fn dates_move_and_days_between_them_stay() {
    let folder = tempfile::tempdir().unwrap();
    let (path, target) = (folder.path().join("named.ablation"), folder.path().join("plain.ablation"));
    let project = named(&path);
    let counts = copy(&path, &target, true);
    assert!(counts.dates_left_out >= 1, "{counts:?}");
    let left = bytes(&target);
    for text in STRINGS.iter().chain(&["2025", "2026-0", "20260304", "december"]) {
        assert!(!left.contains(text), "{text} is left");
    }
    let copied = Project::open(&target, OpenAs::ReadOnly, "", at(71)).unwrap().project;
    let (from, to) = (project.document(), copied.document());
    assert_eq!(to.sessions_of(PatientId(1))[0].date, date("2000-01-01"));
    let days = |document: &Document| -> Vec<i64> {
        let first = document.sessions_of(PatientId(1))[0].date;
        document.visits_of(PatientId(1)).iter().map(|visit| days_between(first, visit.date)).collect()
    };
    assert_eq!(days(to), days(from));
    assert_eq!(days(to), [-12, 92]);
    assert_eq!(copied.history().entries()[0].at.to_rfc3339(), "2000-01-01T00:00:00+00:00");
    assert_eq!(check(&target).unwrap().problems, Vec::<String>::new());
    // The same source gives the same copy.
    let again = folder.path().join("again.ablation");
    copy(&path, &again, true);
    let second = Project::open(&again, OpenAs::ReadOnly, "", at(71)).unwrap().project;
    assert!(second.document() == to);
}

#[test]
fn a_copy_in_which_a_name_would_stay_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let (path, target) = (folder.path().join("named.ablation"), folder.path().join("plain.ablation"));
    let mut project = named(&path);
    // The birth date as the day of a visit: a date is no text that could be taken out.
    let visit = project.document().visits_of(PatientId(1))[0].clone();
    let edit = edits::visit(project.document(), Visit { date: date("1951-07-09"), ..visit });
    project.commit(edit, by(None, 20)).unwrap();
    drop(project);
    let error =
        copy_without_identity(&path, &target, &CopyOptions { dates_as_offsets: false, at: at(70) }).unwrap_err();
    assert!(matches!(error, CopyError::StillThere(_)), "{error}");
    let said = error.to_string().to_lowercase();
    assert!(STRINGS.iter().all(|text| !said.contains(text)), "{said}");
    let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().starts_with("plain")), "{names:?}");
    copy(&path, &target, true); // moved, the date tells nobody's birth
}

/// People whose names are words of the program itself.
#[test]
fn a_patient_called_as_the_program_talks_can_be_copied() {
    let folder = tempfile::tempdir().unwrap();
    for (n, name) in
        ["Mark^Finding", "Portal^Reader", "Journal^Patient", "Ada^Lee", "Frame^Main"].into_iter().enumerate()
    {
        let (path, target) =
            (folder.path().join(format!("{n}.ablation")), folder.path().join(format!("{n}-plain.ablation")));
        let mut project = Project::create(&path, "NU", at(0)).unwrap();
        let (edit, mut sidecar) = import(project.document(), None, date("2026-03-04"), 2, 4);
        sidecar.identities[0].1.name = name.into();
        project.commit_with(edit, by(None, 1), &sidecar).unwrap();
        let patient = project.document().patients().next().unwrap().clone();
        let note = format!("saw {} today", name.replace('^', " "));
        project.commit(edits::patient(project.document(), Patient { note, ..patient }), by(None, 2)).unwrap();
        drop(project);
        copy(&path, &target, false);
        let copied = Project::open(&target, OpenAs::ReadOnly, "", at(71)).unwrap().project;
        assert_eq!(copied.document().patients().next().unwrap().note, "saw [removed] [removed] today", "{name}");
        assert_eq!(check(&target).unwrap().problems, Vec::<String>::new());
    }
}
