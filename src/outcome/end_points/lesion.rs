//! End points of one lesion: local tumour progression in its three forms, and local control.

use super::course::{CourseLesion, Happened, PatientCourse};
use super::follow::{Followed, Path};
use super::matrix;
use crate::clinical::{Cell, Date, EndPoint, Happening, StudySettings};
use std::collections::BTreeMap;

const ADEQUATE: &str = "the last adequate study";

/// Every end point of a lesion. Local tumour progression is followed from the first session; a lesion is at risk once it
/// was complete, and only then where the study counts delayed entry.
#[must_use]
pub fn lesion_end_points(
    course: &PatientCourse,
    lesion: &CourseLesion,
    settings: &StudySettings,
) -> BTreeMap<EndPoint, Followed> {
    [EndPoint::LtpFreeSurvival, EndPoint::TimeToLtp, EndPoint::LocalControl]
        .into_iter()
        .map(|end_point| (end_point, one(course, lesion, settings, end_point)))
        .collect()
}

fn one(course: &PatientCourse, lesion: &CourseLesion, settings: &StudySettings, end_point: EndPoint) -> Followed {
    let outcome = &lesion.outcome;
    let Some(start) = outcome.first_session else {
        return Followed::Excluded("No session is recorded.".to_owned());
    };
    if !outcome.index {
        return Followed::Excluded("Not an index lesion: it came after the first treatment.".to_owned());
    }
    let counted = &outcome.counted;
    let complete = counted.first_complete.as_ref().map(|complete| complete.value.date);
    let mut happened = Vec::new();
    if end_point == EndPoint::LocalControl {
        happened.extend(given_up(course, lesion));
    } else if complete.is_some() {
        let progression = counted.progression.as_ref().map(|event| event.value.date);
        happened.extend(progression.map(|date| Happened { date, what: Happening::Ltp }));
    } else if let Some(residual) = &counted.residual {
        happened.push(Happened { date: residual.value.date, what: Happening::Residual });
        if matrix::cell(settings, end_point, Happening::Residual) == Cell::Exclude {
            return Followed::Excluded(format!(
                "Never complete (viable on {}): not at risk of local tumour progression.",
                residual.value.date
            ));
        }
    } else {
        return Followed::Excluded("No adequate study showed it complete: not at risk.".to_owned());
    }
    happened.extend(lesion.unproven_therapy());
    happened.extend(course.replaced(&[lesion]));
    happened.extend(course.death());
    happened.extend(course.lost(Some(lesion.history.lesion)));
    let last_look = counted.last_adequate.map(|look| (look.date, ADEQUATE));
    if last_look.is_none() {
        return Followed::Excluded("Never assessed on an adequate study.".to_owned());
    }
    let entry = complete.filter(|_| settings.delayed_entry && end_point != EndPoint::LocalControl);
    Path { end_point, start, entry, happened, last_look }.follow(settings)
}

/// Local control is lost where viable tumour was not treated, or its treatment failed: from the study that showed it. Of
/// a lesion never complete, once it was given up; until then it is still under treatment.
fn given_up(course: &PatientCourse, lesion: &CourseLesion) -> Option<Happened> {
    let counted = &lesion.outcome.counted;
    let failed = counted.uncontrolled?;
    if counted.first_complete.is_some() {
        return Some(Happened { date: failed.date, what: Happening::Ltp });
    }
    let ended: [Option<Date>; 3] = [
        course.death().map(|death| death.date),
        course.replaced(&[lesion]).map(|replaced| replaced.date),
        course.lost(Some(lesion.history.lesion)).map(|lost| lost.date),
    ];
    ended.iter().flatten().min().map(|_| Happened { date: failed.date, what: Happening::Residual })
}
