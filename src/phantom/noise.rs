//! Noise that is the same on one core or many: every number comes from where it stands.

/// A well mixed number from a seed and a place (SplitMix64, Steele et al. 2014).
pub(super) fn hash(seed: u64, at: u64) -> u64 {
    let mut z = seed ^ at.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number from 0 to 1 (1 excluded).
pub(super) fn uniform(seed: u64, at: u64) -> f64 {
    (hash(seed, at) >> 11) as f64 / (1u64 << 53) as f64
}

/// Close to a normal number with mean 0 and SD 1: the sum of four uniform ones.
fn white(seed: u64, at: u64) -> f32 {
    let bits = hash(seed, at);
    let sum: u64 = (0..4).map(|n| (bits >> (16 * n)) & 0xffff).sum();
    // The sum of four uniform 16-bit numbers has mean 2 * 65535 and SD 65536 / sqrt(3).
    (sum as f32 - 131_070.0) / 37_837.2
}

/// Quantum noise of one slice, SD 1: white noise through a soft reconstruction kernel, which blurs a little
/// and takes out slow waves, so that it looks like grain.
pub(super) fn grain(seed: u64, columns: usize, rows: usize) -> Vec<f32> {
    /// Margin that the filters use up.
    const EDGE: usize = 4;
    let (wide, high) = (columns + 2 * EDGE, rows + 2 * EDGE);
    let source: Vec<f32> = (0..wide * high).map(|at| white(seed, at as u64)).collect();
    let fine = blur(&source, wide, high, &[0.22, 0.56, 0.22]);
    let slow = blur(&fine, wide, high, &[0.12, 0.14, 0.16, 0.16, 0.16, 0.14, 0.12]);
    let mut out = Vec::with_capacity(columns * rows);
    for row in 0..rows {
        let start = (row + EDGE) * wide + EDGE;
        let pair = fine.iter().zip(&slow).skip(start).take(columns);
        out.extend(pair.map(|(fine, slow)| (fine - 0.8 * slow) * GRAIN_TO_ONE));
    }
    out
}

/// Brings the SD of the filtered noise to 1 (from the filters' coefficients; held by a test).
const GRAIN_TO_ONE: f32 = 2.68;

/// A separable blur; the margin of half a kernel is left unfinished.
fn blur(source: &[f32], wide: usize, high: usize, kernel: &[f32]) -> Vec<f32> {
    let reach = kernel.len() / 2;
    let mut across = vec![0.0; source.len()];
    for (from, to) in source.chunks_exact(wide).zip(across.chunks_exact_mut(wide)) {
        for (values, to) in from.windows(kernel.len()).zip(to.iter_mut().skip(reach)) {
            *to = values.iter().zip(kernel).map(|(v, k)| v * k).sum();
        }
    }
    let mut down = vec![0.0; source.len()];
    for row in reach..high - reach {
        for (tap, k) in kernel.iter().enumerate() {
            let from = (row + tap - reach) * wide;
            let to = row * wide;
            let (from, to) = (&across[from..from + wide], &mut down[to..to + wide]);
            for (to, from) in to.iter_mut().zip(from) {
                *to += from * k;
            }
        }
    }
    down
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grain_has_sd_one_and_no_mean() {
        let grain = grain(7, 256, 256);
        let n = grain.len() as f32;
        let mean = grain.iter().sum::<f32>() / n;
        let sd = (grain.iter().map(|v| (v - mean) * (v - mean)).sum::<f32>() / (n - 1.0)).sqrt();
        assert!(mean.abs() < 0.02, "mean {mean}");
        assert!((sd - 1.0).abs() < 0.03, "sd {sd}");
    }

    #[test]
    fn grain_is_correlated_with_its_neighbour_and_not_with_another_slice() {
        let (a, b) = (grain(1, 128, 128), grain(2, 128, 128));
        let neighbour: f32 = a.windows(2).map(|w| w[0] * w[1]).sum::<f32>() / a.len() as f32;
        let other: f32 = a.iter().zip(&b).map(|(a, b)| a * b).sum::<f32>() / a.len() as f32;
        assert!(neighbour > 0.25 && neighbour < 0.7, "{neighbour}");
        assert!(other.abs() < 0.05, "{other}");
    }
}
