//! Disks that fail under the window: a folder that vanishes, a disk that only lets itself be read.

use super::person::{LEFT, Person};
use super::safety::{click_first, ready};
use ablation_review::workbench::Request;
use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use std::path::{Path, PathBuf};

/// A project in a folder of its own, which can be taken away.
fn on_a_stick() -> (Person, PathBuf, PathBuf) {
    let mut person = ready();
    let stick = person.folder().join("stick");
    std::fs::create_dir(&stick).unwrap();
    let project = stick.join("Doe_John.ablation");
    person.bench_mut().ask(Request::SaveAs(project.clone()));
    person.until("it is open there", |person| !person.bench().is_busy());
    assert_eq!(person.bench().desk().unwrap().path(), project.canonicalize().unwrap());
    (person, stick, project)
}

fn add_lesion(person: &mut Person) {
    person.bench_mut().ask(Request::AddLesion { pane: LEFT });
    person.see();
}

#[test]
fn a_stick_that_is_pulled_and_put_back_costs_nothing() {
    let (mut person, stick, _) = on_a_stick();
    let away = person.folder().join("in a pocket");
    std::fs::rename(&stick, &away).unwrap();
    add_lesion(&mut person);
    person.reads("1 change is not saved. You see it, but it is not on disk.");
    assert!(!person.has(Role::Label, "saved"), "nothing is shown as saved that is not");
    // Work goes on.
    add_lesion(&mut person);
    person.reads("2 changes are not saved. You see them, but they are not on disk.");
    assert_eq!(person.document().lesions().count(), 4);
    person.nothing_is_clipped();
    // A new file in its place is not taken for the project.
    std::fs::create_dir(&stick).unwrap();
    std::fs::write(stick.join("Doe_John.ablation"), "something else").unwrap();
    click_first(&mut person, "Try again");
    person.reads("2 changes are not saved.");
    assert_eq!(std::fs::read(stick.join("Doe_John.ablation")).unwrap(), b"something else");
    std::fs::remove_dir_all(&stick).unwrap();
    // It comes back.
    std::fs::rename(&away, &stick).unwrap();
    click_first(&mut person, "Try again");
    assert!(!person.says("not saved"));
    assert!(person.has(Role::Label, "saved"));
    assert_eq!(person.document().lesions().count(), 4);
    person.press_with(Modifiers::COMMAND, Key::W);
    person.bench_mut().ask(Request::Open(vec![stick.join("Doe_John.ablation")]));
    person.see();
    assert_eq!(person.document().lesions().count(), 4, "they are in the file");
}

#[test]
fn a_stick_that_stays_away_loses_nothing_to_a_copy() {
    let (mut person, stick, _) = on_a_stick();
    std::fs::remove_dir_all(&stick).unwrap();
    add_lesion(&mut person);
    add_lesion(&mut person);
    let shown = person.document().clone();
    let elsewhere = person.folder().join("rescued.ablation");
    person.click_button("Show them");
    person.type_into("Path of the copy", &elsewhere.display().to_string());
    person.until("it is open", |person| !person.bench().is_busy());
    assert_eq!(person.bench().desk().unwrap().path(), elsewhere.canonicalize().unwrap());
    assert!(!person.says("not saved"));
    assert!(person.document().same_content(&shown), "all of it, with what was not saved");
    add_lesion(&mut person);
    assert!(!person.says("not saved"), "the reading goes on there");
}

/// A project with a change cut short in it, as a power cut leaves it.
fn cut_short(path: &Path) {
    let journal = |path: &Path| PathBuf::from(format!("{}-journal", path.display()));
    let source = path.with_extension("source");
    std::fs::rename(path, &source).unwrap();
    let writer = rusqlite::Connection::open(&source).unwrap();
    writer.execute_batch("PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE;").unwrap();
    writer.execute_batch("UPDATE journal SET label = label || 'half'; UPDATE stack SET data = data || ' ';").unwrap();
    std::fs::copy(&source, path).unwrap();
    std::fs::copy(journal(&source), journal(path)).unwrap();
    writer.execute_batch("ROLLBACK").unwrap();
}

#[test]
fn a_change_cut_short_is_put_right_before_it_is_shown() {
    let (mut person, _, project) = on_a_stick();
    let document = person.document().clone();
    person.press_with(Modifiers::COMMAND, Key::W);
    cut_short(&project);
    person.bench_mut().ask(Request::Open(vec![project]));
    person.see();
    assert!(person.document().same_content(&document));
    person.press_with(Modifiers::COMMAND, Key::Num5);
    assert!(!person.says("half"), "{:#?}", person.all_words());
}
