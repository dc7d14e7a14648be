//! The marker segments of JPEG and JPEG-LS (ISO/IEC 10918-1 annex B, ISO/IEC 14495-1 annex C).

use super::huffman::Huffman;
use super::{Refused, refused};

/// One component as the frame header describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Component {
    pub id: u8,
    /// Horizontal and vertical sampling factors.
    pub sampling: (u8, u8),
    pub quantization: u8,
}

/// What a frame header says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Frame {
    /// The marker: 0xC0 baseline, 0xC1 extended, 0xC3 lossless, 0xF7 JPEG-LS and so on.
    pub process: u8,
    pub precision: u8,
    pub rows: u16,
    pub columns: u16,
    pub components: Vec<Component>,
}

/// What a scan header says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Scan {
    /// For each component its place in the frame, and the number of its table (DC, AC; or mapping).
    pub components: Vec<(usize, u8)>,
    /// First spectral coefficient; predictor of lossless JPEG; NEAR of JPEG-LS.
    pub first: u8,
    /// Last spectral coefficient; interleave mode of JPEG-LS.
    pub last: u8,
    /// Point transform.
    pub shift: u8,
}

/// Limits that a JPEG-LS stream may set itself (C.2.4.1.1); zero stands for the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Preset {
    pub maximum: u16,
    pub t1: u16,
    pub t2: u16,
    pub t3: u16,
    pub reset: u16,
}

/// A stream read marker by marker, with the tables in force.
#[derive(Debug)]
pub(super) struct Markers<'a> {
    rest: &'a [u8],
    pub frame: Option<Frame>,
    /// Tables for DC or lossless, then for AC.
    pub huffman: [[Option<Huffman>; 4]; 2],
    pub quantization: [Option<[u16; 64]>; 4],
    pub restart_interval: u32,
    pub preset: Preset,
    /// JFIF was said.
    pub jfif: bool,
    /// The colour transform that Adobe's segment names.
    pub adobe: Option<u8>,
    /// HP's colour transform in JPEG-LS.
    pub hp_colours: u8,
    keep_tables: bool,
    /// How many Huffman tables came.
    huffman_count: u32,
}

/// Most Huffman tables of one stream. Four of each kind can be in force, and each scan may bring its own; a stream
/// of nothing else takes an hour to read.
const MOST_TABLES: u32 = 256;

/// Where reading stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop<'a> {
    /// A scan begins; its bits follow, up to the end of the stream.
    Scan(Scan, &'a [u8]),
    /// The end of the image.
    End,
}

impl<'a> Markers<'a> {
    /// A stream that begins with "start of image". Tables are built only when asked for.
    pub fn new(bytes: &'a [u8], keep_tables: bool) -> Result<Self, Refused> {
        let Some(rest) = bytes.strip_prefix(&[0xFF, 0xD8]) else { return refused("it is not a JPEG image") };
        Ok(Self {
            rest,
            frame: None,
            huffman: Default::default(),
            quantization: Default::default(),
            restart_interval: 0,
            preset: Preset::default(),
            jfif: false,
            adobe: None,
            hp_colours: 0,
            keep_tables,
            huffman_count: 0,
        })
    }

    /// The frame header, when it has come.
    pub fn frame(&self) -> Result<&Frame, Refused> {
        self.frame.as_ref().ok_or(Refused("it has no frame header".into()))
    }

    /// Goes on to the next scan. Entropy-coded bytes before it are passed over.
    pub fn next_scan(&mut self) -> Result<Stop<'a>, Refused> {
        loop {
            let Some(at) = self.rest.windows(2).position(|pair| match pair {
                [0xFF, marker] => *marker >= 0xC0 && *marker != 0xFF,
                _ => false,
            }) else {
                return Ok(Stop::End);
            };
            let marker = self.rest.get(at + 1).copied().unwrap_or_default();
            let after = self.rest.get(at + 2..).unwrap_or_default();
            if marker == 0xD9 {
                return Ok(Stop::End);
            }
            if matches!(marker, 0xD0..=0xD8) {
                self.rest = after; // stands alone
                continue;
            }
            let length = match after {
                [high, low, ..] => usize::from(u16::from_be_bytes([*high, *low])),
                _ => return refused("its markers are cut short"),
            };
            let (Some(body), Some(rest)) = (after.get(2..length), after.get(length..)) else {
                return refused("its markers are cut short");
            };
            self.rest = rest;
            match marker {
                0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF | 0xF7 => self.start_of_frame(marker, body)?,
                0xC4 if self.keep_tables => self.huffman_tables(body)?,
                0xDB if self.keep_tables => self.quantization_tables(body)?,
                0xDD => {
                    self.restart_interval = match *body {
                        [.., _, _, _, _, _] | [] => return refused("its restart interval is broken"),
                        ref bytes => bytes.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)),
                    };
                }
                0xE0 => self.jfif |= body.starts_with(b"JFIF\0"),
                0xE8 => self.hp_colours = body.strip_prefix(b"mrfx").and_then(|b| b.first()).copied().unwrap_or(0),
                0xEE => {
                    self.adobe = self.adobe.or(body.strip_prefix(b"Adobe").and_then(|b| b.get(6)).copied());
                }
                0xF8 => self.presets(body)?,
                0xDA => return Ok(Stop::Scan(self.scan(body)?, self.rest)),
                _ => {}
            }
        }
    }

    fn start_of_frame(&mut self, process: u8, body: &[u8]) -> Result<(), Refused> {
        let [precision, h0, h1, w0, w1, count, components @ ..] = body else {
            return refused("its frame header is cut short");
        };
        if self.frame.is_some() {
            return refused("it has two frame headers");
        }
        let components = components.chunks_exact(3).filter_map(|three| <[u8; 3]>::try_from(three).ok());
        let components: Vec<Component> = components
            .map(|[id, sampling, quantization]| Component {
                id,
                sampling: (sampling >> 4, sampling & 15),
                quantization,
            })
            .collect();
        if components.is_empty() || components.len() != usize::from(*count) {
            return refused("its frame header is broken");
        }
        self.frame = Some(Frame {
            process,
            precision: *precision,
            rows: u16::from_be_bytes([*h0, *h1]),
            columns: u16::from_be_bytes([*w0, *w1]),
            components,
        });
        Ok(())
    }

    fn huffman_tables(&mut self, mut body: &[u8]) -> Result<(), Refused> {
        let broken = || Refused("a Huffman table is broken".into());
        while let [kind, after @ ..] = body {
            let (counts, after) = after.split_first_chunk::<16>().ok_or_else(broken)?;
            let count: usize = counts.iter().map(|n| usize::from(*n)).sum();
            let (values, after) = after.split_at_checked(count).ok_or_else(broken)?;
            self.huffman_count += 1;
            if self.huffman_count > MOST_TABLES {
                return refused("it has more Huffman tables than any writer makes");
            }
            let table = Huffman::new(counts, values).ok_or_else(broken)?;
            let place = self.huffman.get_mut(usize::from(kind >> 4)).and_then(|c| c.get_mut(usize::from(kind & 15)));
            *place.ok_or_else(broken)? = Some(table);
            body = after;
        }
        Ok(())
    }

    fn quantization_tables(&mut self, mut body: &[u8]) -> Result<(), Refused> {
        let broken = || Refused("a quantization table is broken".into());
        while let [kind, after @ ..] = body {
            let wide = kind >> 4 == 1;
            let (values, after) = after.split_at_checked(if wide { 128 } else { 64 }).ok_or_else(broken)?;
            let mut table = [0u16; 64];
            for (n, to) in table.iter_mut().enumerate() {
                let byte = |n: usize| u16::from(values.get(n).copied().unwrap_or_default());
                *to = if wide { byte(2 * n) << 8 | byte(2 * n + 1) } else { byte(n) };
            }
            *self.quantization.get_mut(usize::from(kind & 15)).ok_or_else(broken)? = Some(table);
            body = after;
        }
        Ok(())
    }

    fn presets(&mut self, body: &[u8]) -> Result<(), Refused> {
        match body {
            [1, rest @ ..] => {
                let mut words =
                    rest.chunks_exact(2).map(|two| u16::from_be_bytes(<[u8; 2]>::try_from(two).unwrap_or_default()));
                let mut next = || words.next().ok_or(Refused("its JPEG-LS limits are cut short".into()));
                self.preset = Preset { maximum: next()?, t1: next()?, t2: next()?, t3: next()?, reset: next()? };
                Ok(())
            }
            [2 | 3, ..] => refused("its values pass through a table of JPEG-LS, which is not read"),
            _ => refused("it uses an extension of JPEG-LS that is not read"),
        }
    }

    fn scan(&self, body: &[u8]) -> Result<Scan, Refused> {
        let broken = || Refused("a scan header is broken".into());
        let frame = self.frame()?;
        let (count, rest) = body.split_first().ok_or_else(broken)?;
        let count = usize::from(*count);
        let (components, rest) = rest.split_at_checked(2 * count).ok_or_else(broken)?;
        let [first, last, shift] = *rest else { return Err(broken()) };
        let components = components.chunks_exact(2).map(|two| match *two {
            [id, tables] => Some((frame.components.iter().position(|component| component.id == id)?, tables)),
            _ => None,
        });
        let components: Vec<_> = components.collect::<Option<_>>().ok_or_else(broken)?;
        let twice =
            components.iter().enumerate().any(|(n, (place, _))| components.iter().take(n).any(|(p, _)| p == place));
        if components.is_empty() || twice {
            return Err(broken());
        }
        Ok(Scan { components, first, last, shift: shift & 15 })
    }
}
