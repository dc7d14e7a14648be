//! Sample studies with known truth, written as real DICOM.
//!
//! From a recipe to files: [`recipe`] reads and checks what a teacher wrote; [`body`] is an abdomen made of analytic
//! shapes with its tissues' values; [`study`] puts lesions into it, moves it as a patient lies and breathes, scans it,
//! and knows the truth of all that; `writing` puts files into a folder. Everything comes from fixed numbers and exact
//! arithmetic, so that a study is the same to the last byte each time, on one core or many. The truth (places, sizes,
//! margins, landmarks, answers) is written beside the images as `truth.json`.
//!
//! This module reads no images and knows no project.

mod body;
mod cases;
mod noise;
mod preview;
mod recipe;
mod sheet;
mod study;
mod truth;
mod uid;
mod writing;
mod written;

pub use cases::{CaseInfo, FIRST_CASE, READY_CASES, case_of_series, cases};
pub use recipe::RecipeError;
pub use sheet::Sheet;
pub use truth::{
    KeyTruth, LandmarkTruth, LesionTruth, LesionVisitTruth, MarginTruth, RegionTruth, SeriesTruth, SessionTruth, Truth,
    VisitTruth,
};
pub use written::{is_written, truth_in};

use crate::clinical::MarkRole;
use crate::geometry::Grid;
use cases::BUILT_IN;
use recipe::Recipe;
use std::path::{Path, PathBuf};
use study::Study;

/// Which model of body and scanner makes the images: in the files as software version and in `truth.json`. One more
/// whenever the same recipe gives other pixels.
const GENERATION: u32 = 3;

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
    /// What is known of a sample cannot be read.
    #[error("{path:?} does not tell the truth of a sample: {reason}. Write the sample again into an empty folder.")]
    NotTruth {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
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

/// Finds a case by its name, or reads a teacher's recipe by its path (`*.toml`).
fn open(case: &str) -> Result<Study, PhantomError> {
    if let Some(built_in) = BUILT_IN.iter().find(|built_in| built_in.id == case) {
        let recipe = Recipe::read(&format!("{case}.toml"), built_in.text)?;
        return Ok(Study { id: case.into(), recipe });
    }
    let path = Path::new(case);
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml")) {
        let read = |source| PhantomError::Read { path: path.into(), source };
        let text = std::fs::read_to_string(path).map_err(read)?;
        let file = path.file_name().map_or_else(|| case.to_owned(), |name| name.to_string_lossy().into_owned());
        let id = path.file_stem().map_or_else(|| "case".to_owned(), |stem| stem.to_string_lossy().to_lowercase());
        let id = id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        return Ok(Study { id, recipe: Recipe::read(&file, &text)? });
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
    Ok(study::truth(&open(case)?))
}

/// The grid that the series of a visit share, slices from feet to head; none for an unknown case or visit.
#[must_use]
pub fn truth_grid(case: &str, visit: &str) -> Option<Grid> {
    let study = open(case).ok()?;
    let visit = study.visit(visit)?;
    let phase = Study::main_phase(visit);
    Some(study::stack_grid(visit, phase, study.frame_of_reference(visit, phase)))
}

/// The voxels (column, row, slice of [`truth_grid`]) whose centre lies inside a lesion's tumour, zone or viable tumour
/// at a visit; none when there is no such case, visit, lesion or region.
#[must_use]
pub fn truth_mask(case: &str, visit: &str, lesion: &str, role: MarkRole) -> Option<Vec<[u32; 3]>> {
    let study = open(case).ok()?;
    let visit = study.visit(visit)?;
    study::mask(&study, visit, Study::main_phase(visit), lesion, role)
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

/// Regions that are told.
const ROLES: [MarkRole; 3] = [MarkRole::Tumour, MarkRole::AblationZone, MarkRole::ViableTumour];

/// All masks of a case, on the grid of each series: phases of a visit are different breaths, and diffusion is
/// distorted.
///
/// # Errors
/// When there is no such case, or the recipe cannot be used.
pub fn truth_masks(case: &str) -> Result<Vec<TruthMask>, PhantomError> {
    let study = open(case)?;
    let mut masks = Vec::new();
    for visit in &study.recipe.visits {
        for phase in visit.phases() {
            for (lesion, role) in study.recipe.lesions.iter().flat_map(|lesion| ROLES.map(|role| (lesion, role))) {
                masks.extend(study::truth_mask(&study, visit, phase, &lesion.label, role));
            }
        }
    }
    Ok(masks)
}

/// A small picture of a case for lists: the first visit, through the first lesion before it was treated. It gives
/// nothing away. Those of the program's own cases are in [`CaseInfo::picture`].
///
/// # Errors
/// When there is no such case, or the recipe cannot be used.
pub fn picture(case: &str) -> Result<Sheet, PhantomError> {
    Ok(preview::picture(&open(case)?))
}

/// A contact sheet of a case: a row for each lesion at each visit, a column for each phase.
///
/// # Errors
/// When there is no such case, or the recipe cannot be used.
pub fn sheet(case: &str) -> Result<Sheet, PhantomError> {
    sheet::sheet(&open(case)?)
}

/// Writes a case below `folder`: `VISIT/SERIES/NNN.dcm` and `truth.json`. Files that are already there and are the
/// same are left alone; a different file is never replaced. When it stops on the way, what it wrote is taken back.
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
    writing::write(&open(case_id)?, folder, progress, cancelled)
}

#[cfg(test)]
mod tests;
