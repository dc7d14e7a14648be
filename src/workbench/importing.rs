//! Images in: look below paths, propose patient, visit and role, and put all of it into the project as one
//! edit. A later folder of the same patient joins what is there and changes no mark, answer or signature.

use super::desk::{Intent, NoEdit};
use super::jobs::Lane;
use super::notices::Level;
use super::opening::ProjectDone;
use super::untitled::Untitled;
use super::{Done, Slot, Workbench, words};
use crate::clinical::{Identity, Patient, PatientId, StackKey, Study, Visit, VisitId, VisitSource};
use crate::dicom::{Found, FoundStack, Limits, Shape, Skipped, find, read_grid_slice, regroup};
use crate::intake::{PatientMatch, VisitChoice, propose_patient, propose_role, propose_visits};
use crate::project::{ChangeKind, Document, InstancePath, NamedEdit, Op, Row, Sidecar, StackRecord};
use crate::volume::SliceData;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the last import found, and what it skipped and why.
#[derive(Debug, Default)]
pub struct ImportReport {
    /// Stacks found.
    pub stacks: usize,
    /// Of these, new to the project.
    pub new_stacks: usize,
    /// Files that were not used, each with its reason.
    pub skipped: Vec<Skipped>,
    /// Things to settle by hand: an uncertain patient, a study without a date.
    pub questions: Vec<String>,
    /// Whether the search was stopped early.
    pub cancelled: bool,
}

impl Workbench {
    /// Looks for images below paths, headers only. Without an open project one is made meanwhile and filled.
    pub(super) fn find_images(&mut self, paths: Vec<PathBuf>) {
        let (untitled, today) = (self.plan_untitled(), self.today());
        self.jobs.start(Slot::Find, words::LOOKING, Lane::Loading, move |context| {
            let look = || {
                find(&paths, &Limits::default(), &|done, total| context.show_progress(done, total), &|| {
                    context.cancelled()
                })
            };
            let Some(plan) = untitled else {
                return Done::Found(Box::new(Search { found: look(), untitled: None, middles: Vec::new() }));
            };
            let (found, made) = rayon::join(look, || plan.make());
            if found.stacks.is_empty() {
                return Done::Found(Box::new(Search { found, untitled: None, middles: Vec::new() }));
            }
            let import = Import { found: found.stacks.clone(), skipped: found.skipped.len(), today };
            let fill = || {
                made.map(|mut made| {
                    plan.fill(&mut made, import);
                    made
                })
            };
            let (made, middles) = rayon::join(fill, || middles(&found.stacks));
            Done::Found(Box::new(Search { found, untitled: Some(made), middles }))
        });
        self.pump_inline();
    }

    pub(super) fn take_found(&mut self, search: Search) {
        let Search { found, untitled, middles } = search;
        // What a reader merged or split holds against the rules, also for images that come again.
        let found = match self.document() {
            Some(document) => regroup(found, document.groupings(), &Limits::default()),
            None => found,
        };
        let Found { stacks, skipped, cancelled } = found;
        if stacks.is_empty() {
            self.notices.tell(Level::Problem, words::nothing_found(&skipped), false);
            self.import = Some(ImportReport { skipped, cancelled, ..ImportReport::default() });
            return;
        }
        for stack in &stacks {
            self.images.set_sources(stack.info.key, stack.sources.clone());
        }
        for (key, slice, data) in middles {
            self.images.set_middle(key, slice, data);
        }
        let mut questions: Vec<_> =
            stacks.iter().filter(|s| s.study.date.is_none()).map(|_| words::NO_DATE.to_owned()).collect();
        questions.dedup();
        let known =
            |stack: &&FoundStack| self.document().is_some_and(|document| document.stack(stack.info.key).is_some());
        let count = stacks.len();
        let new_stacks = count - stacks.iter().filter(known).count();
        let import = Import { found: stacks, skipped: skipped.len(), today: self.today() };
        self.import = Some(ImportReport { stacks: count, new_stacks, skipped, questions, cancelled });
        match untitled {
            Some(made) if self.desk.is_none() => {
                let result = made.and_then(|made| made.keep().ok_or_else(|| words::NO_PROJECT.to_owned()));
                self.take_project(ProjectDone { result });
            }
            needless => {
                // A project was opened meanwhile: it takes the images. The other goes, and not on this thread.
                std::thread::spawn(move || drop(needless));
                self.read_ahead(&import.found);
                self.import_into_desk(import);
            }
        }
    }

    /// Starts reading pixels while the project is still being written: the pictures are there when it is.
    fn read_ahead(&mut self, found: &[FoundStack]) {
        let volumes = found.iter().filter(|stack| matches!(stack.info.shape, Shape::Volume(_)));
        for stack in volumes.take(AHEAD) {
            let key = stack.info.key;
            self.images.set_sources(key, stack.sources.clone());
            let middle = stack.info.slices() / 2;
            self.images.want(key, &Arc::new(stack.info.clone()), middle, Lane::Screen, &mut self.jobs);
        }
    }

    /// Puts what was found into the open project.
    fn import_into_desk(&mut self, import: Import) {
        let nothing_new = self.import.as_ref().is_some_and(|report| report.new_stacks == 0);
        let Some(desk) = &mut self.desk else { return };
        let folder = desk.path().parent().map(Path::to_owned);
        if nothing_new {
            // The same images, perhaps in another place: only where they are is written down.
            self.notices.tell(Level::Note, words::NOTHING_NEW, false);
            if desk.read_only().is_none() {
                let places = import.found.iter().map(|s| (s.info.key, paths(s, folder.as_deref()))).collect();
                let sidecar = Sidecar { identities: Vec::new(), paths: places };
                // When it cannot be written the images are found again next time in the same way.
                desk.with_project(move |project| drop(project.write_sidecar(&sidecar)));
            }
            self.hang_and_centre();
            return;
        }
        // Identities are read from the file by the scribe: they are not part of the document.
        let (send, identities) = std::sync::mpsc::channel();
        desk.with_project(move |project| {
            send.send(project.store().identities()).ok();
        });
        self.change(move |document, _, _| {
            let identities = match identities.recv() {
                Ok(Ok(identities)) => identities,
                Ok(Err(error)) => return Err(error.to_string().into()),
                Err(_) => Vec::new(),
            };
            import.plan(document, &identities, folder.as_deref())
        });
    }
}

/// What a search brings back.
pub(crate) struct Search {
    found: Found,
    /// The project that was made for it and filled, when none was open.
    untitled: Option<Result<Untitled, String>>,
    /// The slices that are shown first.
    middles: Vec<(StackKey, u32, SliceData)>,
}

/// The middle slices of the stacks that are likeliest to be shown first.
fn middles(stacks: &[FoundStack]) -> Vec<(StackKey, u32, SliceData)> {
    let read = |stack: &FoundStack| {
        let Shape::Volume(grid) = &stack.info.shape else { return None };
        let slice = grid.dims[2] / 2;
        let data = read_grid_slice(&stack.info, slice, &stack.sources, &Limits::default()).ok()?;
        Some((stack.info.key, slice, data))
    };
    let volumes = stacks.iter().filter(|stack| matches!(stack.info.shape, Shape::Volume(_)));
    volumes.take(AHEAD).filter_map(read).collect()
}

/// So many stacks are read before it is known which will be shown.
const AHEAD: usize = 4;

/// What was found, on its way into a project.
pub(super) struct Import {
    found: Vec<FoundStack>,
    skipped: usize,
    today: crate::clinical::Date,
}

impl Import {
    /// The import as one edit; `folder` is the project's.
    ///
    /// # Errors
    /// A sentence when there is nothing to write.
    pub(super) fn plan(
        self,
        document: &Document,
        identities: &[(PatientId, Identity)],
        folder: Option<&Path>,
    ) -> Result<Intent, NoEdit> {
        plan(document, identities, self.found, folder, self.skipped, self.today)
    }
}

/// The import as one edit: patients, visits, studies and stacks that are new, with identities and paths
/// beside it.
///
/// # Errors
/// A sentence when there is nothing to write.
fn plan(
    document: &Document,
    identities: &[(PatientId, Identity)],
    found: Vec<FoundStack>,
    folder: Option<&Path>,
    skipped: usize,
    today: crate::clinical::Date,
) -> Result<Intent, NoEdit> {
    let mut ops = Vec::new();
    let mut sidecar = Sidecar::default();
    let mut identities = identities.to_vec();
    let mut next_patient = document.next_patient();
    let mut next_visit = document.next_visit();
    let mut next_code = document.next_patient_code();
    let mut stacks_by_patient: BTreeMap<PatientId, Vec<FoundStack>> = BTreeMap::new();
    let mut owners: BTreeMap<String, PatientId> = BTreeMap::new();
    let mut left_out = 0;

    for stack in found {
        let known = document.stack(stack.info.key).map(|record| record.patient);
        let owner = document.study(&stack.study.uid).map(|study| study.patient);
        let owner = owner.or_else(|| owners.get(&stack.study.uid).copied());
        let patient = known.unwrap_or_else(|| match (propose_patient(&identities, &stack.identity).value, owner) {
            (PatientMatch::Same(patient), _) => patient,
            // The same ID in the same study: a name written in two ways is no second patient.
            (PatientMatch::Ask, Some(owner)) => owner,
            // A doubtful match is a patient of its own until the reader says otherwise: nothing is mixed up.
            (PatientMatch::New | PatientMatch::Ask, _) => {
                let mut patient = Patient::new(next_patient, next_code.clone());
                patient.sex = stack.sex;
                next_patient = PatientId(next_patient.0 + 1);
                next_code = words::code_after(&next_code);
                ops.push(Op::Put(Row::Patient(patient.clone())));
                patient.id
            }
        });
        // A study belongs to one patient. Where its series say otherwise, nothing is guessed: those that do not
        // fit the first are left out, and said.
        if owner.is_some_and(|owner| owner != patient) {
            left_out += 1;
            ops.retain(|op| {
                !matches!(op, Op::Put(Row::Patient(row)) if row.id == patient)
                    || stacks_by_patient.contains_key(&patient)
            });
            continue;
        }
        owners.insert(stack.study.uid.clone(), patient);
        if !identities.iter().any(|(id, identity)| *id == patient && *identity == stack.identity) {
            identities.push((patient, stack.identity.clone()));
            sidecar.identities.push((patient, stack.identity.clone()));
        }
        stacks_by_patient.entry(patient).or_default().push(stack);
    }

    for (patient, stacks) in stacks_by_patient {
        let visits: Vec<Visit> = document.visits_of(patient).into_iter().cloned().collect();
        let sessions: Vec<_> = document.sessions_of(patient).iter().map(|session| session.date).collect();
        let mut studies: BTreeMap<String, _> = BTreeMap::new();
        for stack in &stacks {
            if document.study(&stack.study.uid).is_none() {
                studies.entry(stack.study.uid.clone()).or_insert_with(|| stack.study.clone());
            }
        }
        let dated: Vec<_> = studies.values().map(|study| (study.uid.clone(), study.date)).collect();
        let proposals = propose_visits(&visits, &dated, &sessions, &document.settings());
        let mut made: BTreeMap<crate::clinical::Date, VisitId> = BTreeMap::new();
        for (study, proposal) in studies.values().zip(proposals) {
            let visit = match proposal.value {
                VisitChoice::Existing { visit, date } => {
                    if let Some(old) = document.visit(visit).filter(|old| old.date != date) {
                        ops.push(Op::Put(Row::Visit(Visit { date, ..old.clone() })));
                    }
                    visit
                }
                // Without a date a study is put on today's visit, which the reader is asked to correct.
                choice @ (VisitChoice::New { .. } | VisitChoice::Ask) => {
                    let date = if let VisitChoice::New { date } = choice { date } else { today };
                    *made.entry(date).or_insert_with(|| {
                        let id = next_visit;
                        next_visit = VisitId(next_visit.0 + 1);
                        let visit = Visit { id, patient, date, source: VisitSource::Images, note: String::new() };
                        ops.push(Op::Put(Row::Visit(visit)));
                        id
                    })
                }
            };
            ops.push(Op::Put(Row::Study(Study {
                uid: study.uid.clone(),
                patient,
                visit,
                date: study.date,
                description: study.description.clone(),
            })));
        }
        let infos: Vec<_> = stacks.iter().map(|stack| stack.info.clone()).collect();
        for stack in stacks {
            let paths = paths(&stack, folder);
            sidecar.paths.push((stack.info.key, paths));
            if document.stack(stack.info.key).is_some() {
                continue; // known: only its paths are new, whatever the reader said of it stays
            }
            let others: Vec<_> =
                infos.iter().filter(|i| i.study_uid == stack.info.study_uid && i.key != stack.info.key).collect();
            let role = propose_role(&stack.info, &others);
            ops.push(Op::Put(Row::Stack(StackRecord {
                info: Arc::new(stack.info),
                patient,
                role: role.value,
                role_because: role.because,
                role_by_reader: false,
            })));
        }
    }
    let stacks = ops.iter().filter(|op| matches!(op, Op::Put(Row::Stack(_)))).count();
    if stacks == 0 {
        return Err(NoEdit::Nothing); // they came in meanwhile
    }
    let named = NamedEdit::new(ChangeKind::Import, words::imported(stacks, skipped), ops);
    let warning = (left_out > 0).then(|| words::left_out(left_out));
    Ok(Intent { named, sidecar, tell: true, warning })
}

fn paths(stack: &FoundStack, folder: Option<&Path>) -> Vec<InstancePath> {
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
