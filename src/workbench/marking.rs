//! Marks: the stroke under the brush, and marks as outlines on any pane.

use super::desk::{Intent, NoEdit};
use super::notices::Level;
use super::room::Pane;
use super::selecting::place_of;
use super::{Tool, Workbench, words};
use crate::clinical::{LesionId, MarkId, MarkInfo, MarkRole, StackKey};
use crate::dicom::{Shape, StackInfo};
use crate::geometry::{Grid, Rigid};
use crate::marks::{
    Mask, Outline, RleSlice, SlicePoint, capsule, disc, grids_coincide, relaid, slice_outlines, summary,
};
use crate::project::{Document, MarkRecord, NamedEdit, edits};
use crate::volume::Volume;
use std::sync::Arc;

/// A stroke from brush down to brush up, on one slice.
pub(super) struct Stroke {
    pane: usize,
    stack: StackKey,
    slice: u32,
    grid: Grid,
    role: MarkRole,
    erase: bool,
    lesion: LesionId,
    mark: Option<MarkId>,
    last: SlicePoint,
    touched: RleSlice,
    /// The slice as it was before.
    before: RleSlice,
    outlines: Vec<Outline>,
}

impl Stroke {
    fn after(&self) -> RleSlice {
        if self.erase { self.before.subtract(&self.touched) } else { self.before.union(&self.touched) }
    }

    fn touch(&mut self, runs: &RleSlice) {
        self.touched = self.touched.union(runs);
        self.outlines = slice_outlines(&self.after(), self.grid.dims[0]);
    }
}

/// The stroke that is being drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct StrokeView<'a> {
    /// On which stack.
    pub stack: StackKey,
    /// On which slice.
    pub slice: u32,
    /// Of which role.
    pub role: MarkRole,
    /// The mark it changes, which is not drawn meanwhile.
    pub mark: Option<MarkId>,
    /// The slice as it will be.
    pub outlines: &'a [Outline],
}

/// A label stays on slices this close to the lesion's place, mm.
const NEAR_MM: f64 = 5.0;

/// Where a lesion lies on a pane's slice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LesionSpot {
    /// The lesion.
    pub lesion: LesionId,
    /// Column and row.
    pub at: (f64, f64),
    /// Whether its place is on this slice, as against close to it.
    pub on_slice: bool,
    /// Whether the place comes through a link that nobody confirmed.
    pub expected: bool,
}

/// A mark's outline on a pane's slice.
#[derive(Debug, Clone, PartialEq)]
pub struct MarkOutline {
    /// The mark.
    pub mark: MarkId,
    /// What it outlines.
    pub role: MarkRole,
    /// The lesions it belongs to.
    pub lesions: Vec<LesionId>,
    /// Whether it was drawn on another stack and came through a link.
    pub carried: bool,
    /// Closed lines in (column, row) of the pane's stack.
    pub outlines: Vec<Outline>,
}

impl Workbench {
    /// The stroke that is being drawn.
    #[must_use]
    pub fn stroke(&self) -> Option<StrokeView<'_>> {
        self.stroke.as_ref().map(|stroke| StrokeView {
            stack: stroke.stack,
            slice: stroke.slice,
            role: stroke.role,
            mark: stroke.mark,
            outlines: &stroke.outlines,
        })
    }

    /// The marks that belong on a pane, each with the movement from where it was drawn to the pane's stack: a
    /// mark is a finding of its visit, shown on all stacks of that visit; the tumour, as the target that was
    /// there before, is shown at every visit.
    #[must_use]
    pub fn marks_shown(&self, pane: usize) -> Vec<(&MarkRecord, Rigid)> {
        let Some((document, shown)) = self.document().zip(self.room.panes().get(pane).and_then(Pane::shown)) else {
            return Vec::new();
        };
        let Some(record) = document.stack(shown.stack) else { return Vec::new() };
        let visit = document.visit_of_stack(shown.stack);
        let marks = document.marks_of_patient(record.patient).filter_map(|mark| {
            let same_stack = mark.info.stack == shown.stack;
            let wanted = same_stack || Some(mark.info.visit) == visit || mark.info.role == MarkRole::Tumour;
            if !wanted || (!same_stack && !shown.placed) {
                return None;
            }
            // A place among pictures one by one means nothing on other pictures, nor in the patient.
            let apart = StackInfo::is_of_pictures(&mark.grid) || !shown.placed;
            if apart && !grids_coincide(&mark.grid, &shown.grid) {
                return None;
            }
            let rigid = if same_stack { Rigid::IDENTITY } else { self.link(mark.info.stack, shown.stack)?.rigid_mm };
            Some((mark, rigid))
        });
        marks.collect()
    }

    /// Where lesions lie on a pane: label and (column, row), for those within half a slice step, or on the
    /// slice through the lesion's place where nothing else is shown.
    #[must_use]
    pub fn lesions_on(&self, pane: usize) -> Vec<LesionSpot> {
        let Some((document, shown)) = self.document().zip(self.room.panes().get(pane).and_then(Pane::shown)) else {
            return Vec::new();
        };
        let Some(record) = document.stack(shown.stack).filter(|_| shown.placed) else { return Vec::new() };
        document
            .lesions_of(record.patient)
            .filter_map(|lesion| {
                let (stack, point) = place_of(document, lesion.id)?;
                let link = self.link(stack, shown.stack)?;
                let at = shown.grid.to_index(link.rigid_mm.apply(point));
                let off_mm = (at.k - f64::from(shown.slice)).abs() * shown.grid.spacing_mm[2];
                let on_slice = off_mm <= shown.grid.spacing_mm[2] / 2.0 + 1e-6;
                (on_slice || off_mm <= NEAR_MM).then_some(LesionSpot {
                    lesion: lesion.id,
                    at: (at.i, at.j),
                    on_slice,
                    expected: link.is_unconfirmed(),
                })
            })
            .collect()
    }

    pub(super) fn begin_stroke(&mut self, pane: usize, at: (f64, f64)) {
        let (Tool::Brush(role) | Tool::Eraser(role)) = self.tool else { return };
        let erase = matches!(self.tool, Tool::Eraser(_));
        if self.reader.is_none() {
            // After a restart the tool is at hand and nobody said yet who reads.
            self.notices.tell(Level::Problem, words::NO_READER, false);
            return;
        }
        let Some(lesion) = self.selection.lesion else { return };
        let Some(document) = self.document() else { return };
        let Some(shown) = self.room.panes().get(pane).and_then(Pane::shown).cloned() else { return };
        if shown.cut.is_some() || shown.minus.is_some() {
            self.notices.tell(Level::Note, super::looking_words::CUT_NOT_PAINTED, false);
            return;
        }
        let Some(visit) = document.visit_of_stack(shown.stack) else { return };
        let existing = document
            .marks_of(lesion, visit)
            .filter(|mark| mark.info.role == role && mark.info.stack == shown.stack)
            .filter_map(|mark| Some((mark, laid_on(document.mask(mark.info.id)?, &shown.grid)?)))
            .min_by_key(|(mark, _)| (!mark.info.primary, mark.info.ordinal, mark.info.id));
        let before = existing.as_ref().and_then(|(_, mask)| mask.slice(shown.slice).cloned()).unwrap_or_default();
        let existing = existing.map(|(mark, _)| mark.info.id);
        if existing.is_none() && erase {
            self.notices.tell(Level::Note, words::NOTHING_TO_ERASE, false);
            return;
        }
        let start = SlicePoint { i: at.0, j: at.1 };
        let first = disc(&shown.grid, start, self.brush_radius_mm);
        let mut stroke = Stroke {
            pane,
            stack: shown.stack,
            slice: shown.slice,
            grid: shown.grid,
            role,
            erase,
            lesion,
            mark: existing,
            last: start,
            touched: RleSlice::default(),
            before,
            outlines: Vec::new(),
        };
        stroke.touch(&first);
        self.room.activate(pane);
        self.stroke = Some(stroke);
    }

    pub(super) fn extend_stroke(&mut self, at: (f64, f64)) {
        let radius = self.brush_radius_mm;
        let Some(stroke) = &mut self.stroke else { return };
        let to = SlicePoint { i: at.0, j: at.1 };
        let runs = capsule(&stroke.grid, stroke.last, to, radius);
        stroke.last = to;
        stroke.touch(&runs);
    }

    /// Lifts the brush: the whole stroke is one change and one undo.
    pub(super) fn end_stroke(&mut self) {
        let Some(stroke) = self.stroke.take() else { return };
        let volume = self.images.get(stroke.stack).cloned();
        self.room.activate(stroke.pane);
        self.change_as_reader(move |document, reader, _| {
            let visit = document.visit_of_stack(stroke.stack).ok_or(words::STACK_GONE)?;
            let record = document.stack(stroke.stack).ok_or(words::STACK_GONE)?;
            document.lesion(stroke.lesion).ok_or(words::LESION_GONE)?;
            // The scribe may know a newer mark than the window did when the brush went down.
            let existing = stroke.mark.and_then(|mark| document.mark(mark)).cloned();
            let mark = existing.unwrap_or_else(|| MarkRecord {
                info: MarkInfo {
                    id: document.next_mark(),
                    role: stroke.role,
                    lesions: vec![stroke.lesion],
                    patient: record.patient,
                    visit,
                    reader,
                    stack: stroke.stack,
                    ordinal: document.next_ordinal(stroke.lesion, visit, stroke.role),
                    primary: document.mark_for(stroke.lesion, visit, stroke.role).is_none(),
                },
                grid: stroke.grid.clone(),
                measured: None,
            });
            let old = match document.mask(mark.info.id) {
                Some(mask) => laid_on(mask, &stroke.grid).ok_or(words::OTHER_GRID)?,
                None => Arc::new(Mask::new(mark.grid.clone()).map_err(|error| error.to_string())?),
            };
            let mut new = Mask::clone(&old);
            let runs = &stroke.touched;
            let painted = if stroke.erase { new.remove(stroke.slice, runs) } else { new.add(stroke.slice, runs) };
            painted.map_err(|error| error.to_string())?;
            Ok(Intent::tell(stroke_edit(document, mark, &old, &new, volume.as_deref())?))
        });
    }

    pub(super) fn delete_mark(&mut self, mark: MarkId) {
        self.edit(move |document| Ok(edits::remove_mark(document, mark)?));
    }

    /// The mark that painting would change now: of the chosen lesion, in the active pane, of the tool's role.
    #[must_use]
    pub fn mark_at_hand(&self) -> Option<MarkId> {
        let document = self.document()?;
        let shown = self.room.panes().get(self.room.active())?.shown()?;
        let visit = document.visit_of_stack(shown.stack)?;
        let marks = document.marks_of(self.selection.lesion?, visit);
        let of_role = |role: Option<MarkRole>, mark: &MarkRecord| role.is_none_or(|role| mark.info.role == role);
        marks
            .filter(|mark| mark.info.stack == shown.stack && of_role(self.tool.role(), mark))
            .max_by_key(|mark| mark.info.id)
            .map(|mark| mark.info.id)
    }
}

/// A mark's voxels on the grid that is painted on: its own, or, where slices came to the stack after it was drawn, the
/// longer one. `None` where its voxels lie between those of the grid.
pub(super) fn laid_on(mask: &Arc<Mask>, grid: &Grid) -> Option<Arc<Mask>> {
    if grids_coincide(mask.grid(), grid) { Some(Arc::clone(mask)) } else { relaid(mask, grid).map(Arc::new) }
}

/// The edit that takes a mark from one set of voxels to another, measured. A mark left empty is removed.
pub(super) fn stroke_edit(
    document: &Document,
    mark: MarkRecord,
    old: &Mask,
    new: &Mask,
    volume: Option<&Volume>,
) -> Result<NamedEdit, NoEdit> {
    let delta = old.delta_to(new).map_err(|error| error.to_string())?;
    let id = mark.info.id;
    if delta.is_empty() {
        return Err(NoEdit::Nothing);
    }
    if new.is_empty() {
        return Ok(edits::remove_mark(document, id)?);
    }
    let record = document.stack(mark.info.stack).ok_or(words::STACK_GONE)?;
    let calibrated = record.info.pixel_spacing_mm.is_some();
    let is_volume = matches!(record.info.shape, Shape::Volume(_));
    let measured = Some(summary(&mark.info, new, volume, calibrated, is_volume).into());
    let known = document.mark(id);
    if known.is_some_and(|known| known.grid != *new.grid()) {
        Ok(edits::mark_on_grid(document, id, new, measured)?)
    } else if known.is_some() {
        Ok(edits::mark_stroke(document, id, delta, measured)?)
    } else {
        Ok(edits::new_mark(document, mark.info, mark.grid, delta, measured))
    }
}
