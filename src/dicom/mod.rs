//! Files to instances to stacks to volumes, and what was odd about them.
//!
//! Headers are read by one scanner that keeps the few values that are needed and takes no memory on a
//! file's word; pixels are read slice by slice. No file is ever written, and nothing here knows of roles,
//! visits or the project. Names and identifiers leave this module only as [`crate::clinical::Identity`].
#![deny(clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::indexing_slicing))]

mod acquisition;
mod apart;
mod codec;
mod container;
mod elements;
mod error;
mod find;
mod format;
mod found;
mod fragments;
mod group;
mod guard;
mod header;
mod input;
mod inspect;
mod instance;
mod kept;
mod kernel;
mod limits;
mod listing;
mod opened;
mod overlay;
mod palette;
mod pixels;
mod recipe;
mod regroup;
mod regular;
mod rules;
mod scan;
mod shape;
mod stack;
mod syntax;
mod text;
mod value;
mod voi;
mod walk;
mod wanted;

pub use apart::SplitBy;
#[doc(hidden)]
pub use codec::{FrameShape, decode_frame_bytes};
pub use container::is_there;
pub use error::{NOT_THERE, ReadError};
pub use find::find;
pub use found::{
    Acquisition, FileWindow, Found, FoundStack, FrameRef, FrameSource, GroupRef, Shape, Skipped, SliceRecipe,
    StackAxis, StackInfo, StudyTags,
};
pub use guard::fault_is_a_files;
pub use inspect::inspect_json;
pub use limits::Limits;
pub use listing::{HeaderLine, header_lines};
pub use overlay::read_overlays;
pub use pixels::{SlicePart, read_slice, read_slice_part};
pub use recipe::{read_grid_slice, read_grid_slice_part};
pub use regroup::regroup;
pub use stack::stack_key;
pub use text::{comparable_name, person_name};
pub use value::{Suv, SuvInputs, SuvSource};

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
