//! Files to instances to stacks to volumes, and what was odd about them.

mod found;

pub use found::{
    Acquisition, FileWindow, Found, FoundStack, FrameRef, FrameSource, Shape, Skipped, StackInfo, StudyTags,
};
