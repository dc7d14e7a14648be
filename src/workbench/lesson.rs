//! What is true of a sample beside what its reader answered: for after the visit was signed, or at once where the
//! project says so. Nothing of it is shown before, and nothing of it is written into the project.

use super::jobs::Lane;
use super::room::Pane;
use super::{Done, Slot, Workbench, words};
use crate::clinical::{Answer, Coded, LesionId, MarkRole, PatientId, Shape, StackKey, Track, VisitId};
use crate::geometry::PatientPoint;
use crate::hanging::short_role;
use crate::marks::{Mask, RleSlice, Run};
use crate::outcome::Word;
use crate::phantom::{self, KeyTruth, Truth, TruthMask};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// A region that is known exactly, on the grid of one series.
#[derive(Debug, Clone, PartialEq)]
pub struct TrueRegion {
    /// Label of the lesion.
    pub lesion: String,
    /// What it is.
    pub role: MarkRole,
    /// Where it is.
    pub mask: Arc<Mask>,
}

/// The truth of the case that a patient's images are of.
#[derive(Debug, PartialEq)]
pub(crate) struct Lesson {
    truth: Truth,
    /// By Series Instance UID.
    regions: BTreeMap<String, Vec<TrueRegion>>,
}

/// The lesson of the chosen patient, and for what it was looked up.
#[derive(Default)]
pub(super) struct Lessons {
    /// The patient, and how many stacks there were.
    of: Option<(PatientId, usize)>,
    lesson: Option<Arc<Lesson>>,
}

/// How an answer stands to the expected one. Nothing is counted: a key is to learn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// The answer is the expected one.
    Expected,
    /// Another one that is not wrong.
    Accepted,
    /// Another one.
    Different,
    /// There is no answer.
    Unanswered,
}

impl Beside {
    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Expected => "as expected",
            Self::Accepted => "accepted too",
            Self::Different => "differs",
            Self::Unanswered => "not answered",
        }
    }
}

/// The key of a lesion at a visit beside what was answered.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyLine<'a> {
    /// The lesion.
    pub lesion: LesionId,
    /// Its label.
    pub label: &'a str,
    /// What was expected, and why.
    pub key: &'a KeyTruth,
    /// What was answered.
    pub answer: Option<Answer>,
    /// The shape that was seen.
    pub shape: Option<Shape>,
    /// The word that follows from the answers so far.
    pub word: Option<Word>,
    /// How the answer stands to the expected one.
    pub beside: Beside,
    /// The series to look at, in words; none when it is not in the project.
    pub look_at: Option<String>,
}

impl Workbench {
    /// Whether the project shows keys and truth before a visit is signed.
    #[must_use]
    pub fn truth_at_once(&self) -> bool {
        self.document().is_some_and(|document| document.settings().truth_at_once)
    }

    /// Whether what is true of a visit may be shown: it is signed, or there is nothing to sign and a later visit is.
    #[must_use]
    pub fn truth_is_open(&self, visit: VisitId) -> bool {
        let Some((document, row)) = self.document().and_then(|document| Some((document, document.visit(visit)?)))
        else {
            return false;
        };
        let signed = |visit| document.signature(visit, Track::Main).is_some();
        self.truth_at_once()
            || signed(visit)
            || (self.due(visit).is_empty()
                && !self.is_hidden(visit)
                && document.visits_of(row.patient).iter().any(|other| other.date > row.date && signed(other.id)))
    }

    /// Looks up the truth of the chosen patient's case as soon as any of it may be shown.
    pub(super) fn refresh_lesson(&mut self) {
        let Some((document, patient)) = self.document().zip(self.selection.patient) else { return };
        let of = (patient, document.stacks().filter(|record| record.patient == patient).count());
        if self.lessons.of == Some(of) {
            return;
        }
        let any_open = document.visits_of(patient).iter().any(|visit| self.truth_is_open(visit.id));
        if !any_open {
            return;
        }
        let records: Vec<_> = document.stacks().filter(|record| record.patient == patient).collect();
        let image = records.first().and_then(|record| self.images.sources(record.info.key));
        let image = image.and_then(|sources| sources.first().map(|source| source.path.clone()));
        let mut series: Vec<String> = records.iter().map(|record| record.info.series_uid.clone()).collect();
        series.sort();
        series.dedup();
        self.lessons = Lessons { of: Some(of), lesson: None };
        self.jobs.start(Slot::Lesson, words::LOOKING_UP_TRUTH, Lane::Loading, move |_| {
            Done::Lesson(lesson(&series, image).map(Arc::new))
        });
        self.pump_inline();
    }

    pub(super) fn take_lesson(&mut self, lesson: Option<Arc<Lesson>>) {
        self.lessons.lesson = lesson;
    }

    fn lesson(&self) -> Option<&Lesson> {
        let (patient, _) = self.lessons.of?;
        self.lessons.lesson.as_deref().filter(|_| self.selection.patient == Some(patient))
    }

    /// What the case calls a visit of the project.
    fn visit_in<'a>(&self, lesson: &'a Lesson, visit: VisitId) -> Option<&'a phantom::VisitTruth> {
        let stacks = self.document()?.stacks_of(visit);
        let is_of = |truth: &&phantom::VisitTruth| {
            stacks.iter().any(|stack| truth.series.iter().any(|series| series.uid == stack.info.series_uid))
        };
        lesson.truth.visits.iter().find(is_of)
    }

    /// The keys of the lesions at a visit beside the answers, when they may be shown; by lesion.
    #[must_use]
    pub fn keys_at(&self, visit: VisitId) -> Vec<KeyLine<'_>> {
        let Some((lesson, document)) = self.lesson().zip(self.document()).filter(|_| self.truth_is_open(visit)) else {
            return Vec::new();
        };
        let Some((row, truth)) = document.visit(visit).zip(self.visit_in(lesson, visit)) else { return Vec::new() };
        let lines = document.lesions_of(row.patient).filter_map(|lesion| {
            let of = lesson.truth.lesions.iter().find(|of| of.label == lesion.label)?;
            let key = of.visits.iter().find(|at| at.visit == truth.id)?.key.as_ref()?;
            let finding = document.finding_for(lesion.id, visit, Track::Main);
            let answer = finding.and_then(|finding| finding.answer);
            let beside = match answer {
                None => Beside::Unanswered,
                Some(given) if given == key.answer => Beside::Expected,
                Some(given) if key.also_accepted.contains(&given) => Beside::Accepted,
                Some(_) => Beside::Different,
            };
            let word = self.outcome(lesion.id).and_then(|outcome| outcome.at(visit)).map(|at| at.word.value);
            let look_at = self.stack_of(lesson, &key.look_at).and_then(|stack| document.stack(stack));
            let shape = finding.and_then(|finding| finding.shape);
            let look_at = look_at.map(|record| short_role(record.role).to_owned());
            Some(KeyLine { lesion: lesion.id, label: &lesion.label, key, answer, shape, word, beside, look_at })
        });
        lines.collect()
    }

    fn stack_of(&self, lesson: &Lesson, folder: &str) -> Option<StackKey> {
        let series = lesson.truth.visits.iter().flat_map(|visit| &visit.series).find(|s| s.folder == folder)?;
        self.document()?.stacks().find(|record| record.info.series_uid == series.uid).map(|record| record.info.key)
    }

    /// What a reader should have said of the rest of the scan of a visit, when it may be shown.
    #[must_use]
    pub fn expected_elsewhere(&self, visit: VisitId) -> Option<&str> {
        let truth = self.visit_in(self.lesson().filter(|_| self.truth_is_open(visit))?, visit)?;
        Some(truth.elsewhere.as_str()).filter(|words| !words.is_empty())
    }

    /// What the case teaches, once no visit is left that it would give away; else none.
    #[must_use]
    pub fn teaching_point(&self) -> Option<&str> {
        let lesson = self.lesson()?;
        let all = self.visits().iter().all(|visit| self.due(visit.id).is_empty() || self.truth_is_open(visit.id));
        all.then_some(lesson.truth.teaching_point.as_str())
    }

    /// What the model of the case does not show; it gives nothing away.
    #[must_use]
    pub fn not_shown(&self) -> Option<&str> {
        self.lesson().map(|lesson| lesson.truth.note.as_str())
    }

    /// The true regions on the stack of a pane, when they may be shown.
    #[must_use]
    pub fn true_regions(&self, pane: usize) -> &[TrueRegion] {
        let regions = || {
            let (lesson, document) = self.lesson().zip(self.document())?;
            let stack = self.room.panes().get(pane).and_then(Pane::shown)?.stack;
            let visit = document.visit_of_stack(stack).filter(|visit| self.truth_is_open(*visit))?;
            document.visit(visit)?;
            lesson.regions.get(&document.stack(stack)?.info.series_uid)
        };
        regions().map_or(&[], Vec::as_slice)
    }

    /// Goes to the image that shows the answer of a lesion at the chosen visit.
    pub(super) fn look_at_key(&mut self, lesion: LesionId) {
        let Some(visit) = self.selection.visit else { return };
        let found = || {
            let line = self.keys_at(visit).into_iter().find(|line| line.lesion == lesion)?;
            let lesson = self.lesson()?;
            let stack = self.stack_of(lesson, &line.key.look_at)?;
            let at = lesson.truth.lesions.iter().find(|of| of.label == line.label)?.visits.iter();
            let truth = self.visit_in(lesson, visit)?;
            let at = at.clone().find(|at| at.visit == truth.id)?;
            let region = at.viable_tumour.as_ref().or(at.in_retrospect.as_ref()).or(at.ablation_zone.as_ref());
            let place = region.map_or(at.place, |region| region.centre);
            Some((stack, PatientPoint::new(place.x, place.y, line.key.slice_z_mm)))
        };
        let Some((stack, point)) = found() else {
            self.notices.tell(super::Level::Problem, words::KEY_IMAGE_GONE, false);
            return;
        };
        if self.selection.lesion != Some(lesion) {
            self.select_lesion(lesion);
        }
        self.look_at(stack, point);
    }

    /// Shows a place of a stack: where the stack hangs, else in the pane of its visit, else in the active one. It is
    /// looked at, and not remembered as a choice.
    fn look_at(&mut self, stack: StackKey, point: PatientPoint) {
        let Some(document) = self.document() else { return };
        let Some(record) = document.stack(stack).cloned() else { return };
        let shows = |of: &dyn Fn(StackKey) -> bool| {
            let panes = self.room.panes().iter();
            panes.map(|pane| pane.shown().is_some_and(|shown| of(shown.stack))).position(|there| there)
        };
        let visit = document.visit_of_stack(stack);
        let there = shows(&|other| other == stack);
        let pane = there.or_else(|| shows(&|other| document.visit_of_stack(other) == visit));
        let pane = pane.unwrap_or(self.room.active());
        let with = super::selecting::shown(&record);
        self.with_links(|room, links| {
            if there.is_none() {
                room.replace(pane, with, links);
            }
            room.activate(pane);
            room.go_to(pane, point, links);
        });
        self.prepare_panes();
    }
}

/// The truth of the case that series are of: of a case of the program by their UIDs, else from the file that lies
/// beside the images of a case that a teacher wrote.
fn lesson(series: &[String], image: Option<PathBuf>) -> Option<Lesson> {
    let known = series.iter().find_map(|uid| phantom::case_of_series(uid));
    let truth = match known {
        Some((case, _)) => phantom::truth(case).ok()?,
        // CASE/VISIT/SERIES/001.dcm
        None => phantom::truth_in(image?.ancestors().nth(3)?).ok()?,
    };
    let is_of = |uid: &String| truth.visits.iter().flat_map(|visit| &visit.series).any(|of| of.uid == *uid);
    let ours: Vec<&String> = series.iter().filter(|uid| is_of(uid)).collect();
    ours.first()?;
    let on = |uid: &String| truth.masks_on(uid).unwrap_or_default().into_iter().filter_map(region).collect();
    let regions = ours.into_iter().map(|uid| (uid.clone(), on(uid))).collect();
    Some(Lesson { truth, regions })
}

fn region(of: TruthMask) -> Option<TrueRegion> {
    let mut slices: BTreeMap<u32, Vec<Run>> = BTreeMap::new();
    for [column, row, slice] in of.voxels {
        slices.entry(slice).or_default().push(Run { start: row * of.grid.dims[0] + column, len: 1 });
    }
    let slices = slices.into_iter().map(|(slice, runs)| (slice, RleSlice::from_runs(runs)));
    let mask = Mask::from_slices(of.grid, slices).ok()?;
    Some(TrueRegion { lesion: of.lesion, role: of.role, mask: Arc::new(mask) })
}

impl KeyLine<'_> {
    /// The expected answer with the others that are accepted: "No viable tumour (or Equivocal)".
    #[must_use]
    pub fn expected(&self) -> String {
        let others: Vec<&str> = self.key.also_accepted.iter().map(|answer| answer.words()).collect();
        let also = if others.is_empty() { String::new() } else { format!(" (or {})", others.join(", ")) };
        format!("{}{also}", self.key.answer.words())
    }
}
