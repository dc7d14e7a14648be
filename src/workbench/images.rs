//! The volumes in memory: loaded slice by slice in the background, dropped when a budget is full.

use super::jobs::{JobContext, Jobs, Lane};
use super::{Done, Slot};
use crate::clinical::StackKey;
use crate::dicom::{FrameSource, Limits, SliceRecipe, StackInfo, read_grid_slice_part, read_overlays};
use crate::volume::{SliceData, Volume};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// Slices that could not be read, each with the reason.
pub type SliceErrors = BTreeMap<u32, String>;

struct Entry {
    volume: Arc<Volume>,
    errors: SliceErrors,
    last_shown: u64,
}

/// Memory for voxels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageMemory {
    /// Bytes of the series in memory, also of those that are still being read.
    pub used_bytes: u64,
    /// Bytes that they may take.
    pub budget_bytes: u64,
}

/// Volumes by stack, and where their pixels are.
pub struct Images {
    sources: BTreeMap<StackKey, Arc<[FrameSource]>>,
    entries: BTreeMap<StackKey, Entry>,
    /// Slices that were read before their stack was wanted.
    middles: BTreeMap<StackKey, (u32, SliceData)>,
    /// What stands on screen and is never dropped.
    on_screen: BTreeSet<StackKey>,
    budget_bytes: u64,
    tick: u64,
    limits: Limits,
}

impl Images {
    /// Nothing in memory.
    #[must_use]
    pub fn new(budget_bytes: u64) -> Self {
        Self {
            sources: BTreeMap::new(),
            entries: BTreeMap::new(),
            middles: BTreeMap::new(),
            on_screen: BTreeSet::new(),
            budget_bytes,
            tick: 0,
            limits: Limits::default(),
        }
    }

    /// A slice that was read before anybody wanted its stack; it shows as soon as somebody does.
    pub fn set_middle(&mut self, key: StackKey, slice: u32, data: SliceData) {
        self.middles.insert(key, (slice, data));
    }

    /// Another budget: what no longer fits is dropped, the least recently shown first.
    pub fn set_budget(&mut self, budget_bytes: u64, jobs: &mut Jobs<Slot, Done>) {
        self.budget_bytes = budget_bytes;
        self.make_room(0, jobs);
    }

    /// What is used and what may be.
    #[must_use]
    pub fn memory(&self) -> ImageMemory {
        ImageMemory { used_bytes: self.used_bytes(), budget_bytes: self.budget_bytes }
    }

    fn used_bytes(&self) -> u64 {
        self.entries.values().map(|entry| volume_bytes(&entry.volume)).sum()
    }

    /// Says what stands on screen: it stays in memory whatever the budget.
    pub fn set_on_screen(&mut self, keys: BTreeSet<StackKey>) {
        self.on_screen = keys;
    }

    /// Says where a stack's pixels are; slice order.
    pub fn set_sources(&mut self, key: StackKey, sources: Vec<FrameSource>) {
        self.sources.insert(key, sources.into());
    }

    /// Whether it is known where a stack's pixels are.
    #[must_use]
    pub fn has_sources(&self, key: StackKey) -> bool {
        self.sources.contains_key(&key)
    }

    /// Where a stack's pixels are.
    pub fn sources(&self, key: StackKey) -> Option<Arc<[FrameSource]>> {
        self.sources.get(&key).cloned()
    }

    /// Forgets a stack's voxels, so that it is read anew.
    pub fn forget(&mut self, key: StackKey) {
        self.entries.remove(&key);
    }

    /// Forgets everything; used when another project is opened.
    pub fn clear(&mut self) {
        self.sources.clear();
        self.entries.clear();
        self.middles.clear();
    }

    /// The volume of a stack when it is in memory, whole or still loading.
    #[must_use]
    pub fn get(&self, key: StackKey) -> Option<&Arc<Volume>> {
        self.entries.get(&key).map(|entry| &entry.volume)
    }

    /// Why slices of a stack could not be read.
    #[must_use]
    pub fn errors(&self, key: StackKey) -> Option<&SliceErrors> {
        self.entries.get(&key).map(|entry| &entry.errors)
    }

    /// The volume of a stack that is on screen; starts loading it, the shown slice and its neighbours first.
    /// `None` when its files are not known.
    pub fn want(
        &mut self,
        key: StackKey,
        info: &Arc<StackInfo>,
        first: u32,
        lane: Lane,
        jobs: &mut Jobs<Slot, Done>,
    ) -> Option<Arc<Volume>> {
        self.tick += 1;
        if let Some(entry) = self.entries.get_mut(&key) {
            entry.last_shown = self.tick;
            return Some(Arc::clone(&entry.volume));
        }
        let sources = Arc::clone(self.sources.get(&key)?);
        let volume = Arc::new(info.empty_volume());
        if let Some((slice, data)) = self.middles.remove(&key)
            && data.len() == volume.grid.slice_len()
            && let Some(place) = volume.slices.get(slice as usize)
        {
            place.set(data).ok(); // just made: empty
        }
        self.make_room(volume_bytes(&volume), jobs);
        let entry = Entry { volume: Arc::clone(&volume), errors: SliceErrors::new(), last_shown: self.tick };
        self.entries.insert(key, entry);
        let (target, info, limits) = (Arc::clone(&volume), Arc::clone(info), self.limits);
        jobs.start(Slot::Load(key), super::words::LOADING, lane, move |context| Done::Loaded {
            key,
            errors: load(&target, &info, &sources, first, &limits, context),
        });
        Some(volume)
    }

    /// Takes note that reading ended; a stack that was cancelled is dropped so that it can be wanted anew.
    pub fn ended(&mut self, key: StackKey, errors: SliceErrors, jobs: &mut Jobs<Slot, Done>) {
        if let Some(entry) = self.entries.get_mut(&key) {
            entry.errors = errors;
        }
        // Only now it is known how large its values are.
        self.make_room(0, jobs);
    }

    /// Drops the stacks shown longest ago until so many bytes more fit. The latest and what stands on screen
    /// stay: they would be read again at once.
    fn make_room(&mut self, needed: u64, jobs: &mut Jobs<Slot, Done>) {
        let mut used = self.used_bytes();
        let mut by_age: Vec<_> = self.entries.iter().map(|(key, entry)| (entry.last_shown, *key)).collect();
        by_age.sort_unstable();
        for (last_shown, key) in by_age {
            if used + needed <= self.budget_bytes {
                return;
            }
            if last_shown == self.tick || self.on_screen.contains(&key) {
                continue;
            }
            jobs.cancel(&Slot::Load(key));
            if let Some(entry) = self.entries.remove(&key) {
                used -= volume_bytes(&entry.volume);
            }
        }
    }
}

/// Bytes of a volume when all of its slices are read: by the kind of those that came, two bytes for each voxel
/// before that.
fn volume_bytes(volume: &Volume) -> u64 {
    let voxel = volume.slices.iter().find_map(|slice| slice.get()).map_or(2, |data| match data {
        SliceData::I16(_) | SliceData::U16(_) => 2,
        SliceData::F32(_) => 4,
        SliceData::Rgb8(_) => 3,
    });
    volume.grid.slice_len() as u64 * volume.slices.len() as u64 * voxel
}

/// Reads all slices, nearest to `first` first, on all threads of the pool; each shows as it comes.
fn load(
    volume: &Volume,
    info: &StackInfo,
    sources: &[FrameSource],
    first: u32,
    limits: &Limits,
    context: &JobContext,
) -> SliceErrors {
    let mut order: Vec<u32> = (0..info.slices()).collect();
    order.sort_by_key(|k| (k.abs_diff(first), *k));
    let next = AtomicUsize::new(0);
    let done = AtomicUsize::new(0);
    let errors = Mutex::new(SliceErrors::new());
    let read_all = || {
        while let Some(slice) = order.get(next.fetch_add(1, Ordering::Relaxed)).copied() {
            if context.cancelled() {
                return;
            }
            let Some(place) = volume.slices.get(slice as usize) else { continue };
            read_overlay(volume, info, slice, sources, limits); // before the slice, which shows as it comes
            if place.get().is_some() {
                context.report(done.fetch_add(1, Ordering::Relaxed) + 1, order.len());
                continue;
            }
            match read_grid_slice_part(info, slice, sources, limits) {
                Ok(part) => {
                    if part.rows < info.rows {
                        note(&errors, slice, super::words::rows_missing(part.rows, info.rows));
                    }
                    let data = part.data;
                    if data.len() == volume.grid.slice_len() {
                        place.set(data).ok(); // only this job writes this slice
                    } else {
                        note(&errors, slice, super::words::wrong_size(data.len(), volume.grid.slice_len()));
                    }
                }
                Err(error) => note(&errors, slice, error.to_string()),
            }
            context.report(done.fetch_add(1, Ordering::Relaxed) + 1, order.len());
            context.wake();
        }
    };
    rayon::scope(|scope| {
        for _ in 1..rayon::current_num_threads() {
            scope.spawn(|_| read_all());
        }
        read_all();
    });
    errors.into_inner().unwrap_or_default()
}

/// Reads what the file draws over a slice. One that cannot be read is missed by nobody who sees the slice.
fn read_overlay(volume: &Volume, info: &StackInfo, slice: u32, sources: &[FrameSource], limits: &Limits) {
    let Some(place) = volume.overlays.get(slice as usize) else { return };
    // A slice that is made of frames otherwise than whole has no pixels for the overlay of one of them.
    let Some(SliceRecipe::Frame { frame }) = info.recipe(slice) else { return };
    let Some(source) = sources.get(frame as usize) else { return };
    if let Ok(Some(overlay)) = read_overlays(info, frame, source, limits) {
        place.set(overlay).ok(); // only this job writes this slice
    }
}

fn note(errors: &Mutex<SliceErrors>, slice: u32, why: String) {
    if let Ok(mut errors) = errors.lock() {
        errors.insert(slice, why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{Grid, PatientDirection, PatientPoint, SpaceId};
    use crate::volume::{Rescale, Unit};
    use crate::workbench::Executor;
    use std::sync::OnceLock;

    /// A stack of two slices of 10 x 10 pixels, of which the first is read.
    fn entry(data: Option<SliceData>, last_shown: u64) -> Entry {
        let read = data.map_or_else(OnceLock::new, OnceLock::from);
        let grid = Grid {
            origin: PatientPoint::new(0.0, 0.0, 0.0),
            axes: [PatientDirection::LEFT, PatientDirection::POSTERIOR, PatientDirection::SUPERIOR],
            spacing_mm: [1.0; 3],
            dims: [10, 10, 2],
            space: SpaceId("1".into()),
        };
        let volume = Volume {
            key: StackKey([0; 16]),
            grid,
            slices: vec![read, OnceLock::new()],
            rescale: vec![Rescale::default(); 2],
            unit: Unit::None,
            padding: None,
            small_is_bright: false,
            calibrated: true,
            is_volume: true,
            voi_tables: Vec::new(),
            overlays: Vec::new(),
        };
        Entry { volume: Arc::new(volume), errors: SliceErrors::new(), last_shown }
    }

    #[test]
    fn bytes_are_those_of_the_values() {
        let bytes = |data| volume_bytes(&entry(data, 0).volume);
        assert_eq!(bytes(None), 400);
        assert_eq!(bytes(Some(SliceData::U16([0; 100].into()))), 400);
        assert_eq!(bytes(Some(SliceData::F32([0.0; 100].into()))), 800);
        assert_eq!(bytes(Some(SliceData::Rgb8([0; 300].into()))), 600);
    }

    #[test]
    fn the_least_recently_shown_goes_first_and_what_is_on_screen_stays() {
        let mut jobs = Jobs::new(Executor::Inline, Arc::new(|| {}));
        let key = |n: u8| StackKey([n; 16]);
        let mut images = Images::new(2_000);
        for n in 1..=4 {
            images.entries.insert(key(n), entry(None, u64::from(n)));
        }
        images.tick = 4;
        images.set_on_screen([key(2)].into());
        let left = |images: &Images| images.entries.keys().map(|key| key.0[0]).collect::<Vec<_>>();
        images.make_room(400, &mut jobs);
        assert_eq!(left(&images), [1, 2, 3, 4]);
        images.make_room(500, &mut jobs);
        assert_eq!(left(&images), [2, 3, 4]);
        images.set_budget(900, &mut jobs);
        assert_eq!(left(&images), [2, 4]);
        // Larger than the budget: what is looked at stays.
        images.set_budget(1, &mut jobs);
        assert_eq!(left(&images), [2, 4]);
    }
}
