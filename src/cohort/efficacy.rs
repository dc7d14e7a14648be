//! Technique efficacy over many lesions and patients (R04, R25, R28-R30).

use super::{Interval, Proportion};
use crate::clinical::{EfficacyWindow, LesionId, Organ, PatientId, StudySettings};
use crate::outcome::{Efficacy, LesionOutcome, RULE_SET, RULE_SET_VERSION};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// R28 in words, to be printed with the rate.
pub const PATIENT_RULE: &str = "A patient is a success only if every index lesion treated is complete in its window.";

/// How many treated index lesions have which primary result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Index lesions with at least one session.
    pub treated: u32,
    /// Complete in the window.
    pub complete: u32,
    /// Viable tumour, never complete before.
    pub incomplete: u32,
    /// Of these, first assessed outside the window.
    pub incomplete_outside_window: u32,
    /// Equivocal in the window.
    pub equivocal: u32,
    /// Imaged, but not evaluable for the window.
    pub not_evaluable: u32,
    /// Of these, first assessed outside the window.
    pub not_evaluable_outside_window: u32,
    /// Not assessed, for the reasons listed.
    pub not_assessed: u32,
    /// The window is still open.
    pub not_due: u32,
}

impl Counts {
    /// R30: the categories add up to the treated lesions.
    #[must_use]
    pub fn add_up(&self) -> bool {
        let sum =
            self.complete + self.incomplete + self.equivocal + self.not_evaluable + self.not_assessed + self.not_due;
        sum == self.treated
            && self.incomplete_outside_window <= self.incomplete
            && self.not_evaluable_outside_window <= self.not_evaluable
    }
}

/// A lesion that is not in the denominator of evaluable lesions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Whose it is.
    pub patient: PatientId,
    /// The lesion.
    pub lesion: LesionId,
    /// Its label.
    pub label: String,
    /// Its primary result.
    pub efficacy: Efficacy,
    /// Why, in a sentence.
    pub because: String,
}

/// One rate as it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rate {
    /// Code in tables.
    pub code: &'static str,
    /// What it is, on screen.
    pub words: &'static str,
    /// n/N.
    pub proportion: Proportion,
    /// Wilson 95 %; none when N is 0.
    pub interval: Option<Interval>,
}

/// Technique efficacy of a cohort, with everything that has to be printed beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EfficacyTable {
    /// Counts of treated index lesions.
    pub counts: Counts,
    /// Assisted: complete after the primary course, or after re-ablation of a lesion not complete before.
    pub assisted: Proportion,
    /// Assisted, and lesions whose complete ablation was first documented later without re-ablation.
    pub assisted_with_later_complete: Proportion,
    /// Patients with every index lesion complete, of those with a treated index lesion whose windows closed.
    pub patients: Proportion,
    /// Patients left out because a window is still open and no lesion has failed.
    pub patients_not_due: u32,
    /// Lesions outside the denominator of evaluable lesions, by patient and lesion, each with its reason.
    pub left_out: Vec<LeftOut>,
    /// Answers that rates leave out because they are drafts.
    pub drafts_left_out: u32,
    /// Whether rates use signed findings only.
    pub signed_only: bool,
    /// The windows in use, by organ that occurs.
    pub windows: BTreeMap<Organ, EfficacyWindow>,
    /// Sessions that belong to the primary course at most (R23).
    pub max_sessions_primary_course: u32,
    /// The rule set.
    pub rule_set: String,
    /// Its version.
    pub rule_set_version: u32,
}

/// Counts technique efficacy over lesions. Only index lesions with a session enter; every other lesion is
/// listed with its reason. Order of input does not matter.
#[must_use]
pub fn efficacy<'a>(outcomes: impl IntoIterator<Item = &'a LesionOutcome>, settings: &StudySettings) -> EfficacyTable {
    let ordered: BTreeMap<(PatientId, LesionId), &LesionOutcome> =
        outcomes.into_iter().map(|outcome| ((outcome.patient, outcome.lesion), outcome)).collect();
    let treated: Vec<&LesionOutcome> = ordered.values().copied().filter(|outcome| is_treated_index(outcome)).collect();

    let mut counts = Counts::default();
    let mut assisted = Proportion { n: 0, of: 0 };
    let mut later = Proportion { n: 0, of: 0 };
    for outcome in &treated {
        counts.add(outcome);
        add_assisted(&mut assisted, outcome, false);
        add_assisted(&mut later, outcome, true);
    }
    let (patients, patients_not_due) = patients(&treated);
    EfficacyTable {
        counts,
        assisted,
        assisted_with_later_complete: later,
        patients,
        patients_not_due,
        left_out: ordered.values().filter_map(|outcome| left_out(outcome)).collect(),
        drafts_left_out: treated.iter().map(|outcome| count(outcome.drafts_left_out.len())).sum(),
        signed_only: settings.rates_from_signed_only,
        windows: treated.iter().map(|outcome| (outcome.organ, settings.efficacy_window(outcome.organ))).collect(),
        max_sessions_primary_course: settings.max_sessions_primary_course,
        rule_set: RULE_SET.to_owned(),
        rule_set_version: RULE_SET_VERSION,
    }
}

impl EfficacyTable {
    /// Primary technique efficacy of evaluable lesions.
    #[must_use]
    pub fn primary(&self) -> Proportion {
        let Counts { complete, incomplete, .. } = self.counts;
        Proportion { n: complete, of: complete + incomplete }
    }

    /// The same with equivocal as failure.
    #[must_use]
    pub fn primary_equivocal_fails(&self) -> Proportion {
        let Proportion { n, of } = self.primary();
        Proportion { n, of: of + self.counts.equivocal }
    }

    /// The same over all treated lesions whose window has closed.
    #[must_use]
    pub fn primary_all_treated(&self) -> Proportion {
        Proportion { n: self.counts.complete, of: self.counts.treated - self.counts.not_due }
    }

    /// Every rate, in the order in which it is printed.
    #[must_use]
    pub fn rates(&self) -> Vec<Rate> {
        let rate =
            |code, words, proportion: Proportion| Rate { code, words, proportion, interval: proportion.wilson_95() };
        vec![
            rate("primary_evaluable", "Primary technique efficacy, evaluable lesions", self.primary()),
            rate(
                "primary_equivocal_fails",
                "Primary technique efficacy, equivocal counted as failure",
                self.primary_equivocal_fails(),
            ),
            rate("primary_all_treated", "Primary technique efficacy, all treated lesions", self.primary_all_treated()),
            rate("assisted", "Assisted technique efficacy, residual re-treated", self.assisted),
            rate(
                "assisted_with_later_complete",
                "Assisted technique efficacy, with complete first seen later",
                self.assisted_with_later_complete,
            ),
            rate("patients", "Primary technique efficacy, patients with every index lesion complete", self.patients),
        ]
    }
}

impl Counts {
    fn add(&mut self, outcome: &LesionOutcome) {
        let call = &outcome.counted.primary.value;
        let outside = u32::from(call.outside_window);
        self.treated += 1;
        match call.efficacy {
            Efficacy::Complete => self.complete += 1,
            Efficacy::Incomplete => {
                self.incomplete += 1;
                self.incomplete_outside_window += outside;
            }
            Efficacy::Equivocal => self.equivocal += 1,
            Efficacy::NotEvaluable => {
                self.not_evaluable += 1;
                self.not_evaluable_outside_window += outside;
            }
            Efficacy::NotAssessed | Efficacy::NotApplicable => self.not_assessed += 1,
            Efficacy::NotDue => self.not_due += 1,
        }
    }
}

/// Counts one lesion into an assisted rate.
fn add_assisted(rate: &mut Proportion, outcome: &LesionOutcome, count_later_complete: bool) {
    if let Some(complete) = assisted_of(outcome, count_later_complete) {
        rate.n += u32::from(complete);
        rate.of += 1;
    }
}

/// Whether a lesion is a success of an assisted rate; none where it is not in it.
pub(super) fn assisted_of(outcome: &LesionOutcome, count_later_complete: bool) -> Option<bool> {
    let standing = &outcome.counted;
    if standing.primary.value.efficacy == Efficacy::NotDue {
        return None;
    }
    let complete = standing.assisted.value.efficacy == Efficacy::Complete
        || (count_later_complete && standing.first_complete.is_some());
    (complete || standing.assisted.value.evaluable()).then_some(complete)
}

pub(super) fn is_treated_index(outcome: &LesionOutcome) -> bool {
    outcome.index && outcome.counted.primary.value.efficacy != Efficacy::NotApplicable
}

/// R28: successes of the patients that can be told, and how many cannot be told yet.
fn patients(treated: &[&LesionOutcome]) -> (Proportion, u32) {
    let mut by_patient: BTreeMap<PatientId, BTreeSet<Efficacy>> = BTreeMap::new();
    for outcome in treated {
        by_patient.entry(outcome.patient).or_default().insert(outcome.counted.primary.value.efficacy);
    }
    let mut success = Proportion { n: 0, of: 0 };
    let mut not_due = 0;
    for results in by_patient.values() {
        let failed = results.iter().any(|result| !matches!(result, Efficacy::Complete | Efficacy::NotDue));
        if !failed && results.contains(&Efficacy::NotDue) {
            not_due += 1;
            continue;
        }
        success.of += 1;
        success.n += u32::from(!failed);
    }
    (success, not_due)
}

fn left_out(outcome: &LesionOutcome) -> Option<LeftOut> {
    let primary = &outcome.counted.primary;
    let because = if primary.value.efficacy == Efficacy::NotApplicable || outcome.index {
        if primary.value.evaluable() {
            return None;
        }
        primary.because.clone()
    } else {
        "Not an index lesion: it came after the first treatment.".to_owned()
    };
    Some(LeftOut {
        patient: outcome.patient,
        lesion: outcome.lesion,
        label: outcome.label.clone(),
        efficacy: primary.value.efficacy,
        because,
    })
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
