//! The project file and the reader of headers under fire: kills, faults of every I/O step, full disks, two programs
//! at once, and damaged bytes. What breaks is a child process (this binary once more); what was acknowledged is
//! written down by the parent.
//!
//! Each test runs a share of its cases, the same each time; `ABLATION_REVIEW_FIRE=all` runs all of them.

#[path = "../../src/dicom/tests/archive.rs"]
mod archive;
#[path = "../../src/dicom/tests/base64.rs"]
mod base64;
mod cells;
mod child;
#[path = "../../src/dicom/tests/damage.rs"]
pub mod damage;
mod faults;
mod folders;
mod full_disk;
mod kills;
mod kinds;
mod mutants;
mod said;
mod session;
mod small_dicom;
mod two_programs;

use std::path::{Path, PathBuf};

/// A folder in memory where that is there: what is tested ends with the process, not with the power.
fn scratch() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.or_else(|_| tempfile::tempdir()).unwrap()
}

fn next_to(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// A number from the environment.
fn number(variable: &str, default: usize) -> usize {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/project_v1.ablation")
}

/// How many changes the fixture holds.
const FIXTURE: u64 = 20;
