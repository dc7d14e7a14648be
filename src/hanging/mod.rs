//! Which stack goes into which pane.
