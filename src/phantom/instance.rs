//! One CT image as a DICOM file: what a scanner writes (PS3.3 A.3), deflated (PS3.5 A.5).

use super::course::{Case, VisitPlan};
use super::scan::{INTERCEPT, PADDING, PIXEL_MM, SLICE_MM};
use super::uid::uid;
use super::{PhantomError, Phase};
use crate::clinical::Date;
use crate::geometry::{Grid, VoxelIndex};
use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use flate2::{Compression, write::DeflateEncoder};
use std::io::Write;

/// UIDs of a visit and its series.
pub(super) struct Names<'a> {
    pub case: &'a str,
    pub visit: &'a str,
}

impl Names<'_> {
    pub fn study(&self) -> String {
        uid(&format!("ablation-review/{}/{}/study", self.case, self.visit))
    }

    pub fn frame_of_reference(&self) -> String {
        uid(&format!("ablation-review/{}/{}/frame-of-reference", self.case, self.visit))
    }

    pub fn series(&self, phase: Phase) -> String {
        uid(&format!("ablation-review/{}/{}/{}", self.case, self.visit, phase.folder()))
    }

    fn instance(&self, phase: Phase, slice: u32) -> String {
        uid(&format!("ablation-review/{}/{}/{}/{slice}", self.case, self.visit, phase.folder()))
    }
}

/// A date that many days after the first session.
pub(super) fn date_of(case: &Case, day: i64) -> Date {
    case.first_session + chrono::TimeDelta::days(day)
}

fn clock(seconds: f64) -> String {
    let whole = seconds.floor();
    let (h, m, s) = (whole / 3600.0, whole / 60.0 % 60.0, whole % 60.0);
    format!("{:02.0}{:02.0}{:02.0}.{:03.0}", h.floor(), m.floor(), s, ((seconds - whole) * 1000.0).floor())
}

/// The file of one slice.
pub(super) fn file(
    case: &Case,
    visit: &VisitPlan,
    phase: Phase,
    grid: &Grid,
    slice: u32,
    stored: &[i16],
) -> Result<Vec<u8>, PhantomError> {
    let names = Names { case: case.info.id, visit: visit.id };
    let sop_uid = names.instance(phase, slice);
    let mut object = InMemDicomObject::new_empty();
    let mut put = |tag: Tag, vr: VR, value: PrimitiveValue| {
        object.put(DataElement::new(tag, vr, value));
    };
    who(&mut put, case);
    when(&mut put, case, visit, phase, grid, slice);
    how(&mut put, visit, phase);

    // Scanners number from the head down; the grid counts from the feet.
    let number = grid.dims[2] - slice;
    let place = grid.to_patient(VoxelIndex::new(0.0, 0.0, f64::from(slice)));
    put(tags::SOP_CLASS_UID, VR::UI, uids::CT_IMAGE_STORAGE.into());
    put(tags::SOP_INSTANCE_UID, VR::UI, sop_uid.as_str().into());
    put(tags::STUDY_INSTANCE_UID, VR::UI, names.study().into());
    put(tags::SERIES_INSTANCE_UID, VR::UI, names.series(phase).into());
    put(tags::FRAME_OF_REFERENCE_UID, VR::UI, names.frame_of_reference().into());
    put(tags::POSITION_REFERENCE_INDICATOR, VR::LO, "".into());
    put(tags::INSTANCE_NUMBER, VR::IS, number.to_string().into());
    put(tags::IMAGE_POSITION_PATIENT, VR::DS, decimals(&[place.x, place.y, place.z]));
    put(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, decimals(&[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]));
    put(tags::SLICE_LOCATION, VR::DS, decimals(&[place.z]));
    put(tags::SAMPLES_PER_PIXEL, VR::US, 1u16.into());
    put(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2".into());
    put(tags::ROWS, VR::US, (grid.dims[1] as u16).into());
    put(tags::COLUMNS, VR::US, (grid.dims[0] as u16).into());
    put(tags::PIXEL_SPACING, VR::DS, decimals(&[PIXEL_MM, PIXEL_MM]));
    put(tags::BITS_ALLOCATED, VR::US, 16u16.into());
    put(tags::BITS_STORED, VR::US, 16u16.into());
    put(tags::HIGH_BIT, VR::US, 15u16.into());
    put(tags::PIXEL_REPRESENTATION, VR::US, 1u16.into());
    put(tags::PIXEL_PADDING_VALUE, VR::SS, PrimitiveValue::from(PADDING));
    put(tags::WINDOW_CENTER, VR::DS, "40".into());
    put(tags::WINDOW_WIDTH, VR::DS, "400".into());
    put(tags::WINDOW_CENTER_WIDTH_EXPLANATION, VR::LO, "ABDOMEN".into());
    put(tags::RESCALE_INTERCEPT, VR::DS, INTERCEPT.to_string().into());
    put(tags::RESCALE_SLOPE, VR::DS, "1".into());
    put(tags::RESCALE_TYPE, VR::LO, "HU".into());
    put(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(stored.iter().map(|v| *v as u16).collect()));
    encode(&object, &sop_uid)
}

fn who(put: &mut impl FnMut(Tag, VR, PrimitiveValue), case: &Case) {
    put(tags::PATIENT_NAME, VR::PN, case.patient_name.into());
    put(tags::PATIENT_ID, VR::LO, case.patient_id.into());
    put(tags::PATIENT_BIRTH_DATE, VR::DA, "".into());
    put(tags::PATIENT_SEX, VR::CS, case.sex.into());
    put(tags::PATIENT_AGE, VR::AS, format!("{:03}Y", case.age_years).into());
    put(tags::PATIENT_IDENTITY_REMOVED, VR::CS, "YES".into());
    put(tags::DEIDENTIFICATION_METHOD, VR::LO, "Synthetic: there is no such person".into());
}

fn when(
    put: &mut impl FnMut(Tag, VR, PrimitiveValue),
    case: &Case,
    visit: &VisitPlan,
    phase: Phase,
    grid: &Grid,
    slice: u32,
) {
    /// Seconds between two slices.
    const SLICE_S: f64 = 0.125;
    let date = date_of(case, visit.day).format("%Y%m%d").to_string();
    let bolus = f64::from(visit.start_s) + 180.0;
    let series = bolus + phase.after_bolus_s();
    let acquired = series + f64::from(grid.dims[2] - 1 - slice) * SLICE_S;
    for tag in [tags::STUDY_DATE, tags::SERIES_DATE, tags::ACQUISITION_DATE, tags::CONTENT_DATE] {
        put(tag, VR::DA, date.as_str().into());
    }
    put(tags::STUDY_TIME, VR::TM, clock(f64::from(visit.start_s)).into());
    put(tags::SERIES_TIME, VR::TM, clock(series).into());
    put(tags::ACQUISITION_TIME, VR::TM, clock(acquired).into());
    put(tags::CONTENT_TIME, VR::TM, clock(acquired + 4.0).into());
    put(tags::ACCESSION_NUMBER, VR::SH, "".into());
    put(tags::REFERRING_PHYSICIAN_NAME, VR::PN, "".into());
    put(tags::STUDY_ID, VR::SH, "1".into());
    let both = visit.phases.len() > 1;
    let study = if both { "CT liver, arterial and portal venous" } else { "CT liver, portal venous" };
    put(tags::STUDY_DESCRIPTION, VR::LO, study.into());
    put(tags::SERIES_DESCRIPTION, VR::LO, phase.description().into());
    put(tags::SERIES_NUMBER, VR::IS, phase.series_number().to_string().into());
    put(tags::ACQUISITION_NUMBER, VR::IS, phase.series_number().to_string().into());
    put(tags::CONTRAST_BOLUS_AGENT, VR::LO, "Iohexol 350".into());
    put(tags::CONTRAST_BOLUS_ROUTE, VR::LO, "IV".into());
    put(tags::CONTRAST_BOLUS_VOLUME, VR::DS, "110".into());
    put(tags::CONTRAST_BOLUS_START_TIME, VR::TM, clock(bolus).into());
}

fn how(put: &mut impl FnMut(Tag, VR, PrimitiveValue), visit: &VisitPlan, phase: Phase) {
    let image_type = PrimitiveValue::Strs(["ORIGINAL", "PRIMARY", "AXIAL"].map(String::from).into_iter().collect());
    put(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192".into());
    put(tags::IMAGE_TYPE, VR::CS, image_type);
    put(tags::MODALITY, VR::CS, "CT".into());
    put(tags::MANUFACTURER, VR::LO, "Ablation Review".into());
    put(tags::MANUFACTURER_MODEL_NAME, VR::LO, "Phantom".into());
    put(tags::BODY_PART_EXAMINED, VR::CS, "ABDOMEN".into());
    put(tags::PATIENT_POSITION, VR::CS, "HFS".into());
    put(tags::PROTOCOL_NAME, VR::LO, "Liver with contrast".into());
    put(tags::SCAN_OPTIONS, VR::CS, "HELICAL".into());
    put(tags::KVP, VR::DS, "120".into());
    put(tags::SLICE_THICKNESS, VR::DS, decimals(&[SLICE_MM]));
    put(tags::DATA_COLLECTION_DIAMETER, VR::DS, "500".into());
    put(tags::RECONSTRUCTION_DIAMETER, VR::DS, decimals(&[PIXEL_MM * f64::from(super::scan::PIXELS)]));
    put(tags::GANTRY_DETECTOR_TILT, VR::DS, "0".into());
    put(tags::TABLE_HEIGHT, VR::DS, decimals(&[142.0 - visit.shift.y]));
    put(tags::ROTATION_DIRECTION, VR::CS, "CW".into());
    put(tags::EXPOSURE_TIME, VR::IS, "500".into());
    put(tags::X_RAY_TUBE_CURRENT, VR::IS, if phase == Phase::Arterial { "230" } else { "240" }.into());
    put(tags::CONVOLUTION_KERNEL, VR::SH, "STANDARD".into());
    put(tags::BURNED_IN_ANNOTATION, VR::CS, "NO".into());
    put(tags::LOSSY_IMAGE_COMPRESSION, VR::CS, "00".into());
}

/// Decimal strings, short and exact to a micrometre.
fn decimals(values: &[f64]) -> PrimitiveValue {
    let text = |v: &f64| {
        let text = format!("{v:.3}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    PrimitiveValue::Strs(values.iter().map(text).collect())
}

fn encode(object: &InMemDicomObject, sop_uid: &str) -> Result<Vec<u8>, PhantomError> {
    let wrong = |error: &dyn std::error::Error| PhantomError::Encode { reason: error.to_string() };
    let meta = FileMetaTableBuilder::new()
        .transfer_syntax(uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN)
        .media_storage_sop_class_uid(uids::CT_IMAGE_STORAGE)
        .media_storage_sop_instance_uid(sop_uid)
        // Named here, so that a newer library does not change the files.
        .implementation_class_uid(uid("ablation-review/phantom"))
        .implementation_version_name("ABL_REVIEW_1")
        .build()
        .map_err(|error| wrong(&error))?;
    let mut bytes = vec![0u8; 128];
    bytes.extend_from_slice(b"DICM");
    meta.write(&mut bytes).map_err(|error| wrong(&error))?;
    let mut data = Vec::new();
    let explicit = dicom_transfer_syntax_registry::entries::EXPLICIT_VR_LITTLE_ENDIAN.erased();
    object.write_dataset_with_ts(&mut data, &explicit).map_err(|error| wrong(&error))?;
    // Deflated here and not by the library, which packs fast and loosely.
    let mut deflated = DeflateEncoder::new(Vec::new(), Compression::new(6));
    deflated.write_all(&data).map_err(|error| wrong(&error))?;
    let deflated = deflated.finish().map_err(|error| wrong(&error))?;
    bytes.extend_from_slice(&deflated);
    if deflated.len() % 2 == 1 {
        bytes.push(0);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_numbers_are_written_as_dicom_wants_them() {
        assert_eq!(clock(33_133.0), "091213.000");
        assert_eq!(clock(86_399.875), "235959.875");
        assert_eq!(decimals(&[1.9, 5.0, -30.5, 40.0]).to_multi_str().as_ref(), ["1.9", "5", "-30.5", "40"]);
    }
}
