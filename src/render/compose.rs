//! A slice scaled to true mm, with outlines: thumbnails, find cards, key images.

use super::line::{PixelPoint, draw_closed};
use super::{LineStyle, Picture};
use crate::geometry::Grid;
use crate::marks::{Outline, SlicePoint};

/// Which part of a slice a picture shows, and how large. A pixel is square in mm whatever the voxels are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// The place of the slice in the middle of the picture, voxels.
    pub centre: SlicePoint,
    /// Length of a pixel's side in the unit of the grid's spacing (mm where calibrated).
    pub mm_per_px: f64,
    /// Voxel spacing along columns and rows, mm.
    pub spacing_mm: [f64; 2],
    /// Width of the picture, px.
    pub width: u32,
    /// Height of the picture, px.
    pub height: u32,
}

impl View {
    /// The whole slice, as large as it fits, black around it.
    #[must_use]
    pub fn whole(grid: &Grid, width: u32, height: u32) -> Self {
        let [columns, rows, _] = grid.dims.map(f64::from);
        let [step_x, step_y, _] = grid.spacing_mm;
        let mm_per_px = (columns * step_x / f64::from(width.max(1))).max(rows * step_y / f64::from(height.max(1)));
        let centre = SlicePoint::new((columns - 1.0) / 2.0, (rows - 1.0) / 2.0);
        Self { centre, mm_per_px, spacing_mm: [step_x, step_y], width, height }
    }

    /// A crop around a place, `width_mm` wide (a find card is 80 mm, reading.md 5.2).
    #[must_use]
    pub fn around(grid: &Grid, centre: SlicePoint, width_mm: f64, width: u32, height: u32) -> Self {
        let [step_x, step_y, _] = grid.spacing_mm;
        let mm_per_px = width_mm / f64::from(width.max(1));
        Self { centre, mm_per_px, spacing_mm: [step_x, step_y], width, height }
    }

    /// Voxels to a pixel along columns and rows.
    fn voxels_per_px(&self) -> [f64; 2] {
        self.spacing_mm.map(|spacing| self.mm_per_px / spacing)
    }

    /// Where a place of the slice is in the picture, px.
    fn to_picture(self, p: SlicePoint) -> PixelPoint {
        let [x, y] = self.voxels_per_px();
        (
            (p.i - self.centre.i) / x + f64::from(self.width) / 2.0,
            (p.j - self.centre.j) / y + f64::from(self.height) / 2.0,
        )
    }
}

/// Outlines of one look.
#[derive(Debug, Clone, Copy)]
pub struct Layer<'a> {
    /// Closed lines in the slice.
    pub outlines: &'a [Outline],
    /// How they look.
    pub style: LineStyle,
}

/// Scales a slice's pixels to a view and draws outlines on top, the first layer lowest. Outside of the slice
/// all is black. Magnified pixels are interpolated linearly, reduced ones averaged.
#[must_use]
pub fn compose(slice: &Picture, view: &View, layers: &[Layer<'_>]) -> Picture {
    let mut picture = scale(slice, view);
    for layer in layers {
        for outline in layer.outlines {
            let line: Vec<PixelPoint> = outline.0.iter().map(|p| view.to_picture(*p)).collect();
            draw_closed(&mut picture, &line, &layer.style);
        }
    }
    picture
}

/// A circle of a radius in mm around a place, to point at it where nothing is marked.
#[must_use]
pub fn ring(grid: &Grid, centre: SlicePoint, radius_mm: f64) -> Outline {
    const SIDES: u32 = 72;
    let [step_x, step_y, _] = grid.spacing_mm;
    let corner = |n: u32| {
        let (sin, cos) = (f64::from(n) * std::f64::consts::TAU / f64::from(SIDES)).sin_cos();
        SlicePoint::new(centre.i + radius_mm * cos / step_x, centre.j + radius_mm * sin / step_y)
    };
    Outline((0..SIDES).map(corner).collect())
}

/// Resamples along rows, then along columns.
fn scale(slice: &Picture, view: &View) -> Picture {
    let mut picture = Picture::black(view.width, view.height);
    let (source_width, source_height) = (slice.width as usize, slice.height as usize);
    if slice.pixels.len() != source_width * source_height {
        return picture;
    }
    let [x_step, y_step] = view.voxels_per_px();
    let columns = taps(view.width, view.centre.i, x_step, source_width);
    let rows = taps(view.height, view.centre.j, y_step, source_height);
    // Only the rows that are asked for.
    let first = rows.iter().filter(|t| !t.weights.is_empty()).map(|t| t.first).min().unwrap_or(0);
    let end = rows.iter().map(|t| t.first + t.weights.len()).max().unwrap_or(0);
    let mut narrow: Vec<[f64; 3]> = Vec::with_capacity(columns.len() * end.saturating_sub(first));
    for source in slice.pixels.chunks_exact(source_width.max(1)).take(end).skip(first) {
        narrow.extend(columns.iter().map(|tap| tap.sum(|at| source[at])));
    }
    for (out, tap) in picture.pixels.chunks_exact_mut(columns.len().max(1)).zip(&rows) {
        for (x, pixel) in out.iter_mut().enumerate() {
            let mut sum = [0.0; 3];
            for (n, weight) in tap.weights.iter().enumerate() {
                let from = narrow[(tap.first + n - first) * columns.len() + x];
                sum = [0, 1, 2].map(|c| sum[c] + weight * from[c]);
            }
            let [r, g, b] = sum.map(|v| v.round() as u8);
            *pixel = [r, g, b, 255];
        }
    }
    picture
}

/// The source pixels that make up one pixel along an axis, with their shares; none outside the source.
struct Tap {
    first: usize,
    weights: Vec<f64>,
}

impl Tap {
    fn sum(&self, source: impl Fn(usize) -> [u8; 4]) -> [f64; 3] {
        let mut sum = [0.0; 3];
        for (n, weight) in self.weights.iter().enumerate() {
            let pixel = source(self.first + n);
            sum = [0, 1, 2].map(|c| sum[c] + weight * f64::from(pixel[c]));
        }
        sum
    }
}

/// A triangle as wide as a source pixel when magnifying, as wide as a picture pixel when reducing.
fn taps(size: u32, centre: f64, step: f64, source: usize) -> Vec<Tap> {
    let none = || Tap { first: 0, weights: Vec::new() };
    if !(step.is_finite() && step > 0.0 && centre.is_finite()) || source == 0 {
        return (0..size).map(|_| none()).collect();
    }
    let reach = step.max(1.0);
    let last = source as f64 - 1.0;
    (0..size)
        .map(|n| {
            let at = centre + (f64::from(n) + 0.5 - f64::from(size) / 2.0) * step;
            if at < -0.5 || at >= last + 0.5 {
                return none();
            }
            let at = at.clamp(0.0, last);
            let first = (at - reach).ceil().max(0.0);
            let end = (at + reach).floor().min(last);
            let mut weights: Vec<f64> =
                (first as usize..=end as usize).map(|v| 1.0 - (v as f64 - at).abs() / reach).collect();
            let sum: f64 = weights.iter().sum();
            weights.iter_mut().for_each(|weight| *weight /= sum);
            Tap { first: first as usize, weights }
        })
        .collect()
}
