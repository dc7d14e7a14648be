//! A small disk that fills while one edits, makes backups, copies and exports: the sentence says so, nothing is lost,
//! nothing half-written has a final name, and with space again work goes on.

use super::child::run;
use super::said::{Known, Said};
use super::session::{Session, digest};
use super::{FIXTURE, fixture, scratch};
use crate::project::scene::{at, by, date, import};
use crate::support::without;
use ablation_review::project::*;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A file system in memory of so many kilobytes, for as long as it is held.
struct Disk(PathBuf);

impl Disk {
    /// None where one may not mount.
    fn mount(at: PathBuf, kilobytes: u32) -> Option<Self> {
        std::fs::create_dir(&at).unwrap();
        let size = format!("size={kilobytes}k");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&at).stdout(Stdio::null()).stderr(Stdio::null());
        mount.status().is_ok_and(|status| status.success()).then_some(Self(at))
    }

    /// Takes all space but so many pages of 4,096 bytes.
    fn fill(&self, pages_left: u64) -> PathBuf {
        let ballast = self.0.join("ballast");
        let mut file = std::fs::File::create(&ballast).unwrap();
        while file.write_all(&[1; 4096]).is_ok() {}
        let length = file.metadata().unwrap().len().next_multiple_of(4096);
        file.set_len(length.saturating_sub(4096 * pages_left)).unwrap();
        ballast
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(&self.0)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "ballast")
            .collect();
        names.sort();
        names
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(&self.0).status().ok();
    }
}

const FULL: &str =
    "The change is not saved: the disk is full. Free some space and try again, or save a copy elsewhere.";

#[test]
fn a_small_disk_that_fills() {
    const NAME: &str = "fire::full_disk::a_small_disk_that_fills";
    let folder = scratch();
    for (n, pages_left) in [0, 1, 2, 3, 5, 8, 12, 20, 30, 45, 60, 90].into_iter().enumerate() {
        let Some(disk) = Disk::mount(folder.path().join(n.to_string()), 1800) else {
            return without("the right to mount", NAME);
        };
        fill_up(&disk, pages_left, folder.path());
    }
}

fn fill_up(disk: &Disk, pages_left: u64, elsewhere: &Path) {
    let path = disk.0.join("study.ablation");
    std::fs::copy(fixture(), &path).unwrap();
    let mut project = Project::open(&path, OpenAs::Writer, "NU", at(0)).unwrap().project;
    let calm = disk.names();
    let ballast = disk.fill(pages_left);

    // Edits until one does not fit.
    let mut minute = 100;
    let refused = loop {
        minute += 1;
        let (edit, sidecar) = import(project.document(), None, date("2026-03-09"), 2, 30);
        let before = project.document().clone();
        match project.commit_with(edit.clone(), by(None, minute), &sidecar) {
            Ok(_) => assert!(minute < 400, "the disk never filled"),
            Err(why) => {
                assert_eq!(why.to_string(), FULL);
                assert!(*project.document() == before, "shown, though it is not saved");
                break (edit, sidecar);
            }
        }
    };
    let shown = project.document().clone();

    // A copy on the full disk is none, and nothing of it stays; elsewhere it is whole.
    let copy = disk.0.join("copy.ablation");
    if let Err(why) = project.save_a_copy(&copy) {
        assert_eq!(why.to_string(), FULL);
        assert!(!copy.exists());
    } else {
        assert_eq!(check(&copy).unwrap().problems, Vec::<String>::new());
        std::fs::remove_file(&copy).unwrap();
    }
    let outside = elsewhere.join(format!("outside-{pages_left}.ablation"));
    project.save_a_copy(&outside).unwrap();
    let saved = Project::open(&outside, OpenAs::ReadOnly, "", at(0)).unwrap().project;
    assert_eq!(digest(saved.document()), digest(&shown));

    // Tables on the full disk.
    let table = disk.0.join("table.csv");
    let export = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ablation-review"));
        command.arg("table").arg(&path).arg("--out").arg(&table).output().unwrap()
    };
    let output = export();
    if output.status.success() {
        assert!(table.exists());
        std::fs::remove_file(&table).unwrap();
        std::fs::remove_file(disk.0.join("table.dictionary.csv")).unwrap();
    } else {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("space") || said.contains("full"), "{said}");
    }
    assert_eq!(disk.names(), calm, "with {pages_left} pages: something half-written stays");

    // Opened again on the full disk: all that was saved is there, and the backup that was not made is told.
    drop(project);
    assert_eq!(check(&path).unwrap().problems, Vec::<String>::new());
    let opened = Project::open(&path, OpenAs::Writer, "NU", at(0)).unwrap();
    assert_eq!(opened.read_only, None);
    assert_eq!(digest(opened.project.document()), digest(&shown));
    let sound: Vec<String> = disk.names().into_iter().filter(|name| !name.ends_with(".lock")).collect();
    for name in &sound {
        if name.ends_with(".backup-new") || name.contains(".new-") {
            panic!("with {pages_left} pages: {name} stays on the full disk");
        }
        assert_eq!(check(&disk.0.join(name)).unwrap().problems, Vec::<String>::new(), "{name}");
    }
    let mut project = opened.project;
    if !opened.notes.is_empty() {
        assert!(opened.notes.iter().any(|note| note.contains("full")), "{:?}", opened.notes);
    }

    // With space again, what was refused goes through.
    std::fs::remove_file(ballast).unwrap();
    project.commit_with(refused.0, by(None, minute), &refused.1).unwrap();
    let shown = digest(project.document());
    drop(project);
    assert!(export().status.success());
    let opened = Project::open(&path, OpenAs::Writer, "NU", at(0)).unwrap();
    assert_eq!(opened.notes, Vec::<String>::new());
    assert_eq!(digest(opened.project.document()), shown);
    drop(opened);
    assert_eq!(check(&path).unwrap().problems, Vec::<String>::new());
}

/// In the child: works until a change is refused, and then goes on trying.
pub fn fill(path: &Path) {
    let mut session = Session::open(path, 3, 1);
    for n in 0..40u64 {
        let Some(document) = session.document().cloned() else { break };
        let (edit, sidecar) = import(&document, None, date("2026-03-09"), 1 + n % 3, 20);
        session.commit(edit, &sidecar);
        session.undo();
    }
    session.copy();
    session.reopen();
    session.edit();
    session.close();
}

/// A limit to the size of a file stands in for a disk that fills, where one may not mount.
#[test]
fn a_file_that_may_not_grow() {
    let folder = scratch();
    let size = std::fs::metadata(fixture()).unwrap().len() / 512;
    let mut refusals = 0;
    for more in [0, 8, 16, 40, 100, 260, 500] {
        let path = folder.path().join(format!("limited-{more}.ablation"));
        std::fs::copy(fixture(), &path).unwrap();
        let limited = format!("ulimit -f {} && trap '' XFSZ && exec \"$@\"", size + more);
        let wrapper = ["sh", "-c", &limited, "limited"].map(str::to_owned);
        let (lines, status) = run(&wrapper, "fill", &path, 3);
        let said = Said::all(&lines);
        assert!(status.success() && said.done, "{status}: {lines:#?}");
        for why in &said.refused {
            let right =
                why.starts_with("The change is not saved: ") || why.contains("bringing it to this one did not work");
            assert!(right, "{why}");
        }
        refusals += said.refused.len();
        let mut known = Known::of(FIXTURE);
        known.hold(&path, &said, true).unwrap_or_else(|what| panic!("{more}: {what}\n{}", said.lines.join("\n")));
        assert_eq!(known.length, said.acknowledged.max(FIXTURE));
        let mut project = Project::open(&path, OpenAs::Writer, "NU", at(0)).unwrap().project;
        project.commit(edits::settings(project.document().settings()), by(None, 999)).unwrap();
    }
    assert!(refusals > 5, "{refusals}");
}
