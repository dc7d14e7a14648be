//! Sentences about the one-click tools.

use crate::clinical::MarkRole;
use crate::marks::Leak;

/// How strength is changed.
pub const STRENGTH_KEYS: &str = "Ctrl+wheel";
/// While it is being worked out.
pub const WORKING: &str = "Outlining";
/// How a preview is corrected.
pub const CORRECT: &str = "Click outside it to add, inside it to take away";
/// Button.
pub const KEEP: &str = "Keep";
/// Button.
pub const DROP: &str = "Drop";
/// Button.
pub const KEEP_ANYWAY: &str = "Keep it all the same";
/// Tooltip of the buttons.
pub const KEEP_TIP: &str = "Keep this outline as a mark (Enter); undo takes it back";
/// Tooltip of the buttons.
pub const DROP_TIP: &str = "Forget this outline (Esc); nothing was changed";

/// What the mouse does before a preview.
#[must_use]
pub fn lead(role: &str) -> String {
    format!("Click on the {role}, or drag its long axis")
}

/// "Ablation zone 36 x 29 mm, 15.9 ml"; whole mm from 10 mm up (reading.md 4).
#[must_use]
pub fn size(role: MarkRole, (long_mm, across_mm, ml): (f64, f64, f64), calibrated: bool) -> String {
    let short = |mm: f64| if mm >= 9.95 { format!("{mm:.0}") } else { format!("{mm:.1}") };
    let unit = if calibrated { "mm" } else { "px" };
    let volume = if calibrated { format!(", {ml:.1} ml") } else { String::new() };
    format!("{role} {} × {} {unit}{volume}", short(long_mm), short(across_mm))
}

/// "Strength 1.2".
#[must_use]
pub fn strength(strength: f64) -> String {
    format!("Strength {strength:.1}")
}

/// "Leaked? It touches gas."
#[must_use]
pub fn leaked(leaks: &[Leak]) -> String {
    let signs: Vec<String> = leaks.iter().map(ToString::to_string).collect();
    format!("Leaked? It {}.", signs.join(" and "))
}

/// "This lies 42 mm from L1, near L3."
#[must_use]
pub fn far(own: &str, far_mm: f64, nearer: Option<&str>) -> String {
    let near = nearer.map(|label| format!(", near {label}")).unwrap_or_default();
    format!("This lies {far_mm:.0} mm from {own}{near}.")
}

/// "Put it on L3".
#[must_use]
pub fn put_on(label: &str) -> String {
    format!("Put it on {label}")
}

/// "This lies 9 mm from the zone; viable tumour lies in it or touches it."
#[must_use]
pub fn away(gap_mm: f64) -> String {
    format!("This lies {gap_mm:.0} mm from the zone; viable tumour lies in it or touches it.")
}
