//! Windowing through lookup tables.

use super::Picture;
use crate::volume::{Padding, Rescale, SliceData, Volume, Window};
use std::sync::Arc;

/// Tables kept: some panes, each with a window of its own, and the ones just left.
const KEPT: usize = 8;

/// Lookup tables from stored value to grey, kept for the windows in use. One table serves all slices with the
/// same window, rescale, padding and inversion.
#[derive(Debug, Default)]
pub struct Luts {
    /// The latest used last.
    recent: Vec<(Key, Arc<[u8]>)>,
}

/// All that a grey depends on beside the stored value.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Key {
    window: Window,
    rescale: Rescale,
    padding: Option<Padding>,
    inverted: bool,
    signed: bool,
}

impl Key {
    /// The grey of a stored value: windowed, inverted when small values are bright; padding is black either way.
    fn grey(&self, stored: f64) -> u8 {
        if self.padding.is_some_and(|padding| padding.covers(stored)) {
            return 0;
        }
        let grey = self.window.linear(self.rescale.apply(stored));
        if self.inverted { 255 - grey } else { grey }
    }
}

impl Luts {
    /// No table yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The pixels of a slice at its own resolution, row by row; `pixel` makes one from red, green and blue, so
    /// that a caller gets its own type without a second copy. `None` when the slice has not been read or does
    /// not have the size of the grid.
    ///
    /// MONOCHROME1 and `invert` each turn the greys round once. Colour passes through as it is.
    pub fn pixels<P>(
        &mut self,
        volume: &Volume,
        slice: u32,
        window: Window,
        invert: bool,
        pixel: impl Fn([u8; 3]) -> P,
    ) -> Option<Vec<P>> {
        let data = volume.slice(slice).filter(|data| data.len() == volume.grid.slice_len())?;
        let key = |signed| {
            Some(Key {
                window,
                rescale: *volume.rescale.get(slice as usize)?,
                padding: volume.padding,
                inverted: volume.small_is_bright != invert,
                signed,
            })
        };
        let grey = |grey: u8| pixel([grey; 3]);
        Some(match data {
            SliceData::I16(stored) => {
                let table = self.table(key(true)?);
                stored.iter().map(|v| grey(table[usize::from(v.cast_unsigned())])).collect()
            }
            SliceData::U16(stored) => {
                let table = self.table(key(false)?);
                stored.iter().map(|v| grey(table[usize::from(*v)])).collect()
            }
            SliceData::F32(stored) => {
                let key = key(true)?;
                stored.iter().map(|v| grey(key.grey(f64::from(*v)))).collect()
            }
            SliceData::Rgb8(bytes) => bytes.as_chunks::<3>().0.iter().map(|rgb| pixel(*rgb)).collect(),
        })
    }

    /// The table of a key: one grey for each of the 65,536 stored bit patterns.
    fn table(&mut self, key: Key) -> Arc<[u8]> {
        let found = self.recent.iter().position(|(other, _)| *other == key);
        let entry = match found {
            Some(at) => self.recent.remove(at),
            None => {
                let stored = |bits: u16| {
                    if key.signed { f64::from(bits.cast_signed()) } else { f64::from(bits) }
                };
                (key, (0..=u16::MAX).map(|bits| key.grey(stored(bits))).collect())
            }
        };
        let table = Arc::clone(&entry.1);
        if self.recent.len() >= KEPT {
            self.recent.remove(0);
        }
        self.recent.push(entry);
        table
    }
}

/// A slice as a picture at its own resolution; see [`Luts::pixels`].
pub fn render_slice(luts: &mut Luts, volume: &Volume, slice: u32, window: Window, invert: bool) -> Option<Picture> {
    let pixels = luts.pixels(volume, slice, window, invert, |[r, g, b]| [r, g, b, 255])?;
    let [width, height, _] = volume.grid.dims;
    Some(Picture { width, height, pixels })
}
