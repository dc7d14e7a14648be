//! What end points are told about a patient, gathered from the document.

use super::{Document, lesion_history};
use crate::clinical::{AblationModality, Date, Lesion, MarkRole, PatientId, Track};
use crate::outcome::{CourseLesion, LesionFacts, NewTumourSeen, PatientCourse, derive};

/// Every patient's course, in the order of their codes, derived for `today`.
#[must_use]
pub fn patient_courses(document: &Document, today: Date) -> Vec<PatientCourse> {
    let mut courses: Vec<PatientCourse> =
        document.patients().filter_map(|patient| patient_course(document, patient.id, today)).collect();
    courses.sort_by(|a, b| (&a.code, a.patient).cmp(&(&b.code, b.patient)));
    courses
}

/// A patient's course: lesions with what is derived of them, and what ends their follow-up. `None` when the patient is
/// not in the project.
#[must_use]
pub fn patient_course(document: &Document, patient: PatientId, today: Date) -> Option<PatientCourse> {
    let row = document.patient(patient)?;
    let settings = document.settings();
    let visits = document.visits_of(patient);
    let lesions = document
        .lesions_of(patient)
        .filter_map(|lesion| {
            let history = lesion_history(document, lesion.id, Track::Main)?;
            Some(CourseLesion { outcome: derive(&history, &settings, today), facts: facts(document, lesion), history })
        })
        .collect();
    let rest = visits
        .iter()
        .filter_map(|visit| {
            let seen = document.rest_of_scan(visit.id)?.new_tumour.clone()?;
            Some(NewTumourSeen { date: visit.date, seen })
        })
        .collect();
    Some(PatientCourse {
        patient,
        code: row.code.clone(),
        primary: row.primary,
        death_date: row.death_date,
        death_cause: row.death_cause,
        last_known_alive: row.last_known_alive,
        transplant_date: row.transplant_date,
        events: document.events_of(patient).into_iter().cloned().collect(),
        rest,
        visits: visits.iter().map(|visit| visit.date).collect(),
        lesions,
    })
}

/// What groups of lesions are made by: the first session's technique, the size before treatment (as entered, else of the
/// earliest tumour mark), and what was said of its place.
fn facts(document: &Document, lesion: &Lesion) -> LesionFacts {
    let sessions = document.sessions_of(lesion.patient);
    let first = sessions.into_iter().find(|session| session.lesions.iter().any(|treated| treated.lesion == lesion.id));
    let marked = || {
        let visits = document.visits_of(lesion.patient);
        let mark = visits.iter().find_map(|visit| document.mark_for(lesion.id, visit.id, MarkRole::Tumour)?.summary());
        mark.and_then(|mark| mark.longest_axial_mm)
    };
    LesionFacts {
        technique: first.map_or(AblationModality::Unknown, |session| session.modality),
        size_mm: lesion.long_axis_mm.or_else(marked),
        subcapsular: lesion.subcapsular,
        perivascular: lesion.perivascular,
    }
}
