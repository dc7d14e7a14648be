//! The cohort: patients with their visits at a glance, filtered and searched. Each visit is a chip with its state in
//! colour and in words; a click opens it. Only the rows that are seen are drawn.

use super::Outbox;
use super::command::Command;
use super::keys::KeyMap;
use super::reading::word_colour;
use super::text::screens as text;
use super::theme::{self, colour};
use super::widgets::{coloured, row_line};
use crate::clinical::{Coded, Date};
use crate::outcome::{ScanState, Word};
use crate::workbench::cohort_rows::{CohortFilter, CohortRow, CohortVisit};
use crate::workbench::{Request, VisitState, Workbench};
use eframe::egui::{
    Align, Align2, Button, Color32, Label, Layout, Role, Sense, Stroke, StrokeKind, TextEdit, Ui, WidgetInfo, vec2,
};
use egui_extras::{Column, TableBuilder};
use std::collections::BTreeMap;

/// The screen's own state.
#[derive(Default)]
pub struct CohortScreen {
    filter: Option<CohortFilter>,
    search: String,
    cache: Option<Cache>,
}

/// What is listed, worked out once a change.
struct Cache {
    of: (u64, Date, bool),
    rows: Vec<CohortRow>,
    counts: BTreeMap<CohortFilter, usize>,
    words: String,
    shown: Shown,
}

/// The rows that a filter and a search let through.
struct Shown {
    of: Option<(Option<CohortFilter>, String)>,
    rows: Vec<usize>,
}

const ROW_HEIGHT: f32 = 34.0;
const CHIP: f32 = 128.0;

impl CohortScreen {
    /// Draws the screen.
    pub fn show(&mut self, ui: &mut Ui, bench: &Workbench, keys: &KeyMap, out: &mut Outbox) {
        self.refresh(bench);
        let Some(cache) = &mut self.cache else { return };
        if cache.rows.is_empty() {
            ui.add_space(8.0 * theme::UNIT);
            ui.label(theme::title(text::COHORT_EMPTY_LEAD));
            ui.label(theme::soft(text::COHORT_EMPTY));
            return;
        }
        ui.horizontal_wrapped(|ui| {
            ui.label(theme::title(text::COHORT));
            ui.label(theme::soft(text::patients(cache.shown.rows.len(), cache.rows.len())));
            ui.add_space(theme::UNIT);
            for filter in CohortFilter::ALL {
                let count = cache.counts.get(&filter).copied().unwrap_or_default();
                let words = format!("{} {count}", filter.words());
                let chosen = self.filter == Some(filter);
                if ui.add_enabled(count > 0 || chosen, Button::selectable(chosen, words)).clicked() {
                    self.filter = if chosen { None } else { Some(filter) };
                }
            }
            let field = TextEdit::singleline(&mut self.search).hint_text(text::COHORT_SEARCH).desired_width(150.0);
            ui.add(field).accessible_name(text::COHORT_SEARCH);
        });
        ui.label(theme::small(&cache.words));
        ui.add_space(theme::UNIT);
        let wanted = (self.filter, self.search.trim().to_lowercase());
        if cache.shown.of.as_ref() != Some(&wanted) {
            cache.shown = Shown { rows: listed(&cache.rows, wanted.0, &wanted.1), of: Some(wanted) };
        }
        if cache.shown.rows.is_empty() {
            ui.label(theme::soft(text::COHORT_NONE));
            return;
        }
        let chosen = bench.selection().patient;
        table(ui, cache, |row| Some(row.patient) == chosen, keys, out);
    }

    fn refresh(&mut self, bench: &Workbench) {
        let Some(desk) = bench.desk() else { return };
        let of = (desk.revision(), bench.today(), bench.shows_archived());
        if self.cache.as_ref().is_some_and(|cache| cache.of == of) {
            return;
        }
        let rows = bench.cohort_rows();
        let counts = CohortFilter::ALL.map(|filter| (filter, rows.iter().filter(|row| row.is(filter)).count()));
        let words = outcome_words(&rows);
        let shown = Shown { of: None, rows: Vec::new() };
        self.cache = Some(Cache { of, rows, counts: counts.into(), words, shown });
    }
}

/// "12 lesions: 7 complete, 2 local tumour progression".
fn outcome_words(rows: &[CohortRow]) -> String {
    let mut words: BTreeMap<Word, usize> = BTreeMap::new();
    for (_, word) in rows.iter().flat_map(|row| &row.lesions) {
        *words.entry(*word).or_default() += 1;
    }
    let all: usize = words.values().sum();
    let told = words.iter().map(|(word, count)| match word {
        Word::None => format!("{count} without an answer"),
        word => format!("{count} {}", crate::workbench::words::small(word.words())),
    });
    let lesions = if all == 1 { "lesion" } else { "lesions" };
    let told = told.collect::<Vec<_>>().join(", ");
    if all == 0 { format!("No {lesions} yet") } else { format!("{all} {lesions}: {told}") }
}

/// The rows of a filter whose code, lesions or attention hold every word.
fn listed(rows: &[CohortRow], filter: Option<CohortFilter>, words: &str) -> Vec<usize> {
    let words: Vec<&str> = words.split_whitespace().collect();
    let fits = |row: &CohortRow| {
        if !filter.is_none_or(|filter| row.is(filter)) {
            return false;
        }
        if words.is_empty() {
            return true;
        }
        let lesions = row.lesions.iter().map(|(label, word)| format!("{label} {}", word.words()));
        let dates = row.visits.iter().map(|visit| visit.date.clone());
        let all: Vec<String> = lesions.chain(dates).chain(row.attention.iter().cloned()).collect();
        let all = format!("{} {}", row.code, all.join(" ")).to_lowercase();
        words.iter().all(|word| all.contains(word))
    };
    rows.iter().enumerate().filter(|(_, row)| fits(row)).map(|(n, _)| n).collect()
}

fn table(ui: &mut Ui, cache: &Cache, is_chosen: impl Fn(&CohortRow) -> bool, keys: &KeyMap, out: &mut Outbox) {
    ui.spacing_mut().item_spacing = vec2(14.0, 0.0);
    let rest = (ui.available_width() - 92.0 - 118.0 - 150.0 - 5.0 * 14.0 - 12.0).max(300.0);
    let widths = [92.0, 118.0, rest * 0.72, 150.0, rest * 0.28];
    let mut builder =
        TableBuilder::new(ui).id_salt("cohort").auto_shrink(false).cell_layout(Layout::left_to_right(Align::Center));
    for width in widths {
        builder = builder.column(Column::exact(width).clip(true));
    }
    let table = builder.header(24.0, |mut header| {
        for head in text::COHORT_HEADS {
            header.col(|ui| {
                ui.label(theme::caption(head));
            });
        }
    });
    table.body(|mut body| {
        let seen = body.ui_mut().clip_rect();
        body.rows(ROW_HEIGHT, cache.shown.rows.len(), |mut table_row| {
            let at = cache.shown.rows.get(table_row.index());
            let Some(row) = at.and_then(|n| cache.rows.get(*n)) else { return };
            table_row.set_selected(is_chosen(row));
            table_row.col(|ui| {
                row_line(ui, seen);
                let link = ui.add(Button::new(coloured(&row.code, colour::ACCENT)).frame(false));
                let tip = super::widgets::tooltip(text::OPEN_PATIENT, &keys.words(Command::ShowReading));
                if link.accessible_name(text::open_patient(&row.code)).on_hover_text(tip).clicked() {
                    out.ask(Request::SelectPatient(row.patient));
                    out.command(Command::ShowReading);
                }
            });
            table_row.col(|ui| lesions(ui, row));
            table_row.col(|ui| visits(ui, row, out));
            table_row.col(|ui| next_scan(ui, row));
            table_row.col(|ui| {
                let words = row.attention.join(", ");
                if !words.is_empty() {
                    ui.add(Label::new(coloured(&words, colour::WARN)).truncate())
                        .on_hover_text(row.attention.join("\n"));
                }
            });
        });
    });
}

/// A dot for each lesion in the colour of its word; the tooltip has the words.
fn lesions(ui: &mut Ui, row: &CohortRow) {
    let words: Vec<String> = row.lesions.iter().map(|(label, word)| format!("{label} {}", word.words())).collect();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 20.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words.join(", ")));
    let painter = ui.painter().with_clip_rect(rect);
    for (n, (label, word)) in row.lesions.iter().enumerate() {
        let left = rect.left_center() + vec2(38.0 * n as f32, 0.0);
        painter.circle_filled(left + vec2(4.0, 0.0), 4.0, word_colour(*word));
        let at = left + vec2(11.0, 0.0);
        painter.text(at, Align2::LEFT_CENTER, label, theme::font(theme::SMALL), colour::SOFT);
    }
    response.on_hover_text(words.join("\n"));
}

/// A visit's state in a word and a colour.
fn state_words(visit: &CohortVisit) -> (String, Color32) {
    let (words, tint) = match visit.state {
        VisitState::Baseline => ("before".to_owned(), colour::SOFT),
        VisitState::Open => ("imaged".to_owned(), colour::SOFT),
        VisitState::Reading { answered: 0, .. } => ("to read".to_owned(), colour::ACCENT),
        VisitState::Reading { answered, of } if answered < of => (format!("{answered} of {of}"), colour::ACCENT),
        VisitState::Reading { .. } => ("to sign".to_owned(), colour::WARN),
        VisitState::Signed => ("signed".to_owned(), colour::GOOD),
        VisitState::Hidden => ("hidden".to_owned(), colour::FAINT),
    };
    if visit.parked > 0 { ("put aside".to_owned(), colour::WARN) } else { (words, tint) }
}

fn visits(ui: &mut Ui, row: &CohortRow, out: &mut Outbox) {
    ui.spacing_mut().item_spacing.x = 6.0;
    let most = ((ui.available_width() + 6.0) / (CHIP + 6.0)).floor().max(1.0) as usize;
    let shown = if row.visits.len() > most { most - 1 } else { row.visits.len() };
    // The latest are what is asked about; the earliest ones stand aside.
    let left_out = row.visits.len() - shown;
    if left_out > 0 {
        let before: Vec<String> =
            row.visits.iter().take(left_out).map(|v| format!("{} {}", v.date, state_words(v).0)).collect();
        ui.label(theme::small(text::more_visits(left_out))).on_hover_text(before.join("\n"));
    }
    for visit in row.visits.iter().skip(left_out) {
        let (words, tint) = state_words(visit);
        let (rect, response) = ui.allocate_exact_size(vec2(CHIP, 26.0), Sense::click());
        let name = format!("{} visit {}: {words}", row.code, visit.date);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name.as_str()));
        let fill = if response.hovered() { colour::HOVER } else { colour::RAISED };
        let edge = if response.has_focus() { colour::ACCENT } else { fill };
        let painter = ui.painter().with_clip_rect(rect);
        painter.rect(rect, theme::RADIUS, fill, Stroke::new(1.0, edge), StrokeKind::Inside);
        painter.circle_filled(rect.left_center() + vec2(10.0, 0.0), 4.0, tint);
        let lead = if visit.days.is_empty() { visit.date.as_str() } else { visit.days.as_str() };
        let small = theme::font(theme::SMALL);
        let at = rect.left_center() + vec2(19.0, 0.0);
        let lead = painter.text(at, Align2::LEFT_CENTER, lead, small.clone(), colour::TEXT);
        let room = painter.with_clip_rect(rect.with_min_x(lead.right() + 4.0).shrink2(vec2(4.0, 0.0)));
        let at = rect.right_center() - vec2(7.0, 0.0);
        room.text(at, Align2::RIGHT_CENTER, &words, small, tint);
        let report = if visit.report_only { ", known from a report only" } else { "" };
        if response.on_hover_text(format!("{} {}: {words}{report}", visit.date, visit.days)).clicked() {
            out.ask(Request::SelectPatient(row.patient));
            out.ask(Request::SelectVisit(visit.visit));
            out.command(Command::ShowReading);
        }
    }
}

/// The scan that is due, or comes next.
fn next_scan(ui: &mut Ui, row: &CohortRow) {
    let Some(next) = row.next else { return };
    let (words, tint) = match next.state {
        ScanState::Due => (format!("due {}", next.target), colour::ACCENT),
        ScanState::NotYet | ScanState::Missed => (format!("{}", next.target), colour::SOFT),
    };
    let tip = format!("{}: from {} to {}", next.time_point, next.opens, next.ends);
    ui.add(Label::new(coloured(words, tint)).truncate()).on_hover_text(tip);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::testing::{bench_with_reading, second_visit, settle, sign};

    #[test]
    fn a_patient_goes_from_read_to_signed() {
        let (mut bench, _folder) = bench_with_reading();
        let rows = bench.cohort_rows();
        assert_eq!(rows.len(), 1);
        let states: Vec<String> = rows[0].visits.iter().map(|visit| state_words(visit).0).collect();
        assert_eq!(states, ["before", "to sign"]);
        assert!(rows[0].is(CohortFilter::ToSign) && !rows[0].is(CohortFilter::Done));
        // Treated on 3 February, scanned on 10 March (day 35); on 1 June the scan of 3 months is due.
        let next = rows[0].next.unwrap();
        assert_eq!((next.state, next.target.to_string().as_str()), (ScanState::Due, "2026-05-05"));
        sign(&mut bench);
        let rows = bench.cohort_rows();
        assert!(rows[0].is(CohortFilter::Done) && !rows[0].is(CohortFilter::ToSign));
        assert_eq!(outcome_words(&rows), "1 lesion: 1 complete");
        let visit = second_visit(&bench);
        bench.ask(Request::SelectVisit(visit));
        bench.ask(Request::Park("ask the surgeon".into()));
        settle(&mut bench);
        let rows = bench.cohort_rows();
        assert!(rows[0].is(CohortFilter::Parked) && rows[0].is(CohortFilter::Attention), "{:?}", bench.notices());
        assert_eq!(listed(&rows, None, "p001 complete"), [0]);
        assert!(listed(&rows, None, "p002").is_empty());
        assert!(listed(&rows, Some(CohortFilter::ToRead), "").is_empty());
    }

    #[test]
    fn a_study_without_a_date_says_so_everywhere() {
        let (bench, _folder) = crate::app::testing::bench_with_undated_images();
        let document = bench.document().unwrap();
        let visit = bench.visits()[0];
        assert!(document.is_undated(visit.id));
        assert_eq!(bench.visit_date(visit.id), "date not known");
        let title = (0..2).find_map(|pane| bench.pane_title(pane)).unwrap();
        assert!(title.visit.ends_with("date not known") && title.time.is_empty(), "{title:?}");
        let rows = bench.cohort_rows();
        assert_eq!(rows[0].visits[0].date, "date not known");
        assert_eq!(rows[0].attention, ["a scan without a date"]);
        assert!(!bench.notices().iter().any(|notice| notice.text.contains("was put on today")));
    }
}
