//! What a reader answers for a lesion at a visit, and what signing does with it.

use super::coded::coded;
use super::{AmendmentId, KeyPicture, LesionId, PatientId, ReaderId, RestOfScan, Stamp, VisitId};
use serde::{Deserialize, Serialize};

coded! {
    /// What is seen at the site; the program names it (reading.md 1.2).
    Answer {
        NoViable = "no_viable", "No viable tumour";
        Viable = "viable", "Viable tumour";
        Equivocal = "equivocal", "Equivocal";
        NotEvaluable = "not_evaluable", "Not evaluable";
        NotDone = "not_done", "Not done";
    }
}
coded! {
    /// Enhancement and finding shapes (reading.md 3), in the order of the digits 1 to 9 and 0.
    Shape {
        None = "none", "None";
        ThinSmoothRim = "thin_smooth_rim", "Thin smooth rim";
        FocallyThickRim = "focally_thick_rim", "Rim, focally thickened";
        ThickRim = "thick_rim", "Thick or irregular rim";
        Nodular = "nodular", "Nodular";
        Masslike = "masslike", "Masslike";
        Eccentric = "eccentric", "Eccentric";
        HypoattenuatingNodule = "hypoattenuating_nodule", "Hypoattenuating nodule or crescent";
        PerfusionWedge = "perfusion_wedge", "Perfusion wedge";
        VesselAtZone = "vessel_at_zone", "Vessel at the zone";
    }
}
coded! {
    /// Why a study cannot be judged (reading.md 9).
    NotEvaluableReason {
        PhaseMissing = "phase_missing", "Phase missing";
        Motion = "motion", "Motion";
        Artefact = "artefact", "Artefact";
        NotCovered = "not_covered", "Not covered";
        NoContrast = "no_contrast", "No contrast";
    }
}
coded! {
    /// Why there is no study (reading.md 9).
    NotDoneReason {
        Missed = "missed", "Missed";
        Died = "died", "Died";
        Elsewhere = "elsewhere", "Imaged elsewhere";
        Other = "other", "Other";
    }
}
coded! {
    /// Why a rule is overridden (reading.md 9).
    OverrideReason {
        Multidisciplinary = "multidisciplinary", "Multidisciplinary decision";
        OtherModality = "other_modality", "Other modality";
        Histology = "histology", "Histology";
        Protocol = "protocol", "Protocol";
        Other = "other", "Other";
    }
}
coded! {
    /// Why a signed visit is changed (reading.md 1.9).
    AmendmentReason {
        Slip = "slip", "Slip";
        NewInformation = "new_information", "New information";
        Consensus = "consensus", "Consensus";
        Other = "other", "Other";
    }
}
coded! {
    /// Draft until the visit is signed.
    FindingStatus {
        Draft = "draft", "Draft";
        Signed = "signed", "Signed";
    }
}
coded! {
    /// Which set of answers a finding belongs to; one for now, several blinded readers later.
    Track {
        Main = "main", "Main";
    }
}

/// Whether the study can answer the question for this lesion's organ and tumour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adequacy {
    /// Adequate or not.
    pub adequate: bool,
    /// Why, in words (the program's proposal, or the reader's).
    pub reason: String,
    /// Whether the reader said so, as against the program's proposal.
    pub by_reader: bool,
}

/// A rule set aside for one finding, with a picked reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// The rule's id, such as "R10".
    pub rule: String,
    /// Picked reason.
    pub reason: OverrideReason,
    /// More, in words; needed for `Other`.
    pub text: String,
}

/// What names a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FindingKey {
    /// The lesion.
    pub lesion: LesionId,
    /// The visit.
    pub visit: VisitId,
    /// The reader.
    pub reader: ReaderId,
    /// The track.
    pub track: Track,
}

/// A reader's answer for one lesion at one visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is about, and by whom.
    #[serde(flatten)]
    pub key: FindingKey,
    /// The answer; nothing is preselected.
    pub answer: Option<Answer>,
    /// Main shape.
    pub shape: Option<Shape>,
    /// A second shape, at most one.
    pub second_shape: Option<Shape>,
    /// Longest diameter of the viable part, mm, when entered by hand (a mark gives it otherwise).
    pub viable_ld_mm: Option<f64>,
    /// Reason for "not evaluable".
    pub not_evaluable_reason: Option<NotEvaluableReason>,
    /// Reason for "not done".
    pub not_done_reason: Option<NotDoneReason>,
    /// Adequacy, when settled; otherwise the program's proposal counts.
    pub adequacy: Option<Adequacy>,
    /// Rules set aside.
    pub overrides: Vec<Override>,
    /// The earlier visit at which the viable tumour can be seen in retrospect (reading.md 1.11). It alters no earlier
    /// answer. Older files do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_visible_at: Option<VisitId>,
    /// Pictures kept with the answer. Older files have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key_pictures: Vec<KeyPicture>,
    /// Free text.
    pub comment: String,
    /// Draft or signed.
    pub status: FindingStatus,
    /// When it was last changed.
    pub answered_at: Stamp,
}

impl Finding {
    /// An empty draft.
    #[must_use]
    pub fn draft(key: FindingKey, at: Stamp) -> Self {
        Self {
            key,
            answer: None,
            shape: None,
            second_shape: None,
            viable_ld_mm: None,
            not_evaluable_reason: None,
            not_done_reason: None,
            adequacy: None,
            overrides: Vec::new(),
            first_visible_at: None,
            key_pictures: Vec::new(),
            comment: String::new(),
            status: FindingStatus::Draft,
            answered_at: at,
        }
    }
}

/// A visit's answers made final by a reader.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Signature {
    /// Whose visit.
    pub patient: PatientId,
    /// Which visit.
    pub visit: VisitId,
    /// Who signed.
    pub reader: ReaderId,
    /// Which track.
    pub track: Track,
    /// When.
    pub at: Stamp,
}

/// The reopening of a signed visit; keeps what was signed beside what follows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Amendment {
    /// Number in the project.
    pub id: AmendmentId,
    /// Whose visit.
    pub patient: PatientId,
    /// Which visit.
    pub visit: VisitId,
    /// Who reopened it.
    pub reader: ReaderId,
    /// When.
    pub at: Stamp,
    /// Picked reason.
    pub reason: AmendmentReason,
    /// More, in words.
    pub text: String,
    /// The findings as they were signed.
    pub before: Vec<Finding>,
    /// The rest of the scan as it was signed.
    pub before_rest: Option<RestOfScan>,
}
