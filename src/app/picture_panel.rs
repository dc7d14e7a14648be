//! Pictures of what is on the screen: to the clipboard, and to a file in a chosen size.
//!
//! A picture is taken of the window as it is drawn, so marks and corner text are what the reader sees. For the frames
//! in which it is taken the panel is gone, and so are the dates unless they were asked for: names and numbers of a
//! person never stand on panes.

use super::Outbox;
use super::dialogs::{DialogKind, Dialogs};
use super::text::{self, looking};
use super::theme::{self, colour};
use super::widgets;
use crate::render::Picture;
use crate::workbench::{Request, SavePicture, Workbench};
use eframe::egui::{
    self, Align2, Area, Button, ColorImage, DragValue, Frame, Key, Label, Margin, Order, Rect, Stroke, TextEdit, Ui,
    vec2,
};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

/// After so many frames without a picture the window gives none.
const PATIENCE_FRAMES: u32 = 120;

/// What becomes of a picture.
#[derive(Debug, Clone, PartialEq)]
enum What {
    Copy,
    Save { path: PathBuf, width_px: Option<u32>, dpi: f64 },
}

/// A picture that is wanted.
#[derive(Debug, Clone, PartialEq)]
struct Want {
    what: What,
    /// All panes, as against the active one.
    whole: bool,
    dates: bool,
}

/// The panel's own state.
#[derive(Debug)]
pub struct PicturePanel {
    open: bool,
    /// Just opened: the file is what is typed next.
    fresh: bool,
    whole: bool,
    /// Zero for as it is seen.
    width_px: u32,
    dpi: f64,
    dates: bool,
    path: String,
    wanted: Option<Want>,
    taking: Option<(Want, Receiver<Arc<ColorImage>>, u32)>,
}

impl Default for PicturePanel {
    fn default() -> Self {
        Self {
            open: false,
            fresh: false,
            whole: false,
            width_px: 0,
            dpi: 300.0,
            dates: false,
            path: String::new(),
            wanted: None,
            taking: None,
        }
    }
}

impl PicturePanel {
    /// Whether it is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Opens or closes it.
    pub fn toggle(&mut self) {
        self.open = !self.open;
        self.fresh = self.open;
    }

    /// Wants the active pane on the clipboard.
    pub fn copy(&mut self) {
        self.wanted = Some(Want { what: What::Copy, whole: false, dates: false });
    }

    /// A dialog has said where the picture goes.
    pub fn write_to(&mut self, path: PathBuf) {
        self.path = path.display().to_string();
    }

    /// Whether a picture is taken of what is drawn now.
    #[must_use]
    pub fn is_taking(&self) -> bool {
        self.taking.is_some()
    }

    /// Whether dates are left out of what is drawn now.
    #[must_use]
    pub fn hides_dates(&self) -> bool {
        self.taking.as_ref().is_some_and(|(want, ..)| !want.dates)
    }

    /// Takes what was wanted, in the frames after it was; `place` says where a pane, or all of them, are. Called before
    /// the panes are drawn.
    pub fn step(&mut self, ctx: &egui::Context, place: impl Fn(bool) -> Option<Rect>, out: &mut Outbox) {
        if let Some(want) = self.wanted.take() {
            // This frame is drawn without panel and dates already; the picture is of the one after it.
            let (sender, inbox) = channel();
            let wake = ctx.clone();
            ctx.request_screenshot(move |image| {
                sender.send(image).ok();
                wake.request_repaint();
            });
            self.open = false;
            self.taking = Some((want, inbox, PATIENCE_FRAMES));
            ctx.request_repaint();
            return;
        }
        let Some((want, inbox, frames)) = &mut self.taking else { return };
        let Ok(image) = inbox.try_recv() else {
            *frames = frames.saturating_sub(1);
            if *frames == 0 {
                self.taking = None;
                out.tell(looking::NO_PICTURE);
            } else {
                ctx.request_repaint();
            }
            return;
        };
        let want = want.clone();
        self.taking = None;
        let Some(picture) = place(want.whole).and_then(|rect| cut(&image, rect, ctx.pixels_per_point())) else {
            out.tell(looking::NO_PICTURE);
            return;
        };
        match want.what {
            What::Copy => {
                ctx.copy_image(picture);
                out.tell(looking::COPIED);
            }
            What::Save { path, width_px, dpi } => {
                let pixels = picture.pixels.iter().map(|pixel| pixel.to_array()).collect();
                let [width, height] = picture.size.map(|n| u32::try_from(n).unwrap_or(0));
                let picture = Picture { width, height, pixels };
                out.ask(Request::SavePicture(Box::new(SavePicture { picture, width_px, dpi, path })));
            }
        }
    }

    /// Draws the panel.
    pub fn show(&mut self, ui: &Ui, bench: &Workbench, dialogs: &mut dyn Dialogs) {
        if !self.open || bench.desk().is_none() {
            return;
        }
        let area = Area::new(egui::Id::unique("picture")).order(Order::Foreground);
        area.anchor(Align2::CENTER_CENTER, vec2(0.0, 0.0)).show(ui.ctx(), |ui| {
            let frame = Frame::new().fill(colour::PANEL).stroke(Stroke::new(1.0, colour::LINE));
            frame.corner_radius(theme::RADIUS).inner_margin(Margin::same(16)).show(ui, |ui| {
                ui.set_width(520.0);
                self.fields(ui, dialogs);
            });
        });
    }

    fn fields(&mut self, ui: &mut Ui, dialogs: &mut dyn Dialogs) {
        ui.label(theme::title(looking::PICTURE));
        ui.add(Label::new(theme::soft(looking::PICTURE_WORDS)).wrap());
        ui.horizontal(|ui| {
            ui.selectable_value(&mut self.whole, false, looking::ACTIVE_PANE);
            ui.selectable_value(&mut self.whole, true, looking::ALL_PANES);
        });
        ui.horizontal(|ui| {
            let label = ui.label(looking::WIDTH_PX);
            let as_seen = |n: f64| if n < 1.0 { looking::AS_SEEN.to_owned() } else { format!("{n:.0}") };
            let field = DragValue::new(&mut self.width_px).range(0..=10_000).speed(20.0);
            ui.add(field.custom_formatter(move |n, _| as_seen(n))).labelled_by(label.id);
            let label = ui.label(looking::DPI);
            ui.add(DragValue::new(&mut self.dpi).range(36.0..=1200.0).speed(2.0)).labelled_by(label.id);
        });
        ui.checkbox(&mut self.dates, looking::WITH_DATES).on_hover_text(looking::WITH_DATES_TOOLTIP);
        let field = TextEdit::singleline(&mut self.path).hint_text(looking::PICTURE_HINT);
        let field = ui.add(field.desired_width(f32::INFINITY)).accessible_name(looking::PICTURE_PATH);
        if std::mem::take(&mut self.fresh) {
            field.request_focus();
        }
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        ui.horizontal(|ui| {
            let path = self.path.trim().to_owned();
            let save = widgets::primary_button(ui, vec2(120.0, 30.0), looking::SAVE, "", !path.is_empty());
            if (save.clicked() || entered) && !path.is_empty() {
                let width_px = (self.width_px > 0).then_some(self.width_px);
                let what = What::Save { path: PathBuf::from(path), width_px, dpi: self.dpi };
                self.wanted = Some(Want { what, whole: self.whole, dates: self.dates });
            }
            if ui.add(Button::new(looking::COPY)).clicked() {
                self.wanted = Some(Want { what: What::Copy, whole: self.whole, dates: self.dates });
            }
            if ui.add(Button::new(text::safety::CHOOSE_FILE)).clicked() {
                dialogs.ask(DialogKind::PictureFile);
            }
            if ui.button(text::CLOSE).clicked() {
                self.open = false;
            }
        });
        if self.wanted.is_some() {
            ui.ctx().request_repaint();
        }
    }
}

/// The part of a picture of the window that a rectangle in points covers; `None` where it lies outside.
fn cut(image: &ColorImage, rect: Rect, pixels_per_point: f32) -> Option<ColorImage> {
    let [width, height] = image.size;
    let px = |points: f32, most: usize| ((points * pixels_per_point).round().max(0.0) as usize).min(most);
    let (left, right) = (px(rect.left(), width), px(rect.right(), width));
    let (top, bottom) = (px(rect.top(), height), px(rect.bottom(), height));
    if left >= right || top >= bottom || image.pixels.len() != width * height {
        return None;
    }
    let rows = image.pixels.chunks_exact(width).skip(top).take(bottom - top);
    let pixels = rows.filter_map(|row| row.get(left..right)).flatten().copied().collect();
    Some(ColorImage::new([right - left, bottom - top], pixels))
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::{Color32, pos2};

    #[test]
    fn a_pane_is_cut_out_of_the_window_to_the_pixel() {
        let at = |x: usize, y: usize| Color32::from_rgb(x as u8, y as u8, 7);
        let image = ColorImage::new([40, 30], (0..30).flat_map(|y| (0..40).map(move |x| at(x, y))).collect());
        let part = cut(&image, Rect::from_min_max(pos2(5.0, 4.0), pos2(15.0, 10.0)), 2.0).unwrap();
        assert_eq!(part.size, [20, 12]);
        assert_eq!((part.pixels[0], part.pixels[20 * 12 - 1]), (at(10, 8), at(29, 19)));
        assert!(cut(&image, Rect::from_min_max(pos2(50.0, 4.0), pos2(70.0, 10.0)), 2.0).is_none());
        let over = cut(&image, Rect::from_min_max(pos2(15.0, 10.0), pos2(70.0, 70.0)), 2.0).unwrap();
        assert_eq!(over.size, [10, 10]);
    }

    #[test]
    fn the_panel_and_the_dates_are_gone_while_a_picture_is_taken() {
        let ctx = egui::Context::default();
        let mut panel = PicturePanel { open: true, ..PicturePanel::default() };
        panel.wanted = Some(Want { what: What::Copy, whole: true, dates: false });
        let mut out = Outbox::default();
        let mut asked = 0;
        for _ in 0..PATIENCE_FRAMES + 2 {
            let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
                panel.step(ui.ctx(), |_| None, &mut out);
            });
            output.textures_delta.clear(); // nobody paints here
            let commands = output.viewport_output.values().flat_map(|viewport| &viewport.commands);
            asked += commands.filter(|command| matches!(command, egui::ViewportCommand::Screenshot(_))).count();
            assert!(!panel.is_open());
        }
        assert_eq!(asked, 1);
        assert!(!panel.hides_dates(), "given up: dates are back");
        assert_eq!(out.told, [looking::NO_PICTURE]);
    }
}
