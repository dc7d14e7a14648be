//! `new`, `import`, `check`, `table`: projects from a script.

use super::console::{Console, Progress};
use super::inspect::nothing;
use super::{REFUSED, Refused};
use crate::clinical::{Date, Stamp};
use crate::export::{self, Dates};
use crate::project::{self, OpenAs, Project};
use crate::workbench::{DEFAULT_BUDGET_BYTES, Desk, Executor, Level, Request, Setup, Slot, Workbench, words};
use clap::{Args, ValueEnum};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// The ending of a project file.
const ENDING: &str = "ablation";

#[derive(Debug, Args)]
pub(super) struct New {
    /// The project file to make; .ablation is added where it is missing.
    project: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Import {
    /// The project file.
    project: PathBuf,
    /// Folders or files with images.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// The project file.
    project: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Table {
    /// The project file.
    project: PathBuf,
    /// FILE.csv for the lesion x visit table with its dictionary, or a folder for all tables.
    #[arg(long, value_name = "FILE|FOLDER")]
    out: PathBuf,
    /// How dates are written.
    #[arg(long, value_enum, default_value_t = DateForm::Iso)]
    dates: DateForm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DateForm {
    /// Calendar dates, ISO 8601.
    Iso,
    /// Days since the patient's first ablation.
    Days,
}

impl From<DateForm> for Dates {
    fn from(form: DateForm) -> Self {
        match form {
            DateForm::Iso => Self::Iso,
            DateForm::Days => Self::DaysSinceFirstAblation,
        }
    }
}

pub(super) fn now() -> Stamp {
    chrono::Utc::now()
}

pub(super) fn today() -> Date {
    chrono::Local::now().date_naive()
}

pub(super) fn with_ending(path: &Path) -> PathBuf {
    if is_project(path) { path.into() } else { PathBuf::from(format!("{}.{ENDING}", path.display())) }
}

pub(super) fn is_project(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(ENDING))
}

/// The file that is there: by its name, else with the ending that was left out.
pub(super) fn existing(path: &Path) -> PathBuf {
    let ended = with_ending(path);
    if !path.exists() && ended.exists() { ended } else { path.into() }
}

impl New {
    pub fn run(&self, console: &Console<'_>) -> Result<u8, Refused> {
        let path = with_ending(&self.project);
        let project = Project::create(&path, "", now()).map_err(Refused::because)?;
        Ok(console.json(&json!({ "project": project.store().path().to_string_lossy() })))
    }
}

impl Check {
    pub fn run(&self, console: &Console<'_>) -> Result<u8, Refused> {
        let path = existing(&self.project);
        let report = project::check(&path).map_err(Refused::because)?;
        let printed = console.json(&json!({
            "project": path.to_string_lossy(),
            "sound": report.problems.is_empty(),
            "problems": report.problems,
            "changes": report.changes,
            "voxels_dropped": report.voxels_dropped,
            "rows": report.rows,
            "marked_voxels": report.marked_voxels,
            "backups": report.backups,
        }));
        for problem in &report.problems {
            console.say(problem);
        }
        Ok(if report.problems.is_empty() { printed } else { REFUSED })
    }
}

impl Table {
    pub fn run(&self, console: &Console<'_>) -> Result<u8, Refused> {
        let opened = Project::open(&existing(&self.project), OpenAs::ReadOnly, "", now()).map_err(Refused::because)?;
        let options = export::Options { dates: self.dates.into(), today: today() };
        let document = opened.project.document();
        let counted = document.without_archived();
        let written = export::write(&counted, options, &self.out).map_err(Refused::because)?;
        let files: Vec<_> = written.files.iter().map(|file| file.to_string_lossy()).collect();
        let archived = document.archived_patients();
        Ok(console.json(&json!({ "files": files, "rows": written.rows, "archived_patients_left_out": archived })))
    }
}

impl Import {
    pub fn run(&self, console: &Console<'_>) -> Result<u8, Refused> {
        if let Some(other) = self.paths.iter().find(|path| is_project(path) && path.is_file()) {
            return Err(Refused(format!("{} is a project, and only images can be imported.", other.display())));
        }
        let paths = self.paths.iter().map(std::path::absolute).collect::<Result<Vec<_>, _>>();
        let paths = paths.map_err(Refused::because)?;
        let mut bench = Bench::open(&existing(&self.project))?;
        bench.look_for_images(paths.clone(), console);
        if bench.workbench.import_report().is_some_and(|report| report.stacks == 0) {
            return Err(bench.nothing(&paths));
        }
        bench.refuse_problems()?;
        bench.report(console)
    }
}

/// A workbench that is waited for.
struct Bench {
    workbench: Workbench,
    woken: Receiver<()>,
}

impl Bench {
    /// A workbench with this project on the desk, to be written to.
    fn open(project: &Path) -> Result<Self, Refused> {
        if !is_project(project) {
            return Err(Refused(format!("{} does not end in .{ENDING}, so it is no project.", project.display())));
        }
        let (sender, woken) = channel();
        let setup = Setup {
            executor: Executor::threads(),
            wake: Arc::new(move || {
                sender.send(()).ok(); // nobody listens any more: nothing to wake
            }),
            clock: Arc::new(now),
            user_folder: project.parent().map(Path::to_owned).unwrap_or_default(),
            budget_bytes: DEFAULT_BUDGET_BYTES,
        };
        let mut bench = Self { workbench: Workbench::new(setup), woken };
        bench.workbench.ask(Request::Open(vec![project.to_owned()]));
        bench.wait(|_, _| {});
        bench.refuse_problems()?;
        match bench.workbench.desk() {
            None => Err(Refused("The project could not be opened.".into())),
            Some(desk) => match desk.read_only() {
                Some(why) => Err(Refused(format!("Nothing can be imported. {why}"))),
                None => Ok(bench),
            },
        }
    }

    fn look_for_images(&mut self, paths: Vec<PathBuf>, console: &Console<'_>) {
        let progress = Progress::new(console, "Read the headers of", "files");
        self.workbench.ask(Request::Open(paths));
        self.wait(|done, total| progress.tell(done, total));
    }

    fn nothing(&self, paths: &[PathBuf]) -> Refused {
        nothing(paths, self.workbench.import_report().map_or(&[], |report| &report.skipped))
    }

    /// Waits until nothing is looked for, opened or written; pictures that load for a window nobody sees are left.
    fn wait(&mut self, progress: impl Fn(usize, usize)) {
        loop {
            self.workbench.pump();
            let running = self.workbench.running();
            if let Some(find) = running.iter().find(|job| job.slot == Slot::Find) {
                progress(find.done, find.total);
            }
            let busy = running.iter().any(|job| !matches!(job.slot, Slot::Load(_)));
            if !busy && !self.workbench.desk().is_some_and(Desk::is_writing) {
                return;
            }
            self.woken.recv_timeout(Duration::from_millis(100)).ok();
        }
    }

    /// Refuses with what the workbench complains of. That there was nothing new is no complaint of a script that
    /// imports the same folder again.
    fn refuse_problems(&self) -> Result<(), Refused> {
        let problems: Vec<_> = self
            .workbench
            .notices()
            .iter()
            .filter(|notice| notice.level == Level::Problem)
            .map(|notice| notice.text.as_str())
            .filter(|text| *text != words::NOTHING_NEW)
            .chain(
                self.workbench
                    .desk()
                    .into_iter()
                    .flat_map(|desk| desk.unsaved().iter().map(|unsaved| unsaved.why.as_str())),
            )
            .collect();
        if problems.is_empty() { Ok(()) } else { Err(Refused(problems.join("\n"))) }
    }

    /// Prints what the import did.
    fn report(&self, console: &Console<'_>) -> Result<u8, Refused> {
        let (Some(desk), Some(report)) = (self.workbench.desk(), self.workbench.import_report()) else {
            return Err(Refused("Nothing was imported.".into()));
        };
        let skipped: Vec<_> = report
            .skipped
            .iter()
            .map(|skipped| json!({ "file": skipped.file.to_string_lossy(), "reason": skipped.reason }))
            .collect();
        Ok(console.json(&json!({
            "project": desk.path().to_string_lossy(),
            "stacks": report.stacks,
            "new_stacks": report.new_stacks,
            "questions": report.questions,
            "skipped": skipped,
        })))
    }
}
