//! Shapes as signed distances: how far a place lies outside (above zero) or inside (below zero), mm.
//!
//! Only sums, products, quotients and square roots are used: IEEE 754 fixes those to the last bit, so that a study
//! is the same file on every machine. Distances are exact on the surface and to first order beside it; they never
//! overstate how far away a surface is from outside, which lets [`super::scene`] leave out what is not near.

use crate::geometry::{PatientPoint, PatientVector};
use crate::phantom::noise::hash;
use std::sync::OnceLock;

/// A box that holds a shape.
#[derive(Debug, Clone, Copy)]
pub(in crate::phantom) struct Extent {
    pub low: PatientPoint,
    pub high: PatientPoint,
}

impl Extent {
    /// No limits.
    pub const ALL: Self = Self { low: PatientPoint::new(-1e9, -1e9, -1e9), high: PatientPoint::new(1e9, 1e9, 1e9) };

    /// A box by its corners.
    pub const fn of(low: [f64; 3], high: [f64; 3]) -> Self {
        Self { low: PatientPoint::new(low[0], low[1], low[2]), high: PatientPoint::new(high[0], high[1], high[2]) }
    }

    /// A ball's box.
    pub fn around(centre: PatientPoint, reach_mm: f64) -> Self {
        let reach = PatientVector::new(reach_mm, reach_mm, reach_mm);
        Self { low: centre - reach, high: centre + reach }
    }

    /// The box grown on all sides.
    pub fn grown(self, by_mm: f64) -> Self {
        let by = PatientVector::new(by_mm, by_mm, by_mm);
        Self { low: self.low - by, high: self.high + by }
    }

    /// The box that holds both.
    pub fn with(self, other: Self) -> Self {
        let corner = |f: fn(f64, f64) -> f64, a: PatientPoint, b: PatientPoint| {
            PatientPoint::new(f(a.x, b.x), f(a.y, b.y), f(a.z, b.z))
        };
        Self { low: corner(f64::min, self.low, other.low), high: corner(f64::max, self.high, other.high) }
    }
}

/// An ellipsoid in any position.
#[derive(Debug, Clone, Copy)]
pub(in crate::phantom) struct Ellipsoid {
    pub centre: PatientPoint,
    pub half_mm: [f64; 3],
    /// Unit vectors of the half axes.
    pub axes: [PatientVector; 3],
}

impl Ellipsoid {
    /// With axes left, posterior and superior.
    pub const fn new(centre: PatientPoint, half_mm: [f64; 3]) -> Self {
        let axes =
            [PatientVector::new(1.0, 0.0, 0.0), PatientVector::new(0.0, 1.0, 0.0), PatientVector::new(0.0, 0.0, 1.0)];
        Self { centre, half_mm, axes }
    }

    /// Turned so that the first axis points along `first`, and the second lies as close to the old one as it can.
    pub fn along(self, first: PatientVector) -> Self {
        let unit = |v: PatientVector, or: PatientVector| v.direction().map_or(or, |d| d.vector());
        let a = unit(first, self.axes[0]);
        let b = unit(self.axes[1] - a * self.axes[1].dot(a), self.axes[2]);
        Self { axes: [a, b, a.cross(b)], ..self }
    }

    /// All half axes longer.
    pub fn grown(self, by_mm: f64) -> Self {
        Self { half_mm: self.half_mm.map(|half| (half + by_mm).max(0.1)), ..self }
    }

    /// A place in the ellipsoid's own axes.
    pub fn local(&self, at: PatientPoint) -> [f64; 3] {
        let d = at - self.centre;
        self.axes.map(|axis| d.dot(axis))
    }

    /// Signed distance, mm.
    pub fn distance_mm(&self, at: PatientPoint) -> f64 {
        scaled(self.local(at), self.half_mm)
    }

    fn extent(&self) -> Extent {
        let reach = |pick: fn(&PatientVector) -> f64| {
            let squares =
                self.axes.iter().zip(self.half_mm).map(|(axis, half)| (pick(axis) * half) * (pick(axis) * half));
            squares.sum::<f64>().sqrt()
        };
        let reach = PatientVector::new(reach(|v| v.x), reach(|v| v.y), reach(|v| v.z));
        Extent { low: self.centre - reach, high: self.centre + reach }
    }

    /// Volume in closed form, ml.
    pub fn volume_ml(&self) -> f64 {
        self.half_mm.iter().product::<f64>() * std::f64::consts::PI * 4.0 / 3000.0
    }
}

/// Distance from the surface `|q / half| = 1`: to first order outside (never too far, for the function is convex), and
/// with the smallest half axis as a measure inside.
pub(in crate::phantom) fn scaled<const N: usize>(q: [f64; N], half: [f64; N]) -> f64 {
    let (mut near, mut slope, mut least) = (0.0, 0.0, f64::MAX);
    for (q, h) in q.iter().zip(half) {
        let part = q / h;
        near += part * part;
        slope += (part / h) * (part / h);
        least = least.min(h);
    }
    let (near, slope) = (near.sqrt(), slope.sqrt());
    if near < 1.0 {
        // First order at the surface, the smallest half axis at the middle.
        let first_order = if slope > 1e-9 { near * (1.0 - near) / slope } else { least };
        return -first_order.min((1.0 - near) * least * 2.0);
    }
    near * (near - 1.0) / slope
}

/// A shape of its own making: a function of the place and three numbers.
pub(in crate::phantom) type Field = fn(PatientPoint, [f64; 3]) -> f64;

/// Anything that can be painted.
#[derive(Debug, Clone)]
pub(in crate::phantom) enum Shape {
    /// The whole space.
    Everywhere,
    Ellipsoid(Ellipsoid),
    /// A cone with round ends.
    Tube {
        from: PatientPoint,
        to: PatientPoint,
        from_mm: f64,
        to_mm: f64,
    },
    /// Tubes joined with rounded corners.
    Path {
        nodes: Vec<(PatientPoint, f64)>,
    },
    /// A hand-written surface and its box.
    Field(Field, [f64; 3], Extent),
    /// The same shape, larger (or smaller) by so many mm.
    Grown(Box<Shape>, f64),
    /// With an uneven surface: height, width of the bumps, which ones.
    Rough(Box<Shape>, Rough),
    /// The first without the second.
    Without(Box<Shape>, Box<Shape>),
    /// Inside both; corners rounded over so many mm.
    Both(Box<Shape>, Box<Shape>, f64),
    /// Inside any; corners rounded over so many mm.
    Any(Vec<Shape>, f64),
}

/// An uneven surface.
#[derive(Debug, Clone, Copy)]
pub(in crate::phantom) struct Rough {
    pub high_mm: f64,
    pub wide_mm: f64,
    pub seed: u64,
}

impl Shape {
    /// A tube.
    pub const fn tube(from: PatientPoint, to: PatientPoint, from_mm: f64, to_mm: f64) -> Self {
        Self::Tube { from, to, from_mm, to_mm }
    }

    /// Grown by so many mm.
    pub fn grown(self, by_mm: f64) -> Self {
        Self::Grown(Box::new(self), by_mm)
    }

    /// With an uneven surface.
    pub fn rough(self, high_mm: f64, wide_mm: f64, seed: u64) -> Self {
        Self::Rough(Box::new(self), Rough { high_mm, wide_mm, seed })
    }

    /// Without another.
    pub fn without(self, other: Self) -> Self {
        Self::Without(Box::new(self), Box::new(other))
    }

    /// Only what is inside another as well.
    pub fn within(self, other: Self, round_mm: f64) -> Self {
        Self::Both(Box::new(self), Box::new(other), round_mm)
    }

    /// Only what lies in front of a level (gas in a patient who lies on the back).
    pub fn in_front_of(self, y_mm: f64) -> Self {
        let level = Self::Field(|p, [y, ..]| p.y - y, [y_mm, 0.0, 0.0], Extent::ALL);
        Self::Both(Box::new(self), Box::new(level), 0.0)
    }

    /// How far outside a place lies, mm; negative inside.
    pub fn distance_mm(&self, at: PatientPoint) -> f64 {
        match self {
            Self::Everywhere => -1e9,
            Self::Ellipsoid(e) => e.distance_mm(at),
            Self::Tube { from, to, from_mm, to_mm } => tube_mm(at, *from, *to, *from_mm, *to_mm),
            Self::Path { nodes } => nodes
                .windows(2)
                .map(|pair| tube_mm(at, pair[0].0, pair[1].0, pair[0].1, pair[1].1))
                .fold(1e9, |a, b| smooth_min(a, b, 1.0)),
            Self::Field(field, numbers, _) => field(at, *numbers),
            Self::Grown(shape, by_mm) => shape.distance_mm(at) - by_mm,
            Self::Rough(shape, rough) => {
                let far = shape.distance_mm(at);
                if far.abs() > 3.0 * rough.high_mm + 4.0 {
                    return far - rough.high_mm * far.signum(); // bumps do not reach here
                }
                far + rough.high_mm * bumps(rough.seed, at, rough.wide_mm)
            }
            Self::Without(shape, cut) => shape.distance_mm(at).max(-cut.distance_mm(at)),
            Self::Both(a, b, round_mm) => {
                let (a, b) = (a.distance_mm(at), b.distance_mm(at));
                if *round_mm > 0.0 { smooth_max(a, b, *round_mm) } else { a.max(b) }
            }
            Self::Any(shapes, round_mm) => {
                shapes.iter().map(|shape| shape.distance_mm(at)).fold(1e9, |a, b| smooth_min(a, b, round_mm.max(1e-6)))
            }
        }
    }

    /// A box outside which nothing needs to be painted.
    pub fn extent(&self) -> Extent {
        match self {
            Self::Everywhere => Extent::ALL,
            Self::Ellipsoid(e) => e.extent(),
            Self::Tube { from, to, from_mm, to_mm } => {
                Extent::around(*from, *from_mm).with(Extent::around(*to, *to_mm))
            }
            Self::Path { nodes } => {
                let boxes = nodes.iter().map(|(at, mm)| Extent::around(*at, *mm + 0.5));
                boxes.reduce(Extent::with).unwrap_or(Extent::ALL)
            }
            Self::Field(_, _, extent) => *extent,
            Self::Grown(shape, by_mm) => shape.extent().grown(*by_mm),
            Self::Rough(shape, rough) => shape.extent().grown(rough.high_mm),
            Self::Without(shape, _) => shape.extent(),
            Self::Both(a, b, round_mm) => {
                let (a, b) = (a.extent(), b.extent());
                let corner = |f: fn(f64, f64) -> f64, a: PatientPoint, b: PatientPoint| {
                    PatientPoint::new(f(a.x, b.x), f(a.y, b.y), f(a.z, b.z))
                };
                Extent { low: corner(f64::max, a.low, b.low), high: corner(f64::min, a.high, b.high) }
                    .grown(round_mm / 4.0)
            }
            Self::Any(shapes, round_mm) => {
                let all = shapes.iter().map(Shape::extent).reduce(Extent::with).unwrap_or(Extent::ALL);
                all.grown(round_mm / 2.0)
            }
        }
    }
}

/// Distance from a cone with round ends, mm.
pub(in crate::phantom) fn tube_mm(
    at: PatientPoint,
    from: PatientPoint,
    to: PatientPoint,
    from_mm: f64,
    to_mm: f64,
) -> f64 {
    let (line, d) = (to - from, at - from);
    let t = (d.dot(line) / line.dot(line).max(1e-9)).clamp(0.0, 1.0);
    (d - line * t).length_mm() - (from_mm + (to_mm - from_mm) * t)
}

/// The smaller of two distances with the corner rounded over `round_mm`.
pub(in crate::phantom) fn smooth_min(a: f64, b: f64, round_mm: f64) -> f64 {
    let h = (round_mm - (a - b).abs()).max(0.0) / round_mm;
    a.min(b) - h * h * round_mm / 4.0
}

/// The larger of two distances with the corner rounded over `round_mm`.
pub(in crate::phantom) fn smooth_max(a: f64, b: f64, round_mm: f64) -> f64 {
    -smooth_min(-a, -b, round_mm)
}

/// A step from 0 to 1 between two places, without corners.
pub(in crate::phantom) fn step(from: f64, to: f64, at: f64) -> f64 {
    let t = ((at - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// A smooth curve through points sorted by their first number, level beyond the ends.
pub(in crate::phantom) fn curve(points: &[(f64, f64)], at: f64) -> f64 {
    let n = points.partition_point(|(x, _)| *x < at);
    if n == 0 || n >= points.len() {
        return if n == 0 { points.first() } else { points.last() }.map_or(0.0, |(_, y)| *y);
    }
    let (a, b) = (points[n - 1], points[n]);
    let slope = |left: usize, right: usize| (points[right].1 - points[left].1) / (points[right].0 - points[left].0);
    let at_a = if n >= 2 { slope(n - 2, n) } else { 0.0 };
    let at_b = if n + 1 < points.len() { slope(n - 1, n + 1) } else { 0.0 };
    let wide = b.0 - a.0;
    let t = (at - a.0) / wide;
    let (t2, t3) = (t * t, t * t * t);
    a.1 * (2.0 * t3 - 3.0 * t2 + 1.0)
        + at_a * wide * (t3 - 2.0 * t2 + t)
        + b.1 * (3.0 * t2 - 2.0 * t3)
        + at_b * wide * (t3 - t2)
}

/// Points on a smooth line through nodes (place and radius), `per_leg` for each leg.
pub(in crate::phantom) fn spline(nodes: &[(PatientPoint, f64)], per_leg: usize) -> Vec<(PatientPoint, f64)> {
    let mut out = Vec::new();
    let last = nodes.len().saturating_sub(1);
    for leg in 0..last {
        let (p0, p1) = (nodes[leg.saturating_sub(1)], nodes[leg]);
        let (p2, p3) = (nodes[leg + 1], nodes[(leg + 2).min(last)]);
        for n in 0..per_leg {
            let t = n as f64 / per_leg as f64;
            let (t2, t3) = (t * t, t * t * t);
            // Catmull-Rom.
            let weights =
                [-t3 + 2.0 * t2 - t, 3.0 * t3 - 5.0 * t2 + 2.0, -3.0 * t3 + 4.0 * t2 + t, t3 - t2].map(|w| w / 2.0);
            let mix = |pick: fn(&(PatientPoint, f64)) -> f64| {
                weights[0] * pick(&p0) + weights[1] * pick(&p1) + weights[2] * pick(&p2) + weights[3] * pick(&p3)
            };
            let at = PatientPoint::new(mix(|p| p.0.x), mix(|p| p.0.y), mix(|p| p.0.z));
            out.push((at, p1.1 + (p2.1 - p1.1) * t));
        }
    }
    out.extend(nodes.last());
    out
}

/// How much of a point's surroundings lies inside, 0 to 1: a smooth step over `2 * half_width_mm`.
pub(in crate::phantom) fn coverage(distance_mm: f64, half_width_mm: f64) -> f64 {
    let t = (0.5 - distance_mm / (2.0 * half_width_mm)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

const SIDE: usize = 64;

/// Random numbers on a lattice that repeats, made once.
fn lattice() -> &'static [f32] {
    static LATTICE: OnceLock<Vec<f32>> = OnceLock::new();
    LATTICE.get_or_init(|| {
        (0..(SIDE * SIDE * SIDE) as u64).map(|at| (hash(0x7e57, at) >> 40) as f32 / (1u64 << 23) as f32 - 1.0).collect()
    })
}

/// Smooth noise of -1 to 1 with features of `wide_mm`.
pub(in crate::phantom) fn bumps(seed: u64, at: PatientPoint, wide_mm: f64) -> f64 {
    let lattice = lattice();
    let far = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (seed.wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 29);
    let mut cell = [0usize; 3];
    let mut part = [0.0; 3];
    for (axis, v) in [at.x, at.y, at.z].into_iter().enumerate() {
        // Far enough from zero to be positive everywhere, so that cutting off is rounding down.
        let v = v / wide_mm + ((far >> (16 * axis)) & 63) as f64 + 65_536.0;
        let whole = v as usize;
        let t = v - whole as f64;
        cell[axis] = whole % SIDE;
        part[axis] = t * t * (3.0 - 2.0 * t);
    }
    let next = cell.map(|c| (c + 1) % SIDE);
    let value = |x: usize, y: usize, z: usize| f64::from(lattice[(z * SIDE + y) * SIDE + x]);
    let row = |y: usize, z: usize| {
        let (a, b) = (value(cell[0], y, z), value(next[0], y, z));
        a + (b - a) * part[0]
    };
    let sheet = |z: usize| {
        let (a, b) = (row(cell[1], z), row(next[1], z));
        a + (b - a) * part[1]
    };
    let (a, b) = (sheet(cell[2]), sheet(next[2]));
    a + (b - a) * part[2]
}

#[cfg(test)]
mod tests {
    use super::*;

    const O: PatientPoint = PatientPoint::new(0.0, 0.0, 0.0);

    #[test]
    fn a_ball_has_its_distance_and_volume() {
        let ball = Ellipsoid::new(PatientPoint::new(1.0, 2.0, 3.0), [10.0; 3]);
        assert!((ball.distance_mm(PatientPoint::new(1.0, 2.0, 18.0)) - 5.0).abs() < 1e-9);
        assert!((ball.distance_mm(PatientPoint::new(1.0, 2.0, 5.0)) + 8.0).abs() < 1e-9);
        assert!((ball.volume_ml() - 4.18879).abs() < 1e-5);
        let zone = Ellipsoid::new(O, [21.0, 17.0, 17.0]);
        assert!((zone.volume_ml() - 25.42).abs() < 0.01, "reading.md: 42 x 34 x 34 mm = 25.4 ml");
    }

    #[test]
    fn a_turned_ellipsoid_points_along_and_fills_its_box() {
        let e = Ellipsoid::new(O, [20.0, 10.0, 10.0]).along(PatientVector::new(3.0, 4.0, 0.0));
        assert!(e.distance_mm(PatientPoint::new(12.0, 16.0, 0.0)).abs() < 1e-9);
        assert!(e.distance_mm(PatientPoint::new(-8.0, 6.0, 0.0)).abs() < 1e-9);
        let high = e.extent().high;
        assert!((high.x - (144.0f64 + 64.0).sqrt()).abs() < 1e-9 && (high.z - 10.0).abs() < 1e-9, "{high:?}");
    }

    #[test]
    fn outside_distances_never_overstate() {
        let e = Ellipsoid::new(O, [30.0, 8.0, 15.0]);
        for n in 0..500 {
            let t = f64::from(n) * 0.37;
            let at =
                PatientPoint::new(60.0 * (t - t.floor()) - 30.0, f64::from(n % 41) - 20.0, f64::from(n % 37) - 18.0);
            let far = e.distance_mm(at);
            for (a, b) in [(0.3, 0.2), (-0.8, 0.1), (0.1, -0.9), (0.6, 0.6)] {
                let c2: f64 = 1.0 - a * a - b * b;
                let c = c2.max(0.0).sqrt();
                let on = PatientPoint::new(30.0 * a, 8.0 * b, 15.0 * c);
                assert!(far <= at.distance_mm(on) + 1e-9);
            }
        }
    }

    #[test]
    fn a_tube_tapers_and_a_spline_meets_its_nodes() {
        let (from, to) = (O, PatientPoint::new(0.0, 0.0, 10.0));
        assert!((tube_mm(PatientPoint::new(5.0, 0.0, 5.0), from, to, 4.0, 2.0) - 2.0).abs() < 1e-9);
        let nodes = [(from, 4.0), (to, 2.0), (PatientPoint::new(8.0, 0.0, 20.0), 1.0)];
        let line = spline(&nodes, 4);
        assert_eq!(line.len(), 9);
        assert!(line[4].0.distance_mm(to) < 1e-9 && line[8].0.distance_mm(nodes[2].0) < 1e-9);
    }

    #[test]
    fn a_curve_meets_its_points_and_is_level_outside() {
        let points = [(0.0, 1.0), (10.0, 5.0), (20.0, 2.0)];
        for (x, y) in points {
            assert!((curve(&points, x) - y).abs() < 1e-9);
        }
        assert!((curve(&points, -5.0) - 1.0).abs() < 1e-9 && (curve(&points, 99.0) - 2.0).abs() < 1e-9);
    }

    #[test]
    fn coverage_is_half_on_the_surface() {
        assert!((coverage(0.0, 1.2) - 0.5).abs() < 1e-12);
        assert!(coverage(1.2, 1.2).abs() < 1e-12 && (coverage(-1.2, 1.2) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn bumps_are_bounded_and_continuous() {
        for n in 0..500 {
            let x = f64::from(n) * 0.37 - 90.0;
            let here = bumps(3, PatientPoint::new(x, 2.0 * x, -x), 30.0);
            let near = bumps(3, PatientPoint::new(x + 0.01, 2.0 * x, -x), 30.0);
            assert!(here.abs() <= 1.0 && (here - near).abs() < 0.01);
        }
    }
}
