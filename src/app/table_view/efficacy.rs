//! Technique efficacy with everything that is printed beside it: n/N, interval, window, who is left out and why.

use super::grid::open;
use crate::app::theme::{self, colour};
use crate::app::widgets::{caption, coloured};
use crate::app::{Outbox, text};
use crate::clinical::Coded;
use crate::cohort::{EfficacyTable, LeftOut, PATIENT_RULE, Proportion, Rate, efficacy};
use crate::outcome::LesionOutcome;
use crate::project::Document;
use crate::workbench::Workbench;
use eframe::egui::{
    self, Align, Align2, Button, Frame, Label, Layout, Margin, RichText, Role, Sense, Stroke, Ui, WidgetInfo, vec2,
};

/// The rates and counts as they are shown.
#[derive(Debug)]
pub(super) struct EfficacyView {
    table: EfficacyTable,
    rates: Vec<Rate>,
    /// Each with the code of its patient.
    left_out: Vec<(String, LeftOut)>,
    /// Whether any lesion was answered: before, a rate of nought says nothing.
    anything_read: bool,
}

impl EfficacyView {
    /// Counts what the workbench has derived.
    pub(super) fn new(bench: &Workbench, document: &Document) -> Self {
        let outcomes: Vec<LesionOutcome> =
            bench.outcomes().values().filter(|o| document.lesion(o.lesion).is_some()).cloned().collect();
        let table = efficacy(&outcomes, &document.settings());
        let code =
            |left: &LeftOut| document.patient(left.patient).map(|patient| patient.code.clone()).unwrap_or_default();
        let left_out = table.left_out.iter().map(|left| (code(left), left.clone())).collect();
        let anything_read = document.findings().any(|finding| finding.answer.is_some());
        Self { rates: table.rates(), left_out, table, anything_read }
    }

    /// Draws the block.
    pub(super) fn show(&self, ui: &mut Ui, out: &mut Outbox) {
        ui.label(theme::caption(text::EFFICACY));
        for (organ, window) in &self.table.windows {
            let words = text::window(organ.words(), window.from_days, window.to_days, window.late_from_days);
            ui.add(Label::new(theme::small(words)).wrap());
        }
        ui.columns(2, |cards| {
            if let [left, right] = cards {
                self.card(left, "primary_evaluable", text::PER_TUMOUR, None);
                self.card(right, "patients", text::PER_PATIENT, Some(PATIENT_RULE));
            }
        });
        if let Some(missing) = self.missing() {
            ui.add(Label::new(coloured(missing, colour::WARN)).wrap());
        }
        for (code, words) in text::RATE_WORDS {
            if let Some(rate) = self.rate(code) {
                rate_row(ui, words, rate);
            }
        }
        ui.add_space(theme::UNIT);
        let drafts = if self.table.signed_only {
            text::signed_only(self.table.drafts_left_out)
        } else {
            text::DRAFTS_COUNT.to_owned()
        };
        let warn = self.table.signed_only && self.table.drafts_left_out > 0;
        ui.add(Label::new(coloured(drafts, if warn { colour::WARN } else { colour::SOFT })).wrap());
        ui.add(Label::new(theme::small(text::rule_set(&self.table.rule_set, self.table.rule_set_version))).wrap());
        caption(ui, text::WHERE_LESIONS_WENT);
        self.counts(ui);
        caption(ui, text::NOT_IN_DENOMINATOR);
        self.left_out(ui, out);
    }

    fn rate(&self, code: &str) -> Option<&Rate> {
        self.rates.iter().find(|rate| rate.code == code)
    }

    fn card(&self, ui: &mut Ui, code: &str, words: (&str, &str), rule: Option<&str>) {
        let Some(rate) = self.rate(code) else { return };
        let card = Frame::new().fill(colour::RAISED).corner_radius(theme::RADIUS).inner_margin(Margin::same(10));
        let response = card.show(ui, |ui| {
            ui.set_min_size(vec2(ui.available_width(), 76.0));
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                match percent(rate.proportion).filter(|_| self.anything_read) {
                    Some(percent) => {
                        ui.label(RichText::new(percent).font(theme::bold(theme::FIGURE)).color(colour::TEXT))
                    }
                    None if !self.anything_read => {
                        ui.label(RichText::new(text::NOTHING_READ).font(theme::bold(theme::LARGE)).color(colour::SOFT))
                    }
                    None => ui.label(RichText::new(text::NOT_YET).font(theme::bold(theme::LARGE)).color(colour::SOFT)),
                };
                if self.anything_read {
                    ui.label(theme::small(format!("{}, {}/{}", words.0, rate.proportion.n, rate.proportion.of)));
                } else {
                    ui.label(theme::small(words.0));
                }
                ui.label(theme::small(words.1));
                if let Some(interval) = rate.interval.filter(|_| self.anything_read) {
                    ui.label(theme::small(text::confidence(interval.percent()))).on_hover_text(text::WILSON);
                }
            });
        });
        let tooltip = rule.map_or_else(|| rate.words.to_owned(), |rule| format!("{}\n{rule}", rate.words));
        response.response.on_hover_text(tooltip);
    }

    /// Why the rate of evaluable lesions cannot be told yet.
    fn missing(&self) -> Option<String> {
        let counts = &self.table.counts;
        if self.table.primary().of > 0 {
            return None;
        }
        Some(if counts.treated == 0 {
            text::NOTHING_TREATED.to_owned()
        } else if self.table.signed_only && self.table.drafts_left_out > 0 {
            text::drafts_to_sign(self.table.drafts_left_out)
        } else if counts.not_due > 0 {
            text::windows_open(counts.not_due)
        } else {
            text::NOTHING_DEFINITE.to_owned()
        })
    }

    fn counts(&self, ui: &mut Ui) {
        let c = &self.table.counts;
        ui.spacing_mut().item_spacing.y = 0.0;
        count_row(ui, text::TREATED, c.treated, 0);
        count_row(ui, text::WINDOW_OPEN, c.not_due, 1);
        count_row(ui, text::NOT_ASSESSED, c.not_assessed, 1);
        count_row(ui, text::NOT_EVALUABLE, c.not_evaluable, 1);
        if c.not_evaluable_outside_window > 0 {
            count_row(ui, text::FIRST_OUTSIDE, c.not_evaluable_outside_window, 2);
        }
        count_row(ui, text::EQUIVOCAL, c.equivocal, 1);
        count_row(ui, text::EVALUABLE, self.table.primary().of, 0);
        count_row(ui, text::COMPLETE, c.complete, 1);
        count_row(ui, text::INCOMPLETE, c.incomplete, 1);
        if c.incomplete_outside_window > 0 {
            count_row(ui, text::FIRST_OUTSIDE, c.incomplete_outside_window, 2);
        }
        if self.table.patients_not_due > 0 {
            count_row(ui, text::PATIENTS_OPEN, self.table.patients_not_due, 0);
        }
    }

    fn left_out(&self, ui: &mut Ui, out: &mut Outbox) {
        if self.left_out.is_empty() {
            let words = if self.table.counts.treated == 0 { text::NOTHING_TREATED } else { text::EVERY_LESION_IN };
            ui.add(Label::new(theme::small(words)).wrap());
        }
        for (code, left) in &self.left_out {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().button_padding.y = 0.0;
                let words = coloured(format!("{code} {}", left.label), colour::ACCENT);
                let link = ui.add(Button::new(words).frame(false));
                let link = link.accessible_name(text::open_lesion(&left.label, code));
                if link.on_hover_text(text::OPEN_IN_ROOM).clicked() {
                    open(left.lesion, None, out);
                }
                ui.add(Label::new(theme::small(left.because.as_str())).wrap());
            });
        }
    }
}

/// "82.8 %"; none of nothing.
fn percent(proportion: Proportion) -> Option<String> {
    proportion.percent().map(|percent| format!("{percent:.1} %"))
}

fn rate_row(ui: &mut Ui, words: &str, rate: &Rate) {
    let interval = rate.interval.map(|interval| text::wilson(&interval.words()));
    let value = rate.proportion.words();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 36.0), Sense::hover());
    let spoken = [Some(words.to_owned()), Some(value.clone()), interval.clone()];
    let spoken = spoken.into_iter().flatten().collect::<Vec<_>>().join(", ");
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, spoken.as_str()));
    let painter = ui.painter();
    let upper = rect.top() + 10.0;
    let lower = rect.top() + 25.0;
    let left = |y: f32| egui::pos2(rect.left(), y);
    painter.text(left(upper), Align2::LEFT_CENTER, words, theme::font(theme::BODY), colour::SOFT);
    painter.text(egui::pos2(rect.right(), upper), Align2::RIGHT_CENTER, value, theme::bold(theme::BODY), colour::TEXT);
    let below = interval.unwrap_or_else(|| text::NOT_YET.to_owned());
    painter.text(left(lower), Align2::LEFT_CENTER, below, theme::font(theme::SMALL), colour::FAINT);
    painter.hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, colour::LINE));
    response.on_hover_text(rate.words);
}

fn count_row(ui: &mut Ui, words: &str, count: u32, depth: u8) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{words} {count}")));
    let (font, fill) = match depth {
        0 => (theme::bold(theme::BODY), colour::TEXT),
        _ => (theme::font(theme::BODY), colour::SOFT),
    };
    let from = rect.left_center() + vec2(f32::from(depth) * 14.0, 0.0);
    let painter = ui.painter();
    painter.text(from, Align2::LEFT_CENTER, words, font.clone(), fill);
    painter.text(rect.right_center(), Align2::RIGHT_CENTER, count, font, fill);
    painter.hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, colour::LINE));
}
