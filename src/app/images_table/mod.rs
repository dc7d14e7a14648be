//! All stacks with role and visit, each with its reason, in one table; below it what the last import skipped.

mod lines;
mod more;
mod report;

use super::command::Command;
use super::text::whose as words;
use super::theme::{self, colour};
use super::widgets::row_line;
use super::{Outbox, text};
use crate::clinical::{Coded, PatientId, StackKey, StackRole};
use crate::workbench::{Request, Workbench};
use eframe::egui::{self, Align, Button, CentralPanel, ComboBox, Label, Layout, RichText, ScrollArea, Ui};
use egui_extras::{Column, TableBuilder, TableRow};
use lines::{Lines, StackLine};
use report::ReportPanel;
use std::collections::BTreeSet;

/// The images screen's own state: whose images, what is listed, what is unfolded.
#[derive(Debug, Default)]
pub struct ImagesScreen {
    all_patients: bool,
    only_odd: bool,
    /// Stacks that were chosen to be merged.
    chosen: BTreeSet<StackKey>,
    cache: Option<Cache>,
    report: ReportPanel,
}

/// What is listed, worked out once a change.
#[derive(Debug)]
struct Cache {
    revision: u64,
    patient: Option<PatientId>,
    only_odd: bool,
    lines: Lines,
    heights: Vec<f32>,
    /// How many series and stacks there are, and about how many of these there is nothing unusual.
    series: usize,
    count: usize,
    plain: usize,
    look: usize,
}

/// Width of the column that says why a role was given.
const BECAUSE_WIDTH: f32 = 126.0;
/// Width of the column that says what the scanner called it, and how it was split.
const DESCRIPTION_WIDTH: f32 = 146.0;
/// Least width of the column of oddities.
const ODD_WIDTH: f32 = 176.0;
/// Least height of a row: a combo box with air.
const ROW_HEIGHT: f32 = 32.0;

impl ImagesScreen {
    /// Shows what is odd about the series, of all patients.
    pub fn look_at_odd(&mut self) {
        self.only_odd = true;
        self.all_patients = true;
    }

    /// Draws the screen.
    pub fn show(&mut self, ui: &mut Ui, bench: &Workbench, out: &mut Outbox) {
        let Some(desk) = bench.desk() else { return };
        if self.report.show(ui, bench, out) {
            self.look_at_odd();
        }
        let patient = if self.all_patients { None } else { bench.selection().patient };
        self.chosen.retain(|key| desk.document().stack(*key).is_some());
        self.refresh(ui, desk.revision(), desk.document(), patient);
        CentralPanel::no_frame().show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.set_min_height(32.0); // as high as with its buttons: the table stays where it is
                let code = patient.and_then(|id| desk.document().patient(id)).map(|patient| patient.code.clone());
                ui.label(theme::title(code.unwrap_or_else(|| text::ALL_PATIENTS.to_owned())));
                let cache = self.cache.as_ref();
                let (series, count) = cache.map_or((0, 0), |cache| (cache.series, cache.count));
                let (plain, look) = cache.map_or((0, 0), |cache| (cache.plain, cache.look));
                ui.label(theme::soft(text::series_here(
                    series,
                    count,
                    patient.is_some(),
                    desk.document().stacks().count(),
                )));
                if count > 0 {
                    let odd = count.saturating_sub(plain + look);
                    ui.label(theme::soft(words::how_they_are(plain, odd, look)));
                }
                ui.add_space(2.0 * theme::UNIT);
                ui.checkbox(&mut self.all_patients, text::ALL_PATIENTS);
                ui.checkbox(&mut self.only_odd, words::ONLY_ODD).on_hover_text(words::ONLY_ODD_TOOLTIP);
                if self.chosen.is_empty() {
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| memory(ui, bench, out));
                } else {
                    more::merge_bar(ui, &mut self.chosen, desk.read_only(), out);
                }
            });
            ui.add_space(theme::UNIT);
            match &self.cache {
                Some(cache) if !cache.lines.lines.is_empty() => table(ui, cache, &mut self.chosen, bench, out),
                Some(cache) if cache.count > 0 => {
                    ui.label(theme::soft(words::NOTHING_UNUSUAL_HERE));
                }
                _ => nothing_here(ui, desk.document().stacks().next().is_some(), out),
            }
        });
    }

    fn refresh(&mut self, ui: &Ui, revision: u64, document: &crate::project::Document, patient: Option<PatientId>) {
        let only_odd = self.only_odd;
        let is_same = |c: &Cache| (c.revision, c.patient, c.only_odd) == (revision, patient, only_odd);
        if self.cache.as_ref().is_some_and(is_same) {
            return;
        }
        let mut lines = Lines::new(document, patient);
        let count = lines.lines.len();
        let series = lines.lines.iter().map(|line| line.series_uid.as_str()).collect::<BTreeSet<_>>().len();
        let plain = lines.lines.iter().filter(|line| line.odd.is_empty()).count();
        let look = lines.lines.iter().filter(|line| line.needs_a_look && !line.odd.is_empty()).count();
        lines.lines.retain(|line| !only_odd || line.needs_a_look);
        let tall = |text: &str, width: f32| {
            ui.painter().layout(text.to_owned(), theme::font(theme::SMALL), colour::SOFT, width).size().y
        };
        let heights = lines.lines.iter().map(|line| {
            let told = line.odd.iter().chain(Some(&line.values).filter(|values| !values.is_empty()));
            let odd: f32 = told.map(|words| tall(words, ODD_WIDTH) + 2.0).sum();
            odd.max(tall(&line.because, BECAUSE_WIDTH)).max(tall(&line.description, DESCRIPTION_WIDTH))
                + 2.0 * theme::UNIT
        });
        let heights = heights.map(|height| height.max(ROW_HEIGHT)).collect();
        self.cache = Some(Cache { revision, patient, only_odd, lines, heights, series, count, plain, look });
    }
}

/// What the series take of the memory that they may take; opens where it is set.
fn memory(ui: &mut Ui, bench: &Workbench, out: &mut Outbox) {
    let memory = bench.image_memory();
    let words = theme::soft(text::memory::short(memory.used_bytes, memory.budget_bytes));
    if ui.add(Button::new(words).frame(false)).on_hover_text(Command::ImageMemory.info().tooltip).clicked() {
        out.command(Command::ImageMemory);
    }
}

fn nothing_here(ui: &mut Ui, others: bool, out: &mut Outbox) {
    ui.add_space(8.0 * theme::UNIT);
    ui.label(theme::title(text::NO_IMAGES_LEAD));
    ui.label(theme::soft(if others { text::NO_IMAGES_HERE } else { text::NO_IMAGES }));
    let info = Command::OpenFolder.info();
    if ui.button(info.label).on_hover_text(info.tooltip).clicked() {
        out.command(Command::OpenFolder);
    }
}

fn table(ui: &mut Ui, cache: &Cache, chosen: &mut BTreeSet<StackKey>, bench: &Workbench, out: &mut Outbox) {
    const PATIENT: usize = 1;
    let with_patient = cache.patient.is_none();
    let widths =
        [118.0, 42.0, 114.0, 74.0, 40.0, DESCRIPTION_WIDTH, 30.0, 160.0, BECAUSE_WIDTH, 36.0, 56.0, 66.0, 62.0];
    let shown = |n: usize| with_patient || n != PATIENT;
    ScrollArea::horizontal().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.x = 1.5 * theme::UNIT;
        let mut builder = TableBuilder::new(ui)
            .id_salt(("images", with_patient))
            .auto_shrink(false)
            .cell_layout(egui::Layout::left_to_right(egui::Align::Center));
        for width in widths.iter().enumerate().filter(|(n, _)| shown(*n)).map(|(_, width)| *width) {
            builder = builder.column(Column::exact(width).clip(true));
        }
        let builder = builder.column(Column::remainder().at_least(ODD_WIDTH).clip(true));
        let table = builder.header(22.0, |mut header| {
            for (_, (head, meaning)) in text::IMAGE_HEADS.iter().enumerate().filter(|(n, _)| shown(*n)) {
                header.col(|ui| {
                    if !head.is_empty() {
                        ui.label(theme::caption(*head)).on_hover_text(*meaning);
                    }
                });
            }
        });
        table.body(|mut body| {
            let seen = body.ui_mut().clip_rect();
            body.heterogeneous_rows(cache.heights.iter().copied(), |mut row| {
                if let Some(line) = cache.lines.lines.get(row.index()) {
                    row.col(|ui| {
                        row_line(ui, seen);
                        ui.spacing_mut().item_spacing.x = theme::UNIT;
                        more::choose(ui, line, chosen);
                        show_button(ui, line, bench, out);
                        more::menu(ui, line, &cache.lines, bench, out);
                    });
                    table_row(&mut row, line, &cache.lines, with_patient, bench, out);
                }
            });
        });
    });
}

fn table_row(
    row: &mut TableRow<'_, '_>,
    line: &StackLine,
    lines: &Lines,
    with_patient: bool,
    bench: &Workbench,
    out: &mut Outbox,
) {
    let read_only = bench.desk().and_then(|desk| desk.read_only());
    if with_patient {
        plain(row, &line.code);
    }
    row.col(|ui| visit_choice(ui, line, lines, read_only, out));
    plain(row, &line.study_date);
    plain(row, &line.number);
    row.col(|ui| wrapped(ui, &line.description, colour::TEXT));
    plain(row, &line.modality);
    row.col(|ui| role_choice(ui, line, read_only, out));
    row.col(|ui| wrapped(ui, &line.because, colour::SOFT));
    plain(row, &line.slices);
    plain(row, &line.step);
    plain(row, line.kernel);
    plain(row, &line.matrix);
    row.col(|ui| {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.add_space(theme::UNIT);
            wrapped(ui, &line.values, colour::SOFT);
            for odd in &line.odd {
                wrapped(ui, odd, if line.needs_a_look { colour::WARN } else { colour::SOFT });
            }
        });
    });
}

fn plain(row: &mut TableRow<'_, '_>, value: &str) {
    row.col(|ui| {
        if !value.is_empty() {
            ui.add(Label::new(theme::soft(value)).truncate());
        }
    });
}

fn wrapped(ui: &mut Ui, value: &str, fill: egui::Color32) {
    if !value.is_empty() {
        ui.add(Label::new(RichText::new(value).font(theme::font(theme::SMALL)).color(fill)).wrap());
    }
}

fn show_button(ui: &mut Ui, line: &StackLine, bench: &Workbench, out: &mut Outbox) {
    let hidden = line.visit.is_some_and(|visit| bench.is_hidden(visit));
    let button =
        ui.add_enabled(!hidden, Button::new(text::SHOW).small()).accessible_name(text::show_series(&line.name));
    let button = button.on_hover_text(text::SHOW_TOOLTIP).on_disabled_hover_text(text::HIDDEN_VISIT);
    if button.clicked() {
        if bench.selection().patient != Some(line.patient) {
            out.ask(Request::SelectPatient(line.patient));
        }
        out.ask(Request::ShowStack { pane: bench.room().active(), stack: line.stack });
        out.command(Command::ShowReading);
    }
}

fn role_choice(ui: &mut Ui, line: &StackLine, read_only: Option<&str>, out: &mut Outbox) {
    let mut chosen = line.role;
    let inner = ui.add_enabled_ui(read_only.is_none(), |ui| {
        let combo = ComboBox::from_id_salt((line.stack.0, "role")).width(ui.available_width()).truncate();
        combo.height(440.0).selected_text(line.role.words()).show_ui(ui, |ui| {
            for role in StackRole::ALL {
                ui.selectable_value(&mut chosen, *role, role.words());
            }
        })
    });
    name(inner.inner.response, text::role_of(&line.name), read_only);
    if chosen != line.role {
        out.ask(Request::SetRole { stack: line.stack, role: chosen });
    }
}

fn visit_choice(ui: &mut Ui, line: &StackLine, lines: &Lines, read_only: Option<&str>, out: &mut Outbox) {
    let mut chosen = line.visit;
    let mut new = false;
    let inner = ui.add_enabled_ui(read_only.is_none(), |ui| {
        let combo = ComboBox::from_id_salt((line.stack.0, "visit")).width(ui.available_width()).truncate();
        combo.selected_text(line.visit_date.as_str()).show_ui(ui, |ui| {
            for (visit, date) in lines.visits_of(line.patient) {
                ui.selectable_value(&mut chosen, Some(*visit), date);
            }
            new = ui.selectable_label(false, text::NEW_VISIT).clicked();
        })
    });
    name(inner.inner.response, text::visit_of(&line.name), read_only);
    if new {
        out.ask(Request::MoveStudy { study: line.study_uid.clone(), visit: None });
    } else if chosen != line.visit {
        out.ask(Request::MoveStudy { study: line.study_uid.clone(), visit: chosen });
    }
}

/// Names a choice, and says why it cannot be changed.
fn name(response: egui::Response, name: String, read_only: Option<&str>) {
    let response = response.accessible_name(name);
    if let Some(why) = read_only {
        response.on_disabled_hover_text(why);
    }
}

#[cfg(test)]
mod tests;
