//! Sample studies with known truth, written as real DICOM.
//!
//! A case is a recipe: a body made of shapes, lesions that change from visit to visit, a scanner that turns them
//! into CT numbers with noise, and files as a scanner writes them. Everything comes from fixed numbers, so that a
//! sample is the same to the last byte each time and on every machine. The truth (places, sizes, answers) is
//! written beside the images as `truth.json`.
//!
//! This module reads no images and knows no project.

mod anatomy;
mod course;
mod instance;
mod noise;
mod scan;
mod shape;
mod tissue;
mod truth;
mod uid;
mod vessels;

pub use truth::{KeyTruth, LesionTruth, LesionVisitTruth, RegionTruth, SeriesTruth, SessionTruth, Truth, VisitTruth};

use crate::clinical::{MarkRole, StackRole};
use crate::geometry::Grid;
use course::{Case, VisitPlan};
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A sample study that can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseInfo {
    /// Short name, also the folder.
    pub id: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// What it shows, in a few sentences.
    pub summary: &'static str,
}

/// Contrast phase of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    /// Late arterial.
    Arterial,
    /// Portal venous.
    PortalVenous,
}

impl Phase {
    fn folder(self) -> &'static str {
        match self {
            Self::Arterial => "arterial",
            Self::PortalVenous => "portal-venous",
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::Arterial => "Liver late arterial 5.0 mm",
            Self::PortalVenous => "Liver portal venous 5.0 mm",
        }
    }

    fn series_number(self) -> u32 {
        match self {
            Self::Arterial => 3,
            Self::PortalVenous => 4,
        }
    }

    fn after_bolus_s(self) -> f64 {
        match self {
            Self::Arterial => 35.0,
            Self::PortalVenous => 70.0,
        }
    }

    fn role(self) -> StackRole {
        match self {
            Self::Arterial => StackRole::CtArterial,
            Self::PortalVenous => StackRole::CtPortalVenous,
        }
    }
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The folder of the study.
    pub folder: PathBuf,
    /// Number of images.
    pub images: usize,
    /// Size of everything, bytes.
    pub bytes: u64,
}

/// Why a sample was not written.
#[derive(Debug, thiserror::Error)]
pub enum PhantomError {
    /// There is no such case.
    #[error("There is no sample called {id:?}. The samples are: {known}.")]
    UnknownCase {
        /// What was asked for.
        id: String,
        /// What there is.
        known: String,
    },
    /// A different file is already there.
    #[error("{file:?} is already there and is not part of this sample. Choose another folder; nothing was written.")]
    InTheWay {
        /// The file.
        file: PathBuf,
    },
    /// The disk refused.
    #[error("{path:?} could not be written: {source}.")]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// An image could not be turned into DICOM.
    #[error("An image of the sample could not be turned into a DICOM file: {reason}.")]
    Encode {
        /// What went wrong.
        reason: String,
    },
    /// It was asked to stop; nothing was written.
    #[error("Writing the sample was cancelled. Nothing was written.")]
    Cancelled,
}

/// The sample that a newcomer is offered.
pub const FIRST_CASE: &str = "first-look";

/// The samples there are.
#[must_use]
pub fn cases() -> &'static [CaseInfo] {
    course::CASES
}

fn plan(case_id: &str) -> Result<Case, PhantomError> {
    course::plan(case_id).ok_or_else(|| PhantomError::UnknownCase {
        id: case_id.into(),
        known: cases().iter().map(|info| info.id).collect::<Vec<_>>().join(", "),
    })
}

/// The truth of a case, without writing anything.
///
/// # Errors
/// When there is no such case.
pub fn truth(case_id: &str) -> Result<Truth, PhantomError> {
    Ok(truth::truth(&plan(case_id)?))
}

/// The grid that all series of a visit share, slices from feet to head; none for an unknown case or visit.
#[must_use]
pub fn truth_grid(case_id: &str, visit: &str) -> Option<Grid> {
    let case = course::plan(case_id)?;
    let plan = case.visits.iter().find(|plan| plan.id == visit)?;
    Some(scan::grid(plan, instance::Names { case: case.info.id, visit: plan.id }.frame_of_reference()))
}

/// The voxels (column, row, slice of [`truth_grid`]) whose centre lies inside a lesion's tumour, zone or viable tumour
/// at a visit; none when there is no such case, visit, lesion or region.
#[must_use]
pub fn truth_mask(case_id: &str, visit: &str, lesion: &str, role: MarkRole) -> Option<Vec<[u32; 3]>> {
    truth::mask(&course::plan(case_id)?, visit, lesion, role)
}

/// Writes a case below `folder`: `VISIT/SERIES/NNN.dcm` and `truth.json`. Files that are already there and are the
/// same are left alone; a different file is never replaced.
///
/// `progress` hears (images made, images in all); `cancelled` is asked between images.
///
/// # Errors
/// When there is no such case, when a different file is in the way, when the disk refuses, or when cancelled.
pub fn write(
    case_id: &str,
    folder: &Path,
    progress: &(dyn Fn(usize, usize) + Sync),
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Result<Written, PhantomError> {
    let case = plan(case_id)?;
    let mut files = images(&case, progress, cancelled)?;
    let images = files.len();
    let mut truth = serde_json::to_vec_pretty(&truth::truth(&case))
        .map_err(|error| PhantomError::Encode { reason: error.to_string() })?;
    truth.push(b'\n');
    files.push((PathBuf::from("truth.json"), truth));

    // Look before the first write: either everything is written or nothing.
    for (name, content) in &files {
        let path = folder.join(name);
        if path.exists() && std::fs::read(&path).ok().as_ref() != Some(content) {
            return Err(PhantomError::InTheWay { file: path });
        }
    }
    let mut bytes = 0;
    for (name, content) in &files {
        let path = folder.join(name);
        bytes += content.len() as u64;
        if path.exists() {
            continue;
        }
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|source| PhantomError::Write { path: parent.into(), source })?;
        }
        std::fs::write(&path, content).map_err(|source| PhantomError::Write { path, source })?;
    }
    Ok(Written { folder: folder.into(), images, bytes })
}

/// Every image file of a case, by its path below the case, in order.
fn images(
    case: &Case,
    progress: &(dyn Fn(usize, usize) + Sync),
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<(PathBuf, Vec<u8>)>, PhantomError> {
    let slices: Vec<(usize, u32)> =
        (0..case.visits.len()).flat_map(|visit| (0..scan::SLICES).map(move |slice| (visit, slice))).collect();
    let scenes: Vec<_> = (0..case.visits.len()).into_par_iter().map(|visit| scan::scene(case, visit)).collect();
    let total = case.visits.iter().map(|visit| visit.phases.len() * scan::SLICES as usize).sum();
    let done = AtomicUsize::new(0);
    let made: Result<Vec<Vec<_>>, PhantomError> = slices
        .into_par_iter()
        .map(|(n, slice)| {
            if cancelled() {
                return Err(PhantomError::Cancelled);
            }
            let (Some(visit), Some(scene)) = (case.visits.get(n), scenes.get(n)) else { return Ok(Vec::new()) };
            let files = slice_files(case, visit, scene, slice)?;
            progress(done.fetch_add(files.len(), Ordering::Relaxed) + files.len(), total);
            Ok(files)
        })
        .collect();
    let mut files: Vec<_> = made?.into_iter().flatten().collect();
    files.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(files)
}

/// Which of all possible noises: one that puts no bright spot by chance where a reader looks for tumour.
const NOISE: u64 = 3;

/// The files of one slice, one per phase.
fn slice_files(
    case: &Case,
    visit: &VisitPlan,
    scene: &[(anatomy::Item, shape::Extent)],
    slice: u32,
) -> Result<Vec<(PathBuf, Vec<u8>)>, PhantomError> {
    let grid = scan::grid(visit, String::new());
    let painted = scan::paint_slice(scene, visit, &grid, slice);
    visit
        .phases
        .iter()
        .map(|phase| {
            let folder = truth::series_folder(visit.id, *phase);
            let series = (NOISE << 16) | (visit.day.unsigned_abs() << 8) | u64::from(phase.series_number());
            let seed = noise::hash(series, u64::from(slice));
            let stored = scan::expose(&painted, *phase, seed);
            let file = instance::file(case, visit, *phase, &grid, slice, &stored)?;
            Ok((PathBuf::from(format!("{folder}/{:03}.dcm", scan::SLICES - slice)), file))
        })
        .collect()
}

#[cfg(test)]
mod tests;
