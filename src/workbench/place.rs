//! Where a reader is: what is chosen, what each pane shows, the tool at hand. Taken down as it changes and
//! gone back to when the project is opened again. It names things by their numbers and keys; where something
//! is gone meanwhile the rest still holds.

use super::hung::ByHand;
use super::room::{Pane, Shown, WindowGroup};
use super::{Selection, Together, Tool, Workbench};
use crate::clinical::{LesionId, PatientId, StackKey, StackRole, VisitId};
use crate::hanging::{Hanging, Layout};
use crate::volume::Window;
use serde::{Deserialize, Serialize};

/// Where a reader is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Place {
    patient: Option<PatientId>,
    visit: Option<VisitId>,
    lesion: Option<LesionId>,
    panes: Vec<Option<PaneAt>>,
    active: usize,
    field_mm: Option<f64>,
    windows: Vec<(WindowGroup, Window)>,
    turned: Vec<WindowGroup>,
    unlinked: bool,
    /// The hanging by its code, or the name of the reader's own.
    hanging: String,
    /// Rows and columns, where the reader set them.
    layout: Option<(u32, u32)>,
    latest_first: bool,
    together: Option<Together>,
    tool: Tool,
    brush_radius_mm: Option<f64>,
    /// Stacks chosen by hand, by visit and role.
    chosen: Vec<(VisitId, StackRole, StackKey)>,
    /// Stacks put into a pane by hand, by the visit that is read.
    put: Vec<(VisitId, usize, StackKey)>,
}

/// What a pane shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct PaneAt {
    stack: StackKey,
    slice: u32,
    /// Column and row in the middle of the field.
    centre: (f64, f64),
    /// How far the place that was asked for lies from the slice, in slices.
    #[serde(default)]
    off: f64,
}

impl Workbench {
    /// Where a pane is among the slices as they were acquired, whatever plane it is cut in.
    fn as_acquired(&self, shown: &Shown) -> PaneAt {
        let mut shown = shown.clone();
        if let (Some(_), Some(info)) = (shown.cut, self.info_of(shown.stack)) {
            let own = info.grid();
            shown.recut(None, &own);
        }
        PaneAt { stack: shown.stack, slice: shown.slice, centre: shown.centre, off: shown.off }
    }

    /// Where the reader is now. A peek at the visit before counts as what it hides.
    pub(super) fn place(&self) -> Place {
        let Selection { patient, visit, lesion } = self.selection;
        let active = self.room.active();
        let panes = self.room.panes().iter().enumerate().map(|(n, pane)| {
            let pane = self.peek.as_ref().filter(|_| n == active).unwrap_or(pane);
            pane.shown().map(|shown| self.as_acquired(shown))
        });
        Place {
            patient,
            visit,
            lesion,
            panes: panes.collect(),
            active,
            field_mm: self.room.field_mm(),
            windows: self.room.windows().collect(),
            turned: self.room.turned().collect(),
            unlinked: !self.linked,
            hanging: self.arrangement.hanging.code().to_owned(),
            layout: self.arrangement.layout.map(|layout| (layout.rows(), layout.columns())),
            latest_first: self.arrangement.latest_first,
            together: Some(self.together),
            tool: self.tool,
            brush_radius_mm: Some(self.brush_radius_mm),
            chosen: self.by_hand.roles.iter().map(|((visit, role), stack)| (*visit, *role, *stack)).collect(),
            put: self.by_hand.panes.iter().map(|((visit, pane), stack)| (*visit, *pane, *stack)).collect(),
        }
    }

    /// Goes to where a reader was, as far as it is still there. Nothing changes when the patient is gone.
    pub(super) fn go_back_to(&mut self, place: &Place) {
        let Some(document) = self.document() else { return };
        let Some(patient) = place.patient.filter(|id| document.patient(*id).is_some()) else { return };
        let visit = place.visit.filter(|id| document.visit(*id).is_some_and(|visit| visit.patient == patient));
        let visit = visit.filter(|id| !self.is_hidden(*id));
        let lesion = place.lesion.filter(|id| document.lesion(*id).is_some_and(|lesion| lesion.patient == patient));
        let lesion = lesion.or_else(|| document.lesions_of(patient).next().map(|lesion| lesion.id));
        let chosen = place.chosen.iter().filter(|(visit, _, stack)| document.visit_of_stack(*stack) == Some(*visit));
        let roles = chosen.map(|(visit, role, stack)| ((*visit, *role), *stack)).collect();
        let panes = place.put.iter().map(|(visit, pane, stack)| ((*visit, *pane), *stack)).collect();
        self.by_hand = ByHand { roles, panes };
        if visit.is_none() {
            self.select_patient(patient); // its first visit that can be read
            self.selection.lesion = lesion.or(self.selection.lesion);
        } else {
            self.selection = Selection { patient: Some(patient), visit, lesion };
        }
        self.linked = !place.unlinked;
        self.hang_as_before(place);
        if let Some(mm) = place.brush_radius_mm.filter(|mm| mm.is_finite()) {
            self.brush_radius_mm = mm.clamp(0.5, 60.0);
        }
        self.hang_and_centre();
        if visit.is_some() {
            self.look_as_before(place, patient);
        }
        if place.tool.role().is_none() || self.selection.lesion.is_some() {
            self.tool = place.tool;
        }
    }

    /// Takes up the hanging that was in use, with what panes have in common.
    fn hang_as_before(&mut self, place: &Place) {
        let own = self.own_hangings().into_iter().map(Hanging::Own);
        let known = Hanging::NAMED.into_iter().chain(own).find(|hanging| hanging.code() == place.hanging);
        self.arrangement.hanging = known.unwrap_or_default();
        self.arrangement.layout = place.layout.map(|(rows, columns)| Layout::new(rows, columns));
        self.arrangement.latest_first = place.latest_first;
        self.together = place.together.unwrap_or_default();
        self.room.zoom_alone(!self.together.zoom);
    }

    fn look_as_before(&mut self, place: &Place, patient: PatientId) {
        for (n, at) in place.panes.iter().enumerate() {
            let Some(at) = at else { continue };
            let Some(document) = self.document() else { return };
            let hidden = document.visit_of_stack(at.stack).is_none_or(|visit| self.is_hidden(visit));
            let Some(record) = document.stack(at.stack).filter(|record| record.patient == patient && !hidden) else {
                continue;
            };
            let mut with = self.shown_as(record);
            with.slice = at.slice.min(with.last_slice());
            if at.centre.0.is_finite() && at.centre.1.is_finite() {
                with.centre = at.centre;
            }
            if at.off.is_finite() {
                with.off = at.off.clamp(-0.5, 0.5);
            }
            self.room.put_back(n, Pane::Stack(with));
        }
        self.room.set_field_alone(place.field_mm.filter(|mm| mm.is_finite()));
        for (group, window) in &place.windows {
            if window.centre.is_finite() && window.width.is_finite() {
                self.room.set_window_of(*group, *window);
            }
        }
        self.room.activate(place.active);
        self.room.set_turned(place.turned.iter().copied().collect());
        self.prepare_panes();
    }
}
