//! What is known of a sample that was written: from its `truth.json` alone, which holds the recipe.

use super::recipe::Recipe;
use super::study::{self, Study};
use super::{LesionTruth, PhantomError, ROLES, Truth, TruthMask, writing};
use crate::clinical::MarkRole;
use std::io::Read;
use std::path::Path;

/// More than any truth has, bytes.
const MOST: u64 = 16 << 20;

/// The truth of a sample that was written into a folder: teaching point, answer keys, sizes, landmarks.
///
/// # Errors
/// When there is no `truth.json` in it, or it is not the truth of a sample.
pub fn truth_in(folder: &Path) -> Result<Truth, PhantomError> {
    let path = folder.join("truth.json");
    let not_truth = |reason: String| PhantomError::NotTruth { path: path.clone(), reason };
    let file = std::fs::File::open(&path).map_err(|error| not_truth(error.to_string()))?;
    let mut text = String::new();
    file.take(MOST).read_to_string(&mut text).map_err(|error| not_truth(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| not_truth(error.to_string()))
}

/// Whether a case lies whole in a folder, as this version of the program makes it: its truth is the same, and no image
/// is missing. Images are not read.
#[must_use]
pub fn is_written(case: &str, folder: &Path) -> bool {
    super::open(case).is_ok_and(|study| writing::is_written(&study, folder))
}

impl Truth {
    /// The lesions that are known before the reading: those that are treated. Others are for the reader to find.
    pub fn known_lesions(&self) -> impl Iterator<Item = &LesionTruth> {
        let treated = |lesion: &&LesionTruth| self.sessions.iter().any(|s| s.lesions.contains(&lesion.label));
        self.lesions.iter().filter(treated)
    }

    fn study(&self) -> Result<Study, PhantomError> {
        let recipe = Recipe::read(&format!("{}.toml", self.case), &self.recipe)?;
        Ok(Study { id: self.case.clone(), recipe })
    }

    /// The true regions of one series, on its grid; lesion by lesion. Empty for a series of another study.
    ///
    /// # Errors
    /// When the recipe in this truth cannot be used.
    pub fn masks_on(&self, series_uid: &str) -> Result<Vec<TruthMask>, PhantomError> {
        let study = self.study()?;
        let mut masks = Vec::new();
        for visit in &study.recipe.visits {
            for phase in visit.phases().into_iter().filter(|phase| study.series_uid(visit, *phase) == series_uid) {
                for lesion in &study.recipe.lesions {
                    let of_role = |role: MarkRole| study::truth_mask(&study, visit, phase, &lesion.label, role);
                    masks.extend(ROLES.into_iter().filter_map(of_role));
                }
            }
        }
        Ok(masks)
    }
}
