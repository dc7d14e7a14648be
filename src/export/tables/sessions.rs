//! One row an ablation session.

use super::super::cell::Cell;
use super::super::dates::Dates;
use super::super::gathered::Gathered;
use super::super::table::{Column, Table, Values, column, number};
use crate::clinical::{AblationModality, Patient, Session};

struct Row<'a> {
    all: &'a Gathered<'a>,
    patient: &'a Patient,
    session: &'a Session,
}

#[rustfmt::skip]
fn columns<'a>() -> Vec<Column<Row<'a>>> {
    vec![
        column("patient", "the study's own code of the patient", Values::Any, |r| Cell::Code(r.patient.code.clone())),
        number("session_id", "number of the session, unique in the project", "", |r| Cell::Whole(i64::from(r.session.id.0))),
        number("session_number", "first, second, ... session of the patient", "", |r| Cell::count(r.all.session_number(r.session.id))),
        column("session", "day of the session", Values::Day, |r| Cell::Day(r.session.date)),
        column("modality", "how tissue was destroyed", Values::one::<AblationModality>("ablation_modality"), |r| Cell::code(r.session.modality)),
        column("combined_of", "the modalities of a combined session", Values::several::<AblationModality>("ablation_modality"),
            |r| Cell::codes(r.session.combined_of.iter().copied())),
        column("device", "device and applicator, in words", Values::Typed, |r| Cell::typed(&r.session.device)),
        column("lesions", "labels of the lesions treated, parted by a semicolon", Values::Any,
            |r| Cell::list(r.session.lesions.iter().map(|treated| r.all.label(treated.lesion)))),
        number("lesions_n", "lesions treated", "count", |r| Cell::count(r.session.lesions.len())),
        column("planned_before_first_follow_up", "planned before the first follow-up scan, so that it belongs to the primary course (R23)",
            Values::YesNo, |r| Cell::yes_no(r.session.planned_before_first_follow_up)),
        column("note", "remark", Values::Typed, |r| Cell::typed(&r.session.note)),
    ]
}

/// The table.
pub(in super::super) fn table(all: &Gathered<'_>, dates: Dates) -> Table {
    let mut rows = Vec::new();
    for patient in all.patients() {
        rows.extend(all.document.sessions_of(patient.id).into_iter().map(|session| Row { all, patient, session }));
    }
    Table::build("sessions", "one row an ablation session", &columns(), &rows, dates, |r| {
        r.all.first_ablation(r.patient.id)
    })
}
