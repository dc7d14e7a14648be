//! What is signed, before it is signed; or all that is still open, each line leading there.

use super::ReadingPanel;
use super::lesions::{whole, word_colour};
use crate::app::Outbox;
use crate::app::command::Command;
use crate::app::keys::KeyMap;
use crate::app::strip::Strip;
use crate::app::text::flow as text;
use crate::app::theme::{self, colour};
use crate::app::widgets::{self, coloured, primary_button};
use crate::clinical::{Coded, Complications, LesionId, MarkRole, NewTumour, RestOfScan, Track, VisitId};
use crate::project::Document;
use crate::workbench::{Request, Workbench};
use eframe::egui::{self, Button, Label, ScrollArea, Ui, vec2};

impl ReadingPanel {
    /// Draws what is signed in the place of the form, with what signs it.
    pub(super) fn signing(
        &mut self,
        ui: &mut Ui,
        bench: &Workbench,
        keys: &KeyMap,
        strip: &mut Strip,
        out: &mut Outbox,
    ) {
        let Some((document, visit)) = bench.document().zip(bench.selection().visit) else { return };
        let open = bench.open_points();
        let height = (ui.available_height() - 52.0).max(100.0);
        let scroll = ScrollArea::vertical().id_salt("signing").max_height(height).auto_shrink([false, false]);
        scroll.show(ui, |ui| {
            ui.set_width(ui.available_width() - 4.0);
            ui.label(theme::title(if open.is_empty() { text::SIGN_TITLE } else { text::NOT_YET_TITLE }));
            ui.label(theme::soft(text::visit_of(&bench.visit_date(visit))));
            ui.add(Label::new(theme::small(if open.is_empty() { text::SIGN_LEAD } else { text::NOT_YET_LEAD })).wrap());
            for point in &open {
                let words = coloured(format!("\u{2022} {}", point.words), colour::WARN);
                let line = Button::new(words).frame(false).wrap();
                if ui.add(line).accessible_name(point.words.as_str()).clicked() {
                    match point.lesion {
                        Some(lesion) => {
                            out.ask(Request::SelectLesion(lesion));
                            *strip = Strip::Off;
                        }
                        None => *strip = rest_question(bench.rest_of_scan()),
                    }
                }
            }
            for lesion in bench.due(visit) {
                ui.separator();
                of_lesion(ui, bench, document, lesion, visit);
            }
            ui.separator();
            ui.label(theme::caption(text::REST));
            for (name, value) in rest_words(bench.rest_of_scan()) {
                widgets::value_row(ui, name, &value);
            }
        });
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            let size = vec2((ui.available_width() - 8.0) / 2.0, 36.0);
            let back = ui.add(Button::new(text::BACK).min_size(size));
            let tip = widgets::tooltip(Command::Cancel.info().tooltip, &keys.words(Command::Cancel));
            if back.on_hover_text(tip).clicked() {
                *strip = Strip::Off;
            }
            let label = if open.is_empty() { Command::Sign.info().label } else { text::GO_TO_FIRST };
            let go = primary_button(ui, size, label, &keys.words(Command::Accept), true);
            if go.on_hover_text(Command::Sign.info().tooltip).clicked() {
                out.command(Command::Sign);
            }
        });
    }
}

/// The first question on the rest of the scan that is open.
fn rest_question(rest: Option<&RestOfScan>) -> Strip {
    if rest.is_none_or(|rest| rest.new_tumour.is_none()) { Strip::NewTumour } else { Strip::Complications }
}

/// One lesion: what was answered, with what, and the word it gives.
fn of_lesion(ui: &mut Ui, bench: &Workbench, document: &Document, lesion: LesionId, visit: VisitId) {
    let Some(at) = bench.outcome(lesion).and_then(|outcome| outcome.at(visit)) else { return };
    let label = document.lesion(lesion).map_or("", |row| &row.label);
    let finding = document.finding_for(lesion, visit, Track::Main);
    ui.horizontal_wrapped(|ui| {
        ui.label(theme::strong(label));
        ui.label(theme::small(&at.time_words));
    });
    let Some(answer) = at.answer else {
        ui.label(coloured(text::NOT_ANSWERED, colour::WARN));
        return;
    };
    let mut said = vec![answer.words().to_owned()];
    if let Some(finding) = finding {
        let shapes = [finding.shape, finding.second_shape].into_iter().flatten();
        said.extend(shapes.map(|shape| crate::workbench::words::small(shape.words())));
        said.extend(finding.not_evaluable_reason.map(|r| crate::workbench::words::small(r.words())));
        said.extend(finding.not_done_reason.map(|r| crate::workbench::words::small(r.words())));
    }
    if let Some(ld) = &at.viable_ld {
        said.push(format!("LD {} mm", whole(ld.mm)));
    }
    ui.add(Label::new(egui::RichText::new(said.join(", ")).font(theme::font(theme::BODY)).color(colour::TEXT)).wrap());
    let word = at.word.value;
    ui.add(Label::new(coloured(word.words(), word_colour(word))).wrap()).on_hover_text(&at.word.because);
    let zone = document.mark_for(lesion, visit, MarkRole::AblationZone).and_then(|mark| mark.measured.as_ref());
    if let Some((long, short)) = zone.and_then(|zone| zone.longest_axial_mm.zip(zone.perpendicular_mm)) {
        ui.label(theme::small(format!("zone {} × {} mm", whole(long), whole(short))));
    }
    if let Some(comment) = finding.map(|finding| finding.comment.trim()).filter(|comment| !comment.is_empty()) {
        ui.add(Label::new(theme::small(format!("{}: {comment}", text::COMMENT))).wrap());
    }
}

/// The rest of the scan in words.
fn rest_words(rest: Option<&RestOfScan>) -> [(&'static str, String); 2] {
    let open = || text::NOT_ASSESSED_YET.to_owned();
    let with = |lead: &str, place: &str| if place.is_empty() { lead.to_owned() } else { format!("{lead}: {place}") };
    let new_tumour = rest.and_then(|rest| rest.new_tumour.as_ref()).map_or_else(open, |answer| match answer {
        NewTumour::None => "none".to_owned(),
        NewTumour::InOrgan(place) => with("in the organ", place),
        NewTumour::Outside(place) => with("outside", place),
        NewTumour::InOrganAndOutside(place) => with("in the organ and outside", place),
        NewTumour::NotAssessed => "not assessed".to_owned(),
    });
    let complications = rest.and_then(|rest| rest.complications.as_ref()).map_or_else(open, |answer| match answer {
        Complications::None => "none".to_owned(),
        Complications::Present(which) => with("present", which),
        Complications::NotAssessed => "not assessed".to_owned(),
    });
    [(crate::app::text::NEW_TUMOUR, new_tumour), (crate::app::text::COMPLICATIONS, complications)]
}
