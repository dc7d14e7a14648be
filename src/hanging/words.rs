//! What is said under a pane.

use super::{HangStack, VisitStacks};
use crate::clinical::{Coded, Kernel, StackKey, StackRole};
use std::collections::BTreeSet;

/// Why a pane stays empty; shown in the pane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// No visit lies before the first session.
    #[error("no pre-procedure scan in the project")]
    NoPreProcedure,
    /// The visit that is read is the pre-procedure one.
    #[error("the scan that is read is the pre-procedure scan")]
    IsPreProcedure,
    /// No visit is open.
    #[error("choose a visit to read")]
    NoVisit,
    /// The visit has no images in the project.
    #[error("no images of this visit in the project")]
    NoImages,
    /// The visit has only localizers, report pages and the like.
    #[error("this visit has localizers and report pages only; drop a series here to show it")]
    NothingToRead,
    /// No visit lies between the last session and the one that is read.
    #[error("no scan between the last session and this visit")]
    NoFirstAfter,
    /// It is the first visit.
    #[error("no visit before this one")]
    NoPrevious,
    /// The visit has no series of a role.
    #[error("no {} at this visit; drop a series here to show it", .0.words())]
    NoSeries(StackRole),
    /// The visit has no CT.
    #[error("no CT at this visit; drop a series here to show it")]
    NoCt,
    /// The visit has one phase only.
    #[error("no other phase at this visit; drop a series here to show it")]
    OnePhase,
    /// There is no phase before contrast, or none after it.
    #[error("no phase before contrast and one after it at this visit to subtract")]
    NothingToSubtract,
    /// The layout has more panes than the hanging fills.
    #[error("drop a series here to show it")]
    Spare,
}

/// A role in as few letters as readers use: "PV", "ART".
#[must_use]
pub fn short_role(role: StackRole) -> &'static str {
    match role {
        StackRole::CtUnenhanced => "unenhanced",
        StackRole::CtArterial => "ART",
        StackRole::CtPortalVenous => "PV",
        StackRole::CtDelayed => "delayed",
        StackRole::CtEnhanced => "enhanced",
        StackRole::CtUnknown => "CT",
        StackRole::MrT1 => "T1",
        StackRole::MrT1Enhanced => "T1 enhanced",
        StackRole::MrT2 => "T2",
        StackRole::MrDwi => "DWI",
        StackRole::MrAdc => "ADC",
        StackRole::MrOther => "MR",
        other => other.words(),
    }
}

/// Millimetres as people say them: "3 mm", "1.25 mm".
fn mm_words(mm: f64) -> String {
    format!("{} mm", (mm * 100.0).round() / 100.0)
}

/// A stack as readers tell it from others: "PV, 3 mm, soft".
#[must_use]
pub fn describe(stack: &HangStack) -> String {
    let mut parts = vec![short_role(stack.role).to_owned()];
    parts.extend(stack.apparent_mm().map(mm_words));
    match stack.kernel {
        Kernel::Soft => parts.push("soft".to_owned()),
        Kernel::Lung => parts.push("lung".to_owned()),
        Kernel::Bone => parts.push("bone".to_owned()),
        Kernel::Unknown => {}
    }
    if !stack.is_volume {
        parts.push("pictures".to_owned());
    }
    parts.join(", ")
}

/// The line of a pane: "Chosen: PV, 3 mm, soft. 4 others", or "Your choice: ...". Others are those that somebody would
/// read; a 4-D series is one.
#[must_use]
pub fn choice_words(visit: &VisitStacks, shown: StackKey, by_reader: bool) -> String {
    let Some(stack) = visit.stacks.iter().find(|stack| stack.key == shown) else { return String::new() };
    let group = |stack: &HangStack| stack.group.as_ref().map(|(id, _)| id.clone());
    let others = visit.stacks.iter().filter(|other| other.key != shown && other.is_read());
    let (alone, of_groups): (Vec<_>, Vec<_>) = others.partition(|other| other.group.is_none());
    let groups: BTreeSet<_> =
        of_groups.into_iter().filter_map(group).filter(|id| group(stack).as_ref() != Some(id)).collect();
    let others = match alone.len() + groups.len() {
        0 => "No others".to_owned(),
        1 => "1 other".to_owned(),
        n => format!("{n} others"),
    };
    let lead = if by_reader { "Your choice" } else { "Chosen" };
    format!("{lead}: {}. {others}", describe(stack))
}
