//! Slices that do not lie one above the other in even steps.

use super::build::{File, found, series, slice};
use super::stacks::{only, stacks, why};
use crate::clinical::Oddity;
use crate::dicom::{FoundStack, Limits, Shape, SliceRecipe, read_grid_slice};
use crate::geometry::VoxelIndex;
use crate::volume::{SliceData, Volume};
use dicom_core::VR;
use dicom_dictionary_std::tags;

/// Finds the only stack of some files and reads it whole.
fn read(files: &[File]) -> (FoundStack, Volume) {
    let folder = tempfile::tempdir().unwrap();
    let stack = found(folder.path(), files).stacks.remove(0);
    let volume = stack.info.empty_volume();
    for k in 0..stack.info.slices() {
        let data = read_grid_slice(&stack.info, k, &stack.sources, &Limits::default()).unwrap();
        assert_eq!(data.len(), volume.grid.slice_len());
        volume.slices[k as usize].set(data).unwrap();
    }
    assert!(read_grid_slice(&stack.info, stack.info.slices(), &stack.sources, &Limits::default()).is_err());
    (stack, volume)
}

/// Four slices whose rows drift by a fixed number of rows (0.8 mm each) from slice to slice, 3 mm apart.
fn tilted(rows: f64) -> Vec<File> {
    (0..4).map(|n| slice(n + 1, [-100.0, -50.0 + 0.8 * rows * f64::from(n), 3.0 * f64::from(n)])).collect()
}

#[test]
fn trap_13_gantry_tilt_is_sheared_onto_a_straight_grid() {
    // One row of drift a slice: values stay as they are, in grown slices.
    let (stack, volume) = read(&tilted(1.0));
    let degrees = (0.8f64 / 3.0).atan().to_degrees();
    let [Oddity::Tilted { degrees: said, sheared: true }] = stack.info.oddities[..] else {
        panic!("{:?}", stack.info.oddities)
    };
    assert!((said - degrees).abs() < 1e-9);
    assert_eq!(stack.info.oddities[0].to_string(), "tilted 14.9 degrees: sheared onto a straight grid");
    assert_eq!(volume.grid.dims, [4, 6, 4]);
    assert_eq!((stack.info.rows, stack.info.columns), (3, 4), "the frames' own size");
    assert_eq!(volume.grid.axes[2].vector().z, 1.0);
    assert_eq!(volume.grid.spacing_mm, [0.7, 0.8, 3.0]);
    // Slice n holds 100 n + pixel, from row n on; all else is padding, outside the image.
    for k in 0..4u32 {
        for j in 0..6u32 {
            let expected = (j >= k && j < k + 3).then(|| f64::from(100 * (k + 1) + 4 * (j - k) + 2) - 1024.0);
            assert_eq!(volume.value(2, j, k), expected, "row {j} of slice {k}");
        }
    }
    assert_eq!(stack.info.slice_marks(0), ["sheared"]);
    assert_eq!(volume.padding.unwrap().low, -32_768.0);
    // Each value is where its frame says it is.
    let place = volume.grid.to_patient(VoxelIndex::new(2.0, 3.0, 3.0));
    assert!((place.y - (-50.0 + 0.8 * 3.0)).abs() < 1e-9 && (place.z - 9.0).abs() < 1e-9);
}

#[test]
fn a_tilt_to_the_other_side_moves_the_origin() {
    let (_, volume) = read(&tilted(-0.5));
    // One and a half rows in all: two more, before the first frame's.
    assert_eq!(volume.grid.dims, [4, 5, 4]);
    assert!((volume.grid.origin.y - (-50.0 - 1.6)).abs() < 1e-9);
    assert_eq!(volume.value(0, 2, 0), Some(100.0 - 1024.0));
    // Slice 1 lies half a row higher: its rows 0 and 1 (200, 204) meet in row 2.
    assert_eq!(volume.value(0, 2, 1), Some(202.0 - 1024.0));
    assert_eq!(volume.value(0, 0, 1), None);
}

#[test]
fn the_files_own_padding_surrounds_sheared_slices() {
    let mut files = tilted(1.0);
    for file in &mut files {
        file.short(tags::PIXEL_PADDING_VALUE, (-2000i16).cast_unsigned());
    }
    let (stack, volume) = read(&files);
    assert_eq!(stack.info.padding.unwrap().low, -2000.0);
    let Some(SliceData::I16(first)) = volume.slice(0) else { panic!() };
    assert_eq!(first[5 * 4], -2000);
    // No value of the file is lost when it already stands for padding elsewhere.
    assert_eq!(volume.value(0, 0, 0), Some(100.0 - 1024.0));
}

#[test]
fn what_is_steeper_than_a_gantry_is_no_tilt() {
    let steep = only(&tilted(5.0));
    assert!(matches!(why(&steep), [Oddity::Tilted { sheared: false, .. }]), "{:?}", why(&steep));
    assert!(why(&steep)[0].to_string().ends_with("not stacked at right angles"));
}

#[test]
fn trap_14_one_missing_slice_is_made_from_its_neighbours() {
    let mut files = series(6, 3.0);
    files.remove(3);
    let (stack, volume) = read(&files);
    let [ref odd] = stack.info.oddities[..] else { panic!("{:?}", stack.info.oddities) };
    assert_eq!(*odd, Oddity::SliceInterpolated { slice: 4, gap_mm: 6.0 });
    assert_eq!(odd.to_string(), "gap of 6.00 mm: slice 4 is missing and was made from its two neighbours");
    assert_eq!((volume.grid.dims, volume.grid.spacing_mm[2]), ([4, 3, 6], 3.0));
    assert_eq!(stack.info.frames.len(), 5);
    assert_eq!(stack.info.recipe(3), Some(SliceRecipe::Between { before: 2, after: 3, fraction: 0.5 }));
    for (k, n) in [100.0, 200.0, 300.0, 400.0, 500.0, 600.0].into_iter().enumerate() {
        assert_eq!(volume.value(1, 1, k as u32), Some(n + 5.0 - 1024.0), "slice {k}");
    }
    assert_eq!(stack.info.slice_marks(3), ["slice missing, interpolated"]);
    assert!(stack.info.slice_marks(2).is_empty());
    // The key names the frames, whether or not a slice is made between them.
    assert_eq!(volume.key, crate::dicom::stack_key((1..=6).filter(|n| *n != 4).map(|n| (NAMES[n - 1], 0))));
    let json = serde_json::to_string(&stack.info).unwrap();
    assert_eq!(serde_json::from_str::<crate::dicom::StackInfo>(&json).unwrap(), stack.info);
}

const NAMES: [&str; 6] = ["1.2.3.4.1", "1.2.3.4.2", "1.2.3.4.3", "1.2.3.4.4", "1.2.3.4.5", "1.2.3.4.6"];

#[test]
fn trap_14_more_than_one_missing_slice_leaves_pictures() {
    let mut files = series(8, 3.0);
    files.remove(5);
    files.remove(2);
    let stack = only(&files);
    assert_eq!(
        why(&stack),
        [Oddity::Gap { slice: 2, gap_mm: 6.0, step_mm: 3.0 }, Oddity::Gap { slice: 4, gap_mm: 6.0, step_mm: 3.0 }]
    );
    assert_eq!(why(&stack)[0].to_string(), "gap of 6.00 mm after slice 2, usual step 3.00 mm");
    // Two in a row, and a gap that is no whole step.
    let mut files = series(8, 3.0);
    files.drain(3..5);
    assert!(matches!(why(&only(&files)), [Oddity::Gap { slice: 3, .. }]));
    let mut files = series(6, 3.0);
    for (n, file) in files.iter_mut().enumerate().skip(3) {
        file.at([-100.0, -50.0, 3.0 * n as f64 + 5.0]);
    }
    assert!(matches!(why(&only(&files)), [Oddity::Gap { slice: 3, .. }]));
    // From three slices nobody can tell which step is the usual one.
    let mut files = series(4, 3.0);
    files.remove(2);
    assert!(matches!(only(&files).info.shape, Shape::PictureStack { .. }));
}

#[test]
fn trap_14_a_step_that_changes_once_gives_two_stacks() {
    let z = [0.0, 5.0, 10.0, 15.0, 17.5, 20.0, 22.5];
    let files: Vec<File> = (1..).zip(z).map(|(n, z)| slice(n, [0.0, 0.0, z])).collect();
    let all = stacks(&files);
    assert_eq!(all.len(), 2);
    let grids: Vec<_> = all
        .iter()
        .map(|stack| match &stack.info.shape {
            Shape::Volume(grid) => (grid.dims[2], grid.spacing_mm[2], grid.origin.z),
            Shape::PictureStack { why } => panic!("{why:?}"),
        })
        .collect();
    assert_eq!(grids, [(4, 5.0, 0.0), (3, 2.5, 17.5)]);
    for stack in &all {
        assert_eq!(stack.info.split_by.as_deref(), Some("slice spacing, which changes once"));
        assert_eq!(stack.info.report(), ["split by slice spacing, which changes once"]);
    }
    // Twice: pictures.
    let z = [0.0, 5.0, 10.0, 15.0, 17.5, 20.0, 22.5, 27.5, 32.5, 37.5];
    let files: Vec<File> = (1..).zip(z).map(|(n, z)| slice(n, [0.0, 0.0, z])).collect();
    assert!(matches!(only(&files).info.shape, Shape::PictureStack { .. }));
}

#[test]
fn the_slice_at_the_border_goes_where_both_parts_can_be_told() {
    // Three steps of 5 mm, two of 2.5: the border slice makes the second part whole.
    let z = [0.0, 5.0, 10.0, 15.0, 17.5, 20.0];
    let files: Vec<File> = (1..).zip(z).map(|(n, z)| slice(n, [0.0, 0.0, z])).collect();
    let slices: Vec<_> = stacks(&files).iter().map(|s| s.info.slices()).collect();
    assert_eq!(slices, [3, 3]);
}

#[test]
fn trap_14_duplicate_positions_are_named() {
    let mut files = series(4, 3.0);
    files.push(slice(9, [-100.0, -50.0, 6.0]));
    assert_eq!(why(&only(&files)), [Oddity::DuplicatePositions { count: 1 }]);
}

#[test]
fn phases_that_only_their_numbers_tell_apart_are_split_by_them() {
    let mut files = series(4, 3.0);
    for (n, mut file) in (11..).zip(series(4, 3.0)) {
        let uid = format!("1.2.9.{n}");
        file.text(tags::SOP_INSTANCE_UID, VR::UI, &uid).text(tags::INSTANCE_NUMBER, VR::IS, &n.to_string());
        files.push(file);
    }
    let all = stacks(&files);
    assert_eq!(all.len(), 2);
    assert!(all[0].info.split_by.as_deref().unwrap().starts_with("order of the images"));
    assert_eq!(all[0].info.frames[0].sop_uid, "1.2.3.4.1");
    assert_eq!(all[1].info.frames[0].sop_uid, "1.2.9.11");
    let group = all[1].info.group.as_ref().unwrap();
    assert_eq!((group.index, group.of, group.label.as_str()), (1, 2, "phase 2"));
}
