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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clinical::MarkRole;
    use crate::geometry::{PatientDirection, PatientPoint, SpaceId};
    use crate::render::mark_style;

    fn grid(spacing_mm: [f64; 3], dims: [u32; 3]) -> Grid {
        Grid {
            origin: PatientPoint::new(0.0, 0.0, 0.0),
            axes: [PatientDirection::LEFT, PatientDirection::POSTERIOR, PatientDirection::SUPERIOR],
            spacing_mm,
            dims,
            space: SpaceId("1".into()),
        }
    }

    fn picture(width: u32, height: u32, grey: impl Fn(u32, u32) -> u8) -> Picture {
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let pixels = pixels.map(|(x, y)| [grey(x, y), grey(x, y), grey(x, y), 255]).collect();
        Picture { width, height, pixels }
    }

    fn at(picture: &Picture, x: u32, y: u32) -> u8 {
        picture.pixels[(y * picture.width + x) as usize][0]
    }

    #[test]
    fn at_its_own_size_nothing_changes() {
        let slice = picture(40, 30, |x, y| (x * 5 + y) as u8);
        assert_eq!(compose(&slice, &View::whole(&grid([0.7, 0.7, 3.0], [40, 30, 1]), 40, 30), &[]), slice);
    }

    #[test]
    fn non_square_pixels_are_shown_in_true_mm() {
        // Coronal: 60 columns of 1 mm, 20 rows of 3 mm is a square of 60 mm.
        let slice = picture(60, 20, |_, _| 200);
        let view = View::whole(&grid([1.0, 3.0, 1.0], [60, 20, 1]), 120, 120);
        assert!((view.mm_per_px - 0.5).abs() < 1e-12);
        assert!(compose(&slice, &view, &[]).pixels.iter().all(|p| *p == [200, 200, 200, 255]));
        // In a wide picture it stands in the middle, black at both sides.
        let wide = compose(&slice, &View::whole(&grid([1.0, 3.0, 1.0], [60, 20, 1]), 180, 60), &[]);
        let row: Vec<u8> = (0..180).map(|x| at(&wide, x, 30)).collect();
        assert!(row[..60].iter().all(|v| *v == 0) && row[60..120].iter().all(|v| *v == 200));
        assert!(row[120..].iter().all(|v| *v == 0));
    }

    #[test]
    fn reducing_averages_and_magnifying_interpolates() {
        let board = picture(64, 64, |x, y| if (x + y) % 2 == 0 { 200 } else { 0 });
        let small = compose(&board, &View::whole(&grid([1.0; 3], [64, 64, 1]), 16, 16), &[]);
        for y in 1..15 {
            for x in 1..15 {
                assert!(at(&small, x, y).abs_diff(100) <= 2, "{}", at(&small, x, y));
            }
        }
        let step = picture(2, 1, |x, _| if x == 0 { 0 } else { 100 });
        let large = compose(&step, &View::whole(&grid([1.0; 3], [2, 1, 1]), 8, 4), &[]);
        // Centres of the eight pixels lie at -0.375, -0.125, 0.125, ... voxels.
        let row: Vec<u8> = (0..8).map(|x| at(&large, x, 1)).collect();
        assert_eq!(row, [0, 0, 13, 38, 63, 88, 100, 100]);
    }

    #[test]
    fn a_crop_is_as_wide_as_it_says_around_its_place() {
        // 80 mm around voxel (50, 40) of 0.8 x 1 mm; one bright voxel at the place, one 20 mm to the side.
        let g = grid([0.8, 1.0, 3.0], [120, 100, 1]);
        let slice = picture(120, 100, |x, y| if y == 40 && (x == 50 || x == 75) { 255 } else { 0 });
        let card = compose(&slice, &View::around(&g, SlicePoint::new(50.0, 40.0), 80.0, 160, 160), &[]);
        assert!(at(&card, 79, 79) > 120 && at(&card, 80, 80) > 120, "0.5 mm a pixel, the place in the middle");
        assert!(at(&card, 119, 80) > 120 && at(&card, 120, 80) > 120, "20 mm are 40 px");
        // At the border of the slice the rest is black.
        let corner =
            compose(&picture(120, 100, |_, _| 90), &View::around(&g, SlicePoint::new(0.0, 0.0), 80.0, 160, 160), &[]);
        assert_eq!((at(&corner, 20, 20), at(&corner, 100, 20), at(&corner, 100, 100)), (0, 0, 90));
    }

    #[test]
    fn an_outline_lies_where_its_voxels_are() {
        let g = grid([0.5, 1.0, 3.0], [100, 50, 1]);
        let view = View::whole(&g, 200, 200);
        // Around columns 40..=59 and rows 20..=29: 10 x 10 mm, 4 px a mm.
        let outline = Outline(vec![
            SlicePoint::new(39.5, 19.5),
            SlicePoint::new(59.5, 19.5),
            SlicePoint::new(59.5, 29.5),
            SlicePoint::new(39.5, 29.5),
        ]);
        let layer = Layer { outlines: &[outline], style: mark_style(MarkRole::Tumour) };
        let shown = compose(&picture(100, 50, |_, _| 0), &view, &[layer]);
        let lit: Vec<(u32, u32)> = (0..200)
            .flat_map(|y| (0..200).map(move |x| (x, y)))
            .filter(|(x, y)| shown.pixels[(y * 200 + x) as usize][2] > 120)
            .collect();
        let (left, right) = (lit.iter().map(|p| p.0).min(), lit.iter().map(|p| p.0).max());
        let (top, bottom) = (lit.iter().map(|p| p.1).min(), lit.iter().map(|p| p.1).max());
        assert_eq!((left, right, top, bottom), (Some(79), Some(120), Some(79), Some(120)));
        assert_eq!(at(&shown, 100, 100), 0, "no fill");
    }

    #[test]
    fn a_ring_is_round_in_mm() {
        let g = grid([0.5, 2.0, 3.0], [200, 50, 1]);
        let centre = SlicePoint::new(100.0, 25.0);
        for p in ring(&g, centre, 9.0).0 {
            let mm = ((p.i - centre.i) * 0.5).hypot((p.j - centre.j) * 2.0);
            assert!((mm - 9.0).abs() < 1e-9);
        }
    }

    #[test]
    fn odd_views_give_black() {
        let slice = picture(10, 10, |_, _| 50);
        let g = grid([1.0; 3], [10, 10, 1]);
        let far = compose(&slice, &View::around(&g, SlicePoint::new(900.0, 5.0), 5.0, 4, 4), &[]);
        assert_eq!(far, Picture::black(4, 4));
        let nan = compose(&slice, &View::around(&g, SlicePoint::new(f64::NAN, 5.0), 5.0, 4, 4), &[]);
        assert_eq!(nan, Picture::black(4, 4));
        assert!(compose(&slice, &View::whole(&g, 0, 0), &[]).pixels.is_empty());
        let torn = Picture { width: 10, height: 10, pixels: Vec::new() };
        assert_eq!(compose(&torn, &View::whole(&g, 4, 4), &[]), Picture::black(4, 4));
    }
}
