//! Fields of forms: text while it is typed, choices, chips, rows of lists. Each has its name for screen
//! readers.

use crate::app::text::patient as text;
use crate::app::theme::{self, colour};
use crate::clinical::{Coded, Date};
use eframe::egui::text::{LayoutJob, TextWrapping};
use eframe::egui::{
    self, Align, Align2, Button, Color32, ComboBox, FontId, Frame, Id, Layout, Response, Role, Sense, Stroke,
    StrokeKind, TextEdit, Ui, WidgetInfo, vec2,
};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::hash::Hash;

/// Width of the label column, points.
pub const LABEL: f32 = 142.0;
/// Height of one row, points.
pub const ROW: f32 = 26.0;

/// Something with fields that are typed as text.
pub trait Typed: Clone + PartialEq {
    /// What names it.
    type Id: Copy + Ord + Hash + Debug;
    /// What names a field.
    type Field: Copy + Ord + Hash + Debug;

    /// Its name.
    fn id(&self) -> Self::Id;
    /// A field as a person types it.
    fn text(&self, field: Self::Field) -> String;
    /// Takes over what was typed.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence; nothing is changed then.
    fn set(&mut self, field: Self::Field, typed: &str) -> Result<(), &'static str>;
}

/// What is typed and not taken over yet, kept for each item: choosing another one loses nothing.
#[derive(Debug)]
pub struct Drafts<T: Typed> {
    typed: BTreeMap<(T::Id, T::Field), String>,
    /// What was asked for and is still being written; a further change goes on from it.
    sent: BTreeMap<T::Id, T>,
}

impl<T: Typed> Default for Drafts<T> {
    fn default() -> Self {
        Self { typed: BTreeMap::new(), sent: BTreeMap::new() }
    }
}

impl<T: Typed> Drafts<T> {
    /// The item to show and to change.
    pub fn current(&self, stored: &T) -> T {
        self.sent.get(&stored.id()).unwrap_or(stored).clone()
    }

    /// Remembers what was asked for.
    pub fn sent(&mut self, item: T) {
        self.sent.insert(item.id(), item);
    }

    /// Everything asked for is written or refused.
    pub fn written(&mut self) {
        self.sent.clear();
    }

    /// The item with everything taken over that is typed and right.
    pub fn with_typed(&self, item: &T) -> T {
        let mut item = item.clone();
        for ((id, field), typed) in &self.typed {
            if *id == item.id() {
                item.set(*field, typed).ok();
            }
        }
        item
    }

    /// Everything that is typed and not taken over, to be kept.
    pub fn typed(&self) -> Vec<(T::Id, T::Field, String)> {
        self.typed.iter().map(|((id, field), typed)| (*id, *field, typed.clone())).collect()
    }

    /// Has again what was typed before.
    pub fn type_again(&mut self, typed: Vec<(T::Id, T::Field, String)>) {
        self.typed.extend(typed.into_iter().map(|(id, field, typed)| ((id, field), typed)));
    }

    /// Forgets what is typed for an item.
    pub fn forget(&mut self, id: T::Id) {
        self.typed.retain(|(of, _), _| *of != id);
    }

    /// Takes over what was typed for items that are not shown, so that leaving one loses nothing: the items
    /// that changed. What is wrong stays until its item is shown again.
    pub fn settle(&mut self, shown: Option<T::Id>, stored: impl Fn(T::Id) -> Option<T>) -> Vec<T> {
        let mut changed: BTreeMap<T::Id, T> = BTreeMap::new();
        let sent = &self.sent;
        self.typed.retain(|(id, field), typed| {
            if Some(*id) == shown {
                return true;
            }
            let before = changed.get(id).or_else(|| sent.get(id)).cloned().or_else(|| stored(*id));
            let Some(mut item) = before else { return false };
            if item.set(*field, typed).is_err() {
                return true;
            }
            changed.insert(*id, item);
            false
        });
        changed.into_values().collect()
    }

    /// A text field in a form row. Takes over when the field is left or Enter is pressed; what is wrong stays
    /// as it was typed, with a sentence below.
    pub fn row(&mut self, ui: &mut Ui, item: &mut T, field: T::Field, line: Line<'_>) -> Response {
        let (response, problem) = form_row(ui, line.label, |ui, label| {
            self.field(ui, item, field, line.name.map_or(label, Name::Own), &line)
        });
        if let Some((problem, fill)) = problem {
            below(ui, problem, fill);
        }
        response
    }

    /// The field alone, and what is wrong with its text.
    pub fn field(
        &mut self,
        ui: &mut Ui,
        item: &mut T,
        field: T::Field,
        name: Name<'_>,
        line: &Line<'_>,
    ) -> (Response, Option<(&'static str, Color32)>) {
        let key = (item.id(), field);
        let mut typed = self.typed.get(&key).cloned().unwrap_or_else(|| item.text(field));
        let edit = if line.lines > 1 { TextEdit::multiline(&mut typed) } else { TextEdit::singleline(&mut typed) };
        let edit = edit
            .id(Id::unique((std::any::type_name::<T>(), key)))
            .hint_text(theme::small(line.hint).color(colour::FAINT))
            .margin(egui::Margin::symmetric(8, 4))
            .desired_rows(line.lines)
            .desired_width(line.width.unwrap_or(f32::INFINITY));
        let response = name.give(ui.add(edit));
        if !line.after.is_empty() {
            ui.label(theme::small(line.after));
        }
        if response.changed() {
            self.typed.insert(key, typed.clone());
        }
        if !self.typed.contains_key(&key) {
            return (response, None);
        }
        // Without the window's focus nobody types: a file dialog or another program is in front.
        let typing = response.has_focus() && ui.input(|input| input.focused);
        let problem = if typing { item.clone().set(field, &typed) } else { item.set(field, &typed) }.err();
        if !typing && problem.is_none() {
            self.typed.remove(&key);
        }
        (response, problem.map(|problem| (problem, if typing { colour::SOFT } else { colour::BAD })))
    }
}

/// How a text field looks.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    label: &'a str,
    name: Option<&'a str>,
    hint: &'a str,
    after: &'a str,
    width: Option<f32>,
    lines: usize,
}

impl<'a> Line<'a> {
    /// A line of text.
    pub const fn new(label: &'a str) -> Self {
        Self { label, name: None, hint: "", after: "", width: None, lines: 1 }
    }

    /// A date.
    pub const fn date(label: &'a str) -> Self {
        Self { hint: text::DATE_HINT, width: Some(88.0), ..Self::new(label) }
    }

    /// A number with what follows it.
    pub const fn number(label: &'a str, after: &'a str) -> Self {
        Self { after, width: Some(48.0), ..Self::new(label) }
    }

    /// Two lines of free text, under its own name.
    pub const fn note(name: &'a str) -> Self {
        Self { name: Some(name), lines: 2, ..Self::new(text::NOTE) }
    }

    /// What stands in the field while it is empty.
    pub const fn hint(self, hint: &'a str) -> Self {
        Self { hint, ..self }
    }
}

/// Reads a date as people write it in files: 2024-03-18.
pub fn read_date(typed: &str) -> Result<Option<Date>, &'static str> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let plain = typed.len() == 10 && typed.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let date = Date::parse_from_str(typed, "%Y-%m-%d").ok().filter(|_| plain);
    date.map(Some).ok_or(text::NEEDS_DATE)
}

/// Reads a size in millimetres; a comma serves as a point.
pub fn read_mm(typed: &str) -> Result<Option<f64>, &'static str> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let mm = typed.replace(',', ".").parse::<f64>().ok().filter(|mm| mm.is_finite() && *mm > 0.0 && *mm < 1000.0);
    mm.map(Some).ok_or(text::NEEDS_MM)
}

/// A number or a date as it is typed; empty when there is none.
pub fn written(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// A row of a form: label left, field right.
pub fn form_row<'a, R>(ui: &mut Ui, label: &'a str, field: impl FnOnce(&mut Ui, Name<'a>) -> R) -> R {
    ui.horizontal_top(|ui| {
        let place = ui.allocate_ui_with_layout(vec2(LABEL, ROW), Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_size(vec2(LABEL, ROW));
            ui.label(theme::soft(label)).id
        });
        let name = Name::Label(place.inner, label);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(theme::UNIT, theme::UNIT);
            ui.spacing_mut().button_padding.y = theme::UNIT; // a choice is as high as a text field
            field(ui, name)
        })
        .inner
    })
    .inner
}

/// What a control is called for screen readers.
#[derive(Debug, Clone, Copy)]
pub enum Name<'a> {
    /// As the label left of it.
    Label(Id, &'a str),
    /// By words of its own.
    Own(&'a str),
}

impl Name<'_> {
    fn give(self, response: Response) -> Response {
        match self {
            Self::Label(id, _) => response.labelled_by(id),
            Self::Own(words) => response.accessible_name(words),
        }
    }

    const fn words(&self) -> &str {
        match self {
            Self::Label(_, words) | Self::Own(words) => words,
        }
    }
}

/// A sentence under a field.
pub fn below(ui: &mut Ui, sentence: &str, fill: Color32) {
    ui.horizontal(|ui| {
        ui.add_space(LABEL + ui.spacing().item_spacing.x);
        ui.label(theme::small(sentence).color(fill));
    });
}

/// A coded value in a form row.
pub fn choice_row<C: Coded + PartialEq>(ui: &mut Ui, label: &str, value: &mut C) -> Response {
    form_row(ui, label, |ui, name| {
        let width = ui.available_width();
        choice(ui, name, width, value)
    })
}

/// A coded value.
pub fn choice<C: Coded + PartialEq>(ui: &mut Ui, name: Name<'_>, width: f32, value: &mut C) -> Response {
    let options: Vec<(C, String)> = C::ALL.iter().map(|option| (*option, option.words().to_owned())).collect();
    let quiet = matches!(value.code(), "unknown" | "not_applicable");
    pick(ui, name, width, value, &options, quiet)
}

/// A value that may be left open, in a form row.
pub fn option_row<V: Clone + PartialEq>(
    ui: &mut Ui,
    label: &str,
    own: Option<&str>,
    value: &mut Option<V>,
    options: &[(Option<V>, String)],
) {
    form_row(ui, label, |ui, label| {
        let (width, quiet) = (ui.available_width(), value.is_none());
        pick(ui, own.map_or(label, Name::Own), width, value, options, quiet);
    });
}

/// One of several values with their words; `quiet` says that nothing is known yet.
fn pick<V: Clone + PartialEq>(
    ui: &mut Ui,
    name: Name<'_>,
    width: f32,
    value: &mut V,
    options: &[(V, String)],
    quiet: bool,
) -> Response {
    let words = options.iter().find(|(option, _)| option == value).map_or(text::NOT_CHOSEN, |(_, words)| words);
    let shown = if quiet { theme::soft(words) } else { theme::soft(words).color(colour::TEXT) };
    let combo = ComboBox::from_id_salt(name.words()).selected_text(shown).width(width).height(360.0).truncate();
    let response = combo
        .show_ui(ui, |ui| {
            for (option, words) in options {
                ui.selectable_value(value, option.clone(), words);
            }
        })
        .response;
    name.give(response)
}

/// A small toggle.
pub fn chip(ui: &mut Ui, chosen: bool, words: &str, name: &str) -> Response {
    let galley = ui.painter().layout_no_wrap(words.to_owned(), theme::font(theme::BODY), colour::TEXT);
    let size = vec2((galley.size().x + 4.0 * theme::UNIT).max(32.0), ROW - 2.0);
    let sense = if ui.is_enabled() { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(size, sense);
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, ui.is_enabled(), chosen, name));
    let (fill, edge) = match (chosen, response.hovered()) {
        (true, _) => (colour::CHOSEN, colour::ACCENT),
        (false, true) => (colour::HOVER, colour::LINE),
        (false, false) => (colour::RAISED, colour::LINE),
    };
    let edge = if response.has_focus() { Stroke::new(2.0, colour::ACCENT) } else { Stroke::new(1.0, edge) };
    ui.painter().rect(rect, theme::RADIUS, fill, edge, StrokeKind::Inside);
    let ink = if chosen { colour::TEXT } else { colour::SOFT };
    ui.painter().galley_with_override_text_color(rect.center() - galley.size() / 2.0, galley, ink);
    response
}

/// Toggles of a list of coded values in a form row; the chosen ones keep the list's order.
pub fn chips_row<C: Coded + PartialEq>(ui: &mut Ui, label: &str, name: &str, options: &[C], chosen: &mut Vec<C>) {
    form_row(ui, label, |ui, _| {
        for option in options {
            let on = chosen.contains(option);
            if chip(ui, on, option.words(), &format!("{name} {}", option.words())).clicked() {
                *chosen = options.iter().copied().filter(|o| chosen.contains(o) != (o == option)).collect();
            }
        }
    });
}

/// A cell of a list: words, where it starts as a share of the row's width, and its colour.
pub type Cell<'a> = (&'a str, f32, Color32);

/// A row of a list that can be chosen.
pub fn list_row(ui: &mut Ui, chosen: bool, name: &str, cells: &[Cell<'_>]) -> Response {
    let width = ui.available_width();
    let (rect, response) = ui.allocate_exact_size(vec2(width, ROW), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, name));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let fill = if chosen {
        colour::CHOSEN
    } else if response.hovered() {
        colour::HOVER
    } else {
        Color32::TRANSPARENT
    };
    let edge = if response.has_focus() { Stroke::new(2.0, colour::ACCENT) } else { Stroke::NONE };
    ui.painter().rect(rect, theme::RADIUS, fill, edge, StrokeKind::Inside);
    let inner = rect.shrink2(vec2(8.0, 0.0));
    for (n, (words, from, ink)) in cells.iter().enumerate() {
        let until = cells.get(n + 1).map_or(1.0, |next| next.1);
        let font = if n == 0 { theme::bold(theme::BODY) } else { theme::font(theme::BODY) };
        let room = inner.width() * (until - from) - 6.0;
        let galley = ui.painter().layout_job(one_line(words, font, *ink, room));
        let at = Align2::LEFT_CENTER
            .anchor_size(egui::pos2(inner.left() + inner.width() * from, inner.center().y), galley.size());
        ui.painter().galley(at.min, galley, *ink);
    }
    response
}

fn one_line(words: &str, font: FontId, ink: Color32, width: f32) -> LayoutJob {
    let mut job = LayoutJob::simple_singleline(words.to_owned(), font, ink);
    job.wrap = TextWrapping::truncate_at_width(width);
    job
}

/// A button at the right of a group's title: words, tooltip, and whether it can be pressed.
pub type Action<'a> = (&'a str, &'a str, bool);

/// A group of the page: title, button, contents. Whether the button was pressed.
pub fn group(ui: &mut Ui, title: &str, action: Option<Action<'_>>, contents: impl FnOnce(&mut Ui)) -> bool {
    let mut pressed = false;
    Frame::new().fill(colour::PANEL).corner_radius(theme::RADIUS).inner_margin(egui::Margin::same(12)).show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = theme::UNIT;
        ui.horizontal(|ui| {
            ui.label(theme::title(title));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if let Some((words, tooltip, enabled)) = action {
                    pressed = ui.add_enabled(enabled, Button::new(words)).on_hover_text(tooltip).clicked();
                }
            });
        });
        contents(ui);
    });
    pressed
}

/// A hairline between a list and its form.
pub fn hairline(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 9.0), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.center().y, Stroke::new(1.0, colour::LINE));
}

/// What an empty list says.
pub fn empty(ui: &mut Ui, sentence: &str) {
    ui.label(theme::soft(sentence));
}
