//! What is true of a sample, written beside it.

use super::Phase;
use super::course::{Case, LesionPlan};
use super::instance::{Names, date_of};
use super::scan;
use super::shape::Shape;
use crate::clinical::{
    self, Answer, Date, LiverSegment, MarkRole, NotEvaluableReason, Organ, PrimaryCancer, StackRole, TumourType,
};
use crate::geometry::{Grid, PatientPoint, PatientVector, VoxelIndex};
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
    /// Volume of the shape, ml: in closed form, or summed over 0.5 mm cubes for a crescent.
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

const NOTE: &str = "Synthetic images of a patient who does not exist. Shapes are simple and tissue is even; no breathing \
     within a scan, no perfusion wedge, no beam hardening. For learning the program and for tests, not for judging readers.";

pub(super) fn truth(case: &Case) -> Truth {
    let visits = case.visits.iter().map(|visit| {
        let names = Names { case: case.info.id, visit: visit.id };
        let series = visit.phases.iter().map(|phase| SeriesTruth {
            folder: series_folder(visit.id, *phase),
            uid: names.series(*phase),
            role: phase.role(),
            images: scan::SLICES,
        });
        let first = case.visits.first().map_or(visit.shift, |first| first.shift);
        VisitTruth {
            id: visit.id.into(),
            title: visit.title.into(),
            date: date_of(case, visit.day),
            day: visit.day,
            shift_from_first_mm: visit.shift - first,
            study_uid: names.study(),
            frame_of_reference_uid: names.frame_of_reference(),
            series: series.collect(),
            landmarks: Vec::new(),
            elsewhere: String::new(),
        }
    });
    let sessions = case.sessions.iter().map(|session| SessionTruth {
        date: date_of(case, session.day),
        day: session.day,
        modality: clinical::AblationModality::Microwave,
        lesions: session.lesions.iter().map(|label| (*label).into()).collect(),
    });
    Truth {
        case: case.info.id.into(),
        title: case.info.title.into(),
        note: NOTE.into(),
        patient_id: case.patient_id.into(),
        teaching_point: String::new(),
        primary: None,
        sessions: sessions.collect(),
        visits: visits.collect(),
        lesions: case.lesions.iter().map(|lesion| lesion_truth(case, lesion)).collect(),
    }
}

/// Folder of a series, below the case.
pub(super) fn series_folder(visit: &str, phase: Phase) -> String {
    format!("{visit}/{}", phase.folder())
}

fn lesion_truth(case: &Case, lesion: &LesionPlan) -> LesionTruth {
    let visits = case.visits.iter().enumerate().zip(&lesion.at).map(|((n, visit), at)| {
        let last = case.sessions.iter().rfind(|s| s.lesions.contains(&lesion.label) && s.day <= visit.day);
        let region = |role| region_truth(case, n, lesion, role);
        let place = lesion.tumour.centre + visit.shift;
        let grid = scan::grid(visit, String::new());
        let look_at = match (&at.viable, &at.hidden, &at.zone) {
            (Some(Shape::Ellipsoid(e)), ..) => e.centre + visit.shift,
            (None, None, Some(zone)) => zone.shape.centre + visit.shift,
            _ => place,
        };
        LesionVisitTruth {
            visit: visit.id.into(),
            days_after_last_session: visit.day - last.map_or(0, |session| session.day),
            place: tidy_point(place),
            tumour: region(MarkRole::Tumour),
            ablation_zone: region(MarkRole::AblationZone),
            viable_tumour: region(MarkRole::ViableTumour),
            in_retrospect: at.hidden.map(|hidden| region_of(case, n, &Shape::Ellipsoid(hidden))),
            margin: None,
            key: at.key.map(|key| KeyTruth {
                answer: key.answer,
                also_accepted: key.also_accepted.to_vec(),
                shape: key.shape,
                derived: key.derived,
                look_at: series_folder(visit.id, key.look_at),
                slice_z_mm: grid.nearest_slice(look_at).map_or(look_at.z, |k| grid.slice_plane(k).point.z),
                sign: key.sign.into(),
                trap: key.trap.into(),
                reason: None,
                would_change: String::new(),
            }),
        }
    });
    LesionTruth {
        label: lesion.label.into(),
        organ: Organ::Liver,
        segment: Some(lesion.segment),
        tumour_type: TumourType::Metastasis,
        long_axis_mm: 2.0 * lesion.tumour.half_mm.iter().fold(0.0f64, |a, b| a.max(*b)),
        visits: visits.collect(),
    }
}

/// The shape of a lesion's region at a visit, in the coordinates of the anatomy.
fn shape_of(lesion: &LesionPlan, visit: usize, role: MarkRole) -> Option<Shape> {
    let at = lesion.at.get(visit)?;
    match role {
        MarkRole::Tumour => at.key.is_none().then_some(Shape::Ellipsoid(lesion.tumour)),
        MarkRole::AblationZone => at.zone.as_ref().map(|zone| Shape::Ellipsoid(zone.shape)),
        MarkRole::ViableTumour => at.viable.clone(),
        MarkRole::Organ | MarkRole::Other => None,
    }
}

fn region_truth(case: &Case, visit: usize, lesion: &LesionPlan, role: MarkRole) -> Option<RegionTruth> {
    Some(region_of(case, visit, &shape_of(lesion, visit, role)?))
}

fn region_of(case: &Case, visit: usize, shape: &Shape) -> RegionTruth {
    let plan = case.visits.get(visit);
    let shift = plan.map_or(PatientVector::default(), |plan| plan.shift);
    let grid = plan.map(|plan| scan::grid(plan, String::new()));
    let voxels = grid.as_ref().map_or(0, |grid| voxels_inside(shape, shift, grid).len() as u64);
    let (centre, volume_ml, longest_axial_mm) = match shape {
        Shape::Ellipsoid(e) => (e.centre, e.volume_ml(), 2.0 * e.half_mm[0].max(e.half_mm[1])),
        other => {
            let (volume_ml, longest_mm) = sampled(other);
            let extent = other.extent();
            (extent.low + (extent.high - extent.low) * 0.5, volume_ml, longest_mm)
        }
    };
    RegionTruth {
        centre: tidy_point(centre + shift),
        volume_ml: tidy(volume_ml),
        longest_axial_mm: tidy(longest_axial_mm),
        voxels,
        voxels_ml: tidy(voxels as f64 * grid.map_or(0.0, |grid| grid.voxel_volume_ml())),
    }
}

/// Three decimals: what the model is worth, and no more.
fn tidy(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

fn tidy_point(at: PatientPoint) -> PatientPoint {
    PatientPoint::new(tidy(at.x), tidy(at.y), tidy(at.z))
}

/// Volume, ml, and longest axial diameter, mm, of a shape without a closed form.
fn sampled(shape: &Shape) -> (f64, f64) {
    const STEP_MM: f64 = 0.5;
    let extent = shape.extent();
    let steps = |low: f64, high: f64| ((high - low) / STEP_MM).ceil() as u32;
    let along = |low: f64, n: u32| low + (f64::from(n) + 0.5) * STEP_MM;
    let (mut cubes, mut longest_mm) = (0u64, 0.0f64);
    for k in 0..steps(extent.low.z, extent.high.z) {
        // The two ends of each row are enough to find the longest diameter of a plane.
        let mut ends: Vec<PatientPoint> = Vec::new();
        for j in 0..steps(extent.low.y, extent.high.y) {
            let at = |i| PatientPoint::new(along(extent.low.x, i), along(extent.low.y, j), along(extent.low.z, k));
            let row: Vec<_> =
                (0..steps(extent.low.x, extent.high.x)).map(at).filter(|p| shape.distance_mm(*p) <= 0.0).collect();
            cubes += row.len() as u64;
            ends.extend(row.first().into_iter().chain(row.last()));
        }
        for (n, a) in ends.iter().enumerate() {
            longest_mm = ends.iter().skip(n).fold(longest_mm, |most, b| most.max(a.distance_mm(*b)));
        }
    }
    (cubes as f64 * STEP_MM.powi(3) / 1000.0, longest_mm)
}

/// Voxels (column, row, slice) whose centre lies inside a shape of the anatomy, slice by slice, row by row.
fn voxels_inside(shape: &Shape, shift: PatientVector, grid: &Grid) -> Vec<[u32; 3]> {
    let extent = shape.extent();
    let (low, high) = (grid.to_index(extent.low + shift), grid.to_index(extent.high + shift));
    let range = |low: f64, high: f64, n: u32| (low.floor().max(0.0) as u32)..(high.ceil().max(0.0) as u32 + 1).min(n);
    let [columns, rows, slices] = grid.dims;
    let mut inside = Vec::new();
    for k in range(low.k, high.k, slices) {
        for j in range(low.j, high.j, rows) {
            for i in range(low.i, high.i, columns) {
                let at = grid.to_patient(VoxelIndex::new(f64::from(i), f64::from(j), f64::from(k))) - shift;
                if shape.distance_mm(at) <= 0.0 {
                    inside.push([i, j, k]);
                }
            }
        }
    }
    inside
}

/// The voxels of a lesion's region on the grid of a visit.
pub(super) fn mask(case: &Case, visit: &str, lesion: &str, role: MarkRole) -> Option<Vec<[u32; 3]>> {
    let n = case.visits.iter().position(|plan| plan.id == visit)?;
    let plan = case.visits.get(n)?;
    let lesion = case.lesions.iter().find(|plan| plan.label == lesion)?;
    let shape = shape_of(lesion, n, role)?;
    Some(voxels_inside(&shape, plan.shift, &scan::grid(plan, String::new())))
}

#[cfg(test)]
mod tests {
    use super::super::shape::Ellipsoid;
    use super::*;

    #[test]
    fn sampling_agrees_with_the_closed_form() {
        let far = Ellipsoid::new(PatientPoint::new(900.0, 0.0, 0.0), [1.0; 3]);
        let whole = Ellipsoid::new(PatientPoint::new(0.0, 0.0, 0.0), [11.0, 10.0, 10.0]);
        let (volume_ml, longest_mm) = sampled(&Shape::Outside(whole, far));
        assert!((volume_ml - whole.volume_ml()).abs() < 0.01 * whole.volume_ml());
        assert!((longest_mm - 22.0).abs() < 0.8, "{longest_mm}");
    }
}
