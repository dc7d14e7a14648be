//! Visits, their studies, the rest of the scan, and events.

use super::coded::coded;
use super::{Date, EventId, LesionId, PatientId, VisitId};
use serde::{Deserialize, Serialize};

coded! {
    /// Where a visit's answers come from.
    VisitSource {
        Images = "images", "Images";
        ReportOnly = "report_only", "Report only";
    }
}

/// A date on which the patient was imaged; studies within a few days are one visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Visit {
    /// Number in the project.
    pub id: VisitId,
    /// Whose it is.
    pub patient: PatientId,
    /// Date of its first study.
    pub date: Date,
    /// Images, or a report only.
    pub source: VisitSource,
    /// Free text.
    pub note: String,
}

/// A DICOM study that belongs to a visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Study {
    /// Study Instance UID (0020,000D).
    pub uid: String,
    /// Whose it is.
    pub patient: PatientId,
    /// The visit it belongs to.
    pub visit: VisitId,
    /// Study date; when the images carry none, the reader has to set the visit.
    pub date: Option<Date>,
    /// Study Description (0008,1030).
    pub description: String,
}

/// New tumour away from the treated sites.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "value", content = "where")]
pub enum NewTumour {
    /// None seen.
    None,
    /// In the treated organ, not touching a zone.
    InOrgan(String),
    /// Outside the treated organ.
    Outside(String),
    /// Both.
    InOrganAndOutside(String),
    /// Not assessed.
    NotAssessed,
}

/// Complications seen or known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "value", content = "text")]
pub enum Complications {
    /// None seen.
    None,
    /// In words.
    Present(String),
    /// Not assessed.
    NotAssessed,
}

/// The rest of the scan, one per patient and visit. Blank is not "none" (reading.md 1.8).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RestOfScan {
    /// Whose.
    pub patient: PatientId,
    /// At which visit.
    pub visit: VisitId,
    /// New tumour elsewhere.
    pub new_tumour: Option<NewTumour>,
    /// Complications.
    pub complications: Option<Complications>,
}

coded! {
    /// What can happen to a patient beside what the images show. Progression and repeat ablation are
    /// derived, never entered.
    EventKind {
        OtherTherapy = "other_therapy", "Other local therapy";
        Resection = "resection", "Resection";
        Lost = "lost", "Lost to follow-up";
        IntrahepaticDistant = "idr", "New tumour in the treated organ";
        Extrahepatic = "extrahepatic", "New tumour outside the organ";
        SecondPrimary = "second_primary", "Second primary cancer";
        Other = "other", "Other";
    }
}

/// Something that happened (clinical.md 5.1, event table).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Number in the project.
    pub id: EventId,
    /// To whom.
    pub patient: PatientId,
    /// To which lesion, when it is about one.
    pub lesion: Option<LesionId>,
    /// What.
    pub kind: EventKind,
    /// When; an event seen on images takes the date of the study that shows it.
    pub date: Date,
    /// The visit whose images show it.
    pub visit: Option<VisitId>,
    /// Free text.
    pub note: String,
}
