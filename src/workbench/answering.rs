//! Answers: the finding of the chosen lesion at the chosen visit, the rest of the scan, signing, amending.

use super::desk::{Intent, NoEdit};
use super::notices::Level;
use super::{Workbench, words};
use crate::clinical::{
    Adequacy, AmendmentReason, Answer, Complications, Finding, FindingKey, LesionId, NewTumour, NotDoneReason,
    NotEvaluableReason, Override, OverrideReason, ReaderId, RestOfScan, Shape, Stamp, Track, VisitId,
};
use crate::outcome::VisitOutcome;
use crate::project::{Document, edits};

impl Workbench {
    /// The finding of the chosen lesion at the chosen visit, whoever gave it.
    #[must_use]
    pub fn finding(&self) -> Option<&Finding> {
        let document = self.document()?;
        document.finding_for(self.selection.lesion?, self.selection.visit?, Track::Main)
    }

    /// What is derived for the chosen lesion at the chosen visit.
    #[must_use]
    pub fn visit_outcome(&self) -> Option<&VisitOutcome> {
        self.outcome(self.selection.lesion?)?.at(self.selection.visit?)
    }

    /// The rest of the scan at the chosen visit.
    #[must_use]
    pub fn rest_of_scan(&self) -> Option<&RestOfScan> {
        self.document()?.rest_of_scan(self.selection.visit?)
    }

    /// Whether the chosen visit is signed.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        let visit = self.selection.visit;
        self.document().zip(visit).is_some_and(|(document, visit)| document.signature(visit, Track::Main).is_some())
    }

    /// Changes the finding of the chosen lesion and visit.
    pub(super) fn edit_finding(&mut self, tell: bool, edit: impl FnOnce(&mut Finding) + Send + 'static) {
        let Some((lesion, visit)) = self.selection.lesion.zip(self.selection.visit) else {
            self.notices.tell(Level::Problem, words::CHOOSE_LESION, false);
            return;
        };
        if !self.due(visit).contains(&lesion) {
            self.notices.tell(Level::Problem, words::NOT_TREATED_YET, false);
            return;
        }
        self.change_as_reader(move |document, reader, at| {
            let mut finding = finding_of(document, lesion, visit, reader, at);
            let before = finding.clone();
            edit(&mut finding);
            if finding == before {
                return Err(NoEdit::Nothing);
            }
            finding.answered_at = at;
            let named = edits::finding(document, finding);
            Ok(if tell { Intent::tell(named) } else { Intent::quiet(named) })
        });
    }

    pub(super) fn answer(&mut self, answer: Answer) {
        if self.finding().is_some_and(|finding| finding.answer == Some(answer)) {
            return;
        }
        self.edit_finding(true, move |finding| {
            finding.answer = Some(answer);
            // What belongs to another answer would contradict this one.
            finding.shape = None;
            finding.second_shape = None;
            finding.not_evaluable_reason = None;
            finding.not_done_reason = None;
            if answer != Answer::Viable {
                finding.viable_ld_mm = None;
                finding.first_visible_at = None;
            }
            finding.overrides.clear();
        });
    }

    pub(super) fn shape(&mut self, shape: Option<Shape>) {
        self.edit_finding(false, move |finding| {
            finding.shape = shape;
            if finding.second_shape == shape {
                finding.second_shape = None;
            }
        });
    }

    pub(super) fn second_shape(&mut self, shape: Option<Shape>) {
        self.edit_finding(false, move |finding| finding.second_shape = shape.filter(|s| finding.shape != Some(*s)));
    }

    pub(super) fn not_evaluable(&mut self, reason: NotEvaluableReason) {
        self.edit_finding(false, move |f| f.not_evaluable_reason = Some(reason));
    }

    pub(super) fn not_done(&mut self, reason: NotDoneReason) {
        self.edit_finding(false, move |f| f.not_done_reason = Some(reason));
    }

    pub(super) fn viable_ld(&mut self, mm: Option<f64>) {
        let mm = mm.filter(|mm| mm.is_finite() && *mm > 0.0 && *mm < 500.0);
        self.edit_finding(false, move |finding| finding.viable_ld_mm = mm);
    }

    pub(super) fn adequacy(&mut self, adequate: bool, reason: String) {
        self.edit_finding(false, move |finding| {
            finding.adequacy = Some(Adequacy { adequate, reason, by_reader: true });
        });
    }

    pub(super) fn override_rule(&mut self, rule: String, reason: OverrideReason, text: String) {
        self.edit_finding(true, move |finding| {
            finding.overrides.retain(|old| old.rule != rule);
            finding.overrides.push(Override { rule, reason, text });
        });
    }

    pub(super) fn comment(&mut self, text: String) {
        self.edit_finding(false, move |finding| finding.comment = text);
    }

    pub(super) fn change_key_pictures(
        &mut self,
        change: impl FnOnce(&mut Vec<crate::clinical::KeyPicture>) + Send + 'static,
    ) {
        self.edit_finding(true, move |finding| change(&mut finding.key_pictures));
    }

    fn edit_rest(&mut self, edit: impl FnOnce(&mut RestOfScan) + Send + 'static) {
        let Some((patient, visit)) = self.selection.patient.zip(self.selection.visit) else { return };
        self.change_as_reader(move |document, _, _| {
            let empty = || RestOfScan { patient, visit, new_tumour: None, complications: None };
            let mut rest = document.rest_of_scan(visit).cloned().unwrap_or_else(empty);
            let before = rest.clone();
            edit(&mut rest);
            if rest == before {
                return Err(NoEdit::Nothing);
            }
            Ok(Intent::quiet(edits::rest_of_scan(document, rest)))
        });
    }

    pub(super) fn new_tumour(&mut self, answer: Option<NewTumour>) {
        self.edit_rest(move |rest| rest.new_tumour = answer);
    }

    pub(super) fn complications(&mut self, answer: Option<Complications>) {
        self.edit_rest(move |rest| rest.complications = answer);
    }

    pub(super) fn sign(&mut self) {
        let Some(visit) = self.selection.visit else { return };
        if self.is_signed() {
            self.notices.tell(Level::Note, words::ALREADY_SIGNED, false);
            return;
        }
        if self.due(visit).is_empty() {
            self.notices.tell(Level::Problem, words::NOTHING_TO_SIGN, false);
            return;
        }
        let open = self.before_signing();
        if !open.is_empty() {
            self.notices.tell(Level::Problem, words::cannot_sign(&open), false);
            return;
        }
        self.change_as_reader(move |document, reader, at| {
            Ok(Intent::tell(edits::sign_visit(document, visit, Track::Main, reader, at)?))
        });
    }

    pub(super) fn amend(&mut self, reason: AmendmentReason, text: String) {
        let Some(visit) = self.selection.visit else { return };
        if reason == AmendmentReason::Other && text.trim().is_empty() {
            self.notices.tell(Level::Problem, words::SAY_WHY, false);
            return;
        }
        self.change_as_reader(move |document, reader, at| {
            Ok(Intent::tell(edits::amend_visit(document, visit, Track::Main, reader, at, reason, &text)?))
        });
    }
}

/// The reader's own finding, or an empty one: nothing is carried over from another visit or reader.
fn finding_of(document: &Document, lesion: LesionId, visit: VisitId, reader: ReaderId, at: Stamp) -> Finding {
    let key = FindingKey { lesion, visit, reader, track: Track::Main };
    document.finding(key).cloned().unwrap_or_else(|| Finding::draft(key, at))
}
