//! Disks that cannot be written, with a change that was cut short on them.

use super::file::full;
use super::scene::*;
use ablation_review::project::*;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::process::Command;

const PLACE: &str = "ABLATION_REVIEW_TEST_MEDIA";

/// A project and its journal as a power cut in the middle of a change leaves them: the change is half in the file.
/// Returns what the project held before.
fn cut_short(from: &Path, to: &Path) -> Document {
    let project = full(from);
    let document = project.document().clone();
    drop(project);
    let writer = Connection::open(from).unwrap();
    // A tiny cache makes SQLite write changed pages into the file before the end of the change.
    writer.execute_batch("PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE;").unwrap();
    writer.execute_batch("UPDATE journal SET label = label || 'half'; UPDATE stack SET data = data || ' ';").unwrap();
    let journal = |path: &Path| PathBuf::from(format!("{}-journal", path.display()));
    assert!(journal(from).exists());
    std::fs::copy(from, to).unwrap();
    std::fs::copy(journal(from), journal(to)).unwrap();
    writer.execute_batch("ROLLBACK").unwrap();
    document
}

fn shows(path: &Path, cache: &Path, never_write: bool) -> Document {
    let options = OpenOptions { never_write, ..OpenOptions::new(OpenAs::Writer, "NU", at(5)) };
    let refused = Project::open_with(path, &options).map(|_| ()).unwrap_err();
    assert!(matches!(refused, OpenError::Disk { .. }), "without a cache it is refused: {refused}");
    let opened = Project::open_with(path, &options.with_cache(cache)).unwrap();
    assert_eq!(opened.read_only, Some(ReadOnly::Recovered));
    let said = opened.read_only.unwrap().to_string();
    assert!(said.contains("a disk that cannot be written") && said.contains("cut short"), "{said}");
    assert_eq!(opened.project.store().path(), path.canonicalize().unwrap());
    let document = opened.project.document().clone();
    let mut project = opened.project;
    assert!(project.commit(edits::settings(document.settings()), by(None, 6)).is_err());
    assert!(!project.refresh().unwrap());
    // It can be saved where one may write.
    let copy = cache.join("copy.ablation");
    project.save_a_copy(&copy).unwrap();
    assert_eq!(check(&copy).unwrap().problems, Vec::<String>::new());
    std::fs::remove_file(copy).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let inside: Vec<_> = std::fs::read_dir(cache).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!((mode(cache), inside.len()), (0o700, 1), "{inside:?}");
        assert_eq!(mode(&inside[0]), 0o600);
        assert!(!inside[0].to_string_lossy().contains("sound"));
    }
    drop(project);
    assert_eq!(std::fs::read_dir(cache).unwrap().count(), 0, "the copy goes with the project");
    document
}

#[test]
fn a_change_cut_short_is_put_right_in_a_copy() {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    let path = disk.join("sound.ablation");
    let document = cut_short(&folder.path().join("source.ablation"), &path);
    let bytes = std::fs::read(&path).unwrap();
    // The half change is really in the file: read as if it never changed, it would be shown.
    let half = Connection::open(format!("file:{}?immutable=1", path.display())).and_then(|file| {
        file.query_row("SELECT count(*) FROM journal WHERE label LIKE '%half'", [], |row| row.get::<_, i64>(0))
    });
    assert!(half.is_err() || half.unwrap() > 0, "the test shows too little");
    assert!(shows(&path, &folder.path().join("cache"), true) == document);
    assert!(std::fs::read(&path).unwrap() == bytes, "nothing was written on the disk");
    let names: Vec<_> = std::fs::read_dir(&disk).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    // Where it may be written it is put right in its place.
    let opened = Project::open(&path, OpenAs::Writer, "NU", at(7)).unwrap();
    assert_eq!(opened.read_only, None);
    assert!(*opened.project.document() == document);
}

/// In a process of its own, with a disk that really is read-only.
#[test]
fn child() {
    let Some(place) = std::env::var_os(PLACE) else { return };
    let place = PathBuf::from(place);
    let document = shows(&place.join("disk/sound.ablation"), &place.join("cache"), false);
    println!("\nshown with {} patients", document.patients().count());
    // Without a change cut short it simply opens for reading.
    let opened = Project::open(&place.join("disk/whole.ablation"), OpenAs::Writer, "NU", at(5)).unwrap();
    assert!(matches!(opened.read_only, Some(ReadOnly::WriteProtected(_))), "{:?}", opened.read_only);
    println!("\nwhole");
}

#[cfg(target_os = "linux")]
#[test]
fn a_mounted_read_only_disk_is_shown_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    std::fs::create_dir(place.join("disk")).unwrap();
    std::fs::create_dir(place.join("content")).unwrap();
    let document = cut_short(&place.join("source.ablation"), &place.join("content/sound.ablation"));
    std::fs::copy(place.join("source.ablation"), place.join("content/whole.ablation")).unwrap();
    let script = "mount -t tmpfs tmpfs \"$0/disk\" && cp \"$0\"/content/* \"$0/disk/\" && mount -o remount,ro \"$0/disk\" \
                  && echo mounted && exec \"$1\" --exact project::media::child --nocapture";
    let run = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", script])
        .arg(place)
        .arg(std::env::current_exe().unwrap())
        .env(PLACE, place)
        .output();
    let said = run.as_ref().map(|run| String::from_utf8_lossy(&run.stdout).into_owned()).unwrap_or_default();
    if !said.contains("mounted") {
        // Containers often allow no mount; the test above shows the same by SQLite's own word.
        println!("skipped: this system lets a test mount no disk");
        return;
    }
    let run = run.unwrap();
    assert!(run.status.success(), "{said}\n{}", String::from_utf8_lossy(&run.stderr));
    assert!(said.contains(&format!("shown with {} patients", document.patients().count())), "{said}");
    assert!(said.contains("whole"), "{said}");
}
