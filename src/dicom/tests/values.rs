//! Stored values to values with a unit.

use super::build::{File, found, series, slice};
use crate::dicom::{FoundStack, Limits, Suv, SuvSource, read_slice};
use crate::volume::{Padding, Unit, Volume};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;

/// The stack of some files with its slices read.
fn read(files: &[File]) -> (FoundStack, Volume) {
    let folder = tempfile::tempdir().unwrap();
    let mut found = found(folder.path(), files);
    assert_eq!((found.stacks.len(), found.skipped.len()), (1, 0), "{:?}", found.skipped);
    let stack = found.stacks.remove(0);
    let volume = stack.info.empty_volume();
    for (n, place) in volume.slices.iter().enumerate() {
        place.set(read_slice(&stack.info, n as u32, &stack.sources[n], &Limits::default()).unwrap()).unwrap();
    }
    (stack, volume)
}

fn row(files: &[File]) -> Vec<Option<f64>> {
    let (_, volume) = read(files);
    (0..volume.grid.dims[0]).map(|i| volume.value(i, 0, 0)).collect()
}

fn warnings(stack: &FoundStack) -> String {
    stack.info.oddities.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn words(values: &[u16]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

/// One slice of one row.
fn of(stored: &[u16]) -> File {
    let mut file = slice(1, [0.0; 3]);
    file.short(tags::ROWS, 1).short(tags::COLUMNS, stored.len() as u16).bytes(tags::PIXEL_DATA, VR::OW, &words(stored));
    file
}

fn table(file: &File, descriptor: [u16; 3], entries: &[u16], kind: &str) -> Vec<u8> {
    file.item(
        &[
            (tags::LUT_DESCRIPTOR, VR::US, words(&descriptor)),
            (tags::MODALITY_LUT_TYPE, VR::LO, kind.into()),
            (tags::LUT_DATA, VR::OW, words(entries)),
        ],
        &[],
    )
}

#[test]
fn trap_01_the_slope_of_each_slice_counts() {
    let mut files = series(3, 2.5);
    for (file, slope) in files.iter_mut().zip(["1", "2", "0.5"]) {
        file.text(tags::RESCALE_SLOPE, VR::DS, slope).text(tags::RESCALE_INTERCEPT, VR::DS, "10");
    }
    // Pixel 5 of slice n (from 1) stores 100 n + 5.
    let (_, volume) = read(&files);
    let at: Vec<_> = (0..3).map(|k| volume.value(1, 1, k).unwrap()).collect();
    assert_eq!(at, [105.0 + 10.0, 2.0 * 205.0 + 10.0, 0.5 * 305.0 + 10.0]);
    // ... also in statistics and automatic windows, which go through the same values.
    let window = crate::volume::auto_window(&volume, None).unwrap();
    assert!(window.range().1 < 435.0 && window.range().0 > 100.0, "{window:?}");
}

#[test]
fn trap_02_a_modality_lut_makes_the_values() {
    // Stored -1, 0, 1 and beyond; the first entry is for -1 (65535 as a signed word).
    let mut file = of(&[0xFFF0, 0xFFFF, 0, 1, 2, 77]);
    let item = table(&file, [3, 0xFFFF, 12], &[0, 40, 4_095], "HU");
    file.sequence(tags::MODALITY_LUT_SEQUENCE, vec![item]);
    file.short(tags::PIXEL_PADDING_VALUE, 77);
    let (stack, volume) = read(std::slice::from_ref(&file));
    assert_eq!(volume.unit, Unit::Hu);
    let of = |volume: &Volume| (0..6).map(|i| volume.value(i, 0, 0)).collect::<Vec<_>>();
    assert_eq!(of(&volume), [Some(0.0), Some(0.0), Some(40.0), Some(4_095.0), Some(4_095.0), None]);
    assert!(stack.info.mapped);
    // Unsigned pixels, and optical density: no unit.
    let mut film = self::of(&[0, 65_535]);
    film.short(tags::PIXEL_REPRESENTATION, 0);
    let item = table(&film, [2, 0xFFFE, 16], &[1, 65_535], "OD");
    film.sequence(tags::MODALITY_LUT_SEQUENCE, vec![item]);
    let (_, volume) = read(&[film]);
    assert_eq!((volume.value(0, 0, 0), volume.value(1, 0, 0), volume.unit), (Some(1.0), Some(65_535.0), Unit::None));
}

#[test]
fn trap_02_a_corrupt_modality_lut_shows_stored_values_and_says_so() {
    let mut file = of(&[7, 8]);
    let item = table(&file, [300, 0, 12], &[1, 2], "HU");
    file.sequence(tags::MODALITY_LUT_SEQUENCE, vec![item]);
    let (stack, volume) = read(&[file]);
    assert_eq!((volume.value(0, 0, 0), volume.unit), (Some(7.0), Unit::None));
    assert!(warnings(&stack).contains("it has 2 entries of 300"), "{}", warnings(&stack));
}

#[test]
fn trap_06_padding_of_the_file_is_left_out_of_values() {
    let mut file = of(&[0xF830, 0, 100]); // -2000
    file.short(tags::PIXEL_PADDING_VALUE, 0xF830).short(tags::PIXEL_PADDING_RANGE_LIMIT, 0xF448); // -3000
    let (stack, volume) = read(&[file]);
    assert_eq!(stack.info.padding, Some(Padding { low: -3_000.0, high: -2_000.0 }));
    assert_eq!((volume.value(0, 0, 0), volume.value(1, 0, 0)), (None, Some(-1_024.0)));
}

#[test]
fn trap_07_small_is_bright_once() {
    let bright = |photometric: &str, shape: &str| {
        let mut file = of(&[0, 1]);
        file.text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, photometric);
        if !shape.is_empty() {
            file.text(tags::PRESENTATION_LUT_SHAPE, VR::CS, shape);
        }
        read(&[file]).1.small_is_bright
    };
    assert!(!bright("MONOCHROME2", "") && bright("MONOCHROME1", ""));
    assert!(!bright("MONOCHROME2", "IDENTITY") && bright("MONOCHROME2", "INVERSE"));
    // The shape of MONOCHROME1 is INVERSE (PS3.3 C.8.11.3): one inversion, not two.
    assert!(bright("MONOCHROME1", "INVERSE"));
}

fn real_world(file: &File, code: &str, range: [u16; 2], slope: f64, intercept: f64) -> Vec<u8> {
    let unit = file.item(&[(tags::CODE_VALUE, VR::SH, code.into())], &[]);
    file.item(
        &[
            (tags::REAL_WORLD_VALUE_FIRST_VALUE_MAPPED, VR::US, words(&range[..1])),
            (tags::REAL_WORLD_VALUE_LAST_VALUE_MAPPED, VR::US, words(&range[1..])),
            (tags::REAL_WORLD_VALUE_SLOPE, VR::FD, slope.to_le_bytes().into()),
            (tags::REAL_WORLD_VALUE_INTERCEPT, VR::FD, intercept.to_le_bytes().into()),
        ],
        &[(tags::MEASUREMENT_UNITS_CODE_SEQUENCE, vec![unit])],
    )
}

/// An MR of 12 bits without a rescale.
fn mr(stored: &[u16]) -> File {
    let mut file = of(stored);
    file.text(tags::MODALITY, VR::CS, "MR")
        .text(tags::SOP_CLASS_UID, VR::UI, "1.2.840.10008.5.1.4.1.1.4")
        .without(tags::RESCALE_INTERCEPT)
        .without(tags::RESCALE_SLOPE)
        .short(tags::PIXEL_REPRESENTATION, 0)
        .short(tags::BITS_STORED, 12)
        .short(tags::HIGH_BIT, 11);
    file
}

#[test]
fn a_diffusion_map_has_a_unit_only_where_the_file_says_so() {
    let unit = |change: &dyn Fn(&mut File)| {
        let mut file = mr(&[1_200]);
        file.text(tags::IMAGE_TYPE, VR::CS, "DERIVED\\PRIMARY\\DIFFUSION\\ADC");
        change(&mut file);
        let (_, volume) = read(&[file]);
        (volume.value(0, 0, 0).unwrap(), volume.unit)
    };
    assert_eq!(unit(&|_| {}), (1_200.0, Unit::None), "an ADC map by its type, whose unit nobody states");
    assert_eq!(unit(&|f| _ = f.text(tags::RESCALE_TYPE, VR::LO, "US")).1, Unit::None);
    let close = |(value, unit): (f64, Unit)| (value - 0.0012).abs() < 1e-12 && unit == Unit::Mm2PerS;
    assert!(close(unit(&|f| _ = f.text(tags::RESCALE_TYPE, VR::LO, "10^-6 mm2/s"))));
    assert!(close(unit(&|f| _ = f.text(tags::UNITS, VR::CS, "UM2/S"))));
    let map = |f: &mut File, code: &str, slope: f64| {
        let item = real_world(f, code, [0, 4_095], slope, 0.0);
        f.sequence(tags::REAL_WORLD_VALUE_MAPPING_SEQUENCE, vec![item]);
    };
    assert!(close(unit(&|f| map(f, "mm2/s", 1e-6))));
    assert!(close(unit(&|f| map(f, "10-6.mm2/s", 1.0))));
    assert_eq!(unit(&|f| map(f, "ms", 0.5)), (600.0, Unit::None));
}

#[test]
fn a_real_world_map_wins_and_says_where_it_disagrees() {
    let ct = |maps: &dyn Fn(&File) -> Vec<Vec<u8>>| {
        let mut file = of(&[0, 1_000]);
        file.short(tags::PIXEL_REPRESENTATION, 0);
        let items = maps(&file);
        file.sequence(tags::REAL_WORLD_VALUE_MAPPING_SEQUENCE, items);
        file.text(tags::WINDOW_CENTER, VR::DS, "40").text(tags::WINDOW_WIDTH, VR::DS, "400");
        read(&[file])
    };
    // The same as the rescale: nothing to say.
    let (stack, volume) = ct(&|f| vec![real_world(f, "[hnsf'U]", [0, 65_535], 1.0, -1_024.0)]);
    assert_eq!(
        (volume.value(1, 0, 0), volume.unit, warnings(&stack).as_str()),
        (Some(-24.0), Unit::Hu, "a single slice")
    );
    // Another line: it is used, and said.
    let (stack, volume) = ct(&|f| vec![real_world(f, "HU", [0, 65_535], 2.0, -1_024.0)]);
    assert_eq!(volume.value(1, 0, 0), Some(976.0));
    assert!(
        warnings(&stack).contains("real-world value map makes -824 HU of the stored value 100, its rescale -924"),
        "{}",
        warnings(&stack)
    );
    // The file's window follows: 40 HU +- 199.5 of the rescale are stored 863.5 to 1262.5.
    let window = stack.info.windows[0].window().range();
    assert_eq!(window, (2.0 * (39.5 - 199.5 + 1_024.0) - 1_024.0, 2.0 * (39.5 + 199.5 + 1_024.0) - 1_024.0));
    // Of several, the one in HU; the others are other quantities.
    let (_, volume) = ct(&|f| {
        vec![real_world(f, "{ED}", [0, 65_535], 9.0, 0.0), real_world(f, "[hnsf'U]", [0, 65_535], 1.0, -1_000.0)]
    });
    assert_eq!((volume.value(1, 0, 0), volume.unit), (Some(0.0), Unit::Hu));
    // A map of some stored values leaves the others without a value.
    let (_, volume) = ct(&|f| vec![real_world(f, "[hnsf'U]", [500, 2_000], 1.0, -1_024.0)]);
    assert_eq!((volume.value(0, 0, 0), volume.value(1, 0, 0)), (None, Some(-24.0)));
    // A useless one is left out with its reason.
    let (stack, volume) = ct(&|f| vec![real_world(f, "[hnsf'U]", [0, 65_535], 0.0, 0.0)]);
    assert_eq!(volume.value(1, 0, 0), Some(-24.0));
    assert!(warnings(&stack).contains("its slope is zero"));
}

#[test]
fn a_real_world_table_maps_one_by_one() {
    let mut file = mr(&[9, 10, 11, 12, 13]);
    let table: Vec<u8> = [0.5f64, 0.25, 7.0].iter().flat_map(|v| v.to_le_bytes()).collect();
    let unit = file.item(&[(tags::CODE_VALUE, VR::SH, b"10-3.mm2/s".to_vec())], &[]);
    let item = file.item(
        &[
            (tags::REAL_WORLD_VALUE_FIRST_VALUE_MAPPED, VR::US, words(&[10])),
            (tags::REAL_WORLD_VALUE_LAST_VALUE_MAPPED, VR::US, words(&[12])),
            (tags::REAL_WORLD_VALUE_LUT_DATA, VR::FD, table),
        ],
        &[(tags::MEASUREMENT_UNITS_CODE_SEQUENCE, vec![unit])],
    );
    file.sequence(tags::REAL_WORLD_VALUE_MAPPING_SEQUENCE, vec![item]);
    let values = row(&[file]);
    let wanted = [None, Some(0.0005f32), Some(0.00025), Some(0.007), None].map(|v| v.map(f64::from));
    assert_eq!(values, wanted);
}

/// A PET slice: 70 kg, 370 MBq of F-18 (half-life 6600 s for round numbers), one half-life before the series.
fn pet(n: u32, slope: &str) -> File {
    let mut file = slice(n, [0.0, 0.0, 3.0 * f64::from(n)]);
    file.text(tags::MODALITY, VR::CS, "PT")
        .text(tags::SOP_CLASS_UID, VR::UI, "1.2.840.10008.5.1.4.1.1.128")
        .text(tags::RESCALE_SLOPE, VR::DS, slope)
        .text(tags::RESCALE_INTERCEPT, VR::DS, "0")
        .text(tags::UNITS, VR::CS, "BQML")
        .text(tags::DECAY_CORRECTION, VR::CS, "START")
        .text(tags::CORRECTED_IMAGE, VR::CS, "NORM\\DTIM\\ATTN\\SCAT\\DECY")
        .text(tags::PATIENT_WEIGHT, VR::DS, "70")
        .text(tags::SERIES_DATE, VR::DA, "20240229")
        .text(tags::SERIES_TIME, VR::TM, "115000")
        .text(tags::ACQUISITION_DATE, VR::DA, "20240229")
        .text(tags::ACQUISITION_TIME, VR::TM, "115000.000000")
        .text(tags::WINDOW_CENTER, VR::DS, "5000")
        .text(tags::WINDOW_WIDTH, VR::DS, "10000");
    let injection = file.item(
        &[
            (tags::RADIOPHARMACEUTICAL_START_TIME, VR::TM, b"100000".to_vec()),
            (tags::RADIONUCLIDE_TOTAL_DOSE, VR::DS, b"370000000".to_vec()),
            (tags::RADIONUCLIDE_HALF_LIFE, VR::DS, b"6600".to_vec()),
        ],
        &[],
    );
    file.sequence(tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE, vec![injection]);
    file
}

#[test]
fn trap_20_pet_becomes_suv_slice_by_slice() {
    let (stack, volume) = read(&[pet(1, "2"), pet(2, "4"), pet(3, "1")]);
    assert_eq!(volume.unit, Unit::SuvBw);
    // 70,000 g / 185 MBq * slope * stored; pixel 1 of slice n stores 100 n + 1.
    for (k, (slope, stored)) in [(2.0, 101.0), (4.0, 201.0), (1.0, 301.0)].into_iter().enumerate() {
        let value = volume.value(1, 0, k as u32).unwrap();
        assert!((value - 70_000.0 / 185e6 * slope * stored).abs() < 1e-12, "{k}: {value}");
    }
    let Some(Suv::From(inputs)) = &stack.info.suv else { panic!("{:?}", stack.info.suv) };
    assert_eq!((inputs.source, inputs.decay_s, inputs.weight_kg), (SuvSource::Computed, Some(6_600.0), Some(70.0)));
    // The file's window, in Bq/ml, speaks of SUV now: 0 to 9999 Bq/ml less the halves of LINEAR.
    let (low, high) = stack.info.windows[0].window().range();
    assert!((low - 0.0).abs() < 1e-9 && (high - 9_999.0 * 70_000.0 / 185e6).abs() < 1e-9, "{low} {high}");
    assert!(warnings(&stack).is_empty(), "{}", warnings(&stack));
    // What a project keeps of it comes back.
    let json = serde_json::to_string(&stack.info).unwrap();
    assert_eq!(serde_json::from_str::<crate::dicom::StackInfo>(&json).unwrap(), stack.info);
}

#[test]
fn trap_20_philips_counts_find_their_private_factor() {
    let mut file = pet(1, "2");
    file.text(tags::UNITS, VR::CS, "CNTS")
        .text(Tag(0x7053, 0x0010), VR::LO, "Philips PET Private Group")
        .text(Tag(0x7053, 0x1000), VR::DS, "0.0005")
        .text(Tag(0x7053, 0x1009), VR::DS, "3");
    let (stack, volume) = read(std::slice::from_ref(&file));
    assert!((volume.value(1, 0, 0).unwrap() - 101.0 * 2.0 * 0.0005).abs() < 1e-12);
    assert!(matches!(&stack.info.suv, Some(Suv::From(inputs)) if inputs.source == SuvSource::PhilipsSuv));
    file.text(Tag(0x7053, 0x1000), VR::DS, "0");
    let (_, volume) = read(&[file]);
    assert!((volume.value(1, 0, 0).unwrap() - 101.0 * 2.0 * 3.0 * 70_000.0 / 185e6).abs() < 1e-12);
}

#[test]
fn trap_22_without_a_weight_there_is_activity_and_the_reason() {
    let mut file = pet(1, "2");
    file.without(tags::PATIENT_WEIGHT);
    let (stack, volume) = read(&[file]);
    assert_eq!((volume.value(1, 0, 0), volume.unit), (Some(202.0), Unit::BqMl));
    assert_eq!(stack.info.suv, Some(Suv::None { why: "the patient's weight is missing".into() }));
    assert!(warnings(&stack).contains("no SUV: the patient's weight is missing"));
}

#[test]
fn a_real_world_map_to_suv_is_used_and_compared() {
    let with = |slope: f64| {
        let mut file = pet(1, "2");
        file.short(tags::PIXEL_REPRESENTATION, 0);
        let map = real_world(&file, "{SUVbw}g/ml", [0, 65_535], slope, 0.0);
        file.sequence(tags::REAL_WORLD_VALUE_MAPPING_SEQUENCE, vec![map]);
        read(&[file])
    };
    let (stack, volume) = with(2.0 * 70_000.0 / 185e6);
    assert_eq!(volume.unit, Unit::SuvBw);
    assert!(matches!(&stack.info.suv, Some(Suv::From(inputs)) if inputs.source == SuvSource::RealWorldMap));
    assert!(!warnings(&stack).contains("map"), "{}", warnings(&stack));
    let (stack, volume) = with(0.001);
    assert!((volume.value(1, 0, 0).unwrap() - 0.101).abs() < 1e-12);
    assert!(warnings(&stack).contains("the map is used"), "{}", warnings(&stack));
}

#[test]
fn trap_21_the_first_bed_position_of_a_series_starts_its_clock() {
    // The series was written later; slices of the second bed position were acquired five minutes after the first.
    let mut files = vec![pet(1, "1"), pet(2, "1")];
    for (file, acquired) in files.iter_mut().zip(["115500", "115000"]) {
        file.text(tags::SERIES_TIME, VR::TM, "130000").text(tags::ACQUISITION_TIME, VR::TM, acquired);
    }
    let folder = tempfile::tempdir().unwrap();
    for stack in found(folder.path(), &files).stacks {
        let Some(Suv::From(inputs)) = &stack.info.suv else { panic!("{:?}", stack.info.suv) };
        assert_eq!(inputs.decay_s, Some(6_600.0), "{:?}", inputs.corrected_to);
    }
}

#[test]
fn trap_26_a_lossy_mark_of_the_file_or_its_syntax_is_kept() {
    let lossy = |change: &dyn Fn(&mut File)| {
        let mut file = of(&[1, 2]);
        change(&mut file);
        warnings(&read(&[file]).0)
    };
    assert!(!lossy(&|_| {}).contains("lossy"));
    assert!(!lossy(&|f| _ = f.text(tags::LOSSY_IMAGE_COMPRESSION, VR::CS, "00")).contains("lossy"));
    let marked = lossy(&|f| {
        f.text(tags::LOSSY_IMAGE_COMPRESSION, VR::CS, "01").text(tags::LOSSY_IMAGE_COMPRESSION_RATIO, VR::DS, "3\\9.6");
    });
    assert!(marked.contains("lossy compression 10:1"), "{marked}");
    // A ratio or a method without the mark: the values were lossy once all the same.
    assert!(lossy(&|f| _ = f.text(tags::LOSSY_IMAGE_COMPRESSION_RATIO, VR::DS, "12")).contains("12:1"));
    assert!(lossy(&|f| _ = f.text(tags::LOSSY_IMAGE_COMPRESSION_METHOD, VR::CS, "ISO_15444_1")).contains("lossy"));
}

#[test]
fn big_endian_tables_are_read_in_their_order() {
    let mut file = of(&[0, 1]);
    file.syntax = crate::dicom::syntax::BIG_ENDIAN.into();
    let item = table(&file, [2, 0, 12], &[258, 772], "US");
    file.sequence(tags::MODALITY_LUT_SEQUENCE, vec![item]);
    assert_eq!(row(&[file]), [Some(258.0), Some(772.0)]);
}
