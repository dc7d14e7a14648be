//! Which stack goes into which pane: a pure choice from what the stacks are, without images or a window.
//!
//! A [`Hanging`] says what the panes are for; a [`Situation`] says for whom and when. The panes are filled
//! together, so that they show the same plane and phase where the visits allow it. What is missing stays an empty pane
//! that says so.

mod choose;
mod layout;
mod plan;
mod words;

pub use choose::{Chosen, Hung, View, hang};
pub use layout::Layout;
pub use words::{Missing, choice_words, describe, short_role};

use crate::clinical::{Date, Kernel, Organ, OwnHanging, StackKey, StackRole, VisitId};
use crate::dicom::{Shape, StackInfo};
use crate::geometry::{Anatomical, main_plane};
use std::collections::BTreeMap;

/// What the panes of the reading room are for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Hanging {
    /// Before the procedure, the first scan after the last session, and now (reading.md 4).
    #[default]
    FollowUp,
    /// Every visit in one phase and plane.
    TimeCourse,
    /// The phases of the visit that is read.
    Phases,
    /// T1 after contrast, T2, diffusion and ADC of the visit that is read.
    Mri,
    /// One stack of the visit that is read in the three planes of the body.
    Planes,
    /// CT, PET, and PET over CT of the visit that is read.
    PetCt,
    /// A phase before contrast, one after it, and their difference.
    Subtraction,
    /// One that a reader made.
    Own(OwnHanging),
}

impl Hanging {
    /// Those of the program, in the order of their keys.
    pub const NAMED: [Self; 7] =
        [Self::FollowUp, Self::TimeCourse, Self::Phases, Self::Planes, Self::Mri, Self::PetCt, Self::Subtraction];

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::FollowUp => "Before and now",
            Self::TimeCourse => "Time course",
            Self::Phases => "Phases",
            Self::Planes => "Planes of this visit",
            Self::Mri => "MRI set",
            Self::PetCt => "PET-CT",
            Self::Subtraction => "Subtraction of this visit",
            Self::Own(own) => &own.name,
        }
    }

    /// What it is called in a file.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::FollowUp => "follow_up",
            Self::TimeCourse => "time_course",
            Self::Phases => "phases",
            Self::Planes => "planes",
            Self::Mri => "mri",
            Self::PetCt => "pet_ct",
            Self::Subtraction => "subtraction",
            Self::Own(own) => &own.name,
        }
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
    /// The last session of the lesion before the visit that is read, or on its day.
    pub last_session: Option<Date>,
    /// The organ of the lesion.
    pub organ: Option<Organ>,
    /// What the reader chose before.
    pub remembered: Remembered,
    /// Visits stand with the latest on the left.
    pub latest_first: bool,
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
    /// When it was acquired, seconds since midnight.
    pub time_s: Option<f64>,
    /// Series Number.
    pub series_number: Option<i64>,
    /// Diffusion weighting, s/mm2.
    pub b_value: Option<f64>,
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
            time_s: stack.acquisition.time_s,
            series_number: stack.series_number,
            b_value: stack.acquisition.b_value,
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
