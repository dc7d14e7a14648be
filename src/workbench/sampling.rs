//! A sample opened from the start screen comes with its lesions and sessions entered, never with answers:
//! what a newcomer meets is a patient ready to be read.

use super::desk::NoEdit;
use super::{Workbench, words};
use crate::clinical::{
    Lesion, LesionId, LesionPlace, PatientId, PrimaryCancer, Session, SessionId, SessionLesion, TechnicalSuccess,
};
use crate::phantom::{self, Truth};
use crate::project::{ChangeKind, Document, NamedEdit, Op, Row};

impl Workbench {
    /// Enters the lesions and sessions of the sample whose images have just come in.
    pub(super) fn enter_sample(&mut self) {
        let Some(case) = self.sample.take() else { return };
        let Ok(truth) = phantom::truth(&case) else { return };
        self.edit(move |document| plan(document, &truth));
    }
}

fn plan(document: &Document, truth: &Truth) -> Result<NamedEdit, NoEdit> {
    let first = truth.visits.first().ok_or(NoEdit::Nothing)?;
    let series = first.series.last().ok_or(NoEdit::Nothing)?;
    let stack = document.stacks().find(|stack| stack.info.series_uid == series.uid).ok_or(NoEdit::Nothing)?;
    let patient = stack.patient;
    if document.lesions_of(patient).next().is_some() {
        return Err(NoEdit::Nothing);
    }
    let mut ops = Vec::new();
    if let Some(row) = document.patient(patient) {
        let mut row = row.clone();
        row.primary = truth.primary.unwrap_or(PrimaryCancer::Colorectal);
        ops.push(Op::Put(Row::Patient(row)));
    }
    let first_id = document.next_lesion().0;
    let id_of = |label: &str| {
        let at = truth.known_lesions().position(|lesion| lesion.label == label)?;
        Some(LesionId(first_id + u32::try_from(at).ok()?))
    };
    for lesion in truth.known_lesions() {
        let id = id_of(&lesion.label).ok_or(NoEdit::Nothing)?;
        let mut row = Lesion::new(id, patient, lesion.label.clone());
        row.organ = lesion.organ;
        row.segments = lesion.segment.into_iter().collect();
        row.tumour_type = lesion.tumour_type;
        row.long_axis_mm = Some(lesion.long_axis_mm);
        row.place = lesion.visits.iter().find(|visit| visit.visit == first.id).map(|visit| LesionPlace {
            stack: stack.info.key,
            left_mm: visit.place.x,
            posterior_mm: visit.place.y,
            superior_mm: visit.place.z,
        });
        ops.push(Op::Put(Row::Lesion(row)));
    }
    ops.extend(sessions(document, truth, patient, &id_of));
    Ok(NamedEdit::new(ChangeKind::Lesion, words::SAMPLE_ENTERED, ops).of(patient))
}

fn sessions(
    document: &Document,
    truth: &Truth,
    patient: PatientId,
    id_of: &dyn Fn(&str) -> Option<LesionId>,
) -> Vec<Op> {
    (document.next_session().0..)
        .zip(&truth.sessions)
        .map(|(number, session)| {
            let treated = session.lesions.iter().filter_map(|label| id_of(label));
            Op::Put(Row::Session(Session {
                id: SessionId(number),
                patient,
                date: session.date,
                modality: session.modality,
                combined_of: Vec::new(),
                device: String::new(),
                lesions: treated
                    .map(|lesion| SessionLesion {
                        lesion,
                        technical_success: TechnicalSuccess::Unknown,
                        reason: String::new(),
                    })
                    .collect(),
                planned_before_first_follow_up: session.day == 0,
                note: String::new(),
            }))
        })
        .collect()
}
