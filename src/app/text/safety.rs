//! Sentences about what is saved, what came back, what is damaged and what moved.

use crate::workbench::Recovered;
use std::path::Path;

pub const TRY_AGAIN: &str = "Try again";
pub const TRY_AGAIN_TOOLTIP: &str = "Write what is not saved, in its order. It is also tried by itself every few seconds";
pub const SAVE_COPY: &str = "Save a copy elsewhere";
pub const SAVE_COPY_TOOLTIP: &str = "Write the whole project with everything that is not saved to another file, and go on there";
pub const COPY_PATH: &str = "Path of the copy";
pub const COPY_HINT: &str = "or type where to, and press Enter";
pub const GIVE_UP: &str = "Give up";
pub const GIVE_UP_TOOLTIP: &str = "Forget these changes for good and show the project as it is on disk";
pub const SHOW_LIST: &str = "Show them";
pub const HIDE_LIST: &str = "Hide them";
pub const NOT_ON_DISK: &str = "You see them, but they are not on disk.";
pub const UNSAVED_HEADS: [&str; 3] = ["When", "What", "Why not saved"];

pub const LEAVE_LEAD: &str = "Not everything is saved";
pub const LEAVE_ANYWAY: &str = "Close and lose them";
pub const STAY: &str = "Stay";

/// "3 changes are not saved."
pub fn not_saved(count: usize) -> String {
    if count == 1 { "1 change is not saved.".to_owned() } else { format!("{count} changes are not saved.") }
}

/// What there is to say after the program did not end as it should.
pub fn recovered(recovered: &Recovered) -> String {
    let lost = match recovered.lost {
        0 => "Nothing was lost.".to_owned(),
        1 => "One change that the disk had not taken is lost.".to_owned(),
        n => format!("{n} changes that the disk had not taken are lost."),
    };
    let last = recovered.last_saved.as_ref().map_or_else(String::new, |(label, at)| {
        format!(" Last saved: {label}, {} UTC.", at.format("%Y-%m-%d %H:%M:%S"))
    });
    format!("Ablation Review did not close properly. You are where you were. {lost}{last}")
}

/// Where the report of a fault is.
pub fn fault_before(report: &Path) -> String {
    format!(
        "The program met a fault of its own last time. A report for its makers, without anything of a patient, is in {}.",
        report.display()
    )
}
