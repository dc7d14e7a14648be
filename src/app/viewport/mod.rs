//! The image panes: pictures, marks, text, and what mouse and pen do on them.

mod member;
mod overlay;
mod pane;
mod picture;
mod tools;
pub mod view;
mod windows;

pub(super) use overlay::shadowed;

use super::Outbox;
use super::input::Input;
use super::theme::colour;
use crate::clinical::{LesionId, MarkId, StackKey};
use crate::geometry::{PatientPoint, Rigid};
use crate::marks::Outline;
use crate::workbench::Workbench;
use eframe::egui::{Rect, Ui, pos2, vec2};
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
    views: Vec<Option<View>>,
    under_pointer: Option<UnderPointer>,
    /// A place pointed at with Shift, in the space of a stack.
    pointed: Option<(StackKey, PatientPoint)>,
    wheel: pane::Wheel,
    ring: Option<Ring>,
}

/// Shows for half a second where a lesion is after it was chosen.
struct Ring {
    lesion: LesionId,
    since_s: f64,
}

/// Outlines by mark, stack and slice; made anew when the mark or the link changes.
type OutlineKey = (MarkId, StackKey, u32);
type OutlineCache = BTreeMap<OutlineKey, (usize, Rigid, Arc<Vec<Outline>>)>;

impl Viewport {
    /// Draws all panes side by side.
    pub fn show(&mut self, ui: &mut Ui, bench: &Workbench, input: &Input, out: &mut Outbox) {
        let whole = ui.available_rect_before_wrap();
        let count = bench.room().panes().len().max(1);
        self.under_pointer = None;
        self.views.resize(count, None);
        if !ui.input(|i| i.modifiers.shift) {
            self.pointed = None;
        }
        self.follow_lesion(ui, bench);
        if self.outlines.len() > 4096 {
            self.outlines.clear();
        }
        let width = (whole.width() - GAP * (count as f32 - 1.0)) / count as f32;
        for pane in 0..count {
            let left = whole.left() + pane as f32 * (width + GAP);
            let rect = Rect::from_min_size(pos2(left, whole.top()), vec2(width, whole.height()));
            if pane > 0 {
                let gap = Rect::from_min_size(pos2(left - GAP, whole.top()), vec2(GAP, whole.height()));
                ui.painter().rect_filled(gap, 0.0, colour::LINE);
            }
            self.pane(ui, rect, pane, bench, input, out);
        }
        ui.advance_cursor_after_rect(whole);
    }

    /// What is under the pointer.
    #[must_use]
    pub fn under_pointer(&self) -> Option<&UnderPointer> {
        self.under_pointer.as_ref()
    }

    /// How wide a pane is now, mm.
    #[must_use]
    pub fn field_mm(&self, pane: usize) -> Option<f64> {
        self.views.get(pane).copied().flatten().map(|view| view.field_mm())
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
