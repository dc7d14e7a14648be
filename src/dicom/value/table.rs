//! Lookup tables as DICOM writes them: a descriptor of three numbers, and the entries (PS3.3 C.11.1.1, C.11.2.1.1).

use crate::dicom::header::Header;
use dicom_dictionary_std::tags;

/// A table from whole numbers to whole numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::dicom) struct Table {
    /// The value that the first entry stands for.
    pub first: i32,
    /// Bits of an entry: 8 to 16.
    pub bits: u32,
    /// At least one; entries are never negative.
    pub entries: Box<[u16]>,
}

impl Table {
    /// The table of an item with LUT Descriptor and LUT Data. `signed` says whether the values that go in are.
    pub fn of(item: &Header, signed: bool) -> Result<Self, String> {
        let descriptor = item.shorts(tags::LUT_DESCRIPTOR);
        let [entries, first, bits] = *descriptor.as_slice() else {
            return Err(format!("its descriptor has {} numbers instead of 3", descriptor.len()));
        };
        let first = if signed { i32::from(first.cast_signed()) } else { i32::from(first) };
        Self::read(entries, first, bits, &item.shorts(tags::LUT_DATA), &item.word_bytes(tags::LUT_DATA))
    }

    /// From the parts: `words` and `bytes` are the same data. No entries stand for 65,536.
    pub fn read(entries: u16, first: i32, bits: u16, words: &[u16], bytes: &[u8]) -> Result<Self, String> {
        let count = if entries == 0 { 65_536 } else { usize::from(entries) };
        if !(8..=16).contains(&bits) {
            return Err(format!("its entries have {bits} bits"));
        }
        let most = u16::MAX >> (16 - bits);
        let entries: Box<[u16]> = if words.len() >= count {
            words.iter().take(count).copied().collect()
        } else if bits == 8 && bytes.len() >= count {
            bytes.iter().take(count).map(|byte| u16::from(*byte)).collect()
        } else {
            return Err(format!("it has {} entries of {count}", words.len()));
        };
        if let Some(large) = entries.iter().find(|entry| **entry > most) {
            return Err(format!("its entry {large} does not fit in {bits} bits"));
        }
        Ok(Self { first, bits: u32::from(bits), entries })
    }

    /// The largest entry that its bits can hold.
    pub fn most(&self) -> u16 {
        u16::MAX >> 16u32.saturating_sub(self.bits).min(15)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(entries: u16, first: i32, bits: u16, words: &[u16]) -> Result<Table, String> {
        let bytes: Vec<u8> = words.iter().flat_map(|w| w.to_le_bytes()).collect();
        Table::read(entries, first, bits, words, &bytes)
    }

    #[test]
    fn no_entries_are_65536() {
        let all: Vec<u16> = (0..=u16::MAX).collect();
        assert_eq!(*read(0, 0, 16, &all).unwrap().entries, *all);
        assert_eq!(read(0, 0, 16, &all[1..]).unwrap_err(), "it has 65535 entries of 65536");
    }

    #[test]
    fn eight_bits_may_be_bytes_or_words() {
        assert_eq!(*Table::read(3, 0, 8, &[0x0201], &[1, 2, 3, 0]).unwrap().entries, [1, 2, 3]);
        let words = read(3, 0, 8, &[1, 2, 255]).unwrap();
        assert_eq!((&*words.entries, words.most()), (&[1, 2, 255][..], 255));
        assert_eq!(read(1, 0, 12, &[1]).unwrap().most(), 4095);
    }

    #[test]
    fn what_is_corrupt_is_refused() {
        assert!(read(3, 0, 12, &[1, 2]).is_err());
        assert!(read(2, 0, 7, &[1, 2]).is_err());
        assert!(read(2, 0, 17, &[1, 2]).is_err());
        assert_eq!(read(2, 0, 12, &[1, 4096]).unwrap_err(), "its entry 4096 does not fit in 12 bits");
    }
}
