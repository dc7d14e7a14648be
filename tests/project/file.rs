//! Making, opening, copying and backing up project files, and what is kept out of the journal.

use super::scene::*;
use ablation_review::clinical::*;
use ablation_review::project::*;
use std::path::{Path, PathBuf};

/// A project that has at least one row of every kind.
pub fn full(path: &Path) -> Project {
    let mut project = Project::create(path, "NU", at(0)).unwrap();
    let mut walker = Walker::new(11);
    for _ in 0..2000 {
        let by = walker.by(project.document());
        let (edit, sidecar) = walker.propose(project.document());
        project.commit_with(edit, by, &sidecar).ok();
        let counts = project.document().counts();
        if counts.values().all(|n| *n > 0) && project.history().entries().len() > 60 {
            return project;
        }
    }
    panic!("the walker never had a row of every kind: {:?}", project.document().counts());
}

fn next_to(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

#[test]
fn every_kind_of_row_comes_back_from_disk() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("full.ablation");
    let project = full(&path);
    let (document, entries) = (project.document().clone(), project.history().entries().to_vec());
    drop(project);
    let opened = Project::open(&path, OpenAs::Writer, "NU", at(9)).unwrap();
    assert!(*opened.project.document() == document);
    assert_eq!(opened.project.history().entries(), entries.as_slice());
    let report = check(&path).unwrap();
    assert_eq!(report.problems, Vec::<String>::new());
    assert_eq!(report.changes, entries.len());
    assert_eq!(report.rows.len(), RowKind::ALL.len());
    assert!(report.marked_voxels > 0);
}

#[test]
fn any_sqlite_tool_can_read_the_columns() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("full.ablation");
    let document = full(&path).document().clone();
    let sql = rusqlite::Connection::open(&path).unwrap();
    let codes: Vec<String> = sql
        .prepare("SELECT code FROM patient ORDER BY id")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(codes, document.patients().map(|patient| patient.code.clone()).collect::<Vec<_>>());
    let answered: usize = sql
        .query_row("SELECT count(*) FROM finding WHERE answer = 'viable'", [], |row| row.get(0))
        .unwrap_or(0) as usize;
    assert_eq!(answered, document.findings().filter(|finding| finding.answer == Some(Answer::Viable)).count());
}

/// Whether a text is anywhere in the values of a table.
fn table_holds(sql: &rusqlite::Connection, table: &str, text: &str) -> bool {
    let mut statement = sql.prepare(&format!("SELECT * FROM {table}")).unwrap();
    let columns = statement.column_count();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        for at in 0..columns {
            let bytes = match row.get_ref(at).unwrap() {
                rusqlite::types::ValueRef::Text(bytes) | rusqlite::types::ValueRef::Blob(bytes) => bytes,
                _ => continue,
            };
            if String::from_utf8_lossy(bytes).contains(text) {
                return true;
            }
        }
    }
    false
}

#[test]
fn names_and_paths_are_in_their_own_tables_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("names.ablation");
    let mut project = Project::create(&path, "NU", at(0)).unwrap();
    let (edit, sidecar) = import(project.document(), None, date("2026-03-04"), 2, 5);
    let stack = sidecar.paths[0].0;
    project.commit_with(edit, by(None, 1), &sidecar).unwrap();
    project.undo(by(None, 2)).unwrap();
    project.redo(by(None, 3)).unwrap();
    project.undo(by(None, 4)).unwrap();
    // Kept although the import is undone, for it may be done again.
    assert_eq!(project.store().paths_of(stack).unwrap(), sidecar.paths[0].1);
    assert_eq!(project.store().identities().unwrap(), vec![(PatientId(1), identity())]);
    assert_eq!(format!("{:?}", project.store().identities().unwrap()[0].1), "Identity(..)");
    drop(project);

    let sql = rusqlite::Connection::open(&path).unwrap();
    let tables: Vec<String> = sql
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(tables.len() > 20, "{tables:?}");
    for table in &tables {
        for (text, home) in
            [(NAME, "identity"), (DICOM_ID, "identity"), ("1951-07-09", "identity"), (FOLDER, "instance_path")]
        {
            assert_eq!(table_holds(&sql, table, text), table == home, "{text} in {table}");
        }
    }
}

#[test]
fn a_moved_file_can_be_noted_without_a_change() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("moved.ablation");
    let mut project = Project::create(&path, "NU", at(0)).unwrap();
    let (edit, mut sidecar) = import(project.document(), None, date("2026-03-04"), 1, 5);
    project.commit_with(edit, by(None, 1), &sidecar).unwrap();
    sidecar.identities.clear();
    let stack = sidecar.paths[0].0;
    sidecar.paths[0].1.iter_mut().for_each(|path| path.absolute = "/elsewhere/1.dcm".into());
    let mut parts = project.into_parts();
    parts.store.write_sidecar(&sidecar).unwrap();
    assert_eq!(parts.store.paths_of(stack).unwrap(), sidecar.paths[0].1);
    assert_eq!(parts.history.entries().len(), 1);
}

#[test]
fn the_store_works_on_a_thread_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("thread.ablation");
    let Parts { mut store, document, mut history } = Project::create(&path, "NU", at(0)).unwrap().into_parts();
    let (named, sidecar) = import(&document, None, date("2026-03-04"), 1, 5);
    let (change, after) = history.change(&document, named, by(None, 1)).unwrap();
    let store = std::thread::scope(|scope| {
        scope
            .spawn(|| {
                store.commit(&change, &sidecar).unwrap();
                store
            })
            .join()
            .unwrap()
    });
    history.push(&change);
    assert_eq!(history.entries().len(), 1);
    drop(store);
    assert!(*Project::open(&path, OpenAs::ReadOnly, "", at(2)).unwrap().project.document() == after);
}

#[test]
fn old_undos_come_from_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.ablation");
    let mut project = Project::create(&path, "NU", at(0)).unwrap();
    let empty = project.document().clone();
    // Imports of about 1 MB of journal each: opening reads only the newest inverses, and these are short;
    // undoing them makes rows whose own inverses are long.
    for n in 0..6 {
        let (edit, sidecar) = import(project.document(), None, date("2026-03-04"), 20, 300);
        project.commit_with(edit, by(None, n), &sidecar).unwrap();
    }
    let all = project.document().clone();
    drop(project);
    let mut project = Project::open(&path, OpenAs::Writer, "NU", at(9)).unwrap().project;
    let mut from_disk = 0;
    while let Some(step) = project.history().next_undo() {
        from_disk += usize::from(step.inverse.is_none());
        project.undo(by(None, 10)).unwrap();
    }
    assert!(from_disk > 0, "every inverse was in memory: the test shows nothing");
    assert!(project.document().same_content(&empty));
    while project.history().next_redo().is_some() {
        project.redo(by(None, 11)).unwrap();
    }
    assert!(project.document().same_content(&all));
    drop(project);
    assert_eq!(check(&path).unwrap().problems, Vec::<String>::new());
}

#[test]
fn a_backup_is_made_at_opening_when_something_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kept.ablation");
    let backup = |n: u32| next_to(&path, &format!(".backup-{n}"));
    let changes = |path: &Path| check(path).unwrap().changes;
    let mut project = Project::create(&path, "NU", at(0)).unwrap();
    assert!(!backup(1).exists(), "nothing to back up yet");
    for round in 1..=5 {
        let (edit, sidecar) = import(project.document(), None, date("2026-03-04"), 1, 5);
        project.commit_with(edit, by(None, round), &sidecar).unwrap();
        drop(project);
        let opened = Project::open(&path, OpenAs::Writer, "NU", at(round)).unwrap();
        assert_eq!(opened.notes, Vec::<String>::new());
        drop(opened); // a second opening without a change adds none
        project = Project::open(&path, OpenAs::Writer, "NU", at(round)).unwrap().project;
        for n in 1..=round.min(3) {
            assert_eq!(changes(&backup(n as u32)), (round - n + 1) as usize, "backup {n} after round {round}");
        }
    }
    assert!(!backup(4).exists());
    assert!(!next_to(&path, ".backup-new").exists());
    drop(project);
    assert_eq!(check(&path).unwrap().backups, 3);
    // A backup is a whole project, held by nobody.
    let opened = Project::open(&backup(1), OpenAs::Writer, "AB", at(9)).unwrap();
    assert_eq!(opened.read_only, None);
}

#[test]
fn a_copy_is_whole_and_never_lands_on_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.ablation");
    let project = full(&path);
    let copy = folder.path().join("two.ablation");
    project.save_a_copy(&copy).unwrap();
    assert!(*Project::open(&copy, OpenAs::Writer, "AB", at(1)).unwrap().project.document() == *project.document());
    assert_eq!(
        project.save_a_copy(&copy).unwrap_err().to_string(),
        "There is already a file two.ablation. Choose another name."
    );
    assert!(project.save_a_copy(&folder.path().join("no such folder/three.ablation")).is_err());
    let error = Project::create(&path, "NU", at(0)).unwrap_err();
    assert_eq!(error.to_string(), "There is already a file one.ablation. Choose another name, or open that file.");
    let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().contains(".new-")), "left behind: {names:?}");
}

#[test]
fn reading_only_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("read.ablation");
    drop(full(&path));
    let before = std::fs::read(&path).unwrap();
    let mut opened = Project::open(&path, OpenAs::ReadOnly, "AB", at(1)).unwrap();
    assert_eq!(opened.read_only, Some(ReadOnly::Asked));
    let error = opened.project.commit(edits::settings(StudySettings::default()), by(None, 2)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "This project is open for reading only: it was opened that way. Open it for writing to change it."
    );
    drop(opened);
    assert!(std::fs::read(&path).unwrap() == before);
}
