//! The screen by the names of its controls.

use super::*;
use crate::app::testing::{bench_with_images, bench_with_reading, second_visit, settle, sign};
use crate::workbench::Level;
use eframe::egui::Vec2;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

struct State {
    bench: Workbench,
    screen: TableScreen,
    keys: KeyMap,
    ready: bool,
}

fn window(bench: Workbench) -> Harness<'static, State> {
    let state = State { bench, screen: TableScreen::default(), keys: KeyMap::default(), ready: false };
    let mut harness = Harness::builder().with_size(Vec2::new(1326.0, 660.0)).build_ui_state(
        |ui, state: &mut State| {
            if !state.ready {
                theme::apply(ui.ctx());
                state.ready = true;
                return; // fonts are there from the next frame on
            }
            let mut out = Outbox::default();
            state.screen.show(ui, &state.bench, &state.keys, &mut out);
            for request in out.requests {
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
fn the_table_shows_a_finding_in_words() {
    let (bench, _folder) = bench_with_reading();
    let mut harness = window(bench);
    harness.get_by_label("No viable tumour");
    // 2026-02-03 to 2026-03-10 is 35 days.
    harness.get_by_label("35");
    harness.get_by_label("Lesions").click();
    harness.run();
    assert!(harness.query_by_label("No viable tumour").is_none());
    harness.get_by_label("Liver");
}

#[test]
fn a_draft_gives_no_rate_and_says_so() {
    let (bench, _folder) = bench_with_reading();
    let mut harness = window(bench);
    harness.get_by_label("1 answer is a draft and not counted. Sign the visit, then the rate is computed.");
    harness.get_by_label("Signed answers only. 1 draft is left out.");
    assert!(harness.query_by_label("100.0 %").is_none());
    sign(&mut harness.state_mut().bench);
    harness.run();
    // 1/1 by hand: Wilson from 1 / (1 + 1.96^2) = 20.7 % to 100 %.
    assert_eq!(harness.get_all_by_label("100.0 %").count(), 2);
    harness.get_by_label("per tumour, 1/1");
    harness.get_by_label("per patient, 1/1");
    harness.get_by_label("All treated lesions, 1/1 = 100.0 %, Wilson 95 % 20.7-100.0 %");
    harness.get_by_label("Treated index lesions 1");
    harness.get_by_label("complete 1");
    harness.get_by_label(text::EVERY_LESION_IN);
}

#[test]
fn a_lesion_opens_in_the_reading_room() {
    let (mut bench, _folder) = bench_with_reading();
    let visit = second_visit(&bench);
    sign(&mut bench);
    let first = bench.document().unwrap().visits_of(crate::clinical::PatientId(1))[0].id;
    bench.ask(Request::SelectVisit(first));
    let mut harness = window(bench);
    harness.get_by_label("Open L1 of P001, 2026-03-10").click();
    harness.run();
    assert_eq!(harness.state().bench.selection().visit, Some(visit));
}

#[test]
fn export_writes_the_tables() {
    let (bench, folder) = bench_with_reading();
    let mut harness = window(bench);
    harness.get_by_label("Days since first ablation").click();
    harness.run();
    harness.get_by_label("Export to").focus();
    harness.run();
    harness.get_by_label("Export to").type_text("tables");
    harness.run();
    harness.get_by_label(&format!("Writes to {}", folder.path().join("tables").display()));
    harness.get_by_label("Export").click();
    harness.run();
    let written = std::fs::read_to_string(folder.path().join("tables/lesion_visit.csv")).unwrap();
    assert!(written.contains("no_viable") && !written.contains("2026-03-10"), "{written}");
    assert!(folder.path().join("tables/dictionary.csv").exists());
    let told = &harness.state().bench.notices().last().unwrap().text;
    assert!(told.contains("written to"), "{told}");
}

#[test]
fn an_empty_export_says_why() {
    let (bench, folder) = bench_with_images();
    let mut harness = window(bench);
    harness.get_by_label(text::NO_ROWS[0].1);
    harness.get_by_label("Export").hover();
    harness.run();
    harness.get_by_label(text::EXPORT_NEEDS_LESION);
    // A script or the dialog may still ask: the workbench says the same.
    let request = harness.state().screen.export_to(folder.path().join("t.csv"));
    harness.state_mut().bench.ask(request);
    let bench = &harness.state().bench;
    let notice = bench.notices().iter().find(|notice| notice.level == Level::Problem).unwrap();
    assert!(notice.text.starts_with("There is nothing to export"), "{}", notice.text);
    assert!(!folder.path().join("t.csv").exists());
}

#[test]
fn what_is_shown_is_worked_out_once_a_change() {
    let (bench, _folder) = bench_with_reading();
    let mut harness = window(bench);
    let of = |harness: &Harness<'_, State>| harness.state().screen.cache.as_ref().unwrap().of;
    let before = of(&harness);
    harness.run_steps(3);
    assert_eq!(of(&harness), before);
    sign(&mut harness.state_mut().bench);
    harness.run();
    assert_ne!(of(&harness), before);
}
