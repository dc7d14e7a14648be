//! The walk over the elements of a data set: what is wanted is kept, everything else is passed over.
//!
//! It keeps its own stack of open sequences (no recursion), checks every length against what is left, and
//! counts what it keeps against a budget.

use super::error::ReadError;
use super::input::{Input, Source, Start, dictionary_vr};
use super::kept::{Elements, Name, Value, Wanted};
use super::limits::Limits;
use super::scan::PixelsAt;
use super::syntax::Layout;
use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;

/// A length field that says "until the delimiter".
const UNDEFINED: u32 = u32::MAX;
/// What structures sequences (PS3.5 7.5).
const ITEM: Tag = Tag(0xFFFE, 0xE000);
const ITEM_DELIMITATION: Tag = Tag(0xFFFE, 0xE00D);
const SEQUENCE_DELIMITATION: Tag = Tag(0xFFFE, 0xE0DD);
/// Longer values than this are never needed from a header: a table of 65,536 entries has 128 kB, the overlay
/// of a picture of 2,048 x 2,048 pixels 512 kB.
pub(super) const LONGEST_VALUE: u64 = 1 << 20;
/// What a kept value and a kept item take besides their bytes.
const VALUE_COST: u64 = 64;
const ITEM_COST: u64 = 96;

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
    /// The sequence that it is, or is an item of, when it is kept.
    kept: Option<Tag>,
}

/// A data set or item whose elements are being kept.
#[derive(Default)]
struct Node {
    elements: Elements,
    /// Blocks of private elements that were reserved so far, and for whom: group, block, creator.
    blocks: Vec<(u16, u8, &'static str)>,
}

/// The walk.
pub(super) struct Walk<'a, S> {
    input: Input<S>,
    layout: Layout,
    limits: &'a Limits,
    wanted: &'a Wanted,
    /// The data set, then the kept items that are open, from the outside in.
    nodes: Vec<Node>,
    open: Vec<Level>,
    sequences: usize,
    kept_bytes: u64,
}

type Found = (Elements, Option<PixelsAt>);

impl<'a, S: Source> Walk<'a, S> {
    /// A walk over what follows in `input`; `elements` has what was kept before.
    pub fn new(input: Input<S>, layout: Layout, limits: &'a Limits, wanted: &'a Wanted, elements: Elements) -> Self {
        let nodes = vec![Node { elements, blocks: Vec::new() }];
        Self { input, layout, limits, wanted, nodes, open: Vec::new(), sequences: 0, kept_bytes: 0 }
    }

    /// Walks to the pixels, or to the end.
    pub fn run(mut self) -> Result<Found, ReadError> {
        let mut elements = 0u64;
        loop {
            self.close_ended();
            // Up to seven stray bytes after a data set are no fault.
            if self.open.is_empty() && self.input.left() < 8 {
                return Ok((self.top(), None));
            }
            elements += 1;
            if elements > self.limits.elements {
                return Err(ReadError::TooManyElements { most: self.limits.elements });
            }
            match self.element() {
                Ok(Some(pixels)) => return Ok((self.top(), Some(pixels))),
                Ok(None) => {}
                Err(error) => self.recover(error)?,
            }
        }
    }

    fn top(&mut self) -> Elements {
        self.nodes.drain(..).next().unwrap_or_default().elements
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
        let Some(level) = self.open.pop() else { return };
        if level.kind != Kind::Item {
            self.sequences -= 1;
        } else if let Some(sequence) = level.kept
            && let Some(item) = self.nodes.pop()
            && let Some(outer) = self.nodes.last_mut()
        {
            outer.elements.add(sequence, item.elements);
        }
    }

    fn push(&mut self, kind: Kind, end: Option<u64>, explicit: bool, kept: Option<Tag>) -> Result<(), ReadError> {
        if kind != Kind::Item {
            self.sequences += 1;
            if self.sequences > self.limits.depth {
                return Err(ReadError::TooDeep { most: self.limits.depth });
            }
        }
        if let Some(sequence) = kept {
            self.count_kept(ITEM_COST)?;
            if kind == Kind::Item {
                self.nodes.push(Node::default());
            } else if let Some(node) = self.nodes.last_mut() {
                node.elements.open(sequence);
            }
        }
        self.open.push(Level { kind, end, explicit, kept });
        Ok(())
    }

    fn count_kept(&mut self, bytes: u64) -> Result<(), ReadError> {
        self.kept_bytes = self.kept_bytes.saturating_add(bytes);
        if self.kept_bytes > self.limits.header_bytes {
            return Err(ReadError::HeaderTooLarge { most: self.limits.header_bytes });
        }
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
        let start = match self.input.start(layout) {
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
        match (start.tag, inside.map(|level| level.kind)) {
            (ITEM_DELIMITATION, Some(Kind::Item)) | (SEQUENCE_DELIMITATION, Some(Kind::Sequence | Kind::Fragments)) => {
                // A delimiter closes what is open, also where a length was given.
                self.close();
                Ok(None)
            }
            (ITEM, Some(Kind::Sequence)) => {
                let end = match self.input.checked(start, at, bound) {
                    _ if start.length == UNDEFINED => None,
                    Ok(length) => Some(self.input.at + length),
                    // An item that claims more than is left of its sequence ends with it.
                    Err(ReadError::Length { .. }) if inside.is_some_and(|level| level.end == Some(bound)) => {
                        Some(bound)
                    }
                    Err(error) => return Err(error),
                };
                self.push(Kind::Item, end, layout.explicit, inside.and_then(|level| level.kept))?;
                Ok(None)
            }
            (ITEM, Some(Kind::Fragments)) => {
                let length = self.input.checked(start, at, bound)?;
                self.input.skip(length)?;
                Ok(None)
            }
            // Left over after a sequence that gave its length and delimits it all the same.
            (ITEM_DELIMITATION | SEQUENCE_DELIMITATION, None | Some(Kind::Item)) if start.length == 0 => Ok(None),
            (_, Some(Kind::Sequence | Kind::Fragments)) => {
                Err(ReadError::Structure { at, what: "something other than an item stands in a sequence" })
            }
            (tag, _) if tag.group() == 0xFFFE => {
                Err(ReadError::Structure { at, what: "an item stands outside a sequence" })
            }
            (tag, None) if is_pixels(tag) => self.pixels(start),
            _ => self.ordinary(start, at, bound, layout.explicit).map(|()| None),
        }
    }

    /// The pixels end the scan; whether they are all there is asked when the image is understood.
    fn pixels(&self, start: Start) -> Result<Option<PixelsAt>, ReadError> {
        Ok(Some(PixelsAt {
            offset: self.input.at,
            length: (start.length != UNDEFINED).then_some(u64::from(start.length)),
            whole_numbers: start.tag == tags::PIXEL_DATA,
            words: start.vr == VR::OW,
        }))
    }

    fn ordinary(&mut self, start: Start, at: u64, bound: u64, explicit: bool) -> Result<(), ReadError> {
        let kept = self.open.last().is_none_or(|level| level.kept.is_some());
        let wanted = kept && self.wanted.has(start.tag);
        if start.length == UNDEFINED {
            let sequence = wanted.then_some(start.tag);
            // Pixels below the top level (an icon) may be in fragments; unknown sequences are implicit
            // inside (PS3.5 6.2.2).
            return match start.vr {
                VR::OB | VR::OW if is_pixels(start.tag) => self.push(Kind::Fragments, None, explicit, None),
                VR::UN if explicit => self.push(Kind::Sequence, None, false, sequence),
                VR::SQ | VR::UN => self.push(Kind::Sequence, None, explicit, sequence),
                _ => Err(ReadError::Structure { at, what: "a value that is no sequence has no length" }),
            };
        }
        let length = self.input.checked(start, at, bound)?;
        // A sequence that passed through a program that did not know it is implicit inside.
        let unknown = wanted && start.vr == VR::UN && dictionary_vr(start.tag) == VR::SQ;
        if start.vr == VR::SQ || unknown {
            let end = self.input.at + length;
            return self.push(Kind::Sequence, Some(end), explicit && !unknown, wanted.then_some(start.tag));
        }
        if wanted && length <= LONGEST_VALUE {
            let vr = if start.vr == VR::UN { dictionary_vr(start.tag) } else { start.vr };
            return self.keep(start.tag.into(), vr, length);
        }
        if kept && start.tag.group() % 2 == 1 && length <= LONGEST_VALUE {
            return self.private(start, length);
        }
        self.input.skip(length)
    }

    fn keep(&mut self, name: Name, vr: VR, length: u64) -> Result<(), ReadError> {
        self.count_kept(length + VALUE_COST)?;
        let bytes = self.input.bytes(length)?;
        if let Some(node) = self.nodes.last_mut() {
            node.elements.put(name, Value { vr, bytes });
        }
        Ok(())
    }

    /// A private element: one that reserves a block, or one in a block that was reserved (PS3.5 7.8.1).
    fn private(&mut self, start: Start, length: u64) -> Result<(), ReadError> {
        let (group, [block, element]) = (start.tag.group(), start.tag.element().to_be_bytes());
        let Some(node) = self.nodes.last_mut() else { return self.input.skip(length) };
        if block == 0 && element >= 0x10 && length <= 64 {
            let written = self.input.bytes(length)?;
            if let Some(creator) = self.wanted.creator(group, &written)
                && node.blocks.len() < 256
            {
                node.blocks.push((group, element, creator));
            }
            return Ok(());
        }
        let reserved = node.blocks.iter().rev().find(|(g, b, _)| (*g, *b) == (group, block));
        let wanted = reserved.and_then(|(_, _, creator)| self.wanted.private(group, element, creator));
        match wanted {
            Some((name, vr)) => self.keep(name, if start.vr == VR::UN { vr } else { start.vr }, length),
            None => self.input.skip(length),
        }
    }
}

fn is_pixels(tag: Tag) -> bool {
    matches!(tag, tags::PIXEL_DATA | tags::FLOAT_PIXEL_DATA | tags::DOUBLE_FLOAT_PIXEL_DATA)
}
