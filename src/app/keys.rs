//! Which keys do what: the table's own, or those of the user's key settings.

use super::command::{Command, TABLE};
use eframe::egui::{Key, Modifiers};
use std::collections::BTreeMap;

/// A key with its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stroke {
    /// Ctrl (Cmd on a Mac).
    pub ctrl: bool,
    /// Shift.
    pub shift: bool,
    /// Alt.
    pub alt: bool,
    /// The key.
    pub key: Key,
}

impl Stroke {
    /// The same with Alt.
    #[must_use]
    pub const fn alt(self) -> Self {
        Self { alt: true, ..self }
    }

    /// The same, as a person writes it: "Ctrl+Z".
    #[must_use]
    pub fn words(self) -> String {
        let mut words = String::new();
        for (on, name) in [(self.ctrl, "Ctrl+"), (self.alt, "Alt+"), (self.shift, "Shift+")] {
            if on {
                words.push_str(name);
            }
        }
        words.push_str(match self.key {
            Key::ArrowUp => "Up",
            Key::ArrowDown => "Down",
            Key::PageUp => "PgUp",
            Key::PageDown => "PgDn",
            Key::Escape => "Esc",
            Key::OpenBracket => "[",
            Key::CloseBracket => "]",
            Key::Questionmark => "?",
            Key::Plus => "+",
            Key::Minus => "-",
            Key::Equals => "=",
            Key::Slash => "/",
            Key::Period => ".",
            Key::Comma => ",",
            Key::Num0 => "0",
            Key::Num1 => "1",
            Key::Num2 => "2",
            Key::Num3 => "3",
            Key::Num4 => "4",
            key => key.name(),
        });
        words
    }

    /// Reads "Ctrl+Shift+Z".
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut stroke = Self { ctrl: false, shift: false, alt: false, key: Key::Escape };
        let mut rest = text.trim();
        loop {
            let (field, after) = match rest {
                r if r.starts_with("Ctrl+") => (&mut stroke.ctrl, &r[5..]),
                r if r.starts_with("Alt+") => (&mut stroke.alt, &r[4..]),
                r if r.starts_with("Shift+") => (&mut stroke.shift, &r[6..]),
                _ => break,
            };
            *field = true;
            rest = after;
        }
        stroke.key = match rest {
            "PgUp" => Key::PageUp,
            "PgDn" => Key::PageDown,
            "Esc" => Key::Escape,
            other => Key::from_name(other)?,
        };
        Some(stroke)
    }

    /// Whether a pressed key is this one. Shift is ignored where the key itself needs it (`?`).
    #[must_use]
    pub fn matches(self, key: Key, modifiers: Modifiers) -> bool {
        let shift_is_part_of_the_key = matches!(self.key, Key::Questionmark);
        self.key == key
            && self.ctrl == modifiers.command
            && self.alt == modifiers.alt
            && (self.shift == modifiers.shift || shift_is_part_of_the_key)
    }
}

/// Keys to commands.
#[derive(Debug, Clone)]
pub struct KeyMap {
    strokes: Vec<(Stroke, Command)>,
}

impl Default for KeyMap {
    fn default() -> Self {
        let rows = TABLE.iter().flat_map(|info| info.keys.iter().map(|stroke| (*stroke, info.command)));
        Self { strokes: rows.collect() }
    }
}

impl KeyMap {
    /// The table's keys with some commands rebound: command id to key in words. What cannot be read is
    /// left as it was and named in the second value.
    #[must_use]
    pub fn rebound(settings: &BTreeMap<String, String>) -> (Self, Vec<String>) {
        let mut map = Self::default();
        let mut unread = Vec::new();
        for (id, words) in settings {
            let command = TABLE.iter().find(|info| info.id == id).map(|info| info.command);
            match (command, Stroke::parse(words)) {
                (Some(command), Some(stroke)) => {
                    map.strokes.retain(|(other, bound)| *bound != command && *other != stroke);
                    map.strokes.push((stroke, command));
                }
                _ => unread.push(format!("{id} = {words}")),
            }
        }
        (map, unread)
    }

    /// The command of a pressed key.
    #[must_use]
    pub fn command(&self, key: Key, modifiers: Modifiers) -> Option<Command> {
        self.strokes.iter().find(|(stroke, _)| stroke.matches(key, modifiers)).map(|(_, command)| *command)
    }

    /// The first key of a command.
    #[must_use]
    pub fn stroke(&self, command: Command) -> Option<Stroke> {
        self.strokes.iter().find(|(_, bound)| *bound == command).map(|(stroke, _)| *stroke)
    }

    /// The first key of a command, in words; empty when it has none.
    #[must_use]
    pub fn words(&self, command: Command) -> String {
        self.stroke(command).map(Stroke::words).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_command_has_one_row_and_no_key_means_two_things() {
        let mut seen = BTreeMap::new();
        for info in TABLE {
            assert_eq!(TABLE.iter().filter(|other| other.command == info.command).count(), 1, "{}", info.id);
            assert_eq!(TABLE.iter().filter(|other| other.id == info.id).count(), 1, "{}", info.id);
            assert_eq!(info.command.info().id, info.id);
            for stroke in info.keys {
                let before = seen.insert(*stroke, info.id);
                assert_eq!(before, None, "{} means {before:?} and {}", stroke.words(), info.id);
            }
        }
    }

    #[test]
    fn keys_are_read_as_they_are_written() {
        for info in TABLE {
            for stroke in info.keys {
                assert_eq!(Stroke::parse(&stroke.words()), Some(*stroke), "{}", stroke.words());
            }
        }
    }

    #[test]
    fn a_rebound_key_replaces_the_old_one_and_nonsense_is_named() {
        let settings = [("undo", "Ctrl+U"), ("match", "Ctrl+Nonsense"), ("nothing", "A")]
            .map(|(a, b)| (a.to_owned(), b.to_owned()));
        let (map, unread) = KeyMap::rebound(&settings.into());
        assert_eq!(map.words(Command::Undo), "Ctrl+U");
        assert_eq!(map.command(Key::Z, Modifiers::COMMAND), None);
        assert_eq!(map.words(Command::Match), "M");
        assert_eq!(unread.len(), 2);
    }
}
