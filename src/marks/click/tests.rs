//! Shapes with a known border: what one click finds of them.

use super::*;
use crate::clinical::StackKey;
use crate::geometry::{Grid, PatientDirection, SpaceId};
use crate::volume::{Rescale, SliceData};
use std::sync::OnceLock;

/// Noise of about `sd`, the same each time: the sum of four even ones.
fn noise(n: u64, sd: f64) -> f64 {
    let mut state = n.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x1234_5678);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 53) as f64 - 0.5
    };
    (next() + next() + next() + next()) * sd * 3f64.sqrt()
}

fn image(dims: [u32; 3], spacing_mm: [f64; 3], sd: f64, value: impl Fn(PatientPoint) -> f64) -> Volume {
    let grid = Grid {
        origin: PatientPoint::new(-50.0, -50.0, -45.0),
        axes: [PatientDirection::LEFT, PatientDirection::POSTERIOR, PatientDirection::SUPERIOR],
        spacing_mm,
        dims,
        space: SpaceId("1.2.3".into()),
    };
    let [columns, rows, slices] = dims;
    let slice = |k: u32| {
        let all = (0..rows).flat_map(|j| (0..columns).map(move |i| (i, j)));
        let values = all.map(|(i, j)| {
            let at = grid.to_patient(VoxelIndex::new(f64::from(i), f64::from(j), f64::from(k)));
            (value(at) + noise(u64::from((k * rows + j) * columns + i), sd)).round() as i16
        });
        OnceLock::from(SliceData::I16(values.collect()))
    };
    Volume {
        key: StackKey([5; 16]),
        slices: (0..slices).map(slice).collect(),
        rescale: vec![Rescale::default(); slices as usize],
        unit: Unit::Hu,
        padding: None,
        small_is_bright: false,
        calibrated: true,
        is_volume: true,
        voi_tables: Vec::new(),
        overlays: Vec::new(),
        grid,
    }
}

const HALF_MM: [f64; 3] = [21.0, 15.0, 17.0];

/// How far out a place lies in the zone: 1 on its border.
fn out(p: PatientPoint) -> f64 {
    ((p.x / HALF_MM[0]).powi(2) + (p.y / HALF_MM[1]).powi(2) + (p.z / HALF_MM[2]).powi(2)).sqrt()
}

/// A zone in liver: denser core, bright rim, a vessel that touches it, and muscle of nearly the same value beside it.
fn zone_image() -> Volume {
    image([128, 128, 31], [0.8, 0.8, 3.0], 12.0, |p| {
        let far = out(p);
        if far < 0.55 {
            60.0
        } else if far < 1.0 {
            40.0
        } else if far < 1.08 {
            118.0
        } else if (p.x - 23.0).hypot(p.z - 2.0) < 3.0 {
            150.0
        } else if p.y > 17.5 {
            62.0
        } else {
            110.0
        }
    })
}

fn dice(volume: &Volume, mask: &Mask, inside: impl Fn(PatientPoint) -> bool) -> f64 {
    let [columns, rows, slices] = volume.grid.dims;
    let (mut both, mut either) = (0u32, 0u32);
    for k in 0..slices {
        for j in 0..rows {
            for i in 0..columns {
                let at = volume.grid.to_patient(VoxelIndex::new(f64::from(i), f64::from(j), f64::from(k)));
                let (a, b) = (mask.contains(i, j, k), inside(at));
                both += u32::from(a && b);
                either += u32::from(a) + u32::from(b);
            }
        }
    }
    2.0 * f64::from(both) / f64::from(either.max(1))
}

#[test]
fn a_zone_with_core_rim_vessel_and_muscle_beside_it() {
    let volume = zone_image();
    for at in [(0.0, 0.0, 0.0), (8.0, -4.0, 3.0), (-10.0, 2.0, -6.0)] {
        let click = Click::new(PatientPoint::new(at.0, at.1, at.2), MarkRole::AblationZone);
        let found = dice(&volume, &outline_at(&volume, &click).unwrap(), |p| out(p) < 1.0);
        assert!(found > 0.93, "{at:?}: {found}");
    }
}

#[test]
fn an_axis_dragged_through_the_zone_gives_the_same_zone() {
    let volume = zone_image();
    let ends = [PatientPoint::new(-20.5, 0.5, 0.0), PatientPoint::new(20.5, -0.5, 0.0)];
    let click = Click { long_axis: Some(ends), ..Click::new(PatientPoint::new(0.0, 0.0, 0.0), MarkRole::AblationZone) };
    let found = dice(&volume, &outline_at(&volume, &click).unwrap(), |p| out(p) < 1.0);
    assert!(found > 0.92, "{found}");
}

#[test]
fn corrections_hold() {
    let volume = zone_image();
    let mut click = Click::new(PatientPoint::new(2.0, 1.0, 0.0), MarkRole::AblationZone);
    let has = |mask: &Mask, p: PatientPoint| {
        let at = volume.grid.to_index(p);
        mask.contains(at.i.round() as u32, at.j.round() as u32, at.k.round() as u32)
    };
    let (further, nearer) = (PatientPoint::new(-26.0, 0.0, 0.0), PatientPoint::new(15.0, 0.0, 0.0));
    let plain = outline_at(&volume, &click).unwrap();
    assert!(!has(&plain, further) && has(&plain, nearer));
    click.hints = vec![Hint { at: further, inside: true }, Hint { at: nearer, inside: false }];
    let corrected = outline_at(&volume, &click).unwrap();
    assert!(has(&corrected, further), "what was clicked as inside belongs");
    assert!(!has(&corrected, nearer), "what was clicked as outside does not");
    assert!(has(&corrected, PatientPoint::new(0.0, 10.0, 0.0)), "elsewhere it stays");
}

#[test]
fn more_strength_never_takes_away_much() {
    let volume = zone_image();
    let ml = |strength: f64| {
        let click = Click { strength, ..Click::new(PatientPoint::new(0.0, 0.0, 0.0), MarkRole::AblationZone) };
        outline_at(&volume, &click).unwrap().voxel_count()
    };
    let all = [0.0, 0.5, 1.0, 1.5, 2.0].map(ml);
    assert!(all.windows(2).all(|w| w[1] as f64 >= 0.97 * w[0] as f64), "{all:?}");
    assert!(all[4] > all[0], "{all:?}");
}

#[test]
fn a_dark_nodule_between_zone_and_liver() {
    // The viable nodule is brighter than the zone and darker than liver.
    let nodule = |p: PatientPoint| p.distance_mm(PatientPoint::new(19.0, 0.0, 0.0)) < 6.5;
    let volume = image([128, 128, 31], [0.8, 0.8, 3.0], 10.0, |p| {
        if nodule(p) {
            75.0
        } else if out(p) < 1.0 {
            40.0
        } else {
            110.0
        }
    });
    let click = Click::new(PatientPoint::new(19.5, 0.8, 0.0), MarkRole::ViableTumour);
    let found = dice(&volume, &outline_at(&volume, &click).unwrap(), nodule);
    assert!(found > 0.8, "{found}");
}

#[test]
fn the_answer_does_not_hang_on_threads_or_on_how_slices_are_stored() {
    let volume = zone_image();
    let click = Click::new(PatientPoint::new(5.0, 3.0, -3.0), MarkRole::AblationZone);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| outline_at(&volume, &click).unwrap())
    };
    let one = on(1);
    assert_eq!(one, on(3));

    // The same tissue, stored from head to feet and from right to left: the same places are marked.
    let mut turned = zone_image();
    turned.slices.reverse();
    let last = f64::from(turned.grid.dims[2] - 1);
    turned.grid.origin = volume.grid.to_patient(VoxelIndex::new(0.0, 0.0, last));
    turned.grid.axes[2] = -turned.grid.axes[2];
    let flipped = outline_at(&turned, &click).unwrap();
    let same = one.slices().iter().all(|(k, runs)| flipped.slice(turned.grid.dims[2] - 1 - k) == Some(runs));
    let ratio = flipped.voxel_count() as f64 / one.voxel_count() as f64;
    assert!(same || (ratio - 1.0).abs() < 0.002, "{ratio}");
}

#[test]
fn where_nothing_can_be_found_it_says_why() {
    let mut volume = zone_image();
    let outside = Click::new(PatientPoint::new(900.0, 0.0, 0.0), MarkRole::Tumour);
    assert_eq!(outline_at(&volume, &outside), Err(ClickError::NoValue));
    let nowhere = Click::new(PatientPoint::new(f64::NAN, 0.0, 0.0), MarkRole::Tumour);
    assert_eq!(outline_at(&volume, &nowhere), Err(ClickError::NoValue));
    let inside = Click::new(PatientPoint::new(0.0, 0.0, 0.0), MarkRole::Tumour);
    volume.is_volume = false;
    assert_eq!(outline_at(&volume, &inside), Err(ClickError::NoVolume));
    volume.is_volume = true;
    volume.slices.iter_mut().for_each(|slice| *slice = OnceLock::new());
    assert_eq!(outline_at(&volume, &inside), Err(ClickError::NoValue));
}

#[test]
fn even_tissue_gives_something_small_or_nothing_but_no_panic() {
    let volume = image([64, 64, 16], [1.5, 1.5, 5.0], 0.0, |_| 100.0);
    for role in [MarkRole::AblationZone, MarkRole::Tumour, MarkRole::ViableTumour] {
        outline_at(&volume, &Click::new(PatientPoint::new(-3.0, -3.0, -5.0), role)).unwrap();
    }
    // One slice, one column: still a volume.
    let thin = image([1, 64, 1], [1.5, 1.5, 5.0], 5.0, |_| 100.0);
    outline_at(&thin, &Click::new(PatientPoint::new(-50.0, 0.0, -45.0), MarkRole::Tumour)).unwrap();
}

#[test]
fn leaks_are_told_by_size_and_gas() {
    let volume = image([64, 64, 16], [1.5, 1.5, 5.0], 5.0, |p| if p.x < -10.0 { -900.0 } else { 60.0 });
    let mask = |first: f64| {
        let mut mask = Mask::new(volume.grid.clone()).unwrap();
        let at = volume.grid.to_index(PatientPoint::new(first, 0.0, 0.0));
        for j in 30..34 {
            mask.add(8, &RleSlice::from_runs([Run { start: j * 64 + at.i.round() as u32, len: 8 }])).unwrap();
        }
        mask
    };
    let ml = mask(5.0).voxel_count() as f64 * volume.grid.voxel_volume_ml();
    assert_eq!(leaks(&mask(5.0), &volume, Some(ml), false), []);
    assert!(matches!(leaks(&mask(5.0), &volume, Some(ml / 4.0), false)[..], [Leak::MuchLarger { .. }]));
    assert_eq!(leaks(&mask(-16.0), &volume, None, false), [Leak::Gas]);
    assert_eq!(leaks(&mask(-16.0), &volume, None, true), []);
}
