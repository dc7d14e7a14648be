//! Curves of an end point over lesions or patients: who is in it, Kaplan-Meier, cumulative incidence, follow-up.

use super::spell::{Cause, Spell, count, to_f64};
use super::{Incidence, KaplanMeier, Median, Scale};
use crate::clinical::{Cell, Coded, EndPoint, Happening, coded};
use crate::outcome::Followed;
use serde::Serialize;

/// The event of the end point.
pub const EVENT: Cause = Cause(1);
/// Death, where it competes.
pub const DEATH: Cause = Cause(2);
/// Transplant or resection, where it competes.
pub const TRANSPLANT: Cause = Cause(3);
/// Anything else that competes.
pub const OTHER_COMPETING: Cause = Cause(4);

coded! {
    /// What a statistic counts.
    Level {
        Lesion = "lesion", "Lesions";
        Session = "session", "Sessions";
        Patient = "patient", "Patients";
    }
}

/// A lesion or patient, as tables name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Who {
    /// The patient's code.
    pub patient: String,
    /// The lesion's label; none for the patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lesion: Option<String>,
}

/// One that is not in a statistic, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Missing {
    /// Who.
    #[serde(flatten)]
    pub who: Who,
    /// Why, in words.
    pub because: String,
}

/// One in a curve: when it ended and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Member {
    /// Who.
    #[serde(flatten)]
    pub who: Who,
    /// From when it was at risk, days; none where from the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry_days: Option<i64>,
    /// When it ended, days from the start.
    pub days: i64,
    /// How.
    pub cell: Cell,
    /// What ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub happening: Option<Happening>,
    /// Why, in words.
    pub because: String,
}

impl Member {
    /// Its time under observation.
    #[must_use]
    pub fn spell(&self) -> Spell {
        let event = match self.cell {
            Cell::Event => Some(EVENT),
            Cell::Competing => Some(competing(self.happening)),
            Cell::Censor | Cell::Ignore | Cell::Exclude => None,
        };
        Spell { entry: self.entry_days, exit: self.days, event }
    }
}

fn competing(happening: Option<Happening>) -> Cause {
    match happening {
        Some(Happening::DeathCancer | Happening::DeathTreatment | Happening::DeathOther | Happening::DeathUnknown) => {
            DEATH
        }
        Some(Happening::TransplantOrResection) => TRANSPLANT,
        _ => OTHER_COMPETING,
    }
}

/// A step of a survival curve as it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SurvivalRow {
    /// Day.
    pub day: i64,
    /// At risk just before it.
    pub at_risk: u32,
    /// Events.
    pub events: u32,
    /// Censored.
    pub censored: u32,
    /// Survival.
    pub survival: f64,
    /// Its standard error (Greenwood).
    pub standard_error: Option<f64>,
    /// Lower end of the 95 % interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// A step of a curve of cumulative incidence as it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct IncidenceRow {
    /// Day.
    pub day: i64,
    /// At risk just before it.
    pub at_risk: u32,
    /// Events.
    pub events: u32,
    /// Competing events.
    pub competing: u32,
    /// Censored.
    pub censored: u32,
    /// Cumulative incidence.
    pub incidence: f64,
    /// Its standard error (Aalen).
    pub standard_error: f64,
    /// Lower end of the 95 % interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Survival free of event and competing event.
    pub event_free: f64,
}

/// What a curve says on a day that papers report.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OnDay {
    /// Day.
    pub day: i64,
    /// At risk just before it.
    pub at_risk: u32,
    /// Survival (competing events censored).
    pub survival: f64,
    /// Cumulative incidence.
    pub incidence: f64,
    /// Whether anybody was followed so long; otherwise the last value is carried forward.
    pub followed: bool,
}

/// An end point over lesions or patients.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EndPointCurve {
    /// The end point.
    pub end_point: EndPoint,
    /// Its name.
    pub words: &'static str,
    /// What is counted.
    pub level: Level,
    /// How many contribute time.
    pub n: u32,
    /// Events.
    pub events: u32,
    /// Competing events.
    pub competing: u32,
    /// Censored.
    pub censored: u32,
    /// In it, but without time: at risk from the day they left.
    pub without_time: u32,
    /// On which scale the intervals of survival are made.
    pub scale: Scale,
    /// Kaplan-Meier; competing events are censored.
    pub kaplan_meier: Vec<SurvivalRow>,
    /// Its median, days.
    pub median_days: Median,
    /// Cumulative incidence of the event, competing events competing (Aalen-Johansen).
    pub cumulative_incidence: Vec<IncidenceRow>,
    /// Median follow-up, days (reverse Kaplan-Meier).
    pub follow_up_days: Median,
    /// What the curves say on days that papers report.
    pub on_days: Vec<OnDay>,
    /// Those in it.
    pub members: Vec<Member>,
    /// Those who are not, each with the reason.
    pub excluded: Vec<Missing>,
}

/// 3 and 6 months by the windows' targets, then years.
const REPORTED_DAYS: [i64; 7] = [91, 183, 365, 731, 1096, 1461, 1826];

impl EndPointCurve {
    /// Makes the curve of these lesions or patients, in the order of their names.
    #[must_use]
    pub fn of(
        end_point: EndPoint,
        level: Level,
        scale: Scale,
        followed: impl IntoIterator<Item = (Who, Followed)>,
    ) -> Self {
        let mut members = Vec::new();
        let mut excluded = Vec::new();
        for (who, followed) in followed {
            match followed {
                Followed::Time(time) => members.push(Member {
                    who,
                    entry_days: time.entry_days(),
                    days: time.days(),
                    cell: time.cell,
                    happening: time.happening,
                    because: time.because,
                }),
                Followed::Excluded(because) => excluded.push(Missing { who, because }),
            }
        }
        members.sort_by(|a, b| a.who.cmp(&b.who));
        excluded.sort();
        let spells: Vec<Spell> = members.iter().map(Member::spell).collect();
        let event_only: Vec<Spell> = spells.iter().map(|spell| spell.keeping(&[EVENT])).collect();
        let survival = KaplanMeier::of(&event_only);
        let incidence = Incidence::of(&spells, EVENT);
        let reversed: Vec<Spell> = spells.iter().map(|spell| spell.reversed()).collect();
        let on_day = |day: i64| OnDay {
            day,
            at_risk: survival.at_risk_on(to_f64(day)),
            survival: survival.survival_on(to_f64(day)),
            incidence: incidence.incidence_on(to_f64(day)),
            followed: survival.last_day().is_some_and(|last| day <= last),
        };
        let reported = REPORTED_DAYS.iter().copied().filter(|day| survival.last_day().is_some_and(|last| *day <= last));
        let cells =
            |cell| count(members.iter().filter(|member| member.cell == cell && member.spell().has_time()).count());
        Self {
            end_point,
            words: end_point.words(),
            level,
            n: count(survival.subjects()),
            events: incidence.events(),
            competing: incidence.competing(),
            censored: cells(Cell::Censor),
            without_time: count(spells.len() - survival.subjects()),
            scale,
            median_days: survival.median(scale),
            follow_up_days: KaplanMeier::of(&reversed).median(scale),
            on_days: reported.map(on_day).collect(),
            kaplan_meier: survival_rows(&survival, scale),
            cumulative_incidence: incidence_rows(&incidence),
            members,
            excluded,
        }
    }

    /// The times under observation.
    #[must_use]
    pub fn spells(&self) -> Vec<Spell> {
        self.members.iter().map(Member::spell).collect()
    }
}

fn survival_rows(curve: &KaplanMeier, scale: Scale) -> Vec<SurvivalRow> {
    let row = |point: &super::SurvivalPoint| {
        let interval = point.interval_95(scale);
        SurvivalRow {
            day: point.day,
            at_risk: point.at_risk,
            events: point.events,
            censored: point.censored,
            survival: point.survival,
            standard_error: point.standard_error(),
            low: interval.map(|interval| interval.low),
            high: interval.map(|interval| interval.high),
        }
    };
    curve.points.iter().map(row).collect()
}

fn incidence_rows(curve: &Incidence) -> Vec<IncidenceRow> {
    let row = |point: &super::IncidencePoint| {
        let interval = point.interval_95();
        IncidenceRow {
            day: point.day,
            at_risk: point.at_risk,
            events: point.events,
            competing: point.competing,
            censored: point.censored,
            incidence: point.incidence,
            standard_error: point.variance.max(0.0).sqrt(),
            low: interval.map(|interval| interval.low),
            high: interval.map(|interval| interval.high),
            event_free: point.event_free,
        }
    };
    curve.points.iter().map(row).collect()
}
