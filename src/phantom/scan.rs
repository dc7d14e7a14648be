//! The scanner: turns shapes into CT numbers on a grid.

use super::Phase;
use super::anatomy::{self, Item};
use super::course::{Case, VisitPlan};
use super::noise;
use super::shape::{Extent, coverage};
use super::tissue::of_phase;
use crate::geometry::{Grid, PatientDirection, PatientPoint, SpaceId, VoxelIndex};

/// Columns and rows.
pub(super) const PIXELS: u32 = 192;
/// Slices.
pub(super) const SLICES: u32 = 32;
/// Pixel spacing, mm.
pub(super) const PIXEL_MM: f64 = 1.9;
/// Slice spacing and thickness, mm.
pub(super) const SLICE_MM: f64 = 5.0;
/// Stored value outside the field of view.
pub(super) const PADDING: i16 = -2000;
/// Rescale intercept.
pub(super) const INTERCEPT: i16 = -1024;

/// Where the middle of the field of view lies, LPS mm.
const CENTRE_Y_MM: f64 = 9.0;
/// Noise in the liver, HU.
const NOISE_HU: f32 = 11.0;

/// The grid of a visit's series, slices from feet to head.
pub(super) fn grid(visit: &VisitPlan, space: String) -> Grid {
    let half = f64::from(PIXELS - 1) * PIXEL_MM / 2.0;
    let lowest = visit.top_mm - f64::from(SLICES - 1) * SLICE_MM;
    Grid {
        origin: PatientPoint::new(-half, CENTRE_Y_MM - half, lowest),
        axes: [PatientDirection::LEFT, PatientDirection::POSTERIOR, PatientDirection::SUPERIOR],
        spacing_mm: [PIXEL_MM, PIXEL_MM, SLICE_MM],
        dims: [PIXELS, PIXELS, SLICES],
        space: SpaceId(space),
    }
}

/// Everything to paint at a visit, each with its box.
pub(super) fn scene(case: &Case, visit: usize) -> Vec<(Item, Extent)> {
    let mut items = anatomy::body();
    for lesion in &case.lesions {
        lesion.paint(visit, &mut items);
    }
    items
        .into_iter()
        .map(|item| {
            let extent = item.shape.extent().grown(item.edge_mm);
            (item, extent)
        })
        .collect()
}

/// CT numbers of one slice without noise, in each phase: the mean over the slice's thickness.
pub(super) fn paint_slice(scene: &[(Item, Extent)], visit: &VisitPlan, grid: &Grid, slice: u32) -> Vec<[f32; 2]> {
    /// Planes that a thick slice is averaged from.
    const PLANES: u32 = 3;
    let columns = grid.dims[0];
    let mut sum = vec![[0.0f32; 2]; grid.slice_len()];
    let mut row_values = vec![[0.0f64; 2]; columns as usize];
    for plane in 0..PLANES {
        let k = f64::from(slice) + (f64::from(plane) + 0.5) / f64::from(PLANES) - 0.5;
        let z = (grid.to_patient(VoxelIndex::new(0.0, 0.0, k)) - visit.shift).z;
        let here: Vec<_> = scene.iter().filter(|(_, e)| e.low.z <= z && z <= e.high.z).collect();
        for (j, row) in sum.chunks_exact_mut(columns as usize).enumerate() {
            let start = grid.to_patient(VoxelIndex::new(0.0, j as f64, k)) - visit.shift;
            row_values.fill([0.0; 2]);
            for (item, extent) in here.iter().filter(|(_, e)| e.low.y <= start.y && start.y <= e.high.y) {
                let hu = item.tissue.hu();
                let first = ((extent.low.x - start.x) / PIXEL_MM).ceil().max(0.0) as usize;
                let last = ((extent.high.x - start.x) / PIXEL_MM).floor().min(f64::from(columns - 1));
                if last < 0.0 {
                    continue;
                }
                for (i, values) in row_values.iter_mut().enumerate().take(last as usize + 1).skip(first) {
                    let at = PatientPoint::new(start.x + i as f64 * PIXEL_MM, start.y, start.z);
                    let part = coverage(item.shape.distance_mm(at), item.edge_mm);
                    if part > 0.0 {
                        for (value, hu) in values.iter_mut().zip(hu) {
                            *value += (hu - *value) * part;
                        }
                    }
                }
            }
            for (sum, values) in row.iter_mut().zip(&row_values) {
                for (sum, value) in sum.iter_mut().zip(values) {
                    *sum += *value as f32 / PLANES as f32;
                }
            }
        }
    }
    sum
}

/// What the scanner stores for one slice of one phase: with noise, rounded, and padded outside the field of view.
pub(super) fn expose(painted: &[[f32; 2]], phase: Phase, seed: u64) -> Vec<i16> {
    let grain = noise::grain(seed, PIXELS as usize, PIXELS as usize);
    let half = f64::from(PIXELS - 1) / 2.0;
    let radius = f64::from(PIXELS) / 2.0;
    let mut stored = Vec::with_capacity(painted.len());
    for (offset, (values, grain)) in painted.iter().zip(&grain).enumerate() {
        let (i, j) = (offset % PIXELS as usize, offset / PIXELS as usize);
        let (x, y) = ((i as f64 - half) / radius, (j as f64 - half) / radius);
        let from_centre = x * x + y * y;
        if from_centre > 1.0 {
            stored.push(PADDING);
            continue;
        }
        let clean = of_phase(*values, phase);
        // More noise deep in the body, little in lung, none in air. Values are even (in lung every eighth), because
        // noise does not pack: each bit of it costs 100 kB a series.
        let (level, step) = match clean {
            ..-980.0 => (0.0, 8.0),
            ..-700.0 => (0.6, 8.0),
            _ => (1.25 - 0.55 * from_centre as f32, 2.0),
        };
        let hu = ((clean + grain * NOISE_HU * level) / step).round() * step;
        stored.push(hu.clamp(-1024.0, 3071.0) as i16 - INTERCEPT);
    }
    stored
}
