//! The context of the patient that is read: primary, sessions, therapy. Hidden for a blinded read.

use super::Outbox;
use super::command::Command;
use super::text::flow as text;
use super::theme;
use crate::clinical::{Coded, PrimaryCancer, SystemicTherapy, YesNoUnknown};
use crate::project::Document;
use crate::workbench::Workbench;
use eframe::egui::{Button, Label, Ui};

/// Draws the context of the chosen patient, or says that it is hidden.
pub fn show(ui: &mut Ui, bench: &Workbench, document: &Document, hidden: bool, out: &mut Outbox) {
    let words = if hidden { text::CONTEXT_HIDDEN } else { text::CONTEXT };
    let head = ui.add(Button::new(theme::caption(words)).frame(false)).on_hover_text(text::CONTEXT_TOOLTIP);
    if head.accessible_name(if hidden { text::SHOW_CONTEXT } else { text::HIDE_CONTEXT }).clicked() {
        out.command(Command::ToggleContext);
    }
    if hidden {
        return;
    }
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        let lines = lines(bench, document);
        if lines.is_empty() {
            ui.label(theme::small(text::NO_CONTEXT));
        }
        for line in lines {
            ui.add(Label::new(theme::small(&line)).truncate()).on_hover_text(line);
        }
    });
}

/// What is known up to the visit that is read: sessions after it would tell how it went on.
fn lines(bench: &Workbench, document: &Document) -> Vec<String> {
    let Some(patient) = bench.selection().patient.and_then(|id| document.patient(id)) else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    if patient.primary != PrimaryCancer::Unknown {
        lines.push(patient.primary.words().to_owned());
    }
    let settings = document.settings();
    let until = bench.selection().visit.and_then(|visit| document.visit(visit)).map(|visit| visit.date);
    for session in document.sessions_of(patient.id) {
        let later = settings.read_in_time_order && until.is_some_and(|until| session.date > until);
        if !later {
            lines.push(text::session(session.modality.words(), session.date, &session.device));
        }
    }
    match patient.systemic_therapy {
        SystemicTherapy::Unknown => {}
        therapy => lines.push(format!("Systemic therapy: {}", crate::workbench::words::small(therapy.words()))),
    }
    if patient.extrahepatic_at_baseline == YesNoUnknown::Yes {
        lines.push("Disease outside the organ".to_owned());
    }
    lines
}
