//! Keeping the journal's voxels within their budget.
//!
//! Only voxels are dropped, only those of the oldest changes, and only when a project is opened to be written and
//! after its backup was made. The changes stay in the journal with their words and all but their voxels, and
//! `journal_dropped` names them. Voxels go up to one change: whatever came after it can still be undone and
//! checked in full.

use super::errors::ReadError;
use rusqlite::{Connection, TransactionBehavior};

/// Drops the oldest voxels of the journal beyond `budget` bytes. Returns the bytes dropped.
pub(super) fn trim(connection: &mut Connection, budget: u64) -> Result<u64, ReadError> {
    let whole: i64 =
        connection.query_row("SELECT coalesce(sum(octet_length(rle)), 0) FROM journal_mask", [], |row| row.get(0))?;
    let budget = i64::try_from(budget).unwrap_or(i64::MAX);
    if whole <= budget {
        return Ok(0);
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut dropped = 0i64;
    {
        let mut of_change =
            transaction.prepare("SELECT seq, sum(octet_length(rle)) FROM journal_mask GROUP BY seq ORDER BY seq")?;
        let mut rows = of_change.query([])?;
        let mut write = transaction
            .prepare("INSERT OR IGNORE INTO journal_dropped (seq, what, bytes) VALUES (?1, 'voxels', ?2)")?;
        let mut last = 0i64;
        while let Some(row) = rows.next()? {
            if whole - dropped <= budget {
                break;
            }
            let (seq, bytes): (i64, i64) = (row.get(0)?, row.get(1)?);
            write.execute((seq, bytes))?;
            dropped += bytes;
            last = seq;
        }
        transaction.execute("DELETE FROM journal_mask WHERE seq <= ?1", [last])?;
    }
    transaction.commit()?;
    Ok(u64::try_from(dropped).unwrap_or(0))
}
