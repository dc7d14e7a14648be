//! What tests of other modules make a stack of.

use super::{Acquisition, Shape, StackInfo};
use crate::clinical::{Kernel, Modality, StackKey};
use crate::volume::Unit;

/// A stack of which only its number and modality are told: pictures, and none of them there.
pub fn stack_info(n: u8, modality: Modality) -> StackInfo {
    StackInfo {
        key: StackKey([n; 16]),
        id: format!("1.{n}"),
        series_uid: format!("1.{n}"),
        study_uid: "study".into(),
        series_number: Some(i64::from(n)),
        description: String::new(),
        modality,
        modality_text: modality.to_string(),
        rows: 512,
        columns: 512,
        shape: Shape::PictureStack { why: Vec::new() },
        pixel_spacing_mm: None,
        frame_of_reference_uid: None,
        frames: Vec::new(),
        rescale: Vec::new(),
        unit: Unit::None,
        padding: None,
        small_is_bright: false,
        windows: Vec::new(),
        mapped: false,
        suv: None,
        overlays: false,
        transfer_syntaxes: Vec::new(),
        split_by: None,
        oddities: Vec::new(),
        acquisition: Acquisition::default(),
        kernel: Kernel::Unknown,
        group: None,
        recipes: Vec::new(),
        pixel_aspect: None,
    }
}
