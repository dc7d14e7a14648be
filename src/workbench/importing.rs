//! Images in: look below paths, propose patient, visit and role, and put all of it into the project as one
//! edit. A later folder of the same patient joins what is there and changes no mark, answer or signature.

use super::jobs::Lane;
use super::notices::Level;
use super::opening::ProjectDone;
use super::planning::{Import, Overlaps, paths};
use super::untitled::Untitled;
use super::{Done, Slot, Workbench, words};
use crate::clinical::{Modality, Oddity, StackKey};
use crate::dicom::{Found, FoundStack, Limits, Shape, Skipped, StackInfo, find, read_grid_slice, regroup};
use crate::project::Sidecar;
use crate::volume::SliceData;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the last import found, and what it skipped and why.
#[derive(Debug, Default)]
pub struct ImportReport {
    /// Series found.
    pub series: usize,
    /// Stacks found in them.
    pub stacks: usize,
    /// Of these, new to the project.
    pub new_stacks: usize,
    /// Files that were not used, each with its reason.
    pub skipped: Vec<Skipped>,
    /// Things to settle by hand: an uncertain patient, a study without a date.
    pub questions: Vec<String>,
    /// Stacks with something that a reader should look at, in the order in which they were found.
    pub to_look_at: Vec<StackKey>,
    /// Whether the search was stopped early.
    pub cancelled: bool,
}

impl Workbench {
    /// Looks for images below paths, headers only. Without an open project one is made meanwhile and filled.
    pub(super) fn find_images(&mut self, paths: Vec<PathBuf>) {
        self.trust(&paths);
        let (untitled, today) = (self.plan_untitled(), self.today());
        self.jobs.start(Slot::Find, words::LOOKING, Lane::Loading, move |context| {
            let look = || {
                find(&paths, &Limits::default(), &|done, total| context.show_progress(done, total), &|| {
                    context.cancelled()
                })
            };
            let Some(plan) = untitled else {
                return Done::Found(Box::new(Search { found: look(), untitled: None, middles: Vec::new() }));
            };
            let (found, made) = rayon::join(look, || plan.make());
            if found.stacks.is_empty() {
                return Done::Found(Box::new(Search { found, untitled: None, middles: Vec::new() }));
            }
            let import = Import { found: found.stacks.clone(), skipped: found.skipped.len(), today };
            let fill = || {
                made.map(|mut made| {
                    plan.fill(&mut made, import);
                    made
                })
            };
            let (made, middles) = rayon::join(fill, || middles(&found.stacks));
            Done::Found(Box::new(Search { found, untitled: Some(made), middles }))
        });
        self.pump_inline();
    }

    pub(super) fn take_found(&mut self, search: Search) {
        let Search { found, untitled, middles } = search;
        // What a reader merged or split holds against the rules, also for images that come again.
        let found = match self.document() {
            Some(document) => regroup(found, document.groupings(), &Limits::default()),
            None => found,
        };
        let Found { stacks, skipped, cancelled } = found;
        if stacks.is_empty() {
            self.notices.tell(Level::Problem, words::nothing_found(&skipped), false);
            self.import = Some(ImportReport { skipped, cancelled, ..ImportReport::default() });
            return;
        }
        for stack in &stacks {
            self.images.set_sources(stack.info.key, stack.sources.clone());
        }
        for (key, slice, data) in middles {
            self.images.set_middle(key, slice, data);
        }
        let mut questions: Vec<_> =
            stacks.iter().filter(|s| s.study.date.is_none()).map(|_| words::NO_DATE.to_owned()).collect();
        questions.dedup();
        let count = stacks.len();
        let series = stacks.iter().map(|stack| stack.info.series_uid.as_str()).collect::<BTreeSet<_>>().len();
        let new_stacks = self.document().map_or(count, |document| {
            let overlaps = Overlaps::new(document, &stacks);
            let is_new = |s: &&FoundStack| document.stack(s.info.key).is_none() && !overlaps.is_part(s.info.key);
            stacks.iter().filter(is_new).count()
        });
        let odd = stacks.iter().filter(|stack| needs_a_look(&stack.info));
        let to_look_at = odd.map(|stack| stack.info.key).collect();
        let import = Import { found: stacks, skipped: skipped.len(), today: self.today() };
        self.import =
            Some(ImportReport { series, stacks: count, new_stacks, skipped, questions, to_look_at, cancelled });
        match untitled {
            Some(made) if self.desk.is_none() => {
                let result = made.and_then(|made| made.keep().ok_or_else(|| words::NO_PROJECT.to_owned()));
                self.take_project(ProjectDone::new(result.map_err(Into::into)));
            }
            needless => {
                // A project was opened meanwhile: it takes the images. The other goes, and not on this thread.
                std::thread::spawn(move || drop(needless));
                self.read_ahead(&import.found);
                self.import_into_desk(import);
            }
        }
    }

    /// Starts reading pixels while the project is still being written: the pictures are there when it is.
    fn read_ahead(&mut self, found: &[FoundStack]) {
        let volumes = found.iter().filter(|stack| matches!(stack.info.shape, Shape::Volume(_)));
        for stack in volumes.take(AHEAD) {
            let key = stack.info.key;
            self.images.set_sources(key, stack.sources.clone());
            let middle = stack.info.slices() / 2;
            self.images.want(key, &Arc::new(stack.info.clone()), middle, Lane::Screen, &mut self.jobs);
        }
    }

    /// Puts what was found into the open project.
    fn import_into_desk(&mut self, import: Import) {
        let nothing_new = self.import.as_ref().is_some_and(|report| report.new_stacks == 0);
        let Some(desk) = &mut self.desk else { return };
        let folder = desk.path().parent().map(Path::to_owned);
        if nothing_new {
            // The same images, perhaps in another place: only where they are is written down.
            self.notices.tell(Level::Note, words::NOTHING_NEW, false);
            if desk.read_only().is_none() {
                let places = import.found.iter().map(|s| (s.info.key, paths(s, folder.as_deref()))).collect();
                let sidecar = Sidecar { identities: Vec::new(), paths: places };
                // When it cannot be written the images are found again next time in the same way.
                desk.with_project(move |project| drop(project.write_sidecar(&sidecar)));
            }
            self.hang_and_centre();
            self.look_for_images();
            return;
        }
        // Identities are read from the file by the scribe: they are not part of the document.
        let (send, identities) = std::sync::mpsc::channel();
        desk.with_project(move |project| {
            send.send(project.store().identities()).ok();
        });
        self.change(move |document, _, _| {
            let identities = match identities.recv() {
                Ok(Ok(identities)) => identities,
                Ok(Err(error)) => return Err(error.to_string().into()),
                Err(_) => Vec::new(),
            };
            import.plan(document, &identities, folder.as_deref())
        });
    }
}

/// Whether a reader should look at a stack before trusting it. Localizers and pictures of screens are what they are, a
/// radiograph or an ultrasound picture has no place in the patient, and a series that was split is not odd for it.
#[must_use]
pub fn needs_a_look(info: &StackInfo) -> bool {
    let why = match &info.shape {
        Shape::PictureStack { why } => why.as_slice(),
        Shape::Volume(_) => &[],
    };
    let mut odd = info.oddities.iter().chain(why);
    if odd.clone().any(|odd| matches!(odd, Oddity::Localizer | Oddity::SecondaryCapture)) {
        return false;
    }
    let no_slice = info.modality == Modality::Other;
    odd.any(|odd| {
        let usual = matches!(
            odd,
            Oddity::NoPosition
                | Oddity::NoFrameOfReference
                | Oddity::NotCalibrated
                | Oddity::SingleSlice
                | Oddity::NotYetAVolume { .. }
                | Oddity::Lossy { .. }
                | Oddity::Other { .. }
        );
        !(no_slice && usual)
    })
}

/// What a search brings back.
pub(crate) struct Search {
    found: Found,
    /// The project that was made for it and filled, when none was open.
    untitled: Option<Result<Untitled, String>>,
    /// The slices that are shown first.
    middles: Vec<(StackKey, u32, SliceData)>,
}

/// The middle slices of the stacks that are likeliest to be shown first.
fn middles(stacks: &[FoundStack]) -> Vec<(StackKey, u32, SliceData)> {
    let read = |stack: &FoundStack| {
        let Shape::Volume(grid) = &stack.info.shape else { return None };
        let slice = grid.dims[2] / 2;
        let data = read_grid_slice(&stack.info, slice, &stack.sources, &Limits::default()).ok()?;
        Some((stack.info.key, slice, data))
    };
    let volumes = stacks.iter().filter(|stack| matches!(stack.info.shape, Shape::Volume(_)));
    volumes.take(AHEAD).filter_map(read).collect()
}

/// So many stacks are read before it is known which will be shown.
const AHEAD: usize = 4;
