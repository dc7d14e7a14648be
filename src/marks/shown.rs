//! A mark shown on another image: resampled where the two grids meet.

use super::outline::trace;
use super::{Mask, Outline, RleSlice, SlicePoint, grids_coincide, slice_outlines};
use crate::geometry::{Grid, Rigid, VoxelIndex};
use std::collections::BTreeMap;

/// A coarse image is sampled at most this many times finer than its own pixels, so that a small mark keeps
/// its shape on it.
const FINEST: u32 = 4;

/// At most this many samples for one outline; a mark that would need more is sampled at the pixels only.
const MOST_SAMPLES: f64 = 4_194_304.0;

/// The outlines of a mark on a slice of another grid, in that grid's (column, row).
///
/// `link` takes places of the mark's space to the target's. On the same grid without a movement these are
/// exactly the outlines of the marked slice; elsewhere the 0.5 isosurface of the trilinearly interpolated
/// mask is cut, so a mark reaches half a slice step beyond its first and last slice. Lines end at the border
/// of the target picture. Empty when the mark does not meet the slice.
#[must_use]
pub fn outline_on(mask: &Mask, target: &Grid, slice: u32, link: &Rigid) -> Vec<Outline> {
    if *link == Rigid::IDENTITY && grids_coincide(mask.grid(), target) {
        return mask.slice(slice).map(|runs| slice_outlines(runs, target.dims[0])).unwrap_or_default();
    }
    let Some(patch) = Patch::of(mask, target, slice, link) else { return Vec::new() };
    let field = patch.sample(mask, target, slice, link);
    let width = patch.width + 2;
    trace(width, patch.height + 2, |x, y| field[y * width + x])
        .into_iter()
        .map(|line| Outline(line.into_iter().map(|p| patch.to_target(p)).collect()))
        .collect()
}

/// The part of a target slice in which a mark can show, and how finely it is sampled there.
struct Patch {
    /// First column and row.
    first: [u32; 2],
    /// Samples to a pixel, along columns and rows.
    fine: [u32; 2],
    /// Number of samples along columns.
    width: usize,
    /// Number of samples along rows.
    height: usize,
}

impl Patch {
    fn of(mask: &Mask, target: &Grid, slice: u32, link: &Rigid) -> Option<Self> {
        let bounds = mask.bounds()?;
        let mut low = [f64::INFINITY; 3];
        let mut high = [f64::NEG_INFINITY; 3];
        for corner in 0..8 {
            let [i, j, k] = [0, 1, 2].map(|axis| {
                let (first, last) = bounds[axis];
                if corner >> axis & 1 == 0 { f64::from(first) - 1.0 } else { f64::from(last) + 1.0 }
            });
            let at = target.to_index(link.apply(mask.grid().to_patient(VoxelIndex::new(i, j, k))));
            for (axis, v) in [at.i, at.j, at.k].into_iter().enumerate() {
                (low[axis], high[axis]) = (low[axis].min(v), high[axis].max(v));
            }
        }
        let k = f64::from(slice);
        if slice >= target.dims[2] || k < low[2] || k > high[2] {
            return None;
        }
        let finest_mm = mask.grid().spacing_mm.into_iter().fold(f64::INFINITY, f64::min);
        let mut first = [0; 2];
        let mut pixels = [0; 2];
        let mut fine = [1; 2];
        for axis in [0, 1] {
            let start = low[axis].floor().max(0.0);
            let end = high[axis].ceil().min(f64::from(target.dims[axis]) - 1.0);
            if start > end {
                return None;
            }
            first[axis] = start as u32;
            pixels[axis] = (end - start) as u32 + 1;
            fine[axis] = ((target.spacing_mm[axis] / finest_mm).ceil() as u32).clamp(1, FINEST);
        }
        if (0..2).map(|axis| f64::from(pixels[axis]) * f64::from(fine[axis])).product::<f64>() > MOST_SAMPLES {
            fine = [1; 2];
        }
        let samples = |axis: usize| (pixels[axis] as usize - 1) * fine[axis] as usize + 1;
        Some(Self { first, fine, width: samples(0), height: samples(1) })
    }

    /// The interpolated mask at every sample, with an empty margin of one sample.
    fn sample(&self, mask: &Mask, target: &Grid, slice: u32, link: &Rigid) -> Vec<f32> {
        let back = link.inverse();
        let source = |x: f64, y: f64| {
            let at = self.to_target(SlicePoint::new(x, y));
            mask.grid().to_index(back.apply(target.to_patient(VoxelIndex::new(at.i, at.j, f64::from(slice)))))
        };
        // Grids and links are affine: three places give all others.
        let (zero, right, down) = (source(1.0, 1.0), source(2.0, 1.0), source(1.0, 2.0));
        let at = |x: f64, y: f64| {
            VoxelIndex::new(
                zero.i + x * (right.i - zero.i) + y * (down.i - zero.i),
                zero.j + x * (right.j - zero.j) + y * (down.j - zero.j),
                zero.k + x * (right.k - zero.k) + y * (down.k - zero.k),
            )
        };
        let (x_end, y_end) = (self.width as f64 - 1.0, self.height as f64 - 1.0);
        let corners = [at(0.0, 0.0), at(x_end, 0.0), at(0.0, y_end), at(x_end, y_end)];
        let lookup = Lookup::of(
            mask,
            corners.iter().fold(f64::INFINITY, |low, c| low.min(c.k)),
            corners.iter().fold(f64::NEG_INFINITY, |high, c| high.max(c.k)),
        );
        let stride = self.width + 2;
        let mut field = vec![0.0; stride * (self.height + 2)];
        for (y, row) in field.chunks_exact_mut(stride).skip(1).take(self.height).enumerate() {
            for (x, value) in row.iter_mut().skip(1).take(self.width).enumerate() {
                *value = lookup.trilinear(at(x as f64, y as f64));
            }
        }
        field
    }

    /// Where a sample (counted with the margin) lies in the target slice, pixels.
    fn to_target(&self, sample: SlicePoint) -> SlicePoint {
        let along = |axis: usize, v: f64| f64::from(self.first[axis]) + (v - 1.0) / f64::from(self.fine[axis]);
        SlicePoint::new(along(0, sample.i), along(1, sample.j))
    }
}

/// The slices of a mask that a patch can meet, ready to be asked for single voxels.
struct Lookup {
    slices: BTreeMap<u32, Rows>,
}

/// The marked spans of each row of a slice.
struct Rows {
    top: u32,
    /// Where a row's spans start in `spans`; one more than there are rows.
    starts: Vec<usize>,
    /// First column and the one after the last.
    spans: Vec<(u32, u32)>,
}

impl Rows {
    fn of(slice: &RleSlice, columns: u32) -> Self {
        let mut rows = Self { top: 0, starts: Vec::new(), spans: Vec::new() };
        for (row, first, end) in slice.rows(columns) {
            if rows.spans.is_empty() {
                rows.top = row;
            }
            rows.starts.resize((row - rows.top) as usize + 1, rows.spans.len());
            rows.spans.push((first, end));
        }
        rows.starts.push(rows.spans.len());
        rows
    }

    fn row(&self, row: i64) -> &[(u32, u32)] {
        let Ok(at) = usize::try_from(row - i64::from(self.top)) else { return &[] };
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(start), Some(end)) => &self.spans[*start..*end],
            _ => &[],
        }
    }
}

impl Lookup {
    fn of(mask: &Mask, low: f64, high: f64) -> Self {
        let columns = mask.grid().dims[0];
        let near = mask.slices().iter().filter(|(k, _)| {
            let k = f64::from(**k);
            k > low - 1.0 && k < high + 1.0
        });
        Self { slices: near.map(|(k, slice)| (*k, Rows::of(slice, columns))).collect() }
    }

    /// The share of marked voxels around a place, weighted trilinearly: 0 to 1.
    fn trilinear(&self, at: VoxelIndex) -> f32 {
        let (i, j, k) = (at.i.floor(), at.j.floor(), at.k.floor());
        let (fi, fj, fk) = (at.i - i, at.j - j, at.k - k);
        let mut sum = 0.0;
        for (k, in_k) in [(k, 1.0 - fk), (k + 1.0, fk)] {
            if in_k <= 0.0 || k < 0.0 {
                continue;
            }
            let Some(rows) = self.slices.get(&(k as u32)) else { continue };
            for (j, in_j) in [(j, 1.0 - fj), (j + 1.0, fj)] {
                for (first, end) in rows.row(j as i64) {
                    let marked = |i: f64| i >= f64::from(*first) && i < f64::from(*end);
                    let in_i = f64::from(u8::from(marked(i))) * (1.0 - fi) + f64::from(u8::from(marked(i + 1.0))) * fi;
                    sum += in_k * in_j * in_i;
                }
            }
        }
        sum as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{PatientDirection, PatientPoint, PatientVector};
    use crate::marks::mask::tests::{fill, grid};

    fn extent(lines: &[Outline]) -> [(f64, f64); 2] {
        let all = || lines.iter().flat_map(|line| &line.0);
        [
            (all().map(|p| p.i).fold(f64::INFINITY, f64::min), all().map(|p| p.i).fold(f64::NEG_INFINITY, f64::max)),
            (all().map(|p| p.j).fold(f64::INFINITY, f64::min), all().map(|p| p.j).fold(f64::NEG_INFINITY, f64::max)),
        ]
    }

    fn area(lines: &[Outline]) -> f64 {
        let one = |p: &[SlicePoint]| -> f64 {
            p.iter().zip(p.iter().cycle().skip(1)).map(|(a, b)| a.i * b.j - b.i * a.j).sum::<f64>() / 2.0
        };
        lines.iter().map(|line| one(&line.0)).sum::<f64>().abs()
    }

    /// A ball of 12 mm around (30, 30, 30).
    fn ball(grid: Grid) -> Mask {
        let centre = PatientPoint::new(30.0, 30.0, 30.0);
        fill(grid, |p| p.distance_mm(centre) <= 12.0)
    }

    #[test]
    fn on_its_own_grid_the_slice_itself_is_outlined() {
        let mask = ball(grid([0.75, 0.75, 3.0], [80, 80, 20]));
        let shown = outline_on(&mask, mask.grid(), 9, &Rigid::IDENTITY);
        assert_eq!(shown, slice_outlines(mask.slice(9).unwrap(), 80));
        assert!(outline_on(&mask, mask.grid(), 2, &Rigid::IDENTITY).is_empty());
        assert!(outline_on(&mask, mask.grid(), 200, &Rigid::IDENTITY).is_empty());
    }

    #[test]
    fn a_shift_of_whole_voxels_moves_the_outline() {
        let mask = ball(grid([0.75, 0.75, 3.0], [80, 80, 20]));
        let link = Rigid::shift(PatientVector::new(7.5, -1.5, 9.0));
        let shown = outline_on(&mask, mask.grid(), 13, &link);
        let own = slice_outlines(mask.slice(10).unwrap(), 80);
        assert_eq!(shown.len(), own.len());
        for (line, expected) in extent(&shown).iter().zip(extent(&own)) {
            assert!((line.1 - line.0 - (expected.1 - expected.0)).abs() < 1e-6);
        }
        assert!((extent(&shown)[0].0 - extent(&own)[0].0 - 10.0).abs() < 1e-6);
        assert!((extent(&shown)[1].0 - extent(&own)[1].0 + 2.0).abs() < 1e-6);
        assert!((area(&shown) - area(&own)).abs() < 1e-4);
    }

    #[test]
    fn it_reaches_half_a_slice_beyond_its_last_and_no_further() {
        let mask = fill(grid([1.0, 1.0, 4.0], [20, 20, 5]), |p| {
            p.z == 8.0 && (4.0..=12.0).contains(&p.x) && (4.0..=12.0).contains(&p.y)
        });
        let fine = grid([1.0; 3], [20, 20, 20]);
        let seen: Vec<u32> = (0..20).filter(|k| !outline_on(&mask, &fine, *k, &Rigid::IDENTITY).is_empty()).collect();
        assert_eq!(seen, [6, 7, 8, 9, 10]);
    }

    #[test]
    fn another_grid_and_a_turn_keep_the_size() {
        let mask = ball(grid([0.75, 0.75, 3.0], [80, 80, 20]));
        // Coronal, other spacing, turned by 20 degrees about the ball's centre: still a disc of 12 mm.
        let coronal = Grid {
            origin: PatientPoint::new(-10.0, 30.0, 70.0),
            axes: [PatientDirection::LEFT, -PatientDirection::SUPERIOR, PatientDirection::POSTERIOR],
            ..grid([0.9, 0.9, 4.0], [90, 90, 1])
        };
        let turn = Rigid::rotation_about(PatientPoint::new(30.0, 30.0, 30.0), PatientDirection::LEFT, 0.35);
        let shown = outline_on(&mask, &coronal, 0, &turn);
        assert_eq!(shown.len(), 1);
        let disc_mm2 = std::f64::consts::PI * 144.0;
        assert!((area(&shown) * 0.81 / disc_mm2 - 1.0).abs() < 0.04, "area {}", area(&shown) * 0.81);
        let [(left, right), (top, bottom)] = extent(&shown);
        assert!(((right - left) * 0.9 - 24.0).abs() < 0.75 + 0.01, "{}", (right - left) * 0.9);
        assert!(((bottom - top) * 0.9 - 24.0).abs() < 3.0, "{}", (bottom - top) * 0.9);
        assert!(((left + right) / 2.0 * 0.9 - 40.0).abs() < 0.4);
        assert!(((top + bottom) / 2.0 * 0.9 - 40.0).abs() < 0.9);
    }

    #[test]
    fn a_small_mark_shows_on_coarse_pixels() {
        let mask = fill(grid([0.75, 0.75, 3.0], [40, 40, 3]), |p| {
            p.z == 3.0 && p.distance_mm(PatientPoint::new(12.0, 12.0, 3.0)) <= 1.6
        });
        let coarse = Grid { origin: PatientPoint::new(-0.5, 0.3, 0.0), ..grid([5.0, 5.0, 3.0], [8, 8, 3]) };
        let shown = outline_on(&mask, &coarse, 1, &Rigid::IDENTITY);
        assert_eq!(shown.len(), 1);
        assert!(area(&shown) > 0.0);
    }

    #[test]
    fn lines_end_at_the_border_of_the_picture() {
        let mask = ball(grid([1.0; 3], [64, 64, 64]));
        let half = Grid { origin: PatientPoint::new(30.0, 0.0, 0.0), ..grid([1.0; 3], [40, 64, 64]) };
        let [(left, right), _] = extent(&outline_on(&mask, &half, 30, &Rigid::IDENTITY));
        assert!((-0.5..=0.0).contains(&left) && (right - 12.5).abs() < 0.51);
        let apart = Grid { origin: PatientPoint::new(60.0, 0.0, 0.0), ..half };
        assert!(outline_on(&mask, &apart, 30, &Rigid::IDENTITY).is_empty());
    }
}
