//! The scanner: walks the raw elements of a file and keeps the few values that are asked for.
//!
//! It is the only code that sees a header, so that nothing can differ between what was checked and what is
//! read. It takes memory only for values it keeps and only as their bytes arrive, and stops at the pixels.

use super::elements::{LONGEST_VALUE, Walk};
use super::error::ReadError;
use super::input::{Inflated, Input, Plain};
use super::kept::{Elements, Value, Wanted};
use super::limits::Limits;
use super::syntax::{BIG_ENDIAN, EXPLICIT, IMPLICIT, Layout, Syntax};
use dicom_core::VR;
use dicom_dictionary_std::tags;
use flate2::bufread::DeflateDecoder;
use std::io::{BufReader, Read, Seek, SeekFrom};

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
    /// What was asked for and was there, from the data set and the file meta group.
    pub elements: Elements,
    /// The pixels, if any.
    pub pixels: Option<PixelsAt>,
    /// First byte of the data set in the file.
    pub data_set_at: u64,
}

/// Scans a file of `size` bytes, at whose first byte `source` stands, up to its pixels.
pub(super) fn scan<R: Read + Seek>(
    source: &mut BufReader<R>,
    size: u64,
    wanted: &Wanted,
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
        Ok(scanned) if !marked && scanned.elements.is_empty() => Err(ReadError::NotDicom),
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
    wanted: &Wanted,
    limits: &Limits,
) -> Result<Scanned, ReadError> {
    let mut elements = Elements::default();
    let (stated, data_set_at) = meta_group(source, start, size, wanted, &mut elements)?;
    let syntax = match stated {
        Some(syntax) if syntax.layout.deflated => syntax,
        stated => actual_syntax(source, stated, data_set_at, start > 0)?,
    };
    let (elements, pixels) = if syntax.layout.deflated {
        let most = limits.unfolded(size.saturating_sub(data_set_at));
        let input = Input { source: Inflated(DeflateDecoder::new(source)), at: 0, end: most, open_end: true };
        Walk::new(input, syntax.layout, limits, wanted, elements).run()?
    } else {
        let input = Input { source: Plain(source), at: data_set_at, end: size, open_end: false };
        Walk::new(input, syntax.layout, limits, wanted, elements).run()?
    };
    Ok(Scanned { syntax, elements, pixels, data_set_at })
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
    wanted: &Wanted,
    elements: &mut Elements,
) -> Result<(Option<Syntax>, u64), ReadError> {
    let layout = Layout { explicit: true, big_endian: false, deflated: false };
    let mut input = Input { source: Plain(source), at: start, end: size, open_end: false };
    let mut uid = None;
    let mut group_end = None;
    let mut count = 0;
    loop {
        let at = input.at;
        let deflated = |uid: &Option<String>| uid.as_deref().is_some_and(|u| Syntax::from_uid(u).layout.deflated);
        if input.left() < 8 || (group_end.is_some_and(|end| at >= end) && deflated(&uid)) {
            return Ok((uid.as_deref().map(Syntax::from_uid), at));
        }
        let element = input.start(layout)?;
        if element.tag.group() != 0x0002 {
            input.source.0.seek_relative(-i64::try_from(input.at - at).unwrap_or_default())?;
            return Ok((uid.as_deref().map(Syntax::from_uid), at));
        }
        count += 1;
        if count > 1_000 {
            return Err(ReadError::TooManyElements { most: 1_000 });
        }
        let length = input.checked(element, at, size)?;
        if length > LONGEST_VALUE {
            input.skip(length)?;
            continue;
        }
        let bytes = input.bytes(length)?;
        match element.tag {
            tags::TRANSFER_SYNTAX_UID => uid = Some(uid_text(&bytes)).filter(|uid| !uid.is_empty()),
            tags::FILE_META_INFORMATION_GROUP_LENGTH => {
                let length = <[u8; 4]>::try_from(&*bytes).map(u32::from_le_bytes).ok();
                group_end = length.map(|length| input.at + u64::from(length));
            }
            tag if wanted.has(tag) => elements.put(tag.into(), Value { vr: element.vr, bytes }),
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
