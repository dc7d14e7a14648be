//! How panes look at their volumes: other planes, slabs, three planes at a place, one point in all panes, a second
//! stack over the first, the difference of two phases, and windows from values.

use super::notices::Level;
use super::room::{Cut, Over, Pane, Shown, WindowGroup};
use super::sections::Sections;
use super::selecting::shown;
use super::{Done, Slot, Step, Workbench, looking_words as words};
use crate::alignment::LinkKind;
use crate::clinical::{Kernel, KeyPicture, Modality, StackKey, StackRole};
use crate::dicom::{Shape, StackAxis, StackInfo};
use crate::geometry::{Anatomical, Grid, PatientPoint, Plane, Rigid, main_plane};
use crate::project::{Document, StackRecord};
use crate::render::ColourMap;
use crate::volume::{Projection, Section, Slab, Statistics, Unit, Volume, Window, auto_window, crossing};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Slices closer than this are shown as the mean of 3 mm (reading.md 4).
const THIN_MM: f64 = 2.0;
/// The slabs that a key steps through, after none.
const SLABS: [Slab; 6] = [
    Slab { thickness_mm: 3.0, projection: Projection::Mean },
    Slab { thickness_mm: 5.0, projection: Projection::Mean },
    Slab { thickness_mm: 10.0, projection: Projection::Mean },
    Slab { thickness_mm: 10.0, projection: Projection::Maximum },
    Slab { thickness_mm: 20.0, projection: Projection::Maximum },
    Slab { thickness_mm: 10.0, projection: Projection::Minimum },
];
/// A difference is read as the mean of a disc of this diameter, mm (reading.md 4).
pub const DISC_MM: f64 = 5.0;

/// What can be asked of how panes look.
#[derive(Debug, Clone, PartialEq)]
pub enum PaneLook {
    /// Cut a pane's volume in a plane of the body; none shows the slices as acquired.
    Plane {
        /// The pane.
        pane: usize,
        /// The plane.
        plane: Option<Anatomical>,
    },
    /// The next plane in the active pane: as acquired, then those that differ from it.
    NextPlane,
    /// Turn the plane of the active pane: about the picture's horizontal and vertical axis, degrees.
    Tilt {
        /// The pane.
        pane: usize,
        /// The top of the picture towards the reader.
        forwards_degrees: f64,
        /// The left of the picture towards the reader.
        sideways_degrees: f64,
    },
    /// Look through a thickness; none shows thin slices.
    Slab {
        /// The pane.
        pane: usize,
        /// The slab.
        slab: Option<Slab>,
    },
    /// The next of the usual slabs in the active pane.
    StepSlab(Step),
    /// Three planes of the active pane's volume, at a place where one is given; asked again, back as it was.
    ThreePlanes(Option<(StackKey, PatientPoint)>),
    /// Show the slice through a place in all linked panes.
    PointAt {
        /// The pane whose space the place is in.
        pane: usize,
        /// The place.
        point: PatientPoint,
    },
    /// Lay another stack over a pane's, or take it away.
    Over {
        /// The pane.
        pane: usize,
        /// The other stack; none takes it away.
        over: Option<Over>,
    },
    /// Lay the usual other stack over the active pane's (PET over CT, diffusion over MR), or take it away.
    ToggleOver,
    /// Show the active pane less its phase without contrast, while held.
    Subtract(bool),
    /// Show the chosen lesion's mark, else the middle of the active pane, over the phases and at every visit; or not.
    Curve(bool),
    /// Keep what the active pane shows with the answer.
    Keep,
    /// Let go of a kept picture.
    LetGo(KeyPicture),
    /// Show a kept picture again in the active pane.
    Again(KeyPicture),
    /// Choose the window of a pane from the values of a rectangle of its picture.
    WindowFrom {
        /// The pane.
        pane: usize,
        /// One corner: column and row.
        from: (f64, f64),
        /// The other.
        to: (f64, f64),
    },
}

/// What a window worked out beside the screen is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WindowFor {
    /// The first window of a group, over all values.
    First,
    /// Until all values are there, over the slice that is shown.
    Meanwhile,
    /// Asked for by a person.
    Asked,
}

/// State of how panes look.
#[derive(Default)]
pub(super) struct Looking {
    pub(super) sections: Sections,
    /// What hung before three planes were opened.
    three: Option<Before>,
    /// Windows of the shown slice, until all values were read.
    meanwhile: BTreeMap<WindowGroup, Window>,
    /// Groups whose values, all of them read, make no window.
    without: BTreeSet<WindowGroup>,
    pub(super) curve: Option<super::curve::CurveAsk>,
}

struct Before {
    panes: Vec<Pane>,
    active: usize,
    field_mm: Option<f64>,
}

impl Looking {
    /// What is hung anew was not opened from anything.
    pub(super) fn hung_anew(&mut self) {
        self.three = None;
    }
}

impl Workbench {
    pub(super) fn look(&mut self, look: PaneLook) {
        let active = self.room.active();
        match look {
            PaneLook::Plane { pane, plane } => self.set_plane(pane, plane),
            PaneLook::NextPlane => self.next_plane(active),
            PaneLook::Tilt { pane, forwards_degrees, sideways_degrees } => {
                self.tilt(pane, forwards_degrees, sideways_degrees);
            }
            PaneLook::Slab { pane, slab } => self.set_slab(pane, slab),
            PaneLook::StepSlab(step) => self.step_slab(active, step),
            PaneLook::ThreePlanes(at) => self.three_planes(at),
            PaneLook::PointAt { pane, point } => self.with_links(|room, links| room.point_at(pane, point, links)),
            PaneLook::Over { pane, over } => self.set_over(pane, over),
            PaneLook::ToggleOver => self.toggle_over(active),
            PaneLook::Subtract(on) => self.subtract(active, on),
            PaneLook::Curve(show) => self.show_curve(show),
            PaneLook::Keep => self.keep_picture(),
            PaneLook::LetGo(picture) => self.drop_picture(picture),
            PaneLook::Again(picture) => self.show_key_picture(&picture),
            PaneLook::WindowFrom { pane, from, to } => self.window_from(pane, from, to),
        }
    }

    /// Whether three planes of one volume are open.
    #[must_use]
    pub fn shows_three_planes(&self) -> bool {
        self.looking.three.is_some()
    }

    /// Whether three planes are open whose stack is still there: nothing else is to be hung then.
    pub(super) fn three_planes_stand(&self, document: &Document) -> bool {
        let there = |pane: &Pane| pane.shown().is_none_or(|shown| document.stack(shown.stack).is_some());
        self.looking.three.is_some() && self.room.panes().iter().all(there)
    }

    /// The pane's stack with its own grid, where it is a volume; says so where it is not.
    fn volume_in(&mut self, pane: usize) -> Option<(Shown, Grid)> {
        let shown = self.room.panes().get(pane).and_then(Pane::shown)?.clone();
        let own = self.info_of(shown.stack).map(StackInfo::grid);
        if !shown.placed || own.is_none() {
            self.notices.tell(Level::Note, words::NO_OTHER_PLANES, false);
        }
        own.filter(|_| shown.placed).map(|own| (shown, own))
    }

    fn set_plane(&mut self, pane: usize, plane: Option<Anatomical>) {
        let Some((_, own)) = self.volume_in(pane) else { return };
        let cut = plane.map(|plane| Cut { plane, turn: Rigid::IDENTITY });
        self.stroke = None;
        self.room.change(pane, |shown| shown.recut(cut, &own));
    }

    fn next_plane(&mut self, pane: usize) {
        let Some((shown, own)) = self.volume_in(pane) else { return };
        let others = planes_beside(&own);
        let next = match shown.cut {
            None => others.first().copied(),
            Some(cut) => {
                let here = others.iter().position(|plane| *plane == cut.plane);
                here.and_then(|here| others.get(here + 1)).copied()
            }
        };
        self.set_plane(pane, next);
    }

    fn tilt(&mut self, pane: usize, forwards_degrees: f64, sideways_degrees: f64) {
        let Some((shown, own)) = self.volume_in(pane) else { return };
        let cut = shown.cut.unwrap_or(Cut { plane: main_plane(own.normal()), turn: Rigid::IDENTITY });
        let [right, down, _] = shown.grid.axes;
        let zero = PatientPoint::new(0.0, 0.0, 0.0);
        let turn = cut
            .turn
            .then(&Rigid::rotation_about(zero, right, forwards_degrees.to_radians()))
            .then(&Rigid::rotation_about(zero, down, sideways_degrees.to_radians()));
        self.stroke = None;
        self.room.change(pane, |shown| shown.recut(Some(Cut { turn, ..cut }), &own));
    }

    fn set_slab(&mut self, pane: usize, slab: Option<Slab>) {
        if self.volume_in(pane).is_some() {
            let slab = slab.filter(|slab| slab.thickness_mm > 0.0);
            self.room.change(pane, |shown| shown.slab = slab);
        }
    }

    fn step_slab(&mut self, pane: usize, step: Step) {
        let Some((shown, _)) = self.volume_in(pane) else { return };
        let all: Vec<Option<Slab>> = std::iter::once(None).chain(SLABS.map(Some)).collect();
        let here = all.iter().position(|slab| *slab == shown.slab).unwrap_or(0);
        let next = match step {
            Step::Next => (here + 1) % all.len(),
            Step::Previous => (here + all.len() - 1) % all.len(),
        };
        let slab = all.get(next).copied().flatten();
        self.room.change(pane, |shown| shown.slab = slab);
    }

    fn three_planes(&mut self, at: Option<(StackKey, PatientPoint)>) {
        if let Some(before) = self.looking.three.take() {
            self.room.hang(before.panes);
            self.room.activate(before.active);
            self.room.set_field_alone(before.field_mm);
            self.prepare_panes();
            return;
        }
        let pane = self.room.active();
        let Some((shown, own)) = self.volume_in(pane) else { return };
        let point = at.and_then(|(stack, point)| Some(self.link(stack, shown.stack)?.rigid_mm.apply(point)));
        let point = point.unwrap_or_else(|| shown.focus());
        let acquired = main_plane(own.normal());
        let panes = [Anatomical::Axial, Anatomical::Coronal, Anatomical::Sagittal].map(|plane| {
            let mut one = shown.clone();
            let cut = (plane != acquired).then_some(Cut { plane, turn: Rigid::IDENTITY });
            one.slab = shown.slab.filter(|_| cut.is_none());
            one.minus = None;
            one.recut(cut, &own);
            Pane::Stack(one)
        });
        let before = Before { panes: self.room.panes().to_vec(), active: pane, field_mm: self.room.field_mm() };
        self.stroke = None;
        self.peek = None;
        self.room.hang(panes.into());
        self.room.activate(0);
        for pane in 0..3 {
            self.room.go_to(pane, point, &|_, _| None);
        }
        self.looking.three = Some(before);
        self.prepare_panes();
    }

    fn set_over(&mut self, pane: usize, over: Option<Over>) {
        if let Some(over) = over {
            let Some((shown, _)) = self.volume_in(pane) else { return };
            if let Some(why) = self.why_not_over(shown.stack, over.stack) {
                self.notices.tell(Level::Problem, why, false);
                return;
            }
        }
        let over = over.map(|over| Over { opacity: over.opacity.clamp(0.0, 1.0), ..over });
        self.room.change(pane, |shown| shown.over = over);
        self.prepare_panes();
    }

    fn why_not_over(&self, below: StackKey, over: StackKey) -> Option<&'static str> {
        let document = self.document()?;
        match (document.stack(below), document.stack(over)) {
            (Some(a), Some(b)) if a.patient != b.patient => Some(words::OTHER_PATIENT),
            (Some(_), Some(b)) if !matches!(b.info.shape, Shape::Volume(_)) => Some(words::NO_VOLUME_OVER),
            (Some(_), Some(_)) => None,
            _ => Some(super::words::STACK_GONE),
        }
    }

    /// The stacks that can be laid over a pane's: volumes of the same visit first, then of the others.
    #[must_use]
    pub fn may_lie_over(&self, pane: usize) -> Vec<(StackKey, String)> {
        let Some(document) = self.document() else { return Vec::new() };
        let Some(shown) = self.room.panes().get(pane).and_then(Pane::shown).filter(|shown| shown.placed) else {
            return Vec::new();
        };
        let here = document.visit_of_stack(shown.stack);
        let mut visits: Vec<_> = self.visits().into_iter().filter(|visit| !self.is_hidden(visit.id)).collect();
        visits.sort_by_key(|visit| (Some(visit.id) != here, visit.date, visit.id));
        let stacks = visits.iter().flat_map(|visit| {
            let of_visit = document.stacks_of(visit.id).into_iter();
            of_visit.map(|record| (record, (Some(visit.id) != here).then(|| visit.date.to_string())))
        });
        stacks
            .filter(|(record, _)| record.info.key != shown.stack && matches!(record.info.shape, Shape::Volume(_)))
            .map(|(record, date)| {
                let parts = [Some(super::words::series(record)), date];
                (record.info.key, parts.into_iter().flatten().collect::<Vec<_>>().join(" \u{b7} "))
            })
            .collect()
    }

    fn toggle_over(&mut self, pane: usize) {
        let Some((shown_now, _)) = self.volume_in(pane) else { return };
        if shown_now.over.is_some() {
            self.room.change(pane, |shown| shown.over = None);
            return;
        }
        let Some((below, over)) = self.document().and_then(|document| usual_pair(document, shown_now.stack)) else {
            self.notices.tell(Level::Note, words::NOTHING_TO_LAY_OVER, false);
            return;
        };
        if below != shown_now.stack {
            let Some(record) = self.document().and_then(|document| document.stack(below)).cloned() else { return };
            let with = shown(&record);
            self.with_links(|room, links| room.replace(pane, with, links));
        }
        self.set_over(pane, Some(Over { stack: over, opacity: 0.6, map: ColourMap::default() }));
    }

    fn subtract(&mut self, pane: usize, on: bool) {
        if !on {
            // A pane that hangs for its difference goes on showing it.
            let held = |pane: &usize| !self.arrangement.differences.contains(pane);
            for pane in (0..self.room.panes().len()).filter(held).collect::<Vec<_>>() {
                self.room.change(pane, |shown| shown.minus = None);
            }
            return;
        }
        let Some((shown, _)) = self.volume_in(pane) else { return };
        let Some(document) = self.document() else { return };
        match minuend(document, shown.stack) {
            Ok(other) => {
                self.stroke = None;
                self.room.change(pane, |shown| shown.minus = Some(other));
                self.prepare_panes();
            }
            Err(why) => self.notices.tell(Level::Note, why, false),
        }
    }

    /// Mean and spread of a disc of 5 mm around a place of a pane's difference; `None` where none is shown.
    #[must_use]
    pub fn disc_of_difference(&self, pane: usize, at: (f64, f64)) -> Option<(Statistics, Unit)> {
        self.room.panes().get(pane)?.shown()?.minus?;
        let picture = self.pane_picture(pane)?;
        Some((picture.volume.disc(at, picture.slice, DISC_MM)?, picture.volume.unit))
    }

    /// The window that a pane's picture is drawn with: a difference has its own.
    #[must_use]
    pub fn window_in(&self, pane: usize) -> Option<Window> {
        let shown = self.room.panes().get(pane)?.shown()?;
        if shown.minus.is_some() {
            return self.pane_picture(pane)?.window;
        }
        self.room.window(pane).or_else(|| self.looking.meanwhile.get(&shown.group).copied())
    }

    /// The window of what lies over a pane's picture, its colours, and its unit.
    #[must_use]
    pub fn over_in(&self, pane: usize) -> Option<(Over, Window, Unit)> {
        let over = self.room.panes().get(pane)?.shown()?.over?;
        let record = self.document()?.stack(over.stack)?;
        let group = shown(record).group;
        let window = self.room.window_of(group).or_else(|| self.looking.meanwhile.get(&group).copied())?;
        Some((over, window, record.info.unit))
    }

    /// How a pane's picture came about, where it is not a slice of the file: "coronal from axial 3 mm"; each with
    /// whether it is a warning.
    #[must_use]
    pub fn look_words(&self, pane: usize) -> Vec<(String, bool)> {
        let Some(shown) = self.room.panes().get(pane).and_then(Pane::shown) else { return Vec::new() };
        let Some((document, info)) = self.document().zip(self.info_of(shown.stack)) else { return Vec::new() };
        let series = |key: StackKey| document.stack(key).map(super::words::series).unwrap_or_default();
        let mut all = Vec::new();
        if let Some(cut) = shown.cut {
            all.push((words::cut(cut, &info.grid()), false));
        }
        if let Some(slab) = shown.slab {
            all.push((words::slab(slab), false));
        }
        if let Some(over) = shown.over {
            all.push((words::over(&series(over.stack)), false));
        }
        if let Some(minus) = shown.minus {
            let link = self.link(shown.stack, minus);
            let matched = link.is_some_and(|link| matches!(link.kind, LinkKind::Matched { .. }));
            all.push((words::minus(&series(minus), matched), !matched));
        }
        all
    }

    /// Where the planes of the other panes cross a pane's picture: pane, and the two ends in column and row.
    #[must_use]
    pub fn crossings(&self, pane: usize) -> Vec<(usize, [(f64, f64); 2])> {
        let Some(here) = self.room.panes().get(pane).and_then(Pane::shown).filter(|shown| shown.placed) else {
            return Vec::new();
        };
        let section = Section::of(&here.grid, f64::from(here.slice));
        let others = self.room.panes().iter().enumerate().filter(|(n, _)| *n != pane);
        others
            .filter_map(|(n, other)| {
                let other = other.shown().filter(|other| other.placed)?;
                let own = other.grid.slice_plane(other.slice);
                if section.normal.cosine(own.normal).abs() > 0.999 {
                    return None; // no need to ask for the link
                }
                let rigid = self.link(other.stack, here.stack)?.rigid_mm;
                let plane = Plane { point: rigid.apply(own.point), normal: rigid.apply_direction(own.normal) };
                Some((n, crossing(&section, &plane)?))
            })
            .collect()
    }

    /// Starts working out a window over values, beside the screen.
    pub(super) fn find_window(&mut self, stack: StackKey, group: WindowGroup, slice: Option<u32>, what: WindowFor) {
        let slot = Slot::Window(stack);
        if what != WindowFor::Asked && self.jobs.is_running(&slot) {
            return;
        }
        if what == WindowFor::Meanwhile && self.looking.meanwhile.contains_key(&group) {
            return;
        }
        if what == WindowFor::First && self.looking.without.contains(&group) {
            return;
        }
        let Some(volume) = self.images.get(stack).cloned() else { return };
        self.jobs.start(slot, words::FINDING_WINDOW, super::jobs::Lane::Screen, move |_| Done::Window {
            group,
            window: auto_window(&volume, slice),
            what,
        });
    }

    /// Chooses a pane's window from the values of its picture.
    pub(super) fn window_of_picture(&mut self, pane: usize) {
        let Some(shown) = self.room.panes().get(pane).and_then(Pane::shown).cloned() else { return };
        if shown.is_computed() {
            let Some(picture) = self.section_in(pane) else { return };
            self.window_job(shown, move || auto_window(&picture, None));
        } else {
            self.find_window(shown.stack, shown.group, Some(shown.slice), WindowFor::Asked);
        }
    }

    fn window_from(&mut self, pane: usize, from: (f64, f64), to: (f64, f64)) {
        let Some(shown) = self.room.panes().get(pane).and_then(Pane::shown).cloned() else { return };
        let (picture, slice) = match (self.section_in(pane), self.images.get(shown.stack)) {
            (Some(picture), _) => (picture, 0),
            (None, Some(volume)) if !shown.is_computed() => (Arc::clone(volume), shown.slice),
            _ => return,
        };
        self.window_job(shown, move || picture.window_of_region(slice, from, to));
    }

    fn window_job(&mut self, shown: Shown, find: impl FnOnce() -> Option<Window> + Send + 'static) {
        let group = shown.group;
        self.jobs.start(Slot::Window(shown.stack), words::FINDING_WINDOW, super::jobs::Lane::Screen, move |_| {
            Done::Window { group, window: find(), what: WindowFor::Asked }
        });
    }

    pub(super) fn take_window(&mut self, group: WindowGroup, window: Option<Window>, what: WindowFor) {
        match (what, window) {
            (WindowFor::First, Some(window)) => {
                self.looking.meanwhile.remove(&group);
                self.room.set_first_window(group, window);
            }
            (WindowFor::First, None) => {
                self.looking.meanwhile.insert(group, Window::ANY);
                self.looking.without.insert(group);
            }
            (WindowFor::Meanwhile, window) => {
                self.looking.meanwhile.insert(group, window.unwrap_or(Window::ANY));
                self.prepare_panes(); // all values may have been read by now
            }
            (WindowFor::Asked, Some(window)) => self.room.set_window_of(group, window),
            (WindowFor::Asked, None) => {}
        }
    }

    /// The stacks that the panes need beside the ones they show.
    pub(super) fn also_needed(&self) -> Vec<StackKey> {
        let shown = self.room.panes().iter().filter_map(Pane::shown);
        shown.flat_map(|shown| shown.over.map(|over| over.stack).into_iter().chain(shown.minus)).collect()
    }

    /// The volume of a picture that was worked out.
    fn section_in(&self, pane: usize) -> Option<Arc<Volume>> {
        self.computed_picture(pane)
    }
}

/// The planes of the body that a stack was not acquired in, or only about.
fn planes_beside(own: &Grid) -> Vec<Anatomical> {
    let acquired = main_plane(own.normal());
    let straight = own.normal().vector();
    let straight = straight.x.abs().max(straight.y.abs()).max(straight.z.abs()) > 0.9998; // one degree
    let all = [Anatomical::Axial, Anatomical::Coronal, Anatomical::Sagittal];
    all.into_iter().filter(|plane| *plane != acquired || !straight).collect()
}

/// The slab that a stack opens with: thin soft-tissue CT is shown as the mean of 3 mm (reading.md 4).
pub(super) fn usual_slab(info: &StackInfo) -> Option<Slab> {
    let Shape::Volume(grid) = &info.shape else { return None };
    let soft = matches!(info.kernel, Kernel::Soft | Kernel::Unknown);
    let thin = info.modality == Modality::Ct && info.unit == Unit::Hu && soft && grid.spacing_mm[2] < THIN_MM;
    (thin && grid.dims[2] > 2).then_some(Slab { thickness_mm: 3.0, projection: Projection::Mean })
}

/// What usually lies below and over, at the visit of a stack: CT and PET, MR and its strongest diffusion weighting.
fn usual_pair(document: &Document, stack: StackKey) -> Option<(StackKey, StackKey)> {
    let record = document.stack(stack)?;
    let stacks = document.stacks_of(document.visit_of_stack(stack)?);
    let volumes = || stacks.iter().filter(|other| matches!(other.info.shape, Shape::Volume(_)));
    let diffusion = || {
        let of_role = volumes().filter(|other| other.role == StackRole::MrDwi);
        of_role.min_by_key(|other| other.info.group.as_ref().map(|group| group.reading_order()))
    };
    match record.info.modality {
        Modality::Pet => {
            let ct = volumes().filter(|other| other.info.modality == Modality::Ct);
            // A CT of the same scanner and session lies in the same space.
            let own = record.info.frame_of_reference_uid.as_deref();
            let best = ct.min_by_key(|other| (other.info.frame_of_reference_uid.as_deref() != own, other.info.key));
            best.map(|ct| (ct.info.key, stack))
        }
        Modality::Ct => {
            let pet = volumes().filter(|other| other.info.modality == Modality::Pet);
            let suv_first = pet.min_by_key(|other| (other.info.unit != Unit::SuvBw, other.info.key));
            suv_first.map(|pet| (stack, pet.info.key))
        }
        Modality::Mr => diffusion().filter(|other| other.info.key != stack).map(|other| (stack, other.info.key)),
        Modality::Other => None,
    }
}

/// What is taken away from a stack: the first phase of its series, or of its visit the images without contrast, else
/// the earliest phase.
///
/// # Errors
/// In words, why nothing can be taken away.
pub(super) fn minuend(document: &Document, stack: StackKey) -> Result<StackKey, String> {
    let record = document.stack(stack).ok_or(super::words::STACK_GONE)?;
    let visit = document.visit_of_stack(stack).ok_or(super::words::STACK_GONE)?;
    let of_visit = document.stacks_of(visit);
    if let Some(group) = record.info.group.as_ref().filter(|g| matches!(g.axis, StackAxis::Phase | StackAxis::Time)) {
        let first = of_visit
            .iter()
            .filter(|other| other.info.group.as_ref().is_some_and(|other| other.id == group.id))
            .min_by_key(|other| other.info.group.as_ref().map(|group| group.index));
        return match first {
            Some(first) if first.info.key != stack => comparable(record, first).map(|()| first.info.key),
            _ => Err(words::FIRST_PHASE.to_owned()),
        };
    }
    // Without contrast first; else the earliest phase, which shows what came since.
    let earlier: &[StackRole] = match record.role {
        StackRole::CtArterial | StackRole::CtEnhanced => &[StackRole::CtUnenhanced],
        StackRole::CtPortalVenous => &[StackRole::CtUnenhanced, StackRole::CtArterial],
        StackRole::CtDelayed => &[StackRole::CtUnenhanced, StackRole::CtArterial, StackRole::CtPortalVenous],
        StackRole::MrT1Enhanced => &[StackRole::MrT1],
        _ => return Err(words::NOT_ENHANCED.to_owned()),
    };
    let place = |role: StackRole| earlier.iter().position(|other| *other == role);
    let usable = |other: &&&StackRecord| place(other.role).is_some() && matches!(other.info.shape, Shape::Volume(_));
    let step = |record: &StackRecord| record.info.grid().spacing_mm[2];
    let mut candidates: Vec<&&StackRecord> = of_visit.iter().filter(usable).collect();
    // The one made most alike: same kernel, then the closest slices.
    candidates.sort_by(|a, b| {
        let alike = |other: &StackRecord| {
            ((place(other.role), other.info.kernel != record.info.kernel), (step(other) - step(record)).abs())
        };
        let ((ka, sa), (kb, sb)) = (alike(a), alike(b));
        ka.cmp(&kb).then(sa.total_cmp(&sb)).then(a.info.key.cmp(&b.info.key))
    });
    let mut why = None;
    for other in &candidates {
        match comparable(record, other) {
            Ok(()) => return Ok(other.info.key),
            Err(reason) => why = why.or(Some(reason)),
        }
    }
    let patient_has = || document.stacks().any(|other| other.patient == record.patient && place(other.role).is_some());
    Err(why.unwrap_or_else(
        || {
            if patient_has() { words::OTHER_VISIT.to_owned() } else { words::NOTHING_PLAIN.to_owned() }
        },
    ))
}

/// Whether the difference of two stacks means something.
fn comparable(a: &StackRecord, b: &StackRecord) -> Result<(), String> {
    if a.info.unit != b.info.unit {
        return Err(words::OTHER_UNIT.to_owned());
    }
    match (a.info.acquisition.kvp, b.info.acquisition.kvp) {
        (Some(a), Some(b)) if (a - b).abs() > 0.5 => Err(words::other_kvp(a, b)),
        _ => Ok(()),
    }
}
