//! What happens when the program itself fails: a report for its makers, without anything of a patient.
//!
//! The report says which version, on what, where in the program, and which commands came before, by name. It never
//! holds what a panic says: that may quote a file. The one exception is a sentence that stands in our sources as
//! it is. Reports are in the user's folder; the newest that nobody was told of is named at the next start.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::io::Write as _;
use std::panic::{Location, PanicHookInfo};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

/// What the program ends with when it failed; `EX_SOFTWARE` of sysexits.h.
pub const EXIT_CODE: u8 = 70;
/// So many commands are named.
const COMMANDS: usize = 20;
/// So many reports are written at most in one run: one fault may come again and again.
const MOST_REPORTS: usize = 8;
/// So many reports are kept.
const MOST_KEPT: usize = 20;
/// The file that names the report nobody was told of yet.
const UNTOLD: &str = "untold";

/// Where reports go; set once.
static FOLDER: OnceLock<PathBuf> = OnceLock::new();
static TRAIL: Mutex<VecDeque<&'static str>> = Mutex::new(VecDeque::new());
static WRITTEN: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Watches for faults from now on; reports go below the user's folder. To be called once, by `main`.
pub fn watch(user_folder: &Path) {
    if FOLDER.set(user_folder.join("reports")).is_ok() {
        std::panic::set_hook(Box::new(hook));
    }
}

/// Notes a command by its name, for a report. Never a value.
pub fn note(command: &'static str) {
    let Ok(mut trail) = TRAIL.lock() else { return };
    if trail.len() == COMMANDS {
        trail.pop_front();
    }
    trail.push_back(command);
}

/// The reports of this run, oldest first.
#[must_use]
pub fn reports() -> Vec<PathBuf> {
    WRITTEN.lock().map(|written| written.clone()).unwrap_or_default()
}

/// The newest report of an earlier run that nobody was told of; from now on somebody was.
#[must_use]
pub fn untold(user_folder: &Path) -> Option<PathBuf> {
    let folder = user_folder.join("reports");
    let mark = folder.join(UNTOLD);
    let name = std::fs::read_to_string(&mark).ok()?;
    std::fs::remove_file(&mark).ok();
    let name = Path::new(name.trim()).file_name()?.to_owned(); // a name in that folder and nothing else
    Some(folder.join(name)).filter(|report| report.is_file())
}

fn hook(info: &PanicHookInfo<'_>) {
    let Some(folder) = FOLDER.get() else { return };
    if crate::dicom::fault_is_a_files() {
        return; // a decoder's on a damaged file: told where the file is listed
    }
    // Whoever catches the fault says so; where no report can be written it is still said.
    write(folder, &report(info)).ok();
}

/// What is said of a fault that ended the program or a command.
#[must_use]
pub fn said(report: Option<&Path>) -> String {
    let where_ = report.map_or_else(String::new, |path| {
        format!(" A report for its makers, without anything of a patient, is in {}.", path.display())
    });
    format!("Ablation Review met a fault of its own. What was saved is safe.{where_}")
}

/// The sentence of a panic when it stands in the sources as it is; what was put together at run time may quote a
/// file.
fn literal(info: &PanicHookInfo<'_>) -> Option<&'static str> {
    info.payload().downcast_ref::<&'static str>().copied()
}

fn report(info: &PanicHookInfo<'_>) -> String {
    let mut text = String::new();
    let place = info.location().map_or_else(|| "unknown".to_owned(), in_the_program);
    let thread = std::thread::current();
    // Names of threads are given in the sources; others have none.
    let thread = thread.name().unwrap_or("unnamed");
    let mut line = |name: &str, value: &str| writeln!(text, "{name}: {value}").ok();
    line("Ablation Review", env!("CARGO_PKG_VERSION"));
    line("Platform", &format!("{} {}", std::env::consts::OS, std::env::consts::ARCH));
    line("Where", &place);
    line("Thread", thread);
    line("What", literal(info).unwrap_or("not said here: it may quote a file"));
    let trail = TRAIL.lock().map(|trail| trail.iter().copied().collect::<Vec<_>>().join(", ")).unwrap_or_default();
    line("Commands before", if trail.is_empty() { "none" } else { &trail });
    let _ = writeln!(text, "Calls:\n{}", std::backtrace::Backtrace::force_capture());
    text
}

/// File and line, without the folder that the program was built in.
fn in_the_program(location: &Location<'_>) -> String {
    let file = location.file().replace('\\', "/");
    let from =
        file.rfind("/src/").map_or(0, |at| file.get(..at).and_then(|path| path.rfind('/')).map_or(0, |at| at + 1));
    let file = if file.starts_with("src/") { file.as_str() } else { file.get(from..).unwrap_or("?") };
    format!("{file}:{}:{}", location.line(), location.column())
}

/// Writes a report; `None` when enough were written.
fn write(folder: &Path, text: &str) -> std::io::Result<Option<PathBuf>> {
    let mut written = WRITTEN.lock().map_err(|_| std::io::Error::other("reports"))?;
    if written.len() >= MOST_REPORTS {
        return Ok(None);
    }
    std::fs::create_dir_all(folder)?;
    let name = format!("report-{}.txt", uuid::Uuid::new_v4().simple());
    let path = folder.join(&name);
    let mut options = std::fs::OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::write(folder.join(UNTOLD), &name)?;
    written.push(path.clone());
    drop(written);
    forget_oldest(folder);
    Ok(Some(path))
}

fn forget_oldest(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let is_report = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "txt");
    let mut all: Vec<_> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(is_report)
        .filter_map(|path| Some((std::fs::metadata(&path).ok()?.modified().ok()?, path)))
        .collect();
    all.sort();
    let many = all.len().saturating_sub(MOST_KEPT);
    for (_, old) in all.into_iter().take(many) {
        std::fs::remove_file(old).ok();
    }
}
