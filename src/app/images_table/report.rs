//! What the last import found and skipped: each file with its reason, grouped by reason.

use crate::app::Outbox;
use crate::app::text::{self, whose};
use crate::app::theme::{self, colour};
use crate::app::whose::answers;
use crate::app::widgets::coloured;
use crate::dicom::Skipped;
use crate::workbench::{ImportReport, PatientQuestion, Workbench};
use eframe::egui::collapsing_header::paint_default_icon;
use eframe::egui::{self, Button, Frame, Label, Margin, Panel, Response, RichText, ScrollArea, Sense, Ui};
use std::collections::{BTreeMap, BTreeSet};

/// What is unfolded.
#[derive(Debug, Default)]
pub(super) struct ReportPanel {
    /// None until somebody folds or unfolds it: it opens by itself when there is something to see.
    open: Option<bool>,
    /// Reasons that were folded or unfolded by hand.
    turned: BTreeSet<String>,
}

/// A line of the unfolded report.
enum Line<'a> {
    Whose(&'a PatientQuestion),
    Question(&'a str),
    Reason { reason: &'a str, count: usize, open: bool },
    File(&'a Skipped),
}

const LINE_HEIGHT: f32 = 20.0;

impl ReportPanel {
    /// Draws the panel at the bottom of the screen; nothing where nothing was imported. Whether what needs a look is
    /// asked for.
    pub(super) fn show(&mut self, ui: &mut Ui, bench: &Workbench, out: &mut Outbox) -> bool {
        let Some(report) = bench.import_report() else { return false };
        let asked = !report.questions.is_empty() || !bench.patient_questions().is_empty();
        let something = !report.skipped.is_empty() || asked;
        let mut look = false;
        let open = something && self.open.unwrap_or(true);
        let height = if open { 176.0 } else { 32.0 };
        let frame = Frame::new().inner_margin(Margin { top: 8, ..Margin::ZERO });
        Panel::bottom("import report").frame(frame).resizable(false).exact_size(height).show(ui, |ui| {
            look = self.head(ui, report, something, open);
            if open {
                self.lines(ui, report, bench, out);
            }
        });
        look
    }

    fn head(&mut self, ui: &mut Ui, report: &ImportReport, something: bool, open: bool) -> bool {
        let mut look = false;
        ui.horizontal(|ui| {
            if something {
                if fold(ui, theme::strong(text::LAST_IMPORT), open).clicked() {
                    self.open = Some(!open);
                }
            } else {
                ui.label(theme::strong(text::LAST_IMPORT));
            }
            ui.label(theme::soft(text::import_summary(
                report.series,
                report.stacks,
                report.new_stacks,
                report.skipped.len(),
            )));
            if !report.to_look_at.is_empty() {
                let words = coloured(whose::look_short(report.to_look_at.len()), colour::WARN);
                look = ui.add(Button::new(words).small()).on_hover_text(whose::ONLY_ODD_TOOLTIP).clicked();
            }
            if report.cancelled {
                ui.label(coloured(text::STOPPED_EARLY, colour::WARN));
            }
        });
        look
    }

    fn lines(&mut self, ui: &mut Ui, report: &ImportReport, bench: &Workbench, out: &mut Outbox) {
        let lines = lines(bench.patient_questions(), report, &self.turned);
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.spacing_mut().interact_size.y = LINE_HEIGHT;
        ScrollArea::vertical().auto_shrink(false).show_rows(ui, LINE_HEIGHT, lines.len(), |ui, range| {
            for line in lines.get(range).unwrap_or_default() {
                match line {
                    Line::Whose(question) => {
                        ui.push_id(question.patient, |ui| {
                            ui.horizontal(|ui| {
                                answers(ui, question, bench, out);
                                let words = format!("{} · {}", text::TO_SETTLE, whose::question(question));
                                ui.add(Label::new(coloured(words, colour::WARN)).truncate());
                            });
                        });
                    }
                    Line::Question(question) => {
                        ui.label(coloured(format!("{} · {question}", text::TO_SETTLE), colour::WARN));
                    }
                    Line::Reason { reason, count, open } => self.reason(ui, reason, *count, *open),
                    Line::File(skipped) => file(ui, skipped),
                }
            }
        });
    }

    fn reason(&mut self, ui: &mut Ui, reason: &str, count: usize, open: bool) {
        let words = coloured(format!("{} · {reason}", text::files(count)), colour::TEXT);
        if fold(ui, words, open).clicked() && !self.turned.remove(reason) {
            self.turned.insert(reason.to_owned());
        }
    }
}

/// A line that folds and unfolds what is below it.
fn fold(ui: &mut Ui, words: RichText, open: bool) -> Response {
    ui.horizontal(|ui| {
        let (icon, _) = ui.allocate_exact_size(egui::vec2(10.0, 10.0), Sense::hover());
        let response = ui.add(Button::new(words).frame(false).truncate());
        paint_default_icon(ui, if open { 1.0 } else { 0.0 }, &response.clone().with_new_rect(icon));
        response
    })
    .inner
}

fn file(ui: &mut Ui, skipped: &Skipped) {
    ui.horizontal(|ui| {
        ui.add_space(6.0 * theme::UNIT);
        let name = skipped.file.file_name().map(|name| name.to_string_lossy().into_owned());
        let label = Label::new(theme::soft(name.unwrap_or_default())).truncate().sense(Sense::hover());
        ui.add(label).on_hover_text(format!("{}\n{}", skipped.file.display(), skipped.reason));
    });
}

/// Questions first, then reasons by how often they were given, with their files where unfolded. A reason given
/// for one file starts unfolded.
fn lines<'a>(questions: &'a [PatientQuestion], report: &'a ImportReport, turned: &BTreeSet<String>) -> Vec<Line<'a>> {
    let mut groups: BTreeMap<&str, Vec<&Skipped>> = BTreeMap::new();
    for skipped in &report.skipped {
        groups.entry(&skipped.reason).or_default().push(skipped);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(reason, files)| (std::cmp::Reverse(files.len()), *reason));
    let mut lines: Vec<Line<'a>> = questions.iter().map(Line::Whose).collect();
    lines.extend(report.questions.iter().map(|question| Line::Question(question)));
    for (reason, files) in groups {
        let unfolded = turned.contains(reason) != (files.len() == 1);
        lines.push(Line::Reason { reason, count: files.len(), open: unfolded });
        if unfolded {
            lines.extend(files.into_iter().map(Line::File));
        }
    }
    lines
}
