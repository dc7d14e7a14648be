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
        return Err("afterwards its structure failed SQLite's check".into());
    }
    transaction.commit().map_err(words)
}
