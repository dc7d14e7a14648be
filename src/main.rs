//! Reads the command line, and opens the window or runs a command; nothing else.

use ablation_review::app;
use ablation_review::command_line::{self, Asked};
use ablation_review::workbench::fault;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

fn main() -> ExitCode {
    fault::watch(&app::user_folder());
    // A fault unwinds to here, and on its way everything open is closed as it should be.
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        command_line::say(&mut std::io::stderr(), &fault::said(fault::reports().last().map(|path| path.as_path())));
        ExitCode::from(fault::EXIT_CODE)
    })
}

fn run() -> ExitCode {
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
