//! What stands between a visit and its signature, lesion by lesion; what answers lack; and visits whose date nobody
//! knows.

use super::{Workbench, words};
use crate::clinical::{Coded, LesionId, VisitId};
use crate::outcome::ObjectionClass;
use crate::project::Document;

/// One thing that stands before a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenPoint {
    /// The lesion it is about; none for the rest of the scan.
    pub lesion: Option<LesionId>,
    /// What is open, in words.
    pub words: String,
}

impl Workbench {
    /// What still stands before signing the chosen visit, lesions first; empty when it can be signed.
    #[must_use]
    pub fn open_points(&self) -> Vec<OpenPoint> {
        let Some((document, visit)) = self.document().zip(self.selection.visit) else { return Vec::new() };
        let mut open = self.open_lesions(document, visit);
        let rest = document.rest_of_scan(visit);
        let of_rest = |words: &str| OpenPoint { lesion: None, words: words.to_owned() };
        if rest.is_none_or(|rest| rest.new_tumour.is_none()) {
            open.push(of_rest(words::NEW_TUMOUR_OPEN));
        }
        if rest.is_none_or(|rest| rest.complications.is_none()) {
            open.push(of_rest(words::COMPLICATIONS_OPEN));
        }
        open
    }

    /// What still stands before signing the chosen visit, in words; empty when it can be signed.
    #[must_use]
    pub fn before_signing(&self) -> Vec<String> {
        self.open_points().into_iter().map(|point| point.words).collect()
    }

    /// What the lesions of the chosen visit still lack before it can be signed.
    #[must_use]
    pub fn lesions_before_signing(&self) -> Vec<String> {
        let Some((document, visit)) = self.document().zip(self.selection.visit) else { return Vec::new() };
        self.open_lesions(document, visit).into_iter().map(|point| point.words).collect()
    }

    fn open_lesions(&self, document: &Document, visit: VisitId) -> Vec<OpenPoint> {
        let mut open = Vec::new();
        for lesion in self.due(visit) {
            let label = document.lesion(lesion).map(|lesion| lesion.label.clone()).unwrap_or_default();
            let Some(at) = self.outcome(lesion).and_then(|outcome| outcome.at(visit)) else { continue };
            let mut point = |words: String| open.push(OpenPoint { lesion: Some(lesion), words });
            if at.answer.is_none() {
                point(words::not_answered(&label));
                continue;
            }
            for field in &at.missing {
                point(format!("{label}: {}", words::small(field.words())));
            }
            for objection in at.objections.iter().filter(|o| o.class == ObjectionClass::Hard) {
                point(format!("{label}: {}", objection.sentence));
            }
        }
        open
    }

    /// What answers at a visit still lack, one entry an answer: "L2: shape". An answer without it does not count as
    /// answered, and a reader has to see why.
    #[must_use]
    pub fn lacking(&self, visit: VisitId) -> Vec<String> {
        let Some(document) = self.document() else { return Vec::new() };
        let lacks = |lesion: LesionId| {
            let at = self.outcome(lesion)?.at(visit)?;
            let fields: Vec<String> = at.missing.iter().map(|field| words::small(field.words())).collect();
            let begun = at.answer.is_some() && !fields.is_empty();
            begun.then(|| format!("{}: {}", document.lesion(lesion).map_or("", |l| &l.label), fields.join(", ")))
        };
        self.due(visit).into_iter().filter_map(lacks).collect()
    }

    /// The date of a visit as it is shown: where its images carry none, that is what is said.
    #[must_use]
    pub fn visit_date(&self, visit: VisitId) -> String {
        self.document().map_or_else(String::new, |document| words::visit_date(document, visit))
    }
}
