//! How much a file may ask for before it is refused.

/// Budgets that are checked before memory is taken. The defaults leave room for every scanner in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest file, bytes.
    pub file_bytes: u64,
    /// Deepest nesting of sequences.
    pub depth: usize,
    /// Most elements walked in one header.
    pub elements: u64,
    /// Most bytes kept of one header.
    pub header_bytes: u64,
    /// Most bytes that a deflated file may unfold to.
    pub inflated_bytes: u64,
    /// Most unfolded bytes for each deflated byte (deflate itself can reach 1032).
    pub inflate_ratio: u64,
    /// Most pixels of one frame.
    pub frame_pixels: u64,
    /// Most pixels of one stack.
    pub stack_pixels: u64,
    /// Most frames in one file.
    pub frames: u32,
    /// Largest file that is read out of an archive, bytes.
    pub archived_bytes: u64,
    /// Most files looked at in one search.
    pub files: usize,
    /// Deepest folder below a given path.
    pub folders: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 4 << 30,
            depth: 32,
            elements: 5_000_000,
            header_bytes: 128 << 20,
            inflated_bytes: 1 << 30,
            inflate_ratio: 1_100,
            frame_pixels: 1 << 26,
            stack_pixels: 1 << 31,
            frames: 100_000,
            archived_bytes: 512 << 20,
            files: 500_000,
            folders: 64,
        }
    }
}

impl Limits {
    /// Most bytes that so many deflated bytes may unfold to.
    pub(super) fn unfolded(&self, deflated: u64) -> u64 {
        self.inflated_bytes.min(deflated.saturating_mul(self.inflate_ratio))
    }
}
