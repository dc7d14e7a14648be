//! The volumes in memory: loaded slice by slice in the background, dropped when a budget is full.

use super::jobs::{JobContext, Jobs, Lane};
use super::{Done, Slot};
use crate::clinical::StackKey;
use crate::dicom::{FrameSource, Limits, StackInfo, read_grid_slice};
use crate::volume::{SliceData, Volume};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// Memory for voxels unless set otherwise, bytes: enough for several thin CT series.
pub const DEFAULT_BUDGET_BYTES: u64 = 3 << 30;

/// Slices that could not be read, each with the reason.
pub type SliceErrors = BTreeMap<u32, String>;

struct Entry {
    volume: Arc<Volume>,
    errors: SliceErrors,
    last_shown: u64,
}

/// Volumes by stack, and where their pixels are.
pub struct Images {
    sources: BTreeMap<StackKey, Arc<[FrameSource]>>,
    entries: BTreeMap<StackKey, Entry>,
    /// Slices that were read before their stack was wanted.
    middles: BTreeMap<StackKey, (u32, SliceData)>,
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
            budget_bytes,
            tick: 0,
            limits: Limits::default(),
        }
    }

    /// A slice that was read before anybody wanted its stack; it shows as soon as somebody does.
    pub fn set_middle(&mut self, key: StackKey, slice: u32, data: SliceData) {
        self.middles.insert(key, (slice, data));
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
        self.make_room(info, jobs);
        let volume = Arc::new(info.empty_volume());
        if let Some((slice, data)) = self.middles.remove(&key)
            && data.len() == volume.grid.slice_len()
            && let Some(place) = volume.slices.get(slice as usize)
        {
            place.set(data).ok(); // just made: empty
        }
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
    pub fn ended(&mut self, key: StackKey, errors: SliceErrors) {
        if let Some(entry) = self.entries.get_mut(&key) {
            entry.errors = errors;
        }
    }

    /// Drops the stacks shown longest ago until the new one fits.
    fn make_room(&mut self, info: &StackInfo, jobs: &mut Jobs<Slot, Done>) {
        let needed = {
            let [columns, rows] = info.slice_size();
            size_bytes(columns, rows, info.slices() as usize)
        };
        loop {
            let used: u64 = self
                .entries
                .values()
                .map(|e| size_bytes(e.volume.grid.dims[0], e.volume.grid.dims[1], e.volume.slices.len()))
                .sum();
            if used + needed <= self.budget_bytes {
                return;
            }
            let Some(oldest) = self.entries.iter().min_by_key(|(_, e)| e.last_shown).map(|(key, _)| *key) else {
                return;
            };
            jobs.cancel(&Slot::Load(oldest));
            self.entries.remove(&oldest);
        }
    }
}

fn size_bytes(columns: u32, rows: u32, slices: usize) -> u64 {
    u64::from(columns) * u64::from(rows) * slices as u64 * 2
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
            if place.get().is_some() {
                context.report(done.fetch_add(1, Ordering::Relaxed) + 1, order.len());
                continue;
            }
            match read_grid_slice(info, slice, sources, limits) {
                Ok(data) => {
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

fn note(errors: &Mutex<SliceErrors>, slice: u32, why: String) {
    if let Ok(mut errors) = errors.lock() {
        errors.insert(slice, why);
    }
}
