//! The bytes of one frame through the decoder of one transfer syntax.
//!
//! Seven bytes say what the header of the file would: rows, columns (two bytes each), bits allocated, bits stored, and
//! colour (1) and sign (2). The rest is the frame.

#[path = "others.rs"]
mod others;

use ablation_review::dicom::{FrameShape, decode_frame_bytes};

/// Larger frames than this only cost time; the program refuses those beyond its limits before it decodes.
const MOST_PIXELS: u32 = 1 << 18;

pub fn decode(syntax: &str, bytes: &[u8]) {
    let [r0, r1, c0, c1, bits_allocated, bits_stored, kind, stream @ ..] = bytes else { return };
    let shape = FrameShape {
        rows: u16::from_le_bytes([*r0, *r1]).max(1),
        columns: u16::from_le_bytes([*c0, *c1]).max(1),
        colour: kind & 1 != 0,
        bits_allocated: *bits_allocated,
        bits_stored: *bits_stored,
        signed: kind & 2 != 0,
    };
    let pixels = u32::from(shape.rows) * u32::from(shape.columns);
    if pixels > MOST_PIXELS {
        return;
    }
    match others::caught(|| decode_frame_bytes(syntax, stream, shape)) {
        Some(Ok(values)) => assert_eq!(values % pixels as usize, 0, "values are missing"),
        Some(Err(why)) => assert!(!why.to_string().chars().any(char::is_control), "{why}"),
        None => {}
    }
}
