//! Opening, making, copying and closing projects.

use super::damage::{self, Damage};
use super::desk::Desk;
use super::jobs::Lane;
use super::keeper::{self, Found, Keeper};
use super::moved::{self, Places};
use super::notices::Level;
use super::scribe::{Pen, Report};
use super::{Done, Slot, Workbench, words};
use crate::clinical::Date;
use crate::project::{By, OpenAs, OpenError, OpenOptions, Opened, Project};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The ending of project files.
pub const PROJECT_ENDING: &str = "ablation";

/// Where projects without a name are, below the user's folder.
pub(super) const UNTITLED_FOLDER: &str = "untitled";

/// A project that was opened or made in the background, with what came along.
pub(crate) struct ProjectDone {
    pub(super) result: Result<Ready, Failed>,
    /// It holds everything of the project on the desk, also what was not saved there.
    pub(super) is_copy: bool,
}

impl ProjectDone {
    pub(super) fn new(result: Result<Ready, Failed>) -> Self {
        Self { result, is_copy: false }
    }
}

/// Why there is no project, and whether one is damaged.
pub(super) struct Failed {
    why: String,
    damage: Option<Damage>,
}

impl Failed {
    fn of(error: OpenError, path: &Path) -> Self {
        Self { damage: Damage::of(&error, path), why: error.to_string() }
    }
}

impl From<String> for Failed {
    fn from(why: String) -> Self {
        Self { why, damage: None }
    }
}

/// What is opened.
pub(super) enum OpenWhat {
    /// A project.
    Project(PathBuf),
    /// A project, when the program died with it open.
    IfLeft(PathBuf),
    /// A backup, to be read.
    Backup(PathBuf),
    /// A project whose backup is put in its place first.
    Restored {
        /// The backup.
        backup: PathBuf,
        /// The project.
        project: PathBuf,
    },
}

/// A project ready to be put on the desk.
pub(super) struct Ready {
    pen: Pen,
    untitled: bool,
    read_only: bool,
    notes: Vec<String>,
    places: Places,
    kept: Option<(Keeper, Option<Found>)>,
    /// The change that was made before the project came to the desk.
    first: Option<Report>,
}

impl Ready {
    /// A project without a name, with the change that was made on the way.
    pub(super) fn untitled(pen: Pen, first: Option<Report>) -> Self {
        let places = Places::default();
        Self { pen, untitled: true, read_only: false, notes: Vec::new(), places, kept: None, first }
    }

    /// Takes up what is kept of the place and of half-filled forms. Who only reads keeps nothing: somebody else may
    /// be keeping it.
    pub(super) fn with_place(mut self, surroundings: &Surroundings) -> Self {
        if !self.read_only {
            let token = keeper::token(first_change(&self.pen.project));
            let path = self.pen.project.store().path();
            self.kept = Keeper::take_up(&surroundings.user_folder, path, token, surroundings.inline);
        }
        self
    }
}

/// What opening needs of the workbench, for a job.
#[derive(Clone)]
pub(super) struct Surroundings {
    user_folder: PathBuf,
    cache: PathBuf,
    inline: bool,
    today: Date,
}

fn first_change(project: &Project) -> Option<(crate::clinical::Stamp, &str)> {
    project.history().entries().first().map(|entry| (entry.at, entry.label.as_str()))
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
        self.open_file(OpenWhat::Project(path));
    }

    /// Opens a file in the background.
    pub(super) fn open_file(&mut self, what: OpenWhat) {
        let (at, who) = (self.now(), self.who());
        let around = self.surroundings();
        let leaving = std::mem::take(&mut self.safety.leaving);
        self.jobs.start(Slot::Project, words::OPENING, Lane::Screen, move |_| {
            // A project that was just closed is let go of first: it may be the one that is opened.
            leaving.into_iter().for_each(|desk| drop(desk.join()));
            let (path, open_as, note) = match what {
                OpenWhat::Project(path) => (path, OpenAs::Writer, None),
                OpenWhat::IfLeft(path) if keeper::was_left_open(&around.user_folder, &path) => {
                    (path, OpenAs::Writer, None)
                }
                OpenWhat::IfLeft(_) => return Done::Nothing,
                OpenWhat::Backup(path) => (path, OpenAs::ReadOnly, Some(words::BACKUP_TO_READ.to_owned())),
                OpenWhat::Restored { backup, project } => match damage::put_back(&backup, &project) {
                    Ok(note) => (project, OpenAs::Writer, Some(note)),
                    Err(why) => return Done::Project(Box::new(ProjectDone::new(Err(why.into())))),
                },
            };
            let options = OpenOptions::new(open_as, &who, at).with_cache(&around.cache);
            let opened = Project::open_with(&path, &options).map_err(|error| Failed::of(error, &path));
            let untitled = path.parent().is_some_and(|folder| folder == around.user_folder.join(UNTITLED_FOLDER));
            let mut result = opened.map(|opened| ready(opened, untitled, &around).with_place(&around));
            if let (Ok(ready), Some(note)) = (&mut result, note) {
                ready.notes.push(note);
            }
            Done::Project(Box::new(ProjectDone::new(result)))
        });
        self.pump_inline();
    }

    pub(super) fn surroundings(&self) -> Surroundings {
        let user_folder = self.user_folder.clone();
        Surroundings { user_folder, cache: self.cache_folder(), inline: self.inline, today: self.today() }
    }

    pub(super) fn new_project(&mut self, path: PathBuf) {
        let path = with_ending(path);
        let (at, who) = (self.now(), self.who());
        let around = self.surroundings();
        self.jobs.start(Slot::Project, words::MAKING, Lane::Screen, move |_| {
            let result = Project::create(&path, &who, at).map_err(|error| Failed::from(error.to_string()));
            let result = result.map(|project| fresh(project, false, &around).with_place(&around));
            Done::Project(Box::new(ProjectDone::new(result)))
        });
        self.pump_inline();
    }

    /// Copies the project to another file, with everything that is not saved, and goes on there. Until that is
    /// done nothing else is changed: it would be missing in the copy.
    pub(super) fn save_as(&mut self, path: PathBuf) {
        let path = with_ending(path);
        let (at, who) = (self.now(), self.who());
        let around = self.surroundings();
        let place = self.safety.keeper.as_ref().and_then(Keeper::last).cloned().map(|kept| Found { kept, died: false });
        let Some(desk) = self.desk.as_mut() else {
            self.notices.tell(Level::Problem, words::NO_PROJECT, false);
            return;
        };
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) {
            self.notices.tell(Level::Problem, words::no_such_folder(folder), false);
            return;
        }
        // The copy is made by the scribe after all changes before it, and then opened as any project is.
        let (send, receive) = std::sync::mpsc::channel();
        let target = path.clone();
        desk.copying = true;
        let by = By { reader: None, at };
        desk.with_pen(move |pen| {
            send.send(pen.copy_to(&target, by)).ok();
        });
        self.jobs.start(Slot::Project, words::SAVING_AS, Lane::Screen, move |_| {
            let copied = receive.recv().unwrap_or_else(|_| Err(words::COPY_FAILED.to_owned()));
            let result = copied.and_then(|note| {
                let opened = Project::open(&path, OpenAs::Writer, &who, at).map_err(|error| error.to_string());
                let mut ready = opened.map(|opened| ready(opened, false, &around).with_place(&around))?;
                ready.notes.extend(note);
                if let (Some((_, found)), Some(place)) = (&mut ready.kept, place) {
                    *found = Some(place); // the reading goes on where it was
                }
                Ok(ready)
            });
            Done::Project(Box::new(ProjectDone { result: result.map_err(Failed::from), is_copy: true }))
        });
        self.pump_inline();
    }

    /// Whether a request takes the project off the desk.
    pub(super) fn leaves(&self, request: &super::Request) -> bool {
        match request {
            super::Request::Open(paths) => paths.iter().any(|path| is_project(path)),
            _ => true,
        }
    }

    /// Whether the project may be left; says why not while something is not saved.
    pub(super) fn may_leave(&mut self) -> bool {
        let unsaved = self.desk.as_ref().map(|desk| desk.unsaved().len()).unwrap_or_default();
        if unsaved > 0 {
            self.notices.tell(Level::Problem, words::UNSAVED_FIRST, false);
        }
        unsaved == 0
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
        self.cohort = None;
        let keeper = self.safety.keeper.take();
        if let Some(desk) = self.desk.take() {
            let leave = move || {
                drop(desk);
                drop(keeper.and_then(Keeper::close));
            };
            if self.inline {
                leave();
            } else {
                // Dropping waits for the disk; the window must not.
                self.safety.leaving.push(std::thread::spawn(leave));
            }
        }
        self.safety.forms = None;
        self.safety.recovered = None;
        self.safety.trail = super::Trail::default();
        self.safety.places = Places::default();
        self.safety.damage = None;
        self.images.clear();
        self.room = super::room::Room::default();
        self.selection = super::Selection::default();
        self.outcomes.clear();
        self.by_hand = super::hung::ByHand::default();
        self.lessons = super::lesson::Lessons::default();
        let latest_first = self.arrangement.latest_first;
        self.arrangement = super::hung::Arrangement { latest_first, ..Default::default() };
        (self.nudge, self.landmarks) = (None, None);
        self.thumbnails.clear();
        self.stroke = None;
        self.peek = None;
        self.tool = super::Tool::Scroll;
    }

    pub(super) fn take_project(&mut self, done: ProjectDone) {
        if let Some(desk) = &mut self.desk {
            desk.copying = false;
        }
        let ready = match done.result {
            Ok(ready) if done.is_copy || self.may_leave() => ready,
            Ok(_) => return, // something could not be written meanwhile: it stays in view
            Err(Failed { why, damage }) => {
                self.awaiting_import.clear();
                match damage {
                    // It is said with what can be done about it.
                    Some(damage) => self.safety.damage = Some(damage),
                    None => self.notices.tell(Level::Problem, why, false),
                }
                return;
            }
        };
        // Only now: what could not be opened takes nothing off the desk.
        if let Some(desk) = self.desk.as_mut().filter(|_| done.is_copy) {
            desk.with_pen(Pen::is_elsewhere);
        }
        if self.desk.is_some() {
            self.put_desk_away();
        }
        self.notices.put_away(words::NO_FOLDER); // a path that was mistyped before
        self.safety.damage = None;
        for (key, sources) in &ready.places.sources {
            self.images.set_sources(*key, sources.clone());
        }
        self.safety.places = ready.places;
        let wake = Arc::clone(&self.wake);
        let (mut desk, outcomes) = Desk::new(ready.pen, ready.untitled, self.inline, wake);
        self.outcomes = outcomes.into_iter().map(|outcome| (outcome.lesion, outcome)).collect();
        let first = ready.first.map(|first| desk.take_first(first)).is_some();
        self.desk = Some(desk);
        if first {
            self.take_acknowledged();
        } else {
            self.select_first();
        }
        self.take_place(ready.kept);
        // After the place that one is back at: what is odd about this opening matters more.
        for note in ready.notes {
            self.notices.tell(Level::Note, note, false);
        }
        self.look_for_images();
        if !self.inline {
            self.check_project(false);
        }
        let waiting = std::mem::take(&mut self.awaiting_import);
        if !waiting.is_empty() {
            self.find_images(waiting);
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

fn ready(opened: Opened, untitled: bool, around: &Surroundings) -> Ready {
    let Opened { project, read_only, notes } = opened;
    let places = moved::known_places(&project, &around.user_folder);
    let pen = Pen::new(project, around.today);
    Ready { pen, untitled, read_only: read_only.is_some(), notes, places, kept: None, first: None }
}

fn fresh(project: Project, untitled: bool, around: &Surroundings) -> Ready {
    Ready { untitled, ..Ready::untitled(Pen::new(project, around.today), None) }
}

fn is_same_file(a: &Path, b: &Path) -> bool {
    a == b || a.canonicalize().ok().zip(b.canonicalize().ok()).is_some_and(|(a, b)| a == b)
}

pub(super) fn with_ending(path: PathBuf) -> PathBuf {
    if is_project(&path) { path } else { PathBuf::from(format!("{}.{PROJECT_ENDING}", path.display())) }
}
