//! The sample cases: listed, opened ready to be read, and their truth only when it may be shown.

use super::person::{Person, RIGHT, at_visit, copy, truth};
use ablation_review::clinical::{Answer, Complications, LesionId, NewTumour, Shape, Track};
use ablation_review::phantom;
use ablation_review::workbench::{Beside, Request};
use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Modifiers};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

fn card(case: &str) -> String {
    let info = phantom::cases().iter().find(|info| info.id == case).unwrap();
    format!("Sample {case}: {}", info.title)
}

/// A shelf with the sample made, so that not every test makes it anew.
static SHELF: Mutex<Option<tempfile::TempDir>> = Mutex::new(None);

/// Opens the sample from its card and waits until it can be read.
fn open_first_look(person: &mut Person) {
    let cache = person.folder().join("user/cache/samples");
    let mut shelf = SHELF.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(made) = shelf.as_ref() {
        copy(made.path(), &cache);
    }
    person.click_button(&card("first-look"));
    if shelf.is_none() {
        let made = tempfile::tempdir().unwrap();
        copy(&cache, made.path());
        *shelf = Some(made);
    }
    drop(shelf);
    person.until("the sample is entered", |person| {
        let document = person.bench().document();
        let sessions = document.map_or(0, |document| {
            document.patients().next().map_or(0, |patient| document.sessions_of(patient.id).len())
        });
        sessions == 2 && !person.bench().is_busy()
    });
}

fn ask(person: &mut Person, request: Request) {
    person.bench_mut().ask(request);
    person.see();
}

/// Answers a lesion at the chosen visit.
fn answer(person: &mut Person, label: &str, given: Answer, shape: Shape) {
    let lesion = person.lesion_named(label);
    let today = person.bench().today();
    let reason = format!("adequate, said on {today}");
    for request in [
        Request::SelectLesion(lesion),
        Request::Answer(given),
        Request::Shape(Some(shape)),
        Request::Adequacy { adequate: true, reason },
    ] {
        ask(person, request);
    }
    if given == Answer::Viable {
        ask(person, Request::ViableLd(Some(12.0)));
    }
}

fn sign(person: &mut Person) {
    ask(person, Request::NewTumour(Some(NewTumour::None)));
    ask(person, Request::Complications(Some(Complications::None)));
    ask(person, Request::Sign);
    let visit = person.bench().selection().visit.unwrap();
    assert!(person.document().signature(visit, Track::Main).is_some(), "{:?}", person.bench().notices());
}

fn command(person: &mut Person, words: &str) {
    person.ctrl(Key::K);
    person.harness.event(Event::Text(words.to_owned()));
    person.press(Key::Enter);
}

#[test]
fn the_start_lists_every_case_and_gives_nothing_away() {
    let mut person = Person::at_the_window();
    for info in phantom::cases() {
        let name = card(&info.id);
        let node = person.node(Role::Button, &name);
        node.scroll_to_me();
        person.see();
        let said = person.all_words().join(" ").to_lowercase();
        for spoiler in ["progression", "residual", "complete", "recur", "viable"] {
            assert!(!said.contains(spoiler), "the start says {spoiler:?}");
        }
    }
    person.reads("PET · liver");
    person.reads("4 scans, 3 lesions");
    person.reads("made when first opened");
    person.nothing_is_clipped();
}

#[test]
fn the_truth_waits_for_the_signature() {
    let mut person = Person::at_the_window();
    open_first_look(&mut person);
    person.type_into("Reader's initials", "abc");
    assert_eq!(person.bench().selection().lesion, Some(person.lesion_named("L1")), "ready to be read");
    let visit = person.bench().selection().visit.unwrap();
    assert!(person.bench().keys_at(visit).is_empty() && person.bench().true_regions(RIGHT).is_empty());
    assert!(!person.says("Answer key"));
    command(&mut person, "truth on images");
    person.reads("is no sample, or its visit is not signed yet");

    // L1 as expected, L2 otherwise, L3 as expected.
    let truth = truth();
    let key = |label: &str| {
        let lesion = truth.lesions.iter().find(|lesion| lesion.label == label).unwrap();
        at_visit(lesion, "d35").key.clone().unwrap()
    };
    let other = |given: Answer| if given == Answer::Viable { Answer::NoViable } else { Answer::Viable };
    answer(&mut person, "L1", key("L1").answer, key("L1").shape);
    answer(&mut person, "L2", other(key("L2").answer), Shape::Nodular);
    answer(&mut person, "L3", key("L3").answer, key("L3").shape);
    assert!(person.bench().keys_at(visit).is_empty(), "answered is not signed");
    sign(&mut person);

    let beside: Vec<(String, Beside)> =
        person.bench().keys_at(visit).iter().map(|line| (line.label.to_owned(), line.beside)).collect();
    let expected =
        if key("L2").also_accepted.contains(&other(key("L2").answer)) { Beside::Accepted } else { Beside::Different };
    let told = [("L1", Beside::Expected), ("L2", expected), ("L3", Beside::Expected)];
    assert_eq!(beside, told.map(|(label, beside)| (label.to_owned(), beside)));
    person.click_button("Key of lesion L2");
    person.reads("Answer key");
    person.reads(&key("L2").sign);
    person.reads(&key("L2").trap);
    person.reads("What the model does not show");
    person.reads("true zone");
    assert!(!person.says(&truth.teaching_point), "later visits are still to be read");
    person.reads("What the case teaches is shown when all its visits are signed.");
    assert!(!person.bench().true_regions(RIGHT).is_empty());
    person.nothing_is_clipped();

    one_click_goes_to_the_image(&mut person, key("L2").slice_z_mm);

    // The next visit keeps its secrets.
    let later = person.bench().visits().iter().map(|visit| visit.id).nth(2).unwrap();
    assert!(person.bench().keys_at(later).is_empty() && !person.bench().truth_is_open(later));
}

fn one_click_goes_to_the_image(person: &mut Person, z_mm: f64) {
    person.press(Key::Home);
    let start = person.shown(RIGHT).focus();
    assert!((start.z - z_mm).abs() > 5.0, "it is elsewhere first");
    let label = person.all_words().into_iter().find_map(|words| {
        words.contains("Look at it: ").then(|| words.split_once(' ').map(|(_, label)| label.to_owned()))?
    });
    person.click_button(&label.unwrap());
    let shown = person.shown(person.bench().room().active());
    assert!((shown.focus().z - z_mm).abs() <= shown.grid.spacing_mm[2] / 2.0 + 1e-6, "{:?}", shown.focus());
}

#[test]
fn a_teacher_sees_the_truth_at_once() {
    let mut person = Person::at_the_window();
    open_first_look(&mut person);
    assert!(!person.says("Answer key"));
    command(&mut person, "teachers");
    person.reads("Answer key, shown before signing");
    person.reads("You: no answer");
    let point = truth().teaching_point;
    person.reads(&point);
    assert!(!person.bench().true_regions(RIGHT).is_empty());
    person.press_with(Modifiers::SHIFT, Key::G);
    person.press_with(Modifiers::SHIFT, Key::G);
    person.nothing_is_clipped();
    person.ctrl(Key::Z); // the switch is a change like any other
    assert!(!person.says("Answer key"));
    assert!(!person.document().settings().truth_at_once);
}

#[test]
fn truth_outlines_lie_where_the_zone_is() {
    let mut person = Person::at_the_window();
    open_first_look(&mut person);
    command(&mut person, "teachers");
    let truth = truth();
    let zone = at_visit(&truth.lesions[0], "d35").ablation_zone.clone().unwrap();
    let regions = person.bench().true_regions(RIGHT);
    let role = ablation_review::clinical::MarkRole::AblationZone;
    let mask = &regions.iter().find(|region| region.lesion == "L1" && region.role == role).unwrap().mask;
    assert_eq!(mask.voxel_count(), zone.voxels);
    let measured = ablation_review::marks::measure(mask).unwrap();
    assert!(measured.centroid.distance_mm(zone.centre) < 3.0, "{:?} {:?}", measured.centroid, zone.centre);
    assert!(LesionId(1) == person.lesion_named("L1"));
}

/// Files below a folder, with when they were written.
fn files_below(folder: &Path) -> Vec<(PathBuf, SystemTime)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                files.push((entry.path(), entry.metadata().unwrap().modified().unwrap()));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn a_case_of_before_is_taken_as_it_is_and_the_cards_are_at_hand_over_a_project() {
    let mut person = Person::at_the_window();
    open_first_look(&mut person);
    let cache = person.folder().join("user/cache/samples");
    let made = files_below(&cache);
    assert!(made.len() > 100);
    let first = person.bench().desk().unwrap().path().to_owned();
    command(&mut person, "sample cases");
    person.reads(&card("liver-10"));
    person.nothing_is_clipped();
    person.press(Key::Escape);
    assert!(!person.says(&card("liver-10")));
    person.wait_minutes(2);
    command(&mut person, "sample cases");
    person.click_button(&card("first-look"));
    person.until("it is open again", |person| {
        person.bench().desk().is_some_and(|desk| desk.path() != first) && !person.bench().is_busy()
    });
    assert_eq!(files_below(&cache), made, "nothing was made again");
    assert!(!person.says(&card("liver-10")), "the cards are put away");
}
