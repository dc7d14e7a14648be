//! The bytes of a data set, plain or unfolded, read element by element with every length checked.

use super::error::ReadError;
use super::syntax::{Layout, has_long_length};
use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::StandardDataDictionary;
use flate2::bufread::DeflateDecoder;
use std::io::{BufRead, BufReader, Read, Seek};

/// Bytes that can be read and passed over.
pub(super) trait Source: Read {
    fn pass_over(&mut self, count: u64) -> std::io::Result<()>;
}

/// The file itself.
pub(super) struct Plain<'a, R>(pub &'a mut BufReader<R>);

impl<R: Read> Read for Plain<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(into)
    }
}

impl<R: Read + Seek> Source for Plain<'_, R> {
    fn pass_over(&mut self, count: u64) -> std::io::Result<()> {
        let count = i64::try_from(count).map_err(std::io::Error::other)?;
        self.0.seek_relative(count)
    }
}

/// A deflated data set.
pub(super) struct Inflated<R>(pub DeflateDecoder<R>);

impl<R: BufRead> Read for Inflated<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(into)
    }
}

impl<R: BufRead> Source for Inflated<R> {
    fn pass_over(&mut self, count: u64) -> std::io::Result<()> {
        let passed = std::io::copy(&mut self.0.by_ref().take(count), &mut std::io::sink())?;
        if passed == count { Ok(()) } else { Err(std::io::ErrorKind::UnexpectedEof.into()) }
    }
}

/// A source with the place in it.
pub(super) struct Input<S> {
    pub source: S,
    pub at: u64,
    /// Where it ends; a budget when `open_end`.
    pub end: u64,
    /// Whether the true end is unknown (deflated).
    pub open_end: bool,
}

/// The start of an element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start {
    pub tag: Tag,
    pub vr: VR,
    pub length: u32,
}

impl<S: Source> Input<S> {
    pub fn left(&self) -> u64 {
        self.end.saturating_sub(self.at)
    }

    fn short(&self, error: std::io::Error) -> ReadError {
        match error.kind() {
            std::io::ErrorKind::UnexpectedEof => ReadError::CutShort { at: self.at },
            std::io::ErrorKind::InvalidInput | std::io::ErrorKind::InvalidData => {
                ReadError::Structure { at: self.at, what: "its compression cannot be undone" }
            }
            _ => ReadError::Io(error),
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let mut bytes = [0; N];
        self.source.read_exact(&mut bytes).map_err(|error| self.short(error))?;
        self.at += N as u64;
        Ok(bytes)
    }

    /// Reads a value; memory grows only as bytes arrive.
    pub fn bytes(&mut self, length: u64) -> Result<Box<[u8]>, ReadError> {
        let mut bytes = Vec::new();
        self.source.by_ref().take(length).read_to_end(&mut bytes).map_err(|error| self.short(error))?;
        if bytes.len() as u64 != length {
            return Err(ReadError::CutShort { at: self.at + bytes.len() as u64 });
        }
        self.at += length;
        Ok(bytes.into())
    }

    pub fn skip(&mut self, count: u64) -> Result<(), ReadError> {
        self.source.pass_over(count).map_err(|error| self.short(error))?;
        self.at += count;
        Ok(())
    }

    /// The length of a value that has one, checked against what is left.
    pub fn checked(&self, start: Start, at: u64, end: u64) -> Result<u64, ReadError> {
        let claimed = u64::from(start.length);
        let left = end.min(self.end).saturating_sub(self.at);
        if claimed <= left {
            Ok(claimed)
        } else if self.open_end && end >= self.end {
            Err(ReadError::Inflates { most: self.end })
        } else {
            Err(ReadError::Length { tag: start.tag, at, claimed, left })
        }
    }

    pub fn start(&mut self, layout: Layout) -> Result<Start, ReadError> {
        let u16_of = |b: [u8; 2]| if layout.big_endian { u16::from_be_bytes(b) } else { u16::from_le_bytes(b) };
        let u32_of = |b: [u8; 4]| if layout.big_endian { u32::from_be_bytes(b) } else { u32::from_le_bytes(b) };
        let [a, b, c, d, rest @ ..] = self.array::<8>()?;
        let tag = Tag(u16_of([a, b]), u16_of([c, d]));
        // Items and delimiters have no kind; a writer that forgets the kind of one element is understood.
        let [v0, v1, l0, l1] = rest;
        let vr = if layout.explicit && tag.group() != 0xFFFE { VR::from_binary([v0, v1]) } else { None };
        let letters = layout.explicit && v0.is_ascii_uppercase() && v1.is_ascii_uppercase();
        match vr {
            Some(vr) if has_long_length(vr) => Ok(Start { tag, vr, length: u32_of(self.array()?) }),
            Some(vr) => Ok(Start { tag, vr, length: u32::from(u16_of([l0, l1])) }),
            None if letters && tag.group() != 0xFFFE => {
                Ok(Start { tag, vr: VR::UN, length: u32::from(u16_of([l0, l1])) })
            }
            None => Ok(Start { tag, vr: dictionary_vr(tag), length: u32_of(rest) }),
        }
    }
}

pub(super) fn dictionary_vr(tag: Tag) -> VR {
    StandardDataDictionary.by_tag(tag).map_or(VR::UN, |entry| entry.vr().relaxed())
}
