//! One image as a DICOM file: what a scanner of CT, MR or PET writes (PS3.3 A.3, A.4, A.21).

use super::ct::{INTERCEPT, PADDING};
use super::pet::{HALF_LIFE_S, slope};
use super::{Study, jpeg_ls, placement};
use crate::phantom::recipe::{Dose, Packing, Phase, Recipe, Scan, Sex, Visit};
use crate::phantom::uid::uid;
use crate::phantom::{GENERATION, PhantomError};
use dicom_core::value::{DataSetSequence, PixelFragmentSequence};
use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use flate2::{Compression, write::DeflateEncoder};
use std::io::Write;

/// What a file is of.
pub(in crate::phantom) struct SliceFile<'a> {
    pub study: &'a Study,
    pub visit: &'a Visit,
    pub phase: Phase,
    /// Counted from the feet.
    pub slice: u32,
}

fn clock(seconds: f64) -> String {
    let whole = seconds.floor();
    let (h, m, s) = (whole / 3600.0 % 24.0, whole / 60.0 % 60.0, whole % 60.0);
    format!("{:02.0}{:02.0}{:02.0}.{:03.0}", h.floor(), m.floor(), s, ((seconds - whole) * 1000.0).floor())
}

/// Decimal strings, short and exact to a micrometre (directions to a millionth).
fn decimals(values: &[f64]) -> PrimitiveValue {
    let text = |v: &f64| {
        let text = format!("{v:.6}");
        let text = text.trim_end_matches('0').trim_end_matches('.').to_owned();
        if text == "-0" { "0".to_owned() } else { text }
    };
    PrimitiveValue::Strs(values.iter().map(text).collect())
}

/// What a kind of MR sequence says of itself.
struct Sequence {
    kind: &'static str,
    spoiled: &'static str,
    dimensions: &'static str,
    /// Repetition and echo time.
    times_ms: [&'static str; 2],
    train: &'static str,
    flip: &'static str,
}

type Put<'a> = &'a mut dyn FnMut(Tag, VR, PrimitiveValue);

impl SliceFile<'_> {
    /// One study has one description, whatever was scanned.
    fn study_words(&self) -> &'static str {
        match (&self.visit.ct, &self.visit.mr, &self.visit.pet) {
            (Some(_), _, Some(_)) => "PET CT trunk",
            (None, _, Some(_)) => "PET trunk",
            (None, Some(_), None) => "MR liver",
            _ => "CT upper abdomen",
        }
    }

    fn scan(&self) -> Scan {
        self.visit.scan(self.phase)
    }

    /// Folder of the series, below the case.
    pub fn folder(&self) -> String {
        format!("{}/{}", self.visit.id, self.phase.folder())
    }

    /// Units in one stored one: JPEG-LS leaves out the bits that are always zero.
    fn step(&self) -> i16 {
        let packing = self.scan().packing;
        if packing == Packing::JpegLs { packing.step(self.phase) as i16 } else { 1 }
    }

    /// Name of the file, below the case.
    pub fn name(&self) -> String {
        format!("{}/{:03}.dcm", self.folder(), self.number())
    }

    /// Number of the image: scanners count from the head down.
    pub fn number(&self) -> u32 {
        self.scan().slices - self.slice
    }

    fn series_uid(&self) -> String {
        self.study.series_uid(self.visit, self.phase)
    }

    fn who(&self, put: Put<'_>) {
        let (recipe, id) = (&self.study.recipe, &self.study.recipe.patient.id);
        put(tags::PATIENT_NAME, VR::PN, format!("Synthetic^{}", self.study.id).into());
        put(tags::PATIENT_ID, VR::LO, id.as_str().into());
        put(tags::PATIENT_BIRTH_DATE, VR::DA, "".into());
        put(tags::PATIENT_SEX, VR::CS, if recipe.patient.sex == Sex::F { "F" } else { "M" }.into());
        put(tags::PATIENT_AGE, VR::AS, format!("{:03}Y", recipe.patient.age_years).into());
        put(tags::PATIENT_IDENTITY_REMOVED, VR::CS, "YES".into());
        put(tags::DEIDENTIFICATION_METHOD, VR::LO, "Synthetic: there is no such person".into());
        put(tags::LONGITUDINAL_TEMPORAL_INFORMATION_MODIFIED, VR::CS, "UNMODIFIED".into());
        put(tags::CLINICAL_TRIAL_SPONSOR_NAME, VR::LO, "Ablation Review".into());
        put(tags::CLINICAL_TRIAL_PROTOCOL_ID, VR::LO, "SAMPLES".into());
        put(tags::CLINICAL_TRIAL_PROTOCOL_NAME, VR::LO, "Sample studies with known truth".into());
        put(tags::CLINICAL_TRIAL_SITE_ID, VR::LO, "".into());
        put(tags::CLINICAL_TRIAL_SITE_NAME, VR::LO, "".into());
        put(tags::CLINICAL_TRIAL_SUBJECT_ID, VR::LO, id.as_str().into());
        put(tags::CLINICAL_TRIAL_TIME_POINT_ID, VR::LO, self.visit.id.as_str().into());
        put(tags::CLINICAL_TRIAL_TIME_POINT_DESCRIPTION, VR::ST, self.visit.title.as_str().into());
        put(tags::LONGITUDINAL_TEMPORAL_OFFSET_FROM_EVENT, VR::FD, PrimitiveValue::from(self.visit.day as f64));
        put(tags::LONGITUDINAL_TEMPORAL_EVENT_TYPE, VR::CS, "BASELINE".into());
    }

    fn when(&self, put: Put<'_>) {
        /// Seconds between two slices.
        const SLICE_S: f64 = 0.125;
        let date = self.study.date(self.visit.day).format("%Y%m%d").to_string();
        let start = f64::from(Recipe::start_s(self.visit));
        let bolus = start + 180.0;
        // Without contrast in the order of the series: CT after a minute, MR from T2 to T1 before the injection.
        let before = match self.phase {
            Phase::T1 => 150.0,
            phase if phase.is_ct() => 60.0,
            phase => 20.0 * (f64::from(phase.series_number()) - 10.0),
        };
        let series = self.phase.after_bolus_s().map_or(start + before, |after| bolus + after);
        let acquired = series + f64::from(self.number() - 1) * SLICE_S;
        for tag in [tags::STUDY_DATE, tags::SERIES_DATE, tags::ACQUISITION_DATE, tags::CONTENT_DATE] {
            put(tag, VR::DA, date.as_str().into());
        }
        put(tags::STUDY_TIME, VR::TM, clock(start).into());
        put(tags::SERIES_TIME, VR::TM, clock(series).into());
        put(tags::ACQUISITION_TIME, VR::TM, clock(acquired).into());
        put(tags::CONTENT_TIME, VR::TM, clock(acquired + 4.0).into());
        put(tags::ACCESSION_NUMBER, VR::SH, "".into());
        put(tags::REFERRING_PHYSICIAN_NAME, VR::PN, "".into());
        put(tags::STUDY_ID, VR::SH, "1".into());
        put(tags::STUDY_DESCRIPTION, VR::LO, self.study_words().into());
        let words = self.phase.words();
        let description =
            if self.phase.is_ct() { format!("Abdomen {words} {:.1} mm", self.scan().slice_mm) } else { words.into() };
        put(tags::SERIES_DESCRIPTION, VR::LO, description.into());
        put(tags::SERIES_NUMBER, VR::IS, self.phase.series_number().to_string().into());
        put(tags::ACQUISITION_NUMBER, VR::IS, self.phase.series_number().to_string().into());
        if self.phase.after_bolus_s().is_some() {
            put(
                tags::CONTRAST_BOLUS_AGENT,
                VR::LO,
                if self.phase.is_ct() { "Iohexol 350" } else { "Gadobutrol" }.into(),
            );
            put(tags::CONTRAST_BOLUS_ROUTE, VR::LO, "IV".into());
            put(tags::CONTRAST_BOLUS_VOLUME, VR::DS, if self.phase.is_ct() { "110" } else { "8" }.into());
            put(tags::CONTRAST_BOLUS_START_TIME, VR::TM, clock(bolus).into());
        }
    }

    /// What is said of an MR series (PS3.3 C.8.3.1).
    fn how_mr(&self, put: Put<'_>) {
        let scan = self.scan();
        let several = |values: &[&str]| PrimitiveValue::Strs(values.iter().map(|v| (*v).to_owned()).collect());
        let diffusion = self.phase.b_value().is_some();
        let image_type: &[&str] = match self.phase {
            Phase::Adc => &["DERIVED", "PRIMARY", "DIFFUSION", "ADC"],
            _ if diffusion => &["ORIGINAL", "PRIMARY", "DIFFUSION", "NONE"],
            _ => &["ORIGINAL", "PRIMARY", "M", "NONE"],
        };
        let sequence = match self.phase {
            Phase::T2 => Sequence {
                kind: "SE",
                spoiled: "SP",
                dimensions: "2D",
                times_ms: ["2600", "84"],
                train: "19",
                flip: "150",
            },
            _ if diffusion || self.phase == Phase::Adc => Sequence {
                kind: "EP",
                spoiled: "SP",
                dimensions: "2D",
                times_ms: ["5200", "58"],
                train: "1",
                flip: "90",
            },
            _ => Sequence {
                kind: "GR",
                spoiled: "OSP",
                dimensions: "3D",
                times_ms: ["3.9", "1.8"],
                train: "1",
                flip: "9",
            },
        };
        let [repetition, echo] = sequence.times_ms;
        put(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192".into());
        put(tags::IMAGE_TYPE, VR::CS, several(image_type));
        put(tags::MODALITY, VR::CS, "MR".into());
        put(tags::MANUFACTURER, VR::LO, "Ablation Review".into());
        put(tags::MANUFACTURER_MODEL_NAME, VR::LO, "Phantom".into());
        put(tags::SOFTWARE_VERSIONS, VR::LO, GENERATION.to_string().into());
        put(tags::BODY_PART_EXAMINED, VR::CS, "LIVER".into());
        put(tags::PATIENT_POSITION, VR::CS, "HFS".into());
        put(tags::PROTOCOL_NAME, VR::LO, self.phase.words().into());
        put(tags::SCANNING_SEQUENCE, VR::CS, sequence.kind.into());
        put(tags::SEQUENCE_VARIANT, VR::CS, several(&["SK", sequence.spoiled]));
        put(tags::SCAN_OPTIONS, VR::CS, "FS".into());
        put(tags::MR_ACQUISITION_TYPE, VR::CS, sequence.dimensions.into());
        put(tags::REPETITION_TIME, VR::DS, repetition.into());
        put(tags::ECHO_TIME, VR::DS, echo.into());
        put(tags::ECHO_TRAIN_LENGTH, VR::IS, sequence.train.into());
        put(tags::FLIP_ANGLE, VR::DS, sequence.flip.into());
        put(tags::MAGNETIC_FIELD_STRENGTH, VR::DS, "1.5".into());
        put(tags::NUMBER_OF_AVERAGES, VR::DS, if diffusion { "4" } else { "1" }.into());
        put(tags::SLICE_THICKNESS, VR::DS, decimals(&[scan.slice_mm]));
        put(tags::SPACING_BETWEEN_SLICES, VR::DS, decimals(&[scan.slice_mm]));
        if let Some(b) = self.phase.b_value() {
            put(tags::DIFFUSION_B_VALUE, VR::FD, PrimitiveValue::from(b));
        }
        put(tags::BURNED_IN_ANNOTATION, VR::CS, "NO".into());
        put(tags::LOSSY_IMAGE_COMPRESSION, VR::CS, "00".into());
    }

    fn how(&self, put: Put<'_>) {
        let ct = &self.scan();
        let image_type = ["ORIGINAL", "PRIMARY", "AXIAL"].map(String::from).into_iter().collect();
        put(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192".into());
        put(tags::IMAGE_TYPE, VR::CS, PrimitiveValue::Strs(image_type));
        put(tags::MODALITY, VR::CS, "CT".into());
        put(tags::MANUFACTURER, VR::LO, "Ablation Review".into());
        put(tags::MANUFACTURER_MODEL_NAME, VR::LO, "Phantom".into());
        put(tags::SOFTWARE_VERSIONS, VR::LO, GENERATION.to_string().into());
        put(tags::BODY_PART_EXAMINED, VR::CS, "ABDOMEN".into());
        put(tags::PATIENT_POSITION, VR::CS, "HFS".into());
        put(tags::PROTOCOL_NAME, VR::LO, "Upper abdomen with contrast".into());
        put(tags::SCAN_OPTIONS, VR::CS, "HELICAL".into());
        put(tags::KVP, VR::DS, "120".into());
        put(tags::SLICE_THICKNESS, VR::DS, decimals(&[ct.slice_mm]));
        put(tags::DATA_COLLECTION_DIAMETER, VR::DS, "500".into());
        put(tags::RECONSTRUCTION_DIAMETER, VR::DS, decimals(&[ct.pixel_mm * f64::from(ct.matrix)]));
        put(tags::GANTRY_DETECTOR_TILT, VR::DS, decimals(&[ct.odd.tilt_deg]));
        put(tags::TABLE_HEIGHT, VR::DS, decimals(&[142.0 - self.visit.lie.shift_mm[1]]));
        put(tags::ROTATION_DIRECTION, VR::CS, "CW".into());
        put(tags::EXPOSURE_TIME, VR::IS, "500".into());
        put(tags::X_RAY_TUBE_CURRENT, VR::IS, "240".into());
        put(tags::CONVOLUTION_KERNEL, VR::SH, "STANDARD".into());
        put(tags::BURNED_IN_ANNOTATION, VR::CS, "NO".into());
        put(tags::LOSSY_IMAGE_COMPRESSION, VR::CS, "00".into());
    }

    fn pixels(&self, put: Put<'_>) {
        let ct = &self.scan();
        let (place, down) = placement(self.visit, ct, self.slice);
        put(tags::FRAME_OF_REFERENCE_UID, VR::UI, self.study.frame_of_reference(self.visit, self.phase).into());
        put(tags::POSITION_REFERENCE_INDICATOR, VR::LO, "".into());
        put(tags::INSTANCE_NUMBER, VR::IS, self.number().to_string().into());
        put(tags::IMAGE_POSITION_PATIENT, VR::DS, decimals(&[place.x, place.y, place.z]));
        put(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, decimals(&[1.0, 0.0, 0.0, down.x, down.y, down.z]));
        put(tags::SLICE_LOCATION, VR::DS, decimals(&[place.z]));
        put(tags::SAMPLES_PER_PIXEL, VR::US, 1u16.into());
        put(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2".into());
        put(tags::ROWS, VR::US, (ct.matrix as u16).into());
        put(tags::COLUMNS, VR::US, (ct.matrix as u16).into());
        put(tags::PIXEL_SPACING, VR::DS, decimals(&[ct.pixel_mm, ct.pixel_mm]));
        put(tags::BITS_ALLOCATED, VR::US, 16u16.into());
        put(tags::BITS_STORED, VR::US, 16u16.into());
        put(tags::HIGH_BIT, VR::US, 15u16.into());
        put(tags::PIXEL_REPRESENTATION, VR::US, 1u16.into());
        if self.phase.is_ct() {
            put(tags::PIXEL_PADDING_VALUE, VR::SS, PrimitiveValue::from(PADDING / self.step()));
            put(tags::WINDOW_CENTER, VR::DS, "40".into());
            put(tags::WINDOW_WIDTH, VR::DS, "400".into());
            put(tags::WINDOW_CENTER_WIDTH_EXPLANATION, VR::LO, "ABDOMEN".into());
            put(tags::RESCALE_INTERCEPT, VR::DS, INTERCEPT.to_string().into());
            put(tags::RESCALE_SLOPE, VR::DS, self.step().to_string().into());
            put(tags::RESCALE_TYPE, VR::LO, "HU".into());
        } else {
            let centre = match self.phase {
                Phase::T1 | Phase::T2 => 300,
                Phase::Dwi50 => 180,
                Phase::Dwi400 => 110,
                Phase::Dwi800 => 80,
                Phase::Adc => 1250,
                _ => 500,
            };
            let centre = centre / self.step();
            put(tags::WINDOW_CENTER, VR::DS, centre.to_string().into());
            put(tags::WINDOW_WIDTH, VR::DS, (2 * centre).to_string().into());
        }
    }
}

/// The pixels as they stand in the file: words, or one fragment of JPEG-LS.
fn pixel_data(of: &SliceFile<'_>, stored: &[i16]) -> DataElement<InMemDicomObject> {
    let scan = of.scan();
    let values: Vec<i16> = stored.iter().map(|value| value / of.step()).collect();
    if scan.packing != Packing::JpegLs {
        return DataElement::new(
            tags::PIXEL_DATA,
            VR::OW,
            PrimitiveValue::U16(values.iter().map(|v| v.cast_unsigned()).collect()),
        );
    }
    let mut stream = jpeg_ls::encode(&values, scan.matrix as u16, scan.matrix as u16);
    if stream.len() % 2 == 1 {
        stream.push(0);
    }
    DataElement::new(tags::PIXEL_DATA, VR::OB, PixelFragmentSequence::new(Vec::new(), vec![stream]))
}

/// An item with these elements.
fn item(elements: Vec<(Tag, VR, PrimitiveValue)>) -> InMemDicomObject {
    InMemDicomObject::from_element_iter(elements.into_iter().map(|(tag, vr, value)| DataElement::new(tag, vr, value)))
}

fn code(value: &str, scheme: &str, meaning: &str) -> InMemDicomObject {
    item(vec![
        (tags::CODE_VALUE, VR::SH, value.into()),
        (tags::CODING_SCHEME_DESIGNATOR, VR::SH, scheme.into()),
        (tags::CODE_MEANING, VR::LO, meaning.into()),
    ])
}

fn sequence(tag: Tag, items: Vec<InMemDicomObject>) -> DataElement<InMemDicomObject> {
    DataElement::new(tag, VR::SQ, DataSetSequence::from(items))
}

/// What is said of a PET series (PS3.3 C.8.9): everything that SUV by body weight needs.
fn pet(of: &SliceFile<'_>, dose: &Dose, object: &mut InMemDicomObject) {
    let scan = of.scan();
    let start = f64::from(Recipe::start_s(of.visit)) + 600.0;
    let injected = start - dose.uptake_min * 60.0;
    let several = |values: &[&str]| PrimitiveValue::Strs(values.iter().map(|v| (*v).to_owned()).collect());
    for (tag, vr, value) in [
        (tags::SPECIFIC_CHARACTER_SET, VR::CS, PrimitiveValue::from("ISO_IR 192")),
        (tags::IMAGE_TYPE, VR::CS, several(&["ORIGINAL", "PRIMARY"])),
        (tags::MODALITY, VR::CS, "PT".into()),
        (tags::MANUFACTURER, VR::LO, "Ablation Review".into()),
        (tags::MANUFACTURER_MODEL_NAME, VR::LO, "Phantom".into()),
        (tags::SOFTWARE_VERSIONS, VR::LO, GENERATION.to_string().into()),
        (tags::BODY_PART_EXAMINED, VR::CS, "ABDOMEN".into()),
        (tags::PATIENT_WEIGHT, VR::DS, decimals(&[dose.weight_kg])),
        (tags::SLICE_THICKNESS, VR::DS, decimals(&[scan.slice_mm])),
        (tags::UNITS, VR::CS, "BQML".into()),
        (tags::COUNTS_SOURCE, VR::CS, "EMISSION".into()),
        (tags::SERIES_TYPE, VR::CS, several(&["STATIC", "IMAGE"])),
        (tags::NUMBER_OF_SLICES, VR::US, PrimitiveValue::from(scan.slices as u16)),
        (tags::CORRECTED_IMAGE, VR::CS, several(&["NORM", "DTIM", "ATTN", "SCAT", "DECY", "RAN"])),
        (tags::RANDOMS_CORRECTION_METHOD, VR::CS, "DLYD".into()),
        (tags::DECAY_CORRECTION, VR::CS, "START".into()),
        (tags::ATTENUATION_CORRECTION_METHOD, VR::LO, "CT".into()),
        (tags::SCATTER_CORRECTION_METHOD, VR::LO, "MODEL".into()),
        (tags::RECONSTRUCTION_METHOD, VR::LO, "OSEM 3i21s".into()),
        (tags::COLLIMATOR_TYPE, VR::CS, "NONE".into()),
        (tags::FRAME_REFERENCE_TIME, VR::DS, "60000".into()),
        (tags::ACTUAL_FRAME_DURATION, VR::IS, "120000".into()),
        (tags::IMAGE_INDEX, VR::US, PrimitiveValue::from(of.number() as u16)),
        (tags::DECAY_FACTOR, VR::DS, "1".into()),
        (tags::DEAD_TIME_FACTOR, VR::DS, "1".into()),
        (tags::SERIES_TIME, VR::TM, clock(start).into()),
        (tags::ACQUISITION_TIME, VR::TM, clock(start).into()),
        (tags::CONTENT_TIME, VR::TM, clock(start + 300.0).into()),
        (tags::BURNED_IN_ANNOTATION, VR::CS, "NO".into()),
        (tags::LOSSY_IMAGE_COMPRESSION, VR::CS, "00".into()),
        (tags::RESCALE_INTERCEPT, VR::DS, "0".into()),
        (tags::RESCALE_SLOPE, VR::DS, decimals(&[slope(dose)])),
        (tags::WINDOW_CENTER, VR::DS, decimals(&[(slope(dose) * 2867.0).round()])),
        (tags::WINDOW_WIDTH, VR::DS, decimals(&[(slope(dose) * 5734.0).round()])),
    ] {
        object.put(DataElement::new(tag, vr, value));
    }
    let date = of.study.date(of.visit.day).format("%Y%m%d").to_string();
    let mut drug = item(vec![
        (tags::RADIOPHARMACEUTICAL, VR::LO, "FDG -- fluorodeoxyglucose".into()),
        (tags::RADIOPHARMACEUTICAL_ROUTE, VR::LO, "IV".into()),
        (tags::RADIOPHARMACEUTICAL_START_TIME, VR::TM, clock(injected).into()),
        (tags::RADIOPHARMACEUTICAL_START_DATE_TIME, VR::DT, format!("{date}{}", clock(injected)).into()),
        (tags::RADIONUCLIDE_TOTAL_DOSE, VR::DS, decimals(&[dose.dose_mbq * 1e6])),
        (tags::RADIONUCLIDE_HALF_LIFE, VR::DS, decimals(&[HALF_LIFE_S])),
        (tags::RADIONUCLIDE_POSITRON_FRACTION, VR::DS, "0.967".into()),
    ]);
    drug.put(sequence(tags::RADIONUCLIDE_CODE_SEQUENCE, vec![code("77004003", "SCT", "^18^Fluorine")]));
    drug.put(sequence(
        tags::RADIOPHARMACEUTICAL_CODE_SEQUENCE,
        vec![code("35321007", "SCT", "Fluorodeoxyglucose F^18^")],
    ));
    object.put(sequence(tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE, vec![drug]));
    let mut lying = code("102538003", "SCT", "recumbent");
    lying.put(sequence(tags::PATIENT_ORIENTATION_MODIFIER_CODE_SEQUENCE, vec![code("40199007", "SCT", "supine")]));
    object.put(sequence(tags::PATIENT_ORIENTATION_CODE_SEQUENCE, vec![lying]));
    object.put(sequence(tags::PATIENT_GANTRY_RELATIONSHIP_CODE_SEQUENCE, vec![code("102540008", "SCT", "headfirst")]));
}

/// The file of one slice.
pub(in crate::phantom) fn file(of: &SliceFile<'_>, stored: &[i16]) -> Result<Vec<u8>, PhantomError> {
    let sop_uid = of.study.uid(&format!("{}/{}/{}", of.visit.id, of.phase.folder(), of.slice));
    let mut object = InMemDicomObject::new_empty();
    let mut put = |tag: Tag, vr: VR, value: PrimitiveValue| {
        object.put(DataElement::new(tag, vr, value));
    };
    let class = match of.phase {
        Phase::Pet => uids::POSITRON_EMISSION_TOMOGRAPHY_IMAGE_STORAGE,
        phase if phase.is_ct() => uids::CT_IMAGE_STORAGE,
        _ => uids::MR_IMAGE_STORAGE,
    };
    put(tags::SOP_CLASS_UID, VR::UI, class.into());
    put(tags::SOP_INSTANCE_UID, VR::UI, sop_uid.as_str().into());
    put(tags::STUDY_INSTANCE_UID, VR::UI, of.study.uid(&format!("{}/study", of.visit.id)).into());
    put(tags::SERIES_INSTANCE_UID, VR::UI, of.series_uid().into());
    of.who(&mut put);
    of.when(&mut put);
    match of.phase {
        Phase::Pet => {}
        phase if phase.is_ct() => of.how(&mut put),
        _ => of.how_mr(&mut put),
    }
    of.pixels(&mut put);
    object.put(pixel_data(of, stored));
    if let (Phase::Pet, Some(scan)) = (of.phase, &of.visit.pet) {
        pet(of, &scan.dose, &mut object);
    }
    encode(&object, class, &sop_uid, of.scan().packing)
}

fn encode(object: &InMemDicomObject, class: &str, sop_uid: &str, packing: Packing) -> Result<Vec<u8>, PhantomError> {
    let wrong = |error: &dyn std::error::Error| PhantomError::Encode { reason: error.to_string() };
    let syntax = match packing {
        Packing::Plain => uids::EXPLICIT_VR_LITTLE_ENDIAN,
        Packing::Deflated => uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
        Packing::JpegLs => uids::JPEGLS_LOSSLESS,
    };
    let meta = FileMetaTableBuilder::new()
        .transfer_syntax(syntax)
        .media_storage_sop_class_uid(class)
        .media_storage_sop_instance_uid(sop_uid)
        // Named here, so that a newer library does not change the files.
        .implementation_class_uid(uid("ablation-review/phantom"))
        .implementation_version_name(format!("ABL_REVIEW_{GENERATION}"))
        .build()
        .map_err(|error| wrong(&error))?;
    let mut bytes = vec![0u8; 128];
    bytes.extend_from_slice(b"DICM");
    meta.write(&mut bytes).map_err(|error| wrong(&error))?;
    let explicit = dicom_transfer_syntax_registry::entries::EXPLICIT_VR_LITTLE_ENDIAN.erased();
    if packing != Packing::Deflated {
        object.write_dataset_with_ts(&mut bytes, &explicit).map_err(|error| wrong(&error))?;
        return Ok(bytes);
    }
    let mut data = Vec::new();
    object.write_dataset_with_ts(&mut data, &explicit).map_err(|error| wrong(&error))?;
    // Deflated here and not by the library, which packs fast and loosely (PS3.5 A.5).
    let mut deflated = DeflateEncoder::new(bytes, Compression::new(6));
    deflated.write_all(&data).map_err(|error| wrong(&error))?;
    let mut bytes = deflated.finish().map_err(|error| wrong(&error))?;
    if bytes.len() % 2 == 1 {
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
        assert_eq!(
            decimals(&[1.9, 5.0, -30.5, 0.75, -0.0]).to_multi_str().as_ref(),
            ["1.9", "5", "-30.5", "0.75", "0"]
        );
    }
}
