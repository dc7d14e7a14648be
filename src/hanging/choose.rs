//! The choice itself: penalties, smallest sum over all panes wins.

use super::{HangStack, Hanging, Missing, PaneVisit, Situation, VisitStacks};
use crate::clinical::{Kernel, Organ, StackKey, StackRole};
use crate::geometry::Anatomical;
use std::cmp::Reverse;

/// What a pane shows, and what it would show without the reader's correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    /// The stack to show.
    pub key: StackKey,
    /// The role the program wanted there: a correction is remembered under the visit and this role.
    pub wanted: StackRole,
    /// Whether an earlier correction decided.
    pub by_reader: bool,
}

/// The stack of each pane, or why it stays empty. Same input, same answer, in any order of the stacks.
#[must_use]
pub fn hang(hanging: &Hanging, situation: &Situation, visits: &[VisitStacks]) -> Vec<Result<StackKey, Missing>> {
    choose(hanging, situation, visits).into_iter().map(|pane| pane.map(|chosen| chosen.key)).collect()
}

/// Like [`hang`], with what a correction needs.
#[must_use]
pub fn choose(hanging: &Hanging, situation: &Situation, visits: &[VisitStacks]) -> Vec<Result<Chosen, Missing>> {
    let panes: Vec<Result<&VisitStacks, Missing>> =
        hanging.panes.iter().map(|pane| visit_of(*pane, situation, visits).and_then(with_something_to_read)).collect();
    let filled: Vec<&VisitStacks> = panes.iter().filter_map(|pane| pane.as_ref().ok().copied()).collect();
    let Some(style) = common_style(&filled, situation.organ) else {
        return panes.into_iter().map(|pane| pane.and(Err(Missing::NothingToRead))).collect();
    };
    let fill = |visit: &VisitStacks| {
        let best = best_in_style(visit, style, situation.organ).ok_or(Missing::NothingToRead)?.1;
        let remembered = situation.remembered.get(&(visit.visit, best.role));
        let by_reader = remembered.filter(|key| visit.stacks.iter().any(|stack| stack.key == **key));
        Ok(Chosen { key: *by_reader.unwrap_or(&best.key), wanted: best.role, by_reader: by_reader.is_some() })
    };
    panes.into_iter().map(|pane| pane.and_then(fill)).collect()
}

/// The visit that a pane is for.
fn visit_of<'a>(pane: PaneVisit, situation: &Situation, visits: &'a [VisitStacks]) -> Result<&'a VisitStacks, Missing> {
    let this = situation.this.ok_or(Missing::NoVisit);
    let this = this.and_then(|id| visits.iter().find(|visit| visit.visit == id).ok_or(Missing::NoImages));
    if pane == PaneVisit::This {
        return this;
    }
    let read = this.ok();
    let latest = |before: &dyn Fn(&VisitStacks) -> bool| {
        let candidates = visits.iter().filter(|visit| before(visit) && visit.stacks.iter().any(HangStack::is_read));
        candidates.max_by_key(|visit| (visit.date, visit.visit))
    };
    let pre = match situation.first_session {
        Some(session) => latest(&|visit| visit.date < session)
            // A scan on the day of the session may be the one it was planned on, unless it is being read.
            .or_else(|| latest(&|visit| visit.date == session && Some(visit.visit) != situation.this)),
        // Nobody entered a session yet: the first scan is the likeliest.
        None => visits
            .iter()
            .filter(|visit| visit.stacks.iter().any(HangStack::is_read))
            .min_by_key(|visit| (visit.date, visit.visit)),
    };
    let pre = pre.filter(|pre| read.is_none_or(|read| pre.date <= read.date)).ok_or(Missing::NoPreProcedure)?;
    if situation.this == Some(pre.visit) { Err(Missing::IsPreProcedure) } else { Ok(pre) }
}

fn with_something_to_read(visit: &VisitStacks) -> Result<&VisitStacks, Missing> {
    if visit.stacks.is_empty() {
        Err(Missing::NoImages)
    } else if readable(visit).is_empty() {
        Err(Missing::NothingToRead)
    } else {
        Ok(visit)
    }
}

/// What a visit offers to a pane: what is read; where there is none, what is of another kind, for a picture says more
/// than an empty pane. Localizers and report pages only where somebody asks for them.
fn readable(visit: &VisitStacks) -> Vec<&HangStack> {
    let read: Vec<&HangStack> = visit.stacks.iter().filter(|stack| stack.is_read()).collect();
    if !read.is_empty() {
        return read;
    }
    visit.stacks.iter().filter(|stack| stack.role == StackRole::Other && stack.slices > 0).collect()
}

/// What all panes should have in common.
type Style = (StackRole, Option<Anatomical>);

/// The phase and plane with the smallest sum of penalties over the panes.
fn common_style(visits: &[&VisitStacks], organ: Option<Organ>) -> Option<Style> {
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
mod tests {
    use super::super::choice_words;
    use super::*;
    use crate::clinical::{Date, VisitId};
    use StackRole as R;

    fn stack(n: u8, role: StackRole, thickness_mm: f64) -> HangStack {
        HangStack {
            key: StackKey([n; 16]),
            role,
            kernel: Kernel::Soft,
            step_mm: Some(thickness_mm),
            thickness_mm: Some(thickness_mm),
            plane: Some(Anatomical::Axial),
            is_volume: true,
            slices: (240.0 / thickness_mm) as u32,
            description: String::new(),
            group: None,
        }
    }

    fn visit(id: u32, day: u32, stacks: Vec<HangStack>) -> VisitStacks {
        let date = Date::from_ymd_opt(2026, 1, 1).unwrap() + chrono::Days::new(u64::from(day));
        VisitStacks { visit: VisitId(id), date, stacks }
    }

    fn situation(this: u32, session_day: Option<u64>) -> Situation {
        let first_session = session_day.map(|day| Date::from_ymd_opt(2026, 1, 1).unwrap() + chrono::Days::new(day));
        Situation { this: Some(VisitId(this)), first_session, organ: Some(Organ::Liver), ..Situation::default() }
    }

    fn hung(situation: &Situation, visits: &[VisitStacks]) -> Vec<Result<u8, Missing>> {
        let panes = hang(&Hanging::default(), situation, visits);
        let mut back = visits.to_vec();
        back.reverse();
        back.iter_mut().for_each(|visit| visit.stacks.reverse());
        assert_eq!(hang(&Hanging::default(), situation, &back), panes, "the order of the input decides nothing");
        panes.into_iter().map(|pane| pane.map(|key| key.0[0])).collect()
    }

    #[test]
    fn portal_venous_three_millimetres_soft_axial() {
        let mut lung = stack(3, R::CtPortalVenous, 3.0);
        lung.kernel = Kernel::Lung;
        let mut coronal = stack(4, R::CtPortalVenous, 3.0);
        coronal.plane = Some(Anatomical::Coronal);
        let mut pictures = stack(5, R::CtPortalVenous, 3.0);
        pictures.is_volume = false;
        let scout = stack(6, R::Localizer, 3.0);
        let now = vec![
            stack(1, R::CtArterial, 3.0),
            stack(2, R::CtPortalVenous, 3.0),
            lung,
            coronal,
            pictures,
            scout,
            stack(7, R::CtPortalVenous, 0.75),
            stack(8, R::CtPortalVenous, 5.0),
        ];
        let visits = [visit(1, 0, vec![stack(9, R::CtPortalVenous, 5.0)]), visit(2, 50, now)];
        assert_eq!(hung(&situation(2, Some(10)), &visits), [Ok(9), Ok(2)]);
        assert_eq!(choice_words(&visits[1], StackKey([2; 16])), "Chosen: PV, 3 mm, soft. 6 others");
        assert_eq!(choice_words(&visits[0], StackKey([9; 16])), "Chosen: PV, 5 mm, soft. No others");
        assert_eq!(choice_words(&visits[1], StackKey([7; 16])), "Chosen: PV, 0.75 mm, soft. 6 others");
    }

    #[test]
    fn panes_agree_on_phase_but_not_at_the_price_of_contrast() {
        let pre = |stacks| visit(1, 0, stacks);
        let now = |stacks| visit(2, 50, stacks);
        let s = situation(2, Some(10));
        let both_arterial = [
            pre(vec![stack(1, R::CtPortalVenous, 3.0), stack(2, R::CtArterial, 3.0)]),
            now(vec![stack(3, R::CtArterial, 3.0), stack(4, R::CtDelayed, 3.0)]),
        ];
        assert_eq!(hung(&s, &both_arterial), [Ok(2), Ok(3)]);
        let unenhanced_pre = [
            pre(vec![stack(1, R::CtUnenhanced, 3.0)]),
            now(vec![stack(2, R::CtUnenhanced, 3.0), stack(3, R::CtPortalVenous, 3.0)]),
        ];
        assert_eq!(hung(&s, &unenhanced_pre), [Ok(1), Ok(3)]);
        let mr_now = [
            pre(vec![stack(1, R::CtPortalVenous, 3.0), stack(2, R::MrT1Enhanced, 3.0)]),
            now(vec![stack(3, R::MrT1Enhanced, 3.0), stack(4, R::MrT2, 3.0)]),
        ];
        assert_eq!(hung(&s, &mr_now), [Ok(2), Ok(3)]);
    }

    #[test]
    fn the_lung_is_read_in_its_own_kernel() {
        let mut lung = stack(2, R::CtEnhanced, 1.0);
        lung.kernel = Kernel::Lung;
        let visits = [visit(1, 0, vec![stack(1, R::CtEnhanced, 1.0), lung])];
        let mut s = situation(1, None);
        s.organ = Some(Organ::Lung);
        assert_eq!(hung(&s, &visits)[1], Ok(2));
        s.organ = Some(Organ::Liver);
        assert_eq!(hung(&s, &visits)[1], Ok(1));
    }

    #[test]
    fn the_pre_pane_is_the_last_scan_before_the_first_session() {
        let one = |n| vec![stack(n, R::CtPortalVenous, 3.0)];
        let visits = [visit(1, 0, one(1)), visit(2, 8, one(2)), visit(3, 10, one(3)), visit(4, 50, one(4))];
        assert_eq!(hung(&situation(4, Some(10)), &visits), [Ok(2), Ok(4)]);
        assert_eq!(hung(&situation(4, None), &visits), [Ok(1), Ok(4)]);
        // Only the day of the session itself is there.
        assert_eq!(hung(&situation(4, Some(10)), &visits[2..]), [Ok(3), Ok(4)]);
        assert_eq!(hung(&situation(3, Some(10)), &visits[2..]), [Err(Missing::NoPreProcedure), Ok(3)]);
        assert_eq!(hung(&situation(4, Some(10)), &visits[3..]), [Err(Missing::NoPreProcedure), Ok(4)]);
        assert_eq!(hung(&situation(2, Some(10)), &visits), [Err(Missing::IsPreProcedure), Ok(2)]);
        assert_eq!(hung(&situation(1, Some(10)), &visits)[0], Err(Missing::NoPreProcedure), "never a later scan");
    }

    #[test]
    fn empty_panes_say_why() {
        let scouts = [visit(1, 0, vec![stack(1, R::Localizer, 3.0), stack(2, R::Report, 3.0)])];
        assert_eq!(hung(&situation(1, None), &scouts), [Err(Missing::NoPreProcedure), Err(Missing::NothingToRead)]);
        let strange = [visit(1, 0, vec![stack(1, R::Localizer, 3.0), stack(2, R::Other, 3.0)])];
        assert_eq!(hung(&situation(1, None), &strange)[1], Ok(2), "a picture of another kind rather than none");
        assert_eq!(hung(&situation(7, None), &[]), [Err(Missing::NoPreProcedure), Err(Missing::NoImages)]);
        assert_eq!(hung(&Situation::default(), &[])[1], Err(Missing::NoVisit));
        assert_eq!(hung(&situation(1, None), &[visit(1, 0, vec![])])[1], Err(Missing::NoImages));
        assert_eq!(Missing::NoPreProcedure.to_string(), "no pre-procedure scan in the project");
    }

    #[test]
    fn a_correction_is_kept_for_its_visit_and_role() {
        let visits = [
            visit(1, 0, vec![stack(1, R::CtPortalVenous, 3.0), stack(2, R::CtPortalVenous, 1.0)]),
            visit(2, 50, vec![stack(3, R::CtPortalVenous, 3.0)]),
        ];
        let mut s = situation(2, Some(10));
        s.remembered.insert((VisitId(1), R::CtPortalVenous), StackKey([2; 16]));
        s.remembered.insert((VisitId(2), R::CtPortalVenous), StackKey([99; 16]));
        let chosen = choose(&Hanging::default(), &s, &visits);
        assert_eq!(chosen[0], Ok(Chosen { key: StackKey([2; 16]), wanted: R::CtPortalVenous, by_reader: true }));
        assert!(!chosen[1].unwrap().by_reader, "a stack that is gone decides nothing");
    }

    #[test]
    fn a_hanging_survives_its_file() {
        let json = serde_json::to_string(&Hanging::default()).unwrap();
        assert_eq!(json, r#"{"panes":["pre","this"]}"#);
        assert_eq!(serde_json::from_str::<Hanging>(&json).unwrap(), Hanging::default());
    }
}
