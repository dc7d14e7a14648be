//! Grouping, sorting and grids.

use super::build::{File, found, series, slice};
use crate::clinical::Oddity;
use crate::dicom::{FoundStack, Shape, inspect_json, stack_key};
use dicom_core::VR;
use dicom_dictionary_std::tags;

pub(super) fn stacks(files: &[File]) -> Vec<FoundStack> {
    let folder = tempfile::tempdir().unwrap();
    found(folder.path(), files).stacks
}

pub(super) fn only(files: &[File]) -> FoundStack {
    let mut all = stacks(files);
    assert_eq!(all.len(), 1, "{:?}", all.iter().map(|s| &s.info.split_by).collect::<Vec<_>>());
    all.remove(0)
}

pub(super) fn why(stack: &FoundStack) -> &[Oddity] {
    match &stack.info.shape {
        Shape::PictureStack { why } => why,
        Shape::Volume(grid) => panic!("a volume: {grid:?}"),
    }
}

#[test]
fn slices_are_sorted_by_place_and_not_by_number_or_name() {
    let mut files = series(5, 2.5);
    files.reverse();
    files.swap(1, 3);
    let stack = only(&files);
    let Shape::Volume(grid) = &stack.info.shape else { panic!("{:?}", stack.info.oddities) };
    assert_eq!(grid.dims, [4, 3, 5]);
    assert_eq!(grid.spacing_mm, [0.7, 0.8, 2.5]);
    assert_eq!((grid.origin.x, grid.origin.y, grid.origin.z), (-100.0, -50.0, 2.5));
    assert_eq!(grid.axes[2].vector().z, 1.0);
    let uids: Vec<_> = stack.info.frames.iter().map(|f| f.sop_uid.as_str()).collect();
    assert_eq!(uids, ["1.2.3.4.1", "1.2.3.4.2", "1.2.3.4.3", "1.2.3.4.4", "1.2.3.4.5"]);
    let along: Vec<_> = stack.info.frames.iter().map(|f| f.position_mm).collect();
    assert_eq!(along, [Some(2.5), Some(5.0), Some(7.5), Some(10.0), Some(12.5)]);
    assert_eq!(grid.space.0, "1.2.3.3");
    assert!(stack.info.oddities.is_empty(), "{:?}", stack.info.oddities);
}

#[test]
fn a_coronal_stack_grows_to_the_back() {
    // Rows run to the left, columns to the feet: the normal is to the back.
    let files: Vec<File> = (1..=3)
        .map(|n| {
            let mut file = slice(n, [-100.0, 60.0 - 8.0 * f64::from(n), 150.0]);
            file.text(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, "1\\0\\0\\0\\0\\-1");
            file
        })
        .collect();
    let stack = only(&files);
    let Shape::Volume(grid) = &stack.info.shape else { panic!("{:?}", stack.info.oddities) };
    assert_eq!(grid.axes[2].vector().y, 1.0);
    assert_eq!(grid.origin.y, 36.0);
    assert_eq!(stack.info.frames[0].sop_uid, "1.2.3.4.3");
    let json = inspect_json(&crate::dicom::Found { stacks: vec![stack], ..Default::default() }, &|_| None);
    let direction: Vec<f64> = serde_json::from_value(json["series"][0]["direction"].clone()).unwrap();
    assert_eq!(direction, [1.0, 0.0, 0.0, 0.0, 0.0, -1.0, 0.0, 1.0, 0.0]);
}

#[test]
fn a_tenth_of_a_millimetre_is_the_border() {
    let off = |mm: f64| {
        let mut files = series(5, 3.0);
        files[2].at([-100.0, -50.0, 9.0 + mm]);
        only(&files)
    };
    assert!(matches!(off(0.09).info.shape, Shape::Volume(_)));
    let uneven = off(0.3);
    let [Oddity::Uneven { slice: 3, off_mm }] = why(&uneven) else { panic!("{:?}", why(&uneven)) };
    assert!((off_mm - 0.3).abs() < 1e-9);
    assert_eq!(why(&uneven)[0].to_string(), "uneven slices: slice 3 is 0.30 mm off a regular grid");
    // Sideways as well.
    let mut files = series(5, 3.0);
    files[2].at([-100.3, -50.0, 9.0]);
    assert!(matches!(why(&only(&files)), [Oddity::Uneven { slice: 3, .. }]));
}

#[test]
fn slices_that_turn_are_no_volume() {
    let mut files = series(3, 3.0);
    // 0.3 degrees about z over a picture 2.8 mm wide is nothing; over 200 mm it is a millimetre.
    for file in &mut files {
        file.text(tags::PIXEL_SPACING, VR::DS, "50\\50");
    }
    files[1].text(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, "0.999986\\0.005236\\0\\-0.005236\\0.999986\\0");
    assert!(matches!(why(&only(&files)), [Oddity::Uneven { slice: 2, .. }]));
}

#[test]
fn one_slice_is_a_picture_and_two_are_a_volume() {
    let one = only(&series(1, 3.0));
    assert_eq!(why(&one), [Oddity::SingleSlice]);
    assert!(matches!(only(&series(2, 3.0)).info.shape, Shape::Volume(_)));
    let volume = one.info.empty_volume();
    assert!(!volume.is_volume);
    assert_eq!((volume.grid.dims, volume.grid.spacing_mm), ([4, 3, 1], [0.7, 0.8, 1.0]));
    assert!(volume.grid.space.0.starts_with("pictures:"));
}

#[test]
fn planes_and_localizers_are_split_off() {
    let mut files = series(3, 3.0);
    for n in 4..=5 {
        let mut scout = slice(n, [0.0, 0.0, f64::from(n)]);
        scout.text(tags::IMAGE_TYPE, VR::CS, "ORIGINAL\\PRIMARY\\LOCALIZER");
        files.push(scout);
    }
    for n in 6..=8 {
        let mut sagittal = slice(n, [f64::from(n), 0.0, 0.0]);
        sagittal.text(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, "0\\1\\0\\0\\0\\-1");
        files.push(sagittal);
    }
    let all = stacks(&files);
    let said: Vec<_> =
        all.iter().map(|s| (s.info.id.as_str(), s.info.frames.len(), s.info.split_by.as_deref())).collect();
    assert_eq!(
        said,
        [
            ("1.2.3.2", 3, Some("localizer, orientation")),
            ("1.2.3.2#2", 3, Some("localizer, orientation")),
            ("1.2.3.2#3", 2, Some("localizer")),
        ]
    );
    assert_eq!(why(&all[2]), [Oddity::Localizer]);
    let keys: std::collections::BTreeSet<_> = all.iter().map(|s| s.info.key).collect();
    assert_eq!(keys.len(), 3);
}

#[test]
fn phases_in_one_series_are_split_by_what_tells_them_apart() {
    let two = |tag, vr, values: [&str; 2]| {
        let mut files = Vec::new();
        for (phase, value) in values.iter().enumerate() {
            for mut file in series(4, 3.0) {
                let uid = format!("1.2.9.{phase}.{}", files.len());
                file.text(tags::SOP_INSTANCE_UID, VR::UI, &uid).text(tag, vr, value);
                files.push(file);
            }
        }
        files
    };
    for (tag, vr, values, rule) in [
        (tags::TEMPORAL_POSITION_IDENTIFIER, VR::IS, ["1", "2"], "temporal position"),
        (tags::ECHO_TIME, VR::DS, ["2.3", "4.6"], "echo time"),
        (tags::ACQUISITION_NUMBER, VR::IS, ["3", "4"], "acquisition number"),
        (tags::ACQUISITION_TIME, VR::TM, ["101500", "101535"], "acquisition time"),
    ] {
        let all = stacks(&two(tag, vr, values));
        assert_eq!(all.len(), 2, "{rule}");
        assert!(
            all.iter().all(|s| s.info.split_by.as_deref() == Some(rule) && matches!(s.info.shape, Shape::Volume(_)))
        );
    }
    // Nothing tells them apart: pictures, and said so.
    let same = only(&two(tags::ACQUISITION_NUMBER, VR::IS, ["3", "3"]));
    assert_eq!(why(&same), [Oddity::DuplicatePositions { count: 4 }]);
}

#[test]
fn echoes_of_phases_need_two_rules() {
    let mut files = Vec::new();
    for phase in 1..=2 {
        for echo in ["2", "4"] {
            for mut file in series(3, 3.0) {
                file.text(tags::SOP_INSTANCE_UID, VR::UI, &format!("1.2.9.{}", files.len()))
                    .text(tags::TEMPORAL_POSITION_IDENTIFIER, VR::IS, &phase.to_string())
                    .text(tags::ECHO_TIME, VR::DS, echo);
                files.push(file);
            }
        }
    }
    let all = stacks(&files);
    assert_eq!(all.len(), 4);
    assert!(all.iter().all(|s| s.info.split_by.as_deref() == Some("temporal position, echo time")));
}

#[test]
fn a_tag_that_varies_splits_no_good_volume() {
    let mut files = series(6, 3.0);
    for (n, file) in files.iter_mut().enumerate() {
        // Step and shoot: each slice its own acquisition, time and even echo.
        file.text(tags::ACQUISITION_NUMBER, VR::IS, &n.to_string())
            .text(tags::ACQUISITION_TIME, VR::TM, &format!("1015{n:02}"))
            .text(tags::ECHO_TIME, VR::DS, &format!("2.{n}"))
            .text(tags::IMAGE_TYPE, VR::CS, if n % 2 == 0 { "ORIGINAL\\PRIMARY\\A" } else { "ORIGINAL\\PRIMARY\\B" });
    }
    let stack = only(&files);
    assert!(matches!(stack.info.shape, Shape::Volume(_)));
    assert_eq!(stack.info.split_by, None);
}

#[test]
fn two_patients_never_share_a_stack() {
    let mut files = series(4, 3.0);
    files[2].text(tags::PATIENT_ID, VR::LO, "ID-2");
    files[3].text(tags::PATIENT_ID, VR::LO, "ID-2");
    let all = stacks(&files);
    assert_eq!(all.len(), 2);
    assert_ne!(all[0].identity, all[1].identity);
}

#[test]
fn two_persons_under_one_identifier_never_share_a_stack() {
    let mut files = series(6, 3.0);
    for file in files.iter_mut().skip(3) {
        file.text(tags::PATIENT_NAME, VR::PN, "Roe^Richard");
    }
    let all = stacks(&files);
    assert_eq!(all.iter().map(|s| s.info.frames.len()).collect::<Vec<_>>(), [3, 3]);
    assert!(all.iter().all(|s| s.info.split_by.as_deref() == Some("patient")));
    assert_ne!(all[0].identity.name, all[1].identity.name);
    // The same by another birth date; another way to write one name is no other person.
    let mut files = series(4, 3.0);
    files[0].text(tags::PATIENT_BIRTH_DATE, VR::DA, "19500501");
    files[1].text(tags::PATIENT_BIRTH_DATE, VR::DA, "19610501");
    assert!(stacks(&files).len() > 1);
    let mut files = series(4, 3.0);
    files[1].text(tags::PATIENT_NAME, VR::PN, "DOE^JANE^^");
    assert_eq!(only(&files).info.split_by, None);
}

#[test]
fn of_copies_the_whole_and_the_lossless_one_is_used() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a", "b"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
    }
    for (n, file) in series(3, 3.0).iter_mut().enumerate() {
        let whole = file.encode();
        std::fs::write(folder.path().join(format!("b/{n}.dcm")), &whole).unwrap();
        // The first copy of the second is cut short, that of the third is lossy.
        let first = match n {
            1 => whole[..whole.len() - 9].to_vec(),
            2 => file.text(tags::LOSSY_IMAGE_COMPRESSION, VR::CS, "01").encode(),
            _ => whole,
        };
        std::fs::write(folder.path().join(format!("a/{n}.dcm")), first).unwrap();
    }
    let found = super::build::search(folder.path());
    let [stack] = found.stacks.as_slice() else { panic!("{}", found.stacks.len()) };
    assert_eq!(stack.info.oddities, [Oddity::DuplicateInstances { count: 3 }]);
    let used: Vec<_> = stack.sources.iter().map(|s| s.path.strip_prefix(folder.path()).unwrap().to_owned()).collect();
    assert_eq!(used, ["a/0.dcm", "b/1.dcm", "b/2.dcm"].map(std::path::PathBuf::from));
    let said: Vec<_> = found.skipped.iter().map(|s| s.reason.as_str()).collect();
    let copy = |of: &str| format!("A copy of \"{of}\": the same image, used once.");
    assert_eq!(said, [copy("b/1.dcm"), copy("b/2.dcm"), copy("a/0.dcm")]);
}

#[test]
fn files_cut_short_are_named_by_slice_and_not_one_by_one_without_end() {
    let folder = tempfile::tempdir().unwrap();
    for (n, file) in series(7, 3.0).iter().enumerate() {
        let bytes = file.encode();
        let cut = if n == 0 { 0 } else { 9 };
        std::fs::write(folder.path().join(format!("{n}.dcm")), &bytes[..bytes.len() - cut]).unwrap();
    }
    let found = super::build::search(folder.path());
    let said = |slice: u32| format!("slice {slice} is cut short: 1 of 3 rows are there");
    let more = "3 more files are cut short".to_owned();
    assert_eq!(found.stacks[0].info.report(), [said(2), said(3), said(4), more]);
}

#[test]
fn planes_that_turn_are_told_apart_but_for_rounding() {
    let turned = |n: u32, degrees: f64| {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let mut file = slice(n, [0.0, 0.0, f64::from(n)]);
        file.text(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, &format!("{cos:.6}\\{sin:.6}\\0\\{:.6}\\{cos:.6}\\0", -sin));
        file
    };
    let files: Vec<_> = (0..72).map(|n| turned(n, 5.0 * f64::from(n))).collect();
    assert_eq!(stacks(&files).len(), 72);
    // Half a hundredth to either side of a border is one plane.
    let files: Vec<_> = (1..=4).map(|n| turned(n, 0.28 + 0.004 * f64::from(n))).collect();
    assert_eq!(stacks(&files).len(), 1);
}

#[test]
fn a_copy_is_used_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = series(3, 3.0);
    files.push(files[1].clone());
    let found = found(folder.path(), &files);
    assert_eq!(found.stacks[0].info.frames.len(), 3);
    assert_eq!(found.stacks[0].info.oddities, [Oddity::DuplicateInstances { count: 1 }]);
    assert_eq!(found.skipped[0].reason, "A copy of \"0001.dcm\": the same image, used once.");
    assert_eq!(found.skipped[0].file.file_name().unwrap(), "0003.dcm");
}

#[test]
fn files_that_share_a_uid_but_not_a_place_are_all_used() {
    let mut files = series(3, 3.0);
    for file in &mut files {
        file.text(tags::SOP_INSTANCE_UID, VR::UI, "1.2.3");
    }
    let stack = only(&files);
    assert_eq!(stack.info.frames.len(), 3);
    assert!(matches!(stack.info.shape, Shape::Volume(_)));
    assert!(stack.info.oddities.iter().any(|o| o.to_string().contains("same SOP Instance UID")));
}

#[test]
fn files_without_uids_are_named_by_their_bytes() {
    let mut files = series(3, 3.0);
    for file in &mut files {
        file.without(tags::SOP_INSTANCE_UID);
    }
    let (a, b) = (only(&files), only(&files));
    assert!(a.info.frames[0].sop_uid.starts_with("sha256."));
    assert_eq!(a.info.key, b.info.key);
    let folder = tempfile::tempdir().unwrap();
    let found = found(folder.path(), &files);
    let stack = &found.stacks[0];
    for (k, source) in stack.sources.iter().enumerate() {
        assert!(crate::dicom::read_slice(&stack.info, k as u32, source, &crate::dicom::Limits::default()).is_ok());
    }
}

#[test]
fn the_key_is_what_its_comment_says() {
    use sha2::{Digest, Sha256};
    // Each pair: the UID, one zero byte, the frame in four bytes.
    let written = [b"1.2\0\0\0\0\0".as_slice(), b"1.2\0\0\0\0\x01", b"1.3\0\0\0\0\0"].concat();
    let key = stack_key([("1.3", 0), ("1.2", 1), ("1.2", 0), ("1.3", 0)]);
    assert_eq!(key.0, Sha256::digest(&written)[..16]);
}

#[test]
fn stated_spacing_is_compared_and_thickness_is_not() {
    let mut files = series(3, 3.0);
    for file in &mut files {
        file.text(tags::SLICE_THICKNESS, VR::DS, "5");
    }
    assert!(only(&files).info.oddities.is_empty());
    for file in &mut files {
        file.text(tags::SPACING_BETWEEN_SLICES, VR::DS, "5");
    }
    assert_eq!(only(&files).info.oddities, [Oddity::SpacingDisagrees { stated_mm: 5.0, actual_mm: 3.0 }]);
}

#[test]
fn json_has_the_fields_of_the_contract_and_no_control_characters() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = series(3, 3.0);
    for file in &mut files {
        file.text(tags::SERIES_DESCRIPTION, VR::LO, "Liver\u{1b}[31m\tred");
    }
    std::fs::write(folder.path().join("no\u{7}te.txt"), "not DICOM").unwrap();
    let json = inspect_json(&found(folder.path(), &files), &|_| Some(crate::clinical::StackRole::CtUnenhanced));
    let series = json["series"][0].as_object().unwrap();
    let mut names: Vec<_> = series.keys().map(String::as_str).collect();
    names.sort_unstable();
    let mut contract = [
        "id",
        "stack_key",
        "series_instance_uid",
        "study_instance_uid",
        "patient_id",
        "modality",
        "description",
        "role",
        "rows",
        "columns",
        "slices",
        "spacing_mm",
        "origin_mm",
        "direction",
        "frame_of_reference_uid",
        "transfer_syntaxes",
        "unit",
        "suv",
        "shape",
        "group",
        "phase",
        "split_by",
        "warnings",
        "files",
    ];
    contract.sort_unstable();
    assert_eq!(names, contract);
    assert_eq!(series["description"], "Liver[31mred");
    assert_eq!(series["role"], "ct_unenhanced");
    assert_eq!(series["spacing_mm"], serde_json::json!([0.7, 0.8, 3.0]));
    assert_eq!(
        (&series["rows"], &series["columns"], &series["slices"], &series["files"]),
        (&3.into(), &4.into(), &3.into(), &3.into())
    );
    assert_eq!(json["skipped"][0]["reason"], "This is not a DICOM file.");
    assert!(!json.to_string().chars().any(char::is_control), "{json}");
    assert!(!json.to_string().contains("\\u00"), "{json}");
}

#[test]
fn a_search_can_be_cancelled_and_tells_its_progress() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let folder = tempfile::tempdir().unwrap();
    found(folder.path(), &series(5, 3.0));
    let paths = [folder.path().to_owned()];
    let most = AtomicUsize::new(0);
    let progress = |done: usize, total: usize| {
        assert!(done <= total.max(5));
        most.fetch_max(done, Ordering::Relaxed);
    };
    let limits = crate::dicom::Limits::default();
    assert!(!crate::dicom::find(&paths, &limits, &progress, &|| false).cancelled);
    assert_eq!(most.load(Ordering::Relaxed), 5);
    let none = crate::dicom::find(&paths, &limits, &|_, _| {}, &|| true);
    assert!(none.cancelled && none.stacks.is_empty());
}
