//! Closing the window: at once when all is saved; with something unsaved it is asked first, for then closing
//! cannot be undone.

use super::dialogs::DialogKind;
use super::shell::AblationApp;
use super::text::safety;
use super::theme::{self, colour};
use super::{Outbox, banners, widgets};
use crate::workbench::Request;
use eframe::egui::{self, Align2, Area, Button, Frame, Margin, Order, Stroke, ViewportCommand, vec2};

/// What stands between the window and its end.
#[derive(Debug, Default)]
pub struct Leaving {
    /// Closing was asked for while a change was on its way to the disk; it is done once that is answered.
    waiting: bool,
    asking: bool,
    anyway: bool,
    copy_path: String,
}

impl AblationApp {
    /// Holds the window while something is not saved, and asks.
    pub(super) fn guard_closing(&mut self, ctx: &egui::Context, out: &mut Outbox) {
        let unsaved = self.bench.desk().map(|desk| desk.unsaved().len()).unwrap_or_default();
        let writing = self.bench.desk().is_some_and(|desk| desk.is_writing());
        if ctx.input(|input| input.viewport().close_requested()) && !self.leaving.anyway {
            self.leaving.waiting = writing;
            self.leaving.asking = unsaved > 0;
            if writing || unsaved > 0 {
                ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            }
        }
        if self.leaving.waiting && !writing {
            // Whether the disk took it is known now.
            self.leaving.waiting = false;
            self.leaving.asking = true;
        }
        if !self.leaving.asking {
            return;
        }
        if unsaved == 0 {
            // Saved meanwhile: what was asked for can be done.
            self.leaving.asking = false;
            ctx.send_viewport_cmd(ViewportCommand::Close);
            return;
        }
        let area = Area::new(egui::Id::unique("leaving")).order(Order::Foreground);
        area.anchor(Align2::CENTER_CENTER, vec2(0.0, 0.0)).show(ctx, |ui| {
            let frame = Frame::new().fill(colour::PANEL).stroke(Stroke::new(1.0, colour::BAD));
            frame.corner_radius(theme::RADIUS).inner_margin(Margin::same(16)).show(ui, |ui| {
                ui.set_width(560.0);
                ui.label(theme::title(safety::LEAVE_LEAD));
                let why = self.bench.desk().and_then(|desk| desk.unsaved().first()).map(|first| first.why.clone());
                ui.label(theme::soft(format!("{} {}", safety::not_saved(unsaved), why.unwrap_or_default())));
                ui.add_space(2.0 * theme::UNIT);
                ui.horizontal(|ui| {
                    if ui.button(safety::TRY_AGAIN).on_hover_text(safety::TRY_AGAIN_TOOLTIP).clicked() {
                        out.ask(Request::SaveAgain);
                    }
                    if ui.button(safety::SAVE_COPY).on_hover_text(safety::SAVE_COPY_TOOLTIP).clicked() {
                        self.dialogs.ask(DialogKind::SaveAs);
                    }
                    if ui.button(safety::STAY).clicked() {
                        self.leaving.asking = false;
                    }
                    let lose = Button::new(widgets::coloured(safety::LEAVE_ANYWAY, colour::BAD));
                    if ui.add(lose).clicked() {
                        self.leaving.anyway = true;
                        ui.ctx().send_viewport_cmd(ViewportCommand::Close);
                    }
                });
                banners::copy_field(ui, &mut self.leaving.copy_path, out);
            });
        });
    }
}
