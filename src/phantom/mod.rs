//! Sample studies with known truth, written as real DICOM.
//!
//! A case is a recipe: a body made of shapes, lesions that change from visit to visit, a scanner that turns them
//! into CT numbers with noise, and files as a scanner writes them. Everything comes from fixed numbers, so that a
//! sample is the same to the last byte each time and on every machine. The truth (places, sizes, answers) is
//! written beside the images as `truth.json`.
//!
//! This module reads no images and knows no project.

mod anatomy;
mod body;
mod course;
mod instance;
mod noise;
mod recipe;
mod scan;
mod shape;
mod study;
mod tissue;
mod truth;
mod uid;
mod vessels;

pub use recipe::RecipeError;
pub use truth::{
    KeyTruth, LandmarkTruth, LesionTruth, LesionVisitTruth, MarginTruth, RegionTruth, SeriesTruth, SessionTruth, Truth,
    VisitTruth,
};

use crate::clinical::{MarkRole, Modality, Organ, StackRole};
use crate::geometry::Grid;
use course::{Case, VisitPlan};
use rayon::prelude::*;
use recipe::{CtPhase, Recipe, Visit};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use study::Study;

/// A sample study that can be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseInfo {
    /// Short name, also the folder.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// What it holds, in a few sentences.
    pub summary: String,
    /// Organs with lesions.
    pub organs: Vec<Organ>,
    /// Kinds of images.
    pub modalities: Vec<Modality>,
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
    /// A recipe cannot be used.
    #[error(transparent)]
    Recipe(#[from] RecipeError),
    /// A recipe cannot be read.
    #[error("The recipe {path:?} could not be read: {source}.")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
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

/// The recipes that come with the program.
const RECIPES: [(&str, &str); 8] = [
    ("liver-01", include_str!("../../sample_data/cases/liver-01.toml")),
    ("liver-02", include_str!("../../sample_data/cases/liver-02.toml")),
    ("liver-03", include_str!("../../sample_data/cases/liver-03.toml")),
    ("liver-04", include_str!("../../sample_data/cases/liver-04.toml")),
    ("liver-05", include_str!("../../sample_data/cases/liver-05.toml")),
    ("liver-06", include_str!("../../sample_data/cases/liver-06.toml")),
    ("liver-07", include_str!("../../sample_data/cases/liver-07.toml")),
    ("liver-08", include_str!("../../sample_data/cases/liver-08.toml")),
];

/// The samples there are. A recipe of the program that cannot be read is left out (a test holds that there is none).
#[must_use]
pub fn cases() -> &'static [CaseInfo] {
    static CASES: OnceLock<Vec<CaseInfo>> = OnceLock::new();
    CASES.get_or_init(|| {
        let first = CaseInfo {
            id: course::FIRST_LOOK.id.into(),
            title: course::FIRST_LOOK.title.into(),
            summary: course::FIRST_LOOK.summary.into(),
            organs: vec![Organ::Liver],
            modalities: vec![Modality::Ct],
        };
        let made = RECIPES.iter().filter_map(|(id, text)| {
            let recipe = Recipe::read(&format!("{id}.toml"), text).ok()?;
            let mut organs: Vec<Organ> = recipe.lesions.iter().map(|lesion| lesion.organ).collect();
            organs.sort();
            organs.dedup();
            let (title, summary) = (recipe.title, recipe.summary);
            Some(CaseInfo { id: (*id).into(), title, summary, organs, modalities: vec![Modality::Ct] })
        });
        std::iter::once(first).chain(made).collect()
    })
}

/// A case that was found.
enum Source {
    /// The small one that comes as files.
    FirstLook(Case),
    /// One made from a recipe.
    Recipe(Box<Study>),
}

/// Finds a case by its name, or reads a teacher's recipe by its path (`*.toml`).
fn open(case: &str) -> Result<Source, PhantomError> {
    if let Some(case) = course::plan(case) {
        return Ok(Source::FirstLook(case));
    }
    if let Some((id, text)) = RECIPES.iter().find(|(id, _)| *id == case) {
        let recipe = Recipe::read(&format!("{id}.toml"), text)?;
        return Ok(Source::Recipe(Box::new(Study { id: (*id).into(), recipe })));
    }
    let path = Path::new(case);
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml")) {
        let read = |source| PhantomError::Read { path: path.into(), source };
        let text = std::fs::read_to_string(path).map_err(read)?;
        let file = path.file_name().map_or_else(|| case.to_owned(), |name| name.to_string_lossy().into_owned());
        let id = path.file_stem().map_or_else(|| "case".to_owned(), |stem| stem.to_string_lossy().to_lowercase());
        let id = id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        return Ok(Source::Recipe(Box::new(Study { id, recipe: Recipe::read(&file, &text)? })));
    }
    Err(PhantomError::UnknownCase {
        id: case.into(),
        known: cases().iter().map(|info| info.id.as_str()).collect::<Vec<_>>().join(", "),
    })
}

/// The truth of a case, without writing anything. A case is a name of [`cases`] or the path of a recipe (`*.toml`).
///
/// # Errors
/// When there is no such case, or the recipe cannot be used.
pub fn truth(case: &str) -> Result<Truth, PhantomError> {
    Ok(match open(case)? {
        Source::FirstLook(case) => truth::truth(&case),
        Source::Recipe(study) => study::truth(&study),
    })
}

/// The grid that the series of a visit share, slices from feet to head; none for an unknown case or visit.
#[must_use]
pub fn truth_grid(case: &str, visit: &str) -> Option<Grid> {
    match open(case).ok()? {
        Source::FirstLook(case) => {
            let plan = case.visits.iter().find(|plan| plan.id == visit)?;
            Some(scan::grid(plan, instance::Names { case: case.info.id, visit: plan.id }.frame_of_reference()))
        }
        Source::Recipe(study) => {
            let visit = study.visit(visit)?;
            Some(study::grid(visit, study.frame_of_reference(visit, Study::main_phase(visit))))
        }
    }
}

/// The voxels (column, row, slice of [`truth_grid`]) whose centre lies inside a lesion's tumour, zone or viable tumour
/// at a visit; none when there is no such case, visit, lesion or region.
#[must_use]
pub fn truth_mask(case: &str, visit: &str, lesion: &str, role: MarkRole) -> Option<Vec<[u32; 3]>> {
    match open(case).ok()? {
        Source::FirstLook(case) => truth::mask(&case, visit, lesion, role),
        Source::Recipe(study) => {
            let visit = study.visit(visit)?;
            study::mask(&study, visit, Study::main_phase(visit), lesion, role)
        }
    }
}

/// The mask of one region on the grid of one series.
#[derive(Debug, Clone)]
pub struct TruthMask {
    /// Folder of the series below the case.
    pub series: String,
    /// Label of the lesion.
    pub lesion: String,
    /// Which region.
    pub role: MarkRole,
    /// The series' grid.
    pub grid: Grid,
    /// Voxels whose centre lies inside, sorted by slice, row and column.
    pub voxels: Vec<[u32; 3]>,
}

/// All masks of a case, on the grid of each series: phases of a visit are different breaths. Scans with a tilted
/// gantry have none.
///
/// # Errors
/// When there is no such case, or the recipe cannot be used.
pub fn truth_masks(case: &str) -> Result<Vec<TruthMask>, PhantomError> {
    const ROLES: [MarkRole; 3] = [MarkRole::Tumour, MarkRole::AblationZone, MarkRole::ViableTumour];
    let mut masks = Vec::new();
    let mut add = |series: String, lesion: &str, role, grid: Grid, voxels: Option<Vec<[u32; 3]>>| {
        if let Some(voxels) = voxels {
            masks.push(TruthMask { series, lesion: lesion.to_owned(), role, grid, voxels });
        }
    };
    match open(case)? {
        Source::FirstLook(case) => {
            for (visit, phase) in case.visits.iter().flat_map(|v| v.phases.iter().map(move |phase| (v, *phase))) {
                let space = instance::Names { case: case.info.id, visit: visit.id }.frame_of_reference();
                for (lesion, role) in case.lesions.iter().flat_map(|l| ROLES.map(|role| (l, role))) {
                    let voxels = truth::mask(&case, visit.id, lesion.label, role);
                    let grid = scan::grid(visit, space.clone());
                    add(truth::series_folder(visit.id, phase), lesion.label, role, grid, voxels);
                }
            }
        }
        Source::Recipe(study) => {
            let straight = study.recipe.visits.iter().filter(|visit| visit.ct.odd.tilt_deg == 0.0);
            for (visit, phase) in straight.flat_map(|v| v.ct.phases.iter().map(move |phase| (v, *phase))) {
                for (lesion, role) in study.recipe.lesions.iter().flat_map(|l| ROLES.map(|role| (l, role))) {
                    let voxels = study::mask(&study, visit, phase, &lesion.label, role);
                    let grid = study::grid(visit, study.frame_of_reference(visit, phase));
                    add(format!("{}/{}", visit.id, phase.folder()), &lesion.label, role, grid, voxels);
                }
            }
        }
    }
    Ok(masks)
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
    let case = match open(case_id)? {
        Source::FirstLook(case) => case,
        Source::Recipe(study) => return write_study(&study, folder, progress, cancelled),
    };
    let mut files = images(&case, progress, cancelled)?;
    let images = files.len();
    files.push((PathBuf::from("truth.json"), truth_text(&truth::truth(&case))?));

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
fn write_study(
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
        let seed = noise::hash(self.study.recipe.seed, self.visit.day.unsigned_abs());
        (0..ct.slices).into_par_iter().try_for_each(|slice| {
            if ct.odd.missing_slices.contains(&(ct.slices - slice)) {
                return Ok(());
            }
            if cancelled() {
                return Err(PhantomError::Cancelled);
            }
            let values = study::slice_values(&items, &motion, self.visit, slice, seed);
            for phase in &self.phases {
                let noise = noise::hash(seed ^ u64::from(phase.series_number()) << 32, u64::from(slice));
                let stored = study::expose(&values, ct, *phase, noise);
                let of = study::SliceFile { study: self.study, visit: self.visit, phase: *phase, slice };
                self.writer.put(&format!("{}/{:03}.dcm", of.folder(), of.number()), &study::file(&of, &stored)?)?;
                progress(self.writer.images.fetch_add(1, Ordering::Relaxed) + 1, self.total);
            }
            Ok(())
        })
    }
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
