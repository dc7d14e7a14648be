//! Sentences about what is saved, what came back, what is damaged and what moved.

use crate::clinical::Stamp;
use crate::workbench::Recovered;
use std::path::Path;

pub const TRY_AGAIN: &str = "Try again";
pub const TRY_AGAIN_TOOLTIP: &str =
    "Write what is not saved, in its order. It is also tried by itself every few seconds";
pub const SAVE_COPY: &str = "Save a copy elsewhere";
pub const SAVE_COPY_TOOLTIP: &str =
    "Write the whole project with everything that is not saved to another file, and go on there";
pub const COPY_PATH: &str = "Path of the copy";
pub const COPY_HINT: &str = "or type where to, and press Enter";
pub const GIVE_UP: &str = "Give up";
pub const GIVE_UP_TOOLTIP: &str = "Forget these changes for good and show the project as it is on disk";
pub const GIVE_UP_SURE: &str = "Give them up for good";
pub const GIVE_UP_NOT: &str = "Keep them";
pub const SHOW_LIST: &str = "Show them";
pub const HIDE_LIST: &str = "Hide them";
pub const UNSAVED_HEADS: [&str; 3] = ["When (UTC)", "What", "Why not saved"];

pub const LEAVE_LEAD: &str = "Not everything is saved";
pub const LEAVE_ANYWAY: &str = "Close and lose them";
pub const STAY: &str = "Stay";

/// "3 changes are not saved. You see them, but they are not on disk."
pub fn not_saved(count: usize) -> String {
    if count == 1 {
        "1 change is not saved. You see it, but it is not on disk.".to_owned()
    } else {
        format!("{count} changes are not saved. You see them, but they are not on disk.")
    }
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
    let place = recovered.back_at.as_ref().map_or_else(String::new, |place| format!(" Back at {place}."));
    format!("Ablation Review did not close properly. You are where you were. {lost}{place}{last}")
}

/// Where the report of a fault is.
pub fn fault_before(report: &Path) -> String {
    format!(
        "The program met a fault of its own last time. A report for its makers, without anything of a patient, is in {}.",
        report.display()
    )
}

pub const TAKE_OVER_NOW: &str = "Take over";
pub const STILL_HELD: &str = "It can be taken over once they have closed it. Their changes show here within seconds.";
pub const NOT_READ_ONLY: &str = "This project can be changed here already";
pub const READING_ALONG: &str = "You see their changes as they are saved; to change it, ask them to close it.";
pub const HOLDER_GONE: &str = "Whoever had it has closed it, so you can take it over.";

pub const OPEN_BACKUP: &str = "Open the backup";
pub const OPEN_BACKUP_TOOLTIP: &str = "Open the last good backup, for reading only";
pub const RESTORE: &str = "Restore it";
pub const RESTORE_TOOLTIP: &str =
    "Put the backup in the place of the project. The damaged file is kept beside it as NAME.damaged-1.ablation";
pub const NO_BACKUP: &str = "There is no sound backup beside it; ask for a copy from your computer's own backup.";

pub const LOOK_THERE: &str = "Look there";
pub const NOT_NOW: &str = "Not now";
pub const FIND_IMAGES: &str = "Find them";
pub const FIND_PATH: &str = "Folder to look for images in";
pub const FIND_HINT: &str = "or type a folder, and press Enter";
pub const NOTHING_MISSING: &str = "No image files are missing";
pub const MISSING_HEADS: [&str; 4] = ["Patient", "Visit", "Series", "Missing"];

pub const IDENTITY_LEAD: &str = "Copy without identity";
pub const IDENTITY_WORDS: &str = "Writes another project without names, identifiers, birth dates, file paths and audit \
    trail, and with every mention of them taken out of texts. At the end the copy is searched for all of them; when one \
    is found, there is no copy.";
pub const DATES_AS_OFFSETS: &str = "Dates as offsets";
pub const DATES_AS_OFFSETS_TOOLTIP: &str =
    "Every date of a patient is moved so that the first ablation falls on 2000-01-01; days between dates stay";
pub const IDENTITY_PATH: &str = "Path of the copy without identity";
pub const IDENTITY_HINT: &str = "FILE.ablation";
pub const WRITE_COPY: &str = "Write the copy";
pub const CHOOSE_FILE: &str = "Choose in a dialog";
pub const COPYING: &str = "Copying and searching";

/// A damaged project, with its backup and what that lacks.
pub fn damaged(damage: &crate::workbench::Damage, now: Stamp) -> String {
    let Some(backup) = &damage.backup else { return format!("{} {NO_BACKUP}", damage.what) };
    let at = backup.at.map_or_else(
        || "unknown age".to_owned(),
        |at| format!("{} ({})", at.format("%Y-%m-%d %H:%M UTC"), age(now.signed_duration_since(at))),
    );
    let changes = if backup.changes == 1 { "1 change".to_owned() } else { format!("{} changes", backup.changes) };
    let lacks = match backup.lacks.as_deref() {
        None => "What it lacks cannot be told, for the journal cannot be read.".to_owned(),
        Some([]) => "It lacks nothing.".to_owned(),
        Some([one]) => format!("It lacks 1 change: {one}."),
        Some([first, .., last]) => {
            let count = backup.lacks.as_ref().map_or(0, Vec::len);
            format!("It lacks {count} changes, from \u{201c}{first}\u{201d} to \u{201c}{last}\u{201d}.")
        }
    };
    format!("{} The last good backup is of {at}, with {changes}. {lacks}", damage.what)
}

/// "3 hours old".
fn age(age: chrono::TimeDelta) -> String {
    let (minutes, hours, days) = (age.num_minutes(), age.num_hours(), age.num_days());
    let (count, unit) = match (days, hours, minutes) {
        (2.., ..) => (days, "day"),
        (_, 2.., _) => (hours, "hour"),
        (.., 1..) => (minutes, "minute"),
        _ => return "less than a minute old".to_owned(),
    };
    if count == 1 { format!("1 {unit} old") } else { format!("{count} {unit}s old") }
}

/// "Open for reading only: NU has it since 09:12. ..."
pub fn reading_only(reading: &crate::workbench::ReadingOnly) -> String {
    match (&reading.held, reading.free) {
        (Some(_), true) => format!("Open for reading only. {HOLDER_GONE}"),
        (Some(held), false) => format!("Open for reading only: {held}. {READING_ALONG}"),
        (None, _) => reading.why.clone(),
    }
}

/// A place that the project names and nobody here has said is theirs.
pub fn ask_place(folder: &Path, network: bool, series: usize) -> String {
    let series = if series == 1 { "1 series".to_owned() } else { format!("{series} series") };
    let kind = if network { "on another computer, at" } else { "in" };
    format!(
        "The project says that the images of {series} are {kind} {}. Look there? You are asked once.",
        folder.display()
    )
}

/// "Images of 3 series are not where they were."
pub fn missing(series: usize) -> String {
    let series = if series == 1 { "1 series".to_owned() } else { format!("{series} series") };
    format!("Images of {series} are not where they were. Marks and answers stay, and are shown without a picture.")
}

/// "12 of 40 slices".
pub fn missing_slices(missing: usize, of: usize) -> String {
    format!("{missing} of {of} slices")
}
