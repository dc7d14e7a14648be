//! Who is followed, and who reads (clinical.md 5.1, patient table).

use super::coded::coded;
use super::{Date, PatientId, ReaderId};
use serde::{Deserialize, Serialize};

coded! {
    /// Sex as recorded (PS3.3 0010,0040).
    Sex {
        Female = "female", "Female";
        Male = "male", "Male";
        Other = "other", "Other";
        Unknown = "unknown", "Unknown";
    }
}
coded! {
    /// The cancer that the tumours come from.
    PrimaryCancer {
        Colorectal = "crc", "Colorectal";
        Hcc = "hcc", "Hepatocellular carcinoma";
        Breast = "breast", "Breast";
        Neuroendocrine = "net", "Neuroendocrine";
        Pancreas = "pancreas", "Pancreas";
        Gastric = "gastric", "Gastric";
        Lung = "lung", "Lung";
        Renal = "rcc", "Renal cell";
        Melanoma = "melanoma", "Melanoma";
        Sarcoma = "sarcoma", "Sarcoma";
        Other = "other", "Other";
        Unknown = "unknown", "Unknown";
    }
}
coded! {
    /// Cirrhosis and its Child-Pugh class.
    Cirrhosis {
        No = "no", "No";
        ChildA = "child_a", "Child-Pugh A";
        ChildB = "child_b", "Child-Pugh B";
        ChildC = "child_c", "Child-Pugh C";
        Unknown = "unknown", "Unknown";
    }
}
coded! {
    /// When systemic therapy was given, seen from the first ablation.
    SystemicTherapy {
        None = "none", "None";
        Before = "before", "Before";
        Ongoing = "ongoing", "Ongoing";
        After = "after", "After";
        Unknown = "unknown", "Unknown";
    }
}
coded! {
    /// A yes-or-no question that may be unanswered.
    YesNoUnknown {
        Yes = "yes", "Yes";
        No = "no", "No";
        Unknown = "unknown", "Unknown";
    }
}
coded! {
    /// Whether the patient is known to live.
    VitalStatus {
        Alive = "alive", "Alive";
        Dead = "dead", "Dead";
        Unknown = "unknown", "Unknown";
    }
}
coded! {
    /// What a patient died of.
    DeathCause {
        Cancer = "cancer", "Cancer";
        Treatment = "treatment", "Treatment";
        Other = "other", "Other cause";
        Unknown = "unknown", "Unknown";
    }
}

/// A patient, under the study's own code; identity lives apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Patient {
    /// Number in the project.
    pub id: PatientId,
    /// The study's own code, such as "P001".
    pub code: String,
    /// Sex.
    pub sex: Sex,
    /// Age at the first ablation, whole years.
    pub age_at_first_ablation_years: Option<u16>,
    /// Primary cancer.
    pub primary: PrimaryCancer,
    /// Cirrhosis.
    pub cirrhosis: Cirrhosis,
    /// Liver surgery before the first ablation.
    pub prior_liver_surgery: YesNoUnknown,
    /// Systemic therapy.
    pub systemic_therapy: SystemicTherapy,
    /// Disease outside the treated organ at the start.
    pub extrahepatic_at_baseline: YesNoUnknown,
    /// Last date at which the patient was known to live.
    pub last_known_alive: Option<Date>,
    /// Vital status.
    pub vital_status: VitalStatus,
    /// Date of death.
    pub death_date: Option<Date>,
    /// Cause of death.
    pub death_cause: DeathCause,
    /// Date of a liver transplant.
    pub transplant_date: Option<Date>,
    /// Free text.
    pub note: String,
    /// Whether the patient was put away: kept with all that was read, and not offered for reading. Older files
    /// do not say.
    #[serde(default)]
    pub archived: bool,
    /// Earlier patients whose identity looks like this one's and who are other people, as a reader said: not asked
    /// again. Older files do not say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_the_same_as: Vec<PatientId>,
    /// Patients who became this one, as a reader said: whoever carries one of their identities is this patient. Older
    /// files do not say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<PatientId>,
}

impl Patient {
    /// A patient about whom nothing is known yet.
    #[must_use]
    pub fn new(id: PatientId, code: impl Into<String>) -> Self {
        Self {
            id,
            code: code.into(),
            sex: Sex::Unknown,
            age_at_first_ablation_years: None,
            primary: PrimaryCancer::Unknown,
            cirrhosis: Cirrhosis::Unknown,
            prior_liver_surgery: YesNoUnknown::Unknown,
            systemic_therapy: SystemicTherapy::Unknown,
            extrahepatic_at_baseline: YesNoUnknown::Unknown,
            last_known_alive: None,
            vital_status: VitalStatus::Unknown,
            death_date: None,
            death_cause: DeathCause::Unknown,
            transplant_date: None,
            note: String::new(),
            archived: false,
            not_the_same_as: Vec::new(),
            also: Vec::new(),
        }
    }
}

/// Names and identifiers from the images. Kept in one table of the project, so that it can be dropped.
/// Never journalled, logged or exported.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Identity {
    /// Patient ID (0010,0020).
    pub dicom_patient_id: String,
    /// Issuer of Patient ID (0010,0021), empty when absent.
    pub issuer: String,
    /// Patient's Name (0010,0010), decoded.
    pub name: String,
    /// Patient's Birth Date (0010,0030).
    pub birth_date: Option<Date>,
}

impl std::fmt::Debug for Identity {
    /// Shows nothing of the person, so that no log can.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(..)")
    }
}

/// A reader, known by initials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reader {
    /// Number in the project.
    pub id: ReaderId,
    /// Initials, such as "NU".
    pub initials: String,
}
