//! Edits of whole patients: put away, merged into one, and images that are another patient's.

use super::{is_bare_without, missing};
use crate::clinical::{
    Cirrhosis, DeathCause, Identity, Patient, PatientId, PrimaryCancer, Sex, StackKey, Study, SystemicTherapy, Visit,
    VisitId, VisitSource, VitalStatus, YesNoUnknown,
};
use crate::project::change::{ChangeKind, NamedEdit};
use crate::project::document::Document;
use crate::project::edit::Op;
use crate::project::refusal::Refusal;
use crate::project::row::{Row, RowKey, StackRecord};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Puts a patient away, or takes the patient up again. Everything that was read stays.
///
/// # Errors
/// When the patient is not there.
pub fn archive_patient(document: &Document, id: PatientId, archived: bool) -> Result<NamedEdit, Refusal> {
    let patient = document.patient(id).ok_or_else(|| missing("patient"))?;
    let label = format!("{} {}", patient.code, if archived { "archived" } else { "taken up again" });
    let row = Patient { archived, ..patient.clone() };
    Ok(NamedEdit::new(ChangeKind::Patient, label, vec![Op::Put(Row::Patient(row))]).of(id))
}

/// Says that a patient whose identity looks like others' is another person: import does not ask again.
///
/// # Errors
/// When one of them is not there, or `others` are known to be other people already.
pub fn another_patient(document: &Document, id: PatientId, others: &[PatientId]) -> Result<NamedEdit, Refusal> {
    let mut ops = BTreeMap::new();
    for other in others {
        let pair = told_apart(document, &ops, id, *other)?;
        ops.extend(pair.map(|row| (row.id, row)));
    }
    let code = |id: &PatientId| document.patient(*id).map(|patient| patient.code.clone()).unwrap_or_default();
    let label = format!("{} is not {}", code(&id), others.iter().map(code).collect::<Vec<_>>().join(" or "));
    let ops = ops.into_values().map(|row| Op::Put(Row::Patient(row))).collect();
    Ok(NamedEdit::new(ChangeKind::Patient, label, ops).of(id))
}

/// The row that tells two patients apart, always that of the later one; none when they are told apart already.
fn told_apart(
    document: &Document,
    changed: &BTreeMap<PatientId, Patient>,
    a: PatientId,
    b: PatientId,
) -> Result<Option<Patient>, Refusal> {
    let (earlier, later) = (a.min(b), a.max(b));
    document.patient(earlier).ok_or_else(|| missing("patient"))?;
    let row = changed.get(&later).or_else(|| document.patient(later)).ok_or_else(|| missing("patient"))?;
    if earlier == later || row.not_the_same_as.contains(&earlier) {
        return Ok(None);
    }
    let mut row = row.clone();
    row.not_the_same_as.push(earlier);
    row.not_the_same_as.sort_unstable();
    Ok(Some(row))
}

/// Makes two patients one: everything of `from` becomes `into`'s, and `from` goes. A lesion whose label is taken gets
/// the next free one. What is known of `into` stays; what is not known is taken from `from`.
///
/// Names and identifiers are no part of the document and stay where they are: `into` remembers who it is also, and
/// [`identities_now`] follows that, so that an undo gives everybody back their own.
///
/// # Errors
/// When one of them is not there, or visits of `from` were signed: what is signed names its patient.
pub fn merge_patients(document: &Document, from: PatientId, into: PatientId) -> Result<NamedEdit, Refusal> {
    if from == into {
        return Err(Refusal::SamePatient);
    }
    let old = document.patient(from).ok_or_else(|| missing("patient"))?;
    let kept = document.patient(into).ok_or_else(|| missing("patient"))?;
    let visits = document.visits_of(from);
    let signed = visits.iter().any(|visit| {
        document.signatures_of(visit.id).next().is_some() || document.amendments_of(visit.id).next().is_some()
    });
    if signed {
        return Err(Refusal::SignedPatient { code: old.code.clone() });
    }
    let mut ops = vec![Op::Put(Row::Patient(filled(kept, old)))];
    let mut taken: BTreeSet<String> = document.lesions_of(into).map(|lesion| lesion.label.clone()).collect();
    let mut renamed = Vec::new();
    // Rows in the order in which each names only those before it.
    for row in document.tables.rows().filter(|row| row.patient() == Some(from)) {
        let moved = match row {
            Row::Patient(_) => continue,
            Row::Visit(row) => Row::Visit(Visit { patient: into, ..row }),
            Row::Study(row) => Row::Study(Study { patient: into, ..row }),
            Row::Stack(row) => Row::Stack(StackRecord { patient: into, ..row }),
            Row::Lesion(mut row) => {
                row.patient = into;
                if !taken.insert(row.label.clone()) {
                    let label = (1u32..).map(|n| format!("L{n}")).find(|label| !taken.contains(label));
                    let label = label.unwrap_or_else(|| format!("{}'", row.label));
                    taken.insert(label.clone());
                    renamed.push(format!("{} is now {label}", row.label));
                    row.label = label;
                }
                Row::Lesion(row)
            }
            Row::Session(mut row) => {
                row.patient = into;
                Row::Session(row)
            }
            Row::Event(mut row) => {
                row.patient = into;
                Row::Event(row)
            }
            Row::RestOfScan(mut row) => {
                ops.push(Op::Remove(RowKey::RestOfScan((from, row.visit))));
                row.patient = into;
                Row::RestOfScan(row)
            }
            Row::Mark(mut row) => {
                row.info.patient = into;
                Row::Mark(row)
            }
            Row::Grouping(mut row) => {
                row.patient = into;
                Row::Grouping(row)
            }
            // Of no patient, or refused above.
            Row::Settings(_)
            | Row::Reader(_)
            | Row::Finding(_)
            | Row::Signature(_)
            | Row::Amendment(_)
            | Row::Park(_)
            | Row::Placement(_) => continue,
        };
        ops.push(Op::Put(moved));
    }
    ops.extend(known_apart(document, from, into));
    ops.push(Op::Remove(RowKey::Patient(from)));
    let mut label = format!("{} merged into {}", old.code, kept.code);
    if !renamed.is_empty() {
        label.push_str(&format!("; {}", renamed.join(", ")));
    }
    Ok(NamedEdit::new(ChangeKind::Patient, label, ops).of(into))
}

/// Every name and identifier with the patient whose it is now: those of a patient who became another are the other's,
/// and those of one who is no longer there are nobody's.
#[must_use]
pub fn identities_now(document: &Document, identities: &[(PatientId, Identity)]) -> Vec<(PatientId, Identity)> {
    let heirs: BTreeMap<PatientId, PatientId> =
        document.patients().flat_map(|patient| patient.also.iter().map(|old| (*old, patient.id))).collect();
    let now = |id: &PatientId| document.patient(*id).map(|patient| patient.id).or_else(|| heirs.get(id).copied());
    let mut all: Vec<(PatientId, Identity)> =
        identities.iter().filter_map(|(id, identity)| Some((now(id)?, identity.clone()))).collect();
    all.sort();
    all.dedup();
    all
}

/// The other patients' rows, with `into` where they named `from` as somebody else.
fn known_apart(document: &Document, from: PatientId, into: PatientId) -> Vec<Op> {
    let named = |row: &&Patient| row.id != from && row.id != into && row.not_the_same_as.contains(&from);
    let rows = document.patients().filter(named).cloned().map(|mut row| {
        row.not_the_same_as.retain(|other| *other != from);
        if into < row.id && !row.not_the_same_as.contains(&into) {
            row.not_the_same_as.push(into);
            row.not_the_same_as.sort_unstable();
        }
        Op::Put(Row::Patient(row))
    });
    rows.collect()
}

/// A patient with what is not known of it taken from another.
fn filled(kept: &Patient, other: &Patient) -> Patient {
    let mut row = kept.clone();
    let mut take = |unknown: bool, set: fn(&mut Patient, &Patient)| {
        if unknown {
            set(&mut row, other);
        }
    };
    take(kept.sex == Sex::Unknown, |row, other| row.sex = other.sex);
    take(kept.age_at_first_ablation_years.is_none(), |row, other| {
        row.age_at_first_ablation_years = other.age_at_first_ablation_years;
    });
    take(kept.primary == PrimaryCancer::Unknown, |row, other| row.primary = other.primary);
    take(kept.cirrhosis == Cirrhosis::Unknown, |row, other| row.cirrhosis = other.cirrhosis);
    take(kept.prior_liver_surgery == YesNoUnknown::Unknown, |row, other| {
        row.prior_liver_surgery = other.prior_liver_surgery;
    });
    take(kept.systemic_therapy == SystemicTherapy::Unknown, |row, other| row.systemic_therapy = other.systemic_therapy);
    take(kept.extrahepatic_at_baseline == YesNoUnknown::Unknown, |row, other| {
        row.extrahepatic_at_baseline = other.extrahepatic_at_baseline;
    });
    take(kept.vital_status == VitalStatus::Unknown, |row, other| row.vital_status = other.vital_status);
    take(kept.death_date.is_none(), |row, other| row.death_date = other.death_date);
    take(kept.death_cause == DeathCause::Unknown, |row, other| row.death_cause = other.death_cause);
    take(kept.transplant_date.is_none(), |row, other| row.transplant_date = other.transplant_date);
    row.last_known_alive = kept.last_known_alive.max(other.last_known_alive);
    let notes: Vec<&str> = [kept.note.trim(), other.note.trim()].into_iter().filter(|note| !note.is_empty()).collect();
    row.note = notes.join("; ");
    row.archived = kept.archived && other.archived;
    row.also.push(other.id);
    row.also.extend(&other.also);
    row.also.sort_unstable();
    row.also.dedup();
    row.not_the_same_as.extend(other.not_the_same_as.iter().filter(|id| **id < kept.id));
    row.not_the_same_as.retain(|id| *id != other.id && *id != kept.id);
    row.not_the_same_as.sort_unstable();
    row.not_the_same_as.dedup();
    row
}

/// The name that a study has in a project when some of its stacks are another patient's: that patient's part.
#[must_use]
pub fn part_of_study(uid: &str, code: &str) -> String {
    format!("{}#{code}", whole_study(uid))
}

/// The Study Instance UID of a study or of a part of it.
#[must_use]
pub fn whole_study(uid: &str) -> &str {
    uid.split_once('#').map_or(uid, |(whole, _)| whole)
}

/// Makes a study another patient's, with its stacks. It joins the visit that the patient has on its date, or makes
/// one; a visit that is left without anything goes.
///
/// # Errors
/// When the study or the patient is not there, or when marks, places or matches were made on its stacks: these belong
/// to lesions of the first patient.
pub fn move_study_to_patient(document: &Document, uid: &str, to: PatientId) -> Result<NamedEdit, Refusal> {
    let study = document.study(uid).ok_or_else(|| missing("study"))?;
    let patient = document.patient(to).ok_or_else(|| missing("patient"))?;
    if study.patient == to {
        return Err(Refusal::SamePatient);
    }
    let stacks: Vec<&StackRecord> = document.stacks().filter(|stack| stack.info.study_uid == uid).collect();
    for stack in &stacks {
        refuse_in_use(document, stack.info.key)?;
    }
    let mut ops = Vec::new();
    let visit = visit_for(document, study, to, &mut ops)?;
    ops.push(Op::Put(Row::Study(Study { patient: to, visit, ..study.clone() })));
    let own = |stack: &&StackRecord| Op::Put(Row::Stack(StackRecord { patient: to, ..StackRecord::clone(stack) }));
    ops.extend(stacks.iter().map(own));
    if is_bare_without(document, study.visit, uid) {
        ops.push(Op::Remove(RowKey::Visit(study.visit)));
    }
    let label = format!("A study of {} series moved to {}", stacks.len(), patient.code);
    Ok(NamedEdit::new(ChangeKind::Stack, label, ops).of(to).at(visit))
}

/// Makes one stack another patient's. A study belongs to one patient, so the stack gets a study of its own, named by
/// the study it came in and the patient's code ("UID#P002"); the last stack of a study takes the study along.
///
/// # Errors
/// As [`move_study_to_patient`].
pub fn move_stack_to_patient(document: &Document, key: StackKey, to: PatientId) -> Result<NamedEdit, Refusal> {
    let stack = document.stack(key).ok_or_else(|| missing("stack"))?;
    let study = document.study(&stack.info.study_uid).ok_or_else(|| missing("study"))?;
    let patient = document.patient(to).ok_or_else(|| missing("patient"))?;
    if stack.patient == to {
        return Err(Refusal::SamePatient);
    }
    let alone = document.stacks().all(|other| other.info.study_uid != study.uid || other.info.key == key);
    if alone {
        return move_study_to_patient(document, &study.uid, to);
    }
    refuse_in_use(document, key)?;
    let mut ops = Vec::new();
    let visit = visit_for(document, study, to, &mut ops)?;
    let uid = part_of_study(&study.uid, &patient.code);
    ops.push(Op::Put(Row::Study(Study { uid: uid.clone(), patient: to, visit, ..study.clone() })));
    let mut info = crate::dicom::StackInfo::clone(&stack.info);
    info.study_uid = uid;
    ops.push(Op::Put(Row::Stack(StackRecord { info: Arc::new(info), patient: to, ..stack.clone() })));
    let series = stack.info.series_number.map_or_else(|| "A series".to_owned(), |number| format!("Series {number}"));
    let label = format!("{series} moved to {}", patient.code);
    Ok(NamedEdit::new(ChangeKind::Stack, label, ops).of(to).at(visit))
}

/// The visit of a patient on the date of a study; made when there is none.
fn visit_for(document: &Document, study: &Study, to: PatientId, ops: &mut Vec<Op>) -> Result<VisitId, Refusal> {
    let before = document.visit(study.visit).ok_or_else(|| missing("visit"))?;
    let date = study.date.unwrap_or(before.date);
    if let Some(there) = document.visits_of(to).into_iter().find(|visit| visit.date == date) {
        return Ok(there.id);
    }
    let id = document.next_visit();
    let visit = Visit { id, patient: to, date, source: VisitSource::Images, note: String::new() };
    ops.push(Op::Put(Row::Visit(visit)));
    Ok(id)
}

fn refuse_in_use(document: &Document, key: StackKey) -> Result<(), Refusal> {
    let by = if document.marks().any(|mark| mark.info.stack == key) {
        Some("mark")
    } else if document.lesions().any(|lesion| lesion.place.is_some_and(|place| place.stack == key)) {
        Some("lesion")
    } else if document.placements().any(|placement| placement.from == key || placement.to == key) {
        Some("match of two stacks")
    } else {
        None
    };
    by.map_or(Ok(()), |by| Err(Refusal::InUse { what: "stack", by }))
}
