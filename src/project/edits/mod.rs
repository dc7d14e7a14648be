//! The common edits with their words, each worked out from the document as it is.
//!
//! They are pure: nothing is changed until the edit is committed. Words name patients by their code, lesions
//! by their label, and visits by date or by days since the lesion's last ablation.

mod patients;
mod regroup;

pub use patients::{
    another_patient, archive_patient, identities_now, merge_patients, move_stack_to_patient, move_study_to_patient,
    part_of_study, whole_study,
};
pub use regroup::{group_by_hand, regroup};

use super::change::{ChangeKind, NamedEdit};
use super::document::Document;
use super::edit::Op;
use super::refusal::Refusal;
use super::row::{MarkRecord, Measured, Park, Row, RowKey, StackRecord};
use crate::alignment::Placement;
use crate::clinical::{
    Amendment, AmendmentReason, Coded, Event, EventId, Finding, FindingStatus, Lesion, LesionId, MarkId, MarkInfo,
    Patient, Reader, ReaderId, RestOfScan, Session, SessionId, Signature, StackKey, StackRole, Stamp, StudySettings,
    Track, Visit, VisitId, days_between,
};
use crate::geometry::Grid;
use crate::marks::{Mask, MaskDelta};
use std::sync::Arc;

/// Where a lesion is in time at a visit: "L2, +92 d" after its last session by then, else "L2, 2026-03-04".
#[must_use]
pub fn lesion_at(document: &Document, lesion: LesionId, visit: VisitId) -> String {
    let label = document.lesion(lesion).map_or("lesion", |lesion| &lesion.label);
    let Some(visit) = document.visit(visit) else { return label.to_owned() };
    let last = document
        .sessions_of(visit.patient)
        .into_iter()
        .filter(|session| session.date <= visit.date && session.lesions.iter().any(|treated| treated.lesion == lesion))
        .map(|session| session.date)
        .max();
    match last {
        Some(last) => format!("{label}, +{} d", days_between(last, visit.date)),
        None => format!("{label}, {}", visit.date),
    }
}

/// "P001, 2026-03-04".
fn visit_name(document: &Document, visit: &Visit) -> String {
    let date = if document.is_undated(visit.id) { "date not known".to_owned() } else { visit.date.to_string() };
    format!("{}, {date}", code(document, visit))
}

fn code<'a>(document: &'a Document, visit: &Visit) -> &'a str {
    document.patient(visit.patient).map_or("patient", |patient| &patient.code)
}

/// Words that follow a colon.
fn lower(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

fn missing(what: &'static str) -> Refusal {
    Refusal::Missing { what }
}

/// A reader with these initials: the number, and the edit that adds the reader when there is none yet.
#[must_use]
pub fn reader(document: &Document, initials: &str) -> (ReaderId, Option<NamedEdit>) {
    let initials = initials.trim();
    if let Some(known) = document.reader_named(initials) {
        return (known.id, None);
    }
    let row = Reader { id: document.next_reader(), initials: initials.to_owned() };
    let label = format!("Reader {initials} added");
    (row.id, Some(NamedEdit::new(ChangeKind::Reader, label, vec![Op::Put(Row::Reader(row))])))
}

/// The study's choices.
#[must_use]
pub fn settings(settings: StudySettings) -> NamedEdit {
    NamedEdit::new(ChangeKind::Settings, "Study settings changed", vec![Op::Put(Row::Settings(settings))])
}

/// A patient, new or changed.
#[must_use]
pub fn patient(document: &Document, patient: Patient) -> NamedEdit {
    let word = if document.patient(patient.id).is_some() { "changed" } else { "added" };
    let (id, label) = (patient.id, format!("{} {word}", patient.code));
    NamedEdit::new(ChangeKind::Patient, label, vec![Op::Put(Row::Patient(patient))]).of(id)
}

/// A visit, new or changed.
#[must_use]
pub fn visit(document: &Document, visit: Visit) -> NamedEdit {
    let word = if document.visit(visit.id).is_some() { "changed" } else { "added" };
    let (id, of, label) = (visit.id, visit.patient, format!("{}: visit {word}", visit_name(document, &visit)));
    NamedEdit::new(ChangeKind::Visit, label, vec![Op::Put(Row::Visit(visit))]).of(of).at(id)
}

/// Moves a study to another visit of its patient (merge and split of visits). A visit left without a study,
/// an answer or a mark goes.
///
/// # Errors
/// When the study or the visit is not there.
pub fn move_study(document: &Document, uid: &str, to: VisitId) -> Result<NamedEdit, Refusal> {
    let study = document.study(uid).ok_or_else(|| missing("study"))?;
    let visit = document.visit(to).ok_or_else(|| missing("visit"))?;
    let from = study.visit;
    let mut moved = study.clone();
    moved.visit = to;
    let mut ops = vec![Op::Put(Row::Study(moved))];
    if from != to && is_bare_without(document, from, uid) {
        ops.push(Op::Remove(RowKey::Visit(from)));
    }
    let label = format!("Study moved to the visit of {}", visit_name(document, visit));
    Ok(NamedEdit::new(ChangeKind::Visit, label, ops).of(visit.patient).at(to))
}

/// Whether a visit holds nothing but one study.
fn is_bare_without(document: &Document, visit: VisitId, uid: &str) -> bool {
    let patient = document.visit(visit).map(|visit| visit.patient);
    document.studies_of(visit).all(|other| other.uid == uid)
        && document.findings_at(visit).next().is_none()
        && document.signatures_of(visit).next().is_none()
        && document.amendments_of(visit).next().is_none()
        && document.rest_of_scan(visit).is_none()
        && !document.parks().any(|park| park.visit == visit)
        && !document.marks().any(|mark| mark.info.visit == visit)
        && !patient.is_some_and(|of| document.events_of(of).iter().any(|event| event.visit == Some(visit)))
}

/// What a stack shows, as the reader says.
///
/// # Errors
/// When the stack is not there.
pub fn role(document: &Document, stack: StackKey, role: StackRole) -> Result<NamedEdit, Refusal> {
    let record = document.stack(stack).ok_or_else(|| missing("stack"))?;
    let changed =
        StackRecord { role, role_because: "set by the reader".into(), role_by_reader: true, ..record.clone() };
    let series = record.info.series_number.map_or_else(|| "A series".to_owned(), |number| format!("Series {number}"));
    let label = format!("{series} is {role}");
    let edit = NamedEdit::new(ChangeKind::Stack, label, vec![Op::Put(Row::Stack(changed))]).of(record.patient);
    Ok(match document.visit_of_stack(stack) {
        Some(visit) => edit.at(visit),
        None => edit,
    })
}

/// Where a role would hang at the visit of a stack, this stack does from now on; none takes that back.
///
/// # Errors
/// When the stack is not there.
pub fn hangs(document: &Document, stack: StackKey, role: Option<StackRole>) -> Result<NamedEdit, Refusal> {
    let record = document.stack(stack).ok_or_else(|| missing("stack"))?;
    let visit = document.visit_of_stack(stack);
    let others = visit.map(|visit| document.stacks_of(visit)).unwrap_or_default();
    let others = others.into_iter().filter(|other| {
        other.info.key != stack && other.patient == record.patient && role.is_some() && other.hangs_for == role
    });
    let mut ops: Vec<Op> =
        others.map(|other| Op::Put(Row::Stack(StackRecord { hangs_for: None, ..other.clone() }))).collect();
    ops.push(Op::Put(Row::Stack(StackRecord { hangs_for: role, ..record.clone() })));
    let series = record.info.series_number.map_or_else(|| "A series".to_owned(), |number| format!("Series {number}"));
    let label = match role {
        Some(role) => format!("{series} hangs for {role}"),
        None => format!("{series} is no longer chosen to hang"),
    };
    let edit = NamedEdit::new(ChangeKind::Stack, label, ops).of(record.patient);
    Ok(match visit {
        Some(visit) => edit.at(visit),
        None => edit,
    })
}

/// A lesion, new or changed.
#[must_use]
pub fn lesion(document: &Document, lesion: Lesion) -> NamedEdit {
    let word = if document.lesion(lesion.id).is_some() { "changed" } else { "added" };
    let (of, label) = (lesion.patient, format!("{} {word}", lesion.label));
    NamedEdit::new(ChangeKind::Lesion, label, vec![Op::Put(Row::Lesion(lesion))]).of(of)
}

/// Takes out a lesion about which nothing is recorded.
///
/// # Errors
/// When it is not there; the commit refuses when something still names it.
pub fn remove_lesion(document: &Document, id: LesionId) -> Result<NamedEdit, Refusal> {
    let lesion = document.lesion(id).ok_or_else(|| missing("lesion"))?;
    let label = format!("{} removed", lesion.label);
    Ok(NamedEdit::new(ChangeKind::Lesion, label, vec![Op::Remove(RowKey::Lesion(id))]).of(lesion.patient))
}

/// A session, new or changed.
#[must_use]
pub fn session(document: &Document, session: Session) -> NamedEdit {
    let word = if document.session(session.id).is_some() { "changed" } else { "added" };
    let treated: Vec<_> = session
        .lesions
        .iter()
        .filter_map(|treated| document.lesion(treated.lesion))
        .map(|lesion| lesion.label.as_str())
        .collect();
    let label = format!("Ablation of {} on {} {word}", treated.join(", "), session.date);
    let of = session.patient;
    NamedEdit::new(ChangeKind::Session, label, vec![Op::Put(Row::Session(session))]).of(of)
}

/// Takes out a session.
///
/// # Errors
/// When it is not there.
pub fn remove_session(document: &Document, id: SessionId) -> Result<NamedEdit, Refusal> {
    let session = document.session(id).ok_or_else(|| missing("session"))?;
    let label = format!("Ablation on {} removed", session.date);
    Ok(NamedEdit::new(ChangeKind::Session, label, vec![Op::Remove(RowKey::Session(id))]).of(session.patient))
}

/// An event, new or changed.
#[must_use]
pub fn event(document: &Document, event: Event) -> NamedEdit {
    let word = if document.event(event.id).is_some() { "changed" } else { "added" };
    let (of, at) = (event.patient, event.visit);
    let label = format!("{} on {} {word}", event.kind, event.date);
    let edit = NamedEdit::new(ChangeKind::Event, label, vec![Op::Put(Row::Event(event))]).of(of);
    NamedEdit { visit: at, ..edit }
}

/// Takes out an event.
///
/// # Errors
/// When it is not there.
pub fn remove_event(document: &Document, id: EventId) -> Result<NamedEdit, Refusal> {
    let event = document.event(id).ok_or_else(|| missing("event"))?;
    let label = format!("{} on {} removed", event.kind, event.date);
    Ok(NamedEdit::new(ChangeKind::Event, label, vec![Op::Remove(RowKey::Event(id))]).of(event.patient))
}

/// A draft answer, new or changed.
#[must_use]
pub fn finding(document: &Document, finding: Finding) -> NamedEdit {
    let (lesion, visit) = (finding.key.lesion, finding.key.visit);
    let said = said_anew(document.finding(finding.key), &finding);
    let label = format!("{}: {said}", lesion_at(document, lesion, visit));
    let of = document.lesion(lesion).map(|lesion| lesion.patient);
    let edit = NamedEdit::new(ChangeKind::Finding, label, vec![Op::Put(Row::Finding(finding))]).at(visit);
    NamedEdit { patient: of, ..edit }
}

/// What a finding says that it did not say before: the answer, and what was changed beside it.
fn said_anew(before: Option<&Finding>, now: &Finding) -> String {
    let answer = now.answer.map_or_else(|| "no answer".to_owned(), |answer| lower(answer.words()));
    let blank = Finding::draft(now.key, now.answered_at);
    let before = before.unwrap_or(&blank);
    if before.answer != now.answer {
        // What went with the old answer is named: a reader who changes an answer does not look for it.
        let gone = before.shape.filter(|_| now.shape.is_none());
        let gone = gone.map(|shape| format!("; the shape \"{}\" went with the answer before", lower(shape.words())));
        return answer + &gone.unwrap_or_default();
    }
    let mut said = Vec::new();
    if before.shape != now.shape {
        said.push(now.shape.map_or_else(|| "no shape".to_owned(), |shape| format!("shape {}", lower(shape.words()))));
    }
    if before.second_shape != now.second_shape {
        let second = now.second_shape.map(|shape| format!("second shape {}", lower(shape.words())));
        said.push(second.unwrap_or_else(|| "no second shape".to_owned()));
    }
    if before.not_evaluable_reason != now.not_evaluable_reason {
        let reason = now.not_evaluable_reason.map(|reason| format!("not evaluable, {}", lower(reason.words())));
        said.push(reason.unwrap_or_else(|| "no reason why not evaluable".to_owned()));
    }
    if before.not_done_reason != now.not_done_reason {
        let reason = now.not_done_reason.map(|reason| format!("not done, {}", lower(reason.words())));
        said.push(reason.unwrap_or_else(|| "no reason why not done".to_owned()));
    }
    if before.viable_ld_mm != now.viable_ld_mm {
        let ld = now.viable_ld_mm.map(|mm| format!("viable longest diameter {mm} mm"));
        said.push(ld.unwrap_or_else(|| "no viable diameter by hand".to_owned()));
    }
    if before.adequacy != now.adequacy {
        said.push(match &now.adequacy {
            Some(adequacy) if adequacy.adequate => "study adequate".to_owned(),
            Some(_) => "study not adequate".to_owned(),
            None => "adequacy as proposed".to_owned(),
        });
    }
    if before.overrides != now.overrides {
        said.push("rule set aside".to_owned());
    }
    if before.first_visible_at != now.first_visible_at {
        said.push(match now.first_visible_at {
            Some(_) => "first visible in retrospect at an earlier visit".to_owned(),
            None => "not visible in retrospect".to_owned(),
        });
    }
    match before.key_pictures.len().cmp(&now.key_pictures.len()) {
        std::cmp::Ordering::Less => said.push("picture kept".to_owned()),
        std::cmp::Ordering::Greater => said.push("picture let go".to_owned()),
        std::cmp::Ordering::Equal => {}
    }
    if before.comment != now.comment {
        said.push("comment".to_owned()); // not its words: the label stands in lists
    }
    if said.is_empty() { answer } else { said.join(", ") }
}

/// The rest of the scan.
#[must_use]
pub fn rest_of_scan(document: &Document, rest: RestOfScan) -> NamedEdit {
    let (of, at) = (rest.patient, rest.visit);
    let name = document.visit(at).map_or_else(String::new, |visit| visit_name(document, visit));
    let label = format!("{name}: rest of the scan");
    NamedEdit::new(ChangeKind::RestOfScan, label, vec![Op::Put(Row::RestOfScan(rest))]).of(of).at(at)
}

/// Puts a lesion aside at a visit.
#[must_use]
pub fn park(document: &Document, lesion: LesionId, visit: VisitId, text: &str) -> NamedEdit {
    let label = format!("{}: parked", lesion_at(document, lesion, visit));
    let row = Park { lesion, visit, text: text.to_owned() };
    let edit = NamedEdit::new(ChangeKind::Park, label, vec![Op::Put(Row::Park(row))]).at(visit);
    NamedEdit { patient: document.lesion(lesion).map(|lesion| lesion.patient), ..edit }
}

/// Takes a parked lesion up again.
#[must_use]
pub fn unpark(document: &Document, lesion: LesionId, visit: VisitId) -> NamedEdit {
    let label = format!("{}: no longer parked", lesion_at(document, lesion, visit));
    let edit = NamedEdit::new(ChangeKind::Park, label, vec![Op::Remove(RowKey::Park((lesion, visit)))]).at(visit);
    NamedEdit { patient: document.lesion(lesion).map(|lesion| lesion.patient), ..edit }
}

/// What a mark is called: "L2, +92 d: viable tumour".
fn mark_name(document: &Document, info: &MarkInfo) -> String {
    let of = match info.lesions.as_slice() {
        [] => document.visit(info.visit).map_or_else(String::new, |visit| visit_name(document, visit)),
        [lesion] => lesion_at(document, *lesion, info.visit),
        [first, rest @ ..] => {
            let more = rest.iter().filter_map(|id| document.lesion(*id)).map(|lesion| format!("{} and ", lesion.label));
            format!("{}{}", more.collect::<String>(), lesion_at(document, *first, info.visit))
        }
    };
    format!("{of}: {}", lower(info.role.words()))
}

fn mark_edit(info: &MarkInfo, label: String, ops: Vec<Op>) -> NamedEdit {
    NamedEdit::new(ChangeKind::Mark, label, ops).of(info.patient).at(info.visit)
}

/// A new mark with its first voxels and, when they were taken, its measurements.
#[must_use]
pub fn new_mark(
    document: &Document,
    info: MarkInfo,
    grid: Grid,
    voxels: MaskDelta,
    measured: Option<Measured>,
) -> NamedEdit {
    let label = format!("{} marked", mark_name(document, &info));
    let mark = info.id;
    let mut ops = vec![Op::Put(Row::Mark(MarkRecord { info: info.clone(), grid: grid.clone(), measured: None }))];
    if !voxels.is_empty() {
        ops.push(Op::Mask { mark, delta: Arc::new(voxels) });
    }
    if measured.is_some() {
        ops.push(Op::Put(Row::Mark(MarkRecord { info: info.clone(), grid, measured })));
    }
    mark_edit(&info, label, ops)
}

/// A stroke of brush or eraser on a mark, with its new measurements when they were taken.
///
/// # Errors
/// When the mark is not there.
pub fn mark_stroke(
    document: &Document,
    mark: MarkId,
    voxels: MaskDelta,
    measured: Option<Measured>,
) -> Result<NamedEdit, Refusal> {
    let record = document.mark(mark).ok_or_else(|| missing("mark"))?;
    let label = format!("{} changed", mark_name(document, &record.info));
    let mut ops = vec![Op::Mask { mark, delta: Arc::new(voxels) }];
    if measured.is_some() {
        ops.push(Op::Put(Row::Mark(MarkRecord { measured, ..record.clone() })));
    }
    Ok(mark_edit(&record.info, label, ops))
}

/// A stroke on a mark whose stack has another grid than when it was drawn: the mark goes on with its number and all
/// that it belongs to, on the grid of the given voxels.
///
/// # Errors
/// When the mark is not there, or its voxels cannot be written.
pub fn mark_on_grid(
    document: &Document,
    mark: MarkId,
    voxels: &Mask,
    measured: Option<Measured>,
) -> Result<NamedEdit, Refusal> {
    let record = document.mark(mark).ok_or_else(|| missing("mark"))?;
    let label = format!("{} changed", mark_name(document, &record.info));
    let slices = voxels.slices().iter().map(|(k, runs)| (*k, runs.clone())).collect::<Vec<_>>();
    let delta = MaskDelta::try_from(slices).map_err(|why| Refusal::Unusable { what: "mark", why: why.to_string() })?;
    let row = |measured| Row::Mark(MarkRecord { info: record.info.clone(), grid: voxels.grid().clone(), measured });
    let mut ops = vec![Op::Remove(RowKey::Mark(mark)), Op::Put(row(None)), Op::Mask { mark, delta: Arc::new(delta) }];
    if measured.is_some() {
        ops.push(Op::Put(row(measured)));
    }
    Ok(mark_edit(&record.info, label, ops))
}

/// Measurements of a mark whose voxels did not change (taken when its pixels were read).
///
/// # Errors
/// When the mark is not there.
pub fn measure_mark(document: &Document, mark: MarkId, measured: Measured) -> Result<NamedEdit, Refusal> {
    let record = document.mark(mark).ok_or_else(|| missing("mark"))?;
    let label = format!("{} measured", mark_name(document, &record.info));
    let row = MarkRecord { measured: Some(measured), ..record.clone() };
    Ok(mark_edit(&record.info, label, vec![Op::Put(Row::Mark(row))]))
}

/// Takes out a mark with its voxels.
///
/// # Errors
/// When the mark is not there.
pub fn remove_mark(document: &Document, mark: MarkId) -> Result<NamedEdit, Refusal> {
    let record = document.mark(mark).ok_or_else(|| missing("mark"))?;
    let label = format!("{} removed", mark_name(document, &record.info));
    Ok(mark_edit(&record.info, label, vec![Op::Remove(RowKey::Mark(mark))]))
}

/// A match of two stacks: "these two slices are the same place".
#[must_use]
pub fn placement(document: &Document, placement: Placement) -> NamedEdit {
    let label = match placement.lesion.and_then(|lesion| document.lesion(lesion)) {
        Some(lesion) => format!("{}: two series matched", lesion.label),
        None => "Two series matched".to_owned(),
    };
    let of = document.stack(placement.to).map(|stack| stack.patient);
    let at = document.visit_of_stack(placement.to);
    let edit = NamedEdit::new(ChangeKind::Placement, label, vec![Op::Put(Row::Placement(placement))]);
    NamedEdit { patient: of, visit: at, ..edit }
}

/// Signs a visit: its answers in this track become final.
///
/// # Errors
/// When the visit is not there, or is signed already.
pub fn sign_visit(
    document: &Document,
    visit: VisitId,
    track: Track,
    reader: ReaderId,
    at: Stamp,
) -> Result<NamedEdit, Refusal> {
    let row = document.visit(visit).ok_or_else(|| missing("visit"))?;
    if let Some(signature) = document.signature(visit, track) {
        let initials = document.reader(signature.reader).map_or_else(String::new, |reader| reader.initials.clone());
        return Err(Refusal::Signed { initials, on: signature.at.date_naive() });
    }
    let mut ops: Vec<Op> = with_status(document, visit, track, FindingStatus::Signed);
    ops.push(Op::Put(Row::Signature(Signature { patient: row.patient, visit, reader, track, at })));
    let label = format!("{}: signed", visit_name(document, row));
    Ok(NamedEdit::new(ChangeKind::Sign, label, ops).of(row.patient).at(visit))
}

/// Reopens a signed visit; what was signed is kept in the amendment.
///
/// # Errors
/// When the visit is not there or not signed.
pub fn amend_visit(
    document: &Document,
    visit: VisitId,
    track: Track,
    reader: ReaderId,
    at: Stamp,
    reason: AmendmentReason,
    text: &str,
) -> Result<NamedEdit, Refusal> {
    let row = document.visit(visit).ok_or_else(|| missing("visit"))?;
    let signature = document.signature(visit, track).ok_or_else(|| missing("signature"))?;
    let amendment = Amendment {
        id: document.next_amendment(),
        patient: row.patient,
        visit,
        reader,
        at,
        reason,
        text: text.to_owned(),
        before: document.findings_at(visit).filter(|finding| finding.key.track == track).cloned().collect(),
        before_rest: document.rest_of_scan(visit).cloned(),
    };
    let mut ops =
        vec![Op::Put(Row::Amendment(amendment)), Op::Remove(RowKey::Signature((signature.patient, visit, track)))];
    ops.extend(with_status(document, visit, track, FindingStatus::Draft));
    let label = format!("{}: amended, {}", visit_name(document, row), lower(reason.words()));
    Ok(NamedEdit::new(ChangeKind::Amend, label, ops).of(row.patient).at(visit))
}

fn with_status(document: &Document, visit: VisitId, track: Track, status: FindingStatus) -> Vec<Op> {
    document
        .findings_at(visit)
        .filter(|finding| finding.key.track == track)
        .map(|finding| Op::Put(Row::Finding(Finding { status, ..finding.clone() })))
        .collect()
}
