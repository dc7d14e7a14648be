//! Regions of the truth: shapes at a visit with their volume, diameter and distances.

use super::distortion::MOST_DISTORTED_MM;
use super::motion::Motion;
use crate::geometry::{Grid, PatientPoint, PatientVector, VoxelIndex};
use crate::phantom::body::{Ellipsoid, Shape, ToBody, coverage, liver_surface, smooth_max};

/// A region at a visit.
#[derive(Debug, Clone)]
pub(in crate::phantom) struct Region {
    pub shape: Shape,
    /// Ends at the liver's surface.
    pub at_capsule: bool,
}

impl Region {
    /// The ellipsoid, when it is nothing else.
    pub fn ellipsoid(&self) -> Option<&Ellipsoid> {
        match &self.shape {
            Shape::Ellipsoid(e) if !self.at_capsule => Some(e),
            _ => None,
        }
    }

    /// How far outside a place of the visit lies, mm.
    pub fn distance_mm(&self, at: PatientPoint, motion: &Motion) -> f64 {
        let far = self.shape.distance_mm(at);
        if !self.at_capsule || far > 6.0 {
            return far;
        }
        smooth_max(far, liver_surface().distance_mm(motion.to_body(at)) + CAPSULE_MM, 1.5)
    }

    /// Volume, ml, and longest axial diameter, mm: in closed form for an ellipsoid, else summed over cubes of
    /// `step_mm` with the part of each that lies inside.
    pub fn size(&self, motion: &Motion, step_mm: f64) -> (f64, f64) {
        match self.ellipsoid() {
            Some(e) => (e.volume_ml(), longest_axial_mm(e)),
            None => self.sampled(motion, step_mm),
        }
    }

    /// Volume and longest axial diameter by sampling.
    pub fn sampled(&self, motion: &Motion, step_mm: f64) -> (f64, f64) {
        let extent = self.shape.extent();
        let steps = |low: f64, high: f64| ((high - low) / step_mm).ceil() as u32;
        let along = |low: f64, n: u32| low + (f64::from(n) + 0.5) * step_mm;
        let (mut inside, mut longest_mm) = (0.0, 0.0f64);
        for k in 0..steps(extent.low.z, extent.high.z) {
            // The two ends of each row are enough to find the longest diameter of a plane.
            let mut ends: Vec<PatientPoint> = Vec::new();
            for j in 0..steps(extent.low.y, extent.high.y) {
                let (mut first, mut last) = (None, None);
                for i in 0..steps(extent.low.x, extent.high.x) {
                    let at = PatientPoint::new(along(extent.low.x, i), along(extent.low.y, j), along(extent.low.z, k));
                    let far = self.distance_mm(at, motion);
                    inside += coverage(far, step_mm * 0.6);
                    if far <= 0.0 {
                        first = first.or(Some(at));
                        last = Some(at);
                    }
                }
                ends.extend(first.into_iter().chain(last));
            }
            for (n, a) in ends.iter().enumerate() {
                longest_mm = ends.iter().skip(n).fold(longest_mm, |most, b| most.max(a.distance_mm(*b)));
            }
        }
        (inside * step_mm * step_mm * step_mm / 1000.0, longest_mm)
    }

    /// Middle of the shape, or of its box.
    pub fn centre(&self) -> PatientPoint {
        match &self.shape {
            Shape::Ellipsoid(e) => e.centre,
            Shape::Without(first, _) => Self { shape: (**first).clone(), at_capsule: false }.centre(),
            other => {
                let extent = other.extent();
                extent.low + (extent.high - extent.low) * 0.5
            }
        }
    }

    /// Voxels (column, row, slice) whose centre lies inside, slice by slice, row by row.
    /// `seen` says what is really at a place of the image.
    pub fn voxels(&self, motion: &Motion, grid: &Grid, seen: &dyn Fn(PatientPoint) -> PatientPoint) -> Vec<[u32; 3]> {
        let extent = self.shape.extent().grown(MOST_DISTORTED_MM);
        let corners = (0..8u32).map(|n| {
            let pick = |bit: u32, low: f64, high: f64| if n & bit == 0 { low } else { high };
            let (low, high) = (extent.low, extent.high);
            grid.to_index(PatientPoint::new(pick(1, low.x, high.x), pick(2, low.y, high.y), pick(4, low.z, high.z)))
        });
        let all = |v: f64| VoxelIndex::new(v, v, v);
        let (low, high) = corners.fold((all(f64::MAX), all(f64::MIN)), |(low, high), at| {
            let of = |f: fn(f64, f64) -> f64, a: VoxelIndex| VoxelIndex::new(f(a.i, at.i), f(a.j, at.j), f(a.k, at.k));
            (of(f64::min, low), of(f64::max, high))
        });
        let range =
            |low: f64, high: f64, n: u32| (low.floor().max(0.0) as u32)..(high.ceil().max(0.0) as u32 + 1).min(n);
        let [columns, rows, slices] = grid.dims;
        let mut inside = Vec::new();
        for k in range(low.k, high.k, slices) {
            for j in range(low.j, high.j, rows) {
                for i in range(low.i, high.i, columns) {
                    let at = grid.to_patient(VoxelIndex::new(f64::from(i), f64::from(j), f64::from(k)));
                    if self.distance_mm(seen(at), motion) <= 0.0 {
                        inside.push([i, j, k]);
                    }
                }
            }
        }
        inside
    }
}

/// Zones at the surface stop so far below it, mm.
pub(super) const CAPSULE_MM: f64 = 0.6;

/// Longest diameter of an ellipsoid's axial sections: that of the largest one, through its middle.
pub(in crate::phantom) fn longest_axial_mm(e: &Ellipsoid) -> f64 {
    // The ellipsoid is x' M x = 1; its section with the axial plane has the upper left 2 x 2 part of M.
    let part = |f: fn(&PatientVector) -> f64, g: fn(&PatientVector) -> f64| -> f64 {
        e.axes.iter().zip(e.half_mm).map(|(axis, half)| f(axis) * g(axis) / (half * half)).sum()
    };
    let (a, b, c) = (part(|v| v.x, |v| v.x), part(|v| v.x, |v| v.y), part(|v| v.y, |v| v.y));
    let least = (a + c) / 2.0 - (((a - c) / 2.0) * ((a - c) / 2.0) + b * b).sqrt();
    2.0 / least.max(1e-12).sqrt()
}

/// Places spread evenly over an ellipsoid's surface (in the sense of its own axes).
pub(super) fn surface_points(e: &Ellipsoid, count: u32) -> Vec<PatientPoint> {
    // A golden spiral, its turns by repeated rotation: cosine and sine of the golden angle, rounded.
    const COS: f64 = -0.737_368_878_078_32;
    const SIN: f64 = 0.675_490_294_261_52;
    let (mut x, mut y) = (1.0f64, 0.0f64);
    (0..count)
        .map(|n| {
            let z = 1.0 - 2.0 * (f64::from(n) + 0.5) / f64::from(count);
            let ring = (1.0 - z * z).max(0.0).sqrt();
            let length = (x * x + y * y).sqrt();
            let q = [ring * x / length, ring * y / length, z];
            (x, y) = (x * COS - y * SIN, x * SIN + y * COS);
            let steps = e.axes.iter().zip(e.half_mm).zip(q).map(|((axis, half), q)| *axis * (half * q));
            steps.fold(e.centre, |at, step| at + step)
        })
        .collect()
}

/// Distance of a place from an ellipsoid's surface, mm, negative inside: exact, by the nearest point.
pub(super) fn exact_distance_mm(e: &Ellipsoid, at: PatientPoint) -> f64 {
    let q = e.local(at).map(f64::abs);
    let inside: f64 = q.iter().zip(e.half_mm).map(|(q, h)| (q / h) * (q / h)).sum();
    // The nearest point is q h^2 / (h^2 + t) with the t that puts it on the surface (Eberly).
    let least = e.half_mm.iter().fold(f64::MAX, |a, b| a.min(*b));
    let on =
        |t: f64| -> f64 { q.iter().zip(e.half_mm).map(|(q, h)| (h * q / (h * h + t)) * (h * q / (h * h + t))).sum() };
    let (mut low, mut high) = (-least * least + 1e-9, 1e6);
    for _ in 0..120 {
        let middle = (low + high) / 2.0;
        if on(middle) > 1.0 { low = middle } else { high = middle }
    }
    let t = (low + high) / 2.0;
    if t <= -least * least + 1e-6 {
        // In the middle plane of the shortest axis, deeper than its centre of curvature.
        return -least * (1.0 - inside.sqrt()).max(0.0);
    }
    let far = q.iter().zip(e.half_mm).map(|(q, h)| (q * t / (h * h + t)) * (q * t / (h * h + t))).sum::<f64>().sqrt();
    if inside < 1.0 { -far } else { far }
}

#[cfg(test)]
mod tests {
    use super::*;

    const O: PatientPoint = PatientPoint::new(0.0, 0.0, 0.0);

    fn still() -> Motion {
        Motion::new(PatientVector::default(), [0.0; 3], PatientVector::default(), Vec::new())
    }

    #[test]
    fn sampling_converges_to_the_closed_form() {
        let whole = Ellipsoid::new(O, [11.0, 10.0, 9.0]).along(PatientVector::new(1.0, 0.4, 0.2));
        let region = Region { shape: Shape::Ellipsoid(whole), at_capsule: false };
        let (mut last, exact) = (0.02, whole.volume_ml());
        for step_mm in [2.0, 1.0, 0.5] {
            let (volume_ml, longest_mm) = region.sampled(&still(), step_mm);
            let off = (volume_ml - exact).abs() / exact;
            assert!(off < last, "{step_mm}: {off}");
            assert!((longest_mm - longest_axial_mm(&whole)).abs() < 2.0 * step_mm);
            last = off;
        }
        assert!(last < 0.002, "{last}");
    }

    #[test]
    fn voxel_volumes_converge_to_the_closed_form() {
        let whole = Ellipsoid::new(O, [12.0, 9.0, 8.0]).along(PatientVector::new(0.2, 1.0, 0.5));
        let region = Region { shape: Shape::Ellipsoid(whole), at_capsule: false };
        for (step_mm, tolerance) in [(3.0, 0.06), (1.5, 0.02), (0.75, 0.005)] {
            let n = (60.0 / step_mm) as u32;
            let grid = Grid {
                origin: PatientPoint::new(-29.7, -29.6, -29.8),
                axes: [
                    crate::geometry::PatientDirection::LEFT,
                    crate::geometry::PatientDirection::POSTERIOR,
                    crate::geometry::PatientDirection::SUPERIOR,
                ],
                spacing_mm: [step_mm; 3],
                dims: [n; 3],
                space: crate::geometry::SpaceId(String::new()),
            };
            let volume_ml = region.voxels(&still(), &grid, &|at| at).len() as f64 * grid.voxel_volume_ml();
            assert!((volume_ml / whole.volume_ml() - 1.0).abs() < tolerance, "{step_mm} mm: {volume_ml}");
        }
    }

    #[test]
    fn an_axial_diameter_is_that_of_the_section() {
        let flat = Ellipsoid::new(O, [20.0, 10.0, 5.0]);
        assert!((longest_axial_mm(&flat) - 40.0).abs() < 1e-9);
        // Standing on end, the longest axis is not in any axial section.
        let upright = flat.along(PatientVector::new(0.0, 0.0, 1.0));
        assert!((longest_axial_mm(&upright) - 20.0).abs() < 1e-6);
    }

    #[test]
    fn exact_distances_agree_with_points_of_the_surface() {
        let e = Ellipsoid::new(O, [21.0, 17.0, 14.0]).along(PatientVector::new(1.0, 1.0, 0.0));
        let near = surface_points(&e, 20_000);
        for at in
            [PatientPoint::new(5.0, 1.0, 2.0), PatientPoint::new(25.0, -3.0, 4.0), PatientPoint::new(0.5, -9.0, 6.0)]
        {
            let sampled = near.iter().map(|p| p.distance_mm(at)).fold(f64::MAX, f64::min);
            let exact = exact_distance_mm(&e, at);
            assert!((exact.abs() - sampled).abs() < 0.05, "{exact} {sampled}");
            assert_eq!(exact < 0.0, e.distance_mm(at) < 0.0);
        }
        assert!(
            (exact_distance_mm(&Ellipsoid::new(O, [9.0; 3]), PatientPoint::new(0.0, 12.0, 0.0)) - 3.0).abs() < 1e-6
        );
    }
}
