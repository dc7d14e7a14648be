//! Faults from inside SQLite, one at each place: a statement that is interrupted, one that is not allowed, a commit
//! that is refused, a file that may not grow. After each: nothing is shown that is not saved, the same step goes
//! through when it is tried again, and the file is what is shown.

use super::{By, ChangeKind, CommitError, Document, NamedEdit, Op, OpenAs, Project, Row, Sidecar, check, edits};
use crate::clinical::{
    AmendmentReason, Answer, Finding, Identity, MarkId, Patient, PatientId, ReaderId, StudySettings, Track, VisitId,
};
use crate::marks::{MaskDelta, RleSlice, Run};
use rusqlite::hooks::{AuthContext, Authorization};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

fn by(minute: i64) -> By {
    let start: crate::clinical::Stamp = "2026-03-05T09:00:00Z".parse().unwrap();
    By { reader: Some(ReaderId(1)), at: start + chrono::Duration::minutes(minute) }
}

type Step = fn(&mut Project) -> Result<(), CommitError>;

fn commit(project: &mut Project, edit: NamedEdit) -> Result<(), CommitError> {
    project.commit(edit, by(1)).map(|_| ())
}

/// Every kind of step, on the fixture: a patient with two visits, a lesion and a mark.
const STEPS: &[Step] = &[
    |project| Ok(project.hold_as("MN", by(0).at)?),
    |project| {
        let runs = RleSlice::from_runs([Run { start: 70, len: 5 }, Run { start: 134, len: 6 }]);
        let stroke = MaskDelta::try_from(vec![(0, runs.clone()), (1, runs)]).unwrap();
        let edit = edits::mark_stroke(project.document(), MarkId(1), stroke, None)?;
        commit(project, edit)
    },
    |project| project.undo(by(2)).map(|_| ()),
    |project| project.redo(by(3)).map(|_| ()),
    |project| {
        let patient = Patient::new(project.document().next_patient(), project.document().next_patient_code());
        let identity = Identity {
            dicom_patient_id: "ID-2".into(),
            issuer: String::new(),
            name: "Doe^Jo".into(),
            birth_date: None,
        };
        let sidecar = Sidecar { identities: vec![(patient.id, identity)], paths: Vec::new() };
        let edit = NamedEdit::new(ChangeKind::Import, "Images imported", vec![Op::Put(Row::Patient(patient))]);
        project.commit_with(edit, by(4), &sidecar).map(|_| ())
    },
    |project| {
        let finding = project.document().findings_at(VisitId(2)).next().unwrap().clone();
        let edit = edits::finding(project.document(), Finding { answer: Some(Answer::NoViable), ..finding });
        commit(project, edit)
    },
    |project| {
        let edit = edits::sign_visit(project.document(), VisitId(2), Track::Main, ReaderId(1), by(5).at)?;
        commit(project, edit)
    },
    |project| {
        let (reader, at, why) = (ReaderId(1), by(6).at, AmendmentReason::Slip);
        let edit = edits::amend_visit(project.document(), VisitId(2), Track::Main, reader, at, why, "x")?;
        commit(project, edit)
    },
    |project| {
        let key = project.document().stacks().next().unwrap().info.key;
        let paths = project.store().paths_of(key).map_err(|why| super::SaveError::Disk(why.to_string()))?;
        Ok(project.write_sidecar(&Sidecar { identities: Vec::new(), paths: vec![(key, paths)] })?)
    },
    |project| {
        let target = project.store().path().with_extension("copy");
        project.save_a_copy(&target)?;
        assert_eq!(check(&target).unwrap().problems, Vec::<String>::new());
        std::fs::remove_file(target).unwrap();
        Ok(())
    },
    |project| {
        let edit = edits::settings(StudySettings { visit_span_days: 2, ..project.document().settings() });
        commit(project, edit)
    },
];

fn session(folder: &Path) -> Project {
    let path = folder.join("study.ablation");
    for entry in std::fs::read_dir(folder).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/project_v1.ablation");
    std::fs::copy(fixture, &path).unwrap();
    Project::open(&path, OpenAs::Writer, "NU", by(0).at).unwrap().project
}

/// Runs all steps; a step that fails is made again. Returns how many failed, and what the project is at the end.
fn run(mut project: Project, whole: Option<&Document>, at: &str) -> (usize, Document) {
    let mut failed = 0;
    for (n, step) in STEPS.iter().enumerate() {
        let before = project.document().clone();
        if let Err(why) = step(&mut project) {
            failed += 1;
            assert!(matches!(why, CommitError::NotSaved(_)), "{at}, step {n}: {why}");
            assert!(*project.document() == before, "{at}, step {n}: shown, though it is not saved: {why}");
            if let Err(why) = step(&mut project) {
                panic!("{at}, step {n} again: {why}");
            }
        }
    }
    let path = project.store().path().to_owned();
    let (shown, entries) = (project.document().clone(), project.history().entries().to_vec());
    assert!(whole.is_none_or(|whole| *whole == shown), "{at}: it came out otherwise");
    drop(project);
    assert_eq!(check(&path).unwrap().problems, Vec::<String>::new(), "{at}");
    let again = Project::open(&path, OpenAs::Writer, "NU", by(0).at).unwrap().project;
    assert!(*again.document() == shown && again.history().entries() == entries, "{at}");
    assert!(again.store().identities().unwrap().iter().any(|(patient, _)| *patient == PatientId(2)), "{at}");
    (failed, shown)
}

/// Counts calls, and is true at the n-th.
struct Nth(Arc<AtomicI64>);

impl Nth {
    fn hit(&self) -> bool {
        self.0.fetch_sub(1, Ordering::Relaxed) == 1
    }
}

/// Breaks the session at the first place, the second and so on, `step` apart, until nothing is left to break; one
/// apart when `ABLATION_REVIEW_FIRE` is "all".
fn everywhere(what: &str, step: usize, arm: fn(&mut Project, Nth)) {
    let step = if std::env::var("ABLATION_REVIEW_FIRE").is_ok_and(|what| what == "all") { 1 } else { step };
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    let (_, whole) = run(session(folder.path()), None, what);
    let (mut places, mut failed) = (0, 0);
    for n in (1..).step_by(step) {
        let left = Arc::new(AtomicI64::new(n));
        let mut project = session(folder.path());
        arm(&mut project, Nth(Arc::clone(&left)));
        let (broken, _) = run(project, Some(&whole), &format!("{what} {n}"));
        failed += broken;
        if left.load(Ordering::Relaxed) > 0 {
            break;
        }
        places += 1;
    }
    println!("{what}: {places} places, {failed} steps failed and were made again");
    assert!(failed > 0 && places > 5, "{what}: {failed} of {places}");
}

#[test]
fn a_statement_that_is_interrupted() {
    everywhere("interrupted", 23, |project, nth| {
        project.store.connection.progress_handler(2, Some(move || nth.hit())).unwrap();
    });
}

#[test]
fn a_statement_that_is_not_allowed() {
    everywhere("not allowed", 2, |project, nth| {
        let ask = move |_: AuthContext<'_>| if nth.hit() { Authorization::Deny } else { Authorization::Allow };
        project.store.connection.authorizer(Some(ask)).unwrap();
    });
}

#[test]
fn a_commit_that_is_refused() {
    everywhere("refused", 1, |project, nth| {
        project.store.connection.commit_hook(Some(move || nth.hit())).unwrap();
    });
}
