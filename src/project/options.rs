//! How a project is to be opened.

use crate::clinical::Stamp;
use std::path::Path;

/// Mask payload that the journal may keep, bytes: beyond it the oldest is dropped.
pub const MASK_BUDGET_BYTES: u64 = 256 << 20;

/// How a project is to be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenAs {
    /// To read and write; for reading only when somebody else has it.
    Writer,
    /// To read.
    ReadOnly,
}

/// Everything that opening a project may be told.
#[derive(Debug, Clone, Copy)]
pub struct OpenOptions<'a> {
    /// To write, or to read only.
    pub open_as: OpenAs,
    /// The reader's initials, told to those who find the project taken; empty when not known yet.
    pub who: &'a str,
    /// Now.
    pub at: Stamp,
    /// A folder of this user alone. A project on a disk that cannot be written, whose last change was cut short, is
    /// copied there and put right in the copy; without a folder it is refused.
    pub cache: Option<&'a Path>,
    /// See [`MASK_BUDGET_BYTES`].
    pub mask_budget_bytes: u64,
    /// Treats the file as one on a disk that cannot be written, whatever the disk says.
    pub never_write: bool,
}

impl<'a> OpenOptions<'a> {
    /// The usual options.
    #[must_use]
    pub const fn new(open_as: OpenAs, who: &'a str, at: Stamp) -> Self {
        Self { open_as, who, at, cache: None, mask_budget_bytes: MASK_BUDGET_BYTES, never_write: false }
    }

    /// The same, with a folder of this user for copies.
    #[must_use]
    pub const fn with_cache(self, cache: &'a Path) -> Self {
        Self { cache: Some(cache), ..self }
    }
}
