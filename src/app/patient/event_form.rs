//! The list of a patient's events and the form of a new one.

use super::fields::{self, Cell, Drafts, Line, Typed};
use crate::app::text::patient as text;
use crate::app::theme::colour;
use crate::clinical::{Coded, Date, Event, EventId, EventKind, LesionId, PatientId, VisitId};
use crate::project::Document;
use crate::workbench::Workbench;
use eframe::egui::{Align, Layout, Ui, vec2};
use serde::{Deserialize, Serialize};

/// An event that is being entered. Nothing is preselected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// To whom.
    pub patient: PatientId,
    kind: Option<EventKind>,
    date: Option<Date>,
    lesion: Option<LesionId>,
    visit: Option<VisitId>,
    note: String,
}

/// Fields of an event that are typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Field {
    /// A date.
    Date,
    /// Free text.
    Note,
}

impl Entry {
    /// An empty one.
    pub const fn new(patient: PatientId) -> Self {
        Self { patient, kind: None, date: None, lesion: None, visit: None, note: String::new() }
    }

    /// The event, under a number.
    ///
    /// # Errors
    /// What is missing, as a sentence.
    pub fn complete(&self, id: EventId) -> Result<Event, &'static str> {
        Ok(Event {
            id,
            patient: self.patient,
            lesion: self.lesion,
            kind: self.kind.ok_or(text::EVENT_NEEDS_KIND)?,
            date: self.date.ok_or(text::EVENT_NEEDS_DATE)?,
            visit: self.visit,
            note: self.note.clone(),
        })
    }
}

impl Typed for Entry {
    type Id = PatientId;
    type Field = Field;

    fn id(&self) -> PatientId {
        self.patient
    }

    fn text(&self, field: Field) -> String {
        match field {
            Field::Date => fields::written(self.date),
            Field::Note => self.note.clone(),
        }
    }

    fn set(&mut self, field: Field, typed: &str) -> Result<(), &'static str> {
        match field {
            Field::Date => self.date = fields::read_date(typed)?,
            Field::Note => self.note = typed.trim_end().to_owned(),
        }
        Ok(())
    }
}

/// The events; the one to be removed.
pub fn list(ui: &mut Ui, document: &Document, patient: PatientId) -> Option<EventId> {
    let mut removed = None;
    for event in document.events_of(patient) {
        let date = event.date.to_string();
        let of = event.lesion.and_then(|id| document.lesion(id)).map(|l| l.label.as_str()).unwrap_or_default();
        let what = match (of, event.note.as_str()) {
            ("", "") => String::new(),
            ("", note) => note.to_owned(),
            (lesion, "") => lesion.to_owned(),
            (lesion, note) => format!("{lesion} · {note}"),
        };
        let cells: [Cell<'_>; 3] =
            [(&date, 0.0, colour::TEXT), (event.kind.words(), 0.26, colour::TEXT), (&what, 0.66, colour::SOFT)];
        let row = vec2(ui.available_width(), fields::ROW);
        ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
            let name = format!("{} {} of {date}", text::REMOVE, event.kind.words());
            if ui.small_button(text::REMOVE).accessible_name(name).clicked() {
                removed = Some(event.id);
            }
            fields::list_row(ui, false, &format!("{} of {date}", event.kind.words()), &cells)
                .on_hover_text(&event.note);
        });
    }
    removed
}

/// The form of a new one.
pub fn form(ui: &mut Ui, drafts: &mut Drafts<Entry>, entry: &mut Entry, bench: &Workbench, document: &Document) {
    let kinds: Vec<_> = EventKind::ALL.iter().map(|kind| (Some(*kind), kind.words().to_owned())).collect();
    fields::option_row(ui, text::EVENT, None, &mut entry.kind, &kinds);
    drafts.row(ui, entry, Field::Date, Line::date(text::EVENT_DATE));

    let lesions = document.lesions_of(entry.patient).map(|lesion| (lesion.id, lesion.label.clone()));
    let lesions = or_none(lesions);
    fields::option_row(ui, text::LESION, Some(text::EVENT_LESION), &mut entry.lesion, &lesions);
    let visits = document.visits_of(entry.patient).into_iter().filter(|visit| !bench.is_hidden(visit.id));
    let visits = or_none(visits.map(|visit| (visit.id, visit.date.to_string())));
    let before = entry.visit;
    fields::option_row(ui, text::VISIT, Some(text::EVENT_VISIT), &mut entry.visit, &visits);
    // What is seen on images takes their date.
    if entry.visit != before && entry.date.is_none() {
        entry.date = entry.visit.and_then(|id| document.visit(id)).map(|visit| visit.date);
    }
    drafts.row(ui, entry, Field::Note, Line::note(text::EVENT_NOTE));
}

/// The options, and none of them first.
fn or_none<V>(options: impl Iterator<Item = (V, String)>) -> Vec<(Option<V>, String)> {
    let some = options.map(|(value, words)| (Some(value), words));
    std::iter::once((None, text::NO_VALUE.to_owned())).chain(some).collect()
}
