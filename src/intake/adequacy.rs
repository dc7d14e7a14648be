//! Whether a visit's images can answer the question for a lesion (reading.md 1.5; rule R16).

use super::Proposal;
use crate::clinical::{Adequacy, Organ, PrimaryCancer, StackRole, TumourType};

/// Whether contrast was given at a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contrast {
    /// At least one enhanced CT or MR stack.
    Yes,
    /// CT or MR, all of it unenhanced.
    No,
    /// Nothing says so.
    Unknown,
}

/// Contrast from the roles of a visit's stacks.
#[must_use]
pub fn contrast_in(roles: &[StackRole]) -> Contrast {
    use StackRole as R;
    let enhanced = [R::CtArterial, R::CtPortalVenous, R::CtDelayed, R::CtEnhanced, R::MrT1Enhanced];
    let unenhanced = [R::CtUnenhanced, R::MrT1, R::MrT2, R::MrDwi, R::MrAdc];
    if roles.iter().any(|role| enhanced.contains(role)) {
        Contrast::Yes
    } else if roles.contains(&R::CtUnknown) || !roles.iter().any(|role| unenhanced.contains(role)) {
        Contrast::Unknown
    } else {
        Contrast::No
    }
}

/// Proposes whether the stacks of a visit can answer "is there viable tumour?" for a lesion.
///
/// Liver metastasis: one portal venous phase; hepatocellular carcinoma: arterial, portal venous and delayed;
/// lung: CT, contrast optional; kidney, adrenal, node, other: contrast; bone: CT or MR, and which. PET alone
/// is not proposed as adequate: it excludes viable tumour only under conditions a reader has to know.
#[must_use]
pub fn propose_adequacy(
    organ: Organ,
    tumour: TumourType,
    primary: PrimaryCancer,
    roles: &[StackRole],
) -> Proposal<Adequacy> {
    let (adequate, reason) = judge(organ, tumour, primary, roles);
    Proposal::new(Adequacy { adequate, reason: reason.clone(), by_reader: false }, reason)
}

fn is_ct(role: StackRole) -> bool {
    use StackRole as R;
    matches!(role, R::CtUnenhanced | R::CtArterial | R::CtPortalVenous | R::CtDelayed | R::CtEnhanced | R::CtUnknown)
}

fn is_mr(role: StackRole) -> bool {
    use StackRole as R;
    matches!(role, R::MrT1 | R::MrT1Enhanced | R::MrT2 | R::MrDwi | R::MrAdc | R::MrOther)
}

fn judge(organ: Organ, tumour: TumourType, primary: PrimaryCancer, roles: &[StackRole]) -> (bool, String) {
    let (ct, mr) = (roles.iter().any(|role| is_ct(*role)), roles.iter().any(|role| is_mr(*role)));
    if !ct && !mr {
        let reason = if roles.contains(&StackRole::Pet) {
            "PET alone: excludes viable tumour only if the lesion was FDG-avid before, is 10 mm or larger and no HCC"
        } else {
            "no images of this visit to judge on"
        };
        return (false, reason.to_owned());
    }
    match organ {
        Organ::Lung if ct => (true, "lung: judged on shape and growth, contrast optional".to_owned()),
        Organ::Lung => (false, "lung: no CT at this visit".to_owned()),
        Organ::Bone => {
            let which = match (ct, mr) {
                (true, true) => "CT and MR",
                (true, false) => "CT",
                _ => "MR",
            };
            (true, format!("bone: judged on {which}"))
        }
        _ => match contrast_in(roles) {
            Contrast::No => (false, "no contrast: enhancement cannot be judged".to_owned()),
            Contrast::Unknown => {
                (false, "the images do not say whether contrast was given; set the role of a stack".to_owned())
            }
            Contrast::Yes if organ == Organ::Liver => liver(tumour, primary, roles),
            Contrast::Yes => (true, "contrast given".to_owned()),
        },
    }
}

fn liver(tumour: TumourType, primary: PrimaryCancer, roles: &[StackRole]) -> (bool, String) {
    use StackRole as R;
    let has = |role| roles.contains(&role);
    let hcc = primary == PrimaryCancer::Hcc
        || (tumour == TumourType::PrimaryTumour && matches!(primary, PrimaryCancer::Unknown | PrimaryCancer::Other));
    if hcc {
        let missing: Vec<&str> =
            [(R::CtArterial, "arterial"), (R::CtPortalVenous, "portal venous"), (R::CtDelayed, "delayed")]
                .into_iter()
                .filter(|(role, _)| !has(*role))
                .map(|(_, name)| name)
                .collect();
        return if missing.is_empty() {
            (true, "liver primary: arterial, portal venous and delayed phase".to_owned())
        } else if has(R::MrT1Enhanced) {
            (true, "liver primary: enhanced MR; check that arterial, portal venous and delayed are there".to_owned())
        } else {
            let s = if missing.len() == 1 { "phase is" } else { "phases are" };
            (false, format!("liver primary: the {} {s} missing", missing.join(" and ")))
        };
    }
    if has(R::CtPortalVenous) {
        (true, "portal venous phase".to_owned())
    } else if has(R::MrT1Enhanced) {
        (true, "enhanced MR".to_owned())
    } else if has(R::CtEnhanced) {
        (true, "contrast given, phase not stated".to_owned())
    } else {
        (false, "the portal venous phase is missing".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use StackRole as R;

    fn crlm(roles: &[R]) -> Adequacy {
        propose_adequacy(Organ::Liver, TumourType::Metastasis, PrimaryCancer::Colorectal, roles).value
    }

    fn of(organ: Organ, roles: &[R]) -> bool {
        propose_adequacy(organ, TumourType::Unknown, PrimaryCancer::Unknown, roles).value.adequate
    }

    #[test]
    fn liver_metastasis_needs_the_portal_venous_phase() {
        assert!(crlm(&[R::Localizer, R::CtPortalVenous]).adequate);
        assert!(crlm(&[R::CtEnhanced]).adequate);
        assert!(crlm(&[R::MrT2, R::MrT1Enhanced]).adequate);
        assert!(!crlm(&[R::CtArterial, R::CtUnenhanced]).adequate);
        assert!(!crlm(&[R::CtUnenhanced]).adequate);
        assert!(crlm(&[R::CtUnknown]).reason.contains("do not say"));
        assert!(!crlm(&[R::Pet]).adequate);
        assert!(!crlm(&[R::Localizer]).adequate);
        assert!(!crlm(&[]).adequate);
        assert!(!crlm(&[R::CtPortalVenous]).by_reader);
    }

    #[test]
    fn hcc_needs_three_phases() {
        let hcc =
            |roles: &[R]| propose_adequacy(Organ::Liver, TumourType::PrimaryTumour, PrimaryCancer::Hcc, roles).value;
        assert!(hcc(&[R::CtArterial, R::CtPortalVenous, R::CtDelayed]).adequate);
        let two = hcc(&[R::CtArterial, R::CtPortalVenous]);
        assert_eq!((two.adequate, two.reason.as_str()), (false, "liver primary: the delayed phase is missing"));
        assert!(!hcc(&[R::CtEnhanced]).adequate);
        assert!(hcc(&[R::MrT1Enhanced, R::MrT2]).adequate);
    }

    #[test]
    fn other_organs() {
        assert!(of(Organ::Lung, &[R::CtUnenhanced]));
        assert!(!of(Organ::Lung, &[R::MrT2]));
        for organ in [Organ::Kidney, Organ::Adrenal, Organ::LymphNode, Organ::Other] {
            assert!(of(organ, &[R::CtArterial]), "{organ}");
            assert!(!of(organ, &[R::CtUnenhanced]), "{organ}");
            assert!(!of(organ, &[R::CtUnknown]), "{organ}");
        }
        let bone = propose_adequacy(Organ::Bone, TumourType::Metastasis, PrimaryCancer::Breast, &[R::MrT2]);
        assert_eq!((bone.value.adequate, bone.because.as_str()), (true, "bone: judged on MR"));
    }

    #[test]
    fn contrast_yes_no_unknown() {
        assert_eq!(contrast_in(&[R::CtUnenhanced, R::CtDelayed]), Contrast::Yes);
        assert_eq!(contrast_in(&[R::CtUnenhanced, R::Localizer]), Contrast::No);
        assert_eq!(contrast_in(&[R::CtUnenhanced, R::CtUnknown]), Contrast::Unknown);
        assert_eq!(contrast_in(&[R::Pet]), Contrast::Unknown);
        assert_eq!(contrast_in(&[]), Contrast::Unknown);
    }
}
