//! The rules: what history makes of a reader's answers, lesion by lesion.
//!
//! The reader says what is seen; [`derive()`] names it (complete, incomplete, local tumour progression),
//! decides technique efficacy at the organ's window, and says for every value which rule gave it and why.
//! Pure: no clock (today is passed in), no files, never a voxel. Not here: rates over many lesions
//! (`cohort`) and what the images show (`intake` proposes it).

mod adequacy;
mod checks;
mod control;
mod derive;
mod efficacy;
mod end_points;
mod fold;
mod follow_up;
mod hints;
mod history;
mod rules;
mod timeline;
mod word;

pub use adequacy::propose_adequacy;
pub use checks::{missing, viable_ld};
pub use derive::derive;
pub use end_points::{
    CourseLesion, Followed, LesionFacts, NewTumourSeen, PatientCourse, TimeToEvent, disease_free_interval,
    lesion_end_points, matrix as event_matrix, patient_end_points,
};
pub use follow_up::{DueScan, ScanState, due_scans};
pub use history::{LesionHistory, LesionVisit, StudyContent, TreatedSession};
pub use rules::{RULE_SET, RULE_SET_VERSION, RULES, Rule, RuleClass, RuleId, rule, rules_markdown};
pub use word::{
    AdequacyCall, Derived, EFFICACY_TERM, Efficacy, EfficacyCall, LesionOutcome, Milestone, MissingField, Objection,
    ObjectionClass, Standing, TimePoint, ViableLd, VisitOutcome, Word,
};

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
