//! A copy of a project without what tells who its patients are.
//!
//! Names, identifiers and paths have tables of their own, which stay behind. Everything else is written anew, row by
//! row, into an empty file: no page of the source is copied, so no deleted byte can come along. Every text is searched
//! for every name, number and date of birth, and for the folders the images lie in. The journal stays behind too, for
//! it tells what was there before: the copy's begins with one row. At the end the copy is searched for every string
//! that was taken out, and is removed when one is found. A project keeps no thumbnails and no pixels.
//!
//! UIDs and stack keys stay, so that the images can be found again by those who have them; a UID that holds an
//! identity (or a date, when dates are to be moved) is replaced by one that is made from it.

mod scrub;
mod tokens;

use super::change::By;
use super::document::Document;
use super::errors::{OpenError, SaveError, file_name};
use super::fresh::{self, Content};
use super::options::{OpenAs, OpenOptions};
use super::row::Row;
use super::store::{InstancePath, Sidecar};
use super::{backup, open};
use crate::clinical::{Date, PatientId, Stamp, days_between};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use scrub::Scrubber;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tokens::Tokens;

/// What the copy is to be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopyOptions {
    /// Moves every date of a patient so that the first ablation (without one, the first visit) falls on 2000-01-01.
    /// Days between dates stay as they are. Words that may hold a date are left out.
    pub dates_as_offsets: bool,
    /// Now; with `dates_as_offsets` it is not written down.
    pub at: Stamp,
}

/// What was taken out of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct CopyCounts {
    /// Names and identifiers of patients.
    pub identities: usize,
    /// Places of image files.
    pub paths: usize,
    /// Places in texts where an identity stood.
    pub text_hits: usize,
    /// UIDs that held an identity or a date, replaced.
    pub uids_replaced: usize,
    /// Patient codes, lesion labels and initials that held an identity, replaced.
    pub codes_replaced: usize,
    /// Texts left out because they may hold a date.
    pub dates_left_out: usize,
    /// Entries of the journal that stayed behind.
    pub journal_entries: usize,
    /// Strings that the copy was searched for at the end.
    pub strings_searched: usize,
}

/// Why there is no copy without identity. Nothing is left at the target.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The source.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The target.
    #[error("The copy was not made: {}. Choose another place or make room, and try again.", .0.reason())]
    Save(#[from] SaveError),
    /// Something was found at the end.
    #[error(
        "The copy was not made: at the end {0} of the identity was still in it. Look for a name or number in patient codes and in the reader's own words, change it there, and try again."
    )]
    StillThere(String),
}

/// The day that a patient's first ablation falls on when dates are moved.
const EPOCH: Date = match Date::from_ymd_opt(2000, 1, 1) {
    Some(day) => day,
    None => Date::MIN,
};

/// Writes a copy without identity to a path where nothing is yet.
///
/// # Errors
/// When the source cannot be opened, the copy cannot be written, or an identity is still found in it.
pub fn copy_without_identity(source: &Path, target: &Path, options: &CopyOptions) -> Result<CopyCounts, CopyError> {
    let opened = open::open(source, &OpenOptions::new(OpenAs::ReadOnly, "", options.at))?;
    let identities = opened.store.identities()?;
    let paths = opened.store.paths()?;
    let tokens = Tokens::of(identities.iter().map(|(_, identity)| identity), folders(paths.values().flatten()));
    let mut scrubber = Scrubber::new(&tokens);
    let document = scrubbed(&opened.document, &mut scrubber, options)?;
    let mut counts = CopyCounts {
        identities: identities.len(),
        paths: paths.values().map(Vec::len).sum(),
        text_hits: scrubber.text_hits,
        uids_replaced: scrubber.uids,
        codes_replaced: scrubber.codes,
        dates_left_out: scrubber.dates_left_out,
        journal_entries: opened.history.entries().len(),
        strings_searched: 0,
    };
    let at = if options.dates_as_offsets { EPOCH.and_time(chrono::NaiveTime::MIN).and_utc() } else { options.at };
    let label = "Copied without identity";
    let mut own_words = std::mem::take(&mut scrubber.own_words);
    own_words.insert(label.to_owned());
    own_words.extend(super::RowKind::ALL.iter().map(|kind| kind.table().to_owned()));
    own_words.extend(super::ChangeKind::ALL.iter().map(|kind| kind.code().to_owned()));
    backup::make_at(target, |temporary| {
        let content = Content {
            document: &document,
            told: &[],
            label,
            by: By { reader: None, at },
            sidecar: &Sidecar::default(),
        };
        fresh::write(temporary, &content)?;
        counts.strings_searched = search(temporary, &tokens, &own_words)?;
        Ok::<(), CopyError>(())
    })?;
    Ok(counts)
}

/// The folders that the images lie in, as they are written down.
fn folders<'a>(paths: impl Iterator<Item = &'a InstancePath>) -> BTreeSet<String> {
    let parent = |path: &String| path.rsplit_once(['/', '\\']).map(|(folder, _)| folder.to_owned());
    paths.flat_map(|path| [parent(&path.absolute), path.relative.as_ref().and_then(parent)]).flatten().collect()
}

/// The document, row by row.
fn scrubbed(source: &Document, scrubber: &mut Scrubber<'_>, options: &CopyOptions) -> Result<Document, CopyError> {
    let shifts = if options.dates_as_offsets { shifts(source) } else { BTreeMap::new() };
    let mut copy = Document::default();
    for row in source.tables.rows() {
        let days = patient_of(source, &row).and_then(|patient| shifts.get(&patient).copied());
        let row = scrubber.row(&row, days)?;
        copy.put(&row).map_err(|why| SaveError::Disk(why.to_string()))?;
    }
    for mark in source.marks() {
        copy.set_mask(mark.info.id, source.mask(mark.info.id).cloned());
    }
    Ok(copy)
}

fn patient_of(document: &Document, row: &Row) -> Option<PatientId> {
    row.patient().or_else(|| match row {
        Row::Finding(finding) => Some(document.lesion(finding.key.lesion)?.patient),
        Row::Park(park) => Some(document.lesion(park.lesion)?.patient),
        Row::Placement(placement) => Some(document.stack(placement.from)?.patient),
        _ => None,
    })
}

/// By how many days each patient's dates move.
fn shifts(document: &Document) -> BTreeMap<PatientId, i64> {
    let first = |patient: PatientId| {
        let session = document.sessions_of(patient).first().map(|session| session.date);
        session.or_else(|| document.visits_of(patient).first().map(|visit| visit.date))
    };
    document
        .patients()
        // Without any date there is nothing to count from, and what is there moves all the same.
        .map(|patient| (patient.id, days_between(first(patient.id).unwrap_or(EPOCH), EPOCH)))
        .collect()
}

/// Looks for every string in every text of the copy, and for the longer ones in its raw bytes. Returns how many
/// strings were looked for.
fn search(copy: &Path, tokens: &Tokens, own_words: &BTreeSet<String>) -> Result<usize, CopyError> {
    let texts = texts(copy).map_err(SaveError::from)?;
    let own = |text: &str| own_words.contains(text) || text.starts_with("1.2.840.10008.");
    let found = |text: &str| !own(text) && tokens.is_in(text);
    for (table, text) in &texts {
        let there = match serde_json::from_str::<Value>(text) {
            Ok(value @ (Value::Object(_) | Value::Array(_))) => holds(&value, &found),
            _ => found(text),
        };
        if there {
            return Err(CopyError::StillThere(format!("in the table \"{table}\", a part")));
        }
    }
    // What the program itself writes into every project is no sign of a person who happens to be called so.
    let vocabulary = vocabulary(own_words).map_err(SaveError::from)?;
    let bytes = std::fs::read(copy).map_err(SaveError::from)?.to_ascii_lowercase();
    let mut searched = 0;
    for token in tokens.all() {
        searched += 1;
        let digits = token.bytes().all(|b| b.is_ascii_digit());
        if token.len() < 5 || vocabulary.contains(&token) {
            continue; // searched for in every text above
        }
        if occurs(&bytes, token.as_bytes(), digits) {
            return Err(CopyError::StillThere(format!("in the bytes of {}, a part", file_name(copy))));
        }
    }
    Ok(searched)
}

/// Whether bytes hold a string; a number only as a whole one inside words, for the copy is full of measured numbers.
fn occurs(bytes: &[u8], token: &[u8], digits: bool) -> bool {
    let Some(first) = token.first() else { return false };
    let starts = bytes.iter().enumerate().filter(|(_, b)| *b == first).map(|(at, _)| at);
    starts.filter(|at| bytes.get(*at..at + token.len()) == Some(token)).any(|at| {
        if !digits {
            return true;
        }
        let before = at.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
        let after = bytes.get(at + token.len()).copied().unwrap_or(b' ');
        let number = |b: u8| b.is_ascii_digit() || b == b'.';
        !number(before) && !number(after) && !matches!(before, b':' | b'[' | b',' | b'-')
    })
}

fn holds(value: &Value, found: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => found(text),
        Value::Array(values) => values.iter().any(|value| holds(value, found)),
        Value::Object(fields) => fields.values().any(|value| holds(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Every text of a project, with its table.
fn texts(path: &Path) -> rusqlite::Result<Vec<(String, String)>> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut tables = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")?;
    let tables = tables.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    let mut texts = Vec::new();
    for table in tables {
        let mut statement = connection.prepare(&format!("SELECT * FROM \"{table}\""))?;
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            for at in 0..columns {
                if let ValueRef::Text(bytes) = row.get_ref(at)? {
                    texts.push((table.clone(), String::from_utf8_lossy(bytes).into_owned()));
                }
            }
        }
    }
    Ok(texts)
}

/// Everything that stands in a project of nobody: its tables as text, and the program's own codes and names of fields.
fn vocabulary(own_words: &BTreeSet<String>) -> rusqlite::Result<String> {
    let mut nobody = Connection::open_in_memory()?;
    super::schema::create(&mut nobody)?;
    let mut statement = nobody.prepare("SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema")?;
    let mut words: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    words.extend(own_words.iter().cloned());
    words.push("SQLite format 3 put remove mask delta forward inverse [removed] 1.2.840.10008.".into());
    words.push("[left out: may hold a date]".into());
    Ok(words.join("\n").to_ascii_lowercase())
}
