//! Images of every kind at the window: uptake, diffusion, what has no modality, and a series put into a pane by hand.

use super::images::{Image, write};
use super::person::{LEFT, Person, RIGHT};
use ablation_review::clinical::{MarkRole, Modality, StackRole};
use ablation_review::dicom::SplitBy;
use ablation_review::workbench::{Regroup, Request, Tool};
use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers, PointerButton};
use egui_kittest::kittest::{Queryable, by};
use std::path::{Path, PathBuf};

const JANE: Image = Image::of_jane();

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// Opens the menu of the left pane: a click with the right button that moves nothing.
#[track_caller]
fn menu_of_the_left_pane(person: &mut Person) {
    let at = person.pane(LEFT).rect().center();
    person.drag(PointerButton::Secondary, &[at]);
}

#[test]
fn uptake_is_dark_on_white_and_tells_its_inputs() {
    let mut person = Person::at_the_window();
    person.drop_files(&[fixture("pet/siemens_bqml_start.dcm")]);
    assert!(person.bench().inverted(LEFT));
    let window = person.bench().room().window(LEFT).unwrap();
    assert_eq!(window.range(), (0.0, 7.0));
    menu_of_the_left_pane(&mut person);
    for words in ["SUV 0 to 7", "SUV 0 to 5", "SUV 0 to 10", "SUVbw computed from weight and dose", "Weight ", "MBq"] {
        person.reads(words);
    }
    person.press(Key::Escape);
    person.press_with(Modifiers::SHIFT, Key::I);
    assert!(!person.bench().inverted(LEFT));
    person.die_and_start_again();
    assert!(!person.bench().inverted(LEFT), "as it was left");
    person.press_with(Modifiers::SHIFT, Key::I);
    assert!(person.bench().inverted(LEFT));
}

#[test]
fn without_a_weight_there_is_no_uptake_value_and_the_reason_is_there() {
    let mut person = Person::at_the_window();
    person.drop_files(&[fixture("pet/weight_missing.dcm")]);
    assert!(person.bench().inverted(LEFT), "counts are read dark on white too");
    menu_of_the_left_pane(&mut person);
    person.reads("no SUV: ");
    assert!(!person.says("SUV 0 to 7"), "no window in a unit that is not there");
}

#[test]
fn diffusion_is_one_picture_a_b_value_each_with_its_own_window() {
    for maker in ["siemens", "ge", "philips", "hitachi", "standard"] {
        let mut person = Person::at_the_window();
        person.drop_files(&[fixture(&format!("stacks/dwi_{maker}"))]);
        assert!(person.document().stacks().all(|stack| stack.role == StackRole::MrDwi), "{maker}");
        let place = |person: &Person| person.bench().group_place(LEFT).unwrap();
        let first = person.shown(LEFT).clone();
        assert_eq!(place(&person).words, "b 800, 3 of 3", "{maker}: the strongest weighting is read first");
        person.press(Key::Comma);
        assert_eq!(place(&person).words, "b 50, 2 of 3");
        person.press(Key::Comma);
        assert_eq!(place(&person).words, "b 0, 1 of 3");
        assert_eq!(person.shown(LEFT).slice, first.slice);
        assert_ne!(person.shown(LEFT).group, first.group, "b 0 is not shown in the window of b 800");
    }
}

#[test]
fn a_missing_modality_is_known_from_the_kind_of_object() {
    let mut person = Person::at_the_window();
    let nameless = Image { modality: "", ..JANE };
    let folder = write(&person.folder().join("images"), "a", &nameless.stack(3));
    person.drop_files(&[folder]);
    let modalities: Vec<Modality> = person.document().stacks().map(|stack| stack.info.modality).collect();
    assert_eq!(modalities, [Modality::Ct]);
    assert!(person.bench().room().panes()[LEFT].shown().is_some());
}

#[test]
fn a_picture_of_a_strange_kind_is_shown_where_there_is_nothing_else() {
    let mut person = Person::at_the_window();
    let strange = Image { modality: "XX", ..JANE };
    let folder = write(&person.folder().join("images"), "a", &strange.stack(3));
    person.drop_files(&[folder]);
    assert_eq!(person.document().stacks().map(|stack| stack.role).collect::<Vec<_>>(), [StackRole::Other]);
    assert!(person.bench().room().panes().iter().any(|pane| pane.shown().is_some()));
    person.ctrl(Key::Num3);
    person.reads("XX");
}

/// Two series of one visit: the right pane has nothing to compare with.
fn two_series_of_one_visit() -> Person {
    let mut person = Person::at_the_window();
    let second = Image { series: 4, ..JANE };
    let folder = write(&person.folder().join("images"), "a", &[JANE.stack(3), second.stack(3)].concat());
    person.drop_files(&[folder]);
    assert_eq!(person.bench().pane_title(LEFT).unwrap().visit, "This visit · 2025-01-01");
    assert!(person.bench().room().panes()[RIGHT].shown().is_none());
    person.reads("Nothing to compare yet");
    person
}

#[test]
fn a_click_chooses_the_empty_pane_and_another_shows_a_series_there() {
    let mut person = two_series_of_one_visit();
    let empty = person.harness.get(by().role(Role::Image).label_contains("Right pane")).rect().center();
    person.drag(PointerButton::Primary, &[empty]);
    assert_eq!(person.bench().room().active(), RIGHT);
    let thumbnail = person.harness.get(by().role(Role::Button).label_contains("Series 4")).rect().center();
    person.drag(PointerButton::Primary, &[thumbnail]);
    assert_eq!(person.bench().pane_title(RIGHT).unwrap().name, "4 · Liver portal venous");
    // Both panes move together, and stay when something else changes.
    person.bench_mut().ask(Request::SetSlice { pane: LEFT, slice: 0 });
    assert_eq!(person.shown(RIGHT).slice, 0);
    person.bench_mut().ask(Request::AddLesion { pane: LEFT });
    person.see();
    assert!(person.bench().room().panes()[RIGHT].shown().is_some(), "a lesion takes nothing away");
}

#[test]
fn a_thumbnail_is_dragged_onto_a_pane() {
    let mut person = two_series_of_one_visit();
    let empty = person.harness.get(by().role(Role::Image).label_contains("Right pane")).rect().center();
    let thumbnail = person.harness.get(by().role(Role::Button).label_contains("Series 3")).rect().center();
    let half = thumbnail + (empty - thumbnail) / 2.0;
    person.drag(PointerButton::Primary, &[thumbnail, half, empty]);
    assert_eq!(person.bench().pane_title(RIGHT).unwrap().name, "3 · Liver portal venous");
    assert_eq!(person.bench().room().active(), RIGHT);
}

#[test]
fn colour_is_shown_and_has_no_window() {
    let mut person = Person::at_the_window();
    let red = Image { colour: true, modality: "XX", ..JANE };
    let folder = write(&person.folder().join("images"), "a", &[red]);
    person.drop_files(&[folder]);
    let stack = person.shown(LEFT).stack;
    let slice = person.shown(LEFT).slice;
    assert!(person.bench().volume(stack).is_some_and(|volume| volume.slice(slice).is_some()));
    assert_eq!(person.bench().room().window(LEFT), None);
    assert_eq!(person.painted_pictures(LEFT), 1, "the picture, and not the words that it is being read");
    let thumbnail = person.bench().thumbnail(stack).unwrap();
    assert!(thumbnail.rgba().chunks(4).any(|pixel| pixel[0] > 200 && pixel[1] < 50), "red as it is");
}

#[test]
fn a_mark_on_pictures_goes_with_its_pictures_when_they_are_grouped_anew() {
    let mut person = Person::at_the_window();
    let second = Image { number: 11, acquisition: 2, ..JANE };
    let folder = write(&person.folder().join("images"), "a", &[JANE.stack(3), second.stack(3)].concat());
    person.drop_files(&[folder]);
    assert_eq!(person.document().stacks().count(), 2);
    let both: Vec<_> = person.document().stacks().map(|stack| stack.info.key).collect();
    person.bench_mut().ask(Request::Regroup(Regroup::Merge(both)));
    person.until("they are one", |person| person.document().stacks().count() == 1 && !person.bench().is_busy());
    assert!(!person.shown(LEFT).placed);
    // Drawn on a slice of the second acquisition.
    person.type_into("Reader's initials", "abc");
    person.ctrl(Key::Num2);
    person.click_button("Add lesion");
    person.ctrl(Key::Num1);
    let info = person.document().stacks().next().unwrap().info.clone();
    let wanted = |slice: &u32| info.frames[info.frame_of(*slice).unwrap() as usize].sop_uid.ends_with(".12");
    let slice = (0..info.slices()).find(wanted).unwrap();
    let bench = person.bench_mut();
    bench.ask(Request::BrushRadius(1.0));
    bench.ask(Request::Use(Tool::Brush(MarkRole::AblationZone)));
    bench.ask(Request::SetSlice { pane: LEFT, slice });
    bench.ask(Request::BeginStroke { pane: LEFT, at: (3.0, 4.0) });
    bench.ask(Request::EndStroke);
    person.see();
    let mark = person.document().marks().next().expect("a mark on a picture").info.clone();
    let voxels = person.document().mask(mark.id).unwrap().voxel_count();
    person.bench_mut().ask(Request::Regroup(Regroup::Split { stack: mark.stack, by: SplitBy::Acquisition }));
    person.until("they are two", |person| person.document().stacks().count() == 2 && !person.bench().is_busy());
    let after = person.document().marks().next().unwrap();
    let stack = &person.document().stack(after.info.stack).unwrap().info;
    let mask = person.document().mask(mark.id).unwrap();
    let at: Vec<u32> = mask.slices().keys().copied().collect();
    assert_eq!((at.len(), mask.voxel_count()), (1, voxels));
    assert!(stack.frames[stack.frame_of(at[0]).unwrap() as usize].sop_uid.ends_with(".12"), "on its own picture");
    assert_eq!(*mask.grid(), stack.grid(), "and in the patient now");
    person.ctrl(Key::Z);
    let back = person.document().marks().next().unwrap();
    assert_eq!((back.info.stack, back.grid.clone()), (mark.stack, info.grid()));
}
