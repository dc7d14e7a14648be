//! Loading a series into memory against SimpleITK: `cargo bench --bench loading -- FOLDER [PYTHON]`.
//!
//! FOLDER holds a folder for each transfer syntax as `benches/peer/write.py` writes them, PYTHON is that of
//! `benches/peer/setup`. On both sides the time is from a path to all voxels in memory, discovery of the files
//! counted, from a warm cache, each time in a process of its own; the two take turns, and a sum over the voxels shows
//! that they read the same. CPU time is told beside wall time, for it says much the same on a busy machine; there,
//! `chrt -f 10` before the program gives both sides the cores to themselves. Peak memory is that of a process that does
//! nothing else, minus an empty one's. Without PYTHON only this program is measured; without FOLDER nothing is.
//! `-- list FOLDER` lists headers alone; `-- voxels FILE` writes what `write.py` asks for.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a bench that cannot start should say so and stop
#![allow(clippy::print_stdout)]

use ablation_review::dicom::{Limits, find, read_slice};
use ablation_review::phantom;
use ablation_review::volume::{SliceData, Volume};
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

const ROUNDS: usize = 7;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        // A process of its own for time and memory.
        ["once", folder] => once(Path::new(folder)),
        ["list", folder] => list(Path::new(folder)),
        ["voxels", file] => voxels(Path::new(file)),
        ["empty"] => Run { peak: peak(), ..Run::default() }.tell(),
        [folder, rest @ ..] => all(Path::new(folder), rest.first().copied()),
        [] => println!("loading: no folder given; see benches/loading.rs"),
    }
}

/// The way of the workbench: find, then every slice on all cores into the volume.
fn load(folder: &Path) -> Volume {
    let found = find(&[folder.to_owned()], &Limits::default(), &|_, _| {}, &|| false);
    let stack = found.stacks.first().unwrap_or_else(|| panic!("{}: {:?}", folder.display(), found.skipped.first()));
    let volume = stack.info.empty_volume();
    stack.sources.par_iter().enumerate().for_each(|(k, source)| {
        volume.slices[k].set(read_slice(&stack.info, k as u32, source, &Limits::default()).unwrap()).unwrap();
    });
    volume
}

fn once(folder: &Path) {
    let (start, cpu) = (Instant::now(), cpu_s());
    let volume = load(folder);
    let mut run = Run { wall_s: start.elapsed().as_secs_f64(), cpu_s: cpu_s() - cpu, peak: peak(), ..Run::default() };
    for (k, slice) in volume.slices.iter().enumerate() {
        let SliceData::I16(values) = slice.get().unwrap() else { panic!("no signed CT") };
        run.slices += 1.0;
        run.bytes += (2 * values.len()) as f64;
        run.sum += values.iter().enumerate().map(|(n, v)| i64::from(*v) * (n % 251 + k) as i64).sum::<i64>() as f64;
    }
    run.tell();
}

/// What one process tells of itself.
#[derive(Clone, Copy, Default)]
struct Run {
    wall_s: f64,
    cpu_s: f64,
    slices: f64,
    bytes: f64,
    peak: f64,
    sum: f64,
}

impl Run {
    fn tell(self) {
        let Self { wall_s, cpu_s, slices, bytes, peak, sum } = self;
        println!("{wall_s} {cpu_s} {slices} {bytes} {peak} {sum}");
    }

    fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let numbers: Vec<f64> = text.split_whitespace().map(|number| number.parse().unwrap()).collect();
        let [wall_s, cpu_s, slices, bytes, peak, sum] = *numbers else { panic!("{text}") };
        Self { wall_s, cpu_s, slices, bytes, peak, sum }
    }
}

/// CPU time of all threads so far, from what the scheduler counts in nanoseconds; 0 where the system does not say.
fn cpu_s() -> f64 {
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else { return 0.0 };
    let of = |folder: PathBuf| {
        std::fs::read_to_string(folder.join("schedstat")).ok()?.split(' ').next()?.parse::<f64>().ok()
    };
    threads.flatten().filter_map(|thread| of(thread.path())).sum::<f64>() * 1e-9
}

/// Peak of resident memory, bytes.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|kib| kib.trim().strip_suffix(" kB")?.parse::<f64>().ok()).unwrap_or_default() * 1_024.0
}

/// Headers only: files and milliseconds.
fn list(folder: &Path) {
    let once = |_| {
        let start = Instant::now();
        let found = find(&[folder.to_owned()], &Limits::default(), &|_, _| {}, &|| false);
        let files = found.stacks.iter().map(|stack| stack.sources.len()).sum::<usize>() + found.skipped.len();
        (files, 1e3 * start.elapsed().as_secs_f64())
    };
    let rounds: Vec<(usize, f64)> = (0..ROUNDS).map(once).collect();
    let ms: Vec<f64> = rounds.iter().map(|(_, ms)| *ms).collect();
    println!("{} files listed in {:.1} ms, at best {:.1} ms", rounds[0].0, median(ms.clone()), least(ms));
}

/// The first visit of the sample study on a grid of 512 x 512 x 120, 16-bit numbers. What is finer than the sample is
/// noise, new in every pixel: it is what a lossless coder spends its bits on.
fn voxels(file: &Path) {
    const DIMS: [usize; 3] = [512, 512, 120];
    let folder = tempfile::tempdir().unwrap();
    phantom::write(phantom::FIRST_CASE, folder.path(), &|_, _| {}, &|| false).unwrap();
    let sample = load(folder.path());
    let dims = sample.grid.dims.map(|n| n as usize);
    let stored = |[i, j, k]: [usize; 3]| match sample.slices[k].get() {
        Some(SliceData::I16(values)) => f64::from(values[j * dims[0] + i]),
        _ => panic!("the sample is no signed CT"),
    };
    // The pixels before and after a place, and how far it lies between them.
    let between = |at: usize, axis: usize| {
        let place = at as f64 * (dims[axis] - 1) as f64 / (DIMS[axis] - 1) as f64;
        let before = (place as usize).min(dims[axis] - 2);
        (before, place - before as f64)
    };
    let slice = |k: usize| {
        let mut bytes = Vec::with_capacity(2 * DIMS[0] * DIMS[1]);
        for at in 0..DIMS[0] * DIMS[1] {
            let places = [between(at % DIMS[0], 0), between(at / DIMS[0], 1), between(k, 2)];
            let corners = (0..8).map(|corner| {
                let after = [0, 1, 2].map(|axis| corner >> axis & 1);
                let weights =
                    [0, 1, 2].map(|axis| if after[axis] == 1 { places[axis].1 } else { 1.0 - places[axis].1 });
                stored([0, 1, 2].map(|axis| places[axis].0 + after[axis])) * weights.iter().product::<f64>()
            });
            let rescale = sample.rescale[places[2].0];
            let hu = rescale.apply(corners.sum()).max(-1000.0);
            let near = [(0, 0), (1, 0), (0, 1), (1, 1)];
            let grain: f64 = near.iter().map(|(i, j)| noise([at % DIMS[0] + i, at / DIMS[0] + j, k])).sum();
            // Four numbers from -1 to 1 have a standard deviation of 1.155 together.
            let hu = hu + grain / 1.155 * if hu < -900.0 { 6.0 } else { 11.0 };
            bytes.extend((hu.round().clamp(-1024.0, 3071.0) as i16).to_le_bytes());
        }
        bytes
    };
    let slices: Vec<Vec<u8>> = (0..DIMS[2]).into_par_iter().map(slice).collect();
    std::fs::write(file, slices.concat()).unwrap();
}

/// A number from -1 to 1 that comes from a place alone (SplitMix64).
fn noise([i, j, k]: [usize; 3]) -> f64 {
    let mut z = ((k * 1_024 + j) * 1_024 + i) as u64;
    z = z.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

fn least(all: Vec<f64>) -> f64 {
    all.into_iter().fold(f64::INFINITY, f64::min)
}

fn of(rounds: &[Run], value: impl Fn(&Run) -> f64) -> Vec<f64> {
    rounds.iter().map(value).collect()
}

fn all(folder: &Path, python: Option<&str>) {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.is_dir());
    folders.sort();
    let this = std::env::current_exe().unwrap();
    let peer = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peer/read.py");
    let ours = |args: &[&str]| Run::of(Command::new(&this).args(args));
    let theirs = |args: &[&str]| python.map(|python| Run::of(Command::new(python).arg(&peer).args(args)));
    let empty = ours(&["empty"]).peak;
    let peer_empty = theirs(&["empty"]).map_or(0.0, |run| run.peak);
    println!("median (best) of {ROUNDS}, ms; peak memory over an empty process in voxels");
    println!("syntax | wall | CPU | peak | SimpleITK wall | CPU | peak | times as fast: wall (best), CPU | load");
    for folder in folders {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let path = folder.to_str().unwrap();
        let (mut our_rounds, mut peer_rounds) = (Vec::new(), Vec::new());
        ours(&["once", path]); // warms the cache
        for _ in 0..ROUNDS {
            our_rounds.push(ours(&["once", path]));
            peer_rounds.extend(theirs(&["once", path]));
        }
        let [mine, its] = [(&our_rounds, empty), (&peer_rounds, peer_empty)].map(|(rounds, empty)| {
            let first = rounds.first().copied().unwrap_or_default();
            let same = |run: &Run| (run.slices, run.sum) == (our_rounds[0].slices, our_rounds[0].sum);
            (first.slices > 0.0).then(|| {
                assert!(rounds.iter().all(same), "{name}: other voxels");
                let (wall, cpu) = (of(rounds, |run| 1e3 * run.wall_s), of(rounds, |run| 1e3 * run.cpu_s));
                let peak = (median(of(rounds, |run| run.peak)) - empty) / first.bytes;
                [median(wall.clone()), least(wall), median(cpu), peak]
            })
        });
        let tell = |figures: Option<[f64; 4]>| match figures {
            Some([wall, best, cpu, peak]) => format!("{wall:.0} ({best:.0}) | {cpu:.0} | {peak:.2}"),
            None => "not read | |".to_owned(),
        };
        let times =
            mine.zip(its).map_or_else(String::new, |([wall, best, cpu, _], [its_wall, its_best, its_cpu, _])| {
                format!("{:.1} ({:.1}), {:.1}", its_wall / wall, its_best / best, its_cpu / cpu)
            });
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let load = load.split(' ').next().unwrap_or_default().to_owned();
        println!("{name} | {} | {} | {times} | {load}", tell(mine), tell(its));
    }
}
