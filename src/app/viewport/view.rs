//! From picture to screen and back: where a pane's slice lies on the screen.

use crate::workbench::room::Shown;
use eframe::egui::{Pos2, Rect, Vec2, pos2};

/// Where the slice of a pane lies on the screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    rect: Rect,
    centre: (f64, f64),
    spacing_mm: [f64; 2],
    points_per_mm: f64,
    dims: [u32; 2],
}

impl View {
    /// The view of what a pane shows, `field_mm` wide; the whole picture when there is no field.
    #[must_use]
    pub fn new(rect: Rect, shown: &Shown, field_mm: Option<f64>) -> Self {
        let spacing_mm = [shown.grid.spacing_mm[0], shown.grid.spacing_mm[1]];
        let dims = [shown.grid.dims[0], shown.grid.dims[1]];
        let width_mm = f64::from(dims[0]) * spacing_mm[0];
        let height_mm = f64::from(dims[1]) * spacing_mm[1];
        let points_per_mm = match field_mm {
            Some(field) => f64::from(rect.width()) / field,
            None => (f64::from(rect.width()) / width_mm).min(f64::from(rect.height()) / height_mm),
        };
        Self { rect, centre: shown.centre, spacing_mm, points_per_mm: points_per_mm.max(1e-6), dims }
    }

    /// The pane.
    #[must_use]
    pub const fn rect(&self) -> Rect {
        self.rect
    }

    /// How wide the pane is, mm.
    #[must_use]
    pub fn field_mm(&self) -> f64 {
        f64::from(self.rect.width()) / self.points_per_mm
    }

    /// Screen points to one stored pixel across.
    #[must_use]
    pub fn zoom(&self) -> f64 {
        self.points_per_mm * self.spacing_mm[0]
    }

    /// Where a column and row are on the screen.
    #[must_use]
    pub fn to_screen(self, at: (f64, f64)) -> Pos2 {
        let x = (at.0 - self.centre.0) * self.spacing_mm[0] * self.points_per_mm;
        let y = (at.1 - self.centre.1) * self.spacing_mm[1] * self.points_per_mm;
        self.rect.center() + Vec2::new(x as f32, y as f32)
    }

    /// Which column and row are at a place on the screen.
    #[must_use]
    pub fn to_index(self, at: Pos2) -> (f64, f64) {
        let offset = at - self.rect.center();
        (
            self.centre.0 + f64::from(offset.x) / (self.points_per_mm * self.spacing_mm[0]),
            self.centre.1 + f64::from(offset.y) / (self.points_per_mm * self.spacing_mm[1]),
        )
    }

    /// Where the whole picture lies, edges of its outer pixels included.
    #[must_use]
    pub fn picture(&self) -> Rect {
        let far = (f64::from(self.dims[0]) - 0.5, f64::from(self.dims[1]) - 0.5);
        Rect::from_min_max(self.to_screen((-0.5, -0.5)), self.to_screen(far))
    }

    /// A length on the screen in mm.
    #[must_use]
    pub fn to_mm(self, points: f32) -> f64 {
        f64::from(points) / self.points_per_mm
    }

    /// A length in mm on the screen.
    #[must_use]
    pub fn to_points(self, mm: f64) -> f32 {
        (mm * self.points_per_mm) as f32
    }

    /// The part of the picture's texture and of the pane that are both visible: where, and which part
    /// (0 to 1) of the texture.
    #[must_use]
    pub fn visible(&self) -> (Rect, Rect) {
        let picture = self.picture();
        let where_ = picture.intersect(self.rect);
        let part = |p: Pos2| {
            pos2((p.x - picture.min.x) / picture.width().max(1e-6), (p.y - picture.min.y) / picture.height().max(1e-6))
        };
        (where_, Rect::from_min_max(part(where_.min), part(where_.max)))
    }
}

/// A round length for a scale bar that takes about a third of the pane: 1, 2 or 5 times a power of ten.
#[must_use]
pub fn scale_bar_mm(field_mm: f64) -> f64 {
    let most = field_mm / 3.0;
    let power = 10f64.powf(most.max(1e-6).log10().floor());
    [5.0, 2.0, 1.0].into_iter().map(|n| n * power).find(|length| *length <= most).unwrap_or(power)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clinical::StackKey;
    use crate::geometry::{Grid, PatientDirection, PatientPoint, SpaceId};
    use crate::workbench::room::WindowGroup;
    use eframe::egui::vec2;

    fn shown() -> Shown {
        let grid = Grid {
            origin: PatientPoint::new(0.0, 0.0, 0.0),
            axes: [PatientDirection::LEFT, PatientDirection::POSTERIOR, PatientDirection::SUPERIOR],
            spacing_mm: [1.0, 2.0, 5.0],
            dims: [100, 100, 3],
            space: SpaceId("s".into()),
        };
        Shown::middle_of(StackKey([0; 16]), grid, true, WindowGroup::Own(StackKey([0; 16])))
    }

    #[test]
    fn pixels_that_are_not_square_are_shown_in_mm() {
        let view = View::new(Rect::from_min_size(pos2(10.0, 20.0), vec2(400.0, 400.0)), &shown(), None);
        // 100 x 200 mm in 400 points: two points a mm, so 200 x 400 points.
        assert_eq!(view.picture(), Rect::from_min_max(pos2(110.0, 20.0), pos2(310.0, 420.0)));
        assert!((view.zoom() - 2.0).abs() < 1e-9);
    }

    #[test]
    fn screen_and_picture_undo_each_other() {
        let view = View::new(Rect::from_min_size(pos2(0.0, 0.0), vec2(300.0, 200.0)), &shown(), Some(60.0));
        let at = view.to_index(view.to_screen((12.25, 80.5)));
        assert!((at.0 - 12.25).abs() < 1e-3 && (at.1 - 80.5).abs() < 1e-3);
        assert!((view.field_mm() - 60.0).abs() < 1e-9);
    }

    #[test]
    fn scale_bars_are_round() {
        assert_eq!([scale_bar_mm(120.0), scale_bar_mm(400.0), scale_bar_mm(10.0)], [20.0, 100.0, 2.0]);
    }
}
