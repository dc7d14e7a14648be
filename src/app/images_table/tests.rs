//! The screen by the names of its controls.

use super::*;
use crate::app::testing::{bench, bench_with_images, settle};
use crate::workbench::Workbench;
use eframe::egui::Vec2;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

struct State {
    bench: Workbench,
    screen: ImagesScreen,
    shown: Vec<Request>,
    ready: bool,
}

fn window(bench: Workbench) -> Harness<'static, State> {
    let state = State { bench, screen: ImagesScreen::default(), shown: Vec::new(), ready: false };
    let mut harness = Harness::builder().with_size(Vec2::new(1326.0, 660.0)).build_ui_state(
        |ui, state: &mut State| {
            if !state.ready {
                theme::apply(ui.ctx());
                state.ready = true;
                return; // fonts are there from the next frame on
            }
            let mut out = Outbox::default();
            state.screen.show(ui, &state.bench, &mut out);
            for request in out.requests {
                if matches!(request, Request::ShowStack { .. }) {
                    state.shown.push(request.clone());
                }
                state.bench.ask(request);
                settle(&mut state.bench);
            }
        },
        state,
    );
    harness.run();
    harness
}

fn roles(harness: &Harness<'_, State>, description: &str) -> Vec<(StackRole, String)> {
    let document = harness.state().bench.document().unwrap();
    let wanted = document.stacks().filter(|stack| stack.info.description == description);
    wanted.map(|stack| (stack.role, stack.role_because.clone())).collect()
}

#[test]
fn the_role_combo_changes_the_role() {
    let (bench, _folder) = bench_with_images();
    let mut harness = window(bench);
    assert!(roles(&harness, "Liver arterial").iter().all(|(role, _)| *role == StackRole::CtArterial));
    harness.get_by_label("Role of series 3, 2026-03-10").click();
    harness.run();
    harness.get_by_label("CT delayed").click();
    harness.run();
    let changed: Vec<_> =
        roles(&harness, "Liver arterial").into_iter().filter(|(role, _)| *role == StackRole::CtDelayed).collect();
    assert_eq!(changed, [(StackRole::CtDelayed, "set by the reader".to_owned())]);
    harness.get_by_label("set by the reader");
    assert_eq!(harness.state().bench.desk().unwrap().can_undo().map(|label| label.contains("delayed")), Some(true));
}

#[test]
fn a_study_moves_to_another_visit_as_a_whole() {
    let (bench, _folder) = bench_with_images();
    let mut harness = window(bench);
    assert_eq!(harness.state().bench.document().unwrap().visits_of(PatientId(1)).len(), 2);
    harness.get_by_label("Visit of series 4, 2026-03-10").click();
    harness.run();
    let choices = harness.get_all_by_label("2026-01-01");
    choices.last().unwrap().click(); // the popup is the newest
    harness.run();
    let document = harness.state().bench.document().unwrap();
    let visits = document.visits_of(PatientId(1));
    assert_eq!(visits.iter().map(|visit| visit.date.to_string()).collect::<Vec<_>>(), ["2026-01-01"]);
    assert_eq!(document.stacks_of(visits[0].id).len(), 4);
}

#[test]
fn show_puts_the_series_into_the_active_pane() {
    let (bench, _folder) = bench_with_images();
    let mut harness = window(bench);
    harness.get_by_label("Show series 4, 2026-01-01").click();
    harness.run();
    let document = harness.state().bench.document().unwrap();
    let [Request::ShowStack { stack, .. }] = harness.state().shown.as_slice() else {
        unreachable!("one request: {:?}", harness.state().shown)
    };
    assert_eq!(document.stack(*stack).unwrap().info.description, "Liver portal venous");
}

#[test]
fn what_was_skipped_is_named_with_its_reason() {
    let (bench, _folder) = bench_with_images();
    let reason = bench.import_report().unwrap().skipped.first().unwrap().reason.clone();
    let mut harness = window(bench);
    harness.get_by_label("notes.txt");
    harness.get_by_label(&format!("1 file · {reason}")).click();
    harness.run();
    assert!(harness.query_by_label("notes.txt").is_none());
    harness.get_by_label("Last import").click();
    harness.run();
    assert!(harness.query_by_label(&format!("1 file · {reason}")).is_none());
}

#[test]
fn an_empty_project_says_what_to_do() {
    let (bench, _folder) = bench();
    let harness = window(bench);
    harness.get_by_label(text::NO_IMAGES);
    harness.get_by_label("Open images");
}

#[test]
fn names_are_told_apart_only_where_they_clash() {
    let (bench, _folder) = bench_with_images();
    let lines = Lines::new(bench.document().unwrap(), Some(PatientId(1)));
    let names: Vec<_> = lines.lines.iter().map(|line| line.name.as_str()).collect();
    let expected = ["series 3, 2026-01-01", "series 4, 2026-01-01", "series 3, 2026-03-10", "series 4, 2026-03-10"];
    assert_eq!(names, expected);
    assert_eq!(lines.lines[0].step, "5 / 5");
    assert_eq!(lines.lines[0].matrix, "8 x 8");
}

#[test]
fn what_was_signed_is_not_merged_away() {
    let (mut bench, _folder) = crate::app::testing::bench_with_reading();
    crate::app::testing::sign(&mut bench);
    bench.ask(Request::PutPatient(Box::new(crate::clinical::Patient::new(PatientId(2), "P002"))));
    settle(&mut bench);
    let why = bench.merge_preview(PatientId(1), PatientId(2)).unwrap_err();
    assert!(why.contains("signed"), "{why}");
    assert!(bench.merge_preview(PatientId(2), PatientId(1)).is_ok());
    // Asked in either way, it is done in the way that keeps what was signed.
    bench.ask(Request::Whose(crate::workbench::Whose::Same { from: PatientId(1), into: PatientId(2) }));
    settle(&mut bench);
    let left: Vec<_> = bench.document().unwrap().patients().map(|patient| patient.id).collect();
    assert_eq!(left, [PatientId(1)], "{:?}", bench.notices());
}
