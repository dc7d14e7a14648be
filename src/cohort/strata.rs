//! Groups of lesions by technique, organ, primary, size and place: rates, curves and tests between them.

use super::curves::EndPointCurve;
use super::spell::Spell;
use super::statistics::{FullRate, counted_as};
use super::{ChiSquare, GroupTest, Proportion, chi_square, curves, fisher, gray, log_rank};
use crate::clinical::{Coded, EndPoint, YesNoUnknown, coded};
use crate::outcome::{CourseLesion, PatientCourse};
use serde::Serialize;
use std::collections::BTreeMap;

coded! {
    /// What groups are made by.
    Factor {
        Technique = "technique", "Technique";
        Organ = "organ", "Organ";
        Primary = "primary", "Primary cancer";
        Size = "size", "Size before treatment";
        Subcapsular = "subcapsular", "Subcapsular";
        Perivascular = "perivascular", "Perivascular";
    }
}

/// A group of lesions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// The code of its value.
    pub value: String,
    /// Its name.
    pub words: String,
    /// Treated index lesions in it.
    pub lesions: u32,
    /// Primary technique efficacy of evaluable lesions.
    pub primary: FullRate,
    /// Cumulative incidence of local tumour progression.
    pub ltp: EndPointCurve,
    /// Survival free of local tumour progression.
    pub ltp_free: EndPointCurve,
}

/// The groups of a factor with the tests between them. Lesions whose value is unknown are a group of their own and in no
/// test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Strata {
    /// What the groups are made by.
    pub factor: Factor,
    /// Its name.
    pub words: &'static str,
    /// The groups, unknown last.
    pub groups: Vec<Group>,
    /// Chi-square test of primary technique efficacy.
    pub primary_chi_square: Option<ChiSquare>,
    /// Fisher's exact test of it, between two groups.
    pub primary_fisher_p: Option<f64>,
    /// Gray's test of the cumulative incidence of local tumour progression.
    pub ltp_gray: Option<GroupTest>,
    /// Log-rank test of survival free of it.
    pub ltp_free_log_rank: Option<GroupTest>,
}

/// The value of a lesion: its order, code and name; none where unknown.
fn value_of(
    factor: Factor,
    course: &PatientCourse,
    lesion: &CourseLesion,
    size_cut_mm: f64,
) -> Option<(usize, String, String)> {
    fn coded<T: Coded + PartialEq>(value: T) -> Option<(usize, String, String)> {
        let at = T::ALL.iter().position(|other| *other == value)?;
        (value.code() != "unknown").then(|| (at, value.code().to_owned(), value.words().to_owned()))
    }
    let yes_no = |value: YesNoUnknown| coded(value);
    match factor {
        Factor::Technique => coded(lesion.facts.technique),
        Factor::Organ => coded(lesion.outcome.organ),
        Factor::Primary => coded(course.primary),
        Factor::Size => lesion.facts.size_mm.map(|mm| {
            if mm <= size_cut_mm {
                (0, "small".to_owned(), format!("Up to {size_cut_mm} mm"))
            } else {
                (1, "large".to_owned(), format!("Over {size_cut_mm} mm"))
            }
        }),
        Factor::Subcapsular => yes_no(lesion.facts.subcapsular),
        Factor::Perivascular => yes_no(lesion.facts.perivascular),
    }
}

/// Makes the groups of a factor from the curves of all lesions.
/// A treated lesion and the patient it is of.
type Treated<'a> = (&'a PatientCourse, &'a CourseLesion);

pub(super) fn strata(
    factor: Factor,
    courses: &[&PatientCourse],
    size_cut_mm: f64,
    ltp: &EndPointCurve,
    ltp_free: &EndPointCurve,
) -> Strata {
    let mut by_value: BTreeMap<(usize, String, String), Vec<Treated<'_>>> = BTreeMap::new();
    for course in courses.iter().copied() {
        for lesion in course.lesions.iter().filter(|lesion| super::efficacy::is_treated_index(&lesion.outcome)) {
            let value = value_of(factor, course, lesion, size_cut_mm);
            let unknown = (usize::MAX, "unknown".to_owned(), "Unknown".to_owned());
            by_value.entry(value.unwrap_or(unknown)).or_default().push((course, lesion));
        }
    }
    let rate = counted_as("primary_evaluable");
    let mut groups = Vec::new();
    for ((_, value, words), lesions) in by_value {
        let names: std::collections::BTreeSet<curves::Who> = lesions
            .iter()
            .map(|(course, lesion)| curves::Who {
                patient: course.code.clone(),
                lesion: Some(lesion.outcome.label.clone()),
            })
            .collect();
        let part = |curve: &EndPointCurve| curve.only(|who| names.contains(who));
        let counted = lesions.iter().filter_map(|(course, lesion)| Some((course.patient, rate(&lesion.outcome)?)));
        groups.push(Group {
            value,
            words,
            lesions: super::spell::count(lesions.len()),
            primary: FullRate::clustered("primary_evaluable", "Primary technique efficacy, evaluable lesions", counted),
            ltp: part(ltp),
            ltp_free: part(ltp_free),
        });
    }
    let known: Vec<&Group> = groups.iter().filter(|group| group.value != "unknown").collect();
    let proportions: Vec<Proportion> = known.iter().map(|group| group.primary.proportion()).collect();
    let spells = |of: fn(&Group) -> Vec<Spell>| -> Vec<Vec<Spell>> { known.iter().map(|group| of(group)).collect() };
    let events_only = |group: &Group| -> Vec<Spell> {
        group.ltp_free.spells().into_iter().map(|spell| spell.keeping(&[curves::EVENT])).collect()
    };
    Strata {
        factor,
        words: factor.words(),
        primary_chi_square: chi_square(&proportions),
        primary_fisher_p: match proportions.as_slice() {
            [one, other] if one.of > 0 && other.of > 0 => fisher(*one, *other),
            _ => None,
        },
        ltp_gray: gray(&spells(|group| group.ltp.spells()), curves::EVENT),
        ltp_free_log_rank: log_rank(&known.iter().map(|group| events_only(group)).collect::<Vec<_>>()),
        groups,
    }
}

/// The end points whose curves the groups show.
pub(super) const CURVES: [EndPoint; 2] = [EndPoint::TimeToLtp, EndPoint::LtpFreeSurvival];
