//! The statistics of the cohort as tables: rates with every interval, each end point of each lesion and patient, the
//! curves, and the tests between groups.

use super::super::cell::Cell;
use super::super::dates::Dates;
use super::super::gathered::Gathered;
use super::super::table::{Column, Table, Values, column, number};
use crate::clinical::{Cell as EventCell, Date, EndPoint, Happening};
use crate::cohort::{
    Choices, CohortStatistics, EndPointCurve, Factor, FullRate, Group, Interval, Level, Strata, Who, statistics,
};
use crate::project::patient_courses;
use std::collections::BTreeMap;

/// Six decimals: enough to make every printed figure again.
fn fraction(value: Option<f64>) -> Cell {
    value.map_or(Cell::Blank, |value| Cell::Real(value, 6))
}

fn whole(n: u32) -> Cell {
    Cell::Whole(i64::from(n))
}

struct RateRow<'a> {
    group: Option<(Factor, &'a Group)>,
    rate: &'a FullRate,
}

impl RateRow<'_> {
    fn interval(&self, of: fn(&FullRate) -> Option<Interval>) -> Option<Interval> {
        of(self.rate)
    }
}

fn exact(rate: &FullRate) -> Option<Interval> {
    rate.clopper_pearson
}

fn wilson(rate: &FullRate) -> Option<Interval> {
    rate.wilson
}

fn together(rate: &FullRate) -> Option<Interval> {
    rate.clustered.and_then(|clustered| clustered.interval)
}

#[rustfmt::skip]
fn rate_columns<'a>() -> Vec<Column<RateRow<'a>>> {
    vec![
        column("rate", "which rate, as in the command cohort", Values::Any, |r| Cell::Code(r.rate.code.to_owned())),
        column("meaning", "what it is", Values::Any, |r| Cell::Code(r.rate.words.to_owned())),
        column("factor", "what the group is made by; blank for everybody", Values::one::<Factor>("factor"), |r| Cell::code_or_blank(r.group.map(|(factor, _)| factor))),
        column("group", "the group's value; blank for everybody", Values::Any, |r| r.group.map_or(Cell::Blank, |(_, group)| Cell::Code(group.value.clone()))),
        number("n", "how many", "count", |r| whole(r.rate.n)),
        number("denominator_n", "of how many", "count", |r| whole(r.rate.of)),
        number("percent", "n/N; blank when N is 0", "%", |r| Cell::tenths(r.rate.percent)),
        number("wilson_low", "lower end of the Wilson 95 % interval", "fraction", |r| fraction(r.interval(wilson).map(|i| i.low))),
        number("wilson_high", "upper end", "fraction", |r| fraction(r.interval(wilson).map(|i| i.high))),
        number("clopper_pearson_low", "lower end of the Clopper-Pearson 95 % interval", "fraction", |r| fraction(r.interval(exact).map(|i| i.low))),
        number("clopper_pearson_high", "upper end", "fraction", |r| fraction(r.interval(exact).map(|i| i.high))),
        number("clustered_standard_error", "standard error with lesions of one patient taken together (ratio estimator)", "fraction",
            |r| fraction(r.rate.clustered.and_then(|clustered| clustered.standard_error))),
        number("clustered_low", "lower end of the 95 % interval with lesions of one patient taken together", "fraction", |r| fraction(r.interval(together).map(|i| i.low))),
        number("clustered_high", "upper end", "fraction", |r| fraction(r.interval(together).map(|i| i.high))),
    ]
}

struct TimeRow<'a> {
    curve: &'a EndPointCurve,
    kind: &'static str,
    who: &'a Who,
    first: Option<Date>,
    entry_days: Option<i64>,
    days: Option<i64>,
    cell: Option<EventCell>,
    happening: Option<Happening>,
    because: &'a str,
}

const KINDS: &[(&str, &str)] =
    &[("end_point", "Time to the end point"), ("disease_free_interval", "Disease-free interval")];

#[rustfmt::skip]
fn time_columns<'a>() -> Vec<Column<TimeRow<'a>>> {
    vec![
        column("kind", "which time", Values::of("time_kind", KINDS), |r| Cell::Code(r.kind.to_owned())),
        column("end_point", "the end point whose conventions hold", Values::one::<EndPoint>("end_point"), |r| Cell::code(r.curve.end_point)),
        column("level", "what is counted", Values::one::<Level>("statistic_level"), |r| Cell::code(r.curve.level)),
        column("patient", "the study's own code of the patient", Values::Any, |r| Cell::Code(r.who.patient.clone())),
        column("lesion", "label of the lesion; blank for the patient", Values::Any, |r| r.who.lesion.clone().map_or(Cell::Blank, Cell::Code)),
        number("entry_days", "at risk after this day, where later than the start (delayed entry)", "days", |r| Cell::whole(r.entry_days)),
        number("days", "when it ended, from the start; blank where the lesion or patient is not in it", "days", |r| Cell::whole(r.days)),
        column("ended", "how it ended; exclude where not in it", Values::one::<EventCell>("event_cell"), |r| Cell::code(r.cell.unwrap_or(EventCell::Exclude))),
        column("happening", "what ended it; blank where the last look did", Values::one::<Happening>("happening"), |r| Cell::code_or_blank(r.happening)),
        column("reason", "why, in words", Values::Any, |r| Cell::reason(r.because)),
    ]
}

struct CurveRow<'a> {
    curve: &'a EndPointCurve,
    group: Option<(Factor, &'a Group)>,
    at: usize,
}

#[rustfmt::skip]
fn curve_columns<'a>() -> Vec<Column<CurveRow<'a>>> {
    vec![
        column("end_point", "the end point", Values::one::<EndPoint>("end_point"), |r| Cell::code(r.curve.end_point)),
        column("level", "what is counted", Values::one::<Level>("statistic_level"), |r| Cell::code(r.curve.level)),
        column("factor", "what the group is made by; blank for everybody", Values::one::<Factor>("factor"), |r| Cell::code_or_blank(r.group.map(|(factor, _)| factor))),
        column("group", "the group's value; blank for everybody", Values::Any, |r| r.group.map_or(Cell::Blank, |(_, group)| Cell::Code(group.value.clone()))),
        number("day", "a day on which somebody leaves, from the start", "days", |r| Cell::whole(r.curve.kaplan_meier.get(r.at).map(|row| row.day))),
        number("at_risk", "at risk just before it", "count", |r| r.curve.kaplan_meier.get(r.at).map_or(Cell::Blank, |row| whole(row.at_risk))),
        number("events", "events on it", "count", |r| r.curve.kaplan_meier.get(r.at).map_or(Cell::Blank, |row| whole(row.events))),
        number("competing", "competing events on it", "count", |r| r.curve.cumulative_incidence.get(r.at).map_or(Cell::Blank, |row| whole(row.competing))),
        number("censored", "censored on it", "count", |r| r.curve.cumulative_incidence.get(r.at).map_or(Cell::Blank, |row| whole(row.censored))),
        number("survival", "Kaplan-Meier, competing events censored", "fraction", |r| fraction(r.curve.kaplan_meier.get(r.at).map(|row| row.survival))),
        number("survival_standard_error", "by Greenwood", "fraction", |r| fraction(r.curve.kaplan_meier.get(r.at).and_then(|row| row.standard_error))),
        number("survival_low", "lower end of the 95 % interval (log-log)", "fraction", |r| fraction(r.curve.kaplan_meier.get(r.at).and_then(|row| row.low))),
        number("survival_high", "upper end", "fraction", |r| fraction(r.curve.kaplan_meier.get(r.at).and_then(|row| row.high))),
        number("incidence", "cumulative incidence (Aalen-Johansen)", "fraction", |r| fraction(r.curve.cumulative_incidence.get(r.at).map(|row| row.incidence))),
        number("incidence_standard_error", "by Aalen", "fraction", |r| fraction(r.curve.cumulative_incidence.get(r.at).map(|row| row.standard_error))),
        number("incidence_low", "lower end of the 95 % interval", "fraction", |r| fraction(r.curve.cumulative_incidence.get(r.at).and_then(|row| row.low))),
        number("incidence_high", "upper end", "fraction", |r| fraction(r.curve.cumulative_incidence.get(r.at).and_then(|row| row.high))),
    ]
}

struct TestRow<'a> {
    strata: &'a Strata,
    test: &'static str,
    chi2: Option<f64>,
    degrees: Option<u32>,
    p: Option<f64>,
}

const TESTS: &[(&str, &str)] = &[
    ("primary_chi_square", "Primary technique efficacy, chi-square"),
    ("primary_fisher", "Primary technique efficacy, Fisher's exact test (two groups)"),
    ("ltp_gray", "Cumulative incidence of local tumour progression, Gray's test"),
    ("ltp_free_log_rank", "Survival free of local tumour progression, log-rank test"),
];

#[rustfmt::skip]
fn test_columns<'a>() -> Vec<Column<TestRow<'a>>> {
    vec![
        column("factor", "what the groups are made by; unknown is in no test", Values::one::<Factor>("factor"), |r| Cell::code(r.strata.factor)),
        column("test", "which test", Values::of("group_test", TESTS), |r| Cell::Code(r.test.to_owned())),
        number("chi2", "the statistic", "", |r| fraction(r.chi2)),
        number("degrees", "degrees of freedom", "count", |r| r.degrees.map_or(Cell::Blank, whole)),
        number("p", "the p value", "", |r| fraction(r.p)),
    ]
}

fn tests_of(strata: &Strata) -> Vec<TestRow<'_>> {
    let row = |test, chi2, degrees, p: Option<f64>| p.map(|_| TestRow { strata, test, chi2, degrees, p });
    let square = strata.primary_chi_square;
    let (gray, rank) = (strata.ltp_gray.as_ref(), strata.ltp_free_log_rank.as_ref());
    [
        row("primary_chi_square", square.map(|t| t.chi2), square.map(|t| t.degrees), square.map(|t| t.p)),
        row("primary_fisher", None, None, strata.primary_fisher_p),
        row("ltp_gray", gray.map(|t| t.chi2), gray.map(|t| t.degrees), gray.map(|t| t.p)),
        row("ltp_free_log_rank", rank.map(|t| t.chi2), rank.map(|t| t.degrees), rank.map(|t| t.p)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn times<'a>(curve: &'a EndPointCurve, kind: &'static str, firsts: &BTreeMap<&str, Option<Date>>) -> Vec<TimeRow<'a>> {
    let first = |who: &Who| firsts.get(who.patient.as_str()).copied().flatten();
    let members = curve.members.iter().map(|member| TimeRow {
        curve,
        kind,
        who: &member.who,
        first: first(&member.who),
        entry_days: member.entry_days,
        days: Some(member.days),
        cell: Some(member.cell),
        happening: member.happening,
        because: &member.because,
    });
    let excluded = curve.excluded.iter().map(|missing| TimeRow {
        curve,
        kind,
        who: &missing.who,
        first: first(&missing.who),
        entry_days: None,
        days: None,
        cell: None,
        happening: None,
        because: &missing.because,
    });
    members.chain(excluded).collect()
}

/// Rates, times to end points, curves, and tests.
pub(in super::super) fn tables(all: &Gathered<'_>, dates: Dates) -> [Table; 4] {
    let courses = patient_courses(all.document, all.today);
    let cohort: CohortStatistics = statistics(&courses, &all.settings, Choices::default());
    let firsts: BTreeMap<&str, Option<Date>> =
        courses.iter().map(|course| (course.code.as_str(), all.first_ablation(course.patient))).collect();
    let mut rates: Vec<RateRow<'_>> = cohort.rates.iter().map(|rate| RateRow { group: None, rate }).collect();
    let mut rows: Vec<TimeRow<'_>> =
        cohort.end_points.iter().flat_map(|curve| times(curve, "end_point", &firsts)).collect();
    rows.extend(times(&cohort.disease_free_interval, "disease_free_interval", &firsts));
    let steps = |curve: &EndPointCurve| 0..curve.kaplan_meier.len();
    let mut curves: Vec<CurveRow<'_>> = cohort
        .end_points
        .iter()
        .flat_map(|curve| steps(curve).map(move |at| CurveRow { curve, group: None, at }))
        .collect();
    for strata in &cohort.strata {
        for group in &strata.groups {
            rates.push(RateRow { group: Some((strata.factor, group)), rate: &group.primary });
            for curve in [&group.ltp, &group.ltp_free] {
                curves.extend(steps(curve).map(|at| CurveRow { curve, group: Some((strata.factor, group)), at }));
            }
        }
    }
    let tests: Vec<TestRow<'_>> = cohort.strata.iter().flat_map(tests_of).collect();
    [
        Table::build(
            "rates",
            "one row a rate of everybody or of a group, with its intervals",
            &rate_columns(),
            &rates,
            dates,
            |_| None,
        ),
        Table::build(
            "end_points",
            "one row an end point of a lesion or patient: when and how it ended",
            &time_columns(),
            &rows,
            dates,
            |r| r.first,
        ),
        Table::build(
            "curves",
            "one row a day of a curve of everybody or of a group",
            &curve_columns(),
            &curves,
            dates,
            |_| None,
        ),
        Table::build("group_tests", "one row a test between groups", &test_columns(), &tests, dates, |_| None),
    ]
}
