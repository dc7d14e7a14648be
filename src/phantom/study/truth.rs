//! What is true of a case made from a recipe.

use super::distortion::Distortion;
use super::motion::Motion;
use super::region::{Region, exact_distance_mm, surface_points};
use super::{Study, grid, point, stack_grid, tidy, tidy_point};
use crate::clinical::MarkRole;
use crate::geometry::{Grid, PatientPoint, PatientVector};
use crate::phantom::body::{Shape, VERTEBRAE, spine_y};
use crate::phantom::recipe::{At, Lesion, Phase, Visit};
use crate::phantom::truth::{
    KeyTruth, LandmarkTruth, LesionTruth, LesionVisitTruth, MarginTruth, RegionTruth, SeriesTruth, SessionTruth, Truth,
    VisitTruth,
};
use crate::phantom::{GENERATION, TruthMask};

const NOTE: &str = "Synthetic images of a patient who does not exist, for teaching and tests, not for judging readers.";

/// Cubes of this size are summed where a region has no closed form, mm.
const STEP_MM: f64 = 0.5;

/// Middle of the right lobe: stands for the liver where one movement must be named.
const LIVER_MM: [f64; 3] = [-60.0, -5.0, -65.0];

/// Places that can be found again at each visit, in the body's coordinates.
const LANDMARKS: [(&str, [f64; 3]); 7] = [
    ("portal_bifurcation", [-34.0, -8.0, -71.0]),
    ("umbilical_portal_vein", [8.0, -46.0, -62.0]),
    ("hepatic_vein_confluence", [-21.0, 10.0, -29.0]),
    ("coeliac_trunk", [9.5, 0.0, -83.0]),
    ("mesenteric_artery_origin", [9.0, 6.0, -97.0]),
    ("right_kidney_middle", [-58.0, 52.0, -138.0]),
    ("left_kidney_middle", [62.0, 48.0, -122.0]),
];

/// The phase a visit's own places are given for: that of its last series.
fn main_phase(visit: &Visit) -> Phase {
    let phases = visit.phases();
    let venous = phases.iter().find(|phase| matches!(phase, Phase::PortalVenous | Phase::T1PortalVenous));
    venous.or(phases.first()).copied().unwrap_or(Phase::PortalVenous)
}

pub(in crate::phantom) fn truth(study: &Study) -> Truth {
    let recipe = &study.recipe;
    let first = recipe.visits.first().map(|visit| study.motion(visit, main_phase(visit)));
    let visits = recipe.visits.iter().map(|visit| {
        let motion = study.motion(visit, main_phase(visit));
        let phases = visit.phases();
        let series = phases.iter().map(|phase| SeriesTruth {
            folder: format!("{}/{}", visit.id, phase.folder()),
            uid: study.series_uid(visit, *phase),
            role: phase.role(),
            images: images(visit, *phase),
        });
        let shift = first.as_ref().map_or(PatientVector::default(), |first| {
            motion.without_pull(point(LIVER_MM)) - first.without_pull(point(LIVER_MM))
        });
        VisitTruth {
            id: visit.id.clone(),
            title: visit.title.clone(),
            date: study.date(visit.day),
            day: visit.day,
            shift_from_first_mm: PatientVector::new(tidy(shift.x), tidy(shift.y), tidy(shift.z)),
            study_uid: study.uid(&format!("{}/study", visit.id)),
            frame_of_reference_uid: study.frame_of_reference(visit, main_phase(visit)),
            series: series.collect(),
            landmarks: landmarks(study, visit),
            elsewhere: visit.elsewhere.clone(),
        }
    });
    let sessions = recipe.sessions.iter().map(|session| SessionTruth {
        date: study.date(session.day),
        day: session.day,
        modality: session.modality,
        lesions: session.lesions.clone(),
    });
    Truth {
        case: study.id.clone(),
        title: recipe.title.clone(),
        note: format!("{NOTE} {}", recipe.not_shown),
        patient_id: recipe.patient.id.clone(),
        teaching_point: recipe.teaching_point.clone(),
        primary: Some(recipe.patient.primary),
        sessions: sessions.collect(),
        visits: visits.collect(),
        lesions: recipe.lesions.iter().map(|lesion| lesion_truth(study, lesion)).collect(),
        generation: GENERATION,
        recipe: recipe.text.clone(),
    }
}

/// Number of images of a series.
pub(in crate::phantom) fn images(visit: &Visit, phase: Phase) -> u32 {
    let scan = visit.scan(phase);
    scan.slices - scan.odd.missing_slices.len() as u32
}

/// The landmarks of a visit in each of its series.
fn landmarks(study: &Study, visit: &Visit) -> Vec<LandmarkTruth> {
    let spine = VERTEBRAE.iter().map(|(name, z, _)| ((*name).to_owned(), PatientPoint::new(0.0, spine_y(*z), *z)));
    let soft = LANDMARKS.iter().map(|(name, at)| ((*name).to_owned(), point(*at)));
    let all: Vec<_> = soft.chain(spine).collect();
    let in_phase = |phase: &Phase| {
        let (motion, folder) = (study.motion(visit, *phase), format!("{}/{}", visit.id, phase.folder()));
        let distortion = Distortion::of(visit, *phase);
        let places = all.iter().map(|(name, at)| (name.clone(), distortion.shown_at(motion.to_visit(*at))));
        let grid = grid(visit, *phase, String::new());
        let (low, high) = (grid.origin.z, grid.origin.z + grid.spacing_mm[2] * f64::from(grid.dims[2] - 1));
        places
            .filter(|(_, at)| (low..=high).contains(&at.z))
            .map(|(name, at)| LandmarkTruth { name, series: folder.clone(), place: tidy_point(at) })
            .collect::<Vec<_>>()
    };
    visit.phases().iter().flat_map(in_phase).collect()
}

fn lesion_truth(study: &Study, lesion: &Lesion) -> LesionTruth {
    let visits = study.recipe.visits.iter().filter_map(|visit| {
        let at = visit.lesions.iter().find(|at| at.label == lesion.label)?;
        lesion_visit(study, visit, at)
    });
    LesionTruth {
        label: lesion.label.clone(),
        organ: lesion.organ,
        segment: lesion.segment,
        tumour_type: lesion.tumour_type,
        long_axis_mm: lesion.size_mm.iter().fold(0.0f64, |a, b| a.max(*b)),
        visits: visits.collect(),
    }
}

fn lesion_visit(study: &Study, visit: &Visit, at: &At) -> Option<LesionVisitTruth> {
    let phase = at.look_at.unwrap_or_else(|| main_phase(visit));
    let motion = study.motion(visit, main_phase(visit));
    let regions = study.regions(visit, at, &motion)?;
    let stack = |phase: Phase| stack_grid(visit, phase, String::new());
    let (grid, look_grid) = (stack(main_phase(visit)), stack(phase));
    let seen = Distortion::of(visit, main_phase(visit));
    let last = study.recipe.last_session(&at.label, visit.day);
    let region = |region: &Option<Region>| region.as_ref().map(|region| region_truth(region, &motion, &grid, seen));
    let margin = regions.zone.as_ref().map(|zone| margin(&regions.tumour_before, zone));
    let key = at.answer.zip(at.word).map(|(answer, word)| {
        // The slice is that of the series to look at, which may be another breath.
        let middle = study.focus(visit, at, phase).unwrap_or(regions.place);
        KeyTruth {
            answer,
            also_accepted: at.also_accepted.clone(),
            shape: at.shape.unwrap_or(crate::clinical::Shape::None),
            reason: at.reason,
            derived: word,
            look_at: format!("{}/{}", visit.id, phase.folder()),
            slice_z_mm: tidy(look_grid.nearest_slice(middle).map_or(middle.z, |k| {
                let plane = look_grid.slice_plane(k);
                middle.z - plane.distance_mm(middle) / plane.normal.vector().z
            })),
            sign: at.sign.clone(),
            trap: at.trap.clone(),
            would_change: at.would_change.clone(),
        }
    });
    Some(LesionVisitTruth {
        visit: visit.id.clone(),
        days_after_last_session: visit.day - last.map_or(0, |session| session.day),
        place: tidy_point(regions.place),
        tumour: region(&regions.tumour),
        ablation_zone: region(&regions.zone),
        viable_tumour: region(&regions.viable),
        in_retrospect: region(&regions.in_retrospect),
        margin,
        key,
    })
}

fn region_truth(region: &Region, motion: &Motion, grid: &Grid, seen: Distortion) -> RegionTruth {
    let (volume_ml, longest_axial_mm) = region.size(motion, STEP_MM);
    let voxels = region.voxels(motion, grid, &|at| seen.source(at)).len() as u64;
    RegionTruth {
        centre: tidy_point(region.centre()),
        volume_ml: tidy(volume_ml),
        longest_axial_mm: tidy(longest_axial_mm),
        voxels,
        voxels_ml: tidy(voxels as f64 * grid.voxel_volume_ml()),
    }
}

/// How far the zone reaches beyond the tumour as it was, all around.
fn margin(tumour: &crate::phantom::body::Ellipsoid, zone: &Region) -> MarginTruth {
    const POINTS: u32 = 4000;
    let beyond = |at: &PatientPoint| match &zone.shape {
        Shape::Ellipsoid(e) => -exact_distance_mm(e, *at),
        Shape::Without(whole, cut) => match &**whole {
            Shape::Ellipsoid(e) => (-exact_distance_mm(e, *at)).min(cut.distance_mm(*at)),
            other => -other.distance_mm(*at),
        },
        other => -other.distance_mm(*at),
    };
    let points = surface_points(tumour, POINTS);
    let mut margins: Vec<(f64, PatientPoint)> = points.iter().map(|at| (beyond(at), *at)).collect();
    margins.sort_by(|a, b| a.0.total_cmp(&b.0));
    let covered = margins.iter().filter(|(mm, _)| *mm >= 0.0).count();
    let at = |n: usize| margins.get(n).copied().unwrap_or((0.0, tumour.centre));
    MarginTruth {
        least_mm: tidy(at(0).0),
        least_at: tidy_point(at(0).1),
        median_mm: tidy(at(margins.len() / 2).0),
        most_mm: tidy(at(margins.len().saturating_sub(1)).0),
        covered_percent: tidy(100.0 * covered as f64 / f64::from(POINTS)),
    }
}

/// The voxels of a lesion's region on the grid of a series.
pub(in crate::phantom) fn mask(
    study: &Study,
    visit: &Visit,
    phase: Phase,
    lesion: &str,
    role: MarkRole,
) -> Option<Vec<[u32; 3]>> {
    let at = visit.lesions.iter().find(|at| at.label == lesion)?;
    let motion = study.motion(visit, phase);
    let regions = study.regions(visit, at, &motion)?;
    let region = match role {
        MarkRole::Tumour => regions.tumour,
        MarkRole::AblationZone => regions.zone,
        MarkRole::ViableTumour => regions.viable,
        MarkRole::Organ | MarkRole::Other => None,
    }?;
    let seen = Distortion::of(visit, phase);
    Some(region.voxels(&motion, &stack_grid(visit, phase, String::new()), &|at| seen.source(at)))
}

/// The same with its grid.
pub(in crate::phantom) fn truth_mask(
    study: &Study,
    visit: &Visit,
    phase: Phase,
    lesion: &str,
    role: MarkRole,
) -> Option<TruthMask> {
    let voxels = mask(study, visit, phase, lesion, role)?;
    let grid = stack_grid(visit, phase, study.frame_of_reference(visit, phase));
    let series = format!("{}/{}", visit.id, phase.folder());
    Some(TruthMask { series, lesion: lesion.into(), role, grid, voxels })
}

impl Study {
    /// What is to be looked at of a lesion in a phase: what is alive, else the zone, else where the tumour is or was.
    pub(in crate::phantom) fn focus(&self, visit: &Visit, at: &At, phase: Phase) -> Option<PatientPoint> {
        let regions = self.regions(visit, at, &self.motion(visit, phase))?;
        let shown = regions.viable.as_ref().or(regions.in_retrospect.as_ref()).or(regions.zone.as_ref());
        Some(shown.map_or(regions.place, Region::centre))
    }

    /// The phase whose grid stands for the visit.
    pub(in crate::phantom) fn main_phase(visit: &Visit) -> Phase {
        main_phase(visit)
    }
}
