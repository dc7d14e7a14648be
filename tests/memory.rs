//! What loading a series takes of the machine's memory, measured as the system counts it.

use super::support::ct::{CtSlice, write_ct_slice};
use ablation_review::command_line::{self, Asked};
use ablation_review::dicom::{Limits, find};
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

const FOLDER: &str = "ABLATION_REVIEW_TEST_MEMORY";
const SERIES: &str = "ABLATION_REVIEW_TEST_MEMORY_SERIES";
const PIXELS: u16 = 512;
const SLICES: u32 = 100;

fn write_slice(path: &Path, number: u32) {
    let slice = CtSlice { uid: "1.2.3", date: "20250106", number, pixels: PIXELS, pixel_mm: 0.7, slice_mm: 1.0 };
    let pixels = usize::from(PIXELS) * usize::from(PIXELS);
    write_ct_slice(path, &slice, (0..pixels).map(|n| (n % 1_511) as u16 ^ number as u16).collect());
}

/// In a process of its own: runs `volume`, or nothing, and says how much memory that took at most.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    if let Some(series) = std::env::var_os(SERIES) {
        let out = Path::new(&folder).with_extension("nii").into_os_string();
        let args: [OsString; 7] =
            ["ablation-review".into(), "volume".into(), folder, "--series".into(), series, "--out".into(), out];
        let (mut told, mut said) = (Vec::new(), Vec::new());
        let done = command_line::run(args, &mut told, &mut said);
        assert!(matches!(done, Asked::Done(0)), "{}", String::from_utf8_lossy(&said));
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    println!("\npeak {}", peak.trim());
}

/// Peak of resident memory of a process, bytes.
fn peak_bytes(folder: &Path, series: Option<&str>) -> f64 {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "memory::child", "--nocapture"]).env(FOLDER, folder);
    if let Some(series) = series {
        command.env(SERIES, series);
    }
    let said = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let line = said.lines().find_map(|line| line.strip_prefix("peak ")).unwrap_or_else(|| panic!("{said}"));
    line.split_whitespace().next().unwrap().parse::<f64>().unwrap() * 1_024.0
}

#[test]
fn a_volume_takes_little_more_memory_than_its_voxels() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("series");
    std::fs::create_dir(&folder).unwrap();
    for slice in 0..SLICES {
        write_slice(&folder.join(format!("{slice:03}.dcm")), slice);
    }
    let found = find(std::slice::from_ref(&folder), &Limits::default(), &|_, _| {}, &|| false);
    let series = found.stacks.first().unwrap().info.id.clone();
    let over = peak_bytes(&folder, Some(&series)) - peak_bytes(&folder, None);
    let voxels = 2.0 * f64::from(PIXELS) * f64::from(PIXELS) * f64::from(SLICES);
    println!("{:.3} of the voxels", over / voxels);
    assert!(over > voxels, "the series was not read");
    assert!(over < 1.25 * voxels, "{:.3} of the voxels", over / voxels);
}
