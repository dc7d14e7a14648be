//! Headless commands, for scripts, batch studies and tests.
//!
//! A command prints one JSON value on standard output; progress and refusals go to standard error. It ends with 0
//! when it is done, 1 when the input was refused, 2 when it was called wrongly. Control characters, which may come
//! from files, never reach the terminal. Nothing here decides anything: commands call the modules below.
#![deny(clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::indexing_slicing))]

mod cohort;
mod console;
mod copy;
mod history;
mod inspect;
mod outline;
mod png;
mod project;
mod sample;
mod volume;

use clap::{Parser, Subcommand};
use console::Console;
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

/// What remains to do after the command line was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Open the window on these paths.
    Window(Vec<PathBuf>),
    /// Everything is done: end with this code.
    Done(u8),
}

/// Exit code when all went well.
pub const DONE: u8 = 0;
/// Exit code when the input was refused; the reason is on standard error.
pub const REFUSED: u8 = 1;
/// Exit code when the command was called wrongly.
pub const WRONG_USAGE: u8 = 2;

#[derive(Debug, Parser)]
#[command(
    name = "ablation-review",
    version,
    about = "Judge follow-up scans after image-guided tumour ablation.",
    long_about = "Judge follow-up scans after image-guided tumour ablation.\n\nWithout a command it opens the window. \
                  Research and teaching; not for primary diagnosis.",
    args_conflicts_with_subcommands = true,
    color = clap::ColorChoice::Never
)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    /// What to open: projects, folders of images, files.
    paths: Vec<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the image stacks below some paths, as JSON.
    Inspect(inspect::Inspect),
    /// Write one stack as a NIfTI volume, voxels in their unit.
    Volume(volume::VolumeOut),
    /// Outline in 3-D what lies at a place, as by one click; write the mask and print its measurements.
    Outline(outline::OutlineOut),
    /// Make an empty project file.
    New(project::New),
    /// Look for images and put them into a project; marks, answers and signatures stay.
    Import(project::Import),
    /// Check a project file in full without changing it.
    Check(project::Check),
    /// Write the lesion table, or all tables, with their data dictionary, as CSV.
    Table(project::Table),
    /// Print counts, rates with intervals, curves and tests of a project or of a table made elsewhere, as JSON.
    Cohort(cohort::Cohort),
    /// Write a copy of a project without what tells who its patients are.
    Copy(copy::Copy),
    /// Write the audit trail as CSV.
    History(history::History),
    /// Write a sample study with known truth, or list the samples.
    Sample(sample::Sample),
}

/// Why a command was refused, as a sentence for a person.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Refused(String);

impl Refused {
    fn because(reason: impl std::fmt::Display) -> Self {
        Self(reason.to_string())
    }
}

/// Reads the command line and runs the command, if one is named.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    out: &mut (dyn Write + Send),
    err: &mut (dyn Write + Send),
) -> Asked {
    let console = Console::new(out, err);
    let asked = match CommandLine::try_parse_from(arguments) {
        Ok(asked) => asked,
        Err(error) if error.use_stderr() => {
            console.say(&error.to_string());
            return Asked::Done(WRONG_USAGE);
        }
        Err(help) => return Asked::Done(console.text(&help.to_string())),
    };
    let Some(command) = asked.command else {
        // Absolute, for a project remembers where its images are. A path that cannot be made so stays as it is.
        let absolute = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
        return Asked::Window(asked.paths.into_iter().map(absolute).collect());
    };
    let result = match command {
        Command::Inspect(inspect) => inspect.run(&console),
        Command::Volume(volume) => volume.run(&console),
        Command::Outline(outline) => outline.run(&console),
        Command::New(new) => new.run(&console),
        Command::Import(import) => import.run(&console),
        Command::Check(check) => check.run(&console),
        Command::Table(table) => table.run(&console),
        Command::Cohort(cohort) => cohort.run(&console),
        Command::Copy(copy) => copy.run(&console),
        Command::History(history) => history.run(&console),
        Command::Sample(sample) => sample.run(&console),
    };
    match result {
        Ok(code) => Asked::Done(code),
        Err(refused) => {
            console.say(&refused.to_string());
            Asked::Done(REFUSED)
        }
    }
}

/// Says something on standard error that main has to say, without control characters.
pub fn say(err: &mut (dyn Write + Send), sentence: &str) {
    writeln!(err, "{}", console::plain(sentence)).ok();
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn run_with(arguments: &[&str]) -> (Asked, String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let all = ["ablation-review"].iter().chain(arguments).map(OsString::from);
        let asked = run(all, &mut out, &mut err);
        (asked, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }

    #[test]
    fn the_commands_are_sound() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn paths_without_a_command_open_the_window() {
        assert_eq!(run_with(&[]).0, Asked::Window(Vec::new()));
        let here = std::env::current_dir().unwrap();
        assert_eq!(run_with(&["a", "/b"]).0, Asked::Window(vec![here.join("a"), "/b".into()]));
    }

    #[test]
    fn wrong_use_is_told_apart_from_refused_input() {
        let (asked, out, err) = run_with(&["inspect"]);
        assert_eq!((asked, out.as_str()), (Asked::Done(WRONG_USAGE), ""));
        assert!(err.contains("Usage"), "{err}");
        assert_eq!(run_with(&["--no-such-option"]).0, Asked::Done(WRONG_USAGE));
        let (asked, out, err) = run_with(&["sample", "nothing-like-it", "--out", "/nowhere"]);
        assert_eq!((asked, out.as_str()), (Asked::Done(REFUSED), ""));
        assert!(err.contains("first-look"), "{err}");
    }

    #[test]
    fn every_command_has_help() {
        for command in CommandLine::command().get_subcommands().map(clap::Command::get_name) {
            let (asked, out, err) = run_with(&[command, "--help"]);
            assert_eq!((asked, err.as_str()), (Asked::Done(DONE), ""));
            assert!(out.contains("Usage: ablation-review"), "{out}");
        }
    }

    #[test]
    fn what_a_terminal_would_obey_does_not_come_back() {
        let (_, _, err) = run_with(&["sample", "\u{1b}]0;title\u{7}\u{9b}31m", "--out", "/nowhere"]);
        assert!(!err.chars().any(|c| c.is_control() && c != '\n'), "{err:?}");
        let (_, _, err) = run_with(&["--\u{1b}[31m"]);
        assert!(!err.contains('\u{1b}'), "{err:?}");
    }
}
