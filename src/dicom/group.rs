//! 4-D series: which stacks of a series a reader steps through, along which axis, in which order.

use super::found::{FoundStack, GroupRef, StackAxis};
use super::instance::Instance;
use super::rules::{Key, Step, per_unit};
use std::collections::{BTreeMap, BTreeSet};

/// Axes, the one that is stepped along first where stacks differ in several.
const BEFORE_OTHERS: [StackAxis; 4] = [StackAxis::Time, StackAxis::Phase, StackAxis::BValue, StackAxis::Echo];

/// Gives the stacks of one series their places in its groups. Stacks are of one group when a single step along
/// an axis is all that led to different ones.
pub(super) fn group(series_uid: &str, stacks: &mut [(FoundStack, Vec<Step>)]) {
    for axis in BEFORE_OTHERS {
        let mut ordinal = 0;
        let along = |step: &&Step| step.axis == Some(axis);
        let words: BTreeSet<&str> =
            stacks.iter().flat_map(|(_, steps)| steps.iter().filter(along)).map(|step| step.words).collect();
        for words in words {
            for members in siblings(stacks, words) {
                ordinal += 1;
                let id = match ordinal {
                    1 => format!("{series_uid}@{}", axis.code()),
                    n => format!("{series_uid}@{}#{n}", axis.code()),
                };
                place(stacks, &members, &id, axis);
            }
        }
    }
}

/// Sets of stacks without a group that differ in what one rule sorted by, and in nothing else; each in the
/// order of that.
fn siblings(stacks: &[(FoundStack, Vec<Step>)], words: &str) -> Vec<Vec<(Key, usize)>> {
    let mut sets: BTreeMap<Vec<&Step>, Vec<(Key, usize)>> = BTreeMap::new();
    for (n, (stack, steps)) in stacks.iter().enumerate() {
        let placed = stack.instances.first().and_then(Instance::normal).is_some();
        let own = steps.iter().find(|step| step.words == words && step.axis.is_some());
        if let Some(own) = own.filter(|_| placed && stack.info.group.is_none()) {
            let others = steps.iter().filter(|step| *step != own).collect();
            sets.entry(others).or_default().push((own.key.clone(), n));
        }
    }
    let mut sets: Vec<_> = sets.into_values().filter(|members| members.len() > 1).collect();
    sets.iter_mut().for_each(|members| members.sort());
    sets
}

fn place(stacks: &mut [(FoundStack, Vec<Step>)], members: &[(Key, usize)], id: &str, axis: StackAxis) {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let starts: Vec<Option<f64>> =
        members.iter().map(|(_, n)| stacks.get(*n).and_then(|(stack, _)| start_s(stack))).collect();
    let rising = starts.iter().zip(starts.iter().skip(1)).all(|(a, b)| a.zip(*b).is_some_and(|(a, b)| a < b));
    let after = |index: usize| {
        let first = starts.first().copied().flatten().filter(|_| rising)?;
        Some(starts.get(index).copied().flatten()? - first)
    };
    for (index, (key, n)) in members.iter().enumerate() {
        let Some((stack, steps)) = stacks.get_mut(*n) else { continue };
        let contrast = steps.iter().any(|step| step.words == "contrast phase" && step.key == *key);
        let number = match key {
            Key::Number(Some(number)) => Some(*number as f64 / per_unit(axis)),
            _ => None,
        };
        let (value, label) = match (axis, number, after(index), key) {
            (StackAxis::BValue, Some(b), ..) => (Some(b), format!("b {b}")),
            (StackAxis::Echo, Some(ms), ..) => (Some(ms), format!("TE {ms} ms")),
            (StackAxis::Time, _, Some(after_s), _) => (Some(after_s), format!("+{after_s:.0} s")),
            (StackAxis::Phase, _, _, Key::Text(phase)) if contrast && !phase.is_empty() => (None, phase.clone()),
            (StackAxis::Phase, value, Some(after_s), _) => (value, format!("phase {}, +{after_s:.0} s", index + 1)),
            (StackAxis::Phase | StackAxis::Time, value, ..) => (value, format!("{} {}", axis.code(), index + 1)),
            (_, None, ..) => (None, format!("no {}", axis.code())),
        };
        let of = count(members.len());
        stack.info.group = Some(GroupRef { id: id.to_owned(), axis, index: count(index), of, value, label });
    }
}

/// When the first frame of a stack was measured.
fn start_s(stack: &FoundStack) -> Option<f64> {
    stack.instances.iter().filter_map(Instance::moment_s).min_by(f64::total_cmp)
}
