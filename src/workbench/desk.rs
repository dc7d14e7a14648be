//! The open project as the window sees it: a snapshot of the document, and what is saved of it.
//!
//! The scribe (`scribe.rs`) owns the project file and hands back a snapshot once a change is written: commit
//! first, then show. What the disk did not take is shown too, and stands in the list of what is not saved.

use super::following::ReadingOnly;
use super::jobs::Wake;
use super::notices::Level;
pub(super) use super::scribe::{Intent, NoEdit};
use super::scribe::{Outcome, Pen, Report, Scribe, Task};
use super::{Workbench, words};
use crate::clinical::{PatientId, ReaderId, Stamp, VisitId};
use crate::outcome::LesionOutcome;
use crate::project::{ChangeKind, Document, Entry, NamedEdit, Project};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// A change that is not on disk: it waits, in its order, until the disk takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsaved {
    /// What it is, and where.
    pub label: String,
    /// When it was made.
    pub at: Stamp,
    /// Why it could not be written.
    pub why: String,
}

/// The last change that is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastChange {
    /// What it was.
    pub label: String,
    /// When.
    pub at: Stamp,
}

impl LastChange {
    pub(super) fn of(entry: &Entry) -> Self {
        Self { label: entry.label.clone(), at: entry.at }
    }
}

/// The open project.
pub struct Desk {
    path: PathBuf,
    untitled: bool,
    document: Document,
    read_only: Option<ReadingOnly>,
    can_undo: Option<String>,
    can_redo: Option<String>,
    unsaved: Vec<Unsaved>,
    first: Option<LastChange>,
    last: Option<LastChange>,
    waiting: usize,
    revision: u64,
    /// A copy is being made: a change now would be missing in it.
    pub(super) copying: bool,
    /// The report of a change that was made before the project came to the desk.
    brought: Option<Report>,
    scribe: Scribe,
}

impl Desk {
    /// Puts a project on the desk.
    pub(super) fn new(pen: Pen, untitled: bool, inline: bool, wake: Wake) -> (Self, Vec<LesionOutcome>) {
        let document = pen.document().clone();
        let outcomes = pen.outcomes();
        let path = pen.project.store().path().to_owned();
        let (can_undo, can_redo) = pen.steps();
        let read_only = pen.reading_only();
        let (first, last) = (pen.first(), pen.last());
        let desk = Self {
            path,
            untitled,
            document,
            read_only,
            can_undo,
            can_redo,
            unsaved: Vec::new(),
            first,
            last,
            waiting: 0,
            revision: next_revision(),
            copying: false,
            brought: None,
            scribe: Scribe::new(pen, inline, wake),
        };
        (desk, outcomes)
    }

    /// The document, with what is not saved yet in it ([`Desk::unsaved`]).
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
        let stem = self.path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let sample = stem.strip_prefix("sample-").and_then(|rest| rest.split_once('@'));
        match sample {
            _ if !self.untitled => stem,
            Some((case, _)) => words::sample(case),
            None => words::UNTITLED.to_owned(),
        }
    }

    /// Whether nobody gave it a name yet.
    #[must_use]
    pub fn is_untitled(&self) -> bool {
        self.untitled
    }

    /// Why nothing can be changed, when it was opened to be read only.
    #[must_use]
    pub fn read_only(&self) -> Option<&str> {
        self.read_only.as_ref().map(|read_only| read_only.why.as_str())
    }

    /// The same with who has it and whether they are gone.
    #[must_use]
    pub fn reading_only(&self) -> Option<&ReadingOnly> {
        self.read_only.as_ref()
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

    /// Changes that could not be written, oldest first.
    #[must_use]
    pub fn unsaved(&self) -> &[Unsaved] {
        &self.unsaved
    }

    /// The last change that is on disk.
    #[must_use]
    pub fn last_saved(&self) -> Option<&LastChange> {
        self.last.as_ref()
    }

    /// When and how the project began: what tells it from others.
    pub(super) fn first_change(&self) -> Option<(Stamp, &str)> {
        self.first.as_ref().map(|first| (first.at, first.label.as_str()))
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

    pub(super) fn send(&mut self, task: Task) {
        if self.scribe.send(task) {
            self.waiting += 1;
        }
    }

    /// Runs something with the project itself, after all changes asked for before.
    pub(super) fn with_pen(&mut self, run: impl FnOnce(&mut Pen) + Send + 'static) {
        self.send(Task::With(Box::new(run)));
    }

    /// Takes the report of a change that was made on the way to the desk, to be acknowledged like any other.
    pub(super) fn take_first(&mut self, report: Report) {
        self.waiting += 1;
        self.brought = Some(report);
    }

    fn reports(&mut self) -> Vec<Report> {
        self.brought.take().into_iter().chain(self.scribe.reports()).collect()
    }

    /// The same, for what needs nothing but the project.
    pub(super) fn with_project(&mut self, run: impl FnOnce(&mut Project) + Send + 'static) {
        self.with_pen(move |pen| run(&mut pen.project));
    }
}

fn next_revision() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
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
            self.notices.tell(Level::Problem, why.why.clone(), false);
            return;
        }
        if desk.copying {
            self.notices.tell(Level::Problem, words::COPYING, false);
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

    pub(super) fn step_history(&mut self, task: Task, nothing: &str, possible: impl Fn(&Desk) -> bool) {
        let Some(desk) = &mut self.desk else { return };
        if let Some(why) = &desk.read_only {
            self.notices.tell(Level::Problem, why.why.clone(), false);
        } else if desk.copying {
            self.notices.tell(Level::Problem, words::COPYING, false);
        } else if possible(desk) || desk.is_writing() {
            desk.send(task);
            self.take_acknowledged();
        } else {
            self.notices.tell(Level::Note, nothing, false);
        }
    }

    /// Tries to write again what could not be written.
    pub(super) fn save_again(&mut self) {
        let today = self.today();
        if let Some(desk) = &mut self.desk {
            desk.send(Task::TryAgain { today });
        }
        self.take_acknowledged();
    }

    /// Gives up what could not be written: the project is shown as it is on disk.
    pub(super) fn give_up_unsaved(&mut self) {
        let today = self.today();
        if let Some(desk) = &mut self.desk {
            desk.send(Task::GiveUp { today });
        }
        self.take_acknowledged();
    }

    /// Takes in what the scribe has written: only now it is shown.
    pub(super) fn take_acknowledged(&mut self) {
        let Some(desk) = &mut self.desk else { return };
        let mut follow: Option<(Option<PatientId>, Option<VisitId>)> = None;
        let (mut changed, mut taken_over) = (false, false);
        for report in desk.reports() {
            let Report { document, can_undo, can_redo, unsaved, first, last, outcomes, reading_only, result, answers } =
                report;
            desk.read_only = reading_only;
            if answers {
                desk.waiting = desk.waiting.saturating_sub(1);
            }
            desk.document = document;
            desk.first = desk.first.take().or(first);
            (desk.can_undo, desk.can_redo, desk.unsaved, desk.last) = (can_undo, can_redo, unsaved, last);
            if !matches!(result, Outcome::Nothing | Outcome::Refused(_)) {
                changed = true;
                desk.revision = next_revision();
                self.outcomes.extend(outcomes.into_iter().map(|outcome| (outcome.lesion, outcome)));
            }
            match result {
                Outcome::Written { entry, tell, warning } => {
                    if let Some(warning) = warning {
                        self.notices.tell(Level::Problem, warning, false);
                    }
                    if tell {
                        let where_ = words::place(&desk.document, entry.patient, entry.visit);
                        let is_step_back = entry.undoes.is_some();
                        // Images of another patient are shown when they come in alone.
                        let elsewhere = entry.patient.is_some() && entry.patient != self.selection.patient;
                        if is_step_back || (entry.kind == ChangeKind::Import && elsewhere) {
                            follow = Some((entry.patient, entry.visit));
                        }
                        // A signature is taken back by an amendment only.
                        let can_undo = !is_step_back && !matches!(entry.kind, ChangeKind::Sign | ChangeKind::Amend);
                        self.notices.tell(Level::Done, words::done(&entry.label, &where_), can_undo);
                    }
                }
                Outcome::Waits { label } => self.notices.tell(Level::Note, words::not_written(&label), false),
                Outcome::Saved(count) => {
                    self.notices.put_away(words::NOT_SAVED);
                    self.notices.tell(Level::Note, words::saved_at_last(count), false);
                }
                Outcome::TakenBack(what) => self.notices.tell(Level::Note, what, false),
                Outcome::Seen | Outcome::Nothing => {}
                Outcome::TakenOver(notes) => {
                    taken_over = true;
                    self.notices.tell(Level::Note, words::TAKEN_OVER, false);
                    for note in notes {
                        self.notices.tell(Level::Note, note, false);
                    }
                }
                Outcome::Refused(why) => self.notices.tell(Level::Problem, why, false),
            }
        }
        if changed {
            let document = &desk.document;
            self.outcomes.retain(|lesion, _| document.lesion(*lesion).is_some());
            self.after_change(follow);
        }
        if taken_over {
            self.keep_from_now_on();
        }
    }
}
