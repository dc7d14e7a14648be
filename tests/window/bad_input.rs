//! What is dropped by mistake, damaged or hostile: a sentence says what, why and what to do, at once, and
//! nothing of the open project is lost.

use super::person::Person;
use ablation_review::clinical::{Patient, PatientId};
use ablation_review::project::{By, Document, Project, edits};
use ablation_review::workbench::Level;
use eframe::egui::Key;
use std::path::{Path, PathBuf};

const CT: &str = "1.2.840.10008.5.1.4.1.1.2";

/// A data element of explicit little endian.
fn element(group: u16, number: u16, vr: &str, value: &[u8]) -> Vec<u8> {
    let mut bytes = [group.to_le_bytes(), number.to_le_bytes()].concat();
    bytes.extend(vr.as_bytes());
    let padded = value.len() + value.len() % 2;
    if ["OB", "OW", "SQ", "UN"].contains(&vr) {
        bytes.extend([0, 0]);
        bytes.extend((padded as u32).to_le_bytes());
    } else {
        bytes.extend((padded as u16).to_le_bytes());
    }
    bytes.extend(value);
    if padded > value.len() {
        bytes.push(if vr == "UI" { 0 } else { b' ' });
    }
    bytes
}

fn preamble() -> Vec<u8> {
    let meta = [
        element(2, 1, "OB", &[0, 1]),
        element(2, 2, "UI", CT.as_bytes()),
        element(2, 3, "UI", b"2.25.4711"),
        element(2, 0x10, "UI", b"1.2.840.10008.1.2.1"),
    ]
    .concat();
    let mut bytes = vec![0; 128];
    bytes.extend(b"DICM");
    bytes.extend(element(2, 0, "UL", &(meta.len() as u32).to_le_bytes()));
    bytes.extend(meta);
    bytes
}

fn identified() -> Vec<u8> {
    [
        preamble(),
        element(8, 0x16, "UI", CT.as_bytes()),
        element(8, 0x18, "UI", b"2.25.4711"),
        element(8, 0x60, "CS", b"CT"),
        element(0x10, 0x20, "LO", b"BAD"),
        element(0x20, 0x0d, "UI", b"2.25.1"),
        element(0x20, 0x0e, "UI", b"2.25.2"),
    ]
    .concat()
}

fn rows_without_pixels() -> Vec<u8> {
    [identified(), picture(u16::MAX, u16::MAX)].concat()
}

fn picture(rows: u16, columns: u16) -> Vec<u8> {
    [
        element(0x28, 2, "US", &1u16.to_le_bytes()),
        element(0x28, 4, "CS", b"MONOCHROME2"),
        element(0x28, 0x10, "US", &rows.to_le_bytes()),
        element(0x28, 0x11, "US", &columns.to_le_bytes()),
        element(0x28, 0x100, "US", &16u16.to_le_bytes()),
        element(0x28, 0x101, "US", &16u16.to_le_bytes()),
        element(0x28, 0x102, "US", &15u16.to_le_bytes()),
        element(0x28, 0x103, "US", &0u16.to_le_bytes()),
    ]
    .concat()
}

fn nested_sequences(depth: usize) -> Vec<u8> {
    let mut bytes = identified();
    for _ in 0..depth {
        bytes.extend([0x08, 0x00, 0x40, 0x11, b'S', b'Q', 0, 0, 0xff, 0xff, 0xff, 0xff]);
        bytes.extend([0xfe, 0xff, 0x00, 0xe0, 0xff, 0xff, 0xff, 0xff]);
    }
    bytes
}

fn four_gib_claim() -> Vec<u8> {
    let mut bytes = [identified(), picture(64, 64)].concat();
    bytes.extend([0xe0, 0x7f, 0x10, 0x00, b'O', b'W', 0, 0, 0xfe, 0xff, 0xff, 0xff]);
    bytes
}

fn in_a_folder(person: &Person, name: &str, files: &[(&str, Vec<u8>)]) -> PathBuf {
    let folder = person.folder().join(name);
    std::fs::create_dir(&folder).unwrap();
    for (file, bytes) in files {
        std::fs::write(folder.join(file), bytes).unwrap();
    }
    folder
}

/// A slice of 64 x 64 that ends after its first rows.
fn truncated() -> Vec<u8> {
    let mut bytes = [identified(), picture(64, 64), element(0x7fe0, 0x10, "OW", &[0; 64 * 64 * 2])].concat();
    bytes.truncate(bytes.len() - 7_000);
    bytes
}

/// A header that ends within an element.
fn truncated_header() -> Vec<u8> {
    let mut bytes = [identified(), picture(64, 64)].concat();
    bytes.truncate(bytes.len() - 1);
    bytes
}

/// Drops something and returns the one sentence that is said about it.
fn told(person: &mut Person, dropped: &Path) -> String {
    person.drop_files(&[dropped.to_owned()]);
    let notices = person.bench().notices();
    let problems: Vec<_> = notices.iter().filter(|notice| notice.level != Level::Done).collect();
    assert_eq!(problems.len(), 1, "{}: {notices:?}", dropped.display());
    let (text, stays) = (problems[0].text.clone(), problems[0].level == Level::Problem);
    println!("{}: {text}", dropped.file_name().unwrap().display());
    person.reads(&text);
    person.nothing_is_clipped();
    if stays {
        person.click_button("Close");
    }
    assert!(!person.says("panicked"));
    text
}

/// Each bad input by name, and what its sentence has to name.
fn bad_inputs(person: &Person, run: &str) -> Vec<(PathBuf, &'static [&'static str])> {
    let jpeg = || [vec![0xff, 0xd8, 0xff, 0xe0, 0, 16], b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xd9".to_vec()].concat();
    let one = |name: &str, bytes: Vec<u8>| in_a_folder(person, &format!("{run}-{name}"), &[("file.dcm", bytes)]);
    let garbage = person.folder().join(format!("{run}-garbage.ablation"));
    std::fs::write(&garbage, vec![0xa5; 4096]).unwrap();
    vec![
        (in_a_folder(person, &format!("{run}-empty"), &[]), &["no file", "Drop a folder that holds DICOM images"]),
        (
            in_a_folder(person, &format!("{run}-jpegs"), &[("a.jpg", jpeg()), ("b.jpg", jpeg())]),
            &["No images among 2 files", "not a DICOM file", "Drop a folder"],
        ),
        (one("truncated", truncated_header()), &["only 1 are left", "copy it again"]),
        (one("rows", rows_without_pixels()), &["65535 x 65535", "no pixel data", "Drop a folder"]),
        (one("nested", nested_sequences(5_000)), &["nests sequences", "was not read", "Drop a folder"]),
        (one("four-gib", four_gib_claim()), &["Nothing to show", "Drop a folder"]),
        (garbage, &["is not a project of Ablation Review", "Open a file that ends in .ablation"]),
    ]
}

#[test]
fn bad_input_is_told_at_the_start() {
    let mut person = Person::at_the_window();
    for (path, words) in bad_inputs(&person, "start") {
        let text = told(&mut person, &path);
        assert!(words.iter().all(|words| text.contains(words)), "{text}");
        assert!(person.bench().desk().is_none(), "nothing to open in {}", path.display());
    }
}

#[test]
fn an_image_that_is_cut_short_shows_what_is_there_and_says_so() {
    let mut person = Person::at_the_window();
    let folder = in_a_folder(&person, "cut", &[("1.dcm", truncated())]);
    person.drop_files(&[folder]);
    person.reads("9 of 64 rows are there");
    assert_eq!(person.document().stacks().count(), 1);
    person.nothing_is_clipped();
}

#[test]
fn bad_input_takes_nothing_from_an_open_project() {
    let mut person = Person::at_the_window();
    let folders = person.copy_of_visits(&["pre"]);
    person.drop_files(&folders);
    person.type_into("Reader's initials", "abc");
    person.press(Key::A);
    let before = person.document().clone();
    for (path, _) in bad_inputs(&person, "open") {
        told(&mut person, &path);
        assert!(person.bench().desk().is_some(), "{} closed the project", path.display());
        assert!(person.document().same_content(&before), "{}", path.display());
    }
}

#[test]
fn a_project_open_elsewhere_is_shown_and_says_who_has_it() {
    let mut person = Person::at_the_window();
    let path = person.folder().join("study.ablation");
    let at = "2024-10-01T07:30:00Z".parse().unwrap();
    let mut elsewhere = Project::create(&path, "XY", at).unwrap();
    person.drop_files(std::slice::from_ref(&path));
    person.reads("read only");
    person.reads("XY has it since 2024-10-01 07:30 UTC");
    person.reads("ask them to close it");
    person.nothing_is_clipped();
    person.wait_minutes(1);
    person.type_into("Reader's initials", "abc");
    let images = person.copy_of_visits(&["pre"]);
    person.drop_files(&images);
    person.reads("XY has it open since");
    assert_eq!(person.document().stacks().count(), 0, "a reader changes nothing");
    // The one who has it goes on writing.
    let edit = edits::patient(&Document::default(), Patient::new(PatientId(1), "P001"));
    elsewhere.commit(edit, By { reader: None, at }).unwrap();
}

#[test]
fn a_project_that_is_not_there_is_said_so() {
    let mut person = Person::at_the_window();
    let gone = person.folder().join("gone");
    person.type_into("Path of a folder or project", &gone.display().to_string());
    let notice = person.bench().notices().first().map(|notice| notice.text.clone()).unwrap();
    println!("gone: {notice}");
    person.reads(&notice);
}
