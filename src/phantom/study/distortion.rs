//! How diffusion images are distorted: echo-planar readout moves everything along its phase direction (front to back)
//! where air disturbs the field: at the stomach, under the lungs, at the colon.

use super::motion::Motion;
use crate::geometry::{PatientPoint, PatientVector};
use crate::phantom::body::{ToBody, bumps};
use crate::phantom::recipe::{Phase, Visit};

/// No place is shown farther from where it is, mm.
pub(in crate::phantom) const MOST_DISTORTED_MM: f64 = 8.0;

/// Where air disturbs the field: middle, reach, and the shift there to the back, mm.
const AIR: [([f64; 3], f64, f64); 3] =
    [([56.0, -44.0, -66.0], 72.0, 5.0), ([-62.0, -40.0, 4.0], 64.0, -3.5), ([-30.0, -70.0, -158.0], 60.0, 4.0)];
/// Unevenness of the field that shimming leaves, mm.
const REST_MM: f64 = 0.8;

/// The distortion of one series; none but in diffusion.
#[derive(Debug, Clone, Copy)]
pub(in crate::phantom) struct Distortion {
    /// Where the middle of the body lies on the table; none without distortion.
    on: Option<PatientVector>,
}

impl Distortion {
    pub fn of(visit: &Visit, phase: Phase) -> Self {
        let [x, y, z] = visit.lie.shift_mm;
        let echo_planar = phase.b_value().is_some() || phase == Phase::Adc;
        Self { on: echo_planar.then(|| PatientVector::new(x, y, z)) }
    }

    /// How far behind its place in the image something really lies, mm.
    fn shift_mm(&self, at: PatientPoint) -> f64 {
        let Some(shift) = self.on else { return 0.0 };
        let at = at - shift;
        let near = |([x, y, z], reach, most): ([f64; 3], f64, f64)| {
            let d = at - PatientPoint::new(x, y, z);
            let t2 = d.dot(d) / (reach * reach);
            if t2 < 1.0 { most * (1.0 - t2) * (1.0 - t2) } else { 0.0 }
        };
        AIR.into_iter().map(near).sum::<f64>() + REST_MM * bumps(93, at, 80.0)
    }

    /// Which place is shown at a place of the image.
    pub fn source(&self, at: PatientPoint) -> PatientPoint {
        at + PatientVector::new(0.0, self.shift_mm(at), 0.0)
    }

    /// Where in the image a place is shown.
    pub fn shown_at(&self, place: PatientPoint) -> PatientPoint {
        // A fixed point: the shift changes by less than a fifth of a step.
        let mut at = place;
        for _ in 0..24 {
            at = place - PatientVector::new(0.0, self.shift_mm(at), 0.0);
        }
        at
    }
}

/// A movement seen through a distortion.
pub(in crate::phantom) struct Distorted<'a> {
    pub motion: &'a Motion,
    pub by: Distortion,
}

impl ToBody for Distorted<'_> {
    fn to_body(&self, at: PatientPoint) -> PatientPoint {
        self.motion.to_body(self.by.source(at))
    }

    fn seen_at(&self, at: PatientPoint) -> PatientPoint {
        self.by.source(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phantom::noise::uniform;

    #[test]
    fn it_inverts_and_stays_small() {
        let distortion = Distortion { on: Some(PatientVector::new(3.0, -2.0, -40.0)) };
        let mut most = 0.0f64;
        for n in 0..3000u64 {
            let draw = |k| uniform(7, n * 4 + k);
            let p = PatientPoint::new(-160.0 + 320.0 * draw(0), -120.0 + 240.0 * draw(1), -240.0 + 260.0 * draw(2));
            assert!(distortion.source(distortion.shown_at(p)).distance_mm(p) < 1e-6);
            most = most.max(distortion.source(p).distance_mm(p));
        }
        assert!(most > 3.0 && most < MOST_DISTORTED_MM, "{most} mm");
        let none = Distortion { on: None };
        let p = PatientPoint::new(50.0, -40.0, -60.0);
        assert!(none.source(p) == p && none.shown_at(p) == p);
    }
}
