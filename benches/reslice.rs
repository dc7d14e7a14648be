//! Speed of other planes and slabs: `cargo bench --bench reslice -- [--peer PYTHON]`.
//!
//! A volume of 512 x 512 x 120 16-bit voxels of 0.75 x 0.75 x 3 mm; sections of 512 x 512 pixels of 0.7 mm lie
//! obliquely through its middle, interpolated linearly on two threads, thin and as the maximum of 20 mm. With the
//! Python of an environment that has vtk, `benches/peer/reslice.py` times the same sections with vtkImageReslice
//! before and after. Prints JSON.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use ablation_review::clinical::StackKey;
use ablation_review::geometry::{Anatomical, Grid, PatientDirection, PatientPoint, PatientVector, Rigid, SpaceId};
use ablation_review::volume::{Projection, Rescale, Section, Slab, SliceData, Unit, Volume, reformat_grid, reslice};
use serde_json::{Value, json};
use std::hint::black_box;
use std::time::Instant;

const DIMS: [u32; 3] = [512, 512, 120];
const THREADS: usize = 2;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let peer = arguments.iter().position(|argument| argument == "--peer").and_then(|at| arguments.get(at + 1));
    let volume = volume();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(THREADS).build().unwrap();
    let before = peer.map(|python| other(python));
    let oblique: Vec<Value> = [10.0f64, 25.0, 40.0, 60.0, 80.0]
        .into_iter()
        .map(|degrees| {
            let section = oblique(&volume.grid, degrees);
            json!({ "degrees": degrees, "thin_ms": pool.install(|| thin(&volume, &section)),
                "slab_20_mm_maximum_ms": pool.install(|| slab(&volume, &section)) })
        })
        .collect();
    let planes: Vec<Value> = [Anatomical::Axial, Anatomical::Coronal, Anatomical::Sagittal]
        .into_iter()
        .map(|plane| {
            let grid = reformat_grid(&volume.grid, plane, None);
            let section = Section::of(&grid, f64::from(grid.dims[2] / 2));
            json!({ "plane": format!("{plane:?}"), "thin_ms": pool.install(|| thin(&volume, &section)),
                "slab_20_mm_maximum_ms": pool.install(|| slab(&volume, &section)) })
        })
        .collect();
    let after = peer.map(|python| other(python));
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!(
        "{:#}",
        json!({ "threads": THREADS, "oblique": oblique, "planes": planes, "vtk_before": before, "vtk_after": after,
            "load_average": load.trim() })
    );
}

fn volume() -> Volume {
    let mut noise = 1u32;
    let slices = (0..DIMS[2]).map(|k| {
        let voxel = |at: u32| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((at % 512 / 4 + at / 512 / 3 + (noise >> 26)) as i16) - 3 * k as i16
        };
        SliceData::I16((0..512 * 512).map(voxel).collect()).into()
    });
    Volume {
        key: StackKey([1; 16]),
        grid: Grid {
            origin: PatientPoint::new(-192.0, -192.0, -180.0),
            axes: [PatientDirection::LEFT, PatientDirection::POSTERIOR, PatientDirection::SUPERIOR],
            spacing_mm: [0.75, 0.75, 3.0],
            dims: DIMS,
            space: SpaceId("1".into()),
        },
        slices: slices.collect(),
        rescale: vec![Rescale::default(); DIMS[2] as usize],
        unit: Unit::Hu,
        padding: None,
        small_is_bright: false,
        calibrated: true,
        is_volume: true,
        voi_tables: Vec::new(),
        overlays: Vec::new(),
    }
}

fn oblique(grid: &Grid, degrees: f64) -> Section {
    let axis = PatientVector::new(1.0, 0.4, 0.2).direction().unwrap();
    let turn = Rigid::rotation_about(grid.centre(), axis, degrees.to_radians());
    let axes = grid.axes.map(|axis| turn.apply_direction(axis));
    let half = 511.0 / 2.0 * 0.7;
    Section {
        origin: grid.centre() - axes[0].times_mm(half) - axes[1].times_mm(half),
        axes: [axes[0], axes[1]],
        normal: axes[2],
        spacing_mm: [0.7; 2],
        size: [512; 2],
    }
}

fn thin(volume: &Volume, section: &Section) -> f64 {
    median_ms(201, || drop(black_box(reslice(volume, section, None))))
}

fn slab(volume: &Volume, section: &Section) -> f64 {
    let slab = Slab { thickness_mm: 20.0, projection: Projection::Maximum };
    median_ms(41, || drop(black_box(reslice(volume, section, Some(slab)))))
}

fn median_ms(runs: usize, work: impl Fn()) -> f64 {
    let mut times: Vec<f64> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    (times[runs / 2] * 1000.0).round() / 1000.0
}

/// What the other toolkit takes, in a process of its own.
fn other(python: &str) -> Value {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peer/reslice.py");
    let output = std::process::Command::new(python).args([script, "101"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
