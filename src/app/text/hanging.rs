//! What is said of hangings, of what moves together, and of landmarks.

pub const HANGING: &str = "Hanging";
pub const OWN: &str = "Your own";
pub const NO_OWN: &str = "What hangs now can be kept here under a name.";
pub const NAME: &str = "Name of the hanging";
pub const KEEP: &str = "Keep what hangs now";
pub const LAYOUT: &str = "Panes";
pub const AS_HUNG: &str = "As the hanging has them";
pub const LATEST_FIRST: &str = "Latest on the left";
pub const LATEST_FIRST_TOOLTIP: &str =
    "Visits stand from the latest to the earliest; else from the earliest to the latest";
pub const LINK: &str = "Linked:";
pub const LINK_BROKEN: &str = "Not linked:";
pub const SLICES: &str = "slices";
pub const SLICES_TOOLTIP: &str = "Panes scroll together by place in the patient";
pub const ZOOM: &str = "zoom";
pub const ZOOM_TOOLTIP: &str = "Panes zoom together";
pub const PAN: &str = "picture";
pub const PAN_TOOLTIP: &str = "Pictures are moved together";
pub const WINDOW: &str = "window";
pub const WINDOW_TOOLTIP: &str = "CT of one phase shares its window; images of other kinds never do";
pub const SERIES_TOOLTIP: &str = "Show another series of this visit here; it is remembered for this visit";
pub const FORGET: &str = "What the program would choose";
pub const NO_SERIES: &str = "This visit has no other series";
pub const NEEDS_OWN: &str = "Keep a hanging of your own first: in the list of hangings, over the panes";
pub const NEEDS_MANY: &str = "One pane hangs: there is nothing to make larger";
pub const NEEDS_THREE: &str = "place a landmark in either pane, then the same place in the other";

/// The button that opens the list of hangings.
pub fn hanging(name: &str) -> String {
    format!("{HANGING}: {name}")
}

/// The button that opens the layouts.
pub fn layout(words: &str) -> String {
    format!("{LAYOUT}: {words}")
}

/// A layout in the picker.
pub fn pick_layout(words: &str) -> String {
    format!("{words} panes")
}

/// Deletes one's own hanging.
pub fn delete(name: &str) -> String {
    format!("Delete the hanging {name}")
}

/// The button over a pane that names what it shows and offers the others.
pub fn series_of(pane: &str) -> String {
    format!("Series of the {}", crate::workbench::words::small(pane))
}

/// What landmarks say on the panes: how many, what is left.
pub fn landmarks(pairs: usize, fit: Result<f64, String>) -> String {
    match fit {
        Ok(rms_mm) => format!("{pairs} pairs of landmarks · {rms_mm:.1} mm left · Enter keeps them"),
        Err(why) if pairs == 0 => format!("Landmarks: {NEEDS_THREE}; {why}"),
        Err(why) => format!("{pairs} of 3 pairs · {why}"),
    }
}
