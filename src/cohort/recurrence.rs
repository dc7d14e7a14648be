//! Recurrences by time point: new in the interval and cumulative, each with its own denominator (R38).

use super::curves::{EndPointCurve, Level, Who};
use super::spell::{count, to_f64};
use super::{Incidence, Interval, Proportion};
use crate::clinical::{Cell, EndPoint};
use crate::outcome::TimePoint;
use serde::Serialize;
use std::collections::BTreeMap;

/// Recurrences of one kind at one time point.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recurrence {
    /// The end point.
    pub end_point: EndPoint,
    /// What is counted.
    pub level: Level,
    /// The time point.
    pub time_point: TimePoint,
    /// Its first day after the start.
    pub from_days: i64,
    /// Its last day.
    pub to_days: i64,
    /// First seen in this interval, of those free of it before and looked at in the interval or later known to have had
    /// it then.
    pub new_in_interval: Proportion,
    /// Its Wilson interval.
    pub new_interval: Option<Interval>,
    /// First seen up to the end of this interval, of all that are in the curve.
    pub cumulative: Proportion,
    /// Cumulative incidence at the end of the interval, which respects how long each was followed.
    pub cumulative_incidence: f64,
    /// Who is new in the interval.
    pub new: Vec<Who>,
}

/// The time points with their days after the start.
const INTERVALS: [(TimePoint, i64, i64); 3] =
    [(TimePoint::FourToSixWeeks, 21, 56), (TimePoint::ThreeMonths, 57, 135), (TimePoint::SixMonths, 136, 273)];

/// Counts recurrences from a curve; `looked_at` gives the days after the start on which each was imaged.
#[must_use]
pub fn recurrences(curve: &EndPointCurve, looked_at: &BTreeMap<Who, Vec<i64>>) -> Vec<Recurrence> {
    let incidence = Incidence::of(&curve.spells(), super::curves::EVENT);
    INTERVALS
        .iter()
        .map(|(time_point, from, to)| {
            let event_day = |at: usize| curve.members.get(at).filter(|m| m.cell == Cell::Event).map(|m| m.days);
            let inside = |day: i64| (*from..=*to).contains(&day);
            let mut new = Vec::new();
            let (mut of, mut until) = (0, 0);
            for (at, member) in curve.members.iter().enumerate() {
                let event = event_day(at);
                until += u32::from(event.is_some_and(|day| day <= *to));
                let free_before = event.is_none_or(|day| day >= *from) && member.days >= *from;
                let seen = looked_at.get(&member.who).is_some_and(|days| days.iter().any(|day| inside(*day)));
                if event.is_some_and(inside) {
                    new.push(member.who.clone());
                    of += 1;
                } else if free_before && seen {
                    of += 1;
                }
            }
            let new_in_interval = Proportion { n: count(new.len()), of };
            Recurrence {
                end_point: curve.end_point,
                level: curve.level,
                time_point: *time_point,
                from_days: *from,
                to_days: *to,
                new_in_interval,
                new_interval: new_in_interval.wilson_95(),
                cumulative: Proportion { n: until, of: count(curve.members.len()) },
                cumulative_incidence: incidence.incidence_on(to_f64(*to)),
                new,
            }
        })
        .collect()
}
