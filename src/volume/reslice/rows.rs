//! One row of a section: places along it in whole and broken voxels, and the values there.
//!
//! Places run in fixed point (32 bits before, 32 after the point), so that where a row enters and leaves the volume
//! is found exactly and each place costs an addition. Inside, eight voxels are blended; at the outermost half
//! voxel, beside padding and at slices not read, the careful way is taken, which follows `Volume::sample`.

use super::Section;
use crate::volume::{Rescale, SliceData, Volume};
use std::ops::Range;

/// Stands for "needs a slice that has not been read"; values themselves are finite.
pub(super) const UNREAD: f32 = f32::INFINITY;

/// One voxel in fixed point.
const ONE: i64 = 1 << 32;
/// Rows that reach further than this, voxels, go the careful way.
const FAR: f64 = 1e6;

/// A volume made ready to be asked for rows of a section.
pub(super) struct Rows<'a> {
    volume: &'a Volume,
    /// The slices of the kind that most have; others go the careful way.
    stored: Stored<'a>,
    /// Index of the first pixel, and what a column, a row and a mm along the normal add to it.
    first: [f64; 3],
    column: [f64; 3],
    row: [f64; 3],
    normal: [f64; 3],
}

enum Stored<'a> {
    I16(Slices<'a, i16>),
    U16(Slices<'a, u16>),
    F32(Slices<'a, f32>),
    None,
}

/// Slices of one kind, with what turns their values into the volume's unit.
struct Slices<'a, T> {
    slices: Vec<Option<Slice<'a, T>>>,
    padding: Option<(T, T)>,
    columns: usize,
}

#[derive(Clone, Copy)]
struct Slice<'a, T> {
    stored: &'a [T],
    slope: f32,
    intercept: f32,
}

impl<'a, T: Copy> Slices<'a, T> {
    fn of(volume: &'a Volume, kind: impl Fn(&'a SliceData) -> Option<&'a [T]>, padding: Option<(T, T)>) -> Self {
        let slices = volume.slices.iter().enumerate().map(|(k, slice)| {
            let stored = kind(slice.get()?).filter(|stored| stored.len() == volume.grid.slice_len())?;
            let Rescale { slope, intercept } = *volume.rescale.get(k)?;
            Some(Slice { stored, slope: slope as f32, intercept: intercept as f32 })
        });
        Self { slices: slices.collect(), padding, columns: volume.grid.dims[0] as usize }
    }
}

impl<'a> Rows<'a> {
    pub(super) fn new(volume: &'a Volume, section: &Section) -> Self {
        let at = |column: f64, row: f64, off_mm: f64| {
            let at = volume.grid.to_index(section.place(column, row, off_mm));
            [at.i, at.j, at.k]
        };
        let first = at(0.0, 0.0, 0.0);
        let less = |there: [f64; 3]| [0, 1, 2].map(|axis| there[axis] - first[axis]);
        let padding = volume.padding;
        let stored = match volume.slices.iter().find_map(|slice| slice.get()) {
            Some(SliceData::I16(_)) => Stored::I16(Slices::of(
                volume,
                |data| if let SliceData::I16(stored) = data { Some(stored) } else { None },
                // Saturating: what lies beyond the type covers nothing more.
                padding.map(|p| (p.low.ceil() as i16, p.high.floor() as i16)),
            )),
            Some(SliceData::U16(_)) => Stored::U16(Slices::of(
                volume,
                |data| if let SliceData::U16(stored) = data { Some(stored) } else { None },
                padding.map(|p| (p.low.ceil() as u16, p.high.floor() as u16)),
            )),
            Some(SliceData::F32(_)) => Stored::F32(Slices::of(
                volume,
                |data| if let SliceData::F32(stored) = data { Some(stored) } else { None },
                padding.map(|p| (p.low as f32, p.high as f32)),
            )),
            Some(SliceData::Rgb8(_)) | None => Stored::None,
        };
        Self {
            volume,
            stored,
            first,
            column: less(at(1.0, 0.0, 0.0)),
            row: less(at(0.0, 1.0, 0.0)),
            normal: less(at(0.0, 0.0, 1.0)),
        }
    }

    /// The values of a row, `off_mm` along the normal: NaN where there is none, [`UNREAD`] where a slice is missing.
    /// A `sheet` is the one made for this row.
    pub(super) fn fill(&self, out: &mut [f32], y: usize, off_mm: f64, sheet: Option<&Sheet>) {
        let start = [0, 1, 2].map(|axis| self.first[axis] + y as f64 * self.row[axis] + off_mm * self.normal[axis]);
        let end = [0, 1, 2].map(|axis| start[axis] + out.len() as f64 * self.column[axis]);
        if !start.iter().chain(&end).all(|v| v.abs() < FAR) {
            out.iter_mut().enumerate().for_each(|(x, out)| {
                let at = [0, 1, 2].map(|axis| start[axis] + x as f64 * self.column[axis]);
                *out = careful(self.volume, at);
            });
            return;
        }
        let fixed = |v: f64| (v * ONE as f64).round() as i64;
        let line = Line { start: start.map(fixed), step: self.column.map(fixed) };
        let dims = self.volume.grid.dims.map(i64::from);
        let all = 0..out.len();
        let half = ONE / 2;
        let inside = line.within(all.clone(), dims.map(|n| -half..n * ONE - half));
        let deep = line.within(inside.clone(), dims.map(|n| 0..(n - 1) * ONE));
        out[..inside.start].fill(f32::NAN);
        out[inside.end..].fill(f32::NAN);
        for x in (inside.start..deep.start).chain(deep.end..inside.end) {
            out[x] = careful(self.volume, line.at(x));
        }
        if let Some(sheet) = sheet {
            return self.blend_sheet(sheet, &line, deep, out);
        }
        match &self.stored {
            Stored::I16(slices) => slices.blend(self.volume, &line, deep, out),
            Stored::U16(slices) => slices.blend(self.volume, &line, deep, out),
            Stored::F32(slices) => slices.blend(self.volume, &line, deep, out),
            Stored::None => deep.for_each(|x| out[x] = careful(self.volume, line.at(x))),
        }
    }
}

/// Places along a row, in fixed point.
struct Line {
    start: [i64; 3],
    step: [i64; 3],
}

impl Line {
    fn fixed(&self, x: usize) -> [i64; 3] {
        [0, 1, 2].map(|axis| self.start[axis] + x as i64 * self.step[axis])
    }

    fn at(&self, x: usize) -> [f64; 3] {
        [0, 1, 2].map(|axis| (self.start[axis] + x as i64 * self.step[axis]) as f64 / ONE as f64)
    }

    /// The part of a row whose places lie within a range along each axis; empty (at the end) when there is none.
    fn within(&self, row: Range<usize>, ranges: [Range<i64>; 3]) -> Range<usize> {
        let (mut from, mut to) = (row.start as i64, row.end as i64);
        for (axis, range) in ranges.into_iter().enumerate() {
            let (start, step) = (self.start[axis], self.step[axis]);
            // The first x at which start + x * step is at least v (or, going down, below it).
            let up = |v: i64| -((start - v).div_euclid(step));
            match step {
                0 if range.contains(&start) => {}
                0 => return row.end..row.end,
                1.. => (from, to) = (from.max(up(range.start)), to.min(up(range.end))),
                _ => {
                    let down = |v: i64| (start - v).div_euclid(-step) + 1;
                    (from, to) = (from.max(down(range.end)), to.min(down(range.start)));
                }
            }
        }
        if from < to { from as usize..to as usize } else { row.end..row.end }
    }
}

impl<T: Copy + PartialOrd + Into<f32>> Slices<'_, T> {
    /// Blends the eight voxels around each place of a part of a row that lies deep inside.
    fn blend(&self, volume: &Volume, line: &Line, part: Range<usize>, out: &mut [f32]) {
        let mut at = line.fixed(part.start);
        let mut near: Option<(usize, Slice<'_, T>, Slice<'_, T>)> = None;
        for (x, out) in part.clone().zip(&mut out[part]) {
            let [i, j, k] = at.map(|v| (v >> 32) as usize);
            let [fi, fj, fk] = at.map(share);
            at = [at[0] + line.step[0], at[1] + line.step[1], at[2] + line.step[2]];
            if near.is_none_or(|(of, ..)| of != k) {
                near = self.pair(k).map(|[low, high]| (k, low, high));
            }
            let value = near.and_then(|(_, low, high)| {
                let offset = j * self.columns + i;
                let below = self.four(low.stored, offset)?;
                let above = self.four(high.stored, offset)?;
                let below = flat(below, fi, fj) * low.slope + low.intercept;
                let above = flat(above, fi, fj) * high.slope + high.intercept;
                Some(below + (above - below) * fk).filter(|value| value.is_finite())
            });
            *out = match value {
                Some(value) => value,
                None => without(volume, line.at(x), near.is_some()),
            };
        }
    }

    /// Two neighbouring slices, when both have been read and are of this kind.
    fn pair(&self, k: usize) -> Option<[Slice<'_, T>; 2]> {
        Some([(*self.slices.get(k)?)?, (*self.slices.get(k + 1)?)?])
    }

    /// A voxel, the next in its row, and the two below; `None` when one is padding.
    #[inline(always)]
    fn four(&self, stored: &[T], offset: usize) -> Option<[f32; 4]> {
        let both = stored.get(offset..offset + self.columns + 2)?;
        let four = [*both.first()?, *both.get(1)?, *both.get(self.columns)?, *both.get(self.columns + 1)?];
        if let Some((low, high)) = self.padding
            && four.iter().any(|v| *v >= low && *v <= high)
        {
            return None;
        }
        Some(four.map(Into::into))
    }

    #[inline(always)]
    fn is_padding(&self, stored: T) -> bool {
        self.padding.is_some_and(|(low, high)| stored >= low && stored <= high)
    }

    /// What lies between two slices, in a rectangle of columns and rows; NaN beside padding.
    fn between(&self, at_k: i64, columns: Range<usize>, rows: Range<usize>, values: &mut Vec<f32>) -> Option<()> {
        let [low, high] = self.pair((at_k >> 32) as usize)?;
        let above = share(at_k);
        let (low_share, high_share) = (low.slope * (1.0 - above), high.slope * above);
        let both = low.intercept * (1.0 - above) + high.intercept * above;
        values.clear();
        for row in rows {
            let part = row * self.columns + columns.start..row * self.columns + columns.end;
            let pair = low.stored.get(part.clone())?.iter().zip(high.stored.get(part)?);
            values.extend(pair.map(|(a, b)| {
                let (x, y): (f32, f32) = ((*a).into(), (*b).into());
                let padded = self.is_padding(*a) || self.is_padding(*b);
                if padded { f32::NAN } else { x * low_share + y * high_share + both }
            }));
        }
        Some(())
    }
}

/// What lies between two slices, blended once for all rows of a slab that stands upright on the slices.
#[derive(Default)]
pub(super) struct Sheet {
    values: Vec<f32>,
    columns: Range<usize>,
    rows: Range<usize>,
}

impl Rows<'_> {
    /// Makes the sheet for a row of a slab; `false` when there is none worth making, or nothing to make it of.
    pub(super) fn make_sheet(&self, sheet: &mut Sheet, y: usize, width: usize, offsets_mm: &[f64]) -> bool {
        let flat = |v: f64| v.abs() < 1e-9;
        if !flat(self.column[2]) || !flat(self.normal[2]) || width == 0 {
            return false;
        }
        let dims = self.volume.grid.dims.map(f64::from);
        let at = |x: f64, off: f64, axis: usize| {
            self.first[axis] + y as f64 * self.row[axis] + off * self.normal[axis] + x * self.column[axis]
        };
        let k = at(0.0, 0.0, 2);
        if !(k >= 0.0 && k < dims[2] - 1.0) {
            return false;
        }
        let (Some(first), Some(last)) = (offsets_mm.first(), offsets_mm.last()) else { return false };
        let [columns, rows] = [0, 1].map(|axis| {
            let ends = [(0.0, *first), (0.0, *last), (width as f64 - 1.0, *first), (width as f64 - 1.0, *last)];
            let ends = ends.map(|(x, off)| at(x, off, axis));
            let low = ends.into_iter().fold(f64::INFINITY, f64::min).floor().max(0.0);
            let high = ends.into_iter().fold(f64::NEG_INFINITY, f64::max).floor() + 2.0;
            low as usize..high.clamp(low, dims[axis]) as usize
        });
        if columns.len() * rows.len() > 2 * width * offsets_mm.len() {
            return false;
        }
        (sheet.columns, sheet.rows) = (columns.clone(), rows.clone());
        let k = (k * ONE as f64).round() as i64;
        let made = match &self.stored {
            Stored::I16(slices) => slices.between(k, columns, rows, &mut sheet.values),
            Stored::U16(slices) => slices.between(k, columns, rows, &mut sheet.values),
            Stored::F32(slices) => slices.between(k, columns, rows, &mut sheet.values),
            Stored::None => None,
        };
        made.is_some()
    }

    fn blend_sheet(&self, sheet: &Sheet, line: &Line, part: Range<usize>, out: &mut [f32]) {
        let (first_i, first_j, width) = (sheet.columns.start, sheet.rows.start, sheet.columns.len());
        let mut at = line.fixed(part.start);
        for (x, out) in part.clone().zip(&mut out[part]) {
            let [i, j] = [(at[0] >> 32) as usize, (at[1] >> 32) as usize];
            let [fi, fj] = [share(at[0]), share(at[1])];
            at = [at[0] + line.step[0], at[1] + line.step[1], at[2]];
            let offset = (j - first_j.min(j)) * width + (i - first_i.min(i));
            let four = || {
                let both = sheet.values.get(offset..offset + width + 2)?;
                Some([*both.first()?, *both.get(1)?, *both.get(width)?, *both.get(width + 1)?])
            };
            let value = four().map(|four| flat(four, fi, fj)).filter(|value| value.is_finite());
            *out = value.unwrap_or_else(|| without(self.volume, line.at(x), true));
        }
    }
}

/// The broken part of a place.
#[inline(always)]
fn share(at: i64) -> f32 {
    ((at >> 8) & 0xff_ffff) as i32 as f32 * (1.0 / 16_777_216.0)
}

/// Where one of eight voxels has no value: none, unless the place lies so that this one does not count. `read` says
/// that both slices have been read.
#[cold]
fn without(volume: &Volume, at: [f64; 3], read: bool) -> f32 {
    if read && at.iter().all(|v| (v - v.round()).abs() >= 1e-6) { f32::NAN } else { careful(volume, at) }
}

/// Blends four voxels of a slice.
#[inline(always)]
fn flat([a, b, c, d]: [f32; 4], fi: f32, fj: f32) -> f32 {
    let upper = a + (b - a) * fi;
    let lower = c + (d - c) * fi;
    upper + (lower - upper) * fj
}

/// The value at an index as `Volume::sample` has it, and [`UNREAD`] where a slice that counts has not been read.
fn careful(volume: &Volume, at: [f64; 3]) -> f32 {
    let mut low = [0u32; 3];
    let mut share = [0.0; 3];
    for axis in 0..3 {
        let n = f64::from(volume.grid.dims[axis]);
        if !(at[axis] >= -0.5 && at[axis] < n - 0.5) {
            return f32::NAN;
        }
        let v = at[axis].clamp(0.0, n - 1.0);
        let v = if (v - v.round()).abs() < 1e-6 { v.round() } else { v };
        low[axis] = v.floor() as u32;
        share[axis] = v - v.floor();
    }
    let mut sum = 0.0;
    for corner in 0..8u32 {
        let step = [corner & 1, corner >> 1 & 1, corner >> 2];
        let part = |axis: usize| if step[axis] == 1 { share[axis] } else { 1.0 - share[axis] };
        let weight = part(0) * part(1) * part(2);
        if weight <= 0.0 {
            continue;
        }
        let [i, j, k] = [low[0] + step[0], low[1] + step[1], low[2] + step[2]];
        if volume.slice(k).is_none() {
            return UNREAD;
        }
        match volume.value(i, j, k) {
            Some(value) => sum += weight * value,
            None => return f32::NAN,
        }
    }
    sum as f32
}
