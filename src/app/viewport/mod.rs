//! The image panes: pictures, marks, text, and what mouse and pen do on them.

mod choosing;
mod landmarks;
mod looks;
mod member;
mod overlay;
mod pane;
mod picture;
mod tools;
mod truth;
pub mod view;
mod windows;

pub(super) use overlay::shadowed;
pub(super) use truth::patterned;

use super::Outbox;
use super::input::{Cine, Input};
use super::theme::colour;
use crate::clinical::{LesionId, MarkId, StackKey};
use crate::geometry::{PatientPoint, Rigid};
use crate::hanging::Layout;
use crate::marks::Outline;
use crate::workbench::{Joining, Request, Workbench};
use eframe::egui::{Pos2, Rect, Ui, pos2, vec2};
use picture::Pictures;
use std::collections::BTreeMap;
use std::sync::Arc;
use view::View;

/// Panes are this far apart, points.
const GAP: f32 = 2.0;

/// What is under the pointer, for the bottom bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnderPointer {
    /// "L 71.2  P 14.8  S -141.0 mm", or pixels.
    pub place: String,
    /// "78 HU".
    pub value: String,
}

/// The panes' own state: textures, outlines worked out before, and gestures.
#[derive(Default)]
pub struct Viewport {
    pictures: Pictures,
    outlines: OutlineCache,
    true_outlines: truth::TrueOutlines,
    views: Vec<Option<View>>,
    under_pointer: Option<UnderPointer>,
    /// A place pointed at with Shift, in the space of a stack.
    pointed: Option<(StackKey, PatientPoint)>,
    /// The pixel under the pointer: pane, stack, slice, column and row.
    pixel: Option<(usize, StackKey, u32, (f64, f64))>,
    wheel: pane::Wheel,
    ring: Option<Ring>,
    /// The pane that fills the room of all.
    alone: Option<usize>,
    /// Where a region for a window was begun, and in which pane.
    region: Option<(usize, Pos2)>,
    /// Whether the place under the pointer is shown in all panes.
    crosshair: bool,
    /// When cine last showed another slice, seconds of egui's clock.
    cine_s: Option<f64>,
}

/// The place of a pane among rows and columns.
fn cell(whole: Rect, layout: Layout, pane: usize) -> Rect {
    let (rows, columns) = (layout.rows() as f32, layout.columns() as f32);
    let size = vec2((whole.width() - GAP * (columns - 1.0)) / columns, (whole.height() - GAP * (rows - 1.0)) / rows);
    let (row, column) = (pane / layout.columns() as usize, pane % layout.columns() as usize);
    let corner = vec2(column as f32 * (size.x + GAP), row as f32 * (size.y + GAP));
    Rect::from_min_size(whole.min + corner, size)
}

/// Draws what is seen between the panes, and nothing below them: without a graphics card every pixel counts.
fn between(ui: &Ui, whole: Rect, layout: Layout) {
    let first = cell(whole, layout, 0);
    for column in 1..layout.columns() {
        let left = whole.left() + column as f32 * (first.width() + GAP) - GAP;
        let gap = Rect::from_min_size(pos2(left, whole.top()), vec2(GAP, whole.height()));
        ui.painter().rect_filled(gap, 0.0, colour::LINE);
    }
    for row in 1..layout.rows() {
        let top = whole.top() + row as f32 * (first.height() + GAP) - GAP;
        let gap = Rect::from_min_size(pos2(whole.left(), top), vec2(whole.width(), GAP));
        ui.painter().rect_filled(gap, 0.0, colour::LINE);
    }
}

/// Shows for half a second where a lesion is after it was chosen.
struct Ring {
    lesion: LesionId,
    since_s: f64,
}

/// Outlines by mark, stack, slice and the plane it is cut in; made anew when the mark or the link changes.
type OutlineKey = (MarkId, StackKey, u32, [u64; 3]);
type OutlineCache = BTreeMap<OutlineKey, (usize, Rigid, Arc<Vec<Outline>>)>;

impl Viewport {
    /// Draws all panes side by side.
    pub fn show(&mut self, ui: &mut Ui, bench: &Workbench, input: &Input, out: &mut Outbox) {
        let whole = ui.available_rect_before_wrap();
        let count = bench.room().panes().len().max(1);
        self.under_pointer = None;
        self.views.resize(count, None);
        if !input.crosshair && !ui.input(|i| i.modifiers.shift) {
            self.pointed = None;
        }
        self.crosshair = input.crosshair;
        self.cine(ui, bench, input, out);
        self.follow_lesion(ui, bench);
        if self.outlines.len() > 4096 {
            self.outlines.clear();
        }
        if bench.is_nudging() && !ui.input(|i| i.modifiers.alt) {
            out.ask(Request::Join(Joining::EndNudge));
        }
        self.alone = self.alone.filter(|pane| *pane < count && count > 1);
        if self.alone.is_none() {
            between(ui, whole, bench.layout());
        }
        for pane in 0..count {
            let rect = match self.alone {
                None => cell(whole, bench.layout(), pane),
                Some(alone) if alone == pane => whole,
                Some(_) => continue,
            };
            self.pane(ui, rect, pane, bench, input, out);
        }
        ui.advance_cursor_after_rect(whole);
    }

    /// Lets a pane fill the room of all, or shows all again.
    pub fn toggle_alone(&mut self, pane: usize) {
        self.alone = if self.alone.is_some() { None } else { Some(pane) };
    }

    /// What is under the pointer.
    #[must_use]
    pub fn under_pointer(&self) -> Option<&UnderPointer> {
        self.under_pointer.as_ref()
    }

    /// The pixel under the pointer: pane, stack, slice, column and row; it stays until another one is pointed at.
    #[must_use]
    pub fn pixel(&self) -> Option<(usize, StackKey, u32, (f64, f64))> {
        self.pixel
    }

    /// Where a pane is on the screen, or all of them, as they were drawn last.
    #[must_use]
    pub fn place_of(&self, pane: Option<usize>) -> Option<Rect> {
        let drawn = |view: &Option<View>| view.as_ref().map(View::rect);
        match pane {
            Some(pane) => drawn(self.views.get(pane)?),
            None => self.views.iter().filter_map(drawn).reduce(Rect::union),
        }
    }

    /// How wide a pane is now, mm.
    #[must_use]
    pub fn field_mm(&self, pane: usize) -> Option<f64> {
        self.views.get(pane).copied().flatten().map(|view| view.field_mm())
    }

    /// The place that is pointed at, in the space of a stack.
    #[must_use]
    pub fn pointed(&self) -> Option<(StackKey, PatientPoint)> {
        self.pointed
    }

    /// Shows the next slice, or phase, of the active pane when it is time.
    fn cine(&mut self, ui: &Ui, bench: &Workbench, input: &Input, out: &mut Outbox) {
        let Some(cine) = input.cine else {
            self.cine_s = None;
            return;
        };
        let now = ui.input(|input| input.time);
        let step_s = match cine {
            Cine::Slices => 1.0 / 12.0,
            Cine::Phases => 1.0 / 3.0,
        };
        let last = *self.cine_s.get_or_insert(now);
        if now - last + 1e-4 >= step_s {
            self.cine_s = Some(now);
            ui.ctx().request_repaint();
            let pane = bench.room().active();
            match (cine, bench.room().panes().get(pane).and_then(|pane| pane.shown())) {
                (Cine::Slices, Some(shown)) => {
                    let by = crate::workbench::scroll_sign(&shown.grid);
                    let (end, start) = if by > 0 { (shown.last_slice(), 0) } else { (0, shown.last_slice()) };
                    if shown.slice == end {
                        out.read(Request::SetSlice { pane, slice: start });
                    } else {
                        out.read(Request::Scroll { pane, by });
                    }
                }
                (Cine::Phases, Some(_)) => {
                    out.read(Request::StepGroup { step: crate::workbench::Step::Next, all_panes: false });
                }
                (_, None) => {}
            }
        }
        ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(step_s));
    }

    fn follow_lesion(&mut self, ui: &Ui, bench: &Workbench) {
        let lesion = bench.selection().lesion;
        let now = ui.input(|input| input.time);
        match (lesion, &self.ring) {
            (None, _) => self.ring = None,
            (Some(lesion), Some(ring)) if ring.lesion == lesion => {}
            (Some(lesion), _) => self.ring = Some(Ring { lesion, since_s: now }),
        }
    }
}
