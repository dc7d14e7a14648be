//! Values of small regions of a slice: a round one around a place, and a rectangle.

use super::{Statistics, Unit, Volume, Window, automatic};

impl Volume {
    /// Statistics of the values whose voxel centres lie in a disc around a place of a slice (column and row);
    /// `None` where no value is.
    #[must_use]
    pub fn disc(&self, at: (f64, f64), slice: u32, diameter_mm: f64) -> Option<Statistics> {
        let [step_x, step_y, _] = self.grid.spacing_mm;
        let radius = diameter_mm / 2.0;
        let reach = |centre: f64, step: f64, n: u32| {
            let last = f64::from(n.saturating_sub(1));
            let low = (centre - radius / step).ceil().clamp(0.0, last);
            let high = (centre + radius / step).floor().clamp(0.0, last);
            low as u32..=high as u32
        };
        let inside =
            |i: u32, j: u32| ((f64::from(i) - at.0) * step_x).hypot((f64::from(j) - at.1) * step_y) <= radius + 1e-9;
        let rows = reach(at.1, step_y, self.grid.dims[1]);
        let places = rows.flat_map(|j| reach(at.0, step_x, self.grid.dims[0]).map(move |i| (i, j)));
        Statistics::of(places.filter(|(i, j)| inside(*i, *j)).filter_map(|(i, j)| self.value(i, j, slice)))
    }

    /// A window over the values of a rectangle of a slice, corners (column and row) included: from its 2nd to its
    /// 98th percentile. `None` where no value is.
    #[must_use]
    pub fn window_of_region(&self, slice: u32, from: (f64, f64), to: (f64, f64)) -> Option<Window> {
        let range = |a: f64, b: f64, n: u32| {
            let last = f64::from(n.saturating_sub(1));
            let (low, high) = (a.min(b).round().clamp(0.0, last), a.max(b).round().clamp(0.0, last));
            low as u32..=high as u32
        };
        let rows = range(from.1, to.1, self.grid.dims[1]);
        let places = rows.flat_map(|j| range(from.0, to.0, self.grid.dims[0]).map(move |i| (i, j)));
        let mut values: Vec<f64> = places.filter_map(|(i, j)| self.value(i, j, slice)).collect();
        if values.is_empty() {
            return None;
        }
        let (low, high) = (automatic::percentile(&mut values, 0.02), automatic::percentile(&mut values, 0.98));
        let whole = values.iter().all(|value| value.fract() == 0.0);
        Some(match self.unit {
            Unit::SuvBw | Unit::Mm2PerS => Window::between(low, high),
            _ if whole => Window::new((low + high + 1.0) / 2.0, high - low + 1.0),
            _ => Window::between(low, high),
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::volume::voxels::tests::volume;

    #[test]
    fn a_disc_of_5_mm_by_hand() {
        // Voxels of 0.7 x 0.8 mm: within 2.5 mm of (10, 10) lie 3 columns each way in its own row.
        let v = volume([21, 21, 1], |i, j, _| (i as i16 - 10) + 100 * (j as i16 - 10));
        let disc = v.disc((10.0, 10.0), 0, 5.0).unwrap();
        let expected = (0..21).flat_map(|i| (0..21).map(move |j| (f64::from(i) - 10.0, f64::from(j) - 10.0)));
        assert_eq!(disc.n, expected.filter(|(i, j)| (i * 0.7).hypot(j * 0.8) <= 2.5 + 1e-9).count() as u64);
        assert!(disc.mean.abs() < 1e-12 && disc.max == 301.0, "{disc:?}"); // one column and three rows off: 2.5 mm
        assert!(v.disc((300.0, 10.0), 0, 5.0).is_none());
        assert!(v.disc((10.0, 10.0), 3, 5.0).is_none());
        assert_eq!(v.disc((10.0, 10.0), 0, 0.2).unwrap().n, 1);
    }

    #[test]
    fn a_window_from_a_region() {
        let v = volume([100, 10, 1], |i, j, _| if j == 4 { i as i16 } else { -900 });
        let window = v.window_of_region(0, (99.4, 4.2), (0.2, 3.8)).unwrap();
        assert_eq!(window.range(), (2.0, 98.0)); // ranks 2 and 97, one added for the linear function
        assert!(v.window_of_region(7, (0.0, 0.0), (5.0, 5.0)).is_none());
    }
}
