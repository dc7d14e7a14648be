//! One click in the window: outlined, corrected, kept or dropped.

use super::person::{LEFT, Person, RIGHT, at_visit, truth};
use ablation_review::clinical::{
    AblationModality, Date, MarkRole, Session, SessionId, SessionLesion, TechnicalSuccess,
};
use ablation_review::geometry::PatientPoint;
use ablation_review::workbench::{Request, Tool};
use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Modifiers, MouseWheelUnit, PointerButton, TouchPhase, vec2};

/// Visits of the sample, a reader, and its first two lesions, treated.
fn ready(visits: &[&str]) -> Person {
    let truth = truth();
    let mut person = Person::at_the_window();
    let folders = person.copy_of_visits(visits);
    person.drop_files(&folders);
    person.type_into("Reader's initials", "abc");
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
    person.click(Role::CheckBox, "Read in time order"); // else later visits stay hidden until this one is signed
    person.press(Key::N);
    person.inputs = 0;
    person
}

/// The pane that shows the visit that is read.
fn last_pane(person: &Person) -> usize {
    person.bench().room().panes().len() - 1
}

/// The date of what a pane shows.
fn date_in(person: &Person, pane: usize) -> Date {
    let visit = person.document().visit_of_stack(person.shown(pane).stack).unwrap();
    person.document().visit(visit).unwrap().date
}

fn click_on(person: &mut Person, pane: usize, place: PatientPoint) {
    if person.shown(pane).grid.nearest_slice(place) != Some(person.shown(pane).slice) {
        person.scroll_to(pane, place);
    }
    let at = person.on_screen(pane, place);
    person.drag(PointerButton::Primary, &[at]);
    person.until("an outline", |person| !person.bench().is_busy());
}

/// How far a mark's volume lies from the truth, as a part of it.
fn off(person: &Person, role: MarkRole, truth_ml: f64) -> f64 {
    let marks = person.document().marks().filter(|mark| mark.info.role == role);
    let ml = marks.max_by_key(|mark| mark.info.id).unwrap().summary().unwrap().volume_ml.unwrap();
    (ml / truth_ml - 1.0).abs()
}

#[test]
fn a_zone_is_outlined_corrected_and_kept_as_one_change() {
    let truth = truth();
    let zone = at_visit(&truth.lesions[0], "d35").ablation_zone.as_ref().unwrap();
    let mut person = ready(&["pre", "d35"]);
    let before = person.document().clone();

    person.press(Key::Z);
    assert_eq!(person.bench().tool(), Tool::Outline(MarkRole::AblationZone));
    click_on(&mut person, RIGHT, zone.centre);
    assert!(person.bench().preview().unwrap().size.is_some());
    assert!(person.document().same_content(&before), "a preview changes nothing");
    assert!(person.says("Keep") && person.says("Drop"));
    person.nothing_is_clipped();

    // Ctrl+wheel changes the strength while it is dashed, and does not zoom.
    let field = person.bench().room().field_mm();
    let plain = person.bench().preview().unwrap().size.unwrap();
    person.harness.event(Event::MouseWheel {
        unit: MouseWheelUnit::Line,
        delta: vec2(0.0, 3.0),
        phase: TouchPhase::Move,
        source: eframe::egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::COMMAND,
    });
    person.see();
    let preview = person.bench().preview().unwrap();
    assert!((preview.strength - 1.3).abs() < 1e-9, "{}", preview.strength);
    assert!(preview.size.unwrap().2 >= plain.2 * 0.97);
    assert_eq!(person.bench().room().field_mm(), field);

    // Esc leaves no trace, and the tool stays for another try.
    person.press(Key::Escape);
    assert!(person.bench().preview().is_none());
    assert!(person.document().same_content(&before));

    click_on(&mut person, RIGHT, zone.centre);
    // Inside it: this does not belong. Outside of it: this does.
    let inside = PatientPoint::new(zone.centre.x, zone.centre.y - 12.0, zone.centre.z);
    click_on(&mut person, RIGHT, inside);
    let hints = person.bench().preview().unwrap().hints.to_vec();
    assert_eq!(hints.iter().map(|hint| hint.inside).collect::<Vec<_>>(), [false]);
    click_on(&mut person, RIGHT, inside);
    let hints = person.bench().preview().unwrap().hints.to_vec();
    assert_eq!(hints.iter().map(|hint| hint.inside).collect::<Vec<_>>(), [false, true]);
    person.press(Key::Escape);

    click_on(&mut person, RIGHT, zone.centre);
    person.press(Key::Enter);
    assert_eq!(person.bench().tool(), Tool::Scroll, "the wheel never paints");
    assert_eq!(person.document().marks().count(), 1);
    assert!(off(&person, MarkRole::AblationZone, zone.voxels_ml) < 0.15);
    person.press_with(Modifiers::COMMAND, Key::Z);
    assert!(person.document().same_content(&before), "one undo takes it back");
}

#[test]
fn a_mark_far_from_its_lesion_asks_whose_it_is() {
    let truth = truth();
    let mut person = ready(&["pre", "d35"]);
    let other = at_visit(&truth.lesions[1], "d35").ablation_zone.as_ref().unwrap().centre;
    let lesions: Vec<_> = person.document().lesions().map(|lesion| lesion.id).collect();
    person.press(Key::Equals); // the whole picture: the other lesion lies beyond the field of this one
    person.press(Key::Z);
    click_on(&mut person, RIGHT, other);
    person.press(Key::Enter);
    assert_eq!(person.document().marks().count(), 0, "it asks first");
    assert!(person.all_words().iter().any(|words| words.contains("mm from L1, near L2")), "{:?}", person.all_words());
    person.nothing_is_clipped();
    person.click_button("Put it on L2");
    let mark = person.document().marks().next().unwrap();
    assert_eq!(mark.info.lesions, [lesions[1]]);
}

#[test]
fn viable_tumour_away_from_the_zone_is_asked_about() {
    let truth = truth();
    let mut person = ready(&["pre", "d35"]);
    let zone = at_visit(&truth.lesions[0], "d35").ablation_zone.as_ref().unwrap().centre;
    person.press(Key::Z);
    click_on(&mut person, RIGHT, zone);
    person.press(Key::Enter);
    assert_eq!(person.document().marks().count(), 1);
    // Somewhere in healthy liver 29 mm from the zone's middle: the program asks, and a second Enter keeps it.
    person.press(Key::R);
    click_on(&mut person, RIGHT, PatientPoint::new(zone.x + 28.0, zone.y, zone.z));
    person.press(Key::Enter);
    if person.bench().preview().is_some() {
        let asked =
            person.all_words().iter().any(|words| words.contains("from the zone") || words.contains("mm from L1"));
        assert!(asked, "{:?}", person.all_words());
        assert_eq!(person.document().marks().count(), 1);
        person.press(Key::Enter);
    }
    assert!(person.bench().preview().is_none());
}

#[test]
fn four_visits_are_marked_in_at_most_sixty_inputs() {
    let truth = truth();
    let lesion = &truth.lesions[0];
    let mut person = ready(&["pre", "d35", "d92", "d183"]);
    let tumour = at_visit(lesion, "pre").tumour.as_ref().unwrap();
    person.press(Key::T);
    click_on(&mut person, LEFT, tumour.centre);
    person.press(Key::Enter);
    assert!(
        off(&person, MarkRole::Tumour, tumour.voxels_ml) < 0.3,
        "{}",
        off(&person, MarkRole::Tumour, tumour.voxels_ml)
    );
    for visit in ["d35", "d92", "d183"] {
        let at = at_visit(lesion, visit);
        let date = truth.visits.iter().find(|other| other.id == visit).unwrap().date;
        let way = if visit == "d35" { Key::PageUp } else { Key::PageDown };
        while date_in(&person, last_pane(&person)) != date {
            person.press(way);
        }
        let pane = last_pane(&person);
        let zone = at.ablation_zone.as_ref().unwrap();
        person.press(Key::Z);
        click_on(&mut person, pane, zone.centre);
        person.press(Key::Enter);
        let by = off(&person, MarkRole::AblationZone, zone.voxels_ml);
        assert!(by < 0.15, "{visit}: {by:.3}");
        if let Some(viable) = &at.viable_tumour {
            person.press(Key::R);
            click_on(&mut person, pane, viable.centre);
            person.press(Key::Enter);
            assert!(off(&person, MarkRole::ViableTumour, viable.voxels_ml) < 0.6, "{visit}");
        }
    }
    assert!(person.document().marks().count() >= 5);
    assert!(person.inputs <= 60, "{} inputs", person.inputs);
}
