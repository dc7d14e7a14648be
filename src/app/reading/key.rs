//! The answer key of a sample beside what was answered: to learn from, so nothing is counted.

use super::super::text::samples as words;
use super::super::theme::{self, colour, truth_line};
use super::super::viewport::patterned;
use super::super::{Outbox, widgets};
use crate::clinical::{Coded, LesionId, MarkRole, VisitId};
use crate::outcome::Word;
use crate::workbench::{Beside, KeyLine, Request, Workbench};
use eframe::egui::{Button, Color32, Frame, Label, Margin, Rect, RichText, Sense, Ui, pos2, vec2};

/// Draws the key of the chosen visit, when there is one and it may be shown.
pub(super) fn show(ui: &mut Ui, bench: &Workbench, visit: VisitId, lesion: Option<LesionId>, out: &mut Outbox) {
    let lines = bench.keys_at(visit);
    if lines.is_empty() {
        return;
    }
    ui.add_space(8.0);
    let frame = Frame::new().fill(colour::RAISED).corner_radius(theme::RADIUS).inner_margin(Margin::same(8));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 3.0;
        let signed = bench.is_signed();
        ui.label(theme::caption(if signed { words::KEY } else { words::KEY_AT_ONCE }));
        for line in &lines {
            answers(ui, line, lesion, out);
        }
        if let Some(line) = lines.iter().find(|line| Some(line.lesion) == lesion) {
            ui.separator();
            why(ui, line, out);
        }
        if let Some(elsewhere) = bench.expected_elsewhere(visit) {
            paragraph(ui, words::ELSEWHERE, elsewhere);
        }
        match bench.teaching_point() {
            Some(point) => paragraph(ui, words::TEACHES, point),
            None => {
                ui.add_space(4.0);
                ui.add(Label::new(theme::small(words::TEACHES_LATER)).wrap());
            }
        }
        if let Some(not_shown) = bench.not_shown() {
            paragraph(ui, words::NOT_SHOWN, not_shown);
        }
        legend(ui);
    });
}

fn tint(beside: Beside) -> Color32 {
    match beside {
        Beside::Expected | Beside::Accepted => colour::GOOD,
        Beside::Different => colour::WARN,
        Beside::Unanswered => colour::FAINT,
    }
}

/// "L2  You: no viable tumour / Expected: viable tumour · differs".
fn answers(ui: &mut Ui, line: &KeyLine<'_>, chosen: Option<LesionId>, out: &mut Outbox) {
    ui.horizontal(|ui| {
        let label = RichText::new(line.label).font(theme::bold(theme::BODY)).color(colour::TEXT);
        let name = format!("Key of lesion {}", line.label);
        let button = ui.add(Button::new(label).selected(chosen == Some(line.lesion)).min_size(vec2(34.0, 34.0)));
        if button.accessible_name(&name).clicked() {
            out.ask(Request::SelectLesion(line.lesion));
        }
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let you = line.answer.map_or(words::NONE, Coded::words);
            pair(ui, words::YOU, you);
            ui.horizontal_wrapped(|ui| {
                pair(ui, words::EXPECTED, &line.expected());
                if line.beside != Beside::Unanswered {
                    ui.label(widgets::coloured(line.beside.words(), tint(line.beside)));
                }
            });
        });
    });
}

/// Shape, word, sign, trap, and the way to the image.
fn why(ui: &mut Ui, line: &KeyLine<'_>, out: &mut Outbox) {
    if let Some(series) = &line.look_at {
        let button = Button::new(words::look_at(series, line.key.slice_z_mm)).truncate();
        if ui.add(button).clicked() {
            out.ask(Request::LookAtKey(line.lesion));
        }
    }
    let of = |given: Option<&'static str>, expected: &str| {
        let given = given.unwrap_or(words::NONE);
        if given == expected { format!("{expected}, as expected") } else { format!("{given}; expected {expected}") }
    };
    let small = crate::workbench::words::small;
    if let Some(reason) = line.key.reason {
        pair(ui, words::REASON, &small(reason.words()));
    } else {
        pair(ui, words::SHAPE, &small(&of(line.shape.map(Coded::words), line.key.shape.words())));
    }
    pair(ui, words::WORD, &small(&of(line.word.map(Word::words), line.key.derived.words())));
    let paragraphs =
        [(words::SIGN, &line.key.sign), (words::TRAP, &line.key.trap), (words::WOULD_CHANGE, &line.key.would_change)];
    for (lead, text) in paragraphs.into_iter().filter(|(_, text)| !text.is_empty()) {
        paragraph(ui, lead, text);
    }
}

fn pair(ui: &mut Ui, lead: &str, text: &str) {
    ui.add(Label::new(theme::small(format!("{lead}: {text}"))).wrap());
}

fn paragraph(ui: &mut Ui, lead: &str, text: &str) {
    ui.add_space(4.0);
    ui.label(theme::caption(lead));
    ui.add(Label::new(theme::soft(text)).wrap());
}

/// How the truth is drawn on the images.
fn legend(ui: &mut Ui) {
    ui.add_space(4.0);
    ui.label(theme::caption(words::LEGEND));
    for role in [MarkRole::Tumour, MarkRole::AblationZone, MarkRole::ViableTumour] {
        ui.horizontal(|ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(44.0, 14.0), Sense::hover());
            let (painter, middle) = (ui.painter(), rect.center().y);
            painter.rect_filled(Rect::from_min_max(rect.min, rect.max), 2.0, colour::BLACK);
            let ends = [pos2(rect.left() + 3.0, middle), pos2(rect.right() - 3.0, middle)];
            patterned(painter, &ends, truth_line(role));
            ui.label(theme::small(words::region(role)));
        });
    }
}
