//! The lesions as tabs, and the find card that says which one is read.

use crate::app::command::Command;
use crate::app::keys::KeyMap;
use crate::app::theme::{self, colour};
use crate::app::{Outbox, text, widgets};
use crate::clinical::{Coded, Date, Lesion, LesionId, MarkRole, Organ, StackKey, TechnicalSuccess};
use crate::marks::SlicePoint;
use crate::outcome::Word;
use crate::project::Document;
use crate::render::{Layer, LineStyle, Luts, View, compose, render_slice, ring};
use crate::workbench::{Request, Workbench};
use eframe::egui::{
    Align2, Color32, ColorImage, Rect, Role, Sense, Stroke, StrokeKind, TextureHandle, TextureOptions, Ui, WidgetInfo,
    pos2, vec2,
};
use std::collections::BTreeMap;

/// Edge of the find card's picture, points.
const CARD: f32 = 80.0;
/// What it shows, mm across (reading.md 5.2).
const CARD_MM: f64 = 80.0;

/// "S VII" or the site in words.
pub(super) fn site(lesion: &Lesion) -> String {
    if lesion.organ == Organ::Liver {
        let segments: Vec<&str> = lesion.segments.iter().map(|segment| segment.words()).collect();
        if !segments.is_empty() {
            return format!("S {}", segments.join(", "));
        }
    }
    if lesion.site.is_empty() { lesion.organ.to_string() } else { lesion.site.clone() }
}

/// Longest axis before treatment: from the tumour mark, else as entered.
fn size_mm(document: &Document, lesion: &Lesion) -> Option<(f64, Option<f64>)> {
    let marked = document
        .marks_of_patient(lesion.patient)
        .filter(|mark| mark.info.role == MarkRole::Tumour && mark.info.lesions.contains(&lesion.id))
        .find_map(|mark| mark.measured.as_ref())
        .and_then(|measured| measured.longest_axial_mm.map(|mm| (mm, measured.perpendicular_mm)));
    marked.or_else(|| lesion.long_axis_mm.map(|mm| (mm, lesion.short_axis_mm)))
}

/// The colour of a lesion's word.
pub(in crate::app) fn word_colour(word: Word) -> Color32 {
    match word {
        Word::Complete | Word::CompleteAssisted | Word::ProgressionRetreatedComplete => colour::GOOD,
        Word::Incomplete
        | Word::IncompleteAfterReablation
        | Word::LocalTumourProgression
        | Word::ProgressionRetreatmentFailed => colour::VIABLE,
        Word::Equivocal | Word::CompleteAfterViable => colour::WARN,
        _ => colour::FAINT,
    }
}

/// One tab a lesion, and one to add another.
pub(super) fn tabs(ui: &mut Ui, bench: &Workbench, document: &Document, keys: &KeyMap, out: &mut Outbox) {
    let Some(patient) = bench.selection().patient else { return };
    let lesions: Vec<Lesion> = document.lesions_of(patient).cloned().collect();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        let width = ((ui.available_width() - 34.0) / 3.0 - 6.0).max(70.0);
        for lesion in &lesions {
            let chosen = bench.selection().lesion == Some(lesion.id);
            let (rect, response) = ui.allocate_exact_size(vec2(width, 40.0), Sense::click());
            let name = format!("Lesion {}", lesion.label);
            response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, name.as_str()));
            let fill = if chosen { colour::CHOSEN } else { colour::PANEL };
            let fill = if response.hovered() && !chosen { colour::HOVER } else { fill };
            let edge = if chosen { colour::ACCENT } else { colour::LINE };
            let painter = ui.painter().with_clip_rect(rect);
            painter.rect(rect, theme::RADIUS, fill, Stroke::new(1.0, edge), StrokeKind::Inside);
            let word = bench.outcome(lesion.id).map_or(Word::None, |outcome| outcome.standing.word.value);
            painter.circle_filled(rect.left_top() + vec2(12.0, 13.0), 4.0, word_colour(word));
            let at = rect.left_top() + vec2(21.0, 13.0);
            painter.text(at, Align2::LEFT_CENTER, &lesion.label, theme::bold(theme::BODY), colour::TEXT);
            let size = size_mm(document, lesion).map(|(mm, _)| format!(" · {} mm", whole(mm))).unwrap_or_default();
            let at = rect.left_top() + vec2(8.0, 29.0);
            let font = theme::font(theme::SMALL);
            let full = format!("{}{size}", site(lesion));
            let fits = painter.layout_no_wrap(full.clone(), font.clone(), colour::SOFT).size().x <= width - 14.0;
            let words = if fits { full } else { site(lesion) };
            painter.text(at, Align2::LEFT_CENTER, words, font, colour::SOFT);
            let tip = format!("{}, {}. {}", lesion.label, site(lesion), word.words());
            if response.on_hover_text(tip).clicked() {
                out.ask(Request::SelectLesion(lesion.id));
            }
        }
        if !lesions.is_empty() {
            widgets::labelled_command(ui, Command::AddLesion, "+", keys, None, out)
                .accessible_name(Command::AddLesion.info().label);
        }
    });
}

/// Whole mm from 10 mm up, one decimal below (reading.md 4).
pub(in crate::app) fn whole(mm: f64) -> String {
    if mm >= 9.95 { format!("{mm:.0}") } else { format!("{mm:.1}") }
}

/// Find cards that were made, by lesion and where it lay.
#[derive(Default)]
pub(super) struct Cards {
    made: BTreeMap<LesionId, (StackKey, [i64; 3], TextureHandle)>,
}

impl Cards {
    /// The find card: a crop of the tumour before treatment, and what is known of the lesion.
    pub(super) fn show(&mut self, ui: &mut Ui, bench: &Workbench, document: &Document, lesion: LesionId) {
        let Some(row) = document.lesion(lesion) else { return };
        self.make(ui, bench, lesion);
        ui.add_space(6.0);
        ui.horizontal_top(|ui| {
            let (rect, response) = ui.allocate_exact_size(vec2(CARD, CARD), Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("Find card {}", row.label)));
            ui.painter().rect_filled(rect, 3.0, colour::BLACK);
            if let Some((_, _, texture)) = self.made.get(&lesion) {
                let all = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
                ui.painter().image(texture.id(), rect, all, Color32::WHITE);
            } else {
                let painter = ui.painter().with_clip_rect(rect);
                let words = if bench.place_of(lesion).is_some() { text::CARD_NO_IMAGE } else { text::CARD_NO_PLACE };
                painter.text(rect.center(), Align2::CENTER_CENTER, words, theme::font(theme::SMALL), colour::FAINT);
            }
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                let place = if row.organ == Organ::Liver && !row.segments.is_empty() {
                    let segments: Vec<&str> = row.segments.iter().map(|segment| segment.words()).collect();
                    format!("{}, segment {}", row.organ.words().to_lowercase(), segments.join(", "))
                } else {
                    site(row)
                };
                ui.label(theme::title(format!("{} · {place}", row.label)));
                let until = bench.selection().visit.and_then(|visit| document.visit(visit)).map(|visit| visit.date);
                for line in facts(document, row, until) {
                    ui.label(theme::small(line));
                }
            });
        });
    }

    fn make(&mut self, ui: &Ui, bench: &Workbench, lesion: LesionId) {
        let Some((stack, point)) = bench.place_of(lesion) else {
            self.made.remove(&lesion);
            return;
        };
        let whole_mm = [point.x, point.y, point.z].map(|v| (v * 10.0).round() as i64);
        if self.made.get(&lesion).is_some_and(|(s, p, _)| *s == stack && *p == whole_mm) {
            return;
        }
        let Some(volume) = bench.volume(stack) else { return };
        let Some(slice) = volume.grid.nearest_slice(point).filter(|slice| volume.slice(*slice).is_some()) else {
            return;
        };
        let record = bench.document().and_then(|document| document.stack(stack));
        let window = record.and_then(|record| bench.window_of(record));
        let dark = bench.is_dark_on_white(stack);
        let Some(window) = window.or_else(|| crate::volume::auto_window(volume, Some(slice))) else { return };
        let Some(picture) = render_slice(&mut Luts::new(), volume, slice, window, dark) else { return };
        let at = volume.grid.to_index(point);
        let centre = SlicePoint { i: at.i, j: at.j };
        let edge = (CARD * ui.ctx().pixels_per_point()) as u32;
        let lines = [ring(&volume.grid, centre, 14.0)];
        let style = LineStyle { colour: [0x56, 0xb4, 0xe9], width_px: 1.2, dash_px: None };
        let view = View::around(&volume.grid, centre, CARD_MM, edge, edge);
        let card = compose(&picture, &view, &[Layer { outlines: &lines, style }]);
        let image = ColorImage::from_rgba_premultiplied([card.width as usize, card.height as usize], card.rgba());
        let texture = ui.ctx().load_texture(format!("card {lesion}"), image, TextureOptions::LINEAR);
        self.made.insert(lesion, (stack, whole_mm, texture));
    }
}

/// What is known of a lesion at the visit that is read, a line each. What came later would give away what is
/// still to be judged.
fn facts(document: &Document, lesion: &Lesion, until: Option<Date>) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some((long, short)) = size_mm(document, lesion) {
        let short = short.map(|mm| format!(" × {}", whole(mm))).unwrap_or_default();
        lines.push(format!("pre {}{short} mm", whole(long)));
    }
    let in_order = document.settings().read_in_time_order;
    for session in document.sessions_of(lesion.patient) {
        if in_order && until.is_some_and(|until| session.date > until) {
            continue;
        }
        let Some(treated) = session.lesions.iter().find(|treated| treated.lesion == lesion.id) else { continue };
        let how = session.modality.words();
        let how = how.rsplit('(').next().map_or(how, |short| short.trim_end_matches(')'));
        let success = match treated.technical_success {
            TechnicalSuccess::Yes => ", technical success",
            TechnicalSuccess::No => ", no technical success",
            TechnicalSuccess::Unknown => "",
        };
        lines.push(format!("{how} {}{success}", session.date));
    }
    lines
}
