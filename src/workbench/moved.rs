//! Image files that are not where they were: which series miss them, asking once before a place is looked into that
//! somebody else wrote down, and finding them again below a folder.

use super::jobs::Lane;
use super::notices::Level;
use super::{Done, Slot, Workbench, words};
use crate::clinical::StackKey;
use crate::dicom::{FrameSource, Limits, find};
use crate::project::moved::{Ask, FoundAgain, MissingStack, Records, find_again, missing_stacks, sources, to_ask};
use crate::project::{Document, Project};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The places that the user has allowed to be looked into, in the user's folder.
const ALLOWED_FILE: &str = "allowed-folders.json";

/// Where the images of a project are.
#[derive(Debug, Default)]
pub(crate) struct Places {
    pub(super) sources: BTreeMap<StackKey, Vec<FrameSource>>,
    pub(super) asks: Vec<Ask>,
    pub(super) missing: Vec<MissingStack>,
}

/// What a search for moved images brought.
pub(crate) struct Searched {
    again: FoundAgain,
    folder: PathBuf,
    looked_at: usize,
}

pub(super) fn allowed(user_folder: &Path) -> Vec<PathBuf> {
    let text = std::fs::read_to_string(user_folder.join(ALLOWED_FILE)).ok();
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

fn allow(user_folder: &Path, folders: &[PathBuf]) {
    let mut all = allowed(user_folder);
    let before = all.len();
    for folder in folders {
        if !all.iter().any(|known| folder.starts_with(known)) {
            all.push(folder.clone());
        }
    }
    if all.len() == before {
        return;
    }
    // Without the list the same question is asked again, which harms nobody.
    if let Ok(text) = serde_json::to_string_pretty(&all) {
        std::fs::create_dir_all(user_folder).ok();
        let file = user_folder.join(ALLOWED_FILE);
        let mut options = std::fs::OpenOptions::new();
        options.create(true).truncate(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(file).and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes())).ok();
    }
}

fn folder_of(project: &Path) -> PathBuf {
    project.parent().map(Path::to_owned).unwrap_or_default()
}

/// Where images are read from, and what is to be asked first. No file is looked at but beside the project.
pub(super) fn known_places(project: &Project, user_folder: &Path) -> Places {
    let Ok(records) = project.store().paths() else { return Places::default() };
    let folder = folder_of(project.store().path());
    let allowed = allowed(user_folder);
    let mut sources = sources(&records, &folder, &allowed);
    sources
        .retain(|stack, frames| project.document().stack(*stack).is_some_and(|r| r.info.frames.len() == frames.len()));
    Places { sources, asks: to_ask(&records, &folder, &allowed), missing: Vec::new() }
}

fn look(document: &Document, records: &Records, project: &Path, user_folder: &Path) -> Places {
    let (folder, allowed) = (folder_of(project), allowed(user_folder));
    let mut sources = sources(records, &folder, &allowed);
    sources.retain(|stack, frames| document.stack(*stack).is_some_and(|r| r.info.frames.len() == frames.len()));
    let mut missing = missing_stacks(document, records, &folder, &allowed, &crate::dicom::is_there);
    missing.sort_by_cached_key(|missing| {
        let date = document.visit_of_stack(missing.stack).and_then(|id| document.visit(id)).map(|visit| visit.date);
        let number = document.stack(missing.stack).and_then(|record| record.info.series_number);
        (missing.patient, date, number, missing.stack)
    });
    Places { sources, asks: to_ask(records, &folder, &allowed), missing }
}

impl Workbench {
    /// The series whose images are not all where they were.
    #[must_use]
    pub fn missing_images(&self) -> &[MissingStack] {
        &self.safety.places.missing
    }

    /// The places to ask about before they are looked into: the project names them, and nobody here said they are
    /// theirs.
    #[must_use]
    pub fn places_to_ask(&self) -> &[Ask] {
        &self.safety.places.asks
    }

    /// The user pointed at these: what lies below them may be looked at from now on.
    pub(super) fn trust(&self, paths: &[PathBuf]) {
        let folders: Vec<PathBuf> = paths
            .iter()
            .map(|path| if path.is_file() { folder_of(path) } else { path.clone() })
            .map(|path| std::path::absolute(&path).unwrap_or(path))
            .collect();
        allow(&self.user_folder, &folders);
    }

    /// A place that the project names may be looked into.
    pub(super) fn allow_place(&mut self, folder: &Path) {
        allow(&self.user_folder, &[folder.to_owned()]);
        self.look_for_images();
    }

    /// The question is put away until the project is opened again.
    pub(super) fn not_now(&mut self, folder: &Path) {
        self.safety.places.asks.retain(|ask| ask.folder != folder);
    }

    /// Looks in the background which images are where they were.
    pub(super) fn look_for_images(&mut self) {
        let user_folder = self.user_folder.clone();
        let Some(desk) = self.desk.as_mut() else { return };
        let (document, project) = (desk.document().clone(), desk.path().to_owned());
        let (send, records) = std::sync::mpsc::channel();
        desk.with_project(move |project| drop(send.send(project.store().paths().ok())));
        self.jobs.start(Slot::Places, words::LOOKING_FOR_FILES, Lane::Loading, move |_| {
            let Ok(Some(records)) = records.recv() else { return Done::Nothing };
            Done::Places(Box::new(look(&document, &records, &project, &user_folder)))
        });
        self.pump_inline();
    }

    pub(super) fn take_places(&mut self, places: Places) {
        let new = places.sources.iter().any(|(stack, _)| !self.images.has_sources(*stack));
        for (stack, frames) in &places.sources {
            if !self.images.has_sources(*stack) {
                self.images.set_sources(*stack, frames.clone());
            }
        }
        self.safety.places = places;
        if new {
            self.prepare_panes();
            self.make_thumbnails();
        }
    }

    /// Looks below a folder for every image that is missing: one question for all.
    pub(super) fn find_missing(&mut self, folder: PathBuf) {
        if !folder.is_dir() {
            self.notices.tell(Level::Problem, words::no_such_folder(&folder), false);
            return;
        }
        self.trust(std::slice::from_ref(&folder));
        let missing = self.safety.places.missing.clone();
        let Some(desk) = self.desk.as_mut() else { return };
        let (document, project) = (desk.document().clone(), desk.path().to_owned());
        let (send, records) = std::sync::mpsc::channel();
        desk.with_project(move |project| drop(send.send(project.store().paths().ok())));
        self.jobs.start(Slot::Find, words::LOOKING_FOR_FILES, Lane::Loading, move |context| {
            let Ok(Some(records)) = records.recv() else { return Done::Nothing };
            let found = find(
                std::slice::from_ref(&folder),
                &Limits::default(),
                &|done, total| {
                    context.report(done, total);
                    if done % 64 == 0 {
                        context.wake();
                    }
                },
                &|| context.cancelled(),
            );
            let looked_at = found.stacks.iter().map(|stack| stack.sources.len()).sum();
            let again = find_again(&document, &records, &missing, &found, &folder_of(&project));
            Done::Searched(Box::new(Searched { again, folder, looked_at }))
        });
        self.pump_inline();
    }

    pub(super) fn take_searched(&mut self, searched: Searched) {
        let Searched { again, folder, looked_at } = searched;
        let words = words::found_again(again.found.len(), again.still_missing.len(), &folder, looked_at);
        let level = if again.found.is_empty() { Level::Problem } else { Level::Note };
        self.notices.tell(level, words, false);
        if !again.found.is_empty() {
            self.notices.put_away(words::NO_FOLDER);
        }
        let Some(desk) = self.desk.as_mut() else { return };
        for (stack, paths) in again.sidecar.paths.iter().filter(|(stack, _)| again.found.contains(stack)) {
            let frames = paths.iter().map(|path| FrameSource {
                path: PathBuf::from(&path.absolute),
                frame: path.frame,
                size: path.size,
                mtime: path.mtime,
            });
            self.images.forget(*stack);
            self.thumbnails.remove(stack); // it is black
            self.images.set_sources(*stack, frames.collect());
        }
        if desk.read_only().is_none() {
            let sidecar = again.sidecar;
            // When it cannot be written they are found again next time in the same way.
            desk.with_project(move |project| drop(project.write_sidecar(&sidecar)));
            self.look_for_images();
        } else {
            self.safety.places.missing.retain(|missing| !again.found.contains(&missing.stack));
        }
        self.prepare_panes();
        self.make_thumbnails();
    }
}
