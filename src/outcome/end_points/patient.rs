//! End points of one patient.

use super::course::{CourseLesion, Happened, PatientCourse};
use super::follow::{Followed, Path, TimeToEvent};
use super::lesion::lesion_end_points;
use super::matrix;
use crate::clinical::{Cell, Date, DiseaseFreeFrom, EndPoint, Happening, StudySettings};
use std::collections::BTreeMap;

const LIVING: &str = "the last date known alive";
const IMAGING: &str = "the last adequate imaging";
const REST: &str = "the last look at the rest of the scan,";

/// Every end point of a patient, from the first session of the first index lesion.
#[must_use]
pub fn patient_end_points(course: &PatientCourse, settings: &StudySettings) -> BTreeMap<EndPoint, Followed> {
    use EndPoint as E;
    let all = [
        E::OverallSurvival,
        E::CancerSpecificSurvival,
        E::DiseaseFreeSurvival,
        E::ProgressionFreeSurvival,
        E::TimeToProgression,
        E::LtpFreeSurvival,
        E::TimeToLtp,
        E::DistantProgressionFreeSurvival,
        E::LocalControl,
        E::OrganDistant,
        E::Extrahepatic,
    ];
    all.into_iter().map(|end_point| (end_point, one(course, settings, end_point))).collect()
}

fn one(course: &PatientCourse, settings: &StudySettings, end_point: EndPoint) -> Followed {
    let Some(start) = course.start() else {
        return Followed::Excluded("No index lesion was treated.".to_owned());
    };
    let index: Vec<&CourseLesion> = course.treated_index().collect();
    let mut happened: Vec<Happened> = course.death().into_iter().collect();
    happened.extend(course.lost(None));
    happened.extend(
        [Happening::OrganDistant, Happening::Extrahepatic, Happening::SecondPrimary]
            .into_iter()
            .filter_map(|what| course.first_new(what)),
    );
    happened.extend(course.replaced(&index));
    happened.extend(index.iter().filter_map(|lesion| lesion.unproven_therapy()).min());
    let mut entry = None;
    let last_look = match end_point {
        EndPoint::OverallSurvival | EndPoint::CancerSpecificSurvival => {
            // Whoever is lost to imaging may still be known to live: only the last sign of life counts.
            happened.retain(|happened| happened.what != Happening::Lost);
            course.last_alive().map(|date| (date, LIVING))
        }
        EndPoint::DistantProgressionFreeSurvival | EndPoint::OrganDistant | EndPoint::Extrahepatic => {
            let look = course.rest_assessed_until();
            let shown = happened
                .iter()
                .any(|happened| matches!(happened.what, Happening::OrganDistant | Happening::Extrahepatic));
            if look.is_none() && !shown {
                return Followed::Excluded("The rest of the scan was never assessed.".to_owned());
            }
            look.map(|date| (date, REST))
        }
        EndPoint::LtpFreeSurvival | EndPoint::TimeToLtp => {
            let complete = index.iter().filter_map(|lesion| lesion.outcome.counted.first_complete.as_ref());
            let Some(complete) = complete.map(|complete| complete.value.date).min() else {
                if matrix::cell(settings, end_point, Happening::Residual) == Cell::Exclude || residual(&index).is_none()
                {
                    return Followed::Excluded("No index lesion was ever complete: not at risk.".to_owned());
                }
                happened.extend(residual(&index));
                return Path { end_point, start, entry, happened, last_look: last_imaging(&index) }.follow(settings);
            };
            entry = Some(complete).filter(|_| settings.delayed_entry);
            happened.extend(progression(&index));
            last_imaging(&index)
        }
        EndPoint::LocalControl => {
            return local_control(course, &index, start, settings);
        }
        EndPoint::DiseaseFreeSurvival => {
            happened.extend(progression(&index));
            happened.extend(residual(&index));
            last_any(course, &index)
        }
        EndPoint::ProgressionFreeSurvival | EndPoint::TimeToProgression => {
            happened.extend(progression(&index));
            let never_controlled = index.iter().filter(|lesion| lesion.outcome.counted.first_complete.is_none());
            happened.extend(residual(&never_controlled.copied().collect::<Vec<_>>()));
            last_any(course, &index)
        }
    };
    Path { end_point, start, entry, happened, last_look }.follow(settings)
}

fn progression(index: &[&CourseLesion]) -> Option<Happened> {
    let dates = index.iter().filter_map(|lesion| lesion.outcome.counted.progression.as_ref());
    dates.map(|event| event.value.date).min().map(|date| Happened { date, what: Happening::Ltp })
}

fn residual(index: &[&CourseLesion]) -> Option<Happened> {
    let dates = index.iter().filter_map(|lesion| lesion.outcome.counted.residual.as_ref());
    dates.map(|event| event.value.date).min().map(|date| Happened { date, what: Happening::Residual })
}

fn last_imaging(index: &[&CourseLesion]) -> Option<(Date, &'static str)> {
    let looks = index.iter().filter_map(|lesion| lesion.outcome.counted.last_adequate);
    looks.map(|look| look.date).max().map(|date| (date, IMAGING))
}

/// The last adequate study of any index lesion, or look at the rest of the scan.
fn last_any(course: &PatientCourse, index: &[&CourseLesion]) -> Option<(Date, &'static str)> {
    let lesions = last_imaging(index).map(|(date, _)| date);
    lesions.into_iter().chain(course.rest_assessed_until()).max().map(|date| (date, IMAGING))
}

/// A patient's local control ends with the first index lesion whose control is lost.
fn local_control(course: &PatientCourse, index: &[&CourseLesion], start: Date, settings: &StudySettings) -> Followed {
    let times: Vec<TimeToEvent> = index
        .iter()
        .filter_map(|lesion| lesion_end_points(course, lesion, settings).remove(&EndPoint::LocalControl))
        .filter_map(|followed| followed.time().cloned())
        .collect();
    let ended = times.iter().filter(|time| time.cell != Cell::Censor).min_by_key(|time| time.exit);
    let last = times.iter().max_by_key(|time| time.exit);
    match ended.or(last) {
        Some(time) => Followed::Time(TimeToEvent { start, ..time.clone() }),
        None => Followed::Excluded("No index lesion was assessed on an adequate study.".to_owned()),
    }
}

/// The disease-free interval: from the visit that first showed every treated index lesion complete (or, as the study
/// has it, the last ablation before it) to the first local progression, new tumour in the organ or outside.
#[must_use]
pub fn disease_free_interval(course: &PatientCourse, settings: &StudySettings) -> Followed {
    let index: Vec<&CourseLesion> = course.treated_index().collect();
    if index.is_empty() {
        return Followed::Excluded("No index lesion was treated.".to_owned());
    }
    let complete: Option<Vec<Date>> = index
        .iter()
        .map(|lesion| lesion.outcome.counted.first_complete.as_ref().map(|complete| complete.value.date))
        .collect();
    let Some(free) = complete.and_then(|dates| dates.into_iter().max()) else {
        return Followed::Excluded("Not every index lesion was complete: never disease-free.".to_owned());
    };
    let new = [Happening::OrganDistant, Happening::Extrahepatic].into_iter().filter_map(|what| course.first_new(what));
    let events: Vec<Happened> = progression(&index).into_iter().chain(new).collect();
    if let Some(before) = events.iter().filter(|event| event.date <= free).min() {
        return Followed::Excluded(format!(
            "{} on {}, before every index lesion was complete ({free}): never disease-free.",
            before.what, before.date
        ));
    }
    let start = match settings.disease_free_from {
        DiseaseFreeFrom::Visit => free,
        DiseaseFreeFrom::Ablation => {
            let sessions = index.iter().flat_map(|lesion| &lesion.history.sessions).map(|session| session.date);
            sessions.filter(|date| *date < free).max().unwrap_or(free)
        }
    };
    let mut happened = events;
    happened.extend(course.death());
    happened.extend(course.lost(None));
    // Counted as time to progression is: death is no recurrence.
    Path { end_point: EndPoint::TimeToProgression, start, entry: None, happened, last_look: last_any(course, &index) }
        .follow(settings)
}
