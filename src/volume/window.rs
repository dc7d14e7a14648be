//! Windows: which values become which grey, and the named ones.

use serde::{Deserialize, Serialize};

/// A grey window: values from about `centre - width / 2` to `centre + width / 2` spread from black to white.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// Centre, in the unit of the values.
    pub centre: f64,
    /// Width, in the unit of the values; at least 1 for the linear function.
    pub width: f64,
}

impl Window {
    /// A window; a width below 1 (or not a number) becomes 1, as PS3.3 C.11.2.1.2.1 asks.
    #[must_use]
    pub fn new(centre: f64, width: f64) -> Self {
        let width = if width >= 1.0 { width } else { 1.0 };
        Self { centre, width }
    }

    /// The grey of a value by the function LINEAR of PS3.3 C.11.2.1.2.1, rounded to whole greys:
    ///
    /// `x <= c - 0.5 - (w - 1) / 2` is black, `x > c - 0.5 + (w - 1) / 2` is white, and between them
    /// `((x - (c - 0.5)) / (w - 1) + 0.5) * 255`. A value that is not a number is black.
    #[must_use]
    pub fn linear(self, value: f64) -> u8 {
        let middle = self.centre - 0.5;
        let steps = if self.width >= 1.0 { self.width - 1.0 } else { 0.0 };
        if value > middle + steps / 2.0 {
            255
        } else if value > middle - steps / 2.0 {
            (((value - middle) / steps + 0.5) * 255.0).round() as u8
        } else {
            0
        }
    }

    /// The lowest and highest value that the window spreads.
    #[must_use]
    pub fn range(self) -> (f64, f64) {
        (self.centre - self.width / 2.0, self.centre + self.width / 2.0)
    }
}

/// A named window for CT, in HU. Bound by `id`, never by its place in the list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Preset {
    /// Never renamed: settings and hangings name it.
    pub id: &'static str,
    /// The words on screen.
    pub name: &'static str,
    /// Centre and width, HU.
    pub window: Window,
}

const fn ct(id: &'static str, name: &'static str, width: f64, centre: f64) -> Preset {
    Preset { id, name, window: Window { centre, width } }
}

/// The CT windows, width / centre, in the order a menu shows them.
pub const PRESETS: &[Preset] = &[
    ct("abdomen", "Abdomen", 400.0, 40.0),
    ct("liver_unenhanced", "Liver unenhanced", 150.0, 50.0),
    ct("liver_arterial", "Liver arterial", 250.0, 80.0),
    ct("liver_portal_venous", "Liver portal venous", 160.0, 100.0),
    ct("liver_delayed", "Liver delayed", 150.0, 85.0),
    ct("kidney", "Kidney", 400.0, 50.0),
    ct("lung", "Lung", 1500.0, -600.0),
    ct("mediastinum", "Mediastinum", 400.0, 40.0),
    ct("bone", "Bone", 2000.0, 400.0),
    ct("subtraction", "Subtraction", 100.0, 25.0),
];

/// The preset with this id.
#[must_use]
pub fn preset(id: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn linear_is_the_note_of_the_standard() {
        // PS3.3 C.11.2.1.2.1, Note 2: c = 2048, w = 4096 takes 0..4095 to the whole range.
        let full = Window::new(2048.0, 4096.0);
        assert_eq!(full.linear(0.0), 0);
        assert_eq!(full.linear(4095.0), 255);
        assert_eq!(full.linear(2047.5), 128);
        // c = 2048, w = 1: x <= 2047 black, above white.
        let step = Window::new(2048.0, 1.0);
        assert_eq!(step.linear(2047.0), 0);
        assert_eq!(step.linear(2047.5), 0);
        assert_eq!(step.linear(2048.0), 255);
        // c = 0, w = 100: x <= -50 black, x > 49 white.
        let hundred = Window::new(0.0, 100.0);
        assert_eq!(hundred.linear(-50.0), 0);
        assert_eq!(hundred.linear(-49.0), 3); // (1 / 99) * 255 = 2.58
        assert_eq!(hundred.linear(49.0), 255);
        // c = 0, w = 2: x <= -1 black, x > 0 white.
        let two = Window::new(0.0, 2.0);
        assert_eq!((two.linear(-1.0), two.linear(-0.5), two.linear(0.1)), (0, 128, 255));
    }

    #[test]
    fn a_width_below_one_is_one() {
        assert_eq!(Window::new(10.0, 0.0).width, 1.0);
        assert_eq!(Window::new(10.0, f64::NAN).width, 1.0);
        assert_eq!(Window { centre: 10.0, width: -5.0 }.linear(11.0), 255);
        assert_eq!(Window::new(0.0, 10.0).linear(f64::NAN), 0);
    }

    #[test]
    fn presets_are_named_once() {
        let mut ids: Vec<_> = PRESETS.iter().map(|p| p.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), PRESETS.len());
        let portal = preset("liver_portal_venous").unwrap();
        assert_eq!((portal.window.width, portal.window.centre), (160.0, 100.0));
        assert!(preset("no such window").is_none());
    }

    proptest! {
        #[test]
        fn grey_never_falls_as_values_rise(c in -1000.0..1000.0f64, w in 1.0..3000.0f64, x in -4000.0..4000.0f64, d in 0.0..100.0f64) {
            let window = Window::new(c, w);
            prop_assert!(window.linear(x + d) >= window.linear(x));
        }
    }
}
