//! One row a lesion and visit: the answer, the marks, the derived word with rule and reason.

use super::super::cell::Cell;
use super::super::dates::Dates;
use super::super::gathered::Gathered;
use super::super::table::{Column, Table, Values, column, number};
use crate::clinical::{
    Answer, Coded, Finding, FindingStatus, Lesion, MarkRole, MarkSummary, NotDoneReason, NotEvaluableReason,
    OverrideReason, Patient, Shape, Track, Visit,
};
use crate::outcome::{AdequacyCall, MissingField, RuleId, TimePoint, VisitOutcome, Word};

struct Row<'a> {
    all: &'a Gathered<'a>,
    patient: &'a Patient,
    lesion: &'a Lesion,
    visit: &'a Visit,
    finding: Option<&'a Finding>,
    outcome: &'a VisitOutcome,
    tumour: Option<MarkSummary>,
    zone: Option<MarkSummary>,
    viable: Option<MarkSummary>,
    zone_at_baseline_ml: Option<f64>,
}

impl Row<'_> {
    fn marks_n(&self, role: MarkRole) -> Cell {
        let marks = self.all.document.marks_of(self.lesion.id, self.visit.id);
        Cell::count(marks.filter(|mark| mark.info.role == role).count())
    }

    /// Of an answered finding only: an empty draft says nothing.
    fn answered(&self) -> Option<&Finding> {
        self.finding.filter(|finding| finding.answer.is_some())
    }
}

fn ml(mark: Option<&MarkSummary>) -> Cell {
    Cell::hundredths(mark.and_then(|mark| mark.volume_ml))
}

fn longest(mark: Option<&MarkSummary>) -> Cell {
    Cell::tenths(mark.and_then(|mark| mark.longest_axial_mm))
}

fn longest_px(mark: Option<&MarkSummary>) -> Cell {
    Cell::tenths(mark.and_then(|mark| mark.longest_px))
}

fn perpendicular(mark: Option<&MarkSummary>) -> Cell {
    Cell::tenths(mark.and_then(|mark| mark.perpendicular_mm))
}

fn mean(mark: Option<&MarkSummary>) -> Cell {
    value(mark, |mark| mark.mean)
}

fn sd(mark: Option<&MarkSummary>) -> Cell {
    value(mark, |mark| mark.sd)
}

/// With the decimals that the unit asks for: a liver has 50 HU, 2.2 SUVbw and 0.0012 mm2/s.
fn value(mark: Option<&MarkSummary>, of: fn(&MarkSummary) -> Option<f64>) -> Cell {
    let Some((mark, value)) = mark.and_then(|mark| Some((mark, of(mark)?))) else { return Cell::Blank };
    let decimals = match mark.unit.as_str() {
        "mm2/s" => 6,
        "SUVbw" => 2,
        _ => 1,
    };
    Cell::Real(value, decimals)
}

fn unit(mark: Option<&MarkSummary>) -> Cell {
    mark.filter(|mark| mark.mean.is_some()).map_or(Cell::Blank, |mark| Cell::Code(mark.unit.clone()))
}

const LONGEST: &str = "longest axial (in-slice) diameter of the mark";
const LONGEST_PX: &str = "the same in pixels, where pixels are not calibrated in mm";
const PERPENDICULAR: &str = "longest diameter at right angles to it in the same slice";
const MEAN: &str = "mean value inside the mark";
const SD: &str = "standard deviation inside the mark (n - 1)";
const UNIT: &str = "unit of mean and standard deviation; blank where the file does not say";

#[rustfmt::skip]
fn columns<'a>() -> Vec<Column<Row<'a>>> {
    vec![
        column("patient", "the study's own code of the patient", Values::Any, |r| Cell::Code(r.patient.code.clone())),
        column("lesion", "label of the lesion, unique in its patient", Values::Any, |r| Cell::Code(r.lesion.label.clone())),
        number("visit_id", "number of the visit, unique in the project", "", |r| Cell::Whole(i64::from(r.visit.id.0))),
        number("visit_number", "first, second, ... visit of the patient", "", |r| Cell::count(r.all.visit_number(r.visit.id))),
        column("visit", "day of the visit's first study", Values::Day, |r| Cell::Day(r.visit.date)),
        number("days_since_first_session", "days since the lesion's first session; negative before it", "days", |r| Cell::whole(r.outcome.days_after_first)),
        number("days_since_last_session", "days since the lesion's last session at that date; negative, to the first, before any", "days",
            |r| Cell::whole(r.outcome.days_after_last)),
        column("time_point", "nominal time point, by days after the lesion's last session", Values::one::<TimePoint>("time_point"),
            |r| Cell::code(r.outcome.time_point.value)),
        column("interim", "another study of the same time point lies nearer its target day (R06)", Values::YesNo, |r| Cell::yes_no(r.outcome.interim)),
        column("adequacy", "whether the study can answer the question for this lesion", Values::one::<AdequacyCall>("adequacy"),
            |r| Cell::code(r.outcome.adequacy.value)),
        column("adequacy_by_reader", "whether the reader settled it, as against the program's proposal", Values::YesNo,
            |r| Cell::yes_no(r.outcome.adequacy_by_reader)),
        column("adequacy_reason", "why, in words", Values::Any, |r| Cell::reason(&r.outcome.adequacy.because)),
        column("answer", "what the reader sees at the site; blank where nobody answered", Values::one::<Answer>("answer"),
            |r| Cell::code_or_blank(r.finding.and_then(|f| f.answer))),
        column("shape", "main enhancement or finding shape", Values::one::<Shape>("shape"), |r| Cell::code_or_blank(r.finding.and_then(|f| f.shape))),
        column("second_shape", "second shape", Values::one::<Shape>("shape"), |r| Cell::code_or_blank(r.finding.and_then(|f| f.second_shape))),
        column("not_evaluable_reason", "why it cannot be evaluated", Values::one::<NotEvaluableReason>("not_evaluable_reason"),
            |r| Cell::code_or_blank(r.finding.and_then(|f| f.not_evaluable_reason))),
        column("not_done_reason", "why there is no study", Values::one::<NotDoneReason>("not_done_reason"),
            |r| Cell::code_or_blank(r.finding.and_then(|f| f.not_done_reason))),
        number("viable_ld_mm", "longest diameter of the viable tumour, from its mark, else as entered", "mm", |r| Cell::tenths(r.outcome.viable_ld.map(|ld| ld.mm))),
        column("viable_ld_source", "where it comes from", Values::of("size_source", &[("mark", "Measured on the mark"), ("entered", "Entered by hand")]), |r| {
            r.outcome.viable_ld.map_or(Cell::Blank, |ld| Cell::Code(if ld.from_mark.is_some() { "mark" } else { "entered" }.to_owned()))
        }),
        column("first_visible", "day of the earlier visit at which the viable tumour can be seen in retrospect; it alters no earlier answer", Values::Day, |r| {
            Cell::day(r.answered().and_then(|f| r.all.document.visit(f.first_visible_at?)).map(|visit| visit.date))
        }),
        column("derived_word", "the name history gives to the answer", Values::one::<Word>("word"), |r| Cell::code(r.outcome.word.value)),
        column("derived_rule", "rule that gave it", Values::one::<RuleId>("rule"), |r| Cell::code(r.outcome.word.rule)),
        column("derived_reason", "why, in words", Values::Any, |r| Cell::reason(&r.outcome.word.because)),
        column("derived_from_draft", "the answer, or an earlier one the word rests on, is a draft", Values::YesNo, |r| Cell::yes_no(r.outcome.draft)),
        column("finding_status", "draft until the visit is signed; blank where nobody answered", Values::one::<FindingStatus>("finding_status"),
            |r| Cell::code_or_blank(r.answered().map(|f| f.status))),
        column("reader", "initials of the reader", Values::Any, |r| {
            let reader = r.answered().and_then(|f| r.all.document.reader(f.key.reader));
            reader.map_or(Cell::Blank, |reader| Cell::Code(reader.initials.clone()))
        }),
        column("answered", "day of the answer's last change", Values::Day, |r| Cell::day(r.answered().map(|f| f.answered_at.date_naive()))),
        column("overrides", "rules set aside with the picked reason, as rule:reason, parted by a semicolon; reasons as in the list override_reason", Values::Any,
            |r| Cell::list(r.finding.into_iter().flat_map(|f| &f.overrides).map(|o| format!("{}:{}", o.rule, OverrideReason::code(o.reason))))),
        column("override_text", "more about it, in words", Values::Typed, |r| {
            let texts: Vec<&str> = r.finding.into_iter().flat_map(|f| &f.overrides).map(|o| o.text.as_str()).filter(|t| !t.is_empty()).collect();
            Cell::typed(&texts.join("; "))
        }),
        column("missing", "what the finding still needs before it can be signed", Values::several::<MissingField>("missing_field"),
            |r| Cell::codes(r.outcome.missing.iter().copied())),
        column("parked", "put aside to be looked at again", Values::YesNo, |r| Cell::yes_no(r.all.document.park(r.lesion.id, r.visit.id).is_some())),
        number("zone_marks_n", "ablation zone marks", "count", |r| r.marks_n(MarkRole::AblationZone)),
        number("zone_volume_ml", "volume of the ablation zone (its primary mark)", "ml", |r| ml(r.zone.as_ref())),
        number("zone_volume_change_percent", "change of the zone's volume since the first study at least 21 days after the same last session (R24)", "%", |r| {
            let (now, before) = (r.zone.as_ref().and_then(|mark| mark.volume_ml), r.zone_at_baseline_ml.filter(|ml| *ml > 0.0));
            Cell::tenths(now.zip(before).map(|(now, before)| (now - before) / before * 100.0))
        }),
        number("zone_longest_axial_mm", LONGEST, "mm", |r| longest(r.zone.as_ref())),
        number("zone_perpendicular_mm", PERPENDICULAR, "mm", |r| perpendicular(r.zone.as_ref())),
        number("zone_longest_px", LONGEST_PX, "px", |r| longest_px(r.zone.as_ref())),
        number("zone_mean", MEAN, "see zone_unit", |r| mean(r.zone.as_ref())),
        number("zone_sd", SD, "see zone_unit", |r| sd(r.zone.as_ref())),
        column("zone_unit", UNIT, Values::Any, |r| unit(r.zone.as_ref())),
        number("viable_marks_n", "viable tumour marks", "count", |r| r.marks_n(MarkRole::ViableTumour)),
        number("viable_volume_ml", "volume of the viable tumour (its primary mark)", "ml", |r| ml(r.viable.as_ref())),
        number("viable_longest_axial_mm", LONGEST, "mm", |r| longest(r.viable.as_ref())),
        number("viable_perpendicular_mm", PERPENDICULAR, "mm", |r| perpendicular(r.viable.as_ref())),
        number("viable_longest_px", LONGEST_PX, "px", |r| longest_px(r.viable.as_ref())),
        number("viable_mean", MEAN, "see viable_unit", |r| mean(r.viable.as_ref())),
        number("viable_sd", SD, "see viable_unit", |r| sd(r.viable.as_ref())),
        column("viable_unit", UNIT, Values::Any, |r| unit(r.viable.as_ref())),
        number("tumour_marks_n", "tumour marks", "count", |r| r.marks_n(MarkRole::Tumour)),
        number("tumour_volume_ml", "volume of the tumour (its primary mark)", "ml", |r| ml(r.tumour.as_ref())),
        number("tumour_longest_axial_mm", LONGEST, "mm", |r| longest(r.tumour.as_ref())),
        number("tumour_perpendicular_mm", PERPENDICULAR, "mm", |r| perpendicular(r.tumour.as_ref())),
        number("tumour_longest_px", LONGEST_PX, "px", |r| longest_px(r.tumour.as_ref())),
        number("tumour_mean", MEAN, "see tumour_unit", |r| mean(r.tumour.as_ref())),
        number("tumour_sd", SD, "see tumour_unit", |r| sd(r.tumour.as_ref())),
        column("tumour_unit", UNIT, Values::Any, |r| unit(r.tumour.as_ref())),
        column("comment", "remark", Values::Typed, |r| r.finding.map_or(Cell::Blank, |f| Cell::typed(&f.comment))),
    ]
}

/// The table.
pub(in super::super) fn table(all: &Gathered<'_>, dates: Dates) -> Table {
    let mut rows = Vec::new();
    for patient in all.patients() {
        for lesion in all.document.lesions_of(patient.id) {
            let Some(outcome) = all.outcomes.get(&lesion.id) else { continue };
            for visit in all.document.visits_of(patient.id) {
                let Some(at_visit) = outcome.at(visit.id) else { continue };
                let mark = |visit, role| all.document.mark_for(lesion.id, visit, role).and_then(|mark| mark.summary());
                let baseline = at_visit.size_baseline.and_then(|visit| mark(visit, MarkRole::AblationZone));
                rows.push(Row {
                    all,
                    patient,
                    lesion,
                    visit,
                    finding: all.document.finding_for(lesion.id, visit.id, Track::Main),
                    outcome: at_visit,
                    tumour: mark(visit.id, MarkRole::Tumour),
                    zone: mark(visit.id, MarkRole::AblationZone),
                    viable: mark(visit.id, MarkRole::ViableTumour),
                    zone_at_baseline_ml: baseline.and_then(|mark| mark.volume_ml),
                });
            }
        }
    }
    Table::build("lesion_visit", "one row a lesion and visit of its patient", &columns(), &rows, dates, |r| {
        r.all.first_ablation(r.patient.id)
    })
}
