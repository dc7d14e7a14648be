//! Pixels of one slice: found, unpacked, and turned into stored values.

use super::container::source;
use super::error::ReadError;
use super::format::{Colour, Format};
use super::found::{FrameSource, StackInfo};
use super::instance::{Opened, modality, padding, sop_uid};
use super::limits::Limits;
use super::opened::opened;
use super::palette::Palette;
use super::scan::uid_text;
use super::syntax::Packing;
use super::value::values;
use super::{fragments, jpeg, rle};
use crate::volume::SliceData;
use dicom_dictionary_std::tags;
use flate2::bufread::DeflateDecoder;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Reads the stored values of one slice. Slices are independent of each other: call it from many threads.
///
/// The header is read again (some 30 microseconds; that of an object with many frames once for all), so that a
/// file that was exchanged in the meantime is noticed. Values are cut to the stored bits and signed as the file
/// says; 32-bit whole numbers become the nearest `f32`. Where the file makes values by a table
/// ([`StackInfo::mapped`]), the slice holds the values.
///
/// # Errors
/// Says why the slice cannot be shown. A fault in a decoder costs this slice only.
pub fn read_slice(info: &StackInfo, slice: u32, source: &FrameSource, limits: &Limits) -> Result<SliceData, ReadError> {
    let frame = info.frames.get(slice as usize).ok_or(ReadError::NoSuchSlice { number: u64::from(slice) + 1 })?;
    let read = || {
        let opened = opened(&source.path, limits)?;
        let format = Format::new(&opened.header, &opened.scanned, opened.size, limits)?;
        let same = format.rows == info.rows
            && format.columns == info.columns
            && frame.frame < format.frames
            && sop_uid(&opened, &source.path, limits)? == frame.sop_uid;
        if !same {
            return Err(ReadError::Changed);
        }
        let data = read_frame(&opened, &format, &source.path, frame.frame, limits)?;
        finish(data, info, &opened, &format, frame.frame)
    };
    catch_unwind(AssertUnwindSafe(read)).unwrap_or(Err(ReadError::Fault))
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

/// Reads the stored values of one frame of a file.
pub(super) fn read_frame(
    opened: &Opened,
    format: &Format,
    path: &Path,
    frame: u32,
    limits: &Limits,
) -> Result<SliceData, ReadError> {
    let mut file = source::open(path, limits)?.source;
    let frame_bytes = format.frame_bytes();
    let start = u64::from(frame) * frame_bytes;
    let packing = opened.scanned.syntax.packing;
    if packing == Packing::Native {
        let layout = opened.scanned.syntax.layout;
        // 8-bit pixels in big endian words: a pair of bytes is read whole and changes places.
        let swapped = layout.big_endian && format.pixels.words && format.bits_allocated == 8;
        let (start, before) = if swapped { (start - start % 2, start % 2) } else { (start, 0) };
        let count = if swapped { (before + frame_bytes).next_multiple_of(2) } else { frame_bytes };
        let mut bytes = if layout.deflated {
            file.seek(SeekFrom::Start(opened.scanned.data_set_at))?;
            let mut data_set = DeflateDecoder::new(BufReader::with_capacity(64 << 10, file));
            std::io::copy(&mut data_set.by_ref().take(format.pixels.offset + start), &mut std::io::sink())?;
            take(&mut data_set, count)?
        } else {
            file.seek(SeekFrom::Start(format.pixels.offset + start))?;
            take(&mut file, count)?
        };
        if swapped {
            bytes.chunks_exact_mut(2).for_each(<[u8]>::reverse);
            bytes.drain(..usize::from(before == 1));
        }
        return unpack(&bytes, format, layout.big_endian);
    }
    file.seek(SeekFrom::Start(format.pixels.offset))?;
    let fragments = fragments::read(BufReader::new(file), opened.size - format.pixels.offset)?;
    match packing {
        Packing::Rle => unpack(&rle::decode(&fragments.frame(frame, format.frames)?, format)?, format, false),
        Packing::Jpeg { .. } => jpeg::decode(&fragments.frame(frame, format.frames)?, format, limits),
        Packing::NativeInFragments => unpack(&fragments.frame(frame, format.frames)?, format, false),
        Packing::Native | Packing::NotRead => {
            Err(ReadError::Syntax { name: opened.scanned.syntax.name(), uid: opened.scanned.syntax.uid.clone() })
        }
    }
}

/// Reads so many bytes; memory for them was allowed when the format was checked.
fn take(source: &mut impl Read, count: u64) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::with_capacity(usize::try_from(count).unwrap_or_default());
    source.by_ref().take(count).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == count {
        Ok(bytes)
    } else {
        Err(ReadError::PixelsCutShort { needed: count, found: bytes.len() as u64 })
    }
}

/// Bytes of uncompressed pixels to stored values.
fn unpack(bytes: &[u8], format: &Format, big_endian: bool) -> Result<SliceData, ReadError> {
    let needed = format.frame_bytes();
    let bytes = usize::try_from(needed).ok().and_then(|needed| bytes.get(..needed));
    let Some(bytes) = bytes else {
        return Err(ReadError::Contradiction { what: "a frame unfolds to fewer pixels than it claims".into() });
    };
    if format.is_colour() {
        return Ok(SliceData::Rgb8(rgb(bytes, format).into()));
    }
    let word = |pair: &[u8]| {
        let pair = <[u8; 2]>::try_from(pair).unwrap_or_default();
        if big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
    };
    Ok(match format.bits_allocated {
        8 => grey(bytes.iter().map(|b| u16::from(*b)), format),
        16 => grey(bytes.chunks_exact(2).map(word), format),
        _ => {
            let long = |four: &[u8]| {
                let four = <[u8; 4]>::try_from(four).unwrap_or_default();
                if big_endian { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) }
            };
            SliceData::F32(bytes.chunks_exact(4).map(|four| wide(long(four), format)).collect())
        }
    })
}

/// Words of up to 16 bits to stored values: the bits from High Bit down, signed where the file says so
/// (PS3.5 8.1.1).
pub(super) fn grey(words: impl Iterator<Item = u16>, format: &Format) -> SliceData {
    let stored = format.bits_stored.clamp(1, 16);
    let down = (format.high_bit + 1).saturating_sub(stored).min(15);
    let spare = 16 - stored;
    match (format.signed, stored, down) {
        (false, 16, _) => SliceData::U16(words.collect()),
        (true, 16, _) => SliceData::I16(words.map(u16::cast_signed).collect()),
        (false, ..) => SliceData::U16(words.map(|w| (w >> down) << spare >> spare).collect()),
        (true, ..) => SliceData::I16(words.map(|w| ((w >> down) << spare).cast_signed() >> spare).collect()),
    }
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
fn from_ybr([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    let (y, cb, cr) = (f64::from(y), f64::from(cb) - 128.0, f64::from(cr) - 128.0);
    [y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb].map(|c| c.round().clamp(0.0, 255.0) as u8)
}
