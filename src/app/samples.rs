//! The sample cases as cards: a picture, what is in them, and how far one is made. On the start screen, and over an
//! open project.

use super::Outbox;
use super::text::{self, samples as words};
use super::theme::{self, colour};
use crate::phantom::{self, CaseInfo};
use crate::workbench::{Request, Slot, Workbench};
use eframe::egui::{
    self, Align, Align2, Area, Button, Color32, ColorImage, Frame, Label, Layout, Margin, Order, ProgressBar, Rect,
    Role, ScrollArea, Sense, Stroke, StrokeKind, TextureHandle, TextureOptions, Ui, UiBuilder, Vec2, WidgetInfo, pos2,
    vec2,
};
use std::collections::BTreeMap;

/// Size of a picture, points.
const PICTURE: Vec2 = Vec2::new(104.0, 78.0);
/// Least width of a card, points.
const LEAST: f32 = 330.0;
/// Gap between cards, points.
const GAP: f32 = 8.0;

/// The cards' own state: pictures that were unpacked, and which case was asked for last.
#[derive(Default)]
pub struct SampleCards {
    pictures: BTreeMap<&'static str, TextureHandle>,
    asked: Option<&'static str>,
    open: bool,
}

impl SampleCards {
    /// Whether the cards are shown over the project.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Shows the cards over the project, or puts them away.
    pub fn toggle(&mut self) {
        self.open = !self.open;
    }

    /// Puts the cards away: another project came to the desk.
    pub fn close(&mut self) {
        self.open = false;
    }

    /// Draws the cards over the project.
    pub fn panel(&mut self, ui: &Ui, bench: &Workbench, out: &mut Outbox) {
        if !self.open {
            return;
        }
        let room = ui.ctx().content_rect();
        let area = Area::new(egui::Id::unique("samples")).order(Order::Foreground);
        area.anchor(Align2::CENTER_CENTER, vec2(0.0, 0.0)).show(ui.ctx(), |ui| {
            let frame = Frame::new().fill(colour::PANEL).stroke(Stroke::new(1.0, colour::LINE));
            frame.corner_radius(theme::RADIUS).inner_margin(Margin::same(16)).show(ui, |ui| {
                ui.set_width((room.width() - 160.0).min(900.0));
                ui.horizontal(|ui| {
                    ui.label(theme::title(words::LEAD));
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        if ui.add(Button::new(text::CLOSE)).clicked() {
                            self.open = false;
                        }
                    });
                });
                ui.add(Label::new(theme::soft(words::WORDS)).wrap());
                ui.add_space(theme::UNIT);
                self.show(ui, room.height() - 190.0, bench, out);
            });
        });
    }

    /// Draws the cards in as many columns as fit.
    pub fn show(&mut self, ui: &mut Ui, most_height: f32, bench: &Workbench, out: &mut Outbox) {
        if bench.samples_to_look_at() {
            out.read(Request::LookAtSamples);
        }
        let scroll = ScrollArea::vertical().id_salt("samples").max_height(most_height).auto_shrink([false, true]);
        scroll.show(ui, |ui| {
            ui.spacing_mut().item_spacing = Vec2::splat(GAP);
            let width = ui.available_width() - 6.0;
            let columns = ((width + GAP) / (LEAST + GAP)).floor().max(1.0);
            let card = (width - GAP * (columns - 1.0)) / columns;
            for row in phantom::cases().chunks(columns as usize) {
                ui.horizontal(|ui| {
                    for info in row {
                        self.card(ui, info, card, bench, out);
                    }
                });
            }
        });
    }

    fn card(&mut self, ui: &mut Ui, info: &'static CaseInfo, width: f32, bench: &Workbench, out: &mut Outbox) {
        let (rect, response) = ui.allocate_exact_size(vec2(width, PICTURE.y + 8.0), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, words::card(info)));
        let edge = if response.has_focus() || response.hovered() { colour::ACCENT } else { colour::LINE };
        let fill = if response.hovered() { colour::HOVER } else { colour::RAISED };
        ui.painter().rect(rect, theme::RADIUS, fill, Stroke::new(1.0, edge), StrokeKind::Inside);
        let picture = Rect::from_min_size(rect.min + Vec2::splat(4.0), PICTURE);
        self.picture(ui, info, picture);
        let making = bench.running().into_iter().find(|job| job.slot == Slot::Sample && self.asked == Some(&info.id));
        let inside = Rect::from_min_max(pos2(picture.right() + 8.0, rect.top() + 6.0), rect.max - vec2(6.0, 4.0));
        let mut inner = ui.new_child(UiBuilder::new().max_rect(inside).layout(Layout::top_down(Align::Min)));
        inner.spacing_mut().item_spacing.y = 1.0;
        inner.add(Label::new(theme::strong(&info.title)).wrap().selectable(false));
        match making {
            Some(job) => {
                inner.add_space(2.0);
                let share = if job.total > 0 { job.done as f32 / job.total as f32 } else { 0.0 };
                inner.add(ProgressBar::new(share).desired_height(6.0).fill(colour::ACCENT));
                inner.horizontal(|ui| {
                    ui.label(theme::small(words::made_of(job.done, job.total)));
                    let stop = ui.add(Button::new(text::CANCEL).small());
                    if stop.on_hover_text(words::STOP).clicked() {
                        out.ask(Request::StopSample);
                    }
                });
            }
            None => {
                let state = if bench.sample_is_made(&info.id) == Some(true) { words::READY } else { words::TO_BE_MADE };
                let what = format!("{} · {}", words::kinds(info), words::holds(info));
                let lines = [what, format!("{} · {state}", info.id)];
                for line in lines {
                    inner.add(Label::new(theme::small(line)).truncate().selectable(false));
                }
            }
        }
        if response.on_hover_text(&info.summary).clicked() {
            self.asked = Some(&info.id);
            out.ask(Request::OpenSample(info.id.clone()));
        }
    }

    fn picture(&mut self, ui: &Ui, info: &'static CaseInfo, rect: Rect) {
        if !self.pictures.contains_key(info.id.as_str())
            && let Some(image) = unpacked(info.picture)
        {
            let name = format!("sample {}", info.id);
            self.pictures.insert(&info.id, ui.ctx().load_texture(name, image, TextureOptions::LINEAR));
        }
        ui.painter().rect_filled(rect, 4.0, colour::BLACK);
        if let Some(texture) = self.pictures.get(info.id.as_str()) {
            let all = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter().image(texture.id(), rect, all, Color32::WHITE);
        }
    }
}

/// A grey picture out of its PNG.
fn unpacked(packed: &[u8]) -> Option<ColorImage> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(packed)).read_info().ok()?;
    let mut grey = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut grey).ok()?;
    let is_grey = frame.color_type == png::ColorType::Grayscale && frame.bit_depth == png::BitDepth::Eight;
    let size = [frame.width as usize, frame.height as usize];
    (is_grey && size[0] * size[1] == frame.buffer_size()).then(|| ColorImage::from_gray(size, &grey))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_has_a_picture_that_can_be_unpacked() {
        for info in phantom::cases() {
            let image = unpacked(info.picture).unwrap_or_else(|| panic!("{}", info.id));
            let bright = image.pixels.iter().filter(|pixel| pixel.r() > 60).count();
            assert!(bright * 5 > image.pixels.len(), "{} shows something", info.id);
        }
    }

    #[test]
    fn what_is_no_picture_is_left_out() {
        assert!(unpacked(b"no picture").is_none());
    }
}
