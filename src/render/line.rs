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
    let dashed = style.dash_px.and_then(|(on, off)| dashes(line, on, off));
    let pieces = dashed.unwrap_or_else(|| sides(line).map(|(a, b, _)| (a, b)).collect());
    let Some(mut cover) = Cover::around(picture, &pieces, style.width_px) else { return };
    for (a, b) in pieces {
        cover.add(a, b, style.width_px / 2.0);
    }
    cover.blend(picture, style.colour);
}

/// The sides of a closed line with their lengths.
fn sides(line: &[PixelPoint]) -> impl Iterator<Item = (PixelPoint, PixelPoint, f64)> + '_ {
    // The root of a sum is rounded the same on every machine, `hypot` is not.
    let length = |a: PixelPoint, b: PixelPoint| ((b.0 - a.0).powi(2) + (b.1 - a.1).powi(2)).sqrt();
    line.iter().zip(line.iter().cycle().skip(1)).map(move |(a, b)| (*a, *b, length(*a, *b)))
}

/// The drawn parts of a closed line. The pattern is stretched a little so that it closes. `None` when it cannot
/// be drawn in parts: a pattern without gaps, or a line far longer than any picture.
fn dashes(line: &[PixelPoint], on: f64, off: f64) -> Option<Vec<(PixelPoint, PixelPoint)>> {
    const MOST: f64 = 100_000.0;
    let length: f64 = sides(line).map(|side| side.2).sum();
    let count = (length / (on + off)).round().max(1.0);
    if !(on >= 0.0 && off > 0.0 && length.is_finite() && count <= MOST) {
        return None;
    }
    let period = length / count;
    let on = on * period / (on + off);
    let mut pieces = Vec::new();
    let mut start = 0.0;
    for (a, b, side) in sides(line) {
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
    Some(pieces)
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
            (first < end).then_some((first as usize, (end - first) as usize))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clinical::Coded;

    const SQUARE: [PixelPoint; 4] = [(10.0, 10.0), (50.0, 10.0), (50.0, 50.0), (10.0, 50.0)];

    fn drawn(style: LineStyle) -> Picture {
        let mut picture = Picture::black(64, 64);
        draw_closed(&mut picture, &SQUARE, &style);
        picture
    }

    /// Sum of what is covered, px^2.
    fn ink(picture: &Picture) -> f64 {
        picture.pixels.iter().map(|p| f64::from(p[0]) / 255.0).sum()
    }

    fn white(width_px: f64, dash_px: Option<(f64, f64)>) -> LineStyle {
        LineStyle { colour: [255; 3], width_px, dash_px }
    }

    #[test]
    fn a_line_covers_its_length_times_its_width() {
        for width in [1.0, 1.5, 2.0, 3.0] {
            let covered = ink(&drawn(white(width, None)));
            assert!((covered / (160.0 * width) - 1.0).abs() < 0.03, "{width}: {covered}");
        }
    }

    #[test]
    fn a_line_on_a_pixel_edge_shares_two_pixels_evenly() {
        let picture = drawn(white(1.0, None));
        let at = |x: usize, y: usize| picture.pixels[y * 64 + x][0];
        assert_eq!((at(30, 8), at(30, 9), at(30, 10), at(30, 11)), (0, 128, 128, 0));
    }

    #[test]
    fn dashes_close_and_leave_their_gaps() {
        let picture = drawn(white(1.0, Some((6.0, 4.0))));
        // 16 periods of 10 px; each dash of 6 px has round ends that add a little more than a pixel.
        let covered = ink(&picture);
        assert!((96.0..=120.0).contains(&covered), "{covered}");
        let at = |x: usize| picture.pixels[9 * 64 + x][0];
        assert_eq!((at(13), at(18), at(23), at(28)), (128, 0, 128, 0));
        let dots = drawn(white(2.0, Some((0.0, 4.0))));
        assert!((40.0 * 3.0..40.0 * 4.2).contains(&ink(&dots)), "40 dots of about 3.1 px^2: {}", ink(&dots));
    }

    #[test]
    fn odd_lines_do_no_harm() {
        let mut picture = Picture::black(8, 8);
        for line in [&[][..], &[(f64::NAN, 1.0)], &[(1e12, -1e12), (-1e12, 1e12)], &[(3.0, 3.0)], &[(90.0, 90.0)]] {
            for dash in [None, Some((6.0, 4.0)), Some((0.0, 0.0)), Some((f64::NAN, 1.0))] {
                draw_closed(&mut picture, line, &white(2.0, dash));
            }
        }
        assert_eq!(picture.pixels.len(), 64);
    }

    #[test]
    fn every_role_has_a_line_of_its_own() {
        let styles: Vec<LineStyle> = MarkRole::ALL.iter().map(|role| mark_style(*role)).collect();
        for (n, style) in styles.iter().enumerate() {
            assert!(styles[n + 1..].iter().all(|other| other.colour != style.colour));
            // Never colour alone.
            assert!(styles[n + 1..].iter().all(|o| (o.dash_px, o.width_px) != (style.dash_px, style.width_px)));
        }
    }
}
