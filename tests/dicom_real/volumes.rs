//! Volumes equal what SimpleITK and pydicom read, voxel for voxel.

use super::{found, volume};
use crate::support::real;
use ablation_review::dicom::{Shape, inspect_json};
use ablation_review::export::nifti::{VoxelType, write_volume};
use ablation_review::geometry::{PatientPoint, VoxelIndex};
use ablation_review::volume::{Unit, auto_window};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::path::Path;

/// What `make.py` writes.
#[derive(Deserialize)]
struct Fixture {
    series_instance_uid: String,
    shape_kji: [u32; 3],
    affine_lps: [[f64; 4]; 3],
    sha256_int16_kji: String,
    samples: Vec<Sample>,
}

#[derive(Deserialize)]
struct Sample {
    ijk: [u32; 3],
    value: f64,
}

fn fixture(name: &str) -> Fixture {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/volume").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Compares the only stack below a folder with a fixture: grid, values at places, and the NIfTI file.
fn compare(folder: &Path, fixture: &Fixture, unit: Unit) {
    let found = found(folder);
    let stack = found.stacks.iter().find(|s| s.info.series_uid == fixture.series_instance_uid).unwrap();
    assert_eq!(stack.info.unit, unit);
    assert!(stack.info.oddities.is_empty(), "{:?}", stack.info.oddities);
    let Shape::Volume(grid) = &stack.info.shape else { panic!("{:?}", stack.info.shape) };
    let [slices, rows, columns] = fixture.shape_kji;
    assert_eq!(grid.dims, [columns, rows, slices]);
    // A micrometre at the far corner.
    let corner = grid.to_patient(VoxelIndex::new(columns.into(), rows.into(), slices.into()));
    let far =
        fixture.affine_lps.map(|[i, j, k, o]| i * f64::from(columns) + j * f64::from(rows) + k * f64::from(slices) + o);
    let off_mm = corner.distance_mm(PatientPoint::new(far[0], far[1], far[2]));
    assert!(off_mm < 2e-3, "{off_mm} mm off at the far corner");
    for (own, other) in grid.affine_lps().as_flattened().iter().zip(fixture.affine_lps.as_flattened()) {
        assert!((own - other).abs() < 1e-5, "{own} {other}");
    }
    let volume = volume(stack);
    assert!(volume.is_complete());
    let mut valued = 0;
    for sample in &fixture.samples {
        let [i, j, k] = sample.ijk;
        let stored = volume.slice(k).unwrap().stored((j * columns + i) as usize).unwrap();
        assert_eq!(volume.rescale[k as usize].apply(stored), sample.value, "at {:?}", sample.ijk);
        // Padding is a voxel of the file and no value of the image.
        let value = Some(sample.value).filter(|_| !volume.padding.is_some_and(|p| p.covers(stored)));
        assert_eq!(volume.value(i, j, k), value, "at {:?}", sample.ijk);
        let place = volume.grid.to_patient(VoxelIndex::new(i.into(), j.into(), k.into()));
        assert_eq!(volume.sample(place), value, "at {:?}", sample.ijk);
        valued += usize::from(value.is_some());
    }
    assert!(valued > 10, "{valued} of twenty places have a value");
    let out = tempfile::tempdir().unwrap();
    let file = out.path().join("volume.nii");
    assert_eq!(write_volume(&volume, &file).unwrap(), VoxelType::Int16);
    let bytes = std::fs::read(&file).unwrap();
    assert_eq!(hex(&bytes[352..]), fixture.sha256_int16_kji);
    // RAS: the signs of x and y turn.
    let sform: Vec<f32> = bytes[280..328].chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect();
    for (n, (got, want)) in sform.iter().zip(fixture.affine_lps.as_flattened()).enumerate() {
        let want = if n < 8 { -want } else { *want };
        assert!((f64::from(*got) - want).abs() < 1e-4, "{got} {want}");
    }
}

#[test]
fn the_sample_equals_independent_readers() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data/first-look");
    compare(&sample.join("pre/portal-venous"), &fixture("sample_pre.json"), Unit::Hu);
    compare(&sample.join("d92/arterial"), &fixture("sample_d92_arterial.json"), Unit::Hu);
}

#[test]
fn ct_abdomen_equals_independent_readers() {
    let Some(folder) = real("ct_abdomen", "ct_abdomen_equals_independent_readers") else { return };
    compare(&folder, &fixture("ct_abdomen.json"), Unit::Hu);
}

#[test]
fn mr_liver_coronal_equals_independent_readers() {
    let Some(folder) = real("mr_liver_coronal", "mr_liver_coronal_equals_independent_readers") else { return };
    compare(&folder, &fixture("mr_liver_coronal.json"), Unit::None);
}

#[test]
fn ct_abdomen_is_one_volume_of_thirty_five() {
    let Some(folder) = real("ct_abdomen", "ct_abdomen_is_one_volume_of_thirty_five") else { return };
    let found = found(&folder);
    let json = inspect_json(&found, &|_| None);
    let series = &json["series"];
    assert_eq!(series.as_array().unwrap().len(), 1);
    assert_eq!((&series[0]["slices"], &series[0]["shape"]), (&35.into(), &"volume".into()));
    assert_eq!(series[0]["files"], 35);
    assert_eq!(json["skipped"].as_array().unwrap().len(), 1, "its README");
    // The automatic window stays inside the body: no air, and not stretched by metal.
    let window = auto_window(&volume(&found.stacks[0]), Some(17)).unwrap();
    assert!((-100.0..200.0).contains(&window.centre) && (200.0..800.0).contains(&window.width), "{window:?}");
}

#[test]
fn every_file_is_in_a_stack_or_skipped_with_a_reason() {
    let Some(data) = real("README.md", "every_file_is_in_a_stack_or_skipped_with_a_reason") else { return };
    let data = data.parent().unwrap();
    let found = found(data);
    let mut seen: Vec<&Path> = found.skipped.iter().map(|s| s.file.as_path()).collect();
    seen.extend(found.stacks.iter().flat_map(|s| &s.sources).map(|s| s.path.as_path()));
    // What is read in an archive stands for it.
    seen.iter_mut().for_each(|path| *path = path.ancestors().find(|path| path.is_file()).unwrap());
    seen.sort_unstable();
    seen.dedup();
    // A DICOMDIR stands for what it lists, and is no file that could not be read.
    let is_list = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("DICOMDIR"));
    let lost: Vec<_> = all_files(data).into_iter().filter(|f| !is_list(f) && !seen.contains(&f.as_path())).collect();
    assert!(lost.is_empty() && seen.len() > 300, "{lost:?}");
    for skipped in &found.skipped {
        assert!(skipped.reason.ends_with('.') && skipped.reason.len() > 15, "{skipped:?}");
        assert!(!skipped.reason.contains("made the reader fail"), "{skipped:?}");
    }
    let json = inspect_json(&found, &|_| None);
    assert_eq!(json["series"].as_array().unwrap().len(), found.stacks.len());
    assert_eq!(json, inspect_json(&super::found(data), &|_| None), "the second look differs");
}

pub(super) fn all_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() { all.extend(all_files(&entry.path())) } else { all.push(entry.path()) }
    }
    all.sort_unstable();
    all
}

#[test]
fn odd_geometry_is_named() {
    let Some(folder) = real("odd_geometry", "odd_geometry_is_named") else { return };
    let warnings = |name: &str| -> Vec<String> {
        let found = found(&folder.join(name));
        assert!(!found.stacks.is_empty());
        found.stacks.iter().flat_map(|s| &s.info.oddities).map(ToString::to_string).collect()
    };
    assert!(warnings("notavolume")[0].contains("share their position"));
    let square = found(&folder.join("non_square_pixels"));
    let [along, down] = square.stacks[0].info.pixel_spacing_mm.unwrap();
    assert!((along - 6.4).abs() < 1e-3 && down == 4.0, "{along} {down}");
}
