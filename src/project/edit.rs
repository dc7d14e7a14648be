//! A change to the document as a list of operations, its check, and its inverse.

use super::row::{MarkRecord, Row, RowKey};
use super::{Document, Refusal};
use crate::clinical::{Amendment, Finding, FindingStatus, MarkId, Signature, Track, VisitId};
use crate::marks::{Mask, MaskDelta, MaskError, RleSlice};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One operation on the document.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::large_enum_variant)] // most operations put a row; a box each would only add work
pub enum Op {
    /// Puts a row, new or in place of the one with its key. A new mark starts without a voxel.
    Put(Row),
    /// Takes a row out; a mark goes with its voxels.
    Remove(RowKey),
    /// Changes the voxels of a mark; what was measured of it is dropped.
    Mask {
        /// The mark.
        mark: MarkId,
        /// The voxels that change; shared between an edit and its inverse.
        delta: Arc<MaskDelta>,
    },
}

/// A change to the document: operations done one after the other, all or none.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Edit {
    /// The operations, in order.
    pub ops: Vec<Op>,
}

impl Edit {
    /// An edit from its operations.
    #[must_use]
    pub const fn new(ops: Vec<Op>) -> Self {
        Self { ops }
    }

    /// About how much memory the edit takes, bytes.
    pub(super) fn about_bytes(&self) -> usize {
        let of = |op: &Op| match op {
            Op::Put(Row::Stack(stack)) => 2000 + stack.info.frames.len() * 150,
            Op::Put(_) => 500,
            Op::Remove(_) => 100,
            Op::Mask { delta, .. } => delta.slices().iter().map(|(_, runs)| 100 + runs.runs().len() * 8).sum(),
        };
        self.ops.iter().map(of).sum()
    }

    /// An edit that puts one row.
    #[must_use]
    pub fn put(row: Row) -> Self {
        Self::new(vec![Op::Put(row)])
    }
}

fn unusable_mark(why: MaskError) -> Refusal {
    Refusal::Unusable { what: "mark", why: why.to_string() }
}

/// What an edit leaves behind of the marks whose voxels it changes.
#[derive(Debug, Clone, Default)]
pub(super) struct MarkWrites {
    /// Their rows, for what was measured went with the old voxels.
    pub(super) rows: BTreeMap<MarkId, Row>,
    /// The slices that changed; `None` where no voxel is left.
    pub(super) slices: BTreeMap<(MarkId, u32), Option<RleSlice>>,
}

/// An edit that was checked against a document: ready to be written, and then shown.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The edit.
    pub forward: Edit,
    /// What takes it back.
    pub inverse: Edit,
    /// The document after the edit; to be shown once the change is on disk.
    pub after: Document,
    pub(super) marks: MarkWrites,
}

impl Document {
    /// Checks an edit against this document and works out its inverse and the document after it.
    ///
    /// # Errors
    /// Refuses an edit that leaves a row without what it names, that ties two patients together, or that
    /// touches what is signed without being an amendment.
    pub fn prepare(&self, edit: Edit) -> Result<Prepared, Refusal> {
        if edit.ops.is_empty() {
            return Err(Refusal::Nothing);
        }
        for op in &edit.ops {
            if let Op::Put(row) = op {
                row.check_written()?;
            }
        }
        self.guard_signed(&edit)?;
        let mut after = self.clone();
        let inverse = after.apply(&edit)?;
        after.check_references(&edit)?;
        after.check_signed_together(&edit)?;
        let marks = after.mark_writes(&edit);
        Ok(Prepared { forward: edit, inverse, after, marks })
    }

    /// Does the operations in order and returns the edit that takes them back. On an error the document is
    /// left half changed: the caller works on a copy.
    pub(super) fn apply(&mut self, edit: &Edit) -> Result<Edit, Refusal> {
        let mut steps_back = Vec::with_capacity(edit.ops.len());
        for op in &edit.ops {
            steps_back.push(self.apply_op(op)?);
        }
        Ok(Edit::new(steps_back.into_iter().rev().flatten().collect()))
    }

    fn apply_op(&mut self, op: &Op) -> Result<Vec<Op>, Refusal> {
        match op {
            Op::Put(row) => self.put(row).map(|back| vec![back]),
            Op::Remove(key) => self.remove(key),
            Op::Mask { mark, delta } => self.change_mask(*mark, delta),
        }
    }

    /// Puts a row and returns what takes it back.
    pub(super) fn put(&mut self, row: &Row) -> Result<Op, Refusal> {
        row.check()?;
        self.check_unique(row)?;
        let key = row.key();
        if let Row::Mark(mark) = row {
            match self.mark(mark.info.id) {
                Some(old) if old.grid != mark.grid => {
                    return Err(Refusal::Unusable {
                        what: "mark",
                        why: "it was drawn on another grid, which never changes".into(),
                    });
                }
                Some(_) => {}
                None => {
                    let mask = Mask::new(mark.grid.clone()).map_err(unusable_mark)?;
                    self.set_mask(mark.info.id, Some(Arc::new(mask)));
                }
            }
        }
        self.ids.see(&key);
        Ok(match self.tables.put(row.clone()) {
            Some(old) => Op::Put(old),
            None => Op::Remove(key),
        })
    }

    fn remove(&mut self, key: &RowKey) -> Result<Vec<Op>, Refusal> {
        let missing = Refusal::Missing { what: key.kind().words() };
        let old = self.tables.remove(key).ok_or(missing)?;
        let RowKey::Mark(mark) = key else { return Ok(vec![Op::Put(old)]) };
        let mut back = vec![Op::Put(old.clone())];
        if let Some(mask) = self.mask(*mark).filter(|mask| !mask.is_empty()) {
            let slices: Vec<_> = mask.slices().iter().map(|(k, slice)| (*k, slice.clone())).collect();
            let delta = MaskDelta::try_from(slices).map_err(unusable_mark)?;
            back.push(Op::Mask { mark: *mark, delta: Arc::new(delta) });
            back.push(Op::Put(old)); // voxels drop what was measured: put it back after them
        }
        self.set_mask(*mark, None);
        Ok(back)
    }

    fn change_mask(&mut self, mark: MarkId, delta: &Arc<MaskDelta>) -> Result<Vec<Op>, Refusal> {
        let missing = || Refusal::Missing { what: "mark" };
        let before = self.mark(mark).cloned().ok_or_else(missing)?;
        let mut mask = self.mask(mark).map(|mask| Mask::clone(mask)).ok_or_else(missing)?;
        mask.apply(delta).map_err(unusable_mark)?;
        self.set_mask(mark, Some(Arc::new(mask)));
        let mut back = vec![Op::Mask { mark, delta: Arc::clone(delta) }];
        if before.measured.is_some() {
            self.tables.put(Row::Mark(MarkRecord { measured: None, ..before.clone() }));
            back.push(Op::Put(Row::Mark(before)));
        }
        Ok(back)
    }

    pub(super) fn mark_writes(&self, edit: &Edit) -> MarkWrites {
        let mut writes = MarkWrites::default();
        for op in &edit.ops {
            let Op::Mask { mark, delta } = op else { continue };
            let (Some(record), Some(mask)) = (self.mark(*mark), self.mask(*mark)) else {
                continue; // drawn and removed in one edit
            };
            writes.rows.insert(*mark, Row::Mark(record.clone()));
            for (k, _) in delta.slices() {
                writes.slices.insert((*mark, *k), mask.slice(*k).cloned());
            }
        }
        writes
    }

    /// Patient codes, lesion labels of one patient and initials are what people go by: each is given once.
    fn check_unique(&self, row: &Row) -> Result<(), Refusal> {
        let taken = |what, name: &str| Err(Refusal::Taken { what, name: name.to_owned() });
        match row {
            Row::Patient(row) if self.patients().any(|p| p.id != row.id && p.code == row.code) => {
                taken("patient", &row.code)
            }
            Row::Reader(row) if self.readers().any(|r| r.id != row.id && r.initials == row.initials) => {
                taken("reader", &row.initials)
            }
            Row::Lesion(row) if self.lesions_of(row.patient).any(|l| l.id != row.id && l.label == row.label) => {
                taken("lesion", &row.label)
            }
            _ => Ok(()),
        }
    }

    /// Whatever the rows of this edit name is there and of one patient, and nobody names what it took out.
    fn check_references(&self, edit: &Edit) -> Result<(), Refusal> {
        let mut removed = BTreeSet::new();
        for op in &edit.ops {
            match op {
                Op::Put(row) => {
                    // A later operation may have replaced or removed the row: only what stays counts.
                    if self.tables.get(&row.key()).as_ref() == Some(row) {
                        self.check_row(row)?;
                    }
                }
                Op::Remove(key) if !self.tables.contains(key) => {
                    removed.insert(key.clone());
                }
                Op::Remove(_) | Op::Mask { .. } => {}
            }
        }
        if removed.is_empty() {
            return Ok(());
        }
        for row in self.tables.rows() {
            let mut missed = None;
            row.references(&mut |key| {
                if removed.contains(&key) {
                    missed = Some(key.kind().words());
                }
            });
            if let Some(what) = missed {
                return Err(Refusal::InUse { what, by: row.key().kind().words() });
            }
        }
        Ok(())
    }

    /// Whether all that a row names is in the document and of one patient.
    pub(super) fn check_row(&self, row: &Row) -> Result<(), Refusal> {
        let what = row.key().kind().words();
        let mut patient = row.patient();
        let mut wrong = None;
        row.references(&mut |key| match self.tables.get(&key) {
            None => {
                wrong.get_or_insert(Refusal::Dangling { what, needs: key.kind().words() });
            }
            Some(named) => {
                if let (Some(one), Some(other)) = (patient, named.patient())
                    && one != other
                {
                    wrong.get_or_insert(Refusal::TwoPatients { what });
                }
                patient = patient.or(named.patient());
            }
        });
        wrong.map_or(Ok(()), Err)
    }
}

/// The part of a visit that an operation touches: all tracks when `None`.
type Touched = BTreeSet<(VisitId, Option<Track>)>;

impl Document {
    fn touched(&self, edit: &Edit) -> Touched {
        let mut touched = Touched::new();
        for op in &edit.ops {
            match op {
                Op::Put(Row::Finding(Finding { key, .. })) | Op::Remove(RowKey::Finding(key)) => {
                    touched.insert((key.visit, Some(key.track)));
                }
                Op::Put(Row::Signature(Signature { visit, track, .. }))
                | Op::Remove(RowKey::Signature((_, visit, track))) => {
                    touched.insert((*visit, Some(*track)));
                }
                Op::Put(Row::RestOfScan(rest)) => {
                    touched.insert((rest.visit, None));
                }
                Op::Remove(RowKey::RestOfScan((_, visit))) => {
                    touched.insert((*visit, None));
                }
                // Another stack for the same frames changes nothing of what was read.
                Op::Put(Row::Mark(mark)) if self.only_regrouped(mark, edit) => {}
                Op::Put(Row::Mark(mark)) => {
                    touched.insert((mark.info.visit, None));
                    touched.extend(self.mark(mark.info.id).map(|before| (before.info.visit, None)));
                }
                Op::Remove(RowKey::Mark(mark)) | Op::Mask { mark, .. } => {
                    touched.extend(self.mark(*mark).map(|before| (before.info.visit, None)));
                }
                Op::Put(_) | Op::Remove(_) => {}
            }
        }
        touched
    }

    /// Whether a mark stays as it is but for its stack, which this edit replaces by one that shares frames with it.
    fn only_regrouped(&self, mark: &MarkRecord, edit: &Edit) -> bool {
        let Some(before) = self.mark(mark.info.id) else { return false };
        let mut same = before.clone();
        same.info.stack = mark.info.stack;
        let goes = edit.ops.contains(&Op::Remove(RowKey::Stack(before.info.stack)));
        if same != *mark || before.info.stack == mark.info.stack || !goes {
            return false;
        }
        let comes = edit.ops.iter().find_map(|op| match op {
            Op::Put(Row::Stack(stack)) if stack.info.key == mark.info.stack => Some(stack),
            _ => None,
        });
        let (Some(old), Some(new)) = (self.stack(before.info.stack), comes.or_else(|| self.stack(mark.info.stack)))
        else {
            return false;
        };
        let old: BTreeSet<_> = old.info.frames.iter().map(|frame| (&frame.sop_uid, frame.frame)).collect();
        new.info.frames.iter().any(|frame| old.contains(&(&frame.sop_uid, frame.frame)))
    }

    /// Refuses to touch a signed visit, unless the edit is its amendment.
    fn guard_signed(&self, edit: &Edit) -> Result<(), Refusal> {
        for (visit, track) in self.touched(edit) {
            for signature in self.signatures_of(visit).filter(|s| track.is_none_or(|track| track == s.track)) {
                let removed = edit.ops.iter().any(|op| {
                    matches!(op, Op::Remove(RowKey::Signature(key))
                        if *key == (signature.patient, signature.visit, signature.track))
                });
                let amendment = edit.ops.iter().find_map(|op| match op {
                    Op::Put(Row::Amendment(amendment)) if amendment.visit == visit => Some(amendment),
                    _ => None,
                });
                match amendment {
                    Some(amendment) if removed => self.check_keeps(amendment, signature.track)?,
                    _ => {
                        return Err(Refusal::Signed {
                            initials: self.reader(signature.reader).map_or_else(String::new, |r| r.initials.clone()),
                            on: signature.at.date_naive(),
                        });
                    }
                }
            }
        }
        self.guard_amendments(edit)
    }

    /// An amendment keeps what was signed, to the letter.
    fn check_keeps(&self, amendment: &Amendment, track: Track) -> Result<(), Refusal> {
        let signed: Vec<&Finding> = self.findings_at(amendment.visit).filter(|f| f.key.track == track).collect();
        let kept =
            amendment.before.iter().eq(signed) && amendment.before_rest.as_ref() == self.rest_of_scan(amendment.visit);
        if kept { Ok(()) } else { Err(Refusal::Amendment) }
    }

    /// An amendment comes with the end of a signature, is never changed, and goes only when that signature
    /// comes back.
    fn guard_amendments(&self, edit: &Edit) -> Result<(), Refusal> {
        let signs = |visit: VisitId| {
            edit.ops.iter().any(|op| matches!(op, Op::Put(Row::Signature(signature)) if signature.visit == visit))
        };
        let reopens = |visit: VisitId| {
            edit.ops.iter().any(|op| {
                matches!(op, Op::Remove(RowKey::Signature(key))
                    if key.1 == visit && self.tables.signature.contains_key(key))
            })
        };
        let sound = edit.ops.iter().all(|op| match op {
            Op::Put(Row::Amendment(amendment)) => {
                !self.tables.amendment.contains_key(&amendment.id) && reopens(amendment.visit)
            }
            Op::Remove(RowKey::Amendment(id)) => self.tables.amendment.get(id).is_some_and(|a| signs(a.visit)),
            _ => true,
        });
        if sound { Ok(()) } else { Err(Refusal::Amendment) }
    }

    /// After an edit the findings of a visit are signed exactly when the visit is.
    fn check_signed_together(&self, edit: &Edit) -> Result<(), Refusal> {
        let mut findings = self.touched(edit).into_iter().flat_map(|(visit, _)| self.findings_at(visit));
        if findings.all(|finding| self.signed_as_its_visit(finding)) { Ok(()) } else { Err(Refusal::HalfSigned) }
    }

    /// Whether a finding is signed exactly when its visit is.
    pub(super) fn signed_as_its_visit(&self, finding: &Finding) -> bool {
        let signed = self.signature(finding.key.visit, finding.key.track).is_some();
        signed == (finding.status == FindingStatus::Signed)
    }
}
