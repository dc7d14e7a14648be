//! Whose images these are.

use super::Proposal;
use crate::clinical::{Identity, PatientId};
use crate::dicom::comparable_name;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

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

/// A patient whose images these may be too, and why that is not sure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// Who it may be.
    pub patient: PatientId,
    /// What the images carry: fits between "The images carry" and "of P001". No name, date or identifier.
    pub because: &'static str,
}

/// Proposes whose images these are: the same when Patient ID and issuer agree and neither name nor birth
/// date speaks against it. A patient may appear in `existing` with several identities. No reason repeats a
/// name, a date or an identifier.
#[must_use]
pub fn propose_patient(existing: &[(PatientId, Identity)], found: &Identity) -> Proposal<PatientMatch> {
    let id = found.dicom_patient_id.trim();
    if id.is_empty() {
        return without_id(existing, found);
    }
    let with_id: Vec<_> = existing.iter().filter(|(_, known)| known.dicom_patient_id.trim() == id).collect();
    let agreeing: Vec<_> = with_id.iter().filter(|(_, known)| issuers(known, found) != Issuers::Differ).collect();
    if agreeing.is_empty() {
        return if with_id.is_empty() {
            unknown_id(existing, found)
        } else {
            Proposal::new(PatientMatch::New, "the Patient ID is known, but from another issuer")
        };
    }
    // One identity without a contradiction is enough: a name may have changed before.
    let fitting: BTreeSet<PatientId> = agreeing
        .iter()
        .filter(|(_, known)| contradiction(known, found).is_none())
        .map(|(patient, _)| *patient)
        .collect();
    let against = agreeing.iter().find_map(|(_, known)| contradiction(known, found));
    match (fitting.first(), against) {
        (Some(patient), _) if fitting.len() == 1 => {
            Proposal::new(PatientMatch::Same(*patient), "same Patient ID, nothing against it")
        }
        (None, Some(why)) => Proposal::new(PatientMatch::Ask, format!("same Patient ID, but {}", why.words())),
        _ => Proposal::new(PatientMatch::Ask, "several patients of the project have this Patient ID"),
    }
}

/// Which patients these images may be of although the program cannot tell; by number. A patient who is surely the
/// same is named too: two patients with one identity are a question.
#[must_use]
pub fn doubts(existing: &[(PatientId, Identity)], found: &Identity) -> Vec<Doubt> {
    let id = found.dicom_patient_id.trim();
    let mut doubts: BTreeMap<PatientId, (u8, &'static str)> = BTreeMap::new();
    let mut doubt = |patient: PatientId, rank: u8, because: &'static str| {
        let best = doubts.entry(patient).or_insert((rank, because));
        *best = (*best).min((rank, because));
    };
    for (patient, known) in existing {
        let same_id = known.dicom_patient_id.trim() == id && issuers(known, found) != Issuers::Differ;
        let person = namesakes(known, found);
        match (id.is_empty(), same_id, contradiction(known, found)) {
            (false, true, None) => doubt(*patient, 0, "the Patient ID"),
            (false, true, Some(why)) => doubt(*patient, 2, why.doubt()),
            (true, ..) if person => doubt(*patient, 1, "no Patient ID, but the name and birth date"),
            (true, ..) => doubt(*patient, 3, "no Patient ID, and may be images"),
            (false, false, _) if person => doubt(*patient, 1, "another Patient ID, but the name and birth date"),
            (false, false, _) => {}
        }
    }
    // Without an identifier everybody may be meant; where somebody fits by name nobody else is offered.
    let best = doubts.values().map(|(rank, _)| *rank).min().unwrap_or(0);
    let most = if id.is_empty() { best } else { u8::MAX };
    let doubts = doubts.into_iter().filter(|(_, (rank, _))| *rank <= most);
    doubts.map(|(patient, (_, because))| Doubt { patient, because }).collect()
}

/// Images without a Patient ID: the same only as a patient who was recognised by name and birth date before.
fn without_id(existing: &[(PatientId, Identity)], found: &Identity) -> Proposal<PatientMatch> {
    if existing.is_empty() {
        return Proposal::new(PatientMatch::New, "the project has no patient yet");
    }
    let before = existing
        .iter()
        .filter(|(_, known)| known.dicom_patient_id.trim().is_empty() && same_person(known, found))
        .map(|(patient, _)| *patient);
    let before: BTreeSet<PatientId> = before.collect();
    match before.first() {
        Some(patient) if before.len() == 1 => Proposal::new(
            PatientMatch::Same(*patient),
            "no Patient ID, but name and birth date as of images without one",
        ),
        _ => Proposal::new(PatientMatch::Ask, "the images carry no Patient ID"),
    }
}

/// Whether name and birth date are there and agree.
fn same_person(known: &Identity, found: &Identity) -> bool {
    let name = comparable_name(&found.name);
    !name.is_empty()
        && found.birth_date.is_some()
        && comparable_name(&known.name) == name
        && known.birth_date == found.birth_date
}

/// Whether name and birth date are there and seem to be one person's: enough for a question, never for an answer.
fn namesakes(known: &Identity, found: &Identity) -> bool {
    let birth = found.birth_date.is_some() && known.birth_date == found.birth_date;
    birth && (same_person(known, found) || alike(&comparable_name(&known.name), &comparable_name(&found.name)))
}

/// Whether images of one study are of its patient although the program would ask: the Study Instance UID vouches for
/// a name or a birth date that was written in two ways, and for an identifier that is missing; not for another one.
#[must_use]
pub fn study_vouches(owner: &[Identity], found: &Identity) -> bool {
    let id = found.dicom_patient_id.trim();
    let both = Against::NameAndBirthDate;
    owner.iter().any(|known| {
        (id.is_empty() || known.dicom_patient_id.trim() == id)
            && issuers(known, found) != Issuers::Differ
            && contradiction(known, found) != Some(both)
    })
}

/// Nobody has the Patient ID: still ask when name and birth date are somebody's.
fn unknown_id(existing: &[(PatientId, Identity)], found: &Identity) -> Proposal<PatientMatch> {
    let namesake = existing.iter().any(|(_, known)| namesakes(known, found));
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

/// What speaks against one person behind one identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Against {
    NameAndBirthDate,
    Name,
    BirthDate,
    OneIssuer,
}

impl Against {
    const fn words(self) -> &'static str {
        match self {
            Self::NameAndBirthDate => "another name and another birth date",
            Self::Name => "another name",
            Self::BirthDate => "another birth date",
            Self::OneIssuer => "only one of them names its issuer",
        }
    }

    const fn doubt(self) -> &'static str {
        match self {
            Self::NameAndBirthDate => "another name and birth date, but the Patient ID",
            Self::Name => "another name, but the Patient ID",
            Self::BirthDate => "another birth date, but the Patient ID",
            Self::OneIssuer => "only the number, and not the issuer, of the Patient ID",
        }
    }
}

fn contradiction(known: &Identity, found: &Identity) -> Option<Against> {
    let (a, b) = (comparable_name(&known.name), comparable_name(&found.name));
    let name_differs = !a.is_empty() && !b.is_empty() && a != b && !alike(&a, &b);
    let birth_differs = matches!((known.birth_date, found.birth_date), (Some(a), Some(b)) if a != b);
    match (name_differs, birth_differs) {
        (true, true) => Some(Against::NameAndBirthDate),
        (true, false) => Some(Against::Name),
        (false, true) => Some(Against::BirthDate),
        // An identifier that only one side says who gave needs a person behind it.
        (false, false) => {
            let vouched =
                (!a.is_empty() && a == b) || (known.birth_date.is_some() && known.birth_date == found.birth_date);
            (issuers(known, found) == Issuers::OneMissing && !vouched).then_some(Against::OneIssuer)
        }
    }
}

/// Whether one name is the other with a further given name: "Doe^Jane" and "Doe^Jane Mary".
fn alike(a: &[String], b: &[String]) -> bool {
    let shorter = a.len().min(b.len());
    shorter >= 2 && a.iter().zip(b).all(|(a, b)| a == b)
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
        assert_eq!(
            one(who("4711", "H", "Doe^Jane Mary^^Dr.", Some(1950))),
            Same(PatientId(1)),
            "a title, a middle name"
        );
        assert_eq!(one(who("9", "H", "DOE^JANE^^Dr.^PhD", Some(1950))), Ask, "a title hides nobody");
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
    fn one_name_is_written_in_several_ways() {
        let ways = [
            "Müller-Lüdenscheidt^Änne",
            "MUELLER LUEDENSCHEIDT^AENNE",
            "muller^ludenscheidt, anne",
            "MÜLLER LÜDENSCHEIDT^ÄNNE^^Prof.",
        ];
        for way in ways {
            assert_eq!(comparable_name(way), ["muller", "ludenscheidt", "anne"], "{way}");
        }
        assert_eq!(comparable_name("Łukasz^Žižka=漢字"), ["lukasz", "zizka"]);
        assert_eq!(comparable_name("=山田^太郎"), ["山田", "太郎"]);
        assert_eq!(comparable_name("O'Brien^Seán"), ["o", "brien", "sean"]);
        assert_ne!(comparable_name("Doe^Jane"), comparable_name("Doe^Jan"));
    }

    #[test]
    fn a_patient_who_was_told_apart_is_known_again() {
        use PatientMatch::{Ask, Same};
        let jane = who("4711", "H", "Doe^Jane", Some(1950));
        let other = who("4711", "H", "Roe^Jane", Some(1950));
        let moved = who("9", "H", "Doe^Jane", Some(1950));
        let unnumbered = who("", "", "Doe^Jane", Some(1950));
        let all = [jane.clone(), other.clone(), moved.clone(), unnumbered.clone()];
        for (n, identity) in (1..).zip(&all) {
            assert_eq!(answer(&all, identity), Same(PatientId(n)), "identity {n} came before");
        }
        assert_eq!(answer(&all, &who("4711", "H", "", None)), Ask, "nothing says which of the two");
        assert_eq!(answer(&all, &who("4711", "H", "Poe^Jane", Some(1950))), Ask);
        assert_eq!(answer(&all, &who("", "", "", None)), Ask);
    }

    #[test]
    fn a_doubt_names_who_it_may_be() {
        let existing = [
            (PatientId(1), who("4711", "H", "Doe^Jane", Some(1950))),
            (PatientId(2), who("12", "H", "Roe^John", Some(1940))),
        ];
        let told = |found: &Identity| -> Vec<(u32, &str)> {
            doubts(&existing, found).into_iter().map(|doubt| (doubt.patient.0, doubt.because)).collect()
        };
        assert_eq!(told(&who("4711", "H", "Roe^Jane", Some(1950))), [(1, "another name, but the Patient ID")]);
        let moved = who("9", "H", "Doe^Jane", Some(1950));
        assert_eq!(told(&moved), [(1, "another Patient ID, but the name and birth date")]);
        assert_eq!(told(&who("9", "H", "Poe^Jim", Some(1930))), []);
        assert_eq!(told(&who("12", "X", "Roe^Jim", Some(1930))), [], "the number of another issuer");
        let unnumbered = who("", "", "Roe^John", Some(1940));
        assert_eq!(told(&unnumbered), [(2, "no Patient ID, but the name and birth date")]);
        assert_eq!(told(&who("", "", "", None)).len(), 2, "anybody");
        assert_eq!(told(&existing[0].1), [(1, "the Patient ID")]);
    }

    #[test]
    fn a_study_vouches_for_a_name_and_not_for_another_number() {
        let owner = [who("4711", "H", "Doe^Jane", Some(1950))];
        assert!(study_vouches(&owner, &who("4711", "H", "Doe^J", Some(1950))));
        assert!(study_vouches(&owner, &who("", "H", "", None)));
        assert!(!study_vouches(&owner, &who("9", "H", "Doe^Jane", Some(1950))));
        assert!(!study_vouches(&owner, &who("4711", "H", "Roe^John", Some(1940))));
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
