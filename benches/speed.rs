//! Speed of what stands between a file and the screen, without a window: `cargo bench --bench speed`.
//!
//! Reading is measured on the folder `ct_abdomen` of the real data that `ABLATION_REVIEW_DATA` names, else on 35
//! slices made here. What the window adds is measured by `benches/ring.rs`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a bench that cannot start should say so and stop

#[path = "support/thousand.rs"]
mod thousand;

mod support;

use ablation_review::clinical::{MarkId, MarkRole};
use ablation_review::dicom::{Found, FoundStack, Limits, find, read_slice};
use ablation_review::geometry::Rigid;
use ablation_review::marks::{Mask, RleSlice, Run, SlicePoint, capsule, disc, outline_on, slice_outlines};
use ablation_review::phantom;
use ablation_review::project::{By, OpenAs, Project, edits};
use ablation_review::render::Luts;
use ablation_review::volume::{Volume, Window};
use ablation_review::workbench::{Request, Tool};
use divan::{Bencher, black_box};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

fn main() {
    divan::main();
}

/// The study that is read, kept for as long as the program runs.
static STUDY: LazyLock<PathBuf> = LazyLock::new(|| {
    let data = std::env::var_os("ABLATION_REVIEW_DATA").map(|data| PathBuf::from(data).join("ct_abdomen"));
    data.filter(|folder| folder.is_dir()).unwrap_or_else(|| {
        let folder = tempfile::tempdir().unwrap().keep();
        support::write_patient(&folder);
        folder.join("20250106")
    })
});

static STACK: LazyLock<FoundStack> = LazyLock::new(|| list().stacks.into_iter().next().unwrap());

static VOLUME: LazyLock<Volume> = LazyLock::new(|| read(&STACK));

fn list() -> Found {
    find(std::slice::from_ref(&*STUDY), &Limits::default(), &|_, _| {}, &|| false)
}

fn read(stack: &FoundStack) -> Volume {
    use rayon::prelude::*;
    let volume = stack.info.empty_volume();
    stack.sources.par_iter().enumerate().for_each(|(k, source)| {
        let slice = read_slice(&stack.info, k as u32, source, &Limits::default()).unwrap();
        volume.slices[k].set(slice).unwrap();
    });
    volume
}

/// One visit of a sample in four phases of 512 x 512 x 60, made and written: what somebody waits for who opens a
/// sample for the first time.
#[divan::bench(sample_count = 5)]
fn make_a_visit(bencher: Bencher) {
    let text = include_str!("../sample_data/cases/liver-01.toml");
    let visits: Vec<usize> = text.match_indices("[[visits]]").map(|(at, _)| at).collect();
    let folder = tempfile::tempdir().unwrap();
    let recipe = folder.path().join("visit.toml");
    // The second visit alone.
    std::fs::write(&recipe, format!("{}{}", &text[..visits[0]], &text[visits[1]..visits[2]])).unwrap();
    let mut round = 0;
    bencher.bench_local(|| {
        round += 1;
        let out = folder.path().join(round.to_string());
        let written = phantom::write(&recipe.to_string_lossy(), &out, &|_, _| {}, &|| false).unwrap();
        assert_eq!(written.images, 240);
        std::fs::remove_dir_all(out).unwrap();
    });
}

/// Headers only: what a dropped folder waits for before it is listed.
#[divan::bench]
fn list_headers(bencher: Bencher) {
    LazyLock::force(&STUDY);
    bencher.bench_local(list);
}

/// Headers, then the middle slice.
#[divan::bench]
fn drop_to_first_slice(bencher: Bencher) {
    LazyLock::force(&STUDY);
    bencher.bench_local(|| {
        let found = list();
        let stack = found.stacks.first().unwrap();
        let middle = stack.sources.len() / 2;
        read_slice(&stack.info, middle as u32, &stack.sources[middle], &Limits::default()).unwrap()
    });
}

/// Headers, then every slice on all cores.
#[divan::bench]
fn drop_to_all_slices(bencher: Bencher) {
    LazyLock::force(&STUDY);
    bencher.bench_local(|| read(list().stacks.first().unwrap()));
}

/// One slice through the window's lookup table to the pixels of a texture.
#[divan::bench]
fn slice_to_pixels(bencher: Bencher) {
    let (volume, mut luts) = (&*VOLUME, Luts::new());
    let window = Window::new(40.0, 400.0);
    bencher.bench_local(|| luts.pixels(volume, 10, window, false, |[r, g, b]| [r, g, b, 255]).unwrap());
}

/// A lesion-sized slice of a mark: a disc of 30 mm.
fn disc_of_30_mm() -> RleSlice {
    disc(&VOLUME.grid, SlicePoint::new(256.0, 256.0), 15.0)
}

/// Its outline on its own slice.
#[divan::bench]
fn outline_of_a_mark(bencher: Bencher) {
    let slice = disc_of_30_mm();
    bencher.bench_local(|| slice_outlines(black_box(&slice), VOLUME.grid.dims[0]));
}

/// Its outline on another stack, moved by a link.
#[divan::bench]
fn outline_through_a_link(bencher: Bencher) {
    let mut mask = Mask::new(VOLUME.grid.clone()).unwrap();
    for k in 5..15 {
        mask.add(k, &disc_of_30_mm()).unwrap();
    }
    let rigid = Rigid::IDENTITY;
    bencher.bench_local(|| outline_on(black_box(&mask), &VOLUME.grid, 10, &rigid));
}

/// One movement of the brush.
#[divan::bench]
fn brush_segment(bencher: Bencher) {
    let (from, to) = (SlicePoint::new(250.0, 250.0), SlicePoint::new(258.0, 254.0));
    bencher.bench_local(|| capsule(black_box(&VOLUME.grid), from, to, 10.0));
}

/// A stroke of 28 kB committed to a project on this disk: mark, journal row, one transaction.
#[divan::bench(sample_count = 50, sample_size = 1)]
fn commit_28_kb(bencher: Bencher) {
    let folder = tempfile::tempdir().unwrap();
    let (mut project, mark) = project_with_a_mark(folder.path());
    let mask = Mask::clone(project.document().mask(mark).unwrap());
    let mut whole = mask.clone();
    whole.add(7, &comb(28_000)).unwrap();
    let delta = mask.delta_to(&whole).unwrap();
    let by = By { reader: project.document().readers().next().map(|reader| reader.id), at: chrono::Utc::now() };
    bencher.bench_local(|| {
        // The delta is its own inverse: every second commit takes the stroke away again.
        let edit = edits::mark_stroke(project.document(), mark, delta.clone(), None).unwrap();
        project.commit(edit, by).unwrap();
    });
}

/// What the cohort screen works out when it is opened, of a thousand patients with four visits each.
#[divan::bench]
fn cohort_of_a_thousand(bencher: Bencher) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("thousand.ablation");
    thousand::write(&path);
    let mut bench = support::workbench(folder.path());
    support::ask(&mut bench, Request::Open(vec![path]));
    bencher.bench_local(|| {
        let rows = bench.cohort_rows();
        assert_eq!(rows.len(), thousand::PATIENTS as usize);
        rows
    });
}

/// Runs that take so many bytes in the file.
fn comb(bytes: usize) -> RleSlice {
    let mut runs = 1000;
    loop {
        let slice = RleSlice::from_runs((0..runs).map(|n| Run { start: n * 16, len: 7 }));
        if slice.to_bytes().len() >= bytes {
            return slice;
        }
        runs += 500;
    }
}

/// A project in which one mark was drawn.
fn project_with_a_mark(folder: &Path) -> (Project, MarkId) {
    let path = folder.join("commit.ablation");
    support::write_patient(&folder.join("images"));
    let mut bench = support::workbench(folder);
    support::ask(&mut bench, Request::NewProject(path.clone()));
    support::ask(&mut bench, Request::Open(vec![folder.join("images")]));
    support::ask(&mut bench, Request::SetReader("BE".into()));
    support::ask(&mut bench, Request::AddLesion { pane: 0 });
    support::ask(&mut bench, Request::Use(Tool::Brush(MarkRole::Tumour)));
    bench.ask(Request::BeginStroke { pane: 0, at: (256.0, 256.0) });
    support::ask(&mut bench, Request::EndStroke);
    drop(bench); // lets go of the file
    let project = Project::open(&path, OpenAs::Writer, "BE", chrono::Utc::now()).unwrap().project;
    let mark = project.document().marks().next().unwrap().info.id;
    (project, mark)
}
