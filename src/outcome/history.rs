//! What the rules are told about one lesion.

use crate::clinical::{
    AblationModality, Date, Event, Finding, LesionId, LesionStatus, MarkSummary, Modality, Organ, PatientId,
    PrimaryCancer, SessionId, StackRole, TechnicalSuccess, TumourType, VisitId, VisitSource, YesNoUnknown,
};
use serde::{Deserialize, Serialize};

/// Everything the rules may know about one lesion: its sessions, its visits with the answers of one track,
/// and what ended its follow-up. Sessions and visits may come in any order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LesionHistory {
    /// The lesion.
    pub lesion: LesionId,
    /// Its label, such as "L1".
    pub label: String,
    /// Whose it is.
    pub patient: PatientId,
    /// The organ it lies in.
    pub organ: Organ,
    /// Whether it was aimed at in the first treatment, as against new later.
    pub index: bool,
    /// What became of it.
    pub status: LesionStatus,
    /// Metastasis or primary tumour.
    pub tumour_type: TumourType,
    /// The patient's primary cancer.
    pub primary_cancer: PrimaryCancer,
    /// The sessions that treated this lesion.
    pub sessions: Vec<TreatedSession>,
    /// The patient's visits, also those before the first session.
    pub visits: Vec<LesionVisit>,
    /// Dates of the studies taken as this lesion's pre-procedure images: those that carry its place or its
    /// tumour mark, else those before the first session.
    pub baseline_dates: Vec<Date>,
    /// Date of death.
    pub death_date: Option<Date>,
    /// Date of a liver transplant.
    pub transplant_date: Option<Date>,
    /// Events of the patient, and those of this lesion.
    pub events: Vec<Event>,
}

impl LesionHistory {
    /// An ablated index lesion of the liver with no session and no visit yet.
    #[must_use]
    pub fn new(patient: PatientId, lesion: LesionId, label: impl Into<String>) -> Self {
        Self {
            lesion,
            label: label.into(),
            patient,
            organ: Organ::Liver,
            index: true,
            status: LesionStatus::Ablated,
            tumour_type: TumourType::Unknown,
            primary_cancer: PrimaryCancer::Unknown,
            sessions: Vec::new(),
            visits: Vec::new(),
            baseline_dates: Vec::new(),
            death_date: None,
            transplant_date: None,
            events: Vec::new(),
        }
    }
}

/// A session, as far as it concerns this lesion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreatedSession {
    /// The session.
    pub id: SessionId,
    /// Its date.
    pub date: Date,
    /// How tissue was destroyed.
    pub modality: AblationModality,
    /// Technical success for this lesion.
    pub technical_success: TechnicalSuccess,
    /// Whether it was planned before the first follow-up scan (R23).
    pub planned_before_first_follow_up: bool,
}

/// A visit, as far as it concerns this lesion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LesionVisit {
    /// The visit.
    pub id: VisitId,
    /// Its date.
    pub date: Date,
    /// Images, or a report only.
    pub source: VisitSource,
    /// What was imaged, as far as the program can tell.
    pub study: StudyContent,
    /// The finding of the one track, if any.
    pub finding: Option<Finding>,
    /// What the marks of this lesion at this visit measure.
    pub marks: Vec<MarkSummary>,
}

/// What a visit's images can show, as proposed from their tags.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StudyContent {
    /// The kind of machine, when known. With several, the one that was given contrast.
    pub modality: Option<Modality>,
    /// Whether contrast was given.
    pub contrast: YesNoUnknown,
    /// The roles of the visit's stacks, as far as known; empty when only the contrast is known.
    pub roles: Vec<StackRole>,
}

impl StudyContent {
    /// Nothing is known: a report only, or images without tags.
    #[must_use]
    pub fn unknown() -> Self {
        Self { modality: None, contrast: YesNoUnknown::Unknown, roles: Vec::new() }
    }

    /// What the roles of a visit's stacks say about modality and contrast. One enhanced stack is contrast;
    /// no contrast is said only where every CT or MR stack is known to be unenhanced.
    #[must_use]
    pub fn from_roles(roles: &[StackRole]) -> Self {
        use StackRole as R;
        let mut roles: Vec<StackRole> = roles.to_vec();
        roles.sort_unstable();
        roles.dedup();
        let has = |wanted: &[StackRole]| roles.iter().any(|role| wanted.contains(role));
        let ct_enhanced = [R::CtArterial, R::CtPortalVenous, R::CtDelayed, R::CtEnhanced];
        let (modality, contrast) = if has(&ct_enhanced) {
            (Some(Modality::Ct), YesNoUnknown::Yes)
        } else if has(&[R::MrT1Enhanced]) {
            (Some(Modality::Mr), YesNoUnknown::Yes)
        } else if has(&[R::CtUnknown]) {
            (Some(Modality::Ct), YesNoUnknown::Unknown)
        } else if has(&[R::MrOther]) {
            (Some(Modality::Mr), YesNoUnknown::Unknown)
        } else if has(&[R::Pet]) {
            (Some(Modality::Pet), YesNoUnknown::Unknown)
        } else if has(&[R::MrT1, R::MrT2, R::MrDwi, R::MrAdc]) {
            (Some(Modality::Mr), YesNoUnknown::No)
        } else if has(&[R::CtUnenhanced]) {
            (Some(Modality::Ct), YesNoUnknown::No)
        } else {
            (None, YesNoUnknown::Unknown)
        };
        Self { modality, contrast, roles }
    }
}
