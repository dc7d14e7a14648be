//! Windowing through lookup tables.

use super::Picture;
use crate::volume::{Bitmap, Padding, Rescale, SliceData, VoiTable, Volume, Window};
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
#[derive(Debug, Clone, PartialEq)]
struct Key {
    window: Window,
    /// The table that the window names.
    voi: Option<VoiTable>,
    rescale: Rescale,
    padding: Option<Padding>,
    inverted: bool,
    signed: bool,
}

impl Key {
    /// The grey of a stored value: windowed, inverted when small values are bright; padding and what has no value
    /// are black either way.
    fn grey(&self, stored: f64) -> u8 {
        if self.padding.is_some_and(|padding| padding.covers(stored)) {
            return 0;
        }
        let value = self.rescale.apply(stored);
        if value.is_nan() {
            return 0;
        }
        let grey = self.window.grey(value, self.voi.as_ref());
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
                voi: volume.voi_table(window).cloned(),
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
                let table = (0..=u16::MAX).map(|bits| key.grey(stored(bits))).collect();
                (key, table)
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

/// Draws a file's overlay over pixels: white on what is dark and black on what is bright, so that it is seen on
/// any picture. `brightness` of a pixel is from 0 to 255; `grey` makes one.
pub fn draw_over<P>(pixels: &mut [P], overlay: &Bitmap, brightness: impl Fn(&P) -> u8, grey: impl Fn(u8) -> P) {
    for place in overlay.places() {
        if let Some(pixel) = pixels.get_mut(place) {
            *pixel = grey(if brightness(pixel) > 160 { 0 } else { 255 });
        }
    }
}

/// A slice as a picture at its own resolution; see [`Luts::pixels`].
pub fn render_slice(luts: &mut Luts, volume: &Volume, slice: u32, window: Window, invert: bool) -> Option<Picture> {
    let pixels = luts.pixels(volume, slice, window, invert, |[r, g, b]| [r, g, b, 255])?;
    let [width, height, _] = volume.grid.dims;
    Some(Picture { width, height, pixels })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clinical::StackKey;
    use crate::geometry::{Grid, PatientDirection, PatientPoint, SpaceId};
    use crate::volume::Unit;
    use std::sync::OnceLock;

    fn volume(columns: u32, data: SliceData) -> Volume {
        let rows = data.len() as u32 / columns;
        Volume {
            key: StackKey([0; 16]),
            grid: Grid {
                origin: PatientPoint::new(0.0, 0.0, 0.0),
                axes: [PatientDirection::LEFT, PatientDirection::POSTERIOR, PatientDirection::SUPERIOR],
                spacing_mm: [1.0; 3],
                dims: [columns, rows, 1],
                space: SpaceId("1".into()),
            },
            slices: vec![OnceLock::from(data)],
            rescale: vec![Rescale { slope: 2.0, intercept: -1024.0 }],
            unit: Unit::Hu,
            padding: None,
            small_is_bright: false,
            calibrated: true,
            is_volume: true,
            voi_tables: Vec::new(),
            overlays: Vec::new(),
        }
    }

    const LIVER: Window = Window::new(100.0, 160.0);

    fn greys(volume: &Volume, invert: bool) -> Vec<u8> {
        Luts::new()
            .pixels(volume, 0, LIVER, invert, |[r, g, b]| {
                assert!(r == g && g == b);
                r
            })
            .unwrap()
    }

    #[test]
    fn every_stored_value_gets_the_grey_of_the_standard() {
        let all: Vec<i16> = (i16::MIN..=i16::MAX).collect();
        let signed = greys(&volume(256, SliceData::I16(all.clone().into())), false);
        let unsigned = greys(&volume(256, SliceData::U16((0..=u16::MAX).collect())), false);
        let float = greys(&volume(256, SliceData::F32(all.iter().map(|v| f32::from(*v)).collect())), false);
        for (n, stored) in all.iter().enumerate() {
            assert_eq!(signed[n], LIVER.grey(2.0 * f64::from(*stored) - 1024.0, None));
            assert_eq!(float[n], signed[n]);
            assert_eq!(unsigned[n], LIVER.grey(2.0 * n as f64 - 1024.0, None));
        }
        assert!(signed.contains(&0) && signed.contains(&255) && signed.contains(&128));
    }

    #[test]
    fn trap_07_inversions_cancel_and_padding_stays_black() {
        // 502 -> -20 HU black, 562 -> 100 HU middle, 700 -> white, -2000 is padding.
        let mut v = volume(2, SliceData::I16([502, 562, 700, -2000].into()));
        v.padding = Some(Padding { low: -2000.0, high: -2000.0 });
        let plain = greys(&v, false);
        assert_eq!((plain[0], plain[2], plain[3]), (0, 255, 0));
        assert_eq!(greys(&v, true), [255, 255 - plain[1], 0, 0]);
        v.small_is_bright = true;
        assert_eq!(greys(&v, false), [255, 255 - plain[1], 0, 0]);
        assert_eq!(greys(&v, true), plain);
    }

    #[test]
    fn trap_24_an_overlay_is_seen_on_dark_and_bright() {
        let mut overlay = Bitmap::new(2, 2);
        for (column, row) in [(0, 0), (1, 1)] {
            overlay.set(column, row);
        }
        let mut pixels = [10u8, 10, 250, 250];
        draw_over(&mut pixels, &overlay, |pixel| *pixel, |grey| grey);
        assert_eq!(pixels, [255, 10, 250, 0]);
    }

    #[test]
    fn colour_passes_through() {
        let v = volume(2, SliceData::Rgb8([1, 2, 3, 4, 5, 6].into()));
        let picture = render_slice(&mut Luts::new(), &v, 0, LIVER, true).unwrap();
        assert_eq!((picture.width, picture.height), (2, 1));
        assert_eq!(picture.pixels, [[1, 2, 3, 255], [4, 5, 6, 255]]);
        assert_eq!(picture.rgba(), [1, 2, 3, 255, 4, 5, 6, 255]);
    }

    #[test]
    fn what_is_not_there_gives_no_picture() {
        let mut v = volume(2, SliceData::I16([1, 2, 3, 4].into()));
        assert!(render_slice(&mut Luts::new(), &v, 1, LIVER, false).is_none());
        v.grid.dims = [3, 2, 1];
        assert!(render_slice(&mut Luts::new(), &v, 0, LIVER, false).is_none(), "size does not fit the grid");
        v.grid.dims = [2, 2, 1];
        v.slices = vec![OnceLock::new()];
        assert!(render_slice(&mut Luts::new(), &v, 0, LIVER, false).is_none());
    }

    #[test]
    fn tables_are_kept_and_the_oldest_leaves() {
        let v = volume(2, SliceData::I16([502, 562, 700, 0].into()));
        let mut luts = Luts::new();
        let first = Window::new(0.0, 100.0);
        for n in 0..20 {
            let other = Window::new(f64::from(n), 50.0);
            let a = render_slice(&mut luts, &v, 0, first, false);
            let b = render_slice(&mut luts, &v, 0, other, false);
            assert_eq!(a, render_slice(&mut Luts::new(), &v, 0, first, false));
            assert_eq!(b, render_slice(&mut Luts::new(), &v, 0, other, false));
        }
        assert_eq!(luts.recent.len(), KEPT);
        assert_eq!(luts.recent[KEPT - 2].0.window, first, "in use, so it stayed");
    }
}
