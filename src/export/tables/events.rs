//! One row an event: entered ones, and those that follow from answers, sessions and patient data.

use super::super::cell::Cell;
use super::super::dates::Dates;
use super::super::gathered::Gathered;
use super::super::table::{Column, Table, Values, codes_of, column, number};
use crate::clinical::{Coded, Date, EventKind, LesionId, Patient, VisitId, days_between};

struct Row<'a> {
    all: &'a Gathered<'a>,
    patient: &'a Patient,
    lesion: Option<LesionId>,
    kind: &'static str,
    date: Date,
    visit: Option<VisitId>,
    derived: bool,
    reason: String,
    note: &'a str,
}

/// Kinds that are derived, beside the entered ones.
const DERIVED: &[(&str, &str)] = &[
    ("ltp", "Local tumour progression (LTP)"),
    ("repeat_ablation", "Repeat ablation of the lesion"),
    ("death", "Death"),
    ("transplant", "Liver transplant"),
];

/// Every code of the column `event`.
pub(in super::super) fn kinds() -> Vec<(&'static str, &'static str)> {
    DERIVED.iter().copied().chain(codes_of::<EventKind>()).collect()
}

#[rustfmt::skip]
fn columns<'a>() -> Vec<Column<Row<'a>>> {
    vec![
        column("patient", "the study's own code of the patient", Values::Any, |r| Cell::Code(r.patient.code.clone())),
        column("lesion", "label of the lesion; blank where the event is the patient's", Values::Any,
            |r| r.lesion.map_or(Cell::Blank, |lesion| Cell::Code(r.all.label(lesion)))),
        column("event", "what happened", Values::of("event", &kinds()), |r| Cell::Code(r.kind.to_owned())),
        column("event", "when; an event seen on images has the date of the study that shows it", Values::Day, |r| Cell::Day(r.date)),
        number("days_since_first_session", "days since the first session of the lesion, else of the patient", "days", |r| {
            let lesion = r.lesion.and_then(|lesion| r.all.outcomes.get(&lesion)?.first_session);
            let first = if r.lesion.is_some() { lesion } else { r.all.first_ablation(r.patient.id) };
            Cell::whole(first.map(|first| days_between(first, r.date)))
        }),
        number("visit_id", "the visit whose images show it", "", |r| Cell::whole(r.visit.map(|visit| i64::from(visit.0)))),
        column("derived", "whether it follows from answers, sessions or patient data, as against entered", Values::YesNo, |r| Cell::yes_no(r.derived)),
        column("reason", "why, in words, where a rule derived it", Values::Any, |r| Cell::reason(&r.reason)),
        column("note", "remark", Values::Typed, |r| Cell::typed(r.note)),
    ]
}

fn rows_of<'a>(all: &'a Gathered<'a>, patient: &'a Patient) -> Vec<Row<'a>> {
    let derived = |kind, date, lesion| Row {
        all,
        patient,
        lesion,
        kind,
        date,
        visit: None,
        derived: true,
        reason: String::new(),
        note: "",
    };
    let mut rows = Vec::new();
    for outcome in all.outcomes_of(patient.id) {
        if let Some(progression) = &outcome.counted.progression {
            rows.push(Row {
                visit: Some(progression.value.visit),
                reason: progression.because.clone(),
                ..derived("ltp", progression.value.date, Some(outcome.lesion))
            });
        }
        let sessions = all.document.sessions_of(patient.id).into_iter();
        let own = sessions.filter(|session| session.lesions.iter().any(|treated| treated.lesion == outcome.lesion));
        rows.extend(own.skip(1).map(|session| derived("repeat_ablation", session.date, Some(outcome.lesion))));
    }
    rows.extend(patient.death_date.map(|date| derived("death", date, None)));
    rows.extend(patient.transplant_date.map(|date| derived("transplant", date, None)));
    rows.extend(all.document.events_of(patient.id).into_iter().map(|event| Row {
        visit: event.visit,
        derived: false,
        note: &event.note,
        ..derived(event.kind.code(), event.date, event.lesion)
    }));
    rows.sort_by(|a, b| (a.date, a.kind, a.lesion, a.derived).cmp(&(b.date, b.kind, b.lesion, b.derived)));
    rows
}

/// The table.
pub(in super::super) fn table(all: &Gathered<'_>, dates: Dates) -> Table {
    let rows: Vec<Row<'_>> = all.patients().into_iter().flat_map(|patient| rows_of(all, patient)).collect();
    Table::build("events", "one row an event; words and efficacy as rates count them", &columns(), &rows, dates, |r| {
        r.all.first_ablation(r.patient.id)
    })
}
