//! Opening, making, copying and closing projects, and the sample study.

use super::desk::{Desk, Report};
use super::jobs::Lane;
use super::notices::Level;
use super::{Done, Slot, Workbench, words};
use crate::clinical::StackKey;
use crate::dicom::FrameSource;
use crate::phantom;
use crate::project::{InstancePath, OpenAs, Opened, Project};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The ending of project files.
pub const PROJECT_ENDING: &str = "ablation";

/// A project that was opened or made in the background, with what came along.
pub(crate) struct ProjectDone {
    pub(super) result: Result<Ready, String>,
}

/// A project ready to be put on the desk.
pub(super) struct Ready {
    project: Project,
    untitled: bool,
    read_only: Option<String>,
    notes: Vec<String>,
    sources: BTreeMap<StackKey, Vec<FrameSource>>,
    /// The change that was made before the project came to the desk.
    first: Option<Report>,
}

impl Ready {
    /// A project without a name, with the change that was made on the way.
    pub(super) fn untitled(project: Project, first: Option<Report>) -> Self {
        Self { first, ..fresh(project, true) }
    }
}

/// Whether a path is a project file by its ending.
#[must_use]
pub(super) fn is_project(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(PROJECT_ENDING)) && !path.is_dir()
}

impl Workbench {
    /// Opens what was dropped or named: one project, or images to import.
    pub(super) fn open_paths(&mut self, paths: Vec<PathBuf>) {
        let (projects, images): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| is_project(path));
        match (projects.as_slice(), images.is_empty()) {
            ([], true) => {}
            ([], false) => self.find_images(images),
            ([one], true) => self.open_project(one.clone()),
            ([one], false) => {
                self.awaiting_import = images;
                self.open_project(one.clone());
            }
            (_, _) => self.notices.tell(Level::Problem, words::ONE_PROJECT_AT_A_TIME, false),
        }
    }

    fn open_project(&mut self, path: PathBuf) {
        let here = self.desk.as_ref().filter(|desk| desk.read_only().is_none());
        if here.is_some_and(|desk| is_same_file(desk.path(), &path)) {
            let waiting = std::mem::take(&mut self.awaiting_import);
            if waiting.is_empty() {
                self.notices.tell(Level::Note, words::OPEN_ALREADY, false);
            } else {
                self.find_images(waiting);
            }
            return;
        }
        let (at, who) = (self.now(), self.who());
        let leaving = std::mem::take(&mut self.leaving);
        self.jobs.start(Slot::Project, words::OPENING, Lane::Screen, move |_| {
            // A project that was just closed is let go of first: it may be the one that is opened.
            leaving.into_iter().for_each(|desk| drop(desk.join()));
            let result = Project::open(&path, OpenAs::Writer, &who, at).map_err(|error| error.to_string());
            Done::Project(Box::new(ProjectDone { result: result.map(|opened| ready(opened, false)) }))
        });
        self.pump_inline();
    }

    pub(super) fn new_project(&mut self, path: PathBuf) {
        let path = with_ending(path);
        let (at, who) = (self.now(), self.who());
        self.jobs.start(Slot::Project, words::MAKING, Lane::Screen, move |_| {
            let result = Project::create(&path, &who, at).map_err(|error| error.to_string());
            Done::Project(Box::new(ProjectDone { result: result.map(|project| fresh(project, false)) }))
        });
        self.pump_inline();
    }

    /// Copies the project to another file and goes on there.
    pub(super) fn save_as(&mut self, path: PathBuf) {
        let path = with_ending(path);
        let (at, who) = (self.now(), self.who());
        let Some(mut desk) = self.desk.take() else {
            self.notices.tell(Level::Problem, words::NO_PROJECT, false);
            return;
        };
        // The copy is made by the scribe after all changes before it, and then opened as any project is.
        let (send, receive) = std::sync::mpsc::channel();
        let target = path.clone();
        desk.with_project(move |project| {
            send.send(project.save_a_copy(&target).map_err(|error| error.to_string())).ok();
        });
        let old = desk.path().to_owned();
        let was_untitled = desk.is_untitled();
        self.jobs.start(Slot::Project, words::SAVING_AS, Lane::Screen, move |_| {
            drop(desk); // writes what waits, lets go of the old file
            let copied = receive.recv().unwrap_or_else(|_| Err(words::COPY_FAILED.to_owned()));
            let (open, untitled, note) = match copied {
                Ok(()) => (path, false, None),
                Err(why) => (old, was_untitled, Some(why)),
            };
            let opened = Project::open(&open, OpenAs::Writer, &who, at).map_err(|error| error.to_string());
            let mut result = opened.map(|opened| ready(opened, untitled));
            if let (Ok(ready), Some(note)) = (&mut result, note) {
                ready.notes.push(note);
            }
            Done::Project(Box::new(ProjectDone { result }))
        });
        self.pump_inline();
    }

    pub(super) fn close_project(&mut self) {
        self.put_desk_away();
        self.import = None;
    }

    /// Empties the desk; the scribe writes what still waits, in the background.
    fn put_desk_away(&mut self) {
        for job in self.jobs.running() {
            self.jobs.cancel(&job.slot);
        }
        if let Some(desk) = self.desk.take() {
            if self.inline {
                drop(desk);
            } else {
                // Dropping waits for the disk; the window must not.
                self.leaving.push(std::thread::spawn(move || drop(desk)));
            }
        }
        self.images.clear();
        self.room = super::room::Room::default();
        self.selection = super::Selection::default();
        self.outcomes.clear();
        self.chosen_stacks.clear();
        self.thumbnails.clear();
        self.stroke = None;
        self.peek = None;
        self.tool = super::Tool::Scroll;
    }

    pub(super) fn take_project(&mut self, done: ProjectDone) {
        let ready = match done.result {
            Ok(ready) => ready,
            Err(why) => {
                self.awaiting_import.clear();
                self.notices.tell(Level::Problem, why, false);
                return;
            }
        };
        // Only now: what could not be opened takes nothing off the desk.
        if self.desk.is_some() {
            self.put_desk_away();
        }
        for note in ready.notes {
            self.notices.tell(Level::Note, note, false);
        }
        if let Some(why) = &ready.read_only {
            self.notices.tell(Level::Problem, why.clone(), false);
        }
        for (key, sources) in ready.sources {
            self.images.set_sources(key, sources);
        }
        let today = self.today();
        let wake = Arc::clone(&self.wake);
        let (mut desk, outcomes) = Desk::new(ready.project, ready.untitled, ready.read_only, self.inline, wake, today);
        self.outcomes = outcomes.into_iter().map(|outcome| (outcome.lesion, outcome)).collect();
        let first = ready.first.map(|first| desk.take_first(first)).is_some();
        self.desk = Some(desk);
        if first {
            self.take_acknowledged();
        } else {
            self.select_first();
        }
        let waiting = std::mem::take(&mut self.awaiting_import);
        if !waiting.is_empty() {
            self.find_images(waiting);
        }
    }

    /// Writes a sample study into the user's folder and opens it.
    pub(super) fn open_sample(&mut self, case: String) {
        let folder = self.user_folder.join("samples").join(&case);
        self.jobs.start(Slot::Sample, words::WRITING_SAMPLE, Lane::Loading, move |context| {
            let result = phantom::write(
                &case,
                &folder,
                &|done, total| {
                    context.show_progress(done, total);
                },
                &|| context.cancelled(),
            );
            Done::Sample(result.map(|_| (case, folder)).map_err(|error| error.to_string()))
        });
        self.pump_inline();
    }

    pub(super) fn take_sample(&mut self, result: Result<(String, PathBuf), String>) {
        match result {
            Ok((case, folder)) => {
                self.close_project();
                self.sample = Some(case);
                self.find_images(vec![folder]);
            }
            Err(why) => self.notices.tell(Level::Problem, why, false),
        }
    }

    pub(super) fn who(&self) -> String {
        self.reader.clone().unwrap_or_default()
    }

    /// With the inline executor results are there at once: take them in without waiting for a frame.
    pub(super) fn pump_inline(&mut self) {
        if self.inline {
            self.pump();
        }
    }
}

fn ready(opened: Opened, untitled: bool) -> Ready {
    let Opened { project, read_only, notes } = opened;
    let sources = sources(&project);
    Ready { project, untitled, read_only: read_only.map(|why| words::read_only(&why)), notes, sources, first: None }
}

/// Where the pixels of each stack were found: beside the project when it moved with its images, else where
/// they were. Network paths of other systems are left alone.
fn sources(project: &Project) -> BTreeMap<StackKey, Vec<FrameSource>> {
    let folder = project.store().path().parent().map(Path::to_owned).unwrap_or_default();
    let mut sources = BTreeMap::new();
    for stack in project.document().stacks() {
        let Ok(paths) = project.store().paths_of(stack.info.key) else { continue };
        let place = |path: &InstancePath| {
            let beside = path
                .relative
                .as_ref()
                .map(|relative| folder.join(relative))
                .filter(|beside| crate::dicom::is_there(beside));
            beside.unwrap_or_else(|| PathBuf::from(&path.absolute))
        };
        let usable = |path: &InstancePath| !path.absolute.starts_with("\\\\") && !path.absolute.starts_with("//");
        let frames: Vec<FrameSource> = paths
            .iter()
            .filter(|path| usable(path))
            .map(|path| FrameSource { path: place(path), frame: path.frame, size: path.size, mtime: path.mtime })
            .collect();
        if frames.len() == stack.info.frames.len() {
            sources.insert(stack.info.key, frames);
        }
    }
    sources
}

fn fresh(project: Project, untitled: bool) -> Ready {
    Ready { project, untitled, read_only: None, notes: Vec::new(), sources: BTreeMap::new(), first: None }
}

fn is_same_file(a: &Path, b: &Path) -> bool {
    a == b || a.canonicalize().ok().zip(b.canonicalize().ok()).is_some_and(|(a, b)| a == b)
}

fn with_ending(path: PathBuf) -> PathBuf {
    if is_project(&path) { path } else { PathBuf::from(format!("{}.{PROJECT_ENDING}", path.display())) }
}
