//! The journal done again from nothing: does it give the rows of the project?

use super::document::Document;
use super::edit::{Edit, Op};
use super::errors::ReadError;
use super::history::{Dropped, History};
use super::load;
use crate::marks::MaskDelta;
use rusqlite::Connection;
use std::sync::Arc;

/// What doing the journal again gave.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Replayed {
    /// The rows and voxels of the project.
    Same,
    /// Something else.
    Different,
    /// Nobody wanted to know any more.
    Cancelled,
}

fn content<T>(what: String) -> Result<T, ReadError> {
    Err(ReadError::Content(what))
}

/// Does the journal again, checking each inverse on the way. Every row is read by itself, so that a writer elsewhere
/// waits for none but the shortest.
///
/// Where the voxels of the oldest changes were dropped, the rows are made from nothing all the same; the voxels at the
/// end of what was dropped are what the later changes, taken back one after the other, leave of the project's.
pub(super) fn replay(
    connection: &Connection,
    history: &History,
    document: &Document,
    cancelled: &dyn Fn() -> bool,
) -> Result<Replayed, ReadError> {
    let last_dropped = history.last_dropped();
    let mut here = Document::default();
    let mut whole = last_dropped.is_none();
    for entry in history.entries() {
        if cancelled() {
            return Ok(Replayed::Cancelled);
        }
        let seq = entry.seq;
        let (forward, inverse) = load::edits(connection, seq, history.dropped(seq))?;
        if !whole && last_dropped.is_some_and(|last| seq > last) {
            let Some(then) = back_to(connection, history, document, seq, cancelled)? else {
                return Ok(Replayed::Cancelled);
            };
            if !here.take_voxels(&then) {
                return Ok(Replayed::Different);
            }
            whole = true;
        }
        let (forward, inverse) = if whole { (forward, inverse) } else { (blank(&forward), rows_only(&inverse)) };
        match here.apply(&forward) {
            Ok(back) => {
                if (if whole { back } else { rows_only(&back) }) != inverse {
                    return content(format!("what takes back entry {seq} of the audit trail is not its inverse"));
                }
            }
            Err(why) => return content(format!("entry {seq} of the audit trail cannot be done again ({why})")),
        }
    }
    if !whole && !here.take_voxels(document) {
        return Ok(Replayed::Different);
    }
    // A project made from what was in memory knows of numbers that its journal no longer tells.
    let numbers_told = history.entries().iter().all(|entry| history.dropped(entry.seq) != Some(Dropped::All));
    let same = if numbers_told { here == *document } else { here.same_content(document) };
    Ok(if same { Replayed::Same } else { Replayed::Different })
}

/// The project as it was before change `first`.
fn back_to(
    connection: &Connection,
    history: &History,
    document: &Document,
    first: u64,
    cancelled: &dyn Fn() -> bool,
) -> Result<Option<Document>, ReadError> {
    let mut then = document.clone();
    for entry in history.entries().iter().rev().take_while(|entry| entry.seq >= first) {
        if cancelled() {
            return Ok(None);
        }
        let seq = entry.seq;
        let (_, inverse) = load::edits(connection, seq, None)?;
        if let Err(why) = then.apply(&inverse) {
            return content(format!("entry {seq} of the audit trail cannot be taken back ({why})"));
        }
    }
    Ok(Some(then))
}

/// The edit without a voxel, for changes whose voxels are not known.
fn blank(edit: &Edit) -> Edit {
    let nothing = Arc::new(MaskDelta::default());
    let op = |op: &Op| match op {
        Op::Mask { mark, .. } => Op::Mask { mark: *mark, delta: Arc::clone(&nothing) },
        other => other.clone(),
    };
    Edit::new(edit.ops.iter().map(op).collect())
}

/// What an inverse does to rows. A mark that is put back is put twice when it had voxels: once is enough here.
fn rows_only(edit: &Edit) -> Edit {
    let mut ops: Vec<Op> = edit.ops.iter().filter(|op| !matches!(op, Op::Mask { .. })).cloned().collect();
    ops.dedup();
    Edit::new(ops)
}
