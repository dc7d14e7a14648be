//! Fragments of compressed pixels (PS3.5 annex A.4), and which of them make a frame.
//!
//! Only the bytes of the frame asked for are read. Offset tables are believed as far as they lead from item to
//! item; where they do not, one fragment is one frame when the numbers agree, and else each fragment that
//! begins like a code stream begins a frame.

use super::error::ReadError;
use std::io::{Read, Seek, SeekFrom};
use std::sync::OnceLock;

/// Most fragments of one file.
const MOST: usize = 1_000_000;

/// Where fragments are and how many frames they hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Encapsulated<'a> {
    /// Place of the first item, that of the offset table.
    pub start: u64,
    /// End of the file.
    pub end: u64,
    /// Frames that the header claims.
    pub frames: u32,
    /// Value of the extended offset table (7FE0,0001), empty when there is none.
    pub extended: &'a [u8],
    /// What was found on the way to earlier frames.
    pub walked: &'a Walked,
}

/// The fragments of a file, walked through once for all its frames.
#[derive(Debug, Default)]
pub(super) struct Walked {
    items: OnceLock<Vec<Item>>,
    /// Which of them begin like a code stream.
    starts: OnceLock<Vec<usize>>,
}

/// The compressed bytes of one frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FrameBytes {
    pub bytes: Vec<u8>,
    /// How many are missing at the end of the file.
    pub missing: u64,
}

/// An item: where its value is, how long it claims to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Item {
    at: u64,
    length: u64,
}

impl Item {
    fn next(self) -> u64 {
        self.at + self.length
    }
}

impl Encapsulated<'_> {
    /// Reads the bytes of a frame, counted from 0.
    pub fn frame(&self, source: &mut (impl Read + Seek), frame: u32) -> Result<FrameBytes, ReadError> {
        let Some(table) = self.item(source, self.start)? else {
            return Err(ReadError::PixelsCutShort { needed: 8, found: 0 });
        };
        if table.next() > self.end {
            return Err(ReadError::PixelsCutShort { needed: table.length, found: self.end - table.at });
        }
        let first = table.next();
        if self.frames > 1
            && let Some(items) = self.by_table(source, table, first, frame)?
        {
            return self.read(source, &items);
        }
        let items = match self.walked.items.get() {
            Some(items) => items,
            None => {
                let items = self.items(source, first)?;
                self.walked.items.get_or_init(|| items)
            }
        };
        if items.is_empty() {
            return Err(ReadError::PixelsCutShort { needed: 8, found: 0 });
        }
        let n = frame as usize;
        let items = if self.frames == 1 {
            items.as_slice()
        } else if items.len() == self.frames as usize {
            items.get(n..=n).unwrap_or_default()
        } else {
            let starts = match self.walked.starts.get() {
                Some(starts) => starts,
                None => {
                    let starts = self.starts(source, items)?;
                    self.walked.starts.get_or_init(|| starts)
                }
            };
            let from = if starts.len() == self.frames as usize { starts.get(n).copied() } else { None };
            let to = starts.get(n + 1).copied().unwrap_or(items.len());
            from.and_then(|from| items.get(from..to)).unwrap_or_default()
        };
        if items.is_empty() {
            return Err(ReadError::Contradiction {
                what: format!("it holds no compressed data for frame {}", frame + 1),
            });
        }
        self.read(source, items)
    }

    /// How many compressed bytes of an object of one frame are there, and how many it claims, where it ends early.
    pub fn cut_short(&self, source: &mut (impl Read + Seek)) -> Option<(u64, u64)> {
        let table = self.item(source, self.start).ok()??;
        let items = self.items(source, table.next()).ok()?;
        let claimed: u64 = items.iter().map(|item| item.length).sum();
        let there = items.iter().map(|item| item.length.min(self.end.saturating_sub(item.at))).sum();
        (there < claimed).then_some((there, claimed))
    }

    /// The items of a frame by an offset table, when it leads from item to item up to the next frame.
    fn by_table(
        &self,
        source: &mut (impl Read + Seek),
        table: Item,
        first: u64,
        frame: u32,
    ) -> Result<Option<Vec<Item>>, ReadError> {
        let (width, from_header) = if self.extended.is_empty() { (4, None) } else { (8, Some(self.extended)) };
        let whole = u64::from(self.frames) * width;
        if from_header.map_or(table.length, |bytes| bytes.len() as u64) < whole {
            return Ok(None);
        }
        let mut entry = |n: u32| -> Result<Option<u64>, ReadError> {
            if n == self.frames {
                return Ok(None);
            }
            let at = u64::from(n) * width;
            let mut bytes = [0u8; 8];
            let bytes = match from_header {
                Some(table) => {
                    let at = at as usize;
                    table.get(at..at + 8).and_then(|eight| <[u8; 8]>::try_from(eight).ok()).unwrap_or_default()
                }
                None => {
                    source.seek(SeekFrom::Start(table.at + at))?;
                    let (four, _) = bytes.split_at_mut(4);
                    source.read_exact(four)?;
                    bytes
                }
            };
            Ok(first.checked_add(u64::from_le_bytes(bytes)))
        };
        let (Some(from), to) = (entry(frame)?, entry(frame + 1)?) else { return Ok(None) };
        if (frame == 0) != (from == first) || to.is_some_and(|to| to <= from) {
            return Ok(None);
        }
        let (mut at, mut items) = (from, Vec::new());
        while Some(at) != to && at < self.end && items.len() < MOST {
            match self.item(source, at) {
                Ok(Some(item)) => {
                    at = item.next();
                    items.push(item);
                }
                Ok(None) if to.is_none() => break,
                _ => return Ok(None),
            }
        }
        Ok(Some(items).filter(|items| !items.is_empty() && to.is_none_or(|to| at == to)))
    }

    /// All items from `at` on.
    fn items(&self, source: &mut (impl Read + Seek), mut at: u64) -> Result<Vec<Item>, ReadError> {
        let mut items = Vec::new();
        while let Some(item) = self.item(source, at)? {
            if items.len() >= MOST {
                return Err(ReadError::Contradiction { what: "it has too many fragments".into() });
            }
            items.push(item);
            at = item.next();
        }
        Ok(items)
    }

    /// The item at a place; `None` at the delimiter, which many files lack, and at the end.
    fn item(&self, source: &mut (impl Read + Seek), at: u64) -> Result<Option<Item>, ReadError> {
        if self.end.saturating_sub(at) < 8 {
            return Ok(None);
        }
        let mut head = [0u8; 8];
        source.seek(SeekFrom::Start(at))?;
        source.read_exact(&mut head)?;
        let [t0, t1, t2, t3, length @ ..] = head;
        match [t0, t1, t2, t3] {
            [0xFE, 0xFF, 0x00, 0xE0] => Ok(Some(Item { at: at + 8, length: u64::from(u32::from_le_bytes(length)) })),
            [0xFE, 0xFF, 0xDD, 0xE0] => Ok(None),
            _ => Err(ReadError::Contradiction { what: "its compressed pixels are not in fragments".into() }),
        }
    }

    /// Which items begin like a code stream (JPEG, JPEG 2000, JPEG XL).
    fn starts(&self, source: &mut (impl Read + Seek), items: &[Item]) -> Result<Vec<usize>, ReadError> {
        let mut starts = Vec::new();
        for (n, item) in items.iter().enumerate() {
            let mut head = [0u8; 12];
            let length = item.length.min(12).min(self.end.saturating_sub(item.at));
            source.seek(SeekFrom::Start(item.at))?;
            source.read_exact(head.get_mut(..length as usize).unwrap_or_default())?;
            if matches!(
                head,
                [0xFF, 0xD8, 0xFF, ..]
                    | [0xFF, 0x4F, 0xFF, 0x51, ..]
                    | [0xFF, 0x0A, ..]
                    | [0, 0, 0, 12, b'j' | b'J', ..]
            ) {
                starts.push(n);
            }
        }
        Ok(starts)
    }

    fn read(&self, source: &mut (impl Read + Seek), items: &[Item]) -> Result<FrameBytes, ReadError> {
        let there = |item: &Item| item.length.min(self.end.saturating_sub(item.at));
        // What is there at most is the file.
        let total: u64 = items.iter().map(there).sum();
        let mut frame =
            FrameBytes { bytes: Vec::with_capacity(usize::try_from(total).unwrap_or_default()), missing: 0 };
        for item in items {
            source.seek(SeekFrom::Start(item.at))?;
            source.by_ref().take(there(item)).read_to_end(&mut frame.bytes)?;
            frame.missing += item.length - there(item);
        }
        Ok(frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    const END: [u8; 8] = [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0];

    fn item(bytes: &[u8]) -> Vec<u8> {
        [&[0xFE, 0xFF, 0x00, 0xE0], (bytes.len() as u32).to_le_bytes().as_slice(), bytes].concat()
    }

    fn table(offsets: &[u32]) -> Vec<u8> {
        item(&offsets.iter().flat_map(|o| o.to_le_bytes()).collect::<Vec<u8>>())
    }

    fn frame(all: &[u8], extended: &[u64], frame: u32, frames: u32) -> Result<FrameBytes, ReadError> {
        let extended: Vec<u8> = extended.iter().flat_map(|o| o.to_le_bytes()).collect();
        let walked = Walked::default();
        let place = Encapsulated { start: 0, end: all.len() as u64, frames, extended: &extended, walked: &walked };
        let first = place.frame(&mut Cursor::new(all), frame);
        // Again, by what was found the first time.
        let again = place.frame(&mut Cursor::new(all), frame);
        assert_eq!(first.as_ref().ok(), again.as_ref().ok());
        first
    }

    fn bytes(all: &[u8], extended: &[u64], n: u32, frames: u32) -> Vec<u8> {
        let frame = frame(all, extended, n, frames).unwrap();
        assert_eq!(frame.missing, 0);
        frame.bytes
    }

    #[test]
    fn frames_by_the_offset_table() {
        // Frame 0 in two fragments (items at 0 and 10), frame 1 at 22.
        let all = [table(&[0, 22]), item(b"ab"), item(b"cdef"), item(b"gh"), END.to_vec()].concat();
        assert_eq!(bytes(&all, &[], 0, 2), b"abcdef");
        assert_eq!(bytes(&all, &[], 1, 2), b"gh");
        assert!(frame(&all, &[], 2, 2).is_err());
    }

    #[test]
    fn frames_by_the_extended_table() {
        let all = [item(b""), item(b"ab"), item(b"cdef"), item(b"gh"), END.to_vec()].concat();
        assert_eq!(bytes(&all, &[0, 22], 0, 2), b"abcdef");
        assert_eq!(bytes(&all, &[0, 22], 1, 2), b"gh");
    }

    #[test]
    fn a_wrong_table_is_passed_over() {
        let streams = [b"\xFF\xD8\xFFa".as_slice(), b"bc", b"\xFF\xD8\xFFd", b"ef"];
        for wrong in [table(&[0, 20]), table(&[7, 22]), table(&[0, 0]), table(&[0, u32::MAX]), table(&[])] {
            // One fragment for each frame.
            let all = [wrong.clone(), item(b"abcd"), item(b"ef"), END.to_vec()].concat();
            assert_eq!(bytes(&all, &[], 0, 2), b"abcd", "{wrong:?}");
            assert_eq!(bytes(&all, &[], 1, 2), b"ef", "{wrong:?}");
            // Two, told apart by how they begin.
            let all = [wrong, streams.map(item).concat(), END.to_vec()].concat();
            assert_eq!(bytes(&all, &[], 0, 2), b"\xFF\xD8\xFFabc");
            assert_eq!(bytes(&all, &[], 1, 2), b"\xFF\xD8\xFFdef");
        }
        let all = [table(&[]), item(b"ab"), item(b"cd"), item(b"ef"), END.to_vec()].concat();
        assert!(frame(&all, &[], 0, 2).is_err());
    }

    #[test]
    fn what_a_delimiter_looks_like_may_stand_in_a_fragment() {
        let all = [item(b""), item(&[&END[..], &[1, 2]].concat()), END.to_vec()].concat();
        assert_eq!(bytes(&all, &[], 0, 1).len(), 10);
    }

    #[test]
    fn a_claim_beyond_the_file_gives_what_is_there() {
        let mut all = [item(b""), item(b"abcd")].concat();
        assert_eq!(bytes(&all, &[], 0, 1), b"abcd");
        let at = all.len() - 8;
        all[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        let cut = frame(&all, &[], 0, 1).unwrap();
        assert_eq!((cut.bytes.as_slice(), cut.missing), (b"abcd".as_slice(), u64::from(u32::MAX) - 4));
        assert!(matches!(frame(&all[..8], &[], 0, 1), Err(ReadError::PixelsCutShort { .. })));
        let cut_short = |all: &[u8]| {
            let walked = Walked::default();
            let place = Encapsulated { start: 0, end: all.len() as u64, frames: 1, extended: &[], walked: &walked };
            place.cut_short(&mut Cursor::new(all))
        };
        assert_eq!(cut_short(&all), Some((4, u64::from(u32::MAX))));
        let whole = [item(b""), item(b"abcd"), item(b"ef"), END.to_vec()].concat();
        assert_eq!(cut_short(&whole), None);
        assert_eq!(cut_short(&whole[..whole.len() - 8]), None, "a delimiter that is missing takes nothing away");
        assert_eq!(cut_short(&whole[..whole.len() - 9]), Some((5, 6)));
    }
}
