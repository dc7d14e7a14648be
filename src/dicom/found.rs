//! What reading headers gives: stacks, who and what they are of, and what was skipped.

use super::instance::Instance;
use super::value::Suv;
use crate::clinical::{Date, Identity, Kernel, Modality, Oddity, Sex, StackKey};
use crate::geometry::Grid;
use crate::volume::{Padding, Rescale, Unit, VoiFunction, VoiTable, Window};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Everything found below some paths.
#[derive(Debug, Default)]
pub struct Found {
    /// Stacks, sorted by study date, study, series number, series UID, ordinal.
    pub stacks: Vec<FoundStack>,
    /// Files that were not used, each with its reason, sorted by path.
    pub skipped: Vec<Skipped>,
    /// Whether the search was cancelled before its end.
    pub cancelled: bool,
}

/// A file that was not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The file.
    pub file: PathBuf,
    /// Why, as a sentence for a person.
    pub reason: String,
}

/// A stack with everything its headers tell. Identity and paths are apart, so that they can be dropped.
#[derive(Debug, Clone)]
pub struct FoundStack {
    /// What the stack is; goes into the project and its journal.
    pub info: StackInfo,
    /// Names and identifiers; goes into the identity table only.
    pub identity: Identity,
    /// Sex (0010,0040).
    pub sex: Sex,
    /// The study.
    pub study: StudyTags,
    /// Where each frame's pixels are, in the order of `info.frames`.
    pub sources: Vec<FrameSource>,
    /// The frames as they were read, for grouping them anew.
    pub(super) instances: Vec<Instance>,
}

/// What the headers say of the study.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StudyTags {
    /// Study Instance UID (0020,000D).
    pub uid: String,
    /// Study Date (0008,0020), else series or acquisition date.
    pub date: Option<Date>,
    /// Study Description (0008,1030).
    pub description: String,
}

/// Where the pixels of one slice are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameSource {
    /// The file.
    pub path: PathBuf,
    /// Frame number in it, from 0.
    pub frame: u32,
    /// Size of the file, bytes.
    pub size: u64,
    /// Modification time, seconds since 1970.
    pub mtime: i64,
}

/// One frame of a stack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FrameRef {
    /// SOP Instance UID (0008,0018).
    pub sop_uid: String,
    /// Frame number, from 0.
    pub frame: u32,
    /// Position along the stack's normal, mm; none without a position.
    pub position_mm: Option<f64>,
}

/// Whether the frames make a volume.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// On a regular grid within 0.1 mm.
    Volume(Grid),
    /// Shown one by one; offers no 3-D measurement.
    PictureStack {
        /// Why.
        why: Vec<Oddity>,
    },
}

/// How one slice of a stack is made of its frames (numbers from 0, in `frames`).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SliceRecipe {
    /// A frame as it is.
    Frame {
        /// Which.
        frame: u32,
    },
    /// A frame moved within its plane onto a slice that may be larger, by linear interpolation: how a tilted
    /// stack is put on a straight grid.
    Moved {
        /// Which.
        frame: u32,
        /// Place of its first pixel on the slice, along a row and down a column, px.
        offset_px: [f64; 2],
    },
    /// Between two frames, where a slice is missing.
    Between {
        /// The frame before.
        before: u32,
        /// The frame after.
        after: u32,
        /// How far from the first to the second, from 0 to 1.
        fraction: f64,
    },
}

/// What tells the stacks of a 4-D series apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum StackAxis {
    /// Phase: of contrast, of the heart, or of an acquisition.
    #[serde(rename = "phase")]
    Phase,
    /// Diffusion weighting.
    #[serde(rename = "b-value")]
    BValue,
    /// Echo time.
    #[serde(rename = "echo")]
    Echo,
    /// Time.
    #[serde(rename = "time")]
    Time,
}

impl StackAxis {
    /// The code in files, which is also the word for a person.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Phase => "phase",
            Self::BValue => "b-value",
            Self::Echo => "echo",
            Self::Time => "time",
        }
    }
}

/// The place of a stack in a 4-D series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupRef {
    /// Names the group: all its stacks have the same.
    pub id: String,
    /// What a reader steps along.
    pub axis: StackAxis,
    /// Place along it, from 0.
    pub index: u32,
    /// How many stacks the group has.
    pub of: u32,
    /// The value there: s/mm2 for b-values, ms for echoes, seconds after the first for times; a phase has the
    /// number that the scanner gave it, or none.
    pub value: Option<f64>,
    /// The value in words, for a pane.
    pub label: String,
}

impl GroupRef {
    /// Place in the order in which a reader looks at them: along the axis, but the strongest diffusion weighting first.
    #[must_use]
    pub const fn reading_order(&self) -> u32 {
        match self.axis {
            StackAxis::BValue => self.of.saturating_sub(self.index + 1),
            StackAxis::Phase | StackAxis::Echo | StackAxis::Time => self.index,
        }
    }
}

/// A window from the file, with its explanation (0028,1050 0028,1051 0028,1055, or 0028,3010), in the unit of
/// the stack's values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileWindow {
    /// Explanation, may be empty.
    pub name: String,
    /// Centre.
    pub centre: f64,
    /// Width: at least 1 for the linear function, else above 0.
    pub width: f64,
    /// How it spreads values (0028,1056).
    #[serde(default)]
    pub function: VoiFunction,
    /// The greys of a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<VoiTable>,
}

impl FileWindow {
    /// The window to render with.
    #[must_use]
    pub fn window(&self) -> Window {
        Window::with(self.centre, self.width, self.function)
    }
}

/// How and when the images were made: what roles are proposed from.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Acquisition {
    /// Acquisition date (0008,0022), else content or series date.
    pub date: Option<Date>,
    /// Acquisition time (0008,0032), else content or series time; seconds since midnight.
    pub time_s: Option<f64>,
    /// Seconds from the contrast bolus start (0018,1042) to this acquisition, when stated.
    pub after_contrast_s: Option<f64>,
    /// Contrast/Bolus Agent (0018,0010) as written; `None` when absent.
    pub contrast_agent: Option<String>,
    /// Protocol Name (0018,1030).
    pub protocol: String,
    /// Body Part Examined (0018,0015).
    pub body_part: String,
    /// Image Type (0008,0008).
    pub image_type: Vec<String>,
    /// Convolution Kernel (0018,1210) as written.
    pub kernel_text: String,
    /// KVP (0018,0060).
    pub kvp: Option<f64>,
    /// Slice Thickness (0018,0050), mm.
    pub slice_thickness_mm: Option<f64>,
    /// Scanning Sequence (0018,0020), joined with "\\".
    pub scanning_sequence: String,
    /// Sequence Name (0018,0024) or Pulse Sequence Name.
    pub sequence_name: String,
    /// Repetition Time (0018,0080), ms.
    pub repetition_time_ms: Option<f64>,
    /// Echo Time (0018,0081), ms.
    pub echo_time_ms: Option<f64>,
    /// Diffusion b-value (0018,9087), s/mm2.
    pub b_value: Option<f64>,
    /// Manufacturer (0008,0070).
    pub manufacturer: String,
}

/// Everything a project keeps of a stack: no name, no identifier of a person, no path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StackInfo {
    /// Names the set of frames.
    pub key: StackKey,
    /// The series UID, with "#2" and so on where one series holds several stacks.
    pub id: String,
    /// Series Instance UID (0020,000E).
    pub series_uid: String,
    /// Study Instance UID (0020,000D).
    pub study_uid: String,
    /// Series Number (0020,0011).
    pub series_number: Option<i64>,
    /// Series Description (0008,103E).
    pub description: String,
    /// Kind of machine.
    pub modality: Modality,
    /// Modality (0008,0060) as written.
    pub modality_text: String,
    /// Rows (0028,0010).
    pub rows: u32,
    /// Columns (0028,0011).
    pub columns: u32,
    /// Volume or pictures.
    pub shape: Shape,
    /// Pixel spacing along a row and down a column, mm; none when not calibrated at the patient.
    pub pixel_spacing_mm: Option<[f64; 2]>,
    /// Frame of Reference UID (0020,0052).
    pub frame_of_reference_uid: Option<String>,
    /// The frames, in slice order.
    pub frames: Vec<FrameRef>,
    /// Stored value to value, one per frame.
    pub rescale: Vec<Rescale>,
    /// Unit of the values.
    pub unit: Unit,
    /// Padding, stored values.
    pub padding: Option<Padding>,
    /// MONOCHROME1.
    pub small_is_bright: bool,
    /// Windows from the file.
    pub windows: Vec<FileWindow>,
    /// Whether slices hold values and not stored ones, because a table of the file makes them.
    #[serde(default)]
    pub mapped: bool,
    /// PET: whether values are SUVbw and from what, or why they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suv: Option<Suv>,
    /// Whether the files bring overlays (60xx).
    #[serde(default)]
    pub overlays: bool,
    /// Transfer syntax UIDs found, sorted.
    pub transfer_syntaxes: Vec<String>,
    /// Which rule split the series, in words; none when it was not split.
    pub split_by: Option<String>,
    /// What was odd.
    pub oddities: Vec<Oddity>,
    /// How and when made.
    pub acquisition: Acquisition,
    /// Kernel, by what it is for.
    pub kernel: Kernel,
    /// Its place in a 4-D series.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupRef>,
    /// How each slice is made; empty where slice k is frame k as it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recipes: Vec<SliceRecipe>,
    /// Height of a pixel over its width, where no size is known (0028,0034): a shape for the display.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pixel_aspect: Option<f64>,
}

impl StackInfo {
    /// How many slices there are; with a missing slice, one more than frames.
    #[must_use]
    pub fn slices(&self) -> u32 {
        let slices = if self.recipes.is_empty() { self.frames.len() } else { self.recipes.len() };
        u32::try_from(slices).unwrap_or(u32::MAX)
    }

    /// How a slice is made; `None` beyond the last.
    #[must_use]
    pub fn recipe(&self, slice: u32) -> Option<SliceRecipe> {
        if self.recipes.is_empty() {
            return (slice < self.slices()).then_some(SliceRecipe::Frame { frame: slice });
        }
        self.recipes.get(slice as usize).copied()
    }

    /// The frame that a slice is, or is nearest to; `None` beyond the last slice.
    #[must_use]
    pub fn frame_of(&self, slice: u32) -> Option<u32> {
        Some(match self.recipe(slice)? {
            SliceRecipe::Frame { frame } | SliceRecipe::Moved { frame, .. } => frame,
            SliceRecipe::Between { before, after, fraction } => {
                if fraction <= 0.5 {
                    before
                } else {
                    after
                }
            }
        })
    }

    /// Whether the frames that a slice is made of are there, and its numbers are finite.
    #[must_use]
    pub fn has_frames_for(&self, slice: u32) -> bool {
        let there = |frame: u32| (frame as usize) < self.frames.len();
        match self.recipe(slice) {
            None => false,
            Some(SliceRecipe::Frame { frame }) => there(frame),
            Some(SliceRecipe::Moved { frame, offset_px }) => there(frame) && offset_px.iter().all(|o| o.is_finite()),
            Some(SliceRecipe::Between { before, after, fraction }) => {
                there(before) && there(after) && (0.0..=1.0).contains(&fraction)
            }
        }
    }

    /// Columns and rows of a slice: those of a frame, or more where tilted slices are put on a straight grid.
    #[must_use]
    pub fn slice_size(&self) -> [u32; 2] {
        match &self.shape {
            Shape::Volume(grid) => [grid.dims[0], grid.dims[1]],
            Shape::PictureStack { .. } => [self.columns, self.rows],
        }
    }

    /// What a pane says of a slice that is not as the scanner measured it, in a few words each.
    #[must_use]
    pub fn slice_marks(&self, slice: u32) -> Vec<String> {
        let made = match self.recipe(slice) {
            Some(SliceRecipe::Moved { .. }) => Some("sheared".to_owned()),
            Some(SliceRecipe::Between { .. }) => Some("slice missing, interpolated".to_owned()),
            Some(SliceRecipe::Frame { .. }) | None => None,
        };
        let lossy = self.oddities.iter().find_map(|odd| match odd {
            Oddity::Lossy { ratio: Some(ratio) } => Some(format!("lossy {ratio:.0}:1")),
            Oddity::Lossy { ratio: None } => Some("lossy".to_owned()),
            _ => None,
        });
        made.into_iter().chain(lossy).collect()
    }

    /// The import report: what a reader should know of this stack, in words; empty when nothing is unusual.
    #[must_use]
    pub fn report(&self) -> Vec<String> {
        let split = self.split_by.as_ref().map(|by| format!("split by {by}"));
        split.into_iter().chain(self.oddities.iter().map(ToString::to_string)).collect()
    }
}
