//! All stacks with role and visit, each with its reason, in one table; and what was skipped.

use super::Outbox;
use crate::workbench::Workbench;
use eframe::egui::Ui;

/// Draws the screen.
pub fn show(ui: &mut Ui, bench: &Workbench, out: &mut Outbox) {
    let _ = (ui, bench, out);
}
