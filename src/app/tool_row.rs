//! The tools over the panes: what the left button does, each with its key, so that nobody has to know it by heart.

use super::command::Command;
use super::shell::AblationApp;
use super::text::flow as text;
use super::theme::{self, colour};
use super::widgets::{self, key_cap};
use super::{Outbox, perform};
use crate::clinical::MarkRole;
use crate::workbench::Tool;
use eframe::egui::{Align, Button, Frame, Layout, Margin, Panel, RichText, Stroke, Ui, vec2};

/// Height of the row, points.
const HEIGHT: f32 = 32.0;

/// Draws the row.
pub fn show(ui: &mut Ui, app: &AblationApp, out: &mut Outbox) {
    let frame = Frame::new().fill(colour::PANEL).inner_margin(Margin::symmetric(8, 2));
    Panel::top("tools").frame(frame).exact_size(HEIGHT).resizable(false).show(ui, |ui| {
        ui.horizontal_centered(|ui| {
            ui.spacing_mut().item_spacing.x = 3.0;
            ui.spacing_mut().button_padding = vec2(7.0, 2.0);
            let narrow = ui.available_width() < 880.0;
            let tool = app.bench.tool();
            let marks = [
                (Command::MarkZone, MarkRole::AblationZone),
                (Command::MarkTumour, MarkRole::Tumour),
                (Command::MarkViable, MarkRole::ViableTumour),
            ];
            one(ui, app, Command::Cancel, text::SCROLL_TOOL, tool == Tool::Scroll, out);
            for (command, role) in marks {
                one(ui, app, command, command.info().label, tool == Tool::Brush(role), out);
            }
            one(ui, app, Command::Eraser, Command::Eraser.info().label, matches!(tool, Tool::Eraser(_)), out);
            if tool == Tool::Scroll {
                for command in [Command::Match, Command::ToggleLink] {
                    let on = command == Command::ToggleLink && app.bench.linked();
                    if !narrow || command == Command::Match {
                        one(ui, app, command, command.info().label, on, out);
                    }
                }
            } else {
                ui.add_space(2.0 * theme::UNIT);
                for (command, sign) in [(Command::BrushSmaller, "\u{2212}"), (Command::BrushLarger, "+")] {
                    widgets::labelled_command(ui, command, sign, &app.keys, None, out)
                        .accessible_name(command.info().label);
                }
                ui.label(theme::small(text::brush(2.0 * app.bench.brush_radius_mm())));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    one(ui, app, Command::Accept, text::DONE, false, out);
                });
            }
        });
    });
}

/// One tool with its key; chosen when it is in use.
fn one(ui: &mut Ui, app: &AblationApp, command: Command, label: &str, chosen: bool, out: &mut Outbox) {
    let why = perform::why_disabled(command, app);
    let tint = match (chosen, why.is_some()) {
        (true, _) => colour::TEXT,
        (false, true) => colour::FAINT,
        (false, false) => colour::SOFT,
    };
    let words = RichText::new(label).font(theme::font(theme::SMALL)).color(tint);
    let edge = if chosen { Stroke::new(1.0, colour::ACCENT) } else { Stroke::NONE };
    let fill = if chosen { colour::CHOSEN } else { colour::PANEL };
    let button = Button::new(words).fill(fill).stroke(edge).selected(chosen);
    let response = ui.add_enabled(why.is_none(), button).accessible_name(format!("{}: {label}", text::TOOLS));
    if widgets::with_tooltip(response, command, &app.keys, why.as_deref()).clicked() {
        out.command(command);
    }
    let key = app.keys.words(command);
    if !key.is_empty() {
        key_cap(ui, &key);
        ui.add_space(theme::UNIT);
    }
}
