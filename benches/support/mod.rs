//! What the benches measure on: a made-up patient with two CT studies of 512 x 512 pixels, so that the figures
//! mean the same on every machine, with or without data.

#![allow(dead_code)] // each bench uses its part

#[path = "../../tests/support/ct.rs"]
mod ct;

use ablation_review::clinical::MarkRole;
use ablation_review::workbench::room::Pane;
use ablation_review::workbench::{DEFAULT_BUDGET_BYTES, Executor, Request, Setup, Tool, Workbench};
use ct::{CtSlice, write_ct_slice};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Pixels of a slice, each way.
pub const PIXELS: u16 = 512;
/// Slices of a study.
pub const SLICES: u32 = 40;
/// The dates of the two studies.
const DATES: [&str; 2] = ["20250106", "20250210"];
const ROLES: [MarkRole; 3] = [MarkRole::Tumour, MarkRole::AblationZone, MarkRole::ViableTumour];

/// Writes the two studies below a folder: 1 x 1 x 2.5 mm, uncompressed.
pub fn write_patient(folder: &Path) {
    for (study, date) in DATES.into_iter().enumerate() {
        let below = folder.join(date);
        std::fs::create_dir_all(&below).unwrap();
        for slice in 0..SLICES {
            write_slice(&below.join(format!("{slice:03}.dcm")), study as u32, date, slice);
        }
    }
}

/// A round body with rings and noise, another in each slice.
fn pixels(study: u32, slice: u32) -> Vec<u16> {
    let half = f64::from(PIXELS) / 2.0;
    let mut noise = 0x9e37_79b9_u32 ^ (study << 16 | slice);
    let mut out = Vec::with_capacity(usize::from(PIXELS) * usize::from(PIXELS));
    for row in 0..PIXELS {
        for column in 0..PIXELS {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let (x, y) = (f64::from(column) - half, f64::from(row) - half);
            let r = x.hypot(y);
            let rings = 40.0 * (r / 12.0 + f64::from(slice) / 3.0).sin();
            let hu = if r < 220.0 { 60.0 + rings + f64::from(noise >> 27) } else { -1000.0 };
            out.push((hu.round() as i16 + 1024) as u16);
        }
    }
    out
}

fn write_slice(path: &Path, study: u32, date: &str, number: u32) {
    let uid = format!("2.25.1234567.{study}");
    let slice = CtSlice { uid: &uid, date, number, pixels: PIXELS, pixel_mm: 1.0, slice_mm: 2.5 };
    write_ct_slice(path, &slice, pixels(study, number));
}

/// A workbench without a window, all work done at once.
pub fn workbench(user_folder: &Path) -> Workbench {
    Workbench::new(Setup {
        executor: Executor::Inline,
        wake: Arc::new(|| {}),
        clock: Arc::new(chrono::Utc::now),
        user_folder: user_folder.to_owned(),
        budget_bytes: DEFAULT_BUDGET_BYTES,
    })
}

/// Waits until everything asked for is done and on disk.
pub fn settle(bench: &mut Workbench) {
    bench.pump();
    while bench.is_busy() {
        std::thread::sleep(std::time::Duration::from_micros(50));
        bench.pump();
    }
}

/// Does one thing and waits for it.
pub fn ask(bench: &mut Workbench, request: Request) {
    bench.ask(request);
    settle(bench);
}

/// Makes a project of the images below a folder, with three marks on every slice of both panes.
pub fn marked_project(images: &Path, folder: &Path) -> PathBuf {
    let path = folder.join("bench.ablation");
    let mut bench = workbench(folder);
    ask(&mut bench, Request::NewProject(path.clone()));
    ask(&mut bench, Request::Open(vec![images.to_owned()]));
    ask(&mut bench, Request::SetReader("BE".into()));
    ask(&mut bench, Request::AddLesion { pane: 0 });
    for (n, role) in ROLES.into_iter().enumerate() {
        ask(&mut bench, Request::Use(Tool::Brush(role)));
        ask(&mut bench, Request::BrushRadius(14.0 + 8.0 * n as f64));
        for pane in 0..bench.room().panes().len() {
            for slice in 0..SLICES {
                ask(&mut bench, Request::SetSlice { pane, slice });
                bench.ask(Request::BeginStroke { pane, at: (240.0 + f64::from(slice), 250.0) });
                ask(&mut bench, Request::EndStroke);
            }
        }
    }
    let document = bench.document().unwrap();
    assert_eq!(document.stacks().count(), 2, "two series were written");
    let slices: usize =
        document.marks().map(|mark| document.mask(mark.info.id).map_or(0, |mask| mask.slices().len())).sum();
    assert_eq!(slices, ROLES.len() * 2 * SLICES as usize, "every slice has three marks");
    assert!(bench.room().panes().iter().all(|pane| matches!(pane, Pane::Stack(_))), "both panes show a stack");
    path
}
