//! `copy`: a project without what tells who its patients are.

use super::Refused;
use super::console::Console;
use super::project::{existing, now, with_ending};
use crate::project::{self, CopyOptions};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct Copy {
    /// The project file.
    project: PathBuf,
    /// Leave out names, identifiers, paths, the audit trail, and every text that repeats them.
    #[arg(long, required = true)]
    without_identity: bool,
    /// Move every date so that a patient's first ablation falls on 2000-01-01; days between dates stay.
    #[arg(long)]
    dates_as_offsets: bool,
    /// The project file to make.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Copy {
    pub fn run(&self, console: &Console<'_>) -> Result<u8, Refused> {
        let options = CopyOptions { dates_as_offsets: self.dates_as_offsets, at: now() };
        let out = with_ending(&self.out);
        let removed =
            project::copy_without_identity(&existing(&self.project), &out, &options).map_err(Refused::because)?;
        Ok(console.json(&json!({ "project": out.to_string_lossy(), "removed": removed })))
    }
}
