//! Small DICOM files.

use crate::dicom::syntax::{BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT};
use crate::dicom::{Found, Limits, find};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

/// A file to be: elements by tag, values in little endian.
#[derive(Clone)]
pub struct File {
    pub elements: BTreeMap<Tag, (VR, Vec<u8>)>,
    pub syntax: String,
}

/// One slice of a CT: 4 x 3 pixels, 16 bits, signed, pixel value = 100 * n + offset.
pub fn slice(n: u32, position: [f64; 3]) -> File {
    let mut file = File { elements: BTreeMap::new(), syntax: EXPLICIT.into() };
    file.text(tags::SOP_CLASS_UID, VR::UI, "1.2.840.10008.5.1.4.1.1.2")
        .text(tags::SOP_INSTANCE_UID, VR::UI, &format!("1.2.3.4.{n}"))
        .text(tags::STUDY_INSTANCE_UID, VR::UI, "1.2.3.1")
        .text(tags::SERIES_INSTANCE_UID, VR::UI, "1.2.3.2")
        .text(tags::FRAME_OF_REFERENCE_UID, VR::UI, "1.2.3.3")
        .text(tags::STUDY_DATE, VR::DA, "20240229")
        .text(tags::MODALITY, VR::CS, "CT")
        .text(tags::IMAGE_TYPE, VR::CS, "ORIGINAL\\PRIMARY\\AXIAL")
        .text(tags::SERIES_DESCRIPTION, VR::LO, "Liver")
        .text(tags::PATIENT_ID, VR::LO, "ID-1")
        .text(tags::PATIENT_NAME, VR::PN, "Doe^Jane")
        .text(tags::INSTANCE_NUMBER, VR::IS, &n.to_string())
        .text(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, "1\\0\\0\\0\\1\\0")
        .text(tags::PIXEL_SPACING, VR::DS, "0.8\\0.7")
        .text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2")
        .text(tags::RESCALE_INTERCEPT, VR::DS, "-1024")
        .text(tags::RESCALE_SLOPE, VR::DS, "1")
        .at(position)
        .short(tags::SAMPLES_PER_PIXEL, 1)
        .short(tags::ROWS, 3)
        .short(tags::COLUMNS, 4)
        .short(tags::BITS_ALLOCATED, 16)
        .short(tags::BITS_STORED, 16)
        .short(tags::HIGH_BIT, 15)
        .short(tags::PIXEL_REPRESENTATION, 1);
    let pixels: Vec<u8> = (0..12).flat_map(|p| (100 * n as i16 + p).to_le_bytes()).collect();
    file.bytes(tags::PIXEL_DATA, VR::OW, &pixels);
    file
}

/// Slices `step_mm` apart along z.
pub fn series(count: u32, step_mm: f64) -> Vec<File> {
    (1..=count).map(|n| slice(n, [-100.0, -50.0, step_mm * f64::from(n)])).collect()
}

impl File {
    pub fn bytes(&mut self, tag: Tag, vr: VR, value: &[u8]) -> &mut Self {
        self.elements.insert(tag, (vr, value.to_vec()));
        self
    }

    pub fn text(&mut self, tag: Tag, vr: VR, value: &str) -> &mut Self {
        self.bytes(tag, vr, value.as_bytes())
    }

    pub fn short(&mut self, tag: Tag, value: u16) -> &mut Self {
        self.bytes(tag, VR::US, &value.to_le_bytes())
    }

    pub fn at(&mut self, [x, y, z]: [f64; 3]) -> &mut Self {
        self.text(tags::IMAGE_POSITION_PATIENT, VR::DS, &format!("{x}\\{y}\\{z}"))
    }

    /// An item with these values and sequences, written as the file is.
    pub fn item(&self, values: &[(Tag, VR, Vec<u8>)], sequences: &[(Tag, Vec<Vec<u8>>)]) -> Vec<u8> {
        let (explicit, big) = (self.syntax != IMPLICIT, self.syntax == BIG_ENDIAN);
        let mut elements: BTreeMap<Tag, Vec<u8>> = BTreeMap::new();
        for (tag, vr, value) in values {
            elements.insert(*tag, element(*tag, *vr, value, explicit, big));
        }
        for (tag, items) in sequences {
            elements.insert(*tag, element(*tag, VR::SQ, &self.items(items), explicit, big));
        }
        elements.into_values().flatten().collect()
    }

    fn items(&self, items: &[Vec<u8>]) -> Vec<u8> {
        let long = |n: u32| if self.syntax == BIG_ENDIAN { n.to_be_bytes() } else { n.to_le_bytes() };
        let start: [u8; 4] = if self.syntax == BIG_ENDIAN { [0xFF, 0xFE, 0xE0, 0] } else { [0xFE, 0xFF, 0, 0xE0] };
        items.iter().flat_map(|item| [start.as_slice(), &long(item.len() as u32), item].concat()).collect()
    }

    /// A sequence of items made with [`File::item`].
    pub fn sequence(&mut self, tag: Tag, items: Vec<Vec<u8>>) -> &mut Self {
        let value = self.items(&items);
        self.bytes(tag, VR::SQ, &value)
    }

    pub fn without(&mut self, tag: Tag) -> &mut Self {
        self.elements.remove(&tag);
        self
    }

    /// The file with preamble and meta group.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![0; 128];
        out.extend(b"DICM");
        let uid = element(tags::TRANSFER_SYNTAX_UID, VR::UI, self.syntax.as_bytes(), true, false);
        let length = (uid.len() as u32).to_le_bytes();
        out.extend(element(tags::FILE_META_INFORMATION_GROUP_LENGTH, VR::UL, &length, true, false));
        out.extend(uid);
        out.extend(self.data_set());
        out
    }

    /// The data set alone.
    pub fn data_set(&self) -> Vec<u8> {
        let (explicit, big) = (self.syntax != IMPLICIT, self.syntax == BIG_ENDIAN);
        let all: Vec<u8> = self
            .elements
            .iter()
            .flat_map(|(tag, (vr, value))| match (*tag, self.syntax.as_str()) {
                (tags::PIXEL_DATA, EXPLICIT | IMPLICIT | DEFLATED | BIG_ENDIAN) => {
                    element(*tag, *vr, value, explicit, big)
                }
                (tags::PIXEL_DATA, _) => fragments(value),
                _ => element(*tag, *vr, value, explicit, big),
            })
            .collect();
        if self.syntax != DEFLATED {
            return all;
        }
        let mut deflated = DeflateEncoder::new(Vec::new(), Compression::default());
        deflated.write_all(&all).unwrap();
        deflated.finish().unwrap()
    }
}

/// One element; values are padded to even length, and words turned for big endian.
pub fn element(tag: Tag, vr: VR, value: &[u8], explicit: bool, big: bool) -> Vec<u8> {
    let mut value = value.to_vec();
    if value.len() % 2 == 1 {
        value.push(if matches!(vr, VR::UI | VR::OB) { 0 } else { b' ' });
    }
    if big {
        let width = match vr {
            VR::US | VR::SS | VR::OW => 2,
            VR::UL | VR::SL | VR::FL => 4,
            VR::FD => 8,
            _ => 1,
        };
        value.chunks_exact_mut(width).for_each(<[u8]>::reverse);
    }
    let short = |n: u16| if big { n.to_be_bytes() } else { n.to_le_bytes() };
    let long = |n: u32| if big { n.to_be_bytes() } else { n.to_le_bytes() };
    let mut out = [short(tag.group()), short(tag.element())].concat();
    if !explicit {
        out.extend(long(value.len() as u32));
    } else if crate::dicom::syntax::has_long_length(vr) {
        out.extend(vr.to_string().as_bytes());
        out.extend([0, 0]);
        out.extend(long(value.len() as u32));
    } else {
        out.extend(vr.to_string().as_bytes());
        out.extend(short(value.len() as u16));
    }
    out.extend(value);
    out
}

/// Pixel data in one fragment.
fn fragments(value: &[u8]) -> Vec<u8> {
    let mut out = vec![0xE0, 0x7F, 0x10, 0x00, b'O', b'B', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF];
    for item in [&[][..], value] {
        out.extend([0xFE, 0xFF, 0x00, 0xE0]);
        out.extend((item.len() as u32).to_le_bytes());
        out.extend(item);
    }
    out.extend([0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]);
    out
}

/// Writes files `0000.dcm`, `0001.dcm`... and finds what is there.
pub fn found(folder: &Path, files: &[File]) -> Found {
    for (n, file) in files.iter().enumerate() {
        std::fs::write(folder.join(format!("{n:04}.dcm")), file.encode()).unwrap();
    }
    search(folder)
}

pub fn search(folder: &Path) -> Found {
    find(&[folder.to_owned()], &Limits::default(), &|_, _| {}, &|| false)
}

/// Finds what one file of these bytes is, in a folder of its own: stacks, or the reason why not.
pub fn found_bytes(bytes: &[u8]) -> Result<Found, String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.dcm"), bytes).unwrap();
    let found = search(folder.path());
    match found.skipped.first() {
        Some(skipped) => Err(skipped.reason.clone()),
        None => Ok(found),
    }
}
