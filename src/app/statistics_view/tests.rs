//! The screen by the names of its controls.

use super::*;
use crate::app::command::Command;
use crate::app::testing::{bench_with_reading, settle, sign};
use eframe::egui::Vec2;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

struct State {
    bench: Workbench,
    screen: StatisticsScreen,
    shown: Vec<Command>,
    ready: bool,
}

fn window(bench: Workbench) -> Harness<'static, State> {
    let state = State { bench, screen: StatisticsScreen::default(), shown: Vec::new(), ready: false };
    let mut harness = Harness::builder().with_size(Vec2::new(1326.0, 660.0)).build_ui_state(
        |ui, state: &mut State| {
            if !state.ready {
                theme::apply(ui.ctx());
                state.ready = true;
                return; // fonts are there from the next frame on
            }
            let mut out = Outbox::default();
            state.screen.show(ui, &state.bench, &mut out);
            state.shown.extend(out.commands.iter().copied());
            for request in out.requests.into_iter().chain(out.reads) {
                state.bench.ask(request);
                settle(&mut state.bench);
            }
        },
        state,
    );
    harness.run();
    harness
}

#[test]
fn rates_and_the_flow_follow_the_answers() {
    let (mut bench, _folder) = bench_with_reading();
    sign(&mut bench);
    let mut harness = window(bench);
    harness.get_by_label_contains("Primary technique efficacy, evaluable lesions, 1/1 = 100.0 %");
    harness.get_by_label("Treated index lesions 1").click();
    harness.run();
    harness.get_by_label("Treated index lesions: 1");
    let open: Vec<_> = harness.query_all_by_label_contains("Open L1 of").collect();
    assert_eq!(open.len(), 1, "the lesion behind the number");
    open[0].click();
    harness.run();
    assert_eq!(harness.state().shown, [Command::ShowReading]);
}

#[test]
fn a_curve_says_how_many_are_at_risk_and_changes_with_the_end_point() {
    let (mut bench, _folder) = bench_with_reading();
    sign(&mut bench);
    let mut harness = window(bench);
    harness.get_by_label_contains("Cumulative incidence. Everybody: n 1, 0 events");
    harness.get_by_label("Kaplan-Meier").click();
    harness.run();
    harness.get_by_label_contains("Kaplan-Meier. Everybody: n 1, 0 events, 100.0 % at the end");
    harness.get_by_label("Patients").click();
    harness.run();
    harness.get_by_label_contains("1 at risk, 0 events");
}

#[test]
fn a_draft_is_left_out_and_nothing_is_made_up() {
    let (bench, _folder) = bench_with_reading();
    let harness = window(bench);
    harness.get_by_label_contains("signed answers only, 1 draft left out");
    harness.get_by_label("Nobody is at risk yet");
    harness.get_by_label_contains("Not in it: 1");
}
