//! What several test modules share: where the real data is, and the count of tests that ran without it.

pub mod ct;

use std::io::Write;
use std::path::PathBuf;

/// The folder of real DICOM named by `ABLATION_REVIEW_DATA`, when it is there.
pub fn data_folder() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("ABLATION_REVIEW_DATA")?);
    folder.is_dir().then_some(folder)
}

/// The path of `name` below the real data; without it the test says so, is counted, and does nothing.
/// CI prints the count and fails when the folder is there and one test was skipped all the same.
pub fn real(name: &str, test: &str) -> Option<PathBuf> {
    let path = data_folder().map(|folder| folder.join(name)).filter(|path| path.exists());
    if path.is_none() {
        without(name, test);
    }
    path
}

/// Says and counts that a test did nothing, because this machine lacks something.
pub fn without(what: &str, test: &str) {
    println!("without data: {test} needs {what}");
    if let Some(log) = std::env::var_os("ABLATION_REVIEW_WITHOUT_DATA") {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(log);
        if let Ok(mut file) = file {
            writeln!(file, "{test}\t{what}").ok();
        }
    }
}
