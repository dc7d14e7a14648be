//! The chosen change in full: what stood before and after, going there, and taking it back.

use super::{HistoryScreen, lines};
use crate::app::command::Command;
use crate::app::text::history as text;
use crate::app::theme::{self, colour};
use crate::app::{Outbox, widgets};
use crate::project::{Document, HistoryRow};
use crate::workbench::{Request, Workbench};
use eframe::egui::{Align, Frame, Label, Layout, Margin, RichText, ScrollArea, Ui};

impl HistoryScreen {
    /// Draws the chosen change, or says what can be done.
    pub(super) fn detail(&mut self, ui: &mut Ui, bench: &Workbench, document: &Document, out: &mut Outbox) {
        Frame::new().fill(colour::PANEL).corner_radius(theme::RADIUS).inner_margin(Margin::same(12)).show(ui, |ui| {
            ui.set_min_size(ui.available_size());
            let Some(row) = self.chosen.and_then(|seq| bench.trail().row(seq)) else {
                ui.label(theme::soft(text::CHOOSE));
                return;
            };
            if self.planned != Some(row.seq) {
                self.planned = Some(row.seq);
                out.read(Request::PlanUndo(row.seq));
            }
            ui.horizontal(|ui| {
                ui.label(theme::strong(&row.label));
                let who = lines::who(row, document);
                let when = row.at.format("%Y-%m-%d %H:%M:%S UTC");
                ui.label(theme::small(format!(
                    "{} · {when} · {}",
                    if who.is_empty() { "-" } else { &who },
                    text::number(row.seq)
                )));
            });
            ui.horizontal(|ui| {
                let place = place_of(row, document);
                let go = ui.add_enabled(place.is_ok(), eframe::egui::Button::new(text::GO_THERE));
                let go = go
                    .on_hover_text(text::GO_TOOLTIP)
                    .on_disabled_hover_text(place.as_ref().err().copied().unwrap_or_default());
                if go.clicked() {
                    go_to(row, document, out);
                }
                self.taking_back(ui, bench, row, out);
            });
            ScrollArea::vertical().id_salt(("change", row.seq)).auto_shrink(false).show(ui, |ui| {
                ui.columns(2, |columns| {
                    for (ui, (head, words)) in
                        columns.iter_mut().zip([(text::BEFORE, &row.before), (text::AFTER, &row.after)])
                    {
                        ui.with_layout(Layout::top_down(Align::Min), |ui| {
                            ui.label(theme::caption(head));
                            let words = if words.is_empty() { text::NOTHING_STOOD } else { words.as_str() };
                            ui.add(Label::new(RichText::new(words).font(theme::font(theme::BODY))).wrap());
                        });
                    }
                });
            });
        });
    }

    fn taking_back(&self, ui: &mut Ui, bench: &Workbench, row: &HistoryRow, out: &mut Outbox) {
        let read_only = bench.desk().and_then(|desk| desk.read_only());
        let refused = |why: &str, ui: &mut Ui| {
            ui.add_enabled(false, eframe::egui::Button::new(text::TAKE_BACK)).on_disabled_hover_text(why);
            ui.add(Label::new(theme::small(why)).truncate());
        };
        if let Some(by) = row.undone_by {
            return refused(&text::taken_back_by(by), ui);
        }
        if let Some(why) = read_only {
            return refused(why, ui);
        }
        match bench.trail().plan(row.seq) {
            None => {}
            Some(Err(why)) => refused(why, ui),
            Some(Ok(plan)) => {
                let alone = plan.only_refused.as_ref().map(ToString::to_string);
                let button = ui.add_enabled(alone.is_none(), eframe::egui::Button::new(text::TAKE_BACK));
                let button = button.on_hover_text(text::TAKE_BACK_TOOLTIP);
                if button.on_disabled_hover_text(alone.as_deref().unwrap_or_default()).clicked() {
                    out.ask(Request::TakeBack { seq: row.seq, alone: true });
                }
                if plan.from_there.len() > 1 {
                    let why = plan.from_there_refused.as_ref().map(ToString::to_string);
                    let words = text::from_there(plan.from_there.len());
                    let button = ui.add_enabled(why.is_none(), eframe::egui::Button::new(words));
                    let list = plan.from_there.iter().take(12).cloned().collect::<Vec<_>>().join("\n");
                    let button = button.on_hover_text(text::from_there_tooltip(&list, plan.from_there.len()));
                    if button.on_disabled_hover_text(why.as_deref().unwrap_or_default()).clicked() {
                        out.ask(Request::TakeBack { seq: row.seq, alone: false });
                    }
                }
                // What stands in the way of everything says what can be done; the other only sends one there.
                let all = plan.from_there_refused.as_ref().filter(|_| alone.is_some()).map(ToString::to_string);
                if let Some(why) = all.or(alone) {
                    ui.add(Label::new(widgets::coloured(why, colour::SOFT)).truncate());
                }
            }
        }
    }
}

/// What a change is about and is still there; else why one cannot go there.
fn place_of(row: &HistoryRow, document: &Document) -> Result<(), &'static str> {
    let patient = row.patient.ok_or(text::NO_PLACE)?;
    document.patient(patient).map(|_| ()).ok_or(text::PLACE_GONE)
}

/// Goes to the patient, visit and lesion of a change.
pub(super) fn go_to(row: &HistoryRow, document: &Document, out: &mut Outbox) {
    let Some(patient) = row.patient.filter(|id| document.patient(*id).is_some()) else { return };
    out.ask(Request::SelectPatient(patient));
    if let Some(lesion) = row.lesions.iter().find(|id| document.lesion(**id).is_some()) {
        out.ask(Request::SelectLesion(*lesion));
    }
    if let Some(visit) = row.visit.filter(|id| document.visit(*id).is_some()) {
        out.ask(Request::SelectVisit(visit));
    }
    out.command(Command::ShowReading);
}
