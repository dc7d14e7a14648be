//! Stored voxels and what turns them into values with a unit.

use super::{Bitmap, VoiFunction, VoiTable, Window};
use crate::clinical::StackKey;
use crate::geometry::Grid;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// The stored values of one slice, row by row, in the type the file can fill (u16 MR does not fit i16).
#[derive(Debug, Clone, PartialEq)]
pub enum SliceData {
    /// Signed, up to 16 bits.
    I16(Box<[i16]>),
    /// Unsigned, up to 16 bits.
    U16(Box<[u16]>),
    /// Anything wider.
    F32(Box<[f32]>),
    /// Colour, three bytes a pixel; has no value and no statistics.
    Rgb8(Box<[u8]>),
}

impl SliceData {
    /// The stored value at an offset; `None` outside the slice and for colour.
    #[must_use]
    pub fn stored(&self, offset: usize) -> Option<f64> {
        match self {
            Self::I16(v) => v.get(offset).map(|x| f64::from(*x)),
            Self::U16(v) => v.get(offset).map(|x| f64::from(*x)),
            Self::F32(v) => v.get(offset).map(|x| f64::from(*x)),
            Self::Rgb8(_) => None,
        }
    }

    /// Number of pixels.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::I16(v) => v.len(),
            Self::U16(v) => v.len(),
            Self::F32(v) => v.len(),
            Self::Rgb8(v) => v.len() / 3,
        }
    }

    /// Whether there is no pixel.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Stored value to value with a unit: `slope * stored + intercept` (PS3.3 C.11.1.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rescale {
    /// Rescale Slope (0028,1053).
    pub slope: f64,
    /// Rescale Intercept (0028,1052).
    pub intercept: f64,
}

impl Default for Rescale {
    fn default() -> Self {
        Self { slope: 1.0, intercept: 0.0 }
    }
}

impl Rescale {
    /// The value of a stored value.
    #[must_use]
    pub fn apply(self, stored: f64) -> f64 {
        self.slope * stored + self.intercept
    }
}

/// The unit of a volume's values; `None` when the file does not support one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// Hounsfield units.
    #[serde(rename = "HU")]
    Hu,
    /// Standardised uptake value by body weight.
    #[serde(rename = "SUVbw")]
    SuvBw,
    /// Becquerel per millilitre.
    #[serde(rename = "BQML")]
    BqMl,
    /// Square millimetres per second (ADC).
    #[serde(rename = "mm2/s")]
    Mm2PerS,
    /// No unit.
    #[serde(rename = "none")]
    None,
}

impl Unit {
    /// The code in files and beside a value; empty words for "none" are the caller's choice.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Hu => "HU",
            Self::SuvBw => "SUVbw",
            Self::BqMl => "BQML",
            Self::Mm2PerS => "mm2/s",
            Self::None => "none",
        }
    }
}

/// Stored values that mean "no image here" (PS3.3 C.7.5.1.1.2), both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Padding {
    /// Lowest padding value, stored.
    pub low: f64,
    /// Highest padding value, stored.
    pub high: f64,
}

impl Padding {
    /// Whether a stored value is padding.
    #[must_use]
    pub fn covers(self, stored: f64) -> bool {
        stored >= self.low && stored <= self.high
    }
}

/// A 3-D image, or pictures one behind the other, filled slice by slice.
#[derive(Debug)]
pub struct Volume {
    /// Which frames it is made of.
    pub key: StackKey,
    /// Where its voxels are. For pictures: pixel spacing in plane (1.0 when not calibrated), step 1.0.
    pub grid: Grid,
    /// One per slice of the grid, set once when read.
    pub slices: Vec<OnceLock<SliceData>>,
    /// One per slice.
    pub rescale: Vec<Rescale>,
    /// Unit of the rescaled values.
    pub unit: Unit,
    /// Stored values to leave out of windows and statistics.
    pub padding: Option<Padding>,
    /// MONOCHROME1: small values are shown bright.
    pub small_is_bright: bool,
    /// Whether lengths in plane are mm at the patient; otherwise they are pixels.
    pub calibrated: bool,
    /// Whether slices make a volume; otherwise nothing 3-D may be measured.
    pub is_volume: bool,
    /// The file's tables from value to grey, that windows name by their place.
    pub voi_tables: Vec<VoiTable>,
    /// What the file draws over its slices, one per slice, set once when read; empty where it draws nothing.
    pub overlays: Vec<OnceLock<Bitmap>>,
}

impl Volume {
    /// The stored slice, when it has been read.
    #[must_use]
    pub fn slice(&self, k: u32) -> Option<&SliceData> {
        self.slices.get(k as usize)?.get()
    }

    /// How many slices have been read.
    #[must_use]
    pub fn loaded_slices(&self) -> usize {
        self.slices.iter().filter(|slice| slice.get().is_some()).count()
    }

    /// Whether every slice has been read.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.slices.iter().all(|slice| slice.get().is_some())
    }

    /// What the file draws over a slice; `None` where it draws nothing or has not been read.
    #[must_use]
    pub fn overlay(&self, k: u32) -> Option<&Bitmap> {
        self.overlays.get(k as usize)?.get()
    }

    /// The table that a window's function names; `None` for the other functions.
    #[must_use]
    pub fn voi_table(&self, window: Window) -> Option<&VoiTable> {
        match window.function {
            VoiFunction::Table(n) => self.voi_tables.get(usize::from(n)),
            VoiFunction::Linear | VoiFunction::LinearExact | VoiFunction::Sigmoid => None,
        }
    }

    /// The value of one voxel in `unit`; `None` outside, not yet read, padding, without a value, or colour.
    #[must_use]
    pub fn value(&self, i: u32, j: u32, k: u32) -> Option<f64> {
        if i >= self.grid.dims[0] || j >= self.grid.dims[1] {
            return None;
        }
        let offset = j as usize * self.grid.dims[0] as usize + i as usize;
        let stored = self.slice(k)?.stored(offset)?;
        if self.padding.is_some_and(|padding| padding.covers(stored)) {
            return None;
        }
        Some(self.rescale.get(k as usize)?.apply(stored)).filter(|value| value.is_finite())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::geometry::{PatientDirection, PatientPoint, SpaceId};

    /// A small axial volume without a unit, filled from (i, j, k).
    pub fn volume(dims: [u32; 3], value: impl Fn(u32, u32, u32) -> i16) -> Volume {
        let [columns, rows, slices] = dims;
        let slice = |k: u32| {
            let data = (0..rows).flat_map(|j| (0..columns).map(move |i| (i, j))).map(|(i, j)| value(i, j, k));
            SliceData::I16(data.collect()).into()
        };
        Volume {
            key: StackKey([7; 16]),
            grid: Grid {
                origin: PatientPoint::new(-10.0, 20.0, 5.0),
                axes: [PatientDirection::LEFT, PatientDirection::POSTERIOR, PatientDirection::SUPERIOR],
                spacing_mm: [0.7, 0.8, 3.0],
                dims,
                space: SpaceId("1.2.3".into()),
            },
            slices: (0..slices).map(slice).collect(),
            rescale: vec![Rescale::default(); slices as usize],
            unit: Unit::None,
            padding: None,
            small_is_bright: false,
            calibrated: true,
            is_volume: true,
            voi_tables: Vec::new(),
            overlays: Vec::new(),
        }
    }

    #[test]
    fn trap_06_a_value_is_rescaled_and_padding_has_none() {
        let mut v = volume([3, 2, 2], |i, j, k| (i + 10 * j + 100 * k) as i16);
        v.rescale[1] = Rescale { slope: 2.0, intercept: -1024.0 };
        assert_eq!(v.value(2, 1, 0), Some(12.0));
        assert_eq!(v.value(2, 1, 1), Some(2.0 * 112.0 - 1024.0));
        assert_eq!(v.value(3, 0, 0), None); // not the first voxel of the next row
        assert_eq!(v.value(0, 2, 0), None);
        assert_eq!(v.value(0, 0, 2), None);
        v.padding = Some(Padding { low: 110.0, high: 112.0 }); // in stored values
        assert_eq!(v.value(2, 1, 1), None);
        assert_eq!(v.value(2, 1, 0), Some(12.0));
    }
}
