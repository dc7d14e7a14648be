//! Charts of the cohort as SVG: curves with tables of numbers at risk, the flow of lesions, a swimmer plot, zone sizes.
//!
//! A chart is made from what `cohort` computed and draws nothing else. Text stays text, in the fonts of whoever opens it;
//! colours can be told apart without colour vision and by line style. Same input, same bytes.

mod curve;
mod flow;
mod lanes;
mod sizes;
mod svg;

pub use curve::{Line, curve_chart, incidence_chart, survival_chart};
pub use flow::flow_chart;
pub use lanes::swimmer_chart;
pub use sizes::{ZoneSizes, sizes_chart, zone_sizes};

use super::ExportError;
use crate::clinical::EndPoint;
use crate::cohort::{CohortStatistics, EndPointCurve, Level};
use crate::outcome::PatientCourse;
use std::path::{Path, PathBuf};

/// Every chart of a cohort, each with its file name.
#[must_use]
pub fn charts(cohort: &CohortStatistics, courses: &[PatientCourse]) -> Vec<(String, String)> {
    let mut all =
        vec![("flow.svg".to_owned(), flow_chart(&cohort.flow)), ("swimmer.svg".to_owned(), swimmer_chart(courses))];
    let sizes = zone_sizes(courses);
    if !sizes.is_empty() {
        all.push(("zone_size.svg".to_owned(), sizes_chart(&sizes)));
    }
    for curve in cohort.end_points.iter().filter(|curve| curve.n > 0) {
        let level = if curve.level == Level::Lesion { "lesion" } else { "patient" };
        let name = crate::clinical::Coded::code(curve.end_point);
        let incidence = matches!(
            curve.end_point,
            EndPoint::TimeToLtp | EndPoint::TimeToProgression | EndPoint::OrganDistant | EndPoint::Extrahepatic
        );
        let chart = if incidence {
            incidence_chart(&[Line { words: "Everybody".to_owned(), curve }])
        } else {
            survival_chart(&[Line { words: "Everybody".to_owned(), curve }])
        };
        all.push((format!("{level}_{name}.svg"), chart));
    }
    for strata in &cohort.strata {
        let known: Vec<(String, &EndPointCurve)> = strata
            .groups
            .iter()
            .filter(|group| group.value != "unknown" && group.ltp.n > 0)
            .map(|group| (group.words.clone(), &group.ltp))
            .collect();
        if known.len() > 1 {
            let lines: Vec<Line<'_>> = known.into_iter().map(|(words, curve)| Line { words, curve }).collect();
            let name = crate::clinical::Coded::code(strata.factor);
            all.push((format!("lesion_time_to_ltp_by_{name}.svg"), incidence_chart(&lines)));
        }
    }
    all
}

/// Writes every chart into a folder, made when missing.
///
/// # Errors
/// What the disk refuses.
pub fn write_charts(
    cohort: &CohortStatistics,
    courses: &[PatientCourse],
    folder: &Path,
) -> Result<Vec<PathBuf>, ExportError> {
    std::fs::create_dir_all(folder).map_err(|why| ExportError::cannot_write(folder, &why))?;
    let files: Vec<(PathBuf, Vec<u8>)> =
        charts(cohort, courses).into_iter().map(|(name, svg)| (folder.join(name), svg.into_bytes())).collect();
    super::write::write_all(&files)?;
    Ok(files.into_iter().map(|(path, _)| path).collect())
}

#[cfg(test)]
mod tests;
