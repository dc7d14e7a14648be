//! Notices at the bottom of the window: what was done, with undo; what could not be done, until put away.

use super::command::Command;
use super::theme::{self, colour};
use super::{Outbox, text};
use crate::workbench::{Level, Request, Workbench};
use eframe::egui::{self, Align2, Area, Button, Frame, Margin, Order, Stroke, Ui, vec2};
use std::collections::BTreeMap;
use std::time::Duration;

/// So long a line that needs no answer stays.
const STAYS_S: f64 = 6.0;

/// Since when each notice is up.
#[derive(Debug, Default)]
pub struct Shown {
    since: BTreeMap<u64, f64>,
}

/// Draws the notices and puts old ones away.
pub fn show(ui: &Ui, shown: &mut Shown, bench: &Workbench, out: &mut Outbox) {
    let now = ui.input(|input| input.time);
    let notices = bench.notices();
    shown.since.retain(|id, _| notices.iter().any(|notice| notice.id == *id));
    if notices.is_empty() {
        return;
    }
    let area = Area::new(egui::Id::unique("notices")).order(Order::Foreground);
    let area = area.anchor(Align2::CENTER_BOTTOM, vec2(0.0, -48.0)).interactable(true);
    area.show(ui.ctx(), |ui| {
        ui.set_max_width(720.0);
        for notice in notices {
            let since = *shown.since.entry(notice.id).or_insert(now);
            let edge = match notice.level {
                Level::Done => colour::GOOD,
                Level::Note => colour::ACCENT,
                Level::Problem => colour::BAD,
            };
            let frame = Frame::new()
                .fill(colour::RAISED)
                .stroke(Stroke::new(1.0, edge))
                .corner_radius(theme::RADIUS)
                .inner_margin(Margin::symmetric(12, 8));
            frame.show(ui, |ui| {
                ui.horizontal_wrapped(|ui| {
                    ui.label(&notice.text);
                    if notice.offers_undo && ui.add(Button::new(text::UNDO).small()).clicked() {
                        out.command(Command::Undo);
                        out.ask(Request::Dismiss(notice.id));
                    }
                    if notice.level == Level::Problem && ui.add(Button::new(text::CLOSE).small()).clicked() {
                        out.ask(Request::Dismiss(notice.id));
                    }
                });
            });
            if notice.level != Level::Problem {
                let left = STAYS_S - (now - since);
                if left <= 0.0 {
                    out.ask(Request::Dismiss(notice.id));
                } else {
                    ui.ctx().request_repaint_after(Duration::from_secs_f64(left));
                }
            }
        }
    });
}
