//! Values of a header by tag, decoded.

use super::scan::{Scanned, Value};
use super::text::{CharacterSets, clean};
use crate::clinical::Date;
use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;
use std::collections::BTreeMap;

/// The values that were kept of one file.
#[derive(Debug)]
pub(super) struct Header {
    values: BTreeMap<Tag, Value>,
    big_endian: bool,
    sets: CharacterSets,
}

impl Header {
    /// Takes the values out of a scan.
    pub fn new(scanned: &mut Scanned) -> Self {
        let values = std::mem::take(&mut scanned.values);
        let set = values.get(&tags::SPECIFIC_CHARACTER_SET).map(|v| String::from_utf8_lossy(&v.bytes).into_owned());
        Self {
            values,
            big_endian: scanned.syntax.layout.big_endian,
            sets: CharacterSets::new(&set.unwrap_or_default()),
        }
    }

    /// Whether the element is there, empty or not.
    pub fn has(&self, tag: Tag) -> bool {
        self.values.contains_key(&tag)
    }

    /// The bytes of a value.
    pub fn bytes(&self, tag: Tag) -> &[u8] {
        self.values.get(&tag).map_or(&[], |value| &value.bytes)
    }

    /// A text, decoded and cleaned; empty when absent.
    pub fn text(&self, tag: Tag) -> String {
        let bytes = self.bytes(tag);
        if bytes.is_empty() { String::new() } else { clean(&self.sets.decode(bytes)) }
    }

    /// The parts of a text of several values.
    pub fn texts(&self, tag: Tag) -> Vec<String> {
        let text = self.text(tag);
        if text.is_empty() { Vec::new() } else { text.split('\\').map(|part| part.trim().to_owned()).collect() }
    }

    /// Whole or decimal numbers, from text or binary; parts that are no finite numbers are left out only at
    /// the end of the list, so that places keep their meaning.
    pub fn numbers(&self, tag: Tag) -> Vec<f64> {
        let Some(value) = self.values.get(&tag) else { return Vec::new() };
        let bytes = &value.bytes;
        let mut numbers: Vec<f64> = match value.vr {
            VR::US => self.words(bytes, |b| f64::from(u16::from_le_bytes(b))),
            VR::SS => self.words(bytes, |b| f64::from(i16::from_le_bytes(b))),
            VR::UL => self.words(bytes, |b| f64::from(u32::from_le_bytes(b))),
            VR::SL => self.words(bytes, |b| f64::from(i32::from_le_bytes(b))),
            VR::FL => self.words(bytes, |b| f64::from(f32::from_le_bytes(b))),
            VR::FD => self.words(bytes, f64::from_le_bytes),
            _ => {
                let text = String::from_utf8_lossy(bytes);
                text.split('\\').map(|part| clean(part).parse().unwrap_or(f64::NAN)).collect()
            }
        };
        while numbers.last().is_some_and(|n| !n.is_finite()) {
            numbers.pop();
        }
        numbers
    }

    fn words<const N: usize>(&self, bytes: &[u8], of: impl Fn([u8; N]) -> f64) -> Vec<f64> {
        let words = bytes.chunks_exact(N).filter_map(|chunk| <[u8; N]>::try_from(chunk).ok());
        words
            .map(|mut word| {
                if self.big_endian {
                    word.reverse();
                }
                of(word)
            })
            .collect()
    }

    /// The first number.
    pub fn number(&self, tag: Tag) -> Option<f64> {
        self.numbers(tag).first().copied().filter(|n| n.is_finite())
    }

    /// The first number, when it is whole.
    pub fn whole(&self, tag: Tag) -> Option<i64> {
        self.number(tag).filter(|n| n.fract() == 0.0 && n.abs() < 9e15).map(|n| n as i64)
    }

    /// The first number, when it is whole and not negative.
    pub fn count(&self, tag: Tag) -> Option<u32> {
        u32::try_from(self.whole(tag)?).ok()
    }

    /// A number above zero.
    pub fn positive(&self, tag: Tag) -> Option<f64> {
        self.number(tag).filter(|n| *n > 0.0)
    }

    /// A 16-bit value that is signed or not as the pixels are (VR "US or SS").
    pub fn as_pixel(&self, tag: Tag, signed: bool) -> Option<f64> {
        let word = <[u8; 2]>::try_from(self.bytes(tag).get(..2)?).ok()?;
        let word = if self.big_endian { u16::from_be_bytes(word) } else { u16::from_le_bytes(word) };
        Some(if signed { f64::from(word.cast_signed()) } else { f64::from(word) })
    }

    /// A date: `YYYYMMDD`, also the start of a date and time; the old `YYYY.MM.DD` is understood.
    pub fn date(&self, tag: Tag) -> Option<Date> {
        let digits: String = self.text(tag).chars().filter(|c| *c != '.' && *c != '-').take(8).collect();
        if digits.len() != 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let number = |range: std::ops::Range<usize>| digits.get(range)?.parse::<u32>().ok();
        Date::from_ymd_opt(i32::try_from(number(0..4)?).ok()?, number(4..6)?, number(6..8)?)
    }

    /// A time of day `HHMMSS.FFFFFF` in seconds since midnight; the old `HH:MM:SS` is understood.
    pub fn time_s(&self, tag: Tag) -> Option<f64> {
        time_s(&self.text(tag))
    }
}

/// The time of day of a date and time `YYYYMMDDHHMMSS.FFFFFF&ZZXX`, seconds; the zone is left out.
pub(super) fn time_of_stamp_s(stamp: &str) -> Option<f64> {
    let time = stamp.get(8..)?;
    time_s(time.split(['+', '-']).next()?)
}

fn time_s(text: &str) -> Option<f64> {
    let text: String = text.chars().filter(|c| *c != ':').collect();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    if !matches!(whole.len(), 2 | 4 | 6) || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |range: std::ops::Range<usize>| whole.get(range).map_or(Some(0), |digits| digits.parse::<u32>().ok());
    let (hours, minutes, seconds) = (part(0..2)?, part(2..4)?, part(4..6)?);
    // A leap second is written as 60 (PS3.5 6.2, TM).
    if hours > 23 || minutes > 59 || seconds > 60 {
        return None;
    }
    let fraction: f64 = if fraction.is_empty() { 0.0 } else { format!("0.{fraction}").parse().ok()? };
    Some(f64::from(hours * 3600 + minutes * 60 + seconds) + fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(values: &[(Tag, VR, &[u8])]) -> Header {
        let values = values.iter().map(|(tag, vr, bytes)| (*tag, Value { vr: *vr, bytes: (*bytes).into() })).collect();
        Header { values, big_endian: false, sets: CharacterSets::new("ISO_IR 100") }
    }

    #[test]
    fn times_of_day() {
        assert_eq!(time_s("101500"), Some(36_900.0));
        assert_eq!(time_s("1015"), Some(36_900.0));
        assert_eq!(time_s("10:15:00"), Some(36_900.0));
        assert_eq!(time_s("235960.25"), Some(86_400.25));
        assert_eq!(time_of_stamp_s("20240301101500.5+0100"), Some(36_900.5));
        assert_eq!(time_of_stamp_s("20240301"), None);
        for bad in ["", "1", "246000", "10a500", "101500.x", "é01500"] {
            assert_eq!(time_s(bad), None, "{bad}");
        }
    }

    #[test]
    fn numbers_from_text_and_binary() {
        let h = header(&[
            (tags::PIXEL_SPACING, VR::DS, b"0.7 \\ 0.8"),
            (tags::ROWS, VR::US, &[0, 2]),
            (tags::DIFFUSION_B_VALUE, VR::FD, &800f64.to_le_bytes()),
            (tags::IMAGE_POSITION_PATIENT, VR::DS, b"1\\x\\3\\"),
            (tags::PIXEL_PADDING_VALUE, VR::US, &[0x30, 0xf8]),
            (tags::WINDOW_CENTER, VR::DS, b"inf"),
        ]);
        assert_eq!(h.numbers(tags::PIXEL_SPACING), [0.7, 0.8]);
        assert_eq!(h.count(tags::ROWS), Some(512));
        assert_eq!(h.number(tags::DIFFUSION_B_VALUE), Some(800.0));
        assert_eq!(h.numbers(tags::IMAGE_POSITION_PATIENT).len(), 3);
        assert_eq!(h.as_pixel(tags::PIXEL_PADDING_VALUE, true), Some(-2000.0));
        assert_eq!(h.as_pixel(tags::PIXEL_PADDING_VALUE, false), Some(63_536.0));
        assert_eq!(h.number(tags::WINDOW_CENTER), None);
        assert_eq!(h.number(tags::COLUMNS), None);
    }

    #[test]
    fn dates() {
        let h = header(&[
            (tags::STUDY_DATE, VR::DA, b"20240229"),
            (tags::SERIES_DATE, VR::DA, b"2023.12.31"),
            (tags::CONTENT_DATE, VR::DA, b"20230229"),
            (tags::ACQUISITION_DATE_TIME, VR::DT, b"20240301101112.5+0100"),
        ]);
        assert_eq!(h.date(tags::STUDY_DATE), Date::from_ymd_opt(2024, 2, 29));
        assert_eq!(h.date(tags::SERIES_DATE), Date::from_ymd_opt(2023, 12, 31));
        assert_eq!(h.date(tags::CONTENT_DATE), None);
        assert_eq!(h.date(tags::ACQUISITION_DATE_TIME), Date::from_ymd_opt(2024, 3, 1));
    }
}
