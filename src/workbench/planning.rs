//! What was found, turned into one edit: whose images they are, on which visit, what they show, and which stacks
//! take the place of others.

use super::desk::{Intent, NoEdit};
use super::words;
use crate::clinical::{Date, Identity, Patient, PatientId, StackKey, Study, Visit, VisitId, VisitSource};
use crate::dicom::{FoundStack, StackInfo};
use crate::intake::{PatientMatch, VisitChoice, propose_patient, propose_roles, propose_visits, study_vouches};
use crate::project::{ChangeKind, Document, InstancePath, NamedEdit, Op, Row, Sidecar, StackRecord, edits};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

/// What was found, on its way into a project.
pub(super) struct Import {
    pub(super) found: Vec<FoundStack>,
    pub(super) skipped: usize,
    pub(super) today: Date,
}

impl Import {
    /// The import as one edit: patients, visits, studies and stacks that are new, with identities and paths beside
    /// it; `folder` is the project's. Stacks that hold all frames of older ones take their place.
    ///
    /// # Errors
    /// A sentence when there is nothing to write.
    pub(super) fn plan(
        self,
        document: &Document,
        identities: &[(PatientId, Identity)],
        folder: Option<&Path>,
    ) -> Result<Intent, NoEdit> {
        let Self { mut found, skipped, today } = self;
        let overlaps = Overlaps::new(document, &found);
        found.retain(|stack| !overlaps.parts.contains(&stack.info.key));
        let mut plan = Plan::new(document, identities);
        for stack in found {
            plan.assign(stack, &overlaps);
        }
        let heirs: Vec<StackInfo> = plan
            .stacks
            .values()
            .flatten()
            .filter(|stack| overlaps.heirs.contains_key(&stack.info.key))
            .map(|stack| stack.info.clone())
            .collect();
        let regrouped = if heirs.is_empty() { None } else { edits::regroup(document, &heirs).ok() };
        let by_patient = std::mem::take(&mut plan.stacks);
        let mut whose = by_patient.keys();
        let only = whose.next().copied().filter(|_| whose.next().is_none());
        for (patient, stacks) in by_patient {
            plan.visits(patient, &stacks, today);
            plan.stacks_of(patient, stacks, &overlaps, folder);
        }
        let Plan { mut ops, sidecar, .. } = plan;
        let came = ops.iter().filter_map(|op| match op {
            Op::Put(Row::Stack(record)) => Some(record.info.series_uid.as_str()),
            _ => None,
        });
        let came: Vec<&str> = came.collect();
        let (stacks, series) = (came.len(), came.into_iter().collect::<BTreeSet<_>>().len());
        let label = match &regrouped {
            Some(regrouped) if stacks == 0 => regrouped.label.clone(),
            Some(regrouped) => {
                format!("{}; {}", words::imported(series, stacks, skipped), words::small(&regrouped.label))
            }
            None => words::imported(series, stacks, skipped),
        };
        ops.extend(regrouped.into_iter().flat_map(|regrouped| regrouped.edit.ops));
        if ops.is_empty() {
            return Err(NoEdit::Nothing); // they came in meanwhile
        }
        let named = NamedEdit::new(ChangeKind::Import, label, ops);
        let named = if let Some(patient) = only { named.of(patient) } else { named };
        Ok(Intent { named, sidecar, tell: true, warning: None })
    }
}

/// Where a new stack holds frames that a stack of the project holds already.
#[derive(Debug, Default)]
pub(super) struct Overlaps {
    /// New stacks all of whose frames are in one stack of the project, which has more.
    parts: BTreeSet<StackKey>,
    /// New stacks that take the place of a stack of the project, with that stack: all its frames were found.
    heirs: BTreeMap<StackKey, StackKey>,
}

impl Overlaps {
    pub(super) fn new(document: &Document, found: &[FoundStack]) -> Self {
        let keys: BTreeSet<StackKey> = found.iter().map(|stack| stack.info.key).collect();
        let fresh = |n: &usize| found.get(*n).is_some_and(|stack| document.stack(stack.info.key).is_none());
        if !(0..found.len()).any(|n| fresh(&n)) {
            return Self::default();
        }
        let studies: BTreeSet<&str> = found.iter().map(|stack| stack.study.uid.as_str()).collect();
        let mut place: HashMap<(&str, u32), usize> = HashMap::new();
        for (n, stack) in found.iter().enumerate() {
            place.extend(stack.info.frames.iter().map(|frame| ((frame.sop_uid.as_str(), frame.frame), n)));
        }
        let mut overlaps = Self::default();
        let mut mixed = BTreeSet::new();
        let old = document.stacks().filter(|old| !keys.contains(&old.info.key));
        for old in old.filter(|old| studies.contains(edits::whole_study(&old.info.study_uid))) {
            let mut hits: BTreeMap<usize, usize> = BTreeMap::new();
            for frame in &old.info.frames {
                if let Some(n) = place.get(&(frame.sop_uid.as_str(), frame.frame)) {
                    *hits.entry(*n).or_default() += 1;
                }
            }
            let all = hits.values().sum::<usize>() == old.info.frames.len();
            for (n, shared) in hits.into_iter().filter(|(n, _)| fresh(n)) {
                let Some(stack) = found.get(n) else { continue };
                if all {
                    overlaps.heirs.entry(stack.info.key).or_insert(old.info.key);
                } else if shared == stack.info.frames.len() {
                    overlaps.parts.insert(stack.info.key);
                } else {
                    mixed.insert(stack.info.key);
                }
            }
        }
        // What also holds frames of a stack that is not all there comes beside it: nothing is taken away.
        overlaps.heirs.retain(|key, _| !mixed.contains(key) && !overlaps.parts.contains(key));
        overlaps
    }

    /// Whether the images of a new stack are in the project already, as part of another.
    pub(super) fn is_part(&self, stack: StackKey) -> bool {
        self.parts.contains(&stack)
    }
}

/// The edit while it grows.
struct Plan<'a> {
    document: &'a Document,
    identities: Vec<(PatientId, Identity)>,
    ops: Vec<Op>,
    sidecar: Sidecar,
    stacks: BTreeMap<PatientId, Vec<FoundStack>>,
    /// Studies and parts of studies, with whose they are.
    studies: BTreeMap<String, PatientId>,
    codes: BTreeMap<PatientId, String>,
    next_patient: PatientId,
    next_visit: VisitId,
    next_code: String,
}

impl<'a> Plan<'a> {
    fn new(document: &'a Document, identities: &[(PatientId, Identity)]) -> Self {
        Self {
            document,
            identities: edits::identities_now(document, identities),
            ops: Vec::new(),
            sidecar: Sidecar::default(),
            stacks: BTreeMap::new(),
            studies: document.studies().map(|study| (study.uid.clone(), study.patient)).collect(),
            codes: document.patients().map(|patient| (patient.id, patient.code.clone())).collect(),
            next_patient: document.next_patient(),
            next_visit: document.next_visit(),
            next_code: document.next_patient_code(),
        }
    }

    /// Says whose a stack is, and of which study.
    fn assign(&mut self, mut stack: FoundStack, overlaps: &Overlaps) {
        let key = stack.info.key;
        let known = self.document.stack(key).or_else(|| self.document.stack(*overlaps.heirs.get(&key)?));
        let (patient, study) = match known {
            Some(record) => (record.patient, record.info.study_uid.clone()),
            None => {
                let patient = self.patient_of(&stack);
                (patient, self.study_for(&stack.study.uid, patient))
            }
        };
        // A stack that a reader gave to somebody keeps its owner, and its identity keeps its own.
        let mut holders = self.identities.iter().filter(|(_, identity)| *identity == stack.identity);
        let noted =
            if known.is_some() { holders.next().is_some() } else { holders.any(|(holder, _)| *holder == patient) };
        if !noted {
            self.identities.push((patient, stack.identity.clone()));
            self.sidecar.identities.push((patient, stack.identity.clone()));
        }
        stack.study.uid.clone_from(&study);
        stack.info.study_uid = study;
        self.stacks.entry(patient).or_default().push(stack);
    }

    /// Whose new images are. What is doubtful is a patient of its own until the reader says otherwise, so that
    /// nothing is mixed up; the workbench asks.
    fn patient_of(&mut self, stack: &FoundStack) -> PatientId {
        match propose_patient(&self.identities, &stack.identity).value {
            PatientMatch::Same(patient) => return patient,
            PatientMatch::Ask => {
                if let Some(owner) = self.vouched(stack) {
                    return owner;
                }
            }
            PatientMatch::New => {}
        }
        let mut patient = Patient::new(self.next_patient, self.next_code.clone());
        patient.sex = stack.sex;
        self.next_patient = PatientId(self.next_patient.0 + 1);
        self.next_code = words::code_after(&self.next_code);
        self.codes.insert(patient.id, patient.code.clone());
        self.ops.push(Op::Put(Row::Patient(patient.clone())));
        patient.id
    }

    /// The owner of the same study, where the study says enough.
    fn vouched(&self, stack: &FoundStack) -> Option<PatientId> {
        let parts = self.studies.iter().filter(|(uid, _)| edits::whole_study(uid) == stack.study.uid);
        parts.map(|(_, owner)| *owner).find(|owner| {
            let own = self.identities.iter().filter(|(id, _)| id == owner);
            let own: Vec<Identity> = own.map(|(_, identity)| identity.clone()).collect();
            study_vouches(&own, &stack.identity)
        })
    }

    /// The patient's study, or part of a study that another patient has too.
    fn study_for(&mut self, whole: &str, patient: PatientId) -> String {
        let own = self.studies.iter().find(|(uid, owner)| **owner == patient && edits::whole_study(uid) == whole);
        if let Some((uid, _)) = own {
            return uid.clone();
        }
        let mut uid = whole.to_owned();
        if self.studies.contains_key(&uid) {
            uid = edits::part_of_study(whole, self.codes.get(&patient).map_or("", String::as_str));
            while self.studies.contains_key(&uid) {
                uid.push('\'');
            }
        }
        self.studies.insert(uid.clone(), patient);
        uid
    }

    /// Visits and studies that are new.
    fn visits(&mut self, patient: PatientId, stacks: &[FoundStack], today: Date) {
        let visits: Vec<Visit> = self.document.visits_of(patient).into_iter().cloned().collect();
        let sessions: Vec<_> = self.document.sessions_of(patient).iter().map(|session| session.date).collect();
        let mut studies: BTreeMap<String, _> = BTreeMap::new();
        for stack in stacks {
            if self.document.study(&stack.study.uid).is_none() {
                studies.entry(stack.study.uid.clone()).or_insert_with(|| stack.study.clone());
            }
        }
        let dated: Vec<_> = studies.values().map(|study| (study.uid.clone(), study.date)).collect();
        let proposals = propose_visits(&visits, &dated, &sessions, &self.document.settings());
        let mut made: BTreeMap<Date, VisitId> = BTreeMap::new();
        for (study, proposal) in studies.values().zip(proposals) {
            let visit = match proposal.value {
                VisitChoice::Existing { visit, date } => {
                    if let Some(old) = self.document.visit(visit).filter(|old| old.date != date) {
                        self.ops.push(Op::Put(Row::Visit(Visit { date, ..old.clone() })));
                    }
                    visit
                }
                // Without a date a study is put on today's visit, which the reader is asked to correct.
                choice @ (VisitChoice::New { .. } | VisitChoice::Ask) => {
                    let date = if let VisitChoice::New { date } = choice { date } else { today };
                    let (ops, next) = (&mut self.ops, &mut self.next_visit);
                    *made.entry(date).or_insert_with(|| {
                        let id = *next;
                        *next = VisitId(next.0 + 1);
                        let visit = Visit { id, patient, date, source: VisitSource::Images, note: String::new() };
                        ops.push(Op::Put(Row::Visit(visit)));
                        id
                    })
                }
            };
            self.ops.push(Op::Put(Row::Study(Study {
                uid: study.uid.clone(),
                patient,
                visit,
                date: study.date,
                description: study.description.clone(),
            })));
        }
    }

    /// Stacks that are new, each with the role it is proposed, and the paths of all.
    fn stacks_of(&mut self, patient: PatientId, stacks: Vec<FoundStack>, overlaps: &Overlaps, folder: Option<&Path>) {
        let roles = propose_roles(&stacks.iter().map(|stack| &stack.info).collect::<Vec<_>>());
        for (stack, role) in stacks.into_iter().zip(roles) {
            let key = stack.info.key;
            self.sidecar.paths.push((key, paths(&stack, folder)));
            if self.document.stack(key).is_some() || overlaps.heirs.contains_key(&key) {
                continue; // known: only its paths are new, whatever the reader said of it stays
            }
            self.ops.push(Op::Put(Row::Stack(StackRecord {
                info: Arc::new(stack.info),
                patient,
                role: role.value,
                role_because: role.because,
                role_by_reader: false,
                hangs_for: None,
            })));
        }
    }
}

/// Where the frames of a stack are, also seen from the project's folder.
pub(super) fn paths(stack: &FoundStack, folder: Option<&Path>) -> Vec<InstancePath> {
    let frames = stack.info.frames.iter().zip(&stack.sources);
    frames
        .map(|(frame, source)| InstancePath {
            sop_uid: frame.sop_uid.clone(),
            frame: frame.frame,
            relative: folder.and_then(|folder| source.path.strip_prefix(folder).ok()).map(text),
            absolute: text(&source.path),
            size: source.size,
            mtime: source.mtime,
        })
        .collect()
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
