//! One table as it is read: heads in words, codes in words, rows that open in the reading room.

use crate::app::command::Command;
use crate::app::theme::{self, colour};
use crate::app::widgets::row_line;
use crate::app::{Outbox, text};
use crate::clinical::{LesionId, SessionId, VisitId};
use crate::export::{ColumnInfo, Table, Values};
use crate::project::Document;
use crate::workbench::Request;
use crate::workbench::words::capital;
use eframe::egui::{self, Align, Button, Label, Layout, RichText, ScrollArea, Ui, vec2};
use egui_extras::{Column, TableBuilder};

/// The columns that are read most, by table; a date column by its stem.
const ESSENTIAL: &[(&str, &[&str])] = &[
    (
        "lesion_visit",
        &[
            "patient",
            "lesion",
            "visit_date",
            "visit_days_since_first_ablation",
            "days_since_last_session",
            "answer",
            "derived_word",
            "shape",
            "viable_ld_mm",
            "zone_volume_ml",
            "finding_status",
            "missing",
        ],
    ),
    (
        "lesions",
        &[
            "patient",
            "lesion",
            "organ",
            "liver_segments",
            "tumour_type",
            "lesion_status",
            "index_lesion",
            "tumour_longest_axial_mm",
            "first_session_date",
            "first_session_days_since_first_ablation",
            "sessions_n",
            "current_word",
            "primary_technique_efficacy",
            "assisted_technique_efficacy",
            "note",
        ],
    ),
];

/// Heads that are said in the words of the reading room; the tooltip has the column's own name.
const PLAIN_HEADS: &[(&str, &str)] = &[
    ("visit_date", "Scan"),
    ("days_since_last_session", "After session"),
    ("visit_days_since_first_ablation", "After first session"),
    ("derived_word", "Result"),
    ("finding_status", "Status"),
    ("viable_ld_mm", "Viable LD"),
    ("zone_volume_ml", "Zone"),
    ("missing", "Still missing"),
    ("liver_segments", "Segments"),
    ("tumour_longest_axial_mm", "Size before"),
    ("first_session_date", "First session"),
    ("sessions_n", "Sessions"),
    ("current_word", "Stands at"),
    ("lesion_status", "Status"),
    ("index_lesion", "Index"),
    ("primary_technique_efficacy", "Primary efficacy"),
    ("assisted_technique_efficacy", "Assisted efficacy"),
];

/// Endings that the unit under the head says already.
const UNIT_ENDINGS: &[&str] = &["_mm", "_ml", "_px", "_percent", "_n"];
/// Units that fit under a head.
const SHORT_UNITS: &[&str] = &["mm", "ml", "px", "%", "days"];

const ROW_HEIGHT: f32 = 24.0;
const HEAD_HEIGHT: f32 = 34.0;

/// A table ready to be drawn.
#[derive(Debug)]
pub(super) struct TableView {
    title: &'static str,
    summary: String,
    /// Why rows are not shown; empty when all are.
    hidden: String,
    empty: &'static str,
    columns: Vec<Head>,
    rows: Vec<Row>,
    has_essentials: bool,
}

#[derive(Debug)]
struct Head {
    words: String,
    unit: &'static str,
    tooltip: String,
    essential: bool,
    number: bool,
    width: f32,
}

#[derive(Debug)]
struct Row {
    cells: Vec<String>,
    opens: Option<Opens>,
}

/// What a row is about.
#[derive(Debug)]
struct Opens {
    name: String,
    /// The column that carries the link.
    column: usize,
    lesion: LesionId,
    visit: Option<VisitId>,
}

impl TableView {
    /// Lays a table out; `ui` measures its texts.
    pub(super) fn new(
        ui: &Ui,
        table: &Table,
        title: &'static str,
        document: &Document,
        hidden: &dyn Fn(About) -> bool,
    ) -> Self {
        let find = |list: &[(&str, &'static str)]| list.iter().find(|(name, _)| *name == table.name).map(|(_, s)| *s);
        let essential = ESSENTIAL.iter().find(|(name, _)| *name == table.name).map(|(_, columns)| *columns);
        let rows: Vec<Row> = table
            .rows
            .iter()
            .filter(|row| !about(table, row).is_some_and(hidden))
            .map(|row| Row { cells: cells(table, row), opens: opens(table, row, document) })
            .collect();
        let hidden = table.rows.len() - rows.len();
        let columns = table.columns.iter().enumerate().map(|(n, column)| {
            let cells = rows.iter().filter_map(|row| row.cells.get(n)).map(String::as_str);
            Head::new(ui, column, essential.is_none_or(|list| list.contains(&column.name.as_str())), cells)
        });
        Self {
            title,
            summary: text::table_summary(table.meaning, rows.len()),
            hidden: text::rows_hidden(hidden),
            empty: find(text::NO_ROWS).unwrap_or_default(),
            columns: columns.collect(),
            rows,
            has_essentials: essential.is_some(),
        }
    }

    pub(super) fn title(&self) -> &'static str {
        self.title
    }

    pub(super) fn summary(&self) -> &str {
        &self.summary
    }

    /// Why rows are not shown, when some are not.
    pub(super) fn hidden(&self) -> Option<&str> {
        Some(self.hidden.as_str()).filter(|words| !words.is_empty())
    }

    /// Whether fewer columns than all can be shown.
    pub(super) fn has_essentials(&self) -> bool {
        self.has_essentials
    }

    /// Draws the table, scrolling both ways.
    pub(super) fn show(&self, ui: &mut Ui, all_columns: bool, out: &mut Outbox) {
        if self.rows.is_empty() {
            ui.add_space(4.0 * theme::UNIT);
            ui.label(theme::soft(self.empty));
            return;
        }
        let shown: Vec<(usize, &Head)> =
            self.columns.iter().enumerate().filter(|(_, head)| all_columns || head.essential).collect();
        ScrollArea::horizontal().auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing = vec2(3.0 * theme::UNIT, theme::UNIT);
            let mut builder = TableBuilder::new(ui)
                .id_salt((self.title, all_columns))
                .auto_shrink(false)
                .cell_layout(Layout::left_to_right(Align::Center));
            for (_, head) in &shown {
                builder = builder.column(Column::exact(head.width).clip(true));
            }
            let table = builder.header(HEAD_HEIGHT, |mut row| {
                for (_, head) in &shown {
                    row.col(|ui| head.show(ui));
                }
            });
            table.body(|mut body| {
                let seen = body.ui_mut().clip_rect();
                body.rows(ROW_HEIGHT, self.rows.len(), |mut table_row| {
                    let Some(row) = self.rows.get(table_row.index()) else { return };
                    for (n, head) in &shown {
                        let first = table_row.col_index() == 0;
                        table_row.col(|ui| {
                            if first {
                                row_line(ui, seen);
                            }
                            // Columns out of sight cost nothing.
                            if ui.is_rect_visible(ui.max_rect()) {
                                row.cell(ui, *n, head, out);
                            }
                        });
                    }
                });
            });
        });
    }
}

impl Head {
    fn new<'a>(ui: &Ui, column: &ColumnInfo, essential: bool, cells: impl Iterator<Item = &'a str>) -> Self {
        let plain = PLAIN_HEADS.iter().find(|(name, _)| *name == column.name).map(|(_, words)| (*words).to_owned());
        let stem = UNIT_ENDINGS.iter().find_map(|ending| column.name.strip_suffix(ending)).unwrap_or(&column.name);
        let words = plain.unwrap_or_else(|| capital(&stem.replace('_', " ")));
        let unit = SHORT_UNITS.iter().find(|unit| **unit == column.unit).copied().unwrap_or_default();
        let mut tooltip = capital(column.meaning);
        if !column.unit.is_empty() {
            tooltip.push_str(&format!(", {}", column.unit));
        }
        tooltip.push_str(&format!("\n{}", column.name));
        let wide = |text: &str, font: egui::FontId| {
            ui.painter().layout_no_wrap(text.to_owned(), font, colour::TEXT).size().x.ceil()
        };
        // The longest by letters is close enough to the widest.
        let longest = cells.max_by_key(|cell| cell.chars().count()).unwrap_or_default();
        let width = wide(&words, theme::bold(theme::SMALL)).min(140.0).max(wide(longest, theme::font(theme::BODY)));
        let number = !column.unit.is_empty() && column.values == Values::Any;
        Self { words, unit, tooltip, essential, number, width: (width + 2.0).clamp(40.0, 190.0) }
    }

    fn show(&self, ui: &mut Ui) {
        let side = if self.number { Align::Max } else { Align::Min };
        let response = ui.with_layout(Layout::top_down(side), |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.add(Label::new(theme::caption(self.words.as_str())).truncate());
            ui.add(Label::new(theme::small(self.unit)));
        });
        response.response.on_hover_text(self.tooltip.as_str());
    }
}

impl Row {
    fn cell(&self, ui: &mut Ui, column: usize, head: &Head, out: &mut Outbox) {
        let Some(text) = self.cells.get(column) else { return };
        match &self.opens {
            Some(opens) if opens.column == column => opens.show(ui, text, out),
            _ if text.is_empty() => {}
            _ => {
                let side = if head.number { Layout::right_to_left(Align::Center) } else { *ui.layout() };
                ui.with_layout(side, |ui| {
                    ui.add(
                        Label::new(RichText::new(text).font(theme::font(theme::BODY)).color(colour::TEXT)).truncate(),
                    );
                });
            }
        }
    }
}

impl Opens {
    fn show(&self, ui: &mut Ui, label: &str, out: &mut Outbox) {
        let words = RichText::new(label).font(theme::font(theme::BODY)).color(colour::ACCENT);
        let link = ui.add(Button::new(words).frame(false)).accessible_name(self.name.as_str());
        if link.on_hover_text(text::OPEN_IN_ROOM).clicked() {
            open(self.lesion, self.visit, out);
        }
    }
}

/// Goes to a lesion in the reading room.
/// Shows a lesion in the reading room.
pub(in crate::app) fn open_lesion(lesion: LesionId, out: &mut Outbox) {
    open(lesion, None, out);
}

pub(super) fn open(lesion: LesionId, visit: Option<VisitId>, out: &mut Outbox) {
    out.ask(Request::SelectLesion(lesion));
    if let Some(visit) = visit {
        out.ask(Request::SelectVisit(visit));
    }
    out.command(Command::ShowReading);
}

/// What a row tells of that has a date.
#[derive(Debug, Clone, Copy)]
pub(super) enum About {
    /// A visit.
    Visit(VisitId),
    /// A session.
    Session(SessionId),
}

fn about(table: &Table, row: &[String]) -> Option<About> {
    visit_of(table, row)
        .map(About::Visit)
        .or_else(|| number(table, row, "session_id").map(SessionId).map(About::Session))
}

/// The visit that a row names.
fn visit_of(table: &Table, row: &[String]) -> Option<VisitId> {
    number(table, row, "visit_id").map(VisitId)
}

fn number(table: &Table, row: &[String], column: &str) -> Option<u32> {
    table.column(column).and_then(|n| row.get(n)).and_then(|number| number.parse().ok())
}

/// A row's cells in words. Adequacy before anybody has read is a proposal, and says so.
fn cells(table: &Table, row: &[String]) -> Vec<String> {
    let mut cells: Vec<String> = table.columns.iter().zip(row).map(|(column, cell)| in_words(column, cell)).collect();
    let unread = table.column("answer").and_then(|n| row.get(n)).is_some_and(String::is_empty);
    let by_reader = table.column("adequacy_by_reader").and_then(|n| row.get(n)).is_some_and(|cell| cell == "yes");
    if unread
        && !by_reader
        && let Some(cell) = table.column("adequacy").and_then(|n| cells.get_mut(n)).filter(|cell| !cell.is_empty())
    {
        *cell = text::proposed(cell);
    }
    cells
}

/// A cell's codes in their words.
fn in_words(column: &ColumnInfo, cell: &str) -> String {
    let Values::Codes { codes, several, .. } = &column.values else { return cell.to_owned() };
    let words =
        |code: &str| codes.iter().find(|(known, _)| *known == code).map_or(code.to_owned(), |(_, w)| (*w).to_owned());
    if *several { cell.split(';').map(words).collect::<Vec<_>>().join(", ") } else { words(cell) }
}

/// The lesion, and visit, that a row names by code, label and number.
fn opens(table: &Table, row: &[String], document: &Document) -> Option<Opens> {
    let cell = |name: &str| table.column(name).and_then(|n| row.get(n));
    let column = table.column("lesion")?;
    let (code, label) = (cell("patient")?, cell("lesion")?);
    let patient = document.patients().find(|patient| patient.code == *code)?;
    let lesion = document.lesions_of(patient.id).find(|lesion| lesion.label == *label)?;
    let visit = visit_of(table, row).and_then(|id| document.visit(id));
    let mut name = text::open_lesion(label, code);
    if let Some(visit) = visit {
        name.push_str(&format!(", {}", visit.date));
    }
    Some(Opens { name, column, lesion: lesion.id, visit: visit.map(|visit| visit.id) })
}
