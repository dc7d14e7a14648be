//! The cohort at a glance: for each patient the visits with how far they are read, the scan that comes next, and what
//! needs attention. Worked out in one pass over the project, so that a thousand patients are no wait.

use super::selecting::is_due;
use super::{VisitState, Workbench};
use crate::clinical::{
    Date, Lesion, LesionId, LesionStatus, PatientId, Session, Track, VisitId, VisitSource, VitalStatus,
};
use crate::outcome::{DueScan, ObjectionClass, ScanState, Word, due_scans};
use std::collections::{BTreeMap, BTreeSet};

/// A visit in the cohort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CohortVisit {
    /// The visit.
    pub visit: VisitId,
    /// Its date in words.
    pub date: String,
    /// "+92 d", after the first session; empty before any.
    pub days: String,
    /// Where it stands.
    pub state: VisitState,
    /// How many readings are put aside.
    pub parked: usize,
    /// Known from a report only.
    pub report_only: bool,
}

/// What a patient can be filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CohortFilter {
    /// A scan is due: its window is open.
    Due,
    /// Imaged and not read yet.
    ToRead,
    /// All answered and not signed.
    ToSign,
    /// Something is put aside.
    Parked,
    /// Something needs attention.
    Attention,
    /// Every visit that asks for an answer is signed.
    Done,
}

impl CohortFilter {
    /// All of them, in the order they are offered.
    pub const ALL: [Self; 6] = [Self::Due, Self::ToRead, Self::ToSign, Self::Parked, Self::Attention, Self::Done];

    /// Its name.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Due => "Scan due",
            Self::ToRead => "To read",
            Self::ToSign => "To sign",
            Self::Parked => "Put aside",
            Self::Attention => "Needs attention",
            Self::Done => "All signed",
        }
    }
}

/// A patient in the cohort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CohortRow {
    /// The patient.
    pub patient: PatientId,
    /// The study's own code.
    pub code: String,
    /// Labels of the lesions with the word that holds now.
    pub lesions: Vec<(String, Word)>,
    /// Visits by date.
    pub visits: Vec<CohortVisit>,
    /// The scan that is due or comes next.
    pub next: Option<DueScan>,
    /// What needs attention, in words.
    pub attention: Vec<String>,
}

impl CohortRow {
    /// Whether the patient belongs to a filter.
    #[must_use]
    pub fn is(&self, filter: CohortFilter) -> bool {
        let any = |is: &dyn Fn(&CohortVisit) -> bool| self.visits.iter().any(is);
        match filter {
            CohortFilter::Due => self.next.is_some_and(|next| next.state == ScanState::Due),
            CohortFilter::ToRead => {
                any(&|visit| matches!(visit.state, VisitState::Reading { answered, of } if answered < of))
            }
            CohortFilter::ToSign => {
                any(&|visit| matches!(visit.state, VisitState::Reading { answered, of } if answered == of))
            }
            CohortFilter::Parked => any(&|visit| visit.parked > 0),
            CohortFilter::Attention => !self.attention.is_empty(),
            CohortFilter::Done => {
                let open = any(&|visit| matches!(visit.state, VisitState::Reading { .. } | VisitState::Hidden));
                !open && any(&|visit| visit.state == VisitState::Signed)
            }
        }
    }
}

/// What belongs to one patient.
#[derive(Default)]
struct Of<'a> {
    lesions: Vec<&'a Lesion>,
    sessions: Vec<&'a Session>,
    visits: Vec<&'a crate::clinical::Visit>,
}

impl Workbench {
    /// Every patient that is listed, by number.
    #[must_use]
    pub fn cohort_rows(&self) -> Vec<CohortRow> {
        let Some(document) = self.document() else { return Vec::new() };
        let mut of: BTreeMap<PatientId, Of<'_>> = BTreeMap::new();
        for lesion in document.lesions() {
            of.entry(lesion.patient).or_default().lesions.push(lesion);
        }
        for session in document.sessions() {
            of.entry(session.patient).or_default().sessions.push(session);
        }
        for visit in document.visits() {
            of.entry(visit.patient).or_default().visits.push(visit);
        }
        let mut parked: BTreeMap<VisitId, usize> = BTreeMap::new();
        for park in document.parks() {
            *parked.entry(park.visit).or_default() += 1;
        }
        // Visits of images whose studies carry no date, all at once.
        let (mut with_study, mut dated) = (BTreeSet::new(), BTreeSet::new());
        for study in document.studies() {
            with_study.insert(study.visit);
            if study.date.is_some() {
                dated.insert(study.visit);
            }
        }
        let in_order = document.settings().read_in_time_order;
        let empty = Of::default();
        for of in of.values_mut() {
            of.visits.sort_by_key(|visit| (visit.date, visit.id));
            of.sessions.sort_by_key(|session| (session.date, session.id));
        }
        let rows = self.listed_patients().into_iter().map(|patient| {
            let of = of.get(&patient.id).unwrap_or(&empty);
            let first = of.sessions.first().map(|session| session.date);
            let mut hidden = false;
            let mut visits = Vec::new();
            for visit in &of.visits {
                let due: Vec<LesionId> = of
                    .lesions
                    .iter()
                    .filter(|lesion| is_due(lesion, &of.sessions, visit.date))
                    .map(|lesion| lesion.id)
                    .collect();
                let signed = document.signature(visit.id, Track::Main).is_some();
                let state = self.cohort_state(visit.id, visit.date, &due, first, signed, hidden);
                // Later visits wait for this one (reading.md 1.11).
                hidden |= in_order && !due.is_empty() && !signed;
                let undated =
                    visit.source == VisitSource::Images && with_study.contains(&visit.id) && !dated.contains(&visit.id);
                let days = first.filter(|_| !undated).map(|first| format!("{:+} d", (visit.date - first).num_days()));
                visits.push(CohortVisit {
                    visit: visit.id,
                    date: if undated { super::words::DATE_NOT_KNOWN.to_owned() } else { visit.date.to_string() },
                    days: days.unwrap_or_default(),
                    state,
                    parked: parked.get(&visit.id).copied().unwrap_or_default(),
                    report_only: visit.source == VisitSource::ReportOnly,
                });
            }
            let alive = patient.vital_status != VitalStatus::Dead && patient.death_date.is_none();
            // A session that followed from a hidden visit would tell what was found there.
            let open = visits.iter().zip(&of.visits).filter(|(row, _)| row.state != VisitState::Hidden);
            let waits = visits.iter().any(|visit| visit.state == VisitState::Hidden);
            let until = if waits { open.map(|(_, visit)| visit.date).max() } else { None };
            let scans = if alive { self.scans(of, until) } else { Vec::new() };
            let attention = self.attention(of, &visits, &scans);
            let next = scans.into_iter().filter(|scan| scan.state != ScanState::Missed).min_by_key(|scan| scan.target);
            let word = |lesion: &Lesion| self.outcome(lesion.id).map_or(Word::None, |o| o.standing.word.value);
            let lesions = of.lesions.iter().map(|lesion| (lesion.label.clone(), word(lesion))).collect();
            CohortRow { patient: patient.id, code: patient.code.clone(), lesions, visits, next, attention }
        });
        rows.collect()
    }

    fn cohort_state(
        &self,
        visit: VisitId,
        on: Date,
        due: &[LesionId],
        first: Option<Date>,
        signed: bool,
        hidden: bool,
    ) -> VisitState {
        match (signed, hidden, due.is_empty()) {
            (true, ..) => VisitState::Signed,
            (false, true, _) => VisitState::Hidden,
            (false, false, true) if first.is_some_and(|first| on < first) => VisitState::Baseline,
            (false, false, true) => VisitState::Open,
            (false, false, false) => {
                let answered = due.iter().filter(|lesion| self.is_answered(**lesion, visit)).count();
                VisitState::Reading { answered, of: due.len() }
            }
        }
    }

    /// Scans that were missed, are due or come next, after each lesion's last session; each once.
    fn scans(&self, of: &Of<'_>, until: Option<Date>) -> Vec<DueScan> {
        let Some(document) = self.document() else { return Vec::new() };
        let (settings, today) = (document.settings(), self.today());
        let dates: Vec<Date> = of.visits.iter().map(|visit| visit.date).collect();
        let mut scans: Vec<DueScan> = Vec::new();
        for lesion in of.lesions.iter().filter(|lesion| lesion.status == LesionStatus::Ablated) {
            let treated = of.sessions.iter().filter(|s| s.lesions.iter().any(|treated| treated.lesion == lesion.id));
            let Some(last) = treated
                .map(|session| session.date)
                .filter(|date| *date <= until.map_or(today, |until| until.min(today)))
                .max()
            else {
                continue;
            };
            for scan in due_scans(last, lesion.organ, &settings, &dates, today) {
                if !scans.contains(&scan) {
                    scans.push(scan);
                }
            }
        }
        scans
    }

    fn attention(&self, of: &Of<'_>, visits: &[CohortVisit], scans: &[DueScan]) -> Vec<String> {
        let mut attention = Vec::new();
        for scan in scans.iter().filter(|scan| scan.state == ScanState::Missed) {
            attention.push(format!("no scan at {}", super::words::small(&scan.time_point.to_string())));
        }
        for visit in visits {
            if visit.parked > 0 {
                attention.push(format!("{} put aside at {}", visit.parked, visit.date));
            }
            if visit.date == super::words::DATE_NOT_KNOWN {
                attention.push("a scan without a date".to_owned());
            }
        }
        for lesion in &of.lesions {
            let Some(outcome) = self.outcome(lesion.id) else { continue };
            let hard = |class: ObjectionClass| class == ObjectionClass::Hard;
            let objects = outcome.objections.iter().any(|objection| hard(objection.class))
                || outcome.visits.iter().flat_map(|at| &at.objections).any(|objection| hard(objection.class));
            if objects {
                attention.push(format!("{}: a rule objects", lesion.label));
            }
            let treated = of.sessions.iter().any(|s| s.lesions.iter().any(|treated| treated.lesion == lesion.id));
            if lesion.status == LesionStatus::Ablated && !treated {
                attention.push(format!("{}: no session", lesion.label));
            }
        }
        attention
    }
}
