//! The list of patients and the form of one.

use super::fields::{self, Cell, Drafts, Line, ROW, Typed};
use crate::app::text::patient as text;
use crate::app::text::whose;
use crate::app::theme::colour;
use crate::clinical::{Coded, Patient, PatientId, PrimaryCancer};
use crate::project::Document;
use crate::workbench::Workbench;
use eframe::egui::{ScrollArea, Ui};
use serde::{Deserialize, Serialize};

/// Fields of a patient that are typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Field {
    /// The study's code.
    Code,
    /// Whole years.
    Age,
    /// A date.
    LastAlive,
    /// A date.
    DeathDate,
    /// A date.
    Transplant,
    /// Free text.
    Note,
}

impl Typed for Patient {
    type Id = PatientId;
    type Field = Field;

    fn id(&self) -> PatientId {
        self.id
    }

    fn text(&self, field: Field) -> String {
        match field {
            Field::Code => self.code.clone(),
            Field::Age => fields::written(self.age_at_first_ablation_years),
            Field::LastAlive => fields::written(self.last_known_alive),
            Field::DeathDate => fields::written(self.death_date),
            Field::Transplant => fields::written(self.transplant_date),
            Field::Note => self.note.clone(),
        }
    }

    fn set(&mut self, field: Field, typed: &str) -> Result<(), &'static str> {
        match field {
            Field::Code if typed.trim().is_empty() => return Err(text::NEEDS_CODE),
            Field::Code => self.code = typed.trim().to_owned(),
            Field::Age => self.age_at_first_ablation_years = read_age(typed)?,
            Field::LastAlive => self.last_known_alive = fields::read_date(typed)?,
            Field::DeathDate => self.death_date = fields::read_date(typed)?,
            Field::Transplant => self.transplant_date = fields::read_date(typed)?,
            Field::Note => self.note = typed.trim_end().to_owned(),
        }
        Ok(())
    }
}

fn read_age(typed: &str) -> Result<Option<u16>, &'static str> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    typed.parse().ok().filter(|years| *years <= 120).map(Some).ok_or(text::NEEDS_AGE)
}

/// The patients to choose from; the one that was clicked. `follow` scrolls to the chosen one.
pub fn list(ui: &mut Ui, bench: &Workbench, document: &Document, follow: bool) -> Option<PatientId> {
    let chosen = bench.selection().patient;
    let patients: Vec<&Patient> = bench.listed_patients();
    let mut clicked = None;
    let mut area = ScrollArea::vertical().id_salt("patients").max_height(5.5 * ROW).auto_shrink([false, true]);
    ui.spacing_mut().item_spacing.y = 1.0;
    if follow && let Some(n) = patients.iter().position(|patient| Some(patient.id) == chosen) {
        #[allow(clippy::cast_precision_loss)] // a count of patients
        let row = n as f32;
        area = area.vertical_scroll_offset(((row - 2.0) * (ROW + 1.0)).max(0.0));
    }
    area.show_rows(ui, ROW, patients.len(), |ui, rows| {
        for patient in patients.get(rows).unwrap_or_default() {
            let lesions = document.lesions_of(patient.id).count();
            let lesions = if lesions == 1 { "1 lesion".to_owned() } else { format!("{lesions} lesions") };
            let visits: Vec<_> = document.visits_of(patient.id).iter().map(|visit| visit.date).collect();
            let about = match patient.primary {
                _ if patient.archived => whose::ARCHIVED.to_owned(),
                PrimaryCancer::Unknown => whose::visits(&visits),
                primary => primary.words().to_owned(),
            };
            let cells: [Cell<'_>; 3] =
                [(&patient.code, 0.0, colour::TEXT), (&about, 0.2, colour::SOFT), (&lesions, 0.78, colour::SOFT)];
            let name = format!("{} {}", text::PATIENT, patient.code);
            if fields::list_row(ui, Some(patient.id) == chosen, &name, &cells).clicked() {
                clicked = Some(patient.id);
            }
        }
    });
    clicked
}

/// The form.
pub fn form(ui: &mut Ui, drafts: &mut Drafts<Patient>, patient: &mut Patient) {
    drafts.row(ui, patient, Field::Code, Line::new(text::CODE));
    fields::choice_row(ui, text::SEX, &mut patient.sex);
    drafts.row(ui, patient, Field::Age, Line::number(text::AGE, text::YEARS));
    fields::choice_row(ui, text::PRIMARY, &mut patient.primary);
    fields::choice_row(ui, text::CIRRHOSIS, &mut patient.cirrhosis);
    fields::choice_row(ui, text::LIVER_SURGERY, &mut patient.prior_liver_surgery);
    fields::choice_row(ui, text::SYSTEMIC, &mut patient.systemic_therapy);
    fields::choice_row(ui, text::EXTRAHEPATIC, &mut patient.extrahepatic_at_baseline)
        .on_hover_text(text::EXTRAHEPATIC_TOOLTIP);
    drafts.row(ui, patient, Field::Transplant, Line::date(text::TRANSPLANT));
    drafts.row(ui, patient, Field::LastAlive, Line::date(text::LAST_ALIVE));
    fields::choice_row(ui, text::VITAL, &mut patient.vital_status);
    drafts.row(ui, patient, Field::DeathDate, Line::date(text::DEATH_DATE));
    fields::choice_row(ui, text::DEATH_CAUSE, &mut patient.death_cause);
    drafts.row(ui, patient, Field::Note, Line::note(text::PATIENT_NOTE));
}
