//! What a region does over the phases and at every visit, as two small charts.

use super::Outbox;
use super::text::looking as text;
use super::theme::{self, colour};
use crate::volume::Unit;
use crate::workbench::{Curve, CurvePoint, PaneLook, Request, Workbench};
use eframe::egui::{Align2, Pos2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, Window, pos2, vec2};

const SIZE: eframe::egui::Vec2 = vec2(300.0, 146.0);

/// Draws it while there is a curve.
pub fn show(ui: &Ui, bench: &Workbench, out: &mut Outbox) {
    let Some(curve) = bench.curve() else { return };
    let mut open = true;
    let window = Window::new(&curve.region).id(eframe::egui::Id::unique("curve")).open(&mut open);
    let at = ui.available_rect_before_wrap().left_bottom() + vec2(260.0, -380.0);
    window.resizable(false).collapsible(false).default_pos(at).show(ui.ctx(), |ui| {
        ui.set_width(SIZE.x);
        chart(ui, text::OVER_PHASES, &curve.phases, curve);
        chart(ui, text::OVER_VISITS, &curve.visits, curve);
        if curve.phases.iter().chain(&curve.visits).any(|point| point.expected && !point.shown) {
            ui.label(theme::small(text::HOLLOW));
        }
    });
    if !open {
        out.ask(Request::Look(PaneLook::Curve(false)));
    }
}

fn number(value: f64, unit: Unit) -> String {
    let (value, digits) = match unit {
        Unit::Hu | Unit::None | Unit::BqMl => (value, 0),
        Unit::SuvBw => (value, 1),
        Unit::Mm2PerS => (value * 1e3, 2),
    };
    format!("{value:.digits$}").replace('-', "\u{2212}")
}

fn unit_words(unit: Unit) -> &'static str {
    match unit {
        Unit::Mm2PerS => super::text::ADC_UNIT,
        Unit::BqMl => super::text::BQ_ML,
        Unit::None => "",
        unit => unit.code(),
    }
}

fn chart(ui: &mut Ui, title: &str, points: &[CurvePoint], curve: &Curve) {
    if points.len() < 2 {
        return;
    }
    ui.label(theme::caption(format!("{title}, {}", unit_words(curve.unit)).trim_end_matches([',', ' '])));
    let (rect, response) = ui.allocate_exact_size(SIZE, Sense::hover());
    let said: Vec<String> = points
        .iter()
        .map(|point| {
            let value = point.values.map_or(text::NO_VALUE.to_owned(), |values| number(values.mean, curve.unit));
            format!("{} {value}", point.label)
        })
        .collect();
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("{title}: {}", said.join(", "))));
    let plot = Rect::from_min_max(rect.min + vec2(22.0, 20.0), rect.max - vec2(22.0, 36.0));
    let painter = ui.painter_at(rect.expand(4.0));
    painter.hline(plot.x_range(), plot.bottom(), Stroke::new(1.0, colour::LINE));
    let spread = |point: &CurvePoint| {
        let values = point.values?;
        let sd = values.sd.unwrap_or(0.0);
        Some((values.mean - sd, values.mean + sd))
    };
    let low = points.iter().filter_map(spread).map(|(low, _)| low).fold(f64::INFINITY, f64::min);
    let high = points.iter().filter_map(spread).map(|(_, high)| high).fold(f64::NEG_INFINITY, f64::max);
    let range = if high - low > 1e-9 { high - low } else { 1.0 };
    let y = |value: f64| plot.bottom() - (((value - low) / range) as f32) * plot.height();
    let x = across(points, plot);
    let place = |n: usize| Some(pos2(*x.get(n)?, y(points.get(n)?.values?.mean)));
    let small = theme::font(theme::SMALL);
    let joined: Vec<Pos2> = (0..points.len()).filter(|n| points[*n].unlike.is_none()).filter_map(place).collect();
    painter.line(joined, Stroke::new(1.2, colour::SOFT));
    let mut labelled = f32::NEG_INFINITY;
    for (n, point) in points.iter().enumerate() {
        let column = x.get(n).copied().unwrap_or(plot.left());
        let tint = match (&point.unlike, point.shown) {
            (Some(_), _) => colour::WARN,
            (None, true) => colour::ACCENT,
            (None, false) => colour::TEXT,
        };
        let label = point.unlike.as_ref().map_or(point.label.clone(), |why| format!("{} {why}", point.label));
        let align = if n == 0 {
            Align2::LEFT_TOP
        } else if n + 1 == points.len() {
            Align2::RIGHT_TOP
        } else {
            Align2::CENTER_TOP
        };
        let edge = if n == 0 {
            -20.0
        } else if n + 1 == points.len() {
            20.0
        } else {
            0.0
        };
        let galley = painter.layout_no_wrap(label, small.clone(), tint);
        let mut label = align.anchor_size(pos2(column + edge, plot.bottom() + 5.0), galley.size());
        if label.left() < labelled + 4.0 {
            label = label.translate(vec2(0.0, galley.size().y)); // close to the one before: a row of its own
        } else {
            labelled = label.right();
        }
        painter.galley(label.min, galley, tint);
        match (place(n), point.values) {
            (Some(at), Some(values)) => {
                let sd = values.sd.unwrap_or(0.0);
                painter.vline(column, y(values.mean + sd)..=y(values.mean - sd), Stroke::new(1.0, colour::FAINT));
                let fill = if point.expected && !point.shown { colour::PANEL } else { tint };
                painter.circle(at, 3.5, fill, Stroke::new(1.4, tint));
                painter.text(
                    at - vec2(0.0, 6.0),
                    Align2::CENTER_BOTTOM,
                    number(values.mean, curve.unit),
                    small.clone(),
                    tint,
                );
            }
            _ => {
                let middle = pos2(column, plot.center().y);
                painter.text(middle, Align2::CENTER_CENTER, text::NO_VALUE, small.clone(), colour::FAINT);
            }
        }
    }
}

/// Where points stand across a chart: by their seconds or days where all have some, else evenly.
fn across(points: &[CurvePoint], plot: Rect) -> Vec<f32> {
    let last = points.len().saturating_sub(1).max(1);
    let times: Option<Vec<f64>> = points.iter().map(|point| point.at).collect();
    let share = |n: usize| match times.as_deref() {
        Some(times @ [first, .., end]) if end > first => (times[n] - first) / (end - first),
        _ => n as f64 / last as f64,
    };
    (0..points.len()).map(|n| plot.left() + share(n) as f32 * plot.width()).collect()
}
