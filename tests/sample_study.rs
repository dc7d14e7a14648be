//! The committed sample, read back by the program's own reader, equals its truth.

use ablation_review::clinical::{Kernel, MarkRole, Modality, Oddity, Sex, StackRole};
use ablation_review::dicom::{self, Found, FoundStack, Limits, Shape};
use ablation_review::geometry::{Grid, PatientPoint, PatientVector, VoxelIndex};
use ablation_review::intake;
use ablation_review::phantom::{self, Truth};
use ablation_review::volume::{Statistics, Unit, Volume};
use std::path::PathBuf;

const CASE: &str = "first-look";

/// The folder of the committed sample.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("sample_data").join(CASE)
}

fn found() -> Found {
    dicom::find(&[folder()], &Limits::default(), &|_, _| {}, &|| false)
}

fn truth() -> Truth {
    phantom::truth(CASE).unwrap()
}

fn stack<'a>(found: &'a Found, series_uid: &str) -> &'a FoundStack {
    found.stacks.iter().find(|stack| stack.info.series_uid == series_uid).unwrap()
}

fn load(stack: &FoundStack) -> Volume {
    let volume = stack.info.empty_volume();
    for (k, source) in stack.sources.iter().enumerate() {
        let data = dicom::read_slice(&stack.info, k as u32, source, &Limits::default()).unwrap();
        volume.slices[k].set(data).unwrap();
    }
    volume
}

/// Statistics of the voxels whose centre lies within `radius_mm` of a place.
fn ball(volume: &Volume, middle: PatientPoint, radius_mm: f64) -> Statistics {
    let [columns, rows, slices] = volume.grid.dims;
    let values = (0..slices).flat_map(|k| (0..rows).flat_map(move |j| (0..columns).map(move |i| [i, j, k])));
    let inside = values.filter(|[i, j, k]| {
        let at = volume.grid.to_patient(VoxelIndex::new(f64::from(*i), f64::from(*j), f64::from(*k)));
        at.distance_mm(middle) <= radius_mm
    });
    Statistics::of(inside.filter_map(|[i, j, k]| volume.value(i, j, k))).unwrap()
}

#[test]
fn the_reader_finds_every_series_of_the_truth() {
    let (found, truth) = (found(), truth());
    assert_eq!(found.stacks.len(), truth.visits.iter().map(|v| v.series.len()).sum::<usize>());
    assert_eq!(found.skipped.len(), 1, "only truth.json is no image: {:?}", found.skipped);
    for visit in &truth.visits {
        let grid = phantom::truth_grid(CASE, &visit.id).unwrap();
        for series in &visit.series {
            let stack = stack(&found, &series.uid);
            assert_eq!(stack.study.uid, visit.study_uid);
            assert_eq!(stack.study.date, Some(visit.date));
            // Positions are decimal text in a file: the same to rounding.
            let Shape::Volume(read) = &stack.info.shape else { panic!("{:?}", stack.info.shape) };
            assert!(read.origin.distance_mm(grid.origin) < 1e-9);
            assert_eq!(Grid { origin: grid.origin, ..read.clone() }, grid);
            assert_eq!(stack.info.frame_of_reference_uid.as_ref(), Some(&visit.frame_of_reference_uid));
            assert_eq!(stack.info.frames.len(), series.images as usize);
            assert_eq!(stack.info.oddities, []);
            assert_eq!((stack.info.modality, stack.info.unit), (Modality::Ct, Unit::Hu));
            assert_eq!(stack.info.kernel, Kernel::Soft);
            assert_eq!(stack.info.acquisition.kvp, Some(120.0));
            assert_eq!(stack.info.transfer_syntaxes, ["1.2.840.10008.1.2.4.80"]);
            assert_eq!((stack.identity.dicom_patient_id.as_str(), stack.sex), (truth.patient_id.as_str(), Sex::Male));
            let after_s = stack.info.acquisition.after_contrast_s.unwrap();
            let wanted = if series.role == StackRole::CtArterial { 35.0..40.0 } else { 70.0..75.0 };
            assert!(wanted.contains(&after_s), "{after_s} s after contrast");
        }
    }
}

#[test]
fn roles_are_proposed_as_they_are() {
    let (found, truth) = (found(), truth());
    for visit in &truth.visits {
        for series in &visit.series {
            let this = stack(&found, &series.uid);
            let others: Vec<_> = found
                .stacks
                .iter()
                .filter(|other| other.study.uid == this.study.uid && other.info.key != this.info.key)
                .map(|other| &other.info)
                .collect();
            assert_eq!(intake::propose_role(&this.info, &others).value, series.role, "{}", series.folder);
        }
    }
}

#[test]
fn values_are_those_of_the_recipe() {
    let (found, truth) = (found(), truth());
    for visit in &truth.visits {
        let series = visit.series.iter().find(|s| s.role == StackRole::CtPortalVenous).unwrap();
        let volume = load(stack(&found, &series.uid));
        assert_eq!(volume.value(0, 0, 0), None, "outside the field of view is padding");
        // Even liver of segment V: the body's own place, as the first visit lies and then as this one.
        let even = PatientPoint::new(-101.9, -33.0, -144.0) + visit.shift_from_first_mm;
        let liver = ball(&volume, even, 9.0);
        assert!((liver.mean - 110.0).abs() < 3.0, "{}: liver {liver:?}", visit.id);
        assert!((9.0..14.0).contains(&liver.sd.unwrap()), "{}: liver {liver:?}", visit.id);
        for lesion in &truth.lesions {
            let at = lesion.visits.iter().find(|v| v.visit == visit.id).unwrap();
            if let Some(mask) = phantom::truth_mask(CASE, &visit.id, &lesion.label, MarkRole::ViableTumour) {
                // 75 HU, blurred at the edge with liver and zone.
                let inside = Statistics::of(mask.iter().filter_map(|[i, j, k]| volume.value(*i, *j, *k))).unwrap();
                assert!((68.0..88.0).contains(&inside.mean), "{} {}: {inside:?}", lesion.label, visit.id);
            }
            if let Some(zone) = &at.ablation_zone {
                let inside = ball(&volume, zone.centre, 6.0);
                let (low, high) = if inside.mean > 45.0 { (52.0, 64.0) } else { (28.0, 42.0) };
                assert!((low..high).contains(&inside.mean), "{} {}: {inside:?}", lesion.label, visit.id);
            }
        }
    }
}

#[test]
fn a_place_moves_with_the_patient_and_not_with_the_table() {
    let truth = truth();
    for lesion in &truth.lesions {
        let first = lesion.visits[0].place;
        for (visit, at) in truth.visits.iter().zip(&lesion.visits) {
            assert!(at.place.distance_mm(first + visit.shift_from_first_mm) < 1e-9);
        }
    }
}

#[test]
fn every_series_of_other_cases_is_read_as_what_it_is() {
    // The first visit of an MR and of a CT case, few slices: what the reader finds is what the truth says.
    for (id, deep) in [
        ("liver-09", ("deep_mm = 186.0", "deep_mm = 24.0")),
        ("liver-10", ("slices = 60", "slices = 6")),
        ("liver-06", ("slices = 60", "slices = 6")),
    ] {
        let recipe = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("sample_data/cases").join(format!("{id}.toml"));
        let text = std::fs::read_to_string(recipe).unwrap().replace(deep.0, deep.1);
        let second = text.match_indices("[[visits]]").nth(1).unwrap().0;
        let distractor = text.replace("visits = [\"scan-1\", \"scan-2\"]\n", "");
        let text = distractor[..distractor.len() - (text.len() - second)].to_owned();
        let folder = tempfile::tempdir().unwrap();
        let (file, out) = (folder.path().join("small.toml"), folder.path().join("out"));
        std::fs::write(&file, text).unwrap();
        let case = file.to_string_lossy();
        let truth = phantom::truth(&case).unwrap();
        phantom::write(&case, &out, &|_, _| {}, &|| false).unwrap();
        let found = dicom::find(&[out], &Limits::default(), &|_, _| {}, &|| false);
        let visit = &truth.visits[0];
        assert_eq!(found.stacks.len(), visit.series.len(), "{id}");
        let masks = phantom::truth_masks(&case).unwrap();
        for series in &visit.series {
            let this = stack(&found, &series.uid);
            assert_eq!(this.info.oddities, [], "{id} {}", series.folder);
            assert_eq!(this.info.frames.len(), series.images as usize);
            let others: Vec<_> =
                found.stacks.iter().filter(|other| other.info.key != this.info.key).map(|other| &other.info).collect();
            assert_eq!(intake::propose_role(&this.info, &others).value, series.role, "{id} {}", series.folder);
            let mask = masks.iter().find(|mask| mask.series == series.folder).unwrap();
            assert_eq!(this.info.shape, Shape::Volume(mask.grid.clone()), "{id} {}", series.folder);
        }
    }
}

/// A case of one visit made from a recipe of the program by changing it; its truth and what the reader finds.
fn changed(id: &str, changes: &[(&str, &str)], folder: &std::path::Path) -> (Truth, Found) {
    let recipe = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("sample_data/cases").join(format!("{id}.toml"));
    let mut text = std::fs::read_to_string(recipe).unwrap();
    let second = text.match_indices("[[visits]]").nth(1).unwrap().0;
    text.truncate(second);
    for (from, to) in changes {
        assert!(text.contains(from), "{from:?} is not in {id}");
        text = text.replace(from, to);
    }
    let (file, out) = (folder.join("changed.toml"), folder.join("out"));
    std::fs::write(&file, text).unwrap();
    phantom::write(&file.to_string_lossy(), &out, &|_, _| {}, &|| false).unwrap();
    let found = dicom::find(std::slice::from_ref(&out), &Limits::default(), &|_, _| {}, &|| false);
    assert!(phantom::is_written(&file.to_string_lossy(), &out));
    (phantom::truth_in(&out).unwrap(), found)
}

/// The recipe's first visit made small: 12 slices around the middle lesion.
const SMALL: (&str, &str) = (
    "matrix = 320, pixel_mm = 1.1, slice_mm = 3.0, slices = 45",
    "matrix = 128, pixel_mm = 2.75, slice_mm = 4.0, slices = 12",
);

fn alike(a: &Grid, b: &Grid) -> bool {
    let near = |a: PatientPoint, b: PatientPoint| a.distance_mm(b) < 1e-3;
    let corner = |grid: &Grid| {
        let [i, j, k] = grid.dims.map(|n| f64::from(n - 1));
        grid.to_patient(VoxelIndex::new(i, j, k))
    };
    a.dims == b.dims && a.space == b.space && near(a.origin, b.origin) && near(corner(a), corner(b))
}

#[test]
fn a_tilted_gantry_has_masks_on_the_straight_grid_of_its_slices() {
    for tilt in ["12.5", "-7.0"] {
        let folder = tempfile::tempdir().unwrap();
        let odd = format!("top_mm = -32.0, odd = {{ tilt_deg = {tilt} }}");
        let (truth, found) = changed("first-look", &[SMALL, ("top_mm = 3.0", &odd)], folder.path());
        for series in &truth.visits[0].series {
            let this = stack(&found, &series.uid);
            assert!(
                matches!(this.info.oddities[..], [Oddity::Tilted { sheared: true, .. }]),
                "{:?}",
                this.info.oddities
            );
            let Shape::Volume(grid) = &this.info.shape else { panic!("{:?}", this.info.shape) };
            let masks = truth.masks_on(&series.uid).unwrap();
            assert!(!masks.is_empty());
            for mask in &masks {
                assert!(alike(&mask.grid, grid), "{:?} {grid:?}", mask.grid);
            }
            if series.role != StackRole::CtPortalVenous {
                continue;
            }
            // The mask lies on the dark tumour of the volume.
            let (volume, mask) = (load(this), masks.iter().find(|mask| mask.lesion == "L1").unwrap());
            let inside = mask.voxels.iter().filter_map(|[i, j, k]| volume.value(*i, *j, *k));
            let mean = Statistics::of(inside).unwrap().mean;
            let around =
                ball(&volume, truth.lesions[0].visits[0].place + PatientVector::new(0.0, -22.0, 0.0), 6.0).mean;
            assert!(mean < around - 10.0, "{} {mean} {around}", series.folder);
        }
    }
}

#[test]
fn a_missing_slice_and_a_second_frame_of_reference_are_met_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let odd = "top_mm = -32.0, odd = { missing_slices = [5], second_frame_of_reference = true }";
    let (truth, found) = changed("first-look", &[SMALL, ("top_mm = 3.0", odd)], folder.path());
    let frames: Vec<_> = truth.visits[0]
        .series
        .iter()
        .map(|series| {
            // Whatever the reader makes of the gap, no image is lost and none is made up.
            let of_series = || found.stacks.iter().filter(|stack| stack.info.series_uid == series.uid);
            assert_eq!(of_series().map(|stack| stack.sources.len()).sum::<usize>(), series.images as usize);
            assert_eq!(series.images, 11);
            let this = of_series().next().unwrap();
            this.info.frame_of_reference_uid.clone().unwrap()
        })
        .collect();
    assert_ne!(frames[0], frames[1]);
}

#[test]
fn packed_values_are_the_same_however_they_are_packed() {
    let values = |packing: &str| {
        let folder = tempfile::tempdir().unwrap();
        let packing = format!("packing = \"{packing}\"");
        let changes = [SMALL, ("packing = \"jpeg_ls\"", packing.as_str()), ("top_mm = 3.0", "top_mm = -32.0")];
        let (truth, found) = changed("first-look", &changes, folder.path());
        let volume = load(stack(&found, &truth.visits[0].series[1].uid));
        let [columns, rows, slices] = volume.grid.dims;
        let places = (0..slices).flat_map(|k| (0..rows).flat_map(move |j| (0..columns).map(move |i| [i, j, k])));
        places.map(|[i, j, k]| volume.value(i, j, k)).collect::<Vec<_>>()
    };
    let (plain, deflated, jpeg_ls) = (values("plain"), values("deflated"), values("jpeg_ls"));
    let inside = plain.iter().flatten().count();
    assert!(inside > 100_000 && inside < plain.len());
    for ((plain, deflated), jpeg_ls) in plain.iter().zip(&deflated).zip(&jpeg_ls) {
        // Steps of 2 and 4 HU in the body, of 32 in air.
        let step = if plain.is_some_and(|hu| hu < -600.0) { 40.0 } else { 2.5 };
        let near = |a: &Option<f64>| {
            a.is_some() == plain.is_some() && a.zip(*plain).is_none_or(|(a, b)| (a - b).abs() <= step)
        };
        assert!(near(deflated) && near(jpeg_ls), "{plain:?} {deflated:?} {jpeg_ls:?}");
    }
}
