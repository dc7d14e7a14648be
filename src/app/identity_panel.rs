//! A copy of the project without what tells who its patients are: where to, how dates are written, and what came of it.

use super::Outbox;
use super::dialogs::{DialogKind, Dialogs};
use super::text::{self, safety};
use super::theme::{self, colour};
use super::widgets;
use crate::workbench::{Request, Slot, Workbench};
use eframe::egui::{self, Align2, Area, Button, Frame, Key, Label, Margin, Order, Stroke, TextEdit, Ui, vec2};
use std::path::PathBuf;

/// The panel's own state.
#[derive(Debug, Default)]
pub struct IdentityPanel {
    open: bool,
    path: String,
    dates_as_offsets: bool,
}

impl IdentityPanel {
    /// Whether it is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Opens or closes it.
    pub fn toggle(&mut self) {
        self.open = !self.open;
    }

    /// A dialog has said where the copy goes.
    pub fn write_to(&mut self, path: PathBuf) -> Request {
        self.path = path.display().to_string();
        Request::CopyWithoutIdentity { path, dates_as_offsets: self.dates_as_offsets }
    }

    /// Draws it.
    pub fn show(&mut self, ui: &Ui, bench: &Workbench, dialogs: &mut dyn Dialogs, out: &mut Outbox) {
        if !self.open || bench.desk().is_none() {
            return;
        }
        let area = Area::new(egui::Id::unique("identity")).order(Order::Foreground);
        area.anchor(Align2::CENTER_CENTER, vec2(0.0, 0.0)).show(ui.ctx(), |ui| {
            let frame = Frame::new().fill(colour::PANEL).stroke(Stroke::new(1.0, colour::LINE));
            frame.corner_radius(theme::RADIUS).inner_margin(Margin::same(16)).show(ui, |ui| {
                ui.set_width(580.0);
                ui.label(theme::title(safety::IDENTITY_LEAD));
                ui.add(Label::new(theme::soft(safety::IDENTITY_WORDS)).wrap());
                ui.add_space(theme::UNIT);
                ui.checkbox(&mut self.dates_as_offsets, safety::DATES_AS_OFFSETS)
                    .on_hover_text(safety::DATES_AS_OFFSETS_TOOLTIP);
                let field =
                    TextEdit::singleline(&mut self.path).hint_text(safety::IDENTITY_HINT).desired_width(f32::INFINITY);
                let field = ui.add(field).accessible_name(safety::IDENTITY_PATH);
                let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                let path = self.path.trim();
                ui.horizontal(|ui| {
                    let write =
                        widgets::primary_button(ui, vec2(140.0, 30.0), safety::WRITE_COPY, "", !path.is_empty());
                    if (write.clicked() || entered) && !path.is_empty() {
                        let dates_as_offsets = self.dates_as_offsets;
                        out.ask(Request::CopyWithoutIdentity { path: PathBuf::from(path), dates_as_offsets });
                    }
                    if ui.add(Button::new(safety::CHOOSE_FILE)).clicked() {
                        dialogs.ask(DialogKind::IdentityCopy);
                    }
                    if ui.button(text::CLOSE).clicked() {
                        self.open = false;
                    }
                });
                if bench.running().iter().any(|job| job.slot == Slot::IdentityCopy) {
                    ui.label(theme::soft(safety::COPYING));
                } else if let Some(result) = bench.identity_copy() {
                    let (words, tint) = match result {
                        Ok(words) => (words, colour::GOOD),
                        Err(words) => (words, colour::BAD),
                    };
                    ui.add(Label::new(widgets::coloured(words, tint)).wrap());
                }
            });
        });
    }
}
