//! A grey slice and its overlays to RGBA pixels, for the screen and the page.
