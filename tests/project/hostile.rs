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
        (
            "DROP TABLE reader; CREATE TABLE reader (id INTEGER PRIMARY KEY, data TEXT NOT NULL, \
             initials TEXT AS (printf('%.*c', 900000000, 'x'))) STRICT",
            "no table \"reader\" as this program writes it",
        ),
        ("CREATE VIRTUAL TABLE find USING fts5(x)", "foreign"),
        ("CREATE TABLE \"a\u{1b}[31mb\" (x)", "a foreign table \"a[31mb\""),
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
        ("UPDATE journal SET undoes = 3 WHERE seq = 3", "that was not the last one"),
        ("UPDATE journal SET undoes = 4 WHERE seq = 3", "that was not the last one"),
        ("UPDATE journal SET undoes = 9223372036854775807 WHERE seq = 3", "that was not the last one"),
        ("UPDATE journal SET undoes = -1 WHERE seq = 3", "has no number"),
        ("UPDATE journal SET seq = -seq", "has no number"),
        (
            "UPDATE journal SET seq = 9223372036854775807 WHERE seq = (SELECT max(seq) FROM journal)",
            "missing or out of order",
        ),
        ("UPDATE journal SET label = x'ff00' || label", "of the wrong kind"),
        ("INSERT INTO journal_dropped VALUES (3, 'soul', 1)", "of the wrong kind"),
        ("INSERT INTO journal_dropped VALUES (-3, 'voxels', 1)", "of the wrong kind"),
        ("UPDATE grouping SET data = json_set(data, '$.groups', json('[]'))", "names a stack without a frame"),
        ("UPDATE grouping SET data = json_set(data, '$.patient', 4000000)", "the grouping by hand names a patient"),
        ("UPDATE lesion SET data = json_set(data, '$.long_axis_mm', 1e999)", "a lesion cannot be read"),
        ("UPDATE session SET data = json_set(data, '$.date', '99999999-01-01')", "a session cannot be read"),
        (
            "UPDATE patient SET data = json_set(data, '$.age_at_first_ablation_years', 70000)",
            "a patient cannot be read",
        ),
        // A megabyte and more in one row; a value that is a long string of zeros.
        ("UPDATE patient SET data = json_set(data, '$.note', hex(zeroblob(600000)))", "a patient is larger than any"),
        (
            "UPDATE stack SET data = json_set(data, '$.info.description', hex(zeroblob(9000000))) WHERE key = (SELECT min(key) FROM stack)",
            "a stack is larger than any",
        ),
        (
            "UPDATE mark_slice SET rle = zeroblob(40000000) WHERE (mark, k) = (SELECT mark, k FROM mark_slice LIMIT 1)",
            "its marks are together larger than any",
        ),
        ("UPDATE journal SET label = hex(zeroblob(40000000)) WHERE seq = 2", "its audit trail is larger than any"),
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

/// What a person typed, or a file said, is text wherever it comes out.
#[test]
fn names_with_control_characters_formulas_and_markup_are_only_text() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("evil.ablation");
    let evil =
        "=HYPERLINK(\"http://x\",\"y\")\u{1b}]0;t\u{7}\u{202e}<script>alert(1)</script>'); DROP TABLE patient;--\0";
    let mut project = full(&path);
    let patient = project.document().patients().next().unwrap().clone();
    let row = ablation_review::clinical::Patient { code: evil.into(), note: evil.into(), ..patient };
    project.commit(edits::patient(project.document(), row.clone()), by(None, 90)).unwrap();
    drop(project);
    let mut opened = Project::open(&path, OpenAs::Writer, evil, at(91)).unwrap();
    assert_eq!(opened.project.document().patient(row.id), Some(&row), "kept to the letter");
    assert_eq!(check(&path).unwrap().problems, Vec::<String>::new());
    let held = Project::open(&path, OpenAs::Writer, "AB", at(92)).unwrap().read_only.unwrap().to_string();
    assert!(!held.chars().any(char::is_control), "{held:?}");
    let rows = opened.project.history_rows(HistoryFilter::default(), None, 5).unwrap();
    assert!(rows.iter().all(|row| !row.before.contains('\u{1b}') && !row.after.contains('\u{1b}')), "{rows:?}");
    opened.project.undo(by(None, 93)).unwrap();
}

const PLACE: &str = "ABLATION_REVIEW_TEST_HOSTILE";

/// In a process of its own: opens a project and says how much memory that took at most.
#[test]
fn child() {
    let Some(path) = std::env::var_os(PLACE) else { return };
    let result = Project::open(Path::new(&path), OpenAs::ReadOnly, "", at(0)).map(|_| ());
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap().trim().to_owned();
    println!("\npeak {peak} {}", result.map_or_else(|why| why.to_string(), |()| "opened".into()));
}

/// Files that are as large as is let through, made so that every byte of them costs most.
#[cfg(target_os = "linux")]
#[test]
fn no_file_takes_half_a_gigabyte_to_open() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    sound(folder);
    // Empty strings are three bytes in the file and twenty-four in memory; runs are two and eight.
    let many = |what: &str, n: u32| {
        format!(
            "(SELECT json_group_array({what}) FROM (WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < {n}) SELECT x FROM c))"
        )
    };
    let cases = [
        format!("UPDATE stack SET data = json_set(data, '$.info.transfer_syntaxes', json({})) WHERE key = (SELECT min(key) FROM stack)", many("''", 5_000_000)),
        format!("UPDATE stack SET data = json_set(data, '$.info.oddities', json({})) WHERE key = (SELECT min(key) FROM stack)", many("json('{\"kind\":\"localizer\"}')", 700_000)),
        format!("UPDATE lesion SET data = json_set(data, '$.segments', json({})) WHERE id = (SELECT min(id) FROM lesion)", many("'I'", 250_000)),
        "UPDATE mark_slice SET rle = CAST(replace(hex(zeroblob(8000000)), '00', char(1, 1)) AS BLOB) WHERE (mark, k) = (SELECT mark, k FROM mark_slice LIMIT 1)".to_owned(),
        "UPDATE journal SET payload = replace(hex(zeroblob(60000000)), '0', '[') WHERE seq = (SELECT max(seq) FROM journal)".to_owned(),
    ];
    for sql in cases {
        let path = changed(folder, &sql);
        let run = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "project::hostile::child", "--nocapture"])
            .env(PLACE, &path)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stdout).into_owned();
        let line = said.lines().find_map(|line| line.strip_prefix("peak ")).unwrap_or_else(|| panic!("{sql}: {said}"));
        let peak_kb: u64 = line.split_whitespace().next().unwrap().parse().unwrap();
        println!("{} MB: {line}", peak_kb / 1024);
        assert!(peak_kb < 512 * 1024, "{sql}: {line}");
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
        "PRAGMA user_version = 3; CREATE TABLE therapy (id INTEGER PRIMARY KEY, data TEXT) STRICT;",
    );
    let before = std::fs::read(&path).unwrap();
    let mut opened = Project::open(&path, OpenAs::Writer, "NU", at(0)).unwrap();
    assert_eq!(opened.read_only, Some(ReadOnly::Newer(3)));
    let edit = edits::settings(opened.project.document().settings());
    assert!(opened.project.commit(edit, by(None, 1)).unwrap_err().to_string().contains("newer version"));
    drop(opened);
    assert!(std::fs::read(&path).unwrap() == before);

    let path = changed(folder.path(), "PRAGMA user_version = 3; UPDATE lesion SET data = '{\"id\":1}'");
    assert!(refusal(&path).contains("Open it with the newer version."));
    let path = changed(folder.path(), "PRAGMA user_version = 3; CREATE VIEW spy AS SELECT 1");
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
