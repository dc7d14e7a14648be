//! The pixel inspector: everything about the pixel under the pointer, from the stored value to the grey on screen;
//! and the header of the shown slice, searched.

use super::Outbox;
use super::command::Command;
use super::keys::KeyMap;
use super::text::screens as text;
use super::theme::{self, colour};
use super::viewport::Viewport;
use super::widgets::value_row;
use crate::dicom::HeaderLine;
use crate::geometry::VoxelIndex;
use crate::volume::{Unit, Volume, Window};
use crate::workbench::room::Pane;
use crate::workbench::{Request, Workbench, reading_number};
use eframe::egui::{
    self, Align2, Area, Button, Frame, Label, Margin, Order, RichText, ScrollArea, Stroke, TextEdit, Ui, vec2,
};

/// What of the two is open, and what is searched.
#[derive(Debug, Default)]
pub struct Inspector {
    pixel: bool,
    header: bool,
    search: String,
    just_opened: bool,
}

impl Inspector {
    /// Opens or closes the pixel inspector.
    pub fn toggle_pixel(&mut self) {
        self.pixel = !self.pixel;
    }

    /// Opens or closes the header.
    pub fn toggle_header(&mut self) {
        self.header = !self.header;
        self.just_opened = self.header;
    }

    /// Whether the header is open.
    #[must_use]
    pub fn is_header_open(&self) -> bool {
        self.header
    }

    /// Whether the pixel inspector is open.
    #[must_use]
    pub fn is_pixel_open(&self) -> bool {
        self.pixel
    }

    /// Draws what is open.
    pub fn show(
        &mut self,
        ui: &Ui,
        bench: &Workbench,
        viewport: &Viewport,
        names_hidden: bool,
        keys: &KeyMap,
        out: &mut Outbox,
    ) {
        if self.pixel {
            self.pixel(ui, bench, viewport);
        }
        if self.header {
            self.header(ui, bench, names_hidden, keys, out);
        }
    }

    fn pixel(&mut self, ui: &Ui, bench: &Workbench, viewport: &Viewport) {
        let area = Area::new(egui::Id::unique("pixel inspector")).order(Order::Foreground);
        area.default_pos(ui.ctx().content_rect().left_bottom() + vec2(230.0, -330.0)).show(ui.ctx(), |ui| {
            frame().show(ui, |ui| {
                ui.set_width(280.0);
                ui.horizontal(|ui| {
                    ui.label(theme::strong(text::INSPECTOR));
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                        if ui.add(Button::new(super::text::CLOSE).small()).clicked() {
                            self.pixel = false;
                        }
                    });
                });
                let at = viewport.pixel();
                let volume = at.and_then(|(_, stack, _, _)| bench.volume(stack));
                match at.zip(volume) {
                    Some(((pane, stack, slice, index), volume)) => {
                        let window = bench.room().window(pane);
                        for (name, value) in about(volume, slice, index, window, bench.inverted(pane)) {
                            value_row(ui, name, &value);
                        }
                        let name = bench.info_of(stack).map(|info| info.description.clone()).unwrap_or_default();
                        ui.add(Label::new(theme::small(name)).truncate());
                    }
                    None => {
                        ui.label(theme::small(text::INSPECTOR_EMPTY));
                    }
                }
            });
        });
    }

    fn header(&mut self, ui: &Ui, bench: &Workbench, names_hidden: bool, keys: &KeyMap, out: &mut Outbox) {
        let active = bench.room().active();
        let Some(shown) = bench.room().panes().get(active).and_then(Pane::shown) else {
            self.header = false;
            return;
        };
        let of = (shown.stack, shown.slice);
        if bench.header().is_none_or(|header| (header.stack, header.slice) != of) {
            out.read(Request::ReadHeader { stack: of.0, slice: of.1 });
        }
        let room = ui.ctx().content_rect();
        let area = Area::new(egui::Id::unique("header")).order(Order::Foreground);
        area.anchor(Align2::CENTER_CENTER, vec2(0.0, 0.0)).show(ui.ctx(), |ui| {
            frame().show(ui, |ui| {
                ui.set_width((room.width() - 160.0).min(980.0));
                let mut close = false;
                ui.horizontal(|ui| {
                    ui.label(theme::title(text::HEADER));
                    let (n, of) = reading_number(&shown.grid, shown.slice);
                    ui.label(theme::soft(format!("slice {n} of {of}")));
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                        close = ui.button(super::text::CLOSE).clicked();
                    });
                });
                let field = TextEdit::singleline(&mut self.search).hint_text(text::HEADER_SEARCH);
                let field = ui.add(field.desired_width(f32::INFINITY)).accessible_name(text::HEADER_SEARCH);
                if std::mem::take(&mut self.just_opened) {
                    field.request_focus();
                }
                if names_hidden {
                    ui.label(theme::small(text::names_hidden(&keys.words(Command::HideNames))));
                }
                match bench.header().filter(|header| (header.stack, header.slice) == of).map(|h| &h.lines) {
                    Some(Some(Ok(lines))) => list(ui, lines, &self.search, names_hidden, room.height() - 240.0),
                    Some(Some(Err(why))) => {
                        ui.add(Label::new(theme::soft(why)).wrap());
                    }
                    Some(None) | None => {
                        ui.label(theme::soft(text::HEADER_READING));
                    }
                }
                if close {
                    self.header = false;
                }
            });
        });
    }
}

fn frame() -> Frame {
    let frame = Frame::new().fill(colour::PANEL).stroke(Stroke::new(1.0, colour::LINE));
    frame.corner_radius(theme::RADIUS).inner_margin(Margin::same(12))
}

/// What is known of a pixel, a line each.
fn about(
    volume: &Volume,
    slice: u32,
    index: (f64, f64),
    window: Option<Window>,
    inverted: bool,
) -> Vec<(&'static str, String)> {
    let (i, j) = (index.0.round(), index.1.round());
    let [columns, rows, _] = volume.grid.dims;
    let inside = i >= 0.0 && j >= 0.0 && i < f64::from(columns) && j < f64::from(rows);
    if !inside {
        return vec![(text::VALUE, text::OUTSIDE.to_owned())];
    }
    let (i, j) = (i as u32, j as u32);
    let offset = j as usize * columns as usize + i as usize;
    let stored = volume.slice(slice).and_then(|data| data.stored(offset));
    let rescale = volume.rescale.get(slice as usize).copied().unwrap_or_default();
    let value = volume.value(i, j, slice);
    let number = |value: f64| {
        let digits = if value.fract() == 0.0 { 0 } else { 4 };
        format!("{value:.digits$}")
    };
    let unit = match volume.unit {
        Unit::None => "",
        unit => unit.code(),
    };
    let mut lines = vec![
        (text::STORED, stored.map_or_else(|| text::OUTSIDE.to_owned(), number)),
        (text::RESCALE, format!("{}, {}", number(rescale.slope), number(rescale.intercept))),
        (text::VALUE, value.map_or_else(|| text::OUTSIDE.to_owned(), |value| format!("{} {unit}", number(value)))),
    ];
    if let Some((value, window)) = value.zip(window) {
        let grey = window.grey(value, volume.voi_table(window));
        let grey = if volume.small_is_bright != inverted { 255 - grey } else { grey };
        lines.push((text::DISPLAYED, format!("{grey} of 255")));
    }
    let (n, _) = reading_number(&volume.grid, slice);
    lines.push((text::VOXEL, format!("{}, {}, {n}", i + 1, j + 1)));
    if volume.is_volume {
        let place = volume.grid.to_patient(VoxelIndex::new(f64::from(i), f64::from(j), f64::from(slice)));
        lines.push((text::PLACE, format!("{:.1}, {:.1}, {:.1} mm", place.x, place.y, place.z)));
    }
    lines
}

/// The elements that are searched for, each a line; only what is seen is drawn.
fn list(ui: &mut Ui, lines: &[HeaderLine], search: &str, names_hidden: bool, height: f32) {
    let wanted: Vec<String> = search.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let is_hidden = |line: &HeaderLine| names_hidden && line.identifies && !line.value.is_empty();
    let fits = |line: &&HeaderLine| {
        let value = if is_hidden(line) { "" } else { line.value.as_str() };
        let all = format!("{} {} {} {value}", line.tag, line.name, line.vr).to_lowercase();
        wanted.iter().all(|word| all.contains(word.as_str()))
    };
    let found: Vec<&HeaderLine> = lines.iter().filter(fits).collect();
    ui.label(theme::small(text::elements(found.len(), lines.len())));
    if found.is_empty() {
        ui.label(theme::soft(text::HEADER_NOTHING));
    }
    let height = height.max(160.0);
    let scroll = ScrollArea::vertical().id_salt("header lines").max_height(height).min_scrolled_height(height);
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.spacing_mut().interact_size.y = 18.0; // rows of text, not of buttons
    scroll.auto_shrink([false, false]).show_rows(ui, 20.0, found.len(), |ui, rows| {
        for line in found.get(rows).unwrap_or_default() {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 10.0;
                let mono = |words: &str| RichText::new(words).monospace().size(theme::SMALL).color(colour::FAINT);
                cell(ui, 96.0, mono(&line.tag));
                cell(ui, 26.0, mono(&line.vr));
                ui.add_space(14.0 * line.depth as f32);
                cell(ui, 260.0, theme::soft(&line.name));
                let value = if is_hidden(line) { text::HEADER_HIDDEN } else { line.value.as_str() };
                let ink = if is_hidden(line) { colour::FAINT } else { colour::TEXT };
                let words = RichText::new(value).font(theme::font(theme::BODY)).color(ink);
                ui.add(Label::new(words).truncate().selectable(true));
            });
        }
    });
}

fn cell(ui: &mut Ui, width: f32, words: RichText) {
    ui.allocate_ui(vec2(width, 20.0), |ui| {
        ui.set_min_width(width);
        ui.add(Label::new(words).truncate());
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pixel_is_told_from_what_is_stored_to_what_is_seen() {
        let (mut bench, _folder) = crate::app::testing::bench_with_images();
        let visit = crate::app::testing::second_visit(&bench);
        bench.ask(Request::SelectVisit(visit));
        crate::app::testing::settle(&mut bench);
        let shown = bench.room().panes().iter().filter_map(Pane::shown).next().unwrap().clone();
        let volume = bench.volume(shown.stack).unwrap();
        let lines = about(volume, 0, (2.2, 3.4), Some(Window::new(40.0, 400.0)), false);
        let find = |name: &str| lines.iter().find(|(n, _)| *n == name).unwrap().1.clone();
        assert_eq!(find(text::STORED), "40");
        assert_eq!(find(text::VALUE), "40 HU");
        assert!(find(text::VOXEL).starts_with("3, 4, "), "{}", find(text::VOXEL));
        let grey: u32 = find(text::DISPLAYED).split(' ').next().unwrap().parse().unwrap();
        assert!((127..=128).contains(&grey), "the centre of a window is middle grey, not {grey}");
        assert_eq!(about(volume, 0, (-3.0, 0.0), None, false), [(text::VALUE, text::OUTSIDE.to_owned())]);
    }
}
