//! The window. egui appears here and nowhere else.
//!
//! Each frame: take in what the workbench finished, turn keys into [`command::Command`]s, draw the panels,
//! then do what was asked. Panels see the workbench read-only and put what a person wants into an
//! [`Outbox`]; only `shell.rs` hands it on. So nothing is changed while it is drawn, and every button, key
//! and palette row goes the same way.

mod banners;
mod bottom_bar;
mod cohort_screen;
pub mod command;
mod context;
mod curve_panel;
mod dialogs;
mod forms;
mod guide_screen;
mod hanging_bar;
mod help;
mod history_view;
mod identity_panel;
mod images_table;
mod input;
mod inspector;
pub mod keys;
mod leaving;
mod light;
mod memory_panel;
mod notices;
mod palette;
mod path_panel;
mod patient;
mod perform;
mod picture_panel;
mod reading;
mod samples;
mod settings_screen;
mod shell;
mod start;
mod statistics_view;
pub mod strip;
mod table_view;
#[cfg(test)]
mod testing;
mod text;
pub mod theme;
mod tool_row;
mod top_bar;
pub mod user_settings;
mod viewport;
mod visits_panel;
mod whose;
mod widgets;

pub use dialogs::{DialogKind, Dialogs, NativeDialogs, NoDialogs};
pub use shell::{AblationApp, Options, StartError, native_options, run, user_folder};

use crate::workbench::Request;
use command::Command;

/// What a person wants, collected while a frame is drawn and done after it.
#[derive(Default)]
pub struct Outbox {
    requests: Vec<Request>,
    commands: Vec<Command>,
    /// What is to be told.
    told: Vec<&'static str>,
    /// Asked for by what is drawn, not by a person: nothing is laid out anew for it.
    reads: Vec<Request>,
}

impl Outbox {
    /// Asks the workbench for something.
    pub fn ask(&mut self, request: Request) {
        self.requests.push(request);
    }

    /// Asks for something that is to be shown once it was read.
    pub fn read(&mut self, request: Request) {
        self.reads.push(request);
    }

    /// Tells a person something.
    pub fn tell(&mut self, words: &'static str) {
        self.told.push(words);
    }

    /// Gives a command.
    pub fn command(&mut self, command: Command) {
        self.commands.push(command);
    }
}

/// What fills the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum Screen {
    /// Images and answers.
    #[default]
    Reading,
    /// Patient, lesions, sessions, events.
    Patient,
    /// All stacks with role and visit; what was skipped.
    Images,
    /// Lesion table, efficacy, export.
    Table,
    /// Rates, curves, flow.
    Statistics,
    /// Every change.
    History,
    /// All patients and their visits.
    Cohort,
    /// What is set, for the user and for the project.
    Settings,
    /// The guide.
    Guide,
}
