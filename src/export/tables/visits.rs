//! One row a visit: what was imaged, who signed, and the rest of the scan.

use super::super::cell::Cell;
use super::super::dates::Dates;
use super::super::gathered::Gathered;
use super::super::table::{Column, Table, Values, column, number};
use crate::clinical::{
    Complications, Modality, NewTumour, Patient, RestOfScan, Signature, StackRole, Track, Visit, VisitSource,
    YesNoUnknown,
};
use crate::dicom::Shape;
use crate::outcome::StudyContent;
use crate::project::StackRecord;

struct Row<'a> {
    all: &'a Gathered<'a>,
    patient: &'a Patient,
    visit: &'a Visit,
    stacks: &'a [&'a StackRecord],
    rest: Option<&'a RestOfScan>,
    signature: Option<&'a Signature>,
}

impl Row<'_> {
    fn roles(&self) -> Vec<StackRole> {
        let mut roles: Vec<StackRole> = self.stacks.iter().map(|stack| stack.role).collect();
        roles.sort_unstable();
        roles.dedup();
        roles
    }

    fn new_tumour(&self) -> Option<&NewTumour> {
        self.rest?.new_tumour.as_ref()
    }

    fn complications(&self) -> Option<&Complications> {
        self.rest?.complications.as_ref()
    }
}

pub(in super::super) const NEW_TUMOUR: &[(&str, &str)] = &[
    ("none", "None seen"),
    ("in_organ", "In the treated organ, not touching a zone"),
    ("outside", "Outside the treated organ"),
    ("in_organ_and_outside", "Both"),
    ("not_assessed", "Not assessed"),
];
pub(in super::super) const COMPLICATIONS: &[(&str, &str)] =
    &[("none", "None seen"), ("present", "Present"), ("not_assessed", "Not assessed")];
const VISIT_STATUS: &[(&str, &str)] =
    &[("unread", "No answer yet"), ("draft", "Answers not signed"), ("signed", "Signed")];

pub(super) fn new_tumour_code(of: &NewTumour) -> &'static str {
    match of {
        NewTumour::None => "none",
        NewTumour::InOrgan(_) => "in_organ",
        NewTumour::Outside(_) => "outside",
        NewTumour::InOrganAndOutside(_) => "in_organ_and_outside",
        NewTumour::NotAssessed => "not_assessed",
    }
}

fn new_tumour_where(of: &NewTumour) -> &str {
    match of {
        NewTumour::InOrgan(place) | NewTumour::Outside(place) | NewTumour::InOrganAndOutside(place) => place,
        NewTumour::None | NewTumour::NotAssessed => "",
    }
}

#[rustfmt::skip]
fn columns<'a>() -> Vec<Column<Row<'a>>> {
    vec![
        column("patient", "the study's own code of the patient", Values::Any, |r| Cell::Code(r.patient.code.clone())),
        number("visit_id", "number of the visit, unique in the project", "", |r| Cell::Whole(i64::from(r.visit.id.0))),
        number("visit_number", "first, second, ... visit of the patient", "", |r| Cell::count(r.all.visit_number(r.visit.id))),
        column("visit", "day of the visit's first study", Values::Day, |r| Cell::Day(r.visit.date)),
        column("source", "where the answers come from", Values::one::<VisitSource>("visit_source"), |r| Cell::code(r.visit.source)),
        column("modalities", "kinds of machine", Values::several::<Modality>("modality"), |r| {
            let mut modalities: Vec<Modality> = r.stacks.iter().map(|stack| stack.info.modality).collect();
            modalities.sort_unstable();
            modalities.dedup();
            Cell::codes(modalities)
        }),
        column("stack_roles", "what the series show, phases among them", Values::several::<StackRole>("stack_role"), |r| Cell::codes(r.roles())),
        column("contrast", "whether contrast was given, by the roles of the series", Values::one::<YesNoUnknown>("yes_no_unknown"),
            |r| Cell::code(StudyContent::from_roles(&r.roles()).contrast)),
        number("stacks_n", "series or parts of series that make one volume or one set of pictures", "count", |r| Cell::count(r.stacks.len())),
        number("thinnest_slice_step_mm", "smallest distance between slices among the volumes", "mm", |r| {
            let steps = r.stacks.iter().filter_map(|stack| match &stack.info.shape {
                Shape::Volume(grid) => Some(grid.spacing_mm[2]),
                Shape::PictureStack { .. } => None,
            });
            Cell::hundredths(steps.min_by(f64::total_cmp))
        }),
        column("visit_status", "whether the visit's answers are signed", Values::of("visit_status", VISIT_STATUS), |r| {
            let answered = r.all.document.findings_at(r.visit.id).any(|finding| finding.answer.is_some());
            let status = match (r.signature.is_some(), answered) {
                (true, _) => "signed",
                (false, true) => "draft",
                (false, false) => "unread",
            };
            Cell::Code(status.to_owned())
        }),
        column("signed_by", "initials of the reader who signed", Values::Any, |r| {
            let reader = r.signature.and_then(|signature| r.all.document.reader(signature.reader));
            reader.map_or(Cell::Blank, |reader| Cell::Code(reader.initials.clone()))
        }),
        column("signed", "day of signing", Values::Day, |r| Cell::day(r.signature.map(|signature| signature.at.date_naive()))),
        number("amendments_n", "how often the visit was reopened after signing", "count",
            |r| Cell::count(r.all.document.amendments_of(r.visit.id).count())),
        column("new_tumour_elsewhere", "new tumour away from the treated sites; blank is not none", Values::of("new_tumour", NEW_TUMOUR),
            |r| r.new_tumour().map_or(Cell::Blank, |of| Cell::Code(new_tumour_code(of).to_owned()))),
        column("new_tumour_where", "where", Values::Typed, |r| r.new_tumour().map_or(Cell::Blank, |of| Cell::typed(new_tumour_where(of)))),
        column("complications", "complications seen or known; blank is not none", Values::of("complications", COMPLICATIONS), |r| {
            r.complications().map_or(Cell::Blank, |of| Cell::Code(match of {
                Complications::None => "none",
                Complications::Present(_) => "present",
                Complications::NotAssessed => "not_assessed",
            }.to_owned()))
        }),
        column("complications_text", "which", Values::Typed, |r| match r.complications() {
            Some(Complications::Present(text)) => Cell::typed(text),
            _ => Cell::Blank,
        }),
        column("note", "remark", Values::Typed, |r| Cell::typed(&r.visit.note)),
    ]
}

/// The table.
pub(in super::super) fn table(all: &Gathered<'_>, dates: Dates) -> Table {
    let mut rows = Vec::new();
    for patient in all.patients() {
        rows.extend(all.document.visits_of(patient.id).into_iter().map(|visit| Row {
            all,
            patient,
            visit,
            stacks: all.stacks_of(visit.id),
            rest: all.document.rest_of_scan(visit.id),
            signature: all.document.signature(visit.id, Track::Main),
        }));
    }
    Table::build("visits", "one row a visit", &columns(), &rows, dates, |r| r.all.first_ablation(r.patient.id))
}
