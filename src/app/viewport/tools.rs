//! What the one-click tools show over a pane, and what mouse and wheel ask of them.

use super::pane::Scene;
use crate::app::theme::{self, colour, mark_line};
use crate::app::{Outbox, text};
use crate::clinical::LesionId;
use crate::workbench::{OutlineQuestion, Outlining, PreviewView, Request, Tool, Workbench};
use eframe::egui::{
    Align2, Area, Button, CursorIcon, Frame, Id, Margin, Order, PointerButton, Pos2, Rect, Response, RichText, Shape,
    Stroke, Ui, vec2,
};

/// Dashes of a preview: light over the colour of its role, so that it is told from every line that is kept.
const DASH: f32 = 5.0;

/// Draws the preview on a pane.
pub(super) fn preview(scene: &Scene<'_>) {
    let Some(preview) = scene.bench.preview().filter(|preview| preview.stack == scene.shown.stack) else { return };
    let line = mark_line(preview.role);
    for outline in scene.bench.preview_on(scene.shown.stack, scene.shown.slice) {
        let mut points: Vec<Pos2> = outline.0.iter().map(|p| scene.view.to_screen((p.i, p.j))).collect();
        if let Some(first) = points.first().copied() {
            points.push(first);
        }
        scene.painter.extend(Shape::dashed_line(&points, Stroke::new(2.0, colour::TEXT), DASH, DASH));
        scene.painter.line(points, Stroke::new(1.0, line.colour));
    }
    for hint in preview.hints {
        let at = scene.shown.grid.to_index(hint.at);
        if (at.k - f64::from(scene.shown.slice)).abs() <= 0.5 {
            let centre = scene.view.to_screen((at.i, at.j));
            let arm = vec2(4.0, 0.0);
            let stroke = Stroke::new(1.5, colour::TEXT);
            scene.painter.line_segment([centre - arm, centre + arm], stroke);
            if hint.inside {
                scene.painter.line_segment([centre - arm.rot90(), centre + arm.rot90()], stroke);
            }
        }
    }
}

/// Clicks and drags of a one-click tool.
pub(super) fn mouse(ui: &Ui, response: &Response, scene: &Scene<'_>, out: &mut Outbox) {
    if response.hovered() {
        ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
    }
    let view = &scene.view;
    if response.clicked_by(PointerButton::Primary)
        && let Some(at) = response.interact_pointer_pos()
    {
        out.ask(Request::Outline(Outlining::Click { pane: scene.pane, at: view.to_index(at) }));
        return;
    }
    let ends = ui.input(|input| input.pointer.press_origin()).zip(response.interact_pointer_pos());
    let Some((from, to)) = ends.filter(|_| scene.bench.preview().is_none()) else { return };
    if response.dragged_by(PointerButton::Primary) {
        scene.painter.line_segment([from, to], Stroke::new(1.5, colour::TEXT));
    }
    if response.drag_stopped_by(PointerButton::Primary) {
        let axis = Outlining::LongAxis { pane: scene.pane, from: view.to_index(from), to: view.to_index(to) };
        out.ask(Request::Outline(axis));
    }
}

/// Whether Ctrl+wheel sets the strength now.
pub(super) fn takes_strength(bench: &Workbench) -> bool {
    matches!(bench.tool(), Tool::Outline(_)) && bench.preview().is_some()
}

/// The strip under a preview: what it measures, what may be wrong, keep or drop.
pub(super) fn strip(ui: &Ui, rect: Rect, pane: usize, bench: &Workbench, out: &mut Outbox) {
    let Some(preview) = bench.preview().filter(|_| bench.room().active() == pane) else { return };
    Area::new(Id::unique("outline strip"))
        .order(Order::Foreground)
        .pivot(Align2::CENTER_BOTTOM)
        .fixed_pos(rect.center_bottom() - vec2(0.0, 96.0))
        .show(ui.ctx(), |ui| {
            let frame = Frame::new().fill(colour::PANEL).stroke(Stroke::new(1.0, colour::LINE));
            frame.corner_radius(theme::RADIUS).inner_margin(Margin::symmetric(10, 8)).show(ui, |ui| {
                ui.set_max_width((rect.width() - 40.0).clamp(220.0, 420.0));
                lines(ui, &preview, bench);
                ui.horizontal_wrapped(|ui| buttons(ui, &preview, bench, out));
            });
        });
}

fn label_of(bench: &Workbench, lesion: LesionId) -> String {
    let row = bench.document().and_then(|document| document.lesion(lesion));
    row.map(|row| row.label.clone()).unwrap_or_default()
}

fn lines(ui: &mut Ui, preview: &PreviewView<'_>, bench: &Workbench) {
    match preview.size {
        Some(size) => {
            let size = text::outlining::size(preview.role, size, bench.is_calibrated(preview.stack));
            ui.label(RichText::new(size).font(theme::bold(theme::BODY)).color(colour::TEXT));
            ui.label(theme::small(text::outlining::strength(preview.strength)));
        }
        None => {
            ui.label(text::outlining::WORKING);
        }
    }
    if !preview.leaks.is_empty() {
        warn(ui, text::outlining::leaked(preview.leaks));
    }
    match preview.question {
        None => {
            ui.label(theme::small(text::outlining::CORRECT));
        }
        Some(OutlineQuestion::WhichLesion { far_mm, nearer }) => {
            let near = nearer.map(|lesion| label_of(bench, lesion));
            warn(ui, text::outlining::far(&label_of(bench, preview.lesion), *far_mm, near.as_deref()));
        }
        Some(OutlineQuestion::AwayFromZone { gap_mm }) => warn(ui, text::outlining::away(*gap_mm)),
    }
}

fn buttons(ui: &mut Ui, preview: &PreviewView<'_>, bench: &Workbench, out: &mut Outbox) {
    use text::outlining::{DROP, DROP_TIP, KEEP, KEEP_ANYWAY, KEEP_TIP, put_on};
    if let Some(OutlineQuestion::WhichLesion { nearer: Some(other), .. }) = preview.question
        && ui.add(Button::new(put_on(&label_of(bench, *other)))).clicked()
    {
        out.ask(Request::Outline(Outlining::AcceptFor(*other)));
    }
    let keep = if preview.question.is_some() { KEEP_ANYWAY } else { KEEP };
    if ui.add(Button::new(keep)).on_hover_text(KEEP_TIP).clicked() {
        out.ask(Request::Outline(Outlining::Accept));
    }
    if ui.add(Button::new(DROP)).on_hover_text(DROP_TIP).clicked() {
        out.ask(Request::Outline(Outlining::Drop));
    }
}

fn warn(ui: &mut Ui, words: String) {
    ui.label(RichText::new(words).color(colour::WARN));
}
