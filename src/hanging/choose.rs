//! The choice itself: penalties, smallest sum over all panes wins.

use super::plan::{Look, Plan, Want, plans};
use super::{HangStack, Hanging, Layout, Missing, Situation, VisitStacks};
use crate::clinical::{Kernel, Organ, StackKey, StackRole};
use crate::geometry::Anatomical;
use std::cmp::Reverse;

/// How a pane looks at its stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// As acquired.
    AsAcquired,
    /// Cut in a plane of the body.
    Plane(Anatomical),
    /// With another stack over it.
    Under(StackKey),
    /// Less another stack.
    Less(StackKey),
}

/// What a pane shows, and what it would show without the reader's correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    /// The stack to show.
    pub key: StackKey,
    /// The role the program wanted there: a correction is remembered under the visit and this role.
    pub wanted: StackRole,
    /// Whether an earlier correction decided.
    pub by_reader: bool,
    /// How it is looked at.
    pub view: View,
    /// Whether another stack put here is remembered for its visit and this role: not where several panes of one visit
    /// want the same role.
    pub remembers: bool,
}

/// What hangs, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hung {
    /// Rows and columns.
    pub layout: Layout,
    /// The stack of each pane, row by row from the left, or why it stays empty.
    pub panes: Vec<Result<Chosen, Missing>>,
    /// The pane of the visit that is read, or the first.
    pub reads: usize,
    /// One scan with nothing to compare it with.
    pub alone: bool,
}

/// The stack of each pane, or why it stays empty. Same input, same answer, in any order of the stacks.
#[must_use]
pub fn hang(hanging: &Hanging, situation: &Situation, visits: &[VisitStacks]) -> Hung {
    let plans = plans(hanging, situation, visits);
    let style = common_style(&plans, situation.organ);
    let mut panes: Vec<Result<Chosen, Missing>> =
        plans.iter().map(|plan| filled(plan, style, situation, twice(&plans, plan))).collect();
    let is_this = |plan: &Plan<'_>| plan.as_ref().is_ok_and(|(visit, ..)| Some(visit.visit) == situation.this);
    let mut reads = plans.iter().rposition(is_this).unwrap_or(0);
    let layout = match hanging {
        Hanging::Own(own) => Layout::new(own.rows, own.columns),
        _ => Layout::fitting(panes.len()),
    };
    // While the pre-procedure scan itself is looked at it hangs where it always is, and the other pane says what
    // could come there.
    let alone = *hanging == Hanging::FollowUp && panes.len() == 2 && panes[0].is_err() && panes[1].is_ok();
    if alone {
        panes.swap(0, 1);
        reads = 0;
    }
    let by_time = matches!(hanging, Hanging::FollowUp | Hanging::TimeCourse | Hanging::Own(_));
    if by_time && situation.latest_first {
        panes.reverse();
        reads = panes.len().saturating_sub(1) - reads;
    }
    Hung { layout, panes, reads, alone }
}

/// Whether several panes of one visit want the same.
fn twice(plans: &[Plan<'_>], plan: &Plan<'_>) -> bool {
    let Ok((visit, want, look)) = plan else { return false };
    let same =
        |other: &&Plan<'_>| other.as_ref().is_ok_and(|(v, w, l)| v.visit == visit.visit && (w, l) == (want, look));
    plans.iter().filter(same).count() > 1
}

fn filled(plan: &Plan<'_>, style: Option<Style>, situation: &Situation, twice: bool) -> Result<Chosen, Missing> {
    let (visit, want, look) = (*plan)?;
    let best = match want {
        Want::Common => {
            best_in_style(visit, style.ok_or(Missing::NothingToRead)?, situation.organ).map(|(_, best)| best)
        }
        Want::Role(role) => best_of_role(visit, role, style, situation.organ),
        Want::Stack(key) => visit.stacks.iter().find(|stack| stack.key == key),
    };
    let best = best.ok_or(Missing::NothingToRead)?;
    let remembers = !twice && !matches!(want, Want::Stack(_));
    let wanted = if let Want::Role(role) = want { role } else { best.role };
    let remembered = situation.remembered.get(&(visit.visit, wanted)).filter(|_| remembers);
    let by_reader = remembered.filter(|key| visit.stacks.iter().any(|stack| stack.key == **key));
    let other = |role| best_of_role(visit, role, style, situation.organ).map(|stack| stack.key);
    let view = match look {
        Look::AsAcquired => View::AsAcquired,
        Look::Plane(plane) => View::Plane(plane),
        Look::Under(role) => View::Under(other(role).ok_or(Missing::NoSeries(role))?),
        Look::Less(role) => View::Less(other(role).ok_or(Missing::NoSeries(role))?),
    };
    let key = *by_reader.unwrap_or(&best.key);
    Ok(Chosen { key, wanted, by_reader: by_reader.is_some(), view, remembers })
}

/// The best stack of a role. Of diffusion the strongest weighting; of a dynamic series the one to be read first.
fn best_of_role(
    visit: &VisitStacks,
    role: StackRole,
    style: Option<Style>,
    organ: Option<Organ>,
) -> Option<&HangStack> {
    let plane = style.and_then(|(_, plane)| plane).or(Some(Anatomical::Axial));
    let strongest = |stack: &HangStack| Reverse(stack.b_value.map_or(0, |b| b.max(0.0) as u64));
    let place = |stack: &HangStack| stack.group.as_ref().map_or(0, |(_, place)| *place);
    let of_role = visit.stacks.iter().filter(|stack| stack.role == role && stack.slices > 0);
    of_role.min_by_key(|stack| {
        let mismatch = u32::from(stack.plane != plane) * OTHER_PLANE;
        (strongest(stack), mismatch + own_penalty(stack, organ), Reverse(stack.slices), place(stack), stack.key)
    })
}

/// What a visit offers to a pane: what is read; where there is none, what is of another kind, for a picture says more
/// than an empty pane. Localizers and report pages only where somebody asks for them.
pub(super) fn readable(visit: &VisitStacks) -> Vec<&HangStack> {
    let read: Vec<&HangStack> = visit.stacks.iter().filter(|stack| stack.is_read()).collect();
    if !read.is_empty() {
        return read;
    }
    visit.stacks.iter().filter(|stack| stack.role == StackRole::Other && stack.slices > 0).collect()
}

/// What all panes should have in common.
type Style = (StackRole, Option<Anatomical>);

/// The phase and plane with the smallest sum of penalties over the panes that have them in common.
fn common_style(plans: &[Plan<'_>], organ: Option<Organ>) -> Option<Style> {
    let common = plans.iter().filter_map(|plan| plan.as_ref().ok()).filter(|(_, want, _)| *want == Want::Common);
    let visits: Vec<&VisitStacks> = common.map(|(visit, ..)| *visit).collect();
    let readable = visits.iter().flat_map(|visit| readable(visit));
    let mut styles: Vec<Style> = readable.map(|stack| (stack.role, stack.plane)).collect();
    styles.sort_unstable();
    styles.dedup();
    styles.into_iter().min_by_key(|style| {
        let sum: u32 =
            visits.iter().filter_map(|visit| best_in_style(visit, *style, organ)).map(|(penalty, _)| penalty).sum();
        (sum, role_penalty(style.0), *style)
    })
}

/// The best stack of a visit for a style. Ties: more slices, then the first of a 4-D series, then the smaller key.
fn best_in_style(visit: &VisitStacks, style: Style, organ: Option<Organ>) -> Option<(u32, &HangStack)> {
    let penalty = |stack: &HangStack| {
        let mismatch = u32::from(stack.role != style.0) * OTHER_PHASE + u32::from(stack.plane != style.1) * OTHER_PLANE;
        mismatch + own_penalty(stack, organ)
    };
    let place = |stack: &HangStack| stack.group.as_ref().map_or(0, |(_, place)| *place);
    let best = readable(visit)
        .into_iter()
        .min_by_key(|stack| (penalty(stack), Reverse(stack.slices), place(stack), stack.key))?;
    Some((penalty(best), best))
}

/// Another phase than the other panes: outweighs a neighbouring phase, not the lack of contrast.
const OTHER_PHASE: u32 = 60;
/// Another plane than the other panes.
const OTHER_PLANE: u32 = 70;
/// Pictures without geometry cannot be linked.
const NO_VOLUME: u32 = 200;
/// Reading starts on axial slices.
const NOT_AXIAL: u32 = 45;
/// The kernel for another organ.
const OTHER_KERNEL: u32 = 20;
/// Less than this from end to end is a slab, not the organ.
const SHORT_MM: f64 = 60.0;
/// Penalty of a slab.
const SHORT: u32 = 40;

/// Portal venous first: most tumours outside the lung are followed there (reading.md 1.5).
fn role_penalty(role: StackRole) -> u32 {
    match role {
        StackRole::CtPortalVenous => 0,
        StackRole::CtEnhanced => 10,
        StackRole::CtDelayed => 20,
        StackRole::CtArterial => 30,
        StackRole::MrT1Enhanced => 35,
        StackRole::CtUnknown => 50,
        StackRole::MrT2 | StackRole::MrT1 => 90,
        StackRole::CtUnenhanced => 100,
        StackRole::MrDwi => 110,
        StackRole::MrAdc | StackRole::MrOther => 120,
        StackRole::Pet => 130,
        StackRole::Localizer | StackRole::Report | StackRole::Other => 1000,
    }
}

fn own_penalty(stack: &HangStack, organ: Option<Organ>) -> u32 {
    let wanted = if organ == Some(Organ::Lung) { Kernel::Lung } else { Kernel::Soft };
    let kernel = match stack.kernel {
        Kernel::Unknown => OTHER_KERNEL / 2,
        own if own == wanted => 0,
        _ => OTHER_KERNEL,
    };
    let no_volume = u32::from(!stack.is_volume) * NO_VOLUME;
    let not_axial = u32::from(stack.plane.is_some_and(|plane| plane != Anatomical::Axial)) * NOT_AXIAL;
    let length_mm = stack.step_mm.map(|step| step * f64::from(stack.slices));
    let short = u32::from(length_mm.is_some_and(|mm| mm < SHORT_MM)) * SHORT;
    role_penalty(stack.role) + kernel + no_volume + not_axial + short + thickness_penalty(stack)
}

/// 3 mm is best; thinner costs up to 3 (noise), thicker 3 a millimetre up to 15, unknown 5.
fn thickness_penalty(stack: &HangStack) -> u32 {
    let Some(mm) = stack.apparent_mm().or(stack.step_mm) else { return 5 };
    let penalty = if mm <= 3.05 { 3.0 - mm } else { ((mm - 3.0) * 3.0).clamp(1.0, 15.0) };
    penalty.max(0.0).round() as u32
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
