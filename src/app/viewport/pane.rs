//! One pane: picture, overlays, and what mouse and wheel ask for.

use super::picture::{Content, OverContent};
use super::view::View;
use super::{UnderPointer, Viewport, looks, overlay, tools, windows};
use crate::app::command::Command;
use crate::app::input::Input;
use crate::app::theme::{self, colour, mark_line};
use crate::app::{Outbox, text};
use crate::clinical::StackKey;
use crate::geometry::VoxelIndex;
use crate::project::Document;
use crate::volume::{SliceData, Unit, VoiFunction, Volume, Window};
use crate::workbench::room::{Pane, Shown};
use crate::workbench::{
    DISC_MM, Hang, Joining, MarkOutline, Outlining, PaneLook, PanePicture, Request, Tool, Workbench, reading_number,
    scroll_sign,
};
use eframe::egui::{
    Align2, Color32, CursorIcon, Event, Modifiers, MouseWheelUnit, Painter, PointerButton, Pos2, Rect, Response, Role,
    Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2,
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
    /// Dates are left out of the corner texts.
    pub(super) dates_hidden: bool,
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
        let view = View::new(rect, shown, bench.room().field_of(pane));
        if let Some(place) = self.views.get_mut(pane) {
            *place = Some(view);
        }
        let dates_hidden = input.dates_hidden;
        let scene = Scene { pane, view, shown, window: bench.window_in(pane), bench, painter, dates_hidden };
        self.picture(ui, &scene, input);
        name(&response, &scene);
        let top = self.over(ui, &scene, input);
        self.mouse(ui, &response, &scene, out);
        if !input.picture_taken {
            super::choosing::line(ui, rect, top, pane, &pane_name(pane, bench), bench, out);
            super::member::control(ui, rect, top + super::choosing::ROOM, pane, bench, out);
            tools::strip(ui, rect, pane, bench, out);
            frame(&scene.painter, &response, pane, bench);
        }
        dropped(&response, pane, out);
    }

    fn picture(&mut self, ui: &Ui, scene: &Scene<'_>, input: &Input) {
        let Scene { shown, bench, view, pane, .. } = scene;
        let picture = bench.pane_picture(*pane);
        let texture = match (picture, picture.and_then(|picture| window_of(scene, picture))) {
            (Some(PanePicture { volume, slice, made, .. }), Some(window)) => {
                let content = Content {
                    stack: shown.stack,
                    slice,
                    made,
                    cut: shown.cut,
                    window,
                    invert: bench.inverted(*pane) && shown.minus.is_none(),
                    overlays: !input.overlays_off,
                    smooth: view.zoom() < 12.0, // closer than that, pixels are shown as they are
                };
                self.pictures.texture(ui.ctx(), *pane, volume, content)
            }
            // Until the next one is worked out the one before stays: no black between two planes.
            _ if shown.is_computed() => self.pictures.last(*pane, shown.stack, shown.cut),
            _ => None,
        };
        if let Some(texture) = texture {
            let (place, part) = view.visible();
            black_around(&scene.painter, view.rect(), place);
            scene.painter.image(texture, place, part, Color32::WHITE);
            self.picture_over(ui, scene, place, part);
            return;
        }
        scene.painter.rect_filled(view.rect(), 0.0, colour::BLACK);
        let acquired = shown.cut.is_none();
        let error = bench.slice_error(shown.stack, shown.slice).filter(|_| acquired);
        let words = match (error, bench.files_known(shown.stack)) {
            (Some(why), _) => why,
            (None, false) if bench.places_to_ask().iter().any(|ask| ask.stacks.contains(&shown.stack)) => {
                text::FILES_TO_ASK
            }
            (None, false) => text::FILES_UNKNOWN,
            (None, true) if shown.is_computed() && bench.volume(shown.stack).is_some_and(Volume::is_complete) => {
                text::looking::WORKING_OUT
            }
            (None, true) => text::READING_PIXELS,
        };
        wrapped(&scene.painter, view.rect(), words);
    }

    /// Draws the second stack over the picture, with its colour bar.
    fn picture_over(&mut self, ui: &Ui, scene: &Scene<'_>, place: Rect, part: Rect) {
        let Some((over, window, unit)) = scene.bench.over_in(scene.pane) else { return };
        if let Some(PanePicture { volume, made, .. }) = scene.bench.pane_over(scene.pane) {
            let content = OverContent { made, window, over };
            if let Some(texture) = self.pictures.over(ui.ctx(), scene.pane, volume, content) {
                scene.painter.image(texture, place, part, Color32::WHITE);
            }
        }
        looks::colour_bar(scene, over.map, window, unit);
    }

    /// Draws what is over the picture, and says where the corner text at the top ends.
    fn over(&mut self, ui: &Ui, scene: &Scene<'_>, input: &Input) -> f32 {
        let Scene { shown, bench, view, painter, .. } = scene;
        let Some(document) = bench.document() else { return 0.0 };
        let rect = view.rect();
        let read = bench.volume(shown.stack).and_then(|volume| volume.slices.get(shown.slice as usize));
        if let (Some(why), true, None) =
            (bench.slice_error(shown.stack, shown.slice), read.is_some_and(|slice| slice.get().is_some()), shown.cut)
        {
            // Part of the slice is there: what is missing is said over it.
            overlay::sentence(painter, rect, 96.0, why);
        }
        if input.marks_hidden {
            let at = rect.center_top() + eframe::egui::vec2(0.0, 64.0);
            let font = theme::font(theme::SMALL);
            overlay::shadowed(painter, at, Align2::CENTER_TOP, text::MARKS_HIDDEN, font, colour::WARN);
        } else {
            let here = |stack, slice| stack == shown.stack && slice == shown.slice && shown.cut.is_none();
            let stroke = bench.stroke().filter(|stroke| here(stroke.stack, stroke.slice));
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
            if !input.truth_off {
                self.truth(scene);
            }
        }
        overlay::crossings(scene);
        self.pointed_cross(scene);
        let (top, bottom) = if input.text_off { (8.0, 8.0) } else { overlay::corners(scene) };
        let control = if bench.group_place(scene.pane).is_some() { super::member::ROOM } else { 0.0 };
        let control = control + super::choosing::ROOM;
        super::landmarks::draw(scene);
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
                let key = (mark.info.id, shown.stack, shown.slice, pane_key(shown));
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
            self.pixel = Some((pane, shown.stack, shown.slice, view.to_index(at)));
            self.point(ui, at, scene, out);
            self.wheel_turned(ui, at, scene, out);
            brush_cursor(ui, at, view, bench);
        }
        if response.clicked() || response.drag_started() || response.secondary_clicked() {
            out.ask(Request::ActivatePane(pane));
        }
        windows::menu(response, pane, shown, bench, out);
        if response.double_clicked() && bench.tool() == Tool::Scroll && bench.landmarks().is_none() {
            out.command(Command::PaneAlone);
        }
        let alt = ui.input(|input| input.modifiers.alt);
        if super::landmarks::click(ui, response, scene, out) {
            // clicks place landmarks
        } else if matches!(bench.tool(), Tool::Outline(_)) {
            tools::mouse(ui, response, scene, out);
        } else if bench.tool() != Tool::Scroll {
            paint(ui, response, scene, out);
        } else if self.region(ui, response, scene, out) {
            // a region is drawn
        } else if alt && response.dragged_by(PointerButton::Primary) {
            let by = response.drag_delta();
            if by != Vec2::ZERO {
                let (right_mm, down_mm) = (view.to_mm(by.x), view.to_mm(by.y));
                out.ask(Request::Join(Joining::NudgePicture { pane, right_mm, down_mm }));
            }
        } else if response.dragged_by(PointerButton::Primary) {
            let slices = self.wheel.slices(MouseWheelUnit::Point, -response.drag_delta().y * 2.0);
            if slices != 0 {
                out.ask(Request::Scroll { pane, by: slices * scroll_sign(&shown.grid) });
            }
        }
        // A button that is held still asks for nothing: no repaint while nothing changes.
        let by = response.drag_delta();
        let moved = by != Vec2::ZERO;
        let modifiers = ui.input(|input| input.modifiers);
        if moved && response.dragged_by(PointerButton::Middle) && modifiers.shift {
            const DEGREES_A_POINT: f32 = 0.25;
            out.ask(Request::Look(PaneLook::Tilt {
                pane,
                forwards_degrees: f64::from(by.y * DEGREES_A_POINT),
                sideways_degrees: f64::from(-by.x * DEGREES_A_POINT),
            }));
        } else if moved && response.dragged_by(PointerButton::Middle) {
            out.ask(Request::Pan { pane, right_mm: view.to_mm(by.x), down_mm: view.to_mm(by.y) });
        }
        if moved
            && response.dragged_by(PointerButton::Secondary)
            && shown.minus.is_none()
            && let Some(window) = scene.window
        {
            // Wide windows move in larger steps, so that a drag across the pane always means something.
            let least = if window.function == VoiFunction::Linear { 0.25 } else { 0.0 };
            let pace = match (modifiers.shift, modifiers.command) {
                (true, _) => 0.2,
                (false, true) => 4.0,
                (false, false) => 1.0,
            };
            let step = (window.width / 256.0).max(least) * pace;
            let width = window.width + f64::from(by.x) * step;
            let centre = window.centre + f64::from(by.y) * step;
            out.ask(Request::SetWindow { pane, window: window.moved(centre, width) });
        }
    }

    /// With Ctrl the left button draws a region whose values choose the window. Whether it does so now.
    fn region(&mut self, ui: &Ui, response: &Response, scene: &Scene<'_>, out: &mut Outbox) -> bool {
        let Some(at) = response.interact_pointer_pos() else { return false };
        if response.drag_started_by(PointerButton::Primary) && ui.input(|input| input.modifiers.command) {
            let start = ui.input(|input| input.pointer.press_origin()).unwrap_or(at);
            self.region = Some((scene.pane, start));
        }
        let Some((_, start)) = self.region.filter(|(pane, _)| *pane == scene.pane) else { return false };
        scene.painter.rect_stroke(
            Rect::from_two_pos(start, at),
            0.0,
            Stroke::new(1.0, colour::ACCENT),
            StrokeKind::Middle,
        );
        let font = theme::font(theme::SMALL);
        let below = Rect::from_two_pos(start, at).left_bottom() + eframe::egui::vec2(0.0, 4.0);
        overlay::shadowed(&scene.painter, below, Align2::LEFT_TOP, text::looking::REGION, font, colour::ACCENT);
        if response.drag_stopped_by(PointerButton::Primary) {
            self.region = None;
            let (from, to) = (scene.view.to_index(start), scene.view.to_index(at));
            out.ask(Request::Look(PaneLook::WindowFrom { pane: scene.pane, from, to }));
        }
        true
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
                let by = slices * scroll_sign(&shown.grid);
                match slices {
                    0 => {}
                    _ if modifiers.alt => out.ask(Request::Join(Joining::NudgeSlices { pane, by })),
                    _ => out.ask(Request::Scroll { pane, by }),
                }
            }
        }
    }

    /// Place and value under the pointer; with Shift the place is shown in all panes.
    fn point(&mut self, ui: &Ui, at: Pos2, scene: &Scene<'_>, out: &mut Outbox) {
        let Scene { pane, view, shown, bench, .. } = scene;
        let index = view.to_index(at);
        let place = shown.grid.to_patient(VoxelIndex::new(index.0, index.1, f64::from(shown.slice)));
        let value = match bench.disc_of_difference(*pane, index) {
            Some((disc, unit)) => {
                let unit = if unit == Unit::None { "" } else { unit.code() };
                Some(text::looking::disc(disc.mean, disc.sd, unit, DISC_MM))
            }
            None if shown.minus.is_some() => None,
            None => bench.pane_picture(*pane).and_then(|p| value_words(p.volume, index, p.slice)),
        };
        let over = bench.pane_over(*pane).and_then(|p| value_words(p.volume, index, p.slice));
        let value = match (value, over) {
            (Some(value), Some(over)) => Some(format!("{value} \u{b7} {over}")),
            (value, over) => value.or(over),
        };
        let words = if shown.placed {
            let part =
                |v: f64, plus: char, minus: char| format!("{} {:.1}", if v < 0.0 { minus } else { plus }, v.abs());
            format!("{}  {}  {} mm", part(place.x, 'L', 'R'), part(place.y, 'P', 'A'), part(place.z, 'S', 'I'))
        } else {
            format!("column {:.0}  row {:.0}", index.0 + 1.0, index.1 + 1.0)
        };
        self.under_pointer = Some(UnderPointer { place: words, value: value.unwrap_or_default() });
        if (self.crosshair || ui.input(|input| input.modifiers.shift)) && shown.placed {
            self.pointed = Some((shown.stack, place));
            if ui.input(|input| input.pointer.delta() != Vec2::ZERO) {
                out.read(Request::Look(PaneLook::PointAt { pane: *pane, point: place }));
                ui.ctx().request_repaint();
            }
        }
    }
}

/// The window that a picture is drawn with: none until one was found; colour needs none.
fn window_of(scene: &Scene<'_>, picture: PanePicture<'_>) -> Option<Window> {
    let colour = matches!(picture.volume.slice(picture.slice), Some(SliceData::Rgb8(_)));
    scene.window.or(colour.then_some(Window::ANY))
}

/// Tells the grids of one stack apart: its own, and those it is cut in.
fn pane_key(shown: &Shown) -> [u64; 3] {
    match shown.cut {
        None => [0; 3],
        Some(_) => {
            let [right, down, _] = shown.grid.axes.map(|axis| axis.vector());
            [right.x + 2.0 * right.y + 4.0 * right.z, down.x + 2.0 * down.y + 4.0 * down.z, 1.0].map(f64::to_bits)
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
        let mut info = WidgetInfo::labeled(Role::Image, true, pane_name(*pane, scene.bench));
        info.current_text_value = Some(value.clone());
        info
    });
    let text = value.clone();
    response.ctx.accesskit_node_builder(response.id, |node| node.set_value(text));
}

/// What a pane is called: by its side in a row, else by its number, row by row.
fn pane_name(pane: usize, bench: &Workbench) -> String {
    let (layout, last) = (bench.layout(), bench.room().panes().len().saturating_sub(1));
    match pane {
        n if layout.rows() > 1 => format!("Pane {}", n + 1),
        0 => "Left pane".to_owned(),
        n if n >= last => "Right pane".to_owned(),
        _ => "Middle pane".to_owned(),
    }
}

/// A pane without a picture: it can be chosen like any other, so that a series can be shown in it.
fn empty(ui: &Ui, response: &Response, pane: usize, why: &str, bench: &Workbench, out: &mut Outbox) {
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("{} {why}", pane_name(pane, bench))));
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
        out.ask(Request::Hang(Hang::Choose { pane, stack: *stack }));
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
