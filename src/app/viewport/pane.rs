//! One pane: picture, overlays, and what mouse and wheel ask for.

use super::picture::Content;
use super::view::View;
use super::{UnderPointer, Viewport, overlay, tools, windows};
use crate::app::input::Input;
use crate::app::theme::{self, colour, mark_line};
use crate::app::{Outbox, text};
use crate::clinical::StackKey;
use crate::geometry::VoxelIndex;
use crate::project::Document;
use crate::volume::{Unit, VoiFunction, Volume, Window};
use crate::workbench::room::{Pane, Shown};
use crate::workbench::{MarkOutline, Outlining, Request, Tool, Workbench, reading_number, scroll_sign};
use eframe::egui::{
    Align2, CursorIcon, Event, Modifiers, MouseWheelUnit, Painter, PointerButton, Pos2, Rect, Response, Role, Sense,
    Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2,
};
use std::sync::Arc;

/// Wheel movement not yet worth a slice: touchpads send points, wheels send lines.
#[derive(Debug, Default)]
pub(super) struct Wheel {
    rest: f32,
}

impl Wheel {
    /// Points of a touchpad to one slice.
    const POINTS: f32 = 24.0;

    /// Whole slices of the wheel's movement, positive down.
    fn slices(&mut self, unit: MouseWheelUnit, delta: f32) -> i64 {
        let slices = match unit {
            MouseWheelUnit::Line => delta,
            MouseWheelUnit::Page => delta * 10.0,
            MouseWheelUnit::Point => delta / Self::POINTS,
        };
        self.rest -= slices;
        let whole = self.rest.trunc();
        self.rest -= whole;
        whole as i64
    }
}

/// What a pane is drawn from, and what its gestures speak to.
pub(super) struct Scene<'a> {
    pub(super) pane: usize,
    pub(super) view: View,
    pub(super) shown: &'a Shown,
    pub(super) window: Option<Window>,
    pub(super) bench: &'a Workbench,
    pub(super) painter: Painter,
}

impl Viewport {
    pub(super) fn pane(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        pane: usize,
        bench: &Workbench,
        input: &Input,
        out: &mut Outbox,
    ) {
        let painter = ui.painter_at(rect);
        let id = ui.scope_id().with(("pane", pane));
        let response = ui.interact(rect, id, Sense::click_and_drag());
        let shown = match bench.room().panes().get(pane) {
            Some(Pane::Stack(shown)) => shown,
            Some(Pane::Empty(why)) => {
                empty(ui, &response, pane, why, bench, out);
                return;
            }
            None => {
                empty(ui, &response, pane, text::NOTHING_TO_SHOW, bench, out);
                return;
            }
        };
        let view = View::new(rect, shown, bench.room().field_mm());
        if let Some(place) = self.views.get_mut(pane) {
            *place = Some(view);
        }
        let scene = Scene { pane, view, shown, window: bench.room().window(pane), bench, painter };
        self.picture(ui, &scene, input);
        name(&response, &scene);
        let top = self.over(ui, &scene, input);
        self.mouse(ui, &response, &scene, out);
        super::member::control(ui, rect, top, pane, bench, out);
        tools::strip(ui, rect, pane, bench, out);
        frame(&scene.painter, &response, pane, bench);
        dropped(&response, pane, out);
    }

    fn picture(&mut self, ui: &Ui, scene: &Scene<'_>, input: &Input) {
        let Scene { shown, bench, view, .. } = scene;
        let volume = bench.volume(shown.stack).filter(|volume| volume.slice(shown.slice).is_some());
        let window =
            scene.window.or_else(|| volume.and_then(|volume| crate::volume::auto_window(volume, Some(shown.slice))));
        let window = window.unwrap_or(Window::ANY);
        let texture = volume.and_then(|volume| {
            let content = Content {
                stack: shown.stack,
                slice: shown.slice,
                window,
                invert: bench.inverted(scene.pane),
                overlays: !input.overlays_off,
                smooth: view.zoom() < 12.0, // closer than that, pixels are shown as they are
            };
            self.pictures.texture(ui.ctx(), scene.pane, volume, content)
        });
        if let Some(texture) = texture {
            let (place, part) = view.visible();
            black_around(&scene.painter, view.rect(), place);
            scene.painter.image(texture, place, part, eframe::egui::Color32::WHITE);
            return;
        }
        scene.painter.rect_filled(view.rect(), 0.0, colour::BLACK);
        let words = match (bench.slice_error(shown.stack, shown.slice), bench.files_known(shown.stack)) {
            (Some(why), _) => why,
            (None, false) if bench.places_to_ask().iter().any(|ask| ask.stacks.contains(&shown.stack)) => {
                text::FILES_TO_ASK
            }
            (None, false) => text::FILES_UNKNOWN,
            (None, true) => text::READING_PIXELS,
        };
        wrapped(&scene.painter, view.rect(), words);
    }

    /// Draws what is over the picture, and says where the corner text at the top ends.
    fn over(&mut self, ui: &Ui, scene: &Scene<'_>, input: &Input) -> f32 {
        let Scene { shown, bench, view, painter, .. } = scene;
        let Some(document) = bench.document() else { return 0.0 };
        let rect = view.rect();
        let read = bench.volume(shown.stack).and_then(|volume| volume.slices.get(shown.slice as usize));
        if let (Some(why), true) =
            (bench.slice_error(shown.stack, shown.slice), read.is_some_and(|slice| slice.get().is_some()))
        {
            // Part of the slice is there: what is missing is said over it.
            overlay::sentence(painter, rect, 96.0, why);
        }
        if input.marks_hidden {
            let at = rect.center_top() + eframe::egui::vec2(0.0, 64.0);
            let font = theme::font(theme::SMALL);
            overlay::shadowed(painter, at, Align2::CENTER_TOP, text::MARKS_HIDDEN, font, colour::WARN);
        } else {
            let stroke = bench.stroke().filter(|stroke| stroke.stack == shown.stack && stroke.slice == shown.slice);
            let mut marks = self.marks_of(scene.pane, shown, bench, document);
            if let Some(stroke) = &stroke {
                marks.retain(|mark| Some(mark.mark) != stroke.mark);
            }
            overlay::marks(painter, view, document, &marks);
            if let Some(stroke) = stroke {
                overlay::outlines(painter, view, mark_line(stroke.role), stroke.outlines);
            }
            tools::preview(scene);
            self.lesions(scene, ui.input(|input| input.time));
        }
        self.pointed_cross(scene);
        let (top, bottom) = if input.text_off { (8.0, 8.0) } else { overlay::corners(scene) };
        let control = if bench.group_place(scene.pane).is_some() { super::member::ROOM } else { 0.0 };
        overlay::orientation(painter, rect, shown, top + control, bottom);
        overlay::scale_bar(painter, rect, view, bench.is_calibrated(shown.stack), bottom);
        top
    }

    /// The marks on a pane's slice; outlines are kept until the mark, the slice or the link changes.
    fn marks_of(&mut self, pane: usize, shown: &Shown, bench: &Workbench, document: &Document) -> Vec<MarkOutline> {
        bench
            .marks_shown(pane)
            .into_iter()
            .filter_map(|(mark, rigid)| {
                let mask = document.mask(mark.info.id)?;
                let version = Arc::as_ptr(mask) as usize;
                let key = (mark.info.id, shown.stack, shown.slice);
                let fresh = self.outlines.get(&key).filter(|(v, link, _)| *v == version && *link == rigid);
                let lines = match fresh {
                    Some((_, _, lines)) => Arc::clone(lines),
                    None => {
                        let lines = Arc::new(crate::marks::outline_on(mask, &shown.grid, shown.slice, &rigid));
                        self.outlines.insert(key, (version, rigid, Arc::clone(&lines)));
                        lines
                    }
                };
                (!lines.is_empty()).then(|| MarkOutline {
                    mark: mark.info.id,
                    role: mark.info.role,
                    lesions: mark.info.lesions.clone(),
                    carried: mark.info.stack != shown.stack,
                    outlines: lines.to_vec(),
                })
            })
            .collect()
    }

    fn mouse(&mut self, ui: &Ui, response: &Response, scene: &Scene<'_>, out: &mut Outbox) {
        let Scene { pane, shown, bench, view, .. } = scene;
        let pane = *pane;
        if let Some(at) = response.hover_pos() {
            self.point(ui, at, view, shown, bench);
            self.wheel_turned(ui, at, scene, out);
            brush_cursor(ui, at, view, bench);
        }
        if response.clicked() || response.drag_started() || response.secondary_clicked() {
            out.ask(Request::ActivatePane(pane));
        }
        windows::menu(response, pane, shown, bench, out);
        if matches!(bench.tool(), Tool::Outline(_)) {
            tools::mouse(ui, response, scene, out);
        } else if bench.tool() != Tool::Scroll {
            paint(ui, response, scene, out);
        } else if response.dragged_by(PointerButton::Primary) {
            let slices = self.wheel.slices(MouseWheelUnit::Point, -response.drag_delta().y * 2.0);
            if slices != 0 {
                out.ask(Request::Scroll { pane, by: slices * scroll_sign(&shown.grid) });
            }
        }
        // A button that is held still asks for nothing: no repaint while nothing changes.
        let by = response.drag_delta();
        let moved = by != Vec2::ZERO;
        if moved && response.dragged_by(PointerButton::Middle) {
            out.ask(Request::Pan { pane, right_mm: view.to_mm(by.x), down_mm: view.to_mm(by.y) });
        }
        if moved
            && response.dragged_by(PointerButton::Secondary)
            && let Some(window) = scene.window
        {
            // Wide windows move in larger steps, so that a drag across the pane always means something.
            let least = if window.function == VoiFunction::Linear { 0.25 } else { 0.0 };
            let step = (window.width / 256.0).max(least);
            let width = window.width + f64::from(by.x) * step;
            let centre = window.centre + f64::from(by.y) * step;
            out.ask(Request::SetWindow { pane, window: window.moved(centre, width) });
        }
    }

    fn wheel_turned(&mut self, ui: &Ui, at: Pos2, scene: &Scene<'_>, out: &mut Outbox) {
        let Scene { pane, view, shown, .. } = scene;
        let pane = *pane;
        let turns: Vec<(MouseWheelUnit, f32, Modifiers)> = ui.input(|input| {
            let wheel = input.events.iter().filter_map(|event| match event {
                Event::MouseWheel { unit, delta, modifiers, .. } => Some((*unit, delta.y, *modifiers)),
                _ => None,
            });
            wheel.collect()
        });
        for (unit, delta, modifiers) in turns {
            if modifiers.command && tools::takes_strength(scene.bench) {
                // A touchpad sends many small turns; each turn of a wheel is one step.
                let steps = if unit == MouseWheelUnit::Line { delta.round() } else { delta.signum() };
                out.ask(Request::Outline(Outlining::Strength(steps as i32)));
            } else if modifiers.command {
                let lines = if unit == MouseWheelUnit::Point { delta / 50.0 } else { delta };
                let offset = at - view.rect().center();
                let width = f64::from(view.rect().width());
                out.ask(Request::Zoom {
                    pane,
                    now_mm: view.field_mm(),
                    factor: 1.1f64.powf(f64::from(lines)),
                    about: (f64::from(offset.x) / width, f64::from(offset.y) / width),
                });
            } else {
                let slices = self.wheel.slices(unit, delta);
                if slices != 0 {
                    out.ask(Request::Scroll { pane, by: slices * scroll_sign(&shown.grid) });
                }
            }
        }
    }

    /// Place and value under the pointer; with Shift the place is shown in all panes.
    fn point(&mut self, ui: &Ui, at: Pos2, view: &View, shown: &Shown, bench: &Workbench) {
        let index = view.to_index(at);
        let place = shown.grid.to_patient(VoxelIndex::new(index.0, index.1, f64::from(shown.slice)));
        let value = bench.volume(shown.stack).and_then(|volume| value_words(volume, index, shown.slice));
        let words = if shown.placed {
            let part =
                |v: f64, plus: char, minus: char| format!("{} {:.1}", if v < 0.0 { minus } else { plus }, v.abs());
            format!("{}  {}  {} mm", part(place.x, 'L', 'R'), part(place.y, 'P', 'A'), part(place.z, 'S', 'I'))
        } else {
            format!("column {:.0}  row {:.0}", index.0 + 1.0, index.1 + 1.0)
        };
        self.under_pointer = Some(UnderPointer { place: words, value: value.unwrap_or_default() });
        if ui.input(|input| input.modifiers.shift) && shown.placed {
            self.pointed = Some((shown.stack, place));
        }
    }
}

/// The value of the pixel under the pointer with its unit; nothing outside, on padding, or on colour.
fn value_words(volume: &Volume, at: (f64, f64), slice: u32) -> Option<String> {
    let (i, j) = (at.0.round(), at.1.round());
    if i < 0.0 || j < 0.0 {
        return None;
    }
    let value = volume.value(i as u32, j as u32, slice)?;
    let digits = usize::from(value.fract() != 0.0) * 2;
    Some(match volume.unit {
        Unit::None => format!("{value:.digits$}"),
        Unit::Mm2PerS => format!("{:.2} {}", value * 1e3, text::ADC_UNIT),
        Unit::BqMl => format!("{value:.0} {}", text::BQ_ML),
        unit => format!("{value:.digits$} {}", unit.code()),
    })
}

/// The pane's name and state for screen readers and tests.
fn name(response: &Response, scene: &Scene<'_>) {
    let Scene { pane, shown, window, .. } = scene;
    let (n, of) = reading_number(&shown.grid, shown.slice);
    let window = window.map(|w| format!(", {}/{}", overlay::short(w.width), overlay::short(w.centre)));
    let window = window.unwrap_or_default();
    let value = format!("slice {n} of {of}{window}");
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::Image, true, pane_name(*pane));
        info.current_text_value = Some(value.clone());
        info
    });
    let text = value.clone();
    response.ctx.accesskit_node_builder(response.id, |node| node.set_value(text));
}

fn pane_name(pane: usize) -> String {
    match pane {
        0 => "Left pane".to_owned(),
        1 => "Right pane".to_owned(),
        n => format!("Pane {}", n + 1),
    }
}

/// A pane without a picture: it can be chosen like any other, so that a series can be shown in it.
fn empty(ui: &Ui, response: &Response, pane: usize, why: &str, bench: &Workbench, out: &mut Outbox) {
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("{} {why}", pane_name(pane))));
    let painter = ui.painter_at(response.rect);
    painter.rect_filled(response.rect, 0.0, colour::BLACK);
    wrapped(&painter, response.rect, why);
    if response.clicked() {
        out.ask(Request::ActivatePane(pane));
    }
    frame(&painter, response, pane, bench);
    dropped(response, pane, out);
}

/// Frames the pane that keys speak to, and the one that a series is held over.
fn frame(painter: &Painter, response: &Response, pane: usize, bench: &Workbench) {
    let width = if response.dnd_hover_payload::<StackKey>().is_some() {
        3.0
    } else if pane == bench.room().active() && bench.room().panes().len() > 1 {
        1.0
    } else {
        return;
    };
    painter.rect_stroke(response.rect, 0.0, Stroke::new(width, colour::ACCENT), StrokeKind::Inside);
}

/// Shows a series that was dropped on a pane.
fn dropped(response: &Response, pane: usize, out: &mut Outbox) {
    if let Some(stack) = response.dnd_release_payload::<StackKey>() {
        out.ask(Request::ShowStack { pane, stack: *stack });
    }
}

/// Black where a pane shows no picture. Not under the picture: without a graphics card every pixel painted twice
/// costs as much as the picture itself.
fn black_around(painter: &Painter, pane: Rect, picture: Rect) {
    if !picture.is_positive() {
        painter.rect_filled(pane, 0.0, colour::BLACK);
        return;
    }
    let picture = picture.shrink(1.0); // no hairline where an edge falls between two pixels
    let bands = [
        Rect::from_min_max(pane.min, pos2(pane.max.x, picture.min.y)),
        Rect::from_min_max(pos2(pane.min.x, picture.max.y), pane.max),
        Rect::from_min_max(pos2(pane.min.x, picture.min.y), pos2(picture.min.x, picture.max.y)),
        Rect::from_min_max(pos2(picture.max.x, picture.min.y), pos2(pane.max.x, picture.max.y)),
    ];
    for band in bands.into_iter().filter(|band| band.is_positive()) {
        painter.rect_filled(band, 0.0, colour::BLACK);
    }
}

fn wrapped(painter: &Painter, rect: Rect, words: &str) {
    let width = (rect.width() - 48.0).min(420.0);
    let galley = painter.layout(words.to_owned(), theme::font(theme::BODY), colour::SOFT, width);
    painter.galley(rect.center() - galley.size() / 2.0, galley, colour::SOFT);
}

fn brush_cursor(ui: &Ui, at: Pos2, view: &View, bench: &Workbench) {
    let (Tool::Brush(role) | Tool::Eraser(role)) = bench.tool() else { return };
    let radius = view.to_points(bench.brush_radius_mm());
    let erasing = matches!(bench.tool(), Tool::Eraser(_));
    let tint = if erasing { colour::TEXT } else { mark_line(role).colour };
    ui.painter_at(view.rect()).circle_stroke(at, radius, Stroke::new(1.0, tint));
    ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
}

/// Brush down, along and up. The whole path since the last frame is followed, so a fast drag leaves no gap.
fn paint(ui: &Ui, response: &Response, scene: &Scene<'_>, out: &mut Outbox) {
    let Some(at) = response.interact_pointer_pos() else { return };
    let view = &scene.view;
    if response.is_pointer_button_down_on() && ui.input(|input| input.pointer.primary_pressed()) {
        let start = ui.input(|input| input.pointer.press_origin()).unwrap_or(at);
        out.ask(Request::BeginStroke { pane: scene.pane, at: view.to_index(start) });
    }
    if scene.bench.stroke().is_some() || ui.input(|input| input.pointer.primary_down()) {
        let moves: Vec<Pos2> = ui.input(|input| {
            let moves = input.events.iter().filter_map(|event| match event {
                Event::PointerMoved(to) => Some(*to),
                _ => None,
            });
            moves.collect()
        });
        for to in moves {
            out.ask(Request::ExtendStroke { at: view.to_index(to) });
        }
    }
    if ui.input(|input| input.pointer.primary_released()) {
        out.ask(Request::EndStroke);
    }
}
