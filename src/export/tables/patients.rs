//! One row a patient.

use super::super::cell::Cell;
use super::super::dates::Dates;
use super::super::gathered::Gathered;
use super::super::table::{Column, Table, Values, column, number};
use crate::clinical::{Cirrhosis, DeathCause, Patient, PrimaryCancer, Sex, SystemicTherapy, VitalStatus, YesNoUnknown};

struct Row<'a> {
    all: &'a Gathered<'a>,
    patient: &'a Patient,
}

#[rustfmt::skip]
fn columns<'a>() -> Vec<Column<Row<'a>>> {
    vec![
        column("patient", "the study's own code of the patient", Values::Any, |r| Cell::Code(r.patient.code.clone())),
        column("sex", "sex as recorded", Values::one::<Sex>("sex"), |r| Cell::code(r.patient.sex)),
        number("age_at_first_ablation_years", "age at the first ablation", "years",
            |r| Cell::whole(r.patient.age_at_first_ablation_years.map(i64::from))),
        column("primary_cancer", "the cancer the tumours come from", Values::one::<PrimaryCancer>("primary_cancer"),
            |r| Cell::code(r.patient.primary)),
        column("cirrhosis", "cirrhosis with its Child-Pugh class", Values::one::<Cirrhosis>("cirrhosis"),
            |r| Cell::code(r.patient.cirrhosis)),
        column("prior_liver_surgery", "liver surgery before the first ablation", Values::one::<YesNoUnknown>("yes_no_unknown"),
            |r| Cell::code(r.patient.prior_liver_surgery)),
        column("systemic_therapy", "systemic therapy, seen from the first ablation",
            Values::one::<SystemicTherapy>("systemic_therapy"), |r| Cell::code(r.patient.systemic_therapy)),
        column("extrahepatic_at_baseline", "disease outside the treated organ at the start",
            Values::one::<YesNoUnknown>("yes_no_unknown"), |r| Cell::code(r.patient.extrahepatic_at_baseline)),
        column("first_ablation", "first ablation session of the patient", Values::Day,
            |r| Cell::day(r.all.first_ablation(r.patient.id))),
        number("lesions_n", "lesions entered", "count", |r| Cell::count(r.all.document.lesions_of(r.patient.id).count())),
        number("index_lesions_n", "lesions aimed at in the first treatment", "count",
            |r| Cell::count(r.all.document.lesions_of(r.patient.id).filter(|lesion| lesion.index).count())),
        number("sessions_n", "ablation sessions", "count", |r| Cell::count(r.all.document.sessions_of(r.patient.id).len())),
        number("visits_n", "visits", "count", |r| Cell::count(r.all.document.visits_of(r.patient.id).len())),
        column("last_known_alive", "last date at which the patient was known to live", Values::Day,
            |r| Cell::day(r.patient.last_known_alive)),
        column("vital_status", "whether the patient is known to live", Values::one::<VitalStatus>("vital_status"),
            |r| Cell::code(r.patient.vital_status)),
        column("death", "death", Values::Day, |r| Cell::day(r.patient.death_date)),
        column("death_cause", "cause of death; blank while no death is recorded", Values::one::<DeathCause>("death_cause"), |r| {
            let dead = r.patient.death_date.is_some() || r.patient.vital_status == VitalStatus::Dead;
            Cell::code_or_blank(dead.then_some(r.patient.death_cause))
        }),
        column("transplant", "liver transplant", Values::Day, |r| Cell::day(r.patient.transplant_date)),
        column("note", "remark", Values::Typed, |r| Cell::typed(&r.patient.note)),
    ]
}

/// The table.
pub(in super::super) fn table(all: &Gathered<'_>, dates: Dates) -> Table {
    let rows: Vec<Row<'_>> = all.patients().into_iter().map(|patient| Row { all, patient }).collect();
    Table::build("patients", "one row a patient", &columns(), &rows, dates, |r| r.all.first_ablation(r.patient.id))
}
