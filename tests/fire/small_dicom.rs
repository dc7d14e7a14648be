//! Small DICOM files, byte by byte. Names nothing of the crate, so that `fuzz/` makes its images with it too.

use flate2::Compression;
use flate2::write::DeflateEncoder;
use std::collections::BTreeMap;
use std::io::Write;

/// Group and element number.
pub type Tag = (u16, u16);

/// The elements of a data set by tag, with value representation and value in little endian.
pub type Elements = BTreeMap<Tag, ([u8; 2], Vec<u8>)>;

/// How a data set is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Explicit little endian.
    Explicit,
    /// Implicit little endian.
    Implicit,
    /// Explicit, and the data set deflated.
    Deflated,
    /// Pixels in fragments, in this transfer syntax; the rest explicit.
    Fragments(&'static str),
}

pub const PIXEL_DATA: Tag = (0x7FE0, 0x0010);

impl Layout {
    const fn uid(self) -> &'static str {
        match self {
            Self::Explicit => "1.2.840.10008.1.2.1",
            Self::Implicit => "1.2.840.10008.1.2",
            Self::Deflated => "1.2.840.10008.1.2.1.99",
            Self::Fragments(uid) => uid,
        }
    }
}

pub fn text(elements: &mut Elements, tag: Tag, vr: &[u8; 2], value: &str) {
    elements.insert(tag, (*vr, value.as_bytes().to_vec()));
}

pub fn short(elements: &mut Elements, tag: Tag, value: u16) {
    elements.insert(tag, (*b"US", value.to_le_bytes().to_vec()));
}

/// One slice of a series: 4 x 3 pixels of 16 bits.
pub fn slice(n: u32, z_mm: f64) -> Elements {
    let mut all = Elements::new();
    for (tag, vr, value) in [
        ((0x0008, 0x0008), b"CS", "ORIGINAL\\PRIMARY\\AXIAL"),
        ((0x0008, 0x0016), b"UI", "1.2.840.10008.5.1.4.1.1.2"),
        ((0x0008, 0x0018), b"UI", &*format!("1.2.3.4.{n}")),
        ((0x0008, 0x0020), b"DA", "20240229"),
        ((0x0008, 0x0032), b"TM", "101530.25"),
        ((0x0008, 0x0060), b"CS", "CT"),
        ((0x0008, 0x103E), b"LO", "Liver PV"),
        ((0x0010, 0x0010), b"PN", "Doe^Jane"),
        ((0x0010, 0x0020), b"LO", "ID-1"),
        ((0x0018, 0x0050), b"DS", "3"),
        ((0x0018, 0x1210), b"SH", "B30f"),
        ((0x0020, 0x000D), b"UI", "1.2.3.1"),
        ((0x0020, 0x000E), b"UI", "1.2.3.2"),
        ((0x0020, 0x0011), b"IS", "4"),
        ((0x0020, 0x0012), b"IS", "1"),
        ((0x0020, 0x0013), b"IS", &*n.to_string()),
        ((0x0020, 0x0032), b"DS", &*format!("-100\\-50\\{z_mm}")),
        ((0x0020, 0x0037), b"DS", "1\\0\\0\\0\\1\\0"),
        ((0x0020, 0x0052), b"UI", "1.2.3.3"),
        ((0x0028, 0x0004), b"CS", "MONOCHROME2"),
        ((0x0028, 0x0030), b"DS", "0.8\\0.7"),
        ((0x0028, 0x1050), b"DS", "40\\400"),
        ((0x0028, 0x1051), b"DS", "350\\1500"),
        ((0x0028, 0x1052), b"DS", "-1024"),
        ((0x0028, 0x1053), b"DS", "1"),
    ] {
        text(&mut all, tag, vr, value);
    }
    for (tag, value) in [
        ((0x0028, 0x0002), 1),
        ((0x0028, 0x0010), 3),
        ((0x0028, 0x0011), 4),
        ((0x0028, 0x0100), 16),
        ((0x0028, 0x0101), 16),
        ((0x0028, 0x0102), 15),
        ((0x0028, 0x0103), 1),
    ] {
        short(&mut all, tag, value);
    }
    let pixels = (0..12u32).flat_map(|p| ((100 * n + p) as u16).to_le_bytes()).collect();
    all.insert(PIXEL_DATA, (*b"OW", pixels));
    all
}

/// A slice whose place is told in nested sequences, as enhanced objects do (PS3.3 C.7.6.16).
pub fn enhanced(frames: u32) -> Elements {
    let mut all = slice(1, 0.0);
    text(&mut all, (0x0008, 0x0016), b"UI", "1.2.840.10008.5.1.4.1.1.2.1");
    text(&mut all, (0x0028, 0x0008), b"IS", &frames.to_string());
    let one = |tag: Tag, vr: &[u8; 2], value: &str| Elements::from([(tag, (*vr, value.as_bytes().to_vec()))]);
    let position = |n: u32| one((0x0020, 0x0032), b"DS", &format!("-100\\-50\\{}", 3 * n));
    let frame = |n: u32| Elements::from([((0x0020, 0x9113), (*b"SQ", items(&[position(n)])))]);
    let measures = one((0x0028, 0x0030), b"DS", "0.8\\0.7");
    let turned = one((0x0020, 0x0037), b"DS", "1\\0\\0\\0\\1\\0");
    let shared = Elements::from([
        ((0x0028, 0x9110), (*b"SQ", items(&[measures]))),
        ((0x0020, 0x9116), (*b"SQ", items(&[turned]))),
    ]);
    all.insert((0x5200, 0x9229), (*b"SQ", items(&[shared])));
    all.insert((0x5200, 0x9230), (*b"SQ", items(&(0..frames).map(frame).collect::<Vec<_>>())));
    all.insert(PIXEL_DATA, (*b"OW", vec![7; 24 * frames as usize]));
    all
}

/// A slice packed by runs (PS3.5 annex G).
pub fn run_lengths() -> Elements {
    let mut all = slice(1, 0.0);
    let mut packed = vec![2u8, 0, 0, 0, 64, 0, 0, 0, 67, 0, 0, 0];
    packed.resize(64, 0);
    packed.extend([0xF5, 1, 0x80, 0xF5, 2]);
    all.insert(PIXEL_DATA, (*b"OB", packed));
    all
}

/// The value of a sequence with these items, explicit, with their lengths.
pub fn items(of: &[Elements]) -> Vec<u8> {
    let mut out = Vec::new();
    for item in of {
        out.extend(self::item(&data_set(item, Layout::Explicit)));
    }
    out
}

/// The whole file. Elements of group 0002 go before the data set.
pub fn file(elements: &Elements, layout: Layout) -> Vec<u8> {
    let mut elements = elements.clone();
    let rest = elements.split_off(&(0x0003, 0));
    text(&mut elements, (0x0002, 0x0010), b"UI", layout.uid());
    let meta = data_set(&elements, Layout::Explicit);
    let mut out = vec![0; 128];
    out.extend(b"DICM");
    out.extend(element((0x0002, 0x0000), *b"UL", &(meta.len() as u32).to_le_bytes(), Layout::Explicit));
    out.extend(meta);
    if layout == Layout::Deflated {
        let mut deflated = DeflateEncoder::new(out, Compression::default());
        deflated.write_all(&data_set(&rest, Layout::Explicit)).unwrap();
        return deflated.finish().unwrap();
    }
    out.extend(data_set(&rest, layout));
    out
}

fn data_set(elements: &Elements, layout: Layout) -> Vec<u8> {
    elements
        .iter()
        .flat_map(|(tag, (vr, value))| match layout {
            Layout::Fragments(_) if *tag == PIXEL_DATA => fragments(value),
            _ => element(*tag, *vr, value, layout),
        })
        .collect()
}

fn element(tag: Tag, vr: [u8; 2], value: &[u8], layout: Layout) -> Vec<u8> {
    let mut value = value.to_vec();
    if value.len() % 2 == 1 {
        value.push(if matches!(&vr, b"UI" | b"OB") { 0 } else { b' ' });
    }
    let mut out = [tag.0.to_le_bytes(), tag.1.to_le_bytes()].concat();
    let length = value.len() as u32;
    if layout == Layout::Implicit {
        out.extend(length.to_le_bytes());
    } else if matches!(&vr, b"OB" | b"OV" | b"OW" | b"SQ" | b"UN" | b"UT" | b"OF") {
        out.extend(vr);
        out.extend([0, 0]);
        out.extend(length.to_le_bytes());
    } else {
        out.extend(vr);
        out.extend((length as u16).to_le_bytes());
    }
    out.extend(value);
    out
}

/// An item with its length.
pub fn item(value: &[u8]) -> Vec<u8> {
    [&[0xFE, 0xFF, 0x00, 0xE0], (value.len() as u32).to_le_bytes().as_slice(), value].concat()
}

/// Pixel data in one fragment, after an empty offset table.
fn fragments(value: &[u8]) -> Vec<u8> {
    [&PIXELS_IN_FRAGMENTS, item(&[]).as_slice(), &item(value), &END].concat()
}

/// The whole file with its pixels in fragments: `raw` is what stands from the item of the offset table on.
pub fn in_fragments(elements: &Elements, syntax: &'static str, raw: &[u8]) -> Vec<u8> {
    let mut elements = elements.clone();
    elements.remove(&PIXEL_DATA);
    [&file(&elements, Layout::Fragments(syntax)), PIXELS_IN_FRAGMENTS.as_slice(), raw, &END].concat()
}

const PIXELS_IN_FRAGMENTS: [u8; 12] = [0xE0, 0x7F, 0x10, 0x00, b'O', b'B', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF];
/// Sequence Delimitation Item.
const END: [u8; 8] = [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0];
