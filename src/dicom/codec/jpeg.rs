//! JPEG of 8 bits, baseline and progressive, by `jpeg-decoder`.

use super::markers::Markers;
use super::{Raster, Refused, Samples, refused};
use crate::dicom::format::{Colour, Format};
use crate::dicom::limits::Limits;
use jpeg_decoder::{ColorTransform, Decoder, PixelFormat};

/// Decodes one frame whose markers up to the first scan were read.
pub(super) fn decode(bytes: &[u8], markers: &Markers, format: &Format, limits: &Limits) -> Result<Raster, Refused> {
    let mut decoder = Decoder::new(bytes);
    decoder.set_max_decoding_buffer_size(usize::try_from(limits.frame_pixels.saturating_mul(4)).unwrap_or(usize::MAX));
    if format.is_colour() {
        decoder.set_color_transform(transform(format, markers));
    }
    let decoded = decoder.decode().map_err(|error| Refused(error.to_string().into()))?;
    let pixels = usize::try_from(format.frame_pixels()).unwrap_or(usize::MAX);
    let samples = match decoder.info().map(|info| info.pixel_format) {
        Some(PixelFormat::L8) if decoded.len() == pixels => {
            Samples::Words(decoded.into_iter().map(u16::from).collect())
        }
        Some(PixelFormat::RGB24) if decoded.len() / 3 == pixels && format.is_colour() => Samples::Rgb(decoded),
        _ => return refused("it does not hold the pixels that the header describes"),
    };
    Ok(Raster { samples, precision: 8, rows: format.rows })
}

/// What the colours of the code stream are: the header's word, unless the stream itself says otherwise.
fn transform(format: &Format, markers: &Markers) -> ColorTransform {
    match (markers.adobe, format.colour) {
        (Some(0), _) => ColorTransform::RGB,
        (Some(1), _) => ColorTransform::YCbCr,
        (_, Colour::Rgb) if !markers.jfif => ColorTransform::RGB,
        _ => ColorTransform::YCbCr,
    }
}
