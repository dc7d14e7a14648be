//! Pictures in colour as PNG files (ISO/IEC 15948), with how large they are to be printed, and in another size.

use super::{Picture, View, compose};
use crate::marks::SlicePoint;
use flate2::{Compression, Crc, write::ZlibEncoder};
use std::io::{Error, Result, Write};

/// Sides beyond this, px, are refused: no page is that large.
const MOST_PX: u32 = 20_000;

/// A picture as a PNG file. With `dpi` the file says how many pixels go to an inch (pHYs, in pixels a metre).
///
/// # Errors
/// When the picture is empty or too large for a file.
pub fn png(picture: &Picture, dpi: Option<f64>) -> Result<Vec<u8>> {
    let (width, height) = (picture.width, picture.height);
    if width == 0 || height == 0 || width > MOST_PX || height > MOST_PX {
        return Err(Error::other("a picture has between 1 and 20,000 pixels a side"));
    }
    let mut header = Vec::new();
    header.extend_from_slice(&width.to_be_bytes());
    header.extend_from_slice(&height.to_be_bytes());
    // 8 bits, red green blue, deflate, adaptive filters, not interlaced.
    header.extend_from_slice(&[8, 2, 0, 0, 0]);
    let mut rows = ZlibEncoder::new(Vec::new(), Compression::new(6));
    for row in picture.pixels.chunks(width as usize) {
        rows.write_all(&[0])?; // no filter
        let bytes: Vec<u8> = row.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect();
        rows.write_all(&bytes)?;
    }
    let mut parts = vec![(b"IHDR", header)];
    if let Some(dpi) = dpi.filter(|dpi| dpi.is_finite() && *dpi > 0.0) {
        let a_metre = (dpi / 0.0254).round().clamp(1.0, 1e7) as u32;
        let mut size = [a_metre.to_be_bytes(), a_metre.to_be_bytes()].concat();
        size.push(1); // the unit is the metre
        parts.push((b"pHYs", size));
    }
    parts.push((b"IDAT", rows.finish()?));
    parts.push((b"IEND", Vec::new()));
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, data) in parts {
        let length = u32::try_from(data.len()).map_err(|_| Error::other("the picture is too large"))?;
        file.extend_from_slice(&length.to_be_bytes());
        let mut crc = Crc::new();
        crc.update(name);
        crc.update(&data);
        file.extend_from_slice(name);
        file.extend_from_slice(&data);
        file.extend_from_slice(&crc.sum().to_be_bytes());
    }
    Ok(file)
}

/// A picture in another width, its shape kept: reduced by averaging, magnified by linear interpolation.
#[must_use]
pub fn resized(picture: &Picture, width: u32) -> Picture {
    if width == 0 || width == picture.width || picture.width == 0 {
        return picture.clone();
    }
    let step = f64::from(picture.width) / f64::from(width);
    let height = (f64::from(picture.height) / step).round().max(1.0) as u32;
    let middle = |n: u32| (f64::from(n) - 1.0) / 2.0;
    let centre = SlicePoint::new(middle(picture.width), middle(picture.height));
    compose(picture, &View { centre, mm_per_px: step, spacing_mm: [1.0; 2], width, height }, &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripes(width: u32, height: u32) -> Picture {
        let pixel = |at: u32| if at % width < width / 2 { [200, 10, 30, 255] } else { [0, 90, 250, 255] };
        Picture { width, height, pixels: (0..width * height).map(pixel).collect() }
    }

    #[test]
    fn another_reader_sees_the_same_pixels_and_their_size() {
        let file = png(&stripes(6, 4), Some(300.0)).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let size = reader.info().pixel_dims.unwrap();
        assert_eq!((size.xppu, size.yppu, size.unit), (11_811, 11_811, png::Unit::Meter));
        let mut read = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut read).unwrap();
        assert_eq!((info.width, info.height, info.color_type), (6, 4, png::ColorType::Rgb));
        assert_eq!(read[..12], [200, 10, 30, 200, 10, 30, 200, 10, 30, 0, 90, 250]);
        assert!(png(&Picture::black(0, 4), None).is_err());
        assert!(png(&Picture::black(20_001, 1), None).is_err());
    }

    #[test]
    fn another_size_keeps_the_shape_and_the_places() {
        let large = resized(&stripes(40, 20), 120);
        assert_eq!((large.width, large.height), (120, 60));
        assert_eq!((large.pixels[60 * 30 + 10], large.pixels[120 * 30 + 110]), ([200, 10, 30, 255], [0, 90, 250, 255]));
        let small = resized(&stripes(40, 20), 10);
        assert_eq!((small.width, small.height), (10, 5));
        assert_eq!((small.pixels[2], small.pixels[8]), ([200, 10, 30, 255], [0, 90, 250, 255]));
        assert_eq!(resized(&stripes(40, 20), 40), stripes(40, 20));
    }
}
