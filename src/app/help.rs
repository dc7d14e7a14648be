//! The key sheet: every key of the table and what the mouse does, by group.

use super::command::{Group, TABLE};
use super::keys::KeyMap;
use super::text;
use super::theme::{self, colour};
use super::widgets::key_cap;
use eframe::egui::{self, Align2, Area, Button, Frame, Margin, Order, ScrollArea, Stroke, Ui, vec2};

/// Draws the sheet; true when it is to be closed.
pub fn show(ui: &Ui, keys: &KeyMap) -> bool {
    let mut close = false;
    let room = ui.ctx().content_rect();
    let area = Area::new(egui::Id::unique("help")).order(Order::Foreground);
    area.anchor(Align2::CENTER_CENTER, vec2(0.0, 0.0)).show(ui.ctx(), |ui| {
        let frame = Frame::new()
            .fill(colour::PANEL)
            .stroke(Stroke::new(1.0, colour::LINE))
            .corner_radius(theme::RADIUS)
            .inner_margin(Margin::same(16));
        frame.show(ui, |ui| {
            ui.set_width((room.width() - 120.0).min(1040.0));
            ui.horizontal(|ui| {
                ui.label(theme::title(text::KEYS_TITLE));
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    close = ui.add(Button::new(text::CLOSE)).clicked();
                });
            });
            let most = room.height() - 120.0;
            ScrollArea::vertical().max_height(most).min_scrolled_height(most).show(ui, |ui| {
                // Rows of text, not of buttons: the sheet is read at a glance.
                ui.spacing_mut().item_spacing.y = 0.75 * theme::UNIT;
                ui.spacing_mut().interact_size.y = 18.0;
                ui.columns(3, |columns| {
                    let groups: [&[Group]; 3] =
                        [&[Group::Reading, Group::Answering], &[Group::Looking], &[Group::Marking, Group::Project]];
                    for (ui, groups) in columns.iter_mut().zip(groups) {
                        for group in groups {
                            group_rows(ui, *group, keys);
                        }
                    }
                    let ui = &mut columns[0];
                    ui.add_space(8.0);
                    ui.label(theme::caption(text::MOUSE_TITLE));
                    for (what, does) in text::MOUSE {
                        ui.horizontal_wrapped(|ui| {
                            key_cap(ui, what);
                            ui.label(theme::small(*does));
                        });
                    }
                });
            });
        });
    });
    close
}

fn group_rows(ui: &mut Ui, group: Group, keys: &KeyMap) {
    ui.add_space(4.0);
    ui.label(theme::caption(group.words()));
    for info in TABLE.iter().filter(|info| info.group == group) {
        let key = keys.words(info.command);
        if key.is_empty() {
            continue;
        }
        ui.horizontal(|ui| {
            key_cap(ui, &key);
            ui.label(theme::soft(info.label)).on_hover_text(info.tooltip);
        });
    }
}
