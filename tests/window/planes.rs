//! Planes, slabs, three planes at a place, one point in all panes, subtraction, one series over another.

use super::behaviour::{paints, ready};
use super::person::{LEFT, Person, RIGHT, at_visit, truth};
use ablation_review::clinical::StackRole;
use ablation_review::geometry::{Anatomical, main_plane};
use ablation_review::render::ColourMap;
use ablation_review::volume::{Projection, Slab};
use ablation_review::workbench::room::Over;
use ablation_review::workbench::{PaneLook, Request, Tool};
use eframe::egui::{Key, Modifiers, PointerButton, vec2};

fn plane(person: &Person, pane: usize) -> Anatomical {
    main_plane(person.shown(pane).grid.normal())
}

#[test]
fn a_key_cuts_the_next_plane_and_comes_back_to_the_slices() {
    let mut person = ready();
    let (before, focus) = (person.shown(RIGHT).clone(), person.shown(RIGHT).focus());
    assert_eq!(before.cut, None);
    for wanted in [Anatomical::Coronal, Anatomical::Sagittal] {
        person.press(Key::P);
        assert_eq!(plane(&person, RIGHT), wanted);
        let shown = person.shown(RIGHT);
        // The same place is in the middle, to half a step of the plane.
        assert!(shown.focus().distance_mm(focus) <= shown.grid.spacing_mm[2] / 2.0 + 1e-6);
        assert_eq!(plane(&person, LEFT), Anatomical::Axial, "the other pane keeps its plane");
        assert_eq!(person.painted_pictures(RIGHT), 1);
        assert!(paints(&person, "from axial 3 mm"), "{:?}", person.bench().look_words(RIGHT));
    }
    // Scrolling goes through the planes; the linked pane shows the slice there.
    let at = person.shown(RIGHT).slice;
    person.press(Key::ArrowDown);
    assert_ne!(person.shown(RIGHT).slice, at);
    person.press(Key::ArrowUp);
    person.press(Key::P);
    let after = person.shown(RIGHT);
    assert_eq!((after.cut, after.slice, &after.grid), (None, before.slice, &before.grid));
}

#[test]
fn a_turned_plane_says_so_and_keys_turn_it_back() {
    let mut person = ready();
    person.press_with(Modifiers::COMMAND, Key::ArrowDown);
    person.press_with(Modifiers::COMMAND, Key::ArrowDown);
    let normal = person.shown(RIGHT).grid.normal();
    let up = ablation_review::geometry::PatientDirection::SUPERIOR;
    assert!((normal.cosine(up).abs() - 10f64.to_radians().cos()).abs() < 1e-6);
    assert!(paints(&person, "oblique axial"));
    person.press_with(Modifiers::COMMAND, Key::ArrowUp);
    person.press_with(Modifiers::COMMAND, Key::ArrowUp);
    assert!((person.shown(RIGHT).grid.normal().cosine(up).abs() - 1.0).abs() < 1e-9);
}

#[test]
fn three_planes_open_at_a_place_and_the_same_key_goes_back() {
    let mut person = ready();
    let before = person.bench().room().panes().to_vec();
    let focus = person.shown(RIGHT).focus();
    person.press(Key::Q);
    assert_eq!(person.bench().room().panes().len(), 3);
    for (pane, wanted) in [Anatomical::Axial, Anatomical::Coronal, Anatomical::Sagittal].into_iter().enumerate() {
        assert_eq!(plane(&person, pane), wanted);
        let shown = person.shown(pane);
        assert!(shown.focus().distance_mm(focus) <= shown.grid.spacing_mm[2] / 2.0 + 1e-6);
        if pane <= RIGHT {
            assert_eq!(person.painted_pictures(pane), 1);
        }
        assert_eq!(person.bench().crossings(pane).len(), 2, "the other two planes cross this one");
    }
    // A change of the document leaves the three planes alone.
    person.press(Key::S);
    person.press(Key::Num1);
    assert_eq!(person.bench().room().panes().len(), 3);
    person.press(Key::Escape);
    person.press(Key::Q);
    assert_eq!(person.bench().room().panes(), before);
}

#[test]
fn marks_show_in_every_plane_and_are_painted_on_slices_only() {
    let mut person = ready();
    let place = at_visit(&truth().lesions[0], "d35").place;
    person.press(Key::Z);
    person.press(Key::B);
    person.paint_round(RIGHT, place, 9.0);
    person.press(Key::Enter);
    person.press(Key::P);
    let (mark, rigid) = person.bench().marks_shown(RIGHT).pop().unwrap();
    let mask = person.document().mask(mark.info.id).unwrap();
    let shown = person.shown(RIGHT);
    let lines = ablation_review::marks::outline_on(mask, &shown.grid, shown.slice, &rigid);
    assert!(!lines.is_empty(), "the zone is cut by the coronal plane through its middle");
    let marks = person.document().marks().count();
    person.press(Key::Z);
    person.press(Key::B);
    let at = person.on_screen(RIGHT, person.shown(RIGHT).focus());
    person.drag(PointerButton::Primary, &[at, at + vec2(20.0, 5.0)]);
    assert_eq!(person.document().marks().count(), marks);
    assert!(person.says("Marks are painted on slices as they were acquired"), "{:?}", person.all_words());
    assert_eq!(person.bench().tool(), Tool::Brush(ablation_review::clinical::MarkRole::AblationZone));
}

#[test]
fn slabs_are_stepped_through_and_named() {
    let mut person = ready();
    person.press(Key::Y);
    assert_eq!(person.shown(RIGHT).slab, Some(Slab { thickness_mm: 3.0, projection: Projection::Mean }));
    assert!(paints(&person, "mean of 3 mm"));
    for _ in 0..3 {
        person.press(Key::Y);
    }
    assert!(paints(&person, "maximum of 10 mm"));
    // The brightest of 10 mm is nowhere darker than the slice in its middle.
    let (slab, thin) = (person.bench().pane_picture(RIGHT).unwrap(), person.bench().volume(person.shown(RIGHT).stack));
    let slice = person.shown(RIGHT).slice;
    let mut compared = 0;
    for at in (0..320u32).step_by(7) {
        let values = slab.volume.value(at, 100, 0).zip(thin.unwrap().value(at, 100, slice));
        compared += usize::from(values.is_some());
        assert!(values.is_none_or(|(most, own)| most >= own - 1e-3), "{values:?} at {at}");
    }
    assert!(compared > 10, "{compared}");
    person.press_with(Modifiers::SHIFT, Key::Y);
    assert!(paints(&person, "mean of 10 mm"));
}

#[test]
fn subtraction_is_held_and_says_that_nothing_registered_it() {
    let mut person = ready();
    let role = |person: &Person| person.document().stack(person.shown(RIGHT).stack).map(|record| record.role);
    assert_eq!(role(&person), Some(StackRole::CtPortalVenous));
    person.harness.key_down(Key::D);
    person.see();
    assert!(paints(&person, "not registered"), "{:?}", person.bench().look_words(RIGHT));
    let picture = person.bench().pane_picture(RIGHT).unwrap();
    let shown = person.shown(RIGHT);
    let (own, other) = (person.bench().volume(shown.stack), person.bench().volume(shown.minus.unwrap()));
    let value =
        |volume: Option<&ablation_review::volume::Volume>| volume.unwrap().value(150, 150, shown.slice).unwrap();
    assert!((picture.volume.value(150, 150, 0).unwrap() - (value(own) - value(other))).abs() < 1e-3);
    assert_eq!(person.bench().window_in(RIGHT).map(|w| (w.width, w.centre)), Some((100.0, 25.0)));
    let (disc, _) = person.bench().disc_of_difference(RIGHT, (150.0, 150.0)).unwrap();
    assert!(disc.n > 4 && disc.sd.is_some());
    person.harness.key_up(Key::D);
    person.see();
    assert_eq!(person.shown(RIGHT).minus, None);
    assert!(!paints(&person, "not registered"));
}

#[test]
fn one_point_is_shown_in_every_pane() {
    let mut person = ready();
    person.press(Key::P); // coronal at the right
    person.press(Key::X);
    let shown = person.shown(RIGHT).clone();
    let at = person.on_screen(RIGHT, shown.focus());
    // 24 mm down in a coronal picture is 24 mm towards the feet.
    let down =
        person.on_screen(RIGHT, shown.focus() - ablation_review::geometry::PatientDirection::SUPERIOR.times_mm(24.0));
    person.harness.hover_at(at);
    person.see();
    person.harness.hover_at(down);
    person.see();
    let expected = |person: &Person, at| {
        let view = person.shown(LEFT);
        let link = person.bench().link(person.shown(RIGHT).stack, view.stack).unwrap();
        view.grid.nearest_slice(link.rigid_mm.apply(at)).unwrap()
    };
    let lower = shown.focus() - ablation_review::geometry::PatientDirection::SUPERIOR.times_mm(24.0);
    let there = person.shown(LEFT).slice;
    assert!(there.abs_diff(expected(&person, lower)) <= 1, "{there}"); // a pixel of the screen may round otherwise
    assert!(there.abs_diff(expected(&person, shown.focus())) >= 5);
    person.press(Key::X);
    person.harness.hover_at(at);
    person.see();
    assert_eq!(person.shown(LEFT).slice, there, "off again");
}

#[test]
fn another_series_lies_over_the_picture_with_its_colours() {
    let mut person = ready();
    let (over, words) = person.bench().may_lie_over(RIGHT).into_iter().next().unwrap();
    assert!(words.contains("ART"), "{words}");
    let over = Over { stack: over, opacity: 0.5, map: ColourMap::Viridis };
    person.bench_mut().ask(Request::Look(PaneLook::Over { pane: RIGHT, over: Some(over) }));
    person.see();
    assert!(person.bench().pane_over(RIGHT).is_some());
    assert_eq!(person.painted_pictures(RIGHT), 2, "the picture and what lies over it");
    assert!(paints(&person, "fused with"));
    assert!(paints(&person, "HU"), "the colour bar has a unit");
    // PET is asked for by its key and this study has none.
    person.bench_mut().ask(Request::Look(PaneLook::Over { pane: RIGHT, over: None }));
    person.press_with(Modifiers::SHIFT, Key::F);
    assert!(person.says("This visit has no PET"), "{:?}", person.all_words());
}

#[test]
fn a_picture_is_kept_with_the_answer_and_shown_again() {
    let mut person = ready();
    person.press(Key::P);
    person.press(Key::Y);
    person.press(Key::K);
    let kept = person.bench().key_pictures();
    assert_eq!(kept.len(), 1, "{:?}", person.all_words());
    let focus = person.shown(RIGHT).focus();
    person.press(Key::K);
    assert_eq!(person.bench().key_pictures().len(), 1, "once is enough");
    let words = person.bench().key_picture_words(&kept[0]);
    assert!(words.contains("coronal") && words.contains("mean 3 mm"), "{words}");
    // Elsewhere, and back.
    person.press(Key::P);
    person.press(Key::P);
    person.press(Key::Home);
    assert_eq!(person.shown(RIGHT).cut, None);
    person.click_button(&format!("1. {words}"));
    let shown = person.shown(RIGHT);
    assert!(shown.cut.is_some() && shown.slab.is_some());
    assert!(shown.focus().distance_mm(focus) < 1e-6);
    person.ctrl(Key::Z);
    assert!(person.bench().key_pictures().is_empty(), "one change, one undo");
}

#[test]
fn a_region_is_followed_over_phases_and_visits() {
    let mut person = ready();
    let place = at_visit(&truth().lesions[0], "d35").place;
    person.press(Key::Z);
    person.press(Key::B);
    person.paint_round(RIGHT, place, 8.0);
    person.press(Key::Enter);
    person.press(Key::U);
    let curve = person.bench().curve().unwrap().clone();
    assert!(curve.region.contains("zone"), "{}", curve.region);
    let labels: Vec<&str> = curve.phases.iter().map(|point| point.label.as_str()).collect();
    assert_eq!(labels, ["ART", "PV"]);
    assert_eq!(curve.visits.len(), 2, "both visits have portal venous images");
    // Where it was drawn the value is that of the mark itself.
    let shown = curve.phases.iter().find(|point| point.shown).unwrap();
    let mark = person.document().marks().next().unwrap().measured.clone().unwrap();
    let mean = shown.values.unwrap().mean;
    assert!((mean - mark.mean.unwrap()).abs() < 0.05, "{mean} {:?}", mark.mean);
    assert!(person.has(eframe::egui::accesskit::Role::Image, &said(&curve)), "{:?}", person.all_words());
    person.press(Key::U);
    assert!(person.bench().curve().is_none());
}

/// What the first chart says of itself.
fn said(curve: &ablation_review::workbench::Curve) -> String {
    let points = curve.phases.iter().map(|point| format!("{} {:.0}", point.label, point.values.unwrap().mean));
    format!("Over the phases: {}", points.collect::<Vec<_>>().join(", "))
}

#[test]
fn the_panel_for_pictures_names_its_fields() {
    let mut person = ready();
    person.ctrl(Key::P);
    for field in ["Width, pixels", "Pixels to an inch"] {
        assert!(person.has(eframe::egui::accesskit::Role::SpinButton, field), "{:?}", person.all_words());
    }
    person.press(Key::Escape);
    assert!(!person.says("Pixels to an inch"));
}

#[test]
fn a_region_chooses_the_window() {
    let mut person = ready();
    let focus = person.on_screen(RIGHT, person.shown(RIGHT).focus());
    person.bench_mut().ask(Request::Look(PaneLook::WindowFrom {
        pane: RIGHT,
        from: (100.0, 100.0),
        to: (140.0, 130.0),
    }));
    person.see();
    let window = person.bench().window_in(RIGHT).unwrap();
    let volume = person.bench().volume(person.shown(RIGHT).stack).unwrap();
    assert_eq!(Some(window), volume.window_of_region(person.shown(RIGHT).slice, (100.0, 100.0), (140.0, 130.0)));
    assert!(focus.x > 0.0);
}
