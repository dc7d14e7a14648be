//! Kaplan-Meier: survival with numbers at risk, Greenwood's variance, intervals, and the median.

use super::Interval;
use super::special::Z_95;
use super::spell::{Leaving, RiskSet, Spell, leavings, to_f64};
use serde::{Deserialize, Serialize};

/// On which scale the interval of a survival curve is symmetric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// The logarithm of survival, cut off at 1 (the default of R).
    Log,
    /// The logarithm of the cumulative hazard (the default of SAS): never beyond 0 and 1.
    #[default]
    LogLog,
}

/// A day on which somebody leaves.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SurvivalPoint {
    /// The day.
    pub day: i64,
    /// At risk just before it.
    pub at_risk: u32,
    /// Events on it.
    pub events: u32,
    /// Censored on it.
    pub censored: u32,
    /// Survival after it.
    pub survival: f64,
    /// Greenwood's sum of d / (n (n - d)): the variance of the logarithm of survival; infinite once survival is 0.
    pub greenwood: f64,
}

impl SurvivalPoint {
    /// The standard error of survival; none once it is 0.
    #[must_use]
    pub fn standard_error(&self) -> Option<f64> {
        (self.survival > 0.0).then(|| self.survival * self.greenwood.sqrt())
    }

    /// The 95 % interval; none once survival is 0, nor on the log-log scale while it is 1.
    #[must_use]
    pub fn interval_95(&self, scale: Scale) -> Option<Interval> {
        let survival = self.survival;
        if survival <= 0.0 || !self.greenwood.is_finite() {
            return None;
        }
        let spread = Z_95 * self.greenwood.sqrt();
        match scale {
            Scale::Log => Some(Interval { low: survival * (-spread).exp(), high: (survival * spread.exp()).min(1.0) }),
            Scale::LogLog if survival >= 1.0 => None,
            Scale::LogLog => {
                let log = survival.ln();
                let power = (spread / log.abs()).exp();
                Some(Interval { low: (log * power).exp(), high: (log / power).exp() })
            }
        }
    }
}

/// A median with its 95 % interval; none where the curve, or a limit of it, does not come down to one half.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Median {
    /// The median, days.
    pub day: Option<f64>,
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// A Kaplan-Meier curve.
#[derive(Debug, Clone, PartialEq)]
pub struct KaplanMeier {
    /// The days on which somebody leaves, in order.
    pub points: Vec<SurvivalPoint>,
    at_risk: RiskSet,
}

/// How near to one half a curve counts as lying on it (as R takes it).
const ON_THE_HALF: f64 = 1.490_116_119_384_765_6e-8;

impl KaplanMeier {
    /// The curve of these spells; every event counts. Spells without time are left out.
    #[must_use]
    pub fn of(spells: &[Spell]) -> Self {
        let (mut survival, mut greenwood) = (1.0, 0.0);
        let step = |leaving: Leaving| {
            let (events, n) = (leaving.all_events(), leaving.at_risk);
            if events > 0 {
                let (d, n) = (f64::from(events), f64::from(n));
                survival *= (n - d) / n;
                greenwood += d / (n * (n - d));
            }
            SurvivalPoint { day: leaving.day, at_risk: n, events, censored: leaving.censored, survival, greenwood }
        };
        Self { points: leavings(spells).into_iter().map(step).collect(), at_risk: RiskSet::new(spells) }
    }

    /// Lesions or patients that contribute time.
    #[must_use]
    pub fn subjects(&self) -> usize {
        self.at_risk.len()
    }

    /// Events in all.
    #[must_use]
    pub fn events(&self) -> u32 {
        self.points.iter().map(|point| point.events).sum()
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
    pub fn at(&self, day: f64) -> Option<&SurvivalPoint> {
        let after = self.points.partition_point(|point| to_f64(point.day) <= day);
        self.points.get(after.checked_sub(1)?)
    }

    /// Survival on a day.
    #[must_use]
    pub fn survival_on(&self, day: f64) -> f64 {
        self.at(day).map_or(1.0, |point| point.survival)
    }

    /// The median. Where the curve lies on one half for a while it is the middle of that while, as R has it; where it
    /// stays there to the end, the middle between its beginning and the last day observed.
    #[must_use]
    pub fn median(&self, scale: Scale) -> Median {
        let curve = |of: &dyn Fn(&SurvivalPoint) -> Option<f64>| {
            let points: Vec<(f64, f64)> =
                self.points.iter().filter_map(|point| Some((to_f64(point.day), of(point)?))).collect();
            half(&points, self.last_day().map(to_f64))
        };
        Median {
            day: curve(&|point| Some(point.survival)),
            low: curve(&|point| point.interval_95(scale).map(|interval| interval.low)),
            high: curve(&|point| point.interval_95(scale).map(|interval| interval.high)),
        }
    }
}

/// Where a falling curve reaches one half.
fn half(points: &[(f64, f64)], last_day: Option<f64>) -> Option<f64> {
    let first = points.iter().position(|(_, height)| *height < 0.5 + ON_THE_HALF)?;
    let (day, height) = *points.get(first)?;
    if (height - 0.5).abs() >= ON_THE_HALF {
        return Some(day);
    }
    let below = points.iter().skip(first).find(|(_, other)| *other < 0.5 - ON_THE_HALF).map(|(day, _)| *day);
    below.or(last_day).map(|until| f64::midpoint(day, until))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cohort::spell::Cause;

    fn spells(events: &[i64], censored: &[i64]) -> Vec<Spell> {
        let event = events.iter().map(|day| Spell::new(*day, Some(Cause(1))));
        event.chain(censored.iter().map(|day| Spell::new(*day, None))).collect()
    }

    #[test]
    fn freireichs_arm() {
        let mercaptopurine = spells(&[6, 6, 6, 7, 10, 13, 16, 22, 23], &[6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]);
        let curve = KaplanMeier::of(&mercaptopurine);
        let printed = [
            (6, 0.8571, 0.0764),
            (7, 0.8067, 0.0869),
            (10, 0.7529, 0.0963),
            (13, 0.6902, 0.1068),
            (16, 0.6275, 0.1141),
            (22, 0.5378, 0.1282),
            (23, 0.4482, 0.1346),
        ];
        for (day, survival, error) in printed {
            let point = curve.at(f64::from(day)).unwrap();
            assert!((point.survival - survival).abs() < 5e-5, "{day}");
            assert!((point.standard_error().unwrap() - error).abs() < 5e-5, "{day}");
        }
        let at_7 = curve.at(7.5).unwrap();
        let (log, log_log) = (at_7.interval_95(Scale::Log).unwrap(), at_7.interval_95(Scale::LogLog).unwrap());
        for (value, printed) in [(log.low, 0.6531), (log.high, 0.9964), (log_log.low, 0.5631), (log_log.high, 0.9228)] {
            assert!((value - printed).abs() < 5e-5, "{value}");
        }
        assert_eq!(curve.median(Scale::Log).day, Some(23.0));
        assert_eq!((curve.subjects(), curve.events(), curve.last_day()), (21, 9, Some(35)));
        assert_eq!([0.0, 6.0, 6.5, 10.0, 36.0].map(|day| curve.at_risk_on(day)), [21, 21, 17, 15, 0]);
        assert_eq!((curve.survival_on(5.0), curve.at(5.0)), (1.0, None));
        let placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23];
        let placebo = KaplanMeier::of(&spells(&placebo, &[]));
        assert_eq!(placebo.median(Scale::LogLog).day, Some(8.0));
        let last = placebo.points.last().unwrap();
        assert_eq!((last.survival, last.standard_error(), last.interval_95(Scale::Log)), (0.0, None, None));
    }

    #[test]
    fn a_curve_that_stays_on_one_half() {
        let plateau = spells(&[54, 75, 77, 84, 87], &[92, 103, 105, 112, 118]);
        assert_eq!(KaplanMeier::of(&plateau).median(Scale::Log).day, Some(102.5));
        let touched = spells(&[1, 2, 4, 8], &[]);
        assert_eq!(KaplanMeier::of(&touched).median(Scale::Log).day, Some(3.0));
        let never = spells(&[1], &[2, 3]);
        assert_eq!(KaplanMeier::of(&never).median(Scale::Log), Median { day: None, low: Some(1.0), high: None });
        assert_eq!(KaplanMeier::of(&[]).median(Scale::Log).day, None);
    }
}
