//! Reads the command line, and opens the window or runs a command; nothing else.

use ablation_review::app;
use ablation_review::command_line::{self, Asked};
use std::process::ExitCode;

fn main() -> ExitCode {
    let (mut out, mut err) = (std::io::stdout(), std::io::stderr());
    match command_line::run(std::env::args_os(), &mut out, &mut err) {
        Asked::Done(code) => ExitCode::from(code),
        Asked::Window(paths) => match app::run(paths) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                command_line::say(&mut err, &error.to_string());
                ExitCode::from(command_line::REFUSED)
            }
        },
    }
}
