//! Code streams to samples: every compression that is read, in safe code.
//!
//! A decoder is given bytes that its header was already read of: size, components and precision must be what
//! the DICOM header says before memory is taken, so that a wrong picture is refused and not shown. It gives
//! samples as they are in the stream; [`values`] cuts them to the stored bits, signs and colours them. A stream
//! that ends early gives the rows that came.
//!
//! Which decoder, and why (`benches/loading.rs` measures them beside their peers):
//!
//! | what | decoder | why |
//! |---|---|---|
//! | RLE | own | sixty lines |
//! | JPEG 8 bits | `jpeg-decoder` | right for baseline and progressive; lossless and 12 bits it gets wrong or refuses |
//! | JPEG 12 bits | own | no safe crate reads it |
//! | JPEG lossless | own | see [`lossless_jpeg`] |
//! | JPEG-LS | own | `pure_jpegls` knows one component without restarts only |
//! | JPEG 2000 | `hayro-jpeg2000` | no `unsafe`; `openjp2` is C turned into Rust |
//! | HTJ2K | `dicom-toolkit-jpeg2000` | the same code with HT blocks, a third slower for JPEG 2000; `openjph-core` is full of `unsafe`, `j2k-native` needs a newer Rust |
//! | JPEG XL | `jxl-oxide` | takes a limit for memory; `jxl` does not |

mod bits;
mod dct_jpeg;
mod huffman;
mod jpeg;
mod jpeg2000;
mod jpeg_ls;
mod jpeg_xl;
mod loco;
mod lossless_jpeg;
mod markers;
pub(super) mod rle;

use super::error::ReadError;
use super::format::{Colour, Format};
use super::limits::Limits;
use super::pixels::{cut, from_ybr};
use super::scan::PixelsAt;
use super::syntax::{Packing, Syntax};
use crate::volume::SliceData;
use std::borrow::Cow;

/// Why a stream was refused, as the end of a sentence about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused(pub Cow<'static, str>);

impl From<Refused> for ReadError {
    fn from(Refused(why): Refused) -> Self {
        Self::Decode { why: super::text::clean(&why) }
    }
}

fn refused<T>(why: impl Into<Cow<'static, str>>) -> Result<T, Refused> {
    Err(Refused(why.into()))
}

/// A family of code streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// JPEG of any process.
    Jpeg,
    /// JPEG-LS.
    JpegLs,
    /// JPEG 2000, high throughput or not.
    Jpeg2000,
    /// JPEG XL.
    JpegXl,
}

/// What the header of a code stream says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shape {
    columns: u32,
    rows: u32,
    components: u32,
    precision: u32,
}

impl Shape {
    /// Refuses a stream that is not the image that the DICOM header describes.
    fn check(self, format: &Format) -> Result<(), Refused> {
        if (self.columns, self.rows) != (format.columns, format.rows) {
            return refused(format!(
                "it holds {} x {} pixels, the header says {} x {}",
                self.columns, self.rows, format.columns, format.rows
            ));
        }
        if self.components != format.samples() {
            return refused(format!("it has {} colours, the header says {}", self.components, format.samples()));
        }
        if self.precision == 0 || self.precision > format.bits_allocated {
            return refused(format!("it has {} bits, the header says {}", self.precision, format.bits_allocated));
        }
        Ok(())
    }
}

/// Samples, components interleaved.
#[derive(Debug)]
enum Samples {
    /// The low bits, also of signed ones.
    Words(Vec<u16>),
    /// More than 16 bits.
    Longs(Vec<u32>),
    /// Red, green and blue, ready to show.
    Rgb(Vec<u8>),
}

/// A decoded frame.
#[derive(Debug)]
pub(super) struct Raster {
    samples: Samples,
    /// Bits of a sample.
    precision: u32,
    /// Rows that came whole; the rest is zero.
    rows: u32,
}

/// Values of a frame, of which the first `rows` rows came whole.
#[derive(Debug)]
pub(super) struct Part {
    pub data: SliceData,
    pub rows: u32,
}

/// Decodes one frame into stored values.
pub(super) fn decode(family: Family, bytes: &[u8], format: &Format, limits: &Limits) -> Result<Part, ReadError> {
    let raster = match family {
        Family::Jpeg | Family::JpegLs => jpeg_family(family, bytes, format, limits)?,
        Family::Jpeg2000 => jpeg2000::decode(bytes, format)?,
        Family::JpegXl => jpeg_xl::decode(bytes, format)?,
    };
    if raster.rows == 0 {
        return Err(Refused("it is cut short or damaged before its first row ends".into()).into());
    }
    let rows = raster.rows;
    Ok(Part { data: values(raster, format)?, rows })
}

/// What [`decode_frame_bytes`] is told of an image.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameShape {
    /// Rows.
    pub rows: u16,
    /// Columns.
    pub columns: u16,
    /// In red, green and blue.
    pub colour: bool,
    /// Bits Allocated.
    pub bits_allocated: u8,
    /// Bits Stored.
    pub bits_stored: u8,
    /// Pixel Representation.
    pub signed: bool,
}

/// Decodes the compressed bytes of one frame: where fuzzing enters. Gives how many values came out.
///
/// # Errors
/// Says why the bytes are refused.
#[doc(hidden)]
pub fn decode_frame_bytes(syntax: &str, bytes: &[u8], shape: FrameShape) -> Result<usize, ReadError> {
    let syntax = Syntax::from_uid(syntax);
    let bits = u32::from(shape.bits_allocated).clamp(8, 16).next_multiple_of(8);
    let stored = u32::from(shape.bits_stored).clamp(1, bits);
    let format = Format {
        rows: u32::from(shape.rows.max(1)),
        columns: u32::from(shape.columns.max(1)),
        frames: 1,
        bits_allocated: bits,
        bits_stored: stored,
        high_bit: stored - 1,
        signed: shape.signed,
        colour: if shape.colour { Colour::Rgb } else { Colour::Grey { small_is_bright: false } },
        palette: false,
        planar: false,
        pixels: PixelsAt { offset: 0, length: None, whole_numbers: true, words: false },
        cut_short: None,
    };
    match syntax.packing {
        Packing::Coded { family, .. } => decode(family, bytes, &format, &Limits::default()).map(|part| part.data.len()),
        Packing::Rle => rle::decode(bytes, &format).map(|bytes| bytes.len()),
        _ => Err(ReadError::Syntax { name: syntax.name(), uid: syntax.uid }),
    }
}

/// The processes of JPEG by what the frame header says.
fn jpeg_family(family: Family, bytes: &[u8], format: &Format, limits: &Limits) -> Result<Raster, Refused> {
    let mut markers = markers::Markers::new(bytes, false)?;
    markers.next_scan()?;
    let frame = markers.frame()?;
    let shape = Shape {
        columns: u32::from(frame.columns),
        rows: u32::from(frame.rows),
        components: frame.components.len() as u32,
        precision: u32::from(frame.precision),
    };
    shape.check(format)?;
    match (family, frame.process, frame.precision) {
        (Family::Jpeg, 0xC3, 2..=16) => lossless_jpeg::decode(bytes),
        (Family::Jpeg, 0xC0..=0xC2, 8) => jpeg::decode(bytes, &markers, format, limits),
        (Family::Jpeg, 0xC1, 12) => dct_jpeg::decode(bytes),
        (Family::JpegLs, 0xF7, 2..=16) => jpeg_ls::decode(bytes),
        (_, 0xF7, _) => refused("it is JPEG-LS, which is not what the file says"),
        (Family::JpegLs, ..) => refused("it is not JPEG-LS, which is what the file says"),
        (_, 0xC2, bits) => refused(format!("progressive JPEG of {bits} bits is not read by this version")),
        _ => refused("this kind of JPEG is not read by this version"),
    }
}

/// Samples to stored values (PS3.5 8.1.1, 8.2).
///
/// The precision of the stream and Bits Stored may differ: the sign is the highest bit that both have. Streams
/// that were made of whole words keep High Bit.
fn values(raster: Raster, format: &Format) -> Result<SliceData, Refused> {
    let Raster { samples, precision, .. } = raster;
    if format.is_colour() {
        let bytes = match samples {
            Samples::Rgb(bytes) => return Ok(SliceData::Rgb8(bytes.into())),
            // The eight highest bits of deeper colours, which is what a screen shows.
            Samples::Words(words) if precision >= 8 => words.iter().map(|w| (w >> (precision - 8)) as u8).collect(),
            Samples::Words(words) => words.iter().map(|w| (w << (8 - precision)) as u8).collect(),
            Samples::Longs(_) => return refused("it has more than 16 bits of each colour"),
        };
        return Ok(SliceData::Rgb8(rgb(bytes, format).into()));
    }
    let whole_words = precision > format.high_bit;
    let stored = precision.min(format.bits_stored).max(1);
    let down = if whole_words { (format.high_bit + 1).saturating_sub(format.bits_stored) } else { 0 };
    match samples {
        Samples::Words(words) => Ok(cut(words, format.signed, stored.min(16), down.min(15))),
        Samples::Longs(longs) => {
            let (stored, down) = (stored.min(32), down.min(31));
            let spare = 32 - stored;
            let value = |w: &u32| {
                let w = (w >> down) << spare;
                if format.signed { (w.cast_signed() >> spare) as f32 } else { (w >> spare) as f32 }
            };
            Ok(SliceData::F32(longs.iter().map(value).collect()))
        }
        Samples::Rgb(_) => refused("it holds colours, the header says grey"),
    }
}

/// What the header calls luminance and colour differences becomes red, green and blue.
fn rgb(bytes: Vec<u8>, format: &Format) -> Vec<u8> {
    match format.colour {
        Colour::YbrFull | Colour::YbrFull422 => {
            let (pixels, _) = bytes.as_chunks::<3>();
            pixels.iter().copied().flat_map(from_ybr).collect()
        }
        _ => bytes,
    }
}

#[cfg(test)]
mod tests;
