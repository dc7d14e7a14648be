//! Landmarks on the panes: where they are, what is left of each pair, and a click that places one.

use super::overlay::shadowed;
use super::pane::Scene;
use crate::app::Outbox;
use crate::app::text::hanging as words;
use crate::app::theme::{self, colour};
use crate::geometry::VoxelIndex;
use crate::workbench::{Joining, Request};
use eframe::egui::{Align2, CursorIcon, Response, Stroke, Ui, vec2};

/// Draws the landmarks of a pane's stack near its slice, and what is left of the pairs.
pub(super) fn draw(scene: &Scene<'_>) {
    let Scene { painter, view, shown, bench, .. } = scene;
    let Some(landmarks) = bench.landmarks() else { return };
    let Some(places) = landmarks.in_stack(shown.stack) else { return };
    let fit = landmarks.fit();
    for (n, place) in places.iter().enumerate() {
        let at = shown.grid.to_index(*place);
        let off_mm = (at.k - f64::from(shown.slice)).abs() * shown.grid.spacing_mm[2];
        if off_mm > 10.0 {
            continue;
        }
        let tint = if off_mm <= shown.grid.spacing_mm[2] / 2.0 + 1e-6 { colour::TRUTH } else { colour::FAINT };
        let centre = view.to_screen((at.i, at.j));
        for direction in [vec2(1.0, 0.0), vec2(0.0, 1.0)] {
            painter.line_segment([centre - direction * 8.0, centre - direction * 2.0], Stroke::new(1.4, tint));
            painter.line_segment([centre + direction * 2.0, centre + direction * 8.0], Stroke::new(1.4, tint));
        }
        let left = fit.as_ref().ok().and_then(|fit| fit.residuals_mm.get(n));
        let name = left.map_or_else(|| format!("{}", n + 1), |mm| format!("{} · {mm:.1} mm", n + 1));
        shadowed(painter, centre + vec2(9.0, -9.0), Align2::LEFT_BOTTOM, &name, theme::font(theme::SMALL), tint);
    }
    let said = words::landmarks(landmarks.pairs().len(), fit.map(|fit| fit.rms_mm).map_err(|why| why.to_string()));
    let at = view.rect().center_bottom() - vec2(0.0, 74.0);
    shadowed(painter, at, Align2::CENTER_BOTTOM, &said, theme::font(theme::SMALL), colour::TRUTH);
}

/// A click places a landmark while they are being placed; true when clicks are taken so.
pub(super) fn click(ui: &Ui, response: &Response, scene: &Scene<'_>, out: &mut Outbox) -> bool {
    let Scene { pane, view, shown, bench, .. } = scene;
    if bench.landmarks().is_none_or(|landmarks| landmarks.in_stack(shown.stack).is_none()) {
        return false;
    }
    if response.hovered() {
        ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
    }
    if response.clicked()
        && let Some(at) = response.interact_pointer_pos()
    {
        let (i, j) = view.to_index(at);
        let point = shown.grid.to_patient(VoxelIndex::new(i, j, f64::from(shown.slice)));
        out.ask(Request::Join(Joining::PlaceLandmark { pane: *pane, point }));
    }
    true
}
