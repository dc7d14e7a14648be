//! Every colour, size and font of the window. No other file of `app` names a colour.

use crate::clinical::MarkRole;
use eframe::egui::{
    self, Color32, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, RichText, Stroke, TextStyle,
    Vec2,
};
use std::sync::Arc;

/// Colours of the dark theme (`look.md`).
pub mod colour {
    use super::Color32;
    /// Behind everything.
    pub const APP: Color32 = Color32::from_rgb(0x0D, 0x10, 0x14);
    /// Panels.
    pub const PANEL: Color32 = Color32::from_rgb(0x13, 0x17, 0x1C);
    /// One step up: buttons, cards.
    pub const RAISED: Color32 = Color32::from_rgb(0x1A, 0x20, 0x27);
    /// Hover: one step lighter than raised.
    pub const HOVER: Color32 = Color32::from_rgb(0x23, 0x2B, 0x34);
    /// Chosen: raised with a touch of accent.
    pub const CHOSEN: Color32 = Color32::from_rgb(0x1D, 0x35, 0x46);
    /// Hairlines.
    pub const LINE: Color32 = Color32::from_rgb(0x26, 0x2D, 0x36);
    /// Text.
    pub const TEXT: Color32 = Color32::from_rgb(0xE4, 0xE9, 0xEF);
    /// Second text.
    pub const SOFT: Color32 = Color32::from_rgb(0x9B, 0xA7, 0xB4);
    /// Third text.
    pub const FAINT: Color32 = Color32::from_rgb(0x85, 0x92, 0xA0);
    /// What is active; tumour.
    pub const ACCENT: Color32 = Color32::from_rgb(0x56, 0xB4, 0xE9);
    /// Text on the accent.
    pub const ON_ACCENT: Color32 = Color32::from_rgb(0x08, 0x16, 0x20);
    /// Ablation zone.
    pub const ZONE: Color32 = Color32::from_rgb(0xE6, 0x9F, 0x00);
    /// Viable tumour.
    pub const VIABLE: Color32 = Color32::from_rgb(0xEE, 0x82, 0xC3);
    /// Organ.
    pub const ORGAN: Color32 = Color32::from_rgb(0x8F, 0xB8, 0xA0);
    /// The truth of a sample.
    pub const TRUTH: Color32 = Color32::from_rgb(0xF0, 0xE4, 0x42);
    /// Done.
    pub const GOOD: Color32 = Color32::from_rgb(0x5C, 0xC2, 0x9A);
    /// Look here.
    pub const WARN: Color32 = Color32::from_rgb(0xE6, 0xA2, 0x3C);
    /// Missing or failed.
    pub const BAD: Color32 = Color32::from_rgb(0xE5, 0x68, 0x6F);
    /// Text on images, in any theme.
    pub const ON_IMAGE: Color32 = Color32::from_rgb(0xF2, 0xF4, 0xF7);
    /// Behind images.
    pub const BLACK: Color32 = Color32::BLACK;
}

/// A rate on its card.
pub const FIGURE: f32 = 22.0;
/// The word that matters.
pub const LARGE: f32 = 15.0;
/// Everything.
pub const BODY: f32 = 13.0;
/// Captions.
pub const SMALL: f32 = 11.5;
/// The grid that all spacing keeps to.
pub const UNIT: f32 = 4.0;
/// Corner radius of controls.
pub const RADIUS: CornerRadius = CornerRadius::same(6);

/// How a mark's outline is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MarkLine {
    /// Colour.
    pub colour: Color32,
    /// Width, points.
    pub width: f32,
    /// Dash and gap, points; none for a solid line.
    pub dash: Option<(f32, f32)>,
}

/// The line of a mark role: colour-blind safe, and told apart by style alone.
#[must_use]
pub fn mark_line(role: MarkRole) -> MarkLine {
    match role {
        MarkRole::Tumour => MarkLine { colour: colour::ACCENT, width: 1.5, dash: None },
        MarkRole::AblationZone => MarkLine { colour: colour::ZONE, width: 1.5, dash: Some((7.0, 4.0)) },
        MarkRole::ViableTumour => MarkLine { colour: colour::VIABLE, width: 2.0, dash: Some((2.0, 3.0)) },
        MarkRole::Organ => MarkLine { colour: colour::ORGAN, width: 1.0, dash: None },
        MarkRole::Other => MarkLine { colour: colour::SOFT, width: 1.0, dash: Some((4.0, 4.0)) },
    }
}

/// How the outline of a true region is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TruthLine {
    /// Colour: one for all of the truth, which no mark has.
    pub colour: Color32,
    /// Width, points.
    pub width: f32,
    /// Lengths of the strokes in turn, points.
    pub dashes: &'static [f32],
    /// Lengths of the gaps in turn, points.
    pub gaps: &'static [f32],
}

/// The line of a true region: the kinds are told apart by pattern.
#[must_use]
pub fn truth_line(role: MarkRole) -> TruthLine {
    let (dashes, gaps): (&[f32], &[f32]) = match role {
        MarkRole::Tumour => (&[10.0], &[3.0]),
        MarkRole::AblationZone => (&[8.0, 1.5], &[3.0, 3.0]),
        MarkRole::ViableTumour | MarkRole::Organ | MarkRole::Other => (&[1.5], &[2.5]),
    };
    TruthLine { colour: colour::TRUTH, width: 1.5, dashes, gaps }
}

/// The bold family's name.
const BOLD: &str = "bold";

/// Bold text of a size.
#[must_use]
pub fn bold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(BOLD.into()))
}

/// Text of a size.
#[must_use]
pub const fn font(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// The word that matters.
pub fn title(text: impl Into<String>) -> RichText {
    RichText::new(text).font(bold(LARGE)).color(colour::TEXT)
}

/// Strong body text.
pub fn strong(text: impl Into<String>) -> RichText {
    RichText::new(text).font(bold(BODY)).color(colour::TEXT)
}

/// A caption over a group.
pub fn caption(text: impl Into<String>) -> RichText {
    RichText::new(text).font(bold(SMALL)).color(colour::FAINT)
}

/// Second text.
pub fn soft(text: impl Into<String>) -> RichText {
    RichText::new(text).font(font(BODY)).color(colour::SOFT)
}

/// Small second text.
pub fn small(text: impl Into<String>) -> RichText {
    RichText::new(text).font(font(SMALL)).color(colour::SOFT)
}

/// Sets fonts, sizes and colours of a context.
pub fn apply(ctx: &egui::Context) {
    let mut fonts = FontDefinitions::default();
    fonts.font_data.insert("noto".into(), Arc::new(FontData::from_static(notosans::REGULAR_TTF)));
    fonts.font_data.insert("noto-bold".into(), Arc::new(FontData::from_static(notosans::BOLD_TTF)));
    let fallback = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    let family = |first: &str| std::iter::once(first.to_owned()).chain(fallback.iter().cloned()).collect::<Vec<_>>();
    fonts.families.insert(FontFamily::Proportional, family("noto"));
    fonts.families.insert(FontFamily::Name(BOLD.into()), family("noto-bold"));
    ctx.set_fonts(fonts);
    ctx.set_theme(egui::Theme::Dark);
    ctx.style_mut_of(egui::Theme::Dark, style);
}

fn style(style: &mut egui::Style) {
    style.text_styles = [
        (TextStyle::Small, font(SMALL)),
        (TextStyle::Body, font(BODY)),
        (TextStyle::Button, font(BODY)),
        (TextStyle::Heading, bold(LARGE)),
        (TextStyle::Monospace, FontId::new(BODY, FontFamily::Monospace)),
    ]
    .into();
    style.spacing.item_spacing = Vec2::new(2.0 * UNIT, 1.5 * UNIT);
    style.spacing.button_padding = Vec2::new(2.5 * UNIT, 1.5 * UNIT);
    style.spacing.interact_size.y = 6.5 * UNIT;
    style.spacing.menu_margin = Margin::same(8);
    style.spacing.scroll = egui::style::ScrollStyle::thin();
    style.animation_time = 0.0; // motion tells nothing here
    style.interaction.tooltip_delay = 0.35;
    style.interaction.selectable_labels = false;

    let v = &mut style.visuals;
    v.panel_fill = colour::PANEL;
    v.window_fill = colour::PANEL;
    v.window_stroke = Stroke::new(1.0, colour::LINE);
    v.window_corner_radius = RADIUS;
    v.menu_corner_radius = RADIUS;
    v.extreme_bg_color = colour::APP;
    v.faint_bg_color = colour::RAISED;
    v.hyperlink_color = colour::ACCENT;
    v.warn_fg_color = colour::WARN;
    v.error_fg_color = colour::BAD;
    v.weak_text_color = Some(colour::FAINT);
    v.selection.bg_fill = colour::CHOSEN;
    v.selection.stroke = Stroke::new(1.0, colour::ACCENT);
    let widget = |w: &mut egui::style::WidgetVisuals, fill: Color32, edge: Color32, text: Color32| {
        w.bg_fill = fill;
        w.weak_bg_fill = fill;
        w.bg_stroke = Stroke::new(1.0, edge);
        w.fg_stroke = Stroke::new(1.0, text);
        w.corner_radius = RADIUS;
        w.expansion = 0.0;
    };
    widget(&mut v.widgets.noninteractive, colour::PANEL, colour::LINE, colour::TEXT);
    widget(&mut v.widgets.inactive, colour::RAISED, colour::LINE, colour::TEXT);
    widget(&mut v.widgets.hovered, colour::HOVER, colour::LINE, colour::TEXT);
    widget(&mut v.widgets.active, colour::CHOSEN, colour::ACCENT, colour::TEXT);
    widget(&mut v.widgets.open, colour::HOVER, colour::LINE, colour::TEXT);
}

/// Contrast ratio of two colours (WCAG 2.1).
#[cfg(test)]
pub(super) fn contrast(a: Color32, b: Color32) -> f64 {
    let luminance = |c: Color32| {
        let channel = |v: u8| {
            let v = f64::from(v) / 255.0;
            if v <= 0.03928 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(c.r()) + 0.7152 * channel(c.g()) + 0.0722 * channel(c.b())
    };
    let (x, y) = (luminance(a), luminance(b));
    (x.max(y) + 0.05) / (x.min(y) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_colour_is_legible_on_every_surface() {
        for surface in [colour::APP, colour::PANEL, colour::RAISED] {
            for text in [
                colour::TEXT,
                colour::SOFT,
                colour::FAINT,
                colour::ACCENT,
                colour::ZONE,
                colour::VIABLE,
                colour::GOOD,
                colour::WARN,
                colour::BAD,
            ] {
                assert!(contrast(surface, text) >= 4.5, "{text:?} on {surface:?}: {:.2}", contrast(surface, text));
            }
        }
        assert!(contrast(colour::ACCENT, colour::ON_ACCENT) >= 4.5);
        assert!(contrast(colour::CHOSEN, colour::TEXT) >= 4.5);
    }

    #[test]
    fn mark_roles_differ_in_colour_and_in_line() {
        let lines = [MarkRole::Tumour, MarkRole::AblationZone, MarkRole::ViableTumour].map(mark_line);
        for (n, a) in lines.iter().enumerate() {
            for b in &lines[n + 1..] {
                assert_ne!(a.colour, b.colour);
                assert_ne!(a.dash, b.dash);
            }
        }
    }
}
