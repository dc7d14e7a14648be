//! Stacks merged and taken apart by hand: the headers are read again, the frames grouped as asked, and what was
//! recorded moves along. One edit, kept for the next import of the same series.

use super::desk::Intent;
use super::jobs::Lane;
use super::notices::Level;
use super::planning::paths;
use super::{Done, Slot, Workbench, words};
use crate::clinical::{FrameName, Grouping, GroupingKind, PatientId, StackKey};
use crate::dicom::{Found, FoundStack, Limits, Shape, SplitBy, StackInfo, find, regroup};
use crate::project::{Document, Sidecar, StackRecord, edits};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What a person can ask of the stacks of a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Regroup {
    /// These stacks of one series are one.
    Merge(Vec<StackKey>),
    /// This stack is several.
    Split {
        /// The stack.
        stack: StackKey,
        /// What its frames are sorted by.
        by: SplitBy,
    },
}

/// What reading the headers again brought.
pub(crate) struct Regrouped {
    /// The stacks that were chosen.
    old: Vec<StackKey>,
    grouping: Grouping,
    found: Vec<FoundStack>,
}

impl Workbench {
    pub(super) fn regroup(&mut self, what: Regroup) {
        let (kind, keys, by) = match what {
            Regroup::Merge(stacks) => (GroupingKind::Merge, stacks, None),
            Regroup::Split { stack, by } => (GroupingKind::Split, vec![stack], Some(by)),
        };
        let Some(document) = self.document() else { return };
        let records: Vec<&StackRecord> = keys.iter().filter_map(|key| document.stack(*key)).collect();
        let why_not = if records.len() != keys.len() {
            Some(words::STACK_GONE)
        } else if kind == GroupingKind::Merge && records.len() < 2 {
            Some(words::MERGE_NEEDS_TWO)
        } else if records.windows(2).any(|two| matches!(two, [a, b] if !one_series(a, b))) {
            Some(words::MERGE_ONE_SERIES)
        } else {
            None
        };
        let files: BTreeSet<PathBuf> = keys
            .iter()
            .filter_map(|key| self.images.sources(*key))
            .flat_map(|sources| sources.iter().map(|source| file_of(&source.path)).collect::<Vec<_>>())
            .collect();
        if let Some(why) = why_not.or(files.is_empty().then_some(words::FILES_GONE)) {
            self.notices.tell(Level::Problem, why, false);
            return;
        }
        let merged = records.iter().flat_map(|record| names(&record.info)).collect();
        let before: Vec<Grouping> = document.groupings().cloned().collect();
        let mut asked = Grouping {
            id: document.next_grouping(),
            patient: records.first().map_or(PatientId(0), |record| record.patient),
            series_uid: records.first().map(|record| record.info.series_uid.clone()).unwrap_or_default(),
            kind,
            groups: Vec::new(),
            note: String::new(),
        };
        self.jobs.start(Slot::Regroup, words::GROUPING, Lane::Screen, move |context| {
            let limits = Limits::default();
            let files: Vec<PathBuf> = files.into_iter().collect();
            let progress = |done, total| context.report(done, total);
            let found = find(&files, &limits, &progress, &|| context.cancelled());
            let found = regroup(found, before.iter(), &limits);
            let groups = match by {
                None => vec![merged],
                Some(by) => match found.stacks.iter().find(|stack| keys.contains(&stack.info.key)) {
                    None => return Done::Regrouped(Err(words::FILES_GONE.to_owned())),
                    Some(stack) => stack.taken_apart(by),
                },
            };
            if let (Some(by), [_]) = (by, groups.as_slice()) {
                return Done::Regrouped(Err(words::does_not_differ(by)));
            }
            asked.groups = groups;
            let Found { stacks: found, .. } = regroup(found, before.iter().chain([&asked]), &limits);
            Done::Regrouped(Ok(Box::new(Regrouped { old: keys, grouping: asked, found })))
        });
        self.pump_inline();
    }

    pub(super) fn take_regrouped(&mut self, result: Result<Box<Regrouped>, String>) {
        let Regrouped { old, mut grouping, found } = match result {
            Ok(regrouped) => *regrouped,
            Err(why) => return self.notices.tell(Level::Problem, why, false),
        };
        let kind = grouping.kind;
        let Some(document) = self.document() else { return };
        let Some(first) = old.iter().find_map(|key| document.stack(*key)).cloned() else {
            return self.notices.tell(Level::Problem, words::STACK_GONE, false);
        };
        let frames: BTreeSet<FrameName> =
            old.iter().filter_map(|key| document.stack(*key)).flat_map(|record| names(&record.info)).collect();
        let touched = |stack: &FoundStack| names(&stack.info).any(|name| frames.contains(&name));
        let mut new: Vec<FoundStack> = found.into_iter().filter(touched).collect();
        let there: usize = new.iter().map(|stack| stack.info.frames.len()).sum();
        let why_not = if there < frames.len() {
            Some(words::FILES_GONE) // a slice whose file is gone must not get lost on the way
        } else if kind == GroupingKind::Merge && new.len() > 1 {
            Some(words::NOT_GROUPED)
        } else {
            None
        };
        if let Some(why) = why_not {
            return self.notices.tell(Level::Problem, why, false);
        }
        for stack in &mut new {
            stack.info.study_uid.clone_from(&first.info.study_uid);
            self.images.set_sources(stack.info.key, stack.sources.clone());
        }
        let folder = self.desk.as_ref().and_then(|desk| desk.path().parent()).map(Path::to_owned);
        let places = new.iter().map(|stack| (stack.info.key, paths(stack, folder.as_deref()))).collect();
        let infos: Vec<StackInfo> = new.into_iter().map(|stack| stack.info).collect();
        let warning = infos.iter().find_map(|info| match &info.shape {
            Shape::PictureStack { why } if kind == GroupingKind::Merge => Some(words::pictures_after_merge(why)),
            _ => None,
        });
        self.change(move |document: &Document, _, _| {
            grouping.id = document.next_grouping();
            grouping.patient = first.patient;
            let named = edits::group_by_hand(document, grouping, &infos)?;
            let sidecar = Sidecar { identities: Vec::new(), paths: places };
            Ok(Intent { named, sidecar, tell: true, warning })
        });
    }
}

fn one_series(a: &StackRecord, b: &StackRecord) -> bool {
    a.patient == b.patient && a.info.study_uid == b.info.study_uid && a.info.series_uid == b.info.series_uid
}

fn names(info: &StackInfo) -> impl Iterator<Item = FrameName> + '_ {
    info.frames.iter().map(|frame| FrameName { sop_uid: frame.sop_uid.clone(), frame: frame.frame })
}

/// The file that a frame is in: itself, or the archive around it.
fn file_of(path: &Path) -> PathBuf {
    path.ancestors().find(|place| place.is_file()).unwrap_or(path).to_owned()
}
