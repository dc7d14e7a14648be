//! Up to eight sound images that differ in what the bytes say: how they are sorted into stacks.
//!
//! A byte is the number of images; then, for each image and each of its values, a byte under 192 leaves the value, and
//! another says how many bytes follow that replace it.
#![no_main]

mod images;
#[path = "../../tests/fire/small_dicom.rs"]
#[allow(dead_code)]
mod small_dicom;

use small_dicom::{Layout, PIXEL_DATA, Tag, enhanced, file, slice, text};

/// What sorting, shape and units depend on beside what a plain slice has.
const MORE: &[(Tag, &[u8; 2], &str)] = &[
    ((0x0008, 0x0022), b"DA", "20240229"),
    ((0x0008, 0x002A), b"DT", "20240229101530.25"),
    ((0x0018, 0x0015), b"CS", "LIVER"),
    ((0x0018, 0x0081), b"DS", "2.3"),
    ((0x0018, 0x0088), b"DS", "3"),
    ((0x0018, 0x1060), b"DS", "0"),
    ((0x0018, 0x9087), b"FD", "\0\0\0\0\0\0\x59\x40"),
    ((0x0020, 0x0100), b"IS", "1"),
    ((0x0020, 0x1041), b"DS", "3"),
    ((0x0028, 0x0034), b"IS", "1\\1"),
    ((0x0028, 0x0120), b"SS", "\x30\x70"),
    ((0x0054, 0x0081), b"US", "\x03\0"),
    ((0x0054, 0x1001), b"CS", "BQML"),
    ((0x0054, 0x1330), b"US", "\x01\0"),
];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let folder = images::fresh("");
    std::fs::create_dir(&folder).expect("the folder");
    let mut bytes = bytes.iter().copied();
    let first = bytes.next().unwrap_or(0);
    let images = 1 + u32::from(first % 8);
    for n in 0..images {
        let many = first & 0x40 != 0 && n == 0;
        let mut image = if many { enhanced(4) } else { slice(n, 3.0 * f64::from(n)) };
        if first & 0x80 != 0 {
            MORE.iter().for_each(|(tag, vr, value)| text(&mut image, *tag, vr, value));
        }
        for (tag, (_, value)) in &mut image {
            if *tag == PIXEL_DATA {
                continue;
            }
            if let Some(192..) = bytes.next() {
                let length = usize::from(bytes.next().unwrap_or(0) % 64);
                *value = bytes.by_ref().take(length).collect();
            }
        }
        let layout = if first & 0x20 == 0 { Layout::Explicit } else { Layout::Implicit };
        std::fs::write(folder.join(format!("{n}.dcm")), file(&image, layout)).expect("the file");
    }
    images::read_all(&folder);
    std::fs::remove_dir_all(folder).expect("the folder");
});
