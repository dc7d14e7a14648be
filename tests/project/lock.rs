//! One writer: a second program is told who has the project, and gets it when the first is gone.

use super::file::full;
use super::scene::*;
use ablation_review::project::*;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Child;

const PROJECT: &str = "ABLATION_REVIEW_TEST_LOCK";

/// In a process of its own: opens the project and holds it until its input ends.
#[test]
fn child() {
    let Some(path) = std::env::var_os(PROJECT) else { return };
    let opened = Project::open(Path::new(&path), OpenAs::Writer, "KL", at(61)).unwrap();
    println!("told: {}", opened.read_only.map_or_else(|| "writer".to_owned(), |why| why.to_string()));
    std::io::stdout().flush().unwrap();
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

fn second_program(path: &Path) -> (Child, String) {
    let mut child = another_program("project::lock::child", PROJECT, path);
    let lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    let told = lines.map(Result::unwrap).find_map(|line| Some(line.split_once("told: ")?.1.to_owned()));
    (child, told.expect("the second program said nothing"))
}

#[test]
fn the_second_program_reads_and_is_told_who_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shared.ablation");
    let mut project = full(&path);
    let (mut child, told) = second_program(&path);
    assert!(told.starts_with("NU has it open since 2026-03-04 09:00 UTC."), "{told}");
    // Being read by another does not keep the first from writing.
    project.commit(edits::settings(project.document().settings()), by(None, 1)).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_program_that_is_killed_gives_the_project_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shared.ablation");
    drop(full(&path));
    let (mut child, told) = second_program(&path);
    assert_eq!(told, "writer");
    let mut opened = Project::open(&path, OpenAs::Writer, "NU", at(2)).unwrap();
    let holder = Holder { who: "KL".into(), since: at(61) };
    assert_eq!(opened.read_only, Some(ReadOnly::Held(Some(holder))));
    let edit = edits::settings(opened.project.document().settings());
    let error = opened.project.commit(edit, by(None, 3)).unwrap_err().to_string();
    assert!(error.starts_with("This project is open for reading only: KL has it open since"), "{error}");
    drop(opened);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(Project::open(&path, OpenAs::Writer, "NU", at(4)).unwrap().read_only, None);
}

#[test]
fn two_windows_of_one_program_are_told_apart_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("twice.ablation");
    let first = full(&path);
    let mut parts = first.into_parts();
    parts.store.hold_as("MN", at(5)).unwrap();
    // By another way to the same file.
    let around = folder.path().join(".").join("twice.ablation");
    let second = Project::open(&around, OpenAs::Writer, "NU", at(6)).unwrap();
    assert_eq!(second.read_only, Some(ReadOnly::Held(Some(Holder { who: "MN".into(), since: at(5) }))));
    drop(second);
    // Closing the second did not take the first one's locks away.
    let third = Project::open(&path, OpenAs::Writer, "NU", at(7)).unwrap();
    assert!(matches!(third.read_only, Some(ReadOnly::Held(Some(_)))));
}

#[cfg(unix)]
#[test]
fn a_link_leads_to_the_same_lock() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("real.ablation");
    let project = full(&path);
    let link = folder.path().join("link.ablation");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let second = Project::open(&link, OpenAs::Writer, "AB", at(6)).unwrap();
    assert!(matches!(second.read_only, Some(ReadOnly::Held(Some(_)))));
    drop(project);
}
