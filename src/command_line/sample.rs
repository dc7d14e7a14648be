//! `sample`: studies with known truth.

use super::Refused;
use super::console::{Console, Progress};
use crate::phantom;
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct Sample {
    /// Which sample.
    #[arg(required_unless_present = "list", conflicts_with = "list")]
    case: Option<String>,
    /// List the samples.
    #[arg(long)]
    list: bool,
    /// Folder to write into; made when it is not there.
    #[arg(long, value_name = "FOLDER", required_unless_present = "list")]
    out: Option<PathBuf>,
}

impl Sample {
    pub fn run(&self, console: &Console<'_>) -> Result<u8, Refused> {
        let (Some(case), Some(out)) = (&self.case, &self.out) else {
            let list: Vec<Value> = phantom::cases()
                .iter()
                .map(|info| json!({ "id": info.id, "title": info.title, "summary": info.summary }))
                .collect();
            return Ok(console.json(&json!({ "samples": list })));
        };
        let progress = Progress::new(console, "Made", "images");
        let written = phantom::write(case, out, &|done, total| progress.tell(done, total), &|| false)
            .map_err(Refused::because)?;
        Ok(console.json(&json!({
            "sample": case,
            "folder": written.folder.to_string_lossy(),
            "images": written.images,
            "bytes": written.bytes,
            "truth": written.folder.join("truth.json").to_string_lossy(),
        })))
    }
}
