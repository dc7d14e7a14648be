//! The list of a patient's sessions and the form of one, kept or new.

use super::fields::{self, Cell, Drafts, Line, Name, Typed};
use super::lesion_form::place_words;
use crate::app::text::patient as text;
use crate::app::theme::{self, colour};
use crate::clinical::{
    AblationModality, Coded, Date, LesionId, PatientId, Session, SessionId, SessionLesion, TechnicalSuccess,
};
use crate::project::Document;
use eframe::egui::{Align, Checkbox, Layout, Ui, vec2};
use serde::{Deserialize, Serialize};

/// What names a session in the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Key {
    /// One of the project.
    Kept(SessionId),
    /// The one that is being entered for a patient.
    New(PatientId),
}

/// A session in the form: a new one has no date at first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Which.
    pub key: Key,
    /// Its date, once there is one.
    pub date: Option<Date>,
    /// All the rest.
    pub session: Session,
}

/// Fields of a session that are typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Field {
    /// A date.
    Date,
    /// In words.
    Device,
    /// Why a lesion was not treated with technical success.
    Reason(LesionId),
    /// Free text.
    Note,
}

impl Entry {
    /// A session of the project.
    pub fn kept(session: &Session) -> Self {
        Self { key: Key::Kept(session.id), date: Some(session.date), session: session.clone() }
    }

    /// An empty one. With exactly one lesion, that lesion is ticked; nothing else is preselected.
    pub fn new(patient: PatientId, document: &Document) -> Self {
        let mut session = Session {
            id: SessionId(0),
            patient,
            date: Date::default(),
            modality: AblationModality::Unknown,
            combined_of: Vec::new(),
            device: String::new(),
            lesions: Vec::new(),
            planned_before_first_follow_up: false,
            note: String::new(),
        };
        let mut lesions = document.lesions_of(patient);
        if let (Some(only), None) = (lesions.next(), lesions.next()) {
            session.lesions.push(treated(only.id));
        }
        Self { key: Key::New(patient), date: None, session }
    }

    /// The session, with its date.
    ///
    /// # Errors
    /// What is missing, as a sentence.
    pub fn complete(&self) -> Result<Session, &'static str> {
        let date = self.date.ok_or(text::ADD_NEEDS_DATE)?;
        if self.session.lesions.is_empty() {
            return Err(text::ADD_NEEDS_TREATED);
        }
        Ok(Session { date, ..self.session.clone() })
    }
}

impl Typed for Entry {
    type Id = Key;
    type Field = Field;

    fn id(&self) -> Key {
        self.key
    }

    fn text(&self, field: Field) -> String {
        match field {
            Field::Date => fields::written(self.date),
            Field::Device => self.session.device.clone(),
            Field::Reason(lesion) => {
                let treated = self.session.lesions.iter().find(|treated| treated.lesion == lesion);
                treated.map(|treated| treated.reason.clone()).unwrap_or_default()
            }
            Field::Note => self.session.note.clone(),
        }
    }

    fn set(&mut self, field: Field, typed: &str) -> Result<(), &'static str> {
        match field {
            Field::Date => {
                let date = fields::read_date(typed)?;
                if date.is_none() && matches!(self.key, Key::Kept(_)) {
                    return Err(text::NEEDS_SESSION_DATE);
                }
                self.date = date;
            }
            Field::Device => self.session.device = typed.trim().to_owned(),
            Field::Reason(lesion) => {
                if let Some(treated) = self.session.lesions.iter_mut().find(|treated| treated.lesion == lesion) {
                    treated.reason = typed.trim().to_owned();
                }
            }
            Field::Note => self.session.note = typed.trim_end().to_owned(),
        }
        Ok(())
    }
}

fn treated(lesion: LesionId) -> SessionLesion {
    SessionLesion { lesion, technical_success: TechnicalSuccess::Unknown, reason: String::new() }
}

/// "L1, L2".
fn lesion_words(document: &Document, session: &Session) -> String {
    let words = session
        .lesions
        .iter()
        .map(|treated| document.lesion(treated.lesion).map(|lesion| lesion.label.clone()).unwrap_or_default());
    words.collect::<Vec<_>>().join(", ")
}

/// "success yes", "success 1 of 2".
fn success_words(session: &Session) -> String {
    let reached = session.lesions.iter().filter(|treated| treated.technical_success == TechnicalSuccess::Yes).count();
    match session.lesions.as_slice() {
        [only] => format!("success {}", only.technical_success.words().to_lowercase()),
        all if all.iter().all(|treated| treated.technical_success == TechnicalSuccess::Unknown) => {
            "success unknown".to_owned()
        }
        all => format!("success {reached} of {}", all.len()),
    }
}

/// The sessions to choose from; the one that was clicked.
pub fn list(ui: &mut Ui, document: &Document, patient: PatientId, chosen: Option<SessionId>) -> Option<SessionId> {
    let mut clicked = None;
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        for session in document.sessions_of(patient) {
            let (date, lesions, success) =
                (session.date.to_string(), lesion_words(document, session), success_words(session));
            let cells: [Cell<'_>; 4] = [
                (&date, 0.0, colour::TEXT),
                (session.modality.words(), 0.22, colour::TEXT),
                (&lesions, 0.55, colour::SOFT),
                (&success, 0.74, colour::SOFT),
            ];
            let name = text::session_of(session.date);
            if fields::list_row(ui, Some(session.id) == chosen, &name, &cells).clicked() {
                clicked = Some(session.id);
            }
        }
    });
    clicked
}

/// The form.
pub fn form(ui: &mut Ui, drafts: &mut Drafts<Entry>, entry: &mut Entry, document: &Document) {
    drafts.row(ui, entry, Field::Date, Line::date(text::SESSION_DATE));
    let before = entry.session.modality;
    fields::choice_row(ui, text::MODALITY, &mut entry.session.modality);
    if entry.session.modality == AblationModality::Combined {
        let single = |m: &AblationModality| !matches!(m, AblationModality::Combined | AblationModality::Unknown);
        let parts: Vec<_> = AblationModality::ALL.iter().copied().filter(single).collect();
        fields::chips_row(ui, text::COMBINED_OF, text::COMBINED_OF, &parts, &mut entry.session.combined_of);
    } else if before == AblationModality::Combined {
        entry.session.combined_of.clear();
    }
    drafts.row(ui, entry, Field::Device, Line::new(text::DEVICE).hint(text::DEVICE_HINT));
    ui.horizontal(|ui| {
        ui.allocate_ui_with_layout(vec2(TREATED, fields::ROW), Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(TREATED);
            ui.label(theme::caption(text::TREATED));
        });
        ui.label(theme::caption(text::SUCCESS)).on_hover_text(text::SUCCESS_TOOLTIP);
    });
    for lesion in document.lesions_of(entry.session.patient) {
        lesion_row(ui, drafts, entry, lesion.id, &lesion.label, &place_words(lesion));
    }
    ui.checkbox(&mut entry.session.planned_before_first_follow_up, text::PLANNED).on_hover_text(text::PLANNED_TOOLTIP);
    drafts.row(ui, entry, Field::Note, Line::note(text::SESSION_NOTE));
}

/// Width of the column of lesions treated, points.
const TREATED: f32 = 206.0;

/// As much as fits the column of lesions treated.
fn shortened(words: &str) -> String {
    const MOST: usize = 25;
    if words.chars().count() <= MOST { words.to_owned() } else { words.chars().take(MOST - 1).chain(['…']).collect() }
}

/// Whether a lesion was treated, with which success, and why not.
fn lesion_row(ui: &mut Ui, drafts: &mut Drafts<Entry>, entry: &mut Entry, lesion: LesionId, label: &str, place: &str) {
    let mut on = entry.session.lesions.iter().any(|treated| treated.lesion == lesion);
    let last = on && entry.session.lesions.len() == 1 && matches!(entry.key, Key::Kept(_));
    ui.horizontal(|ui| {
        let tick = ui
            .allocate_ui_with_layout(vec2(TREATED, fields::ROW), Layout::left_to_right(Align::Center), |ui| {
                ui.set_min_width(TREATED);
                let words = shortened(&format!("{label} · {place}"));
                ui.add_enabled(!last, Checkbox::new(&mut on, words))
            })
            .inner
            .accessible_name(format!("{} {label}", text::TREATED))
            .on_disabled_hover_text(text::LAST_TREATED);
        if tick.changed() {
            entry.session.lesions.retain(|treated| treated.lesion != lesion);
            if on {
                entry.session.lesions.push(treated(lesion));
                entry.session.lesions.sort_by_key(|treated| treated.lesion);
            }
        }
        let Some(treated) = entry.session.lesions.iter_mut().find(|treated| treated.lesion == lesion) else { return };
        fields::choice(ui, Name::Own(&format!("{} {label}", text::SUCCESS)), 84.0, &mut treated.technical_success);
        // A reason that was given stays in view.
        if treated.technical_success == TechnicalSuccess::No || !treated.reason.is_empty() {
            let line = Line::new(text::REASON).hint(text::REASON_HINT);
            drafts.field(ui, entry, Field::Reason(lesion), Name::Own(&format!("{} {label}", text::REASON)), &line);
        }
    });
}
