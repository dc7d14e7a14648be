//! What the marks give and what the rules derive: quiet table, one framed sentence with its reason.

use super::lesions::{whole, word_colour};
use crate::app::command::Command;
use crate::app::keys::KeyMap;
use crate::app::theme::{self, colour};
use crate::app::widgets::{self, value_row};
use crate::app::{Outbox, text};
use crate::clinical::{Coded, LesionId, MarkRole, Track, VisitId};
use crate::outcome::{EFFICACY_TERM, Word};
use crate::project::{Document, Measured};
use crate::workbench::{Request, Workbench};
use eframe::egui::{Align2, Button, Frame, Label, Margin, RichText, Role, Sense, Ui, WidgetInfo, pos2, vec2};

/// A row for each earlier reading of the lesion: when, what was seen, zone, word.
pub(super) fn readings_so_far(ui: &mut Ui, bench: &Workbench, document: &Document, lesion: LesionId, out: &mut Outbox) {
    let Some(outcome) = bench.outcome(lesion) else { return };
    let read: Vec<_> = outcome.visits.iter().filter(|at| at.answer.is_some() && !bench.is_hidden(at.visit)).collect();
    widgets::caption(ui, text::READINGS_SO_FAR);
    if read.is_empty() {
        // Its room is kept, so that nothing jumps with the first answer.
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 18.0), Sense::hover());
        ui.painter().text(
            rect.left_center(),
            Align2::LEFT_CENTER,
            text::NO_READING,
            theme::font(theme::SMALL),
            colour::FAINT,
        );
    }
    for at in read {
        let days = at.days_after_last.map_or_else(|| at.date.to_string(), |days| format!("{days:+} d"));
        let here = bench.selection().visit == Some(at.visit);
        let tint = if here { colour::ACCENT } else { colour::SOFT };
        let finding = document.finding_for(lesion, at.visit, Track::Main);
        let answer = at.answer.map_or("", Coded::words);
        let seen = finding.and_then(|finding| finding.shape).map_or(answer, Coded::words);
        let zone = document.mark_for(lesion, at.visit, MarkRole::AblationZone).and_then(|m| m.measured.as_ref());
        let word = at.word.value;
        let draft = if at.draft { format!(" ({})", text::DRAFT) } else { String::new() };
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 18.0), Sense::click());
            let name = format!("Reading {days}, {answer}, {}{draft}", word.words());
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name.as_str()));
            let painter = ui.painter().with_clip_rect(rect);
            let small = theme::font(theme::SMALL);
            painter.text(rect.left_center(), Align2::LEFT_CENTER, &days, theme::font(theme::BODY), tint);
            let right = painter.text(
                rect.right_center(),
                Align2::RIGHT_CENTER,
                short_word(word),
                theme::bold(theme::SMALL),
                word_colour(word),
            );
            let zone = painter.text(
                pos2(right.left() - 8.0, rect.center().y),
                Align2::RIGHT_CENTER,
                zone.map(|zone| format!("zone {}", axes(zone))).unwrap_or_default(),
                small.clone(),
                colour::SOFT,
            );
            let middle = rect.with_min_x(rect.left() + 54.0).with_max_x(zone.left() - 6.0);
            let seen = crate::workbench::words::small(seen);
            ui.painter().with_clip_rect(middle).text(
                middle.left_center(),
                Align2::LEFT_CENTER,
                seen,
                small,
                colour::SOFT,
            );
            let tip = format!("{} · {}\n{answer}: {}{draft}", at.date, at.time_words, word.words());
            if response.on_hover_text(tip).clicked() {
                out.ask(Request::SelectVisit(at.visit));
            }
        });
    }
}

fn short_word(word: Word) -> &'static str {
    match word {
        Word::LocalTumourProgression => "LTP",
        Word::CompleteAfterViable => "complete?",
        Word::CompleteAssisted => "complete (assisted)",
        Word::IncompleteAfterReablation => "incomplete again",
        Word::ProgressionRetreatedComplete => "LTP re-treated",
        Word::ProgressionRetreatmentFailed => "LTP persists",
        Word::Complete => "complete",
        Word::Incomplete => "incomplete",
        Word::Equivocal => "equivocal",
        Word::NotEvaluable => "not evaluable",
        Word::NotDone => "not done",
        Word::Early => "early",
        Word::DuringCourse => "during course",
        Word::None => "",
    }
}

fn axes(of: &Measured) -> String {
    match (of.longest_axial_mm, of.perpendicular_mm, of.longest_px) {
        (Some(long), Some(short), _) => format!("{} × {} mm", whole(long), whole(short)),
        (Some(long), None, _) => format!("{} mm", whole(long)),
        (None, _, Some(px)) => format!("{px:.0} px"),
        _ => String::new(),
    }
}

/// What the marks of this lesion give at this visit.
pub(super) fn from_marks(ui: &mut Ui, bench: &Workbench, document: &Document, lesion: LesionId, visit: VisitId) {
    widgets::caption(ui, text::FROM_THE_MARKS);
    let marks: Vec<_> =
        document.marks_of(lesion, visit).filter_map(|mark| Some((mark, mark.measured.as_ref()?))).collect();
    if marks.is_empty() {
        ui.label(theme::small(text::NO_MARKS));
        return;
    }
    for (mark, measured) in &marks {
        let role = mark.info.role.words();
        let volume = measured.volume_ml.map(|ml| format!(", {ml:.1} ml")).unwrap_or_default();
        value_row(ui, role, &format!("{}{volume}", axes(measured)));
        let record = document.stack(mark.info.stack).filter(|_| measured.volume_ml.is_none());
        if let Some(why) = record.and_then(crate::workbench::words::pictures_because) {
            ui.add(Label::new(theme::small(format!("{}: {why}", text::NO_VOLUME))).wrap());
        }
        if let Some(mean) = measured.mean {
            let words = text::mean_inside(mean, measured.sd, &measured.unit);
            value_row(ui, &format!("{role}, mean inside"), &words);
        }
    }
    let zone =
        |visit| document.mark_for(lesion, visit, MarkRole::AblationZone).and_then(|m| m.measured.as_ref()?.volume_ml);
    let baseline = bench.outcome(lesion).and_then(|o| o.at(visit)).and_then(|at| at.size_baseline);
    if let (Some(now), Some(baseline)) = (zone(visit), baseline)
        && let Some(then) = zone(baseline).filter(|then| *then > 0.0)
    {
        let days = bench.outcome(lesion).and_then(|o| o.at(baseline)).and_then(|at| at.days_after_last);
        let since = days.map_or_else(String::new, |days| format!(" since {days:+} d"));
        value_row(ui, &format!("Zone volume{since}"), &format!("{:+.0} %", (now / then - 1.0) * 100.0));
    }
}

/// The derived word in one frame, with its reason; "why" opens the rule.
pub(super) fn derived(ui: &mut Ui, bench: &Workbench, keys: &KeyMap, why_open: &mut bool) {
    let Some(at) = bench.visit_outcome().filter(|at| at.answer.is_some()) else { return };
    let tint = word_colour(at.word.value);
    ui.add_space(8.0);
    let frame = Frame::new().fill(colour::RAISED).inner_margin(Margin { left: 12, right: 8, top: 8, bottom: 8 });
    let response = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 3.0;
        ui.horizontal_wrapped(|ui| {
            ui.add(Label::new(theme::title(at.word.value.words())).wrap());
            if at.draft {
                ui.label(theme::small(text::DRAFT));
            }
        });
        ui.add(Label::new(theme::small(&at.word.because)).wrap());
        ui.horizontal(|ui| {
            ui.label(theme::small(format!("Rule {}", at.word.rule)));
            let why = Button::new(RichText::new(text::WHY).font(theme::font(theme::SMALL)).color(colour::ACCENT))
                .frame(false);
            let tip = widgets::tooltip(Command::Why.info().tooltip, &keys.words(Command::Why));
            let hover = format!("{tip}\n{}", rule_words(&at.word.rule.to_string()));
            if ui.add(why).on_hover_text(hover).clicked() {
                *why_open = !*why_open;
            }
        });
        if *why_open {
            ui.separator();
            ui.add(Label::new(theme::small(rule_words(&at.word.rule.to_string()))).wrap());
            ui.add(Label::new(theme::small(&at.time_point.because)).wrap());
            ui.add(Label::new(theme::small(&at.may_establish_complete.because)).wrap());
        }
    });
    let edge = response.response.rect;
    ui.painter().vline(edge.left() + 1.5, edge.y_range(), eframe::egui::Stroke::new(3.0, tint));
    if let Some(outcome) = bench.selection().lesion.and_then(|lesion| bench.outcome(lesion)) {
        let call = &outcome.standing.primary;
        let words = format!(
            "{}: {}",
            crate::workbench::words::capital(EFFICACY_TERM),
            crate::workbench::words::small(call.value.efficacy.words())
        );
        ui.add(Label::new(theme::small(words)).wrap()).on_hover_text(&call.because);
    }
}

/// A rule's own wording and source.
fn rule_words(id: &str) -> String {
    let rule = crate::outcome::RULES.iter().find(|rule| rule.id.to_string() == id);
    rule.map(|rule| format!("{id}  {} Source: {}", rule.wording, rule.source)).unwrap_or_default()
}
