//! A patient's course: all that end points need beside the lesions' outcomes.

use crate::clinical::{
    AblationModality, Date, DeathCause, Event, EventKind, Happening, LesionId, NewTumour, Organ, PatientId,
    PrimaryCancer, YesNoUnknown,
};
use crate::outcome::{LesionHistory, LesionOutcome};
use std::collections::BTreeSet;

/// What groups of lesions are made by.
#[derive(Debug, Clone, PartialEq)]
pub struct LesionFacts {
    /// How tissue was destroyed in the first session.
    pub technique: AblationModality,
    /// Longest axial diameter before treatment, mm.
    pub size_mm: Option<f64>,
    /// Within 5 mm of the capsule.
    pub subcapsular: YesNoUnknown,
    /// Within 5 mm of a vessel of 3 mm or more.
    pub perivascular: YesNoUnknown,
}

/// A lesion with what was told of it and what was derived.
#[derive(Debug, Clone, PartialEq)]
pub struct CourseLesion {
    /// What the rules were told.
    pub history: LesionHistory,
    /// What groups are made by.
    pub facts: LesionFacts,
    /// What the rules derived.
    pub outcome: LesionOutcome,
}

/// What a visit says of tumour away from the treated sites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTumourSeen {
    /// Date of the visit.
    pub date: Date,
    /// The answer; "not assessed" counts as no answer.
    pub seen: NewTumour,
}

/// A patient with all lesions.
#[derive(Debug, Clone, PartialEq)]
pub struct PatientCourse {
    /// Number.
    pub patient: PatientId,
    /// The study's own code.
    pub code: String,
    /// Primary cancer.
    pub primary: PrimaryCancer,
    /// Date of death.
    pub death_date: Option<Date>,
    /// What of.
    pub death_cause: DeathCause,
    /// Last date known alive, as entered.
    pub last_known_alive: Option<Date>,
    /// Date of a liver transplant.
    pub transplant_date: Option<Date>,
    /// Events of the patient and of lesions.
    pub events: Vec<Event>,
    /// The rest of the scan, visit by visit.
    pub rest: Vec<NewTumourSeen>,
    /// Dates of every visit.
    pub visits: Vec<Date>,
    /// The lesions.
    pub lesions: Vec<CourseLesion>,
}

/// Something that happened on a date.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Happened {
    pub date: Date,
    pub what: Happening,
}

impl PatientCourse {
    /// Index lesions with a session.
    pub(super) fn treated_index(&self) -> impl Iterator<Item = &CourseLesion> {
        self.lesions.iter().filter(|lesion| lesion.outcome.index && lesion.outcome.first_session.is_some())
    }

    /// The clock of the patient's end points: the first session of the first index lesion.
    #[must_use]
    pub fn start(&self) -> Option<Date> {
        self.treated_index().filter_map(|lesion| lesion.outcome.first_session).min()
    }

    /// The last date at which the patient is known to have lived: as entered, or a visit or session.
    #[must_use]
    pub fn last_alive(&self) -> Option<Date> {
        let sessions = self.lesions.iter().filter_map(|lesion| lesion.outcome.last_session);
        self.last_known_alive.into_iter().chain(self.visits.iter().copied()).chain(sessions).max()
    }

    /// Death, as what it counts.
    pub(super) fn death(&self) -> Option<Happened> {
        let what = match self.death_cause {
            DeathCause::Cancer => Happening::DeathCancer,
            DeathCause::Treatment => Happening::DeathTreatment,
            DeathCause::Other => Happening::DeathOther,
            DeathCause::Unknown => Happening::DeathUnknown,
        };
        self.death_date.map(|date| Happened { date, what })
    }

    /// Lost to follow-up, of the patient or of this lesion.
    pub(super) fn lost(&self, lesion: Option<LesionId>) -> Option<Happened> {
        let lost = self.events.iter().filter(|event| event.kind == EventKind::Lost);
        let own = lost.filter(|event| event.lesion.is_none() || event.lesion == lesion);
        own.map(|event| event.date).min().map(|date| Happened { date, what: Happening::Lost })
    }

    /// Liver transplant (of liver lesions), or resection of one of these lesions.
    pub(super) fn replaced(&self, lesions: &[&CourseLesion]) -> Option<Happened> {
        let liver = lesions.iter().any(|lesion| lesion.history.organ == Organ::Liver);
        let own: BTreeSet<LesionId> = lesions.iter().map(|lesion| lesion.history.lesion).collect();
        let resected = self
            .events
            .iter()
            .filter(|event| {
                event.kind == EventKind::Resection && event.lesion.is_some_and(|about| own.contains(&about))
            })
            .map(|event| event.date);
        let date = self.transplant_date.filter(|_| liver).into_iter().chain(resected).min();
        date.map(|date| Happened { date, what: Happening::TransplantOrResection })
    }

    /// First event of a kind that concerns the patient, with what the rest of the scan says.
    pub(super) fn first_new(&self, what: Happening) -> Option<Happened> {
        let kind = match what {
            Happening::OrganDistant => EventKind::IntrahepaticDistant,
            Happening::Extrahepatic => EventKind::Extrahepatic,
            _ => EventKind::SecondPrimary,
        };
        let shows = |seen: &NewTumour| match seen {
            NewTumour::InOrgan(_) => what == Happening::OrganDistant,
            NewTumour::Outside(_) => what == Happening::Extrahepatic,
            NewTumour::InOrganAndOutside(_) => matches!(what, Happening::OrganDistant | Happening::Extrahepatic),
            NewTumour::None | NewTumour::NotAssessed => false,
        };
        let start = self.start()?;
        let entered = self.events.iter().filter(|event| event.kind == kind).map(|event| event.date);
        let seen = self.rest.iter().filter(|rest| shows(&rest.seen)).map(|rest| rest.date);
        let date = entered.chain(seen).filter(|date| *date > start).min()?;
        Some(Happened { date, what })
    }

    /// The last visit at which the rest of the scan was looked at.
    pub(super) fn rest_assessed_until(&self) -> Option<Date> {
        self.rest.iter().filter(|rest| rest.seen != NewTumour::NotAssessed).map(|rest| rest.date).max()
    }
}

impl CourseLesion {
    /// The first local therapy other than ablation after the lesion was complete, before any progression: its cause is
    /// not proven.
    pub(super) fn unproven_therapy(&self) -> Option<Happened> {
        let complete = self.outcome.counted.first_complete.as_ref()?.value.date;
        let progression = self.outcome.counted.progression.as_ref().map(|event| event.value.date);
        let therapies = self.history.events.iter().filter(|event| {
            event.kind == EventKind::OtherTherapy
                && event.lesion == Some(self.history.lesion)
                && event.date > complete
                && progression.is_none_or(|progression| event.date < progression)
        });
        let date = therapies.map(|event| event.date).min()?;
        Some(Happened { date, what: Happening::OtherTherapy })
    }
}
