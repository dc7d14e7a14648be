//! What is drawn over a picture: marks, lesion labels, corner text, orientation letters, scale bar, cursors.

use super::pane::Scene;
use super::view::{View, scale_bar_mm};
use super::{Ring, Viewport};
use crate::app::text;
use crate::app::theme::{self, MarkLine, colour, mark_line};
use crate::clinical::{Coded, LesionId, MarkRole, StackKey};
use crate::dicom::Suv;
use crate::geometry::{PatientPoint, letters};
use crate::marks::Outline;
use crate::project::Document;
use crate::volume::{Unit, Window};
use crate::workbench::room::Shown;
use crate::workbench::{LesionSpot, MarkOutline, Workbench, reading_number, words};
use eframe::egui::text::{LayoutJob, TextWrapping};
use eframe::egui::{Align2, Color32, FontId, Galley, Painter, Pos2, Rect, Shape, Stroke, Vec2, pos2, vec2};
use std::sync::Arc;

/// Below this width the corner text thins out.
const NARROW: f32 = 340.0;

/// Draws closed outlines in the line of a role.
pub(super) fn outlines(painter: &Painter, view: &View, line: MarkLine, outlines: &[Outline]) {
    for outline in outlines {
        let mut points: Vec<Pos2> = outline.0.iter().map(|p| view.to_screen((p.i, p.j))).collect();
        if let Some(first) = points.first().copied() {
            points.push(first);
        }
        let stroke = Stroke::new(line.width, line.colour);
        match line.dash {
            None => {
                painter.line(points, stroke);
            }
            Some((dash, gap)) => painter.extend(Shape::dashed_line(&points, stroke, dash, gap)),
        }
    }
}

/// Draws a pane's marks with their names, each name where no other stands.
pub(super) fn marks(painter: &Painter, view: &View, document: &Document, marks: &[MarkOutline]) {
    let mut taken: Vec<Rect> = Vec::new();
    for mark in marks {
        let line = mark_line(mark.role);
        outlines(painter, view, line, &mark.outlines);
        let highest = mark
            .outlines
            .iter()
            .flat_map(|outline| &outline.0)
            .map(|p| view.to_screen((p.i, p.j)))
            .max_by(|a, b| (a.x - a.y).total_cmp(&(b.x - b.y)));
        if let Some(at) = highest {
            let label = format!("{}{}", lesion_labels(document, &mark.lesions), role_word(mark.role));
            let font = theme::font(theme::SMALL);
            let size = painter.layout_no_wrap(label.clone(), font.clone(), line.colour).size();
            let mut at = at + vec2(5.0, -5.0);
            let place = |at: Pos2| Align2::LEFT_BOTTOM.anchor_size(at, size).expand2(PLATE);
            while let Some(other) = taken.iter().find(|other| other.intersects(place(at))) {
                at.y = other.top() - PLATE.y - 1.0;
            }
            taken.push(place(at));
            shadowed(painter, at, Align2::LEFT_BOTTOM, &label, font, line.colour);
        }
    }
}

fn lesion_labels(document: &Document, lesions: &[LesionId]) -> String {
    let labels: Vec<&str> = lesions.iter().filter_map(|id| document.lesion(*id)).map(|l| l.label.as_str()).collect();
    labels.join(", ")
}

fn role_word(role: MarkRole) -> &'static str {
    match role {
        MarkRole::Tumour => " tumour",
        MarkRole::AblationZone => " zone",
        MarkRole::ViableTumour => " viable",
        MarkRole::Organ => " organ",
        MarkRole::Other => " other",
    }
}

/// Text that stays legible on any picture.
pub(in super::super) fn shadowed(
    painter: &Painter,
    at: Pos2,
    align: Align2,
    text: &str,
    font: FontId,
    tint: Color32,
) -> Rect {
    if text.is_empty() {
        return Rect::from_min_size(at, Vec2::ZERO);
    }
    let galley = painter.layout_no_wrap(text.to_owned(), font, tint);
    let rect = align.anchor_size(at, galley.size());
    plate(painter, rect);
    painter.galley(rect.min, galley, tint);
    rect
}

/// A sentence over a picture, in as many lines as it needs.
pub(super) fn sentence(painter: &Painter, rect: Rect, bottom: f32, words: &str) {
    let width = (rect.width() - 32.0).clamp(80.0, 480.0);
    let galley = painter.layout(words.to_owned(), theme::font(theme::SMALL), colour::WARN, width);
    let at = pos2(rect.center().x, rect.bottom() - bottom);
    let plate = Align2::CENTER_BOTTOM.anchor_size(at, galley.size());
    painter.rect_filled(plate.expand2(vec2(6.0, 3.0)), theme::RADIUS, Color32::from_black_alpha(190));
    painter.galley(plate.min, galley, colour::WARN);
}

/// By how much a plate is larger than its text on each side.
const PLATE: Vec2 = Vec2::new(3.0, 1.0);

/// What stands under a text: a shadow alone does not hold against bright bone.
fn plate(painter: &Painter, text: Rect) {
    painter.rect_filled(text.expand2(PLATE), 2.0, Color32::from_black_alpha(165));
}

/// Where the patient's sides are: from the direction cosines, never assumed.
pub(super) fn orientation(painter: &Painter, rect: Rect, shown: &Shown, top_room: f32, bottom_room: f32) {
    if !shown.placed {
        return;
    }
    let [right, down, _] = shown.grid.axes;
    let middle = pos2(rect.center().x, rect.center().y);
    let font = theme::bold(theme::BODY);
    let rows = [
        (pos2(rect.left() + 8.0, middle.y), Align2::LEFT_CENTER, letters(-right, 2)),
        (pos2(rect.right() - 8.0, middle.y), Align2::RIGHT_CENTER, letters(right, 2)),
        (pos2(middle.x, rect.top() + top_room), Align2::CENTER_TOP, letters(-down, 2)),
        (pos2(middle.x, rect.bottom() - bottom_room), Align2::CENTER_BOTTOM, letters(down, 2)),
    ];
    for (at, align, words) in rows {
        shadowed(painter, at, align, &words, font.clone(), colour::TEXT);
    }
}

/// Where the planes of the other panes cross this one; the active pane's stands out.
pub(super) fn crossings(scene: &Scene<'_>) {
    let Scene { pane, view, bench, painter, .. } = scene;
    for (other, [a, b]) in bench.crossings(*pane) {
        let active = other == bench.room().active();
        let tint = if active { colour::ACCENT } else { colour::FAINT };
        let ends = [view.to_screen(a), view.to_screen(b)];
        painter.extend(Shape::dashed_line(&ends, Stroke::new(1.0, tint), 8.0, 5.0));
    }
}

/// A bar of a round length; px where not calibrated.
pub(super) fn scale_bar(painter: &Painter, rect: Rect, view: &View, calibrated: bool, bottom_room: f32) {
    let length_mm = scale_bar_mm(view.field_mm());
    let width = view.to_points(length_mm);
    let y = rect.bottom() - bottom_room - 20.0;
    let (left, right) = (rect.center().x - width / 2.0, rect.center().x + width / 2.0);
    let line = Stroke::new(1.0, colour::TEXT);
    for (stroke, by) in [(Stroke::new(3.0, Color32::from_black_alpha(160)), 0.0), (line, 0.0)] {
        painter.hline(left..=right, y + by, stroke);
        painter.vline(left, y - 3.0..=y + 3.0, stroke);
        painter.vline(right, y - 3.0..=y + 3.0, stroke);
    }
    let unit = if calibrated { "mm" } else { "px" };
    let words = format!("{length_mm} {unit}");
    shadowed(
        painter,
        pos2(rect.center().x, y - 3.0),
        Align2::CENTER_BOTTOM,
        &words,
        theme::font(theme::SMALL),
        colour::TEXT,
    );
}

/// The corner texts. Returns how much room they took above and below.
pub(super) fn corners(scene: &Scene<'_>) -> (f32, f32) {
    let Scene { pane, view, shown, bench, painter, .. } = scene;
    let (pane, rect) = (*pane, view.rect());
    let narrow = rect.width() < NARROW;
    let title = bench.pane_title(pane);
    let mut left = Column::new(painter, rect.left_top() + vec2(9.0, 8.0), false, false, rect.width() * 0.48);
    let mut right = Column::new(painter, rect.right_top() + vec2(-9.0, 8.0), true, false, rect.width() * 0.5);
    if let Some(title) = &title {
        let visit = match title.visit.split_once(" \u{b7} ") {
            Some((name, _)) if scene.dates_hidden => name,
            _ => &title.visit,
        };
        left.line(visit, theme::bold(theme::BODY), colour::TEXT);
        left.line(&title.time, theme::font(theme::SMALL), colour::TEXT);
        right.line(&title.series, theme::font(theme::SMALL), colour::TEXT);
        if !narrow {
            right.line(&title.name, theme::font(theme::SMALL), colour::TEXT);
        }
    }
    let top = left.used.max(right.used);
    let mut left = Column::new(painter, rect.left_bottom() + vec2(9.0, -8.0), false, true, rect.width() * 0.64);
    let mut right = Column::new(painter, rect.right_bottom() + vec2(-9.0, -8.0), true, true, rect.width() * 0.42);
    for odd in title.iter().flat_map(|title| &title.odd) {
        left.line(odd, theme::font(theme::SMALL), colour::WARN);
    }
    link_line(&mut left, pane, shown, bench);
    left.line(&beside(pane, shown, bench), theme::font(theme::SMALL), colour::SOFT);
    let (n, of) = reading_number(&shown.grid, shown.slice);
    let place = if shown.placed && shown.grid.normal().vector().z.abs() > 0.9 {
        format!(" · z {:.1} mm", shown.focus().z)
    } else {
        String::new()
    };
    left.line(&format!("slice {n} of {of}{place}"), theme::font(theme::SMALL), colour::TEXT);
    right.line(&format!("zoom {:.1}", view.zoom()), theme::font(theme::SMALL), colour::TEXT);
    for (words, warns) in bench.look_words(pane) {
        let tint = if warns { colour::WARN } else { colour::ACCENT };
        right.line(&words, theme::font(theme::SMALL), tint);
    }
    let unit = bench.info_of(shown.stack).map_or(Unit::None, |info| info.unit);
    if let Some(window) = scene.window {
        right.line(&window_words(window, unit), theme::font(theme::SMALL), colour::TEXT);
    }
    match bench.info_of(shown.stack).and_then(|info| info.suv.as_ref()) {
        Some(Suv::From(_)) => right.line(unit.code(), theme::font(theme::SMALL), colour::TEXT),
        Some(none @ Suv::None { .. }) => left.line(&none.to_string(), theme::font(theme::SMALL), colour::WARN),
        None => {}
    }
    (top + 12.0, left.used.max(right.used) + 12.0)
}

/// A window as it is spoken of: by width and centre, but from and to for uptake and diffusion maps.
pub(super) fn window_words(window: Window, unit: Unit) -> String {
    let (low, high) = window.range();
    let from_to = |times: f64| format!("{} to {}", short(low * times), short(high * times));
    match unit {
        Unit::SuvBw => format!("SUV {}", from_to(1.0)),
        Unit::Mm2PerS => format!("{} {}", from_to(1e3), text::ADC_UNIT),
        _ => format!("W {} C {}", short(window.width), short(window.centre)),
    }
}

/// A number of a window: whole where it is large, else with as many digits as it needs.
pub(super) fn short(value: f64) -> String {
    match value.abs() {
        size if size >= 20.0 || value.fract() == 0.0 => format!("{value:.0}"),
        size if size >= 0.1 => format!("{value:.1}"),
        _ => format!("{value:.2e}"),
    }
}

fn link_line(column: &mut Column<'_>, pane: usize, shown: &Shown, bench: &Workbench) {
    let small = theme::font(theme::SMALL);
    if shown.beyond {
        column.line(text::BEYOND, small.clone(), colour::WARN);
    }
    if !shown.placed {
        column.line(&pictures_only(shown, bench), small, colour::WARN);
    } else if pane > 0 && bench.room().panes().first().is_some_and(|first| first.shown().is_some()) {
        match bench.pane_link(pane) {
            Some(link) => {
                let tint = if link.is_unconfirmed() { colour::WARN } else { colour::GOOD };
                column.line(&link.words(), small, tint);
            }
            None => column.line(text::LINK_OFF, small, colour::WARN),
        }
    }
}

/// "MR beside CT", where a pane shows another kind of image than the first.
fn beside(pane: usize, shown: &Shown, bench: &Workbench) -> String {
    let first = bench.room().panes().first().filter(|_| pane > 0).and_then(|first| first.shown());
    let kind = |shown: &Shown| bench.info_of(shown.stack).map(|info| info.modality);
    match (kind(shown), first.and_then(kind)) {
        (Some(own), Some(other)) if own != other => format!("{} beside {}", own.words(), other.words()),
        _ => String::new(),
    }
}

/// "pictures, no volume: a single slice".
fn pictures_only(shown: &Shown, bench: &Workbench) -> String {
    let record = bench.document().and_then(|document| document.stack(shown.stack));
    match record.and_then(words::pictures_because) {
        Some(why) if !why.is_empty() => format!("{}: {why}", text::PICTURES_ONLY),
        _ => text::PICTURES_ONLY.to_owned(),
    }
}

/// Lines of text one under the other, or one over the other from the bottom.
struct Column<'a> {
    painter: &'a Painter,
    at: Pos2,
    right: bool,
    upwards: bool,
    width: f32,
    used: f32,
}

impl<'a> Column<'a> {
    fn new(painter: &'a Painter, at: Pos2, right: bool, upwards: bool, width: f32) -> Self {
        Self { painter, at, right, upwards, width, used: 0.0 }
    }

    fn line(&mut self, words: &str, font: FontId, tint: Color32) {
        if words.is_empty() {
            return;
        }
        let galley = self.fitting(words, font, tint);
        let size: Vec2 = galley.size();
        let x = if self.right { self.at.x - size.x } else { self.at.x };
        let y = if self.upwards { self.at.y - self.used - size.y } else { self.at.y + self.used };
        plate(self.painter, Rect::from_min_size(pos2(x, y), size));
        self.painter.galley(pos2(x, y), galley, tint);
        self.used += size.y + 2.0;
    }

    fn fitting(&self, words: &str, font: FontId, tint: Color32) -> Arc<Galley> {
        let mut job = LayoutJob::simple_singleline(words.to_owned(), font, tint);
        // A reason may need a second line; at the right a column is as wide as what stands there.
        let max_rows = if self.right { 1 } else { 2 };
        job.wrap = TextWrapping { max_rows, break_anywhere: self.right, ..TextWrapping::truncate_at_width(self.width) };
        self.painter.layout_job(job)
    }
}

impl Viewport {
    /// Lesion labels at their places, also where nothing is marked; the chosen one with a short-lived ring.
    pub(super) fn lesions(&mut self, scene: &Scene<'_>, now_s: f64) {
        let Scene { painter, view, bench, .. } = scene;
        const RING_S: f64 = 0.5;
        let Some(document) = bench.document() else { return };
        let chosen = bench.selection().lesion;
        for LesionSpot { lesion, at, on_slice, expected } in bench.lesions_on(scene.pane) {
            let Some(row) = document.lesion(lesion) else { continue };
            let centre = view.to_screen(at);
            let tint = if Some(lesion) == chosen { colour::ACCENT } else { colour::SOFT };
            if on_slice {
                // A small cross that leaves the middle free.
                for direction in [vec2(1.0, 0.0), vec2(-1.0, 0.0), vec2(0.0, 1.0), vec2(0.0, -1.0)] {
                    painter.line_segment([centre + direction * 4.0, centre + direction * 8.0], Stroke::new(1.0, tint));
                }
            }
            // Beside what it names, not on it: further out where the place is a guess, and never out of the pane.
            let away = if expected { (0.75 * view.to_points(15.0)).max(18.0) } else { 10.0 };
            let rect = view.rect().shrink2(vec2(8.0, 8.0));
            let at = centre + vec2(away, away);
            let at = pos2(at.x.min(rect.right() - 96.0), at.y.min(rect.bottom() - 20.0));
            // Through a link that nobody confirmed the place is a guess, and says so.
            let label = if expected { format!("{} {}", row.label, text::EXPECTED) } else { row.label.clone() };
            shadowed(painter, at, Align2::LEFT_TOP, &label, theme::bold(theme::SMALL), tint);
            let ringed = self.ring.as_ref().filter(|Ring { lesion: of, .. }| *of == lesion);
            if let Some(ring) = ringed.filter(|ring| now_s - ring.since_s < RING_S) {
                painter.circle_stroke(centre, view.to_points(15.0).max(16.0), Stroke::new(2.0, colour::ACCENT));
                let left = (RING_S - (now_s - ring.since_s)).max(0.01);
                painter.ctx().request_repaint_after(std::time::Duration::from_secs_f64(left));
            }
        }
    }

    /// A cross at the place that is pointed at with Shift in another pane.
    pub(super) fn pointed_cross(&self, scene: &Scene<'_>) {
        let Scene { painter, view, shown, bench, .. } = scene;
        let Some((from, point)): Option<(StackKey, PatientPoint)> = self.pointed else { return };
        let Some(link) = bench.link(from, shown.stack) else { return };
        let at = shown.grid.to_index(link.rigid_mm.apply(point));
        let centre = view.to_screen((at.i, at.j));
        let off_mm = (at.k - f64::from(shown.slice)).abs() * shown.grid.spacing_mm[2];
        let tint = if off_mm <= shown.grid.spacing_mm[2] / 2.0 { colour::WARN } else { colour::FAINT };
        for direction in [vec2(1.0, 0.0), vec2(0.0, 1.0)] {
            painter.line_segment([centre - direction * 9.0, centre - direction * 3.0], Stroke::new(1.2, tint));
            painter.line_segment([centre + direction * 3.0, centre + direction * 9.0], Stroke::new(1.2, tint));
        }
    }
}
