//! Overlays 60xx (PS3.3 C.9): pictures of one bit a pixel, in an element of their own or, in old files, in
//! bits of the pixels that no value uses.

use super::error::ReadError;
use super::format::Format;
use super::found::{FrameSource, StackInfo};
use super::guard::guarded;
use super::header::Header;
use super::limits::Limits;
use super::opened::opened;
use super::pixels::read_frame;
use crate::volume::{Bitmap, SliceData};
use dicom_core::Tag;

/// The first of the sixteen groups; the others follow in steps of two.
const FIRST_GROUP: u16 = 0x6000;
const GROUPS: u16 = 16;
const ROWS: u16 = 0x0010;
const COLUMNS: u16 = 0x0011;
const FRAMES: u16 = 0x0015;
const ORIGIN: u16 = 0x0050;
const FRAME_ORIGIN: u16 = 0x0051;
const BITS_ALLOCATED: u16 = 0x0100;
const BIT_POSITION: u16 = 0x0102;
const DATA: u16 = 0x3000;

/// One overlay of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Overlay {
    group: u16,
    rows: u32,
    columns: u32,
    /// Row and column of the image, from 0, on which its first pixel lies; may lie outside.
    origin: [i64; 2],
    /// Frames of the overlay, and the image's frame (from 0) that its first belongs to.
    frames: u32,
    first_frame: u32,
    bits: Bits,
}

/// Where its bits are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bits {
    /// In Overlay Data.
    Apart,
    /// In this bit of the pixels.
    InPixels(u32),
}

/// Whether a file describes an overlay.
pub(super) fn has_overlays(h: &Header) -> bool {
    groups().any(|group| overlay(h, group).is_some())
}

fn groups() -> impl Iterator<Item = u16> {
    (0..GROUPS).map(|n| FIRST_GROUP + 2 * n)
}

fn overlay(h: &Header, group: u16) -> Option<Overlay> {
    let tag = |element| Tag(group, element);
    let side = |element| h.count(tag(element)).filter(|n| (1..=65_535).contains(n));
    let (rows, columns) = (side(ROWS)?, side(COLUMNS)?);
    let origin = h.numbers(tag(ORIGIN));
    let from_0 = |n: usize| origin.get(n).filter(|v| v.is_finite()).map_or(0, |v| *v as i64 - 1);
    // Bits of its own are allocated one by one; anything else stands for bits in the pixels (retired in 2004).
    let bits = match h.count(tag(BITS_ALLOCATED)) {
        None | Some(0 | 1) => Bits::Apart,
        Some(_) => Bits::InPixels(h.count(tag(BIT_POSITION)).filter(|bit| *bit < 32)?),
    };
    Some(Overlay {
        group,
        rows,
        columns,
        origin: [from_0(0), from_0(1)],
        frames: h.count(tag(FRAMES)).unwrap_or(1).max(1),
        first_frame: h.count(tag(FRAME_ORIGIN)).unwrap_or(1).max(1) - 1,
        bits,
    })
}

/// All overlays of one slice in one picture of the slice's size; `None` when none has a pixel on it. The file
/// is read again: overlays are fetched when they are to be seen.
///
/// # Errors
/// As [`super::read_slice`]. An overlay that is cut short is drawn as far as it goes.
pub fn read_overlays(
    info: &StackInfo,
    slice: u32,
    source: &FrameSource,
    limits: &Limits,
) -> Result<Option<Bitmap>, ReadError> {
    let frame = info.frames.get(slice as usize).ok_or(ReadError::NoSuchSlice { number: u64::from(slice) + 1 })?.frame;
    let read = || {
        let (opened, mut file) = opened(&source.path, limits)?;
        let format = Format::new(&opened.header, &opened.scanned, opened.size, limits)?;
        let mut picture = Bitmap::new(format.columns, format.rows);
        let overlays: Vec<Overlay> = groups().filter_map(|group| overlay(&opened.header, group)).collect();
        // The pixels as they are, with the bits that no value uses.
        let whole = Format {
            bits_stored: format.bits_allocated,
            high_bit: format.bits_allocated - 1,
            signed: false,
            ..format.clone()
        };
        let embedded = overlays.iter().any(|o| o.bits != Bits::Apart) && !format.shows_colour();
        let pixels = if embedded { Some(read_frame(&opened, &whole, &mut file, frame, limits)?.data) } else { None };
        for overlay in &overlays {
            match (overlay.bits, &pixels) {
                (Bits::Apart, _) => {
                    let data = opened.header.word_bytes(Tag(overlay.group, DATA));
                    draw_apart(overlay, &data, frame, format.frames, &mut picture);
                }
                // A bit that belongs to the values is no overlay.
                (Bits::InPixels(bit), Some(pixels)) if !is_of_value(bit, &format) => {
                    draw_embedded(pixels, bit, format.columns, &mut picture);
                }
                (Bits::InPixels(_), _) => {}
            }
        }
        Ok(Some(picture).filter(|picture| picture.count() > 0))
    };
    guarded(read)
}

fn is_of_value(bit: u32, format: &Format) -> bool {
    bit <= format.high_bit && bit + format.bits_stored > format.high_bit
}

/// Draws the frame of an overlay that belongs to a frame of the image. An overlay of one frame that names no
/// frame of a longer image belongs to all of them.
fn draw_apart(overlay: &Overlay, data: &[u8], frame: u32, frames: u32, picture: &mut Bitmap) {
    let everywhere = overlay.frames == 1 && overlay.first_frame == 0 && frames > 1;
    let own = if everywhere { Some(0) } else { frame.checked_sub(overlay.first_frame).filter(|n| *n < overlay.frames) };
    let Some(own) = own else { return };
    let pixels = u64::from(overlay.rows) * u64::from(overlay.columns);
    let first = u64::from(own) * pixels;
    // Frames follow each other without gaps, the first pixel in the lowest bit of a byte.
    let set = |n: u64| {
        let byte = usize::try_from((first + n) / 8).ok().and_then(|at| data.get(at));
        byte.is_some_and(|byte| byte >> ((first + n) % 8) & 1 == 1)
    };
    let there = (data.len() as u64).saturating_mul(8).saturating_sub(first).min(pixels);
    for n in (0..there).filter(|n| set(*n)) {
        let place = |own: u64, origin: i64| u32::try_from(own as i64 + origin).ok();
        let (row, column) = (n / u64::from(overlay.columns), n % u64::from(overlay.columns));
        if let (Some(row), Some(column)) = (place(row, overlay.origin[0]), place(column, overlay.origin[1])) {
            picture.set(column, row);
        }
    }
}

fn draw_embedded(pixels: &SliceData, bit: u32, columns: u32, picture: &mut Bitmap) {
    for at in 0..pixels.len() {
        let word = pixels.stored(at).unwrap_or_default() as u64;
        if word >> bit & 1 == 1 {
            picture.set((at as u64 % u64::from(columns)) as u32, (at as u64 / u64::from(columns)) as u32);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rows: u32, columns: u32, origin: [i64; 2], frames: u32, first_frame: u32) -> Overlay {
        Overlay { group: 0x6000, rows, columns, origin, frames, first_frame, bits: Bits::Apart }
    }

    fn drawn(overlay: &Overlay, data: &[u8], frame: u32, frames: u32) -> Vec<usize> {
        let mut picture = Bitmap::new(5, 4);
        draw_apart(overlay, data, frame, frames, &mut picture);
        picture.places().collect()
    }

    #[test]
    fn bits_run_from_the_lowest_without_gaps_between_rows() {
        // 3 x 3: 0b1_0001_0001 is the diagonal from the top left.
        let three = of(3, 3, [0, 0], 1, 0);
        assert_eq!(drawn(&three, &[0b0001_0001, 1], 0, 1), [0, 6, 12]);
        // Moved one down and two to the right; what falls off the image is gone.
        assert_eq!(drawn(&of(3, 3, [1, 2], 1, 0), &[0b0001_0001, 1], 0, 1), [7, 13, 19]);
        assert_eq!(drawn(&of(3, 3, [-1, -1], 1, 0), &[0b0001_0001, 1], 0, 1), [0, 6]);
        assert_eq!(drawn(&three, &[0b0001_0001], 0, 1), [0, 6], "cut short");
    }

    #[test]
    fn frames_follow_each_other_bit_by_bit() {
        // Two frames of 9 bits: the second starts in bit 1 of the second byte; they belong to frames 1 and 2.
        let two = of(3, 3, [0, 0], 2, 1);
        let data = [0b0000_0001, 0b0000_0100, 0];
        assert!(drawn(&two, &data, 0, 4).is_empty());
        assert_eq!(drawn(&two, &data, 1, 4), [0]);
        assert_eq!(drawn(&two, &data, 2, 4), [1]);
        assert!(drawn(&two, &data, 3, 4).is_empty());
        // One frame without an origin is for all.
        assert_eq!(drawn(&of(3, 3, [0, 0], 1, 0), &[1, 0], 3, 4), [0]);
    }
}
