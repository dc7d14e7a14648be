//! Lesions and the sessions that treat them (clinical.md 5.1).

use super::coded::coded;
use super::{Date, LesionId, PatientId, SessionId, StackKey, YesNoUnknown};
use serde::{Deserialize, Serialize};

coded! {
    /// The organ a lesion lies in.
    Organ {
        Liver = "liver", "Liver";
        Lung = "lung", "Lung";
        Kidney = "kidney", "Kidney";
        Adrenal = "adrenal", "Adrenal gland";
        Bone = "bone", "Bone";
        LymphNode = "lymph_node", "Lymph node";
        Other = "other", "Other";
    }
}
coded! {
    /// Couinaud segment, with IV split in IVa and IVb.
    LiverSegment {
        I = "I", "I";
        II = "II", "II";
        III = "III", "III";
        IVa = "IVa", "IVa";
        IVb = "IVb", "IVb";
        V = "V", "V";
        VI = "VI", "VI";
        VII = "VII", "VII";
        VIII = "VIII", "VIII";
    }
}
coded! {
    /// Side of a paired organ.
    Side {
        Left = "left", "Left";
        Right = "right", "Right";
        Midline = "midline", "Midline";
        NotApplicable = "not_applicable", "Not applicable";
    }
}
coded! {
    /// What the lesion is.
    TumourType {
        Metastasis = "metastasis", "Metastasis";
        PrimaryTumour = "primary_tumour", "Primary tumour";
        Unknown = "unknown", "Unknown";
    }
}
coded! {
    /// What became of the lesion.
    LesionStatus {
        Ablated = "ablated", "Ablated";
        Untreated = "untreated", "Untreated";
        Resected = "resected", "Resected";
        Benign = "benign", "Benign";
    }
}
coded! {
    /// How tissue was destroyed.
    AblationModality {
        Radiofrequency = "rfa", "Radiofrequency (RFA)";
        Microwave = "mwa", "Microwave (MWA)";
        Cryo = "cryo", "Cryoablation";
        Ethanol = "ethanol", "Ethanol";
        Laser = "laser", "Laser";
        Electroporation = "ire", "Irreversible electroporation";
        Ultrasound = "hifu", "Focused ultrasound";
        Combined = "combined", "Combined";
        Unknown = "unknown", "Unknown";
    }
}
coded! {
    /// Tumour treated per protocol and covered by the zone, judged at the end of the session (Ahmed 2014).
    TechnicalSuccess {
        Yes = "yes", "Yes";
        No = "no", "No";
        Unknown = "unknown", "Unknown";
    }
}

/// Where a lesion is: a point in the patient space of one stack (LPS, mm).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LesionPlace {
    /// The stack whose space the point is given in.
    pub stack: StackKey,
    /// Towards the patient's left, mm.
    pub left_mm: f64,
    /// Towards the patient's back, mm.
    pub posterior_mm: f64,
    /// Towards the patient's head, mm.
    pub superior_mm: f64,
}

/// A tumour that is followed. It keeps its number for life.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lesion {
    /// Number in the project.
    pub id: LesionId,
    /// Whose it is.
    pub patient: PatientId,
    /// Label on pictures and in tables: "L1".
    pub label: String,
    /// Organ.
    pub organ: Organ,
    /// Liver segments, when the organ is the liver.
    pub segments: Vec<LiverSegment>,
    /// Site in words, when the organ is not the liver or more is to be said.
    pub site: String,
    /// Side of a paired organ.
    pub side: Side,
    /// What it is.
    pub tumour_type: TumourType,
    /// Longest axial diameter before treatment, mm, when entered by hand.
    pub long_axis_mm: Option<f64>,
    /// Diameter at right angles to it, mm, when entered by hand.
    pub short_axis_mm: Option<f64>,
    /// What became of it.
    pub status: LesionStatus,
    /// Whether it was aimed at in the first treatment (an index tumour), as against new later.
    pub index: bool,
    /// Within 5 mm of the organ's capsule. Older files do not say.
    #[serde(default = "unknown", skip_serializing_if = "is_unknown")]
    pub subcapsular: YesNoUnknown,
    /// Within 5 mm of a vessel of 3 mm or more. Older files do not say.
    #[serde(default = "unknown", skip_serializing_if = "is_unknown")]
    pub perivascular: YesNoUnknown,
    /// Where it is.
    pub place: Option<LesionPlace>,
    /// Free text.
    pub note: String,
}

fn unknown() -> YesNoUnknown {
    YesNoUnknown::Unknown
}

fn is_unknown(value: &YesNoUnknown) -> bool {
    *value == YesNoUnknown::Unknown
}

impl Lesion {
    /// An ablated index metastasis in the liver about which nothing else is known yet.
    #[must_use]
    pub fn new(id: LesionId, patient: PatientId, label: impl Into<String>) -> Self {
        Self {
            id,
            patient,
            label: label.into(),
            organ: Organ::Liver,
            segments: Vec::new(),
            site: String::new(),
            side: Side::NotApplicable,
            tumour_type: TumourType::Unknown,
            long_axis_mm: None,
            short_axis_mm: None,
            status: LesionStatus::Ablated,
            index: true,
            subcapsular: YesNoUnknown::Unknown,
            perivascular: YesNoUnknown::Unknown,
            place: None,
            note: String::new(),
        }
    }
}

/// One lesion treated in a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionLesion {
    /// The lesion.
    pub lesion: LesionId,
    /// Technical success for it.
    pub technical_success: TechnicalSuccess,
    /// Why not, in words.
    pub reason: String,
}

/// One visit to the procedure room.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// Number in the project.
    pub id: SessionId,
    /// Whose it is.
    pub patient: PatientId,
    /// Date.
    pub date: Date,
    /// Modality; `Combined` when several, which are then in `combined_of`.
    pub modality: AblationModality,
    /// The modalities of a combined session.
    pub combined_of: Vec<AblationModality>,
    /// Device and applicator, in words.
    pub device: String,
    /// The lesions treated.
    pub lesions: Vec<SessionLesion>,
    /// Whether it was planned before the first follow-up scan, so that it belongs to the primary course
    /// (reading.md 2, R23).
    pub planned_before_first_follow_up: bool,
    /// Free text.
    pub note: String,
}
