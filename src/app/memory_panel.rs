//! How much memory images may take: what is used now, and a field to set it for this and every later start.

use super::text::{self, memory as words};
use super::theme::{self, colour};
use super::{Outbox, widgets};
use crate::workbench::{LEAST_BUDGET_BYTES, Request, Workbench};
use eframe::egui::{self, Align2, Area, Frame, Key, Label, Margin, Order, Stroke, TextEdit, Ui, vec2};

/// More than any machine has.
const MOST_GB: f64 = 65_536.0;
const GB: f64 = (1u64 << 30) as f64;

/// The panel's own state.
#[derive(Debug, Default)]
pub struct MemoryPanel {
    open: bool,
    field: String,
    /// The budget that the field was filled with.
    filled_with: Option<u64>,
}

impl MemoryPanel {
    /// Whether it is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Opens or closes it.
    pub fn toggle(&mut self) {
        *self = Self { open: !self.open, ..Self::default() };
    }

    /// Draws it.
    pub fn show(&mut self, ui: &Ui, bench: &Workbench, out: &mut Outbox) {
        if !self.open {
            return;
        }
        let memory = bench.image_memory();
        if self.filled_with != Some(memory.budget_bytes) {
            self.filled_with = Some(memory.budget_bytes);
            self.field = words::gb(memory.budget_bytes);
        }
        let area = Area::new(egui::Id::unique("memory")).order(Order::Foreground);
        area.anchor(Align2::CENTER_CENTER, vec2(0.0, 0.0)).show(ui.ctx(), |ui| {
            let frame = Frame::new().fill(colour::PANEL).stroke(Stroke::new(1.0, colour::LINE));
            frame.corner_radius(theme::RADIUS).inner_margin(Margin::same(16)).show(ui, |ui| {
                ui.set_width(520.0);
                ui.label(theme::title(words::LEAD));
                ui.add(Label::new(theme::soft(words::WORDS)).wrap());
                ui.add_space(theme::UNIT);
                ui.label(words::used(memory.used_bytes, memory.budget_bytes));
                self.field(ui, out);
                ui.horizontal(|ui| {
                    let third = ui.button(words::THIRD).on_hover_text(words::THIRD_TOOLTIP);
                    if third.clicked() {
                        self.filled_with = None;
                        out.ask(Request::SetImageMemory(None));
                    }
                    if ui.button(text::CLOSE).clicked() {
                        self.open = false;
                    }
                });
            });
        });
    }

    fn field(&mut self, ui: &mut Ui, out: &mut Outbox) {
        let wanted = bytes(&self.field);
        ui.horizontal(|ui| {
            let field = TextEdit::singleline(&mut self.field).desired_width(72.0);
            let field = ui.add(field).accessible_name(words::FIELD);
            ui.label(theme::soft(words::UNIT));
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            let set = widgets::primary_button(ui, vec2(96.0, 28.0), words::SET, "", wanted.is_some());
            if let Some(bytes) = wanted.filter(|_| set.clicked() || entered) {
                self.filled_with = None; // what holds may differ from what was asked for
                out.ask(Request::SetImageMemory(Some(bytes)));
            }
        });
        if wanted.is_none() {
            ui.label(widgets::coloured(words::NO_NUMBER, colour::BAD));
        }
    }
}

/// Gigabytes as a person types them.
fn bytes(field: &str) -> Option<u64> {
    let gb: f64 = field.trim().replace(',', ".").parse().ok()?;
    (gb > 0.0 && gb <= MOST_GB).then(|| ((gb * GB).round() as u64).max(LEAST_BUDGET_BYTES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gigabytes_as_they_are_typed() {
        assert_eq!(bytes("4"), Some(4 << 30));
        assert_eq!(bytes(" 1,5 "), Some(3 << 29));
        assert_eq!(bytes("0.1"), Some(LEAST_BUDGET_BYTES));
        for bad in ["", "much", "0", "-2", "nan", "inf", "1e9"] {
            assert_eq!(bytes(bad), None, "{bad}");
        }
        assert_eq!((words::gb(4 << 30), words::gb(LEAST_BUDGET_BYTES)), ("4".to_owned(), "0.25".to_owned()));
    }
}
