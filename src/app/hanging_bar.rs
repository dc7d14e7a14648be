//! The bar over the panes: which hanging, how many panes, in which order of time, and what moves together.

use super::command::Command;
use super::keys::KeyMap;
use super::text::hanging as words;
use super::theme::{self, colour};
use super::{Outbox, widgets};
use crate::hanging::{Hanging, Layout};
use crate::workbench::{Hang, Joining, Request, Workbench};
use eframe::egui::containers::menu::MenuButton;
use eframe::egui::{Align, Button, Key, Label, RichText, TextEdit, Ui, vec2};

/// The bar's own state: a name being typed.
#[derive(Debug, Default)]
pub struct HangingBar {
    name: String,
}

/// The command behind each hanging of the program.
const COMMANDS: [(Hanging, Command); 7] = [
    (Hanging::FollowUp, Command::HangFollowUp),
    (Hanging::TimeCourse, Command::HangTimeCourse),
    (Hanging::Phases, Command::HangPhases),
    (Hanging::Planes, Command::HangPlanes),
    (Hanging::Mri, Command::HangMri),
    (Hanging::PetCt, Command::HangPetCt),
    (Hanging::Subtraction, Command::HangSubtraction),
];

impl HangingBar {
    /// Draws the bar.
    pub fn show(&mut self, ui: &mut Ui, bench: &Workbench, keys: &KeyMap, out: &mut Outbox) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            self.hangings(ui, bench, keys, out);
            layouts(ui, bench, out);
            let mut latest = bench.latest_first();
            let turn = ui.selectable_label(latest, theme::small(words::LATEST_FIRST));
            if turn.on_hover_text(words::LATEST_FIRST_TOOLTIP).clicked() {
                latest = !latest;
                out.ask(Request::Hang(Hang::LatestFirst(latest)));
            }
            ui.with_layout(eframe::egui::Layout::right_to_left(Align::Center), |ui| together(ui, bench, keys, out));
        });
    }

    fn hangings(&mut self, ui: &mut Ui, bench: &Workbench, keys: &KeyMap, out: &mut Outbox) {
        let label = words::hanging(bench.hanging().name());
        let button = Button::new(widgets::opening(bench.hanging().name()));
        let (response, _) = MenuButton::from_button(button).ui(ui, |ui| {
            ui.set_min_width(250.0);
            for (hanging, command) in COMMANDS {
                let row = Button::new(hanging.name())
                    .shortcut_text(keys.words(command))
                    .selected(*bench.hanging() == hanging);
                if ui.add(row).on_hover_text(command.info().tooltip).clicked() {
                    out.command(command);
                    ui.close();
                }
            }
            ui.separator();
            ui.label(theme::caption(words::OWN));
            let own = bench.own_hangings();
            if own.is_empty() {
                ui.add(Label::new(theme::small(words::NO_OWN)).wrap());
            }
            for hanging in own {
                ui.horizontal(|ui| {
                    let this = Hanging::Own(hanging.clone());
                    let row = Button::new(hanging.name.as_str()).selected(*bench.hanging() == this);
                    if ui.add(row).clicked() {
                        out.ask(Request::Hang(Hang::Use(this)));
                        ui.close();
                    }
                    let delete = ui.add(Button::new("\u{00d7}").small()).accessible_name(words::delete(&hanging.name));
                    if delete.on_hover_text(words::delete(&hanging.name)).clicked() {
                        out.ask(Request::Hang(Hang::Delete(hanging.name.clone())));
                    }
                });
            }
            self.keep(ui, out);
        });
        widgets::opens(ui, &response);
        response.accessible_name(label);
    }

    fn keep(&mut self, ui: &mut Ui, out: &mut Outbox) {
        ui.horizontal(|ui| {
            let field = TextEdit::singleline(&mut self.name).hint_text(words::NAME).desired_width(120.0).char_limit(40);
            let field = ui.add(field).accessible_name(words::NAME);
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            let keep = ui.add_enabled(!self.name.trim().is_empty(), Button::new(words::KEEP));
            if (keep.clicked() || entered) && !self.name.trim().is_empty() {
                out.ask(Request::Hang(Hang::Keep(std::mem::take(&mut self.name))));
                ui.close();
            }
        });
    }
}

/// Rows and columns: a picture of nine panes to pick from.
fn layouts(ui: &mut Ui, bench: &Workbench, out: &mut Outbox) {
    let now = bench.layout();
    let button = Button::new(widgets::opening(&now.words()));
    let (response, _) = MenuButton::from_button(button).ui(ui, |ui| {
        ui.set_min_width(160.0);
        for row in 1..=3 {
            ui.horizontal(|ui| {
                for column in 1..=3 {
                    let layout = Layout::new(row, column);
                    let inside = row <= now.rows() && column <= now.columns();
                    let fill = if inside { colour::CHOSEN } else { colour::RAISED };
                    let cell = Button::new(theme::small(layout.words())).min_size(vec2(46.0, 34.0)).fill(fill);
                    if ui.add(cell).accessible_name(words::pick_layout(&layout.words())).clicked() {
                        out.ask(Request::Hang(Hang::Layout(Some(layout))));
                        ui.close();
                    }
                }
            });
        }
        if ui.button(words::AS_HUNG).clicked() {
            out.ask(Request::Hang(Hang::Layout(None)));
            ui.close();
        }
    });
    widgets::opens(ui, &response);
    response.accessible_name(words::layout(&now.words()));
}

/// What moves together; from the right.
fn together(ui: &mut Ui, bench: &Workbench, keys: &KeyMap, out: &mut Outbox) {
    let now = bench.together();
    let linked = bench.linked();
    let parts = [
        (words::WINDOW, words::WINDOW_TOOLTIP, now.window, Joining::Window(!now.window), true),
        (words::PAN, words::PAN_TOOLTIP, now.pan, Joining::Pan(!now.pan), linked),
        (words::ZOOM, words::ZOOM_TOOLTIP, now.zoom, Joining::Zoom(!now.zoom), linked),
    ];
    for (label, tip, on, ask, holds) in parts {
        let on_now = on && holds;
        let words = RichText::new(label).font(theme::font(theme::SMALL));
        let chip = ui.selectable_label(on_now, words.color(if on_now { colour::TEXT } else { colour::WARN }));
        if chip.accessible_name(format!("{} {label}", words::LINK.trim_end_matches(':'))).on_hover_text(tip).clicked() {
            out.ask(Request::Join(ask));
        }
    }
    let words = RichText::new(words::SLICES).font(theme::font(theme::SMALL));
    let chip = ui.selectable_label(linked, words.color(if linked { colour::TEXT } else { colour::WARN }));
    let tip = widgets::tooltip(words::SLICES_TOOLTIP, &keys.words(Command::ToggleLink));
    if chip.accessible_name("Linked slices").on_hover_text(tip).clicked() {
        out.command(Command::ToggleLink);
    }
    let lead = if linked { words::LINK } else { words::LINK_BROKEN };
    ui.label(widgets::coloured(lead, if linked { colour::SOFT } else { colour::WARN }));
}
