//! The small control of a 4-D series at the top of a pane: one back, which it is, one on.

use crate::app::command::Command;
use crate::app::text::whose as text;
use crate::app::theme::{self, colour};
use crate::app::{Outbox, widgets};
use crate::workbench::{Request, Step, Workbench};
use eframe::egui::containers::menu::MenuButton;
use eframe::egui::{Align, Button, Layout, Rect, RichText, ScrollArea, Ui, UiBuilder, pos2, vec2};

const HEIGHT: f32 = 24.0;
/// What the control takes, with the air below it.
pub(super) const ROOM: f32 = HEIGHT + 6.0;
const WIDTH: f32 = 216.0;

/// Draws the control below the corner text, which ends at `top`; nothing where the stack stands alone.
pub(super) fn control(ui: &mut Ui, pane_rect: Rect, top: f32, pane: usize, bench: &Workbench, out: &mut Outbox) {
    let Some(place) = bench.group_place(pane) else { return };
    let width = WIDTH.min(pane_rect.width() - 16.0);
    let corner = pos2(pane_rect.right() - width - 8.0, pane_rect.top() + top);
    let rect = Rect::from_min_size(corner, vec2(width, HEIGHT));
    ui.painter().rect_filled(rect, theme::RADIUS, colour::APP.gamma_multiply(0.75));
    let builder = UiBuilder::new()
        .id_salt(("4-D", pane))
        .max_rect(rect.shrink2(vec2(3.0, 1.0)))
        .layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        step(ui, pane, Step::Previous, out);
        let words = RichText::new(place.words.as_str()).font(theme::font(theme::SMALL)).color(colour::TEXT);
        let middle = vec2((ui.available_width() - 26.0).max(60.0), 20.0);
        let mut chosen = None;
        let menu = Button::new(words).small().truncate().min_size(middle);
        let room = Rect::from_min_size(ui.cursor().min, middle);
        ui.scope_builder(UiBuilder::new().max_rect(room).layout(Layout::left_to_right(Align::Center)), |ui| {
            let (response, _) = MenuButton::from_button(menu).ui(ui, |ui| {
                ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
                    for (key, label) in &place.members {
                        if ui.selectable_label(*key == place.shown, label).clicked() {
                            chosen = Some(*key);
                            ui.close();
                        }
                    }
                });
            });
            response.accessible_name(text::shown_member(&place.words));
        });
        step(ui, pane, Step::Next, out);
        if let Some(stack) = chosen {
            out.ask(Request::ShowMember { pane, stack });
        }
    });
}

fn step(ui: &mut Ui, pane: usize, step: Step, out: &mut Outbox) {
    let (words, name, command) = match step {
        Step::Next => ("\u{203a}", text::NEXT_MEMBER, Command::NextPhase),
        Step::Previous => ("\u{2039}", text::PREVIOUS_MEMBER, Command::PreviousPhase),
    };
    let key = command.info().keys.first().map(|key| key.words()).unwrap_or_default();
    let button = ui.add(Button::new(words).small().min_size(vec2(22.0, 20.0))).accessible_name(name);
    if button.on_hover_text(widgets::tooltip(name, &key)).clicked() {
        out.ask(Request::ActivatePane(pane));
        out.ask(Request::StepGroup { step, all_panes: false });
    }
}
