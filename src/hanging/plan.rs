//! What each pane of a hanging is for, at these visits.

use super::{HangStack, Hanging, Missing, Situation, VisitStacks};
use crate::clinical::{PaneVisit, StackKey, StackRole};
use crate::geometry::Anatomical;

/// The most panes there are.
const MOST_PANES: usize = 9;

/// What a pane shows of its visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    /// The phase and plane that all such panes have in common.
    Common,
    /// The best stack of a role.
    Role(StackRole),
    /// This stack.
    Stack(StackKey),
}

/// How a pane looks at what it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// As acquired.
    AsAcquired,
    /// Cut in a plane of the body.
    Plane(Anatomical),
    /// With the best stack of a role over it.
    Under(StackRole),
    /// Less the best stack of a role.
    Less(StackRole),
}

/// A pane's visit, what it shows of it and how, or why it stays empty.
pub(super) type Plan<'a> = Result<(&'a VisitStacks, Want, Look), Missing>;

/// The panes of a hanging, in time order where they are of different visits.
pub(super) fn plans<'a>(hanging: &Hanging, situation: &Situation, visits: &'a [VisitStacks]) -> Vec<Plan<'a>> {
    let visit = |visit: PaneVisit| visit_of(visit, situation, visits);
    match hanging {
        Hanging::FollowUp => follow_up(situation, visits),
        Hanging::TimeCourse => time_course(visits),
        Hanging::Phases => match visit(PaneVisit::This) {
            Ok(this) => phases(this),
            Err(missing) => vec![Err(missing)],
        },
        Hanging::Planes => [Anatomical::Axial, Anatomical::Coronal, Anatomical::Sagittal]
            .into_iter()
            .map(|plane| visit(PaneVisit::This).map(|this| (this, Want::Common, Look::Plane(plane))))
            .collect(),
        Hanging::Mri => {
            let roles = [StackRole::MrT1Enhanced, StackRole::MrT2, StackRole::MrDwi, StackRole::MrAdc];
            roles.into_iter().map(|role| of_role(visit(PaneVisit::This)?, role)).collect()
        }
        Hanging::PetCt => vec![
            visit(PaneVisit::This).and_then(a_ct),
            visit(PaneVisit::This).and_then(|this| of_role(this, StackRole::Pet)),
            visit(PaneVisit::This).and_then(|this| {
                let (this, pet, _) = of_role(this, StackRole::Pet).and(a_ct(this))?;
                Ok((this, pet, Look::Under(StackRole::Pet)))
            }),
        ],
        Hanging::Subtraction => match visit(PaneVisit::This) {
            Ok(this) => subtraction(this),
            Err(missing) => vec![Err(missing)],
        },
        Hanging::Own(own) => own
            .panes
            .iter()
            .take(MOST_PANES)
            .map(|plan| match (visit(plan.visit)?, plan.role) {
                (of, Some(role)) => of_role(of, role),
                (of, None) => Ok((of, Want::Common, Look::AsAcquired)),
            })
            .collect(),
    }
}

/// Before the procedure, the first scan after the last session where it is another one, and now.
fn follow_up<'a>(situation: &Situation, visits: &'a [VisitStacks]) -> Vec<Plan<'a>> {
    let common = |of: PaneVisit| visit_of(of, situation, visits).map(|visit| (visit, Want::Common, Look::AsAcquired));
    let mut panes = vec![common(PaneVisit::Pre)];
    panes.extend(common(PaneVisit::FirstAfter).ok().filter(|(first, ..)| Some(first.visit) != situation.this).map(Ok));
    panes.push(common(PaneVisit::This));
    panes
}

/// Every visit; when there are more than fit, the first and the latest.
fn time_course(visits: &[VisitStacks]) -> Vec<Plan<'_>> {
    let mut all: Vec<&VisitStacks> = visits.iter().collect();
    all.sort_by_key(|visit| (visit.date, visit.visit));
    if all.len() > MOST_PANES {
        let too_many = all.len() - MOST_PANES;
        all.drain(1..=too_many);
    }
    if all.is_empty() {
        return vec![Err(Missing::NoVisit)];
    }
    all.into_iter()
        .map(|visit| with_something_to_read(visit).map(|visit| (visit, Want::Common, Look::AsAcquired)))
        .collect()
}

/// Phases of CT or T1 in the order in which contrast passes; of each that is there several times the best.
fn phases(this: &VisitStacks) -> Vec<Plan<'_>> {
    use StackRole as R;
    let this = match with_something_to_read(this) {
        Ok(this) => this,
        Err(missing) => return vec![Err(missing)],
    };
    let axial = |role: R| {
        this.stacks.iter().filter(move |s| s.role == role && s.slices > 0 && s.plane != Some(Anatomical::Coronal))
    };
    let ct = [R::CtUnenhanced, R::CtArterial, R::CtPortalVenous, R::CtDelayed, R::CtEnhanced];
    let mut panes: Vec<Plan<'_>> = ct
        .into_iter()
        .filter(|role| axial(*role).next().is_some())
        .map(|role| Ok((this, Want::Role(role), Look::AsAcquired)))
        .collect();
    if panes.len() < 2 {
        // Phases of MR carry one role: they are told apart by when they were taken.
        let mut dynamic: Vec<&HangStack> = axial(R::MrT1Enhanced).collect();
        dynamic.sort_by(|a, b| {
            let when = |stack: &HangStack| stack.time_s.unwrap_or(f64::MAX);
            let place = |stack: &HangStack| (stack.group.as_ref().map(|(_, n)| *n), stack.series_number, stack.key);
            when(a).total_cmp(&when(b)).then_with(|| place(a).cmp(&place(b)))
        });
        let before = axial(R::MrT1).next().map(|_| Ok((this, Want::Role(R::MrT1), Look::AsAcquired)));
        let mr: Vec<Plan<'_>> = before
            .into_iter()
            .chain(dynamic.into_iter().map(|s| Ok((this, Want::Stack(s.key), Look::AsAcquired))))
            .collect();
        if mr.len() > panes.len() {
            panes = mr;
        }
    }
    panes.truncate(MOST_PANES);
    match panes.len() {
        0 => vec![Ok((this, Want::Common, Look::AsAcquired)), Err(Missing::OnePhase)],
        1 => panes.into_iter().chain([Err(Missing::OnePhase)]).collect(),
        _ => panes,
    }
}

/// Before contrast, after it, and the difference: of CT the arterial phase, else the portal venous one; without images
/// before contrast what came since the arterial phase; else of T1.
fn subtraction(this: &VisitStacks) -> Vec<Plan<'_>> {
    use StackRole as R;
    let ct = [R::CtArterial, R::CtPortalVenous, R::CtDelayed, R::CtEnhanced];
    let of = |before: R, after: &[R]| {
        let before = of_role(this, before).ok()?;
        let role = after.iter().find(|role| of_role(this, **role).is_ok())?;
        Some((before, *role))
    };
    let ct = of(R::CtUnenhanced, &ct).or_else(|| of(R::CtArterial, &[R::CtPortalVenous, R::CtDelayed]));
    let Some(((_, before, _), after)) = ct.or_else(|| of(R::MrT1, &[R::MrT1Enhanced])) else {
        return vec![Err(Missing::NothingToSubtract)];
    };
    let Want::Role(role) = before else { return vec![Err(Missing::NothingToSubtract)] };
    vec![
        Ok((this, before, Look::AsAcquired)),
        Ok((this, Want::Role(after), Look::AsAcquired)),
        Ok((this, Want::Role(after), Look::Less(role))),
    ]
}

/// A CT of the visit, by role as it is read.
fn a_ct(this: &VisitStacks) -> Plan<'_> {
    use StackRole as R;
    let roles = [R::CtPortalVenous, R::CtEnhanced, R::CtDelayed, R::CtArterial, R::CtUnknown, R::CtUnenhanced];
    roles.into_iter().find_map(|role| of_role(this, role).ok()).ok_or(Missing::NoCt)
}

fn of_role(visit: &VisitStacks, role: StackRole) -> Plan<'_> {
    if visit.stacks.is_empty() {
        return Err(Missing::NoImages);
    }
    let there = visit.stacks.iter().any(|stack| stack.role == role && stack.slices > 0);
    if there { Ok((visit, Want::Role(role), Look::AsAcquired)) } else { Err(Missing::NoSeries(role)) }
}

/// The visit that a pane is for.
fn visit_of<'a>(pane: PaneVisit, situation: &Situation, visits: &'a [VisitStacks]) -> Result<&'a VisitStacks, Missing> {
    let this = situation.this.ok_or(Missing::NoVisit);
    let this = this.and_then(|id| visits.iter().find(|visit| visit.visit == id).ok_or(Missing::NoImages));
    let read = this.ok();
    let is_read = |visit: &&VisitStacks| visit.stacks.iter().any(HangStack::is_read);
    match pane {
        PaneVisit::This => this.and_then(with_something_to_read),
        PaneVisit::Pre => pre_of(situation, visits, read),
        PaneVisit::FirstAfter => {
            let last = situation.last_session.ok_or(Missing::NoFirstAfter)?;
            let after = visits.iter().filter(is_read).filter(|visit| visit.date > last);
            let first = after.min_by_key(|visit| (visit.date, visit.visit));
            first.filter(|first| read.is_none_or(|read| first.date <= read.date)).ok_or(Missing::NoFirstAfter)
        }
        PaneVisit::Previous => {
            let read = this?;
            let before = visits.iter().filter(is_read).filter(|v| (v.date, v.visit) < (read.date, read.visit));
            before.max_by_key(|visit| (visit.date, visit.visit)).ok_or(Missing::NoPrevious)
        }
    }
}

/// The last scan before the first session.
fn pre_of<'a>(
    situation: &Situation,
    visits: &'a [VisitStacks],
    read: Option<&VisitStacks>,
) -> Result<&'a VisitStacks, Missing> {
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
    } else if super::choose::readable(visit).is_empty() {
        Err(Missing::NothingToRead)
    } else {
        Ok(visit)
    }
}
