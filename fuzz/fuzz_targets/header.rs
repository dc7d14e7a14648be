//! Bytes as one file: searched, told, and its pixels read.
#![no_main]

mod images;
mod scratch;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let folder = scratch::folder();
    std::fs::write(folder.join("a.dcm"), bytes).expect("the file");
    images::read_all(folder);
});
