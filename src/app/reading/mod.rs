//! The right panel: lesions, find card, readings so far, what is seen, what the marks give, what the rules
//! derive, the rest of the scan, and signing.

mod answers;
mod aside;
mod kept;
mod key;
mod lesions;
mod outcome_box;
mod rest;
mod signing;

pub(in crate::app) use lesions::word_colour;

use super::command::Command;
use super::keys::KeyMap;
use super::strip::Strip;
use super::text::flow;
use super::theme::{self, colour};
use super::widgets::{self, primary_button};
use super::{Outbox, text};
use crate::clinical::{AmendmentReason, Answer, Coded, LesionId, OverrideReason, VisitId};
use crate::workbench::{Request, Step, Workbench};
use eframe::egui::{Button, ComboBox, Key, Modifiers, ScrollArea, TextEdit, Ui, Vec2, vec2};
use serde::{Deserialize, Serialize};

/// The panel's own state: what is being typed, and find cards that were made.
#[derive(Default)]
pub struct ReadingPanel {
    cards: lesions::Cards,
    comment: Draft<(LesionId, VisitId)>,
    viable_ld: Draft<(LesionId, VisitId)>,
    where_: Draft<VisitId>,
    which: Draft<VisitId>,
    override_text: String,
    override_reason: Option<OverrideReason>,
    amend_reason: Option<AmendmentReason>,
    amend_text: String,
    adequacy_text: String,
    /// A diameter that is typed with digits, mm.
    typed_mm: String,
    aside: aside::Aside,
    /// Whose form was drawn last: another one starts at its top.
    shown_of: Option<(Option<LesionId>, Option<VisitId>)>,
}

/// Text being typed for one thing; it is never shown for another.
#[derive(Debug)]
pub(super) struct Draft<K> {
    of: Option<K>,
    text: String,
    typing: bool,
    /// The field was left while nobody reads: the text waits for initials.
    waits: bool,
    /// The text came back after a restart; its field is to be typed in again.
    back: bool,
}

impl<K> Default for Draft<K> {
    fn default() -> Self {
        Self { of: None, text: String::new(), typing: false, waits: false, back: false }
    }
}

impl<K: Copy + PartialEq> Draft<K> {
    /// The text to edit: what is kept for this thing, unless it is being typed just now.
    pub(super) fn text(&mut self, of: K, kept: &str) -> &mut String {
        if self.of != Some(of) || !self.typing {
            self.of = Some(of);
            kept.clone_into(&mut self.text);
            (self.typing, self.waits) = (false, false);
        }
        &mut self.text
    }

    /// Takes note of a field's state; the text to keep when typing ended. Without a reader it cannot be kept: then
    /// it stays in its field, and is kept once there is one.
    pub(super) fn ended(&mut self, response: &eframe::egui::Response, has_reader: bool) -> Option<String> {
        if std::mem::take(&mut self.back) {
            response.request_focus();
        }
        if response.has_focus() || response.changed() {
            self.typing = true;
        }
        let left = response.lost_focus();
        if self.typing && (left || self.waits && has_reader && !response.has_focus()) {
            (self.typing, self.waits) = (!has_reader, !has_reader);
            return Some(self.text.clone());
        }
        None
    }
}

/// What is typed in the panel and is not in the project yet.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    comment: Option<((LesionId, VisitId), String)>,
    viable_ld: Option<((LesionId, VisitId), String)>,
    place: Option<(VisitId, String)>,
    which: Option<(VisitId, String)>,
    override_text: String,
    override_reason: Option<OverrideReason>,
    amend_reason: Option<AmendmentReason>,
    amend_text: String,
    adequacy_text: String,
    aside: Option<((LesionId, VisitId), String)>,
}

impl<K: Copy + PartialEq> Draft<K> {
    fn kept(&self) -> Option<(K, String)> {
        self.of.filter(|_| self.typing).map(|of| (of, self.text.clone()))
    }

    fn come_back(kept: Option<(K, String)>) -> Self {
        kept.map_or_else(Self::default, |(of, text)| Self {
            of: Some(of),
            text,
            typing: true,
            waits: false,
            back: true,
        })
    }
}

impl ReadingPanel {
    /// What is typed and not in the project yet.
    pub(super) fn kept(&self) -> Kept {
        Kept {
            comment: self.comment.kept(),
            viable_ld: self.viable_ld.kept(),
            place: self.where_.kept(),
            which: self.which.kept(),
            override_text: self.override_text.clone(),
            override_reason: self.override_reason,
            amend_reason: self.amend_reason,
            amend_text: self.amend_text.clone(),
            adequacy_text: self.adequacy_text.clone(),
            aside: self.aside.kept(),
        }
    }

    /// Has again what was typed before.
    pub(super) fn take_back(&mut self, kept: Kept) {
        self.comment = Draft::come_back(kept.comment);
        self.viable_ld = Draft::come_back(kept.viable_ld);
        self.where_ = Draft::come_back(kept.place);
        self.which = Draft::come_back(kept.which);
        self.override_text = kept.override_text;
        self.override_reason = kept.override_reason;
        self.amend_reason = kept.amend_reason;
        self.amend_text = kept.amend_text;
        self.adequacy_text = kept.adequacy_text;
        self.aside = aside::Aside::come_back(kept.aside);
    }

    /// The reason picked for an amendment with its words; the next amendment starts without one.
    pub(super) fn take_amendment(&mut self) -> Option<(AmendmentReason, String)> {
        let reason = self.amend_reason.take()?;
        Some((reason, std::mem::take(&mut self.amend_text)))
    }

    /// Types a diameter while it is asked; whether the key was meant for it.
    pub(super) fn types_mm(&mut self, key: Key, modifiers: Modifiers) -> bool {
        const DIGITS: [Key; 10] = [
            Key::Num0,
            Key::Num1,
            Key::Num2,
            Key::Num3,
            Key::Num4,
            Key::Num5,
            Key::Num6,
            Key::Num7,
            Key::Num8,
            Key::Num9,
        ];
        if !modifiers.is_none() {
            return false;
        }
        match key {
            Key::Backspace => {
                self.typed_mm.pop();
            }
            Key::Period | Key::Comma if !self.typed_mm.is_empty() && !self.typed_mm.contains('.') => {
                self.typed_mm.push('.');
            }
            key => match DIGITS.iter().position(|digit| *digit == key) {
                Some(digit) if self.typed_mm.len() < 5 => self.typed_mm.push_str(&digit.to_string()),
                Some(_) => {}
                None => return false,
            },
        }
        true
    }

    /// The diameter that was typed, once it is one.
    pub(super) fn take_typed_mm(&mut self) -> Option<f64> {
        let mm = self.typed_mm.parse().ok().filter(|mm| *mm > 0.0)?;
        self.typed_mm.clear();
        Some(mm)
    }

    /// Asks why the reading is put aside.
    pub(super) fn put_aside(&mut self, bench: &Workbench) {
        self.aside.open(bench);
    }

    /// Whether it is asked why the reading is put aside.
    pub(super) fn is_putting_aside(&self) -> bool {
        self.aside.is_open()
    }

    /// No longer asks it.
    pub(super) fn close_aside(&mut self) {
        self.aside.close();
    }

    /// Draws the panel.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        bench: &Workbench,
        keys: &KeyMap,
        strip: &mut Strip,
        why_open: &mut bool,
        out: &mut Outbox,
    ) {
        let Some(document) = bench.document() else { return };
        if *strip != Strip::Diameter {
            self.typed_mm.clear();
        }
        if *strip == Strip::Sign {
            self.signing(ui, bench, keys, strip, out);
            return;
        }
        let signed = bench.is_signed();
        let foot = if signed { 122.0 } else { 48.0 };
        let height = (ui.available_height() - foot).max(100.0);
        let of = (bench.selection().lesion, bench.selection().visit); // another reading starts at its top
        let mut scroll = ScrollArea::vertical().id_salt("reading").max_height(height).auto_shrink([false, false]);
        if self.shown_of.replace(of) != Some(of) {
            scroll = scroll.vertical_scroll_offset(0.0);
        }
        scroll.show(ui, |ui| {
            ui.set_width(ui.available_width() - 4.0);
            lesions::tabs(ui, bench, document, keys, out);
            let Some(lesion) = bench.selection().lesion else {
                let patient = bench.selection().patient;
                let none = patient.is_none_or(|patient| document.lesions_of(patient).next().is_none());
                no_lesion(ui, none, keys, out);
                return;
            };
            self.cards.show(ui, bench, document, lesion);
            outcome_box::readings_so_far(ui, bench, document, lesion, out);
            let Some(visit) = bench.selection().visit else { return };
            key::show(ui, bench, visit, Some(lesion), out);
            if !bench.due(visit).contains(&lesion) {
                not_treated(ui, out);
                outcome_box::from_marks(ui, bench, document, lesion, visit);
                return;
            }
            self.aside.show(ui, bench, (lesion, visit), keys, out);
            self.answers(ui, bench, strip, !signed, keys, out);
            self.objections(ui, bench, !signed, out);
            outcome_box::derived(ui, bench, keys, why_open);
            outcome_box::from_marks(ui, bench, document, lesion, visit);
            self.viable_field(ui, bench, (lesion, visit), *strip, !signed, out);
            in_retrospect(ui, bench, visit, !signed, out);
            self.adequacy_line(ui, bench, !signed, out);
            self.comment_field(ui, bench, (lesion, visit), !signed, out);
            kept::show(ui, bench, !signed, out);
            self.rest(ui, bench, visit, strip, !signed, out);
        });
        if signed {
            self.signed(ui, bench);
        }
        foot_buttons(ui, bench, keys, out);
    }

    /// A signed visit: who, when, and how to change it all the same.
    fn signed(&mut self, ui: &mut Ui, bench: &Workbench) {
        let Some((document, visit)) = bench.document().zip(bench.selection().visit) else { return };
        let signature = document.signature(visit, crate::clinical::Track::Main);
        let words = signature.map_or_else(
            || text::VISIT_SIGNED.to_owned(),
            |signature| {
                let who = document.reader(signature.reader).map(|r| r.initials.clone()).unwrap_or_default();
                format!("{} · {who} · {}", text::VISIT_SIGNED, signature.at.format("%Y-%m-%d"))
            },
        );
        ui.add_space(theme::UNIT);
        ui.label(widgets::coloured(words, colour::GOOD));
        ui.horizontal_wrapped(|ui| {
            ui.label(theme::small(text::AMEND_BECAUSE));
            let words = self.amend_reason.map_or(text::PICK_REASON, Coded::words);
            let combo = ComboBox::from_id_salt("amend reason").selected_text(words).width(120.0);
            let response = combo.show_ui(ui, |ui| {
                for other in AmendmentReason::ALL {
                    ui.selectable_value(&mut self.amend_reason, Some(*other), other.words());
                }
            });
            response.response.accessible_name(text::AMEND_BECAUSE);
            if self.amend_reason == Some(AmendmentReason::Other) {
                let field = TextEdit::singleline(&mut self.amend_text).hint_text(text::SAY_MORE).desired_width(90.0);
                ui.add(field).accessible_name(text::SAY_MORE);
            }
        });
    }
}

/// No lesion is chosen; `none` when there is none to choose.
fn no_lesion(ui: &mut Ui, none: bool, keys: &KeyMap, out: &mut Outbox) {
    ui.add_space(16.0);
    ui.label(theme::title(if none { text::NO_LESION_LEAD } else { text::NO_LESION_CHOSEN_LEAD }));
    ui.label(theme::soft(if none { text::NO_LESION } else { text::NO_LESION_CHOSEN }));
    ui.add_space(6.0);
    let size = vec2(ui.available_width(), 38.0);
    let response = primary_button(ui, size, Command::AddLesion.info().label, &keys.words(Command::AddLesion), true);
    if response.on_hover_text(Command::AddLesion.info().tooltip).clicked() {
        out.command(Command::AddLesion);
    }
}

/// At which earlier visit the viable tumour can be seen now that it is known.
fn in_retrospect(ui: &mut Ui, bench: &Workbench, visit: VisitId, enabled: bool, out: &mut Outbox) {
    let Some(finding) = bench.finding().filter(|finding| finding.answer == Some(Answer::Viable)) else { return };
    let earlier = bench.earlier_visits(Some(visit));
    if earlier.is_empty() {
        return;
    }
    let words = |id: VisitId| bench.visit_date(id);
    let mut chosen = finding.first_visible_at;
    ui.horizontal(|ui| {
        ui.label(theme::soft(flow::IN_RETROSPECT)).on_hover_text(flow::IN_RETROSPECT_TOOLTIP);
        ui.add_enabled_ui(enabled, |ui| {
            let shown = chosen.map_or_else(|| flow::NOT_IN_RETROSPECT.to_owned(), words);
            let combo = ComboBox::from_id_salt("in retrospect").selected_text(theme::small(shown)).width(104.0);
            let response = combo.show_ui(ui, |ui| {
                ui.selectable_value(&mut chosen, None, flow::NOT_IN_RETROSPECT);
                for id in &earlier {
                    ui.selectable_value(&mut chosen, Some(*id), words(*id));
                }
            });
            response.response.on_hover_text(flow::IN_RETROSPECT_TOOLTIP).accessible_name(flow::IN_RETROSPECT);
        });
    });
    if chosen != finding.first_visible_at {
        out.ask(Request::FirstVisible(chosen));
    }
}

fn not_treated(ui: &mut Ui, out: &mut Outbox) {
    ui.add_space(10.0);
    ui.label(theme::strong(text::NO_SESSION_LEAD));
    ui.label(theme::soft(text::NO_SESSION));
    if ui.add(Button::new(text::ENTER_SESSION)).clicked() {
        out.command(Command::ShowPatient);
    }
}

/// The two large targets at the foot: sign, and next.
fn foot_buttons(ui: &mut Ui, bench: &Workbench, keys: &KeyMap, out: &mut Outbox) {
    ui.add_space(8.0);
    let width = (ui.available_width() - 8.0) / 2.0;
    let size = vec2(width, 36.0);
    ui.horizontal(|ui| {
        if bench.is_signed() {
            let amend = Button::new(Command::Amend.info().label).min_size(size);
            if widgets::with_tooltip(ui.add(amend), Command::Amend, keys, None).clicked() {
                out.command(Command::Amend);
            }
            next_button(ui, size, keys, out);
            return;
        }
        let open = bench.before_signing();
        let due = bench.selection().visit.is_some_and(|visit| !bench.due(visit).is_empty());
        let key = keys.words(Command::Sign);
        // The button that matters is the next step: signing once every lesion is answered.
        let sign_is_next = due && bench.lesions_before_signing().is_empty();
        let label = Command::Sign.info().label;
        let response = if sign_is_next {
            primary_button(ui, size, label, &key, true)
        } else {
            ui.add_enabled(due, Button::new(label).min_size(size))
        };
        let tip = if open.is_empty() { widgets::tooltip(Command::Sign.info().tooltip, &key) } else { open.join("\n") };
        if response.on_hover_text(tip).on_disabled_hover_text(text::NOTHING_DUE_HERE).clicked() {
            out.command(Command::Sign);
        }
        if sign_is_next {
            let next = ui.add(Button::new(Command::NextUnread.info().label).min_size(size));
            if next.on_hover_text(Command::NextUnread.info().tooltip).clicked() {
                out.ask(Request::StepUnread(Step::Next));
            }
        } else {
            next_button(ui, size, keys, out);
        }
    });
}

fn next_button(ui: &mut Ui, size: Vec2, keys: &KeyMap, out: &mut Outbox) {
    let next = primary_button(ui, size, Command::NextUnread.info().label, &keys.words(Command::Accept), true);
    if next.on_hover_text(Command::NextUnread.info().tooltip).clicked() {
        out.ask(Request::StepUnread(Step::Next));
    }
}
