//! What is not lost: after a kill, with a full disk, with a second program.

use super::person::{LEFT, Person, RIGHT, at_visit, truth};
use ablation_review::clinical::{AblationModality, Session, SessionId, SessionLesion, TechnicalSuccess};
use ablation_review::workbench::{Request, Tool};
use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Modifiers, PointerButton, vec2};
use egui_kittest::kittest::{NodeT, Queryable};

/// Two visits, a reader, two treated lesions, in a project with a name.
pub fn ready() -> Person {
    let truth = truth();
    let mut person = Person::at_the_window();
    let project = person.folder().join("Doe_John.ablation");
    person.bench_mut().ask(Request::NewProject(project));
    let folders = person.copy_of_visits(&["pre", "d35"]);
    person.drop_files(&folders);
    person.type_into("Reader's initials", "nu");
    for lesion in &truth.lesions[..2] {
        person.bench_mut().ask(Request::GoTo { pane: LEFT, point: at_visit(lesion, "pre").place });
        person.bench_mut().ask(Request::AddLesion { pane: LEFT });
    }
    let treated = person.document().lesions().map(|lesion| lesion.id).collect::<Vec<_>>().into_iter();
    let session = Session {
        id: SessionId(1),
        patient: person.document().patients().next().unwrap().id,
        date: truth.sessions[0].date,
        modality: AblationModality::Microwave,
        combined_of: Vec::new(),
        device: String::new(),
        lesions: treated
            .map(|lesion| SessionLesion { lesion, technical_success: TechnicalSuccess::Yes, reason: String::new() })
            .collect(),
        planned_before_first_follow_up: false,
        note: String::new(),
    };
    person.bench_mut().ask(Request::PutSession(Box::new(session)));
    person.press(Key::N);
    person.until("the list of recent projects is written", |p| p.folder().join("user/recent.json").is_file());
    person
}

const UNCLEAN: &str = "Ablation Review did not close properly. You are where you were. Nothing was lost.";

/// Types into a field without leaving it.
fn type_half(person: &mut Person, label: &str, words: &str) {
    person.node(Role::TextInput, label).scroll_to_me();
    person.see();
    person.focus_field(label);
    person.harness.event(Event::Text(words.to_owned()));
    person.see();
}

#[test]
fn after_a_kill_everything_is_where_it_was() {
    let mut person = ready();
    person.press(Key::J); // the second lesion
    person.wheel(RIGHT, 3);
    person.press(Key::Plus);
    person.press(Key::Num2);
    person.press(Key::Z);
    type_half(&mut person, "Comment", "half a sen");
    let (selection, room) = (person.bench().selection(), person.bench().room().clone());
    let document = person.document().clone();

    person.die_and_start_again();
    person.reads(UNCLEAN);
    person.reads("Last saved: ");
    assert_eq!(person.bench().selection(), selection);
    assert_eq!(person.bench().room(), &room, "slice, field, window of each pane");
    assert_eq!(person.bench().tool(), Tool::Brush(ablation_review::clinical::MarkRole::AblationZone));
    assert_eq!(person.node(Role::TextInput, "Comment").value().as_deref(), Some("half a sen"));
    assert!(person.document().same_content(&document));
    // What was half typed is not in the project, and goes there when its field is left.
    assert!(person.bench().finding().is_none_or(|finding| finding.comment.is_empty()));
    // Nobody is taken for the reader before; painting waits for initials.
    assert_eq!(person.bench().reader(), None);
    let at = person.pane(RIGHT).rect().center();
    person.drag(PointerButton::Primary, &[at, at + vec2(20.0, 0.0)]);
    assert!(person.document().same_content(&document));
    person.reads("Enter your initials");
    // The line goes when it was read.
    person.click_button("Close");
    person.nothing_is_clipped();
}

#[test]
fn after_a_clean_close_the_place_comes_back_without_a_word() {
    let mut person = ready();
    person.press(Key::J);
    person.wheel(LEFT, 2);
    let (selection, room) = (person.bench().selection(), person.bench().room().clone());
    let path = person.bench().desk().unwrap().path().to_owned();
    person.close_and_start_again();
    assert!(person.bench().desk().is_none(), "a project that was closed well is not opened unasked");
    person.bench_mut().ask(Request::Open(vec![path]));
    person.see();
    assert!(!person.says("did not close properly"));
    assert_eq!(person.bench().selection(), selection);
    assert_eq!(person.bench().room(), &room);
}

#[test]
fn half_filled_forms_come_back_on_their_screen() {
    let mut person = ready();
    person.press_with(Modifiers::COMMAND, Key::Num2);
    type_half(&mut person, "Session date", "2024-1");
    type_half(&mut person, "Site", "dome, near the v");
    type_half(&mut person, "Event date", "2025-0");
    type_half(&mut person, "Patient note", "asked for hi");
    person.die_and_start_again();
    person.reads(UNCLEAN);
    for (label, typed) in [("Session date", "2024-1"), ("Event date", "2025-0"), ("Patient note", "asked for hi")] {
        assert_eq!(person.node(Role::TextInput, label).value().as_deref(), Some(typed), "{label}");
    }
    // A field that was left counts: it is in the project.
    assert_eq!(person.document().lesions().next().unwrap().site, "dome, near the v");
}

#[test]
fn a_damaged_place_is_ignored() {
    let mut person = ready();
    let path = person.bench().desk().unwrap().path().to_owned();
    person.die_and_start_again();
    let places = person.folder().join("user/places");
    for entry in std::fs::read_dir(places).unwrap().flatten().map(|entry| entry.path()) {
        if entry.extension().is_some_and(|ending| ending == "json") {
            std::fs::write(entry, "{ \"format\": 1, \"place\": [").unwrap();
        }
    }
    person.die_and_start_again();
    person.bench_mut().ask(Request::Open(vec![path]));
    person.see();
    assert!(person.bench().desk().is_some());
    assert!(!person.says("did not close properly"));
}

/// Somebody else is in the file until this is dropped: a disk that takes nothing.
struct Busy(rusqlite::Connection);

impl Busy {
    fn with(path: &std::path::Path) -> Self {
        let other = rusqlite::Connection::open(path).unwrap();
        other.execute_batch("BEGIN EXCLUSIVE").unwrap();
        Self(other)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.execute_batch("ROLLBACK").ok();
    }
}

fn add_lesion(person: &mut Person) {
    person.bench_mut().ask(Request::AddLesion { pane: LEFT });
    person.see();
}

#[test]
fn what_the_disk_does_not_take_is_listed_and_saved_later() {
    let mut person = ready();
    let path = person.bench().desk().unwrap().path().to_owned();
    let busy = Busy::with(&path);
    add_lesion(&mut person);
    person.reads("1 change is not saved. You see them, but they are not on disk.");
    add_lesion(&mut person);
    person.reads("2 changes are not saved.");
    assert!(!person.has(Role::Label, "saved"), "nothing is shown as saved");
    person.click_button("Show them");
    person.reads("another program is using the project file");
    person.reads("L3 added");
    person.reads("L4 added");
    person.nothing_is_clipped();
    // The project is not left behind: neither by a key nor by another one.
    person.press_with(Modifiers::COMMAND, Key::W);
    person.reads("Not everything is saved");
    assert!(person.bench().desk().is_some());
    drop(busy);
    person.click_button("Try again");
    assert!(person.bench().desk().unwrap().unsaved().is_empty());
    assert!(!person.says("not saved"));
    assert_eq!(person.document().lesions().count(), 4);
}

#[test]
fn a_copy_elsewhere_has_everything_and_the_reading_goes_on_there() {
    let mut person = ready();
    let path = person.bench().desk().unwrap().path().to_owned();
    let elsewhere = person.folder().join("elsewhere.ablation");
    let busy = Busy::with(&path);
    add_lesion(&mut person);
    let selection = person.bench().selection();
    person.click_button("Show them");
    person.type_into("Path of the copy", &elsewhere.display().to_string());
    // What cannot be read cannot be copied; nothing is lost by trying.
    assert_eq!(person.bench().desk().unwrap().unsaved().len(), 1);
    drop(busy);
    // A disk that can be read but takes nothing more.
    let full = rusqlite::Connection::open(&path).unwrap();
    full.execute_batch("BEGIN IMMEDIATE").unwrap();
    person.type_into("Path of the copy", &elsewhere.display().to_string());
    person.until("it is open", |person| !person.bench().is_busy());
    assert_eq!(person.bench().desk().unwrap().path(), elsewhere.canonicalize().unwrap());
    assert!(person.bench().desk().unwrap().unsaved().is_empty());
    assert_eq!(person.document().lesions().count(), 3);
    assert_eq!(person.bench().selection(), selection);
    drop(full);
}

#[test]
fn closing_the_window_with_something_unsaved_asks() {
    let mut person = ready();
    let path = person.bench().desk().unwrap().path().to_owned();
    let busy = Busy::with(&path);
    add_lesion(&mut person);
    person.ask_to_close();
    person.reads("Not everything is saved");
    person.nothing_is_clipped();
    person.click_button("Stay");
    assert!(!person.has(Role::Button, "Close and lose them"));
    person.ask_to_close();
    assert!(!person.closes());
    drop(busy);
    person.harness.get_all_by_label("Try again").last().unwrap().click();
    person.harness.step();
    person.harness.step();
    assert!(person.closes(), "all is saved: what was asked for is done");
}
