//! Objects of several frames: enhanced ones become stacks like any other, the rest are pictures.

use super::build::{File, found, slice};
use super::stacks::{only, stacks, why};
use crate::clinical::{FrameName, Grouping, GroupingId, GroupingKind, PatientId};
use crate::dicom::{Limits, Shape, find, read_grid_slice, regroup};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;

type Values = Vec<(Tag, VR, Vec<u8>)>;

fn text(tag: Tag, vr: VR, value: &str) -> (Tag, VR, Vec<u8>) {
    (tag, vr, value.as_bytes().to_vec())
}

/// A frame: its place, and more values by the sequence that holds them.
struct Frame {
    z: f64,
    more: Vec<(Tag, Values)>,
}

/// An enhanced CT: 4 x 3 pixels, pixel value = 100 * (frame + 1) + offset; orientation and spacing are shared.
fn enhanced(uid: &str, frames: &[Frame]) -> File {
    let mut file = slice(1, [0.0; 3]);
    file.text(tags::SOP_CLASS_UID, VR::UI, "1.2.840.10008.5.1.4.1.1.2.1")
        .text(tags::SOP_INSTANCE_UID, VR::UI, uid)
        .text(tags::NUMBER_OF_FRAMES, VR::IS, &frames.len().to_string());
    for tag in [
        tags::IMAGE_POSITION_PATIENT,
        tags::IMAGE_ORIENTATION_PATIENT,
        tags::PIXEL_SPACING,
        tags::RESCALE_SLOPE,
        tags::RESCALE_INTERCEPT,
    ] {
        file.without(tag);
    }
    let pixels: Vec<u8> = (1..=frames.len() as i16)
        .flat_map(|n| (0..12).flat_map(move |p| n.wrapping_mul(100).wrapping_add(p).to_le_bytes()))
        .collect();
    file.bytes(tags::PIXEL_DATA, VR::OW, &pixels);
    let groups: Vec<Vec<u8>> = frames
        .iter()
        .map(|frame| {
            let place = text(tags::IMAGE_POSITION_PATIENT, VR::DS, &format!("-100\\-50\\{}", frame.z));
            let mut sequences = vec![(tags::PLANE_POSITION_SEQUENCE, vec![file.item(&[place], &[])])];
            sequences.extend(frame.more.iter().map(|(tag, values)| (*tag, vec![file.item(values, &[])])));
            file.item(&[], &sequences)
        })
        .collect();
    let orientation = file.item(&[text(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, "1\\0\\0\\0\\1\\0")], &[]);
    let measures =
        file.item(&[text(tags::PIXEL_SPACING, VR::DS, "0.8\\0.7"), text(tags::SLICE_THICKNESS, VR::DS, "3")], &[]);
    let values = file.item(
        &[
            text(tags::RESCALE_SLOPE, VR::DS, "1"),
            text(tags::RESCALE_INTERCEPT, VR::DS, "-1024"),
            text(tags::RESCALE_TYPE, VR::LO, "HU"),
        ],
        &[],
    );
    let shared = file.item(
        &[],
        &[
            (tags::PLANE_ORIENTATION_SEQUENCE, vec![orientation]),
            (tags::PIXEL_MEASURES_SEQUENCE, vec![measures]),
            (tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE, vec![values]),
        ],
    );
    file.sequence(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, vec![shared]);
    file.sequence(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, groups);
    file
}

fn plain(z: impl IntoIterator<Item = f64>) -> Vec<Frame> {
    z.into_iter().map(|z| Frame { z, more: Vec::new() }).collect()
}

#[test]
fn trap_18_an_enhanced_object_is_a_volume_without_any_dimension_index() {
    // Frames in any order, and neither a dimension index nor a stack number.
    let file = enhanced("1.2.7.1", &plain([6.0, 0.0, 9.0, 3.0]));
    let folder = tempfile::tempdir().unwrap();
    let stack = found(folder.path(), &[file]).stacks.remove(0);
    let Shape::Volume(grid) = &stack.info.shape else { panic!("{:?}", stack.info.oddities) };
    assert_eq!((grid.dims, grid.spacing_mm, grid.origin.z), ([4, 3, 4], [0.7, 0.8, 3.0], 0.0));
    assert!(stack.info.oddities.is_empty(), "{:?}", stack.info.oddities);
    assert_eq!(stack.info.unit.code(), "HU");
    let numbers: Vec<_> = stack.info.frames.iter().map(|f| f.frame).collect();
    assert_eq!(numbers, [1, 3, 0, 2]);
    let volume = stack.info.empty_volume();
    for (k, expected) in [200.0, 400.0, 100.0, 300.0].into_iter().enumerate() {
        let data = read_grid_slice(&stack.info, k as u32, &stack.sources, &Limits::default()).unwrap();
        volume.slices[k].set(data).unwrap();
        assert_eq!(volume.value(0, 0, k as u32), Some(expected - 1024.0));
    }
}

#[test]
fn frames_have_their_own_rescale() {
    let with = |z, slope: &str| Frame {
        z,
        more: vec![(
            tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE,
            vec![text(tags::RESCALE_SLOPE, VR::DS, slope), text(tags::RESCALE_INTERCEPT, VR::DS, "5")],
        )],
    };
    let stack = only(&[enhanced("1.2.7.1", &[with(0.0, "2"), with(3.0, "3"), plain([6.0]).remove(0)])]);
    let rescale: Vec<_> = stack.info.rescale.iter().map(|r| (r.slope, r.intercept)).collect();
    assert_eq!(rescale, [(2.0, 5.0), (3.0, 5.0), (1.0, -1024.0)]);
}

#[test]
fn phases_and_b_values_within_one_object_are_stacks_of_a_group() {
    let mut frames = Vec::new();
    for z in [0.0, 3.0, 6.0] {
        for (index, stamp) in [(1u32, "20240229101500.00"), (2, "20240229101542.00")] {
            let values = vec![
                (tags::TEMPORAL_POSITION_INDEX, VR::UL, index.to_le_bytes().to_vec()),
                text(tags::FRAME_ACQUISITION_DATE_TIME, VR::DT, stamp),
            ];
            frames.push(Frame { z, more: vec![(tags::FRAME_CONTENT_SEQUENCE, values)] });
        }
    }
    let all = stacks(&[enhanced("1.2.7.1", &frames)]);
    assert_eq!(all.len(), 2);
    let labels: Vec<_> = all.iter().map(|s| s.info.group.clone().unwrap().label).collect();
    assert_eq!(labels, ["+0 s", "+42 s"]);
    assert_eq!(all[1].info.acquisition.time_s, Some(36_942.0));
    let numbers: Vec<_> = all[1].info.frames.iter().map(|f| f.frame).collect();
    assert_eq!(numbers, [1, 3, 5]);
    let mut frames = Vec::new();
    for z in [0.0, 3.0, 6.0] {
        for b in [0.0f64, 800.0] {
            let values = vec![(tags::DIFFUSION_B_VALUE, VR::FD, b.to_le_bytes().to_vec())];
            frames.push(Frame { z, more: vec![(tags::MR_DIFFUSION_SEQUENCE, values)] });
        }
    }
    let all = stacks(&[enhanced("1.2.7.1", &frames)]);
    let values: Vec<_> = all.iter().map(|s| s.info.group.clone().unwrap().value).collect();
    assert_eq!(values, [Some(0.0), Some(800.0)]);
}

#[test]
fn a_dimension_that_nothing_else_tells_splits() {
    // Two diffusion directions at each place, told apart by the dimension index alone; the first dimension
    // numbers slices.
    let mut frames = Vec::new();
    for (place, z) in (1u32..).zip([0.0, 3.0, 6.0]) {
        for direction in [1u32, 2] {
            let index = [place, direction].iter().flat_map(|n| n.to_le_bytes()).collect();
            let values = vec![(tags::DIMENSION_INDEX_VALUES, VR::UL, index)];
            frames.push(Frame { z, more: vec![(tags::FRAME_CONTENT_SEQUENCE, values)] });
        }
    }
    let mut file = enhanced("1.2.7.1", &frames);
    let pointer = |tag: Tag| {
        let value = [tag.group(), tag.element()].iter().flat_map(|n| n.to_le_bytes()).collect();
        file.item(&[(tags::DIMENSION_INDEX_POINTER, VR::AT, value)], &[])
    };
    let pointers = vec![pointer(tags::IN_STACK_POSITION_NUMBER), pointer(tags::DIFFUSION_GRADIENT_ORIENTATION)];
    file.sequence(tags::DIMENSION_INDEX_SEQUENCE, pointers);
    let all = stacks(&[file]);
    let numbers: Vec<Vec<_>> = all.iter().map(|s| s.info.frames.iter().map(|f| f.frame).collect()).collect();
    assert_eq!(numbers, [[0, 2, 4], [1, 3, 5]]);
    assert_eq!(all[0].info.split_by.as_deref(), Some("dimension index"));
}

#[test]
fn parts_of_a_concatenation_are_one_stack() {
    let part = |number: u16, of: u16, z: [f64; 2]| {
        let mut file = enhanced(&format!("1.2.7.{number}"), &plain(z));
        file.text(tags::CONCATENATION_UID, VR::UI, "1.2.8")
            .short(tags::IN_CONCATENATION_NUMBER, number)
            .short(tags::IN_CONCATENATION_TOTAL_NUMBER, of)
            .text(tags::INSTANCE_NUMBER, VR::IS, "1");
        file
    };
    let stack = only(&[part(2, 2, [6.0, 9.0]), part(1, 2, [0.0, 3.0])]);
    assert!(matches!(&stack.info.shape, Shape::Volume(grid) if grid.dims[2] == 4));
    assert!(stack.info.oddities.is_empty());
    let names: Vec<_> = stack.info.frames.iter().map(|f| (f.sop_uid.as_str(), f.frame)).collect();
    assert_eq!(names, [("1.2.7.1", 0), ("1.2.7.1", 1), ("1.2.7.2", 0), ("1.2.7.2", 1)]);
    // The last part is missing: what is there is shown, and it is said.
    let some = only(&[part(1, 3, [0.0, 3.0]), part(2, 3, [6.0, 9.0])]);
    assert!(matches!(some.info.shape, Shape::Volume(_)));
    assert_eq!(some.info.report(), ["an object in 3 files, of which 1 is missing"]);
}

#[test]
fn volumes_in_objects_of_their_own_are_phases() {
    let files = [enhanced("1.2.7.1", &plain([0.0, 3.0, 6.0])), enhanced("1.2.7.2", &plain([0.0, 3.0, 6.0]))];
    let all = stacks(&files);
    assert_eq!(all.len(), 2);
    let group = all[1].info.group.as_ref().unwrap();
    assert_eq!((group.label.as_str(), group.index, group.of), ("phase 2", 1, 2));
    assert_eq!(all[1].info.split_by.as_deref(), Some("object"));
}

#[test]
fn frames_that_share_one_header_are_pictures() {
    let mut file = slice(1, [0.0; 3]);
    file.text(tags::NUMBER_OF_FRAMES, VR::IS, "3").bytes(tags::PIXEL_DATA, VR::OW, &[7; 72]);
    let stack = only(&[file]);
    assert_eq!(stack.info.slices(), 3);
    assert!(why(&stack)[0].to_string().contains("share one header"));
    assert!(stack.info.frames.iter().all(|f| f.position_mm.is_none()));
    // Groups for fewer frames than there are: no place for the others, so no volume.
    let mut file = enhanced("1.2.7.1", &plain([0.0, 3.0, 6.0]));
    file.text(tags::NUMBER_OF_FRAMES, VR::IS, "4").bytes(tags::PIXEL_DATA, VR::OW, &[7; 96]);
    assert!(matches!(only(&[file]).info.shape, Shape::PictureStack { .. }));
}

#[test]
fn many_frames_are_found_and_read_without_reading_the_header_for_each() {
    let file = enhanced("1.2.7.1", &plain((0..2_000).map(|n| f64::from(n) * 3.0)));
    let folder = tempfile::tempdir().unwrap();
    let stack = found(folder.path(), &[file]).stacks.remove(0);
    assert_eq!(stack.info.slices(), 2_000);
    let started = std::time::Instant::now();
    for k in 0..2_000 {
        read_grid_slice(&stack.info, k, &stack.sources, &Limits::default()).unwrap();
    }
    // Reading the header each time takes a minute.
    assert!(started.elapsed().as_secs_f64() < 5.0, "{:?}", started.elapsed());
}

fn names(of: &[(&str, u32)]) -> Vec<FrameName> {
    of.iter().map(|(uid, frame)| FrameName { sop_uid: (*uid).to_owned(), frame: *frame }).collect()
}

fn by_hand(groups: &[Vec<FrameName>]) -> Vec<Grouping> {
    let grouping = |(n, group): (u32, &Vec<FrameName>)| Grouping {
        id: GroupingId(n),
        patient: PatientId(1),
        series_uid: "1.2.3.2".into(),
        kind: GroupingKind::Merge,
        groups: vec![group.clone()],
        note: String::new(),
    };
    (1..).zip(groups).map(grouping).collect()
}

#[test]
fn stacks_are_merged_and_split_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = super::build::series(6, 3.0);
    for (n, file) in files.iter_mut().enumerate().skip(3) {
        // Another series, which goes on where the first ends.
        file.text(tags::SERIES_INSTANCE_UID, VR::UI, "1.2.3.5").text(tags::INSTANCE_NUMBER, VR::IS, &n.to_string());
    }
    let limits = Limits::default();
    let look = || found(folder.path(), &files);
    assert_eq!(look().stacks.len(), 2);
    let uids = ["1.2.3.4.1", "1.2.3.4.2", "1.2.3.4.3", "1.2.3.4.4", "1.2.3.4.5", "1.2.3.4.6"];
    let all: Vec<(&str, u32)> = uids.iter().map(|uid| (*uid, 0)).collect();
    // Merged across series.
    let merged = regroup(look(), &by_hand(&[names(&all)]), &limits);
    assert_eq!(merged.stacks.len(), 1);
    let stack = &merged.stacks[0];
    assert!(matches!(&stack.info.shape, Shape::Volume(grid) if grid.dims[2] == 6));
    assert_eq!((stack.info.id.as_str(), stack.info.split_by.as_deref()), ("1.2.3.2", Some("hand")));
    assert_eq!(stack.info.key, crate::dicom::stack_key(all.iter().copied()));
    // The same again is the same, and a later grouping holds over an earlier one.
    let again = regroup(merged, &by_hand(&[names(&all), names(&all[..2])]), &limits);
    let slices: Vec<_> = again.stacks.iter().map(|s| (s.info.id.as_str(), s.info.slices())).collect();
    assert_eq!(slices, [("1.2.3.2", 4), ("1.2.3.2#2", 2)]);
    // A frame that nobody names goes by the rules; one that is not there is no fault.
    let part = regroup(look(), &by_hand(&[names(&[("1.2.3.4.1", 0), ("9.9", 0)])]), &limits);
    let slices: Vec<_> = part.stacks.iter().map(|s| (s.info.id.as_str(), s.info.slices())).collect();
    assert_eq!(slices, [("1.2.3.2", 2), ("1.2.3.2#2", 1), ("1.2.3.5", 3)]);
    // A grouping of frames that are not there leaves everything as it was found.
    let plain = regroup(again, &by_hand(&[names(&[("9.9", 0)])]), &limits);
    let found = find(&[folder.path().to_owned()], &limits, &|_, _| {}, &|| false);
    let infos = |f: &crate::dicom::Found| f.stacks.iter().map(|s| s.info.clone()).collect::<Vec<_>>();
    assert_eq!(infos(&plain), infos(&found));
}

#[test]
fn pictures_of_different_size_merged_by_hand_are_refused_a_common_stack() {
    let mut small = slice(2, [0.0, 0.0, 3.0]);
    small.short(tags::ROWS, 2).bytes(tags::PIXEL_DATA, VR::OW, &[0; 16]);
    let folder = tempfile::tempdir().unwrap();
    let found = found(folder.path(), &[slice(1, [0.0; 3]), small]);
    let both = names(&[("1.2.3.4.1", 0), ("1.2.3.4.2", 0)]);
    let merged = regroup(found, &by_hand(&[both]), &Limits::default());
    assert_eq!(merged.stacks.len(), 2, "each with slices of one size");
}
