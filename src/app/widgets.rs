//! Small parts that several panels share: buttons with their key, rows, choices.

use super::Outbox;
use super::command::Command;
use super::keys::KeyMap;
use super::theme::{self, colour};
use eframe::egui::{
    self, Align2, Button, Color32, Response, RichText, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, vec2,
};

/// A button for a command: label, tooltip with its key, and why it is disabled.
pub fn command_button(
    ui: &mut Ui,
    command: Command,
    keys: &KeyMap,
    why_not: Option<&str>,
    out: &mut Outbox,
) -> Response {
    labelled_command(ui, command, command.info().label, keys, why_not, out)
}

/// The same with another label.
pub fn labelled_command(
    ui: &mut Ui,
    command: Command,
    label: &str,
    keys: &KeyMap,
    why_not: Option<&str>,
    out: &mut Outbox,
) -> Response {
    let response = ui.add_enabled(why_not.is_none(), Button::new(label));
    let response = with_tooltip(response, command, keys, why_not);
    if response.clicked() {
        out.command(command);
    }
    response
}

/// The words of a small button that opens a list, with room for the sign that it does.
pub fn opening(words: &str) -> RichText {
    theme::small(format!("{words}    ")).color(colour::TEXT)
}

/// The sign at the end of a button that it opens a list below.
pub fn opens(ui: &Ui, response: &Response) {
    let at = response.rect.right_center() - vec2(9.0, 0.0);
    let points = vec![at + vec2(-3.5, -1.5), at + vec2(3.5, -1.5), at + vec2(0.0, 2.5)];
    ui.painter().add(egui::Shape::convex_polygon(points, colour::SOFT, Stroke::NONE));
}

/// The tooltip of a command, with its key, or why it is disabled.
pub fn with_tooltip(response: Response, command: Command, keys: &KeyMap, why_not: Option<&str>) -> Response {
    let info = command.info();
    match why_not {
        Some(why) => response.on_disabled_hover_text(why),
        None => response.on_hover_text(tooltip(info.tooltip, &keys.words(command))),
    }
}

/// A tooltip and its key.
#[must_use]
pub fn tooltip(text: &str, key: &str) -> String {
    if key.is_empty() { text.to_owned() } else { format!("{text} ({key})") }
}

/// A key in a small outlined cap.
pub fn key_cap(ui: &mut Ui, key: &str) -> Response {
    let galley = ui.painter().layout_no_wrap(key.to_owned(), theme::font(theme::SMALL), colour::SOFT);
    let size = vec2((galley.size().x + 2.0 * theme::UNIT).max(18.0), galley.size().y + 3.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    ui.painter().rect_stroke(rect, 4.0, Stroke::new(1.0, colour::LINE), StrokeKind::Inside);
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, colour::SOFT);
    response
}

/// A large target with a digit: what a reader answers with.
pub fn answer_button(ui: &mut Ui, size: Vec2, label: &str, digit: &str, chosen: bool, enabled: bool) -> Response {
    let sense = if enabled { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(size, sense);
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, enabled, chosen, label));
    let (fill, edge) = match (chosen, response.hovered() && enabled) {
        (true, _) => (colour::CHOSEN, colour::ACCENT),
        (false, true) => (colour::HOVER, colour::LINE),
        (false, false) => (colour::PANEL, colour::LINE),
    };
    let edge = if response.has_focus() { Stroke::new(2.0, colour::ACCENT) } else { Stroke::new(1.0, edge) };
    let painter = ui.painter().with_clip_rect(rect);
    painter.rect(rect, theme::RADIUS, fill, edge, StrokeKind::Inside);
    let text = if enabled { colour::TEXT } else { colour::FAINT };
    let room = rect.width() - if digit.is_empty() { 16.0 } else { 25.0 };
    let font = fitting(ui, label, room);
    painter.text(rect.left_center() + vec2(8.0, 0.0), Align2::LEFT_CENTER, label, font, text);
    painter.text(
        rect.right_center() - vec2(7.0, 0.0),
        Align2::RIGHT_CENTER,
        digit,
        theme::font(theme::SMALL),
        colour::FAINT,
    );
    response
}

/// Body size, or the smaller one where the text would not fit.
fn fitting(ui: &Ui, text: &str, width: f32) -> egui::FontId {
    let body = theme::font(theme::BODY);
    let needed = ui.painter().layout_no_wrap(text.to_owned(), body.clone(), colour::TEXT).size().x;
    match needed {
        fits if fits <= width => body,
        close if close * theme::SMALL / theme::BODY <= width => theme::font(theme::SMALL),
        _ => theme::font(theme::SMALL - 1.5),
    }
}

/// The one button that matters.
pub fn primary_button(ui: &mut Ui, size: Vec2, label: &str, key: &str, enabled: bool) -> Response {
    let sense = if enabled { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(size, sense);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, label));
    let fill = if enabled { colour::ACCENT } else { colour::RAISED };
    let text = if enabled { colour::ON_ACCENT } else { colour::FAINT };
    let edge = if response.has_focus() { Stroke::new(2.0, colour::TEXT) } else { Stroke::NONE };
    ui.painter().rect(rect, theme::RADIUS, fill, edge, StrokeKind::Inside);
    let label = ui.painter().layout_no_wrap(label.to_owned(), theme::bold(theme::BODY), text);
    let cap = ui.painter().layout_no_wrap(key.to_owned(), theme::font(theme::SMALL), text);
    let gap = if key.is_empty() { 0.0 } else { 14.0 };
    let start = rect.center().x - (label.size().x + gap + cap.size().x) / 2.0;
    let after = start + label.size().x + gap;
    let middle = rect.center().y;
    if !key.is_empty() {
        let cap_rect = egui::Rect::from_min_size(
            egui::pos2(after - 5.0, middle - cap.size().y / 2.0 - 1.0),
            cap.size() + vec2(10.0, 2.0),
        );
        ui.painter().rect_stroke(cap_rect, 4.0, Stroke::new(1.0, text), StrokeKind::Inside);
    }
    ui.painter().galley(egui::pos2(start, middle - label.size().y / 2.0), label, text);
    ui.painter().galley(egui::pos2(after, middle - cap.size().y / 2.0), cap, text);
    response
}

/// A row of a quiet table: name left, value right, a hairline below.
pub fn value_row(ui: &mut Ui, name: &str, value: &str) {
    let width = ui.available_width();
    let (rect, response) = ui.allocate_exact_size(vec2(width, 22.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{name} {value}")));
    let painter = ui.painter();
    painter.text(rect.left_center(), Align2::LEFT_CENTER, name, theme::font(theme::BODY), colour::SOFT);
    painter.text(rect.right_center(), Align2::RIGHT_CENTER, value, theme::font(theme::BODY), colour::TEXT);
    painter.hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, colour::LINE));
}

/// A hairline over a row of a table, from edge to edge of what is seen of the table; drawn from its first cell.
pub fn row_line(ui: &Ui, seen: egui::Rect) {
    let above = ui.max_rect().top() - ui.spacing().item_spacing.y / 2.0;
    let mut painter = ui.painter().clone();
    painter.set_clip_rect(seen); // the cell's own would cut the line off
    painter.hline(seen.x_range(), above, Stroke::new(1.0, colour::LINE));
}

/// A caption over a group.
pub fn caption(ui: &mut Ui, text: &str) {
    ui.add_space(theme::UNIT);
    ui.label(theme::caption(text));
}

/// A one-line text in a colour.
pub fn coloured(text: impl Into<String>, fill: Color32) -> RichText {
    RichText::new(text).font(theme::font(theme::BODY)).color(fill)
}
