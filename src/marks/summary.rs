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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clinical::{LesionId, MarkId, MarkRole, PatientId, ReaderId, StackKey, VisitId};
    use crate::marks::inside::tests::ramp;
    use crate::marks::mask::tests::{fill, grid};
    use std::sync::OnceLock;

    fn info() -> MarkInfo {
        MarkInfo {
            id: MarkId(1),
            role: MarkRole::ViableTumour,
            lesions: vec![LesionId(2)],
            patient: PatientId(1),
            visit: VisitId(3),
            reader: ReaderId(1),
            stack: StackKey([3; 16]),
            ordinal: 1,
            primary: true,
        }
    }

    #[test]
    fn a_calibrated_volume_gives_all() {
        let volume = ramp(grid([2.0, 2.0, 5.0], [6, 6, 3]));
        let mask = fill(volume.grid.clone(), |p| p.z == 5.0 && p.y == 4.0 && (2.0..=6.0).contains(&p.x));
        let s = summary(&info(), &mask, Some(&volume), true, true);
        assert_eq!(s.info, info());
        assert!((s.volume_ml.unwrap() - 0.060).abs() < 1e-12);
        assert!((s.longest_axial_mm.unwrap() - 6.0).abs() < 1e-9);
        assert!((s.perpendicular_mm.unwrap() - 2.0).abs() < 1e-9);
        assert_eq!((s.longest_px, s.mean, s.sd, s.unit.as_str()), (None, Some(122.0), Some(1.0), "HU"));
    }

    #[test]
    fn pictures_and_pixels_claim_nothing_in_mm_or_ml() {
        let mask = fill(grid([1.0; 3], [6, 6, 1]), |p| p.y == 2.0 && p.x < 4.0);
        let s = summary(&info(), &mask, None, false, false);
        assert_eq!((s.volume_ml, s.longest_axial_mm, s.perpendicular_mm), (None, None, None));
        assert!((s.longest_px.unwrap() - 4.0).abs() < 1e-9);
        assert_eq!((s.mean, s.unit.as_str()), (None, ""));
        let pictures_in_mm = summary(&info(), &mask, None, true, false);
        assert_eq!(pictures_in_mm.volume_ml, None);
        assert!(pictures_in_mm.longest_axial_mm.is_some());
    }

    #[test]
    fn no_mean_of_half_a_mark_or_of_another_image() {
        let mut volume = ramp(grid([1.0; 3], [6, 6, 3]));
        let mask = fill(volume.grid.clone(), |p| p.y == 2.0);
        let other = ramp(grid([1.5, 1.0, 1.0], [6, 6, 3]));
        assert_eq!(summary(&info(), &mask, Some(&other), true, true).mean, None);
        assert!(summary(&info(), &mask, Some(&volume), true, true).mean.is_some());
        volume.slices[2] = OnceLock::new();
        let s = summary(&info(), &mask, Some(&volume), true, true);
        assert_eq!((s.mean, s.sd), (None, None));
        assert!(s.volume_ml.is_some());
    }

    #[test]
    fn an_empty_mark_measures_nothing() {
        let mask = Mask::new(grid([1.0; 3], [6, 6, 1])).unwrap();
        let s = summary(&info(), &mask, None, true, true);
        assert_eq!((s.volume_ml, s.longest_axial_mm, s.longest_px), (None, None, None));
    }
}
