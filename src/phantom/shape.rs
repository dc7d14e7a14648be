//! Shapes as distances: how far a place lies outside (above zero) or inside (below zero), mm.
//!
//! Only sums, products and square roots are used: IEEE 754 fixes those to the last bit, so that a sample is
//! the same file on every machine.

use crate::geometry::{PatientPoint, PatientVector};

/// A box that holds a shape.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    pub low: PatientPoint,
    pub high: PatientPoint,
}

impl Extent {
    /// No limits.
    const ALL: Self = Self { low: PatientPoint::new(-1e9, -1e9, -1e9), high: PatientPoint::new(1e9, 1e9, 1e9) };

    /// A box around a point.
    pub fn around(centre: PatientPoint, reach: PatientVector) -> Self {
        Self { low: centre - reach, high: centre + reach }
    }

    /// The box grown on all sides.
    pub fn grown(self, by_mm: f64) -> Self {
        let by = PatientVector::new(by_mm, by_mm, by_mm);
        Self { low: self.low - by, high: self.high + by }
    }

    fn with(self, other: Self) -> Self {
        let point = |f: fn(f64, f64) -> f64, a: PatientPoint, b: PatientPoint| {
            PatientPoint::new(f(a.x, b.x), f(a.y, b.y), f(a.z, b.z))
        };
        Self { low: point(f64::min, self.low, other.low), high: point(f64::max, self.high, other.high) }
    }
}

/// A direction in the axial plane, given by any two numbers that are not both zero.
#[derive(Debug, Clone, Copy)]
pub(super) struct Along {
    x: f64,
    y: f64,
}

impl Along {
    /// Towards the patient's left.
    pub const LEFT: Self = Self { x: 1.0, y: 0.0 };

    pub fn new(x: f64, y: f64) -> Self {
        let length = (x * x + y * y).sqrt();
        Self { x: x / length, y: y / length }
    }
}

/// An ellipsoid with one axis head to foot and the first one along a direction in the axial plane.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ellipsoid {
    pub centre: PatientPoint,
    /// Half axes: along, across in the axial plane, head to foot.
    pub half_mm: [f64; 3],
    pub along: Along,
}

impl Ellipsoid {
    pub fn new(centre: PatientPoint, half_mm: [f64; 3]) -> Self {
        Self { centre, half_mm, along: Along::LEFT }
    }

    pub fn turned(self, along: Along) -> Self {
        Self { along, ..self }
    }

    pub fn grown(self, by_mm: f64) -> Self {
        Self { half_mm: self.half_mm.map(|h| h + by_mm), ..self }
    }

    /// Distance, exact on the surface and to first order beside it.
    pub fn distance_mm(&self, at: PatientPoint) -> f64 {
        let d = at - self.centre;
        let [a, b, c] = self.half_mm;
        let u = (d.x * self.along.x + d.y * self.along.y) / a;
        let v = (d.y * self.along.x - d.x * self.along.y) / b;
        let w = d.z / c;
        scaled([u, v, w], self.half_mm)
    }

    pub fn extent(&self) -> Extent {
        let in_plane = self.half_mm[0].max(self.half_mm[1]);
        Extent::around(self.centre, PatientVector::new(in_plane, in_plane, self.half_mm[2]))
    }

    /// Volume in closed form, ml.
    pub fn volume_ml(&self) -> f64 {
        self.half_mm.iter().product::<f64>() * std::f64::consts::PI * 4.0 / 3000.0
    }
}

/// First-order distance from the surface `|q| = 1` where `q` is a place divided by the half axes.
fn scaled<const N: usize>(q: [f64; N], half: [f64; N]) -> f64 {
    let mut near = 0.0;
    let mut slope = 0.0;
    for (q, h) in q.iter().zip(half) {
        near += q * q;
        slope += (q / h) * (q / h);
    }
    let (near, slope) = (near.sqrt(), slope.sqrt());
    if near < 1e-6 { -half.into_iter().fold(f64::MAX, f64::min) } else { near * (near - 1.0) / slope }
}

/// An upright ring of the trunk: an ellipse with slightly squared corners, the same at every height.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trunk {
    pub half_x_mm: f64,
    pub half_y_mm: f64,
    pub centre_y_mm: f64,
}

impl Trunk {
    /// How square the corners are: 0 is an ellipse.
    const SQUARE: f64 = 0.28;

    pub fn distance_mm(&self, at: PatientPoint) -> f64 {
        let (u, v) = (at.x / self.half_x_mm, (at.y - self.centre_y_mm) / self.half_y_mm);
        let near = (u * u + v * v - Self::SQUARE * u * u * v * v).max(1e-9).sqrt();
        let along_x = u * (1.0 - Self::SQUARE * v * v) / self.half_x_mm;
        let along_y = v * (1.0 - Self::SQUARE * u * u) / self.half_y_mm;
        let slope = (along_x * along_x + along_y * along_y).sqrt() / near;
        if slope < 1e-6 { -self.half_x_mm.min(self.half_y_mm) } else { (near - 1.0) / slope }
    }

    fn extent(&self) -> Extent {
        let reach = PatientVector::new(self.half_x_mm, self.half_y_mm, 1e9);
        Extent::around(PatientPoint::new(0.0, self.centre_y_mm, 0.0), reach)
    }
}

/// A rib: a band on a ring of the trunk that falls from the spine to the front.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rib {
    pub ring: Trunk,
    /// -1 the patient's right, 1 left.
    pub side: f64,
    /// Height of the centre line at y = 0, mm.
    pub at_z_mm: f64,
    /// From which y (front) to which (back), mm.
    pub front_mm: f64,
    pub back_mm: f64,
    pub half_thick_mm: f64,
    pub half_high_mm: f64,
}

impl Rib {
    /// Fall of a rib, mm for each mm towards the front.
    const SLOPE: f64 = 0.42;

    fn distance_mm(&self, at: PatientPoint) -> f64 {
        let from_ring = self.ring.distance_mm(at) / self.half_thick_mm;
        let from_line = (at.z - self.at_z_mm - Self::SLOPE * at.y) / self.half_high_mm;
        let band = scaled([from_ring, from_line], [self.half_thick_mm, self.half_high_mm]);
        band.max(self.front_mm - at.y).max(at.y - self.back_mm).max(50.0 - at.x * self.side)
    }

    fn extent(&self) -> Extent {
        let z = |y: f64| self.at_z_mm + Self::SLOPE * y;
        let (inner, outer) = (0.0, self.ring.half_x_mm + self.half_thick_mm);
        let (low, high) = if self.side < 0.0 { (-outer, inner) } else { (inner, outer) };
        Extent {
            low: PatientPoint::new(low, self.front_mm, z(self.front_mm) - self.half_high_mm),
            high: PatientPoint::new(high, self.back_mm, z(self.back_mm) + self.half_high_mm),
        }
    }
}

/// Anything that can be painted.
#[derive(Debug, Clone)]
pub(super) enum Shape {
    /// The air around the patient.
    Everywhere,
    Ellipsoid(Ellipsoid),
    /// The part of an ellipsoid in front of a level (gas in a patient who lies on the back).
    InFrontOf(Ellipsoid, f64),
    /// The part of the first ellipsoid outside the second.
    Outside(Ellipsoid, Ellipsoid),
    /// The part of an ellipsoid under the diaphragm and inside the wall.
    Belly(Ellipsoid),
    /// A tube between two places, with a radius at each.
    Tube {
        from: PatientPoint,
        to: PatientPoint,
        from_mm: f64,
        to_mm: f64,
    },
    /// An upright column with an elliptic section.
    Column {
        x: f64,
        y: f64,
        half_x_mm: f64,
        half_y_mm: f64,
    },
    /// Intervertebral discs: a column cut into slabs.
    Discs {
        x: f64,
        y: f64,
        half_x_mm: f64,
        half_y_mm: f64,
        first_z_mm: f64,
        step_mm: f64,
        half_high_mm: f64,
    },
    /// Inside a ring of the trunk.
    Trunk(Trunk),
    Rib(Rib),
    /// The lungs above the diaphragm.
    Lungs,
    /// The liver.
    Liver,
    /// The shell of the patient table.
    Table {
        gap_mm: f64,
        thick_mm: f64,
    },
}

impl Shape {
    /// How far outside a place lies, mm; negative inside. Exact on the surface.
    pub fn distance_mm(&self, at: PatientPoint) -> f64 {
        match self {
            Self::Everywhere => -1e9,
            Self::Ellipsoid(e) => e.distance_mm(at),
            Self::InFrontOf(e, level) => e.distance_mm(at).max(at.y - level),
            Self::Outside(e, cut) => e.distance_mm(at).max(-cut.distance_mm(at)),
            Self::Belly(e) => smooth_max(e.distance_mm(at), super::anatomy::belly_mm(at), 4.0),
            Self::Tube { from, to, from_mm, to_mm } => {
                let (line, d) = (*to - *from, at - *from);
                let t = (d.dot(line) / line.dot(line)).clamp(0.0, 1.0);
                (d - line * t).length_mm() - (from_mm + (to_mm - from_mm) * t)
            }
            Self::Column { x, y, half_x_mm, half_y_mm } => {
                scaled([(at.x - x) / half_x_mm, (at.y - y) / half_y_mm], [*half_x_mm, *half_y_mm])
            }
            Self::Discs { x, y, half_x_mm, half_y_mm, first_z_mm, step_mm, half_high_mm } => {
                let column = scaled([(at.x - x) / half_x_mm, (at.y - y) / half_y_mm], [*half_x_mm, *half_y_mm]);
                let turns = (at.z - first_z_mm) / step_mm;
                let off = (turns - turns.round()) * step_mm;
                column.max(off.abs() - half_high_mm)
            }
            Self::Trunk(trunk) => trunk.distance_mm(at),
            Self::Rib(rib) => rib.distance_mm(at),
            Self::Lungs => super::anatomy::lungs_mm(at),
            Self::Liver => super::anatomy::liver_mm(at),
            Self::Table { gap_mm, thick_mm } => {
                // A wide shallow arc under the back.
                let surface = 119.0 + gap_mm - at.x * at.x / 900.0;
                (at.y - surface - thick_mm).max(surface - at.y).max(at.x.abs() - 175.0)
            }
        }
    }

    /// A box outside which nothing needs to be painted.
    pub fn extent(&self) -> Extent {
        match self {
            Self::Everywhere => Extent::ALL,
            Self::Ellipsoid(e) | Self::Outside(e, _) | Self::Belly(e) => e.extent(),
            Self::InFrontOf(e, level) => {
                let mut extent = e.extent();
                extent.high.y = extent.high.y.min(*level);
                extent
            }
            Self::Tube { from, to, from_mm, to_mm } => {
                let around = |at: &PatientPoint, r: f64| Extent::around(*at, PatientVector::new(r, r, r));
                around(from, *from_mm).with(around(to, *to_mm))
            }
            Self::Column { x, y, half_x_mm, half_y_mm } | Self::Discs { x, y, half_x_mm, half_y_mm, .. } => {
                Extent::around(PatientPoint::new(*x, *y, 0.0), PatientVector::new(*half_x_mm, *half_y_mm, 1e9))
            }
            Self::Trunk(trunk) => trunk.extent(),
            Self::Rib(rib) => rib.extent(),
            Self::Lungs => super::anatomy::CAVITY.extent(),
            Self::Liver => {
                Extent { low: PatientPoint::new(-140.0, -95.0, -145.0), high: PatientPoint::new(100.0, 95.0, 5.0) }
            }
            Self::Table { .. } => {
                Extent { low: PatientPoint::new(-180.0, 70.0, -1e9), high: PatientPoint::new(180.0, 150.0, 1e9) }
            }
        }
    }
}

/// The smaller of two distances with the corner rounded over `round_mm`.
pub(super) fn smooth_min(a: f64, b: f64, round_mm: f64) -> f64 {
    let h = (round_mm - (a - b).abs()).max(0.0) / round_mm;
    a.min(b) - h * h * round_mm / 4.0
}

/// The larger of two distances with the corner rounded over `round_mm`.
pub(super) fn smooth_max(a: f64, b: f64, round_mm: f64) -> f64 {
    -smooth_min(-a, -b, round_mm)
}

/// How much of a point's surroundings lies inside, 0 to 1: a smooth step over `2 * half_width_mm`.
pub(super) fn coverage(distance_mm: f64, half_width_mm: f64) -> f64 {
    let t = (0.5 - distance_mm / (2.0 * half_width_mm)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ball_has_its_distance_and_volume() {
        let ball = Ellipsoid::new(PatientPoint::new(1.0, 2.0, 3.0), [10.0; 3]);
        assert!((ball.distance_mm(PatientPoint::new(1.0, 2.0, 18.0)) - 5.0).abs() < 1e-9);
        assert!((ball.distance_mm(PatientPoint::new(1.0, 2.0, 3.0)) + 10.0).abs() < 1e-9);
        assert!((ball.volume_ml() - 4.18879).abs() < 1e-5);
        let zone = Ellipsoid::new(PatientPoint::new(0.0, 0.0, 0.0), [21.0, 17.0, 17.0]);
        assert!((zone.volume_ml() - 25.42).abs() < 0.01, "reading.md: 42 x 34 x 34 mm = 25.4 ml");
    }

    #[test]
    fn a_turned_ellipsoid_points_along() {
        let e = Ellipsoid::new(PatientPoint::new(0.0, 0.0, 0.0), [20.0, 10.0, 10.0]).turned(Along::new(3.0, 4.0));
        assert!(e.distance_mm(PatientPoint::new(12.0, 16.0, 0.0)).abs() < 1e-9);
        assert!(e.distance_mm(PatientPoint::new(-8.0, 6.0, 0.0)).abs() < 1e-9);
    }

    #[test]
    fn a_tube_tapers() {
        let tube = Shape::Tube {
            from: PatientPoint::new(0.0, 0.0, 0.0),
            to: PatientPoint::new(0.0, 0.0, 10.0),
            from_mm: 4.0,
            to_mm: 2.0,
        };
        assert!((tube.distance_mm(PatientPoint::new(5.0, 0.0, 5.0)) - 2.0).abs() < 1e-9);
    }

    #[test]
    fn coverage_is_half_on_the_surface() {
        assert!((coverage(0.0, 1.2) - 0.5).abs() < 1e-12);
        assert!((coverage(1.2, 1.2)).abs() < 1e-12 && (coverage(-1.2, 1.2) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn rounded_corners_lie_below_the_minimum() {
        assert!((smooth_min(1.0, 1.0, 8.0) + 1.0).abs() < 1e-12);
        assert!((smooth_min(0.0, 20.0, 8.0)).abs() < 1e-12);
        assert!((smooth_max(0.0, -20.0, 8.0)).abs() < 1e-12);
    }
}
