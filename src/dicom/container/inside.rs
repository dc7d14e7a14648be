//! A file in an archive, unfolded as far as it is read.

use flate2::bufread::DeflateDecoder;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Take};

/// The bytes of one file in an archive. What was unfolded is kept, so that going back costs nothing; a header
/// that is read stops long before the pixels are unfolded.
#[derive(Debug)]
pub(in super::super) struct Inside {
    packed: Packed,
    /// What was unfolded so far.
    bytes: Vec<u8>,
    at: u64,
    size: u64,
}

#[derive(Debug)]
enum Packed {
    Stored(Take<File>),
    Deflated(Box<DeflateDecoder<BufReader<Take<File>>>>),
}

impl Inside {
    /// A file that is stored as it is, at the place where `file` stands.
    pub fn stored(file: File, size: u64) -> Self {
        Self { packed: Packed::Stored(file.take(size)), bytes: Vec::new(), at: 0, size }
    }

    /// A file of `size` bytes that is deflated to `packed` bytes, at the place where `file` stands.
    pub fn deflated(file: File, packed: u64, size: u64) -> Self {
        let decoder = DeflateDecoder::new(BufReader::with_capacity(32 << 10, file.take(packed)));
        Self { packed: Packed::Deflated(Box::new(decoder)), bytes: Vec::new(), at: 0, size }
    }

    /// Unfolds up to a place; memory grows as bytes arrive, never on the archive's word.
    fn unfold_to(&mut self, end: u64) -> io::Result<()> {
        let missing = end.min(self.size).saturating_sub(self.bytes.len() as u64);
        if missing > 0 {
            match &mut self.packed {
                Packed::Stored(file) => file.take(missing).read_to_end(&mut self.bytes)?,
                Packed::Deflated(decoder) => decoder.take(missing).read_to_end(&mut self.bytes)?,
            };
        }
        Ok(())
    }
}

impl Read for Inside {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.unfold_to(self.at.saturating_add(into.len() as u64))?;
        let from = usize::try_from(self.at).unwrap_or(usize::MAX);
        let there = self.bytes.get(from..).unwrap_or_default();
        let count = there.len().min(into.len());
        if let (Some(into), Some(there)) = (into.get_mut(..count), there.get(..count)) {
            into.copy_from_slice(there);
        }
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Inside {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "before the first byte"))?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.rewind().unwrap();
        file
    }

    #[test]
    fn reads_anywhere_and_unfolds_no_more_than_needed() {
        let plain: Vec<u8> = (0..200_000u32).flat_map(|n| n.to_le_bytes()).collect();
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&plain).unwrap();
        let packed = encoder.finish().unwrap();
        let mut inside = Inside::deflated(file(&packed), packed.len() as u64, plain.len() as u64);
        let mut word = [0; 4];
        inside.seek(SeekFrom::Start(4000)).unwrap();
        inside.read_exact(&mut word).unwrap();
        assert_eq!(u32::from_le_bytes(word), 1000);
        assert_eq!(inside.bytes.len(), 4004);
        inside.seek(SeekFrom::Start(8)).unwrap();
        inside.read_exact(&mut word).unwrap();
        assert_eq!(u32::from_le_bytes(word), 2);
        assert_eq!(inside.bytes.len(), 4004);
        inside.seek(SeekFrom::End(-4)).unwrap();
        inside.read_exact(&mut word).unwrap();
        assert_eq!(u32::from_le_bytes(word), 199_999);
        assert_eq!(inside.read(&mut word).unwrap(), 0, "the end is the end");
        assert!(inside.seek(SeekFrom::Current(-10_000_000)).is_err());
    }

    #[test]
    fn gives_no_more_than_the_stated_size() {
        let mut inside = Inside::stored(file(b"0123456789"), 4);
        let mut all = Vec::new();
        inside.read_to_end(&mut all).unwrap();
        assert_eq!(all, b"0123");
    }
}
