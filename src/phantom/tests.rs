use super::recipe::{Phase, Visit};
use super::study::{expose, grid, slice_values};
use super::*;
use crate::clinical::{
    AblationModality, Adequacy, Answer, Finding, FindingKey, FindingStatus, LesionId, Organ, PatientId, ReaderId,
    SessionId, StudySettings, TechnicalSuccess, Track, VisitId, VisitSource,
};
use crate::geometry::{PatientPoint, VoxelIndex};
use crate::outcome::{Efficacy, LesionHistory, LesionVisit, StudyContent, TreatedSession, derive};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A study that is made in a moment.
const SMALL: &str = r#"
title = "Small"
summary = "A small study for tests."
teaching_point = "None."
not_shown = "Most."
seed = 5
[patient]
id = "SAMPLE-T"
sex = "F"
age_years = 50
primary = "crc"
first_session = "2024-01-01"
[[sessions]]
day = 0
modality = "mwa"
lesions = ["L1"]
[[lesions]]
label = "L1"
organ = "liver"
segment = "VII"
tumour_type = "metastasis"
look = "colorectal"
place_mm = [-80.0, 30.0, -58.0]
size_mm = [20.0, 18.0, 18.0]
[[visits]]
id = "one"
title = "One"
day = -7
start = "08:00:00"
lie = { shift_mm = [3.0, -2.0, -10.0], turn_deg = [1.0, 2.0, -3.0], breath_mm = [0.0, -2.0, 8.0] }
ct = { phases = ["unenhanced", "portal_venous"], matrix = 64, pixel_mm = 6.0, slice_mm = 6.0, slices = 8, top_mm = -40.0, noise_hu = 10.0, phase_breath_mm = { portal_venous = 4.0 }, odd = { missing_slices = [3], second_frame_of_reference = true } }
[[visits.lesions]]
label = "L1"
tumour_percent = 100.0
"#;

fn small() -> Study {
    Study { id: "small".into(), recipe: Recipe::read("small.toml", SMALL).unwrap() }
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

/// A case as it is made: path below the case, content.
fn generated(case: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    let heard = AtomicUsize::new(0);
    let folder = tempfile::tempdir().unwrap();
    let progress = |done: usize, total: usize| {
        assert!(done <= total);
        heard.fetch_add(1, Ordering::Relaxed);
    };
    let written = write(case, folder.path(), &progress, &|| false).unwrap();
    assert_eq!(heard.load(Ordering::Relaxed), written.images);
    let files = files_below(folder.path());
    assert_eq!(written.images + 1, files.len());
    assert_eq!(written.bytes, files.values().map(|content| content.len() as u64).sum::<u64>());
    files
}

#[test]
fn the_committed_samples_are_the_generated_ones() {
    let mut bytes = 0;
    for case in READY_CASES {
        bytes += committed_is_generated(case);
    }
    assert!(bytes < 25_000_000, "{bytes} bytes: the repository is to stay small");
}

fn committed_is_generated(case: &str) -> usize {
    let committed = files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data").join(case));
    let generated = generated(case);
    let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&committed), names(&generated), "other files than the generator writes");
    let differ: Vec<_> = generated.iter().filter(|(name, content)| committed.get(*name) != Some(*content)).collect();
    assert!(
        differ.is_empty(),
        "{} files of sample_data/{case} are not what the generator makes, first {:?}: delete the folder \
         and write it again as sample_data/README.md says",
        differ.len(),
        differ.first().map(|(name, _)| name)
    );
    generated.values().map(Vec::len).sum()
}

#[test]
fn every_recipe_of_the_program_can_be_read_and_an_unknown_one_is_named() {
    assert_eq!(cases().len(), BUILT_IN.len(), "a recipe of the program cannot be read");
    for info in cases() {
        assert_eq!(truth(&info.id).unwrap().title, info.title);
        let neutral = format!("{} {}", info.title, info.summary).to_lowercase();
        for spoiler in ["residual", "progression", "recur", "complete", "equivocal"] {
            assert!(!neutral.contains(spoiler), "{} gives {spoiler:?} away", info.id);
        }
    }
    let error = truth("nothing-like-it").unwrap_err().to_string();
    assert!(error.contains("nothing-like-it") && error.contains(FIRST_CASE), "{error}");
    assert!(truth_grid("nothing-like-it", "pre").is_none());
}

#[test]
fn a_recipe_by_its_path_is_a_case() {
    let folder = tempfile::tempdir().unwrap();
    let recipe = folder.path().join("My case.toml");
    std::fs::write(&recipe, SMALL).unwrap();
    let truth = truth(&recipe.to_string_lossy()).unwrap();
    assert_eq!((truth.case.as_str(), truth.title.as_str()), ("my-case", "Small"));
    let missing = folder.path().join("other.toml");
    assert!(matches!(super::truth(&missing.to_string_lossy()), Err(PhantomError::Read { .. })));
    std::fs::write(&recipe, SMALL.replace("seed = 5", "seed = -1")).unwrap();
    let error = super::truth(&recipe.to_string_lossy()).unwrap_err().to_string();
    assert!(error.contains("My case.toml"), "{error}");
}

#[test]
fn a_cancelled_sample_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let asked = AtomicUsize::new(0);
    let enough = || asked.fetch_add(1, Ordering::Relaxed) > 3;
    let result = writing::write(&small(), folder.path(), &|_, _| {}, &enough);
    assert!(matches!(result, Err(PhantomError::Cancelled)));
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none(), "what was written is taken back");
}

#[test]
fn a_file_in_the_way_is_kept_and_nothing_else_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let mine = folder.path().join("one/portal-venous/005.dcm");
    std::fs::create_dir_all(mine.parent().unwrap()).unwrap();
    std::fs::write(&mine, "mine").unwrap();
    let error = writing::write(&small(), folder.path(), &|_, _| {}, &|| false).unwrap_err();
    assert!(matches!(&error, PhantomError::InTheWay { file } if *file == mine), "{error}");
    assert_eq!(std::fs::read_to_string(&mine).unwrap(), "mine");
    assert_eq!(files_below(folder.path()).len(), 1);
}

#[test]
fn bytes_are_the_same_on_one_core_and_on_eight_and_the_second_time() {
    let folders = [1, 8].map(|threads| {
        let folder = tempfile::tempdir().unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let write = || writing::write(&small(), folder.path(), &|_, _| {}, &|| false).unwrap();
        let first = pool.install(write);
        assert_eq!(first.images, 14, "two phases of eight slices, one of each is missing");
        assert_eq!(pool.install(write), first, "writing again changes nothing");
        folder
    });
    assert_eq!(files_below(folders[0].path()), files_below(folders[1].path()));
}

/// One study for each case, made once.
fn studies() -> Vec<Study> {
    cases().iter().map(|info| open(&info.id).unwrap()).collect()
}

#[test]
fn the_rules_make_the_words_of_every_key() {
    let mut words = 0;
    for study in studies() {
        let truth = study::truth(&study);
        for lesion in &truth.lesions {
            let history = history(&truth, lesion);
            let today = truth.visits.last().unwrap().date;
            let outcome = derive(&history, &StudySettings::default(), today);
            for (n, at) in lesion.visits.iter().enumerate() {
                let Some(key) = &at.key else { continue };
                let word = &outcome.at(VisitId(n as u32)).unwrap().word;
                assert_eq!(word.value, key.derived, "{} {} {}: {}", truth.case, lesion.label, at.visit, word.because);
                assert_eq!(key.answer == Answer::Viable, at.viable_tumour.is_some(), "{} {}", truth.case, at.visit);
                words += 1;
            }
        }
    }
    assert!(words > 30, "{words}");
}

fn history(truth: &Truth, lesion: &LesionTruth) -> LesionHistory {
    let mut history = LesionHistory::new(PatientId(1), LesionId(1), lesion.label.clone());
    for (n, session) in truth.sessions.iter().enumerate().filter(|(_, s)| s.lesions.contains(&lesion.label)) {
        history.sessions.push(TreatedSession {
            id: SessionId(n as u32),
            date: session.date,
            modality: AblationModality::Microwave,
            technical_success: TechnicalSuccess::Yes,
            planned_before_first_follow_up: false,
        });
    }
    for (n, (visit, at)) in truth.visits.iter().zip(&lesion.visits).enumerate() {
        let id = VisitId(n as u32);
        let roles: Vec<_> = visit.series.iter().map(|series| series.role).collect();
        let finding = at.key.as_ref().map(|key| {
            let read_as = FindingKey { lesion: LesionId(1), visit: id, reader: ReaderId(1), track: Track::Main };
            let mut finding = Finding::draft(read_as, visit.date.and_hms_opt(12, 0, 0).unwrap().and_utc());
            finding.answer = Some(key.answer);
            finding.shape = Some(key.shape);
            finding.not_evaluable_reason = key.reason;
            finding.viable_ld_mm = at.viable_tumour.as_ref().map(|viable| viable.longest_axial_mm);
            let adequate = key.answer != Answer::NotEvaluable;
            finding.adequacy = Some(Adequacy { adequate, reason: "by the key".into(), by_reader: true });
            finding.status = FindingStatus::Signed;
            finding
        });
        history.visits.push(LesionVisit {
            id,
            date: visit.date,
            source: VisitSource::Images,
            study: StudyContent::from_roles(&roles),
            finding,
            marks: Vec::new(),
        });
    }
    history
}

#[test]
fn the_lesions_of_the_first_case_count_as_its_story_tells() {
    let truth = truth(FIRST_CASE).unwrap();
    let today = truth.visits.last().unwrap().date;
    for lesion in &truth.lesions {
        let outcome = derive(&history(&truth, lesion), &StudySettings::default(), today);
        let wanted = if lesion.label == "L3" { Efficacy::Incomplete } else { Efficacy::Complete };
        assert_eq!(outcome.counted.primary.value.efficacy, wanted, "{}", lesion.label);
    }
    let keys = truth.lesions.iter().flat_map(|lesion| &lesion.visits).filter_map(|at| at.key.as_ref());
    let hidden =
        |key: &KeyTruth| key.answer == Answer::Viable && key.shape == crate::clinical::Shape::HypoattenuatingNodule;
    assert!(keys.into_iter().any(hidden), "a metastasis that is dark when viable");
}

#[test]
fn sizes_are_those_of_practice() {
    let truth = truth("liver-01").unwrap();
    // reading.md 7: zone 42 x 34 x 34 mm = 25.4 ml, 36 x 29 x 29 = 15.9 ml, 30 x 24 x 24 = 9.0 ml.
    let zones: Vec<_> = truth.lesions[0].visits.iter().filter_map(|v| v.ablation_zone.as_ref()).collect();
    assert_eq!(zones.len(), 3);
    for (zone, (volume_ml, longest_mm)) in zones.iter().zip([(25.4, 42.0), (15.9, 36.0), (9.0, 30.0)]) {
        assert!((zone.volume_ml - volume_ml).abs() < 0.06, "{zone:?}");
        assert!((zone.longest_axial_mm - longest_mm).abs() < 0.1, "{zone:?}");
    }
}

#[test]
fn voxel_counts_follow_the_shapes_and_margins_the_story() {
    let mut seen = 0;
    for study in studies() {
        let truth = study::truth(&study);
        for at in truth.lesions.iter().flat_map(|lesion| &lesion.visits) {
            let visit = study.visit(&at.visit).unwrap();
            let grid = grid(visit, Study::main_phase(visit), String::new());
            for region in [&at.tumour, &at.ablation_zone, &at.viable_tumour].into_iter().flatten() {
                seen += 1;
                // The error of counting grows with the slices against the size of the region.
                let size_mm = (region.volume_ml * 6000.0 / std::f64::consts::PI).cbrt();
                let tolerance = 0.02 + 1.3 * (grid.spacing_mm[2] / size_mm) * (grid.spacing_mm[2] / size_mm);
                let off = (region.voxels_ml - region.volume_ml).abs() / region.volume_ml;
                assert!(off < tolerance, "{} {}: {off} of {tolerance}, {region:?}", truth.case, at.visit);
                let at_centre = grid.to_index(region.centre);
                assert!(grid.contains(at_centre), "{} {}: outside the scan", truth.case, at.visit);
            }
            if let Some(margin) = &at.margin {
                assert!(margin.least_mm <= margin.median_mm && margin.median_mm <= margin.most_mm);
                let uncovered = at.key.as_ref().is_some_and(|key| key.derived == crate::outcome::Word::Incomplete);
                let early = at.days_after_last_session < 60;
                if early && !uncovered {
                    assert!(margin.least_mm > -0.01, "{} {}: {margin:?}", truth.case, at.visit);
                }
            }
        }
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn lesions_lie_inside_their_organ_and_every_scan_covers_the_liver() {
    for study in studies() {
        for lesion in study.recipe.lesions.iter().filter(|lesion| lesion.organ == Organ::Liver) {
            let [x, y, z] = lesion.place_mm;
            let depth = body::liver_surface().distance_mm(PatientPoint::new(x, y, z));
            assert!(depth < -7.0, "{} {}: {depth} mm", study.id, lesion.label);
        }
        for visit in &study.recipe.visits {
            let long = study.recipe.patient.build[2];
            for phase in visit.phases() {
                let scan = visit.scan(phase);
                let (top, deep) = (scan.top_mm, f64::from(scan.slices - 1) * scan.slice_mm);
                let breath = visit.lie.breath_mm[2] + scan.breath_mm;
                let covered = top - breath >= -2.0 && top - deep - breath <= -128.0 * long;
                assert!(covered, "{} {} {phase:?}", study.id, visit.id);
            }
        }
    }
}

#[test]
fn landmarks_are_the_same_place_at_every_visit() {
    let study = open("liver-02").unwrap();
    let truth = study::truth(&study);
    for visit in &truth.visits {
        let spine = visit.landmarks.iter().find(|mark| mark.name == "T12").unwrap();
        let vein = visit.landmarks.iter().find(|mark| mark.name == "portal_bifurcation").unwrap();
        let phase = if vein.series.ends_with("arterial") { Phase::Arterial } else { Phase::PortalVenous };
        let motion = study.motion(study.visit(&visit.id).unwrap(), phase);
        use super::body::ToBody;
        assert!(motion.to_body(vein.place).distance_mm(PatientPoint::new(-34.0, -8.0, -71.0)) < 0.01);
        // The spine goes with the table, the vein with the breath as well.
        let lie = &study.visit(&visit.id).unwrap().lie;
        let still = -71.0 * study.recipe.patient.build[2] + lie.shift_mm[2];
        assert!((spine.place.z - still).abs() < 1.5, "{spine:?}");
    }
}

/// Mean and SD of a disc in one slice of a study's visit, as stored.
fn disc(study: &Study, visit: &Visit, phase: Phase, at: [f64; 3], radius_mm: f64) -> (f64, f64) {
    let place = study.motion(visit, phase).to_visit(PatientPoint::new(at[0], at[1], at[2]));
    let grid = grid(visit, phase, String::new());
    let slice = grid.nearest_slice(place).unwrap();
    let stored = study::exposed(study, visit, phase, slice);
    let n = visit.scan(phase).matrix;
    let zero = if phase.is_ct() { 1024.0 } else { 0.0 };
    let values: Vec<f64> = (0..n * n)
        .filter(|offset| {
            let index = VoxelIndex::new(f64::from(offset % n), f64::from(offset / n), f64::from(slice));
            let there = grid.to_patient(index);
            let (x, y) = (there.x - place.x, there.y - place.y);
            x * x + y * y <= radius_mm * radius_mm
        })
        .map(|offset| f64::from(stored[offset as usize]) - zero)
        .collect();
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (values.len() - 1) as f64;
    (mean, variance.sqrt())
}

#[test]
fn tissues_and_noise_have_the_numbers_of_practice() {
    let study = open("liver-01").unwrap();
    let visit = &study.recipe.visits[1];
    let phases = visit.phases();
    assert_eq!(phases.len(), 4);
    // Places without vessels or borders near.
    let tissues = [
        ("liver", [-104.0, -30.0, -104.0], 9.0, [55.0, 70.0, 110.0, 90.0], 5.0),
        ("spleen", [108.0, 36.0, -66.0], 8.0, [45.0, 130.0, 120.0, 95.0], 5.0),
        ("aorta", [11.2, 16.6, -78.0], 6.0, [40.0, 300.0, 150.0, 110.0], 5.0),
        ("zone core", [-81.5, 34.0, -58.0], 5.0, [60.0; 4], 5.0),
        ("bile", [-46.0, -54.0, -110.0], 7.0, [10.0; 4], 5.0),
    ];
    for (name, at, radius_mm, wanted, within) in tissues {
        for phase in &phases {
            let (mean, _) = disc(&study, visit, *phase, at, radius_mm);
            let want = wanted[phase.index()];
            assert!((mean - want).abs() <= within, "{name} {phase:?}: {mean} and not {want}");
        }
    }
    // The zone does not enhance: less than 5 HU between phases.
    let core: Vec<f64> = phases.iter().map(|p| disc(&study, visit, *p, [-81.5, 34.0, -58.0], 6.0).0).collect();
    assert!(core.iter().all(|mean| (mean - core[0]).abs() < 5.0), "{core:?}");
    let (_, sd) = disc(&study, visit, Phase::PortalVenous, [-104.0, -30.0, -104.0], 10.0);
    assert!((sd / visit.scan(Phase::PortalVenous).noise - 1.0).abs() < 0.10, "noise {sd} HU");
}

#[test]
fn noise_is_new_in_each_slice_and_phase_and_the_field_of_view_is_round() {
    let study = open("liver-01").unwrap();
    let visit = &study.recipe.visits[3];
    let seed = study::visit_seed(&study, visit);
    let flat = vec![[50.0f32; 4]; 512 * 512];
    let scan = visit.scan(Phase::PortalVenous);
    let a = expose(&flat, &scan, Phase::PortalVenous, study::noise_seed(seed, Phase::PortalVenous, 7));
    let b = expose(&flat, &scan, Phase::PortalVenous, study::noise_seed(seed, Phase::PortalVenous, 8));
    let c = expose(&flat, &scan, Phase::Arterial, study::noise_seed(seed, Phase::Arterial, 7));
    assert_eq!((a[0], a[511], a[512 * 511]), (-2000, -2000, -2000));
    for other in [&b, &c] {
        let same = a.iter().zip(other).filter(|(a, b)| a == b && **a != -2000).count();
        assert!(same < a.len() / 15, "{same} voxels alike");
    }
}

#[test]
fn a_slice_without_noise_is_smooth_across_planes() {
    // The dome slants: with planes a millimetre apart it must not show steps.
    let study = open("liver-01").unwrap();
    let visit = &study.recipe.visits[3];
    let (items, motion) = (study.scene(visit, Phase::PortalVenous), study.motion(visit, Phase::PortalVenous));
    let top = motion.to_visit(PatientPoint::new(-62.0, -10.0, -4.0));
    let grid = grid(visit, Phase::PortalVenous, String::new());
    let slice = grid.nearest_slice(top).unwrap();
    let values = slice_values(&items, &motion, visit, &visit.scan(Phase::PortalVenous), slice, 0);
    let row = grid.to_index(top).j.round() as usize;
    let line: Vec<f32> = (0..512).map(|i| values[row * 512 + i][2]).collect();
    let middle = grid.to_index(top).i.round() as usize;
    let jumps = line[middle - 60..middle + 60].windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0f32, f32::max);
    assert!(jumps < 260.0, "{jumps} HU from pixel to pixel");
}

#[test]
fn magnetic_resonance_has_the_signals_of_practice() {
    let study = open("liver-09").unwrap();
    let (early, late) = (&study.recipe.visits[1], &study.recipe.visits[2]);
    let liver = [-100.0, -20.0, -96.0];
    let core = [-78.6, -9.9, -38.0];
    let nodule = [-67.0, -25.5, -38.0];
    let ratio = |visit: &Visit, phase: Phase, at: [f64; 3]| {
        disc(&study, visit, phase, at, 4.0).0 / disc(&study, visit, phase, liver, 9.0).0
    };
    assert!((1.2..1.6).contains(&ratio(early, Phase::T1, core)), "T1-bright zone {}", ratio(early, Phase::T1, core));
    assert!((0.55..0.8).contains(&ratio(early, Phase::T2, core)), "zone in T2 {}", ratio(early, Phase::T2, core));
    // The subtraction of the zone is nothing: below 5 % of its signal.
    let (before, after) =
        (disc(&study, early, Phase::T1, core, 6.0).0, disc(&study, early, Phase::T1PortalVenous, core, 6.0).0);
    assert!((after / before - 1.0).abs() < 0.05, "{before} {after}");
    assert!((1.4..2.1).contains(&ratio(late, Phase::T2, nodule)), "nodule in T2 {}", ratio(late, Phase::T2, nodule));
    assert!(ratio(late, Phase::Dwi800, nodule) > 1.7, "nodule at b 800");
    let adc = |visit: &Visit, at, radius| disc(&study, visit, Phase::Adc, at, radius).0 / 1000.0;
    assert!((1.05..1.35).contains(&adc(late, liver, 9.0)), "liver {}", adc(late, liver, 9.0));
    assert!((0.85..1.15).contains(&adc(late, nodule, 4.0)), "nodule {}", adc(late, nodule, 4.0));
    assert!(
        (0.7..0.95).contains(&adc(late, [108.0, 36.0, -66.0], 8.0)),
        "spleen {}",
        adc(late, [108.0, 36.0, -66.0], 8.0)
    );
}

#[test]
fn uptake_is_that_of_practice() {
    let study = open("liver-10").unwrap();
    let (before, after) = (&study.recipe.visits[0], &study.recipe.visits[2]);
    let uptake = |visit: &Visit, at: [f64; 3], radius_mm: f64| {
        let (mean, sd) = disc(&study, visit, Phase::Pet, at, radius_mm);
        (mean * 40.0 / 32_767.0, sd * 40.0 / 32_767.0)
    };
    let (liver, sd) = uptake(after, [-92.0, -30.0, -80.0], 18.0);
    assert!((liver - 2.2).abs() < 0.2, "liver {liver}");
    assert!((sd / liver / 0.11 - 1.0).abs() < 0.35, "liver noise {} %", 100.0 * sd / liver);
    let spleen = uptake(after, [108.0, 36.0, -66.0], 9.0).0;
    assert!((spleen - 1.9).abs() < 0.25, "spleen {spleen}");
    let tumour = uptake(before, [-70.0, -18.0, -34.0], 3.0).0;
    assert!((6.0..=12.0).contains(&tumour), "metastasis {tumour}");
    let nodule = uptake(after, [-61.0, -27.1, -32.0], 3.0).0;
    assert!((5.0..=8.0).contains(&nodule), "focus {nodule}");
    let zone = uptake(after, [-98.0, 22.0, -104.0], 5.0).0;
    assert!((0.6..=1.3).contains(&zone), "zone {zone}");
    // The rim: even, and well below a focus.
    let rim: Vec<f64> = [[-115.8, 22.0, -104.0], [-80.1, 22.0, -104.0], [-98.0, 8.1, -104.0], [-98.0, 35.9, -104.0]]
        .map(|at| uptake(after, at, 4.5).0)
        .to_vec();
    let mean = rim.iter().sum::<f64>() / rim.len() as f64;
    assert!((2.8..=3.8).contains(&mean) && rim.iter().all(|suv| (2.1..=4.5).contains(suv)), "rim {rim:?}");
}

#[test]
fn what_was_written_tells_its_own_truth() {
    let folder = tempfile::tempdir().unwrap();
    let study = small();
    writing::write(&study, folder.path(), &|_, _| {}, &|| false).unwrap();
    assert!(writing::is_written(&study, folder.path()));
    let there = truth_in(folder.path()).unwrap();
    assert_eq!(there, study::truth(&study));
    // Masks come from the recipe in the truth, on the grid of the series asked about.
    let visit = &study.recipe.visits[0];
    let masks = there.masks_on(&there.visits[0].series[1].uid).unwrap();
    assert_eq!(masks.len(), 1);
    let wanted = study::mask(&study, visit, Phase::PortalVenous, "L1", MarkRole::Tumour).unwrap();
    assert_eq!((masks[0].series.as_str(), &masks[0].voxels), ("one/portal-venous", &wanted));
    assert_eq!(there.masks_on("1.2.3").unwrap().len(), 0);
    // An image that is missing, or a truth of another version: it is to be written again.
    let image = folder.path().join("one/unenhanced/004.dcm");
    let content = std::fs::read(&image).unwrap();
    std::fs::remove_file(&image).unwrap();
    assert!(!writing::is_written(&study, folder.path()));
    std::fs::write(&image, content).unwrap();
    assert!(writing::is_written(&study, folder.path()));
    std::fs::write(folder.path().join("truth.json"), "{}").unwrap();
    assert!(!writing::is_written(&study, folder.path()));
    let error = truth_in(folder.path()).unwrap_err().to_string();
    assert!(error.contains("truth.json") && error.contains("again"), "{error}");
    assert!(truth_in(&folder.path().join("one")).is_err());
}

#[test]
fn a_series_knows_its_case() {
    let study = open("liver-09").unwrap();
    let uid = study.series_uid(&study.recipe.visits[2], Phase::Dwi800);
    assert_eq!(case_of_series(&uid), Some(("liver-09", "scan-3")));
    assert_eq!(case_of_series("1.2.3"), None);
}

#[test]
fn a_new_lesion_is_not_told_before_the_reading() {
    let info = cases().iter().find(|info| info.id == "liver-07").unwrap();
    assert_eq!((info.visits, info.lesions), (4, 1));
    let truth = truth("liver-07").unwrap();
    let known: Vec<_> = truth.known_lesions().map(|lesion| lesion.label.as_str()).collect();
    assert_eq!((known, truth.lesions.len()), (vec!["L1"], 2));
}

#[test]
fn pictures_of_cases_are_the_generated_ones_and_small() {
    for info in cases() {
        let made = picture(&info.id).unwrap();
        assert!(info.picture.len() <= 15_000, "{}: {} bytes", info.id, info.picture.len());
        let mut reader = png::Decoder::new(std::io::Cursor::new(info.picture)).read_info().unwrap();
        let mut read = vec![0; reader.output_buffer_size().unwrap()];
        let shape = reader.next_frame(&mut read).unwrap();
        assert_eq!((shape.width as usize, shape.height as usize), (made.width, made.height));
        assert!(
            read == made.grey,
            "assets/samples/{0}.png is not what the generator makes: delete it and run \
             ablation-review sample {0} --picture assets/samples/{0}.png",
            info.id
        );
    }
}

#[test]
fn a_lung_zone_has_a_cavity_and_bone_a_broader_border() {
    let study = open("body-01").unwrap();
    let visits = &study.recipe.visits;
    let lung = |n: usize, off: f64| disc(&study, &visits[n], Phase::PortalVenous, [-90.0, 40.0 + off, 20.0], 2.0).0;
    assert!(lung(1, 0.0) > -60.0, "consolidated: {}", lung(1, 0.0));
    assert!(lung(2, 0.0) < -800.0, "air: {}", lung(2, 0.0));
    assert!(lung(2, 7.0) > -300.0, "its wall: {}", lung(2, 7.0));
    assert!(lung(3, 0.0) > -150.0, "a scar: {}", lung(3, 0.0));
    let border = |n: usize| {
        let zone = visits[n].lesions[3].zone.as_ref().unwrap();
        zone.rim_mm
    };
    assert!(border(1) < border(2) && border(2) < border(3));
}

#[test]
fn diffusion_is_distorted_and_says_so_in_landmarks() {
    let study = open("liver-09").unwrap();
    let visit = &study.recipe.visits[1];
    let truth = study::truth(&study);
    let place = |name: &str, folder: &str| {
        let marks = &truth.visits[1].landmarks;
        marks.iter().find(|mark| mark.name == name && mark.series.ends_with(folder)).unwrap().place
    };
    let mut most = 0.0f64;
    for name in ["portal_bifurcation", "umbilical_portal_vein", "hepatic_vein_confluence", "coeliac_trunk", "T12"] {
        let (b800, straight) = (place(name, "dwi-b800"), place(name, "t2"));
        most = most.max((b800.y - straight.y).abs());
        assert!((b800.y - straight.y).abs() < 9.0 && (b800.x - straight.x).abs() < 1.0, "{name}");
        assert!(place(name, "adc").distance_mm(b800) < 1e-9, "{name}");
    }
    assert!(most > 1.5, "{most} mm");
    // Masks are distorted as the images are: the mask of the zone lies on the dark zone at b 800.
    let mask = study::mask(&study, visit, Phase::Dwi800, "L1", MarkRole::AblationZone).unwrap();
    let slice = mask[mask.len() / 2][2];
    let (stored, n) = (study::exposed(&study, visit, Phase::Dwi800, slice), visit.scan(Phase::Dwi800).matrix);
    let inside: Vec<f64> =
        mask.iter().filter(|at| at[2] == slice).map(|[i, j, _]| f64::from(stored[(j * n + i) as usize])).collect();
    let mean = inside.iter().sum::<f64>() / inside.len() as f64;
    let liver = disc(&study, visit, Phase::Dwi800, [-100.0, -20.0, -96.0], 9.0).0;
    assert!(mean < 0.75 * liver, "{mean} of {liver}");
}
