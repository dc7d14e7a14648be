//! One row a lesion and session that treated it.

use super::super::cell::Cell;
use super::super::dates::Dates;
use super::super::gathered::Gathered;
use super::super::table::{Column, Table, Values, column, number};
use crate::clinical::{AblationModality, Lesion, Patient, Session, SessionLesion, TechnicalSuccess, days_between};
use crate::outcome::LesionOutcome;

struct Row<'a> {
    all: &'a Gathered<'a>,
    patient: &'a Patient,
    lesion: &'a Lesion,
    session: &'a Session,
    treated: &'a SessionLesion,
    /// First, second, ... session of the lesion.
    number: usize,
    outcome: Option<&'a LesionOutcome>,
}

#[rustfmt::skip]
fn columns<'a>() -> Vec<Column<Row<'a>>> {
    vec![
        column("patient", "the study's own code of the patient", Values::Any, |r| Cell::Code(r.patient.code.clone())),
        column("lesion", "label of the lesion, unique in its patient", Values::Any, |r| Cell::Code(r.lesion.label.clone())),
        number("session_id", "number of the session, unique in the project", "", |r| Cell::Whole(i64::from(r.session.id.0))),
        number("lesion_session_number", "first, second, ... session of the lesion", "", |r| Cell::count(r.number)),
        column("session", "day of the session", Values::Day, |r| Cell::Day(r.session.date)),
        number("days_since_first_session", "days since the lesion's first session", "days",
            |r| Cell::whole(r.outcome.and_then(|o| o.first_session).map(|first| days_between(first, r.session.date)))),
        column("modality", "how tissue was destroyed", Values::one::<AblationModality>("ablation_modality"), |r| Cell::code(r.session.modality)),
        column("primary_course", "whether the session belongs to the lesion's primary course (R23)", Values::YesNo, |r| {
            let course = r.outcome.map_or(0, |o| o.primary_course_sessions.value);
            Cell::yes_no(u32::try_from(r.number).is_ok_and(|number| number <= course))
        }),
        column("technical_success", "tumour treated per protocol and covered by the zone, judged at the end of the session",
            Values::one::<TechnicalSuccess>("technical_success"), |r| Cell::code(r.treated.technical_success)),
        column("technical_failure_reason", "why not, in words", Values::Typed, |r| Cell::typed(&r.treated.reason)),
    ]
}

/// The table.
pub(in super::super) fn table(all: &Gathered<'_>, dates: Dates) -> Table {
    let mut rows = Vec::new();
    for patient in all.patients() {
        let sessions = all.document.sessions_of(patient.id);
        for lesion in all.document.lesions_of(patient.id) {
            let treating = sessions.iter().filter_map(|session| {
                let treated = session.lesions.iter().find(|treated| treated.lesion == lesion.id)?;
                Some((*session, treated))
            });
            let outcome = all.outcomes.get(&lesion.id);
            rows.extend(treating.zip(1..).map(|((session, treated), number)| Row {
                all,
                patient,
                lesion,
                session,
                treated,
                number,
                outcome,
            }));
        }
    }
    Table::build("lesion_session", "one row a lesion and session that treated it", &columns(), &rows, dates, |r| {
        r.all.first_ablation(r.patient.id)
    })
}
