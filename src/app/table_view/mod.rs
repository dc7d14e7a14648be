//! The lesion table on screen, efficacy with n/N and intervals, who is left out and why, and export.

mod efficacy;
mod export;
mod grid;

use super::keys::KeyMap;
use super::theme;
use super::{Outbox, text};
use crate::clinical::Date;
use crate::export::{Dates, Options, tables};
use crate::project::Document;
use crate::workbench::{Request, Workbench};
use efficacy::EfficacyView;
use eframe::egui::{CentralPanel, Frame, Margin, Panel, ScrollArea, Ui};
use export::ExportForm;
pub(in crate::app) use grid::open_lesion;
use grid::{About, TableView};
use std::path::PathBuf;

/// The table screen's own state: which table, where to write, and how dates are written.
#[derive(Debug, Default)]
pub struct TableScreen {
    dates: Dates,
    shown: usize,
    all_columns: bool,
    export: ExportForm,
    cache: Option<Cache>,
}

/// What is shown, worked out once a change.
#[derive(Debug)]
struct Cache {
    of: (u64, Dates, Date, bool),
    tables: Vec<TableView>,
    efficacy: EfficacyView,
}

/// Width of the right side.
const SIDE_WIDTH: f32 = 344.0;
/// The same in a narrow window.
const SIDE_NARROW: f32 = 288.0;

impl TableScreen {
    /// Draws the screen.
    pub fn show(&mut self, ui: &mut Ui, bench: &Workbench, keys: &KeyMap, out: &mut Outbox) {
        self.refresh(ui, bench);
        let Some(Cache { tables, efficacy, .. }) = &self.cache else { return };
        let side = Frame::new().inner_margin(Margin { left: 20, ..Margin::ZERO });
        let width = if ui.available_width() < 1400.0 { SIDE_NARROW } else { SIDE_WIDTH };
        Panel::right("table side").frame(side).resizable(false).exact_size(width).show(ui, |ui| {
            let form = Frame::new().inner_margin(Margin { top: 8, ..Margin::ZERO });
            Panel::bottom("export").frame(form).resizable(false).show(ui, |ui| {
                self.export.show(ui, bench, keys, &mut self.dates, out);
            });
            CentralPanel::no_frame().show(ui, |ui| {
                ScrollArea::vertical().auto_shrink(false).show(ui, |ui| efficacy.show(ui, out));
            });
        });
        CentralPanel::no_frame().show(ui, |ui| {
            ui.horizontal_wrapped(|ui| {
                for (n, table) in tables.iter().enumerate() {
                    if ui.selectable_label(self.shown == n, table.title()).clicked() {
                        self.shown = n;
                    }
                }
            });
            let Some(table) = tables.get(self.shown) else { return };
            ui.horizontal(|ui| {
                ui.label(theme::small(table.summary()));
                if bench.left_out_archived() > 0 {
                    ui.label(theme::small(text::whose::not_counted(bench.left_out_archived())));
                }
                if table.has_essentials() {
                    ui.add_space(2.0 * theme::UNIT);
                    ui.checkbox(&mut self.all_columns, text::ALL_COLUMNS).on_hover_text(text::ALL_COLUMNS_TOOLTIP);
                }
            });
            if let Some(words) = table.hidden() {
                ui.label(theme::small(words));
            }
            ui.add_space(theme::UNIT);
            table.show(ui, self.all_columns, out);
        });
    }

    /// The request that writes the tables to a path, with the dates as chosen here.
    #[must_use]
    pub fn export_to(&self, path: PathBuf) -> Request {
        Request::Export { path, dates: self.dates }
    }

    fn refresh(&mut self, ui: &Ui, bench: &Workbench) {
        let Some(desk) = bench.desk() else { return };
        let today = bench.today();
        let of = (desk.revision(), self.dates, today, bench.shows_archived());
        if self.cache.as_ref().is_some_and(|cache| cache.of == of) {
            return;
        }
        let Some(counted) = bench.counted() else { return };
        let document = &counted;
        let every = tables(document, Options { dates: self.dates, today });
        let listed = text::TABLES.iter().filter_map(|(name, title)| {
            every
                .iter()
                .find(|table| table.name == *name)
                .map(|table| TableView::new(ui, table, title, document, &|about| is_hidden(bench, document, about)))
        });
        self.cache = Some(Cache { of, tables: listed.collect(), efficacy: EfficacyView::new(bench, document) });
    }
}

/// Whether a row is hidden while its patient is read in time order: what comes after the visit that is read would tell
/// how it went on.
fn is_hidden(bench: &Workbench, document: &Document, about: About) -> bool {
    match about {
        About::Visit(visit) => bench.is_hidden(visit),
        About::Session(session) => {
            let Some(session) = document.session(session) else { return false };
            let (hidden, open): (Vec<_>, Vec<_>) =
                document.visits_of(session.patient).into_iter().partition(|visit| bench.is_hidden(visit.id));
            !hidden.is_empty() && open.iter().all(|visit| visit.date < session.date)
        }
    }
}

#[cfg(test)]
mod tests;
