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

#[test]
fn lossless_files_equal_their_reference() {
    let Some(folder) = real("syntaxes", "lossless_files_equal_their_reference") else { return };
    for image in ["CT1", "CT2", "MR1", "MR3"] {
        let file = |kind: &str| folder.join(format!("{image}_{kind}.dcm"));
        let truth = read(&file("REF")).unwrap();
        assert!(!truth.is_empty());
        for kind in ["RLE", "JPLL"] {
            assert!(read(&file(kind)).unwrap() == truth, "{image} {kind} differs from its reference");
        }
        for (kind, name) in [("J2KR", "JPEG 2000"), ("J2KI", "JPEG 2000"), ("JLSL", "JPEG-LS"), ("JLSN", "JPEG-LS")] {
            let reason = read(&file(kind)).unwrap_err();
            assert!(reason.contains(name), "{image} {kind}: {reason}");
        }
    }
    for image in ["MR1", "MR3"] {
        let reason = read(&folder.join(format!("{image}_JPLY.dcm"))).unwrap_err();
        assert!(reason.contains("12-bit lossy JPEG is not read"), "{reason}");
    }
}

#[test]
fn one_image_in_many_syntaxes_is_one_image() {
    let Some(folder) = real("syntaxes/one_image", "one_image_in_many_syntaxes_is_one_image") else { return };
    // 1 to 6: implicit, big endian, explicit, RLE, JPEG lossless 57 and 70; 7 to 9: JPEG-LS and JPEG 2000.
    let truth = read(&folder.join("1.dcm")).unwrap();
    assert!(matches!(&truth, SliceData::U16(v) if v.iter().any(|x| *x > 0)));
    for n in 2..=6 {
        assert!(read(&folder.join(format!("{n}.dcm"))).unwrap() == truth, "{n}.dcm differs");
    }
    for n in 7..=9 {
        assert!(read(&folder.join(format!("{n}.dcm"))).unwrap_err().contains("does not read"));
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
