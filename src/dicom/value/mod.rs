//! What turns stored values into values with a unit: rescale, tables, real-world value maps, SUV.
//!
//! A straight line stays a [`Rescale`] of its slice, and stored values stay as they are. Values that pass
//! through a table, or have no value in places, are mapped when their slice is read: the slice then holds
//! values (NaN where there is none), and its rescale changes nothing.

mod moment;
mod pet;
mod real_world;
mod suv;
mod table;
mod units;

pub(super) use pet::pet_tags;
pub(super) use suv::{PetTags, set_series_start, to_suv};
pub use suv::{Suv, SuvInputs, SuvSource};
pub(super) use table::Table;

use super::format::Format;
use super::header::Header;
use crate::clinical::Modality;
use crate::volume::{Padding, Rescale, SliceData, Unit};
use dicom_dictionary_std::tags;
use real_world::real_world_map;
use units::unit_of;

const CT_IMAGE: &str = "1.2.840.10008.5.1.4.1.1.2";
const SECONDARY_CAPTURE: &str = "1.2.840.10008.5.1.4.1.1.7";
/// Two ways to a value agree when they differ by less than this share of the values' range.
const AGREE: f64 = 1e-3;

/// How stored values become values.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Mapping {
    /// By a straight line.
    Linear(Rescale),
    /// By a straight line, and no value outside a range of stored values.
    Limited { rescale: Rescale, first: f64, last: f64 },
    /// By a table.
    Table(ValueTable),
}

/// A table from stored whole numbers to values.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ValueTable {
    /// The stored value of the first entry.
    pub first: f64,
    /// Whether values outside get the nearest entry (Modality LUT) or none (real-world value map).
    pub open: bool,
    pub values: Box<[f32]>,
}

impl Mapping {
    /// What is left to be done by the slice's rescale.
    pub fn rescale(&self) -> Rescale {
        match self {
            Self::Linear(rescale) => *rescale,
            Self::Limited { .. } | Self::Table(_) => Rescale::default(),
        }
    }

    /// Whether slices are mapped when they are read.
    pub fn is_mapped(&self) -> bool {
        !matches!(self, Self::Linear(_))
    }

    /// The value of a stored value; NaN where there is none.
    pub fn value(&self, stored: f64) -> f64 {
        match self {
            Self::Linear(rescale) => rescale.apply(stored),
            Self::Limited { rescale, first, last } => {
                if stored >= *first && stored <= *last {
                    rescale.apply(stored)
                } else {
                    f64::NAN
                }
            }
            Self::Table(table) => {
                let at = stored - table.first;
                let last = table.values.len().saturating_sub(1) as f64;
                if !table.open && !(0.0..=last).contains(&at) {
                    return f64::NAN;
                }
                table.values.get(at.clamp(0.0, last) as usize).copied().map_or(f64::NAN, f64::from)
            }
        }
    }

    /// A slice of stored values as values. Padding has none. Colour stays as it is.
    pub fn apply(&self, data: SliceData, padding: Option<Padding>) -> SliceData {
        if !self.is_mapped() {
            return data;
        }
        let value = |stored: f64| {
            if padding.is_some_and(|padding| padding.covers(stored)) { f32::NAN } else { self.value(stored) as f32 }
        };
        match data {
            SliceData::I16(stored) => SliceData::F32(stored.iter().map(|v| value(f64::from(*v))).collect()),
            SliceData::U16(stored) => SliceData::F32(stored.iter().map(|v| value(f64::from(*v))).collect()),
            SliceData::F32(stored) => SliceData::F32(stored.iter().map(|v| value(f64::from(*v))).collect()),
            SliceData::Rgb8(pixels) => SliceData::Rgb8(pixels),
        }
    }
}

/// How the stored values of a frame become values, in which unit, and what is odd about it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Values {
    pub mapping: Mapping,
    pub unit: Unit,
    /// The line to the values that the file's own windows speak of; `None` when these cannot be carried over.
    pub windows_of: Option<Rescale>,
    /// Whether the mapping is the file's real-world value map.
    pub real_world: bool,
    pub notes: Vec<String>,
}

/// Reads how the stored values of a frame become values. PET stays in its own units here: SUV needs the whole
/// stack. A real-world value map of the file is used before anything else; where it disagrees with the rest,
/// a note says so.
pub(super) fn values(h: &Header, format: &Format, modality: Modality, sop_class: &str) -> Values {
    let mut plain = plain_values(h, format, modality, sop_class);
    if format.shows_colour() {
        return plain;
    }
    let best: &[Unit] = match modality {
        Modality::Ct => &[Unit::Hu],
        Modality::Mr => &[Unit::Mm2PerS],
        Modality::Pet => &[Unit::SuvBw, Unit::BqMl],
        Modality::Other => &[],
    };
    let Some(map) = real_world_map(h, format, best, &mut plain.notes) else { return plain };
    let mut notes = plain.notes;
    notes.extend(disagreement(&plain.mapping, plain.unit, &map.mapping, map.unit, format));
    if map.unit == Unit::None && !matches!(map.code.as_str(), "" | "1") {
        notes.push(format!("values are in {} by the file's real-world value map", map.code));
    }
    // Windows follow the rescale, which a table in either place cuts them off from.
    let lines = !matches!(plain.mapping, Mapping::Table(_)) && !matches!(map.mapping, Mapping::Table(_));
    let windows_of = plain.windows_of.filter(|_| lines);
    Values { mapping: map.mapping, unit: map.unit, windows_of, real_world: true, notes }
}

/// A note where two mappings to one unit give different values.
fn disagreement(plain: &Mapping, unit: Unit, map: &Mapping, map_unit: Unit, format: &Format) -> Option<String> {
    if unit != map_unit || unit == Unit::None {
        return None;
    }
    let most = f64::from(format.bits_stored.min(32)).exp2();
    let stored: &[f64] = &if format.signed { [-most / 2.0, 0.0, most / 2.0 - 1.0] } else { [0.0, 100.0, most - 1.0] };
    let pairs = stored.iter().map(|stored| (*stored, plain.value(*stored), map.value(*stored)));
    let pairs: Vec<_> = pairs.filter(|(_, a, b)| a.is_finite() && b.is_finite()).collect();
    let range = pairs.iter().map(|(_, a, _)| a.abs()).fold(0.0, f64::max);
    let (stored, a, b) = pairs.into_iter().find(|(_, a, b)| (a - b).abs() > AGREE * range)?;
    Some(format!(
        "the file's real-world value map makes {b} {unit} of the stored value {stored}, its rescale {a}; the map is used",
        unit = unit.code()
    ))
}

/// The mapping without real-world value maps: Modality LUT, else rescale.
fn plain_values(h: &Header, format: &Format, modality: Modality, sop_class: &str) -> Values {
    let linear = |rescale, unit, note: Option<&str>| Values {
        mapping: Mapping::Linear(rescale),
        unit,
        windows_of: Some(rescale),
        real_world: false,
        notes: note.map(str::to_owned).into_iter().collect(),
    };
    if let Some(item) = h.items(tags::MODALITY_LUT_SEQUENCE).first() {
        return match Table::of(item, format.signed) {
            Ok(table) => {
                let values = table.entries.iter().map(|entry| f32::from(*entry)).collect();
                let unit = match item.text(tags::MODALITY_LUT_TYPE).as_str() {
                    "HU" => Unit::Hu,
                    _ => Unit::None,
                };
                let mapping = Mapping::Table(ValueTable { first: f64::from(table.first), open: true, values });
                let windows_of = Some(Rescale::default());
                Values { mapping, unit, windows_of, real_world: false, notes: Vec::new() }
            }
            Err(why) => {
                let note = format!(
                    "the table that makes values of stored values cannot be used: {why}; stored values are shown"
                );
                linear(Rescale::default(), Unit::None, Some(&note))
            }
        };
    }
    let (slope, intercept) = (h.number(tags::RESCALE_SLOPE), h.number(tags::RESCALE_INTERCEPT));
    if slope == Some(0.0) {
        let note = "the rescale slope is zero; stored values are shown";
        return linear(Rescale::default(), Unit::None, Some(note));
    }
    let rescale = Rescale { slope: slope.unwrap_or(1.0), intercept: intercept.unwrap_or(0.0) };
    let kind = h.text(tags::RESCALE_TYPE);
    let secondary = sop_class.starts_with(SECONDARY_CAPTURE);
    match modality {
        Modality::Ct if !secondary && intercept.is_some() && matches!(kind.as_str(), "" | "HU") => {
            linear(rescale, Unit::Hu, None)
        }
        Modality::Ct => {
            let note = (sop_class == CT_IMAGE && intercept.is_none())
                .then_some("the file does not say how stored values become HU; stored values are shown");
            linear(rescale, Unit::None, note)
        }
        Modality::Pet if h.text(tags::UNITS) == "BQML" => linear(rescale, Unit::BqMl, None),
        // A diffusion map has a unit only where the file says so: the numbers alone do not tell.
        Modality::Mr => {
            let stated = [kind, h.text(tags::UNITS)].iter().find_map(|code| unit_of(code));
            match stated.filter(|(unit, _)| *unit == Unit::Mm2PerS) {
                Some((unit, scale)) => {
                    let scaled = Rescale { slope: rescale.slope * scale, intercept: rescale.intercept * scale };
                    Values { windows_of: Some(rescale), ..linear(scaled, unit, None) }
                }
                None => linear(rescale, Unit::None, None),
            }
        }
        _ => linear(rescale, Unit::None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapped(mapping: &Mapping, stored: &[i16], padding: Option<Padding>) -> Vec<Option<f64>> {
        let data = mapping.apply(SliceData::I16(stored.into()), padding);
        (0..data.len()).map(|at| data.stored(at).filter(|value| value.is_finite())).collect()
    }

    #[test]
    fn a_table_of_the_modality_goes_on_at_its_ends_and_a_real_world_one_does_not() {
        let table = |open| Mapping::Table(ValueTable { first: -1.0, open, values: [10.0, 20.0, 30.5].into() });
        let stored = [-100, -1, 0, 1, 2];
        assert_eq!(mapped(&table(true), &stored, None), [Some(10.0), Some(10.0), Some(20.0), Some(30.5), Some(30.5)]);
        assert_eq!(mapped(&table(false), &stored, None), [None, Some(10.0), Some(20.0), Some(30.5), None]);
        let padding = Some(Padding { low: 0.0, high: 0.0 });
        assert_eq!(mapped(&table(true), &stored, padding)[2], None, "padding has no value");
    }

    #[test]
    fn a_line_with_limits_has_no_value_outside() {
        let rescale = Rescale { slope: 0.5, intercept: 1.0 };
        let limited = Mapping::Limited { rescale, first: 0.0, last: 10.0 };
        assert_eq!(mapped(&limited, &[-1, 0, 10, 11], None), [None, Some(1.0), Some(6.0), None]);
        let data = SliceData::I16([1, 2].into());
        assert_eq!(Mapping::Linear(rescale).apply(data.clone(), None), data, "a line is left to the rescale");
    }
}
