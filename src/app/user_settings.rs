//! What the user of this account has set, for every project: theme, scale, keys, what is hidden. One small file in
//! the user's folder, written beside the reading, never by the window's own thread.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

/// Dark for a dark room, or light.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// Dark, as reading rooms are.
    #[default]
    Dark,
    /// Light, for a bright room. Images stay on black.
    Light,
}

/// Smallest and largest scale of the interface, percent.
pub const SCALE_PERCENT: std::ops::RangeInclusive<u16> = 70..=200;

/// What is set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserSettings {
    /// The theme.
    pub look: Look,
    /// Size of everything but images, percent.
    pub scale_percent: u16,
    /// Keys that differ from the table: command id to key in words; empty for none.
    pub keys: BTreeMap<String, String>,
    /// The context of a patient is not shown: a blinded read.
    pub context_hidden: bool,
    /// Names, identifiers and places of files are not shown.
    pub names_hidden: bool,
}

impl Default for UserSettings {
    fn default() -> Self {
        Self { look: Look::Dark, scale_percent: 100, keys: BTreeMap::new(), context_hidden: false, names_hidden: false }
    }
}

const FILE: &str = "settings.json";
/// Nothing larger is read, bytes.
const MOST_BYTES: u64 = 1 << 20;

impl UserSettings {
    /// As they were kept; what is damaged or missing is as at first.
    #[must_use]
    pub fn read(user_folder: &Path) -> Self {
        let file = user_folder.join(FILE);
        let small = std::fs::metadata(&file).is_ok_and(|about| about.len() <= MOST_BYTES);
        let text = if small { std::fs::read_to_string(&file).ok() } else { None };
        let mut read: Self = text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        read.scale_percent = read.scale_percent.clamp(*SCALE_PERCENT.start(), *SCALE_PERCENT.end());
        read
    }

    /// The scale as a factor.
    #[must_use]
    pub fn scale(&self) -> f32 {
        f32::from(self.scale_percent) / 100.0
    }
}

/// Writes the settings as they change.
#[derive(Default)]
pub struct SettingsKeeper {
    kept: Option<UserSettings>,
    writing: Option<JoinHandle<()>>,
}

impl SettingsKeeper {
    /// Knows what was read, so that it is not written again.
    #[must_use]
    pub fn knowing(settings: &UserSettings) -> Self {
        Self { kept: Some(settings.clone()), writing: None }
    }

    /// Keeps the settings when they changed.
    pub fn keep(&mut self, settings: &UserSettings, user_folder: &Path) {
        if self.kept.as_ref() == Some(settings) {
            return;
        }
        self.kept = Some(settings.clone());
        let (file, settings) = (user_folder.join(FILE), settings.clone());
        let before = self.writing.take();
        self.writing = Some(std::thread::spawn(move || {
            if let Some(before) = before {
                before.join().ok(); // the newest is written last
            }
            if let Err(why) = write(&file, &settings) {
                tracing::warn!(kind = ?why.kind(), "the settings could not be kept");
            }
        }));
    }

    /// Waits until the newest is written: at the end of the program.
    pub fn finish(&mut self) {
        if let Some(writing) = self.writing.take() {
            writing.join().ok();
        }
    }
}

fn write(file: &Path, settings: &UserSettings) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let temporary: PathBuf = file.with_extension("new");
    std::fs::write(&temporary, serde_json::to_vec_pretty(settings)?)?;
    std::fs::rename(&temporary, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_as_they_were_kept_and_damage_is_as_at_first() {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = UserSettings::read(folder.path());
        assert_eq!(settings, UserSettings::default());
        let mut keeper = SettingsKeeper::knowing(&settings);
        for percent in [90, 120, 150] {
            settings.scale_percent = percent;
            settings.look = Look::Light;
            settings.keys.insert("undo".into(), "Ctrl+U".into());
            keeper.keep(&settings, folder.path());
        }
        keeper.finish();
        assert_eq!(UserSettings::read(folder.path()), settings);
        let file = folder.path().join(FILE);
        for damage in ["", "null", "{", "[1]", "{\"scale_percent\": \"x\"}"] {
            std::fs::write(&file, damage).unwrap();
            assert_eq!(UserSettings::read(folder.path()), UserSettings::default(), "{damage}");
        }
        std::fs::write(&file, "{\"scale_percent\": 60000, \"later\": 1}").unwrap();
        assert_eq!(UserSettings::read(folder.path()).scale_percent, 200);
    }
}
