//! Putting a reading aside with what is to be asked, and taking it up again.

use crate::app::Outbox;
use crate::app::command::Command;
use crate::app::keys::KeyMap;
use crate::app::text::flow as text;
use crate::app::theme::{self, colour};
use crate::app::widgets::{coloured, tooltip};
use crate::clinical::{LesionId, VisitId};
use crate::workbench::{Request, Step, Workbench};
use eframe::egui::{Frame, Key, Label, Margin, TextEdit, Ui};

/// The question that is typed.
#[derive(Debug, Default)]
pub(super) struct Aside {
    of: Option<(LesionId, VisitId)>,
    words: String,
    just_opened: bool,
}

impl Aside {
    /// Asks for the chosen lesion and visit.
    pub(super) fn open(&mut self, bench: &Workbench) {
        let of = bench.selection().lesion.zip(bench.selection().visit);
        let park = of.zip(bench.document()).and_then(|((lesion, visit), document)| document.park(lesion, visit));
        *self = Self { of, words: park.map(|park| park.text.clone()).unwrap_or_default(), just_opened: true };
    }

    /// What is typed and not in the project yet.
    pub(super) fn kept(&self) -> Option<((LesionId, VisitId), String)> {
        self.of.map(|of| (of, self.words.clone()))
    }

    /// Has again what was typed before.
    pub(super) fn come_back(kept: Option<((LesionId, VisitId), String)>) -> Self {
        kept.map_or_else(Self::default, |(of, words)| Self { of: Some(of), words, just_opened: true })
    }

    pub(super) fn is_open(&self) -> bool {
        self.of.is_some()
    }

    pub(super) fn close(&mut self) {
        self.of = None;
    }

    /// Draws the field while it is asked for, else what was asked before.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        bench: &Workbench,
        of: (LesionId, VisitId),
        keys: &KeyMap,
        out: &mut Outbox,
    ) {
        if self.of.is_some_and(|asked| asked != of) {
            self.close(); // another reading
        }
        if self.is_open() {
            self.ask(ui, out);
            return;
        }
        let Some(park) = bench.document().and_then(|document| document.park(of.0, of.1)) else { return };
        let frame =
            Frame::new().fill(colour::RAISED).corner_radius(theme::RADIUS).inner_margin(Margin::symmetric(8, 6));
        ui.add_space(theme::UNIT);
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            let words = if park.text.is_empty() { text::PARKED_NO_WORDS } else { park.text.as_str() };
            ui.add(Label::new(coloured(format!("{}{words}", text::PARKED_LEAD), colour::WARN)).wrap());
            ui.horizontal(|ui| {
                if ui.button(text::TAKE_UP).on_hover_text(text::TAKE_UP_TOOLTIP).clicked() {
                    out.ask(Request::Unpark { lesion: of.0, visit: of.1 });
                }
                let info = Command::Park.info();
                if ui.button(info.label).on_hover_text(tooltip(info.tooltip, &keys.words(Command::Park))).clicked() {
                    out.command(Command::Park);
                }
            });
        });
    }

    fn ask(&mut self, ui: &mut Ui, out: &mut Outbox) {
        ui.add_space(theme::UNIT);
        ui.label(theme::caption(text::PARK_LEAD));
        let field = TextEdit::singleline(&mut self.words).hint_text(text::PARK_HINT).desired_width(f32::INFINITY);
        let field = ui.add(field).accessible_name(text::PARK_FIELD);
        if std::mem::take(&mut self.just_opened) {
            field.request_focus();
            field.scroll_to_me(None);
        } else if field.lost_focus() {
            if ui.input(|input| input.key_pressed(Key::Enter)) {
                out.ask(Request::Park(std::mem::take(&mut self.words)));
                out.ask(Request::StepUnread(Step::Next));
            }
            self.close();
        }
    }
}
