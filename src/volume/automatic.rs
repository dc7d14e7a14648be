//! A window chosen from the values.

use super::{Unit, Volume, Window};

/// Values at or below this are air around or inside the body, HU.
const BODY_ABOVE_HU: f64 = -300.0;
/// Without HU, air is what lies below this share of the range from the smallest value to the high percentile.
const BODY_ABOVE_SHARE: f64 = 0.1;
/// Shares of the values that become black and white, for CT and for all else.
const CT_SHARES: (f64, f64) = (0.02, 0.98);
const OTHER_SHARES: (f64, f64) = (0.01, 0.995);
/// Values that are no whole numbers and spread less than this get an exact window.
const FEW_STEPS: f64 = 16.0;
/// So many values are enough for a percentile.
const ENOUGH: usize = 400_000;

/// A window over the values inside the body, of one slice or of all slices read so far.
///
/// CT: from the 2nd to the 98th percentile of the values above -300 HU. Elsewhere: from the 1st to the 99.5th
/// percentile, where what lies below a tenth of the range counts as air.
/// Padding is left out. When nothing lies inside the body, all values count. `None` when nothing was read,
/// and for colour.
#[must_use]
pub fn auto_window(volume: &Volume, slice: Option<u32>) -> Option<Window> {
    let mut values = values(volume, slice);
    if values.is_empty() {
        return None;
    }
    let (threshold, shares) = match volume.unit {
        Unit::Hu => (BODY_ABOVE_HU, CT_SHARES),
        _ => {
            let high = percentile(&mut values, OTHER_SHARES.1);
            let low = values.iter().copied().fold(high, f64::min);
            (low + BODY_ABOVE_SHARE * (high - low), OTHER_SHARES)
        }
    };
    let mut body: Vec<f64> = values.iter().copied().filter(|v| *v > threshold).collect();
    if body.is_empty() {
        body = values;
    }
    let (low, high) = (percentile(&mut body, shares.0), percentile(&mut body, shares.1));
    let broken = || body.iter().any(|value| value.fract() != 0.0);
    if matches!(volume.unit, Unit::SuvBw | Unit::Mm2PerS) || (high - low < FEW_STEPS && broken()) {
        return Some(Window::between(low, high));
    }
    // The linear function spreads [c - w/2, c - 1 + w/2]: one added to the width puts both ends on it.
    Some(Window::new((low + high + 1.0) / 2.0, high - low + 1.0))
}

/// The values of one slice or all read ones, thinned evenly to what is enough.
fn values(volume: &Volume, slice: Option<u32>) -> Vec<f64> {
    let range = slice.map_or(0..volume.slices.len(), |k| k as usize..(k as usize).saturating_add(1));
    let read: Vec<_> = range
        .filter_map(|k| {
            let data = volume.slices.get(k)?.get()?;
            Some((data, *volume.rescale.get(k)?))
        })
        .collect();
    let total: usize = read.iter().map(|(data, _)| data.len()).sum();
    // An odd step walks through all columns of pictures whose width is a power of two.
    let step = (total / ENOUGH) | 1;
    let mut values = Vec::with_capacity(total / step + read.len());
    for (data, rescale) in read {
        for offset in (0..data.len()).step_by(step) {
            let Some(stored) = data.stored(offset) else { continue };
            if volume.padding.is_some_and(|padding| padding.covers(stored)) {
                continue;
            }
            let value = rescale.apply(stored);
            if value.is_finite() {
                values.push(value);
            }
        }
    }
    values
}

/// The value below which a share of the values lies (nearest rank). The values may be reordered.
pub(super) fn percentile(values: &mut [f64], share: f64) -> f64 {
    let last = values.len().saturating_sub(1);
    let rank = ((last as f64) * share).round() as usize;
    *values.select_nth_unstable_by(rank.min(last), f64::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::voxels::tests::volume;
    use crate::volume::{Padding, SliceData};

    #[test]
    fn trap_05_no_window_in_the_file_ct_air_does_not_count() {
        // Nine tenths air, the rest 0..=99 HU: ranks 2 and 97 of 0..=99 in the body.
        let mut v = volume([100, 10, 1], |i, j, _| if j == 0 { i as i16 } else { -1000 });
        v.unit = Unit::Hu;
        let window = auto_window(&v, None).unwrap();
        assert_eq!((window.centre, window.width), ((2.0 + 97.0 + 1.0) / 2.0, 96.0));
        assert_eq!((window.grey(2.0, None), window.grey(2.1, None)), (0, 0));
        assert_eq!((window.grey(96.0, None), window.grey(97.0, None)), (252, 255));
    }

    #[test]
    fn trap_06_padding_moves_no_window() {
        let mut v = volume([100, 2, 1], |i, j, _| if j == 0 { i as i16 + 100 } else { 30_000 });
        v.padding = Some(Padding { low: 30_000.0, high: 30_000.0 });
        assert!(auto_window(&v, None).unwrap().range().1 < 201.0);
    }

    #[test]
    fn mr_background_does_not_count() {
        let v = volume([100, 100, 1], |i, j, _| if j < 70 { (i % 5) as i16 } else { 500 + i as i16 });
        let window = auto_window(&v, None).unwrap();
        assert!(window.range().0 > 495.0, "{window:?}");
    }

    #[test]
    fn nothing_read_or_colour_gives_no_window() {
        let mut v = volume([4, 4, 2], |_, _, _| 7);
        assert_eq!(auto_window(&v, Some(0)).unwrap().width, 1.0);
        assert!(auto_window(&v, Some(2)).is_none());
        v.slices = vec![std::sync::OnceLock::new(), SliceData::Rgb8(vec![0; 48].into()).into()];
        assert!(auto_window(&v, None).is_none());
    }
}
