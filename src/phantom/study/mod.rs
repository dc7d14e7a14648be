//! A recipe made into images: where everything lies at each visit, what it looks like, and the files.
//!
//! This module knows the body and the recipe. It writes nothing itself and reads no images.

mod ct;
mod distortion;
mod file;
mod jpeg_ls;
mod lesion;
mod motion;
mod mr;
mod pet;
mod region;
mod truth;

#[cfg(test)]
pub(super) use ct::{expose, slice_values};
pub(super) use file::{SliceFile, file};
pub(super) use truth::{images, mask, truth, truth_mask};

use super::body::{self, Build, Item, PlaneOfPixels};
use super::noise;
use super::recipe::{Phase, Recipe, Scan, Visit};
use super::uid::uid;
use crate::clinical::{Date, StackRole};
use crate::geometry::{Grid, PatientDirection, PatientPoint, PatientVector, SpaceId, VoxelIndex};
use distortion::{Distorted, Distortion};
use motion::{Motion, Pull};

/// A recipe with its name.
pub(super) struct Study {
    /// Short name, also the folder.
    pub id: String,
    pub recipe: Recipe,
}

fn vector(v: [f64; 3]) -> PatientVector {
    PatientVector::new(v[0], v[1], v[2])
}

fn point(v: [f64; 3]) -> PatientPoint {
    PatientPoint::new(v[0], v[1], v[2])
}

impl Phase {
    /// Index into the values of tissues of its scanner; the ADC map has none of its own.
    pub(super) fn index(self) -> usize {
        match self {
            Self::Unenhanced | Self::T1 => 0,
            Self::Arterial | Self::T1Arterial => 1,
            Self::PortalVenous | Self::T1PortalVenous => 2,
            Self::Delayed | Self::T1Delayed => 3,
            Self::T2 => 4,
            Self::Dwi50 | Self::Adc => 5,
            Self::Dwi400 => 6,
            Self::Dwi800 => 7,
            Self::Pet => 0,
        }
    }

    pub(super) fn folder(self) -> &'static str {
        match self {
            Self::Unenhanced => "unenhanced",
            Self::Arterial => "arterial",
            Self::PortalVenous => "portal-venous",
            Self::Delayed => "delayed",
            Self::T1 => "t1",
            Self::T1Arterial => "t1-arterial",
            Self::T1PortalVenous => "t1-portal-venous",
            Self::T1Delayed => "t1-delayed",
            Self::T2 => "t2",
            Self::Dwi50 => "dwi-b50",
            Self::Dwi400 => "dwi-b400",
            Self::Dwi800 => "dwi-b800",
            Self::Adc => "adc",
            Self::Pet => "pet",
        }
    }

    /// What the series is called, without its slice thickness.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Unenhanced => "unenhanced",
            Self::Arterial => "late arterial",
            Self::PortalVenous => "portal venous",
            Self::Delayed => "delayed",
            Self::T1 => "T1 VIBE FS pre contrast",
            Self::T1Arterial => "T1 VIBE FS arterial",
            Self::T1PortalVenous => "T1 VIBE FS portal venous",
            Self::T1Delayed => "T1 VIBE FS delayed",
            Self::T2 => "T2 TSE FS",
            Self::Dwi50 => "DWI b50",
            Self::Dwi400 => "DWI b400",
            Self::Dwi800 => "DWI b800",
            Self::Adc => "ADC",
            Self::Pet => "PET AC",
        }
    }

    /// Seconds after the start of the injection; none without contrast.
    pub(super) fn after_bolus_s(self) -> Option<f64> {
        match self {
            Self::Arterial | Self::T1Arterial => Some(35.0),
            Self::PortalVenous | Self::T1PortalVenous => Some(70.0),
            Self::Delayed | Self::T1Delayed => Some(180.0),
            _ => None,
        }
    }

    /// Diffusion weighting, s/mm2.
    pub(super) fn b_value(self) -> Option<f64> {
        match self {
            Self::Dwi50 => Some(50.0),
            Self::Dwi400 => Some(400.0),
            Self::Dwi800 => Some(800.0),
            _ => None,
        }
    }

    pub(super) fn series_number(self) -> u32 {
        match self {
            Self::Unenhanced => 2,
            Self::Arterial => 3,
            Self::PortalVenous => 4,
            Self::Delayed => 5,
            Self::T2 => 11,
            Self::Dwi50 => 12,
            Self::Dwi400 => 13,
            Self::Dwi800 => 14,
            Self::Adc => 15,
            Self::T1 => 16,
            Self::T1Arterial => 17,
            Self::T1PortalVenous => 18,
            Self::T1Delayed => 19,
            Self::Pet => 21,
        }
    }

    pub(super) fn role(self) -> StackRole {
        match self {
            Self::Unenhanced => StackRole::CtUnenhanced,
            Self::Arterial => StackRole::CtArterial,
            Self::PortalVenous => StackRole::CtPortalVenous,
            Self::Delayed => StackRole::CtDelayed,
            Self::T1 => StackRole::MrT1,
            Self::T1Arterial | Self::T1PortalVenous | Self::T1Delayed => StackRole::MrT1Enhanced,
            Self::T2 => StackRole::MrT2,
            Self::Dwi50 | Self::Dwi400 | Self::Dwi800 => StackRole::MrDwi,
            Self::Adc => StackRole::MrAdc,
            Self::Pet => StackRole::Pet,
        }
    }
}

impl Study {
    /// A date that many days after the first session.
    pub(super) fn date(&self, day: i64) -> Date {
        self.recipe.patient.first_session + chrono::TimeDelta::days(day)
    }

    pub(super) fn visit(&self, id: &str) -> Option<&Visit> {
        self.recipe.visits.iter().find(|visit| visit.id == id)
    }

    /// A UID of its own for each thing of the study.
    pub(super) fn uid(&self, of: &str) -> String {
        uid(&format!("ablation-review/cases/{}/{of}", self.id))
    }

    pub(super) fn series_uid(&self, visit: &Visit, phase: Phase) -> String {
        self.uid(&format!("{}/{}", visit.id, phase.folder()))
    }

    pub(super) fn frame_of_reference(&self, visit: &Visit, phase: Phase) -> String {
        let own = visit.scan(phase).odd.second_frame_of_reference && visit.phases().first() != Some(&phase);
        if own {
            self.uid(&format!("{}/{}/frame", visit.id, phase.folder()))
        } else {
            self.uid(&format!("{}/frame", visit.id))
        }
    }

    /// How the patient lies at a visit in a phase.
    pub(super) fn motion(&self, visit: &Visit, phase: Phase) -> Motion {
        let more = visit.scan(phase).breath_mm;
        let breath = vector(visit.lie.breath_mm) + PatientVector::new(0.0, -0.25 * more, more);
        let pulls = visit
            .lesions
            .iter()
            .filter_map(|at| {
                let zone = at.zone.as_ref().filter(|zone| zone.shrinkage_mm > 0.0)?;
                let lesion = self.recipe.lesions.iter().find(|lesion| lesion.label == at.label)?;
                Some(Pull { centre: point(lesion.place_mm) + vector(zone.offset_mm), most_mm: zone.shrinkage_mm })
            })
            .collect();
        Motion::new(vector(visit.lie.shift_mm), visit.lie.turn_deg, breath, pulls).scaled(self.recipe.patient.build)
    }

    /// Everything to paint at a visit in a phase.
    pub(super) fn scene(&self, visit: &Visit, phase: Phase) -> Vec<Item> {
        let build = Build { fat_mm: self.recipe.patient.fat_mm, seed: self.recipe.seed };
        let mut items = body::body(&build);
        let motion = self.motion(visit, phase);
        self.paint_lesions(visit, &motion, &mut items);
        items
    }
}

/// What names the noise of a visit.
pub(super) fn visit_seed(study: &Study, visit: &Visit) -> u64 {
    noise::hash(study.recipe.seed, visit.day.unsigned_abs())
}

/// What names the noise of a slice of a phase.
pub(super) fn noise_seed(visit_seed: u64, phase: Phase, slice: u32) -> u64 {
    noise::hash(visit_seed ^ u64::from(phase.series_number()) << 32, u64::from(slice))
}

/// The stored values of one slice of one phase.
pub(super) fn exposed(study: &Study, visit: &Visit, phase: Phase, slice: u32) -> Vec<i16> {
    let session = Session { visit, seed: visit_seed(study, visit) };
    let stored = session.slice(&study.scene(visit, phase), &study.motion(visit, phase), &[phase], slice);
    stored.into_iter().next().unwrap_or_default()
}

/// A visit on the scanner.
pub(super) struct Session<'a> {
    pub visit: &'a Visit,
    pub seed: u64,
}

impl Session<'_> {
    /// The stored values of a slice in phases of one breath and one grid.
    pub(super) fn slice(&self, items: &[Item], motion: &Motion, phases: &[Phase], slice: u32) -> Vec<Vec<i16>> {
        let Some(first) = phases.first() else { return Vec::new() };
        self.slice_of(&self.visit.scan(*first), items, motion, phases, slice)
    }

    /// The same on another grid than the visit's own.
    pub(super) fn slice_of(
        &self,
        scan: &Scan,
        items: &[Item],
        motion: &Motion,
        phases: &[Phase],
        slice: u32,
    ) -> Vec<Vec<i16>> {
        let Some(first) = phases.first() else { return Vec::new() };
        let seed = |phase: Phase| noise_seed(self.seed, phase, slice);
        if first.is_ct() {
            let values = ct::slice_values(items, motion, self.visit, scan, slice, self.seed);
            return phases.iter().map(|phase| ct::expose(&values, scan, *phase, seed(*phase))).collect();
        }
        if let (Phase::Pet, Some(pet)) = (*first, &self.visit.pet) {
            let values = pet::slice_values(items, motion, self.visit, scan, slice);
            return vec![pet::expose(&values, scan, &pet.dose, seed(Phase::Pet))];
        }
        let distorted = Distorted { motion, by: Distortion::of(self.visit, *first) };
        let values = mr::slice_values(items, &distorted, self.visit, scan, slice);
        let expose = |phase: &Phase| mr::expose(&values, scan, *phase, &seed);
        phases.iter().map(expose).collect()
    }
}

/// Where the middle of the field of view lies behind the isocentre, mm.
const CENTRE_Y_MM: f64 = 15.0;

/// The grid that a reader makes of a series, slices from feet to head: with a tilted gantry the straight grid that holds
/// every slice, each moved within its plane.
pub(super) fn stack_grid(visit: &Visit, phase: Phase, space: String) -> Grid {
    let scan = visit.scan(phase);
    let mut grid = grid_of(visit, &scan, space);
    // As it is written into files.
    grid.origin = tidy_point(grid.origin);
    if scan.odd.tilt_deg == 0.0 {
        return grid;
    }
    let steps = f64::from(scan.slices - 1);
    let ((first, down), (last, _)) = (placement(visit, &scan, 0), placement(visit, &scan, scan.slices - 1));
    let across = PatientVector::new(1.0, 0.0, 0.0);
    let (Some(down), Some(normal)) = (down.direction(), across.cross(down).direction()) else { return grid };
    let total = last - first;
    let drift_px = total.dot(down.vector()) / scan.pixel_mm;
    let before = (-drift_px).max(0.0).ceil();
    grid.axes = [PatientDirection::LEFT, down, normal];
    grid.origin = first + down.times_mm(-before * scan.pixel_mm);
    grid.spacing_mm[2] = total.dot(normal.vector()) / steps;
    grid.dims[1] += drift_px.abs().ceil() as u32;
    grid
}

/// The grid of a series as if the gantry were straight, slices from feet to head.
pub(super) fn grid(visit: &Visit, phase: Phase, space: String) -> Grid {
    grid_of(visit, &visit.scan(phase), space)
}

fn grid_of(visit: &Visit, ct: &Scan, space: String) -> Grid {
    let half = f64::from(ct.matrix - 1) * ct.pixel_mm / 2.0;
    let lowest = ct.top_mm + visit.lie.shift_mm[2] - f64::from(ct.slices - 1) * ct.slice_mm;
    Grid {
        origin: PatientPoint::new(-half, CENTRE_Y_MM - half, tidy(lowest)),
        axes: [PatientDirection::LEFT, PatientDirection::POSTERIOR, PatientDirection::SUPERIOR],
        spacing_mm: [ct.pixel_mm, ct.pixel_mm, ct.slice_mm],
        dims: [ct.matrix, ct.matrix, ct.slices],
        space: SpaceId(space),
    }
}

/// Three decimals: what is written into files, and no more.
fn tidy(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

fn tidy_point(at: PatientPoint) -> PatientPoint {
    PatientPoint::new(tidy(at.x), tidy(at.y), tidy(at.z))
}

/// Place of the first pixel, and from row to row, of a slice.
pub(super) fn placement(visit: &Visit, scan: &Scan, slice: u32) -> (PatientPoint, PatientVector) {
    let grid = grid_of(visit, scan, String::new());
    let place = grid.to_patient(VoxelIndex::new(0.0, 0.0, f64::from(slice)));
    let tilt = scan.odd.tilt_deg;
    if tilt == 0.0 {
        return (place, PatientVector::new(0.0, 1.0, 0.0));
    }
    let tilted = Motion::new(PatientVector::default(), [tilt, 0.0, 0.0], PatientVector::default(), Vec::new());
    let down = tilted.direction(PatientVector::new(0.0, 1.0, 0.0));
    let middle = PatientPoint::new(place.x, CENTRE_Y_MM, place.z);
    (middle - down * (CENTRE_Y_MM - place.y), down)
}

/// The planes a thick slice is averaged from, feet to head.
fn planes(ct: &Scan, visit: &Visit, slice: u32, offset: PatientVector) -> Vec<PlaneOfPixels> {
    // About a millimetre apart: borders are as wide, so that slanting ones have no steps.
    let count = (ct.slice_mm.round() as u32).clamp(1, 9);
    let (place, down) = placement(visit, ct, slice);
    (0..count)
        .map(|n| {
            let up = ((f64::from(n) + 0.5) / f64::from(count) - 0.5) * ct.slice_mm;
            PlaneOfPixels {
                origin: place + PatientVector::new(0.0, 0.0, up) + offset,
                column: PatientVector::new(ct.pixel_mm, 0.0, 0.0),
                row: down * ct.pixel_mm,
                columns: ct.matrix as usize,
                rows: ct.matrix as usize,
            }
        })
        .collect()
}
