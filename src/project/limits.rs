//! How large a project may be, so that a file made to harm costs a sentence and not the memory of the computer.
//!
//! Sizes are asked of SQLite, which knows them without reading a value, before anything is read. The sums leave
//! room for a study of a few hundred patients: a slice takes about 100 bytes of JSON, so 192 MiB hold a million
//! slices and a half.

use super::errors::ReadError;
use super::row::RowKind;
use super::schema;
use rusqlite::Connection;
use rusqlite::limits::Limit;

const MIB: i64 = 1 << 20;
/// No value is longer, also in the journal, where one import is one value.
const MOST_VALUE_BYTES: i32 = 256 << 20;
/// Length of one row's JSON. A stack names each of its slices; a grouping may name as many.
const fn most_row_bytes(kind: RowKind) -> i64 {
    match kind {
        RowKind::Stack => 16 * MIB,
        RowKind::Grouping => 4 * MIB,
        _ => MIB,
    }
}
/// JSON of all rows together.
const MOST_ROWS_BYTES: i64 = 192 * MIB;
/// Runs of all marks together; in memory they take four times as much at most.
const MOST_MASK_BYTES: i64 = 32 * MIB;
/// What the journal says in words, and how many changes it has.
const MOST_LABEL_BYTES: i64 = 64 * MIB;
const MOST_CHANGES: i64 = 2_000_000;

/// Limits that SQLite itself keeps, before the first statement.
pub(super) fn set(connection: &Connection) -> rusqlite::Result<()> {
    for (limit, most) in [
        (Limit::SQLITE_LIMIT_LENGTH, MOST_VALUE_BYTES),
        (Limit::SQLITE_LIMIT_SQL_LENGTH, 100_000),
        (Limit::SQLITE_LIMIT_COLUMN, 100),
        (Limit::SQLITE_LIMIT_EXPR_DEPTH, 50),
        (Limit::SQLITE_LIMIT_ATTACHED, 0),
        (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 1),
    ] {
        connection.set_limit(limit, most)?;
    }
    Ok(())
}

/// Whether what is to be read fits.
pub(super) fn check(connection: &Connection, format: i32) -> Result<(), ReadError> {
    let too_large = |what: &str| Err(ReadError::Content(format!("{what} larger than any this program writes")));
    let ask = |sql: &str| connection.query_row(sql, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)));
    let mut rows = 0i64;
    for kind in RowKind::ALL.iter().filter(|kind| schema::has_table(**kind, format)) {
        let sql = format!(
            "SELECT coalesce(max(octet_length(data)), 0), coalesce(sum(octet_length(data)), 0) FROM {}",
            kind.table()
        );
        let (longest, sum) = ask(&sql)?;
        if longest > most_row_bytes(*kind) {
            return too_large(&format!("a {} is", kind.words()));
        }
        rows = rows.saturating_add(sum);
    }
    if rows > MOST_ROWS_BYTES {
        return too_large("its tables are together");
    }
    let (_, masks) = ask("SELECT 0, coalesce(sum(octet_length(rle)), 0) FROM mark_slice")?;
    if masks > MOST_MASK_BYTES {
        return too_large("its marks are together");
    }
    let (changes, labels) = ask(
        "SELECT count(*), coalesce(sum(octet_length(label) + octet_length(at) + octet_length(kind)), 0) FROM journal",
    )?;
    if changes > MOST_CHANGES || labels > MOST_LABEL_BYTES {
        return too_large("its audit trail is");
    }
    Ok(())
}
