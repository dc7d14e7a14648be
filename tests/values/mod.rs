//! Values and pictures as independent readers and hand-worked numbers have them: PET of every unit, decay
//! correction and vendor (`tests/fixtures/pet/make.py`), colours and overlays as pydicom makes them
//! (`tests/fixtures/colour/make.py`).

use crate::support::real;
use ablation_review::dicom::{Limits, Suv, find, read_overlays, read_slice};
use ablation_review::volume::SliceData;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

fn fixtures(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn expected(name: &str) -> serde_json::Map<String, Value> {
    let text = std::fs::read_to_string(fixtures(name).join("expected.json")).unwrap();
    serde_json::from_str::<Value>(&text).unwrap().as_object().unwrap().clone()
}

fn stack(path: &Path) -> ablation_review::dicom::FoundStack {
    let mut found = find(&[path.to_owned()], &Limits::default(), &|_, _| {}, &|| false);
    assert_eq!((found.stacks.len(), found.skipped.len()), (1, 0), "{}: {:?}", path.display(), found.skipped);
    found.stacks.remove(0)
}

#[test]
fn trap_20_21_22_pet_of_every_unit_correction_and_vendor() {
    let cases = expected("pet");
    assert!(cases.len() > 20);
    for (name, wanted) in cases {
        let stack = stack(&fixtures("pet").join(format!("{name}.dcm")));
        let volume = stack.info.empty_volume();
        let slice = read_slice(&stack.info, 0, &stack.sources[0], &Limits::default()).unwrap();
        volume.slices[0].set(slice).unwrap();
        assert_eq!(volume.unit.code(), wanted["unit"], "{name}");
        for (n, value) in wanted["values"].as_array().unwrap().iter().enumerate() {
            let (got, want) = (volume.value(n as u32 % 2, n as u32 / 2, 0).unwrap(), value.as_f64().unwrap());
            assert!((got - want).abs() <= 1e-6 * want, "{name}: {got} is not {want}");
        }
        match (&stack.info.suv, wanted["why"].as_str()) {
            (Some(Suv::From(inputs)), None) => assert!(!inputs.lines().is_empty()),
            (Some(Suv::None { why }), Some(words)) => assert!(why.contains(words), "{name}: {why}"),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn trap_09_colours_equal_an_independent_conversion() {
    let Some(folder) = real("pydicom_testfiles", "trap_09_colours_equal_an_independent_conversion") else { return };
    for (name, wanted) in expected("colour").into_iter().filter(|(_, wanted)| wanted.get("sums").is_some()) {
        let stack = stack(&folder.join(&name));
        let slice = read_slice(&stack.info, 0, &stack.sources[0], &Limits::default()).unwrap();
        let SliceData::Rgb8(pixels) = slice else { panic!("{name} is not in colour") };
        let shape = wanted["shape"].as_array().unwrap();
        assert_eq!((&shape[0], &shape[1]), (&stack.info.rows.into(), &stack.info.columns.into()), "{name}");
        match wanted["sha256"].as_str() {
            Some(digest) => {
                let got = Sha256::digest(&pixels).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
                assert_eq!(got, digest, "{name}");
            }
            None => {
                for (channel, sum) in wanted["sums"].as_array().unwrap().iter().enumerate() {
                    let got: i64 = pixels.chunks_exact(3).map(|pixel| i64::from(pixel[channel])).sum();
                    let most = pixels.len() as i64 / 3; // one grey for each pixel
                    assert!((got - sum.as_i64().unwrap()).abs() <= most, "{name}: {got}, {sum}");
                }
            }
        }
    }
}

#[test]
fn trap_24_an_overlay_equals_an_independent_reader() {
    let name = "examples_overlay.dcm";
    let Some(file) = real(&format!("pydicom_testfiles/{name}"), "trap_24_an_overlay_equals_an_independent_reader")
    else {
        return;
    };
    let wanted = &expected("colour")[name];
    let stack = stack(&file);
    assert!(stack.info.overlays);
    let overlay = read_overlays(&stack.info, 0, &stack.sources[0], &Limits::default()).unwrap().unwrap();
    let places: Vec<usize> = overlay.places().collect();
    assert_eq!(
        (Some(places.len() as u64), Some(places.iter().sum::<usize>() as u64)),
        (wanted["set"].as_u64(), wanted["sum_of_places"].as_u64())
    );
}
