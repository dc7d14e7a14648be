//! Settings, guide, cohort, palette, pixel inspector and header: by label, by key, at the smallest window.

use super::person::{Person, RIGHT};
use ablation_review::clinical::StudySettings;
use ablation_review::workbench::Request;
use eframe::egui::accesskit::{Role, Toggled};
use eframe::egui::{Event, Key, Modifiers, vec2};
use egui_kittest::kittest::NodeT;

fn ready() -> Person {
    let mut person = Person::at_the_window();
    let folders = person.copy_of_visits(&["pre", "d35"]);
    person.drop_files(&folders);
    person.type_into("Reader's initials", "abc");
    person
}

#[test]
fn a_key_is_rebound_kept_and_refused_where_it_is_taken() {
    let mut person = ready();
    person.ctrl(Key::Comma);
    person.reads("Yours, for every project");
    person.nothing_is_clipped();
    person.type_into("Search keys", "brightness of nothing");
    person.type_into("Search keys", "link panes");
    person.type_into("Search keys", "undo");
    person.click_button("Key of Undo");
    person.press(Key::N);
    person.reads("N is the key of \"Next to read\"");
    person.click_button("Key of Undo");
    person.press(Key::Num3);
    person.reads("cannot be bound");
    person.click_button("Key of Undo");
    person.press(Key::Escape);
    assert!(person.has(Role::Button, "Key of Undo"), "Esc leaves it, and the screen, as they were");
    person.click_button("Key of Undo");
    person.press_with(Modifiers::COMMAND, Key::U);
    person
        .bench_mut()
        .ask(Request::PutSettings(Box::new(StudySettings { pre_scan_old_after_days: 60, ..StudySettings::default() })));
    person.see();
    person.ctrl(Key::Z);
    assert_eq!(person.document().settings().pre_scan_old_after_days, 60, "Ctrl+Z is nobody's key now");
    person.ctrl(Key::U);
    assert_eq!(person.document().settings().pre_scan_old_after_days, 42);
    person.close_and_start_again();
    let folder = person.folder().join("user").join("settings.json");
    assert!(std::fs::read_to_string(folder).unwrap().contains("Ctrl+U"));
    person.ctrl(Key::Comma);
    person.type_into("Search keys", "undo");
    person.click_button("Reset key of Undo");
    assert!(!person.has(Role::Button, "Reset key of Undo"));
}

#[test]
fn thresholds_of_the_project_are_one_change_each() {
    let mut person = ready();
    person.ctrl(Key::Comma);
    person.click(Role::CheckBox, "Rates count signed answers only");
    assert!(!person.document().settings().rates_from_signed_only);
    person.ctrl(Key::Z);
    assert!(person.document().settings().rates_from_signed_only);
    person.press(Key::Escape);
    assert!(person.has(Role::Image, "Right pane"), "Esc goes back to where one was");
}

#[test]
fn the_guide_is_read_and_searched_inside_the_program() {
    let mut person = Person::at_the_window();
    person.press_with(Modifiers::SHIFT, Key::F1);
    person.reads("How to read");
    person.reads("Read one lesion at one visit");
    person.click_button("Rules");
    person.type_into("Search the guide", "R01");
    person.type_into("Search the guide", "xyzzy");
    person.reads("Nothing in the guide says this");
    person.press(Key::Escape);
    person.reads("Drop a folder of DICOM images");
}

#[test]
fn the_cohort_leads_to_a_visit() {
    let mut person = ready();
    person.ctrl(Key::Home);
    person.reads("1 patient");
    person.nothing_is_clipped();
    let visit = person.bench().visits()[0].id;
    person.click_button("P001 visit 2024-02-20: imaged");
    assert_eq!(person.bench().selection().visit, Some(visit));
    assert!(person.has(Role::Image, "Left pane"));
}

#[test]
fn a_pixel_and_a_header_are_looked_up() {
    let mut person = ready();
    person.press_with(Modifiers::SHIFT, Key::P);
    person.reads("Point at a picture.");
    let at = person.pane(RIGHT).rect().center();
    person.harness.hover_at(at);
    person.see();
    for said in ["Stored value", "Grey on screen", "Column, row, slice", " HU"] {
        person.reads(said);
    }
    person.press(Key::Escape);
    assert!(!person.says("Grey on screen"));

    person.ctrl(Key::H);
    person.reads("Header of the shown slice");
    person.type_into("Search the header", "slice thickness");
    person.reads("(0018,0050)");
    person.type_into("Search the header", "patient name");
    person.reads("(0010,0010)");
    assert!(!person.says("hidden"), "names are shown until they are hidden");
    person.nothing_is_clipped();
    person.press(Key::Escape);
    person.press(Key::Escape);
    person.press_with(Modifiers::SHIFT, Key::H);
    person.ctrl(Key::H);
    person.type_into("Search the header", "patient name");
    person.reads("hidden");
}

#[test]
fn the_palette_lights_a_whole_row_and_runs_it() {
    let mut person = ready();
    person.ctrl(Key::K);
    person.harness.event(Event::Text("pixel inspector".to_owned()));
    person.see();
    let chosen = person.node(Role::Button, "Pixel inspector");
    assert!(chosen.rect().width() > 500.0, "{:?}", chosen.rect());
    assert_eq!(chosen.accesskit_node().toggled(), Some(Toggled::True));
    person.press(Key::Enter);
    person.reads("Point at a picture.");
}

#[test]
fn every_screen_fits_a_small_window_in_both_themes_and_larger() {
    let mut person = ready();
    for look in ["dark", "light"] {
        for screen in [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Home, Key::Comma] {
            person.ctrl(screen);
            println!("{look} {screen:?}");
            person.nothing_is_clipped();
            person.ctrl(Key::Num1);
        }
        person.ctrl(Key::K);
        person.harness.event(Event::Text("dark or light".to_owned()));
        person.see();
        person.press(Key::Enter);
    }
    // A tenth larger leaves 1242 x 698 points: everything is still reached.
    person.ctrl(Key::Plus);
    person.harness.set_size(vec2(1242.0, 698.0));
    person.see();
    assert!(person.has(Role::Button, "Sign visit"));
}
