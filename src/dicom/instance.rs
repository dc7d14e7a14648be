//! One file: its header read and understood, as far as stacks need it.

use super::acquisition::acquisition;
use super::container::source::{self, OpenedFile, Source};
use super::error::ReadError;
use super::format::{Colour, Format};
use super::found::{Acquisition, FileWindow, StudyTags};
use super::fragments::{Encapsulated, Walked};
use super::header::Header;
use super::kept::Wanted;
use super::limits::Limits;
use super::overlay::has_overlays;
use super::scan::{Scanned, scan, uid_text};
use super::syntax::Packing;
use super::value::{PetTags, pet_tags, values};
use super::voi::windows;
use super::wanted::WANTED;
use crate::clinical::{Date, Identity, Modality, Sex, days_between};
use crate::geometry::{PatientDirection, PatientPoint, PatientVector};
use crate::volume::{Padding, Rescale, Unit};
use dicom_core::Tag;
use dicom_dictionary_std::{tags, uids};
use sha2::{Digest, Sha256};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const SECONDARY_CAPTURE: &str = "1.2.840.10008.5.1.4.1.1.7";

/// A file with its header.
#[derive(Debug)]
pub(super) struct Opened {
    pub header: Header,
    pub scanned: Scanned,
    pub size: u64,
    pub mtime: i64,
    /// Fragments of the pixels, once they were walked through.
    pub fragments: Walked,
}

/// Reads what is wanted of the header of a file, and gives the file as well.
pub(super) fn open_file(path: &Path, wanted: &Wanted, limits: &Limits) -> Result<(Opened, Source), ReadError> {
    let OpenedFile { source, size, mtime } = source::open(path, limits)?;
    let mut source = BufReader::with_capacity(16 << 10, source);
    let mut scanned = scan(&mut source, size, wanted, limits)?;
    let header = Header::new(&mut scanned);
    Ok((Opened { header, scanned, size, mtime, fragments: Walked::default() }, source.into_inner()))
}

/// Which way the lossy mark of a file points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lossy {
    pub ratio: Option<f64>,
}

/// What the frames of a file have in common.
#[derive(Debug)]
pub(super) struct FileInfo {
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
    pub instance_number: Option<i64>,
    pub description: String,
    pub modality: Modality,
    pub modality_text: String,
    pub format: Format,
    pub syntax: String,
    pub frame_of_reference_uid: Option<String>,
    pub lossy: Option<Lossy>,
    /// Compressed bytes that are there, and that are claimed, where a file of one frame ends early.
    pub compressed_cut_short: Option<(u64, u64)>,
    /// Small values are bright.
    pub inverse: bool,
    pub overlays: bool,
    pub object: Object,
    /// Height of a pixel over its width (0028,0034), where no size in mm is known.
    pub pixel_aspect: Option<f64>,
}

/// How a file holds its frames.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Object {
    /// A single frame.
    Single,
    /// Frames that are described one by one in functional groups, maybe a part of several.
    Enhanced { part: Option<ConcatenationPart> },
    /// Several frames that one header describes.
    Frames,
}

/// One of the files that a large object was written in (PS3.3 C.7.6.16.2.2.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ConcatenationPart {
    pub uid: String,
    pub number: u32,
    /// How many parts there are, where it is said.
    pub of: Option<u32>,
}

/// One frame as stacks need it.
#[derive(Debug, Clone)]
pub(super) struct Instance {
    pub file: Arc<FileInfo>,
    /// Number of the frame in its file, from 0.
    pub frame: u32,
    pub acquisition_number: Option<i64>,
    pub temporal_position: Option<i64>,
    /// Where in the heart's cycle, ms after the R wave.
    pub trigger_ms: Option<f64>,
    pub contrast_phase: String,
    /// Place along the dimensions of the object that say nothing of the place in the patient.
    pub dimensions: Vec<i64>,
    pub position: Option<PatientPoint>,
    /// Directions of growing column and growing row.
    pub orientation: Option<[PatientDirection; 2]>,
    pub pixel_spacing_mm: Option<[f64; 2]>,
    pub spacing_between_slices_mm: Option<f64>,
    pub rescale: Rescale,
    pub unit: Unit,
    /// Whether slices are made into values when they are read.
    pub mapped: bool,
    /// What is odd about how stored values become values, and about the file's windows.
    pub value_notes: Arc<[String]>,
    /// PET: what SUV needs.
    pub pet: Option<Box<PetTags>>,
    pub padding: Option<Padding>,
    pub windows: Vec<FileWindow>,
    pub acquisition: Arc<Acquisition>,
}

impl Instance {
    /// Reads and understands the frames of one file.
    pub fn read(path: &Path, limits: &Limits) -> Result<Vec<Self>, ReadError> {
        let (opened, mut source) = open_file(path, &WANTED, limits)?;
        let mut file = FileInfo::new(&opened, path, limits)?;
        file.compressed_cut_short = compressed_cut_short(&opened, &file.format, &mut source);
        let file = Arc::new(file);
        let described = opened.header.frame_groups();
        let dimensions = dimensions(&opened.header);
        let frames = file.format.frames;
        let mut all: Vec<Self> = Vec::new();
        for frame in 0..frames {
            let number = usize::try_from(frame).unwrap_or(usize::MAX);
            // Frames without a group of their own are all described by the same words.
            let same = if number > described { all.last().cloned() } else { None };
            all.push(match same {
                Some(same) => Self { frame, ..same },
                None => Self::new(&opened.header.frame(number), &file, frame, &dimensions),
            });
        }
        Ok(all)
    }

    fn new(h: &Header, file: &Arc<FileInfo>, frame: u32, dimensions: &[usize]) -> Self {
        // One header for several frames tells the place of none of them.
        let placed = file.object != Object::Frames;
        let position = point(&h.numbers(tags::IMAGE_POSITION_PATIENT)).filter(|_| placed);
        let orientation = orientation(&h.numbers(tags::IMAGE_ORIENTATION_PATIENT)).filter(|_| placed);
        let values = values(h, &file.format, file.modality, &file.sop_class);
        let mut notes = values.notes.clone();
        let windows = windows(h, &file.format, &values, &mut notes);
        let measured = position.is_some() && orientation.is_some();
        let first = |tags: &[Tag]| tags.iter().find_map(|tag| h.number(*tag));
        Self {
            file: Arc::clone(file),
            frame,
            acquisition_number: h.whole(tags::FRAME_ACQUISITION_NUMBER).or_else(|| h.whole(tags::ACQUISITION_NUMBER)),
            temporal_position: h
                .whole(tags::TEMPORAL_POSITION_INDEX)
                .or_else(|| h.whole(tags::TEMPORAL_POSITION_IDENTIFIER)),
            trigger_ms: first(&[tags::NOMINAL_CARDIAC_TRIGGER_DELAY_TIME, tags::TRIGGER_TIME]),
            contrast_phase: h.text(tags::CONTRAST_BOLUS_AGENT_PHASE),
            dimensions: {
                let index = h.numbers(tags::DIMENSION_INDEX_VALUES);
                dimensions.iter().filter_map(|n| index.get(*n)).map(|value| *value as i64).collect()
            },
            position,
            orientation,
            pixel_spacing_mm: pixel_spacing_mm(h, file.modality, &file.sop_class, measured),
            spacing_between_slices_mm: h.positive(tags::SPACING_BETWEEN_SLICES),
            rescale: values.mapping.rescale(),
            unit: values.unit,
            mapped: values.mapping.is_mapped(),
            value_notes: notes.into(),
            pet: (file.modality == Modality::Pet).then(|| Box::new(pet_tags(h, &values))),
            // Where slices hold values, what was padding has none.
            padding: padding(h, &file.format).filter(|_| !values.mapping.is_mapped()),
            windows,
            acquisition: Arc::new(acquisition(h)),
        }
    }

    pub fn is_localizer(&self) -> bool {
        self.acquisition.image_type.iter().any(|part| part == "LOCALIZER")
    }

    pub fn is_secondary_capture(&self) -> bool {
        self.file.sop_class.starts_with(SECONDARY_CAPTURE)
    }

    pub fn small_is_bright(&self) -> bool {
        self.file.inverse
    }

    /// When it was measured, seconds on one clock for all days.
    pub fn moment_s(&self) -> Option<f64> {
        let days = self.acquisition.date.map_or(0, |date| days_between(Date::default(), date));
        Some(days as f64 * 86_400.0 + self.acquisition.time_s?)
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

impl FileInfo {
    fn new(opened: &Opened, path: &Path, limits: &Limits) -> Result<Self, ReadError> {
        let h = &opened.header;
        let format = Format::new(h, &opened.scanned, opened.size, limits)?;
        let sop_uid = sop_uid(opened, path, limits)?;
        let uid = |tag| uid_text(h.bytes(tag));
        let modality_text = modality_text(h);
        let grouped = h.has(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE) || h.frame_groups() > 0;
        let object = match (grouped, format.frames) {
            (true, _) => Object::Enhanced { part: concatenation_part(h) },
            (false, 1) => Object::Single,
            (false, _) => Object::Frames,
        };
        Ok(Self {
            path: path.to_owned(),
            size: opened.size,
            mtime: opened.mtime,
            sop_class: uid(tags::SOP_CLASS_UID),
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
            instance_number: h.whole(tags::INSTANCE_NUMBER),
            description: h.text(tags::SERIES_DESCRIPTION),
            modality: modality(h),
            modality_text,
            syntax: opened.scanned.syntax.uid.clone(),
            frame_of_reference_uid: Some(uid(tags::FRAME_OF_REFERENCE_UID)).filter(|u| !u.is_empty()),
            inverse: inverse(h, &format),
            overlays: has_overlays(h),
            lossy: lossy(h, opened.scanned.syntax.packing),
            compressed_cut_short: None,
            object,
            pixel_aspect: pixel_aspect(h),
            format,
        })
    }
}

/// Whether the compressed pixels of a file of one frame are cut short. Others, and those in an archive, would take too
/// long to walk through; it shows when they are read.
fn compressed_cut_short(opened: &Opened, format: &Format, source: &mut Source) -> Option<(u64, u64)> {
    let quick = format.pixels.length.is_none() && format.frames == 1 && matches!(source, Source::Plain(_));
    let (start, end) = (format.pixels.offset, opened.size);
    let place = Encapsulated { start, end, frames: 1, extended: &[], walked: &opened.fragments };
    if quick { place.cut_short(source) } else { None }
}

/// Which of an object's dimensions tell stacks apart: those that do not number slices (PS3.3 C.7.6.17).
fn dimensions(h: &Header) -> Vec<usize> {
    const OF_PLACE: [Tag; 6] = [
        tags::STACK_ID,
        tags::IN_STACK_POSITION_NUMBER,
        tags::IMAGE_POSITION_PATIENT,
        tags::IMAGE_ORIENTATION_PATIENT,
        tags::PLANE_POSITION_SEQUENCE,
        tags::TABLE_POSITION,
    ];
    let pointers = h.items(tags::DIMENSION_INDEX_SEQUENCE).into_iter().enumerate();
    let told = pointers.map(|(n, item)| (n, item.tag(tags::DIMENSION_INDEX_POINTER)));
    told.filter(|(_, pointer)| pointer.is_some_and(|tag| !OF_PLACE.contains(&tag))).map(|(n, _)| n).collect()
}

fn concatenation_part(h: &Header) -> Option<ConcatenationPart> {
    let uid = Some(uid_text(h.bytes(tags::CONCATENATION_UID))).filter(|uid| !uid.is_empty())?;
    let number = h.count(tags::IN_CONCATENATION_NUMBER)?;
    Some(ConcatenationPart { uid, number, of: h.count(tags::IN_CONCATENATION_TOTAL_NUMBER) })
}

/// Pixel Aspect Ratio, vertical over horizontal (PS3.3 C.7.6.3.1.7): a shape and no size.
fn pixel_aspect(h: &Header) -> Option<f64> {
    let [vertical, horizontal] = *h.numbers(tags::PIXEL_ASPECT_RATIO) else { return None };
    let ratio = vertical / horizontal;
    (vertical > 0.0 && horizontal > 0.0 && (0.05..=20.0).contains(&ratio) && ratio != 1.0).then_some(ratio)
}

/// The UID that names the object. A file without one is named by its bytes, so that marks hold on to it.
pub(super) fn sop_uid(opened: &Opened, path: &Path, limits: &Limits) -> Result<String, ReadError> {
    for tag in [tags::SOP_INSTANCE_UID, tags::MEDIA_STORAGE_SOP_INSTANCE_UID] {
        let uid = uid_text(opened.header.bytes(tag));
        if !uid.is_empty() {
            return Ok(uid);
        }
    }
    let mut hash = HashWriter(Sha256::new());
    std::io::copy(&mut source::open(path, limits)?.source, &mut hash)?;
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
    match modality_text(h).as_str() {
        "CT" => Modality::Ct,
        "MR" => Modality::Mr,
        "PT" => Modality::Pet,
        _ => Modality::Other,
    }
}

/// The modality as stated; where it is missing, as the kind of object says (PS3.4 B.5).
fn modality_text(h: &Header) -> String {
    let stated = h.text(tags::MODALITY);
    if !stated.is_empty() {
        return stated;
    }
    match uid_text(h.bytes(tags::SOP_CLASS_UID)).as_str() {
        uids::CT_IMAGE_STORAGE | uids::ENHANCED_CT_IMAGE_STORAGE => "CT".to_owned(),
        uids::MR_IMAGE_STORAGE | uids::ENHANCED_MR_IMAGE_STORAGE => "MR".to_owned(),
        uids::POSITRON_EMISSION_TOMOGRAPHY_IMAGE_STORAGE | uids::ENHANCED_PET_IMAGE_STORAGE => "PT".to_owned(),
        _ => stated,
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
        // Lost on the way, while ratio or method tell what was done.
        "" => ratio.is_some() || method,
        _ => false,
    };
    (marked || matches!(packing, Packing::Coded { lossy: true, .. })).then_some(Lossy { ratio })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_that_are_not_square_are_none() {
        assert!(orientation(&[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]).is_some());
        assert!(orientation(&[1.0, 0.0, 0.0, 0.1, 1.0, 0.0]).is_none());
        assert!(orientation(&[1.0, 0.0, 0.0, 0.0, 0.0, 0.0]).is_none());
        assert!(orientation(&[1.0, 0.0, 0.0]).is_none());
        assert!(point(&[1.0, f64::NAN, 2.0]).is_none());
    }
}
