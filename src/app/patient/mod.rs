//! Patient, lesions, sessions and events: forms with the field's terms, each change one edit.

use super::Outbox;
use super::keys::KeyMap;
use crate::workbench::Workbench;
use eframe::egui::Ui;

/// The patient screen's own state: what is being typed.
#[derive(Debug, Default)]
pub struct PatientScreen {}

impl PatientScreen {
    /// Draws the screen.
    pub fn show(&mut self, ui: &mut Ui, bench: &Workbench, keys: &KeyMap, out: &mut Outbox) {
        let _ = (ui, bench, keys, out);
    }
}
