//! A study's own choices, each with the default of reading.md section 2.

use super::{Organ, OwnHanging};
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
    #[serde(default, skip_serializing_if = "is_off")]
    pub truth_at_once: bool,
    /// Hangings that readers made, by name. Not written while there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hangings: Vec<OwnHanging>,
}

fn is_off(switch: &bool) -> bool {
    !switch
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
        }
    }
}

impl StudySettings {
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
