//! JPEG of 12 bits, extended sequential with Huffman codes (process 4, ISO/IEC 10918-1 annex F), in grey.
//!
//! Own code because no safe crate reads it. The transform is computed in `f32`, whose error is far below one
//! grey value.

use super::bits::Bits;
use super::huffman::coefficient;
use super::markers::{Markers, Stop};
use super::{Raster, Refused, Samples, refused};
use std::sync::LazyLock;

/// From the order in which coefficients are written to rows (figure A.6).
const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
    28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63,
];

/// The cosines of A.3.3 with their factors: value `x` of coefficient `u`, at `8 u + x`.
static COSINES: LazyLock<[f32; 64]> = LazyLock::new(|| {
    let mut table = [0.0; 64];
    for (n, value) in table.iter_mut().enumerate() {
        let (u, x) = ((n / 8) as f64, (n % 8) as f64);
        let factor = if n < 8 { std::f64::consts::FRAC_1_SQRT_2 } else { 1.0 };
        *value = (0.5 * factor * ((2.0 * x + 1.0) * u * std::f64::consts::PI / 16.0).cos()) as f32;
    }
    table
});

/// Decodes a stream whose header was checked before.
pub(super) fn decode(bytes: &[u8]) -> Result<Raster, Refused> {
    let mut markers = Markers::new(bytes, true)?;
    let Stop::Scan(scan, data) = markers.next_scan()? else { return refused("it holds no scan") };
    let frame = markers.frame()?;
    let ([component], [(_, tables)]) = (frame.components.as_slice(), scan.components.as_slice()) else {
        return refused("12-bit JPEG in colour is not read by this version");
    };
    // Old writers leave the range of coefficients empty; a sequential scan has them all.
    if scan.shift != 0 {
        return refused("its scan leaves out bits");
    }
    let missing = || Refused("a table is missing".into());
    let [dc, ac] = &markers.huffman;
    let dc = dc.get(usize::from(tables >> 4)).and_then(Option::as_ref).ok_or_else(missing)?;
    let ac = ac.get(usize::from(tables & 15)).and_then(Option::as_ref).ok_or_else(missing)?;
    let steps = markers.quantization.get(usize::from(component.quantization)).copied().flatten().ok_or_else(missing)?;
    let (columns, rows) = (usize::from(frame.columns), usize::from(frame.rows));
    let mut samples = vec![0u16; columns * rows];
    let mut bits = Bits::<false>::new(data);
    let (mut level, mut blocks) = (0i32, 0u32);
    let mut whole = 0;
    'image: for band in samples.chunks_mut(8 * columns) {
        for left in (0..columns).step_by(8) {
            if markers.restart_interval > 0 && blocks == markers.restart_interval {
                if !bits.restart() {
                    break 'image;
                }
                (level, blocks) = (0, 0);
            }
            blocks += 1;
            let mut block = [0f32; 64];
            let Some(size) = dc.symbol(&mut bits) else { break 'image };
            level = level.wrapping_add(coefficient(&mut bits, size));
            set(&mut block, &steps, 0, level);
            let mut at = 1;
            while at < 64 {
                let Some(symbol) = ac.symbol(&mut bits) else { break 'image };
                let (zeros, size) = (usize::from(symbol >> 4), symbol & 15);
                match (zeros, size) {
                    (15, 0) => at += 16,
                    (_, 0) => break,
                    _ => {
                        at += zeros;
                        set(&mut block, &steps, at, coefficient(&mut bits, size));
                        at += 1;
                    }
                }
            }
            if bits.overrun() {
                break 'image;
            }
            let values = transform(&block);
            for (row, values) in band.chunks_mut(columns).zip(values.chunks_exact(8)) {
                let to = row.iter_mut().skip(left);
                to.zip(values).for_each(|(to, value)| *to = (value + 2048.5).clamp(0.0, 4095.0) as u16);
            }
        }
        whole += band.len() / columns.max(1);
    }
    samples.iter_mut().skip(whole * columns).for_each(|sample| *sample = 0);
    Ok(Raster { samples: Samples::Words(samples), precision: 12, rows: whole as u32 })
}

/// Puts a coefficient where it belongs; beyond the block it is dropped.
fn set(block: &mut [f32; 64], steps: &[u16; 64], at: usize, value: i32) {
    let (Some(place), Some(step)) = (ZIGZAG.get(at), steps.get(at)) else { return };
    if let Some(to) = block.get_mut(usize::from(*place)) {
        *to = (value as f32) * f32::from(*step);
    }
}

/// Coefficients to values (A.3.3), down the columns and then along the rows.
fn transform(block: &[f32; 64]) -> [f32; 64] {
    let pass = |from: &[f32; 64]| {
        // Rows of the result are columns of the input, so that two passes turn it back.
        let mut to = [0f32; 64];
        for (coefficients, column) in from.chunks_exact(8).zip(0..8) {
            let mut sums = [0f32; 8];
            for (coefficient, cosines) in coefficients.iter().zip(COSINES.chunks_exact(8)) {
                if *coefficient != 0.0 {
                    sums.iter_mut().zip(cosines).for_each(|(sum, cosine)| *sum += coefficient * cosine);
                }
            }
            to.iter_mut().skip(column).step_by(8).zip(sums).for_each(|(to, sum)| *to = sum);
        }
        to
    };
    pass(&pass(block))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_and_a_wave() {
        let mut block = [0f32; 64];
        block[0] = 80.0;
        assert!(transform(&block).iter().all(|v| (v - 10.0).abs() < 1e-4));
        // One coefficient along a row: the wave of A.3.3.
        block = [0.0; 64];
        block[3] = 100.0;
        let values = transform(&block);
        for (x, value) in values.iter().take(8).enumerate() {
            let wave = 100.0 / 4.0
                * std::f64::consts::FRAC_1_SQRT_2
                * ((2 * x + 1) as f64 * 3.0 * std::f64::consts::PI / 16.0).cos();
            assert!((f64::from(*value) - wave).abs() < 1e-3, "{x}: {value} {wave}");
            assert!((value - values[8 * 5 + x]).abs() < 1e-4);
        }
    }
}
