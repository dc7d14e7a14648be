//! Pixels of one slice: found, unpacked, and turned into stored values.

use super::codec::{self, Part, rle};
use super::container::source::Source;
use super::error::ReadError;
use super::format::{Colour, Format};
use super::found::{FrameSource, StackInfo};
use super::fragments::Encapsulated;
use super::guard::guarded;
use super::instance::{Opened, modality, padding, sop_uid};
use super::limits::Limits;
use super::opened::opened;
use super::palette::Palette;
use super::scan::uid_text;
use super::syntax::Packing;
use super::value::values;
use crate::volume::SliceData;
use dicom_dictionary_std::tags;
use flate2::bufread::DeflateDecoder;
use std::io::{BufReader, ErrorKind, Read, Seek, SeekFrom};

/// Values of a slice, of which the file may hold the upper part only.
#[derive(Debug, Clone, PartialEq)]
pub struct SlicePart {
    /// All values. Rows that are missing hold the padding value where the stack has one, else the darkest value
    /// that came.
    pub data: SliceData,
    /// How many rows are there.
    pub rows: u32,
}

/// Reads the stored values of one slice. Slices are independent of each other: call it from many threads.
///
/// The header is read again (some 30 microseconds; that of an object with many frames once for all), so that a file
/// that was exchanged in the meantime is noticed. Values are cut to the stored bits and signed as the file says;
/// 32-bit whole numbers become the nearest `f32`, and colours of more than eight bits their highest eight. Where the
/// file makes values by a table ([`StackInfo::mapped`]), the slice holds the values.
///
/// # Errors
/// Says why the slice cannot be shown, also when rows are missing. A fault in a decoder costs this slice only.
pub fn read_slice(info: &StackInfo, slice: u32, source: &FrameSource, limits: &Limits) -> Result<SliceData, ReadError> {
    let part = read_slice_part(info, slice, source, limits)?;
    if part.rows < info.rows {
        return Err(ReadError::RowsMissing { rows: part.rows, of: info.rows });
    }
    Ok(part.data)
}

/// Reads one slice as [`read_slice`] does, and gives what is there of one that is cut short.
///
/// # Errors
/// Says why nothing of the slice can be shown.
pub fn read_slice_part(
    info: &StackInfo,
    slice: u32,
    source: &FrameSource,
    limits: &Limits,
) -> Result<SlicePart, ReadError> {
    let frame = info.frames.get(slice as usize).ok_or(ReadError::NoSuchSlice { number: u64::from(slice) + 1 })?;
    let read = || {
        let (opened, mut file) = opened(&source.path, limits)?;
        let format = Format::new(&opened.header, &opened.scanned, opened.size, limits)?;
        let same = format.rows == info.rows
            && format.columns == info.columns
            && frame.frame < format.frames
            && sop_uid(&opened, &source.path, limits)? == frame.sop_uid;
        if !same {
            return Err(ReadError::Changed);
        }
        let Part { mut data, rows } = read_frame(&opened, &format, &mut file, frame.frame, limits)?;
        if rows < info.rows {
            let bright = format.colour == Colour::Grey { small_is_bright: true };
            blank(&mut data, rows as usize * info.columns as usize, info.padding.map(|p| p.low), bright);
        }
        Ok(SlicePart { data: finish(data, info, &opened, &format, frame.frame)?, rows })
    };
    guarded(read)
}

/// What is left to do with the stored values of a slice: colours of a palette, values of a table.
fn finish(
    data: SliceData,
    info: &StackInfo,
    opened: &Opened,
    format: &Format,
    frame: u32,
) -> Result<SliceData, ReadError> {
    if format.palette {
        return Ok(Palette::of(&opened.header, format.signed)?.apply(&data));
    }
    if !info.mapped {
        return Ok(data);
    }
    let header = opened.header.frame(frame as usize);
    let values = values(&header, format, modality(&header), &uid_text(header.bytes(tags::SOP_CLASS_UID)));
    Ok(values.mapping.apply(data, padding(&header, format)))
}

/// Fills what is missing from a pixel on: with the padding, else with the darkest value that came.
fn blank(data: &mut SliceData, from: usize, padding: Option<f64>, small_is_bright: bool) {
    fn fill<T: Copy + PartialOrd>(values: &mut [T], from: usize, padding: Option<T>, small_is_bright: bool) {
        let (there, missing) = values.split_at_mut(from.min(values.len()));
        let darker = |a: T, b: T| if (b < a) != small_is_bright { b } else { a };
        if let Some(value) = padding.or_else(|| there.iter().copied().reduce(darker)) {
            missing.fill(value);
        }
    }
    match data {
        SliceData::I16(values) => fill(values, from, padding.map(|p| p as i16), small_is_bright),
        SliceData::U16(values) => fill(values, from, padding.map(|p| p as u16), small_is_bright),
        SliceData::F32(values) => fill(values, from, padding.map(|p| p as f32), small_is_bright),
        SliceData::Rgb8(values) => fill(values, 3 * from, Some(0), false),
    }
}

/// Reads the stored values of one frame of an open file.
pub(super) fn read_frame(
    opened: &Opened,
    format: &Format,
    file: &mut Source,
    frame: u32,
    limits: &Limits,
) -> Result<Part, ReadError> {
    let compressed = |file: &mut Source| {
        let extended = opened.header.bytes(tags::EXTENDED_OFFSET_TABLE);
        let place = Encapsulated {
            start: format.pixels.offset,
            end: opened.size,
            frames: format.frames,
            extended,
            walked: &opened.fragments,
        };
        place.frame(file, frame)
    };
    match opened.scanned.syntax.packing {
        Packing::Native => native(opened, format, file, frame),
        Packing::NativeInFragments => unpack(&compressed(file)?.bytes, format, false),
        Packing::Rle => {
            // Its segments are colour by colour, whatever the header says of planes.
            let colour = if format.colour == Colour::YbrFull422 { Colour::YbrFull } else { format.colour };
            let format = Format { planar: false, colour, ..format.clone() };
            unpack(&rle::decode(&compressed(file)?.bytes, &format)?, &format, false)
        }
        Packing::Coded { family, .. } => {
            let stream = compressed(file)?;
            let part = codec::decode(family, &stream.bytes, format, limits)?;
            if stream.missing > 0 && part.rows == format.rows {
                // A decoder that goes on without the end gives every row, and the last ones wrong.
                let found = stream.bytes.len() as u64;
                return Err(ReadError::PixelsCutShort { needed: found + stream.missing, found });
            }
            Ok(part)
        }
        Packing::NotRead => {
            Err(ReadError::Syntax { name: opened.scanned.syntax.name(), uid: opened.scanned.syntax.uid.clone() })
        }
    }
}

/// One frame that is not compressed.
///
/// Grey words of 16 bits are read straight into the slice; all else is read once, into memory that each thread keeps.
fn native(opened: &Opened, format: &Format, file: &mut Source, frame: u32) -> Result<Part, ReadError> {
    let layout = opened.scanned.syntax.layout;
    let frame_bytes = format.frame_bytes();
    let start = u64::from(frame) * frame_bytes;
    // Memory was allowed when the format was checked.
    let size = |bytes: u64| usize::try_from(bytes).unwrap_or_default();
    if !format.is_colour() && format.bits_allocated == 16 {
        let mut words = vec![0u16; size(frame_bytes / 2)];
        let found = read_native(opened, format, file, start, bytemuck::cast_slice_mut(&mut words))?;
        if layout.big_endian == cfg!(target_endian = "little") {
            words.iter_mut().for_each(|word| *word = word.swap_bytes());
        }
        return there(Part { data: grey(words, format), rows: format.rows }, found, frame_bytes, format);
    }
    // 8-bit pixels in big endian words: a pair of bytes is read whole and changes places.
    let swapped = layout.big_endian && format.pixels.words && format.bits_allocated == 8;
    let (start, before) = if swapped { (start - start % 2, start % 2) } else { (start, 0) };
    let count = if swapped { (before + frame_bytes).next_multiple_of(2) } else { frame_bytes };
    let mut bytes = SCRATCH.take();
    bytes.resize(size(count), 0);
    let found = read_native(opened, format, file, start, &mut bytes)?;
    if let Some(missing) = bytes.get_mut(found..) {
        missing.fill(0);
    }
    if swapped {
        bytes.chunks_exact_mut(2).for_each(<[u8]>::reverse);
        bytes.drain(..usize::from(before == 1));
    }
    let part = unpack(&bytes, format, layout.big_endian)?;
    bytes.truncate(KEPT);
    bytes.shrink_to(KEPT);
    SCRATCH.set(bytes);
    let found = found.saturating_sub(size(before)).min(size(frame_bytes));
    there(part, found, frame_bytes, format)
}

/// Reads what is there of the pixels from a byte of them on.
fn read_native(
    opened: &Opened,
    format: &Format,
    file: &mut Source,
    start: u64,
    bytes: &mut [u8],
) -> Result<usize, ReadError> {
    if opened.scanned.syntax.layout.deflated {
        file.seek(SeekFrom::Start(opened.scanned.data_set_at))?;
        let mut data_set = DeflateDecoder::new(BufReader::with_capacity(64 << 10, file));
        std::io::copy(&mut data_set.by_ref().take(format.pixels.offset + start), &mut std::io::sink())?;
        return fill(&mut data_set, bytes);
    }
    // What follows the pixels is not theirs.
    let stated = format.pixels.length.unwrap_or(u64::MAX).saturating_sub(start);
    file.seek(SeekFrom::Start(format.pixels.offset + start))?;
    fill(&mut file.take(stated), bytes)
}

/// Says how many rows came of a frame of which so many bytes were found.
fn there(mut part: Part, found: usize, frame_bytes: u64, format: &Format) -> Result<Part, ReadError> {
    let found = found as u64;
    if found < frame_bytes {
        let rows = found / (frame_bytes / u64::from(format.rows)).max(1);
        // Of colours plane by plane, half a file is the reds alone.
        if rows == 0 || format.planar {
            return Err(ReadError::PixelsCutShort { needed: frame_bytes, found });
        }
        part.rows = u32::try_from(rows).unwrap_or(format.rows).min(format.rows);
    }
    Ok(part)
}

/// Most bytes that a thread keeps for the next slice.
const KEPT: usize = 8 << 20;

thread_local! {
    static SCRATCH: std::cell::Cell<Vec<u8>> = const { std::cell::Cell::new(Vec::new()) };
}

/// Fills `bytes` as far as the source goes; gives how far.
fn fill(source: &mut impl Read, bytes: &mut [u8]) -> Result<usize, ReadError> {
    let mut found = 0;
    while let Some(rest) = bytes.get_mut(found..).filter(|rest| !rest.is_empty()) {
        match source.read(rest) {
            Ok(0) => break,
            Ok(more) => found += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // A damaged deflate stream ends where it ends.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::InvalidInput | ErrorKind::InvalidData | ErrorKind::UnexpectedEof
                ) =>
            {
                break;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(found)
}

/// Bytes of uncompressed pixels to stored values.
fn unpack(bytes: &[u8], format: &Format, big_endian: bool) -> Result<Part, ReadError> {
    let needed = format.frame_bytes();
    let bytes = usize::try_from(needed).ok().and_then(|needed| bytes.get(..needed));
    let Some(bytes) = bytes else {
        return Err(ReadError::Contradiction { what: "a frame unfolds to fewer pixels than it claims".into() });
    };
    let (pairs, _) = bytes.as_chunks::<2>();
    let (fours, _) = bytes.as_chunks::<4>();
    let data = match (format.is_colour(), format.bits_allocated, big_endian) {
        (true, 8, _) => SliceData::Rgb8(rgb(bytes, format).into()),
        // Of deeper colours the eight highest bits, which is what a screen shows.
        (true, 16, _) => {
            let word = |pair: &[u8; 2]| if big_endian { u16::from_be_bytes(*pair) } else { u16::from_le_bytes(*pair) };
            let down = format.high_bit.saturating_sub(7).min(15);
            let bytes: Vec<u8> = pairs.iter().map(|pair| (word(pair) >> down) as u8).collect();
            SliceData::Rgb8(rgb(&bytes, format).into())
        }
        (true, ..) => {
            let long = |four: &[u8; 4]| if big_endian { u32::from_be_bytes(*four) } else { u32::from_le_bytes(*four) };
            let down = format.high_bit.saturating_sub(7).min(31);
            let bytes: Vec<u8> = fours.iter().map(|four| (long(four) >> down) as u8).collect();
            SliceData::Rgb8(rgb(&bytes, format).into())
        }
        (false, 8, _) => grey(bytes.iter().map(|b| u16::from(*b)).collect(), format),
        (false, 16, false) => grey(pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect(), format),
        (false, 16, true) => grey(pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect(), format),
        (false, _, false) => SliceData::F32(fours.iter().map(|four| wide(u32::from_le_bytes(*four), format)).collect()),
        (false, _, true) => SliceData::F32(fours.iter().map(|four| wide(u32::from_be_bytes(*four), format)).collect()),
    };
    Ok(Part { data, rows: format.rows })
}

/// Words of up to 16 bits to stored values: the bits from High Bit down, signed where the file says so
/// (PS3.5 8.1.1).
fn grey(words: Vec<u16>, format: &Format) -> SliceData {
    let stored = format.bits_stored.clamp(1, 16);
    let down = (format.high_bit + 1).saturating_sub(stored).min(15);
    cut(words, format.signed, stored, down)
}

/// The `stored` bits of words above the lowest `down`, in the memory that they are in.
pub(super) fn cut(mut words: Vec<u16>, signed: bool, stored: u32, down: u32) -> SliceData {
    let spare = 16 - stored.clamp(1, 16);
    if spare > 0 {
        let cut = |word: u16| (word >> down) << spare;
        if signed {
            words.iter_mut().for_each(|word| *word = (cut(*word).cast_signed() >> spare).cast_unsigned());
        } else {
            words.iter_mut().for_each(|word| *word = cut(*word) >> spare);
        }
    }
    if signed { SliceData::I16(bytemuck::allocation::cast_vec(words).into()) } else { SliceData::U16(words.into()) }
}

fn wide(word: u32, format: &Format) -> f32 {
    let stored = format.bits_stored.clamp(1, 32);
    let down = (format.high_bit + 1).saturating_sub(stored).min(31);
    let spare = 32 - stored;
    let word = (word >> down) << spare;
    if format.signed { (word.cast_signed() >> spare) as f32 } else { (word >> spare) as f32 }
}

/// Colour bytes to red, green, blue for each pixel.
fn rgb(bytes: &[u8], format: &Format) -> Vec<u8> {
    let pixels = bytes.len() / 3;
    let plane = |n: usize| bytes.get(n * pixels..(n + 1) * pixels).unwrap_or_default();
    let interleaved: Vec<u8> = match format.colour {
        Colour::YbrFull422 => {
            let pairs = bytes.chunks_exact(4).filter_map(|four| <[u8; 4]>::try_from(four).ok());
            pairs.flat_map(|[first, second, cb, cr]| [first, cb, cr, second, cb, cr]).collect()
        }
        _ if format.planar => {
            let planes = plane(0).iter().zip(plane(1)).zip(plane(2));
            planes.flat_map(|((a, b), c)| [*a, *b, *c]).collect()
        }
        _ => bytes.to_vec(),
    };
    match format.colour {
        Colour::YbrFull | Colour::YbrFull422 => {
            let pixels = interleaved.chunks_exact(3).filter_map(|three| <[u8; 3]>::try_from(three).ok());
            pixels.flat_map(from_ybr).collect()
        }
        _ => interleaved,
    }
}

/// YBR_FULL to RGB (PS3.3 C.7.6.3.1.2, inverted).
pub(super) fn from_ybr([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    let (y, cb, cr) = (f64::from(y), f64::from(cb) - 128.0, f64::from(cr) - 128.0);
    [y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb].map(|c| c.round().clamp(0.0, 255.0) as u8)
}
