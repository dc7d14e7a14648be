//! Volume or pictures: the grid of a stack's frames, how its slices are made of them, and why there is none.

use super::found::{Shape, SliceRecipe};
use super::instance::{Instance, Object};
use super::limits::Limits;
use super::regular::{Stacking, stacking};
use crate::clinical::{Oddity, StackKey};
use crate::geometry::{Grid, PatientDirection, PatientVector, SpaceId};
use crate::volume::Padding;

/// The shape of a stack and what follows from it.
pub(super) struct Shaped {
    pub shape: Shape,
    pub oddities: Vec<Oddity>,
    pub recipes: Vec<SliceRecipe>,
    /// Where slices are larger than frames: what stands outside the frames.
    pub outside: Option<Padding>,
}

impl Shaped {
    fn pictures(why: Vec<Oddity>) -> Self {
        Self { shape: Shape::PictureStack { why: why.clone() }, oddities: why, recipes: Vec::new(), outside: None }
    }
}

/// Volume or pictures; with pictures, why. Instances are in the order of their places.
pub(super) fn shape(instances: &[Instance], key: StackKey, limits: &Limits) -> Shaped {
    let slices: Vec<&Instance> = instances.iter().collect();
    let Some(first) = slices.first().copied() else { return Shaped::pictures(Vec::new()) };
    let why = never(first);
    if !why.is_empty() {
        return Shaped::pictures(why);
    }
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let made = match stacking(&slices) {
        Stacking::Odd(odd) => Err(odd),
        Stacking::Even { normal, step_mm } => grid(first, slices.len(), normal, step_mm, key)
            .map(|grid| Shaped { shape: Shape::Volume(grid), oddities: Vec::new(), recipes: Vec::new(), outside: None })
            .map_err(|odd| vec![odd]),
        Stacking::OneMissing { normal, step_mm, before, gap_mm } => {
            let recipes = (0..=slices.len()).map(|slice| match slice.cmp(&(before + 1)) {
                std::cmp::Ordering::Less => SliceRecipe::Frame { frame: count(slice) },
                std::cmp::Ordering::Equal => {
                    SliceRecipe::Between { before: count(before), after: count(before + 1), fraction: 0.5 }
                }
                std::cmp::Ordering::Greater => SliceRecipe::Frame { frame: count(slice - 1) },
            });
            grid(first, slices.len() + 1, normal, step_mm, key)
                .map(|grid| Shaped {
                    shape: Shape::Volume(grid),
                    oddities: vec![Oddity::SliceInterpolated { slice: count(before + 2), gap_mm }],
                    recipes: recipes.collect(),
                    outside: None,
                })
                .map_err(|odd| vec![odd])
        }
        Stacking::Tilted { normal, step_mm, drift, degrees } => grid(first, slices.len(), normal, step_mm, key)
            .and_then(|grid| sheared(first, grid, drift, limits))
            .map(|(grid, recipes)| Shaped {
                shape: Shape::Volume(grid),
                oddities: vec![Oddity::Tilted { degrees, sheared: true }],
                recipes,
                outside: outside(instances),
            })
            .map_err(|odd| vec![Oddity::Tilted { degrees, sheared: false }, odd]),
    };
    made.unwrap_or_else(Shaped::pictures)
}

/// Why frames like this one never make a volume.
fn never(first: &Instance) -> Vec<Oddity> {
    let mut why = Vec::new();
    if first.file.object == Object::Frames {
        why.push(Oddity::NotYetAVolume { what: "several frames that share one header".into() });
    }
    if first.is_localizer() {
        why.push(Oddity::Localizer);
    }
    if first.is_secondary_capture() {
        why.push(Oddity::SecondaryCapture);
    }
    if first.acquisition.image_type.iter().any(|part| part == "MOSAIC") {
        why.push(Oddity::Other { text: "each picture is a mosaic of many slices".into() });
    }
    if first.file.format.shows_colour() {
        why.push(Oddity::Other { text: "colour pictures carry no measured values".into() });
    }
    why
}

fn grid(
    first: &Instance,
    slices: usize,
    normal: PatientDirection,
    step_mm: f64,
    key: StackKey,
) -> Result<Grid, Oddity> {
    let (Some(origin), Some([row, column])) = (first.position, first.orientation) else {
        return Err(Oddity::NoPosition);
    };
    let Some([along, down]) = first.pixel_spacing_mm else { return Err(Oddity::NotCalibrated) };
    let slices = u32::try_from(slices).unwrap_or(u32::MAX);
    let frame_of_reference = first.file.frame_of_reference_uid.clone();
    let grid = Grid {
        origin,
        axes: [row, column, normal],
        spacing_mm: [along, down, step_mm],
        dims: [first.file.format.columns, first.file.format.rows, slices],
        space: SpaceId(frame_of_reference.unwrap_or_else(|| format!("stack:{key}"))),
    };
    grid.check().map_err(|error| Oddity::Other { text: error.to_string() })?;
    Ok(grid)
}

/// The straight grid that holds every slice of a tilted stack whole: the frames' grid, grown along the drift.
/// The first frame keeps its pixels; each further one is moved by the drift.
fn sheared(
    first: &Instance,
    mut grid: Grid,
    drift: PatientVector,
    limits: &Limits,
) -> Result<(Grid, Vec<SliceRecipe>), Oddity> {
    let too_large = || Oddity::Other { text: "too many pixels to put the tilted slices on a straight grid".into() };
    let Some([row, column]) = first.orientation else { return Err(Oddity::NoPosition) };
    let [along, down, _] = grid.spacing_mm;
    let [columns, rows, slices] = grid.dims;
    let steps = f64::from(slices.saturating_sub(1));
    let step_px = [drift.dot(row.vector()) / along, drift.dot(column.vector()) / down];
    // Pixels before the first frame's own, and in all; a drift of rounding errors grows nothing.
    let grown = step_px.map(|step| {
        let far = step * steps;
        let far = if far.abs() < 1e-3 { 0.0 } else { far };
        ((-far).max(0.0).ceil(), far.abs().ceil())
    });
    let [(left, wider), (up, higher)] = grown;
    let size = |n: u32, more: f64| {
        let size = f64::from(n) + more;
        (size <= 65_535.0).then_some(size as u32).ok_or_else(too_large)
    };
    grid.dims = [size(columns, wider)?, size(rows, higher)?, slices];
    let frame_pixels = u64::from(grid.dims[0]) * u64::from(grid.dims[1]);
    if frame_pixels > limits.frame_pixels || frame_pixels.saturating_mul(u64::from(slices)) > limits.stack_pixels {
        return Err(too_large());
    }
    grid.origin = grid.origin + row.times_mm(-left * along) + column.times_mm(-up * down);
    let [across, below] = step_px;
    let moved = |frame: u32| SliceRecipe::Moved {
        frame,
        offset_px: [left + across * f64::from(frame), up + below * f64::from(frame)],
    };
    grid.check().map_err(|error| Oddity::Other { text: error.to_string() })?;
    Ok((grid, (0..slices).map(moved).collect()))
}

/// What stands outside the frames of a tilted stack: the file's own padding where all slices have the same,
/// else the stored value farthest from any that a scanner writes.
fn outside(instances: &[Instance]) -> Option<Padding> {
    let first = instances.first()?;
    if let Some(own) = first.padding
        && instances.iter().all(|i| i.padding == Some(own))
    {
        return Some(own);
    }
    let format = &first.file.format;
    let far = match (format.bits_allocated > 16, format.signed) {
        // Wider values are held as floating point, which has a value for "none".
        (true, _) => return None,
        (false, true) => f64::from(i16::MIN),
        (false, false) => f64::from(u16::MAX),
    };
    Some(Padding { low: far, high: far })
}
