//! Hangings by key and by hand, what moves together, and links that a reader makes, held to the truth of the samples.

use super::images::{Image, write};
use super::person::{LEFT, Person, RIGHT, truth};
use ablation_review::alignment::{How, LandmarkPair, LinkKind, fit_landmarks};
use ablation_review::clinical::{
    AblationModality, Date, Lesion, LesionId, LesionPlace, Organ, PatientId, Session, SessionId, SessionLesion,
    StackRole, TechnicalSuccess, VisitId,
};
use ablation_review::geometry::{Anatomical, PatientPoint};
use ablation_review::hanging::Layout;
use ablation_review::phantom::{self, VisitTruth};
use ablation_review::workbench::Request;
use ablation_review::workbench::room::Pane;
use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, TouchPhase, vec2};

/// The sample with its lesions and sessions, all visits to be seen, and its last visit chosen.
fn at_the_last_visit() -> Person {
    let mut person = Person::at_the_window();
    let folders = person.copy_of_visits(&["pre", "d35", "d92", "d183"]);
    person.drop_files(&folders);
    person.type_into("Reader's initials", "abc");
    let truth = truth();
    let patient = person.document().patients().next().unwrap().id;
    let pre = truth.visits[0].series.iter().find(|series| series.role == PV).unwrap();
    let stack = person.document().stacks().find(|stack| stack.info.series_uid == pre.uid).unwrap().info.key;
    for (number, lesion) in (1..).zip(&truth.lesions) {
        let place = lesion.visits[0].place;
        let mut row = Lesion::new(LesionId(number), patient, lesion.label.clone());
        row.organ = lesion.organ;
        row.place = Some(LesionPlace { stack, left_mm: place.x, posterior_mm: place.y, superior_mm: place.z });
        ask(&mut person, Request::PutLesion(Box::new(row)));
    }
    for (number, session) in (1..).zip(&truth.sessions) {
        let lesions: Vec<LesionId> = session.lesions.iter().map(|label| person.lesion_named(label)).collect();
        ask(&mut person, Request::PutSession(Box::new(treated(number, patient, session.date, &lesions))));
    }
    let mut settings = person.document().settings();
    settings.read_in_time_order = false;
    ask(&mut person, Request::PutSettings(Box::new(settings)));
    let last = visits(&person)[3];
    ask(&mut person, Request::SelectVisit(last));
    let first = person.lesion_named("L1");
    ask(&mut person, Request::SelectLesion(first));
    person
}

fn ask(person: &mut Person, request: Request) {
    person.bench_mut().ask(request);
    person.see();
}

fn treated(number: u32, patient: PatientId, date: Date, lesions: &[LesionId]) -> Session {
    let of = |lesion: &LesionId| SessionLesion {
        lesion: *lesion,
        technical_success: TechnicalSuccess::Yes,
        reason: String::new(),
    };
    Session {
        id: SessionId(number),
        patient,
        date,
        modality: AblationModality::Microwave,
        combined_of: Vec::new(),
        device: String::new(),
        lesions: lesions.iter().map(of).collect(),
        planned_before_first_follow_up: false,
        note: String::new(),
    }
}

fn visits(person: &Person) -> Vec<VisitId> {
    person.bench().visits().iter().map(|visit| visit.id).collect()
}

/// Visit (by its place in time) and role of each pane; none for an empty one.
fn hung(person: &Person) -> Vec<Option<(usize, StackRole)>> {
    let document = person.document();
    let all = visits(person);
    let of = |pane: &Pane| {
        let record = document.stack(pane.shown()?.stack)?;
        let visit = document.visit_of_stack(record.info.key)?;
        Some((all.iter().position(|other| *other == visit)?, record.role))
    };
    person.bench().room().panes().iter().map(of).collect()
}

const PV: StackRole = StackRole::CtPortalVenous;
const ART: StackRole = StackRole::CtArterial;

#[test]
fn every_key_hangs_what_it_says() {
    let mut person = at_the_last_visit();
    let pv = |visits: &[usize]| visits.iter().map(|visit| Some((*visit, PV))).collect::<Vec<_>>();
    assert_eq!(hung(&person), pv(&[0, 1, 3]), "before, first scan after the session, now");
    person.node(Role::Image, "Middle pane");
    person.nothing_is_clipped();

    // The third lesion was ablated again: its first scan after that is the third.
    let third = person.lesion_named("L3");
    ask(&mut person, Request::SelectLesion(third));
    assert_eq!(hung(&person), pv(&[0, 2, 3]));

    person.press(Key::F2);
    assert_eq!(hung(&person), pv(&[0, 1, 2, 3]));
    assert_eq!(person.bench().layout(), Layout::new(2, 2));
    person.node(Role::Image, "Pane 4");
    person.nothing_is_clipped();

    person.press(Key::F3);
    assert_eq!(hung(&person), [Some((3, PV)), None]);
    person.reads("No other phase at this visit");
    person.press(Key::PageUp);
    assert_eq!(hung(&person), [Some((2, ART)), Some((2, PV))], "the hanging stays for the next visit");

    person.press(Key::F5);
    assert_eq!(hung(&person), [None, None, None, None]);
    person.reads("No MR T2 at this visit; drop a series here to show it");
    person.nothing_is_clipped();

    person.press(Key::F6);
    assert_eq!(hung(&person), [Some((2, PV)), None, None]);
    person.reads("No PET at this visit");

    person.press(Key::F4);
    assert_eq!(hung(&person), [Some((2, PV)); 3]);
    let planes = [0, 1, 2].map(|pane| person.shown(pane).cut.map(|cut| cut.plane));
    assert_eq!(planes, [None, Some(Anatomical::Coronal), Some(Anatomical::Sagittal)], "axial slices are as acquired");
    let places = [0, 1, 2].map(|pane| person.shown(pane).focus());
    assert!(places.iter().all(|at| at.distance_mm(places[0]) < 5.0), "all three at the lesion: {places:?}");
    person.nothing_is_clipped();

    person.press(Key::F7);
    assert_eq!(hung(&person), [Some((2, ART)), Some((2, PV)), Some((2, PV))]);
    assert_eq!(person.shown(2).minus, Some(person.shown(0).stack));
    person.press(Key::D); // held and let go
    assert!(person.shown(2).minus.is_some(), "what hangs for its difference goes on showing it");
    assert!(person.shown(1).minus.is_none());
    person.nothing_is_clipped();

    person.press(Key::PageDown);
    person.press(Key::F1);
    assert_eq!(hung(&person), pv(&[0, 2, 3]));
    person.press_with(Modifiers::SHIFT, Key::F2);
    assert_eq!(hung(&person), pv(&[3, 2, 0]), "the latest on the left");
    assert_eq!(person.bench().room().active(), 0, "the visit that is read stays the active one");
    person.press(Key::F2);
    assert_eq!(hung(&person), pv(&[3, 2, 1, 0]));
}

#[test]
fn panes_are_as_many_as_a_reader_wants() {
    let mut person = at_the_last_visit();
    person.click_button("Panes: 1 × 3");
    person.click_button("2 × 2 panes");
    assert_eq!(hung(&person).len(), 4);
    person.reads("Drop a series here to show it");
    person.press(Key::F9);
    assert_eq!(hung(&person), [Some((0, PV)), Some((1, PV)), Some((3, PV))]);
    person.press(Key::F9);
    assert_eq!(hung(&person), [Some((1, PV)), Some((3, PV))], "the visit that is read stays");
    person.press(Key::F9);
    assert_eq!(hung(&person), [Some((3, PV))]);
    for panes in [2, 3, 4, 6, 9] {
        person.press(Key::F10);
        assert_eq!(hung(&person).len(), panes);
        person.nothing_is_clipped();
    }
    person.press(Key::F10);
    assert_eq!(hung(&person).len(), 9, "there is no larger one");
    person.press(Key::F2);
    assert_eq!(hung(&person).len(), 4, "another hanging has its own layout");
    // One pane in the room of all, and back.
    let before = person.node(Role::Image, "Pane 4").rect();
    person.press(Key::F11);
    let alone = person.bench().room().active() + 1;
    assert!(person.node(Role::Image, &format!("Pane {alone}")).rect().width() > before.width() * 1.9);
    assert!(!person.has(Role::Image, &format!("Pane {}", alone % 4 + 1)));
    person.press(Key::F11);
    assert_eq!(person.node(Role::Image, "Pane 4").rect(), before);
}

#[test]
fn a_choice_in_a_pane_is_kept_in_the_project() {
    let mut person = at_the_last_visit();
    person.press(Key::PageUp);
    person.reads("Chosen: PV, 3 mm, soft. 1 other");
    person.click_button("Series of the right pane");
    let arterial = person.all_words().into_iter().find(|words| words.contains("ART, 3 mm, soft · 3"));
    let label = arterial.unwrap();
    let label = label.split_once(' ').unwrap().1.to_owned();
    person.click_button(&label);
    assert_eq!(hung(&person)[2], Some((2, ART)));
    person.reads("Your choice: ART, 3 mm, soft. 1 other");
    person.reads("Series 3 hangs for CT portal venous");
    let at = |person: &Person| person.shown(RIGHT + 1).exact_focus();
    let before = at(&person);
    // Elsewhere and back: it hangs again, and so it does after a restart.
    person.press(Key::PageDown);
    person.press(Key::PageUp);
    assert_eq!(hung(&person)[2], Some((2, ART)));
    person.die_and_start_again();
    assert_eq!(hung(&person)[2], Some((2, ART)));
    assert!(at(&person).distance_mm(before) < 4.1, "and shows the same place");
    person.ctrl(Key::Z);
    assert_eq!(hung(&person)[2], Some((2, PV)), "undo hangs what the program chose");
    person.ctrl(Key::Y);
    assert_eq!(hung(&person)[2], Some((2, ART)));
    person.click_button("Series of the right pane");
    person.click_button("What the program would choose");
    assert_eq!(hung(&person)[2], Some((2, PV)));
}

#[test]
fn a_hanging_of_ones_own_is_kept_hung_and_deleted() {
    let mut person = at_the_last_visit();
    person.press(Key::F8);
    person.reads("Keep a hanging of your own first");
    person.press(Key::PageUp);
    person.press(Key::F3);
    person.click_button("Hanging: Phases");
    person.type_into("Name of the hanging", "Both phases");
    person.reads("Hanging \"Both phases\" kept");
    assert_eq!(person.document().settings().hangings.len(), 1);
    person.press(Key::F1);
    assert_eq!(hung(&person).len(), 3);
    person.press(Key::PageUp);
    person.press(Key::F8);
    assert_eq!(hung(&person), [Some((1, ART)), Some((1, PV))], "for the visit that is read now");
    person.die_and_start_again();
    person.press(Key::F8);
    assert_eq!(hung(&person), [Some((1, ART)), Some((1, PV))]);
    person.click_button("Hanging: Both phases");
    person.click_button("Delete the hanging Both phases");
    assert!(person.document().settings().hangings.is_empty());
    assert_eq!(hung(&person).len(), 2, "the usual one hangs");
}

/// Turns the wheel over a pane while Alt is held, and lets Alt go.
fn alt_wheel(person: &mut Person, pane: &str, notches: i32) {
    person.harness.hover_at(person.node(Role::Image, pane).rect().center());
    person.harness.event(Event::ModifiersChanged(Modifiers::ALT));
    for _ in 0..notches.abs() {
        person.harness.event(Event::MouseWheel {
            unit: MouseWheelUnit::Line,
            delta: vec2(0.0, -notches.signum() as f32),
            phase: TouchPhase::Move,
            source: MouseWheelSource::Wheel,
            modifiers: Modifiers::ALT,
        });
    }
    person.see();
    person.harness.event(Event::ModifiersChanged(Modifiers::NONE));
    person.see();
}

#[test]
fn a_pane_nudged_by_itself_is_a_match_for_this_lesion() {
    let mut person = at_the_last_visit();
    person.press(Key::PageUp);
    person.press(Key::PageUp);
    let (left, right) = (person.shown(LEFT).slice, person.shown(RIGHT).slice);
    assert!(person.bench().pane_link(RIGHT).unwrap().is_unconfirmed());
    alt_wheel(&mut person, "Right pane", 2);
    assert_eq!(person.shown(LEFT).slice, left, "the other pane stays");
    assert_eq!(person.shown(RIGHT).slice.abs_diff(right), 2);
    let link = person.bench().pane_link(RIGHT).unwrap();
    assert!(matches!(link.kind, LinkKind::Matched { at_other_lesion: false, .. }), "{link:?}");
    assert!((link.rigid_mm.shift_mm().z.abs() - 6.0).abs() < 1e-9, "two slices of 3 mm");
    person.reads("L1: two series matched");
    let kept: Vec<_> = person.document().placements().map(|placement| placement.lesion).collect();
    assert_eq!(kept, [Some(person.lesion_named("L1"))]);
    person.wheel(LEFT, 3);
    assert_eq!(person.shown(RIGHT).slice.abs_diff(right), 5, "and it holds while both scroll");
    // Another lesion takes it with a grain of salt, and an undo takes it back.
    person.press(Key::J);
    assert!(matches!(person.bench().pane_link(RIGHT).unwrap().kind, LinkKind::Matched { at_other_lesion: true, .. }));
    person.ctrl(Key::Z);
    assert!(person.bench().pane_link(RIGHT).unwrap().is_unconfirmed());
}

#[test]
fn a_picture_dragged_by_itself_is_a_match_too() {
    let mut person = at_the_last_visit();
    let middle = person.node(Role::Image, "Middle pane").rect().center();
    let before = [0, 1, 2].map(|pane| person.shown(pane).centre);
    person.harness.event(Event::ModifiersChanged(Modifiers::ALT));
    person.drag(PointerButton::Primary, &[middle, middle + vec2(20.0, 0.0), middle + vec2(60.0, 12.0)]);
    person.harness.event(Event::ModifiersChanged(Modifiers::NONE));
    person.see();
    let after = [0, 1, 2].map(|pane| person.shown(pane).centre);
    assert_eq!((after[0], after[2]), (before[0], before[2]), "the others stay");
    assert_ne!(after[1], before[1]);
    let link = person.bench().link(person.shown(0).stack, person.shown(1).stack).unwrap();
    let shift = link.rigid_mm.shift_mm();
    let moved = (after[1].0 - before[1].0) * person.shown(1).grid.spacing_mm[0];
    assert!((shift.x - moved).abs() < 1e-6 && shift.z == 0.0, "{shift:?}");
    // Both other panes are matched with it: what was seen beside it was both.
    assert_eq!(person.document().placements().count(), 2);
}

#[test]
fn zoom_picture_and_window_are_linked_each_by_itself() {
    let mut person = at_the_last_visit();
    let field = |person: &Person| [0, 1, 2].map(|pane| person.bench().room().field_of(pane));
    let whole = field(&person);
    person.click_button("Linked zoom");
    person.press(Key::Plus);
    let active = person.bench().room().active();
    for (pane, (now, before)) in field(&person).into_iter().zip(whole).enumerate() {
        assert_eq!(now == before, pane != active, "pane {pane}");
    }
    person.click_button("Linked zoom");
    assert_eq!(field(&person), [field(&person)[active]; 3], "together again, as the active one");

    person.click_button("Linked picture");
    let centre = person.shown(LEFT).centre;
    let at = person.node(Role::Image, "Right pane").rect().center();
    person.drag(PointerButton::Middle, &[at, at + vec2(30.0, 5.0)]);
    assert_eq!(person.shown(LEFT).centre, centre);
    person.click_button("Linked picture");
    person.drag(PointerButton::Middle, &[at, at + vec2(30.0, 5.0)]);
    assert_ne!(person.shown(LEFT).centre, centre);

    person.click_button("Linked window");
    let at_left = person.bench().room().window(LEFT);
    person.drag(PointerButton::Secondary, &[at, at + vec2(30.0, 5.0)]);
    assert_eq!(person.bench().room().window(LEFT), at_left);
    assert_ne!(person.bench().room().window(2), at_left);

    person.press(Key::L);
    person.reads("Not linked:");
    let slice = person.shown(LEFT).slice;
    person.press(Key::ArrowDown);
    assert_eq!(person.shown(LEFT).slice, slice);
    person.press(Key::L);
    person.press(Key::ArrowDown);
    assert_ne!(person.shown(LEFT).slice, slice);
}

#[test]
fn a_step_of_one_pane_is_a_step_of_all() {
    let mut person = at_the_last_visit();
    for label in ["L1", "L2", "L3"] {
        let lesion = person.lesion_named(label);
        ask(&mut person, Request::SelectLesion(lesion));
        for n in 0..4 {
            let slices = |person: &Person| [0, 1, 2].map(|pane| person.shown(pane).slice);
            let before = slices(&person);
            person.press(Key::ArrowDown);
            assert_eq!(slices(&person), before.map(|slice| slice - 1), "{label}, step {n}");
        }
    }
}

/// Where a landmark lies in the portal venous series of a visit of the sample.
fn landmark(visit: &VisitTruth, name: &str) -> PatientPoint {
    let series = visit.series.iter().find(|series| series.role == PV).unwrap();
    let at = visit.landmarks.iter().find(|mark| mark.name == name && mark.series == series.folder);
    at.unwrap_or_else(|| panic!("{name} at {}", visit.id)).place
}

#[test]
fn three_landmarks_link_two_visits_as_the_sample_was_moved() {
    let mut person = at_the_last_visit();
    person.press(Key::PageUp);
    person.press(Key::PageUp);
    person.press(Key::Equals);
    let truth = truth();
    let names = ["portal_bifurcation", "umbilical_portal_vein", "hepatic_vein_confluence", "left_kidney_middle"];
    person.press_with(Modifiers::COMMAND, Key::M);
    person.reads("Click the same place in both panes");
    for (n, name) in names.iter().enumerate() {
        for (pane, visit) in [(LEFT, &truth.visits[0]), (RIGHT, &truth.visits[1])] {
            let place = landmark(visit, name);
            person.scroll_to(pane, place);
            let at = person.on_screen(pane, place);
            person.drag(PointerButton::Primary, &[at]);
        }
        assert_eq!(person.bench().landmarks().unwrap().pairs().len(), n + 1);
    }
    person.press(Key::Enter);
    assert!(person.bench().landmarks().is_none());
    person.reads("Two series linked by 4 landmarks");
    let link = person.bench().pane_link(RIGHT).unwrap();
    let LinkKind::Matched { landmarks: Some((pairs, rms_mm)), .. } = link.kind else { panic!("{link:?}") };
    assert_eq!(pairs, 4);
    // Clicks are right to a pixel and half a slice.
    assert!(rms_mm < 3.0, "{rms_mm}");
    assert!(link.words().contains("4 landmarks,") && !link.is_unconfirmed(), "{}", link.words());
    let coeliac = ["coeliac_trunk", "portal_bifurcation"].map(|name| {
        let (from, to) = (landmark(&truth.visits[0], name), landmark(&truth.visits[1], name));
        link.rigid_mm.apply(from).distance_mm(to)
    });
    assert!(coeliac.iter().all(|mm| *mm < 5.0), "{coeliac:?}");
    let kept = person.document().placements().next().unwrap();
    assert!(matches!(&kept.how, How::Landmarks { pairs, .. } if pairs.len() == 4));
    // Begun again, they are there to be added to; Esc leaves them as they were.
    person.press_with(Modifiers::COMMAND, Key::M);
    assert_eq!(person.bench().landmarks().unwrap().pairs().len(), 4);
    person.press(Key::Backspace);
    assert_eq!(person.bench().landmarks().unwrap().pairs().len(), 3);
    person.press(Key::Escape);
    assert!(person.bench().landmarks().is_none());
    assert_eq!(person.bench().pane_link(RIGHT).unwrap().words(), link.words());
}

/// The landmarks of every sample lie as a rigid movement leaves them, to what breathing adds, and the movement that
/// they give takes the lesions to where they are.
#[test]
fn the_landmarks_of_every_sample_give_its_movement() {
    let (mut compared, mut lesions) = (0, 0);
    for info in phantom::cases() {
        let truth = phantom::truth(&info.id).unwrap();
        let Some((first, later)) = truth.visits.split_first() else { continue };
        for visit in later {
            let (from, to) = (main_series(first), main_series(visit));
            let place = |visit: &VisitTruth, series: &str, name: &str| {
                let mark = visit.landmarks.iter().find(|mark| mark.name == name && mark.series == series)?;
                Some(mark.place)
            };
            let soft = ["portal_bifurcation", "umbilical_portal_vein", "hepatic_vein_confluence", "left_kidney_middle"];
            let pairs: Vec<LandmarkPair> = soft
                .iter()
                .filter_map(|name| Some(LandmarkPair { from: place(first, from, name)?, to: place(visit, to, name)? }))
                .collect();
            if pairs.len() < 3 {
                continue; // a scan of the chest
            }
            let fit = fit_landmarks(&pairs).unwrap();
            assert!(fit.rms_mm < 5.0, "{} {}: {:.2} mm left", info.id, visit.id, fit.rms_mm);
            compared += 1;
            for lesion in &truth.lesions {
                let at = |visit: &VisitTruth| lesion.visits.iter().find(|at| at.visit == visit.id).map(|at| at.place);
                let (Some(before), Some(now)) = (at(first), at(visit)) else { continue };
                if lesion.organ == Organ::Liver {
                    let off = fit.rigid_mm.apply(before).distance_mm(now);
                    assert!(off < 10.0, "{} {} {}: {off:.1} mm", info.id, visit.id, lesion.label);
                    lesions += 1;
                }
            }
        }
    }
    assert!(compared >= 20 && lesions >= 25, "only {compared} visits and {lesions} lesions");
}

/// The folder of the series that a visit's places are given for.
fn main_series(visit: &VisitTruth) -> &str {
    let last = visit.series.iter().find(|series| series.role == PV || series.folder.ends_with("t1-portal-venous"));
    last.or(visit.series.first()).map_or("", |series| series.folder.as_str())
}

/// A lesion of a patient, treated before the scan.
fn a_treated_lesion(person: &mut Person, number: u32) {
    let (id, patient) = (LesionId(number), PatientId(number));
    let date = person.bench().document().unwrap().visits_of(patient)[0].date - chrono::TimeDelta::days(40);
    ask(person, Request::PutLesion(Box::new(Lesion::new(id, patient, "L1"))));
    ask(person, Request::PutSession(Box::new(treated(number, patient, date, &[id]))));
}

#[test]
fn the_next_patient_to_read_is_read_ahead() {
    let mut person = Person::at_the_window();
    let jane = Image::of_jane();
    let john = Image { id: "12", name: "Roe^John", birth: "19400501", study: "1.2.840.99.2", ..jane };
    let folder = write(&person.folder().join("images"), "both", &[jane.stack(3), john.stack(3)].concat());
    person.drop_files(&[folder]);
    for patient in [1, 2] {
        a_treated_lesion(&mut person, patient);
    }
    ask(&mut person, Request::SelectPatient(PatientId(1)));
    person.die_and_start_again();
    assert_eq!(person.bench().selection().patient, Some(PatientId(1)));
    let of = |person: &Person, patient: u32| {
        let stack = person.document().stacks().find(|stack| stack.patient == PatientId(patient)).unwrap().info.key;
        person.bench().volume(stack).is_some_and(|volume| volume.is_complete())
    };
    assert!(of(&person, 1));
    assert!(of(&person, 2), "the next patient's series is in memory before it is hung");
}
