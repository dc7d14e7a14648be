//! The screen by its labels, over a real project file.

use super::*;
use crate::clinical::{AblationModality, LesionId, Organ, PrimaryCancer, TechnicalSuccess};
use crate::workbench::{DEFAULT_BUDGET_BYTES, Executor, Setup};
use eframe::egui::{Key as Press, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use std::sync::Arc;

/// The screen with its workbench, as the window holds them.
struct Room {
    bench: Workbench,
    screen: PatientScreen,
    away: bool,
    _folder: tempfile::TempDir,
}

impl Room {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now = chrono::DateTime::from_timestamp(1_750_000_000, 0).unwrap();
        let mut bench = Workbench::new(Setup {
            executor: Executor::Inline,
            wake: Arc::new(|| {}),
            clock: Arc::new(move || now),
            user_folder: folder.path().to_owned(),
            budget_bytes: DEFAULT_BUDGET_BYTES,
        });
        bench.ask(Request::NewProject(folder.path().join("study.ablation")));
        bench.pump();
        Self { bench, screen: PatientScreen::default(), away: false, _folder: folder }
    }

    fn with_lesions(labels: &[&str]) -> Self {
        let mut room = Self::new();
        let patient = Patient::new(PatientId(1), "P001");
        room.ask(Request::PutPatient(Box::new(patient)));
        for (n, label) in (1..).zip(labels) {
            room.ask(Request::PutLesion(Box::new(Lesion::new(LesionId(n), PatientId(1), *label))));
        }
        room.ask(Request::SelectPatient(PatientId(1)));
        room
    }

    fn ask(&mut self, request: Request) {
        self.bench.ask(request);
        self.bench.pump();
    }

    fn document(&self) -> &Document {
        self.bench.document().unwrap()
    }

    fn lesion(&self, id: u32) -> &Lesion {
        self.document().lesion(LesionId(id)).unwrap()
    }

    fn frame(&mut self, ui: &mut Ui) {
        self.bench.pump();
        let mut out = Outbox::default();
        if self.away {
            self.screen.settle(&self.bench, &mut out);
        } else {
            self.screen.show(ui, &self.bench, &KeyMap::default(), &mut out);
        }
        for request in out.requests {
            self.bench.ask(request);
        }
    }
}

type Window = Harness<'static, Room>;

fn window(room: Room) -> Window {
    // High enough that no column scrolls: a click needs its target in view.
    let builder = Harness::builder().with_size(vec2(1326.0, 1400.0)).with_max_steps(20);
    let mut window =
        builder.with_context_setup(theme::apply).build_ui_state(|ui, room: &mut Room| room.frame(ui), room);
    window.run_steps(4);
    window
}

fn click(window: &mut Window, label: &str) {
    window.get_by_label(label).click();
    window.run_steps(4);
}

fn enter(window: &mut Window, label: &str, text: &str) {
    click(window, label);
    window.key_press_modifiers(Modifiers::COMMAND, Press::A);
    match text {
        "" => window.key_press(Press::Backspace),
        text => window.get_by_label(label).type_text(text),
    }
    window.run_steps(3);
}

fn leave(window: &mut Window) {
    window.key_press(Press::Enter);
    window.run_steps(4);
}

fn choose(window: &mut Window, label: &str, option: &str) {
    click(window, label);
    // The open list is drawn last.
    window.get_all_by_label(option).last().unwrap().click();
    window.run_steps(4);
}

fn says(window: &Window, sentence: &str) -> bool {
    window.query_all_by_label(sentence).next().is_some()
}

#[test]
fn a_session_is_entered_by_label() {
    let mut window = window(Room::with_lesions(&["L1", "L2"]));
    assert!(window.get_by_label("Add session").accesskit_node().is_disabled());
    enter(&mut window, "Session date", "2024-02-12");
    leave(&mut window);
    assert!(window.get_by_label("Add session").accesskit_node().is_disabled(), "no lesion is ticked");
    choose(&mut window, "Modality", "Microwave (MWA)");
    click(&mut window, "Treated L1");
    click(&mut window, "Treated L2");
    choose(&mut window, "Technical success L1", "Yes");
    choose(&mut window, "Technical success L2", "No");
    enter(&mut window, "Reason L2", "too close to the bowel");
    leave(&mut window);
    click(&mut window, "Planned before the first follow-up scan");
    enter(&mut window, "Device", "one 14 G antenna");
    click(&mut window, "Add session"); // what is still in the field goes with it

    let sessions = window.state().document().sessions_of(PatientId(1));
    let [session] = sessions.as_slice() else { panic!("{} sessions", sessions.len()) };
    assert_eq!(session.date.to_string(), "2024-02-12");
    assert_eq!(session.modality, AblationModality::Microwave);
    assert_eq!(session.device, "one 14 G antenna");
    assert!(session.planned_before_first_follow_up);
    let treated: Vec<_> =
        session.lesions.iter().map(|l| (l.lesion.0, l.technical_success, l.reason.as_str())).collect();
    assert_eq!(treated, [(1, TechnicalSuccess::Yes, ""), (2, TechnicalSuccess::No, "too close to the bowel")]);
    // The form is empty again, and the session stands in the list.
    assert_eq!(window.get_by_label("Session date").value().as_deref(), Some(""));
    assert!(says(&window, "Session of 2024-02-12"));
}

#[test]
fn a_wrong_date_says_so_and_stays() {
    let mut window = window(Room::with_lesions(&["L1"]));
    enter(&mut window, "Session date", "2024-13-45");
    assert!(says(&window, text::NEEDS_DATE), "while it is typed");
    leave(&mut window);
    assert!(says(&window, text::NEEDS_DATE), "and after");
    assert_eq!(window.get_by_label("Session date").value().as_deref(), Some("2024-13-45"));
    assert!(window.get_by_label("Add session").accesskit_node().is_disabled());
    enter(&mut window, "Session date", "2024-12-05");
    assert!(!says(&window, text::NEEDS_DATE));
    // The only lesion was ticked already.
    click(&mut window, "Add session");
    assert_eq!(window.state().document().sessions_of(PatientId(1)).len(), 1);
}

#[test]
fn a_session_is_corrected_and_removed() {
    let mut window = window(Room::with_lesions(&["L1"]));
    enter(&mut window, "Session date", "2024-02-12");
    click(&mut window, "Add session");
    click(&mut window, "Session of 2024-02-12");
    enter(&mut window, "Session date", "");
    leave(&mut window);
    assert!(says(&window, text::NEEDS_SESSION_DATE), "a kept session keeps its date");
    enter(&mut window, "Session date", "2024-02-13");
    leave(&mut window);
    assert_eq!(window.state().document().sessions_of(PatientId(1))[0].date.to_string(), "2024-02-13");
    assert!(window.get_by_label("Treated L1").accesskit_node().is_disabled());
    click(&mut window, "Remove session");
    assert!(window.state().document().sessions_of(PatientId(1)).is_empty());
    window.state_mut().ask(Request::Undo);
    assert_eq!(window.state().document().sessions_of(PatientId(1)).len(), 1);
}

#[test]
fn a_lesion_is_edited_and_one_field_is_one_undo() {
    let mut window = window(Room::with_lesions(&["L1"]));
    click(&mut window, "Segment VII");
    click(&mut window, "Segment IVb");
    enter(&mut window, "Site", "dome");
    leave(&mut window);
    enter(&mut window, "Long axis", "18,5");
    leave(&mut window);
    choose(&mut window, "Tumour type", "Metastasis");
    click(&mut window, "New later");
    let lesion = window.state().lesion(1);
    let segments: Vec<_> = lesion.segments.iter().map(|segment| segment.to_string()).collect();
    assert_eq!(segments, ["IVb", "VII"], "in anatomical order");
    assert_eq!((lesion.site.as_str(), lesion.long_axis_mm, lesion.index), ("dome", Some(18.5), false));
    assert_eq!(lesion.tumour_type, crate::clinical::TumourType::Metastasis);

    for _ in 0..3 {
        window.state_mut().ask(Request::Undo);
    }
    let lesion = window.state().lesion(1);
    assert_eq!((lesion.site.as_str(), lesion.long_axis_mm, lesion.index), ("dome", None, true));

    choose(&mut window, "Organ", "Kidney");
    assert_eq!(window.state().lesion(1).organ, Organ::Kidney);
    assert!(window.query_by_label("Segment VII").is_none(), "segments are the liver's");
}

#[test]
fn what_is_typed_outlives_a_change_of_lesion_and_leaving_the_screen() {
    let mut window = window(Room::with_lesions(&["L1", "L2"]));
    enter(&mut window, "Site", "dome");
    window.state_mut().ask(Request::SelectLesion(LesionId(2))); // by key, while typing
    window.run_steps(4);
    assert_eq!(window.state().bench.selection().lesion, Some(LesionId(2)));
    assert_eq!(window.state().lesion(1).site, "dome");
    assert_eq!(window.state().lesion(2).site, "");

    enter(&mut window, "Long axis", "wide");
    click(&mut window, "Lesion L1");
    click(&mut window, "Lesion L2");
    assert_eq!(window.get_by_label("Long axis").value().as_deref(), Some("wide"), "wrong, and kept");
    assert!(says(&window, text::NEEDS_MM));

    enter(&mut window, "Session note", "half a note");
    enter(&mut window, "Patient note", "moved away");
    window.state_mut().away = true;
    window.run_steps(3);
    assert_eq!(window.state().document().patient(PatientId(1)).unwrap().note, "moved away");
    window.state_mut().away = false;
    window.run_steps(3);
    assert_eq!(window.get_by_label("Session note").value().as_deref(), Some("half a note"));
}

#[test]
fn a_project_is_filled_by_hand_from_nothing() {
    let mut window = window(Room::new());
    assert!(says(&window, text::NO_PATIENT_LEAD));
    click(&mut window, "Add patient");
    choose(&mut window, "Primary cancer", "Colorectal");
    enter(&mut window, "Age at first ablation", "64");
    leave(&mut window);
    enter(&mut window, "Age at first ablation", "old");
    leave(&mut window);
    assert!(says(&window, text::NEEDS_AGE));
    let patient = window.state().document().patient(PatientId(1)).unwrap();
    assert_eq!((patient.primary, patient.age_at_first_ablation_years), (PrimaryCancer::Colorectal, Some(64)));

    assert!(says(&window, text::NO_LESION));
    click(&mut window, "Add lesion");
    assert_eq!(window.state().bench.selection().lesion, Some(LesionId(1)));
    click(&mut window, "Remove lesion");
    assert!(window.state().document().lesions().next().is_none());

    click(&mut window, "Add patient");
    assert_eq!(window.state().bench.selection().patient, Some(PatientId(2)));
    choose(&mut window, "Sex", "Female");
    assert_eq!(window.state().bench.selection().patient, Some(PatientId(2)), "an edit leaves the choice");
    click(&mut window, "Patient P001");
    assert_eq!(window.state().bench.selection().patient, Some(PatientId(1)));
}

#[test]
fn an_event_is_added_and_removed() {
    let mut window = window(Room::with_lesions(&["L1"]));
    assert!(window.get_by_label("Add event").accesskit_node().is_disabled());
    choose(&mut window, "Event", "Resection");
    enter(&mut window, "Event date", "2024-09-02");
    choose(&mut window, "Event lesion", "L1");
    click(&mut window, "Add event");
    let events = window.state().document().events_of(PatientId(1));
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].date.to_string().as_str(), events[0].lesion), ("2024-09-02", Some(LesionId(1))));
    click(&mut window, "Remove Resection of 2024-09-02");
    assert!(window.state().document().events_of(PatientId(1)).is_empty());
}
