//! One thing to paint.

use super::shape::{Extent, Shape};
use super::tissue::Tissue;

/// In which space a shape is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::phantom) enum Space {
    /// The body's own, before the patient moved.
    Body,
    /// Where the patient lies at the visit.
    Visit,
}

/// One thing to paint: later items cover earlier ones.
#[derive(Debug, Clone)]
pub(in crate::phantom) struct Item {
    pub shape: Shape,
    pub tissue: Tissue,
    /// Half the width of the edge, mm.
    pub edge_mm: f64,
    /// How much of it there is: 1 covers what lies below.
    pub strength: f64,
    /// Where it can be painted at all.
    pub extent: Extent,
    pub space: Space,
    /// Painted only where this shape of the body is.
    pub only_in: Option<Shape>,
}

/// Half the edge of a sharp border, mm: about half a slice plane and a pixel, so that planes join without steps.
pub(in crate::phantom) const SHARP_MM: f64 = 0.6;

impl Item {
    /// With a sharp border, in the body's own space.
    pub fn new(shape: Shape, tissue: Tissue) -> Self {
        Self::soft(shape, tissue, SHARP_MM)
    }

    /// With a border of a width of its own.
    pub fn soft(shape: Shape, tissue: Tissue, edge_mm: f64) -> Self {
        let extent = shape.extent().grown(edge_mm);
        Self { shape, tissue, edge_mm, strength: 1.0, extent, space: Space::Body, only_in: None }
    }

    /// Only partly there.
    pub fn faint(self, strength: f64) -> Self {
        Self { strength, ..self }
    }

    /// Painted only where a shape of the body is.
    pub fn inside(self, shape: Shape) -> Self {
        Self { only_in: Some(shape), ..self }
    }

    /// Given where the patient lies at the visit.
    pub fn at_visit(self) -> Self {
        Self { space: Space::Visit, ..self }
    }
}
