//! A disk that does not take changes, for a while or for good: another program that is writing stands in for it.

use super::*;
use crate::clinical::{Lesion, LesionId, Patient};
use crate::project::{NamedEdit, OpenAs};
use std::path::Path;

fn at() -> Stamp {
    "2026-03-04T09:00:00Z".parse().unwrap()
}

fn pen(path: &Path) -> Pen {
    Pen::new(Project::create(path, "NU", at()).unwrap(), at().date_naive())
}

/// Somebody else is in the file until this is dropped.
struct Busy(rusqlite::Connection);

impl Busy {
    fn with(path: &Path) -> Self {
        let other = rusqlite::Connection::open(path).unwrap();
        other.execute_batch("BEGIN EXCLUSIVE").unwrap();
        Self(other)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.execute_batch("ROLLBACK").ok();
    }
}

fn change(make: impl FnOnce(&Document) -> NamedEdit + Send + 'static) -> Task {
    let make: Make = Box::new(move |document, _, _| Ok(Intent::tell(make(document))));
    Task::Change { make, at: at(), reader: Some("NU".to_owned()) }
}

fn add_lesion() -> Task {
    change(|document| {
        let label = document.next_lesion_label(PatientId(1));
        edits::lesion(document, Lesion::new(document.next_lesion(), PatientId(1), label))
    })
}

fn labels(document: &Document) -> Vec<String> {
    document.lesions().map(|lesion| lesion.label.clone()).collect()
}

#[test]
fn later_changes_build_on_those_that_wait_and_all_are_written_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("study.ablation");
    let mut pen = pen(&path);
    pen.work(change(|document| edits::patient(document, Patient::new(PatientId(1), "P001")))).unwrap();

    let busy = Busy::with(&path);
    let first = pen.work(add_lesion()).unwrap();
    assert!(matches!(first.result, Outcome::Waits { .. }));
    let second = pen.work(add_lesion()).unwrap();
    assert_eq!(labels(&second.document), ["L1", "L2"], "the second does not take the first one's number");
    assert_eq!(second.unsaved.len(), 2);
    assert!(second.unsaved[0].why.contains("Another program"), "{:?}", second.unsaved);
    assert_eq!(labels(pen.project.document()), Vec::<String>::new(), "nothing of it is on disk");
    assert_eq!(second.last.unwrap().label, "P001 added");
    assert!(second.can_undo.unwrap().contains("not saved"));
    drop(busy);

    // The next change takes the others along.
    let third = pen.work(add_lesion()).unwrap();
    assert!(matches!(third.result, Outcome::Saved(3)));
    assert!(third.unsaved.is_empty());
    drop(pen);
    let opened = Project::open(&path, OpenAs::ReadOnly, "", at()).unwrap().project;
    assert_eq!(labels(opened.document()), ["L1", "L2", "L3"]);
}

#[test]
fn a_change_that_waits_is_taken_back_as_if_it_never_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("study.ablation");
    let mut pen = pen(&path);
    pen.work(change(|document| edits::patient(document, Patient::new(PatientId(1), "P001")))).unwrap();
    let busy = Busy::with(&path);
    pen.work(add_lesion()).unwrap();
    pen.work(add_lesion()).unwrap();
    let undone = pen.work(Task::Undo { at: at(), reader: None }).unwrap();
    assert_eq!((labels(&undone.document), undone.unsaved.len()), (vec!["L1".to_owned()], 1));
    let refused = pen.work(Task::Redo { at: at(), reader: None }).unwrap();
    assert!(matches!(refused.result, Outcome::Refused(_)));
    let given_up = pen.work(Task::GiveUp { today: at().date_naive() }).unwrap();
    assert!(given_up.unsaved.is_empty() && labels(&given_up.document).is_empty());
    drop(busy);
    // Nothing of it comes back.
    pen.work(Task::TryAgain { today: at().date_naive() });
    assert_eq!(pen.project.history().entries().len(), 2, "the patient and the reader");
}

#[test]
fn what_waits_is_tried_again_without_being_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("study.ablation");
    let mut pen = pen(&path);
    pen.work(change(|document| edits::patient(document, Patient::new(PatientId(1), "P001")))).unwrap();
    assert!(pen.idle_after().is_none());
    let busy = Busy::with(&path);
    pen.work(add_lesion()).unwrap();
    assert!(pen.idle_after().is_some());
    assert!(pen.idle().is_none(), "still busy: nothing to show");
    drop(busy);
    let report = pen.idle().unwrap();
    assert!(report.unsaved.is_empty() && !report.answers);
    assert_eq!(labels(pen.project.document()), ["L1"]);
}

#[test]
fn a_fault_costs_the_change_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let mut pen = pen(&folder.path().join("study.ablation"));
    let report = pen.work(change(|_| panic!("a fault for the test"))).unwrap();
    assert!(matches!(report.result, Outcome::Refused(_)));
    pen.work(change(|document| edits::patient(document, Patient::new(PatientId(1), "P001")))).unwrap();
    assert!(pen.project.document().lesion(LesionId(1)).is_none());
    assert_eq!(pen.project.document().patients().count(), 1);
}
