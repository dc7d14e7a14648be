//! The window. egui appears here and nowhere else.
