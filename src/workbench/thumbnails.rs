//! A small picture of each stack: its middle slice, read alone in the background.

use super::jobs::{JobContext, Lane};
use super::selecting::dark_on_white;
use super::{Done, Slot, Workbench, words};
use crate::clinical::{PatientId, StackKey};
use crate::dicom::{FrameSource, Limits, StackInfo, read_grid_slice_part};
use crate::project::StackRecord;
use crate::render::{Luts, Picture, View, compose, render_slice};
use crate::volume::{Window, auto_window};
use std::sync::Arc;

/// Edge of a thumbnail, pixels: enough for a screen of twice the usual density.
const EDGE_PX: u32 = 96;

struct Wanted {
    key: StackKey,
    info: Arc<StackInfo>,
    window: Option<Window>,
    sources: Arc<[FrameSource]>,
}

impl Workbench {
    /// The thumbnail of a stack, once it was made.
    #[must_use]
    pub fn thumbnail(&self, stack: StackKey) -> Option<&Arc<Picture>> {
        self.thumbnails.get(&stack)
    }

    /// Makes the thumbnails of the chosen patient that are not there yet.
    pub(super) fn make_thumbnails(&mut self) {
        if let Some(patient) = self.selection.patient {
            self.make_thumbnails_of(patient);
        }
    }

    /// Makes the thumbnails of a patient that are not there yet.
    pub(super) fn make_thumbnails_of(&mut self, patient: PatientId) {
        let Some(document) = self.document() else { return };
        let missing: Vec<Wanted> = document
            .stacks()
            .filter(|record| record.patient == patient && !self.thumbnails.contains_key(&record.info.key))
            .filter_map(|record| self.wanted(record))
            .collect();
        if missing.is_empty() || self.jobs.is_running(&Slot::Thumbnails) {
            return;
        }
        self.jobs.start(Slot::Thumbnails, words::LOADING, Lane::Loading, move |context| {
            Done::Thumbnails(missing.iter().filter_map(|wanted| make(wanted, context)).collect())
        });
        self.pump_inline();
    }

    fn wanted(&self, record: &StackRecord) -> Option<Wanted> {
        let key = record.info.key;
        let sources = self.images.sources(key)?;
        Some(Wanted { key, info: Arc::clone(&record.info), window: self.window_of(record), sources })
    }

    pub(super) fn take_thumbnails(&mut self, made: Vec<(StackKey, Picture)>) {
        let any = !made.is_empty();
        self.thumbnails.extend(made.into_iter().map(|(key, picture)| (key, Arc::new(picture))));
        if any {
            self.make_thumbnails(); // another patient may have been chosen meanwhile
        }
    }
}

/// A slice that cannot be read leaves a black square, which is made only once.
fn make(wanted: &Wanted, context: &JobContext) -> Option<(StackKey, Picture)> {
    if context.cancelled() {
        return None;
    }
    let slice = wanted.info.slices() / 2;
    let black = || (wanted.key, Picture::black(EDGE_PX, EDGE_PX));
    let picture = || {
        let data = read_grid_slice_part(&wanted.info, slice, &wanted.sources, &Limits::default()).ok()?.data;
        let volume = wanted.info.empty_volume();
        volume.slices.get(slice as usize)?.set(data).ok()?;
        let window = wanted.window.or_else(|| auto_window(&volume, Some(slice))).unwrap_or(Window::ANY);
        let picture = render_slice(&mut Luts::new(), &volume, slice, window, dark_on_white(&wanted.info))?;
        Some((wanted.key, compose(&picture, &View::whole(&volume.grid, EDGE_PX, EDGE_PX), &[])))
    };
    let made = picture().unwrap_or_else(black);
    context.wake();
    Some(made)
}
