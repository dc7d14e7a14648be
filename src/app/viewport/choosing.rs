//! The line of a pane that says what it shows of its visit and offers the others: a click shows another one there, and
//! it is remembered.

use crate::app::text::hanging as words;
use crate::app::theme::{self, colour};
use crate::app::{Outbox, widgets};
use crate::workbench::{Hang, Request, Workbench};
use eframe::egui::containers::menu::MenuButton;
use eframe::egui::{Align, Button, Layout, Rect, ScrollArea, Ui, UiBuilder, pos2, vec2};

const HEIGHT: f32 = 20.0;
/// What the line takes, with the air below it.
pub(super) const ROOM: f32 = HEIGHT + 4.0;

/// Draws the line below the corner text, which ends at `top`.
pub(super) fn line(ui: &mut Ui, rect: Rect, top: f32, pane: usize, name: &str, bench: &Workbench, out: &mut Outbox) {
    let Some(title) = bench.pane_title(pane) else { return };
    let width = (rect.width() * 0.6).clamp(90.0, 300.0).min(rect.width() - 16.0);
    let place = Rect::from_min_size(pos2(rect.right() - width - 6.0, rect.top() + top), vec2(width, HEIGHT));
    let builder =
        UiBuilder::new().id_salt(("series", pane)).max_rect(place).layout(Layout::right_to_left(Align::Center));
    ui.scope_builder(builder, |ui| {
        let tint = if bench.is_chosen(pane) { colour::ACCENT } else { colour::TEXT };
        let text = widgets::opening(&title.choice).color(tint);
        let button = Button::new(text).small().truncate().fill(colour::APP.gamma_multiply(0.75));
        let (response, _) = MenuButton::from_button(button).ui(ui, |ui| menu(ui, pane, bench, out));
        widgets::opens(ui, &response);
        let response = response.on_hover_text(words::SERIES_TOOLTIP).accessible_name(words::series_of(name));
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_value(title.choice.clone()));
    });
}

fn menu(ui: &mut Ui, pane: usize, bench: &Workbench, out: &mut Outbox) {
    ui.set_min_width(260.0);
    let choices = bench.pane_choices(pane);
    if choices.len() < 2 {
        ui.label(theme::small(words::NO_SERIES));
    }
    ScrollArea::vertical().max_height(360.0).show(ui, |ui| {
        for choice in choices {
            if ui.selectable_label(choice.shown, choice.words).clicked() {
                out.ask(Request::Hang(Hang::Choose { pane, stack: choice.stack }));
                ui.close();
            }
        }
    });
    if bench.is_chosen(pane) {
        ui.separator();
        if ui.button(words::FORGET).clicked() {
            out.ask(Request::Hang(Hang::Forget { pane }));
            ui.close();
        }
    }
}
