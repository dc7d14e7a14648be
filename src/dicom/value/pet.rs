//! What the header of a PET image says that SUV needs.

use super::Values;
use super::moment::Moment;
use super::suv::PetTags;
use crate::dicom::header::{Header, time_of_stamp_s};
use crate::dicom::kept::Name;
use crate::dicom::wanted::{GE_SCAN_STAMP, PHILIPS_ACTIVITY_FACTOR, PHILIPS_SUV_FACTOR};
use dicom_dictionary_std::tags;

/// Reads what SUV needs from a frame of a PET image.
pub(in crate::dicom) fn pet_tags(h: &Header, values: &Values) -> PetTags {
    let injections = h.items(tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE);
    let injection = injections.first();
    PetTags {
        units: h.text(tags::UNITS),
        suv_type: h.text(tags::SUV_TYPE),
        decay_correction: h.text(tags::DECAY_CORRECTION),
        corrected_to: stamp(h, tags::DECAY_CORRECTION_DATE_TIME),
        corrected: corrected(h),
        weight_kg: h.number(tags::PATIENT_WEIGHT),
        dose_bq: injection.and_then(|i| i.number(tags::RADIONUCLIDE_TOTAL_DOSE)),
        half_life_s: injection.and_then(|i| i.number(tags::RADIONUCLIDE_HALF_LIFE)),
        injected: injection.and_then(|i| stamp(i, tags::RADIOPHARMACEUTICAL_START_DATE_TIME)),
        injected_time_s: injection.and_then(|i| i.time_s(tags::RADIOPHARMACEUTICAL_START_TIME)),
        series: Moment::of(h.date(tags::SERIES_DATE), h.time_s(tags::SERIES_TIME)),
        acquisition: Moment::of(h.date(tags::ACQUISITION_DATE), h.time_s(tags::ACQUISITION_TIME))
            .or_else(|| stamp(h, tags::ACQUISITION_DATE_TIME)),
        ge_scan: stamp(h, GE_SCAN_STAMP),
        frame_reference_ms: h.number(tags::FRAME_REFERENCE_TIME),
        frame_duration_ms: h.number(tags::ACTUAL_FRAME_DURATION),
        philips_suv: h.number(PHILIPS_SUV_FACTOR),
        philips_activity: h.number(PHILIPS_ACTIVITY_FACTOR),
        written_slope: values.windows_of.map_or(1.0, |rescale| rescale.slope),
        mapped_to: values.real_world.then_some(values.unit),
        earliest: None,
    }
}

/// The corrections that were made, as Corrected Image lists them; enhanced objects answer one by one (PS3.3 C.8.22.4).
fn corrected(h: &Header) -> Vec<String> {
    let mut corrected = h.texts(tags::CORRECTED_IMAGE);
    for (tag, code) in [(tags::ATTENUATION_CORRECTED, "ATTN"), (tags::DECAY_CORRECTED, "DECY")] {
        if h.text(tag) == "YES" {
            corrected.push(code.to_owned());
        }
    }
    corrected
}

/// A date and time; the zone is left out, for all clocks of a scan are in the same one.
fn stamp(h: &Header, name: impl Into<Name>) -> Option<Moment> {
    let name = name.into();
    Moment::of(h.date(name), time_of_stamp_s(&h.text(name)))
}
