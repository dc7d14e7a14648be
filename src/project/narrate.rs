//! The journal as a person reads it: when, who, what, and what stood before and after.

use super::change::{ChangeKind, Entry};
use super::edit::{Edit, Op};
use super::errors::OpenError;
use super::facade::Project;
use super::history::Dropped;
use super::row::{Row, RowKey, RowKind};
use super::{Document, load};
use crate::clinical::{Coded, LesionId, MarkId, PatientId, ReaderId, Stamp, VisitId};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// One change as the history shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryRow {
    /// Number of the change.
    pub seq: u64,
    /// When.
    pub at: Stamp,
    /// By whom.
    pub reader: Option<ReaderId>,
    /// About which patient.
    pub patient: Option<PatientId>,
    /// About which visit.
    pub visit: Option<VisitId>,
    /// About which lesions, as far as the change names them.
    pub lesions: Vec<LesionId>,
    /// What kind of change.
    pub kind: ChangeKind,
    /// What was done, as a sentence of the journal.
    pub label: String,
    /// What stood before, in words; empty where nothing did, or where it cannot be told.
    pub before: String,
    /// What stood after, in words.
    pub after: String,
    /// The change that this one takes back.
    pub undoes: Option<u64>,
    /// The row that took this change back; `None` while it is in force, and for undos themselves.
    pub undone_by: Option<u64>,
    /// What of the change is no longer in the journal.
    pub dropped: Option<Dropped>,
}

/// Which changes are wanted. What is `None` is not asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HistoryFilter {
    /// About this patient.
    pub patient: Option<PatientId>,
    /// About this lesion.
    pub lesion: Option<LesionId>,
    /// By this reader.
    pub reader: Option<ReaderId>,
}

/// More fields than these are counted, not told.
const MOST_FIELDS: usize = 6;
/// A value longer than this is cut.
const MOST_CHARACTERS: usize = 80;

impl Project {
    /// The changes that a filter lets through, newest first, at most `most` of them, beginning with the newest below
    /// `below` (`None`: at the end). So a screen asks for a page at a time.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn history_rows(
        &self,
        filter: HistoryFilter,
        below: Option<u64>,
        most: usize,
    ) -> Result<Vec<HistoryRow>, OpenError> {
        let mut rows = Vec::new();
        let wanted = |entry: &&Entry| {
            below.is_none_or(|below| entry.seq < below)
                && filter.reader.is_none_or(|reader| entry.reader == Some(reader))
                && filter.patient.is_none_or(|patient| entry.patient == Some(patient))
        };
        for entry in self.history.entries().iter().rev().filter(wanted) {
            if rows.len() >= most {
                break;
            }
            let dropped = self.history.dropped(entry.seq);
            let (forward, inverse) =
                load::edits(&self.store.connection, entry.seq, dropped).map_err(|why| self.store.damaged(why))?;
            let lesions = lesions(&forward, &inverse, &self.document);
            if filter.lesion.is_some_and(|lesion| !lesions.contains(&lesion)) {
                continue;
            }
            let (before, after) = words(&forward, &inverse, &self.document);
            rows.push(HistoryRow {
                seq: entry.seq,
                at: entry.at,
                reader: entry.reader,
                patient: entry.patient,
                visit: entry.visit,
                lesions: lesions.into_iter().collect(),
                kind: entry.kind,
                label: entry.label.clone(),
                before,
                after,
                undoes: entry.undoes,
                undone_by: self.history.undone_by(entry.seq),
                dropped,
            });
        }
        Ok(rows)
    }
}

/// The lesions that the rows of a change name.
fn lesions(forward: &Edit, inverse: &Edit, document: &Document) -> BTreeSet<LesionId> {
    let mut found = BTreeSet::new();
    for op in forward.ops.iter().chain(&inverse.ops) {
        match op {
            Op::Put(row) => {
                found.extend(lesion_of(&row.key()));
                row.references(&mut |key| found.extend(lesion_of(&key)));
            }
            Op::Remove(key) => found.extend(lesion_of(key)),
            Op::Mask { mark, .. } => {
                found.extend(document.mark(*mark).into_iter().flat_map(|mark| mark.info.lesions.iter().copied()));
            }
        }
    }
    found
}

fn lesion_of(key: &RowKey) -> Option<LesionId> {
    match key {
        RowKey::Lesion(id) => Some(*id),
        RowKey::Finding(key) => Some(key.lesion),
        RowKey::Park((lesion, _)) => Some(*lesion),
        RowKey::Placement((_, _, lesion)) => *lesion,
        _ => None,
    }
}

type Rows<'a> = BTreeMap<RowKey, &'a Row>;

/// What stood before and after a change.
fn words(forward: &Edit, inverse: &Edit, document: &Document) -> (String, String) {
    let (before, after) = (rows(inverse), rows(forward));
    let mut by_kind: BTreeMap<RowKind, BTreeSet<&RowKey>> = BTreeMap::new();
    for key in before.keys().chain(after.keys()) {
        by_kind.entry(key.kind()).or_default().insert(key);
    }
    let (mut was, mut is) = (Vec::new(), Vec::new());
    for (kind, keys) in by_kind {
        if keys.len() > 3 {
            let there = |rows: &Rows<'_>| keys.iter().filter(|key| rows.contains_key(*key)).count();
            push(&mut was, counted(there(&before), kind));
            push(&mut is, counted(there(&after), kind));
            continue;
        }
        for key in keys {
            let (old, new) = match (before.get(key), after.get(key)) {
                (Some(old), Some(new)) => differing(old, new),
                (Some(old), None) => (whole(old), String::new()),
                (None, Some(new)) => (String::new(), whole(new)),
                (None, None) => continue,
            };
            push(&mut was, old);
            push(&mut is, new);
        }
    }
    push(&mut is, voxels(forward, document));
    (joined(&was), joined(&is))
}

/// What several rows say alike is said once, with how often: "status signed (3 times)".
fn joined(words: &[String]) -> String {
    let mut told: Vec<(&str, usize)> = Vec::new();
    for words in words {
        match told.iter_mut().find(|(before, _)| before == words) {
            Some((_, times)) => *times += 1,
            None => told.push((words, 1)),
        }
    }
    let told = told.into_iter().map(|(words, times)| match times {
        1 => words.to_owned(),
        times => format!("{words} ({times} times)"),
    });
    told.collect::<Vec<_>>().join("; ")
}

fn push(words: &mut Vec<String>, more: String) {
    if !more.is_empty() {
        words.push(more);
    }
}

/// The rows that an edit puts, each as it is put last.
fn rows(edit: &Edit) -> Rows<'_> {
    let put = edit.ops.iter().filter_map(|op| match op {
        Op::Put(row) => Some((row.key(), row)),
        Op::Remove(_) | Op::Mask { .. } => None,
    });
    put.collect()
}

/// "4 visits, 5 studies" of one kind; nothing for none.
fn counted(n: usize, kind: RowKind) -> String {
    let one = kind.words();
    match (n, one.strip_suffix('y')) {
        (0, _) => String::new(),
        (1, _) => format!("1 {one}"),
        (_, Some(stem)) => format!("{n} {stem}ies"),
        (_, None) => format!("{n} {one}s"),
    }
}

/// How much of which marks changed.
fn voxels(edit: &Edit, document: &Document) -> String {
    let mut changed: BTreeMap<MarkId, (u64, usize)> = BTreeMap::new();
    for op in &edit.ops {
        if let Op::Mask { mark, delta } = op {
            let (voxels, slices) = changed.entry(*mark).or_default();
            *voxels += delta.slices().iter().map(|(_, runs)| runs.count()).sum::<u64>();
            *slices += delta.slices().len();
        }
    }
    let of = |mark: &MarkId| document.mark(*mark).map(|mark| format!("{}: ", mark.info.role.words().to_lowercase()));
    let told = changed.iter().filter(|(_, (voxels, _))| *voxels > 0).map(|(mark, (voxels, slices))| {
        format!("{}{voxels} voxels changed on {slices} slices", of(mark).unwrap_or_default())
    });
    told.collect::<Vec<_>>().join("; ")
}

/// The fields of a row with their values, by name; what only names the row or is long is left out.
fn fields(row: &Row) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    // Every row was written as JSON before: it can be again.
    let Ok(Value::Object(one)) = serde_json::to_value(row) else { return found };
    for value in one.values() {
        collect(value, "", &mut found);
    }
    found
}

fn collect(value: &Value, name: &str, found: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let hidden =
                    ["id", "patient", "lesion", "visit", "reader", "track", "info", "grid", "frames", "answered_at"];
                // Long numbers that only name something say nothing to a person.
                let inner = ["stack", "space"];
                let left_out: &[&str] = if name.is_empty() { &hidden } else { &inner };
                if left_out.contains(&key.as_str()) {
                    continue;
                }
                let key = key.replace('_', " ");
                let name = match (name, key.as_str()) {
                    ("", _) => key,
                    // An answer with words of its own: "complications none", not "complications value none".
                    (name, "value") => name.to_owned(),
                    (name, _) => format!("{name} {key}"),
                };
                collect(value, &name, found);
            }
        }
        Value::Array(values) if values.is_empty() => {}
        Value::Array(values) => {
            let simple: Vec<String> = values.iter().filter_map(text).collect();
            let told =
                if simple.len() == values.len() { simple.join(", ") } else { format!("{} entries", values.len()) };
            found.insert(name.to_owned(), cut(&told));
        }
        simple => {
            if let Some(text) = text(simple).filter(|text| !text.is_empty()) {
                found.insert(name.to_owned(), cut(&text));
            }
        }
    }
}

/// A simple value as text: codes without their underscores.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(if text.contains(' ') { text.clone() } else { text.replace('_', " ") }),
        Value::Number(number) => {
            Some(number.as_f64().filter(|_| number.is_f64()).map_or_else(|| number.to_string(), short))
        }
        Value::Bool(yes) => Some(if *yes { "yes" } else { "no" }.to_owned()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A number as it is read: three digits after the point are enough for everything that is measured here.
fn short(value: f64) -> String {
    let rounded = (value * 1000.0).round() / 1000.0;
    if rounded.is_finite() { format!("{}", rounded + 0.0) } else { value.to_string() }
}

fn cut(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if plain.chars().count() <= MOST_CHARACTERS {
        return plain;
    }
    plain.chars().take(MOST_CHARACTERS).chain(['\u{2026}']).collect()
}

/// "long axis 18 mm" of "long axis mm" and "18".
fn with_unit(name: &str, value: &str) -> String {
    let parted = ["mm", "ml", "hu", "days", "px"]
        .iter()
        .find_map(|unit| Some((name.strip_suffix(unit)?.strip_suffix(' ')?, unit)));
    match parted {
        Some((name, &"hu")) => format!("{name} {value} HU"),
        Some((name, unit)) => format!("{name} {value} {unit}"),
        None => format!("{name} {value}"),
    }
}

fn told(fields: &[(&String, &String)]) -> String {
    let mut words: Vec<String> = fields.iter().take(MOST_FIELDS).map(|(name, value)| with_unit(name, value)).collect();
    if fields.len() > MOST_FIELDS {
        words.push(format!("and {} more", fields.len() - MOST_FIELDS));
    }
    words.join(", ")
}

fn whole(row: &Row) -> String {
    let fields = fields(row);
    told(&fields.iter().collect::<Vec<_>>())
}

/// What differs between two states of a row, on both sides.
fn differing(old: &Row, new: &Row) -> (String, String) {
    let (old, new) = (fields(old), fields(new));
    let only = |one: &'_ BTreeMap<String, String>, other: &BTreeMap<String, String>| {
        let own: Vec<_> = one.iter().filter(|(name, value)| other.get(*name) != Some(value)).collect();
        told(&own)
    };
    (only(&old, &new), only(&new, &old))
}
