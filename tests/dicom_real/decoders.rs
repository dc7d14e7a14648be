//! Stored values of compressed and odd files against independent decoders (`tests/fixtures/pixels/make.py`).

use super::{found, slice};
use crate::support::real;
use ablation_review::dicom::Found;
use ablation_review::volume::SliceData;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Transfer syntaxes whose decoders may differ by rounding, and by how much they do.
const ROUNDED: [(&str, i64); 5] = [
    ("1.2.840.10008.1.2.4.50", 4),
    ("1.2.840.10008.1.2.4.51", 4),
    ("1.2.840.10008.1.2.4.91", 1),
    ("1.2.840.10008.1.2.4.203", 1),
    ("1.2.840.10008.1.2.4.112", 1),
];

fn fixture() -> Value {
    serde_json::from_str(include_str!("../fixtures/pixels/pixels.json")).unwrap()
}

fn integers(data: &SliceData) -> Vec<i32> {
    match data {
        SliceData::I16(values) => values.iter().map(|v| i32::from(*v)).collect(),
        SliceData::U16(values) => values.iter().map(|v| i32::from(*v)).collect(),
        SliceData::F32(values) => values.iter().map(|v| *v as i32).collect(),
        SliceData::Rgb8(values) => values.iter().map(|v| i32::from(*v)).collect(),
    }
}

/// The values of a frame of a file, wherever its stack and slice are.
fn frame(found: &Found, number: u64) -> Result<SliceData, String> {
    for stack in &found.stacks {
        if let Some(k) = stack.info.frames.iter().position(|frame| u64::from(frame.frame) == number) {
            return slice(stack, k).map_err(|error| error.to_string());
        }
    }
    Err(found.skipped.first().map_or_else(|| "no such frame".to_owned(), |skipped| skipped.reason.clone()))
}

/// What differs from the truth, if anything does.
fn difference(ours: &[i32], truth: &Value, tolerance: i64) -> Option<String> {
    let bytes: Vec<u8> = ours.iter().flat_map(|v| v.to_le_bytes()).collect();
    let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    if truth["sha256"] == digest {
        return None;
    }
    let pairs: Vec<(i64, i64)> = truth["values"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pair| (i64::from(ours[pair[0].as_u64().unwrap() as usize]), pair[1].as_i64().unwrap()))
        .collect();
    let worst = pairs.iter().map(|(ours, theirs)| (ours - theirs).abs()).max().unwrap();
    (tolerance == 0 || worst > tolerance).then(|| format!("differs by up to {worst}: {:?}", &pairs[..6]))
}

#[test]
fn every_file_of_others_has_their_values() {
    let Some(folder) = real("pydicom_testfiles", "every_file_of_others_has_their_values") else { return };
    let (mut wrong, mut refused, mut right) = (Vec::new(), Vec::new(), 0);
    for (name, about) in fixture().as_object().unwrap() {
        let syntax = about["syntax"].as_str().unwrap();
        let tolerance = ROUNDED.iter().find(|(uid, _)| *uid == syntax).map_or(0, |(_, tolerance)| *tolerance);
        let found = found(&folder.parent().unwrap().join(name));
        for truth in about["frames"].as_array().unwrap() {
            match frame(&found, truth["frame"].as_u64().unwrap()) {
                Err(why) => refused.push(format!("{name}: {why}")),
                Ok(ours) => match difference(&integers(&ours), truth, tolerance) {
                    Some(how) => wrong.push(format!("{name} ({syntax}) frame {}: {how}", truth["frame"])),
                    None => right += 1,
                },
            }
        }
    }
    assert!(wrong.is_empty(), "{}\nREFUSED\n{}\nright {right}", wrong.join("\n"), refused.join("\n"));
}

#[test]
fn files_that_others_refuse_are_refused_in_words() {
    let Some(folder) = real("pydicom_testfiles", "files_that_others_refuse_are_refused_in_words") else { return };
    // A code stream whose header was damaged on purpose (14,540,801 tiles), in a fragment that holds a delimiter.
    let why = frame(&found(&folder.join("JPEG2000-embedded-sequence-delimiter.dcm")), 0).unwrap_err();
    assert!(why.contains("more tiles than JPEG 2000 allows"), "{why}");
}
