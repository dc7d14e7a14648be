//! `cohort`: counts, proportions with intervals, curves and tests of a project or of a table made elsewhere.

use super::Refused;
use super::console::Console;
use super::project::{existing, is_project, now, today};
use crate::clinical::{Date, StudySettings};
use crate::cohort::file::{self, BadCell, Clock, FileError};
use crate::cohort::{Choices, Scale, statistics};
use crate::export;
use crate::outcome::PatientCourse;
use crate::project::{OpenAs, Project, patient_courses};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(super) struct Cohort {
    /// A project, or a CSV table with one row a lesion and visit (its columns are in the guide, formats.md).
    input: PathBuf,
    /// On which scale intervals of survival are made.
    #[arg(long, value_enum, default_value_t = ScaleForm::LogLog)]
    scale: ScaleForm,
    /// Lesions up to this size count as small.
    #[arg(long, value_name = "MM", default_value_t = 30.0)]
    size_cut_mm: f64,
    /// Settings that differ from the default, as JSON with the names that are printed under "settings"; for a table only,
    /// a project has its own.
    #[arg(long, value_name = "FILE.json")]
    settings: Option<PathBuf>,
    /// The day that decides which windows are still open; today for a project, and for a table long after its last day.
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Write curves, flow, swimmer plot and zone sizes as SVG into this folder.
    #[arg(long, value_name = "FOLDER")]
    charts: Option<PathBuf>,
    /// Leave out who is behind each number.
    #[arg(long)]
    brief: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ScaleForm {
    /// The logarithm of survival (R's default).
    Log,
    /// The logarithm of the cumulative hazard (SAS's default).
    LogLog,
}

/// Most bad cells that are said one by one.
const MOST_SAID: usize = 100;

impl Cohort {
    pub fn run(&self, console: &Console<'_>) -> Result<u8, Refused> {
        if !(self.size_cut_mm.is_finite() && self.size_cut_mm > 0.0) {
            return Err(Refused("--size-cut-mm needs a number above 0.".to_owned()));
        }
        let input = existing(&self.input);
        let (courses, settings, source) =
            if is_project(&input) { self.of_project(&input)? } else { self.of_table(&input, console)? };
        let scale = match self.scale {
            ScaleForm::Log => Scale::Log,
            ScaleForm::LogLog => Scale::LogLog,
        };
        let choices = Choices { scale, size_cut_mm: self.size_cut_mm };
        let cohort = statistics(&courses, &settings, choices);
        let in_days = source.get("clock").is_some_and(|clock| clock == "days");
        let mut printed = json!({ "software_version": env!("CARGO_PKG_VERSION"), "source": source });
        if let Some(folder) = &self.charts {
            let files = export::charts::write_charts(&cohort, &courses, folder).map_err(Refused::because)?;
            let files: Value = files.iter().map(|file| file.to_string_lossy()).collect();
            if let Some(printed) = printed.as_object_mut() {
                printed.insert("charts".to_owned(), files);
            }
        }
        let all = serde_json::to_value(cohort).map_err(Refused::because)?;
        if let (Some(printed), Value::Object(all)) = (printed.as_object_mut(), all) {
            printed.extend(all);
        }
        if in_days {
            dates_to_days(&mut printed);
        }
        if self.brief {
            without_members(&mut printed);
        }
        Ok(console.json(&printed))
    }

    fn of_project(&self, path: &Path) -> Result<(Vec<PatientCourse>, StudySettings, Value), Refused> {
        if self.settings.is_some() {
            return Err(Refused("A project has its own settings: leave --settings away.".to_owned()));
        }
        let opened = Project::open(path, OpenAs::ReadOnly, "", now()).map_err(Refused::because)?;
        let document = opened.project.document();
        let counted = document.without_archived();
        let as_of = self.as_of.unwrap_or_else(today);
        let source = json!({
            "kind": "project",
            "file": path.to_string_lossy(),
            "as_of": as_of,
            "archived_patients_left_out": document.archived_patients(),
        });
        Ok((patient_courses(&counted, as_of), counted.settings(), source))
    }

    fn of_table(
        &self,
        path: &Path,
        console: &Console<'_>,
    ) -> Result<(Vec<PatientCourse>, StudySettings, Value), Refused> {
        let settings = self.settings.as_deref().map_or_else(|| Ok(StudySettings::default()), settings_of)?;
        let read = |path: &Path| std::fs::read(path).map_err(|why| Refused(format!("{}: {why}.", path.display())));
        let file = file::read(&read(path)?, &settings, self.as_of).map_err(|error| {
            if let FileError::Cells(cells) = &error {
                for cell in cells.iter().take(MOST_SAID) {
                    console.say(&cell_words(cell));
                }
                if cells.len() > MOST_SAID {
                    console.say(&format!("And {} more.", cells.len() - MOST_SAID));
                }
            }
            Refused(format!("{}: {error}", path.display()))
        })?;
        let source = json!({
            "kind": "table",
            "file": path.to_string_lossy(),
            "as_of": self.as_of,
            "clock": match file.clock { Clock::Days => "days", Clock::Dates => "dates" },
            "rows": file.rows,
            "ignored_columns": file.ignored_columns,
        });
        for column in &file.ignored_columns {
            console.say(&format!("The column \"{column}\" is not known and was not read."));
        }
        Ok((file.courses, settings, source))
    }
}

/// "Line 3, column visit, "x": Not a date."
fn cell_words(cell: &BadCell) -> String {
    let column = if cell.column.is_empty() { String::new() } else { format!(", column {}", cell.column) };
    let value = if cell.value.is_empty() { String::new() } else { format!(", \"{}\"", cell.value) };
    format!("Line {}{column}{value}: {}", cell.line, cell.reason)
}

/// The default settings with what a file says otherwise; a name that is not known is refused.
fn settings_of(path: &Path) -> Result<StudySettings, Refused> {
    let text = std::fs::read_to_string(path).map_err(|why| Refused(format!("{}: {why}.", path.display())))?;
    let said: Value = serde_json::from_str(&text).map_err(|why| Refused(format!("{}: {why}.", path.display())))?;
    let Value::Object(said) = said else {
        return Err(Refused(format!("{} is no JSON object with settings.", path.display())));
    };
    let known = ["event_cells", "delayed_entry", "disease_free_from"];
    let mut all = serde_json::to_value(StudySettings::default()).map_err(Refused::because)?;
    for (name, value) in said {
        let Some(settings) = all.as_object_mut() else { continue };
        if !settings.contains_key(&name) && !known.contains(&name.as_str()) {
            return Err(Refused(format!("{}: there is no setting \"{name}\".", path.display())));
        }
        settings.insert(name, value);
    }
    let settings: StudySettings =
        serde_json::from_value(all).map_err(|why| Refused(format!("{}: {why}.", path.display())))?;
    match settings.event_cells.iter().find(|chosen| !crate::outcome::event_matrix::allows(**chosen)) {
        Some(chosen) => Err(Refused(format!(
            "{}: in \"{}\", \"{}\" cannot count as \"{}\". The guide lists what each cell may be.",
            path.display(),
            chosen.end_point,
            chosen.happening,
            chosen.cell
        ))),
        None => Ok(settings),
    }
}

/// Replaces calendar dates, which a table of days does not have, by days in every sentence.
fn dates_to_days(value: &mut Value) {
    match value {
        Value::String(text) => *text = export::dates_as_days(text, file::day_zero()),
        Value::Array(all) => all.iter_mut().for_each(dates_to_days),
        Value::Object(all) => all.values_mut().for_each(dates_to_days),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Takes out who is behind each number.
fn without_members(value: &mut Value) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(without_members),
        Value::Object(all) => {
            for name in ["members", "excluded", "lesions", "new", "left_out", "technical_success_unknown"] {
                if all.get(name).is_some_and(Value::is_array) {
                    all.remove(name);
                }
            }
            all.values_mut().for_each(without_members);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
