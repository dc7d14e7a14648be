//! The top bar: where we are, the screens, who reads, and the commands.

use super::command::Command;
use super::shell::AblationApp;
use super::theme::{self, colour};
use super::widgets::{self, key_cap};
use super::{Outbox, Screen, perform, text};
use crate::workbench::Request;
use eframe::egui::{self, Align, Button, Layout, RichText, TextEdit, Ui};

/// Draws the bar.
pub fn show(ui: &mut Ui, app: &mut AblationApp, out: &mut Outbox) {
    ui.horizontal(|ui| {
        let width = ui.available_width();
        if width > 1200.0 || app.bench.desk().is_none() {
            ui.label(theme::strong(text::APP_NAME));
        }
        if let Some(desk) = app.bench.desk() {
            ui.add_space(4.0);
            let name = if desk.is_untitled() { desk.name() } else { format!("{}.ablation", desk.name()) };
            // A long name gives way to what can be pressed.
            let most = (width - 1100.0).clamp(64.0, 320.0);
            let hidden = app.settings.names_hidden;
            // A file is often named after its patient.
            let path = if hidden { text::PROJECT_HIDDEN.to_owned() } else { desk.path().display().to_string() };
            let name = if hidden && !desk.is_untitled() { text::PROJECT.to_owned() } else { name };
            ui.scope(|ui| {
                ui.set_max_width(most);
                ui.add(egui::Label::new(theme::soft(name)).truncate()).on_hover_text(path);
            });
            if let Some(why) = desk.read_only() {
                ui.label(widgets::coloured(text::READ_ONLY, colour::WARN)).on_hover_text(why);
            }
            ui.add_space(8.0);
            screens(ui, app, out);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            // In a narrow window they are reached by their keys and the palette.
            let wide = width > 1240.0;
            let settings = (Command::ShowSettings, Command::ShowSettings.info().label);
            for (command, label) in [(Command::Help, "?"), settings].into_iter().take(if wide { 2 } else { 1 }) {
                let button = Button::new(label).frame(false);
                let response = ui.add(button).accessible_name(command.info().label);
                if widgets::with_tooltip(response, command, &app.keys, None).clicked() {
                    out.command(command);
                }
            }
            if wide {
                let guide = ui.add(Button::new(Command::ShowGuide.info().label).frame(false));
                if widgets::with_tooltip(guide, Command::ShowGuide, &app.keys, None).clicked() {
                    out.command(Command::ShowGuide);
                }
            }
            ui.add_space(4.0);
            key_cap(ui, &app.keys.words(Command::Palette));
            let commands = ui.add(Button::new(Command::Palette.info().label).frame(false));
            if widgets::with_tooltip(commands, Command::Palette, &app.keys, None).clicked() {
                out.command(Command::Palette);
            }
            if app.bench.desk().is_some() {
                ui.add_space(8.0);
                reader(ui, app, out);
                ui.add_space(8.0);
                for command in [Command::Redo, Command::Undo] {
                    let why = perform::why_disabled(command, app);
                    let response = ui.add_enabled(why.is_none(), Button::new(command.info().label).frame(false));
                    let what = match command {
                        Command::Undo => app.bench.desk().and_then(|desk| desk.can_undo()),
                        _ => app.bench.desk().and_then(|desk| desk.can_redo()),
                    };
                    let tip = widgets::tooltip(what.unwrap_or(command.info().tooltip), &app.keys.words(command));
                    let response = response.on_hover_text(tip).on_disabled_hover_text(why.unwrap_or_default());
                    if response.clicked() {
                        out.command(command);
                    }
                }
            }
        });
    });
}

fn screens(ui: &mut Ui, app: &AblationApp, out: &mut Outbox) {
    let all = [
        (Screen::Reading, Command::ShowReading),
        (Screen::Patient, Command::ShowPatient),
        (Screen::Images, Command::ShowImages),
        (Screen::Table, Command::ShowTable),
        (Screen::Statistics, Command::ShowStatistics),
        (Screen::History, Command::ShowHistory),
        (Screen::Cohort, Command::ShowCohort),
    ];
    for (screen, command) in all {
        let here = app.screen == screen;
        let words = RichText::new(command.info().label).color(if here { colour::TEXT } else { colour::SOFT });
        let button = Button::new(words).fill(if here { colour::RAISED } else { colour::PANEL }).frame(true);
        let button = button.stroke(egui::Stroke::NONE).selected(here);
        if widgets::with_tooltip(ui.add(button), command, &app.keys, None).clicked() {
            out.command(command);
        }
    }
}

/// Who reads: asked once per start, shown ever after.
fn reader(ui: &mut Ui, app: &mut AblationApp, out: &mut Outbox) {
    if let Some(initials) = app.bench.reader() {
        let button = Button::new(theme::soft(format!("Reader {initials}"))).fill(colour::RAISED);
        if ui.add(button).on_hover_text(text::CHANGE_READER).clicked() {
            app.reader_field = initials.to_owned();
            out.ask(Request::SetReader(String::new()));
        }
        return;
    }
    let field = TextEdit::singleline(&mut app.reader_field)
        .hint_text(text::READER_HINT)
        .char_limit(4)
        .desired_width(64.0)
        .text_color(colour::TEXT);
    let response = ui.add(field).on_hover_text(text::READER_TOOLTIP);
    let rect = response.rect.expand(2.0);
    ui.painter().rect_stroke(rect, theme::RADIUS, egui::Stroke::new(1.0, colour::WARN), egui::StrokeKind::Outside);
    let response = response.accessible_name(text::READER_LABEL);
    let done = response.lost_focus() && !app.reader_field.trim().is_empty();
    ui.label(widgets::coloured(text::READER_ASK, colour::WARN));
    if done {
        out.ask(Request::SetReader(std::mem::take(&mut app.reader_field)));
    }
}
