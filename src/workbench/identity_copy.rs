//! A copy of the project without what tells who its patients are.

use super::jobs::Lane;
use super::notices::Level;
use super::opening::with_ending;
use super::{Done, Slot, Workbench, words};
use crate::project::{CopyOptions, copy_without_identity};
use std::path::PathBuf;

impl Workbench {
    /// How the last copy without identity went, in words.
    #[must_use]
    pub fn identity_copy(&self) -> Option<&Result<String, String>> {
        self.safety.identity_copy.as_ref()
    }

    pub(super) fn copy_without_identity(&mut self, path: PathBuf, dates_as_offsets: bool) {
        self.safety.identity_copy = None;
        let Some(desk) = &self.desk else {
            self.notices.tell(Level::Problem, words::NO_PROJECT, false);
            return;
        };
        if !desk.unsaved().is_empty() {
            self.notices.tell(Level::Problem, words::UNSAVED_FIRST, false);
            return;
        }
        let (source, target) = (desk.path().to_owned(), with_ending(path));
        let options = CopyOptions { dates_as_offsets, at: self.now() };
        self.jobs.start(Slot::IdentityCopy, words::COPYING_BLIND, Lane::Loading, move |_| {
            let copied = copy_without_identity(&source, &target, &options);
            let told = copied.map(|counts| words::copied_without(&target, &counts)).map_err(|error| error.to_string());
            Done::IdentityCopied(told)
        });
        self.pump_inline();
    }
}
