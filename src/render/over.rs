//! One picture over another: colours that let through what lies below.

use super::ColourMap;
use crate::volume::{SliceData, Volume, Window};

/// Below this share of the window a colour fades to nothing, so that where there is no uptake the picture below is
/// seen as it is.
const FADES_BELOW: f64 = 0.2;

/// The colours of a slice over another picture: red, green, blue and how much they hide, not multiplied with each
/// other; `pixel` makes one. Nothing is drawn where there is no value and below the window. `None` when the slice
/// has not been read, and for colour.
pub fn colours<P>(
    volume: &Volume,
    slice: u32,
    window: Window,
    map: ColourMap,
    opacity: f32,
    pixel: impl Fn([u8; 4]) -> P,
) -> Option<Vec<P>> {
    let data = volume.slice(slice).filter(|data| data.len() == volume.grid.slice_len())?;
    if matches!(data, SliceData::Rgb8(_)) {
        return None;
    }
    let rescale = *volume.rescale.get(slice as usize)?;
    let table = map.table();
    let voi = volume.voi_table(window);
    let hides: [u8; 256] = std::array::from_fn(|grey| {
        let share = (grey as f64 / 255.0 / FADES_BELOW).min(1.0);
        (share * f64::from(opacity.clamp(0.0, 1.0)) * 255.0).round() as u8
    });
    let colour = |stored: f64| {
        if volume.padding.is_some_and(|padding| padding.covers(stored)) {
            return pixel([0; 4]);
        }
        let grey = usize::from(window.grey(rescale.apply(stored), voi)); // not a number: black, which is clear
        let [r, g, b] = table[grey];
        pixel([r, g, b, hides[grey]])
    };
    Some((0..data.len()).map(|at| colour(data.stored(at).unwrap_or(f64::NAN))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clinical::StackKey;
    use crate::geometry::{Grid, PatientDirection, PatientPoint, SpaceId};
    use crate::volume::{Padding, Rescale, Unit};

    #[test]
    fn low_values_let_through_and_high_ones_hide_as_much_as_asked() {
        let values: Vec<f32> = vec![0.0, 1.0, 5.0, 10.0, f32::NAN, -7.0];
        let volume = Volume {
            key: StackKey([0; 16]),
            grid: Grid {
                origin: PatientPoint::new(0.0, 0.0, 0.0),
                axes: [PatientDirection::LEFT, PatientDirection::POSTERIOR, PatientDirection::SUPERIOR],
                spacing_mm: [1.0; 3],
                dims: [6, 1, 1],
                space: SpaceId("1".into()),
            },
            slices: vec![SliceData::F32(values.into()).into()],
            rescale: vec![Rescale::default()],
            unit: Unit::SuvBw,
            padding: Some(Padding { low: -7.0, high: -7.0 }),
            small_is_bright: false,
            calibrated: true,
            is_volume: true,
            voi_tables: Vec::new(),
            overlays: Vec::new(),
        };
        let got = colours(&volume, 0, Window::between(0.0, 10.0), ColourMap::Inferno, 0.5, |p| p).unwrap();
        let hidden: Vec<u8> = got.iter().map(|p| p[3]).collect();
        // 10 % of the window is half of where it fades: a quarter; from 20 % on, half.
        assert_eq!((hidden[0], hidden[2], hidden[3], hidden[4], hidden[5]), (0, 128, 128, 0, 0));
        assert!(hidden[1].abs_diff(64) <= 1, "{}", hidden[1]);
        assert_eq!(got[3][..3], ColourMap::Inferno.table()[255]);
    }
}
