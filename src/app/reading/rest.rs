//! The rest of the scan: one small form per visit. Blank is not "none".

use super::ReadingPanel;
use super::answers::digits_here;
use crate::app::strip::Strip;
use crate::app::theme;
use crate::app::widgets::{self, answer_button};
use crate::app::{Outbox, text};
use crate::clinical::{Complications, NewTumour, VisitId};
use crate::workbench::{Request, Workbench};
use eframe::egui::{TextEdit, Ui, vec2};

const NEW_TUMOUR: [&str; 5] = ["None", "In the organ", "Outside", "Both", "Not assessed"];
const COMPLICATIONS: [&str; 3] = ["None", "Present", "Not assessed"];

impl ReadingPanel {
    /// New tumour elsewhere, and complications.
    pub(super) fn rest(
        &mut self,
        ui: &mut Ui,
        bench: &Workbench,
        visit: VisitId,
        strip: &mut Strip,
        enabled: bool,
        out: &mut Outbox,
    ) {
        let rest = bench.rest_of_scan();
        ui.add_space(6.0);
        ui.separator();
        let asked_now = matches!(*strip, Strip::NewTumour | Strip::Complications | Strip::Sign);
        widgets::caption(ui, text::REST_OF_SCAN);
        let top = ui.cursor().top();
        let asked = |ui: &mut Ui, words: &str, asked: bool| {
            let words = if asked { theme::strong(words) } else { theme::small(words) };
            ui.horizontal(|ui| {
                ui.label(words);
                digits_here(ui, asked);
            });
        };
        asked(ui, text::NEW_TUMOUR, *strip == Strip::NewTumour);
        let new_tumour = rest.and_then(|rest| rest.new_tumour.clone());
        let chosen = new_tumour.as_ref().map(|answer| match answer {
            NewTumour::None => 0,
            NewTumour::InOrgan(_) => 1,
            NewTumour::Outside(_) => 2,
            NewTumour::InOrganAndOutside(_) => 3,
            NewTumour::NotAssessed => 4,
        });
        if let Some(n) = row(ui, &NEW_TUMOUR, text::NEW_TUMOUR, chosen, enabled, *strip == Strip::NewTumour) {
            let kept = where_words(new_tumour.as_ref());
            let answer = match n {
                0 => NewTumour::None,
                1 => NewTumour::InOrgan(kept),
                2 => NewTumour::Outside(kept),
                3 => NewTumour::InOrganAndOutside(kept),
                _ => NewTumour::NotAssessed,
            };
            out.ask(Request::NewTumour(Some(answer)));
            if *strip == Strip::NewTumour {
                *strip = Strip::Complications;
            }
        }
        if let Some(answer @ (NewTumour::InOrgan(_) | NewTumour::Outside(_) | NewTumour::InOrganAndOutside(_))) =
            new_tumour
        {
            let kept = where_words(Some(&answer));
            let field = TextEdit::singleline(self.where_.text(visit, &kept))
                .hint_text(text::WHERE)
                .desired_width(f32::INFINITY);
            let response = ui.add_enabled(enabled, field).accessible_name(text::WHERE);
            if let Some(typed) = self.where_.ended(&response, bench.reader().is_some()).filter(|typed| *typed != kept) {
                out.ask(Request::NewTumour(Some(match answer {
                    NewTumour::InOrgan(_) => NewTumour::InOrgan(typed),
                    NewTumour::Outside(_) => NewTumour::Outside(typed),
                    _ => NewTumour::InOrganAndOutside(typed),
                })));
            }
        }
        asked(ui, text::COMPLICATIONS, *strip == Strip::Complications);
        let complications = rest.and_then(|rest| rest.complications.clone());
        let chosen = complications.as_ref().map(|answer| match answer {
            Complications::None => 0,
            Complications::Present(_) => 1,
            Complications::NotAssessed => 2,
        });
        if let Some(n) = row(ui, &COMPLICATIONS, text::COMPLICATIONS, chosen, enabled, *strip == Strip::Complications) {
            out.ask(Request::Complications(Some(match n {
                0 => Complications::None,
                1 => Complications::Present(String::new()),
                _ => Complications::NotAssessed,
            })));
            if *strip == Strip::Complications {
                *strip = Strip::Sign;
            }
        }
        if let Some(Complications::Present(kept)) = complications {
            let field =
                TextEdit::singleline(self.which.text(visit, &kept)).hint_text(text::WHICH).desired_width(f32::INFINITY);
            let response = ui.add_enabled(enabled, field).accessible_name(text::WHICH);
            if let Some(typed) = self.which.ended(&response, bench.reader().is_some()).filter(|typed| *typed != kept) {
                out.ask(Request::Complications(Some(Complications::Present(typed))));
            }
        }
        ui.add_space(6.0);
        if asked_now {
            // The question that digits answer is in view.
            let all = eframe::egui::Rect::from_x_y_ranges(ui.max_rect().x_range(), top - 24.0..=ui.cursor().top());
            ui.scroll_to_rect(all, None);
        }
    }
}

fn where_words(answer: Option<&NewTumour>) -> String {
    match answer {
        Some(NewTumour::InOrgan(place) | NewTumour::Outside(place) | NewTumour::InOrganAndOutside(place)) => {
            place.clone()
        }
        _ => String::new(),
    }
}

/// Answers in a row, two or three beside each other; the one that was clicked.
fn row(ui: &mut Ui, all: &[&str], question: &str, chosen: Option<usize>, enabled: bool, asked: bool) -> Option<usize> {
    let mut clicked = None;
    let gap = 5.0;
    let width = (ui.available_width() - gap * 2.0) / 3.0;
    for (line, answers) in all.chunks(3).enumerate() {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            for (n, words) in answers.iter().enumerate() {
                let number = line * 3 + n;
                let digit = if asked { (number + 1).to_string() } else { String::new() };
                let response = answer_button(ui, vec2(width, 26.0), words, &digit, chosen == Some(number), enabled);
                response.widget_info(|| {
                    eframe::egui::WidgetInfo::selected(
                        eframe::egui::Role::RadioButton,
                        enabled,
                        chosen == Some(number),
                        format!("{question} {words}"),
                    )
                });
                if response.clicked() && enabled {
                    clicked = Some(number);
                }
            }
        });
    }
    clicked
}
