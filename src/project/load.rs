//! Reading a project file strictly: whatever is not as this program writes it is named, not guessed.

use super::change::{ChangeKind, Entry};
use super::document::{Document, Ids};
use super::edit::Edit;
use super::errors::ReadError;
use super::history::{Dropped, History};
use super::journal::{self, Deltas};
use super::row::RowKind;
use super::schema;
use crate::clinical::{MarkId, PatientId, ReaderId, VisitId};
use crate::marks::{Mask, MaskDelta, RleSlice};
use rusqlite::types::{FromSql, Value};
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeMap;
use std::sync::Arc;

type Read<T> = Result<T, ReadError>;

/// So much of the newest inverses is read when a project is opened, bytes of their JSON.
const INVERSES_AT_OPENING: usize = 1 << 20;

fn content<T>(what: String) -> Read<T> {
    Err(ReadError::Content(what))
}

/// A column of the type it must have; otherwise says where.
fn column<T: FromSql>(row: &rusqlite::Row<'_>, at: usize, table: &str) -> Read<T> {
    row.get(at).map_err(|error| match error {
        rusqlite::Error::SqliteFailure(..) => ReadError::Sqlite(error),
        _ => ReadError::Content(format!("a value in the table \"{table}\" is of the wrong kind")),
    })
}

/// The rows and voxels of a project.
pub(super) fn document(connection: &Connection, format: i32) -> Read<Document> {
    let mut document = Document::default();
    for kind in RowKind::ALL.iter().filter(|kind| schema::has_table(**kind, format)) {
        rows(connection, *kind, &mut document)?;
    }
    for row in document.tables.rows() {
        document.check_row(&row).or_else(|why| content(lower(&why.to_string())))?;
    }
    if let Some(finding) = document.findings().find(|finding| !document.signed_as_its_visit(finding)) {
        return content(format!("an answer at visit {} is not signed as its visit is", finding.key.visit));
    }
    voxels(connection, &mut document)?;
    counters(connection, &mut document)?;
    Ok(document)
}

fn rows(connection: &Connection, kind: RowKind, document: &mut Document) -> Read<()> {
    let (table, keys) = (kind.table(), schema::key_columns(kind));
    let sql = format!("SELECT data, {0} FROM {table} ORDER BY {0}", keys.join(", "));
    let mut statement = connection.prepare(&sql)?;
    let mut found = statement.query([])?;
    while let Some(line) = found.next()? {
        let json: String = column(line, 0, table)?;
        let row = kind.read(&json).or_else(|why| content(format!("a {} cannot be read ({why})", kind.words())))?;
        let stored = (1..=keys.len()).map(|at| column::<Value>(line, at, table)).collect::<Read<Vec<_>>>()?;
        if stored != schema::key_values(&row.key()) {
            return content(format!("a {} is filed under a key that is not its own", kind.words()));
        }
        document.put(&row).or_else(|why| content(lower(&why.to_string())))?;
    }
    Ok(())
}

/// What a refusal says is wrong, without its advice, as the part of another sentence.
fn lower(refusal: &str) -> String {
    let wrong = refusal.split_once(". ").map_or(refusal, |(first, _)| first);
    let mut letters = wrong.trim_end_matches('.').chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

fn voxels(connection: &Connection, document: &mut Document) -> Read<()> {
    let mut statement = connection.prepare("SELECT mark, k, rle FROM mark_slice ORDER BY mark, k")?;
    let mut found = statement.query([])?;
    let mut slices: BTreeMap<MarkId, Vec<(u32, RleSlice)>> = BTreeMap::new();
    while let Some(line) = found.next()? {
        let mark = MarkId(column(line, 0, "mark_slice")?);
        let k: u32 = column(line, 1, "mark_slice")?;
        let bytes: Vec<u8> = column(line, 2, "mark_slice")?;
        let Some(record) = document.mark(mark) else {
            return content(format!("voxels are kept for mark {mark}, which is not in the project"));
        };
        let runs = RleSlice::from_bytes(&bytes, record.grid.slice_len())
            .or_else(|why| content(format!("mark {mark}, slice {}: {why}", u64::from(k) + 1)))?;
        if runs.is_empty() {
            return content(format!("mark {mark} keeps slice {} without a voxel", u64::from(k) + 1));
        }
        slices.entry(mark).or_default().push((k, runs));
    }
    for (mark, slices) in slices {
        let Some(record) = document.mark(mark) else { continue };
        let mask =
            Mask::from_slices(record.grid.clone(), slices).or_else(|why| content(format!("mark {mark}: {why}")))?;
        document.set_mask(mark, Some(Arc::new(mask)));
    }
    Ok(())
}

fn counters(connection: &Connection, document: &mut Document) -> Read<()> {
    let in_use = document.ids;
    for ((which, name), used) in Ids::NAMES.iter().enumerate().zip(in_use.last) {
        let last: Option<u32> = connection
            .query_row("SELECT last FROM counter WHERE name = ?1", [name], |row| Ok(column(row, 0, "counter")))
            .optional()?
            .transpose()?;
        let last = last.unwrap_or(0);
        if last < used {
            return content(format!("the number of the last {name} is lower than one in use"));
        }
        if let Some(counter) = document.ids.last.get_mut(which) {
            *counter = last;
        }
    }
    Ok(())
}

/// The journal's entries, with the newest inverses at hand.
pub(super) fn history(connection: &Connection, format: i32) -> Read<History> {
    let mut history = History::default();
    if schema::has_dropped(format) {
        history.set_dropped(dropped(connection)?);
    }
    let mut statement = connection.prepare(
        "SELECT seq, at, reader, patient, visit, kind, label, undoes, octet_length(payload) FROM journal ORDER BY seq",
    )?;
    let mut found = statement.query([])?;
    let mut sizes: Vec<(u64, usize)> = Vec::new();
    while let Some(line) = found.next()? {
        let entry = entry(line)?;
        let size: i64 = column(line, 8, "journal")?;
        sizes.push((entry.seq, usize::try_from(size).unwrap_or(usize::MAX)));
        history.add(entry).or_else(|why| content(why.to_string()))?;
    }
    let mut bytes = 0usize;
    let newest: Vec<u64> = sizes
        .iter()
        .rev()
        .take_while(|(_, size)| {
            bytes = size.saturating_add(bytes);
            bytes <= INVERSES_AT_OPENING
        })
        .map(|(seq, _)| *seq)
        .collect();
    for seq in newest.into_iter().rev() {
        if history.dropped(seq).is_none() {
            let (_, inverse) = edits(connection, seq, None)?;
            history.keep_inverse(seq, Arc::new(inverse));
        }
    }
    Ok(history)
}

/// The changes whose content is not, or not all, in the journal.
pub(super) fn dropped(connection: &Connection) -> Read<BTreeMap<u64, Dropped>> {
    const T: &str = "journal_dropped";
    let mut statement = connection.prepare("SELECT seq, what FROM journal_dropped")?;
    let mut found = statement.query([])?;
    let mut all = BTreeMap::new();
    while let Some(line) = found.next()? {
        let seq: i64 = column(line, 0, T)?;
        let what: String = column(line, 1, T)?;
        let (Ok(seq), Some(what)) = (u64::try_from(seq), Dropped::from_code(&what)) else {
            return content(format!("a value in the table \"{T}\" is of the wrong kind"));
        };
        all.insert(seq, what);
    }
    Ok(all)
}

/// The entries after one, as another program wrote them meanwhile.
pub(super) fn entries_after(connection: &Connection, last: u64) -> Read<Vec<Entry>> {
    let last = i64::try_from(last).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(
        "SELECT seq, at, reader, patient, visit, kind, label, undoes FROM journal WHERE seq > ?1 ORDER BY seq",
    )?;
    let mut found = statement.query([last])?;
    let mut entries = Vec::new();
    while let Some(line) = found.next()? {
        entries.push(entry(line)?);
    }
    Ok(entries)
}

fn entry(line: &rusqlite::Row<'_>) -> Read<Entry> {
    const T: &str = "journal";
    let at: String = column(line, 1, T)?;
    let kind: String = column(line, 5, T)?;
    let seq: i64 = column(line, 0, T)?;
    let undoes: Option<i64> = column(line, 7, T)?;
    let number = |n: i64| u64::try_from(n).or_else(|_| content("an entry of the audit trail has no number".into()));
    let Ok(at) = at.parse() else {
        return content(format!("entry {seq} of the audit trail has no readable time"));
    };
    let Some(kind) = ChangeKind::from_code(&kind) else {
        return content(format!("entry {seq} of the audit trail is of an unknown kind"));
    };
    Ok(Entry {
        seq: number(seq)?,
        at,
        reader: column::<Option<u32>>(line, 2, T)?.map(ReaderId),
        patient: column::<Option<u32>>(line, 3, T)?.map(PatientId),
        visit: column::<Option<u32>>(line, 4, T)?.map(VisitId),
        kind,
        label: column(line, 6, T)?,
        undoes: undoes.map(number).transpose()?,
    })
}

/// The edit of one journal row, and what takes it back. What was dropped of it is left out knowingly.
pub(super) fn edits(connection: &Connection, seq: u64, dropped: Option<Dropped>) -> Read<(Edit, Edit)> {
    let key = i64::try_from(seq).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached("SELECT payload FROM journal WHERE seq = ?1")?;
    let payload = statement.query_row([key], |row| Ok(column::<String>(row, 0, "journal"))).optional()?.transpose()?;
    let Some(payload) = payload else { return content(format!("entry {seq} of the audit trail is missing")) };
    journal::read(&payload, &deltas(connection, key)?, dropped.is_some())
        .or_else(|why| content(format!("entry {seq} of the audit trail cannot be read ({why})")))
}

fn deltas(connection: &Connection, seq: i64) -> Read<Deltas> {
    let mut statement = connection.prepare_cached("SELECT n, k, rle FROM journal_mask WHERE seq = ?1 ORDER BY n, k")?;
    let mut found = statement.query([seq])?;
    let mut slices: BTreeMap<u32, Vec<(u32, RleSlice)>> = BTreeMap::new();
    while let Some(line) = found.next()? {
        let bytes: Vec<u8> = column(line, 2, "journal_mask")?;
        // The grid is not known here: applying the change checks that it fits.
        let runs = RleSlice::from_bytes(&bytes, u32::MAX as usize)
            .or_else(|why| content(format!("entry {seq} of the audit trail: {why}")))?;
        slices.entry(column(line, 0, "journal_mask")?).or_default().push((column(line, 1, "journal_mask")?, runs));
    }
    slices
        .into_iter()
        .map(|(n, slices)| match MaskDelta::try_from(slices) {
            Ok(delta) => Ok((n, Arc::new(delta))),
            Err(why) => content(format!("entry {seq} of the audit trail: {why}")),
        })
        .collect()
}
