//! How panes are linked and moved: links in force, matches, windows.

use super::images::ImageMemory;
use super::notices::Level;
use super::room::{LinkOf, Pane, Room};
use super::{Tool, Workbench, words};
use crate::alignment::{Link, Placed, Placement, resolve};
use crate::clinical::{LesionId, PatientId, StackKey};
use crate::dicom::FileWindow;
use crate::geometry::{Anatomical, Grid, SpaceId, main_plane};
use crate::project::{Document, StackRecord};

/// What linking needs to know of a stack; `None` for pictures, which have no place.
fn placed(document: &Document, record: &StackRecord) -> Option<Placed> {
    if matches!(record.info.shape, crate::dicom::Shape::PictureStack { .. }) {
        return None;
    }
    let frame = record.info.frame_of_reference_uid.clone();
    Some(Placed {
        key: record.info.key,
        visit: document.visit_of_stack(record.info.key)?,
        has_frame_of_reference: frame.is_some(),
        space: SpaceId(frame.unwrap_or_else(|| record.info.key.to_string())),
    })
}

/// Which way slices grow when a reader scrolls down: towards the feet, the back, or the patient's left.
#[must_use]
pub fn scroll_sign(grid: &Grid) -> i64 {
    let step = grid.axes[2].vector();
    let down = match main_plane(grid.normal()) {
        Anatomical::Axial => -step.z,
        Anatomical::Coronal => step.y,
        Anatomical::Sagittal => step.x,
    };
    if down < 0.0 { -1 } else { 1 }
}

/// The number of a slice as a reader counts, from the top, and how many there are.
#[must_use]
pub fn reading_number(grid: &Grid, slice: u32) -> (u32, u32) {
    let count = grid.dims[2];
    let n = if scroll_sign(grid) > 0 { slice + 1 } else { count.saturating_sub(slice) };
    (n, count)
}

/// Everything that links between the stacks of one patient depend on.
pub(super) struct Links {
    lesion: Option<LesionId>,
    stacks: Vec<Placed>,
    placements: Vec<Placement>,
}

impl Links {
    pub(super) fn of(document: &Document, patient: PatientId, lesion: Option<LesionId>) -> Self {
        let records = document.stacks().filter(|record| record.patient == patient);
        let stacks: Vec<Placed> = records.filter_map(|record| placed(document, record)).collect();
        let here = |key: StackKey| stacks.iter().any(|stack| stack.key == key);
        let placements = document.placements().filter(|p| here(p.from) && here(p.to)).cloned().collect();
        Self { lesion, stacks, placements }
    }

    pub(super) fn between(&self, from: StackKey, to: StackKey) -> Option<Link> {
        let find = |key| self.stacks.iter().find(|stack| stack.key == key);
        Some(resolve(find(from)?, find(to)?, self.lesion, &self.placements, &self.stacks))
    }
}

impl Workbench {
    fn links(&self) -> Option<Links> {
        Some(Links::of(self.document()?, self.selection.patient?, self.selection.lesion))
    }

    /// How one stack lies to another of the chosen patient.
    #[must_use]
    pub fn link(&self, from: StackKey, to: StackKey) -> Option<Link> {
        self.links()?.between(from, to)
    }

    /// How a pane is linked to the first one, for the line in its corner; `None` when it stands alone.
    #[must_use]
    pub fn pane_link(&self, pane: usize) -> Option<Link> {
        let first = self.room.panes().first()?.shown()?;
        let other = self.room.panes().get(pane)?.shown()?;
        if pane == 0 || !self.linked { None } else { self.link(first.stack, other.stack) }
    }

    /// Changes the room with the links in force; without links when the panes move alone.
    pub(super) fn with_links(&mut self, change: impl FnOnce(&mut Room, LinkOf)) {
        let links = if self.linked { self.links() } else { None };
        let between = |from: StackKey, to: StackKey| links.as_ref().and_then(|links| links.between(from, to));
        change(&mut self.room, &between);
        self.keep_loading();
    }

    /// The same, for what may move alone although panes are linked.
    pub(super) fn with_links_if(&mut self, together: bool, change: impl FnOnce(&mut Room, LinkOf)) {
        if together {
            self.with_links(change);
        } else {
            change(&mut self.room, &|_, _| None);
            self.keep_loading();
        }
    }

    /// Volumes that were dropped for memory are read again when shown.
    fn keep_loading(&mut self) {
        let missing = self.room.panes().iter().filter_map(Pane::shown).any(|s| self.images.get(s.stack).is_none());
        if missing {
            self.prepare_panes();
        }
    }

    pub(super) fn next_pane(&mut self) {
        let count = self.room.panes().len();
        if count > 0 {
            self.room.activate((self.room.active() + 1) % count);
        }
    }

    pub(super) fn toggle_link(&mut self) {
        self.linked = !self.linked;
        let active = self.room.active();
        if let Some(slice) = self.room.panes().get(active).and_then(Pane::shown).map(|shown| shown.slice) {
            self.with_links(|room, links| room.set_slice(active, slice, links));
        }
        self.notices.tell(Level::Note, if self.linked { words::LINKED } else { words::UNLINKED }, false);
    }

    pub(super) fn reset_view(&mut self) {
        self.room.forget_windows();
        self.room.set_field(None);
        self.prepare_panes();
    }

    pub(super) fn preset(&mut self, pane: usize, id: &str) {
        if let Some(preset) = crate::volume::preset(id) {
            self.room.set_window(pane, preset.window);
        }
    }

    pub(super) fn file_window(&mut self, pane: usize, index: usize) {
        let shown = self.room.panes().get(pane).and_then(Pane::shown);
        let info = shown.and_then(|shown| self.info_of(shown.stack));
        if let Some(window) = info.and_then(|info| info.windows.get(index)).map(FileWindow::window) {
            self.room.set_window(pane, window);
        }
    }

    /// A stack that was read to its end: what needed all values can be done now.
    pub(super) fn take_loaded(&mut self, key: StackKey, errors: super::SliceErrors) {
        // Files that are gone are listed above, with what can be done about it.
        if errors.values().any(|why| why != crate::dicom::NOT_THERE) {
            let first = errors.values().next().cloned().unwrap_or_default();
            self.notices.tell(Level::Problem, words::slices_unread(errors.len(), &first), false);
        }
        self.images.ended(key, errors, &mut self.jobs);
        self.prepare_panes();
        self.read_ahead_for_next();
    }

    /// What series take of the memory that they may take.
    #[must_use]
    pub fn image_memory(&self) -> ImageMemory {
        self.images.memory()
    }

    /// Another budget for images, kept for the next start.
    pub(super) fn set_image_memory(&mut self, bytes: Option<u64>) {
        match super::memory::keep(&self.user_folder, bytes) {
            Ok(budget_bytes) => self.images.set_budget(budget_bytes, &mut self.jobs),
            Err(why) => self.notices.tell(Level::Problem, words::memory_not_kept(&why), false),
        }
    }

    pub(super) fn take_up(&mut self, tool: Tool) {
        self.stroke = None;
        self.drop_outline();
        if tool.role().is_some() && self.selection.lesion.is_none() {
            self.notices.tell(Level::Problem, words::MARK_NEEDS_LESION, false);
            return;
        }
        if tool.role().is_some() && self.reader.is_none() {
            self.notices.tell(Level::Problem, words::NO_READER, false);
            return;
        }
        self.tool = tool;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{PatientDirection, PatientPoint};

    fn grid(axes: [PatientDirection; 3]) -> Grid {
        Grid {
            origin: PatientPoint::new(0.0, 0.0, 0.0),
            axes,
            spacing_mm: [1.0, 1.0, 5.0],
            dims: [10, 10, 35],
            space: SpaceId("s".into()),
        }
    }

    #[test]
    fn down_is_towards_the_feet_and_slices_are_counted_from_the_top() {
        let axial = grid([PatientDirection::LEFT, PatientDirection::POSTERIOR, PatientDirection::SUPERIOR]);
        assert_eq!(scroll_sign(&axial), -1);
        assert_eq!(reading_number(&axial, 34), (1, 35));
        assert_eq!(reading_number(&axial, 0), (35, 35));
    }

    #[test]
    fn down_is_towards_the_back_in_coronal_slices() {
        let coronal = grid([PatientDirection::LEFT, -PatientDirection::SUPERIOR, PatientDirection::POSTERIOR]);
        assert_eq!(scroll_sign(&coronal), 1);
        assert_eq!(reading_number(&coronal, 0), (1, 35));
    }
}
