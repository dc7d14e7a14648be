//! Lossless JPEG, process 14 with every selection value (ISO/IEC 10918-1 annex H).
//!
//! Own code because `jpeg-decoder` passes over restarts with the left-pixel predictor, predicts from shifted
//! values where a point transform is used, and takes several times as long: here a look into one table gives
//! code and difference, eight bytes of bits are taken at once, and each predictor has a row loop of its own.

use super::bits::Bits;
use super::huffman::Huffman;
use super::markers::{Frame, Markers, Scan, Stop};
use super::{Raster, Refused, Samples, refused};

/// Decodes a stream whose header was checked before.
pub(super) fn decode(bytes: &[u8]) -> Result<Raster, Refused> {
    let mut markers = Markers::new(bytes, true)?;
    let mut first = markers.next_scan()?;
    let frame = markers.frame()?.clone();
    if frame
        .components
        .iter()
        .any(|component| component.sampling != frame.components.first().map_or((1, 1), |c| c.sampling))
    {
        return refused("its colours differ in resolution");
    }
    let count = frame.components.len();
    let pixels = usize::from(frame.rows) * usize::from(frame.columns);
    let mut samples = vec![0u16; pixels * count];
    let mut rows = usize::from(frame.rows);
    let mut seen = 0;
    while let Stop::Scan(scan, bytes) = first {
        rows = rows.min(match (scan.components.len(), count) {
            (1, 1) => scan_rows::<1>(bytes, &scan, &frame, &markers, &mut samples)?,
            (3, 3) if scan.components.iter().map(|(place, _)| *place).eq(0..3) => {
                scan_rows::<3>(bytes, &scan, &frame, &markers, &mut samples)?
            }
            (1, _) => {
                let mut plane = vec![0u16; pixels];
                let rows = scan_rows::<1>(bytes, &scan, &frame, &markers, &mut plane)?;
                let place = scan.components.first().map_or(0, |(place, _)| *place);
                let to = samples.iter_mut().skip(place).step_by(count);
                to.zip(&plane).for_each(|(to, from)| *to = *from);
                rows
            }
            _ => return refused("its colours are interleaved in a way that is not read"),
        });
        seen += scan.components.len();
        if seen >= count {
            return Ok(Raster {
                samples: Samples::Words(samples),
                precision: u32::from(frame.precision),
                rows: rows as u32,
            });
        }
        first = markers.next_scan()?;
    }
    refused("it has fewer scans than colours")
}

/// Decodes a scan of `N` components; gives how many rows came whole.
fn scan_rows<const N: usize>(
    bytes: &[u8],
    scan: &Scan,
    frame: &Frame,
    markers: &Markers,
    samples: &mut [u16],
) -> Result<usize, Refused> {
    let mut tables = Vec::with_capacity(N);
    for (_, number) in &scan.components {
        let table = markers.huffman.first().and_then(|tables| tables.get(usize::from(number >> 4)));
        tables.push(table.and_then(Option::as_ref).ok_or(Refused("a Huffman table is missing".into()))?);
    }
    let Ok(tables) = <[&Huffman; N]>::try_from(tables) else { return refused("a scan header is broken") };
    let columns = usize::from(frame.columns);
    let interval = markers.restart_interval as usize;
    if interval % columns.max(1) != 0 {
        return refused("it restarts in the middle of a row");
    }
    if u32::from(scan.shift) >= u32::from(frame.precision) {
        return refused("it shifts all of its bits away");
    }
    let state = Rows::<N> {
        bits: Bits::new(bytes),
        tables,
        initial: 1 << (frame.precision - scan.shift - 1),
        rows_to_restart: interval / columns.max(1),
        stride: columns * N,
    };
    let rows = match scan.first {
        1 => state.decode::<1>(samples),
        2 => state.decode::<2>(samples),
        3 => state.decode::<3>(samples),
        4 => state.decode::<4>(samples),
        5 => state.decode::<5>(samples),
        6 => state.decode::<6>(samples),
        7 => state.decode::<7>(samples),
        _ => return refused("its predictor is none of lossless JPEG"),
    };
    if scan.shift > 0 {
        samples.iter_mut().for_each(|sample| *sample <<= scan.shift);
    }
    Ok(rows)
}

struct Rows<'a, const N: usize> {
    bits: Bits<'a, false>,
    tables: [&'a Huffman; N],
    /// What the first pixel is predicted to be.
    initial: u16,
    /// Rows between restarts; 0 without.
    rows_to_restart: usize,
    stride: usize,
}

impl<const N: usize> Rows<'_, N> {
    fn decode<const PREDICTOR: u8>(mut self, samples: &mut [u16]) -> usize {
        let mut above: Option<&[u16]> = None;
        for (n, row) in samples.chunks_exact_mut(self.stride).enumerate() {
            if self.rows_to_restart > 0 && n > 0 && n % self.rows_to_restart == 0 {
                if !self.bits.restart() {
                    return n;
                }
                above = None;
            }
            let whole = match above {
                // The first row is predicted from the left (H.1.2.1).
                None => self.row::<1>(row, None),
                Some(above) => self.row::<PREDICTOR>(row, Some(above)),
            };
            if whole.is_none() || self.bits.overrun() {
                row.fill(0);
                return n;
            }
            above = Some(row);
        }
        samples.len() / self.stride.max(1)
    }

    fn row<const PREDICTOR: u8>(&mut self, row: &mut [u16], above: Option<&[u16]>) -> Option<()> {
        let mut bits = self.bits;
        let (pixels, _) = row.as_chunks_mut::<N>();
        let (above, _) = above.unwrap_or_default().as_chunks::<N>();
        let mut left = above.first().copied().unwrap_or([self.initial; N]);
        let mut corner = left;
        let mut next = |table: &Huffman| table.difference(&mut bits);
        if PREDICTOR == 1 {
            for pixel in pixels {
                for (value, (left, table)) in pixel.iter_mut().zip(left.iter_mut().zip(self.tables)) {
                    *left = left.wrapping_add_signed(next(table)?);
                    *value = *left;
                }
            }
        } else {
            let mut pairs = pixels.iter_mut().zip(above);
            if let Some((pixel, up)) = pairs.next() {
                // The first pixel of a row is predicted from above.
                for (value, (up, table)) in pixel.iter_mut().zip(up.iter().zip(self.tables)) {
                    *value = up.wrapping_add_signed(next(table)?);
                }
                left = *pixel;
            }
            for (pixel, up) in pairs {
                let neighbours = left.iter_mut().zip(corner.iter_mut()).zip(up);
                for ((value, table), ((left, corner), up)) in pixel.iter_mut().zip(self.tables).zip(neighbours) {
                    let expected = predict::<PREDICTOR>(*left, *up, *corner);
                    *value = expected.wrapping_add_signed(next(table)?);
                    *left = *value;
                    *corner = *up;
                }
            }
        }
        self.bits = bits;
        Some(())
    }
}

/// Table H.1.
#[inline(always)]
fn predict<const PREDICTOR: u8>(left: u16, up: u16, corner: u16) -> u16 {
    let (a, b, c) = (i32::from(left), i32::from(up), i32::from(corner));
    let expected = match PREDICTOR {
        1 => a,
        2 => b,
        3 => c,
        4 => a + b - c,
        5 => a + ((b - c) >> 1),
        6 => b + ((a - c) >> 1),
        _ => (a + b) >> 1,
    };
    expected as u16
}
