//! What is measured of an uptake map inside a mark: the highest value, and the highest mean over a ball of 1 ml.

use super::Mask;
use crate::geometry::{PatientPoint, Rigid, VoxelIndex};
use crate::volume::{Unit, Volume};

/// Radius of a ball of 1 ml, mm: (3 / (4 pi) x 1000)^(1/3).
pub const PEAK_RADIUS_MM: f64 = 6.203_504_908_994_001;

/// Samples along the diameter of that ball.
const SAMPLES: i32 = 9;

/// Highest uptake in a mark (SUVbw).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Uptake {
    /// The highest value of a voxel whose centre lies in the mark.
    pub max: f64,
    /// The highest mean over a ball of 1 ml whose middle is a voxel centre in the mark (Wahl 2009, PERCIST, J Nucl Med
    /// 50 suppl 1:122S); none where no such ball lies in the image.
    pub peak: Option<f64>,
    /// The middle of that ball, in the space of the uptake map.
    pub peak_at: Option<PatientPoint>,
}

/// The uptake inside a mark; `None` where the map is not in SUVbw, or no voxel of it lies in the mark.
///
/// The voxels of the map are asked, not those of the mark. `link` takes places of the mark's space to the map's.
#[must_use]
pub fn uptake(mask: &Mask, map: &Volume, link: &Rigid) -> Option<Uptake> {
    if map.unit != Unit::SuvBw || !map.is_volume {
        return None;
    }
    let mut best: Option<Uptake> = None;
    for (at, value) in voxels_inside(mask, map, link) {
        let mut so_far = best.unwrap_or(Uptake { max: value, peak: None, peak_at: None });
        so_far.max = so_far.max.max(value);
        if let Some(mean) = mean_around(map, at).filter(|mean| so_far.peak.is_none_or(|peak| *mean > peak)) {
            (so_far.peak, so_far.peak_at) = (Some(mean), Some(at));
        }
        best = Some(so_far);
    }
    best
}

/// The centres and values of a map's voxels that lie in a mark, in the order of the map.
fn voxels_inside(mask: &Mask, map: &Volume, link: &Rigid) -> Vec<(PatientPoint, f64)> {
    let Some(bounds) = mask.bounds() else { return Vec::new() };
    let (mut low, mut high) = ([f64::INFINITY; 3], [f64::NEG_INFINITY; 3]);
    for corner in 0..8 {
        let [i, j, k] = [0, 1, 2].map(|axis| {
            let (first, last) = bounds[axis];
            if corner >> axis & 1 == 0 { f64::from(first) - 0.5 } else { f64::from(last) + 0.5 }
        });
        let at = map.grid.to_index(link.apply(mask.grid().to_patient(VoxelIndex::new(i, j, k))));
        for (axis, v) in [at.i, at.j, at.k].into_iter().enumerate() {
            (low[axis], high[axis]) = (low[axis].min(v), high[axis].max(v));
        }
    }
    let range = |axis: usize| {
        let last = f64::from(map.grid.dims[axis]);
        let first = low[axis].ceil().clamp(0.0, last) as u32;
        first..(high[axis].floor() + 1.0).clamp(f64::from(first), last) as u32
    };
    let back = link.inverse();
    let mut inside = Vec::new();
    for k in range(2) {
        for j in range(1) {
            for i in range(0) {
                let at = map.grid.to_patient(VoxelIndex::new(f64::from(i), f64::from(j), f64::from(k)));
                let own = mask.grid().to_index(back.apply(at));
                let [a, b, c] = [own.i, own.j, own.k].map(f64::round);
                if a >= 0.0 && b >= 0.0 && c >= 0.0 && mask.contains(a as u32, b as u32, c as u32) {
                    inside.extend(map.value(i, j, k).map(|value| (at, value)));
                }
            }
        }
    }
    inside
}

/// The mean over a ball of 1 ml, of samples between the voxels; `None` where it leaves the image.
fn mean_around(map: &Volume, middle: PatientPoint) -> Option<f64> {
    let step = 2.0 * PEAK_RADIUS_MM / f64::from(SAMPLES);
    let off = |n: i32| (f64::from(n) + 0.5) * step - PEAK_RADIUS_MM;
    let (mut sum, mut count) = (0.0, 0.0);
    for z in (0..SAMPLES).map(off) {
        for y in (0..SAMPLES).map(off) {
            for x in (0..SAMPLES).map(off) {
                if x * x + y * y + z * z <= PEAK_RADIUS_MM * PEAK_RADIUS_MM {
                    sum += map.sample(PatientPoint::new(middle.x + x, middle.y + y, middle.z + z))?;
                    count += 1.0;
                }
            }
        }
    }
    Some(sum / count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::marks::inside::tests::ramp;
    use crate::marks::mask::tests::{fill, grid};

    #[test]
    fn the_radius_is_that_of_one_ml() {
        assert!((4.0 / 3.0 * std::f64::consts::PI * PEAK_RADIUS_MM.powi(3) - 1000.0).abs() < 1e-9);
    }

    #[test]
    fn in_a_ramp_the_peak_is_the_value_in_the_middle() {
        let mut map = ramp(grid([4.0; 3], [12, 12, 12]));
        let mask =
            fill(map.grid.clone(), |p| (12.0..=28.0).contains(&p.x) && (16.0..=24.0).contains(&p.y) && p.z == 20.0);
        assert_eq!(uptake(&mask, &map, &Rigid::IDENTITY), None, "HU are no uptake");
        map.unit = Unit::SuvBw;
        let found = uptake(&mask, &map, &Rigid::IDENTITY).unwrap();
        // Highest at i 7, j 6, k 5; a ball in a linear field has the mean of its middle.
        assert_eq!(found.max, 7.0 + 60.0 + 500.0);
        assert!((found.peak.unwrap() - 567.0).abs() < 1e-6, "{found:?}");
        assert_eq!(found.peak_at, Some(PatientPoint::new(28.0, 24.0, 20.0)));
    }

    #[test]
    fn a_single_hot_voxel_counts_for_its_part_of_the_ball() {
        let mut map = ramp(grid([4.0; 3], [12, 12, 12]));
        map.unit = Unit::SuvBw;
        for k in 0..12 {
            let values: Vec<i16> = (0..144).map(|n| if k == 6 && n == 6 * 12 + 6 { 1100 } else { 1000 }).collect();
            map.slices[k] = std::sync::OnceLock::from(crate::volume::SliceData::I16(values.into()));
        }
        let mask = fill(map.grid.clone(), |p| p.distance_mm(PatientPoint::new(24.0, 24.0, 24.0)) < 9.0);
        let found = uptake(&mask, &map, &Rigid::IDENTITY).unwrap();
        assert_eq!(found.max, 100.0);
        // 64 mm3 of 1000 mm3.
        assert!((found.peak.unwrap() - 6.4).abs() < 0.6, "{found:?}");
    }
}
