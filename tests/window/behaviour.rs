//! Single behaviours of keys, gestures and controls.

use super::person::{Person, RIGHT};
use ablation_review::clinical::Answer;
use ablation_review::workbench::{Request, Tool};
use eframe::egui::accesskit::Role;
use eframe::egui::{self, Key, Modifiers, PointerButton, Shape, vec2};

/// Whether a text is painted, also one that is no control.
pub(super) fn paints(person: &Person, words: &str) -> bool {
    fn has(shape: &Shape, words: &str) -> bool {
        match shape {
            Shape::Vec(all) => all.iter().any(|shape| has(shape, words)),
            Shape::Text(text) => text.galley.text().contains(words),
            _ => false,
        }
    }
    person.harness.output().shapes.iter().any(|clipped| has(&clipped.shape, words))
}

/// The first two visits, a reader, and two treated lesions.
pub(super) fn ready() -> Person {
    let mut person = Person::at_the_window();
    let folders = person.copy_of_visits(&["pre", "d35"]);
    person.drop_files(&folders);
    person.start_reading_two_lesions("abc");
    person
}

#[test]
fn keys_write_where_a_field_has_the_focus() {
    let mut person = ready();
    person.focus_field("Comment");
    assert!(person.bench().linked());
    for key in [Key::L, Key::N, Key::S, Key::R, Key::Num7] {
        person.press(key);
    }
    assert!(person.bench().linked(), "L went into the field");
    assert_eq!(person.bench().tool(), Tool::Scroll);
    assert_eq!(person.pane_value(RIGHT).split_once(", ").unwrap().1, "160/100");
    person.press(Key::Escape); // leaves the field
    person.press(Key::L);
    assert!(!person.bench().linked());
}

#[test]
fn presets_are_digits_and_answers_while_the_strip_is_on() {
    let mut person = ready();
    person.press(Key::Num7);
    assert!(person.pane_value(RIGHT).ends_with(", 1500/-600"), "{}", person.pane_value(RIGHT));
    person.press(Key::Num4);
    assert!(person.pane_value(RIGHT).ends_with(", 160/100"));
    person.press(Key::S);
    person.press(Key::Num3);
    assert!(person.pane_value(RIGHT).ends_with(", 160/100"), "the digit answered");
    assert_eq!(person.bench().finding().unwrap().answer, Some(Answer::Equivocal));
    // Another lesion starts anew: the next digit is no shape of a lesion that nobody answered.
    person.click_button("Next to read");
    assert!(person.bench().finding().is_none());
    person.press(Key::Num7);
    assert!(person.bench().finding().is_none(), "{:?}", person.bench().finding());
    assert!(person.pane_value(RIGHT).ends_with(", 1500/-600"));
}

#[test]
fn trap_04_a_right_click_lists_the_named_windows_and_those_of_the_file() {
    let mut person = ready();
    let at = person.pane(RIGHT).rect().center();
    person.drag(PointerButton::Secondary, &[at]);
    person.click_button("Lung W 1500 C -600   7");
    assert!(person.pane_value(RIGHT).ends_with(", 1500/-600"), "{}", person.pane_value(RIGHT));
    person.drag(PointerButton::Secondary, &[at]);
    person.click_button("ABDOMEN Shift+1");
    assert!(person.pane_value(RIGHT).ends_with(", 400/40"));
    person.press(Key::Num4);
    person.harness.key_press_modifiers(Modifiers::SHIFT, Key::Num1);
    person.see();
    assert!(person.pane_value(RIGHT).ends_with(", 400/40"), "{}", person.pane_value(RIGHT));
}

#[test]
fn trap_20_pet_opens_in_suv_and_lists_its_inputs() {
    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pet");
    let folder = tempfile::tempdir().unwrap();
    for name in ["siemens_bqml_start.dcm", "weight_missing.dcm"] {
        std::fs::copy(fixtures.join(name), folder.path().join(name)).unwrap();
    }
    let mut person = Person::at_the_window();
    person.drop_files(&[folder.path().to_owned()]);
    person.ctrl(Key::Num3); // the table of images
    person.reads("Weight 70.0 kg");
    person.reads("Injected dose 370.0 MBq");
    person.reads("No SUV: the patient's weight is missing");
}

#[test]
fn escape_leaves_no_trace_of_a_stroke_and_never_resets_the_view() {
    let mut person = ready();
    person.wheel(RIGHT, 2);
    person.press(Key::Plus);
    person.press(Key::Num1);
    let room = person.bench().room().clone();
    let document = person.document().clone();
    let at = person.pane(RIGHT).rect().center();
    person.press(Key::R);
    person.press(Key::B);
    person.press_pointer(PointerButton::Primary, &[at, at + vec2(20.0, 0.0), at + vec2(20.0, 20.0)]);
    assert!(person.bench().stroke().is_some());
    person.press(Key::Escape);
    assert!(person.bench().stroke().is_none());
    person.release_pointer(PointerButton::Primary, at + vec2(20.0, 20.0));
    for _ in 0..4 {
        person.press(Key::Escape);
    }
    assert!(person.document().same_content(&document));
    assert_eq!(person.bench().room(), &room);
    assert_eq!(person.bench().tool(), Tool::Scroll);
}

#[test]
fn marks_are_hidden_while_g_is_held() {
    let mut person = ready();
    person.press(Key::Z);
    person.press(Key::B);
    let at = person.pane(RIGHT).rect().center();
    person.drag(PointerButton::Primary, &[at, at + vec2(30.0, 0.0)]);
    person.press(Key::Enter);
    assert!(paints(&person, "L1 zone"));
    person.harness.key_down(Key::G);
    person.see();
    assert!(!paints(&person, "L1 zone"));
    assert!(paints(&person, "marks hidden"));
    person.harness.key_up(Key::G);
    person.see();
    assert!(paints(&person, "L1 zone"));
    assert!(!paints(&person, "marks hidden"));
}

#[test]
fn a_disabled_control_says_why() {
    let mut person = Person::at_the_window();
    let folders = person.copy_of_visits(&["pre"]);
    person.drop_files(&folders);
    person.node(Role::Button, "Sign visit").hover();
    person.until("a tooltip", |person| person.says("No lesion was treated before this visit"));
    // A key that cannot act says the same as its control.
    person.press(Key::R);
    person.reads("Add or choose a lesion first");
    person.press(Key::A);
    person.press(Key::R);
    person.reads("Enter your initials at the top right first");
}

#[test]
fn the_palette_finds_and_runs_a_command() {
    let mut person = ready();
    person.ctrl(Key::K);
    person.nothing_is_clipped();
    person.harness.event(eframe::egui::Event::Text("swap black".to_owned()));
    person.press(Key::Enter);
    let active = person.bench().room().active();
    assert!(person.bench().inverted(active));
    assert!(person.bench().inverted(1 - active), "CT of one phase is turned alike");
    assert!(!person.says("Search commands"));
    // It takes the letters to itself, and Esc closes it and nothing else.
    person.ctrl(Key::K);
    person.press(Key::L);
    assert!(person.bench().linked());
    person.press(Key::Escape);
    assert!(!person.says("Search commands"));
    person.press_with(Modifiers::SHIFT, Key::I);
    assert!(!person.bench().inverted(active));
}

#[test]
fn the_key_sheet_fits() {
    let mut person = ready();
    person.press(Key::Questionmark);
    person.reads("Match slices");
    person.nothing_is_clipped();
    person.press(Key::Escape);
    assert!(!person.says("zoom about the pointer"));
}

#[test]
fn a_button_that_is_held_still_draws_nothing_more() {
    let mut person = ready();
    let at = person.pane(RIGHT).rect().center();
    for button in [PointerButton::Middle, PointerButton::Secondary] {
        let before = (person.pane_value(RIGHT), person.shown(RIGHT).centre);
        person.press_pointer(button, &[at, at + vec2(12.0, 4.0), at + vec2(40.0, 9.0)]); // settles while it is down
        assert_ne!((person.pane_value(RIGHT), person.shown(RIGHT).centre), before);
        person.release_pointer(button, at + vec2(40.0, 9.0));
    }
}

#[test]
fn the_tables_hide_what_comes_after_the_visit_that_is_read() {
    let mut person = Person::at_the_window();
    person.click_button("Sample first-look: First look: three metastases after microwave ablation");
    person.until("the sample is entered", |person| {
        let sessions = person.bench().document().map(|document| {
            let patient = document.patients().next().map(|patient| patient.id);
            patient.map_or(0, |patient| document.sessions_of(patient).len())
        });
        sessions == Some(2) && !person.bench().is_busy()
    });
    person.ctrl(Key::Num4);
    person.click_button("Visits");
    person.reads("2 later rows are hidden while reading in time order.");
    assert!(person.says("2024-04-16") && !person.says("2024-09-11"));
    // The session that followed from the visit that is read says what was found there.
    person.click_button("Sessions");
    person.reads("1 later row is hidden while reading in time order.");
    assert!(person.says("2024-03-12") && !person.says("2024-04-30"));
    let mut settings = person.document().settings();
    settings.read_in_time_order = false;
    person.bench_mut().ask(Request::PutSettings(Box::new(settings)));
    person.see();
    assert!(person.says("2024-04-30"));
}

#[test]
fn the_memory_for_images_is_seen_set_and_kept() {
    let mut person = ready();
    let used = person.bench().image_memory().used_bytes;
    assert!(used > 0);
    let in_use = format!("{} MB of ", used.div_ceil(1 << 20));
    person.click_button("Images");
    person.reads(&format!("Memory: {in_use}"));
    person.ctrl(Key::K);
    person.harness.event(egui::Event::Text("memory".to_owned()));
    person.press(Key::Enter);
    person.reads("the one shown longest ago goes first");
    let third = person.bench().image_memory().budget_bytes;
    person.type_into("Most memory for images, GB", "1,5");
    person.reads(&format!("{in_use}1.5 GB are in use."));
    person.nothing_is_clipped();
    person.type_into("Most memory for images, GB", "a lot");
    person.reads("Type a number of gigabytes");
    assert_eq!(person.bench().image_memory().budget_bytes, 3 << 29);
    person.press(Key::Escape);
    assert!(!person.says("the one shown longest ago goes first"));

    person.close_and_start_again();
    assert_eq!(person.bench().image_memory().budget_bytes, 3 << 29, "kept");
    person.ctrl(Key::K);
    person.harness.event(egui::Event::Text("memory".to_owned()));
    person.press(Key::Enter);
    // Less than holds a thin series is not taken; what is on the screen stays whatever is set.
    person.type_into("Most memory for images, GB", "0.01");
    person.reads("of 0.25 GB are in use.");
    person.click_button("A third of this machine's memory");
    assert_eq!(person.bench().image_memory().budget_bytes, third);
    person.close_and_start_again();
    assert_eq!(person.bench().image_memory().budget_bytes, third);
}
