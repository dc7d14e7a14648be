//! One end point of one lesion or patient: from its start to what ended it.

use super::course::Happened;
use super::matrix;
use crate::clinical::{Cell, Date, EndPoint, Happening, StudySettings, days_between};
use serde::Serialize;

/// The time to an end point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TimeToEvent {
    /// When it began.
    pub start: Date,
    /// From when on the lesion was at risk, where that is later and the study counts it so (delayed entry).
    pub entry: Option<Date>,
    /// When it ended.
    pub exit: Date,
    /// How: an event, a competing event, or censored.
    pub cell: Cell,
    /// What ended it; none where the last look did.
    pub happening: Option<Happening>,
    /// Why, in words.
    pub because: String,
}

impl TimeToEvent {
    /// Days from the start to the end.
    #[must_use]
    pub fn days(&self) -> i64 {
        days_between(self.start, self.exit)
    }

    /// Days from the start to the entry.
    #[must_use]
    pub fn entry_days(&self) -> Option<i64> {
        self.entry.map(|entry| days_between(self.start, entry))
    }
}

/// An end point of one lesion or patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Followed {
    /// The time to it.
    Time(TimeToEvent),
    /// Why the lesion or patient is not in it.
    Excluded(String),
}

impl Followed {
    /// The time, where there is one.
    #[must_use]
    pub fn time(&self) -> Option<&TimeToEvent> {
        match self {
            Self::Time(time) => Some(time),
            Self::Excluded(_) => None,
        }
    }
}

fn is_death(what: Happening) -> bool {
    matches!(what, Happening::DeathCancer | Happening::DeathTreatment | Happening::DeathOther | Happening::DeathUnknown)
}

/// What an end point is followed through.
pub(super) struct Path {
    pub end_point: EndPoint,
    pub start: Date,
    pub entry: Option<Date>,
    pub happened: Vec<Happened>,
    /// The last look, and what it was in words; none where nobody ever looked.
    pub last_look: Option<(Date, &'static str)>,
}

impl Path {
    /// Walks through what happened, in time order: the first that does not count as nothing ends it. Loss ends it at the
    /// last look before. What lies before the start does not count.
    pub fn follow(mut self, settings: &StudySettings) -> Followed {
        // A death before the start is a wrong date, which is refused below, and not left out.
        self.happened.retain(|happened| happened.date >= self.start || is_death(happened.what));
        // Of one day, in the order of the list: what images show comes before therapy, and death last but loss.
        self.happened.sort();
        let ended = self.happened.iter().find_map(|happened| {
            let cell = matrix::cell(settings, self.end_point, happened.what);
            (cell != Cell::Ignore).then_some((happened, cell))
        });
        match ended {
            Some((happened, Cell::Exclude)) => {
                Followed::Excluded(format!("{} on {}: not at risk.", happened.what, happened.date))
            }
            Some((happened, _)) if happened.what == Happening::Lost => {
                let before = self.last_look.map(|(date, what)| (date.min(happened.date), what));
                self.censored(before, Some(happened))
            }
            Some((happened, cell)) => {
                self.ended(happened.date, cell, Some(happened), format!("{} on {}.", happened.what, happened.date))
            }
            None => self.censored(self.last_look, None),
        }
    }

    fn censored(&self, look: Option<(Date, &'static str)>, lost: Option<&Happened>) -> Followed {
        let Some((date, what)) = look else {
            return Followed::Excluded("Never assessed after the first session.".to_owned());
        };
        let lost_words = lost.map(|lost| format!(" Lost to follow-up on {}.", lost.date)).unwrap_or_default();
        self.ended(date, Cell::Censor, lost, format!("Free of it until {what} of {date}.{lost_words}"))
    }

    /// R27: a time that ends before it begins is refused, with both dates.
    fn ended(&self, exit: Date, cell: Cell, happened: Option<&Happened>, because: String) -> Followed {
        if exit < self.start {
            return Followed::Excluded(format!(
                "It would end on {exit}, before it begins on {}: correct one of the dates.",
                self.start
            ));
        }
        Followed::Time(TimeToEvent {
            start: self.start,
            entry: self.entry,
            exit,
            cell,
            happening: happened.map(|happened| happened.what),
            because,
        })
    }
}
