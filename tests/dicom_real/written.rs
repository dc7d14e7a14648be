//! Files in transfer syntaxes and layouts of fragments that no public sample shows, written by the usual libraries
//! (`tests/fixtures/syntaxes/make.py`).

use super::{found, slice};
use ablation_review::volume::SliceData;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Deserialize)]
struct Expected {
    syntax: String,
    /// How far values of lossy files may lie from those of the library that wrote them.
    near: i64,
    /// Words of the reason where the file is not read.
    refused: Option<String>,
    frames: Vec<Frame>,
}

#[derive(Deserialize)]
struct Frame {
    sha256: String,
    values: Vec<(usize, i64)>,
}

fn integers(data: &SliceData) -> Vec<i32> {
    (0..data.len()).map(|n| data.stored(n).unwrap() as i32).collect()
}

#[test]
fn syntaxes_and_fragments_that_no_sample_shows() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/syntaxes");
    let text = std::fs::read_to_string(folder.join("expected.json")).unwrap();
    let all: BTreeMap<String, Expected> = serde_json::from_str(&text).unwrap();
    assert_eq!(all.len(), 14);
    for (name, expected) in all {
        let found = found(&folder.join(format!("{name}.dcm")));
        let [stack] = found.stacks.as_slice() else { panic!("{name}: {:?}", found.skipped) };
        assert_eq!(stack.info.transfer_syntaxes, [expected.syntax], "{name}");
        assert_eq!(stack.info.frames.len(), expected.frames.len(), "{name}");
        for (k, frame) in expected.frames.iter().enumerate() {
            let data = match (slice(stack, k), &expected.refused) {
                (Err(why), Some(words)) => {
                    assert!(why.to_string().contains(words.as_str()), "{name}: {why}");
                    continue;
                }
                (Ok(data), None) => integers(&data),
                (other, _) => panic!("{name}: {other:?}"),
            };
            if expected.near == 0 {
                let bytes: Vec<u8> = data.iter().flat_map(|v| v.to_le_bytes()).collect();
                let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
                assert_eq!(digest, frame.sha256, "{name} frame {k}");
            }
            for (place, value) in &frame.values {
                let off = (i64::from(data[*place]) - value).abs();
                assert!(off <= expected.near, "{name} at {place}: {} {value}", data[*place]);
            }
        }
    }
}
