//! What was odd about a stack, in words kept beside the enum.

use serde::{Deserialize, Serialize};

/// One thing a reader should know about a stack before trusting it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[non_exhaustive]
pub enum Oddity {
    /// Slices are not on a regular grid.
    #[error("uneven slices: slice {slice} is {off_mm:.2} mm off a regular grid")]
    Uneven {
        /// Slice number, from 1.
        slice: u32,
        /// How far off, mm.
        off_mm: f64,
    },
    /// A gap as if slices were missing.
    #[error("gap of {gap_mm:.2} mm after slice {slice}, usual step {step_mm:.2} mm")]
    Gap {
        /// Slice number before the gap, from 1.
        slice: u32,
        /// Width of the gap, mm.
        gap_mm: f64,
        /// The usual step, mm.
        step_mm: f64,
    },
    /// Slices shift sideways: gantry tilt.
    #[error("tilted {degrees:.1} degrees: {}", if *sheared { "sheared onto a straight grid" } else { "slices are not stacked at right angles" })]
    Tilted {
        /// Tilt, degrees.
        degrees: f64,
        /// Whether the slices were moved onto a straight grid.
        #[serde(default)]
        sheared: bool,
    },
    /// One slice is missing; another stands in its place.
    #[error("gap of {gap_mm:.2} mm: slice {slice} is missing and was made from its two neighbours")]
    SliceInterpolated {
        /// Number of the slice that was made, from 1.
        slice: u32,
        /// Width of the gap, mm.
        gap_mm: f64,
    },
    /// An object that was written in several files, not all of which are there.
    #[error("an object in {of} files, of which {missing} {} missing", if *missing == 1 { "is" } else { "are" })]
    PartsMissing {
        /// How many are missing.
        missing: u32,
        /// How many there should be.
        of: u32,
    },
    /// Several slices at one position.
    #[error("{count} slices share their position with another")]
    DuplicatePositions {
        /// How many.
        count: u32,
    },
    /// The same instance was found in more than one file; one copy is used.
    #[error("{count} instances were found more than once; one copy is used")]
    DuplicateInstances {
        /// How many.
        count: u32,
    },
    /// No position or orientation.
    #[error("no position or orientation in the images")]
    NoPosition,
    /// No frame of reference.
    #[error("no frame of reference; it can be linked by a match only")]
    NoFrameOfReference,
    /// A single slice.
    #[error("a single slice")]
    SingleSlice,
    /// Pixels have no size in mm at the patient.
    #[error("pixels are not calibrated; sizes are in px")]
    NotCalibrated,
    /// SpacingBetweenSlices or SliceThickness disagrees with the positions.
    #[error("the stated slice spacing {stated_mm:.2} mm disagrees with the positions, {actual_mm:.2} mm")]
    SpacingDisagrees {
        /// As stated, mm.
        stated_mm: f64,
        /// From positions, mm.
        actual_mm: f64,
    },
    /// Lossy compression.
    #[error("lossy compression{}", ratio.map(|r| format!(" {r:.0}:1")).unwrap_or_default())]
    Lossy {
        /// Compression ratio, when stated.
        ratio: Option<f64>,
    },
    /// A localizer.
    #[error("localizer")]
    Localizer,
    /// A secondary capture or a report page.
    #[error("secondary capture: a picture, not a measured image")]
    SecondaryCapture,
    /// Frames in a kind of object that this version shows as pictures.
    #[error("{what} are shown as pictures")]
    NotYetAVolume {
        /// Which kind of object.
        what: String,
    },
    /// Anything else, in words.
    #[error("{text}")]
    Other {
        /// The words.
        text: String,
    },
}
