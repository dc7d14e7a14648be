//! Windows that a file brings: centre and width with their function, and tables (PS3.3 C.11.2).

use super::format::Format;
use super::found::FileWindow;
use super::header::Header;
use super::value::{Mapping, Table, Values};
use crate::volume::{Rescale, VoiFunction, VoiTable};
use dicom_core::VR;
use dicom_dictionary_std::tags;

/// More windows than this are no offer.
const MOST_WINDOWS: usize = 32;

/// The windows of a frame, in the unit of its values: those with centre and width, then the tables. What is
/// corrupt is left out, and `notes` say so.
pub(super) fn windows(h: &Header, format: &Format, values: &Values, notes: &mut Vec<String>) -> Vec<FileWindow> {
    if format.shows_colour() {
        return Vec::new();
    }
    let mut windows = spread(h);
    windows.extend(tables(h, format, values, notes));
    windows.truncate(MOST_WINDOWS);
    let used = match &values.mapping {
        Mapping::Linear(rescale) | Mapping::Limited { rescale, .. } => *rescale,
        Mapping::Table(_) => Rescale::default(),
    };
    // The file's windows speak of what its modality transformation gives (PS3.3 C.11.2.1.2).
    match values.windows_of {
        Some(written) => windows.into_iter().filter_map(|window| converted(window, written, used)).collect(),
        None => Vec::new(),
    }
}

fn spread(h: &Header) -> Vec<FileWindow> {
    let function = match h.text(tags::VOILUT_FUNCTION).as_str() {
        "LINEAR_EXACT" => VoiFunction::LinearExact,
        "SIGMOID" => VoiFunction::Sigmoid,
        _ => VoiFunction::Linear,
    };
    let least = if function == VoiFunction::Linear { 1.0 } else { f64::MIN_POSITIVE };
    let names = h.texts(tags::WINDOW_CENTER_WIDTH_EXPLANATION);
    let pairs = h.numbers(tags::WINDOW_CENTER).into_iter().zip(h.numbers(tags::WINDOW_WIDTH)).enumerate();
    pairs
        .filter(|(_, (centre, width))| centre.is_finite() && *width >= least && width.is_finite())
        .map(|(n, (centre, width))| {
            let name = names.get(n).cloned().unwrap_or_default();
            FileWindow { name, centre, width, function, table: None }
        })
        .collect()
}

fn tables(h: &Header, format: &Format, values: &Values, notes: &mut Vec<String>) -> Vec<FileWindow> {
    let mut windows: Vec<FileWindow> = Vec::new();
    for item in h.items(tags::VOILUT_SEQUENCE) {
        let name = item.text(tags::LUT_EXPLANATION);
        match Table::of(&item, takes_negative(&item, format, values)) {
            Ok(table) if windows.len() < MOST_WINDOWS => {
                let width = table.entries.len() as f64;
                let most = u32::from(table.most());
                let grey = |entry: &u16| ((u32::from(*entry) * 255 + most / 2) / most) as u8;
                windows.push(FileWindow {
                    name,
                    centre: f64::from(table.first) + width / 2.0,
                    width,
                    function: VoiFunction::Table(u8::try_from(windows.len()).unwrap_or(u8::MAX)),
                    table: Some(VoiTable { greys: table.entries.iter().map(grey).collect() }),
                });
            }
            Ok(_) => {}
            Err(why) => {
                let name = if name.is_empty() { "a grey table".into() } else { format!("the grey table \"{name}\"") };
                notes.push(format!("{name} of the file is not offered: {why}"));
            }
        }
    }
    windows
}

/// Whether the values that go into a table can be negative, so that its first value is signed.
fn takes_negative(item: &Header, format: &Format, values: &Values) -> bool {
    let lowest = if format.signed { -(f64::from(format.bits_stored.min(32)) - 1.0).exp2() } else { 0.0 };
    let lowest = values.windows_of.map_or(lowest, |rescale| rescale.apply(lowest));
    item.vr(tags::LUT_DESCRIPTOR) == Some(VR::SS) || lowest < 0.0
}

/// A window for values that another straight line makes of the stored ones; `None` where the two run against
/// each other. Both lines are applied as they are, so that the greys stay what the file asks for.
fn converted(window: FileWindow, from: Rescale, to: Rescale) -> Option<FileWindow> {
    if from == to {
        return Some(window);
    }
    let scale = to.slope / from.slope;
    let value = |v: f64| (v - from.intercept) * scale + to.intercept;
    let (centre, width, function) = match window.function {
        // The same line as LINEAR_EXACT, for a width may come below 1.
        VoiFunction::Linear => (window.centre - 0.5, window.width - 1.0, VoiFunction::LinearExact),
        function => (window.centre, window.width, function),
    };
    let converted = FileWindow { centre: value(centre), width: width * scale, function, ..window };
    (scale > 0.0 && converted.centre.is_finite() && converted.width.is_finite()).then_some(converted)
}

/// The windows of values that were multiplied, as SUV are.
pub(super) fn scaled(windows: Vec<FileWindow>, factor: f64) -> Vec<FileWindow> {
    let to = Rescale { slope: factor, intercept: 0.0 };
    windows.into_iter().filter_map(|window| converted(window, Rescale::default(), to)).collect()
}
