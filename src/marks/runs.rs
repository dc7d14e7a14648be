//! The marked voxels of one slice as runs.

use serde::{Deserialize, Serialize};

/// Marked voxels one after the other: offsets `start .. start + len` in a slice, offset = `j * columns + i`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Run {
    /// First offset.
    pub start: u32,
    /// Number of voxels, at least one.
    pub len: u32,
}

impl Run {
    /// The offset after the last one.
    #[must_use]
    pub fn end(self) -> u32 {
        self.start + self.len
    }
}

/// Why bytes are not the runs of a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// The bytes stop in the middle of a number, or a number is written in a longer form than needed.
    #[error("the runs of a marked slice are cut off or garbled; restore the project from a backup")]
    Garbled,
    /// A run has no voxel.
    #[error("a run of a marked slice has no voxels; restore the project from a backup")]
    Empty,
    /// A run touches the one before, so that the bytes are not in their one valid form.
    #[error("two runs of a marked slice touch each other; restore the project from a backup")]
    Touching,
    /// A run ends behind the last voxel of the slice.
    #[error("a marked slice reaches beyond its image; restore the project from a backup")]
    BeyondSlice,
}

/// A set of voxels of one slice: sorted runs that neither overlap nor touch, so equal sets are equal values.
///
/// A run may go on from the end of one row to the start of the next.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RleSlice {
    runs: Vec<Run>,
}

impl RleSlice {
    /// No voxel.
    #[must_use]
    pub const fn new() -> Self {
        Self { runs: Vec::new() }
    }

    /// The set of these offsets' runs, in any order, overlapping or not; runs without voxels are left out
    /// and runs are cut at `u32::MAX`.
    #[must_use]
    pub fn from_runs(runs: impl IntoIterator<Item = Run>) -> Self {
        let mut all: Vec<Run> = runs.into_iter().filter(|run| run.len > 0).collect();
        all.sort_unstable();
        let mut set = Self::new();
        for run in all {
            set.extend_to(run.start, run.start.saturating_add(run.len));
        }
        set
    }

    /// Appends `start .. end`, which begins at or behind every start so far; merges what meets.
    fn extend_to(&mut self, start: u32, end: u32) {
        if start >= end {
            return;
        }
        match self.runs.last_mut() {
            Some(last) if start <= last.end() => last.len = last.len.max(end - last.start),
            _ => self.runs.push(Run { start, len: end - start }),
        }
    }

    /// Whether no voxel is marked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Number of marked voxels.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.runs.iter().map(|run| u64::from(run.len)).sum()
    }

    /// Whether the voxel at an offset is marked.
    #[must_use]
    pub fn contains(&self, offset: u32) -> bool {
        let after = self.runs.partition_point(|run| run.start <= offset);
        after.checked_sub(1).and_then(|at| self.runs.get(at)).is_some_and(|run| offset < run.end())
    }

    /// The runs in order.
    #[must_use]
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The offset after the last marked voxel; 0 when there is none.
    #[must_use]
    pub fn end(&self) -> u32 {
        self.runs.last().map_or(0, |run| run.end())
    }

    /// The runs cut at row ends: (row, first column, column after the last), in order.
    pub fn rows(&self, columns: u32) -> impl Iterator<Item = (u32, u32, u32)> + '_ {
        let columns = columns.max(1);
        self.runs.iter().flat_map(move |run| {
            let mut at = run.start;
            let end = run.end();
            std::iter::from_fn(move || {
                (at < end).then(|| {
                    let (row, first) = (at / columns, at % columns);
                    let len = (end - at).min(columns - first);
                    at += len;
                    (row, first, first + len)
                })
            })
        })
    }

    /// The voxels (column, row) that a question says yes to, on a slice of so many columns.
    #[must_use]
    pub fn filtered(&self, columns: u32, keep: impl Fn(u32, u32) -> bool) -> Self {
        let kept = self.rows(columns).flat_map(|(row, first, end)| {
            let keep = &keep;
            (first..end).filter(move |i| keep(*i, row)).map(move |i| Run { start: row * columns + i, len: 1 })
        });
        Self::from_runs(kept)
    }

    /// Voxels in this set or the other.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.combine(other, |a, b| a || b)
    }

    /// Voxels in this set and not in the other.
    #[must_use]
    pub fn subtract(&self, other: &Self) -> Self {
        self.combine(other, |a, b| a && !b)
    }

    /// Voxels in exactly one of the two sets; `a.xor(b).xor(b) == a`.
    #[must_use]
    pub fn xor(&self, other: &Self) -> Self {
        self.combine(other, |a, b| a != b)
    }

    /// Walks the ends of the runs of both sets in order and keeps the stretches where `keep` holds.
    fn combine(&self, other: &Self, keep: impl Fn(bool, bool) -> bool) -> Self {
        let mut out = Self::new();
        let mut a = self.edges().peekable();
        let mut b = other.edges().peekable();
        let (mut in_a, mut in_b) = (false, false);
        let mut since: Option<u32> = None;
        loop {
            let at = match (a.peek(), b.peek()) {
                (Some(x), Some(y)) => *x.min(y),
                (Some(x), None) => *x,
                (None, Some(y)) => *y,
                (None, None) => return out,
            };
            in_a ^= a.next_if_eq(&at).is_some();
            in_b ^= b.next_if_eq(&at).is_some();
            match (since, keep(in_a, in_b)) {
                (None, true) => since = Some(at),
                (Some(start), false) => {
                    out.extend_to(start, at);
                    since = None;
                }
                _ => {}
            }
        }
    }

    fn edges(&self) -> impl Iterator<Item = u32> + '_ {
        self.runs.iter().flat_map(|run| [run.start, run.end()])
    }

    /// Compact bytes: for each run the gap since the end of the last one and the length, as LEB128 numbers.
    /// There is exactly one form for each set.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.runs.len() * 3);
        let mut end = 0;
        for run in &self.runs {
            put_number(&mut bytes, run.start - end);
            put_number(&mut bytes, run.len);
            end = run.end();
        }
        bytes
    }

    /// Reads [`Self::to_bytes`]; `slice_len` is the number of voxels of the slice.
    ///
    /// # Errors
    /// Refuses everything that `to_bytes` cannot have written for such a slice.
    pub fn from_bytes(bytes: &[u8], slice_len: usize) -> Result<Self, RunError> {
        let slice_len = u32::try_from(slice_len).unwrap_or(u32::MAX);
        let mut runs: Vec<Run> = Vec::new();
        let mut rest = bytes;
        let mut end = 0u32;
        while !rest.is_empty() {
            let gap = take_number(&mut rest)?;
            let len = take_number(&mut rest)?;
            if gap == 0 && !runs.is_empty() {
                return Err(RunError::Touching);
            }
            if len == 0 {
                return Err(RunError::Empty);
            }
            let start = end.checked_add(gap).ok_or(RunError::BeyondSlice)?;
            end = start.checked_add(len).filter(|end| *end <= slice_len).ok_or(RunError::BeyondSlice)?;
            runs.push(Run { start, len });
        }
        Ok(Self { runs })
    }
}

fn put_number(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn take_number(bytes: &mut &[u8]) -> Result<u32, RunError> {
    let mut number = 0u32;
    for shift in [0, 7, 14, 21, 28] {
        let (byte, rest) = bytes.split_first().ok_or(RunError::Garbled)?;
        *bytes = rest;
        let part = u32::from(byte & 0x7f);
        if shift == 28 && part > 0x0f || shift > 0 && *byte == 0 {
            return Err(RunError::Garbled);
        }
        number |= part << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(RunError::Garbled)
}

impl From<RleSlice> for String {
    fn from(slice: RleSlice) -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = Self::new();
        for byte in slice.to_bytes() {
            text.push(char::from(DIGITS[usize::from(byte >> 4)]));
            text.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
        text
    }
}

impl TryFrom<String> for RleSlice {
    type Error = RunError;

    /// Reads hexadecimal digits; the size of the slice is not known here, [`super::Mask`] checks it.
    fn try_from(text: String) -> Result<Self, RunError> {
        let digit = |c: u8| match c {
            b'0'..=b'9' => Ok(c - b'0'),
            b'a'..=b'f' => Ok(c - b'a' + 10),
            _ => Err(RunError::Garbled),
        };
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if !rest.is_empty() {
            return Err(RunError::Garbled);
        }
        let bytes: Vec<u8> =
            pairs.iter().map(|[high, low]| Ok(digit(*high)? << 4 | digit(*low)?)).collect::<Result<_, RunError>>()?;
        Self::from_bytes(&bytes, u32::MAX as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn slice(runs: &[(u32, u32)]) -> RleSlice {
        RleSlice::from_runs(runs.iter().map(|(start, len)| Run { start: *start, len: *len }))
    }

    fn offsets(slice: &RleSlice) -> BTreeSet<u32> {
        slice.runs().iter().flat_map(|run| run.start..run.end()).collect()
    }

    fn well_formed(slice: &RleSlice) -> bool {
        slice.runs().iter().all(|run| run.len > 0) && slice.runs().windows(2).all(|w| w[0].end() < w[1].start)
    }

    #[test]
    fn runs_merge_when_they_meet() {
        let merged = slice(&[(10, 5), (3, 2), (15, 1), (12, 2), (40, 0)]);
        assert_eq!(merged.runs(), [Run { start: 3, len: 2 }, Run { start: 10, len: 6 }]);
        assert_eq!(merged.count(), 8);
        assert!(merged.contains(15) && !merged.contains(16) && !merged.contains(5) && merged.contains(3));
    }

    #[test]
    fn rows_are_cut_at_the_row_end() {
        let rows: Vec<_> = slice(&[(8, 14)]).rows(10).collect();
        assert_eq!(rows, [(0, 8, 10), (1, 0, 10), (2, 0, 2)]);
    }

    #[test]
    fn bytes_by_hand() {
        // 300 = 0b10_0101100: low seven bits 0x2c with the mark 0x80, then 2.
        assert_eq!(slice(&[(300, 2), (305, 1)]).to_bytes(), [0xac, 0x02, 2, 3, 1]);
        assert_eq!(serde_json::to_string(&slice(&[(300, 2)])).unwrap(), "\"ac0202\"");
    }

    #[test]
    fn hostile_bytes_are_refused_by_name() {
        assert_eq!(RleSlice::from_bytes(&[5], 100), Err(RunError::Garbled), "cut off");
        assert_eq!(RleSlice::from_bytes(&[0x80, 0x00, 1], 100), Err(RunError::Garbled), "longer form than needed");
        assert_eq!(RleSlice::from_bytes(&[0xff; 12], 100), Err(RunError::Garbled), "endless number");
        assert_eq!(RleSlice::from_bytes(&[5, 0], 100), Err(RunError::Empty));
        assert_eq!(RleSlice::from_bytes(&[0, 5, 0, 5], 100), Err(RunError::Touching));
        assert_eq!(RleSlice::from_bytes(&[90, 11], 100), Err(RunError::BeyondSlice));
        assert!(RleSlice::from_bytes(&[90, 10], 100).is_ok(), "up to the last voxel is fine");
        let wrap = [&[0xff, 0xff, 0xff, 0xff, 0x0f], &[0xff, 0xff, 0xff, 0xff, 0x0f][..]].concat();
        assert_eq!(RleSlice::from_bytes(&wrap, usize::MAX), Err(RunError::BeyondSlice), "sums do not wrap");
        assert!(serde_json::from_str::<RleSlice>("\"0g\"").is_err());
        assert!(serde_json::from_str::<RleSlice>("\"012\"").is_err());
    }

    fn any_slice() -> impl Strategy<Value = RleSlice> {
        prop::collection::vec((0u32..400, 1u32..30), 0..20).prop_map(|runs| slice(&runs))
    }

    proptest! {
        #[test]
        fn set_operations_agree_with_sets(a in any_slice(), b in any_slice()) {
            let (x, y) = (offsets(&a), offsets(&b));
            prop_assert_eq!(offsets(&a.union(&b)), &x | &y);
            prop_assert_eq!(offsets(&a.subtract(&b)), &x - &y);
            prop_assert_eq!(offsets(&a.xor(&b)), &x ^ &y);
            prop_assert_eq!(a.xor(&b).xor(&b), a.clone());
            prop_assert!(well_formed(&a.union(&b)) && well_formed(&a.subtract(&b)) && well_formed(&a.xor(&b)));
            prop_assert!((0..440).all(|offset| a.contains(offset) == x.contains(&offset)));
            prop_assert_eq!(a.count(), x.len() as u64);
        }

        #[test]
        fn bytes_and_json_bring_every_set_back(a in any_slice()) {
            prop_assert_eq!(&RleSlice::from_bytes(&a.to_bytes(), 500).unwrap(), &a);
            let json = serde_json::to_string(&a).unwrap();
            prop_assert_eq!(serde_json::from_str::<RleSlice>(&json).unwrap(), a);
        }

        #[test]
        fn accepted_bytes_are_the_only_form_of_their_set(bytes in prop::collection::vec(any::<u8>(), 0..24)) {
            if let Ok(read) = RleSlice::from_bytes(&bytes, 1 << 20) {
                prop_assert!(well_formed(&read));
                prop_assert!(read.end() <= 1 << 20);
                prop_assert_eq!(read.to_bytes(), bytes);
            }
        }
    }
}
