//! What the reader answers: large targets with a digit, nothing preselected.

use super::{Draft, ReadingPanel};
use crate::app::command::Command;
use crate::app::keys::KeyMap;
use crate::app::strip::Strip;
use crate::app::text::flow;
use crate::app::theme::{self, colour};
use crate::app::widgets::{self, answer_button, coloured, key_cap};
use crate::app::{Outbox, text};
use crate::clinical::{
    Answer, Coded, Finding, LesionId, NotDoneReason, NotEvaluableReason, OverrideReason, Shape, VisitId,
};
use crate::outcome::{AdequacyCall, ObjectionClass};
use crate::workbench::{Request, Workbench};
use eframe::egui::{Align, Button, ComboBox, Frame, Layout, Margin, RichText, TextEdit, Ui, vec2};

/// Height of an answer, points.
const TALL: f32 = 26.0;

/// A grid of answers, `columns` wide; the one that was clicked.
fn choices<T: Coded + PartialEq>(
    ui: &mut Ui,
    columns: usize,
    all: &[T],
    chosen: Option<T>,
    enabled: bool,
    asked: bool,
    digit: impl Fn(usize) -> String,
) -> Option<T> {
    let mut clicked = None;
    let gap = 5.0;
    ui.spacing_mut().item_spacing.y = 4.0;
    let width = (ui.available_width() - gap * (columns as f32 - 1.0)) / columns as f32;
    for (row, values) in all.chunks(columns).enumerate() {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            for (column, value) in values.iter().enumerate() {
                // Digits stand only where they answer just now.
                let number = if asked { digit(row * columns + column) } else { String::new() };
                let size = vec2(width, TALL);
                let label = text::short(value.code()).unwrap_or(value.words());
                let response = answer_button(ui, size, label, &number, chosen == Some(*value), enabled);
                if response.on_hover_text(widgets::tooltip(value.words(), &number)).clicked() && enabled {
                    clicked = Some(*value);
                }
            }
        });
    }
    clicked
}

/// Says in full that digits answer a question; nothing while they do not.
pub(super) fn digits_here(ui: &mut Ui, here: bool) {
    if here {
        let words = RichText::new(flow::DIGITS_ANSWER).font(theme::bold(theme::SMALL)).color(colour::ON_ACCENT);
        let chip = Frame::new().fill(colour::ACCENT).corner_radius(theme::RADIUS).inner_margin(Margin::symmetric(6, 1));
        chip.show(ui, |ui| ui.label(words).on_hover_text(flow::DIGITS_TOOLTIP));
    }
}

fn asked_caption(ui: &mut Ui, words: &str, asked: bool) {
    ui.add_space(theme::UNIT);
    ui.horizontal(|ui| {
        ui.label(theme::caption(words));
        digits_here(ui, asked);
    });
}

impl ReadingPanel {
    /// Answer, shape or reason, and adequacy.
    pub(super) fn answers(
        &mut self,
        ui: &mut Ui,
        bench: &Workbench,
        strip: &mut Strip,
        enabled: bool,
        keys: &KeyMap,
        out: &mut Outbox,
    ) {
        let finding = bench.finding();
        let answer = finding.and_then(|finding| finding.answer);
        let time = bench.visit_outcome().map(|at| at.time_words.clone()).unwrap_or_default();
        ui.add_space(theme::UNIT);
        ui.horizontal(|ui| {
            ui.label(theme::caption(format!("{} {time}", text::WHAT_IS_SEEN)));
            key_cap(ui, &keys.words(Command::Answer)).on_hover_text(Command::Answer.info().tooltip);
            digits_here(ui, *strip == Strip::Answer);
        });
        let digit = |n: usize| (n + 1).to_string();
        // Two large answers, then three that are rarer.
        let (usual, rarer) = Answer::ALL.split_at(2);
        let first = choices(ui, 2, usual, answer, enabled, *strip == Strip::Answer, digit);
        let second = choices(ui, 3, rarer, answer, enabled, *strip == Strip::Answer, |n| (n + 3).to_string());
        if let Some(answer) = first.or(second) {
            out.ask(Request::Answer(answer));
            *strip = Strip::after(answer);
        }
        match answer {
            None => {}
            Some(Answer::NoViable | Answer::Viable | Answer::Equivocal) => {
                self.shapes(ui, bench, strip, enabled, out);
            }
            Some(Answer::NotEvaluable) => {
                asked_caption(ui, text::WHY_NOT_EVALUABLE, *strip == Strip::NotEvaluable);
                let chosen = finding.and_then(|finding| finding.not_evaluable_reason);
                if let Some(reason) =
                    choices(ui, 2, NotEvaluableReason::ALL, chosen, enabled, *strip == Strip::NotEvaluable, digit)
                {
                    out.ask(Request::NotEvaluable(reason));
                    *strip = Strip::Off;
                }
            }
            Some(Answer::NotDone) => {
                asked_caption(ui, text::WHY_NOT_DONE, *strip == Strip::NotDone);
                let chosen = finding.and_then(|finding| finding.not_done_reason);
                if let Some(reason) =
                    choices(ui, 2, NotDoneReason::ALL, chosen, enabled, *strip == Strip::NotDone, digit)
                {
                    out.ask(Request::NotDone(reason));
                    *strip = Strip::Off;
                }
            }
        }
    }

    fn shapes(&mut self, ui: &mut Ui, bench: &Workbench, strip: &mut Strip, enabled: bool, out: &mut Outbox) {
        let Some(finding) = bench.finding() else { return };
        ui.horizontal(|ui| {
            ui.label(theme::caption(text::SHAPE));
            digits_here(ui, *strip == Strip::Shape);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| Self::second_shape(ui, finding, enabled, out));
        });
        let digit = |n: usize| ((n + 1) % 10).to_string();
        if let Some(shape) = choices(ui, 2, Shape::ALL, finding.shape, enabled, *strip == Strip::Shape, digit) {
            out.ask(Request::Shape(if finding.shape == Some(shape) { None } else { Some(shape) }));
            *strip = Strip::Off;
        }
    }

    /// A second shape, beside the caption of the first.
    fn second_shape(ui: &mut Ui, finding: &Finding, enabled: bool, out: &mut Outbox) {
        let words = finding.second_shape.map_or(text::NO_SECOND_SHAPE, Coded::words);
        let mut second = finding.second_shape;
        ui.add_enabled_ui(enabled && finding.shape.is_some(), |ui| {
            let combo = ComboBox::from_id_salt("second shape").selected_text(theme::small(words)).width(150.0);
            let response = combo.show_ui(ui, |ui| {
                ui.selectable_value(&mut second, None, text::NO_SECOND_SHAPE);
                for shape in Shape::ALL.iter().filter(|shape| Some(**shape) != finding.shape) {
                    ui.selectable_value(&mut second, Some(*shape), shape.words());
                }
            });
            response.response.accessible_name(text::SECOND_SHAPE);
        });
        if second != finding.second_shape {
            out.ask(Request::SecondShape(second));
        }
    }

    /// Adequate, or not and why: proposed with its reason, settled by the reader where it matters.
    pub(super) fn adequacy_line(&mut self, ui: &mut Ui, bench: &Workbench, enabled: bool, out: &mut Outbox) {
        let answer = bench.finding().and_then(|finding| finding.answer);
        let asked = answer.is_some_and(|answer| answer != Answer::NotDone);
        let Some(at) = bench.visit_outcome().filter(|_| asked) else { return };
        let (words, tint) = match at.adequacy.value {
            AdequacyCall::Adequate => (text::ADEQUATE_YES, colour::GOOD),
            AdequacyCall::NotAdequate => (text::ADEQUATE_NO, colour::BAD),
            AdequacyCall::Undecided => (at.adequacy.value.words(), colour::WARN),
        };
        widgets::caption(ui, text::ADEQUATE);
        let mut call = None;
        ui.horizontal_wrapped(|ui| {
            ui.label(coloured(words, tint)).on_hover_text(&at.adequacy.because);
            if enabled {
                let (yes, no) = (text::ADEQUATE_YES, text::ADEQUATE_NO);
                if at.adequacy.value != AdequacyCall::Adequate && ui.add(Button::new(yes).small()).clicked() {
                    call = Some(true);
                }
                if at.adequacy.value != AdequacyCall::NotAdequate && ui.add(Button::new(no).small()).clicked() {
                    call = Some(false);
                }
            }
        });
        ui.add(eframe::egui::Label::new(theme::small(&at.adequacy.because)).wrap());
        if enabled && (at.adequacy_by_reader || at.adequacy.value == AdequacyCall::Undecided) {
            let field = TextEdit::singleline(&mut self.adequacy_text)
                .hint_text(text::ADEQUACY_REASON)
                .desired_width(f32::INFINITY);
            let response = ui.add(field).accessible_name(text::ADEQUACY_REASON);
            let settled = bench.finding().and_then(|finding| finding.adequacy.as_ref());
            if response.lost_focus()
                && let Some(settled) = settled
                && !self.adequacy_text.trim().is_empty()
            {
                let reason = std::mem::take(&mut self.adequacy_text);
                out.ask(Request::Adequacy { adequate: settled.adequate, reason });
            }
        }
        if let Some(adequate) = call {
            let reason = std::mem::take(&mut self.adequacy_text);
            let reason = if reason.trim().is_empty() { text::ADEQUACY_BY_EYE.to_owned() } else { reason };
            out.ask(Request::Adequacy { adequate, reason });
        }
    }

    /// The viable diameter by hand, where no mark gives it.
    pub(super) fn viable_field(
        &mut self,
        ui: &mut Ui,
        bench: &Workbench,
        of: (LesionId, VisitId),
        strip: Strip,
        enabled: bool,
        out: &mut Outbox,
    ) {
        let Some(finding) = bench.finding().filter(|finding| finding.answer == Some(Answer::Viable)) else { return };
        if bench.visit_outcome().and_then(|at| at.viable_ld).is_some_and(|ld| ld.from_mark.is_some()) {
            return; // the mark speaks
        }
        let kept = finding.viable_ld_mm.map(|mm| format!("{mm}")).unwrap_or_default();
        if strip == Strip::Diameter {
            let row = ui.horizontal(|ui| {
                ui.label(theme::strong(text::VIABLE_LD_MM));
                let typed = if self.typed_mm.is_empty() { "\u{2013}" } else { self.typed_mm.as_str() };
                ui.label(theme::title(typed)).on_hover_text(text::VIABLE_LD_MM);
                digits_here(ui, true);
            });
            row.response.scroll_to_me(None); // the question that digits answer is in view
            return;
        }
        ui.horizontal(|ui| {
            let label = ui.label(theme::soft(text::VIABLE_LD_MM));
            let draft = self.viable_ld.text(of, &kept);
            let field = TextEdit::singleline(draft).desired_width(56.0).hint_text("mm");
            let response = ui.add_enabled(enabled, field).labelled_by(label.id);
            if let Some(typed) = self.viable_ld.ended(&response, bench.reader().is_some()) {
                out.ask(Request::ViableLd(typed.trim().replace(',', ".").parse().ok()));
            }
        });
    }

    /// What the rules object to, and the one inline line that sets a rule aside.
    pub(super) fn objections(&mut self, ui: &mut Ui, bench: &Workbench, enabled: bool, out: &mut Outbox) {
        let Some(at) = bench.visit_outcome() else { return };
        let lesion = bench.selection().lesion.and_then(|lesion| bench.outcome(lesion));
        let of_dates = lesion.map(|outcome| outcome.objections.as_slice()).unwrap_or_default();
        for objection in at.objections.iter().chain(of_dates) {
            let tint = match objection.class {
                ObjectionClass::Hard => colour::BAD,
                ObjectionClass::Warn | ObjectionClass::Ask => colour::WARN,
            };
            ui.add_space(theme::UNIT);
            let words = format!("{} ({})", objection.sentence, objection.rule);
            ui.add(eframe::egui::Label::new(coloured(words, tint)).wrap());
            if !objection.overridable || !enabled {
                continue;
            }
            ui.horizontal_wrapped(|ui| {
                ui.label(theme::small(text::SET_ASIDE));
                let chosen = self.override_reason.map_or("pick a reason", Coded::words);
                let mut reason = None;
                let combo = ComboBox::from_id_salt(("override", objection.rule.to_string())).selected_text(chosen);
                let response = combo.show_ui(ui, |ui| {
                    for other in OverrideReason::ALL {
                        if ui.selectable_label(self.override_reason == Some(*other), other.words()).clicked() {
                            reason = Some(*other);
                        }
                    }
                });
                response.response.accessible_name(format!("{} {}", text::SET_ASIDE, objection.rule));
                if self.override_reason == Some(OverrideReason::Other) {
                    let field =
                        TextEdit::singleline(&mut self.override_text).hint_text(text::SAY_MORE).desired_width(110.0);
                    let done = ui.add(field).accessible_name(text::SAY_MORE).lost_focus();
                    if done && !self.override_text.trim().is_empty() {
                        let text = std::mem::take(&mut self.override_text);
                        let rule = objection.rule.to_string();
                        out.ask(Request::Override { rule, reason: OverrideReason::Other, text });
                        self.override_reason = None;
                    }
                }
                match reason {
                    Some(OverrideReason::Other) => self.override_reason = reason,
                    Some(reason) => {
                        self.override_reason = None;
                        let rule = objection.rule.to_string();
                        out.ask(Request::Override { rule, reason, text: String::new() });
                    }
                    None => {}
                }
            });
        }
    }

    /// Free text.
    pub(super) fn comment_field(
        &mut self,
        ui: &mut Ui,
        bench: &Workbench,
        of: (LesionId, VisitId),
        enabled: bool,
        out: &mut Outbox,
    ) {
        let kept = bench.finding().map(|finding| finding.comment.clone()).unwrap_or_default();
        ui.add_space(theme::UNIT);
        let draft: &mut Draft<_> = &mut self.comment;
        let field =
            TextEdit::singleline(draft.text(of, &kept)).hint_text(text::COMMENT_HINT).desired_width(f32::INFINITY);
        let response = ui.add_enabled(enabled, field).accessible_name(text::COMMENT);
        if let Some(typed) = draft.ended(&response, bench.reader().is_some()).filter(|typed| *typed != kept) {
            out.ask(Request::Comment(typed));
        }
    }
}
