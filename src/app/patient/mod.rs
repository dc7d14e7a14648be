//! Patient, lesions, sessions and events: forms with the field's terms, each change one edit.
//!
//! Choices count at once; text counts when its field is left. What is typed is kept for each item until it
//! counts, so nothing is lost when another patient, lesion or session is chosen. Nothing here knows
//! medicine: words come from `clinical`, rules live in `outcome`.

mod event_form;
mod fields;
mod keeping;
mod lesion_form;
mod merging;
mod patient_form;
mod session_form;

use super::Outbox;
use super::command::Command;
use super::keys::KeyMap;
use super::text::patient as text;
use super::theme;
use super::widgets;
use crate::clinical::{Lesion, Patient, PatientId, Session, SessionId};
use crate::project::Document;
use crate::workbench::{Request, Workbench};
use eframe::egui::{Layout, Rect, Response, ScrollArea, Ui, UiBuilder, pos2, vec2};
use fields::Drafts;
pub use keeping::Kept;
use keeping::{Awaited, Shown};
use session_form::Key;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The patient screen's own state: what is being typed.
#[derive(Debug, Default)]
pub struct PatientScreen {
    /// The project that the rest is about.
    project: Option<PathBuf>,
    patients: Drafts<Patient>,
    lesions: Drafts<Lesion>,
    sessions: Drafts<session_form::Entry>,
    events: Drafts<event_form::Entry>,
    new_sessions: BTreeMap<PatientId, session_form::Entry>,
    new_events: BTreeMap<PatientId, event_form::Entry>,
    session: Option<SessionId>,
    awaited: Option<Awaited>,
    followed: Option<PatientId>,
    merging: merging::Merging,
}

impl PatientScreen {
    /// Draws the screen.
    pub fn show(&mut self, ui: &mut Ui, bench: &Workbench, keys: &KeyMap, out: &mut Outbox) {
        let Some(document) = self.take_up(bench, out) else { return };
        let selection = bench.selection();
        let Some(patient) = selection.patient.and_then(|id| document.patient(id)) else {
            if no_patient(ui) {
                self.add_patient(document, out);
            }
            return;
        };
        let lesion = selection.lesion.and_then(|id| document.lesion(id)).filter(|lesion| lesion.patient == patient.id);
        self.session = self.session.filter(|id| document.session(*id).is_some_and(|s| s.patient == patient.id));
        let shown = Shown { patient: Some(patient.id), lesion: lesion.map(|lesion| lesion.id), session: self.session };
        self.settle_but(shown, document, out);

        let writable = bench.desk().is_some_and(|desk| desk.read_only().is_none());
        let page = ui.available_rect_before_wrap();
        let gap = 3.0 * theme::UNIT;
        let width = page.width() - 2.0 * gap;
        let shares = [0.30, 0.32, 0.38].map(|share| (width * share).floor());
        let mut left = page.left();
        let mut next = |share: f32| {
            let rect = Rect::from_min_max(pos2(left, page.top()), pos2(left + share, page.bottom()));
            left += share + gap;
            rect
        };
        let [first, second, third] = shares;
        column(ui, "patient column", next(first), |ui| self.patient_column(ui, bench, patient, writable, out));
        column(ui, "lesion column", next(second), |ui| {
            self.lesion_column(ui, document, patient.id, lesion, (writable, keys), out);
        });
        column(ui, "session column", next(third), |ui| {
            self.session_group(ui, document, patient.id, writable, out);
            ui.add_space(2.0 * theme::UNIT);
            self.event_group(ui, bench, document, patient.id, writable, out);
        });
    }

    fn patient_column(&mut self, ui: &mut Ui, bench: &Workbench, patient: &Patient, writable: bool, out: &mut Outbox) {
        let Some(document) = bench.document() else { return };
        let several = document.patients().nth(1).is_some();
        let add = (text::ADD_PATIENT, text::ADD_PATIENT_TOOLTIP, writable);
        let mut added = false;
        if several {
            added |= fields::group(ui, text::PATIENTS, Some(add), |ui| {
                let follow = self.followed.replace(patient.id) != Some(patient.id);
                if let Some(id) = patient_form::list(ui, bench, document, follow) {
                    self.followed = Some(id); // it is in view already
                    out.ask(Request::SelectPatient(id));
                }
                merging::show_archived(ui, bench, document, out);
            });
            ui.add_space(2.0 * theme::UNIT);
        }
        let mut edited = self.patients.current(patient);
        let before = edited.clone();
        let title = format!("{} {}", text::PATIENT, patient.code);
        added |= fields::group(ui, &title, (!several).then_some(add), |ui| {
            ui.add_enabled_ui(writable, |ui| patient_form::form(ui, &mut self.patients, &mut edited));
        });
        if edited != before {
            self.patients.sent(edited.clone());
            out.ask(Request::PutPatient(Box::new(edited)));
        }
        ui.add_space(2.0 * theme::UNIT);
        self.merging.show(ui, bench, patient, writable, out);
        if added {
            self.add_patient(document, out);
        }
    }

    /// Makes ready to merge the patient into another.
    pub fn unfold_merge(&mut self) {
        self.merging.unfold();
    }

    fn add_patient(&mut self, document: &Document, out: &mut Outbox) {
        let patient = Patient::new(document.next_patient(), document.next_patient_code());
        self.awaited = Some(Awaited::Patient(patient.id));
        out.ask(Request::PutPatient(Box::new(patient)));
    }

    fn lesion_column(
        &mut self,
        ui: &mut Ui,
        document: &Document,
        patient: PatientId,
        lesion: Option<&Lesion>,
        (writable, keys): (bool, &KeyMap),
        out: &mut Outbox,
    ) {
        let tooltip = widgets::tooltip(text::ADD_LESION_TOOLTIP, &keys.words(Command::AddLesion));
        let mut edited = lesion.map(|lesion| self.lesions.current(lesion));
        let before = edited.clone();
        let added = fields::group(ui, text::LESIONS, Some((text::ADD_LESION, &tooltip, writable)), |ui| {
            if document.lesions_of(patient).next().is_none() {
                fields::empty(ui, text::NO_LESION);
                return;
            }
            if let Some(id) = lesion_form::list(ui, document, patient, lesion.map(|lesion| lesion.id)) {
                out.ask(Request::SelectLesion(id));
            }
            fields::hairline(ui);
            let Some(edited) = &mut edited else {
                fields::empty(ui, text::NO_CHOSEN_LESION);
                return;
            };
            ui.add_enabled_ui(writable, |ui| {
                lesion_form::form(ui, &mut self.lesions, edited, document);
                if ui.button(text::REMOVE_LESION).on_hover_text(text::REMOVE_LESION_TOOLTIP).clicked() {
                    out.ask(Request::RemoveLesion(edited.id));
                }
            });
        });
        if let Some(edited) = edited.filter(|edited| Some(edited) != before.as_ref()) {
            self.lesions.sent(edited.clone());
            out.ask(Request::PutLesion(Box::new(edited)));
        }
        if added {
            let lesion = Lesion::new(document.next_lesion(), patient, document.next_lesion_label(patient));
            self.awaited = Some(Awaited::Lesion(lesion.id));
            out.ask(Request::PutLesion(Box::new(lesion)));
        }
    }

    fn session_group(
        &mut self,
        ui: &mut Ui,
        document: &Document,
        patient: PatientId,
        writable: bool,
        out: &mut Outbox,
    ) {
        let kept = self.session.and_then(|id| document.session(id));
        let entry = match kept {
            Some(session) => self.sessions.current(&session_form::Entry::kept(session)),
            None => self.new_session(patient, document),
        };
        let mut edited = entry.clone();
        let mut chosen = self.session;
        let action = kept.map(|_| (text::NEW_SESSION, text::NEW_SESSION_TOOLTIP, writable));
        let another = fields::group(ui, text::SESSIONS, action, |ui| {
            if document.lesions_of(patient).next().is_none() {
                fields::empty(ui, text::SESSION_NEEDS_LESION);
                return;
            }
            if document.sessions_of(patient).is_empty() {
                fields::empty(ui, text::NO_SESSION);
            } else if let Some(id) = session_form::list(ui, document, patient, self.session) {
                chosen = Some(id);
            }
            fields::hairline(ui);
            ui.label(theme::strong(match kept {
                Some(session) => text::session_of(session.date),
                None => text::NEW_SESSION.to_owned(),
            }));
            ui.add_enabled_ui(writable, |ui| {
                session_form::form(ui, &mut self.sessions, &mut edited, document);
                ui.add_space(theme::UNIT);
                match kept {
                    Some(session) => {
                        let remove = ui.button(text::REMOVE_SESSION).on_hover_text(text::REMOVE_SESSION_TOOLTIP);
                        if remove.clicked() {
                            out.ask(Request::RemoveSession(session.id));
                            chosen = None;
                        }
                    }
                    None => self.add_session_button(ui, &edited, document, out),
                }
            });
        });
        self.session = chosen.filter(|_| !another);
        if edited == entry {
            return;
        }
        match (edited.key, edited.complete()) {
            (Key::New(_), _) => {
                self.new_sessions.insert(patient, edited);
            }
            (Key::Kept(_), Ok(session)) => {
                self.sessions.sent(edited);
                out.ask(Request::PutSession(Box::new(session)));
            }
            (Key::Kept(_), Err(_)) => {}
        }
    }

    /// The session that is being entered. One that nobody touched yet follows the list of lesions.
    fn new_session(&mut self, patient: PatientId, document: &Document) -> session_form::Entry {
        let Some(entry) = self.new_sessions.get_mut(&patient) else {
            return session_form::Entry::new(patient, document);
        };
        entry.session.lesions.retain(|treated| document.lesion(treated.lesion).is_some());
        entry.clone()
    }

    fn add_session_button(&mut self, ui: &mut Ui, entry: &session_form::Entry, document: &Document, out: &mut Outbox) {
        let session = self.sessions.with_typed(entry).complete();
        let button = primary(ui, text::ADD_SESSION, session.as_ref().err().copied());
        if let Ok(session) = session
            && button.clicked()
        {
            let session = Session { id: document.next_session(), ..session };
            self.awaited = Some(Awaited::Session(session.clone()));
            out.ask(Request::PutSession(Box::new(session)));
        }
    }

    fn event_group(
        &mut self,
        ui: &mut Ui,
        bench: &Workbench,
        document: &Document,
        patient: PatientId,
        writable: bool,
        out: &mut Outbox,
    ) {
        let entry = self.new_events.get(&patient).cloned().unwrap_or_else(|| event_form::Entry::new(patient));
        let mut edited = entry.clone();
        fields::group(ui, text::EVENTS, None, |ui| {
            if document.events_of(patient).is_empty() {
                fields::empty(ui, text::NO_EVENT);
            } else if let Some(id) = event_form::list(ui, document, patient) {
                out.ask(Request::RemoveEvent(id));
            }
            fields::hairline(ui);
            ui.add_enabled_ui(writable, |ui| {
                event_form::form(ui, &mut self.events, &mut edited, bench, document);
                ui.add_space(theme::UNIT);
                let event = self.events.with_typed(&edited).complete(document.next_event());
                let button = primary(ui, text::ADD_EVENT, event.as_ref().err().copied());
                if let Ok(event) = event
                    && button.clicked()
                {
                    self.awaited = Some(Awaited::Event(event.clone()));
                    out.ask(Request::PutEvent(Box::new(event)));
                }
            });
        });
        if edited != entry {
            self.new_events.insert(patient, edited);
        }
    }
}

/// The button that adds what was entered; disabled with what is missing.
fn primary(ui: &mut Ui, label: &str, missing: Option<&str>) -> Response {
    let enabled = missing.is_none() && ui.is_enabled();
    let response = widgets::primary_button(ui, vec2(150.0, 30.0), label, "", enabled);
    match missing {
        Some(why) => response.on_hover_text(why),
        None => response,
    }
}

/// A column of the page that scrolls by itself.
fn column(ui: &mut Ui, name: &str, rect: Rect, contents: impl FnOnce(&mut Ui)) {
    let builder = UiBuilder::new().id_salt(name).max_rect(rect).layout(Layout::top_down(eframe::egui::Align::Min));
    ui.scope_builder(builder, |ui| {
        ScrollArea::vertical().id_salt(name).auto_shrink(false).show(ui, |ui| {
            ui.set_max_width(rect.width());
            contents(ui);
        });
    });
}

/// The page of a project without patients. Whether one is to be added.
fn no_patient(ui: &mut Ui) -> bool {
    let page = ui.vertical_centered(|ui| {
        ui.add_space(ui.available_height() * 0.3);
        ui.label(theme::title(text::NO_PATIENT_LEAD));
        ui.label(theme::soft(text::NO_PATIENT));
        ui.add_space(2.0 * theme::UNIT);
        ui.button(text::ADD_PATIENT).clicked()
    });
    page.inner
}

#[cfg(test)]
mod tests;
