//! The menu of windows of a pane: a click with the right button, where a drag sets the window.

use crate::app::theme::{self, colour};
use crate::app::{Outbox, text, widgets};
use crate::dicom::Suv;
use crate::volume::presets;
use crate::workbench::room::Shown;
use crate::workbench::{Request, Workbench};
use eframe::egui::{Button, Label, Response, Ui};

/// The named windows for the pane's unit, those that its file brings, and the one from its values.
pub(super) fn menu(response: &Response, pane: usize, shown: &Shown, bench: &Workbench, out: &mut Outbox) {
    response.context_menu(|ui| {
        let Some(info) = bench.info_of(shown.stack) else { return };
        for (n, preset) in presets(info.unit).iter().enumerate() {
            let key = if n < 9 { (n + 1).to_string() } else { String::new() };
            let values = super::overlay::window_words(preset.window, info.unit);
            if ui.add(Button::new(preset.name).shortcut_text(format!("{values}   {key}"))).clicked() {
                out.ask(Request::Preset { pane, id: preset.id });
                ui.close();
            }
        }
        if !presets(info.unit).is_empty() && !info.windows.is_empty() {
            ui.separator();
        }
        for (n, window) in info.windows.iter().enumerate() {
            let key = if n == 0 { text::FILE_WINDOW_KEY } else { "" };
            let button = Button::new(text::file_window(n, &window.name)).shortcut_text(key);
            if ui.add(button).on_hover_text(text::FILE_WINDOW).clicked() {
                out.ask(Request::FileWindow { pane, index: n });
                ui.close();
            }
        }
        if !presets(info.unit).is_empty() || !info.windows.is_empty() {
            ui.separator();
        }
        if ui.add(Button::new(text::AUTO_WINDOW).shortcut_text("0")).clicked() {
            out.ask(Request::AutoWindow(pane));
            ui.close();
        }
        super::looks::menu(ui, pane, shown, bench, out);
        if let Some(suv) = &info.suv {
            ui.separator();
            uptake(ui, suv);
        }
    });
}

/// What SUV was made of, or why there is none.
fn uptake(ui: &mut Ui, suv: &Suv) {
    match suv {
        Suv::From(inputs) => {
            for (label, value) in inputs.lines() {
                ui.label(theme::small(format!("{label} {value}")));
            }
        }
        none @ Suv::None { .. } => {
            ui.set_max_width(320.0);
            ui.add(Label::new(widgets::coloured(none.to_string(), colour::WARN)).wrap());
        }
    }
}
