//! Everything a header says, line by line, for a person who looks something up: walked with the same limits as any
//! header, values decoded by their kind, long and binary ones only counted.

use super::error::ReadError;
use super::found::FrameSource;
use super::header::Header;
use super::instance::open_file;
use super::kept::{Elements, Wanted};
use super::limits::Limits;
use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::{StandardDataDictionary, tags};
use std::sync::LazyLock;

/// One element of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderLine {
    /// In how many sequences it lies.
    pub depth: usize,
    /// "(0018,0050)".
    pub tag: String,
    /// "Slice thickness"; "private" where the dictionary knows none.
    pub name: String,
    /// Value representation, two letters (PS3.5 6.2).
    pub vr: String,
    /// The value in words, cut where it is long.
    pub value: String,
    /// Whether it may tell who the patient is, or who else was there.
    pub identifies: bool,
}

/// More lines than these are not listed.
const MOST_LINES: usize = 20_000;
/// More characters of a value are not shown.
const MOST_CHARACTERS: usize = 240;
/// More numbers of a value are not shown.
const MOST_NUMBERS: usize = 16;

static EVERYTHING: LazyLock<Wanted> = LazyLock::new(|| Wanted { tags: Vec::new(), private: &[], everything: true });

/// The header of the file that a frame lies in, in the order of tags, up to the pixels.
///
/// # Errors
/// Why the file cannot be read.
pub fn header_lines(source: &FrameSource, limits: &Limits) -> Result<Vec<HeaderLine>, ReadError> {
    let (opened, _) = open_file(&source.path, &EVERYTHING, limits)?;
    let mut lines = Vec::new();
    list(&opened.header, 0, &mut lines);
    if lines.len() >= MOST_LINES {
        lines.truncate(MOST_LINES);
    }
    Ok(lines)
}

fn list(header: &Header, depth: usize, lines: &mut Vec<HeaderLine>) {
    let Some(elements) = header.own() else { return };
    for (tag, sequence) in tags_of(elements) {
        if lines.len() >= MOST_LINES {
            return;
        }
        if !sequence {
            let vr = header.vr(tag).unwrap_or(VR::UN);
            lines.push(line(depth, tag, vr, value(header, tag, vr)));
            continue;
        }
        let items = header.items(tag);
        let count = match items.len() {
            1 => "1 item".to_owned(),
            n => format!("{n} items"),
        };
        lines.push(line(depth, tag, VR::SQ, count));
        for item in &items {
            list(item, depth + 1, lines);
        }
    }
}

/// Every element in the order of tags, and whether it is a sequence.
fn tags_of(elements: &Elements) -> Vec<(Tag, bool)> {
    let mut all: Vec<(Tag, bool)> = elements.values().map(|name| (name.tag, false)).collect();
    all.extend(elements.sequences().map(|(tag, _)| (tag, true)));
    all.sort();
    all
}

fn line(depth: usize, tag: Tag, vr: VR, value: String) -> HeaderLine {
    HeaderLine {
        depth,
        tag: format!("({:04X},{:04X})", tag.group(), tag.element()),
        name: name(tag),
        vr: vr.to_string().to_owned(),
        value,
        identifies: identifies(tag, vr),
    }
}

/// "Slice thickness" of SliceThickness.
fn name(tag: Tag) -> String {
    let known = StandardDataDictionary.by_tag(tag).filter(|_| tag.group().is_multiple_of(2));
    let Some(entry) = known else { return "private".to_owned() };
    let mut words = String::new();
    let letters: Vec<char> = entry.alias().chars().collect();
    for (n, letter) in letters.iter().enumerate() {
        let before = n.checked_sub(1).and_then(|n| letters.get(n));
        let after = letters.get(n + 1);
        let starts = letter.is_uppercase() && before.is_some_and(|before| before.is_lowercase() || before.is_numeric())
            || letter.is_uppercase() && after.is_some_and(|after| after.is_lowercase()) && n > 0;
        if starts {
            words.push(' ');
        }
        let inside = starts && after.is_none_or(|after| after.is_lowercase());
        if inside { words.extend(letter.to_lowercase()) } else { words.push(*letter) }
    }
    words
}

fn value(header: &Header, tag: Tag, vr: VR) -> String {
    let bytes = header.bytes(tag);
    match vr {
        VR::US | VR::SS | VR::UL | VR::SL | VR::FL | VR::FD => {
            let numbers = header.numbers(tag);
            let shown: Vec<String> = numbers.iter().take(MOST_NUMBERS).map(|number| format!("{number}")).collect();
            let more = numbers.len().saturating_sub(MOST_NUMBERS);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("{}{more}", shown.join(" \\ "))
        }
        VR::AT => {
            header.tag(tag).map_or_else(String::new, |tag| format!("({:04X},{:04X})", tag.group(), tag.element()))
        }
        VR::OB | VR::OW | VR::OF | VR::OD | VR::OL | VR::OV | VR::UN | VR::SV | VR::UV => match bytes.len() {
            0 => String::new(),
            1 => "1 byte".to_owned(),
            n => format!("{n} bytes"),
        },
        _ => {
            let text = header.text(tag);
            if text.chars().count() > MOST_CHARACTERS {
                text.chars().take(MOST_CHARACTERS).chain(['\u{2026}']).collect()
            } else {
                text
            }
        }
    }
}

/// Names of persons, everything of the patient but size and sex, and what an institution numbers them with
/// (after PS3.15 table E.1-1).
fn identifies(tag: Tag, vr: VR) -> bool {
    let harmless = [
        tags::PATIENT_SEX,
        tags::PATIENT_AGE,
        tags::PATIENT_SIZE,
        tags::PATIENT_WEIGHT,
        tags::PATIENT_IDENTITY_REMOVED,
        tags::DEIDENTIFICATION_METHOD,
    ];
    let numbered = [
        tags::ACCESSION_NUMBER,
        tags::INSTITUTION_NAME,
        tags::INSTITUTION_ADDRESS,
        tags::INSTITUTIONAL_DEPARTMENT_NAME,
        tags::STATION_NAME,
        tags::STUDY_ID,
        tags::REFERRING_PHYSICIAN_ADDRESS,
        tags::REFERRING_PHYSICIAN_TELEPHONE_NUMBERS,
        tags::DEVICE_SERIAL_NUMBER,
        tags::REQUESTED_PROCEDURE_ID,
        tags::SCHEDULED_PROCEDURE_STEP_ID,
        tags::PERFORMED_PROCEDURE_STEP_ID,
    ];
    vr == VR::PN || tag.group() == 0x0010 && !harmless.contains(&tag) || numbered.contains(&tag) || tag.group() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words() {
        assert_eq!(name(tags::SLICE_THICKNESS), "Slice thickness");
        assert_eq!(name(tags::SOP_INSTANCE_UID), "SOP instance UID");
        assert_eq!(name(Tag(0x0019, 0x100C)), "private");
        assert_eq!(name(tags::KVP), "KVP");
    }

    #[test]
    fn what_tells_who_it_is_is_known() {
        for tag in [tags::PATIENT_NAME, tags::PATIENT_ID, tags::PATIENT_BIRTH_DATE, tags::ACCESSION_NUMBER] {
            assert!(identifies(tag, VR::LO), "{tag}");
        }
        assert!(identifies(tags::OPERATORS_NAME, VR::PN));
        assert!(identifies(Tag(0x0019, 0x100C), VR::LO), "nobody knows what a private element holds");
        for tag in [tags::PATIENT_SEX, tags::SLICE_THICKNESS, tags::KVP, tags::STUDY_DATE] {
            assert!(!identifies(tag, VR::LO), "{tag}");
        }
    }

    #[test]
    fn a_header_is_listed_in_order_with_its_values() {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pet/siemens_bqml_start.dcm");
        let source = FrameSource { path: file, frame: 0, size: 0, mtime: 0 };
        let lines = header_lines(&source, &Limits::default()).unwrap();
        let find = |tag: &str| lines.iter().find(|line| line.tag == tag && line.depth == 0).unwrap();
        assert_eq!(find("(0008,0060)").value, "PT");
        assert_eq!(find("(0028,0010)").name, "Rows");
        let top: Vec<&str> = lines.iter().filter(|line| line.depth == 0).map(|line| line.tag.as_str()).collect();
        assert!(top.windows(2).all(|pair| pair[0] <= pair[1]), "{top:?}");
        let at = lines.iter().position(|line| line.vr == "SQ" && line.value != "0 items").unwrap();
        assert_eq!(lines[at + 1].depth, lines[at].depth + 1, "items lie below their sequence");
        assert!(!lines.iter().any(|line| line.tag == "(7FE0,0010)"), "the pixels are not among them");
    }
}
