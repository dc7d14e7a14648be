//! Bytes as one file: searched, told, and its pixels read.
#![no_main]

mod images;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| images::read_one(bytes));
