//! The one-click tools: what was clicked on is outlined beside the window, shown dashed, corrected, then kept or dropped.
//!
//! A preview is no part of the project: until it is accepted nothing was changed, and accepting it is one change.

use super::desk::Intent;
use super::jobs::Lane;
use super::marking::{laid_on, stroke_edit};
use super::notices::Level;
use super::room::Pane;
use super::selecting::place_of;
use super::{Done, Slot, Tool, Workbench, words};
use crate::clinical::{LesionId, MarkId, MarkInfo, MarkRole, Organ, StackKey, VisitId};
use crate::geometry::{Grid, PatientPoint, VoxelIndex};
use crate::marks::{Click, Diameter, Hint, Leak, Mask, Outline, gap_mm, leaks, measure, outline_at, slice_outlines};
use crate::project::{Document, MarkRecord};
use std::sync::Arc;

/// A mark whose middle lies further than this from its lesion's place is asked about, mm (reading.md 5.2).
const FAR_FROM_LESION_MM: f64 = 30.0;

/// Viable tumour touches a zone when it lies no further from it than this many voxel diagonals (reading.md, R20).
const TOUCHES_DIAGONALS: f64 = 1.0;

/// What a person asks of the one-click tools.
#[derive(Debug, Clone, PartialEq)]
pub enum Outlining {
    /// Click: outlines what lies here; while a preview is shown, corrects it: outside of it, this belongs; inside, it
    /// does not.
    Click {
        /// The pane.
        pane: usize,
        /// Column and row.
        at: (f64, f64),
    },
    /// Drag: outlines what has this long axis.
    LongAxis {
        /// The pane.
        pane: usize,
        /// Column and row of one end.
        from: (f64, f64),
        /// And of the other.
        to: (f64, f64),
    },
    /// More or less strength, in steps of a tenth.
    Strength(i32),
    /// Takes back the last correction.
    Back,
    /// Keeps the preview; where something is asked, says yes to it.
    Accept,
    /// Keeps it for the other lesion that is asked about.
    AcceptFor(LesionId),
    /// Drops it; leaves no trace.
    Drop,
}

/// What is asked before a preview is kept.
#[derive(Debug, Clone, PartialEq)]
pub enum OutlineQuestion {
    /// It lies far from the chosen lesion.
    WhichLesion {
        /// How far from it, mm.
        far_mm: f64,
        /// A lesion that it lies nearer to, when there is one.
        nearer: Option<LesionId>,
    },
    /// Viable tumour neither in nor at a zone of this visit.
    AwayFromZone {
        /// The gap between them, mm.
        gap_mm: f64,
    },
}

/// What was worked out for a click.
#[derive(Debug)]
pub(crate) struct Outlined {
    click: Click,
    found: Result<Found, String>,
}

#[derive(Debug)]
struct Found {
    mask: Arc<Mask>,
    leaks: Vec<Leak>,
    longest: Diameter,
    perpendicular: Diameter,
    volume_ml: f64,
    middle: PatientPoint,
}

/// A preview.
pub(super) struct Preview {
    stack: StackKey,
    grid: Grid,
    lesion: LesionId,
    visit: VisitId,
    click: Click,
    found: Option<Found>,
    question: Option<OutlineQuestion>,
    /// Accepted before it was worked out.
    keep_when_ready: bool,
}

/// A preview as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct PreviewView<'a> {
    /// On which stack.
    pub stack: StackKey,
    /// Of which role.
    pub role: MarkRole,
    /// For which lesion.
    pub lesion: LesionId,
    /// 1 is usual.
    pub strength: f64,
    /// Corrections so far.
    pub hints: &'a [Hint],
    /// Whether the newest is still being worked out.
    pub working: bool,
    /// Longest diameter in a slice and the longest at right angles, mm, and the volume, ml; none before it is there.
    pub size: Option<(f64, f64, f64)>,
    /// Why it may have leaked.
    pub leaks: &'a [Leak],
    /// What is asked before it is kept.
    pub question: Option<&'a OutlineQuestion>,
}

impl Workbench {
    /// The preview of a one-click tool.
    #[must_use]
    pub fn preview(&self) -> Option<PreviewView<'_>> {
        let preview = self.preview.as_ref()?;
        let found = preview.found.as_ref();
        Some(PreviewView {
            stack: preview.stack,
            role: preview.click.role,
            lesion: preview.lesion,
            strength: preview.click.strength,
            hints: &preview.click.hints,
            working: self.jobs.is_running(&Slot::Outline),
            size: found.map(|f| (f.longest.length, f.perpendicular.length, f.volume_ml)),
            leaks: found.map_or(&[], |found| &found.leaks),
            question: preview.question.as_ref(),
        })
    }

    /// The preview on a slice of its stack.
    #[must_use]
    pub fn preview_on(&self, stack: StackKey, slice: u32) -> Vec<Outline> {
        let found = self.preview.as_ref().filter(|preview| preview.stack == stack).and_then(|p| p.found.as_ref());
        let runs = found.and_then(|found| Some((found.mask.slice(slice)?, found.mask.grid().dims[0])));
        runs.map(|(runs, columns)| slice_outlines(runs, columns)).unwrap_or_default()
    }

    pub(super) fn ask_outlining(&mut self, what: Outlining) {
        match what {
            Outlining::Click { pane, at } if self.preview.is_none() => self.begin_outline(pane, at, None),
            Outlining::Click { pane, at } => self.correct_outline(pane, at),
            Outlining::LongAxis { pane, from, to } => self.begin_outline(pane, from, Some(to)),
            Outlining::Strength(steps) => {
                if let Some(preview) = &mut self.preview {
                    let tenths = (preview.click.strength * 10.0).round() + f64::from(steps);
                    preview.click.strength = tenths.clamp(0.0, 20.0) / 10.0;
                    self.trace();
                }
            }
            Outlining::Back => {
                if let Some(preview) = &mut self.preview {
                    preview.click.hints.pop();
                    self.trace();
                }
            }
            Outlining::Accept => self.accept_outline(),
            Outlining::AcceptFor(lesion) => {
                if let Some(preview) = &mut self.preview {
                    preview.lesion = lesion;
                    self.keep_outline();
                }
            }
            Outlining::Drop => self.drop_outline(),
        }
    }

    /// A preview belongs to what was chosen when it was begun.
    pub(super) fn drop_stale_outline(&mut self) {
        let stale = |preview: &Preview| self.selection.lesion != Some(preview.lesion) || self.document().is_none();
        if self.preview.as_ref().is_some_and(stale) {
            self.drop_outline();
        }
    }

    pub(super) fn drop_outline(&mut self) {
        self.jobs.cancel(&Slot::Outline);
        self.preview = None;
    }

    /// The place of a click on a pane, and the stack that is shown there.
    fn clicked_on(&self, pane: usize, at: (f64, f64)) -> Option<(StackKey, Grid, PatientPoint)> {
        let shown = self.room.panes().get(pane).and_then(Pane::shown)?;
        let place = shown.grid.to_patient(VoxelIndex::new(at.0, at.1, f64::from(shown.slice)));
        Some((shown.stack, shown.grid.clone(), place))
    }

    fn begin_outline(&mut self, pane: usize, at: (f64, f64), to: Option<(f64, f64)>) {
        let Tool::Outline(role) = self.tool else { return };
        if self.reader.is_none() {
            self.notices.tell(Level::Problem, words::NO_READER, false);
            return;
        }
        let Some(lesion) = self.selection.lesion else { return };
        let Some((stack, grid, place)) = self.clicked_on(pane, at) else { return };
        let Some(visit) = self.document().and_then(|document| document.visit_of_stack(stack)) else { return };
        self.room.activate(pane);
        match self.images.get(stack) {
            Some(volume) if !volume.is_volume => {
                self.notices.tell(Level::Note, words::OUTLINE_NEEDS_VOLUME, false);
                return;
            }
            Some(volume) if volume.is_complete() => {}
            _ => {
                self.notices.tell(Level::Note, words::OUTLINE_STILL_READING, false);
                return;
            }
        }
        let mut click = Click::new(place, role);
        if let Some((_, _, end)) = to.and_then(|to| self.clicked_on(pane, to)) {
            click.long_axis = Some([place, end]);
            click.at = place + (end - place) * 0.5;
        }
        self.preview =
            Some(Preview { stack, grid, lesion, visit, click, found: None, question: None, keep_when_ready: false });
        self.trace();
    }

    fn correct_outline(&mut self, pane: usize, at: (f64, f64)) {
        let Some((stack, _, place)) = self.clicked_on(pane, at) else { return };
        let Some(preview) = &mut self.preview else { return };
        if preview.stack != stack {
            self.notices.tell(Level::Note, words::OUTLINE_ON_OTHER, false);
            return;
        }
        let Some(found) = &preview.found else { return };
        let index = preview.grid.to_index(place);
        let [i, j, k] = [index.i, index.j, index.k].map(|v| v.round().max(0.0) as u32);
        let inside = !found.mask.contains(i, j, k);
        preview.click.hints.push(Hint { at: place, inside });
        preview.question = None;
        self.trace();
    }

    /// Works the preview out in the background; the newest wins.
    fn trace(&mut self) {
        let Some(preview) = &self.preview else { return };
        let Some(volume) = self.images.get(preview.stack).cloned() else { return };
        let click = preview.click.clone();
        let before_ml = self.zone_before_ml(preview);
        let lesion = self.document().and_then(|document| document.lesion(preview.lesion));
        let in_lung = lesion.is_some_and(|lesion| lesion.organ == Organ::Lung);
        self.jobs.start(Slot::Outline, words::OUTLINING, Lane::Screen, move |_| {
            let found = outline_at(&volume, &click).map_err(|why| sentence(&why.to_string())).and_then(|mask| {
                let measured = measure(&mask).ok_or_else(|| words::OUTLINE_NOTHING.to_owned())?;
                let leaks = leaks(&mask, &volume, before_ml, in_lung);
                Ok(Found {
                    mask: Arc::new(mask),
                    leaks,
                    longest: measured.longest,
                    perpendicular: measured.perpendicular,
                    volume_ml: measured.volume_ml,
                    middle: measured.centroid,
                })
            });
            Done::Outlined(Box::new(Outlined { click, found }))
        });
    }

    /// The same mark at the newest visit before, ml.
    fn zone_before_ml(&self, preview: &Preview) -> Option<f64> {
        let document = self.document()?;
        let date = document.visit(preview.visit)?.date;
        let marks = document.marks_of_patient(document.lesion(preview.lesion)?.patient);
        let earlier = marks
            .filter(|mark| mark.info.role == preview.click.role && mark.info.lesions.contains(&preview.lesion))
            .filter_map(|mark| Some((document.visit(mark.info.visit)?.date, mark)))
            .filter(|(at, _)| *at < date)
            .max_by_key(|(at, mark)| (*at, mark.info.id))?;
        earlier.1.summary()?.volume_ml
    }

    pub(super) fn take_outlined(&mut self, outlined: Outlined) {
        let Some(preview) = &mut self.preview else { return };
        if preview.click != outlined.click {
            return; // for an older click
        }
        match outlined.found {
            Ok(found) => {
                preview.found = Some(found);
                if preview.keep_when_ready {
                    self.accept_outline();
                }
            }
            Err(why) => {
                self.preview = None;
                self.notices.tell(Level::Note, why, false);
            }
        }
    }

    fn accept_outline(&mut self) {
        let working = self.jobs.is_running(&Slot::Outline);
        let Some(preview) = &mut self.preview else { return };
        if working || preview.found.is_none() {
            preview.keep_when_ready = true;
            return;
        }
        preview.keep_when_ready = false;
        if preview.question.is_none()
            && let Some(question) = self.outline_question()
        {
            if let Some(preview) = &mut self.preview {
                preview.question = Some(question);
            }
            return;
        }
        self.keep_outline();
    }

    /// What has to be asked before the preview is kept; one thing at most.
    fn outline_question(&self) -> Option<OutlineQuestion> {
        let preview = self.preview.as_ref()?;
        let found = preview.found.as_ref()?;
        let document = self.document()?;
        let far_mm = |lesion: LesionId| {
            let (stack, point) = place_of(document, lesion)?;
            let link = self.link(stack, preview.stack)?;
            Some(link.rigid_mm.apply(point).distance_mm(found.middle))
        };
        if let Some(own_mm) = far_mm(preview.lesion).filter(|mm| *mm > FAR_FROM_LESION_MM) {
            let patient = document.lesion(preview.lesion)?.patient;
            let others = document.lesions_of(patient).filter(|lesion| lesion.id != preview.lesion);
            let nearest = others
                .filter_map(|lesion| Some((far_mm(lesion.id)?, lesion.id)))
                .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let nearer = nearest.filter(|(mm, _)| *mm < own_mm).map(|(_, lesion)| lesion);
            return Some(OutlineQuestion::WhichLesion { far_mm: own_mm, nearer });
        }
        if preview.click.role != MarkRole::ViableTumour {
            return None;
        }
        let zones = document
            .marks_of(preview.lesion, preview.visit)
            .filter(|mark| mark.info.role == MarkRole::AblationZone)
            .filter_map(|mark| document.mask(mark.info.id));
        let gap_mm = zones.filter_map(|zone| gap_mm(&found.mask, zone)).min_by(f64::total_cmp)?;
        let diagonal_mm = preview.grid.spacing_mm.iter().map(|mm| mm * mm).sum::<f64>().sqrt();
        (gap_mm > TOUCHES_DIAGONALS * diagonal_mm).then_some(OutlineQuestion::AwayFromZone { gap_mm })
    }

    /// Keeps the preview: one change, one undo, and back to scrolling. A mark of the same kind that it overlaps is
    /// replaced, anything else stays beside it.
    fn keep_outline(&mut self) {
        let Some(preview) = self.preview.take() else { return };
        let Some(found) = preview.found else { return };
        self.tool = Tool::Scroll;
        let volume = self.images.get(preview.stack).cloned();
        let Preview { stack, grid, lesion, visit, click, .. } = preview;
        self.change_as_reader(move |document, reader, _| {
            let record = document.stack(stack).ok_or(words::STACK_GONE)?;
            document.lesion(lesion).ok_or(words::LESION_GONE)?;
            let known = overlapped(document, lesion, visit, stack, click.role, &found.mask);
            let known = known.and_then(|mark| document.mark(mark)).cloned();
            let mark = known.unwrap_or_else(|| MarkRecord {
                info: MarkInfo {
                    id: document.next_mark(),
                    role: click.role,
                    lesions: vec![lesion],
                    patient: record.patient,
                    visit,
                    reader,
                    stack,
                    ordinal: document.next_ordinal(lesion, visit, click.role),
                    primary: document.mark_for(lesion, visit, click.role).is_none(),
                },
                grid: grid.clone(),
                measured: None,
            });
            let old = match document.mask(mark.info.id) {
                Some(mask) => laid_on(mask, &grid).ok_or(words::OTHER_GRID)?,
                None => Arc::new(Mask::new(grid.clone()).map_err(|error| error.to_string())?),
            };
            Ok(Intent::tell(stroke_edit(document, mark, &old, &found.mask, volume.as_deref())?))
        });
    }
}

/// A reason as a sentence.
fn sentence(why: &str) -> String {
    let mut letters = why.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).chain(std::iter::once('.')).collect()
}

/// The mark of the same lesion, visit, stack and role that shares most voxels with a mask.
fn overlapped(
    document: &Document,
    lesion: LesionId,
    visit: VisitId,
    stack: StackKey,
    role: MarkRole,
    mask: &Mask,
) -> Option<MarkId> {
    let shared = |mark: &MarkRecord| {
        let other = document.mask(mark.info.id)?;
        let other = laid_on(other, mask.grid())?;
        let both = |(k, runs): (&u32, &crate::marks::RleSlice)| {
            other.slice(*k).map_or(0, |theirs| runs.count() - runs.subtract(theirs).count())
        };
        Some(mask.slices().iter().map(both).sum::<u64>()).filter(|count| *count > 0)
    };
    document
        .marks_of(lesion, visit)
        .filter(|mark| mark.info.role == role && mark.info.stack == stack)
        .filter_map(|mark| Some((shared(mark)?, std::cmp::Reverse(mark.info.id))))
        .max()
        .map(|(_, mark)| mark.0)
}
