//! The flow of lesions: how many were treated, looked at, complete, treated again, progressed, lost, and which ones.

use super::curves::Who;
use crate::clinical::{Answer, Date, EventKind, StudySettings, coded, days_between};
use crate::outcome::{CourseLesion, Efficacy, PatientCourse};
use serde::Serialize;

coded! {
    /// A box of the flow of index lesions.
    FlowStep {
        Treated = "treated", "Treated index lesions";
        NotDue = "not_due", "Window still open";
        ImagedInWindow = "imaged_in_window", "Imaged in the window";
        AdequateInWindow = "adequate_in_window", "Adequate answer in the window";
        Complete = "complete", "Complete";
        Equivocal = "equivocal", "Equivocal";
        Residual = "residual", "Residual tumour";
        ResidualReablated = "residual_reablated", "Residual tumour, ablated again";
        CompleteAssisted = "complete_assisted", "Complete after re-ablation";
        EverComplete = "ever_complete", "Complete at any time: at risk of progression";
        Progression = "progression", "Local tumour progression";
        ProgressionReablated = "progression_reablated", "Progression, ablated again";
        Controlled = "controlled", "Progression, under control since";
        NeverImaged = "never_imaged", "Never assessed on an adequate study";
        Lost = "lost", "Lost to follow-up";
        Died = "died", "Patient died";
        Transplanted = "transplanted", "Liver transplant";
    }
}

/// One box with the lesions in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FlowBox {
    /// Which box.
    pub step: FlowStep,
    /// Its name.
    pub words: &'static str,
    /// How many lesions.
    pub n: u32,
    /// Which ones.
    pub lesions: Vec<Who>,
}

/// Counts every box.
pub(super) fn flow(courses: &[&PatientCourse], settings: &StudySettings) -> Vec<FlowBox> {
    use crate::clinical::Coded;
    let mut boxes: Vec<FlowBox> = FlowStep::ALL
        .iter()
        .map(|step| FlowBox { step: *step, words: step.words(), n: 0, lesions: Vec::new() })
        .collect();
    for course in courses {
        for lesion in &course.lesions {
            if !lesion.outcome.index || lesion.outcome.counted.primary.value.efficacy == Efficacy::NotApplicable {
                continue;
            }
            for flow_box in &mut boxes {
                if belongs(flow_box.step, course, lesion, settings) {
                    flow_box.n += 1;
                    let label = Some(lesion.outcome.label.clone());
                    flow_box.lesions.push(Who { patient: course.code.clone(), lesion: label });
                }
            }
        }
    }
    boxes.iter_mut().for_each(|flow_box| flow_box.lesions.sort());
    boxes
}

/// Whether a treated index lesion belongs to a box.
fn belongs(step: FlowStep, course: &PatientCourse, lesion: &CourseLesion, settings: &StudySettings) -> bool {
    let counted = &lesion.outcome.counted;
    let primary = counted.primary.value;
    let assisted = counted.assisted.value.efficacy == Efficacy::Complete && primary.efficacy != Efficacy::Complete;
    let ablated_after = |date: Date| lesion.history.sessions.iter().any(|session| session.date > date);
    match step {
        FlowStep::Treated => true,
        FlowStep::NotDue => primary.efficacy == Efficacy::NotDue,
        FlowStep::ImagedInWindow => imaged_in_window(lesion, settings),
        FlowStep::AdequateInWindow => {
            let answered = matches!(primary.efficacy, Efficacy::Complete | Efficacy::Incomplete | Efficacy::Equivocal);
            answered && !primary.outside_window
        }
        FlowStep::Complete => primary.efficacy == Efficacy::Complete,
        FlowStep::Equivocal => primary.efficacy == Efficacy::Equivocal,
        FlowStep::Residual => primary.efficacy == Efficacy::Incomplete,
        FlowStep::ResidualReablated => {
            counted.residual.as_ref().is_some_and(|residual| ablated_after(residual.value.date))
        }
        FlowStep::CompleteAssisted => assisted,
        FlowStep::EverComplete => counted.first_complete.is_some(),
        FlowStep::Progression => counted.progression.is_some(),
        FlowStep::ProgressionReablated => {
            counted.progression.as_ref().is_some_and(|event| ablated_after(event.value.date))
        }
        FlowStep::Controlled => {
            let again = counted.last_adequate.zip(counted.progression.as_ref());
            counted.uncontrolled.is_none() && again.is_some_and(|(last, event)| last.date > event.value.date)
        }
        FlowStep::NeverImaged => counted.last_adequate.is_none(),
        FlowStep::Lost => course.events.iter().any(|event| {
            event.kind == EventKind::Lost && event.lesion.is_none_or(|about| about == lesion.history.lesion)
        }),
        FlowStep::Died => course.death_date.is_some(),
        FlowStep::Transplanted => course.transplant_date.is_some(),
    }
}

/// Whether a scan of the window after the primary course was looked at at all.
fn imaged_in_window(lesion: &CourseLesion, settings: &StudySettings) -> bool {
    let window = settings.efficacy_window(lesion.outcome.organ);
    let mut sessions: Vec<Date> = lesion.history.sessions.iter().map(|session| session.date).collect();
    sessions.sort_unstable();
    let course = usize::try_from(lesion.outcome.primary_course_sessions.value).unwrap_or(1).max(1);
    let Some(end) = sessions.get(course - 1) else { return false };
    lesion.outcome.visits.iter().any(|visit| {
        let days = days_between(*end, visit.date);
        (window.from_days..=window.to_days).contains(&days)
            && visit.answer.is_some_and(|answer| answer != Answer::NotDone)
    })
}
