//! What is said of the sample cases, and of their truth once it may be shown.

use crate::clinical::{Coded, MarkRole};
use crate::phantom::CaseInfo;

pub const LEAD: &str = "Sample cases";
pub const WORDS: &str = "Made-up patients whose truth is known: read, sign, then compare with the answer key.";
pub const READY: &str = "ready to open";
pub const TO_BE_MADE: &str = "made when first opened";
pub const STOP: &str = "Stop making the sample";
pub const LISTED_HERE: &str = "The sample cases are listed on this screen";
pub const NEEDS_SAMPLE: &str = "The chosen patient is no sample, or its visit is not signed yet";
pub const AT_ONCE: &str = "The truth of samples is shown at once now; undo takes it back.";
pub const AFTER_SIGNING: &str = "The truth of samples is shown after a visit is signed again.";

pub const KEY: &str = "Answer key";
pub const KEY_AT_ONCE: &str = "Answer key, shown before signing";
pub const YOU: &str = "You";
pub const EXPECTED: &str = "Expected";
pub const SHAPE: &str = "Shape";
pub const REASON: &str = "Expected reason";
pub const WORD: &str = "Word";
pub const NONE: &str = "no answer";
pub const SIGN: &str = "The sign";
pub const TRAP: &str = "The trap";
pub const WOULD_CHANGE: &str = "What would change it";
pub const ELSEWHERE: &str = "Rest of the scan";
pub const TEACHES: &str = "What the case teaches";
pub const TEACHES_LATER: &str = "What the case teaches is shown when all its visits are signed.";
pub const NOT_SHOWN: &str = "What the model does not show";
pub const LEGEND: &str = "Truth on the images";

/// "CT, PET · liver".
pub fn kinds(info: &CaseInfo) -> String {
    let kinds: Vec<&str> = info.modalities.iter().map(|kind| kind.words()).collect();
    let organs: Vec<String> = info.organs.iter().map(|organ| organ.words().to_lowercase()).collect();
    format!("{} · {}", kinds.join(", "), organs.join(", "))
}

/// "4 scans, 1 lesion".
pub fn holds(info: &CaseInfo) -> String {
    let many = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    format!("{}, {}", many(info.visits, "scan"), many(info.lesions, "lesion"))
}

/// What a card is called for who hears it.
pub fn card(info: &CaseInfo) -> String {
    format!("Sample {}: {}", info.id, info.title)
}

/// "212 of 480 images".
pub fn made_of(done: usize, total: usize) -> String {
    if total == 0 { "getting ready".to_owned() } else { format!("{done} of {total} images") }
}

/// The button that goes to the image of a key.
pub fn look_at(series: &str, z_mm: f64) -> String {
    format!("Look at it: {series}, z {z_mm:.1} mm")
}

/// A true region as it stands in the legend and beside its outline.
pub fn region(role: MarkRole) -> &'static str {
    match role {
        MarkRole::Tumour => "true tumour",
        MarkRole::AblationZone => "true zone",
        MarkRole::ViableTumour => "true viable tumour",
        MarkRole::Organ | MarkRole::Other => "truth",
    }
}
