//! One file: its header read and understood, as far as stacks need it.

use super::error::ReadError;
use super::format::{Colour, Format};
use super::found::{Acquisition, FileWindow, StudyTags};
use super::header::Header;
use super::limits::Limits;
use super::scan::{Scanned, scan, uid_text};
use super::syntax::Packing;
use super::kept::Wanted;
use super::overlay::has_overlays;
use super::value::{PetTags, pet_tags, values};
use super::voi::windows;
use super::wanted::WANTED;
use crate::clinical::{Identity, Modality, Sex};
use crate::geometry::{PatientDirection, PatientPoint, PatientVector};
use crate::volume::{Padding, Rescale, Unit};
use dicom_core::Tag;
use dicom_dictionary_std::tags;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

const SECONDARY_CAPTURE: &str = "1.2.840.10008.5.1.4.1.1.7";

/// A file with its header.
#[derive(Debug)]
pub(super) struct Opened {
    pub header: Header,
    pub scanned: Scanned,
    pub size: u64,
    pub mtime: i64,
}

/// Reads the header of a file, up to its pixels.
pub(super) fn open(path: &Path, limits: &Limits) -> Result<Opened, ReadError> {
    open_with(path, &WANTED, limits)
}

/// Reads other things of a header than are usual.
pub(super) fn open_with(path: &Path, wanted: &Wanted, limits: &Limits) -> Result<Opened, ReadError> {
    let file = File::open(path)?;
    let about = file.metadata()?;
    if !about.is_file() {
        return Err(ReadError::NotDicom);
    }
    let mtime = about.modified().ok().map_or(0, |at| match at.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_secs()).map_or(i64::MIN, |s| -s),
    });
    let mut source = BufReader::with_capacity(16 << 10, file);
    let mut scanned = scan(&mut source, about.len(), wanted, limits)?;
    let header = Header::new(&mut scanned);
    Ok(Opened { header, scanned, size: about.len(), mtime })
}

/// Which way the lossy mark of a file points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lossy {
    pub ratio: Option<f64>,
}

/// One file as stacks need it.
#[derive(Debug, Clone)]
pub(super) struct Instance {
    pub path: PathBuf,
    pub size: u64,
    pub mtime: i64,
    pub sop_class: String,
    pub sop_uid: String,
    pub series_uid: String,
    pub study: StudyTags,
    pub identity: Identity,
    pub sex: Sex,
    pub series_number: Option<i64>,
    pub acquisition_number: Option<i64>,
    pub instance_number: Option<i64>,
    pub temporal_position: Option<i64>,
    pub description: String,
    pub modality: Modality,
    pub modality_text: String,
    pub format: Format,
    pub syntax: String,
    pub position: Option<PatientPoint>,
    /// Directions of growing column and growing row.
    pub orientation: Option<[PatientDirection; 2]>,
    pub pixel_spacing_mm: Option<[f64; 2]>,
    pub spacing_between_slices_mm: Option<f64>,
    pub frame_of_reference_uid: Option<String>,
    pub rescale: Rescale,
    pub unit: Unit,
    /// Whether slices are made into values when they are read.
    pub mapped: bool,
    /// What is odd about how stored values become values, and about the file's windows.
    pub value_notes: Vec<String>,
    /// PET: what SUV needs.
    pub pet: Option<Box<PetTags>>,
    /// Small stored values are bright.
    pub inverse: bool,
    pub overlays: bool,
    pub padding: Option<Padding>,
    pub windows: Vec<FileWindow>,
    pub lossy: Option<Lossy>,
    pub enhanced: bool,
    pub acquisition: Acquisition,
}

impl Instance {
    /// Reads and understands one file.
    pub fn read(path: &Path, limits: &Limits) -> Result<Self, ReadError> {
        let opened = open(path, limits)?;
        let h = &opened.header;
        let format = Format::new(h, &opened.scanned, opened.size, limits)?;
        let sop_uid = sop_uid(&opened, path)?;
        let uid = |tag| uid_text(h.bytes(tag));
        let sop_class = uid(tags::SOP_CLASS_UID);
        let modality_text = h.text(tags::MODALITY);
        let modality = modality(h);
        let position = point(&h.numbers(tags::IMAGE_POSITION_PATIENT));
        let orientation = orientation(&h.numbers(tags::IMAGE_ORIENTATION_PATIENT));
        let values = values(h, &format, modality, &sop_class);
        let mut value_notes = values.notes.clone();
        let windows = windows(h, &format, &values, &mut value_notes);
        let packing = opened.scanned.syntax.packing;
        Ok(Self {
            size: opened.size,
            mtime: opened.mtime,
            series_uid: Some(uid(tags::SERIES_INSTANCE_UID)).filter(|u| !u.is_empty()).unwrap_or(sop_uid.clone()),
            sop_uid,
            study: StudyTags {
                uid: uid(tags::STUDY_INSTANCE_UID),
                date: h
                    .date(tags::STUDY_DATE)
                    .or_else(|| h.date(tags::SERIES_DATE))
                    .or_else(|| h.date(tags::ACQUISITION_DATE)),
                description: h.text(tags::STUDY_DESCRIPTION),
            },
            identity: Identity {
                dicom_patient_id: h.text(tags::PATIENT_ID),
                issuer: h.text(tags::ISSUER_OF_PATIENT_ID),
                name: h.text(tags::PATIENT_NAME),
                birth_date: h.date(tags::PATIENT_BIRTH_DATE),
            },
            sex: match h.text(tags::PATIENT_SEX).as_str() {
                "F" => Sex::Female,
                "M" => Sex::Male,
                "O" => Sex::Other,
                _ => Sex::Unknown,
            },
            series_number: h.whole(tags::SERIES_NUMBER),
            acquisition_number: h.whole(tags::ACQUISITION_NUMBER),
            instance_number: h.whole(tags::INSTANCE_NUMBER),
            temporal_position: h.whole(tags::TEMPORAL_POSITION_IDENTIFIER),
            description: h.text(tags::SERIES_DESCRIPTION),
            syntax: opened.scanned.syntax.uid.clone(),
            position,
            orientation,
            pixel_spacing_mm: pixel_spacing_mm(h, modality, &sop_class, position.is_some() && orientation.is_some()),
            spacing_between_slices_mm: h.positive(tags::SPACING_BETWEEN_SLICES),
            frame_of_reference_uid: Some(uid(tags::FRAME_OF_REFERENCE_UID)).filter(|u| !u.is_empty()),
            rescale: values.mapping.rescale(),
            unit: values.unit,
            mapped: values.mapping.is_mapped(),
            value_notes,
            pet: (modality == Modality::Pet).then(|| Box::new(pet_tags(h, &values))),
            inverse: inverse(h, &format),
            overlays: has_overlays(h),
            // Where slices hold values, what was padding has none.
            padding: padding(h, &format).filter(|_| !values.mapping.is_mapped()),
            windows,
            lossy: lossy(h, packing),
            enhanced: h.has(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE),
            acquisition: acquisition(h),
            path: path.to_owned(),
            sop_class,
            modality,
            modality_text,
            format,
        })
    }

    pub fn is_localizer(&self) -> bool {
        self.acquisition.image_type.iter().any(|part| part == "LOCALIZER")
    }

    pub fn is_secondary_capture(&self) -> bool {
        self.sop_class.starts_with(SECONDARY_CAPTURE)
    }

    pub fn small_is_bright(&self) -> bool {
        self.inverse
    }

    /// Distance of the slice along a normal, mm.
    pub fn along_mm(&self, normal: PatientDirection) -> Option<f64> {
        Some(self.position?.to_vector().dot(normal.vector()))
    }

    /// The normal of the slice.
    pub fn normal(&self) -> Option<PatientDirection> {
        let [row, column] = self.orientation?;
        row.normal_with(column)
    }
}

/// The UID that names the object. A file without one is named by its bytes, so that marks hold on to it.
pub(super) fn sop_uid(opened: &Opened, path: &Path) -> Result<String, ReadError> {
    for tag in [tags::SOP_INSTANCE_UID, tags::MEDIA_STORAGE_SOP_INSTANCE_UID] {
        let uid = uid_text(opened.header.bytes(tag));
        if !uid.is_empty() {
            return Ok(uid);
        }
    }
    let mut hash = HashWriter(Sha256::new());
    std::io::copy(&mut File::open(path)?, &mut hash)?;
    let digest = hash.0.finalize();
    Ok(digest.iter().take(16).fold("sha256.".to_owned(), |name, byte| format!("{name}{byte:02x}")))
}

struct HashWriter(Sha256);

impl std::io::Write for HashWriter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

pub(super) fn modality(h: &Header) -> Modality {
    match h.text(tags::MODALITY).as_str() {
        "CT" => Modality::Ct,
        "MR" => Modality::Mr,
        "PT" => Modality::Pet,
        _ => Modality::Other,
    }
}

/// Whether small values are bright: as Presentation LUT Shape says, else in MONOCHROME1. The two stand for the
/// same inversion and never cancel each other (PS3.3 C.8.11.3, C.11.6).
fn inverse(h: &Header, format: &Format) -> bool {
    match h.text(tags::PRESENTATION_LUT_SHAPE).as_str() {
        "INVERSE" => !format.shows_colour(),
        _ => format.colour == Colour::Grey { small_is_bright: true },
    }
}

fn point(numbers: &[f64]) -> Option<PatientPoint> {
    let [x, y, z] = *numbers else { return None };
    Some(PatientPoint::new(x, y, z)).filter(|p| p.is_finite())
}

/// Both directions; `None` when they are not at right angles within 0.5 degrees.
fn orientation(numbers: &[f64]) -> Option<[PatientDirection; 2]> {
    let [a, b, c, d, e, f] = *numbers else { return None };
    let row = PatientVector::new(a, b, c).direction()?;
    let column = PatientVector::new(d, e, f).direction()?;
    (row.cosine(column).abs() < 0.0087).then_some([row, column])
}

/// Pixel spacing along a row and down a column, when it is a size at the patient: in images with a place in
/// the patient, in CT, MR and PET, and where the file says it was calibrated. Never a size at the detector
/// (PS3.3 10.7.1.3).
fn pixel_spacing_mm(h: &Header, modality: Modality, sop_class: &str, placed: bool) -> Option<[f64; 2]> {
    let measured = modality != Modality::Other && !sop_class.starts_with(SECONDARY_CAPTURE);
    let calibrated = !h.text(tags::PIXEL_SPACING_CALIBRATION_TYPE).is_empty();
    let [down, along] = *h.numbers(tags::PIXEL_SPACING) else { return None };
    let usable = down.is_finite() && along.is_finite() && down > 0.0 && along > 0.0;
    (usable && (placed || measured || calibrated)).then_some([along, down])
}

/// Padding in stored values, cut to the stored bits as the pixels are (PS3.3 C.7.5.1.1.2).
pub(super) fn padding(h: &Header, format: &Format) -> Option<Padding> {
    if format.shows_colour() {
        return None;
    }
    let value = |tag| {
        let raw = h.as_pixel(tag, format.signed)?;
        if format.bits_stored >= 16 || format.signed {
            return Some(raw);
        }
        Some(raw % f64::from(1u32 << format.bits_stored))
    };
    let one = value(tags::PIXEL_PADDING_VALUE)?;
    let other = value(tags::PIXEL_PADDING_RANGE_LIMIT).unwrap_or(one);
    Some(Padding { low: one.min(other), high: one.max(other) })
}

/// The ratio of the last compression counts; a lossy syntax, a ratio or a method counts even where the mark is
/// missing (PS3.3 C.7.6.1.1.5).
fn lossy(h: &Header, packing: Packing) -> Option<Lossy> {
    let ratio = h.numbers(tags::LOSSY_IMAGE_COMPRESSION_RATIO).last().copied().filter(|r| *r > 1.0);
    let method = !h.text(tags::LOSSY_IMAGE_COMPRESSION_METHOD).is_empty();
    let marked = match h.text(tags::LOSSY_IMAGE_COMPRESSION).as_str() {
        "01" => true,
        // Written by hand or lost on the way, while ratio or method tell what was done.
        "" => ratio.is_some() || method,
        _ => false,
    };
    (marked || packing == Packing::Jpeg { lossy: true }).then_some(Lossy { ratio })
}

fn acquisition(h: &Header) -> Acquisition {
    let first_date = |tags: &[Tag]| tags.iter().find_map(|tag| h.date(*tag));
    let stamp = h.text(tags::ACQUISITION_DATE_TIME);
    let time_s = [tags::ACQUISITION_TIME, tags::CONTENT_TIME, tags::SERIES_TIME].iter().find_map(|tag| h.time_s(*tag));
    let time_s = time_s.or_else(|| super::header::time_of_stamp_s(&stamp));
    let start_s = h.time_s(tags::CONTRAST_BOLUS_START_TIME);
    let agent = h.has(tags::CONTRAST_BOLUS_AGENT).then(|| h.text(tags::CONTRAST_BOLUS_AGENT));
    let sequence = h.text(tags::SEQUENCE_NAME);
    Acquisition {
        date: first_date(&[
            tags::ACQUISITION_DATE,
            tags::ACQUISITION_DATE_TIME,
            tags::CONTENT_DATE,
            tags::SERIES_DATE,
            tags::STUDY_DATE,
        ]),
        time_s,
        after_contrast_s: time_s.zip(start_s).and_then(|(at, start)| after_s(start, at)),
        contrast_agent: agent.filter(|agent| !agent.is_empty()),
        protocol: h.text(tags::PROTOCOL_NAME),
        body_part: h.text(tags::BODY_PART_EXAMINED),
        image_type: h.texts(tags::IMAGE_TYPE),
        kernel_text: h.text(tags::CONVOLUTION_KERNEL),
        kvp: h.positive(tags::KVP),
        slice_thickness_mm: h.positive(tags::SLICE_THICKNESS),
        scanning_sequence: h.text(tags::SCANNING_SEQUENCE),
        sequence_name: if sequence.is_empty() { h.text(tags::PULSE_SEQUENCE_NAME) } else { sequence },
        repetition_time_ms: h.positive(tags::REPETITION_TIME),
        echo_time_ms: h.positive(tags::ECHO_TIME),
        b_value: h.number(tags::DIFFUSION_B_VALUE).filter(|b| *b >= 0.0),
        manufacturer: h.text(tags::MANUFACTURER),
    }
}

/// Seconds from the bolus to the image, over midnight where needed; `None` beyond an hour, which is no delay
/// of a phase but a clock that is off.
fn after_s(start_s: f64, at_s: f64) -> Option<f64> {
    let after = at_s - start_s;
    let after = if after < -43_200.0 { after + 86_400.0 } else { after };
    (0.0..=3_600.0).contains(&after).then_some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delay_over_midnight() {
        assert_eq!(after_s(86_390.0, 25.0), Some(35.0));
        assert_eq!(after_s(36_000.0, 36_070.0), Some(70.0));
        assert_eq!(after_s(36_070.0, 36_000.0), None);
        assert_eq!(after_s(10_000.0, 36_000.0), None);
    }

    #[test]
    fn axes_that_are_not_square_are_none() {
        assert!(orientation(&[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]).is_some());
        assert!(orientation(&[1.0, 0.0, 0.0, 0.1, 1.0, 0.0]).is_none());
        assert!(orientation(&[1.0, 0.0, 0.0, 0.0, 0.0, 0.0]).is_none());
        assert!(orientation(&[1.0, 0.0, 0.0]).is_none());
        assert!(point(&[1.0, f64::NAN, 2.0]).is_none());
    }
}
