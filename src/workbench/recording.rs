//! Patients, lesions, sessions, events, roles and visits as entered by hand, and tables out.

use super::desk::{Intent, NoEdit};
use super::jobs::Lane;
use super::notices::Level;
use super::room::Pane;
use super::{Done, Slot, Workbench, words};
use crate::clinical::{
    Event, EventId, Lesion, LesionId, LesionPlace, Patient, Session, SessionId, StackKey, StackRole, StudySettings,
    Visit, VisitId, VisitSource,
};
use crate::export::{Dates, write_tables};
use crate::project::{ChangeKind, NamedEdit, Op, Row, RowKey, StackRecord};
use std::path::PathBuf;

impl Workbench {
    pub(super) fn set_reader(&mut self, initials: &str) {
        let initials: String = initials.trim().to_uppercase().chars().filter(|c| c.is_alphanumeric()).take(4).collect();
        self.reader = (!initials.is_empty()).then_some(initials);
    }

    pub(super) fn put_patient(&mut self, patient: Patient) {
        self.change(move |document, _, _| {
            if document.patient(patient.id) == Some(&patient) {
                return Err(NoEdit::Nothing);
            }
            let (id, label) = (patient.id, words::patient_changed(&patient.code));
            Ok(Intent::tell(NamedEdit::new(ChangeKind::Patient, label, vec![Op::Put(Row::Patient(patient))]).of(id)))
        });
    }

    pub(super) fn put_lesion(&mut self, lesion: Lesion) {
        self.change(move |document, _, _| {
            if document.lesion(lesion.id) == Some(&lesion) {
                return Err(NoEdit::Nothing);
            }
            let new = document.lesion(lesion.id).is_none();
            let (patient, label) = (lesion.patient, words::lesion_changed(&lesion.label, new));
            Ok(Intent::tell(NamedEdit::new(ChangeKind::Lesion, label, vec![Op::Put(Row::Lesion(lesion))]).of(patient)))
        });
    }

    /// Makes a lesion at the middle of a pane and chooses it.
    pub(super) fn add_lesion(&mut self, pane: usize) {
        let Some(patient) = self.selection.patient else {
            self.notices.tell(Level::Problem, words::NO_PATIENT, false);
            return;
        };
        let place = self.place_in(pane);
        if self.document().is_some_and(|document| document.patient(patient).is_none()) {
            return;
        }
        let expected = self.document().map(crate::project::Document::next_lesion);
        self.change(move |document, _, _| {
            let id = document.next_lesion();
            let mut lesion = Lesion::new(id, patient, document.next_lesion_label(patient));
            lesion.place = place;
            let label = words::lesion_changed(&lesion.label, true);
            Ok(Intent::tell(NamedEdit::new(ChangeKind::Lesion, label, vec![Op::Put(Row::Lesion(lesion))]).of(patient)))
        });
        // Chosen as soon as it is there; until then what was chosen stays.
        self.selection_wanted = expected;
        self.take_acknowledged();
    }

    pub(super) fn place_lesion(&mut self, pane: usize) {
        let Some(id) = self.selection.lesion else {
            self.notices.tell(Level::Problem, words::CHOOSE_LESION, false);
            return;
        };
        let Some(place) = self.place_in(pane) else {
            self.notices.tell(Level::Problem, words::NO_PLACE_HERE, false);
            return;
        };
        self.change(move |document, _, _| {
            let mut lesion = document.lesion(id).cloned().ok_or(words::LESION_GONE)?;
            lesion.place = Some(place);
            let (patient, label) = (lesion.patient, words::lesion_placed(&lesion.label));
            Ok(Intent::tell(NamedEdit::new(ChangeKind::Lesion, label, vec![Op::Put(Row::Lesion(lesion))]).of(patient)))
        });
    }

    fn place_in(&self, pane: usize) -> Option<LesionPlace> {
        let shown = self.room.panes().get(pane).and_then(Pane::shown).filter(|shown| shown.placed)?;
        let at = shown.focus();
        Some(LesionPlace { stack: shown.stack, left_mm: at.x, posterior_mm: at.y, superior_mm: at.z })
    }

    pub(super) fn remove_lesion(&mut self, id: LesionId) {
        self.change(move |document, _, _| {
            let lesion = document.lesion(id).ok_or(words::LESION_GONE)?;
            let label = words::lesion_removed(&lesion.label);
            let ops = vec![Op::Remove(RowKey::Lesion(id))];
            Ok(Intent::tell(NamedEdit::new(ChangeKind::Lesion, label, ops).of(lesion.patient)))
        });
    }

    pub(super) fn put_session(&mut self, mut session: Session) {
        self.change(move |document, _, _| {
            let new = document.session(session.id).is_none();
            if new {
                session.id = document.next_session(); // two forms may have been given the same number
            }
            let (patient, label) = (session.patient, words::session_changed(session.date, new));
            let ops = vec![Op::Put(Row::Session(session))];
            Ok(Intent::tell(NamedEdit::new(ChangeKind::Session, label, ops).of(patient)))
        });
    }

    pub(super) fn remove_session(&mut self, id: SessionId) {
        self.change(move |document, _, _| {
            let session = document.session(id).ok_or(words::SESSION_GONE)?;
            let ops = vec![Op::Remove(RowKey::Session(id))];
            let label = words::session_removed(session.date);
            Ok(Intent::tell(NamedEdit::new(ChangeKind::Session, label, ops).of(session.patient)))
        });
    }

    pub(super) fn put_event(&mut self, mut event: Event) {
        self.change(move |document, _, _| {
            if document.event(event.id).is_none() {
                event.id = document.next_event();
            }
            let (patient, label) = (event.patient, words::event_changed(event.kind, event.date));
            Ok(Intent::tell(NamedEdit::new(ChangeKind::Event, label, vec![Op::Put(Row::Event(event))]).of(patient)))
        });
    }

    pub(super) fn remove_event(&mut self, id: EventId) {
        self.change(move |document, _, _| {
            let event = document.event(id).ok_or(words::EVENT_GONE)?;
            let ops = vec![Op::Remove(RowKey::Event(id))];
            let label = words::event_removed(event.kind, event.date);
            Ok(Intent::tell(NamedEdit::new(ChangeKind::Event, label, ops).of(event.patient)))
        });
    }

    pub(super) fn set_role(&mut self, stack: StackKey, role: StackRole) {
        self.change(move |document, _, _| {
            let record = document.stack(stack).cloned().ok_or(words::STACK_GONE)?;
            if record.role == role {
                return Err(NoEdit::Nothing);
            }
            let patient = record.patient;
            let row =
                StackRecord { role, role_because: words::BY_READER.to_owned(), role_by_reader: true, ..record };
            let label = words::role_set(role);
            Ok(Intent::tell(NamedEdit::new(ChangeKind::Stack, label, vec![Op::Put(Row::Stack(row))]).of(patient)))
        });
        if !self.inline {
            return;
        }
        self.prepare_panes();
    }

    /// Moves a study to another visit, or to a new one of its own date; a visit left empty goes.
    pub(super) fn move_study(&mut self, uid: String, visit: Option<VisitId>) {
        let today = self.today();
        self.change(move |document, _, _| {
            let mut study = document.study(&uid).cloned().ok_or(words::STACK_GONE)?;
            let left = study.visit;
            let patient = study.patient;
            let mut ops = Vec::new();
            let target = match visit {
                Some(visit) if visit == left => return Err(NoEdit::Nothing),
                Some(visit) => document.visit(visit).cloned().ok_or(words::VISIT_GONE)?,
                None => {
                    let date = study.date.unwrap_or(today);
                    let id = document.next_visit();
                    let visit = Visit { id, patient, date, source: VisitSource::Images, note: String::new() };
                    ops.push(Op::Put(Row::Visit(visit.clone())));
                    visit
                }
            };
            study.visit = target.id;
            ops.push(Op::Put(Row::Study(study.clone())));
            // A visit's date is that of its first study.
            let dates = document.studies_of(target.id).filter_map(|other| other.date).chain(study.date);
            if let Some(first) = dates.min().filter(|first| *first != target.date) {
                ops.push(Op::Put(Row::Visit(Visit { date: first, ..target.clone() })));
            }
            let rest: Vec<_> = document.studies_of(left).filter(|other| other.uid != uid).collect();
            let recorded = document.findings_at(left).next().is_some()
                || document.marks_of_patient(patient).any(|mark| mark.info.visit == left);
            if recorded {
                return Err(words::VISIT_HAS_ANSWERS.into());
            }
            match (rest.is_empty(), document.visit(left)) {
                (true, Some(_)) => ops.push(Op::Remove(RowKey::Visit(left))),
                (false, Some(old)) => {
                    if let Some(first) = rest.iter().filter_map(|other| other.date).min().filter(|d| *d != old.date) {
                        ops.push(Op::Put(Row::Visit(Visit { date: first, ..old.clone() })));
                    }
                }
                (_, None) => {}
            }
            let label = words::study_moved(target.date);
            Ok(Intent::tell(NamedEdit::new(ChangeKind::Visit, label, ops).of(patient).at(target.id)))
        });
    }

    pub(super) fn put_settings(&mut self, settings: StudySettings) {
        self.change(move |document, _, _| {
            if document.settings() == settings {
                return Err(NoEdit::Nothing);
            }
            let ops = vec![Op::Put(Row::Settings(settings))];
            Ok(Intent::tell(NamedEdit::new(ChangeKind::Settings, words::SETTINGS_CHANGED, ops)))
        });
    }

    /// Writes the tables in the background.
    pub(super) fn export(&mut self, path: PathBuf, dates: Dates) {
        let Some(document) = self.document().cloned() else {
            self.notices.tell(Level::Problem, words::NO_PROJECT, false);
            return;
        };
        let today = self.today();
        self.jobs.start(Slot::Export, words::EXPORTING, Lane::Loading, move |_| {
            let written = write_tables(&document, &path, dates, today);
            Done::Exported(written.map(|files| words::exported(&files)).map_err(|error| error.to_string()))
        });
        self.pump_inline();
    }

    pub(super) fn take_exported(&mut self, result: Result<String, String>) {
        match result {
            Ok(done) => self.notices.tell(Level::Note, done, false),
            Err(why) => self.notices.tell(Level::Problem, why, false),
        }
    }
}
