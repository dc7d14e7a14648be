//! Stepping through the stacks of a 4-D series: phases, b-values, echoes, times.

use super::jobs::Lane;
use super::notices::Level;
use super::room::{Pane, WindowGroup};
use super::selecting::shown;
use super::{Step, Workbench, words};
use crate::clinical::StackKey;
use crate::dicom::{GroupRef, StackAxis, StackInfo, stack_key};
use crate::project::{Document, StackRecord};

/// Where a pane is in a 4-D series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupPlace {
    /// "phase 3 of 5, +35 s".
    pub words: String,
    /// Every stack of the series at this visit with its words, along the axis.
    pub members: Vec<(StackKey, String)>,
    /// The one that is shown.
    pub shown: StackKey,
}

impl Workbench {
    /// Where a pane is in a 4-D series; none where its stack stands alone.
    #[must_use]
    pub fn group_place(&self, pane: usize) -> Option<GroupPlace> {
        let document = self.document()?;
        let record = document.stack(self.room.panes().get(pane)?.shown()?.stack)?;
        let group = record.info.group.as_ref()?;
        let members = members(document, record);
        if members.len() < 2 {
            return None;
        }
        let words = |record: &&StackRecord| record.info.group.as_ref().map(|group| group.label.clone());
        Some(GroupPlace {
            words: words::place_in_group(group),
            members: members.iter().filter_map(|record| Some((record.info.key, words(record)?))).collect(),
            shown: record.info.key,
        })
    }

    /// The next stack of the 4-D series in the active pane, or in every pane that shows one; where there is no such
    /// series, the next series of the visit.
    pub(super) fn step_group(&mut self, step: Step, all_panes: bool) {
        let active = self.room.active();
        let panes = if all_panes { 0..self.room.panes().len() } else { active..active + 1 };
        let mut stepped = false;
        for pane in panes {
            stepped |= self.step_pane(pane, step).is_some();
        }
        if !stepped && !all_panes {
            self.step_series(step);
        } else if !stepped {
            self.notices.tell(Level::Note, words::NO_GROUP, false);
        }
    }

    fn step_pane(&mut self, pane: usize, step: Step) -> Option<()> {
        let place = self.group_place(pane)?;
        let here = place.members.iter().position(|(key, _)| *key == place.shown)?;
        let count = place.members.len();
        let on = |from: usize| match step {
            Step::Next => (from + 1) % count,
            Step::Previous => (from + count - 1) % count,
        };
        let (next, _) = place.members.get(on(here))?;
        self.show_member(pane, *next);
        // The one after is read while this one is looked at.
        let (ahead, _) = place.members.get(on(on(here)))?;
        let (record, slice) = (self.document()?.stack(*ahead)?.clone(), self.room.panes().get(pane)?.shown()?.slice);
        self.images.want(*ahead, &record.info, slice, Lane::Loading, &mut self.jobs);
        self.pump_inline();
        Some(())
    }

    /// Shows a stack of the series that a pane shows already: slice, place and zoom stay, and no other pane moves.
    pub(super) fn show_member(&mut self, pane: usize, stack: StackKey) {
        let Some(record) = self.document().and_then(|document| document.stack(stack)).cloned() else { return };
        self.remember(pane, stack);
        self.room.exchange(pane, shown(&record));
        self.prepare_panes();
    }
}

/// The stacks of the same 4-D series at the same visit, along its axis.
fn members<'a>(document: &'a Document, record: &StackRecord) -> Vec<&'a StackRecord> {
    let (Some(group), Some(visit)) = (&record.info.group, document.visit_of_stack(record.info.key)) else {
        return Vec::new();
    };
    let same = |other: &&StackRecord| other.info.group.as_ref().is_some_and(|other| other.id == group.id);
    let mut members: Vec<&StackRecord> = document.stacks_of(visit).into_iter().filter(same).collect();
    members.sort_by_key(|record| (record.info.group.as_ref().map(|group| group.index), record.info.key));
    members
}

/// A visit's stacks with one for each 4-D series: the one of `shown` where it is among them, else the first to read. Each with
/// how many there are.
#[must_use]
pub fn one_of_each<'a>(stacks: &[&'a StackRecord], shown: &dyn Fn(StackKey) -> bool) -> Vec<(&'a StackRecord, usize)> {
    let mut one: Vec<(&StackRecord, usize)> = Vec::new();
    for stack in stacks {
        let place = match &stack.info.group {
            None => None,
            Some(group) => {
                one.iter().position(|(other, _)| other.info.group.as_ref().is_some_and(|other| other.id == group.id))
            }
        };
        match place.and_then(|place| one.get_mut(place)) {
            None => one.push((stack, 1)),
            Some((kept, count)) => {
                *count += 1;
                let index = |record: &StackRecord| record.info.group.as_ref().map(GroupRef::reading_order);
                let better = match (shown(kept.info.key), shown(stack.info.key)) {
                    (false, true) => true,
                    (true, _) => false,
                    (false, false) => index(stack) < index(kept),
                };
                if better {
                    *kept = stack;
                }
            }
        }
    }
    one
}

/// What shares a window with a stack of a 4-D series: all its phases and times, which differ by contrast alone;
/// b-values and echoes differ by much more, and each has its own.
pub(super) fn window_group(info: &StackInfo) -> WindowGroup {
    match &info.group {
        Some(group) if matches!(group.axis, StackAxis::Phase | StackAxis::Time) => {
            WindowGroup::Own(stack_key([(group.id.as_str(), 0)]))
        }
        _ => WindowGroup::Own(info.key),
    }
}

/// Whether a pane shows a stack.
pub(super) fn is_shown(panes: &[Pane], stack: StackKey) -> bool {
    panes.iter().filter_map(Pane::shown).any(|shown| shown.stack == stack)
}

/// The stacks of a visit that a reader steps through one by one, as keys.
pub(super) fn steps(document: &Document, visit: crate::clinical::VisitId, panes: &[Pane]) -> Vec<StackKey> {
    let stacks = document.stacks_of(visit);
    one_of_each(&stacks, &|key| is_shown(panes, key)).into_iter().map(|(record, _)| record.info.key).collect()
}
