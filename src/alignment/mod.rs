//! How images line up: the same space, a match or landmarks by the reader, or table position only.
//!
//! A [`Placement`] is what is kept: the reader (or later a computation) says how the space of one stack lies
//! on another's. [`resolve`] finds from them, and from what the files say, the [`Link`] between any two
//! stacks of a patient, and the link says in words how much it can be trusted. Nothing here sees pixels.

mod landmarks;
mod placement;
mod resolve;

pub use landmarks::{LandmarkError, LandmarkFit, LandmarkPair, fit_landmarks};
pub use placement::{How, Placement, match_points, match_slices};
pub use resolve::{Link, LinkKind, Placed, resolve};
