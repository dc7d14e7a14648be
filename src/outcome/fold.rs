//! The fold: a lesion's treatments and answers in time order, through the states of local tumour control.

use super::control::Control;
use super::timeline::{LaterTreatment, Moment, Timeline};
use super::{Derived, Milestone, RuleId, Word};
use crate::clinical::{Date, VisitId};

/// A definite or equivocal answer that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    NoViable,
    Viable,
    Equivocal,
}

/// One visit as it enters the fold: judged by itself, before history names it.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    pub visit: VisitId,
    pub moment: Moment,
    /// Date and days, in words.
    pub when: String,
    /// The finding is a draft.
    pub draft: bool,
    /// What counts; else the word that the visit has all the same.
    pub seen: Result<Seen, Derived<Word>>,
    /// What is added to the reason: the study, a rule set aside, a late scan.
    pub remark: String,
}

/// A happening that history remembers, with its words.
#[derive(Debug, Clone)]
struct Point {
    milestone: Milestone,
    when: String,
}

/// What one fold leaves behind.
pub(super) struct Folded {
    /// A word for each reading, in their order.
    pub words: Vec<NamedVisit>,
    pub first_complete: Option<Derived<Milestone>>,
    pub residual: Option<Derived<Milestone>>,
    pub progression: Option<Derived<Milestone>>,
    /// First viable tumour of those that were not brought under control since; none after a treatment.
    pub uncontrolled: Option<Milestone>,
    pub last_adequate: Option<Milestone>,
    /// First adequate answer that was not "no viable tumour", while none has been complete.
    pub open_since: Option<Date>,
    /// The first complete ablation came after a re-ablation beyond the primary course.
    pub completed_by_reablation: bool,
    /// The last treatment, when no adequate answer has come since.
    pub unjudged_treatment: Option<LaterTreatment>,
    pub last_counted: Option<usize>,
}

/// The word of one visit.
#[derive(Debug, Clone)]
pub(super) struct NamedVisit {
    pub word: Derived<Word>,
    /// The answer, or one it rests on, is a draft.
    pub draft: bool,
    /// No viable tumour after an untreated viable one, for the first time: to be asked once.
    pub ask: bool,
}

/// What history remembers while it is folded.
#[derive(Default)]
struct Memory {
    first_complete: Option<Point>,
    last_complete: Option<Point>,
    residual: Option<Point>,
    progression: Option<Point>,
    last_viable: Option<Point>,
    uncontrolled: Option<Milestone>,
    last_adequate: Option<Milestone>,
    /// Equivocal since the last definite answer.
    equivocal: Option<Point>,
    open_since: Option<Date>,
    last_treatment: Option<LaterTreatment>,
    reablated: bool,
    completed_by_reablation: bool,
    unjudged_treatment: Option<LaterTreatment>,
    first_draft: Option<String>,
}

/// Folds readings (in time order) and the treatments after the primary course. A treatment comes before a
/// scan of the same day.
pub(super) fn fold(readings: &[Reading], timeline: &Timeline<'_>) -> Folded {
    let mut treatments = timeline.later_treatments().into_iter().peekable();
    let mut control = Control::Open;
    let mut memory = Memory::default();
    let mut words = Vec::with_capacity(readings.len());
    let mut last_counted = None;
    let mut treat = |control: Control, memory: &mut Memory, until: Option<Date>| {
        let mut control = control;
        while let Some(treatment) = treatments.next_if(|next| until.is_none_or(|date| next.date <= date)) {
            control = control.treated();
            memory.last_treatment = Some(treatment);
            memory.unjudged_treatment = Some(treatment);
            memory.uncontrolled = None;
            memory.reablated |= treatment.ablation;
        }
        control
    };
    for (at, reading) in readings.iter().enumerate() {
        control = treat(control, &mut memory, Some(reading.moment.date));
        let seen = match &reading.seen {
            Ok(seen) => *seen,
            Err(word) => {
                words.push(NamedVisit { word: word.clone(), draft: reading.draft, ask: false });
                continue;
            }
        };
        let before = control;
        let (after, word, because) = memory.name(control, seen, reading);
        control = after;
        if reading.draft && memory.first_draft.is_none() {
            memory.first_draft = Some(reading.when.clone());
        }
        let mut because = format!("{because}{}", reading.remark);
        if reading.draft {
            because.push_str(" Draft: not signed yet.");
        } else if let Some(when) = &memory.first_draft {
            because.push_str(&format!(" Rests on the draft of {when}."));
        }
        let ask = word == Word::CompleteAfterViable && before != after;
        let draft = memory.first_draft.is_some();
        words.push(NamedVisit { word: Derived::new(word, rule_of(word), because), draft, ask });
        last_counted = Some(at);
    }
    treat(control, &mut memory, None);
    memory.leave(words, last_counted)
}

impl Memory {
    /// Names an answer, remembers it, and says why.
    fn name(&mut self, control: Control, seen: Seen, reading: &Reading) -> (Control, Word, String) {
        let here = Point {
            milestone: Milestone {
                date: reading.moment.date,
                visit: reading.visit,
                days_after_first: reading.moment.after_first.unwrap_or(0),
                days_after_last: reading.moment.after_last.unwrap_or(0),
                equivocal_before: self.equivocal.as_ref().map(|point| point.milestone.date),
            },
            when: reading.when.clone(),
        };
        self.last_adequate = Some(here.milestone);
        let named = match seen {
            Seen::Equivocal => {
                let because = self.because_equivocal(&here);
                self.open_since.get_or_insert(here.milestone.date);
                self.equivocal = Some(here);
                (control, Word::Equivocal, because)
            }
            Seen::NoViable => {
                let (after, word) = control.no_viable();
                let because = self.because_no_viable(word, &here);
                if self.first_complete.is_none() {
                    self.completed_by_reablation = word == Word::CompleteAssisted && self.reablated;
                    self.first_complete = Some(here.clone());
                }
                self.last_complete = Some(here);
                self.uncontrolled = None;
                self.equivocal = None;
                (after, word, because)
            }
            Seen::Viable => {
                let (after, word) = control.viable();
                if self.first_complete.is_none() {
                    self.open_since.get_or_insert(here.milestone.date);
                    self.residual.get_or_insert_with(|| here.clone());
                } else {
                    self.progression.get_or_insert_with(|| here.clone());
                }
                let because = self.because_viable(control, word, &here);
                self.uncontrolled.get_or_insert(here.milestone);
                self.last_viable = Some(here);
                self.equivocal = None;
                (after, word, because)
            }
        };
        self.unjudged_treatment = None;
        named
    }

    fn because_equivocal(&self, here: &Point) -> String {
        let so_far = match (&self.progression, &self.first_complete) {
            (Some(progression), _) => format!("the progression of {} stays", progression.when),
            (None, Some(complete)) => format!("not an event; complete since {}", complete.when),
            (None, None) => "never complete so far".to_owned(),
        };
        format!("Equivocal on {}: {so_far}.", here.when)
    }

    fn because_no_viable(&self, word: Word, here: &Point) -> String {
        let now = format!("No viable tumour on {}", here.when);
        let treatment = self.last_treatment.map(LaterTreatment::words).unwrap_or_default();
        let equivocal = self.equivocal_before();
        match (word, &self.last_viable, &self.first_complete, &self.progression) {
            (Word::CompleteAfterViable, Some(viable), _, progression) => {
                let event = progression
                    .as_ref()
                    .map(|event| format!(" The progression of {} stays recorded.", event.when))
                    .unwrap_or_default();
                format!("{now}, though viable on {} and not treated since: check both.{event}{equivocal}", viable.when)
            }
            (Word::CompleteAssisted, _, Some(complete), _) => {
                format!("{now}, after {treatment}; first complete on {}.{equivocal}", complete.when)
            }
            (Word::CompleteAssisted, Some(viable), None, _) => {
                format!("{now}, after {treatment} for viable tumour seen on {}.{equivocal}", viable.when)
            }
            (Word::CompleteAssisted, None, None, _) => {
                format!("{now}, after {treatment}; not complete before it.{equivocal}")
            }
            (Word::ProgressionRetreatedComplete, _, _, Some(event)) => {
                format!("{now}, after {treatment}. The progression of {} stays recorded.{equivocal}", event.when)
            }
            (_, _, Some(complete), _) => format!("{now}; complete since {}.{equivocal}", complete.when),
            _ => format!("{now}.{equivocal}"),
        }
    }

    fn because_viable(&self, control: Control, word: Word, here: &Point) -> String {
        let now = format!("Viable tumour on {}", here.when);
        let treatment = self.last_treatment.map(LaterTreatment::words).unwrap_or_default();
        let equivocal = self.equivocal_before();
        let event = self.progression.as_ref().filter(|event| event.milestone.visit != here.milestone.visit);
        match (word, event, &self.last_complete) {
            (Word::IncompleteAfterReablation, ..) => {
                format!("{now} after {treatment}; never complete.{equivocal}")
            }
            (Word::LocalTumourProgression, None, Some(complete)) => {
                format!("Complete on {}, viable on {}.{equivocal}", complete.when, here.when)
            }
            (Word::LocalTumourProgression, Some(event), Some(complete)) if control != Control::Progressed => format!(
                "{now} again, after no viable tumour on {}; the date of progression stays {}.{equivocal}",
                complete.when, event.when
            ),
            (Word::LocalTumourProgression, Some(event), _) => {
                format!("Still viable on {}; the date of progression stays {}.{equivocal}", here.when, event.when)
            }
            (Word::ProgressionRetreatmentFailed, Some(event), _) => {
                format!("{now} after {treatment}; the date of progression stays {}.{equivocal}", event.when)
            }
            (Word::Incomplete, ..) => match self.residual.as_ref() {
                Some(residual) if residual.milestone.visit != here.milestone.visit => {
                    format!("Still viable on {}, first on {}; never complete.{equivocal}", here.when, residual.when)
                }
                _ => format!("{now}; never complete before: residual tumour.{equivocal}"),
            },
            _ => format!("{now}.{equivocal}"),
        }
    }

    fn equivocal_before(&self) -> String {
        self.equivocal.as_ref().map(|point| format!(" Equivocal before, on {}.", point.when)).unwrap_or_default()
    }

    fn leave(self, words: Vec<NamedVisit>, last_counted: Option<usize>) -> Folded {
        let first_complete = self.first_complete.as_ref().map(|point| {
            let because = format!("First adequate study without viable tumour: {}.", point.when);
            Derived::new(point.milestone, RuleId::R16, because)
        });
        let residual = self.residual.as_ref().map(|point| {
            let because = format!("First adequate study with viable tumour, before any complete one: {}.", point.when);
            Derived::new(point.milestone, RuleId::R02, because)
        });
        let progression = self.progression.as_ref().map(|point| {
            let complete = self.first_complete.as_ref().map(|complete| complete.when.as_str()).unwrap_or_default();
            let equivocal = point
                .milestone
                .equivocal_before
                .map(|date| format!(" Equivocal before, on {date}."))
                .unwrap_or_default();
            let because = format!("Complete on {complete}, first viable on {}.{equivocal}", point.when);
            Derived::new(point.milestone, RuleId::R01, because)
        });
        Folded {
            words,
            residual,
            progression,
            uncontrolled: self.uncontrolled,
            last_adequate: self.last_adequate,
            open_since: self.open_since.filter(|_| first_complete.is_none()),
            first_complete,
            completed_by_reablation: self.completed_by_reablation,
            unjudged_treatment: self.unjudged_treatment,
            last_counted,
        }
    }
}

/// The rule behind each word that the fold gives.
fn rule_of(word: Word) -> RuleId {
    match word {
        Word::LocalTumourProgression => RuleId::R01,
        Word::Incomplete | Word::IncompleteAfterReablation | Word::CompleteAfterViable => RuleId::R02,
        Word::Equivocal | Word::None => RuleId::R03,
        Word::CompleteAssisted | Word::DuringCourse => RuleId::R23,
        Word::ProgressionRetreatedComplete | Word::ProgressionRetreatmentFailed => RuleId::R24,
        Word::Complete => RuleId::R16,
        Word::NotEvaluable | Word::NotDone => RuleId::R15,
        Word::Early => RuleId::R07,
    }
}
