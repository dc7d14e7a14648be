//! Each limit holds: what reaches it is read, and one less is refused with its sentence.

use super::archive::{Member, zip};
use super::build::{File, element, series, slice};
use crate::dicom::syntax::DEFLATED;
use crate::dicom::{Limits, find};
use dicom_core::VR;
use dicom_dictionary_std::tags;

/// A limit with a folder that reaches it.
struct Case {
    set: fn(&mut Limits, u64),
    files: Vec<(&'static str, Vec<u8>)>,
    /// How many slices there are when the limit is `least`.
    slices: usize,
    /// The lowest limit that reads them all.
    least: u64,
    /// What is said with one less.
    says: String,
}

fn items_within(levels: usize) -> Vec<u8> {
    (0..levels).fold(Vec::new(), |inner, _| {
        let item = [&[0xFE, 0xFF, 0x00, 0xE0], (inner.len() as u32).to_le_bytes().as_slice(), &inner].concat();
        element(tags::REFERENCED_STUDY_SEQUENCE, VR::SQ, &item, true, false)
    })
}

fn cases() -> Vec<Case> {
    let one = || vec![("a.dcm", slice(1, [0.0; 3]).encode())];
    let size = one()[0].1.len() as u64;
    let mut nested = slice(1, [0.0; 3]);
    let within = items_within(4);
    let (_, value) = within.split_at(12); // the tag, VR and length are written anew
    nested.bytes(tags::REFERENCED_STUDY_SEQUENCE, VR::SQ, value);
    let mut frames = slice(1, [0.0; 3]);
    frames.text(tags::NUMBER_OF_FRAMES, VR::IS, "7").bytes(tags::PIXEL_DATA, VR::OW, &[0; 7 * 24]);
    let mut deflated = slice(1, [0.0; 3]);
    let plain = deflated.data_set().len() as u64;
    deflated.syntax = DEFLATED.into();
    // Elements before the pixels, and these.
    let elements = slice(1, [0.0; 3]).elements.len() as u64;
    let archive = zip(&[Member::stored("a.dcm", &one()[0].1)]);
    let all: Vec<(&'static str, Vec<u8>)> =
        ["a", "b", "c"].into_iter().zip(series(3, 2.0).iter().map(File::encode)).collect();
    let case = |set, files, slices, least, says: &str| Case { set, files, slices, least, says: says.to_owned() };
    vec![
        case(|l, n| l.file_bytes = n, one(), 1, size, &format!("The file has {size} bytes; more than")),
        case(|l, n| l.depth = n as usize, vec![("a.dcm", nested.encode())], 1, 4, "nests sequences more than 3 deep"),
        case(|l, n| l.elements = n, one(), 1, elements, "The header has more than"),
        case(|l, n| l.inflated_bytes = n, vec![("a.dcm", deflated.encode())], 1, plain, "unfolds to more than"),
        case(|l, n| l.frame_pixels = n, one(), 1, 12, "The image claims 12 pixels; more than 11 are not read."),
        case(|l, n| l.stack_pixels = n, all.clone(), 3, 36, "The image claims 36 pixels; more than 35 are not read."),
        case(|l, n| l.frames = n as u32, vec![("a.dcm", frames.encode())], 7, 7, "it claims 7 frames"),
        case(|l, n| l.archived_bytes = n, vec![("a.zip", archive)], 1, size, "in an archive no more than"),
        case(|l, n| l.files = n as usize, all, 3, 3, "More than 2 files were found; the rest was left out."),
        case(|l, n| l.folders = n as usize, vec![("1/2/a.dcm", one()[0].1.clone())], 1, 3, "Folders more than 2 deep"),
    ]
}

/// How many slices are found, and what is said of the rest.
fn read(files: &[(&str, Vec<u8>)], limits: &Limits) -> (usize, String) {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let found = find(&[folder.path().to_owned()], limits, &|_, _| {}, &|| false);
    let reasons: Vec<&str> = found.skipped.iter().map(|skipped| skipped.reason.as_str()).collect();
    (found.stacks.iter().map(|stack| stack.sources.len()).sum(), reasons.join(" / "))
}

#[test]
fn each_limit_is_held_to_the_last() {
    // A limit that is added here without a case does not compile.
    let Limits {
        file_bytes: _,
        depth: _,
        elements: _,
        header_bytes: _, // what_is_kept_has_a_budget
        inflated_bytes: _,
        inflate_ratio: _, // below
        frame_pixels: _,
        stack_pixels: _,
        frames: _,
        archived_bytes: _,
        files: _,
        folders: _,
    } = Limits::default();
    for case in cases() {
        let limits = |n| {
            let mut limits = Limits::default();
            (case.set)(&mut limits, n);
            limits
        };
        let (slices, said) = read(&case.files, &limits(case.least));
        assert_eq!(slices, case.slices, "with {}: {said}; {}", case.least, case.says);
        let (slices, said) = read(&case.files, &limits(case.least - 1));
        assert!(slices < case.slices && said.contains(&case.says), "{slices} slices: {said:?}; {}", case.says);
    }
}

#[test]
fn a_deflated_file_unfolds_no_more_than_deflate_can() {
    let mut file = slice(1, [0.0; 3]);
    file.syntax = DEFLATED.into();
    file.short(tags::ROWS, 1_000).short(tags::COLUMNS, 1_000).bytes(tags::PIXEL_DATA, VR::OW, &[0; 2_000_000]);
    let files = [("a.dcm", file.encode())];
    assert!(files[0].1.len() < 5_000);
    assert_eq!(read(&files, &Limits::default()).0, 1);
    let (slices, said) = read(&files, &Limits { inflate_ratio: 100, ..Limits::default() });
    assert!(slices == 0 && said.contains("unfolds to more than"), "{said}");
}

/// Five gigabytes on paper: sparse files take no room.
#[test]
fn a_file_beyond_all_sizes_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huge.dcm");
    let mut bytes = slice(1, [0.0; 3]).encode();
    bytes.truncate(bytes.len() - 24);
    std::fs::write(&path, bytes).unwrap();
    std::fs::File::options().write(true).open(&path).unwrap().set_len(5 << 30).unwrap();
    let found = find(&[path], &Limits::default(), &|_, _| {}, &|| false);
    assert_eq!(
        found.skipped[0].reason,
        "The file has 5368709120 bytes; more than 4294967296 are not read.",
        "{:?}",
        found.stacks.len()
    );
}
