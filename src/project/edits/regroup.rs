//! When frames are grouped anew: by a rule, by a slice that came later, or by hand. What was recorded on the old
//! stacks moves to the new ones that share most of their frames.

use super::missing;
use crate::alignment::Placement;
use crate::clinical::{Grouping, LesionPlace, StackKey};
use crate::dicom::StackInfo;
use crate::marks::{Mask, MaskDelta, grids_coincide};
use crate::project::change::{ChangeKind, NamedEdit};
use crate::project::document::Document;
use crate::project::edit::Op;
use crate::project::refusal::Refusal;
use crate::project::row::{MarkRecord, PlacementKey, Row, RowKey, StackRecord};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Puts new stacks in the place of the old ones that share frames with them, as one edit. Marks keep their grids and
/// voxels; marks, lesions' places, matches and what the reader said a stack shows move to the new stack that shares
/// most frames with the old (the larger one, then the lower key, where two share as many). A match between two stacks
/// that became one goes. New stacks that share nothing with the project are left out: they are a matter of import.
///
/// Where the files are is no part of the document: commit with a sidecar that gives the paths of the new stacks.
///
/// # Errors
/// When no new stack shares a frame with an old one, or all are there already.
pub fn regroup(document: &Document, new: &[StackInfo]) -> Result<NamedEdit, Refusal> {
    let (ops, moved, patient) = plan(document, new)?;
    let label = words(&moved, new);
    let edit = NamedEdit::new(ChangeKind::Grouping, label, ops);
    Ok(match patient {
        Some(patient) => edit.of(patient),
        None => edit,
    })
}

/// The same for stacks that a reader merged or took apart, with the grouping that keeps it so.
///
/// # Errors
/// As [`regroup`].
pub fn group_by_hand(document: &Document, grouping: Grouping, new: &[StackInfo]) -> Result<NamedEdit, Refusal> {
    let (mut ops, moved, _) = plan(document, new)?;
    let label = format!("{}, {}", words(&moved, new), grouping.kind.to_string().to_lowercase());
    let patient = grouping.patient;
    ops.push(Op::Put(Row::Grouping(grouping)));
    Ok(NamedEdit::new(ChangeKind::Grouping, label, ops).of(patient))
}

type Frame<'a> = (&'a str, u32);

fn frames(info: &StackInfo) -> BTreeSet<Frame<'_>> {
    info.frames.iter().map(|frame| (frame.sop_uid.as_str(), frame.frame)).collect()
}

/// Which new stack takes the place of each old one.
type Moved = BTreeMap<StackKey, StackKey>;

fn plan(
    document: &Document,
    new: &[StackInfo],
) -> Result<(Vec<Op>, Moved, Option<crate::clinical::PatientId>), Refusal> {
    let known: Vec<&StackInfo> = new.iter().filter(|info| document.stack(info.key).is_some()).collect();
    let fresh: Vec<&StackInfo> = new.iter().filter(|info| document.stack(info.key).is_none()).collect();
    let keys: BTreeSet<StackKey> = new.iter().map(|info| info.key).collect();
    let candidates: Vec<(&StackInfo, BTreeSet<Frame<'_>>)> =
        fresh.iter().chain(&known).map(|info| (*info, frames(info))).collect();
    let series: BTreeSet<&str> = new.iter().map(|info| info.study_uid.as_str()).collect();
    // The old stack that shares most with each new one says whose it is and what it shows.
    let mut heirs: BTreeMap<StackKey, (usize, &StackRecord)> = BTreeMap::new();
    let mut moved = Moved::new();
    for old in document.stacks().filter(|old| !keys.contains(&old.info.key)) {
        // Frames of another study are other frames: their names are unique.
        if !series.contains(old.info.study_uid.as_str()) {
            continue;
        }
        let own = frames(&old.info);
        let shared = |of: &BTreeSet<Frame<'_>>| own.intersection(of).count();
        for (info, of) in &candidates {
            let n = shared(of);
            let better = heirs.get(&info.key).is_none_or(|(most, _)| n > *most);
            if n > 0 && better {
                heirs.insert(info.key, (n, old));
            }
        }
        let best = candidates
            .iter()
            .map(|(info, of)| (shared(of), info.frames.len(), std::cmp::Reverse(info.key)))
            .max()
            .filter(|(n, ..)| *n > 0);
        if let Some((_, _, std::cmp::Reverse(key))) = best {
            moved.insert(old.info.key, key);
        }
    }
    if moved.is_empty() {
        return Err(Refusal::NothingShared);
    }
    let mut ops = Vec::new();
    let mut patient = None;
    for info in fresh {
        let Some((_, old)) = heirs.get(&info.key) else { continue };
        document.study(&info.study_uid).ok_or_else(|| missing("study"))?;
        patient = Some(old.patient);
        let record = StackRecord { info: Arc::new(info.clone()), ..StackRecord::clone(old) };
        ops.push(Op::Put(Row::Stack(record)));
    }
    for lesion in document.lesions() {
        let Some((place, to)) = lesion.place.and_then(|place| Some((place, *moved.get(&place.stack)?))) else {
            continue;
        };
        let mut lesion = lesion.clone();
        lesion.place = Some(LesionPlace { stack: to, ..place });
        ops.push(Op::Put(Row::Lesion(lesion)));
    }
    for mark in document.marks() {
        let Some(to) = moved.get(&mark.info.stack) else { continue };
        match on_its_pictures(document, mark, *to, new) {
            Some((mark, voxels)) => ops.extend(laid_again(mark, &voxels)?),
            None => {
                let mut mark = mark.clone();
                mark.info.stack = *to;
                ops.push(Op::Put(Row::Mark(mark)));
            }
        }
    }
    ops.extend(placements(document, &moved));
    ops.extend(moved.keys().map(|old| Op::Remove(RowKey::Stack(*old))));
    Ok((ops, moved, patient))
}

/// A mark that was drawn on pictures one by one, or whose slices are such pictures now, goes with its pictures: to the
/// new stack that has them all (the one that takes the old one's place, if it does), with its voxels on that stack's
/// grid. `None` for all other marks, for what cannot be carried whole, and for what is signed: it stays as it is.
fn on_its_pictures(
    document: &Document,
    mark: &MarkRecord,
    to: StackKey,
    new: &[StackInfo],
) -> Option<(MarkRecord, Mask)> {
    let old = &document.stack(mark.info.stack)?.info;
    let mask = document.mask(mark.info.id)?;
    if !grids_coincide(mask.grid(), &old.grid()) || document.signatures_of(mark.info.visit).next().is_some() {
        return None;
    }
    let carried = |info: &StackInfo| {
        let grid = info.grid();
        let pictures = StackInfo::is_of_pictures(&grid) || StackInfo::is_of_pictures(&old.grid());
        if !pictures || grid.dims[..2] != mask.grid().dims[..2] {
            return None;
        }
        let slice_of = |k: u32| {
            let name = old.frames.get(old.frame_of(k)? as usize)?;
            let is_it = |slice: &u32| {
                let frame = info.frame_of(*slice).and_then(|at| info.frames.get(at as usize));
                frame.is_some_and(|frame| (&frame.sop_uid, frame.frame) == (&name.sop_uid, name.frame))
            };
            (0..info.slices()).find(is_it)
        };
        let slices: Option<Vec<_>> =
            mask.slices().iter().map(|(k, runs)| Some((slice_of(*k)?, runs.clone()))).collect();
        Mask::from_slices(grid, slices?).ok()
    };
    let mut heir_first = new.iter().filter(|info| info.key == to).chain(new.iter().filter(|info| info.key != to));
    let (key, voxels) = heir_first.find_map(|info| Some((info.key, carried(info)?)))?;
    let mut mark = mark.clone();
    (mark.info.stack, mark.grid) = (key, voxels.grid().clone());
    Some((mark, voxels))
}

/// Takes a mark out and puts it back with its voxels on another grid.
fn laid_again(mark: MarkRecord, voxels: &Mask) -> Result<Vec<Op>, Refusal> {
    let id = mark.info.id;
    let slices: Vec<_> = voxels.slices().iter().map(|(k, runs)| (*k, runs.clone())).collect();
    let delta = MaskDelta::try_from(slices).map_err(|why| Refusal::Unusable { what: "mark", why: why.to_string() })?;
    Ok(vec![
        Op::Remove(RowKey::Mark(id)),
        Op::Put(Row::Mark(MarkRecord { measured: None, ..mark.clone() })),
        Op::Mask { mark: id, delta: Arc::new(delta) },
        Op::Put(Row::Mark(mark)), // what was measured of the voxels still holds
    ])
}

/// Matches between old stacks become matches between the new ones; the latest of two that become one stays.
fn placements(document: &Document, moved: &Moved) -> Vec<Op> {
    let now = |key: StackKey| moved.get(&key).copied().unwrap_or(key);
    let mut ops = Vec::new();
    let mut made: BTreeMap<PlacementKey, Placement> = BTreeMap::new();
    for old in document.placements().filter(|p| moved.contains_key(&p.from) || moved.contains_key(&p.to)) {
        ops.push(Op::Remove(RowKey::Placement((old.from, old.to, old.lesion))));
        let new = Placement { from: now(old.from), to: now(old.to), ..old.clone() };
        if new.from == new.to {
            continue;
        }
        let key = (new.from, new.to, new.lesion);
        let rival = made.get(&key).or_else(|| document.placement(key.0, key.1, key.2));
        if rival.is_none_or(|rival| rival.how.at() < new.how.at()) {
            made.insert(key, new);
        }
    }
    ops.extend(made.into_values().map(|placement| Op::Put(Row::Placement(placement))));
    ops
}

fn words(moved: &Moved, new: &[StackInfo]) -> String {
    let series = new.iter().find_map(|info| info.series_number);
    let series = series.map_or_else(|| "A series".to_owned(), |number| format!("Series {number}"));
    let into: BTreeSet<StackKey> = moved.values().copied().chain(new.iter().map(|info| info.key)).collect();
    format!("{series} grouped anew: {} into {}", moved.len(), into.len())
}
