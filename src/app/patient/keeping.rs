//! Keeping what is typed until it is in the project, whatever is shown meanwhile.

use super::session_form::{self, Key};
use super::{PatientScreen, event_form, lesion_form, patient_form};
use crate::app::Outbox;
use crate::clinical::{Event, LesionId, PatientId, Session, SessionId};
use crate::project::Document;
use crate::workbench::{Request, Workbench};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Something new that was asked for: it is chosen, or its form emptied, once it is in the project.
#[derive(Debug)]
pub enum Awaited {
    /// To be chosen.
    Patient(PatientId),
    /// To be chosen.
    Lesion(LesionId),
    /// Its form is to be emptied.
    Session(Session),
    /// Its form is to be emptied.
    Event(Event),
}

/// The items whose forms are on screen.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shown {
    /// The patient, with what is being entered for it.
    pub patient: Option<PatientId>,
    /// The lesion.
    pub lesion: Option<LesionId>,
    /// A session of the project; none while a new one is entered.
    pub session: Option<SessionId>,
}

/// What is typed on the screen and is not in the project yet.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    patients: Vec<(PatientId, patient_form::Field, String)>,
    lesions: Vec<(LesionId, lesion_form::Field, String)>,
    sessions: Vec<(Key, session_form::Field, String)>,
    events: Vec<(PatientId, event_form::Field, String)>,
    new_sessions: Vec<session_form::Entry>,
    new_events: Vec<event_form::Entry>,
    session: Option<SessionId>,
}

impl PatientScreen {
    /// What is typed and not in the project yet.
    pub fn kept(&self) -> Kept {
        Kept {
            patients: self.patients.typed(),
            lesions: self.lesions.typed(),
            sessions: self.sessions.typed(),
            events: self.events.typed(),
            new_sessions: self.new_sessions.values().cloned().collect(),
            new_events: self.new_events.values().cloned().collect(),
            session: self.session,
        }
    }

    /// Has again what was typed in the open project before.
    pub fn take_back(&mut self, kept: Kept, project: &Path) {
        *self = Self { project: Some(project.to_owned()), session: kept.session, ..Self::default() };
        self.patients.type_again(kept.patients);
        self.lesions.type_again(kept.lesions);
        self.sessions.type_again(kept.sessions);
        self.events.type_again(kept.events);
        self.new_sessions.extend(kept.new_sessions.into_iter().map(|entry| (entry.session.patient, entry)));
        self.new_events.extend(kept.new_events.into_iter().map(|entry| (entry.patient, entry)));
    }

    /// Hands over what is still being typed: called when the screen is left.
    pub fn settle(&mut self, bench: &Workbench, out: &mut Outbox) {
        if let Some(document) = self.take_up(bench, out) {
            self.settle_but(Shown::default(), document, out);
        }
    }

    /// The document; forgets what belonged to another project, and sees to what was asked for.
    pub(super) fn take_up<'a>(&mut self, bench: &'a Workbench, out: &mut Outbox) -> Option<&'a Document> {
        let desk = bench.desk()?;
        if self.project.as_deref() != Some(desk.path()) {
            *self = Self { project: Some(desk.path().to_owned()), ..Self::default() };
        }
        if desk.is_writing() {
            return Some(desk.document());
        }
        self.patients.written();
        self.lesions.written();
        self.sessions.written();
        let document = desk.document();
        match self.awaited.take() {
            Some(Awaited::Patient(id)) if document.patient(id).is_some() => out.ask(Request::SelectPatient(id)),
            Some(Awaited::Lesion(id)) if document.lesion(id).is_some() => out.ask(Request::SelectLesion(id)),
            Some(Awaited::Session(sent)) => {
                let mut kept = document.sessions_of(sent.patient).into_iter();
                if kept.any(|session| *session == Session { id: session.id, ..sent.clone() }) {
                    self.new_sessions.remove(&sent.patient);
                    self.sessions.forget(Key::New(sent.patient));
                }
            }
            Some(Awaited::Event(sent)) => {
                let mut kept = document.events_of(sent.patient).into_iter();
                if kept.any(|event| *event == Event { id: event.id, ..sent.clone() }) {
                    self.new_events.remove(&sent.patient);
                    self.events.forget(sent.patient);
                }
            }
            _ => {}
        }
        Some(document)
    }

    /// Takes over what was typed for items that are no longer shown.
    pub(super) fn settle_but(&mut self, shown: Shown, document: &Document, out: &mut Outbox) {
        for patient in self.patients.settle(shown.patient, |id| document.patient(id).cloned()) {
            self.patients.sent(patient.clone());
            out.ask(Request::PutPatient(Box::new(patient)));
        }
        for lesion in self.lesions.settle(shown.lesion, |id| document.lesion(id).cloned()) {
            self.lesions.sent(lesion.clone());
            out.ask(Request::PutLesion(Box::new(lesion)));
        }
        let new_sessions = &self.new_sessions;
        let stored = |key| match key {
            Key::Kept(id) => document.session(id).map(session_form::Entry::kept),
            Key::New(patient) => {
                let entered = new_sessions.get(&patient).cloned();
                entered.or_else(|| document.patient(patient).map(|p| session_form::Entry::new(p.id, document)))
            }
        };
        let key = shown.session.map(Key::Kept).or(shown.patient.map(Key::New));
        for entry in self.sessions.settle(key, stored) {
            match (entry.key, entry.complete()) {
                (Key::Kept(_), Ok(session)) => {
                    self.sessions.sent(entry);
                    out.ask(Request::PutSession(Box::new(session)));
                }
                (Key::Kept(_), Err(_)) => {}
                (Key::New(patient), _) => {
                    self.new_sessions.insert(patient, entry);
                }
            }
        }
        let new_events = &self.new_events;
        let stored = |id| {
            let entered = new_events.get(&id).cloned();
            entered.or_else(|| document.patient(id).map(|patient| event_form::Entry::new(patient.id)))
        };
        for entry in self.events.settle(shown.patient, stored) {
            self.new_events.insert(entry.patient, entry);
        }
    }
}
