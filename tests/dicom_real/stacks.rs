//! Series against what independent readers and the hand say of them (`tests/fixtures/stacks/make.py`).

use super::found;
use crate::support::real;
use ablation_review::dicom::{Found, FoundStack, Limits, Shape, find, inspect_json, read_grid_slice};
use ablation_review::volume::Volume;
use serde::Deserialize;
use serde_json::Value;
use std::path::{Path, PathBuf};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/stacks")
}

/// Reads all slices of a stack, as they are made of its frames.
fn volume(stack: &FoundStack) -> Volume {
    let volume = stack.info.empty_volume();
    for (k, cell) in volume.slices.iter().enumerate() {
        cell.set(read_grid_slice(&stack.info, k as u32, &stack.sources, &Limits::default()).unwrap()).unwrap();
    }
    volume
}

/// One stack of `expected.json`.
#[derive(Deserialize)]
struct Expected {
    split_by: Option<String>,
    slices: u32,
    spacing_mm: [f64; 3],
    /// At column 3, row 2 of each slice.
    values: Vec<f64>,
    phase: Value,
    warnings: Vec<String>,
    shape: String,
}

/// Compares what a folder holds with what was worked out by hand beside the script that wrote it.
fn as_expected(name: &str) {
    let folder = fixtures().join(name);
    let expected: Vec<Expected> =
        serde_json::from_str(&std::fs::read_to_string(folder.join("expected.json")).unwrap()).unwrap();
    let found = found(&folder);
    let json = inspect_json(&found, &|_| None);
    assert_eq!(found.stacks.len(), expected.len(), "{name}");
    assert_eq!(found.skipped.len(), 1, "{name}: its expected.json alone is no image");
    let groups: std::collections::BTreeSet<_> =
        found.stacks.iter().map(|s| s.info.group.as_ref().map(|g| &g.id)).collect();
    assert_eq!(groups.len(), 1, "{name}: one group");
    for ((stack, json), expected) in found.stacks.iter().zip(json["series"].as_array().unwrap()).zip(&expected) {
        assert_eq!(stack.info.split_by, expected.split_by, "{name}");
        assert_eq!(
            (&json["phase"], &json["shape"]),
            (&expected.phase, &Value::from(expected.shape.as_str())),
            "{name}"
        );
        assert_eq!(json["warnings"], serde_json::to_value(&expected.warnings).unwrap(), "{name}");
        assert_eq!(stack.info.slices(), expected.slices, "{name}");
        let volume = volume(stack);
        assert_eq!(volume.grid.spacing_mm, expected.spacing_mm, "{name}");
        let values: Vec<_> = (0..expected.slices).map(|k| volume.value(3, 2, k).unwrap()).collect();
        assert_eq!(values.len(), expected.values.len(), "{name}");
        for (ours, theirs) in values.iter().zip(&expected.values) {
            assert!((ours - theirs).abs() <= 1e-9 * theirs.abs(), "{name}: {ours} {theirs}");
        }
    }
}

#[test]
fn b_values_of_four_makers_and_of_the_standard() {
    for maker in ["siemens", "ge", "philips", "hitachi", "standard"] {
        as_expected(&format!("dwi_{maker}"));
    }
}

#[test]
fn phases_of_a_ct_series() {
    as_expected("ct_phases");
}

#[test]
fn an_enhanced_ct_of_two_times_with_frames_in_no_order() {
    as_expected("enhanced_ct");
}

#[test]
fn a_breathing_ct_of_four_phases_in_one_series() {
    as_expected("ct_4d");
}

#[test]
fn an_enhanced_mr_of_two_b_values_with_a_dimension_index() {
    as_expected("enhanced_mr");
}

#[test]
fn an_enhanced_pet_whose_corrections_are_told_one_by_one() {
    as_expected("enhanced_pet");
    let found = found(&fixtures().join("enhanced_pet"));
    assert_eq!(found.stacks[0].info.unit.code(), "SUVbw");
}

#[test]
fn a_concatenation_of_two_files() {
    as_expected("concatenation");
}

/// What their publisher took out of these series.
const NO_FRAME: &str = "no frame of reference; it can be linked by a match only";

/// What `make.py expect` writes.
#[derive(Deserialize)]
struct Resampled {
    shape_kji: [u32; 3],
    affine_lps: [[f64; 4]; 3],
    samples: Vec<Sample>,
}

#[derive(Deserialize)]
struct Sample {
    ijk: [u32; 3],
    value: Option<f64>,
}

/// Compares the only stack of a folder with an independent computation; values to `within`.
fn as_computed(folder: &Path, name: &str, within: f64, warnings: &[&str]) {
    let text = std::fs::read_to_string(fixtures().join(name)).unwrap();
    let fixture: Resampled = serde_json::from_str(&text).unwrap();
    let found = found(folder);
    let [stack] = found.stacks.as_slice() else { panic!("{} stacks", found.stacks.len()) };
    let said: Vec<_> = stack.info.oddities.iter().map(ToString::to_string).collect();
    assert_eq!(said, warnings);
    let volume = volume(stack);
    let [slices, rows, columns] = fixture.shape_kji;
    assert_eq!(volume.grid.dims, [columns, rows, slices]);
    for (own, other) in volume.grid.affine_lps().as_flattened().iter().zip(fixture.affine_lps.as_flattened()) {
        assert!((own - other).abs() < 1e-3, "{own} {other}");
    }
    let mut valued = 0;
    for Sample { ijk: [i, j, k], value } in fixture.samples {
        let own = volume.value(i, j, k);
        let padded = || {
            let stored = volume.slice(k).and_then(|s| s.stored((j * columns + i) as usize));
            stored.is_some_and(|stored| volume.padding.is_some_and(|p| p.covers(stored)))
        };
        match (own, value) {
            (Some(own), Some(other)) => assert!((own - other).abs() <= within, "{own} {other} at {i} {j} {k}"),
            // What the file calls padding has no value here; the other reader knows no padding.
            (None, _) => assert!(padded(), "no value at {i} {j} {k}"),
            (Some(own), None) => panic!("{own} outside the image at {i} {j} {k}"),
        }
        valued += usize::from(own.is_some());
    }
    assert!(valued > 50, "{valued} places have a value");
}

#[test]
fn a_sheared_ct_equals_an_independent_computation() {
    let Some(folder) = real("odd_geometry/gantrytilting", "a_sheared_ct_equals_an_independent_computation") else {
        return;
    };
    // Whole numbers, so half a HU of rounding.
    let said = "tilted 14.0 degrees: sheared onto a straight grid";
    as_computed(&folder, "gantrytilting.json", 0.5 + 1e-6, &[said, NO_FRAME]);
}

#[test]
fn a_slice_between_two_equals_an_independent_computation() {
    let Some(folder) = real("odd_geometry/sliceincrement", "a_slice_between_two_equals_an_independent_computation")
    else {
        return;
    };
    let said = "gap of 10.00 mm: slice 4 is missing and was made from its two neighbours";
    as_computed(&folder, "sliceincrement.json", 0.5 + 1e-6, &[said, NO_FRAME]);
}

#[test]
fn an_enhanced_mr_equals_independent_readers() {
    let Some(folder) = real("enhanced_mr/philips_t1", "an_enhanced_mr_equals_independent_readers") else { return };
    as_computed(&folder, "philips_t1.json", 1e-4, &[NO_FRAME]);
}

/// One file at a time, so that no file hides behind another of its series.
#[test]
fn inspect_understands_every_single_file() {
    let Some(data) = real("README.md", "inspect_understands_every_single_file") else { return };
    let all = super::volumes::all_files(data.parent().unwrap());
    assert!(all.len() > 200);
    let mut images = 0;
    for file in all {
        let found: Found = find(std::slice::from_ref(&file), &Limits::default(), &|_, _| {}, &|| false);
        assert_eq!(found.stacks.is_empty(), !found.skipped.is_empty(), "{}", file.display());
        for stack in &found.stacks {
            images += 1;
            let one = stack.info.slices() == 1;
            assert!(!one || matches!(stack.info.shape, Shape::PictureStack { .. }), "{}", file.display());
            for slice in 0..stack.info.slices() {
                assert!(stack.info.has_frames_for(slice));
            }
        }
        assert!(inspect_json(&found, &|_| None).is_object());
    }
    assert!(images > 120, "{images}");
}
