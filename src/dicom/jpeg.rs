//! JPEG in its 8-bit and lossless forms. What the decoder is known to get wrong is refused before it runs.

use super::error::ReadError;
use super::format::{Colour, Format};
use super::limits::Limits;
use super::pixels::grey;
use crate::volume::SliceData;
use jpeg_decoder::{ColorTransform, Decoder, PixelFormat};

/// Decodes one frame.
pub(super) fn decode(bytes: &[u8], format: &Format, limits: &Limits) -> Result<SliceData, ReadError> {
    let refuse = |why: String| Err(ReadError::Decode { why });
    let about = about(bytes).ok_or_else(|| ReadError::Decode { why: "it is not a JPEG image".into() })?;
    if (u32::from(about.width), u32::from(about.height)) != (format.columns, format.rows) {
        return refuse(format!(
            "it holds {} x {} pixels, the header says {} x {}",
            about.width, about.height, format.columns, format.rows
        ));
    }
    if u32::from(about.components) != format.samples() {
        return refuse(format!("it has {} colours, the header says {}", about.components, format.samples()));
    }
    if about.precision > 8 && !about.lossless {
        return refuse(format!("{}-bit lossy JPEG is not read by this version", about.precision));
    }
    if u32::from(about.precision) > format.bits_allocated {
        return refuse(format!("it has {} bits, the header says {}", about.precision, format.bits_allocated));
    }
    // The decoder ignores restarts with the left-pixel predictor, and predicts from shifted values.
    if about.lossless && (about.point_transform != 0 || (about.restarts && about.predictor == 1)) {
        return refuse("this kind of lossless JPEG is not read by this version".into());
    }
    let mut decoder = Decoder::new(bytes);
    decoder.set_max_decoding_buffer_size(usize::try_from(limits.frame_pixels.saturating_mul(4)).unwrap_or(usize::MAX));
    if format.is_colour() {
        decoder.set_color_transform(transform(format, &about));
    }
    let decoded =
        decoder.decode().map_err(|error| ReadError::Decode { why: super::text::clean(&error.to_string()) })?;
    let pixels = usize::try_from(format.frame_pixels()).unwrap_or(usize::MAX);
    let kind = decoder.info().map(|info| info.pixel_format);
    match kind {
        Some(PixelFormat::L8) if decoded.len() == pixels => Ok(grey(decoded.iter().map(|b| u16::from(*b)), format)),
        Some(PixelFormat::L16) if decoded.len() / 2 == pixels => {
            let words =
                decoded.chunks_exact(2).map(|two| u16::from_ne_bytes(<[u8; 2]>::try_from(two).unwrap_or_default()));
            Ok(grey(words, format))
        }
        Some(PixelFormat::RGB24) if decoded.len() / 3 == pixels && format.is_colour() => {
            Ok(SliceData::Rgb8(decoded.into()))
        }
        _ => refuse("it does not hold the pixels that the header describes".into()),
    }
}

/// What the colours of the code stream are: the header's word, unless the stream itself says otherwise.
fn transform(format: &Format, about: &About) -> ColorTransform {
    match (about.adobe, format.colour) {
        (Some(0), _) => ColorTransform::RGB,
        (Some(1), _) => ColorTransform::YCbCr,
        (_, Colour::Rgb) if !about.jfif => ColorTransform::RGB,
        _ => ColorTransform::YCbCr,
    }
}

/// What the markers say.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct About {
    width: u16,
    height: u16,
    components: u8,
    precision: u8,
    lossless: bool,
    restarts: bool,
    predictor: u8,
    point_transform: u8,
    jfif: bool,
    adobe: Option<u8>,
}

/// Reads the markers up to the first scan (ISO/IEC 10918-1 annex B).
fn about(bytes: &[u8]) -> Option<About> {
    let mut about = About::default();
    let mut rest = bytes.strip_prefix(&[0xFF, 0xD8])?;
    loop {
        let [0xFF, marker, after @ ..] = rest else { return None };
        if *marker == 0xFF {
            rest = rest.get(1..)?; // fill byte
            continue;
        }
        let [high, low, ..] = after else { return None };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let body = after.get(2..length)?;
        match marker {
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                let [precision, h0, h1, w0, w1, components, ..] = *body else { return None };
                about.precision = precision;
                about.height = u16::from_be_bytes([h0, h1]);
                about.width = u16::from_be_bytes([w0, w1]);
                about.components = components;
                about.lossless = *marker == 0xC3;
            }
            0xDD => about.restarts = body != [0, 0],
            0xE0 => about.jfif |= body.starts_with(b"JFIF\0"),
            0xEE => about.adobe = about.adobe.or(body.strip_prefix(b"Adobe").and_then(|b| b.get(6)).copied()),
            0xDA => {
                let [.., predictor, _, transform] = *body else { return None };
                about.predictor = predictor;
                about.point_transform = transform & 0x0F;
                return (about.width > 0).then_some(about);
            }
            _ => {}
        }
        rest = after.get(length..)?;
    }
}
