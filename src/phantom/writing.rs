//! Files of a study into a folder.

use super::recipe::{Phase, Scan, Visit};
use super::study::{self, Session, Study};
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
        // Under another name first: a file that is there is whole, whatever happens.
        let part = path.with_extension("part");
        let whole = std::fs::write(&part, content).and_then(|()| std::fs::rename(&part, &path));
        whole.map_err(|source| {
            let _ = std::fs::remove_file(&part);
            PhantomError::Write { path, source }
        })
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

/// Whether everything that [`write`] writes is there: the truth by its content, images by their names.
pub(super) fn is_written(study: &Study, folder: &Path) -> bool {
    let image = |visit: &Visit, phase: Phase| {
        let scan = visit.scan(phase);
        (0..scan.slices).filter(|slice| !is_missing(&scan, *slice)).all(|slice| {
            let of = study::SliceFile { study, visit, phase, slice };
            folder.join(of.name()).is_file()
        })
    };
    let images = || study.recipe.visits.iter().all(|visit| visit.phases().iter().all(|phase| image(visit, *phase)));
    // Names first: the truth takes a moment to work out.
    images()
        && truth_text(&study::truth(study))
            .is_ok_and(|text| std::fs::read(folder.join("truth.json")).is_ok_and(|there| there == text))
}

/// Whether a slice was lost on the way.
fn is_missing(scan: &Scan, slice: u32) -> bool {
    scan.odd.missing_slices.contains(&(scan.slices - slice))
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
    let images_of =
        |visit: &Visit| visit.phases().iter().map(|phase| study::images(visit, *phase) as usize).sum::<usize>();
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

/// Phases of a visit by breath and grid: those of one share everything but their values.
fn breaths(visit: &Visit) -> Vec<Vec<Phase>> {
    let alike = |a: Phase, b: Phase| {
        let (x, y) = (visit.scan(a), visit.scan(b));
        a.is_ct() == b.is_ct()
            && x.breath_mm == y.breath_mm
            && (x.matrix, x.slices) == (y.matrix, y.slices)
            && (x.pixel_mm, x.slice_mm, x.top_mm) == (y.pixel_mm, y.slice_mm, y.top_mm)
    };
    let mut groups: Vec<Vec<Phase>> = Vec::new();
    for phase in visit.phases() {
        match groups.iter_mut().find(|group| group.first().is_some_and(|first| alike(*first, phase))) {
            Some(group) => group.push(phase),
            None => groups.push(vec![phase]),
        }
    }
    groups
}

/// Series of a visit that were taken in one breath.
struct VisitSeries<'a> {
    study: &'a Study,
    visit: &'a Visit,
    phases: Vec<Phase>,
    writer: &'a Writer<'a>,
    total: usize,
}

impl VisitSeries<'_> {
    fn write(
        &self,
        progress: &(dyn Fn(usize, usize) + Sync),
        cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Result<(), PhantomError> {
        let Some(first) = self.phases.first() else { return Ok(()) };
        let (items, motion) = (self.study.scene(self.visit, *first), self.study.motion(self.visit, *first));
        let scan = self.visit.scan(*first);
        let session = Session { visit: self.visit, seed: study::visit_seed(self.study, self.visit) };
        (0..scan.slices).into_par_iter().try_for_each(|slice| {
            if is_missing(&scan, slice) {
                return Ok(());
            }
            if cancelled() {
                return Err(PhantomError::Cancelled);
            }
            let stored = session.slice(&items, &motion, &self.phases, slice);
            for (phase, stored) in self.phases.iter().zip(stored) {
                let of = study::SliceFile { study: self.study, visit: self.visit, phase: *phase, slice };
                self.writer.put(&of.name(), &study::file(&of, &stored)?)?;
                progress(self.writer.images.fetch_add(1, Ordering::Relaxed) + 1, self.total);
            }
            Ok(())
        })
    }
}
