//! The command palette: every command, searched by its words.

use super::command::TABLE;
use super::keys::KeyMap;
use super::theme::{self, colour};
use super::widgets::key_cap;
use super::{Outbox, text};
use eframe::egui::{
    self, Align, Align2, Area, Button, Frame, Key, Layout, Margin, Order, ScrollArea, Stroke, TextEdit, Ui, vec2,
};

/// The palette's own state.
#[derive(Debug, Default)]
pub struct Palette {
    open: bool,
    just_opened: bool,
    search: String,
    chosen: usize,
}

impl Palette {
    /// Whether it is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Opens it, empty.
    pub fn open(&mut self) {
        *self = Self { open: true, just_opened: true, ..Self::default() };
    }

    /// Closes it.
    pub fn close(&mut self) {
        self.open = false;
    }

    /// Draws it. `reasons` says for each row of the table why it is disabled.
    pub fn show(&mut self, ui: &Ui, keys: &KeyMap, reasons: &[Option<String>], out: &mut Outbox) {
        let area = Area::new(egui::Id::unique("palette")).order(Order::Foreground);
        area.anchor(Align2::CENTER_TOP, vec2(0.0, 64.0)).show(ui.ctx(), |ui| {
            let frame = Frame::new()
                .fill(colour::PANEL)
                .stroke(Stroke::new(1.0, colour::LINE))
                .corner_radius(theme::RADIUS)
                .inner_margin(Margin::same(10));
            frame.show(ui, |ui| {
                ui.set_width(460.0);
                let (up, down, enter) = ui.input_mut(|input| {
                    (
                        input.consume_key(egui::Modifiers::NONE, Key::ArrowUp),
                        input.consume_key(egui::Modifiers::NONE, Key::ArrowDown),
                        input.key_pressed(Key::Enter),
                    )
                });
                let field =
                    TextEdit::singleline(&mut self.search).hint_text(text::PALETTE_HINT).desired_width(f32::INFINITY);
                let field = ui.add(field).accessible_name(text::PALETTE_HINT);
                if std::mem::take(&mut self.just_opened) {
                    field.request_focus();
                }
                if field.changed() {
                    self.chosen = 0;
                }
                let wanted = self.search.to_lowercase();
                let hits: Vec<usize> = TABLE
                    .iter()
                    .enumerate()
                    .filter(|(_, info)| {
                        let words = format!("{} {}", info.label, info.tooltip).to_lowercase();
                        wanted.split_whitespace().all(|word| words.contains(word))
                    })
                    .map(|(n, _)| n)
                    .collect();
                let last = hits.len().saturating_sub(1);
                self.chosen = if down { (self.chosen + 1).min(last) } else { self.chosen.min(last) };
                self.chosen = if up { self.chosen.saturating_sub(1) } else { self.chosen };
                if enter && let Some(row) = hits.get(self.chosen) {
                    out.command(TABLE[*row].command);
                    self.open = false;
                }
                ScrollArea::vertical().max_height(420.0).min_scrolled_height(420.0).show(ui, |ui| {
                    for (n, row) in hits.iter().enumerate() {
                        let info = &TABLE[*row];
                        let why = reasons.get(*row).cloned().flatten();
                        ui.horizontal(|ui| {
                            let button = Button::new(info.label).selected(n == self.chosen).frame(true);
                            let button = button.fill(if n == self.chosen { colour::CHOSEN } else { colour::PANEL });
                            let response = ui.add_enabled(why.is_none(), button.stroke(Stroke::NONE));
                            let response = response.on_hover_text(info.tooltip);
                            if response.on_disabled_hover_text(why.clone().unwrap_or_default()).clicked() {
                                out.command(info.command);
                                self.open = false;
                            }
                            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                                let key = keys.words(info.command);
                                if !key.is_empty() {
                                    key_cap(ui, &key);
                                }
                                ui.add(
                                    egui::Label::new(theme::small(why.as_deref().unwrap_or(info.tooltip))).truncate(),
                                );
                            });
                        });
                    }
                });
            });
        });
    }
}
