//! Notices: what was done stands in the bottom bar for a while, with undo; what could not be done stands over
//! the window until it is put away. Neither covers what is read.

use super::command::Command;
use super::theme::{self, colour};
use super::{Outbox, text, widgets};
use crate::workbench::{Level, Request, Workbench};
use eframe::egui::{self, Align2, Area, Button, Frame, Label, Margin, Order, Stroke, Ui, vec2};
use std::collections::BTreeMap;
use std::time::Duration;

/// So long a line that needs no answer stays.
const STAYS_S: f64 = 6.0;

/// Since when each notice is up.
#[derive(Debug, Default)]
pub struct Shown {
    since: BTreeMap<u64, f64>,
}

/// The line for the bottom bar, with undo; puts old lines away.
pub fn line(ui: &mut Ui, shown: &mut Shown, bench: &Workbench, out: &mut Outbox) -> bool {
    let now = ui.input(|input| input.time);
    let notices = bench.notices();
    shown.since.retain(|id, _| notices.iter().any(|notice| notice.id == *id));
    for notice in notices.iter().filter(|notice| notice.level != Level::Problem) {
        let left = STAYS_S - (now - *shown.since.entry(notice.id).or_insert(now));
        if left <= 0.0 {
            out.ask(Request::Dismiss(notice.id));
        } else {
            ui.ctx().request_repaint_after(Duration::from_secs_f64(left));
        }
    }
    let Some(notice) = notices.iter().rev().find(|notice| notice.level != Level::Problem) else { return false };
    let tint = if notice.level == Level::Done { colour::GOOD } else { colour::ACCENT };
    ui.add_space(8.0);
    let room = (ui.available_width() - 130.0).max(80.0);
    ui.allocate_ui(vec2(room, 20.0), |ui| ui.add(Label::new(widgets::coloured(&notice.text, tint)).truncate()));
    if notice.offers_undo && ui.add(Button::new(text::UNDO).small()).clicked() {
        out.command(Command::Undo);
        out.ask(Request::Dismiss(notice.id));
    }
    true
}

/// What could not be done, over the window.
pub fn problems(ui: &Ui, bench: &Workbench, out: &mut Outbox) {
    let problems: Vec<_> = bench.notices().iter().filter(|notice| notice.level == Level::Problem).collect();
    if problems.is_empty() {
        return;
    }
    let area = Area::new(egui::Id::unique("notices")).order(Order::Foreground);
    let area = area.anchor(Align2::CENTER_BOTTOM, vec2(0.0, -48.0)).interactable(true);
    area.show(ui.ctx(), |ui| {
        ui.set_max_width(720.0);
        for notice in problems {
            let frame = Frame::new()
                .fill(colour::RAISED)
                .stroke(Stroke::new(1.0, colour::BAD))
                .corner_radius(theme::RADIUS)
                .inner_margin(Margin::symmetric(12, 8));
            frame.show(ui, |ui| {
                ui.horizontal(|ui| {
                    let room = ui.available_width() - 70.0;
                    ui.allocate_ui(vec2(room, 20.0), |ui| ui.add(Label::new(&notice.text).wrap()));
                    if ui.add(Button::new(text::CLOSE).small()).clicked() {
                        out.ask(Request::Dismiss(notice.id));
                    }
                });
            });
        }
    });
}
