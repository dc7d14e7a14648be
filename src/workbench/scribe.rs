//! The scribe: the one who owns the open project file, on a thread of its own.
//!
//! It is handed intentions, turns each into an edit of the newest document and writes it. What the disk does
//! not take it keeps: the edits that wait, in order, and the document with them in it. Later edits build on
//! that document and wait behind the others, so that nothing is drawn twice or lost when the disk takes them.

use super::desk::{LastChange, Unsaved};
use super::following::ReadingOnly;
use super::jobs::Wake;
use super::words;
use crate::clinical::{Date, PatientId, ReaderId, Stamp, Track};
use crate::outcome::{LesionOutcome, derive};
use crate::project::{
    By, CommitError, Document, Entry, NamedEdit, OpenAs, OpenOptions, Pending, Project, ReadOnly, Refusal, SaveError,
    Sidecar, edits, is_held, lesion_history,
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

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
#[derive(Clone)]
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
pub(super) enum Task {
    /// Make a change.
    Change {
        /// The edit, made from the newest document.
        make: Make,
        /// When.
        at: Stamp,
        /// Initials of who.
        reader: Option<String>,
    },
    /// Take the last change back.
    Undo {
        /// When.
        at: Stamp,
        /// Initials of who.
        reader: Option<String>,
    },
    /// Do it again.
    Redo {
        /// When.
        at: Stamp,
        /// Initials of who.
        reader: Option<String>,
    },
    /// Take back a change of the audit trail.
    TakeBack {
        /// Its number.
        seq: u64,
        /// It alone, as against everything from there on.
        alone: bool,
        /// When.
        at: Stamp,
        /// Initials of who.
        reader: Option<String>,
    },
    /// Look whether somebody else has written or is gone.
    Look,
    /// Become the one who writes.
    TakeOver {
        /// When.
        at: Stamp,
        /// Initials of who.
        who: String,
        /// For copies that have to be put right.
        cache: PathBuf,
    },
    /// Try to write what waits.
    TryAgain {
        /// Today.
        today: Date,
    },
    /// Give up what waits.
    GiveUp {
        /// Today.
        today: Date,
    },
    /// Run something that needs the project itself, such as a copy.
    With(Box<dyn FnOnce(&mut Pen) + Send>),
}

/// What the scribe brings back.
pub(super) struct Report {
    pub(super) document: Document,
    pub(super) can_undo: Option<String>,
    pub(super) can_redo: Option<String>,
    pub(super) unsaved: Vec<Unsaved>,
    pub(super) first: Option<LastChange>,
    pub(super) last: Option<LastChange>,
    pub(super) outcomes: Vec<LesionOutcome>,
    pub(super) reading_only: Option<ReadingOnly>,
    pub(super) result: Outcome,
    /// Whether it answers a task, as against something the scribe did by itself.
    pub(super) answers: bool,
}

/// What came of a task.
pub(super) enum Outcome {
    /// It is on disk.
    Written { entry: Box<Entry>, tell: bool, warning: Option<String> },
    /// It could not be written, and waits.
    Waits { label: String },
    /// What had waited is on disk: so many changes.
    Saved(usize),
    /// Somebody else has written, or is gone: what is shown is new.
    Seen,
    /// The project can be changed here from now on; what else to tell.
    TakenOver(Vec<String>),
    /// A change that waited was taken back: it never was on disk.
    TakenBack(String),
    /// There was nothing to do.
    Nothing,
    /// Refused: nothing was lost, the person is told why.
    Refused(String),
}

/// An edit that the disk did not take.
struct Waiting {
    intent: Intent,
    by: By,
    why: String,
}

/// The open project with what waits to be written.
pub(super) struct Pen {
    pub(super) project: Project,
    waiting: Vec<Waiting>,
    /// The document with what waits in it; none while everything is on disk.
    ahead: Option<Document>,
    /// Whether whoever had the project is gone.
    free: bool,
    /// Today, as the window said last: the pen has no clock.
    today: Date,
}

/// Somebody else's changes are looked for after so long.
const LOOK: Duration = Duration::from_secs(2);
/// What waits is tried again after so long.
const TRY_AGAIN: Duration = Duration::from_secs(15);

impl Pen {
    pub(super) fn new(project: Project, today: Date) -> Self {
        Self { project, waiting: Vec::new(), ahead: None, free: false, today }
    }

    /// The document that edits build on and the window shows.
    pub(super) fn document(&self) -> &Document {
        self.ahead.as_ref().unwrap_or(self.project.document())
    }

    /// Writes the project with what waits to another file. What else is to be told of the copy, as a sentence. What
    /// waits goes on waiting until the copy is taken up ([`Self::is_elsewhere`]).
    ///
    /// # Errors
    /// When the copy was not made whole: then no file of that name is left, and everything waits as before.
    pub(super) fn copy_to(&mut self, target: &Path, by: By) -> Result<Option<String>, String> {
        let all = self.waiting.iter();
        let pending: Vec<Pending> = all
            .map(|waiting| Pending { edit: waiting.intent.named.clone(), sidecar: waiting.intent.sidecar.clone() })
            .collect();
        let by = self.waiting.last().map_or(by, |last| last.by);
        let report = self.project.save_a_copy_with(target, &pending, by).map_err(|why| words::not_copied(&why))?;
        Ok(words::copied(&report))
    }

    /// The work goes on in a copy that holds what waits here.
    pub(super) fn is_elsewhere(&mut self) {
        self.waiting.clear();
        self.ahead = None;
    }

    /// One task, start to end. A fault of the program in it costs the task and nothing else: a change is
    /// written whole or not at all.
    pub(super) fn work(&mut self, task: Task) -> Option<Report> {
        let done = catch_unwind(AssertUnwindSafe(|| self.work_at(task)));
        match done {
            Ok(None) => None,
            Ok(Some(result)) => Some(self.report(result, true)),
            Err(_) => Some(self.report(Outcome::Refused(words::FAULT_IN_CHANGE.to_owned()), true)),
        }
    }

    fn work_at(&mut self, task: Task) -> Option<Outcome> {
        Some(match task {
            Task::With(run) => {
                run(self);
                return None;
            }
            Task::Undo { at, reader } => self.undo(at, reader.as_deref()),
            Task::Redo { at, reader } => self.redo(at, reader.as_deref()),
            Task::TakeBack { at, .. } if !self.waiting.is_empty() => {
                self.today = at.date_naive();
                Outcome::Refused(words::UNSAVED_FIRST.to_owned())
            }
            Task::TakeBack { seq, alone, at, reader } => {
                self.today = at.date_naive();
                let by = By { reader: self.reader_id(reader.as_deref(), at), at };
                stepped(if alone { self.project.undo_only(seq, by) } else { self.project.undo_to(seq, by) })
            }
            Task::Look => self.look().unwrap_or(Outcome::Nothing),
            Task::TakeOver { at, who, cache } => {
                self.today = at.date_naive();
                let options = OpenOptions::new(OpenAs::Writer, &who, at).with_cache(&cache);
                match self.project.take_over(&options) {
                    Ok(notes) => Outcome::TakenOver(notes),
                    Err(why) => Outcome::Refused(why.to_string()),
                }
            }
            Task::TryAgain { today } => {
                self.today = today;
                let before = self.waiting.len();
                self.flush();
                match self.waiting.first() {
                    None if before == 0 => Outcome::Nothing,
                    None => Outcome::Saved(before),
                    Some(first) => Outcome::Waits { label: first.intent.named.label.clone() },
                }
            }
            Task::GiveUp { today } => {
                self.today = today;
                self.waiting.clear();
                self.ahead = None;
                Outcome::TakenBack(words::GIVEN_UP.to_owned())
            }
            Task::Change { make, at, reader } => {
                self.today = at.date_naive();
                let reader = self.reader_id(reader.as_deref(), at);
                match make(self.document(), reader, at) {
                    Err(NoEdit::Nothing) => Outcome::Nothing,
                    Err(NoEdit::Why(why)) => Outcome::Refused(why),
                    Ok(intent) => self.put(intent, By { reader, at }),
                }
            }
        })
    }

    /// What is derived for every lesion.
    pub(super) fn outcomes(&self) -> Vec<LesionOutcome> {
        derive_all(self.document(), self.today)
    }

    fn report(&self, result: Outcome, answers: bool) -> Report {
        let document = self.document().clone();
        let (can_undo, can_redo) = self.steps();
        let outcomes = match &result {
            Outcome::Nothing | Outcome::Refused(_) => Vec::new(),
            Outcome::Written { entry, .. } if entry.patient.is_some() => {
                entry.patient.map(|patient| derive_patient(&document, patient, self.today)).unwrap_or_default()
            }
            _ => derive_all(&document, self.today),
        };
        Report {
            can_undo,
            can_redo,
            unsaved: self.unsaved(),
            first: self.first(),
            last: self.last(),
            outcomes,
            reading_only: self.reading_only(),
            document,
            result,
            answers,
        }
    }

    pub(super) fn steps(&self) -> (Option<String>, Option<String>) {
        if let Some(last) = self.waiting.last() {
            return (Some(words::undo_unsaved(&last.intent.named.label)), None);
        }
        let history = self.project.history();
        (history.next_undo().map(|step| step.label), history.next_redo().map(|step| step.label))
    }

    pub(super) fn first(&self) -> Option<LastChange> {
        self.project.history().entries().first().map(LastChange::of)
    }

    pub(super) fn last(&self) -> Option<LastChange> {
        self.project.history().entries().last().map(LastChange::of)
    }

    fn unsaved(&self) -> Vec<Unsaved> {
        let document = self.document();
        let all = self.waiting.iter().map(|waiting| {
            let named = &waiting.intent.named;
            let place = words::place(document, named.patient, named.visit);
            Unsaved { label: words::done(&named.label, &place), at: waiting.by.at, why: waiting.why.clone() }
        });
        all.collect()
    }

    /// The reader's number; a reader who is new to the project is written first, as a change of its own.
    fn reader_id(&mut self, initials: Option<&str>, at: Stamp) -> Option<ReaderId> {
        let (id, new) = edits::reader(self.document(), initials?);
        match new {
            None => Some(id),
            Some(new) => match self.put(Intent::quiet(new), By { reader: None, at }) {
                Outcome::Refused(_) => None,
                _ => Some(id),
            },
        }
    }

    /// Writes a change, behind those that wait; one that the disk does not take waits too.
    fn put(&mut self, intent: Intent, by: By) -> Outcome {
        let mut why = words::WAITS_FOR_OTHERS.to_owned();
        if self.waiting.is_empty() {
            match self.project.commit_with(intent.named.clone(), by, &intent.sidecar) {
                Ok(entry) => {
                    let entry = Box::new(entry.clone());
                    return Outcome::Written { entry, tell: intent.tell, warning: intent.warning };
                }
                Err(CommitError::Refused(why)) => return Outcome::Refused(why.to_string()),
                Err(CommitError::NotSaved(why @ SaveError::ReadOnly(_))) => return Outcome::Refused(why.to_string()),
                Err(CommitError::NotSaved(not_saved)) => why = not_saved.cause(),
            }
        }
        let after = match self.document().prepare(intent.named.edit.clone()) {
            Ok(prepared) => prepared.after,
            Err(refusal) => return Outcome::Refused(refusal.to_string()),
        };
        self.ahead = Some(after);
        let label = intent.named.label.clone();
        self.waiting.push(Waiting { intent, by, why });
        if self.waiting.len() > 1 {
            let before = self.waiting.len();
            self.flush();
            if self.waiting.is_empty() {
                return Outcome::Saved(before);
            }
        }
        Outcome::Waits { label }
    }

    /// Writes what waits, in order, as far as the disk takes it.
    fn flush(&mut self) {
        while let Some(first) = self.waiting.first_mut() {
            let written = self.project.commit_with(first.intent.named.clone(), first.by, &first.intent.sidecar);
            if let Err(why) = written {
                first.why = match why {
                    CommitError::NotSaved(not_saved) => not_saved.cause(),
                    CommitError::Refused(refused) => refused.to_string(),
                };
                return;
            }
            self.waiting.remove(0);
        }
        self.ahead = None;
    }

    /// Takes back the last change: one that waits goes as if it never was.
    fn undo(&mut self, at: Stamp, reader: Option<&str>) -> Outcome {
        self.today = at.date_naive();
        let Some(last) = self.waiting.pop() else {
            let by = By { reader: self.reader_id(reader, at), at };
            return stepped(self.project.undo(by));
        };
        let mut document = self.project.document().clone();
        for waiting in &self.waiting {
            match document.prepare(waiting.intent.named.edit.clone()) {
                Ok(prepared) => document = prepared.after,
                Err(why) => return Outcome::Refused(why.to_string()),
            }
        }
        self.ahead = (!self.waiting.is_empty()).then_some(document);
        Outcome::TakenBack(words::undo_unsaved(&last.intent.named.label))
    }

    fn redo(&mut self, at: Stamp, reader: Option<&str>) -> Outcome {
        self.today = at.date_naive();
        if !self.waiting.is_empty() {
            return Outcome::Refused(words::NO_REDO_UNSAVED.to_owned());
        }
        let by = By { reader: self.reader_id(reader, at), at };
        stepped(self.project.redo(by))
    }

    /// Why nothing can be changed.
    pub(super) fn reading_only(&self) -> Option<ReadingOnly> {
        self.project.store().read_only().map(|why| ReadingOnly::new(why, self.free))
    }

    /// Whether somebody else has the project, or had it when it was opened.
    fn is_following(&self) -> bool {
        matches!(self.project.store().read_only(), Some(ReadOnly::Held(_)))
    }

    /// Takes in what somebody else has written, and whether they are gone; `None` when all is as before.
    fn look(&mut self) -> Option<Outcome> {
        if !self.is_following() {
            return None;
        }
        let before = self.reading_only();
        // What cannot be read just now stays as it is shown.
        let new = self.project.refresh().unwrap_or(false);
        self.free = !is_held(self.project.store().path());
        (new || before != self.reading_only()).then_some(Outcome::Seen)
    }

    /// After how long without a task the pen looks by itself.
    fn idle_after(&self) -> Option<Duration> {
        if self.is_following() {
            return Some(LOOK);
        }
        (!self.waiting.is_empty()).then_some(TRY_AGAIN)
    }

    /// What is done without being asked: what waits is tried again. `None` when nothing came of it.
    fn idle(&mut self) -> Option<Report> {
        if let Some(seen) = self.look() {
            return Some(self.report(seen, false));
        }
        let before = self.waiting.len();
        self.flush();
        let now = self.waiting.len();
        (now < before).then(|| self.report(Outcome::Saved(before - now), false))
    }
}

fn stepped(result: Result<&Entry, CommitError>) -> Outcome {
    match result {
        Ok(entry) => Outcome::Written { entry: Box::new(entry.clone()), tell: true, warning: None },
        Err(why) => Outcome::Refused(why.to_string()),
    }
}

/// The scribe, on a thread or at once.
pub(super) enum Scribe {
    /// On a thread of its own.
    Thread { tasks: Option<Sender<Task>>, reports: Receiver<Report>, thread: Option<std::thread::JoinHandle<()>> },
    /// On the caller's thread: for tests and commands.
    Inline { pen: Box<Pen>, reports: Vec<Report> },
}

impl Scribe {
    pub(super) fn new(pen: Pen, inline: bool, wake: Wake) -> Self {
        if inline { Self::Inline { pen: Box::new(pen), reports: Vec::new() } } else { Self::on_a_thread(pen, wake) }
    }

    fn on_a_thread(mut pen: Pen, wake: Wake) -> Self {
        let (tasks, inbox) = channel::<Task>();
        let (outbox, reports) = channel();
        let thread = std::thread::Builder::new().name("scribe".into()).spawn(move || {
            loop {
                let task = match pen.idle_after() {
                    None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
                    Some(after) => inbox.recv_timeout(after),
                };
                let report = match task {
                    Ok(task) => pen.work(task),
                    Err(RecvTimeoutError::Timeout) => pen.idle(),
                    Err(RecvTimeoutError::Disconnected) => break,
                };
                if let Some(report) = report {
                    outbox.send(report).ok();
                    wake();
                }
            }
            pen.flush(); // the last chance of what waits
        });
        Self::Thread { tasks: Some(tasks), reports, thread: thread.ok() }
    }

    /// Hands over a task; whether an answer will come.
    pub(super) fn send(&mut self, task: Task) -> bool {
        match self {
            Self::Thread { tasks, .. } => {
                let silent = matches!(task, Task::With(_));
                // The scribe ends only when the desk is dropped.
                tasks.as_ref().is_some_and(|tasks| tasks.send(task).is_ok()) && !silent
            }
            Self::Inline { pen, reports } => match pen.work(task) {
                Some(report) => {
                    reports.push(report);
                    true
                }
                None => false,
            },
        }
    }

    pub(super) fn reports(&mut self) -> Vec<Report> {
        match self {
            Self::Thread { reports, .. } => reports.try_iter().collect(),
            Self::Inline { reports, .. } => std::mem::take(reports),
        }
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

#[cfg(test)]
mod tests;
