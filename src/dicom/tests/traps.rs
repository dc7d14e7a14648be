//! Traps of DICOM that every viewer meets, each with its number in the list that the project keeps; more of
//! them in `irregular.rs`, `nested.rs`, `frames.rs` and `pixels.rs`.

use super::build::{File, found, search, series, slice};
use super::stacks::{only, stacks, why};
use crate::clinical::Oddity;
use crate::dicom::{Shape, StackAxis, inspect_json};
use crate::geometry::{Grid, PatientDirection};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;

fn grid(stack: &crate::dicom::FoundStack) -> &Grid {
    match &stack.info.shape {
        Shape::Volume(grid) => grid,
        Shape::PictureStack { why } => panic!("{why:?}"),
    }
}

/// The same slices once for each value of a tag.
fn for_each(tag: Tag, vr: VR, values: &[&str]) -> Vec<File> {
    let mut files = Vec::new();
    for value in values {
        for mut file in series(4, 3.0) {
            let uid = format!("1.2.9.{}", files.len());
            file.text(tags::SOP_INSTANCE_UID, VR::UI, &uid).text(tag, vr, value);
            files.push(file);
        }
    }
    files
}

#[test]
fn trap_10_pixels_that_are_not_square_are_measured_in_mm() {
    let mut files = series(3, 3.0);
    for file in &mut files {
        file.text(tags::PIXEL_SPACING, VR::DS, "4\\6.4");
    }
    // Down first, then along (PS3.3 10.7.1.3).
    assert_eq!(grid(&only(&files)).spacing_mm, [6.4, 4.0, 3.0]);
}

#[test]
fn trap_10_an_aspect_ratio_shapes_the_picture_and_gives_no_mm() {
    let mut file = slice(1, [0.0; 3]);
    file.text(tags::MODALITY, VR::CS, "OT").without(tags::PIXEL_SPACING).without(tags::IMAGE_POSITION_PATIENT).text(
        tags::PIXEL_ASPECT_RATIO,
        VR::IS,
        "6\\5",
    );
    let stack = only(&[file.clone()]);
    let volume = stack.info.empty_volume();
    assert_eq!(volume.grid.spacing_mm, [1.0, 1.2, 1.0]);
    assert!(!volume.calibrated && !volume.is_volume);
    assert!(stack.info.oddities.contains(&Oddity::NotCalibrated));
    // Nonsense is left out, and a size in mm needs no ratio.
    for ratio in ["0\\5", "1\\0", "1", "1\\1000", "x\\y"] {
        file.text(tags::PIXEL_ASPECT_RATIO, VR::IS, ratio);
        assert_eq!(only(&[file.clone()]).info.pixel_aspect, None, "{ratio}");
    }
}

#[test]
fn trap_11_a_size_at_the_detector_is_no_size_at_the_patient() {
    let mut file = slice(1, [0.0; 3]);
    file.text(tags::MODALITY, VR::CS, "DX").without(tags::PIXEL_SPACING).without(tags::IMAGE_POSITION_PATIENT).text(
        tags::IMAGER_PIXEL_SPACING,
        VR::DS,
        "0.2\\0.2",
    );
    let stack = only(&[file]);
    assert_eq!(stack.info.pixel_spacing_mm, None);
    assert!(stack.info.oddities.contains(&Oddity::NotCalibrated));
}

#[test]
fn trap_12_slice_spacing_comes_from_positions() {
    let mut files = series(4, 2.5);
    for file in &mut files {
        file.text(tags::SLICE_THICKNESS, VR::DS, "5").text(tags::SPACING_BETWEEN_SLICES, VR::DS, "2.5");
    }
    let stack = only(&files);
    assert_eq!(grid(&stack).spacing_mm[2], 2.5);
    assert!(stack.info.oddities.is_empty());
    for file in &mut files {
        file.text(tags::SPACING_BETWEEN_SLICES, VR::DS, "7");
    }
    let stack = only(&files);
    assert_eq!(grid(&stack).spacing_mm[2], 2.5);
    assert_eq!(stack.info.report(), ["the stated slice spacing 7.00 mm disagrees with the positions, 2.50 mm"]);
}

#[test]
fn trap_15_slices_are_sorted_by_place_although_numbers_are_scrambled() {
    let mut files = series(6, 3.0);
    for (file, number) in files.iter_mut().zip([4, 1, 6, 2, 5, 3]) {
        file.text(tags::INSTANCE_NUMBER, VR::IS, &number.to_string());
    }
    files.rotate_left(2);
    let stack = only(&files);
    let uids: Vec<_> = stack.info.frames.iter().map(|f| f.sop_uid.clone()).collect();
    assert_eq!(uids, (1..=6).map(|n| format!("1.2.3.4.{n}")).collect::<Vec<_>>());
    assert_eq!(grid(&stack).dims[2], 6);
}

#[test]
fn trap_16_computed_maps_leave_the_images_they_came_from() {
    let mut files = for_each(tags::IMAGE_TYPE, VR::CS, &["ORIGINAL\\PRIMARY\\DIFFUSION\\NONE"; 3]);
    for (n, file) in files.iter_mut().enumerate() {
        let b = [0.0f64, 400.0, 800.0][n / 4];
        file.text(tags::MODALITY, VR::CS, "MR").bytes(tags::DIFFUSION_B_VALUE, VR::FD, &b.to_le_bytes());
    }
    // Maps carry the b-value of the last image.
    for (n, mut file) in series(4, 3.0).into_iter().enumerate() {
        file.text(tags::SOP_INSTANCE_UID, VR::UI, &format!("1.2.10.{n}"))
            .text(tags::MODALITY, VR::CS, "MR")
            .text(tags::IMAGE_TYPE, VR::CS, "DERIVED\\PRIMARY\\DIFFUSION\\ADC")
            .bytes(tags::DIFFUSION_B_VALUE, VR::FD, &800.0f64.to_le_bytes());
        files.push(file);
    }
    let all = stacks(&files);
    let said: Vec<_> = all
        .iter()
        .map(|s| (s.info.split_by.as_deref().unwrap(), s.info.group.as_ref().map(|g| g.label.as_str())))
        .collect();
    assert_eq!(
        said,
        [
            ("image type, b-value", Some("b 0")),
            ("image type, b-value", Some("b 400")),
            ("image type, b-value", Some("b 800")),
            ("image type", None),
        ]
    );
    assert!(all.iter().all(|s| grid(s).dims[2] == 4));
}

#[test]
fn trap_16_a_localizer_is_no_volume() {
    let mut files = series(3, 3.0);
    for file in &mut files {
        file.text(tags::IMAGE_TYPE, VR::CS, "ORIGINAL\\PRIMARY\\LOCALIZER");
    }
    assert_eq!(why(&only(&files)), [Oddity::Localizer]);
}

#[test]
fn trap_17_phases_of_one_series_are_stacks_of_one_group() {
    let mut files = for_each(tags::ACQUISITION_TIME, VR::TM, &["101500", "101535", "101600"]);
    for (n, file) in files.iter_mut().enumerate() {
        file.text(tags::ACQUISITION_NUMBER, VR::IS, &(3 + n / 4).to_string());
    }
    let folder = tempfile::tempdir().unwrap();
    let json = inspect_json(&found(folder.path(), &files), &|_| None);
    let phases: Vec<_> = json["series"].as_array().unwrap().iter().map(|s| (&s["group"], &s["phase"])).collect();
    let phase = |index, value| serde_json::json!({ "axis": "phase", "index": index, "value": value });
    let id = serde_json::json!("1.2.3.2@phase");
    assert_eq!(phases, [(&id, &phase(0, 3.0)), (&id, &phase(1, 4.0)), (&id, &phase(2, 5.0))]);
    let labels: Vec<_> = stacks(&files).iter().map(|s| s.info.group.clone().unwrap().label).collect();
    assert_eq!(labels, ["phase 1, +0 s", "phase 2, +35 s", "phase 3, +60 s"]);
}

#[test]
fn trap_17_each_way_to_tell_phases_apart_has_its_axis() {
    for (tag, vr, values, rule, axis, value) in [
        (tags::TEMPORAL_POSITION_IDENTIFIER, VR::IS, ["1", "2"], "temporal position", StackAxis::Time, Some(2.0)),
        (tags::TRIGGER_TIME, VR::DS, ["0", "450"], "trigger time", StackAxis::Phase, Some(450.0)),
        (tags::ECHO_TIME, VR::DS, ["2.3", "4.6"], "echo time", StackAxis::Echo, Some(4.6)),
        (tags::ACQUISITION_NUMBER, VR::IS, ["3", "4"], "acquisition number", StackAxis::Phase, Some(4.0)),
        (tags::ACQUISITION_TIME, VR::TM, ["101500", "101535"], "acquisition time", StackAxis::Time, Some(35.0)),
        (tags::CONTRAST_BOLUS_AGENT_PHASE, VR::CS, ["ARTERIAL", "VENOUS"], "contrast phase", StackAxis::Phase, None),
    ] {
        let all = stacks(&for_each(tag, vr, &values));
        assert_eq!(all.len(), 2, "{rule}");
        for (index, stack) in all.iter().enumerate() {
            assert_eq!(stack.info.split_by.as_deref(), Some(rule));
            assert_eq!(grid(stack).dims[2], 4);
            let group = stack.info.group.as_ref().unwrap();
            assert_eq!((group.axis, group.index as usize, group.of), (axis, index, 2), "{rule}");
        }
        assert_eq!(all[1].info.group.as_ref().unwrap().value, value, "{rule}");
    }
    // A kernel tells stacks apart, but nobody steps through kernels.
    let kernels = stacks(&for_each(tags::CONVOLUTION_KERNEL, VR::SH, &["B30f", "B70f"]));
    assert!(kernels.len() == 2 && kernels.iter().all(|s| s.info.group.is_none()));
}

#[test]
fn phases_over_midnight_keep_their_order() {
    let mut files = for_each(tags::ACQUISITION_TIME, VR::TM, &["235950", "000030"]);
    for (n, file) in files.iter_mut().enumerate() {
        file.text(tags::ACQUISITION_DATE, VR::DA, if n < 4 { "20240228" } else { "20240229" });
    }
    let labels: Vec<_> = stacks(&files).iter().map(|s| s.info.group.clone().unwrap().label).collect();
    assert_eq!(labels, ["+0 s", "+40 s"]);
}

#[test]
fn echoes_of_phases_are_stepped_through_in_time() {
    let mut files = Vec::new();
    for phase in ["1", "2", "3"] {
        for mut file in for_each(tags::ECHO_TIME, VR::DS, &["2", "4"]) {
            file.text(tags::SOP_INSTANCE_UID, VR::UI, &format!("1.2.11.{}", files.len())).text(
                tags::TEMPORAL_POSITION_IDENTIFIER,
                VR::IS,
                phase,
            );
            files.push(file);
        }
    }
    let all = stacks(&files);
    let groups: Vec<_> = all.iter().map(|s| s.info.group.clone().unwrap()).map(|g| (g.id, g.index, g.of)).collect();
    let (first, second) = ("1.2.3.2@time".to_owned(), "1.2.3.2@time#2".to_owned());
    assert_eq!(
        groups,
        [
            (first.clone(), 0, 3),
            (second.clone(), 0, 3),
            (first.clone(), 1, 3),
            (second.clone(), 1, 3),
            (first, 2, 3),
            (second, 2, 3)
        ]
    );
}

#[test]
fn trap_19_each_maker_writes_b_values_in_its_own_place() {
    type Write = fn(&mut File, f64);
    let makers: [(&str, Write); 6] = [
        ("public", |f, b| {
            f.bytes(tags::DIFFUSION_B_VALUE, VR::FD, &b.to_le_bytes());
        }),
        ("Siemens", |f, b| {
            f.text(Tag(0x0019, 0x0010), VR::LO, "SIEMENS MR HEADER").text(Tag(0x0019, 0x100C), VR::IS, &b.to_string());
        }),
        ("GE", |f, b| {
            let value = format!("{b}\\8\\0\\0");
            f.text(Tag(0x0043, 0x0010), VR::LO, "GEMS_PARM_01").text(Tag(0x0043, 0x1039), VR::IS, &value);
        }),
        ("GE, later", |f, b| {
            let value = format!("{}\\0\\0\\0", b + 1e9);
            f.text(Tag(0x0043, 0x0010), VR::LO, "GEMS_PARM_01").text(Tag(0x0043, 0x1039), VR::IS, &value);
        }),
        ("Philips", |f, b| {
            f.text(Tag(0x2001, 0x0010), VR::LO, "Philips Imaging DD 001");
            f.bytes(Tag(0x2001, 0x1003), VR::FL, &(b as f32).to_le_bytes());
        }),
        ("Hitachi", |f, b| {
            f.text(tags::MANUFACTURER, VR::LO, "HITACHI Ltd.").text(Tag(0x0029, 0x0010), VR::LO, "HMC");
            f.bytes(Tag(0x0029, 0x1030), VR::FD, &b.to_le_bytes());
        }),
    ];
    for (maker, write) in makers {
        let mut files = for_each(tags::MODALITY, VR::CS, &["MR"; 3]);
        for (n, file) in files.iter_mut().enumerate() {
            write(file, [50.0, 400.0, 800.0][n / 4]);
        }
        let all = stacks(&files);
        let values: Vec<_> = all.iter().map(|s| s.info.group.as_ref().and_then(|g| g.value)).collect();
        assert_eq!(values, [Some(50.0), Some(400.0), Some(800.0)], "{maker}");
        assert_eq!(all[2].info.acquisition.b_value, Some(800.0), "{maker}");
        assert_eq!(all[0].info.split_by.as_deref(), Some("b-value"));
    }
}

#[test]
fn trap_23_sides_come_from_the_cosines_and_not_from_the_patient_position() {
    for position in ["HFS", "FFS", "HFP", ""] {
        let mut files = series(3, 3.0);
        for file in &mut files {
            file.text(tags::PATIENT_POSITION, VR::CS, position);
        }
        assert_eq!(grid(&only(&files)).axes[0], PatientDirection::LEFT, "{position}");
    }
    // Feet first and prone, as a scanner writes it: rows run to the right.
    let mut files = series(3, 3.0);
    for file in &mut files {
        file.text(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, "-1\\0\\0\\0\\1\\0");
    }
    let stack = only(&files);
    assert_eq!(grid(&stack).axes.map(|a| (a.vector().x, a.vector().z)), [(-1.0, 0.0), (0.0, 0.0), (0.0, -1.0)]);
    assert_eq!(grid(&stack).origin.z, 9.0, "slices grow to the feet");
}

#[test]
fn trap_27_long_and_foreign_paths() {
    let folder = tempfile::tempdir().unwrap();
    let mut deep = folder.path().to_owned();
    for part in
        ["Jäger & Söhne", "肝臓 CT", "Печень", "a".repeat(200).as_str(), "b".repeat(200).as_str(), "with  two spaces "]
    {
        deep.push(part);
    }
    std::fs::create_dir_all(&deep).unwrap();
    let name = |n: usize| format!("é{}_{n}.dcm", "ü".repeat(60));
    for (n, file) in series(3, 3.0).iter().enumerate() {
        std::fs::write(deep.join(name(n)), file.encode()).unwrap();
    }
    let found = search(folder.path());
    assert!(found.skipped.is_empty(), "{:?}", found.skipped);
    let stack = &found.stacks[0];
    assert_eq!(grid(stack).dims[2], 3);
    for k in 0..3 {
        let limits = crate::dicom::Limits::default();
        assert!(crate::dicom::read_grid_slice(&stack.info, k, &stack.sources, &limits).is_ok());
    }
}

#[test]
fn trap_30_a_frame_of_reference_is_a_space_and_no_more() {
    let mut files = series(6, 3.0);
    for file in files.iter_mut().skip(3) {
        file.text(tags::FRAME_OF_REFERENCE_UID, VR::UI, "1.2.3.99");
    }
    let all = stacks(&files);
    assert_eq!(all.len(), 2);
    assert_ne!(grid(&all[0]).space, grid(&all[1]).space);
    assert_eq!(all[0].info.split_by.as_deref(), Some("frame of reference"));
    // Without one, a stack has a space of its own, and says what that means.
    let mut files = series(3, 3.0);
    for file in &mut files {
        file.without(tags::FRAME_OF_REFERENCE_UID);
    }
    let stack = only(&files);
    assert!(grid(&stack).space.0.starts_with("stack:"));
    assert_eq!(stack.info.report(), ["no frame of reference; it can be linked by a match only"]);
}
