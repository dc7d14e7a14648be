//! When a project file fails: which backup is good and what it lacks, putting it back, and saving everything
//! elsewhere, also what could not be written and when the file cannot be read any more.

use super::change::{By, NamedEdit};
use super::errors::{OpenError, SaveError, file_name};
use super::facade::Project;
use super::fresh::{self, Content};
use super::place::FileId;
use super::row::Row;
use super::store::Sidecar;
use super::{Refusal, Store, backup, cached, load, lock, open};
use crate::clinical::Stamp;
use std::path::{Path, PathBuf};

/// A sound backup of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupInfo {
    /// Where it is.
    pub path: PathBuf,
    /// When its newest change was made; `None` when it has no change.
    pub at: Option<Stamp>,
    /// How many changes it has.
    pub changes: u64,
    /// The changes that the project has beyond it, oldest first, as words of the journal; `None` when the project's
    /// journal cannot be read.
    pub lacks: Option<Vec<String>>,
}

/// The sound backups of a project, newest first.
#[must_use]
pub fn backups(project: &Path) -> Vec<BackupInfo> {
    backup::backups(project).into_iter().filter_map(|path| info(path, project)).collect()
}

/// The newest backup that passes every check: structure, rows, and what opening asks of a project.
#[must_use]
pub fn last_good_backup(project: &Path) -> Option<BackupInfo> {
    backup::backups(project).into_iter().find_map(|path| info(path, project))
}

fn info(path: PathBuf, project: &Path) -> Option<BackupInfo> {
    let (_, _, history) = bare(&path).ok()?;
    let last = history.entries().last();
    let changes = last.map_or(0, |last| last.seq);
    Some(BackupInfo { at: last.map(|last| last.at), changes, lacks: beyond(project, changes), path })
}

/// What a project's journal tells after a change, as far as it can be read.
fn beyond(project: &Path, changes: u64) -> Option<Vec<String>> {
    let connection = open::connect(project, true).ok()?;
    let entries = load::entries_after(&connection, changes).ok()?;
    Some(entries.into_iter().map(|entry| entry.label).collect())
}

/// A file with every check of opening, but without lock, backup, migration or note of who has it.
fn bare(path: &Path) -> Result<(Store, super::Document, super::History), OpenError> {
    let read = || {
        let connection = open::connect(path, false)?;
        let format = open::believe(&connection, &file_name(path))?;
        open::prepare(&connection, true)?;
        if !backup::sound(&connection)? {
            return Err(open::Stop::from(super::errors::ReadError::Content(
                "its structure does not pass the check".into(),
            )));
        }
        let (document, history) = open::read(&connection, format)?;
        let id = FileId::of(path)
            .map_err(|why| open::Stop::Said(OpenError::Disk { file: file_name(path), why: why.to_string() }))?;
        let path = path.to_owned();
        let store = Store { connection, path, id, format, read_only: None, lock: None, copy: None, seen_version: None };
        Ok((store, document, history))
    };
    read().map_err(|stop: open::Stop| stop.explain(path))
}

/// Why a backup was not put in the place of a project. The project is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The backup does not pass the checks.
    #[error(transparent)]
    Backup(#[from] OpenError),
    /// Somebody has the project open.
    #[error("The project is open in another program, so no backup can take its place. Close it there and try again.")]
    Held,
    /// The disk.
    #[error("The backup could not be put back: {0}. Check the disk and try again.")]
    Disk(String),
}

impl From<SaveError> for RestoreError {
    fn from(why: SaveError) -> Self {
        Self::Disk(why.reason())
    }
}

impl From<std::io::Error> for RestoreError {
    fn from(why: std::io::Error) -> Self {
        SaveError::from(why).into()
    }
}

/// Puts a backup in the place of a project. The project as it is stays beside it under another name, which is
/// returned; the backup stays where it is. The project must not be open in this program.
///
/// # Errors
/// When the backup is not sound, when somebody has the project open, or when the disk refuses.
pub fn restore(backup: &Path, project: &Path) -> Result<Option<PathBuf>, RestoreError> {
    let _lock = match lock::take(project) {
        Ok(lock) => lock,
        Err(None) => return Err(RestoreError::Held),
        Err(Some(why)) => return Err(RestoreError::Disk(why)),
    };
    let (store, ..) = bare(backup)?;
    let mut temporary = project.as_os_str().to_owned();
    temporary.push(format!(".new-{}", uuid::Uuid::new_v4().simple()));
    let temporary = PathBuf::from(temporary);
    let put = backup::verified_copy(&store.connection, &temporary).map_err(RestoreError::from).and_then(|()| {
        let aside = keep_aside(project)?;
        std::fs::rename(&temporary, project)?;
        backup::sync_folder(project).ok();
        Ok(aside)
    });
    if put.is_err() {
        std::fs::remove_file(&temporary).ok();
    }
    put
}

/// Gives a damaged project a second name, so that it is never without one, and takes along what belongs to it: a
/// journal that stayed would be played into the next file of its name.
fn keep_aside(project: &Path) -> Result<Option<PathBuf>, RestoreError> {
    let aside = (1..10_000u32)
        .map(|n| project.with_extension(format!("damaged-{n}.ablation")))
        .find(|path| !path.exists())
        .ok_or_else(|| RestoreError::Disk("too many damaged files lie beside it".into()))?;
    let journal = cached::journal_path(project);
    if journal.exists() {
        std::fs::rename(&journal, cached::journal_path(&aside))?;
    }
    if !project.exists() {
        return Ok(None);
    }
    // Not every disk knows two names of one file.
    if std::fs::hard_link(project, &aside).is_err() {
        std::fs::rename(project, &aside)?;
    }
    Ok(Some(aside))
}

/// An edit that could not be written, with what goes with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    /// The edit.
    pub edit: NamedEdit,
    /// Names and paths that go with it.
    pub sidecar: Sidecar,
}

/// What a copy holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CopyReport {
    /// Edits of the list that are in the copy now.
    pub written: usize,
    /// Edits that no longer fit, by their words, with the reason.
    pub left_out: Vec<(String, Refusal)>,
    /// Whether the file could not be read any more, so that the copy was put together from what was in memory: the
    /// content of older changes and the places of image files are not in it.
    pub from_memory: bool,
}

impl Project {
    /// Makes a whole copy of the project at a path where nothing is yet, with the edits that could not be written, in
    /// their order. When the file cannot be read any more it is put together from what is in memory.
    ///
    /// # Errors
    /// When something is there already, or the copy cannot be written: nothing is left there.
    pub fn save_a_copy_with(&self, target: &Path, pending: &[Pending], by: By) -> Result<CopyReport, SaveError> {
        let mut report = CopyReport::default();
        backup::make_at(target, |temporary| {
            report = CopyReport::default();
            if backup::verified_copy(&self.store.connection, temporary).is_err() {
                report.from_memory = true;
                std::fs::remove_file(temporary).ok();
                self.write_from_memory(temporary, by)?;
            }
            add(temporary, pending, by, &mut report)
        })?;
        Ok(report)
    }

    fn write_from_memory(&self, path: &Path, by: By) -> Result<(), SaveError> {
        let sidecar = Sidecar { identities: self.identities.clone(), paths: Vec::new() };
        fresh::write(
            path,
            &Content {
                document: &self.document,
                told: self.history.entries(),
                label: "Put together from what was in memory, because the project file could not be read",
                by,
                sidecar: &sidecar,
            },
        )
    }
}

/// Writes pending edits into a copy.
fn add(copy: &Path, pending: &[Pending], by: By, report: &mut CopyReport) -> Result<(), SaveError> {
    let (mut store, mut document, mut history) = bare(copy).map_err(|why| SaveError::Disk(why.to_string()))?;
    // One that was reported as not saved and is in the file all the same stands at the end of its journal.
    let last = history.entries().last().map(|last| last.label.clone());
    for (n, Pending { edit, sidecar }) in pending.iter().enumerate() {
        let already = n == 0 && last.as_ref() == Some(&edit.label) && leaves_as_is(&document, edit);
        if already {
            report.written += 1;
            continue;
        }
        match history.change(&document, edit.clone(), by) {
            Ok((change, after)) => {
                store.commit(&change, sidecar)?;
                history.push(&change);
                document = after;
                report.written += 1;
            }
            Err(why) => report.left_out.push((edit.label.clone(), why)),
        }
    }
    Ok(())
}

/// Whether every row of an edit is in the document as the edit would put it. Voxels tell nothing here: they are
/// changed, not put.
fn leaves_as_is(document: &super::Document, edit: &NamedEdit) -> bool {
    edit.edit.ops.iter().all(|op| match op {
        super::Op::Put(row) => document.tables.get(&Row::key(row)).as_ref() == Some(row),
        super::Op::Remove(key) => !document.tables.contains(key),
        super::Op::Mask { .. } => false,
    })
}
