//! Places, displacements and unit directions in patient space (LPS, mm).

use serde::{Deserialize, Serialize};
use std::ops::{Add, Mul, Neg, Sub};

/// A place in the patient: LPS, mm.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PatientPoint {
    /// Towards the patient's left, mm.
    pub x: f64,
    /// Towards the patient's back, mm.
    pub y: f64,
    /// Towards the patient's head, mm.
    pub z: f64,
}

/// A displacement in patient space: LPS, mm.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct PatientVector {
    /// Towards the patient's left, mm.
    pub x: f64,
    /// Towards the patient's back, mm.
    pub y: f64,
    /// Towards the patient's head, mm.
    pub z: f64,
}

/// A direction of length one in patient space (LPS).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(into = "PatientVector", try_from = "PatientVector")]
pub struct PatientDirection(PatientVector);

impl PatientPoint {
    /// A point from its LPS coordinates in mm.
    #[must_use]
    pub const fn new(x: f64, y: f64, z: f64) -> Self {
        Self { x, y, z }
    }

    /// The displacement from the origin of patient space.
    #[must_use]
    pub const fn to_vector(self) -> PatientVector {
        PatientVector::new(self.x, self.y, self.z)
    }

    /// Distance to another point, mm.
    #[must_use]
    pub fn distance_mm(self, other: Self) -> f64 {
        (self - other).length_mm()
    }

    /// Whether all three coordinates are finite numbers.
    #[must_use]
    pub fn is_finite(self) -> bool {
        self.x.is_finite() && self.y.is_finite() && self.z.is_finite()
    }
}

impl PatientVector {
    /// A displacement from its LPS components in mm.
    #[must_use]
    pub const fn new(x: f64, y: f64, z: f64) -> Self {
        Self { x, y, z }
    }

    /// Scalar product.
    #[must_use]
    pub fn dot(self, other: Self) -> f64 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }

    /// Vector product (right-handed).
    #[must_use]
    pub fn cross(self, other: Self) -> Self {
        Self::new(
            self.y * other.z - self.z * other.y,
            self.z * other.x - self.x * other.z,
            self.x * other.y - self.y * other.x,
        )
    }

    /// Euclidean length, mm.
    #[must_use]
    pub fn length_mm(self) -> f64 {
        self.dot(self).sqrt()
    }

    /// The direction of this displacement; `None` when it has no usable length.
    #[must_use]
    pub fn direction(self) -> Option<PatientDirection> {
        let length = self.length_mm();
        (length.is_finite() && length > 1e-9).then(|| PatientDirection(self * (1.0 / length)))
    }
}

impl PatientDirection {
    /// To the patient's left.
    pub const LEFT: Self = Self(PatientVector::new(1.0, 0.0, 0.0));
    /// To the patient's back.
    pub const POSTERIOR: Self = Self(PatientVector::new(0.0, 1.0, 0.0));
    /// To the patient's head.
    pub const SUPERIOR: Self = Self(PatientVector::new(0.0, 0.0, 1.0));

    /// The unit vector.
    #[must_use]
    pub const fn vector(self) -> PatientVector {
        self.0
    }

    /// A displacement of `length_mm` along this direction.
    #[must_use]
    pub fn times_mm(self, length_mm: f64) -> PatientVector {
        self.0 * length_mm
    }

    /// Cosine of the angle to another direction.
    #[must_use]
    pub fn cosine(self, other: Self) -> f64 {
        self.0.dot(other.0)
    }

    /// The direction at right angles to both (right-handed); `None` when they are parallel.
    #[must_use]
    pub fn normal_with(self, other: Self) -> Option<Self> {
        self.0.cross(other.0).direction()
    }
}

impl From<PatientDirection> for PatientVector {
    fn from(direction: PatientDirection) -> Self {
        direction.0
    }
}

impl TryFrom<PatientVector> for PatientDirection {
    type Error = &'static str;

    fn try_from(vector: PatientVector) -> Result<Self, Self::Error> {
        // A vector that already has length one is taken as it is, so that a direction survives writing and
        // reading to the last bit.
        if (vector.length_mm() - 1.0).abs() < 1e-12 {
            return Ok(Self(vector));
        }
        vector.direction().ok_or("a direction needs a length above zero")
    }
}

impl Neg for PatientDirection {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0 * -1.0)
    }
}

impl Sub for PatientPoint {
    type Output = PatientVector;
    fn sub(self, other: Self) -> PatientVector {
        PatientVector::new(self.x - other.x, self.y - other.y, self.z - other.z)
    }
}

impl Add<PatientVector> for PatientPoint {
    type Output = Self;
    fn add(self, by: PatientVector) -> Self {
        Self::new(self.x + by.x, self.y + by.y, self.z + by.z)
    }
}

impl Sub<PatientVector> for PatientPoint {
    type Output = Self;
    fn sub(self, by: PatientVector) -> Self {
        Self::new(self.x - by.x, self.y - by.y, self.z - by.z)
    }
}

impl Add for PatientVector {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::new(self.x + other.x, self.y + other.y, self.z + other.z)
    }
}

impl Sub for PatientVector {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self::new(self.x - other.x, self.y - other.y, self.z - other.z)
    }
}

impl Mul<f64> for PatientVector {
    type Output = Self;
    fn mul(self, by: f64) -> Self {
        Self::new(self.x * by, self.y * by, self.z * by)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn left_cross_posterior_is_superior() {
        let normal = PatientDirection::LEFT.normal_with(PatientDirection::POSTERIOR).unwrap();
        assert_eq!(normal, PatientDirection::SUPERIOR);
    }

    #[test]
    fn no_direction_without_length() {
        assert!(PatientVector::new(0.0, 0.0, 0.0).direction().is_none());
        assert!(PatientVector::new(f64::NAN, 0.0, 0.0).direction().is_none());
    }

    #[test]
    fn distance_of_a_3_4_12_box_is_13() {
        let a = PatientPoint::new(1.0, 1.0, 1.0);
        assert!((a.distance_mm(PatientPoint::new(4.0, 5.0, 13.0)) - 13.0).abs() < 1e-12);
    }

    #[test]
    fn a_direction_survives_json_to_the_last_bit() {
        let direction = PatientVector::new(0.3, -0.7, 0.2).direction().unwrap();
        let text = serde_json::to_string(&direction).unwrap();
        assert_eq!(serde_json::from_str::<PatientDirection>(&text).unwrap(), direction);
    }
}
