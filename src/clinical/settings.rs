//! A study's own choices, each with the default of reading.md section 2.

use super::{ChosenCell, DiseaseFreeFrom, Organ, OwnHanging};
use serde::{Deserialize, Serialize};

/// Days after the last session, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EfficacyWindow {
    /// First day.
    pub from_days: i64,
    /// Last day.
    pub to_days: i64,
    /// From this day on the scan counts but is called late.
    pub late_from_days: Option<i64>,
}

/// Settings that rules and tables depend on; kept in the project, printed with every rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StudySettings {
    /// Studies within so many days are one visit.
    pub visit_span_days: i64,
    /// A scan earlier than this after the last session cannot establish "complete" (reading.md 1.3).
    pub early_before_days: i64,
    /// Efficacy window of liver, adrenal, node, bone and other (reading.md 2, R04).
    pub window_default: EfficacyWindow,
    /// Efficacy window of the kidney.
    pub window_kidney: EfficacyWindow,
    /// Efficacy call window of the lung.
    pub window_lung: EfficacyWindow,
    /// Sessions that still belong to the primary course (R23).
    pub max_sessions_primary_course: u32,
    /// Whether rates use signed findings only.
    pub rates_from_signed_only: bool,
    /// A pre-procedure scan older than this at ablation is pointed out.
    pub pre_scan_old_after_days: i64,
    /// Later visits stay hidden until this one is signed (reading.md 1.11).
    pub read_in_time_order: bool,
    /// Keys and truth of a sample are shown before a visit is signed: for teachers. Not written while it is off, so
    /// that projects of before stay what they are.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub truth_at_once: bool,
    /// Hangings that readers made, by name. Not written while there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hangings: Vec<OwnHanging>,
    /// Up to this day after the last session a thin smooth rim is taken as benign (R08). Older files do not say.
    #[serde(default = "half_a_year")]
    pub rim_until_days: i64,
    /// The same in the kidney. Older files do not say.
    #[serde(default = "three_months")]
    pub rim_until_kidney_days: i64,
    /// Growth of the zone's volume from which it is pointed out, percent (R18). Older files do not say.
    #[serde(default = "a_quarter")]
    pub growth_percent: u32,
    /// Growth of an axis of the zone from which it is pointed out, mm (R18). Older files do not say.
    #[serde(default = "three_mm")]
    pub growth_mm: u32,
    /// Cells of the event matrix that the study has otherwise than by default. Older files do not say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub event_cells: Vec<ChosenCell>,
    /// A lesion is at risk of local tumour progression from its first complete study only (delayed entry). Older files
    /// do not say.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub delayed_entry: bool,
    /// From when the disease-free interval is counted. Older files do not say.
    #[serde(default = "from_visit", skip_serializing_if = "is_from_visit")]
    pub disease_free_from: DiseaseFreeFrom,
}

fn half_a_year() -> i64 {
    183
}

fn three_months() -> i64 {
    91
}

fn a_quarter() -> u32 {
    25
}

fn three_mm() -> u32 {
    3
}

fn from_visit() -> DiseaseFreeFrom {
    DiseaseFreeFrom::Visit
}

fn is_from_visit(from: &DiseaseFreeFrom) -> bool {
    *from == DiseaseFreeFrom::Visit
}

impl Default for StudySettings {
    fn default() -> Self {
        Self {
            visit_span_days: 3,
            early_before_days: 21,
            window_default: EfficacyWindow { from_days: 21, to_days: 56, late_from_days: Some(43) },
            window_kidney: EfficacyWindow { from_days: 57, to_days: 135, late_from_days: None },
            window_lung: EfficacyWindow { from_days: 57, to_days: 273, late_from_days: None },
            max_sessions_primary_course: 1,
            rates_from_signed_only: true,
            pre_scan_old_after_days: 42,
            read_in_time_order: true,
            truth_at_once: false,
            hangings: Vec::new(),
            rim_until_days: half_a_year(),
            rim_until_kidney_days: three_months(),
            growth_percent: a_quarter(),
            growth_mm: three_mm(),
            event_cells: Vec::new(),
            delayed_entry: false,
            disease_free_from: DiseaseFreeFrom::Visit,
        }
    }
}

impl StudySettings {
    /// Up to which day after the last session a thin smooth rim is taken as benign.
    #[must_use]
    pub fn rim_until_days(&self, organ: Organ) -> i64 {
        if organ == Organ::Kidney { self.rim_until_kidney_days } else { self.rim_until_days }
    }

    /// The efficacy window of an organ.
    #[must_use]
    pub fn efficacy_window(&self, organ: Organ) -> EfficacyWindow {
        match organ {
            Organ::Kidney => self.window_kidney,
            Organ::Lung => self.window_lung,
            Organ::Liver | Organ::Adrenal | Organ::Bone | Organ::LymphNode | Organ::Other => self.window_default,
        }
    }
}
