//! What is said of planes, slabs, pictures over each other, and cine.

use crate::volume::{Projection, Slab};

pub const PLANE: &str = "Plane";
pub const AS_ACQUIRED: &str = "As acquired";
pub const AXIAL: &str = "Axial";
pub const CORONAL: &str = "Coronal";
pub const SAGITTAL: &str = "Sagittal";
pub const TURN: &str = "Ctrl with the arrows, or Shift with the middle button, turns the plane";
pub const SLAB: &str = "Slab";
pub const THIN: &str = "Thin slices";
pub const THICKNESS: &str = "Thickness";
pub const MEAN: &str = "Mean";
pub const MAXIMUM: &str = "Maximum";
pub const MINIMUM: &str = "Minimum";
pub const OVER: &str = "Fuse with";
pub const NOTHING_OVER: &str = "Nothing over it";
pub const OPACITY: &str = "Opacity";
pub const COLOURS: &str = "Colours";
pub const NO_OTHER: &str = "This patient has no other series that is a volume.";
pub const WORKING_OUT: &str = "Working out the picture";
pub const NO_PHASES: &str = "The series in this pane has no phases or times to run through.";
pub const OVER_PHASES: &str = "Over the phases";
pub const OVER_VISITS: &str = "At every visit";
pub const HOLLOW: &str = "Hollow: the place is not matched, and may be another.";
pub const NO_VALUE: &str = "\u{2013}";
pub const PICTURE: &str = "Save a picture";
pub const PICTURE_WORDS: &str = "The picture is what you see: marks and the text in the corners. Names never stand on \
    it; dates only where you ask for them.";
pub const ACTIVE_PANE: &str = "The active pane";
pub const ALL_PANES: &str = "All panes";
pub const WIDTH_PX: &str = "Width, pixels";
pub const AS_SEEN: &str = "as seen";
pub const DPI: &str = "Pixels to an inch";
pub const WITH_DATES: &str = "With dates";
pub const WITH_DATES_TOOLTIP: &str = "The dates of the visits in the corners of the panes";
pub const PICTURE_HINT: &str = "File to write, such as L1-zone.png";
pub const PICTURE_PATH: &str = "File for the picture";
pub const PICTURE_NAME: &str = "picture.png";
pub const SAVE: &str = "Save";
pub const COPY: &str = "Copy";
pub const COPIED: &str = "The picture is on the clipboard.";
pub const NO_PICTURE: &str = "The window gave no picture. Try again while the panes are in sight.";
pub const REGION: &str = "Window from this region";

/// "Maximum of 20 mm".
pub fn slab(slab: Slab) -> String {
    let what = match slab.projection {
        Projection::Mean => MEAN,
        Projection::Maximum => MAXIMUM,
        Projection::Minimum => MINIMUM,
    };
    format!("{what} of {} mm", slab.thickness_mm)
}

/// "23 ± 8 HU in 5 mm".
pub fn disc(mean: f64, sd: Option<f64>, unit: &str, diameter_mm: f64) -> String {
    let digits = if unit == "HU" { 0 } else { 1 };
    let spread = sd.map(|sd| format!(" \u{b1} {sd:.digits$}")).unwrap_or_default();
    format!("{mean:.digits$}{spread} {unit} in {diameter_mm} mm").replace("  ", " ").replace('-', "\u{2212}")
}
