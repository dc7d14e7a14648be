//! Image files that are no longer where they were: what is missing, where it may be looked for, and finding it again
//! by SOP Instance UID below a folder that the reader points at.
//!
//! Marks need no image to stay. Beside the project is looked first, for a project may be moved together with its
//! images. A path that leads anywhere else was written down by whoever made the project: it is touched only when the
//! reader has said that the place is theirs, once for each place.

use super::Document;
use super::store::{InstancePath, Sidecar};
use crate::clinical::{PatientId, StackKey};
use crate::dicom::{Found, FrameSource};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

/// The files of stacks, as a project has them: see [`Store::paths`](super::Store::paths).
pub type Records = BTreeMap<StackKey, Vec<InstancePath>>;

/// Where a file is said to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Below the project's own folder.
    Beside(PathBuf),
    /// Somewhere else on this computer.
    Elsewhere(PathBuf),
    /// On another computer: merely asking whether it is there tells that computer who asks.
    Network(PathBuf),
}

/// Where a slice is said to be. Only the project's own folder is looked into.
#[must_use]
pub fn place(path: &InstancePath, project_folder: &Path) -> Place {
    if let Some(beside) = path.relative.as_deref().and_then(|relative| inside(project_folder, relative))
        && crate::dicom::is_there(&beside)
    {
        return Place::Beside(beside);
    }
    let full = PathBuf::from(&path.absolute);
    if is_network(&path.absolute) {
        Place::Network(full)
    } else if full.strip_prefix(project_folder).is_ok_and(|rest| rest.components().all(is_plain)) {
        Place::Beside(full)
    } else {
        Place::Elsewhere(full)
    }
}

/// A path below a folder that does not lead out of it.
fn inside(folder: &Path, relative: &str) -> Option<PathBuf> {
    let relative = Path::new(relative);
    (!is_network(&relative.to_string_lossy()) && relative.components().all(is_plain)).then(|| folder.join(relative))
}

fn is_plain(component: Component<'_>) -> bool {
    matches!(component, Component::Normal(_) | Component::CurDir)
}

/// Names of other computers: \\host\share, //host/share, and URLs.
fn is_network(path: &str) -> bool {
    let slashed = path.replace('\\', "/");
    slashed.starts_with("//")
        || slashed.split_once("://").is_some_and(|(scheme, _)| scheme.chars().all(char::is_alphanumeric))
}

/// A place that the reader is to be asked about once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The folder below which the images are said to be.
    pub folder: PathBuf,
    /// Whether it is on another computer.
    pub network: bool,
    /// The stacks that are there.
    pub stacks: BTreeSet<StackKey>,
}

/// The places outside the project's folder that no allowed folder covers: what to ask about, each once, sorted. The
/// first two parts of a path make a place ("/scans/liver", "\\host\share"), so that one answer goes for many series.
#[must_use]
pub fn to_ask(records: &Records, project_folder: &Path, allowed: &[PathBuf]) -> Vec<Ask> {
    let mut places: BTreeMap<(PathBuf, bool), BTreeSet<StackKey>> = BTreeMap::new();
    for (stack, paths) in records {
        for path in paths {
            let (full, network) = match place(path, project_folder) {
                Place::Beside(_) => continue,
                Place::Elsewhere(full) => (full, false),
                Place::Network(full) => (full, true),
            };
            if !is_allowed(&full, allowed) {
                places.entry((root(&full), network)).or_default().insert(*stack);
            }
        }
    }
    places.into_iter().map(|((folder, network), stacks)| Ask { folder, network, stacks }).collect()
}

/// Whether a path lies below a folder that the reader has allowed, and does not lead out of it again.
fn is_allowed(path: &Path, allowed: &[PathBuf]) -> bool {
    allowed.iter().any(|folder| path.strip_prefix(folder).is_ok_and(|rest| rest.components().all(is_plain)))
}

/// The place that a file belongs to: its root with two names, but never the file itself.
fn root(file: &Path) -> PathBuf {
    let folder = file.parent().unwrap_or(file);
    let mut names = 0;
    folder
        .components()
        .take_while(|component| {
            names += usize::from(matches!(component, Component::Normal(_)));
            names <= 2
        })
        .collect()
}

/// Where the slices of each stack are read from: beside the project, or in an allowed place. Stacks with a slice in a
/// place that is neither are left out.
#[must_use]
pub fn sources(records: &Records, project_folder: &Path, allowed: &[PathBuf]) -> BTreeMap<StackKey, Vec<FrameSource>> {
    let source = |path: &InstancePath| {
        let file = match place(path, project_folder) {
            Place::Beside(file) => file,
            Place::Elsewhere(file) | Place::Network(file) if is_allowed(&file, allowed) => file,
            Place::Elsewhere(_) | Place::Network(_) => return None,
        };
        Some(FrameSource { path: file, frame: path.frame, size: path.size, mtime: path.mtime })
    };
    records
        .iter()
        .filter_map(|(stack, paths)| Some((*stack, paths.iter().map(source).collect::<Option<Vec<_>>>()?)))
        .collect()
}

/// A stack whose images are not all there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingStack {
    /// The stack.
    pub stack: StackKey,
    /// Whose it is.
    pub patient: PatientId,
    /// Its slices.
    pub slices: usize,
    /// Of these, slices whose file is not there.
    pub missing: usize,
}

/// The stacks whose images are not all there, by patient and stack. `there` says whether a file is; only places beside
/// the project and allowed ones are asked for, and a slice in any other place counts as there. Each file is asked for
/// once.
#[must_use]
pub fn missing_stacks(
    document: &Document,
    records: &Records,
    project_folder: &Path,
    allowed: &[PathBuf],
    there: &dyn Fn(&Path) -> bool,
) -> Vec<MissingStack> {
    let mut known: BTreeMap<PathBuf, bool> = BTreeMap::new();
    let mut is_missing = |path: &InstancePath| {
        let file = match place(path, project_folder) {
            Place::Beside(file) => file,
            Place::Elsewhere(file) | Place::Network(file) if is_allowed(&file, allowed) => file,
            Place::Elsewhere(_) | Place::Network(_) => return false,
        };
        !*known.entry(file).or_insert_with_key(|file| there(file))
    };
    let mut all: Vec<MissingStack> = document
        .stacks()
        .filter_map(|record| {
            let slices = record.info.frames.len();
            let paths = records.get(&record.info.key).map_or(&[][..], Vec::as_slice);
            let gone = paths.iter().filter(|path| is_missing(path)).count();
            let missing = gone + slices.saturating_sub(paths.len());
            (missing > 0).then_some(MissingStack { stack: record.info.key, patient: record.patient, slices, missing })
        })
        .collect();
    all.sort_by_key(|missing| (missing.patient, missing.stack));
    all
}

/// What was found again.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FoundAgain {
    /// The new places, to be written with [`Project::write_sidecar`](super::Project::write_sidecar). A stack of which
    /// only a part was found keeps the old places of the rest.
    pub sidecar: Sidecar,
    /// Stacks that are whole again.
    pub found: Vec<StackKey>,
    /// Stacks of which slices are still missing, and how many.
    pub still_missing: Vec<(StackKey, usize)>,
}

/// Finds the images of stacks again among what a search found below some folder, by SOP Instance UID and frame
/// whatever the files are called now. One search answers for all stacks.
#[must_use]
pub fn find_again(
    document: &Document,
    records: &Records,
    missing: &[MissingStack],
    found: &Found,
    project_folder: &Path,
) -> FoundAgain {
    let mut places: BTreeMap<(&str, u32), &FrameSource> = BTreeMap::new();
    for stack in &found.stacks {
        for (frame, source) in stack.info.frames.iter().zip(&stack.sources) {
            // Several copies: the first by path, so that every search gives the same.
            let known = places.entry((frame.sop_uid.as_str(), frame.frame)).or_insert(source);
            if source.path < known.path {
                *known = source;
            }
        }
    }
    let mut again = FoundAgain::default();
    for MissingStack { stack, .. } in missing {
        let Some(record) = document.stack(*stack) else { continue };
        let old = records.get(stack).map_or(&[][..], Vec::as_slice);
        let mut still = 0;
        let mut any = false;
        let paths: Vec<Option<InstancePath>> = record
            .info
            .frames
            .iter()
            .enumerate()
            .map(|(k, frame)| match places.get(&(frame.sop_uid.as_str(), frame.frame)) {
                Some(source) => {
                    any = true;
                    Some(now_at(&frame.sop_uid, source, project_folder))
                }
                None => {
                    still += 1;
                    old.get(k).cloned()
                }
            })
            .collect();
        if still == 0 {
            again.found.push(*stack);
        } else {
            again.still_missing.push((*stack, still));
        }
        if let Some(paths) = any.then(|| paths.into_iter().collect::<Option<Vec<_>>>()).flatten() {
            again.sidecar.paths.push((*stack, paths));
        }
    }
    again
}

fn now_at(sop_uid: &str, source: &FrameSource, project_folder: &Path) -> InstancePath {
    let text = |path: &Path| path.to_string_lossy().into_owned();
    InstancePath {
        sop_uid: sop_uid.to_owned(),
        frame: source.frame,
        relative: source.path.strip_prefix(project_folder).ok().map(text),
        absolute: text(&source.path),
        size: source.size,
        mtime: source.mtime,
    }
}
