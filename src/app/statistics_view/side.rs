//! The numbers beside the curves, and the lesions behind one of them.

use crate::app::Outbox;
use crate::app::table_view::open_lesion;
use crate::app::text::{self, statistics as words};
use crate::app::theme::{self, colour};
use crate::app::widgets::coloured;
use crate::clinical::Coded;
use crate::cohort::{FullRate, Missing, Recurrence};
use crate::workbench::CountedCohort;
use eframe::egui::{self, Align2, Button, Label, Role, Sense, Stroke, Ui, WidgetInfo, vec2};

/// A rate: what it is, n/N and percent, and its intervals below.
pub(super) fn rate(ui: &mut Ui, rate: &FullRate) {
    let value = rate.proportion().words();
    let wilson = rate.wilson.map(|interval| text::wilson(&interval.words()));
    let clustered = rate.clustered.and_then(|clustered| clustered.interval).map(|interval| {
        let (low, high) = interval.percent();
        words::clustered(low, high)
    });
    let below: Vec<String> = [wilson, clustered].into_iter().flatten().collect();
    let below = below.join("; ");
    let width = ui.available_width();
    let name = ui.painter().layout(rate.words.to_owned(), theme::font(theme::SMALL), colour::SOFT, width);
    let under = 2.0 + name.size().y;
    let (rect, response) = ui.allocate_exact_size(vec2(width, under + 35.0), Sense::hover());
    let spoken = format!("{}, {value}, {below}", rate.words);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, spoken.as_str()));
    let painter = ui.painter();
    let line = |y: f32| egui::pos2(rect.left(), rect.top() + y);
    painter.galley(line(2.0), name, colour::SOFT);
    painter.text(line(under + 11.0), Align2::LEFT_CENTER, value, theme::bold(theme::BODY), colour::TEXT);
    painter.text(line(under + 25.0), Align2::LEFT_CENTER, below, theme::font(theme::SMALL), colour::FAINT);
    painter.hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, colour::LINE));
}

/// A count that opens what is behind it.
pub(super) fn count(ui: &mut Ui, name: &str, n: u32, chosen: bool) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, format!("{name} {n}")));
    let painter = ui.painter();
    if chosen || response.hovered() {
        painter.rect_filled(rect, theme::RADIUS, if chosen { colour::CHOSEN } else { colour::HOVER });
    }
    painter.text(
        rect.left_center() + vec2(4.0, 0.0),
        Align2::LEFT_CENTER,
        name,
        theme::font(theme::BODY),
        colour::SOFT,
    );
    painter.text(rect.right_center() - vec2(4.0, 0.0), Align2::RIGHT_CENTER, n, theme::bold(theme::BODY), colour::TEXT);
    painter.hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, colour::LINE));
    response.clicked()
}

/// Words that open a list.
pub(super) fn link(ui: &mut Ui, name: &str, chosen: bool) -> bool {
    let fill = if chosen { colour::TEXT } else { colour::ACCENT };
    ui.add(Button::new(coloured(name.to_owned(), fill)).frame(false)).clicked()
}

/// Recurrences at a time point, new and cumulative kept apart.
pub(super) fn recurrence(ui: &mut Ui, row: &Recurrence) {
    let name = format!("{} ({}), {}", row.end_point.words(), row.level.words().to_lowercase(), row.time_point.words());
    let value = format!("new {}; cumulative {}", row.new_in_interval.words(), row.cumulative.words());
    ui.spacing_mut().item_spacing.y = 1.0;
    ui.add(Label::new(theme::small(name)).wrap());
    ui.add(Label::new(coloured(value, colour::TEXT)).wrap());
}

/// Who is behind a number, each with the reason where there is one; a click opens the lesion.
pub(super) fn who(ui: &mut Ui, cohort: &CountedCohort, rows: &[Missing], out: &mut Outbox) {
    for row in rows {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().button_padding.y = 0.0;
            let label = row.who.lesion.as_deref().unwrap_or_default();
            let name = format!("{} {label}", row.who.patient);
            let spoken = text::open_lesion(label, &row.who.patient);
            let button = ui.add(Button::new(coloured(name.trim_end().to_owned(), colour::ACCENT)).frame(false));
            if button.accessible_name(spoken).on_hover_text(words::OPEN).clicked()
                && let Some(lesion) = cohort.lesion(&row.who)
            {
                open_lesion(lesion, out);
            }
            if !row.because.is_empty() {
                ui.add(Label::new(theme::small(row.because.as_str())).wrap());
            }
        });
    }
}
