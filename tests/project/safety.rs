//! Backups that no crash lessens, putting one back, files that vanish, and copies that hold everything.

use super::file::full;
use super::scene::*;
use ablation_review::clinical::*;
use ablation_review::project::*;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

fn next_to(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn note(project: &Project, text: &str) -> NamedEdit {
    let patient = project.document().patients().next().unwrap();
    edits::patient(project.document(), Patient { note: text.into(), ..patient.clone() })
}

fn open(path: &Path) -> Project {
    Project::open(path, OpenAs::Writer, "NU", at(1)).unwrap().project
}

/// A project with three backups, one change apart: returns the changes of each, newest first.
fn with_backups(path: &Path) -> Vec<u64> {
    drop(full(path));
    for n in 0..3 {
        let mut project = open(path);
        project.commit(note(&project, &format!("note {n}")), by(None, 2)).unwrap();
    }
    drop(open(path));
    let changes: Vec<u64> = backups(path).iter().map(|backup| backup.changes).collect();
    assert_eq!(changes.len(), 3);
    assert!(changes.windows(2).all(|two| two[0] == two[1] + 1), "{changes:?}");
    changes
}

#[test]
fn a_rotation_cut_short_at_any_rename_keeps_every_good_backup() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.ablation");
    let before = with_backups(&path);
    let named = |n: u32| next_to(&path, &format!(".backup-{n}"));
    let new = next_to(&path, ".backup-new");
    // The states that the renames 2 to 3, 1 to 2, new to 1 go through, with the new backup whole from the first on.
    for renames in 0..3 {
        let mut project = open(&path);
        project.commit(note(&project, &format!("round {renames}")), by(None, 3)).unwrap();
        drop(project);
        let newest = backups(&path)[0].changes;
        std::fs::copy(&path, &new).unwrap();
        for n in (1..3).rev().take(renames) {
            std::fs::rename(named(n), named(n + 1)).unwrap();
        }
        let there: Vec<u64> = backups(&path).iter().map(|backup| backup.changes).collect();
        assert_eq!(there[0], newest + 1, "the new one is offered already");
        assert!(there.len() >= 3, "{there:?} after {renames} renames");
        drop(open(&path)); // finishes what was cut short, and needs no other backup
        let after: Vec<u64> = backups(&path).iter().map(|backup| backup.changes).collect();
        assert_eq!(after, [newest + 1, newest, newest - 1], "after {renames} renames");
        assert!(!new.exists());
    }
    assert_eq!(backups(&path)[0].changes, before[0] + 3);
}

#[test]
fn a_damaged_backup_goes_first_and_a_failed_one_costs_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.ablation");
    let before = with_backups(&path);
    std::fs::write(next_to(&path, ".backup-2"), vec![7u8; 9000]).unwrap();
    let mut project = open(&path);
    project.commit(note(&project, "again"), by(None, 3)).unwrap();
    drop(project);
    drop(open(&path));
    let after: Vec<u64> = backups(&path).iter().map(|backup| backup.changes).collect();
    assert_eq!(after, [before[0] + 1, before[0], before[2]], "the oldest good one is still there");

    // A backup that cannot be written: all others stay, and it is said.
    let mut project = open(&path);
    project.commit(note(&project, "once more"), by(None, 3)).unwrap();
    drop(project);
    let part = next_to(&path, ".backup-part");
    std::fs::create_dir(&part).unwrap();
    let opened = Project::open(&path, OpenAs::Writer, "NU", at(1)).unwrap();
    assert!(opened.notes[0].starts_with("No backup was made at opening: "), "{:?}", opened.notes);
    drop(opened);
    assert_eq!(backups(&path).iter().map(|backup| backup.changes).collect::<Vec<_>>(), after);
    std::fs::remove_dir(&part).unwrap();
    // A half copy with a journal that was left behind by a kill is cleared away, not played in.
    std::fs::write(&part, vec![1u8; 5000]).unwrap();
    std::fs::copy(&path, next_to(&part, "-journal")).unwrap();
    drop(open(&path));
    assert_eq!(backups(&path)[0].changes, after[0] + 1);
    assert!(!next_to(&part, "-journal").exists() && !part.exists());
}

#[test]
fn the_full_check_runs_beside_a_writer_and_finds_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.ablation");
    let mut project = full(&path);
    let stop = Arc::new(AtomicBool::new(false));
    let (checks, written) = std::thread::scope(|scope| {
        let checker = scope.spawn(|| {
            let mut checks = 0;
            while !stop.load(Ordering::Relaxed) {
                let report = full_check(&path, Arc::new(AtomicBool::new(false))).unwrap().unwrap();
                assert_eq!(report.problems, Vec::<String>::new());
                checks += 1;
            }
            checks
        });
        let mut written = 0;
        let began = std::time::Instant::now();
        while written < 150 || began.elapsed().as_millis() < 400 {
            project.commit(note(&project, &format!("{written}")), by(None, 5)).unwrap();
            written += 1;
            std::thread::yield_now();
        }
        stop.store(true, Ordering::Relaxed);
        (checker.join().unwrap(), written)
    });
    assert!(checks > 0 && written >= 150, "{checks} checks beside {written} changes");
    assert_eq!(full_check(&path, Arc::new(AtomicBool::new(true))).unwrap(), None, "cancelled");
    drop(project);
    let sql = rusqlite::Connection::open(&path).unwrap();
    sql.execute("UPDATE patient SET data = json_set(data, '$.note', 'behind') WHERE id = 1", []).unwrap();
    let report = full_check(&path, Default::default()).unwrap().unwrap();
    assert_eq!(report.problems, ["The audit trail, done again from nothing, does not give the rows of the project."]);
}

#[test]
fn a_damaged_project_is_put_back_from_its_backup_and_kept_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.ablation");
    let before = with_backups(&path);
    let mut project = open(&path);
    project.commit(note(&project, "lost later"), by(None, 3)).unwrap();
    drop(project);
    let sql = rusqlite::Connection::open(&path).unwrap();
    sql.execute("UPDATE lesion SET data = '{}'", []).unwrap();
    drop(sql);
    let damaged = std::fs::read(&path).unwrap();
    assert!(matches!(Project::open(&path, OpenAs::Writer, "NU", at(1)), Err(OpenError::Damaged { .. })));

    let info = last_good_backup(&path).unwrap();
    assert_eq!((info.changes, info.at), (before[0], Some(at(2))));
    let lacks = info.lacks.clone().unwrap();
    assert_eq!(lacks.len(), 1);
    assert!(lacks[0].ends_with(" changed"), "{lacks:?}");
    // A journal that was left belongs to the damaged file.
    std::fs::write(next_to(&path, "-journal"), b"left").unwrap();
    let aside = restore(&info.path, &path).unwrap().unwrap();
    assert!(std::fs::read(&aside).unwrap() == damaged);
    assert!(!next_to(&path, "-journal").exists() && next_to(&aside, "-journal").exists());
    let project = open(&path);
    assert_eq!(project.history().entries().len() as u64, before[0]);
    // Held by somebody, it is left alone.
    assert!(matches!(restore(&info.path, &path), Err(RestoreError::Held)));
    drop(project);
    // Not from a file that is no good itself.
    std::fs::write(next_to(&path, ".backup-3"), vec![7u8; 9000]).unwrap();
    let now = std::fs::read(&path).unwrap();
    assert!(matches!(restore(&next_to(&path, ".backup-3"), &path), Err(RestoreError::Backup(_))));
    assert!(std::fs::read(&path).unwrap() == now);
    // With the journal of the damaged file unreadable nothing is said of what is lacking.
    std::fs::write(&path, vec![3u8; 8000]).unwrap();
    assert_eq!(last_good_backup(&path).unwrap().lacks, None);
    let second = restore(&info.path, &path).unwrap().unwrap();
    assert_ne!(second, aside);
    assert_eq!(check(&path).unwrap().problems, Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn a_vanished_or_replaced_file_takes_no_edit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.ablation");
    let mut project = full(&path);
    let document = project.document().clone();
    let away = folder.path().join("away.ablation");
    std::fs::rename(&path, &away).unwrap();
    let edit = note(&project, "gone");
    assert_eq!(project.commit(edit.clone(), by(None, 5)).unwrap_err(), CommitError::NotSaved(SaveError::Vanished));
    assert!(*project.document() == document, "not shown, for it is not saved");
    std::fs::copy(&away, &path).unwrap();
    assert_eq!(project.commit(edit.clone(), by(None, 5)).unwrap_err(), CommitError::NotSaved(SaveError::Replaced));
    assert!(project.refresh().is_err());
    // Put back, it goes on where it was.
    std::fs::rename(&away, &path).unwrap();
    project.commit(edit, by(None, 6)).unwrap();
    drop(project);
    assert_eq!(check(&path).unwrap().problems, Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn a_copy_elsewhere_holds_what_could_not_be_saved() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.ablation");
    let mut project = full(&path);
    std::fs::remove_file(&path).unwrap();
    let mut pending = Vec::new();
    for (n, text) in ["first", "second"].into_iter().enumerate() {
        let edit = note(&project, text);
        let identities = vec![(PatientId(1), Identity { issuer: format!("I{n}"), ..identity() })];
        let sidecar = Sidecar { identities, paths: Vec::new() };
        assert!(project.commit_with(edit.clone(), by(None, 5), &sidecar).is_err());
        pending.push(Pending { edit, sidecar });
    }
    let gone = NamedEdit::new(ChangeKind::Lesion, "Gone removed", vec![Op::Remove(RowKey::Lesion(LesionId(9999)))]);
    pending.push(Pending { edit: gone, sidecar: Sidecar::default() });

    // The file has no name any more, and can still be read by who has it open.
    let copy = folder.path().join("copy.ablation");
    let report = project.save_a_copy_with(&copy, &pending, by(None, 6)).unwrap();
    assert_eq!((report.written, report.left_out.len(), report.from_memory), (2, 1, false));
    assert_eq!(report.left_out[0].0, "Gone removed");
    let copied = open(&copy);
    assert_eq!(copied.document().patients().next().unwrap().note, "second");
    assert_eq!(copied.history().entries().len(), project.history().entries().len() + 2);
    assert!(copied.store().identities().unwrap().iter().any(|(_, identity)| identity.issuer == "I1"));
    drop(copied);
    assert_eq!(check(&copy).unwrap().problems, Vec::<String>::new());
    assert!(matches!(project.save_a_copy_with(&copy, &pending, by(None, 6)), Err(SaveError::Exists(_))));
}

/// In place of a disk that gives its bytes no more: the file is overwritten under the program.
#[test]
fn a_file_that_cannot_be_read_any_more_is_put_together_from_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.ablation");
    let project = full(&path);
    let document = project.document().clone();
    let labels: Vec<String> = project.history().entries().iter().map(|entry| entry.label.clone()).collect();
    let length = std::fs::metadata(&path).unwrap().len();
    std::fs::write(&path, vec![0x5au8; length as usize]).unwrap();
    let edit = note(&project, "kept");
    let copy = folder.path().join("copy.ablation");
    let pending = [Pending { edit, sidecar: Sidecar::default() }];
    let report = project.save_a_copy_with(&copy, &pending, by(None, 6)).unwrap();
    assert_eq!((report.written, report.from_memory), (1, true));
    let mut copied = open(&copy);
    assert_eq!(copied.document().counts(), document.counts());
    assert_eq!(copied.document().patients().next().unwrap().note, "kept");
    for mark in document.marks() {
        assert!(copied.document().mask(mark.info.id) == document.mask(mark.info.id));
    }
    assert!(copied.store().identities().unwrap().contains(&(PatientId(1), identity())));
    // What was done is still told, and is not offered to be undone.
    let told: Vec<String> = copied.history().entries().iter().map(|entry| entry.label.clone()).collect();
    assert_eq!(told[..labels.len()], labels);
    assert_eq!(told.len(), labels.len() + 2);
    assert_eq!(copied.document().next_mark(), document.next_mark(), "no number is given twice");
    copied.undo(by(None, 7)).unwrap();
    assert!(copied.document().same_content(&document));
    assert_eq!(copied.undo(by(None, 8)).unwrap_err(), CommitError::Refused(Refusal::NothingLeft("undo")));
    drop(copied);
    assert_eq!(check(&copy).unwrap().problems, Vec::<String>::new());
}
