//! What is half typed anywhere in the window, kept while it is typed and there again after a restart.

use super::shell::AblationApp;
use super::{Screen, patient, reading};
use serde::{Deserialize, Serialize};

/// What is half typed, and on which screen.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Forms {
    screen: Screen,
    patient: patient::Kept,
    reading: reading::Kept,
}

/// What was kept last, so that nothing is written down anew while nothing changes.
#[derive(Default)]
pub struct KeptForms {
    last: Option<(Forms, serde_json::Value)>,
}

impl AblationApp {
    /// Has again what was typed before the program ended.
    pub(super) fn take_back_forms(&mut self) {
        let Some(value) = self.bench.take_forms() else { return };
        let Some(path) = self.bench.desk().map(|desk| desk.path().to_owned()) else { return };
        match serde_json::from_value::<Forms>(value) {
            Ok(forms) => {
                self.screen = forms.screen;
                self.patient.take_back(forms.patient, &path);
                self.reading.take_back(forms.reading);
            }
            Err(_) => tracing::warn!("what was half typed could not be read and is ignored"),
        }
    }

    /// Keeps what is half typed, and where the reader is.
    pub(super) fn keep_forms(&mut self) {
        if self.bench.desk().is_none() {
            return;
        }
        let forms = Forms { screen: self.screen, patient: self.patient.kept(), reading: self.reading.kept() };
        if self.forms.last.as_ref().is_none_or(|(last, _)| *last != forms) {
            let value = serde_json::to_value(&forms).unwrap_or_default();
            self.forms.last = Some((forms, value));
        }
        if let Some((_, value)) = &self.forms.last {
            self.bench.keep(value);
        }
    }
}
