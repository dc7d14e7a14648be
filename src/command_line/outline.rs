//! `outline`: what lies at a place, outlined in 3-D as by one click, and its measurements.

use super::Refused;
use super::console::Console;
use super::inspect::{find, nothing};
use super::volume::{pick, read};
use crate::clinical::{Coded, MarkRole};
use crate::dicom::Shape;
use crate::export::nifti;
use crate::geometry::{PatientPoint, Rigid};
use crate::marks::{Click, Hint, Mask, ValuesInside, leaks, longest_in_space, measure, outline_at, statistics_inside};
use crate::volume::Volume;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::str::FromStr;

/// A place: three numbers with commas between.
#[derive(Debug, Clone, Copy)]
struct Place(PatientPoint);

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("\"{text}\" is no place; three numbers in mm are wanted, such as -42.5,10,130");
        let numbers: Result<Vec<f64>, _> = text.split(',').map(|part| part.trim().parse::<f64>()).collect();
        match numbers.map_err(|_| wrong())?.as_slice() {
            [x, y, z] if x.is_finite() && y.is_finite() && z.is_finite() => Ok(Self(PatientPoint::new(*x, *y, *z))),
            _ => Err(wrong()),
        }
    }
}

/// What is looked for.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Role {
    /// An ablation zone: dark or mixed inside.
    Zone,
    /// A tumour before treatment.
    Tumour,
    /// Viable tumour in or at a zone.
    Viable,
}

impl Role {
    fn mark(self) -> MarkRole {
        match self {
            Self::Zone => MarkRole::AblationZone,
            Self::Tumour => MarkRole::Tumour,
            Self::Viable => MarkRole::ViableTumour,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct OutlineOut {
    /// Folder or file with the images.
    path: PathBuf,
    /// Which stack: an `id` or a `stack_key` that `inspect` lists.
    #[arg(long, value_name = "ID")]
    series: String,
    /// Where to click: x,y,z in the patient's space (left, back, head), mm.
    #[arg(long, value_name = "X,Y,Z", allow_hyphen_values = true)]
    at: Place,
    /// What to look for.
    #[arg(long, value_enum, default_value = "zone")]
    role: Role,
    /// From 0 to 2: less keeps closer to what looks like the click, more reaches further.
    #[arg(long, default_value_t = 1.0)]
    strength: f64,
    /// A place that belongs (may be given several times).
    #[arg(long, value_name = "X,Y,Z", allow_hyphen_values = true)]
    inside: Vec<Place>,
    /// A place that does not belong (may be given several times).
    #[arg(long, value_name = "X,Y,Z", allow_hyphen_values = true)]
    outside: Vec<Place>,
    /// Where to write the mask: NAME.nii or NAME.nii.gz.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl OutlineOut {
    pub fn run(&self, console: &Console<'_>) -> Result<u8, Refused> {
        if !(0.0..=2.0).contains(&self.strength) {
            return Err(Refused(format!("A strength of {} is not usable; it lies between 0 and 2.", self.strength)));
        }
        let paths = std::slice::from_ref(&self.path);
        let found = find(paths, console);
        if found.stacks.is_empty() {
            return Err(nothing(paths, &found.skipped));
        }
        let stack = pick(&found, &self.series)?;
        if let Shape::PictureStack { why } = &stack.info.shape {
            let why: Vec<_> = why.iter().map(ToString::to_string).collect();
            return Err(Refused(format!(
                "The series {} has no regular grid, so nothing can be outlined in 3-D: {}.",
                stack.info.id,
                why.join("; ")
            )));
        }
        let volume = read(stack)?;
        let hints = |places: &[Place], inside| places.iter().map(|p| Hint { at: p.0, inside }).collect::<Vec<_>>();
        let click = Click {
            strength: self.strength,
            hints: [hints(&self.inside, true), hints(&self.outside, false)].concat(),
            ..Click::new(self.at.0, self.role.mark())
        };
        let mask = outline_at(&volume, &click).map_err(|error| Refused(format!("Nothing was outlined: {error}.")))?;
        if mask.is_empty() {
            return Err(Refused("Nothing was outlined: there is no border around that place.".into()));
        }
        nifti::write_mask(&volume.grid, bytes(&mask), &self.out).map_err(Refused::because)?;
        let mut result = measurements(&mask, &volume);
        if let Some(fields) = result.as_object_mut() {
            fields.insert("file".into(), json!(self.out.to_string_lossy()));
            fields.insert("id".into(), json!(stack.info.id));
            fields.insert("stack_key".into(), json!(stack.info.key));
            fields.insert("role".into(), json!(self.role.mark().code()));
            fields.insert("at".into(), json!([self.at.0.x, self.at.0.y, self.at.0.z]));
            fields.insert("strength".into(), json!(self.strength));
        }
        Ok(console.json(&result))
    }
}

/// A byte for each voxel, in the order of the stack.
fn bytes(mask: &Mask) -> impl Iterator<Item = u8> + '_ {
    let [columns, rows, slices] = mask.grid().dims;
    (0..slices).flat_map(move |k| {
        let mut picture = vec![0u8; columns as usize * rows as usize];
        for (row, first, end) in mask.slice(k).into_iter().flat_map(|runs| runs.rows(columns)) {
            let start = row as usize * columns as usize;
            if let Some(part) = picture.get_mut(start + first as usize..start + end as usize) {
                part.fill(1);
            }
        }
        picture
    })
}

/// What a mark measures on the image it was made on; lengths in mm only where they are mm at the patient.
fn measurements(mask: &Mask, volume: &Volume) -> Value {
    let measured = measure(mask);
    let mm = |length: Option<f64>| length.filter(|_| volume.calibrated);
    let px = |length: Option<f64>| length.filter(|_| !volume.calibrated);
    let longest = measured.as_ref().map(|m| m.longest.length);
    let values = ValuesInside::of(mask, volume, &Rigid::IDENTITY);
    let statistics = statistics_inside(mask, volume, &Rigid::IDENTITY);
    let percentiles =
        [5, 25, 50, 75, 95].map(|p| (format!("p{p}"), values.as_ref().map(|v| v.percentile(f64::from(p)))));
    json!({
        "voxels": mask.voxel_count(),
        "volume_ml": mm(measured.as_ref().map(|m| m.volume_ml)),
        "longest_axial_mm": mm(longest),
        "perpendicular_mm": mm(measured.as_ref().map(|m| m.perpendicular.length)),
        "longest_px": px(longest),
        "longest_3d_mm": mm(longest_in_space(mask).map(|span| span.length_mm)),
        "centroid_mm": measured.as_ref().map(|m| [m.centroid.x, m.centroid.y, m.centroid.z]),
        "unit": volume.unit.code(),
        "mean": statistics.map(|s| s.mean),
        "sd": statistics.and_then(|s| s.sd),
        "min": statistics.map(|s| s.min),
        "max": statistics.map(|s| s.max),
        "percentiles": percentiles.into_iter().collect::<std::collections::BTreeMap<_, _>>(),
        "leaked": leaks(mask, volume, None, false).iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}
