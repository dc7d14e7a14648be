//! What loading a series takes of the machine's memory, measured as the system counts it.

use super::support::ct::{CtSlice, write_ct_slice};
use ablation_review::command_line::{self, Asked};
use ablation_review::dicom::{Limits, find};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

const FOLDER: &str = "ABLATION_REVIEW_TEST_MEMORY";
const PIXELS: u16 = 512;
const SHORT: u32 = 8;
const LONG: u32 = 108;

fn write_slice(path: &Path, number: u32) {
    let slice = CtSlice { uid: "1.2.3", date: "20250106", number, pixels: PIXELS, pixel_mm: 0.7, slice_mm: 1.0 };
    let pixels = usize::from(PIXELS) * usize::from(PIXELS);
    write_ct_slice(path, &slice, (0..pixels).map(|n| (n % 1_511) as u16 ^ number as u16).collect());
}

/// A folder with a series of so many slices.
fn series(place: &Path, slices: u32) -> PathBuf {
    let folder = place.join(slices.to_string());
    std::fs::create_dir(&folder).unwrap();
    for slice in 0..slices {
        write_slice(&folder.join(format!("{slice:03}.dcm")), slice);
    }
    folder
}

/// In a process of its own: runs `volume` and says how much memory that took at most.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let found = find(&[PathBuf::from(&folder)], &Limits::default(), &|_, _| {}, &|| false);
    let id = OsString::from(&found.stacks.first().unwrap().info.id);
    drop(found);
    let out = Path::new(&folder).with_extension("nii").into_os_string();
    let args: [OsString; 7] =
        ["ablation-review".into(), "volume".into(), folder, "--series".into(), id, "--out".into(), out];
    let (mut told, mut said) = (Vec::new(), Vec::new());
    let done = command_line::run(args, &mut told, &mut said);
    assert!(matches!(done, Asked::Done(0)), "{}", String::from_utf8_lossy(&said));
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    println!("\npeak {}", peak.trim());
}

/// Peak of resident memory of a process that reads a series, bytes.
fn peak_bytes(folder: &Path) -> f64 {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "memory::child", "--nocapture"]).env(FOLDER, folder);
    let said = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let line = said.lines().find_map(|line| line.strip_prefix("peak ")).unwrap_or_else(|| panic!("{said}"));
    line.split_whitespace().next().unwrap().parse::<f64>().unwrap() * 1_024.0
}

#[test]
fn a_volume_takes_little_more_memory_than_its_voxels() {
    let place = tempfile::tempdir().unwrap();
    // Beside a short series, for the program's own code is in memory too while it runs.
    let [short, long] = [SHORT, LONG].map(|slices| peak_bytes(&series(place.path(), slices)));
    let voxels = 2.0 * f64::from(PIXELS) * f64::from(PIXELS) * f64::from(LONG - SHORT);
    let part = (long - short) / voxels;
    println!("{part:.3} of the voxels");
    assert!(part > 0.9, "the series was not read: {part:.3} of the voxels");
    assert!(part < 1.25, "{part:.3} of the voxels");
}
