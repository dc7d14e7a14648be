//! What leaves the program: tidy tables as CSV or one workbook with a data dictionary, from the document and the
//! rules, and volumes as NIfTI.
//!
//! What is counted is `cohort`'s work, what is derived is `outcome`'s; here it is laid out and written. Names
//! of patients, identifiers from the images and file paths never get here.

mod cell;
pub mod charts;
mod dates;
mod error;
mod gathered;
mod guide;
mod history;
pub mod nifti;
mod table;
mod tables;
mod workbook;
mod write;

pub use dates::{Dates, dates_as_days};
pub use error::ExportError;
pub use guide::{coded_lists_markdown, columns_markdown};
pub use history::{history_csv, history_table, write_history};
pub use table::{ColumnInfo, Kind, Table, Values};

use crate::clinical::Date;
use crate::project::Document;
use gathered::Gathered;
use std::path::{Path, PathBuf};

/// What an export may choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How dates are written.
    pub dates: Dates,
    /// The day that outcomes are derived for (what is due depends on it).
    pub today: Date,
}

/// What was written where.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Written {
    /// The files, in the order of the tables, then the dictionary and what they rest on.
    pub files: Vec<PathBuf>,
    /// Rows of each table that was written, by its name.
    pub rows: std::collections::BTreeMap<&'static str, usize>,
}

/// The tables of the project that a screen shows, in the order in which they are written: all but the statistics and
/// the cohort as one table, which take longer.
#[must_use]
pub fn tables(document: &Document, options: Options) -> Vec<Table> {
    let all = Gathered::new(document, options.today);
    shown_tables(&all, options.dates)
}

fn every_table(all: &Gathered<'_>, dates: Dates) -> Vec<Table> {
    let mut every = shown_tables(all, dates);
    every.push(tables::cohort::table(all, dates));
    every.extend(tables::statistics::tables(all, dates));
    every
}

fn shown_tables(all: &Gathered<'_>, dates: Dates) -> Vec<Table> {
    let mut every = vec![
        tables::patients::table(all, dates),
        tables::lesions::table(all, dates),
        tables::sessions::table(all, dates),
        tables::visits::table(all, dates),
        tables::lesion_visit::table(all, dates),
        tables::lesion_session::table(all, dates),
        tables::events::table(all, dates),
    ];
    every.extend(tables::efficacy::tables(all, dates));
    every
}

/// Writes tables: to `FILE.csv` the lesion x visit table with `FILE.dictionary.csv` beside it; to `FILE.xlsx` every table
/// with the dictionary and what they rest on as one workbook; to a folder (made when missing) every table,
/// `dictionary.csv` and `about.csv`.
///
/// # Errors
/// Refuses an export without a row, a kind of file that it cannot write, and what the disk refuses.
pub fn write(document: &Document, options: Options, to: &Path) -> Result<Written, ExportError> {
    let place = Place::of(to)?;
    let all = Gathered::new(document, options.today);
    let tables = match place {
        Place::File => shown_tables(&all, options.dates),
        Place::Folder | Place::Workbook => every_table(&all, options.dates),
    };
    let chosen: Vec<&Table> = match place {
        Place::File => tables.iter().filter(|table| table.name == "lesion_visit").collect(),
        Place::Folder | Place::Workbook => tables.iter().collect(),
    };
    refuse_empty(document, &chosen, &place)?;
    let mut files = Vec::new();
    match place {
        Place::File => {
            for table in &chosen {
                files.push((to.to_owned(), write::csv_of(table)?));
            }
            files.push((to.with_extension("dictionary.csv"), write::dictionary_csv(&chosen)?));
        }
        Place::Folder => {
            std::fs::create_dir_all(to).map_err(|why| ExportError::cannot_write(to, &why))?;
            for table in &chosen {
                files.push((to.join(format!("{}.csv", table.name)), write::csv_of(table)?));
            }
            files.push((to.join("dictionary.csv"), write::dictionary_csv(&chosen)?));
            files.push((to.join("about.csv"), write::about_csv(&document.settings(), options)?));
        }
        Place::Workbook => {
            files.push((to.to_owned(), workbook::workbook_of(&chosen, &document.settings(), options)?));
        }
    }
    write::write_all(&files)?;
    Ok(Written {
        files: files.into_iter().map(|(path, _)| path).collect(),
        rows: chosen.iter().map(|table| (table.name, table.rows.len())).collect(),
    })
}

/// An export that would hold no line below its heads is a mistake somewhere (OHIF #5205).
fn refuse_empty(document: &Document, chosen: &[&Table], place: &Place) -> Result<(), ExportError> {
    if document.lesions().next().is_none() {
        return Err(ExportError::NoLesion);
    }
    match place {
        Place::File if chosen.iter().all(|table| table.rows.is_empty()) => Err(ExportError::NoVisit),
        Place::File | Place::Folder | Place::Workbook => Ok(()),
    }
}

/// Where an export goes.
enum Place {
    File,
    Folder,
    Workbook,
}

impl Place {
    fn of(to: &Path) -> Result<Self, ExportError> {
        if to.is_dir() {
            return Ok(Self::Folder);
        }
        match to.extension().map(|extension| extension.to_string_lossy().to_lowercase()) {
            None if to.is_file() => Err(ExportError::Kind(to.to_owned())),
            None => Ok(Self::Folder),
            Some(csv) if csv == "csv" => Ok(Self::File),
            Some(xlsx) if xlsx == "xlsx" => Ok(Self::Workbook),
            Some(_) => Err(ExportError::Kind(to.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests;
