//! The open project as the window sees it: a snapshot of the document, and the scribe that alone changes it.
//!
//! The scribe owns the [`Project`] and runs on its own thread. It is handed intentions, turns each into an
//! edit of the newest document, writes it, and only then hands back the snapshot to show: commit first, then
//! show. So an edit never builds on something stale, and the window never waits for a disk.

use super::notices::Level;
use super::words;
use super::{Workbench, jobs::Wake};
use crate::clinical::{Date, PatientId, ReaderId, Stamp, Track, VisitId};
use crate::outcome::{LesionOutcome, derive};
use crate::project::{
    By, ChangeKind, CommitError, Document, Entry, NamedEdit, Project, Refusal, Sidecar, edits, lesion_history,
};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

/// Makes an edit from the newest document, or says why it cannot be made.
pub(super) type Make = Box<dyn FnOnce(&Document, Option<ReaderId>, Stamp) -> Result<Intent, NoEdit> + Send>;

/// Why there is no edit.
pub(super) enum NoEdit {
    /// Everything is as asked already; nobody needs to hear of it.
    Nothing,
    /// It cannot be done, in a sentence.
    Why(String),
}

impl From<String> for NoEdit {
    fn from(why: String) -> Self {
        Self::Why(why)
    }
}

impl From<Refusal> for NoEdit {
    fn from(why: Refusal) -> Self {
        Self::Why(why.to_string())
    }
}

impl From<&str> for NoEdit {
    fn from(why: &str) -> Self {
        Self::Why(why.to_owned())
    }
}

/// An edit ready to be written.
pub(super) struct Intent {
    pub(super) named: NamedEdit,
    pub(super) sidecar: Sidecar,
    /// Whether a line with "undo" is shown when it is done.
    pub(super) tell: bool,
    /// What else a person should know of it.
    pub(super) warning: Option<String>,
}

impl Intent {
    pub(super) fn tell(named: NamedEdit) -> Self {
        Self { named, sidecar: Sidecar::default(), tell: true, warning: None }
    }

    pub(super) fn quiet(named: NamedEdit) -> Self {
        Self { named, sidecar: Sidecar::default(), tell: false, warning: None }
    }
}

/// What the scribe is asked to do.
enum Task {
    Change {
        make: Make,
        at: Stamp,
        reader: Option<String>,
    },
    Undo {
        at: Stamp,
        reader: Option<String>,
    },
    Redo {
        at: Stamp,
        reader: Option<String>,
    },
    /// Run something that needs the project itself, such as a copy.
    With(Box<dyn FnOnce(&mut Project) + Send>),
}

/// What the scribe brings back.
pub(super) struct Report {
    document: Document,
    can_undo: Option<String>,
    can_redo: Option<String>,
    outcomes: Vec<LesionOutcome>,
    result: Result<Written, Failure>,
}

/// A change that is on disk.
struct Written {
    entry: Entry,
    tell: bool,
    warning: Option<String>,
}

enum Failure {
    /// There was nothing to do.
    Nothing,
    /// Refused: nothing was lost, the person is told why.
    Refused(String),
    /// It could not be written: kept, to be tried again.
    NotWritten { label: String, why: String, intent: Box<Intent> },
}

/// A change that is not on disk, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsaved {
    /// What it is.
    pub label: String,
    /// Why it could not be written.
    pub why: String,
}

/// The open project.
pub struct Desk {
    path: PathBuf,
    untitled: bool,
    document: Document,
    read_only: Option<String>,
    can_undo: Option<String>,
    can_redo: Option<String>,
    unsaved: Vec<(Unsaved, Intent)>,
    waiting: usize,
    revision: u64,
    /// The report of a change that was made before the scribe began.
    first: Option<Report>,
    scribe: Scribe,
}

enum Scribe {
    Thread { tasks: Option<Sender<Task>>, reports: Receiver<Report>, thread: Option<std::thread::JoinHandle<()>> },
    Inline { project: Box<Project>, reports: Vec<Report> },
}

impl Desk {
    /// Puts a project on the desk.
    pub(super) fn new(
        project: Project,
        untitled: bool,
        read_only: Option<String>,
        inline: bool,
        wake: Wake,
        today: Date,
    ) -> (Self, Vec<LesionOutcome>) {
        let document = project.document().clone();
        let outcomes = derive_all(&document, today);
        let (can_undo, can_redo) = steps(&project);
        let path = project.store().path().to_owned();
        let scribe = if inline {
            Scribe::Inline { project: Box::new(project), reports: Vec::new() }
        } else {
            Scribe::on_a_thread(project, wake)
        };
        let desk = Self {
            path,
            untitled,
            document,
            read_only,
            can_undo,
            can_redo,
            unsaved: Vec::new(),
            waiting: 0,
            revision: next_revision(),
            first: None,
            scribe,
        };
        (desk, outcomes)
    }

    /// The document as it is on disk.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The project file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The project's name, without folder and ending.
    #[must_use]
    pub fn name(&self) -> String {
        if self.untitled {
            return words::UNTITLED.to_owned();
        }
        self.path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Whether nobody gave it a name yet.
    #[must_use]
    pub fn is_untitled(&self) -> bool {
        self.untitled
    }

    /// Why nothing can be changed, when it was opened to be read only.
    #[must_use]
    pub fn read_only(&self) -> Option<&str> {
        self.read_only.as_deref()
    }

    /// What undo would take back.
    #[must_use]
    pub fn can_undo(&self) -> Option<&str> {
        self.can_undo.as_deref()
    }

    /// What redo would do again.
    #[must_use]
    pub fn can_redo(&self) -> Option<&str> {
        self.can_redo.as_deref()
    }

    /// Changes that could not be written.
    pub fn unsaved(&self) -> impl Iterator<Item = &Unsaved> {
        self.unsaved.iter().map(|(unsaved, _)| unsaved)
    }

    /// Whether changes are on their way to the disk.
    #[must_use]
    pub fn is_writing(&self) -> bool {
        self.waiting > 0
    }

    /// Grows with every change and every opening, so that no two states share it; for caches.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    fn send(&mut self, task: Task) {
        self.waiting += 1;
        match &mut self.scribe {
            Scribe::Thread { tasks, .. } => {
                // The scribe ends only when the desk is dropped.
                if tasks.as_ref().is_none_or(|tasks| tasks.send(task).is_err()) {
                    self.waiting -= 1;
                }
            }
            Scribe::Inline { project, reports } => match work(project, task) {
                Some(report) => reports.push(report),
                None => self.waiting -= 1,
            },
        }
    }

    /// Runs something with the project itself, after all changes asked for before.
    pub(super) fn with_project(&mut self, run: impl FnOnce(&mut Project) + Send + 'static) {
        self.send(Task::With(Box::new(run)));
        if matches!(self.scribe, Scribe::Thread { .. }) {
            self.waiting -= 1; // it brings no report of its own
        }
    }

    /// Takes the report of a change that was made on the way to the desk, to be acknowledged like any other.
    pub(super) fn take_first(&mut self, report: Report) {
        self.waiting += 1;
        self.first = Some(report);
    }

    fn reports(&mut self) -> Vec<Report> {
        let first = self.first.take().into_iter();
        match &mut self.scribe {
            Scribe::Thread { reports, .. } => first.chain(reports.try_iter()).collect(),
            Scribe::Inline { reports, .. } => first.chain(std::mem::take(reports)).collect(),
        }
    }
}

impl Scribe {
    fn on_a_thread(mut project: Project, wake: Wake) -> Self {
        let (tasks, inbox) = channel::<Task>();
        let (outbox, reports) = channel();
        let thread = std::thread::Builder::new().name("scribe".into()).spawn(move || {
            for task in inbox {
                if let Some(report) = work(&mut project, task) {
                    outbox.send(report).ok();
                    wake();
                }
            }
        });
        Self::Thread { tasks: Some(tasks), reports, thread: thread.ok() }
    }
}

impl Drop for Scribe {
    /// Waits until everything that was asked for is written.
    fn drop(&mut self) {
        if let Self::Thread { tasks, thread, .. } = self {
            drop(tasks.take());
            if let Some(thread) = thread.take() {
                thread.join().ok();
            }
        }
    }
}

/// One task, start to end. Runs on the scribe's thread.
fn work(project: &mut Project, task: Task) -> Option<Report> {
    let (at, result) = match task {
        Task::With(run) => {
            run(project);
            return None;
        }
        Task::Undo { at, reader } => {
            let by = By { reader: reader_id(project, reader.as_deref(), at), at };
            let result = project.undo(by).cloned();
            (
                at,
                result
                    .map(|entry| Written { entry, tell: true, warning: None })
                    .map_err(|why| Failure::Refused(why.to_string())),
            )
        }
        Task::Redo { at, reader } => {
            let by = By { reader: reader_id(project, reader.as_deref(), at), at };
            let result = project.redo(by).cloned();
            (
                at,
                result
                    .map(|entry| Written { entry, tell: true, warning: None })
                    .map_err(|why| Failure::Refused(why.to_string())),
            )
        }
        Task::Change { make, at, reader } => return Some(change_now(project, make, at, reader.as_deref())),
    };
    Some(report(project, at, result))
}

/// Makes a change of a project that is at hand: on the scribe's thread, or before there is a scribe.
pub(super) fn change_now(
    project: &mut Project,
    make: impl FnOnce(&Document, Option<ReaderId>, Stamp) -> Result<Intent, NoEdit>,
    at: Stamp,
    reader: Option<&str>,
) -> Report {
    let reader = reader_id(project, reader, at);
    let result = match make(project.document(), reader, at) {
        Err(NoEdit::Nothing) => Err(Failure::Nothing),
        Err(NoEdit::Why(why)) => Err(Failure::Refused(why)),
        Ok(intent) => write(project, intent, By { reader, at }),
    };
    report(project, at, result)
}

fn report(project: &Project, at: Stamp, result: Result<Written, Failure>) -> Report {
    let document = project.document().clone();
    let (can_undo, can_redo) = steps(project);
    let patient = result.as_ref().ok().and_then(|written| written.entry.patient);
    let outcomes = match (&result, patient) {
        (Err(_), _) => Vec::new(),
        (Ok(_), Some(patient)) => derive_patient(&document, patient, at.date_naive()),
        (Ok(_), None) => derive_all(&document, at.date_naive()),
    };
    Report { document, can_undo, can_redo, outcomes, result }
}

fn write(project: &mut Project, intent: Intent, by: By) -> Result<Written, Failure> {
    match project.commit_with(intent.named.clone(), by, &intent.sidecar) {
        Ok(entry) => Ok(Written { entry: entry.clone(), tell: intent.tell, warning: intent.warning }),
        Err(CommitError::Refused(why)) => Err(Failure::Refused(why.to_string())),
        Err(CommitError::NotSaved(why)) => Err(Failure::NotWritten {
            label: intent.named.label.clone(),
            why: why.to_string(),
            intent: Box::new(intent),
        }),
    }
}

/// The reader's number; a reader who is new to the project is written first, as a change of its own.
fn reader_id(project: &mut Project, initials: Option<&str>, at: Stamp) -> Option<ReaderId> {
    let (id, new) = edits::reader(project.document(), initials?);
    match new {
        None => Some(id),
        Some(new) => project.commit(new, By { reader: None, at }).ok().map(|_| id),
    }
}

fn next_revision() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}

fn steps(project: &Project) -> (Option<String>, Option<String>) {
    let history = project.history();
    (history.next_undo().map(|step| step.label), history.next_redo().map(|step| step.label))
}

fn derive_patient(document: &Document, patient: PatientId, today: Date) -> Vec<LesionOutcome> {
    let settings = document.settings();
    document
        .lesions_of(patient)
        .filter_map(|lesion| lesion_history(document, lesion.id, Track::Main))
        .map(|history| derive(&history, &settings, today))
        .collect()
}

fn derive_all(document: &Document, today: Date) -> Vec<LesionOutcome> {
    document.patients().flat_map(|patient| derive_patient(document, patient.id, today)).collect()
}

impl Workbench {
    /// The one way to change the document: an intention, turned into an edit of the newest document by the
    /// scribe.
    pub(super) fn change(
        &mut self,
        make: impl FnOnce(&Document, Option<ReaderId>, Stamp) -> Result<Intent, NoEdit> + Send + 'static,
    ) {
        let at = self.now();
        let reader = self.reader.clone();
        let Some(desk) = &mut self.desk else {
            self.notices.tell(Level::Problem, words::NO_PROJECT, false);
            return;
        };
        if let Some(why) = &desk.read_only {
            self.notices.tell(Level::Problem, why.clone(), false);
            return;
        }
        desk.send(Task::Change { make: Box::new(make), at, reader });
        self.take_acknowledged();
    }

    /// Like [`Self::change`], for an edit that needs nothing but the document.
    pub(super) fn edit(&mut self, make: impl FnOnce(&Document) -> Result<NamedEdit, NoEdit> + Send + 'static) {
        self.change(move |document, _, _| make(document).map(Intent::tell));
    }

    /// Like [`Self::change`], for what a reader says: asks for initials first.
    pub(super) fn change_as_reader(
        &mut self,
        make: impl FnOnce(&Document, ReaderId, Stamp) -> Result<Intent, NoEdit> + Send + 'static,
    ) {
        if self.reader.is_none() {
            self.notices.tell(Level::Problem, words::NO_READER, false);
            return;
        }
        self.change(move |document, reader, at| make(document, reader.ok_or(words::NO_READER)?, at));
    }

    pub(super) fn undo(&mut self) {
        let (at, reader) = (self.now(), self.reader.clone());
        self.step_history(Task::Undo { at, reader }, words::NOTHING_TO_UNDO, |desk| desk.can_undo.is_some());
    }

    pub(super) fn redo(&mut self) {
        let (at, reader) = (self.now(), self.reader.clone());
        self.step_history(Task::Redo { at, reader }, words::NOTHING_TO_REDO, |desk| desk.can_redo.is_some());
    }

    fn step_history(&mut self, task: Task, nothing: &str, possible: impl Fn(&Desk) -> bool) {
        let Some(desk) = &mut self.desk else { return };
        if let Some(why) = &desk.read_only {
            self.notices.tell(Level::Problem, why.clone(), false);
        } else if possible(desk) || desk.is_writing() {
            desk.send(task);
            self.take_acknowledged();
        } else {
            self.notices.tell(Level::Note, nothing, false);
        }
    }

    /// Tries to write again what could not be written.
    pub fn save_again(&mut self) {
        let at = self.now();
        let reader = self.reader.clone();
        let Some(desk) = &mut self.desk else { return };
        for (_, intent) in std::mem::take(&mut desk.unsaved) {
            desk.send(Task::Change { make: Box::new(move |_, _, _| Ok(intent)), at, reader: reader.clone() });
        }
        self.take_acknowledged();
    }

    /// Takes in what the scribe has written: only now it is shown.
    pub(super) fn take_acknowledged(&mut self) {
        let Some(desk) = &mut self.desk else { return };
        let mut follow: Option<(Option<PatientId>, Option<VisitId>)> = None;
        let mut changed = false;
        for report in desk.reports() {
            desk.waiting = desk.waiting.saturating_sub(1);
            desk.document = report.document;
            (desk.can_undo, desk.can_redo) = (report.can_undo, report.can_redo);
            match report.result {
                Ok(written) => {
                    changed = true;
                    desk.revision = next_revision();
                    self.outcomes.extend(report.outcomes.into_iter().map(|outcome| (outcome.lesion, outcome)));
                    if let Some(warning) = written.warning {
                        self.notices.tell(Level::Problem, warning, false);
                    }
                    if written.tell {
                        let where_ = words::place(&desk.document, written.entry.patient, written.entry.visit);
                        let is_step_back = written.entry.undoes.is_some();
                        if is_step_back {
                            follow = Some((written.entry.patient, written.entry.visit));
                        }
                        // A signature is taken back by an amendment only.
                        let can_undo =
                            !is_step_back && !matches!(written.entry.kind, ChangeKind::Sign | ChangeKind::Amend);
                        self.notices.tell(Level::Done, words::done(&written.entry.label, &where_), can_undo);
                    }
                }
                Err(Failure::Nothing) => {}
                Err(Failure::Refused(why)) => self.notices.tell(Level::Problem, why, false),
                Err(Failure::NotWritten { label, why, intent }) => {
                    self.notices.tell(Level::Problem, words::not_written(&label, &why), false);
                    desk.unsaved.push((Unsaved { label, why }, *intent));
                }
            }
        }
        if changed {
            let document = &desk.document;
            self.outcomes.retain(|lesion, _| document.lesion(*lesion).is_some());
            self.after_change(follow);
        }
    }
}
