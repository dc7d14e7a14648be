//! What rules and tables see of a mark.

use super::{Mask, grids_coincide, measure, statistics_inside};
use crate::clinical::{MarkInfo, MarkSummary};
use crate::geometry::Rigid;
use crate::volume::{Unit, Volume};

/// Measures a mark for rules and tables.
///
/// `volume` is the stack the mark was drawn on; its values count only when all slices of the mark have been
/// read, so that a mean never stands for half a mark. `calibrated`: lengths in plane are mm at the patient;
/// otherwise the longest diameter is given in pixels and nothing in mm. `is_volume`: the slices make a
/// volume; otherwise there is no ml.
#[must_use]
pub fn summary(
    info: &MarkInfo,
    mask: &Mask,
    volume: Option<&Volume>,
    calibrated: bool,
    is_volume: bool,
) -> MarkSummary {
    let measured = measure(mask);
    let longest = measured.as_ref().map(|m| m.longest.length);
    let values = volume
        .filter(|volume| grids_coincide(mask.grid(), &volume.grid))
        .filter(|volume| mask.slices().keys().all(|slice| volume.slice(*slice).is_some()));
    let statistics = values.and_then(|volume| statistics_inside(mask, volume, &Rigid::IDENTITY));
    let unit = values.map(|volume| volume.unit).filter(|unit| *unit != Unit::None);
    MarkSummary {
        info: info.clone(),
        volume_ml: measured.as_ref().filter(|_| is_volume && calibrated).map(|m| m.volume_ml),
        longest_axial_mm: longest.filter(|_| calibrated),
        perpendicular_mm: measured.as_ref().filter(|_| calibrated).map(|m| m.perpendicular.length),
        longest_px: longest.filter(|_| !calibrated),
        mean: statistics.map(|s| s.mean),
        sd: statistics.and_then(|s| s.sd),
        unit: unit.map(Unit::code).unwrap_or_default().to_owned(),
    }
}
