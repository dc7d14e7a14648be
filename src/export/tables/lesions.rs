//! One row a lesion, with where it stands and its technique efficacy.

use super::super::cell::Cell;
use super::super::dates::Dates;
use super::super::gathered::Gathered;
use super::super::table::{Column, Table, Values, column, number};
use crate::clinical::{
    Lesion, LesionStatus, LiverSegment, MarkRole, MarkSummary, Organ, Patient, Side, TumourType, YesNoUnknown,
};
use crate::outcome::{Derived, Efficacy, EfficacyCall, LesionOutcome, Milestone, RuleId, Word};

struct Row<'a> {
    all: &'a Gathered<'a>,
    patient: &'a Patient,
    lesion: &'a Lesion,
    outcome: &'a LesionOutcome,
    /// The tumour before treatment as it was marked.
    tumour: Option<MarkSummary>,
}

impl Row<'_> {
    fn milestone(&self, of: fn(&LesionOutcome) -> Option<&Derived<Milestone>>) -> Option<Milestone> {
        of(self.outcome).map(|derived| derived.value)
    }

    /// A diameter from the tumour mark, else as entered.
    fn size(&self, marked: fn(&MarkSummary) -> Option<f64>, entered: Option<f64>) -> Cell {
        Cell::tenths(self.tumour.as_ref().and_then(marked).or(entered))
    }
}

/// Since when days of a milestone count.
fn after_first(milestone: Option<Milestone>) -> Cell {
    Cell::whole(milestone.map(|m| m.days_after_first))
}

fn days_after_last(call: &EfficacyCall) -> Cell {
    Cell::whole(call.days_after_last)
}

#[rustfmt::skip]
fn columns<'a>() -> Vec<Column<Row<'a>>> {
    const AFTER: &str = "days after the lesion's first session";
    vec![
        column("patient", "the study's own code of the patient", Values::Any, |r| Cell::Code(r.patient.code.clone())),
        column("lesion", "label of the lesion, unique in its patient", Values::Any, |r| Cell::Code(r.lesion.label.clone())),
        column("organ", "organ the lesion lies in", Values::one::<Organ>("organ"), |r| Cell::code(r.lesion.organ)),
        column("liver_segments", "Couinaud segments", Values::several::<LiverSegment>("liver_segment"),
            |r| Cell::codes(r.lesion.segments.iter().copied())),
        column("site", "site in words", Values::Typed, |r| Cell::typed(&r.lesion.site)),
        column("side", "side of a paired organ", Values::one::<Side>("side"), |r| Cell::code(r.lesion.side)),
        column("tumour_type", "metastasis or primary tumour", Values::one::<TumourType>("tumour_type"), |r| Cell::code(r.lesion.tumour_type)),
        column("lesion_status", "what became of the lesion", Values::one::<LesionStatus>("lesion_status"), |r| Cell::code(r.lesion.status)),
        column("index_lesion", "whether it was aimed at in the first treatment, as against new later", Values::YesNo,
            |r| Cell::yes_no(r.lesion.index)),
        column("subcapsular", "within 5 mm of the capsule", Values::one::<YesNoUnknown>("yes_no_unknown"), |r| Cell::code(r.lesion.subcapsular)),
        column("perivascular", "within 5 mm of a vessel of 3 mm or more", Values::one::<YesNoUnknown>("yes_no_unknown"), |r| Cell::code(r.lesion.perivascular)),
        number("tumour_longest_axial_mm", "longest axial diameter of the tumour before treatment", "mm",
            |r| r.size(|mark| mark.longest_axial_mm, r.lesion.long_axis_mm)),
        number("tumour_perpendicular_mm", "diameter at right angles to it in the same slice", "mm",
            |r| r.size(|mark| mark.perpendicular_mm, r.lesion.short_axis_mm)),
        column("tumour_size_source", "where the diameters come from",
            Values::of("size_source", &[("mark", "Measured on the mark"), ("entered", "Entered by hand")]), |r| {
                let marked = r.tumour.as_ref().is_some_and(|mark| mark.longest_axial_mm.is_some());
                match (marked, r.lesion.long_axis_mm) {
                    (true, _) => Cell::Code("mark".to_owned()),
                    (false, Some(_)) => Cell::Code("entered".to_owned()),
                    (false, None) => Cell::Blank,
                }
            }),
        number("tumour_volume_ml", "volume of the tumour mark before treatment", "ml",
            |r| Cell::hundredths(r.tumour.as_ref().and_then(|mark| mark.volume_ml))),
        column("first_session", "first session that treated the lesion", Values::Day, |r| Cell::day(r.outcome.first_session)),
        column("last_session", "last session that treated the lesion", Values::Day, |r| Cell::day(r.outcome.last_session)),
        number("sessions_n", "sessions that treated the lesion", "count", |r| {
            let sessions = r.all.document.sessions_of(r.patient.id);
            Cell::count(sessions.iter().filter(|s| s.lesions.iter().any(|l| l.lesion == r.lesion.id)).count())
        }),
        number("primary_course_sessions_n", "sessions that belong to the primary course (R23)", "count",
            |r| Cell::Whole(i64::from(r.outcome.primary_course_sessions.value))),
        column("current_word", "where the lesion stands by the answers that rates count", Values::one::<Word>("word"),
            |r| Cell::code(r.outcome.counted.word.value)),
        column("current_word_rule", "rule that gave it", Values::one::<RuleId>("rule"), |r| Cell::code(r.outcome.counted.word.rule)),
        column("current_word_reason", "why, in words", Values::Any, |r| Cell::reason(&r.outcome.counted.word.because)),
        column("first_complete", "first adequate study that showed complete ablation", Values::Day,
            |r| Cell::day(r.milestone(|o| o.counted.first_complete.as_ref()).map(|m| m.date))),
        number("first_complete_days", AFTER, "days", |r| after_first(r.milestone(|o| o.counted.first_complete.as_ref()))),
        column("residual", "first adequate study that showed residual tumour, before any complete ablation", Values::Day,
            |r| Cell::day(r.milestone(|o| o.counted.residual.as_ref()).map(|m| m.date))),
        number("residual_days", AFTER, "days", |r| after_first(r.milestone(|o| o.counted.residual.as_ref()))),
        column("ltp", "first local tumour progression (LTP)", Values::Day,
            |r| Cell::day(r.milestone(|o| o.counted.progression.as_ref()).map(|m| m.date))),
        number("ltp_days", AFTER, "days", |r| after_first(r.milestone(|o| o.counted.progression.as_ref()))),
        column("last_adequate_imaging", "last adequate study with an answer: censoring of imaging end points", Values::Day,
            |r| Cell::day(r.outcome.counted.last_adequate.map(|m| m.date))),
        number("last_adequate_imaging_days", AFTER, "days", |r| after_first(r.outcome.counted.last_adequate)),
        column("primary_technique_efficacy", "primary technique efficacy (technical effectiveness) at the organ's window after the primary course",
            Values::one::<Efficacy>("efficacy"), |r| Cell::code(r.outcome.counted.primary.value.efficacy)),
        number("primary_technique_efficacy_days_after_last_session", "day of the study that decided, after the last session before it",
            "days", |r| days_after_last(&r.outcome.counted.primary.value)),
        column("primary_technique_efficacy_late", "the study lies in the window but late in it", Values::YesNo,
            |r| Cell::yes_no(r.outcome.counted.primary.value.late)),
        column("primary_technique_efficacy_outside_window", "the lesion was first assessed outside the window", Values::YesNo,
            |r| Cell::yes_no(r.outcome.counted.primary.value.outside_window)),
        column("primary_technique_efficacy_rule", "rule that decided", Values::one::<RuleId>("rule"),
            |r| Cell::code(r.outcome.counted.primary.rule)),
        column("primary_technique_efficacy_reason", "why, in words", Values::Any, |r| Cell::reason(&r.outcome.counted.primary.because)),
        column("assisted_technique_efficacy", "assisted (secondary) technique efficacy (technical effectiveness): residual tumour that was re-ablated counts as well",
            Values::one::<Efficacy>("efficacy"), |r| Cell::code(r.outcome.counted.assisted.value.efficacy)),
        column("assisted_technique_efficacy_reason", "why, in words", Values::Any,
            |r| Cell::reason(&r.outcome.counted.assisted.because)),
        number("drafts_left_out_n", "visits with an answer that the words and efficacy of this row leave out because it is a draft", "count",
            |r| Cell::count(r.outcome.drafts_left_out.len())),
        column("note", "remark", Values::Typed, |r| Cell::typed(&r.lesion.note)),
    ]
}

/// The tumour before treatment: the primary tumour mark of the earliest visit that has one.
fn tumour_before(all: &Gathered<'_>, lesion: &Lesion) -> Option<MarkSummary> {
    let visits = all.document.visits_of(lesion.patient);
    visits.iter().find_map(|visit| all.document.mark_for(lesion.id, visit.id, MarkRole::Tumour)?.summary())
}

/// The table.
pub(in super::super) fn table(all: &Gathered<'_>, dates: Dates) -> Table {
    let mut rows = Vec::new();
    for patient in all.patients() {
        for lesion in all.document.lesions_of(patient.id) {
            let Some(outcome) = all.outcomes.get(&lesion.id) else { continue };
            rows.push(Row { all, patient, lesion, outcome, tumour: tumour_before(all, lesion) });
        }
    }
    Table::build("lesions", "one row a lesion", &columns(), &rows, dates, |r| r.all.first_ablation(r.patient.id))
}
