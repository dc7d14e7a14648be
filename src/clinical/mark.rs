//! What a mark is about and what it measures; its voxels live in `marks`.

use super::coded::coded;
use super::{LesionId, MarkId, PatientId, ReaderId, StackKey, VisitId};
use serde::{Deserialize, Serialize};

coded! {
    /// What a mark outlines. Viable tumour is shown as residual or progression by what was derived.
    MarkRole {
        Tumour = "tumour", "Tumour";
        AblationZone = "ablation_zone", "Ablation zone";
        ViableTumour = "viable_tumour", "Viable tumour";
        Organ = "organ", "Organ";
        Other = "other", "Other";
    }
}

/// What a mark belongs to. Marks and lesions are many to many.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MarkInfo {
    /// Number in the project.
    pub id: MarkId,
    /// What it outlines.
    pub role: MarkRole,
    /// The lesions it belongs to.
    pub lesions: Vec<LesionId>,
    /// Whose it is.
    pub patient: PatientId,
    /// At which visit it was drawn.
    pub visit: VisitId,
    /// By whom.
    pub reader: ReaderId,
    /// On which stack.
    pub stack: StackKey,
    /// First, second, ... part of the same role.
    pub ordinal: u32,
    /// Whether it speaks for the lesion where one value is wanted.
    pub primary: bool,
}

/// What a mark measures: all that rules and tables see of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MarkSummary {
    /// What it belongs to.
    pub info: MarkInfo,
    /// Volume, ml; none on a picture stack.
    pub volume_ml: Option<f64>,
    /// Longest axial (in-slice) diameter, mm; none where pixels are not calibrated.
    pub longest_axial_mm: Option<f64>,
    /// Longest diameter at right angles to it in the same slice, mm.
    pub perpendicular_mm: Option<f64>,
    /// Longest in-slice diameter, pixels, where pixels are not calibrated.
    pub longest_px: Option<f64>,
    /// Mean value inside, in the stack's unit, when the pixels were read.
    pub mean: Option<f64>,
    /// Standard deviation inside (n - 1).
    pub sd: Option<f64>,
    /// The unit of `mean` and `sd`, such as "HU"; empty when the file does not say.
    pub unit: String,
}
