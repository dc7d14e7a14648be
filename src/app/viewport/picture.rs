//! Slices as textures, uploaded at their own resolution when what is shown changes; OpenGL scales them.

use crate::clinical::StackKey;
use crate::render::{Luts, colours, draw_over};
use crate::volume::{Volume, Window};
use crate::workbench::room::{Cut, Over};
use eframe::egui::{self, Color32, ColorImage, TextureHandle, TextureOptions};
use std::collections::BTreeMap;

/// What a pane's texture shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Content {
    pub(super) stack: StackKey,
    pub(super) slice: u32,
    /// The picture that was worked out; none for a slice as it was read.
    pub(super) made: Option<u64>,
    /// The plane it is cut in.
    pub(super) cut: Option<Cut>,
    pub(super) window: Window,
    pub(super) invert: bool,
    /// Whether the file's own overlays are drawn.
    pub(super) overlays: bool,
    pub(super) smooth: bool,
}

/// What lies over a pane's picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct OverContent {
    pub(super) made: Option<u64>,
    pub(super) window: Window,
    pub(super) over: Over,
}

/// One texture a pane, another for what lies over it, and the lookup tables they share.
#[derive(Default)]
pub(super) struct Pictures {
    luts: Luts,
    textures: Vec<Option<(Content, TextureHandle)>>,
    overs: BTreeMap<usize, (OverContent, TextureHandle)>,
}

impl Pictures {
    /// The texture that a pane had last, while the next one is worked out: of the same stack in the same plane.
    pub(super) fn last(&self, pane: usize, stack: StackKey, cut: Option<Cut>) -> Option<egui::TextureId> {
        let (shown, texture) = self.textures.get(pane)?.as_ref()?;
        (shown.stack == stack && shown.cut == cut).then(|| texture.id())
    }

    /// The texture of what lies over a pane's picture.
    pub(super) fn over(
        &mut self,
        ctx: &egui::Context,
        pane: usize,
        volume: &Volume,
        content: OverContent,
    ) -> Option<egui::TextureId> {
        if let Some((shown, texture)) = self.overs.get(&pane)
            && *shown == content
        {
            return Some(texture.id());
        }
        let Over { map, opacity, .. } = content.over;
        let pixel = |[r, g, b, a]: [u8; 4]| Color32::from_rgba_unmultiplied(r, g, b, a);
        let pixels = colours(volume, 0, content.window, map, opacity, pixel)?;
        let image = ColorImage::new([volume.grid.dims[0] as usize, volume.grid.dims[1] as usize], pixels);
        let texture = ctx.load_texture(format!("over {pane}"), image, TextureOptions::LINEAR);
        let id = texture.id();
        self.overs.insert(pane, (content, texture));
        Some(id)
    }

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
        let slice = if content.made.is_some() { 0 } else { content.slice };
        let mut pixels =
            self.luts.pixels(volume, slice, content.window, content.invert, |[r, g, b]| Color32::from_rgb(r, g, b))?;
        if content.overlays
            && let Some(overlay) = volume.overlay(slice)
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
