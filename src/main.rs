//! Reads the command line, and opens the window or runs a command; nothing else.

use ablation_review::command_line::{self, Asked};
use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let (mut out, mut err) = (std::io::stdout(), std::io::stderr());
    match command_line::run(std::env::args_os(), &mut out, &mut err) {
        Asked::Done(code) => ExitCode::from(code),
        Asked::Window(paths) => match open_window(paths) {
            Ok(()) => ExitCode::SUCCESS,
            Err(sentence) => {
                command_line::say(&mut err, &sentence);
                ExitCode::from(command_line::REFUSED)
            }
        },
    }
}

/// Opens the window; an error is one sentence that says why there is none and what works without it.
fn open_window(_paths: Vec<PathBuf>) -> Result<(), String> {
    Err("The window is not part of this build yet. Without it there are the commands inspect, volume and sample; \
         see --help."
        .into())
}
