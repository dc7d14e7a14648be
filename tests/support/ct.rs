//! A CT slice written as a file: what tests and benches make series of when no sample is large enough.

use dicom_core::{DataElement, PrimitiveValue, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use std::path::Path;

/// What a slice is, beside its pixels. UIDs are made of `uid`, dates as DICOM writes them.
pub struct CtSlice<'a> {
    /// Root of the study's UIDs.
    pub uid: &'a str,
    pub date: &'a str,
    pub number: u32,
    /// Pixels a row, and rows.
    pub pixels: u16,
    pub pixel_mm: f64,
    pub slice_mm: f64,
}

/// Writes a portal venous slice, uncompressed, stored values 1024 above HU.
pub fn write_ct_slice(path: &Path, slice: &CtSlice, values: Vec<u16>) {
    let uid = slice.uid;
    let sop = format!("{uid}.3.{}", slice.number);
    let from_middle = -0.5 * f64::from(slice.pixels) * slice.pixel_mm;
    let mut object = InMemDicomObject::new_empty();
    let mut put = |tag, vr, value: PrimitiveValue| {
        object.put(DataElement::new(tag, vr, value));
    };
    let words = |all: &[&str]| PrimitiveValue::Strs(all.iter().map(ToString::to_string).collect());
    let numbers = |all: &[f64]| PrimitiveValue::Strs(all.iter().map(ToString::to_string).collect());
    put(tags::SOP_CLASS_UID, VR::UI, uids::CT_IMAGE_STORAGE.into());
    put(tags::SOP_INSTANCE_UID, VR::UI, sop.as_str().into());
    put(tags::STUDY_INSTANCE_UID, VR::UI, format!("{uid}.1").into());
    put(tags::SERIES_INSTANCE_UID, VR::UI, format!("{uid}.2").into());
    put(tags::FRAME_OF_REFERENCE_UID, VR::UI, format!("{uid}.4").into());
    put(tags::IMAGE_TYPE, VR::CS, words(&["ORIGINAL", "PRIMARY", "AXIAL"]));
    put(tags::MODALITY, VR::CS, "CT".into());
    put(tags::STUDY_DATE, VR::DA, slice.date.into());
    put(tags::ACQUISITION_DATE, VR::DA, slice.date.into());
    put(tags::ACQUISITION_TIME, VR::TM, "101500".into());
    put(tags::PATIENT_NAME, VR::PN, "Bench".into());
    put(tags::PATIENT_ID, VR::LO, "BENCH".into());
    put(tags::SERIES_DESCRIPTION, VR::LO, "Liver portal venous".into());
    put(tags::SERIES_NUMBER, VR::IS, "3".into());
    put(tags::INSTANCE_NUMBER, VR::IS, (slice.number + 1).to_string().into());
    put(tags::CONTRAST_BOLUS_AGENT, VR::LO, "Iohexol".into());
    put(tags::SLICE_THICKNESS, VR::DS, numbers(&[slice.slice_mm]));
    let at = [from_middle, from_middle, f64::from(slice.number) * slice.slice_mm];
    put(tags::IMAGE_POSITION_PATIENT, VR::DS, numbers(&at));
    put(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, words(&["1", "0", "0", "0", "1", "0"]));
    put(tags::PIXEL_SPACING, VR::DS, numbers(&[slice.pixel_mm; 2]));
    put(tags::SAMPLES_PER_PIXEL, VR::US, 1u16.into());
    put(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2".into());
    put(tags::ROWS, VR::US, slice.pixels.into());
    put(tags::COLUMNS, VR::US, slice.pixels.into());
    put(tags::BITS_ALLOCATED, VR::US, 16u16.into());
    put(tags::BITS_STORED, VR::US, 16u16.into());
    put(tags::HIGH_BIT, VR::US, 15u16.into());
    put(tags::PIXEL_REPRESENTATION, VR::US, 1u16.into());
    put(tags::RESCALE_INTERCEPT, VR::DS, "-1024".into());
    put(tags::RESCALE_SLOPE, VR::DS, "1".into());
    put(tags::RESCALE_TYPE, VR::LO, "HU".into());
    put(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(values.into()));
    let meta = FileMetaTableBuilder::new()
        .transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN)
        .media_storage_sop_class_uid(uids::CT_IMAGE_STORAGE)
        .media_storage_sop_instance_uid(sop.as_str());
    object.with_meta(meta).unwrap().write_to_file(path).unwrap();
}
