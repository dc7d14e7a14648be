//! What is true of a sample, as it is written beside it.

use crate::clinical::{
    self, Answer, Date, LiverSegment, NotEvaluableReason, Organ, PrimaryCancer, StackRole, TumourType,
};
use crate::geometry::{PatientPoint, PatientVector};
use crate::outcome::Word;
use serde::{Deserialize, Serialize};

/// The truth of a sample study. All places are LPS, mm, in the space of the visit they belong to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    /// Which sample.
    pub case: String,
    /// What it is called.
    pub title: String,
    /// That it is synthetic, and what that means.
    pub note: String,
    /// Patient ID (0010,0020) in the files.
    pub patient_id: String,
    /// What the case teaches; for after the reading.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub teaching_point: String,
    /// Primary cancer; colorectal when nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary: Option<PrimaryCancer>,
    /// Ablation sessions in time order.
    pub sessions: Vec<SessionTruth>,
    /// Visits in time order.
    pub visits: Vec<VisitTruth>,
    /// Lesions.
    pub lesions: Vec<LesionTruth>,
    /// Which model made the images.
    #[serde(default)]
    pub generation: u32,
    /// The recipe it was made from, as written.
    #[serde(default)]
    pub recipe: String,
}

/// An ablation session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionTruth {
    /// When.
    pub date: Date,
    /// Days after the first session.
    pub day: i64,
    /// Coded technique.
    pub modality: clinical::AblationModality,
    /// Labels of the lesions treated.
    pub lesions: Vec<String>,
}

/// A visit and its files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VisitTruth {
    /// Short name, also the folder.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Study date.
    pub date: Date,
    /// Days after the first session.
    pub day: i64,
    /// Where a place of the first visit is found at this one: add this, mm.
    pub shift_from_first_mm: PatientVector,
    /// Study Instance UID.
    pub study_uid: String,
    /// Frame of Reference UID.
    pub frame_of_reference_uid: String,
    /// Series.
    pub series: Vec<SeriesTruth>,
    /// Places that can be found at every visit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub landmarks: Vec<LandmarkTruth>,
    /// What a reader should say of the rest of the scan.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub elsewhere: String,
}

/// A place of the anatomy in a series: the same name is the same place of the body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LandmarkTruth {
    /// Which place.
    pub name: String,
    /// Folder of the series below the case.
    pub series: String,
    /// Where it lies in that series.
    pub place: PatientPoint,
}

/// A series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesTruth {
    /// Folder below the case.
    pub folder: String,
    /// Series Instance UID.
    pub uid: String,
    /// What it is.
    pub role: StackRole,
    /// Number of images.
    pub images: u32,
}

/// A lesion through time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LesionTruth {
    /// Label, such as "L1".
    pub label: String,
    /// Organ.
    pub organ: Organ,
    /// Couinaud segment, in the liver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<LiverSegment>,
    /// Primary or metastasis.
    pub tumour_type: TumourType,
    /// Longest diameter before ablation, mm.
    pub long_axis_mm: f64,
    /// One entry per visit, in time order.
    pub visits: Vec<LesionVisitTruth>,
}

/// A lesion at a visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LesionVisitTruth {
    /// Which visit.
    pub visit: String,
    /// Days after this lesion's last session; negative before the first.
    pub days_after_last_session: i64,
    /// Where the middle of the tumour is or was.
    pub place: PatientPoint,
    /// Tumour as seen before ablation.
    pub tumour: Option<RegionTruth>,
    /// Ablation zone.
    pub ablation_zone: Option<RegionTruth>,
    /// Viable tumour that a reader should see.
    pub viable_tumour: Option<RegionTruth>,
    /// Viable tumour that is there but can be told only in retrospect.
    pub in_retrospect: Option<RegionTruth>,
    /// How far the zone reaches beyond the tumour as it was before treatment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin: Option<MarginTruth>,
    /// What a reader should answer; none before ablation.
    pub key: Option<KeyTruth>,
}

/// A region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RegionTruth {
    /// Middle of the shape, or of the tumour it was cut from.
    pub centre: PatientPoint,
    /// Volume of the shape, ml: in closed form, or summed over 0.5 mm cubes where a shape has none (a crescent).
    pub volume_ml: f64,
    /// Longest axial diameter of the shape, mm.
    pub longest_axial_mm: f64,
    /// Voxels of the series whose centre lies inside.
    pub voxels: u64,
    /// Their volume, ml.
    pub voxels_ml: f64,
}

/// Signed distances from the surface of the tumour as it was to the surface of the zone, mm: above zero where the
/// zone reaches beyond it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MarginTruth {
    /// The least, mm.
    pub least_mm: f64,
    /// Where on the tumour that is.
    pub least_at: PatientPoint,
    /// The median, mm.
    pub median_mm: f64,
    /// The most, mm.
    pub most_mm: f64,
    /// Share of the tumour's surface inside the zone, percent.
    pub covered_percent: f64,
}

/// The answer key of a lesion at a visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeyTruth {
    /// The expected answer.
    pub answer: Answer,
    /// Other answers that are not wrong.
    pub also_accepted: Vec<Answer>,
    /// The expected shape.
    pub shape: clinical::Shape,
    /// Why it cannot be judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<NotEvaluableReason>,
    /// The word that follows from the answers so far (reading.md 8).
    pub derived: Word,
    /// Folder of the series to look at.
    pub look_at: String,
    /// Height of the slice to look at, LPS mm.
    pub slice_z_mm: f64,
    /// What shows it.
    pub sign: String,
    /// What may mislead.
    pub trap: String,
    /// What would change the answer.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub would_change: String,
}
