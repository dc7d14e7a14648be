//! What becomes of work when the program is killed or fails, in the real window.

use super::peer::Peer;
use super::{open_sample, pane, program, project_below};
use eframe::egui::{Event, Key, Modifiers};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The name of a study as a hospital may give it: it must turn up in no report.
const NAME: &str = "Doe_John";

/// The sample in a folder with a name in it, and a lesion in the project.
fn with_a_lesion(program: &Path, user: &Path) -> Peer {
    let named = user.join(NAME);
    std::fs::create_dir_all(&named).unwrap();
    let mut peer = open_sample(program, &named);
    peer.key(Key::A, Modifiers::NONE);
    peer.until("a lesion was added", |widgets| widgets.iter().any(|w| w.name.contains("L1")));
    peer.until("it is saved", |widgets| widgets.iter().any(|w| w.name == "saved" || w.value == "saved"));
    peer
}

fn says(widgets: &[super::peer::Widget], words: &str) -> bool {
    widgets.iter().any(|w| w.name.contains(words) || w.value.contains(words))
}

fn reports(user: &Path) -> Vec<PathBuf> {
    let folder = user.join(NAME).join("data/ablation-review/reports");
    let entries = std::fs::read_dir(folder).unwrap();
    entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|ending| ending == "txt")).collect()
}

/// The one report, without anything of a patient.
fn report(user: &Path) -> String {
    let reports = reports(user);
    assert_eq!(reports.len(), 1, "{reports:?}");
    let text = std::fs::read_to_string(&reports[0]).unwrap();
    assert!(text.contains("What: not said here: it may quote a file"), "{text}");
    assert!(text.contains("Commands before: ") && text.contains("add_lesion"), "{text}");
    for secret in [NAME, "first-look", ".ablation", "P001", "SAMPLE"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    text
}

#[test]
fn after_a_kill_the_reader_is_where_they_were() {
    let Some(program) = program() else { return };
    let user = tempfile::tempdir().unwrap();
    let mut peer = with_a_lesion(&program, user.path());
    peer.key(Key::Num2, Modifiers::COMMAND);
    peer.until("the patient's page is there", |widgets| widgets.iter().any(|w| w.name == "Session date"));
    let field = peer.widgets().into_iter().find(|w| w.name == "Session date").unwrap().centre();
    peer.click(field);
    peer.settle();
    peer.events(vec![Event::Text("2024-1".to_owned())]);
    peer.until("it is typed", |widgets| widgets.iter().any(|w| w.name == "Session date" && w.value == "2024-1"));
    peer.key(Key::Num1, Modifiers::COMMAND);
    peer.key(Key::ArrowDown, Modifiers::NONE);
    peer.settle();
    let before = pane(&peer.widgets(), "Left pane").value.clone();
    std::thread::sleep(Duration::from_millis(2500)); // the place is written at most once a second
    peer.kill();

    let mut peer = Peer::start(&program, &user.path().join(NAME), &[]);
    peer.until("it says so", |widgets| {
        says(widgets, "did not close properly. You are where you were. Nothing was lost.")
    });
    peer.until("the same slice", |widgets| widgets.iter().any(|w| w.name == "Left pane" && w.value == before));
    peer.key(Key::Num2, Modifiers::COMMAND);
    peer.until("half typed", |widgets| widgets.iter().any(|w| w.name == "Session date" && w.value == "2024-1"));
    super::close(&mut peer);
}

#[test]
fn a_fault_in_the_background_costs_the_job_and_is_told() {
    let Some(program) = program() else { return };
    let user = tempfile::tempdir().unwrap();
    let mut peer = with_a_lesion(&program, user.path());
    peer.key(Key::F11, Modifiers::COMMAND | Modifiers::SHIFT);
    peer.until("it is told", |widgets| says(widgets, "met a fault of its own. Everything else goes on."));
    report(user.path());
    // It does go on.
    peer.key(Key::A, Modifiers::NONE);
    peer.until("another lesion", |widgets| widgets.iter().any(|w| w.name.contains("L2")));
    super::close(&mut peer);
    let said = std::fs::read_to_string(user.path().join(NAME).join("stderr")).unwrap();
    assert!(!said.contains(NAME) && !said.contains("first-look"), "{said}");
}

#[test]
fn a_fault_of_the_window_closes_the_project_well_and_is_told_at_the_next_start() {
    let Some(program) = program() else { return };
    let user = tempfile::tempdir().unwrap();
    let mut peer = with_a_lesion(&program, user.path());
    let named = user.path().join(NAME);
    let project = project_below(&named);
    peer.key_without_answer(Key::F12, Modifiers::COMMAND | Modifiers::SHIFT);
    assert_eq!(peer.ended_with(Duration::from_secs(30)), Some(70));
    report(user.path());
    let said = std::fs::read_to_string(named.join("stderr")).unwrap();
    assert!(said.contains("met a fault of its own. What was saved is safe."), "{said}");
    assert!(!said.contains("quotes") && !said.contains(".ablation"), "the panic's words stay out of it: {said}");
    assert!(!PathBuf::from(format!("{}-journal", project.display())).exists(), "closed as it should be");

    let mut peer = Peer::start(&program, &named, &[&project]);
    peer.until("the report is named", |widgets| says(widgets, "met a fault of its own last time"));
    peer.until("nothing is lost", |widgets| widgets.iter().any(|w| w.name.contains("L1")));
    super::close(&mut peer);
}
