//! The header of one slice's file, read in the background for whoever looks something up.

use super::jobs::Lane;
use super::{Done, Slot, Workbench, words};
use crate::clinical::StackKey;
use crate::dicom::{HeaderLine, Limits, header_lines};

/// A header that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderView {
    /// Of which stack.
    pub stack: StackKey,
    /// Of which slice.
    pub slice: u32,
    /// Its lines, or why there are none; `None` while it is read.
    pub lines: Option<Result<Vec<HeaderLine>, String>>,
}

impl Workbench {
    /// The header that was asked for last.
    #[must_use]
    pub fn header(&self) -> Option<&HeaderView> {
        self.header.as_ref()
    }

    pub(super) fn read_header(&mut self, stack: StackKey, slice: u32) {
        if self.header.as_ref().is_some_and(|header| (header.stack, header.slice) == (stack, slice)) {
            return;
        }
        let source = self.images.sources(stack).and_then(|sources| sources.get(slice as usize).cloned());
        let Some(source) = source else {
            let lines = Some(Err(words::NO_HEADER.to_owned()));
            self.header = Some(HeaderView { stack, slice, lines });
            return;
        };
        self.header = Some(HeaderView { stack, slice, lines: None });
        self.jobs.start(Slot::Header, words::READING_HEADER, Lane::Screen, move |_| {
            let lines = header_lines(&source, &Limits::default()).map_err(|why| why.to_string());
            Done::Header { stack, slice, lines }
        });
        self.pump_inline();
    }

    pub(super) fn take_header(&mut self, stack: StackKey, slice: u32, lines: Result<Vec<HeaderLine>, String>) {
        if let Some(header) = self.header.as_mut().filter(|header| (header.stack, header.slice) == (stack, slice)) {
            header.lines = Some(lines);
        }
    }
}
