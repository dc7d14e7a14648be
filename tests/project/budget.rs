//! The journal's voxels within their budget: what is dropped, what is said, what still works.

use super::scene::*;
use ablation_review::clinical::*;
use ablation_review::project::*;
use std::path::Path;

fn open(path: &Path, mask_budget_bytes: u64) -> Opened {
    let options = OpenOptions { mask_budget_bytes, ..OpenOptions::new(OpenAs::Writer, "NU", at(500)) };
    Project::open_with(path, &options).unwrap()
}

/// A project with many strokes; marks come and go.
fn drawn(path: &Path) -> Project {
    let mut project = Project::create(path, "NU", at(0)).unwrap();
    let mut walker = Walker::new(5);
    for _ in 0..400 {
        let by = walker.by(project.document());
        match walker.random.below(9) {
            0 => drop(project.undo(by)),
            1 => drop(project.redo(by)),
            _ => {
                let (edit, sidecar) = walker.propose(project.document());
                project.commit_with(edit, by, &sidecar).ok();
            }
        }
    }
    project
}

fn mask_bytes(path: &Path) -> u64 {
    let sql = rusqlite::Connection::open(path).unwrap();
    sql.query_row("SELECT coalesce(sum(length(rle)), 0) FROM journal_mask", [], |row| row.get::<_, i64>(0)).unwrap()
        as u64
}

#[test]
fn the_oldest_voxels_go_and_everything_else_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("drawn.ablation");
    let project = drawn(&path);
    let (document, entries) = (project.document().clone(), project.history().entries().to_vec());
    drop(project);
    let whole = mask_bytes(&path);
    let rows_before: i64 = count(&path, "journal");
    assert!(whole > 500, "{whole} bytes are too few to test with");

    let opened = open(&path, whole);
    assert_eq!(opened.notes, Vec::<String>::new(), "within the budget nothing goes");
    drop(opened);
    for budget in [whole / 2, whole / 4, 0] {
        let opened = open(&path, budget);
        assert!(opened.notes[0].starts_with("The voxels of the oldest changes were dropped"), "{:?}", opened.notes);
        let project = opened.project;
        assert!(mask_bytes(&path) <= budget);
        assert!(*project.document() == document, "marks are as they were");
        assert_eq!(project.history().entries(), entries.as_slice());
        assert_eq!(count(&path, "journal"), rows_before);
        let gone: Vec<u64> =
            entries.iter().map(|e| e.seq).filter(|seq| project.history().dropped(*seq).is_some()).collect();
        assert!(!gone.is_empty());
        let rows = project.history_rows(HistoryFilter::default(), None, usize::MAX).unwrap();
        assert!(rows.iter().all(|row| (row.dropped == Some(Dropped::Voxels)) == gone.contains(&row.seq)));
        drop(project);
        let report = check(&path).unwrap();
        assert_eq!(report.problems, Vec::<String>::new(), "budget {budget}");
        assert_eq!(report.voxels_dropped, gone.len());
    }
    // The backup made before still has all of it.
    let backup = folder.path().join("drawn.ablation.backup-1");
    assert_eq!(mask_bytes(&backup), whole);
}

fn count(path: &Path, table: &str) -> i64 {
    let sql = rusqlite::Connection::open(path).unwrap();
    sql.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

#[test]
fn undo_stops_at_what_was_dropped_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("drawn.ablation");
    drop(drawn(&path));
    let mut project = open(&path, 0).project;
    // New changes go on top and can be undone and checked as ever.
    for n in 0..10 {
        let document = project.document();
        let (id, code) = (document.next_patient(), format!("NEW{n}"));
        project.commit(edits::patient(document, Patient::new(id, code)), by(None, 501 + n)).unwrap();
    }
    for n in 0..10 {
        project.undo(by(None, 600 + n)).unwrap();
    }
    let refused = loop {
        match project.undo(by(None, 700)) {
            Ok(_) => {} // what came before them and holds no voxels
            Err(CommitError::Refused(why)) => break why,
            Err(other) => panic!("{other}"),
        }
    };
    match &refused {
        Refusal::Dropped { .. } => {
            let said = refused.to_string();
            assert!(said.contains("its content was dropped to keep the project small"), "{said}");
        }
        Refusal::Signed { .. } => {} // the walker signed a visit on the way
        other => panic!("{other}"),
    }
    drop(project);
    assert_eq!(check(&path).unwrap().problems, Vec::<String>::new());
    // A row changed behind the journal is still found.
    let sql = rusqlite::Connection::open(&path).unwrap();
    sql.execute("UPDATE patient SET data = json_set(data, '$.note', 'behind') WHERE id = 1", []).unwrap();
    drop(sql);
    assert_eq!(check(&path).unwrap().problems.len(), 1);
}

#[test]
fn voxels_changed_behind_the_journal_are_found_after_what_was_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("drawn.ablation");
    let mut project = Project::create(&path, "NU", at(0)).unwrap();
    let (reader, add) = edits::reader(project.document(), "NU");
    project.commit(add.unwrap(), by(None, 1)).unwrap();
    let (edit, sidecar) = import(project.document(), None, date("2026-03-04"), 1, 4);
    let (patient, visit) = (edit.patient.unwrap(), edit.visit.unwrap());
    project.commit_with(edit, by(Some(reader), 2), &sidecar).unwrap();
    let info = MarkInfo {
        id: project.document().next_mark(),
        role: MarkRole::AblationZone,
        lesions: Vec::new(),
        patient,
        visit,
        reader,
        stack: project.document().stacks_of(visit)[0].info.key,
        ordinal: 1,
        primary: true,
    };
    let mark = info.id;
    let first = delta(&[(1, runs(&[(100, 10)]))]);
    project.commit(edits::new_mark(project.document(), info, grid(4), first, None), by(Some(reader), 3)).unwrap();
    drop(project);
    let mut project = open(&path, 0).project;
    let second = delta(&[(2, runs(&[(200, 5)]))]);
    let stroke = edits::mark_stroke(project.document(), mark, second, None).unwrap();
    project.commit(stroke, by(Some(reader), 4)).unwrap();
    let remove = edits::remove_mark(project.document(), mark).unwrap();
    project.commit(remove, by(Some(reader), 5)).unwrap();
    assert_eq!(check(&path).unwrap().problems, Vec::<String>::new());
    project.undo(by(Some(reader), 6)).unwrap();
    assert_eq!(project.document().mask(mark).unwrap().voxel_count(), 15);
    drop(project);
    assert_eq!(check(&path).unwrap().problems, Vec::<String>::new());
    let sql = rusqlite::Connection::open(&path).unwrap();
    sql.execute("DELETE FROM mark_slice WHERE k = 2", []).unwrap();
    drop(sql);
    assert_eq!(check(&path).unwrap().problems.len(), 1);
}
