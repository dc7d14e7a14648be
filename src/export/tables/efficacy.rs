//! Technique efficacy over the cohort: the rates, the counts behind them, and who is in no denominator.

use super::super::cell::Cell;
use super::super::dates::Dates;
use super::super::gathered::Gathered;
use super::super::table::{Column, Table, Values, column, number};
use crate::clinical::{Coded, StudySettings};
use crate::cohort::{EfficacyTable, LeftOut, Rate, efficacy};
use crate::outcome::{Efficacy, LesionOutcome, RuleId};

struct RateRow<'a> {
    all: &'a EfficacyTable,
    rate: Rate,
}

impl RateRow<'_> {
    fn of_patients(&self) -> bool {
        self.rate.code == "patients"
    }

    fn windows(&self) -> String {
        let words = |(organ, window): (&crate::clinical::Organ, &crate::clinical::EfficacyWindow)| {
            let late = window.late_from_days.map_or_else(String::new, |day| format!(", late from {day}"));
            format!("{}: day {}-{}{late}", organ.code(), window.from_days, window.to_days)
        };
        self.all.windows.iter().map(words).collect::<Vec<_>>().join("; ")
    }

    fn rules(&self) -> Vec<RuleId> {
        let mut rules = vec![RuleId::R04, RuleId::R25, RuleId::R29];
        if self.rate.code.starts_with("assisted") {
            rules.push(RuleId::R23);
        }
        if self.of_patients() {
            rules.push(RuleId::R28);
        }
        rules.sort_unstable();
        rules
    }
}

/// Codes and words of every rate.
fn measures() -> Vec<(&'static str, &'static str)> {
    let empty = efficacy(&[], &StudySettings::default());
    empty.rates().into_iter().map(|rate| (rate.code, rate.words)).collect()
}

const LEVELS: &[(&str, &str)] = &[("tumour", "Per tumour (index lesions)"), ("patient", "Per patient")];

#[rustfmt::skip]
fn rate_columns<'a>() -> Vec<Column<RateRow<'a>>> {
    vec![
        column("measure", "which technique efficacy (technical effectiveness)", Values::of("efficacy_measure", &measures()),
            |r| Cell::Code(r.rate.code.to_owned())),
        column("level", "what is counted", Values::of("level", LEVELS),
            |r| Cell::Code(if r.of_patients() { "patient" } else { "tumour" }.to_owned())),
        number("complete_n", "n: how many are complete", "count", |r| Cell::Whole(i64::from(r.rate.proportion.n))),
        number("denominator_n", "N: of how many", "count", |r| Cell::Whole(i64::from(r.rate.proportion.of))),
        number("percent", "n/N; blank when N is 0", "%", |r| Cell::tenths(r.rate.proportion.percent())),
        number("wilson_low_percent", "lower end of the Wilson 95 % interval", "%", |r| Cell::tenths(r.rate.interval.map(|i| i.percent().0))),
        number("wilson_high_percent", "upper end of the Wilson 95 % interval", "%", |r| Cell::tenths(r.rate.interval.map(|i| i.percent().1))),
        column("window", "efficacy window by organ, in days after the last session of the primary course", Values::Any, |r| Cell::Code(r.windows())),
        column("rules", "the rules that make it", Values::several::<RuleId>("rule"), |r| Cell::codes(r.rules())),
        number("rule_set_version", "version of the rule set", "", |r| Cell::Whole(i64::from(r.all.rule_set_version))),
        number("max_sessions_primary_course_n", "sessions that may belong to the primary course (R23)", "count",
            |r| Cell::Whole(i64::from(r.all.max_sessions_primary_course))),
        column("signed_only", "whether signed answers alone are counted", Values::YesNo, |r| Cell::yes_no(r.all.signed_only)),
        number("drafts_left_out_n", "answers left out because they are drafts", "count", |r| Cell::Whole(i64::from(r.all.drafts_left_out))),
        number("not_due_n", "lesions (patients, in the patient row) left out because a window is still open", "count", |r| {
            Cell::Whole(i64::from(if r.of_patients() { r.all.patients_not_due } else { r.all.counts.not_due }))
        }),
    ]
}

struct CountRow {
    category: &'static str,
    n: u32,
}

/// The categories of treated index lesions; those before "treated" add up to it (R30).
const CATEGORIES: &[(&str, &str)] = &[
    ("complete", "Complete in the window"),
    ("incomplete", "Incomplete: viable tumour, never complete before"),
    ("equivocal", "Equivocal in the window"),
    ("not_evaluable", "Imaged, but not evaluable for the window"),
    ("not_assessed", "Not assessed"),
    ("not_due", "The window is still open"),
    ("treated", "Index lesions with at least one session: the sum of the above"),
    ("incomplete_outside_window", "Of the incomplete: first assessed outside the window"),
    ("not_evaluable_outside_window", "Of the not evaluable: first assessed outside the window"),
];

fn counts(of: &EfficacyTable) -> Vec<CountRow> {
    let c = &of.counts;
    let n = |category: &str| match category {
        "complete" => c.complete,
        "incomplete" => c.incomplete,
        "equivocal" => c.equivocal,
        "not_evaluable" => c.not_evaluable,
        "not_assessed" => c.not_assessed,
        "not_due" => c.not_due,
        "incomplete_outside_window" => c.incomplete_outside_window,
        "not_evaluable_outside_window" => c.not_evaluable_outside_window,
        _ => c.treated,
    };
    CATEGORIES.iter().map(|(category, _)| CountRow { category, n: n(category) }).collect()
}

#[rustfmt::skip]
fn count_columns() -> Vec<Column<CountRow>> {
    vec![
        column("category", "result of primary technique efficacy (technical effectiveness)", Values::of("efficacy_category", CATEGORIES),
            |r| Cell::Code(r.category.to_owned())),
        number("lesions_n", "index lesions", "count", |r| Cell::Whole(i64::from(r.n))),
    ]
}

struct LeftOutRow<'a> {
    all: &'a Gathered<'a>,
    of: &'a LeftOut,
    rule: Option<RuleId>,
}

#[rustfmt::skip]
fn left_out_columns<'a>() -> Vec<Column<LeftOutRow<'a>>> {
    vec![
        column("patient", "the study's own code of the patient", Values::Any, |r| Cell::Code(r.all.patient_code(r.of.patient))),
        column("lesion", "label of the lesion, unique in its patient", Values::Any, |r| Cell::Code(r.of.label.clone())),
        column("primary_technique_efficacy", "its result: why it is neither complete nor incomplete; an evaluable lesion that is here is no index lesion",
            Values::one::<Efficacy>("efficacy"), |r| Cell::code(r.of.efficacy)),
        column("rule", "rule that decided", Values::one::<RuleId>("rule"), |r| Cell::code_or_blank(r.rule)),
        column("reason", "why it is in no denominator of evaluable lesions, in words", Values::Any, |r| Cell::reason(&r.of.because)),
    ]
}

/// The rates, the counts, and the lesions outside the denominator.
pub(in super::super) fn tables(all: &Gathered<'_>, dates: Dates) -> [Table; 3] {
    let outcomes: Vec<LesionOutcome> = all.outcomes.values().cloned().collect();
    let counted = efficacy(&outcomes, &all.settings);
    let rates: Vec<RateRow<'_>> = counted.rates().into_iter().map(|rate| RateRow { all: &counted, rate }).collect();
    let mut left_out: Vec<LeftOutRow<'_>> = counted
        .left_out
        .iter()
        .map(|of| LeftOutRow {
            all,
            of,
            rule: all.outcomes.get(&of.lesion).map(|outcome| outcome.counted.primary.rule),
        })
        .collect();
    left_out.sort_by_key(|row| (all.patient_code(row.of.patient), row.of.patient, row.of.lesion));
    [
        Table::build(
            "efficacy",
            "one row a rate of technique efficacy (technical effectiveness)",
            &rate_columns(),
            &rates,
            dates,
            |_| None,
        ),
        Table::build(
            "efficacy_counts",
            "one row a result, with how many treated index lesions have it",
            &count_columns(),
            &counts(&counted),
            dates,
            |_| None,
        ),
        Table::build(
            "not_in_denominator",
            "one row a lesion outside the denominator of evaluable lesions, with the reason",
            &left_out_columns(),
            &left_out,
            dates,
            |row| row.all.first_ablation(row.of.patient),
        ),
    ]
}
