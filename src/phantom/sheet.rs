//! A contact sheet of a case: what somebody looks at to see whether it is believable.
//!
//! A row for each lesion at each visit: the whole slice of the visit's main phase, then the surroundings of the lesion
//! in each phase, in the windows that lesions are read in (reading.md 4). Phases that were not scanned stay black.

use super::PhantomError;
use super::recipe::{Phase, Visit};
use super::study::{self, Study};
use crate::clinical::Organ;
use crate::geometry::PatientPoint;
use rayon::prelude::*;

/// A grey picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Columns of pixels.
    pub width: usize,
    /// Rows of pixels.
    pub height: usize,
    /// Brightness of each pixel, row by row.
    pub grey: Vec<u8>,
    /// What each row of pictures shows: visit and lesion.
    pub rows: Vec<(String, String)>,
    /// What each column of pictures shows.
    pub columns: Vec<String>,
}

/// Side of a picture, pixels.
const SIDE: usize = 260;
/// Side of what is shown around a lesion, mm.
const FIELD_MM: f64 = 96.0;
/// Gap between pictures, pixels.
const GAP: usize = 4;

/// Columns: a phase of CT stands beside the sequence of MR that answers the same question.
const COLUMNS: [(&str, &[Phase]); 8] = [
    ("unenhanced", &[Phase::Unenhanced, Phase::T1]),
    ("arterial", &[Phase::Arterial, Phase::T1Arterial]),
    ("portal venous", &[Phase::PortalVenous, Phase::T1PortalVenous]),
    ("delayed", &[Phase::Delayed, Phase::T1Delayed]),
    ("T2", &[Phase::T2]),
    ("b 800", &[Phase::Dwi800]),
    ("ADC", &[Phase::Adc]),
    ("PET", &[Phase::Pet]),
];

/// Centre and width of the window of a phase, HU.
pub(super) fn window(phase: Phase) -> (f64, f64) {
    match phase {
        Phase::Unenhanced => (50.0, 150.0),
        Phase::Arterial => (80.0, 250.0),
        Phase::PortalVenous => (100.0, 160.0),
        Phase::Delayed => (85.0, 150.0),
        Phase::T2 => (300.0, 600.0),
        Phase::Dwi50 | Phase::Dwi400 | Phase::Dwi800 => (80.0, 160.0),
        Phase::Adc => (1250.0, 2500.0),
        Phase::T1 => (350.0, 600.0),
        // SUV 0 to 7, in stored units: 40 is the largest number.
        Phase::Pet => (2867.0, 5734.0),
        _ => (500.0, 1000.0),
    }
}

/// The window of what surrounds a lesion: lung and bone have their own in CT.
fn lesion_window(organ: Organ, phase: Phase) -> (f64, f64) {
    match organ {
        Organ::Lung if phase.is_ct() => (-500.0, 1500.0),
        Organ::Bone if phase.is_ct() => (350.0, 1500.0),
        _ => window(phase),
    }
}

/// A row of the sheet.
struct Line<'a> {
    visit: &'a Visit,
    label: String,
    organ: Organ,
    at: PatientPoint,
}

/// The sheet of a study.
pub(super) fn sheet(study: &Study) -> Result<Sheet, PhantomError> {
    let truth = study::truth(study);
    let mut rows: Vec<Line<'_>> = Vec::new();
    for lesion in &truth.lesions {
        for at in &lesion.visits {
            let Some(visit) = study.visit(&at.visit) else { continue };
            let z = at.key.as_ref().map_or(at.place.z, |key| key.slice_z_mm);
            let at = PatientPoint::new(at.place.x, at.place.y, z);
            rows.push(Line { visit, label: lesion.label.clone(), organ: lesion.organ, at });
        }
    }
    let used = |(_, phases): &&(&str, &[Phase])| {
        rows.iter().any(|line| line.visit.phases().iter().any(|p| phases.contains(p)))
    };
    let shown: Vec<_> = COLUMNS.iter().filter(used).copied().collect();
    let columns = 1 + shown.len();
    let (width, height) = (columns * (SIDE + GAP) - GAP, rows.len() * (SIDE + GAP) - GAP);
    let mut grey = vec![0u8; width * height];
    let pictures: Vec<Vec<Option<Vec<u8>>>> = rows.par_iter().map(|line| row(study, line, &shown)).collect();
    for (n, pictures) in pictures.iter().enumerate() {
        for (m, picture) in pictures.iter().enumerate() {
            let Some(picture) = picture else { continue };
            for (j, line) in picture.chunks_exact(SIDE).enumerate() {
                let start = (n * (SIDE + GAP) + j) * width + m * (SIDE + GAP);
                if let Some(to) = grey.get_mut(start..start + SIDE) {
                    to.copy_from_slice(line);
                }
            }
        }
    }
    let names = shown.iter().map(|(name, _)| (*name).to_owned());
    Ok(Sheet {
        width,
        height,
        grey,
        rows: rows.into_iter().map(|line| (line.visit.id.clone(), line.label)).collect(),
        columns: std::iter::once("whole slice".to_owned()).chain(names).collect(),
    })
}

/// The pictures of a row: the whole slice, then each phase around the place.
fn row(study: &Study, line: &Line<'_>, shown: &[(&str, &[Phase])]) -> Vec<Option<Vec<u8>>> {
    let Line { visit, label, organ, at } = line;
    let (visit, organ, at) = (*visit, *organ, *at);
    let main = Study::main_phase(visit);
    let scan = visit.scan(main);
    let whole = f64::from(scan.matrix) * scan.pixel_mm;
    let middle = study::grid(visit, main, String::new()).centre();
    let overview = match organ {
        Organ::Lung if main.is_ct() => lesion_window(organ, main),
        _ if main.is_ct() => (40.0, 400.0),
        _ => window(main),
    };
    let first = picture(study, visit, main, PatientPoint::new(middle.x, middle.y, at.z), whole, overview);
    let phases = shown.iter().map(|(_, phases)| {
        let phase = visit.phases().into_iter().find(|phase| phases.contains(phase))?;
        // Each phase is another breath: the slice is the one through the same thing.
        let here = visit.lesions.iter().find(|at| at.label == *label);
        let z = here.and_then(|here| study.focus(visit, here, phase)).map_or(at.z, |focus| focus.z);
        let at = PatientPoint::new(at.x, at.y, z);
        Some(picture(study, visit, phase, at, FIELD_MM, lesion_window(organ, phase)))
    });
    std::iter::once(Some(first)).chain(phases).collect()
}

/// A part of a slice as it is stored, enlarged between pixels.
fn picture(study: &Study, visit: &Visit, phase: Phase, at: PatientPoint, field_mm: f64, window: (f64, f64)) -> Vec<u8> {
    let (grid, scan) = (study::grid(visit, phase, String::new()), visit.scan(phase));
    let slice = grid.nearest_slice(at).unwrap_or(0);
    let stored = study::exposed(study, visit, phase, slice);
    let n = scan.matrix as usize;
    let zero = if phase.is_ct() { 1024 } else { 0 };
    let hu = |i: usize, j: usize| {
        stored.get(j.min(n - 1) * n + i.min(n - 1)).map_or(-1024.0, |v| f64::from(v - zero).max(-1024.0))
    };
    let (centre, wide) = window;
    let start = grid.to_index(at);
    let step = field_mm / SIDE as f64 / scan.pixel_mm;
    let mut out = Vec::with_capacity(SIDE * SIDE);
    for row in 0..SIDE {
        for column in 0..SIDE {
            let place = |k: usize, middle: f64| middle + (k as f64 + 0.5 - SIDE as f64 / 2.0) * step;
            let (x, y) = (place(column, start.i), place(row, start.j));
            if x < 0.0 || y < 0.0 || x > n as f64 - 1.0 || y > n as f64 - 1.0 {
                out.push(0);
                continue;
            }
            let (i, j) = (x as usize, y as usize);
            let (u, v) = (x - i as f64, y - j as f64);
            let top = hu(i, j) * (1.0 - u) + hu(i + 1, j) * u;
            let bottom = hu(i, j + 1) * (1.0 - u) + hu(i + 1, j + 1) * u;
            let value = top * (1.0 - v) + bottom * v;
            out.push((((value - centre) / wide + 0.5) * 255.0).clamp(0.0, 255.0) as u8);
        }
    }
    out
}
