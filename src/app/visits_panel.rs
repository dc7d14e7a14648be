//! The patient's visits as a time line, with a thumbnail for each series.

use super::context;
use super::text::flow;
use super::theme::{self, colour};
use super::widgets;
use super::{Outbox, text};
use crate::clinical::{StackKey, StackRole, Visit, VisitId, VisitSource};
use crate::hanging::short_role;
use crate::outcome::TimePoint;
use crate::project::{Document, StackRecord};
use crate::render::Picture;
use crate::workbench::room::Pane;
use crate::workbench::words::DATE_NOT_KNOWN;
use crate::workbench::{Hang, Parked, Request, VisitState, Workbench, one_of_each};
use eframe::egui::{
    Align2, Button, Color32, ColorImage, ComboBox, Frame, Key, Margin, Rect, Role, ScrollArea, Sense, Stroke,
    StrokeKind, TextEdit, TextureHandle, TextureOptions, Ui, WidgetInfo, pos2, vec2,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Edge of a thumbnail, points.
const THUMB: f32 = 46.0;

/// The panel's own state: thumbnails that were made.
#[derive(Default)]
pub struct VisitsPanel {
    thumbs: BTreeMap<StackKey, (Arc<Picture>, TextureHandle)>,
    /// The visit that was brought into view.
    followed: Option<VisitId>,
    /// The date of a report that is typed.
    report_date: Option<String>,
}

impl VisitsPanel {
    /// Draws the panel.
    pub fn show(&mut self, ui: &mut Ui, bench: &Workbench, hide_context: bool, out: &mut Outbox) {
        let Some(document) = bench.document() else { return };
        patients(ui, bench, document, out);
        context::show(ui, bench, document, hide_context, out);
        widgets::caption(ui, text::VISITS);
        let visits: Vec<Visit> = bench.visits().into_iter().cloned().collect();
        let parked = bench.parked();
        let bottom = 66.0 + if parked.is_empty() { 0.0 } else { 24.0 + 22.0 * parked.len().min(4) as f32 };
        let height = (ui.available_height() - bottom).max(80.0);
        ScrollArea::vertical().max_height(height).auto_shrink([false, false]).show(ui, |ui| {
            for visit in &visits {
                self.visit(ui, bench, document, visit, out);
            }
        });
        put_aside(ui, &parked, out);
        self.report_visit(ui, bench, out);
        time_order(ui, document, out);
    }

    fn visit(&mut self, ui: &mut Ui, bench: &Workbench, document: &Document, visit: &Visit, out: &mut Outbox) {
        let state = bench.visit_state(visit.id);
        let chosen = bench.selection().visit == Some(visit.id);
        let (fill, edge) = if chosen { (colour::RAISED, colour::ACCENT) } else { (colour::PANEL, colour::PANEL) };
        let frame = Frame::new()
            .fill(fill)
            .stroke(Stroke::new(1.0, edge))
            .corner_radius(theme::RADIUS)
            .inner_margin(Margin::same(6));
        let framed = frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            let hidden = state == VisitState::Hidden;
            let dated = !document.is_undated(visit.id);
            let name = if hidden || !dated { String::new() } else { time_point(bench, visit.id) };
            let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 34.0), Sense::click());
            response
                .widget_info(|| WidgetInfo::selected(Role::Button, !hidden, chosen, format!("Visit {}", visit.date)));
            let (words, tint) = state_words(state);
            let lacking = bench.lacking(visit.id);
            let words = match (lacking.as_slice(), visit.source) {
                ([], VisitSource::ReportOnly) => format!("{words} · {}", flow::REPORT_ONLY),
                ([], VisitSource::Images) => words,
                // What keeps an answer from counting, on the spot.
                ([one], _) => format!("{words} · {one}"),
                ([one, rest @ ..], _) => format!("{words} · {one} +{}", rest.len()),
            };
            let tint = if lacking.is_empty() { tint } else { colour::WARN };
            let painter = ui.painter().with_clip_rect(rect);
            let top = rect.left_top() + vec2(0.0, 8.0);
            painter.circle(top + vec2(4.0, 0.0), 4.0, tint, Stroke::NONE);
            let strong = if hidden { colour::FAINT } else { colour::TEXT };
            painter.text(
                top + vec2(14.0, 0.0),
                Align2::LEFT_CENTER,
                crate::workbench::words::visit_date(document, visit.id),
                theme::bold(theme::BODY),
                strong,
            );
            painter.text(
                rect.right_top() + vec2(0.0, 8.0),
                Align2::RIGHT_CENTER,
                name,
                theme::font(theme::SMALL),
                colour::SOFT,
            );
            painter.text(
                rect.left_top() + vec2(0.0, 26.0),
                Align2::LEFT_CENTER,
                words,
                theme::font(theme::SMALL),
                colour::SOFT,
            );
            let mut tip =
                if hidden { text::HIDDEN_VISIT.to_owned() } else { format!("Read the visit of {}", visit.date) };
            if document.is_undated(visit.id) {
                tip = format!("{}: the images carry none. Its place in the list is that of the import", DATE_NOT_KNOWN);
            }
            for lacks in &lacking {
                tip = format!("{tip}\nNot complete yet, {lacks}");
            }
            if response.on_hover_text(tip).clicked() {
                out.ask(Request::SelectVisit(visit.id));
            }
            if !hidden && visit.source == VisitSource::ReportOnly {
                ui.label(theme::small(flow::NO_IMAGES_HERE));
            }
            if !hidden {
                let stacks = document.stacks_of(visit.id);
                // A 4-D series is one picture with a count; the others are reached by stepping.
                let shown = |key| bench.room().panes().iter().filter_map(Pane::shown).any(|shown| shown.stack == key);
                ui.horizontal_wrapped(|ui| {
                    ui.spacing_mut().item_spacing = vec2(5.0, 4.0);
                    for (stack, count) in one_of_each(&stacks, &shown) {
                        self.thumbnail(ui, bench, stack, count, out);
                    }
                });
            }
        });
        // A key may have chosen a visit that is out of view.
        if chosen && self.followed.replace(visit.id) != Some(visit.id) {
            framed.response.scroll_to_me(None);
        }
        ui.add_space(2.0);
    }

    /// A visit that is known from a report only.
    fn report_visit(&mut self, ui: &mut Ui, bench: &Workbench, out: &mut Outbox) {
        let read_only = bench.desk().and_then(|desk| desk.read_only());
        let Some(typed) = &mut self.report_date else {
            let button = Button::new(theme::small(flow::ADD_REPORT)).frame(false);
            let response = ui.add_enabled(read_only.is_none(), button).on_hover_text(flow::ADD_REPORT_TOOLTIP);
            if response.on_disabled_hover_text(read_only.unwrap_or_default()).clicked() {
                self.report_date = Some(String::new());
            }
            return;
        };
        let mut close = false;
        ui.horizontal(|ui| {
            let field = TextEdit::singleline(typed).hint_text(flow::DATE_HINT).desired_width(92.0);
            let field = ui.add(field).accessible_name(flow::REPORT_DATE);
            if typed.is_empty() && !field.has_focus() && !field.lost_focus() {
                field.request_focus();
            }
            let date = chrono::NaiveDate::parse_from_str(typed.trim(), "%Y-%m-%d").ok();
            let add = ui.add_enabled(date.is_some(), Button::new(flow::ADD).small());
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            let add = add.on_disabled_hover_text(flow::NOT_A_DATE).clicked() || entered;
            if let Some(date) = date.filter(|_| add) {
                out.ask(Request::AddReportVisit(date));
                close = true;
            }
            close |= ui.input(|input| input.key_pressed(Key::Escape));
        });
        if close {
            self.report_date = None;
        }
    }

    fn thumbnail(&mut self, ui: &mut Ui, bench: &Workbench, stack: &StackRecord, count: usize, out: &mut Outbox) {
        let key = stack.info.key;
        let group = stack.info.group.as_ref().filter(|_| count > 1);
        let mut words = crate::workbench::words::series(stack);
        if let Some(group) = group {
            words = format!("{words}, {}", crate::workbench::words::group_size(group));
        }
        let (rect, response) = ui.allocate_exact_size(vec2(THUMB, THUMB + 13.0), Sense::click_and_drag());
        response.dnd_set_drag_payload(key);
        let name = format!("Series {} {words}", stack.info.series_number.unwrap_or_default());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name.as_str()));
        let picture = Rect::from_min_size(rect.min, vec2(THUMB, THUMB));
        ui.painter().rect_filled(picture, 2.0, colour::BLACK);
        self.upload(ui, bench, key);
        if let Some((_, texture)) = self.thumbs.get(&key) {
            let all = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter().image(texture.id(), picture, all, Color32::WHITE);
        }
        let shown = bench.room().panes().iter().filter_map(Pane::shown).any(|shown| shown.stack == key);
        let edge = if shown || response.hovered() { colour::ACCENT } else { colour::LINE };
        ui.painter().rect_stroke(picture, 2.0, Stroke::new(1.0, edge), StrokeKind::Inside);
        let label = thumb_label(stack.role);
        let font = theme::font(if label.len() > 7 { 9.0 } else { 10.5 });
        let clipped = ui.painter().with_clip_rect(rect.expand(1.0));
        clipped.text(pos2(rect.left(), rect.bottom()), Align2::LEFT_BOTTOM, label, font, colour::SOFT);
        if count > 1 {
            let at = picture.right_top() + vec2(-3.0, 2.0);
            let font = theme::bold(theme::SMALL);
            super::viewport::shadowed(ui.painter(), at, Align2::RIGHT_TOP, &count.to_string(), font, colour::ON_IMAGE);
        }
        let oddities: Vec<String> =
            stack.info.oddities.iter().map(|odd| crate::workbench::words::oddity(stack, odd)).collect();
        let mut tip = format!("{words}\n{}\n{}", stack.role_because, text::DROP_THUMBNAIL);
        if let Some(group) = group {
            tip = format!("{tip}\n{}", crate::workbench::words::place_in_group(group));
        }
        if !oddities.is_empty() {
            tip = format!("{tip}\n{}", oddities.join("\n"));
        }
        if response.on_hover_text(tip).clicked() {
            out.ask(Request::Hang(Hang::Choose { pane: bench.room().active(), stack: key }));
        }
    }

    /// Uploads a thumbnail once it was made, or made anew.
    fn upload(&mut self, ui: &Ui, bench: &Workbench, key: StackKey) {
        let Some(picture) = bench.thumbnail(key) else { return };
        if self.thumbs.get(&key).is_some_and(|(uploaded, _)| Arc::ptr_eq(uploaded, picture)) {
            return;
        }
        let size = [picture.width as usize, picture.height as usize];
        let image = ColorImage::from_rgba_premultiplied(size, picture.rgba());
        let texture = ui.ctx().load_texture(format!("thumb {key}"), image, TextureOptions::LINEAR);
        self.thumbs.insert(key, (Arc::clone(picture), texture));
    }
}

/// A role in so few letters that they fit below a thumbnail.
fn thumb_label(role: StackRole) -> &'static str {
    match role {
        StackRole::CtUnenhanced => "plain",
        StackRole::MrT1Enhanced => "T1 + C",
        StackRole::Report => "report",
        StackRole::Localizer => "scout",
        other => short_role(other),
    }
}

fn patients(ui: &mut Ui, bench: &Workbench, document: &Document, out: &mut Outbox) {
    let chosen = bench.selection().patient;
    let Some(patient) = chosen.and_then(|id| document.patient(id)) else { return };
    let listed = bench.listed_patients();
    let several = listed.len() > 1;
    ui.horizontal(|ui| {
        if several {
            let combo = ComboBox::from_id_salt("patient").selected_text(&patient.code).width(ui.available_width());
            let response = combo.show_ui(ui, |ui| {
                for other in &listed {
                    if ui.selectable_label(Some(other.id) == chosen, &other.code).clicked() {
                        out.ask(Request::SelectPatient(other.id));
                    }
                }
            });
            response.response.accessible_name(text::PATIENT);
        } else {
            ui.label(theme::strong(&patient.code));
        }
    });
}

/// What was put aside, each a click away.
fn put_aside(ui: &mut Ui, parked: &[Parked], out: &mut Outbox) {
    if parked.is_empty() {
        return;
    }
    ui.label(theme::caption(flow::parked(parked.len())));
    let height = 22.0 * parked.len().min(4) as f32;
    ScrollArea::vertical().id_salt("parked").max_height(height).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for parked in parked {
            let words = if parked.text.is_empty() { flow::PARKED_NO_WORDS } else { parked.text.as_str() };
            let line = Button::new(theme::small(format!("{}: {words}", parked.name))).frame(false).truncate();
            let line = ui.add(line).accessible_name(format!("{} {}", flow::PARK_LEAD, parked.name));
            if line.on_hover_text(format!("{}\n{words}", parked.name)).clicked() {
                out.ask(Request::SelectLesion(parked.lesion));
                out.ask(Request::SelectVisit(parked.visit));
            }
        }
    });
}

fn time_order(ui: &mut Ui, document: &Document, out: &mut Outbox) {
    let mut settings = document.settings();
    let response = ui.checkbox(&mut settings.read_in_time_order, theme::small(text::TIME_ORDER));
    if response.on_hover_text(text::TIME_ORDER_TOOLTIP).changed() {
        out.ask(Request::PutSettings(Box::new(settings)));
    }
}

/// The nominal time point of the chosen lesion at a visit, short.
fn time_point(bench: &Workbench, visit: VisitId) -> String {
    let outcome = bench.selection().lesion.and_then(|lesion| bench.outcome(lesion));
    let point = outcome.and_then(|outcome| outcome.at(visit)).map(|at| at.time_point.value);
    point.filter(|point| *point != TimePoint::Untreated).map_or_else(String::new, |point| point.to_string())
}

fn state_words(state: VisitState) -> (String, Color32) {
    match state {
        VisitState::Baseline => (text::BASELINE.to_owned(), colour::SOFT),
        VisitState::Open => (text::NOTHING_DUE.to_owned(), colour::LINE),
        VisitState::Reading { answered, of } => (format!("{answered} of {of} answered"), colour::ACCENT),
        VisitState::Signed => (text::SIGNED.to_owned(), colour::GOOD),
        VisitState::Hidden => (text::HIDDEN_SHORT.to_owned(), colour::LINE),
    }
}
