//! Small DICOM files of made-up people, one image each.

use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use std::path::{Path, PathBuf};

/// One image: whose, of which study and series, and where.
#[derive(Debug, Clone)]
pub struct Image {
    pub id: &'static str,
    pub name: &'static str,
    pub birth: &'static str,
    pub study: &'static str,
    pub date: &'static str,
    pub series: u32,
    pub number: u32,
    pub z_mm: f64,
    pub acquisition: u32,
    pub temporal_position: Option<u32>,
    pub lossy: Option<&'static str>,
    /// Left out when empty.
    pub modality: &'static str,
    /// Whether its pixels are red, and no numbers.
    pub colour: bool,
}

impl Image {
    /// The first image of Jane.
    pub const fn of_jane() -> Self {
        Self {
            id: "4711",
            name: "Doe^Jane",
            birth: "19500501",
            study: "1.2.840.99.1",
            date: "20250101",
            series: 3,
            number: 1,
            z_mm: 0.0,
            acquisition: 1,
            temporal_position: None,
            lossy: None,
            modality: "CT",
            colour: false,
        }
    }

    /// Images along z, 5 mm apart, numbered on from this one.
    pub fn stack(&self, count: u32) -> Vec<Self> {
        (0..count)
            .map(|n| Self { number: self.number + n, z_mm: self.z_mm + 5.0 * f64::from(n), ..self.clone() })
            .collect()
    }

    fn write(&self, folder: &Path) {
        let series_uid = format!("{}.{}", self.study, self.series);
        let sop_uid = format!("{series_uid}.{}", self.number);
        let mut object = InMemDicomObject::new_empty();
        let mut put = |tag: Tag, vr: VR, value: PrimitiveValue| {
            object.put(DataElement::new(tag, vr, value));
        };
        let text = |value: &str| PrimitiveValue::from(value);
        let several = |values: &[&str]| PrimitiveValue::Strs(values.iter().map(ToString::to_string).collect());
        put(tags::SOP_CLASS_UID, VR::UI, uids::CT_IMAGE_STORAGE.into());
        put(tags::SOP_INSTANCE_UID, VR::UI, text(&sop_uid));
        put(tags::STUDY_DATE, VR::DA, text(self.date));
        if !self.modality.is_empty() {
            put(tags::MODALITY, VR::CS, text(self.modality));
        }
        put(tags::SERIES_DESCRIPTION, VR::LO, text("Liver portal venous"));
        put(tags::PATIENT_NAME, VR::PN, text(self.name));
        put(tags::PATIENT_ID, VR::LO, text(self.id));
        put(tags::PATIENT_BIRTH_DATE, VR::DA, text(self.birth));
        put(tags::SLICE_THICKNESS, VR::DS, text("5"));
        put(tags::STUDY_INSTANCE_UID, VR::UI, text(self.study));
        put(tags::SERIES_INSTANCE_UID, VR::UI, text(&series_uid));
        put(tags::SERIES_NUMBER, VR::IS, text(&self.series.to_string()));
        put(tags::ACQUISITION_NUMBER, VR::IS, text(&self.acquisition.to_string()));
        if let Some(position) = self.temporal_position {
            put(tags::TEMPORAL_POSITION_IDENTIFIER, VR::IS, text(&position.to_string()));
        }
        if let Some(ratio) = self.lossy {
            put(tags::LOSSY_IMAGE_COMPRESSION, VR::CS, text("01"));
            put(tags::LOSSY_IMAGE_COMPRESSION_RATIO, VR::DS, text(ratio));
        }
        put(tags::INSTANCE_NUMBER, VR::IS, text(&self.number.to_string()));
        put(tags::IMAGE_POSITION_PATIENT, VR::DS, several(&["0", "0", &self.z_mm.to_string()]));
        put(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, several(&["1", "0", "0", "0", "1", "0"]));
        put(tags::FRAME_OF_REFERENCE_UID, VR::UI, text(&format!("{}.9", self.study)));
        let (samples, bits) = if self.colour { (3u16, 8u16) } else { (1, 16) };
        put(tags::SAMPLES_PER_PIXEL, VR::US, samples.into());
        put(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, text(if self.colour { "RGB" } else { "MONOCHROME2" }));
        put(tags::ROWS, VR::US, 8u16.into());
        put(tags::COLUMNS, VR::US, 8u16.into());
        put(tags::PIXEL_SPACING, VR::DS, several(&["1", "1"]));
        put(tags::BITS_ALLOCATED, VR::US, bits.into());
        put(tags::BITS_STORED, VR::US, bits.into());
        put(tags::HIGH_BIT, VR::US, (bits - 1).into());
        put(tags::PIXEL_REPRESENTATION, VR::US, u16::from(!self.colour).into());
        if self.colour {
            put(tags::PLANAR_CONFIGURATION, VR::US, 0u16.into());
            put(tags::PIXEL_DATA, VR::OB, PrimitiveValue::U8([220, 10, 10].repeat(64).into()));
        } else {
            put(tags::RESCALE_INTERCEPT, VR::DS, text("0"));
            put(tags::RESCALE_SLOPE, VR::DS, text("1"));
            put(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(vec![40u16; 64].into()));
        }
        let meta = FileMetaTableBuilder::new()
            .transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN)
            .media_storage_sop_class_uid(uids::CT_IMAGE_STORAGE)
            .media_storage_sop_instance_uid(sop_uid.as_str());
        object.with_meta(meta).unwrap().write_to_file(folder.join(format!("{sop_uid}.dcm"))).unwrap();
    }
}

/// Writes images into a folder below another one, made when it is missing.
pub fn write(parent: &Path, name: &str, images: &[Image]) -> PathBuf {
    let folder = parent.join(name);
    std::fs::create_dir_all(&folder).unwrap();
    images.iter().for_each(|image| image.write(&folder));
    folder
}
