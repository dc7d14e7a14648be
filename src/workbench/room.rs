//! The panes of the reading room: which stack, slice, field and window each shows, and how they move
//! together. Pure state; where two panes are linked is told by whoever calls.

use crate::alignment::Link;
use crate::clinical::{StackKey, StackRole};
use crate::geometry::{Anatomical, Grid, PatientPoint, Rigid, VoxelIndex, main_plane};
use crate::render::ColourMap;
use crate::volume::{Slab, Window, reformat_grid};
use std::collections::{BTreeMap, BTreeSet};

/// The field that a lesion is shown in, mm across (reading.md 6).
pub const LESION_FIELD_MM: f64 = 120.0;
/// The narrowest and widest field, mm.
const FIELD_RANGE_MM: std::ops::RangeInclusive<f64> = 8.0..=2000.0;

/// Places this close to half way between two slices are half way, in slices.
const TIE: f64 = 1e-6;

/// How one pane's stack lies to another's: `None` when they have nothing to do with each other.
pub type LinkOf<'a> = &'a dyn Fn(StackKey, StackKey) -> Option<Link>;

/// What panes share a window: CT of one role does, anything else only with itself (reading.md 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum WindowGroup {
    /// All CT stacks of a role.
    Ct(StackRole),
    /// One stack.
    Own(StackKey),
}

/// A plane that a pane cuts its volume in, in place of the slices as they were acquired.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cut {
    /// The plane of the body.
    pub plane: Anatomical,
    /// How it is turned away from there; the identity for the plane itself.
    pub turn: Rigid,
}

/// A second stack over a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Over {
    /// The stack.
    pub stack: StackKey,
    /// From 0, not seen, to 1, hiding what is below.
    pub opacity: f32,
    /// Its colours.
    pub map: ColourMap,
}

/// What a pane shows of a stack.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// The stack.
    pub stack: StackKey,
    /// The grid whose slices are shown: the stack's own, for pictures a pixel grid, or that of the cut.
    pub grid: Grid,
    /// The plane it is cut in; none shows the slices as they were acquired.
    pub cut: Option<Cut>,
    /// The thickness that is looked through; none shows thin slices.
    pub slab: Option<Slab>,
    /// Another stack over it.
    pub over: Option<Over>,
    /// A stack that is taken away from it, pixel by pixel.
    pub minus: Option<StackKey>,
    /// Whether the grid is in patient space, so that places in it mean something elsewhere.
    pub placed: bool,
    /// What it shares its window with.
    pub group: WindowGroup,
    /// The slice.
    pub slice: u32,
    /// The middle of the field: column and row, fractions allowed.
    pub centre: (f64, f64),
    /// Whether the place that a linked pane asked for lies beyond this stack's ends.
    pub beyond: bool,
    /// How far the place that was asked for lies from the slice that shows it, in slices. Panes follow each other by
    /// that place, so that a step of one is a step of all whose slices are as far apart.
    pub off: f64,
}

impl Shown {
    /// A stack at its middle.
    #[must_use]
    pub fn middle_of(stack: StackKey, grid: Grid, placed: bool, group: WindowGroup) -> Self {
        let centre = ((f64::from(grid.dims[0]) - 1.0) / 2.0, (f64::from(grid.dims[1]) - 1.0) / 2.0);
        let slice = grid.dims[2] / 2;
        Self {
            stack,
            grid,
            cut: None,
            slab: None,
            over: None,
            minus: None,
            placed,
            group,
            slice,
            centre,
            beyond: false,
            off: 0.0,
        }
    }

    /// The place in the middle of the field.
    #[must_use]
    pub fn focus(&self) -> PatientPoint {
        self.grid.to_patient(VoxelIndex::new(self.centre.0, self.centre.1, f64::from(self.slice)))
    }

    /// The place that was asked for, which its slice shows as well as a slice can.
    #[must_use]
    pub fn exact_focus(&self) -> PatientPoint {
        self.grid.to_patient(VoxelIndex::new(self.centre.0, self.centre.1, f64::from(self.slice) + self.off))
    }

    /// Whether the picture is worked out from the voxels around it, as against being a slice of the file.
    #[must_use]
    pub fn is_computed(&self) -> bool {
        self.cut.is_some() || self.slab.is_some() || self.minus.is_some()
    }

    /// Cuts the stack in another plane, or shows it as acquired; what is in the middle stays there. `own` is the
    /// stack's own grid.
    pub fn recut(&mut self, cut: Option<Cut>, own: &Grid) {
        let focus = self.focus();
        self.grid = cut.map_or_else(|| own.clone(), |cut| reformat_grid(own, cut.plane, Some(&cut.turn)));
        self.cut = cut;
        self.go_to(focus, true);
        self.beyond = false;
    }

    /// Looks at a fresh stack in the way that another was looked at.
    fn look_like(&mut self, before: &Self) {
        if self.placed && before.placed && self.cut.is_none() && self.minus.is_none() {
            if before.cut.is_some() {
                let own = self.grid.clone();
                self.recut(before.cut, &own);
            }
            self.slab = before.slab.or(self.slab);
        }
    }

    /// The last slice.
    #[must_use]
    pub fn last_slice(&self) -> u32 {
        self.grid.dims[2].saturating_sub(1)
    }

    fn go_to(&mut self, point: PatientPoint, recentre: bool) {
        let at = self.grid.to_index(point);
        self.beyond = at.k < -0.5 - 1e-6 || at.k > f64::from(self.last_slice()) + 0.5 + 1e-6;
        let last = f64::from(self.last_slice());
        // Half way between two slices the lower one shows it: always the same one, whatever the rounding before.
        let slice = (at.k - 0.5 - TIE).ceil().clamp(0.0, last);
        self.slice = slice as u32;
        self.off = (at.k - slice).clamp(-0.5, 0.5);
        if recentre {
            self.centre = (at.i, at.j);
        }
    }
}

/// One pane: a stack, or why there is none. Nine at most, so their size does not matter.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, Clone, PartialEq)]
pub enum Pane {
    /// A stack is shown.
    Stack(Shown),
    /// Nothing to show, and why.
    Empty(String),
}

impl Pane {
    /// What is shown.
    #[must_use]
    pub fn shown(&self) -> Option<&Shown> {
        match self {
            Self::Stack(shown) => Some(shown),
            Self::Empty(_) => None,
        }
    }

    fn shown_mut(&mut self) -> Option<&mut Shown> {
        match self {
            Self::Stack(shown) => Some(shown),
            Self::Empty(_) => None,
        }
    }
}

/// The panes, the field they share, and the windows in use.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Room {
    panes: Vec<Pane>,
    active: usize,
    /// Width of the field, mm; none shows the whole picture.
    field_mm: Option<f64>,
    /// Fields of panes that zoom alone; none while they zoom together.
    own_fields: Option<BTreeMap<usize, Option<f64>>>,
    windows: BTreeMap<WindowGroup, Window>,
    /// What shows its greys the other way round than usual.
    turned: BTreeSet<WindowGroup>,
}

impl Room {
    /// The panes, left to right.
    #[must_use]
    pub fn panes(&self) -> &[Pane] {
        &self.panes
    }

    /// The pane that keys speak to.
    #[must_use]
    pub fn active(&self) -> usize {
        self.active
    }

    /// Makes a pane the one that keys speak to.
    pub fn activate(&mut self, pane: usize) {
        if pane < self.panes.len() {
            self.active = pane;
        }
    }

    /// Width of the shared field, mm; none shows the whole picture.
    #[must_use]
    pub fn field_mm(&self) -> Option<f64> {
        self.field_mm
    }

    /// Width of a pane's field, mm: its own where panes zoom alone.
    #[must_use]
    pub fn field_of(&self, pane: usize) -> Option<f64> {
        self.own_fields.as_ref().and_then(|own| own.get(&pane).copied()).unwrap_or(self.field_mm)
    }

    /// Lets each pane zoom alone, or all together, by the field of the active one.
    pub fn zoom_alone(&mut self, alone: bool) {
        self.field_mm = self.field_of(self.active);
        self.own_fields = alone.then(|| (0..self.panes.len()).map(|pane| (pane, self.field_of(pane))).collect());
    }

    /// Whether a pane shows its greys the other way round than usual.
    #[must_use]
    pub fn is_turned(&self, pane: usize) -> bool {
        self.panes.get(pane).and_then(Pane::shown).is_some_and(|shown| self.turned.contains(&shown.group))
    }

    /// Turns the greys of a pane, and of all that share its window, round, or back.
    pub fn turn(&mut self, pane: usize) {
        let Some(group) = self.panes.get(pane).and_then(Pane::shown).map(|shown| shown.group) else { return };
        if !self.turned.remove(&group) {
            self.turned.insert(group);
        }
    }

    /// Everything that shows its greys the other way round than usual.
    pub fn turned(&self) -> impl Iterator<Item = WindowGroup> {
        self.turned.iter().copied()
    }

    /// Says what shows its greys the other way round than usual.
    pub fn set_turned(&mut self, turned: BTreeSet<WindowGroup>) {
        self.turned = turned;
    }

    /// Hangs new panes; the active pane stays when it still exists.
    pub fn hang(&mut self, panes: Vec<Pane>) {
        self.panes = panes;
        if let Some(own) = &mut self.own_fields {
            own.clear();
        }
        self.active = self.active.min(self.panes.len().saturating_sub(1));
    }

    /// Shows another stack in a pane, at the place the pane was looking at.
    pub fn replace(&mut self, pane: usize, mut with: Shown, links: LinkOf) {
        let Some(old) = self.panes.get_mut(pane) else { return };
        if let Some(before) = old.shown()
            && before.placed
            && with.placed
            && let Some(link) = links(before.stack, with.stack)
        {
            with.look_like(before);
            with.go_to(link.rigid_mm.apply(before.focus()), true);
        }
        *old = Pane::Stack(with);
    }

    /// Shows another stack of the same 4-D series in a pane: same slice, same place, and no other pane moves.
    pub fn exchange(&mut self, pane: usize, mut with: Shown) {
        let Some(old) = self.panes.get_mut(pane) else { return };
        if let Some(before) = old.shown() {
            with.look_like(before);
            with.over = before.over.filter(|over| over.stack != with.stack);
            if before.grid.dims == with.grid.dims {
                (with.slice, with.centre, with.beyond) = (before.slice, before.centre, before.beyond);
                with.off = before.off;
            } else if before.placed && with.placed {
                with.go_to(before.focus(), true);
            }
        }
        *old = Pane::Stack(with);
    }

    /// The window of a pane, when one was set.
    #[must_use]
    pub fn window(&self, pane: usize) -> Option<Window> {
        self.windows.get(&self.panes.get(pane)?.shown()?.group).copied()
    }

    /// The window of a group, when one was set.
    #[must_use]
    pub fn window_of(&self, group: WindowGroup) -> Option<Window> {
        self.windows.get(&group).copied()
    }

    /// Sets the window of a pane and of all that share it.
    pub fn set_window(&mut self, pane: usize, window: Window) {
        if let Some(shown) = self.panes.get(pane).and_then(Pane::shown) {
            self.set_window_of(shown.group, window);
        }
    }

    /// Sets the window of a group only when it has none yet.
    pub fn set_first_window(&mut self, group: WindowGroup, window: Window) {
        self.windows.entry(group).or_insert(window);
    }

    /// Every window in use, with what shares it.
    pub fn windows(&self) -> impl Iterator<Item = (WindowGroup, Window)> {
        self.windows.iter().map(|(group, window)| (*group, *window))
    }

    /// Sets the window of a group.
    pub fn set_window_of(&mut self, group: WindowGroup, window: Window) {
        let moved = window.moved(window.centre.clamp(-1e7, 1e7), window.width.min(1e7));
        self.windows.insert(group, moved);
    }

    /// Shows in a pane what was there before, where it was; a pane that is no longer there is left out.
    pub fn put_back(&mut self, pane: usize, what: Pane) {
        if let Some(place) = self.panes.get_mut(pane) {
            *place = what;
        }
    }

    /// Sets the field and moves no picture.
    pub fn set_field_alone(&mut self, field_mm: Option<f64>) {
        if let Some(own) = &mut self.own_fields {
            own.clear();
        }
        self.field_mm = field_mm.map(|mm| mm.clamp(*FIELD_RANGE_MM.start(), *FIELD_RANGE_MM.end()));
    }

    /// Forgets all windows, so that each is chosen anew.
    pub fn forget_windows(&mut self) {
        self.windows.clear();
        self.turned.clear();
    }

    /// Scrolls a pane by slices; linked panes follow by place, never by number.
    pub fn scroll(&mut self, pane: usize, by: i64, links: LinkOf) {
        let Some(shown) = self.panes.get(pane).and_then(Pane::shown) else { return };
        let target = (i64::from(shown.slice) + by).clamp(0, i64::from(shown.last_slice()));
        self.set_slice(pane, target as u32, links);
    }

    /// Shows a slice in a pane; linked panes follow by place.
    pub fn set_slice(&mut self, pane: usize, slice: u32, links: LinkOf) {
        let Some(shown) = self.panes.get_mut(pane).and_then(Pane::shown_mut) else { return };
        shown.slice = slice.min(shown.last_slice());
        shown.beyond = false;
        self.others_follow(pane, false, links);
    }

    /// Brings a place of one pane's space into the middle of all linked panes.
    pub fn go_to(&mut self, pane: usize, point: PatientPoint, links: LinkOf) {
        let Some(shown) = self.panes.get_mut(pane).and_then(Pane::shown_mut) else { return };
        shown.go_to(point, true);
        self.others_follow(pane, true, links);
    }

    /// Lets all linked panes but one show the slice through a place of that one's space; no picture is moved.
    pub fn point_at(&mut self, pane: usize, point: PatientPoint, links: LinkOf) {
        let Some(from) = self.panes.get(pane).and_then(Pane::shown).filter(|shown| shown.placed) else { return };
        let from = from.stack;
        for (n, other) in self.panes.iter_mut().enumerate() {
            let Some(other) = other.shown_mut().filter(|other| n != pane && other.placed) else { continue };
            if let Some(link) = links(from, other.stack) {
                other.go_to(link.rigid_mm.apply(point), false);
            }
        }
    }

    /// Changes how a pane shows its stack.
    pub fn change(&mut self, pane: usize, change: impl FnOnce(&mut Shown)) {
        if let Some(shown) = self.panes.get_mut(pane).and_then(Pane::shown_mut) {
            change(shown);
        }
    }

    /// Moves the picture under the field, in points of the screen turned to mm; linked panes move alike.
    pub fn pan(&mut self, pane: usize, right_mm: f64, down_mm: f64, links: LinkOf) {
        let Some(from) = self.panes.get(pane).and_then(Pane::shown).cloned() else { return };
        let [right, down, _] = from.grid.axes;
        let moved = right.times_mm(right_mm) + down.times_mm(down_mm);
        let plane = main_plane(from.grid.normal());
        for other in self.panes.iter_mut().filter_map(Pane::shown_mut) {
            if other.stack != from.stack && links(from.stack, other.stack).is_none() {
                continue;
            }
            // In another plane the picture moves as far as the two have directions in common.
            let (right_mm, down_mm) = if main_plane(other.grid.normal()) == plane {
                (right_mm, down_mm)
            } else {
                (moved.dot(other.grid.axes[0].vector()), moved.dot(other.grid.axes[1].vector()))
            };
            other.centre.0 -= right_mm / other.grid.spacing_mm[0];
            other.centre.1 -= down_mm / other.grid.spacing_mm[1];
        }
    }

    /// Sets the field; `about` is what keeps its place on screen, as an offset from the middle in fractions
    /// of the field's width.
    pub fn zoom(&mut self, pane: usize, now_mm: f64, factor: f64, about: (f64, f64), links: LinkOf) {
        let field = (now_mm / factor).clamp(*FIELD_RANGE_MM.start(), *FIELD_RANGE_MM.end());
        let grow = now_mm - field;
        match &mut self.own_fields {
            Some(own) => drop(own.insert(pane, Some(field))),
            None => self.field_mm = Some(field),
        }
        self.pan(pane, -about.0 * grow, -about.1 * grow, links);
    }

    /// Sets the field, mm across; none shows the whole picture, centred.
    pub fn set_field(&mut self, field_mm: Option<f64>) {
        self.set_field_alone(field_mm);
        if self.field_mm.is_none() {
            for shown in self.panes.iter_mut().filter_map(Pane::shown_mut) {
                shown.centre =
                    ((f64::from(shown.grid.dims[0]) - 1.0) / 2.0, (f64::from(shown.grid.dims[1]) - 1.0) / 2.0);
            }
        }
    }

    fn others_follow(&mut self, pane: usize, recentre: bool, links: LinkOf) {
        let Some(from) = self.panes.get(pane).and_then(Pane::shown).filter(|shown| shown.placed).cloned() else {
            return;
        };
        let focus = from.exact_focus();
        for (n, other) in self.panes.iter_mut().enumerate() {
            let Some(other) = other.shown_mut().filter(|other| n != pane && other.placed) else { continue };
            if let Some(link) = links(from.stack, other.stack) {
                other.go_to(link.rigid_mm.apply(focus), recentre);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alignment::LinkKind;
    use crate::geometry::{PatientDirection, PatientVector, Rigid, SpaceId};

    fn shown(key: u8, z0: f64, step: f64, slices: u32) -> Shown {
        let grid = Grid {
            origin: PatientPoint::new(-100.0, -100.0, z0),
            axes: [PatientDirection::LEFT, PatientDirection::POSTERIOR, PatientDirection::SUPERIOR],
            spacing_mm: [1.0, 1.0, step],
            dims: [201, 201, slices],
            space: SpaceId(format!("s{key}")),
        };
        let key = StackKey([key; 16]);
        Shown::middle_of(key, grid, true, WindowGroup::Own(key))
    }

    fn table(_: StackKey, _: StackKey) -> Option<Link> {
        Some(Link { rigid_mm: Rigid::IDENTITY, kind: LinkKind::TablePosition })
    }

    fn two() -> Room {
        let mut room = Room::default();
        room.hang(vec![Pane::Stack(shown(1, 0.0, 5.0, 21)), Pane::Stack(shown(2, 0.0, 2.0, 51))]);
        room
    }

    fn slices(room: &Room) -> Vec<u32> {
        room.panes().iter().filter_map(Pane::shown).map(|s| s.slice).collect()
    }

    #[test]
    fn linked_panes_follow_by_place_not_by_number() {
        let mut room = two();
        room.set_slice(0, 4, &table); // z = 20 mm
        assert_eq!(slices(&room), [4, 10]);
        room.scroll(1, 5, &table); // z = 30 mm
        assert_eq!(slices(&room), [6, 15]);
    }

    #[test]
    fn a_match_shifts_the_other_pane() {
        let mut room = two();
        let shift = |from: StackKey, _: StackKey| {
            let sign = if from == StackKey([1; 16]) { 1.0 } else { -1.0 };
            Some(Link {
                rigid_mm: Rigid::shift(PatientVector::new(0.0, 0.0, 10.0 * sign)),
                kind: LinkKind::TablePosition,
            })
        };
        room.set_slice(0, 4, &shift);
        assert_eq!(slices(&room), [4, 15]);
        room.set_slice(1, 15, &shift);
        assert_eq!(slices(&room), [4, 15]);
    }

    #[test]
    fn a_pane_beyond_its_end_says_so() {
        let mut room = Room::default();
        room.hang(vec![Pane::Stack(shown(1, 0.0, 5.0, 21)), Pane::Stack(shown(2, 0.0, 2.0, 11))]);
        room.set_slice(0, 20, &table); // z = 100, the other ends at 20
        let other = room.panes()[1].shown().unwrap();
        assert!(other.beyond);
        assert_eq!(other.slice, 10);
        room.set_slice(0, 2, &table);
        assert!(!room.panes()[1].shown().unwrap().beyond);
    }

    #[test]
    fn a_step_of_one_pane_is_a_step_of_the_other_also_half_way_between_slices() {
        for apart in [0.0, 1.0, 2.5, 2.499_999_999, 2.500_000_001, 4.0] {
            let mut room = Room::default();
            room.hang(vec![Pane::Stack(shown(1, 0.0, 5.0, 41)), Pane::Stack(shown(2, apart, 5.0, 41))]);
            // A lesion lies anywhere, each pane shows it by its nearest slice.
            for pane in 0..2 {
                room.go_to(pane, PatientPoint::new(0.0, 0.0, 102.4), &|_, _| None);
            }
            for n in 1..=8 {
                let before = slices(&room);
                room.scroll(usize::from(n % 2 == 0), 1, &table);
                assert_eq!(slices(&room), [before[0] + 1, before[1] + 1], "{apart} mm apart, step {n}");
            }
            for _ in 0..8 {
                room.scroll(1, -1, &table);
            }
            let z = |pane: usize| room.panes()[pane].shown().unwrap().focus().z;
            assert!((z(0) - z(1)).abs() <= 5.0, "and none drifts away");
        }
    }

    #[test]
    fn panes_that_zoom_alone_leave_the_others_as_they_are() {
        let mut room = two();
        room.set_field(Some(200.0));
        room.zoom_alone(true);
        room.zoom(0, 200.0, 2.0, (0.0, 0.0), &|_, _| None);
        assert_eq!((room.field_of(0), room.field_of(1)), (Some(100.0), Some(200.0)));
        room.activate(1);
        room.zoom_alone(false);
        assert_eq!((room.field_of(0), room.field_of(1)), (Some(200.0), Some(200.0)), "as the active one");
        room.zoom(0, 200.0, 2.0, (0.0, 0.0), &table);
        assert_eq!(room.field_of(1), Some(100.0));
    }

    #[test]
    fn unlinked_panes_stay_where_they_are() {
        let mut room = two();
        let before = slices(&room)[1];
        room.set_slice(0, 0, &|_, _| None);
        assert_eq!(slices(&room), [0, before]);
    }

    #[test]
    fn zoom_keeps_the_place_under_the_pointer() {
        let mut room = two();
        room.set_field(Some(200.0));
        // The pointer is a quarter of the field right of the middle: 50 mm, so column 150.
        room.zoom(0, 200.0, 2.0, (0.25, 0.0), &table);
        assert_eq!(room.field_mm(), Some(100.0));
        let shown = room.panes()[0].shown().unwrap();
        // Now a quarter of the field is 25 mm; column 150 must still lie there.
        assert!((shown.centre.0 + 25.0 - 150.0).abs() < 1e-9, "{:?}", shown.centre);
    }

    #[test]
    fn going_to_a_place_centres_every_linked_pane() {
        let mut room = two();
        room.go_to(0, PatientPoint::new(30.0, -20.0, 50.0), &table);
        for pane in room.panes() {
            let at = pane.shown().unwrap().focus();
            assert!(at.distance_mm(PatientPoint::new(30.0, -20.0, 50.0)) < 1e-9);
        }
    }

    #[test]
    fn ct_of_one_role_shares_a_window_and_others_do_not() {
        let mut room = Room::default();
        let ct = WindowGroup::Ct(StackRole::CtPortalVenous);
        let (mut a, mut b) = (shown(1, 0.0, 5.0, 3), shown(2, 0.0, 5.0, 3));
        (a.group, b.group) = (ct, ct);
        room.hang(vec![Pane::Stack(a), Pane::Stack(b), Pane::Stack(shown(3, 0.0, 5.0, 3))]);
        room.set_window(0, Window::new(100.0, 160.0));
        assert_eq!(room.window(1), Some(Window::new(100.0, 160.0)));
        assert_eq!(room.window(2), None);
        room.set_window(2, Window::new(0.0, 0.0));
        assert_eq!(room.window(2), Some(Window::new(0.0, 1.0)));
    }
}
