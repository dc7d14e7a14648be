//! Survival and cumulative incidence, as steps with intervals, marks of censoring and numbers at risk below.

use super::svg::{Anchor, GRID, INK, SOFT, Svg, day_ticks, style};
use crate::cohort::{EndPointCurve, Level};

/// A curve of a chart with its name.
#[derive(Debug, Clone)]
pub struct Line<'a> {
    /// What it is, in the legend.
    pub words: String,
    /// The curve.
    pub curve: &'a EndPointCurve,
}

/// What is drawn of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Survival,
    Incidence,
}

/// A step: day, value, interval, and how many were censored there.
struct Step {
    day: i64,
    value: f64,
    interval: Option<(f64, f64)>,
    censored: u32,
}

fn steps(curve: &EndPointCurve, of: Of) -> Vec<Step> {
    match of {
        Of::Survival => curve
            .kaplan_meier
            .iter()
            .map(|row| Step {
                day: row.day,
                value: row.survival,
                interval: row.low.zip(row.high),
                censored: row.censored,
            })
            .collect(),
        Of::Incidence => curve
            .cumulative_incidence
            .iter()
            .map(|row| Step {
                day: row.day,
                value: row.incidence,
                interval: row.low.zip(row.high),
                censored: row.censored,
            })
            .collect(),
    }
}

const LEFT: f64 = 150.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 56.0;
const PLOT_WIDTH: f64 = 560.0;
const PLOT_HEIGHT: f64 = 300.0;
const ROW: f64 = 18.0;

/// Survival with its 95 % interval; competing events are censored and marked as such.
#[must_use]
pub fn survival_chart(lines: &[Line<'_>]) -> String {
    curve_chart_of(lines, Of::Survival)
}

/// Cumulative incidence with its 95 % interval, competing events competing.
#[must_use]
pub fn incidence_chart(lines: &[Line<'_>]) -> String {
    curve_chart_of(lines, Of::Incidence)
}

/// Cumulative incidence where `incidence` is set, else survival.
#[must_use]
pub fn curve_chart(lines: &[Line<'_>], incidence: bool) -> String {
    curve_chart_of(lines, if incidence { Of::Incidence } else { Of::Survival })
}

fn curve_chart_of(lines: &[Line<'_>], of: Of) -> String {
    let most =
        lines.iter().flat_map(|line| line.curve.kaplan_meier.last()).map(|row| row.day).max().unwrap_or(1).max(1);
    let legend = if lines.len() > 1 { lines.len() } else { 0 };
    let rows = lines.len().max(1);
    let height = TOP + PLOT_HEIGHT + 74.0 + ROW * (rows as f64 + 1.0) + ROW * legend as f64;
    let mut svg = Svg::new(LEFT + PLOT_WIDTH + RIGHT, height);
    let x = |day: f64| LEFT + day / most as f64 * PLOT_WIDTH;
    let y = |share: f64| TOP + (1.0 - share) * PLOT_HEIGHT;
    let title = title(lines, of);
    svg.text((LEFT, 24.0), Anchor::Start, 16.0, INK, &title);
    svg.text((LEFT, 42.0), Anchor::Start, 11.0, SOFT, &subtitle(lines, of));
    axes(&mut svg, most, &x, &y, of);
    for (at, line) in lines.iter().enumerate() {
        draw(&mut svg, &steps(line.curve, of), of, style(at), lines.len() == 1, &x, &y);
    }
    at_risk(&mut svg, lines, most, &x);
    let legend_top = TOP + PLOT_HEIGHT + 74.0 + ROW * (rows as f64 + 1.0);
    if legend > 0 {
        for (at, line) in lines.iter().enumerate() {
            let (colour, dash) = style(at);
            let middle = legend_top + ROW * at as f64;
            svg.path(&[(LEFT, middle), (LEFT + 34.0, middle)], colour, dash, 2.0);
            let words = format!("{} (n {}, events {})", line.words, line.curve.n, line.curve.events);
            svg.text((LEFT + 42.0, middle + 4.0), Anchor::Start, 12.0, INK, &words);
        }
    }
    svg.finish(&title)
}

fn title(lines: &[Line<'_>], of: Of) -> String {
    let name = lines.first().map_or("", |line| line.curve.words);
    match of {
        Of::Survival => name.to_owned(),
        Of::Incidence => format!("Cumulative incidence: {}", name.replace("Time to ", "")),
    }
}

fn subtitle(lines: &[Line<'_>], of: Of) -> String {
    let Some(curve) = lines.first().map(|line| line.curve) else { return String::new() };
    let what = if curve.level == Level::Lesion { "lesions" } else { "patients" };
    let (n, events): (u32, u32) =
        lines.iter().fold((0, 0), |(n, events), line| (n + line.curve.n, events + line.curve.events));
    let competing: u32 = lines.iter().map(|line| line.curve.competing).sum();
    let method = match of {
        Of::Survival => "Kaplan-Meier, 95 % interval",
        Of::Incidence => "Aalen-Johansen, 95 % interval",
    };
    let competing = if competing > 0 {
        let word = if of == Of::Survival { "competing events censored" } else { "competing events" };
        format!(", {competing} {word}")
    } else {
        String::new()
    };
    format!("{method}; {n} {what}, {events} events{competing}")
}

fn axes(svg: &mut Svg, most: i64, x: &dyn Fn(f64) -> f64, y: &dyn Fn(f64) -> f64, of: Of) {
    for tenth in [0_u8, 25, 50, 75, 100] {
        let share = f64::from(tenth) / 100.0;
        svg.line((LEFT, y(share)), (LEFT + PLOT_WIDTH, y(share)), GRID, 1.0);
        svg.text((LEFT - 8.0, y(share) + 4.0), Anchor::End, 12.0, SOFT, &format!("{tenth} %"));
    }
    for day in day_ticks(most) {
        svg.line((x(day as f64), y(0.0)), (x(day as f64), y(0.0) + 5.0), SOFT, 1.0);
        svg.text((x(day as f64), y(0.0) + 19.0), Anchor::Middle, 12.0, SOFT, &day.to_string());
    }
    svg.line((LEFT, y(0.0)), (LEFT + PLOT_WIDTH, y(0.0)), INK, 1.0);
    svg.line((LEFT, y(0.0)), (LEFT, y(1.0)), INK, 1.0);
    svg.text((LEFT + PLOT_WIDTH / 2.0, y(0.0) + 38.0), Anchor::Middle, 12.0, INK, "Days after the first session");
    let words = if of == Of::Survival { "Free of event" } else { "With event" };
    svg.upwards((LEFT - 62.0, TOP + PLOT_HEIGHT / 2.0), 12.0, INK, words);
}

fn draw(
    svg: &mut Svg,
    steps: &[Step],
    of: Of,
    (colour, dash): (&str, &str),
    band: bool,
    x: &dyn Fn(f64) -> f64,
    y: &dyn Fn(f64) -> f64,
) {
    let start = if of == Of::Survival { 1.0 } else { 0.0 };
    let mut path = vec![(x(0.0), y(start))];
    let mut low: Vec<(f64, f64)> = Vec::new();
    let mut high: Vec<(f64, f64)> = Vec::new();
    let mut value = start;
    let mut interval: Option<(f64, f64)> = None;
    for step in steps {
        let at = x(step.day as f64);
        path.push((at, y(value)));
        if let Some((a, b)) = interval {
            low.push((at, y(a)));
            high.push((at, y(b)));
        }
        value = step.value;
        interval = step.interval;
        path.push((at, y(value)));
        if let Some((a, b)) = interval {
            low.push((at, y(a)));
            high.push((at, y(b)));
        }
    }
    if band {
        high.reverse();
        low.extend(high);
        svg.area(&low, colour);
    }
    svg.path(&path, colour, dash, 2.0);
    for step in steps.iter().filter(|step| step.censored > 0) {
        let (at, height) = (x(step.day as f64), y(step.value));
        svg.line((at, height - 4.0), (at, height + 4.0), colour, 1.0);
    }
}

fn at_risk(svg: &mut Svg, lines: &[Line<'_>], most: i64, x: &dyn Fn(f64) -> f64) {
    let top = TOP + PLOT_HEIGHT + 62.0;
    svg.text((LEFT - 24.0, top), Anchor::End, 12.0, INK, "At risk");
    for (at, line) in lines.iter().enumerate() {
        let height = top + ROW * (at as f64 + if lines.len() > 1 { 1.0 } else { 0.0 });
        if lines.len() > 1 {
            svg.text((LEFT - 24.0, height), Anchor::End, 11.0, style(at).0, &clipped(&line.words));
        }
        let survival = crate::cohort::KaplanMeier::of(&line.curve.spells());
        for day in day_ticks(most) {
            let n = survival.at_risk_on(day as f64);
            svg.text((x(day as f64), height), Anchor::Middle, 11.0, INK, &n.to_string());
        }
    }
}

/// Names that stand left of the plot have room for twenty letters.
fn clipped(words: &str) -> String {
    if words.chars().count() <= 20 {
        return words.to_owned();
    }
    words.chars().take(19).chain(['…']).collect()
}
