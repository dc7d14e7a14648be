//! Keys: which command is meant, or which digit of the score strip.

use super::command::Command;
use super::history_view::HistoryScreen;
use super::shell::AblationApp;
use super::strip::Strip;
use super::{Outbox, Screen};
use crate::clinical::Answer;
use crate::volume::{PRESETS, presets};
use crate::workbench::room::Pane;
use crate::workbench::{PaneLook, Request};
use eframe::egui::{self, Event, Key, Modifiers};

/// What is held down.
#[derive(Debug, Default)]
pub struct Input {
    /// The key that hides marks is down.
    pub marks_hidden: bool,
    previous_here: bool,
    subtracting: bool,
    /// The place under the pointer is shown in all panes.
    pub crosshair: bool,
    /// What runs by itself in the active pane.
    pub cine: Option<Cine>,
    /// The corner texts are off.
    pub text_off: bool,
    /// Dates are left out of the corner texts, for a picture that leaves the program.
    pub dates_hidden: bool,
    /// A picture of the panes is taken: nothing stands over them that is no part of it.
    pub picture_taken: bool,
    /// The overlays of the files are off.
    pub overlays_off: bool,
    /// The truth of a sample is off.
    pub truth_off: bool,
}

/// What cine runs through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cine {
    /// Slices.
    Slices,
    /// Phases, b-values, echoes or times.
    Phases,
}

impl AblationApp {
    /// Turns the frame's key events into commands. While a text field has the focus, only Esc and keys with
    /// Ctrl are taken.
    pub(super) fn read_keys(&mut self, ctx: &egui::Context, out: &mut Outbox) {
        if self.read_key_to_bind(ctx) {
            return;
        }
        let typing = ctx.text_edit_focused() || self.palette.is_open();
        let events: Vec<(Key, bool, bool, Modifiers)> = ctx.input(|input| {
            let keys = input.events.iter().filter_map(|event| match event {
                Event::Key { key, pressed, repeat, modifiers, .. } => Some((*key, *pressed, *repeat, *modifiers)),
                _ => None,
            });
            keys.collect()
        });
        if !ctx.input(|input| input.focused) {
            self.release_held(out);
        }
        for (key, pressed, repeat, modifiers) in events {
            // A key that goes up is never typed, and may end what is held.
            if typing && pressed && !(key == Key::Escape || modifiers.command) {
                continue;
            }
            if self.screen == Screen::History && modifiers.is_none() && HistoryScreen::takes(key) {
                continue; // they walk the list
            }
            let command = self.keys.command(key, modifiers);
            if let Some(command) = command.or_else(|| self.keys.command(key, Modifiers::NONE)).filter(|c| c.is_held()) {
                if !repeat {
                    self.hold(command, pressed, out);
                }
                continue;
            }
            if !pressed {
                continue;
            }
            if self.strip == Strip::Diameter && self.screen == Screen::Reading && self.reading.types_mm(key, modifiers)
            {
                continue;
            }
            if let Some(digit) = digit(key).filter(|_| modifiers.is_none())
                && self.screen == Screen::Reading
                && self.bench.desk().is_some()
            {
                self.press_digit(digit, out);
                continue;
            }
            if let Some(command) = command {
                if repeat && !repeats(command) {
                    continue;
                }
                if typing && !works_while_typing(command) {
                    continue;
                }
                out.command(command);
            }
        }
    }

    /// Whether the viable diameter is still to be told: no mark gives it and none was typed.
    fn asks_diameter(&self) -> bool {
        let viable = self.bench.finding().is_some_and(|finding| finding.answer == Some(Answer::Viable));
        viable && self.bench.visit_outcome().is_some_and(|at| at.viable_ld.is_none())
    }

    fn hold(&mut self, command: Command, down: bool, out: &mut Outbox) {
        match command {
            Command::HideMarks => self.input.marks_hidden = down,
            Command::PreviousHere if self.input.previous_here != down => {
                self.input.previous_here = down;
                out.ask(Request::PreviousHere(down));
            }
            Command::Subtract if self.input.subtracting != down => {
                self.input.subtracting = down;
                out.ask(Request::Look(PaneLook::Subtract(down)));
            }
            _ => {}
        }
    }

    /// A window that loses the focus never sees the key go up.
    fn release_held(&mut self, out: &mut Outbox) {
        self.hold(Command::HideMarks, false, out);
        self.hold(Command::PreviousHere, false, out);
        self.hold(Command::Subtract, false, out);
    }

    fn press_digit(&mut self, digit: u8, out: &mut Outbox) {
        if self.strip == Strip::Off {
            let pane = self.bench.room().active();
            let shown = self.bench.room().panes().get(pane).and_then(Pane::shown);
            let info = shown.and_then(|shown| self.bench.info_of(shown.stack));
            let named = info.map_or(PRESETS, |info| presets(info.unit));
            out.ask(match digit.checked_sub(1).map(usize::from) {
                None => Request::AutoWindow(pane),
                Some(n) => match named.get(n) {
                    Some(preset) => Request::Preset { pane, id: preset.id },
                    // Without named windows for its unit, those of the file.
                    None if named.is_empty() => Request::FileWindow { pane, index: n },
                    None => return,
                },
            });
        } else if let Some((request, next)) = self.strip.digit(digit) {
            let shape = self.strip == Strip::Shape;
            out.ask(request);
            self.strip = if shape && self.asks_diameter() { Strip::Diameter } else { next };
        }
    }
}

/// Commands that go on while their key is held.
fn repeats(command: Command) -> bool {
    use Command as C;
    matches!(
        command,
        C::SliceUp
            | C::SliceDown
            | C::SliceUpTen
            | C::SliceDownTen
            | C::ZoomIn
            | C::ZoomOut
            | C::BrushLarger
            | C::LargerInterface
            | C::SmallerInterface
            | C::BrushSmaller
            | C::Undo
            | C::Redo
    )
}

/// The few commands that a text field leaves alone; everything else with Ctrl may mean something to it.
fn works_while_typing(command: Command) -> bool {
    use Command as C;
    matches!(
        command,
        C::Cancel
            | C::Palette
            | C::Sign
            | C::ShowReading
            | C::ShowPatient
            | C::ShowImages
            | C::ShowTable
            | C::ShowStatistics
            | C::ShowHistory
            | C::ShowCohort
            | C::ShowSettings
            | C::ShowGuide
            | C::LargerInterface
            | C::SmallerInterface
    )
}

fn digit(key: Key) -> Option<u8> {
    const DIGITS: [Key; 10] =
        [Key::Num0, Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];
    DIGITS.iter().position(|other| *other == key).and_then(|n| u8::try_from(n).ok())
}
