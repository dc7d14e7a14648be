//! What the next patient's panes will show is read while this one is looked at.

use super::jobs::Lane;
use super::room::Pane;
use super::{Selection, Workbench};
use crate::clinical::StackKey;
use crate::hanging::Hanging;

impl Workbench {
    /// Reads one series that will hang for the next patient to be read, once everything on the screen is there and
    /// while it fits beside what is in memory. The end of each brings the next.
    pub(super) fn read_ahead_for_next(&mut self) {
        let shown = self.room.panes().iter().filter_map(Pane::shown);
        let mut there = shown.map(|shown| self.images.get(shown.stack).is_some_and(|volume| volume.is_complete()));
        if !there.all(|complete| complete) {
            return;
        }
        let Some((stack, bytes)) = self.next_to_read_ahead() else { return };
        let memory = self.images.memory();
        if memory.used_bytes.saturating_add(bytes) > memory.budget_bytes {
            return;
        }
        let Some(info) = self.document().and_then(|document| document.stack(stack)).map(|record| record.info.clone())
        else {
            return;
        };
        self.images.want(stack, &info, info.slices() / 2, Lane::Loading, &mut self.jobs);
        self.pump_inline();
    }

    /// The first series of the next patient's panes that is not in memory, and about how many bytes it takes.
    fn next_to_read_ahead(&self) -> Option<(StackKey, u64)> {
        let here = self.selection.patient?;
        let unread = self.unread();
        let after = unread.iter().rposition(|(patient, ..)| *patient == here).map_or(0, |last| last + 1);
        let (patient, visit, lesion) = unread.iter().cycle().skip(after).take(unread.len()).find(|u| u.0 != here)?;
        let next = Selection { patient: Some(*patient), visit: Some(*visit), lesion: Some(*lesion) };
        let hung = self.would_hang_for(&Hanging::FollowUp, next)?;
        let document = self.document()?;
        let keys = hung.panes.into_iter().filter_map(Result::ok).map(|chosen| chosen.key);
        let missing = keys.filter(|key| self.images.get(*key).is_none() && self.images.has_sources(*key));
        missing.filter_map(|key| document.stack(key)).next().map(|record| {
            let info = &record.info;
            (info.key, 2 * u64::from(info.rows) * u64::from(info.columns) * u64::from(info.slices()))
        })
    }
}
