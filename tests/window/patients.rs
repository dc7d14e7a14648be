//! Whose images these are, asked and answered; patients merged and put away; 4-D series; stacks merged and split.

use super::images::{Image, write};
use super::person::{LEFT, Person};
use ablation_review::clinical::{MarkRole, PatientId};
use ablation_review::workbench::room::Pane;
use ablation_review::workbench::{Request, Tool, Whose};
use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};

const JANE: Image = Image::of_jane();

/// Drops images as a folder of their own.
#[track_caller]
fn drop_images(person: &mut Person, name: &str, images: &[Image]) {
    let folder = write(&person.folder().join("images"), name, images);
    person.drop_files(&[folder]);
}

fn codes(person: &Person) -> Vec<String> {
    person.document().patients().map(|patient| patient.code.clone()).collect()
}

fn stacks_of(person: &Person, patient: u32) -> usize {
    person.document().stacks().filter(|stack| stack.patient == PatientId(patient)).count()
}

#[track_caller]
fn undo(person: &mut Person) {
    person.ctrl(Key::Z);
}

#[test]
fn several_patients_in_a_folder_are_told_apart_and_nothing_is_asked() {
    let mut person = Person::at_the_window();
    let john = Image { id: "12", name: "Roe^John", birth: "19400501", study: "1.2.840.99.2", ..JANE };
    drop_images(&mut person, "both", &[JANE.stack(3), john.stack(3)].concat());
    assert_eq!(codes(&person), ["P001", "P002"]);
    assert_eq!((stacks_of(&person, 1), stacks_of(&person, 2)), (1, 1));
    assert!(!person.says("Whose images are these?"), "{:#?}", person.all_words());
}

#[test]
fn another_patient_id_with_the_same_name_and_birth_date_is_asked() {
    let mut person = Person::at_the_window();
    drop_images(&mut person, "a", &JANE.stack(3));
    let moved = Image { id: "815", study: "1.2.840.99.2", date: "20250106", ..JANE };
    drop_images(&mut person, "b", &moved.stack(3));
    assert_eq!(codes(&person), ["P001", "P002"], "nothing is mixed up before it is answered");
    person.reads(
        "These images of 2025-01-06 (P002, 1 series) carry another Patient ID, but the name and birth date of P001.",
    );
    assert!(!person.all_words().iter().any(|words| words.contains("Doe") || words.contains("815")));

    person.click_button("Same as P001");
    assert_eq!(codes(&person), ["P001"]);
    assert_eq!(stacks_of(&person, 1), 2);
    assert_eq!(person.document().visits_of(PatientId(1)).len(), 2);
    assert!(!person.says("Whose images are these?"));
    // The second number is hers from now on.
    let later = Image { study: "1.2.840.99.3", date: "20250301", ..moved.clone() };
    drop_images(&mut person, "c", &later.stack(3));
    assert_eq!((codes(&person).len(), stacks_of(&person, 1)), (1, 3));
    undo(&mut person);

    undo(&mut person);
    assert_eq!(codes(&person), ["P001", "P002"]);
    person.reads("carry another Patient ID, but the name and birth date of P001.");
    person.click_button("Another patient");
    assert!(!person.says("Whose images are these?"));
    assert!(person.document().patient(PatientId(2)).unwrap().not_the_same_as.contains(&PatientId(1)));
    undo(&mut person);
    person.reads("Whose images are these?");
}

#[test]
fn another_patient_is_remembered() {
    let mut person = Person::at_the_window();
    drop_images(&mut person, "a", &JANE.stack(3));
    let other = Image { name: "Roe^Mary", birth: "19610702", study: "1.2.840.99.2", date: "20250106", ..JANE };
    drop_images(&mut person, "b", &other.stack(3));
    person.reads("carry another name and birth date, but the Patient ID of P001.");
    person.click_button("Another patient");
    let again = Image { study: "1.2.840.99.3", date: "20250301", ..other };
    drop_images(&mut person, "c", &again.stack(3));
    assert_eq!(codes(&person), ["P001", "P002"]);
    assert_eq!(stacks_of(&person, 2), 2);
    assert!(!person.says("Whose images are these?"));
}

#[test]
fn images_without_a_patient_id_are_asked_and_can_wait() {
    let mut person = Person::at_the_window();
    drop_images(&mut person, "a", &JANE.stack(3));
    let nobody = Image { id: "", name: "", birth: "", study: "1.2.840.99.2", ..JANE };
    drop_images(&mut person, "b", &nobody.stack(3));
    person.reads("carry no Patient ID, and may be images of P001.");
    person.click_button("Later");
    assert!(!person.says("Whose images are these?"));
    person.ctrl(Key::Num3);
    person.reads("carry no Patient ID, and may be images of P001.");
    person.click_button("Same as P001");
    assert_eq!(codes(&person), ["P001"]);
    // Both were made on one day: one visit.
    assert_eq!(person.document().visits_of(PatientId(1)).len(), 1);
}

#[test]
fn a_series_that_contradicts_its_study_is_kept_apart_and_asked() {
    let mut person = Person::at_the_window();
    let stray = Image { id: "12", name: "Roe^John", birth: "19400501", series: 4, ..JANE };
    drop_images(&mut person, "one study", &[JANE.stack(3), stray.stack(3)].concat());
    assert_eq!(codes(&person), ["P001", "P002"]);
    assert_eq!((stacks_of(&person, 1), stacks_of(&person, 2)), (1, 1));
    person.reads("carry another identity, but the Study Instance UID of a study of P001.");
    // Dropped again, it is known.
    person.drop_files(&[person.folder().join("images").join("one study")]);
    assert_eq!((stacks_of(&person, 1), stacks_of(&person, 2)), (1, 1));
    person.click_button("Same as P001");
    assert_eq!((codes(&person).len(), person.document().studies().count()), (1, 1), "one study again");
    undo(&mut person);
    assert_eq!((codes(&person).len(), person.document().studies().count()), (2, 2));
    person.click_button("Another patient");
    assert!(!person.says("Whose images are these?"));
}

#[test]
fn a_patient_is_archived_and_brought_back() {
    let mut person = Person::at_the_window();
    let john = Image { id: "12", name: "Roe^John", birth: "19400501", study: "1.2.840.99.2", ..JANE };
    drop_images(&mut person, "both", &[JANE.stack(3), john.stack(3)].concat());
    person.bench_mut().ask(Request::SelectPatient(PatientId(2)));
    person.ctrl(Key::Num2);
    person.click_button("Archive");
    assert!(person.document().patient(PatientId(2)).unwrap().archived);
    person.reads("This patient is archived");
    person.bench_mut().ask(Request::SelectPatient(PatientId(1)));
    person.see();
    let listed: Vec<_> = person.bench().listed_patients().iter().map(|patient| patient.code.clone()).collect();
    assert_eq!(listed, ["P001"]);
    assert_eq!(person.bench().counted().unwrap().patients().count(), 1);
    person.click(Role::CheckBox, "Show archived patients (1)");
    assert_eq!(person.bench().listed_patients().len(), 2);
    person.bench_mut().ask(Request::Whose(Whose::ShowArchived(false)));
    person.ctrl(Key::Num4);
    person.reads("1 archived patient is not counted.");
    undo(&mut person);
    assert!(!person.document().patient(PatientId(2)).unwrap().archived);
    assert_eq!(person.bench().listed_patients().len(), 2);
}

#[test]
fn patients_are_merged_by_hand_with_a_preview() {
    let mut person = Person::at_the_window();
    let john = Image { id: "12", name: "Roe^John", birth: "19400501", study: "1.2.840.99.2", ..JANE };
    drop_images(&mut person, "both", &[JANE.stack(3), john.stack(3)].concat());
    person.bench_mut().ask(Request::SelectPatient(PatientId(2)));
    person.ctrl(Key::Num2);
    person.click_button("Merge into");
    person.pick("Choose a patient", "P001");
    person.reads("1 visit and 1 series of P002 become P001's, and P002 goes. Undo brings it back.");
    person.click_button("Merge");
    assert_eq!(codes(&person), ["P001"]);
    assert_eq!(person.bench().selection().patient, Some(PatientId(1)));
    undo(&mut person);
    assert_eq!(codes(&person), ["P001", "P002"]);
}

#[test]
fn a_series_is_given_to_a_new_patient() {
    let mut person = Person::at_the_window();
    let second = Image { series: 4, ..JANE };
    drop_images(&mut person, "a", &[JANE.stack(3), second.stack(3)].concat());
    person.ctrl(Key::Num3);
    person.click_button("More for series 4");
    person.click_button("This series to");
    person.click_button("A new patient");
    assert_eq!(codes(&person), ["P001", "P002"]);
    assert_eq!((stacks_of(&person, 1), stacks_of(&person, 2)), (1, 1));
    assert!(!person.says("Whose images are these?"), "the reader has said so");
    undo(&mut person);
    assert_eq!(codes(&person), ["P001"], "one change");
    assert_eq!(stacks_of(&person, 1), 2);
}

/// Five times of three slices each.
fn dynamic() -> Vec<Image> {
    (1..=5u32)
        .flat_map(|time| Image { number: 10 * time, acquisition: time, temporal_position: Some(time), ..JANE }.stack(3))
        .collect()
}

#[test]
fn a_dynamic_series_is_one_picture_and_steps_at_its_slice() {
    let mut person = Person::at_the_window();
    drop_images(&mut person, "dynamic", &dynamic());
    assert_eq!(person.document().stacks().count(), 5);
    let thumbnails = person.all_words().iter().filter(|words| words.contains("Button Series 3")).count();
    assert_eq!(thumbnails, 1, "{:#?}", person.all_words());
    person.reads("5 times");
    person.bench_mut().ask(Request::SetSlice { pane: LEFT, slice: 2 });
    person.bench_mut().ask(Request::SetField(Some(50.0)));
    person.see();
    let group = |person: &Person| person.bench().group_place(LEFT).unwrap();
    let first = group(&person).shown;
    assert_eq!(group(&person).members.len(), 5);
    assert!(group(&person).words.contains("1 of 5"), "{:?}", group(&person));
    person.press(Key::Period);
    assert!(group(&person).words.contains("2 of 5"), "{:?}", group(&person));
    assert_ne!(group(&person).shown, first);
    assert_eq!(person.shown(LEFT).slice, 2);
    assert_eq!(person.bench().room().field_mm(), Some(50.0));
    person.press_with(Modifiers::SHIFT, Key::PageDown);
    assert!(group(&person).words.contains("3 of 5"));
    person.press(Key::Comma);
    person.click_button("Previous of this 4-D series");
    assert_eq!(group(&person).shown, first);
    person.click_button("Previous of this 4-D series");
    assert!(group(&person).words.contains("5 of 5"), "round from the first to the last");
    let windows: Vec<_> =
        person.bench().room().panes().iter().filter_map(Pane::shown).map(|shown| shown.group).collect();
    person.click_button("Next of this 4-D series");
    let after: Vec<_> = person.bench().room().panes().iter().filter_map(Pane::shown).map(|shown| shown.group).collect();
    assert_eq!(windows, after, "the window stays");
}

#[test]
fn a_stack_is_taken_apart_and_put_together_by_hand() {
    let mut person = Person::at_the_window();
    let second = Image { number: 4, z_mm: 15.0, acquisition: 2, ..JANE };
    let images = [JANE.stack(3), second.stack(3)].concat();
    drop_images(&mut person, "a", &images);
    assert_eq!(person.document().stacks().count(), 1, "even steps: one stack");
    person.ctrl(Key::Num3);
    person.click_button("More for series 3");
    person.click_button("Split by");
    person.click_button("Echo time");
    assert_eq!(person.document().stacks().count(), 1);
    person.reads("The images do not differ in echo time, so nothing was split.");
    person.click_button("More for series 3");
    person.click_button("Split by");
    person.click_button("Acquisition number");
    let slices = |person: &Person| {
        let mut all: Vec<usize> = person.document().stacks().map(|stack| stack.info.frames.len()).collect();
        all.sort_unstable();
        all
    };
    assert_eq!(slices(&person), [3, 3]);
    undo(&mut person);
    assert_eq!(slices(&person), [6]);
    person.ctrl(Key::Y);
    assert_eq!(slices(&person), [3, 3]);
    // The same series again, with another one: it stays as it was taken apart.
    let other = Image { series: 5, ..JANE };
    drop_images(&mut person, "a", &other.stack(2));
    assert_eq!(slices(&person), [2, 3, 3]);
    let both: Vec<String> = person
        .all_words()
        .into_iter()
        .filter_map(|words| words.strip_prefix("CheckBox Choose series 3").map(|_| words.clone()))
        .collect();
    assert_eq!(both.len(), 2, "{:#?}", person.all_words());
    for name in both {
        person.click(Role::CheckBox, name.trim_start_matches("CheckBox "));
    }
    person.click_button("Merge into one stack");
    assert_eq!(slices(&person), [2, 6]);
    undo(&mut person);
    assert_eq!(slices(&person), [2, 3, 3]);
}

#[test]
fn a_slice_that_comes_later_joins_its_stack() {
    let mut person = Person::at_the_window();
    let all = JANE.stack(6);
    drop_images(&mut person, "a", &all[..5]);
    drop_images(&mut person, "a", &all);
    let stacks: Vec<usize> = person.document().stacks().map(|stack| stack.info.frames.len()).collect();
    assert_eq!(stacks, [6], "in the place of the old one");
    // A part of what is there is nothing new.
    drop_images(&mut person, "part", &all[..2]);
    assert_eq!(person.document().stacks().count(), 1);
    undo(&mut person);
    let stacks: Vec<usize> = person.document().stacks().map(|stack| stack.info.frames.len()).collect();
    assert_eq!(stacks, [5]);
}

/// A dab of the brush on a slice of the left pane.
#[track_caller]
fn dab(person: &mut Person, slice: u32, at: (f64, f64)) {
    let bench = person.bench_mut();
    bench.ask(Request::SetSlice { pane: LEFT, slice });
    bench.ask(Request::BeginStroke { pane: LEFT, at });
    bench.ask(Request::EndStroke);
    person.see();
}

#[test]
fn a_mark_stays_in_its_place_when_slices_come_below_it_and_goes_on_there() {
    let mut person = Person::at_the_window();
    let all = JANE.stack(6);
    drop_images(&mut person, "a", &all[1..]);
    person.type_into("Reader's initials", "abc");
    person.bench_mut().ask(Request::AddLesion { pane: LEFT });
    person.see();
    person.bench_mut().ask(Request::BrushRadius(1.0));
    person.bench_mut().ask(Request::Use(Tool::Brush(MarkRole::AblationZone)));
    dab(&mut person, 2, (3.0, 3.0)); // at 15 mm
    let mark = person.document().marks().next().unwrap().info.id;
    let slices = |person: &Person| person.document().mask(mark).unwrap().slices().keys().copied().collect::<Vec<_>>();
    let voxels = |person: &Person| person.document().mask(mark).unwrap().voxel_count();
    assert_eq!(slices(&person), [2]);
    let drawn = voxels(&person);

    drop_images(&mut person, "a", &all); // now one slice at 0 mm comes first
    assert_eq!(person.shown(LEFT).grid.dims[2], 6);
    assert_eq!((slices(&person), voxels(&person)), (vec![2], drawn), "what was drawn is not touched");
    let on_pane = person.bench().marks_shown(LEFT);
    assert_eq!(on_pane.iter().map(|(mark, _)| mark.info.stack).collect::<Vec<_>>(), [person.shown(LEFT).stack]);

    person.bench_mut().ask(Request::Use(Tool::Brush(MarkRole::AblationZone)));
    dab(&mut person, 3, (5.0, 3.0)); // at 15 mm again, which is one slice further now
    let document = person.document();
    assert_eq!(document.marks().count(), 1, "the same mark");
    assert_eq!(slices(&person), [3], "{:?}", person.bench().notices());
    let mask = document.mask(mark).unwrap();
    assert!(mask.contains(3, 3, 3) && mask.contains(5, 3, 3) && voxels(&person) > drawn);
    assert_eq!(*mask.grid(), person.shown(LEFT).grid);
    dab(&mut person, 0, (3.0, 3.0));
    assert_eq!(slices(&person), [0, 3]);
    undo(&mut person);
    undo(&mut person);
    assert_eq!((slices(&person), voxels(&person)), (vec![2], drawn));
    person.ctrl(Key::Y);
    assert_eq!(slices(&person), [3]);
    person.die_and_start_again();
    assert_eq!(slices(&person), [3], "as it was written");
}

#[test]
fn what_is_odd_is_counted_and_shown() {
    let mut person = Person::at_the_window();
    let mut images = JANE.stack(7);
    images.remove(3);
    let lossy = Image { series: 4, lossy: Some("10"), ..JANE };
    let plain = Image { series: 5, ..JANE };
    drop_images(&mut person, "a", &[images, lossy.stack(3), plain.stack(3)].concat());
    person.reads("2 of 3 series need a look before they are trusted");
    person.click_button("Show them");
    person.reads("nothing unusual about 1");
    person.reads("slice 4 is missing and was made from its two neighbours");
    person.reads("Lossy compression 10:1");
    assert!(!person.has(Role::Button, "Show series 5"), "only what needs a look");
    person.click(Role::CheckBox, "Only what needs a look");
    assert!(person.has(Role::Button, "Show series 5"));
    assert!(!person.says("need a look before"), "seen");
    person.click_button("Show series 4");
    let odd = person.bench().pane_title(person.bench().room().active()).unwrap().odd;
    assert_eq!(odd, ["lossy 10:1"]);
}
