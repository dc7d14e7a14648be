//! A curve on screen: steps, interval, marks of censoring, and numbers at risk below.

use crate::app::text::statistics as words;
use crate::app::theme::{self, colour};
use crate::cohort::EndPointCurve;
use eframe::egui::{Align2, Color32, Painter, Pos2, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

/// What of a curve is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// Cumulative incidence.
    Incidence,
    /// Kaplan-Meier.
    Survival,
}

/// Curves that are drawn together.
pub(super) struct Chart<'a> {
    pub lines: &'a [(String, &'a EndPointCurve)],
    pub shown: Shown,
}

/// One step: day, height, interval, censored.
type Step = (f32, f32, Option<(f32, f32)>, bool);

const PLOT_HEIGHT: f32 = 290.0;
const LEFT: f32 = 118.0;
const ROW: f32 = 17.0;

impl Chart<'_> {
    /// Draws the chart as wide as there is room.
    pub fn show(&self, ui: &mut Ui) {
        let rows = self.lines.len();
        let height = 12.0 + PLOT_HEIGHT + 46.0 + ROW * rows as f32 + ROW;
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width().max(360.0), height), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, self.spoken()));
        let painter = ui.painter_at(rect);
        let plot = Rect::from_min_size(
            pos2(rect.left() + LEFT, rect.top() + 12.0),
            vec2(rect.width() - LEFT - 12.0, PLOT_HEIGHT),
        );
        let last = self.lines.iter().filter_map(|(_, curve)| Some(curve.kaplan_meier.last()?.day)).max();
        let most = last.unwrap_or(1).max(1);
        let at = |day: f32, share: f32| {
            pos2(plot.left() + day / most as f32 * plot.width(), plot.bottom() - share * plot.height())
        };
        axes(&painter, plot, most, &at);
        for (n, (_, curve)) in self.lines.iter().enumerate() {
            self.line(&painter, curve, hue(n), &at);
        }
        self.at_risk(&painter, rect, plot, most, &at);
        if let Some(pointer) = response.hover_pos().filter(|pointer| plot.contains(*pointer)) {
            let day = ((pointer.x - plot.left()) / plot.width() * most as f32).round();
            let lines: Vec<String> = self
                .lines
                .iter()
                .map(|(name, curve)| format!("{name}: {:.1} %", self.value(curve, day) * 100.0))
                .collect();
            response.on_hover_text_at_pointer(format!("Day {day:.0}\n{}", lines.join("\n")));
        }
    }

    fn spoken(&self) -> String {
        let what = match self.shown {
            Shown::Incidence => words::INCIDENCE,
            Shown::Survival => words::SURVIVAL,
        };
        let lines: Vec<String> = self
            .lines
            .iter()
            .map(|(name, curve)| {
                let end = self.steps(curve).last().map_or(0.0, |step| step.1);
                format!("{name}: n {}, {} events, {:.1} % at the end", curve.n, curve.events, end * 100.0)
            })
            .collect();
        format!("{what}. {}", lines.join("; "))
    }

    fn steps(&self, curve: &EndPointCurve) -> Vec<Step> {
        match self.shown {
            Shown::Survival => {
                let step = |row: &crate::cohort::SurvivalRow| {
                    let interval = row.low.zip(row.high).map(|(low, high)| (low as f32, high as f32));
                    (row.day as f32, row.survival as f32, interval, row.censored > 0)
                };
                curve.kaplan_meier.iter().map(step).collect()
            }
            Shown::Incidence => {
                let step = |row: &crate::cohort::IncidenceRow| {
                    let interval = row.low.zip(row.high).map(|(low, high)| (low as f32, high as f32));
                    (row.day as f32, row.incidence as f32, interval, row.censored > 0)
                };
                curve.cumulative_incidence.iter().map(step).collect()
            }
        }
    }

    fn start(&self) -> f32 {
        if self.shown == Shown::Survival { 1.0 } else { 0.0 }
    }

    fn value(&self, curve: &EndPointCurve, day: f32) -> f32 {
        self.steps(curve).iter().rfind(|step| step.0 <= day).map_or(self.start(), |step| step.1)
    }

    fn line(&self, painter: &Painter, curve: &EndPointCurve, fill: Color32, at: &dyn Fn(f32, f32) -> Pos2) {
        let steps = self.steps(curve);
        let mut path = vec![at(0.0, self.start())];
        let mut height = self.start();
        let mut band: Option<(f32, f32, f32)> = None;
        for (day, value, interval, _) in &steps {
            if let Some((from, low, high)) = band.filter(|_| self.lines.len() == 1) {
                let rect = Rect::from_two_pos(at(from, low), at(*day, high));
                painter.rect_filled(rect, 0.0, fill.gamma_multiply(0.14));
            }
            path.push(at(*day, height));
            path.push(at(*day, *value));
            height = *value;
            band = interval.map(|(low, high)| (*day, low, high));
        }
        painter.add(Shape::line(path, Stroke::new(2.0, fill)));
        for (day, value, _, censored) in steps {
            if censored {
                let middle = at(day, value);
                painter.line_segment([middle - vec2(0.0, 4.0), middle + vec2(0.0, 4.0)], Stroke::new(1.0, fill));
            }
        }
    }

    fn at_risk(&self, painter: &Painter, rect: Rect, plot: Rect, most: i64, at: &dyn Fn(f32, f32) -> Pos2) {
        let top = plot.bottom() + 50.0;
        let left = |y: f32| pos2(rect.left(), y);
        painter.text(left(top - ROW), Align2::LEFT_CENTER, words::AT_RISK, theme::font(theme::SMALL), colour::SOFT);
        for (n, (name, curve)) in self.lines.iter().enumerate() {
            let y = top + ROW * n as f32;
            let short: String = name.chars().take(18).collect();
            painter.text(left(y), Align2::LEFT_CENTER, short, theme::font(theme::SMALL), hue(n));
            for day in ticks(most) {
                let first = curve.kaplan_meier.iter().find(|row| row.day >= day);
                let count = first.map_or(0, |row| row.at_risk);
                let x = at(day as f32, 0.0).x;
                painter.text(pos2(x, y), Align2::CENTER_CENTER, count, theme::font(theme::SMALL), colour::SOFT);
            }
        }
    }
}

/// Colours that can be told apart without colour vision.
fn hue(n: usize) -> Color32 {
    const HUES: [Color32; 6] = [colour::ACCENT, colour::ZONE, colour::VIABLE, colour::GOOD, colour::TEXT, colour::SOFT];
    HUES.get(n % HUES.len()).copied().unwrap_or(colour::TEXT)
}

fn axes(painter: &Painter, plot: Rect, most: i64, at: &dyn Fn(f32, f32) -> Pos2) {
    for quarter in 0..=4_u8 {
        let share = f32::from(quarter) / 4.0;
        let y = at(0.0, share).y;
        painter.hline(plot.x_range(), y, Stroke::new(1.0, colour::LINE));
        let words = format!("{} %", u32::from(quarter) * 25);
        painter.text(pos2(plot.left() - 8.0, y), Align2::RIGHT_CENTER, words, theme::font(theme::SMALL), colour::SOFT);
    }
    for day in ticks(most) {
        let bottom = at(day as f32, 0.0);
        painter.vline(bottom.x, bottom.y..=bottom.y + 4.0, Stroke::new(1.0, colour::SOFT));
        let below = bottom + vec2(0.0, 12.0);
        painter.text(below, Align2::CENTER_CENTER, day, theme::font(theme::SMALL), colour::SOFT);
    }
    let middle = pos2(plot.center().x, plot.bottom() + 27.0);
    painter.text(middle, Align2::CENTER_CENTER, words::DAYS, theme::font(theme::SMALL), colour::SOFT);
}

/// Round days along the axis.
fn ticks(most: i64) -> Vec<i64> {
    let step = [7, 14, 30, 61, 91, 183, 365, 730, 1826, 3652].into_iter().find(|step| most / step <= 8);
    let step = step.unwrap_or((most / 8).max(1));
    (0..).map(|n| n * step).take_while(|day| *day <= most).collect()
}
