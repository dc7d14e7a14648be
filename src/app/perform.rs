//! What each command does, and why it cannot be done just now.

use super::command::Command;
use super::dialogs::DialogKind;
use super::input::Cine;
use super::shell::AblationApp;
use super::strip::Strip;
use super::text::whose;
use super::user_settings::Look;
use super::{Outbox, Screen, text};
use crate::clinical::{Answer, MarkRole};
use crate::dicom::StackInfo;
use crate::hanging::{Hanging, Layout};
use crate::workbench::room::Pane;
use crate::workbench::{Hang, Joining, Outlining, PaneLook, Request, Step, Tool, Whose, Workbench, fault, scroll_sign};
use eframe::egui;

/// What a key turns a plane by.
const TILT_DEGREES: f64 = 5.0;

impl AblationApp {
    /// Does what was asked for in this frame: requests first, in their order, then commands.
    pub(super) fn perform(&mut self, ctx: &egui::Context, out: Outbox) {
        let anything = !out.requests.is_empty() || !out.commands.is_empty();
        let reading = self.bench.selection();
        for request in out.requests {
            self.bench.ask(request);
        }
        for words in out.told {
            self.bench.tell(words.to_owned());
        }
        for request in out.reads {
            self.bench.ask(request);
        }
        if self.bench.selection() != reading {
            self.strip = Strip::Off; // a digit must not answer for a lesion or visit that was not asked about
        }
        for command in out.commands {
            fault::note(command.info().id);
            match why_disabled(command, self) {
                None => self.run_command(command),
                Some(why) => self.bench.tell(why),
            }
        }
        if anything {
            // What was changed after drawing is shown in this very frame: it is laid out once more before it is
            // painted, which takes a tenth of the time of painting it and then another one.
            ctx.request_discard("something was asked for");
            if !ctx.will_discard() {
                ctx.request_repaint();
            }
        }
    }

    fn run_command(&mut self, command: Command) {
        use Command as C;
        let pane = self.bench.room().active();
        match command {
            C::NewProject => self.ask_path(DialogKind::NewProject),
            C::OpenProject => self.ask_path(DialogKind::OpenProject),
            C::OpenFolder => self.ask_path(DialogKind::OpenFolder),
            C::SaveAs => self.ask_path(DialogKind::SaveAs),
            C::OpenSample => self.samples.toggle(),
            C::TruthAtOnce => self.truth_at_once(),
            C::ShowTruth => self.input.truth_off = !self.input.truth_off,
            C::CloseProject => self.bench.ask(Request::CloseProject),
            C::TakeOver => self.bench.ask(Request::TakeOver),
            C::CheckProject => self.bench.ask(Request::CheckProject),
            C::FindImages => self.ask_path(DialogKind::FindImages),
            C::CopyWithoutIdentity => self.identity.toggle(),
            C::Export => {
                self.screen = Screen::Table;
                self.dialogs.ask(DialogKind::ExportFolder);
            }
            C::ShowReading => self.screen = Screen::Reading,
            C::ShowPatient => self.screen = Screen::Patient,
            C::ShowImages => self.screen = Screen::Images,
            C::ShowTable => self.screen = Screen::Table,
            C::ShowStatistics => self.screen = Screen::Statistics,
            C::ShowHistory => self.screen = Screen::History,
            C::ShowCohort => self.screen = Screen::Cohort,
            C::ShowSettings => self.toggle_screen(Screen::Settings),
            C::ShowGuide => self.toggle_screen(Screen::Guide),
            C::PixelInspector => self.inspector.toggle_pixel(),
            C::SliceHeader => self.inspector.toggle_header(),
            C::HideNames => self.settings.names_hidden = !self.settings.names_hidden,
            C::ToggleLook => {
                self.settings.look = if self.settings.look == Look::Dark { Look::Light } else { Look::Dark };
            }
            C::LargerInterface => self.scale(1),
            C::SmallerInterface => self.scale(-1),
            C::Undo => self.bench.ask(Request::Undo),
            C::Redo => self.bench.ask(Request::Redo),
            C::NextUnread => self.read(Request::StepUnread(Step::Next)),
            C::PreviousUnread => self.read(Request::StepUnread(Step::Previous)),
            C::NextLesion => self.read(Request::StepLesion(Step::Next)),
            C::PreviousLesion => self.read(Request::StepLesion(Step::Previous)),
            C::NextVisit => self.read(Request::StepVisit(Step::Next)),
            C::PreviousVisit => self.read(Request::StepVisit(Step::Previous)),
            C::NextSeries => self.bench.ask(Request::StepSeries(Step::Next)),
            C::PreviousSeries => self.bench.ask(Request::StepSeries(Step::Previous)),
            C::NextPhase => self.bench.ask(Request::StepGroup { step: Step::Next, all_panes: false }),
            C::PreviousPhase => self.bench.ask(Request::StepGroup { step: Step::Previous, all_panes: false }),
            C::NextPhaseAll => self.bench.ask(Request::StepGroup { step: Step::Next, all_panes: true }),
            C::PreviousPhaseAll => self.bench.ask(Request::StepGroup { step: Step::Previous, all_panes: true }),
            C::MergePatient => {
                self.screen = Screen::Patient;
                self.patient.unfold_merge();
            }
            C::ArchivePatient => self.archive(true),
            C::BringBackPatient => self.archive(false),
            C::ShowArchived => {
                let show = !self.bench.shows_archived();
                self.bench.ask(Request::Whose(Whose::ShowArchived(show)));
            }
            C::WhoseImages => self.whose.ask_again(),
            C::OddImages => {
                self.screen = Screen::Images;
                self.images.look_at_odd();
            }
            C::NextPane => self.bench.ask(Request::NextPane),
            C::AddLesion => self.bench.ask(Request::AddLesion { pane }),
            C::PlaceLesion => self.bench.ask(Request::PlaceLesion { pane }),
            C::MarkZone => self.take_up(Tool::Outline(MarkRole::AblationZone)),
            C::MarkTumour => self.take_up(Tool::Outline(MarkRole::Tumour)),
            C::MarkViable => self.take_up(Tool::Outline(MarkRole::ViableTumour)),
            C::Brush => self.take_up(Tool::Brush(self.role_at_hand())),
            C::Eraser => self.take_up(Tool::Eraser(self.role_at_hand())),
            C::BrushSmaller => self.bench.ask(Request::BrushRadius(self.bench.brush_radius_mm() / 1.2)),
            C::BrushLarger => self.bench.ask(Request::BrushRadius(self.bench.brush_radius_mm() * 1.2)),
            C::DeleteMark if self.bench.landmarks().is_some() => {
                self.bench.ask(Request::Join(Joining::RemoveLandmark));
            }
            C::DeleteMark => {
                if let Some(mark) = self.bench.mark_at_hand() {
                    self.bench.ask(Request::DeleteMark(mark));
                }
            }
            C::Answer => self.strip = self.first_question(),
            C::Match => self.bench.ask(Request::Match),
            C::Unmatch => self.bench.ask(Request::Unmatch),
            C::ToggleLink => self.bench.ask(Request::ToggleLink),
            C::HangFollowUp => self.hang_so(Hanging::FollowUp),
            C::HangTimeCourse => self.hang_so(Hanging::TimeCourse),
            C::HangPhases => self.hang_so(Hanging::Phases),
            C::HangPlanes => self.hang_so(Hanging::Planes),
            C::HangSubtraction => self.hang_so(Hanging::Subtraction),
            C::HangMri => self.hang_so(Hanging::Mri),
            C::HangPetCt => self.hang_so(Hanging::PetCt),
            C::HangOwn => self.hang_own(),
            C::FewerPanes => self.step_layout(false),
            C::MorePanes => self.step_layout(true),
            C::LatestFirst => self.bench.ask(Request::Hang(Hang::LatestFirst(!self.bench.latest_first()))),
            C::PaneAlone => self.viewport.toggle_alone(pane),
            C::Landmarks => self.bench.ask(Request::Join(Joining::Landmarks)),
            C::LinkZoom => self.bench.ask(Request::Join(Joining::Zoom(!self.bench.together().zoom))),
            C::LinkPan => self.bench.ask(Request::Join(Joining::Pan(!self.bench.together().pan))),
            C::LinkWindow => self.bench.ask(Request::Join(Joining::Window(!self.bench.together().window))),
            C::HideMarks | C::PreviousHere | C::Subtract => {} // held keys: see input.rs
            C::NextPlane => self.bench.ask(Request::Look(PaneLook::NextPlane)),
            C::ThreePlanes => self.bench.ask(Request::Look(PaneLook::ThreePlanes(self.viewport.pointed()))),
            C::Crosshair => self.input.crosshair = !self.input.crosshair,
            C::NextSlab => self.bench.ask(Request::Look(PaneLook::StepSlab(Step::Next))),
            C::PreviousSlab => self.bench.ask(Request::Look(PaneLook::StepSlab(Step::Previous))),
            C::TiltForwards => self.tilt(TILT_DEGREES, 0.0),
            C::TiltBackwards => self.tilt(-TILT_DEGREES, 0.0),
            C::TiltLeft => self.tilt(0.0, TILT_DEGREES),
            C::TiltRight => self.tilt(0.0, -TILT_DEGREES),
            C::Fuse => self.bench.ask(Request::Look(PaneLook::ToggleOver)),
            C::KeepPicture => self.bench.ask(Request::Look(PaneLook::Keep)),
            C::SavePicture => self.pictures.toggle(),
            C::CopyPicture => self.pictures.copy(),
            C::RegionCurve => {
                let show = self.bench.curve().is_none();
                self.bench.ask(Request::Look(PaneLook::Curve(show)));
            }
            C::Cine => self.run_cine(Cine::Slices),
            C::CinePhases => self.run_cine(Cine::Phases),
            C::ToggleText => self.input.text_off = !self.input.text_off,
            C::ToggleOverlays => self.input.overlays_off = !self.input.overlays_off,
            C::FileWindow => self.bench.ask(Request::FileWindow { pane, index: 0 }),
            C::Invert => self.bench.ask(Request::ToggleInverted),
            C::ZoomIn => self.zoom(1.25),
            C::ZoomOut => self.zoom(0.8),
            C::Fit => self.bench.ask(Request::SetField(None)),
            C::ResetView => self.bench.ask(Request::ResetView),
            C::SliceUp => self.scroll(-1),
            C::SliceDown => self.scroll(1),
            C::SliceUpTen => self.scroll(-10),
            C::SliceDownTen => self.scroll(10),
            C::FirstSlice => self.scroll(-1_000_000),
            C::LastSlice => self.scroll(1_000_000),
            C::Accept => self.accept(),
            C::Cancel => self.cancel(),
            C::Park => {
                self.screen = Screen::Reading;
                self.strip = Strip::Off;
                self.reading.put_aside(&self.bench);
            }
            C::Sign => self.sign(),
            C::Amend => match self.reading.take_amendment() {
                Some((reason, text)) => self.bench.ask(Request::Amend { reason, text }),
                None => self.bench.tell(text::PICK_AMENDMENT.to_owned()),
            },
            C::Why => self.why_open = !self.why_open,
            C::ToggleContext => self.settings.context_hidden = !self.settings.context_hidden,
            C::ImageMemory => self.memory.toggle(),
            C::Palette => self.palette.open(),
            C::Help => self.help_open = !self.help_open,
        }
    }

    /// Goes to another reading: the strip starts anew.
    fn read(&mut self, request: Request) {
        self.screen = Screen::Reading;
        self.strip = Strip::Off;
        self.why_open = false;
        self.bench.ask(request);
    }

    /// Shows a screen that stands beside the work, or goes back to where one was.
    fn toggle_screen(&mut self, screen: Screen) {
        if self.screen == screen {
            self.screen = self.screen_before;
        } else {
            self.screen_before = self.screen;
            self.screen = screen;
        }
    }

    fn take_up(&mut self, tool: Tool) {
        self.strip = Strip::Off;
        self.bench.ask(Request::Use(tool));
    }

    /// The role that the brush or eraser works on: that of the tool in use, else the ablation zone.
    fn role_at_hand(&self) -> MarkRole {
        self.bench.tool().role().unwrap_or(MarkRole::AblationZone)
    }

    /// Hangs so; without images to hang there is nothing to see elsewhere.
    fn hang_so(&mut self, hanging: Hanging) {
        self.screen = Screen::Reading;
        self.bench.ask(Request::Hang(Hang::Use(hanging)));
    }

    /// The next hanging of one's own after the one that hangs.
    fn hang_own(&mut self) {
        let own = self.bench.own_hangings();
        let here = own.iter().position(|own| *self.bench.hanging() == Hanging::Own(own.clone()));
        let next = here.map_or(0, |here| (here + 1) % own.len());
        if let Some(own) = own.into_iter().nth(next) {
            self.hang_so(Hanging::Own(own));
        }
    }

    fn step_layout(&mut self, more: bool) {
        let mut all: Vec<Layout> =
            [(1, 1), (1, 2), (1, 3), (2, 2), (2, 3), (3, 3)].map(|(r, c)| Layout::new(r, c)).into();
        if !more {
            all.reverse();
        }
        let now = self.bench.layout().panes();
        let next = all.into_iter().find(|other| if more { other.panes() > now } else { other.panes() < now });
        if next.is_some() {
            self.bench.ask(Request::Hang(Hang::Layout(next)));
        }
    }

    /// The teacher's switch.
    fn truth_at_once(&mut self) {
        let Some(mut settings) = self.bench.document().map(crate::project::Document::settings) else { return };
        settings.truth_at_once = !settings.truth_at_once;
        let words = if settings.truth_at_once { text::samples::AT_ONCE } else { text::samples::AFTER_SIGNING };
        self.bench.ask(Request::PutSettings(Box::new(settings)));
        self.bench.tell(words.to_owned());
    }

    fn archive(&mut self, archived: bool) {
        if let Some(patient) = self.bench.selection().patient {
            self.bench.ask(Request::Whose(Whose::Archive { patient, archived }));
        }
    }

    fn scroll(&mut self, down: i64) {
        let pane = self.bench.room().active();
        if let Some(shown) = self.bench.room().panes().get(pane).and_then(Pane::shown) {
            let by = down * scroll_sign(&shown.grid);
            self.bench.ask(Request::Scroll { pane, by });
        }
    }

    fn tilt(&mut self, forwards_degrees: f64, sideways_degrees: f64) {
        let pane = self.bench.room().active();
        self.bench.ask(Request::Look(PaneLook::Tilt { pane, forwards_degrees, sideways_degrees }));
    }

    fn run_cine(&mut self, what: Cine) {
        self.input.cine = if self.input.cine == Some(what) { None } else { Some(what) };
    }

    fn zoom(&mut self, factor: f64) {
        let pane = self.bench.room().active();
        let now_mm = self.viewport.field_mm(pane).unwrap_or(300.0);
        self.bench.ask(Request::Zoom { pane, now_mm, factor, about: (0.0, 0.0) });
    }

    /// Enter: ends painting, signs when all is answered, else goes on to the next reading.
    fn accept(&mut self) {
        if self.screen != Screen::Reading {
            return;
        }
        if self.bench.landmarks().is_some() {
            self.bench.ask(Request::Join(Joining::KeepLandmarks));
        } else if self.bench.preview().is_some() {
            self.bench.ask(Request::Outline(Outlining::Accept));
        } else if self.bench.tool() != Tool::Scroll {
            self.bench.ask(Request::Use(Tool::Scroll));
        } else if self.strip == Strip::Sign {
            self.sign_now();
        } else if self.strip == Strip::Diameter
            && let Some(mm) = self.reading.take_typed_mm()
        {
            self.strip = Strip::Off;
            self.bench.ask(Request::ViableLd(Some(mm)));
        } else {
            self.read(Request::StepUnread(Step::Next));
        }
    }

    /// Esc: one thing at a time, from the innermost.
    fn cancel(&mut self) {
        if self.palette.is_open() {
            self.palette.close();
        } else if self.path_panel.is_open() {
            self.path_panel.close();
        } else if self.samples.is_open() {
            self.samples.toggle();
        } else if self.pictures.is_open() {
            self.pictures.toggle();
        } else if self.identity.is_open() {
            self.identity.toggle();
        } else if self.memory.is_open() {
            self.memory.toggle();
        } else if self.inspector.is_header_open() {
            self.inspector.toggle_header();
        } else if matches!(self.screen, Screen::Settings | Screen::Guide) {
            self.screen = self.screen_before;
        } else if self.help_open {
            self.help_open = false;
        } else if self.reading.is_putting_aside() {
            self.reading.close_aside();
        } else if self.bench.landmarks().is_some() {
            self.bench.ask(Request::Join(Joining::Landmarks));
        } else if self.bench.preview().is_some() {
            self.bench.ask(Request::Outline(Outlining::Drop));
        } else if self.bench.stroke().is_some() {
            self.bench.ask(Request::CancelStroke);
        } else if self.bench.tool() != Tool::Scroll {
            self.bench.ask(Request::Use(Tool::Scroll));
        } else if self.strip != Strip::Off {
            self.strip = Strip::Off;
        } else if self.inspector.is_pixel_open() {
            self.inspector.toggle_pixel();
        } else {
            self.why_open = false;
        }
    }

    /// The first question without an answer; from the start when all have one.
    fn first_question(&self) -> Strip {
        let Some(finding) = self.bench.finding() else { return Strip::Answer };
        match finding.answer {
            None => Strip::Answer,
            Some(answer) => match Strip::after(answer) {
                Strip::Shape if finding.shape.is_none() => Strip::Shape,
                Strip::Shape
                    if answer == Answer::Viable
                        && self.bench.visit_outcome().is_some_and(|at| at.viable_ld.is_none()) =>
                {
                    Strip::Diameter
                }
                Strip::NotEvaluable if finding.not_evaluable_reason.is_none() => Strip::NotEvaluable,
                Strip::NotDone if finding.not_done_reason.is_none() => Strip::NotDone,
                _ => Strip::Answer,
            },
        }
    }

    /// Ctrl+Enter: what lesions still lack is shown first, then the rest of the scan is asked, then what is signed is
    /// shown; once more, or Enter, signs.
    fn sign(&mut self) {
        self.screen = Screen::Reading;
        let due = self.bench.selection().visit.is_some_and(|visit| !self.bench.due(visit).is_empty());
        if self.bench.is_signed() || !due {
            self.bench.ask(Request::Sign); // which says why there is nothing to sign
            return;
        }
        if self.strip == Strip::Sign {
            self.sign_now();
            return;
        }
        let open = !self.bench.lesions_before_signing().is_empty();
        self.strip = if open { Strip::Sign } else { self.open_rest().unwrap_or(Strip::Sign) };
        if self.strip != Strip::Sign {
            self.bench.tell(text::REST_FIRST.to_owned());
        }
    }

    /// The first question on the rest of the scan without an answer.
    fn open_rest(&self) -> Option<Strip> {
        let rest = self.bench.rest_of_scan();
        if rest.is_none_or(|rest| rest.new_tumour.is_none()) {
            Some(Strip::NewTumour)
        } else if rest.is_none_or(|rest| rest.complications.is_none()) {
            Some(Strip::Complications)
        } else {
            None
        }
    }

    /// Signs what is shown; while something is open, goes to the first of it.
    fn sign_now(&mut self) {
        match self.bench.open_points().first().map(|point| point.lesion) {
            None => {
                self.strip = Strip::Off;
                self.bench.ask(Request::Sign);
            }
            Some(Some(lesion)) => {
                self.bench.ask(Request::SelectLesion(lesion));
                self.strip = self.first_question();
            }
            Some(None) => self.strip = self.open_rest().unwrap_or_default(),
        }
    }
}

/// Why a command cannot be done just now; `None` when it can.
pub(super) fn why_disabled(command: Command, app: &AblationApp) -> Option<String> {
    use Command as C;
    let bench = &app.bench;
    let because = |why: &str| Some(why.to_owned());
    match command {
        C::NewProject
        | C::OpenProject
        | C::OpenFolder
        | C::Palette
        | C::Help
        | C::Cancel
        | C::ShowSettings
        | C::ShowGuide
        | C::HideNames
        | C::ToggleLook
        | C::LargerInterface
        | C::SmallerInterface
        | C::ImageMemory => None,
        C::OpenSample => bench.desk().is_none().then(|| text::samples::LISTED_HERE.to_owned()),
        _ if bench.desk().is_none() => because(text::NEEDS_PROJECT),
        _ if changes(command) && bench.desk().is_some_and(|desk| desk.read_only().is_some()) => {
            bench.desk().and_then(|desk| desk.read_only()).map(str::to_owned)
        }
        C::Undo => bench.desk().filter(|desk| desk.can_undo().is_none()).and(because(text::NOTHING_TO_UNDO)),
        C::Redo => bench.desk().filter(|desk| desk.can_redo().is_none()).and(because(text::NOTHING_TO_REDO)),
        C::MarkZone | C::MarkTumour | C::MarkViable | C::Brush | C::Eraser => {
            if bench.selection().lesion.is_none() {
                because(text::NEEDS_LESION)
            } else if bench.reader().is_none() {
                because(text::NEEDS_READER)
            } else {
                None
            }
        }
        C::TakeOver => match bench.desk().and_then(|desk| desk.reading_only()) {
            None => because(text::safety::NOT_READ_ONLY),
            Some(reading) if reading.held.is_none() => Some(reading.why.clone()),
            Some(reading) => (!reading.free).then(|| text::safety::STILL_HELD.to_owned()),
        },
        C::FindImages => bench.missing_images().is_empty().then(|| text::safety::NOTHING_MISSING.to_owned()),
        C::Answer | C::Sign | C::Park if bench.reader().is_none() => because(text::NEEDS_READER),
        C::MergePatient | C::ArchivePatient | C::BringBackPatient => {
            let document = bench.document();
            let patient = document.zip(bench.selection().patient).and_then(|(document, id)| document.patient(id));
            let one = document.is_none_or(|document| document.patients().count() < 2);
            match (patient, command) {
                (None, _) => because(whose::NEEDS_PATIENT),
                (Some(_), C::MergePatient) => one.then(|| whose::NEEDS_TWO_PATIENTS.to_owned()),
                (Some(row), C::ArchivePatient) => row.archived.then(|| whose::ALREADY_ARCHIVED.to_owned()),
                (Some(row), _) => (!row.archived).then(|| whose::NOT_ARCHIVED.to_owned()),
            }
        }
        C::ShowArchived => {
            let none = bench.document().is_none_or(|document| document.archived_patients() == 0);
            none.then(|| whose::NEEDS_ARCHIVED.to_owned())
        }
        C::WhoseImages => bench.patient_questions().is_empty().then(|| whose::NEEDS_QUESTION.to_owned()),
        C::Answer if !is_due(bench) => because(text::NO_SESSION),
        C::Park => bench.selection().lesion.is_none().then(|| text::NEEDS_LESION.to_owned()),
        C::DeleteMark if bench.landmarks().is_some() => None,
        C::HangOwn => bench.own_hangings().is_empty().then(|| text::hanging::NEEDS_OWN.to_owned()),
        C::PaneAlone => (bench.room().panes().len() < 2).then(|| text::hanging::NEEDS_MANY.to_owned()),
        C::DeleteMark => bench.mark_at_hand().is_none().then(|| text::NEEDS_MARK.to_owned()),
        C::ShowTruth => bench.not_shown().is_none().then(|| text::samples::NEEDS_SAMPLE.to_owned()),
        C::Amend => (!bench.is_signed()).then(|| text::NEEDS_SIGNATURE.to_owned()),
        C::ToggleOverlays => (!shows(bench, |info| info.overlays)).then(|| text::NO_OVERLAYS.to_owned()),
        C::FileWindow => (!shows(bench, |info| !info.windows.is_empty())).then(|| text::NO_FILE_WINDOW.to_owned()),
        C::CinePhases => {
            let pane = bench.room().active();
            bench.group_place(pane).is_none().then(|| text::looking::NO_PHASES.to_owned())
        }
        C::Match
        | C::PixelInspector
        | C::SliceHeader
        | C::Landmarks
        | C::NextPane
        | C::SliceUp
        | C::SliceDown
        | C::SliceUpTen
        | C::SliceDownTen
        | C::FirstSlice
        | C::LastSlice
        | C::ZoomIn
        | C::ZoomOut
        | C::Fit
        | C::ResetView
        | C::NextSeries
        | C::NextPlane
        | C::ThreePlanes
        | C::Crosshair
        | C::NextSlab
        | C::PreviousSlab
        | C::TiltForwards
        | C::TiltBackwards
        | C::TiltLeft
        | C::TiltRight
        | C::Fuse
        | C::RegionCurve
        | C::KeepPicture
        | C::SavePicture
        | C::CopyPicture
        | C::Cine
        | C::NextPhase
        | C::PreviousPhase
        | C::NextPhaseAll
        | C::PreviousPhaseAll
        | C::PreviousSeries => {
            let shown = bench.room().panes().iter().any(|pane| pane.shown().is_some());
            (!shown).then(|| text::NEEDS_PANE.to_owned())
        }
        _ => None,
    }
}

/// Whether the chosen lesion is to be answered for at the chosen visit.
fn is_due(bench: &Workbench) -> bool {
    let chosen = bench.selection().lesion.zip(bench.selection().visit);
    chosen.is_some_and(|(lesion, visit)| bench.due(visit).contains(&lesion))
}

/// Whether a command changes the project.
fn changes(command: Command) -> bool {
    use Command as C;
    matches!(
        command,
        C::Undo
            | C::Redo
            | C::AddLesion
            | C::PlaceLesion
            | C::MarkZone
            | C::MarkTumour
            | C::MarkViable
            | C::Brush
            | C::Eraser
            | C::DeleteMark
            | C::KeepPicture
            | C::Match
            | C::Landmarks
            | C::Unmatch
            | C::Park
            | C::Sign
            | C::Amend
            | C::TruthAtOnce
            | C::MergePatient
            | C::ArchivePatient
            | C::BringBackPatient
    )
}

/// Whether a pane shows a stack of this kind.
fn shows(bench: &Workbench, kind: impl Fn(&StackInfo) -> bool) -> bool {
    let shown = bench.room().panes().iter().filter_map(Pane::shown);
    shown.filter_map(|shown| bench.info_of(shown.stack)).any(kind)
}
