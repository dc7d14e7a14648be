//! Slices as textures, uploaded at their own resolution when what is shown changes; OpenGL scales them.

use crate::clinical::StackKey;
use crate::render::{Luts, draw_over};
use crate::volume::{Volume, Window};
use eframe::egui::{self, Color32, ColorImage, TextureHandle, TextureOptions};

/// What a pane's texture shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Content {
    pub(super) stack: StackKey,
    pub(super) slice: u32,
    pub(super) window: Window,
    pub(super) invert: bool,
    /// Whether the file's own overlays are drawn.
    pub(super) overlays: bool,
    pub(super) smooth: bool,
}

/// One texture a pane, and the lookup tables they share.
#[derive(Default)]
pub(super) struct Pictures {
    luts: Luts,
    textures: Vec<Option<(Content, TextureHandle)>>,
}

impl Pictures {
    /// The texture of a pane; made or refilled when its content changed, `None` until the slice was read.
    pub(super) fn texture(
        &mut self,
        ctx: &egui::Context,
        pane: usize,
        volume: &Volume,
        content: Content,
    ) -> Option<egui::TextureId> {
        if self.textures.len() <= pane {
            self.textures.resize_with(pane + 1, || None);
        }
        let place = self.textures.get_mut(pane)?;
        if let Some((shown, texture)) = place
            && *shown == content
        {
            return Some(texture.id());
        }
        let mut pixels = self
            .luts
            .pixels(volume, content.slice, content.window, content.invert, |[r, g, b]| Color32::from_rgb(r, g, b))?;
        if content.overlays
            && let Some(overlay) = volume.overlay(content.slice)
        {
            draw_over(&mut pixels, overlay, |pixel| pixel.r().max(pixel.g()).max(pixel.b()), Color32::from_gray);
        }
        let size = [volume.grid.dims[0] as usize, volume.grid.dims[1] as usize];
        let image = ColorImage::new(size, pixels);
        let options = if content.smooth { TextureOptions::LINEAR } else { TextureOptions::NEAREST };
        match place {
            Some((shown, texture)) => {
                texture.set(image, options);
                *shown = content;
                Some(texture.id())
            }
            None => {
                let texture = ctx.load_texture(format!("pane {pane}"), image, options);
                let id = texture.id();
                *place = Some((content, texture));
                Some(id)
            }
        }
    }
}
