//! The pictures kept with an answer.

use crate::app::Outbox;
use crate::app::text::looking as text;
use crate::app::widgets;
use crate::workbench::{PaneLook, Request, Workbench};
use eframe::egui::{Align, Button, Layout, Ui};

/// A line for each, that shows it again; nothing where none is kept.
pub(super) fn show(ui: &mut Ui, bench: &Workbench, may_change: bool, out: &mut Outbox) {
    let all = bench.key_pictures();
    if all.is_empty() {
        return;
    }
    widgets::caption(ui, text::KEPT);
    for (n, picture) in all.iter().enumerate() {
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let drop = ui.add_enabled(may_change, Button::new("\u{d7}").small());
                let drop = drop.on_hover_text(text::LET_GO);
                if drop.accessible_name(format!("{} {}", text::LET_GO, n + 1)).clicked() {
                    out.ask(Request::Look(PaneLook::LetGo(*picture)));
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let words = format!("{}. {}", n + 1, bench.key_picture_words(picture));
                    let again = ui.add(Button::new(words).truncate().frame(false)).on_hover_text(text::SHOW_AGAIN);
                    if again.clicked() {
                        out.ask(Request::Look(PaneLook::Again(*picture)));
                    }
                });
            });
        });
    }
}
