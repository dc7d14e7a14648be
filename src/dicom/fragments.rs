//! Fragments of compressed pixels (PS3.5 annex A.4), and which of them make a frame.

use super::error::ReadError;
use std::io::{BufRead, Read};

/// Most fragments of one file.
const MOST: usize = 1_000_000;

/// The fragments of a file, without the offset table.
#[derive(Debug)]
pub(super) struct Fragments {
    /// Offsets of frames, from the first byte of the first fragment's item; empty when not stated.
    offsets: Vec<u64>,
    /// Where each fragment's item starts, and its bytes.
    pieces: Vec<(u64, Vec<u8>)>,
}

/// Reads all fragments from the first item on; at most `left` bytes are there.
pub(super) fn read(mut source: impl BufRead, mut left: u64) -> Result<Fragments, ReadError> {
    let mut offsets = None;
    let mut pieces = Vec::new();
    let mut at = 0u64;
    loop {
        let cut_short = ReadError::PixelsCutShort { needed: at + 8, found: at };
        let mut head = [0u8; 8];
        if left < 8 || source.read_exact(&mut head).is_err() {
            // The last delimiter is missing in many files; fragments that came whole are good.
            return if pieces.is_empty() { Err(cut_short) } else { finish(offsets, pieces) };
        }
        left -= 8;
        let [t0, t1, t2, t3, length @ ..] = head;
        let length = u64::from(u32::from_le_bytes(length));
        match [t0, t1, t2, t3] {
            [0xFE, 0xFF, 0x00, 0xE0] => {}
            [0xFE, 0xFF, 0xDD, 0xE0] => return finish(offsets, pieces),
            _ => return Err(ReadError::Contradiction { what: "its compressed pixels are not in fragments".into() }),
        }
        if length > left {
            return Err(ReadError::PixelsCutShort { needed: length, found: left });
        }
        if pieces.len() >= MOST {
            return Err(ReadError::Contradiction { what: "it has too many fragments".into() });
        }
        let mut bytes = Vec::new();
        source.by_ref().take(length).read_to_end(&mut bytes)?;
        if bytes.len() as u64 != length {
            return Err(ReadError::PixelsCutShort { needed: length, found: bytes.len() as u64 });
        }
        left -= length;
        if offsets.is_none() {
            let table = bytes.chunks_exact(4).filter_map(|four| <[u8; 4]>::try_from(four).ok());
            offsets = Some(table.map(|four| u64::from(u32::from_le_bytes(four))).collect());
        } else {
            pieces.push((at, bytes));
            at += 8 + length;
        }
    }
}

fn finish(offsets: Option<Vec<u64>>, pieces: Vec<(u64, Vec<u8>)>) -> Result<Fragments, ReadError> {
    Ok(Fragments { offsets: offsets.unwrap_or_default(), pieces })
}

impl Fragments {
    /// The compressed bytes of one of `frames` frames: all fragments of a single frame, one fragment each,
    /// or as the offset table says.
    pub fn frame(&self, frame: u32, frames: u32) -> Result<Vec<u8>, ReadError> {
        let missing =
            || ReadError::Contradiction { what: format!("it holds no compressed data for frame {}", frame + 1) };
        let n = frame as usize;
        let pieces: Vec<&[u8]> = if frames == 1 {
            self.pieces.iter().map(|(_, bytes)| bytes.as_slice()).collect()
        } else if self.pieces.len() == frames as usize {
            self.pieces.get(n).map(|(_, bytes)| bytes.as_slice()).into_iter().collect()
        } else {
            let start = *self.offsets.get(n).ok_or_else(missing)?;
            let end = self.offsets.get(n + 1).copied().unwrap_or(u64::MAX);
            self.pieces.iter().filter(|(at, _)| (start..end).contains(at)).map(|(_, bytes)| bytes.as_slice()).collect()
        };
        if pieces.is_empty() { Err(missing()) } else { Ok(pieces.concat()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(bytes: &[u8]) -> Vec<u8> {
        [&[0xFE, 0xFF, 0x00, 0xE0], (bytes.len() as u32).to_le_bytes().as_slice(), bytes].concat()
    }

    #[test]
    fn frames_by_the_offset_table() {
        let table: Vec<u8> = [0u32, 22].iter().flat_map(|o| o.to_le_bytes()).collect();
        let end = [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0];
        // Frame 0 in two fragments (items at 0 and 10), frame 1 at 22.
        let all = [item(&table), item(b"ab"), item(b"cdef"), item(b"gh"), end.to_vec()].concat();
        let read = read(all.as_slice(), all.len() as u64).unwrap();
        assert_eq!(read.frame(0, 2).unwrap(), b"abcdef");
        assert_eq!(read.frame(1, 2).unwrap(), b"gh");
        assert!(read.frame(2, 2).is_err());
    }

    #[test]
    fn a_claim_beyond_the_file_is_refused() {
        let mut all = [item(b""), item(b"abcd")].concat();
        assert_eq!(read(all.as_slice(), all.len() as u64).unwrap().frame(0, 1).unwrap(), b"abcd");
        let at = all.len() - 8;
        all[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(matches!(read(all.as_slice(), all.len() as u64), Err(ReadError::PixelsCutShort { .. })));
    }
}
