//! Writing a project from what is in memory into a file of its own, with no byte of any other file in it.
//!
//! Its journal begins with the entries it is given, as words alone, and then has one row that puts everything there.

use super::change::{By, Change, ChangeKind, Entry};
use super::document::Document;
use super::edit::{Edit, Op};
use super::errors::SaveError;
use super::history::Dropped;
use super::row::{MarkRecord, Row};
use super::store::{Sidecar, write_change, write_entry, write_sidecar};
use super::{open, schema};
use crate::marks::MaskDelta;
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;
use std::sync::Arc;

/// What goes into the new file.
pub(super) struct Content<'a> {
    pub(super) document: &'a Document,
    /// What was done before, to be told in words; their content is not in the new file.
    pub(super) told: &'a [Entry],
    /// Words of the row that puts everything there.
    pub(super) label: &'a str,
    pub(super) by: By,
    pub(super) sidecar: &'a Sidecar,
}

/// Writes the file; nothing is at the path yet.
pub(super) fn write(path: &Path, content: &Content<'_>) -> Result<(), SaveError> {
    let mut connection = Connection::open(path)?;
    connection.pragma_update(None, "synchronous", "EXTRA")?;
    schema::create(&mut connection)?;
    open::prepare(&connection, true)?;
    let change = foundation(content)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for entry in content.told {
        tell(&transaction, entry)?;
    }
    write_change(&transaction, &change)?;
    write_sidecar(&transaction, content.sidecar)?;
    // Numbers are given once, also those whose rows are gone.
    for (name, last) in content.document.last_numbers() {
        transaction.execute(
            "INSERT INTO counter (name, last) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET last = max(last, ?2)",
            (name, last),
        )?;
    }
    transaction.commit()?;
    connection.close().map_err(|(_, why)| why)?;
    Ok(())
}

/// An entry as its words alone.
fn tell(connection: &Connection, entry: &Entry) -> Result<(), SaveError> {
    // What undid what is told by the words; the entries that could be undone are not there.
    let seq = write_entry(connection, &Entry { undoes: None, ..entry.clone() }, r#"{"forward":[],"inverse":[]}"#)?;
    connection
        .execute("INSERT INTO journal_dropped (seq, what, bytes) VALUES (?1, ?2, 0)", (seq, Dropped::All.code()))?;
    Ok(())
}

/// The change that puts every row and every voxel.
fn foundation(content: &Content<'_>) -> Result<Change, SaveError> {
    let failed = |why: String| SaveError::Disk(why);
    let mut ops = Vec::new();
    for row in content.document.tables.rows() {
        let Row::Mark(mark) = row else {
            ops.push(Op::Put(row));
            continue;
        };
        let mask = content.document.mask(mark.info.id).filter(|mask| !mask.is_empty());
        ops.push(Op::Put(Row::Mark(MarkRecord { measured: None, ..mark.clone() })));
        if let Some(mask) = mask {
            let slices: Vec<_> = mask.slices().iter().map(|(k, slice)| (*k, slice.clone())).collect();
            let delta = MaskDelta::try_from(slices).map_err(|why| failed(why.to_string()))?;
            ops.push(Op::Mask { mark: mark.info.id, delta: Arc::new(delta) });
        }
        if mark.measured.is_some() {
            ops.push(Op::Put(Row::Mark(mark)));
        }
    }
    let forward = Edit::new(ops);
    let mut after = Document::default();
    let inverse = after.apply(&forward).map_err(|why| failed(why.to_string()))?;
    let marks = after.mark_writes(&forward);
    let entry = Entry {
        seq: content.told.last().map_or(0, |last| last.seq).saturating_add(1),
        at: content.by.at,
        reader: content.by.reader,
        patient: None,
        visit: None,
        kind: ChangeKind::Copy,
        label: content.label.to_owned(),
        undoes: None,
    };
    Ok(Change { entry, forward, inverse: Arc::new(inverse), marks })
}
