//! Whose images these are: what is not sure is a question with an answer on one click; and what is done with whole
//! patients. Names and identifiers stay with the scribe: a question holds codes, dates and a reason.

use super::desk::{Intent, NoEdit};
use super::notices::Level;
use super::{Request, Wake, Workbench, words};
use crate::clinical::{Date, Identity, Patient, PatientId, StackKey};
use crate::intake::{Doubt, doubts};
use crate::project::{Document, NamedEdit, Op, Refusal, Row, RowKey, StackRecord, edits};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

/// What a person can ask of whole patients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// Two patients are one: everything of the first becomes the second's.
    Same {
        /// Who goes.
        from: PatientId,
        /// Who stays.
        into: PatientId,
    },
    /// A patient is none of those who look alike, and it is not asked again.
    Another {
        /// Who.
        patient: PatientId,
        /// None of these.
        others: Vec<PatientId>,
    },
    /// Put a patient away, or take the patient up again.
    Archive {
        /// Who.
        patient: PatientId,
        /// Away.
        archived: bool,
    },
    /// List and count patients that were put away too, or not.
    ShowArchived(bool),
    /// Images are another patient's; none makes a new patient.
    MoveStack {
        /// The stack.
        stack: StackKey,
        /// Whose it is.
        to: Option<PatientId>,
    },
    /// A whole study is another patient's; none makes a new patient.
    MoveStudy {
        /// Its UID.
        study: String,
        /// Whose it is.
        to: Option<PatientId>,
    },
}

/// A patient whose images may be somebody else's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientQuestion {
    /// The patient that was made for the images.
    pub patient: PatientId,
    /// Code of the patient.
    pub code: String,
    /// Dates of the studies, earliest first.
    pub dates: Vec<Date>,
    /// How many series.
    pub series: usize,
    /// Who it may be, by number.
    pub candidates: Vec<Candidate>,
}

/// Whom a question names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub patient: PatientId,
    /// Code of the patient.
    pub code: String,
    /// What the images carry: fits between "carry" and "of P001".
    pub because: &'static str,
}

/// What the images of one study carry that were given to two patients.
const ONE_STUDY: &str = "another identity, but the Study Instance UID of a study";

/// The questions, and how they come from the scribe.
pub(super) struct Questions {
    all: Vec<PatientQuestion>,
    /// What they were worked out from.
    of: Option<Fingerprint>,
    send: Sender<Vec<PatientQuestion>>,
    receive: Receiver<Vec<PatientQuestion>>,
}

/// What questions depend on, but for identities, which only come with patients and studies.
#[derive(PartialEq)]
struct Fingerprint {
    patients: Vec<(PatientId, String, bool, Vec<PatientId>)>,
    studies: Vec<(String, PatientId)>,
}

impl Default for Questions {
    fn default() -> Self {
        let (send, receive) = channel();
        Self { all: Vec::new(), of: None, send, receive }
    }
}

impl Workbench {
    /// Patients whose images may be somebody else's, by number.
    #[must_use]
    pub fn patient_questions(&self) -> &[PatientQuestion] {
        &self.questions.all
    }

    /// Whether patients that were put away are listed and counted.
    #[must_use]
    pub fn shows_archived(&self) -> bool {
        self.show_archived
    }

    /// The patients to choose from, by number: without those that were put away, unless they are asked for or read.
    #[must_use]
    pub fn listed_patients(&self) -> Vec<&Patient> {
        let chosen = self.selection.patient;
        let listed = |patient: &&Patient| !patient.archived || self.show_archived || Some(patient.id) == chosen;
        self.document().map(|document| document.patients().filter(listed).collect()).unwrap_or_default()
    }

    /// The project as cohort and tables count it: without patients that were put away, unless they are asked for.
    #[must_use]
    pub fn counted(&self) -> Option<Document> {
        let document = self.document()?;
        Some(if self.show_archived { document.clone() } else { document.without_archived() })
    }

    /// How many patients are left out because they were put away.
    #[must_use]
    pub fn left_out_archived(&self) -> usize {
        if self.show_archived { 0 } else { self.document().map_or(0, Document::archived_patients) }
    }

    /// What merging would do, in a sentence.
    ///
    /// # Errors
    /// Why it cannot be done, in a sentence.
    pub fn merge_preview(&self, from: PatientId, into: PatientId) -> Result<String, String> {
        let document = self.document().ok_or(words::NO_PROJECT)?;
        merged(document, from, into).map_err(|why| why.to_string())?;
        Ok(words::merge_preview(document, from, into))
    }

    pub(super) fn ask_whose(&mut self, what: Whose) {
        match what {
            Whose::Same { from, into } => self.same_patient(from, into),
            Whose::Another { patient, others } => {
                self.edit(move |document| not_empty(edits::another_patient(document, patient, &others)?));
            }
            Whose::Archive { patient, archived } => {
                self.edit(move |document| match document.patient(patient) {
                    Some(row) if row.archived == archived => Err(NoEdit::Nothing),
                    _ => Ok(edits::archive_patient(document, patient, archived)?),
                });
            }
            Whose::ShowArchived(show) => self.show_archived = show,
            Whose::MoveStack { stack, to } => {
                self.edit(move |document| {
                    let from = document.stack(stack).ok_or(words::STACK_GONE)?.patient;
                    moved(document, from, to, |ground, to| edits::move_stack_to_patient(ground, stack, to))
                });
            }
            Whose::MoveStudy { study, to } => {
                self.edit(move |document| {
                    let from = document.study(&study).ok_or(words::STACK_GONE)?.patient;
                    moved(document, from, to, |ground, to| edits::move_study_to_patient(ground, &study, to))
                });
            }
        }
    }

    /// Makes two patients one. Where what was signed stands against it, the other way round.
    fn same_patient(&mut self, from: PatientId, into: PatientId) {
        let signed = |id| {
            let merged = self.document().map(|document| merged(document, id, if id == from { into } else { from }));
            matches!(merged, Some(Err(Refusal::SignedPatient { .. })))
        };
        let (from, into) = if signed(from) && !signed(into) { (into, from) } else { (from, into) };
        if self.desk.as_ref().is_none_or(|desk| desk.read_only().is_some()) {
            return self.edit(|_| Err(NoEdit::Nothing)); // says why nothing can be changed
        }
        if self.selection.patient == Some(from) {
            self.ask(Request::SelectPatient(into));
        }
        self.change(move |document, _, _| Ok(Intent::tell(merged(document, from, into)?)));
    }

    /// Works the questions out anew where what they depend on has changed.
    pub(super) fn refresh_questions(&mut self) {
        let now = self.document().map(fingerprint);
        if self.questions.of == now {
            return;
        }
        self.questions.of = now;
        let (send, wake) = (self.questions.send.clone(), Wake::clone(&self.wake));
        match &mut self.desk {
            None => self.questions.all.clear(),
            Some(desk) => desk.with_project(move |project| {
                // Without identities there is nothing to doubt.
                let identities = project.store().identities().unwrap_or_default();
                let identities = edits::identities_now(project.document(), &identities);
                send.send(questions(project.document(), &identities)).ok();
                wake();
            }),
        }
        self.take_questions();
    }

    /// Takes in the questions that were worked out.
    pub(super) fn take_questions(&mut self) {
        let newest = self.questions.receive.try_iter().last();
        if let Some(all) = newest.filter(|_| self.desk.is_some()) {
            if all.len() > self.questions.all.len() {
                self.notices.tell(Level::Note, words::whose(all.len()), false);
            }
            self.questions.all = all;
        }
    }
}

fn fingerprint(document: &Document) -> Fingerprint {
    let patient = |row: &Patient| (row.id, row.code.clone(), row.archived, row.not_the_same_as.clone());
    Fingerprint {
        patients: document.patients().map(patient).collect(),
        studies: document.studies().map(|study| (study.uid.clone(), study.patient)).collect(),
    }
}

/// Who may be somebody else: each patient is asked about against those before.
fn questions(document: &Document, identities: &[(PatientId, Identity)]) -> Vec<PatientQuestion> {
    let mut of: BTreeMap<PatientId, Vec<&Identity>> = BTreeMap::new();
    for (patient, identity) in identities {
        of.entry(*patient).or_default().push(identity);
    }
    let mut series: BTreeMap<PatientId, BTreeSet<&str>> = BTreeMap::new();
    for stack in document.stacks() {
        series.entry(stack.patient).or_default().insert(&stack.info.series_uid);
    }
    let with_images = |patient: &&Patient| !patient.archived && series.contains_key(&patient.id);
    let asked: Vec<&Patient> = document.patients().filter(with_images).collect();
    let mut all = Vec::new();
    for patient in &asked {
        let apart = |other: &Patient| {
            patient.not_the_same_as.contains(&other.id) || other.not_the_same_as.contains(&patient.id)
        };
        let before: BTreeSet<PatientId> =
            asked.iter().filter(|other| other.id < patient.id && !apart(other)).map(|other| other.id).collect();
        if before.is_empty() {
            continue;
        }
        let known: Vec<(PatientId, Identity)> =
            identities.iter().filter(|(id, _)| before.contains(id)).cloned().collect();
        let mut candidates: BTreeMap<PatientId, &'static str> = BTreeMap::new();
        for identity in of.get(&patient.id).into_iter().flatten() {
            for Doubt { patient, because } in doubts(&known, identity) {
                candidates.entry(patient).or_insert(because);
            }
        }
        for other in sharing_a_study(document, patient.id) {
            if before.contains(&other) {
                candidates.entry(other).or_insert(ONE_STUDY);
            }
        }
        let code = |id: PatientId| document.patient(id).map(|row| row.code.clone()).unwrap_or_default();
        if !candidates.is_empty() {
            let dates: BTreeSet<Date> =
                document.studies().filter(|study| study.patient == patient.id).filter_map(|study| study.date).collect();
            all.push(PatientQuestion {
                patient: patient.id,
                code: patient.code.clone(),
                dates: dates.into_iter().collect(),
                series: series.get(&patient.id).map_or(0, BTreeSet::len),
                candidates: candidates
                    .into_iter()
                    .map(|(patient, because)| Candidate { patient, code: code(patient), because })
                    .collect(),
            });
        }
    }
    all
}

/// Patients who have another part of a study of this one.
fn sharing_a_study(document: &Document, patient: PatientId) -> BTreeSet<PatientId> {
    let own: BTreeSet<&str> = document
        .studies()
        .filter(|study| study.patient == patient)
        .map(|study| edits::whole_study(&study.uid))
        .collect();
    let shared = document.studies().filter(|study| own.contains(edits::whole_study(&study.uid)));
    shared.map(|study| study.patient).filter(|other| *other != patient).collect()
}

/// An edit that is grown step by step, each step on what the one before left.
struct Steps {
    ground: Document,
    edit: NamedEdit,
}

impl Steps {
    fn new(document: &Document, edit: NamedEdit) -> Result<Self, Refusal> {
        let ground = document.prepare(edit.edit.clone())?.after;
        Ok(Self { ground, edit })
    }

    fn then(&mut self, mut next: NamedEdit) -> Result<(), Refusal> {
        if next.edit.ops.is_empty() {
            return Ok(());
        }
        self.ground = self.ground.prepare(next.edit.clone())?.after;
        self.edit.edit.ops.append(&mut next.edit.ops);
        Ok(())
    }

    fn then_ops(&mut self, ops: Vec<Op>) -> Result<(), Refusal> {
        let kind = self.edit.kind;
        self.then(NamedEdit::new(kind, String::new(), ops))
    }
}

/// Two patients as one: visits of one date on which nothing was recorded become one, and so do the parts of a study.
fn merged(document: &Document, from: PatientId, into: PatientId) -> Result<NamedEdit, Refusal> {
    let mut steps = Steps::new(document, edits::merge_patients(document, from, into)?)?;
    for visit in document.visits_of(from) {
        let there = document.visits_of(into).into_iter().find(|there| there.date == visit.date);
        let recorded = document.findings_at(visit.id).next().is_some()
            || document.rest_of_scan(visit.id).is_some()
            || document.marks_of_patient(from).any(|mark| mark.info.visit == visit.id);
        let Some(there) = there.filter(|_| !recorded) else { continue };
        let studies: Vec<String> = document.studies_of(visit.id).map(|study| study.uid.clone()).collect();
        for uid in studies {
            let moved = edits::move_study(&steps.ground, &uid, there.id)?;
            steps.then(moved)?;
        }
    }
    let parts: Vec<(String, String)> = steps
        .ground
        .studies()
        .filter(|study| study.patient == into && edits::whole_study(&study.uid) != study.uid)
        .map(|study| (study.uid.clone(), edits::whole_study(&study.uid).to_owned()))
        .collect();
    for (part, whole) in parts {
        let Some(visit) = steps.ground.study(&whole).filter(|study| study.patient == into).map(|study| study.visit)
        else {
            continue;
        };
        if steps.ground.study(&part).is_some_and(|study| study.visit != visit) {
            let moved = edits::move_study(&steps.ground, &part, visit)?;
            steps.then(moved)?;
        }
        let rejoined = |stack: &StackRecord| {
            let mut info = crate::dicom::StackInfo::clone(&stack.info);
            info.study_uid.clone_from(&whole);
            Op::Put(Row::Stack(StackRecord { info: Arc::new(info), ..stack.clone() }))
        };
        let mut ops: Vec<Op> =
            steps.ground.stacks().filter(|stack| stack.info.study_uid == part).map(rejoined).collect();
        ops.push(Op::Remove(RowKey::Study(part)));
        steps.then_ops(ops)?;
    }
    Ok(steps.edit)
}

/// Images made another patient's, or a new patient's, who is somebody else from then on.
fn moved(
    document: &Document,
    from: PatientId,
    to: Option<PatientId>,
    make: impl FnOnce(&Document, PatientId) -> Result<NamedEdit, Refusal>,
) -> Result<NamedEdit, NoEdit> {
    let mut steps = match to {
        Some(_) => None,
        None => {
            let old = document.patient(from).map(|patient| patient.sex);
            let mut new = Patient::new(document.next_patient(), document.next_patient_code());
            new.sex = old.unwrap_or(new.sex);
            Some((new.id, Steps::new(document, edits::patient(document, new))?))
        }
    };
    let ground = steps.as_ref().map_or(document, |(_, steps)| &steps.ground);
    let to = to.or(steps.as_ref().map(|(id, _)| *id)).ok_or(words::NO_PATIENT)?;
    let edit = make(ground, to)?;
    let mut steps = match steps.take() {
        None => Steps::new(document, edit)?,
        Some((_, mut steps)) => {
            let (label, kind, visit) = (edit.label.clone(), edit.kind, edit.visit);
            steps.then(edit)?;
            (steps.edit.label, steps.edit.kind, steps.edit.visit) = (label, kind, visit);
            steps
        }
    };
    let apart = edits::another_patient(&steps.ground, to, &[from])?;
    steps.then(apart)?;
    Ok(steps.edit.of(to))
}

fn not_empty(edit: NamedEdit) -> Result<NamedEdit, NoEdit> {
    if edit.edit.ops.is_empty() { Err(NoEdit::Nothing) } else { Ok(edit) }
}
