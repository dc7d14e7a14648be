//! One row without what tells who somebody is, and with its dates moved.

use super::tokens::Tokens;
use crate::clinical::{Date, Stamp, may_hold_date};
use crate::project::errors::SaveError;
use crate::project::row::{Row, RowKind};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Stands where a name, a number or a path was.
const REMOVED: &str = "[removed]";
/// Stands where words were left out because they may hold a date.
const LEFT_OUT: &str = "[left out: may hold a date]";
/// UIDs that the standard itself gives: they name kinds of things and nobody.
const STANDARD_UIDS: &str = "1.2.840.10008.";

/// What was taken out on the way.
#[derive(Debug, Default)]
pub(super) struct Scrubber<'a> {
    tokens: Option<&'a Tokens>,
    /// Names that were replaced because they held an identity, such as a patient's code or a UID: old to new.
    renamed: BTreeMap<String, String>,
    /// Codes and keys of the program that look like an identity: a person may be called Mark.
    pub(super) own_words: BTreeSet<String>,
    pub(super) text_hits: usize,
    pub(super) uids: usize,
    pub(super) codes: usize,
    pub(super) dates_left_out: usize,
}

/// What a string of a row is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    /// A UID, or what begins with one.
    Uid,
    /// A name that must stay unique: a patient's code, a lesion's label, a reader's initials.
    Name,
    /// Anything else: words, or a code of the program.
    Text,
}

fn field(key: &str, kind: RowKind) -> Field {
    match key {
        "uid"
        | "series_uid"
        | "study_uid"
        | "sop_uid"
        | "frame_of_reference_uid"
        | "space"
        | "id"
        | "transfer_syntaxes" => Field::Uid,
        "code" if kind == RowKind::Patient => Field::Name,
        "label" if kind == RowKind::Lesion => Field::Name,
        "initials" if kind == RowKind::Reader => Field::Name,
        _ => Field::Text,
    }
}

impl<'a> Scrubber<'a> {
    pub(super) fn new(tokens: &'a Tokens) -> Self {
        Self { tokens: Some(tokens), ..Self::default() }
    }

    /// The row without identity, its dates moved by `days` when that is wanted.
    pub(super) fn row(&mut self, row: &Row, days: Option<i64>) -> Result<Row, SaveError> {
        let kind = row.key().kind();
        let failed = |why: serde_json::Error| SaveError::Disk(why.to_string());
        let before: Value = serde_json::from_str(&row.write().map_err(failed)?).map_err(failed)?;
        let mut after = before.clone();
        let mut changed = Vec::new();
        self.walk(&mut after, "", kind, days, &mut Vec::new(), &mut changed);
        if let Ok(row) = read(kind, &after) {
            return Ok(row);
        }
        // Some string that was changed is a code of the program: each that cannot be changed stays.
        let mut kept = before;
        for path in changed {
            let (Some(new), Some(place)) = (after.pointer(&path).cloned(), kept.pointer_mut(&path)) else { continue };
            let old = std::mem::replace(place, new);
            if read(kind, &kept).is_err()
                && let Some(place) = kept.pointer_mut(&path)
            {
                // A date that stays is no word of the program: the search at the end has to find it.
                let word = old.as_str().filter(|text| moved(text, 0).is_none());
                self.own_words.extend(word.map(str::to_owned));
                *place = old;
            }
        }
        read(kind, &kept).map_err(failed)
    }

    fn walk(
        &mut self,
        value: &mut Value,
        key: &str,
        kind: RowKind,
        days: Option<i64>,
        path: &mut Vec<String>,
        changed: &mut Vec<String>,
    ) {
        match value {
            Value::String(text) => {
                if let Some(new) = self.string(text, field(key, kind), kind, days) {
                    *text = new;
                    changed.push(format!("/{}", path.join("/")));
                }
            }
            Value::Array(values) => {
                for (n, value) in values.iter_mut().enumerate() {
                    path.push(n.to_string());
                    self.walk(value, key, kind, days, path, changed);
                    path.pop();
                }
            }
            Value::Object(fields) => {
                for (key, value) in fields {
                    self.own_words.insert(key.clone());
                    path.push(key.clone());
                    self.walk(value, key, kind, days, path, changed);
                    path.pop();
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// A string without identity and date; `None` when it stays.
    fn string(&mut self, text: &str, field: Field, kind: RowKind, days: Option<i64>) -> Option<String> {
        if text.starts_with(STANDARD_UIDS) {
            return None;
        }
        if let Some(days) = days {
            if let Some(moved) = moved(text, days) {
                return Some(moved);
            }
            let dated = match field {
                Field::Uid => holds_compact_date(text),
                Field::Text => may_hold_date(text),
                Field::Name => false,
            };
            if dated && field == Field::Text {
                self.dates_left_out += 1;
                return Some(LEFT_OUT.to_owned());
            }
            if dated {
                return Some(self.rename(text, field, kind));
            }
        }
        let tokens = self.tokens?;
        let letters: Vec<char> = text.chars().collect();
        let hits = tokens.hits(&letters);
        if hits.is_empty() {
            return None;
        }
        if field != Field::Text {
            return Some(self.rename(text, field, kind));
        }
        self.text_hits += hits.len();
        let mut out = String::new();
        let mut at = 0;
        for hit in hits {
            out.extend(letters.get(at..hit.start).unwrap_or_default());
            out.push_str(REMOVED);
            at = hit.end;
        }
        out.extend(letters.get(at..).unwrap_or_default());
        // What was left may make up a name again: then nothing of it stays.
        Some(if tokens.is_in(&out) { REMOVED.to_owned() } else { out })
    }

    /// A new name for an old one, the same wherever the old one stands.
    fn rename(&mut self, text: &str, field: Field, kind: RowKind) -> String {
        // "UID#2" is the second stack of a series: what follows the UID stays.
        let (name, rest) = match (field, text.find('#')) {
            (Field::Uid, Some(at)) => text.split_at(at),
            _ => (text, ""),
        };
        let key = format!("{}:{name}", if field == Field::Uid { "uid" } else { kind.table() });
        if let Some(known) = self.renamed.get(&key) {
            return format!("{known}{rest}");
        }
        let new = if field == Field::Uid {
            self.uids += 1;
            self.derived_uid(name)
        } else {
            self.codes += 1;
            self.new_code()
        };
        self.renamed.insert(key, new.clone());
        format!("{new}{rest}")
    }

    /// A code that nothing was renamed to yet. A patient's number may be 001, so that X001 would tell it again.
    fn new_code(&self) -> String {
        let taken: BTreeSet<&String> = self.renamed.values().collect();
        let held = |code: &String| self.tokens.is_some_and(|tokens| tokens.is_in(code));
        let mut codes =
            (1_u32..=u32::MAX).map(|n| format!("X{n:03}")).filter(|code| !taken.contains(code) && !held(code));
        codes.next().unwrap_or_else(|| REMOVED.to_owned())
    }

    /// A UID that stands for another (PS3.5 B.2: 2.25 and a number of 128 bits). The strings that are taken out are
    /// part of what it is made from, so that nobody without them can tell which UID it stands for.
    fn derived_uid(&self, uid: &str) -> String {
        let mut hash = Sha256::new();
        for token in self.tokens.into_iter().flat_map(Tokens::all) {
            hash.update(token.as_bytes());
            hash.update([0]);
        }
        hash.update(uid.as_bytes());
        let number = hash.finalize().iter().take(16).fold(0u128, |number, byte| (number << 8) | u128::from(*byte));
        format!("2.25.{number}")
    }
}

fn read(kind: RowKind, value: &Value) -> Result<Row, serde_json::Error> {
    kind.read(&value.to_string())
}

/// A date or a moment, moved; `None` when the text is neither.
fn moved(text: &str, days: i64) -> Option<String> {
    let by = chrono::TimeDelta::try_days(days)?;
    let iso = text.len() == 10 && text.bytes().enumerate().all(|(at, b)| (at == 4 || at == 7) == (b == b'-'));
    if iso && let Ok(date) = text.parse::<Date>() {
        return Some(date.checked_add_signed(by)?.to_string());
    }
    if text.len() >= 19
        && text.contains('T')
        && let Ok(at) = text.parse::<Stamp>()
    {
        return serde_json::to_value(at.checked_add_signed(by)?).ok()?.as_str().map(str::to_owned);
    }
    None
}

/// Whether eight digits of a UID make a date of the last century or this one.
fn holds_compact_date(uid: &str) -> bool {
    let digits: Vec<&str> = uid.split(|c: char| !c.is_ascii_digit()).collect();
    digits.iter().any(|run| {
        (0..run.len().saturating_sub(7)).any(|at| {
            run.get(at..at + 8).is_some_and(|eight| {
                (eight.starts_with("19") || eight.starts_with("20")) && Date::parse_from_str(eight, "%Y%m%d").is_ok()
            })
        })
    })
}
