//! Seeded damage to small files: whatever comes out, no panic. Real files are damaged in `tests/dicom_real`.

use super::build::{File, series, slice};
use super::damage::{Dice, damage};
use crate::dicom::instance::Instance;
use crate::dicom::syntax::{BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT};
use crate::dicom::{Limits, ReadError, find, read_grid_slice};
use dicom_core::VR;
use dicom_dictionary_std::tags;
use std::path::Path;

/// Reads a damaged file to the end. Panics of the reader come out, for nothing catches them here.
fn read(path: &Path) -> bool {
    let limits = Limits { frame_pixels: 1 << 22, ..Limits::default() };
    if let Err(error) = Instance::read(path, &limits) {
        assert!(!error.to_string().chars().any(char::is_control), "{error:?}");
        assert!(!matches!(error, ReadError::Fault));
        return false;
    }
    let found = find(&[path.to_owned()], &limits, &|_, _| {}, &|| false);
    for stack in &found.stacks {
        for k in 0..stack.info.slices().min(3) {
            let result = read_grid_slice(&stack.info, k, &stack.sources, &limits);
            assert!(!matches!(result, Err(ReadError::Fault)), "a fault in slice {k}");
            if let Ok(data) = result {
                let [columns, rows] = stack.info.slice_size();
                assert_eq!(data.len() as u64, u64::from(rows) * u64::from(columns));
            }
        }
    }
    true
}

fn rle() -> File {
    let mut file = slice(1, [0.0; 3]);
    file.syntax = "1.2.840.10008.1.2.5".into();
    let mut packed = vec![2u8, 0, 0, 0, 64, 0, 0, 0, 67, 0, 0, 0];
    packed.resize(64, 0);
    packed.extend([0xF5, 1, 0x80, 0xF5, 2]);
    file.bytes(tags::PIXEL_DATA, VR::OB, &packed);
    file
}

#[test]
fn damaged_small_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged.dcm");
    let mut seeds = vec![rle()];
    for syntax in [EXPLICIT, IMPLICIT, BIG_ENDIAN, DEFLATED] {
        let mut file = series(1, 3.0).remove(0);
        file.syntax = syntax.into();
        file.bytes(tags::REFERENCED_STUDY_SEQUENCE, VR::SQ, b"\xfe\xff\0\xe0\x08\0\0\0\x08\0\x50\x11UI\0\0");
        seeds.push(file);
    }
    let seeds: Vec<Vec<u8>> = seeds.iter().map(File::encode).collect();
    for seed in &seeds {
        std::fs::write(&path, seed).unwrap();
        assert!(read(&path));
    }
    let mut dice = Dice(2_024);
    let mut still_read = 0;
    for n in 0..3_000 {
        let mut bytes = seeds[n % seeds.len()].clone();
        damage(&mut bytes, &mut dice);
        std::fs::write(&path, &bytes).unwrap();
        still_read += usize::from(read(&path));
    }
    // Damage that always kills would test only the first check.
    assert!((100..2_900).contains(&still_read), "{still_read}");
}
