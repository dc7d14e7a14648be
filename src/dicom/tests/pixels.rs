//! Stored values from bytes.

use super::build::{File, found, slice};
use crate::dicom::syntax::{BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT};
use crate::dicom::{Limits, ReadError, SlicePart, read_slice, read_slice_part};
use crate::volume::{Padding, SliceData, Unit};
use dicom_core::VR;
use dicom_dictionary_std::tags;

fn read(file: &File) -> Result<SliceData, ReadError> {
    let folder = tempfile::tempdir().unwrap();
    let found = found(folder.path(), std::slice::from_ref(file));
    let stack = found.stacks.first().unwrap_or_else(|| panic!("{:?}", found.skipped));
    read_slice(&stack.info, 0, &stack.sources[0], &Limits::default())
}

/// One row of pixels of 16 bits.
fn row(words: &[u16], stored: u16, high: u16, signed: bool) -> File {
    let mut file = slice(1, [0.0; 3]);
    let bytes: Vec<u8> = words.iter().flat_map(|w| w.to_le_bytes()).collect();
    file.short(tags::ROWS, 1)
        .short(tags::COLUMNS, words.len() as u16)
        .short(tags::BITS_STORED, stored)
        .short(tags::HIGH_BIT, high)
        .short(tags::PIXEL_REPRESENTATION, u16::from(signed))
        .bytes(tags::PIXEL_DATA, VR::OW, &bytes);
    file
}

#[test]
fn trap_08_stored_bits_and_sign() {
    let i16s = |v: &[i16]| SliceData::I16(v.into());
    let u16s = |v: &[u16]| SliceData::U16(v.into());
    assert_eq!(read(&row(&[0, 1, 0xFFFF, 0x8000], 16, 15, true)).unwrap(), i16s(&[0, 1, -1, -32_768]));
    assert_eq!(read(&row(&[0, 1, 0xFFFF, 0x8000], 16, 15, false)).unwrap(), u16s(&[0, 1, 65_535, 32_768]));
    // 12 bits: the sign is bit 11; what lies above (an old overlay) does not count.
    assert_eq!(read(&row(&[0x0FFF, 0x0800, 0x07FF, 0xF001], 12, 11, true)).unwrap(), i16s(&[-1, -2_048, 2_047, 1]));
    assert_eq!(read(&row(&[0x0FFF, 0xF800, 0x1001], 12, 11, false)).unwrap(), u16s(&[4_095, 2_048, 1]));
    // 12 bits in the upper part of the word.
    assert_eq!(read(&row(&[0x7FF0, 0x800F], 12, 15, true)).unwrap(), i16s(&[2_047, -2_048]));
}

#[test]
fn eight_and_thirty_two_bits() {
    let mut eight = slice(1, [0.0; 3]);
    eight
        .short(tags::ROWS, 1)
        .short(tags::COLUMNS, 4)
        .short(tags::BITS_ALLOCATED, 8)
        .short(tags::BITS_STORED, 8)
        .short(tags::HIGH_BIT, 7)
        .short(tags::PIXEL_REPRESENTATION, 0)
        .bytes(tags::PIXEL_DATA, VR::OB, &[0, 127, 128, 255]);
    assert_eq!(read(&eight).unwrap(), SliceData::U16([0, 127, 128, 255].into()));
    eight.short(tags::PIXEL_REPRESENTATION, 1);
    assert_eq!(read(&eight).unwrap(), SliceData::I16([0, 127, -128, -1].into()));
    // Big endian words of two 8-bit pixels.
    eight.syntax = BIG_ENDIAN.into();
    let bytes: Vec<u8> = eight.elements[&tags::PIXEL_DATA].1.clone();
    eight.bytes(tags::PIXEL_DATA, VR::OW, &bytes);
    assert_eq!(read(&eight).unwrap(), SliceData::I16([0, 127, -128, -1].into()));

    let mut wide = slice(1, [0.0; 3]);
    wide.short(tags::ROWS, 1)
        .short(tags::COLUMNS, 2)
        .short(tags::BITS_ALLOCATED, 32)
        .short(tags::BITS_STORED, 32)
        .short(tags::HIGH_BIT, 31)
        .bytes(tags::PIXEL_DATA, VR::OW, &[0xFE, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x01, 0x00]);
    assert_eq!(read(&wide).unwrap(), SliceData::F32([-2.0, 65_536.0].into()));
}

#[test]
fn every_layout_gives_the_same_values() {
    let expected = SliceData::I16((100..112).collect());
    for syntax in [EXPLICIT, IMPLICIT, BIG_ENDIAN, DEFLATED] {
        let mut file = slice(1, [0.0; 3]);
        file.syntax = syntax.into();
        assert_eq!(read(&file).unwrap(), expected, "{syntax}");
    }
}

#[test]
fn trap_09_rgb_ybr_and_planes() {
    let mut file = slice(1, [0.0; 3]);
    file.short(tags::SAMPLES_PER_PIXEL, 3)
        .short(tags::ROWS, 1)
        .short(tags::COLUMNS, 2)
        .short(tags::BITS_ALLOCATED, 8)
        .short(tags::BITS_STORED, 8)
        .short(tags::HIGH_BIT, 7)
        .text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "RGB")
        .bytes(tags::PIXEL_DATA, VR::OB, &[1, 2, 3, 4, 5, 6]);
    assert_eq!(read(&file).unwrap(), SliceData::Rgb8([1, 2, 3, 4, 5, 6].into()));
    file.short(tags::PLANAR_CONFIGURATION, 1);
    assert_eq!(read(&file).unwrap(), SliceData::Rgb8([1, 3, 5, 2, 4, 6].into()));
    // PS3.3 C.7.6.3.1.2: pure red is Y 76, Cb 85, Cr 255 (rounded); grey has 128 for both differences.
    file.short(tags::PLANAR_CONFIGURATION, 0).text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "YBR_FULL").bytes(
        tags::PIXEL_DATA,
        VR::OB,
        &[76, 85, 255, 200, 128, 128],
    );
    let SliceData::Rgb8(rgb) = read(&file).unwrap() else { panic!("not colour") };
    for (got, want) in rgb.iter().zip([254i32, 0, 0, 200, 200, 200]) {
        assert!((i32::from(*got) - want).abs() <= 1, "{rgb:?}");
    }
    file.text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "YBR_FULL_422").bytes(
        tags::PIXEL_DATA,
        VR::OB,
        &[10, 250, 128, 128],
    );
    assert_eq!(read(&file).unwrap(), SliceData::Rgb8([10, 10, 10, 250, 250, 250].into()));
}

#[test]
fn rle_of_sixteen_bits() {
    let mut file = row(&[0x0102, 0x0102, 0x0102, 0x0304], 16, 15, false);
    file.syntax = "1.2.840.10008.1.2.5".into();
    let mut packed = vec![2u8, 0, 0, 0];
    for offset in [64u32, 68] {
        packed.extend(offset.to_le_bytes());
    }
    packed.resize(64, 0);
    packed.extend([0xFE, 0x01, 0x00, 0x03]); // high bytes: three times 1, then 3
    packed.extend([0xFE, 0x02, 0x00, 0x04]); // low bytes
    file.bytes(tags::PIXEL_DATA, VR::OB, &packed);
    assert_eq!(read(&file).unwrap(), SliceData::U16([0x0102, 0x0102, 0x0102, 0x0304].into()));
    // A segment that ends early, a segment outside, a missing header: refused, never shown.
    for (at, value) in [(64, 0xFF), (4, 0xFF), (0, 3)] {
        let mut bad = packed.clone();
        bad[at] = value;
        file.bytes(tags::PIXEL_DATA, VR::OB, &bad);
        assert!(matches!(read(&file), Err(ReadError::Decode { .. })), "{at}");
    }
    file.bytes(tags::PIXEL_DATA, VR::OB, &[1, 2]);
    assert!(matches!(read(&file), Err(ReadError::Decode { .. })));
}

#[test]
fn trap_06_padding_is_signed_and_cut_like_the_pixels() {
    let padding = |file: &File| {
        let folder = tempfile::tempdir().unwrap();
        found(folder.path(), std::slice::from_ref(file)).stacks[0].info.padding
    };
    let mut file = row(&[0, 1], 16, 15, true);
    file.short(tags::PIXEL_PADDING_VALUE, 63_536); // -2000
    assert_eq!(padding(&file), Some(Padding { low: -2_000.0, high: -2_000.0 }));
    file.short(tags::PIXEL_PADDING_RANGE_LIMIT, 62_536);
    assert_eq!(padding(&file), Some(Padding { low: -3_000.0, high: -2_000.0 }));
    file.short(tags::PIXEL_REPRESENTATION, 0);
    assert_eq!(padding(&file), Some(Padding { low: 62_536.0, high: 63_536.0 }));
    let mut file = row(&[0, 1], 12, 11, false);
    file.short(tags::PIXEL_PADDING_VALUE, 0xF830);
    assert_eq!(padding(&file), Some(Padding { low: f64::from(0x830), high: f64::from(0x830) }));
}

#[test]
fn units_only_where_the_file_supports_them() {
    let unit = |change: &dyn Fn(&mut File)| {
        let mut file = slice(1, [0.0; 3]);
        change(&mut file);
        let folder = tempfile::tempdir().unwrap();
        let found = found(folder.path(), &[file]);
        let info = &found.stacks[0].info;
        (info.unit, info.rescale[0].slope, info.rescale[0].intercept)
    };
    assert_eq!(unit(&|_| {}), (Unit::Hu, 1.0, -1024.0));
    assert_eq!(unit(&|f| _ = f.text(tags::RESCALE_TYPE, VR::LO, "HU")).0, Unit::Hu);
    assert_eq!(unit(&|f| _ = f.text(tags::RESCALE_TYPE, VR::LO, "MGML")).0, Unit::None);
    assert_eq!(unit(&|f| _ = f.without(tags::RESCALE_INTERCEPT)), (Unit::None, 1.0, 0.0));
    assert_eq!(unit(&|f| _ = f.text(tags::RESCALE_SLOPE, VR::DS, "0")), (Unit::None, 1.0, 0.0));
    assert_eq!(unit(&|f| _ = f.bytes(tags::MODALITY_LUT_SEQUENCE, VR::SQ, b"")), (Unit::Hu, 1.0, -1024.0));
    assert_eq!(unit(&|f| _ = f.text(tags::MODALITY, VR::CS, "MR")).0, Unit::None);
    assert_eq!(unit(&|f| _ = f.text(tags::MODALITY, VR::CS, "PT")).0, Unit::None);
    let bqml = |f: &mut File| _ = f.text(tags::MODALITY, VR::CS, "PT").text(tags::UNITS, VR::CS, "BQML");
    assert_eq!(unit(&bqml).0, Unit::BqMl);
}

#[test]
fn a_file_that_was_exchanged_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let found = found(folder.path(), &[slice(1, [0.0; 3])]);
    let stack = &found.stacks[0];
    let read = |slice: u32| read_slice(&stack.info, slice, &stack.sources[0], &Limits::default());
    assert!(read(0).is_ok());
    assert!(matches!(read(1), Err(ReadError::NoSuchSlice { number: 2 })));
    std::fs::write(&stack.sources[0].path, slice(2, [0.0; 3]).encode()).unwrap();
    assert!(matches!(read(0), Err(ReadError::Changed)));
    std::fs::remove_file(&stack.sources[0].path).unwrap();
    assert!(matches!(read(0), Err(ReadError::Io(_))));
}

#[test]
fn sizes_count_only_where_they_are_at_the_patient() {
    let spacing = |change: &dyn Fn(&mut File)| {
        let mut file = slice(1, [0.0; 3]);
        change(&mut file);
        let folder = tempfile::tempdir().unwrap();
        found(folder.path(), &[file]).stacks[0].info.pixel_spacing_mm
    };
    // Written row spacing first (PS3.3 10.7.1.3).
    assert_eq!(spacing(&|_| {}), Some([0.7, 0.8]));
    let radiograph = |f: &mut File| {
        f.text(tags::MODALITY, VR::CS, "DX")
            .without(tags::IMAGE_POSITION_PATIENT)
            .without(tags::IMAGE_ORIENTATION_PATIENT);
    };
    assert_eq!(spacing(&radiograph), None);
    let calibrated = |f: &mut File| {
        radiograph(f);
        f.text(tags::PIXEL_SPACING_CALIBRATION_TYPE, VR::CS, "GEOMETRY");
    };
    assert_eq!(spacing(&calibrated), Some([0.7, 0.8]));
    assert_eq!(spacing(&|f| _ = f.text(tags::PIXEL_SPACING, VR::DS, "0\\0.7")), None);
}

#[test]
fn a_file_cut_short_shows_the_rows_that_are_there() {
    let part = |file: &File, cut: usize| {
        let folder = tempfile::tempdir().unwrap();
        let bytes = file.encode();
        std::fs::write(folder.path().join("a.dcm"), &bytes[..bytes.len() - cut]).unwrap();
        let found = super::build::search(folder.path());
        let stack = found.stacks.first().unwrap_or_else(|| panic!("{:?}", found.skipped));
        let says: Vec<String> = stack.info.oddities.iter().map(ToString::to_string).collect();
        assert!(says.iter().any(|says| says == "slice 1 is cut short: 2 of 3 rows are there"), "{says:?}");
        let strict = read_slice(&stack.info, 0, &stack.sources[0], &Limits::default()).unwrap_err();
        assert!(matches!(strict, ReadError::RowsMissing { rows: 2, of: 3 }), "{strict}");
        read_slice_part(&stack.info, 0, &stack.sources[0], &Limits::default()).unwrap()
    };
    // Values 100 to 111 in three rows of four; one byte is missing, and its row with it.
    let mut file = slice(1, [0.0; 3]);
    let there = [100, 101, 102, 103, 104, 105, 106, 107];
    let with = |rest: i16| SliceData::I16(there.into_iter().chain([rest; 4]).collect());
    assert_eq!(part(&file, 1), SlicePart { data: with(100), rows: 2 });
    assert_eq!(part(&file, 8), SlicePart { data: with(100), rows: 2 });
    file.bytes(tags::PIXEL_PADDING_VALUE, VR::SS, &(-2_000i16).to_le_bytes());
    assert_eq!(part(&file, 3), SlicePart { data: with(-2_000), rows: 2 });
}
