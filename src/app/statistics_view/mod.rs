//! The statistics screen: rates, the flow of lesions, curves with numbers at risk, and who is behind each number.

mod chart;
mod side;
#[cfg(test)]
mod tests;

use super::Outbox;
use super::text::statistics as words;
use super::theme::{self, colour};
use super::widgets::coloured;
use crate::clinical::{Coded, EndPoint};
use crate::cohort::{EndPointCurve, Factor, FlowStep, Level, Missing, Who};
use crate::workbench::{CountedCohort, Request, Workbench};
use chart::{Chart, Shown};
use eframe::egui::{CentralPanel, ComboBox, Frame, Label, Margin, Panel, ScrollArea, Ui};

/// What a list of lesions is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Behind {
    /// A box of the flow.
    Flow(FlowStep),
    /// Who is not in the curve that is shown.
    NotInCurve,
    /// Who is outside the denominator of efficacy.
    NotInDenominator,
}

/// The screen's own state: which curve is shown, in which groups, and which number is looked into.
#[derive(Debug)]
pub struct StatisticsScreen {
    level: Level,
    end_point: EndPoint,
    factor: Option<Factor>,
    shown: Shown,
    behind: Option<Behind>,
}

impl Default for StatisticsScreen {
    fn default() -> Self {
        Self {
            level: Level::Lesion,
            end_point: EndPoint::TimeToLtp,
            factor: None,
            shown: Shown::Incidence,
            behind: None,
        }
    }
}

/// Width of the left side.
const LEFT: f32 = 336.0;
/// Width of the right side.
const RIGHT: f32 = 300.0;

impl StatisticsScreen {
    /// Draws the screen; asks for what has to be counted anew.
    pub fn show(&mut self, ui: &mut Ui, bench: &Workbench, out: &mut Outbox) {
        if bench.cohort_is_stale() {
            out.read(Request::CountCohort);
        }
        let Some(cohort) = bench.cohort() else {
            ui.label(theme::soft(words::COUNTING));
            return;
        };
        if cohort.statistics.counts.index_lesions_treated == 0 {
            ui.label(theme::strong(words::NOTHING_LEAD));
            ui.label(theme::soft(words::NOTHING));
            return;
        }
        let frame = |left, right| Frame::new().inner_margin(Margin { left, right, ..Margin::ZERO });
        Panel::left("rates").frame(frame(0, 16)).resizable(false).exact_size(LEFT).show(ui, |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| self.left(ui, bench, cohort));
        });
        Panel::right("behind").frame(frame(16, 0)).resizable(false).exact_size(RIGHT).show(ui, |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| self.right(ui, cohort, out));
        });
        CentralPanel::default().frame(frame(16, 16)).show(ui, |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| self.centre(ui, cohort));
        });
    }

    fn left(&mut self, ui: &mut Ui, bench: &Workbench, cohort: &CountedCohort) {
        let all = &cohort.statistics;
        ui.label(theme::caption(words::RATES));
        let settings = &all.settings;
        let head = words::rule_set(
            all.rule_set,
            all.rule_set_version,
            settings.rates_from_signed_only,
            all.counts.drafts_left_out,
        );
        ui.add(Label::new(theme::small(head)).wrap());
        for (organ, window) in &all.efficacy.windows {
            let line = super::text::window(organ.words(), window.from_days, window.to_days, window.late_from_days);
            ui.add(Label::new(theme::small(line)).wrap());
        }
        if bench.left_out_archived() > 0 {
            ui.add(Label::new(theme::small(super::text::whose::not_counted(bench.left_out_archived()))).wrap());
        }
        for rate in &all.rates {
            side::rate(ui, rate);
        }
        let left_out = all.efficacy.left_out.len();
        if left_out > 0
            && side::link(
                ui,
                &words::behind(super::text::NOT_IN_DENOMINATOR, left_out),
                self.behind == Some(Behind::NotInDenominator),
            )
        {
            self.behind = Some(Behind::NotInDenominator);
        }
        ui.add_space(2.0 * theme::UNIT);
        ui.label(theme::caption(words::FLOW));
        for flow_box in &all.flow {
            let chosen = self.behind == Some(Behind::Flow(flow_box.step));
            if side::count(ui, flow_box.words, flow_box.n, chosen) {
                self.behind = Some(Behind::Flow(flow_box.step));
            }
        }
        ui.add_space(2.0 * theme::UNIT);
        ui.label(theme::caption(words::RECURRENCES));
        for row in &all.recurrences {
            side::recurrence(ui, row);
        }
    }

    fn centre(&mut self, ui: &mut Ui, cohort: &CountedCohort) {
        let all = &cohort.statistics;
        ui.horizontal_wrapped(|ui| {
            for (level, name) in [(Level::Lesion, words::LESIONS), (Level::Patient, words::PATIENTS)] {
                if ui.selectable_label(self.level == level, name).clicked() {
                    self.level = level;
                }
            }
            ui.add_space(2.0 * theme::UNIT);
            for (shown, name, tooltip) in [
                (Shown::Incidence, words::INCIDENCE, words::INCIDENCE_TOOLTIP),
                (Shown::Survival, words::SURVIVAL, words::SURVIVAL_TOOLTIP),
            ] {
                if ui.selectable_label(self.shown == shown, name).on_hover_text(tooltip).clicked() {
                    self.shown = shown;
                }
            }
        });
        let of_level: Vec<&EndPointCurve> = all.end_points.iter().filter(|curve| curve.level == self.level).collect();
        if !of_level.iter().any(|curve| curve.end_point == self.end_point) {
            self.end_point = EndPoint::TimeToLtp;
        }
        ui.horizontal(|ui| {
            let combo = ComboBox::from_id_salt("end point").width(300.0).selected_text(self.end_point.words());
            let combo = combo.show_ui(ui, |ui| {
                for curve in &of_level {
                    ui.selectable_value(&mut self.end_point, curve.end_point, curve.words);
                }
            });
            combo.response.accessible_name(words::END_POINT);
            let grouped = self.level == Level::Lesion
                && matches!(self.end_point, EndPoint::TimeToLtp | EndPoint::LtpFreeSurvival);
            if grouped {
                let chosen = self.factor.map_or(words::EVERYBODY, |factor| factor.words());
                let combo = ComboBox::from_id_salt("groups").width(160.0).selected_text(chosen);
                let combo = combo.show_ui(ui, |ui| {
                    ui.selectable_value(&mut self.factor, None, words::EVERYBODY);
                    for factor in Factor::ALL {
                        ui.selectable_value(&mut self.factor, Some(*factor), factor.words());
                    }
                });
                combo.response.accessible_name(words::GROUPS);
            } else {
                self.factor = None;
            }
        });
        let Some(curve) = of_level.iter().copied().find(|curve| curve.end_point == self.end_point) else { return };
        let strata = self.factor.and_then(|factor| all.strata.iter().find(|strata| strata.factor == factor));
        let lines: Vec<(String, &EndPointCurve)> = match strata {
            Some(strata) => strata
                .groups
                .iter()
                .map(|group| {
                    let curve = if self.end_point == EndPoint::TimeToLtp { &group.ltp } else { &group.ltp_free };
                    (group.words.clone(), curve)
                })
                .filter(|(_, curve)| curve.n > 0)
                .collect(),
            None => vec![(words::EVERYBODY.to_owned(), curve)],
        };
        if curve.n == 0 {
            ui.add_space(4.0 * theme::UNIT);
            ui.label(theme::strong(words::NOBODY_LEAD));
            ui.label(theme::soft(words::NOBODY));
        } else {
            Chart { lines: &lines, shown: self.shown }.show(ui);
        }
        let counts = words::curve_counts(curve.n, curve.events, curve.competing, curve.censored);
        ui.label(theme::small(counts));
        let (median, follow_up) = (curve.median_days, curve.follow_up_days);
        let line =
            format!("{}; {}", words::median(median.day, median.low, median.high), words::follow_up(follow_up.day));
        ui.add(Label::new(theme::small(line)).wrap());
        for day in &curve.on_days {
            ui.label(theme::small(words::on_day(day.day, day.survival, day.incidence)));
        }
        if let Some(strata) = strata {
            let tests = [
                (words::GRAY, strata.ltp_gray.as_ref().map(|test| test.p)),
                (words::LOG_RANK, strata.ltp_free_log_rank.as_ref().map(|test| test.p)),
                (words::CHI_SQUARE, strata.primary_chi_square.map(|test| test.p)),
                (words::FISHER, strata.primary_fisher_p),
            ];
            for (name, p) in tests.into_iter().filter_map(|(name, p)| Some((name, p?))) {
                ui.label(theme::small(words::p_value(name, p)));
            }
        }
        if !curve.excluded.is_empty()
            && side::link(ui, &words::not_in_it(curve.excluded.len()), self.behind == Some(Behind::NotInCurve))
        {
            self.behind = Some(Behind::NotInCurve);
        }
    }

    fn right(&self, ui: &mut Ui, cohort: &CountedCohort, out: &mut Outbox) {
        let all = &cohort.statistics;
        ui.label(theme::caption(words::BEHIND));
        let (title, rows): (String, Vec<Missing>) = match self.behind {
            None => {
                ui.add(Label::new(theme::soft(words::CHOOSE)).wrap());
                return;
            }
            Some(Behind::Flow(step)) => {
                let of = |who: &Who| Missing { who: who.clone(), because: String::new() };
                let found = all.flow.iter().find(|flow_box| flow_box.step == step);
                (step.words().to_owned(), found.map(|own| own.lesions.iter().map(of).collect()).unwrap_or_default())
            }
            Some(Behind::NotInCurve) => {
                let own = |curve: &&EndPointCurve| curve.level == self.level && curve.end_point == self.end_point;
                let curve = all.end_points.iter().find(own);
                (words::NOT_IN_IT.to_owned(), curve.map(|curve| curve.excluded.clone()).unwrap_or_default())
            }
            Some(Behind::NotInDenominator) => {
                let rows = all.efficacy.left_out.iter().filter_map(|left| {
                    let who = cohort.name_of(left.lesion)?.clone();
                    Some(Missing { who, because: left.because.clone() })
                });
                (super::text::NOT_IN_DENOMINATOR.to_owned(), rows.collect())
            }
        };
        ui.add(Label::new(coloured(words::behind(&title, rows.len()), colour::TEXT)).wrap());
        side::who(ui, cohort, &rows, out);
    }
}
