//! Lines under the top bar that ask: whose images these are, with an answer on one click; and, after an import, that
//! something needs a look. They take room instead of covering what is read.

use super::command::Command;
use super::shell::AblationApp;
use super::text::{self, whose as words};
use super::theme::{self, colour};
use super::{Outbox, Screen, banners};
use crate::clinical::PatientId;
use crate::workbench::{Candidate, PatientQuestion, Request, Whose, Workbench};
use eframe::egui::{ComboBox, Frame, Panel, Ui};
use std::collections::BTreeSet;

/// What was put off, and which import was seen.
#[derive(Debug, Default)]
pub struct WhoseLines {
    later: BTreeSet<PatientId>,
    /// Stacks of the import whose oddities were put away.
    seen: Vec<crate::clinical::StackKey>,
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
        if let Some(first) = open.first() {
            let mut later = false;
            let sentence = format!("{} {}", words::WHOSE, words::question(first));
            banners::line(ui, colour::WARN, &sentence, |ui| {
                if open.len() > 1 {
                    ui.label(theme::soft(words::more_questions(open.len() - 1)));
                }
                let put_off = if open.len() > 1 { words::ALL_LATER } else { words::LATER };
                later = ui.button(put_off).on_hover_text(words::LATER_TOOLTIP).clicked();
                answers(ui, first, &app.bench, out);
            });
            if later {
                app.whose.later.extend(open.iter().map(|question| question.patient));
            }
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
