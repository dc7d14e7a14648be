//! What is done with a whole patient: made one with another, put away, brought back.

use super::fields;
use crate::app::Outbox;
use crate::app::text::whose as text;
use crate::app::theme::{self, colour};
use crate::app::widgets::coloured;
use crate::clinical::{Patient, PatientId};
use crate::project::Document;
use crate::workbench::{Request, Whose, Workbench};
use eframe::egui::{Button, ComboBox, Label, Ui};

/// The document's revision, who goes and who stays.
type Of = (u64, PatientId, PatientId);

/// Whom the patient is to be merged into, and what that would do.
#[derive(Debug, Default)]
pub(super) struct Merging {
    open: bool,
    chosen: Option<(PatientId, PatientId)>,
    preview: Option<(Of, Result<String, String>)>,
    /// What was unfolded last and is in view: the choice, or what it would do.
    in_view: Option<Option<PatientId>>,
}

impl Merging {
    /// Shows the choice of a patient.
    pub(super) fn unfold(&mut self) {
        self.open = true;
        self.in_view = None;
    }

    /// Draws the group.
    pub(super) fn show(&mut self, ui: &mut Ui, bench: &Workbench, patient: &Patient, writable: bool, out: &mut Outbox) {
        let others: Vec<&Patient> = bench.listed_patients().into_iter().filter(|p| p.id != patient.id).collect();
        self.chosen =
            self.chosen.filter(|(from, into)| *from == patient.id && others.iter().any(|other| other.id == *into));
        fields::group(ui, text::THIS_PATIENT, None, |ui| {
            if patient.archived {
                fields::empty(ui, text::ARCHIVED_WORDS);
            }
            ui.add_enabled_ui(writable, |ui| {
                ui.horizontal(|ui| {
                    if !others.is_empty() {
                        let merge = ui.selectable_label(self.open, text::MERGE_INTO).on_hover_text(text::MERGE_TOOLTIP);
                        if merge.clicked() {
                            self.open = !self.open;
                            self.in_view = None;
                        }
                    }
                    let (words, tip) = if patient.archived {
                        (text::BRING_BACK, text::BRING_BACK_TOOLTIP)
                    } else {
                        (text::ARCHIVE, text::ARCHIVE_TOOLTIP)
                    };
                    if ui.button(words).on_hover_text(tip).clicked() {
                        let archived = !patient.archived;
                        out.ask(Request::Whose(Whose::Archive { patient: patient.id, archived }));
                    }
                });
                if self.open && !others.is_empty() {
                    let unfolded = ui.vertical(|ui| self.choose(ui, bench, patient, &others, out)).response;
                    // It unfolds at the end of a long column.
                    let into = self.chosen.map(|(_, into)| into);
                    if self.in_view.replace(into) != Some(into) {
                        unfolded.scroll_to_me(None);
                    }
                }
            });
        });
    }

    fn choose(&mut self, ui: &mut Ui, bench: &Workbench, patient: &Patient, others: &[&Patient], out: &mut Outbox) {
        let mut into = self.chosen.map(|(_, into)| into);
        let code = others.iter().find(|other| Some(other.id) == into).map(|other| other.code.clone());
        ui.horizontal(|ui| {
            let combo = ComboBox::from_id_salt("merge into").width(150.0);
            let shown = code.unwrap_or_else(|| text::CHOOSE_PATIENT.to_owned());
            let response = combo.selected_text(shown).show_ui(ui, |ui| {
                for other in others {
                    ui.selectable_value(&mut into, Some(other.id), &other.code);
                }
            });
            response.response.accessible_name(text::CHOOSE_PATIENT);
            self.chosen = into.map(|into| (patient.id, into));
            let ready = self.preview(bench).is_some_and(|preview| preview.is_ok());
            let merge = ui.add_enabled(ready, Button::new(text::MERGE));
            if merge.clicked()
                && let Some((from, into)) = self.chosen
            {
                self.open = false;
                out.ask(Request::Whose(Whose::Same { from, into }));
            }
        });
        match self.preview(bench) {
            None => {}
            Some(Ok(words)) => {
                ui.add(Label::new(theme::soft(words)).wrap());
            }
            Some(Err(why)) => {
                ui.add(Label::new(coloured(why, colour::WARN)).wrap());
            }
        }
    }

    /// What the merge would do, worked out once a change.
    fn preview(&mut self, bench: &Workbench) -> Option<Result<String, String>> {
        let (from, into) = self.chosen?;
        let of = (bench.desk()?.revision(), from, into);
        if self.preview.as_ref().is_none_or(|(known, _)| *known != of) {
            self.preview = Some((of, bench.merge_preview(from, into)));
        }
        self.preview.as_ref().map(|(_, words)| words.clone())
    }
}

/// The box that lists patients that were put away too; nothing where none was.
pub(super) fn show_archived(ui: &mut Ui, bench: &Workbench, document: &Document, out: &mut Outbox) {
    let count = document.archived_patients();
    if count == 0 {
        return;
    }
    let mut show = bench.shows_archived();
    let response = ui.checkbox(&mut show, theme::small(text::show_archived(count)));
    if response.on_hover_text(text::SHOW_ARCHIVED_TOOLTIP).changed() {
        out.ask(Request::Whose(Whose::ShowArchived(show)));
    }
}
