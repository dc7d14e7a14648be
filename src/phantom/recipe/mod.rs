//! A case as a recipe: what a teacher writes in `sample_data/cases/*.toml`, and nothing else.
//!
//! `sample_data/README.md` explains every key. Places are in the body's own coordinates (LPS, mm, origin in the middle
//! of the trunk at the height of the right dome of the diaphragm), offsets are from the lesion's own place. A recipe is
//! checked as a whole before anything is made of it; what is wrong is named by file and key, with what to do.

mod check;

use crate::clinical::{
    AblationModality, Answer, Date, LiverSegment, NotEvaluableReason, Organ, PrimaryCancer, Shape, TumourType,
};
use crate::outcome::Word;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Why a recipe cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecipeError {
    /// It is not TOML, a key is unknown or missing, or a value has the wrong kind.
    #[error("{file}, line {line}: {problem}. Compare with the table of keys in sample_data/README.md.")]
    Text {
        /// The recipe.
        file: String,
        /// Line, counted from 1.
        line: usize,
        /// What the reader says.
        problem: String,
    },
    /// A value cannot be.
    #[error("{file}, {key}: {problem}. {remedy}.")]
    Value {
        /// The recipe.
        file: String,
        /// Which key, as a path such as `visits[2].ct.slice_mm`.
        key: String,
        /// What is wrong.
        problem: String,
        /// What to do.
        remedy: String,
    },
}

/// A sample study as written down.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recipe {
    /// Neutral title, shown before the reading.
    pub title: String,
    /// Neutral summary.
    pub summary: String,
    /// What it teaches; shown after the reading.
    pub teaching_point: String,
    /// What the model does not show.
    pub not_shown: String,
    /// Which small vessels, bowel loops and noise.
    pub seed: u64,
    pub patient: Patient,
    pub sessions: Vec<Session>,
    pub lesions: Vec<Lesion>,
    #[serde(default)]
    pub distractors: Vec<Distractor>,
    pub visits: Vec<Visit>,
    /// As it was written.
    #[serde(skip)]
    pub text: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Patient {
    /// Patient ID in the files.
    pub id: String,
    pub sex: Sex,
    pub age_years: u32,
    /// Fat under the skin beyond that of a lean patient, mm.
    #[serde(default)]
    pub fat_mm: f64,
    /// How much wider, deeper and longer than the model the patient is.
    #[serde(default = "usual_build")]
    pub build: [f64; 3],
    pub primary: PrimaryCancer,
    /// Date of the first session: days count from here.
    pub first_session: Date,
}

fn usual_build() -> [f64; 3] {
    [0.98, 1.10, 1.0]
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum Sex {
    F,
    M,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Session {
    /// Days after the first session.
    pub day: i64,
    pub modality: AblationModality,
    pub lesions: Vec<String>,
}

/// How a tumour enhances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Look {
    /// Dark with a faint rim; comes back dark.
    Colorectal,
    /// Bright in the arterial phase, washed out later, with a delayed capsule.
    Hepatocellular,
    /// Soft tissue of about muscle density: lung, node, adrenal, bone.
    SoftTissue,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lesion {
    /// "L1" and so on.
    pub label: String,
    pub organ: Organ,
    /// When the organ is the liver.
    pub segment: Option<LiverSegment>,
    pub tumour_type: TumourType,
    pub look: Look,
    pub place_mm: [f64; 3],
    pub size_mm: [f64; 3],
    /// Direction of the first size; to the left when missing.
    pub points_to: Option<[f64; 3]>,
    /// Tumour that is left or comes back beside the zone.
    pub growth: Option<Growth>,
}

/// A nodule that doubles its volume in a fixed time: small before it is called, and there in retrospect.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Growth {
    /// Day at which it has its size and is first to be called.
    pub called_day: i64,
    pub size_mm: [f64; 3],
    /// Its middle, from the lesion's place.
    pub offset_mm: [f64; 3],
    pub points_to: Option<[f64; 3]>,
    pub doubling_time_days: f64,
    /// Gone from this day on (a second session).
    pub until_day: Option<i64>,
}

/// What may be taken for tumour, and what is simply there.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Distractor {
    pub kind: DistractorKind,
    pub place_mm: [f64; 3],
    pub size_mm: [f64; 3],
    pub points_to: Option<[f64; 3]>,
    /// At which visits; all when missing.
    pub visits: Option<Vec<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum DistractorKind {
    Cyst,
    FocalFat,
    VesselEndOn,
    /// A cone from its place towards where it points: size is width, width, length.
    PerfusionWedge,
    Granuloma,
    SmallNodule,
    /// Bubbles in a fresh zone.
    Gas,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Visit {
    /// Short name, also the folder; no spoiler.
    pub id: String,
    pub title: String,
    /// Days after the first session.
    pub day: i64,
    /// Time of day the scan starts, "HH:MM:SS".
    pub start: String,
    #[serde(default)]
    pub lie: Lie,
    pub ct: Option<Ct>,
    pub mr: Option<Mr>,
    pub pet: Option<Pet>,
    pub lesions: Vec<At>,
    /// What a reader should say of the rest of the scan.
    #[serde(default)]
    pub elsewhere: String,
}

/// How the patient lies and breathes, against the body's own coordinates.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Lie {
    /// The whole patient on the table, mm.
    pub shift_mm: [f64; 3],
    /// The whole patient turned about the left, posterior and superior axis, degrees.
    pub turn_deg: [f64; 3],
    /// The organs inside the ribs by breathing, mm.
    pub breath_mm: [f64; 3],
}

/// What one series shows: a contrast phase of CT, or a sequence of MR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Phase {
    /// CT.
    Unenhanced,
    Arterial,
    PortalVenous,
    Delayed,
    /// MR, T1 with fat saturation in a breath-hold, before and after contrast.
    T1,
    T1Arterial,
    T1PortalVenous,
    T1Delayed,
    /// MR, T2 with fat saturation.
    T2,
    /// MR, diffusion.
    Dwi50,
    Dwi400,
    Dwi800,
    /// Apparent diffusion coefficient, made from b 50 and 800.
    Adc,
    /// PET with FDG.
    Pet,
}

impl Phase {
    pub fn is_ct(self) -> bool {
        self <= Self::Delayed
    }
}

/// A CT scan.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ct {
    pub phases: Vec<Phase>,
    pub matrix: u32,
    pub pixel_mm: f64,
    pub slice_mm: f64,
    pub slices: u32,
    /// Height of the top slice in the body's coordinates, mm.
    pub top_mm: f64,
    /// SD in the liver, HU.
    pub noise_hu: f64,
    /// Breathing of single phases beyond that of the visit, mm towards the head.
    #[serde(default)]
    pub phase_breath_mm: BTreeMap<Phase, f64>,
    /// How the pixels are packed.
    #[serde(default)]
    pub packing: Packing,
    #[serde(default)]
    pub odd: Odd,
}

/// An MR scan; each sequence has the grid that is usual for it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mr {
    pub sequences: Vec<Phase>,
    /// Height of the top in the body's coordinates, mm.
    pub top_mm: f64,
    /// How far down it reaches, mm.
    pub deep_mm: f64,
    /// SD in percent of the liver's signal in T1.
    pub noise_percent: f64,
    /// Breathing of single sequences beyond that of the visit, mm towards the head.
    #[serde(default)]
    pub phase_breath_mm: BTreeMap<Phase, f64>,
    #[serde(default)]
    pub packing: Packing,
}

/// A PET scan with FDG.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pet {
    /// Height of the top in the body's coordinates, mm.
    pub top_mm: f64,
    /// How far down it reaches, mm.
    pub deep_mm: f64,
    /// SD in the liver, percent.
    pub noise_percent: f64,
    /// Breathing beyond that of the visit: PET is taken in free breathing, mm towards the head.
    #[serde(default)]
    pub breath_mm: f64,
    pub dose: Dose,
    #[serde(default)]
    pub packing: Packing,
}

/// What was injected.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Dose {
    pub dose_mbq: f64,
    pub weight_kg: f64,
    /// From injection to scan, minutes.
    pub uptake_min: f64,
}

/// The grid and the quality of one series.
#[derive(Debug, Clone)]
pub(super) struct Scan {
    pub matrix: u32,
    pub pixel_mm: f64,
    pub slice_mm: f64,
    pub slices: u32,
    pub top_mm: f64,
    /// HU in CT, units of signal in MR, percent in PET.
    pub noise: f64,
    pub breath_mm: f64,
    pub packing: Packing,
    pub odd: Odd,
}

impl Visit {
    /// Every series of the visit, in order of time.
    pub fn phases(&self) -> Vec<Phase> {
        let ct = self.ct.iter().flat_map(|ct| &ct.phases);
        let pet = self.pet.iter().map(|_| &Phase::Pet);
        ct.chain(self.mr.iter().flat_map(|mr| &mr.sequences)).chain(pet).copied().collect()
    }

    /// How a phase was scanned (checked to be one of the visit's).
    pub fn scan(&self, phase: Phase) -> Scan {
        if let (true, Some(ct)) = (phase.is_ct(), &self.ct) {
            return Scan {
                matrix: ct.matrix,
                pixel_mm: ct.pixel_mm,
                slice_mm: ct.slice_mm,
                slices: ct.slices,
                top_mm: ct.top_mm,
                noise: ct.noise_hu,
                breath_mm: ct.phase_breath_mm.get(&phase).copied().unwrap_or(0.0),
                packing: ct.packing,
                odd: ct.odd.clone(),
            };
        }
        if let (Phase::Pet, Some(pet)) = (phase, &self.pet) {
            let slice_mm = 4.0;
            return Scan {
                matrix: 144,
                pixel_mm: 4.0,
                slice_mm,
                slices: (pet.deep_mm / slice_mm).ceil() as u32,
                top_mm: pet.top_mm,
                noise: pet.noise_percent,
                breath_mm: pet.breath_mm,
                packing: pet.packing,
                odd: Odd::default(),
            };
        }
        let (matrix, pixel_mm, slice_mm) = match phase {
            Phase::T2 => (288, 1.3, 5.0),
            Phase::Dwi50 | Phase::Dwi400 | Phase::Dwi800 | Phase::Adc => (152, 2.5, 6.0),
            _ => (288, 1.3, 3.0),
        };
        let mr = self.mr.as_ref();
        Scan {
            matrix,
            pixel_mm,
            slice_mm,
            slices: mr.map_or(2.0, |mr| (mr.deep_mm / slice_mm).ceil()) as u32,
            top_mm: mr.map_or(0.0, |mr| mr.top_mm),
            // The liver has 400; thick slices have less noise, diffusion more.
            noise: mr.map_or(0.0, |mr| mr.noise_percent) * if slice_mm > 3.0 { 2.0 } else { 4.0 },
            breath_mm: mr.and_then(|mr| mr.phase_breath_mm.get(&phase).copied()).unwrap_or(0.0),
            packing: mr.map_or(Packing::Plain, |mr| mr.packing),
            odd: Odd::default(),
        }
    }
}

/// How files are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Packing {
    /// Explicit VR little endian: fast.
    #[default]
    Plain,
    /// Deflated: small.
    Deflated,
    /// JPEG-LS, lossless, of values in steps of four units: smallest.
    JpegLs,
}

impl Packing {
    /// Noise does not pack: in packed files values go in steps, far below the noise. Each bit costs 500 kB a series.
    pub fn step(self, phase: Phase) -> f32 {
        match (self, phase) {
            (Self::Plain, _) | (_, Phase::Adc | Phase::Pet) => 1.0,
            (Self::Deflated, _) | (_, Phase::Dwi50 | Phase::Dwi400 | Phase::Dwi800) => 2.0,
            (Self::JpegLs, _) => 4.0,
        }
    }
}

/// Oddities of a scan.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Odd {
    /// Gantry tilt, degrees.
    pub tilt_deg: f64,
    /// Numbers of slices (1 is the top) that were lost on the way.
    pub missing_slices: Vec<u32>,
    /// Every phase but the first has a frame of reference of its own.
    pub second_frame_of_reference: bool,
    /// Breathing during the scan: each slice displaced to and fro, mm.
    pub motion_mm: f64,
}

/// A lesion at a visit.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct At {
    pub label: String,
    /// Untreated tumour is there; its size in percent of the recipe's, 100 when just `true` is meant.
    pub tumour_percent: Option<f64>,
    pub zone: Option<Zone>,
    /// The part of the tumour that the zone does not cover is alive.
    #[serde(default)]
    pub uncovered: bool,
    pub answer: Option<Answer>,
    #[serde(default)]
    pub also_accepted: Vec<Answer>,
    pub shape: Option<Shape>,
    /// Why it cannot be judged.
    pub reason: Option<NotEvaluableReason>,
    /// What history makes of the answer (a test derives it).
    pub word: Option<Word>,
    pub look_at: Option<Phase>,
    #[serde(default)]
    pub sign: String,
    #[serde(default)]
    pub trap: String,
    #[serde(default)]
    pub would_change: String,
}

/// An ablation zone.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Zone {
    pub size_mm: [f64; 3],
    /// Its middle, from the lesion's place.
    pub offset_mm: [f64; 3],
    pub points_to: Option<[f64; 3]>,
    /// Dense core (4-6 weeks), or shrunk and dark.
    #[serde(default)]
    pub late: bool,
    /// Benign rim, mm.
    #[serde(default)]
    pub rim_mm: f64,
    /// End of the applicator's track, from the lesion's place.
    pub track_to_mm: Option<[f64; 3]>,
    /// Air in the middle of a lung zone: its size, mm.
    pub cavity_mm: Option<[f64; 3]>,
    /// A vessel that cooled it: two points from the lesion's place and how far around it tissue survived, mm.
    pub scallop: Option<Scallop>,
    /// The zone ends at the liver's surface.
    #[serde(default)]
    pub at_capsule: bool,
    /// How far the tissue around has been drawn in since, mm.
    #[serde(default)]
    pub shrinkage_mm: f64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scallop {
    pub from_mm: [f64; 3],
    pub to_mm: [f64; 3],
    pub radius_mm: f64,
}

impl Recipe {
    /// Reads and checks a recipe.
    ///
    /// # Errors
    /// When it is not TOML, holds keys that are not known, or values that cannot be.
    pub fn read(file: &str, text: &str) -> Result<Self, RecipeError> {
        let mut recipe: Self = toml::from_str(text).map_err(|error| RecipeError::Text {
            file: file.into(),
            line: error.span().map_or(1, |span| text.get(..span.start).unwrap_or("").matches('\n').count() + 1),
            problem: error.message().lines().collect::<Vec<_>>().join(", "),
        })?;
        check::check(file, &recipe)?;
        recipe.text = text.into();
        Ok(recipe)
    }

    /// Seconds since midnight at which a visit starts (checked to be readable).
    pub fn start_s(visit: &Visit) -> u32 {
        check::clock_s(&visit.start).unwrap_or(32_400)
    }

    /// Whether a lesion is ever treated.
    pub fn treats(&self, label: &str) -> bool {
        self.sessions.iter().any(|session| session.lesions.iter().any(|treated| treated == label))
    }

    /// The last session of a lesion on or before a day.
    pub fn last_session(&self, label: &str, day: i64) -> Option<&Session> {
        self.sessions.iter().filter(|s| s.day <= day && s.lesions.iter().any(|l| l == label)).max_by_key(|s| s.day)
    }
}

#[cfg(test)]
mod tests;
