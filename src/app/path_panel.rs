//! A path field for commands that ask for a file or folder. It stands beside the system's dialog, which gives no
//! answer where no desktop portal runs. On the start screen a field is there already.

use super::dialogs::{self, DialogKind, Dialogs};
use super::text;
use super::theme::{self, colour};
use super::widgets;
use eframe::egui::{self, Align2, Area, Button, Frame, Key, Margin, Order, Stroke, TextEdit, Ui, vec2};
use std::path::{Path, PathBuf};

/// The panel's own state.
#[derive(Debug, Default)]
pub struct PathPanel {
    kind: Option<DialogKind>,
    path: String,
    just_opened: bool,
}

impl PathPanel {
    /// Whether it is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.kind.is_some()
    }

    /// Opens it for something; a new file is looked for in this folder first.
    pub fn open(&mut self, kind: DialogKind, folder: Option<&Path>) {
        let folder = folder.filter(|_| matches!(kind, DialogKind::SaveAs | DialogKind::NewProject));
        let path = folder.map_or_else(String::new, |folder| folder.join("").display().to_string());
        *self = Self { kind: Some(kind), path, just_opened: true };
    }

    /// Closes it.
    pub fn close(&mut self) {
        self.kind = None;
    }

    /// Draws it; the path once it is given.
    pub fn show(&mut self, ui: &Ui, dialogs: &mut dyn Dialogs) -> Option<(DialogKind, PathBuf)> {
        let kind = self.kind?;
        let (mut given, mut close) = (false, false);
        let area = Area::new(egui::Id::unique("path")).order(Order::Foreground);
        area.anchor(Align2::CENTER_TOP, vec2(0.0, 64.0)).show(ui.ctx(), |ui| {
            let frame = Frame::new().fill(colour::PANEL).stroke(Stroke::new(1.0, colour::LINE));
            frame.corner_radius(theme::RADIUS).inner_margin(Margin::same(16)).show(ui, |ui| {
                ui.set_width(580.0);
                ui.label(theme::title(dialogs::title(kind)));
                let field = TextEdit::singleline(&mut self.path).hint_text(text::PATH_HINT);
                let field = ui.add(field.desired_width(f32::INFINITY)).accessible_name(text::PATH_FIELD);
                if std::mem::take(&mut self.just_opened) {
                    field.request_focus();
                }
                given = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                ui.add_space(theme::UNIT);
                ui.horizontal(|ui| {
                    let whole = is_whole(kind, &self.path);
                    given |= widgets::primary_button(ui, vec2(120.0, 30.0), text::PATH_GO, "", whole).clicked();
                    if ui.add(Button::new(text::safety::CHOOSE_FILE)).clicked() {
                        dialogs.ask(kind);
                    }
                    close = ui.button(text::CANCEL).clicked();
                });
            });
        });
        let given = given && is_whole(kind, &self.path);
        if given || close {
            self.close();
        }
        given.then(|| (kind, PathBuf::from(self.path.trim())))
    }
}

/// Whether a path can be meant: a new file needs a name.
fn is_whole(kind: DialogKind, path: &str) -> bool {
    let path = path.trim();
    let is_new = matches!(kind, DialogKind::SaveAs | DialogKind::NewProject);
    !(path.is_empty() || is_new && path.ends_with(std::path::is_separator))
}
