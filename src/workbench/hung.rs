//! Which stacks hang in the panes: what the hanging chooses, and what a reader put there instead.

use super::room::{Pane, Shown, WindowGroup};
use super::selecting::{first_session, last_session};
use super::{Selection, Workbench, words};
use crate::clinical::{StackKey, StackRole, VisitId};
use crate::hanging::{HangStack, Hanging, Hung, Layout, Missing, Remembered, Situation, View, VisitStacks, hang};
use crate::project::{Document, StackRecord};
use std::collections::BTreeMap;

/// What a reader put into the panes by stepping through series; what was chosen on purpose is in the project.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct ByHand {
    /// Another stack of the visit that belongs into the pane, by visit and the role that would have hung there.
    pub(super) roles: BTreeMap<(VisitId, StackRole), StackKey>,
    /// A stack in a pane that has none of its own, by the visit that is read and the pane.
    pub(super) panes: BTreeMap<(VisitId, usize), StackKey>,
}

/// How panes are hung.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Arrangement {
    pub(super) hanging: Hanging,
    /// Rows and columns that a reader set instead of the hanging's own.
    pub(super) layout: Option<Layout>,
    /// Visits stand with the latest on the left.
    pub(super) latest_first: bool,
    /// The layout in force.
    pub(super) in_force: Layout,
    /// Panes that show a difference for as long as they hang.
    pub(super) differences: Vec<usize>,
    /// What was remembered when the panes were hung: an undo elsewhere hangs them anew.
    pub(super) hung_with: Remembered,
}

impl Workbench {
    /// What the panes are for.
    #[must_use]
    pub fn hanging(&self) -> &Hanging {
        &self.arrangement.hanging
    }

    /// Rows and columns of panes.
    #[must_use]
    pub fn layout(&self) -> Layout {
        if self.shows_three_planes() { Layout::fitting(self.room.panes().len()) } else { self.arrangement.in_force }
    }

    /// Whether visits stand with the latest on the left.
    #[must_use]
    pub fn latest_first(&self) -> bool {
        self.arrangement.latest_first
    }

    /// Shows a stack in a pane, to look at it. It is remembered for as long as the project is open here.
    pub(super) fn show_stack(&mut self, pane: usize, stack: StackKey) {
        let Some(record) = self.document().and_then(|document| document.stack(stack)).cloned() else { return };
        self.remember(pane, stack);
        let with = self.shown_as(&record);
        self.with_links(|room, links| {
            room.replace(pane, with, links);
            room.activate(pane);
        });
        self.prepare_panes();
    }

    /// A stack as panes show it: with a window of its own where windows are not shared.
    pub(super) fn shown_as(&self, record: &StackRecord) -> Shown {
        let shown = super::selecting::shown(record);
        let group = if self.together.window { shown.group } else { WindowGroup::Own(shown.stack) };
        Shown { group, ..shown }
    }

    /// Remembers what a reader put into a pane: for its visit and what would have hung there, or for a pane that has
    /// nothing of its own. A stack of another visit in the place of one is looked at and not kept.
    pub(super) fn remember(&mut self, pane: usize, stack: StackKey) {
        let Some((document, read)) = self.document().zip(self.selection.visit) else { return };
        let visit = document.visit_of_stack(stack);
        match (visit, self.wanted_in(pane)) {
            (Some(visit), Some((of_pane, Some(wanted)))) if visit == of_pane => {
                self.by_hand.roles.insert((visit, wanted), stack);
                self.arrangement.hung_with.insert((visit, wanted), stack);
            }
            (_, None) => {
                self.by_hand.panes.insert((read, pane), stack);
            }
            _ => {}
        }
    }

    /// The visit and the role that a pane is for; no role where a correction could not say which pane it is for, and
    /// none at all for a pane that stays empty.
    pub(super) fn wanted_in(&self, pane: usize) -> Option<(VisitId, Option<StackRole>)> {
        let chosen = self.would_hang()?.panes.into_iter().nth(pane)?.ok()?;
        let visit = self.document()?.visit_of_stack(chosen.key)?;
        Some((visit, chosen.remembers.then_some(chosen.wanted)))
    }

    /// The choices that are kept in the project, and above them what was stepped to.
    fn remembered(&self, document: &Document, visits: &[VisitStacks]) -> Remembered {
        let mut remembered = Remembered::new();
        for (visit, stack) in visits.iter().flat_map(|v| v.stacks.iter().map(move |stack| (v.visit, stack.key))) {
            if let Some(role) = document.stack(stack).and_then(|record| record.hangs_for) {
                remembered.insert((visit, role), stack);
            }
        }
        let here = |visit: &VisitId| visits.iter().any(|v| v.visit == *visit);
        remembered.extend(self.by_hand.roles.iter().filter(|((visit, _), _)| here(visit)).map(|(at, key)| (*at, *key)));
        remembered
    }

    /// What would hang now, with the reader's layout.
    pub(super) fn would_hang(&self) -> Option<Hung> {
        self.hung_for(&self.arrangement.hanging, self.selection).map(|(hung, _)| hung)
    }

    /// What would hang for another reading.
    pub(super) fn would_hang_for(&self, hanging: &Hanging, at: Selection) -> Option<Hung> {
        self.hung_for(hanging, at).map(|(hung, _)| hung)
    }

    fn hung_for(&self, hanging: &Hanging, at: Selection) -> Option<(Hung, Remembered)> {
        let document = self.document()?;
        let patient = at.patient?;
        let visits = document.visits_of(patient).into_iter().filter(|visit| !self.is_hidden(visit.id));
        let visits: Vec<VisitStacks> = visits
            .map(|visit| VisitStacks {
                visit: visit.id,
                date: visit.date,
                stacks: document.stacks_of(visit.id).iter().map(|s| HangStack::new(&s.info, s.role)).collect(),
            })
            .collect();
        let lesion = at.lesion.and_then(|lesion| document.lesion(lesion));
        let read = at.visit.and_then(|visit| document.visit(visit)).map(|visit| visit.date);
        let situation = Situation {
            this: at.visit,
            first_session: first_session(document, patient, at.lesion),
            last_session: read.and_then(|date| last_session(document, patient, at.lesion, date)),
            organ: lesion.map(|lesion| lesion.organ),
            remembered: self.remembered(document, &visits),
            latest_first: self.arrangement.latest_first,
        };
        let hung = hang(hanging, &situation, &visits);
        Some((fitted(hung, self.arrangement.layout), situation.remembered))
    }

    /// What a reader put into a pane for the visit that is read, when it can be shown there.
    fn put_there(&self, document: &Document, pane: usize) -> Option<Shown> {
        let key = self.by_hand.panes.get(&(self.selection.visit?, pane))?;
        let record = document.stack(*key).filter(|record| Some(record.patient) == self.selection.patient)?;
        let visit = document.visit_of_stack(*key)?;
        (!self.is_hidden(visit)).then(|| self.shown_as(record))
    }

    pub(super) fn hang(&mut self) {
        let Some(((hung, with), document)) =
            self.hung_for(&self.arrangement.hanging, self.selection).zip(self.document())
        else {
            self.room.hang(Vec::new());
            return;
        };
        let panes = hung.panes.iter().enumerate().map(|(n, pane)| match pane {
            Ok(chosen) => match document.stack(chosen.key) {
                Some(record) => Pane::Stack(self.shown_as(record)),
                None => Pane::Empty(words::STACK_GONE.to_owned()),
            },
            Err(missing) => match self.put_there(document, n) {
                Some(shown) => Pane::Stack(shown),
                None if hung.alone => Pane::Empty(words::NOTHING_TO_COMPARE.to_owned()),
                None => Pane::Empty(words::capital(&missing.to_string())),
            },
        });
        let panes: Vec<Pane> = panes.collect();
        let views: Vec<(usize, View)> =
            hung.panes.iter().enumerate().filter_map(|(n, pane)| Some((n, pane.ok()?.view))).collect();
        self.arrangement.in_force = hung.layout;
        self.arrangement.hung_with = with;
        self.room.hang(panes);
        self.arrangement.differences.clear();
        for (pane, view) in views {
            self.view_as(pane, view);
        }
        self.room.activate(hung.reads);
        self.prepare_panes();
        self.make_thumbnails();
        // Bring all panes to the place that the first one shows.
        self.with_links(|room, links| {
            if let Some(slice) = room.panes().first().and_then(Pane::shown).map(|shown| shown.slice) {
                room.set_slice(0, slice, links);
            }
        });
    }

    /// Whether a pane shows a stack that is gone, or none although there is one now, or a reader's choice was taken
    /// back.
    pub(super) fn panes_are_stale(&self) -> bool {
        let Some(document) = self.document() else { return true };
        if self.three_planes_stand(document) {
            return false;
        }
        let Some((hung, with)) = self.hung_for(&self.arrangement.hanging, self.selection) else { return false };
        let all_there = hung.panes.iter().all(Result::is_ok);
        self.room.panes().len() != hung.panes.len()
            || with != self.arrangement.hung_with
            || self.room.panes().iter().zip(&hung.panes).any(|(pane, hung)| match (pane, hung) {
                (Pane::Stack(shown), _) => document.stack(shown.stack).is_none(),
                (Pane::Empty(_), Ok(_)) => all_there,
                (Pane::Empty(_), Err(_)) => false,
            })
    }
}

/// What hangs in a reader's layout: where it has too few panes, those up to the visit that is read; where it has too
/// many, empty ones at the end.
fn fitted(mut hung: Hung, layout: Option<Layout>) -> Hung {
    let layout = layout.unwrap_or(hung.layout);
    let cells = layout.panes();
    if hung.panes.len() > cells {
        let start = (hung.reads + 1).saturating_sub(cells);
        hung.panes = hung.panes.into_iter().skip(start).take(cells).collect();
        hung.reads -= start;
        hung.alone = false;
    }
    hung.panes.resize(cells, Err(Missing::Spare));
    hung.layout = layout;
    hung
}
