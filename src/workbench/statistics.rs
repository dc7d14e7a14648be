//! The statistics of the cohort, counted in the background: nobody waits for them, and nothing else waits.

use super::jobs::Lane;
use super::{Done, Slot, Workbench, words};
use crate::clinical::{Date, LesionId};
use crate::cohort::{Choices, CohortStatistics, Who, statistics};
use crate::project::{Document, patient_courses};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What statistics are of: the project at a revision, a day, and whether patients that were put away count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Of {
    revision: u64,
    today: Date,
    archived: bool,
}

/// The cohort as it was counted.
#[derive(Debug)]
pub struct CountedCohort {
    of: Of,
    /// Everything that is said of it.
    pub statistics: CohortStatistics,
    /// Which lesion a name stands for.
    lesions: BTreeMap<Who, LesionId>,
}

impl CountedCohort {
    fn of(document: &Document, of: Of) -> Self {
        let courses = patient_courses(document, of.today);
        let lesions = courses
            .iter()
            .flat_map(|course| {
                course.lesions.iter().map(|lesion| {
                    let label = Some(lesion.outcome.label.clone());
                    (Who { patient: course.code.clone(), lesion: label }, lesion.outcome.lesion)
                })
            })
            .collect();
        Self { of, statistics: statistics(&courses, &document.settings(), Choices::default()), lesions }
    }

    /// The name of a lesion.
    #[must_use]
    pub fn name_of(&self, lesion: LesionId) -> Option<&Who> {
        self.lesions.iter().find(|(_, id)| **id == lesion).map(|(who, _)| who)
    }

    /// The lesion that a name stands for; of a patient, the first.
    #[must_use]
    pub fn lesion(&self, who: &Who) -> Option<LesionId> {
        match who.lesion {
            Some(_) => self.lesions.get(who).copied(),
            None => self.lesions.iter().find(|(lesion, _)| lesion.patient == who.patient).map(|(_, id)| *id),
        }
    }
}

impl Workbench {
    /// The cohort as it was counted last; it may be of an earlier state while it is counted anew.
    #[must_use]
    pub fn cohort(&self) -> Option<&CountedCohort> {
        self.cohort.as_deref()
    }

    /// Whether the project is another one than that which was counted.
    #[must_use]
    pub fn cohort_is_stale(&self) -> bool {
        self.cohort_now().is_some_and(|now| self.cohort.as_ref().is_none_or(|cohort| cohort.of != now))
    }

    fn cohort_now(&self) -> Option<Of> {
        let revision = self.desk.as_ref()?.revision();
        Some(Of { revision, today: self.today(), archived: self.shows_archived() })
    }

    /// Counts the cohort, unless that is under way or done.
    pub(super) fn count_cohort(&mut self) {
        if !self.cohort_is_stale() || self.jobs.is_running(&Slot::Statistics) {
            return;
        }
        let (Some(of), Some(document)) = (self.cohort_now(), self.counted()) else { return };
        self.jobs.start(Slot::Statistics, words::COUNTING, Lane::Screen, move |_| {
            Done::Counted(Arc::new(CountedCohort::of(&document, of)))
        });
    }
}
