//! Compressed pixels in fragments, with both kinds of offset table: which bytes make which frame, of RLE and JPEG-LS.
//!
//! A byte is the number of frames and the transfer syntax; a byte is the length of the extended table, which follows;
//! the rest is what stands from the item of the basic table on.
#![no_main]

mod images;
#[path = "../../tests/fire/small_dicom.rs"]
#[allow(dead_code)]
mod small_dicom;

use small_dicom::{in_fragments, slice, text};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let [first, length, rest @ ..] = bytes else { return };
    let Some((table, fragments)) = rest.split_at_checked(usize::from(*length)) else { return };
    let mut image = slice(1, 0.0);
    text(&mut image, (0x0028, 0x0008), b"IS", &(1 + first % 64).to_string());
    if !table.is_empty() {
        image.insert((0x7FE0, 0x0001), (*b"OV", table.to_vec()));
    }
    let syntax = if first & 0x80 == 0 { "1.2.840.10008.1.2.5" } else { "1.2.840.10008.1.2.4.80" };
    images::read_one(&in_fragments(&image, syntax, fragments));
});
