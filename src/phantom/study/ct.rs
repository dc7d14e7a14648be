//! The CT scanner: values of a slice in all phases, then what is stored for one of them.

use super::motion::Motion;
use super::planes;
use crate::geometry::PatientVector;
use crate::phantom::body::{CT_PHASES, CtScanner, Item, paint};
use crate::phantom::noise::{grain, uniform};
use crate::phantom::recipe::{Packing, Phase, Scan, Visit};

/// Stored value outside the field of view.
pub(in crate::phantom) const PADDING: i16 = -2000;
/// Rescale intercept.
pub(in crate::phantom) const INTERCEPT: i16 = -1024;

/// Point spread of the reconstruction, full width at half maximum, mm.
const SPREAD_MM: f64 = 1.0;

/// The values of a slice in every phase without blur and noise: the mean over its thickness.
pub(in crate::phantom) fn slice_values(
    items: &[Item],
    motion: &Motion,
    visit: &Visit,
    scan: &Scan,
    slice: u32,
    seed: u64,
) -> Vec<[f32; CT_PHASES]> {
    let to_and_fro = 2.0 * uniform(seed ^ 0x0b2e, u64::from(slice)) - 1.0;
    let moved = scan.odd.motion_mm * to_and_fro;
    let offset = PatientVector::new(0.2 * moved, -0.5 * moved, moved);
    paint::<CT_PHASES, CtScanner>(items, motion, &planes(scan, visit, slice, offset))
}

/// What the scanner stores for a slice of one phase: blurred, with noise, rounded, padded outside the field of view.
pub(in crate::phantom) fn expose(values: &[[f32; CT_PHASES]], ct: &Scan, phase: Phase, seed: u64) -> Vec<i16> {
    let n = ct.matrix as usize;
    let mut picture: Vec<f32> =
        values.iter().map(|values| values.get(phase.index()).copied().unwrap_or_default()).collect();
    blur(&mut picture, n, ct.pixel_mm);
    let grain = grain(seed, n, n);
    let half = (n as f64 - 1.0) / 2.0;
    let mut stored = Vec::with_capacity(picture.len());
    for (offset, (clean, grain)) in picture.into_iter().zip(&grain).enumerate() {
        let (x, y) = ((offset % n) as f64 - half, (offset / n) as f64 - half);
        let from_centre = x * x + y * y;
        if from_centre > (half + 0.5) * (half + 0.5) {
            stored.push(PADDING);
            continue;
        }
        // More noise deep in the body than at its surface, less in lung, a little in air.
        let deep_mm2 = from_centre * ct.pixel_mm * ct.pixel_mm;
        let level = match clean {
            ..-950.0 => 0.35,
            ..-700.0 => 0.8,
            _ => (1.13 - 0.5 * (deep_mm2 / (170.0 * 170.0))).max(0.5) as f32,
        };
        let hu = clean + grain * level * ct.noise as f32;
        // Noise does not pack: each bit of it costs 100 kB a series.
        let step = match (ct.packing, clean) {
            (Packing::Plain, _) => 1.0,
            (_, ..-950.0) => 32.0,
            (_, ..-700.0) => 8.0,
            (packing, _) => packing.step(phase),
        };
        stored.push(((hu / step).round() * step).clamp(-1024.0, 3068.0) as i16 - INTERCEPT);
    }
    stored
}

/// Three taps each way with the variance of a bell of [`SPREAD_MM`].
pub(super) fn blur(picture: &mut [f32], n: usize, pixel_mm: f64) {
    // FWHM = 2.3548 sigma.
    let sigma_px = SPREAD_MM / 2.354_82 / pixel_mm;
    let side = (sigma_px * sigma_px / 2.0).min(0.25) as f32;
    let middle = 1.0 - 2.0 * side;
    let mut row_before = vec![0.0f32; n];
    for row in picture.chunks_exact_mut(n) {
        row_before.copy_from_slice(row);
        for (to, w) in row.iter_mut().skip(1).zip(row_before.windows(3)) {
            *to = side * (w[0] + w[2]) + middle * w[1];
        }
    }
    let mut above = vec![0.0f32; n];
    let mut here = vec![0.0f32; n];
    for j in 1..n.saturating_sub(1) {
        let (head, tail) = picture.split_at_mut((j + 1) * n);
        let Some(row) = head.get_mut(j * n..) else { return };
        here.copy_from_slice(row);
        if j == 1 {
            above.copy_from_slice(row); // the first row lies outside the field of view anyway
        }
        for (((to, above), here), below) in row.iter_mut().zip(&above).zip(&here).zip(tail.iter()) {
            *to = side * (above + below) + middle * here;
        }
        std::mem::swap(&mut above, &mut here);
    }
}
