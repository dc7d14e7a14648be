//! The command palette: every command, searched by its words.

use super::command::{Info, TABLE};
use super::keys::KeyMap;
use super::theme::{self, colour};
use super::{Outbox, text};
use eframe::egui::{
    self, Align2, Area, Frame, Key, Margin, Order, Response, Role, ScrollArea, Sense, Stroke, StrokeKind, TextEdit, Ui,
    WidgetInfo, vec2,
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
                ui.set_width(620.0);
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
                // What is called so comes before what only says so.
                let named = |row: &usize| {
                    let label = TABLE.get(*row).map(|info| info.label.to_lowercase()).unwrap_or_default();
                    wanted.split_whitespace().all(|word| label.contains(word))
                };
                let mut hits = hits;
                hits.sort_by_key(|row| !named(row));
                let last = hits.len().saturating_sub(1);
                self.chosen = if down { (self.chosen + 1).min(last) } else { self.chosen.min(last) };
                self.chosen = if up { self.chosen.saturating_sub(1) } else { self.chosen };
                if enter && let Some(row) = hits.get(self.chosen) {
                    // A command that cannot be done says why, as its key would.
                    out.command(TABLE[*row].command);
                    self.open = false;
                }
                ScrollArea::vertical().max_height(420.0).min_scrolled_height(420.0).show(ui, |ui| {
                    for (n, row) in hits.iter().enumerate() {
                        let info = &TABLE[*row];
                        let why = reasons.get(*row).cloned().flatten();
                        let chosen = n == self.chosen;
                        let response = row_of(ui, info, chosen, &keys.words(info.command), why.as_deref());
                        if chosen && (up || down) {
                            response.scroll_to_me(None);
                        }
                        if response.clicked() && why.is_none() {
                            out.command(info.command);
                            self.open = false;
                        }
                    }
                });
            });
        });
    }
}

/// One command, as wide as the list: the chosen one is lit from edge to edge.
fn row_of(ui: &mut Ui, info: &Info, chosen: bool, key: &str, why: Option<&str>) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 27.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, why.is_none(), chosen, info.label));
    let fill = match (chosen, response.hovered()) {
        (true, _) => colour::CHOSEN,
        (false, true) => colour::HOVER,
        (false, false) => colour::PANEL,
    };
    let painter = ui.painter().with_clip_rect(rect);
    painter.rect_filled(rect, theme::RADIUS, fill);
    if chosen {
        painter.rect_stroke(rect, theme::RADIUS, Stroke::new(1.0, colour::ACCENT), StrokeKind::Inside);
    }
    let ink = if why.is_some() { colour::FAINT } else { colour::TEXT };
    let font = theme::font(theme::BODY);
    let label = painter.text(rect.left_center() + vec2(10.0, 0.0), Align2::LEFT_CENTER, info.label, font, ink);
    let small = theme::font(theme::SMALL);
    let right = rect.right_center() - vec2(10.0, 0.0);
    let key = painter.text(right, Align2::RIGHT_CENTER, key, theme::bold(theme::SMALL), colour::SOFT);
    let room = rect.with_min_x(label.right() + 12.0).with_max_x(key.left() - 10.0);
    let about = painter.with_clip_rect(room);
    about.text(room.left_center(), Align2::LEFT_CENTER, why.unwrap_or(info.tooltip), small, colour::FAINT);
    response.on_hover_text(why.unwrap_or(info.tooltip))
}
