//! What the rules are told about a lesion, gathered from the document.

use super::Document;
use crate::clinical::{Date, LesionId, MarkRole, StackKey, StackRole, Track, VisitId};
use crate::outcome::{LesionHistory, LesionVisit, StudyContent, TreatedSession};
use std::collections::BTreeMap;

/// Gathers a lesion's history for [`outcome::derive`](crate::outcome): its sessions, every visit of its
/// patient with the answer that stands in `track`, and what ends its follow-up. `None` when the lesion is
/// not in the project.
#[must_use]
pub fn lesion_history(document: &Document, lesion: LesionId, track: Track) -> Option<LesionHistory> {
    let row = document.lesion(lesion)?;
    let patient = document.patient(row.patient)?;
    let sessions: Vec<TreatedSession> = document
        .sessions_of(patient.id)
        .into_iter()
        .filter_map(|session| {
            let treated = session.lesions.iter().find(|treated| treated.lesion == lesion)?;
            Some(TreatedSession {
                id: session.id,
                date: session.date,
                modality: session.modality,
                technical_success: treated.technical_success,
                planned_before_first_follow_up: session.planned_before_first_follow_up,
            })
        })
        .collect();
    let mut roles: BTreeMap<VisitId, Vec<StackRole>> = BTreeMap::new();
    for stack in document.stacks().filter(|stack| stack.patient == patient.id) {
        if let Some(study) = document.study(&stack.info.study_uid) {
            roles.entry(study.visit).or_default().push(stack.role);
        }
    }
    let visits = document
        .visits_of(patient.id)
        .into_iter()
        .map(|visit| LesionVisit {
            id: visit.id,
            date: visit.date,
            source: visit.source,
            study: StudyContent::from_roles(roles.get(&visit.id).map_or(&[], Vec::as_slice)),
            finding: document.finding_for(lesion, visit.id, track).cloned(),
            marks: document.summaries_of(lesion, visit.id),
        })
        .collect();
    let mut events: Vec<_> = document.events_of(patient.id).into_iter().cloned().collect();
    events.retain(|event| event.lesion.is_none_or(|about| about == lesion));
    let first_session = sessions.iter().map(|session| session.date).min();
    Some(LesionHistory {
        lesion,
        label: row.label.clone(),
        patient: patient.id,
        organ: row.organ,
        index: row.index,
        status: row.status,
        tumour_type: row.tumour_type,
        primary_cancer: patient.primary,
        baseline_dates: baseline_dates(document, lesion, first_session),
        sessions,
        visits,
        death_date: patient.death_date,
        transplant_date: patient.transplant_date,
        events,
    })
}

/// Dates of the studies that carry the lesion's place or its tumour mark, else of the visits before its
/// first session; sorted, each once.
fn baseline_dates(document: &Document, lesion: LesionId, first_session: Option<Date>) -> Vec<Date> {
    let date_of = |stack: StackKey| {
        let study = document.study(&document.stack(stack)?.info.study_uid)?;
        study.date.or_else(|| document.visit(study.visit).map(|visit| visit.date))
    };
    let row = document.lesion(lesion);
    let place = row.and_then(|row| row.place).map(|place| place.stack);
    let marks = document.marks().map(|mark| &mark.info);
    let tumours = marks.filter(|mark| mark.role == MarkRole::Tumour && mark.lesions.contains(&lesion));
    let mut dates: Vec<Date> = place.into_iter().chain(tumours.map(|mark| mark.stack)).filter_map(date_of).collect();
    if dates.is_empty()
        && let (Some(row), Some(first)) = (row, first_session)
    {
        dates.extend(document.visits_of(row.patient).into_iter().map(|visit| visit.date).filter(|date| *date < first));
    }
    dates.sort_unstable();
    dates.dedup();
    dates
}
