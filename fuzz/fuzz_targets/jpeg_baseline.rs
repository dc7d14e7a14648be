//! JPEG of 8 bits, baseline and progressive.
#![no_main]

mod frame;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| frame::decode("1.2.840.10008.1.2.4.50", bytes));
