//! The start: recent projects, new project, open a folder, a path field beside them, and the sample cases.

use super::command::Command;
use super::keys::KeyMap;
use super::samples::SampleCards;
use super::theme::{self, colour};
use super::widgets;
use super::{Outbox, text};
use crate::workbench::{Request, Workbench};
use eframe::egui::{self, Align, Button, CentralPanel, Frame, Key, Layout, Rect, TextEdit, Ui, UiBuilder, pos2, vec2};
use std::path::{Path, PathBuf};

/// So many projects are listed.
const MOST_RECENT: usize = 8;

/// The start screen's own state.
#[derive(Debug, Default)]
pub struct StartScreen {
    list_file: PathBuf,
    recent: Vec<PathBuf>,
    path_field: String,
}

impl StartScreen {
    /// Reads the list of recent projects from the user's folder.
    #[must_use]
    pub fn new(user_folder: PathBuf) -> Self {
        let list_file = user_folder.join("recent.json");
        let recent = std::fs::read_to_string(&list_file).ok().and_then(|text| serde_json::from_str(&text).ok());
        Self { list_file, recent: recent.unwrap_or_default(), path_field: String::new() }
    }

    /// The project that was open last.
    #[must_use]
    pub fn last(&self) -> Option<PathBuf> {
        self.recent.first().cloned()
    }

    /// Puts the open project at the head of the list.
    pub fn remember(&mut self, bench: &Workbench) {
        let Some(path) = bench.desk().map(|desk| desk.path().to_owned()) else { return };
        if self.recent.first() == Some(&path) {
            return;
        }
        self.recent.retain(|other| *other != path);
        self.recent.insert(0, path);
        self.recent.truncate(MOST_RECENT);
        let (file, list) = (self.list_file.clone(), self.recent.clone());
        // A small file in the user's own folder; without it the next start only lists less.
        std::thread::spawn(move || write_list(&file, &list));
    }

    /// Draws the screen: what a person brings on the left, the samples on the right.
    pub fn show(&mut self, ui: &mut Ui, bench: &Workbench, keys: &KeyMap, samples: &mut SampleCards, out: &mut Outbox) {
        CentralPanel::default().frame(Frame::new().fill(colour::APP)).show(ui, |ui| {
            let room = ui.available_rect_before_wrap();
            let (own, gap) = ((room.width() * 0.34).clamp(320.0, 460.0), 40.0);
            let cards = (room.width() - own - gap - 64.0).min(820.0);
            let left = room.left() + ((room.width() - own - gap - cards) / 2.0).max(24.0);
            let top = room.top() + (room.height() * 0.06).max(14.0);
            let column = |x: f32, width: f32| Rect::from_min_max(pos2(x, top), pos2(x + width, room.bottom() - 8.0));
            let mut place =
                |rect: Rect| ui.new_child(UiBuilder::new().max_rect(rect).layout(Layout::top_down(Align::Min)));
            let mut first = place(column(left, own));
            self.contents(&mut first, bench, keys, out);
            let mut second = place(column(left + own + gap, cards));
            second.label(theme::title(text::samples::LEAD));
            second.add(egui::Label::new(theme::soft(text::samples::WORDS)).wrap());
            second.add_space(6.0);
            let height = second.available_height();
            samples.show(&mut second, height, bench, out);
        });
    }

    fn contents(&mut self, ui: &mut Ui, bench: &Workbench, keys: &KeyMap, out: &mut Outbox) {
        ui.label(egui::RichText::new(text::APP_NAME).font(theme::bold(22.0)).color(colour::TEXT));
        ui.label(theme::soft(text::START_LEAD));
        ui.add_space(12.0);
        let wide = vec2(ui.available_width(), 40.0);
        let open =
            widgets::primary_button(ui, wide, Command::OpenFolder.info().label, &keys.words(Command::OpenFolder), true);
        if open.on_hover_text(Command::OpenFolder.info().tooltip).clicked() {
            out.command(Command::OpenFolder);
        }
        ui.horizontal(|ui| {
            for command in [Command::OpenProject, Command::NewProject] {
                widgets::command_button(ui, command, keys, None, out);
            }
        });
        ui.add_space(4.0);
        let field = TextEdit::singleline(&mut self.path_field).hint_text(text::PATH_HINT).desired_width(f32::INFINITY);
        let field = ui.add(field).accessible_name(text::PATH_LABEL);
        if field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
            let path = PathBuf::from(self.path_field.trim());
            if !self.path_field.trim().is_empty() {
                out.ask(request_for(&path));
            }
        }
        if let Some(report) = bench.import_report().filter(|report| report.stacks == 0) {
            ui.add_space(8.0);
            for skipped in report.skipped.iter().take(6) {
                let name = skipped.file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                ui.label(theme::small(format!("{name}  {}", skipped.reason)));
            }
        }
        ui.add_space(16.0);
        ui.label(theme::caption(text::RECENT));
        if self.recent.is_empty() {
            ui.label(theme::small(text::NO_RECENT));
        }
        for path in &self.recent {
            ui.horizontal(|ui| {
                let button = Button::new(project_name(path)).frame(false).wrap_mode(egui::TextWrapMode::Truncate);
                if ui.add(button).on_hover_text(path.display().to_string()).clicked() {
                    out.ask(Request::Open(vec![path.clone()]));
                }
                // Two projects of one name are told apart by where they are.
                let alike = self.recent.iter().filter(|other| other.file_stem() == path.file_stem()).count() > 1;
                if let Some(folder) = path.parent().filter(|_| alike) {
                    ui.add(egui::Label::new(theme::small(folder.display().to_string())).truncate());
                }
            });
        }
    }
}

/// A project's name; an untitled one goes by when it was made.
fn project_name(path: &Path) -> String {
    let stem = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let at = |when: &str| {
        let when = chrono::NaiveDateTime::parse_from_str(when.get(..15)?, "%Y%m%d-%H%M%S").ok()?;
        Some(when.format("%Y-%m-%d %H:%M UTC").to_string())
    };
    let untitled = || Some(format!("Untitled project of {}", at(stem.strip_prefix("untitled-")?)?));
    let sample = || {
        let (case, when) = stem.strip_prefix("sample-")?.split_once('@')?;
        Some(format!("Sample {case}, opened {}", at(when)?))
    };
    untitled().or_else(sample).unwrap_or(stem)
}

/// A path that is there is opened; a project name that is not there yet is made.
fn request_for(path: &Path) -> Request {
    let is_new_project = !path.exists() && path.extension().is_some_and(|ending| ending == "ablation");
    if is_new_project { Request::NewProject(path.to_owned()) } else { Request::Open(vec![path.to_owned()]) }
}

fn write_list(file: &Path, list: &[PathBuf]) {
    let Some(folder) = file.parent() else { return };
    if let Ok(text) = serde_json::to_string_pretty(list)
        && std::fs::create_dir_all(folder).is_ok()
    {
        std::fs::write(file, text).ok();
    }
}
