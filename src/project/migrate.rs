//! From an older format to this one: in one transaction on the file itself, checked inside it.
//!
//! SQLite writes the old content of every page aside before it changes the file, and puts it back when the
//! transaction does not come to its end, also after a crash. So a migration that fails leaves the file as it was,
//! to the byte; no second file has to take the name of the first, under which other programs may have it open.

use super::errors::ReadError;
use super::{Document, backup, load, schema};
use rusqlite::{Connection, TransactionBehavior};

/// Brings a file from `format` to the newest. `before` is what it holds; it must hold the same afterwards.
///
/// # Errors
/// A reason that ends a sentence; the file is as it was.
pub(super) fn migrate(connection: &mut Connection, format: i32, before: &Document) -> Result<(), String> {
    let words = |why: rusqlite::Error| why.to_string();
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(words)?;
    for step in schema::steps_from(format) {
        transaction.execute_batch(step).map_err(words)?;
    }
    transaction.pragma_update(None, "user_version", schema::FORMAT).map_err(words)?;
    if let Some(what) = schema::stranger(&transaction, schema::FORMAT).map_err(words)? {
        return Err(format!("afterwards it had {what}"));
    }
    let after = load::document(&transaction, schema::FORMAT).map_err(|why| match why {
        ReadError::Sqlite(why) => why.to_string(),
        ReadError::Content(what) => what,
    })?;
    if after != *before {
        return Err("afterwards it did not hold the same".into());
    }
    if !backup::sound(&transaction).map_err(words)? {
        return Err("afterwards its structure did not pass the check".into());
    }
    transaction.commit().map_err(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{OpenAs, OpenOptions, Project, ReadOnly};
    use std::path::{Path, PathBuf};

    fn old(folder: &Path) -> PathBuf {
        let path = folder.join("old.ablation");
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/project_v1.ablation");
        std::fs::copy(fixture, &path).unwrap();
        path
    }

    fn open(path: &Path) -> (Connection, Document) {
        let connection = Connection::open(path).unwrap();
        connection.pragma_update(None, "synchronous", "EXTRA").unwrap();
        let document = load::document(&connection, 1).unwrap();
        (connection, document)
    }

    /// Whether the file is as the fixture is, to the byte, with nothing left beside it.
    fn untouched(path: &Path) -> bool {
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/project_v1.ablation");
        std::fs::read(path).unwrap() == std::fs::read(fixture).unwrap()
            && std::fs::read_dir(path.parent().unwrap()).unwrap().count() == 1
    }

    #[test]
    fn it_fails_at_every_step_of_sqlite_without_a_trace() {
        let folder = tempfile::tempdir().unwrap();
        let path = old(folder.path());
        let (mut failed, mut step) = (0, 1);
        loop {
            let (mut connection, before) = open(&path);
            // Stops SQLite after so many of its own steps, wherever that is.
            let mut left = step;
            connection
                .progress_handler(
                    1,
                    Some(move || {
                        left -= 1;
                        left < 0
                    }),
                )
                .unwrap();
            let result = migrate(&mut connection, 1, &before);
            connection.progress_handler(1, None::<fn() -> bool>).unwrap();
            drop(connection);
            match result {
                Ok(()) => break,
                Err(_) => {
                    failed += 1;
                    assert!(untouched(&path), "step {step}");
                }
            }
            step += 1 + step / 40; // every step at first, then one of many: the last ones are all reading
        }
        assert!(failed > 50, "{failed} failures");
        let (connection, _) = open(&path);
        assert_eq!(schema::stranger(&connection, schema::FORMAT).unwrap(), None);
    }

    #[test]
    fn a_full_disk_or_a_commit_that_fails_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = old(folder.path());
        for more in 0..3u32 {
            let (mut connection, before) = open(&path);
            let pages: u32 = connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
            connection.pragma_update_and_check(None, "max_page_count", pages + more, |_| Ok(())).unwrap();
            match migrate(&mut connection, 1, &before) {
                Err(why) => assert!(why.contains("full"), "{why}"),
                Ok(()) => {
                    assert!(more > 0, "there was no room at all");
                    return;
                }
            }
            drop(connection);
            assert!(untouched(&path));
            let (mut connection, before) = open(&path);
            connection.commit_hook(Some(|| true)).unwrap(); // the commit itself fails
            assert!(migrate(&mut connection, 1, &before).is_err());
            drop(connection);
            assert!(untouched(&path));
        }
    }

    #[test]
    fn without_a_backup_nothing_is_migrated_and_that_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = old(folder.path());
        // A folder where the backup is to be written.
        std::fs::create_dir(folder.path().join("old.ablation.backup-part")).unwrap();
        let at = chrono::DateTime::UNIX_EPOCH;
        let mut opened = Project::open_with(&path, &OpenOptions::new(OpenAs::Writer, "NU", at)).unwrap();
        assert!(matches!(&opened.read_only, Some(ReadOnly::NotMigrated(why)) if why.contains("no backup")));
        let said = opened.read_only.as_ref().map(ToString::to_string).unwrap();
        assert!(said.starts_with("it was made by an older version"), "{said}");
        let edit = crate::project::edits::settings(opened.project.document().settings());
        assert!(opened.project.commit(edit, crate::project::By { reader: None, at }).is_err());
        drop(opened);
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/project_v1.ablation");
        assert!(std::fs::read(&path).unwrap() == std::fs::read(fixture).unwrap());
    }
}
