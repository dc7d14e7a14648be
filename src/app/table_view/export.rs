//! Where the tables are written and how their dates are written. A control that cannot be used says why.

use crate::app::command::Command;
use crate::app::keys::KeyMap;
use crate::app::widgets::{self, caption, primary_button};
use crate::app::{Outbox, text, theme};
use crate::export::Dates;
use crate::workbench::{Request, Workbench};
use eframe::egui::{Key, Label, TextEdit, Ui, vec2};
use std::path::{Path, PathBuf};

/// The path as typed.
#[derive(Debug, Default)]
pub(super) struct ExportForm {
    path: String,
}

impl ExportForm {
    /// Draws the form.
    pub(super) fn show(&mut self, ui: &mut Ui, bench: &Workbench, keys: &KeyMap, dates: &mut Dates, out: &mut Outbox) {
        let Some(desk) = bench.desk() else { return };
        caption(ui, text::WRITE_TABLES);
        ui.horizontal(|ui| {
            ui.radio_value(dates, Dates::Iso, text::ISO_DATES).on_hover_text(text::ISO_DATES_TOOLTIP);
            ui.radio_value(dates, Dates::DaysSinceFirstAblation, text::DAYS_SINCE)
                .on_hover_text(text::DAYS_SINCE_TOOLTIP);
        });
        let field = TextEdit::singleline(&mut self.path).hint_text(text::EXPORT_HINT).desired_width(f32::INFINITY);
        let field = ui.add(field).accessible_name(text::EXPORT_TO).on_hover_text(text::EXPORT_NEEDS_PATH);
        let target = target(&self.path, desk.path());
        let where_to = target.as_deref().map_or_else(|| text::EXPORT_NEEDS_PATH.to_owned(), text::writes_to);
        ui.add(Label::new(theme::small(where_to.as_str())).truncate()).on_hover_text(where_to.as_str());
        let no_lesion = desk.document().lesions().next().is_none().then_some(text::EXPORT_NEEDS_LESION);
        let why_not = no_lesion.or(target.is_none().then_some(text::EXPORT_NEEDS_PATH));
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let clicked = ui.horizontal(|ui| {
            let choose = widgets::labelled_command(ui, Command::Export, text::CHOOSE_FOLDER, keys, no_lesion, out);
            let size = vec2(ui.available_width(), choose.rect.height());
            let button = primary_button(ui, size, text::EXPORT, "", why_not.is_none());
            button.on_hover_text(why_not.unwrap_or(text::EXPORT_TOOLTIP)).clicked()
        });
        if let Some(path) = target.filter(|_| why_not.is_none() && (clicked.inner || entered)) {
            out.ask(Request::Export { path, dates: *dates });
        }
    }
}

/// Where a typed path points to: "~/" is the home folder, and a relative one starts beside the project.
fn target(typed: &str, project: &Path) -> Option<PathBuf> {
    let typed = typed.trim();
    if typed.is_empty() {
        return None;
    }
    let home = || directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned());
    if let Some((rest, home)) = typed.strip_prefix("~/").zip(home()) {
        return Some(home.join(rest));
    }
    Some(project.parent().map_or_else(|| PathBuf::from(typed), |folder| folder.join(typed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_path_starts_beside_the_project() {
        let project = Path::new("/study/liver.ablation");
        assert_eq!(target("  ", project), None);
        assert_eq!(target(" tables ", project), Some(PathBuf::from("/study/tables")));
        assert_eq!(target("/else/where.csv", project), Some(PathBuf::from("/else/where.csv")));
        let home = directories::BaseDirs::new().unwrap().home_dir().to_owned();
        assert_eq!(target("~/t.csv", project), Some(home.join("t.csv")));
    }
}
