//! Which stack goes into which pane: a pure choice from what the stacks are, without images or a window.
//!
//! A [`Hanging`] says what the panes are for; a [`Situation`] says for whom and when. The panes are filled
//! together, so that they show the same plane and phase where the visits allow it.

mod choose;
mod words;

pub use choose::{Chosen, choose, hang};
pub use words::{Missing, choice_words, short_role};

use crate::clinical::{Date, Kernel, Organ, StackKey, StackRole, VisitId};
use crate::dicom::{Shape, StackInfo};
use crate::geometry::{Anatomical, main_plane};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a pane shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaneVisit {
    /// The last visit before the first session.
    Pre,
    /// The visit that is read.
    This,
}

/// What the panes of the reading room are for, left to right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hanging {
    /// One entry a pane.
    pub panes: Vec<PaneVisit>,
}

impl Default for Hanging {
    /// Before the procedure, and now.
    fn default() -> Self {
        Self { panes: vec![PaneVisit::Pre, PaneVisit::This] }
    }
}

/// A reader's earlier correction: for this visit, where this role would be shown, show this stack.
pub type Remembered = BTreeMap<(VisitId, StackRole), StackKey>;

/// For which visit and lesion panes are filled.
#[derive(Debug, Clone, Default)]
pub struct Situation {
    /// The visit that is read; none when none is open.
    pub this: Option<VisitId>,
    /// The first session of the lesion (of the patient when no lesion is selected); none when none is known.
    pub first_session: Option<Date>,
    /// The organ of the lesion.
    pub organ: Option<Organ>,
    /// What the reader chose before.
    pub remembered: Remembered,
}

/// The stacks of one visit.
#[derive(Debug, Clone, PartialEq)]
pub struct VisitStacks {
    /// The visit.
    pub visit: VisitId,
    /// Its date.
    pub date: Date,
    /// Its stacks, in any order.
    pub stacks: Vec<HangStack>,
}

/// What choosing needs to know of a stack.
#[derive(Debug, Clone, PartialEq)]
pub struct HangStack {
    /// The stack.
    pub key: StackKey,
    /// What it shows, as proposed or as the reader set it.
    pub role: StackRole,
    /// Its kernel.
    pub kernel: Kernel,
    /// Distance between slices, mm; none for a picture stack.
    pub step_mm: Option<f64>,
    /// Slice thickness as stated, mm.
    pub thickness_mm: Option<f64>,
    /// The body plane its slices lie closest to; none for a picture stack.
    pub plane: Option<Anatomical>,
    /// Whether it is a volume, as against pictures one by one.
    pub is_volume: bool,
    /// Number of slices.
    pub slices: u32,
    /// Series description.
    pub description: String,
    /// The 4-D series that it is of, and its place there in the order of reading.
    pub group: Option<(String, u32)>,
}

impl HangStack {
    /// A stack as its headers describe it, in the role it has in the project.
    #[must_use]
    pub fn new(stack: &StackInfo, role: StackRole) -> Self {
        let grid = match &stack.shape {
            Shape::Volume(grid) => Some(grid),
            Shape::PictureStack { .. } => None,
        };
        Self {
            key: stack.key,
            role,
            kernel: stack.kernel,
            step_mm: grid.map(|grid| grid.spacing_mm[2]),
            thickness_mm: stack.acquisition.slice_thickness_mm,
            plane: grid.map(|grid| main_plane(grid.normal())),
            is_volume: grid.is_some(),
            slices: stack.slices(),
            description: stack.description.clone(),
            group: stack.group.as_ref().map(|group| (group.id.clone(), group.reading_order())),
        }
    }

    /// How thick a slice looks, mm: its thickness, else the distance to the next.
    #[must_use]
    pub fn apparent_mm(&self) -> Option<f64> {
        self.thickness_mm.filter(|mm| *mm > 0.0).or(self.step_mm)
    }

    /// Whether somebody would read it: no localizer, report page, or stack of another kind.
    #[must_use]
    pub fn is_read(&self) -> bool {
        !matches!(self.role, StackRole::Localizer | StackRole::Report | StackRole::Other) && self.slices > 0
    }
}
