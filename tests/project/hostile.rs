//! Files that are no project, damaged ones, and ones made to harm: each gets a sentence, none a panic.

use super::file::full;
use super::scene::*;
use ablation_review::project::*;
use rusqlite::Connection;
use std::path::{Path, PathBuf};

fn refusal(path: &Path) -> String {
    match Project::open(path, OpenAs::Writer, "NU", at(0)) {
        Ok(opened) => panic!("opened, read-only: {:?}", opened.read_only),
        Err(error) => error.to_string(),
    }
}

fn file(folder: &Path, content: &[u8]) -> PathBuf {
    let path = folder.join("odd.ablation");
    std::fs::write(&path, content).unwrap();
    path
}

#[test]
fn what_is_no_project_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert_eq!(
        refusal(&folder.join("none.ablation")),
        "There is no file none.ablation. Check the path, or make a new project there."
    );
    let name = folder.file_name().unwrap().to_string_lossy();
    assert_eq!(
        refusal(folder),
        format!("{name} is a folder, not a project. To work on the images in it, import it into a project.")
    );
    assert_eq!(
        refusal(&file(folder, b"")),
        "odd.ablation is empty, so there is no project in it. Open another file, or delete this one and make a new project."
    );
    let not_one = "odd.ablation is not a project of Ablation Review: its content is something else. Open a file that ends in .ablation, or import the file if it is an image.";
    let mut random = Random(5);
    let noise: Vec<u8> = (0..40_000).map(|_| random.next() as u8).collect();
    for content in [&b"x"[..], b"SQLite format 3\0", &noise, &[0; 5000]] {
        assert_eq!(refusal(&file(folder, content)), not_one, "{} bytes", content.len());
    }
    let other = folder.join("other.ablation");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE bookmarks (url TEXT)").unwrap();
    assert_eq!(
        refusal(&other),
        "other.ablation is a database of another program, not a project of Ablation Review. Open a file that ends in .ablation."
    );
    // None of them was touched, and nothing was left beside them.
    assert_eq!(std::fs::read(folder.join("odd.ablation")).unwrap(), [0; 5000]);
    let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["odd.ablation", "other.ablation"]);
}

/// A sound project with a change made to it behind its back.
fn changed(folder: &Path, sql: &str) -> PathBuf {
    let path = folder.join("changed.ablation");
    std::fs::remove_file(&path).ok();
    std::fs::copy(folder.join("sound.ablation"), &path).unwrap();
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch(sql).unwrap_or_else(|why| panic!("{sql}: {why}"));
    path
}

fn sound(folder: &Path) {
    drop(full(&folder.join("sound.ablation")));
}

#[test]
fn tables_triggers_and_views_of_others_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    sound(folder);
    let cases = [
        ("CREATE TRIGGER bad AFTER INSERT ON journal BEGIN DELETE FROM mark; END", "a foreign trigger \"bad\""),
        ("CREATE VIEW spy AS SELECT * FROM identity", "a foreign view \"spy\""),
        ("CREATE TABLE extra (x)", "a foreign table \"extra\""),
        ("CREATE INDEX quick ON lesion (data)", "a foreign index \"quick\""),
        ("DROP TABLE park", "no table \"park\" as this program writes it"),
        ("DROP TABLE park; CREATE TABLE park (lesion, visit, data)", "no table \"park\" as this program writes it"),
        ("DROP TABLE lesion; CREATE VIEW lesion AS SELECT 1 AS id, '{}' AS data", "a foreign view \"lesion\""),
    ];
    for (sql, what) in cases {
        let message = refusal(&changed(folder, sql));
        assert!(message.contains(what), "{sql}: {message}");
        assert!(message.starts_with("changed.ablation was not opened, because it has "), "{message}");
    }
}

#[test]
fn content_that_no_program_wrote_is_named_and_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    sound(folder);
    let cases = [
        ("UPDATE lesion SET data = '{}'", "a lesion cannot be read"),
        ("UPDATE lesion SET data = '[1,2,3]'", "a lesion cannot be read"),
        ("UPDATE finding SET data = replace(data, '\"main\"', '\"third\"')", "a finding cannot be read"),
        ("UPDATE lesion SET data = json_set(data, '$.organ', 'tail')", "a lesion cannot be read"),
        ("UPDATE lesion SET data = json_set(data, '$.id', -1)", "a lesion cannot be read"),
        (
            "UPDATE lesion SET data = json_set(data, '$.id', 4000000)",
            "a lesion is filed under a key that is not its own",
        ),
        (
            "UPDATE lesion SET data = json_set(data, '$.patient', 4000000) WHERE id = (SELECT min(id) FROM lesion)",
            "the lesion names a patient that is not in the project",
        ),
        (
            "UPDATE finding SET data = json_set(data, '$.status', iif(status = 'draft', 'signed', 'draft'))",
            "is not signed as its visit is",
        ),
        ("DELETE FROM visit", "visit that is not in the project"),
        ("UPDATE stack SET data = json_set(data, '$.info.rows', 4294967295)", "its size disagrees with its slices"),
        ("UPDATE stack SET data = json_set(data, '$.info.frames', json('[]'))", "how each of its slices is to be read"),
        ("UPDATE mark SET data = json_set(data, '$.grid.spacing_mm[0]', 0)", "the voxel spacing"),
        (
            "UPDATE mark SET data = json_set(data, '$.grid.dims', json('[4294967295,4294967295,4294967295]'))",
            "the image size",
        ),
        ("UPDATE mark SET data = json_set(data, '$.grid.dims', json('[65000,65000,1]'))", "too large"),
        // A run of 4,294,967,295 voxels, and one whose end wraps around.
        ("UPDATE mark_slice SET rle = x'00ffffffff0f'", "reaches beyond its image"),
        ("UPDATE mark_slice SET rle = x'ffffffff0fffffffff0f'", "reaches beyond its image"),
        ("UPDATE mark_slice SET rle = zeroblob(100000)", "has no voxels"),
        ("UPDATE mark_slice SET rle = x''", "without a voxel"),
        ("UPDATE mark_slice SET k = k + 4000", "slices"),
        ("UPDATE mark_slice SET k = -1 - k", "of the wrong kind"),
        ("UPDATE mark_slice SET mark = mark + 4000", "which is not in the project"),
        ("UPDATE counter SET last = 0", "is lower than one in use"),
        ("UPDATE counter SET last = -5", "of the wrong kind"),
        ("DELETE FROM journal WHERE seq = 3", "missing or out of order"),
        ("UPDATE journal SET kind = 'magic' WHERE seq = 3", "of an unknown kind"),
        ("UPDATE journal SET at = 'noon' WHERE seq = 3", "no readable time"),
        ("UPDATE journal SET undoes = 1 WHERE seq = 3", "that was not the last one"),
        ("UPDATE journal SET payload = '{}'", "cannot be read"),
        ("UPDATE journal_mask SET rle = x'80'", "cut off or garbled"),
        ("PRAGMA user_version = 0", "which format"),
    ];
    for (sql, what) in cases {
        let message = refusal(&changed(folder, sql));
        assert!(message.contains(what), "{sql}: {message}");
        assert!(message.starts_with("changed.ablation is damaged: "), "{sql}: {message}");
        assert!(message.ends_with("ask for a copy from your computer's own backup."), "{message}");
    }
}

#[test]
fn the_last_good_backup_is_offered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sound.ablation");
    sound(folder.path());
    drop(Project::open(&path, OpenAs::Writer, "NU", at(0)).unwrap());
    Connection::open(&path).unwrap().execute("UPDATE lesion SET data = '{}'", []).unwrap();
    let message = refusal(&path);
    assert!(message.ends_with("The last good backup is sound.ablation.backup-1: open that instead."), "{message}");
    assert!(Project::open(&folder.path().join("sound.ablation.backup-1"), OpenAs::Writer, "NU", at(0)).is_ok());
}

#[test]
fn rows_changed_behind_the_journal_are_found_by_the_check() {
    let folder = tempfile::tempdir().unwrap();
    sound(folder.path());
    let path = changed(folder.path(), "UPDATE patient SET data = json_set(data, '$.note', 'changed') WHERE id = 1");
    let report = check(&path).unwrap();
    assert_eq!(report.problems, ["The audit trail, done again from nothing, does not give the rows of the project."]);
    let path = changed(
        folder.path(),
        "UPDATE journal SET payload = replace(payload, '\"removed\"', '') , label = 'x' WHERE seq = 2;
         UPDATE journal SET payload = json_set(payload, '$.inverse', json('[]')) WHERE seq = 2",
    );
    let report = check(&path).unwrap();
    assert_eq!(
        report.problems,
        ["The audit trail is damaged: what takes back entry 2 of the audit trail is not its inverse."]
    );
}

#[test]
fn a_newer_file_opens_for_reading() {
    let folder = tempfile::tempdir().unwrap();
    sound(folder.path());
    let path = changed(
        folder.path(),
        "PRAGMA user_version = 2; CREATE TABLE therapy (id INTEGER PRIMARY KEY, data TEXT) STRICT;",
    );
    let before = std::fs::read(&path).unwrap();
    let mut opened = Project::open(&path, OpenAs::Writer, "NU", at(0)).unwrap();
    assert_eq!(opened.read_only, Some(ReadOnly::Newer(2)));
    let edit = edits::settings(opened.project.document().settings());
    assert!(opened.project.commit(edit, by(None, 1)).unwrap_err().to_string().contains("newer version"));
    drop(opened);
    assert!(std::fs::read(&path).unwrap() == before);

    let path = changed(folder.path(), "PRAGMA user_version = 2; UPDATE lesion SET data = '{\"id\":1}'");
    assert!(refusal(&path).contains("Open it with the newer version."));
    let path = changed(folder.path(), "PRAGMA user_version = 2; CREATE VIEW spy AS SELECT 1");
    assert!(refusal(&path).contains("a foreign view \"spy\""));
}

/// Cut, flipped and zeroed in two hundred places: opened or refused, never a panic, and what opens can be
/// checked and changed.
#[test]
fn damaged_bytes_never_panic() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    sound(folder);
    let bytes = std::fs::read(folder.join("sound.ablation")).unwrap();
    let mut random = Random(77);
    let (mut opened, mut refused) = (0, 0);
    for round in 0..200 {
        let mut damaged = bytes.clone();
        match round % 3 {
            0 => damaged.truncate(random.below(bytes.len())),
            1 => (0..1 + random.below(40)).for_each(|_| {
                let at = random.below(damaged.len());
                damaged[at] ^= 1 << random.below(8);
            }),
            _ => {
                let at = random.below(damaged.len());
                let end = (at + random.below(5000)).min(damaged.len());
                damaged[at..end].fill(0);
            }
        }
        let path = file(folder, &damaged);
        match Project::open(&path, OpenAs::Writer, "NU", at(0)) {
            Ok(mut project) => {
                opened += 1;
                let edit = edits::settings(project.project.document().settings());
                project.project.commit(edit, by(None, 1)).ok();
                drop(project);
                check(&path).ok();
            }
            Err(error) => {
                refused += 1;
                assert!(error.to_string().starts_with("odd.ablation "), "{error}");
            }
        }
    }
    assert!(opened > 0 && refused > 100, "{opened} opened, {refused} refused");
}
