//! Lines under the top bar that stay while something is so: what came back after a crash, what is not saved.
//! They take room instead of covering what is read.

use super::command::Command;
use super::dialogs::DialogKind;
use super::shell::AblationApp;
use super::text::{self, safety};
use super::theme::{self, colour};
use super::{Outbox, perform, widgets};
use crate::clinical::Stamp;
use crate::workbench::{Damage, Request, Unsaved};
use eframe::egui::{
    self, Align, Button, Color32, Frame, Key, Label, Layout, Margin, Panel, RichText, ScrollArea, TextEdit, Ui, vec2,
};
use std::path::PathBuf;

/// The lines' own state.
#[derive(Debug, Default)]
pub struct Banners {
    /// The report of a fault in an earlier run that is still to be told.
    pub(super) report: Option<PathBuf>,
    list_open: bool,
    giving_up: bool,
    missing_open: bool,
    find_path: String,
    copy_path: String,
}

impl Banners {
    /// With the report of an earlier run that is to be told.
    #[must_use]
    pub fn new(report: Option<PathBuf>) -> Self {
        Self { report, ..Self::default() }
    }
}

/// So high are the lists below the lines.
const LIST_HEIGHT: f32 = 132.0;

/// Whether any line is due.
fn any(app: &AblationApp) -> bool {
    let bench = &app.bench;
    let desk = bench.desk().is_some_and(|desk| !desk.unsaved().is_empty() || desk.reading_only().is_some());
    let moved = !bench.places_to_ask().is_empty() || !bench.missing_images().is_empty();
    bench.recovered().is_some() || app.banners.report.is_some() || desk || bench.damage().is_some() || moved
}

/// Draws the lines that are due; nothing when all is well.
pub fn show(ui: &mut Ui, app: &mut AblationApp, out: &mut Outbox) {
    let recovered = app.bench.recovered().map(safety::recovered);
    let report = app.banners.report.as_deref().map(safety::fault_before);
    let unsaved = app.bench.desk().map(|desk| desk.unsaved().len()).unwrap_or_default();
    if unsaved == 0 {
        app.banners.giving_up = false;
    }
    if !any(app) {
        return;
    }
    Panel::top("banners").frame(Frame::new().fill(colour::RAISED)).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        if let Some(words) = recovered {
            let words = report.as_ref().map_or_else(|| words.clone(), |report| format!("{words} {report}"));
            if line(ui, colour::ACCENT, &words, close) {
                out.ask(Request::DismissRecovered);
                app.banners.report = None;
            }
        } else if let Some(words) = report
            && line(ui, colour::WARN, &words, close)
        {
            app.banners.report = None;
        }
        if let Some(damage) = app.bench.damage() {
            damaged(ui, damage, app.bench.now(), out);
        }
        if unsaved > 0 {
            not_saved(ui, app, unsaved, out);
        }
        reading_only(ui, app, out);
        for ask in app.bench.places_to_ask().iter().take(3) {
            let words = safety::ask_place(&ask.folder, ask.network, ask.stacks.len());
            line(ui, colour::ACCENT, &words, |ui| {
                if ui.button(safety::NOT_NOW).clicked() {
                    out.ask(Request::NotNow(ask.folder.clone()));
                }
                if ui.button(safety::LOOK_THERE).clicked() {
                    out.ask(Request::AllowPlace(ask.folder.clone()));
                }
            });
        }
        if !app.bench.missing_images().is_empty() {
            missing(ui, app, out);
        }
    });
}

fn damaged(ui: &mut Ui, damage: &Damage, now: Stamp, out: &mut Outbox) {
    line(ui, colour::BAD, &safety::damaged(damage, now), |ui| {
        if close(ui) {
            out.ask(Request::DismissDamage);
        }
        if damage.backup.is_none() {
            return;
        }
        if ui.button(safety::RESTORE).on_hover_text(safety::RESTORE_TOOLTIP).clicked() {
            out.ask(Request::RestoreBackup);
        }
        if ui.button(safety::OPEN_BACKUP).on_hover_text(safety::OPEN_BACKUP_TOOLTIP).clicked() {
            out.ask(Request::OpenBackup);
        }
    });
}

/// Who has the project, and how to go on.
fn reading_only(ui: &mut Ui, app: &mut AblationApp, out: &mut Outbox) {
    let Some(reading) = app.bench.desk().and_then(|desk| desk.reading_only()) else { return };
    let held = reading.held.is_some();
    let mut ask_copy = false;
    line(ui, colour::WARN, &safety::reading_only(reading), |ui| {
        if held {
            let command = Command::TakeOver;
            let why = perform::why_disabled(command, app);
            widgets::labelled_command(ui, command, safety::TAKE_OVER_NOW, &app.keys, why.as_deref(), out);
        } else {
            ask_copy = ui.button(safety::SAVE_COPY).on_hover_text(safety::SAVE_COPY_TOOLTIP).clicked();
            copy_field(ui, &mut app.banners.copy_path, out);
        }
    });
    if ask_copy {
        app.dialogs.ask(DialogKind::SaveAs);
    }
}

/// The series without their images, and where to look for all of them at once.
fn missing(ui: &mut Ui, app: &mut AblationApp, out: &mut Outbox) {
    let all = app.bench.missing_images();
    let open = app.banners.missing_open;
    let mut toggled = false;
    line(ui, colour::WARN, &safety::missing(all.len()), |ui| {
        toggled = ui.button(if open { safety::HIDE_LIST } else { safety::SHOW_LIST }).clicked();
        let find = Command::FindImages;
        widgets::labelled_command(ui, find, safety::FIND_IMAGES, &app.keys, None, out);
        let path = &mut app.banners.find_path;
        let field = TextEdit::singleline(path).hint_text(safety::FIND_HINT).desired_width(220.0);
        let field = ui.add(field).accessible_name(safety::FIND_PATH);
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if entered && !path.trim().is_empty() {
            out.ask(Request::FindMissing(PathBuf::from(path.trim())));
        }
    });
    app.banners.missing_open = open != toggled;
    let Some(document) = app.bench.document().filter(|_| open) else { return };
    Frame::new().inner_margin(Margin { left: 14, right: 12, top: 4, bottom: 8 }).show(ui, |ui| {
        cells(ui, safety::MISSING_HEADS.map(theme::caption), [70.0, 100.0, 330.0, 160.0]);
        ScrollArea::vertical().id_salt("missing").max_height(LIST_HEIGHT).min_scrolled_height(LIST_HEIGHT).show_rows(
            ui,
            20.0,
            all.len(),
            |ui, rows| {
                for missing in all.get(rows).unwrap_or_default() {
                    let record = document.stack(missing.stack);
                    let code =
                        document.patient(missing.patient).map(|patient| patient.code.clone()).unwrap_or_default();
                    let visit = document.visit_of_stack(missing.stack).and_then(|id| document.visit(id));
                    let date = visit.map(|visit| visit.date.to_string()).unwrap_or_default();
                    let series = record.map(crate::workbench::words::series).unwrap_or_default();
                    let slices = safety::missing_slices(missing.missing, missing.slices);
                    cells(ui, [code, date, series, slices].map(theme::soft), [70.0, 100.0, 330.0, 160.0]);
                }
            },
        );
    });
}

/// A row of a short list.
fn cells<const N: usize>(ui: &mut Ui, cells: [RichText; N], widths: [f32; N]) {
    ui.horizontal(|ui| {
        for (cell, width) in cells.into_iter().zip(widths) {
            let width = width.min(ui.available_width());
            ui.allocate_ui_with_layout(vec2(width, 20.0), Layout::left_to_right(Align::Center), |ui| {
                ui.set_min_width(width);
                ui.add(Label::new(cell).truncate());
            });
        }
    });
}

fn close(ui: &mut Ui) -> bool {
    ui.button(text::CLOSE).clicked()
}

/// A line: a bar in its colour, words, and what can be done at the right.
pub(super) fn line<R>(ui: &mut Ui, tint: Color32, words: &str, actions: impl FnOnce(&mut Ui) -> R) -> R {
    let frame = Frame::new().inner_margin(Margin { left: 14, right: 12, top: 5, bottom: 5 });
    let inner = frame.show(ui, |ui| {
        ui.spacing_mut().item_spacing.x = 2.0 * theme::UNIT;
        let full = ui.available_width();
        ui.allocate_ui_with_layout(vec2(full, 26.0), Layout::right_to_left(Align::Center), |ui| {
            let done = actions(ui);
            let rest = vec2(ui.available_width(), 26.0);
            ui.allocate_ui_with_layout(rest, Layout::left_to_right(Align::Center).with_main_wrap(true), |ui| {
                ui.add(Label::new(RichText::new(words).font(theme::font(theme::BODY)).color(colour::TEXT)).wrap());
            });
            done
        })
        .inner
    });
    let rect = inner.response.rect;
    let bar = egui::Rect::from_min_size(rect.left_top(), vec2(3.0, rect.height()));
    ui.painter().rect_filled(bar, 0.0, tint);
    ui.painter().hline(rect.x_range(), rect.bottom(), egui::Stroke::new(1.0, colour::LINE));
    inner.inner
}

/// What is not saved, why, and what can be done about it.
fn not_saved(ui: &mut Ui, app: &mut AblationApp, count: usize, out: &mut Outbox) {
    let Some(first) = app.bench.desk().and_then(|desk| desk.unsaved().first()) else { return };
    let words = format!("{} {}", safety::not_saved(count), first.why);
    let (mut ask_copy, mut toggled) = (false, false);
    let open = app.banners.list_open;
    line(ui, colour::BAD, &words, |ui| {
        toggled = ui.button(if open { safety::HIDE_LIST } else { safety::SHOW_LIST }).clicked();
        ask_copy = ui.button(safety::SAVE_COPY).on_hover_text(safety::SAVE_COPY_TOOLTIP).clicked();
        if ui.button(safety::TRY_AGAIN).on_hover_text(safety::TRY_AGAIN_TOOLTIP).clicked() {
            out.ask(Request::SaveAgain);
        }
    });
    if ask_copy {
        app.dialogs.ask(DialogKind::SaveAs);
        app.banners.list_open = true; // the path field stands there
    } else if toggled {
        app.banners.list_open = !open;
    }
    if !app.banners.list_open {
        return;
    }
    Frame::new().inner_margin(Margin { left: 14, right: 12, top: 4, bottom: 8 }).show(ui, |ui| {
        let Some(desk) = app.bench.desk() else { return };
        list(ui, desk.unsaved());
        ui.add_space(2.0 * theme::UNIT);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0 * theme::UNIT;
            copy_field(ui, &mut app.banners.copy_path, out);
            give_up(ui, &mut app.banners.giving_up, out);
        });
    });
}

/// Giving up what is not saved cannot be undone: it is asked twice.
fn give_up(ui: &mut Ui, asking: &mut bool, out: &mut Outbox) {
    if !*asking {
        *asking = ui.button(safety::GIVE_UP).on_hover_text(safety::GIVE_UP_TOOLTIP).clicked();
        return;
    }
    let sure = Button::new(widgets::coloured(safety::GIVE_UP_SURE, colour::BAD));
    if ui.add(sure).on_hover_text(safety::GIVE_UP_TOOLTIP).clicked() {
        out.ask(Request::GiveUpUnsaved);
        *asking = false;
    }
    if ui.button(safety::GIVE_UP_NOT).clicked() {
        *asking = false;
    }
}

/// A path for a copy, beside the dialog.
pub(super) fn copy_field(ui: &mut Ui, path: &mut String, out: &mut Outbox) {
    let width = (0.28 * ui.available_width()).clamp(160.0, 380.0);
    let field = TextEdit::singleline(path).hint_text(safety::COPY_HINT).desired_width(width);
    let field = ui.add(field).accessible_name(safety::COPY_PATH);
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if entered && !path.trim().is_empty() {
        out.ask(Request::SaveAs(PathBuf::from(path.trim())));
    }
}

fn list(ui: &mut Ui, unsaved: &[Unsaved]) {
    let row = |ui: &mut Ui, words| cells(ui, words, [130.0, 360.0, f32::INFINITY]);
    row(ui, safety::UNSAVED_HEADS.map(theme::caption));
    ScrollArea::vertical().id_salt("unsaved").max_height(LIST_HEIGHT).min_scrolled_height(LIST_HEIGHT).show_rows(
        ui,
        20.0,
        unsaved.len(),
        |ui, rows| {
            for unsaved in unsaved.get(rows).unwrap_or_default() {
                let when = unsaved.at.format("%Y-%m-%d %H:%M:%S").to_string();
                row(
                    ui,
                    [theme::soft(when), widgets::coloured(&unsaved.label, colour::TEXT), theme::soft(&unsaved.why)],
                );
            }
        },
    );
}
