//! Windows and overlays that a file brings.

use super::build::{File, found, slice};
use crate::dicom::{FoundStack, Limits, read_overlays, read_slice};
use crate::volume::{SliceData, VoiFunction};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;

fn words(values: &[u16]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

fn stack(folder: &tempfile::TempDir, file: &File) -> FoundStack {
    let mut found = found(folder.path(), std::slice::from_ref(file));
    assert_eq!((found.stacks.len(), found.skipped.len()), (1, 0), "{:?}", found.skipped);
    found.stacks.remove(0)
}

fn of(file: &File) -> FoundStack {
    stack(&tempfile::tempdir().unwrap(), file)
}

#[test]
fn trap_04_several_windows_by_name() {
    let mut file = slice(1, [0.0; 3]);
    file.text(tags::WINDOW_CENTER, VR::DS, "40\\-600\\x\\9")
        .text(tags::WINDOW_WIDTH, VR::DS, "400\\1500\\10\\0.5")
        .text(tags::WINDOW_CENTER_WIDTH_EXPLANATION, VR::LO, "Abdomen\\Lung");
    let windows = of(&file).info.windows;
    let listed: Vec<_> = windows.iter().map(|w| (w.name.as_str(), w.centre, w.width, w.function)).collect();
    assert_eq!(listed, [("Abdomen", 40.0, 400.0, VoiFunction::Linear), ("Lung", -600.0, 1_500.0, VoiFunction::Linear)]);
    file.text(tags::VOILUT_FUNCTION, VR::CS, "LINEAR_EXACT");
    let windows = of(&file).info.windows;
    assert_eq!((windows.len(), windows[2].width, windows[2].function), (3, 0.5, VoiFunction::LinearExact));
    file.text(tags::VOILUT_FUNCTION, VR::CS, "SIGMOID");
    assert_eq!(of(&file).info.windows[0].function, VoiFunction::Sigmoid);
}

#[test]
fn trap_04_tables_are_offered_and_rendered_exactly_and_corrupt_ones_are_refused() {
    let mut file = slice(1, [0.0; 3]);
    let table = |name: &str, descriptor: [u16; 3], data: &[u16]| {
        file.item(
            &[
                (tags::LUT_DESCRIPTOR, VR::US, words(&descriptor)),
                (tags::LUT_EXPLANATION, VR::LO, name.into()),
                (tags::LUT_DATA, VR::OW, words(data)),
            ],
            &[],
        )
    };
    // Values after the rescale: -1024 + stored; the first entry is for -924 (64612), the pixels store 100 to 111.
    let entries: Vec<u16> = (0..12).map(|n| 4_095 - n * 300).collect();
    let items = vec![
        table("Cut", [12, 64_612, 12], &entries[..9]),
        table("Bits", [12, 64_612, 20], &entries),
        table("Bright", [12, 64_612, 12], &entries),
    ];
    file.sequence(tags::VOILUT_SEQUENCE, items);
    let folder = tempfile::tempdir().unwrap();
    let stack = stack(&folder, &file);
    let window = &stack.info.windows[0];
    assert_eq!((stack.info.windows.len(), window.name.as_str()), (1, "Bright"));
    assert_eq!((window.centre, window.width), (-918.0, 12.0));
    let words: Vec<String> = stack.info.oddities.iter().map(ToString::to_string).collect();
    assert!(words.iter().any(|w| w.contains("\"Cut\"") && w.contains("9 entries of 12")), "{words:?}");
    assert!(words.iter().any(|w| w.contains("\"Bits\"") && w.contains("20 bits")), "{words:?}");
    let volume = stack.info.empty_volume();
    volume.slices[0].set(read_slice(&stack.info, 0, &stack.sources[0], &Limits::default()).unwrap()).unwrap();
    let grey = |value: f64| window.window().grey(value, volume.voi_table(window.window()));
    for (n, entry) in entries.iter().enumerate() {
        let wanted = (f64::from(*entry) * 255.0 / 4_095.0).round() as u8;
        assert_eq!(grey(volume.value(n as u32 % 4, n as u32 / 4, 0).unwrap()), wanted, "{n}");
    }
    assert_eq!((grey(-2_000.0), grey(3_000.0)), (255, 50)); // 795 * 255 / 4095 = 49.5
}

#[test]
fn windows_and_stacks_of_format_1_load() {
    let mut json = serde_json::to_value(&of(&slice(1, [0.0; 3])).info).unwrap();
    let map = json.as_object_mut().unwrap();
    for new in ["mapped", "suv", "overlays"] {
        map.remove(new);
    }
    map.insert("windows".into(), serde_json::json!([{ "name": "Liver", "centre": 60.0, "width": 160.0 }]));
    let info: crate::dicom::StackInfo = serde_json::from_value(json).unwrap();
    assert_eq!((info.mapped, info.overlays, info.windows[0].function), (false, false, VoiFunction::Linear));
}

/// An overlay of 4 x 3 pixels in group 6002, whose rows are `0001`, `0010`, `0100` from the left.
fn with_overlay(file: &mut File) -> &mut File {
    file.short(Tag(0x6002, 0x0010), 3)
        .short(Tag(0x6002, 0x0011), 4)
        .text(Tag(0x6002, 0x0040), VR::CS, "G")
        .bytes(Tag(0x6002, 0x0050), VR::SS, &words(&[1, 1]))
        .short(Tag(0x6002, 0x0100), 1)
        .short(Tag(0x6002, 0x0102), 0)
        .bytes(Tag(0x6002, 0x3000), VR::OW, &[0b0100_1000, 0b0000_0010])
}

fn overlay(file: &File) -> Option<Vec<usize>> {
    let folder = tempfile::tempdir().unwrap();
    let stack = stack(&folder, file);
    let picture = read_overlays(&stack.info, 0, &stack.sources[0], &Limits::default()).unwrap();
    assert!(stack.info.overlays || picture.is_none());
    picture.map(|picture| picture.places().collect())
}

#[test]
fn trap_24_overlays_are_drawn_where_the_file_puts_them() {
    let mut file = slice(1, [0.0; 3]);
    assert_eq!(overlay(&file), None);
    with_overlay(&mut file);
    assert_eq!(overlay(&file), Some(vec![3, 6, 9]));
    // Two groups in one picture.
    file.short(Tag(0x601E, 0x0010), 1).short(Tag(0x601E, 0x0011), 1).bytes(Tag(0x601E, 0x3000), VR::OW, &[1, 0]);
    assert_eq!(overlay(&file), Some(vec![0, 3, 6, 9]));
    file.without(Tag(0x601E, 0x0010));
    // One column to the right, one row up.
    file.bytes(Tag(0x6002, 0x0050), VR::SS, &words(&[0, 2]));
    assert_eq!(overlay(&file), Some(vec![3, 6]));
    // Big endian words.
    file.syntax = crate::dicom::syntax::BIG_ENDIAN.into();
    file.without(Tag(0x6002, 0x0050));
    assert_eq!(overlay(&file), Some(vec![3, 6, 9]));
}

#[test]
fn trap_24_overlays_in_unused_bits_of_the_pixels() {
    // 12 bits stored, the overlay in bit 12 of pixels 1 and 10; values stay free of it.
    let mut file = slice(1, [0.0; 3]);
    let pixels: Vec<u16> = (0..12).map(|n| if matches!(n, 1 | 10) { 0x1000 | n } else { n }).collect();
    file.short(tags::BITS_STORED, 12)
        .short(tags::HIGH_BIT, 11)
        .bytes(tags::PIXEL_DATA, VR::OW, &words(&pixels))
        .short(Tag(0x6000, 0x0010), 3)
        .short(Tag(0x6000, 0x0011), 4)
        .short(Tag(0x6000, 0x0100), 16)
        .short(Tag(0x6000, 0x0102), 12);
    assert_eq!(overlay(&file), Some(vec![1, 10]));
    let folder = tempfile::tempdir().unwrap();
    let stack = stack(&folder, &file);
    let data = read_slice(&stack.info, 0, &stack.sources[0], &Limits::default()).unwrap();
    assert_eq!(data, SliceData::I16((0..12).collect()));
    // A bit that belongs to the values is none of an overlay.
    file.short(Tag(0x6000, 0x0102), 3);
    assert_eq!(overlay(&file), None);
}

#[test]
fn trap_09_a_palette_gives_colours() {
    let mut file = slice(1, [0.0; 3]);
    let ramp = |n: u16| words(&[n << 8, (n + 1) << 8, (n + 2) << 8]);
    file.text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "PALETTE COLOR")
        .short(tags::PIXEL_REPRESENTATION, 0)
        .short(tags::ROWS, 1)
        .short(tags::COLUMNS, 4)
        .bytes(tags::PIXEL_DATA, VR::OW, &words(&[100, 101, 102, 500]));
    for (n, (descriptor, data)) in [
        (tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR, tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DATA),
        (tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR, tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA),
        (tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR, tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA),
    ]
    .into_iter()
    .enumerate()
    {
        file.bytes(descriptor, VR::US, &words(&[3, 100, 16])).bytes(data, VR::OW, &ramp(10 * n as u16 + 10));
    }
    let folder = tempfile::tempdir().unwrap();
    let found = stack(&folder, &file);
    let read = || read_slice(&found.info, 0, &found.sources[0], &Limits::default());
    let wanted = [10, 20, 30, 11, 21, 31, 12, 22, 32, 12, 22, 32];
    assert_eq!(read().unwrap(), SliceData::Rgb8(wanted.into()));
    // A palette that is not whole is refused, never guessed.
    file.without(tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA);
    std::fs::write(&found.sources[0].path, file.encode()).unwrap();
    assert!(read().unwrap_err().to_string().contains("palette"));
}
