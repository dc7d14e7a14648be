//! The history: every change ever made, when, by whom, what stood before and after. It is searched and filtered, one
//! goes from a row to where it happened, takes changes back, and writes the trail as CSV.

mod detail;
mod lines;

use super::dialogs::DialogKind;
use super::text::history as text;
use super::theme::{self, colour};
use super::widgets::row_line;
use super::{Dialogs, Outbox};
use crate::clinical::{LesionId, PatientId, ReaderId};
use crate::export::Dates;
use crate::project::{Document, HistoryRow};
use crate::workbench::{Request, Workbench};
use eframe::egui::{
    self, Align, CentralPanel, ComboBox, Frame, Key, Label, Layout, Margin, Panel, RichText, Role, Sense, TextEdit, Ui,
    WidgetInfo,
};
use egui_extras::{Column, TableBuilder};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const ROW_HEIGHT: f32 = 24.0;
/// Height of what is said of the chosen change.
const DETAIL_HEIGHT: f32 = 156.0;

/// Which changes are listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Filter {
    patient: Option<PatientId>,
    lesion: Option<LesionId>,
    reader: Option<ReaderId>,
    words: String,
}

/// The history screen's own state: the filter, the chosen row, and what is listed.
#[derive(Debug, Default)]
pub struct HistoryScreen {
    project: PathBuf,
    filter: Filter,
    chosen: Option<u64>,
    planned: Option<u64>,
    scroll_to_chosen: bool,
    /// A field was left in this frame: the Enter that left it is not one for the list.
    field_left: bool,
    path: String,
    /// Where the export goes once everything was read.
    writing: Option<PathBuf>,
    listed: Vec<Arc<HistoryRow>>,
    of: Option<(u64, u64, Filter)>,
}

impl HistoryScreen {
    /// Draws the screen.
    pub fn show(&mut self, ui: &mut Ui, bench: &Workbench, dialogs: &mut dyn Dialogs, out: &mut Outbox) {
        let Some(desk) = bench.desk() else { return };
        if self.project != desk.path() {
            *self = Self { project: desk.path().to_owned(), ..Self::default() };
        }
        out.read(Request::ReadTrail);
        self.refresh(bench, desk.document());
        if let Some(path) = self.writing.take() {
            self.write(path, bench, out);
        }
        self.bar(ui, bench, desk.document(), dialogs, out);
        if let Some(why) = bench.trail().problem() {
            ui.label(theme::soft(why).color(colour::BAD));
        }
        if bench.trail().changes() == 0 && bench.trail().is_complete() {
            empty(ui, text::NOTHING_LEAD, text::NOTHING);
            return;
        }
        self.keys(ui, desk.document(), out);
        let foot = Frame::new().inner_margin(Margin { top: 8, ..Margin::ZERO });
        Panel::bottom("change").frame(foot).resizable(false).exact_size(DETAIL_HEIGHT).show(ui, |ui| {
            self.detail(ui, bench, desk.document(), out);
        });
        CentralPanel::no_frame().show(ui, |ui| {
            if self.listed.is_empty() {
                let reading = !bench.trail().is_complete();
                empty(ui, if reading { text::READING } else { text::NONE_LEAD }, if reading { "" } else { text::NONE });
            } else {
                self.table(ui, desk.document(), out);
            }
        });
    }

    /// Whether a key is one for the list of changes.
    #[must_use]
    pub fn takes(key: Key) -> bool {
        matches!(key, Key::ArrowUp | Key::ArrowDown | Key::PageUp | Key::PageDown | Key::Home | Key::End | Key::Enter)
    }

    /// The export goes here once everything was read.
    pub fn export_to(&mut self, path: PathBuf) {
        self.writing = Some(path);
    }

    fn refresh(&mut self, bench: &Workbench, document: &Document) {
        // What is no longer there is in no list to choose from, so it must not filter unseen.
        self.filter.patient = self.filter.patient.filter(|id| document.patient(*id).is_some());
        self.filter.lesion = self.filter.lesion.filter(|id| document.lesion(*id).is_some());
        self.filter.reader = self.filter.reader.filter(|id| document.reader(*id).is_some());
        let now = (bench.trail().version(), bench.desk().map_or(0, |desk| desk.revision()), self.filter.clone());
        if self.of.as_ref() == Some(&now) {
            return;
        }
        let wanted = lines::Wanted::new(&self.filter.words);
        let filter = &self.filter;
        let rows = bench.trail().rows().filter(|row| {
            filter.patient.is_none_or(|patient| row.patient == Some(patient))
                && filter.reader.is_none_or(|reader| row.reader == Some(reader))
                && filter.lesion.is_none_or(|lesion| row.lesions.contains(&lesion))
                && wanted.finds(row, document)
        });
        self.listed = rows.cloned().collect();
        if self.chosen.is_some_and(|seq| self.place(seq).is_none()) {
            self.chosen = None;
        }
        if self.of.as_ref().is_none_or(|of| of.1 != now.1) {
            self.planned = None; // what a step back would do is worked out anew
        }
        self.of = Some(now);
    }

    /// Where a change stands in the list.
    fn place(&self, seq: u64) -> Option<usize> {
        self.listed.binary_search_by(|row| seq.cmp(&row.seq)).ok()
    }

    fn bar(
        &mut self,
        ui: &mut Ui,
        bench: &Workbench,
        document: &Document,
        dialogs: &mut dyn Dialogs,
        out: &mut Outbox,
    ) {
        self.field_left = false;
        ui.horizontal(|ui| {
            ui.label(theme::title(text::TITLE));
            ui.label(theme::soft(text::count(self.listed.len(), bench.trail().changes(), bench.trail().is_complete())));
            ui.add_space(2.0 * theme::UNIT);
            self.filters(ui, document);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ui.button(text::EXPORT).on_hover_text(text::EXPORT_TOOLTIP).clicked() {
                    if self.path.trim().is_empty() {
                        dialogs.ask(DialogKind::HistoryFile);
                    } else {
                        self.writing = Some(csv(self.path.trim(), &self.project));
                    }
                }
                let field = TextEdit::singleline(&mut self.path).hint_text(text::PATH_HINT).desired_width(150.0);
                let field = ui.add(field).accessible_name(text::PATH);
                self.field_left |= field.lost_focus();
                let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                if entered && !self.path.trim().is_empty() {
                    self.writing = Some(csv(self.path.trim(), &self.project));
                    out.read(Request::ReadTrail);
                }
            });
        });
        ui.add_space(theme::UNIT);
    }

    fn filters(&mut self, ui: &mut Ui, document: &Document) {
        let patients = document.patients().map(|patient| (patient.id, patient.code.clone()));
        let before = self.filter.patient;
        pick(ui, text::PATIENT, text::ANY_PATIENT, &mut self.filter.patient, patients);
        if self.filter.patient != before {
            self.filter.lesion = None;
        }
        let several = self.filter.patient.is_none() && document.patients().nth(1).is_some();
        let lesions = document.lesions().filter(|l| self.filter.patient.is_none_or(|patient| l.patient == patient));
        let lesions = lesions.map(|lesion| {
            let code = document.patient(lesion.patient).filter(|_| several).map(|patient| patient.code.as_str());
            (lesion.id, code.map_or_else(|| lesion.label.clone(), |code| format!("{code} {}", lesion.label)))
        });
        let lesions: Vec<_> = lesions.collect();
        pick(ui, text::LESION, text::ANY_LESION, &mut self.filter.lesion, lesions.into_iter());
        let readers = document.readers().map(|reader| (reader.id, reader.initials.clone()));
        pick(ui, text::READER, text::ANY_READER, &mut self.filter.reader, readers);
        let field = TextEdit::singleline(&mut self.filter.words).hint_text(text::SEARCH_HINT).desired_width(150.0);
        self.field_left |= ui.add(field).accessible_name(text::SEARCH).lost_focus();
    }

    fn table(&mut self, ui: &mut Ui, document: &Document, out: &mut Outbox) {
        ui.spacing_mut().item_spacing = egui::vec2(3.0 * theme::UNIT, 0.0);
        let rest = (ui.available_width() - 132.0 - 40.0 - 52.0 - 54.0 - 8.0 * 12.0).max(300.0);
        let widths = [132.0, 40.0, 52.0, 54.0, rest * 0.40, rest * 0.30];
        let mut builder = TableBuilder::new(ui)
            .id_salt("history")
            .auto_shrink(false)
            .sense(Sense::click())
            .cell_layout(Layout::left_to_right(Align::Center));
        for width in widths {
            builder = builder.column(Column::exact(width).clip(true));
        }
        builder = builder.column(Column::remainder().at_least(80.0).clip(true));
        if std::mem::take(&mut self.scroll_to_chosen)
            && let Some(row) = self.chosen.and_then(|seq| self.place(seq))
        {
            builder = builder.scroll_to_row(row, None);
        }
        let table = builder.header(22.0, |mut header| {
            for head in text::HEADS {
                header.col(|ui| {
                    ui.label(theme::caption(*head));
                });
            }
        });
        let mut clicked = None;
        let mut opened = None;
        table.body(|mut body| {
            let seen = body.ui_mut().clip_rect();
            body.rows(ROW_HEIGHT, self.listed.len(), |mut table_row| {
                let Some(row) = self.listed.get(table_row.index()) else { return };
                let chosen = self.chosen == Some(row.seq);
                table_row.set_selected(chosen);
                let cells = lines::cells(row, document);
                let faded = row.undone_by.is_some();
                for (n, cell) in cells.iter().enumerate() {
                    table_row.col(|ui| {
                        if n == 0 {
                            row_line(ui, seen);
                        }
                        let ink = match (faded, n) {
                            (true, _) => colour::FAINT,
                            (false, 4) => colour::TEXT,
                            (false, _) => colour::SOFT,
                        };
                        let words = RichText::new(cell).font(theme::font(theme::BODY)).color(ink);
                        let words = if faded && n == 4 { words.strikethrough() } else { words };
                        ui.add(Label::new(words).truncate().selectable(false));
                    });
                }
                let response = table_row.response();
                let rect = response.rect.intersect(seen);
                let response = response.with_new_rect(rect); // no more than is seen
                let name = text::row_name(row.seq, &row.label);
                response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, &name));
                if response.clicked() {
                    clicked = Some(row.seq);
                }
                if response.double_clicked() {
                    opened = Some(row.seq);
                }
            });
        });
        if clicked.is_some() {
            self.chosen = clicked;
        }
        if let Some(row) = opened.and_then(|seq| self.place(seq)).and_then(|n| self.listed.get(n)) {
            detail::go_to(row, document, out);
        }
    }

    /// Arrows walk the list, Enter goes to where the change was made.
    fn keys(&mut self, ui: &Ui, document: &Document, out: &mut Outbox) {
        if ui.ctx().text_edit_focused() || self.field_left || self.listed.is_empty() {
            return;
        }
        let pressed = |key| ui.input(|input| input.modifiers.is_none() && input.key_pressed(key));
        let here = self.chosen.and_then(|seq| self.place(seq));
        let last = self.listed.len() - 1;
        let page = ((ui.available_height() - DETAIL_HEIGHT) / ROW_HEIGHT).max(2.0) as usize - 1;
        let step = |down: bool, by: usize| match (here, down) {
            (None, _) => 0,
            (Some(n), true) => (n + by).min(last),
            (Some(n), false) => n.saturating_sub(by),
        };
        let to = if pressed(Key::ArrowDown) {
            Some(step(true, 1))
        } else if pressed(Key::ArrowUp) {
            Some(step(false, 1))
        } else if pressed(Key::PageDown) {
            Some(step(true, page))
        } else if pressed(Key::PageUp) {
            Some(step(false, page))
        } else if pressed(Key::Home) {
            Some(0)
        } else if pressed(Key::End) {
            Some(last)
        } else {
            None
        };
        if let Some(row) = to.and_then(|n| self.listed.get(n)) {
            self.chosen = Some(row.seq);
            self.scroll_to_chosen = true;
        }
        if pressed(Key::Enter)
            && let Some(row) = here.and_then(|n| self.listed.get(n))
        {
            detail::go_to(row, document, out);
        }
    }

    /// Writes what is listed, once everything was read.
    fn write(&mut self, path: PathBuf, bench: &Workbench, out: &mut Outbox) {
        if !bench.trail().is_complete() {
            self.writing = Some(path);
            return;
        }
        let rows: Vec<_> = self.listed.iter().rev().cloned().collect(); // oldest first, as it happened
        out.ask(Request::ExportTrail { path, rows, dates: Dates::Iso });
    }
}

fn empty(ui: &mut Ui, lead: &str, words: &str) {
    ui.add_space(8.0 * theme::UNIT);
    ui.label(theme::title(lead));
    ui.label(theme::soft(words));
}

/// One of several, or any.
fn pick<T: Copy + PartialEq>(
    ui: &mut Ui,
    name: &str,
    any: &str,
    chosen: &mut Option<T>,
    all: impl Iterator<Item = (T, String)>,
) {
    let all: Vec<_> = all.collect();
    let words = all.iter().find(|(id, _)| Some(*id) == *chosen).map_or(any, |(_, words)| words.as_str());
    let combo = ComboBox::from_id_salt(name).selected_text(words).width(104.0).height(360.0).truncate();
    let response = combo.show_ui(ui, |ui| {
        ui.selectable_value(chosen, None, any);
        for (id, words) in &all {
            ui.selectable_value(chosen, Some(*id), words);
        }
    });
    response.response.accessible_name(name);
}

/// A typed path: a relative one starts beside the project, and the ending is added.
fn csv(typed: &str, project: &Path) -> PathBuf {
    let path = project.parent().map_or_else(|| PathBuf::from(typed), |folder| folder.join(typed));
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) {
        path
    } else {
        PathBuf::from(format!("{}.csv", path.display()))
    }
}
