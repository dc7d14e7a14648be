//! A time under observation, and who is at risk when.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What ended an observation, by a small number that the caller gives meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cause(pub u8);

/// The time of one lesion or patient under observation, in days on one clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Spell {
    /// The day after which it is at risk; none when it was so from the beginning. With delayed entry it is at risk
    /// on a day only if it entered on an earlier one.
    pub entry: Option<i64>,
    /// The day it was last observed, or had its event.
    pub exit: i64,
    /// What happened on that day; none when it was censored.
    pub event: Option<Cause>,
}

impl Spell {
    /// Observed from the beginning until `exit`.
    #[must_use]
    pub fn new(exit: i64, event: Option<Cause>) -> Self {
        Self { entry: None, exit, event }
    }

    /// At risk after `entry` only.
    #[must_use]
    pub fn entered(self, entry: i64) -> Self {
        Self { entry: Some(entry), ..self }
    }

    /// The same with every event but these censored.
    #[must_use]
    pub fn keeping(self, causes: &[Cause]) -> Self {
        Self { event: self.event.filter(|cause| causes.contains(cause)), ..self }
    }

    /// The same with event and censoring exchanged, for the time that was followed (reverse Kaplan-Meier).
    #[must_use]
    pub fn reversed(self) -> Self {
        Self { event: if self.event.is_some() { None } else { Some(Cause(0)) }, ..self }
    }

    /// Whether any time was observed: one who leaves on the day of entry contributes none.
    #[must_use]
    pub fn has_time(self) -> bool {
        self.entry.is_none_or(|entry| entry < self.exit)
    }
}

/// A day on which somebody leaves: how many were at risk, and how they left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leaving {
    pub day: i64,
    pub at_risk: u32,
    pub censored: u32,
    pub events: BTreeMap<Cause, u32>,
}

impl Leaving {
    pub fn all_events(&self) -> u32 {
        self.events.values().sum()
    }

    pub fn events_of(&self, cause: Cause) -> u32 {
        self.events.get(&cause).copied().unwrap_or(0)
    }
}

/// Who is at risk when; order of input does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct RiskSet {
    /// Days of entry in order, without those who were there from the beginning.
    entries: Vec<i64>,
    /// Days of exit in order.
    exits: Vec<i64>,
}

impl RiskSet {
    pub fn new(spells: &[Spell]) -> Self {
        let counted = || spells.iter().filter(|spell| spell.has_time());
        let mut entries: Vec<i64> = counted().filter_map(|spell| spell.entry).collect();
        let mut exits: Vec<i64> = counted().map(|spell| spell.exit).collect();
        entries.sort_unstable();
        exits.sort_unstable();
        Self { entries, exits }
    }

    /// How many are at risk on a day: entered before it, and not gone before it.
    pub fn on(&self, day: f64) -> u32 {
        let from = |days: &[i64]| days.len() - days.partition_point(|other| to_f64(*other) < day);
        // Whoever has not entered yet leaves later still, so these are some of those.
        count(from(&self.exits) - from(&self.entries))
    }

    pub fn last_day(&self) -> Option<i64> {
        self.exits.last().copied()
    }

    pub fn len(&self) -> usize {
        self.exits.len()
    }
}

/// The days on which somebody leaves, in order.
pub(super) fn leavings(spells: &[Spell]) -> Vec<Leaving> {
    let at_risk = RiskSet::new(spells);
    let mut days: BTreeMap<i64, (u32, BTreeMap<Cause, u32>)> = BTreeMap::new();
    for spell in spells.iter().filter(|spell| spell.has_time()) {
        let (censored, events) = days.entry(spell.exit).or_default();
        match spell.event {
            None => *censored += 1,
            Some(cause) => *events.entry(cause).or_insert(0) += 1,
        }
    }
    days.into_iter()
        .map(|(day, (censored, events))| Leaving { day, at_risk: at_risk.on(to_f64(day)), censored, events })
        .collect()
}

/// A day as a number; days are far below 2^53.
#[allow(clippy::cast_precision_loss)]
pub(super) fn to_f64(day: i64) -> f64 {
    day as f64
}

pub(super) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_at_risk_has_entered_and_not_left() {
        let spells = [
            Spell::new(10, None),
            Spell::new(10, Some(Cause(1))),
            Spell::new(20, None).entered(10),
            Spell::new(30, Some(Cause(2))).entered(9),
            Spell::new(5, Some(Cause(1))).entered(5),
        ];
        let days: Vec<(i64, u32, u32, u32)> = leavings(&spells)
            .iter()
            .map(|leaving| (leaving.day, leaving.at_risk, leaving.censored, leaving.all_events()))
            .collect();
        assert_eq!(days, [(10, 3, 1, 1), (20, 2, 1, 0), (30, 1, 0, 1)], "one without time is nowhere");
        let set = RiskSet::new(&spells);
        assert_eq!([0.0, 9.5, 10.0, 10.5, 30.0, 31.0].map(|day| set.on(day)), [2, 3, 3, 2, 1, 0]);
    }
}
