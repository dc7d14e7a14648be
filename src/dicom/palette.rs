//! Palettes: stored values that are numbers of colours (PS3.3 C.7.6.3.1.5, C.7.9).

use super::error::ReadError;
use super::header::Header;
use crate::volume::SliceData;
use dicom_core::Tag;
use dicom_dictionary_std::tags;

/// Colours by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Palette {
    /// The stored value of the first colour.
    first: i32,
    /// Red, green, blue.
    colours: Box<[[u8; 3]]>,
}

/// Descriptor, entries and segments of each colour.
const TABLES: [[Tag; 3]; 3] = [
    [
        tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
        tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DATA,
        tags::SEGMENTED_RED_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    ],
    [
        tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
        tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA,
        tags::SEGMENTED_GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    ],
    [
        tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
        tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA,
        tags::SEGMENTED_BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    ],
];

impl Palette {
    /// The palette of a file.
    pub fn of(h: &Header, signed: bool) -> Result<Self, ReadError> {
        let [red, green, blue] = TABLES.map(|table| one(h, table, signed));
        let ((first, red), (_, green), (_, blue)) = (red?, green?, blue?);
        if red.len() != green.len() || red.len() != blue.len() {
            return Err(wrong("its colour tables differ in length"));
        }
        let colours = red.iter().zip(&green).zip(&blue).map(|((r, g), b)| [*r, *g, *b]).collect();
        Ok(Self { first, colours })
    }

    /// Numbers of colours as colours; those outside get the nearest.
    pub fn apply(&self, data: &SliceData) -> SliceData {
        let pixels = (0..data.len()).filter_map(|at| data.stored(at));
        let last = self.colours.len().saturating_sub(1);
        SliceData::Rgb8(
            pixels
                .flat_map(|stored| {
                    let at = (stored - f64::from(self.first)).max(0.0) as usize;
                    self.colours.get(at.min(last)).copied().unwrap_or_default()
                })
                .collect(),
        )
    }
}

fn wrong(what: &str) -> ReadError {
    ReadError::Contradiction { what: format!("its colour palette is not whole: {what}") }
}

/// The first value and the entries of one colour, as bytes.
fn one(h: &Header, [descriptor, plain, segmented]: [Tag; 3], signed: bool) -> Result<(i32, Vec<u8>), ReadError> {
    let descriptor = h.shorts(descriptor);
    let [count, first, bits] = *descriptor.as_slice() else { return Err(wrong("a table is not described")) };
    let count = if count == 0 { 65_536 } else { usize::from(count) };
    let first = if signed { i32::from(first.cast_signed()) } else { i32::from(first) };
    if !matches!(bits, 8 | 16) {
        return Err(wrong(&format!("entries of {bits} bits")));
    }
    let (words, bytes) = (h.shorts(plain), h.word_bytes(plain));
    let mut entries: Vec<u16> = if h.has(segmented) {
        let data = if bits == 8 {
            h.word_bytes(segmented).iter().map(|byte| u16::from(*byte)).collect()
        } else {
            h.shorts(segmented)
        };
        unfold(&data, bits == 8, count)?
    } else if words.len() >= count {
        words
    } else if bytes.len() >= count {
        // Entries of 8 bits, two in a word.
        let high = if bits == 16 { 257 } else { 1 };
        bytes.iter().map(|byte| u16::from(*byte) * high).collect()
    } else {
        return Err(wrong(&format!("{} entries of {count}", words.len())));
    };
    entries.truncate(count);
    if entries.len() < count {
        return Err(wrong(&format!("{} entries of {count}", entries.len())));
    }
    let byte = |entry: u16| if bits == 16 { (entry >> 8) as u8 } else { entry.min(255) as u8 };
    Ok((first, entries.into_iter().map(byte).collect()))
}

/// Unfolds a segmented table (PS3.3 C.7.9.2): runs of entries, straight lines, and earlier segments again.
fn unfold(data: &[u16], in_bytes: bool, count: usize) -> Result<Vec<u16>, ReadError> {
    let mut entries: Vec<u16> = Vec::with_capacity(count);
    let mut at = 0;
    while at + 1 < data.len() && entries.len() < count {
        at = segment(data, at, in_bytes, &mut entries, count, true)?;
    }
    Ok(entries)
}

/// Adds one segment; gives where the next one starts.
fn segment(
    data: &[u16],
    at: usize,
    in_bytes: bool,
    entries: &mut Vec<u16>,
    most: usize,
    outermost: bool,
) -> Result<usize, ReadError> {
    let word = |n: usize| data.get(at + n).copied().ok_or_else(|| wrong("a segment is cut short"));
    let (kind, length) = (word(0)?, usize::from(word(1)?));
    match kind {
        0 => {
            let run = data.get(at + 2..at + 2 + length).ok_or_else(|| wrong("a segment is cut short"))?;
            entries.extend_from_slice(run);
            Ok(at + 2 + length)
        }
        1 => {
            let Some(start) = entries.last().copied() else { return Err(wrong("it starts with a line from nowhere")) };
            let end = word(2)?;
            if length > most {
                return Err(wrong("a segment is longer than the table"));
            }
            let step = (f64::from(end) - f64::from(start)) / length as f64;
            entries.extend((1..=length).map(|n| (f64::from(start) + step * n as f64).round() as u16));
            Ok(at + 3)
        }
        2 if outermost => {
            // The offset is in bytes of the data, least significant part first.
            let place = if in_bytes {
                let bytes = [word(2)?, word(3)?, word(4)?, word(5)?];
                bytes.iter().rev().fold(0usize, |sum, byte| sum << 8 | usize::from(*byte))
            } else {
                (usize::from(word(3)?) << 16 | usize::from(word(2)?)) / 2
            };
            let mut from = place;
            for _ in 0..length {
                // A segment that names others again is refused, so that nothing can go round in circles.
                from = segment(data, from, in_bytes, entries, most, false)?;
                if entries.len() > most {
                    return Err(wrong("its segments are longer than the table"));
                }
            }
            Ok(at + if in_bytes { 6 } else { 4 })
        }
        _ => Err(wrong("a segment of an unknown kind")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_unfold() {
        // PS3.3 C.7.9.2.2: a run, a line, and the first two segments again.
        let data = [0, 2, 0, 100, 1, 4, 500, 2, 2, 0, 0];
        let unfolded = unfold(&data, false, 12).unwrap();
        assert_eq!(unfolded, [0, 100, 200, 300, 400, 500, 0, 100, 200, 300, 400, 500]);
        // 8 bits: the offset takes four parts.
        let data = [0, 1, 7, 1, 2, 9, 2, 1, 0, 0, 0, 0];
        assert_eq!(unfold(&data, true, 4).unwrap(), [7, 8, 9, 7]);
    }

    #[test]
    fn broken_segments_are_refused() {
        for data in
            [&[0, 5, 1, 2][..], &[1, 3, 9], &[3, 1, 1], &[2, 1, 0, 0], &[0, 1, 5, 2, 9, 0, 0], &[0, 1, 5, 2, 1, 6, 0]]
        {
            assert!(unfold(data, false, 100).is_err(), "{data:?}");
        }
    }

    #[test]
    fn numbers_outside_get_the_nearest_colour() {
        let palette = Palette { first: 10, colours: [[1, 2, 3], [4, 5, 6]].into() };
        let data = SliceData::U16([0, 10, 11, 500].into());
        assert_eq!(palette.apply(&data), SliceData::Rgb8([1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6].into()));
    }
}
