//! Speed of the real window, on the display that `DISPLAY` names: `cargo bench --bench ring`.
//!
//! The window of the program runs at 1920 x 1080 with two linked panes of 512 x 512 pixels and three marks on
//! each. Every figure is a time from an input given to egui (just before the frame that takes it in) to after the
//! swap of the buffers that show its effect: eframe asks for the next frame's input right after the swap, and that
//! is where the time is taken. What the X server does after the swap is not in it. A change counts only when it
//! shows another slice in both panes: two textures uploaded, six marks drawn.
//!
//! `--changes N` (500) slice changes in each of `--runs N` (3) runs. Prints JSON.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

mod support;

use ablation_review::app::{AblationApp, NoDialogs, Options, native_options};
use ablation_review::clinical::MarkRole;
use ablation_review::workbench::{Executor, Request, Tool, Workbench};
use eframe::egui::{self, Event, Key, Modifiers, PointerButton, Pos2, pos2, vec2};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

const SIZE: [f32; 2] = [1920.0, 1080.0];
/// Brush movements that are measured.
const STROKES: usize = 300;
/// How long the window is watched while nothing happens.
const IDLE: Duration = Duration::from_secs(2);
/// An input that shows nothing for this long is a mistake.
const PATIENCE: Duration = Duration::from_secs(20);
/// Starts that are measured, each a process of its own.
const STARTS: usize = 5;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str, default: usize| {
        let at = arguments.iter().position(|argument| argument == name);
        at.and_then(|at| arguments.get(at + 1)).map_or(default, |n| n.parse().expect("a number"))
    };
    if let Some(at) = arguments.iter().position(|argument| argument == "--start") {
        return start(arguments.get(at + 1).map(PathBuf::from));
    }
    let (changes, runs) = (number("--changes", 500), number("--runs", 3));
    let folder = tempfile::tempdir().unwrap();
    let images = folder.path().join("images");
    support::write_patient(&images);
    let project = support::marked_project(&images, folder.path());

    let results = Arc::new(Mutex::new(Results::default()));
    let load_before = load_average();
    let ring = Ring::new(changes, runs, folder.path(), project, Arc::clone(&results));
    open(move |ctx| Box::new(Watched::new(ctx, ring)));
    let results = results.lock().unwrap();
    let first_frames: Vec<f64> = (0..STARTS).map(|_| started(None)["first_frame_ms"].as_f64().unwrap()).collect();
    let real = std::env::var_os("ABLATION_REVIEW_DATA").map(|data| PathBuf::from(data).join("ct_abdomen"));
    let dropped = real.filter(|folder| folder.is_dir()).unwrap_or_else(|| images.join("20250106"));
    let drops: Vec<Value> = (0..STARTS).map(|_| started(Some(&dropped))).collect();
    let drop_ms = |what: &str| summary(&drops.iter().filter_map(|drop| drop[what].as_f64()).collect::<Vec<_>>());
    let report = json!({
        "load_average": [load_before, load_average()],
        "slice_change_ms": results.runs.iter().map(|run| summary(run)).collect::<Vec<_>>(),
        "brush_to_screen_ms": summary(&results.brush),
        "frames_while_idle_for_2_s": results.idle_frames,
        "first_frame_ms": summary(&first_frames),
        "drop_to_first_picture_ms": drop_ms("first_picture_ms"),
        "drop_to_all_slices_ms": drop_ms("all_slices_ms"),
    });
    println!("{report:#}");
}

/// Number, median, 95th and 99th percentile (nearest rank), worst.
fn summary(times_ms: &[f64]) -> Value {
    let mut sorted = times_ms.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let rank = (share * sorted.len() as f64).ceil().max(1.0) as usize;
        sorted.get(rank - 1).map(|ms| (ms * 100.0).round() / 100.0)
    };
    json!({ "n": sorted.len(), "median": at(0.5), "p95": at(0.95), "p99": at(0.99), "worst": at(1.0) })
}

fn load_average() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

/// Opens a window as the program does.
fn open(make: impl FnOnce(&egui::Context) -> Box<dyn eframe::App> + 'static) {
    let viewport = egui::ViewportBuilder::default().with_inner_size(vec2(SIZE[0], SIZE[1])).with_decorations(false);
    eframe::run_native(
        "ablation-review-ring",
        native_options(viewport),
        Box::new(move |creation| Ok(make(&creation.egui_ctx))),
    )
    .expect("a window, with software OpenGL if need be");
}

fn program(ctx: &egui::Context, user_folder: &Path, paths: Vec<PathBuf>) -> AblationApp {
    let options = Options {
        executor: Executor::threads(),
        clock: Arc::new(chrono::Utc::now),
        user_folder: user_folder.to_owned(),
        dialogs: Box::new(NoDialogs::default()),
        keys: Default::default(),
    };
    AblationApp::new(ctx, options, paths)
}

// ---- the ring -------------------------------------------------------------------------------------------------

#[derive(Default)]
struct Results {
    runs: Vec<Vec<f64>>,
    brush: Vec<f64>,
    idle_frames: u64,
}

/// What the ring does now.
enum Phase {
    /// The project opens and its pixels are read.
    Opening,
    /// Slices change.
    Slices,
    /// The brush moves.
    Brush,
    /// Nothing happens.
    Idle,
}

struct Ring {
    changes: usize,
    runs: usize,
    user_folder: PathBuf,
    project: PathBuf,
    results: Arc<Mutex<Results>>,
    phase: Phase,
    /// The input that is under way: when it was given, and what was shown then.
    pending: Option<(Instant, u64)>,
    /// The frame that is being drawn shows the effect of the input.
    shown: bool,
    times_ms: Vec<f64>,
    down: bool,
    step: usize,
    frames: Arc<AtomicU64>,
}

impl Ring {
    fn new(changes: usize, runs: usize, user: &Path, project: PathBuf, results: Arc<Mutex<Results>>) -> Self {
        Self {
            changes,
            runs,
            user_folder: user.to_owned(),
            project,
            results,
            phase: Phase::Opening,
            pending: None,
            shown: false,
            times_ms: Vec::new(),
            down: true,
            step: 0,
            frames: Arc::default(),
        }
    }
}

struct Watched {
    app: AblationApp,
    ring: Ring,
}

impl Watched {
    fn new(ctx: &egui::Context, ring: Ring) -> Self {
        let mut app = program(ctx, &ring.user_folder, vec![ring.project.clone()]);
        app.bench.ask(Request::SetReader("BE".into()));
        Self { app, ring }
    }

    /// Everything that an input can change, as one number: the slices of both panes, and the stroke.
    fn showing(&self) -> u64 {
        let slices = slices(&self.app.bench).iter().fold(7, |all: u64, slice| all * 1009 + u64::from(*slice));
        let stroke = self.app.bench.stroke().map_or(0.0, |stroke| {
            stroke.outlines.iter().flat_map(|outline| &outline.0).map(|p| p.i * 3.0 + p.j).sum::<f64>()
        });
        slices ^ stroke.to_bits()
    }

    fn is_loaded(&self) -> bool {
        let bench = &self.app.bench;
        !bench.is_busy()
            && slices(bench).len() == 2
            && bench.room().panes().iter().all(|pane| {
                let volume = pane.shown().and_then(|shown| bench.volume(shown.stack));
                volume.is_some_and(|volume| volume.slices.iter().all(|slice| slice.get().is_some()))
            })
    }

    /// What comes next, once nothing is under way.
    fn next(&mut self, ctx: &egui::Context, input: &mut egui::RawInput) {
        match self.ring.phase {
            Phase::Opening => {
                if self.is_loaded() {
                    self.app.bench.ask(Request::SetSlice { pane: 0, slice: 0 });
                    self.app.bench.ask(Request::ResetView);
                    self.ring.phase = Phase::Slices;
                }
            }
            Phase::Slices if self.ring.times_ms.len() >= self.ring.changes => {
                let times = std::mem::take(&mut self.ring.times_ms);
                let runs = {
                    let mut results = self.ring.results.lock().unwrap();
                    results.runs.push(times);
                    results.runs.len()
                };
                if runs == self.ring.runs {
                    self.app.bench.ask(Request::Use(Tool::Brush(MarkRole::Tumour)));
                    self.ring.phase = Phase::Brush;
                    input.events.push(Event::PointerMoved(self.brush_at()));
                    input.events.push(button(self.brush_at(), true));
                }
            }
            Phase::Slices => {
                let at = slices(&self.app.bench)[0];
                if at + 2 >= support::SLICES {
                    self.ring.down = false;
                } else if at <= 1 {
                    self.ring.down = true;
                }
                let upwards =
                    ablation_review::workbench::scroll_sign(&self.app.bench.room().panes()[0].shown().unwrap().grid)
                        < 0;
                let key = if self.ring.down != upwards { Key::ArrowDown } else { Key::ArrowUp };
                self.begin();
                for pressed in [true, false] {
                    let modifiers = Modifiers::NONE;
                    input.events.push(Event::Key { key, physical_key: None, pressed, repeat: false, modifiers });
                }
            }
            Phase::Brush if self.ring.times_ms.len() >= STROKES => {
                self.ring.results.lock().unwrap().brush = std::mem::take(&mut self.ring.times_ms);
                input.events.push(button(self.brush_at(), false));
                input.events.push(Event::PointerGone);
                self.ring.phase = Phase::Idle;
                let (ctx, frames, results) =
                    (ctx.clone(), Arc::clone(&self.ring.frames), Arc::clone(&self.ring.results));
                std::thread::spawn(move || {
                    std::thread::sleep(Duration::from_secs(7)); // notices of the stroke go by
                    let before = frames.load(Ordering::Relaxed);
                    std::thread::sleep(IDLE);
                    results.lock().unwrap().idle_frames = frames.load(Ordering::Relaxed) - before;
                    ctx.send_viewport_cmd(egui::ViewportCommand::Close);
                    ctx.request_repaint();
                });
            }
            Phase::Brush => {
                self.ring.step += 1;
                self.begin();
                input.events.push(Event::PointerMoved(self.brush_at()));
            }
            Phase::Idle => {}
        }
    }

    fn begin(&mut self) {
        self.ring.pending = Some((Instant::now(), self.showing()));
    }

    /// The brush goes to and fro over the left pane, always over pixels that are not painted yet.
    fn brush_at(&self) -> Pos2 {
        let (row, along) = (self.ring.step / 60, self.ring.step % 60);
        let along = if row % 2 == 0 { along } else { 59 - along };
        pos2(SIZE[0] * 0.19 + 6.0 * along as f32, SIZE[1] * 0.34 + 30.0 * row as f32)
    }
}

fn button(pos: Pos2, pressed: bool) -> Event {
    Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE }
}

fn slices(bench: &Workbench) -> Vec<u32> {
    bench.room().panes().iter().filter_map(|pane| pane.shown()).map(|shown| shown.slice).collect()
}

impl eframe::App for Watched {
    fn raw_input_hook(&mut self, ctx: &egui::Context, input: &mut egui::RawInput) {
        self.ring.frames.fetch_add(1, Ordering::Relaxed);
        // The frame before this one has been swapped.
        if std::mem::take(&mut self.ring.shown)
            && let Some((given, _)) = self.ring.pending.take()
        {
            self.ring.times_ms.push(milliseconds(given));
        }
        match self.ring.pending {
            None => self.next(ctx, input),
            Some((given, _)) => assert!(
                given.elapsed() < PATIENCE,
                "input {} of {} shows no effect",
                self.ring.times_ms.len(),
                if matches!(self.ring.phase, Phase::Slices) { "the slice changes" } else { "the brush" }
            ),
        }
        if !matches!(self.ring.phase, Phase::Idle) {
            ctx.request_repaint();
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        if let Some((_, before)) = self.ring.pending
            && self.showing() != before
        {
            self.ring.shown = true;
        }
        self.app.frame(ui);
    }
}

// ---- starts and drops, each in a process of its own --------------------------------------------------------------

/// Runs this program once more and reads what it measured.
fn started(dropped: Option<&Path>) -> Value {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos();
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.arg("--start").args(dropped).env("ABLATION_REVIEW_STARTED_NS", now.to_string());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The start screen; with a path, that path dropped on it once it stands.
struct Start {
    app: AblationApp,
    _user: tempfile::TempDir,
    /// When the process was asked for, nanoseconds since 1970.
    asked_ns: u128,
    first_frame_ms: Option<f64>,
    dropped: Option<PathBuf>,
    given: Option<Instant>,
    picture: bool,
    first_picture_ms: Option<f64>,
    all: bool,
    frames: u64,
}

fn start(dropped: Option<PathBuf>) {
    let asked_ns = std::env::var("ABLATION_REVIEW_STARTED_NS").unwrap().parse().unwrap();
    open(move |ctx| {
        let user = tempfile::tempdir().unwrap();
        let app = program(ctx, user.path(), Vec::new());
        Box::new(Start {
            app,
            _user: user,
            asked_ns,
            first_frame_ms: None,
            dropped,
            given: None,
            picture: false,
            first_picture_ms: None,
            all: false,
            frames: 0,
        })
    });
}

impl Start {
    fn report(&self, ctx: &egui::Context, all_slices_ms: Option<f64>) {
        println!(
            "{}",
            json!({
                "first_frame_ms": self.first_frame_ms,
                "first_picture_ms": self.first_picture_ms,
                "all_slices_ms": all_slices_ms,
            })
        );
        ctx.send_viewport_cmd(egui::ViewportCommand::Close);
    }
}

impl eframe::App for Start {
    fn raw_input_hook(&mut self, ctx: &egui::Context, _input: &mut egui::RawInput) {
        self.frames += 1;
        if self.frames < 2 {
            ctx.request_repaint();
            return;
        }
        if self.first_frame_ms.is_none() {
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos();
            self.first_frame_ms = Some((now - self.asked_ns) as f64 / 1e6);
            if self.dropped.is_none() {
                self.report(ctx, None);
            }
        }
        if self.frames == 20
            && let Some(path) = self.dropped.take()
        {
            self.given = Some(Instant::now());
            self.app.bench.ask(Request::Open(vec![path])); // what a drop asks for
        }
        if let Some(given) = self.given {
            if self.picture && self.first_picture_ms.is_none() {
                self.first_picture_ms = Some(milliseconds(given));
            }
            if std::mem::take(&mut self.all) {
                self.report(ctx, Some(milliseconds(given)));
                self.given = None;
            }
        } else {
            ctx.request_repaint();
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let (was_picture, was_all) = (self.picture, self.all);
        self.app.frame(ui);
        let bench = &self.app.bench;
        let shown = bench.room().panes().iter().find_map(|pane| pane.shown());
        if let Some((shown, volume)) = shown.and_then(|shown| Some((shown, bench.volume(shown.stack)?))) {
            // Read before this frame was drawn, or at the latest while it was: the next frame is safe to count.
            self.picture |= volume.slice(shown.slice).is_some();
            self.all = self.given.is_some() && volume.slices.iter().all(|slice| slice.get().is_some());
        }
        if (self.picture, self.all) != (was_picture, was_all) {
            ui.ctx().request_repaint();
        }
    }
}
