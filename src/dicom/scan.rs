//! The scanner: walks the raw elements of a file and keeps the few values that are asked for.
//!
//! It is the only code that sees a header, so that nothing can differ between what was checked and what is
//! read. It takes memory only for values it keeps and only as their bytes arrive, checks every length
//! against what is left, keeps its own stack of open sequences (no recursion), and stops at the pixels.

use super::error::ReadError;
use super::limits::Limits;
use super::syntax::{BIG_ENDIAN, EXPLICIT, IMPLICIT, Layout, Syntax, has_long_length};
use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::StandardDataDictionary;
use dicom_dictionary_std::tags;
use flate2::bufread::DeflateDecoder;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

/// A length field that says "until the delimiter".
const UNDEFINED: u32 = u32::MAX;
/// What structures sequences (PS3.5 7.5).
const ITEM: Tag = Tag(0xFFFE, 0xE000);
const ITEM_DELIMITATION: Tag = Tag(0xFFFE, 0xE00D);
const SEQUENCE_DELIMITATION: Tag = Tag(0xFFFE, 0xE0DD);
/// Longer values than this are never needed from a header.
const LONGEST_VALUE: u64 = 1 << 16;

/// A value that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    /// Its kind, as written or by the dictionary.
    pub vr: VR,
    /// Its bytes, as written.
    pub bytes: Box<[u8]>,
}

/// Where the pixels are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PixelsAt {
    /// First byte of the value, counted in the file, or in the unfolded data set of a deflated file.
    pub offset: u64,
    /// Length in bytes; `None` when the pixels are in fragments.
    pub length: Option<u64>,
    /// Whether they are whole numbers (Pixel Data), not floating point ones.
    pub whole_numbers: bool,
    /// Written as 16-bit words (OW): in big endian, two bytes of 8-bit pixels change places.
    pub words: bool,
}

/// What a scan found.
#[derive(Debug)]
pub(super) struct Scanned {
    /// How the file is written.
    pub syntax: Syntax,
    /// The values asked for that were there, from the top level of the data set and the file meta group.
    pub values: BTreeMap<Tag, Value>,
    /// The pixels, if any.
    pub pixels: Option<PixelsAt>,
    /// First byte of the data set in the file.
    pub data_set_at: u64,
}

/// Scans a file of `size` bytes, at whose first byte `source` stands, up to its pixels. `wanted` is sorted.
pub(super) fn scan<R: Read + Seek>(
    source: &mut BufReader<R>,
    size: u64,
    wanted: &[Tag],
    limits: &Limits,
) -> Result<Scanned, ReadError> {
    if size == 0 {
        return Err(ReadError::Empty);
    }
    if size > limits.file_bytes {
        return Err(ReadError::FileTooLarge { bytes: size, most: limits.file_bytes });
    }
    let start = start_of_elements(source, size)?;
    let marked = start > 0;
    match scan_from(source, start, size, wanted, limits) {
        // Without the mark of DICOM, a broken structure only says that this is something else.
        Err(
            ReadError::CutShort { .. }
            | ReadError::Length { .. }
            | ReadError::Structure { .. }
            | ReadError::TooManyElements { .. },
        ) if !marked && !first_is_typical(source)? => Err(ReadError::NotDicom),
        Ok(scanned) if !marked && scanned.values.is_empty() => Err(ReadError::NotDicom),
        other => other,
    }
}

/// Whether a file without preamble starts like a data set: an explicit element of group 0002 or 0008.
fn first_is_typical<R: Read + Seek>(source: &mut BufReader<R>) -> Result<bool, ReadError> {
    let mut first = [0u8; 6];
    source.seek(SeekFrom::Start(0))?;
    let there = source.read_exact(&mut first).is_ok();
    let [a, b, _, _, vr0, vr1] = first;
    Ok(there && matches!((a, b), (2 | 8, 0) | (0, 2 | 8)) && VR::from_binary([vr0, vr1]).is_some())
}

fn scan_from<R: Read + Seek>(
    source: &mut BufReader<R>,
    start: u64,
    size: u64,
    wanted: &[Tag],
    limits: &Limits,
) -> Result<Scanned, ReadError> {
    let mut values = BTreeMap::new();
    let (stated, data_set_at) = meta_group(source, start, size, wanted, &mut values)?;
    let syntax = match stated {
        Some(syntax) if syntax.layout.deflated => syntax,
        stated => actual_syntax(source, stated, data_set_at, start > 0)?,
    };
    let keep = Keep { wanted, values };
    let (values, pixels) = if syntax.layout.deflated {
        let most = limits.unfolded(size.saturating_sub(data_set_at));
        let input = Input { source: Inflated(DeflateDecoder::new(source)), at: 0, end: most, open_end: true };
        Walk::new(input, syntax.layout, limits, keep).run()?
    } else {
        let input = Input { source: Plain(source), at: data_set_at, end: size, open_end: false };
        Walk::new(input, syntax.layout, limits, keep).run()?
    };
    Ok(Scanned { syntax, values, pixels, data_set_at })
}

/// Skips the preamble and "DICM" when they are there.
fn start_of_elements<R: Read + Seek>(source: &mut BufReader<R>, size: u64) -> Result<u64, ReadError> {
    let mut head = [0u8; 132];
    if size >= 132 {
        source.read_exact(&mut head)?;
        if head.ends_with(b"DICM") {
            return Ok(132);
        }
        source.seek_relative(-132)?;
    }
    Ok(0)
}

/// Reads the file meta group (0002), always explicit little endian. Gives the stated syntax and where the
/// data set starts. Its stated length is trusted only where a deflated stream follows.
fn meta_group<R: Read + Seek>(
    source: &mut BufReader<R>,
    start: u64,
    size: u64,
    wanted: &[Tag],
    values: &mut BTreeMap<Tag, Value>,
) -> Result<(Option<Syntax>, u64), ReadError> {
    let layout = Layout { explicit: true, big_endian: false, deflated: false };
    let mut input = Input { source: Plain(source), at: start, end: size, open_end: false };
    let mut uid = None;
    let mut group_end = None;
    let mut elements = 0;
    loop {
        let at = input.at;
        let deflated = |uid: &Option<String>| uid.as_deref().is_some_and(|u| Syntax::from_uid(u).layout.deflated);
        if input.left() < 8 || (group_end.is_some_and(|end| at >= end) && deflated(&uid)) {
            return Ok((uid.as_deref().map(Syntax::from_uid), at));
        }
        let header = input.header(layout)?;
        if header.tag.group() != 0x0002 {
            input.source.0.seek_relative(-i64::try_from(input.at - at).unwrap_or_default())?;
            return Ok((uid.as_deref().map(Syntax::from_uid), at));
        }
        elements += 1;
        if elements > 1_000 {
            return Err(ReadError::TooManyElements { most: 1_000 });
        }
        let length = input.checked(header, at, size)?;
        if length > LONGEST_VALUE {
            input.skip(length)?;
            continue;
        }
        let bytes = input.bytes(length)?;
        match header.tag {
            tags::TRANSFER_SYNTAX_UID => uid = Some(uid_text(&bytes)).filter(|uid| !uid.is_empty()),
            tags::FILE_META_INFORMATION_GROUP_LENGTH => {
                let length = <[u8; 4]>::try_from(&*bytes).map(u32::from_le_bytes).ok();
                group_end = length.map(|length| input.at + u64::from(length));
            }
            tag if wanted.binary_search(&tag).is_ok() => {
                values.insert(tag, Value { vr: header.vr, bytes });
            }
            _ => {}
        }
    }
}

/// A UID without its padding.
pub(super) fn uid_text(bytes: &[u8]) -> String {
    bytes.iter().filter(|b| b.is_ascii_graphic()).map(|b| char::from(*b)).collect()
}

/// The syntax that the data set is really in: files without a meta group, and files whose first element is
/// plainly not what the meta group says.
fn actual_syntax<R: Read + Seek>(
    source: &mut BufReader<R>,
    stated: Option<Syntax>,
    at: u64,
    marked: bool,
) -> Result<Syntax, ReadError> {
    let mut first = [0u8; 6];
    let there = source.read_exact(&mut first).is_ok();
    if there {
        source.seek_relative(-6)?;
    } else {
        source.seek(SeekFrom::Start(at))?;
    }
    let [a, b, _, _, vr0, vr1] = first;
    let explicit = VR::from_binary([vr0, vr1]).is_some();
    if let Some(stated) = stated {
        // A wrong word in the meta group about how kinds are written is common enough to be mended.
        return Ok(match (stated.uid.as_str(), there && explicit) {
            (IMPLICIT, true) => Syntax::from_uid(EXPLICIT),
            (EXPLICIT, false) if there => Syntax::from_uid(IMPLICIT),
            _ => stated,
        });
    }
    // Without a stated syntax the first element must be of one of the groups that a data set starts with.
    let little = matches!((a, b), (0x02..=0x10, 0)) && a % 2 == 0;
    let big = matches!((a, b), (0, 0x02..=0x10)) && b % 2 == 0;
    match (there, little, big, explicit) {
        (true, true, _, true) => Ok(Syntax::from_uid(EXPLICIT)),
        (true, true, _, false) => Ok(Syntax::from_uid(IMPLICIT)),
        (true, _, true, true) => Ok(Syntax::from_uid(BIG_ENDIAN)),
        // Marked as DICOM, and nothing said: the default of the standard (PS3.5 10.1).
        _ if marked => Ok(Syntax::from_uid(if explicit { EXPLICIT } else { IMPLICIT })),
        _ => Err(ReadError::NotDicom),
    }
}

/// Bytes that can be read and passed over.
trait Source: Read {
    fn pass_over(&mut self, count: u64) -> std::io::Result<()>;
}

struct Plain<'a, R>(&'a mut BufReader<R>);

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

struct Inflated<R>(DeflateDecoder<R>);

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
struct Input<S> {
    source: S,
    at: u64,
    /// Where it ends; a budget when `open_end`.
    end: u64,
    /// Whether the true end is unknown (deflated).
    open_end: bool,
}

/// The start of an element.
#[derive(Debug, Clone, Copy)]
struct Header {
    tag: Tag,
    vr: VR,
    length: u32,
}

impl<S: Source> Input<S> {
    fn left(&self) -> u64 {
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
    fn bytes(&mut self, length: u64) -> Result<Box<[u8]>, ReadError> {
        let mut bytes = Vec::new();
        self.source.by_ref().take(length).read_to_end(&mut bytes).map_err(|error| self.short(error))?;
        if bytes.len() as u64 != length {
            return Err(ReadError::CutShort { at: self.at + bytes.len() as u64 });
        }
        self.at += length;
        Ok(bytes.into())
    }

    fn skip(&mut self, count: u64) -> Result<(), ReadError> {
        self.source.pass_over(count).map_err(|error| self.short(error))?;
        self.at += count;
        Ok(())
    }

    /// The length of a value that has one, checked against what is left.
    fn checked(&self, header: Header, at: u64, end: u64) -> Result<u64, ReadError> {
        let claimed = u64::from(header.length);
        let left = end.min(self.end).saturating_sub(self.at);
        if claimed <= left {
            Ok(claimed)
        } else if self.open_end && end >= self.end {
            Err(ReadError::Inflates { most: self.end })
        } else {
            Err(ReadError::Length { tag: header.tag, at, claimed, left })
        }
    }

    fn header(&mut self, layout: Layout) -> Result<Header, ReadError> {
        let u16_of = |b: [u8; 2]| if layout.big_endian { u16::from_be_bytes(b) } else { u16::from_le_bytes(b) };
        let u32_of = |b: [u8; 4]| if layout.big_endian { u32::from_be_bytes(b) } else { u32::from_le_bytes(b) };
        let [a, b, c, d, rest @ ..] = self.array::<8>()?;
        let tag = Tag(u16_of([a, b]), u16_of([c, d]));
        // Items and delimiters have no kind; a writer that forgets the kind of one element is understood.
        let [v0, v1, l0, l1] = rest;
        let vr = if layout.explicit && tag.group() != 0xFFFE { VR::from_binary([v0, v1]) } else { None };
        let letters = layout.explicit && v0.is_ascii_uppercase() && v1.is_ascii_uppercase();
        match vr {
            Some(vr) if has_long_length(vr) => Ok(Header { tag, vr, length: u32_of(self.array()?) }),
            Some(vr) => Ok(Header { tag, vr, length: u32::from(u16_of([l0, l1])) }),
            None if letters && tag.group() != 0xFFFE => {
                Ok(Header { tag, vr: VR::UN, length: u32::from(u16_of([l0, l1])) })
            }
            None => Ok(Header { tag, vr: dictionary_vr(tag), length: u32_of(rest) }),
        }
    }
}

fn dictionary_vr(tag: Tag) -> VR {
    StandardDataDictionary.by_tag(tag).map_or(VR::UN, |entry| entry.vr().relaxed())
}

struct Keep<'a> {
    wanted: &'a [Tag],
    values: BTreeMap<Tag, Value>,
}

/// What is open around the current element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sequence,
    Item,
    Fragments,
}

#[derive(Debug, Clone, Copy)]
struct Level {
    kind: Kind,
    /// Where it ends; `None` until its delimiter.
    end: Option<u64>,
    /// Whether elements inside state their kind.
    explicit: bool,
}

struct Walk<'a, S> {
    input: Input<S>,
    layout: Layout,
    limits: &'a Limits,
    keep: Keep<'a>,
    open: Vec<Level>,
    sequences: usize,
}

type Found = (BTreeMap<Tag, Value>, Option<PixelsAt>);

impl<'a, S: Source> Walk<'a, S> {
    fn new(input: Input<S>, layout: Layout, limits: &'a Limits, keep: Keep<'a>) -> Self {
        Self { input, layout, limits, keep, open: Vec::new(), sequences: 0 }
    }

    fn run(mut self) -> Result<Found, ReadError> {
        let mut elements = 0u64;
        loop {
            self.close_ended();
            // Up to seven stray bytes after a data set are no fault.
            if self.open.is_empty() && self.input.left() < 8 {
                return Ok((self.keep.values, None));
            }
            elements += 1;
            if elements > self.limits.elements {
                return Err(ReadError::TooManyElements { most: self.limits.elements });
            }
            match self.element() {
                Ok(Some(pixels)) => return Ok((self.keep.values, Some(pixels))),
                Ok(None) => {}
                Err(error) => self.recover(error)?,
            }
        }
    }

    fn close_ended(&mut self) {
        while let Some(level) = self.open.last() {
            if level.end != Some(self.input.at) {
                return;
            }
            self.close();
        }
    }

    fn close(&mut self) {
        if self.open.pop().is_some_and(|level| level.kind != Kind::Item) {
            self.sequences -= 1;
        }
    }

    fn push(&mut self, kind: Kind, end: Option<u64>, explicit: bool) -> Result<(), ReadError> {
        if kind != Kind::Item {
            self.sequences += 1;
            if self.sequences > self.limits.depth {
                return Err(ReadError::TooDeep { most: self.limits.depth });
            }
        }
        self.open.push(Level { kind, end, explicit });
        Ok(())
    }

    /// A fault inside a sequence of known length costs that sequence only.
    fn recover(&mut self, error: ReadError) -> Result<(), ReadError> {
        let inside = matches!(error, ReadError::Length { .. } | ReadError::Structure { .. });
        let outer = self.open.iter().position(|level| level.end.is_some());
        let (true, Some(outer)) = (inside, outer) else { return Err(error) };
        let end = self.open.get(outer).and_then(|level| level.end).unwrap_or_default();
        if end < self.input.at || end > self.input.end {
            return Err(error);
        }
        self.input.skip(end - self.input.at)?;
        while self.open.len() > outer {
            self.close();
        }
        Ok(())
    }

    /// Where what is open around the current place must end.
    fn bound(&self) -> u64 {
        self.open.iter().filter_map(|level| level.end).min().unwrap_or(self.input.end)
    }

    fn element(&mut self) -> Result<Option<PixelsAt>, ReadError> {
        let at = self.input.at;
        let bound = self.bound();
        let inside = self.open.last().copied();
        let layout = Layout { explicit: inside.map_or(self.layout.explicit, |level| level.explicit), ..self.layout };
        if bound.saturating_sub(at) < 8 {
            return Err(ReadError::Structure { at, what: "a sequence ends in the middle of an element" });
        }
        let header = match self.input.header(layout) {
            // The end of a deflated data set shows only by reading.
            Err(ReadError::CutShort { .. }) if self.input.open_end && inside.is_none() => {
                self.input.end = at;
                return Ok(None);
            }
            other => other?,
        };
        if self.input.at > bound {
            return Err(ReadError::Structure { at, what: "a sequence ends in the middle of an element" });
        }
        match (header.tag, inside.map(|level| level.kind)) {
            (ITEM_DELIMITATION, Some(Kind::Item)) | (SEQUENCE_DELIMITATION, Some(Kind::Sequence | Kind::Fragments)) => {
                // A delimiter closes what is open, also where a length was given.
                self.close();
                Ok(None)
            }
            (ITEM, Some(Kind::Sequence)) => {
                let end = if header.length == UNDEFINED {
                    None
                } else {
                    Some(self.input.at + self.input.checked(header, at, bound)?)
                };
                self.push(Kind::Item, end, layout.explicit)?;
                Ok(None)
            }
            (ITEM, Some(Kind::Fragments)) => {
                let length = self.input.checked(header, at, bound)?;
                self.input.skip(length)?;
                Ok(None)
            }
            // Left over after a sequence that gave its length and delimits it all the same.
            (ITEM_DELIMITATION | SEQUENCE_DELIMITATION, None | Some(Kind::Item)) if header.length == 0 => Ok(None),
            (_, Some(Kind::Sequence | Kind::Fragments)) => {
                Err(ReadError::Structure { at, what: "something other than an item stands in a sequence" })
            }
            (tag, _) if tag.group() == 0xFFFE => {
                Err(ReadError::Structure { at, what: "an item stands outside a sequence" })
            }
            (tag, None) if is_pixels(tag) => self.pixels(header),
            _ => self.ordinary(header, at, bound, layout.explicit).map(|()| None),
        }
    }

    /// The pixels end the scan; whether they are all there is asked when the image is understood.
    fn pixels(&self, header: Header) -> Result<Option<PixelsAt>, ReadError> {
        Ok(Some(PixelsAt {
            offset: self.input.at,
            length: (header.length != UNDEFINED).then_some(u64::from(header.length)),
            whole_numbers: header.tag == tags::PIXEL_DATA,
            words: header.vr == VR::OW,
        }))
    }

    fn ordinary(&mut self, header: Header, at: u64, bound: u64, explicit: bool) -> Result<(), ReadError> {
        let wanted = self.open.is_empty() && self.keep.wanted.binary_search(&header.tag).is_ok();
        if header.length == UNDEFINED {
            if wanted {
                self.keep.values.insert(header.tag, Value { vr: VR::SQ, bytes: Box::default() });
            }
            // Pixels below the top level (an icon) may be in fragments; unknown sequences are implicit
            // inside (PS3.5 6.2.2).
            return match header.vr {
                VR::OB | VR::OW if is_pixels(header.tag) => self.push(Kind::Fragments, None, explicit),
                VR::UN if explicit => self.push(Kind::Sequence, None, false),
                VR::SQ | VR::UN => self.push(Kind::Sequence, None, explicit),
                _ => Err(ReadError::Structure { at, what: "a value that is no sequence has no length" }),
            };
        }
        let length = self.input.checked(header, at, bound)?;
        if header.vr == VR::SQ {
            if wanted {
                self.keep.values.insert(header.tag, Value { vr: VR::SQ, bytes: Box::default() });
            }
            let end = self.input.at + length;
            return self.push(Kind::Sequence, Some(end), explicit);
        }
        if wanted && length <= LONGEST_VALUE {
            let bytes = self.input.bytes(length)?;
            let vr = if header.vr == VR::UN { dictionary_vr(header.tag) } else { header.vr };
            self.keep.values.insert(header.tag, Value { vr, bytes });
            return Ok(());
        }
        self.input.skip(length)
    }
}

fn is_pixels(tag: Tag) -> bool {
    matches!(tag, tags::PIXEL_DATA | tags::FLOAT_PIXEL_DATA | tags::DOUBLE_FLOAT_PIXEL_DATA)
}
