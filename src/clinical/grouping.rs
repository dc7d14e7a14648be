//! Which frames make one stack, when a reader says so against the rules of the program.

use super::coded::coded;
use super::{GroupingId, PatientId};
use serde::{Deserialize, Serialize};

coded! {
    /// What a reader did to the stacks of a series.
    GroupingKind {
        Merge = "merge", "Merged into one";
        Split = "split", "Split apart";
    }
}

/// Names one frame of one image file, wherever that file lies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FrameName {
    /// SOP Instance UID (0008,0018).
    pub sop_uid: String,
    /// Frame number in the file, from 0.
    pub frame: u32,
}

/// Frames that a reader put together or took apart by hand. It holds against the rules that group frames,
/// also when the same images are imported again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grouping {
    /// Number in the project.
    pub id: GroupingId,
    /// Whose images.
    pub patient: PatientId,
    /// Series Instance UID (0020,000E) that the frames are of; of the first when several series were merged.
    pub series_uid: String,
    /// What was done.
    pub kind: GroupingKind,
    /// The stacks that are wanted, each as its frames: one list after a merge, several after a split. A frame
    /// that is in no list is grouped by the rules.
    pub groups: Vec<Vec<FrameName>>,
    /// Free text.
    pub note: String,
}
