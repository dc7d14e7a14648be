//! The vocabulary of follow-up after ablation: patients, visits, lesions, sessions, findings, marks, stacks.
//!
//! Serde types with their coded values and the words a person reads for them; no logic, no files, no
//! images. Coded values are English snake_case and are part of the file formats: they are never renamed.
//! Definitions follow SIO/DATECAN (Puijk et al. 2021, Radiology 301:533) and Ahmed et al. 2014
//! (Radiology 273:241).

mod coded;
mod date;
mod date_words;
mod end_point;
mod finding;
mod grouping;
mod hanging;
mod ids;
mod key_picture;
mod lesion;
mod mark;
mod oddity;
mod patient;
mod settings;
mod stack;
mod visit;

pub use coded::Coded;
pub(crate) use coded::coded;
pub use date::{Date, Stamp, days_between};
pub use date_words::may_hold_date;
pub use end_point::{Cell, ChosenCell, DiseaseFreeFrom, EndPoint, Happening};
pub use finding::{
    Adequacy, Amendment, AmendmentReason, Answer, Finding, FindingKey, FindingStatus, NotDoneReason,
    NotEvaluableReason, Override, OverrideReason, Shape, Signature, Track,
};
pub use grouping::{FrameName, Grouping, GroupingKind};
pub use hanging::{OwnHanging, PanePlan, PaneVisit};
pub use ids::{AmendmentId, EventId, GroupingId, LesionId, MarkId, PatientId, ReaderId, SessionId, VisitId};
pub use key_picture::{KeptPlane, KeptProjection, KeyPicture};
pub use lesion::{
    AblationModality, Lesion, LesionPlace, LesionStatus, LiverSegment, Organ, Session, SessionLesion, Side,
    TechnicalSuccess, TumourType,
};
pub use mark::{MarkInfo, MarkRole, MarkSummary};
pub use oddity::Oddity;
pub use patient::{
    Cirrhosis, DeathCause, Identity, Patient, PrimaryCancer, Reader, Sex, SystemicTherapy, VitalStatus, YesNoUnknown,
};
pub use settings::{EfficacyWindow, StudySettings};
pub use stack::{Kernel, Modality, StackKey, StackRole};
pub use visit::{Complications, Event, EventKind, NewTumour, RestOfScan, Study, Visit, VisitSource};
