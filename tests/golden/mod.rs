//! Golden pictures: what `render` makes of known slices and marks, pixel for pixel.
//!
//! A picture that changed on purpose is written anew with `ABLATION_REVIEW_WRITE_GOLDEN=1 cargo test golden`,
//! looked at, and committed. The slices are made of whole numbers and drawn without sines, so there is one
//! right answer on every machine and no tolerance.

#![allow(clippy::unwrap_used)] // what builds and reads the pictures is not inside a test function

use ablation_review::clinical::{MarkRole, StackKey};
use ablation_review::geometry::{Grid, PatientDirection, PatientPoint, PatientVector, Rigid, SpaceId};
use ablation_review::marks::{Mask, RleSlice, SlicePoint, capsule, disc, outline_on, slice_outlines};
use ablation_review::render::{Layer, Luts, Picture, View, compose, mark_style, render_slice};
use ablation_review::volume::{Padding, Rescale, SliceData, Unit, Volume, Window};
use std::path::Path;
use std::sync::OnceLock;

const LIVER: Window = Window::new(100.0, 160.0);

fn grid(spacing_mm: [f64; 3], dims: [u32; 3]) -> Grid {
    Grid {
        origin: PatientPoint::new(0.0, 0.0, 0.0),
        axes: [PatientDirection::LEFT, PatientDirection::POSTERIOR, PatientDirection::SUPERIOR],
        spacing_mm,
        dims,
        space: SpaceId("1.2.3".into()),
    }
}

/// A body with a liver, a bright vessel, a dark zone and a nodule at its edge; padding outside the round
/// field of view. Coarse grain from a hash of the position, so that scaling has something to do.
fn abdomen(grid: &Grid) -> Volume {
    let [columns, rows, slices] = grid.dims;
    let value = |i: u32, j: u32, k: u32| -> i16 {
        let (x, y) = (f64::from(i) * grid.spacing_mm[0], f64::from(j) * grid.spacing_mm[1]);
        let within = |cx: f64, cy: f64, rx: f64, ry: f64| ((x - cx) / rx).powi(2) + ((y - cy) / ry).powi(2) <= 1.0;
        if !within(96.0, 96.0, 96.0, 96.0) {
            return -2000;
        }
        let hu = match () {
            () if within(76.0, 108.0, 7.0, 7.0) => 75,
            () if within(62.0, 96.0, 18.0, 14.0) => 40,
            () if within(112.0, 92.0, 5.0, 5.0) => 160,
            () if within(70.0, 92.0, 48.0, 40.0) => 110,
            () if within(96.0, 96.0, 84.0, 62.0) => 60,
            () => return 0,
        };
        let hash = (i.wrapping_mul(73) ^ j.wrapping_mul(151) ^ k.wrapping_mul(283)).wrapping_mul(2_654_435_761) >> 27;
        1024 + hu + hash as i16 - 16
    };
    let slice = |k| {
        let values = (0..rows).flat_map(|j| (0..columns).map(move |i| (i, j))).map(|(i, j)| value(i, j, k));
        OnceLock::from(SliceData::I16(values.collect()))
    };
    Volume {
        key: StackKey([1; 16]),
        grid: grid.clone(),
        slices: (0..slices).map(slice).collect(),
        rescale: vec![Rescale { slope: 1.0, intercept: -1024.0 }; slices as usize],
        unit: Unit::Hu,
        padding: Some(Padding { low: -2000.0, high: -2000.0 }),
        small_is_bright: false,
        calibrated: true,
        is_volume: true,
        voi_tables: Vec::new(),
        overlays: Vec::new(),
    }
}

fn mask(grid: &Grid, runs: RleSlice) -> Mask {
    Mask::from_slices(grid.clone(), [(0, runs.clone()), (1, runs)]).unwrap()
}

fn at(grid: &Grid, x_mm: f64, y_mm: f64) -> SlicePoint {
    SlicePoint::new(x_mm / grid.spacing_mm[0], y_mm / grid.spacing_mm[1])
}

/// One mark of every role.
fn marks(grid: &Grid) -> Vec<(MarkRole, Mask)> {
    let zone = capsule(grid, at(grid, 58.0, 96.0), at(grid, 66.0, 96.0), 14.0);
    let hole = disc(grid, at(grid, 54.0, 96.0), 4.0);
    vec![
        (MarkRole::Organ, mask(grid, capsule(grid, at(grid, 66.0, 92.0), at(grid, 76.0, 92.0), 41.0))),
        (MarkRole::Other, mask(grid, disc(grid, at(grid, 112.0, 92.0), 8.0))),
        (MarkRole::Tumour, mask(grid, disc(grid, at(grid, 62.0, 95.0), 9.0))),
        (MarkRole::AblationZone, mask(grid, zone.subtract(&hole))),
        (MarkRole::ViableTumour, mask(grid, disc(grid, at(grid, 76.0, 108.0), 7.0))),
    ]
}

fn with_marks(slice: &Picture, view: &View, marks: &[(MarkRole, Mask)], target: &Grid, link: &Rigid) -> Picture {
    let outlines: Vec<_> = marks.iter().map(|(role, mask)| (*role, outline_on(mask, target, 0, link))).collect();
    let layers: Vec<Layer<'_>> =
        outlines.iter().map(|(role, outlines)| Layer { outlines, style: mark_style(*role) }).collect();
    compose(slice, view, &layers)
}

/// Compares with `tests/golden/NAME.png`; no difference is allowed.
fn check(name: &str, picture: &Picture) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{name}.png"));
    if std::env::var_os("ABLATION_REVIEW_WRITE_GOLDEN").is_some() {
        write(&path, picture);
    }
    let golden = read(&path);
    let difference = difference(picture, &golden);
    assert!(difference.is_none(), "{name}: {}", difference.unwrap_or_default());
}

fn difference(picture: &Picture, golden: &Picture) -> Option<String> {
    if (picture.width, picture.height) != (golden.width, golden.height) {
        return Some(format!(
            "{} x {} px instead of {} x {}",
            picture.width, picture.height, golden.width, golden.height
        ));
    }
    let differ: Vec<usize> = (0..golden.pixels.len()).filter(|n| golden.pixels[*n] != picture.pixels[*n]).collect();
    let first = *differ.first()?;
    let (x, y) = (first % golden.width as usize, first / golden.width as usize);
    let (got, expected) = (picture.pixels[first], golden.pixels[first]);
    Some(format!("{} pixels differ, the first at ({x}, {y}): {got:?} instead of {expected:?}", differ.len()))
}

fn write(path: &Path, picture: &Picture) {
    let mut encoder = png::Encoder::new(std::fs::File::create(path).unwrap(), picture.width, picture.height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::High);
    let rgb: Vec<u8> = picture.pixels.iter().flat_map(|p| [p[0], p[1], p[2]]).collect();
    encoder.write_header().unwrap().write_image_data(&rgb).unwrap();
    assert!(std::fs::metadata(path).unwrap().len() < 20_000, "a golden picture stays below 20 kB");
}

fn read(path: &Path) -> Picture {
    let file = std::io::BufReader::new(std::fs::File::open(path).unwrap());
    let mut reader = png::Decoder::new(file).read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    let pixels = bytes[..info.buffer_size()].as_chunks::<3>().0.iter().map(|[r, g, b]| [*r, *g, *b, 255]).collect();
    Picture { width: info.width, height: info.height, pixels }
}

#[test]
fn a_thumbnail_with_a_mark_of_every_role() {
    let grid = grid([1.5, 1.5, 3.0], [128, 128, 2]);
    let slice = render_slice(&mut Luts::new(), &abdomen(&grid), 0, LIVER, false).unwrap();
    check("thumbnail", &with_marks(&slice, &View::whole(&grid, 96, 96), &marks(&grid), &grid, &Rigid::IDENTITY));
}

#[test]
fn a_find_card_of_80_mm() {
    let grid = grid([0.75, 1.0, 3.0], [256, 192, 2]);
    let slice = render_slice(&mut Luts::new(), &abdomen(&grid), 0, LIVER, false).unwrap();
    let view = View::around(&grid, at(&grid, 66.0, 98.0), 80.0, 88, 88);
    check("find_card", &with_marks(&slice, &view, &marks(&grid), &grid, &Rigid::IDENTITY));
}

#[test]
fn marks_of_another_visit_on_a_coarser_inverted_picture() {
    let (fine, coarse) = (grid([0.75, 1.0, 3.0], [256, 192, 2]), grid([2.0, 3.0, 3.0], [96, 64, 2]));
    let mut volume = abdomen(&coarse);
    volume.small_is_bright = true;
    let slice = render_slice(&mut Luts::new(), &volume, 0, LIVER, false).unwrap();
    let link = Rigid::shift(PatientVector::new(6.0, -9.0, 1.0));
    check("other_visit", &with_marks(&slice, &View::whole(&coarse, 88, 88), &marks(&fine), &coarse, &link));
}

#[test]
fn the_comparison_sees_one_level_of_one_pixel() {
    let golden = Picture::black(9, 7);
    let mut picture = golden.clone();
    assert_eq!(difference(&picture, &golden), None);
    picture.pixels[11][1] ^= 1;
    let words = difference(&picture, &golden).unwrap();
    assert!(words.contains("1 pixels differ, the first at (2, 1)"), "{words}");
    assert!(difference(&Picture::black(7, 9), &golden).is_some());
}

#[test]
fn outlines_are_the_same_every_time() {
    let grid = grid([0.75, 1.0, 3.0], [256, 192, 2]);
    for (_, mask) in marks(&grid) {
        let once = slice_outlines(mask.slice(0).unwrap(), 256);
        assert_eq!(once, slice_outlines(mask.slice(0).unwrap(), 256));
        assert!(!once.is_empty());
    }
}
