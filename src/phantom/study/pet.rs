//! The PET scanner: uptake of a slice, blurred as a ring of detectors does, with the noise of counting.

use super::motion::Motion;
use super::planes;
use crate::geometry::PatientVector;
use crate::phantom::body::{Item, PetScanner, paint};
use crate::phantom::noise::grain;
use crate::phantom::recipe::{Dose, Scan, Visit};
use crate::phantom::study::motion::two_to;

/// Half life of fluorine-18, s.
pub(super) const HALF_LIFE_S: f64 = 6586.2;
/// Resolution of the reconstructed image, full width at half maximum, mm.
const SPREAD_MM: f64 = 6.5;
/// Uptake at which counting noise is what the recipe says.
const LIVER_SUV: f32 = 2.2;

/// Activity of one stored unit, Bq/ml, to four decimals as it is written: SUV 40 is the largest number.
pub(super) fn slope(dose: &Dose) -> f64 {
    (activity(dose, 40.0) / 32_767.0 * 1e4).round() / 1e4
}

/// Activity at the start of the scan, Bq/ml, of an uptake.
fn activity(dose: &Dose, suv: f64) -> f64 {
    let left_bq = dose.dose_mbq * 1e6 * two_to(-dose.uptake_min * 60.0 / HALF_LIFE_S);
    suv * left_bq / (dose.weight_kg * 1000.0)
}

/// Uptake of a slice without noise: the mean over what the detectors mix along the table.
pub(super) fn slice_values(items: &[Item], motion: &Motion, visit: &Visit, scan: &Scan, slice: u32) -> Vec<f32> {
    // Planes around the slice, weighted as a bell: three samples of the spread along the table.
    let n = (scan.matrix * scan.matrix) as usize;
    let mut sum = vec![0.0f32; n];
    for (offset_mm, weight) in [(-4.4, 0.2), (-2.2, 0.2), (0.0, 0.2), (2.2, 0.2), (4.4, 0.2)] {
        let plane = planes(scan, visit, slice, PatientVector::new(0.0, 0.0, offset_mm));
        let Some(middle) = plane.get(plane.len() / 2).copied() else { continue };
        for (to, [value]) in sum.iter_mut().zip(paint::<1, PetScanner>(items, motion, &[middle])) {
            *to += weight * value;
        }
    }
    blur(&mut sum, scan.matrix as usize, scan.pixel_mm);
    sum
}

/// What is stored for a slice.
pub(super) fn expose(values: &[f32], scan: &Scan, dose: &Dose, seed: u64) -> Vec<i16> {
    let n = scan.matrix as usize;
    let grain = grain(seed, n, n);
    let unit = activity(dose, 1.0) / slope(dose);
    let noisy = values.iter().zip(&grain).map(|(suv, grain)| {
        // Counts are random by their square root; reconstruction never goes below nothing.
        let sd = scan.noise as f32 / 100.0 * LIVER_SUV * (suv.max(0.02) / LIVER_SUV).sqrt();
        (f64::from((suv + grain * sd).max(0.0)) * unit).round().min(32_767.0) as i16
    });
    noisy.collect()
}

/// A bell of [`SPREAD_MM`] in the plane, by three taps each way as often as its width needs.
fn blur(picture: &mut [f32], n: usize, pixel_mm: f64) {
    let variance_px = (SPREAD_MM / 2.354_82 / pixel_mm) * (SPREAD_MM / 2.354_82 / pixel_mm);
    let times = (variance_px / 0.4).ceil().max(1.0);
    let side = (variance_px / times / 2.0) as f32;
    for _ in 0..times as u32 {
        let before = picture.to_vec();
        for (row, old) in picture.chunks_exact_mut(n).zip(before.chunks_exact(n)) {
            for (to, w) in row.iter_mut().skip(1).zip(old.windows(3)) {
                *to = side * (w[0] + w[2]) + (1.0 - 2.0 * side) * w[1];
            }
        }
        let before = picture.to_vec();
        for j in 1..n.saturating_sub(1) {
            for i in 0..n {
                picture[j * n + i] =
                    side * (before[(j - 1) * n + i] + before[(j + 1) * n + i]) + (1.0 - 2.0 * side) * before[j * n + i];
            }
        }
    }
}
