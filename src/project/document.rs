//! The project in memory: read by everyone, changed by edits alone.

use super::MarkRecord;
use super::row::{Park, RowKey, StackRecord, Tables};
use crate::alignment::Placement;
use crate::clinical::{
    Amendment, AmendmentId, Event, EventId, Finding, FindingKey, Grouping, GroupingId, Lesion, LesionId, MarkId,
    MarkRole, MarkSummary, Patient, PatientId, Reader, ReaderId, RestOfScan, Session, SessionId, Signature, StackKey,
    Study, StudySettings, Track, Visit, VisitId, VisitSource,
};
use crate::marks::Mask;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Everything a project knows but names and file paths, which live in the project file alone.
///
/// A clone is cheap and shares its tables with the original: a snapshot for another thread.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    pub(super) tables: Tables,
    masks: Arc<BTreeMap<MarkId, Arc<Mask>>>,
    pub(super) ids: Ids,
}

/// The next number of each kind. Numbers are given once: they do not come back when a row is undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Ids {
    pub(super) last: [u32; Ids::NAMES.len()],
}

impl Ids {
    /// What is numbered, as named in the project file.
    pub(super) const NAMES: [&'static str; 9] =
        ["patient", "reader", "visit", "lesion", "session", "mark", "event", "amendment", "grouping"];

    /// Which counter a key is of, and its number.
    pub(super) const fn of(key: &RowKey) -> Option<(usize, u32)> {
        Some(match key {
            RowKey::Patient(id) => (0, id.0),
            RowKey::Reader(id) => (1, id.0),
            RowKey::Visit(id) => (2, id.0),
            RowKey::Lesion(id) => (3, id.0),
            RowKey::Session(id) => (4, id.0),
            RowKey::Mark(id) => (5, id.0),
            RowKey::Event(id) => (6, id.0),
            RowKey::Amendment(id) => (7, id.0),
            RowKey::Grouping(id) => (8, id.0),
            _ => return None,
        })
    }

    pub(super) fn see(&mut self, key: &RowKey) {
        if let Some((which, number)) = Self::of(key)
            && let Some(last) = self.last.get_mut(which)
        {
            *last = (*last).max(number);
        }
    }

    fn next(self, which: usize) -> u32 {
        self.last.get(which).map_or(1, |last| last.saturating_add(1))
    }
}

impl Document {
    pub(super) fn set_mask(&mut self, mark: MarkId, mask: Option<Arc<Mask>>) {
        let masks = Arc::make_mut(&mut self.masks);
        match mask {
            Some(mask) => masks.insert(mark, mask),
            None => masks.remove(&mark),
        };
    }

    /// The last number given of each kind, by its name in the project file.
    pub(super) fn last_numbers(&self) -> impl Iterator<Item = (&'static str, u32)> + '_ {
        Ids::NAMES.into_iter().zip(self.ids.last)
    }

    /// Takes over the voxels of another document that has the same rows; returns whether it has.
    pub(super) fn take_voxels(&mut self, other: &Self) -> bool {
        let same = self.tables == other.tables;
        if same {
            self.masks = Arc::clone(&other.masks);
        }
        same
    }

    /// Whether two documents hold the same rows and voxels, whatever numbers they would give next.
    #[must_use]
    pub fn same_content(&self, other: &Self) -> bool {
        self.tables == other.tables && self.masks == other.masks
    }

    /// How many rows each table has, by table name.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<&'static str, usize> {
        self.tables.counts()
    }

    /// The study's choices; the defaults until they are set.
    #[must_use]
    pub fn settings(&self) -> StudySettings {
        self.tables.setting.get(&()).cloned().unwrap_or_default()
    }

    // Patients, readers, visits, studies, stacks.

    /// Every patient, by number.
    pub fn patients(&self) -> impl Iterator<Item = &Patient> {
        self.tables.patient.values()
    }

    /// A patient.
    #[must_use]
    pub fn patient(&self, id: PatientId) -> Option<&Patient> {
        self.tables.patient.get(&id)
    }

    /// Every reader, by number.
    pub fn readers(&self) -> impl Iterator<Item = &Reader> {
        self.tables.reader.values()
    }

    /// A reader.
    #[must_use]
    pub fn reader(&self, id: ReaderId) -> Option<&Reader> {
        self.tables.reader.get(&id)
    }

    /// The reader with these initials.
    #[must_use]
    pub fn reader_named(&self, initials: &str) -> Option<&Reader> {
        self.readers().find(|reader| reader.initials == initials)
    }

    /// A visit.
    #[must_use]
    pub fn visit(&self, id: VisitId) -> Option<&Visit> {
        self.tables.visit.get(&id)
    }

    /// The visits of a patient by date, then number.
    #[must_use]
    pub fn visits_of(&self, patient: PatientId) -> Vec<&Visit> {
        let mut visits: Vec<_> = self.tables.visit.values().filter(|visit| visit.patient == patient).collect();
        visits.sort_by_key(|visit| (visit.date, visit.id));
        visits
    }

    /// Every visit, by number.
    pub fn visits(&self) -> impl Iterator<Item = &Visit> {
        self.tables.visit.values()
    }

    /// Every session, by number.
    pub fn sessions(&self) -> impl Iterator<Item = &Session> {
        self.tables.session.values()
    }

    /// Every study, by UID.
    pub fn studies(&self) -> impl Iterator<Item = &Study> {
        self.tables.study.values()
    }

    /// The study with this UID.
    #[must_use]
    pub fn study(&self, uid: &str) -> Option<&Study> {
        self.tables.study.get(uid)
    }

    /// The studies of a visit, by UID.
    pub fn studies_of(&self, visit: VisitId) -> impl Iterator<Item = &Study> {
        self.studies().filter(move |study| study.visit == visit)
    }

    /// Whether nobody knows when a visit was: it has images, and none of its studies carries a date (0008,0020). Its
    /// date is then the day of the import, which only keeps its place in the list.
    #[must_use]
    pub fn is_undated(&self, visit: VisitId) -> bool {
        let of_images = self.visit(visit).is_some_and(|visit| visit.source == VisitSource::Images);
        let mut studies = self.studies_of(visit).peekable();
        of_images && studies.peek().is_some() && studies.all(|study| study.date.is_none())
    }

    /// Every stack, by key.
    pub fn stacks(&self) -> impl Iterator<Item = &StackRecord> {
        self.tables.stack.values()
    }

    /// A stack.
    #[must_use]
    pub fn stack(&self, key: StackKey) -> Option<&StackRecord> {
        self.tables.stack.get(&key)
    }

    /// The visit whose study a stack belongs to.
    #[must_use]
    pub fn visit_of_stack(&self, key: StackKey) -> Option<VisitId> {
        self.study(&self.stack(key)?.info.study_uid).map(|study| study.visit)
    }

    /// The stacks of a visit by study, series number, and id.
    #[must_use]
    pub fn stacks_of(&self, visit: VisitId) -> Vec<&StackRecord> {
        // Asked in every frame: the visit's studies first, so that no stack of another visit costs a look-up.
        let studies: Vec<&str> = self.studies_of(visit).map(|study| study.uid.as_str()).collect();
        let mut stacks: Vec<_> =
            self.stacks().filter(|stack| studies.contains(&stack.info.study_uid.as_str())).collect();
        stacks.sort_by(|a, b| {
            let (a, b) = (&a.info, &b.info);
            (&a.study_uid, a.series_number, &a.id, a.key).cmp(&(&b.study_uid, b.series_number, &b.id, b.key))
        });
        stacks
    }

    // Lesions, sessions, events.

    /// Every lesion, by number.
    pub fn lesions(&self) -> impl Iterator<Item = &Lesion> {
        self.tables.lesion.values()
    }

    /// A lesion.
    #[must_use]
    pub fn lesion(&self, id: LesionId) -> Option<&Lesion> {
        self.tables.lesion.get(&id)
    }

    /// The lesions of a patient, by number.
    pub fn lesions_of(&self, patient: PatientId) -> impl Iterator<Item = &Lesion> {
        self.lesions().filter(move |lesion| lesion.patient == patient)
    }

    /// A session.
    #[must_use]
    pub fn session(&self, id: SessionId) -> Option<&Session> {
        self.tables.session.get(&id)
    }

    /// The sessions of a patient by date, then number.
    #[must_use]
    pub fn sessions_of(&self, patient: PatientId) -> Vec<&Session> {
        let mut sessions: Vec<_> = self.tables.session.values().filter(|s| s.patient == patient).collect();
        sessions.sort_by_key(|session| (session.date, session.id));
        sessions
    }

    /// An event.
    #[must_use]
    pub fn event(&self, id: EventId) -> Option<&Event> {
        self.tables.event.get(&id)
    }

    /// The events of a patient by date, then number.
    #[must_use]
    pub fn events_of(&self, patient: PatientId) -> Vec<&Event> {
        let mut events: Vec<_> = self.tables.event.values().filter(|event| event.patient == patient).collect();
        events.sort_by_key(|event| (event.date, event.id));
        events
    }

    // Findings, signatures, amendments, the rest of the scan, parked lesions.

    /// A finding.
    #[must_use]
    pub fn finding(&self, key: FindingKey) -> Option<&Finding> {
        self.tables.finding.get(&key)
    }

    /// Every finding, by lesion, visit, reader and track.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.tables.finding.values()
    }

    /// The findings of a lesion, by visit number, reader and track.
    pub fn findings_of(&self, lesion: LesionId) -> impl Iterator<Item = &Finding> {
        let first = FindingKey { lesion, visit: VisitId(0), reader: ReaderId(0), track: Track::Main };
        let from_there = self.tables.finding.range(first..).map(|(_, finding)| finding);
        from_there.take_while(move |finding| finding.key.lesion == lesion)
    }

    /// The findings at a visit, by lesion, reader and track.
    pub fn findings_at(&self, visit: VisitId) -> impl Iterator<Item = &Finding> {
        self.findings().filter(move |finding| finding.key.visit == visit)
    }

    /// What stands for a lesion at a visit in a track: the answer given last, whoever gave it.
    #[must_use]
    pub fn finding_for(&self, lesion: LesionId, visit: VisitId, track: Track) -> Option<&Finding> {
        self.findings_of(lesion)
            .filter(|finding| finding.key.visit == visit && finding.key.track == track)
            .max_by_key(|finding| (finding.answered_at, finding.key))
    }

    /// The signature of a visit in a track.
    #[must_use]
    pub fn signature(&self, visit: VisitId, track: Track) -> Option<&Signature> {
        self.tables.signature.get(&(self.visit(visit)?.patient, visit, track))
    }

    /// The signatures of a visit, one a track.
    pub fn signatures_of(&self, visit: VisitId) -> impl Iterator<Item = &Signature> {
        self.tables.signature.values().filter(move |signature| signature.visit == visit)
    }

    /// The amendments of a visit, oldest first.
    pub fn amendments_of(&self, visit: VisitId) -> impl Iterator<Item = &Amendment> {
        self.tables.amendment.values().filter(move |amendment| amendment.visit == visit)
    }

    /// The rest of the scan at a visit.
    #[must_use]
    pub fn rest_of_scan(&self, visit: VisitId) -> Option<&RestOfScan> {
        let patient = self.visit(visit)?.patient;
        self.tables.rest_of_scan.get(&(patient, visit))
    }

    /// Why a lesion is parked at a visit; `None` when it is not.
    #[must_use]
    pub fn park(&self, lesion: LesionId, visit: VisitId) -> Option<&Park> {
        self.tables.park.get(&(lesion, visit))
    }

    /// Every parked lesion, by lesion and visit.
    pub fn parks(&self) -> impl Iterator<Item = &Park> {
        self.tables.park.values()
    }

    // Marks and placements.

    /// Every mark, by number.
    pub fn marks(&self) -> impl Iterator<Item = &MarkRecord> {
        self.tables.mark.values()
    }

    /// A mark without its voxels.
    #[must_use]
    pub fn mark(&self, id: MarkId) -> Option<&MarkRecord> {
        self.tables.mark.get(&id)
    }

    /// The voxels of a mark; shared, so that they can be drawn and measured elsewhere.
    #[must_use]
    pub fn mask(&self, id: MarkId) -> Option<&Arc<Mask>> {
        self.masks.get(&id)
    }

    /// The marks of a lesion at a visit, by number.
    pub fn marks_of(&self, lesion: LesionId, visit: VisitId) -> impl Iterator<Item = &MarkRecord> {
        self.marks().filter(move |mark| mark.info.visit == visit && mark.info.lesions.contains(&lesion))
    }

    /// The marks of a patient, by number.
    pub fn marks_of_patient(&self, patient: PatientId) -> impl Iterator<Item = &MarkRecord> {
        self.marks().filter(move |mark| mark.info.patient == patient)
    }

    /// The mark that speaks for a lesion at a visit in a role: the primary one, else the first.
    #[must_use]
    pub fn mark_for(&self, lesion: LesionId, visit: VisitId, role: MarkRole) -> Option<&MarkRecord> {
        self.marks_of(lesion, visit)
            .filter(|mark| mark.info.role == role)
            .min_by_key(|mark| (!mark.info.primary, mark.info.ordinal, mark.info.id))
    }

    /// What was measured of the marks of a lesion at a visit; marks not measured yet are left out.
    #[must_use]
    pub fn summaries_of(&self, lesion: LesionId, visit: VisitId) -> Vec<MarkSummary> {
        self.marks_of(lesion, visit).filter_map(MarkRecord::summary).collect()
    }

    /// Every placement, by its two stacks and lesion.
    pub fn placements(&self) -> impl Iterator<Item = &Placement> {
        self.tables.placement.values()
    }

    /// A placement.
    #[must_use]
    pub fn placement(&self, from: StackKey, to: StackKey, lesion: Option<LesionId>) -> Option<&Placement> {
        self.tables.placement.get(&(from, to, lesion))
    }

    /// Every grouping by hand, by number: the later one holds where two name a frame.
    pub fn groupings(&self) -> impl Iterator<Item = &Grouping> {
        self.tables.grouping.values()
    }

    // Numbers and names to give next.

    /// The number for a new patient.
    #[must_use]
    pub fn next_patient(&self) -> PatientId {
        PatientId(self.ids.next(0))
    }

    /// The number for a new reader.
    #[must_use]
    pub fn next_reader(&self) -> ReaderId {
        ReaderId(self.ids.next(1))
    }

    /// The number for a new visit.
    #[must_use]
    pub fn next_visit(&self) -> VisitId {
        VisitId(self.ids.next(2))
    }

    /// The number for a new lesion.
    #[must_use]
    pub fn next_lesion(&self) -> LesionId {
        LesionId(self.ids.next(3))
    }

    /// The number for a new session.
    #[must_use]
    pub fn next_session(&self) -> SessionId {
        SessionId(self.ids.next(4))
    }

    /// The number for a new mark.
    #[must_use]
    pub fn next_mark(&self) -> MarkId {
        MarkId(self.ids.next(5))
    }

    /// The number for a new event.
    #[must_use]
    pub fn next_event(&self) -> EventId {
        EventId(self.ids.next(6))
    }

    /// The number for a new amendment.
    #[must_use]
    pub fn next_amendment(&self) -> AmendmentId {
        AmendmentId(self.ids.next(7))
    }

    /// The number for a new grouping by hand.
    #[must_use]
    pub fn next_grouping(&self) -> GroupingId {
        GroupingId(self.ids.next(8))
    }

    /// The code for a new patient: "P" and a number above every such code of the project.
    #[must_use]
    pub fn next_patient_code(&self) -> String {
        let number = highest(self.patients().map(|patient| patient.code.as_str()), 'P');
        format!("P{:03}", number.saturating_add(1))
    }

    /// The label for a new lesion of a patient: "L" and a number above every such label of the patient.
    #[must_use]
    pub fn next_lesion_label(&self, patient: PatientId) -> String {
        let number = highest(self.lesions_of(patient).map(|lesion| lesion.label.as_str()), 'L');
        format!("L{}", number.saturating_add(1))
    }

    /// The ordinal for a new mark of a role at a visit for a lesion.
    #[must_use]
    pub fn next_ordinal(&self, lesion: LesionId, visit: VisitId, role: MarkRole) -> u32 {
        let highest = self.marks_of(lesion, visit).filter(|m| m.info.role == role).map(|m| m.info.ordinal).max();
        highest.unwrap_or(0).saturating_add(1)
    }
}

fn highest<'a>(names: impl Iterator<Item = &'a str>, letter: char) -> u32 {
    names.filter_map(|name| name.strip_prefix(letter)?.parse::<u32>().ok()).max().unwrap_or(0)
}
