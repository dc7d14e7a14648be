//! Every sentence of the workbench that a person reads.

use crate::clinical::{Oddity, PatientId, VisitId};
use crate::dicom::{GroupRef, Shape, Skipped, SplitBy, StackAxis};
use crate::hanging::short_role;
use crate::project::{CopyCounts, CopyReport, Document, SaveError, StackRecord};
use std::path::Path;

pub(super) const GROUPING: &str = "Reading headers again";
pub(super) const MERGE_NEEDS_TWO: &str = "Choose two or more stacks of one series to merge.";
pub(super) const MERGE_ONE_SERIES: &str = "These are of several series. Only stacks of one series are one stack.";
pub(super) const FILES_GONE: &str =
    "The files of these images are not where they were. Drop their folder on the window, then try again.";
pub(super) const NOT_GROUPED: &str =
    "The images cannot be one stack: slices of one stack have one size, one colour and one unit.";
pub(super) const NO_GROUP: &str = "This series has no phases, b-values, echoes or times to step through.";
pub(super) const UNTITLED: &str = "Untitled project";
pub(super) const LOADING: &str = "Reading pixels";
pub(super) const LOOKING: &str = "Looking for images";
pub(super) const OPENING: &str = "Opening the project";
pub(super) const MAKING: &str = "Making a project";
pub(super) const SAVING_AS: &str = "Saving a copy";
pub(super) const LOOKING_AT_SAMPLES: &str = "Looking which samples are made";
pub(super) const SAMPLE_STOPPED: &str = "The sample was not made to its end. Nothing of it was kept.";
pub(super) const LOOKING_UP_TRUTH: &str = "Looking up the truth of the sample";
pub(super) const KEY_IMAGE_GONE: &str = "The series to look at is not in the project.";
pub(super) const EXPORTING: &str = "Writing tables";
pub(super) const COUNTING: &str = "Counting the cohort";
pub(super) const COPY_FAILED: &str = "The copy was not made. The project is open where it was.";

pub(super) const NO_PROJECT: &str = "No project is open. Drop a folder of images on the window, or open a project.";
pub(super) const NO_READER: &str = "Enter your initials at the top right first; answers and marks carry them.";
pub(super) const NO_PATIENT: &str = "No patient is chosen. Drop a folder of images on the window first.";
const DROP_IMAGES: &str = "Drop a folder that holds DICOM images.";
pub(super) const OPEN_ALREADY: &str = "This project is open here already.";
pub(super) const ONE_PROJECT_AT_A_TIME: &str = "Several projects were dropped. Drop one project at a time.";
pub(crate) const NOTHING_NEW: &str = "All images found are in the project already. Nothing was changed.";
pub(super) const NO_DATE: &str =
    "A study carries no date. It stands after the others as \"date not known\" until its visit is set under Images.";
pub(super) const NOTHING_TO_UNDO: &str = "There is nothing to undo.";
pub(super) const NOTHING_TO_REDO: &str = "There is nothing to redo.";
pub(super) const NOTHING_UNREAD: &str = "Everything that can be read is read.";
pub(super) const REPORT_IN_FUTURE: &str =
    "This date is still to come. Enter the date of the scan that the report is about.";
pub(super) const VISIT_THERE: &str = "There is a visit of this date already. Choose it on the left.";
pub(super) const NO_HEADER: &str = "The file of this slice is not where it was, so its header cannot be read.";
pub(super) const READING_HEADER: &str = "Reading the header";
/// "Back at L2, +92 d".
pub(super) fn back_at(place: &str) -> String {
    format!("Back at {place}")
}

/// What a match says, so that nobody takes a slip for a check: which slices, and how far that is from where they lay.
pub(super) fn matched([first, second]: [u32; 2], away_mm: f64) -> String {
    let away = if away_mm < 0.5 {
        "nothing moved: is it the same place in both? Shift+M drops the match".to_owned()
    } else {
        format!("{away_mm:.0} mm from where they lay; Shift+M drops the match")
    };
    format!("slice {first} with slice {second}, {away}")
}

pub(super) const ONLY_PARKED: &str = "Everything else is read. What was put aside is listed under Visits.";
pub(super) const ALL_ANSWERED: &str = "All lesions of this visit are answered. Ctrl+Enter signs it.";
pub(super) const HIDDEN: &str =
    "This visit is hidden until the visit before it is signed. \"Read in time order\" under Visits switches that off.";
pub(super) const NOTHING_TO_COMPARE: &str =
    "Nothing to compare yet. Drag a series here, choose a later visit on the left, or drop its images on the window.";
pub(super) const NO_EARLIER_VISIT: &str = "There is no earlier visit.";
pub(super) const STACK_GONE: &str = "The series is no longer in the project.";
pub(super) const LESION_GONE: &str = "The lesion is no longer in the project.";
pub(super) const VISIT_HAS_ANSWERS: &str =
    "This visit has answers or marks, which belong to its date. Undo or delete them before moving the study.";
pub(super) const LINKED: &str = "Panes move together.";
pub(super) const UNLINKED: &str =
    "Each pane moves alone. Scroll both to the same place and press M to match them, or L to link again.";
pub(super) const MATCH_NEEDS_TWO: &str = "A match needs two panes with images.";
pub(super) const MATCH_NEEDS_PLACES: &str =
    "These two cannot be matched: both need positions in the patient, and they need to be two series.";
pub(super) const UNMATCHED: &str = "Match dropped";
pub(super) const NOTHING_CHOSEN: &str = "The program chose what hangs here.";
pub(super) const HANGING_NEEDS_NAME: &str = "Give the hanging a name, and hang a series first.";
pub(super) const NUDGE_ALONE: &str = "Nothing else on the screen to match it with.";
pub(super) const LANDMARKS_BEGUN: &str = "Click the same place in both panes, three pairs or more. Enter keeps them, Backspace takes the last away, Esc stops.";
pub(super) const LANDMARKS_STOPPED: &str = "The landmarks were not kept.";
pub(super) const LANDMARK_ELSEWHERE: &str = "Landmarks are placed in the two series they were begun in.";
pub(super) const NO_MATCH: &str = "These two series were not matched directly. There is nothing to drop.";
pub(super) const MARK_NEEDS_LESION: &str = "A mark belongs to a lesion. Add one with A, at the middle of the pane.";
pub(super) const OTHER_GRID: &str =
    "The mark lies on other images than these and cannot be changed here. Draw a new one.";
pub(super) const OUTLINING: &str = "Outlining";
pub(super) const OUTLINE_NOTHING: &str = "There is no border around that place. Click elsewhere, or use the brush.";
pub(super) const OUTLINE_NEEDS_VOLUME: &str =
    "These are single pictures, no volume: nothing can be outlined in 3-D. Use the brush.";
pub(super) const OUTLINE_STILL_READING: &str = "This series is still being read. Click again when it is there.";
pub(super) const OUTLINE_ON_OTHER: &str =
    "The outline is on another series. Correct it there, or press Esc to begin anew here.";
pub(super) const NOTHING_TO_ERASE: &str = "There is no such mark of this lesion here to erase from.";
pub(super) const NO_PLACE_HERE: &str =
    "These pictures have no positions in the patient; place the lesion on another series.";
pub(super) const CHOOSE_LESION: &str = "Choose a lesion first, or add one with A.";
pub(super) const NOT_TREATED_YET: &str =
    "This lesion was not treated before this visit. Enter its session under Patient, then answer.";
pub(super) const NEW_TUMOUR_OPEN: &str = "Rest of the scan: new tumour elsewhere is not answered";
pub(super) const COMPLICATIONS_OPEN: &str = "Rest of the scan: complications are not answered";
pub(super) const ALREADY_SIGNED: &str = "This visit is signed. Amend it to change it.";
pub(super) const NOTHING_TO_SIGN: &str = "No lesion was treated before this visit, so there is nothing to sign.";
pub(super) const SAY_WHY: &str = "Say in words why the visit is amended.";
pub(super) const SAMPLE_ENTERED: &str = "Lesions and sessions of the sample entered; the answers are yours";
pub(super) const EARLIER: &str = "Earlier scan";
pub(super) const NO_LESION_YET: &str = "Nothing to read yet: add a lesion with A, at the middle of a pane.";
pub(super) const NO_SESSION_YET: &str =
    "Nothing more to read: a lesion has no session yet. Enter the session that treated it under Patient.";
pub(super) const PRE: &str = "Pre";
pub(super) const THIS_VISIT: &str = "This visit";
pub(super) const EARLIER_VISIT: &str = "Earlier visit";
pub(super) const LATER_VISIT: &str = "Later visit";

/// The name of a project that a sample was opened into.
pub(super) fn sample(case: &str) -> String {
    format!("Sample {case}")
}

/// What is shown while a sample is made.
pub(super) fn making_sample(title: &str) -> String {
    format!("Making the sample: {title}")
}

/// What was done with a hanging of one's own.
pub(super) fn hanging_kept(name: &str) -> String {
    format!("Hanging {name:?} kept")
}

/// The same when it goes.
pub(super) fn hanging_deleted(name: &str) -> String {
    format!("Hanging {name:?} deleted")
}

/// What was done with landmarks.
pub(super) fn linked_by_landmarks(pairs: usize, rms_mm: f64) -> String {
    format!("Two series linked by {pairs} landmarks, {rms_mm:.1} mm left")
}

/// A first letter in lower case, for the middle of a sentence; abbreviations stay.
#[must_use]
pub fn small(words: &str) -> String {
    let mut letters = words.chars();
    let Some(first) = letters.next() else { return String::new() };
    if letters.clone().next().is_some_and(char::is_uppercase) {
        return words.to_owned();
    }
    first.to_lowercase().chain(letters).collect()
}

/// A first letter in upper case.
#[must_use]
pub fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// "PV · 120 kVp · 5 mm".
#[must_use]
pub fn series(record: &StackRecord) -> String {
    let how = &record.info.acquisition;
    let mut parts = vec![short_role(record.role).to_owned()];
    parts.extend(how.kvp.map(|kvp| format!("{kvp:.0} kVp")));
    parts.extend(how.slice_thickness_mm.map(|mm| format!("{} mm", (mm * 100.0).round() / 100.0)));
    parts.join(" · ")
}

/// "5 · t1_vibe_fs_tra_dyn": number and description as the scanner wrote them; "series 5" without one.
#[must_use]
pub(super) fn series_name(record: &StackRecord) -> String {
    match (record.info.series_number, record.info.description.trim()) {
        (Some(number), "") => format!("series {number}"),
        (Some(number), words) => format!("{number} · {words}"),
        (None, words) => words.to_owned(),
    }
}

/// What is odd about a stack, with slices counted as the panes count them: as they are read, from the head.
#[must_use]
pub fn oddity(record: &StackRecord, odd: &Oddity) -> String {
    let grid = super::selecting::shown(record).grid;
    let mut odd = odd.clone();
    if super::scroll_sign(&grid) < 0 {
        let count = grid.dims[2];
        match &mut odd {
            Oddity::Uneven { slice, .. } | Oddity::SliceInterpolated { slice, .. } => {
                *slice = (count + 1).saturating_sub(*slice);
            }
            Oddity::Gap { slice, .. } => *slice = count.saturating_sub(*slice),
            _ => {}
        }
    }
    capital(&odd.to_string())
}

/// Why a stack is pictures one by one and no volume: "a single slice"; none where it is a volume.
#[must_use]
pub fn pictures_because(record: &StackRecord) -> Option<String> {
    let Shape::PictureStack { why } = &record.info.shape else { return None };
    Some(why.iter().map(|odd| small(&oddity(record, odd))).collect::<Vec<_>>().join("; "))
}

/// Where a change was made: "P001, 2024-03-18"; empty for the whole project.
pub(super) fn place(document: &Document, patient: Option<PatientId>, visit: Option<VisitId>) -> String {
    let code = patient.and_then(|id| document.patient(id)).map(|patient| patient.code.clone());
    let date = visit.map(|id| visit_date(document, id)).filter(|date| !date.is_empty());
    code.into_iter().chain(date).collect::<Vec<_>>().join(", ")
}

/// The date of a visit; "date not known" where its images carry none.
#[must_use]
pub fn visit_date(document: &Document, visit: VisitId) -> String {
    match document.visit(visit) {
        Some(_) if document.is_undated(visit) => DATE_NOT_KNOWN.to_owned(),
        Some(visit) => visit.date.to_string(),
        None => String::new(),
    }
}

/// Instead of a date, where the images carry none.
pub const DATE_NOT_KNOWN: &str = "date not known";

pub(super) fn done(label: &str, place: &str) -> String {
    if place.is_empty() || label.contains(place) { label.to_owned() } else { format!("{label} · {place}") }
}

pub(super) fn read_only(why: &impl std::fmt::Display) -> String {
    format!("This project is open for reading only: {why}")
}

pub(super) const NOT_SAVED: &str = "Not saved: ";
pub(super) const WAITS_FOR_OTHERS: &str = "It waits for the changes before it.";
pub(super) const GIVEN_UP: &str = "What was not saved is given up; the project is shown as it is on disk";
pub(super) const UNSAVED_FIRST: &str =
    "Not everything is saved. Try again, save a copy elsewhere, or give up the changes in the list at the top first.";
pub(super) const COPYING: &str = "A copy is being saved. Go on in a moment.";
pub(super) const NO_REDO_UNSAVED: &str = "There is nothing to do again: the last changes are not saved yet.";
pub(super) const FAULT_IN_CHANGE: &str =
    "The program met a fault of its own and did not make this change. What is saved stays as it is.";

/// Why a copy was not made.
pub(super) fn not_copied(why: &SaveError) -> String {
    match why {
        SaveError::Exists(_) => why.to_string(),
        _ => format!("The copy was not made: {}. Choose another place or make room, and try again.", why.reason()),
    }
}

/// A change that the disk did not take; why, and what can be done, stands in the list at the top.
pub(super) fn not_written(label: &str) -> String {
    format!("{NOT_SAVED}{label}. It is kept in the list at the top; work can go on.")
}

pub(super) fn fault_in_job(what: &str, report: Option<&std::path::PathBuf>) -> String {
    let report = report.map_or_else(String::new, |path| {
        format!(" A report for its makers, without anything of a patient, is in {}.", path.display())
    });
    format!("{what} stopped, because the program met a fault of its own. Everything else goes on.{report}")
}

pub(super) fn copied(report: &CopyReport) -> Option<String> {
    let left_out: Vec<String> = report.left_out.iter().map(|(what, why)| format!("{what} ({why})")).collect();
    match (left_out.is_empty(), report.from_memory) {
        (true, false) => None,
        (true, true) => Some(
            "The project file could not be read any more. The copy was put together from memory: it has everything but \
             the content of older changes and the places of image files. Drop the images on the window again."
                .to_owned(),
        ),
        (false, _) => Some(format!("The copy lacks what no longer fits: {}", left_out.join("; "))),
    }
}

pub(super) const CHECKING: &str = "Checking the project";
pub(super) const LOOKING_FOR_FILES: &str = "Looking for image files";
pub(super) const COPYING_BLIND: &str = "Copying without identity";
pub(super) const OPEN_TO_WRITE: &str = "This project can be changed here already.";
pub(super) const TAKEN_OVER: &str = "You have the project now and can change it.";
pub(super) const BACKUP_TO_READ: &str = "This is a backup, opened for reading only. Save a copy of it to go on there, or put it back from the damaged project.";

pub(super) fn sound(changes: usize, backups: usize) -> String {
    let backups = if backups == 1 { "1 backup".to_owned() } else { format!("{backups} backups") };
    format!(
        "The project is sound: {changes} changes, each done again from nothing gives what is there; {backups} beside it"
    )
}

pub(super) fn damaged(what: &str) -> String {
    format!("The project is damaged: {what} What is shown was read before; save a copy elsewhere.")
}

pub(super) fn restored(aside: Option<&Path>) -> String {
    match aside {
        Some(aside) => format!("The backup is in its place. The damaged file is kept as {}.", name(aside)),
        None => "The backup is in its place.".to_owned(),
    }
}

pub(super) fn copied_without(target: &Path, counts: &CopyCounts) -> String {
    let of = |n: usize, one: &str, many: &str| {
        (n > 0).then(|| if n == 1 { format!("1 {one}") } else { format!("{n} {many}") })
    };
    let listed = |lead: &str, what: Vec<Option<String>>| {
        let what: Vec<String> = what.into_iter().flatten().collect();
        if what.is_empty() { String::new() } else { format!(" {lead}: {}.", what.join(", ")) }
    };
    let taken = vec![
        of(counts.identities, "patient's name and identifiers", "patients' names and identifiers"),
        of(counts.paths, "place of a file", "places of files"),
        of(counts.text_hits, "mention in a text", "mentions in texts"),
        of(counts.journal_entries, "entry of the audit trail", "entries of the audit trail"),
        of(counts.dates_left_out, "text that may hold a date", "texts that may hold a date"),
    ];
    let replaced = vec![of(counts.uids_replaced, "UID", "UIDs"), of(counts.codes_replaced, "code", "codes")];
    format!(
        "{} is written.{}{} Then it was searched for all {} strings, and none was found.",
        name(target),
        listed("Taken out", taken),
        listed("Replaced", replaced),
        counts.strings_searched
    )
}

pub(super) const NO_FOLDER: &str = "There is no folder";

pub(super) fn no_such_folder(folder: &Path) -> String {
    format!("{NO_FOLDER} {}. Check the path.", folder.display())
}

pub(super) fn found_again(found: usize, still: usize, folder: &Path, looked_at: usize) -> String {
    let series = |n: usize| if n == 1 { "1 series".to_owned() } else { format!("{n} series") };
    match (found, still) {
        (0, _) => format!(
            "None of the missing images is below {} ({looked_at} images looked at). Choose another folder.",
            folder.display()
        ),
        (n, 0) => format!("{} found again", series(n)),
        (n, still) => format!("{} found again, {} still missing images", series(n), series(still)),
    }
}

pub(super) fn undo_unsaved(label: &str) -> String {
    format!("Undo: {label} (was not saved)")
}

pub(super) fn saved_at_last(count: usize) -> String {
    if count == 1 {
        "1 change that waited is saved".to_owned()
    } else {
        format!("{count} changes that waited are saved")
    }
}

pub(super) fn cannot_make_folder(folder: &Path, error: &std::io::Error) -> String {
    format!("The folder {} cannot be made ({error}). Make a project elsewhere with New project.", folder.display())
}

pub(super) fn nothing_found(skipped: &[Skipped]) -> String {
    match skipped {
        [] => format!("There is no file in that folder. {DROP_IMAGES}"),
        [one] => format!("Nothing to show: {} {DROP_IMAGES}", small(&one.reason)),
        [first, ..] => format!(
            "No images among {} files. The first, {}: {} {DROP_IMAGES}",
            skipped.len(),
            name(&first.file),
            small(&first.reason)
        ),
    }
}

pub(super) fn code_after(code: &str) -> String {
    let number = code.trim_start_matches('P').parse::<u32>().unwrap_or(0);
    format!("P{:03}", number.saturating_add(1))
}

pub(super) fn imported(series: usize, stacks: usize, skipped: usize) -> String {
    let came = if series == stacks {
        format!("{stacks} series imported")
    } else {
        format!("{series} series imported as {stacks} stacks")
    };
    match skipped {
        0 => came,
        1 => format!("{came}, 1 file not used: Images says why"),
        n => format!("{came}, {n} files not used: Images says why"),
    }
}

/// "Whose images are these? 2 answers are asked for."
pub(super) fn whose(questions: usize) -> String {
    match questions {
        1 => "It is not sure whose some of the images are: see the question at the top.".to_owned(),
        n => format!("It is not sure whose some of the images are: see the {n} questions at the top."),
    }
}

/// "2 visits with 5 series, and 1 lesion of P002 become P001's."
pub(super) fn merge_preview(document: &Document, from: PatientId, into: PatientId) -> String {
    let code = |id| document.patient(id).map(|patient| patient.code.clone()).unwrap_or_default();
    let (old, kept) = (code(from), code(into));
    let counted = |n: usize, one: &str, many: &str| match n {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{n} {many}")),
    };
    let parts = [
        counted(document.visits_of(from).len(), "visit", "visits"),
        counted(document.stacks().filter(|stack| stack.patient == from).count(), "series", "series"),
        counted(document.lesions_of(from).count(), "lesion", "lesions"),
        counted(document.sessions_of(from).len(), "session", "sessions"),
        counted(document.marks_of_patient(from).count(), "mark", "marks"),
        counted(document.events_of(from).len(), "event", "events"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let what = match parts.as_slice() {
        [] => "Nothing".to_owned(),
        [one] => one.clone(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    };
    let taken: Vec<&str> = document.lesions_of(into).map(|lesion| lesion.label.as_str()).collect();
    let renamed = document.lesions_of(from).filter(|lesion| taken.contains(&lesion.label.as_str())).count();
    let renamed = match renamed {
        0 => String::new(),
        1 => " A lesion whose label is taken gets the next free one.".to_owned(),
        n => format!(" {n} lesions whose labels are taken get the next free ones."),
    };
    format!("{what} of {old} become {kept}'s, and {old} goes.{renamed} Undo brings it back.")
}

/// "phase 3 of 5, +35 s", "b 800, 3 of 4": where a stack is in its 4-D series.
#[must_use]
pub fn place_in_group(group: &GroupRef) -> String {
    let nth = group.index + 1;
    let plain = format!("{} {nth}", group.axis.code());
    match group.label.strip_prefix(plain.as_str()) {
        Some(rest) => format!("{plain} of {}{rest}", group.of),
        None => format!("{}, {nth} of {}", group.label, group.of),
    }
}

/// "5 phases".
#[must_use]
pub fn group_size(group: &GroupRef) -> String {
    let many = match group.axis {
        StackAxis::Phase => "phases",
        StackAxis::BValue => "b-values",
        StackAxis::Echo => "echoes",
        StackAxis::Time => "times",
    };
    format!("{} {many}", group.of)
}

pub(super) fn does_not_differ(by: SplitBy) -> String {
    format!("The images do not differ in {}, so nothing was split.", by.words())
}

pub(super) fn pictures_after_merge(why: &[Oddity]) -> String {
    let why: Vec<String> = why.iter().map(ToString::to_string).collect();
    format!("Merged, and shown one by one: together they make no volume ({}).", why.join("; "))
}

pub(super) fn wrong_size(pixels: usize, wanted: usize) -> String {
    format!("the slice holds {pixels} pixels where {wanted} belong")
}

pub(super) fn rows_missing(rows: u32, of: u32) -> String {
    format!(
        "The file is cut short: {rows} of {of} rows are there, the rest is blank. Copy it again from where it came."
    )
}

pub(super) fn memory_not_kept(why: &std::io::Error) -> String {
    format!("The memory for images could not be set: {why}.")
}

pub(super) fn slices_unread(count: usize, first: &str) -> String {
    if count == 1 {
        format!("One slice could not be read whole: {first}")
    } else {
        format!("{count} slices could not be read whole; the first: {first}")
    }
}

pub(super) fn not_answered(lesion: &str) -> String {
    format!("{lesion} is not answered")
}

/// Every reason, not only the first: what is not said is looked for in vain.
pub(super) fn cannot_sign(open: &[String]) -> String {
    let all: Vec<&str> = open.iter().map(|words| words.trim_end_matches('.')).collect();
    format!("Not signed yet: {}.", all.join("; "))
}

pub(super) fn exported(files: &[std::path::PathBuf]) -> String {
    let folder = files.first().and_then(|file| file.parent()).map(|folder| folder.display().to_string());
    let names: Vec<String> = files.iter().map(|file| name(file)).collect();
    match (names.as_slice(), folder) {
        ([one], _) => format!("Written: {one}"),
        (many, Some(folder)) if many.len() > 3 => format!("{} tables written to {folder}", many.len()),
        (many, _) => format!("Written: {}", many.join(", ")),
    }
}

fn name(file: &Path) -> String {
    file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
