//! Streams written by the usual libraries (`tests/fixtures/codec/make.py`), and damage to them.

use super::super::scan::PixelsAt;
use super::super::syntax::{Packing, Syntax};
use super::super::tests::base64::base64;
use super::super::tests::damage::{Dice, damage};
use super::*;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// A stream with the header that belongs to it, and what it holds.
struct Stream {
    name: String,
    family: Family,
    bytes: Vec<u8>,
    format: Format,
    sha256: String,
    near: i32,
    /// Where `near` is not 0.
    values: Vec<i32>,
}

fn streams() -> Vec<Stream> {
    let all: Value = serde_json::from_str(include_str!("../../../tests/fixtures/codec/streams.json")).unwrap();
    let stream = |about: &Value| {
        let number = |name: &str| about[name].as_u64().unwrap() as u32;
        let text = |name: &str| about[name].as_str().unwrap();
        let Packing::Coded { family, .. } = Syntax::from_uid(text("syntax")).packing else { panic!("{about}") };
        let stored = number("bits_stored");
        Stream {
            name: text("name").to_owned(),
            family,
            bytes: base64(text("stream")),
            format: Format {
                rows: number("rows"),
                columns: number("columns"),
                frames: 1,
                bits_allocated: number("bits_allocated"),
                bits_stored: stored,
                high_bit: stored - 1,
                signed: about["signed"].as_bool().unwrap(),
                colour: if number("samples") == 3 { Colour::Rgb } else { Colour::Grey { small_is_bright: false } },
                palette: false,
                planar: false,
                pixels: PixelsAt { offset: 0, length: None, whole_numbers: true, words: false },
                cut_short: None,
            },
            sha256: text("sha256").to_owned(),
            near: number("near") as i32,
            values: base64(text("values")).as_chunks::<4>().0.iter().map(|four| i32::from_le_bytes(*four)).collect(),
        }
    };
    all.as_array().unwrap().iter().map(stream).collect()
}

fn integers(data: &SliceData) -> Vec<i32> {
    match data {
        SliceData::I16(values) => values.iter().map(|v| i32::from(*v)).collect(),
        SliceData::U16(values) => values.iter().map(|v| i32::from(*v)).collect(),
        SliceData::F32(values) => values.iter().map(|v| *v as i32).collect(),
        SliceData::Rgb8(values) => values.iter().map(|v| i32::from(*v)).collect(),
    }
}

fn read(stream: &Stream) -> Result<Part, ReadError> {
    decode(stream.family, &stream.bytes, &stream.format, &Limits::default())
}

#[test]
fn streams_of_others_hold_their_values() {
    let mut wrong = Vec::new();
    for stream in streams() {
        let ours = match read(&stream) {
            Ok(part) if stream.name == "HTJ2K, lossy" => {
                // Read, it would have to be right; until then it is refused.
                wrong.push(format!("{} was read: {} rows", stream.name, part.rows));
                continue;
            }
            Ok(part) => integers(&part.data),
            Err(why) if stream.name == "HTJ2K, lossy" => {
                assert!(why.to_string().contains("lossy HTJ2K is not read"), "{why}");
                continue;
            }
            Err(why) => {
                wrong.push(format!("{}: {why}", stream.name));
                continue;
            }
        };
        if stream.near == 0 {
            let bytes: Vec<u8> = ours.iter().flat_map(|v| v.to_le_bytes()).collect();
            let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            if digest != stream.sha256 {
                wrong.push(format!("{} differs", stream.name));
            }
        } else {
            assert_eq!(ours.len(), stream.values.len());
            let worst = ours.iter().zip(&stream.values).map(|(a, b)| (a - b).abs()).max().unwrap();
            if worst > stream.near {
                wrong.push(format!("{} differs by {worst}", stream.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_stream_of_another_image_is_refused() {
    for mut stream in streams() {
        stream.format.columns += 1;
        let why = read(&stream).unwrap_err().to_string();
        assert!(why.contains("pixels, the header says"), "{}: {why}", stream.name);
        stream.format.columns -= 1;
        let (colour, grey) = (Colour::Rgb, Colour::Grey { small_is_bright: false });
        stream.format.colour = if stream.format.is_colour() { grey } else { colour };
        let why = read(&stream).unwrap_err().to_string();
        assert!(why.contains("colours, the header says"), "{}: {why}", stream.name);
        stream.format.colour = if stream.format.is_colour() { grey } else { colour };
        if stream.format.bits_allocated == 16 {
            stream.format.bits_allocated = 8;
            let why = read(&stream).unwrap_err().to_string();
            assert!(why.contains("bits, the header says"), "{}: {why}", stream.name);
        }
    }
}

#[test]
fn a_stream_cut_short_gives_its_upper_rows_or_a_reason() {
    let mut parts = 0;
    for mut stream in streams().into_iter().filter(|stream| stream.name != "HTJ2K, lossy") {
        let whole = integers(&read(&stream).unwrap().data);
        stream.bytes.truncate(stream.bytes.len() * 3 / 4);
        let Ok(part) = read(&stream) else { continue };
        let columns = whole.len() / stream.format.rows as usize;
        let exact = stream.family != Family::Jpeg2000 && !stream.name.starts_with("JPEG baseline");
        if exact {
            assert!(part.rows < stream.format.rows, "{}", stream.name);
            let there = part.rows as usize * columns;
            assert_eq!(integers(&part.data)[..there], whole[..there], "{}", stream.name);
            parts += 1;
        }
    }
    assert!(parts > 30, "{parts}");
}

#[test]
fn sign_and_depth_of_header_and_stream() {
    let grey = |precision, bits_stored, high_bit, signed, words: &[u16]| {
        let format = Format { bits_allocated: 16, bits_stored, high_bit, signed, ..streams().remove(0).format };
        values(Raster { samples: Samples::Words(words.to_vec()), precision, rows: 1 }, &format).unwrap()
    };
    let signed = |v: &[i16]| SliceData::I16(v.into());
    // The stream has 13 bits without a sign, the header signs 13 bits of 16: pydicom reads -2000.
    assert_eq!(grey(13, 13, 12, true, &[0x1830, 5]), signed(&[-2_000, 5]));
    assert_eq!(grey(13, 16, 15, true, &[0x1830]), signed(&[-2_000]));
    // Whole words of which the header stores 12 bits.
    assert_eq!(grey(16, 12, 11, true, &[0xF830, 0x0830]), signed(&[-2_000, -2_000]));
    assert_eq!(grey(16, 12, 15, false, &[0xABC0]), SliceData::U16([0xABC].into()));
    assert_eq!(grey(12, 12, 11, false, &[0xABC]), SliceData::U16([0xABC].into()));
    assert_eq!(grey(16, 16, 15, true, &[0x8000]), signed(&[i16::MIN]));
}

/// Damaged streams of every codec: whatever comes out, no panic of ours, the right number of values, in time.
#[test]
fn damaged_streams() {
    let limits = Limits { frame_pixels: 1 << 20, ..Limits::default() };
    let mut dice = Dice(14_495);
    let (mut read, mut refused, mut slowest) = (0, 0, Duration::ZERO);
    let mut faults = Vec::new();
    for stream in streams() {
        for round in 0..60 {
            let mut bytes = stream.bytes.clone();
            damage(&mut bytes, &mut dice);
            let start = Instant::now();
            let result = catch_unwind(AssertUnwindSafe(|| decode(stream.family, &bytes, &stream.format, &limits)));
            slowest = slowest.max(start.elapsed());
            match result {
                Ok(Ok(part)) => {
                    assert_eq!(part.data.len() as u64, stream.format.frame_pixels(), "{}", stream.name);
                    assert!(part.rows <= stream.format.rows);
                    read += 1;
                }
                Ok(Err(why)) => {
                    assert!(!why.to_string().chars().any(char::is_control), "{why}");
                    refused += 1;
                }
                Err(_) => faults.push(format!("{} in round {round}", stream.name)),
            }
        }
    }
    // A fault in a decoder of others costs its slice; ours have none.
    let ours = |name: &str| !name.contains("JPEG 2000") && !name.contains("HTJ2K") && !name.contains("JPEG XL");
    let ours: Vec<_> = faults.iter().filter(|name| ours(name)).collect();
    assert!(ours.is_empty(), "{ours:?}");
    assert!(read > 300 && refused > 300, "{read} {refused}");
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
    println!("{read} read, {refused} refused, slowest {slowest:?}, faults of others {faults:?}");
}

/// Streams whose every byte asks for as much work as can be.
#[test]
fn streams_made_to_take_long() {
    let streams = streams();
    let grey = |name: &str| streams.iter().find(|stream| stream.name.starts_with(name)).unwrap().format.clone();
    let start = Instant::now();

    // JPEG-LS that restarts after each of 65,535 rows, with the widest thresholds.
    let mut stream = vec![0xFF, 0xD8, 0xFF, 0xF7, 0, 11, 16, 0xFF, 0xFF, 0, 1, 1, 1, 0x11, 0];
    stream.extend([0xFF, 0xF8, 0, 13, 1, 0xFF, 0xFF, 0, 1, 0, 1, 0xFF, 0xFF, 0, 64]);
    stream.extend([0xFF, 0xDD, 0, 4, 0, 1, 0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0]);
    for row in 0..65_535u32 {
        stream.extend([0x80, 0xFF, 0xD0 + (row % 8) as u8]);
    }
    let format = Format { rows: 65_535, columns: 1, ..grey("JPEG-LS, 16 bits, near 0") };
    let part = decode(Family::JpegLs, &stream, &format, &Limits::default()).unwrap();
    assert_eq!((part.rows, part.data), (65_535, SliceData::U16(vec![0; 65_535].into())));

    // Lossless JPEG with 3,854 tables in each segment, all but the last empty.
    let mut stream = vec![0xFF, 0xD8, 0xFF, 0xC3, 0, 11, 16, 0, 37, 0, 35, 1, 1, 0x11, 0];
    for _ in 0..100 {
        stream.extend([0xFF, 0xC4]);
        stream.extend((2 + 17 * 3_854u16).to_be_bytes());
        stream.extend([0; 17 * 3_854]);
    }
    stream.extend([0xFF, 0xDA, 0, 8, 1, 1, 0, 1, 0, 0]);
    let format = grey("JPEG lossless, predictor 1, 16 bits, shift 0");
    let why = decode(Family::Jpeg, &stream, &format, &Limits::default()).unwrap_err().to_string();
    assert!(why.contains("more Huffman tables than"), "{why}");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}
