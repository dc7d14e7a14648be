//! Whose images these are.

use super::Proposal;
use crate::clinical::{Identity, PatientId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Whether images belong to a patient of the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PatientMatch {
    /// The same person.
    Same(PatientId),
    /// Somebody new.
    New,
    /// The program cannot tell: the reader has to say.
    Ask,
}

/// Proposes whose images these are: the same when Patient ID and issuer agree and neither name nor birth
/// date speaks against it. A patient may appear in `existing` with several identities. No reason repeats a
/// name, a date or an identifier.
#[must_use]
pub fn propose_patient(existing: &[(PatientId, Identity)], found: &Identity) -> Proposal<PatientMatch> {
    let id = found.dicom_patient_id.trim();
    if id.is_empty() {
        return if existing.is_empty() {
            Proposal::new(PatientMatch::New, "the project has no patient yet")
        } else {
            Proposal::new(PatientMatch::Ask, "the images carry no Patient ID")
        };
    }
    let with_id: Vec<_> = existing.iter().filter(|(_, known)| known.dicom_patient_id.trim() == id).collect();
    let agreeing: Vec<_> = with_id.iter().filter(|(_, known)| issuers(known, found) != Issuers::Differ).collect();
    let patients: BTreeSet<PatientId> = agreeing.iter().map(|(patient, _)| *patient).collect();
    match patients.iter().collect::<Vec<_>>().as_slice() {
        [] if !with_id.is_empty() => {
            Proposal::new(PatientMatch::New, "the Patient ID is known, but from another issuer")
        }
        [] => unknown_id(existing, found),
        [patient] => {
            // One identity without a contradiction is enough: a name may have changed before.
            let against: Vec<&str> = agreeing.iter().filter_map(|(_, known)| contradiction(known, found)).collect();
            match against.first() {
                Some(why) if against.len() == agreeing.len() => {
                    Proposal::new(PatientMatch::Ask, format!("same Patient ID, but {why}"))
                }
                _ => Proposal::new(PatientMatch::Same(**patient), "same Patient ID, nothing against it"),
            }
        }
        _ => Proposal::new(PatientMatch::Ask, "several patients of the project have this Patient ID"),
    }
}

/// Nobody has the Patient ID: still ask when name and birth date are somebody's.
fn unknown_id(existing: &[(PatientId, Identity)], found: &Identity) -> Proposal<PatientMatch> {
    let name = comparable_name(&found.name);
    let namesake = existing.iter().any(|(_, known)| {
        !name.is_empty()
            && found.birth_date.is_some()
            && comparable_name(&known.name) == name
            && known.birth_date == found.birth_date
    });
    if namesake {
        let text = "another Patient ID, but name and birth date of a patient of the project";
        return Proposal::new(PatientMatch::Ask, text);
    }
    Proposal::new(PatientMatch::New, "no patient of the project has this Patient ID")
}

#[derive(PartialEq)]
enum Issuers {
    Agree,
    OneMissing,
    Differ,
}

fn issuers(a: &Identity, b: &Identity) -> Issuers {
    let (a, b) = (a.issuer.trim(), b.issuer.trim());
    match (a.is_empty(), b.is_empty()) {
        (true, false) | (false, true) => Issuers::OneMissing,
        _ if a.eq_ignore_ascii_case(b) => Issuers::Agree,
        _ => Issuers::Differ,
    }
}

fn contradiction(known: &Identity, found: &Identity) -> Option<&'static str> {
    let (a, b) = (comparable_name(&known.name), comparable_name(&found.name));
    let name_differs = !a.is_empty() && !b.is_empty() && a != b;
    let birth_differs = matches!((known.birth_date, found.birth_date), (Some(a), Some(b)) if a != b);
    match (name_differs, birth_differs) {
        (true, true) => Some("another name and another birth date"),
        (true, false) => Some("another name"),
        (false, true) => Some("another birth date"),
        // An identifier that only one side says who gave needs a person behind it.
        (false, false) => {
            let vouched =
                (!a.is_empty() && a == b) || (known.birth_date.is_some() && known.birth_date == found.birth_date);
            (issuers(known, found) == Issuers::OneMissing && !vouched).then_some("only one of them names its issuer")
        }
    }
}

/// Letters of the parts of a name, in order, without case, empty parts and component separators.
fn comparable_name(name: &str) -> Vec<String> {
    let alphabetic = name.split('=').find(|group| !group.trim().is_empty()).unwrap_or("");
    alphabetic
        .split(|c: char| c == '^' || c == ',' || c.is_whitespace())
        .filter(|part| !part.is_empty())
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clinical::Date;

    fn who(id: &str, issuer: &str, name: &str, year: Option<i32>) -> Identity {
        Identity {
            dicom_patient_id: id.into(),
            issuer: issuer.into(),
            name: name.into(),
            birth_date: year.and_then(|year| Date::from_ymd_opt(year, 5, 1)),
        }
    }

    fn answer(existing: &[Identity], found: &Identity) -> PatientMatch {
        let existing: Vec<_> =
            existing.iter().enumerate().map(|(n, who)| (PatientId(n as u32 + 1), who.clone())).collect();
        let proposal = propose_patient(&existing, found);
        for secret in ["doe", "roe", "jane", "4711", "1950"] {
            assert!(!proposal.because.to_lowercase().contains(secret), "leaks: {}", proposal.because);
        }
        proposal.value
    }

    #[test]
    fn same_new_or_ask() {
        use PatientMatch::{Ask, New, Same};
        let jane = who("4711", "H", "Doe^Jane", Some(1950));
        let one = |found: Identity| answer(std::slice::from_ref(&jane), &found);
        assert_eq!(one(jane.clone()), Same(PatientId(1)));
        assert_eq!(one(who(" 4711 ", "h", "DOE^JANE^^", Some(1950))), Same(PatientId(1)), "case, spaces, empty parts");
        assert_eq!(one(who("4711", "H", "", None)), Same(PatientId(1)), "a blank name speaks against nothing");
        assert_eq!(one(who("4711", "H", "Roe^Jane", Some(1950))), Ask);
        assert_eq!(one(who("4711", "H", "Doe^Jane", Some(1951))), Ask);
        assert_eq!(one(who("4711", "Other", "Doe^Jane", Some(1950))), New, "another issuer's number");
        assert_eq!(one(who("4711", "", "Doe^Jane", Some(1950))), Same(PatientId(1)), "issuer missing, name vouches");
        assert_eq!(one(who("4711", "", "", None)), Ask, "issuer missing, nothing vouches");
        assert_eq!(one(who("9", "H", "Roe^John", Some(1940))), New);
        assert_eq!(one(who("9", "H", "Doe^Jane", Some(1950))), Ask, "name and birth date of somebody known");
        assert_eq!(one(who("", "", "Doe^Jane", Some(1950))), Ask);
        assert_eq!(answer(&[], &who("", "", "", None)), New);
        assert_eq!(answer(&[jane.clone(), jane.clone()], &jane), Ask, "two patients with one identifier");
    }

    #[test]
    fn a_second_identity_of_the_same_patient_vouches() {
        let known = [
            (PatientId(3), who("4711", "H", "Doe^Jane", Some(1950))),
            (PatientId(3), who("4711", "H", "Roe^Jane", Some(1950))),
        ];
        let found = who("4711", "H", "Roe^Jane", Some(1950));
        assert_eq!(propose_patient(&known, &found).value, PatientMatch::Same(PatientId(3)));
    }
}
