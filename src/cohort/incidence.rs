//! Cumulative incidence under competing risks (Aalen-Johansen), with Aalen's variance.

use super::Interval;
use super::special::Z_95;
use super::spell::{Cause, Leaving, RiskSet, Spell, leavings, to_f64};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The cumulative incidence of one cause on a day on which somebody leaves.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct IncidencePoint {
    /// The day.
    pub day: i64,
    /// At risk just before it.
    pub at_risk: u32,
    /// Events of the cause on it.
    pub events: u32,
    /// Events of other causes on it.
    pub competing: u32,
    /// Censored on it.
    pub censored: u32,
    /// Cumulative incidence after it.
    pub incidence: f64,
    /// Its variance (Aalen 1978).
    pub variance: f64,
    /// Survival free of every cause after it.
    pub event_free: f64,
}

impl IncidencePoint {
    /// The 95 % interval, x^exp(±z se / (x ln x)); none while the incidence is 0, or at 1.
    #[must_use]
    pub fn interval_95(&self) -> Option<Interval> {
        let x = self.incidence;
        // What is 1 but for rounding is 1.
        if x <= 0.0 || x >= 1.0 - 1e-12 {
            return None;
        }
        let spread = (Z_95 * self.variance.max(0.0).sqrt() / (x * x.ln()).abs()).exp();
        Some(Interval { low: x.powf(spread), high: x.powf(spread.recip()) })
    }
}

/// The cumulative incidence of one cause.
#[derive(Debug, Clone, PartialEq)]
pub struct Incidence {
    /// The cause.
    pub cause: Cause,
    /// The days on which somebody leaves, in order.
    pub points: Vec<IncidencePoint>,
    at_risk: RiskSet,
}

impl Incidence {
    /// The cumulative incidence of `cause`, every other cause competing. Spells without time are left out.
    #[must_use]
    pub fn of(spells: &[Spell], cause: Cause) -> Self {
        let mut walk = Walk::default();
        let points = leavings(spells).into_iter().map(|leaving| walk.step(&leaving, cause)).collect();
        Self { cause, points, at_risk: RiskSet::new(spells) }
    }

    /// Lesions or patients that contribute time.
    #[must_use]
    pub fn subjects(&self) -> usize {
        self.at_risk.len()
    }

    /// Events of the cause.
    #[must_use]
    pub fn events(&self) -> u32 {
        self.points.iter().map(|point| point.events).sum()
    }

    /// Events of other causes.
    #[must_use]
    pub fn competing(&self) -> u32 {
        self.points.iter().map(|point| point.competing).sum()
    }

    /// The last day that anybody was observed.
    #[must_use]
    pub fn last_day(&self) -> Option<i64> {
        self.at_risk.last_day()
    }

    /// How many are at risk just before a day.
    #[must_use]
    pub fn at_risk_on(&self, day: f64) -> u32 {
        self.at_risk.on(day)
    }

    /// The point in force on a day; none before the first. After the last day the last one is carried forward.
    #[must_use]
    pub fn at(&self, day: f64) -> Option<&IncidencePoint> {
        let after = self.points.partition_point(|point| to_f64(point.day) <= day);
        self.points.get(after.checked_sub(1)?)
    }

    /// Cumulative incidence on a day.
    #[must_use]
    pub fn incidence_on(&self, day: f64) -> f64 {
        self.at(day).map_or(0.0, |point| point.incidence)
    }
}

/// The causes that occur, in order.
#[must_use]
pub fn causes(spells: &[Spell]) -> Vec<Cause> {
    let found: BTreeSet<Cause> =
        spells.iter().filter(|spell| spell.has_time()).filter_map(|spell| spell.event).collect();
    found.into_iter().collect()
}

/// The estimate and its variance, day by day.
///
/// With S the survival free of every cause and F the incidence, an event of the cause on day j moves the final F by
/// S(j-) (1 - (F - F(j)) / S(j)), one of another cause by -S(j-) (F - F(j)) / S(j). The variance is the sum of the
/// squares times the variance of the two increments of hazard, d (n - d) / (n^2 (n - 1)); written as a square in F, its
/// three coefficients are sums that grow from day to day.
struct Walk {
    event_free: f64,
    incidence: f64,
    constant: f64,
    linear: f64,
    square: f64,
}

impl Default for Walk {
    fn default() -> Self {
        Self { event_free: 1.0, incidence: 0.0, constant: 0.0, linear: 0.0, square: 0.0 }
    }
}

impl Walk {
    fn step(&mut self, leaving: &Leaving, cause: Cause) -> IncidencePoint {
        let (events, all) = (leaving.events_of(cause), leaving.all_events());
        let (d, other, n) = (f64::from(events), f64::from(all - events), f64::from(leaving.at_risk));
        if all > 0 {
            let before = self.event_free;
            let after = before * (n - d - other) / n;
            self.incidence += before * d / n;
            self.event_free = after;
            // Once nobody is free of events F cannot grow any more: how far it grew since then is 0.
            let (ratio, share) = if after > 0.0 { (self.incidence / after, after.recip()) } else { (0.0, 0.0) };
            let own = before * before * increment(d, n);
            let others = if after > 0.0 { before * before * increment(other, n) } else { 0.0 };
            self.constant += (1.0 + ratio).powi(2) * own + ratio * ratio * others;
            self.linear += share * ((1.0 + ratio) * own + ratio * others);
            self.square += share * share * (own + others);
        }
        let f = self.incidence;
        IncidencePoint {
            day: leaving.day,
            at_risk: leaving.at_risk,
            events,
            competing: all - events,
            censored: leaving.censored,
            incidence: f,
            variance: self.constant + f * f * self.square - 2.0 * f * self.linear,
            event_free: self.event_free,
        }
    }
}

/// The variance of an increment of hazard with `d` events of `n`.
pub(super) fn increment(d: f64, n: f64) -> f64 {
    if d <= 0.0 {
        return 0.0;
    }
    let ties = if d > 1.0 { 1.0 - (d - 1.0) / (n - 1.0) } else { 1.0 };
    ties * d / (n * n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cohort::KaplanMeier;
    use proptest::prelude::*;

    pub(super) fn by_hand() -> Vec<Spell> {
        [(2, 1), (3, 2), (3, 1), (5, 0), (6, 1), (8, 2), (9, 0), (12, 0)]
            .map(|(day, cause)| Spell::new(day, (cause > 0).then_some(Cause(cause))))
            .to_vec()
    }

    #[test]
    fn the_example_by_hand() {
        let spells = by_hand();
        let (first, second) = (Incidence::of(&spells, Cause(1)), Incidence::of(&spells, Cause(2)));
        let close = |value: f64, of: f64| assert!((value - of).abs() < 1e-15, "{value} {of}");
        close(first.incidence_on(2.0), 1.0 / 8.0);
        close(first.incidence_on(3.0), 1.0 / 4.0);
        close(first.incidence_on(6.0), 13.0 / 32.0);
        close(second.incidence_on(3.0), 1.0 / 8.0);
        close(second.incidence_on(8.0), 9.0 / 32.0);
        for (day, survival) in [(2.0, 7.0 / 8.0), (3.0, 5.0 / 8.0), (6.0, 15.0 / 32.0), (8.0, 5.0 / 16.0)] {
            close(first.at(day).unwrap().event_free, survival);
        }
        let naive: Vec<Spell> = spells.iter().map(|spell| spell.keeping(&[Cause(1)])).collect();
        close(1.0 - KaplanMeier::of(&naive).survival_on(12.0), 7.0 / 16.0);
        assert_eq!((first.events(), first.competing(), first.subjects()), (3, 2, 8));
        assert_eq!(causes(&spells), [Cause(1), Cause(2)]);
        assert_eq!(first.at(1.0), None);
        assert_eq!(first.incidence_on(0.0), 0.0);
    }

    fn any_spells() -> impl Strategy<Value = Vec<Spell>> {
        let spell = (prop::option::of(0i64..40), 1i64..40, 0u8..4).prop_map(|(entry, exit, cause)| Spell {
            entry,
            exit,
            event: (cause > 0).then_some(Cause(cause)),
        });
        prop::collection::vec(spell, 1..80)
    }

    proptest! {
        #[test]
        fn survival_and_all_incidences_are_one_at_every_time(spells in any_spells()) {
            let curves: Vec<Incidence> = causes(&spells).into_iter().map(|cause| Incidence::of(&spells, cause)).collect();
            let overall = KaplanMeier::of(&spells);
            for point in &overall.points {
                let sum: f64 = curves.iter().map(|curve| curve.incidence_on(to_f64(point.day))).sum();
                prop_assert!((point.survival + sum - 1.0).abs() < 1e-12, "day {}: {}", point.day, point.survival + sum);
            }
            for curve in &curves {
                prop_assert!(curve.points.iter().all(|point| point.variance > -1e-12));
                prop_assert!(curve.points.windows(2).all(|two| two[0].incidence <= two[1].incidence));
                for interval in curve.points.iter().filter_map(IncidencePoint::interval_95) {
                    prop_assert!(0.0 <= interval.low && interval.low <= interval.high && interval.high <= 1.0);
                }
            }
        }

        #[test]
        fn order_of_input_does_not_matter(spells in any_spells()) {
            let mut reversed = spells.clone();
            reversed.reverse();
            prop_assert_eq!(KaplanMeier::of(&spells), KaplanMeier::of(&reversed));
            for cause in causes(&spells) {
                prop_assert_eq!(Incidence::of(&spells, cause), Incidence::of(&reversed, cause));
            }
        }

        #[test]
        fn without_other_causes_incidence_is_one_minus_survival(spells in any_spells()) {
            let only: Vec<Spell> = spells.iter().map(|spell| spell.keeping(&[Cause(1)])).collect();
            let (incidence, survival) = (Incidence::of(&only, Cause(1)), KaplanMeier::of(&only));
            for point in &survival.points {
                prop_assert!((incidence.incidence_on(to_f64(point.day)) - (1.0 - point.survival)).abs() < 1e-12);
            }
        }
    }
}
