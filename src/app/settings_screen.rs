//! Settings: what is the user's own (look, keys, privacy, memory), and what belongs to the project (windows of
//! follow-up, thresholds, reading order). A change of the project is one change with undo.

use super::command::{Command, Group, Info, TABLE};
use super::keys::{KeyMap, Stroke};
use super::shell::AblationApp;
use super::text::screens as text;
use super::theme::{self, colour};
use super::user_settings::{Look, SCALE_PERCENT, UserSettings};
use super::widgets::{coloured, key_cap, value_row};
use super::{Outbox, Screen};
use crate::clinical::{EfficacyWindow, StudySettings};
use crate::volume::Unit;
use crate::workbench::{Request, Workbench};
use eframe::egui::{
    self, Button, DragValue, Event, Frame, Key, Label, Margin, Modifiers, RadioButton, ScrollArea, TextEdit, Ui, vec2,
};

/// The screen's own state.
#[derive(Debug, Default)]
pub struct SettingsScreen {
    search: String,
    /// The command that waits for a key.
    waits: Option<Command>,
    /// Why the last key was refused.
    refused: Option<(Command, String)>,
    /// Why the last threshold was refused.
    wrong: Option<&'static str>,
    /// A command and its new key, or none for its first one; applied after the frame.
    rebind: Option<(Command, Option<Stroke>)>,
}

impl SettingsScreen {
    /// Whether the next key is to be a command's.
    #[must_use]
    pub fn waits_for_a_key(&self) -> bool {
        self.waits.is_some()
    }

    /// No longer waits for a key.
    pub fn leave(&mut self) {
        self.waits = None;
    }

    /// Takes the key that was waited for, or says why it cannot be taken.
    pub fn take_key(&mut self, key: Key, modifiers: Modifiers, keys: &KeyMap) {
        let Some(command) = self.waits.take() else { return };
        self.refused = None;
        if key == Key::Escape {
            return;
        }
        let stroke = Stroke { ctrl: modifiers.command, shift: modifiers.shift, alt: modifiers.alt, key };
        match refusal(command, stroke, keys) {
            Some(why) => self.refused = Some((command, why)),
            None => self.rebind = Some((command, Some(stroke))),
        }
    }

    /// Draws the screen.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        bench: &Workbench,
        settings: &mut UserSettings,
        keys: &KeyMap,
        out: &mut Outbox,
    ) {
        ui.label(theme::title(text::SETTINGS));
        ui.add_space(theme::UNIT);
        let width = ui.available_width();
        let gap = 28.0;
        ScrollArea::vertical().id_salt("settings").auto_shrink(false).show(ui, |ui| {
            ui.horizontal_top(|ui| {
                let within = std::mem::replace(&mut ui.spacing_mut().item_spacing.x, gap);
                let column = ((width - gap - 20.0) / 2.0).min(620.0);
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.x = within;
                    ui.set_width(column);
                    self.of_the_user(ui, bench, settings, out);
                    self.of_the_project(ui, bench, out);
                    windows(ui);
                });
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.x = within;
                    ui.set_width(column);
                    self.keys(ui, settings, keys);
                });
            });
        });
    }

    fn of_the_user(&mut self, ui: &mut Ui, bench: &Workbench, settings: &mut UserSettings, out: &mut Outbox) {
        group(ui, text::OF_THE_USER, |ui| {
            ui.horizontal(|ui| {
                ui.label(theme::soft(text::THEME));
                for (look, words) in [(Look::Dark, text::DARK), (Look::Light, text::LIGHT)] {
                    let button = ui.add(RadioButton::new(settings.look == look, words));
                    if button.on_hover_text(text::LIGHT_TOOLTIP).clicked() {
                        settings.look = look;
                    }
                }
            });
            ui.horizontal(|ui| {
                ui.label(theme::soft(text::SCALE));
                if ui.add(Button::new("\u{2212}")).accessible_name(text::SMALLER).clicked() {
                    out.command(Command::SmallerInterface);
                }
                ui.label(theme::strong(text::percent(settings.scale_percent)));
                if ui.add(Button::new("+")).accessible_name(text::LARGER).clicked() {
                    out.command(Command::LargerInterface);
                }
                ui.label(theme::small(format!("{} to {} %", SCALE_PERCENT.start(), SCALE_PERCENT.end())));
            });
            ui.horizontal(|ui| {
                ui.label(theme::soft(text::READER));
                match bench.reader() {
                    Some(reader) => {
                        ui.label(theme::strong(reader));
                        if ui.button(text::CHANGE_READER).clicked() {
                            out.ask(Request::SetReader(String::new()));
                        }
                    }
                    None => {
                        ui.add(Label::new(theme::small(text::READER_ASK)).wrap());
                    }
                }
            });
            ui.horizontal(|ui| {
                let memory = bench.image_memory();
                ui.label(theme::soft(super::text::memory::short(memory.used_bytes, memory.budget_bytes)));
                let change = ui.button(text::CHANGE).on_hover_text(Command::ImageMemory.info().tooltip);
                if change.accessible_name(text::MEMORY).clicked() {
                    out.command(Command::ImageMemory);
                }
            });
            ui.add_space(theme::UNIT);
            ui.label(theme::caption(text::PRIVACY));
            ui.checkbox(&mut settings.names_hidden, text::NAMES_HIDDEN).on_hover_text(text::NAMES_HIDDEN_TOOLTIP);
            ui.checkbox(&mut settings.context_hidden, text::CONTEXT_HIDDEN);
            ui.add(Label::new(theme::small(text::PRIVACY_WORDS)).wrap());
            if bench.desk().is_some() {
                let copy = Command::CopyWithoutIdentity;
                if ui.button(copy.info().label).on_hover_text(copy.info().tooltip).clicked() {
                    out.command(copy);
                }
            }
        });
    }

    fn of_the_project(&mut self, ui: &mut Ui, bench: &Workbench, out: &mut Outbox) {
        let read_only = bench.desk().and_then(|desk| desk.read_only()).map(str::to_owned);
        let name = bench.desk().map(|desk| desk.name()).unwrap_or_default();
        group(ui, &format!("{} {name}", text::OF_THE_PROJECT), |ui| {
            let Some(document) = bench.document() else {
                ui.label(theme::soft(text::NEEDS_PROJECT));
                return;
            };
            let before = document.settings();
            let mut settings = before.clone();
            ui.add(Label::new(theme::small(text::THRESHOLDS_WORDS)).wrap());
            if let Some(why) = &read_only {
                ui.add(Label::new(coloured(why, colour::WARN)).wrap());
            }
            ui.add_enabled_ui(read_only.is_none(), |ui| project_fields(ui, &mut settings));
            if settings != before {
                self.wrong = wrong(&settings);
                if self.wrong.is_none() {
                    out.ask(Request::PutSettings(Box::new(settings)));
                }
            }
            if let Some(why) = self.wrong {
                ui.label(coloured(why, colour::BAD));
            }
        });
    }

    fn keys(&mut self, ui: &mut Ui, settings: &mut UserSettings, keys: &KeyMap) {
        group(ui, text::KEYS, |ui| {
            ui.add(Label::new(theme::small(text::KEYS_WORDS)).wrap());
            ui.horizontal(|ui| {
                let field = TextEdit::singleline(&mut self.search).hint_text(text::SEARCH_KEYS).desired_width(220.0);
                ui.add(field).accessible_name(text::SEARCH_KEYS);
                let any = !settings.keys.is_empty();
                if ui.add_enabled(any, Button::new(text::RESET_ALL_KEYS)).clicked() {
                    settings.keys.clear();
                    self.refused = None;
                }
            });
            let wanted = self.search.to_lowercase();
            let fits = |info: &&Info| {
                let words = format!("{} {} {}", info.label, info.tooltip, keys.words(info.command)).to_lowercase();
                wanted.split_whitespace().all(|word| words.contains(word))
            };
            for group in Group::ALL {
                let rows: Vec<&Info> = TABLE.iter().filter(|info| info.group == group).filter(fits).collect();
                if rows.is_empty() {
                    continue;
                }
                ui.add_space(theme::UNIT);
                ui.label(theme::caption(group.words()));
                for info in rows {
                    self.key_row(ui, info, settings, keys);
                }
            }
        });
    }

    fn key_row(&mut self, ui: &mut Ui, info: &Info, settings: &UserSettings, keys: &KeyMap) {
        let command = info.command;
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = 22.0;
            let label = ui.allocate_ui(vec2(260.0, 20.0), |ui| {
                ui.set_min_width(260.0);
                ui.add(Label::new(theme::soft(info.label)).truncate())
            });
            label.inner.on_hover_text(info.tooltip);
            let now = keys.words(command);
            let words = match (self.waits == Some(command), now.as_str()) {
                (true, _) => text::PRESS_A_KEY,
                (false, "") => text::NO_KEY,
                (false, now) => now,
            };
            let tint = if self.waits == Some(command) { colour::ACCENT } else { colour::TEXT };
            let button = ui.add(Button::new(coloured(words, tint)).min_size(vec2(110.0, 22.0)));
            if button.accessible_name(text::key_of(info.label)).clicked() {
                self.waits = Some(command);
                self.refused = None;
            }
            if settings.keys.contains_key(info.id) {
                let reset = ui.add(Button::new(text::RESET_KEY).small()).on_hover_text(text::RESET_KEY_TOOLTIP);
                if reset.accessible_name(text::reset_of(info.label)).clicked() {
                    self.refused = None;
                    match info.keys.first().and_then(|stroke| refusal(command, *stroke, keys)) {
                        Some(why) => self.refused = Some((command, why)),
                        None => self.rebind = Some((command, None)),
                    }
                }
            }
        });
        if let Some((_, why)) = self.refused.as_ref().filter(|(of, _)| *of == command) {
            ui.add(Label::new(coloured(why, colour::WARN)).wrap());
        }
    }
}

/// Why a key cannot become a command's; `None` when it can.
fn refusal(command: Command, stroke: Stroke, keys: &KeyMap) -> Option<String> {
    let plain = !(stroke.ctrl || stroke.alt || stroke.shift);
    let digit = stroke.key.name().len() == 1 && stroke.key.name().chars().all(|letter| letter.is_ascii_digit());
    let reserved = plain && digit || stroke.key == Key::Escape || stroke.key == Key::Tab && !stroke.ctrl;
    if reserved || Stroke::parse(&stroke.words()) != Some(stroke) {
        return Some(text::not_usable(&stroke.words()));
    }
    let modifiers =
        Modifiers { alt: stroke.alt, ctrl: stroke.ctrl, shift: stroke.shift, mac_cmd: false, command: stroke.ctrl };
    let by = keys.command(stroke.key, modifiers).filter(|by| *by != command)?;
    Some(text::taken(&stroke.words(), by.info().label))
}

/// Why thresholds cannot hold together.
fn wrong(settings: &StudySettings) -> Option<&'static str> {
    let ordered = |window: &EfficacyWindow| {
        window.from_days < window.to_days
            && window.late_from_days.is_none_or(|late| (window.from_days..=window.to_days).contains(&late))
    };
    let all = [&settings.window_default, &settings.window_kidney, &settings.window_lung];
    (!all.into_iter().all(ordered)).then_some(text::WINDOW_ORDER)
}

fn project_fields(ui: &mut Ui, settings: &mut StudySettings) {
    ui.checkbox(&mut settings.read_in_time_order, text::TIME_ORDER);
    ui.checkbox(&mut settings.rates_from_signed_only, text::SIGNED_ONLY);
    let windows = [
        (text::WINDOW_DEFAULT, &mut settings.window_default),
        (text::WINDOW_KIDNEY, &mut settings.window_kidney),
        (text::WINDOW_LUNG, &mut settings.window_lung),
    ];
    for (name, window) in windows {
        ui.label(theme::soft(name));
        ui.horizontal(|ui| {
            ui.add_space(12.0);
            number(ui, name, text::FROM_DAY, &mut window.from_days, 0..=3_650);
            number(ui, name, text::TO_DAY, &mut window.to_days, 1..=3_650);
            if let Some(late) = &mut window.late_from_days {
                number(ui, name, text::LATE_FROM, late, 0..=3_650);
            }
        });
    }
    let days = [
        (text::EARLY_BEFORE, &mut settings.early_before_days, 0..=365),
        (text::PRE_SCAN_OLD, &mut settings.pre_scan_old_after_days, 0..=3_650),
        (text::VISIT_SPAN, &mut settings.visit_span_days, 0..=60),
    ];
    for (name, value, range) in days {
        number(ui, "", name, value, range);
    }
    let mut sessions = i64::from(settings.max_sessions_primary_course);
    number(ui, "", text::SESSIONS_PRIMARY, &mut sessions, 1..=9);
    settings.max_sessions_primary_course = u32::try_from(sessions).unwrap_or(1);
}

/// A whole number that is typed; it holds once the field is left.
fn number(ui: &mut Ui, of: &str, name: &str, value: &mut i64, range: std::ops::RangeInclusive<i64>) {
    ui.horizontal(|ui| {
        let field = DragValue::new(value).speed(0.0).range(range).update_while_editing(false);
        let name_all = if of.is_empty() { name.to_owned() } else { format!("{of} {name}") };
        if of.is_empty() {
            ui.add(field).accessible_name(name_all);
            ui.add(Label::new(theme::soft(name)).wrap());
        } else {
            ui.label(theme::small(name));
            ui.add(field).accessible_name(name_all);
        }
    });
}

/// The named windows with their digits.
fn windows(ui: &mut Ui) {
    group(ui, text::WINDOWS, |ui| {
        ui.add(Label::new(theme::small(text::WINDOWS_WORDS)).wrap());
        let all = [Unit::Hu, Unit::SuvBw, Unit::Mm2PerS];
        for unit in all {
            for (n, preset) in crate::volume::presets(unit).iter().enumerate() {
                ui.horizontal(|ui| {
                    let digit = if n < 9 { (n + 1).to_string() } else { String::new() };
                    ui.allocate_ui(vec2(24.0, 20.0), |ui| {
                        ui.set_min_width(24.0);
                        if !digit.is_empty() {
                            key_cap(ui, &digit);
                        }
                    });
                    let (width, centre) = (preset.window.width, preset.window.centre);
                    let value = if unit == Unit::Hu {
                        format!("{width:.0} / {centre:.0}")
                    } else {
                        String::new() // the name has its range
                    };
                    value_row(ui, preset.name, &value);
                });
            }
        }
    });
}

fn group(ui: &mut Ui, title: &str, contents: impl FnOnce(&mut Ui)) {
    let frame = Frame::new().fill(colour::PANEL).corner_radius(theme::RADIUS).inner_margin(Margin::same(14));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(theme::strong(title));
        contents(ui);
    });
    ui.add_space(12.0);
}

impl AblationApp {
    /// The next key is a command's, when one waits for it. Whether keys are taken here.
    pub(super) fn read_key_to_bind(&mut self, ctx: &egui::Context) -> bool {
        if !self.settings_screen.waits_for_a_key() {
            return false;
        }
        if self.screen != Screen::Settings {
            self.settings_screen.leave();
            return false;
        }
        let pressed = ctx.input(|input| {
            input.events.iter().find_map(|event| match event {
                Event::Key { key, pressed: true, modifiers, .. } => Some((*key, *modifiers)),
                _ => None,
            })
        });
        if let Some((key, modifiers)) = pressed {
            self.settings_screen.take_key(key, modifiers, &self.keys);
            ctx.request_repaint();
        }
        true
    }

    /// What the user set holds from the next frame on: keys, scale.
    pub(super) fn apply_settings(&mut self, ctx: &egui::Context) {
        if let Some((command, stroke)) = self.settings_screen.rebind.take() {
            let id = command.info().id.to_owned();
            match stroke {
                Some(stroke) if command.info().keys.first() != Some(&stroke) => {
                    self.settings.keys.insert(id, stroke.words());
                }
                _ => {
                    self.settings.keys.remove(&id);
                }
            }
        }
        if self.applied.as_ref() == Some(&self.settings) {
            return;
        }
        let mut rebound = self.given_keys.clone();
        rebound.extend(self.settings.keys.clone());
        self.keys = KeyMap::rebound(&rebound).0;
        let before = self.applied.as_ref().map(|applied| applied.scale_percent);
        if before != Some(self.settings.scale_percent) {
            ctx.set_zoom_factor(self.settings.scale());
        }
        self.applied = Some(self.settings.clone());
        ctx.request_repaint();
    }

    /// Makes text and controls larger or smaller, by a tenth.
    pub(super) fn scale(&mut self, by: i32) {
        let percent = i32::from(self.settings.scale_percent) + 10 * by;
        let percent = percent.clamp(i32::from(*SCALE_PERCENT.start()), i32::from(*SCALE_PERCENT.end()));
        self.settings.scale_percent = u16::try_from(percent).unwrap_or(100);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stroke(words: &str) -> Stroke {
        Stroke::parse(words).unwrap()
    }

    #[test]
    fn a_key_that_is_taken_is_refused_with_the_reason() {
        let keys = KeyMap::default();
        assert_eq!(refusal(Command::Undo, stroke("Ctrl+U"), &keys), None);
        assert_eq!(refusal(Command::Undo, stroke("Ctrl+Z"), &keys), None, "its own");
        let why = refusal(Command::Undo, stroke("N"), &keys).unwrap();
        assert!(why.contains("Next to read"), "{why}");
        for reserved in ["1", "0", "Esc", "Tab"] {
            assert!(refusal(Command::Undo, stroke(reserved), &keys).is_some(), "{reserved}");
        }
    }

    #[test]
    fn windows_of_follow_up_begin_before_they_end() {
        let good = StudySettings::default();
        assert_eq!(wrong(&good), None);
        let mut bad = good.clone();
        bad.window_kidney.to_days = bad.window_kidney.from_days;
        assert!(wrong(&bad).is_some());
        let mut bad = good;
        bad.window_default.late_from_days = Some(99);
        assert!(wrong(&bad).is_some());
    }
}
