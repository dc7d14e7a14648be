//! Files of a study into a folder.

use super::recipe::{CtPhase, Visit};
use super::study::{self, Study};
use super::{PhantomError, Truth, Written};
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

fn truth_text(truth: &Truth) -> Result<Vec<u8>, PhantomError> {
    let mut text =
        serde_json::to_vec_pretty(truth).map_err(|error| PhantomError::Encode { reason: error.to_string() })?;
    text.push(b'\n');
    Ok(text)
}

/// Files of a study on their way to the disk: what is there and the same is left alone, what is there and different
/// stops everything, and what was written is taken back when it stops.
struct Writer<'a> {
    folder: &'a Path,
    written: Mutex<Vec<PathBuf>>,
    images: AtomicUsize,
    bytes: AtomicU64,
}

impl Writer<'_> {
    fn put(&self, name: &str, content: &[u8]) -> Result<(), PhantomError> {
        let path = self.folder.join(name);
        self.bytes.fetch_add(content.len() as u64, Ordering::Relaxed);
        if path.exists() {
            let same = std::fs::read(&path).ok().is_some_and(|there| there == content);
            return if same { Ok(()) } else { Err(PhantomError::InTheWay { file: path }) };
        }
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|source| PhantomError::Write { path: parent.into(), source })?;
        }
        self.written.lock().unwrap_or_else(PoisonError::into_inner).push(path.clone());
        std::fs::write(&path, content).map_err(|source| PhantomError::Write { path, source })
    }

    /// Takes back what was written, and folders that are empty then.
    fn take_back(&self) {
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        for path in written.iter() {
            let _ = std::fs::remove_file(path);
            for parent in path.ancestors().skip(1).take_while(|parent| *parent != self.folder) {
                if std::fs::remove_dir(parent).is_err() {
                    break;
                }
            }
        }
    }
}

/// Writes a study visit by visit, a slice at a time: only a few slices are in memory.
pub(super) fn write(
    study: &Study,
    folder: &Path,
    progress: &(dyn Fn(usize, usize) + Sync),
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Result<Written, PhantomError> {
    let writer =
        Writer { folder, written: Mutex::new(Vec::new()), images: AtomicUsize::new(0), bytes: AtomicU64::new(0) };
    let visits = &study.recipe.visits;
    let images_of = |visit: &Visit| visit.ct.phases.len() * (visit.ct.slices as usize - visit.ct.odd.missing_slices.len());
    let total = visits.iter().map(images_of).sum();
    let all = || -> Result<(), PhantomError> {
        // The truth first: the smallest file finds out soonest that another study is in the way.
        writer.put("truth.json", &truth_text(&study::truth(study))?)?;
        visits.iter().try_for_each(|visit| {
            breaths(visit).into_iter().try_for_each(|phases| {
                let series = VisitSeries { study, visit, phases, writer: &writer, total };
                series.write(progress, cancelled)
            })
        })
    };
    if let Err(error) = all() {
        writer.take_back();
        return Err(error);
    }
    let (images, bytes) = (writer.images.load(Ordering::Relaxed), writer.bytes.load(Ordering::Relaxed));
    Ok(Written { folder: folder.into(), images, bytes })
}

/// Phases of a visit by breath: those of one breath share everything but their values.
fn breaths(visit: &Visit) -> Vec<Vec<CtPhase>> {
    let breath = |phase: &CtPhase| visit.ct.phase_breath_mm.get(phase.code()).copied().unwrap_or(0.0);
    let mut groups: Vec<Vec<CtPhase>> = Vec::new();
    for phase in &visit.ct.phases {
        match groups.iter_mut().find(|group| group.first().map(breath) == Some(breath(phase))) {
            Some(group) => group.push(*phase),
            None => groups.push(vec![*phase]),
        }
    }
    groups
}

/// Series of a visit that were taken in one breath.
struct VisitSeries<'a> {
    study: &'a Study,
    visit: &'a Visit,
    phases: Vec<CtPhase>,
    writer: &'a Writer<'a>,
    total: usize,
}

impl VisitSeries<'_> {
    fn write(&self, progress: &(dyn Fn(usize, usize) + Sync), cancelled: &(dyn Fn() -> bool + Sync)) -> Result<(), PhantomError> {
        let Some(first) = self.phases.first() else { return Ok(()) };
        let (items, motion) = (self.study.scene(self.visit, *first), self.study.motion(self.visit, *first));
        let ct = &self.visit.ct;
        let seed = study::visit_seed(self.study, self.visit);
        (0..ct.slices).into_par_iter().try_for_each(|slice| {
            if ct.odd.missing_slices.contains(&(ct.slices - slice)) {
                return Ok(());
            }
            if cancelled() {
                return Err(PhantomError::Cancelled);
            }
            let values = study::slice_values(&items, &motion, self.visit, slice, seed);
            for phase in &self.phases {
                let stored = study::expose(&values, ct, *phase, study::noise_seed(seed, *phase, slice));
                let of = study::SliceFile { study: self.study, visit: self.visit, phase: *phase, slice };
                self.writer.put(&format!("{}/{:03}.dcm", of.folder(), of.number()), &study::file(&of, &stored)?)?;
                progress(self.writer.images.fetch_add(1, Ordering::Relaxed) + 1, self.total);
            }
            Ok(())
        })
    }
}
