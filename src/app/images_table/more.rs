//! What is done with a stack beside role and visit: chosen to be merged, taken apart, given to another patient.

use super::lines::{Lines, StackLine};
use crate::app::Outbox;
use crate::app::text::whose as text;
use crate::app::theme;
use crate::clinical::{PatientId, StackKey};
use crate::dicom::SplitBy;
use crate::workbench::words::capital;
use crate::workbench::{Regroup, Request, Whose, Workbench};
use eframe::egui::containers::menu::{MenuButton, SubMenuButton};
use eframe::egui::{Button, ScrollArea, Ui, vec2};
use std::collections::BTreeSet;

/// The box that chooses a stack to be merged.
pub(super) fn choose(ui: &mut Ui, line: &StackLine, chosen: &mut BTreeSet<StackKey>) {
    let mut on = chosen.contains(&line.stack);
    let response = ui.checkbox(&mut on, "").accessible_name(text::choose_stack(&line.name));
    if response.on_hover_text(text::MERGE_STACKS_TOOLTIP).changed() {
        if on {
            chosen.insert(line.stack);
        } else {
            chosen.remove(&line.stack);
        }
    }
}

/// What can be done with the stacks that were chosen; nothing where none was.
pub(super) fn merge_bar(ui: &mut Ui, chosen: &mut BTreeSet<StackKey>, read_only: Option<&str>, out: &mut Outbox) {
    if chosen.is_empty() {
        return;
    }
    ui.add_space(2.0 * theme::UNIT);
    ui.label(theme::soft(text::chosen(chosen.len())));
    let ready = chosen.len() > 1 && read_only.is_none();
    let merge = ui.add_enabled(ready, Button::new(text::MERGE_STACKS)).on_hover_text(text::MERGE_STACKS_TOOLTIP);
    let why_not = read_only.unwrap_or(text::CHOOSE_TWO);
    if merge.on_disabled_hover_text(why_not).clicked() {
        out.ask(Request::Regroup(Regroup::Merge(chosen.iter().copied().collect())));
        chosen.clear();
    }
    if ui.button(text::UNCHOOSE).clicked() {
        chosen.clear();
    }
}

/// The menu of a row.
pub(super) fn menu(ui: &mut Ui, line: &StackLine, lines: &Lines, bench: &Workbench, out: &mut Outbox) {
    let writable = bench.desk().is_some_and(|desk| desk.read_only().is_none());
    ui.add_enabled_ui(writable, |ui| {
        let button = Button::new("\u{2026}").small().min_size(vec2(22.0, 18.0));
        let (response, _) = MenuButton::from_button(button).ui(ui, |ui| {
            SubMenuButton::new(text::THIS_SERIES_TO).ui(ui, |ui| {
                if let Some(to) = patients(ui, line, lines) {
                    out.ask(Request::Whose(Whose::MoveStack { stack: line.stack, to }));
                }
            });
            SubMenuButton::new(text::THE_STUDY_TO).ui(ui, |ui| {
                if let Some(to) = patients(ui, line, lines) {
                    out.ask(Request::Whose(Whose::MoveStudy { study: line.study_uid.clone(), to }));
                }
            });
            SubMenuButton::new(text::SPLIT).ui(ui, |ui| {
                for by in SplitBy::ALL {
                    if ui.button(capital(by.words())).clicked() {
                        out.ask(Request::Regroup(Regroup::Split { stack: line.stack, by }));
                        ui.close();
                    }
                }
            });
        });
        response.accessible_name(text::more_for(&line.name)).on_hover_text(text::MORE_TOOLTIP);
    });
}

/// The other patients, and a new one.
fn patients(ui: &mut Ui, line: &StackLine, lines: &Lines) -> Option<Option<PatientId>> {
    let mut chosen = None;
    ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
        for (patient, code) in lines.patients.iter().filter(|(patient, _)| *patient != line.patient) {
            if ui.button(code).clicked() {
                chosen = Some(Some(*patient));
            }
        }
        if ui.button(text::NEW_PATIENT).clicked() {
            chosen = Some(None);
        }
    });
    if chosen.is_some() {
        ui.close();
    }
    chosen
}
