//! A reading in progress, without a window: the open project, the volumes in memory, background jobs, the
//! panes, what is chosen, links in force, and the one way to change anything: [`Workbench::ask`].
//!
//! The window draws what is here and sends [`Request`]s; headless commands and tests do the same. Nothing
//! here draws, and nothing here waits: [`Workbench::pump`] takes in what background work has finished.

mod answering;
mod arranging;
pub mod cohort_rows;
mod curve;
mod damage;
mod desk;
pub mod fault;
mod following;
mod group;
mod header;
mod hung;
mod identity_copy;
mod images;
mod importing;
pub mod jobs;
mod keeper;
mod keeping;
mod lesson;
mod looking;
mod looking_words;
mod marking;
mod matching;
mod memory;
mod moved;
mod moving;
mod notices;
mod open_points;
mod opening;
mod outlining;
mod parking;
mod patients;
mod pictures;
mod place;
mod planning;
mod prefetch;
mod recording;
mod recovery;
mod regrouping;
mod request;
pub mod room;
mod samples;
mod sampling;
mod scribe;
mod sections;
mod selecting;
mod shelf;
mod statistics;
mod thumbnails;
mod trail;
mod untitled;
pub mod words;

pub use arranging::{Hang, PaneChoice};
pub use curve::{Curve, CurvePoint};
pub use damage::Damage;
pub use desk::{Desk, LastChange, Unsaved};
pub use following::ReadingOnly;
pub use group::{GroupPlace, one_of_each};
pub use header::HeaderView;
pub use images::{ImageMemory, SliceErrors};
pub use importing::{ImportReport, needs_a_look};
pub use jobs::{Executor, JobView, Wake};
pub use lesson::{Beside, KeyLine, TrueRegion};
pub use looking::{DISC_MM, PaneLook};
pub use marking::{LesionSpot, MarkOutline, StrokeView};
pub use matching::{Joining, Landmarks, Together};
pub use memory::{DEFAULT_BUDGET_BYTES, LEAST_BUDGET_BYTES, budget_bytes};
pub use moving::{reading_number, scroll_sign};
pub use notices::{Level, Notice};
pub use open_points::OpenPoint;
pub use outlining::{OutlineQuestion, Outlining, PreviewView};
pub use parking::Parked;
pub use patients::{Candidate, PatientQuestion, Whose};
pub use pictures::SavePicture;
pub use recovery::Recovered;
pub use regrouping::Regroup;
pub use request::{Request, Step, Tool};
pub use sections::{Layer, PanePicture};
pub use selecting::{PaneTitle, Selection, VisitState};
pub use statistics::CountedCohort;
pub use trail::Trail;

use crate::clinical::{Date, LesionId, StackKey, Stamp};
use crate::outcome::LesionOutcome;
use crate::project::Document;
use images::Images;
use jobs::Jobs;
use room::Room;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// Background work, by what it is for; a new job takes the place of an old one in its slot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    /// Looking for images.
    Find,
    /// Reading the pixels of a stack.
    Load(StackKey),
    /// Small pictures of the chosen patient's stacks.
    Thumbnails,
    /// Opening, making or copying a project.
    Project,
    /// Making a sample case.
    Sample,
    /// Looking which sample cases are made.
    SampleList,
    /// What is true of the sample that is read.
    Lesson,
    /// Counting the cohort.
    Statistics,
    /// Writing tables.
    Export,
    /// Checking the project in full.
    Check,
    /// Looking which image files are where they were.
    Places,
    /// Writing a copy without identity.
    IdentityCopy,
    /// Reading headers again to group frames anew.
    Regroup,
    /// Reading the header of a slice.
    Header,
    /// A picture of a pane that is worked out.
    Section(usize, Layer),
    /// A window over the values of a stack.
    Window(StackKey),
    /// A region in several series.
    Curve,
    /// Writing a picture.
    Picture,
    /// Outlining what was clicked on.
    Outline,
}

/// What background work brings back.
pub(crate) enum Done {
    Found(Box<importing::Search>),
    Loaded {
        key: StackKey,
        errors: SliceErrors,
    },
    Thumbnails(Vec<(StackKey, crate::render::Picture)>),
    Project(Box<opening::ProjectDone>),
    Checked(Box<damage::Checked>),
    Places(Box<moved::Places>),
    Searched(Box<moved::Searched>),
    IdentityCopied(Result<String, String>),
    /// There was nothing to do.
    Nothing,
    Sample(Result<Option<(String, PathBuf)>, String>),
    SampleList(BTreeMap<String, bool>),
    Lesson(Option<Arc<lesson::Lesson>>),
    Exported(Result<String, String>),
    Curve(Vec<(StackKey, Option<crate::volume::Statistics>)>),
    Pictured(Result<String, String>),
    Section(usize, Layer, Box<sections::Made>),
    Window {
        group: room::WindowGroup,
        window: Option<crate::volume::Window>,
        what: looking::WindowFor,
    },
    Counted(Arc<statistics::CountedCohort>),
    Regrouped(Result<Box<regrouping::Regrouped>, String>),
    Header {
        stack: StackKey,
        slice: u32,
        lines: Result<Vec<crate::dicom::HeaderLine>, String>,
    },
    Outlined(Box<outlining::Outlined>),
}

/// The time, given from outside so that tests can stop it.
pub type Clock = Arc<dyn Fn() -> Stamp + Send + Sync>;

/// What a workbench needs of its surroundings.
pub struct Setup {
    /// Where background work runs.
    pub executor: Executor,
    /// Called from workers when there is something new to show.
    pub wake: Wake,
    /// The time.
    pub clock: Clock,
    /// Where untitled projects and sample studies go, and what was open last.
    pub user_folder: PathBuf,
    /// Memory for voxels, bytes.
    pub budget_bytes: u64,
}

/// What keeps work from being lost, and tells when it was in danger.
#[derive(Default)]
struct Safety {
    /// Keeps where the reader is, for as long as a project is open for writing.
    keeper: Option<keeper::Keeper>,
    /// What was half typed when the project was open last.
    forms: Option<serde_json::Value>,
    /// What there is to say of the end of the program before.
    recovered: Option<Recovered>,
    trail: trail::Trail,
    places: moved::Places,
    damage: Option<Damage>,
    /// How the last copy without identity went.
    identity_copy: Option<Result<String, String>>,
    /// Desks that are still writing after they were put away.
    leaving: Vec<std::thread::JoinHandle<()>>,
    /// What takes the project off the desk, asked for while a change was on its way to the disk.
    once_written: Option<Request>,
}

/// A reading in progress.
pub struct Workbench {
    clock: Clock,
    user_folder: PathBuf,
    jobs: Jobs<Slot, Done>,
    inline: bool,
    wake: Wake,
    images: Images,
    desk: Option<Desk>,
    safety: Safety,
    room: Room,
    selection: Selection,
    /// A lesion that was asked for and is chosen as soon as it is there.
    selection_wanted: Option<LesionId>,
    reader: Option<String>,
    linked: bool,
    peek: Option<room::Pane>,
    tool: Tool,
    brush_radius_mm: f64,
    stroke: Option<marking::Stroke>,
    preview: Option<outlining::Preview>,
    notices: notices::Notices,
    import: Option<ImportReport>,
    awaiting_import: Vec<PathBuf>,
    outcomes: BTreeMap<LesionId, LesionOutcome>,
    thumbnails: BTreeMap<StackKey, Arc<crate::render::Picture>>,
    /// A sample whose lesions and sessions are entered once its images are in the project.
    sample: Option<String>,
    samples: samples::Samples,
    lessons: lesson::Lessons,
    by_hand: hung::ByHand,
    arrangement: hung::Arrangement,
    together: matching::Together,
    nudge: Option<matching::Nudge>,
    landmarks: Option<matching::Landmarks>,
    questions: patients::Questions,
    show_archived: bool,
    header: Option<HeaderView>,
    looking: looking::Looking,
    cohort: Option<Arc<statistics::CountedCohort>>,
}

impl Workbench {
    /// An empty workbench.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        let inline = matches!(setup.executor, Executor::Inline);
        Self {
            clock: setup.clock,
            user_folder: setup.user_folder,
            jobs: Jobs::new(setup.executor, Arc::clone(&setup.wake)),
            inline,
            wake: setup.wake,
            images: Images::new(setup.budget_bytes),
            desk: None,
            safety: Safety::default(),
            room: Room::default(),
            selection: Selection::default(),
            selection_wanted: None,
            reader: None,
            linked: true,
            peek: None,
            tool: Tool::Scroll,
            brush_radius_mm: 6.0,
            stroke: None,
            preview: None,
            notices: notices::Notices::default(),
            import: None,
            awaiting_import: Vec::new(),
            outcomes: BTreeMap::new(),
            thumbnails: BTreeMap::new(),
            sample: None,
            samples: samples::Samples::default(),
            lessons: lesson::Lessons::default(),
            by_hand: hung::ByHand::default(),
            arrangement: hung::Arrangement::default(),
            together: matching::Together::default(),
            nudge: None,
            landmarks: None,
            questions: patients::Questions::default(),
            show_archived: false,
            header: None,
            looking: looking::Looking::default(),
            cohort: None,
        }
    }

    /// Takes in finished work and acknowledged changes. Called once a frame; never waits.
    pub fn pump(&mut self) {
        for (_, done) in self.jobs.finished() {
            match done {
                Done::Found(found) => self.take_found(*found),
                Done::Loaded { key, errors } => self.take_loaded(key, errors),
                Done::Thumbnails(made) => self.take_thumbnails(made),
                Done::Project(done) => self.take_project(*done),
                Done::Checked(checked) => self.take_checked(*checked),
                Done::Places(places) => self.take_places(*places),
                Done::Searched(searched) => self.take_searched(*searched),
                Done::IdentityCopied(result) => self.safety.identity_copy = Some(result),
                Done::Nothing => {}
                Done::Sample(result) => self.take_sample(result),
                Done::SampleList(made) => self.take_sample_list(made),
                Done::Lesson(lesson) => self.take_lesson(lesson),
                Done::Exported(result) => self.take_exported(result),
                Done::Counted(cohort) => self.cohort = Some(cohort),
                Done::Regrouped(result) => self.take_regrouped(result),
                Done::Header { stack, slice, lines } => self.take_header(stack, slice, lines),
                Done::Curve(found) => self.take_curve(found),
                Done::Pictured(result) => self.take_pictured(result),
                Done::Section(pane, layer, made) => self.take_section(pane, layer, *made),
                Done::Window { group, window, what } => self.take_window(group, window, what),
                Done::Outlined(outlined) => self.take_outlined(*outlined),
            }
        }
        for what in self.jobs.faults() {
            self.notices.tell(Level::Problem, words::fault_in_job(&what, fault::reports().last()), false);
        }
        self.drop_stale_outline();
        self.take_acknowledged();
        if !self.is_writing()
            && let Some(request) = self.safety.once_written.take()
        {
            self.ask(request);
        }
        self.take_trail();
        self.refresh_questions();
        self.take_questions();
        self.refresh_lesson();
        self.refresh_sections();
        self.go_on_with_curve();
    }

    /// Fails in the background on purpose, for a test of the real window.
    #[cfg(feature = "inspection")]
    #[allow(clippy::panic)] // that is what it is for
    pub fn fail_in_the_background(&mut self) {
        let path = self.desk.as_ref().map(|desk| desk.path().display().to_string()).unwrap_or_default();
        self.jobs.start(Slot::Export, words::EXPORTING, jobs::Lane::Loading, move |_| {
            panic!("a fault on purpose that quotes {path}")
        });
    }

    /// Does what a person asks, or says in a notice why it cannot be done.
    pub fn ask(&mut self, request: Request) {
        use Request as R;
        match request {
            R::Open(_) | R::NewProject(_) | R::OpenSample(_) | R::CloseProject
                if self.leaves(&request) && self.is_writing() =>
            {
                self.safety.once_written = Some(request);
            }
            R::Open(_) | R::NewProject(_) | R::OpenSample(_) | R::CloseProject
                if self.leaves(&request) && !self.may_leave() => {}
            R::Open(paths) => self.open_paths(paths),
            R::OpenIfLeft(path) => self.open_file(opening::OpenWhat::IfLeft(path)),
            R::LookAgain => self.look_again(),
            R::TakeOver => self.take_over(),
            R::CheckProject => self.check_project(true),
            R::OpenBackup => self.open_backup(),
            R::RestoreBackup => self.restore_backup(),
            R::DismissDamage => self.safety.damage = None,
            R::AllowPlace(folder) => self.allow_place(&folder),
            R::NotNow(folder) => self.not_now(&folder),
            R::FindMissing(folder) => self.find_missing(folder),
            R::CopyWithoutIdentity { path, dates_as_offsets } => self.copy_without_identity(path, dates_as_offsets),
            R::NewProject(path) => self.new_project(path),
            R::OpenSample(case) => self.open_sample(case),
            R::StopSample => self.stop_sample(),
            R::LookAtSamples => self.look_at_samples(),
            R::LookAtKey(lesson) => self.look_at_key(lesson),
            R::SaveAs(path) => self.save_as(path),
            R::CloseProject => self.close_project(),
            R::StopImport => self.jobs.stop_early(&Slot::Find),
            R::SetReader(initials) => self.set_reader(&initials),
            R::SetImageMemory(bytes) => self.set_image_memory(bytes),
            R::Undo => self.undo(),
            R::Redo => self.redo(),
            R::ReadTrail => self.read_trail(),
            R::PlanUndo(seq) => self.plan_undo(seq),
            R::TakeBack { seq, alone } => self.take_back(seq, alone),
            R::ExportTrail { path, rows, dates } => self.export_trail(path, rows, dates),
            R::SaveAgain => self.save_again(),
            R::GiveUpUnsaved => self.give_up_unsaved(),

            R::SelectPatient(patient) => self.select_patient(patient),
            R::SelectVisit(visit) => self.select_visit(visit),
            R::SelectLesion(lesion) => self.select_lesion(lesion),
            R::StepUnread(step) => self.step_unread(step),
            R::StepLesion(step) => self.step_lesion(step),
            R::StepVisit(step) => self.step_visit(step),
            R::StepSeries(step) => self.step_series(step),
            R::StepGroup { step, all_panes } => self.step_group(step, all_panes),
            R::ShowMember { pane, stack } => self.show_member(pane, stack),

            R::ActivatePane(pane) => self.room.activate(pane),
            R::NextPane => self.next_pane(),
            R::ShowStack { pane, stack } => self.show_stack(pane, stack),
            R::Scroll { pane, by } => self.with_links(|room, links| room.scroll(pane, by, links)),
            R::SetSlice { pane, slice } => self.with_links(|room, links| room.set_slice(pane, slice, links)),
            R::Pan { pane, right_mm, down_mm } => {
                self.with_links_if(self.together.pan, |room, links| room.pan(pane, right_mm, down_mm, links));
            }
            R::Zoom { pane, now_mm, factor, about } => {
                let alike = self.together.zoom;
                self.with_links_if(alike, |room, links| room.zoom(pane, now_mm, factor, about, links));
            }
            R::SetField(field_mm) => self.room.set_field(field_mm),
            R::ResetView => self.reset_view(),
            R::SetWindow { pane, window } => self.room.set_window(pane, window),
            R::Preset { pane, id } => self.preset(pane, id),
            R::FileWindow { pane, index } => self.file_window(pane, index),
            R::AutoWindow(pane) => self.window_of_picture(pane),
            R::ToggleInverted => self.room.turn(self.room.active()),
            R::GoTo { pane, point } => self.with_links(|room, links| room.go_to(pane, point, links)),
            R::Match => self.match_slices(),
            R::Unmatch => self.unmatch(),
            R::ToggleLink => self.toggle_link(),
            R::Join(what) => self.join(what),
            R::Hang(what) => self.arrange(what),
            R::PreviousHere(on) => self.previous_here(on),
            R::Look(look) => self.look(look),
            R::SavePicture(save) => self.save_picture(*save),

            R::Use(tool) => self.take_up(tool),
            R::BrushRadius(mm) => self.brush_radius_mm = mm.clamp(0.5, 60.0),
            R::BeginStroke { pane, at } => self.begin_stroke(pane, at),
            R::ExtendStroke { at } => self.extend_stroke(at),
            R::EndStroke => self.end_stroke(),
            R::CancelStroke => self.stroke = None,
            R::Outline(what) => self.ask_outlining(what),
            R::DeleteMark(mark) => self.delete_mark(mark),

            R::PutPatient(patient) => self.put_patient(*patient),
            R::PutLesion(lesion) => self.put_lesion(*lesion),
            R::AddLesion { pane } => self.add_lesion(pane),
            R::PlaceLesion { pane } => self.place_lesion(pane),
            R::RemoveLesion(lesion) => self.remove_lesion(lesion),
            R::PutSession(session) => self.put_session(*session),
            R::RemoveSession(session) => self.remove_session(session),
            R::PutEvent(event) => self.put_event(*event),
            R::RemoveEvent(event) => self.remove_event(event),
            R::SetRole { stack, role } => self.set_role(stack, role),
            R::MoveStudy { study, visit } => self.move_study(study, visit),
            R::Whose(what) => self.ask_whose(what),
            R::Regroup(what) => self.regroup(what),
            R::PutSettings(settings) => self.put_settings(*settings),

            R::Answer(answer) => self.answer(answer),
            R::Shape(shape) => self.shape(shape),
            R::SecondShape(shape) => self.second_shape(shape),
            R::NotEvaluable(reason) => self.not_evaluable(reason),
            R::NotDone(reason) => self.not_done(reason),
            R::ViableLd(mm) => self.viable_ld(mm),
            R::Adequacy { adequate, reason } => self.adequacy(adequate, reason),
            R::Override { rule, reason, text } => self.override_rule(rule, reason, text),
            R::Comment(text) => self.comment(text),
            R::NewTumour(answer) => self.new_tumour(answer),
            R::Complications(answer) => self.complications(answer),
            R::Park(text) => self.park(text),
            R::Thumbnails(patient) => self.make_thumbnails_of(patient),
            R::ReadHeader { stack, slice } => self.read_header(stack, slice),
            R::Unpark { lesion, visit } => self.unpark(lesion, visit),
            R::AddReportVisit(date) => self.add_report_visit(date),
            R::FirstVisible(visit) => self.first_visible(visit),
            R::Sign => self.sign(),
            R::Amend { reason, text } => self.amend(reason, text),

            R::Export { path, dates } => self.export(path, dates),
            R::CountCohort => self.count_cohort(),
            R::DismissRecovered => self.safety.recovered = None,
            R::Dismiss(notice) => self.notices.dismiss(notice),
        }
    }

    /// The open project.
    #[must_use]
    pub fn desk(&self) -> Option<&Desk> {
        self.desk.as_ref()
    }

    /// The document of the open project.
    #[must_use]
    pub fn document(&self) -> Option<&Document> {
        self.desk.as_ref().map(Desk::document)
    }

    /// The panes.
    #[must_use]
    pub fn room(&self) -> &Room {
        &self.room
    }

    /// What is chosen.
    #[must_use]
    pub fn selection(&self) -> Selection {
        self.selection
    }

    /// The reader's initials.
    #[must_use]
    pub fn reader(&self) -> Option<&str> {
        self.reader.as_deref()
    }

    /// Whether panes move together.
    #[must_use]
    pub fn linked(&self) -> bool {
        self.linked
    }

    /// What the left button does.
    #[must_use]
    pub fn tool(&self) -> Tool {
        self.tool
    }

    /// The brush radius, mm.
    #[must_use]
    pub fn brush_radius_mm(&self) -> f64 {
        self.brush_radius_mm
    }

    /// What is derived for a lesion.
    #[must_use]
    pub fn outcome(&self, lesion: LesionId) -> Option<&LesionOutcome> {
        self.outcomes.get(&lesion)
    }

    /// What is derived for every lesion, by number.
    #[must_use]
    pub fn outcomes(&self) -> &BTreeMap<LesionId, LesionOutcome> {
        &self.outcomes
    }

    /// What is to be told.
    #[must_use]
    pub fn notices(&self) -> &[Notice] {
        self.notices.all()
    }

    /// What the last import found and skipped.
    #[must_use]
    pub fn import_report(&self) -> Option<&ImportReport> {
        self.import.as_ref()
    }

    /// What runs in the background.
    #[must_use]
    pub fn running(&self) -> Vec<JobView<Slot>> {
        let all = self.jobs.running();
        // Pictures and windows are done in a blink, and are seen where they belong.
        all.into_iter().filter(|job| !matches!(job.slot, Slot::Section(..) | Slot::Window(_))).collect()
    }

    /// Whether anything runs or waits to be written.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.jobs.is_busy() || self.is_writing()
    }

    /// Whether changes are on their way to the disk.
    fn is_writing(&self) -> bool {
        self.desk.as_ref().is_some_and(Desk::is_writing)
    }

    /// Tells a person something.
    pub fn tell(&mut self, why: String) {
        self.notices.tell(Level::Note, why, false);
    }

    /// The volume of a stack when it is in memory, whole or still loading.
    #[must_use]
    pub fn volume(&self, stack: StackKey) -> Option<&crate::volume::Volume> {
        self.images.get(stack).map(Arc::as_ref)
    }

    /// Whether it is known where a stack's files are.
    #[must_use]
    pub fn files_known(&self, stack: StackKey) -> bool {
        self.images.has_sources(stack)
    }

    /// Why a slice could not be read.
    #[must_use]
    pub fn slice_error(&self, stack: StackKey, slice: u32) -> Option<&str> {
        self.images.errors(stack)?.get(&slice).map(String::as_str)
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Stamp {
        (self.clock)()
    }

    /// Today, in UTC.
    #[must_use]
    pub fn today(&self) -> Date {
        self.now().date_naive()
    }

    /// Where untitled projects and samples are.
    #[must_use]
    pub fn user_folder(&self) -> &std::path::Path {
        &self.user_folder
    }
}
