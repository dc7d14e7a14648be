//! Signs that an outline ran out of what was clicked on (reading.md 5.5).

use crate::marks::Mask;
use crate::volume::{Unit, Volume};
use serde::{Deserialize, Serialize};

/// An outline this many times larger than that of the visit before has probably leaked.
const TOO_MUCH_LARGER: f64 = 3.0;

/// Below this there is gas, HU.
const GAS_HU: f64 = -300.0;

/// Gas in this many voxels inside or beside the outline is no noise.
const GAS_VOXELS: u32 = 6;

/// Why an outline may have leaked.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "sign", rename_all = "snake_case")]
pub enum Leak {
    /// More than three times the zone before.
    MuchLarger {
        /// How many times.
        times: f64,
    },
    /// It touches gas: lung, stomach, bowel.
    Gas,
}

impl std::fmt::Display for Leak {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::MuchLarger { times } => write!(f, "is {times:.1} times as large as before"),
            Self::Gas => f.write_str("touches gas"),
        }
    }
}

/// Signs that an outline leaked. `before_ml` is the same mark at the visit before; `in_lung` where gas around is what is
/// expected.
#[must_use]
pub fn leaks(mask: &Mask, volume: &Volume, before_ml: Option<f64>, in_lung: bool) -> Vec<Leak> {
    let mut signs = Vec::new();
    let now_ml = mask.voxel_count() as f64 * mask.grid().voxel_volume_ml();
    if let Some(before_ml) = before_ml.filter(|ml| *ml > 0.0 && now_ml > TOO_MUCH_LARGER * ml) {
        signs.push(Leak::MuchLarger { times: now_ml / before_ml });
    }
    if volume.unit == Unit::Hu && !in_lung && gas_voxels(mask, volume) >= GAS_VOXELS {
        signs.push(Leak::Gas);
    }
    signs
}

/// Gas inside, or one voxel before or behind a marked run.
fn gas_voxels(mask: &Mask, volume: &Volume) -> u32 {
    let columns = mask.grid().dims[0];
    let gas = |i: u32, j: u32, k: u32| volume.value(i, j, k).is_some_and(|v| v < GAS_HU);
    let mut count = 0;
    for (k, runs) in mask.slices() {
        for (row, first, end) in runs.rows(columns) {
            count += (first.saturating_sub(1)..=end).filter(|i| gas(*i, row, *k)).count() as u32;
        }
    }
    count
}
