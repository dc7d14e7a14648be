//! A person at the window: what is seen by label, and what hands can do.

use ablation_review::app::{AblationApp, DialogKind, Dialogs, Options};
use ablation_review::clinical::{
    AblationModality, LesionId, Session, SessionId, SessionLesion, Stamp, TechnicalSuccess, VisitId,
};
use ablation_review::geometry::PatientPoint;
use ablation_review::phantom::{self, FIRST_CASE, LesionTruth, LesionVisitTruth, Truth};
use ablation_review::project::Document;
use ablation_review::workbench::room::Shown;
use ablation_review::workbench::{Executor, Request, Workbench, reading_number};
use eframe::egui::accesskit::Role;
use eframe::egui::{
    self, DroppedFile, Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, Rect, TouchPhase,
    Vec2, vec2,
};
use egui_kittest::kittest::{NodeT, Queryable, by};
use egui_kittest::{Harness, Node};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The smallest window that everything has to fit into.
pub const WINDOW: Vec2 = Vec2::new(1366.0, 768.0);
/// Nothing on the sample takes longer, also on a busy machine.
const DEADLINE: Duration = Duration::from_secs(20);

pub const LEFT: usize = 0;
pub const RIGHT: usize = 1;

/// The truth of the sample.
pub fn truth() -> Truth {
    phantom::truth(FIRST_CASE).unwrap()
}

/// What is true of a lesion at a visit of the sample.
pub fn at_visit<'a>(lesion: &'a LesionTruth, visit: &str) -> &'a LesionVisitTruth {
    lesion.visits.iter().find(|at| at.visit == visit).unwrap()
}

/// Answers to file dialogs, given by the test.
#[derive(Clone, Default)]
pub struct Prepared(Arc<Mutex<AskedAndAnswers>>);

/// What was asked for, and the answer that waits for each kind.
type AskedAndAnswers = (Vec<DialogKind>, BTreeMap<u8, PathBuf>);

impl Prepared {
    /// What was asked for so far.
    pub fn asked(&self) -> Vec<DialogKind> {
        self.0.lock().unwrap().0.clone()
    }

    /// The path to answer a kind of question with.
    pub fn answer(&self, kind: DialogKind, path: &Path) {
        self.0.lock().unwrap().1.insert(kind as u8, path.to_owned());
    }
}

impl Dialogs for Prepared {
    fn ask(&mut self, kind: DialogKind) {
        self.0.lock().unwrap().0.push(kind);
    }

    fn answers(&mut self) -> Vec<(DialogKind, PathBuf)> {
        let mut inner = self.0.lock().unwrap();
        let asked = inner.0.clone();
        asked.into_iter().filter_map(|kind| inner.1.remove(&(kind as u8)).map(|path| (kind, path))).collect()
    }
}

/// The window in a harness; it is made on the first frame, when there is a context.
pub struct Window {
    app: Option<AblationApp>,
    options: Option<Options>,
}

impl Window {
    fn frame(&mut self, ui: &mut egui::Ui) {
        if let Some(app) = &mut self.app {
            app.frame(ui);
        } else {
            self.app = self.options.take().map(|options| AblationApp::new(ui.ctx(), options, Vec::new()));
            ui.ctx().request_repaint();
        }
    }
}

/// A window on a user's folder.
fn window(user_folder: &Path, clock: &Arc<Mutex<Stamp>>, dialogs: &Prepared, size: Vec2) -> Harness<'static, Window> {
    let now = Arc::clone(clock);
    let options = Options {
        executor: Executor::Inline,
        clock: Arc::new(move || *now.lock().unwrap()),
        user_folder: user_folder.to_owned(),
        dialogs: Box::new(dialogs.clone()),
        keys: BTreeMap::new(),
    };
    Harness::builder()
        .with_size(size)
        .with_step_dt(1.0 / 60.0)
        .with_max_steps(60)
        .build_ui_state(|ui, window: &mut Window| window.frame(ui), Window { app: None, options: Some(options) })
}

/// Somebody at the window.
pub struct Person {
    pub harness: Harness<'static, Window>,
    pub dialogs: Prepared,
    /// Keys, clicks, drags and runs of the wheel so far.
    pub inputs: u32,
    clock: Arc<Mutex<Stamp>>,
    folder: tempfile::TempDir,
}

impl Person {
    /// Opens the window with nothing on it.
    pub fn at_the_window() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(Mutex::new("2024-10-01T08:00:00Z".parse::<Stamp>().unwrap()));
        let dialogs = Prepared::default();
        let harness = window(&folder.path().join("user"), &clock, &dialogs, WINDOW);
        let mut person = Self { harness, dialogs, inputs: 0, clock, folder };
        person.see();
        person
    }

    /// The program dies without a word and is started again.
    pub fn die_and_start_again(&mut self) {
        let nothing = Harness::new_ui_state(|_, _: &mut Window| {}, Window { app: None, options: None });
        drop(std::mem::replace(&mut self.harness, nothing)); // what the dead one held is let go of first
        self.start_again();
    }

    /// The window is closed as it should be and opened again.
    pub fn close_and_start_again(&mut self) {
        self.harness.state_mut().app.as_mut().unwrap().close_well();
        self.die_and_start_again();
    }

    fn start_again(&mut self) {
        self.harness = window(&self.folder.path().join("user"), &self.clock, &self.dialogs, WINDOW);
        self.see();
        self.until("all read", |person| !person.bench().is_busy());
    }

    /// A folder that vanishes with the window.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Copies visits of the sample into a folder of their own, so that the project never holds their place.
    pub fn copy_of_visits(&self, visits: &[&str]) -> Vec<PathBuf> {
        let sample = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("sample_data").join(FIRST_CASE);
        visits.iter().map(|visit| copy(&sample.join(visit), &self.folder().join("images").join(visit))).collect()
    }

    /// Asks the window to close, as a window manager does.
    pub fn ask_to_close(&mut self) {
        let viewport = self.harness.input_mut().viewports.entry(egui::ViewportId::ROOT).or_default();
        viewport.events.push(egui::ViewportEvent::Close);
        self.harness.step();
        let viewport = self.harness.input_mut().viewports.entry(egui::ViewportId::ROOT).or_default();
        viewport.events.clear();
        self.see();
    }

    /// Whether the window has asked in this frame to be closed.
    pub fn closes(&self) -> bool {
        let output = self.harness.output().viewport_output.get(&egui::ViewportId::ROOT);
        output.is_some_and(|output| output.commands.contains(&egui::ViewportCommand::Close))
    }

    pub fn bench(&self) -> &Workbench {
        &self.harness.state().app.as_ref().unwrap().bench
    }

    pub fn bench_mut(&mut self) -> &mut Workbench {
        &mut self.harness.state_mut().app.as_mut().unwrap().bench
    }

    pub fn document(&self) -> &Document {
        self.bench().document().unwrap()
    }

    /// Moves the clock on.
    pub fn wait_minutes(&self, minutes: i64) {
        *self.clock.lock().unwrap() += chrono::TimeDelta::minutes(minutes);
    }

    /// Lets the window settle. Panics when it goes on repainting, or shows a control without a name.
    #[track_caller]
    pub fn see(&mut self) {
        if let Err(error) = self.harness.try_run() {
            panic!("{error}; notices {:?}", self.bench().notices());
        }
    }

    /// Lets frames pass until something is so.
    #[track_caller]
    pub fn until(&mut self, what: &str, so: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !so(self) {
            assert!(start.elapsed() < DEADLINE, "never: {what}; notices {:?}", self.bench().notices());
            self.harness.step();
        }
        self.see();
    }

    #[track_caller]
    pub fn drop_files(&mut self, paths: &[PathBuf]) {
        let files = paths.iter().map(|path| Arc::new(Dropped(path.clone())) as egui::DroppedFileHandle);
        self.harness.input_mut().dropped_files = files.collect();
        self.see();
        self.until("all read and written", |person| !person.bench().is_busy());
    }

    /// Says who reads, makes lesions where the sample's first two lie, treats both, and takes up the first unread one.
    pub fn start_reading_two_lesions(&mut self, initials: &str) {
        let truth = truth();
        self.type_into("Reader's initials", initials);
        for lesion in &truth.lesions[..2] {
            self.bench_mut().ask(Request::GoTo { pane: LEFT, point: at_visit(lesion, "pre").place });
            self.bench_mut().ask(Request::AddLesion { pane: LEFT });
        }
        let treated = self.document().lesions().map(|lesion| lesion.id).collect::<Vec<_>>().into_iter();
        let session = Session {
            id: SessionId(1),
            patient: self.document().patients().next().unwrap().id,
            date: truth.sessions[0].date,
            modality: AblationModality::Microwave,
            combined_of: Vec::new(),
            device: String::new(),
            lesions: treated
                .map(|lesion| SessionLesion { lesion, technical_success: TechnicalSuccess::Yes, reason: String::new() })
                .collect(),
            planned_before_first_follow_up: false,
            note: String::new(),
        };
        self.bench_mut().ask(Request::PutSession(Box::new(session)));
        self.press(Key::N);
    }

    #[track_caller]
    pub fn press(&mut self, key: Key) {
        self.press_with(Modifiers::NONE, key);
    }

    #[track_caller]
    pub fn ctrl(&mut self, key: Key) {
        self.press_with(Modifiers::COMMAND, key);
    }

    #[track_caller]
    pub fn press_with(&mut self, modifiers: Modifiers, key: Key) {
        self.inputs += 1;
        self.harness.key_press_modifiers(modifiers, key);
        self.see();
    }

    /// The one node of a role with this label.
    #[track_caller]
    pub fn node<'a>(&'a self, role: Role, label: &'a str) -> Node<'a> {
        self.harness.get(by().role(role).label(label))
    }

    pub fn has(&self, role: Role, label: &str) -> bool {
        self.harness.query_all(by().role(role).label(label)).next().is_some()
    }

    #[track_caller]
    pub fn click(&mut self, role: Role, label: &str) {
        self.inputs += 1;
        self.node(role, label).scroll_to_me();
        self.see();
        self.node(role, label).click();
        self.see();
    }

    #[track_caller]
    pub fn click_button(&mut self, label: &str) {
        self.click(Role::Button, label);
    }

    /// Picks a value from a list that drops down.
    #[track_caller]
    pub fn pick(&mut self, label: &str, value: &str) {
        self.click(Role::ComboBox, label);
        self.click_button(value);
    }

    /// Whether something on screen says this, by label or value.
    pub fn says(&self, words: &str) -> bool {
        self.harness.root().children_recursive().any(|node| {
            let node = node.accesskit_node();
            [node.label(), node.value()].into_iter().flatten().any(|text| text.contains(words))
        })
    }

    #[track_caller]
    pub fn reads(&self, words: &str) {
        assert!(self.says(words), "nothing says {words:?}; what is there: {:#?}", self.all_words());
    }

    /// Everything that is on screen in words.
    pub fn all_words(&self) -> Vec<String> {
        let nodes = self.harness.root().children_recursive();
        let words = nodes.filter_map(|node| {
            let node = node.accesskit_node();
            let words: Vec<String> = [node.label(), node.value()].into_iter().flatten().collect();
            (!words.is_empty()).then(|| format!("{:?} {}", node.role(), words.join(" = ")))
        });
        words.collect()
    }

    /// Types into a field with a label, in the place of what was there, and leaves it with Enter.
    #[track_caller]
    pub fn type_into(&mut self, label: &str, words: &str) {
        self.inputs += 1;
        self.focus_field(label);
        self.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
        self.harness.event(Event::Text(words.to_owned()));
        self.harness.key_press(Key::Enter);
        self.see();
    }

    #[track_caller]
    pub fn focus_field(&mut self, label: &str) {
        self.node(Role::TextInput, label).focus();
        self.see();
    }

    pub fn pane(&self, pane: usize) -> Node<'_> {
        self.node(Role::Image, if pane == LEFT { "Left pane" } else { "Right pane" })
    }

    /// What a pane says of itself: "slice 23 of 45, 160/100".
    pub fn pane_value(&self, pane: usize) -> String {
        self.pane(pane).value().unwrap()
    }

    /// How many pictures are painted in a pane; words and lines are none.
    pub fn painted_pictures(&self, pane: usize) -> usize {
        let rect = self.pane(pane).rect().expand(1.0);
        let of_pane = self.harness.output().shapes.iter().filter(|painted| rect.contains_rect(painted.clip_rect));
        of_pane.filter(|painted| painted.shape.texture_id() != egui::TextureId::default()).count()
    }

    pub fn shown(&self, pane: usize) -> &Shown {
        self.bench().room().panes()[pane].shown().unwrap()
    }

    /// The series in a pane.
    pub fn series(&self, pane: usize) -> &str {
        &self.document().stack(self.shown(pane).stack).unwrap().info.series_uid
    }

    /// One run of the wheel over a pane, in notches, positive down.
    #[track_caller]
    pub fn wheel(&mut self, pane: usize, notches: i32) {
        self.inputs += 1;
        self.harness.hover_at(self.pane(pane).rect().center());
        for _ in 0..notches.abs() {
            self.harness.event(Event::MouseWheel {
                unit: MouseWheelUnit::Line,
                delta: vec2(0.0, -notches.signum() as f32),
                phase: TouchPhase::Move,
                source: MouseWheelSource::Wheel,
                modifiers: Modifiers::NONE,
            });
        }
        self.see();
    }

    /// Scrolls a pane to the slice through a place.
    #[track_caller]
    pub fn scroll_to(&mut self, pane: usize, place: PatientPoint) {
        let shown = self.shown(pane);
        let wanted = shown.grid.nearest_slice(place).unwrap();
        let number = |slice| i64::from(reading_number(&shown.grid, slice).0);
        let notches = number(wanted) - number(shown.slice);
        self.wheel(pane, i32::try_from(notches).unwrap());
        assert_eq!(self.shown(pane).slice, wanted);
    }

    /// Where a place of a pane's space is on the screen.
    pub fn on_screen(&self, pane: usize, place: PatientPoint) -> Pos2 {
        let (rect, shown) = (self.pane(pane).rect(), self.shown(pane));
        let [across, down, _] = shown.grid.spacing_mm;
        let size_mm = [f64::from(shown.grid.dims[0]) * across, f64::from(shown.grid.dims[1]) * down];
        let points_per_mm = self.bench().room().field_mm().map_or_else(
            || (f64::from(rect.width()) / size_mm[0]).min(f64::from(rect.height()) / size_mm[1]),
            |field| f64::from(rect.width()) / field,
        );
        let at = shown.grid.to_index(place);
        let off =
            [(at.i - shown.centre.0) * across, (at.j - shown.centre.1) * down].map(|mm| (mm * points_per_mm) as f32);
        rect.center() + vec2(off[0], off[1])
    }

    /// A drag through points on the screen.
    #[track_caller]
    pub fn drag(&mut self, button: PointerButton, path: &[Pos2]) {
        self.press_pointer(button, path);
        self.release_pointer(button, *path.last().unwrap());
    }

    /// The part of a drag before the button is let go.
    #[track_caller]
    pub fn press_pointer(&mut self, button: PointerButton, path: &[Pos2]) {
        self.inputs += 1;
        self.harness.event(Event::PointerMoved(path[0]));
        self.pointer_button(button, path[0], true);
        for at in &path[1..] {
            self.harness.event(Event::PointerMoved(*at));
        }
        self.see();
    }

    #[track_caller]
    pub fn release_pointer(&mut self, button: PointerButton, at: Pos2) {
        self.pointer_button(button, at, false);
        self.see();
    }

    fn pointer_button(&mut self, button: PointerButton, pos: Pos2, pressed: bool) {
        self.harness.event(Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE });
    }

    /// Paints once round a place, so that a disc of about `radius_mm` and the brush's own radius is filled.
    #[track_caller]
    pub fn paint_round(&mut self, pane: usize, place: PatientPoint, radius_mm: f64) {
        let path: Vec<Pos2> = (0..=12)
            .map(|step| {
                let angle = f64::from(step) * std::f64::consts::TAU / 12.0;
                let off =
                    PatientPoint::new(place.x + radius_mm * angle.cos(), place.y + radius_mm * angle.sin(), place.z);
                self.on_screen(pane, off)
            })
            .collect();
        self.drag(PointerButton::Primary, &path);
    }

    pub fn visit_on(&self, date: &str) -> VisitId {
        self.bench().visits().into_iter().find(|visit| visit.date.to_string() == date).unwrap().id
    }

    pub fn lesion_named(&self, label: &str) -> LesionId {
        self.document().lesions().find(|lesion| lesion.label == label).unwrap().id
    }

    /// Everything with a name lies inside the window, or can be scrolled into it; nothing lies beside it.
    #[track_caller]
    pub fn nothing_is_clipped(&mut self) {
        let (beside, below) = self.outside();
        assert!(beside.is_empty(), "outside of the window:\n{}", beside.join("\n"));
        // The last of a scrolled area stands for what is above it.
        if let Some((role, name)) = below.last() {
            self.harness.get_all(by().role(*role).label(name)).last().unwrap().scroll_to_me();
            self.see();
            let node = self.harness.get_all(by().role(*role).label(name)).last().unwrap();
            let rect = node.rect();
            assert!(Rect::from_min_size(Pos2::ZERO, WINDOW).contains_rect(rect), "{name:?} stays at {rect:?}");
        }
    }

    /// What lies beside the window, and what lies above or below it.
    fn outside(&self) -> (Vec<String>, Vec<(Role, String)>) {
        let window = Rect::from_min_size(Pos2::ZERO, WINDOW).expand(0.6);
        let (mut beside, mut below) = (Vec::new(), Vec::new());
        for node in self.harness.root().children_recursive() {
            let inner = node.accesskit_node();
            let Some(name) = inner.label().filter(|name| !name.is_empty() && !inner.is_hidden()) else { continue };
            if inner.bounding_box().is_none() {
                continue;
            }
            let rect = node.rect();
            if rect.left() < window.left() || rect.right() > window.right() {
                beside.push(format!("{:?} {name:?} at {rect:?}", inner.role()));
            } else if !window.contains_rect(rect) {
                below.push((inner.role(), name));
            }
        }
        (beside, below)
    }
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

/// Copies a folder with all below it.
pub fn copy(from: &Path, to: &Path) -> PathBuf {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
    to.to_owned()
}
