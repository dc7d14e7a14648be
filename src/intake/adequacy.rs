//! Whether a visit's images can answer the question for a lesion: the rules' own proposal (R16), from roles.

use super::Proposal;
use crate::clinical::{
    Adequacy, Date, LesionId, Organ, PatientId, PrimaryCancer, StackRole, TumourType, VisitId, VisitSource,
};
use crate::outcome::{self, AdequacyCall, LesionHistory, LesionVisit, StudyContent};

/// Proposes whether the stacks of a visit can answer "is there viable tumour?" for a lesion. It is what the
/// rules use where no reader has settled it ([`outcome::propose_adequacy`]), in the form a finding keeps;
/// what the rules leave undecided is not adequate until a reader says so, and the reason says why.
#[must_use]
pub fn propose_adequacy(
    organ: Organ,
    tumour: TumourType,
    primary: PrimaryCancer,
    roles: &[StackRole],
) -> Proposal<Adequacy> {
    let history = LesionHistory {
        organ,
        tumour_type: tumour,
        primary_cancer: primary,
        ..LesionHistory::new(PatientId(0), LesionId(0), "")
    };
    let visit = LesionVisit {
        id: VisitId(0),
        date: Date::default(),
        source: VisitSource::Images,
        study: StudyContent::from_roles(roles),
        finding: None,
        marks: Vec::new(),
    };
    let call = outcome::propose_adequacy(&history, &visit);
    let adequate = call.value == AdequacyCall::Adequate;
    Proposal::new(Adequacy { adequate, reason: call.because.clone(), by_reader: false }, call.because)
}

#[cfg(test)]
mod tests {
    use super::*;
    use StackRole as R;

    fn of(organ: Organ, primary: PrimaryCancer, roles: &[R]) -> Adequacy {
        propose_adequacy(organ, TumourType::Unknown, primary, roles).value
    }

    #[test]
    fn liver_metastasis_needs_the_portal_venous_phase() {
        let crlm = |roles: &[R]| of(Organ::Liver, PrimaryCancer::Colorectal, roles);
        assert!(crlm(&[R::Localizer, R::CtPortalVenous]).adequate);
        assert!(crlm(&[R::MrT2, R::MrT1Enhanced]).adequate);
        for roles in [&[R::CtUnenhanced][..], &[R::CtUnknown], &[R::Pet], &[R::Localizer], &[]] {
            let proposal = crlm(roles);
            assert!(!proposal.adequate && !proposal.reason.is_empty() && !proposal.by_reader, "{roles:?}");
        }
    }

    #[test]
    fn hcc_needs_three_phases() {
        let hcc = |roles: &[R]| of(Organ::Liver, PrimaryCancer::Hcc, roles);
        assert!(hcc(&[R::CtArterial, R::CtPortalVenous, R::CtDelayed]).adequate);
        assert!(!hcc(&[R::CtArterial, R::CtPortalVenous]).adequate);
    }

    #[test]
    fn other_organs() {
        assert!(of(Organ::Lung, PrimaryCancer::Colorectal, &[R::CtUnenhanced]).adequate);
        assert!(of(Organ::Bone, PrimaryCancer::Breast, &[R::MrT2]).adequate);
        for organ in [Organ::Kidney, Organ::Adrenal, Organ::LymphNode] {
            assert!(of(organ, PrimaryCancer::Renal, &[R::CtArterial]).adequate, "{organ}");
            assert!(!of(organ, PrimaryCancer::Renal, &[R::CtUnenhanced]).adequate, "{organ}");
        }
    }
}
