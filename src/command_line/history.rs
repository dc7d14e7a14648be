//! `history`: the audit trail as CSV.

use super::Refused;
use super::console::Console;
use super::project::{DateForm, existing, now};
use crate::export;
use crate::project::{HistoryFilter, OpenAs, Project};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct History {
    /// The project file.
    project: PathBuf,
    /// The CSV file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// How dates are written.
    #[arg(long, value_enum, default_value_t = DateForm::Iso)]
    dates: DateForm,
}

impl History {
    pub fn run(&self, console: &Console<'_>) -> Result<u8, Refused> {
        let opened = Project::open(&existing(&self.project), OpenAs::ReadOnly, "", now()).map_err(Refused::because)?;
        let project = opened.project;
        let mut rows = project.history_rows(HistoryFilter::default(), None, usize::MAX).map_err(Refused::because)?;
        rows.reverse(); // as it happened
        export::write_history(project.document(), &rows, self.dates.into(), &self.out).map_err(Refused::because)?;
        Ok(console.json(&json!({ "file": self.out.to_string_lossy(), "changes": rows.len() })))
    }
}
