//! JPEG-LS, lossless and near-lossless (ISO/IEC 14495-1): markers, parameters, and the three ways in which
//! components are interleaved.
//!
//! Own code because `pure_jpegls` 2.0 (MIT OR Apache-2.0, safe) knows one component without restarts only.
//! Mapping tables, other sizes than the frame's, and HP's colour transforms are refused.

use super::bits::Bits;
use super::loco::{Coder, Parameters, RunState};
use super::markers::{Frame, Markers, Scan, Stop};
use super::{Raster, Refused, Samples, refused};

/// Decodes a stream whose header was checked before.
pub(super) fn decode(bytes: &[u8]) -> Result<Raster, Refused> {
    let mut markers = Markers::new(bytes, false)?;
    let mut next = markers.next_scan()?;
    let frame = markers.frame()?.clone();
    if markers.hp_colours != 0 {
        return refused("its colours were changed in HP's way, which is not read");
    }
    if frame.components.iter().any(|component| component.sampling != (1, 1)) {
        return refused("its colours differ in resolution");
    }
    let count = frame.components.len();
    let mut samples = vec![0u16; usize::from(frame.rows) * usize::from(frame.columns) * count];
    let mut rows = usize::from(frame.rows);
    let mut seen = 0;
    while let Stop::Scan(scan, bytes) = next {
        if scan.shift != 0 || scan.components.iter().any(|(_, mapping)| *mapping != 0) {
            return refused("its values pass through a table of JPEG-LS, which is not read");
        }
        if scan.components.len() > 1 && !scan.components.iter().map(|(place, _)| *place).eq(0..count) {
            return refused("its colours are interleaved in a way that is not read");
        }
        let parameters = Parameters::new(u32::from(frame.precision), u32::from(scan.first), &markers.preset)?;
        rows = rows.min(match (scan.components.len(), scan.last) {
            (1, 0) => planes(bytes, &scan, &frame, parameters, markers.restart_interval, &mut samples),
            (2.., 1) => planes(bytes, &scan, &frame, parameters, markers.restart_interval, &mut samples),
            (3, 2) => triples(bytes, &frame, parameters, markers.restart_interval, &mut samples),
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
        next = markers.next_scan()?;
    }
    refused("it has fewer scans than colours")
}

/// Two rows of one component with a pixel more at either side, as the neighbours at the edges are (A.2.1).
struct Lines {
    above: Vec<u16>,
    current: Vec<u16>,
}

impl Lines {
    fn new(columns: usize) -> Self {
        Self { above: vec![0; columns + 2], current: vec![0; columns + 2] }
    }

    /// Makes the current row the one above, and sets its neighbours at the edges.
    fn turn(&mut self) {
        std::mem::swap(&mut self.above, &mut self.current);
        self.edges();
    }

    fn edges(&mut self) {
        if let [.., before, last] = self.above.as_mut_slice() {
            *last = *before;
        }
        if let (Some(left), Some(above)) = (self.current.first_mut(), self.above.get(1)) {
            *left = *above;
        }
    }
}

/// Components one by one, or row by row in turn; gives how many rows came whole.
fn planes(
    bytes: &[u8],
    scan: &Scan,
    frame: &Frame,
    parameters: Parameters,
    interval: u32,
    samples: &mut [u16],
) -> usize {
    let (columns, count) = (usize::from(frame.columns), frame.components.len());
    let mut coder = Coder::new(Bits::new(bytes), parameters);
    let new = || scan.components.iter().map(|(place, _)| (*place, Lines::new(columns), RunState::default()));
    let mut components: Vec<_> = new().collect();
    for (n, row) in samples.chunks_exact_mut(columns * count).enumerate() {
        if interval > 0 && n > 0 && n.is_multiple_of(interval as usize) {
            if !coder.restart() {
                return n;
            }
            components = new().collect();
        }
        for (place, lines, run) in &mut components {
            lines.turn();
            coder.line(&lines.above, &mut lines.current, run);
            let from = lines.current.iter().skip(1);
            row.iter_mut().skip(*place).step_by(count).zip(from).for_each(|(to, from)| *to = *from);
        }
        if coder.overrun() {
            row.fill(0);
            return n;
        }
    }
    usize::from(frame.rows)
}

/// Three components pixel by pixel; gives how many rows came whole.
fn triples(bytes: &[u8], frame: &Frame, parameters: Parameters, interval: u32, samples: &mut [u16]) -> usize {
    let columns = usize::from(frame.columns);
    let mut coder = Coder::new(Bits::new(bytes), parameters);
    let new = || [Lines::new(columns), Lines::new(columns), Lines::new(columns)];
    let (mut lines, mut run) = (new(), RunState::default());
    for (n, row) in samples.chunks_exact_mut(columns * 3).enumerate() {
        if interval > 0 && n > 0 && n.is_multiple_of(interval as usize) {
            if !coder.restart() {
                return n;
            }
            (lines, run) = (new(), RunState::default());
        }
        lines.iter_mut().for_each(Lines::turn);
        let [a, b, c] = &mut lines;
        coder.line_of_triples(
            [&a.above, &b.above, &c.above],
            [&mut a.current, &mut b.current, &mut c.current],
            &mut run,
        );
        for (place, lines) in lines.iter().enumerate() {
            let from = lines.current.iter().skip(1);
            row.iter_mut().skip(place).step_by(3).zip(from).for_each(|(to, from)| *to = *from);
        }
        if coder.overrun() {
            row.fill(0);
            return n;
        }
    }
    usize::from(frame.rows)
}
