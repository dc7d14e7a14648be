//! Everything that is said of a cohort, in one value: what the window shows, `cohort` prints and exports write.

use super::curves::{EndPointCurve, Level, Missing, Who};
use super::flow::{FlowBox, flow};
use super::recurrence::{Recurrence, recurrences};
use super::strata::{CURVES, Factor, Strata, strata};
use super::{Clustered, EfficacyTable, Interval, Proportion, Scale, clustered, efficacy};
use crate::clinical::{Coded, Date, EndPoint, PatientId, StudySettings, TechnicalSuccess, days_between};
use crate::outcome::{
    CourseLesion, Efficacy, Followed, LesionOutcome, PatientCourse, RULE_SET, RULE_SET_VERSION, disease_free_interval,
    event_matrix, lesion_end_points, patient_end_points,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// What a reader of the cohort may choose.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Choices {
    /// On which scale intervals of survival are made.
    pub scale: Scale,
    /// Lesions up to this size are small, mm.
    pub size_cut_mm: f64,
}

impl Default for Choices {
    fn default() -> Self {
        Self { scale: Scale::LogLog, size_cut_mm: 30.0 }
    }
}

/// A rate with every interval.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FullRate {
    /// Code in tables.
    pub code: &'static str,
    /// What it is.
    pub words: &'static str,
    /// How many.
    pub n: u32,
    /// Of how many.
    pub of: u32,
    /// Percent, one decimal, half away from zero.
    pub percent: Option<f64>,
    /// Wilson 95 %, as fractions.
    pub wilson: Option<Interval>,
    /// Clopper-Pearson 95 %.
    pub clopper_pearson: Option<Interval>,
    /// With lesions of one patient taken together; none where patients are counted.
    pub clustered: Option<Clustered>,
}

impl FullRate {
    /// A rate of patients.
    #[must_use]
    pub fn plain(code: &'static str, words: &'static str, proportion: Proportion) -> Self {
        Self {
            code,
            words,
            n: proportion.n,
            of: proportion.of,
            percent: proportion.percent(),
            wilson: proportion.wilson_95(),
            clopper_pearson: proportion.clopper_pearson_95(),
            clustered: None,
        }
    }

    /// A rate of lesions or sessions, each with its patient.
    #[must_use]
    pub fn clustered(
        code: &'static str,
        words: &'static str,
        counted: impl IntoIterator<Item = (PatientId, bool)>,
    ) -> Self {
        let result = clustered(counted);
        Self { clustered: Some(result), ..Self::plain(code, words, result.proportion) }
    }

    /// n/N.
    #[must_use]
    pub fn proportion(&self) -> Proportion {
        Proportion { n: self.n, of: self.of }
    }
}

/// How many of what there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct CohortCounts {
    /// Patients.
    pub patients: u32,
    /// Patients with a treated index lesion.
    pub patients_treated: u32,
    /// Lesions.
    pub lesions: u32,
    /// Index lesions with a session.
    pub index_lesions_treated: u32,
    /// Sessions: dates on which a patient was treated.
    pub sessions: u32,
    /// Treatments of one lesion in one session.
    pub lesion_sessions: u32,
    /// Answers on lesions at visits.
    pub answers: u32,
    /// Answers left out because they are drafts.
    pub drafts_left_out: u32,
}

/// Everything that is said of a cohort.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CohortStatistics {
    /// The rule set.
    pub rule_set: &'static str,
    /// Its version.
    pub rule_set_version: u32,
    /// The settings of the study.
    pub settings: StudySettings,
    /// Every starred cell of the event matrix, as the study has it.
    pub event_matrix: Vec<event_matrix::Printed>,
    /// What was chosen for this print.
    pub choices: Choices,
    /// How many of what there are.
    pub counts: CohortCounts,
    /// The flow of index lesions.
    pub flow: Vec<FlowBox>,
    /// Technique efficacy: counts, who is left out and why, windows in use.
    pub efficacy: EfficacyTable,
    /// Rates with intervals.
    pub rates: Vec<FullRate>,
    /// Treatments whose technical success is not recorded.
    pub technical_success_unknown: Vec<Who>,
    /// Recurrences by time point.
    pub recurrences: Vec<Recurrence>,
    /// Time-to-event end points.
    pub end_points: Vec<EndPointCurve>,
    /// Days free of disease, as the study counts them.
    pub disease_free_interval: EndPointCurve,
    /// Groups of lesions.
    pub strata: Vec<Strata>,
}

/// Whether and how a lesion counts in a rate of lesions: a success, a failure, or not at all.
pub(super) fn counted_as(code: &str) -> fn(&LesionOutcome) -> Option<bool> {
    fn primary(outcome: &LesionOutcome) -> Option<bool> {
        let call = outcome.counted.primary.value;
        call.evaluable().then_some(call.efficacy == Efficacy::Complete)
    }
    fn equivocal_fails(outcome: &LesionOutcome) -> Option<bool> {
        primary(outcome).or((outcome.counted.primary.value.efficacy == Efficacy::Equivocal).then_some(false))
    }
    fn all_treated(outcome: &LesionOutcome) -> Option<bool> {
        let efficacy = outcome.counted.primary.value.efficacy;
        (efficacy != Efficacy::NotDue).then_some(efficacy == Efficacy::Complete)
    }
    fn assisted(outcome: &LesionOutcome) -> Option<bool> {
        super::efficacy::assisted_of(outcome, false)
    }
    fn later(outcome: &LesionOutcome) -> Option<bool> {
        super::efficacy::assisted_of(outcome, true)
    }
    match code {
        "primary_evaluable" => primary,
        "primary_equivocal_fails" => equivocal_fails,
        "primary_all_treated" => all_treated,
        "assisted" => assisted,
        "assisted_with_later_complete" => later,
        _ => |_| None,
    }
}

/// Everything that is said of these patients. Order of input does not matter.
#[must_use]
pub fn statistics(courses: &[PatientCourse], settings: &StudySettings, choices: Choices) -> CohortStatistics {
    let mut ordered: Vec<&PatientCourse> = courses.iter().collect();
    ordered.sort_by(|a, b| (&a.code, a.patient).cmp(&(&b.code, b.patient)));
    let courses = ordered;
    let outcomes: Vec<&LesionOutcome> =
        courses.iter().flat_map(|course| &course.lesions).map(|lesion| &lesion.outcome).collect();
    let table = efficacy(outcomes.iter().copied(), settings);
    let of_lesions = lesion_curves(&courses, settings, choices.scale);
    let of_patients = patient_curves(&courses, settings, choices.scale);
    let disease_free = EndPointCurve::of(
        EndPoint::TimeToProgression,
        Level::Patient,
        choices.scale,
        courses.iter().map(|course| (patient(course), disease_free_interval(course, settings))),
    );
    let strata = match CURVES.map(|wanted| of_lesions.iter().find(|curve| curve.end_point == wanted)) {
        [Some(ltp), Some(ltp_free)] => {
            Factor::ALL.iter().map(|factor| strata(*factor, &courses, choices.size_cut_mm, ltp, ltp_free)).collect()
        }
        _ => Vec::new(),
    };
    let recurrences = of_lesions
        .iter()
        .filter(|curve| curve.end_point == EndPoint::TimeToLtp)
        .flat_map(|curve| recurrences(curve, &lesion_looks(&courses)))
        .chain(
            of_patients
                .iter()
                .filter(|curve| RECURRENCES.contains(&curve.end_point))
                .flat_map(|curve| recurrences(curve, &patient_looks(&courses))),
        )
        .collect();
    let (technical, technical_success_unknown) = technical_success(&courses);
    let mut rates = vec![technical];
    rates.extend(efficacy_rates(&table, &outcomes));
    CohortStatistics {
        rule_set: RULE_SET,
        rule_set_version: RULE_SET_VERSION,
        settings: settings.clone(),
        event_matrix: event_matrix::printed(settings),
        choices,
        counts: counts(&courses, &table),
        flow: flow(&courses, settings),
        rates,
        efficacy: table,
        technical_success_unknown,
        recurrences,
        end_points: of_lesions.into_iter().chain(of_patients).collect(),
        disease_free_interval: disease_free,
        strata,
    }
}

/// Recurrences of patients that are counted by time point.
const RECURRENCES: [EndPoint; 4] =
    [EndPoint::TimeToLtp, EndPoint::OrganDistant, EndPoint::Extrahepatic, EndPoint::TimeToProgression];

fn patient(course: &PatientCourse) -> Who {
    Who { patient: course.code.clone(), lesion: None }
}

fn lesion(course: &PatientCourse, lesion: &CourseLesion) -> Who {
    Who { patient: course.code.clone(), lesion: Some(lesion.outcome.label.clone()) }
}

fn by_end_point(
    all: impl Iterator<Item = (Who, BTreeMap<EndPoint, Followed>)>,
    level: Level,
    scale: Scale,
) -> Vec<EndPointCurve> {
    let mut curves: BTreeMap<EndPoint, Vec<(Who, Followed)>> = BTreeMap::new();
    for (who, followed) in all {
        for (end_point, followed) in followed {
            curves.entry(end_point).or_default().push((who.clone(), followed));
        }
    }
    curves.into_iter().map(|(end_point, members)| EndPointCurve::of(end_point, level, scale, members)).collect()
}

fn lesion_curves(courses: &[&PatientCourse], settings: &StudySettings, scale: Scale) -> Vec<EndPointCurve> {
    let all = courses.iter().flat_map(|course| {
        course.lesions.iter().map(move |own| (lesion(course, own), lesion_end_points(course, own, settings)))
    });
    by_end_point(all, Level::Lesion, scale)
}

fn patient_curves(courses: &[&PatientCourse], settings: &StudySettings, scale: Scale) -> Vec<EndPointCurve> {
    let all = courses.iter().map(|course| (patient(course), patient_end_points(course, settings)));
    by_end_point(all, Level::Patient, scale)
}

/// Days after the first session on which each lesion was looked at.
fn lesion_looks(courses: &[&PatientCourse]) -> BTreeMap<Who, Vec<i64>> {
    let lesions = courses.iter().flat_map(|course| course.lesions.iter().map(move |own| (course, own)));
    let looks = |own: &CourseLesion| -> Vec<i64> {
        let answered = own.outcome.visits.iter().filter(|visit| visit.answer.is_some());
        answered.filter_map(|visit| visit.days_after_first).collect()
    };
    lesions.map(|(course, own)| (lesion(course, own), looks(own))).collect()
}

/// Days after the start on which each patient was looked at.
fn patient_looks(courses: &[&PatientCourse]) -> BTreeMap<Who, Vec<i64>> {
    let looks = |course: &PatientCourse| -> Vec<i64> {
        let start: Option<Date> = course.start();
        start.map(|start| course.visits.iter().map(|visit| days_between(start, *visit)).collect()).unwrap_or_default()
    };
    courses.iter().map(|course| (patient(course), looks(course))).collect()
}

/// Technical success by lesion and session, and where it is not recorded.
fn technical_success(courses: &[&PatientCourse]) -> (FullRate, Vec<Who>) {
    let mut counted = Vec::new();
    let mut unknown = Vec::new();
    for course in courses {
        for own in &course.lesions {
            for session in &own.history.sessions {
                match session.technical_success {
                    TechnicalSuccess::Yes => counted.push((course.patient, true)),
                    TechnicalSuccess::No => counted.push((course.patient, false)),
                    TechnicalSuccess::Unknown => unknown.push(lesion(course, own)),
                }
            }
        }
    }
    unknown.sort();
    (FullRate::clustered("technical_success", "Technical success, by lesion and session", counted), unknown)
}

fn efficacy_rates(table: &EfficacyTable, outcomes: &[&LesionOutcome]) -> Vec<FullRate> {
    let treated: Vec<&LesionOutcome> =
        outcomes.iter().copied().filter(|outcome| super::efficacy::is_treated_index(outcome)).collect();
    let full = |rate: super::Rate| {
        if rate.code == "patients" {
            return FullRate::plain(rate.code, rate.words, rate.proportion);
        }
        let counts = counted_as(rate.code);
        let counted = treated.iter().filter_map(|outcome| Some((outcome.patient, counts(outcome)?)));
        FullRate::clustered(rate.code, rate.words, counted)
    };
    table.rates().into_iter().map(full).collect()
}

fn counts(courses: &[&PatientCourse], table: &EfficacyTable) -> CohortCounts {
    let mut counts = CohortCounts { drafts_left_out: table.drafts_left_out, ..CohortCounts::default() };
    for course in courses {
        counts.patients += 1;
        counts.patients_treated += u32::from(course.start().is_some());
        let mut dates = std::collections::BTreeSet::new();
        for own in &course.lesions {
            counts.lesions += 1;
            counts.index_lesions_treated += u32::from(super::efficacy::is_treated_index(&own.outcome));
            counts.lesion_sessions += super::spell::count(own.history.sessions.len());
            dates.extend(own.history.sessions.iter().map(|session| session.date));
            counts.answers +=
                super::spell::count(own.outcome.visits.iter().filter(|visit| visit.answer.is_some()).count());
        }
        counts.sessions += super::spell::count(dates.len());
    }
    counts
}

impl EndPointCurve {
    /// The same curve of some of its members.
    #[must_use]
    pub fn only(&self, keep: impl Fn(&Who) -> bool) -> Self {
        let time = |member: &super::curves::Member| {
            let start = Date::default();
            Followed::Time(crate::outcome::TimeToEvent {
                start,
                entry: member.entry_days.map(|days| start + chrono::Duration::days(days)),
                exit: start + chrono::Duration::days(member.days),
                cell: member.cell,
                happening: member.happening,
                because: member.because.clone(),
            })
        };
        let members = self.members.iter().filter(|member| keep(&member.who)).map(|m| (m.who.clone(), time(m)));
        let excluded = self.excluded.iter().filter(|missing| keep(&missing.who));
        let excluded = excluded.map(|Missing { who, because }| (who.clone(), Followed::Excluded(because.clone())));
        Self::of(self.end_point, self.level, self.scale, members.chain(excluded))
    }
}
