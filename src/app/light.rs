//! The light theme. Every colour of the window is a token of `theme::colour`, whose value is that of the dark theme;
//! here each token has a second value, given to what was drawn just before it is painted. So no file but `theme.rs`
//! and this one knows what a theme is, and what is drawn on images keeps the colours that are seen on black.

use super::theme::colour;
use eframe::egui::{self, Color32, LayerId, epaint::shape_transform::adjust_colors};
use std::ops::Range;

/// What each token is in the light theme.
const TOKENS: &[(Color32, Color32)] = &[
    (colour::APP, Color32::from_rgb(0xF1, 0xF4, 0xF7)),
    (colour::PANEL, Color32::from_rgb(0xFC, 0xFD, 0xFE)),
    (colour::RAISED, Color32::from_rgb(0xE9, 0xED, 0xF1)),
    (colour::HOVER, Color32::from_rgb(0xDD, 0xE4, 0xEA)),
    (colour::CHOSEN, Color32::from_rgb(0xCF, 0xE6, 0xF6)),
    (colour::LINE, Color32::from_rgb(0xC3, 0xCC, 0xD5)),
    (colour::TEXT, Color32::from_rgb(0x12, 0x17, 0x1D)),
    (colour::SOFT, Color32::from_rgb(0x41, 0x4C, 0x58)),
    (colour::FAINT, Color32::from_rgb(0x54, 0x60, 0x6C)),
    (colour::ACCENT, Color32::from_rgb(0x0A, 0x60, 0x9A)),
    (colour::ON_ACCENT, Color32::from_rgb(0xFF, 0xFF, 0xFE)),
    (colour::ZONE, Color32::from_rgb(0x80, 0x52, 0x00)),
    (colour::VIABLE, Color32::from_rgb(0x9C, 0x20, 0x69)),
    (colour::ORGAN, Color32::from_rgb(0x2B, 0x64, 0x46)),
    (colour::GOOD, Color32::from_rgb(0x17, 0x68, 0x42)),
    (colour::WARN, Color32::from_rgb(0x84, 0x4F, 0x00)),
    (colour::BAD, Color32::from_rgb(0xAB, 0x1B, 0x26)),
    // The toolkit's own: the cursor in a text field.
    (Color32::from_rgb(192, 222, 255), Color32::from_rgb(0x0A, 0x60, 0x9A)),
];

/// What a colour of the dark theme is in the light one. What is half transparent keeps its share; what is no token
/// stays.
fn light(dark: Color32) -> Color32 {
    if dark == Color32::PLACEHOLDER || dark.a() == 0 {
        return dark;
    }
    if dark.a() == 255 {
        return TOKENS.iter().find(|(token, _)| *token == dark).map_or(dark, |(_, light)| *light);
    }
    // Faded: the token times its share, rounded, so that the nearest one is meant.
    let share = f32::from(dark.a()) / 255.0;
    let off = |token: Color32| {
        let faded = token.gamma_multiply(share);
        let channels = [(faded.r(), dark.r()), (faded.g(), dark.g()), (faded.b(), dark.b())];
        channels.iter().map(|(a, b)| a.abs_diff(*b)).max().unwrap_or_default()
    };
    let nearest = TOKENS.iter().min_by_key(|(token, _)| off(*token));
    nearest.filter(|(token, _)| off(*token) <= 2).map_or(dark, |(_, light)| light.gamma_multiply(share))
}

/// How many shapes the window's own layer holds so far: marks what is drawn on images.
pub fn shapes_so_far(ctx: &egui::Context) -> usize {
    ctx.graphics(|layers| layers.get(LayerId::background()).map_or(0, |list| list.next_idx().0))
}

/// Gives everything that was drawn in this frame its light colours; `images` are the shapes of the window's own layer
/// that lie on images.
pub fn apply(ctx: &egui::Context, images: &Range<usize>) {
    let layers: Vec<LayerId> = ctx.memory(|memory| memory.layer_ids().collect());
    ctx.graphics_mut(|graphics| {
        let background = LayerId::background();
        for layer in layers.into_iter().filter(|layer| *layer != background).chain([background]) {
            let Some(list) = graphics.get_mut(layer) else { continue };
            for n in 0..list.next_idx().0 {
                if layer == background && images.contains(&n) {
                    continue;
                }
                list.mutate_shape(egui::layers::ShapeIdx(n), |shape| {
                    adjust_colors(&mut shape.shape, |colour| *colour = light(*colour));
                });
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::theme::contrast;
    use super::*;

    #[test]
    fn every_text_colour_is_legible_on_every_light_surface() {
        let texts = [
            colour::TEXT,
            colour::SOFT,
            colour::FAINT,
            colour::ACCENT,
            colour::ZONE,
            colour::VIABLE,
            colour::ORGAN,
            colour::GOOD,
            colour::WARN,
            colour::BAD,
        ];
        for surface in [colour::APP, colour::PANEL, colour::RAISED] {
            for text in texts {
                let ratio = contrast(light(surface), light(text));
                assert!(ratio >= 4.5, "{text:?} on {surface:?}: {ratio:.2}");
            }
        }
        assert!(contrast(light(colour::ACCENT), light(colour::ON_ACCENT)) >= 4.5);
        assert!(contrast(light(colour::CHOSEN), light(colour::TEXT)) >= 4.5);
        assert!(contrast(light(colour::CHOSEN), light(colour::SOFT)) >= 4.5);
        assert!(contrast(light(colour::HOVER), light(colour::TEXT)) >= 4.5);
    }

    #[test]
    fn no_two_tokens_are_one_and_images_keep_theirs() {
        for (n, (a, _)) in TOKENS.iter().enumerate() {
            assert!(TOKENS[n + 1..].iter().all(|(b, _)| a != b), "{a:?} twice");
        }
        for kept in [colour::BLACK, colour::ON_IMAGE, Color32::WHITE, Color32::PLACEHOLDER, Color32::TRANSPARENT] {
            assert_eq!(light(kept), kept);
        }
    }

    #[test]
    fn what_is_faded_stays_as_faded() {
        for (dark, bright) in TOKENS {
            for share in [0.5, 0.35, 0.8] {
                let faded = light(dark.gamma_multiply(share));
                assert_eq!(faded.a(), dark.gamma_multiply(share).a(), "{dark:?}");
                // Neighbours of the dark theme are close; any of them is right for a surface.
                let far = [faded.r(), faded.g(), faded.b()]
                    .iter()
                    .zip([bright.r(), bright.g(), bright.b()])
                    .all(|(a, b)| a.abs_diff((f32::from(b) * share) as u8) <= 24);
                assert!(far, "{dark:?} at {share}: {faded:?}");
            }
        }
    }
}
