//! RLE Lossless (PS3.5 annex G).

use crate::dicom::error::ReadError;
use crate::dicom::format::Format;

/// Unfolds one frame into pixels in little endian, colours interleaved.
pub(in crate::dicom) fn decode(bytes: &[u8], format: &Format) -> Result<Vec<u8>, ReadError> {
    let wrong = |why: &str| ReadError::Decode { why: why.to_owned() };
    let long = |n: usize| {
        let four = bytes.get(4 * n..4 * n + 4)?;
        Some(u32::from_le_bytes(<[u8; 4]>::try_from(four).ok()?) as usize)
    };
    let samples = format.samples() as usize;
    let width = (format.bits_allocated / 8) as usize;
    let pixels = usize::try_from(format.frame_pixels()).map_err(|_| wrong("the image is too large"))?;
    let segments = long(0).ok_or_else(|| wrong("the RLE header is missing"))?;
    if segments != samples * width {
        return Err(wrong("the number of RLE segments does not fit the pixels"));
    }
    // Two bytes give at most 128, so less than this cannot hold the frame.
    if bytes.len().saturating_mul(64) < pixels * samples * width {
        return Err(wrong("it is too short for the image"));
    }
    let mut out = vec![0u8; pixels * samples * width];
    let mut plane = Vec::with_capacity(pixels);
    for segment in 0..segments {
        let start = long(segment + 1).ok_or_else(|| wrong("the RLE header is cut short"))?;
        let end = if segment + 1 < segments { long(segment + 2).unwrap_or(bytes.len()) } else { bytes.len() };
        let packed = bytes.get(start..end).ok_or_else(|| wrong("an RLE segment lies outside the data"))?;
        plane.clear();
        unpack_bits(packed, pixels, &mut plane);
        if plane.len() != pixels {
            return Err(wrong("an RLE segment holds too few pixels"));
        }
        // Segments run through the samples, each from its most significant byte down.
        let (sample, byte) = (segment / width, width - 1 - segment % width);
        let places = out.iter_mut().skip(sample * width + byte).step_by(samples * width);
        places.zip(&plane).for_each(|(to, from)| *to = *from);
    }
    Ok(out)
}

/// PackBits (PS3.5 G.3.2), up to `most` bytes.
fn unpack_bits(mut packed: &[u8], most: usize, out: &mut Vec<u8>) {
    while let [control, rest @ ..] = packed {
        let room = most - out.len();
        if room == 0 {
            return;
        }
        match control.cast_signed() {
            n @ 0.. => {
                let run = (n as usize + 1).min(rest.len());
                let (literal, after) = rest.split_at(run);
                out.extend(literal.iter().take(room));
                packed = after;
            }
            i8::MIN => packed = rest,
            n => {
                let [value, after @ ..] = rest else { return };
                out.resize(out.len() + (1 + usize::from(n.unsigned_abs())).min(room), *value);
                packed = after;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_packbits() {
        // Apple technical note TN1023.
        let packed = [0xFE, 0xAA, 0x02, 0x80, 0x00, 0x2A, 0xFD, 0xAA, 0x03, 0x80, 0x00, 0x2A, 0x22, 0xF7, 0xAA];
        let mut out = Vec::new();
        unpack_bits(&packed, 100, &mut out);
        let mut expected = vec![0xAA, 0xAA, 0xAA, 0x80, 0x00, 0x2A, 0xAA, 0xAA, 0xAA, 0xAA, 0x80, 0x00, 0x2A, 0x22];
        expected.extend([0xAA; 10]);
        assert_eq!(out, expected);
        out.clear();
        unpack_bits(&packed, 5, &mut out);
        assert_eq!(out, &expected[..5]);
        out.clear();
        unpack_bits(&[0x80, 0xFE], 100, &mut out); // a no-op, then a run without its value
        assert!(out.is_empty());
    }
}
