//! The part of a pane's menu that says how it looks at its volume, and what lies over its picture.

use super::pane::Scene;
use crate::app::text::looking as text;
use crate::app::theme::{self, colour};
use crate::app::{Outbox, text as words};
use crate::geometry::Anatomical;
use crate::render::ColourMap;
use crate::volume::{Projection, Slab, Unit, Window};
use crate::workbench::room::{Over, Shown};
use crate::workbench::{PaneLook, Request, Workbench};
use eframe::egui::{Align2, DragValue, Rect, ScrollArea, Slider, Stroke, StrokeKind, Ui, pos2, vec2};

/// What is offered by name; any thickness can be typed.
const SLABS: [Slab; 5] = [
    Slab { thickness_mm: 3.0, projection: Projection::Mean },
    Slab { thickness_mm: 5.0, projection: Projection::Mean },
    Slab { thickness_mm: 10.0, projection: Projection::Maximum },
    Slab { thickness_mm: 20.0, projection: Projection::Maximum },
    Slab { thickness_mm: 10.0, projection: Projection::Minimum },
];

/// Plane, slab, and what lies over; nothing for pictures that are no volume.
pub(super) fn menu(ui: &mut Ui, pane: usize, shown: &Shown, bench: &Workbench, out: &mut Outbox) {
    if !shown.placed {
        return;
    }
    ui.separator();
    ui.menu_button(text::PLANE, |ui| plane(ui, pane, shown, out));
    ui.menu_button(text::SLAB, |ui| slab(ui, pane, shown, out));
    ui.menu_button(text::OVER, |ui| over(ui, pane, shown, bench, out));
}

fn plane(ui: &mut Ui, pane: usize, shown: &Shown, out: &mut Outbox) {
    let choices = [
        (None, text::AS_ACQUIRED),
        (Some(Anatomical::Axial), text::AXIAL),
        (Some(Anatomical::Coronal), text::CORONAL),
        (Some(Anatomical::Sagittal), text::SAGITTAL),
    ];
    for (plane, label) in choices {
        if ui.selectable_label(shown.cut.map(|cut| cut.plane) == plane, label).clicked() {
            out.ask(Request::Look(PaneLook::Plane { pane, plane }));
            ui.close();
        }
    }
    ui.label(theme::small(text::TURN));
}

fn slab(ui: &mut Ui, pane: usize, shown: &Shown, out: &mut Outbox) {
    let mut ask = |slab| out.ask(Request::Look(PaneLook::Slab { pane, slab }));
    if ui.selectable_label(shown.slab.is_none(), text::THIN).clicked() {
        ask(None);
        ui.close();
    }
    for slab in SLABS {
        if ui.selectable_label(shown.slab == Some(slab), text::slab(slab)).clicked() {
            ask(Some(slab));
            ui.close();
        }
    }
    ui.separator();
    let mut own = shown.slab.unwrap_or(SLABS[0]);
    ui.horizontal(|ui| {
        let label = ui.label(text::THICKNESS);
        let field = DragValue::new(&mut own.thickness_mm).range(0.5..=200.0).speed(0.5).suffix(" mm");
        ui.add(field).labelled_by(label.id);
    });
    ui.horizontal(|ui| {
        for (projection, label) in
            [(Projection::Mean, text::MEAN), (Projection::Maximum, text::MAXIMUM), (Projection::Minimum, text::MINIMUM)]
        {
            ui.selectable_value(&mut own.projection, projection, label);
        }
    });
    if own != shown.slab.unwrap_or(SLABS[0]) {
        ask(Some(own));
    }
}

fn over(ui: &mut Ui, pane: usize, shown: &Shown, bench: &Workbench, out: &mut Outbox) {
    let mut ask = |over| out.ask(Request::Look(PaneLook::Over { pane, over }));
    let others = bench.may_lie_over(pane);
    if others.is_empty() {
        ui.label(theme::small(text::NO_OTHER));
        return;
    }
    if ui.selectable_label(shown.over.is_none(), text::NOTHING_OVER).clicked() {
        ask(None);
        ui.close();
    }
    ScrollArea::vertical().max_height(260.0).show(ui, |ui| {
        for (stack, label) in &others {
            let chosen = shown.over.is_some_and(|over| over.stack == *stack);
            if ui.selectable_label(chosen, label).clicked() {
                let like = shown.over.unwrap_or(Over { stack: *stack, opacity: 0.6, map: ColourMap::default() });
                ask(Some(Over { stack: *stack, ..like }));
            }
        }
    });
    if let Some(now) = shown.over {
        ui.separator();
        let mut own = now;
        ui.add(Slider::new(&mut own.opacity, 0.0..=1.0).fixed_decimals(2).text(text::OPACITY));
        ui.horizontal(|ui| {
            ui.label(text::COLOURS);
            for map in ColourMap::ALL {
                ui.selectable_value(&mut own.map, map, map.words());
            }
        });
        if own != now {
            ask(Some(own));
        }
    }
}

/// The colours of what lies over a picture, with the values at both ends and their unit.
pub(super) fn colour_bar(scene: &Scene<'_>, map: ColourMap, window: Window, unit: Unit) {
    const WIDTH: f32 = 10.0;
    const STEPS: usize = 64;
    let pane = scene.view.rect();
    let height = (pane.height() / 3.0).min(180.0);
    let top_left = pos2(pane.right() - 24.0 - WIDTH, pane.center().y - height - 18.0);
    let bar = Rect::from_min_size(top_left, vec2(WIDTH, height));
    let table = map.table();
    let painter = &scene.painter;
    for step in 0..STEPS {
        let [r, g, b] = table.get((STEPS - 1 - step) * 255 / (STEPS - 1)).copied().unwrap_or_default();
        let y = |n: usize| bar.top() + bar.height() * n as f32 / STEPS as f32;
        let strip = Rect::from_min_max(pos2(bar.left(), y(step)), pos2(bar.right(), y(step + 1)));
        painter.rect_filled(strip, 0.0, eframe::egui::Color32::from_rgb(r, g, b));
    }
    painter.rect_stroke(bar, 0.0, Stroke::new(1.0, colour::SOFT), StrokeKind::Outside);
    let (low, high) = window.range();
    let (times, name) = match unit {
        Unit::Mm2PerS => (1e3, words::ADC_UNIT),
        Unit::BqMl => (1.0, words::BQ_ML),
        Unit::None => (1.0, ""),
        unit => (1.0, unit.code()),
    };
    let font = || theme::font(theme::SMALL);
    let end = |value: f64| super::overlay::short(value * times);
    let right = bar.right() + 18.0;
    super::shadowed(painter, pos2(right, bar.top() - 2.0), Align2::RIGHT_BOTTOM, &end(high), font(), colour::TEXT);
    let low_words = if name.is_empty() { end(low) } else { format!("{} {name}", end(low)) };
    super::shadowed(painter, pos2(right, bar.bottom() + 3.0), Align2::RIGHT_TOP, &low_words, font(), colour::TEXT);
}
