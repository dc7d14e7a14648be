//! The MR scanner: signals of a slice in all sequences, then what is stored for one of them.

use super::ct::blur;
use super::distortion::Distorted;
use super::planes;
use crate::geometry::{PatientPoint, PatientVector};
use crate::phantom::body::{Item, MR_CHANNELS, MrScanner, bumps, paint};
use crate::phantom::noise::grain;
use crate::phantom::recipe::{Packing, Phase, Scan, Visit};

/// The signals of a slice in every sequence without noise: the mean over its thickness, weighted by how sensitive the
/// coil is there.
pub(super) fn slice_values(
    items: &[Item],
    moved: &Distorted<'_>,
    visit: &Visit,
    scan: &Scan,
    slice: u32,
) -> Vec<[f32; MR_CHANNELS]> {
    let planes = planes(scan, visit, slice, PatientVector::default());
    let mut values = paint::<MR_CHANNELS, MrScanner>(items, moved, &planes);
    let Some(plane) = planes.get(planes.len() / 2) else { return values };
    for (offset, values) in values.iter_mut().enumerate() {
        let (i, j) = ((offset % plane.columns) as f64, (offset / plane.columns) as f64);
        let at = plane.origin + plane.column * i + plane.row * j;
        let sensitive = coil(at);
        for value in values {
            *value *= sensitive;
        }
    }
    values
}

/// Coils see the wall better than the middle, and not evenly.
fn coil(at: PatientPoint) -> f32 {
    let from_middle = (at.x * at.x + at.y * at.y) / (150.0 * 150.0);
    (0.93 + 0.13 * from_middle.min(1.5) + 0.07 * bumps(91, at, 170.0)) as f32
}

/// What is stored for a slice of one sequence. Noise is that of a magnitude image (Rice); an ADC map is made from the
/// noisy images of b 50 and 800, as a scanner makes it.
pub(super) fn expose(
    values: &[[f32; MR_CHANNELS]],
    scan: &Scan,
    phase: Phase,
    seed: &dyn Fn(Phase) -> u64,
) -> Vec<i16> {
    if phase == Phase::Adc {
        let (low, high) = (signal(values, scan, Phase::Dwi50, seed), signal(values, scan, Phase::Dwi800, seed));
        // Below the noise there is nothing to divide.
        let floor = 3.0 * scan.noise as f32;
        let adc = |(low, high): (&f32, &f32)| {
            if *low < floor || *high <= 0.5 {
                return 0;
            }
            (logarithm(f64::from(low / high)) / 750.0 * 1e6).clamp(0.0, 4000.0).round() as i16
        };
        return low.iter().zip(&high).map(adc).collect();
    }
    // Noise does not pack: steps, coarse ones where there is nothing else.
    let fine = scan.packing.step(phase);
    let coarse = if scan.packing == Packing::Plain { 1.0 } else { 8.0 };
    let stored = |v: f32| {
        let step = if v < 3.0 * scan.noise as f32 { coarse } else { fine };
        ((v / step).round() * step).clamp(0.0, 4092.0) as i16
    };
    signal(values, scan, phase, seed).into_iter().map(stored).collect()
}

fn signal(values: &[[f32; MR_CHANNELS]], scan: &Scan, phase: Phase, seed: &dyn Fn(Phase) -> u64) -> Vec<f32> {
    let n = scan.matrix as usize;
    let mut picture: Vec<f32> = values.iter().map(|v| v.get(phase.index()).copied().unwrap_or_default()).collect();
    // A voxel of MR has the point spread of its pixel.
    blur(&mut picture, n, scan.pixel_mm / 1.4);
    let (real, imaginary) = (grain(seed(phase), n, n), grain(seed(phase) ^ 0x1ce, n, n));
    let noise = scan.noise as f32;
    let rice = |((clean, a), b): ((&f32, &f32), &f32)| {
        // Outside the body scanners take their noise away.
        let noise = if *clean < 6.0 { 0.2 * noise } else { noise };
        let (a, b) = (clean + noise * a, noise * b);
        (a * a + b * b).sqrt()
    };
    picture.iter().zip(&real).zip(&imaginary).map(rice).collect()
}

/// The natural logarithm by square roots alone: the same to the last bit on every machine.
fn logarithm(x: f64) -> f64 {
    if x <= 0.0 {
        return -50.0;
    }
    let mut root = x;
    for _ in 0..16 {
        root = root.sqrt();
    }
    // ln x = 2^16 ln(x^(1/2^16)), and ln(1 + t) is nearly t - t^2 / 2.
    let t = root - 1.0;
    65_536.0 * (t - t * t / 2.0 + t * t * t / 3.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_is_right() {
        for x in [0.01, 0.5, 1.0, 1.7, 20.0] {
            assert!((logarithm(x) - f64::ln(x)).abs() < 1e-6, "{x}");
        }
    }
}
