//! Slices between those that were outlined by hand, along any of the three axes of an image.
//!
//! Shape-based interpolation (Raya, Udupa 1990, IEEE TMI 9:32): each outlined slice becomes the signed distance from its
//! outline; between two of them the distances are mixed in proportion, and what lies above zero is inside.

use super::block::Block;
use super::{Mask, MaskError, distances_mm};
use rayon::prelude::*;

/// What lies this close to the line between inside and outside is on it, mm, so that rounding decides nothing.
const ON_LINE_MM: f64 = 1e-4;

/// The mark with all gaps between its outlined slices along an axis filled (0: along rows, 1: along columns, 2: along
/// slices). Slices that are outlined stay as they are.
///
/// Two outlines that lie apart are moved onto each other on the way, as their centres move in a straight line.
///
/// # Errors
/// When the result cannot be held by the grid.
pub fn interpolated(mask: &Mask, axis: usize) -> Result<Mask, MaskError> {
    let axis = axis.min(2);
    // One voxel of margin within the slice: distances to what is not marked need some of it.
    let mut margin = [1; 3];
    margin[axis] = 0;
    let Some(mut block) = Block::around(mask, margin) else { return Ok(mask.clone()) };
    let (u, v) = ((axis + 1) % 3, (axis + 2) % 3);
    let flat = [block.size[u], block.size[v]];
    let spacing = mask.grid().spacing_mm;
    let strides = [1, block.size[0], block.size[0] * block.size[1]];
    let at = |n: usize, x: usize, y: usize| n * strides[axis] + x * strides[u] + y * strides[v];
    let slice = |n: usize| -> Vec<bool> {
        (0..flat[1]).flat_map(|y| (0..flat[0]).map(move |x| (x, y))).map(|(x, y)| block.marked[at(n, x, y)]).collect()
    };
    let outlined: Vec<(usize, Outlined)> = (0..block.size[axis])
        .into_par_iter()
        .filter_map(|n| Some((n, Outlined::of(slice(n), flat, [spacing[u], spacing[v]])?)))
        .collect();
    let gaps: Vec<(usize, f64, &Outlined, &Outlined)> = outlined
        .windows(2)
        .flat_map(|pair| {
            let ((from, a), (to, b)) = (&pair[0], &pair[1]);
            (from + 1..*to).map(move |n| (n, (n - from) as f64 / (to - from) as f64, a, b))
        })
        .collect();
    let between: Vec<(usize, Vec<bool>)> =
        gaps.into_par_iter().map(|(n, part, a, b)| (n, a.mixed(b, part, flat))).collect();
    for (n, inside) in between {
        for (offset, marked) in inside.into_iter().enumerate() {
            block.marked[at(n, offset % flat[0], offset / flat[0])] = marked;
        }
    }
    block.mask(mask.grid())
}

/// An outlined slice: signed distance from its outline (above zero inside), mm, and its middle.
struct Outlined {
    signed: Vec<f32>,
    inside: Vec<bool>,
    middle: [f64; 2],
}

impl Outlined {
    fn of(inside: Vec<bool>, [width, height]: [usize; 2], [across, down]: [f64; 2]) -> Option<Self> {
        let count = inside.iter().filter(|marked| **marked).count();
        if count == 0 {
            return None;
        }
        let outside: Vec<bool> = inside.iter().map(|marked| !marked).collect();
        let dims = [width, height, 1];
        let (to_in, to_out) =
            (distances_mm(&inside, dims, [across, down, 1.0]), distances_mm(&outside, dims, [across, down, 1.0]));
        let signed = to_in.iter().zip(&to_out).map(|(a, b)| b - a).collect();
        let mut middle = [0.0; 2];
        for (n, _) in inside.iter().enumerate().filter(|(_, marked)| **marked) {
            middle[0] += (n % width) as f64 / count as f64;
            middle[1] += (n / width) as f64 / count as f64;
        }
        Some(Self { signed, inside, middle })
    }

    /// What is inside on the way to another slice.
    fn mixed(&self, other: &Self, part: f64, [width, height]: [usize; 2]) -> Vec<bool> {
        let touch = self.inside.iter().zip(&other.inside).any(|(a, b)| *a && *b);
        if touch {
            let mix = |(a, b): (&f32, &f32)| (1.0 - part) * f64::from(*a) + part * f64::from(*b) > ON_LINE_MM;
            return self.signed.iter().zip(&other.signed).map(mix).collect();
        }
        // Apart: both are moved to where the middle is on its way.
        let way = [0, 1].map(|axis| other.middle[axis] - self.middle[axis]);
        let value = |signed: &[f32], x: f64, y: f64| {
            let (x, y) = (x.round().clamp(0.0, width as f64 - 1.0), y.round().clamp(0.0, height as f64 - 1.0));
            f64::from(signed[y as usize * width + x as usize])
        };
        (0..width * height)
            .map(|n| {
                let (x, y) = ((n % width) as f64, (n / width) as f64);
                let a = value(&self.signed, x - part * way[0], y - part * way[1]);
                let b = value(&other.signed, x + (1.0 - part) * way[0], y + (1.0 - part) * way[1]);
                (1.0 - part) * a + part * b > ON_LINE_MM
            })
            .collect()
    }
}
