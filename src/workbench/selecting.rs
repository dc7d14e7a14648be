//! What is read: patient, visit and lesion; what is left to read; and which stacks hang in the panes.

use super::looking::{WindowFor, usual_slab};
use super::room::{LESION_FIELD_MM, Pane, Shown, WindowGroup};
use super::{Request, Step, Workbench, words};
use crate::clinical::{
    Date, Lesion, LesionId, LesionStatus, Modality, Oddity, PatientId, Session, StackKey, StackRole, Track, Visit,
    VisitId,
};
use crate::dicom::{FileWindow, Shape, StackInfo};
use crate::geometry::PatientPoint;
use crate::hanging::{HangStack, VisitStacks, choice_words};
use crate::project::{Document, StackRecord};
use crate::volume::{Unit, Window};

/// What is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Selection {
    /// The patient.
    pub patient: Option<PatientId>,
    /// The visit that is read.
    pub visit: Option<VisitId>,
    /// The lesion that is read.
    pub lesion: Option<LesionId>,
}

/// Where a visit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VisitState {
    /// Before the first session: nothing to answer.
    Baseline,
    /// No lesion to answer for yet.
    Open,
    /// So many of so many lesions answered.
    Reading {
        /// Lesions with an answer.
        answered: usize,
        /// Lesions to answer for.
        of: usize,
    },
    /// Signed.
    Signed,
    /// Hidden until an earlier visit is signed.
    Hidden,
}

/// What stands over a pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaneTitle {
    /// "Pre", "This visit" and the date.
    pub visit: String,
    /// "L1 +92 d · 3 months".
    pub time: String,
    /// "PV · 120 kVp".
    pub series: String,
    /// What the scanner called it: "5 · t1_vibe_fs_tra_dyn".
    pub name: String,
    /// "Chosen: PV, 3 mm, soft. 4 others".
    pub choice: String,
    /// What a reader should know of the stack while looking at it: "tilted 16.5 degrees", "lossy 10:1".
    pub odd: Vec<String>,
}

impl Workbench {
    /// The chosen patient's visits, by date.
    #[must_use]
    pub fn visits(&self) -> Vec<&Visit> {
        match (self.document(), self.selection.patient) {
            (Some(document), Some(patient)) => document.visits_of(patient),
            _ => Vec::new(),
        }
    }

    /// Where a visit stands.
    #[must_use]
    pub fn visit_state(&self, visit: VisitId) -> VisitState {
        let Some(document) = self.document() else { return VisitState::Open };
        if document.signature(visit, Track::Main).is_some() {
            return VisitState::Signed;
        }
        if self.is_hidden(visit) {
            return VisitState::Hidden;
        }
        let due = due_at(document, visit);
        if due.is_empty() {
            let Some(row) = document.visit(visit) else { return VisitState::Open };
            let first = document.sessions_of(row.patient).first().map(|session| session.date);
            return if first.is_some_and(|first| row.date < first) { VisitState::Baseline } else { VisitState::Open };
        }
        let answered = due.iter().filter(|lesion| self.is_answered(**lesion, visit)).count();
        VisitState::Reading { answered, of: due.len() }
    }

    /// Whether a visit is hidden because an earlier one is still to be signed (reading.md 1.11).
    #[must_use]
    pub fn is_hidden(&self, visit: VisitId) -> bool {
        let Some(document) = self.document() else { return false };
        let Some(row) = document.visit(visit) else { return false };
        if !document.settings().read_in_time_order || document.signature(visit, Track::Main).is_some() {
            return false;
        }
        document.visits_of(row.patient).into_iter().any(|earlier| {
            (earlier.date, earlier.id) < (row.date, row.id)
                && !due_at(document, earlier.id).is_empty()
                && document.signature(earlier.id, Track::Main).is_none()
        })
    }

    /// The lesions that a visit asks an answer for, by number.
    #[must_use]
    pub fn due(&self, visit: VisitId) -> Vec<LesionId> {
        self.document().map(|document| due_at(document, visit)).unwrap_or_default()
    }

    /// Lesion and visit pairs without an answer, in reading order: patient, visit, lesion.
    #[must_use]
    pub fn unread(&self) -> Vec<(PatientId, VisitId, LesionId)> {
        let Some(document) = self.document() else { return Vec::new() };
        let mut unread = Vec::new();
        for patient in document.patients().filter(|patient| !patient.archived || self.show_archived) {
            for visit in document.visits_of(patient.id) {
                if document.signature(visit.id, Track::Main).is_some() || self.is_hidden(visit.id) {
                    continue;
                }
                let open = due_at(document, visit.id)
                    .into_iter()
                    .filter(|l| !self.is_answered(*l, visit.id) && document.park(*l, visit.id).is_none());
                unread.extend(open.map(|lesion| (patient.id, visit.id, lesion)));
            }
        }
        unread
    }

    /// Whether a lesion is answered at a visit, with all that the answer needs.
    pub(super) fn is_answered(&self, lesion: LesionId, visit: VisitId) -> bool {
        let at = self.outcome(lesion).and_then(|outcome| outcome.at(visit));
        at.is_some_and(|at| at.answer.is_some() && at.missing.is_empty())
    }

    /// Chooses the first thing to read after a project was opened.
    pub(super) fn select_first(&mut self) {
        if let Some((patient, visit, lesion)) = self.unread().first().copied() {
            self.selection = Selection { patient: Some(patient), visit: Some(visit), lesion: Some(lesion) };
            self.hang_and_centre();
        } else if let Some(patient) = self.document().and_then(first_to_show) {
            self.select_patient(patient);
        }
    }

    pub(super) fn select_patient(&mut self, patient: PatientId) {
        let Some(document) = self.document() else { return };
        let visits: Vec<_> =
            document.visits_of(patient).into_iter().filter(|visit| !self.is_hidden(visit.id)).collect();
        let first_due = visits.iter().find(|v| !due_at(document, v.id).is_empty());
        // Nobody entered a lesion yet: the first scan is the likeliest pre-procedure one, the next is read.
        let visit = first_due.or_else(|| visits.get(1)).or_else(|| visits.first()).map(|visit| visit.id);
        let lesion = document.lesions_of(patient).next().map(|lesion| lesion.id);
        self.selection = Selection { patient: Some(patient), visit, lesion };
        self.hang_and_centre();
    }

    pub(super) fn select_visit(&mut self, visit: VisitId) {
        let Some(row) = self.document().and_then(|document| document.visit(visit)).cloned() else { return };
        if self.is_hidden(visit) {
            self.notices.tell(super::Level::Note, words::HIDDEN, false);
            return;
        }
        if self.selection.patient != Some(row.patient) {
            self.select_patient(row.patient);
        }
        self.selection.visit = Some(visit);
        self.hang_and_centre();
    }

    pub(super) fn select_lesion(&mut self, lesion: LesionId) {
        let Some(patient) = self.document().and_then(|d| d.lesion(lesion)).map(|l| l.patient) else { return };
        if self.selection.patient != Some(patient) {
            self.select_patient(patient);
        }
        self.selection.lesion = Some(lesion);
        self.stroke = None;
        self.hang_and_centre();
    }

    pub(super) fn step_unread(&mut self, step: Step) {
        let unread = self.unread();
        let Selection { patient, visit, lesion } = self.selection;
        if unread.is_empty() {
            let to_sign = visit.is_some_and(|visit| !self.due(visit).is_empty()) && !self.is_signed();
            let parked = self.document().is_some_and(|document| document.parks().next().is_some());
            let words = match self.document() {
                _ if parked => words::ONLY_PARKED,
                _ if to_sign => words::ALL_ANSWERED,
                Some(document) if document.lesions().next().is_none() => words::NO_LESION_YET,
                Some(document) if untreated(document) => words::NO_SESSION_YET,
                _ => words::NOTHING_UNREAD,
            };
            self.notices.tell(super::Level::Note, words, false);
            return;
        }
        let here = unread.iter().position(|u| (Some(u.0), Some(u.1), Some(u.2)) == (patient, visit, lesion));
        let next = match (here, step) {
            (Some(n), Step::Next) => (n + 1) % unread.len(),
            (Some(n), Step::Previous) => (n + unread.len() - 1) % unread.len(),
            (None, Step::Next) => {
                // On from the visit that is read, when it is further down the list; else from the start.
                unread.iter().position(|u| Some(u.0) == patient && Some(u.1) == visit).unwrap_or(0)
            }
            (None, Step::Previous) => unread.len() - 1,
        };
        if let Some((patient, visit, lesion)) = unread.get(next).copied() {
            self.selection = Selection { patient: Some(patient), visit: Some(visit), lesion: Some(lesion) };
            self.hang_and_centre();
        }
    }

    pub(super) fn step_lesion(&mut self, step: Step) {
        let Some((document, patient)) = self.document().zip(self.selection.patient) else { return };
        let lesions: Vec<LesionId> = document.lesions_of(patient).map(|lesion| lesion.id).collect();
        if let Some(next) = neighbour(&lesions, self.selection.lesion, step, true) {
            self.select_lesion(next);
        }
    }

    pub(super) fn step_visit(&mut self, step: Step) {
        let visits: Vec<VisitId> = self.visits().iter().map(|v| v.id).filter(|v| !self.is_hidden(*v)).collect();
        if let Some(next) = neighbour(&visits, self.selection.visit, step, false) {
            self.select_visit(next);
        }
    }

    /// The next stack of the same visit in the active pane.
    pub(super) fn step_series(&mut self, step: Step) {
        let pane = self.room.active();
        let Some(shown) = self.room.panes().get(pane).and_then(Pane::shown) else { return };
        let Some(document) = self.document() else { return };
        let Some(visit) = document.visit_of_stack(shown.stack) else { return };
        // A 4-D series is one step, however many phases it has.
        let stacks = super::group::steps(document, visit, &self.room.panes()[pane..=pane]);
        if let Some(next) = neighbour(&stacks, Some(shown.stack), step, true) {
            self.show_stack(pane, next);
        }
    }

    /// Hangs the panes anew; the view goes to the lesion, or shows whole pictures without one.
    pub(super) fn hang_and_centre(&mut self) {
        self.peek = None;
        self.looking.hung_anew();
        self.hang();
        let place = self.selection.lesion.and_then(|lesion| self.place_of(lesion));
        match place {
            Some((stack, point)) => {
                self.room.set_field(Some(LESION_FIELD_MM));
                self.centre_on(stack, point);
            }
            None => self.room.set_field(None),
        }
    }

    /// Brings a place of a stack's space into the middle of all panes, each by its own link.
    pub(super) fn centre_on(&mut self, stack: StackKey, point: PatientPoint) {
        for pane in 0..self.room.panes().len() {
            let Some(shown) = self.room.panes().get(pane).and_then(Pane::shown).filter(|s| s.placed) else { continue };
            let Some(link) = self.link(stack, shown.stack) else { continue };
            let there = link.rigid_mm.apply(point);
            self.room.go_to(pane, there, &|_, _| None); // each pane by its own link, not by the others'
        }
    }

    /// Loads what the panes show and gives each a first window.
    pub(super) fn prepare_panes(&mut self) {
        let seen = self.room.panes().iter().filter_map(Pane::shown).map(|shown| shown.stack);
        let also = self.also_needed();
        self.images.set_on_screen(seen.chain(also.iter().copied()).collect());
        for stack in also {
            let Some(record) = self.document().and_then(|d| d.stack(stack)).cloned() else { continue };
            self.want(&record, record.info.slices() / 2);
            self.give_window(&record, shown(&record).group, None);
        }
        for pane in 0..self.room.panes().len() {
            let Some(shown) = self.room.panes().get(pane).and_then(Pane::shown).cloned() else { continue };
            let Some(record) = self.document().and_then(|d| d.stack(shown.stack)).cloned() else { continue };
            self.want(&record, shown.slice);
            self.give_window(&record, shown.group, Some(shown.slice));
        }
    }

    /// Gives a stack its first window: the one its role or its unit has, else one from its values, worked out beside
    /// the screen once they are all there and over the slice that is shown until then.
    fn give_window(&mut self, record: &StackRecord, group: WindowGroup, slice: Option<u32>) {
        if let Some(window) = first_window(record) {
            self.room.set_first_window(group, window);
        } else if self.room.window_of(group).is_none()
            && let Some(volume) = self.images.get(record.info.key)
        {
            if volume.is_complete() {
                self.find_window(record.info.key, group, None, WindowFor::First);
            } else if slice.is_none_or(|slice| volume.slice(slice).is_some()) && volume.loaded_slices() > 0 {
                self.find_window(record.info.key, group, slice, WindowFor::Meanwhile);
            }
            self.pump_inline();
        }
    }

    pub(super) fn want(&mut self, record: &StackRecord, slice: u32) {
        let key = record.info.key;
        self.images.want(key, &record.info, slice, super::jobs::Lane::Screen, &mut self.jobs);
        self.pump_inline();
    }

    /// The window that a stack opens with; none where it is chosen from its values.
    #[must_use]
    pub fn window_of(&self, stack: &StackRecord) -> Option<Window> {
        first_window(stack)
    }

    /// Whether a pane shows large values dark: PET does, as it is read everywhere, and what was turned round.
    #[must_use]
    pub fn inverted(&self, pane: usize) -> bool {
        let shown = self.room.panes().get(pane).and_then(Pane::shown);
        shown.is_some_and(|shown| self.is_dark_on_white(shown.stack)) != self.room.is_turned(pane)
    }

    /// Whether large values of a stack are usually shown dark.
    #[must_use]
    pub fn is_dark_on_white(&self, stack: StackKey) -> bool {
        self.info_of(stack).is_some_and(dark_on_white)
    }

    /// What the headers of a stack say.
    #[must_use]
    pub fn info_of(&self, stack: StackKey) -> Option<&StackInfo> {
        self.document().and_then(|d| d.stack(stack)).map(|record| record.info.as_ref())
    }

    /// Whether lengths on a stack are mm at the patient.
    #[must_use]
    pub fn is_calibrated(&self, stack: StackKey) -> bool {
        self.document().and_then(|d| d.stack(stack)).is_some_and(|record| record.info.pixel_spacing_mm.is_some())
    }

    /// Where a lesion is: as clicked, else the middle of its tumour mark at the earliest visit.
    #[must_use]
    pub fn place_of(&self, lesion: LesionId) -> Option<(StackKey, PatientPoint)> {
        let document = self.document()?;
        place_of(document, lesion)
    }

    /// What stands over a pane.
    #[must_use]
    pub fn pane_title(&self, pane: usize) -> Option<PaneTitle> {
        let document = self.document()?;
        let shown = self.room.panes().get(pane)?.shown()?;
        let record = document.stack(shown.stack)?;
        let visit = document.visit(document.visit_of_stack(shown.stack)?)?;
        let first = first_session(document, visit.patient, self.selection.lesion);
        let is_pre = first.is_some_and(|first| visit.date < first);
        let name = if first.is_none() && pane == 0 && Some(visit.id) != self.selection.visit {
            words::EARLIER
        } else if is_pre {
            words::PRE
        } else if Some(visit.id) == self.selection.visit {
            words::THIS_VISIT
        } else if self.selection.visit.and_then(|read| document.visit(read)).is_some_and(|read| visit.date < read.date)
        {
            words::EARLIER_VISIT
        } else {
            words::LATER_VISIT
        };
        let outcome = self.selection.lesion.and_then(|lesion| self.outcome(lesion));
        // Days from a date that nobody knows would be days from the import.
        let dated = !document.is_undated(visit.id);
        let time = outcome.filter(|_| dated);
        let time = time.and_then(|o| o.at(visit.id).map(|at| format!("{} {}", o.label, at.time_words)));
        let all = document.stacks_of(visit.id);
        let stacks = VisitStacks {
            visit: visit.id,
            date: visit.date,
            stacks: all.iter().map(|s| HangStack::new(&s.info, s.role)).collect(),
        };
        Some(PaneTitle {
            visit: format!("{name} · {}", words::visit_date(document, visit.id)),
            time: time.unwrap_or_default(),
            series: words::series(record),
            name: words::series_name(record),
            choice: choice_words(&stacks, shown.stack, record.hangs_for.is_some()),
            odd: odd_here(record, shown.cut.is_none().then_some(shown.slice)),
        })
    }

    /// After a change of the document: keep what is chosen where it still exists, and hang anew where needed.
    pub(super) fn after_change(&mut self, follow: Option<(Option<PatientId>, Option<VisitId>)>) {
        let Some(document) = self.document() else { return };
        let sample_came_in = self.sample.is_some() && document.stacks().next().is_some();
        let before = self.selection;
        let mut now = before;
        now.patient = now.patient.filter(|id| document.patient(*id).is_some());
        now.visit = now.visit.filter(|id| document.visit(*id).is_some());
        now.lesion = now.lesion.filter(|id| document.lesion(*id).is_some());
        if now.lesion.is_none()
            && let Some(patient) = now.patient
        {
            now.lesion = document.lesions_of(patient).next().map(|lesion| lesion.id);
        }
        let wanted = self.selection_wanted.filter(|wanted| document.lesion(*wanted).is_some());
        now.lesion = wanted.or(now.lesion);
        // A patient entered by hand has no visits and stays chosen all the same.
        let visit_wanted = now.visit.is_none()
            && now.patient.is_some_and(|id| document.visits_of(id).iter().any(|visit| !self.is_hidden(visit.id)));
        self.selection = now;
        if wanted.is_some() {
            self.selection_wanted = None;
        }
        if sample_came_in {
            self.enter_sample();
        }
        match now.patient {
            None => return self.select_first(),
            Some(patient) if visit_wanted => {
                self.select_patient(patient);
                self.selection.lesion = now.lesion;
                return self.hang_and_centre();
            }
            Some(_) => {}
        }
        if let Some((_, Some(visit))) = follow
            && self.selection.visit != Some(visit)
            && !self.is_hidden(visit)
        {
            // An undo elsewhere: go where it happened.
            self.ask(Request::SelectVisit(visit));
            return;
        }
        if let Some((Some(patient), None)) = follow
            && self.selection.patient.is_some_and(|shown| shown != patient)
            && self.document().is_some_and(|document| document.patient(patient).is_some())
        {
            self.ask(Request::SelectPatient(patient));
            return;
        }
        if now != before || self.panes_are_stale() {
            self.hang_and_centre();
        } else {
            self.make_thumbnails(); // images may have come from another patient
        }
    }

    /// Shows the visit before in the active pane while a key is held, then what was there.
    pub(super) fn previous_here(&mut self, on: bool) {
        let pane = self.room.active();
        if !on {
            if let Some(Pane::Stack(before)) = self.peek.take() {
                self.with_links(|room, links| room.replace(pane, before, links));
            }
            return;
        }
        if self.peek.is_some() {
            return;
        }
        let Some(shown_now) = self.room.panes().get(pane).and_then(Pane::shown).cloned() else { return };
        let Some(document) = self.document() else { return };
        let Some(visit) = document.visit_of_stack(shown_now.stack) else { return };
        let visits: Vec<VisitId> = self.visits().iter().map(|visit| visit.id).collect();
        let Some(previous) = neighbour(&visits, Some(visit), Step::Previous, false) else {
            self.notices.tell(super::Level::Note, words::NO_EARLIER_VISIT, false);
            return;
        };
        let role = document.stack(shown_now.stack).map(|record| record.role);
        let stacks = document.stacks_of(previous);
        let same_role = stacks.iter().find(|record| Some(record.role) == role);
        let Some(record) = same_role.or_else(|| stacks.first()).map(|record| (*record).clone()) else { return };
        self.peek = Some(Pane::Stack(shown_now));
        let with = shown(&record);
        self.with_links(|room, links| room.replace(pane, with, links));
        self.prepare_panes();
    }
}

/// What a reader should know while looking at a slice, in a few words each.
fn odd_here(record: &StackRecord, slice: Option<u32>) -> Vec<String> {
    let tilt = record.info.oddities.iter().find_map(|odd| match odd {
        Oddity::Tilted { degrees, .. } => Some(format!("tilted {degrees:.1} degrees")),
        _ => None,
    });
    tilt.into_iter().chain(slice.into_iter().flat_map(|slice| record.info.slice_marks(slice))).collect()
}

/// The patient that is shown first: the first with images to read, else the first.
fn first_to_show(document: &Document) -> Option<PatientId> {
    let with_images = |patient: &PatientId| {
        document
            .stacks()
            .any(|record| record.patient == *patient && HangStack::new(&record.info, record.role).is_read())
    };
    let active: Vec<PatientId> = document.active_patients().map(|patient| patient.id).collect();
    let first = active.iter().copied().find(with_images).or_else(|| active.first().copied());
    first.or_else(|| document.patients().next().map(|patient| patient.id))
}

/// The neighbour of an entry in a list; `round` goes from the last to the first.
fn neighbour<T: Copy + PartialEq>(all: &[T], here: Option<T>, step: Step, round: bool) -> Option<T> {
    let Some(at) = here.and_then(|here| all.iter().position(|other| *other == here)) else {
        return all.first().copied();
    };
    let next = match (step, round) {
        (Step::Next, true) => (at + 1) % all.len(),
        (Step::Previous, true) => (at + all.len() - 1) % all.len(),
        (Step::Next, false) => at.checked_add(1)?,
        (Step::Previous, false) => at.checked_sub(1)?,
    };
    all.get(next).copied().filter(|next| Some(*next) != here)
}

/// The lesions that a visit asks an answer for: ablated, and treated before or on its date.
fn due_at(document: &Document, visit: VisitId) -> Vec<LesionId> {
    let Some(row) = document.visit(visit) else { return Vec::new() };
    let sessions = document.sessions_of(row.patient);
    document
        .lesions_of(row.patient)
        .filter(|lesion| is_due(lesion, &sessions, row.date))
        .map(|lesion| lesion.id)
        .collect()
}

/// Whether a lesion is to be answered for at a date: ablated, and treated by then in one of these sessions.
pub(super) fn is_due(lesion: &Lesion, sessions: &[&Session], on: Date) -> bool {
    lesion.status == LesionStatus::Ablated
        && sessions.iter().any(|s| s.date <= on && s.lesions.iter().any(|treated| treated.lesion == lesion.id))
}

/// Whether an ablated lesion has no session yet.
fn untreated(document: &Document) -> bool {
    document.lesions().filter(|lesion| lesion.status == LesionStatus::Ablated).any(|lesion| {
        let sessions = document.sessions_of(lesion.patient);
        !sessions.iter().any(|session| session.lesions.iter().any(|treated| treated.lesion == lesion.id))
    })
}

/// The first session of a lesion, or of the patient when there is no lesion.
pub(super) fn first_session(document: &Document, patient: PatientId, lesion: Option<LesionId>) -> Option<Date> {
    let sessions = document.sessions_of(patient);
    let of_lesion = sessions.iter().find(|s| s.lesions.iter().any(|treated| Some(treated.lesion) == lesion));
    of_lesion.or_else(|| sessions.first()).map(|session| session.date)
}

/// The last session of a lesion, or of the patient when there is no lesion, on a day or before it.
pub(super) fn last_session(
    document: &Document,
    patient: PatientId,
    lesion: Option<LesionId>,
    until: Date,
) -> Option<Date> {
    let sessions = document.sessions_of(patient);
    let of = |session: &&crate::clinical::Session| {
        lesion.is_none_or(|lesion| session.lesions.iter().any(|treated| treated.lesion == lesion))
    };
    sessions.into_iter().filter(|session| session.date <= until).filter(of).map(|session| session.date).max()
}

/// Where a lesion is: as clicked, else the middle of its tumour mark at the earliest visit.
pub(super) fn place_of(document: &Document, lesion: LesionId) -> Option<(StackKey, PatientPoint)> {
    let row = document.lesion(lesion)?;
    if let Some(place) = row.place {
        return Some((place.stack, PatientPoint::new(place.left_mm, place.posterior_mm, place.superior_mm)));
    }
    let mark = document
        .marks_of_patient(row.patient)
        .filter(|mark| mark.info.lesions.contains(&lesion))
        .min_by_key(|mark| (mark.info.role, document.visit(mark.info.visit).map(|visit| visit.date), mark.info.id))?;
    let centre = crate::marks::measure(document.mask(mark.info.id)?)?.centroid;
    Some((mark.info.stack, centre))
}

/// Whether large values are shown dark on white: uptake in PET is.
pub(super) fn dark_on_white(info: &StackInfo) -> bool {
    info.modality == Modality::Pet && !info.oddities.contains(&Oddity::SecondaryCapture)
}

/// A stack of the project, ready to be shown.
pub(super) fn shown(record: &StackRecord) -> Shown {
    let info = &record.info;
    let group = match info.modality {
        Modality::Ct => WindowGroup::Ct(record.role),
        _ => super::group::window_group(info),
    };
    let placed = matches!(info.shape, Shape::Volume(_));
    Shown { slab: usual_slab(info), ..Shown::middle_of(info.key, info.grid(), placed, group) }
}

/// The window a stack opens with: by role for CT, by unit for PET in SUV and diffusion maps, by the file for others;
/// none where it is chosen from the values, as for MR (reading.md 4).
fn first_window(record: &StackRecord) -> Option<Window> {
    let id = match record.role {
        StackRole::CtUnenhanced => "liver_unenhanced",
        StackRole::CtArterial => "liver_arterial",
        StackRole::CtPortalVenous => "liver_portal_venous",
        StackRole::CtDelayed => "liver_delayed",
        // The values of a scout are not those of slices.
        StackRole::Localizer | StackRole::Report => "",
        _ => match (record.info.modality, record.info.unit) {
            (Modality::Ct, Unit::Hu) => "abdomen",
            (_, Unit::SuvBw) => "suv_7",
            (_, Unit::Mm2PerS) => "adc",
            _ => "",
        },
    };
    // Values of MR mean something only beside each other: its window comes from them, and the file's is offered.
    let by_values = record.info.modality == Modality::Mr && matches!(record.info.shape, Shape::Volume(_));
    let of_file = || record.info.windows.first().filter(|_| !by_values).map(FileWindow::window);
    crate::volume::preset(id).map(|preset| preset.window).or_else(of_file)
}
