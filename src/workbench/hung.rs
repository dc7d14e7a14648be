//! Which stacks hang in the panes: what the hanging chooses, and what a reader put there instead.

use super::room::{Pane, Shown};
use super::selecting::{first_session, shown};
use super::{Workbench, words};
use crate::clinical::{StackKey, StackRole, VisitId};
use crate::hanging::{Chosen, HangStack, Hanging, Missing, Situation, VisitStacks, choose};
use crate::project::Document;
use std::collections::BTreeMap;

/// What a reader put into the panes instead of what would have hung there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct ByHand {
    /// Another stack of the visit that belongs into the pane, by visit and the role that would have hung there.
    pub(super) roles: BTreeMap<(VisitId, StackRole), StackKey>,
    /// A stack in a pane that has none of its own, by the visit that is read and the pane.
    pub(super) panes: BTreeMap<(VisitId, usize), StackKey>,
}

/// What would hang in each pane, left to right.
type Hung = Vec<Result<Chosen, Missing>>;
/// It, and whether it is one scan with nothing to compare it with.
type HungOrAlone = (Hung, bool);

impl Workbench {
    /// Shows a stack in a pane. It is remembered.
    pub(super) fn show_stack(&mut self, pane: usize, stack: StackKey) {
        let Some(record) = self.document().and_then(|document| document.stack(stack)).cloned() else { return };
        self.remember(pane, stack);
        let with = shown(&record);
        self.with_links(|room, links| {
            room.replace(pane, with, links);
            room.activate(pane);
        });
        self.prepare_panes();
    }

    /// Remembers what a reader put into a pane: for its visit and what would have hung there, or for a pane that has
    /// nothing of its own. A stack of another visit in the place of one is looked at and not kept.
    pub(super) fn remember(&mut self, pane: usize, stack: StackKey) {
        let Some((document, read)) = self.document().zip(self.selection.visit) else { return };
        let visit = document.visit_of_stack(stack);
        let usual = self.would_hang().and_then(|(hung, _)| hung.into_iter().nth(pane)?.ok());
        let usual = usual.map(|chosen| (document.visit_of_stack(chosen.key), chosen.wanted));
        match (visit, usual) {
            (Some(visit), Some((Some(of_pane), wanted))) if visit == of_pane => {
                self.by_hand.roles.insert((visit, wanted), stack);
            }
            (_, None) => {
                self.by_hand.panes.insert((read, pane), stack);
            }
            _ => {}
        }
    }

    fn would_hang(&self) -> Option<HungOrAlone> {
        let document = self.document()?;
        let patient = self.selection.patient?;
        let visits = document.visits_of(patient).into_iter().filter(|visit| !self.is_hidden(visit.id));
        let visits: Vec<VisitStacks> = visits
            .map(|visit| VisitStacks {
                visit: visit.id,
                date: visit.date,
                stacks: document.stacks_of(visit.id).iter().map(|s| HangStack::new(&s.info, s.role)).collect(),
            })
            .collect();
        let lesion = self.selection.lesion.and_then(|lesion| document.lesion(lesion));
        let situation = Situation {
            this: self.selection.visit,
            first_session: first_session(document, patient, self.selection.lesion),
            organ: lesion.map(|lesion| lesion.organ),
            remembered: self.by_hand.roles.clone(),
        };
        Some(pre_procedure_first(choose(&Hanging::default(), &situation, &visits)))
    }

    /// What a reader put into a pane for the visit that is read, when it can be shown there.
    fn put_there(&self, document: &Document, pane: usize) -> Option<Shown> {
        let key = self.by_hand.panes.get(&(self.selection.visit?, pane))?;
        let record = document.stack(*key).filter(|record| Some(record.patient) == self.selection.patient)?;
        let visit = document.visit_of_stack(*key)?;
        (!self.is_hidden(visit)).then(|| shown(record))
    }

    pub(super) fn hang(&mut self) {
        let Some(((hung, alone), document)) = self.would_hang().zip(self.document()) else {
            self.room.hang(Vec::new());
            return;
        };
        let panes = hung.into_iter().enumerate().map(|(n, pane)| match pane {
            Ok(chosen) => match document.stack(chosen.key) {
                Some(record) => Pane::Stack(shown(record)),
                None => Pane::Empty(words::STACK_GONE.to_owned()),
            },
            Err(missing) => match self.put_there(document, n) {
                Some(shown) => Pane::Stack(shown),
                None if alone => Pane::Empty(words::NOTHING_TO_COMPARE.to_owned()),
                None => Pane::Empty(words::capital(&missing.to_string())),
            },
        });
        let panes: Vec<Pane> = panes.collect();
        self.room.hang(panes);
        self.room.activate(usize::from(!alone));
        self.prepare_panes();
        self.make_thumbnails();
        // Bring all panes to the place that the first one shows.
        self.with_links(|room, links| {
            if let Some(slice) = room.panes().first().and_then(Pane::shown).map(|shown| shown.slice) {
                room.set_slice(0, slice, links);
            }
        });
    }

    /// Whether a pane shows a stack that is gone, or none although there is one now.
    pub(super) fn panes_are_stale(&self) -> bool {
        let Some(document) = self.document() else { return true };
        if self.three_planes_stand(document) {
            return false;
        }
        let Some((hung, _)) = self.would_hang() else { return false };
        let all_there = hung.iter().all(Result::is_ok);
        self.room.panes().len() != hung.len()
            || self.room.panes().iter().zip(&hung).any(|(pane, hung)| match (pane, hung) {
                (Pane::Stack(shown), _) => document.stack(shown.stack).is_none(),
                (Pane::Empty(_), Ok(_)) => all_there,
                (Pane::Empty(_), Err(_)) => false,
            })
    }
}

/// While the pre-procedure scan itself is looked at it hangs on the left, where it always is, and the right pane
/// says what could come there.
fn pre_procedure_first(hung: Hung) -> HungOrAlone {
    match <[Result<Chosen, Missing>; 2]>::try_from(hung) {
        Ok([Err(why), Ok(only)]) => (vec![Ok(only), Err(why)], true),
        Ok(both) => (both.into(), false),
        Err(other) => (other, false),
    }
}
