//! Lossless compression equals the uncompressed truth bit for bit; what is not read is refused by name.

use super::{found, slice};
use crate::support::real;
use ablation_review::volume::SliceData;

fn read(path: &std::path::Path) -> Result<SliceData, String> {
    let found = found(path);
    match found.stacks.first() {
        Some(stack) => slice(stack, 0).map_err(|error| error.to_string()),
        None => Err(found.skipped[0].reason.clone()),
    }
}

/// The largest difference between two images.
fn worst(a: &SliceData, b: &SliceData) -> i32 {
    let values = |data: &SliceData| -> Vec<i32> {
        match data {
            SliceData::I16(values) => values.iter().map(|v| i32::from(*v)).collect(),
            SliceData::U16(values) => values.iter().map(|v| i32::from(*v)).collect(),
            SliceData::F32(_) | SliceData::Rgb8(_) => panic!("a grey image of 16 bits is expected"),
        }
    };
    let (a, b) = (values(a), values(b));
    assert_eq!(a.len(), b.len());
    a.iter().zip(&b).map(|(a, b)| (a - b).abs()).max().unwrap()
}

/// NEAR as the scan header of a JPEG-LS stream of one component states it.
fn near(path: &std::path::Path) -> i32 {
    let bytes = std::fs::read(path).unwrap();
    let at = bytes.windows(5).position(|w| w == [0xFF, 0xDA, 0, 8, 1]).unwrap();
    i32::from(bytes[at + 7])
}

#[test]
fn lossless_files_equal_their_reference() {
    let Some(folder) = real("syntaxes", "lossless_files_equal_their_reference") else { return };
    for image in ["CT1", "CT2", "MR1", "MR3"] {
        let file = |kind: &str| folder.join(format!("{image}_{kind}.dcm"));
        let truth = read(&file("REF")).unwrap();
        assert!(!truth.is_empty());
        for kind in ["RLE", "JPLL", "JLSL", "J2KR"] {
            let ours = read(&file(kind)).unwrap_or_else(|why| panic!("{image} {kind}: {why}"));
            assert!(ours == truth, "{image} {kind} differs from its reference by {}", worst(&ours, &truth));
        }
    }
}

#[test]
fn lossy_files_are_near_their_reference() {
    let Some(folder) = real("syntaxes", "lossy_files_are_near_their_reference") else { return };
    for image in ["CT1", "CT2", "MR1", "MR3"] {
        let file = |kind: &str| folder.join(format!("{image}_{kind}.dcm"));
        let truth = read(&file("REF")).unwrap();
        let (bound, ours) = (near(&file("JLSN")), read(&file("JLSN")).unwrap());
        assert!(bound > 0 && worst(&ours, &truth) <= bound, "{image} JLSN {} {bound}", worst(&ours, &truth));
        // Ten to one: noise is lost. What OpenJPEG and libjpeg-turbo see is seen here (tests/dicom_real/decoders.rs).
        let ours = read(&file("J2KI")).unwrap();
        assert!((1..450).contains(&worst(&ours, &truth)), "{image} J2KI {}", worst(&ours, &truth));
        if image.starts_with("MR") {
            let ours = read(&file("JPLY")).unwrap();
            assert!((1..160).contains(&worst(&ours, &truth)), "{image} JPLY {}", worst(&ours, &truth));
        }
    }
}

#[test]
fn one_image_in_many_syntaxes_is_one_image() {
    let Some(folder) = real("syntaxes/one_image", "one_image_in_many_syntaxes_is_one_image") else { return };
    // 1 to 6: implicit, big endian, explicit, RLE, JPEG lossless 57 and 70; 7 to 9: JPEG-LS and JPEG 2000.
    let truth = read(&folder.join("1.dcm")).unwrap();
    assert!(matches!(&truth, SliceData::U16(v) if v.iter().any(|x| *x > 0)));
    for n in 2..=9 {
        assert!(read(&folder.join(format!("{n}.dcm"))).unwrap() == truth, "{n}.dcm differs");
    }
}

#[test]
fn one_small_image_in_every_layout() {
    let Some(folder) = real("pydicom_testfiles", "one_small_image_in_every_layout") else { return };
    let truth = read(&folder.join("MR_small.dcm")).unwrap();
    for kind in ["RLE", "bigendian", "expb", "implicit", "padded"] {
        assert!(read(&folder.join(format!("MR_small_{kind}.dcm"))).unwrap() == truth, "{kind} differs");
    }
    assert!(read(&folder.join("MR_truncated.dcm")).unwrap_err().contains("cut short"));
    let colour = read(&folder.join("SC_rgb_small_odd.dcm")).unwrap();
    assert!(read(&folder.join("SC_rgb_small_odd_big_endian.dcm")).unwrap() == colour);
}
