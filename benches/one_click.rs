//! How well one click outlines, on samples whose truth is known, and how long it takes; and how long distances take.
//!
//! ```text
//! cargo bench --bench one_click -- first-look liver-02 my-recipe.toml    a table by case
//! cargo bench --bench one_click -- distances                             beside benches/peer/distances.py
//! ```
//!
//! Ten places in the middle half of each lesion (at least half as deep as its deepest voxel) are clicked; then the deepest
//! wrong voxel is clicked, twice at most, as a reader would correct it. Zones and tumours are clicked in the portal venous
//! phase, or the first series where there is none; viable tumour in the series that the answer key looks at.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)] // a bench that cannot start should say so and stop

use ablation_review::clinical::{Coded, MarkRole};
use ablation_review::dicom::{Limits, find, read_grid_slice};
use ablation_review::geometry::VoxelIndex;
use ablation_review::marks::{Click, Hint, Mask, distances_mm, outline_at};
use ablation_review::phantom::{Truth, TruthMask, truth, truth_masks, write};
use ablation_review::volume::Volume;
use rayon::prelude::*;
use std::time::Instant;

const CLICKS: usize = 10;
const CORRECTIONS: usize = 2;

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    if asked.iter().any(|word| word == "distances") {
        distances();
        return;
    }
    let cases = if asked.is_empty() { vec!["first-look".to_owned()] } else { asked };
    let mut all: Vec<(MarkRole, Score)> = Vec::new();
    for case in &cases {
        all.extend(scores(case));
    }
    for role in [MarkRole::AblationZone, MarkRole::Tumour, MarkRole::ViableTumour] {
        let of_role = || all.iter().filter(|(of, _)| *of == role).map(|(_, score)| score);
        let collect =
            |part: fn(&Score) -> &Vec<f64>| of_role().flat_map(|score| part(score).clone()).collect::<Vec<f64>>();
        let (plain, corrected, seconds) = (collect(|s| &s.plain), collect(|s| &s.corrected), collect(|s| &s.seconds));
        if !plain.is_empty() {
            println!(
                "{}: {} clicks, Dice median {:.3}, tenth percentile {:.3}; corrected {:.3} and {:.3}; {:.3} s, longest {:.3} s",
                role.code(),
                plain.len(),
                part(&plain, 0.5),
                part(&plain, 0.1),
                part(&corrected, 0.5),
                part(&corrected, 0.1),
                part(&seconds, 0.5),
                part(&seconds, 1.0),
            );
        }
    }
}

/// Dice of the clicks of one lesion, without and with corrections, and what the first outline took.
struct Score {
    plain: Vec<f64>,
    corrected: Vec<f64>,
    seconds: Vec<f64>,
}

fn part(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[((sorted.len() - 1) as f64 * part).round() as usize]
}

/// Whether a mask is judged on the series it lies on.
fn is_judged(truth: &Truth, mask: &TruthMask) -> bool {
    let Some(visit) = truth.visits.iter().find(|visit| mask.series.starts_with(&format!("{}/", visit.id))) else {
        return false;
    };
    let main = visit.series.iter().find(|s| s.folder.ends_with("portal-venous")).or(visit.series.first());
    let lesion = truth.lesions.iter().find(|lesion| lesion.label == mask.lesion);
    let key = lesion.and_then(|l| l.visits.iter().find(|v| v.visit == visit.id)).and_then(|v| v.key.as_ref());
    match (mask.role, key) {
        (MarkRole::ViableTumour, Some(key)) => key.look_at == mask.series,
        _ => main.is_some_and(|main| main.folder == mask.series),
    }
}

fn scores(case: &str) -> Vec<(MarkRole, Score)> {
    let folder = tempfile::tempdir().unwrap();
    write(case, folder.path(), &|_, _| {}, &|| false).unwrap();
    let (truth, masks) = (truth(case).unwrap(), truth_masks(case).unwrap());
    let found = find(&[folder.path().to_path_buf()], &Limits::default(), &|_, _| {}, &|| false);
    let mut scores = Vec::new();
    for stack in &found.stacks {
        let place = stack.sources.first().unwrap().path.parent().unwrap();
        let judged: Vec<&TruthMask> = masks
            .iter()
            .filter(|mask| place.ends_with(&mask.series) && !mask.voxels.is_empty() && is_judged(&truth, mask))
            .collect();
        if judged.is_empty() {
            continue;
        }
        let volume = stack.info.empty_volume();
        volume.slices.par_iter().enumerate().for_each(|(k, slice)| {
            let data = read_grid_slice(&stack.info, k as u32, &stack.sources, &Limits::default()).unwrap();
            slice.set(data).unwrap();
        });
        for mask in judged {
            let score = score(&volume, mask);
            println!(
                "{case} {} {} {}: Dice {:.3} (lowest {:.3}), corrected {:.3}",
                mask.series,
                mask.lesion,
                mask.role.code(),
                part(&score.plain, 0.5),
                part(&score.plain, 0.0),
                part(&score.corrected, 0.5),
            );
            scores.push((mask.role, score));
        }
    }
    scores
}

/// One lesion in a box of its own, with room around for what an outline may wrongly take.
struct Judge {
    low: [u32; 3],
    size: [usize; 3],
    truth: Vec<bool>,
    spacing_mm: [f64; 3],
}

impl Judge {
    fn new(volume: &Volume, mask: &TruthMask) -> Self {
        let spacing_mm = volume.grid.spacing_mm;
        let end = |axis: usize, most: bool| {
            let all = mask.voxels.iter().map(|voxel| voxel[axis]);
            if most { all.max() } else { all.min() }.unwrap()
        };
        let room = spacing_mm.map(|mm| (60.0 / mm) as u32);
        let low = [0, 1, 2].map(|axis| end(axis, false).saturating_sub(room[axis]));
        let size = [0, 1, 2].map(|axis| {
            let high = (end(axis, true) + room[axis]).min(volume.grid.dims[axis] - 1);
            (high - low[axis]) as usize + 1
        });
        let mut judge = Self { low, size, truth: vec![false; size.iter().product()], spacing_mm };
        for voxel in &mask.voxels {
            let at = judge.offset(*voxel);
            judge.truth[at] = true;
        }
        judge
    }

    fn offset(&self, voxel: [u32; 3]) -> usize {
        let [i, j, k] = [0, 1, 2].map(|axis| (voxel[axis] - self.low[axis]) as usize);
        (k * self.size[1] + j) * self.size[0] + i
    }

    fn voxel(&self, offset: usize) -> VoxelIndex {
        let [width, height, _] = self.size;
        let at = [offset % width, offset / width % height, offset / (width * height)];
        let [i, j, k] = [0, 1, 2].map(|axis| f64::from(self.low[axis]) + at[axis] as f64);
        VoxelIndex::new(i, j, k)
    }

    fn marked(&self, mask: &Mask) -> Vec<bool> {
        let place = |offset: usize| {
            let at = self.voxel(offset);
            mask.contains(at.i as u32, at.j as u32, at.k as u32)
        };
        (0..self.truth.len()).map(place).collect()
    }

    fn dice(&self, found: &[bool]) -> f64 {
        let both = found.iter().zip(&self.truth).filter(|(a, b)| **a && **b).count();
        let sum = found.iter().chain(&self.truth).filter(|marked| **marked).count();
        2.0 * both as f64 / sum.max(1) as f64
    }

    fn depth(&self, of: &[bool]) -> Vec<f32> {
        let others: Vec<bool> = of.iter().map(|marked| !marked).collect();
        distances_mm(&others, self.size, self.spacing_mm)
    }
}

fn score(volume: &Volume, mask: &TruthMask) -> Score {
    let judge = Judge::new(volume, mask);
    let depth = judge.depth(&judge.truth);
    let deepest = depth.iter().fold(0.0f32, |a, b| a.max(*b));
    let middle: Vec<usize> = (0..depth.len()).filter(|n| depth[*n] >= deepest / 2.0).collect();
    let mut state =
        mask.series.bytes().chain(mask.lesion.bytes()).fold(7u64, |a, b| a.wrapping_mul(31) ^ u64::from(b)) | 1;
    let mut score = Score { plain: Vec::new(), corrected: Vec::new(), seconds: Vec::new() };
    for _ in 0..CLICKS {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let at = volume.grid.to_patient(judge.voxel(middle[(state % middle.len() as u64) as usize]));
        let mut click = Click::new(at, mask.role);
        let begun = Instant::now();
        let outlined = outline_at(volume, &click).unwrap();
        score.seconds.push(begun.elapsed().as_secs_f64());
        let mut found = judge.marked(&outlined);
        score.plain.push(judge.dice(&found));
        for _ in 0..CORRECTIONS {
            let wrong: Vec<bool> = found.iter().zip(&judge.truth).map(|(a, b)| a != b).collect();
            let depth = judge.depth(&wrong);
            let Some((worst, mm)) = depth.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)) else { break };
            if *mm < 1.5 {
                break;
            }
            click.hints.push(Hint { at: volume.grid.to_patient(judge.voxel(worst)), inside: judge.truth[worst] });
            let again = judge.marked(&outline_at(volume, &click).unwrap());
            // A reader keeps the better one.
            if judge.dice(&again) < judge.dice(&found) {
                break;
            }
            found = again;
        }
        score.corrected.push(judge.dice(&found));
    }
    score
}

/// Distances on 256 x 256 x 160 voxels with two threads.
fn distances() {
    rayon::ThreadPoolBuilder::new().num_threads(2).build_global().unwrap();
    let dims = [256usize, 256, 160];
    let ball = |n: usize, [x, y, z]: [f64; 3], r: f64| {
        let [i, j, k] = [n % 256, n / 256 % 256, n / 65_536].map(|v| v as f64);
        (i - x).powi(2) + (j - y).powi(2) + (k - z).powi(2) < r * r
    };
    let shapes: [(&str, &dyn Fn(usize) -> bool); 3] = [
        ("inside a ball", &|n| !ball(n, [128.0, 120.0, 80.0], 70.0)),
        ("from scattered points", &|n| n.wrapping_mul(2_654_435_761) % 100_003 < 40),
        ("around two balls", &|n| ball(n, [100.0, 120.0, 80.0], 30.0) || ball(n, [160.0, 150.0, 90.0], 15.0)),
    ];
    for (name, shape) in shapes {
        let seeds: Vec<bool> = (0..dims.iter().product::<usize>()).map(shape).collect();
        let mut sum = 0.0;
        let times: Vec<f64> = (0..9)
            .map(|_| {
                let begun = Instant::now();
                let far = distances_mm(&seeds, dims, [0.8, 0.7, 2.5]);
                let seconds = begun.elapsed().as_secs_f64();
                sum = far.iter().map(|mm| f64::from(*mm)).sum();
                seconds
            })
            .collect();
        println!("{name}: median {:.3} s, sum {sum:.0} mm", part(&times, 0.5));
    }
}
