//! Headers that lie, nest, end early or unfold without end.

use super::build::{element, found_bytes, search, slice};
use crate::dicom::syntax::{BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use std::io::Write;

const SEQUENCE: Tag = tags::REFERENCED_STUDY_SEQUENCE;

fn start() -> Vec<u8> {
    let mut out = vec![0; 128];
    out.extend(b"DICM");
    out.extend(element(tags::TRANSFER_SYNTAX_UID, VR::UI, EXPLICIT.as_bytes(), true, false));
    out
}

#[test]
fn five_thousand_nested_sequences_are_refused() {
    // Until their delimiters.
    let mut open = start();
    for _ in 0..5_000 {
        open.extend([0x08, 0x00, 0x10, 0x11, b'S', b'Q', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
        open.extend([0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF]);
    }
    assert_eq!(
        found_bytes(&open).unwrap_err(),
        "The header nests sequences more than 32 deep. No scanner does that; the file was not read."
    );
    // With their lengths, from the inside out.
    let mut inner = Vec::new();
    for _ in 0..5_000 {
        let mut item = vec![0xFE, 0xFF, 0x00, 0xE0];
        item.extend((inner.len() as u32).to_le_bytes());
        item.extend(inner);
        inner = element(SEQUENCE, VR::SQ, &item, true, false);
    }
    assert!(found_bytes(&[start(), inner].concat()).unwrap_err().contains("32 deep"));
}

#[test]
fn thirty_two_levels_are_read() {
    let mut file = slice(1, [0.0; 3]);
    let mut inner = Vec::new();
    for _ in 0..31 {
        let mut item = vec![0xFE, 0xFF, 0x00, 0xE0];
        item.extend((inner.len() as u32).to_le_bytes());
        item.extend(inner);
        inner = element(SEQUENCE, VR::SQ, &item, true, false);
    }
    let mut item = vec![0xFE, 0xFF, 0x00, 0xE0];
    item.extend((inner.len() as u32).to_le_bytes());
    item.extend(inner);
    file.bytes(SEQUENCE, VR::SQ, &item);
    assert_eq!(found_bytes(&file.encode()).unwrap().stacks.len(), 1);
}

#[test]
fn four_gigabytes_in_twelve_bytes_are_refused() {
    for vr in [*b"OB", *b"UN", *b"UT", *b"SQ"] {
        let mut bytes = start();
        bytes.extend([0x08, 0x00, 0x10, 0x11, vr[0], vr[1], 0, 0, 0xFE, 0xFF, 0xFF, 0xFF]);
        assert_eq!(
            found_bytes(&bytes).unwrap_err(),
            "The element (0008,1110) at byte 160 claims 4294967294 bytes, but only 0 are left. The file is damaged; copy it again from where it came."
        );
    }
    // In the meta group, and as the first thing of a file without preamble.
    let mut meta = vec![0; 128];
    meta.extend(b"DICM");
    meta.extend([0x02, 0x00, 0x01, 0x00, b'O', b'B', 0, 0, 0xFE, 0xFF, 0xFF, 0xFF]);
    assert!(found_bytes(&meta).unwrap_err().contains("claims 4294967294 bytes"));
    assert!(found_bytes(&[0x08, 0, 0x10, 0, b'O', b'B', 0, 0, 0xFE, 0xFF, 0xFF, 0xFF]).unwrap_err().contains("claims"));
    // As pixels.
    let mut file = slice(1, [0.0; 3]);
    file.without(tags::PIXEL_DATA);
    let mut bytes = file.encode();
    bytes.extend([0xE0, 0x7F, 0x10, 0x00, b'O', b'W', 0, 0, 0xFE, 0xFF, 0xFF, 0xFF, 1, 2]);
    assert!(found_bytes(&bytes).unwrap_err().contains("needs 24 bytes of pixels, the file has 2"));
}

#[test]
fn a_large_image_without_pixels_is_refused() {
    let mut file = slice(1, [0.0; 3]);
    file.short(tags::ROWS, 65_535).without(tags::PIXEL_DATA);
    assert_eq!(
        found_bytes(&file.encode()).unwrap_err(),
        "The file describes an image of 4 x 65535 pixels but holds no pixel data."
    );
    let mut file = slice(1, [0.0; 3]);
    file.short(tags::ROWS, 65_535).short(tags::COLUMNS, 65_535);
    assert!(found_bytes(&file.encode()).unwrap_err().contains("claims 4294836225 pixels"));
    let mut file = slice(1, [0.0; 3]);
    file.text(tags::NUMBER_OF_FRAMES, VR::IS, "99999");
    // One frame is there, and no memory is taken for the others.
    let found = found_bytes(&file.encode()).unwrap();
    assert_eq!(found.stacks[0].info.frames.len(), 1);
    assert!(found.stacks[0].info.oddities.iter().any(|o| o.to_string().contains("3 of 299997 rows are there")));
    file.text(tags::NUMBER_OF_FRAMES, VR::IS, "2000000000");
    assert!(found_bytes(&file.encode()).unwrap_err().contains("2000000000 frames"));
}

#[test]
fn headers_that_contradict_themselves_are_refused() {
    for (tag, value, says) in [
        (tags::ROWS, 0, "0 pixels"),
        (tags::BITS_ALLOCATED, 12, "12 bits"),
        (tags::BITS_STORED, 17, "17 bits"),
        (tags::BITS_STORED, 0, "0 bits"),
        (tags::HIGH_BIT, 16, "highest bit is 16"),
        (tags::HIGH_BIT, 3, "highest bit is 3"),
        (tags::SAMPLES_PER_PIXEL, 3, "3 samples"),
    ] {
        let mut file = slice(1, [0.0; 3]);
        file.short(tag, value);
        let reason = found_bytes(&file.encode()).unwrap_err();
        assert!(reason.contains(says), "{reason}");
    }
}

#[test]
fn a_deflate_bomb_is_refused() {
    let mut bytes = vec![0; 128];
    bytes.extend(b"DICM");
    bytes.extend(element(tags::TRANSFER_SYNTAX_UID, VR::UI, DEFLATED.as_bytes(), true, false));
    // 64 MB of empty elements in some 64 kB: walked up to the most elements of a header.
    let empty = element(tags::IMAGE_COMMENTS, VR::LT, b"", true, false);
    let mut deflated = DeflateEncoder::new(Vec::new(), Compression::best());
    for _ in 0..8_000_000 / 1_000 {
        deflated.write_all(&empty.repeat(1_000)).unwrap();
    }
    bytes.extend(deflated.finish().unwrap());
    assert!(found_bytes(&bytes).unwrap_err().contains("more than 5000000 elements"));
    // A tiny file that claims pixels it cannot hold.
    let mut file = slice(1, [0.0; 3]);
    file.syntax = DEFLATED.into();
    file.short(tags::ROWS, 8_000).short(tags::COLUMNS, 8_000).bytes(tags::PIXEL_DATA, VR::OW, &[0; 8]);
    let reason = found_bytes(&file.encode()).unwrap_err();
    assert!(reason.contains("unfolds to more than"), "{reason}");
}

#[test]
fn what_is_not_dicom_is_said_to_be_so() {
    for bytes in [
        b"# A text file\nwith lines that go on for a while, longer than any header.".as_slice(),
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"\xff\xd8\xff\xe0\0\x10JFIF\0",
        b"PK\x03\x04",
        b"\x08\0",
        &[0; 4096],
        &[0xFF; 4096],
        b"\x02\0\0\0garbage that looks like a group",
    ] {
        assert_eq!(found_bytes(bytes).unwrap_err(), "This is not a DICOM file.", "{:?}", &bytes[..2]);
    }
    assert_eq!(found_bytes(b"").unwrap_err(), "The file is empty.");
}

#[test]
fn a_truncated_file_says_where() {
    let bytes = slice(1, [0.0; 3]).encode();
    // Three rows of eight bytes: what holds less than one is refused.
    let first_row = bytes.len() - 16;
    assert!(found_bytes(&bytes[..first_row - 1]).unwrap_err().contains("needs 24 bytes of pixels, the file has 7"));
    for cut in 0..first_row {
        assert!(found_bytes(&bytes[..cut]).is_err(), "{cut}");
    }
}

#[test]
fn a_broken_private_sequence_costs_nothing() {
    let mut file = slice(1, [0.0; 3]);
    // Of known length, with rubbish inside.
    file.bytes(SEQUENCE, VR::SQ, b"\xfe\xff\0\xe0\x08\0\0\0rubbish!");
    file.bytes(tags::REFERENCED_SERIES_SEQUENCE, VR::SQ, b"no item at all..");
    assert_eq!(found_bytes(&file.encode()).unwrap().stacks.len(), 1);
}

#[test]
fn every_layout_gives_the_same_stack() {
    let json = |syntax: &str, whole: bool| {
        let mut file = slice(1, [-1.5, 2.25, 3.0]);
        file.syntax = syntax.into();
        let found = found_bytes(&if whole { file.encode() } else { file.data_set() }).unwrap();
        let mut info = found.stacks[0].info.clone();
        assert_eq!(info.transfer_syntaxes, [syntax]);
        info.transfer_syntaxes.clear();
        serde_json::to_string(&info).unwrap()
    };
    let explicit = json(EXPLICIT, true);
    for syntax in [IMPLICIT, BIG_ENDIAN, DEFLATED] {
        assert_eq!(json(syntax, true), explicit, "{syntax}");
    }
    // Without preamble and meta group.
    for syntax in [EXPLICIT, IMPLICIT, BIG_ENDIAN] {
        assert_eq!(json(syntax, false), explicit, "{syntax}");
    }
}

#[test]
fn one_bad_file_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("bad.dcm"), [0xFF; 300]).unwrap();
    std::fs::write(folder.path().join("good.dcm"), slice(1, [0.0; 3]).encode()).unwrap();
    let found = search(folder.path());
    assert_eq!((found.stacks.len(), found.skipped.len()), (1, 1));
}

#[test]
fn objects_without_images_are_named() {
    for (class, says) in [
        ("1.2.840.10008.5.1.4.1.1.88.33", "A structured report holds no images to show."),
        ("1.2.840.10008.5.1.4.1.1.66.4", "A segmentation holds no images to show."),
        ("1.2.840.10008.5.1.4.1.1.481.3", "A radiotherapy structure set holds no images to show."),
    ] {
        let mut file = slice(1, [0.0; 3]);
        file.text(tags::SOP_CLASS_UID, VR::UI, class);
        assert_eq!(found_bytes(&file.encode()).unwrap_err(), says);
    }
    let mut j2k = slice(1, [0.0; 3]);
    j2k.syntax = "1.2.840.10008.1.2.4.92".into();
    let reason = found_bytes(&j2k.encode()).unwrap_err();
    assert!(reason.starts_with("The image is compressed as JPEG 2000 Part 2"), "{reason}");
}
