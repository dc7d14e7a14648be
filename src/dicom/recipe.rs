//! How a slice of the grid is made of frames: as it is, moved within its plane, or between two frames.
//!
//! Padding is never mixed into values: where one of the pixels that a new one would be made of is padding,
//! the nearest pixel is taken as it is.

use super::error::ReadError;
use super::found::{FrameSource, Shape, SliceRecipe, StackInfo};
use super::limits::Limits;
use super::pixels::{SlicePart, read_slice, read_slice_part};
use crate::volume::{Padding, Rescale, SliceData};

/// Reads one slice of a stack's grid, from the frames that it is made of. `sources` has one entry for each
/// frame, in their order. Slices are independent of each other: call it from many threads.
///
/// Stored values that are made here are rounded to whole numbers where the file has such; between frames of
/// different rescale they are computed in values and given in stored values of the first.
///
/// # Errors
/// Says why the slice cannot be shown.
pub fn read_grid_slice(
    info: &StackInfo,
    slice: u32,
    sources: &[FrameSource],
    limits: &Limits,
) -> Result<SliceData, ReadError> {
    let missing = || ReadError::NoSuchSlice { number: u64::from(slice) + 1 };
    let read = |frame: u32| {
        let source = sources.get(frame as usize).ok_or_else(missing)?;
        read_slice(info, frame, source, limits)
    };
    let columns = info.columns as usize;
    match info.recipe(slice).ok_or_else(missing)? {
        SliceRecipe::Frame { frame } => read(frame),
        SliceRecipe::Moved { frame, offset_px } => {
            let Shape::Volume(grid) = &info.shape else { return Err(missing()) };
            let [wide, high, _] = grid.dims;
            if u64::from(wide) * u64::from(high) > limits.frame_pixels {
                let pixels = u64::from(wide) * u64::from(high);
                return Err(ReadError::TooManyPixels { pixels, most: limits.frame_pixels });
            }
            let to = Canvas { columns: wide as usize, rows: high as usize, offset_px };
            Ok(moved(&read(frame)?, columns, &to, info.padding))
        }
        SliceRecipe::Between { before, after, fraction } => {
            let rescale = |frame: u32| info.rescale.get(frame as usize).copied().ok_or_else(missing);
            let (from, to) = (rescale(before)?, rescale(after)?);
            Ok(between(&read(before)?, &read(after)?, fraction, info.padding, from, to))
        }
    }
}

/// Reads one slice as [`read_grid_slice`] does, and gives what is there of a frame that is cut short where the
/// frame is the slice.
///
/// # Errors
/// Says why nothing of the slice can be shown.
pub fn read_grid_slice_part(
    info: &StackInfo,
    slice: u32,
    sources: &[FrameSource],
    limits: &Limits,
) -> Result<SlicePart, ReadError> {
    if let Some(SliceRecipe::Frame { frame }) = info.recipe(slice)
        && let Some(source) = sources.get(frame as usize)
    {
        return read_slice_part(info, frame, source, limits);
    }
    Ok(SlicePart { data: read_grid_slice(info, slice, sources, limits)?, rows: info.rows })
}

/// Where a frame is put on a larger slice.
struct Canvas {
    columns: usize,
    rows: usize,
    /// Place of the frame's first pixel, along a row and down a column.
    offset_px: [f64; 2],
}

/// A kind of stored value.
trait Stored: Copy {
    fn to_f64(self) -> f64;
    fn from_f64(value: f64) -> Self;
    fn is_value(self) -> bool;
}

/// Whole numbers: rounded, and every one of them a value.
macro_rules! stored_whole {
    ($($kind:ty),*) => {$(
        impl Stored for $kind {
            fn to_f64(self) -> f64 {
                self.into()
            }
            fn from_f64(value: f64) -> Self {
                value.round() as Self
            }
            fn is_value(self) -> bool {
                true
            }
        }
    )*};
}

stored_whole!(i16, u16);

impl Stored for f32 {
    fn to_f64(self) -> f64 {
        self.into()
    }
    fn from_f64(value: f64) -> Self {
        value as Self
    }
    fn is_value(self) -> bool {
        self.is_finite()
    }
}

/// A frame moved within its plane, by linear interpolation; padding where it does not reach.
fn moved(data: &SliceData, columns: usize, to: &Canvas, padding: Option<Padding>) -> SliceData {
    match data {
        SliceData::I16(v) => SliceData::I16(moved_values(v, columns, to, padding)),
        SliceData::U16(v) => SliceData::U16(moved_values(v, columns, to, padding)),
        SliceData::F32(v) => SliceData::F32(moved_values(v, columns, to, padding)),
        // Colour makes no volume, so nothing asks for it.
        SliceData::Rgb8(v) => SliceData::Rgb8(v.clone()),
    }
}

fn moved_values<T: Stored>(values: &[T], columns: usize, to: &Canvas, padding: Option<Padding>) -> Box<[T]> {
    let outside = T::from_f64(padding.map_or(f64::NAN, |padding| padding.low));
    let rows = values.len().checked_div(columns).unwrap_or_default();
    let along = taps(to.columns, columns, to.offset_px[0]);
    let down = taps(to.rows, rows, to.offset_px[1]);
    let at = |i: Option<usize>, j: Option<usize>| i.zip(j).and_then(|(i, j)| values.get(j * columns + i).copied());
    let mut out = Vec::with_capacity(to.columns * to.rows);
    for y in &down {
        for x in &along {
            let corners = [
                (at(x.low, y.low), (1.0 - x.part) * (1.0 - y.part)),
                (at(x.high, y.low), x.part * (1.0 - y.part)),
                (at(x.low, y.high), (1.0 - x.part) * y.part),
                (at(x.high, y.high), x.part * y.part),
            ];
            out.push(blend(&corners, outside, padding));
        }
    }
    out.into()
}

/// The two source pixels on both sides of a place, and how far it is from the first to the second.
struct Tap {
    low: Option<usize>,
    high: Option<usize>,
    part: f64,
}

fn taps(places: usize, pixels: usize, offset_px: f64) -> Vec<Tap> {
    let inside = |n: f64| (n >= 0.0 && n < pixels as f64).then_some(n as usize);
    (0..places)
        .map(|place| {
            let at = place as f64 - offset_px;
            // A place that is a pixel's but for rounding is that pixel's.
            let at = if (at - at.round()).abs() < 1e-6 { at.round() } else { at };
            Tap { low: inside(at.floor()), high: inside(at.floor() + 1.0), part: at - at.floor() }
        })
        .collect()
}

/// The weighted mean of pixels; where one that counts is padding or outside, the one that counts most.
fn blend<T: Stored>(corners: &[(Option<T>, f64); 4], outside: T, padding: Option<Padding>) -> T {
    let is_value = |v: T| v.is_value() && !padding.is_some_and(|padding| padding.covers(v.to_f64()));
    let counting = || corners.iter().filter(|(_, weight)| *weight > 0.0);
    if counting().all(|(v, _)| v.is_some_and(is_value)) {
        return T::from_f64(counting().filter_map(|(v, weight)| v.map(|v| v.to_f64() * weight)).sum());
    }
    let most = counting().max_by(|a, b| a.1.total_cmp(&b.1));
    most.and_then(|(v, _)| *v).unwrap_or(outside)
}

/// A slice between two frames: `fraction` of the way from the first to the second.
fn between(
    before: &SliceData,
    after: &SliceData,
    fraction: f64,
    padding: Option<Padding>,
    from: Rescale,
    to: Rescale,
) -> SliceData {
    match (before, after) {
        (SliceData::I16(a), SliceData::I16(b)) if from == to => SliceData::I16(mix(a, b, fraction, padding)),
        (SliceData::U16(a), SliceData::U16(b)) if from == to => SliceData::U16(mix(a, b, fraction, padding)),
        (a, b) => {
            let is_padding = |v: f64| padding.is_some_and(|padding| padding.covers(v));
            let stored = |data: &SliceData, n| data.stored(n).unwrap_or(f64::NAN);
            let a: Vec<f32> = (0..a.len()).map(|n| stored(a, n) as f32).collect();
            let in_first = |v: f64| if is_padding(v) { v } else { (to.apply(v) - from.intercept) / from.slope };
            let b: Vec<f32> = (0..b.len()).map(|n| in_first(stored(b, n)) as f32).collect();
            SliceData::F32(mix(&a, &b, fraction, padding))
        }
    }
}

fn mix<T: Stored>(before: &[T], after: &[T], fraction: f64, padding: Option<Padding>) -> Box<[T]> {
    let is_value = |v: T| v.is_value() && !padding.is_some_and(|padding| padding.covers(v.to_f64()));
    let pixel = |(a, b): (&T, &T)| {
        if is_value(*a) && is_value(*b) {
            T::from_f64(a.to_f64() * (1.0 - fraction) + b.to_f64() * fraction)
        } else if fraction <= 0.5 {
            *a
        } else {
            *b
        }
    };
    before.iter().zip(after).map(pixel).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PADDING: Option<Padding> = Some(Padding { low: -2000.0, high: -2000.0 });

    fn i16s(data: &SliceData) -> &[i16] {
        match data {
            SliceData::I16(v) => v,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_moved_frame_by_hand() {
        // Two columns, two rows; a quarter of a pixel to the right, one pixel and a half down.
        let data = SliceData::I16([0, 100, 200, 400].into());
        let to = Canvas { columns: 3, rows: 4, offset_px: [0.25, 1.5] };
        let got = moved(&data, 2, &to, PADDING);
        // Row 2 lies midway between the frame's rows, row 1 and 3 half a pixel beyond its ends.
        // Column 1: a quarter of column 0, three quarters of column 1.
        let middle = |left: i16, right: i16| (f64::from(left) * 0.25 + f64::from(right) * 0.75).round() as i16;
        let between = middle(100, 250); // means of 0 and 200, and of 100 and 400
        assert_eq!(between, 213);
        let row = &i16s(&got)[2 * 3..3 * 3];
        assert_eq!(row[1], between);
        // Column 0 is nearest to the frame's first column: its pixel, and not half of it. Beyond a half: padding.
        assert_eq!(i16s(&got)[0..3], [-2000, -2000, -2000]);
        assert_eq!(row[2], -2000);
    }

    #[test]
    fn a_whole_move_changes_no_value() {
        let data = SliceData::U16([1, 2, 3, 4].into());
        let to = Canvas { columns: 4, rows: 2, offset_px: [1.0, 0.0] };
        let padding = Some(Padding { low: 65_535.0, high: 65_535.0 });
        let SliceData::U16(got) = moved(&data, 2, &to, padding) else { panic!() };
        assert_eq!(*got, [65_535, 1, 2, 65_535, 65_535, 3, 4, 65_535]);
    }

    #[test]
    fn padding_is_never_mixed_into_values() {
        let data = SliceData::I16([100, -2000, 300, 500].into());
        let to = Canvas { columns: 4, rows: 1, offset_px: [0.4, 0.0] };
        let got = moved(&data, 4, &to, PADDING);
        // At 0.6 from 0 to 1, but 1 is padding and nearer; then nearer to 2; then a true mean.
        assert_eq!(i16s(&got), [100, -2000, 300, 420]);
        let a = SliceData::I16([100, -2000, 7].into());
        let b = SliceData::I16([201, 50, -2000].into());
        let same = Rescale::default();
        assert_eq!(i16s(&between(&a, &b, 0.5, PADDING, same, same)), [151, -2000, 7]);
    }

    #[test]
    fn frames_of_different_rescale_are_mixed_as_values() {
        let a = SliceData::U16([10, 0].into());
        let b = SliceData::U16([10, 4].into());
        let (one, two) = (Rescale { slope: 1.0, intercept: 0.0 }, Rescale { slope: 3.0, intercept: 2.0 });
        let got = between(&a, &b, 0.5, None, one, two);
        // (10 + 32) / 2 and (0 + 14) / 2, in stored values of the first.
        assert_eq!(got, SliceData::F32([21.0, 7.0].into()));
    }

    #[test]
    fn values_that_are_not_there_stay_so() {
        let a = SliceData::F32([1.0, f32::NAN].into());
        let b = SliceData::F32([2.0, 5.0].into());
        let SliceData::F32(got) = between(&a, &b, 0.5, None, Rescale::default(), Rescale::default()) else { panic!() };
        assert_eq!(got[0], 1.5);
        assert!(got[1].is_nan());
    }
}
