//! Patients, lesions, sessions, events, roles and visits as entered by hand, and tables out.

use super::desk::NoEdit;
use super::jobs::Lane;
use super::notices::Level;
use super::room::Pane;
use super::{Done, Slot, Workbench, words};
use crate::clinical::{
    Event, EventId, Lesion, LesionId, LesionPlace, Patient, Session, SessionId, StackKey, StackRole, StudySettings,
    Visit, VisitId, VisitSource,
};
use crate::export::{self, Dates};
use crate::project::{Document, Op, Row, edits};
use std::path::PathBuf;

impl Workbench {
    pub(super) fn set_reader(&mut self, initials: &str) {
        let initials: String = initials.trim().to_uppercase().chars().filter(|c| c.is_alphanumeric()).take(4).collect();
        if !initials.is_empty()
            && let Some(desk) = self.desk.as_mut().filter(|desk| desk.read_only().is_none())
        {
            let (who, since) = (initials.clone(), (self.clock)());
            // Only others who find the project taken read it; without it they are told "somebody".
            desk.with_project(move |project| drop(project.hold_as(&who, since)));
        }
        self.reader = (!initials.is_empty()).then_some(initials);
        if self.reader.is_some() {
            self.notices.put_away(super::words::NO_READER);
        }
    }

    pub(super) fn put_patient(&mut self, patient: Patient) {
        self.edit(move |document| match document.patient(patient.id) {
            Some(same) if *same == patient => Err(NoEdit::Nothing),
            _ => Ok(edits::patient(document, patient)),
        });
    }

    pub(super) fn put_lesion(&mut self, lesion: Lesion) {
        self.edit(move |document| match document.lesion(lesion.id) {
            Some(same) if *same == lesion => Err(NoEdit::Nothing),
            _ => Ok(edits::lesion(document, lesion)),
        });
    }

    /// Makes a lesion at the middle of a pane and chooses it.
    pub(super) fn add_lesion(&mut self, pane: usize) {
        let Some(patient) = self.selection.patient else {
            self.notices.tell(Level::Problem, words::NO_PATIENT, false);
            return;
        };
        let place = self.place_in(pane);
        // Chosen as soon as it is there; until then what was chosen stays.
        self.selection_wanted = self.document().map(Document::next_lesion);
        self.edit(move |document| {
            let mut lesion = Lesion::new(document.next_lesion(), patient, document.next_lesion_label(patient));
            lesion.place = place;
            Ok(edits::lesion(document, lesion))
        });
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
        self.edit(move |document| {
            let mut lesion = document.lesion(id).cloned().ok_or(words::LESION_GONE)?;
            lesion.place = Some(place);
            Ok(edits::lesion(document, lesion))
        });
    }

    fn place_in(&self, pane: usize) -> Option<LesionPlace> {
        let shown = self.room.panes().get(pane).and_then(Pane::shown).filter(|shown| shown.placed)?;
        let at = shown.focus();
        Some(LesionPlace { stack: shown.stack, left_mm: at.x, posterior_mm: at.y, superior_mm: at.z })
    }

    pub(super) fn remove_lesion(&mut self, id: LesionId) {
        self.edit(move |document| Ok(edits::remove_lesion(document, id)?));
    }

    pub(super) fn put_session(&mut self, mut session: Session) {
        self.edit(move |document| {
            if document.session(session.id).is_none() {
                session.id = document.next_session(); // two forms may have been given the same number
            }
            Ok(edits::session(document, session))
        });
    }

    pub(super) fn remove_session(&mut self, id: SessionId) {
        self.edit(move |document| Ok(edits::remove_session(document, id)?));
    }

    pub(super) fn put_event(&mut self, mut event: Event) {
        self.edit(move |document| {
            if document.event(event.id).is_none() {
                event.id = document.next_event();
            }
            Ok(edits::event(document, event))
        });
    }

    pub(super) fn remove_event(&mut self, id: EventId) {
        self.edit(move |document| Ok(edits::remove_event(document, id)?));
    }

    pub(super) fn set_role(&mut self, stack: StackKey, role: StackRole) {
        self.edit(move |document| match document.stack(stack) {
            Some(same) if same.role == role => Err(NoEdit::Nothing),
            _ => Ok(edits::role(document, stack, role)?),
        });
    }

    /// Moves a study to another visit, or to a new one of its own date; a visit left empty goes.
    pub(super) fn move_study(&mut self, uid: String, visit: Option<VisitId>) {
        let today = self.today();
        self.edit(move |document| {
            let study = document.study(&uid).ok_or(words::STACK_GONE)?;
            if visit == Some(study.visit) {
                return Err(NoEdit::Nothing);
            }
            let recorded = document.findings_at(study.visit).next().is_some()
                || document.marks_of_patient(study.patient).any(|mark| mark.info.visit == study.visit);
            if recorded {
                return Err(words::VISIT_HAS_ANSWERS.into());
            }
            let mut first = Vec::new();
            let mut ground = document.clone();
            let to = match visit {
                Some(visit) => visit,
                None => {
                    let new = Visit {
                        id: document.next_visit(),
                        patient: study.patient,
                        date: study.date.unwrap_or(today),
                        source: VisitSource::Images,
                        note: String::new(),
                    };
                    let made = edits::visit(document, new.clone());
                    ground = document.prepare(made.edit.clone())?.after;
                    first = made.edit.ops;
                    new.id
                }
            };
            let mut moved = edits::move_study(&ground, &uid, to)?;
            let after = ground.prepare(moved.edit.clone())?.after;
            first.append(&mut moved.edit.ops);
            // A visit's date is that of its first study.
            for id in [to, study.visit] {
                let dates = after.studies_of(id).filter_map(|study| study.date);
                if let (Some(date), Some(row)) = (dates.min(), after.visit(id))
                    && row.date != date
                {
                    first.push(Op::Put(Row::Visit(Visit { date, ..row.clone() })));
                }
            }
            moved.edit.ops = first;
            Ok(moved)
        });
    }

    pub(super) fn put_settings(&mut self, settings: StudySettings) {
        self.edit(
            move |document| {
                if document.settings() == settings { Err(NoEdit::Nothing) } else { Ok(edits::settings(settings)) }
            },
        );
    }

    /// Writes the tables in the background.
    pub(super) fn export(&mut self, path: PathBuf, dates: Dates) {
        let Some(document) = self.counted() else {
            self.notices.tell(Level::Problem, words::NO_PROJECT, false);
            return;
        };
        let today = self.today();
        self.jobs.start(Slot::Export, words::EXPORTING, Lane::Loading, move |_| {
            let written = export::write(&document, export::Options { dates, today }, &path);
            Done::Exported(written.map(|done| words::exported(&done.files)).map_err(|error| error.to_string()))
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
