//! What is kept of a header: values and items by name, and which of them are wanted.

use dicom_core::{Tag, VR};
use std::sync::Arc;

/// What names an element: its tag and, for a private one, who made it up. The tag of a private element is
/// written with block 00, for its block is chosen anew in each data set (PS3.5 7.8.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    pub tag: Tag,
    pub creator: Option<&'static str>,
}

impl Name {
    /// A private element; an empty `creator` stands for any.
    pub const fn private(group: u16, element: u8, creator: &'static str) -> Self {
        Self { tag: Tag(group, element as u16), creator: Some(creator) }
    }
}

impl From<Tag> for Name {
    fn from(tag: Tag) -> Self {
        Self { tag, creator: None }
    }
}

/// A value that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    /// Its kind, as written or by the dictionary.
    pub vr: VR,
    /// Its bytes, as written.
    pub bytes: Box<[u8]>,
}

/// The elements kept of a data set or of an item of a sequence.
#[derive(Debug, Default)]
pub(super) struct Elements {
    values: Vec<(Name, Value)>,
    items: Vec<(Tag, Vec<Arc<Elements>>)>,
}

impl Elements {
    /// The value of an element.
    pub fn value(&self, name: Name) -> Option<&Value> {
        let at = self.values.binary_search_by_key(&name, |(name, _)| *name).ok()?;
        self.values.get(at).map(|(_, value)| value)
    }

    /// The names of all values.
    pub fn values(&self) -> impl Iterator<Item = Name> {
        self.values.iter().map(|(name, _)| *name)
    }

    /// The items of a sequence; `None` where the sequence is not there.
    pub fn items(&self, sequence: Tag) -> Option<&[Arc<Elements>]> {
        let at = self.items.binary_search_by_key(&sequence, |(tag, _)| *tag).ok()?;
        self.items.get(at).map(|(_, items)| items.as_slice())
    }

    /// Every sequence with its items.
    pub fn sequences(&self) -> impl Iterator<Item = (Tag, &[Arc<Elements>])> {
        self.items.iter().map(|(tag, items)| (*tag, items.as_slice()))
    }

    /// Whether nothing was kept.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.items.is_empty()
    }

    /// Keeps a value; a second one of the same name takes the place of the first.
    pub fn put(&mut self, name: Name, value: Value) {
        match self.values.binary_search_by_key(&name, |(name, _)| *name) {
            Ok(at) => {
                if let Some(entry) = self.values.get_mut(at) {
                    entry.1 = value;
                }
            }
            // Elements come in order, so this is the end of the list but in damaged files.
            Err(at) => self.values.insert(at, (name, value)),
        }
    }

    /// Opens a sequence without items; a second one of the same tag takes the place of the first.
    pub fn open(&mut self, sequence: Tag) {
        match self.items.binary_search_by_key(&sequence, |(tag, _)| *tag) {
            Ok(at) => {
                if let Some(entry) = self.items.get_mut(at) {
                    entry.1.clear();
                }
            }
            Err(at) => self.items.insert(at, (sequence, Vec::new())),
        }
    }

    /// Adds an item to a sequence that was opened.
    pub fn add(&mut self, sequence: Tag, mut item: Self) {
        item.values.shrink_to_fit();
        item.items.shrink_to_fit();
        if let Ok(at) = self.items.binary_search_by_key(&sequence, |(tag, _)| *tag)
            && let Some((_, items)) = self.items.get_mut(at)
        {
            items.push(Arc::new(item));
        }
    }
}

/// Which elements are kept: those with these tags, at the top level and in the items of wanted sequences.
#[derive(Debug)]
pub(super) struct Wanted {
    /// Sorted.
    pub tags: Vec<Tag>,
    /// Private elements, with their kind where a file does not write it.
    pub private: &'static [(Name, VR)],
    /// Every element, whatever its tag: for a list of all that a header says.
    pub everything: bool,
}

impl Wanted {
    pub fn has(&self, tag: Tag) -> bool {
        // The sixteen groups of overlays are listed as the first.
        let overlay = tag.group() & 0xFFE1 == 0x6000;
        let tag = if overlay { Tag(0x6000, tag.element()) } else { tag };
        self.everything || self.tags.binary_search(&tag).is_ok()
    }

    /// The creators in a list that a private creator element names, for a group.
    pub fn creator(&self, group: u16, written: &[u8]) -> Option<&'static str> {
        let written = String::from_utf8_lossy(written);
        let written = written.trim_matches([' ', '\0']);
        let mut of_group = self.private.iter().filter(|(name, _)| name.tag.group() == group);
        let creator = of_group.find_map(|(name, _)| {
            name.creator.filter(|creator| creator.is_empty() || creator.eq_ignore_ascii_case(written))
        });
        creator.filter(|_| !written.is_empty())
    }

    /// The private element of a creator.
    pub fn private(&self, group: u16, element: u8, creator: &'static str) -> Option<(Name, VR)> {
        let name = Name::private(group, element, creator);
        self.private.iter().find(|(wanted, _)| *wanted == name).copied()
    }
}
