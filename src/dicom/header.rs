//! Values of a header by name, decoded; of the data set, of an item of a sequence, or of one frame.

use super::kept::{Elements, Name, Value};
use super::scan::Scanned;
use super::text::{CharacterSets, clean};
use crate::clinical::Date;
use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;
use std::sync::Arc;

/// The values that were kept of one file, of one item in it, or of one frame. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Header {
    /// What answers, the first that can; the data set (or the item) last.
    layers: Vec<Arc<Elements>>,
    context: Arc<Context>,
}

/// How values are written.
#[derive(Debug)]
struct Context {
    big_endian: bool,
    sets: CharacterSets,
}

/// Sequences of functional groups whose items are asked by themselves, for what they hold says nothing of
/// the frame as a whole.
const APART: [Tag; 3] =
    [tags::REAL_WORLD_VALUE_MAPPING_SEQUENCE, tags::DERIVATION_IMAGE_SEQUENCE, tags::DERIVATION_CODE_SEQUENCE];

/// What only the data set itself can say: who and what the object is, and how its pixels are written. The
/// same tags in items belong to other objects.
fn is_of_the_data_set(tag: Tag) -> bool {
    tag.group() <= 0x0002
        || tag.group() == 0x0010
        || matches!(
            tag,
            tags::SPECIFIC_CHARACTER_SET
                | tags::SOP_CLASS_UID
                | tags::SOP_INSTANCE_UID
                | tags::STUDY_INSTANCE_UID
                | tags::SERIES_INSTANCE_UID
                | tags::FRAME_OF_REFERENCE_UID
                | tags::CONCATENATION_UID
                | tags::INSTANCE_NUMBER
                | tags::SERIES_NUMBER
                | tags::MODALITY
                | tags::NUMBER_OF_FRAMES
                | tags::ROWS
                | tags::COLUMNS
                | tags::SAMPLES_PER_PIXEL
                | tags::PHOTOMETRIC_INTERPRETATION
                | tags::BITS_ALLOCATED
                | tags::BITS_STORED
                | tags::HIGH_BIT
                | tags::PIXEL_REPRESENTATION
        )
}

impl Header {
    /// Takes the values out of a scan.
    pub fn new(scanned: &mut Scanned) -> Self {
        Self::of(std::mem::take(&mut scanned.elements), scanned.syntax.layout.big_endian)
    }

    fn of(elements: Elements, big_endian: bool) -> Self {
        let set = elements.value(tags::SPECIFIC_CHARACTER_SET.into());
        let set = set.map(|value| String::from_utf8_lossy(&value.bytes).into_owned()).unwrap_or_default();
        let context = Context { big_endian, sets: CharacterSets::new(&set) };
        Self { layers: vec![Arc::new(elements)], context: Arc::new(context) }
    }

    /// How many frames have functional groups of their own.
    pub fn frame_groups(&self) -> usize {
        let top = self.layers.last();
        top.and_then(|top| top.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE)).map_or(0, <[_]>::len)
    }

    /// The header as it is for one frame, numbered from 0: the frame's own functional groups answer first,
    /// then the shared ones, then the data set (PS3.3 C.7.6.16). In an object without functional groups, the
    /// header as it is.
    pub fn frame(&self, frame: usize) -> Self {
        let Some(top) = self.layers.last() else { return self.clone() };
        let own = top.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE).and_then(|groups| groups.get(frame));
        let shared = top.items(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE).and_then(<[_]>::first);
        let mut layers = Vec::new();
        for group in [own, shared].into_iter().flatten() {
            layers.push(Arc::clone(group));
            let macros = group.sequences().filter(|(tag, _)| !APART.contains(tag));
            layers.extend(macros.filter_map(|(_, items)| items.first().cloned()));
        }
        layers.push(Arc::clone(top));
        Self { layers, context: Arc::clone(&self.context) }
    }

    /// What was kept of the data set or item itself.
    pub fn own(&self) -> Option<&Elements> {
        self.layers.last().map(AsRef::as_ref)
    }

    /// The items of a sequence, each a header of its own; of a frame, those of the first layer that has some.
    pub fn items(&self, sequence: Tag) -> Vec<Self> {
        let items = self.layers.iter().filter_map(|layer| layer.items(sequence)).find(|items| !items.is_empty());
        let of = |item: &Arc<Elements>| Self { layers: vec![Arc::clone(item)], context: Arc::clone(&self.context) };
        items.unwrap_or_default().iter().map(of).collect()
    }

    fn value(&self, name: impl Into<Name>) -> Option<&Value> {
        let name = name.into();
        if is_of_the_data_set(name.tag) {
            return self.layers.last()?.value(name);
        }
        self.layers.iter().find_map(|layer| layer.value(name))
    }

    /// Whether the element is there, empty or not.
    pub fn has(&self, name: impl Into<Name>) -> bool {
        let name = name.into();
        self.value(name).is_some()
            || (name.creator.is_none() && self.layers.iter().any(|layer| layer.items(name.tag).is_some()))
    }

    /// The bytes of a value.
    pub fn bytes(&self, name: impl Into<Name>) -> &[u8] {
        self.value(name).map_or(&[], |value| &value.bytes)
    }

    /// The kind of a value, as written or by the dictionary.
    pub fn vr(&self, name: impl Into<Name>) -> Option<VR> {
        self.value(name).map(|value| value.vr)
    }

    /// The 16-bit words of a value.
    pub fn shorts(&self, name: impl Into<Name>) -> Vec<u16> {
        let (pairs, _) = self.bytes(name).as_chunks::<2>();
        pairs
            .iter()
            .map(|pair| if self.context.big_endian { u16::from_be_bytes(*pair) } else { u16::from_le_bytes(*pair) })
            .collect()
    }

    /// The bytes of a value of bytes that may stand in words: in big endian, two in a word change places.
    pub fn word_bytes(&self, name: impl Into<Name>) -> Vec<u8> {
        let Some(value) = self.value(name) else { return Vec::new() };
        let mut bytes = value.bytes.to_vec();
        if self.context.big_endian && value.vr != VR::OB {
            bytes.chunks_exact_mut(2).for_each(<[u8]>::reverse);
        }
        bytes
    }

    /// A text, decoded and cleaned; empty when absent.
    pub fn text(&self, name: impl Into<Name>) -> String {
        let bytes = self.bytes(name);
        if bytes.is_empty() { String::new() } else { clean(&self.context.sets.decode(bytes)) }
    }

    /// The parts of a text of several values.
    pub fn texts(&self, name: impl Into<Name>) -> Vec<String> {
        let text = self.text(name);
        if text.is_empty() { Vec::new() } else { text.split('\\').map(|part| part.trim().to_owned()).collect() }
    }

    /// Whole or decimal numbers, from text or binary; parts that are no finite numbers are left out only at
    /// the end of the list, so that places keep their meaning.
    pub fn numbers(&self, name: impl Into<Name>) -> Vec<f64> {
        let Some(value) = self.value(name) else { return Vec::new() };
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
                if self.context.big_endian {
                    word.reverse();
                }
                of(word)
            })
            .collect()
    }

    /// The first number.
    pub fn number(&self, name: impl Into<Name>) -> Option<f64> {
        self.numbers(name).first().copied().filter(|n| n.is_finite())
    }

    /// The first number, when it is whole.
    pub fn whole(&self, name: impl Into<Name>) -> Option<i64> {
        self.number(name).filter(|n| n.fract() == 0.0 && n.abs() < 9e15).map(|n| n as i64)
    }

    /// The first number, when it is whole and not negative.
    pub fn count(&self, name: impl Into<Name>) -> Option<u32> {
        u32::try_from(self.whole(name)?).ok()
    }

    /// A tag that a value names (VR AT).
    pub fn tag(&self, name: impl Into<Name>) -> Option<Tag> {
        let words = self.words(self.bytes(name), |b| f64::from(u16::from_le_bytes(b)));
        let [group, element] = *words else { return None };
        Some(Tag(group as u16, element as u16))
    }

    /// A number above zero.
    pub fn positive(&self, name: impl Into<Name>) -> Option<f64> {
        self.number(name).filter(|n| *n > 0.0)
    }

    /// A 16-bit value that is signed or not as the pixels are (VR "US or SS").
    pub fn as_pixel(&self, name: impl Into<Name>, signed: bool) -> Option<f64> {
        let word = <[u8; 2]>::try_from(self.bytes(name).get(..2)?).ok()?;
        let word = if self.context.big_endian { u16::from_be_bytes(word) } else { u16::from_le_bytes(word) };
        Some(if signed { f64::from(word.cast_signed()) } else { f64::from(word) })
    }

    /// A date: `YYYYMMDD`, also the start of a date and time; the old `YYYY.MM.DD` is understood.
    pub fn date(&self, name: impl Into<Name>) -> Option<Date> {
        let digits: String = self.text(name).chars().filter(|c| *c != '.' && *c != '-').take(8).collect();
        if digits.len() != 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let number = |range: std::ops::Range<usize>| digits.get(range)?.parse::<u32>().ok();
        Date::from_ymd_opt(i32::try_from(number(0..4)?).ok()?, number(4..6)?, number(6..8)?)
    }

    /// A time of day `HHMMSS.FFFFFF` in seconds since midnight; the old `HH:MM:SS` is understood.
    pub fn time_s(&self, name: impl Into<Name>) -> Option<f64> {
        time_s(&self.text(name))
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
        let mut elements = Elements::default();
        for (tag, vr, bytes) in values {
            elements.put((*tag).into(), Value { vr: *vr, bytes: (*bytes).into() });
        }
        Header::of(elements, false)
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
