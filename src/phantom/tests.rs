use super::*;
use crate::clinical::{Answer, Coded};
use crate::geometry::{PatientPoint, VoxelIndex};
use std::collections::BTreeMap;
use std::sync::OnceLock;

const CASE: &str = "first-look";

/// The generated sample, made once for all tests: path below the case, content.
fn generated() -> &'static BTreeMap<PathBuf, Vec<u8>> {
    static MADE: OnceLock<BTreeMap<PathBuf, Vec<u8>>> = OnceLock::new();
    MADE.get_or_init(|| {
        let heard = AtomicUsize::new(0);
        let folder = tempfile::tempdir().unwrap();
        let progress = |done: usize, total: usize| {
            assert!(done <= total);
            heard.fetch_add(1, Ordering::Relaxed);
        };
        let written = write(CASE, folder.path(), &progress, &|| false).unwrap();
        assert!(heard.load(Ordering::Relaxed) > 0);
        let files = files_below(folder.path());
        assert_eq!(written.images + 1, files.len());
        assert_eq!(written.bytes, files.values().map(|content| content.len() as u64).sum::<u64>());
        // Writing again into the same folder changes nothing and is no error.
        assert_eq!(write(CASE, folder.path(), &progress, &|| false).unwrap(), written);
        assert_eq!(files_below(folder.path()), files);
        files
    })
}

fn files_below(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let (mut files, mut folders) = (BTreeMap::new(), vec![root.to_path_buf()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let content = std::fs::read(&path).unwrap();
                files.insert(path.strip_prefix(root).unwrap().to_path_buf(), content);
            }
        }
    }
    files
}

fn case() -> Case {
    course::plan(CASE).unwrap()
}

#[test]
fn the_committed_sample_is_the_generated_one() {
    let committed = files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data").join(CASE));
    let generated = generated();
    let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&committed), names(generated), "other files than the generator writes");
    let differ: Vec<_> = generated.iter().filter(|(name, content)| committed.get(*name) != Some(*content)).collect();
    assert!(
        differ.is_empty(),
        "{} files of sample_data/{CASE} are not what the generator makes, first {:?}: write it again with \
         `cargo run -- sample {CASE} --out sample_data/{CASE}` after deleting the folder",
        differ.len(),
        differ.first().map(|(name, _)| name)
    );
}

#[test]
fn the_sample_is_small() {
    let bytes: usize = generated().values().map(Vec::len).sum();
    assert!(bytes < 6_000_000, "{bytes} bytes");
}

#[test]
fn every_case_has_a_plan_and_an_unknown_one_is_named() {
    for info in cases() {
        assert_eq!(truth(&info.id).unwrap().title, info.title);
    }
    assert_eq!(cases().len(), RECIPES.len() + 1, "a recipe of the program cannot be read");
    let error = truth("nothing-like-it").unwrap_err().to_string();
    assert!(error.contains("nothing-like-it") && error.contains(CASE), "{error}");
    assert!(truth_grid("nothing-like-it", "pre").is_none());
}

#[test]
fn a_cancelled_sample_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let result = write(CASE, folder.path(), &|_, _| {}, &|| true);
    assert!(matches!(result, Err(PhantomError::Cancelled)));
    assert!(files_below(folder.path()).is_empty());
}

#[test]
fn a_file_in_the_way_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mine = folder.path().join("truth.json");
    std::fs::write(&mine, "mine").unwrap();
    let error = write(CASE, folder.path(), &|_, _| {}, &|| false).unwrap_err();
    assert!(matches!(&error, PhantomError::InTheWay { file } if *file == mine), "{error}");
    assert_eq!(std::fs::read_to_string(&mine).unwrap(), "mine");
    assert_eq!(files_below(folder.path()).len(), 1);
}

#[test]
fn the_truth_beside_the_images_is_the_truth() {
    let written: Truth = serde_json::from_slice(&generated()[Path::new("truth.json")]).unwrap();
    assert_eq!(written, truth(CASE).unwrap());
    assert_eq!(written.visits.iter().map(|v| v.day).collect::<Vec<_>>(), [-21, 35, 92, 183]);
    assert_eq!(written.visits[1].date.to_string(), "2024-04-16");
    for visit in &written.visits[1..] {
        let cc_mm = visit.shift_from_first_mm.z.abs();
        assert!((5.0..=20.0).contains(&cc_mm), "a reader needs a match: {cc_mm}");
    }
}

#[test]
fn the_key_tells_all_three_words() {
    let truth = truth(CASE).unwrap();
    let words = |lesion: usize| {
        truth.lesions[lesion].visits.iter().filter_map(|v| Some(v.key.as_ref()?.derived.code())).collect::<Vec<_>>()
    };
    assert_eq!(words(0), ["complete", "ltp", "ltp"]);
    assert_eq!(words(1), ["complete", "complete", "complete"]);
    assert_eq!(words(2), ["incomplete", "complete_assisted", "complete_assisted"]);
    for visit in truth.lesions.iter().flat_map(|lesion| &lesion.visits) {
        let viable = visit.key.as_ref().is_some_and(|key| key.answer == Answer::Viable);
        assert_eq!(viable, visit.viable_tumour.is_some(), "viable tumour is drawn where the key says so");
        assert_eq!(visit.tumour.is_some(), visit.key.is_none());
    }
}

#[test]
fn sizes_are_those_of_practice() {
    let truth = truth(CASE).unwrap();
    // reading.md 7: zone 42 x 34 x 34 mm = 25.4 ml, 36 x 29 x 29 = 15.9 ml, 30 x 24 x 24 = 9.0 ml.
    let zones: Vec<_> = truth.lesions[0].visits.iter().filter_map(|v| v.ablation_zone.as_ref()).collect();
    for (zone, (volume_ml, longest_mm)) in zones.iter().zip([(25.4, 42.0), (15.9, 36.0), (9.0, 30.0)]) {
        assert!((zone.volume_ml - volume_ml).abs() < 0.06, "{zone:?}");
        assert!((zone.longest_axial_mm - longest_mm).abs() < 1e-9, "{zone:?}");
    }
    assert_eq!(truth.lesions.iter().map(|l| l.long_axis_mm).collect::<Vec<_>>(), [18.0, 12.0, 22.0]);
    let nodule = truth.lesions[0].visits[2].viable_tumour.as_ref().unwrap();
    assert!((nodule.longest_axial_mm - 11.0).abs() < 1e-9, "{nodule:?}");
}

#[test]
fn voxel_counts_follow_the_shapes() {
    let truth = truth(CASE).unwrap();
    let mut seen = 0;
    for lesion in &truth.lesions {
        for visit in &lesion.visits {
            let grid = truth_grid(CASE, &visit.visit).unwrap();
            for (role, region) in [
                (MarkRole::Tumour, &visit.tumour),
                (MarkRole::AblationZone, &visit.ablation_zone),
                (MarkRole::ViableTumour, &visit.viable_tumour),
            ] {
                let mask = truth_mask(CASE, &visit.visit, &lesion.label, role);
                assert_eq!(mask.is_some(), region.is_some());
                let (Some(mask), Some(region)) = (mask, region) else { continue };
                seen += 1;
                assert_eq!(mask.len() as u64, region.voxels);
                assert!((region.voxels_ml - mask.len() as f64 * grid.voxel_volume_ml()).abs() < 0.001);
                // With 5 mm slices a small shape is a few voxels: 20 %, and 4 % from 5 ml on.
                let tolerance = if region.volume_ml > 5.0 { 0.04 } else { 0.20 };
                let off = (region.voxels_ml - region.volume_ml).abs() / region.volume_ml;
                assert!(off < tolerance, "{} {role:?} {off}", lesion.label);
                for [i, j, k] in mask {
                    let at = grid.to_patient(VoxelIndex::new(f64::from(i), f64::from(j), f64::from(k)));
                    assert!(at.distance_mm(region.centre) < region.longest_axial_mm, "far from its own middle");
                }
            }
        }
    }
    assert_eq!(seen, 3 + 9 + 3);
}

#[test]
fn lesions_and_zones_lie_in_the_liver_and_the_scan_covers_it() {
    let case = case();
    for visit in &case.visits {
        let (top, bottom) = (visit.top_mm - visit.shift.z, visit.top_mm - visit.shift.z - 155.0);
        assert!(top >= 2.0 && bottom <= -140.0, "{}: liver from 0 to -140, scanned {top} to {bottom}", visit.id);
    }
    for lesion in &case.lesions {
        assert!(anatomy::liver_mm(lesion.tumour.centre) < -10.0, "{}", lesion.label);
        for zone in lesion.at.iter().filter_map(|at| at.zone.as_ref()) {
            assert!(anatomy::liver_mm(zone.shape.centre) < -9.0, "{}", lesion.label);
        }
    }
}

/// The value of the voxel nearest to a place of the anatomy, without noise.
fn painted(visit: usize, phase: Phase, at: PatientPoint) -> f64 {
    let case = case();
    let plan = &case.visits[visit];
    let grid = scan::grid(plan, String::new());
    let index = grid.to_index(at + plan.shift);
    let slice = scan::paint_slice(&scan::scene(&case, visit), plan, &grid, index.k.round() as u32);
    let offset = index.j.round() as usize * scan::PIXELS as usize + index.i.round() as usize;
    f64::from(tissue::of_phase(slice[offset], phase))
}

#[test]
fn tissues_have_the_numbers_of_practice() {
    let close = |found: f64, wanted: f64, within: f64| assert!((found - wanted).abs() <= within, "{found} {wanted}");
    let at = PatientPoint::new;
    let pv = Phase::PortalVenous;
    close(painted(0, pv, at(-104.0, -20.0, -80.0)), 110.0, 2.0); // liver
    close(painted(0, pv, at(98.0, 30.0, -60.0)), 120.0, 2.0); // spleen
    close(painted(0, pv, at(11.5, 24.5, -70.0)), 150.0, 1.0); // aorta
    close(painted(0, Phase::Arterial, at(11.5, 24.5, -70.0)), 300.0, 1.0);
    close(painted(0, pv, at(-157.0, 0.0, -60.0)), -105.0, 1.0); // fat under the skin
    close(painted(0, pv, at(0.0, -135.0, -60.0)), -1000.0, 1.0); // air
    let tumour = case().lesions[0].tumour.centre;
    close(painted(0, pv, tumour), 58.0, 3.0);
    let zone = case().lesions[0].at[1].zone.as_ref().unwrap().shape.centre;
    // The core is 60 in both phases: no enhancement.
    close(painted(1, pv, zone), 60.0, 2.0);
    close(painted(1, Phase::Arterial, zone), 60.0, 2.0);
    close(painted(2, pv, zone), 33.0, 2.0);
}

#[test]
fn a_slice_is_the_same_on_one_core() {
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let file = one.install(|| {
        let case = case();
        slice_files(&case, &case.visits[2], &scan::scene(&case, 2), 14).unwrap()
    });
    for (name, content) in file {
        assert_eq!(generated().get(&name), Some(&content), "{}", name.display());
    }
}
