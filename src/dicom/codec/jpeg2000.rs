//! JPEG 2000 (ISO/IEC 15444-1) by `hayro-jpeg2000`, HTJ2K (15444-15) by its relation
//! `dicom-toolkit-jpeg2000`.
//!
//! The code stream alone is decoded: a JP2 wrapper, which DICOM forbids and some writers leave, is taken off
//! first, and with it palettes and colour spaces. Both compute in `f32`, which holds whole numbers up to 24
//! bits, so that more than 20 bits, which the wavelet makes 24, are refused.

use super::{Raster, Refused, Samples, Shape, refused};
use crate::dicom::format::Format;

/// Most tiles of one frame, and most resolutions: beyond what any writer makes, they only cost time.
const MOST_TILES: u64 = 65_535;
const MOST_BITS: u32 = 20;

/// What the main header says, as far as it decides who decodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Main {
    shape: Shape,
    signed: bool,
    high_throughput: bool,
    /// By the wavelet of rounded numbers (9-7).
    irreversible: bool,
}

/// Decodes one frame.
pub(super) fn decode(bytes: &[u8], format: &Format) -> Result<Raster, Refused> {
    let stream = code_stream(bytes).ok_or(Refused("it is not a JPEG 2000 image".into()))?;
    let main = main_header(stream)?;
    main.shape.check(format)?;
    if main.shape.precision > MOST_BITS {
        return refused(format!("JPEG 2000 of {} bits is not read by this version", main.shape.precision));
    }
    let pixels = main.shape.columns as usize * main.shape.rows as usize;
    if main.high_throughput && main.irreversible {
        // The decoder's values differ from those of OpenJPH by far more than rounding.
        return refused("lossy HTJ2K is not read by this version".to_owned());
    }
    if main.high_throughput {
        return high_throughput(stream, main, pixels);
    }
    let broken = |error: hayro_jpeg2000::DecodeError| Refused(error.to_string().into());
    let settings =
        hayro_jpeg2000::DecodeSettings { resolve_palette_indices: false, strict: false, target_resolution: None };
    let image = hayro_jpeg2000::Image::new(stream, &settings).map_err(broken)?;
    let mut context = hayro_jpeg2000::DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(broken)?;
    let planes: Vec<&[f32]> = decoded.components().iter().map(|component| component.samples()).collect();
    if planes.len() != main.shape.components as usize || planes.iter().any(|plane| plane.len() != pixels) {
        return refused("it does not hold the pixels that the header describes");
    }
    let most = ((1u32 << main.shape.precision) - 1) as f32;
    let middle = middle(main);
    // A level shift is undone for signed streams too, by all decoders; taking it off again gives the low bits.
    let word = |value: &f32| ((value + 0.5).clamp(0.0, most) as u32).wrapping_sub(middle);
    Ok(raster(&planes, main, word))
}

/// Half the range of a signed stream.
fn middle(main: Main) -> u32 {
    if main.signed { 1 << (main.shape.precision - 1) } else { 0 }
}

/// Planes interleaved, each sample by `word`.
fn raster<T>(planes: &[&[T]], main: Main, word: impl Fn(&T) -> u32) -> Raster {
    let Shape { precision, rows, .. } = main.shape;
    let samples = match planes {
        [plane] if precision <= 16 => Samples::Words(plane.iter().map(|value| word(value) as u16).collect()),
        [plane] => Samples::Longs(plane.iter().map(word).collect()),
        [a, b, c] => {
            let pixels = a.iter().zip(*b).zip(*c);
            Samples::Words(pixels.flat_map(|((a, b), c)| [word(a) as u16, word(b) as u16, word(c) as u16]).collect())
        }
        _ => Samples::Words(Vec::new()),
    };
    Raster { samples, precision, rows }
}

fn high_throughput(stream: &[u8], main: Main, pixels: usize) -> Result<Raster, Refused> {
    let Shape { precision, components, rows, .. } = main.shape;
    if precision > 16 {
        return refused(format!("HTJ2K of {precision} bits is not read by this version"));
    }
    let broken = |error: dicom_toolkit_jpeg2000::error::DecodeError| Refused(error.to_string().into());
    let settings = dicom_toolkit_jpeg2000::DecodeSettings { resolve_palette_indices: false, ..Default::default() };
    let image = dicom_toolkit_jpeg2000::Image::new(stream, &settings).map_err(broken)?;
    let decoded = image.decode_native().map_err(broken)?;
    let width = usize::from(decoded.bytes_per_sample);
    if decoded.data.len() != pixels * components as usize * width {
        return refused("it does not hold the pixels that the header describes");
    }
    let middle = middle(main) as u16;
    let words: Vec<u16> = match width {
        1 => decoded.data.iter().map(|byte| u16::from(*byte).wrapping_sub(middle)).collect(),
        _ => {
            let (pairs, _) = decoded.data.as_chunks::<2>();
            pairs.iter().map(|pair| u16::from_le_bytes(*pair).wrapping_sub(middle)).collect()
        }
    };
    Ok(Raster { samples: Samples::Words(words), precision, rows })
}

/// The code stream, out of a JP2 wrapper if there is one (15444-1 annex I).
fn code_stream(bytes: &[u8]) -> Option<&[u8]> {
    if bytes.starts_with(&[0xFF, 0x4F, 0xFF, 0x51]) {
        return Some(bytes);
    }
    if !bytes.starts_with(b"\0\0\0\x0CjP  ") {
        return None;
    }
    let mut rest = bytes;
    loop {
        let (head, after) = rest.split_first_chunk::<8>()?;
        let [l0, l1, l2, l3, kind @ ..] = *head;
        let length = u32::from_be_bytes([l0, l1, l2, l3]) as usize;
        let (body, next) = match length {
            0 => (after, [].as_slice()),
            1 => {
                let (long, after) = after.split_first_chunk::<8>()?;
                let length = usize::try_from(u64::from_be_bytes(*long)).ok()?;
                after.split_at_checked(length.checked_sub(16)?)?
            }
            _ => after.split_at_checked(length.checked_sub(8)?.min(after.len()))?,
        };
        if kind == *b"jp2c" {
            return Some(body);
        }
        rest = next;
    }
}

/// Reads the main header up to the first tile (annex A).
fn main_header(stream: &[u8]) -> Result<Main, Refused> {
    let broken = || Refused("its main header is broken".into());
    let mut main = None;
    let (mut high_throughput, mut irreversible) = (false, false);
    let mut rest = stream.get(2..).ok_or_else(broken)?;
    loop {
        let [0xFF, marker, high, low, ..] = *rest else { return Err(broken()) };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let body = rest.get(4..2 + length).ok_or_else(broken)?;
        match marker {
            0x51 => main = Some(size(body).ok_or_else(broken)??),
            // Code block style: bit 6 for high throughput (15444-15 A.4).
            0x52 => {
                high_throughput |= body.get(8).is_some_and(|style| style & 0x40 != 0);
                irreversible |= body.get(9) == Some(&0);
            }
            0x53 => {
                let wide = main.is_some_and(|(shape, _): (Shape, bool)| shape.components > 256);
                high_throughput |= body.get(if wide { 6 } else { 5 }).is_some_and(|style| style & 0x40 != 0);
                irreversible |= body.get(if wide { 7 } else { 6 }) == Some(&0);
            }
            0x90 | 0x93 | 0xD9 => {
                let (shape, signed) = main.ok_or_else(broken)?;
                return Ok(Main { shape, signed, high_throughput, irreversible });
            }
            _ => {}
        }
        rest = rest.get(2 + length..).ok_or_else(broken)?;
    }
}

/// Image and tile size (A.5.1), and whether samples are signed.
fn size(body: &[u8]) -> Option<Result<(Shape, bool), Refused>> {
    let long = |at: usize| body.get(at..at + 4).and_then(|b| Some(u32::from_be_bytes(<[u8; 4]>::try_from(b).ok()?)));
    let (x1, y1, x0, y0) = (long(2)?, long(6)?, long(10)?, long(14)?);
    let (tile_x, tile_y, tile_x0, tile_y0) = (long(18)?, long(22)?, long(26)?, long(30)?);
    let count = u32::from(u16::from_be_bytes([*body.get(34)?, *body.get(35)?]));
    let (components, _) = body.get(36..)?.as_chunks::<3>();
    let [depth, ..] = *components.first()?;
    let (columns, rows) = (x1.checked_sub(x0)?, y1.checked_sub(y0)?);
    if components.len() != count as usize || columns == 0 || rows == 0 || tile_x == 0 || tile_y == 0 {
        return None;
    }
    if components.iter().any(|component| *component != [depth, 1, 1]) {
        return Some(refused("its colours differ in resolution or depth"));
    }
    let across = u64::from(x1.saturating_sub(tile_x0)).div_ceil(u64::from(tile_x));
    let down = u64::from(y1.saturating_sub(tile_y0)).div_ceil(u64::from(tile_y));
    if across * down > MOST_TILES {
        return Some(refused("it is cut into more tiles than JPEG 2000 allows"));
    }
    let shape = Shape { columns, rows, components: count, precision: u32::from(depth & 0x7F) + 1 };
    Some(Ok((shape, depth & 0x80 != 0)))
}
