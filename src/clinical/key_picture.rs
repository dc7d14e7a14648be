//! A picture that a reader kept with an answer: what shows it again, and not its pixels, which stay in the files.

use super::StackKey;
use super::coded::coded;
use serde::{Deserialize, Serialize};

coded! {
    /// The plane of the body that a kept picture was cut in.
    KeptPlane {
        Axial = "axial", "Axial";
        Coronal = "coronal", "Coronal";
        Sagittal = "sagittal", "Sagittal";
    }
}
coded! {
    /// What a kept picture showed of a thickness.
    KeptProjection {
        Mean = "mean", "Mean";
        Maximum = "maximum", "Maximum";
        Minimum = "minimum", "Minimum";
    }
}

/// A kept picture: where in which series, how wide, in which window, plane and thickness. Marks are shown as they are
/// when it is looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct KeyPicture {
    /// The series.
    pub stack: StackKey,
    /// The middle of the picture in the space of the series, LPS mm.
    pub middle_mm: [f64; 3],
    /// How wide the field was, mm; none for the whole picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field_mm: Option<f64>,
    /// Centre and width of the window, in the unit of the series.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<[f64; 2]>,
    /// The plane, and the rotation away from it as a quaternion `w, i, j, k`; none for slices as they were acquired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plane: Option<(KeptPlane, [f64; 4])>,
    /// A thickness that was looked through, mm, and what was shown of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slab: Option<(f64, KeptProjection)>,
}
