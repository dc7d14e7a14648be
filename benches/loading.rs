//! Loading a series into memory against SimpleITK: `cargo bench --bench loading -- FOLDER [PYTHON]`.
//!
//! FOLDER holds one series for each transfer syntax as `benches/peer/write.py` writes them, PYTHON is that of
//! `benches/peer/setup`. On both sides the time is from a path to all voxels in memory, discovery of the files
//! counted, from a warm cache; the two take turns, and the median of five counts. `-- list FOLDER` lists headers alone. Peak memory is that of a process
//! that does nothing else, minus an empty one's. Without PYTHON only this program is measured; without FOLDER
//! nothing is.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a bench that cannot start should say so and stop
#![allow(clippy::print_stdout)]

use ablation_review::dicom::{Limits, find, read_slice};
use ablation_review::volume::{SliceData, Volume};
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

const ROUNDS: usize = 5;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        // A process of its own for time and memory.
        ["once", folder] => once(Path::new(folder)),
        ["list", folder] => list(Path::new(folder)),
        ["empty"] => report(0.0, 0, 0),
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
    let start = Instant::now();
    let volume = load(folder);
    let seconds = start.elapsed().as_secs_f64();
    let bytes: usize = volume
        .slices
        .iter()
        .map(|slice| match slice.get().unwrap() {
            SliceData::I16(v) => 2 * v.len(),
            SliceData::U16(v) => 2 * v.len(),
            SliceData::F32(v) => 4 * v.len(),
            SliceData::Rgb8(v) => v.len(),
        })
        .sum();
    report(seconds, volume.slices.len(), bytes);
}

/// Headers only, five times: files and milliseconds.
fn list(folder: &Path) {
    let once = |_| {
        let start = Instant::now();
        let found = find(&[folder.to_owned()], &Limits::default(), &|_, _| {}, &|| false);
        let files = found.stacks.iter().map(|stack| stack.sources.len()).sum::<usize>() + found.skipped.len();
        (files, 1e3 * start.elapsed().as_secs_f64())
    };
    let rounds: Vec<(usize, f64)> = (0..ROUNDS).map(once).collect();
    let ms = median(rounds.iter().map(|(_, ms)| *ms).collect());
    println!("{} files listed in {ms:.0} ms", rounds[0].0);
}

/// Seconds, slices, bytes of voxels, peak of resident memory in bytes.
fn report(seconds: f64, slices: usize, bytes: usize) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak: u64 = peak.and_then(|kib| kib.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or_default();
    println!("{seconds} {slices} {bytes} {}", peak * 1_024);
}

fn run(command: &mut Command) -> [f64; 4] {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let numbers: Vec<f64> = text.split_whitespace().map(|number| number.parse().unwrap()).collect();
    numbers.try_into().unwrap()
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

fn all(folder: &Path, python: Option<&str>) {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.is_dir());
    folders.sort();
    let this = std::env::current_exe().unwrap();
    let peer = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peer/read.py");
    let ours = |args: &[&str]| run(Command::new(&this).args(args));
    let theirs = |args: &[&str]| python.map(|python| run(Command::new(python).arg(&peer).args(args)));
    let empty = ours(&["empty"])[3];
    let peer_empty = theirs(&["empty"]).map(|figures| figures[3]);
    println!("load {}", std::fs::read_to_string("/proc/loadavg").unwrap_or_default().trim());
    println!("syntax | ms | ms for a slice | peak / voxels | SimpleITK ms | its peak / voxels | times as fast");
    for folder in folders {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let path = folder.to_str().unwrap();
        let (mut our_rounds, mut peer_rounds) = (Vec::new(), Vec::new());
        ours(&["once", path]); // warms the cache
        for _ in 0..ROUNDS {
            our_rounds.push(ours(&["once", path]));
            peer_rounds.extend(theirs(&["once", path]));
        }
        let [_, slices, bytes, _] = our_rounds[0];
        let ms = |rounds: &[[f64; 4]]| 1e3 * median(rounds.iter().map(|figures| figures[0]).collect());
        let peak = |rounds: &[[f64; 4]], empty: f64| (median(rounds.iter().map(|f| f[3]).collect()) - empty) / bytes;
        let mine = ms(&our_rounds);
        print!("{name} | {mine:.0} | {:.2} | {:.2}", mine / slices, peak(&our_rounds, empty));
        match peer_empty.filter(|_| peer_rounds.iter().all(|figures| figures[1] == slices)) {
            Some(empty) => {
                let peer = ms(&peer_rounds);
                println!(" | {peer:.0} | {:.2} | {:.1}", peak(&peer_rounds, empty), peer / mine);
            }
            None => println!(" | not read | |"),
        }
    }
}
