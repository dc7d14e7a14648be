//! How a body lies at a visit: a smooth movement that is known in both directions.
//!
//! Four steps, each with its inverse: tissue drawn in around shrinking zones, organs moved inside the ribs by breathing
//! (the spine, the wall and what touches them stay), the body stretched to the patient's build, and the whole patient
//! turned and shifted on the table. Only exact
//! arithmetic is used (no sine): a turn by an angle is written with its half tangent.

use crate::geometry::{PatientPoint, PatientVector};
use crate::phantom::body::{ToBody, cavity_mm, step};

/// Tissue drawn in towards a place.
#[derive(Debug, Clone, Copy)]
pub(in crate::phantom) struct Pull {
    pub centre: PatientPoint,
    /// The most that any tissue has moved, mm.
    pub most_mm: f64,
}

impl Pull {
    /// How far out tissue is drawn in, mm.
    const REACH_MM: f64 = 45.0;
    /// Brings the largest value of `t (1 - t^2)^2` (at t = 1 / sqrt 5) to one.
    const TO_ONE: f64 = 3.493_856;

    /// Distance from the centre after the pull.
    fn drawn(&self, r: f64) -> f64 {
        let t = r / Self::REACH_MM;
        if t >= 1.0 {
            return r;
        }
        r - self.most_mm * Self::TO_ONE * t * (1.0 - t * t) * (1.0 - t * t)
    }

    fn forward(&self, p: PatientPoint) -> PatientPoint {
        let d = p - self.centre;
        let r = d.length_mm();
        if !(1e-12..Self::REACH_MM).contains(&r) {
            return p;
        }
        self.centre + d * (self.drawn(r) / r)
    }

    fn back(&self, p: PatientPoint) -> PatientPoint {
        let d = p - self.centre;
        let wanted = d.length_mm();
        if !(1e-12..Self::REACH_MM).contains(&wanted) {
            return p;
        }
        // Monotone: halve the bracket, then it is exact enough for any grid.
        let (mut low, mut high) = (wanted, Self::REACH_MM);
        for _ in 0..46 {
            let middle = (low + high) / 2.0;
            if self.drawn(middle) < wanted { low = middle } else { high = middle }
        }
        self.centre + d * ((low + high) / 2.0 / wanted)
    }
}

/// The movement of a visit and a phase.
#[derive(Debug, Clone)]
pub(in crate::phantom) struct Motion {
    pub pulls: Vec<Pull>,
    /// Organs in the middle of the belly move by this, mm.
    pub breath_mm: PatientVector,
    /// How much wider, deeper and longer than the model this patient is.
    scale: [f64; 3],
    /// Rows of the rotation.
    turn: [PatientVector; 3],
    pub shift_mm: PatientVector,
}

/// The patient turns about this place.
const PIVOT: PatientPoint = PatientPoint::new(0.0, 0.0, -80.0);

impl Motion {
    /// A movement; `turn_deg` about the left, posterior and superior axis.
    pub fn new(shift_mm: PatientVector, turn_deg: [f64; 3], breath_mm: PatientVector, pulls: Vec<Pull>) -> Self {
        let mut rows =
            [PatientVector::new(1.0, 0.0, 0.0), PatientVector::new(0.0, 1.0, 0.0), PatientVector::new(0.0, 0.0, 1.0)];
        for (axis, deg) in turn_deg.into_iter().enumerate() {
            let (cos, sin) = cos_sin(deg);
            let (a, b) = ((axis + 1) % 3, (axis + 2) % 3);
            let (row_a, row_b) = (rows[a], rows[b]);
            rows[a] = row_a * cos - row_b * sin;
            rows[b] = row_a * sin + row_b * cos;
        }
        Self { pulls, breath_mm, scale: [1.0; 3], turn: rows, shift_mm }
    }

    /// Of a patient of another build.
    pub fn scaled(self, scale: [f64; 3]) -> Self {
        Self { scale, ..self }
    }

    /// Where a direction of the body points at the visit.
    pub fn direction(&self, v: PatientVector) -> PatientVector {
        PatientVector::new(self.turn[0].dot(v), self.turn[1].dot(v), self.turn[2].dot(v))
    }

    fn turn_back(&self, v: PatientVector) -> PatientVector {
        self.turn[0] * v.x + self.turn[1] * v.y + self.turn[2] * v.z
    }

    /// Where a place of the body lies at the visit.
    pub fn to_visit(&self, p: PatientPoint) -> PatientPoint {
        let drawn = self.pulls.iter().fold(p, |p, pull| pull.forward(p));
        self.without_pull(drawn)
    }

    /// Where a place lies when nothing is drawn in: what the frame of a lesion is fixed to.
    pub fn without_pull(&self, p: PatientPoint) -> PatientPoint {
        let breathed = p + self.breath_mm * loose(p);
        let [x, y, z] = self.scale;
        let built = PatientPoint::new(breathed.x * x, breathed.y * y, breathed.z * z);
        PIVOT + self.direction(built - PIVOT) + self.shift_mm
    }
}

impl ToBody for Motion {
    fn to_body(&self, at: PatientPoint) -> PatientPoint {
        let built = PIVOT + self.turn_back(at - self.shift_mm - PIVOT);
        let [x, y, z] = self.scale;
        let lying = PatientPoint::new(built.x / x, built.y / y, built.z / z);
        let mut p = lying;
        if self.breath_mm != PatientVector::default() {
            // A fixed point: each step comes closer by the slope of `loose` along the breath, at most about a third.
            for _ in 0..60 {
                let next = lying - self.breath_mm * loose(p);
                let moved = next.distance_mm(p);
                p = next;
                if moved < 1e-7 {
                    break;
                }
            }
        }
        self.pulls.iter().rev().fold(p, |p, pull| pull.back(p))
    }
}

/// How freely tissue moves with breathing: 0 in the wall and the spine, 1 in the middle of the belly.
fn loose(p: PatientPoint) -> f64 {
    let from_wall = step(0.0, 34.0, -cavity_mm(p));
    let from_back = step(92.0, 36.0, p.y);
    let from_spine = 1.0 - step(52.0, 24.0, p.x.abs()) * step(2.0, 26.0, p.y);
    let along = step(130.0, -10.0, p.z) * step(-330.0, -150.0, p.z);
    from_wall * from_back * from_spine * along
}

/// Cosine and sine of an angle of a few degrees, the same to the last bit on every machine: the tangent of the half
/// angle by its series, the rest by division.
fn cos_sin(deg: f64) -> (f64, f64) {
    let half = deg * (std::f64::consts::PI / 360.0);
    let h2 = half * half;
    // tan x = x + x^3/3 + 2 x^5/15 + 17 x^7/315 + ...: 1e-12 at ten degrees.
    let t = half * (1.0 + h2 * (1.0 / 3.0 + h2 * (2.0 / 15.0 + h2 * (17.0 / 315.0 + h2 * (62.0 / 2835.0)))));
    ((1.0 - t * t) / (1.0 + t * t), 2.0 * t / (1.0 + t * t))
}

/// Two to a power, by square roots alone.
pub(in crate::phantom) fn two_to(power: f64) -> f64 {
    let whole = power.floor();
    let mut rest = power - whole;
    let (mut value, mut root) = (1.0, 2.0f64);
    for _ in 0..40 {
        root = root.sqrt();
        rest *= 2.0;
        if rest >= 1.0 {
            value *= root;
            rest -= 1.0;
        }
    }
    let steps = whole.abs() as u32;
    (0..steps.min(60)).fold(value, |value, _| if whole > 0.0 { value * 2.0 } else { value / 2.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phantom::noise::uniform;

    fn motion() -> Motion {
        let pulls = vec![
            Pull { centre: PatientPoint::new(-80.0, 30.0, -57.0), most_mm: 4.0 },
            Pull { centre: PatientPoint::new(-20.0, -50.0, -50.0), most_mm: 3.0 },
        ];
        Motion::new(PatientVector::new(2.0, -4.0, -18.0), [2.5, -1.0, 3.5], PatientVector::new(1.0, -4.0, 14.0), pulls)
            .scaled([0.97, 1.1, 1.02])
    }

    #[test]
    fn it_inverts_everywhere_in_both_directions() {
        let motion = motion();
        let mut most = 0.0f64;
        for n in 0..4000u64 {
            let draw = |k| uniform(5, n * 4 + k);
            let p = PatientPoint::new(-170.0 + 340.0 * draw(0), -120.0 + 240.0 * draw(1), -230.0 + 300.0 * draw(2));
            most = most.max(motion.to_body(motion.to_visit(p)).distance_mm(p));
            most = most.max(motion.to_visit(motion.to_body(p)).distance_mm(p));
        }
        assert!(most < 0.001, "off by {most} mm");
    }

    #[test]
    fn it_keeps_the_order_of_neighbours() {
        // No folding: a small step in the body stays a small step in the same direction, within half its length.
        let motion = motion();
        for n in 0..1500u64 {
            let draw = |k| uniform(9, n * 4 + k);
            let p = PatientPoint::new(-120.0 + 240.0 * draw(0), -80.0 + 160.0 * draw(1), -150.0 + 150.0 * draw(2));
            let columns = [(0.01, 0.0, 0.0), (0.0, 0.01, 0.0), (0.0, 0.0, 0.01)]
                .map(|(x, y, z)| (motion.to_visit(p + PatientVector::new(x, y, z)) - motion.to_visit(p)) * 100.0);
            let volume = columns[0].dot(columns[1].cross(columns[2]));
            assert!(volume > 0.2 && volume < 3.0, "{volume} at {p:?}");
        }
    }

    #[test]
    fn the_spine_stays_and_the_liver_moves() {
        let motion = Motion::new(PatientVector::default(), [0.0; 3], PatientVector::new(0.0, -3.0, 12.0), Vec::new());
        let spine = PatientPoint::new(0.0, 74.0, -90.0);
        assert!(motion.to_visit(spine).distance_mm(spine) < 1e-9);
        let liver = PatientPoint::new(-60.0, -10.0, -60.0);
        assert!((motion.to_visit(liver) - liver).z > 11.0);
    }

    #[test]
    fn angles_and_powers_are_right() {
        for deg in [-9.0, -0.5, 0.0, 3.0, 10.0] {
            let (cos, sin) = cos_sin(deg);
            let angle = f64::to_radians(deg);
            assert!((cos - angle.cos()).abs() < 1e-9 && (sin - angle.sin()).abs() < 1e-9, "{deg}");
        }
        for power in [-2.25, -1.0, 0.0, 0.4, 3.7] {
            assert!((two_to(power) - 2.0f64.powf(power)).abs() < 1e-9, "{power}");
        }
    }
}
