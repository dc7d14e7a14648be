//! The project file's tables, and the check that a file has these and nothing else.
//!
//! A row's own table keeps its key in columns and the whole row as JSON in `data`; the other columns are
//! computed from it, so that they cannot disagree and any SQLite tool can read them.

use super::row::{RowKey, RowKind};
use crate::clinical::Coded;
use rusqlite::Connection;
use rusqlite::types::Value;
use std::collections::BTreeSet;

/// "ABLR": what `file` and SQLite see a project by.
pub(super) const APPLICATION_ID: i32 = 0x4142_4c52;

/// The format this program writes.
pub(super) const FORMAT: i32 = 2;

/// The tables of format 1.
const FORMAT_1: &str = "
CREATE TABLE setting (name TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT;
CREATE TABLE reader (id INTEGER PRIMARY KEY, data TEXT NOT NULL,
  initials TEXT AS (json_extract(data, '$.initials'))) STRICT;
CREATE TABLE patient (id INTEGER PRIMARY KEY, data TEXT NOT NULL,
  code TEXT AS (json_extract(data, '$.code'))) STRICT;
CREATE TABLE visit (id INTEGER PRIMARY KEY, data TEXT NOT NULL,
  patient INTEGER AS (json_extract(data, '$.patient')), date TEXT AS (json_extract(data, '$.date'))) STRICT;
CREATE TABLE study (uid TEXT PRIMARY KEY, data TEXT NOT NULL,
  patient INTEGER AS (json_extract(data, '$.patient')), visit INTEGER AS (json_extract(data, '$.visit')),
  date TEXT AS (json_extract(data, '$.date'))) STRICT;
CREATE TABLE stack (key TEXT PRIMARY KEY, data TEXT NOT NULL,
  patient INTEGER AS (json_extract(data, '$.patient')), role TEXT AS (json_extract(data, '$.role')),
  study TEXT AS (json_extract(data, '$.info.study_uid')),
  description TEXT AS (json_extract(data, '$.info.description'))) STRICT;
CREATE TABLE lesion (id INTEGER PRIMARY KEY, data TEXT NOT NULL,
  patient INTEGER AS (json_extract(data, '$.patient')), label TEXT AS (json_extract(data, '$.label'))) STRICT;
CREATE TABLE session (id INTEGER PRIMARY KEY, data TEXT NOT NULL,
  patient INTEGER AS (json_extract(data, '$.patient')), date TEXT AS (json_extract(data, '$.date'))) STRICT;
CREATE TABLE finding (lesion INTEGER NOT NULL, visit INTEGER NOT NULL, reader INTEGER NOT NULL, track TEXT NOT NULL,
  data TEXT NOT NULL,
  answer TEXT AS (json_extract(data, '$.answer')), status TEXT AS (json_extract(data, '$.status')),
  PRIMARY KEY (lesion, visit, reader, track)) STRICT;
CREATE TABLE signature (patient INTEGER NOT NULL, visit INTEGER NOT NULL, track TEXT NOT NULL, data TEXT NOT NULL,
  reader INTEGER AS (json_extract(data, '$.reader')), at TEXT AS (json_extract(data, '$.at')),
  PRIMARY KEY (patient, visit, track)) STRICT;
CREATE TABLE amendment (id INTEGER PRIMARY KEY, data TEXT NOT NULL,
  visit INTEGER AS (json_extract(data, '$.visit')), at TEXT AS (json_extract(data, '$.at')),
  reason TEXT AS (json_extract(data, '$.reason'))) STRICT;
CREATE TABLE event (id INTEGER PRIMARY KEY, data TEXT NOT NULL,
  patient INTEGER AS (json_extract(data, '$.patient')), kind TEXT AS (json_extract(data, '$.kind')),
  date TEXT AS (json_extract(data, '$.date'))) STRICT;
CREATE TABLE rest_of_scan (patient INTEGER NOT NULL, visit INTEGER NOT NULL, data TEXT NOT NULL,
  PRIMARY KEY (patient, visit)) STRICT;
CREATE TABLE park (lesion INTEGER NOT NULL, visit INTEGER NOT NULL, data TEXT NOT NULL,
  PRIMARY KEY (lesion, visit)) STRICT;
CREATE TABLE mark (id INTEGER PRIMARY KEY, data TEXT NOT NULL,
  role TEXT AS (json_extract(data, '$.info.role')), visit INTEGER AS (json_extract(data, '$.info.visit')),
  stack TEXT AS (json_extract(data, '$.info.stack'))) STRICT;
CREATE TABLE placement (from_stack TEXT NOT NULL, to_stack TEXT NOT NULL, lesion INTEGER NOT NULL,
  data TEXT NOT NULL, PRIMARY KEY (from_stack, to_stack, lesion)) STRICT;
CREATE TABLE mark_slice (mark INTEGER NOT NULL, k INTEGER NOT NULL, rle BLOB NOT NULL,
  PRIMARY KEY (mark, k)) STRICT, WITHOUT ROWID;
CREATE TABLE journal (seq INTEGER PRIMARY KEY, at TEXT NOT NULL, reader INTEGER, patient INTEGER, visit INTEGER,
  kind TEXT NOT NULL, label TEXT NOT NULL, undoes INTEGER, payload TEXT NOT NULL) STRICT;
CREATE TABLE journal_mask (seq INTEGER NOT NULL, n INTEGER NOT NULL, k INTEGER NOT NULL, rle BLOB NOT NULL,
  PRIMARY KEY (seq, n, k)) STRICT, WITHOUT ROWID;
CREATE TABLE counter (name TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT;
CREATE TABLE identity (patient INTEGER NOT NULL, dicom_patient_id TEXT NOT NULL, issuer TEXT NOT NULL,
  name TEXT NOT NULL, birth_date TEXT NOT NULL,
  PRIMARY KEY (patient, dicom_patient_id, issuer, name, birth_date)) STRICT;
CREATE TABLE instance_path (stack TEXT NOT NULL, k INTEGER NOT NULL, sop_uid TEXT NOT NULL, frame INTEGER NOT NULL,
  relative TEXT, absolute TEXT NOT NULL, size INTEGER NOT NULL, mtime INTEGER NOT NULL,
  PRIMARY KEY (stack, k)) STRICT;
CREATE TABLE holder (one INTEGER PRIMARY KEY, who TEXT NOT NULL, since TEXT NOT NULL) STRICT;
";

/// What each format adds to the one before: the first entry leads from format 1 to format 2. A file that was
/// migrated and one that was made in the newest format have the same tables to the letter.
///
/// Format 2: `grouping` for stacks merged or split by hand; `journal_dropped` for changes that are told in the
/// journal but whose voxels (`what` = "voxels") or whole content ("all") are not kept in it.
const STEPS: [&str; FORMAT as usize - 1] = ["
CREATE TABLE grouping (id INTEGER PRIMARY KEY, data TEXT NOT NULL,
  patient INTEGER AS (json_extract(data, '$.patient')), kind TEXT AS (json_extract(data, '$.kind')),
  series TEXT AS (json_extract(data, '$.series_uid'))) STRICT;
CREATE TABLE journal_dropped (seq INTEGER PRIMARY KEY, what TEXT NOT NULL, bytes INTEGER NOT NULL) STRICT;
"];

/// What leads from one format to the newest; nothing from the newest.
pub(super) fn steps_from(format: i32) -> impl Iterator<Item = &'static str> {
    STEPS.into_iter().skip(usize::try_from(format.saturating_sub(1)).unwrap_or(usize::MAX))
}

/// Makes the tables in an empty file.
pub(super) fn create(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    tables(&transaction, FORMAT)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", FORMAT)?;
    transaction.commit()
}

/// Makes the tables of a format.
fn tables(connection: &Connection, format: i32) -> rusqlite::Result<()> {
    connection.execute_batch(FORMAT_1)?;
    let added = usize::try_from(format.saturating_sub(1)).unwrap_or(0);
    STEPS.into_iter().take(added).try_for_each(|step| connection.execute_batch(step))
}

/// Whether files of a format have a table for this kind of row.
pub(super) const fn has_table(kind: RowKind, format: i32) -> bool {
    format >= 2 || !matches!(kind, RowKind::Grouping)
}

/// Whether files of a format can say that the content of a change was dropped.
pub(super) const fn has_dropped(format: i32) -> bool {
    format >= 2
}

/// An object of a schema: kind, name, and what made it.
type Object = (String, String, String);

fn objects(connection: &Connection) -> rusqlite::Result<BTreeSet<Object>> {
    // Indexes that SQLite makes for a key have no text of their own: they stand and fall with their table.
    let mut statement = connection.prepare("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    rows.collect()
}

/// What makes a file's tables different from those of its format: `None` when nothing does. A file in a newer
/// format may have other tables and columns, but neither triggers nor views nor indexes.
pub(super) fn stranger(connection: &Connection, format: i32) -> rusqlite::Result<Option<String>> {
    let own = Connection::open_in_memory()?;
    tables(&own, format.min(FORMAT))?;
    let expected = objects(&own)?;
    let found = objects(connection)?;
    let foreign = |(kind, name, _): &Object| format!("a foreign {} \"{}\"", shown(kind), shown(name));
    let odd: Vec<_> = found.difference(&expected).collect();
    // A trigger, a view or an index is the news; a table that was replaced is told as missing.
    if let Some(object) = odd.iter().find(|(kind, ..)| kind != "table") {
        return Ok(Some(foreign(object)));
    }
    if format > FORMAT {
        return Ok(None);
    }
    let missing = expected.difference(&found).next();
    let missing = missing.map(|(kind, name, _)| format!("no {kind} \"{name}\" as this program writes it"));
    Ok(missing.or_else(|| odd.first().map(|object| foreign(object))))
}

/// A name from a file, short and without control characters.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(40).collect()
}

/// The key columns of a kind of row.
pub(super) const fn key_columns(kind: RowKind) -> &'static [&'static str] {
    match kind {
        RowKind::Settings => &["name"],
        RowKind::Study => &["uid"],
        RowKind::Stack => &["key"],
        RowKind::Finding => &["lesion", "visit", "reader", "track"],
        RowKind::Signature => &["patient", "visit", "track"],
        RowKind::RestOfScan => &["patient", "visit"],
        RowKind::Park => &["lesion", "visit"],
        RowKind::Placement => &["from_stack", "to_stack", "lesion"],
        RowKind::Reader
        | RowKind::Patient
        | RowKind::Visit
        | RowKind::Lesion
        | RowKind::Session
        | RowKind::Amendment
        | RowKind::Event
        | RowKind::Mark
        | RowKind::Grouping => &["id"],
    }
}

/// A key as the values of its key columns.
pub(super) fn key_values(key: &RowKey) -> Vec<Value> {
    let number = |n: u32| Value::Integer(i64::from(n));
    match key {
        RowKey::Settings(()) => vec![Value::Text("study".into())],
        RowKey::Reader(id) => vec![number(id.0)],
        RowKey::Patient(id) => vec![number(id.0)],
        RowKey::Visit(id) => vec![number(id.0)],
        RowKey::Study(uid) => vec![Value::Text(uid.clone())],
        RowKey::Stack(key) => vec![Value::Text(key.to_string())],
        RowKey::Lesion(id) => vec![number(id.0)],
        RowKey::Session(id) => vec![number(id.0)],
        RowKey::Finding(key) => {
            let track = Value::Text(key.track.code().into());
            vec![number(key.lesion.0), number(key.visit.0), number(key.reader.0), track]
        }
        RowKey::Signature((patient, visit, track)) => {
            vec![number(patient.0), number(visit.0), Value::Text(track.code().into())]
        }
        RowKey::Amendment(id) => vec![number(id.0)],
        RowKey::Event(id) => vec![number(id.0)],
        RowKey::RestOfScan((patient, visit)) => vec![number(patient.0), number(visit.0)],
        RowKey::Park((lesion, visit)) => vec![number(lesion.0), number(visit.0)],
        RowKey::Mark(id) => vec![number(id.0)],
        RowKey::Grouping(id) => vec![number(id.0)],
        // Numbers begin at 1; 0 stands for "no lesion in particular", because NULL is never equal to itself.
        RowKey::Placement((from, to, lesion)) => {
            let lesion = number(lesion.map_or(0, |lesion| lesion.0));
            vec![Value::Text(from.to_string()), Value::Text(to.to_string()), lesion]
        }
    }
}
