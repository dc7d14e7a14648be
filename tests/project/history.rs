//! The history as a screen and a table show it, and taking back from there.

use super::file::full;
use super::scene::*;
use ablation_review::clinical::*;
use ablation_review::export::{self, Dates};
use ablation_review::project::*;
use std::path::Path;

fn all(project: &Project) -> Vec<HistoryRow> {
    project.history_rows(HistoryFilter::default(), None, usize::MAX).unwrap()
}

/// L1 and L2 of one patient, answered twice each at one visit.
fn answered(path: &Path) -> (Project, ReaderId, Vec<FindingKey>) {
    let mut project = Project::create(path, "NU", at(0)).unwrap();
    let (reader, add) = edits::reader(project.document(), "NU");
    project.commit(add.unwrap(), by(None, 1)).unwrap();
    let (edit, sidecar) = import(project.document(), None, date("2026-03-04"), 2, 4);
    let (patient, visit) = (edit.patient.unwrap(), edit.visit.unwrap());
    project.commit_with(edit, by(Some(reader), 2), &sidecar).unwrap();
    let mut keys = Vec::new();
    for label in ["L1", "L2"] {
        let lesion = Lesion::new(project.document().next_lesion(), patient, label);
        keys.push(FindingKey { lesion: lesion.id, visit, reader, track: Track::Main });
        project.commit(edits::lesion(project.document(), lesion), by(Some(reader), 3)).unwrap();
    }
    for answer in [Answer::NoViable, Answer::Viable] {
        for key in &keys {
            let finding = Finding { answer: Some(answer), ..Finding::draft(*key, at(4)) };
            project.commit(edits::finding(project.document(), finding), by(Some(reader), 4)).unwrap();
        }
    }
    (project, reader, keys)
}

#[test]
fn before_and_after_are_told_and_filters_hold() {
    let folder = tempfile::tempdir().unwrap();
    let (mut project, reader, keys) = answered(&folder.path().join("one.ablation"));
    let rows = all(&project);
    assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), (1..=8).rev().collect::<Vec<_>>());
    assert_eq!((rows[0].before.as_str(), rows[0].after.as_str()), ("answer no viable", "answer viable"));
    assert_eq!((rows[0].lesions.as_slice(), rows[0].reader), (&[keys[1].lesion][..], Some(reader)));
    assert!(rows[2].before.is_empty() && rows[2].after.contains("answer no viable"), "{:?}", rows[2]);
    let import = rows.iter().find(|row| row.kind == ChangeKind::Import).unwrap();
    assert!(import.before.is_empty() && !import.after.is_empty(), "{import:?}");
    assert!(rows.iter().all(|row| !row.after.contains(NAME) && !row.after.contains(FOLDER)));

    let of =
        |filter| project.history_rows(filter, None, usize::MAX).unwrap().iter().map(|row| row.seq).collect::<Vec<_>>();
    let lesion = HistoryFilter { lesion: Some(keys[0].lesion), ..HistoryFilter::default() };
    assert_eq!(of(lesion), [7, 5, 3]);
    assert_eq!(of(HistoryFilter { reader: Some(reader), ..HistoryFilter::default() }), [8, 7, 6, 5, 4, 3, 2]);
    assert_eq!(of(HistoryFilter { patient: Some(PatientId(7)), ..HistoryFilter::default() }), Vec::<u64>::new());
    let page = project.history_rows(HistoryFilter::default(), Some(7), 2).unwrap();
    assert_eq!(page.iter().map(|row| row.seq).collect::<Vec<_>>(), [6, 5]);

    project.undo(by(Some(reader), 9)).unwrap();
    let rows = all(&project);
    assert_eq!((rows[0].undoes, rows[1].undone_by), (Some(8), Some(9)));
    project.redo(by(Some(reader), 10)).unwrap();
    assert_eq!(all(&project)[2].undone_by, None, "done again");
}

#[test]
fn a_change_is_taken_back_with_all_after_it_or_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.ablation");
    let (mut project, reader, keys) = answered(&path);
    let answer = |project: &Project, n: usize| project.document().finding(keys[n]).and_then(|finding| finding.answer);
    // 5 and 6 are the first answers, 7 and 8 change them.
    let plan = project.undo_plan(7).unwrap();
    assert_eq!(plan.from_there.len(), 2);
    assert_eq!((plan.from_there_refused, plan.only_refused), (None, None));
    let plan = project.undo_plan(5).unwrap();
    assert!(
        matches!(&plan.only_refused, Some(Refusal::ChangedSince { label }) if label == "L1, 2026-03-04: viable tumour")
    );
    assert!(project.undo_only(5, by(Some(reader), 20)).is_err());

    let before = project.document().clone();
    let label = project.undo_only(7, by(Some(reader), 20)).unwrap().label.clone();
    assert_eq!(label, "Taken back: L1, 2026-03-04: viable tumour");
    assert_eq!((answer(&project, 0), answer(&project, 1)), (Some(Answer::NoViable), Some(Answer::Viable)));
    project.undo(by(Some(reader), 21)).unwrap();
    assert!(project.document().same_content(&before));

    let entries = project.history().entries().len();
    project.undo_to(6, by(Some(reader), 22)).unwrap();
    assert_eq!(project.history().entries().len(), entries + 3, "a row for each of 8, 7 and 6");
    assert_eq!((answer(&project, 0), answer(&project, 1)), (Some(Answer::NoViable), None));
    assert!(matches!(project.undo_plan(7), Err(CommitError::Refused(Refusal::NotInForce { .. }))));
    for _ in 0..3 {
        project.redo(by(Some(reader), 23)).unwrap();
    }
    assert!(project.document().same_content(&before));
    // After redo the rows in force are new ones, and still stand for the first.
    assert_eq!(project.undo_plan(6).unwrap().from_there.len(), 3);
    drop(project);
    assert_eq!(check(&path).unwrap().problems, Vec::<String>::new());
}

#[test]
fn a_signature_stands_in_the_way_and_nothing_is_done_by_halves() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.ablation");
    let (mut project, reader, keys) = answered(&path);
    let sign = edits::sign_visit(project.document(), keys[0].visit, Track::Main, reader, at(30)).unwrap();
    project.commit(sign, by(Some(reader), 30)).unwrap();
    let patient = project.document().patients().next().unwrap().clone();
    let edit = edits::patient(project.document(), Patient { note: "after".into(), ..patient });
    project.commit(edit, by(Some(reader), 31)).unwrap();
    let (document, entries) = (project.document().clone(), project.history().entries().len());
    let error = project.undo_to(8, by(Some(reader), 32)).unwrap_err();
    assert!(matches!(error, CommitError::Refused(Refusal::SignedSince { .. })), "{error}");
    assert!(project.undo_only(8, by(Some(reader), 32)).is_err(), "the answer is signed");
    assert!(project.undo_only(9, by(Some(reader), 32)).is_err(), "the signature itself");
    assert!(*project.document() == document && project.history().entries().len() == entries);
    project.undo_only(10, by(Some(reader), 33)).unwrap();
    drop(project);
    assert_eq!(check(&path).unwrap().problems, Vec::<String>::new());
}

#[test]
fn the_table_is_defused_and_names_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.ablation");
    let (mut project, reader, keys) = answered(&path);
    let evil = "=HYPERLINK(\"http://x\")\u{1b}[31m\n<b>";
    let finding = Finding { comment: evil.into(), ..project.document().finding(keys[0]).unwrap().clone() };
    project.commit(edits::finding(project.document(), finding), by(Some(reader), 40)).unwrap();
    let mut lesion = project.document().lesions().next().unwrap().clone();
    lesion.label = "=1+1".into();
    project.commit(edits::lesion(project.document(), lesion), by(Some(reader), 41)).unwrap();
    let rows = all(&project);
    let csv = String::from_utf8(export::history_csv(project.document(), &rows, Dates::Iso).unwrap()).unwrap();
    assert_eq!(csv.lines().count(), rows.len() + 1, "no line break inside a cell");
    assert!(csv.contains("'=1+1") && !csv.contains(",=1+1") && !csv.contains('\u{1b}'), "{csv}");
    assert!(!csv.contains(NAME) && !csv.contains(DICOM_ID) && !csv.contains(FOLDER));
    let days =
        String::from_utf8(export::history_csv(project.document(), &rows, Dates::DaysSinceFirstAblation).unwrap())
            .unwrap();
    assert!(!days.contains("2026"), "{days}");
}

#[test]
fn every_kind_of_change_can_be_told() {
    let folder = tempfile::tempdir().unwrap();
    let project = full(&folder.path().join("full.ablation"));
    let rows = all(&project);
    assert_eq!(rows.len(), project.history().entries().len());
    assert!(rows.iter().all(|row| row.before.chars().count() < 2000 && row.after.chars().count() < 2000));
    // A change that puts what is there already has nothing to tell; the walker makes a few.
    let silent = rows.iter().filter(|row| row.undoes.is_none() && row.before.is_empty() && row.after.is_empty());
    assert!(silent.count() * 10 < rows.len());
}
