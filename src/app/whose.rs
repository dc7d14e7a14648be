//! Lines under the top bar that ask: whose images these are, with an answer on one click; and, after an import, that
//! something needs a look. They take room instead of covering what is read.

use super::command::Command;
use super::shell::AblationApp;
use super::text::{self, whose as words};
use super::theme::{self, colour};
use super::widgets::coloured;
use super::{Outbox, Screen, banners};
use crate::clinical::{PatientId, StackKey};
use crate::workbench::{Candidate, PatientQuestion, Request, Slot, Whose, Workbench};
use eframe::egui::{
    Color32, ColorImage, ComboBox, Frame, Label, Margin, Panel, Rect, Role, Sense, TextureHandle, TextureOptions, Ui,
    WidgetInfo, pos2, vec2,
};
use std::collections::{BTreeMap, BTreeSet};

/// What was put off, and which import was seen.
#[derive(Debug, Default)]
pub struct WhoseLines {
    later: BTreeSet<PatientId>,
    /// Stacks of the import whose oddities were put away.
    seen: Vec<StackKey>,
    thumbs: Thumbs,
}

/// Small pictures of the patients that a question is about.
#[derive(Default)]
struct Thumbs {
    uploaded: BTreeMap<StackKey, TextureHandle>,
    asked: BTreeSet<PatientId>,
}

impl std::fmt::Debug for Thumbs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Thumbs({})", self.uploaded.len())
    }
}

impl WhoseLines {
    /// Asks again what was put off.
    pub(super) fn ask_again(&mut self) {
        self.later.clear();
    }
}

/// Draws the lines that are due; nothing when all is sure and as it should be.
pub fn show(ui: &mut Ui, app: &mut AblationApp, out: &mut Outbox) {
    if app.bench.desk().is_none() {
        app.whose = WhoseLines::default();
        return;
    }
    let open: Vec<PatientQuestion> =
        app.bench.patient_questions().iter().filter(|q| !app.whose.later.contains(&q.patient)).cloned().collect();
    let odd = to_look_at(&app.bench, &app.whose).filter(|_| app.screen != Screen::Images);
    if open.is_empty() && odd.is_none() {
        return;
    }
    Panel::top("whose").frame(Frame::new().fill(colour::RAISED)).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        if let Some(first) = open.first()
            && block(ui, &mut app.whose.thumbs, first, open.len(), &app.bench, out)
        {
            app.whose.later.extend(open.iter().map(|question| question.patient));
        }
        if let Some((count, of)) = odd {
            let (mut close, mut go) = (false, false);
            banners::line(ui, colour::ACCENT, &words::need_a_look(count, of), |ui| {
                close = ui.button(text::CLOSE).clicked();
                go = ui.button(words::GO_THERE).clicked();
            });
            if go {
                app.images.look_at_odd();
                out.command(Command::ShowImages);
            }
            if go || close {
                app.whose.seen = app.bench.import_report().map(|report| report.to_look_at.clone()).unwrap_or_default();
            }
        }
    });
}

/// A question with what is known of each side: a picture, the code, and the dates. The answers stand in one place
/// whatever the sentence is, so that answering several in a row hits no other button. Whether it is put off.
fn block(
    ui: &mut Ui,
    thumbs: &mut Thumbs,
    question: &PatientQuestion,
    open: usize,
    bench: &Workbench,
    out: &mut Outbox,
) -> bool {
    let mut later = false;
    Frame::new().inner_margin(Margin { left: 14, right: 12, top: 6, bottom: 6 }).show(ui, |ui| {
        ui.spacing_mut().item_spacing = vec2(10.0, 4.0);
        let sentence = format!("{} {}", words::WHOSE, words::question(question));
        ui.add(Label::new(coloured(sentence, colour::WARN)).truncate()).on_hover_text(words::question(question));
        ui.horizontal(|ui| {
            ui.set_min_height(THUMB);
            answers(ui, question, bench, out);
            let put_off = if open > 1 { words::ALL_LATER } else { words::LATER };
            later = ui.button(put_off).on_hover_text(words::LATER_TOOLTIP).clicked();
            if open > 1 {
                ui.label(theme::soft(words::more_questions(open - 1)));
            }
            ui.add_space(12.0);
            thumbs.person(ui, question.patient, &question.code, bench, out);
            for candidate in question.candidates.iter().take(words::MOST_BUTTONS) {
                thumbs.person(ui, candidate.patient, &candidate.code, bench, out);
            }
        });
    });
    later
}

/// Edge of a picture, points.
const THUMB: f32 = 40.0;

impl Thumbs {
    /// A patient with a picture and the dates of the visits.
    fn person(&mut self, ui: &mut Ui, patient: PatientId, code: &str, bench: &Workbench, out: &mut Outbox) {
        let Some(document) = bench.document() else { return };
        let none = bench.running().iter().all(|job| job.slot != Slot::Thumbnails);
        if none && self.asked.insert(patient) {
            out.read(Request::Thumbnails(patient));
        }
        let visits = document.visits_of(patient);
        let stacks = visits.iter().flat_map(|visit| document.stacks_of(visit.id)).map(|record| record.info.key);
        let stack = stacks.clone().find(|key| bench.thumbnail(*key).is_some());
        let (rect, response) = ui.allocate_exact_size(vec2(THUMB, THUMB), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, words::picture_of(code)));
        ui.painter().rect_filled(rect, 2.0, colour::BLACK);
        if let Some((key, picture)) = stack.and_then(|key| Some((key, bench.thumbnail(key)?))) {
            let texture = self.uploaded.entry(key).or_insert_with(|| {
                let size = [picture.width as usize, picture.height as usize];
                let image = ColorImage::from_rgba_premultiplied(size, picture.rgba());
                ui.ctx().load_texture(format!("whose {key}"), image, TextureOptions::LINEAR)
            });
            let all = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter().image(texture.id(), rect, all, Color32::WHITE);
        }
        let dates: Vec<String> = visits.iter().map(|visit| bench.visit_date(visit.id)).collect();
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.label(theme::strong(code));
            ui.label(theme::small(words::dates_short(&dates))).on_hover_text(dates.join("\n"));
        });
    }
}

/// How many stacks of the last import need a look, of how many; none when that was seen.
fn to_look_at(bench: &Workbench, seen: &WhoseLines) -> Option<(usize, usize)> {
    let report = bench.import_report()?;
    let fresh = report.new_stacks > 0 && !report.to_look_at.is_empty() && report.to_look_at != seen.seen;
    fresh.then_some((report.to_look_at.len(), report.stacks))
}

/// The answers to a question, left to right in any layout: the same as somebody, then somebody else.
pub fn answers(ui: &mut Ui, question: &PatientQuestion, bench: &Workbench, out: &mut Outbox) {
    let read_only = bench.desk().and_then(|desk| desk.read_only());
    ui.add_enabled_ui(read_only.is_none(), |ui| {
        if ui.layout().prefer_right_to_left() {
            somebody_else(ui, question, read_only, out);
            the_same(ui, question, out);
        } else {
            the_same(ui, question, out);
            somebody_else(ui, question, read_only, out);
        }
    });
}

fn somebody_else(ui: &mut Ui, question: &PatientQuestion, read_only: Option<&str>, out: &mut Outbox) {
    let another = ui.button(words::ANOTHER).on_hover_text(words::ANOTHER_TOOLTIP);
    if another.on_disabled_hover_text(read_only.unwrap_or_default()).clicked() {
        let others = question.candidates.iter().map(|candidate| candidate.patient).collect();
        out.ask(Request::Whose(Whose::Another { patient: question.patient, others }));
    }
}

fn the_same(ui: &mut Ui, question: &PatientQuestion, out: &mut Outbox) {
    let mut chosen: Option<&Candidate> = None;
    if question.candidates.len() <= words::MOST_BUTTONS {
        let mut candidates: Vec<&Candidate> = question.candidates.iter().collect();
        if ui.layout().prefer_right_to_left() {
            candidates.reverse();
        }
        for candidate in candidates {
            let tip = words::same_tooltip(&question.code, &candidate.code);
            if ui.button(words::same_as(&candidate.code)).on_hover_text(tip).clicked() {
                chosen = Some(candidate);
            }
        }
    } else {
        let combo = ComboBox::from_id_salt(("same as", question.patient)).selected_text(words::SAME_AS_ONE_OF);
        let response = combo.width(150.0).show_ui(ui, |ui| {
            for candidate in &question.candidates {
                if ui.selectable_label(false, words::same_as(&candidate.code)).clicked() {
                    chosen = Some(candidate);
                }
            }
        });
        response.response.accessible_name(words::SAME_AS_ONE_OF);
    }
    if let Some(candidate) = chosen {
        out.ask(Request::Whose(Whose::Same { from: question.patient, into: candidate.patient }));
    }
}
