//! A small sound file of every kind that is read: what damage and fuzzing start from.

use super::archive::{Member, zip};
use super::base64::base64;
use super::small_dicom::{Elements, Layout, PIXEL_DATA, Tag, enhanced, file, in_fragments, item, items};
use super::small_dicom::{run_lengths, short, slice, text};
use crate::support::data_folder;
use serde_json::Value;
use std::path::{Path, PathBuf};

const RLE: &str = "1.2.840.10008.1.2.5";
const LOSSY_HTJ2K: &[u8] = b"1.2.840.10008.1.2.4.203";

/// Transfer syntaxes with the fuzz target of their decoder.
const CODED: [(&str, &str); 13] = [
    (RLE, "rle"),
    ("1.2.840.10008.1.2.4.50", "jpeg_baseline"),
    ("1.2.840.10008.1.2.4.51", "jpeg_extended"),
    ("1.2.840.10008.1.2.4.57", "jpeg_lossless"),
    ("1.2.840.10008.1.2.4.70", "jpeg_lossless"),
    ("1.2.840.10008.1.2.4.80", "jpeg_ls"),
    ("1.2.840.10008.1.2.4.81", "jpeg_ls"),
    ("1.2.840.10008.1.2.4.90", "jpeg_2000"),
    ("1.2.840.10008.1.2.4.91", "jpeg_2000"),
    ("1.2.840.10008.1.2.4.201", "htj2k"),
    ("1.2.840.10008.1.2.4.203", "htj2k"),
    ("1.2.840.10008.1.2.4.110", "jpeg_xl"),
    ("1.2.840.10008.1.2.4.112", "jpeg_xl"),
];

/// Files that are read together.
pub type Files = Vec<Vec<u8>>;

/// Every kind: own ones and fixtures, and small real files where they are there.
pub fn all() -> Vec<Files> {
    let mut all = own();
    for folder in ["pydicom_testfiles", "syntaxes", "syntaxes/one_image"] {
        let real = data_folder().map(|data| images_in(&data.join(folder))).unwrap_or_default();
        all.extend(real.into_iter().filter(|image| image.len() < 100_000).map(|image| vec![image]));
    }
    all
}

fn own() -> Vec<Files> {
    let mut all = plain();
    all.extend(with_tables().iter().map(|image| vec![file(image, Layout::Explicit)]));
    all.extend(streams().iter().map(|stream| vec![stream.file()]));
    all.extend(in_several_fragments().into_iter().map(|one| vec![one]));
    all.extend([archive(), disc()]);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    all.extend(images_in(&fixtures.join("pet")).into_iter().map(|image| vec![image]));
    for kind in ["concatenation", "dwi_ge", "dwi_hitachi", "dwi_philips", "dwi_siemens", "dwi_standard", "enhanced_ct"]
    {
        all.push(images_in(&fixtures.join("stacks").join(kind)));
    }
    all
}

fn images_in(folder: &Path) -> Files {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "dcm"));
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

fn series() -> [Elements; 4] {
    std::array::from_fn(|n| slice(n as u32, 3.0 * n as f64))
}

/// Each layout, many frames, run lengths, and a file without pixels.
fn plain() -> Vec<Files> {
    let series = series();
    let mut all: Vec<Files> = [Layout::Explicit, Layout::Implicit, Layout::Deflated]
        .map(|layout| series.iter().map(|image| file(image, layout)).collect())
        .into();
    all.push(vec![file(&enhanced(5), Layout::Explicit)]);
    all.push(vec![file(&run_lengths(), Layout::Fragments(RLE))]);
    let mut other = slice(9, 30.0);
    other.remove(&PIXEL_DATA);
    all.push(vec![file(&series[0], Layout::Explicit), file(&other, Layout::Implicit)]);
    all
}

fn words(values: &[u16]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// What turns stored values into others: tables, colours, overlays.
fn with_tables() -> Vec<Elements> {
    let one = |values: &[(Tag, &[u8; 2], Vec<u8>)]| -> Elements {
        values.iter().map(|(tag, vr, value)| (*tag, (**vr, value.clone()))).collect()
    };
    let table = |kind: &str| {
        one(&[
            ((0x0028, 0x3002), b"US", words(&[4, 100, 12])),
            ((0x0028, 0x3004), b"LO", kind.into()),
            ((0x0028, 0x3006), b"OW", words(&[0, 40, 500, 4095])),
        ])
    };
    let with = |sequence: Tag, item: Elements| {
        let mut image = slice(1, 0.0);
        image.insert(sequence, (*b"SQ", items(&[item])));
        image
    };
    let unit = one(&[((0x0008, 0x0100), b"SH", b"[hnsf'U]".to_vec())]);
    let mut real_world = one(&[
        ((0x0040, 0x9211), b"US", words(&[400])),
        ((0x0040, 0x9216), b"US", words(&[0])),
        ((0x0040, 0x9224), b"FD", (-1024.0f64).to_le_bytes().into()),
        ((0x0040, 0x9225), b"FD", 1.5f64.to_le_bytes().into()),
    ]);
    real_world.insert((0x0040, 0x08EA), (*b"SQ", items(&[unit])));
    let mut all = vec![
        with((0x0028, 0x3000), table("HU")),
        with((0x0028, 0x3010), table("a window")),
        with((0x0040, 0x9096), real_world),
    ];

    let mut colours = slice(1, 0.0);
    text(&mut colours, (0x0028, 0x0004), b"CS", "PALETTE COLOR");
    short(&mut colours, (0x0028, 0x0103), 0);
    let mut segmented = colours.clone();
    for n in 0..3 {
        for colours in [&mut colours, &mut segmented] {
            colours.insert((0x0028, 0x1101 + n), (*b"US", words(&[3, 100, 16])));
        }
        colours.insert((0x0028, 0x1201 + n), (*b"OW", words(&[256 * n, 256 * n + 256, 0xFFFF])));
        // One entry, then a line of two to its end.
        segmented.insert((0x0028, 0x1221 + n), (*b"OW", words(&[0, 1, 256 * n, 1, 2, 0xFF00])));
    }
    all.extend([colours, segmented]);

    let mut overlay = slice(1, 0.0);
    short(&mut overlay, (0x0028, 0x0101), 12);
    short(&mut overlay, (0x0028, 0x0102), 11);
    for (group, bits, place) in [(0x6000, 1, 0), (0x6002, 16, 12)] {
        for (element, value) in [(0x0010, 3), (0x0011, 4), (0x0100, bits), (0x0102, place)] {
            short(&mut overlay, (group, element), value);
        }
        text(&mut overlay, (group, 0x0040), b"CS", "G");
        overlay.insert((group, 0x0050), (*b"SS", words(&[1, 1])));
    }
    overlay.insert((0x6000, 0x3000), (*b"OW", vec![0b0100_1000, 0b0000_0010]));
    all.push(overlay);
    all
}

/// A compressed frame with what its header says.
#[derive(Clone)]
struct Stream {
    syntax: &'static str,
    /// Its fuzz target.
    target: &'static str,
    rows: u16,
    columns: u16,
    bits_allocated: u16,
    bits_stored: u16,
    samples: u16,
    signed: bool,
    bytes: Vec<u8>,
}

impl Stream {
    fn file(&self) -> Vec<u8> {
        let mut image = slice(1, 0.0);
        for (element, value) in [
            (0x0002, self.samples),
            (0x0010, self.rows),
            (0x0011, self.columns),
            (0x0100, self.bits_allocated),
            (0x0101, self.bits_stored),
            (0x0102, self.bits_stored - 1),
            (0x0103, u16::from(self.signed)),
        ] {
            short(&mut image, (0x0028, element), value);
        }
        if self.samples == 3 {
            text(&mut image, (0x0028, 0x0004), b"CS", "RGB");
            short(&mut image, (0x0028, 0x0006), 0);
        }
        in_fragments(&image, self.syntax, &[item(&[]), item(&self.bytes)].concat())
    }

    /// As `fuzz/fuzz_targets/frame.rs` takes it.
    fn frame(&self) -> Vec<u8> {
        let kind = u8::from(self.samples == 3) | u8::from(self.signed) << 1;
        let about = [self.bits_allocated as u8, self.bits_stored as u8, kind];
        [&self.rows.to_le_bytes(), &self.columns.to_le_bytes(), about.as_slice(), &self.bytes].concat()
    }
}

/// Streams of every compression, by other writers but for run lengths.
fn streams() -> Vec<Stream> {
    let all: Value = serde_json::from_str(include_str!("../fixtures/codec/streams.json")).unwrap();
    let stream = |about: &Value| {
        let number = |name: &str| about[name].as_u64().unwrap() as u16;
        let (syntax, target) = *CODED.iter().find(|(uid, _)| about["syntax"] == *uid).expect("a target for it");
        Stream {
            syntax,
            target,
            rows: number("rows"),
            columns: number("columns"),
            bits_allocated: number("bits_allocated"),
            bits_stored: number("bits_stored"),
            samples: number("samples"),
            signed: about["signed"].as_bool().unwrap(),
            bytes: base64(about["stream"].as_str().unwrap()),
        }
    };
    // Of the lossless ones with each predictor, three are enough.
    let spare = |about: &&Value| {
        let name = about["name"].as_str().unwrap();
        ["predictor 2", "predictor 3", "predictor 5", "predictor 6"].iter().all(|many| !name.contains(many))
    };
    let mut all: Vec<Stream> = all.as_array().unwrap().iter().filter(spare).map(stream).collect();
    let mut packed = vec![3u8, 0, 0, 0, 64, 0, 0, 0, 66, 0, 0, 0, 68, 0, 0, 0];
    packed.resize(64, 0);
    packed.extend([0xF5, 1, 0xF5, 2, 11, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    let colour = Stream {
        syntax: RLE,
        target: "rle",
        rows: 3,
        columns: 4,
        bits_allocated: 8,
        bits_stored: 8,
        samples: 3,
        signed: false,
        bytes: packed,
    };
    let grey = run_lengths()[&PIXEL_DATA].1.clone();
    all.push(Stream { bits_allocated: 16, bits_stored: 16, samples: 1, signed: true, bytes: grey, ..colour.clone() });
    all.push(colour);
    all
}

/// Two frames by the table of offsets, by the extended one and without one; one frame in two fragments.
fn in_several_fragments() -> Files {
    fragments()
        .into_iter()
        .map(|(frames, extended, raw)| {
            let mut image = slice(1, 0.0);
            text(&mut image, (0x0028, 0x0008), b"IS", &frames.to_string());
            if !extended.is_empty() {
                image.insert((0x7FE0, 0x0001), (*b"OV", extended));
            }
            in_fragments(&image, RLE, &raw)
        })
        .collect()
}

/// How many frames, their extended table, and what stands from the item of the basic table on.
fn fragments() -> Vec<(u8, Vec<u8>, Vec<u8>)> {
    let mut frame = run_lengths()[&PIXEL_DATA].1.clone();
    frame.push(0);
    let second = 8 + frame.len() as u32;
    let basic: Vec<u8> = [0, second].iter().flat_map(|at| at.to_le_bytes()).collect();
    let extended: Vec<u8> = [0, u64::from(second)].iter().flat_map(|at| at.to_le_bytes()).collect();
    let both = [item(&frame), item(&frame)].concat();
    let halves: Vec<u8> = frame.chunks(40).flat_map(item).collect();
    vec![
        (2, Vec::new(), [item(&basic), both.clone()].concat()),
        (2, extended, [item(&[]), both.clone()].concat()),
        (2, Vec::new(), [item(&[]), both].concat()),
        (1, Vec::new(), [item(&[0, 0, 0, 0]), halves].concat()),
    ]
}

fn archive() -> Files {
    let series = series();
    let member = |n: usize| Member::deflated(&format!("DICOM/IM{n}"), &file(&series[n], Layout::Explicit));
    let stored = Member::stored("readme/image", &file(&series[3], Layout::Implicit));
    vec![zip(&[member(0), member(1), stored])]
}

/// A DICOMDIR, and what it lists under the names that files have in the test.
fn disc() -> Files {
    let mut directory = Elements::new();
    let record = |name: &str| {
        let mut record = Elements::new();
        text(&mut record, (0x0004, 0x1430), b"CS", "IMAGE");
        text(&mut record, (0x0004, 0x1500), b"CS", name);
        record
    };
    text(&mut directory, (0x0002, 0x0002), b"UI", "1.2.840.10008.1.3.10");
    directory.insert((0x0004, 0x1220), (*b"SQ", items(&["1.DCM", "2.DCM", "..\\3.DCM"].map(record))));
    let series = series();
    vec![file(&directory, Layout::Explicit), file(&series[0], Layout::Explicit), file(&series[1], Layout::Implicit)]
}

#[test]
fn each_kind_is_read() {
    let folder = super::scratch();
    let own = own().len();
    for (n, files) in all().iter().enumerate() {
        let folder = folder.path().join(n.to_string());
        std::fs::create_dir(&folder).unwrap();
        for (n, bytes) in files.iter().enumerate() {
            std::fs::write(folder.join(format!("{n}.dcm")), bytes).unwrap();
        }
        let (stacks, refused, slices) = super::mutants::read_images(&folder);
        // Real files may be there because they cannot be read. Lossy HTJ2K is found and then refused; ours are read.
        let lossy = files.iter().any(|file| file.windows(LOSSY_HTJ2K.len()).any(|part| part == LOSSY_HTJ2K));
        let fine = stacks > 0 && (slices > 0 || lossy);
        assert!(fine || n >= own, "{n}: {stacks} stacks, {slices} slices, {refused} refused of {} files", files.len());
    }
}

/// Where fuzzing starts. It is written by `fuzz/run` and not kept: it is made of fixtures.
#[test]
#[ignore = "writes what fuzzing starts from"]
fn write_corpus() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let write = |target: &str, n: usize, bytes: &[u8]| {
        std::fs::create_dir_all(corpus.join(target)).unwrap();
        std::fs::write(corpus.join(target).join(format!("seed-{n}")), bytes).unwrap();
    };
    for (n, files) in all().iter().enumerate() {
        // The last one, for that is not the list of a disc.
        write("header", 2 * n, &files[0]);
        write("header", 2 * n + 1, &files[files.len() - 1]);
    }
    for (n, stream) in streams().iter().enumerate() {
        write(stream.target, n, &stream.frame());
    }
    for (n, (frames, table, raw)) in fragments().iter().enumerate() {
        write("fragments", n, &[&[frames - 1, table.len() as u8], table.as_slice(), raw].concat());
    }
}
