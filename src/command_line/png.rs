//! Grey pictures as PNG files (ISO/IEC 15948): header, one compressed block of rows, end.

use flate2::{Compression, Crc, write::ZlibEncoder};
use std::io::Write;

/// A picture of 8-bit grey, row by row.
pub(super) fn grey(width: usize, height: usize, pixels: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut header = Vec::new();
    for side in [width, height] {
        let side = u32::try_from(side).map_err(|_| std::io::Error::other("the picture is too large"))?;
        header.extend_from_slice(&side.to_be_bytes());
    }
    // 8 bits, grey, deflate, adaptive filters, not interlaced.
    header.extend_from_slice(&[8, 0, 0, 0, 0]);
    let mut rows = ZlibEncoder::new(Vec::new(), Compression::new(6));
    for row in pixels.chunks(width.max(1)) {
        rows.write_all(&[0])?; // no filter
        rows.write_all(row)?;
    }
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, data) in [(b"IHDR", header), (b"IDAT", rows.finish()?), (b"IEND", Vec::new())] {
        let length = u32::try_from(data.len()).map_err(|_| std::io::Error::other("the picture is too large"))?;
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

#[cfg(test)]
mod tests {
    #[test]
    fn another_reader_sees_the_same_pixels() {
        let pixels: Vec<u8> = (0..35u8).map(|n| n * 7).collect();
        let file = super::grey(7, 5, &pixels).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut read = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut read).unwrap();
        assert_eq!((info.width, info.height, info.color_type), (7, 5, png::ColorType::Grayscale));
        assert_eq!(read, pixels);
    }
}
