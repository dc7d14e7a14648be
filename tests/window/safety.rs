//! What is not lost: after a kill, with a full disk, with a second program.

use super::person::{LEFT, Person, RIGHT};
use ablation_review::workbench::{Request, Tool};
use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Modifiers, PointerButton, vec2};
use egui_kittest::kittest::{NodeT, Queryable};

/// Two visits, a reader, two treated lesions, in a project with a name.
pub fn ready() -> Person {
    let mut person = Person::at_the_window();
    let project = person.folder().join("Doe_John.ablation");
    person.bench_mut().ask(Request::NewProject(project));
    let folders = person.copy_of_visits(&["pre", "d35"]);
    person.drop_files(&folders);
    person.start_reading_two_lesions("nu");
    person.until("the list of recent projects is written", |p| p.folder().join("user/recent.json").is_file());
    person
}

const UNCLEAN: &str = "Ablation Review did not close properly. You are where you were. Nothing was lost.";

/// Notes are fields of several lines.
fn field_role(person: &Person, label: &str) -> Role {
    if person.has(Role::TextInput, label) { Role::TextInput } else { Role::MultilineTextInput }
}

/// The first of several buttons with a label: the one in the list at the top.
pub fn click_first(person: &mut Person, label: &str) {
    person.harness.get_all_by_label(label).next().unwrap().click();
    person.see();
}

/// Types into a field without leaving it.
fn type_half(person: &mut Person, label: &str, words: &str) {
    let role = field_role(person, label);
    person.node(role, label).scroll_to_me();
    person.see();
    person.node(role, label).focus();
    person.see();
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
    person.press(Key::B);
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
    // What was half typed waits for initials, and is kept with them.
    assert_eq!(person.node(Role::TextInput, "Comment").value().as_deref(), Some("half a sen"));
    person.type_into("Reader's initials", "ab");
    assert_eq!(person.bench().finding().map(|finding| finding.comment.as_str()), Some("half a sen"));
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
        let role = field_role(&person, label);
        assert_eq!(person.node(role, label).value().as_deref(), Some(typed), "{label}");
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
    person.reads("1 change is not saved. You see it, but it is not on disk.");
    add_lesion(&mut person);
    person.reads("2 changes are not saved.");
    assert!(!person.has(Role::Label, "saved"), "nothing is shown as saved");
    person.click_button("Show them");
    person.reads("Another program is using the project file");
    person.reads("L3 added");
    person.reads("L4 added");
    person.nothing_is_clipped();
    // The project is not left behind: neither by a key nor by another one.
    person.press_with(Modifiers::COMMAND, Key::W);
    person.reads("Not everything is saved");
    assert!(person.bench().desk().is_some());
    drop(busy);
    click_first(&mut person, "Try again");
    assert!(person.bench().desk().unwrap().unsaved().is_empty());
    assert!(!person.says("not saved"));
    assert_eq!(person.document().lesions().count(), 4);
}

#[test]
fn a_copy_elsewhere_has_everything_and_the_reading_goes_on_there() {
    let mut person = ready();
    let path = person.bench().desk().unwrap().path().to_owned();
    let elsewhere = person.folder().join("elsewhere.ablation");
    // A disk that can be read but takes nothing more.
    let full = rusqlite::Connection::open(&path).unwrap();
    full.execute_batch("BEGIN IMMEDIATE").unwrap();
    add_lesion(&mut person);
    let selection = person.bench().selection();
    person.click_button("Show them");
    let nowhere = person.folder().join("no such folder/copy.ablation");
    person.type_into("Path of the copy", &nowhere.display().to_string());
    person.reads("There is no folder");
    assert_eq!(person.bench().desk().unwrap().unsaved().len(), 1, "nothing is lost by trying");
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
    let closes = (0..4).any(|_| {
        person.harness.step();
        person.closes()
    });
    assert!(closes, "all is saved: what was asked for is done");
}

#[test]
fn the_history_is_searched_gone_along_taken_back_and_written() {
    let mut person = ready();
    person.press_with(Modifiers::COMMAND, Key::Num5);
    person.reads("changes");
    person.nothing_is_clipped();
    let changes = person.bench().trail().changes();
    assert!(person.bench().trail().is_complete() && changes >= 5, "{changes}");
    let shown = |person: &Person| {
        let rows = person.harness.query_all_by_role(Role::ListBoxOption);
        rows.filter_map(|row| row.accesskit_node().label()).collect::<Vec<_>>()
    };
    let all = shown(&person);
    assert_eq!(all.len() as u64, changes, "{all:?}");
    // Newest first; the arrows walk, and what stood before and after is said.
    person.press(Key::ArrowDown);
    person.press(Key::ArrowDown);
    person.press(Key::ArrowUp);
    assert!(person.says("Before") && person.says("After"));
    // By words, by lesion, by reader.
    person.type_into("Search the history", "added L2");
    assert_eq!(shown(&person).len(), 2, "every word, in any order: {:?}", shown(&person));
    person.type_into("Search the history", "no such words");
    person.reads("No such change");
    person.type_into("Search the history", "added");
    // Enter goes to where it happened.
    person.type_into("Search the history", "L2 added");
    person.harness.get_all_by_role(Role::ListBoxOption).last().unwrap().click();
    person.see();
    person.press(Key::Enter);
    let lesion = person.lesion_named("L2");
    assert_eq!(person.bench().selection().lesion, Some(lesion));
    assert!(person.has(Role::Image, "Left pane"), "the reading room is shown");
    // Taking back from there: the session that treats L2 stands after it, so both go.
    person.press_with(Modifiers::COMMAND, Key::Num5);
    assert!(person.harness.get_by_label("Take back").accesskit_node().is_disabled(), "a session names it");
    person.click_button("Take back this and 1 after it");
    assert!(person.document().lesions().all(|lesion| lesion.label != "L2"));
    assert_eq!(person.document().sessions_of(person.bench().selection().patient.unwrap()).len(), 0);
    // Everything stays in the trail.
    person.type_into("Search the history", " ");
    assert_eq!(person.bench().trail().changes(), changes + 2);
    assert_eq!(shown(&person).len() as u64, changes + 2);
    person.type_into("Path of the history as CSV", "trail");
    let csv = std::fs::read_to_string(person.folder().join("trail.csv")).unwrap();
    assert_eq!(csv.lines().count() as u64, changes + 3, "{csv}");
}

#[test]
fn an_empty_history_says_what_will_be_there() {
    let mut person = Person::at_the_window();
    let project = person.folder().join("empty.ablation");
    person.bench_mut().ask(Request::NewProject(project));
    person.press_with(Modifiers::COMMAND, Key::Num5);
    person.reads("Nothing was changed yet");
    person.nothing_is_clipped();
}

#[test]
fn a_second_window_reads_along_and_takes_over() {
    use ablation_review::project::{By, OpenAs, Project, edits};
    let mut person = ready();
    let path = person.bench().desk().unwrap().path().to_owned();
    person.press_with(Modifiers::COMMAND, Key::W);
    let at = "2024-10-01T09:12:00Z".parse().unwrap();
    let mut other = Project::open(&path, OpenAs::Writer, "NU", at).unwrap().project;
    person.bench_mut().ask(Request::Open(vec![path]));
    person.see();
    person.reads(
        "Open for reading only: NU has it since 2024-10-01 09:12 UTC. You see their changes as they are saved; ",
    );
    assert!(person.node(Role::Button, "Take over").accesskit_node().is_disabled());
    person.nothing_is_clipped();
    add_lesion(&mut person);
    assert_eq!(person.document().lesions().count(), 2, "nothing is changed here");
    // What they save shows here.
    let document = other.document().clone();
    let patient = document.patients().next().unwrap().id;
    let lesion = ablation_review::clinical::Lesion::new(document.next_lesion(), patient, "L9");
    other.commit(edits::lesion(&document, lesion), By { reader: None, at }).unwrap();
    person.bench_mut().ask(Request::LookAgain);
    assert!(person.document().lesions().any(|lesion| lesion.label == "L9"));
    // They go; one key and it can be changed here.
    drop(other);
    person.bench_mut().ask(Request::LookAgain);
    person.see();
    person.reads("Whoever had it has closed it, so you can take it over.");
    person.press_with(Modifiers::COMMAND, Key::T);
    assert!(person.bench().desk().unwrap().read_only().is_none());
    assert!(!person.says("Open for reading only"));
    add_lesion(&mut person);
    assert_eq!(person.document().lesions().count(), 4);
}

#[test]
fn a_damaged_project_offers_its_backup() {
    let mut person = ready();
    let path = person.bench().desk().unwrap().path().to_owned();
    // The backup is made when the project is opened again; what comes after is what it lacks.
    person.press_with(Modifiers::COMMAND, Key::W);
    person.bench_mut().ask(Request::Open(vec![path.clone()]));
    person.see();
    add_lesion(&mut person);
    person.press_with(Modifiers::COMMAND, Key::W);
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute("UPDATE patient SET data = '{}'", []).unwrap();
    drop(connection);
    person.bench_mut().ask(Request::Open(vec![path.clone()]));
    person.see();
    person.reads("is damaged");
    person.reads("The last good backup is of");
    person.reads("It lacks 1 change: ");
    person.nothing_is_clipped();
    person.click_button("Open the backup");
    assert!(person.bench().desk().unwrap().read_only().is_some());
    assert_eq!(person.document().lesions().count(), 2);
    person.press_with(Modifiers::COMMAND, Key::W);
    person.bench_mut().ask(Request::Open(vec![path]));
    person.see();
    person.click_button("Restore it");
    assert_eq!(person.document().lesions().count(), 2);
    assert!(person.bench().desk().unwrap().read_only().is_none());
    assert!(person.folder().join("Doe_John.damaged-1.ablation").is_file(), "nothing is thrown away");
    person.reads("The damaged file is kept as Doe_John.damaged-1.ablation");
}

#[test]
fn the_check_of_a_sound_project_says_so() {
    let mut person = ready();
    person.bench_mut().ask(Request::CheckProject);
    person.see();
    person.reads("The project is sound: ");
    let path = person.bench().desk().unwrap().path().to_owned();
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute("UPDATE journal SET label = 'x', payload = '{' WHERE seq = 2", []).unwrap();
    drop(connection);
    person.bench_mut().ask(Request::CheckProject);
    person.see();
    person.reads("The project is damaged: ");
}

#[test]
fn moved_images_are_listed_and_found_below_a_folder() {
    let mut person = ready();
    person.press(Key::Z);
    person.press(Key::B);
    let at = person.pane(RIGHT).rect().center();
    person.drag(PointerButton::Primary, &[at, at + vec2(30.0, 0.0)]);
    person.press(Key::Enter);
    let path = person.bench().desk().unwrap().path().to_owned();
    let marks = person.document().marks().count();
    person.press_with(Modifiers::COMMAND, Key::W);
    let (from, to) = (person.folder().join("images"), person.folder().join("archive/2024/moved"));
    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
    std::fs::rename(from, &to).unwrap();
    person.bench_mut().ask(Request::Open(vec![path]));
    person.see();
    person.reads("are not where they were. Marks and answers stay");
    assert_eq!(person.document().marks().count(), marks);
    person.click_button("Show them");
    person.reads("slices");
    person.nothing_is_clipped();
    let wrong = person.folder().join("user");
    person.type_into("Folder to look for images in", &wrong.display().to_string());
    person.reads("None of the missing images");
    person.type_into("Folder to look for images in", &person.folder().join("archive").display().to_string());
    person.until("found", |person| !person.bench().is_busy());
    person.reads("found again");
    assert!(person.bench().missing_images().is_empty());
    let stack = person.shown(RIGHT).stack;
    assert!(person.bench().volume(stack).is_some_and(|volume| volume.is_complete()));
}

#[test]
fn a_place_that_somebody_else_wrote_down_is_asked_about_once() {
    let mut person = ready();
    let path = person.bench().desk().unwrap().path().to_owned();
    person.press_with(Modifiers::COMMAND, Key::W);
    let elsewhere = tempfile::tempdir().unwrap();
    let images = elsewhere.path().join("images");
    std::fs::rename(person.folder().join("images"), &images).unwrap();
    // Somebody wrote down that they are there.
    let connection = rusqlite::Connection::open(&path).unwrap();
    let (old, new) = (person.folder().join("images").display().to_string(), images.display().to_string());
    connection
        .execute("UPDATE instance_path SET absolute = replace(absolute, ?1, ?2), relative = NULL", (&old, &new))
        .unwrap();
    drop(connection);
    person.bench_mut().ask(Request::Open(vec![path.clone()]));
    person.see();
    person.reads("Look there? You are asked once.");
    let stack = person.shown(RIGHT).stack;
    assert!(!person.bench().files_known(stack), "nothing was looked at");
    person.click_button("Look there");
    assert!(person.bench().files_known(stack));
    assert!(!person.says("You are asked once."));
    person.press_with(Modifiers::COMMAND, Key::W);
    person.bench_mut().ask(Request::Open(vec![path]));
    person.see();
    assert!(!person.says("You are asked once."));
}

#[test]
fn a_copy_without_identity_is_written_and_told() {
    let mut person = ready();
    person.ctrl(Key::K);
    person.harness.event(Event::Text("without names".to_owned()));
    person.press(Key::Enter);
    person.reads("Writes another project without names");
    person.nothing_is_clipped();
    let target = person.folder().join("teaching.ablation");
    person.type_into("Path of the copy without identity", &target.display().to_string());
    person.until("written", |person| !person.bench().is_busy());
    person.reads("is written. Taken out: ");
    let bytes = std::fs::read(&target).unwrap();
    let folder = person.folder().display().to_string();
    for secret in [folder.as_str(), "images/"] {
        assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret}");
    }
    // What is there already is not written over.
    person.type_into("Path of the copy without identity", &target.display().to_string());
    person.until("refused", |person| !person.bench().is_busy());
    assert!(person.says("The copy was not made"), "{:#?}", person.all_words());
    person.press(Key::Escape);
    assert!(!person.says("Writes another project without names"));
}

#[test]
fn what_is_typed_without_initials_waits_for_them() {
    let mut person = ready();
    person.bench_mut().ask(Request::SetReader(String::new()));
    person.see();
    person.type_into("Comment", "seen late");
    person.reads("Enter your initials");
    assert_eq!(person.node(Role::TextInput, "Comment").value().as_deref(), Some("seen late"), "it is not thrown away");
    assert!(person.bench().finding().is_none_or(|finding| finding.comment.is_empty()));
    person.type_into("Reader's initials", "ab");
    assert_eq!(person.bench().finding().map(|finding| finding.comment.as_str()), Some("seen late"));
    assert!(!person.says("Enter your initials"), "what was asked for is done");
}

#[test]
fn giving_up_what_is_not_saved_is_asked_twice() {
    let mut person = ready();
    let path = person.bench().desk().unwrap().path().to_owned();
    let _busy = Busy::with(&path);
    add_lesion(&mut person);
    person.click_button("Show them");
    person.click_button("Give up");
    assert_eq!(person.bench().desk().unwrap().unsaved().len(), 1, "one click gives up nothing");
    person.click_button("Keep them");
    person.click_button("Give up");
    person.click_button("Give them up for good");
    assert!(person.bench().desk().unwrap().unsaved().is_empty());
    assert_eq!(person.document().lesions().count(), 2);
}

#[test]
fn a_path_is_typed_where_no_dialog_answers() {
    let mut person = ready();
    let other = person.folder().join("other.ablation");
    person.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::S);
    person.reads("Save the project as");
    person.nothing_is_clipped();
    person.type_into("Path", &other.display().to_string());
    person.until("it is open", |person| !person.bench().is_busy());
    assert_eq!(person.bench().desk().unwrap().path(), other.canonicalize().unwrap());
    assert!(!person.says("Save the project as"));
    // Esc puts the question away, and nothing is done.
    person.press_with(Modifiers::COMMAND, Key::N);
    person.press(Key::Escape);
    assert!(!person.has(Role::TextInput, "Path"));
    assert_eq!(person.bench().desk().unwrap().path(), other.canonicalize().unwrap());
}

#[test]
fn a_project_of_others_cannot_be_changed_and_each_command_says_why() {
    use ablation_review::project::{OpenAs, Project};
    let mut person = ready();
    let path = person.bench().desk().unwrap().path().to_owned();
    person.press_with(Modifiers::COMMAND, Key::W);
    let at = "2024-10-01T09:12:00Z".parse().unwrap();
    let _other = Project::open(&path, OpenAs::Writer, "NU", at).unwrap();
    person.bench_mut().ask(Request::Open(vec![path]));
    person.see();
    assert!(person.harness.get_all_by_label("Undo").any(|undo| undo.accesskit_node().is_disabled()));
    person.press(Key::A);
    person.reads("NU has it open since 2024-10-01 09:12 UTC");
    assert_eq!(person.document().lesions().count(), 2);
}
