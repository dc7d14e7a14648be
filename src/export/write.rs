//! Writing tables: every file whole or not at all.

use super::workbook::{ABOUT_HEAD, about_rows};
use super::{ExportError, Options, Table};
use crate::clinical::StudySettings;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The head of the data dictionary.
pub(super) const DICTIONARY_HEAD: [&str; 5] = ["table", "column", "meaning", "unit", "allowed_values"];

/// A table as CSV: UTF-8, comma, point, LF, quotes where needed.
pub(super) fn csv_of(table: &Table) -> Result<Vec<u8>, ExportError> {
    let head = table.columns.iter().map(|column| column.name.clone()).collect();
    csv_text(head, table.rows.iter().cloned())
}

/// The dictionary of tables as CSV, one row a column.
pub(super) fn dictionary_csv(tables: &[&Table]) -> Result<Vec<u8>, ExportError> {
    let rows = tables.iter().flat_map(|table| {
        table.columns.iter().map(|column| {
            vec![
                table.name.to_owned(),
                column.name.clone(),
                column.meaning.to_owned(),
                column.unit.to_owned(),
                column.allowed(),
            ]
        })
    });
    csv_text(DICTIONARY_HEAD.map(str::to_owned).to_vec(), rows)
}

/// What tables rest on, as CSV.
pub(super) fn about_csv(settings: &StudySettings, options: Options) -> Result<Vec<u8>, ExportError> {
    csv_text(ABOUT_HEAD.map(str::to_owned).to_vec(), about_rows(settings, options).into_iter())
}

fn csv_text(head: Vec<String>, rows: impl Iterator<Item = Vec<String>>) -> Result<Vec<u8>, ExportError> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    for row in std::iter::once(head).chain(rows) {
        writer.write_record(&row).map_err(|why| ExportError::Table(why.to_string()))?;
    }
    writer.into_inner().map_err(|why| ExportError::Table(why.error().to_string()))
}

/// Writes files: all of them beside their places first, under temporary names and synced, then each moved to
/// its place. Where one cannot be written, nothing that was there before is touched.
pub(super) fn write_all(files: &[(PathBuf, Vec<u8>)]) -> Result<(), ExportError> {
    let mut ready: Vec<(PathBuf, &PathBuf)> = Vec::new();
    let done = (|| {
        for (target, bytes) in files {
            let temporary = temporary_beside(target);
            ready.push((temporary.clone(), target));
            write_synced(&temporary, bytes).map_err(|why| ExportError::cannot_write(target, &why))?;
        }
        for (temporary, target) in &ready {
            std::fs::rename(temporary, target).map_err(|why| ExportError::cannot_write(target, &why))?;
        }
        Ok(())
    })();
    if done.is_err() {
        for (temporary, _) in &ready {
            std::fs::remove_file(temporary).ok(); // those already moved are gone from here
        }
    }
    done
}

fn temporary_beside(target: &Path) -> PathBuf {
    let name = target.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    target.with_file_name(format!(".{name}.{}.part", uuid::Uuid::new_v4().simple()))
}

fn write_synced(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = std::fs::File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let good = folder.path().join("a.csv");
        std::fs::write(&good, "before").unwrap();
        let nowhere = folder.path().join("missing").join("b.csv");
        let files = [(good.clone(), b"after".to_vec()), (nowhere, b"x".to_vec())];
        let why = write_all(&files).unwrap_err().to_string();
        assert!(why.contains("b.csv") && why.contains("folder"), "{why}");
        assert_eq!(std::fs::read_to_string(&good).unwrap(), "before");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file stays");
        write_all(&files[..1]).unwrap();
        assert_eq!(std::fs::read_to_string(&good).unwrap(), "after");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
