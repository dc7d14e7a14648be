//! The truth of a sample over a picture: outlines in a colour of their own, one pattern for each kind of region.

use super::Viewport;
use super::overlay::shadowed;
use super::pane::Scene;
use crate::app::text::samples as words;
use crate::app::theme::{self, TruthLine, truth_line};
use crate::clinical::StackKey;
use crate::geometry::Rigid;
use crate::marks::{Outline, outline_on};
use crate::workbench::TrueRegion;
use eframe::egui::{Align2, Painter, Pos2, Shape, Stroke, vec2};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Outlines by region, stack and slice: the truth never changes.
pub(super) type TrueOutlines = BTreeMap<(usize, StackKey, u32), Arc<Vec<Outline>>>;

/// Draws a line in the pattern of a true region.
pub(in crate::app) fn patterned(painter: &Painter, points: &[Pos2], line: TruthLine) {
    let stroke = Stroke::new(line.width, line.colour);
    painter.extend(Shape::dashed_line_with_offset(points, stroke, line.dashes, line.gaps, 0.0));
}

impl Viewport {
    /// Draws the true regions on a pane's slice, each with its name.
    pub(super) fn truth(&mut self, scene: &Scene<'_>) {
        let regions = scene.bench.true_regions(scene.pane);
        if self.true_outlines.len() > 4096 {
            self.true_outlines.clear();
        }
        for region in regions {
            for outline in self.true_outlines(scene, region).iter() {
                let mut points: Vec<Pos2> = outline.0.iter().map(|p| scene.view.to_screen((p.i, p.j))).collect();
                points.extend(points.first().copied());
                let line = truth_line(region.role);
                patterned(&scene.painter, &points, line);
                // At the lower left: names of marks stand at the upper right.
                let lowest = points.iter().copied().max_by(|a, b| (a.y - a.x).total_cmp(&(b.y - b.x)));
                if let Some(at) = lowest {
                    let name = format!("{} {}", region.lesion, words::region(region.role));
                    let font = theme::font(theme::SMALL);
                    shadowed(&scene.painter, at + vec2(-5.0, 5.0), Align2::RIGHT_TOP, &name, font, line.colour);
                }
            }
        }
    }

    fn true_outlines(&mut self, scene: &Scene<'_>, region: &TrueRegion) -> Arc<Vec<Outline>> {
        let shown = scene.shown;
        let key = (Arc::as_ptr(&region.mask) as usize, shown.stack, shown.slice);
        let outlines = self.true_outlines.entry(key);
        Arc::clone(
            outlines.or_insert_with(|| Arc::new(outline_on(&region.mask, &shown.grid, shown.slice, &Rigid::IDENTITY))),
        )
    }
}
