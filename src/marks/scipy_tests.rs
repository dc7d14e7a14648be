//! Work on whole marks against SciPy: `tests/fixtures/marks/make.py` made the numbers.

use super::mask::tests::{fill, grid};
use super::*;
use crate::clinical::StackKey;
use crate::geometry::{PatientPoint, PatientVector};
use serde_json::Value;

struct Shapes {
    numbers: Value,
    grid: crate::geometry::Grid,
}

impl Shapes {
    fn read() -> Self {
        let numbers: Value = serde_json::from_str(include_str!("../../tests/fixtures/marks/shapes.json")).unwrap();
        let dims: [u32; 3] = serde_json::from_value(numbers["dims"].clone()).unwrap();
        let spacing: [f64; 3] = serde_json::from_value(numbers["spacing_mm"].clone()).unwrap();
        Self { numbers, grid: grid(spacing, dims) }
    }

    fn mask(&self, runs: &Value) -> Mask {
        let runs: Vec<[u32; 2]> = serde_json::from_value(runs.clone()).unwrap();
        let plane = self.grid.dims[0] * self.grid.dims[1];
        let mut mask = Mask::new(self.grid.clone()).unwrap();
        for [start, len] in runs {
            for n in start..start + len {
                mask.add(n / plane, &RleSlice::from_runs([Run { start: n % plane, len: 1 }])).unwrap();
            }
        }
        mask
    }

    fn named(&self, name: &str) -> Mask {
        self.mask(&self.numbers[name])
    }
}

/// Voxels in which two masks differ.
fn differ(a: &Mask, b: &Mask) -> u64 {
    a.delta_to(b).unwrap().slices().iter().map(|(_, runs)| runs.count()).sum()
}

#[test]
fn grow_shrink_fill_and_pieces_are_those_of_scipy() {
    let shapes = Shapes::read();
    let mask = shapes.named("mask");
    assert_eq!(differ(&grown(&mask, 2.0).unwrap(), &shapes.named("grown_2_mm")), 0);
    assert_eq!(differ(&shrunk(&mask, 1.0).unwrap(), &shapes.named("shrunk_1_mm")), 0);
    assert_eq!(differ(&filled(&mask).unwrap(), &shapes.named("filled")), 0);
    assert_eq!(differ(&filled_in_slices(&mask).unwrap(), &shapes.named("filled_in_slices")), 0);
    assert_eq!(differ(&largest_piece(&mask).unwrap(), &shapes.named("largest")), 0);
    let sizes: Vec<u64> = pieces(&mask).unwrap().iter().map(Mask::voxel_count).collect();
    assert_eq!(sizes, serde_json::from_value::<Vec<u64>>(shapes.numbers["pieces"].clone()).unwrap());
}

#[test]
fn distances_are_those_of_scipy() {
    let shapes = Shapes::read();
    let mask = shapes.named("mask");
    let [columns, rows, slices] = shapes.grid.dims;
    let mut seeds = Vec::new();
    for k in 0..slices {
        for j in 0..rows {
            seeds.extend((0..columns).map(|i| mask.contains(i, j, k)));
        }
    }
    let far = distances_mm(&seeds, shapes.grid.dims.map(|n| n as usize), shapes.grid.spacing_mm);
    let expected: Vec<(usize, f64)> = serde_json::from_value(shapes.numbers["distances"].clone()).unwrap();
    assert!(expected.len() == 400 && expected.iter().all(|(n, mm)| (f64::from(far[*n]) - mm).abs() < 1e-4));
}

#[test]
fn smoothing_is_that_of_scipy_to_a_handful_of_voxels_that_lie_on_the_half() {
    let shapes = Shapes::read();
    let smooth = smoothed(&shapes.named("mask"), 1.0).unwrap();
    let expected = shapes.named("smoothed_1_mm");
    assert!(expected.voxel_count() > 500);
    assert!(differ(&smooth, &expected) <= 4, "{} of {}", differ(&smooth, &expected), expected.voxel_count());
}

#[test]
fn slices_between_are_those_of_scipy_in_all_three_planes() {
    let shapes = Shapes::read();
    for axis in 0..3 {
        let (sparse, expected) =
            (shapes.mask(&shapes.numbers["between"][axis][0]), shapes.mask(&shapes.numbers["between"][axis][1]));
        let found = interpolated(&sparse, axis).unwrap();
        assert!(expected.voxel_count() > 2 * sparse.voxel_count(), "{axis}");
        // Where the mix is zero to the last bit, rounding decides.
        assert!(differ(&found, &expected) * 500 <= expected.voxel_count(), "{axis}: {}", differ(&found, &expected));
        assert_eq!(intersection(&found, &sparse).unwrap(), sparse, "what was outlined stays");
    }
}

#[test]
fn an_outline_that_moves_is_followed() {
    let at = |x: f64| PatientPoint::new(x, 20.0, 0.0);
    let ends = fill(grid([1.0, 1.0, 2.0], [60, 40, 9]), |p| {
        (p.z == 0.0 && PatientPoint::new(p.x, p.y, 0.0).distance_mm(at(12.0)) <= 6.0)
            || (p.z == 16.0 && PatientPoint::new(p.x, p.y, 0.0).distance_mm(at(44.0)) <= 6.0)
    });
    let all = interpolated(&ends, 2).unwrap();
    for k in 1..8u32 {
        let middle = 12.0 + 32.0 * f64::from(k) / 8.0;
        assert!(all.contains(middle as u32, 20, k), "slice {k}");
        let count = all.slice(k).unwrap().count();
        assert!((95..=130).contains(&count), "slice {k}: {count}");
    }
    assert_eq!(interpolated(&Mask::new(ends.grid().clone()).unwrap(), 2).unwrap().voxel_count(), 0);
}

#[test]
fn marks_with_marks() {
    let g = grid([1.0; 3], [20, 20, 6]);
    let (a, b) = (fill(g.clone(), |p| p.x < 10.0), fill(g.clone(), |p| p.x >= 6.0 && p.z < 3.0));
    let (all, both) = (union(&a, &b).unwrap(), intersection(&a, &b).unwrap());
    assert_eq!(all.voxel_count() + both.voxel_count(), a.voxel_count() + b.voxel_count());
    assert_eq!(difference(&a, &b).unwrap().voxel_count(), a.voxel_count() - both.voxel_count());
    let plane = PatientVector::new(0.0, 1.0, 0.0).direction().unwrap();
    let [ahead, behind] = parted(&a, PatientPoint::new(0.0, 7.5, 0.0), plane).unwrap();
    assert_eq!((ahead.voxel_count(), behind.voxel_count()), (10 * 12 * 6, 10 * 8 * 6));
    let elsewhere = fill(grid([1.0, 1.0, 2.0], [20, 20, 6]), |_| true);
    assert_eq!(union(&a, &elsewhere), Err(MaskError::OtherGrid));
}

#[test]
fn a_ball_is_round_on_thick_slices_too() {
    let g = grid([0.8, 0.8, 3.0], [80, 80, 20]);
    let centre = PatientPoint::new(30.3, 31.1, 28.0);
    let mask = Mask::from_slices(g.clone(), ball(&g, centre, 10.0)).unwrap();
    let expected = fill(g.clone(), |p| p.distance_mm(centre) <= 10.0);
    assert!(differ(&mask, &expected) <= 2, "{}", differ(&mask, &expected));
    assert_eq!(ball(&g, centre, 0.0).iter().map(|(_, runs)| runs.count()).sum::<u64>(), 1);
    assert!(ball(&g, PatientPoint::new(f64::NAN, 0.0, 0.0), 5.0).is_empty());
    assert!(ball(&g, PatientPoint::new(30.0, 30.0, 900.0), 5.0).is_empty());
}

#[test]
fn an_area_is_what_its_corners_enclose() {
    let g = grid([1.0; 3], [20, 10, 1]);
    let corner = |i: f64, j: f64| SlicePoint::new(i, j);
    let square = area(&g, &[corner(2.5, 1.5), corner(6.5, 1.5), corner(6.5, 4.5), corner(2.5, 4.5)]);
    assert_eq!(square.rows(20).collect::<Vec<_>>(), [(2, 3, 7), (3, 3, 7), (4, 3, 7)]);
    let beyond = area(&g, &[corner(-9.0, -9.0), corner(90.0, -9.0), corner(90.0, 90.0), corner(-9.0, 90.0)]);
    assert_eq!(beyond.count(), 200);
    assert!(area(&g, &[corner(1.0, 1.0), corner(5.0, 5.0)]).is_empty());
    assert!(area(&g, &[corner(f64::NAN, 1.0), corner(5.0, 5.0), corner(1.0, 5.0)]).is_empty());
}

#[test]
fn a_gate_lets_only_its_values_through() {
    let volume = inside::tests::ramp(grid([1.0; 3], [6, 6, 3])); // i + 10 j + 100 k
    assert_eq!(volume.key, StackKey([3; 16]));
    let row = RleSlice::from_runs([Run { start: 12, len: 6 }]);
    let kept = gated(&row, &volume, 1, (121.0, 123.0));
    assert_eq!(kept.rows(6).collect::<Vec<_>>(), [(2, 1, 4)]);
}
