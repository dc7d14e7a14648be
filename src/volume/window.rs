//! Windows: which values become which grey, and the named ones.

use super::Unit;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Smallest width of a window that need not be whole.
const NARROWEST: f64 = 1e-9;

/// How a window spreads values over greys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoiFunction {
    /// LINEAR (PS3.3 C.11.2.1.2.1): for whole numbers, width at least 1.
    #[default]
    Linear,
    /// LINEAR_EXACT (PS3.3 C.11.2.1.3.2): for any number, width above 0.
    LinearExact,
    /// SIGMOID (PS3.3 C.11.2.1.3.1): width above 0.
    Sigmoid,
    /// A table of the file: the one at this place in [`super::Volume::voi_tables`], stretched over the window.
    Table(u8),
}

/// A grey window: values from about `centre - width / 2` to `centre + width / 2` spread from black to white.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// Centre, in the unit of the values.
    pub centre: f64,
    /// Width, in the unit of the values; at least 1 for the linear function, else above 0.
    pub width: f64,
    /// How it spreads them.
    #[serde(default)]
    pub function: VoiFunction,
}

impl Window {
    /// For slices without values to choose a window from: colour passes through any, and padding is black in any.
    pub const ANY: Self = Self::new(128.0, 256.0);

    /// A LINEAR window; a width below 1 (or not a number) becomes 1, as PS3.3 C.11.2.1.2.1 asks.
    #[must_use]
    pub const fn new(centre: f64, width: f64) -> Self {
        Self::with(centre, width, VoiFunction::Linear)
    }

    /// A window of any function; a width too small for it (or not a number) becomes the smallest.
    #[must_use]
    pub const fn with(centre: f64, width: f64, function: VoiFunction) -> Self {
        let least = match function {
            VoiFunction::Linear => 1.0,
            VoiFunction::LinearExact | VoiFunction::Sigmoid | VoiFunction::Table(_) => NARROWEST,
        };
        Self { centre, width: if width >= least { width } else { least }, function }
    }

    /// A LINEAR_EXACT window from the black to the white value.
    #[must_use]
    pub const fn between(low: f64, high: f64) -> Self {
        Self::with((low + high) / 2.0, high - low, VoiFunction::LinearExact)
    }

    /// The same function elsewhere.
    #[must_use]
    pub fn moved(self, centre: f64, width: f64) -> Self {
        Self::with(centre, width, self.function)
    }

    /// The grey of a value. `table` is the one that the function names; without it, and for a value that is
    /// not a number, see [`VoiFunction::LinearExact`] and black.
    #[must_use]
    pub fn grey(self, value: f64, table: Option<&VoiTable>) -> u8 {
        if value.is_nan() {
            return 0;
        }
        match (self.function, table) {
            (VoiFunction::Linear, _) => self.linear(value),
            (VoiFunction::Sigmoid, _) => {
                let steps = -4.0 * (value - self.centre) / self.width;
                (255.0 / (1.0 + steps.exp())).round() as u8
            }
            (VoiFunction::Table(_), Some(table)) => table.grey(value, self),
            (VoiFunction::LinearExact | VoiFunction::Table(_), _) => {
                (((value - self.centre) / self.width + 0.5) * 255.0).clamp(0.0, 255.0).round() as u8
            }
        }
    }

    /// The grey of a value by the function LINEAR of PS3.3 C.11.2.1.2.1, rounded to whole greys:
    ///
    /// `x <= c - 0.5 - (w - 1) / 2` is black, `x > c - 0.5 + (w - 1) / 2` is white, and between them
    /// `((x - (c - 0.5)) / (w - 1) + 0.5) * 255`. A value that is not a number is black.
    fn linear(self, value: f64) -> u8 {
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

/// A table of greys (VOI LUT, PS3.3 C.11.2.1.1), spread evenly over a window; values outside get the nearest
/// end. Over a window as wide as it has entries, each whole value gets an entry of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoiTable {
    /// Never empty.
    #[serde(with = "hex")]
    pub greys: Arc<[u8]>,
}

impl VoiTable {
    fn grey(&self, value: f64, window: Window) -> u8 {
        let share = (value - (window.centre - window.width / 2.0)) / window.width;
        let at = (share * self.greys.len() as f64).round().max(0.0) as usize;
        self.greys.get(at).or(self.greys.last()).copied().unwrap_or_default()
    }
}

/// Greys as hexadecimal digits: a hundredth of the text that a list of numbers takes to read.
mod hex {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use std::borrow::Cow;
    use std::sync::Arc;

    pub(super) fn serialize<S: Serializer>(greys: &Arc<[u8]>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&greys.iter().map(|grey| format!("{grey:02x}")).collect::<String>())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<[u8]>, D::Error> {
        let text = Cow::<'_, str>::deserialize(deserializer)?;
        let pairs = text.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok().filter(|p| p.len() == 2));
        let greys: Option<Vec<u8>> = pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect();
        greys.filter(|greys| !greys.is_empty()).map(Arc::from).ok_or_else(|| D::Error::custom("no table of greys"))
    }
}

/// A named window. Bound by `id`, never by its place in the list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Preset {
    /// Never renamed: settings and hangings name it.
    pub id: &'static str,
    /// The words on screen.
    pub name: &'static str,
    /// The window, in the unit of its list.
    pub window: Window,
}

const fn ct(id: &'static str, name: &'static str, width: f64, centre: f64) -> Preset {
    Preset { id, name, window: Window::new(centre, width) }
}

const fn between(id: &'static str, name: &'static str, low: f64, high: f64) -> Preset {
    Preset { id, name, window: Window::between(low, high) }
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

/// The windows of PET in SUVbw (reading.md 4); the liver's comes first.
const SUV_PRESETS: &[Preset] = &[
    between("suv_7", "SUV 0 to 7", 0.0, 7.0),
    between("suv_5", "SUV 0 to 5", 0.0, 5.0),
    between("suv_10", "SUV 0 to 10", 0.0, 10.0),
];

/// The window of diffusion maps in mm2/s (reading.md 4).
const ADC_PRESETS: &[Preset] = &[between("adc", "ADC 0 to 2.5", 0.0, 0.0025)];

/// The named windows for values in a unit, in the order a menu shows them.
#[must_use]
pub const fn presets(unit: Unit) -> &'static [Preset] {
    match unit {
        Unit::Hu => PRESETS,
        Unit::SuvBw => SUV_PRESETS,
        Unit::Mm2PerS => ADC_PRESETS,
        Unit::BqMl | Unit::None => &[],
    }
}

/// The preset with this id.
#[must_use]
pub fn preset(id: &str) -> Option<&'static Preset> {
    [PRESETS, SUV_PRESETS, ADC_PRESETS].into_iter().flatten().find(|preset| preset.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn trap_03_linear_is_the_note_of_the_standard() {
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
        assert_eq!(Window::new(10.0, -5.0).linear(11.0), 255);
        assert_eq!(Window::new(0.0, 10.0).linear(f64::NAN), 0);
    }

    #[test]
    fn trap_03_linear_exact_and_sigmoid() {
        // PS3.3 C.11.2.1.3.2: c = 2048, w = 4096 takes 0..4096 to the whole range, without the half of LINEAR.
        let exact = Window::with(2048.0, 4096.0, VoiFunction::LinearExact);
        let greys: Vec<u8> = [-1.0, 0.0, 2048.0, 4096.0, 5000.0].map(|v| exact.grey(v, None)).into();
        assert_eq!(greys, [0, 0, 128, 255, 255]);
        assert_eq!(exact.grey(1024.0, None), 64); // 63.75
        // Narrower than 1, as SUV and ADC need.
        let narrow = Window::between(0.0, 0.0025);
        assert_eq!((narrow.grey(0.0, None), narrow.grey(0.001, None), narrow.grey(0.0025, None)), (0, 102, 255));
        assert!(Window::with(0.0, 0.0, VoiFunction::LinearExact).width > 0.0);
        // PS3.3 C.11.2.1.3.1: 255 / (1 + e^(-4 (x - c) / w)); one width above the centre 255 / (1 + e^-4) = 250.4.
        let sigmoid = Window::with(100.0, 50.0, VoiFunction::Sigmoid);
        let greys: Vec<u8> = [-1e9, 50.0, 100.0, 150.0, 1e9].map(|v| sigmoid.grey(v, None)).into();
        assert_eq!(greys, [0, 5, 128, 250, 255]);
        assert_eq!(sigmoid.grey(f64::NAN, None), 0);
    }

    #[test]
    fn trap_04_a_table_is_exact_over_its_own_window_and_stretches_with_it() {
        // Four entries for -2, -1, 0 and 1.
        let table = VoiTable { greys: [0, 10, 200, 255].into() };
        let own = Window::with(0.0, 4.0, VoiFunction::Table(0));
        let greys: Vec<u8> = [-9.0, -2.0, -1.0, 0.0, 1.0, 9.0].map(|v| own.grey(v, Some(&table))).into();
        assert_eq!(greys, [0, 0, 10, 200, 255, 255]);
        // Twice as wide: each entry for two values.
        let wide = own.moved(0.0, 8.0);
        assert_eq!((wide.grey(-4.0, Some(&table)), wide.grey(0.0, Some(&table))), (0, 200));
    }

    #[test]
    fn windows_of_format_1_load() {
        let old: Window = serde_json::from_str(r#"{"centre":40.0,"width":400.0}"#).unwrap();
        assert_eq!(old, Window::new(40.0, 400.0));
        let table = VoiTable { greys: [0, 171, 255].into() };
        let json = serde_json::to_string(&table).unwrap();
        assert_eq!(json, r#"{"greys":"00abff"}"#);
        assert_eq!(serde_json::from_str::<VoiTable>(&json).unwrap(), table);
        for bad in [r#"{"greys":""}"#, r#"{"greys":"abc"}"#, r#"{"greys":"zz"}"#, r#"{"greys":"ééé"}"#] {
            assert!(serde_json::from_str::<VoiTable>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn presets_are_named_once() {
        let all = [PRESETS, SUV_PRESETS, ADC_PRESETS].concat();
        let mut ids: Vec<_> = all.iter().map(|p| p.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all.len());
        assert_eq!(presets(Unit::SuvBw)[0].window.range(), (0.0, 7.0));
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
