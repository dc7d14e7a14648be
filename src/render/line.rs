//! Line styles of marks, and drawing a line into a picture.

use super::Picture;
use crate::clinical::MarkRole;

/// How a line looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LineStyle {
    /// Red, green, blue.
    pub colour: [u8; 3],
    /// Width, px.
    pub width_px: f64,
    /// Lengths drawn and left out in turn, px; none for a solid line. Ends are round, so a length of zero is
    /// a dot of the line's width.
    pub dash_px: Option<(f64, f64)>,
}

/// The line of a mark's role: one colour-blind-safe set, and never colour alone (reading.md 4).
#[must_use]
pub fn mark_style(role: MarkRole) -> LineStyle {
    let style = |colour, width_px, dash_px| LineStyle { colour, width_px, dash_px };
    match role {
        MarkRole::Tumour => style([0x56, 0xb4, 0xe9], 1.5, None),
        MarkRole::AblationZone => style([0xe6, 0x9f, 0x00], 1.5, Some((6.0, 4.0))),
        MarkRole::ViableTumour => style([0xee, 0x82, 0xc3], 2.0, Some((0.0, 4.0))),
        MarkRole::Organ => style([0x8f, 0xb8, 0xa0], 1.0, None),
        MarkRole::Other => style([0x9b, 0xa7, 0xb4], 1.0, Some((2.0, 3.0))),
    }
}

/// A place in a picture, px: pixel (0, 0) reaches from 0 to 1.
pub(super) type PixelPoint = (f64, f64);

/// Draws a closed line, anti-aliased. Each pixel is covered by the nearest part of the line only, so joints
/// are no brighter than the rest.
pub(super) fn draw_closed(picture: &mut Picture, line: &[PixelPoint], style: &LineStyle) {
    let pieces = match style.dash_px {
        Some((on, off)) if on >= 0.0 && off > 0.0 => dashes(line, on, off),
        _ => line.iter().copied().zip(line.iter().copied().cycle().skip(1)).collect(),
    };
    let Some(mut cover) = Cover::around(picture, &pieces, style.width_px) else { return };
    for (a, b) in pieces {
        cover.add(a, b, style.width_px / 2.0);
    }
    cover.blend(picture, style.colour);
}

/// The drawn parts of a closed line. The pattern is stretched a little so that it closes.
fn dashes(line: &[PixelPoint], on: f64, off: f64) -> Vec<(PixelPoint, PixelPoint)> {
    let sides: Vec<(PixelPoint, PixelPoint, f64)> =
        line.iter().zip(line.iter().cycle().skip(1)).map(|(a, b)| (*a, *b, (b.0 - a.0).hypot(b.1 - a.1))).collect();
    let length: f64 = sides.iter().map(|side| side.2).sum();
    let count = (length / (on + off)).round().max(1.0);
    let period = length / count;
    let on = on * period / (on + off);
    let mut pieces = Vec::new();
    let mut start = 0.0;
    for (a, b, side) in sides {
        if side <= 0.0 {
            continue;
        }
        let at = |s: f64| (a.0 + (b.0 - a.0) * (s - start) / side, a.1 + (b.1 - a.1) * (s - start) / side);
        let end = start + side;
        let mut n = (start / period).floor();
        while n * period < end && n < count {
            let (first, last) = (n * period, n * period + on);
            if last >= start {
                pieces.push((at(first.max(start)), at(last.min(end))));
            }
            n += 1.0;
        }
        start = end;
    }
    pieces
}

/// How far each pixel of a part of a picture is covered by a line, 0 to 1.
struct Cover {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
    amount: Vec<f64>,
}

impl Cover {
    fn around(picture: &Picture, pieces: &[(PixelPoint, PixelPoint)], width_px: f64) -> Option<Self> {
        let points = || pieces.iter().flat_map(|(a, b)| [*a, *b]).filter(|p| p.0.is_finite() && p.1.is_finite());
        let low = points().fold((f64::INFINITY, f64::INFINITY), |m, p| (m.0.min(p.0), m.1.min(p.1)));
        let high = points().fold((f64::NEG_INFINITY, f64::NEG_INFINITY), |m, p| (m.0.max(p.0), m.1.max(p.1)));
        let reach = width_px / 2.0 + 1.0;
        let span = |low: f64, high: f64, size: u32| {
            let first = (low - reach).floor().max(0.0);
            let end = (high + reach).ceil().min(f64::from(size));
            (first < end).then(|| (first as usize, (end - first) as usize))
        };
        let (left, width) = span(low.0, high.0, picture.width)?;
        let (top, height) = span(low.1, high.1, picture.height)?;
        Some(Self { left, top, width, height, amount: vec![0.0; width * height] })
    }

    /// A segment with round ends.
    fn add(&mut self, a: PixelPoint, b: PixelPoint, half: f64) {
        let reach = half + 1.0;
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let squared = dx * dx + dy * dy;
        let span = |p: f64, q: f64, from: usize, size: usize| {
            let clip = |v: f64| (v - from as f64).clamp(0.0, size as f64) as usize;
            clip((p.min(q) - reach).floor())..clip((p.max(q) + reach).ceil())
        };
        for y in span(a.1, b.1, self.top, self.height) {
            for x in span(a.0, b.0, self.left, self.width) {
                let (px, py) = ((self.left + x) as f64 + 0.5 - a.0, (self.top + y) as f64 + 0.5 - a.1);
                let t = if squared > 0.0 { ((px * dx + py * dy) / squared).clamp(0.0, 1.0) } else { 0.0 };
                let distance = ((px - t * dx).powi(2) + (py - t * dy).powi(2)).sqrt();
                let covered = (half + 0.5 - distance).clamp(0.0, 1.0);
                let amount = &mut self.amount[y * self.width + x];
                *amount = amount.max(covered);
            }
        }
    }

    fn blend(&self, picture: &mut Picture, colour: [u8; 3]) {
        for (y, row) in self.amount.chunks_exact(self.width).enumerate() {
            let start = (self.top + y) * picture.width as usize + self.left;
            for (pixel, amount) in picture.pixels[start..start + self.width].iter_mut().zip(row) {
                for (channel, line) in pixel.iter_mut().zip(colour) {
                    let mixed = f64::from(*channel) * (1.0 - amount) + f64::from(line) * amount;
                    *channel = mixed.round() as u8;
                }
            }
        }
    }
}
