//! `inspect`: what is below some paths.

use super::console::{Console, Progress};
use super::{REFUSED, Refused};
use crate::clinical::StackRole;
use crate::dicom::{self, Found, FoundStack, Limits, Skipped};
use crate::intake;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct Inspect {
    /// Folders or files.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
}

impl Inspect {
    pub fn run(&self, console: &Console<'_>) -> Result<u8, Refused> {
        let found = find(&self.paths, console);
        let printed = console.json(&dicom::inspect_json(&found, &|stack| Some(role(stack, &found))));
        if found.stacks.is_empty() {
            // The list of what was skipped is printed all the same.
            console.say(&nothing(&self.paths, &found.skipped).to_string());
            return Ok(REFUSED);
        }
        Ok(printed)
    }
}

/// Looks for images and says how far it is.
pub(super) fn find(paths: &[PathBuf], console: &Console<'_>) -> Found {
    let progress = Progress::new(console, "Read the headers of", "files");
    dicom::find(paths, &Limits::default(), &|done, total| progress.tell(done, total), &|| false)
}

/// Says that there are no images, and why.
pub(super) fn nothing(paths: &[PathBuf], skipped: &[Skipped]) -> Refused {
    let places: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
    let places = places.join(", ");
    let advice = "Name a folder or a file with DICOM images.";
    Refused(match skipped {
        [] => format!("There is no file in {places}. {advice}"),
        [only] => format!("{} was not used. {} {advice}", only.file.display(), only.reason),
        [first, ..] => format!(
            "None of the {} files in {places} was used. The first is {}: {} {advice}",
            skipped.len(),
            first.file.display(),
            first.reason
        ),
    })
}

/// The role that is proposed for a stack, seen beside the others of its study.
fn role(stack: &FoundStack, found: &Found) -> StackRole {
    let others: Vec<_> = found
        .stacks
        .iter()
        .filter(|other| other.info.study_uid == stack.info.study_uid && other.info.key != stack.info.key)
        .map(|other| &other.info)
        .collect();
    intake::propose_role(&stack.info, &others).value
}
