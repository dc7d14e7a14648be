//! The second to open a project: sees what the first writes, and takes over when the first is gone.

use super::file::full;
use super::scene::*;
use ablation_review::clinical::*;
use ablation_review::project::*;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Child;

const PROJECT: &str = "ABLATION_REVIEW_TEST_SECOND";

/// In a process of its own: for every line it is sent it makes an edit, and says the number of its changes.
#[test]
fn child() {
    let Some(path) = std::env::var_os(PROJECT) else { return };
    let mut project = Project::open(Path::new(&path), OpenAs::Writer, "KL", at(61)).unwrap().project;
    let mut walker = Walker::new(3);
    loop {
        println!("\nat {}", project.history().entries().len());
        std::io::stdout().flush().unwrap();
        let mut line = String::new();
        if std::io::stdin().read_line(&mut line).unwrap() == 0 {
            return;
        }
        loop {
            let by = walker.by(project.document());
            let (edit, sidecar) = walker.propose(project.document());
            if project.commit_with(edit, by, &sidecar).is_ok() {
                break;
            }
        }
    }
}

struct Other {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Other {
    fn start(path: &Path) -> Self {
        let mut child = another_program("project::second::child", PROJECT, path);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    fn told(&mut self) -> usize {
        self.lines.by_ref().map(Result::unwrap).find_map(|line| line.strip_prefix("at ")?.parse().ok()).unwrap()
    }

    fn edit(&mut self) -> usize {
        writeln!(self.child.stdin.as_mut().unwrap(), "go").unwrap();
        self.told()
    }
}

#[test]
fn the_second_sees_new_changes_and_takes_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shared.ablation");
    drop(full(&path));
    let mut other = Other::start(&path);
    let before = other.told();
    let mut second = Project::open(&path, OpenAs::Writer, "NU", at(70)).unwrap();
    assert!(matches!(second.read_only, Some(ReadOnly::Held(Some(_)))));
    let project = &mut second.project;
    project.refresh().unwrap();
    assert!(!project.refresh().unwrap(), "nothing is new");
    for n in 1..=40 {
        assert_eq!(other.edit(), before + n);
        assert!(project.refresh().unwrap(), "change {n}");
        assert_eq!(project.history().entries().len(), before + n);
        assert!(!project.refresh().unwrap());
    }
    // What was taken in change by change is what a new reader sees.
    let fresh = Project::open(&path, OpenAs::ReadOnly, "", at(71)).unwrap().project;
    assert!(fresh.document() == project.document());
    assert_eq!(fresh.history().entries(), project.history().entries());
    drop(fresh);

    let options = OpenOptions::new(OpenAs::Writer, "NU", at(72));
    let held = project.take_over(&options).unwrap_err().to_string();
    assert!(held.starts_with("The project stays open for reading only: KL has it open since"), "{held}");
    assert_eq!(other.edit(), before + 41, "asking for it took nothing from who has it");
    other.child.kill().unwrap();
    other.child.wait().unwrap();
    project.take_over(&options).unwrap();
    assert_eq!(project.history().entries().len(), before + 41, "read anew before it is written");
    project.commit(edits::settings(StudySettings::default()), by(None, 73)).unwrap();
    drop(second);
    assert_eq!(check(&path).unwrap().problems, Vec::<String>::new());
}

#[test]
fn a_second_window_follows_undo_and_names_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shared.ablation");
    let mut first = full(&path);
    let mut second = Project::open(&path, OpenAs::ReadOnly, "", at(1)).unwrap().project;
    second.refresh().unwrap();
    let (edit, sidecar) = import(first.document(), None, date("2026-03-04"), 1, 3);
    let patient = edit.patient.unwrap();
    first.commit_with(edit, by(None, 2), &sidecar).unwrap();
    first.undo(by(None, 3)).unwrap();
    first.redo(by(None, 4)).unwrap();
    assert!(second.refresh().unwrap());
    assert!(second.document() == first.document());
    assert_eq!(second.history().next_undo().unwrap().seq, first.history().next_undo().unwrap().seq);
    assert_eq!(second.identities().iter().filter(|(of, _)| *of == patient).count(), 1);
}
