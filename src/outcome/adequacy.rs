//! R16: whether a study can answer the question, by organ and tumour (reading.md 1.5).

use super::{AdequacyCall, Derived, LesionHistory, LesionVisit, RuleId, StudyContent};
use crate::clinical::{Coded, Modality, Organ, PrimaryCancer, StackRole, VisitSource, YesNoUnknown};

/// The adequacy in force at a visit, and whether the reader settled it: what the finding says, else the
/// program's proposal.
pub(super) fn in_force(history: &LesionHistory, visit: &LesionVisit) -> (Derived<AdequacyCall>, bool) {
    let Some(settled) = visit.finding.as_ref().and_then(|finding| finding.adequacy.as_ref()) else {
        return (propose_adequacy(history, visit), false);
    };
    let call = if settled.adequate { AdequacyCall::Adequate } else { AdequacyCall::NotAdequate };
    let verdict = if settled.adequate { "adequate" } else { "not adequate" };
    let who = if settled.by_reader { "called" } else { "accepted as" };
    let reason = settled.reason.trim();
    let because = if reason.is_empty() { format!("{who} {verdict}") } else { format!("{who} {verdict}, {reason}") };
    (Derived::new(call, RuleId::R16, because), settled.by_reader)
}

/// The program's proposal for a visit. `because` is a phrase that can stand after "the study is".
#[must_use]
pub fn propose_adequacy(history: &LesionHistory, visit: &LesionVisit) -> Derived<AdequacyCall> {
    let (call, because) = if visit.source == VisitSource::ReportOnly && visit.study == StudyContent::unknown() {
        (AdequacyCall::Undecided, "known from a report only: say whether what was imaged is adequate".to_owned())
    } else {
        by_organ(history.organ, history.primary_cancer, &visit.study)
    };
    Derived::new(call, RuleId::R16, because)
}

fn by_organ(organ: Organ, primary: PrimaryCancer, study: &StudyContent) -> (AdequacyCall, String) {
    let Some(modality) = study.modality else {
        return match study.contrast {
            YesNoUnknown::Unknown => {
                (AdequacyCall::Undecided, "of unknown kind: say whether it is adequate".to_owned())
            }
            YesNoUnknown::Yes | YesNoUnknown::No => by_contrast(organ, primary, Modality::Other, study),
        };
    };
    match (organ, modality) {
        (_, Modality::Pet) => (
            AdequacyCall::Undecided,
            "PET: it can show viable tumour, but excludes it only in tumours that took up FDG before; say whether \
             it is adequate"
                .to_owned(),
        ),
        (Organ::Lung, Modality::Ct) => {
            (AdequacyCall::Adequate, "adequate: lung is judged on shape and growth, contrast is optional".to_owned())
        }
        (Organ::Bone, Modality::Ct | Modality::Mr) => {
            let contrast = match study.contrast {
                YesNoUnknown::Yes => "with contrast",
                YesNoUnknown::No => "without contrast",
                YesNoUnknown::Unknown => "contrast not known",
            };
            (AdequacyCall::Adequate, format!("adequate: bone, judged on {} {contrast}", modality.words()))
        }
        _ => by_contrast(organ, primary, modality, study),
    }
}

fn by_contrast(
    organ: Organ,
    primary: PrimaryCancer,
    modality: Modality,
    study: &StudyContent,
) -> (AdequacyCall, String) {
    let what = if modality == Modality::Other { "the study" } else { modality.words() };
    match study.contrast {
        YesNoUnknown::No => (
            AdequacyCall::NotAdequate,
            format!("not adequate: {what} without contrast cannot exclude viable tumour in the {}", place(organ)),
        ),
        YesNoUnknown::Unknown => (
            AdequacyCall::Undecided,
            format!("not judged yet: it is not known whether contrast was given ({what}); say whether it is adequate"),
        ),
        YesNoUnknown::Yes => phases(organ, primary, modality, study),
    }
}

fn place(organ: Organ) -> &'static str {
    match organ {
        Organ::Liver => "liver",
        Organ::Lung => "lung",
        Organ::Kidney => "kidney",
        Organ::Adrenal => "adrenal gland",
        Organ::Bone => "bone",
        Organ::LymphNode => "lymph node",
        Organ::Other => "treated organ",
    }
}

/// Phases of a contrast-enhanced study. A phase counts as missing only where the phases of CT are told apart.
fn phases(organ: Organ, primary: PrimaryCancer, modality: Modality, study: &StudyContent) -> (AdequacyCall, String) {
    const TOLD_APART: [(StackRole, &str); 3] = [
        (StackRole::CtArterial, "arterial"),
        (StackRole::CtPortalVenous, "portal venous"),
        (StackRole::CtDelayed, "delayed"),
    ];
    let found: Vec<&str> =
        TOLD_APART.iter().filter(|(role, _)| study.roles.contains(role)).map(|(_, name)| *name).collect();
    let told_apart = modality == Modality::Ct && !found.is_empty() && !study.roles.contains(&StackRole::CtEnhanced);
    let wanted: &[&str] = match (organ, primary) {
        (Organ::Liver, PrimaryCancer::Hcc) => &["arterial", "portal venous", "delayed"],
        (Organ::Liver, _) => &["portal venous"],
        _ => &[],
    };
    let missing: Vec<&str> = wanted.iter().copied().filter(|phase| !found.contains(phase)).collect();
    let tumour = if primary == PrimaryCancer::Hcc { "hepatocellular carcinoma" } else { "a liver tumour" };
    if told_apart && !missing.is_empty() {
        let verb = if missing.len() == 1 { "phase was" } else { "phases were" };
        let because = format!("not adequate for {tumour}: the {} {verb} not found", and(&missing));
        return (AdequacyCall::NotAdequate, because);
    }
    let what = if modality == Modality::Other { "contrast-enhanced study" } else { modality.words() };
    let because = if told_apart {
        let noun = if found.len() == 1 { "phase" } else { "phases" };
        format!("adequate: {what} with contrast, {} {noun}", and(&found))
    } else if wanted.is_empty() {
        format!("adequate: {what} with contrast")
    } else if wanted.len() == 1 {
        format!("adequate: {what} with contrast, one portal venous phase is enough")
    } else {
        format!(
            "adequate: {what} with contrast; {} phases are wanted for {tumour} and were not told apart",
            and(wanted)
        )
    };
    (AdequacyCall::Adequate, because)
}

fn and(items: &[&str]) -> String {
    match items {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
