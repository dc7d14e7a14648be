//! Everything the tables are made from, gathered once.

use crate::clinical::{Date, LesionId, Patient, PatientId, SessionId, StudySettings, Track, VisitId};
use crate::outcome::{LesionOutcome, derive};
use crate::project::{Document, StackRecord, lesion_history};
use std::collections::BTreeMap;

/// The document with what is derived from it.
pub(super) struct Gathered<'a> {
    pub document: &'a Document,
    pub settings: StudySettings,
    /// The day that outcomes are derived for.
    pub today: Date,
    /// What the rules say of each lesion.
    pub outcomes: BTreeMap<LesionId, LesionOutcome>,
    /// The patient's first session: the clock of days.
    first_ablation: BTreeMap<PatientId, Date>,
    /// First, second, ... visit of its patient.
    visit_numbers: BTreeMap<VisitId, usize>,
    /// First, second, ... session of its patient.
    session_numbers: BTreeMap<SessionId, usize>,
    /// The stacks of each visit.
    stacks: BTreeMap<VisitId, Vec<&'a StackRecord>>,
}

impl<'a> Gathered<'a> {
    /// Derives everything as of `today`.
    pub(super) fn new(document: &'a Document, today: Date) -> Self {
        let settings = document.settings();
        let mut gathered = Self {
            document,
            outcomes: BTreeMap::new(),
            first_ablation: BTreeMap::new(),
            visit_numbers: BTreeMap::new(),
            session_numbers: BTreeMap::new(),
            stacks: BTreeMap::new(),
            settings,
            today,
        };
        for stack in document.stacks() {
            if let Some(study) = document.study(&stack.info.study_uid) {
                gathered.stacks.entry(study.visit).or_default().push(stack);
            }
        }
        for patient in document.patients() {
            let sessions = document.sessions_of(patient.id);
            gathered.first_ablation.extend(sessions.first().map(|first| (patient.id, first.date)));
            gathered.session_numbers.extend(sessions.iter().zip(1..).map(|(session, n)| (session.id, n)));
            let visits = document.visits_of(patient.id);
            gathered.visit_numbers.extend(visits.iter().zip(1..).map(|(visit, n)| (visit.id, n)));
        }
        for lesion in document.lesions() {
            if let Some(history) = lesion_history(document, lesion.id, Track::Main) {
                gathered.outcomes.insert(lesion.id, derive(&history, &gathered.settings, today));
            }
        }
        gathered
    }

    /// Date of the patient's first session.
    pub(super) fn first_ablation(&self, patient: PatientId) -> Option<Date> {
        self.first_ablation.get(&patient).copied()
    }

    /// The stacks of a visit, by key.
    pub(super) fn stacks_of(&self, visit: VisitId) -> &[&'a StackRecord] {
        self.stacks.get(&visit).map_or(&[], Vec::as_slice)
    }

    pub(super) fn visit_number(&self, visit: VisitId) -> usize {
        self.visit_numbers.get(&visit).copied().unwrap_or(0)
    }

    pub(super) fn session_number(&self, session: SessionId) -> usize {
        self.session_numbers.get(&session).copied().unwrap_or(0)
    }

    /// Patients in the order of their codes.
    pub(super) fn patients(&self) -> Vec<&'a Patient> {
        let mut patients: Vec<&Patient> = self.document.patients().collect();
        patients.sort_by(|a, b| (&a.code, a.id).cmp(&(&b.code, b.id)));
        patients
    }

    /// What the rules say of a patient's lesions, by lesion number.
    pub(super) fn outcomes_of(&self, patient: PatientId) -> Vec<&LesionOutcome> {
        self.outcomes.values().filter(|outcome| outcome.patient == patient).collect()
    }

    /// The label of a lesion.
    pub(super) fn label(&self, lesion: LesionId) -> String {
        self.document.lesion(lesion).map_or_else(String::new, |lesion| lesion.label.clone())
    }

    /// The code of a patient.
    pub(super) fn patient_code(&self, patient: PatientId) -> String {
        self.document.patient(patient).map_or_else(String::new, |patient| patient.code.clone())
    }
}
