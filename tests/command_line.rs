//! The program itself, called as a script calls it.

use crate::sample_study;
use crate::support::real;
use serde_json::Value;
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};

fn run<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ablation-review")).args(arguments).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A command with paths, as words.
fn words<'a>(command: &'a str, rest: &[&'a OsStr]) -> Vec<&'a OsStr> {
    std::iter::once(OsStr::new(command)).chain(rest.iter().copied()).collect()
}

#[test]
fn inspect_lists_the_sample() {
    let folder = sample_study::folder();
    let output = run(words("inspect", &[folder.as_os_str()]));
    assert_eq!(code(&output), 0, "{output:?}");
    let json = json(&output);
    let series = json["series"].as_array().unwrap();
    assert_eq!(series.len(), 7);
    for one in series {
        assert_eq!((&one["slices"], &one["files"]), (&45.into(), &45.into()));
        assert_eq!(one["patient_id"], "SAMPLE-001");
    }
    let roles: Vec<_> = series.iter().map(|s| s["role"].as_str().unwrap()).collect();
    assert_eq!(roles.iter().filter(|role| **role == "ct_portal_venous").count(), 4);
    assert_eq!(roles.iter().filter(|role| **role == "ct_arterial").count(), 3);
    let skipped = json["skipped"].as_array().unwrap();
    assert_eq!(skipped.len(), 1);
    assert!(skipped[0]["file"].as_str().unwrap().ends_with("truth.json"));
    assert!(!skipped[0]["reason"].as_str().unwrap().is_empty());
}

#[test]
fn inspect_says_where_one_identifier_stands_for_two_persons() {
    let axial = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/geometry/axial");
    let folder = tempfile::tempdir().unwrap();
    for n in 1..=4 {
        let name = format!("{n}.dcm");
        let bytes = std::fs::read(axial.join(&name)).unwrap();
        std::fs::write(folder.path().join(&name), &bytes).unwrap();
        // Another series under another name; all texts keep their length.
        let mut other = bytes.clone();
        for (from, to) in [(b"1476.7.1".as_slice(), b"1476.7.8".as_slice()), (b"Test", b"Roe ")] {
            let places: Vec<_> =
                other.windows(from.len()).enumerate().filter(|(_, w)| *w == from).map(|(at, _)| at).collect();
            assert!(!places.is_empty());
            places.into_iter().for_each(|at| other[at..at + to.len()].copy_from_slice(to));
        }
        std::fs::write(folder.path().join(format!("other{n}.dcm")), &other).unwrap();
    }
    let output = run(words("inspect", &[folder.path().as_os_str()]));
    let json = json(&output);
    let series = json["series"].as_array().unwrap();
    assert_eq!(series.len(), 2);
    for one in series {
        let doubt = "other images here have the same Patient ID, but another name";
        assert_eq!(one["warnings"], serde_json::json!([doubt]));
    }
    let alone = json_of(&axial);
    assert_eq!(alone["series"][0]["warnings"], serde_json::json!([]));
}

fn json_of(folder: &std::path::Path) -> Value {
    json(&run(words("inspect", &[folder.as_os_str()])))
}

#[test]
fn no_images_is_refused_with_a_reason() {
    let empty = tempfile::tempdir().unwrap();
    let output = run(words("inspect", &[empty.path().as_os_str()]));
    assert_eq!(code(&output), 1);
    assert_eq!(json(&output)["series"], Value::Array(Vec::new()));
    assert!(said(&output).contains("There is no file in"), "{output:?}");

    let picture = empty.path().join("holiday\u{1b}[31m.jpg");
    std::fs::write(&picture, b"\xff\xd8\xff\xe0 not really").unwrap();
    let output = run(words("inspect", &[empty.path().as_os_str()]));
    assert_eq!(code(&output), 1);
    assert_eq!(json(&output)["skipped"].as_array().unwrap().len(), 1);
    let said = said(&output);
    assert!(said.contains("holiday") && said.contains("DICOM"), "{said}");
    assert!(!said.contains('\u{1b}'), "control characters of a file name reached the terminal");
    assert!(!output.stdout.contains(&0x1b));

    let output = run(["inspect", "/no/such/folder"]);
    assert_eq!(code(&output), 1);
}

#[test]
fn wrong_use_ends_with_two() {
    for wrong in [&["inspect"][..], &["volume", "x"], &["sample"], &["sample", "first-look"], &["--nonsense"]] {
        let output = run(wrong);
        assert_eq!(code(&output), 2, "{wrong:?}");
        assert!(output.stdout.is_empty() && said(&output).contains("Usage"), "{output:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_display_one_sentence_names_the_commands() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ablation-review"));
    let output = command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").output().unwrap();
    assert_eq!(code(&output), 1, "{output:?}");
    let said = said(&output);
    assert_eq!((said.lines().count(), output.stdout.len()), (1, 0), "{said}");
    for word in ["display", "inspect", "volume", "import", "table", "--help"] {
        assert!(said.contains(word), "{word} is missing in: {said}");
    }
}

#[test]
fn a_volume_by_id_and_by_key_is_the_same_file() {
    let truth = ablation_review::phantom::truth("first-look").unwrap();
    let visit = &truth.visits[0];
    let series = &visit.series[0];
    let folder = sample_study::folder();
    let out = tempfile::tempdir().unwrap();
    let (plain, packed) = (out.path().join("one.nii"), out.path().join("two.nii.gz"));
    let volume = |series: &str, file: &std::path::Path| {
        let rest =
            [folder.as_os_str(), OsStr::new("--series"), OsStr::new(series), OsStr::new("--out"), file.as_os_str()];
        run(words("volume", &rest))
    };
    let by_id = volume(&series.uid, &plain);
    assert_eq!(code(&by_id), 0, "{by_id:?}");
    let about = json(&by_id);
    assert_eq!((about["data_type"].as_str(), about["unit"].as_str()), (Some("int16"), Some("HU")));
    let by_key = volume(about["stack_key"].as_str().unwrap(), &packed);
    assert_eq!(code(&by_key), 0, "{by_key:?}");
    let mut unpacked = Vec::new();
    let file = std::fs::File::open(&packed).unwrap();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(file), &mut unpacked).unwrap();
    let bytes = std::fs::read(&plain).unwrap();
    assert_eq!(bytes, unpacked);

    // NIfTI-1: dim at 40, vox_offset at 108, srow_x at 280; RAS turns the sign of x.
    let short = |at: usize| i16::from_le_bytes(bytes[at..at + 2].try_into().unwrap());
    let float = |at: usize| f32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    assert_eq!([short(40), short(42), short(44), short(46)], [3, 320, 320, 45]);
    let grid = ablation_review::phantom::truth_grid("first-look", &visit.id).unwrap();
    assert_eq!((float(280), float(292)), (-1.1, -(grid.origin.x as f32)));
    // The middle of the first lesion's tumour is darker than liver.
    let place = grid.to_index(truth.lesions[0].visits[0].place);
    let [columns, rows, _] = grid.dims.map(|n| n as usize);
    let offset = (place.k.round() as usize * rows + place.j.round() as usize) * columns + place.i.round() as usize;
    let hu = short(float(108) as usize + 2 * offset);
    assert!((10..105).contains(&hu), "{hu} HU");

    let unknown = volume("1.2.3", &plain);
    assert_eq!(code(&unknown), 1);
    assert!(said(&unknown).contains(&series.uid), "the series that exist are named");
    let ending = volume(&series.uid, &out.path().join("three.txt"));
    assert_eq!(code(&ending), 1);
    assert!(!out.path().join("three.txt").exists());
}

#[test]
fn sample_writes_what_it_lists_and_nothing_over_another_file() {
    let listed = run(["sample", "--list"]);
    assert_eq!(code(&listed), 0);
    assert_eq!(json(&listed)["samples"][0]["id"], "first-look");
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().join("new/first look");
    let write = || run(words("sample", &[OsStr::new("first-look"), OsStr::new("--out"), folder.as_os_str()]));
    let written = write();
    assert_eq!(code(&written), 0, "{written:?}");
    assert_eq!(json(&written)["images"], 315);
    assert!(folder.join("truth.json").is_file() && folder.join("d92/portal-venous/014.dcm").is_file());
    let mask = folder.join("masks/d35/portal-venous/L3-viable.nii.gz");
    assert!(mask.is_file() && json(&written)["masks"].as_u64().unwrap() > 20, "{written:?}");
    std::fs::write(&mask, "mine").unwrap();
    assert_eq!(code(&write()), 1, "another mask is in the way");
    assert_eq!(std::fs::read(&mask).unwrap(), b"mine");
    std::fs::write(folder.join("truth.json"), "mine").unwrap();
    let refused = write();
    assert_eq!(code(&refused), 1);
    assert!(said(&refused).contains("truth.json"), "{refused:?}");
    assert_eq!(std::fs::read(folder.join("truth.json")).unwrap(), b"mine");
}

#[test]
fn a_project_is_made_filled_checked_and_asked_for_tables() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("study.ablation");
    let short = folder.path().join("study");
    let sample = sample_study::folder();

    let made = run(words("new", &[short.as_os_str()]));
    assert_eq!(code(&made), 0, "{made:?}");
    assert!(project.is_file());
    let again = run(words("new", &[project.as_os_str()]));
    assert_eq!(code(&again), 1);
    assert!(said(&again).contains("study.ablation"), "{again:?}");

    let pre = sample.join("pre");
    let first = run(words("import", &[project.as_os_str(), pre.as_os_str()]));
    assert_eq!(code(&first), 0, "{first:?}");
    assert_eq!((&json(&first)["stacks"], &json(&first)["new_stacks"]), (&2.into(), &2.into()));
    let all = run(words("import", &[short.as_os_str(), sample.as_os_str()]));
    assert_eq!((&json(&all)["stacks"], &json(&all)["new_stacks"]), (&7.into(), &5.into()));
    assert_eq!(json(&all)["skipped"].as_array().unwrap().len(), 1);
    let same = run(words("import", &[project.as_os_str(), sample.as_os_str()]));
    assert_eq!(code(&same), 0, "importing the same folder again is no failure: {same:?}");
    assert_eq!(json(&same)["new_stacks"], 0);

    let checked = run(words("check", &[project.as_os_str()]));
    assert_eq!(code(&checked), 0, "{checked:?}");
    let report = json(&checked);
    assert_eq!((&report["sound"], &report["changes"]), (&true.into(), &2.into()));
    assert_eq!((&report["rows"]["patient"], &report["rows"]["visit"]), (&1.into(), &4.into()));

    let out = folder.path().join("table.csv");
    let table =
        |out: &std::path::Path| run(words("table", &[project.as_os_str(), OsStr::new("--out"), out.as_os_str()]));
    let empty = table(&out);
    assert_eq!(code(&empty), 1);
    assert!(said(&empty).contains("nothing to export"), "{empty:?}");
    let workbook = table(&folder.path().join("table.xlsx"));
    assert_eq!(code(&workbook), 1);
    assert!(said(&workbook).contains("nothing to export"), "{workbook:?}");
    assert!(!out.exists() && !folder.path().join("table.xlsx").exists());

    add_a_lesion(&project);
    let written = table(&out);
    assert_eq!(code(&written), 0, "{written:?}");
    assert_eq!(json(&written)["files"].as_array().unwrap().len(), 2);
    let text = std::fs::read_to_string(&out).unwrap();
    assert!(text.lines().count() > 1 && text.contains("L1"), "{text}");
    assert!(!text.contains("SAMPLE-001") && !text.contains("Sample"), "no identity in tables");
    assert!(folder.path().join("table.dictionary.csv").is_file());
    let workbook = table(&folder.path().join("table.xlsx"));
    assert_eq!(code(&workbook), 0, "{workbook:?}");
    assert!(std::fs::read(folder.path().join("table.xlsx")).unwrap().starts_with(b"PK"));
}

#[test]
fn a_project_is_copied_without_identity_and_tells_its_history() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("study.ablation");
    let sample = sample_study::folder();
    assert_eq!(code(&run(words("new", &[project.as_os_str()]))), 0);
    let pre = sample.join("pre");
    assert_eq!(code(&run(words("import", &[project.as_os_str(), pre.as_os_str()]))), 0);
    add_a_lesion(&project);
    let whole = String::from_utf8_lossy(&std::fs::read(&project).unwrap()).into_owned();
    assert!(whole.contains("SAMPLE-001"), "the sample's Patient ID is not what it was");

    let copy = |out: &str, more: &[&str]| {
        let out = folder.path().join(out);
        let mut all = words("copy", &[project.as_os_str(), OsStr::new("--out"), out.as_os_str()]);
        all.extend(more.iter().map(OsStr::new));
        run(all)
    };
    assert_eq!(code(&copy("plain", &[])), 2, "a copy with identity is made by other means");
    let made = copy("plain", &["--without-identity"]);
    assert_eq!(code(&made), 0, "{made:?}");
    let removed = &json(&made)["removed"];
    assert_eq!(removed["identities"], 1);
    assert!(removed["paths"].as_u64().unwrap() > 50 && removed["strings_searched"].as_u64().unwrap() >= 2, "{removed}");
    let plain = folder.path().join("plain.ablation");
    let left = String::from_utf8_lossy(&std::fs::read(&plain).unwrap()).into_owned();
    assert!(!left.contains("SAMPLE-001") && !left.contains(&*sample.to_string_lossy()));
    assert_eq!(json(&run(words("check", &[plain.as_os_str()])))["sound"], true);
    assert_eq!(code(&copy("plain", &["--without-identity"])), 1, "never over a file");
    assert_eq!(code(&copy("moved", &["--without-identity", "--dates-as-offsets"])), 0);

    let csv = folder.path().join("history.csv");
    let told = run(words("history", &[project.as_os_str(), OsStr::new("--out"), csv.as_os_str()]));
    assert_eq!(code(&told), 0, "{told:?}");
    let text = std::fs::read_to_string(&csv).unwrap();
    assert_eq!(json(&told)["changes"], text.lines().count() - 1);
    assert!(text.contains("Lesion L1") && !text.contains("SAMPLE-001"), "{text}");
}

fn add_a_lesion(project: &std::path::Path) {
    use ablation_review::clinical::{Lesion, LesionId, PatientId, ReaderId};
    use ablation_review::project::{By, ChangeKind, NamedEdit, Op, OpenAs, Project, Row};
    let at = "2024-10-01T10:00:00Z".parse().unwrap();
    let mut project = Project::open(project, OpenAs::Writer, "NU", at).unwrap().project;
    let patient = project.document().patients().next().map_or(PatientId(1), |patient| patient.id);
    let lesion = Lesion::new(LesionId(1), patient, "L1");
    let edit = NamedEdit::new(ChangeKind::Lesion, "Lesion L1", vec![Op::Put(Row::Lesion(lesion))]);
    project.commit(edit, By { reader: None::<ReaderId>, at }).unwrap();
}

#[test]
fn what_is_no_project_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let garbage = folder.path().join("garbage.ablation");
    std::fs::write(&garbage, "not a project").unwrap();
    let sample = sample_study::folder();
    for command in [words("check", &[garbage.as_os_str()]), words("import", &[garbage.as_os_str(), sample.as_os_str()])]
    {
        let output = run(command);
        assert_eq!(code(&output), 1, "{output:?}");
        assert!(said(&output).contains("not a project"), "{output:?}");
    }
    assert_eq!(std::fs::read_to_string(&garbage).unwrap(), "not a project");
    let nowhere = folder.path().join("nowhere.ablation");
    let output = run(words("import", &[nowhere.as_os_str(), sample.as_os_str()]));
    assert_eq!(code(&output), 1);
    assert!(said(&output).contains("nowhere.ablation") && !nowhere.exists(), "{output:?}");
}

#[test]
fn a_project_that_somebody_has_open_is_not_written() {
    use ablation_review::project::Project;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("taken.ablation");
    let at = "2024-10-01T10:00:00Z".parse().unwrap();
    let project = Project::create(&path, "NU", at).unwrap();
    let sample = sample_study::folder();
    let import = || run(words("import", &[path.as_os_str(), sample.as_os_str()]));
    let refused = import();
    assert_eq!(code(&refused), 1, "{refused:?}");
    assert!(said(&refused).contains("NU"), "who has it is named: {refused:?}");
    drop(project);
    assert_eq!(code(&import()), 0);
    // No images: refused with the reason, and nothing is written.
    let empty = tempfile::tempdir().unwrap();
    let nothing = run(words("import", &[path.as_os_str(), empty.path().as_os_str()]));
    assert_eq!(code(&nothing), 1);
    assert!(said(&nothing).contains("There is no file in"), "{nothing:?}");
}

#[test]
fn real_ct_is_inspected_and_written() {
    let Some(ct) = real("ct_abdomen", "command_line::real_ct_is_inspected_and_written") else { return };
    let output = run(words("inspect", &[ct.as_os_str()]));
    assert_eq!(code(&output), 0, "{output:?}");
    let json = json(&output);
    let series = &json["series"][0];
    assert_eq!(series["unit"], "HU");
    let out = tempfile::tempdir().unwrap();
    let file = out.path().join("ct.nii");
    let id = series["id"].as_str().unwrap();
    let rest = [ct.as_os_str(), OsStr::new("--series"), OsStr::new(id), OsStr::new("--out"), file.as_os_str()];
    let output = run(words("volume", &rest));
    assert_eq!(code(&output), 0, "{output:?}");
    let voxels: u64 = ["rows", "columns", "slices"].iter().map(|n| series[n].as_u64().unwrap()).product();
    assert_eq!(std::fs::metadata(&file).unwrap().len(), 352 + 2 * voxels);
}

#[test]
fn cohort_prints_what_a_table_says() {
    let table = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/cohort/mini_cohort.csv");
    let output = run(["cohort", table, "--scale", "log"]);
    assert_eq!(code(&output), 0, "{output:?}");
    let printed = json(&output);
    assert_eq!(printed["source"]["clock"], "days");
    let rate = |wanted: &str| {
        let rates = printed["rates"].as_array().unwrap();
        rates.iter().find(|rate| rate["code"] == wanted).unwrap().clone()
    };
    let primary = rate("primary_evaluable");
    assert_eq!((&primary["n"], &primary["of"], &primary["percent"]), (&6.into(), &8.into(), &75.0.into()));
    for field in ["wilson", "clopper_pearson"] {
        assert!(primary[field]["low"].as_f64().unwrap() < 0.75 && primary[field]["high"].as_f64().unwrap() > 0.75);
    }
    let curves = printed["end_points"].as_array().unwrap();
    let ltp = curves.iter().find(|curve| curve["level"] == "lesion" && curve["end_point"] == "time_to_ltp").unwrap();
    let last = ltp["cumulative_incidence"].as_array().unwrap().last().unwrap();
    assert!((last["incidence"].as_f64().unwrap() - 0.3875).abs() < 1e-12 && last["day"] == 183);
    let reasons = output.stdout.windows(8).filter(|eight| *eight == b"on 2000-").count();
    assert_eq!(reasons, 0, "a table of days prints days");
    for field in ["rule_set", "rule_set_version", "settings", "event_matrix", "choices", "counts", "flow", "efficacy"]
        .into_iter()
        .chain(["recurrences", "disease_free_interval", "strata", "software_version", "technical_success_unknown"])
    {
        assert!(printed.get(field).is_some(), "the contract names {field}");
    }
    assert_eq!(output.stdout, run(["cohort", table, "--scale", "log"]).stdout, "the same every time");
    let brief = run(["cohort", table, "--brief"]);
    assert!(brief.stdout.len() < output.stdout.len());
    assert!(json(&brief)["end_points"][0].get("members").is_none());
}

#[test]
fn cohort_takes_settings_and_refuses_bad_cells() {
    let folder = tempfile::tempdir().unwrap();
    let table = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/cohort/mini_cohort.csv");
    let settings = folder.path().join("settings.json");
    let with = |text: &str| {
        std::fs::write(&settings, text).unwrap();
        run(["cohort".as_ref(), OsStr::new(table), "--settings".as_ref(), settings.as_os_str()])
    };
    let output = with(r#"{"delayed_entry": true}"#);
    let printed = json(&output);
    let curves = printed["end_points"].as_array().unwrap();
    let ltp = curves.iter().find(|curve| curve["level"] == "lesion" && curve["end_point"] == "time_to_ltp").unwrap();
    assert_eq!((&ltp["n"], &ltp["without_time"]), (&7.into(), &1.into()));
    let refused = with(r#"{"delayd_entry": true}"#);
    assert!(code(&refused) == 1 && said(&refused).contains("delayd_entry"), "{refused:?}");
    let refused = with(r#"{"event_cells": [{"end_point": "os", "happening": "death_other", "cell": "ignore"}]}"#);
    assert!(code(&refused) == 1 && said(&refused).contains("cannot count"), "{refused:?}");
    let bad = folder.path().join("bad.csv");
    std::fs::write(&bad, "patient,lesion,visit,answer,sessions\nP1,L1,35,complete,0\n").unwrap();
    let refused = run(["cohort".as_ref(), bad.as_os_str()]);
    assert_eq!((code(&refused), refused.stdout.len()), (1, 0));
    assert!(said(&refused).contains("Line 2, column answer, \"complete\": Not one of: no_viable,"), "{refused:?}");
}

#[test]
fn outline_marks_a_zone_and_says_what_it_measures() {
    let folder = sample_study::folder();
    let truth: Value = serde_json::from_str(&std::fs::read_to_string(folder.join("truth.json")).unwrap()).unwrap();
    let lesion = &truth["lesions"][0];
    let at_visit = lesion["visits"].as_array().unwrap().iter().find(|visit| visit["visit"] == "d35").unwrap();
    let zone = &at_visit["ablation_zone"];
    let visit = truth["visits"].as_array().unwrap().iter().find(|visit| visit["id"] == "d35").unwrap();
    let series =
        visit["series"].as_array().unwrap().iter().find(|series| series["role"] == "ct_portal_venous").unwrap();
    let centre = ["x", "y", "z"].map(|axis| zone["centre"][axis].to_string()).join(",");
    let out = tempfile::tempdir().unwrap();
    let mask = out.path().join("zone.nii.gz");
    let outline = |at: &str, name: &Path| {
        let images = folder.join("d35");
        let series = ["--series", series["uid"].as_str().unwrap(), "--at", at, "--out"].map(OsStr::new);
        run([&[OsStr::new("outline"), images.as_os_str()][..], &series, &[name.as_os_str()]].concat())
    };
    let output = outline(&centre, &mask);
    assert_eq!(code(&output), 0, "{output:?}");
    let json = json(&output);
    let near = |field: &str, truth: &str, part: f64| {
        let (found, wanted) = (json[field].as_f64().unwrap(), zone[truth].as_f64().unwrap());
        assert!((found / wanted - 1.0).abs() < part, "{field}: {found}, {wanted}");
    };
    near("volume_ml", "voxels_ml", 0.1);
    near("longest_axial_mm", "longest_axial_mm", 0.08);
    assert_eq!((json["role"].as_str(), json["unit"].as_str()), (Some("ablation_zone"), Some("HU")));
    assert_eq!(json["leaked"], Value::Array(Vec::new()));
    // Every field is written down.
    let guide = include_str!("../assets/guide/formats.md");
    let part = &guide[guide.find("### outline PATH").unwrap()..guide.find("### new PROJECT").unwrap()];
    for field in json.as_object().unwrap().keys() {
        assert!(part.contains(&format!("`{field}")), "{field} is not in formats.md");
    }
    // The same again gives the same bytes.
    let again = out.path().join("again.nii.gz");
    assert_eq!(code(&outline(&centre, &again)), 0);
    assert_eq!(std::fs::read(&mask).unwrap(), std::fs::read(&again).unwrap());

    let refused = outline("900,0,0", &out.path().join("nothing.nii"));
    assert_eq!((code(&refused), refused.stdout.len()), (1, 0));
    assert!(said(&refused).contains("no value where you clicked"), "{refused:?}");
    assert!(!out.path().join("nothing.nii").exists());
    assert_eq!(code(&outline("1,2", &mask)), 2);
}
