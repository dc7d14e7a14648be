//! A rigid movement of patient space: a rotation, then a shift in mm.

use super::{PatientDirection, PatientPoint, PatientVector};
use nalgebra::{Quaternion, Unit, UnitQuaternion, Vector3};
use serde::{Deserialize, Serialize};

/// Rotation (unit quaternion `w, i, j, k`) followed by a shift in mm, LPS to LPS.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rigid {
    rotation: [f64; 4],
    shift_mm: PatientVector,
}

impl Default for Rigid {
    fn default() -> Self {
        Self::IDENTITY
    }
}

impl Rigid {
    /// No movement.
    pub const IDENTITY: Self = Self { rotation: [1.0, 0.0, 0.0, 0.0], shift_mm: PatientVector::new(0.0, 0.0, 0.0) };

    /// A pure shift, mm.
    #[must_use]
    pub const fn shift(shift_mm: PatientVector) -> Self {
        Self { shift_mm, ..Self::IDENTITY }
    }

    /// A rotation about an axis through `centre`.
    #[must_use]
    pub fn rotation_about(centre: PatientPoint, axis: PatientDirection, angle_rad: f64) -> Self {
        let axis = axis.vector();
        let rotation =
            UnitQuaternion::from_axis_angle(&Unit::new_unchecked(Vector3::new(axis.x, axis.y, axis.z)), angle_rad);
        let turned = Self { rotation: to_array(rotation), shift_mm: PatientVector::default() };
        let moved = turned.apply(centre);
        Self { shift_mm: centre - moved, ..turned }
    }

    /// A rotation matrix, row by row, followed by a shift in mm. The matrix has to be a rotation; what it lacks of one
    /// by rounding is put right.
    #[must_use]
    pub fn from_matrix(rows: [[f64; 3]; 3], shift_mm: PatientVector) -> Self {
        let matrix = nalgebra::Matrix3::from_fn(|row, column| rows[row][column]);
        let rotation = UnitQuaternion::from_rotation_matrix(&nalgebra::Rotation3::from_matrix_unchecked(matrix));
        Self { rotation: to_array(rotation), shift_mm }
    }

    /// How far it turns, degrees.
    #[must_use]
    pub fn angle_deg(&self) -> f64 {
        self.quaternion().angle().to_degrees()
    }

    /// The rotation part, as a unit quaternion `w, i, j, k`.
    #[must_use]
    pub const fn rotation(&self) -> [f64; 4] {
        self.rotation
    }

    /// A rotation alone; `None` when this is no quaternion of a length to speak of.
    #[must_use]
    pub fn from_rotation(rotation: [f64; 4]) -> Option<Self> {
        let [w, i, j, k] = rotation;
        let length = (w * w + i * i + j * j + k * k).sqrt();
        let usable = length.is_finite() && length > 1e-6;
        usable.then(|| Self { rotation: rotation.map(|v| v / length), shift_mm: PatientVector::default() })
    }

    /// The shift part, mm (applied after the rotation).
    #[must_use]
    pub const fn shift_mm(&self) -> PatientVector {
        self.shift_mm
    }

    fn quaternion(&self) -> UnitQuaternion<f64> {
        let [w, i, j, k] = self.rotation;
        UnitQuaternion::new_normalize(Quaternion::new(w, i, j, k))
    }

    /// Where a point goes.
    #[must_use]
    pub fn apply(&self, point: PatientPoint) -> PatientPoint {
        if self.rotation == Self::IDENTITY.rotation {
            return point + self.shift_mm; // exact: a shift must not gain rounding
        }
        let turned = self.quaternion() * Vector3::new(point.x, point.y, point.z);
        PatientPoint::new(turned.x, turned.y, turned.z) + self.shift_mm
    }

    /// Where a direction goes (rotation only).
    #[must_use]
    pub fn apply_direction(&self, direction: PatientDirection) -> PatientDirection {
        let v = direction.vector();
        let turned = self.quaternion() * Vector3::new(v.x, v.y, v.z);
        PatientVector::new(turned.x, turned.y, turned.z).direction().unwrap_or(direction)
    }

    /// The movement that takes everything back.
    #[must_use]
    pub fn inverse(&self) -> Self {
        if self.rotation == Self::IDENTITY.rotation {
            return Self::shift(self.shift_mm * -1.0);
        }
        let back = self.quaternion().inverse();
        let shift = back * Vector3::new(-self.shift_mm.x, -self.shift_mm.y, -self.shift_mm.z);
        Self { rotation: to_array(back), shift_mm: PatientVector::new(shift.x, shift.y, shift.z) }
    }

    /// This movement first, then `next`.
    #[must_use]
    pub fn then(&self, next: &Self) -> Self {
        if self.rotation == Self::IDENTITY.rotation && next.rotation == Self::IDENTITY.rotation {
            return Self::shift(self.shift_mm + next.shift_mm);
        }
        let rotation = next.quaternion() * self.quaternion();
        let shift = next.apply(PatientPoint::new(self.shift_mm.x, self.shift_mm.y, self.shift_mm.z)).to_vector();
        Self { rotation: to_array(rotation), shift_mm: shift }
    }
}

fn to_array(q: UnitQuaternion<f64>) -> [f64; 4] {
    [q.w, q.i, q.j, q.k]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_quarter_turn_about_the_head_axis_takes_left_to_posterior() {
        let turn = Rigid::rotation_about(
            PatientPoint::new(0.0, 0.0, 0.0),
            PatientDirection::SUPERIOR,
            std::f64::consts::FRAC_PI_2,
        );
        let moved = turn.apply(PatientPoint::new(10.0, 0.0, 3.0));
        assert!(moved.distance_mm(PatientPoint::new(0.0, 10.0, 3.0)) < 1e-9);
    }

    proptest! {
        #[test]
        fn inverse_brings_every_point_back(x in -500.0..500.0f64, y in -500.0..500.0f64, z in -500.0..500.0f64, angle in -3.0..3.0f64) {
            let axis = PatientVector::new(1.0, 2.0, -0.5).direction().unwrap();
            let rigid = Rigid::rotation_about(PatientPoint::new(5.0, -3.0, 9.0), axis, angle)
                .then(&Rigid::shift(PatientVector::new(x, y, z)));
            let point = PatientPoint::new(z, x, y);
            prop_assert!(rigid.inverse().apply(rigid.apply(point)).distance_mm(point) < 1e-6);
        }
    }
}
