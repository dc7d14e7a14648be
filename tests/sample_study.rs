//! The committed sample, read back by the program's own reader, equals its truth.

use ablation_review::clinical::{Kernel, MarkRole, Modality, Sex, StackRole};
use ablation_review::dicom::{self, Found, FoundStack, Limits, Shape};
use ablation_review::geometry::{PatientPoint, VoxelIndex};
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
            assert_eq!(stack.info.shape, Shape::Volume(grid.clone()));
            assert_eq!(stack.info.frame_of_reference_uid.as_ref(), Some(&visit.frame_of_reference_uid));
            assert_eq!(stack.info.frames.len(), series.images as usize);
            assert_eq!(stack.info.oddities, []);
            assert_eq!((stack.info.modality, stack.info.unit), (Modality::Ct, Unit::Hu));
            assert_eq!(stack.info.kernel, Kernel::Soft);
            assert_eq!(stack.info.acquisition.kvp, Some(120.0));
            assert_eq!(stack.info.transfer_syntaxes, ["1.2.840.10008.1.2.1.99"]);
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
