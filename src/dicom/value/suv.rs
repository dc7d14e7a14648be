//! Standardised uptake value by body weight: what it is made of, and why there is none.
//!
//! SUVbw = activity concentration (Bq/ml) * body weight (g) / injected dose decayed to the time that the
//! concentration was corrected to (Bq), so its unit is g/ml (PS3.3 C.8.9.1; QIBA, vendor-neutral pseudo-code
//! for SUV calculation). This file is pure: what the headers say comes in as [`PetTags`] from `pet.rs`.

use super::moment::Moment;
use crate::clinical::Oddity;
use crate::dicom::found::FileWindow;
use crate::volume::{Rescale, Unit};
use serde::{Deserialize, Serialize};

/// An injection so shortly after the start of the scan belongs to a dynamic scan.
const INJECTED_DURING_SCAN_S: f64 = 3_600.0;
/// After so many half-lives nothing is left to be measured: a longer time is an error in a clock or a date.
const HALF_LIVES_MOST: f64 = 10.0;
/// A real-world value map and the computed SUV agree within this share.
const SUV_AGREES: f64 = 0.01;
/// Images of one series agree on the start of the scan within this, s.
const SAME_START_S: f64 = 1.0;

/// Whether a PET stack is shown as SUVbw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suv {
    /// Yes, from these inputs.
    From(SuvInputs),
    /// No.
    None {
        /// Why, as the rest of a sentence that starts with "no SUV".
        why: String,
    },
}

impl std::fmt::Display for Suv {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::From(_) => f.write_str("SUVbw"),
            Self::None { why } => write!(f, "no SUV: {why}"),
        }
    }
}

/// Where SUVbw comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuvSource {
    /// Computed from activity concentration, weight and dose.
    Computed,
    /// Computed the same way, with the Philips factor from counts to Bq/ml (7053,1009).
    PhilipsActivity,
    /// The Philips factor from counts to SUV (7053,1000).
    PhilipsSuv,
    /// The values are written as SUV (units GML).
    Written,
    /// The file's real-world value map.
    RealWorldMap,
}

/// Everything that SUVbw was made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SuvInputs {
    /// Where it comes from.
    pub source: SuvSource,
    /// Units (0054,1001) as written.
    pub units: String,
    /// Decay Correction (0054,1102): START or ADMIN.
    pub decay_correction: String,
    /// SUVbw of one unit of the file's values, in the first slice.
    pub factor: f64,
    /// Patient's Weight (0010,1030), kg.
    pub weight_kg: Option<f64>,
    /// Radionuclide Total Dose (0018,1074), Bq.
    pub dose_bq: Option<f64>,
    /// Radionuclide Half Life (0018,1075), s.
    pub half_life_s: Option<f64>,
    /// When the dose was injected, as written.
    pub injected_at: Option<String>,
    /// The time that values are corrected to, and where it was found.
    pub corrected_to: Option<String>,
    /// Seconds of decay between the two; 0 for ADMIN.
    pub decay_s: Option<f64>,
}

impl SuvInputs {
    /// Label and value of each input, in the order a person checks them.
    #[must_use]
    pub fn lines(&self) -> Vec<(&'static str, String)> {
        let source = match self.source {
            SuvSource::Computed => "computed from weight and dose",
            SuvSource::PhilipsActivity => "computed from weight and dose; counts by Philips factor (7053,1009)",
            SuvSource::PhilipsSuv => "Philips SUV factor (7053,1000)",
            SuvSource::Written => "written in the file",
            SuvSource::RealWorldMap => "real-world value map of the file",
        };
        let mut lines = vec![("SUVbw", source.to_owned())];
        let mut line = |label, value: Option<String>| lines.extend(value.map(|value| (label, value)));
        line("Weight", self.weight_kg.map(|kg| format!("{kg:.1} kg")));
        line("Injected dose", self.dose_bq.map(|bq| format!("{:.1} MBq", bq / 1e6)));
        line("Half-life", self.half_life_s.map(|s| format!("{s:.0} s")));
        line("Injected", self.injected_at.clone());
        line("Corrected to", self.corrected_to.clone());
        line("Decay time", self.decay_s.map(|s| format!("{:.1} min", s / 60.0)));
        line("Decay correction", Some(self.decay_correction.clone()).filter(|word| !word.is_empty()));
        line("Units", Some(self.units.clone()).filter(|word| !word.is_empty()));
        line("Factor", Some(format!("{:.6e}", self.factor)).filter(|_| self.factor != 1.0));
        lines
    }
}

/// What the header of one PET image says that SUV needs.
#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::dicom) struct PetTags {
    pub units: String,
    pub suv_type: String,
    pub decay_correction: String,
    /// Decay Correction DateTime (0018,9701) of enhanced objects: when values are corrected to.
    pub corrected_to: Option<Moment>,
    /// Corrected Image (0028,0051), or what enhanced objects say instead.
    pub corrected: Vec<String>,
    pub weight_kg: Option<f64>,
    pub dose_bq: Option<f64>,
    pub half_life_s: Option<f64>,
    /// Radiopharmaceutical Start DateTime (0018,1078).
    pub injected: Option<Moment>,
    /// Radiopharmaceutical Start Time (0018,1072), seconds since midnight.
    pub injected_time_s: Option<f64>,
    pub series: Option<Moment>,
    pub acquisition: Option<Moment>,
    /// GE's private date and time of the scan (0009,100D).
    pub ge_scan: Option<Moment>,
    /// Frame Reference Time (0054,1300), ms.
    pub frame_reference_ms: Option<f64>,
    /// Actual Frame Duration (0018,1242), ms.
    pub frame_duration_ms: Option<f64>,
    /// Philips (7053,1000): counts to SUV.
    pub philips_suv: Option<f64>,
    /// Philips (7053,1009): counts to Bq/ml.
    pub philips_activity: Option<f64>,
    /// Rescale Slope (0028,1053).
    pub written_slope: f64,
    /// The unit of the file's real-world value map, when it makes the values.
    pub mapped_to: Option<Unit>,
    /// The earliest acquisition of the whole series, also of those images that became other stacks.
    pub earliest: Option<Moment>,
}

/// What a stack's values are multiplied with, slice by slice, and how that came about.
#[derive(Debug, Clone, PartialEq)]
struct Scaled {
    factors: Vec<f64>,
    inputs: SuvInputs,
}

/// The factors from the values of each slice to SUVbw, or why there are none.
fn scale(slices: &[&PetTags]) -> Result<Scaled, String> {
    let Some(first) = slices.first() else { return Err("there is no image".into()) };
    same(slices, first)?;
    for (code, what) in [("ATTN", "attenuation"), ("DECY", "decay")] {
        if !slices.iter().all(|slice| slice.corrected.iter().any(|word| word == code)) {
            return Err(format!("the values are not corrected for {what} (Corrected Image lacks {code})"));
        }
    }
    match first.decay_correction.as_str() {
        "START" | "ADMIN" => {}
        "NONE" => return Err("Decay Correction is NONE although the values count as corrected for decay".into()),
        "" if first.corrected_to.is_some() => {}
        "" => return Err("Decay Correction is missing: the time that values are corrected to is not known".into()),
        other => return Err(format!("Decay Correction \"{other}\" is not known")),
    }
    let units = if first.mapped_to == Some(Unit::BqMl) { "BQML" } else { first.units.as_str() };
    match units {
        "GML" => match first.suv_type.as_str() {
            "" | "BW" => Ok(Scaled { factors: vec![1.0; slices.len()], inputs: empty(first, SuvSource::Written, 1.0) }),
            kind => Err(format!("the values are SUV of another kind ({kind}), not by body weight")),
        },
        "BQML" => {
            let computed = by_weight(first, SuvSource::Computed)?;
            Ok(Scaled { factors: vec![computed.factor; slices.len()], inputs: computed })
        }
        "CNTS" => {
            let each = |of: fn(&PetTags) -> Option<f64>| {
                slices.iter().map(|slice| of(slice).filter(|factor| *factor > 0.0)).collect::<Option<Vec<f64>>>()
            };
            if let Some(factors) = each(|slice| slice.philips_suv) {
                let inputs = empty(first, SuvSource::PhilipsSuv, factors.first().copied().unwrap_or(1.0));
                return Ok(Scaled { factors, inputs });
            }
            let Some(mut factors) = each(|slice| slice.philips_activity) else {
                return Err(
                    "the values are counts, and the file has no factor (7053,1000 or 7053,1009) for them".into()
                );
            };
            let mut computed = by_weight(first, SuvSource::PhilipsActivity)?;
            factors.iter_mut().for_each(|factor| *factor *= computed.factor);
            computed.factor = factors.first().copied().unwrap_or(computed.factor);
            Ok(Scaled { factors, inputs: computed })
        }
        "" => Err("Units (0054,1001) are missing".into()),
        other => Err(format!("the values are in {other}, from which SUV is not computed")),
    }
}

/// Makes the values of a PET stack SUVbw: its rescales, its unit and its windows; or says why they stay what
/// they are. A real-world value map of the file that gives SUVbw is left as it is.
pub(in crate::dicom) fn to_suv(
    slices: &[&PetTags],
    rescale: &mut [Rescale],
    unit: &mut Unit,
    windows: &mut Vec<FileWindow>,
    oddities: &mut Vec<Oddity>,
) -> Option<Suv> {
    let (first, line) = (*slices.first()?, rescale.first().copied()?);
    let scaled = match first.mapped_to {
        Some(Unit::SuvBw) => {
            let computed = scale(slices).ok().map(|s| s.inputs.factor * first.written_slope);
            if let Some(computed) = computed.filter(|c| (c - line.slope).abs() > SUV_AGREES * line.slope.abs()) {
                let text = format!(
                    "the file's real-world value map makes SUVbw with a slope of {:.4e}, its weight and dose with {computed:.4e}; the map is used",
                    line.slope
                );
                oddities.push(Oddity::Other { text });
            }
            return Some(Suv::From(empty(first, SuvSource::RealWorldMap, line.slope)));
        }
        Some(Unit::None | Unit::Hu | Unit::Mm2PerS) => Err("the file's real-world value map gives other values".into()),
        Some(Unit::BqMl) | None => scale(slices),
    };
    match scaled {
        Ok(scaled) => {
            for (line, factor) in rescale.iter_mut().zip(&scaled.factors) {
                *line = Rescale { slope: line.slope * factor, intercept: line.intercept * factor };
            }
            let middle = scaled.factors.get(scaled.factors.len() / 2).copied().unwrap_or(1.0);
            *windows = crate::dicom::voi::scaled(std::mem::take(windows), middle);
            *unit = Unit::SuvBw;
            Some(Suv::From(scaled.inputs))
        }
        Err(why) => {
            let none = Suv::None { why };
            oddities.push(Oddity::Other { text: none.to_string() });
            Some(none)
        }
    }
}

/// Tells all images of a series when its first one was acquired.
pub(in crate::dicom) fn set_series_start<'a>(images: impl Iterator<Item = &'a mut PetTags>) {
    let mut images: Vec<&mut PetTags> = images.collect();
    let earliest = images.iter().filter_map(|image| image.acquisition).min_by(Moment::in_time);
    images.iter_mut().for_each(|image| image.earliest = earliest);
}

fn empty(first: &PetTags, source: SuvSource, factor: f64) -> SuvInputs {
    SuvInputs {
        source,
        units: first.units.clone(),
        decay_correction: first.decay_correction.clone(),
        factor,
        weight_kg: None,
        dose_bq: None,
        half_life_s: None,
        injected_at: None,
        corrected_to: None,
        decay_s: None,
    }
}

/// Whether the images of a stack were made under the same conditions.
fn same(slices: &[&PetTags], first: &PetTags) -> Result<(), String> {
    let differs = |what: &str| Err(format!("{what} differs between the slices"));
    for slice in slices {
        if slice.units != first.units || slice.suv_type != first.suv_type {
            return differs("Units");
        }
        if slice.decay_correction != first.decay_correction || slice.corrected_to != first.corrected_to {
            return differs("Decay Correction");
        }
        if slice.weight_kg != first.weight_kg {
            return differs("the weight");
        }
        if slice.dose_bq != first.dose_bq || slice.half_life_s != first.half_life_s {
            return differs("the dose or its half-life");
        }
        if slice.injected != first.injected || slice.injected_time_s != first.injected_time_s {
            return differs("the time of injection");
        }
    }
    Ok(())
}

/// SUVbw of one Bq/ml.
fn by_weight(tags: &PetTags, source: SuvSource) -> Result<SuvInputs, String> {
    let weight_kg = positive(tags.weight_kg, "the patient's weight")?;
    let dose_bq = positive(tags.dose_bq, "the injected dose")?;
    let (half_life_s, injected_at, corrected_to, decay_s) = if tags.decay_correction == "ADMIN" {
        // Corrected to the injection: nothing has decayed, and neither clock nor half-life is needed.
        let at = tags.injected.map(|moment| moment.to_string());
        (tags.half_life_s, at, Some("injection (ADMIN)".to_owned()), 0.0)
    } else {
        let half_life_s = positive(tags.half_life_s, "the half-life")?;
        let (to, found_in) = scan_start(tags, half_life_s)?;
        let (from, decay_s) = injection(tags, to, half_life_s)?;
        (Some(half_life_s), Some(from), Some(format!("{to}, {found_in}")), decay_s)
    };
    let decayed_bq = half_life_s.map_or(dose_bq, |half_life_s| decayed(dose_bq, decay_s, half_life_s));
    Ok(SuvInputs {
        source,
        units: tags.units.clone(),
        decay_correction: tags.decay_correction.clone(),
        factor: weight_kg * 1000.0 / decayed_bq,
        weight_kg: Some(weight_kg),
        dose_bq: Some(dose_bq),
        half_life_s,
        injected_at,
        corrected_to,
        decay_s: Some(decay_s),
    })
}

fn positive(value: Option<f64>, what: &str) -> Result<f64, String> {
    match value {
        Some(value) if value.is_finite() && value > 0.0 => Ok(value),
        Some(value) => Err(format!("{what} is given as {value}")),
        None => Err(format!("{what} is missing")),
    }
}

/// What is left of an activity after a time: `A * 2^(-t / T)`.
pub(in crate::dicom) fn decayed(activity_bq: f64, after_s: f64, half_life_s: f64) -> f64 {
    activity_bq * (-after_s / half_life_s).exp2()
}

/// The start of the scan that START means (QIBA pseudo-code, robust version): the series date and time, unless
/// the series was made after its acquisition; then GE's own time of the scan, or the acquisition less the
/// frame reference time, or the earliest acquisition of the series.
fn scan_start(tags: &PetTags, half_life_s: f64) -> Result<(Moment, &'static str), String> {
    if let Some(at) = tags.corrected_to.filter(|_| tags.decay_correction.is_empty()) {
        return Ok((at, "decay correction time (0018,9701)"));
    }
    let acquired = tags.earliest.or(tags.acquisition);
    if let (Some(series), Some(acquired)) = (tags.series, acquired)
        && series.seconds_after(acquired) <= SAME_START_S
    {
        return Ok((series, "series time"));
    }
    if let Some(ge) = tags.ge_scan {
        return Ok((ge, "GE scan time (0009,100D)"));
    }
    if let (Some(own), Some(reference_ms), Some(duration_ms)) =
        (tags.acquisition, tags.frame_reference_ms, tags.frame_duration_ms)
        && reference_ms > 0.0
        && duration_ms > 0.0
    {
        let to_average_s = average_count_rate_s(duration_ms / 1000.0, half_life_s);
        return Ok((own.plus(to_average_s - reference_ms / 1000.0), "frame reference time"));
    }
    acquired
        .map(|moment| (moment, "earliest acquisition"))
        .ok_or_else(|| "the date or time of the scan is missing".into())
}

/// When in a frame the count rate is at its average, seconds after its start:
/// `1/l * ln(l D / (1 - exp(-l D)))` with `l = ln 2 / T` (PS3.3 C.8.9.4.1.5, QIBA).
pub(in crate::dicom) fn average_count_rate_s(duration_s: f64, half_life_s: f64) -> f64 {
    let per_s = std::f64::consts::LN_2 / half_life_s;
    let decay = per_s * duration_s;
    (decay / -(-decay).exp_m1()).ln() / per_s
}

/// When the dose was injected (as text), and the seconds from then to the scan. A time without a date is of
/// the day of the scan, or of the day before when it lies after the scan.
fn injection(tags: &PetTags, scan: Moment, half_life_s: f64) -> Result<(String, f64), String> {
    let plausible = |decay_s: f64| decay_s <= HALF_LIVES_MOST * half_life_s;
    if let Some(injected) = tags.injected {
        let decay_s = scan.seconds_after(injected);
        if decay_s < -INJECTED_DURING_SCAN_S {
            return Err(format!("the injection ({injected}) lies after the scan ({scan})"));
        }
        if !plausible(decay_s) {
            return Err(format!("between the injection ({injected}) and the scan ({scan}) the dose has decayed away"));
        }
        return Ok((injected.to_string(), decay_s));
    }
    let Some(time_s) = tags.injected_time_s else { return Err("the time of injection is missing".into()) };
    let same_day = scan.time_s - time_s;
    let day_before = same_day + 86_400.0;
    let decay_s = if same_day >= -INJECTED_DURING_SCAN_S {
        Some(same_day).filter(|s| plausible(*s))
    } else {
        Some(day_before).filter(|s| plausible(*s))
    };
    let Some(decay_s) = decay_s else {
        let at = Moment { time_s, ..scan };
        return Err(format!("the time of injection ({}) does not fit the scan ({scan})", at.time()));
    };
    Ok((scan.plus(-decay_s).to_string(), decay_s))
}

#[cfg(test)]
#[path = "suv_tests.rs"]
mod tests;
