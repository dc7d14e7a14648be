//! Pixels.

/// A picture: 8-bit red, green, blue and alpha, row by row from the top left; alpha is premultiplied (and 255
/// wherever this crate draws).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Width, px.
    pub width: u32,
    /// Height, px.
    pub height: u32,
    /// `width * height` pixels.
    pub pixels: Vec<[u8; 4]>,
}

impl Picture {
    /// A black picture.
    #[must_use]
    pub fn black(width: u32, height: u32) -> Self {
        Self { width, height, pixels: vec![[0, 0, 0, 255]; width as usize * height as usize] }
    }

    /// The pixels as bytes, four a pixel.
    #[must_use]
    pub fn rgba(&self) -> &[u8] {
        self.pixels.as_flattened()
    }
}
