use super::*;
use crate::clinical::StackKey;
use crate::geometry::{
    Anatomical, Grid, PatientDirection, PatientPoint, PatientVector, Rigid, SpaceId, VoxelIndex, main_plane,
};
use crate::volume::{Padding, Rescale, SliceData, Unit};
use proptest::prelude::*;
use std::sync::OnceLock;

/// What is stored.
#[derive(Debug, Clone, Copy)]
enum Kind {
    I16,
    U16,
    F32,
}

/// A volume on a grid, its stored values from (i, j, k).
fn volume(grid: Grid, kind: Kind, stored: impl Fn(u32, u32, u32) -> f64) -> Volume {
    let slices = (0..grid.dims[2]).map(|k| {
        let all = (0..grid.dims[1]).flat_map(|j| (0..grid.dims[0]).map(move |i| (i, j)));
        let values = all.map(|(i, j)| stored(i, j, k));
        let data = match kind {
            Kind::I16 => SliceData::I16(values.map(|v| v as i16).collect()),
            Kind::U16 => SliceData::U16(values.map(|v| v as u16).collect()),
            Kind::F32 => SliceData::F32(values.map(|v| v as f32).collect()),
        };
        OnceLock::from(data)
    });
    Volume {
        key: StackKey([7; 16]),
        slices: slices.collect(),
        rescale: vec![Rescale::default(); grid.dims[2] as usize],
        unit: Unit::None,
        padding: None,
        small_is_bright: false,
        calibrated: true,
        is_volume: true,
        voi_tables: Vec::new(),
        overlays: Vec::new(),
        grid,
    }
}

fn direction(x: f64, y: f64, z: f64) -> PatientDirection {
    PatientVector::new(x, y, z).direction().unwrap()
}

/// Grids as scanners make them: axial, coronal, sagittal, slices that run the other way, tilted; voxels not square.
fn grids() -> Vec<Grid> {
    let [l, p, s] = [PatientDirection::LEFT, PatientDirection::POSTERIOR, PatientDirection::SUPERIOR];
    let turn = Rigid::rotation_about(PatientPoint::new(0.0, 0.0, 0.0), direction(1.0, 2.0, -0.7), 0.4);
    let oblique = [l, -s, p].map(|axis| turn.apply_direction(axis));
    [[l, p, s], [l, p, -s], [l, -s, p], [p, -s, l], [-l, -p, s], oblique]
        .map(|axes| Grid {
            origin: PatientPoint::new(-11.0, 23.0, 5.0),
            axes,
            spacing_mm: [0.7, 0.9, 2.5],
            dims: [24, 20, 9],
            space: SpaceId("1.2".into()),
        })
        .into()
}

/// A section of pixels of 0.8 x 0.6 mm around a place, turned anyhow.
fn section(centre: PatientPoint, axis: PatientDirection, angle: f64) -> Section {
    let turn = Rigid::rotation_about(centre, axis, angle);
    let axes = [PatientDirection::LEFT, PatientDirection::POSTERIOR].map(|a| turn.apply_direction(a));
    let section = Section {
        origin: centre,
        axes,
        normal: turn.apply_direction(PatientDirection::SUPERIOR),
        spacing_mm: [0.8, 0.6],
        size: [40, 44],
    };
    Section { origin: section.place(-19.47, -21.46, 0.0), ..section }
}

/// A hash of a voxel: nothing about it is smooth.
fn rough(i: u32, j: u32, k: u32) -> f64 {
    f64::from((i * 37 + j * 101 + k * 211 + i * j * 13 + j * k * 7) % 997) - 300.0
}

fn pixels(section: &Section) -> impl Iterator<Item = (usize, PatientPoint)> {
    let [width, height] = section.size;
    (0..height)
        .flat_map(move |y| (0..width).map(move |x| (x, y)))
        .map(move |(x, y)| ((y * width + x) as usize, section.place(f64::from(x), f64::from(y), 0.0)))
}

fn same(a: f32, b: Option<f64>, within: f64) -> bool {
    b.map_or(a.is_nan(), |b| (f64::from(a) - b).abs() <= within)
}

#[test]
fn every_pixel_is_what_the_volume_says_at_its_place() {
    for grid in grids() {
        for kind in [Kind::I16, Kind::U16, Kind::F32] {
            let mut v = volume(grid.clone(), kind, |i, j, k| rough(i, j, k) + 300.0);
            v.rescale = (0..9).map(|k| Rescale { slope: 0.5 + f64::from(k), intercept: f64::from(k) - 40.0 }).collect();
            v.padding = Some(Padding { low: 100.0, high: 140.0 });
            v.slices[6] = OnceLock::new();
            for angle in [0.0, 0.3, 1.1, 1.57] {
                let section = section(grid.centre(), direction(0.3, 1.0, 0.5), angle);
                let got = reslice(&v, &section, None);
                for (n, place) in pixels(&section) {
                    let (got, expected) = (got.values[n], v.sample(place));
                    assert!(same(got, expected, 2e-3), "{kind:?} {angle}: {got} {expected:?}");
                }
                assert!(got.values.iter().any(|v| !v.is_nan()));
                assert!(angle < 1.0 || !got.complete, "{angle}");
            }
        }
    }
}

#[test]
fn slices_of_two_kinds_in_one_volume_are_all_seen() {
    let mut v = volume(grids().remove(0), Kind::I16, rough);
    let wide = volume(v.grid.clone(), Kind::F32, rough);
    v.slices[4] = wide.slices[4].clone();
    let section = section(v.grid.centre(), direction(1.0, 0.0, 0.0), 0.9);
    assert_eq!(reslice(&v, &section, None).values.len(), reslice(&wide, &section, None).values.len());
    for (a, b) in reslice(&v, &section, None).values.iter().zip(&reslice(&wide, &section, None).values) {
        assert!(a.is_nan() == b.is_nan() && (a.is_nan() || (a - b).abs() < 1e-3));
    }
}

#[test]
fn a_grid_cut_in_its_own_plane_gives_its_own_slices() {
    let grid = grids().remove(0);
    let v = volume(grid.clone(), Kind::I16, rough);
    let square = Grid { spacing_mm: [0.8, 0.8, 2.5], ..grid };
    let v = Volume { grid: square.clone(), ..v };
    let axial = reformat_grid(&square, Anatomical::Axial, None);
    assert_eq!(axial.dims, square.dims);
    assert!(axial.spacing_mm.iter().zip(square.spacing_mm).all(|(a, b)| (a - b).abs() < 1e-9));
    assert!(axial.origin.distance_mm(square.origin) < 1e-9);
    for k in 0..9 {
        let got = reslice(&v, &Section::of(&axial, f64::from(k)), None);
        let stored = v.slice(k).unwrap();
        assert!(got.complete);
        assert!(got.values.iter().enumerate().all(|(n, v)| same(*v, stored.stored(n), 1e-3)));
    }
}

#[test]
fn a_reformat_covers_the_volume_in_any_orientation() {
    for grid in grids() {
        for plane in [Anatomical::Axial, Anatomical::Coronal, Anatomical::Sagittal] {
            let cut = reformat_grid(&grid, plane, None);
            assert!(cut.check().is_ok());
            assert_eq!(main_plane(cut.normal()), plane);
            assert!((cut.spacing_mm[0] - 0.7).abs() < 1e-12 && (cut.spacing_mm[1] - 0.7).abs() < 1e-12);
            for corner in 0..8u32 {
                let at = [0, 1, 2].map(|a| if corner >> a & 1 == 1 { f64::from(grid.dims[a]) - 1.0 } else { 0.0 });
                let index = cut.to_index(grid.to_patient(VoxelIndex::new(at[0], at[1], at[2])));
                for (v, n) in [index.i, index.j, index.k].into_iter().zip(cut.dims) {
                    assert!(v > -1.0 && v < f64::from(n), "{plane:?}: {index:?} of {:?}", cut.dims);
                }
            }
        }
        // Turned about its middle it stays there.
        let turn = Rigid::rotation_about(grid.centre(), direction(0.0, 1.0, 0.0), 0.5);
        let oblique = reformat_grid(&grid, Anatomical::Axial, Some(&turn));
        assert!(oblique.centre().distance_mm(grid.centre()) < 1e-9);
    }
    let long = Grid { dims: [512, 512, 4000], spacing_mm: [0.5, 0.5, 0.5], ..grids().remove(0) };
    assert!(reformat_grid(&long, Anatomical::Coronal, None).dims[1] <= 1024);
}

/// A field that grows evenly, by this much a mm.
const GRADIENT: PatientVector = PatientVector::new(3.0, -2.0, 1.25);

fn ramp(grid: &Grid) -> Volume {
    let (own, origin) = (grid.clone(), PatientPoint::new(0.0, 0.0, 0.0));
    volume(grid.clone(), Kind::F32, move |i, j, k| {
        let at = own.to_patient(VoxelIndex::new(f64::from(i), f64::from(j), f64::from(k)));
        (at - origin).dot(GRADIENT)
    })
}

/// Whether a place lies between voxel centres, where nothing is held at the edge.
fn deep(grid: &Grid, place: PatientPoint) -> bool {
    let at = grid.to_index(place);
    [at.i, at.j, at.k].into_iter().zip(grid.dims).all(|(v, n)| v >= 0.0 && v <= f64::from(n) - 1.0)
}

proptest! {
    #[test]
    fn a_ramp_is_met_exactly_whatever_way_it_is_cut(
        which in 0usize..6, x in -1.0..1.0f64, y in -1.0..1.0f64, angle in -3.0..3.0f64, thick in 0.5..6.0f64,
    ) {
        let grid = grids().remove(which);
        let v = ramp(&grid);
        let section = section(grid.centre(), direction(x, y, 1.0), angle);
        let slab = |projection| reslice(&v, &section, Some(Slab { thickness_mm: thick, projection }));
        let thin = reslice(&v, &section, None);
        let (mean, most, least) = (slab(Projection::Mean), slab(Projection::Maximum), slab(Projection::Minimum));
        let rise = section.normal.vector().dot(GRADIENT).abs() * thick / 2.0;
        for (n, place) in pixels(&section) {
            let expected = (place - PatientPoint::new(0.0, 0.0, 0.0)).dot(GRADIENT);
            let inside = |off: f64| deep(&grid, place + section.normal.times_mm(off));
            if inside(0.0) {
                prop_assert!(same(thin.values[n], Some(expected), 1e-3));
            }
            if inside(-thick / 2.0) && inside(thick / 2.0) {
                prop_assert!(same(mean.values[n], Some(expected), 1e-3), "{} {expected}", mean.values[n]);
                prop_assert!(same(most.values[n], Some(expected + rise), 1e-3));
                prop_assert!(same(least.values[n], Some(expected - rise), 1e-3));
            }
        }
    }

    #[test]
    fn a_slab_is_made_of_its_sections(which in 0usize..6, plane in 0usize..4, slice in 0.1..0.9f64) {
        let grid = grids().remove(which);
        let mut v = volume(grid.clone(), Kind::I16, rough);
        v.padding = Some(Padding { low: 0.0, high: 40.0 });
        let planes = [Anatomical::Axial, Anatomical::Coronal, Anatomical::Sagittal];
        let turn = Rigid::rotation_about(grid.centre(), direction(0.1, 0.4, 1.0), 0.5);
        let cut = reformat_grid(&grid, planes[plane % 3], (plane == 3).then_some(&turn));
        let k = slice * f64::from(cut.dims[2]);
        let section = Section::of(&cut, k);
        let apart = |off: f64| Section { origin: section.place(0.0, 0.0, off), ..section };
        for projection in [Projection::Mean, Projection::Maximum, Projection::Minimum] {
            let slab = Slab { thickness_mm: 5.0, projection };
            let got = reslice(&v, &section, Some(slab));
            let parts: Vec<_> = offsets_mm(slab, section.step_through_mm(&grid))
                .into_iter().map(|off| reslice(&v, &apart(off), None)).collect();
            for n in 0..got.values.len() {
                let values = parts.iter().map(|part| f64::from(part.values[n])).filter(|v| !v.is_nan());
                let (count, sum) = values.clone().fold((0, 0.0), |(n, sum), v| (n + 1, sum + v));
                let expected = (count > 0).then(|| match projection {
                    Projection::Mean => sum / f64::from(count),
                    Projection::Maximum => values.fold(f64::NEG_INFINITY, f64::max),
                    Projection::Minimum => values.fold(f64::INFINITY, f64::min),
                });
                prop_assert!(same(got.values[n], expected, 2e-2), "{projection:?} {} {expected:?}", got.values[n]);
            }
        }
    }
}

#[test]
fn one_bright_voxel_shows_through_a_slab_that_reaches_it() {
    let grid = Grid { spacing_mm: [1.0, 1.0, 2.0], dims: [9, 9, 11], ..grids().remove(0) };
    let v = volume(grid.clone(), Kind::I16, |i, j, k| if (i, j, k) == (4, 4, 5) { 1000.0 } else { 10.0 });
    let at = |slice: f64, thickness_mm: f64, projection| {
        let slab = Some(Slab { thickness_mm, projection });
        reslice(&v, &Section::of(&grid, slice), slab).values[4 * 9 + 4]
    };
    assert_eq!(at(3.0, 8.0, Projection::Maximum), 1000.0); // 4 mm off, 4 mm each way: its face
    assert_eq!(at(3.0, 6.0, Projection::Maximum), 505.0); // half a voxel short of it
    assert_eq!(at(3.0, 4.0, Projection::Maximum), 10.0);
    assert_eq!(at(5.0, 8.0, Projection::Minimum), 10.0);
    // Four parts of 2 mm, their middles 1 and 3 mm off: 505, 505, 10, 10.
    assert_eq!(at(5.0, 8.0, Projection::Mean), 257.5);
    // What lies outside does not count.
    assert_eq!(at(0.0, 20.0, Projection::Maximum), 1000.0);
    assert_eq!(at(10.0, 4.0, Projection::Mean), 10.0);
}

#[test]
fn a_slice_not_read_leaves_a_hole_and_says_so() {
    let grid = grids().remove(0);
    let whole = volume(grid.clone(), Kind::I16, rough);
    let part = volume(grid.clone(), Kind::I16, rough);
    let part = Volume { slices: part.slices.iter().map(|_| OnceLock::new()).collect(), ..part };
    let coronal = Section::of(&reformat_grid(&grid, Anatomical::Coronal, None), 9.0);
    for slab in [None, Some(Projection::Mean), Some(Projection::Maximum), Some(Projection::Minimum)] {
        let slab = slab.map(|projection| Slab { thickness_mm: 4.0, projection });
        let nothing = reslice(&part, &coronal, slab);
        assert!(!nothing.complete && nothing.values.iter().all(|v| v.is_nan()));
    }
    for k in [0, 1, 2, 5] {
        part.slices[k].set(whole.slices[k].get().unwrap().clone()).unwrap();
    }
    for slab in [None, Some(Projection::Mean), Some(Projection::Maximum), Some(Projection::Minimum)] {
        let slab = slab.map(|projection| Slab { thickness_mm: 4.0, projection });
        let (some, all) = (reslice(&part, &coronal, slab), reslice(&whole, &coronal, slab));
        assert!(all.complete && !some.complete);
        let seen = some.values.iter().filter(|v| !v.is_nan()).count();
        assert!(seen > 50 && seen < some.values.len() / 2, "{seen}");
        assert!(some.values.iter().zip(&all.values).all(|(a, b)| a.is_nan() || a == b));
    }
}

#[test]
fn pictures_and_colour_have_no_sections() {
    let grid = grids().remove(0);
    let section = Section::of(&grid, 4.0);
    let pictures = Volume { is_volume: false, ..volume(grid.clone(), Kind::I16, rough) };
    let colour = Volume {
        slices: (0..9).map(|_| SliceData::Rgb8(vec![9; 24 * 20 * 3].into()).into()).collect(),
        ..volume(grid, Kind::I16, rough)
    };
    for v in [pictures, colour] {
        let got = reslice(&v, &section, None);
        assert!(got.complete && got.values.iter().all(|v| v.is_nan()));
    }
}

#[test]
fn sections_that_make_no_sense_have_no_values() {
    let v = volume(grids().remove(0), Kind::I16, rough);
    let good = Section::of(&v.grid, 4.0);
    let far = Section { origin: PatientPoint::new(1e12, 0.0, 0.0), ..good };
    let nowhere = Section { origin: PatientPoint::new(f64::NAN, 0.0, 0.0), ..good };
    let huge = Section { spacing_mm: [1e9, 1e9], ..good };
    let none = Section { size: [0, 0], ..good };
    for section in [far, nowhere, none] {
        assert!(reslice(&v, &section, None).values.iter().all(|v| v.is_nan()));
    }
    assert!(reslice(&v, &huge, None).values.iter().filter(|v| !v.is_nan()).count() <= 1);
    for thickness_mm in [0.0, -3.0, f64::NAN, f64::INFINITY] {
        let slab = Slab { thickness_mm, projection: Projection::Maximum };
        assert_eq!(reslice(&v, &good, Some(slab)).values, reslice(&v, &good, None).values, "{thickness_mm}");
    }
    let flat = Grid { dims: [24, 20, 1], ..grids().remove(0) };
    let v = volume(flat.clone(), Kind::I16, rough);
    let got = reslice(&v, &Section::of(&flat, 0.0), None);
    assert!(got.values.iter().enumerate().all(|(n, got)| Some(f64::from(*got)) == v.slice(0).unwrap().stored(n)));
}

#[test]
fn one_core_or_many_is_the_same() {
    let grid = Grid { dims: [64, 60, 30], ..grids().remove(5) };
    let v = volume(grid.clone(), Kind::I16, rough);
    let section = Section { size: [200, 190], ..section(grid.centre(), direction(1.0, 1.0, 0.2), 0.7) };
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let slab = Slab { thickness_mm: 7.0, projection: Projection::Mean };
        pool.install(|| [reslice(&v, &section, None), reslice(&v, &section, Some(slab))])
            .map(|r| r.values.iter().map(|v| v.to_bits()).collect::<Vec<_>>())
    };
    assert_eq!(on(1), on(3));
}

/// Sections through a made-up volume by SimpleITK: `tests/fixtures/reslice/make.py` wrote them.
#[test]
fn another_toolkit_sees_the_same() {
    #[derive(serde::Deserialize)]
    struct Case {
        name: String,
        origin: [f64; 3],
        spacing_mm: [f64; 3],
        /// Directions of columns, rows and slices.
        axes: [[f64; 3]; 3],
        dims: [u32; 3],
        section_origin: [f64; 3],
        section_axes: [[f64; 3]; 3],
        section_spacing_mm: [f64; 2],
        size: [u32; 2],
        slab: Option<(f64, Projection)>,
        values: Vec<Option<f64>>,
    }
    let text = include_str!("../../../tests/fixtures/reslice/sections.json");
    let cases: Vec<Case> = serde_json::from_str(text).unwrap();
    assert!(cases.len() >= 12);
    let (point, unit) = (|p: [f64; 3]| PatientPoint::new(p[0], p[1], p[2]), |d: [f64; 3]| direction(d[0], d[1], d[2]));
    let mut largest = 0.0f64;
    let mut unlike = 0;
    let mut compared = 0;
    for case in &cases {
        let grid = Grid {
            origin: point(case.origin),
            axes: case.axes.map(unit),
            spacing_mm: case.spacing_mm,
            dims: case.dims,
            space: SpaceId("1".into()),
        };
        let section = Section {
            origin: point(case.section_origin),
            axes: [unit(case.section_axes[0]), unit(case.section_axes[1])],
            normal: unit(case.section_axes[2]),
            spacing_mm: case.section_spacing_mm,
            size: case.size,
        };
        let slab = case.slab.map(|(thickness_mm, projection)| Slab { thickness_mm, projection });
        let got = reslice(&volume(grid, Kind::I16, rough), &section, slab);
        assert_eq!(got.values.len(), case.values.len(), "{}", case.name);
        for (got, expected) in got.values.iter().zip(&case.values) {
            match expected {
                Some(expected) if !got.is_nan() => {
                    compared += 1;
                    largest = largest.max((f64::from(*got) - expected).abs());
                }
                expected => unlike += u32::from(expected.is_some() || !got.is_nan()),
            }
        }
    }
    // Values run from -300 to 696.
    println!("largest difference {largest:e} in {compared} pixels");
    assert!(largest < 2e-3, "{largest}");
    assert_eq!(unlike, 0, "of {compared}: only one of the two has a value");
    assert!(compared > 5000);
}

#[test]
fn planes_cross_where_they_should() {
    let grid = Grid { origin: PatientPoint::new(0.0, 0.0, 0.0), spacing_mm: [1.0, 1.0, 2.0], ..grids().remove(0) };
    let section = Section::of(&grid, 4.0); // 24 x 20 pixels
    let plane = |at: PatientPoint, normal| crate::geometry::Plane { point: at, normal };
    // A sagittal plane 7 mm to the left: a line down column 7.
    let line = crossing(&section, &plane(PatientPoint::new(7.0, 3.0, 1.0), PatientDirection::LEFT)).unwrap();
    assert_eq!(line, [(7.0, -0.5), (7.0, 19.5)]);
    let line = crossing(&section, &plane(PatientPoint::new(7.0, 3.0, 1.0), PatientDirection::POSTERIOR)).unwrap();
    assert_eq!(line, [(-0.5, 3.0), (23.5, 3.0)]);
    // Past the picture, and parallel to it.
    assert!(crossing(&section, &plane(PatientPoint::new(50.0, 0.0, 0.0), PatientDirection::LEFT)).is_none());
    assert!(crossing(&section, &plane(PatientPoint::new(0.0, 0.0, 3.0), PatientDirection::SUPERIOR)).is_none());
    // Every point of an oblique line lies in both planes.
    let oblique = plane(PatientPoint::new(11.0, 9.0, 8.0), direction(1.0, -2.0, 0.5));
    for (column, row) in crossing(&section, &oblique).unwrap() {
        assert!(oblique.distance_mm(section.place(column, row, 0.0)).abs() < 1e-9);
    }
}
