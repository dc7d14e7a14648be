//! The project file: one change, one transaction, with its journal row.

use super::change::{Change, Entry};
use super::document::Ids;
use super::edit::{Edit, MarkWrites, Op};
use super::errors::{OpenError, ReadError, SaveError};
use super::lock::{self, Holder, Lock, ReadOnly};
use super::place::FileId;
use super::row::{Row, RowKey};
use super::{backup, cached, journal, load, open, schema};
use crate::clinical::{Identity, PatientId, StackKey, Stamp};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params, params_from_iter};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where the pixels of one slice were when they were found. Kept apart from all else, so that paths can be
/// dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstancePath {
    /// SOP Instance UID (0008,0018).
    pub sop_uid: String,
    /// Frame number in the file, from 0.
    pub frame: u32,
    /// Path as seen from the project's folder, when there is one.
    pub relative: Option<String>,
    /// Full path.
    pub absolute: String,
    /// Size of the file, bytes.
    pub size: u64,
    /// Modification time, seconds since 1970.
    pub mtime: i64,
}

/// What is written with a change and is no part of the document or the journal. It stays when the change is
/// undone.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sidecar {
    /// Names and identifiers of patients; what is known already stays.
    pub identities: Vec<(PatientId, Identity)>,
    /// The files of stacks, in slice order; they replace what is known of that stack.
    pub paths: Vec<(StackKey, Vec<InstancePath>)>,
}

impl Sidecar {
    /// Whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.identities.is_empty() && self.paths.is_empty()
    }
}

/// An open project file. It may live on its own thread.
#[derive(Debug)]
pub struct Store {
    // Closed before the lock is given back: fields are dropped in this order.
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    /// The file that the connection has open, to know when another takes its name.
    pub(super) id: FileId,
    pub(super) format: i32,
    pub(super) read_only: Option<ReadOnly>,
    pub(super) lock: Option<Lock>,
    /// The copy that is open instead of a file that cannot be written; removed after the connection is closed.
    pub(super) copy: Option<cached::Copy>,
    /// SQLite's number for the state of the file that was read last, for those who read along.
    pub(super) seen_version: Option<i64>,
}

impl Store {
    /// The project file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Why nothing can be written; `None` when it can.
    #[must_use]
    pub const fn read_only(&self) -> Option<&ReadOnly> {
        self.read_only.as_ref()
    }

    fn writable(&self) -> Result<(), SaveError> {
        match &self.read_only {
            None => Ok(()),
            Some(why) => Err(SaveError::ReadOnly(why.to_string())),
        }
    }

    /// Writes down who has the project, for those who find it taken.
    ///
    /// # Errors
    /// When the project is open for reading only or cannot be written.
    pub fn hold_as(&mut self, who: &str, since: Stamp) -> Result<(), SaveError> {
        self.writable()?;
        Ok(lock::hold(&self.connection, &Holder { who: who.to_owned(), since })?)
    }

    /// Writes one change, with its journal row and what goes with it, whole or not at all. When this returns
    /// the change survives a power cut.
    ///
    /// # Errors
    /// Nothing was written, except that the file may have been taken away while it was written to, or that the disk
    /// failed at the very end: then [`Self::holds`] tells.
    pub fn commit(&mut self, change: &Change, sidecar: &Sidecar) -> Result<(), SaveError> {
        self.commit_all(std::slice::from_ref(change), sidecar)
    }

    /// Writes several changes in one transaction, whole or not at all.
    ///
    /// # Errors
    /// As [`Self::commit`].
    pub fn commit_all(&mut self, changes: &[Change], sidecar: &Sidecar) -> Result<(), SaveError> {
        self.writable()?;
        self.id.check(&self.path)?;
        let written = self.write_all(changes, sidecar);
        // A file that was taken away meanwhile is the reason, whatever SQLite says; and what went into one that no
        // name leads to is not saved.
        self.id.check(&self.path)?;
        written
    }

    fn write_all(&mut self, changes: &[Change], sidecar: &Sidecar) -> Result<(), SaveError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for change in changes {
            write_change(&transaction, change)?;
        }
        write_sidecar(&transaction, sidecar)?;
        Ok(transaction.commit()?)
    }

    /// Whether a change whose writing ended with an error is in the file after all; `None` while that cannot be told.
    #[must_use]
    pub fn holds(&self, change: &Change) -> Option<bool> {
        self.id.check(&self.path).ok()?;
        let entry = &change.entry;
        let seq = i64::try_from(entry.seq).ok()?;
        let found = self
            .connection
            .query_row("SELECT at, label, kind FROM journal WHERE seq = ?1", [seq], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
            })
            .optional()
            .ok()?;
        let Some((at, label, kind)) = found else { return Some(false) };
        let same = at == entry.at.to_rfc3339() && label == entry.label && kind == entry.kind.code();
        // It is there; that it stays there after a power cut is for the disk to say.
        (same && backup::sync_folder(&self.path).is_ok()).then_some(true)
    }

    /// Writes names or paths without a change, such as the new place of files that were moved.
    ///
    /// # Errors
    /// Nothing was written.
    pub fn write_sidecar(&mut self, sidecar: &Sidecar) -> Result<(), SaveError> {
        self.writable()?;
        self.id.check(&self.path)?;
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        write_sidecar(&transaction, sidecar)?;
        Ok(transaction.commit()?)
    }

    /// Names and identifiers, by patient. Kept when the import that brought them is undone.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn identities(&self) -> Result<Vec<(PatientId, Identity)>, OpenError> {
        self.identities_read().map_err(|why| self.damaged(why))
    }

    fn identities_read(&self) -> Result<Vec<(PatientId, Identity)>, ReadError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT patient, dicom_patient_id, issuer, name, birth_date FROM identity ORDER BY 1, 2, 3, 4, 5",
        )?;
        let rows = statement.query_map([], |row| {
            let birth: String = row.get(4)?;
            let identity = Identity {
                dicom_patient_id: row.get(1)?,
                issuer: row.get(2)?,
                name: row.get(3)?,
                birth_date: birth.parse().ok(),
            };
            Ok((PatientId(row.get(0)?), identity))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Where the slices of a stack were found, in slice order.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn paths_of(&self, stack: StackKey) -> Result<Vec<InstancePath>, OpenError> {
        self.paths_read(stack).map_err(|why| self.damaged(why))
    }

    fn paths_read(&self, stack: StackKey) -> Result<Vec<InstancePath>, ReadError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT sop_uid, frame, relative, absolute, size, mtime FROM instance_path WHERE stack = ?1 ORDER BY k",
        )?;
        let rows = statement.query_map([stack.to_string()], |row| {
            Ok(InstancePath {
                sop_uid: row.get(0)?,
                frame: row.get(1)?,
                relative: row.get(2)?,
                absolute: row.get(3)?,
                size: u64::try_from(row.get::<_, i64>(4)?).unwrap_or(0),
                mtime: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What takes a change back, from the journal.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn inverse_of(&self, seq: u64) -> Result<Edit, OpenError> {
        load::edits(&self.connection, seq, None).map(|(_, inverse)| inverse).map_err(|why| self.damaged(why))
    }

    /// Where the slices of every stack were found, by stack and slice.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn paths(&self) -> Result<BTreeMap<StackKey, Vec<InstancePath>>, OpenError> {
        self.every_path().map_err(|why| self.damaged(why))
    }

    fn every_path(&self) -> Result<BTreeMap<StackKey, Vec<InstancePath>>, ReadError> {
        let mut statement =
            self.connection.prepare_cached("SELECT DISTINCT stack FROM instance_path ORDER BY stack")?;
        let keys = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        let mut all = BTreeMap::new();
        for key in keys.iter().filter_map(|key| key.parse::<StackKey>().ok()) {
            all.insert(key, self.paths_read(key)?);
        }
        Ok(all)
    }

    /// Makes a whole, checked copy of the project at a path where nothing is yet.
    ///
    /// # Errors
    /// When something is there already, or the copy cannot be written.
    pub fn save_a_copy(&self, target: &Path) -> Result<(), SaveError> {
        backup::copy_to(&self.connection, target)
    }

    pub(super) fn damaged(&self, why: ReadError) -> OpenError {
        open::explain(&self.path, why)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        if self.lock.is_some() && self.read_only.is_none() {
            lock::release(&self.connection).ok(); // the lock itself ends in any case
        }
    }
}

pub(super) fn write_change(transaction: &Transaction<'_>, change: &Change) -> Result<(), SaveError> {
    for op in &change.forward.ops {
        write_op(transaction, op)?;
    }
    write_marks(transaction, &change.marks)?;
    write_journal(transaction, change)
}

fn write_op(transaction: &Transaction<'_>, op: &Op) -> Result<(), SaveError> {
    match op {
        Op::Put(row) => write_row(transaction, row)?,
        Op::Remove(key) => {
            let matches: Vec<_> =
                (1..).zip(schema::key_columns(key.kind())).map(|(n, column)| format!("{column} = ?{n}")).collect();
            let sql = format!("DELETE FROM {} WHERE {}", key.kind().table(), matches.join(" AND "));
            transaction.prepare_cached(&sql)?.execute(params_from_iter(schema::key_values(key)))?;
            if let RowKey::Mark(mark) = key {
                transaction.prepare_cached("DELETE FROM mark_slice WHERE mark = ?1")?.execute([mark.0])?;
            }
        }
        Op::Mask { .. } => {} // written as the mark is after the whole change
    }
    Ok(())
}

fn write_row(transaction: &Transaction<'_>, row: &Row) -> Result<(), SaveError> {
    let key = row.key();
    let table = key.kind().table();
    let keys = schema::key_columns(key.kind());
    let places: Vec<_> = (1..=keys.len()).map(|n| format!("?{n}")).collect();
    let (columns, places, data) = (keys.join(", "), places.join(", "), keys.len() + 1);
    let sql = format!(
        "INSERT INTO {table} ({columns}, data) VALUES ({places}, ?{data})
         ON CONFLICT ({columns}) DO UPDATE SET data = excluded.data"
    );
    let json = row.write().map_err(|why| SaveError::Disk(why.to_string()))?;
    let values = schema::key_values(&key).into_iter().chain([rusqlite::types::Value::Text(json)]);
    transaction.prepare_cached(&sql)?.execute(params_from_iter(values))?;
    if let Some((name, number)) = Ids::of(&key).and_then(|(which, number)| Some((Ids::NAMES.get(which)?, number))) {
        transaction
            .prepare_cached(
                "INSERT INTO counter (name, last) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET last = max(last, excluded.last)",
            )?
            .execute(params![name, number])?;
    }
    Ok(())
}

fn write_marks(transaction: &Transaction<'_>, marks: &MarkWrites) -> Result<(), SaveError> {
    for row in marks.rows.values() {
        write_row(transaction, row)?;
    }
    for ((mark, k), runs) in &marks.slices {
        match runs {
            Some(runs) => transaction
                .prepare_cached("INSERT OR REPLACE INTO mark_slice (mark, k, rle) VALUES (?1, ?2, ?3)")?
                .execute(params![mark.0, k, runs.to_bytes()])?,
            None => transaction
                .prepare_cached("DELETE FROM mark_slice WHERE mark = ?1 AND k = ?2")?
                .execute(params![mark.0, k])?,
        };
    }
    Ok(())
}

/// Writes the row of an entry, and gives its number as the file keeps it.
pub(super) fn write_entry(connection: &Connection, entry: &Entry, payload: &str) -> Result<i64, SaveError> {
    let number = |n: u64| i64::try_from(n).map_err(|_| SaveError::Disk("the audit trail is full".into()));
    let seq = number(entry.seq)?;
    connection
        .prepare_cached(
            "INSERT INTO journal (seq, at, reader, patient, visit, kind, label, undoes, payload)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            seq,
            entry.at.to_rfc3339(),
            entry.reader.map(|id| id.0),
            entry.patient.map(|id| id.0),
            entry.visit.map(|id| id.0),
            entry.kind.code(),
            entry.label,
            entry.undoes.map(number).transpose()?,
            payload,
        ])?;
    Ok(seq)
}

fn write_journal(transaction: &Transaction<'_>, change: &Change) -> Result<(), SaveError> {
    let entry = &change.entry;
    let (payload, deltas) =
        journal::write(&change.forward, &change.inverse).map_err(|why| SaveError::Disk(why.to_string()))?;
    let seq = write_entry(transaction, entry, &payload)?;
    let mut statement =
        transaction.prepare_cached("INSERT INTO journal_mask (seq, n, k, rle) VALUES (?1, ?2, ?3, ?4)")?;
    for (n, delta) in &deltas {
        for (k, runs) in delta.slices() {
            statement.execute(params![seq, n, k, runs.to_bytes()])?;
        }
    }
    Ok(())
}

pub(super) fn write_sidecar(transaction: &Transaction<'_>, sidecar: &Sidecar) -> Result<(), SaveError> {
    for (patient, identity) in &sidecar.identities {
        let birth = identity.birth_date.map_or_else(String::new, |date| date.to_string());
        transaction
            .prepare_cached(
                "INSERT OR IGNORE INTO identity (patient, dicom_patient_id, issuer, name, birth_date)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![patient.0, identity.dicom_patient_id, identity.issuer, identity.name, birth])?;
    }
    for (stack, paths) in &sidecar.paths {
        let stack = stack.to_string();
        transaction.prepare_cached("DELETE FROM instance_path WHERE stack = ?1")?.execute([&stack])?;
        let mut statement = transaction.prepare_cached(
            "INSERT INTO instance_path (stack, k, sop_uid, frame, relative, absolute, size, mtime)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?;
        for (k, path) in (0i64..).zip(paths) {
            let size = i64::try_from(path.size).unwrap_or(i64::MAX);
            statement.execute(params![
                stack,
                k,
                path.sop_uid,
                path.frame,
                path.relative,
                path.absolute,
                size,
                path.mtime
            ])?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::clinical::{Patient, PatientId};
    use crate::project::{By, ChangeKind, CommitError, NamedEdit, Op, OpenAs, Parts, Project, Row, SaveError, Sidecar};

    fn patients(from: u32, to: u32, note: &str) -> NamedEdit {
        let patient = |n| {
            let patient = Patient { note: note.into(), ..Patient::new(PatientId(n), format!("P{n:03}")) };
            Op::Put(Row::Patient(patient))
        };
        NamedEdit::new(ChangeKind::Patient, "patients", (from..to).map(patient).collect())
    }

    /// SQLite's own limit of pages stands in for a disk without space.
    #[test]
    fn a_full_disk_keeps_the_last_change_and_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("full.ablation");
        let by = By { reader: None, at: "2026-03-04T09:00:00Z".parse().unwrap() };
        let mut project = Project::create(&path, "NU", by.at).unwrap();
        project.commit(patients(1, 5, ""), by).unwrap();
        let before = project.document().clone();
        let Parts { mut store, document, mut history } = project.into_parts();
        let pages: u32 = store.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        store.connection.pragma_update_and_check(None, "max_page_count", pages + 1, |_| Ok(())).unwrap();

        let (large, after) = history.change(&document, patients(5, 200, &"x".repeat(500)), by).unwrap();
        assert_eq!(store.commit(&large, &Sidecar::default()), Err(SaveError::Full));
        let (small, _) = history.change(&document, patients(5, 6, ""), by).unwrap();
        assert_eq!(small.entry.seq, 2, "the change that failed took no number");

        store.connection.pragma_update_and_check(None, "max_page_count", 1_000_000, |_| Ok(())).unwrap();
        drop(store);
        let opened = Project::open(&path, OpenAs::Writer, "NU", by.at).unwrap().project;
        assert!(*opened.document() == before);
        // The same change fits once there is space.
        let Parts { mut store, .. } = opened.into_parts();
        store.commit(&large, &Sidecar::default()).unwrap();
        history.push(&large);
        // And cannot be written twice.
        assert_eq!(store.commit(&large, &Sidecar::default()), Err(SaveError::ChangedElsewhere));
        drop(store);
        let opened = Project::open(&path, OpenAs::ReadOnly, "", by.at).unwrap().project;
        assert!(*opened.document() == after);
        assert_eq!(opened.history().entries(), history.entries());
    }

    #[test]
    fn a_writer_elsewhere_is_waited_for_and_then_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("busy.ablation");
        let by = By { reader: None, at: "2026-03-04T09:00:00Z".parse().unwrap() };
        let mut project = Project::create(&path, "NU", by.at).unwrap();
        let other = rusqlite::Connection::open(&path).unwrap();
        other.execute_batch("BEGIN EXCLUSIVE").unwrap();
        project.store.connection.busy_timeout(std::time::Duration::from_millis(20)).unwrap();
        assert_eq!(project.commit(patients(1, 2, ""), by).unwrap_err(), CommitError::NotSaved(SaveError::Busy));
        assert_eq!(project.document().patients().count(), 0, "not shown, for it is not saved");
        other.execute_batch("ROLLBACK").unwrap();
        assert_eq!(project.commit(patients(1, 2, ""), by).unwrap().seq, 1);
    }
}
