//! What is said of how a pane looks at its volume.

use super::room::Cut;
use crate::clinical::MarkRole;
use crate::geometry::{Anatomical, Grid, Rigid, main_plane};
use crate::volume::{Projection, Slab};

pub(super) const NO_OTHER_PLANES: &str =
    "These are pictures one by one, not a volume: they have no other planes and no slabs.";
pub(super) const OTHER_PATIENT: &str = "These are images of another patient.";
pub(super) const NO_VOLUME_OVER: &str = "These are pictures one by one, not a volume: they cannot lie over another.";
pub(super) const NOTHING_TO_LAY_OVER: &str = "This visit has no PET for CT and no diffusion for MR. A right click on the picture lists what else can lie over it.";
pub(super) const FIRST_PHASE: &str = "This is the first phase: it is what is taken away from the others.";
pub(super) const NOT_ENHANCED: &str =
    "Subtraction takes an earlier phase away from images with contrast. These are not known to have any.";
pub(super) const NOTHING_PLAIN: &str = "This visit has no earlier phase to take away.";
pub(super) const OTHER_VISIT: &str =
    "Only another visit has an earlier phase. Visits are not subtracted: the patient does not lie the same.";
pub(super) const OTHER_UNIT: &str = "Not subtracted: the two have different units.";
pub(super) const NO_PLACE_TO_KEEP: &str =
    "This picture has no place in the patient and cannot be kept. Ctrl+P writes it to a file.";
pub(super) const KEPT_ALREADY: &str = "This picture is kept already.";
pub(super) const MEASURING: &str = "Measuring the region in other series";
pub(super) const WRITING_PICTURE: &str = "Writing the picture";
pub(super) const WORKING_OUT: &str = "Working out a picture";
pub(super) const FINDING_WINDOW: &str = "Choosing a window";
pub(super) const CUT_NOT_PAINTED: &str =
    "Marks are painted on slices as they were acquired. P goes back to them; what is marked shows in every plane.";

pub(super) fn other_kvp(a: f64, b: f64) -> String {
    format!("Not subtracted: {a:.0} kVp and {b:.0} kVp. HU change with the voltage.")
}

const fn plane(plane: Anatomical) -> &'static str {
    match plane {
        Anatomical::Axial => "axial",
        Anatomical::Coronal => "coronal",
        Anatomical::Sagittal => "sagittal",
    }
}

/// "coronal from axial 3 mm".
pub(super) fn cut(cut: Cut, own: &Grid) -> String {
    let oblique = if cut.turn == Rigid::IDENTITY { "" } else { "oblique " };
    let step = (own.spacing_mm[2] * 100.0).round() / 100.0;
    format!("{oblique}{} from {} {step} mm", plane(cut.plane), plane(main_plane(own.normal())))
}

/// "mean of 3 mm".
pub(super) fn slab(slab: Slab) -> String {
    let what = match slab.projection {
        Projection::Mean => "mean",
        Projection::Maximum => "maximum",
        Projection::Minimum => "minimum",
    };
    format!("{what} of {} mm", (slab.thickness_mm * 10.0).round() / 10.0)
}

pub(super) fn over(series: &str) -> String {
    format!("fused with {series}")
}

pub(super) fn minus(series: &str, matched: bool) -> String {
    if matched { format!("minus {series}") } else { format!("minus {series}, not registered") }
}

/// "L1 ablation zone".
pub(super) fn region(lesions: &str, role: MarkRole) -> String {
    format!("{lesions} {}", super::words::small(&role.to_string())).trim().to_owned()
}

pub(super) fn disc_region(diameter_mm: f64) -> String {
    format!("{diameter_mm} mm at the middle of the pane")
}

/// "Saved scan.png, 1600 x 900 pixels".
pub(super) fn picture_saved(name: &str, width: u32, height: u32) -> String {
    format!("Saved {name}, {width} \u{d7} {height} pixels")
}

pub(super) fn picture_not_saved(name: &str, why: &str) -> String {
    format!("The picture {name} was not written: {why}. Choose another folder or name.")
}
