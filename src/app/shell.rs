//! The frame of the window: start, the order of a frame, and who owns which state.

use super::cohort_screen::CohortScreen;
use super::forms::KeptForms;
use super::guide_screen::GuideScreen;
use super::hanging_bar::HangingBar;
use super::history_view::HistoryScreen;
use super::identity_panel::IdentityPanel;
use super::images_table::ImagesScreen;
use super::input::Input;
use super::inspector::Inspector;
use super::keys::KeyMap;
use super::leaving::Leaving;
use super::memory_panel::MemoryPanel;
use super::palette::Palette;
use super::path_panel::PathPanel;
use super::patient::PatientScreen;
use super::perform;
use super::picture_panel::PicturePanel;
use super::reading::ReadingPanel;
use super::samples::SampleCards;
use super::settings_screen::SettingsScreen;
use super::start::StartScreen;
use super::statistics_view::StatisticsScreen;
use super::strip::Strip;
use super::table_view::TableScreen;
use super::theme::{self, colour};
use super::user_settings::{Look, SettingsKeeper, UserSettings};
use super::viewport::Viewport;
use super::visits_panel::VisitsPanel;
use super::whose::{self, WhoseLines};
use super::{
    Dialogs, NativeDialogs, Outbox, Screen, banners, bottom_bar, curve_panel, dialogs::DialogKind, help, light,
    notices, text, tool_row, top_bar,
};
use crate::workbench::{Clock, Executor, Request, Setup, Wake, Workbench, budget_bytes, fault};
use eframe::egui::{self, Align2, CentralPanel, Frame, Order, Panel, Stroke, Ui, vec2};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Why no window could be opened.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No display.
    #[error("{}", text::NO_DISPLAY)]
    NoDisplay,
    /// No OpenGL.
    #[error("{} ({why})", text::NO_OPENGL)]
    NoOpenGl {
        /// What the system said.
        why: String,
    },
}

/// How the window is set up; tests bring their own.
pub struct Options {
    /// Where background work runs.
    pub executor: Executor,
    /// The time.
    pub clock: Clock,
    /// Where untitled projects, samples, and the list of recent projects are.
    pub user_folder: PathBuf,
    /// File dialogs.
    pub dialogs: Box<dyn Dialogs>,
    /// Keys that differ from the table.
    pub keys: BTreeMap<String, String>,
}

/// The window: the workbench and what only the window knows. Each part owns its own state.
pub struct AblationApp {
    /// The reading in progress.
    pub bench: Workbench,
    pub(super) screen: Screen,
    /// Where settings and guide go back to.
    pub(super) screen_before: Screen,
    /// The project that is shown.
    opened: Option<PathBuf>,
    pub(super) strip: Strip,
    pub(super) keys: KeyMap,
    pub(super) input: Input,
    pub(super) viewport: Viewport,
    pub(super) hanging: HangingBar,
    pub(super) visits: VisitsPanel,
    pub(super) reading: ReadingPanel,
    pub(super) patient: PatientScreen,
    pub(super) images: ImagesScreen,
    pub(super) table: TableScreen,
    pub(super) statistics: StatisticsScreen,
    pub(super) history: HistoryScreen,
    pub(super) identity: IdentityPanel,
    pub(super) memory: MemoryPanel,
    pub(super) samples: SampleCards,
    pub(super) path_panel: PathPanel,
    pub(super) pictures: PicturePanel,
    pub(super) start: StartScreen,
    pub(super) palette: Palette,
    pub(super) help_open: bool,
    pub(super) why_open: bool,
    pub(super) reader_field: String,
    pub(super) dialogs: Box<dyn Dialogs>,
    pub(super) notices: notices::Shown,
    pub(super) banners: banners::Banners,
    pub(super) leaving: Leaving,
    pub(super) forms: KeptForms,
    pub(super) whose: WhoseLines,
    pub(super) settings: UserSettings,
    settings_keeper: SettingsKeeper,
    /// The settings that hold in this frame.
    pub(super) applied: Option<UserSettings>,
    /// Keys that were given at the start.
    pub(super) given_keys: BTreeMap<String, String>,
    pub(super) settings_screen: SettingsScreen,
    pub(super) guide: GuideScreen,
    pub(super) cohort: CohortScreen,
    pub(super) inspector: Inspector,
    /// The shapes of this frame that lie on images.
    on_images: std::ops::Range<usize>,
}

/// A delay too short to be seen, by which one frame is asked for and not two.
const ONE_FRAME: Duration = Duration::from_nanos(1);

impl AblationApp {
    /// The window's state on a context.
    #[must_use]
    pub fn new(ctx: &egui::Context, options: Options, open: Vec<PathBuf>) -> Self {
        theme::apply(ctx);
        let wake: Wake = {
            let ctx = ctx.clone();
            let inline = matches!(options.executor, Executor::Inline);
            // A bare request is answered with two frames. From a worker one is enough, and what it found is on
            // screen a frame earlier.
            Arc::new(move || if inline { ctx.request_repaint() } else { ctx.request_repaint_after(ONE_FRAME) })
        };
        let user_folder = options.user_folder.clone();
        let settings = UserSettings::read(&user_folder);
        let mut rebound = options.keys.clone();
        rebound.extend(settings.keys.clone());
        let (keys, _unread) = KeyMap::rebound(&rebound);
        ctx.set_zoom_factor(settings.scale());
        ctx.options_mut(|options| options.zoom_with_keyboard = false); // its keys are commands, kept with the settings
        let start = StartScreen::new(user_folder.clone());
        let bench = Workbench::new(Setup {
            executor: options.executor,
            wake,
            clock: options.clock,
            budget_bytes: budget_bytes(&options.user_folder),
            user_folder: options.user_folder,
        });
        let mut app = Self {
            bench,
            screen: Screen::default(),
            screen_before: Screen::default(),
            opened: None,
            strip: Strip::default(),
            keys,
            input: Input::default(),
            viewport: Viewport::default(),
            hanging: HangingBar::default(),
            visits: VisitsPanel::default(),
            reading: ReadingPanel::default(),
            patient: PatientScreen::default(),
            images: ImagesScreen::default(),
            table: TableScreen::default(),
            statistics: StatisticsScreen::default(),
            history: HistoryScreen::default(),
            identity: IdentityPanel::default(),
            memory: MemoryPanel::default(),
            samples: SampleCards::default(),
            path_panel: PathPanel::default(),
            pictures: PicturePanel::default(),
            start,
            palette: Palette::default(),
            help_open: false,
            why_open: false,
            reader_field: String::new(),
            dialogs: options.dialogs,
            notices: notices::Shown::default(),
            banners: banners::Banners::new(fault::untold(&user_folder)),
            leaving: Leaving::default(),
            forms: KeptForms::default(),
            whose: WhoseLines::default(),
            settings_keeper: SettingsKeeper::knowing(&settings),
            applied: Some(settings.clone()),
            settings,
            given_keys: options.keys,
            settings_screen: SettingsScreen::default(),
            guide: GuideScreen::default(),
            cohort: CohortScreen::default(),
            inspector: Inspector::default(),
            on_images: 0..0,
        };
        if !open.is_empty() {
            app.bench.ask(Request::Open(open));
        } else if let Some(last) = app.start.last() {
            app.bench.ask(Request::OpenIfLeft(last));
        }
        app
    }

    /// Closes the project as it should be. Without it the next start says that the program did not end well.
    pub fn close_well(&mut self) {
        self.keep_forms();
        self.settings_keeper.finish();
        self.bench.leave();
    }

    /// One frame: take in, draw, do.
    pub fn frame(&mut self, ui: &mut Ui) {
        self.bench.pump();
        self.begin_in_the_reading_room();
        self.take_back_forms();
        let mut out = Outbox::default();
        self.take_drops(ui, &mut out);
        for (kind, path) in self.dialogs.answers() {
            self.path_panel.close();
            self.answer_dialog(kind, path, &mut out);
        }
        self.read_keys(ui.ctx(), &mut out);
        #[cfg(feature = "inspection")]
        self.fault_for_a_test(ui.ctx());
        let active = self.bench.room().active();
        let place = |whole: bool| self.viewport.place_of(if whole { None } else { Some(active) });
        self.pictures.step(ui.ctx(), place, &mut out);
        self.input.dates_hidden = self.pictures.hides_dates();
        self.input.picture_taken = self.pictures.is_taking();
        self.draw(ui, &mut out);
        self.guard_closing(ui.ctx(), &mut out);
        self.perform(ui.ctx(), out);
        self.apply_settings(ui.ctx());
        if self.settings.look == Look::Light {
            light::apply(ui.ctx(), &self.on_images);
        }
        self.keep_forms();
        self.settings_keeper.keep(&self.settings, self.bench.user_folder());
        self.start.remember(&self.bench);
    }

    /// What is opened is shown in the reading room, whichever screen was shown before.
    fn begin_in_the_reading_room(&mut self) {
        let open = self.bench.desk().map(|desk| desk.path());
        if open != self.opened.as_deref() {
            self.opened = open.map(ToOwned::to_owned);
            self.screen = Screen::Reading;
            self.samples.close();
        }
    }

    /// Ctrl+Shift+F11 and F12 fail on purpose, so that a test of the real window sees what becomes of it: in the
    /// background and on the window's own thread. Not in the program that people get.
    #[cfg(feature = "inspection")]
    #[allow(clippy::panic)] // that is what it is for
    fn fault_for_a_test(&mut self, ctx: &egui::Context) {
        let pressed = |wanted| {
            let is_it = |event: &egui::Event| match event {
                egui::Event::Key { key, pressed: true, modifiers, .. } => {
                    *key == wanted && modifiers.command && modifiers.shift
                }
                _ => false,
            };
            ctx.input(|input| input.events.iter().any(is_it))
        };
        if pressed(egui::Key::F11) {
            self.bench.fail_in_the_background();
        }
        if pressed(egui::Key::F12) {
            let name = self.bench.desk().map(|desk| desk.path().display().to_string()).unwrap_or_default();
            panic!("a fault on purpose that quotes {name}");
        }
    }

    fn draw(&mut self, ui: &mut Ui, out: &mut Outbox) {
        self.on_images = 0..0;
        let bar = |fill| Frame::new().fill(fill).inner_margin(egui::Margin::symmetric(12, 6));
        Panel::top("top").frame(bar(colour::PANEL)).show(ui, |ui| top_bar::show(ui, self, out));
        banners::show(ui, self, out);
        whose::show(ui, self, out);
        Panel::bottom("bottom").frame(bar(colour::PANEL)).show(ui, |ui| bottom_bar::show(ui, self, out));
        let open = self.bench.desk().is_some();
        if self.screen != Screen::Patient {
            self.patient.settle(&self.bench, out); // a key may leave the screen while something is typed
        }
        match (open, self.screen) {
            (_, Screen::Settings) => {
                page(ui, |ui| self.settings_screen.show(ui, &self.bench, &mut self.settings, &self.keys, out));
            }
            (_, Screen::Guide) => page(ui, |ui| self.guide.show(ui)),
            (false, _) => {
                CentralPanel::no_frame()
                    .show(ui, |ui| self.start.show(ui, &self.bench, &self.keys, &mut self.samples, out));
            }
            (true, Screen::Reading) => self.reading_room(ui, out),
            (true, Screen::Patient) => {
                page(ui, |ui| self.patient.show(ui, &self.bench, &self.keys, out));
            }
            (true, Screen::Images) => {
                page(ui, |ui| self.images.show(ui, &self.bench, out));
            }
            (true, Screen::Statistics) => {
                page(ui, |ui| self.statistics.show(ui, &self.bench, out));
            }
            (true, Screen::History) => {
                page(ui, |ui| self.history.show(ui, &self.bench, self.dialogs.as_mut(), out));
            }
            (true, Screen::Cohort) => {
                page(ui, |ui| self.cohort.show(ui, &self.bench, &self.keys, out));
            }
            (true, Screen::Table) => {
                page(ui, |ui| self.table.show(ui, &self.bench, &self.keys, out));
            }
        }
        if self.screen == Screen::Reading && open && !self.input.picture_taken {
            let names_hidden = self.settings.names_hidden;
            self.inspector.show(ui, &self.bench, &self.viewport, names_hidden, &self.keys, out);
        }
        if !self.input.picture_taken {
            notices::problems(ui, &self.bench, out);
        }
        self.palette_ui(ui, out);
        self.identity.show(ui, &self.bench, self.dialogs.as_mut(), out);
        self.memory.show(ui, &self.bench, out);
        if self.bench.desk().is_some() {
            self.samples.panel(ui, &self.bench, out);
        }
        self.pictures.show(ui, &self.bench, self.dialogs.as_mut());
        if self.screen == Screen::Reading && !self.input.picture_taken {
            curve_panel::show(ui, &self.bench, out);
        }
        if let Some((kind, path)) = self.path_panel.show(ui, self.dialogs.as_mut()) {
            self.answer_dialog(kind, path, out);
        }
        if self.help_open && help::show(ui, &self.keys) {
            self.help_open = false;
        }
        drop_hint(ui);
    }

    fn reading_room(&mut self, ui: &mut Ui, out: &mut Outbox) {
        let width = ui.available_width();
        let (left, right) = if width < 1500.0 { (178.0, 322.0) } else { (212.0, 344.0) };
        let side = Frame::new().fill(colour::PANEL).inner_margin(egui::Margin::symmetric(10, 8));
        Panel::left("visits").frame(side).exact_size(left).resizable(false).show(ui, |ui| {
            self.visits.show(ui, &self.bench, self.settings.context_hidden, out);
        });
        Panel::right("reading").frame(side).exact_size(right).resizable(false).show(ui, |ui| {
            self.reading.show(ui, &self.bench, &self.keys, &mut self.strip, &mut self.why_open, out);
        });
        let bar = Frame::new().fill(colour::PANEL).inner_margin(egui::Margin::symmetric(8, 2));
        Panel::top("hanging").frame(bar).show(ui, |ui| self.hanging.show(ui, &self.bench, &self.keys, out));
        tool_row::show(ui, self, out);
        let before = light::shapes_so_far(ui.ctx());
        CentralPanel::no_frame().show(ui, |ui| {
            self.viewport.show(ui, &self.bench, &self.input, out);
        });
        self.on_images = before..light::shapes_so_far(ui.ctx());
    }

    fn take_drops(&mut self, ui: &Ui, out: &mut Outbox) {
        let dropped: Vec<PathBuf> =
            ui.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect());
        if !dropped.is_empty() {
            out.ask(Request::Open(dropped));
        }
    }

    fn answer_dialog(&mut self, kind: DialogKind, path: PathBuf, out: &mut Outbox) {
        match kind {
            DialogKind::OpenFolder | DialogKind::OpenProject => out.ask(Request::Open(vec![path])),
            DialogKind::NewProject => out.ask(Request::NewProject(path)),
            DialogKind::SaveAs => out.ask(Request::SaveAs(path)),
            DialogKind::FindImages => out.ask(Request::FindMissing(path)),
            DialogKind::IdentityCopy => out.ask(self.identity.write_to(path)),
            DialogKind::PictureFile => self.pictures.write_to(path),
            DialogKind::HistoryFile => self.history.export_to(path),
            DialogKind::ExportFolder => out.ask(self.table.export_to(path)),
        }
    }

    /// Asks for a file or folder: by the system's dialog and by a field beside it.
    pub(super) fn ask_path(&mut self, kind: DialogKind) {
        self.dialogs.ask(kind);
        // Also on the start screen: where no portal runs, the dialog never comes and nothing else would happen.
        let folder = self.bench.desk().and_then(|desk| {
            let home = directories::UserDirs::new().map(|dirs| dirs.home_dir().to_owned());
            if desk.is_untitled() { home } else { desk.path().parent().map(std::path::Path::to_owned) }
        });
        self.path_panel.open(kind, folder.as_deref());
    }

    fn palette_ui(&mut self, ui: &mut Ui, out: &mut Outbox) {
        if !self.palette.is_open() {
            return;
        }
        let reasons: Vec<_> =
            super::command::TABLE.iter().map(|info| perform::why_disabled(info.command, self)).collect();
        self.palette.show(ui, &self.keys, &reasons, out);
    }
}

/// A page with a margin, for forms and tables.
fn page(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    let frame = Frame::new().fill(colour::APP).inner_margin(egui::Margin::symmetric(20, 16));
    CentralPanel::default().frame(frame).show(ui, contents);
}

/// Says that what hovers over the window can be dropped.
fn drop_hint(ui: &Ui) {
    if ui.input(|input| input.raw.hovered_files.is_empty()) {
        return;
    }
    let painter = ui.ctx().layer_painter(egui::LayerId::new(Order::Foreground, egui::Id::unique("drop")));
    let rect = ui.ctx().content_rect().shrink(8.0);
    painter.rect(
        rect,
        theme::RADIUS,
        colour::APP.gamma_multiply(0.8),
        Stroke::new(2.0, colour::ACCENT),
        egui::StrokeKind::Inside,
    );
    painter.text(rect.center(), Align2::CENTER_CENTER, text::DROP_HERE, theme::bold(theme::LARGE), colour::ACCENT);
}

impl eframe::App for AblationApp {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.frame(ui);
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.close_well();
    }

    fn clear_color(&self, _visuals: &egui::Visuals) -> [f32; 4] {
        colour::APP.to_normalized_gamma_f32()
    }
}

/// Opens the window on what the paths hold.
///
/// # Errors
/// A sentence when no window can be opened here.
pub fn run(paths: Vec<PathBuf>) -> Result<(), StartError> {
    if cfg!(target_os = "linux") && std::env::var_os("DISPLAY").is_none_or(|display| display.is_empty()) {
        return Err(StartError::NoDisplay);
    }
    let viewport = egui::ViewportBuilder::default()
        .with_title(text::APP_NAME)
        .with_app_id("ablation-review")
        .with_inner_size(vec2(1366.0, 768.0))
        .with_min_inner_size(vec2(1024.0, 640.0))
        .with_maximized(true)
        .with_drag_and_drop(true);
    let options = native_options(viewport);
    let started = eframe::run_native(
        "ablation-review",
        options,
        Box::new(move |creation| {
            let ctx = creation.egui_ctx.clone();
            let wake = {
                let ctx = ctx.clone();
                Arc::new(move || ctx.request_repaint())
            };
            let options = Options {
                executor: Executor::threads(),
                clock: Arc::new(chrono::Utc::now),
                user_folder: user_folder(),
                dialogs: Box::new(NativeDialogs::new(wake)),
                keys: key_settings(),
            };
            Ok(Box::new(AblationApp::new(&ctx, options, paths)))
        }),
    );
    started.map_err(|error| StartError::NoOpenGl { why: error.to_string() })
}

/// How the window is drawn, for a window of its own making.
#[must_use]
pub fn native_options(viewport: egui::ViewportBuilder) -> eframe::NativeOptions {
    eframe::NativeOptions {
        viewport,
        renderer: eframe::Renderer::Glow,
        dithering: false, // noise has no place in grey values, and costs time without a graphics card
        ..Default::default()
    }
}

fn project_folders() -> Option<directories::ProjectDirs> {
    directories::ProjectDirs::from("", "", "ablation-review")
}

/// Where the user's own files of the program are: untitled projects, samples, reports.
#[must_use]
pub fn user_folder() -> PathBuf {
    project_folders().map_or_else(|| PathBuf::from("ablation-review-data"), |dirs| dirs.data_dir().to_owned())
}

/// Rebound keys: `keys.json` in the user's configuration folder, command id to key in words.
fn key_settings() -> BTreeMap<String, String> {
    let file = project_folders().map(|dirs| dirs.config_dir().join("keys.json"));
    let text = file.and_then(|file| std::fs::read_to_string(file).ok());
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}
