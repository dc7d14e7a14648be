//! How the ablation zone's volume changes over time, a line a lesion.

use super::svg::{Anchor, GRID, INK, SOFT, Svg, day_ticks, short};
use crate::clinical::MarkRole;
use crate::outcome::PatientCourse;

const LEFT: f64 = 90.0;
const TOP: f64 = 62.0;
const PLOT: (f64, f64) = (620.0, 320.0);

/// The zone of one lesion over time.
#[derive(Debug, Clone, PartialEq)]
pub struct ZoneSizes {
    /// "P001 L1".
    pub name: String,
    /// Whether the lesion progressed.
    pub progressed: bool,
    /// Days after the first session and ml.
    pub sizes: Vec<(i64, f64)>,
}

/// The zones that were marked at two visits or more.
#[must_use]
pub fn zone_sizes(courses: &[PatientCourse]) -> Vec<ZoneSizes> {
    let mut all = Vec::new();
    for course in courses {
        for lesion in &course.lesions {
            let mut sizes: Vec<(i64, f64)> = lesion
                .outcome
                .visits
                .iter()
                .filter_map(|outcome| {
                    let visit = lesion.history.visits.iter().find(|visit| visit.id == outcome.visit)?;
                    let own = || visit.marks.iter().filter(|mark| mark.info.role == MarkRole::AblationZone);
                    let zone = own().find(|mark| mark.info.primary).or_else(|| own().next())?;
                    Some((outcome.days_after_first.filter(|days| *days >= 0)?, zone.volume_ml?))
                })
                .collect();
            sizes.sort_by_key(|(day, _)| *day);
            if sizes.len() > 1 {
                let name = format!("{} {}", course.code, lesion.outcome.label);
                all.push(ZoneSizes { name, progressed: lesion.outcome.counted.progression.is_some(), sizes });
            }
        }
    }
    all
}

/// Draws the zones; those of lesions that progressed stand out.
#[must_use]
pub fn sizes_chart(zones: &[ZoneSizes]) -> String {
    let points = || zones.iter().flat_map(|zone| &zone.sizes);
    let most_day = points().map(|(day, _)| *day).max().unwrap_or(1).max(1);
    let most_ml = points().map(|(_, ml)| *ml).fold(1.0, f64::max);
    let step = [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0]
        .into_iter()
        .find(|step| most_ml / step <= 6.0)
        .unwrap_or(1000.0);
    let top_ml = (most_ml / step).ceil() * step;
    let x = |day: i64| LEFT + day as f64 / most_day as f64 * PLOT.0;
    let y = |ml: f64| TOP + (1.0 - ml / top_ml) * PLOT.1;
    let mut svg = Svg::new(LEFT + PLOT.0 + 24.0, TOP + PLOT.1 + 56.0);
    svg.text((20.0, 24.0), Anchor::Start, 16.0, INK, "Volume of the ablation zone");
    let progressed = zones.iter().filter(|zone| zone.progressed).count();
    let words =
        format!("{} lesions with two sizes or more; {progressed} that progressed are drawn dashed", zones.len());
    svg.text((20.0, 42.0), Anchor::Start, 11.0, SOFT, &words);
    let mut ml = 0.0;
    while ml <= top_ml + 1e-9 {
        svg.line((LEFT, y(ml)), (LEFT + PLOT.0, y(ml)), GRID, 1.0);
        svg.text((LEFT - 8.0, y(ml) + 4.0), Anchor::End, 12.0, SOFT, &short(ml));
        ml += step;
    }
    for day in day_ticks(most_day) {
        svg.text((x(day), y(0.0) + 18.0), Anchor::Middle, 12.0, SOFT, &day.to_string());
    }
    svg.upwards((LEFT - 52.0, TOP + PLOT.1 / 2.0), 12.0, INK, "ml");
    svg.text(
        (LEFT + PLOT.0 / 2.0, y(0.0) + 40.0),
        Anchor::Middle,
        12.0,
        INK,
        "Days after the first session of the lesion",
    );
    for zone in zones {
        let (colour, dash) = if zone.progressed { ("#d55e00", "6 3") } else { ("#0072b2", "") };
        let path: Vec<(f64, f64)> = zone.sizes.iter().map(|(day, ml)| (x(*day), y(*ml))).collect();
        svg.path(&path, colour, dash, 1.5);
        for at in path {
            svg.dot(at, 2.5, "#ffffff", colour);
        }
    }
    svg.finish("Volume of the ablation zone")
}
