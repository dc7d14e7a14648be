//! Gray's test: whether groups differ in the cumulative incidence of a cause under competing risks.

use super::log_rank::{GroupTest, quadratic};
use super::special::chi_square_tail;
use super::spell::{Cause, RiskSet, Spell, count, leavings, to_f64};
use nalgebra::{DMatrix, DVector};

/// What is known of one group just before and after a day with an event.
#[derive(Debug, Clone, Copy)]
struct Group {
    at_risk: f64,
    events: f64,
    competing: f64,
    /// Survival free of every cause before and after the day.
    before: f64,
    after: f64,
}

/// A day with an event in any group.
struct Day {
    groups: Vec<Group>,
    /// Sum over groups of n / S(t-).
    weighted: f64,
    /// Events of the cause in all groups.
    events: f64,
    /// The incidence of all groups together under no difference, before and after the day.
    pooled_before: f64,
    pooled_after: f64,
    /// How the expected events of each group answer to events of each (Gray's a).
    answer: DMatrix<f64>,
}

/// Gray's test (Gray 1988, Annals of Statistics 16:1141, rho = 0) for `cause` over two or more groups. None with
/// delayed entry, for which it is not defined, with fewer than two groups, without events of the cause, or where
/// its variance cannot be inverted.
#[must_use]
pub fn gray(groups: &[Vec<Spell>], cause: Cause) -> Option<GroupTest> {
    if groups.len() < 2 || groups.iter().flatten().any(|spell| spell.entry.is_some()) {
        return None;
    }
    let tested = groups.len() - 1;
    let mut score = DVector::zeros(tested);
    let days = days(groups, cause, &mut score);
    let variance = variance(&days, groups.len(), tested);
    let observed: Vec<u32> =
        groups.iter().map(|group| count(group.iter().filter(|spell| spell.event == Some(cause)).count())).collect();
    if observed.iter().all(|events| *events == 0) {
        return None;
    }
    let chi2 = quadratic(&score, variance)?;
    let degrees = count(tested);
    Some(GroupTest { chi2, degrees, p: chi_square_tail(chi2, degrees)?, observed, expected: None })
}

/// Walks through the days with events, adding up the score: observed minus expected events of each group but the
/// last, where a group counts n (1 - F(t-)) / S(t-) at risk.
fn days(groups: &[Vec<Spell>], cause: Cause, score: &mut DVector<f64>) -> Vec<Day> {
    let sets: Vec<RiskSet> = groups.iter().map(|group| RiskSet::new(group)).collect();
    let left: Vec<_> = groups.iter().map(|group| leavings(group)).collect();
    let all: Vec<Spell> = groups.iter().flatten().copied().collect();
    let mut free = vec![1.0; groups.len()];
    let mut incidence = vec![0.0; groups.len()];
    let mut pooled = 0.0;
    let mut days = Vec::new();
    for day in leavings(&all).iter().filter(|leaving| leaving.all_events() > 0) {
        let now: Vec<Group> = (0..groups.len())
            .map(|at| {
                let own = left[at].binary_search_by_key(&day.day, |leaving| leaving.day).ok().map(|own| &left[at][own]);
                let events = own.map_or(0, |own| own.events_of(cause));
                let competing = own.map_or(0, |own| own.all_events()) - events;
                let at_risk = f64::from(sets[at].on(to_f64(day.day)));
                let (events, competing) = (f64::from(events), f64::from(competing));
                let before = free[at];
                let after = if at_risk > 0.0 { before * (at_risk - events - competing) / at_risk } else { before };
                Group { at_risk, events, competing, before, after }
            })
            .collect();
        let there = |at: usize| now[at].at_risk > 0.0;
        let weight = |at: usize| if there(at) { now[at].at_risk / now[at].before } else { 0.0 };
        let counted = |at: usize| weight(at) * (1.0 - incidence[at]);
        let weighted: f64 = (0..groups.len()).map(weight).sum();
        let at_risk: f64 = (0..groups.len()).map(counted).sum();
        let events: f64 = now.iter().map(|group| group.events).sum();
        for at in (0..score.len()).filter(|at| there(*at)) {
            score[at] += now[at].events - events * counted(at) / at_risk;
        }
        let answer = DMatrix::from_fn(groups.len(), groups.len(), |row, column| {
            if row == column {
                weight(row) * (1.0 - weight(row) / weighted)
            } else {
                -weight(row) * weight(column) / weighted
            }
        });
        for at in (0..groups.len()).filter(|at| there(*at)) {
            incidence[at] += now[at].before * now[at].events / now[at].at_risk;
            free[at] = now[at].after;
        }
        let pooled_before = pooled;
        pooled += events / weighted;
        days.push(Day { groups: now, weighted, events, pooled_before, pooled_after: pooled, answer });
    }
    days
}

/// The variance of the score under no difference: the sum, over days and groups, of the squared weight with which an
/// event of the cause, or of another, enters it, times the variance of that increment.
fn variance(days: &[Day], groups: usize, tested: usize) -> DMatrix<f64> {
    let gain = |day: &Day| {
        let factor = day.events / (day.weighted * (1.0 - day.pooled_before));
        // Where one group is left nothing answers, and nobody may be left of all groups together.
        day.answer.map(|answer| if answer == 0.0 { 0.0 } else { answer * factor })
    };
    let mut to_come = days.iter().fold(DMatrix::zeros(groups, groups), |sum, day| sum + gain(day));
    let mut variance = DMatrix::zeros(tested, tested);
    for day in days {
        to_come -= gain(day);
        for (k, group) in day.groups.iter().enumerate().filter(|(_, group)| group.at_risk > 0.0) {
            let left = if group.after > 0.0 { (1.0 - day.pooled_after) / group.after } else { 0.0 };
            let mut add = |factor: f64, own: f64, increment: f64| {
                let weight = DVector::from_iterator(
                    tested,
                    (0..tested).map(|i| own * day.answer[(i, k)] + factor * to_come[(i, k)]),
                );
                variance += &weight * weight.transpose() * increment;
            };
            if day.events > 0.0 {
                let expected = day.weighted * group.before;
                let ties = if day.events > 1.0 { 1.0 - (day.events - 1.0) / (expected - 1.0) } else { 1.0 };
                let increment = ties * group.before * day.events / (day.weighted * group.at_risk);
                add(1.0 - left, 1.0, increment);
            }
            if group.competing > 0.0 && group.after > 0.0 {
                let increment = super::incidence::increment(group.competing, group.at_risk) * group.before.powi(2);
                add(-left, 0.0, increment);
            }
        }
    }
    variance
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_it_cannot_say() {
        let group = |days: &[i64]| -> Vec<Spell> { days.iter().map(|day| Spell::new(*day, Some(Cause(1)))).collect() };
        assert_eq!(gray(&[group(&[1, 2])], Cause(1)), None);
        assert_eq!(gray(&[group(&[1, 2]), group(&[3])], Cause(2)), None, "no such event");
        let late: Vec<Spell> = group(&[5]).into_iter().map(|spell| spell.entered(2)).collect();
        assert_eq!(gray(&[group(&[1, 2]), late], Cause(1)), None);
        let test = gray(&[group(&[1, 2, 4]), group(&[3, 7, 8])], Cause(1)).unwrap();
        assert!((test.chi2 - 2.489_073).abs() < 5e-7 && (test.p - 0.114_639_3).abs() < 5e-8, "{test:?}, by cmprsk");
    }
}
