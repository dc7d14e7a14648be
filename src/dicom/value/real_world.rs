//! Real-world value maps (PS3.3 C.7.6.16.2.11): stored values straight to values in a unit.

use super::units::unit_of;
use super::{Mapping, ValueTable};
use crate::dicom::format::Format;
use crate::dicom::header::Header;
use crate::volume::{Rescale, Unit};
use dicom_dictionary_std::tags;

/// One map of a file.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::dicom) struct RealWorldMap {
    /// Unit of the values; `Unit::None` for one that this program does not name.
    pub unit: Unit,
    /// The unit as the file writes it.
    pub code: String,
    pub mapping: Mapping,
}

/// The map that is used: the first with a unit that suits the modality, else the first with a unit that is
/// known, else the first. A map that cannot be used is told in `notes`.
pub(in crate::dicom) fn real_world_map(
    h: &Header,
    format: &Format,
    best: &[Unit],
    notes: &mut Vec<String>,
) -> Option<RealWorldMap> {
    let mut maps = Vec::new();
    for item in h.items(tags::REAL_WORLD_VALUE_MAPPING_SEQUENCE) {
        match map(&item, format) {
            Ok(map) => maps.push(map),
            Err(why) => notes.push(format!("a real-world value map of the file is not used: {why}")),
        }
    }
    let suits = |map: &RealWorldMap| match best.iter().position(|unit| *unit == map.unit) {
        Some(place) => place,
        None if map.unit == Unit::None => best.len() + 1,
        None => best.len(),
    };
    // The first of the best ones.
    let place = maps.iter().map(suits).min()?;
    maps.into_iter().find(|map| suits(map) == place)
}

fn map(item: &Header, format: &Format) -> Result<RealWorldMap, String> {
    let code = item.items(tags::MEASUREMENT_UNITS_CODE_SEQUENCE).first().map(|code| code.text(tags::CODE_VALUE));
    let code = code.unwrap_or_default();
    let (unit, scale) = unit_of(&code).unwrap_or((Unit::None, 1.0));
    let end = |whole, double| item.as_pixel(whole, format.signed).or_else(|| item.number(double));
    let first = end(tags::REAL_WORLD_VALUE_FIRST_VALUE_MAPPED, tags::DOUBLE_FLOAT_REAL_WORLD_VALUE_FIRST_VALUE_MAPPED);
    let last = end(tags::REAL_WORLD_VALUE_LAST_VALUE_MAPPED, tags::DOUBLE_FLOAT_REAL_WORLD_VALUE_LAST_VALUE_MAPPED);
    let range = match (first, last) {
        (Some(first), Some(last)) if first <= last => Some((first, last)),
        (None, None) => None,
        _ => return Err("its first and last value contradict each other".into()),
    };
    let table = item.numbers(tags::REAL_WORLD_VALUE_LUT_DATA);
    let mapping = if table.is_empty() {
        let slope = item.number(tags::REAL_WORLD_VALUE_SLOPE).ok_or("it has neither a slope nor a table")?;
        let intercept = item.number(tags::REAL_WORLD_VALUE_INTERCEPT).unwrap_or(0.0);
        if slope == 0.0 {
            return Err("its slope is zero".into());
        }
        let rescale = Rescale { slope: slope * scale, intercept: intercept * scale };
        // A range that leaves out values that can be stored leaves them without a value.
        match range.filter(|range| !covers(*range, format)) {
            Some((first, last)) => Mapping::Limited { rescale, first, last },
            None => Mapping::Linear(rescale),
        }
    } else {
        let (first, last) = range.ok_or("its table has no first value")?;
        if last - first + 1.0 != table.len() as f64 {
            return Err(format!("its table has {} entries for {} values", table.len(), last - first + 1.0));
        }
        Mapping::Table(ValueTable { first, open: false, values: table.iter().map(|v| (v * scale) as f32).collect() })
    };
    Ok(RealWorldMap { unit, code, mapping })
}

/// Whether a range holds every value that the stored bits can take.
fn covers((first, last): (f64, f64), format: &Format) -> bool {
    let values = f64::from(format.bits_stored.min(32)).exp2();
    let (low, high) = if format.signed { (-values / 2.0, values / 2.0 - 1.0) } else { (0.0, values - 1.0) };
    first <= low && last >= high
}
