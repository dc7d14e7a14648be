//! The rules: what history makes of a reader's answers, lesion by lesion.
//!
//! The reader says what is seen; [`derive`] names it (complete, incomplete, local tumour progression),
//! decides technique efficacy at the organ's window, and says for every value which rule gave it and why.
//! Pure: no clock (today is passed in), no files, never a voxel. Not here: rates over many lesions
//! (`cohort`) and what the images show (`intake` proposes it).

mod history;
mod rules;
mod word;

pub use history::{LesionHistory, LesionVisit, StudyContent, TreatedSession};
pub use rules::{Rule, RuleClass, RuleId};
pub use word::{
    AdequacyCall, Derived, EFFICACY_TERM, Efficacy, EfficacyCall, LesionOutcome, Milestone, MissingField, Objection,
    ObjectionClass, Standing, TimePoint, ViableLd, VisitOutcome, Word,
};
