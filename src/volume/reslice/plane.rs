//! Rectangles of pixels in patient space, and the grids that cut a volume in the planes of the body.

use crate::geometry::{Anatomical, Grid, PatientDirection, PatientPoint, PatientVector, Plane, Rigid, VoxelIndex};

/// A reformatted picture has at most so many pixels along an edge; larger volumes get larger pixels.
const MOST_PX: f64 = 1024.0;

/// A rectangle of pixels in patient space.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Section {
    /// Centre of the first pixel.
    pub origin: PatientPoint,
    /// Directions of growing column and row.
    pub axes: [PatientDirection; 2],
    /// At right angles to both, towards growing slices.
    pub normal: PatientDirection,
    /// Distance between pixel centres along columns and rows, mm.
    pub spacing_mm: [f64; 2],
    /// Columns and rows.
    pub size: [u32; 2],
}

impl Section {
    /// The section that a slice of a grid is; fractions lie between two slices.
    #[must_use]
    pub fn of(grid: &Grid, slice: f64) -> Self {
        let [right, down, along] = grid.axes;
        let normal = grid.normal();
        Self {
            origin: grid.to_patient(VoxelIndex::new(0.0, 0.0, slice)),
            axes: [right, down],
            normal: if normal.cosine(along) < 0.0 { -normal } else { normal },
            spacing_mm: [grid.spacing_mm[0], grid.spacing_mm[1]],
            size: [grid.dims[0], grid.dims[1]],
        }
    }

    /// The same section where a movement takes it: to ask another stack for what belongs at its pixels.
    #[must_use]
    pub fn moved(&self, by: &Rigid) -> Self {
        let [right, down] = self.axes;
        Self {
            origin: by.apply(self.origin),
            axes: [by.apply_direction(right), by.apply_direction(down)],
            normal: by.apply_direction(self.normal),
            ..*self
        }
    }

    /// Where a pixel's centre is, `off_mm` along the normal.
    #[must_use]
    pub fn place(&self, column: f64, row: f64, off_mm: f64) -> PatientPoint {
        self.origin
            + self.axes[0].times_mm(column * self.spacing_mm[0])
            + self.axes[1].times_mm(row * self.spacing_mm[1])
            + self.normal.times_mm(off_mm)
    }

    /// The longest step along the normal that crosses at most one voxel along each axis of a grid, mm.
    pub(super) fn step_through_mm(&self, grid: &Grid) -> f64 {
        step_along_mm(grid, self.normal)
    }
}

/// The longest step in a direction that crosses at most one voxel along each axis of a grid, mm.
fn step_along_mm(grid: &Grid, direction: PatientDirection) -> f64 {
    let here = grid.to_index(grid.origin);
    let there = grid.to_index(grid.origin + direction.times_mm(1.0));
    let most = (there.i - here.i).abs().max((there.j - here.j).abs()).max((there.k - here.k).abs());
    1.0 / most.max(1e-6)
}

/// The grid that cuts a volume in a plane of the body: square pixels as fine as the volume's finest, slices as far
/// apart as its voxels are in that direction, all of the volume covered. Where the volume lies in the plane already,
/// its slices are met exactly.
///
/// Pictures are seen as radiologists do: axial from the feet, coronal from the front, sagittal from the patient's
/// left; `turn` turns the plane about the middle of the volume (an oblique plane), none keeps it.
#[must_use]
pub fn reformat_grid(volume: &Grid, plane: Anatomical, turn: Option<&Rigid>) -> Grid {
    const DOWN: PatientVector = PatientVector::new(0.0, 0.0, -1.0);
    let (left, posterior, superior) = (PatientDirection::LEFT, PatientDirection::POSTERIOR, PatientDirection::SUPERIOR);
    let inferior = DOWN.direction().unwrap_or(superior);
    let axes = match plane {
        Anatomical::Axial => [left, posterior, superior],
        Anatomical::Coronal => [left, inferior, posterior],
        Anatomical::Sagittal => [posterior, inferior, left],
    };
    let axes = turn.map_or(axes, |turn| axes.map(|axis| turn.apply_direction(axis)));

    let middle = volume.centre();
    // How far the outermost voxel centres reach from the middle along each direction, mm.
    let reach = axes.map(|axis| {
        let corner = |axis_of_volume: usize| {
            let half = f64::from(volume.dims[axis_of_volume].saturating_sub(1)) / 2.0;
            (half * volume.spacing_mm[axis_of_volume] * volume.axes[axis_of_volume].cosine(axis)).abs()
        };
        (0..3).map(corner).sum::<f64>()
    });
    let finest = volume.spacing_mm.into_iter().fold(f64::INFINITY, f64::min);
    let pixel_mm = finest.max(2.0 * reach[0].max(reach[1]) / (MOST_PX - 1.0));
    let spacing_mm = [pixel_mm, pixel_mm, step_along_mm(volume, axes[2])];
    let dims = [0, 1, 2].map(|n| (2.0 * reach[n] / spacing_mm[n] + 1e-6).floor().clamp(0.0, 65_535.0) as u32 + 1);
    let first = |n: usize| axes[n].times_mm(-f64::from(dims[n] - 1) / 2.0 * spacing_mm[n]);
    Grid { origin: middle + (first(0) + first(1) + first(2)), axes, spacing_mm, dims, space: volume.space.clone() }
}

/// Where a plane crosses a section, as the two ends (column and row) of a line on its pixels; `None` where they do not
/// meet, and where they are so close to parallel (within 10 degrees) that a line would tell nothing.
#[must_use]
pub fn crossing(section: &Section, plane: &Plane) -> Option<[(f64, f64); 2]> {
    const PARALLEL_COSINE: f64 = 0.985;
    if section.normal.cosine(plane.normal).abs() > PARALLEL_COSINE {
        return None;
    }
    // The distance from the plane is linear in column and row: d + a * column + b * row = 0 is the line.
    let d = plane.distance_mm(section.place(0.0, 0.0, 0.0));
    let a = plane.distance_mm(section.place(1.0, 0.0, 0.0)) - d;
    let b = plane.distance_mm(section.place(0.0, 1.0, 0.0)) - d;
    let [width, height] = section.size.map(|n| (-0.5, f64::from(n) - 0.5));
    let mut ends: Vec<(f64, f64)> = Vec::new();
    for column in [width.0, width.1] {
        let row = -(d + a * column) / b;
        if row >= height.0 && row <= height.1 {
            ends.push((column, row));
        }
    }
    for row in [height.0, height.1] {
        let column = -(d + b * row) / a;
        if column >= width.0 && column <= width.1 {
            ends.push((column, row));
        }
    }
    let apart = |p: &(f64, f64), q: &(f64, f64)| (p.0 - q.0).hypot(p.1 - q.1);
    let first = *ends.first()?;
    let far = *ends.iter().max_by(|p, q| apart(p, &first).total_cmp(&apart(q, &first)))?;
    (apart(&first, &far) > 1e-6).then_some([first, far])
}
