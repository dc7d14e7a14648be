//! The sample cases: making one in the user's cache, opening it, and which are there.

use super::jobs::Lane;
use super::notices::Level;
use super::{Done, Slot, Workbench, shelf, words};
use crate::phantom::{self, PhantomError};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Which sample cases are in the user's cache; looked up in the background.
#[derive(Default)]
pub(super) struct Samples {
    made: Option<BTreeMap<String, bool>>,
}

impl Workbench {
    /// Whether a sample case is made already; none while that is not known.
    #[must_use]
    pub fn sample_is_made(&self, case: &str) -> Option<bool> {
        self.samples.made.as_ref()?.get(case).copied()
    }

    /// Whether nobody looked yet which sample cases are made.
    #[must_use]
    pub fn samples_to_look_at(&self) -> bool {
        self.samples.made.is_none() && !self.jobs.is_running(&Slot::SampleList)
    }

    fn sample_shelf(&self) -> PathBuf {
        self.cache_folder().join("samples")
    }

    /// Looks in the background which sample cases are made.
    pub(super) fn look_at_samples(&mut self) {
        let place = self.sample_shelf();
        self.jobs.start(Slot::SampleList, words::LOOKING_AT_SAMPLES, Lane::Loading, move |_| {
            let there = |id: &String| place.is_dir() && shelf::is_there(id, &place);
            Done::SampleList(phantom::cases().iter().map(|info| (info.id.clone(), there(&info.id))).collect())
        });
        self.pump_inline();
    }

    pub(super) fn take_sample_list(&mut self, made: BTreeMap<String, bool>) {
        self.samples.made = Some(made);
    }

    /// Takes a sample case from the user's cache, making it there first when it is not whole, and opens it.
    pub(super) fn open_sample(&mut self, case: String) {
        let place = self.sample_shelf();
        let title = phantom::cases().iter().find(|info| info.id == case).map_or("", |info| info.title.as_str());
        let label = words::making_sample(title);
        self.jobs.start(Slot::Sample, label, Lane::Loading, move |context| {
            let progress = |done, total| context.show_progress(done, total);
            Done::Sample(match shelf::take(&case, &place, &progress, &|| context.cancelled()) {
                Ok(folder) => Ok(Some((case, folder))),
                Err(PhantomError::Cancelled) => Ok(None),
                Err(error) => Err(error.to_string()),
            })
        });
        self.pump_inline();
    }

    /// Stops making a sample case; what was made of it goes.
    pub(super) fn stop_sample(&mut self) {
        if self.jobs.is_running(&Slot::Sample) {
            self.jobs.cancel(&Slot::Sample);
            self.notices.tell(Level::Note, words::SAMPLE_STOPPED, false);
        }
    }

    pub(super) fn take_sample(&mut self, result: Result<Option<(String, PathBuf)>, String>) {
        match result {
            Ok(None) => {}
            Ok(_) if !self.may_leave() => {} // something could not be written meanwhile: it stays in view
            Ok(Some((case, folder))) => {
                if let Some(made) = &mut self.samples.made {
                    made.insert(case.clone(), true);
                }
                self.close_project();
                self.sample = Some(case);
                self.find_images(vec![folder]);
            }
            Err(why) => self.notices.tell(Level::Problem, why, false),
        }
    }
}
