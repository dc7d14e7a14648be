//! How far every voxel lies from the nearest marked one: exact, on voxels that need not be cubes.
//!
//! Separable lower envelopes of parabolas (Felzenszwalb, Huttenlocher 2012, Theory of Computing 8:415; Meijster,
//! Roerdink, Hesselink 2000). Distances are between voxel centres, along axes at right angles.

use rayon::prelude::*;

/// A voxel of an image in memory, run by run: columns first, then rows, then slices.
pub type Dims = [usize; 3];

/// No seed along this line of slices.
const NEVER: u16 = u16::MAX;

/// Columns that are taken through memory together.
const TOGETHER: usize = 16;

/// Distance from the centre of each voxel to the centre of the nearest seed, mm; infinite where there is no seed.
///
/// `seeds` and the answer are ordered column by column, row by row, slice by slice. Runs on the current rayon pool; the
/// answer does not depend on how many threads there are. An image whose size does not fit `dims`, or of more than 65,534
/// slices, has no distances.
#[must_use]
pub fn distances_mm(seeds: &[bool], dims: Dims, spacing_mm: [f64; 3]) -> Vec<f32> {
    let mut far = squared_distances_mm2(seeds, dims, spacing_mm);
    far.par_chunks_mut(1 << 16).for_each(|part| part.iter_mut().for_each(|d| *d = d.sqrt()));
    far
}

/// The squares of [`distances_mm`], mm2.
#[must_use]
pub fn squared_distances_mm2(seeds: &[bool], dims: Dims, spacing_mm: [f64; 3]) -> Vec<f32> {
    let [columns, rows, slices] = dims;
    let Some(plane) = columns.checked_mul(rows) else { return Vec::new() };
    if plane.checked_mul(slices) != Some(seeds.len()) || seeds.is_empty() || slices >= usize::from(NEVER) {
        return Vec::new();
    }
    let steps = steps_along_slices(seeds, dims);
    let [along_row, across_rows, across_slices] = spacing_mm.map(|mm| mm as f32);
    let ways = [Envelope::new(columns, along_row), Envelope::new(rows, across_rows)];
    let mut far = vec![0.0f32; seeds.len()];
    far.par_chunks_mut(plane).enumerate().for_each_init(
        || (Scratch::default(), vec![0.0f32; TOGETHER * rows]),
        |(scratch, block), (k, picture)| {
            for (j, row) in picture.chunks_exact_mut(columns).enumerate() {
                let from = (j * slices + k) * columns;
                for (to, n) in row.iter_mut().zip(&steps[from..from + columns]) {
                    let mm = f32::from(*n) * across_slices;
                    *to = if *n == NEVER { f32::INFINITY } else { mm * mm };
                }
                ways[0].lower(row, scratch);
            }
            for first in (0..columns).step_by(TOGETHER) {
                let wide = TOGETHER.min(columns - first);
                for (j, row) in picture.chunks_exact(columns).enumerate() {
                    for (n, value) in row[first..first + wide].iter().enumerate() {
                        block[n * rows + j] = *value;
                    }
                }
                for line in block.chunks_exact_mut(rows).take(wide) {
                    ways[1].lower(line, scratch);
                }
                for (j, row) in picture.chunks_exact_mut(columns).enumerate() {
                    for (n, value) in row[first..first + wide].iter_mut().enumerate() {
                        *value = block[n * rows + j];
                    }
                }
            }
        },
    );
    far
}

/// Slices to the nearest seed in the same column and row, ordered column by column, slice by slice, row by row.
fn steps_along_slices(seeds: &[bool], [columns, rows, slices]: Dims) -> Vec<u16> {
    let mut steps = vec![NEVER; seeds.len()];
    steps.par_chunks_mut(columns * slices).enumerate().for_each(|(j, sheet)| {
        let row_of = |k: usize| &seeds[(k * rows + j) * columns..][..columns];
        let mut before = vec![NEVER; columns];
        for (k, line) in sheet.chunks_exact_mut(columns).enumerate() {
            for ((to, last), seed) in line.iter_mut().zip(&mut before).zip(row_of(k)) {
                *last = if *seed { 0 } else { last.saturating_add(1) };
                *to = *last;
            }
        }
        before.fill(NEVER);
        for line in sheet.chunks_exact_mut(columns).rev() {
            for (to, last) in line.iter_mut().zip(&mut before) {
                *last = (*to).min(last.saturating_add(1));
                *to = *last;
            }
        }
    });
    steps
}

/// The lower envelope of parabolas along lines of one length.
struct Envelope {
    step_mm2: f32,
    /// 1 / (2 n step2), by the distance n of two vertices.
    halves: Vec<f32>,
}

/// The parabolas of an envelope: where their vertex is, how high it lies, and from which place on they are lowest.
#[derive(Default)]
struct Scratch {
    vertex: Vec<usize>,
    height: Vec<f32>,
    from: Vec<f32>,
}

impl Envelope {
    fn new(length: usize, step_mm: f32) -> Self {
        let step_mm2 = step_mm * step_mm;
        Self { step_mm2, halves: (0..=length).map(|n| 1.0 / (2.0 * n as f32 * step_mm2)).collect() }
    }

    /// Replaces the heights of a line by its envelope. Zeros cut the line: no parabola reaches beyond one.
    fn lower(&self, line: &mut [f32], scratch: &mut Scratch) {
        let mut first = 0;
        while first < line.len() {
            if line[first] == 0.0 && line.get(first + 1) == Some(&0.0) {
                first += 1;
                continue;
            }
            let end = line[first + 1..].iter().position(|v| *v == 0.0).map_or(line.len(), |n| first + n + 2);
            let part = &mut line[first..end];
            if part.iter().any(|h| *h != 0.0) {
                self.part(part, scratch);
            }
            if end == line.len() {
                break;
            }
            first = end - 1;
        }
    }

    fn part(&self, line: &mut [f32], scratch: &mut Scratch) {
        let Scratch { vertex, height, from } = scratch;
        vertex.clear();
        height.clear();
        from.clear();
        for (q, h) in line.iter().enumerate() {
            if *h == f32::INFINITY {
                continue;
            }
            let mut start = f32::NEG_INFINITY;
            while let (Some(v), Some(hv), Some(s)) = (vertex.last(), height.last(), from.last()) {
                start = (q + v) as f32 * 0.5 + (h - hv) * self.halves[q - v];
                if start > *s {
                    break;
                }
                vertex.pop();
                height.pop();
                from.pop();
                start = f32::NEG_INFINITY;
            }
            vertex.push(q);
            height.push(*h);
            from.push(start);
        }
        let count = vertex.len();
        if count == 0 {
            return;
        }
        from.push(f32::INFINITY);
        let mut at = 0;
        for n in 0..count {
            let (v, h) = (vertex[n], height[n]);
            let until = from[n + 1];
            if until < 0.0 {
                continue; // lowest only before the line begins
            }
            let end = line.len().min((until as usize).saturating_add(1)).max(at);
            for (x, to) in line[at..end].iter_mut().enumerate() {
                let away = (x + at).abs_diff(v) as f32;
                *to = h + away * away * self.step_mm2;
            }
            at = end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn by_hand(seeds: &[bool], [nx, ny, nz]: Dims, spacing: [f64; 3]) -> Vec<f64> {
        let at = |n: usize| [n % nx, n / nx % ny, n / (nx * ny)].map(|v| v as f64);
        assert_eq!(seeds.len(), nx * ny * nz);
        (0..seeds.len())
            .map(|n| {
                let here = at(n);
                let away = |m: usize| {
                    let there = at(m);
                    (0..3).map(|a| ((here[a] - there[a]) * spacing[a]).powi(2)).sum::<f64>()
                };
                (0..seeds.len()).filter(|m| seeds[*m]).map(away).fold(f64::INFINITY, f64::min).sqrt()
            })
            .collect()
    }

    #[test]
    fn one_seed_gives_straight_distances() {
        let dims = [5, 4, 3];
        let mut seeds = vec![false; 60];
        seeds[20 + 5 + 2] = true; // 2, 1, 1
        let far = distances_mm(&seeds, dims, [1.0, 2.0, 5.0]);
        assert_eq!(far[27], 0.0);
        assert_eq!(far[20 + 5], 2.0);
        assert_eq!(far[27 + 10], 4.0);
        assert!((far[0] - (4.0f32 + 4.0 + 25.0).sqrt()).abs() < 1e-5);
    }

    #[test]
    fn without_seeds_all_is_infinitely_far_and_odd_sizes_have_nothing() {
        assert!(distances_mm(&[false; 8], [2, 2, 2], [1.0; 3]).iter().all(|d| *d == f32::INFINITY));
        assert!(distances_mm(&[true; 8], [2, 2, 2], [1.0; 3]).iter().all(|d| *d == 0.0));
        assert!(distances_mm(&[true; 7], [2, 2, 2], [1.0; 3]).is_empty());
        assert!(distances_mm(&[], [0, 2, 2], [1.0; 3]).is_empty());
        assert!(distances_mm(&[true], [usize::MAX, 2, 2], [1.0; 3]).is_empty());
        assert_eq!(distances_mm(&[true], [1, 1, 1], [1.0; 3]), [0.0]);
    }

    #[test]
    fn it_does_not_hang_on_the_number_of_threads() {
        let dims = [40, 37, 21];
        let seeds: Vec<bool> = (0..dims.iter().product::<usize>()).map(|n| n * 2_654_435_761 % 997 < 5).collect();
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| distances_mm(&seeds, dims, [0.7, 0.9, 3.0]))
        };
        assert_eq!(on(1), on(3));
    }

    proptest! {
        #[test]
        fn equal_to_brute_force(
            nx in 1..9usize, ny in 1..8usize, nz in 1..7usize,
            sx in 0.3..2.0f64, sy in 0.3..2.0f64, sz in 0.5..6.0f64, every in 1..40usize, salt in any::<u32>(),
        ) {
            let pick = |n: usize| {
                ((n + 1).wrapping_mul(2_654_435_761).wrapping_add(salt as usize) % 4_093).is_multiple_of(every)
            };
            let seeds: Vec<bool> = (0..nx * ny * nz).map(pick).collect();
            let far = distances_mm(&seeds, [nx, ny, nz], [sx, sy, sz]);
            for (got, expected) in far.iter().zip(by_hand(&seeds, [nx, ny, nz], [sx, sy, sz])) {
                prop_assert!(
                    f64::from(*got) == expected || (f64::from(*got) - expected).abs() < 1e-4 * (1.0 + expected),
                    "{got} {expected}"
                );
            }
        }
    }
}
