//! Putting a reading aside with a question, taking it up again; and visits that are known from a report only.

use super::desk::{Intent, NoEdit};
use super::notices::Level;
use super::{Workbench, words};
use crate::clinical::{Date, LesionId, PatientId, Track, Visit, VisitId, VisitSource};
use crate::project::edits;

/// A reading that was put aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    /// Whose.
    pub patient: PatientId,
    /// The lesion.
    pub lesion: LesionId,
    /// The visit.
    pub visit: VisitId,
    /// "P001 L2, +92 d".
    pub name: String,
    /// What is to be asked.
    pub text: String,
}

impl Workbench {
    /// What was put aside, by patient, visit and lesion; hidden visits are left out.
    #[must_use]
    pub fn parked(&self) -> Vec<Parked> {
        let Some(document) = self.document() else { return Vec::new() };
        let parked = document.parks().filter_map(|park| {
            let lesion = document.lesion(park.lesion)?;
            let code = &document.patient(lesion.patient)?.code;
            let name = format!("{code} {}", edits::lesion_at(document, park.lesion, park.visit));
            let (patient, text) = (lesion.patient, park.text.clone());
            let parked = Parked { patient, lesion: park.lesion, visit: park.visit, name, text };
            (!self.is_hidden(park.visit)).then_some(parked)
        });
        let mut parked: Vec<Parked> = parked.collect();
        parked.sort_by_key(|parked| (parked.patient, parked.visit, parked.lesion));
        parked
    }

    /// Whether a lesion is put aside at a visit.
    #[must_use]
    pub fn is_parked(&self, lesion: LesionId, visit: VisitId) -> bool {
        self.document().is_some_and(|document| document.park(lesion, visit).is_some())
    }

    pub(super) fn park(&mut self, text: String) {
        let Some((lesion, visit)) = self.selection.lesion.zip(self.selection.visit) else {
            self.notices.tell(Level::Problem, words::CHOOSE_LESION, false);
            return;
        };
        let text = text.trim().to_owned();
        self.change_as_reader(move |document, _, _| {
            if document.park(lesion, visit).is_some_and(|park| park.text == text) {
                return Err(NoEdit::Nothing);
            }
            Ok(Intent::tell(edits::park(document, lesion, visit, &text)))
        });
    }

    pub(super) fn unpark(&mut self, lesion: LesionId, visit: VisitId) {
        self.change_as_reader(move |document, _, _| {
            if document.park(lesion, visit).is_none() {
                return Err(NoEdit::Nothing);
            }
            Ok(Intent::tell(edits::unpark(document, lesion, visit)))
        });
    }

    /// A visit without images: what is known of it stands in a report.
    pub(super) fn add_report_visit(&mut self, date: Date) {
        let Some(patient) = self.selection.patient else {
            self.notices.tell(Level::Problem, words::NO_PATIENT, false);
            return;
        };
        if date > self.today() {
            self.notices.tell(Level::Problem, words::REPORT_IN_FUTURE, false);
            return;
        }
        if self.visits().iter().any(|visit| visit.date == date) {
            self.notices.tell(Level::Problem, words::VISIT_THERE, false);
            return;
        }
        self.change_as_reader(move |document, _, _| {
            let id = document.next_visit();
            let visit = Visit { id, patient, date, source: VisitSource::ReportOnly, note: String::new() };
            Ok(Intent::tell(edits::visit(document, visit)))
        });
    }

    /// Where the viable tumour of the chosen lesion and visit can be seen in retrospect.
    pub(super) fn first_visible(&mut self, visit: Option<VisitId>) {
        let at = self.selection.visit;
        let earlier = visit.is_none_or(|visit| self.earlier_visits(at).contains(&visit));
        if earlier {
            self.edit_finding(true, move |finding| finding.first_visible_at = visit);
        }
    }

    /// The visits of the chosen patient before one of them, earliest first.
    #[must_use]
    pub fn earlier_visits(&self, than: Option<VisitId>) -> Vec<VisitId> {
        let Some(than) = than.and_then(|id| self.document()?.visit(id)) else { return Vec::new() };
        let before = |visit: &&Visit| (visit.date, visit.id) < (than.date, than.id);
        self.visits().into_iter().filter(before).map(|visit| visit.id).collect()
    }

    /// Lesions of the chosen visit that are signed; for summaries.
    #[must_use]
    pub fn is_visit_signed(&self, visit: VisitId) -> bool {
        self.document().is_some_and(|document| document.signature(visit, Track::Main).is_some())
    }
}
