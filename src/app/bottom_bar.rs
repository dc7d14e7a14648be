//! The bottom bar: place and value under the pointer, what runs, what the keys do now, and whether all is
//! saved.

use super::command::Command;
use super::shell::AblationApp;
use super::strip::Strip;
use super::text::flow;
use super::theme::{self, colour};
use super::widgets::{coloured, key_cap};
use super::{Outbox, Screen, notices, text};
use crate::workbench::{Level, Request, Slot, Tool};
use eframe::egui::{Align, Button, Frame, Layout, Margin, ProgressBar, RichText, Ui};
use std::time::Duration;

/// Draws the bar.
pub fn show(ui: &mut Ui, app: &mut AblationApp, out: &mut Outbox) {
    ui.horizontal(|ui| {
        if app.screen == Screen::Reading && app.bench.desk().is_some() {
            digits(ui, app);
        }
        if app.screen == Screen::Reading
            && let Some(reading) = app.viewport.under_pointer()
        {
            ui.label(theme::small(&reading.place));
            ui.label(theme::strong(&reading.value));
        } else if app.bench.desk().is_none() {
            ui.label(theme::small(text::INTENDED_USE));
        }
        running(ui, app, out);
        notices::line(ui, &mut app.notices, &app.bench, out);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            saved(ui, app, out);
            if app.bench.desk().is_some() && app.screen == Screen::Reading && !telling(app) {
                hints(ui, app);
            }
        });
    });
}

/// Where digits go, always in the same place: to a question of the form, or to the windows of the active pane.
fn digits(ui: &mut Ui, app: &AblationApp) {
    let (words, asked) = match app.strip.asks() {
        Some((what, answers)) => {
            let document = app.bench.document();
            let lesion = document.zip(app.bench.selection().lesion).and_then(|(d, id)| d.lesion(id));
            let lesion = lesion.filter(|_| app.strip.is_of_lesion()).map_or("", |lesion| lesion.label.as_str());
            (format!("Digits {}: {}", flow::digits_of(answers), flow::asked_of(what, lesion)), true)
        }
        None => (format!("Digits 1-9 0: {}", flow::DIGITS_WINDOW), false),
    };
    let (fill, ink) = if asked { (colour::ACCENT, colour::ON_ACCENT) } else { (colour::RAISED, colour::SOFT) };
    let chip = Frame::new().fill(fill).corner_radius(theme::RADIUS).inner_margin(Margin::symmetric(8, 2));
    let words = RichText::new(words).font(if asked { theme::bold(theme::SMALL) } else { theme::font(theme::SMALL) });
    chip.show(ui, |ui| ui.label(words.color(ink)).on_hover_text(flow::DIGITS_TOOLTIP));
    ui.add_space(theme::UNIT);
}

/// Whether a line tells what was done; the hints wait meanwhile.
fn telling(app: &AblationApp) -> bool {
    app.bench.notices().iter().any(|notice| notice.level != Level::Problem)
}

/// Work that takes longer shows that it goes on.
const ANNOUNCED_AFTER: Duration = Duration::from_millis(200);

fn running(ui: &mut Ui, app: &AblationApp, out: &mut Outbox) {
    let mut jobs = app.bench.running();
    // What is done in a blink is not announced: the line would flicker, and its frames would delay the result.
    let youngest = jobs.iter().filter(|job| job.age < ANNOUNCED_AFTER).map(|job| ANNOUNCED_AFTER - job.age).min();
    if let Some(rest) = youngest {
        ui.ctx().request_repaint_after(rest);
    }
    jobs.retain(|job| job.age >= ANNOUNCED_AFTER);
    // One line for all loads: five series loading are one piece of work to a person.
    let (done, total) = jobs.iter().fold((0, 0), |sum, job| (sum.0 + job.done, sum.1 + job.total));
    let Some(first) = jobs.first() else { return };
    ui.add_space(8.0);
    let share = if total > 0 { done as f32 / total as f32 } else { 0.0 };
    let bar = ProgressBar::new(share).desired_width(120.0).desired_height(6.0).fill(colour::ACCENT);
    ui.add(bar).on_hover_text(&first.label);
    let words = if total > 0 { format!("{} {done} of {total}", first.label) } else { first.label.clone() };
    ui.label(theme::small(words));
    let stop = jobs.iter().find_map(|job| match job.slot {
        Slot::Find => Some(Request::StopImport),
        Slot::Sample if app.bench.desk().is_some() => Some(Request::StopSample), // else its card has the button
        _ => None,
    });
    if let Some(stop) = stop
        && ui.add(Button::new(text::CANCEL).small()).clicked()
    {
        out.ask(stop);
    }
}

fn saved(ui: &mut Ui, app: &AblationApp, out: &mut Outbox) {
    let Some(desk) = app.bench.desk() else { return };
    let unsaved: Vec<String> =
        desk.unsaved().iter().map(|change| format!("{}. {}", change.label, change.why)).collect();
    if !unsaved.is_empty() {
        let words = format!("{} {}", unsaved.len(), text::NOT_SAVED);
        ui.label(coloured(words, colour::BAD)).on_hover_text(unsaved.join("\n"));
        if ui.add(Button::new(text::TRY_AGAIN).small()).clicked() {
            out.ask(Request::SaveAgain);
        }
    } else if desk.is_writing() {
        ui.label(coloured(text::SAVING, colour::SOFT));
    } else if desk.read_only().is_some() {
        ui.label(coloured(text::READ_ONLY, colour::WARN));
    } else {
        ui.label(coloured(text::SAVED, colour::GOOD));
    }
}

/// What the keys and the mouse do right now, drawn from the right.
fn hints(ui: &mut Ui, app: &AblationApp) {
    let keys = &app.keys;
    let mut hints: Vec<(String, &str)> = Vec::new();
    let key = |command| keys.words(command);
    match (app.bench.tool(), app.strip) {
        (Tool::Outline(_), _) if app.bench.preview().is_some() => {
            hints.push((text::outlining::STRENGTH_KEYS.to_owned(), "strength"));
            hints.push((key(Command::Accept), "keep"));
            hints.push((key(Command::Cancel), "drop"));
        }
        (Tool::Outline(_), _) => {
            hints.push((key(Command::Brush), "brush instead"));
            hints.push((key(Command::Cancel), "back"));
        }
        (Tool::Brush(_) | Tool::Eraser(_), _) => {
            hints.push((format!("{} {}", key(Command::BrushSmaller), key(Command::BrushLarger)), "size"));
            hints.push((key(Command::Brush), "paint"));
            hints.push((key(Command::Eraser), "erase"));
            hints.push((key(Command::Accept), "done"));
        }
        (Tool::Scroll, Strip::Off) => {
            hints.push((key(Command::Answer), "answer"));
            hints.push((key(Command::MarkZone), "zone"));
            hints.push((key(Command::MarkViable), "viable"));
            hints.push((key(Command::PreviousHere), "hold: visit before"));
            hints.push((key(Command::NextUnread), "next to read"));
        }
        (Tool::Scroll, Strip::Sign) => {
            let ready = app.bench.open_points().is_empty();
            hints.push((key(Command::Accept), if ready { "sign the visit" } else { "go to what is open" }));
            hints.push((key(Command::Cancel), "back"));
        }
        (Tool::Scroll, Strip::Diameter) => {
            hints.push((key(Command::Accept), "keep"));
            hints.push((key(Command::MarkViable), "mark instead"));
            hints.push((key(Command::Cancel), "back"));
        }
        (Tool::Scroll, _) => {
            hints.push((key(Command::Cancel), "back"));
        }
    }
    hints.push((key(Command::Help), "keys"));
    ui.add_space(8.0);
    for (key, words) in hints.iter().rev() {
        ui.label(theme::small(*words));
        key_cap(ui, key);
    }
    if ui.available_width() > 260.0 {
        ui.label(theme::small(lead(app.bench.tool())));
    }
}

fn lead(tool: Tool) -> String {
    match tool {
        Tool::Scroll => text::HINT_SCROLL.to_owned(),
        Tool::Outline(role) => text::outlining::lead(&crate::workbench::words::small(&role.to_string())),
        Tool::Brush(role) => format!("Painting {}", crate::workbench::words::small(&role.to_string())),
        Tool::Eraser(role) => format!("Erasing {}", crate::workbench::words::small(&role.to_string())),
    }
}
