//! A grey slice and its overlays to RGBA pixels, for the screen and the page.
//!
//! [`Luts`] turns a slice into pixels at its own resolution (the screen scales them with OpenGL);
//! [`compose`] scales pixels to true mm and draws outlines into them, for thumbnails, find cards, key images
//! and the golden pictures of the tests. It knows no window, no fonts and no files.

mod colour_map;
mod compose;
mod line;
mod lut;
mod over;
mod picture;
mod png;

pub use colour_map::ColourMap;
pub use compose::{Layer, View, compose, ring};
pub use line::{LineStyle, mark_style};
pub use lut::{Luts, draw_over, render_slice};
pub use over::colours;
pub use picture::Picture;
pub use png::{png, resized};
